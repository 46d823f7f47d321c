"""One column of cells -> typed values, step by step, with findings for what could not be taken. Read `Column.take`.

Numbers and dates typed as text are decided by the field's kind and the other cells of the column; what stays
doubtful is `Invalid` with a finding, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from thidua_xl.grid import Extra
from thidua_xl.intake.cells import CellsOf, MoneyUnit, Place, as_text
from thidua_xl.intake.prepared import Prepared
from thidua_xl.intake.reporter import Reporter, Where
from thidua_xl.intake.texts import clean_text
from thidua_xl.model import CellError, Field, FieldKind, Invalid, Value
from thidua_xl.model.registers import COMMUNES, UNITS
from thidua_xl.model.wording import MOST_NAMES, listed_names
from thidua_xl.refs import column_letters
from thidua_xl.text import (
    BLANK,
    EXACT,
    TCVN3,
    Ambiguous,
    AmbiguousDate,
    NameMatch,
    NumberContext,
    bare_serial_date,
    column_charset,
    column_style,
    format_number_vi,
    is_misspelling,
    money_unit,
    parse_date,
    parse_flag,
    parse_number,
    shows_month_first,
    tidy,
)

# What stands in front of the bracket (a folder) is left out: looking for it costs the square of a long formula.
_EXTERNAL = re.compile(r"\[(?:([0-9]{1,9})|([^\[\]]+\.xl[a-z]{1,2}))\]", re.IGNORECASE)
_CODES_APART = re.compile(r"[;|\n]+")
_CODES_APART_LOOSE = re.compile(r"[;|\n,+/ ]+")
# How the values of each kind of field are taken: methods of `Column`.
_TAKERS = {
    FieldKind.SERIAL.value: "_serial",
    FieldKind.TEXT.value: "_text",
    FieldKind.CODE.value: "_code",
    FieldKind.CODES.value: "_codes",
    FieldKind.INTEGER.value: "_number",
    FieldKind.NUMBER.value: "_number",
    FieldKind.MONEY.value: "_number",
    FieldKind.PERCENT.value: "_number",
    FieldKind.DATE.value: "_date",
    FieldKind.CHOICE.value: "_choice",
    FieldKind.FLAG.value: "_flag",
}
_DONG = MoneyUnit("đồng", 1)
# From this unit of money on (triệu đồng) an amount may be too large for it.
_LARGE = 10**6


@dataclass(frozen=True, slots=True)
class Tools:
    """What every column of a submission is taken with; `dash` is the number a dash stands for, None for a blank."""

    prepared: Prepared
    reporter: Reporter
    dash: Decimal | None


class Column:
    """One column (or single cell) while it is taken."""

    def __init__(
        self,
        tools: Tools,
        source: CellsOf,
        field: Field,
        values: Sequence[Value],
        unit: MoneyUnit | None,
        *,
        quiet: frozenset[str] = frozenset(),
    ) -> None:
        self._tools, self._quiet = tools, quiet
        self._prepared = tools.prepared
        self._reporter = tools.reporter
        self._source = source
        self._field = field
        self._texts = [value for value in values if isinstance(value, str)]
        self._numeric = field.is_numeric
        self._own = self._said = unit or _DONG
        if field.kind is FieldKind.MONEY:
            own = money_unit(field.unit)
            # In another currency there may be smaller money.
            self._is_money = own is not None or not field.unit
            self._own = MoneyUnit(*own) if own is not None else MoneyUnit(field.unit or _DONG.words, 1)
            self._said = unit or self._own
        self._charset = column_charset(self._texts) if self._texts else ""
        self._context: NumberContext | None = None
        self._month_first: bool | None = None
        self._bounds: tuple[Decimal | None, Decimal | None] | None = None
        self._is_name: bool | None = None
        self._take_kind: Callable[[Value, Extra, Place], Value] = getattr(self, _TAKERS[field.kind.value])

    def take(self, value: Value, extra: Extra, place: Place) -> Value:
        """The typed value of one cell that holds something."""
        if extra.formula is not None:
            self._look_outside(extra.formula, place)
            if value is None:
                self._tell("cong_thuc_chua_tinh", place, seen="=" + extra.formula)
                return Invalid("=" + extra.formula)
        if isinstance(value, str) and not self._is_sign(value):
            cleaned = self._clean(value, extra.font, place)
            if cleaned is None or isinstance(cleaned, Invalid):
                return cleaned
            value = cleaned
        elif isinstance(value, CellError):
            self._tell("o_loi", place, seen=value.code)
            return Invalid(value.code)
        return self._take_kind(value, extra, place)

    # -- text ------------------------------------------------------------------------------------------------

    def _is_sign(self, value: str) -> bool:
        """Whether a lone sign is a tick: × is a letter in old character sets, which no tick is written in."""
        return self._field.kind is FieldKind.FLAG and len(value) == 1 and parse_flag(value) is not None

    def _clean(self, raw: str, font: str, place: Place) -> str | Invalid | None:
        """The text in Unicode without surplus blanks; None when nothing is left."""
        found = clean_text(raw, font, self._charset)
        if not found.text:
            return None
        if found.strange:
            self._tell("bang_ma_la", place, seen=raw)
            return Invalid(raw)
        if found.charset:
            self._tell("tcvn3" if found.charset == TCVN3 else "vni", place, seen=raw, moi=found.text)
        if found.decomposed:
            self._tell("chua_nfc", place, seen=found.text)
        if found.untidy and not self._numeric:
            self._tell("khoang_trang", place, seen=found.text)
        return found.text

    def _text(self, value: Value, extra: Extra, place: Place) -> Value:
        text = as_text(value, extra)
        return self._named(text, place) if self.is_name else text

    @property
    def is_name(self) -> bool:
        """Whether the texts are names of units, which are held against the book."""
        if self._is_name is None:
            named = self._reporter.names_field("ten_gan_dung", self._source.form, self._field)
            self._is_name = named or self._is_unit_name()
        return self._is_name

    def _is_unit_name(self) -> bool:
        """Whether the field holds the name of the unit that reports, as the book's settings say."""
        criteria = self._prepared.criteria
        return criteria.text_setting("truong_ten_don_vi") == f"{self._source.form.code}.{self._field.code}"

    def _named(self, text: str, place: Place) -> str:
        """A name of a unit kept as text, in its proper spelling when it is known by another."""
        choices = self._field.choices or UNITS
        found = self._prepared.match(choices, text)
        if found is None:
            return text
        if found.code is None:
            names = [self._prepared.proper_name(choices, code) for code in found.suggestions]
            near = [name for name in names if is_misspelling(text, name)]
            if len(near) == 1:
                self._tell("ten_sai_chinh_ta", place, seen=text, ten=near[0])
            return text
        proper = self._prepared.proper_name(choices, found.code)
        if tidy(text).casefold() != tidy(proper).casefold() and found.how != EXACT:
            self._tell("ten_gan_dung", place, seen=text, ten=proper)
        return proper

    # -- codes and choices -----------------------------------------------------------------------------------

    def _code(self, value: Value, extra: Extra, place: Place) -> Value:
        if isinstance(value, Invalid):
            return value
        text = as_text(value, extra)
        numeric = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        choices = self._field.choices
        found = self._prepared.match(choices, text) if choices else None
        if found is None:
            if numeric:
                self._lost_zeros(text, place)
            return text
        if found.code is not None:
            return self._understood(found, text, place)
        if numeric and (padded := self._padded(text)) is not None:
            self._tell("mat_so_0", place, seen=text, moi=padded)
            return padded
        if self._reporter.names_field("danh_muc", self._source.form, self._field):
            return self._unknown(text, found, place)
        return text

    def _lost_zeros(self, text: str, place: Place) -> None:
        """Tell when the column's other codes begin with 0 and are longer than this number."""
        if any(other.strip().startswith("0") and len(other.strip()) > len(text) for other in self._texts):
            self._tell("mat_so_0", place, seen=text)

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

    def _codes(self, value: Value, extra: Extra, place: Place) -> Value:
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
                    return self._unknown(part, one, place, whole=text)
        return text

    def _choice(self, value: Value, extra: Extra, place: Place) -> Value:
        if isinstance(value, Invalid):
            return value
        text = as_text(value, extra)
        choices = self._field.choices
        found = self._prepared.match(choices, text) if choices else None
        if found is None:
            return text
        if found.code is not None:
            return self._understood(found, text, place)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            padded = self._padded(text)
            if padded is not None:
                self._tell("mat_so_0", place, seen=text, moi=padded)
                return padded
        return self._unknown(text, found, place)

    def _understood(self, found: NameMatch, text: str, place: Place) -> str:
        """The code; a unit or commune that was written otherwise than in the book is told."""
        code = found.code or ""
        register = self._field.choices.partition(":")[0]
        if found.how != EXACT and register in (UNITS, COMMUNES):
            self._tell("ten_gan_dung", place, seen=text, ten=self._prepared.proper_name(register, code))
        return code

    def _unknown(self, text: str, found: NameMatch, place: Place, whole: str = "") -> Invalid:
        register = self._field.choices
        offers = "; ".join(self._prepared.proper_name(register, code) for code in found.suggestions)
        period = self._prepared.criteria.period
        # A special report may have no days of its own.
        day = f"{period.day:%d/%m/%Y}" if period is not None and period.day != date.max else ""
        some = self._prepared.codes(register)[: MOST_NAMES + 1]
        listed = listed_names(self._prepared.proper_name(register, code) for code in some)
        self._tell("danh_muc", place, seen=text, goi_y=offers, ngay=day, ds=listed)
        return Invalid(whole or text)

    def _flag(self, value: Value, extra: Extra, place: Place) -> Value:
        if isinstance(value, bool):
            return value
        text = as_text(value, extra) if not isinstance(value, Invalid) else value.seen
        found = parse_flag(text)
        if found is None:
            self._tell("tich_la", place, seen=text)
            return Invalid(text)
        return found

    # -- numbers ---------------------------------------------------------------------------------------------

    def _number(self, value: Value, extra: Extra, place: Place) -> Value:
        kind = self._field.kind
        if isinstance(value, str):
            found = self._typed_number(value, extra, place)
            if found is None or isinstance(found, Invalid):
                return found
            size = found
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            size = Decimal(value)
            if extra.raw:
                self._tell("so_mo_ho", place, seen=extra.raw, a=format_number_vi(size), b=extra.raw)
                return Invalid(extra.raw)
            if kind is FieldKind.PERCENT and "%" in extra.number_format:
                size *= 100
        else:
            seen = as_text(value, extra)
            self._tell("khong_phai_so", place, seen=seen)
            return Invalid(seen)
        if kind is FieldKind.MONEY:
            size = self._money(size, place)
            if self._is_fraction(size):
                # It counts as it is: the unit has to say which whole amount was meant.
                self._tell("phai_nguyen", place, seen=format_number_vi(size))
            return size
        if kind is FieldKind.INTEGER:
            if size != size.to_integral_value():
                if "phai_nguyen" in self._quiet:
                    return size
                self._tell("phai_nguyen", place, seen=format_number_vi(size))
                return Invalid(format_number_vi(size))
            return int(size)
        return size

    def _typed_number(self, text: str, extra: Extra, place: Place) -> Decimal | Invalid | None:
        context = self._number_context(place)
        if "%" in extra.number_format:
            context = replace(context, percent_format=True)
        found = parse_number(text, context)
        if found is BLANK:
            return None
        if isinstance(found, Ambiguous):
            self._tell("so_mo_ho", place, seen=text, a=format_number_vi(found.first), b=format_number_vi(found.second))
            return Invalid(text)
        if not isinstance(found, Decimal):
            self._tell("khong_phai_so", place, seen=text)
            return Invalid(text)
        if not self._field.is_whole or found == found.to_integral_value():
            # Else it is told once, as no whole number.
            self._tell("so_dang_chu", place, seen=text, so=format_number_vi(found))
        return found

    def _number_context(self, place: Place) -> NumberContext:
        if self._context is None:
            style = column_style(self._texts)
            if style.mixed:
                self._tell("lan_kieu_so", place, seen=column_letters(place[1]))
            field = self._field
            money = field.kind is FieldKind.MONEY
            self._context = NumberContext(
                decimal=style.decimal,
                grouping=style.grouping,
                indivisible=field.kind is FieldKind.INTEGER or (money and self._said.factor == 1),
                scale=self._said.factor if money else 1,
                whole=field.kind is FieldKind.INTEGER,
                percent=field.kind is FieldKind.PERCENT,
                unit="" if money else field.unit,
                dash=self._tools.dash,
                money=money or money_unit(field.unit) is not None,
            )
        return self._context

    def _money(self, size: Decimal, place: Place) -> Decimal:
        """An amount in the field's own unit; told when it cannot be in the unit it is said to be in."""
        said = self._said
        high, low = self._bounds if self._bounds is not None else self._find_bounds()
        too_high = high is not None and said.factor >= _LARGE and size > high
        # A negative amount is wrong whatever its unit: its range is told, not its unit.
        too_low = low is not None and said.factor == 1 and 0 < size < low
        if too_high or too_low:
            self._tell("sai_bac_tien", place, seen=format_number_vi(size), dvt=said.words)
        if said.factor == self._own.factor:
            return size
        return size * said.factor / self._own.factor

    def _is_fraction(self, size: Decimal) -> bool:
        """Whether an amount in the field's own unit of money has a part of a đồng."""
        dong = size * self._own.factor
        return self._is_money and dong != dong.to_integral_value()

    @property
    def amounts(self) -> tuple[Decimal | None, Decimal | None] | None:
        """The sizes above and below which an amount is told, None when amounts are put into another unit."""
        if self._field.kind is not FieldKind.MONEY or self._said.factor != self._own.factor:
            return None
        high, low = self._find_bounds()
        return high if self._said.factor >= _LARGE else None, low if self._said.factor == 1 else None

    def _find_bounds(self) -> tuple[Decimal | None, Decimal | None]:
        """Beyond what an amount is not in the unit of its header: (too high, too low)."""
        rule = self._reporter.rule("sai_bac_tien", self._source.form, self._field)
        parameters = rule[1].parameters if rule is not None else {}
        self._bounds = _limit(parameters.get("cao")), _limit(parameters.get("thap"))
        return self._bounds

    # -- dates and serial numbers ----------------------------------------------------------------------------

    def _date(self, value: Value, extra: Extra, place: Place) -> Value:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if type(value) is int:
            day = bare_serial_date(value)
            if day is not None:
                self._tell("ngay_dang_chu", place, seen=str(value), ngay=f"{day:%d/%m/%Y}")
                return day
        if isinstance(value, str):
            if self._month_first is None:
                self._month_first = shows_month_first(self._texts)
            found = parse_date(value, month_first_seen=self._month_first)
            if isinstance(found, AmbiguousDate):
                self._tell("ngay_mo_ho", place, seen=value)
                return Invalid(value)
            if found is not None:
                self._tell("ngay_dang_chu", place, seen=value, ngay=f"{found:%d/%m/%Y}")
                return found
        seen = as_text(value, extra)
        self._tell("khong_phai_ngay", place, seen=seen)
        return Invalid(seen)

    def _serial(self, value: Value, extra: Extra, place: Place) -> Value:
        if isinstance(value, str) and value.strip(" .)").isdigit():
            return int(value.strip(" .)"))
        return value if isinstance(value, (int, str)) and not isinstance(value, bool) else as_text(value, extra)

    def _look_outside(self, formula: str, place: Place) -> None:
        found = _EXTERNAL.search(formula)
        if found is None:
            return
        names = self._source.external
        if found[1] and not 1 <= int(found[1]) <= len(names):
            return  # [1] of a table reference, or a link that is gone
        name = names[int(found[1]) - 1] if found[1] else found[2]
        self._tell("lien_ket_ngoai", place, seen="=" + formula, tep_ngoai=name)

    def _tell(self, kind: str, place: Place, *, seen: str = "", **values: str) -> None:
        if kind in self._quiet:
            return
        row, letters = place[0], column_letters(place[1])
        where = Where(self._source.sheet, f"{letters}{row}", row, letters)
        self._reporter.report(kind, where, form=self._source.form, field=self._field, seen=seen, **values)


@lru_cache(maxsize=256)
def _limit(text: str | None) -> Decimal | None:
    """A limit from a rule's parameters, None when it is none."""
    found = parse_number(text) if text else None
    return found if isinstance(found, Decimal) else None
