"""Buttons put into a workbook of the office, taken out again, and looked at. Read `add_buttons`."""

from __future__ import annotations

import base64
import importlib.util
import re
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

from thidua_xl.errors import EditRefused, InputRefused, UsageProblem
from thidua_xl.grid.cfb import open_compound
from thidua_xl.jobs.control_sheet import PREFIX, PYTHON, STATE, ControlSheet
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.front import show_first, take_out
from thidua_xl.ooxml.markup import local_name
from thidua_xl.ooxml.package import Package
from thidua_xl.ooxml.store import replace_file
from thidua_xl.ooxml.vba_project import build_project, module_name
from thidua_xl.ooxml.vba_sources import has_code, module_sources
from thidua_xl.shipped import shipped_path

# How Excel starts Python: through the module of the installed xlwings, or by our own module alone (LibreOffice too:
# the module of xlwings does not compile there, and then no macro of the file runs).
XLWINGS, DIRECT = "xlwings", "truc-tiep"
KINDS = (XLWINGS, DIRECT)

_MODULES = ("ThiDuaNut", "ThiDuaPython", "ThiDuaXlwings", "ThiDuaTrucTiep", "ThiDuaLibre", "ThiDuaRibbon")
# What comes with the program and must be there for every command to work.
SHIPPED_FILES = (
    ("workbooks", "bo-tieu-chi.xlsx"),
    ("workbooks", "mau-bao-cao-tinh.xlsx"),
    ("workbooks", "thi-dua.xlsm"),
    ("workbooks", "du-lieu-mau.toml"),
    *(("macros", f"{name}.bas") for name in _MODULES),
)

_OURS = frozenset({"ThiDuaNut", "ThiDuaPython", "ThiDuaExcel", "ThiDuaLibre", "xlwings"})
_SETTINGS_OF_XLWINGS = "xlwings.conf"
_RECORD = "urn:thidua-xl:nut"
_LONGEST_PART = 256 * 1024 * 1024
_CUSTOM_XML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_MACRO_FREE = {
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    ),
    "application/vnd.ms-excel.template.macroEnabled.main+xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
    ),
}


@dataclass(frozen=True, slots=True)
class ButtonsAdded:
    """The workbook with buttons. `changed` are parts of the original that differ, `added` the new ones."""

    out: Path
    kind: str
    changed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ButtonsRemoved:
    """The workbook without buttons. `exact` when every part is byte for byte what it was before they were added."""

    out: Path
    exact: bool


@dataclass(frozen=True, slots=True)
class ButtonsCheck:
    """What was looked at: (code, whether it is in order, what was seen). Codes are keys of `cli.buttons.check_*`."""

    file: Path
    lines: tuple[tuple[str, bool, str], ...]

    @property
    def in_order(self) -> bool:
        """Whether everything is."""
        return all(ok for _, ok, _ in self.lines)


def add_buttons(
    workbook: str | Path,
    out: str | Path | None = None,
    *,
    kind: str | None = None,
    settings: ControlSheet | None = None,
) -> ButtonsAdded:
    """Write a copy of a workbook with the control sheet and our macros; every other part stays as it is.

    `kind` None takes XLWINGS on Windows where xlwings is installed, else DIRECT. `settings` None names this Python.
    Raises `EditRefused` when the workbook has macros or such a sheet already, `UsageProblem` when `out` is the
    workbook itself or no .xlsm, or xlwings is not installed.
    """
    source = Path(workbook)
    target = Path(out) if out is not None else source.with_suffix(".xlsm")
    if target.suffix.lower() not in (".xlsm", ".xltm"):
        raise UsageProblem("usage.not_macro_file", file=str(target))
    _refuse_same(source, target)
    chosen = kind or default_kind()
    book = Workbook.open(source)
    if book.has_vba_project:
        raise EditRefused("buttons.already" if control_sheet_of(book) else "edit.has_macros", file=str(source))
    (settings or ControlSheet(python=sys.executable)).add_to(book)
    show_first(book, frozenset(book.sheetnames))
    if chosen == XLWINGS:
        _add_settings_of_xlwings(book)
    book.add_vba_project(_project(book, macro_sources(chosen)))
    content = _with_record(source.read_bytes(), book)
    Workbook.from_bytes(content, str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, content)
    changed, added = _differences(source.read_bytes(), content)
    return ButtonsAdded(target, chosen, changed, added)


