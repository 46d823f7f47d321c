"""How an open LibreOffice sheet goes over printed pages, under Excel's names. Read `PageSetupApi`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thidua_xl.hosts.libreoffice_range import RangeApi
    from thidua_xl.hosts.libreoffice_sheets import Sheet


class PageSetupApi:
    """Scale and fitting of a sheet. False is Excel's word for "not told" and "as many pages as it takes"."""

    def __init__(self, owner: Sheet) -> None:
        styles = owner.document.StyleFamilies.getByName("PageStyles")
        self._style = styles.getByName(owner.native.PageStyle)

    @property
    def Zoom(self) -> int | bool:  # noqa: N802 -- the name Excel gives it
        """The scale as a percentage; False when the sheet is fitted to pages."""
        return False if self.FitToPagesWide or self.FitToPagesTall else int(self._style.PageScale)

    @Zoom.setter
    def Zoom(self, value: int | bool) -> None:  # noqa: N802 -- the name Excel gives it
        if value is not False:
            self._style.ScaleToPagesX = self._style.ScaleToPagesY = 0
            self._style.PageScale = int(value)

    @property
    def FitToPagesWide(self) -> int | bool:  # noqa: N802 -- the name Excel gives it
        """How many pages wide it is fitted to."""
        return int(self._style.ScaleToPagesX) or False

    @FitToPagesWide.setter
    def FitToPagesWide(self, value: int | bool) -> None:  # noqa: N802 -- the name Excel gives it
        self._style.ScaleToPagesX = int(value)

    @property
    def FitToPagesTall(self) -> int | bool:  # noqa: N802 -- the name Excel gives it
        """How many pages high it is fitted to."""
        return int(self._style.ScaleToPagesY) or False

    @FitToPagesTall.setter
    def FitToPagesTall(self, value: int | bool) -> None:  # noqa: N802 -- the name Excel gives it
        self._style.ScaleToPagesY = int(value)


class PageBreaksApi:
    """The breaks between the rows of a sheet."""

    def __init__(self, owner: Sheet) -> None:
        self._owner = owner

    def Add(self, Before: RangeApi) -> None:  # noqa: N802, N803 -- the name Excel gives it
        """Begin a page with the row of a cell."""
        self._owner.rows.getByIndex(Before.row - 1).IsStartOfNewPage = True


def drop_breaks(owner: Sheet) -> None:
    """Take the breaks that somebody set out of a sheet."""
    native: Any = owner.native
    native.removeAllManualPageBreaks()
