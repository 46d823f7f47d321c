"""Amounts of đồng read aloud, as under every Vietnamese voucher. Read `amount_in_words`."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 10**9


def amount_in_words(amount: int | Decimal) -> str:
    """A whole amount in words: 1500000 gives "Một triệu năm trăm nghìn đồng". ValueError when it is not whole."""
    number = int(amount)
    if number != amount:
        raise ValueError(f"amount {amount} is not whole")
    words = ("âm " if number < 0 else "") + _number(abs(number)) + " đồng"
    return words[0].upper() + words[1:]


def _number(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    upper, lower = divmod(number, _BILLION)
    if not upper:
        return _below_billion(lower, leading=True)
    words = f"{_number(upper)} tỷ"
    return f"{words} {_below_billion(lower, leading=False)}" if lower else words


def _below_billion(number: int, *, leading: bool) -> str:
    """Triệu, nghìn and units; after a higher group the hundreds are read even when they are zero."""
    words: list[str] = []
    for size, name in ((10**6, " triệu"), (10**3, " nghìn"), (1, "")):
        group, number = divmod(number, size)
        if group:
            words.append(_hundreds(group, leading=leading and not words) + name)
    return " ".join(words)


def _hundreds(group: int, *, leading: bool) -> str:
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    words: list[str] = []
    if hundreds or not leading:
        words.append(f"{_DIGITS[hundreds]} trăm")
    if tens == 1:
        words.append("mười")
    elif tens:
        words.append(f"{_DIGITS[tens]} mươi")
    elif units and words:
        words.append("linh")
    if units:
        words.append(_unit(units, tens))
    return " ".join(words)


def _unit(units: int, tens: int) -> str:
    if units == 1 and tens > 1:
        return "mốt"
    if units == 4 and tens > 1:
        return "tư"
    if units == 5 and tens:
        return "lăm"
    return _DIGITS[units]