def remove_buttons(workbook: str | Path, out: str | Path | None = None) -> ButtonsRemoved:
    """Write a copy of a workbook without our buttons and macros.

    When no other program has saved it since they were added, every part is again what it was. Raises `UsageProblem`
    when it has no buttons of ours or `out` is the workbook itself, `EditRefused` (`buttons.foreign`) when somebody
    put macros of their own in.
    """
    source = Path(workbook)
    target = Path(out) if out is not None else source.with_suffix(".xlsx")
    _refuse_same(source, target)
    book = Workbook.open(source)
    sheet = control_sheet_of(book)
    if not sheet:
        raise UsageProblem("usage.no_buttons", file=str(source))
    exact = _originals(book)
    content = exact if exact is not None else _taken_out(book, sheet, target)
    replace_file(target, content)
    return ButtonsRemoved(target, exact is not None)


def check_buttons(workbook: str | Path) -> ButtonsCheck:
    """Whether the buttons of a workbook, their macros and the Python they start agree with this program."""
    path = Path(workbook)
    book = Workbook.open(path)
    sheet = control_sheet_of(book)
    modules = sources_in(book)
    kind = XLWINGS if "xlwings" in modules else DIRECT
    lines = [("sheet", bool(sheet), sheet)]
    ours = {module_name(text): text for text in macro_sources(DIRECT)}
    if kind == XLWINGS:
        ours["ThiDuaExcel"] = shipped_path("macros", "ThiDuaXlwings.bas").read_text(encoding="ascii")
    old = [name for name, text in ours.items() if modules.get(name, "").strip() != text.strip()]
    lines.append(("macros", not old, ", ".join(old)))
    names = [one.part for one in book.entries]
    lines.append(("code_names", len(set(book.code_names().values())) == len(names) + 1, str(len(names))))
    if kind == XLWINGS:
        there, here = _xlwings_version(modules["xlwings"]), _xlwings_version(_xlwings_module() or "")
        lines.append(("xlwings", there == here, f"{there} / {here or '-'}"))
    python = _setting(book, PYTHON)
    lines.append(("python", not python or Path(python).is_file(), python))
    return ButtonsCheck(path, tuple(lines))


def macro_sources(kind: str) -> list[str]:
    """The sources of the modules. Raises `UsageProblem` when they need xlwings and it is not installed."""
    names = ["ThiDuaNut", "ThiDuaPython", "ThiDuaXlwings" if kind == XLWINGS else "ThiDuaTrucTiep", "ThiDuaLibre"]
    found = [shipped_path("macros", f"{name}.bas").read_text(encoding="ascii") for name in names]
    if kind == XLWINGS:
        module = _xlwings_module()
        if module is None:
            raise UsageProblem("usage.no_xlwings")
        found.append(module)
    return found


def default_kind() -> str:
    """XLWINGS on Windows where xlwings is installed, else DIRECT.

    DIRECT too for a Python in a folder with Vietnamese letters: the module of xlwings looks for it with a function of
    VBA that knows only the letters of the system's code page, and would say that there is none.
    """
    fits = sys.platform == "win32" and sys.executable.isascii() and _xlwings_module() is not None
    return XLWINGS if fits else DIRECT


def control_sheet_of(book: Workbook) -> str:
    """The name of the control sheet, "" when there is none."""
    found = book.name_area(STATE)
    return found[0] if found is not None else ""


def sources_in(book: Workbook) -> Mapping[str, str]:
    """The module sources of a workbook's macros, none when it has none or they are damaged."""
    parts = book.package.related(book.part, "vbaProject")
    if not parts:
        return {}
    try:
        return module_sources(open_compound(book.package.blob(parts[0])).stream)
    except (ValueError, EditRefused):
        return {}


def _project(book: Workbook, sources: Sequence[str]) -> bytes:
    try:
        return build_project(sources, book.code_names())
    except ValueError as problem:
        # A sheet with the code name of one of our modules, or names in the letters of two places.
        raise EditRefused("buttons.code_names", file=book.file) from problem


def _add_settings_of_xlwings(book: Workbook) -> None:
    """The hidden sheet that RunPython reads; it names the Python of the control sheet, so that there is one place."""
    names = ("INTERPRETER_WIN", "INTERPRETER_MAC")
    book.add_sheet(_SETTINGS_OF_XLWINGS, [[name] for name in names], widths=(24, 60), is_visible=False)
    for row in range(1, len(names) + 1):
        book[_SETTINGS_OF_XLWINGS].set_formula(f"B{row}", f'=IF({PYTHON}="","python",{PYTHON})')


def _refuse_same(source: Path, target: Path) -> None:
    if not source.is_file():
        raise InputRefused("input.missing", file=str(source))
    if target.exists() and target.samefile(source):
        raise UsageProblem("usage.output_is_input", file=str(target))


