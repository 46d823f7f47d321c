"""An OOXML workbook (.xlsx .xlsm .xltx .xltm) -> `Book`. Read `read_xlsx`."""

from __future__ import annotations

from functools import lru_cache

from thidua_xl.errors import InputRefused
from thidua_xl.grid.archive import Archive
from thidua_xl.grid.limits import DEFAULT, Limits
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.table_cells import RowCells
from thidua_xl.grid.value_table import CodedRows
from thidua_xl.grid.xlsx_cells import CellReader
from thidua_xl.grid.xlsx_frame import read_frame
from thidua_xl.grid.xlsx_package import Package, SheetPart, find_workbook, read_styles, read_workbook_part
from thidua_xl.grid.xlsx_scan import scan_sheet
from thidua_xl.grid.xlsx_sheet import SheetContent, find_rows, read_rows
from thidua_xl.grid.xlsx_strings import shared_strings
from thidua_xl.grid.xml import check, local, scan
from thidua_xl.model import Book, Sheet

_SMALL = 256 * 1024


def read_xlsx(archive: Archive, limits: Limits = DEFAULT, left_out: tuple[str, ...] = ()) -> Book:
    """The book in an OOXML package, without `file` and `sha256`. Raises `InputRefused`.

    Hidden sheets named in `left_out` come without their cells.
    """
    package = find_workbook(archive)
    if package.binary:
        from thidua_xl.grid.xlsb import read_xlsb

        return read_xlsb(archive, package, limits)
    read_workbook_part(archive, package)
    if len(package.sheets) > limits.sheets:
        raise refuse("too_many_cells", part=package.workbook)
    strings_part, styles_part = package.part_of("sharedStrings"), package.part_of("styles")
    strings: list[str] = []
    if strings_part is not None:
        strings = shared_strings(archive.read(strings_part), strings_part, limits)
    styles = read_styles(archive, styles_part)
    reader = CellReader(strings, styles, from_1904=package.from_1904, limits=limits)
    for one in package.sheets:
        if one.kind != "worksheet":
            _check_other_sheet(archive.read(one.part), one)
    sheets = tuple(_sheet(archive, one, reader, left_out) for one in package.sheets if one.kind == "worksheet")
    properties = read_properties(archive)
    _check_others(archive)
    return Book(
        file="",
        sheets=sheets,
        names=package.names,
        properties=properties,
        external=tuple(package.external),
        format="xlsm" if any(name.casefold().endswith("vbaproject.bin") for name in archive) else "xlsx",
    )


def _sheet(archive: Archive, listed: SheetPart, reader: CellReader, left_out: tuple[str, ...]) -> Sheet:
    try:
        return _read_sheet(archive, listed, reader, left_out)
    except InputRefused as refusal:
        if refusal.values.get("part") != listed.part:
            raise
        # The name on its tab says more to a clerk than the name of the part.
        raise InputRefused(refusal.code, **{**refusal.values, "part": listed.name}) from None


def _read_sheet(archive: Archive, listed: SheetPart, reader: CellReader, left_out: tuple[str, ...]) -> Sheet:
    if not listed.visible and listed.name in left_out:
        _check_left_out(archive, listed.part)
        return Sheet(name=listed.name, cells=RowCells.of_codes(CodedRows(), reader.table), visible=False)
    content = read_content(archive.read(listed.part), reader, listed.part)
    return Sheet(
        name=listed.name,
        cells=RowCells.of_codes(content.rows, reader.table, content.extras),
        visible=listed.visible,
        merges=tuple(content.merges),
        hidden_rows=frozenset(content.hidden_rows),
        hidden_columns=frozenset(content.hidden_columns),
    )


def read_content(data: bytes, reader: CellReader, part: str) -> SheetContent:
    """What a worksheet part holds, by pattern where its spelling allows, else by the parser."""
    found = find_rows(data)
    if found is not None:
        start, first, end, after = found
        before = reader.count
        content = read_rows(data, first, end, reader, part)
        if content is not None:
            frame = read_frame(data[:start] + b"<sheetData/>" + data[after:], part)
            content.merges, content.hidden_columns = list(frame.merges), set(frame.hidden_columns)
            return content
        reader.count = before
    return scan_sheet(data, reader, part)


def _check_other_sheet(data: bytes, listed: SheetPart) -> None:
    """A sheet of cells must not hide behind the word for a chart, whose content nobody adds up."""
    roots: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append(local(element))

    scan(data, listed.part, start)
    if roots == ["worksheet"]:
        raise refuse("bad_reference", part=listed.name)


def read_properties(archive: Archive) -> dict[str, str]:
    """The custom properties of the document by name, texts only."""
    part = "docProps/custom.xml"
    if part not in archive:
        return {}
    found: dict[str, str] = {}
    name = ""

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal name
        if local(element) == "property":
            name = attributes.get("name", "")

    def text(piece: str) -> None:
        if name:
            found[name] = found.get(name, "") + piece

    scan(archive.read(part), part, start, None, text)
    return found


def _check_others(archive: Archive) -> None:
    """Hold every part not read yet to its checksum; XML must be well-formed and free of document types."""
    for name in archive.unread():
        if name.casefold().endswith((".xml", ".rels")):
            data = archive.read(name)
            if len(data) <= _SMALL:
                _check_kept(data, name)
            else:
                scan(data, name, _ignore)
        else:
            archive.check(name)


def _check_left_out(archive: Archive, part: str) -> None:
    """Hold a sheet of which nothing is taken to its checksum and to having no document type."""
    head = archive.check(part)
    root = head.find(b"worksheet")
    # A document type stands in front of the first element, or the part is no XML. UTF-16 spells all otherwise.
    if root < 0 or b"<!" in head[:root]:
        scan(archive.read(part), part, _ignore)


@lru_cache(maxsize=64)
def _check_kept(data: bytes, part: str) -> None:
    """Parts like the theme are the same bytes in every file of a round."""
    check(data, part)


def _ignore(name: str, attributes: dict[str, str]) -> None:
    """Nothing of the element is wanted."""


__all__ = ["Package", "read_content", "read_properties", "read_xlsx"]
