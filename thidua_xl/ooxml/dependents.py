"""Which formulas of a workbook depend on cells that changed, directly or through others. Read `find_stale`.

Only areas are remembered of each formula (as numbers in arrays), so that a sheet of half a million formulas can be
asked; of blocks of rows that look elsewhere (`formulablocks`) not even that. The formulas are gone through again and
again, down and up, until no further one is reached.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thidua_xl.formula.references import plain_areas, references
from thidua_xl.ooxml.cellset import CellSet
from thidua_xl.ooxml.formulablocks import Box, blocks_of
from thidua_xl.ooxml.formulas import formula_texts
from thidua_xl.ooxml.markup import local_name, stored_area
from thidua_xl.ooxml.outcomes import is_blind_to_blanks
from thidua_xl.ooxml.rowparts import Row
from thidua_xl.ooxml.tables import TableShape, table_shape
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

Place = tuple[int, int]
_LOOKS_ANYWHERE = re.compile(r"\b(?:INDIRECT|OFFSET|CELL|INFO)\s*\(", re.IGNORECASE)
_CALLS_ANYWHERE = (b"indirect", b"offset", b"cell(", b"cell (")
_WORD = re.compile(r"[^\W\d][\w.\\?]*")
_MOST_ROUNDS = 40


def find_stale(book: Workbook) -> dict[str, set[Place]]:
    """By sheet, the (row, column) of every formula whose stored result can no longer be trusted.

    Those are the ones noted as stale, and all that look at a changed cell or at one of them. Formulas whose
    result came with them (`fresh`) are left out, but what looks at them is not.
    """
    graph = _Graph(book)
    dirty = _Dirty()
    for name, cells in (*book.changes.cells.items(), *book.changes.stale.items()):
        for row, column in cells:
            dirty.add(graph.index.get(name, -1), row, column)
    has_new_names = bool(book.changes.names or book.changes.grown)
    if not dirty.sheets and not has_new_names and not (book.changes.has_shift and _asks_anywhere(book)):
        return {}
    graph.read()
    reached = graph.spread(dirty)
    stale: dict[str, set[Place]] = {}
    for number, row, column in reached:
        stale.setdefault(graph.names[number], set()).add((row, column))
    for name, cells in book.changes.stale.items():
        stale.setdefault(name, set()).update(cells & graph.formula_places(graph.index.get(name, -1), cells))
    for name, row, column in book.changes.fresh:
        stale.get(name, set()).discard((row, column))
    return {name: cells for name, cells in stale.items() if cells}


@dataclass(frozen=True, slots=True)
class _Unread:
    """Rows of a sheet whose formulas look at nothing outside some areas of it, and were not read one by one."""

    sheet: int
    rows: list[Row]
    looks: tuple[Box, ...]


class _Dirty:
    """Cells with new content, ready to be asked whether an area holds one."""

    def __init__(self) -> None:
        self.sheets: dict[int, CellSet] = {}
        self.bounds: dict[int, tuple[int, int, int, int]] = {}

    def add(self, sheet: int, row: int, column: int) -> None:
        old = self.bounds.get(sheet, (row, column, row, column))
        self.bounds[sheet] = (min(old[0], row), min(old[1], column), max(old[2], row), max(old[3], column))
        if sheet not in self.sheets:
            self.sheets[sheet] = CellSet()
        self.sheets[sheet].add((row, column))

    def meets(self, block: _Unread) -> bool:
        """Whether a block of rows looks at one of the cells."""
        bounds = self.bounds.get(block.sheet)
        if bounds is None:
            return False
        return any(
            bottom >= bounds[0]
            and top <= bounds[2]
            and right >= bounds[1]
            and left <= bounds[3]
            and self.holds(block.sheet, top, left, bottom, right)
            for top, left, bottom, right in block.looks
        )

    def holds(self, sheet: int, top: int, left: int, bottom: int, right: int) -> bool:
        cells = self.sheets.get(sheet)
        return cells is not None and cells.holds(top, left, bottom, right)


class _Graph:
    """All formulas of a workbook as numbers: where they stand and which areas they look at."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.names = [entry.name for entry in book.entries]
        self.index = {name: number for number, name in enumerate(self.names)}
        self._folded = {name.casefold(): number for number, name in enumerate(self.names)}
        self._sheet = array("i")
        self._row = array("i")
        self._column = array("i")
        self._start = array("q", [0])
        self._areas = array("i")  # five numbers an area: sheet, top, left, bottom, right
        self._anywhere: set[int] = set()
        self._spills: dict[int, Area] = {}
        self._tables: dict[str, tuple[int, TableShape]] = {}
        self._changed_names = set(book.changes.names)
        self._grown_names = set(book.changes.grown)
        self._named = self._read_names()
        self._shapes: dict[int, list[TableShape]] = {}
        self._waiting: list[int | _Unread] = []

    def read(self) -> None:
        """Take in the formulas of all sheets, those of plain blocks only as far as to know where they look."""
        words = self._named.keys() | self._tables.keys() | self._changed_names | self._grown_names
        for sheet in self.book.sheets_with_formulas():
            number = self.index[sheet.name]
            self._shapes[number] = _table_shapes(sheet)
            for block in blocks_of(sheet.xml.rows, words):
                if block.looks is None:
                    self._waiting += self._read_rows(number, block.rows)
                else:
                    self._waiting.append(_Unread(number, block.rows, block.looks))

    def _read_rows(self, number: int, rows: list[Row]) -> range:
        """Take in the formulas of some rows of a sheet, one by one; their numbers."""
        first = len(self._row)
        sheet = self.book[self.names[number]]
        for row, column, formula, text in formula_texts(sheet.xml.rows, rows):
            self._take(number, row, column, text, self._shapes[number])
            reference = formula.attributes.get("ref") if formula is not None else None
            if formula is None or not reference or formula.kind not in ("array", "dataTable"):
                continue
            area = stored_area(reference, self.book.file, sheet.xml.part)
            self._spills[len(self._row) - 1] = area
            if formula.kind == "dataTable":
                self._take_data_table(number, area, formula.attributes)
        return range(first, len(self._row))

    def formula_places(self, sheet: int, asked: Collection[Place]) -> set[Place]:
        """Where formulas of a sheet stand, those among the places asked for at least."""
        numbers = {row for row, _ in asked}
        for block in self._waiting:
            if isinstance(block, _Unread) and block.sheet == sheet and any(row.number in numbers for row in block.rows):
                self._read_rows(sheet, block.rows)
        return {
            (row, column)
            for number, row, column in zip(self._sheet, self._row, self._column, strict=True)
            if number == sheet
        }

    def spread(self, dirty: _Dirty) -> list[tuple[int, int, int]]:
        """(sheet, row, column) of the formulas reached; what they give is dirty as well.

        Each round asks only for what the round before made dirty.
        """
        reached: list[tuple[int, int, int]] = []
        for round_number in range(_MOST_ROUNDS):
            kept: list[int | _Unread] = []
            fresh = _Dirty()
            is_last = round_number == _MOST_ROUNDS - 1
            is_down = round_number % 2 == 0
            before = len(reached)
            for item in self._waiting if is_down else reversed(self._waiting):
                if isinstance(item, _Unread):
                    if not is_last and not any(cells.meets(item) for cells in (dirty, fresh)):
                        kept.append(item)
                        continue
                    nodes = self._read_rows(item.sheet, item.rows)
                else:
                    nodes = range(item, item + 1)
                for node in nodes if is_down else reversed(nodes):
                    if is_last or self._is_reached(node, dirty, fresh):
                        reached.append((self._sheet[node], self._row[node], self._column[node]))
                        self._spoil(node, fresh)
                    else:
                        kept.append(node)
            self._waiting = kept if is_down else kept[::-1]
            if len(reached) == before:
                break
            dirty = fresh
        return reached

    def _is_reached(self, node: int, dirty: _Dirty, fresh: _Dirty) -> bool:
        if node in self._anywhere:
            return True
        areas = self._areas
        for at in range(self._start[node], self._start[node + 1], 5):
            sheet, top, left, bottom, right = areas[at : at + 5]
            for cells in (dirty, fresh):
                bounds = cells.bounds.get(sheet)
                if bounds is None or bottom < bounds[0] or top > bounds[2] or right < bounds[1] or left > bounds[3]:
                    continue
                if cells.holds(sheet, top, left, bottom, right):
                    return True
        return False

    def _spoil(self, node: int, dirty: _Dirty) -> None:
        spill = self._spills.get(node)
        if spill is None:
            dirty.add(self._sheet[node], self._row[node], self._column[node])
            return
        for row, column in spill.places():
            dirty.add(self._sheet[node], row, column)

    def _take(self, sheet: int, row: int, column: int, text: str, tables: list[TableShape]) -> None:
        self._sheet.append(sheet)
        self._row.append(row)
        self._column.append(column)
        areas = plain_areas(text) if not self._named and not self._tables else None
        if areas is not None:
            for plain in areas:
                self._areas.extend((sheet, *plain))
        else:
            for number, area in self._looked_at(text, sheet):
                self._areas.extend((number, area.top, area.left, area.bottom, area.right))
        if "[" in text:
            for shape in tables:
                if shape.area.top <= row <= shape.area.bottom:
                    area = _asked(shape, text)
                    self._areas.extend((sheet, area.top, area.left, area.bottom, area.right))
        if (self._changed_names or self._grown_names) and self._is_new(text):
            self._anywhere.add(len(self._row) - 1)
        if "(" in text and _LOOKS_ANYWHERE.search(text):
            self._anywhere.add(len(self._row) - 1)
        self._start.append(len(self._areas))

    def _is_new(self, text: str) -> bool:
        """Whether a text uses a name that means something new, or one with more blank cells that it is not blind to."""
        words = {word.casefold() for word in _WORD.findall(text)}
        if words & self._changed_names:
            return True
        return bool(words & self._grown_names) and not is_blind_to_blanks(text)

    def _take_data_table(self, sheet: int, area: Area, attributes: dict[str, str]) -> None:
        """A what-if table looks at its input cells and at the formulas and values along its edges."""
        edge = Area(max(1, area.top - 1), max(1, area.left - 1), area.bottom, area.right)
        self._areas.extend((sheet, edge.top, edge.left, edge.top, edge.right))
        self._areas.extend((sheet, edge.top, edge.left, edge.bottom, edge.left))
        for name in ("r1", "r2"):
            if name in attributes:
                cell = stored_area(attributes[name], self.book.file, "")
                self._areas.extend((sheet, cell.top, cell.left, cell.bottom, cell.right))
        self._start[-1] = len(self._areas)

    def _looked_at(self, text: str, sheet: int) -> list[tuple[int, Area]]:
        found: list[tuple[int, Area]] = []
        for reference in references(text):
            if reference.external:
                continue
            first = self._folded.get(reference.sheet.casefold(), -1) if reference.sheet else sheet
            last = self._folded.get(reference.last_sheet.casefold(), -1) if reference.is_3d else first
            found += [(number, reference.area) for number in range(min(first, last), max(first, last) + 1)]
        if self._named or self._tables:
            for word in map(str.casefold, _WORD.findall(text)):
                found += self._named.get(word, ())
                if word in self._tables:
                    number, shape = self._tables[word]
                    found.append((number, _asked(shape, text)))
        return found

    def _read_names(self) -> dict[str, list[tuple[int, Area]]]:
        """What names and tables stand for; a name inside a name is followed to a few steps."""
        named: dict[str, list[tuple[int, Area]]] = {}
        texts: list[tuple[str, str, str]] = []
        for element in self.book.name_elements():
            texts.append((element.get("name", ""), element.text or "", self.book.name_home(element)))
        for entry in self.book.entries:
            for part in self.book.package.related(entry.part, "table") if entry.part else ():
                root = self.book.package.root(part)
                if local_name(root) == "table":
                    for key in ("name", "displayName"):
                        self._tables.setdefault(
                            root.get(key, "").casefold(), (self.index[entry.name], table_shape(root))
                        )
        self._named = named
        for _ in range(4):
            for name, text, home in texts:
                areas = self._looked_at(text, self.index.get(home, -1))
                if _LOOKS_ANYWHERE.search(text):
                    areas = [(number, Area(1, 1, 1_048_576, 16_384)) for number in range(len(self.names))]
                known = named.setdefault(name.casefold(), [])
                known += [area for area in areas if area not in known]
                if self._is_new(text):
                    self._changed_names.add(name.casefold())
                elif self._grown_names & {word.casefold() for word in _WORD.findall(text)}:
                    self._grown_names.add(name.casefold())
        return named


def _asks_anywhere(book: Workbook) -> bool:
    """Whether a formula of the workbook may build addresses from text (a quick look)."""
    return any(sheet.xml.rows.spells(call) for sheet in book.sheets_with_formulas() for call in _CALLS_ANYWHERE)


def _asked(shape: TableShape, text: str) -> Area:
    """The part of a table a formula looks at: its body, or all of it when it names headers or totals."""
    top, bottom = shape.body
    if "#" in text.replace("#This Row", "") or top > bottom:
        return shape.area
    return Area(top, shape.area.left, bottom, shape.area.right)


def _table_shapes(sheet: Worksheet) -> list[TableShape]:
    roots = [sheet.book.package.root(part) for part in sheet.guards.tables]
    return [table_shape(root) for root in roots if local_name(root) == "table"]
