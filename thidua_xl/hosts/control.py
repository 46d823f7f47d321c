"""The control sheet of an open workbook: its settings read, its sentence and its table written. Read `Control`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thidua_xl.errors import EditRefused, UsageProblem
from thidua_xl.hosts.live import cell_value, patiently
from thidua_xl.jobs.control_sheet import CRITERIA, FOLDER, PERIOD, STATE, TABLE
from thidua_xl.model import Value

if TYPE_CHECKING:
    import xlwings

_COLUMNS = 6
_LONGEST_TABLE = 2_000


@dataclass(frozen=True)
class Control:
    """The sheet of one open workbook. Names find its cells, so that the office may move them about.

    A workbook without the sheet, reached from the tab of the add-in, has no settings; sentences stand in its status
    bar, and there is no table.
    `was_saved` is whether the file on the disk was what is shown before we wrote our first word.
    """

    book: xlwings.Book
    was_saved: bool = False
    _left: list[str] = field(default_factory=list)

    @contextmanager
    def writing(self, left: str) -> Iterator[None]:
        """The workbook is being changed: when that ends with an error, `left` says what state it is in.

        A refusal (`EditRefused`) comes before anything is written.
        """
        self._left[:] = [left]
        try:
            yield
        except EditRefused:
            self._left.clear()
            raise
        self._left.clear()

    def leaves(self, text: str) -> None:
        """The state is another one by now, should the work end here."""
        self._left[:] = [text]

    @property
    def left(self) -> str:
        """The state in which an error left the workbook, "" when nothing was being changed."""
        return "".join(self._left)

    @cached_property
    def home(self) -> Path:
        """The folder that the workbook lies in. Raises `UsageProblem` (`hosts.online`) when that is on the web."""
        if "://" in self.book.fullname:
            raise UsageProblem("hosts.online", file=self.book.name)
        return Path(self.book.fullname).parent

    @cached_property
    def folder(self) -> str:
        """The round's folder as it stands there, "" for none; a relative one begins at the workbook."""
        text = self._setting(FOLDER)
        if not text or Path(text).is_absolute():
            return text
        return str(self.home / text)

    @cached_property
    def period(self) -> str:
        """The code of the period, "" for none."""
        return self._setting(PERIOD)

    @cached_property
    def criteria(self) -> str:
        """The criteria book, "" for the round's own or the shipped one."""
        text = self._setting(CRITERIA)
        return text if not text or Path(text).is_absolute() else str(self.home / text)

    @cached_property
    def has_sheet(self) -> bool:
        """Whether the workbook has the sheet."""
        return bool(self.book.names.contains(STATE))

    @property
    def sheet_name(self) -> str:
        """The name of the sheet itself, "" when there is none."""
        return str(self._cell(STATE).sheet.name) if self.has_sheet else ""

    def tell(self, text: str) -> None:
        """Show a sentence to the user."""
        if not self.has_sheet:
            patiently(lambda: setattr(self.book.app, "status_bar", text))
            return
        patiently(lambda: setattr(self._cell(STATE), "value", text))

    def progress(self, text: str | None) -> None:
        """Show in the status bar what is being done; None gives the bar back to the program."""
        if text is None and not self.has_sheet:
            return  # the last sentence stays there
        self.book.app.status_bar = text if text is not None else False

    def table(self, rows: Sequence[Sequence[Value]]) -> None:
        """Write the table of states below its heading, in place of the one that stood there."""
        if not self.has_sheet:
            return
        top = self._cell(TABLE)
        sheet = top.sheet
        first = (top.row + 1, top.column)
        used = sheet.used_range.last_cell.row
        last = max(used, top.row + 1)
        patiently(lambda: sheet.range(first, (last, top.column + _COLUMNS - 1)).clear_contents())
        shown = [[cell_value(one) for one in row] for row in rows[:_LONGEST_TABLE]]
        if shown:
            patiently(lambda: setattr(sheet.range(first), "value", shown))

    def text(self, name: str) -> str:
        """What a setting's cell says, "" when the sheet has no such cell."""
        return self._setting(name) if self.book.names.contains(name) else ""

    def _setting(self, name: str) -> str:
        if not self.has_sheet:
            return ""
        value = patiently(lambda: self._cell(name).value)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value).strip()

    def _cell(self, name: str) -> Any:
        names = self.book.names
        if not names.contains(name):
            raise UsageProblem("usage.no_buttons", file=self.book.name)
        found = names[name].refers_to_range
        return found.sheet.range((found.row, found.column))
