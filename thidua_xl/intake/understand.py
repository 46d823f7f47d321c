"""A units' file -> what was understood of it, for staff to look through. Read `understand`.

Nothing doubtful is decided here: a column that is surely a field by its own header says so, any other is a question
with the likeliest fields beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from thidua_xl.grid import FoundTable, find_table, rows_of, stacks_at
from thidua_xl.grid.headers import header_key, is_number_row
from thidua_xl.intake.beside import strips_of
from thidua_xl.intake.cells import as_text
from thidua_xl.intake.fitting import coverage
from thidua_xl.intake.places import IDENTITY_SHEET, Layout
from thidua_xl.intake.prepared import EXPLANATION, Prepared, is_table, prepare, serial_field
from thidua_xl.intake.read import identity_of, read_submission, sheets_of
from thidua_xl.intake.single import find_cells
from thidua_xl.model import Book, Criteria, Field, Form, FormKind, Invalid, Sheet, Submission, Value
from thidua_xl.model.mapping import Certainty
from thidua_xl.model.registers import UNITS
from thidua_xl.model.understood import ASIDE, NameQuestion, Understood, UnderstoodPlace, UnderstoodTable
from thidua_xl.refs import cell_name, parse_cell
from thidua_xl.text import convert_legacy, likeness

_SAMPLES = 3
_LIKELY = 3
_LIKE = 0.55
_FEW = 2
_DEEP = 40

Rows = Mapping[int, Mapping[int, Value]]


def understand(book: Book, criteria: Criteria, *, period: str | None = None) -> Understood:
    """Every table and form of labelled cells on the visible sheets, and the names that stand for nothing known."""
    layout = Layout.of(book, criteria.learned)
    submission = read_submission(book, criteria, period=period)
    prepared = prepare(criteria, submission.period)
    sheets = sheets_of(book, prepared, layout)
    tables: list[UnderstoodTable] = []
    for form in prepared.criteria.forms:
        sheet = sheets.get(form.code)
        if sheet is None or form.kind is FormKind.CODED:
            continue
        found = _single(sheet, form, layout, prepared) if form.kind is FormKind.SINGLE else None
        if is_table(form):
            found = _table(sheet, form, layout, prepared)
        if found is not None:
            tables.append(found)
    taken = {sheet.name for sheet in sheets.values()}
    for sheet in () if layout.facts else book.sheets:  # our own forms say all they hold
        if sheet.visible and sheet.cells and sheet.name != IDENTITY_SHEET:
            free = [sheet] if sheet.name not in taken else _left_over(sheet, tables, prepared)
            tables += filter(None, (_unknown(one, prepared) for one in free))
    order = {sheet.name: number for number, sheet in enumerate(book.sheets)}
    tables.sort(key=lambda one: (order.get(one.sheet, 0), one.top))
    return Understood(book.file, tuple(tables), tuple(_names(book, submission, prepared, layout)))


def _left_over(sheet: Sheet, tables: Sequence[UnderstoodTable], prepared: Prepared) -> list[Sheet]:
    """What stands beside the tables found on a sheet and is a table of its own that nobody claimed."""
    cells = [parse_cell(place.cell)[1] for one in tables if one.sheet == sheet.name for place in one.places]
    strips = strips_of(sheet, prepared)
    return [one.sheet for one in strips if not any(one.left <= column <= one.right for column in cells)]


def _single(sheet: Sheet, form: Form, layout: Layout, prepared: Prepared) -> UnderstoodTable | None:
    rows = rows_of(sheet)
    places, inline = find_cells(sheet, rows, form, layout, prepared)
    values = set(places.values())
    known = dict(places) | {code: place for code, (place, _) in inline.items()}
    if not known:
        return None
    found = []
    for field in form.fields:
        if field.code in known:
            row, column = known[field.code]
            label = _label_of(rows, row, column, values)
            text = _shown(rows.get(label[0], {}).get(label[1])) or field.label
            sample = (_shown(rows.get(row, {}).get(column)),)
            code = f"{form.code}.{field.code}"
            place = UnderstoodPlace(
                cell_name(*label), text, code, Certainty.SURE, (), tuple(filter(None, sample)), cell_name(row, column)
            )
            found.append(place)
    missing = [field for field in form.fields if field.code not in known]
    if missing:
        found += _unknown_labels(rows, form, missing, known, values)
    first = min((place[0] for place in known.values()), default=1)
    return UnderstoodTable(form.code, sheet.name, first, first, tuple(found))


def _label_of(rows: Rows, row: int, column: int, values: set[tuple[int, int]]) -> tuple[int, int]:
    """The text left of a value; the cell itself when "Label: value" stands in one."""
    if (row, column) not in values:
        return row, column
    left = [one for one, value in rows.get(row, {}).items() if one < column and isinstance(value, str)]
    return (row, max(left)) if left else (row, column)


def _unknown_labels(
    rows: Rows,
    form: Form,
    missing: Sequence[Field],
    known: Mapping[str, tuple[int, int]],
    values: set[tuple[int, int]],
) -> list[UnderstoodPlace]:
    """Texts among the known labels with something beside them that might be one of the missing fields."""
    first, last = min(row for row, _ in known.values()), max(row for row, _ in known.values())
    labels = {column for row, column in _labels(rows, known, values)}
    found = []
    for row in range(max(first - 5, 1), last + 1):
        cells = rows.get(row, {})
        if any((row, column) in values for column in cells):
            continue
        for column, value in sorted(cells.items()):
            if column not in labels or not isinstance(value, str):
                continue
            text = _shown(value)
            likely = _likely(form, text, missing)
            sure = Certainty.DOUBTFUL if likely else Certainty.UNKNOWN
            beside = _shown(cells.get(column + 1))
            samples = (beside,) if beside else ()
            if likely or beside:
                place = cell_name(row, column), text, "", sure, likely, samples, cell_name(row, column + 1)
                found.append(UnderstoodPlace(*place))
    return found


def _labels(rows: Rows, known: Mapping[str, tuple[int, int]], values: set[tuple[int, int]]) -> list[tuple[int, int]]:
    return [_label_of(rows, row, column, values) for row, column in known.values()]


def _table(sheet: Sheet, form: Form, layout: Layout, prepared: Prepared) -> UnderstoodTable | None:
    band = layout.band_of(form.code, sheet)
    table = find_table(sheet, prepared.labels(form), serial=serial_field(form), known=band)
    if table is None:
        return None
    return _described(sheet, form, table, is_sure=True, aside=band.aside if band is not None else frozenset())


def _described(
    sheet: Sheet, form: Form, table: FoundTable, *, is_sure: bool, aside: frozenset[int] = frozenset()
) -> UnderstoodTable:
    rows = rows_of(sheet)
    fields = {column: code for code, column in table.columns.items()}
    doubled = {column for _, several in table.duplicates for column in several}
    missing = [field for field in form.fields if field.code not in table.columns]
    places = []
    for column in sorted({*table.headers, *fields}):
        header = table.headers.get(column, "")
        code = fields.get(column, "")
        if code == EXPLANATION:
            continue
        known = f"{form.code}.{code}" if code else ""
        samples = _samples(rows, table.data_rows, column)
        bottom = table.header_rows[1]
        if column in aside:
            place = UnderstoodPlace(cell_name(bottom, column), header, ASIDE, Certainty.SURE, (), samples)
        elif known and is_sure and column not in doubled and code not in table.renamed:
            place = UnderstoodPlace(cell_name(bottom, column), header, known, Certainty.SURE, (), samples)
        else:
            twice = next((name for name, several in table.duplicates if column in several), "")
            first = (known,) if known else ((f"{form.code}.{twice}",) if twice and twice != EXPLANATION else ())
            likely = tuple(dict.fromkeys((*first, *_likely(form, header, missing))))[:_LIKELY]
            sure = Certainty.DOUBTFUL if likely else Certainty.UNKNOWN
            place = UnderstoodPlace(cell_name(bottom, column), header, "", sure, likely, samples)
        places.append(place)
    return UnderstoodTable(form.code, sheet.name, *table.header_rows, tuple(places))


def _unknown(sheet: Sheet, prepared: Prepared) -> UnderstoodTable | None:
    """A sheet that no form was found on: the form that fits best, if any, with every column a question."""
    best: tuple[int, Form, FoundTable] | None = None
    for form in prepared.criteria.forms:
        _, table = coverage(sheet, form, prepared)
        if table is not None and len(table.columns) >= _FEW and (best is None or len(table.columns) > best[0]):
            best = len(table.columns), form, table
    if best is not None:
        return _described(sheet, best[1], best[2], is_sure=False)
    return _bare(sheet, prepared)


def _bare(sheet: Sheet, prepared: Prepared) -> UnderstoodTable | None:
    """A sheet with a table that fits no form at all: its widest row of texts with something below it."""
    rows = rows_of(sheet)
    widest, top = 0, 0
    for row, values in rows.items():
        if row > _DEEP:
            break
        texts = sum(isinstance(value, str) for value in values.values())
        below = [line for line in range(row + 1, row + 4) if rows.get(line)]
        if texts >= max(_FEW, widest + 1) and below and texts * 2 > len(values) and not is_number_row(values):
            widest, top = texts, row
    if widest < _FEW:
        return None
    data = [row for row in rows if row > top][:_SAMPLES]
    fields = [(form, field) for form in prepared.criteria.forms if is_table(form) for field in form.fields]
    places = []
    for column, stack in sorted(stacks_at(sheet, top, top).items()):
        header = " / ".join(stack)
        ranked = sorted(
            ((likeness(header, field.label), f"{form.code}.{field.code}") for form, field in fields),
            key=lambda one: (-one[0], one[1]),
        )
        likely = tuple(code for score, code in ranked[:_LIKELY] if score >= _LIKE)
        sure = Certainty.DOUBTFUL if likely else Certainty.UNKNOWN
        places.append(UnderstoodPlace(cell_name(top, column), header, "", sure, likely, _samples(rows, data, column)))
    return UnderstoodTable("", sheet.name, top, top, tuple(places))


def _likely(form: Form, header: str, fields: Iterable[Field]) -> tuple[str, ...]:
    last = header.rpartition(" / ")[2]
    ranked = []
    for field in fields:
        names = (field.label, *field.aliases)
        score = max(max(likeness(header, name), likeness(last, name)) for name in names)
        if score >= _LIKE:
            ranked.append((-score, field.order, f"{form.code}.{field.code}"))
    return tuple(code for _, _, code in sorted(ranked)[:_LIKELY])


def _samples(rows: Rows, data: Sequence[int], column: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in data:
        text = _shown(rows.get(row, {}).get(column))
        if text and text not in found:
            found.append(text)
        if len(found) == _SAMPLES:
            break
    return tuple(found)


def _shown(value: Value) -> str:
    return convert_legacy(as_text(value)).text.strip()


def _names(book: Book, submission: Submission, prepared: Prepared, layout: Layout) -> list[NameQuestion]:
    """Names in the cells of choices, and of the unit, that were not understood; each once."""
    found: dict[tuple[str, str], NameQuestion] = {}

    def ask(choices: str, text: str, where: str) -> None:
        match = prepared.match(choices, text) if text else None
        if match is not None and match.code is None:
            key = choices.partition(":")[0], header_key(text)
            found.setdefault(key, NameQuestion(choices.partition(":")[0], text, where, match.suggestions))

    if not submission.unit:
        for text, where in identity_of(book, prepared, layout):
            ask(UNITS, text, where)
    for form in prepared.criteria.forms:
        records = submission.records.get(form.code)
        if records is None:
            continue
        for field in form.fields:
            if not field.choices or "." in field.choices:
                continue
            for index, value in enumerate(records.columns.get(field.code, ())):
                if isinstance(value, Invalid):
                    for part in value.seen.split(";"):
                        ask(field.choices, part.strip(), f"{records.sheet}!{records.cell(field.code, index)}")
    return list(found.values())
