"""From a pressed button to its work: find the workbook, do the job, say in one sentence how it went. Read `run`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from thidua_xl.errors import ThiduaError, UsageProblem
from thidua_xl.grid import workers_kept
from thidua_xl.hosts.beside import READING, goes_beside
from thidua_xl.hosts.control import Control
from thidua_xl.hosts.journal import one_at_a_time
from thidua_xl.hosts.live import busy_errors, is_busy, patiently, quiet
from thidua_xl.jobs.bug_log import write_log
from thidua_xl.jobs.control_sheet import FOLDER
from thidua_xl.messages import error_lines, say

if TYPE_CHECKING:
    import xlwings

BUG_EXIT = 5
_FRAMES = ("numpy", "pandas", "matplotlib", "PIL", "polars", "plotly")


def run(command: str, arguments: Sequence[str] | None = None) -> int:
    """Do a button's work in the workbook that it stands in; the exit code of the command line's own command.

    Whatever goes wrong is told on the control sheet as a sentence; only a workbook that cannot be reached at all
    ends with an exit code alone, and then the macro shows the sentence that lies ready in a cell.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # A worker starts while we look for the workbook: it is ready when the first file is to be read.
    with workers_kept(start=1) if command in READING else nullcontext():
        return _run(command, given)


def _run(command: str, given: Sequence[str]) -> int:
    book = workbook_of(given)
    control = Control(book)
    if goes_beside(command, given, control.text(FOLDER)):
        control.tell(say("control.beside"))
        return 0
    try:
        return work(command, book)
    except Exception:  # the workbook was closed in the middle: there is nobody left to tell, and no trace to show
        write_log()
        if os.environ.get("THIDUA_DEBUG"):
            raise
        return BUG_EXIT


def work(command: str, book: xlwings.Book) -> int:
    """The same for a workbook that is at hand."""
    control = Control(book, was_saved=patiently(lambda: bool(book.api.Saved)))
    control.tell(say(f"control.working.{command}"))
    try:
        # The lock first: what a second button found would be the quiet of the first, and it would leave it so.
        with one_at_a_time(book.fullname), quiet(book.app):
            outcome = _job_of(command)(control)
    except ThiduaError as error:
        _tell(control, sentence(error))
        return error.exit_code
    except busy_errors() as refused:
        _tell(control, say("control.busy" if is_busy(refused) else "control.refused"))
        return UsageProblem.exit_code
    except Exception:  # the outermost boundary: our own bug is logged and named, never shown raw
        _tell(control, say("control.bug", log=write_log()), otherwise=say("control.untouched"))
        if os.environ.get("THIDUA_DEBUG"):
            raise
        return BUG_EXIT
    finally:
        patiently(lambda: control.progress(None))
    control.tell(outcome.sentence)
    if control.was_saved and not outcome.changes:
        # Words on the control sheet are no reason to ask the user whether to save.
        patiently(lambda: setattr(book.api, "Saved", True))
    return outcome.exit_code


def _tell(control: Control, text: str, otherwise: str = "") -> None:
    """Say what went wrong, and the state that the workbook was left in; `otherwise` when nothing was being changed."""
    control.tell(f"{text} {control.left or otherwise}".rstrip())


def workbook_of(arguments: Sequence[str]) -> xlwings.Book:
    """The open workbook that the macro's arguments name."""
    named = {name: value for name, found, value in (one.partition("=") for one in arguments) if found}
    if "--uno" in named:
        with without_frames():
            from thidua_xl.hosts.libreoffice import book_of

        return book_of(named["--uno"], named.get("--wb", ""))
    with without_frames():
        import xlwings

    return xlwings.Book.caller()


@contextmanager
def without_frames() -> Iterator[None]:
    """xlwings imports pandas and its kin where it finds them, which takes longer than most buttons; none needs them."""
    hidden = [name for name in _FRAMES if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python marks a module as absent
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def sentence(error: ThiduaError) -> str:
    """An error in one line: the file, what is wrong, what to do."""
    lines = [line.partition("] ")[2] if line.startswith("[") else line for line in error_lines(error)]
    return " ".join(line if line.endswith((".", "?", "!")) else f"{line}." for line in lines)


def _job_of(command: str) -> Callable[[Control], Outcome]:
    from thidua_xl.hosts.buttons import JOBS

    job = JOBS.get(command)
    if job is None:
        raise UsageProblem("hosts.unknown_button", command=command)
    return job


if TYPE_CHECKING:
    from thidua_xl.hosts.buttons import Outcome
