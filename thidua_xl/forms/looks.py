"""How a unit workbook looks: fonts, borders, number formats, margins, from the book's settings. Read `Looks`."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from thidua_xl.model import Criteria, Field, FieldKind, Severity

_INCH_MM = 25.4
_TEXT = "@"

FormatWord = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Margins:
    """Page margins in inches, as Excel keeps them."""

    left: float
    right: float
    top: float
    bottom: float


class Looks:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Workbook, criteria: Criteria) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, FormatWord], ...], Format] = {}
        self._font = criteria.text_setting("phong_chu", "Times New Roman")
        self._whole = _vietnamese(criteria.text_setting("dinh_dang_so_nguyen", "#,##0"))
        self._broken = _vietnamese(criteria.text_setting("dinh_dang_so_le", "#,##0.00"))
        self._date = criteria.text_setting("dinh_dang_ngay", "dd/mm/yyyy")
        self.margins = Margins(
            left=_millimetres(criteria, "le_trai", 20),
            right=_millimetres(criteria, "le_phai", 15),
            top=_millimetres(criteria, "le_tren", 20),
            bottom=_millimetres(criteria, "le_duoi", 20),
        )

    def of(self, **words: FormatWord) -> Format:
        """A format with the house font; the same words give the same format."""
        key = tuple(sorted(words.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {"font_name": self._font, "font_size": 11, "valign": "vcenter"} | words
            )
        return self._made[key]

    def line(self, **words: FormatWord) -> Format:
        """A format of a line of running text above or below the table."""
        made: dict[str, FormatWord] = {"align": "center", "text_wrap": True}
        return self.of(**(made | words))

    def heading(self, *, bold: bool = True) -> Format:
        """A header cell of the table."""
        return self.of(bold=bold, align="center", text_wrap=True, border=1, bg_color="#E7ECF4", font_size=11)

    def number_row(self) -> Format:
        """A cell of the row A, B, 1, 2, ..."""
        return self.of(italic=True, align="center", border=1, font_size=10)

    def input(self, field: Field, *, locked: bool = False, left: bool = False) -> Format:
        """A data cell of a field; grey when it is filled in beforehand and locked, at the left when asked."""
        words: dict[str, FormatWord] = {"border": 1, "text_wrap": True, "locked": locked}
        words |= {"num_format": self.number_format(field), "align": "left" if left else _align(field)}
        if locked:
            words["bg_color"] = "#F2F2F2"
        return self.of(**words)

    def not_here(self) -> Format:
        """A cell in which nothing is to be written: its value stands in another row."""
        return self.of(border=1, bg_color="#D9D9D9", locked=True)

    def remark(self) -> Format:
        """A cell in which the unit explains."""
        return self.of(border=1, text_wrap=True, locked=False, num_format=_TEXT, align="left")

    def total(self, field: Field | None) -> Format:
        """A cell of the total row."""
        words: dict[str, FormatWord] = {"border": 1, "bold": True, "text_wrap": True, "bg_color": "#E7ECF4"}
        if field is not None:
            words |= {"num_format": self.number_format(field), "align": "right"}
        return self.of(**words)

    def whole_number(self) -> Format:
        """What a field of decimals looks like while its value happens to be whole."""
        return self._book.add_format({"num_format": self._whole})

    def fault(self, level: str, field: Field | None = None) -> Format:
        """What a wrong cell looks like: a colour and a sign, and hatching so that a blank one shows it too."""
        error = level == Severity.ERROR.value
        words: dict[str, FormatWord] = {
            "bg_color": "#FFC7CE" if error else "#FFEB9C",
            "font_color": "#9C0006" if error else "#7F6000",
            "bold": True,
        }
        if field is not None:
            sign = '"✗ "' if error else '"! "'
            words["num_format"] = _signed(self.number_format(field), sign)
        return self._book.add_format(words)

    def row_mark(self, *, text: bool) -> Format:
        """What the first cell of a row looks like in which something that must be there is blank."""
        number_format = _signed(_TEXT if text else "0", '"✗ "')
        return self._book.add_format({"font_color": "#9C0006", "bold": True, "num_format": number_format})

    def sound(self) -> Format:
        """What a form without faults looks like in the list of forms."""
        return self._book.add_format({"bg_color": "#C6EFCE", "font_color": "#006100"})

    def number_format(self, field: Field) -> str:
        """The Excel number format of a field's cells."""
        if field.kind is FieldKind.SERIAL:
            return "0"
        if field.kind in (FieldKind.INTEGER, FieldKind.MONEY):
            # A year or a number of a criterion is no quantity: 2.024 would be misread.
            return self._whole if is_quantity(field) else "0"
        if field.kind in (FieldKind.NUMBER, FieldKind.PERCENT):
            return self._broken
        if field.kind is FieldKind.DATE:
            return self._date
        return _TEXT


def is_quantity(field: Field) -> bool:
    """Whether thousands are parted: not for a number that names something (no unit of measure, or a year)."""
    return field.kind is not FieldKind.INTEGER or (bool(field.unit) and (field.minimum is None or field.minimum < 1000))


def _vietnamese(number_format: str) -> str:
    """The format under the Vietnamese locale: LibreOffice then writes 1.500.000 whatever its own language."""
    return number_format if number_format.startswith("[$") else f"[$-42A]{number_format}"


def _signed(number_format: str, sign: str) -> str:
    """The format with a sign before whatever the cell shows; the tag of the language must stay in front."""
    tag, mark, own = number_format.rpartition("]") if number_format.startswith("[$") else ("", "", number_format)
    before = f"{tag}{mark}{sign}"
    if own == _TEXT:
        return f"{before}@"
    return f"{before}{own};{before}-{own};{before}{own};{before}@"


def _align(field: Field) -> str:
    if field.is_numeric:
        return "right" if is_quantity(field) else "center"
    centred = (FieldKind.SERIAL, FieldKind.DATE, FieldKind.FLAG, FieldKind.CODE)
    return "center" if field.kind in centred else "left"


def _millimetres(criteria: Criteria, code: str, default: float) -> float:
    value = criteria.setting(code)
    number = float(str(value)) if value is not None and not isinstance(value, bool) else default
    return round(number / _INCH_MM, 3)
