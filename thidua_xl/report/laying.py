"""Room for a table's rows in a template: insertions and deletions, and where each row comes to stand.

Read `lay_rows` first. Model rows serve as the first rows of their kind; further ones are inserted like them.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from thidua_xl.model import DeleteRows, Edit, InsertRows
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.report.places import DETAIL, SECTION, SUBSECTION, SUBTOTAL, TOTAL, TablePlaces


@dataclass(frozen=True, slots=True)
class Laid:
    """The room made for a table: the edits, the places afterwards, the sheet row of each row of the table, by how
    many rows what is below has moved, how many rows went beyond those drawn.
    """

    edits: Sequence[Edit]
    places: TablePlaces
    rows: Sequence[int]
    shift: int
    beyond: int


def lay_rows(table_kinds: Sequence[str], places: TablePlaces) -> Laid:
    """Where the rows of a table, given by their kinds, come to stand, and the edits that make room for them."""
    body = [kind for kind in table_kinds if kind != TOTAL]
    drawn = places
    if places.drawn:
        edits, body_rows, shift = _place_drawn(body, places)
        beyond = shift if places.spare else 0
    elif set(places.models) <= {DETAIL, TOTAL} and places.spare:
        edits, body_rows, shift = _fill_block(len(body), places)
        beyond = shift
    else:
        places, spared = without_spare(places)
        edits, body_rows, shift = _place_rows(body, places)
        edits = [*spared, *edits]
        beyond = shift - drawn.spare if drawn.spare else 0
    total_row = places.models.get(TOTAL)
    numbers = array("l")
    body_numbers = iter(body_rows)
    for kind in table_kinds:
        numbers.append((total_row or 0) + shift if kind == TOTAL else next(body_numbers))
    return Laid(edits, places, numbers, shift, beyond)


def without_spare(places: TablePlaces) -> tuple[TablePlaces, list[Edit]]:
    """The places when the spare rows below the model row are gone, and the deletion that takes them away."""
    if not places.spare:
        return places, []
    last = places.models[DETAIL] + places.spare

    def moved(row: int) -> int:
        return row - places.spare if row > last else row

    texts = {}
    for name, cell in places.texts.items():
        row, column = parse_cell(cell)
        texts[name] = cell_name(moved(row), column)
    models = {kind: moved(row) for kind, row in places.models.items()}
    first = places.models[DETAIL] + 1
    return replace(places, models=models, texts=texts, spare=0), [DeleteRows(places.sheet, first, last - first + 1)]


def _fill_block(count: int, places: TablePlaces) -> tuple[list[Edit], list[int], int]:
    """The same as `_place_rows` for a plain table drawn with several blank rows.

    Further rows go in before the last of them, so that the sums, charts and names that reach over the block grow.
    """
    first, drawn = places.models[DETAIL], places.spare + 1
    edits: list[Edit] = []
    if count > drawn:
        before = first + max(1, drawn - 1)
        edits.append(InsertRows(places.sheet, before=before, count=count - drawn, like=first))
    elif count < drawn:
        edits.append(DeleteRows(places.sheet, first=first + count, count=drawn - count))
    return edits, list(range(first, first + count)), count - drawn


def _place_drawn(body: Sequence[str], places: TablePlaces) -> tuple[list[Edit], list[int], int]:
    """The same as `_place_rows` where the office has drawn several sections: each grows where it stands.

    The first sections of the body are the drawn ones, in their order; further ones go in behind the last.
    """
    starts = [at for at, kind in enumerate(body) if kind == SECTION]
    chunks = [body[start:stop] for start, stop in zip(starts, [*starts[1:], len(body)], strict=True)]
    edits: list[Edit] = []
    numbers: list[int] = []
    shift = 0
    model = places.drawn[0]
    at = {SECTION: model.head, DETAIL: model.first, SUBSECTION: places.models.get(SUBSECTION, model.head)}
    for drawn, kinds in zip(places.drawn, chunks, strict=False):
        head, count = drawn.head + shift, sum(kind in {DETAIL, SUBSECTION} for kind in kinds)
        numbers.append(head)
        room = drawn.last - drawn.first + 1
        models = {DETAIL: drawn.first + shift}
        if SUBSECTION in places.models and drawn.first > drawn.head + 1:
            models[SUBSECTION] = head + places.models[SUBSECTION] - model.head
        own = TablePlaces(places.sheet, {}, models, spare=max(0, room - 1))
        inner = [kind for kind in kinds if kind in {DETAIL, SUBSECTION}]
        if not room:
            made, rows = _forming(places.sheet, head + 1, inner, at)
            grown = len(rows)
        elif SUBSECTION not in models and SUBSECTION not in inner:
            made, rows, grown = _fill_block(count, own)
        else:
            own, made = without_spare(own)
            more, rows, grown = _place_rows(inner, own)
            made, grown = [*made, *more], grown - (room - 1)
        edits += made
        numbers += rows
        shift += grown
        if drawn is model:
            at[SUBTOTAL] = drawn.subtotal + shift
        if SUBTOTAL in kinds:
            numbers.append(drawn.subtotal + shift)
    further = [kind for kinds in chunks[len(places.drawn) :] for kind in kinds]
    made, rows = _forming(places.sheet, places.drawn[-1].end + shift + 1, further, at)
    return [*edits, *made], [*numbers, *rows], shift + len(rows)


def _forming(sheet: str, before: int, kinds: Sequence[str], at: Mapping[str, int]) -> tuple[list[Edit], list[int]]:
    """New rows of these kinds before a row, each formed like the row of its kind above, and where they stand."""
    edits: list[Edit] = []
    row = before
    for kind, some in groupby(kinds):
        count = len(list(some))
        edits.append(InsertRows(sheet, before=row, count=count, like=at.get(kind) or at[DETAIL]))
        row += count
    return edits, list(range(before, row))


def _place_rows(body: Sequence[str], places: TablePlaces) -> tuple[list[Edit], list[int], int]:
    """Insertions and deletions that make room, the sheet row of each body row, and the shift of what is below.

    `body` are the kinds of the body rows.

    The model rows themselves serve as the first rows of their kind where the order allows; further rows are
    inserted like them. A model row that nothing uses is deleted.
    """
    models = {kind: row for kind, row in places.models.items() if kind != TOTAL}
    order = sorted(models, key=lambda kind: models[kind])
    waiting = list(order)
    at = {kind: models[kind] for kind in order}
    edits: list[Edit] = []
    numbers: list[int] = []
    row = min(models.values())
    first = row
    index = 0
    while index < len(body):
        kind = _model_kind(body[index], models)
        if waiting and waiting[0] == kind:
            waiting.pop(0)
            numbers.append(row)
            row += 1
            index += 1
            continue
        run = index
        while run < len(body) and _model_kind(body[run], models) == kind:
            run += 1
        count = run - index
        edits.append(InsertRows(places.sheet, before=row, count=count, like=at[kind]))
        for other, where in at.items():
            if where >= row:
                at[other] = where + count
        numbers.extend(range(row, row + count))
        row += count
        index = run
    if waiting:
        # Nothing of these kinds is printed: their model rows would stand there empty.
        edits.append(DeleteRows(places.sheet, first=row, count=len(waiting)))
    return edits, numbers, (row - first) - len(order)


def _model_kind(kind: str, models: Mapping[str, int]) -> str:
    """The kind of the model row that a row is formed like: a sub-group without its own looks like a section."""
    if kind in models:
        return kind
    return SECTION if kind == SUBSECTION and SECTION in models else DETAIL
