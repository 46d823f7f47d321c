"""The criteria book as values: forms, fields, lists, rules, units, periods, awards, the report map.

`Criteria` is the whole book; `Criteria.at(period)` is what is in force for one period.
Each class names the sheet of the criteria book it comes from; columns are in `docs/criteria-book.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum

from thidua_xl.model.cells import Value
from thidua_xl.model.learned import Learned


class FormKind(Enum):
    """How a form lies on its sheet (Kiểu biểu)."""

    SINGLE = "form"  # one label and one input cell per field
    TABLE = "bang"  # one row per entry
    MATRIX = "ma_tran"  # a table whose rows are known beforehand
    CODED = "ma_hoa"  # row codes x column codes, as the State Bank's returns


class FieldKind(Enum):
    """What a field holds (Kiểu) and what its value is after `intake`."""

    SERIAL = "stt"  # int
    TEXT = "chuoi"  # str
    CODE = "ma"  # str, leading zeros kept
    CODES = "ma_nhieu"  # str, codes joined by ";"
    INTEGER = "so_nguyen"  # int
    NUMBER = "so"  # Decimal
    MONEY = "tien"  # Decimal, in the field's unit (đồng unless the book says otherwise)
    PERCENT = "phan_tram"  # Decimal, 85 means 85 %
    DATE = "ngay"  # date
    CHOICE = "danh_muc"  # str: the code of the list item
    FLAG = "co_khong"  # bool


NUMERIC = frozenset({FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.MONEY, FieldKind.PERCENT})


class Required(Enum):
    """Bắt buộc: always, never, or as a rule says."""

    YES = "1"
    NO = "0"
    CONDITIONAL = "dk"


class Severity(Enum):
    """Mức độ: LOI must be mended, CANH_BAO may stand with an explanation, THONG_TIN informs."""

    ERROR = "LOI"
    WARNING = "CANH_BAO"
    NOTE = "THONG_TIN"


@dataclass(frozen=True, slots=True)
class Validity:
    """Hiệu lực: in force from `start` to `end`, both included; None is open."""

    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


ALWAYS = Validity()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands in the criteria book: sheet and A1 cell, for messages."""

    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Trường — one column (or labelled cell) of a form. Sheet "Trường".

    `code` is stable ASCII; `label` is what people read; `group` is the upper header row (may be "").
    `choices` is the code of a list, or `UNITS`/`COMMUNES`/`AWARDS`/`CRITERIA`, or `S02.ma_ca_nhan`.
    `once_per` names a field: the value is given once per value of that field (S09 totals by commune).
    `additive` values are summed in the total row and in `totals`.
    """

    form: str
    code: str
    label: str
    kind: FieldKind
    order: int
    group: str = ""
    unit: str = ""
    required: Required = Required.NO
    choices: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    additive: bool = False
    once_per: str = ""
    width: float = 12.0
    allowed: str = ""
    aliases: tuple[str, ...] = ()
    clause: str = ""
    validity: Validity = ALWAYS
    source_kind: str = ""
    place: Place = Place()

    @property
    def is_numeric(self) -> bool:
        """Whether the value is a number after intake."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Form:
    """Biểu — one sheet that a unit (or the office, `filled_by` VAN_PHONG) fills in. Sheet "Biểu"."""

    code: str
    title: str
    sheet: str
    kind: FormKind
    order: int
    fields: tuple[Field, ...] = ()
    required: bool = True
    may_be_empty: bool = True
    has_total: bool = False
    filled_by: str = "DON_VI"
    aliases: tuple[str, ...] = ()
    layout: Mapping[str, str] = field(default_factory=dict)
    clause: str = ""
    validity: Validity = ALWAYS
    place: Place = Place()

    def field(self, code: str) -> Field | None:
        """The field of that code, or None."""
        for one in self.fields:
            if one.code == code:
                return one
        return None


@dataclass(frozen=True, slots=True)
class ListItem:
    """Mục của danh mục — one choice. Sheet "Danh mục"."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    order: int = 0
    validity: Validity = ALWAYS


@dataclass(frozen=True, slots=True)
class ValueList:
    """Danh mục — the choices of a dropdown, in order."""

    code: str
    items: tuple[ListItem, ...]

    def item(self, code: str) -> ListItem | None:
        """The item of that code, or None."""
        for one in self.items:
            if one.code == code:
                return one
        return None


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the sheet "Quy tắc": where a rule applies and how it is tested.

    `kind` is `CONG_THUC` (then `formula` is an Excel formula, TRUE when the entry is right) or the name
    of a kind in `checks.kinds`; `parameters` are its `name=value` pairs. `form` is a form code, `*` (every
    form) or `TH`; `fields` are field codes (the first is where the finding is shown) or a field kind.
    """

    form: str
    fields: tuple[str, ...]
    kind: str
    formula: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Rule:
    """Quy tắc — one numbered rule; several rows of the sheet "Quy tắc" may carry its conditions.

    `message`, `mend` hold `{names}`; `clause` is the clause of the plan or law; `in_words` says when it is wrong.
    """

    code: str
    severity: Severity
    group: str
    message: str
    mend: str = ""
    message_en: str = ""
    mend_en: str = ""
    clause: str = ""
    in_words: str = ""
    conditions: tuple[Condition, ...] = ()
    enabled: bool = True
    validity: Validity = ALWAYS
    source_kind: str = ""
    place: Place = Place()


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
    place: Place = Place()
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
    place: Place = Place()
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
    place: Place = Place()

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
    place: Place = Place()


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
    place: Place = Place()
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
    place: Place = Place()
    total_rows: tuple[str, ...] = ()  # "Dòng tổng": CONG (a subtotal per section), TONG (the grand total)


