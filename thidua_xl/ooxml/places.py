"""Where a worksheet part holds references outside its cells, and how each follows inserted or deleted rows.

Read `move_sheet`. It knows every element of section 1 of `docs/analysis/places.md`; formulas of rules that cover
many cells are written for the first of them and keep their distance from it, as Excel keeps them.
Source: ECMA-376 Part 1, 18.3.1; [MS-XLSX] for the x14 extensions.
"""

from __future__ import annotations

from dataclasses import dataclass

from thidua_xl.formula.shift import Axis, Relative, Shift, shift_formula
from thidua_xl.ooxml.markup import XM, Element, local_name, namespace
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, Area, split_sheet

_FORMULAS = frozenset(("formula", "formula1", "formula2"))
_WHOLE = {Axis.ROW: MAX_ROW, Axis.COLUMN: MAX_COLUMN}


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves references of one kind each; `home` is the sheet on which they stand."""

    shift: Shift
    home: str

    @property
    def own(self) -> bool:
        """Whether the references stand on the edited sheet itself."""
        return self.shift.concerns(self.home)

    def formula(self, text: str) -> str:
        """A formula that follows the cells it points at."""
        return shift_formula(text, self.shift, self.home)

    def rule_formula(self, text: str, covered: list[Area]) -> str:
        """A formula of a rule that covers areas, written for the first cell of the first of them.

        References to the same sheet without `$` slide with the cell that is asked, so they keep their distance
        from it; a rule on a single row has nothing to slide along and simply follows.
        """
        if not self.own or not covered or not self._slides(covered):
            return self.formula(text)
        first = covered[0]
        start = first.top if self.shift.axis is Axis.ROW else first.left
        moved = self.shift.area(first)
        if moved is None:
            return text
        by = (moved.top if self.shift.axis is Axis.ROW else moved.left) - start
        return shift_formula(text, self.shift, self.home, Relative.STAY, by)

    def area(self, text: str) -> str | None:
        """`A1:B5` moved; None when nothing of it is left; the text itself when it is no area."""
        try:
            area = Area.parse(text)
        except ValueError:
            return shift_formula(text, self.shift, self.home)
        moved = self.shift.area(area)
        if moved == area:
            return text
        return None if moved is None else _like(text, moved)

    def areas(self, text: str) -> str:
        """A list of areas (`sqref`) moved; "" when nothing is left."""
        moved = [self.area(part) for part in text.split()]
        return " ".join(part for part in moved if part is not None)

    def cell(self, text: str) -> str:
        """A cell that is only looked at (top left cell, active cell): a deleted one becomes what took its place."""
        try:
            area = Area.parse(text)
        except ValueError:
            return text
        moved = self.shift.area(area)
        if moved is not None:
            return text if moved == area else _like(text, moved)
        if self.shift.axis is Axis.ROW:
            return str(Area(self.shift.at, area.left, self.shift.at, area.left))
        return str(Area(area.top, self.shift.at, area.top, self.shift.at))

    def location(self, text: str) -> str:
        """The place in this workbook that a hyperlink names: `Sheet2!A10`, `A10` or a defined name."""
        sheet, _ = split_sheet(text)
        if sheet and not self.shift.concerns(sheet):
            return text
        if not sheet and not self.own:
            return text
        return shift_formula(text, self.shift, self.home)

    def _slides(self, covered: list[Area]) -> bool:
        if self.shift.axis is Axis.ROW:
            return any(area.top != area.bottom for area in covered) or len({area.top for area in covered}) > 1
        return any(area.left != area.right for area in covered) or len({area.left for area in covered}) > 1


def move_sheet(root: Element, mover: Mover) -> bool:
    """Move every reference of a worksheet part (without its rows); whether anything changed.

    On another sheet than the edited one only formulas and links change.
    """
    changed = False
    for element in list(root.iter()):
        name = local_name(element)
        if not name or (element.getparent() is None and element is not root):
            continue
        rule = _RULES.get(name)
        if rule is not None:
            changed |= rule(element, mover)
        elif namespace(element) == XM:
            changed |= _excel_main(element, mover)
    if mover.own:
        changed |= _after(root)
    return changed


def areas_of(text: str | None) -> list[Area]:
    """The areas of a `sqref`; parts that are no areas (whole columns) are left out."""
    areas = []
    for part in (text or "").split():
        try:
            areas.append(Area.parse(part))
        except ValueError:
            continue
    return areas


def covered_by(element: Element) -> list[Area]:
    """The areas that a conditional format or a validation covers, classic or x14."""
    if element.get("sqref") is not None:
        return areas_of(element.get("sqref"))
    for child in element:
        if local_name(child) == "sqref":
            return areas_of(child.text)
    return []


def _like(text: str, area: Area) -> str:
    """The area as A1 text, with `$` marks when the old text had them, and as `A1:A1` when it was written so."""
    new = str(area)
    if ":" in text and ":" not in new:
        new = f"{new}:{new}"
    if "$" in text:
        from thidua_xl.refs import column_letters

        first = f"${column_letters(area.left)}${area.top}"
        last = f"${column_letters(area.right)}${area.bottom}"
        new = f"{first}:{last}" if ":" in new else first
    return new


def _set(element: Element, name: str, value: str) -> bool:
    if element.get(name) == value:
        return False
    element.set(name, value)
    return True


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
    return _remove(element) if moved is None or moved == "#REF!" else _set(element, name, moved)


def _areas_attribute(element: Element, mover: Mover, name: str = "sqref") -> bool:
    text = element.get(name)
    if text is None or not mover.own:
        return False
    moved = mover.areas(text)
    return _set(element, name, moved) if moved else _remove(element)


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
            changed |= _set(part, "val", mover.rule_formula(part.get("val", ""), covered))
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
        if local_name(parent) in ("conditionalFormatting", "dataValidation", "sparkline", "sparklineGroup"):
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


def _view(element: Element, mover: Mover) -> bool:
    text = element.get("topLeftCell")
    return bool(text and mover.own and _set(element, "topLeftCell", mover.cell(text)))


def _pane(element: Element, mover: Mover) -> bool:
    if not mover.own:
        return False
    changed = _view(element, mover)
    if element.get("state") not in ("frozen", "frozenSplit"):
        return changed
    by_row = mover.shift.axis is Axis.ROW
    name = "ySplit" if by_row else "xSplit"
    split = int(float(element.get(name, "0")))
    if not split:
        return changed
    first = _first_shown(element, by_row)
    moved = mover.shift.span(first, first + split - 1)
    if moved is None:
        return changed
    return _set(element, name, str(moved[1] - moved[0] + 1)) or changed


def _first_shown(pane: Element, by_row: bool) -> int:
    """The first row (column) of the frozen part: where the view itself starts."""
    view = pane.getparent()
    text = view.get("topLeftCell") if view is not None else None
    areas = areas_of(text)
    if not areas:
        return 1
    return areas[0].top if by_row else areas[0].left


def _selection(element: Element, mover: Mover) -> bool:
    if not mover.own:
        return False
    changed = False
    active = element.get("activeCell")
    if active:
        changed |= _set(element, "activeCell", mover.cell(active))
    cells = element.get("sqref")
    if cells:
        moved = mover.areas(cells) or element.get("activeCell", "A1")
        changed |= _set(element, "sqref", moved)
    return changed


def _sheet_properties(element: Element, mover: Mover) -> bool:
    text = element.get("syncRef")
    return bool(text and mover.own and _set(element, "syncRef", mover.cell(text)))


def _hyperlink(element: Element, mover: Mover) -> bool:
    changed = False
    location = element.get("location")
    if location:
        changed |= _set(element, "location", mover.location(location))
    return changed | _area_attribute(element, mover)


def _filter(element: Element, mover: Mover) -> bool:
    changed = _area_attribute(element, mover)
    if not changed or mover.shift.axis is Axis.ROW:
        return changed
    return changed


def _filter_column(element: Element, mover: Mover) -> bool:
    """`colId` counts from the left edge of the filter; its column moves with inserted columns."""
    parent = element.getparent()
    if not mover.own or mover.shift.axis is Axis.ROW or parent is None:
        return False
    return False


def _break(element: Element, mover: Mover) -> bool:
    """A page break lies below row `id` (right of column `id`); min and max run along the other axis."""
    parent = element.getparent()
    if not mover.own or parent is None:
        return False
    by_row = local_name(parent) == "rowBreaks"
    if by_row == (mover.shift.axis is Axis.ROW):
        place = int(element.get("id", "0"))
        moved = mover.shift.point(place + 1)
        if moved is None:
            # The row below the break is gone: the break stays above what took its place.
            moved = mover.shift.at if mover.shift.count < 0 else None
        return _remove(element) if moved is None or moved <= 1 else _set(element, "id", str(moved - 1))
    first, last = int(element.get("min", "0")), int(element.get("max", "0"))
    if not last or last + 1 >= _WHOLE[mover.shift.axis]:
        return False
    span = mover.shift.span(first + 1, last + 1)
    if span is None:
        return False
    return _set(element, "min", str(span[0] - 1)) | _set(element, "max", str(span[1] - 1))


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
    return bool(moved and _set(element, "ref", moved))


def _control(element: Element, mover: Mover) -> bool:
    changed = False
    for name in ("linkedCell", "listFillRange"):
        text = element.get(name)
        if text:
            changed |= _set(element, name, mover.formula(text))
    return changed


def _after(root: Element) -> bool:
    """Empty containers go, counts are set right."""
    changed = False
    for name in ("mergeCells", "dataValidations", "hyperlinks", "conditionalFormatting", "rowBreaks", "colBreaks",
                 "protectedRanges", "ignoredErrors", "cellWatches"):  # fmt: skip
        for element in [part for part in root.iter() if local_name(part) == name]:
            children = [child for child in element if local_name(child)]
            rules = [child for child in children if local_name(child) not in ("sqref", "extLst")]
            if not rules:
                _remove(element)
                changed = True
                continue
            if element.get("count") is not None:
                changed |= _set(element, "count", str(len(rules)))
            if element.get("manualBreakCount") is not None:
                manual = sum(1 for child in rules if child.get("man") in ("1", "true"))
                changed |= _set(element, "manualBreakCount", str(manual))
    return changed


_RULES = {
    "dimension": lambda element, mover: _dimension(element, mover),
    "sheetView": _view,
    "customSheetView": _view,
    "pane": _pane,
    "selection": _selection,
    "sheetPr": _sheet_properties,
    "mergeCell": _merge,
    "hyperlink": _hyperlink,
    "autoFilter": _filter,
    "filterColumn": _filter_column,
    "sortState": _area_attribute,
    "sortCondition": _area_attribute,
    "conditionalFormatting": _rule_container,
    "dataValidation": _rule_container,
    "protectedRange": lambda element, mover: (
        _areas_attribute(element, mover) if element.get("sqref") else _move_cover(element, mover)
    ),
    "ignoredError": lambda element, mover: (
        _areas_attribute(element, mover) if element.get("sqref") else _move_cover(element, mover)
    ),
    "scenarios": lambda element, mover: _scenarios(element, mover),
    "cellWatch": _input_cell,
    "inputCells": _input_cell,
    "cellSmartTags": _input_cell,
    "dataRef": _data_reference,
    "brk": _break,
    "controlPr": _control,
    "sparkline": _sparkline,
    "sparklineGroup": _sparkline_group,
}


def _dimension(element: Element, mover: Mover) -> bool:
    text = element.get("ref")
    if not text or not mover.own:
        return False
    return _set(element, "ref", mover.area(text) or "A1")


def _scenarios(element: Element, mover: Mover) -> bool:
    text = element.get("sqref")
    if not text or not mover.own:
        return False
    moved = mover.areas(text)
    if not moved:
        del element.attrib["sqref"]
        return True
    return _set(element, "sqref", moved)
