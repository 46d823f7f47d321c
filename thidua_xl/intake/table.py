"""A table form on its sheet -> `Records`. Read `read_table`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.grid import FoundTable, find_table, merged_area, rows_of
from thidua_xl.grid.rowkinds import is_blank
from thidua_xl.intake.cells import CellsOf, MoneyUnit, as_text
from thidua_xl.intake.convert import Taker
from thidua_xl.intake.nothing import is_ticked, nothing_box
from thidua_xl.intake.places import Layout
from thidua_xl.intake.prepared import EXPLANATION, serial_field
from thidua_xl.intake.reporter import Reporter, Where
from thidua_xl.model import NUMERIC, Book, Field, FieldKind, Form, Invalid, Records, Required, Sheet, Value
from thidua_xl.refs import cell_name, column_letters
from thidua_xl.text import fold, money_unit, unit_line

_MERGED_DOWN = frozenset({FieldKind.TEXT, FieldKind.CODE, FieldKind.CODES, FieldKind.CHOICE})


@dataclass(slots=True)
class _Reading:
    """A table while it is read."""

    book: Book
    sheet: Sheet
    form: Form
    table: FoundTable
    rows: Mapping[int, Mapping[int, Value]]
    source: CellsOf
    taker: Taker
    reporter: Reporter
    own_form: bool = False  # the workbook was made from this very criteria book
    earlier_form: bool = False  # it was made from another edition of the book

    def where(self, row: int, column: int) -> Where:
        return Where(self.sheet.name, cell_name(row, column), row, column_letters(column))


def read_table(
    book: Book, sheet: Sheet, form: Form, layout: Layout, taker: Taker, *, first_row: int = 1
) -> Records | None:
    """The records of a table form; None when no header of it is found. Adds findings about structure and values."""
    rows = rows_of(sheet)
    reporter = taker.reporter
    table = find_table(
        sheet,
        taker.prepared.labels(form),
        total_labels=taker.prepared.total_labels,
        serial=serial_field(form),
        first_row=first_row,
        known=layout.band_of(form.code, sheet),
    )
    if table is None:
        return None
    reading = _Reading(book, sheet, form, table, rows, CellsOf.of(form, sheet, book.external), taker, reporter)
    reading.own_form = layout.is_made_from(taker.prepared.criteria)
    reading.earlier_form = layout.is_of_another_edition(taker.prepared.criteria)
    _tell_columns(reading)
    units = _money_units(reading)
    columns = _columns(reading, units)
    _tell_rows(reading)
    box = nothing_box(sheet, rows, form.code, layout)
    ticked = is_ticked(box[1]) if box is not None else False
    data = table.data_rows
    if ticked and data and not _anything_typed(form, columns):
        # Only what the form came with: the rows are no entries, the tick holds.
        data, columns = (), dict.fromkeys(columns, ())
    if box is not None and (ticked is None or (ticked and data)):
        seen = as_text(box[1])
        reporter.report("tich_la", reading.where(*box[0]), form=form, seen=seen)
    if data:
        _tell_serials(reading, columns)
    return Records(
        form=form.code,
        sheet=sheet.name,
        rows=data,
        columns=columns,
        letters={code: column_letters(column) for code, column in table.columns.items() if code != EXPLANATION},
        header_row=table.header_rows[1],
        total_row=table.total_row,
        totals=_totals(reading, units),
        nothing_to_report=bool(ticked) and not data,
        nothing_cell=cell_name(*box[0]) if box is not None else "",
        explanations=_explanations(reading),
    )


def _anything_typed(form: Form, columns: Mapping[str, Sequence[Value]]) -> bool:
    """Whether a row holds more than the form's own keys (layout `khoa`, `dien.…`) and running numbers."""
    given = {one.strip() for one in form.layout.get("khoa", "").split(",")}
    given.update(word.removeprefix("dien.") for word in form.layout if word.startswith("dien."))
    given.add(serial_field(form) or "")
    return any(value is not None for code, values in columns.items() if code not in given for value in values)


def _tell_columns(reading: _Reading) -> None:
    """Missing, double and unknown columns."""
    table, form, reporter = reading.table, reading.form, reading.reporter
    header = table.header_rows[1]
    # A column that is not there has no cell: the heading row is where it must be put back.
    heading = reading.where(header, min(table.columns.values(), default=1))
    for field in form.fields:
        if field.code not in table.columns and _is_missed(reading, field):
            reporter.report("thieu_cot", heading, form=form, field=field)
    _tell_headings(reading)
    for code, several in table.duplicates:
        double = form.field(code)
        if double is not None:
            first, second = cell_name(header, several[0]), cell_name(header, several[1])
            reporter.report(
                "trung_cot", reading.where(header, several[1]), form=form, field=double, o1=first, o2=second
            )
    for column in table.unknown:
        if any(reading.rows.get(row, {}).get(column) is not None for row in table.data_rows):
            title = table.headers[column].replace("\n", " ")
            where = reading.where(_heading_row(reading, column), column)
            reporter.report("cot_la", where, form=form, seen=title, ten_cot=title)


