"""What differs between two workbooks: parts, and in worksheets cells, formulas, looks and other elements.

Read `compare`, then `Comparison`. Bytes are compared first; a part written otherwise but meaning the same XML is
`rewritten`, not `changed`. Sheets are matched by name, all other parts by their place in the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.ooxml.cellxml import CellXml, decode_text
from thidua_xl.ooxml.formulas import list_formulas
from thidua_xl.ooxml.markup import Element, local_name
from thidua_xl.ooxml.package import Package
from thidua_xl.ooxml.sheet import Worksheet
from thidua_xl.ooxml.store import refuse_no_file
from thidua_xl.ooxml.workbook import Workbook
from thidua_xl.refs import cell_name

_PLACES_OF_ROW = ("r", "spans")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs. `what` is `value`, `formula` or `style`; "" in `old` or `new`: there is none."""

    sheet: str
    cell: str
    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ElementChange:
    """Something of a worksheet beside its cells that differs: `what` is the element (`mergeCells`, `row 7`)."""

    sheet: str
    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two workbooks. Parts are named by their place in the package."""

    missing: tuple[str, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    rewritten: tuple[str, ...]
    identical: tuple[str, ...]
    cells: tuple[CellChange, ...]
    elements: tuple[ElementChange, ...]
    sheets_missing: tuple[str, ...]
    sheets_added: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether both workbooks mean the same."""
        return not (
            self.missing or self.added or self.changed or self.cells or self.elements
            or self.sheets_missing or self.sheets_added
        )  # fmt: skip


def compare(a: str | Path | bytes, b: str | Path | bytes) -> Comparison:
    """How workbook `b` differs from workbook `a` (paths or contents).

    EditRefused when one of them is no workbook, or damaged anywhere.
    """
    first, second = _opened(a, "A"), _opened(b, "B")
    first.package.archive.check()
    second.package.archive.check()
    names = {_folded(name): name for name in first.package.names}
    others = {_folded(name): name for name in second.package.names}
    common = [key for key in names if key in others]
    changed, rewritten, identical = [], [], []
    for key in common:
        old, new = first.package.blob(names[key]), second.package.blob(others[key])
        if old == new:
            identical.append(names[key])
        elif _means_the_same(first.package, names[key], second.package, others[key]):
            rewritten.append(names[key])
        else:
            changed.append(names[key])
    cells: list[CellChange] = []
    elements: list[ElementChange] = []
    sheets = [name for name in first.sheetnames if name in second.sheetnames]
    for name in sheets:
        if _is_same_sheet(first, second, name, frozenset(map(_folded, changed))):
            continue
        try:
            old_sheet, new_sheet = first[name], second[name]
        except EditRefused:
            continue  # a chart sheet: its parts are compared as such
        cells += _cell_changes(old_sheet, new_sheet)
        elements += _element_changes(old_sheet, new_sheet)
    return Comparison(
        tuple(names[key] for key in names if key not in others),
        tuple(others[key] for key in others if key not in names),
        tuple(changed),
        tuple(rewritten),
        tuple(identical),
        tuple(cells),
        tuple(elements),
        tuple(name for name in first.sheetnames if name not in second.sheetnames),
        tuple(name for name in second.sheetnames if name not in first.sheetnames),
    )


def _opened(source: str | Path | bytes, name: str) -> Workbook:
    if isinstance(source, bytes):
        return Workbook.from_bytes(source, name, read_only=True)
    try:
        refuse_no_file(Path(source))
        content = Path(source).read_bytes()
    except FileNotFoundError as problem:
        raise EditRefused("input.missing", file=str(source)) from problem
    except OSError as problem:
        raise EditRefused("edit.unreadable", file=str(source), detail=problem.strerror or "") from problem
    return Workbook.from_bytes(content, str(source), read_only=True)


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _means_the_same(one: Package, name: str, other: Package, other_name: str) -> bool:
    if not name.lower().endswith((".xml", ".rels")):
        return False
    try:
        return _canonical(one.root(name)) == _canonical(other.root(other_name))
    except EditRefused:
        return False


