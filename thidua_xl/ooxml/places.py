"""Where a worksheet part holds references outside its cells, and how each follows inserted or deleted rows.

Read `move_sheet`. It knows every element of section 1 of `docs/analysis/places.md`; formulas of rules that cover
many cells are written for the first of them and keep their distance from it, as Excel keeps them.
Source: ECMA-376 Part 1, 18.3.1; [MS-XLSX] for the x14 extensions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from thidua_xl.formula.shift import Axis
from thidua_xl.ooxml.anchors import control_hold, move_anchor
from thidua_xl.ooxml.markup import XM, Element, local_name, namespace, whole_number
from thidua_xl.ooxml.mover import Mover, areas_of, set_attribute
from thidua_xl.ooxml.views import VIEWS
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area

_FORMULAS = frozenset(("formula", "formula1", "formula2"))
_NO_RULES = frozenset(("sqref", "extLst", "f", *(f"color{part}" for part in
    ("Series", "Negative", "Axis", "Markers", "First", "Last", "High", "Low"))))  # fmt: skip
_CONTAINERS = ("sparklines", "sparklineGroup", "mergeCells", "dataValidations", "hyperlinks", "conditionalFormatting",
               "rowBreaks", "colBreaks", "protectedRanges", "ignoredErrors", "cellWatches")  # fmt: skip
_NO_PLACES = frozenset(("rgb", "id", "uid", "name", "displayName", "caption"))
_ADDRESS = re.compile(r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}(?::\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6})?\Z")
_WHOLE = {Axis.ROW: MAX_ROW, Axis.COLUMN: MAX_COLUMN}


def move_sheet(root: Element, mover: Mover) -> bool:
    """Move every reference of a worksheet part (without its rows); whether anything changed.

    On another sheet than the edited one only formulas and links change.
    """
    changed = False
    elements = list(root.iter())
    were_empty = [element for element in elements if local_name(element) in _CONTAINERS and _is_empty(element)]
    for element in elements:
        name = local_name(element)
        if not name or (element.getparent() is None and element is not root):
            continue
        rule = _RULES.get(name)
        if rule is not None:
            changed |= rule(element, mover)
        elif namespace(element) == XM:
            changed |= _excel_main(element, mover)
    if mover.own:
        changed |= _after(root, were_empty)
    return changed


def unknown_reference(root: Element) -> str:
    """The name of an extension element that seems to hold a cell address but that nothing here moves; "" for none."""
    for holder in root.iter():
        if local_name(holder) != "extLst":
            continue
        for element in holder.iter():
            name = local_name(element)
            if not name or name in _RULES or namespace(element) == XM or "color" in name.lower():
                continue
            texts = [
                element.text or "",
                *(str(value) for key, value in element.attrib.items() if key not in _NO_PLACES),
            ]
            if any(_ADDRESS.match(text.strip()) for text in texts):
                return name
    return ""


def covered_by(element: Element) -> list[Area]:
    """The areas that a conditional format or a validation covers, classic or x14."""
    if element.get("sqref") is not None:
        return areas_of(element.get("sqref"))
    for child in element:
        if local_name(child) == "sqref":
            return areas_of(child.text)
    return []


def _remove(element: Element) -> bool:
    parent = element.getparent()
    if parent is None:
        return False
    # The text behind an element belongs to it in lxml; whitespace only here.
    parent.remove(element)
    return True


def _area_attribute(element: Element, mover: Mover, name: str = "ref") -> bool:
    """An element that stands for an area and vanishes with it."""
    text = element.get(name)
    if text is None or not mover.own:
        return False
    moved = mover.area(text)
    return _remove(element) if moved is None or moved == "#REF!" else set_attribute(element, name, moved)


def _areas_attribute(element: Element, mover: Mover, name: str = "sqref") -> bool:
    text = element.get(name)
    if text is None or not mover.own:
        return False
    moved = mover.areas(text)
    return set_attribute(element, name, moved) if moved else _remove(element)


def _merge(element: Element, mover: Mover) -> bool:
    changed = _area_attribute(element, mover)
    if changed and element.getparent() is not None and ":" not in element.get("ref", ""):
        _remove(element)
    text = element.get("ref", "")
    first, _, last = text.partition(":")
    if changed and element.getparent() is not None and first == last:
        _remove(element)
    return changed


def _rule_container(element: Element, mover: Mover) -> bool:
    """A conditional format or a data validation: its formulas first, while the old areas are still known."""
    covered = covered_by(element)
    changed = False
    for part in element.iter():
        name = local_name(part)
        is_formula = name in _FORMULAS or (name == "f" and namespace(part) == XM)
        if is_formula and len(part) == 0 and part.text:
            moved = mover.rule_formula(part.text, covered)
            if moved != part.text:
                part.text, changed = moved, True
        elif name == "cfvo" and part.get("type") == "formula" and part.get("val"):
            changed |= set_attribute(part, "val", mover.rule_formula(part.get("val", ""), covered))
    return changed | _move_cover(element, mover)


def _move_cover(element: Element, mover: Mover) -> bool:
    if element.get("sqref") is not None:
        return _areas_attribute(element, mover)
    for child in element:
        if local_name(child) == "sqref" and mover.own and child.text:
            moved = mover.areas(child.text)
            if not moved:
                return _remove(element)
            if moved != child.text:
                child.text = moved
                return True
    return False


def _sparkline(element: Element, mover: Mover) -> bool:
    changed = False
    for child in list(element):
        name = local_name(child)
        if name == "f" and child.text:
            moved = mover.formula(child.text)
            changed |= moved != child.text
            child.text = moved
    return changed | _move_cover(element, mover)


def _sparkline_group(element: Element, mover: Mover) -> bool:
    """Only the date axis, which is a direct child; the sparklines are asked on their own."""
    changed = False
    for child in element:
        if local_name(child) == "f" and child.text:
            moved = mover.formula(child.text)
            changed |= moved != child.text
            child.text = moved
    return changed


def _excel_main(element: Element, mover: Mover) -> bool:
    """An `xm:f`, `xm:sqref` or `xm:ref` of an extension that has no rule of its own."""
    parent = element.getparent()
    while parent is not None:
        if local_name(parent) in _RULES:
            return False
        parent = parent.getparent()
    text = element.text or ""
    if local_name(element) == "f":
        moved = mover.formula(text)
    elif mover.own:
        moved = mover.areas(text)
    else:
        return False
    if moved == text or not moved:
        return False
    element.text = moved
    return True


def _hyperlink(element: Element, mover: Mover) -> bool:
    changed = False
    location = element.get("location")
    if location:
        changed |= set_attribute(element, "location", mover.location(location))
    return changed | _area_attribute(element, mover)


def move_filter(element: Element, mover: Mover) -> bool:
    """An autofilter: its area, and the columns in it, which count from its left edge."""
    text = element.get("ref")
    if text is None or not mover.own:
        return False
    old = areas_of(text)
    moved = mover.area(text)
    if moved is None or moved == "#REF!":
        return _remove(element)
    if moved == text:
        return False
    element.set("ref", moved)
    new = areas_of(moved)
    if mover.shift.axis is Axis.COLUMN and old and new:
        for column in [child for child in element if local_name(child) == "filterColumn"]:
            place = mover.shift.point(old[0].left + whole_number(column, "colId"))
            if place is None:
                element.remove(column)
            else:
                column.set("colId", str(place - new[0].left))
    return True


def _break(element: Element, mover: Mover) -> bool:
    """A page break lies below row `id` (right of column `id`); min and max run along the other axis."""
    parent = element.getparent()
    if not mover.own or parent is None:
        return False
    by_row = local_name(parent) == "rowBreaks"
    if by_row == (mover.shift.axis is Axis.ROW):
        place = whole_number(element, "id")
        moved = mover.shift.point(place + 1)
        if moved is None:
            # The row below the break is gone: the break stays above what took its place.
            moved = mover.shift.at if mover.shift.count < 0 else None
        return _remove(element) if moved is None or moved <= 1 else set_attribute(element, "id", str(moved - 1))
    first, last = whole_number(element, "min"), whole_number(element, "max")
    if not last or last + 1 >= _WHOLE[mover.shift.axis]:
        return False
    span = mover.shift.span(first + 1, last + 1)
    if span is None:
        return False
    return set_attribute(element, "min", str(span[0] - 1)) | set_attribute(element, "max", str(span[1] - 1))


def _input_cell(element: Element, mover: Mover) -> bool:
    text = element.get("r")
    return bool(text and mover.own and _area_attribute(element, mover, "r"))


def _data_reference(element: Element, mover: Mover) -> bool:
    """A source of a consolidation; it names its sheet, this workbook's unless it has a relationship."""
    if any(str(name).endswith("}id") for name in element.attrib):
        return False
    sheet, text = element.get("sheet", ""), element.get("ref", "")
    if not text or not (mover.shift.concerns(sheet) if sheet else mover.own):
        return False
    moved = Mover(mover.shift, mover.shift.sheet).area(text)
    return bool(moved and set_attribute(element, "ref", moved))


