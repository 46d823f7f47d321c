"""How a sheet goes over printed pages: scale, fitting, breaks between rows. Read `print_setup`, then `set_pages`.

A sheet that is fitted to the page leaves its breaks aside in Excel; LibreOffice keeps both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thidua_xl.ooxml.markup import Element, is_true, local_name
from thidua_xl.ooxml.order import WORKSHEET, ensure
from thidua_xl.refs import MAX_COLUMN, Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet

# Short and long side of the sizes of paper that offices use, in mm, by Excel's number (9 is A4, 8 A3, 1 Letter).
PAPERS = {1: (215.9, 279.4), 5: (215.9, 355.6), 8: (297.0, 420.0), 9: (210.0, 297.0), 11: (148.0, 210.0)}
A4 = 9
MM_PER_INCH = 25.4
# What Excel takes when a sheet does not say.
DEFAULT_MARGINS = {"left": 0.7, "right": 0.7, "top": 0.75, "bottom": 0.75}
DEFAULT_WIDTH = 9.140625


@dataclass(frozen=True, slots=True)
class PrintSetup:
    """The room for cells on a page in inches, and how the sheet is put on it.

    `scale` is a percentage, told when nothing is fitted. `pages_wide`, `pages_tall`: how many pages it is fitted to, 0
    for as many as it takes; both 0 when it is not fitted. `breaks` are the 1-based rows that begin a page.
    """

    across: float
    down: float
    scale: int = 100
    pages_wide: int = 0
    pages_tall: int = 0
    breaks: tuple[int, ...] = ()

    @property
    def is_fitted(self) -> bool:
        """Whether the scale follows from the number of pages."""
        return bool(self.pages_wide or self.pages_tall)


def print_setup(sheet: Worksheet) -> PrintSetup:
    """How a sheet is printed now; paper that is not known counts as A4."""
    setup = sheet.xml.child("pageSetup")
    told = {str(name): str(text) for name, text in setup.attrib.items()} if setup is not None else {}
    short, long = PAPERS.get(_number(told.get("paperSize"), 1), PAPERS[A4])
    wide, high = (long, short) if told.get("orientation") == "landscape" else (short, long)
    margins = DEFAULT_MARGINS | _inches(sheet.xml.child("pageMargins"))
    fitted = _is_fitted(sheet)
    return PrintSetup(
        across=wide / MM_PER_INCH - margins["left"] - margins["right"],
        down=high / MM_PER_INCH - margins["top"] - margins["bottom"],
        scale=_number(told.get("scale"), 100),
        pages_wide=_number(told.get("fitToWidth"), 1) if fitted else 0,
        pages_tall=_number(told.get("fitToHeight"), 1) if fitted else 0,
        breaks=tuple(_breaks(sheet)),
    )


def set_pages(sheet: Worksheet, *, scale: int = 0, one_page: bool = False, breaks: Sequence[int] = ()) -> None:
    """Put the whole sheet on one page, or print it at a scale (a percentage, 0 keeps what is) with these breaks.

    `breaks` are 1-based rows that begin a page; they join those that are there.
    """
    setup = ensure(sheet.xml.root, "pageSetup", WORKSHEET)
    if one_page:
        _fit(sheet, "1")
        for name in ("fitToWidth", "fitToHeight", "scale"):
            _forget(setup, name)
    elif scale:
        _fit(sheet, None)
        for name in ("fitToWidth", "fitToHeight"):
            _forget(setup, name)
        setup.set("scale", str(scale))
    rows = sorted({*breaks, *_breaks(sheet)} - {1}) if breaks else []
    if rows:
        _write_breaks(sheet, rows)
    sheet.xml.touch()


def column_widths(sheet: Worksheet, first: int, last: int) -> list[float]:
    """The widths of columns in characters, padding included; 0 for a hidden one."""
    plain = sheet.xml.child("sheetFormatPr")
    usual = float(plain.get("defaultColWidth") or DEFAULT_WIDTH) if plain is not None else DEFAULT_WIDTH
    widths = [usual] * (last - first + 1)
    for columns in sheet.xml.children("cols"):
        for item in columns:
            start, end = _number(item.get("min"), 1), _number(item.get("max"), 1)
            width = 0.0 if is_true(item.get("hidden")) else float(item.get("width") or usual)
            for number in range(max(first, start), min(last, end) + 1):
                widths[number - first] = width
    return widths


def used_area(sheet: Worksheet) -> Area:
    """The area that the sheet says it uses; A1 when it does not say."""
    declared = sheet.xml.child("dimension")
    try:
        return Area.parse(declared.get("ref", "")) if declared is not None else Area(1, 1, 1, 1)
    except ValueError:
        return Area(1, 1, 1, 1)


def _is_fitted(sheet: Worksheet) -> bool:
    own = sheet.xml.child("sheetPr")
    found = (child for child in own if local_name(child) == "pageSetUpPr") if own is not None else ()
    return any(is_true(one.get("fitToPage")) for one in found)


def _fit(sheet: Worksheet, value: str | None) -> None:
    own = ensure(sheet.xml.root, "sheetPr", WORKSHEET)
    found = next((child for child in own if local_name(child) == "pageSetUpPr"), None)
    if found is None:
        found = own.makeelement(f"{{{sheet.xml.ns}}}pageSetUpPr", {})
        own.append(found)
    if value is None:
        _forget(found, "fitToPage")
    else:
        found.set("fitToPage", value)


def _forget(element: Element, name: str) -> None:
    if name in element.attrib:
        del element.attrib[name]


def _breaks(sheet: Worksheet) -> Iterable[int]:
    """The rows that begin a page: a break's id is the row above it."""
    holder = sheet.xml.child("rowBreaks")
    return [int(one.get("id", "0")) + 1 for one in holder if is_true(one.get("man"))] if holder is not None else []


def _write_breaks(sheet: Worksheet, rows: Sequence[int]) -> None:
    holder = ensure(sheet.xml.root, "rowBreaks", WORKSHEET)
    for child in list(holder):
        holder.remove(child)
    for row in rows:
        attributes = {"id": str(row - 1), "max": str(MAX_COLUMN - 1), "man": "1"}
        holder.append(holder.makeelement(f"{{{sheet.xml.ns}}}brk", attributes))
    holder.set("count", str(len(rows)))
    holder.set("manualBreakCount", str(len(rows)))


def _inches(element: Element | None) -> dict[str, float]:
    if element is None:
        return {}
    return {name: float(text) for name in DEFAULT_MARGINS if (text := element.get(name))}


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdigit() else usual
