"""An annotated copy -> the workbook without our additions, every part as it was. Read `strip`.

A copy nobody touched gives the original itself. In one the unit has worked in, what we added is taken back by the
inverse edits, and each part that then means what the original's part means gets the original's very bytes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Finding
from thidua_xl.ooxml import Workbook, Worksheet
from thidua_xl.ooxml.extents import narrow
from thidua_xl.ooxml.front import (
    drop_hyperlinks,
    says_style,
    set_style,
    show_as,
    spell_views_as,
    style_of,
    styled_cells,
    take_out,
)
from thidua_xl.ooxml.note_removal import drop_note, restore_note, shorten_note
from thidua_xl.ooxml.package import Package
from thidua_xl.refs import cell_name
from thidua_xl.report.mend_sheet import HEADING_ROW, KEY_COLUMN, MARKER, MARKS, is_usual_name

_TYPES = "[Content_Types].xml"
_KIND = re.compile(rb"""<((?:\w+:)?shapetype)\b[^>]*?\sid=["']([^"']*)["'][^>]*>.*?</\1\s*>""", re.DOTALL)
_OF_KIND = re.compile(rb"""\stype=["']#([^"']*)["']""")
_NAMESPACE = re.compile(rb"""\sxmlns:\w+=["'][^"']*["']""")
_USED = re.compile(rb"""\s(?:s|style)=["']([0-9]+)["']""")


def strip(original: bytes, sent: bytes, returned: bytes, findings: Sequence[Finding], file: str = "") -> bytes:
    """The returned copy without our additions. `original` is what the unit had handed in, `sent` what it was sent.

    Raises `EditRefused` when the returned file cannot be edited.
    """
    if returned == sent:
        return original
    first = Workbook.from_bytes(original, file, read_only=True)
    book = Workbook.from_bytes(returned, file)
    as_sent = Workbook.from_bytes(sent, file, read_only=True)
    ours = [name for name in book.sheetnames if is_usual_name(name) and name not in first.sheetnames]
    known = {entry.name for entry in book.entries if book.is_worksheet(entry)} & set(first.sheetnames)
    for name in sorted({one.sheet for one in findings if one.sheet in known}):
        cells = [one for one in findings if one.sheet == name and one.cell]
        _clean_sheet(book[name], first[name], as_sent[name], cells, frozenset(ours))
    is_shown = any(book.entries[book.active_index].name == name for name in ours)
    for name in ours:
        take_out(book, name)
    if is_shown:
        show_as(book, first)
    spell_views_as(book, first)
    return _with_own_parts(book.to_bytes(), original, sent, file)


def origin_of(content: bytes, file: str = "") -> str:
    """The beginning of the SHA-256 of the file that a copy was made from, "" when the copy does not say it."""
    try:
        book = Workbook.from_bytes(content, file, read_only=True)
    except EditRefused:
        return ""
    for name in filter(is_usual_name, book.sheetnames):
        for row in range(1, HEADING_ROW + 6):
            for column in range(1, KEY_COLUMN + 3):
                value = book[name].get(cell_name(row, column))
                if isinstance(value, str) and value.startswith(MARKER + ":"):
                    return value.removeprefix(MARKER + ":")
    return ""


def _clean_sheet(
    sheet: Worksheet, first: Worksheet, sent: Worksheet, findings: Sequence[Finding], ours: frozenset[str]
) -> None:
    """Take colours, notes and links back, wherever rows that the unit inserted have moved them."""
    cells = dict.fromkeys(one.cell for one in findings)
    if _part_of(sheet.book, "styles") == _part_of(sent.book, "styles") != b"":
        # Formats still carry the numbers they were sent with: each of ours is told by its number.
        own_formats = first.book.styles.count
        moved_from = {style_of(sent, cell): cell for cell in cells}
        for ref, style in styled_cells(sheet):
            # A format that the file itself had is ours only in the cells we marked.
            if style in moved_from and (ref in cells or style >= own_formats):
                source = ref if ref in cells else moved_from[style]
                set_style(sheet, ref, style_of(first, source), said=says_style(first, source))
    else:
        # Another program numbered the formats anew: only the colour is ours to take back.
        styles = sheet.book.styles
        for ref, style in styled_cells(sheet):
            before = style_of(first, ref) or 0
            if _is_ours(styles.fill_color(style)) and not _is_ours(first.book.styles.fill_color(before)):
                set_style(sheet, ref, styles.with_fill_of(style, first.book.styles, before))
    _clean_notes(sheet, first, sent, findings)
    usual = {say("mend.sheet", language) for language in LANGUAGES}
    drop_hyperlinks(sheet, ours | (usual - set(first.book.sheetnames)))
    narrow(sheet, first)


def _clean_notes(sheet: Worksheet, first: Worksheet, sent: Worksheet, findings: Sequence[Finding]) -> None:
    """Take our text out of the notes: what stood there before and what the unit wrote below stay."""
    earlier, asked = first.notes, sent.notes
    for ref, text in list(sheet.notes.items()):
        about = next((one.cell for one in findings if text_is_about(text, one)), None)
        if about is None:
            continue
        before, ours = earlier.get(about), asked.get(about, "")
        added = text.removeprefix(ours).strip() if ours and text.startswith(ours) else ""
        if added:
            shorten_note(sheet, ref, f"{before}\n{added}" if before else added)
        elif before is None:
            drop_note(sheet, ref)
        else:
            restore_note(sheet, ref, first, about)


def text_is_about(note: str, finding: Finding) -> bool:
    """Whether a note speaks of a finding, as our notes do."""
    return f"[{finding.code}]" in note and (finding.message in note or finding.message_en in note)


def _is_ours(color: str) -> bool:
    return color[-6:] in MARKS.values()


def _plain_drawing(content: bytes) -> bytes:
    """A VML drawing, often no XML, without kinds of shape that no shape is of and without names for namespaces."""
    used = {found[1] for found in _OF_KIND.finditer(content)}
    named = _KIND.sub(lambda found: found[0] if found[2] in used else b"", content)
    end = named.find(b">", named.find(b"<xml")) + 1
    return _NAMESPACE.sub(b"", named[:end]) + named[end:]


def _with_own_parts(content: bytes, original: bytes, sent: bytes, file: str) -> bytes:
    """Each part that is as it was sent, or means what the original's means, with the original's bytes."""
    result, first, asked = Package(content, file), Package(original, file), Package(sent, file)
    known = set(first.names)
    kinds = _kinds_by_extension(result)
    _drop_unused_types(result, first, kinds)
    for name in result.names:
        if name not in known:
            if name.endswith(".rels") and not len(result.root(name)):
                result.remove(name)
            continue
        own, now = first.blob(name), result.blob(name)
        if own == now:
            continue
        was_sent = name in set(asked.names) and asked.blob(name) == now
        if (
            was_sent
            or _means(own, kinds) == _means(now, kinds)
            or (_is_only_longer(name, own, now) and _uses_only(result, own))
            or (name.lower().endswith(".vml") and _plain_drawing(own) == _plain_drawing(now))
        ):
            result.replace(name, own)
    return result.to_bytes()


def _kinds_by_extension(package: Package) -> frozenset[str]:
    """The extensions of the parts whose content type follows from their extension."""
    types = package.root(_TYPES)
    named = {child.get("PartName", "").lower() for child in types}
    return frozenset(name.rpartition(".")[2].lower() for name in package.names if f"/{name.lower()}" not in named)


def _drop_unused_types(result: Package, first: Package, kinds: Container[str]) -> None:
    """Take back the content types of extensions that the original did not name and no part has any more."""
    known = {child.get("Extension", "").lower() for child in first.root(_TYPES)}
    for child in list(result.root(_TYPES)):
        extension = child.get("Extension", "").lower()
        if extension and extension not in known and extension not in kinds:
            result.root(_TYPES).remove(child)
            result.touch(_TYPES)


def _is_only_longer(name: str, own: bytes, now: bytes) -> bool:
    """Whether a style sheet only has formats beyond those of the original, which nothing uses any more."""
    if not name.endswith("styles.xml"):
        return False
    before, after = _tree(own), _tree(now)
    if before is None or after is None or len(before) > len(after):
        return False
    sections = {child.tag: child for child in after}
    for child in before:
        other = sections.get(child.tag)
        if other is None or len(other) < len(child):
            return False
        if any(_canonical(one) != _canonical(two) for one, two in zip(child, other, strict=False)):
            return False
    return True


def _uses_only(package: Package, styles: bytes) -> bool:
    """Whether no sheet uses a format beyond those of a style sheet."""
    tree = _tree(styles)
    sections = [child for child in tree if etree.QName(child).localname == "cellXfs"] if tree is not None else []
    count = len(sections[0]) if sections else 0
    sheets = [name for name in package.names if "/worksheets/" in name and name.endswith(".xml")]
    return all(int(found[1]) < count for name in sheets for found in _USED.finditer(package.blob(name)))


def _means(content: bytes, kinds: Container[str] | None = None) -> bytes:
    """What a part says, in one spelling. Lists without an order (types, relationships) are sorted.

    With `kinds`, content types of extensions that no part has do not count.
    """
    tree = _tree(content)
    if tree is None:
        return content
    if etree.QName(tree).localname not in ("Types", "Relationships"):
        return _canonical(tree)
    return b"\n".join(
        sorted(
            _canonical(child)
            for child in tree
            if kinds is None or "Extension" not in child.attrib or child.get("Extension", "").lower() in kinds
        )
    )


def _tree(content: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def _canonical(element: etree._Element) -> bytes:
    return bytes(etree.tostring(element, method="c14n", with_tail=False))


def _part_of(book: Workbook, kind: str) -> bytes:
    found: Iterable[str] = book.package.related(book.part, kind)
    return next((book.package.blob(name) for name in found), b"")
