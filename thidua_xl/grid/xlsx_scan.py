"""One worksheet part through the XML parser: what stands around the rows, and rows in any legal spelling.

Read `scan_sheet`. Rows and cells may come in any order, without addresses, with prefixes, with rich inline text;
a cell that is written twice, or stands in another row than it says, is refused.
"""

from __future__ import annotations

from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import Extra
from thidua_xl.grid.value_table import coded
from thidua_xl.grid.xlsx_cells import CellReader
from thidua_xl.grid.xlsx_sheet import SheetContent
from thidua_xl.grid.xlsx_strings import unescape
from thidua_xl.grid.xml import is_main, is_true, local, scan
from thidua_xl.model import Value
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area, cell_name, parse_cell

_ROOTS = frozenset({"worksheet", "dialogsheet", "macrosheet"})
# What may stand in these elements; anything else would be content that is passed over. ECMA-376 Part 1, 18.3.1.
_CONTENT = {
    "sheetData": frozenset({"row"}),
    "row": frozenset({"c", "extLst"}),
    "c": frozenset({"f", "v", "is", "extLst"}),
    "v": frozenset(),
    "f": frozenset(),
}
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def scan_sheet(data: bytes, reader: CellReader, part: str) -> SheetContent:
    """Everything of a worksheet part."""
    scanner = _Scanner(reader, part)
    scan(data, part, scanner.start, scanner.end, scanner.text)
    if scanner.sheet_data != 1:
        raise refuse("bad_sheet", part=part, cell="")
    content, rows = scanner.content, scanner.rows
    content.rows = coded({row: dict(sorted(rows[row].items())) for row in sorted(rows)}, reader.table)
    return content


class _Scanner:
    """Handlers of the parser; `content` fills up."""

    def __init__(self, reader: CellReader, part: str) -> None:
        self.content = SheetContent()
        self.rows: dict[int, dict[int, Value]] = {}
        self.sheet_data = 0
        self._reader = reader
        self._part = part
        self._path: list[str] = []
        self._row = 0
        self._column = 0
        self._place = (0, 0)
        self._seen: set[tuple[int, int]] = set()
        self._kind = "n"
        self._style = 0
        self._pieces: dict[str, list[str]] = {"v": [], "f": [], "t": []}
        self._has: set[str] = set()
        self._ignores = False  # the sheet says that foreign elements may be passed over

    def start(self, name: str, attributes: dict[str, str]) -> None:
        bare = local(name) if is_main(name) else ""
        path = self._path
        if not path:
            if bare not in _ROOTS:
                raise refuse("bad_sheet", part=self._part, cell="")
            self._ignores = f"{_COMPATIBILITY} Ignorable" in attributes
        parent = path[-1] if path else ""
        if parent in _CONTENT and bare not in _CONTENT[parent]:
            self._pass_over(name, bare)
        path.append(bare)
        if bare == "c" and parent == "row":
            self._open_cell(attributes)
        elif bare == "row" and parent == "sheetData":
            self._open_row(attributes)
        elif parent == "c":
            if bare in self._has:
                raise refuse("bad_sheet", part=self._part, cell=cell_name(*self._place))
            self._has.add(bare)
        elif bare == "sheetData":
            self.sheet_data += 1
        elif bare == "col" and parent == "cols" and is_true(attributes.get("hidden")):
            self._hide_columns(attributes)
        elif bare == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _pass_over(self, name: str, bare: str) -> None:
        """Refuse an element that has no place among rows and cells, unless it is one the sheet lets readers ignore."""
        if bare or not self._ignores or name.startswith(_COMPATIBILITY + " "):
            raise refuse("bad_sheet", part=self._part, cell=cell_name(self._row, self._column) if self._row else "")

    def end(self, name: str) -> None:
        bare = self._path.pop()
        if bare == "c" and self._path and self._path[-1] == "row":
            self._close_cell()

    def text(self, piece: str) -> None:
        path = self._path
        bare = path[-1] if path else ""
        if bare in ("v", "f") and len(path) > 1 and path[-2] == "c":
            self._pieces[bare].append(piece)
        elif bare == "t" and "is" in path and "rPh" not in path:
            self._pieces["t"].append(piece)
        elif bare in _CONTENT and not piece.isspace():
            # Words between cells, or in a cell beside its value, belong to nothing.
            raise refuse("bad_sheet", part=self._part, cell=cell_name(self._row, 1) if self._row else "")

    def _open_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        self._row = self._number(given, MAX_ROW) if given is not None else self._row + 1
        self._column = 0
        if self._row > MAX_ROW:
            raise refuse("bad_sheet", part=self._part, cell=str(self._row))
        if is_true(attributes.get("hidden")):
            self.content.hidden_rows.add(self._row)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        if given is None:
            place = (self._row, self._column + 1)
        else:
            try:
                place = parse_cell(given)
            except ValueError:
                raise refuse("bad_sheet", part=self._part, cell=given) from None
        if place[0] != self._row or place[1] > MAX_COLUMN or place in self._seen:
            raise refuse("bad_sheet", part=self._part, cell=given or "")
        self._seen.add(place)
        if len(self._seen) > self._reader.limits.blank_cells:
            raise refuse("too_many_cells", part=self._part)
        self._place, self._column = place, place[1]
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "")
        self._style = self._reader.style(style if style.isascii() and style.isdigit() and len(style) < 6 else "")
        for pieces in self._pieces.values():
            pieces.clear()
        self._has.clear()

    def _close_cell(self) -> None:
        reader, part = self._reader, self._part
        cell = cell_name(*self._place)
        formula = unescape("".join(self._pieces["f"])) if "f" in self._has else None
        stored = "".join(self._pieces["t" if self._kind == "inlineStr" else "v"])
        kind = self._kind
        elsewhere = "".join(self._pieces["v" if kind == "inlineStr" else "t"])
        if elsewhere and elsewhere != stored:
            raise refuse("bad_sheet", part=part, cell=cell)  # a value in a place its type does not say
        text = stored if kind in ("n", "s") else unescape(stored)
        value, raw = reader.value(kind, text, self._style, part, cell)
        if value is None and (formula is None or kind == "str"):
            self.content.blanks += 1
            return
        reader.counted(part)
        row, column = self._place
        self.rows.setdefault(row, {})[column] = value
        extra: Extra | None = reader.extra(self._style, formula, raw, is_text=isinstance(value, str))
        if extra is not None:
            self.content.extras[row, column] = extra

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        first = self._number(attributes.get("min", ""), MAX_COLUMN)
        last = self._number(attributes.get("max", ""), MAX_COLUMN)
        self.content.hidden_columns.update(range(first, min(last, MAX_COLUMN) + 1))

    def _merge(self, reference: str) -> None:
        try:
            Area.parse(reference)
        except ValueError:
            raise refuse("bad_sheet", part=self._part, cell=reference) from None
        self.content.merges.append(reference)
        if len(self.content.merges) > self._reader.limits.areas:
            raise refuse("too_many_cells", part=self._part)

    def _number(self, text: str, most: int) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            raise refuse("bad_sheet", part=self._part, cell=text[:20])
        return min(int(text), most + 1)