@dataclass(frozen=True, slots=True)
class Setting:
    """Cài đặt — one value the office may change; `assumption` marks GIA_DINH."""

    code: str
    label: str
    value: Value
    unit: str = ""
    source_kind: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class HeaderAlias:
    """Bí danh tiêu đề — other ways a header is written. Sheet "Bí danh"."""

    label: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """Sổ tiêu chí — the whole criteria book, or (after `at`) what is in force for one period.

    Collections are tuples in the book's order; look-ups by code are the methods. After `at`, `whole` is the book it
    was taken from: what has expired or is not yet in force can be named there. `learned` is what staff said about
    layouts and names of units' files.
    """

    forms: tuple[Form, ...]
    rules: tuple[Rule, ...]
    lists: Mapping[str, ValueList]
    units: tuple[Unit, ...]
    communes: tuple[Commune, ...]
    periods: tuple[Period, ...]
    awards: tuple[Award, ...]
    criteria: tuple[Criterion, ...] = ()
    report_sheets: tuple[ReportSheet, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    header_aliases: tuple[HeaderAlias, ...] = ()
    reference_tables: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    source: str = ""
    sha256: str = ""
    path: str = ""
    period: Period | None = None
    whole: Criteria | None = field(default=None, repr=False, compare=False)
    learned: tuple[Learned, ...] = ()

    @property
    def digest(self) -> str:
        """What tells this book, with all that was learned beside it, from any other; for what is kept of a reading."""
        return "|".join((self.sha256, *(one.sha256 for one in self.learned)))

    def form(self, code: str) -> Form | None:
        """The form of that code, or None."""
        return next((one for one in self.forms if one.code == code), None)

    def rule(self, code: str) -> Rule | None:
        """The rule of that code, or None."""
        return next((one for one in self.rules if one.code == code), None)

    def unit(self, code: str) -> Unit | None:
        """The unit of that code, or None."""
        return next((one for one in self.units if one.code == code), None)

    def commune(self, code: str) -> Commune | None:
        """The commune of that code, or None."""
        return next((one for one in self.communes if one.code == code), None)

    def award(self, code: str) -> Award | None:
        """The award of that code, or None."""
        return next((one for one in self.awards if one.code == code), None)

    def find_period(self, code: str) -> Period | None:
        """The period of that code, or None."""
        return next((one for one in self.periods if one.code == code), None)

    def report_sheet(self, code: str) -> ReportSheet | None:
        """The report sheet of that code, or None."""
        return next((one for one in self.report_sheets if one.code == code), None)

    def setting(self, code: str, default: Value = None) -> Value:
        """The value of a setting, `default` when the book has none."""
        found = self.settings.get(code)
        return default if found is None or found.value is None else found.value

    def text_setting(self, code: str, default: str = "") -> str:
        """A setting as text, `default` when the book has none."""
        value = self.setting(code)
        return default if value is None else str(value)

    def at(self, period: Period | str) -> Criteria:
        """What is in force on the last day of the period. KeyError when the code is unknown."""
        if isinstance(period, str):
            found = self.find_period(period)
            if found is None:
                raise KeyError(period)
            period = found
        day = period.day
        return replace(
            self,
            forms=tuple(
                replace(form, fields=tuple(f for f in form.fields if f.validity.covers(day)))
                for form in self.forms
                if form.validity.covers(day)
            ),
            rules=tuple(rule for rule in self.rules if rule.enabled and rule.validity.covers(day)),
            lists={
                code: replace(one, items=tuple(i for i in one.items if i.validity.covers(day)))
                for code, one in self.lists.items()
            },
            units=tuple(unit for unit in self.units if unit.validity.covers(day)),
            communes=tuple(one for one in self.communes if one.validity.covers(day)),
            awards=tuple(award for award in self.awards if award.validity.covers(day)),
            period=period,
            whole=self.whole or self,
        )
