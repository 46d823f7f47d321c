"""What rules see of a submission and of the criteria book, as formula tables. Read `rule_tables`, then `rule_schema`.

Names and columns are those of docs/criteria-book.md, "The rule language": `TD_S05`, `TD_KY`, `TD_DON_VI_NOP`,
`TD_CAI_DAT`,
`TD_DM_...`, `TD_DON_VI`, `TD_DIA_BAN`, `TD_KHEN_THUONG`, `TD_TIEU_CHI`, `TD_NTM`, and the names `TD_CD_<setting>`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from thidua_xl.formula import Table
from thidua_xl.model import Criteria, Field, FormKind, Records, Submission, Value

PREFIX = "TD_"
SETTING_PREFIX = "TD_CD_"
PERIOD, REPORTER, SETTINGS = "TD_KY", "TD_DON_VI_NOP", "TD_CAI_DAT"
UNITS, COMMUNES, AWARDS, CRITERIA = "TD_DON_VI", "TD_DIA_BAN", "TD_KHEN_THUONG", "TD_TIEU_CHI"

# Codes in one cell of the book's tables are parted as in the book itself.
JOINT = ";"

# Reference sheets that rules know by a shorter name.
_SHORT = {"TIEU_CHI_NTM": "TD_NTM"}

Item = TypeVar("Item")
Columns = Mapping[str, Callable[[Item], Value]]


def table_name(form: str) -> str:
    """The name of a form's table in formulas: S05 gives TD_S05."""
    return PREFIX + form


def rule_schema(criteria: Criteria) -> dict[str, dict[str, str]]:
    """Every table that rules may name, with its columns: what `compile_formula` and the linter need.

    A table maps each spelling to the column's code: the code itself, and for a form's field its label when no other
    field has it. The forms are those of the whole book, so that a rule may name a form or field that is not in force
    in this period; it is blank then.
    """
    schema = {table_name(code): _spellings(fields) for code, fields in _all_fields(criteria).items()}
    schema.update({name: {code: code for code in table.columns} for name, table in book_tables(criteria).items()})
    schema[REPORTER] = {code: code for code in _REPORTER}
    return schema


def rule_names(criteria: Criteria) -> dict[str, Value]:
    """The settings as defined names: `TD_CD_<code>` -> value."""
    return {SETTING_PREFIX + code: one.value for code, one in criteria.settings.items()}


def rule_tables(submission: Submission, criteria: Criteria) -> dict[str, Table]:
    """All tables for one submission: its forms, the unit that reports, and those of the book."""
    tables = book_tables(criteria)
    tables.update(submission_tables(submission, criteria))
    return tables


def submission_tables(submission: Submission, criteria: Criteria) -> dict[str, Table]:
    """The tables of one submission only: every form of the book (without rows when the file lacks it) and the unit."""
    whole = criteria.whole or criteria
    kinds = {form.code: form.kind for form in (*whole.forms, *criteria.forms)}
    tables: dict[str, Table] = {}
    for code, fields in _all_fields(criteria).items():
        single = kinds[code] is FormKind.SINGLE
        tables[table_name(code)] = _form_table(code, fields, submission.records.get(code), single)
    unit = criteria.unit(submission.unit) or whole.unit(submission.unit)
    row: Mapping[str, Value] = {
        "ma": submission.unit or None,
        "ten": unit.name if unit else None,
        "ten_viet_tat": unit.short if unit else None,
        "khoi": unit.bloc if unit else None,
        "lan_nop": submission.version,
    }
    tables[REPORTER] = Table(REPORTER, {code: (row[code],) for code in _REPORTER}, single=True)
    return tables


def book_tables(criteria: Criteria) -> dict[str, Table]:
    """The tables of the criteria book: period, settings, lists, units, communes, awards, criteria, reference sheets."""
    period = criteria.period
    tables = {
        PERIOD: Table(
            PERIOD,
            {
                "ma": (period.code if period else None,),
                "ten": (period.name if period else None,),
                "loai": (period.kind if period else None,),
                "nam": (period.year if period else None,),
                "tu_ngay": (period.start if period else None,),
                "den_ngay": (period.end if period else None,),
                "han_noi_bo": (period.due if period else None,),
                "han_nop_len": (period.due_up if period else None,),
            },
            single=True,
        ),
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


_REPORTER = ("ma", "ten", "ten_viet_tat", "khoi", "lan_nop")


def _all_fields(criteria: Criteria) -> dict[str, dict[str, Field]]:
    """Form code -> field code -> field, of the whole book and of what is in force."""
    found: dict[str, dict[str, Field]] = {}
    for book in (criteria.whole, criteria):
        for form in book.forms if book is not None else ():
            fields = found.setdefault(form.code, {})
            fields.update((field.code, field) for field in form.fields)
    return found


def _spellings(fields: Mapping[str, Field]) -> dict[str, str]:
    spelled = {code: code for code in fields}
    labels = Counter(field.label for field in fields.values())
    for code, field in fields.items():
        if labels[field.label] == 1:
            spelled.setdefault(field.label, code)
    return spelled


def _form_table(code: str, fields: Iterable[str], records: Records | None, single: bool) -> Table:
    """One form's records in which every field of the form has a column; a form sheet has one row, blank if need be."""
    count = len(records) if records is not None else 0
    blank: Sequence[Value] = (None,) * (1 if single and not count else count)
    found = records.columns if records is not None and count else {}
    return Table(table_name(code), {field: found.get(field, blank) for field in fields}, single=single)


def _table(name: str, items: Iterable[Item], columns: Columns[Item]) -> Table:
    rows = tuple(items)
    return Table(name, {code: tuple(take(one) for one in rows) for code, take in columns.items()})
