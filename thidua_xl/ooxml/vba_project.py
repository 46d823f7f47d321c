"""A `vbaProject.bin` from module sources, without Excel. Read `build_project`.

Source: [MS-OVBA]. No compiled code is written (2.3.4.1): Excel and LibreOffice compile the sources when they open the
file. One document module stands for the workbook and for each sheet, named by its code name; without them Excel makes
new ones (`ThisWorkbook1`) and the macros are dead.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.ooxml.compound import write_compound
from thidua_xl.ooxml.vba_packing import compress, veil

# The code pages of Windows, the one of Western Europe first: sheets of a workbook made elsewhere carry code names in
# the letters of that place ("Лист1"), and the whole project has one code page.
_CODE_PAGES = (1252, 1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258, 874, 932, 936, 949, 950)
_NAME = "VBAProject"
# A constant, so that the same sources give the same bytes.
_PROJECT_ID = "{7A1B0C4E-2D5F-4E1A-9B3C-5D6E7F801234}"
_WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
_SHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
_REFERENCES = (
    (
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
# "Version 0xFFFF": no compiled code in the file.
_NO_CACHE = bytes.fromhex("cc61ffff000100")
_MODULE_NAME = re.compile(r'Attribute VB_Name = "(\w+)"')
_STANDARD, _DOCUMENT = 0x21, 0x22


@dataclass(frozen=True, slots=True)
class _Module:
    name: str
    source: str
    kind: int


def build_project(sources: Sequence[str], code_names: Mapping[str, str]) -> bytes:
    """The project with these standard modules, and a document module for each code name.

    `sources` begin with `Attribute VB_Name = "..."`. `code_names` maps sheet names to code names, `""` the workbook,
    as `Workbook.code_names` gives them. ValueError for a source without name, a name twice, code names that no code
    page of Windows holds together, or a source with other letters (words for the user belong in Python).
    """
    page = _code_page("".join(code_names.values()))
    encoding = f"cp{page}"
    modules = [
        _Module(code, _document(code, _SHEET_BASE if sheet else _WORKBOOK_BASE), _DOCUMENT)
        for sheet, code in sorted(code_names.items(), key=lambda one: one[0] != "")
    ]
    modules += [_Module(module_name(source), _lines(source), _STANDARD) for source in sources]
    names = [one.name.casefold() for one in modules]
    if len(set(names)) != len(names):
        raise ValueError(f"two modules of one name: {names}")
    streams = {one.name: compress(one.source.encode(encoding)) for one in modules}
    streams |= {"_VBA_PROJECT": _NO_CACHE, "dir": compress(_directory(modules, page))}
    wide = b"".join(one.name.encode(encoding) + b"\0" + one.name.encode("utf-16-le") + b"\0\0" for one in modules)
    project = _project(modules).encode(encoding)
    return write_compound({"VBA": streams, "PROJECT": project, "PROJECTwm": wide + b"\0\0"})


def module_name(source: str) -> str:
    """The name that a module gives itself. ValueError when it gives none."""
    found = _MODULE_NAME.match(source)
    if found is None:
        raise ValueError("a module begins with: Attribute VB_Name")
    return found[1]


def _code_page(names: str) -> int:
    for page in _CODE_PAGES:
        try:
            names.encode(f"cp{page}")
        except UnicodeEncodeError:
            continue
        return page
    raise ValueError(f"no code page of Windows holds the code names: {names}")


def _lines(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\n", "\r\n")


def _document(name: str, base: str) -> str:
    return (
        f'Attribute VB_Name = "{name}"\r\nAttribute VB_Base = "{base}"\r\n'
        "Attribute VB_GlobalNameSpace = False\r\nAttribute VB_Creatable = False\r\n"
        "Attribute VB_PredeclaredId = True\r\nAttribute VB_Exposed = True\r\n"
        "Attribute VB_TemplateDerived = False\r\nAttribute VB_Customizable = True\r\n"
    )


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", kind, len(data)) + data


def _named(kind: int, text: str, wide_kind: int, encoding: str) -> bytes:
    return _record(kind, text.encode(encoding)) + _record(wide_kind, text.encode("utf-16-le"))


def _directory(modules: Sequence[_Module], page: int) -> bytes:
    """The stream `dir` ([MS-OVBA] 2.3.4.2): project information, references, modules."""
    number = struct.Struct("<I").pack
    encoding = f"cp{page}"
    out = _record(1, number(3)) + _record(2, number(0x409)) + _record(0x14, number(0x409))
    out += _record(3, struct.pack("<H", page)) + _record(4, _NAME.encode("ascii"))
    out += _record(5) + _record(0x40) + _record(6) + _record(0x3D) + _record(7, number(0)) + _record(8, number(0))
    out += struct.pack("<HIIH", 9, 4, 0x5E6A9F00, 1) + _record(0xC) + _record(0x3C)
    for name, library in _REFERENCES:
        text = library.encode("ascii")
        out += _named(0x16, name, 0x3E, encoding) + _record(0xD, number(len(text)) + text + bytes(6))
    out += _record(0xF, struct.pack("<H", len(modules))) + _record(0x13, b"\xff\xff")
    for one in modules:
        out += (
            _named(0x19, one.name, 0x47, encoding)
            + _named(0x1A, one.name, 0x32, encoding)
            + _record(0x1C)
            + _record(0x48)
        )
        out += _record(0x31, number(0)) + _record(0x1E, number(0)) + _record(0x2C, b"\xff\xff")
        out += _record(one.kind) + _record(0x2B)
    return out + _record(0x10)


def _project(modules: Sequence[_Module]) -> str:
    """The stream `PROJECT` ([MS-OVBA] 2.3.1): unprotected, visible."""
    lines = [f'ID="{_PROJECT_ID}"']
    lines += [f"Document={one.name}/&H00000000" if one.kind == _DOCUMENT else f"Module={one.name}" for one in modules]
    lines += [f'Name="{_NAME}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines.append(f'CMG="{veil(bytes(4), _PROJECT_ID, 0xDF)}"')
    lines.append(f'DPB="{veil(bytes(1), _PROJECT_ID, 0xBE)}"')
    lines.append(f'GC="{veil(bytes([0xFF]), _PROJECT_ID, 0x9D)}"')
    lines += ["", "[Host Extender Info]", "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"]
    lines += ["", "[Workspace]", *(f"{one.name}=0, 0, 0, 0, C" for one in modules)]
    return "\r\n".join(lines) + "\r\n"
