"""References of every kind, moved for one shift. Read `Mover`."""

from __future__ import annotations

from dataclasses import dataclass

from thidua_xl.formula.shift import Axis, Relative, Shift, shift_formula
from thidua_xl.ooxml.markup import Element
from thidua_xl.refs import Area, column_letters, split_sheet


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


def areas_of(text: str | None) -> list[Area]:
    """The areas of a `sqref`; parts that are no areas (whole columns) are left out."""
    areas = []
    for part in (text or "").split():
        try:
            areas.append(Area.parse(part))
        except ValueError:
            continue
    return areas


def set_attribute(element: Element, name: str, value: str) -> bool:
    """Set an attribute; whether it was different."""
    if element.get(name) == value:
        return False
    element.set(name, value)
    return True


def _like(text: str, area: Area) -> str:
    """The area as A1 text, with `$` marks when the old text had them, and as `A1:A1` when it was written so."""
    new = str(area)
    left, _, right = text.partition(":")
    if left == right and ":" not in new:
        new = f"{new}:{new}"
    if "$" in text:
        first = f"${column_letters(area.left)}${area.top}"
        last = f"${column_letters(area.right)}${area.bottom}"
        new = f"{first}:{last}" if ":" in new else first
    return new
