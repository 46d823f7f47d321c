"""Workbooks for the editor's tests: made in memory, taken apart part by part, and read by an independent reader."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import xlsxwriter

from thidua_xl.ooxml import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def made(build: Callable[[Any], None]) -> bytes:
    """A workbook file; `build` gets the XlsxWriter workbook."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    build(book)
    book.close()
    return stream.getvalue()


def grid(rows: int = 20, columns: int = 6, **extra: str) -> bytes:
    """A sheet `Biểu 1` of numbers (row * 10 + column) and a sheet `Sheet2`; `extra` are formulas on `Biểu 1`."""

    def build(book: Any) -> None:
        sheet = book.add_worksheet("Biểu 1")
        book.add_worksheet("Sheet2")
        for row in range(rows):
            for column in range(columns):
                sheet.write_number(row, column, (row + 1) * 10 + column + 1)
        for cell, formula in extra.items():
            sheet.write_formula(cell, formula, None, 0)

    return made(build)


def sheet_xml(rows: str, before: str = "", after: str = "", prefix: str = "") -> str:
    """A worksheet part with these rows."""
    p = f"{prefix}:" if prefix else ""
    name = f":{prefix}" if prefix else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{p}worksheet xmlns{name}="{MAIN}">'
        f"{before}<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>"
    )


def package(sheet: str | bytes, extra: Mapping[str, str | bytes] | None = None, **replaced: str) -> bytes:
    """The smallest workbook file with one sheet `S` of this XML; `extra` are further members by name."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/odd/book.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            '<Override PartName="/odd/page.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="/odd/book.xml"/></Relationships>'
        ),
        "odd/book.xml": (
            f'<workbook xmlns="{MAIN}" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="S" sheetId="4" r:id="x"/></sheets></workbook>'
        ),
        "odd/_rels/book.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="x" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
            'Target="page.xml"/></Relationships>'
        ),
        "odd/page.xml": sheet,
    }
    parts.update({key.replace("__", "/").replace("_xml", ".xml"): text for key, text in replaced.items()})
    parts.update(extra or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    """All members of a workbook file by name, checked against their checksums."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def part(content: bytes, name: str) -> str:
    """One member as text."""
    return members(content)[name].decode("utf-8")


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Names of members that differ, are new or are gone."""
    old, new = members(before), members(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def replaced(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one member rewritten."""
    parts = members(content)
    parts[name] = change(parts[name].decode("utf-8")).encode("utf-8")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in parts.items():
            archive.writestr(key, value)
    return stream.getvalue()


def read(content: bytes, **options: bool) -> Any:
    """The workbook as openpyxl reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of extensions it drops
        return openpyxl.load_workbook(io.BytesIO(content), **options)


def opened(content: bytes) -> Workbook:
    """The workbook in the editor, under the name `thử.xlsx`."""
    return Workbook.from_bytes(content, "thử.xlsx")


def rows_of(content: bytes, name: str = "odd/page.xml") -> str:
    """What stands between the tags of `sheetData` in a worksheet part."""
    found = re.search(r"<(?:\w+:)?sheetData>(.*)</(?:\w+:)?sheetData>", part(content, name), re.DOTALL)
    assert found is not None
    return found[1]
