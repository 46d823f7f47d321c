"""What a sheet shows first: used area, scroll position, frozen panes, selection; after a shift. Read `VIEWS`."""

from __future__ import annotations

from collections.abc import Callable

from thidua_xl.formula.shift import Axis
from thidua_xl.ooxml.markup import Element
from thidua_xl.ooxml.mover import Mover, areas_of, set_attribute


def _dimension(element: Element, mover: Mover) -> bool:
    text = element.get("ref")
    if not text or not mover.own:
        return False
    return set_attribute(element, "ref", mover.area(text) or "A1")


def _view(element: Element, mover: Mover) -> bool:
    text = element.get("topLeftCell")
    return bool(text and mover.own and set_attribute(element, "topLeftCell", mover.cell(text)))


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
    # A view that starts at the first row still does: what is put above its frozen rows is frozen with them.
    start = 1 if first == 1 and mover.shift.count > 0 else moved[0]
    new = moved[1] - start + 1
    return (new != split and set_attribute(element, name, str(new))) or changed


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
        changed |= set_attribute(element, "activeCell", mover.cell(active))
    cells = element.get("sqref")
    if cells:
        moved = mover.areas(cells) or element.get("activeCell", "A1")
        changed |= set_attribute(element, "sqref", moved)
    return changed


def _sheet_properties(element: Element, mover: Mover) -> bool:
    text = element.get("syncRef")
    return bool(text and mover.own and set_attribute(element, "syncRef", mover.cell(text)))


# Element -> what moves it; gives whether anything changed.
VIEWS: dict[str, Callable[[Element, Mover], bool]] = {
    "dimension": _dimension,
    "sheetView": _view,
    "customSheetView": _view,
    "pane": _pane,
    "selection": _selection,
    "sheetPr": _sheet_properties,
}
