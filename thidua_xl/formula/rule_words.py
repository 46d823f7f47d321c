"""The words a rule of the criteria book may use: tables with their columns, and names. Read `rule_schema`.

One vocabulary for all who read rules: those that check them, try them out, run them, and say them in a unit's form.
Names and columns are those of docs/criteria-book.md, "The rule language": `TD_S05`, `TD_TRUOC_S05`, `TD_NAM_S05`,
`TD_KY`, `TD_DON_VI_NOP`, `TD_CAI_DAT`, `TD_DM_...`, `TD_DON_VI`, `TD_DIA_BAN`, `TD_KHEN_THUONG`, `TD_TIEU_CHI`,
`TD_NTM`, and the names `TD_CD_<setting>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from thidua_xl.formula.arrays import Table
from thidua_xl.model import Criteria, Field, Period, Unit, Value

PREFIX = "TD_"
SETTING_PREFIX = "TD_CD_"
PERIOD, REPORTER, SETTINGS = "TD_KY", "TD_DON_VI_NOP", "TD_CAI_DAT"
VERSION = "lan_nop"
UNITS, COMMUNES, AWARDS, CRITERIA = "TD_DON_VI", "TD_DIA_BAN", "TD_KHEN_THUONG", "TD_TIEU_CHI"

# A form's sheet in the unit's last report of the same kind, and in its earlier reports of the same year.
BEFORE, THIS_YEAR = "TD_TRUOC_", "TD_NAM_"
# Columns that only those tables have: which period each row was reported for.
OF_PERIOD, OF_PERIOD_KIND = "_ky", "_loai_ky"

# Codes in one cell of the book's tables are parted as in the book itself.
JOINT = ";"

# Reference sheets that rules know by a shorter name.
_SHORT = {"TIEU_CHI_NTM": "TD_NTM"}

Schema = dict[str, dict[str, str]]
Item = TypeVar("Item")
Columns = Mapping[str, Callable[[Item], Value]]


def table_name(form: str) -> str:
    """The name of a form's table in formulas: S05 gives TD_S05."""
    return PREFIX + form


def rule_schema(criteria: Criteria, *, history: bool = True) -> Schema:
    """Every table that rules may name, with its columns: what `compile_formula` and the linter need.

    A table maps each spelling to the column's code: the code itself, and for a form's field its label when no other
    field has it. The forms are those of the whole book, so that a rule may name a form or field that is not in force
    in this period; it is blank then. Without `history` earlier reports cannot be named.
    """
    forms = {code: spellings(fields) for code, fields in all_fields(criteria).items()}
    schema: Schema = {}
    if history:
        own = {OF_PERIOD: OF_PERIOD, OF_PERIOD_KIND: OF_PERIOD_KIND}
        schema |= {prefix + code: spelled | own for prefix in (BEFORE, THIS_YEAR) for code, spelled in forms.items()}
    schema |= {table_name(code): spelled for code, spelled in forms.items()}
    schema |= {name: {code: code for code in table.columns} for name, table in book_tables(criteria).items()}
    schema[PERIOD] = {code: code for code in period_values(criteria.period)}
    schema[REPORTER] = {code: code for code in reporter_values(None)}
    return schema


def rule_names(criteria: Criteria) -> dict[str, Value]:
    """The settings as defined names: `TD_CD_<code>` -> value."""
    return {SETTING_PREFIX + code: one.value for code, one in criteria.settings.items()}


def is_history(table: str) -> bool:
    """Whether a table of a rule holds earlier reports."""
    return table.startswith((BEFORE, THIS_YEAR))


def period_values(period: Period | None) -> dict[str, Value]:
    """The columns of TD_KY; all blank without a period."""
    return {
        "ma": period.code if period else None,
        "ten": period.name if period else None,
        "loai": period.kind if period else None,
        "nam": period.year if period else None,
        "tu_ngay": period.start if period else None,
        "den_ngay": period.end if period else None,
        "han_noi_bo": period.due if period else None,
        "han_nop_len": period.due_up if period else None,
    }


