"""A form of labelled cells -> `Records` with one entry. Read `read_single`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from thidua_xl.grid import merged_area, rows_of
from thidua_xl.grid.headers import header_key
from thidua_xl.intake.cells import CellsOf, as_text
from thidua_xl.intake.convert import Taker
from thidua_xl.intake.places import NAME_PREFIX, Layout
from thidua_xl.intake.prepared import EXPLANATION, EXPLANATION_LABELS, Prepared
from thidua_xl.intake.reporter import Where
from thidua_xl.intake.sideways import values_beside
from thidua_xl.model import Book, Field, Form, Records, Required, Sheet, Value
from thidua_xl.refs import cell_name, column_letters
from thidua_xl.text import convert_legacy

Rows = Mapping[int, Mapping[int, Value]]


def read_single(book: Book, sheet: Sheet, form: Form, layout: Layout, taker: Taker) -> Records | None:
    """The records of a form sheet; None when no field of it is found. Adds findings about structure and values."""
    rows = rows_of(sheet)
    places, inline = find_cells(sheet, rows, form, layout, taker.prepared)
    if not places and not inline:
        return None
    source = CellsOf.of(form, sheet, book.external)
    columns: dict[str, tuple[Value, ...]] = {}
    cells: dict[str, str] = {}
    for field in form.fields:
        if field.code in inline:
            place, text = inline[field.code]
            value: Value = text
        elif field.code in places:
            place = places[field.code]
            value = rows.get(place[0], {}).get(place[1])
        else:
            if field.required is Required.YES or layout.is_made_from(taker.prepared.criteria):
                taker.reporter.report("thieu_cot", _where_it_was(sheet, form, field, places), form=form, field=field)
            continue
        cells[field.code] = cell_name(*place)
        columns[field.code] = (taker.single(source, field, place, value),)
    first = min((place[0] for place in places.values()), default=min((p[0] for p, _ in inline.values()), default=1))
    return Records(
        form=form.code,
        sheet=sheet.name,
        rows=(first,),
        columns=columns,
        single_cells=cells,
        explanations=_explanations(rows, places, cells),
    )


def _where_it_was(sheet: Sheet, form: Form, field: Field, places: Mapping[str, tuple[int, int]]) -> Where:
    """Where a field that is gone must be put back: at the field before it, else at the first one found."""
    before = [one.code for one in form.fields[: form.fields.index(field)] if one.code in places]
    row, column = places[before[-1]] if before else min(places.values(), default=(1, 1))
    return Where(sheet.name, cell_name(row, column), row, column_letters(column))


def find_cells(
    sheet: Sheet, rows: Rows, form: Form, layout: Layout, prepared: Prepared
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[tuple[int, int], str]]]:
    """(field -> the place of its value, field -> place and text for "Label: value" in one cell).

    By the names `TD_<form>_<field>`, then by a column of field codes, then by labels. Several ask for the same sheet:
    what was found is kept in `layout`.
    """
    key = id(sheet), id(form)
    kept = layout.found.get(key)
    if kept is None:
        # Sheet and form stay with what was found, so that the ids cannot come to mean others.
        kept = layout.found[key] = (sheet, form, *_find_cells(sheet, rows, form, layout, prepared))
    return dict(kept[2]), dict(kept[3])


def _find_cells(
    sheet: Sheet, rows: Rows, form: Form, layout: Layout, prepared: Prepared
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[tuple[int, int], str]]]:
    places: dict[str, tuple[int, int]] = {}
    for field in form.fields:
        named = layout.cell_of(f"{NAME_PREFIX}{form.code}_{field.code}", sheet)
        if named is not None:
            places[field.code] = named
    if len(places) == len(form.fields):
        return places, {}
    if not places and further_values(sheet, form, prepared) is not None:
        return {}, {}  # values of several units or periods side by side: nobody knows whose this form is
    labels, inline = _labelled(sheet, rows, form, prepared)
    offset = _offset(rows, labels)
    coded = _coded(rows, form)
    # Where most cells have their names, the others stand among them or were taken out.
    among = _among(places) if len(places) * 2 > len(form.fields) else None
    for field in form.fields:
        if field.code in places:
            continue
        label = labels.get(field.code)
        if label is not None and (among is None or (label[0], label[1] + offset) in among):
            places[field.code] = (label[0], label[1] + offset)
        elif field.code in coded and places:
            # The codes stand in the rows of their values; the column is that of the values found.
            column = Counter(place[1] for place in places.values()).most_common(1)[0][0]
            places[field.code] = (coded[field.code], column)
    return places, {code: found for code, found in inline.items() if code not in places and among is None}


def further_values(sheet: Sheet, form: Form, prepared: Prepared) -> tuple[int, int] | None:
    """(row, column) of the first further value, where several columns of values stand beside the labels; else None."""
    rows = rows_of(sheet)
    labels, _ = _labelled(sheet, rows, form, prepared)
    offset = _offset(rows, labels)
    return values_beside(rows, form, {code: (row, column + offset) for code, (row, column) in labels.items()}, prepared)


def _among(places: Mapping[str, tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The places in the column of most values, from the first to the row after the last, that no value has."""
    column = Counter(place[1] for place in places.values()).most_common(1)[0][0]
    rows = [row for row, _ in places.values()]
    return frozenset((row, column) for row in range(min(rows) - 1, max(rows) + 2)) - set(places.values())


