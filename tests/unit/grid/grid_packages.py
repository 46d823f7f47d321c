"""Workbooks made part by part, so that a test can show the one byte that is odd."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REFERENCES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_REFERENCES = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

CONTENT_TYPES = (
    DECLARATION
    + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    + '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def relationships(*rows: tuple[str, str, str], base: str = REFERENCES, mode: str = "") -> str:
    """A list of relationships: (id, kind, target)."""
    listed = "".join(f'<Relationship Id="{i}" Type="{base}/{kind}" Target="{to}"{mode}/>' for i, kind, to in rows)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def sheet_xml(rows: str, *, before: str = "", after: str = "", main: str = MAIN) -> str:
    """A worksheet part around the XML of its rows."""
    return f'{DECLARATION}<worksheet xmlns="{main}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def workbook_xml(*names: str, extra: str = "", properties: str = "", main: str = MAIN, base: str = REFERENCES) -> str:
    """A workbook part that lists sheets rId1, rId2, ..."""
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1))
    inside = f"{properties}<sheets>{listed}</sheets>{extra}"
    return f'{DECLARATION}<workbook xmlns="{main}" xmlns:r="{base}">{inside}</workbook>'


def styles_xml(*codes: str, font: str = "Calibri") -> str:
    """Styles with cell style n+1 for the n-th number format."""
    formats = "".join(f'<numFmt numFmtId="{164 + i}" formatCode="{code}"/>' for i, code in enumerate(codes))
    cells = "".join(f'<xf numFmtId="{164 + i}" fontId="0"/>' for i in range(len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts><font><name val="{font}"/></font></fonts>'
        f'<cellXfs><xf numFmtId="0" fontId="0"/>{cells}</cellXfs></styleSheet>'
    )


def strings_xml(*texts: str) -> str:
    """A table of shared strings."""
    return f'{DECLARATION}<sst xmlns="{MAIN}">' + "".join(f"<si><t>{one}</t></si>" for one in texts) + "</sst>"


def parts(
    rows: str = "", *, strings: str | None = None, styles: str | None = None, sheet: str | None = None
) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet "Biểu 05"."""
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook_xml("Biểu 05"),
        "xl/worksheets/sheet1.xml": sheet if sheet is not None else sheet_xml(rows),
    }
    listed = [("rId1", "worksheet", "worksheets/sheet1.xml")]
    if strings is not None:
        found["xl/sharedStrings.xml"] = strings
        listed.append(("rId8", "sharedStrings", "sharedStrings.xml"))
    if styles is not None:
        found["xl/styles.xml"] = styles
        listed.append(("rId9", "styles", "styles.xml"))
    found["xl/_rels/workbook.xml.rels"] = relationships(*listed)
    return found


def pack(members: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """A zip of the parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = archive.compression
            archive.writestr(member, content if isinstance(content, bytes) else content.encode())
    return stream.getvalue()


def book(rows: str = "", **keywords: str | None) -> bytes:
    """The bytes of a workbook with one sheet."""
    return pack(parts(rows, **keywords))