def _control(element: Element, mover: Mover) -> bool:
    changed = False
    for name in ("linkedCell", "listFillRange"):
        text = element.get(name)
        if text:
            changed |= set_attribute(element, name, mover.formula(text))
    return changed


def _is_empty(container: Element) -> bool:
    return not any(local_name(child) and local_name(child) not in _NO_RULES for child in container)


def _after(root: Element, were_empty: Collection[Element]) -> bool:
    """Containers that have become empty go, counts are set right."""
    changed = False
    for name in _CONTAINERS:
        for element in [part for part in root.iter() if local_name(part) == name]:
            children = [child for child in element if local_name(child) and local_name(child) not in _NO_RULES]
            if not children:
                changed |= element not in were_empty and _remove(element)
                continue
            if element.get("count") is not None:
                changed |= set_attribute(element, "count", str(len(children)))
            if element.get("manualBreakCount") is not None:
                manual = sum(1 for child in children if child.get("man") in ("1", "true"))
                changed |= set_attribute(element, "manualBreakCount", str(manual))
    return changed


def _scenarios(element: Element, mover: Mover) -> bool:
    text = element.get("sqref")
    if not text or not mover.own:
        return False
    moved = mover.areas(text)
    if not moved:
        del element.attrib["sqref"]
        return True
    return set_attribute(element, "sqref", moved)


