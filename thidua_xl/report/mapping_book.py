"""The mapping workbook: what was understood of a template, for staff to correct in Excel, and read back.

Read `write_mapping`, then `read_mapping`. Three sheets: tables, columns, single cells; what is doubtful is coloured.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TypeVar

from thidua_xl.errors import TemplateProblem
from thidua_xl.messages import say
from thidua_xl.model import Book, Sheet
from thidua_xl.model.mapping import Certainty, ColumnRole, MappedColumn, MappedTable, TableUse, TemplateMap
from thidua_xl.model.products import MAPPING, PROPERTY
from thidua_xl.ooxml.store import replace_file
from thidua_xl.text import fold, nearest

CREATED = datetime.datetime(2026, 1, 1)
TABLES, COLUMNS, CELLS = "tables", "columns", "cells"
FILLS = {Certainty.SURE: "#FFFFFF", Certainty.DOUBTFUL: "#FFE699", Certainty.UNKNOWN: "#F8CBAD"}
HEADING_ROW = 3
# Rows below the last one in which the drop-down lists still work, for rows that staff add.
SPARE = 100
E_ = TypeVar("E_", bound=Enum)


def write_mapping(found: TemplateMap, out: Path) -> None:
    """Write the mapping workbook at `out`, atomically. The same mapping gives the same bytes."""
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": say("mapping.title"), "author": "", "created": CREATED})
        book.set_custom_property(PROPERTY, MAPPING)
        book.set_custom_property("mau", found.template)
        font = {"font_name": "Times New Roman", "font_size": 12}
        title = book.add_format({**font, "bold": True, "font_size": 14})
        note = book.add_format({**font, "italic": True})
        head = book.add_format({**font, "bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDEBF7"})
        looks = {
            sure: book.add_format({**font, "border": 1, "text_wrap": True, "valign": "top", "bg_color": fill})
            for sure, fill in FILLS.items()
        }
        for name, rows in _sheets(found).items():
            sheet = book.add_worksheet(say(f"mapping.sheet.{name}"))
            sheet.write_string(0, 0, say(f"mapping.head.{name}"), title)
            sheet.write_string(1, 0, say(f"mapping.note.{name}"), note)
            headings = _headings(name)
            for column, heading in enumerate(headings):
                sheet.write_string(HEADING_ROW - 1, column, heading, head)
                widest = max([len(heading) * 0.8, *(len(str(row[column])) for row, _ in rows)])
                sheet.set_column(column, column, min(46, max(9, widest + 2)))
            for number, (row, sure) in enumerate(rows, HEADING_ROW):
                for column, value in enumerate(row):
                    if isinstance(value, int):
                        sheet.write_number(number, column, value, looks[sure])
                    else:
                        sheet.write_string(number, column, value, looks[sure])
            for column, choices in _choices(name).items():
                last = HEADING_ROW + len(rows) + SPARE
                sheet.data_validation(HEADING_ROW, column, last, column, {"validate": "list", "source": choices})
            sheet.freeze_panes(HEADING_ROW, 2)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
    replace_file(out, held.getvalue())


def read_mapping(book: Book) -> TemplateMap:
    """The mapping that staff have looked through. Raises `TemplateProblem` naming the cell that makes no sense."""
    sheets = {name: _rows(book, name) for name in (TABLES, COLUMNS, CELLS)}
    columns: dict[str, list[MappedColumn]] = {}
    for row in sheets[COLUMNS]:
        columns.setdefault(row.text(0), []).append(
            MappedColumn(
                letter=row.text(1).upper(),
                header=row.text(2),
                role=row.chosen(3, ColumnRole, "role"),
                code=row.text(4),
                formula=row.text(5),
                certainty=row.chosen(6, Certainty, "certainty"),
                nearest=row.text(7),
            )
        )
    words: dict[str, list[tuple[str, str]]] = {}
    for row in sheets[CELLS]:
        words.setdefault(row.text(0), []).append((row.text(1).upper(), row.text(2).upper()))
    tables = [
        MappedTable(
            code=row.text(0),
            sheet=row.text(1),
            use=row.chosen(2, TableUse, "use"),
            header_top=row.number(3),
            header_bottom=row.number(4),
            section=row.number(5),
            subsection=row.number(6),
            first=row.number(7),
            last=row.number(8),
            subtotal=row.number(9),
            total=row.number(10),
            columns=tuple(columns.get(row.text(0), ())),
            words=tuple(words.get(row.text(0), ())),
            certainty=row.chosen(11, Certainty, "certainty"),
        )
        for row in sheets[TABLES]
    ]
    return TemplateMap(book.properties.get("mau", ""), tuple(tables))


def _sheets(found: TemplateMap) -> Mapping[str, list[tuple[Sequence[str | int], Certainty]]]:
    tables: list[tuple[Sequence[str | int], Certainty]] = []
    columns: list[tuple[Sequence[str | int], Certainty]] = []
    cells: list[tuple[Sequence[str | int], Certainty]] = []
    for one in found.tables:
        rows = (one.header_top, one.header_bottom, one.section, one.subsection, one.first, one.last)
        places = [number or "" for number in (*rows, one.subtotal, one.total)]
        line = (one.code, one.sheet, _word("use", one.use), *places, _word("certainty", one.certainty))
        tables.append((line, one.certainty))
        for column in one.columns:
            said = (_word("role", column.role), column.code, column.formula, _word("certainty", column.certainty))
            columns.append(((one.code, column.letter, column.header, *said, column.nearest), column.certainty))
        cells += [((one.code, name, cell), Certainty.SURE) for name, cell in one.words]
    return {TABLES: tables, COLUMNS: columns, CELLS: cells}


def _headings(name: str) -> list[str]:
    return say(f"mapping.columns.{name}").split("|")


def _choices(name: str) -> Mapping[int, list[str]]:
    if name == TABLES:
        return {2: _words("use", TableUse), 11: _words("certainty", Certainty)}
    return {3: _words("role", ColumnRole), 6: _words("certainty", Certainty)} if name == COLUMNS else {}


def _word(kind: str, member: Enum) -> str:
    return say(f"mapping.{kind}.{member.value}")


def _words(kind: str, members: Iterable[Enum]) -> list[str]:
    return [_word(kind, one) for one in members]


class _Row:
    """One row of a mapping sheet by 0-based column."""

    def __init__(self, book: Book, sheet: Sheet, row: int) -> None:
        self._book, self._sheet, self._row = book, sheet, row

    def text(self, column: int) -> str:
        """The cell as text, "" for blank."""
        value = self._sheet.value(self._row, column + 1)
        return "" if value is None else str(value).strip()

    def number(self, column: int) -> int:
        """A row number, 0 for blank."""
        text = self.text(column)
        if text and not re.fullmatch(r"\d{1,7}", text):
            raise self._wrong(column, text, "1, 2, 3…")
        return int(text or 0)

    def chosen(self, column: int, members: type[E_], kind: str) -> E_:
        """The member whose word stands in the cell."""
        text = self.text(column)
        for one in members:
            if fold(text) in {fold(_word(kind, one)), fold(str(one.value))}:
                return one
        words = _words(kind, members)
        raise self._wrong(column, text, nearest(text, words) or ", ".join(words))

    def _wrong(self, column: int, seen: str, wanted: str) -> TemplateProblem:
        from thidua_xl.refs import cell_name

        cell = cell_name(self._row, column + 1)
        name = self._sheet.name
        return TemplateProblem(
            "template.bad_mapping", file=self._book.file, sheet=name, cell=cell, seen=seen, nearest=wanted
        )


def _rows(book: Book, name: str) -> list[_Row]:
    title = fold(say(f"mapping.sheet.{name}"))
    sheet = next((one for one in book.sheets if fold(one.name) == title), None)
    if sheet is None:
        if name == CELLS:
            return []
        raise TemplateProblem("template.no_mapping", file=book.file, sheet=say(f"mapping.sheet.{name}"))
    rows = (_Row(book, sheet, row) for row in range(HEADING_ROW + 1, sheet.last_row + 1))
    return [row for row in rows if row.text(0)]
