"""Sets of workbooks for the bench of reading: each file differs from the others as those of real units do.

Read `make_sets`.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import xlsxwriter
from openpyxl.utils import range_boundaries

from thidua_xl.grid import read_book, rows_of
from thidua_xl.model.products import HELPER_SHEETS
from thidua_xl.ooxml.package import Package

SETS = {
    "form": "The form as it goes out",
    "bare": "The form without its self-check",
    "plain": "Tables of other programs",
}
_STRINGS = re.compile(rb"<si>.*?</si>", re.DOTALL)
_SHARED = re.compile(rb'( t="s"><v>)([0-9]+)(</v>)')
# A number of its own in a cell: neither an index of a string, nor the result of a formula, nor a running number.
_NUMBER = re.compile(rb'(<c r="[A-Z]+[0-9]+" s="[0-9]+"><v>)([1-9][0-9]{3,14})(</v>)')
_WORKBOOK = "xl/workbook.xml"
_FIRST_DAY, _LAST_DAY = 43_000, 47_000
_SHEET = re.compile(rb'<sheet name="([^"]*)"[^>]*r:id="([^"]*)"[^>]*/>')


def make_sets(source: Path, home: Path) -> dict[str, Path]:
    """A folder for each of `SETS`, made once from the workbooks in `source`."""
    places = {name: home / f"doc-{name}" for name in SETS}
    if all(place.exists() for place in places.values()):
        return places
    for place in places.values():
        place.mkdir(exist_ok=True)
    for number, path in enumerate(sorted(source.glob("*.xlsx"))):
        package = Package(path.read_bytes(), path.name)
        vary(package, random.Random(number))
        (places["form"] / path.name).write_bytes(package.to_bytes())
        drop_self_check(package)
        (places["bare"] / path.name).write_bytes(package.to_bytes())
        write_plain(places["bare"] / path.name, places["plain"] / path.name)
    return places


def vary(package: Package, draw: random.Random) -> None:
    """Give the workbook an order of shared strings, amounts and dates of its own."""
    part = "xl/sharedStrings.xml"
    texts = _STRINGS.findall(package.blob(part))
    order = list(range(len(texts)))
    draw.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    head, tail = package.blob(part).split(b"<si>", 1)[0], b"</sst>"
    package.replace(part, head + b"".join(texts[old] for old in order) + tail)

    def moved(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%d" % place[int(found[2])] + found[3]

    def changed(found: re.Match[bytes]) -> bytes:
        size = int(found[2])
        new = size + draw.randrange(-9, 10) if _FIRST_DAY < size < _LAST_DAY else size + 1000 * draw.randrange(200)
        return found[1] + b"%d" % new + found[3]

    for name in [one for one in package.names if one.startswith("xl/worksheets/sheet")]:
        package.replace(name, _NUMBER.sub(changed, _SHARED.sub(moved, package.blob(name))))


def drop_self_check(package: Package) -> None:
    """Take the sheets out that only the self-check of the form uses."""
    workbook = package.blob(_WORKBOOK)
    parts = {one.id.encode(): one.part for one in package.relationships(_WORKBOOK)}
    for found in _SHEET.finditer(workbook):
        if found[1].decode() in (*HELPER_SHEETS, "Tự kiểm tra"):
            package.unrelate(_WORKBOOK, parts[found[2]])
            package.remove(parts[found[2]])
            workbook = workbook.replace(found[0], b"")
    # Names of single sheets count the sheets.
    package.replace(_WORKBOOK, re.sub(rb'<definedName [^>]*localSheetId="[^>]*>[^<]*</definedName>', b"", workbook))


def write_plain(source: Path, target: Path) -> None:
    """The visible sheets with their values and merges only."""
    with xlsxwriter.Workbook(str(target), {"default_date_format": "dd/mm/yyyy"}) as workbook:
        for sheet in read_book(source).sheets:
            if not sheet.visible:
                continue
            page = workbook.add_worksheet(sheet.name)
            for merge in sheet.merges:
                left, top, right, bottom = range_boundaries(merge)
                page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
            for row, values in rows_of(sheet).items():
                for column, value in values.items():
                    if value is not None:
                        page.write(row - 1, column - 1, value)
