"""How well the headers of a sheet fit a form. Read `coverage`."""

from __future__ import annotations

from thidua_xl.grid import FoundTable, find_table, rows_of
from thidua_xl.grid.headers import bare_key, header_key
from thidua_xl.intake.prepared import Prepared, is_table, serial_field
from thidua_xl.model import Form, FormKind, Sheet
from thidua_xl.text import convert_legacy

_ENOUGH_COLUMNS = 3


def coverage(sheet: Sheet, form: Form, prepared: Prepared) -> tuple[float, FoundTable | None]:
    """The share of a form's fields that stand as headers (or labels) on a sheet."""
    labels = prepared.labels(form)
    wanted = [one.code for one in form.fields if one.code != serial_field(form)]
    if not wanted:
        return 0.0, None
    if form.kind is FormKind.SINGLE:
        keys = {key for names in labels.values() for name in names for key in (header_key(name), bare_key(name))}
        seen = {key for text in texts_of(sheet) for key in (header_key(text), bare_key(text.partition(":")[0]))}
        hits = sum(any(header_key(name) in seen for name in labels[code]) for code in wanted)
        return (hits / len(wanted) if keys else 0.0), None
    if not is_table(form):
        return 0.0, None
    table = find_table(sheet, labels, serial=serial_field(form))
    if table is None:
        return 0.0, None
    hits = sum(code in table.columns for code in wanted)
    return (hits / len(wanted) if hits >= min(_ENOUGH_COLUMNS, len(wanted)) else 0.0), table


def texts_of(sheet: Sheet, rows: int | None = None) -> list[str]:
    """The texts of a sheet (of its first rows), in Unicode."""
    found: list[str] = []
    for row, values in rows_of(sheet).items():
        if rows is not None and row > rows:
            break
        found += [convert_legacy(value).text for value in values.values() if isinstance(value, str)]
    return found
