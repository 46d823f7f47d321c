"""Cells -> typed values of a field, with findings for what could not be taken. Read `Taker.column`.

Numbers and dates typed as text are decided by the field's kind and the other cells of the column; what stays
doubtful is `Invalid` with a finding, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.grid import Extra
from thidua_xl.intake.prepared import COMMUNES, UNITS, Prepared
from thidua_xl.intake.reporter import Reporter, Where
from thidua_xl.intake.texts import clean_text
from thidua_xl.model import NUMERIC, CellError, Field, FieldKind, Form, Invalid, Value
from thidua_xl.refs import column_letters
from thidua_xl.text import (
    BLANK,
    EXACT,
    TCVN3,
    VNI,
    Ambiguous,
    AmbiguousDate,
    NameMatch,
    NumberContext,
    bare_serial_date,
    column_style,
    convert_legacy,
    fold,
    format_number_vi,
    money_unit,
    parse_date,
    parse_flag,
    parse_number,
    shows_month_first,
    tidy,
)

_EXTERNAL = re.compile(r"\[(\d+)\]|'?([^'\[\]!]*)\[([^\[\]]+\.xl[a-z]{1,2})\]", re.IGNORECASE)
_CODES_APART = re.compile(r"[;|\n]+")
_CODES_APART_LOOSE = re.compile(r"[;|\n,+/ ]+")
_PADDED = re.compile(r"(0{2,})(?:;|\Z)")
_NOTHING = Extra()


@dataclass(frozen=True, slots=True)
class CellsOf:
    """Where a column's values come from: form, sheet and what the sheet keeps beside the values."""

    form: Form
    sheet: str
    extras: Mapping[tuple[int, int], Extra]
    external: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """The unit of money a header names: its words and its factor in đồng."""

    words: str
    factor: int


class Taker:
    """Takes the values of one submission; faults go to `reporter`."""

    def __init__(self, prepared: Prepared, reporter: Reporter) -> None:
        self.prepared = prepared
        self.reporter = reporter
        dash = prepared.criteria.text_setting("gach_ngang", "trong")
        self._dash = Decimal(0) if dash.strip() == "0" else None

    def column(
        self,
        source: CellsOf,
        field: Field,
        places: Sequence[tuple[int, int]],
        values: Sequence[Value],
        unit: MoneyUnit | None = None,
    ) -> tuple[Value, ...]:
        """The typed values of cells of one field at `places` (row, column); `unit` is the header's unit of money."""
        column = _Column(self, source, field, values, unit)
        extras = source.extras
        if not extras and unit is None and field.kind in NUMERIC:
            plain = _plain_numbers(field, values)
            if plain is not None and field.kind is not FieldKind.MONEY:
                return plain
        return tuple(
            column.take(value, extras.get(place, _NOTHING), place) if value is not None or place in extras else None
            for place, value in zip(places, values, strict=True)
        )

    def single(
        self, source: CellsOf, field: Field, place: tuple[int, int], value: Value, unit: MoneyUnit | None = None
    ) -> Value:
        """The typed value of one labelled cell."""
        return self.column(source, field, [place], [value], unit)[0]

    @property
    def dash(self) -> Decimal | None:
        """What a lone dash in a column of numbers means."""
        return self._dash


def _plain_numbers(field: Field, values: Sequence[Value]) -> tuple[Value, ...] | None:
    """The values when all are numbers or blank and need no look, else None."""
    taken: list[Value] = []
    for value in values:
        kind = type(value)
        if value is None:
            taken.append(None)
        elif kind is int:
            taken.append(value if field.kind is FieldKind.INTEGER else Decimal(value))  # type: ignore[arg-type]  # an int
        elif kind is Decimal and field.kind is not FieldKind.INTEGER:
            taken.append(value)
        else:
            return None
    return tuple(taken)


