"""The words a formula of the criteria book may use: tables with their columns, and names. Read `schema`, `names`.

The same tables that rules are run on (docs/criteria-book.md, "The rule language"); a test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from thidua_xl.formula import Table
from thidua_xl.model import Criteria, Form, Value

Schema = dict[str, dict[str, str]]

PERIOD, REPORTER = "TD_KY", "TD_DON_VI_NOP"
REPORTER_COLUMNS = ("ma", "ten", "ten_viet_tat", "khoi", "lan_nop")
_PERIOD_COLUMNS = ("ma", "ten", "loai", "nam", "tu_ngay", "den_ngay", "han_noi_bo", "han_nop_len")
# Reference sheets that rules know by a shorter name.
_SHORT = {"TIEU_CHI_NTM": "TD_NTM"}

Item = TypeVar("Item")


def table_name(form: str) -> str:
    """The name of a form's table in formulas: S05 gives TD_S05."""
    return f"TD_{form}"


def schema(criteria: Criteria) -> Schema:
    """Every table that a formula may name: each spelling of a column -> its code."""
    found: Schema = {}
    for form in criteria.forms:
        found.setdefault(table_name(form.code), {}).update(spellings(form))
    for name, table in book_tables(criteria).items():
        found[name] = {column: column for column in table.columns}
    for name, columns in ((PERIOD, _PERIOD_COLUMNS), (REPORTER, REPORTER_COLUMNS)):
        found[name] = {column: column for column in columns}
    return found


def names(criteria: Criteria) -> dict[str, Value]:
    """The settings as defined names: TD_CD_<code> -> value."""
    return {f"TD_CD_{code}": setting.value for code, setting in criteria.settings.items()}


def spellings(form: Form) -> Mapping[str, str]:
    """Each way to name a field of the form: its code, and its label when no other field has it."""
    found = {field.code: field.code for field in form.fields}
    labels = Counter(field.label for field in form.fields)
    for field in form.fields:
        if labels[field.label] == 1:
            found.setdefault(field.label, field.code)
    return found


def book_tables(criteria: Criteria) -> dict[str, Table]:
    """The book's own sheets as tables: settings, units, communes, awards, criteria, lists, reference sheets."""
    tables = [
        _table(
            "TD_CAI_DAT", criteria.settings.values(), {"ma": lambda one: one.code, "gia_tri": lambda one: one.value}
        ),
        _table(
            "TD_DON_VI",
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
        _table(
            "TD_DIA_BAN",
            criteria.communes,
            {
                "ma": lambda one: one.code,
                "ten": lambda one: one.name,
                "ma_gso": lambda one: one.gso or None,
                "ma_ke_tiep": lambda one: one.successor or None,
            },
        ),
        _table(
            "TD_KHEN_THUONG",
            criteria.awards,
            {
                "ma": lambda one: one.code,
                "ten": lambda one: one.name,
                "cap": lambda one: one.authority or None,
                "doi_tuong": lambda one: ";".join(one.targets) or None,
                "so_luong": lambda one: one.quota,
                "ty_le_phieu": lambda one: one.threshold_percent,
            },
        ),
        _table(
            "TD_TIEU_CHI",
            criteria.criteria,
            {
                "ma": lambda one: one.code,
                "nhom": lambda one: one.group or None,
                "ten": lambda one: one.label,
                "ma_chi_so": lambda one: one.indicator or None,
                "don_vi_tinh": lambda one: one.unit or None,
            },
        ),
    ]
    for value_list in criteria.lists.values():
        columns: Mapping[str, Callable[..., Value]] = {"ma": lambda one: one.code, "nhan": lambda one: one.label}
        tables.append(_table(f"TD_{value_list.code}", value_list.items, columns))
    for code, rows in criteria.reference_tables.items():
        keys = tuple(dict.fromkeys(key for row in rows for key in row))
        name = _SHORT.get(code, f"TD_{code}")
        tables.append(Table(name, {key: tuple(row.get(key) for row in rows) for key in keys}))
    return {table.name: table for table in tables}


def _table(name: str, items: Iterable[Item], columns: Mapping[str, Callable[[Item], Value]]) -> Table:
    rows = tuple(items)
    return Table(name, {code: tuple(take(one) for one in rows) for code, take in columns.items()})
