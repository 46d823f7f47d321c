"""Forms that stand on a sheet the other way round: never read, but told. Read `fields_down`, `values_beside`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from thidua_xl.grid import rows_of
from thidua_xl.grid.headers import header_key
from thidua_xl.intake.prepared import EXPLANATION, Prepared, serial_field
from thidua_xl.model import NUMERIC, Field, FieldKind, Form, Sheet, Value
from thidua_xl.text import convert_legacy

_FEW = 3
_BESIDE = 3

Rows = Mapping[int, Mapping[int, Value]]


def fields_down(sheet: Sheet, form: Form, prepared: Prepared) -> tuple[int, int] | None:
    """(row, column) of the first label, where half the fields of a table form stand below each other in one column
    with something beside them: the entries then run across. None for any other sheet.
    """
    rows = rows_of(sheet)
    fields = {one.code: one for one in form.fields if one.code != serial_field(form)}
    keys = {
        header_key(name): code
        for code, names in prepared.labels(form).items()
        if code in fields and code != EXPLANATION
        for name in names
    }
    labels: dict[int, dict[str, int]] = {}
    for row, values in rows.items():
        for column, value in values.items():
            code = keys.get(header_key(convert_legacy(value).text)) if isinstance(value, str) else None
            if code is not None:
                labels.setdefault(column, {}).setdefault(code, row)
    for column, own in sorted(labels.items()):
        down = set(own.values())
        if len(down) >= max(_FEW, -(-len(fields) // 2)) and _is_filled(rows, own, column, fields):
            return min(down), column
    return None


def _is_filled(rows: Rows, labels: Mapping[str, int], column: int, fields: Mapping[str, Field]) -> bool:
    """Whether values stand right of the labels, figures or days among them where the fields hold such: a list of the
    columns with explanations is no form.
    """
    sized = {code: row for code, row in labels.items() if _has_size(fields[code])}
    beside = [value for row in (sized or labels).values() for at, value in rows[row].items() if at > column]
    return any(_is_size(value) or not sized for value in beside if value is not None)


def values_beside(
    rows: Rows, form: Form, places: Mapping[str, tuple[int, int]], prepared: Prepared
) -> tuple[int, int] | None:
    """(row, column) of the first further value, where beside most figures and choices of a form of labelled cells
    stands another: units or periods side by side. None for any other form.
    """

    def holds(field: Field, place: tuple[int, int]) -> bool:
        return _may_hold(field, rows.get(place[0], {}).get(place[1]), prepared)

    filled = [(places[one.code], one) for one in form.fields if one.code in places and holds(one, places[one.code])]
    taken = set(places.values())
    for offset in range(1, _BESIDE + 1):
        beside = [((row, column + offset), field) for (row, column), field in filled]
        more = sorted(place for place, field in beside if place not in taken and holds(field, place))
        if len(more) >= _FEW and len(more) * 2 > len(filled):
            return more[0]
    return None


def _may_hold(field: Field, value: Value, prepared: Prepared) -> bool:
    """Whether a value is surely one of the field's: a figure or day, or a choice of its list."""
    if _has_size(field):
        return _is_size(value)
    found = prepared.match(field.choices, value) if field.choices and isinstance(value, str) else None
    return found is not None and found.code is not None


def _has_size(field: Field) -> bool:
    return field.kind in NUMERIC or field.kind is FieldKind.DATE


def _is_size(value: Value) -> bool:
    return isinstance(value, (int, Decimal, date)) and not isinstance(value, bool)