def _tell_headings(reading: _Reading) -> None:
    """Columns known by their code whose heading is none of their names.

    In a form given out before the book's words were changed they are told in one note, but where the heading is that
    of another column.
    """
    changed: list[tuple[Where, Field, str]] = []
    for code in reading.table.renamed:
        renamed = reading.form.field(code)
        if renamed is None:
            continue
        column = reading.table.columns[code]
        title = reading.table.headers.get(column, "").replace("\n", " ").rpartition(" / ")[2]
        where = reading.where(_heading_row(reading, column), column)
        if reading.earlier_form and not _is_of_another(reading, code, title):
            changed.append((where, renamed, title))
        else:
            reading.reporter.report("tieu_de_khac", where, form=reading.form, field=renamed, seen=title)
    if changed:
        where, field, title = changed[0]
        pairs = "; ".join(f"{where.cell} {title} → {field.label}" for where, field, title in changed)
        reading.reporter.report(
            "tieu_de_ban_truoc",
            where,
            form=reading.form,
            field=field,
            instead="tieu_de_khac",
            seen=title,
            cac_cot=pairs,
        )


def _is_of_another(reading: _Reading, code: str, title: str) -> bool:
    """Whether a heading is a name of another column of the form."""
    known = reading.taker.prepared.labels(reading.form)
    names = (name.rpartition(" / ")[2] for other, several in known.items() if other != code for name in several)
    return fold(title) in map(fold, names)


def _heading_row(reading: _Reading, column: int) -> int:
    """The row in which the lowest words of a column's heading stand: the top one of cells that are merged."""
    top, bottom = reading.table.header_rows
    typed = (row for row in range(bottom, top - 1, -1) if reading.rows.get(row, {}).get(column) is not None)
    return next(typed, bottom)


def _is_missed(reading: _Reading, field: Field) -> bool:
    """Whether a column that is not there has to be told: it must be filled in, by itself or because of what the rows
    say, or it was taken out of the very form that this book gave out.
    """
    if field.required is Required.YES:
        return True
    if field.kind is FieldKind.SERIAL or not reading.table.data_rows:
        return False
    return field.required is Required.CONDITIONAL or reading.own_form


def _money_units(reading: _Reading) -> dict[str, MoneyUnit]:
    """The unit of money of each amount column, from its header or the ĐVT line; told where it is not the form's."""
    table = reading.table
    lines = [line for text in table.above if (line := unit_line(text))]
    common = next((unit for line in lines if (unit := money_unit(line)) is not None), None)
    units: dict[str, MoneyUnit] = {}
    for field in reading.form.fields:
        column = table.columns.get(field.code)
        if column is None or field.kind is not FieldKind.MONEY:
            continue
        said = money_unit(table.headers.get(column, "")) or common
        if said is None:
            continue
        units[field.code] = MoneyUnit(*said)
        own = money_unit(field.unit) or ("đồng", 1)
        if own[1] != said[1]:
            where = reading.where(table.header_rows[1], column)
            reading.reporter.report(
                "sai_dvt",
                where,
                form=reading.form,
                field=field,
                seen=said[0],
                dvt=said[0],
                dvt_mau=field.unit or own[0],
            )
    return units


def _columns(reading: _Reading, units: Mapping[str, MoneyUnit]) -> dict[str, tuple[Value, ...]]:
    table, data = reading.table, reading.table.data_rows
    hidden, filled = _merged(reading)
    doubles = dict(table.duplicates)
    columns: dict[str, tuple[Value, ...]] = {}
    lines = [reading.rows[row] for row in data]
    for field in reading.form.fields:
        column = table.columns.get(field.code)
        if column is None:
            continue
        values = [line.get(column) for line in lines]
        if not hidden and field.code not in doubles and column not in reading.source.columns:
            known = reading.taker.plain(reading.source.form, field, values, units.get(field.code))
            if known is not None:
                columns[field.code] = known
                continue
        places = [(row, column) for row in data]
        if hidden:
            values = [
                filled.get(place)
                if place in hidden and field.kind in _MERGED_DOWN
                else (None if place in hidden else value)
                for place, value in zip(places, values, strict=True)
            ]
        if field.code in doubles:
            places, values, clash = _one_of_two(reading, places, values, doubles[field.code][1:])
        else:
            clash = frozenset()
        taken = reading.taker.column(reading.source, field, places, values, units.get(field.code))
        if clash:
            taken = tuple(Invalid(as_text(one)) if at in clash else one for at, one in enumerate(taken))
        columns[field.code] = taken
    return columns


