"""What must not be written over, and which insertions would cut something. Read `Guards.may_write`, `may_insert`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.cellxml import CellXml
from thidua_xl.ooxml.formulas import list_formulas
from thidua_xl.ooxml.markup import is_true, local_name, stored_area, whole_number
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

_SMALL = 20_000  # merged areas up to this many cells are remembered cell by cell


class Guards:
    """The rules of one sheet, with what they need to know remembered between calls."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._merges: tuple[Area, ...] | None = None
        self._covered: dict[tuple[int, int], Area] = {}
        self._large: list[Area] = []
        self._headers: list[Area] | None = None
        self._totals: list[tuple[str, Area]] = []
        self._arrays: list[tuple[Area, str]] | None = None
        self._is_protected: bool | None = None

    def forget(self) -> None:
        """Read everything anew next time: the sheet's structure changed."""
        self._merges = self._headers = self._arrays = self._is_protected = None

    @property
    def merges(self) -> tuple[Area, ...]:
        """The merged areas of the sheet."""
        if self._merges is None:
            self._merges = tuple(self._read_merges())
            self._covered = {}
            self._large = []
            for area in self._merges:
                if (area.bottom - area.top + 1) * (area.right - area.left + 1) > _SMALL:
                    self._large.append(area)
                else:
                    for place in area.places():
                        self._covered[place] = area
        return self._merges

    @property
    def arrays(self) -> list[tuple[Area, str]]:
        """Areas of array formulas and data tables with their kind (`array`, `dataTable`)."""
        if self._arrays is None:
            self._arrays = []
            rows = self._sheet.xml.rows
            if rows.contains(b"array") or rows.contains(b"dataTable"):
                for found in list_formulas(rows):
                    reference = found.formula.attributes.get("ref")
                    if found.formula.kind in ("array", "dataTable") and reference:
                        area = stored_area(reference, self._sheet.book.file, self._sheet.xml.part)
                        self._arrays.append((area, found.formula.kind))
        return self._arrays

    @property
    def is_protected(self) -> bool:
        """Whether the sheet is protected."""
        if self._is_protected is None:
            element = self._sheet.xml.child("sheetProtection")
            self._is_protected = element is not None and is_true(element.get("sheet"))
        return self._is_protected

    @property
    def has_password(self) -> bool:
        """Whether only a password lifts the sheet's protection."""
        element = self._sheet.xml.child("sheetProtection")
        return element is not None and any(element.get(name) for name in ("password", "hashValue"))

    @property
    def tables(self) -> list[str]:
        """The parts of the sheet's tables."""
        return list(self._sheet.book.package.related(self._sheet.xml.part, "table"))

    @property
    def totals(self) -> list[tuple[str, Area]]:
        """The totals rows of the sheet's tables, each with the part of its table."""
        self._table_headers()
        return self._totals

    def merge_at(self, row: int, column: int) -> Area | None:
        """The merged area that covers a cell."""
        if not self.merges:
            return None
        found = self._covered.get((row, column))
        if found is None:
            found = next((area for area in self._large if (row, column) in area), None)
        return found

    def may_write(self, row: int, column: int, cell: CellXml | None, *, replace_formula: bool, locked: bool) -> None:
        """EditRefused when a cell must not get a new value."""
        merge = self.merge_at(row, column)
        if merge is not None and (row, column) != (merge.top, merge.left):
            raise self._refused("edit.inside_merge", row, column, area=merge)
        for area, kind in self.arrays:
            if (row, column) in area and (kind == "dataTable" or area.top != area.bottom or area.left != area.right):
                raise self._refused("edit.array" if kind == "array" else "edit.data_table", row, column, area=area)
        if cell is not None and cell.formula is not None and not replace_formula:
            raise self._refused("edit.formula_cell", row, column, formula="=" + cell.formula.text)
        if any((row, column) in area for area in self._table_headers()):
            raise self._refused("edit.table_header", row, column)
        lifted = self._sheet.book.lifts_protection and not self.has_password
        if self.is_protected and not locked and not lifted:
            style = cell.style if cell is not None else self._sheet.style_at(row, column)
            if self._sheet.book.styles.is_locked(style):
                raise self._refused("edit.locked_cell", row, column)

    def _refused(self, code: str, row: int, column: int, **values: object) -> EditRefused:
        cell = str(Area(row, column, row, column))
        return EditRefused(code, file=self._sheet.book.file, sheet=self._sheet.name, cell=cell, **values)

    def _read_merges(self) -> list[Area]:
        areas = []
        for element in self._sheet.xml.children("mergeCells"):
            for child in element:
                try:
                    areas.append(Area.parse(child.get("ref", "")))
                except ValueError:
                    continue
        return areas

    def _table_headers(self) -> list[Area]:
        if self._headers is None:
            self._headers, self._totals = [], []
            for part in self.tables:
                root = self._sheet.book.package.root(part)
                if local_name(root) != "table":
                    continue
                area = stored_area(root.get("ref", "A1"), self._sheet.book.file, part)
                rows, totals = whole_number(root, "headerRowCount", 1), whole_number(root, "totalsRowCount")
                if rows:
                    self._headers.append(Area(area.top, area.left, area.top + rows - 1, area.right))
                if totals:
                    self._totals.append((part, Area(area.bottom, area.left, area.bottom, area.right)))
        return self._headers
