"""What is wrong with a criteria book, place by place. Read `Problem`, then `Problems`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from thidua_xl.messages import say
from thidua_xl.model import Place, Severity
from thidua_xl.text import nearest as _nearest


@dataclass(frozen=True, slots=True)
class Problem:
    """Chỗ sai của sổ tiêu chí — one thing to mend in the criteria book.

    `code` is a key of `messages` (`criteria.<code>`). `seen` is what stands in the cell, `expected` what could
    stand there, `nearest` the nearest known name ("" when none is near). `position` is the 1-based character
    within a formula, None when the whole cell is meant. A warning does not stop the book from loading.
    """

    sheet: str
    cell: str
    code: str
    seen: str = ""
    expected: str = ""
    nearest: str = ""
    severity: Severity = Severity.ERROR
    position: int | None = None

    def sentence(self, language: str = "vi") -> str:
        """The problem said aloud: place, what is wrong with its code, the nearest known name."""
        where = say(
            "criteria.where" if self.cell else "criteria.where_sheet", language, sheet=self.sheet, cell=self.cell
        )
        what = say(f"criteria.{self.code}", language, seen=self.seen, expected=self.expected)
        level = say(f"criteria.level.{self.severity.value}", language)
        parts = [f"{where}: {level}{what} [{self.code}]"]
        if self.position is not None:
            parts.append(say("criteria.position", language, position=self.position))
        if self.nearest:
            parts.append(say("criteria.nearest", language, nearest=self.nearest))
        return " ".join(parts)


@dataclass(slots=True)
class Problems:
    """A notebook in which every stage of reading writes what it finds, none of them stopping at the first."""

    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        place: Place,
        code: str,
        seen: str = "",
        *,
        expected: str = "",
        known: Iterable[str] = (),
        nearest: str = "",
    ) -> None:
        """Note a fault at a place; `known` are the names that would have been right, `nearest` the one meant."""
        self._note(place, code, seen, expected, nearest or near_name(seen, known), Severity.ERROR)

    def warn(
        self,
        place: Place,
        code: str,
        seen: str = "",
        *,
        expected: str = "",
        known: Iterable[str] = (),
        nearest: str = "",
    ) -> None:
        """Note something doubtful that does not stop the book from loading."""
        self._note(place, code, seen, expected, nearest or near_name(seen, known), Severity.WARNING)

    def note(self, place: Place, code: str, seen: str = "", *, expected: str = "") -> None:
        """Note something that is only worth knowing."""
        self._note(place, code, seen, expected, "", Severity.NOTE)

    def add_at(
        self,
        place: Place,
        code: str,
        position: int,
        seen: str = "",
        *,
        known: Iterable[str] = (),
        nearest: str = "",
    ) -> None:
        """Note a fault at a character of a formula, 1-based."""
        near = nearest or near_name(seen, known)
        self.found.append(Problem(place.sheet, place.cell, code, seen, "", near, position=position))

    def warn_at(self, place: Place, code: str, position: int, seen: str = "", *, nearest: str = "") -> None:
        """Note a doubt at a character of a formula, 1-based."""
        self.found.append(Problem(place.sheet, place.cell, code, seen, "", nearest, Severity.WARNING, position))

    def errors(self) -> tuple[Problem, ...]:
        """What keeps the book from loading."""
        return tuple(one for one in self.found if one.severity is Severity.ERROR)

    def _note(self, place: Place, code: str, seen: str, expected: str, near: str, severity: Severity) -> None:
        self.found.append(Problem(place.sheet, place.cell, code, seen, expected, near, severity))


def near_name(seen: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, "" when none is near or several are equally so."""
    names = tuple(dict.fromkeys(known))
    if not seen or not names:
        return ""
    near = _nearest(seen, names)
    if near is not None:
        return near
    # Short codes (S1, T9) are never alike as words; one slip of the pen from a single code is near enough.
    slips = [name for name in names if _one_slip(seen.casefold(), name.casefold())]
    return slips[0] if len(slips) == 1 else ""


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter added, left out or changed turns one text into the other."""
    if abs(len(one) - len(other)) > 1 or max(len(one), len(other)) < 2:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :]
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer[start + 1 :] == shorter[start:]