def _anchor(element: Element, mover: Mover) -> bool:
    """The anchor of a form control or OLE object (of a drawing, its own module knows)."""
    return mover.own and move_anchor(element, control_hold(element), mover.shift)


def _published(element: Element, mover: Mover) -> bool:
    text = element.get("sourceRef")
    return bool(text and mover.own and set_attribute(element, "sourceRef", mover.area(text) or text))


def _columns(element: Element, mover: Mover) -> bool:
    """`cols`: widths and styles. Inserted columns take those of the column to the left, as in Excel."""
    shift = mover.shift
    if not mover.own or shift.axis is not Axis.COLUMN:
        return False
    for item in list(element):
        if local_name(item) != "col":
            continue
        first, last = whole_number(item, "min", 1), whole_number(item, "max", 1)
        if shift.count > 0 and last == shift.at - 1:
            span: tuple[int, int] | None = (first, last + shift.count)
        elif shift.count < 0 and last == MAX_COLUMN and shift.at < last:
            # A look given to the rest of the sheet stays with the rest of it.
            span = (shift.point(first) or shift.at, last)
        else:
            span = shift.span(first, last)
        if span is None:
            element.remove(item)
        else:
            item.set("min", str(span[0]))
            item.set("max", str(min(span[1], MAX_COLUMN)))
    if not len(element):
        _remove(element)
    return True


_RULES: dict[str, Callable[[Element, Mover], bool]] = {
    **VIEWS,
    "cols": _columns,
    "mergeCell": _merge,
    "hyperlink": _hyperlink,
    "autoFilter": move_filter,
    "sortState": _area_attribute,
    "sortCondition": _area_attribute,
    "conditionalFormatting": _rule_container,
    "dataValidation": _rule_container,
    "protectedRange": _move_cover,
    "ignoredError": _move_cover,
    "scenarios": _scenarios,
    "cellWatch": _input_cell,
    "inputCells": _input_cell,
    "cellSmartTags": _input_cell,
    "dataRef": _data_reference,
    "brk": _break,
    "controlPr": _control,
    "anchor": _anchor,
    "webPublishItem": _published,
    "sparkline": _sparkline,
    "sparklineGroup": _sparkline_group,
}
