"""The forms of the criteria book: their fields, the lists they choose from, the rules they are checked by.

Each class names the sheet of the criteria book it comes from; columns are in `docs/criteria-book.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from thidua_xl.model.validity import ALWAYS, NOWHERE, Place, Validity
from thidua_xl.text import money_unit


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
    place: Place = NOWHERE

    @property
    def is_numeric(self) -> bool:
        """Whether the value is a number after intake."""
        return self.kind in NUMERIC

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers only: counts, and amounts in đồng (there is nothing smaller)."""
        if self.kind is FieldKind.MONEY:
            unit = money_unit(self.unit) if self.unit else None
            return not self.unit or (unit is not None and unit[1] == 1)
        return self.kind is FieldKind.INTEGER


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
    place: Place = NOWHERE

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
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ValueList:
    """Danh mục — the choices of a dropdown, in order."""

    code: str
    items: tuple[ListItem, ...]
    place: Place = NOWHERE

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
    place: Place = NOWHERE


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
    place: Place = NOWHERE
