"""Hyperlinks, validations, conditional formats and defined names added to a workbook.

Read `add_hyperlink`, `add_validation`, `add_conditional_format`, `define_name`. What is there already stays.
Source: ECMA-376 Part 1, 18.3.1.47 (hyperlink), 18.3.1.32 (dataValidation), 18.3.1.18 (conditionalFormatting),
18.2.5 (definedName).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.formula.references import references
from thidua_xl.ooxml.cellxml import encode
from thidua_xl.ooxml.markup import local_name, namespace, whole_number
from thidua_xl.ooxml.mover import areas_of
from thidua_xl.ooxml.order import WORKBOOK, WORKSHEET, ensure, missing_prefix, put
from thidua_xl.refs import Area

if TYPE_CHECKING:
    from thidua_xl.ooxml.sheet import Worksheet
    from thidua_xl.ooxml.workbook import Workbook

_NAME = re.compile(r"(?:[^\W\d]|\\)[\w.\\?]{0,254}\Z")
_LIST_LIMIT = 255  # characters of a list written into the rule itself
_MESSAGE_LIMITS = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule for what may be typed. `kind`: list, whole, decimal, date, time, textLength or custom.

    `operator` as in the file format (`between`, `greaterThan`, ...), `formula1`, `formula2` without `=`.
    `style` is stop, warning or information. Titles and messages are shown by Excel.
    """

    kind: str
    formula1: str
    formula2: str = ""
    operator: str = ""
    allow_blank: bool = True
    style: str = "stop"
    error_title: str = ""
    error: str = ""
    prompt_title: str = ""
    prompt: str = ""


def add_hyperlink(sheet: Worksheet, ref: str, target: str, location: str, tip: str) -> None:
    """Link a cell to an address (`target`) or a place in this workbook (`location`, as `'Biểu 1'!A1`)."""
    book = sheet.book
    _text(sheet, ref, target, location, tip)
    holder = ensure(sheet.xml.root, "hyperlinks", WORKSHEET)
    for child in list(holder):
        if child.get("ref") in (ref, ref.partition(":")[0]):
            holder.remove(child)
    prefixes = missing_prefix(holder, sheet.book.relation_namespace)
    element = etree.SubElement(holder, f"{{{namespace(holder)}}}hyperlink", ref=ref, nsmap=prefixes)
    if target:
        key = book.package.relate(sheet.xml.part, book.relation("hyperlink"), target, external=True)
        element.set(f"{{{book.relation_namespace}}}id", key)
    if location:
        element.set("location", location)
    if tip:
        element.set("tooltip", tip)
    sheet.xml.touch()


def add_validation(sheet: Worksheet, areas: str, rule: Validation) -> None:
    """Hold a rule over areas (`B2:B9 D2:D9`); cells among them that had another rule get this one instead.

    EditRefused for texts longer than Excel takes.
    """
    covered = _areas(sheet, areas)
    texts = {
        "promptTitle": rule.prompt_title, "prompt": rule.prompt, "errorTitle": rule.error_title, "error": rule.error
    }  # fmt: skip
    _text(sheet, areas, rule.formula1, rule.formula2, *texts.values())
    too_long = any(len(text) > _MESSAGE_LIMITS[name] for name, text in texts.items())
    if too_long or (rule.formula1.startswith('"') and len(rule.formula1) > _LIST_LIMIT + 2):
        raise EditRefused("edit.text_too_long", file=sheet.book.file, sheet=sheet.name, cell=areas)
    holder = ensure(sheet.xml.root, "dataValidations", WORKSHEET)
    for other in list(holder):
        _uncover(other, covered)
    ns = f"{{{namespace(holder)}}}"
    element = etree.SubElement(holder, ns + "dataValidation", type=rule.kind, sqref=" ".join(map(str, covered)))
    if rule.operator:
        element.set("operator", rule.operator)
    if rule.style != "stop":
        element.set("errorStyle", rule.style)
    if rule.allow_blank:
        element.set("allowBlank", "1")
    if rule.prompt or rule.prompt_title:
        element.set("showInputMessage", "1")
    element.set("showErrorMessage", "1")
    for name, text in texts.items():
        if text:
            element.set(name, text)
    etree.SubElement(element, ns + "formula1").text = rule.formula1
    if rule.formula2:
        etree.SubElement(element, ns + "formula2").text = rule.formula2
    holder.set("count", str(len(holder)))
    sheet.xml.touch()