def _coded(rows: Rows, form: Form) -> dict[str, int]:
    """Field code -> its row, from the column that holds most field codes."""
    codes = {field.code for field in form.fields}
    hits: Counter[int] = Counter()
    for values in rows.values():
        hits.update(column for column, value in values.items() if isinstance(value, str) and value.strip() in codes)
    if not hits:
        return {}
    column = hits.most_common(1)[0][0]
    return {
        str(values[column]).strip(): row for row, values in rows.items() if str(values.get(column)).strip() in codes
    }


def _labelled(
    sheet: Sheet, rows: Rows, form: Form, prepared: Prepared
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[tuple[int, int], str]]]:
    """Field -> the last cell of its label (the right end of a merged one), and labels that carry their value."""
    labels = prepared.labels(form)
    keys: dict[str, tuple[str, int]] = {}
    for position in range(12):
        for field in form.fields:
            names = labels[field.code]
            if position < len(names):
                keys.setdefault(header_key(names[position]), (field.code, position))
    coded = _coded(rows, form)
    ends = {}
    for reference in sheet.merges:
        area = merged_area(reference)
        ends[area.top, area.left] = area.right
    found: dict[str, tuple[int, int]] = {}
    best: dict[str, tuple[bool, bool, int, bool, int]] = {}
    labelled = {row for row, values in rows.items() if any(_known_label(value, keys) for value in values.values())}
    inline: dict[str, tuple[tuple[int, int], str]] = {}
    for row, values in rows.items():
        for column, value in values.items():
            if not isinstance(value, str):
                continue
            text = convert_legacy(value).text
            known = keys.get(header_key(text))
            if known is not None:
                code, position = known
                end = ends.get((row, column), column)
                # A section heading or the signature block may read like a field's label: the label has the code,
                # other labels above or below, the value, or one cell.
                alone = row - 1 not in labelled and row + 1 not in labelled
                worth = (coded.get(code, row) != row, alone, position, values.get(end + 1) is None, end - column)
                if code not in found or worth < best[code]:
                    found[code], best[code] = (row, end), worth
                continue
            name, colon, rest = text.partition(":")
            known = keys.get(header_key(name)) if colon and rest.strip(" .…_") else None
            if known is not None:
                inline.setdefault(known[0], ((row, column), rest.strip()))
    return found, inline


def _known_label(value: Value, keys: Mapping[str, tuple[str, int]]) -> bool:
    return isinstance(value, str) and header_key(convert_legacy(value).text) in keys


def _offset(rows: Rows, labels: Mapping[str, tuple[int, int]]) -> int:
    """How far right of their labels the values stand: next to them, unless that column is blank throughout."""
    for offset in (1, 2):
        if any(rows.get(row, {}).get(column + offset) is not None for row, column in labels.values()):
            return offset
    return 1


def _explanations(rows: Rows, places: Mapping[str, tuple[int, int]], cells: Mapping[str, str]) -> dict[str, str]:
    wanted = {header_key(label) for label in (*EXPLANATION_LABELS, EXPLANATION)}
    column = next(
        (
            column
            for values in rows.values()
            for column, value in values.items()
            if isinstance(value, str) and header_key(value) in wanted
        ),
        None,
    )
    if column is None:
        return {}
    found = {}
    for code, place in places.items():
        text = as_text(rows.get(place[0], {}).get(column)).strip()
        if text and place[1] != column and code in cells:
            found[cells[code]] = text
    return found