def reporter_values(unit: Unit | None, version: int = 1) -> dict[str, Value]:
    """The columns of TD_DON_VI_NOP; blank but for the version (lần nộp) without a unit."""
    return {
        "ma": unit.code if unit else None,
        "ten": unit.name if unit else None,
        "ten_viet_tat": (unit.short or None) if unit else None,
        "khoi": (unit.bloc or None) if unit else None,
        VERSION: version,
    }


def single_row(name: str, values: Mapping[str, Value]) -> Table:
    """A table whose columns each hold one value: `TD_KY[ma]` is that value."""
    return Table(name, {code: (value,) for code, value in values.items()}, single=True)


def book_tables(criteria: Criteria) -> dict[str, Table]:
    """The tables of the criteria book: settings, lists, units, communes, awards, criteria, reference sheets."""
    tables = {
        SETTINGS: _table(
            SETTINGS, criteria.settings.items(), {"ma": lambda one: one[0], "gia_tri": lambda one: one[1].value}
        ),
        UNITS: _table(
            UNITS,
            criteria.units,
            {
                "ma": lambda one: one.code,
                "ten": lambda one: one.name,
                "ten_viet_tat": lambda one: one.short or None,
                "khoi": lambda one: one.bloc or None,
                "phai_bao_cao": lambda one: one.obliged,
                "ma_ke_tiep": lambda one: one.successor or None,
            },
        ),
        COMMUNES: _table(
            COMMUNES,
            criteria.communes,
            {
                "ma": lambda one: one.code,
                "ten": lambda one: one.name,
                "ma_gso": lambda one: one.gso or None,
                "ma_ke_tiep": lambda one: one.successor or None,
            },
        ),
        AWARDS: _table(
            AWARDS,
            criteria.awards,
            {
                "ma": lambda one: one.code,
                "ten": lambda one: one.name,
                "cap": lambda one: one.authority or None,
                "doi_tuong": lambda one: JOINT.join(one.targets) or None,
                "so_luong": lambda one: one.quota,
                "ty_le_phieu": lambda one: one.threshold_percent,
            },
        ),
        CRITERIA: _table(
            CRITERIA,
            criteria.criteria,
            {
                "ma": lambda one: one.code,
                "nhom": lambda one: one.group or None,
                "ten": lambda one: one.label,
                "ma_chi_so": lambda one: one.indicator or None,
                "don_vi_tinh": lambda one: one.unit or None,
            },
        ),
    }
    for value_list in criteria.lists.values():
        name = PREFIX + value_list.code
        tables[name] = _table(name, value_list.items, {"ma": lambda one: one.code, "nhan": lambda one: one.label})
    for code, rows in criteria.reference_tables.items():
        name = _SHORT.get(code, PREFIX + code)
        keys = tuple(dict.fromkeys(key for row in rows for key in row))
        tables[name] = Table(name, {key: tuple(row.get(key) for row in rows) for key in keys})
    return tables


def all_fields(criteria: Criteria) -> dict[str, dict[str, Field]]:
    """Form code -> field code -> field, of the whole book and of what is in force."""
    found: dict[str, dict[str, Field]] = {}
    for book in (criteria.whole, criteria):
        for form in book.forms if book is not None else ():
            fields = found.setdefault(form.code, {})
            fields.update((field.code, field) for field in form.fields)
    return found


def spellings(fields: Mapping[str, Field]) -> dict[str, str]:
    """Each way to name a field of a form: its code, and its label when no other field has it."""
    spelled = {code: code for code in fields}
    labels = Counter(field.label for field in fields.values())
    for code, field in fields.items():
        if labels[field.label] == 1:
            spelled.setdefault(field.label, code)
    return spelled


def _table(name: str, items: Iterable[Item], columns: Columns[Item]) -> Table:
    rows = tuple(items)
    return Table(name, {code: tuple(take(one) for one in rows) for code, take in columns.items()})