def add_conditional_format(sheet: Worksheet, areas: str, formula: str, fill: str, font: str) -> None:
    """Colour the cells of areas for which a formula, written for the first of them, is true.

    `fill`, `font` are colours (`FFC7CE`), "" for none.
    """
    covered = _areas(sheet, areas)
    _text(sheet, areas, formula)
    inner = f'<font><color rgb="FF{font}"/></font>' if font else ""
    if fill:
        inner += f'<fill><patternFill patternType="solid"><bgColor rgb="FF{fill}"/></patternFill></fill>'
    format_id = sheet.book.styles.add_differential(inner)
    last = max(
        (whole_number(rule, "priority") for rule in sheet.xml.root.iter() if local_name(rule) == "cfRule"), default=0
    )
    element = put(sheet.xml.root, "conditionalFormatting", WORKSHEET, {"sqref": " ".join(map(str, covered))})
    ns = f"{{{namespace(element)}}}"
    rule = etree.SubElement(element, ns + "cfRule", type="expression", dxfId=str(format_id), priority=str(last + 1))
    etree.SubElement(rule, ns + "formula").text = formula.removeprefix("=")
    sheet.xml.touch()


def define_name(book: Workbook, name: str, text: str, sheet: str) -> None:
    """Define a name for the workbook, or for one sheet; one of that name is given the new text."""
    odd = not _NAME.match(name) or _is_reference(name) or name.upper() in ("R", "C")
    if odd and not name.startswith("_xlnm."):
        raise EditRefused("edit.bad_name", file=book.file, sheet=sheet, cell="", name=name)
    root = book.package.root(book.part)
    holder = ensure(root, "definedNames", WORKBOOK)
    place = str(book.sheetnames.index(sheet)) if sheet else None
    for element in holder:
        if element.get("name", "").casefold() == name.casefold() and element.get("localSheetId") == place:
            element.text = text.removeprefix("=")
            break
    else:
        element = etree.SubElement(holder, f"{{{namespace(root)}}}definedName", name=name)
        if place is not None:
            element.set("localSheetId", place)
        element.text = text.removeprefix("=")
    book.package.touch(book.part)
    if not name.startswith("_xlnm."):
        # What is printed or filtered is no business of any formula; results need not be worked out anew.
        book.changes.names.add(name.casefold())


def _is_reference(name: str) -> bool:
    return any(found.start == 0 and found.end == len(name) for found in references(name))


def _areas(sheet: Worksheet, areas: str) -> list[Area]:
    covered = areas_of(areas)
    if not covered or len(covered) != len(areas.split()):
        raise EditRefused("edit.no_such_cell", file=sheet.book.file, sheet=sheet.name, cell=areas)
    return covered


def _text(sheet: Worksheet, ref: str, *texts: str) -> None:
    for text in texts:
        try:
            encode(text, False)
        except ValueError as problem:
            raise EditRefused(f"edit.{problem}", file=sheet.book.file, sheet=sheet.name, cell=ref) from problem


def _uncover(rule: etree._Element, covered: list[Area]) -> None:
    """Take areas out of an existing rule; it goes when nothing is left. Rules must not overlap."""
    left = areas_of(rule.get("sqref"))
    for area in covered:
        left = [piece for old in left for piece in _without(old, area)]
    parent = rule.getparent()
    if not left and parent is not None and areas_of(rule.get("sqref")):
        parent.remove(rule)
    elif left != areas_of(rule.get("sqref")):
        rule.set("sqref", " ".join(map(str, left)))


def _without(old: Area, hole: Area) -> list[Area]:
    if not old.overlaps(hole):
        return [old]
    pieces = []
    if old.top < hole.top:
        pieces.append(Area(old.top, old.left, hole.top - 1, old.right))
    if hole.bottom < old.bottom:
        pieces.append(Area(hole.bottom + 1, old.left, old.bottom, old.right))
    top, bottom = max(old.top, hole.top), min(old.bottom, hole.bottom)
    if old.left < hole.left:
        pieces.append(Area(top, old.left, bottom, hole.left - 1))
    if hole.right < old.right:
        pieces.append(Area(top, hole.right + 1, bottom, old.right))
    return pieces
