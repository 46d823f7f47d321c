"""What a form holds before the unit writes anything, from its "Bố cục". Read `single_values`, `table_rows`.

`dien.<field>=<table>.<column>` fills a field; `dien_san=<table>` or `<table>*<table>` makes a row per row of the
table (of the product); `khoa=<fields>` locks what was filled in. Tables: DON_VI_NOP (the unit), KY (the period),
CAI_DAT (settings), DON_VI, DIA_BAN, KHEN_THUONG, TIEU_CHI, the lists, and the reference tables of the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from thidua_xl.forms.choices import Choices, register
from thidua_xl.model import Criteria, Form, FormKind, Period, Unit, Value

Values = Mapping[str, Value]

FILL = "dien."
ROWS = "dien_san"
LOCK = "khoa"
CODED_LIST = "danh_muc_dong"
# The field that takes the row code, and its code when the form does not say.
CODED_KEY = ("truong_ma_dong", "ma_dong")


def single_values(criteria: Criteria, form: Form, unit: Unit, period: Period) -> dict[str, Value]:
    """The values known beforehand of a form sheet, by field code."""
    return _filled(form, _common(criteria, unit, period), Choices(criteria))


def table_rows(criteria: Criteria, form: Form, unit: Unit, period: Period) -> list[dict[str, Value]]:
    """The rows known beforehand of a table; [] when the form has none."""
    if form.kind is FormKind.CODED:
        return _coded_rows(criteria, form)
    spec = form.layout.get(ROWS, "")
    if not spec:
        return []
    tables = [_table(criteria, part.strip()) for part in spec.split("*")]
    common = _common(criteria, unit, period)
    choices = Choices(criteria)
    rows = []
    for combination in product(*(rows for _, rows in tables)):
        named = {name: row for (name, _), row in zip(tables, combination, strict=True)}
        rows.append(_filled(form, common | named, choices))
    return rows


def locked_fields(form: Form) -> frozenset[str]:
    """The fields whose cells are locked where they were filled in beforehand."""
    if form.kind is FormKind.CODED:
        return frozenset((form.layout.get(*CODED_KEY),))
    return frozenset(part.strip() for part in form.layout.get(LOCK, "").split(",") if part.strip())


def _coded_rows(criteria: Criteria, form: Form) -> list[dict[str, Value]]:
    """One row per code of the list that names the rows of a coded form (docs/coded-forms.md)."""
    key = form.layout.get(*CODED_KEY)
    value_list = criteria.lists.get(form.layout.get(CODED_LIST, ""))
    return [{key: item.code} for item in value_list.items] if value_list is not None else []


def complete(rows: Sequence[Values], prefilled: Iterable[Values]) -> list[dict[str, Value]]:
    """The rows, each completed from the first unused prefilled row that agrees with it."""
    left = list(prefilled)
    done: list[dict[str, Value]] = []
    for row in rows:
        given = {code: value for code, value in row.items() if value is not None}
        match = next((known for known in left if _agrees(given, known)), None)
        if match is not None:
            left.remove(match)
        done.append(dict(match or {}) | dict(row))
    return done


def _agrees(given: Values, known: Values) -> bool:
    shared = [code for code in known if code in given]
    return bool(shared) and all(given[code] == known[code] for code in shared)


def _common(criteria: Criteria, unit: Unit, period: Period) -> dict[str, Values]:
    return {
        "DON_VI_NOP": {"ma": unit.code, "ten": unit.name, "ten_viet_tat": unit.short, "khoi": unit.bloc},
        "KY": {
            "ma": period.code,
            "ten": period.name,
            "loai": period.kind,
            "nam": period.year,
            "tu_ngay": period.start,
            "den_ngay": period.end,
            "han_noi_bo": period.due,
            "han_nop_len": period.due_up,
        },
        "CAI_DAT": {code: setting.value for code, setting in criteria.settings.items()},
    }


def _table(criteria: Criteria, spec: str) -> tuple[str, Sequence[Values]]:
    """(name, rows) of `TIEU_CHI:TAP_THE,CHUNG`, `DIA_BAN`, `TIEU_CHI_NTM`, `DM_DVT`."""
    name, _, filters = spec.partition(":")
    wanted = tuple(part.strip() for part in filters.split(",") if part.strip())
    rows: Sequence[Values] | None = register(criteria, name)
    if rows is None:
        rows = criteria.reference_tables.get(name, ())
    return name, [row for row in rows if not wanted or row.get("nhom") in wanted or row.get("khoi") in wanted]


def _filled(form: Form, tables: Mapping[str, Values], choices: Choices) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, source in form.layout.items():
        if not name.startswith(FILL):
            continue
        code = name.removeprefix(FILL)
        table, mark, column = source.partition(".")
        if mark and table in tables:
            value = tables[table].get(column)
        else:
            value = int(source) if source.isdecimal() else source
        field = form.field(code)
        if value is None or value == "" or field is None:
            continue
        found[code] = choices.code(field, value) if isinstance(value, str) else value
    return found