def _xlwings_module() -> str | None:
    """`xlwings.bas` of the installed xlwings, found without importing it; None when there is none."""
    found = importlib.util.find_spec("xlwings")
    if found is None or not found.origin:
        return None
    path = Path(found.origin).with_name("xlwings.bas")
    return path.read_text(encoding="cp1252") if path.is_file() else None


def _xlwings_version(source: str) -> str:
    found = re.search(r'XLWINGS_VERSION As String = "([^"]*)"', source)
    return found[1] if found is not None else ""


def _setting(book: Workbook, name: str) -> str:
    found = book.name_area(name)
    if found is None:
        return ""
    value = book[found[0]].get(str(found[1]).partition(":")[0].replace("$", ""))
    return str(value or "").strip()


def _differences(old: bytes, new: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = Package(old, ""), Package(new, "")
    changed = [name for name in before.names if after.find(name) and before.blob(name) != after.blob(name)]
    return tuple(changed), tuple(name for name in after.names if not before.find(name))


def _with_record(old: bytes, book: Workbook) -> bytes:
    """The workbook's bytes, with a part that keeps what the changed parts were before and which parts are new."""
    package = book.package
    name = package.free_name("customXml/item{}.xml")
    package.ensure_default("xml", "application/xml")
    package.add(name, b"<x/>", "")
    package.relate(book.part, _CUSTOM_XML, name)
    changed, added = _differences(old, book.to_bytes())
    before, after = Package(old, ""), Package(book.to_bytes(), "")
    root = ElementTree.Element(f"{{{_RECORD}}}goc")
    for part in changed:
        digest = sha256(after.blob(part)).hexdigest()
        ElementTree.SubElement(root, f"{{{_RECORD}}}phan", ten=part, nay=digest).text = _packed(before.blob(part))
    for part in added:
        ElementTree.SubElement(root, f"{{{_RECORD}}}them", ten=part)
    for part in before.names:
        if not after.find(part):  # the order of calculation, which goes when a formula comes
            ElementTree.SubElement(root, f"{{{_RECORD}}}bot", ten=part).text = _packed(before.blob(part))
    text = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True, default_namespace=None)
    package.replace(name, text)
    return book.to_bytes()


def _originals(book: Workbook) -> bytes | None:
    """The package as it was before buttons were added; None when another program has changed a part since."""
    package = book.package
    for part in package.related(book.part, "customXml"):
        if _RECORD.encode() not in package.blob(part):
            continue
        changed: dict[str, bytes] = {}
        gone: dict[str, bytes] = {}
        added: set[str] = set()
        for item in package.root(part):
            name = item.get("ten", "")
            if local_name(item) == "them":
                added.add(name)
            elif local_name(item) == "bot":
                kept = _unpacked(item.text or "")
                if kept is None or package.find(name):
                    return None
                gone[name] = kept
            elif not package.find(name) or sha256(package.blob(name)).hexdigest() != item.get("nay"):
                return None
            else:
                kept = _unpacked(item.text or "")
                if kept is None:
                    return None
                changed[name] = kept
        return package.archive.write(changed, gone, frozenset(name for name in package.names if name in added))
    return None


def _packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def _unpacked(text: str) -> bytes | None:
    """A part as the record keeps it; None when somebody damaged the record."""
    machine = zlib.decompressobj()
    try:
        content = machine.decompress(base64.b64decode(text), _LONGEST_PART)
    except (zlib.error, ValueError):
        return None
    return content if machine.eof else None


def _taken_out(book: Workbook, sheet: str, target: Path) -> bytes:
    """The workbook edited so that nothing of ours is left but code names."""
    modules = sources_in(book)
    foreign = [name for name, text in modules.items() if name not in _OURS and has_code(text)]
    if foreign or (book.has_vba_project and not modules):
        raise EditRefused("buttons.foreign", file=book.file, modules=", ".join(foreign))
    for name in (sheet, _SETTINGS_OF_XLWINGS):
        if name in book.sheetnames:
            take_out(book, name)
    root = book.package.root(book.part)
    for holder in [child for child in root if local_name(child) == "definedNames"]:
        for element in [one for one in holder if one.get("name", "").startswith(PREFIX)]:
            holder.remove(element)
        if not len(holder):
            root.remove(holder)
    package = book.package
    doomed: Sequence[str] = package.related(book.part, "vbaProject")
    records = [one for one in package.related(book.part, "customXml") if _RECORD.encode() in package.blob(one)]
    for part in [*doomed, *records]:
        package.unrelate(book.part, part)
        package.remove(part)
    kind = package.content_type(book.part)
    if kind in _MACRO_FREE and target.suffix.lower() in (".xlsx", ".xltx"):
        package.set_content_type(book.part, _MACRO_FREE[kind])
    package.touch(book.part)
    return book.to_bytes()