def _one_of_two(
    reading: _Reading, places: Sequence[tuple[int, int]], values: Sequence[Value], others: Sequence[int]
) -> tuple[list[tuple[int, int]], list[Value], frozenset[int]]:
    """Values of two columns of one field: the filled one; where both are filled and differ, the row is in doubt."""
    kept_places, kept, clash = list(places), list(values), set()
    for other in others:
        for at, (row, _) in enumerate(places):
            second = reading.rows[row].get(other)
            if second is None:
                continue
            if kept[at] is None:
                kept[at], kept_places[at] = second, (row, other)
            elif kept[at] != second:
                clash.add(at)
    return kept_places, kept, frozenset(clash)


def _merged(reading: _Reading) -> tuple[frozenset[tuple[int, int]], dict[tuple[int, int], Value]]:
    """Places that a merge in the data rows covers (but for its first cell), and the text that is shown there."""
    data = set(reading.table.data_rows)
    if not data or not reading.sheet.merges:
        return frozenset(), {}
    wanted = set(reading.table.columns.values())
    first, last = min(data), max(data)
    hidden: set[tuple[int, int]] = set()
    filled: dict[tuple[int, int], Value] = {}
    for reference in reading.sheet.merges:
        area = merged_area(reference)
        if area.bottom < first or area.top > last or area.right - area.left > 200:
            continue
        covered = [
            (row, column)
            for row in range(max(area.top, first), min(area.bottom, last) + 1)
            if row in data
            for column in range(area.left, area.right + 1)
            if column in wanted
        ]
        # A merge that reaches into blank rows hides nothing yet, but the next entry would be lost under it.
        alone = area.top == area.bottom and len(covered) == 1 and (area.top, area.left) in covered
        if alone or not covered:
            continue
        shown = reading.rows.get(area.top, {}).get(area.left)
        for place in covered:
            if place != (area.top, area.left):
                hidden.add(place)
                if place[1] == area.left:
                    filled[place] = shown
        reading.reporter.report("gop_o", reading.where(area.top, area.left), form=reading.form, seen=reference)
    return frozenset(hidden), filled


def _tell_rows(reading: _Reading) -> None:
    """Rows below the total, hidden rows and columns with data, titles that might have been entries."""
    table, sheet, form = reading.table, reading.sheet, reading.form
    for row in table.rows.titles:
        column, seen = next((at, as_text(one)) for at, one in reading.rows[row].items() if not is_blank(one))
        reading.reporter.left_out.append((f"{sheet.name}!{cell_name(row, column)}", seen))
    wanted = sorted(set(table.columns.values()))
    for row in table.after_rows:
        first = next(column for column in wanted if reading.rows[row].get(column) is not None)
        seen = as_text(reading.rows[row][first])
        reading.reporter.report("duoi_dong_tong", reading.where(row, first), form=form, seen=seen)
    for row in table.data_rows:
        if row in sheet.hidden_rows:
            reading.reporter.report("an_co_du_lieu", reading.where(row, wanted[0]), form=form, o=f"{row}:{row}")
    for code, column in table.columns.items():
        if column in sheet.hidden_columns and any(reading.rows[row].get(column) is not None for row in table.data_rows):
            letters = column_letters(column)
            reading.reporter.report(
                "an_co_du_lieu",
                reading.where(table.header_rows[1], column),
                form=form,
                field=form.field(code),
                o=f"{letters}:{letters}",
            )


def _tell_serials(reading: _Reading, columns: Mapping[str, Sequence[Value]]) -> None:
    """The first running number that is blank or does not follow (a section may begin again at 1)."""
    code = serial_field(reading.form)
    if code is None or code not in columns:
        return
    before = 0
    for row, value in zip(reading.table.data_rows, columns[code], strict=True):
        if isinstance(value, Invalid):
            return  # what stands there is told already
        if value != before + 1 and not (value == 1 and before):
            where = reading.where(row, reading.table.columns[code])
            field = reading.form.field(code)
            reading.reporter.report("stt_lien_tuc", where, form=reading.form, field=field, seen=as_text(value))
            return
        before = 1 if value == 1 else before + 1


def _totals(reading: _Reading, units: Mapping[str, MoneyUnit]) -> dict[str, Value]:
    row = reading.table.total_row
    if row is None:
        return {}
    totals: dict[str, Value] = {}
    for field in reading.form.fields:
        column = reading.table.columns.get(field.code)
        if column is None or field.kind not in NUMERIC:
            continue
        value = reading.rows[row].get(column)
        if value is None:
            # Blank, or a sum that another program has left uncalculated: no figure is taken from it either way, the
            # entries are added up anew.
            continue
        if isinstance(value, str) and _is_label(value):
            continue
        totals[field.code] = reading.taker.total(reading.source, field, (row, column), value, units.get(field.code))
    return totals


def _is_label(text: str) -> bool:
    return not any(one.isdigit() for one in text)


def _explanations(reading: _Reading) -> dict[str, str]:
    column = reading.table.columns.get(EXPLANATION)
    if column is None:
        return {}
    found: dict[str, str] = {}
    for row in reading.table.data_rows:
        text = as_text(reading.rows[row].get(column)).strip()
        if text:
            found[str(row)] = text
    return found


__all__ = ["Field", "read_table"]
