"""The registers of the criteria book: units, communes, periods, awards, criteria, settings, other headers.

Each class names the sheet of the criteria book it comes from; columns are in `docs/criteria-book.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from thidua_xl.model.cells import Value
from thidua_xl.model.validity import ALWAYS, NOWHERE, Place, Validity

# What a field names to choose from a register instead of a list.
UNITS, COMMUNES, AWARDS, CRITERIA = "DON_VI", "DIA_BAN", "KHEN_THUONG", "TIEU_CHI"
# The setting that names the unit whose workbook the office itself fills in.
OFFICE = "don_vi_van_phong"


@dataclass(frozen=True, slots=True)
class Unit:
    """Đơn vị. Sheet "Đơn vị". `bloc` is the code of a list item of DM_KHOI; `obliged` must report.

    `parent` is the code of the unit above it (Cấp trên), "" for none.
    """

    code: str
    name: str
    short: str = ""
    aliases: tuple[str, ...] = ()
    bloc: str = ""
    obliged: bool = True
    successor: str = ""
    validity: Validity = ALWAYS
    source_kind: str = ""
    place: Place = NOWHERE
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Commune:
    """Địa bàn (xã). Sheet "Địa bàn". `successor` takes over when it is no longer in force.

    `district` and `province` are names as the sheet has them, "" where there is no such level.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    gso: str = ""
    successor: str = ""
    validity: Validity = ALWAYS
    place: Place = NOWHERE
    district: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Kỳ báo cáo. Sheet "Kỳ". Dates are None for a period set case by case (đột xuất).

    `kind` is a code of DM_KY (6T, NAM, ...); `due` the office's deadline, `due_up` the province's.
    """

    code: str
    name: str
    kind: str
    year: int | None
    start: date | None
    end: date | None
    due: date | None = None
    due_up: date | None = None
    routes: tuple[str, ...] = ()
    note: str = ""
    place: Place = NOWHERE

    @property
    def day(self) -> date:
        """The day on which validity is judged: the last of the period."""
        if self.end is not None:
            return self.end
        return date(self.year, 12, 31) if self.year else date.max


@dataclass(frozen=True, slots=True)
class Award:
    """Hình thức khen thưởng. Sheet "Khen thưởng". `threshold_percent` is None when configured elsewhere."""

    code: str
    name: str
    authority: str
    targets: tuple[str, ...]
    standard: str = ""
    quota: int | None = None
    threshold_percent: Decimal | None = None
    validity: Validity = ALWAYS
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Criterion:
    """Tiêu chí. Sheet "Tiêu chí". One row per indicator; `group` is TAP_THE, CA_NHAN or CHUNG."""

    code: str
    group: str
    label: str
    indicator: str
    formula: str = ""
    unit: str = ""
    evidence: str = ""
    form: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """Cài đặt — one value the office may change; `assumption` marks GIA_DINH."""

    code: str
    label: str
    value: Value
    unit: str = ""
    source_kind: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class HeaderAlias:
    """Bí danh tiêu đề — other ways a header is written. Sheet "Bí danh"."""

    label: str
    aliases: tuple[str, ...]
