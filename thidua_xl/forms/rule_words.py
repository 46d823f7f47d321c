"""The words a formula of the criteria book may use: tables with their columns, and names. Read `schema`, `names`.

The same tables that rules are run on (docs/criteria-book.md, "The rule language"); a test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from thidua_xl.model import Criteria, Form

Schema = dict[str, dict[str, str]]

_BOOK_TABLES = {
    "TD_KY": ("ma", "ten", "loai", "nam", "tu_ngay", "den_ngay", "han_noi_bo", "han_nop_len"),
    "TD_DON_VI_NOP": ("ma", "ten", "ten_viet_tat", "khoi", "lan_nop"),
    "TD_CAI_DAT": ("ma", "gia_tri"),
    "TD_DON_VI": ("ma", "ten", "ten_viet_tat", "khoi", "phai_bao_cao", "ma_ke_tiep"),
    "TD_DIA_BAN": ("ma", "ten", "ma_gso", "ma_ke_tiep"),
    "TD_KHEN_THUONG": ("ma", "ten", "cap", "doi_tuong", "so_luong", "ty_le_phieu"),
    "TD_TIEU_CHI": ("ma", "nhom", "ten", "ma_chi_so", "don_vi_tinh"),
}
_LIST_COLUMNS = ("ma", "nhan")
# Reference sheets that rules know by a shorter name.
_SHORT = {"TIEU_CHI_NTM": "TD_NTM"}


def table_name(form: str) -> str:
    """The name of a form's table in formulas: S05 gives TD_S05."""
    return f"TD_{form}"


def schema(criteria: Criteria) -> Schema:
    """Every table that a formula may name: each spelling of a column -> its code."""
    found: Schema = {}
    for form in criteria.forms:
        found.setdefault(table_name(form.code), {}).update(spellings(form))
    for name, columns in _BOOK_TABLES.items():
        found[name] = _same(columns)
    for code in criteria.lists:
        found[f"TD_{code}"] = _same(_LIST_COLUMNS)
    for code, rows in criteria.reference_tables.items():
        found[_SHORT.get(code, f"TD_{code}")] = _same(tuple(dict.fromkeys(key for row in rows for key in row)))
    return found


def names(criteria: Criteria) -> tuple[str, ...]:
    """The settings as defined names: TD_CD_<code>."""
    return tuple(f"TD_CD_{code}" for code in criteria.settings)


def spellings(form: Form) -> Mapping[str, str]:
    """Each way to name a field of the form: its code, and its label when no other field has it."""
    found = {field.code: field.code for field in form.fields}
    labels = Counter(field.label for field in form.fields)
    for field in form.fields:
        if labels[field.label] == 1:
            found.setdefault(field.label, field.code)
    return found


def _same(columns: tuple[str, ...]) -> dict[str, str]:
    return {column: column for column in columns}
