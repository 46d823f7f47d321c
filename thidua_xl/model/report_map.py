"""The report map of the criteria book: the sheets of the report and where each column comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from thidua_xl.model.validity import NOWHERE, Place

# What a column takes when it names the unit of its row, whole or short.
UNIT_NAMES = frozenset({"DON_VI", "DON_VI_TAT"})


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """Cột báo cáo — one column of a report sheet. Sheet "Cột báo cáo".

    `take` says how the value is made (see `docs/criteria-book.md`): TONG, DEM, DEM_KHAC, LAY, NOI, CONG_THUC,
    DON_VI, STT, TRONG. `form` and `field` are the source; `condition` an Excel formula over one source row.
    """

    sheet: str
    order: int
    code: str
    label: str
    take: str
    group: str = ""
    form: str = ""
    field: str = ""
    condition: str = ""
    formula: str = ""
    unit: str = ""
    total: bool = False
    width: float = 12.0
    number_format: str = ""
    place: Place = NOWHERE
    total_formula: str = ""  # "Cộng" when it begins with "=": the formula of total rows, {vung} its detail cells


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """Biểu tổng hợp (TH00..TH14). Sheet "Tổng hợp".

    `layout` is DON_VI (a row per unit), DANH_SACH (a row per entry of `form`), or a named special layout;
    `sections` is what La Mã sections follow: `KHOI`, a field code, or "" for none.
    """

    code: str
    title: str
    sheet: str
    layout: str
    routes: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    landscape: bool = True
    form: str = ""
    condition: str = ""
    sections: str = ""
    section_order: tuple[str, ...] = ()
    anchor: str = ""
    unit: str = ""
    columns: tuple[ReportColumn, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    place: Place = NOWHERE
    total_rows: tuple[str, ...] = ()  # "Dòng tổng": CONG (a subtotal per section), TONG (the grand total)
