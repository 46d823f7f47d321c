"""An existing workbook, edited without losing anything. Read `Workbook`, then `sheet.Worksheet`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from thidua_xl.errors import EditRefused
from thidua_xl.formula.references import references
from thidua_xl.formula.shift import Shift
from thidua_xl.model import Value
from thidua_xl.ooxml import additions, calculation, macros, properties
from thidua_xl.ooxml.cellset import CellSet
from thidua_xl.ooxml.copies import copy_sheet
from thidua_xl.ooxml.markup import (
    MAIN_STRICT,
    RELATIONS,
    RELATIONS_STRICT,
    Element,
    is_true,
    is_utf8,
    local_name,
    namespace,
    whole_number,
)
from thidua_xl.ooxml.newsheets import add_sheet
from thidua_xl.ooxml.package import Package
from thidua_xl.ooxml.selfcheck import check_package
from thidua_xl.ooxml.sheet import Worksheet
from thidua_xl.ooxml.store import refuse_no_file, replace_file
from thidua_xl.ooxml.strings import SharedStrings
from thidua_xl.ooxml.styles import Styles
from thidua_xl.refs import Area

_WORKSHEET_KINDS = ("worksheet", "xlMacrosheet", "xlIntlMacrosheet")
_FORMULA = re.compile(rb"<(?:[\w.\-]+:)?f[\s/>]")
_SHEETS = re.compile(rb":[^<>!:()+*/,;=]{1,64}!")
MAX_FILE = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A line of the workbook's sheet list. `kind` is the kind of its relationship (`worksheet`, `chartsheet`)."""

    name: str
    part: str
    kind: str
    is_visible: bool
    id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should look at after an edit; `code` is a key of `messages` (`editor.notice.<code>`)."""

    code: str
    sheet: str = ""
    cell: str = ""


class Workbook:
    """A workbook file held in memory with the edits made to it so far. Made by `Workbook.open`."""

    def __init__(self, content: bytes, file: str, *, drop_signatures: bool = False, read_only: bool = False) -> None:
        self.file = file
        self.package = Package(content, file)
        self.part = self._find_workbook()
        if not read_only:
            self._refuse_what_cannot_be_edited(drop_signatures)
        self.entries: list[SheetEntry] = []
        self.read_entries()
        self._sheets: dict[str, Worksheet] = {}
        self.styles = Styles(self.package, self.part)
        self.strings = SharedStrings(self.package, self.part)
        self.changes = calculation.Changes()
        self.formulas_changed = False
        # Locked cells may be written where no password holds their sheet; the sheet stays protected.
        self.lifts_protection = False
        self.notices: list[Notice] = []
        self._is_half_done = False
        self._is_sound = False
        self._read_from: Path | None = None
        self._read_state: tuple[int, int] = (0, 0)

    @classmethod
    def open(cls, path: str | Path, *, drop_signatures: bool = False) -> Workbook:
        """The workbook in a file (.xlsx, .xlsm, .xltx, .xltm). EditRefused when it cannot be edited safely."""
        place = Path(path)
        try:
            refuse_no_file(place)
            if place.stat().st_size > MAX_FILE:
                raise EditRefused("edit.too_big", file=str(place))
            content = place.read_bytes()
        except FileNotFoundError as problem:
            raise EditRefused("input.missing", file=str(place)) from problem
        except OSError as problem:
            raise EditRefused("edit.unreadable", file=str(place), detail=problem.strerror or "") from problem
        book = cls(content, str(place), drop_signatures=drop_signatures)
        book._read_from, book._read_state = place, _state(place)
        return book

    @classmethod
    def from_bytes(cls, content: bytes, file: str = "", *, read_only: bool = False) -> Workbook:
        """The workbook in a byte string; `file` is the name to show. `read_only` takes signed ones as well."""
        return cls(content, file, read_only=read_only)

    @property
    def sheetnames(self) -> list[str]:
        """The names of all sheets, chart sheets among them, in order."""
        return [entry.name for entry in self.entries]

    def __getitem__(self, name: str) -> Worksheet:
        """The worksheet of that name; EditRefused when there is none or it has no cells."""
        if name not in self._sheets:
            entry = next((entry for entry in self.entries if entry.name == name), None)
            if entry is None:
                folded = name.casefold()
                entry = next((entry for entry in self.entries if entry.name.casefold() == folded), None)
            if entry is None:
                raise EditRefused("edit.no_such_sheet", file=self.file, sheet=name, sheets=", ".join(self.sheetnames))
            if entry.kind not in _WORKSHEET_KINDS or not entry.part:
                raise EditRefused("edit.not_a_worksheet", file=self.file, sheet=name)
            if entry.name not in self._sheets:
                self._sheets[entry.name] = Worksheet(self, entry.name, entry.part)
            return self._sheets[entry.name]
        return self._sheets[name]

    @property
    def defined_names(self) -> Mapping[str, str]:
        """Defined names and their texts; a name of one sheet only is `Sheet!name`."""
        names = {}
        for element in self.name_elements():
            home = self.name_home(element)
            name = element.get("name", "")
            names[f"{home}!{name}" if home else name] = element.text or ""
        return names

    def name_area(self, name: str) -> tuple[str, Area] | None:
        """(sheet, area) that a defined name stands for; None when there is no such name or it is no single area."""
        folded = name.casefold()
        if "!" in name:
            text = next((text for key, text in self.defined_names.items() if key.casefold() == folded), None)
        else:
            named = (one for one in self.name_elements() if one.get("name", "").casefold() == folded)
            text = next((one.text or "" for one in named if not self.name_home(one)), None)
        return None if text is None else self.area_of(text)

    def area_of(self, text: str) -> tuple[str, Area] | None:
        """(sheet, area) that the text of a defined name stands for; None when it is no single area of this workbook."""
        found = list(references(text.removeprefix("=")))
        if len(found) != 1 or found[0].external or found[0].is_3d or not found[0].sheet:
            return None
        if found[0].start != 0 or found[0].end != len(text.removeprefix("=")):
            return None
        wanted = found[0].sheet.casefold()
        sheet = next((entry.name for entry in self.entries if entry.name.casefold() == wanted), None)
        return None if sheet is None else (sheet, found[0].area)

    def add_sheet(
        self, name: str, rows: Iterable[Sequence[Value]] = (), *, widths: Sequence[float] = (), is_visible: bool = True
    ) -> Worksheet:
        """Add a worksheet at the end. `rows` are written from A1 on, `widths` are column widths in characters.

        EditRefused when the name is in use or Excel does not take it.
        """
        add_sheet(self, name, rows, widths, is_visible)
        return self[name]

    def add_listing(
        self, name: str, rows: Iterable[Sequence[Value]], *, widths: Sequence[float] = (), is_visible: bool = True
    ) -> None:
        """The same for a sheet of very many rows that nobody edits further: it is not taken apart again."""
        add_sheet(self, name, rows, widths, is_visible)

    def sheet_blob(self, entry: SheetEntry) -> bytes:
        """The XML of a worksheet as it is now."""
        sheet = self._sheets.get(entry.name)
        return sheet.xml.blob() if sheet is not None and sheet.xml.is_changed else self.package.blob(entry.part)

    def hide_sheet(self, name: str) -> None:
        """Hide a sheet: it stays in the workbook and is not printed."""
        for child in self.package.root(self.part):
            for sheet in child if local_name(child) == "sheets" else ():
                if sheet.get("name") == name:
                    sheet.set("state", "hidden")
                    self.package.touch(self.part)
        self.read_entries()

    def copy_sheet(self, source: str, name: str) -> Worksheet:
        """Add a copy of a worksheet at the end, under a new name."""
        return copy_sheet(self[source], name)

    def define_name(self, name: str, text: str, sheet: str = "") -> None:
        """Define a name (`TD_S05` for `'Biểu 05'!$A$2:$C$9`), for one sheet only when `sheet` is given."""
        additions.define_name(self, name, text, sheet)

    @property
    def custom_properties(self) -> Mapping[str, str]:
        """The custom document properties, as text."""
        return properties.custom_properties(self)

    def set_custom_property(self, name: str, value: str) -> None:
        """Set a custom document property."""
        properties.set_custom_property(self, name, value)

    @property
    def has_vba_project(self) -> bool:
        """Whether the workbook holds macros."""
        return macros.has_vba_project(self)

    def code_names(self) -> Mapping[str, str]:
        """Give every sheet and the workbook a code name, as VBA needs; sheet name -> code name, `""` the workbook."""
        return macros.give_code_names(self)

    def add_vba_project(self, project: bytes) -> None:
        """Put a `vbaProject.bin` in; save the workbook as .xlsm. EditRefused when it has macros of its own."""
        macros.add_vba_project(self, project)

    def is_worksheet(self, entry: SheetEntry) -> bool:
        """Whether a line of the sheet list is a sheet with cells."""
        return entry.kind in _WORKSHEET_KINDS and bool(entry.part)

    def relation(self, kind: str) -> str:
        """The type of a relationship (`worksheet`) as this workbook writes it, transitional or strict."""
        return f"{self.relation_namespace}/{kind}"

    @property
    def relation_namespace(self) -> str:
        """The namespace of `r:id`, transitional or strict."""
        return RELATIONS_STRICT if namespace(self.package.root(self.part)) == MAIN_STRICT else RELATIONS

    @cached_property
    def is_1904(self) -> bool:
        """Whether dates count from 1904 (old Mac workbooks); no edit changes it."""
        for child in self.package.root(self.part):
            if local_name(child) == "workbookPr":
                return is_true(child.get("date1904"))
        return False

    def to_bytes(self) -> bytes:
        """The edited workbook; the very bytes it was opened from when nothing was edited."""
        if self._is_half_done:
            raise EditRefused("edit.half_done", file=self.file)
        calculation.settle(self)
        parts = {sheet.xml.part: sheet.xml.blob for sheet in self._sheets.values() if sheet.xml.is_changed}
        if (parts or self.package.is_changed) and not self._is_sound:
            self.package.archive.check()  # damage anywhere would be carried into the new file
            self._is_sound = True
        return self.package.to_bytes(parts)

    def save(self, path: str | Path, put: Callable[[Path, bytes], None] = replace_file) -> None:
        """Write the workbook to a file in one step (by `put`); the file it was opened from is allowed.

        Before that it is opened again and looked through. EditRefused `edit.changed_since_read` when the file was
        changed by somebody since it was opened; `edit.target_open` or `edit.target_held` when another
        program holds it: the workbook then lies beside it under a dated name (`saved_as`).
        """
        target = Path(path)
        content = self.to_bytes()
        if content != self.package.archive.content:
            check_package(self.package.archive.content, content, self.file or str(target), self.package.packed_names)
        if self._read_from is not None and target.exists() and target.resolve() == self._read_from.resolve():
            self._refuse_if_changed(target)
        put(target, content)
        if self._read_from is not None and target.resolve() == self._read_from.resolve():
            self._read_state = _state(target)

    def note_change(self, sheet: str, row: int, column: int) -> None:
        """Remember that a cell has a new value, so that what depends on it is not left stale."""
        cells = self.changes.cells.get(sheet)
        if cells is None:
            cells = self.changes.cells[sheet] = CellSet()
        cells.add((row, column))
        self.changes.fresh.discard((sheet, row, column))

    def note_formula(self, sheet: str, row: int, column: int, *, has_result: bool) -> None:
        """Remember a new formula; with a result of its own it is not stale."""
        self.note_change(sheet, row, column)
        self.formulas_changed = True
        if has_result:
            self.changes.fresh.add((sheet, row, column))
        else:
            self.changes.stale.setdefault(sheet, set()).add((row, column))

    def note_grown(self, name: str, shift: Shift) -> None:
        """Remember that a defined name or a table stands for more or fewer cells than before."""
        (self.changes.grown if shift.count > 0 else self.changes.names).add(name.casefold())

    def note_stale(self, sheet: str, places: set[tuple[int, int]]) -> None:
        """Remember formulas whose stored result may no longer be right."""
        if places:
            self.changes.stale.setdefault(sheet, set()).update(places)

    def warn(self, code: str, sheet: str = "", cell: str = "") -> None:
        """Add a notice, once of a kind."""
        if all(notice.code != code for notice in self.notices):
            self.notices.append(Notice(code, sheet, cell))

    def note_shift(self, shift: Shift) -> None:
        """Move what is remembered about changed cells along with the cells."""
        self.formulas_changed = True
        self.changes.move(shift)

    def sheets_that_may_name(self, name: str) -> Iterator[Worksheet]:
        """The worksheets whose XML may hold a reference to a sheet.

        That is itself, those that spell its name, and those with references over several sheets (`S1:S9!A1`).
        """
        probe = self.probe(name)
        for entry in self.entries:
            if entry.kind not in _WORKSHEET_KINDS or not entry.part:
                continue
            if entry.name == name or self._spells(entry, probe) or self._spans_sheets(entry):
                yield self[entry.name]

    def _spans_sheets(self, entry: SheetEntry) -> bool:
        """Whether the XML of a worksheet may hold a reference over several sheets, which spells only two of them."""
        sheet = self._sheets.get(entry.name)
        if sheet is not None:
            rows = sheet.xml.rows
            return rows.remember("spans", lambda: rows.may_match(_may_span))
        return not self.package.is_packed(entry.part) and _may_span(self.package.blob(entry.part))

    def _spells(self, entry: SheetEntry, probe: bytes) -> bool:
        """Whether the XML of a worksheet holds a lower-case piece of text, in any case."""
        sheet = self._sheets.get(entry.name)
        return sheet.xml.spells(probe) if sheet is not None else self.may_spell(entry.part, probe)

    def may_spell(self, part: str, probe: bytes) -> bool:
        """Whether the XML of a part may hold a lower-case piece of plain text, in any case."""
        content = self.package.blob(part)
        return probe in content.lower() or not is_utf8(content)

    def sheets_with_formulas(self) -> Iterator[Worksheet]:
        """The worksheets that have formulas in cells (or may have, by a quick look)."""
        for entry in self.entries:
            if entry.kind not in _WORKSHEET_KINDS or not entry.part:
                continue
            is_listing = self.package.is_packed(entry.part)
            if entry.name in self._sheets or (not is_listing and _FORMULA.search(self.package.blob(entry.part))):
                yield self[entry.name]

    def probe(self, name: str) -> bytes:
        """The longest plain piece of a sheet name, lower case: every spelling of it in XML holds that piece."""
        pieces = re.findall(r"[a-z0-9]+", name.lower())
        return max(pieces, key=len, default="").encode()

    @property
    def active_index(self) -> int:
        """The 0-based place of the sheet that is shown first."""
        for child in self.package.root(self.part):
            if local_name(child) == "bookViews":
                for view in child:
                    return whole_number(view, "activeTab")
        return 0

    def sheet_id(self, name: str) -> str:
        """The number that the workbook gives a sheet (`sheetId`), "" when there is none."""
        return next((entry.id for entry in self.entries if entry.name == name), "")

    def name_elements(self) -> list[Element]:
        """The `definedName` elements."""
        for child in self.package.root(self.part):
            if local_name(child) == "definedNames":
                return list(child.iterchildren(f"{{{namespace(child)}}}definedName"))
        return []

    def name_home(self, element: Element) -> str:
        """The sheet to which a defined name is local, "" when it is the workbook's."""
        text = element.get("localSheetId", "")
        return self.entries[int(text)].name if text.isdigit() and int(text) < len(self.entries) else ""

    @contextmanager
    def half_done(self) -> Iterator[None]:
        """While inside, a failure leaves the workbook unfit to be saved."""
        self._is_half_done = True
        yield
        self._is_half_done = False

    def _refuse_if_changed(self, target: Path) -> None:
        if _state(target) == self._read_state:
            return
        if target.read_bytes() != self.package.archive.content:
            raise EditRefused("edit.changed_since_read", file=str(target))

    def _find_workbook(self) -> str:
        found = self.package.related("", "officeDocument")
        if not found:
            raise EditRefused("edit.not_a_workbook", file=self.file)
        root = self.package.root(found[0])
        if local_name(root) != "workbook":
            code = "edit.binary_workbook" if found[0].lower().endswith(".bin") else "edit.not_a_workbook"
            raise EditRefused(code, file=self.file)
        return found[0]

    def _refuse_what_cannot_be_edited(self, drop_signatures: bool) -> None:
        package = self.package
        arrows = package.relationships(self.part)
        if any(arrow.kind == "revisionHeaders" for arrow in arrows):
            raise EditRefused("edit.shared_workbook", file=self.file)
        origins = package.related("", "origin")
        if origins and not drop_signatures:
            raise EditRefused("edit.signed", file=self.file)
        for origin in origins:
            for signature in package.related(origin, "signature"):
                package.remove(signature)
            package.unrelate("", origin)
            package.remove(origin)

    def forget_sheet(self, name: str) -> None:
        """Forget a worksheet that was taken out."""
        self._sheets.pop(name, None)

    def read_entries(self) -> None:
        """Read the list of sheets anew, after one was added."""
        arrows = {arrow.id: arrow for arrow in self.package.relationships(self.part)}
        entries = []
        for child in self.package.root(self.part):
            if local_name(child) != "sheets":
                continue
            for sheet in child:
                key = sheet.get(f"{{{RELATIONS}}}id") or sheet.get(f"{{{RELATIONS_STRICT}}}id") or ""
                arrow = arrows.get(key)
                entries.append(
                    SheetEntry(
                        sheet.get("name", ""),
                        arrow.part if arrow else "",
                        arrow.kind if arrow else "",
                        sheet.get("state", "visible") == "visible",
                        sheet.get("sheetId", ""),
                    )
                )
        self.entries = entries


def _may_span(content: bytes) -> bool:
    return b"!" in content and _SHEETS.search(content) is not None


def _state(path: Path) -> tuple[int, int]:
    """Size and time of a file, to see whether somebody changed it."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns
