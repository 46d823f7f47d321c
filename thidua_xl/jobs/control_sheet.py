"""The sheet "Bảng điều khiển": buttons, settings, a line that says what was done, a table of states.

Read `ControlSheet`. Everything that code looks for again has a defined name, so that the office may move things about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from thidua_xl.messages import say
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.ooxml.cellxml import escape_text
from thidua_xl.ooxml.front import put_first
from thidua_xl.ooxml.markup import namespace
from thidua_xl.refs import cell_name, quote_sheet

# Defined names; the part before the last is the same for all of them, so that they are found and taken out together.
PREFIX = "TD_NUT_"
STATE, FOLDER, PERIOD, CRITERIA, TRACED, PYTHON, FAILED, TABLE = (
    f"{PREFIX}{one}" for one in ("TRANG_THAI", "THU_MUC", "KY", "SO_TIEU_CHI", "O_TRUY_VET", "PYTHON", "LOI", "BANG")
)

# Caption (a key of messages, `control.button.<command>`), the command of `thidua_xl.hosts`, the VBA procedure.
BUTTONS = (
    ("receive", "NhanBaoCao"),
    ("check", "KiemTra"),
    ("annotate", "TraLaiDonVi"),
    ("consolidate", "TongHop"),
    ("export", "XuatBaoCao"),
    ("trace", "TruyVet"),
    ("undo", "HoanTac"),
)

_FIRST, _LAST = 2, 8  # columns B to H, one button each
_NAMES = 3  # up to this column the table holds names, then what is told of them
_STATE_ROW, _BUTTON_ROW, _TABLE_ROW = 2, 10, 14
_SETTINGS = (
    (4, FOLDER, "folder"),
    (5, PERIOD, "period"),
    (6, CRITERIA, "criteria"),
    (7, TRACED, "traced"),
    (8, PYTHON, "python"),
)
_FAILED_CELL = (1, 10)
_WIDTHS = (2, 21, 21, 21, 21, 21, 21, 21, 2, 10)
_FONT = '<sz val="{size}"/><color rgb="FF{color}"/><name val="Times New Roman"/><family val="1"/>'
_LINE = '<{side} style="thin"><color rgb="FFA6A6A6"/></{side}>'
_TEXT_FORMAT = 49  # "@": a period such as 2024-6 must not become a date


@dataclass(frozen=True, slots=True)
class ControlSheet:
    """What the settings of the sheet are at first; "" leaves a cell to the user."""

    folder: str = ""
    period: str = ""
    criteria: str = ""
    python: str = ""

    def add_to(self, book: Workbook) -> Worksheet:
        """Put the sheet before all others, with its names and buttons. EditRefused when there is one of that name."""
        name = sheet_name()
        sheet = put_first(book, name, self._xml(book))
        places = {row: named for row, named, _ in _SETTINGS}
        for row, named in {**places, _STATE_ROW: STATE}.items():
            book.define_name(named, f"{quote_sheet(name)}!${'B' if named == STATE else 'C'}${row}")
        book.define_name(TABLE, f"{quote_sheet(name)}!$B${_TABLE_ROW}")
        book.define_name(FAILED, f"{quote_sheet(name)}!$J$1")
        for column, (command, procedure) in enumerate(BUTTONS, _FIRST):
            top = cell_name(_BUTTON_ROW, column)
            bottom = cell_name(_BUTTON_ROW + 1, column)
            sheet.add_button(f"{top}:{bottom}", say(f"control.button.{command}"), procedure)
        return sheet

    def _xml(self, book: Workbook) -> bytes:
        style = _styles(book)
        settings = {
            "folder": self.folder,
            "period": self.period,
            "criteria": self.criteria,
            "traced": "",
            "python": self.python,
        }
        rows: dict[int, list[tuple[int, str, int]]] = {
            1: [(_FIRST, say("control.title"), style["title"]), (*_FAILED_CELL[1:], say("control.failed"), 0)],
            _STATE_ROW: [(_FIRST, say("control.ready"), style["state"])],
        }
        rows[_STATE_ROW] += [(column, "", style["state"]) for column in range(_FIRST + 1, _LAST + 1)]
        for row, _, key in _SETTINGS:
            rows[row] = [(_FIRST, say(f"control.setting.{key}"), style["label"])]
            rows[row] += [(_FIRST + 1, settings[key], style["input"])]
            rows[row] += [(column, "", style["input"]) for column in range(_FIRST + 2, _LAST + 1)]
        rows[_BUTTON_ROW] = []
        rows[_BUTTON_ROW + 1] = []
        heads = say("control.columns").split("|")
        rows[_TABLE_ROW] = [(column, text, style["heading"]) for column, text in enumerate(heads, _FIRST)]
        heights = {1: 30.0, _STATE_ROW: 33.0, _BUTTON_ROW: 18.0, _BUTTON_ROW + 1: 18.0, _TABLE_ROW: 20.0}
        body = "".join(_row(row, cells, heights.get(row, 19.0)) for row, cells in sorted(rows.items()))
        columns = "".join(
            f'<col min="{index}" max="{index}" width="{width}" customWidth="1"{_look(index, style)}/>'
            for index, width in enumerate(_WIDTHS, 1)
        )
        merged = [f"B{row}:H{row}" for row in (1, _STATE_ROW)] + [f"C{row}:H{row}" for row, _, _ in _SETTINGS]
        merges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
            f'<worksheet xmlns="{namespace(book.package.root(book.part))}"><sheetPr><tabColor rgb="FF1F4E79"/>'
            f'<pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="B1:J{_TABLE_ROW}"/><sheetViews>'
            '<sheetView showGridLines="0" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f'<cols>{columns}</cols><sheetData>{body}</sheetData><mergeCells count="{len(merged)}">{merges}'
            '</mergeCells><pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()


def sheet_name() -> str:
    """The name of the sheet when it is made."""
    return say("control.sheet")


def _styles(book: Workbook) -> Mapping[str, int]:
    border = "".join(_LINE.format(side=side) for side in ("left", "right", "top", "bottom"))
    plain = _FONT.format(size=11, color="000000")
    head = "<b/>" + _FONT.format(size=16, color="1F4E79")
    bold = "<b/>" + plain
    blue = '<patternFill patternType="solid"><fgColor rgb="FF{}"/><bgColor indexed="64"/></patternFill>'
    add = book.styles.add_format
    entry = add(font=plain, fill=blue.format("FFFFE5"), border=border, alignment='vertical="center"')
    return {
        "title": add(font=head, alignment='horizontal="center" vertical="center"'),
        "state": add(font=bold, fill=blue.format("DDEBF7"), alignment='vertical="center" wrapText="1"'),
        "label": add(font=plain, alignment='vertical="center"'),
        "input": book.styles.with_number_format(entry, _TEXT_FORMAT),
        "table": add(font=plain, alignment='vertical="top" wrapText="1"'),
        "counts": add(font=plain, alignment='horizontal="center" vertical="top" wrapText="1"'),
        "heading": add(
            font=bold, fill=blue.format("D9E1F2"), border=border, alignment='horizontal="center" vertical="center"'
        ),
    }


def _look(column: int, style: Mapping[str, int]) -> str:
    """How a column looks where it has no cells yet; the rows of the table are written later."""
    if column == _FAILED_CELL[1]:
        return ' hidden="1"'
    kind = "table" if column <= _NAMES else "counts"
    return f' style="{style[kind]}"' if _FIRST <= column <= _LAST else ""


def _row(number: int, cells: list[tuple[int, str, int]], height: float) -> str:
    written = []
    for column, text, style in cells:
        place = f'r="{cell_name(number, column)}" s="{style}"'
        body = f'<is><t xml:space="preserve">{escape_text(text)}</t></is>'
        written.append(f'<c {place} t="inlineStr">{body}</c>' if text else f"<c {place}/>")
    return f'<row r="{number}" ht="{height:g}" customHeight="1">{"".join(written)}</row>'
