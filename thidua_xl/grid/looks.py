"""How the rows of a workbook look: cell lines and bold letters, which tell a blank model row from the end of a table.

Read `row_looks`. Only `map` needs looks; they are read from a file that `read_book` has read before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import open_archive
from thidua_xl.grid.guard import load
from thidua_xl.grid.xlsx_package import find_workbook, read_workbook_part
from thidua_xl.grid.xml import is_main, local, scan
from thidua_xl.refs import Area, parse_cell

# Looks matter near a table's head; a template with more rows is a filled-in report.
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class RowLooks:
    """Whether a row has cell lines, and whether its first two cells are in bold."""

    has_lines: bool = False
    is_bold: bool = False


@dataclass(slots=True)
class _Styles:
    """Which cell styles (by index) draw a line above or below a cell, and which are in bold."""

    lined: set[int] = field(default_factory=set)
    bold: set[int] = field(default_factory=set)


def row_looks(path: Path, kind: str) -> dict[str, Mapping[int, RowLooks]]:
    """The looks of the rows by sheet, then 1-based row; none for a `kind` that is no OOXML workbook (xls, ods).

    None, too, for a file behind a password, whose content is not at `path` itself.
    """
    if kind not in {"xlsx", "xlsm"}:
        return {}
    try:
        archive = open_archive(load(path))
        package = find_workbook(archive)
        read_workbook_part(archive, package)
        part = package.part_of("styles")
        styles = _styles(archive.read(part), part) if part is not None and part in archive else _Styles()
        return {
            one.name: _sheet_looks(archive.read(one.part), one.part, styles)
            for one in package.sheets
            if one.kind == "worksheet"
        }
    except InputRefused:
        return {}


def _styles(data: bytes, part: str) -> _Styles:
    found = _Styles()
    bold_fonts: set[int] = set()
    lined_borders: set[int] = set()
    counts = {"font": -1, "border": -1, "xf": -1}
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        bare = local(name)
        parent = path[-1] if path else ""
        path.append(bare)
        if (bare, parent) in {("font", "fonts"), ("border", "borders"), ("xf", "cellXfs")}:
            counts[bare] += 1
            if bare == "xf":
                if _index(attributes.get("borderId")) in lined_borders:
                    found.lined.add(counts["xf"])
                if _index(attributes.get("fontId")) in bold_fonts:
                    found.bold.add(counts["xf"])
        elif bare == "b" and path[:-1] == ["styleSheet", "fonts", "font"]:
            if attributes.get("val", "1") not in {"0", "false"}:
                bold_fonts.add(counts["font"])
        elif (
            bare in {"top", "bottom"}
            and path[:-1] == ["styleSheet", "borders", "border"]
            and attributes.get("style", "none") != "none"
        ):
            lined_borders.add(counts["border"])

    def end(name: str) -> None:
        path.pop()

    scan(data, part, start, end)
    return found


def _sheet_looks(data: bytes, part: str, styles: _Styles) -> dict[int, RowLooks]:
    lines: dict[int, int] = {}
    bold: dict[int, set[int]] = {}
    covered: set[tuple[int, int]] = set()
    place, widest, merged = (0, 0), 0, 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal place, widest, merged
        bare = local(name) if is_main(name) else ""
        given = attributes.get("r")
        if bare == "row":
            place = int(given) if given is not None else place[0] + 1, 0
            if place[0] <= MOST_ROWS:
                lines.setdefault(place[0], 0)
        elif bare == "c":
            place = parse_cell(given) if given is not None else (place[0], place[1] + 1)
            widest = max(widest, place[1])
            style = _index(attributes.get("s"))
            if place[0] <= MOST_ROWS:
                lines[place[0]] += style in styles.lined
                if place[1] <= 2 and style in styles.bold:
                    bold.setdefault(place[0], set()).add(place[1])
        elif bare == "mergeCell":
            area = Area.parse(attributes.get("ref", ""))
            if area.left <= 2 and area.top <= MOST_ROWS and merged < 2 * MOST_ROWS:
                merged += 1  # more would lie upon each other
                covered.update(_covered(area))

    scan(data, part, start)
    first = range(1, min(widest, 2) + 1)
    return {
        row: RowLooks(
            lines.get(row, 0) >= 2,
            bool(first) and all(at in bold.get(row, ()) and (row, at) not in covered for at in first),
        )
        for row in range(1, max(lines, default=0) + 1)
    }


def _covered(area: Area) -> set[tuple[int, int]]:
    """The places in the first two columns that a merged area hides behind its first cell."""
    rows = range(area.top, min(area.bottom, MOST_ROWS) + 1)
    places = {(row, at) for row in rows for at in range(area.left, min(area.right, 2) + 1)}
    return places - {(area.top, area.left)}


def _index(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0
