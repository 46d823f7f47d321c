"""An open workbook handled with care: quiet while we write, patient while the program is busy, protection put back.

Read `quiet`, `patiently`, `unprotected`, `snapshot`. Only what xlwings has no word for goes through `api`.
"""

from __future__ import annotations

import importlib
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from thidua_xl.errors import EditRefused, ThiduaError
from thidua_xl.model import CellError, Invalid, Value

if TYPE_CHECKING:
    import xlwings

T = TypeVar("T")

# Excel refuses calls while a cell is being edited or a dialog is open: RPC_E_CALL_REJECTED,
# RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE.
_BUSY = frozenset({-2147418111, -2147417846, -2146777998})
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.25
_READS_AS_SOMETHING_ELSE = frozenset("=+-@'#$€£(.,%")
_DIGIT = re.compile(r"\d")
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
# What a person may do on a protected sheet, by the names of Excel's Protection object and of its Protect method.
_ALLOWED = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting",
    "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


def busy_errors() -> tuple[type[Exception], ...]:
    """What Excel raises through COM; nothing where there is no COM."""
    try:
        found = importlib.import_module("pywintypes").com_error
    except ImportError:
        return ()
    return (found,)


def patiently(action: Callable[[], T]) -> T:
    """What the action returns, tried again while the program is busy. A call that is refused has done nothing yet."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return action()
        except busy_errors() as refused:
            if not is_busy(refused) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)


@contextmanager
def quiet(app: xlwings.App) -> Iterator[None]:
    """Neither calculation nor screen updates nor questions while we write; each is put back whatever happens."""
    calculation = patiently(lambda: app.calculation)
    screen = patiently(lambda: app.screen_updating)
    alerts = patiently(lambda: app.display_alerts)
    try:
        patiently(lambda: setattr(app, "display_alerts", False))
        patiently(lambda: setattr(app, "screen_updating", False))
        patiently(lambda: setattr(app, "calculation", "manual"))
        yield
    finally:
        try:
            patiently(lambda: setattr(app, "calculation", calculation))
        finally:
            try:
                patiently(lambda: setattr(app, "screen_updating", screen))
            finally:
                patiently(lambda: setattr(app, "display_alerts", alerts))


@contextmanager
def unprotected(sheet: xlwings.Sheet, *, must: bool = True) -> Iterator[None]:
    """The sheet without protection, and protected as before afterwards.

    LibreOffice forgets what a protected sheet allows (such as inserting rows): without `must` the protection stays on
    there, and only unlocked cells can be written. Raises `EditRefused` (`hosts.protected`) when a password of the
    office's own holds the sheet.
    """
    native = sheet.api
    allows = getattr(native, "Protection", None)
    if not patiently(lambda: native.ProtectContents) or (allows is None and not must):
        yield
        return
    allowed = {name: bool(getattr(allows, name)) for name in _ALLOWED} if allows is not None else {}
    try:
        patiently(native.Unprotect)
    except busy_errors() as refused:
        raise EditRefused("hosts.protected", file=sheet.book.name, sheet=sheet.name) from refused
    if native.ProtectContents:
        raise EditRefused("hosts.protected", file=sheet.book.name, sheet=sheet.name)
    try:
        yield
    finally:
        patiently(lambda: native.Protect(**allowed))


def refuse_fixed_sheets(book: xlwings.Book) -> None:
    """Raise `EditRefused` (`hosts.fixed_sheets`) when the workbook's structure is protected: no sheet can be added."""
    if patiently(lambda: book.api.ProtectStructure):
        raise EditRefused("hosts.fixed_sheets", file=book.name)


def snapshot(book: xlwings.Book, folder: Path, *, is_saved: bool = False) -> Path:
    """The workbook as it is shown now, as a file of the same name in `folder`.

    With `is_saved` the file on the disk says the same and is copied as it is. Raises `EditRefused` (`hosts.encrypted`)
    when the copy needs a password too.
    """
    target = folder / Path(book.name).name
    on_disk = Path(book.fullname)
    if is_saved and on_disk.is_file() and not _is_encrypted(on_disk):
        shutil.copyfile(on_disk, target)
    else:
        patiently(lambda: book.api.SaveCopyAs(str(target)))
    if _is_encrypted(target):
        raise EditRefused("hosts.encrypted", file=book.name)
    return target


def _is_encrypted(file: Path) -> bool:
    """Whether a workbook of the new kind is wrapped in the container of the old kind, as a password makes it."""
    if file.suffix.lower() == ".xls" or not file.is_file():
        return False
    with file.open("rb") as content:
        return content.read(len(_COMPOUND)) == _COMPOUND


@contextmanager
def beside_the_book() -> Iterator[Path]:
    """A folder for copies of the open workbook; an error about a copy names the workbook, not the copy's place."""
    with TemporaryDirectory(prefix="thidua-") as folder:
        try:
            yield Path(folder)
        except ThiduaError as error:
            error.values = {
                key: Path(value).name if isinstance(value, str | Path) and str(value).startswith(folder) else value
                for key, value in error.values.items()
            }
            raise


def cell_value(value: Value) -> object:
    """A value as a program takes it: numbers as it keeps them itself, a text that stays a text."""
    if isinstance(value, str):  # most are
        return as_text(value)
    if isinstance(value, Invalid):
        value = value.seen
    elif isinstance(value, CellError):
        value = value.code
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return value
    if isinstance(value, int | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return as_text(str(value))


def as_text(text: str) -> str:
    """A text that no program takes for a number, a date or a formula: marked with an apostrophe where it might."""
    if not text:
        return text
    is_odd = text[0] in _READS_AS_SOMETHING_ELSE or (len(text) <= 40 and _DIGIT.search(text) is not None)
    return f"'{text}" if is_odd or text.casefold() in {"true", "false"} else text


def is_busy(refused: BaseException) -> bool:
    """Whether Excel only asked to be called again. Some of its refusals come in the fifth place of the details."""
    seen = {getattr(refused, "hresult", None), *refused.args[:1]}
    details = refused.args[2] if len(refused.args) > 2 else None
    if isinstance(details, tuple) and len(details) > 5:
        seen.add(details[5])
    return bool(seen & _BUSY)
