"""What was understood of a units' file, as a workbook that staff correct in Excel, and read back.

Read `write_unit_mapping`, then `read_unit_mapping`. Two sheets: columns and labelled cells, and names; questions are
coloured, and every answer is chosen from a list.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thidua_xl.errors import TemplateProblem
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Book, Criteria, Sheet
from thidua_xl.model.learned import Learned, LearnedCell, LearnedColumn, LearnedName, LearnedTable
from thidua_xl.model.mapping import Certainty
from thidua_xl.model.products import MAPPING, PROPERTY
from thidua_xl.model.understood import ASIDE, Understood
from thidua_xl.ooxml.store import replace_file
from thidua_xl.refs import cell_name, column_letters, parse_cell, quote_sheet
from thidua_xl.text import fold, nearest

CREATED = datetime.datetime(2026, 1, 1)
PLACES, NAMES, CHOICES = "places", "names", "choices"
FILLS = {Certainty.SURE: "#FFFFFF", Certainty.DOUBTFUL: "#FFE699", Certainty.UNKNOWN: "#F8CBAD"}
HEADING_ROW = 3
_WIDTHS = {PLACES: (24, 12, 10, 42, 44, 14, 44, 36, 10), NAMES: (20, 36, 44, 44, 24)}
_HEADER_ROWS = re.compile(r"(\d{1,7})(?:\s*-\s*(\d{1,7}))?\Z")


@dataclass(frozen=True, slots=True)
class Registers:
    """Code -> label of every field, by its full code, and of the items of each list or register."""

    fields: Mapping[str, str]
    lists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def registers_of(criteria: Criteria) -> Registers:
    """What may be chosen, from the criteria book."""
    fields = {
        f"{form.code}.{one.code}": f"{one.group}, {one.label}" if one.group else one.label
        for form in criteria.forms
        for one in form.fields
    }
    lists: dict[str, Mapping[str, str]] = {
        code: {item.code: item.label for item in one.items} for code, one in criteria.lists.items()
    }
    lists["DON_VI"] = {one.code: one.name for one in criteria.units}
    lists["DIA_BAN"] = {one.code: one.name for one in criteria.communes}
    lists["KHEN_THUONG"] = {one.code: one.name for one in criteria.awards}
    lists["TIEU_CHI"] = {one.code: one.label for one in criteria.criteria}
    return Registers(fields, lists)


def write_unit_mapping(found: Understood, criteria: Criteria, out: Path) -> None:
    """Write the mapping workbook at `out`, atomically. The same file and book give the same bytes."""
    import xlsxwriter

    known = registers_of(criteria)
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": say("unit_mapping.title"), "author": "", "created": CREATED})
        book.set_custom_property(PROPERTY, MAPPING)
        looks = _looks(book)
        places = _sheet(book, PLACES, looks)
        names = _sheet(book, NAMES, looks)
        choices = book.add_worksheet(say("unit_mapping.sheet.choices"))
        choices.hide()
        lists = _Lists(choices)
        row = HEADING_ROW
        for table in found.tables:
            for one in table.places:
                rows = f"{table.top}" if table.top == table.bottom else f"{table.top}-{table.bottom}"
                chosen = _chosen(one.field, known.fields)
                likely = "; ".join(_chosen(code, known.fields) for code in one.likely)
                texts = (table.sheet, "" if one.value else rows, one.cell, one.header, chosen, _sure(one.certainty))
                _write(places, row, (*texts, likely, " | ".join(one.samples), one.value), looks[one.certainty])
                wanted = [code for code in known.fields if code.startswith(f"{table.form}.")] if table.form else []
                first = [*one.likely, *(code for code in wanted if code not in one.likely)]
                order = (*first, ASIDE, *(code for code in known.fields if code not in first))
                source = lists.area((table.form, one.likely), [_chosen(code, known.fields) for code in order])
                places.data_validation(row, 4, row, 4, {"validate": "list", "source": source})
                row += 1
        row = HEADING_ROW
        for asked in found.names:
            items = known.lists.get(asked.choices, {})
            likely = "; ".join(_chosen(code, items) for code in asked.likely)
            _write(names, row, (asked.choices, asked.text, "", likely, asked.where), looks[Certainty.DOUBTFUL])
            order = (*asked.likely, *(code for code in items if code not in asked.likely))
            source = lists.area((asked.choices, asked.likely), [_chosen(code, items) for code in order])
            names.data_validation(row, 2, row, 2, {"validate": "list", "source": source})
            row += 1
    replace_file(out, held.getvalue())


def is_unit_mapping(book: Book) -> bool:
    """Whether a workbook is a mapping of units' files (and not of a template)."""
    return _find(book, PLACES) is not None and _find(book, NAMES) is not None


