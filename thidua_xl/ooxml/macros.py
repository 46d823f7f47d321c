"""A VBA project and form-control buttons put into a workbook. Read `add_vba_project` and `add_button`.

Source: [MS-OFFMACRO2] (the relationship), ECMA-376 Part 4, 19.4.2.12 (x:ClientData). Excel and LibreOffice find the
document modules by `codeName`, so every sheet and the workbook get one.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.markup import local_name
from thidua_xl.ooxml.notes import drawing_part, next_shape_number, with_shapes
from thidua_xl.ooxml.order import WORKBOOK, WORKSHEET, ensure, put
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_VBA_TYPE = "application/vnd.ms-office.vbaProject"
_MACRO_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": (
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": (
        "application/vnd.ms-excel.template.macroEnabled.main+xml"
    ),
}
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
    '<o:lock v:ext="edit" shapetype="t"/></v:shapetype>'
)
# LibreOffice shows no caption without <font>; points of the style are only a hint, Excel goes by the anchor.
_BUTTON = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t201" style="position:absolute;margin-left:{left}pt;'
    'margin-top:{top}pt;width:{width}pt;height:{height}pt;z-index:{order};mso-wrap-style:tight" o:button="t" '
    'fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto">'
    '<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/><o:lock v:ext="edit" rotation="t"/>'
    '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
    '<font face="Calibri" size="220" color="#000000">{caption}</font></div></v:textbox>'
    '<x:ClientData ObjectType="Button"><x:Anchor>{anchor}</x:Anchor><x:PrintObject>False</x:PrintObject>'
    "<x:AutoFill>False</x:AutoFill><x:FmlaMacro>[0]!{macro}</x:FmlaMacro><x:TextHAlign>Center</x:TextHAlign>"
    "<x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
)


def has_vba_project(book: Workbook) -> bool:
    """Whether the workbook already holds macros."""
    return bool(book.package.related(book.part, "vbaProject"))


def code_names(book: Workbook) -> dict[str, str]:
    """Sheet name -> the code name that its VBA document module has, for sheets that have one."""
    names = {}
    for entry in book.entries:
        if not entry.part:
            continue
        root = book[entry.name].xml.root if book.is_worksheet(entry) else book.package.root(entry.part)
        for child in root:
            if local_name(child) == "sheetPr" and child.get("codeName"):
                names[entry.name] = child.get("codeName", "")
    return names


def give_code_names(book: Workbook) -> dict[str, str]:
    """Give every sheet and the workbook a code name; sheet name -> code name, with `""` for the workbook."""
    root = book.package.root(book.part)
    properties = ensure(root, "workbookPr", WORKBOOK)
    if not properties.get("codeName"):
        properties.set("codeName", "ThisWorkbook")
        book.package.touch(book.part)
    names = code_names(book)
    taken = {name.casefold() for name in names.values()}
    for number, entry in enumerate(book.entries, 1):
        if entry.name in names or not entry.part:
            continue
        name = f"Sheet{number}"
        while name.casefold() in taken:
            number += 1
            name = f"Sheet{number}"
        taken.add(name.casefold())
        names[entry.name] = name
        if book.is_worksheet(entry):
            sheet = book[entry.name]
            ensure(sheet.xml.root, "sheetPr", WORKSHEET).set("codeName", name)
            sheet.xml.touch()
        else:
            chart = book.package.root(entry.part)
            found = next((child for child in chart if local_name(child) == "sheetPr"), None)
            if found is None:
                found = put(chart, "sheetPr", WORKSHEET)
            found.set("codeName", name)
            book.package.touch(entry.part)
    return {"": properties.get("codeName", ""), **names}


def add_vba_project(book: Workbook, project: bytes) -> None:
    """Put a `vbaProject.bin` in and make the workbook a macro workbook (save it as .xlsm).

    EditRefused when it has macros of its own: they are never replaced.
    """
    if has_vba_project(book):
        raise EditRefused("edit.has_macros", file=book.file)
    package = book.package
    part = package.add(package.usual_name("xl/vbaProject.bin"), project, _VBA_TYPE)
    package.relate(book.part, VBA_RELATION, part)
    kind = package.content_type(book.part)
    if kind in _MACRO_TYPES:
        package.set_content_type(book.part, _MACRO_TYPES[kind])
    give_code_names(book)


def add_button(sheet: Worksheet, area: Area, caption: str, macro: str) -> None:
    """Lay a form button over the cells of an area; a click runs `macro` of this workbook."""
    package = sheet.book.package
    part = drawing_part(sheet)
    content = package.blob(part)
    pieces = "" if b'id="_x0000_t201"' in content else _SHAPE_TYPE
    pieces += _BUTTON.format(
        number=next_shape_number(content),
        left=48 * (area.left - 1),
        top=15 * (area.top - 1),
        width=48 * (area.right - area.left + 1),
        height=15 * (area.bottom - area.top + 1),
        order=content.count(b"<x:ClientData") + 1,
        caption=escape(caption),
        anchor=f"{area.left - 1}, 0, {area.top - 1}, 0, {area.right}, 0, {area.bottom}, 0",
        macro=escape(macro),
    )
    package.replace(part, with_shapes(content, pieces, package.file, part))
