"""xlwings over a running LibreOffice: the same button code for both programs. Read `book_of`.

An engine as xlwings knows them, added to its list; nothing of xlwings is replaced. What our buttons do not need is
missing: it raises as xlwings' base classes do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import xlwings
from xlwings import base_classes

from thidua_xl.errors import InputRefused
from thidua_xl.hosts.libreoffice_cells import ErrorText, formula_parser
from thidua_xl.hosts.libreoffice_office import connect, file_url, open_hidden, properties, system_path
from thidua_xl.hosts.libreoffice_range import Range
from thidua_xl.hosts.libreoffice_sheets import Names, Sheets

NAME = "libreoffice"
_REMOVABLE = 128  # com.sun.star.beans.PropertyAttribute
_FILTERS = {
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xlsx": "Calc MS Excel 2007 XML",
    ".ods": "calc8",
    ".pdf": "calc_pdf_Export",
}


def book_of(pipe: str, path: str) -> xlwings.Book:
    """The open workbook of that path in the LibreOffice that listens at the pipe.

    Raises `InputRefused` (`hosts.no_book`) when it is not open there.
    """
    engine = xlwings.Engine(impl=Engine(connect(pipe), pipe))
    xlwings.engines.add(engine)
    engine.activate()
    wanted = Path(path)
    for book in (book for app in engine.apps for book in app.books):
        found = Path(book.fullname)
        if found == wanted or (found.exists() and wanted.exists() and found.samefile(wanted)):
            return book
    raise InputRefused("hosts.no_book", file=path)


class Engine:
    """The engine object that xlwings wraps."""

    name, type = NAME, "desktop"

    def __init__(self, context: Any, pipe: str) -> None:
        self.apps = Apps(self, context, pipe)

    @staticmethod
    def clean_value_data(
        data: Sequence[Sequence[object]],
        datetime_builder: Callable[..., object],
        empty_as: object,
        number_builder: Callable[[float], object] | None,
        err_to_str: bool = False,
    ) -> list[list[object]]:
        """Read values in the form the caller asked for."""

        def clean(value: object) -> object:
            if value is None:
                return empty_as
            if isinstance(value, ErrorText):
                return str(value) if err_to_str else None
            if isinstance(value, datetime):
                parts = value.timetuple()[:6]
                return datetime_builder(**dict(zip(_DATE_PARTS, (*parts, value.microsecond), strict=True)))
            if isinstance(value, float) and number_builder is not None:
                return number_builder(value)
            return value

        return [[clean(value) for value in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(value: object, options: object = None) -> object:
        """A value on its way to a range: as it is, without what cells cannot hold."""
        return None if isinstance(value, float) and value != value else value


_DATE_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Apps(base_classes.Apps):
    """The one LibreOffice."""

    def __init__(self, engine: Engine, context: Any, pipe: str) -> None:
        self.only = App(engine, self, context, pipe)

    def keys(self) -> list[str]:
        return [self.only.pid]

    def add(self, spec: object = None, add_book: object = None, xl: object = None, visible: object = None) -> App:
        return self.only

    @staticmethod
    def cleanup() -> None:
        return None

    def __iter__(self) -> Iterator[App]:
        return iter([self.only])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: object) -> App:
        return self.only


class App(base_classes.App):
    """LibreOffice; `desktop` is the UNO object."""

    def __init__(self, engine: Engine, apps: Apps, context: Any, pipe: str) -> None:
        self.engine, self.apps, self.context, self.pipe = engine, apps, context, pipe
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self._indicator: Any = None
        self._locked: list[Any] = []
        self._by_hand: list[Any] = []

    @property
    def api(self) -> Any:
        return self.desktop

    @property
    def pid(self) -> str:
        return self.pipe

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def version(self) -> str:
        settings = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.configuration.ConfigurationProvider", self.context
        )
        path = properties(nodepath="/org.openoffice.Setup/Product")
        node = settings.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", path)
        return str(node.ooSetupVersion)

    @property
    def visible(self) -> bool:
        return True

    @visible.setter
    def visible(self, value: bool) -> None:
        return None

    @property
    def hwnd(self) -> int:
        return 0

    @property
    def display_alerts(self) -> bool:
        return False  # nothing we do through UNO asks the user

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        return None

    @property
    def screen_updating(self) -> bool:
        return not self._locked

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        # As in Excel, the user's own undo ends where a program writes: recording each step would take most of the time.
        if value:
            while self._locked:
                document = self._locked.pop()
                document.IsUndoEnabled = True
                document.UndoManager.clear()
                document.unlockControllers()
        elif not self._locked:
            for book in self.books:
                book.native.lockControllers()
                book.native.IsUndoEnabled = False
                self._locked.append(book.native)

    @property
    def calculation(self) -> str:
        return "manual" if self._by_hand else "automatic"

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value != "manual":
            while self._by_hand:
                self._by_hand.pop().enableAutomaticCalculation(True)
            return
        for book in self.books:
            if book.native.isAutomaticCalculationEnabled():
                book.native.enableAutomaticCalculation(False)
                self._by_hand.append(book.native)

    def calculate(self) -> None:
        for book in self.books:
            book.native.calculateAll()

    @property
    def status_bar(self) -> bool:
        return False

    @status_bar.setter
    def status_bar(self, value: object) -> None:
        if self._indicator is not None:
            if value not in (None, False):
                self._indicator.setText(str(value))
                return
            self._indicator.end()
            self._indicator = None
        if value not in (None, False):
            frame = self.desktop.getCurrentFrame()
            if frame is not None:
                self._indicator = frame.createStatusIndicator()
                self._indicator.start(str(value), 0)

    @property
    def selection(self) -> Range | None:
        book = self.books.active
        chosen = book.native.getCurrentSelection()
        if not hasattr(chosen, "getRangeAddress"):
            return None  # a button, or several areas
        area = chosen.getRangeAddress()
        sheet = book.sheets(area.Sheet + 1)
        return Range(sheet, area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)

    def run(self, macro: str, args: Sequence[object] = ()) -> object:
        """Run a Sub or Function by its name; xlwings writes it as `'book'!Module.Name`."""
        name = macro.rpartition("!")[2]
        script = self.books.active.native.getScriptProvider().getScript(
            f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
        )
        return script.invoke(tuple(args), (), ())[0]

    def activate(self, steal_focus: bool = False) -> None:
        return None

    def quit(self) -> None:
        self.desktop.terminate()

    def kill(self) -> None:
        self.quit()


class Books(base_classes.Books):
    """The open spreadsheets."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        return self.app.desktop.Components

    @property
    def active(self) -> Book:
        current = self.app.desktop.getCurrentComponent()
        return Book(self.app, current) if _is_spreadsheet(current) else next(iter(self))

    def __iter__(self) -> Iterator[Book]:
        listed = self.api.createEnumeration()
        while listed.hasMoreElements():
            one = listed.nextElement()
            if _is_spreadsheet(one):
                yield Book(self.app, one)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, key: int | str) -> Book:
        for number, book in enumerate(self, 1):
            if key == number or (isinstance(key, str) and key.casefold() in (book.name.casefold(), book.fullname)):
                return book
        raise KeyError(key)

    def open(self, fullname: str, *_options: object, **_more: object) -> Book:
        return Book(self.app, open_hidden(self.app.desktop, fullname))

    def add(self) -> Book:
        return Book(self.app, self.app.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ()))


