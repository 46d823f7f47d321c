"""Header texts -> comparable keys, and the rows that only number the columns. Read `header_keys`, `is_number_row`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from thidua_xl.model import Value
from thidua_xl.text import convert_legacy, fold

_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_FOOTNOTE = re.compile(r"\(\s*[*\d]*\s*\)|\*+")
_SPACED = re.compile(r"\s*([/,;:&+-])\s*")
_LETTER = re.compile(r"\(?[A-HĐ]\)?\Z")
_NUMBER = re.compile(r"[(\[]?\s*(\d{1,3})\s*[)\]]?\s*(?:=.*)?\Z", re.DOTALL)
_FORMULA = re.compile(r"[(\[]?\s*\d{1,3}\s*[)\]]?\s*=.+\Z", re.DOTALL)
# How many neighbouring columns may have been taken out of a form.
_GAP = 4
_LONGEST_NUMBER = 40
_TYPE = re.compile(r"[NCD]\(\d+(?:,\d+)?\)\Z")


@lru_cache(maxsize=8192)
def header_key(text: str) -> str:
    """The header for comparing: folded, no footnote marks, no punctuation at the ends, one way of spacing signs."""
    folded = _FOOTNOTE.sub(" ", fold(text))
    return _SPACED.sub(r"\1", re.sub(r"\s+", " ", folded)).strip(" .:;,-")


@lru_cache(maxsize=8192)
def bare_key(text: str) -> str:
    """The same without what stands in brackets: the unit, a hint, a formula."""
    return header_key(_BRACKETS.sub(" ", text))


@lru_cache(maxsize=8192)
def header_text(text: str, font: str = "") -> str:
    """A header in Unicode."""
    return convert_legacy(text, font).text


@lru_cache(maxsize=16384)
def may_be_label(beginning: str, labels: frozenset[str]) -> bool:
    """Whether a text that begins like this may, folded, be one of the labels or begin with one; true when in doubt.

    Only what folds to itself in every character set is compared, up to the first sign that may not.
    """
    sure = ""
    for one in beginning:
        if not one.isalnum() or "\x7f" < one < "\u0100":
            break
        sure += fold(one)
    return any(label.startswith(sure) or sure.startswith(label) for label in labels)


def is_number_row(values: Mapping[int, Value], *, below_codes: bool = False) -> bool:
    """Whether a row only numbers the columns: A B C 1 2 3=(1+2), (1) (2) (3), or names types N(16,1).

    Numbers are missing where a column was taken out: believed of rows that begin A B or number in brackets, and of
    what stands `below_codes`, a row of field codes.
    """
    if len(values) < 2 or not all(map(_may_number, values.values())):
        return False
    texts = [str(value).strip() for _, value in sorted(values.items()) if value is not None and str(value).strip()]
    if len(texts) < 2 or max(map(len, texts)) > _LONGEST_NUMBER:
        return False
    return _numbers(tuple(texts), below_codes)


# The files of a round are copies of one form: their number rows are a few, asked again and again.
@lru_cache(maxsize=2048)
def _numbers(texts: tuple[str, ...], below_codes: bool) -> bool:
    """Whether texts number the columns they stand in."""
    if all(_TYPE.match(text) for text in texts):
        return True
    numbers: list[int] = []
    letters = formulas = brackets = 0
    for text in texts:
        plain = text.removesuffix(".0")
        if _LETTER.match(plain):
            letters += 1
        elif (found := _NUMBER.match(plain)) is not None:
            numbers.append(int(found[1]))
            formulas += _FORMULA.match(plain) is not None
            brackets += plain.startswith(("(", "["))
        elif re.match(r"-\d{1,3}\Z", plain):
            # "(1)" that was typed into a number cell became -1
            numbers.append(-int(plain))
            brackets += 1
        else:
            return False
    # Back to 1: a second table (its English copy) stands beside the first.
    gap = _GAP if below_codes or letters >= 2 or brackets >= 2 else 1
    steps = all(0 <= later - earlier <= gap or later == 1 for earlier, later in pairwise(numbers))
    if not steps or (numbers and numbers[0] not in (0, 1, 2)):
        return False
    return bool(letters and numbers) or letters >= 3 or formulas > 0 or brackets > 1 or len(numbers) >= 3


def _may_number(value: Value) -> bool:
    """Whether a cell may stand in a row that numbers the columns: a quick look at how it begins."""
    return not isinstance(value, str) or len(value) < 2 or not value[:2].isalpha()


PARTED = " / "
Labels = tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=256)
def column_labels(labels: Labels) -> dict[str, dict[str, int]]:
    """header key -> {field: how well it fits, the more the better}, from (field, its labels, the proper one first)."""
    table: dict[str, dict[str, int]] = {}
    for field, names in labels:
        for index, name in enumerate(names):
            if not name.strip():
                continue
            rank = 100 - min(index, 30)
            for key, value in ((header_key(name), rank), (bare_key(name), rank - 40)):
                if key:
                    ranks = table.setdefault(key, {})
                    ranks[field] = max(ranks.get(field, 0), value)
    return table


@lru_cache(maxsize=256)
def label_parts(labels: Labels) -> frozenset[str]:
    """Keys of every label, and of the pieces of stacked ones ("Kết quả / Kế hoạch"): what a header cell may hold."""
    keys = set(column_labels(labels))
    for _, names in labels:
        for name in names:
            if PARTED in name:
                keys.update(filter(None, map(header_key, name.split(PARTED))))
    return frozenset(keys)
