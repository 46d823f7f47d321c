"""The parts of a sheet around its table: administrative header, title, signatures, page set-up.

The header follows Nghị định 30/2020/NĐ-CP: the agency at the left, quốc hiệu and tiêu ngữ at the right. Read `Page`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.geometry import AGENCY_ROW, PERIOD_ROW, TITLE_ROW, blocks, coded_places, height, lines
from thidua_xl.forms.looks import Looks
from thidua_xl.forms.writing import put, put_formula
from thidua_xl.messages import say
from thidua_xl.model import Criteria, Form, Period, Unit, Value

_A4 = 9
_SIGNATURE_SPACE = 4


@dataclass(frozen=True, slots=True)
class Signer:
    """One name, title or date of the signature block: the defined name of its cell and what it holds now."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Page:
    """What the sheets of one unit workbook share. `signers` are by role: nguoi_lap, nguoi_ky, chuc_vu, ngay."""

    criteria: Criteria
    unit: Unit
    period: Period
    looks: Looks
    signers: dict[str, Signer]

    def head(self, sheet: Worksheet, form: Form, widths: Sequence[float]) -> None:
        """Write agency, quốc hiệu, title and period line in the rows above the table."""
        left, right = blocks(widths)
        setting = self.criteria.text_setting
        plain = self.looks.line(font_size=12)
        bold = self.looks.line(bold=True, font_size=12)
        motto = self.looks.line(bold=True, font_size=13, underline=1)
        own = self.looks.line(bold=True, font_size=12, underline=1)
        above = setting("co_quan") or setting("co_quan_cap_tren")
        across(sheet, AGENCY_ROW, left, above, plain)
        across(sheet, AGENCY_ROW, right, setting("quoc_hieu", say("form.country")), bold)
        across(sheet, AGENCY_ROW + 1, left, self.unit.name.upper(), own)
        across(sheet, AGENCY_ROW + 1, right, setting("tieu_ngu", say("form.motto")), motto)
        width_left = sum(widths[: left[1]])
        width_right = sum(widths[right[0] - 1 :])
        country = setting("quoc_hieu", say("form.country"))
        first = max(lines(above, width_left, bold=True), lines(country, width_right, bold=True))
        second = lines(self.unit.name.upper(), width_left, bold=True)
        sheet.set_row(AGENCY_ROW - 1, height(first, 12.5))
        sheet.set_row(AGENCY_ROW, height(second, 13))
        sheet.set_row(AGENCY_ROW + 1, 8)
        whole = (1, len(widths))
        total = sum(widths)
        across(sheet, TITLE_ROW, whole, form.title.upper(), self.looks.line(bold=True, font_size=14))
        sheet.set_row(TITLE_ROW - 1, height(lines(form.title.upper(), total * 0.75, bold=True), 14))
        across(sheet, PERIOD_ROW, whole, period_line(self.period), self.looks.line(italic=True, font_size=12))
        sheet.set_row(PERIOD_ROW - 1, height(1, 12.5))

    def coded_head(self, sheet: Worksheet, form: Form) -> None:
        """Write what stands above a coded matrix: its title, and whose it is where the form wants it."""
        put(sheet, 1, 1, form.title, self.looks.of(bold=True, font_size=14))
        values = {"o_don_vi": self.unit.code, "o_ky": self.period.code}
        for word, (row, column) in coded_places(form).items():
            put(sheet, row, column, values[word], self.looks.of(bold=True, num_format="@", border=1))
            if column > 1:
                put(sheet, row, column - 1, say(f"form.{word}"), self.looks.of(align="right"))

    def signatures(self, sheet: Worksheet, row: int, widths: Sequence[float]) -> int:
        """Write the signature block from a row on; returns its last row."""
        left, right = blocks(widths)
        setting = self.criteria.text_setting
        bold = self.looks.line(bold=True, font_size=12)
        italic = self.looks.line(italic=True, font_size=12)
        self._signed(sheet, row, right, "ngay", self._date_line(None), italic)
        across(sheet, row + 1, left, setting("chuc_danh_lap", say("form.preparer")), bold)
        self._signed(sheet, row + 1, right, "chuc_vu", setting("chuc_danh_ky_don_vi", say("form.head")), bold)
        across(sheet, row + 2, left, setting("ghi_chu_ky_lap", say("form.sign")), italic)
        across(sheet, row + 2, right, setting("ghi_chu_ky_don_vi", say("form.sign_seal")), italic)
        names = row + 2 + _SIGNATURE_SPACE
        self._signed(sheet, names, left, "nguoi_lap", " ", bold)
        self._signed(sheet, names, right, "nguoi_ky", " ", bold)
        for offset in range(names - row + 1):
            sheet.set_row(row - 1 + offset, 17)
        return names

    def _signed(self, sheet: Worksheet, row: int, span: tuple[int, int], role: str, without: str, look: Format) -> None:
        """A cell that repeats what the unit wrote on its form sheet; `without` while that is blank."""
        signer = self.signers.get(role)
        if signer is None:
            across(sheet, row, span, without, look)
            return
        taken = signer.name
        value = signer.value
        text = str(value) if value is not None else without
        if role == "chuc_vu":
            taken, text = f"UPPER({signer.name})", text.upper()
        elif role == "ngay":
            taken = self._date_formula(signer.name)
            text = self._date_line(value if isinstance(value, date) else None)
        quoted = without.replace('"', '""')
        across(sheet, row, span, "", look)
        put_formula(sheet, row, span[0], f'=IF({signer.name}="","{quoted}",{taken})', text, look)

    def _date_line(self, day: date | None) -> str:
        place = self.criteria.text_setting("dia_danh", "…")
        if day is None:
            year = self.period.year or (self.period.end.year if self.period.end else "…")
            return say("form.sign_date", place=place, day="…", month="…", year=year)
        # Nghị định 30/2020: days below 10 and the months 1 and 2 are written with a zero.
        month = f"{day.month:02d}" if day.month < 3 else str(day.month)
        return say("form.sign_date", place=place, day=f"{day.day:02d}", month=month, year=day.year)

    def _date_formula(self, name: str) -> str:
        day = f'TEXT(DAY({name}),"00")'
        month = f'IF(MONTH({name})<3,TEXT(MONTH({name}),"00"),MONTH({name}))'
        place = self.criteria.text_setting("dia_danh", "…")
        words = say("form.sign_date", place=place, day="\0", month="\0", year="\0").split("\0")
        parts = ['"' + word.replace('"', '""') + '"' for word in words]
        return "&".join((parts[0], day, parts[1], month, parts[2], f"YEAR({name})", parts[3]))

    def set_up(
        self, sheet: Worksheet, title: str, area: tuple[int, int], repeat: tuple[int, int], *, pages: int = 0
    ) -> None:
        """A4 landscape, fit to one page's width, header rows repeated; `area` is (last row, last column).

        `pages` is the number of pages from top to bottom, 0 for as many as it takes.
        """
        margins = self.looks.margins
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=margins.left, right=margins.right, top=margins.top, bottom=margins.bottom)
        sheet.fit_to_pages(1, pages)
        sheet.center_horizontally()
        sheet.repeat_rows(repeat[0] - 1, repeat[1] - 1)
        sheet.print_area(0, 0, area[0] - 1, area[1] - 1)
        # Excel takes 255 characters of footer in all, and reads a single & as a code.
        foot = say("form.footer", unit=self.unit.name, title=title)[:90].replace("&", "&&")
        font = '&"Times New Roman"&9'
        sheet.set_footer(f"&L{font}{foot}&R{font}{say('form.page')} &P/&N")
        sheet.hide_gridlines(2)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    def protect(self, sheet: Worksheet) -> None:
        """Guard all but the input cells, without a password; rows may be inserted, formatted and removed."""
        allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")
        sheet.protect("", dict.fromkeys(allowed, True))


def period_line(period: Period) -> str:
    """The line below the title: which period, from which day to which."""
    if period.start is None or period.end is None:
        return say("form.period_open", name=period.name)
    start, end = period.start.strftime("%d/%m/%Y"), period.end.strftime("%d/%m/%Y")
    return say("form.period", name=period.name, start=start, end=end)


def across(sheet: Worksheet, row: int, span: tuple[int, int], text: str, look: Format) -> None:
    """Write a text over columns `span` (1-based, both included) of a row, merged when there are several."""
    if span[0] == span[1]:
        put(sheet, row, span[0], text, look)
    else:
        sheet.merge_range(row - 1, span[0] - 1, row - 1, span[1] - 1, text, look)