class _Column:
    """One column (or single cell) while it is taken."""

    def __init__(
        self, taker: Taker, source: CellsOf, field: Field, values: Sequence[Value], unit: MoneyUnit | None
    ) -> None:
        self._taker = taker
        self._prepared = taker.prepared
        self._reporter = taker.reporter
        self._source = source
        self._field = field
        self._unit = unit
        self._texts = [value for value in values if isinstance(value, str)]
        own = money_unit(field.unit) if field.kind is FieldKind.MONEY else None
        self._own = MoneyUnit(*own) if own is not None else MoneyUnit(field.unit or "đồng", 1)
        self._charset = self._find_charset() if self._texts else ""
        self._context: NumberContext | None = None
        self._month_first: bool | None = None
        self._mixed_told = False
        self._takers = {
            FieldKind.SERIAL: self._serial,
            FieldKind.TEXT: self._text,
            FieldKind.CODE: self._code,
            FieldKind.CODES: self._codes,
            FieldKind.INTEGER: self._number,
            FieldKind.NUMBER: self._number,
            FieldKind.MONEY: self._number,
            FieldKind.PERCENT: self._number,
            FieldKind.DATE: self._date,
            FieldKind.CHOICE: self._choice,
            FieldKind.FLAG: self._flag,
        }

    def take(self, value: Value, extra: Extra, place: tuple[int, int]) -> Value:
        where = Where(self._source.sheet, f"{column_letters(place[1])}{place[0]}", place[0], column_letters(place[1]))
        if extra.formula is not None:
            self._look_outside(extra.formula, where)
            if value is None:
                self._tell("cong_thuc_chua_tinh", where, seen="=" + extra.formula)
                return Invalid("=" + extra.formula)
        if isinstance(value, CellError):
            self._tell("o_loi", where, seen=value.code)
            return Invalid(value.code)
        if isinstance(value, str):
            cleaned = self._clean(value, extra.font, where)
            if cleaned is None or isinstance(cleaned, Invalid):
                return cleaned
            value = cleaned
        return self._takers[self._field.kind](value, extra, where)

    # -- text ------------------------------------------------------------------------------------------------

    def _clean(self, raw: str, font: str, where: Where) -> str | Invalid | None:
        """The text in Unicode without surplus blanks; None when nothing is left."""
        found = clean_text(raw, font, self._charset)
        if not found.text:
            return None
        if found.strange:
            self._tell("bang_ma_la", where, seen=raw)
            return Invalid(raw)
        if found.charset:
            self._tell("tcvn3" if found.charset == TCVN3 else "vni", where, seen=raw, moi=found.text)
        if found.decomposed:
            self._tell("chua_nfc", where, seen=found.text)
        if found.untidy and self._field.kind not in NUMERIC:
            self._tell("khoang_trang", where, seen=found.text)
        return found.text

    def _find_charset(self) -> str:
        """The old character set of the column: some cell is surely in it, and none is surely Unicode."""
        seen: set[str] = set()
        for text in self._texts:
            if text.isascii():
                continue
            charset = convert_legacy(text).charset
            if charset:
                seen.add(charset)
            elif any(ord(one) > 0xFF for one in text):
                return ""
        return next(iter(seen)) if len(seen) == 1 and seen <= {TCVN3, VNI} else ""

    def _text(self, value: Value, extra: Extra, where: Where) -> Value:
        text = as_text(value, extra)
        if self._reporter.names_field("ten_gan_dung", self._source.form, self._field) or self._is_unit_name():
            return self._named(text, where)
        return text

    def _is_unit_name(self) -> bool:
        """Whether the field holds the name of the unit that reports, as the book's settings say."""
        criteria = self._prepared.criteria
        return criteria.text_setting("truong_ten_don_vi") == f"{self._source.form.code}.{self._field.code}"

    def _named(self, text: str, where: Where) -> str:
        """A name of a unit kept as text, in its proper spelling when it is known by another."""
        choices = self._field.choices or UNITS
        found = self._prepared.match(choices, text)
        if found is None or found.code is None:
            return text
        proper = self._prepared.proper_name(choices, found.code)
        if tidy(text).casefold() != tidy(proper).casefold() and found.how != EXACT:
            self._tell("ten_gan_dung", where, seen=text, ten=proper)
        return proper

    # -- codes and choices -----------------------------------------------------------------------------------

    def _code(self, value: Value, extra: Extra, where: Where) -> Value:
        if isinstance(value, Invalid):
            return value
        text = as_text(value, extra)
        numeric = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        choices = self._field.choices
        found = self._prepared.match(choices, text) if choices else None
        if found is None:
            if numeric:
                self._lost_zeros(text, where)
            return text
        if found.code is not None:
            return self._understood(found, text, where)
        if numeric and (padded := self._padded(text)) is not None:
            self._tell("mat_so_0", where, seen=text, moi=padded)
            return padded
        if self._reporter.names_field("danh_muc", self._source.form, self._field):
            return self._unknown(text, found, where)
        return text

    def _lost_zeros(self, text: str, where: Where) -> None:
        """Tell when the column's other codes begin with 0 and are longer than this number."""
        if any(other.strip().startswith("0") and len(other.strip()) > len(text) for other in self._texts):
            self._tell("mat_so_0", where, seen=text)

    def _padded(self, text: str) -> str | None:
        """The code that the digits are without its leading zeros, when there is exactly one."""
        if not text.isdigit():
            return None
        register = self._field.choices
        longest = 12
        hits = {
            found.code
            for width in range(len(text) + 1, longest)
            if (found := self._prepared.match(register, text.zfill(width))) is not None and found.code is not None
        }
        return next(iter(hits)) if len(hits) == 1 else None

    def _codes(self, value: Value, extra: Extra, where: Where) -> Value:
        if isinstance(value, Invalid):
            return value
        text = as_text(value, extra)
        choices = self._field.choices
        if not choices or self._prepared.match(choices, text) is None:
            return ";".join(part for part in map(str.strip, _CODES_APART.split(text)) if part)
        whole = self._prepared.match(choices, text)
        if whole is not None and whole.code is not None:
            return whole.code
        for apart in (_CODES_APART, _CODES_APART_LOOSE):
            parts = [part for part in map(str.strip, apart.split(text)) if part]
            found = [self._prepared.match(choices, part) for part in parts]
            codes = [one.code for one in found if one is not None and one.code is not None]
            if len(codes) == len(parts):
                return ";".join(dict.fromkeys(codes))
        if self._reporter.names_field("danh_muc", self._source.form, self._field):
            for part in [part for part in map(str.strip, re.split(r"[;|\n,]+", text)) if part]:
                one = self._prepared.match(choices, part)
                if one is not None and one.code is None:
                    return self._unknown(part, one, where, whole=text)
        return text

    def _choice(self, value: Value, extra: Extra, where: Where) -> Value:
        if isinstance(value, Invalid):
            return value
        text = as_text(value, extra)
        choices = self._field.choices
        found = self._prepared.match(choices, text) if choices else None
        if found is None:
            return text
        if found.code is not None:
            return self._understood(found, text, where)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            padded = self._padded(text)
            if padded is not None:
                self._tell("mat_so_0", where, seen=text, moi=padded)
                return padded
        return self._unknown(text, found, where)

    def _understood(self, found: NameMatch, text: str, where: Where) -> str:
        """The code; a unit or commune that was written otherwise than in the book is told."""
        code = found.code or ""
        register = self._field.choices.partition(":")[0]
        if found.how != EXACT and register in (UNITS, COMMUNES):
            self._tell("ten_gan_dung", where, seen=text, ten=self._prepared.proper_name(register, code))
        return code

    def _unknown(self, text: str, found: NameMatch, where: Where, whole: str = "") -> Invalid:
        register = self._field.choices
        offers = "; ".join(self._prepared.proper_name(register, code) for code in found.suggestions)
        period = self._prepared.criteria.period
        day = f"{period.day:%d/%m/%Y}" if period is not None else ""
        self._tell("danh_muc", where, seen=text, goi_y=offers, ngay=day)
        return Invalid(whole or text)

    def _flag(self, value: Value, extra: Extra, where: Where) -> Value:
        if isinstance(value, bool):
            return value
        text = as_text(value, extra) if not isinstance(value, Invalid) else value.seen
        found = parse_flag(text)
        if found is None:
            self._tell("tich_la", where, seen=text)
            return Invalid(text)
        return found

    # -- numbers ---------------------------------------------------------------------------------------------

    def _number(self, value: Value, extra: Extra, where: Where) -> Value:
        kind = self._field.kind
        if isinstance(value, str):
            found = self._typed_number(value, extra, where)
            if found is None or isinstance(found, Invalid):
                return found
            size = found
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            size = Decimal(value)
            if extra.raw:
                self._tell("so_mo_ho", where, seen=extra.raw, a=format_number_vi(size), b=extra.raw)
                return Invalid(extra.raw)
            if kind is FieldKind.PERCENT and "%" in extra.number_format:
                size *= 100
        else:
            seen = as_text(value, extra)
            self._tell("khong_phai_so", where, seen=seen)
            return Invalid(seen)
        if kind is FieldKind.MONEY:
            size = self._money(size, where)
        if kind is FieldKind.INTEGER:
            if size != size.to_integral_value():
                self._tell("phai_nguyen", where, seen=format_number_vi(size))
                return Invalid(format_number_vi(size))
            return int(size)
        return size

    def _typed_number(self, text: str, extra: Extra, where: Where) -> Decimal | Invalid | None:
        context = self._number_context(where)
        if "%" in extra.number_format:
            context = NumberContext(
                context.decimal, context.scale, context.whole, context.percent, True, context.unit, context.dash
            )
        found = parse_number(text, context)
        if found is BLANK:
            return None
        if isinstance(found, Ambiguous):
            self._tell("so_mo_ho", where, seen=text, a=format_number_vi(found.first), b=format_number_vi(found.second))
            return Invalid(text)
        if not isinstance(found, Decimal):
            self._tell("khong_phai_so", where, seen=text)
            return Invalid(text)
        self._tell("so_dang_chu", where, seen=text, so=format_number_vi(found))
        return found

    def _number_context(self, where: Where) -> NumberContext:
        if self._context is None:
            style = column_style(self._texts)
            if style.mixed:
                self._tell("lan_kieu_so", where, seen=where.column)
            field = self._field
            money = field.kind is FieldKind.MONEY
            self._context = NumberContext(
                decimal=style.decimal,
                scale=(self._unit or self._own).factor if money else 1,
                whole=field.kind is FieldKind.INTEGER,
                percent=field.kind is FieldKind.PERCENT,
                unit="" if money else field.unit,
                dash=self._taker.dash,
            )
        return self._context

    def _money(self, size: Decimal, where: Where) -> Decimal:
        """An amount in the field's own unit; told when it cannot be in the unit it is said to be in."""
        said = self._unit or self._own
        rule = self._reporter.rule("sai_bac_tien", self._source.form, self._field)
        if rule is not None:
            parameters = rule[1].parameters
            high, low = _limit(parameters.get("cao")), _limit(parameters.get("thap"))
            too_high = high is not None and said.factor >= 10**6 and abs(size) > high
            too_low = low is not None and said.factor == 1 and 0 < abs(size) < low
            if too_high or too_low:
                self._tell("sai_bac_tien", where, seen=format_number_vi(size), dvt=said.words)
        if said.factor == self._own.factor:
            return size
        return size * said.factor / self._own.factor

    # -- dates and serial numbers ----------------------------------------------------------------------------

    def _date(self, value: Value, extra: Extra, where: Where) -> Value:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if type(value) is int:
            day = bare_serial_date(value)
            if day is not None:
                self._tell("ngay_dang_chu", where, seen=str(value), ngay=f"{day:%d/%m/%Y}")
                return day
        if isinstance(value, str):
            if self._month_first is None:
                self._month_first = shows_month_first(self._texts)
            found = parse_date(value, month_first_seen=self._month_first)
            if isinstance(found, AmbiguousDate):
                self._tell("ngay_mo_ho", where, seen=value)
                return Invalid(value)
            if found is not None:
                self._tell("ngay_dang_chu", where, seen=value, ngay=f"{found:%d/%m/%Y}")
                return found
        seen = as_text(value, extra)
        self._tell("khong_phai_ngay", where, seen=seen)
        return Invalid(seen)

    def _serial(self, value: Value, extra: Extra, where: Where) -> Value:
        if isinstance(value, str) and value.strip(" .)").isdigit():
            return int(value.strip(" .)"))
        return value if isinstance(value, (int, str)) and not isinstance(value, bool) else as_text(value, extra)

    def _look_outside(self, formula: str, where: Where) -> None:
        found = _EXTERNAL.search(formula)
        if found is None:
            return
        names = self._source.external
        if found[1] and not 1 <= int(found[1]) <= len(names):
            return  # [1] of a table reference, or a link that is gone
        name = names[int(found[1]) - 1] if found[1] else found[3]
        self._tell("lien_ket_ngoai", where, seen="=" + formula, tep_ngoai=name)

    def _tell(self, kind: str, where: Where, *, seen: str = "", **values: str) -> None:
        self._reporter.report(kind, where, form=self._source.form, field=self._field, seen=seen, **values)


def as_text(value: Value, extra: Extra = _NOTHING) -> str:
    """What a cell shows, as text: whole numbers without a point, padded codes as padded, days as dd/mm/yyyy."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        text = format(Decimal(value), "f")
        padded = _PADDED.match(extra.number_format)
        return text.zfill(len(padded[1])) if padded is not None and text.isdigit() else text
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}" if (value.hour or value.minute) else f"{value:%d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return value.seen if isinstance(value, Invalid) else value.code


def _limit(text: str | None) -> Decimal | None:
    """A limit from a rule's parameters, None when it is none."""
    found = parse_number(text) if text else None
    return found if isinstance(found, Decimal) else None


__all__ = ["CellsOf", "MoneyUnit", "Taker", "as_text", "fold"]