class Book(base_classes.Book):
    """An open workbook; `native` is the UNO document."""

    def __init__(self, app: App, native: Any) -> None:
        self._app, self.native = app, native

    @cached_property
    def native_sheets(self) -> Any:
        """The UNO container of the sheets: every object fetched anew costs a dozen calls."""
        return self.native.Sheets

    @cached_property
    def size(self) -> tuple[int, int]:
        """(rows, columns) of each sheet."""
        area = self.native_sheets.getByIndex(0).RangeAddress
        return int(area.EndRow) + 1, int(area.EndColumn) + 1

    @cached_property
    def parser(self) -> Any:
        """The document's reader and writer of formulas in Excel's spelling."""
        return formula_parser(self.native)

    @property
    def api(self) -> BookApi:
        return BookApi(self)

    @property
    def app(self) -> App:
        return self._app

    @cached_property
    def fullname(self) -> str:
        return system_path(self.native.URL) or str(self.native.Title)

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self, self.native.NamedRanges)

    def activate(self) -> None:
        self.native.CurrentController.Frame.activate()

    def close(self) -> None:
        self.native.setModified(False)
        self.native.close(True)

    def to_pdf(self, path: str, quality: object = None) -> None:
        self.native.storeToURL(file_url(path), properties(FilterName=_FILTERS[".pdf"]))

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if path is None:
            self.native.store()
            return
        kind = properties(FilterName=_FILTERS[Path(path).suffix.lower()])
        self.native.storeAsURL(file_url(path), kind)
        vars(self).pop("fullname", None)


class BookApi:
    """What Excel's own Workbook can do and xlwings has no word for, under Excel's names."""

    def __init__(self, owner: Book) -> None:
        self._owner = owner

    @property
    def Saved(self) -> bool:  # noqa: N802 -- the name Excel gives it
        """Whether the file on the disk is what is shown."""
        return not self._owner.native.isModified()

    @Saved.setter
    def Saved(self, value: bool) -> None:  # noqa: N802 -- the name Excel gives it
        self._owner.native.setModified(not value)

    @property
    def ProtectStructure(self) -> bool:  # noqa: N802 -- the name Excel gives it
        """Whether sheets can be neither added nor taken out."""
        return bool(self._owner.native.isProtected())

    def SaveCopyAs(self, Filename: str) -> None:  # noqa: N802, N803 -- the name Excel gives it
        """Write what is shown into another file; the workbook stays what and where it is."""
        kind = properties(FilterName=_FILTERS[Path(Filename).suffix.lower()])
        self._owner.native.storeToURL(file_url(Filename), kind)

    @property
    def CustomDocumentProperties(self) -> PropertiesApi:  # noqa: N802 -- the name Excel gives it
        """The document's own properties."""
        return PropertiesApi(self._owner.native.DocumentProperties.UserDefinedProperties)


class PropertiesApi:
    """The custom properties under Excel's names."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def __iter__(self) -> Iterator[PropertyApi]:
        return iter([PropertyApi(self._native, one.Name) for one in self._native.PropertySetInfo.Properties])

    def Add(self, Name: str, LinkToContent: bool, Type: int, Value: str) -> None:  # noqa: N802, N803 -- Excel's names
        """Add a property that holds a text."""
        self._native.addProperty(Name, _REMOVABLE, Value)


class PropertyApi:
    """One custom property."""

    def __init__(self, native: Any, name: str) -> None:
        self._native, self.Name = native, name

    def Delete(self) -> None:  # noqa: N802 -- the name Excel gives it
        """Take it away."""
        self._native.removeProperty(self.Name)


def _is_spreadsheet(component: Any) -> bool:
    service = "com.sun.star.sheet.SpreadsheetDocument"
    return hasattr(component, "supportsService") and bool(component.supportsService(service))
