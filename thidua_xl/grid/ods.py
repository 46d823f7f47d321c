"""An OpenDocument spreadsheet (.ods) -> `Book`. Read `read_ods`.

Source: ODF 1.3 Part 3, 9 (tables). Rows and cells come as runs ("repeated"); a blank run costs nothing however long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from thidua_xl.grid.archive import Archive
from thidua_xl.grid.binary import area_text
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra, RowCells
from thidua_xl.grid.values import digits_lost, iso_moment, number
from thidua_xl.grid.xml import local, scan
from thidua_xl.model import Book, CellError, Sheet, Value
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area

_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_NAMED = re.compile(r"\$?(?:'((?:[^']|'')+)'|([^'.$]+))\.(\$?[A-Z]+\$?\d+)(?::(?:[^.:]*\.)?(\$?[A-Z]+\$?\d+))?\Z")
_EXTERNAL = re.compile(r"'(?:file|https?):[^']*?([^'/]+)'#")
_ERROR = re.compile(r"(?:#[A-Z0-9/!?]+[!?A-Z0]|Err:\d{3})\Z")
# One run of equal cells with content is never longer than a form: else a few bytes would make a million cells.
_LONGEST_RUN = 20_000
_PERCENT = "0%"
_PARTS = frozenset({"styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml"})


def read_ods(archive: Archive, limits: Limits = DEFAULT) -> Book:
    """The book in an OpenDocument package, without `file` and `sha256`. Raises `InputRefused`."""
    if "mimetype" in archive:
        kind = archive.read("mimetype").decode("ascii", "replace").strip()
        if not kind.startswith(_KIND):
            raise refuse("not_a_workbook", seen=kind.rpartition(".")[2][:20] or "odf")
    if "META-INF/manifest.xml" in archive:
        _refuse_encrypted(archive)
    reader = _Reader(limits)
    scan(archive.read("content.xml"), "content.xml", reader.start, reader.end, reader.text)
    for name in archive.unread():
        # Settings of the program's own window (Configurations2) are empty files named .xml.
        if name in _PARTS:
            scan(archive.read(name), name, _ignore)
        else:
            archive.check(name)
    return Book(
        file="",
        sheets=tuple(one.sheet(reader.hidden_styles) for one in reader.tables),
        names=reader.names,
        external=tuple(dict.fromkeys(reader.external)),
        format="ods",
    )


def _refuse_encrypted(archive: Archive) -> None:
    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "encryption-data":
            raise refuse("locked_other")

    scan(archive.read("META-INF/manifest.xml"), "META-INF/manifest.xml", start)


def _ignore(name: str, attributes: dict[str, str]) -> None:
    """Nothing of the element is wanted."""


@dataclass(slots=True)
class _Table:
    """One table while it is read."""

    name: str
    style: str
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    extras: dict[tuple[int, int], Extra] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def sheet(self, hidden_styles: set[str]) -> Sheet:
        return Sheet(
            name=self.name,
            cells=RowCells(self.rows, self.extras),
            visible=self.style not in hidden_styles,
            merges=tuple(self.merges),
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
        )


@dataclass(slots=True)
class _Cell:
    """One cell while it is read; `paragraphs` are its lines of text."""

    attributes: dict[str, str]
    covered: bool
    paragraphs: list[list[str]] = field(default_factory=list)


class _Reader:
    """Handlers of the parser."""

    def __init__(self, limits: Limits) -> None:
        self.tables: list[_Table] = []
        self.names: dict[str, str] = {}
        self.external: list[str] = []
        self.hidden_styles: set[str] = set()
        self._limits = limits
        self._path: list[str] = []
        self._style = ""
        self._row = self._column = self._next_column = 0
        self._row_run = 1
        self._cells: list[tuple[int, int, Value, Extra | None]] = []
        self._cell: _Cell | None = None
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        bare = local(name)
        if not self._path and bare != "document-content":
            raise refuse("bad_sheet", part="content.xml")
        self._path.append(bare)
        if self._cell is not None:
            self._open_text(bare, attributes)
            return
        values = {local(key): value for key, value in attributes.items()}
        if bare in ("table-cell", "covered-table-cell"):
            self._cell = _Cell(values, bare == "covered-table-cell")
        elif bare == "table-row":
            self._open_row(values)
        elif bare == "table-column":
            self._open_column(values)
        elif bare == "table" and "table" not in self._path[:-1]:
            self._open_table(values)
        elif bare == "style" and values.get("family") == "table":
            self._style = values.get("name", "")
        elif bare == "table-properties" and values.get("display") == "false":
            self.hidden_styles.add(self._style)
        elif bare == "named-range":
            self._open_name(values)

    def end(self, name: str) -> None:
        bare = self._path.pop()
        if bare in ("table-cell", "covered-table-cell") and self._cell is not None and "table-cell" not in self._path:
            cell, self._cell = self._cell, None
            self._close_cell(cell)
        elif bare == "table-row" and self._cell is None:
            self._close_row()

    def text(self, piece: str) -> None:
        cell = self._cell
        if cell is not None and cell.paragraphs and "annotation" not in self._path and "p" in self._path:
            cell.paragraphs[-1].append(piece)

    def _open_text(self, bare: str, attributes: dict[str, str]) -> None:
        """What stands inside a cell: paragraphs, and blanks that are written as elements."""
        cell = self._cell
        if cell is None or "annotation" in self._path:
            return
        if bare == "p":
            cell.paragraphs.append([])
        elif cell.paragraphs:
            if bare == "s":
                values = {local(key): value for key, value in attributes.items()}
                cell.paragraphs[-1].append(" " * min(_whole(values.get("c"), 1), 1000))
            elif bare in ("tab", "line-break"):
                cell.paragraphs[-1].append("\t" if bare == "tab" else "\n")

    def _open_table(self, values: dict[str, str]) -> None:
        name = values.get("name", "")
        if any(one.name.casefold() == name.casefold() for one in self.tables):
            raise refuse("bad_reference", part="content.xml")
        if len(self.tables) >= self._limits.sheets:
            raise refuse("too_many_cells", part="content.xml")
        self.tables.append(_Table(name, values.get("style-name", "")))
        self._row = self._next_column = 0

    def _open_column(self, values: dict[str, str]) -> None:
        run = _whole(values.get("number-columns-repeated"), 1)
        if self.tables and values.get("visibility") in ("collapse", "filter"):
            last = min(self._next_column + run, MAX_COLUMN)
            self.tables[-1].hidden_columns.update(range(self._next_column + 1, last + 1))
        self._next_column += run

    def _open_row(self, values: dict[str, str]) -> None:
        self._row_run = _whole(values.get("number-rows-repeated"), 1)
        self._column = 0
        self._cells = []
        if self.tables and values.get("visibility") in ("collapse", "filter") and self._row_run <= _LONGEST_RUN:
            self.tables[-1].hidden_rows.update(range(self._row + 1, self._row + self._row_run + 1))

    def _close_cell(self, cell: _Cell) -> None:
        run = _whole(cell.attributes.get("number-columns-repeated"), 1)
        first = self._column + 1
        self._column += run
        value, extra = self._value(cell)
        if not cell.covered:
            self._merge(cell, first)
        if value is None and extra is None:
            return
        if run > _LONGEST_RUN or first + run - 1 > MAX_COLUMN:
            raise refuse("bad_sheet", part="content.xml", cell=f"{self._row + 1}")
        self._cells += [(column, 1, value, extra) for column in range(first, first + run)]

    def _close_row(self) -> None:
        if self._cells and self.tables:
            table = self.tables[-1]
            if self._row_run > _LONGEST_RUN or self._row + self._row_run > MAX_ROW:
                raise refuse("bad_sheet", part="content.xml", cell=f"{self._row + 1}")
            self._count += len(self._cells) * self._row_run
            if self._count > self._limits.cells:
                raise refuse("too_many_cells", part="content.xml")
            for row in range(self._row + 1, self._row + self._row_run + 1):
                table.rows[row] = {column: value for column, _, value, _ in self._cells}
                for column, _, _, extra in self._cells:
                    if extra is not None:
                        table.extras[row, column] = extra
        self._row += self._row_run
        self._cells = []

    def _merge(self, cell: _Cell, first: int) -> None:
        across = _whole(cell.attributes.get("number-columns-spanned"), 1)
        down = _whole(cell.attributes.get("number-rows-spanned"), 1)
        if (across > 1 or down > 1) and self.tables:
            bottom, right = self._row + down, first + across - 1
            if bottom > MAX_ROW or right > MAX_COLUMN or len(self.tables[-1].merges) >= self._limits.areas:
                raise refuse("bad_sheet", part="content.xml", cell=f"{self._row + 1}")
            self.tables[-1].merges.append(str(Area(self._row + 1, first, bottom, right)))

    def _value(self, cell: _Cell) -> tuple[Value, Extra | None]:
        attributes = cell.attributes
        shown = "\n".join("".join(pieces) for pieces in cell.paragraphs)
        formula = attributes.get("formula")
        if formula is not None:
            formula = formula.partition(":")[2].lstrip("=") or formula
            self.external += _EXTERNAL.findall(formula)
        kind = attributes.get("value-type", "")
        value, raw, mark = self._typed(kind, attributes, shown)
        if value is None and formula is not None and kind:
            return None, None  # a formula that shows nothing
        if formula is None and not raw and not mark:
            return value, None
        return value, Extra(formula, mark, "", raw)

    def _typed(self, kind: str, attributes: dict[str, str], shown: str) -> tuple[Value, str, str]:
        """(value, raw digits when some were lost, telling number format)."""
        if _ERROR.match(shown) and (kind == "error" or "formula" in attributes):
            return CellError(shown if shown.startswith("#") else "#VALUE!"), "", ""
        if kind in ("float", "percentage", "currency"):
            stored = attributes.get("value", "")
            found = number(stored)
            raw = stored if len(stored) > 15 and isinstance(found, (int, Decimal)) and digits_lost(stored) else ""
            return found, raw, _PERCENT if kind == "percentage" else ""
        if kind == "date":
            return iso_moment(attributes.get("date-value", "")), "", ""
        if kind == "boolean":
            return attributes.get("boolean-value") == "true", "", ""
        if len(shown) > self._limits.text:
            raise refuse("too_many_cells", part="content.xml")
        return shown or attributes.get("string-value") or None, "", ""

    def _open_name(self, values: dict[str, str]) -> None:
        found = _NAMED.match(values.get("cell-range-address", ""))
        if found is None:
            return
        sheet = found[1].replace("''", "'") if found[1] is not None else found[2]
        try:
            area = Area.parse(f"{found[3]}:{found[4] or found[3]}")
        except ValueError:
            return
        self.names[values.get("name", "")] = area_text(sheet, area)


def _whole(text: str | None, default: int) -> int:
    """A count from an attribute; 1 at least."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 9):
        return default
    return max(int(text), 1)


__all__ = ["read_ods"]