def read_unit_mapping(book: Book, criteria: Criteria) -> Learned:
    """The answers of staff. Raises `TemplateProblem` naming the cell whose answer nobody knows."""
    known = registers_of(criteria)
    places, names = _find(book, PLACES), _find(book, NAMES)
    if places is None or names is None:
        raise TemplateProblem("template.no_unit_mapping", file=book.file, sheet=say("unit_mapping.sheet.places"))
    tables: dict[tuple[str, str, int, int], list[LearnedColumn]] = {}
    cells: list[LearnedCell] = []
    aside: dict[tuple[str, int, int], list[LearnedColumn]] = {}
    for row in _rows(places):
        line = _Line(book, places, row)
        code = line.code(4, known.fields, with_aside=True)
        if not code:
            continue
        form, _, one = code.partition(".")
        sheet, place = line.text(0), line.place(2)
        if line.text(8):
            if code != ASIDE:
                cells.append(LearnedCell(form, one, sheet, place, line.text(3), line.place(8)))
            continue
        top, bottom = line.header_rows(1)
        if code == ASIDE:
            aside.setdefault((sheet, top, bottom), []).append(LearnedColumn(place[1], line.text(3), ""))
            continue
        columns = tables.setdefault((form, sheet, top, bottom), [])
        if any(other.field == one for other in columns):
            raise line.wrong(4, say("unit_mapping.twice"))
        columns.append(LearnedColumn(place[1], line.text(3), one))
    made = tuple(
        LearnedTable(form, sheet, top, bottom, (*columns, *aside.get((sheet, top, bottom), ())))
        for (form, sheet, top, bottom), columns in tables.items()
    )
    answers: list[LearnedName] = []
    for row in _rows(names):
        line = _Line(book, names, row)
        items = known.lists.get(line.text(0).partition(":")[0])
        if items is None:
            raise line.wrong(0, nearest(line.text(0), known.lists) or "")
        code = line.code(2, items)
        if code and line.text(1):
            answers.append(LearnedName(line.text(0).partition(":")[0], line.text(1), code))
    return Learned(book.file, made, tuple(cells), tuple(answers), book.sha256)


def _looks(book: Any) -> dict[object, Any]:
    font = {"font_name": "Times New Roman", "font_size": 12}
    found: dict[object, Any] = {
        "title": book.add_format({**font, "bold": True, "font_size": 14}),
        "note": book.add_format({**font, "italic": True}),
        "head": book.add_format({**font, "bold": True, "border": 1, "text_wrap": True, "bg_color": "#DDEBF7"}),
    }
    for sure, fill in FILLS.items():
        found[sure] = book.add_format({**font, "border": 1, "text_wrap": True, "valign": "top", "bg_color": fill})
    return found


def _sheet(book: Any, name: str, looks: Mapping[object, Any]) -> Any:
    sheet = book.add_worksheet(say(f"unit_mapping.sheet.{name}"))
    sheet.write_string(0, 0, say(f"unit_mapping.head.{name}"), looks["title"])
    sheet.write_string(1, 0, say(f"unit_mapping.note.{name}"), looks["note"])
    for column, heading in enumerate(say(f"unit_mapping.columns.{name}").split("|")):
        sheet.write_string(HEADING_ROW - 1, column, heading, looks["head"])
        sheet.set_column(column, column, _WIDTHS[name][column])
    sheet.freeze_panes(HEADING_ROW, 4 if name == PLACES else 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW - 1)
    return sheet


def _write(sheet: Any, row: int, texts: Sequence[str], look: Any) -> None:
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text, look)


class _Lists:
    """The hidden sheet of choices: a column for each different list."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._areas: dict[object, str] = {}

    def area(self, key: object, items: Sequence[str]) -> str:
        """The area that holds these items, as a reference."""
        if key not in self._areas:
            column = len(self._areas)
            for row, item in enumerate(items):
                self._sheet.write_string(row, column, item)
            last = max(len(items), 1) - 1
            name = self._sheet.get_name()
            letters = column_letters(column + 1)
            self._areas[key] = f"={quote_sheet(name)}!${letters}$1:${letters}${last + 1}"
        return self._areas[key]


def _chosen(code: str, items: Mapping[str, str]) -> str:
    """How a choice is written: its code, then its label."""
    if code == ASIDE:
        return say("unit_mapping.aside")
    return f"{code} - {items.get(code, code)}" if code else ""


def _sure(certainty: Certainty) -> str:
    return say(f"mapping.certainty.{certainty.value}")


def _find(book: Book, name: str) -> Sheet | None:
    titles = {fold(say(f"unit_mapping.sheet.{name}", language)) for language in LANGUAGES}
    return next((one for one in book.sheets if fold(one.name) in titles), None)


def _rows(sheet: Sheet) -> range:
    return range(HEADING_ROW + 1, sheet.last_row + 1)


class _Line:
    """One row of a mapping sheet by 0-based column."""

    def __init__(self, book: Book, sheet: Sheet, row: int) -> None:
        self._book, self._sheet, self._row = book, sheet, row

    def text(self, column: int) -> str:
        """The cell as text, "" for blank."""
        value = self._sheet.value(self._row, column + 1)
        return "" if value is None else str(value).strip()

    def code(self, column: int, items: Mapping[str, str], *, with_aside: bool = False) -> str:
        """The code that was chosen, ASIDE, or "" for no answer."""
        text = self.text(column)
        if not text:
            return ""
        if with_aside and (text == ASIDE or any(fold(text) == fold(say("unit_mapping.aside", x)) for x in LANGUAGES)):
            return ASIDE
        for wanted in (text, text.partition(" - ")[0].strip()):
            found = [code for code in items if code.casefold() == wanted.casefold()]
            if found:
                return found[0]
        labelled = [code for code, label in items.items() if fold(label) == fold(text)]
        if len(labelled) == 1:
            return labelled[0]
        raise self.wrong(column, nearest(text, [*items, *items.values()]) or next(iter(items), ""))

    def place(self, column: int) -> tuple[int, int]:
        """(row, column) of a cell that is named."""
        try:
            return parse_cell(self.text(column))
        except ValueError:
            raise self.wrong(column, "A5") from None

    def header_rows(self, column: int) -> tuple[int, int]:
        """First and last header row."""
        found = _HEADER_ROWS.match(self.text(column))
        if found is None:
            raise self.wrong(column, "5, 5-6")
        top = int(found[1])
        return top, max(int(found[2] or top), top)

    def wrong(self, column: int, wanted: str) -> TemplateProblem:
        """The refusal that names this row's cell."""
        return TemplateProblem(
            "template.bad_unit_mapping",
            file=self._book.file,
            sheet=self._sheet.name,
            cell=cell_name(self._row, column + 1),
            seen=self.text(column),
            nearest=wanted,
        )
