"""One worksheet of an edited workbook. Read `Worksheet`: `get`, `set`, `set_formula`, `insert_rows`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from thidua_xl.errors import EditRefused
from thidua_xl.formula.shift import Axis
from thidua_xl.model import CellError, Value
from thidua_xl.ooxml import additions, macros, notes, structure
from thidua_xl.ooxml.additions import Validation
from thidua_xl.ooxml.cellxml import (
    CellXml,
    Formula,
    decode_date,
    decode_number,
    decode_text,
    encode,
)
from thidua_xl.ooxml.formulas import expand_shared, shared_text
from thidua_xl.ooxml.guards import Guards
from thidua_xl.ooxml.markup import Element, local_name, stored_area, whole_number
from thidua_xl.ooxml.order import WORKSHEET, ensure
from thidua_xl.ooxml.sheetpart import SheetPart
from thidua_xl.ooxml.styles import DATE_FORMAT, MOMENT_FORMAT
from thidua_xl.ooxml.totals import follow_total
from thidua_xl.refs import MAX_ROW, Area, cell_name, parse_cell

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook


class Worksheet:
    """A worksheet of an open `Workbook`; made by `workbook[name]`. Rows and columns are 1-based."""

    def __init__(self, book: Workbook, name: str, part: str) -> None:
        self.book = book
        self.name = name
        self.xml = SheetPart(book.package, part, name)
        self.guards = Guards(self)
        self._column_styles: dict[int, int] | None = None

    def get(self, ref: str) -> Value:
        """The value of a cell: None, bool, int, Decimal, str, date, datetime or CellError.

        A formula gives its stored result, None when it was never calculated.
        """
        row, column = self._place(ref)
        cell = self._cell(row, column)
        return None if cell is None else self._value(cell)

    def formula(self, ref: str) -> str | None:
        """The formula of a cell with its `=`, None when it has none."""
        row, column = self._place(ref)
        cell = self._cell(row, column)
        if cell is None or cell.formula is None:
            return None
        return "=" + (self._formula_text(row, column, cell.formula) or "")

    def set(self, ref: str, value: Value | float, *, replace_formula: bool = False, locked: bool = False) -> None:
        """Write a value. A str is always text, even `=1+1`; None empties the cell; the cell's look is kept.

        EditRefused for a formula (unless `replace_formula`), a locked cell of a protected sheet (unless `locked`),
        a merged cell that is not the first, a table header, part of an array, and values Excel cannot hold.
        """
        row, column = self._place(ref)
        try:
            kind, text = encode(value, self.book.is_1904)
        except ValueError as problem:
            raise self._refused(f"edit.{problem}", ref) from problem
        cell = self._cell(row, column)
        self.guards.may_write(row, column, cell, replace_formula=replace_formula, locked=locked)
        self._forget_formula(cell)
        attributes = self._plain_attributes(row, column, cell)
        if isinstance(value, date):
            self._give_date_format(attributes, isinstance(value, datetime))
        self._write(row, column, attributes, kind, None, text)
        follow_total(self, row, column, value if isinstance(value, str) else None, None)

    def set_formula(
        self, ref: str, formula: str, value: Value | float = None, *, replace_formula: bool = True, locked: bool = False
    ) -> None:
        """Write a formula, with or without its `=`. `value` is its result as known; None leaves it to Excel.

        The stored result is what readers that do not calculate will see.
        """
        row, column = self._place(ref)
        text = formula.strip().removeprefix("=").strip()
        try:
            encode(text, False)
            kind, result = encode(value, self.book.is_1904)
        except ValueError as problem:
            raise self._refused(f"edit.{problem}", ref) from problem
        if not text or len(text) > 8192:
            raise self._refused("edit.bad_formula", ref)
        cell = self._cell(row, column)
        self.guards.may_write(row, column, cell, replace_formula=replace_formula, locked=locked)
        self._forget_formula(cell)
        attributes = self._plain_attributes(row, column, cell)
        if isinstance(value, date):
            self._give_date_format(attributes, isinstance(value, datetime))
        kind = "str" if kind == "inlineStr" else kind
        self._write(row, column, attributes, kind, Formula({}, text), result)
        follow_total(self, row, column, None, text)
        self.book.note_formula(self.name, row, column, has_result=value is not None)

    def insert_rows(self, before: int, count: int, like: int | None = None, *, grow: bool = False) -> None:
        """Insert `count` rows before row `before`; everything that points below moves.

        `like` is an existing row whose height, styles, formulas and merges the new rows take; without it they take
        the look of the row above. With `grow`, ranges that end just above `before` take the new rows in.
        """
        structure.insert(self, Axis.ROW, before, count, like, grow)

    def insert_runs(self, runs: Sequence[tuple[int, int, int]]) -> None:
        """Insert runs of rows as (before, count, like), each directly below the one before it, in one pass.

        The same as `insert_rows` run by run, but everything below moves once, and a copied formula that looks at
        rows below it keeps its distance from them. Every `like` must stand above the first run.
        """
        structure.insert_runs(self, runs)

    def delete_rows(self, first: int, count: int = 1) -> None:
        """Delete `count` rows from row `first` on. Formulas that pointed only at them become #REF!."""
        structure.delete(self, Axis.ROW, first, count)

    def insert_columns(self, before: int, count: int, like: int | None = None, *, grow: bool = False) -> None:
        """Insert `count` columns before column `before` (1-based); as `insert_rows`."""
        structure.insert(self, Axis.COLUMN, before, count, like, grow)

    def delete_columns(self, first: int, count: int = 1) -> None:
        """Delete `count` columns from column `first` (1-based) on."""
        structure.delete(self, Axis.COLUMN, first, count)

    def row_height(self, row: int) -> float | None:
        """The height of a row in points, None when it has the default."""
        found = self.xml.rows.find(row)
        text = self.xml.rows.attributes(found).get("ht") if found else None
        return float(text) if text else None

    def has_own_height(self, row: int) -> bool:
        """Whether somebody gave the row its height; one that a program only fitted to the text is not its own."""
        found = self.xml.rows.find(row)
        tag = self.xml.rows.attributes(found) if found else {}
        return "ht" in tag and tag.get("customHeight", "0") in ("1", "true")

    def set_row_height(self, row: int, points: float | None) -> None:
        """Set the height of a row in points; None lets Excel fit it when the file is opened."""
        if points is not None and not 0 <= points <= 409.5:
            raise self._refused("edit.bad_height", "", row=row)
        found = self.xml.rows.ensure(self._row(row))
        self.xml.rows.set_attribute(found, "ht", None if points is None else f"{points:g}")
        self.xml.rows.set_attribute(found, "customHeight", None if points is None else "1")

    def row_hidden(self, row: int) -> bool:
        """Whether a row is hidden."""
        found = self.xml.rows.find(row)
        return found is not None and self.xml.rows.attributes(found).get("hidden") in ("1", "true")

    def set_row_hidden(self, row: int, hidden: bool) -> None:
        """Hide or show a row."""
        found = self.xml.rows.ensure(self._row(row))
        self.xml.rows.set_attribute(found, "hidden", "1" if hidden else None)

    def set_header_footer(self, header: str | None = None, footer: str | None = None) -> None:
        """Set the printed header and footer in Excel's codes (`&C&"Times New Roman"&12Trang &P/&N`); None keeps it."""
        holder = ensure(self.xml.root, "headerFooter", WORKSHEET)
        for name, text in (("oddHeader", header), ("oddFooter", footer)):
            if text is None:
                continue
            found = next((child for child in holder if local_name(child) == name), None)
            if found is None:
                found = holder.makeelement(f"{{{self.xml.ns}}}{name}", {})
                holder.insert(0 if name == "oddHeader" else _footer_place(holder), found)
            found.text = text
        self.xml.touch()

    def pack(self) -> None:
        """Take less memory, after many cells were written and few will be asked for; nothing else changes."""
        self.xml.rows.pack()

    @property
    def merges(self) -> tuple[Area, ...]:
        """The merged areas."""
        return self.guards.merges

    @property
    def last_row(self) -> int:
        """The last row that has an element in the file, 0 when there is none."""
        return self.xml.rows.last_row

    @property
    def last_filled_row(self) -> int:
        """The last row that holds a value or a formula, 0 when there is none.

        LibreOffice writes the last rows of the sheet, blank, after rows were deleted in it.
        """
        return self.xml.rows.last_filled_row

    def last_column_in(self, row: int) -> int:
        """The last column of a row that has an element in the file, 0 when there is none."""
        found = self.xml.rows.find(row)
        return 0 if found is None else self.xml.rows.last_column_of(found)

    def mark(self, ref: str, color: str) -> None:
        """Fill a cell with a colour (`FFFF00`), keeping the rest of its look."""
        row, column = self._place(ref)
        cell = self._cell(row, column)
        attributes = dict(cell.attributes) if cell else self._plain_attributes(row, column, None)
        style = self.book.styles.with_fill(_style_of(attributes), color)
        attributes["s"] = str(style)
        rows = self.xml.rows
        found = rows.ensure(row)
        old = rows.cell(found, column)
        if old is None:
            name = cell_name(row, column)
            rows.put(found, column, rows.reader.write(CellXml({"r": name, **attributes}, None, None)))
            self.xml.widen_dimension(Area(row, column, row, column))
        else:
            rows.rewrite(found, column, rows.reader.with_attribute(old.raw, "s", attributes["s"]))

    def add_note(self, ref: str, text: str, author: str = "") -> None:
        """Attach a note to a cell (of a merged area, to its first); below the text of a note that is there."""
        merge = self.guards.merge_at(*self._place(ref))
        notes.add_note(self, ref if merge is None else cell_name(merge.top, merge.left), text, author)

    @property
    def notes(self) -> dict[str, str]:
        """The notes of the sheet, cell -> text."""
        return notes.note_texts(self)

    def add_hyperlink(self, ref: str, target: str = "", *, location: str = "", tip: str = "") -> None:
        """Link a cell (or the merged area it is in) to an address or a place in this workbook (`'Biểu 1'!A1`)."""
        merge = self.guards.merge_at(*self._place(ref))
        additions.add_hyperlink(self, ref if merge is None else str(merge), target, location, tip)

    def add_validation(self, areas: str, rule: Validation) -> None:
        """Hold a rule over areas (`B2:B9 D2:D9`); it takes the place of older rules there."""
        additions.add_validation(self, areas, rule)

    def add_conditional_format(self, areas: str, formula: str, *, fill: str = "", font: str = "") -> None:
        """Colour cells of areas for which a formula, written for the first of them, is true."""
        additions.add_conditional_format(self, areas, formula, fill, font)

    def add_button(self, area: Area | str, caption: str, macro: str) -> None:
        """Lay a form button over the cells of an area (`B2:D3`); a click runs a macro of this workbook."""
        macros.add_button(self, Area.parse(area) if isinstance(area, str) else area, caption, macro)

    def changed_structure(self) -> None:
        """Forget what was remembered about merges, tables and columns."""
        self.guards.forget()
        self._column_styles = None

    def plain_formula(self, row: int, column: int) -> str | None:
        """The text of a formula of a single cell, without `=`; None for arrays, data tables and other cells."""
        cell = self._cell(row, column)
        if cell is None or cell.formula is None or cell.formula.kind not in ("normal", "shared"):
            return None
        return self._formula_text(row, column, cell.formula) or None

    def stored_value(self, row: int, column: int) -> tuple[Value, bool]:
        """The stored value of a cell, and whether it is known: a formula that was never calculated is not."""
        cell = self._cell(row, column)
        if cell is None:
            return None, True
        return self._value(cell), cell.formula is None or cell.value is not None

    def has_hidden_or_subtotal(self, area: Area) -> bool:
        """Whether rows of an area are hidden, or a cell of it is itself a subtotal."""
        rows = self.xml.rows
        for number in range(area.top, area.bottom + 1):
            found = rows.find(number)
            if found is None:
                continue
            if rows.attributes(found).get("hidden") in ("1", "true"):
                return True
            if rows.has_formula(found) and any(
                b"SUBTOTAL(" in cell.raw or b"AGGREGATE(" in cell.raw or b"shared" in cell.raw
                for cell in rows.cells(found)
                if area.left <= cell.column <= area.right
            ):
                return True
        return False

    def drop_result(self, row: int, column: int) -> None:
        """Take the stored result of a formula out (of all its cells, for an array or a data table)."""
        cell = self._cell(row, column)
        if cell is None or cell.formula is None:
            return
        reference = cell.formula.attributes.get("ref")
        area = Area(row, column, row, column)
        if cell.formula.kind in ("array", "dataTable") and reference:
            area = stored_area(reference, self.book.file, self.xml.part)
        for place in area.places():
            self._put_result(*place, "n", None)

    def give_result(self, row: int, column: int, value: Value) -> None:
        """Write the result of a formula."""
        try:
            kind, text = encode(value, self.book.is_1904)
        except ValueError:
            kind, text = "n", None
        self._put_result(row, column, "str" if kind == "inlineStr" else kind, text)

    def _put_result(self, row: int, column: int, kind: str, text: str | None) -> None:
        found = self.xml.rows.find(row)
        old = self.xml.rows.cell(found, column) if found is not None else None
        if found is None or old is None:
            return
        self.xml.rows.rewrite(found, column, self.xml.rows.reader.with_result(old.raw, kind, text))

    def write_header(self, row: int, column: int, text: str) -> None:
        """Write the header of a new table column, past the guard that keeps headers from being written over."""
        cell = self._cell(row, column)
        self._write(row, column, self._plain_attributes(row, column, cell), "inlineStr", None, text)

    def style_at(self, row: int, column: int) -> int:
        """The format a new cell would get: its row's, else its column's."""
        found = self.xml.rows.find(row)
        if found is not None:
            attributes = self.xml.rows.attributes(found)
            if attributes.get("customFormat") in ("1", "true") and attributes.get("s", "").isdigit():
                return int(attributes["s"])
        if self._column_styles is None:
            self._column_styles = {}
            for columns in self.xml.children("cols"):
                for item in columns:
                    style = item.get("style", "0")
                    if style.isdigit() and style != "0":
                        last = min(whole_number(item, "max"), whole_number(item, "min") + 1000)
                        for number in range(whole_number(item, "min"), last + 1):
                            self._column_styles[number] = int(style)
        return self._column_styles.get(column, 0)

    def _place(self, ref: str) -> tuple[int, int]:
        try:
            return parse_cell(ref)
        except ValueError as problem:
            raise self._refused("edit.no_such_cell", ref) from problem

    def _row(self, row: int) -> int:
        if not 1 <= row <= MAX_ROW:
            raise self._refused("edit.no_such_row", "", row=row)
        return row

    def _refused(self, code: str, ref: str, **values: object) -> EditRefused:
        return EditRefused(code, file=self.book.file, sheet=self.name, cell=ref, **values)

    def _cell(self, row: int, column: int) -> CellXml | None:
        rows = self.xml.rows
        found = rows.find(row)
        raw = rows.peek(found, column) if found is not None else None
        return None if raw is None else rows.reader.read(raw)

    def _formula_text(self, row: int, column: int, formula: Formula) -> str | None:
        if formula.text or formula.kind != "shared":
            return formula.text
        return shared_text(self.xml.rows, formula.attributes.get("si", ""), row, column)

    def _value(self, cell: CellXml) -> Value:
        text = cell.value
        if text is None:
            return None
        match cell.type:
            case "s":
                return self.book.strings.text(text)
            case "inlineStr":
                return text
            case "str":
                return decode_text(text)
            case "b":
                return text.strip() in ("1", "true")
            case "e":
                return CellError(text)
            case "d":
                return datetime.fromisoformat(text)
        number = decode_number(text)
        if number is None:
            return None
        kind = self.book.styles.date_kind(cell.style)
        if kind:
            moment = decode_date(Decimal(number), self.book.is_1904, kind == "moment")
            if moment is not None:
                return moment
        return number

    def _forget_formula(self, cell: CellXml | None) -> None:
        if cell is None or cell.formula is None:
            return
        self.book.formulas_changed = True
        if cell.formula.kind == "shared" and cell.formula.text:
            expand_shared(self.xml.rows, cell.formula.attributes.get("si", ""))

    def _plain_attributes(self, row: int, column: int, cell: CellXml | None) -> dict[str, str]:
        """The attributes a cell keeps when it gets a new value: its place and look, not type or metadata."""
        if cell is not None:
            return {key: text for key, text in cell.attributes.items() if key not in ("r", "t", "cm", "vm")}
        style = self.style_at(row, column)
        return {"s": str(style)} if style else {}

    def _give_date_format(self, attributes: dict[str, str], has_time: bool) -> None:
        style = _style_of(attributes)
        if not self.book.styles.shows_day(style) or (has_time and self.book.styles.date_kind(style) == "date"):
            wanted = MOMENT_FORMAT if has_time else DATE_FORMAT
            attributes["s"] = str(self.book.styles.with_number_format(style, wanted))

    def _write(
        self, row: int, column: int, attributes: dict[str, str], kind: str, formula: Formula | None, text: str | None
    ) -> None:
        rows = self.xml.rows
        self.book.note_change(self.name, row, column)
        if text is None and formula is None and not attributes:
            found = rows.find(row)
            if found is not None and rows.cell(found, column) is not None:
                rows.drop(found, column)
            return
        if formula is None and text is not None and len(attributes) == 1 and (style := attributes.get("s")):
            # Nearly every cell of a report: a value with a look of its own.
            raw = rows.reader.plain(cell_name(row, column), style, kind, text)
        else:
            full = {"r": cell_name(row, column), **attributes}
            if kind != "n" and text is not None:
                full["t"] = kind
            raw = rows.reader.write(CellXml(full, formula, text))
        found = rows.ensure(row)
        is_new = rows.cell(found, column) is None
        rows.put(found, column, raw)
        if is_new:
            self.xml.widen_dimension(Area(row, column, row, column))


def _style_of(attributes: Mapping[str, str]) -> int:
    """The 0-based index into the cell formats that a cell's attributes name."""
    text = attributes.get("s", "")
    return int(text) if text.isdigit() else 0


def _footer_place(holder: Element) -> int:
    """Where `oddFooter` belongs: behind `oddHeader`."""
    return 1 if len(holder) and local_name(holder[0]) == "oddHeader" else 0
