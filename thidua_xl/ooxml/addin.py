"""An Excel add-in (`.xlam`) made from nothing: one sheet of texts with names, macros, a tab of the ribbon.

Read `addin_package`. Sources: ECMA-376 Part 1 (the workbook), [MS-CUSTOMUI] 2.2 (the ribbon, part `customUI14.xml`).
Laid out as the add-ins that Excel saves: the window is hidden, the content type makes it an add-in.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

from thidua_xl.ooxml.cellxml import escape_text
from thidua_xl.ooxml.vba_project import build_project

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RIBBON = "http://schemas.microsoft.com/office/2009/07/customui"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/>\
<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>"""
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
_SHEET = "thi-dua"
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class RibbonButton:
    """A button of the tab: its tag is what the macro gets, `icon` a name of Office's own pictures (`imageMso`)."""

    tag: str
    label: str
    tip: str
    icon: str


def addin_package(
    sources: Sequence[str], texts: Mapping[str, str], tab: str, buttons: Sequence[RibbonButton], macro: str
) -> bytes:
    """The bytes of the add-in, the same for the same arguments.

    `texts` are cells in column A by the workbook's names for them; every button calls `macro` (`Module.Sub`).
    """
    codes = {"": "ThisWorkbook", _SHEET: "Sheet1"}
    parts = {
        "[Content_Types].xml": _HEAD + _TYPES,
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            ("http://schemas.microsoft.com/office/2007/relationships/ui/extensibility", "customUI/customUI14.xml"),
        ),
        "xl/workbook.xml": _workbook(tuple(texts)),
        "xl/_rels/workbook.xml.rels": _relations(
            (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
            (f"{_OFFICE}/styles", "styles.xml"),
            ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
        ),
        "xl/worksheets/sheet1.xml": _sheet(tuple(texts.values())),
        "xl/styles.xml": _HEAD + _STYLES,
        "customUI/customUI14.xml": _ribbon(tab, buttons, macro),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(_member(name), text.encode())
        package.writestr(_member("xl/vbaProject.bin"), build_project(sources, codes))
    return out.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _DATE)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.create_system = 0  # the same on every system
    return made


def _relations(*arrows: tuple[str, str]) -> str:
    body = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(arrows, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{body}</Relationships>'


def _workbook(names: Sequence[str]) -> str:
    defined = "".join(
        f"<definedName name=\"{name}\">'{_SHEET}'!$A${row}</definedName>" for row, name in enumerate(names, 1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
        '<bookViews><workbookView visibility="hidden" xWindow="0" yWindow="0" windowWidth="16000" windowHeight="9000"/>'
        f'</bookViews><sheets><sheet name="{_SHEET}" sheetId="1" r:id="rId1"/></sheets>'
        f"<definedNames>{defined}</definedNames></workbook>"
    )


def _sheet(texts: Sequence[str]) -> str:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t xml:space="preserve">{escape_text(text)}</t></is></c></row>'
        for row, text in enumerate(texts, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet1"/><dimension ref="A1:A{len(texts)}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def _ribbon(tab: str, buttons: Sequence[RibbonButton], macro: str) -> str:
    body = "".join(
        f'<button id="nut_{one.tag}" tag="{one.tag}" label="{escape(one.label)}" screentip="{escape(one.label)}" '
        f'supertip="{escape(one.tip)}" imageMso="{one.icon}" size="large" onAction="{macro}"/>'
        for one in buttons
    )
    label = escape(tab)
    return (
        f'{_HEAD}<customUI xmlns="{_RIBBON}"><ribbon><tabs><tab id="the_thi_dua" label="{label}">'
        f'<group id="nhom_thi_dua" label="{label}">{body}</group></tab></tabs></ribbon></customUI>'
    )
