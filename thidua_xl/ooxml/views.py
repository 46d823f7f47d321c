"""What a sheet shows first: used area, scroll position, frozen panes, selection; after a shift. Read `VIEWS`."""

from __future__ import annotations

from collections.abc import Callable

from thidua_xl.formula.shift import Axis
from thidua_xl.ooxml.markup import Element, local_name
from thidua_xl.ooxml.mover import Mover, areas_of, set_attribute
from thidua_xl.refs import Area, cell_name


def _dimension(element: Element, mover: Mover) -> bool:
    text = element.get("ref")
    if not text or not mover.own:
        return False
    return set_attribute(element, "ref", mover.area(text) or "A1")


def _view(element: Element, mover: Mover) -> bool:
    """A view with its panes; panes first, while the view still tells where the frozen part begins."""
    if not mover.own:
        return False
    changed = False
    for child in element:
        if local_name(child) == "pane":
            changed |= _pane(child, mover)
    shown = areas_of(element.get("topLeftCell"))
    starts_at_edge = shown and mover.shift.count > 0 and mover.shift.at == _line(shown[0], mover) == 1
    return (not starts_at_edge and _scroll(element, mover)) or changed


def _scroll(element: Element, mover: Mover) -> bool:
    text = element.get("topLeftCell")
    return bool(text and set_attribute(element, "topLeftCell", mover.cell(text)))


def _line(area: Area, mover: Mover) -> int:
    return area.top if mover.shift.axis is Axis.ROW else area.left


def _pane(element: Element, mover: Mover) -> bool:
    by_row = mover.shift.axis is Axis.ROW
    name = "ySplit" if by_row else "xSplit"
    split = int(float(element.get(name, "0")))
    if element.get("state") not in ("frozen", "frozenSplit") or not split:
        return _scroll(element, mover)
    shown = areas_of(element.get("topLeftCell"))
    changed = _scroll(element, mover)
    first = _first_shown(element, by_row)
    moved = mover.shift.span(first, first + split - 1)
    start, new = mover.shift.at, split
    if moved is not None:
        # A view that starts at the first row still does: what is put above its frozen rows is frozen with them.
        start = 1 if first == 1 and mover.shift.count > 0 else moved[0]
        new = moved[1] - start + 1
        changed |= new != split and set_attribute(element, name, str(new))
    return _keep_in_sight(element, shown, (first + split, start + new), by_row) or changed


def _keep_in_sight(pane: Element, shown: list[Area], edges: tuple[int, int], by_row: bool) -> bool:
    """Rows put in right behind frozen ones are seen, and no row stands in both parts.

    `shown` is the first cell of the moving part before the shift, `edges` the first row behind the frozen ones
    before and after it.
    """
    now = areas_of(pane.get("topLeftCell"))
    if not shown or not now:
        return False
    old, place = (shown[0].top, now[0].top) if by_row else (shown[0].left, now[0].left)
    if old < edges[0]:
        return False  # it was so before
    wanted = edges[1] if old == edges[0] else max(place, edges[1])
    cell = cell_name(wanted, now[0].left) if by_row else cell_name(now[0].top, wanted)
    return wanted != place and set_attribute(pane, "topLeftCell", cell)


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
    "selection": _selection,
    "sheetPr": _sheet_properties,
}