def _is_same_sheet(first: Workbook, second: Workbook, name: str, changed: frozenset[str]) -> bool:
    """Whether a sheet surely is as it was: its part, and what its cells point at, did not change."""
    old = next(entry.part for entry in first.entries if entry.name == name)
    new = next(entry.part for entry in second.entries if entry.name == name)
    shared = {
        _folded(part) for book in (first, second) for part in book.package.related(book.part, "sharedStrings", "styles")
    }
    return old == new and _folded(old) not in changed and not shared & changed


def _canonical(root: Element) -> bytes:
    content: bytes = etree.tostring(root, method="c14n", with_comments=False)
    return content


def _cell_changes(old: Worksheet, new: Worksheet) -> Iterator[CellChange]:
    before, after = dict(_cells(old)), dict(_cells(new))
    for place in sorted(before.keys() | after.keys()):
        one, two = before.get(place, ("", "", "")), after.get(place, ("", "", ""))
        for what, left, right in zip(("value", "formula", "style"), one, two, strict=True):
            if left != right:
                yield CellChange(old.name, cell_name(*place), what, left, right)


def _cells(sheet: Worksheet) -> Iterator[tuple[tuple[int, int], tuple[str, str, str]]]:
    """((row, column), (value, formula, style)) of every cell that has one of them."""
    rows = sheet.xml.rows
    formulas = {(found.row, found.column): _formula_text(found.formula.attributes, found.text)
                for found in list_formulas(rows)}  # fmt: skip
    for row in rows:
        for cell in rows.cells(row):
            parts = rows.reader.read(cell.raw)
            place = (row.number, cell.column)
            look = sheet.book.styles.described(parts.style) + _runs(sheet, parts, cell.raw)
            shown = (_value_text(sheet, parts), formulas.get(place, ""), look)
            if any(shown):
                yield place, shown


def _runs(sheet: Worksheet, cell: CellXml, raw: bytes) -> str:
    """How the pieces of a text look, one for each run of its own look; "" for a text of one look."""
    if cell.type == "s":
        return sheet.book.strings.look(cell.value)
    if cell.type == "inlineStr" and b"<" + sheet.xml.rows.prefix + b"rPr" in raw:
        return raw[raw.find(b">") + 1 :].decode("utf-8", "replace")
    return ""


def _formula_text(attributes: dict[str, str], text: str) -> str:
    kind = attributes.get("t", "")
    area = f" {{{attributes.get('ref', '')}}}" if kind in ("array", "dataTable") else ""
    return f"={text}{area}"


def _value_text(sheet: Worksheet, cell: CellXml) -> str:
    """Kind and stored text of a value; a shared text is the same as the one written into the cell."""
    if cell.value is None:
        return ""
    if cell.type == "s":
        return f"text {sheet.book.strings.text(cell.value) or ''}"
    if cell.type in ("inlineStr", "str"):
        return f"text {cell.value if cell.type == 'inlineStr' else decode_text(cell.value)}"
    return f"{cell.type} {cell.value}"


def _element_changes(old: Worksheet, new: Worksheet) -> Iterator[ElementChange]:
    before, after = _elements(old), _elements(new)
    for what in sorted(before.keys() | after.keys()):
        one, two = before.get(what, ""), after.get(what, "")
        if one != two:
            yield ElementChange(old.name, what, one, two)


def _elements(sheet: Worksheet) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in sheet.xml.root:
        name = local_name(child)
        if name and name not in ("sheetData", "dimension"):
            found[name] = found.get(name, "") + _canonical(child).decode()
    for row in sheet.xml.rows:
        attributes = sheet.xml.rows.attributes(row)
        shown = " ".join(f"{key}={attributes[key]}" for key in sorted(attributes) if key not in _PLACES_OF_ROW)
        if shown:
            found[f"row {row.number}"] = shown
    return found
