"""Where the header rows of a table are and which column is which field. Read `find_band`.

A row of exact field codes wins; else the one to four rows under which most fields are found. Headers are matched by
equality after folding, merged cells filled; nothing is guessed from likeness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from thidua_xl.grid.headers import (
    Labels,
    bare_key,
    column_labels,
    header_key,
    header_text,
    is_number_row,
    label_parts,
)
from thidua_xl.grid.table_cells import Extra, extras_of, merged_area, rows_of
from thidua_xl.model import Sheet, Value
from thidua_xl.text import is_unit_line

_DEPTH = 4
_SEARCHED = 300
# A header is merged over few rows and, in the widest forms, some dozens of columns.
_TALLEST, _WIDEST = 60, 300
_LONGEST = 200
# What a proper header is worth, and one that fits only without what stands in brackets (`column_labels`).
_PROPER, _BRACKETED = 100, 85

Rows = Mapping[int, Mapping[int, Value]]


@dataclass(slots=True)
class Band:
    """Header rows: texts over each column from the top down, column of each field, columns that are equally a field.

    `renamed` are fields found by their code whose header is none of their names.
    """

    top: int
    bottom: int
    stacks: dict[int, list[str]] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, list[int]] = field(default_factory=dict)
    score: int = 0
    code_row: int | None = None
    renamed: tuple[str, ...] = ()


def find_band(sheet: Sheet, labels: Labels, *, least: int, first_row: int) -> Band | None:
    """The header band of the table that fits `labels` best from `first_row` on, None below `least` columns."""
    rows = rows_of(sheet)
    code_row = _code_row(rows, {name for name, _ in labels}, least, first_row)
    if not code_row:
        texts = _Texts(sheet.merges, extras_of(sheet), rows)
        return _best_band(texts, labels, least, first_row)
    last = code_row + 1
    while last < code_row + _DEPTH + 1 and not is_number_row(rows.get(last, {}), below_codes=True):
        last += 1
    # The files of a round are copies of one form: the same header rows, told apart only by what they hold.
    header = tuple((row, tuple(rows[row].items())) for row in range(code_row, last + 1) if row in rows)
    fonts = tuple(
        (place, extra) for place, extra in extras_of(sheet).items() if extra.font and code_row <= place[0] <= last
    )
    near = tuple(one for one in sheet.merges if code_row <= merged_area(one).top <= last)
    return _band_by_codes(labels, code_row, header, near, fonts)


def stacks_at(sheet: Sheet, top: int, bottom: int) -> dict[int, list[str]]:
    """The header texts over each column in the rows from `top` to `bottom`, from the top down, merged ones once."""
    return _stacks(_Texts(sheet.merges, extras_of(sheet), rows_of(sheet)), top, bottom)


@lru_cache(maxsize=256)
def _band_by_codes(
    labels: Labels,
    code_row: int,
    header: tuple[tuple[int, tuple[tuple[int, Value], ...]], ...],
    merges: tuple[str, ...],
    fonts: tuple[tuple[tuple[int, int], Extra], ...],
) -> Band:
    rows = {row: dict(values) for row, values in header}
    codes = {name for name, _ in labels}
    band = Band(code_row, code_row, code_row=code_row)
    for column, value in sorted(rows[code_row].items()):
        code = value.strip() if isinstance(value, str) else ""
        if code in band.columns:
            band.duplicates.setdefault(code, [band.columns[code]]).append(column)
        elif code in codes:
            band.columns[code] = column
    band.score = 100 * len(band.columns)
    keys = column_labels(labels)
    _headers_below_codes(band, _Texts(merges, dict(fonts), rows), rows, keys)
    band.renamed = _renamed(band, keys)
    return band


def _renamed(band: Band, keys: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    """Fields whose header says something else; none when most do, for then the headers were not understood at all."""
    other = [
        code for code, column in band.columns.items() if code not in _matches(band.stacks.get(column, ["", ""]), keys)
    ]
    return tuple(other) if len(other) * 2 < len(band.columns) else ()


def _code_row(rows: Rows, codes: set[str], least: int, first_row: int) -> int:
    """The row that holds most exact field codes, if at least `least` (and half of its texts) are; 0 when none does."""
    best_row, most = 0, max(least, 2) - 1
    for row, values in rows.items():
        if first_row <= row <= first_row + _SEARCHED and len(values) > most:
            texts = [value.strip() for value in values.values() if isinstance(value, str)]
            hits = sum(text in codes for text in texts)
            if hits > most and hits * 2 >= len(texts):
                best_row, most = row, hits
    return best_row


class _Texts:
    """Header texts by place, merged cells filled, old character sets converted."""

    def __init__(self, merges: Sequence[str], extras: Mapping[tuple[int, int], Extra], rows: Rows) -> None:
        self.rows = rows
        self._extras = extras
        # Row -> column -> the place whose value is shown there; only rows near a header are ever asked.
        self._merged: dict[int, dict[int, tuple[int, int]]] = {}
        self.tall: dict[tuple[int, int], int] = {}
        for reference in merges:
            area = merged_area(reference)
            top, left = area.top, area.left
            self.tall[top, left] = area.bottom
            for row in range(top, min(area.bottom, top + _TALLEST) + 1):
                shown = self._merged.setdefault(row, {})
                for column in range(left, min(area.right, left + _WIDEST) + 1):
                    shown[column] = (top, left)

    def at(self, row: int, column: int) -> str:
        """The text shown at a place, "" for anything but text."""
        row, column = self.anchor(row, column)
        value = self.rows.get(row, {}).get(column)
        if not isinstance(value, str) or is_unit_line(value):
            return ""  # an ĐVT line above the table is no header
        if value.isascii():
            return value
        extra = self._extras.get((row, column))
        return header_text(value, extra.font if extra is not None else "")

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The place whose value is shown at a place."""
        shown = self._merged.get(row)
        return shown.get(column, (row, column)) if shown is not None else (row, column)

    def columns(self, row: int) -> list[int]:
        """The columns of a row that show a text, merged ones too."""
        found = set(self.rows.get(row, ()))
        found.update(self._merged.get(row, ()))
        return sorted(column for column in found if self.at(row, column))


def _headers_below_codes(band: Band, texts: _Texts, rows: Rows, keys: Mapping[str, Mapping[str, int]]) -> None:
    """Find the header rows that follow a code row, for their texts (units, unknown columns)."""
    assert band.code_row is not None
    top = bottom = band.code_row
    for row in range(band.code_row + 1, band.code_row + 1 + _DEPTH):
        values = rows.get(row, {})
        if is_number_row(values, below_codes=True):
            break
        known = sum(_key_of(texts.at(row, column)) in keys for column in texts.columns(row))
        merged = any(texts.anchor(row, column)[0] < row for column in texts.columns(row))
        only_text = all(isinstance(value, str) for value in values.values())
        if (known >= 2 or (merged and only_text and known)) or (only_text and _spans(texts, row)):
            bottom = row
            top = top if top != band.code_row else row
        elif values or bottom != band.code_row:
            break
    band.top, band.bottom = (top, bottom) if bottom != band.code_row else (band.code_row, band.code_row)
    if bottom != band.code_row:
        band.stacks = _stacks(texts, top, bottom)
    for column in band.columns.values():
        band.stacks.setdefault(column, [])
    # Columns without a code but with a header that is a field's are taken too: staff add them by hand.
    loose = Band(band.top, band.bottom, stacks=band.stacks)
    _assign(loose, keys)
    used = set(band.columns.values())
    for name, column in loose.columns.items():
        if name not in band.columns and column not in used:
            band.columns[name] = column


def _spans(texts: _Texts, row: int) -> bool:
    """Whether a cell of the row is merged sideways or downwards: a group header."""
    return any(place[0] == row for place in texts.tall)


def _key_of(text: str) -> str:
    return header_key(text) if text else ""


def _best_band(texts: _Texts, labels: Labels, least: int, first_row: int) -> Band | None:
    """The header rows under which most fields are found."""
    keys, pieces = column_labels(labels), label_parts(labels)
    hits: dict[int, int] = {}
    for row, values in texts.rows.items():
        if row < first_row or row > first_row + _SEARCHED:
            continue
        count = 0
        for column, value in values.items():
            # A header is short; folding whole paragraphs only to find that out would cost.
            if isinstance(value, str) and len(value) <= _LONGEST:
                text = texts.at(row, column)
                count += header_key(text) in pieces or bare_key(text) in pieces
        if count:
            hits[row] = count
    best: Band | None = None
    for top in hits:
        if hits[top] + max(hits.values()) < least:
            continue
        for bottom in range(top, top + _DEPTH):
            if bottom != top and bottom not in hits and not _continues(texts, top, bottom):
                continue
            if sum(hits.get(row, 0) for row in range(top, bottom + 1)) < least:
                continue
            band = Band(top, bottom, stacks=_stacks(texts, top, bottom))
            _assign(band, keys)
            if len(band.columns) >= least and (best is None or _rank(band) > _rank(best)):
                best = band
    if best is not None:
        _keep_block(best, keys)
        _extend(best, texts, keys)
        _keep_block(best, keys)
    return best


def _continues(texts: _Texts, top: int, bottom: int) -> bool:
    """Whether a header that begins above reaches down to `bottom`."""
    return any(row < bottom <= end for (row, _), end in texts.tall.items() if row >= top)


def _rank(band: Band) -> tuple[int, int, int]:
    return len(band.columns), band.score - 5 * (band.bottom - band.top), -band.top


def _extend(band: Band, texts: _Texts, keys: Mapping[str, Mapping[str, int]]) -> None:
    """Take in the group headers above and the merged cells' lower rows, so that data begins where headers end."""
    # The header of a table further aside may be taller: it says nothing of where the entries of this one begin.
    own = set(band.stacks)
    reach = max(
        (
            texts.tall.get((row, column), row)
            for row in range(band.top, band.bottom + 1)
            for column in texts.columns(row)
            if column in own
        ),
        default=band.bottom,
    )
    band.bottom = max(band.bottom, min(reach, band.top + _DEPTH - 1))
    above = band.top - 1
    wide = [
        place
        for place in texts.columns(above)
        if min(own) <= place <= max(own)
        and (
            texts.anchor(above, place) != (above, place)
            or any(texts.anchor(above, other) == (above, place) for other in (place + 1,))
        )
    ]
    if above >= 1 and wide and set(wide) <= set(band.stacks) and len({texts.anchor(above, c) for c in wide}) > 1:
        band.top = above
    band.stacks = _stacks(texts, band.top, band.bottom)
    columns, duplicates, score = band.columns, band.duplicates, band.score
    band.columns, band.duplicates, band.score = {}, {}, 0
    _assign(band, keys)
    if len(band.columns) < len(columns):
        band.columns, band.duplicates, band.score = columns, duplicates, score


def _stacks(texts: _Texts, top: int, bottom: int) -> dict[int, list[str]]:
    """The header texts over each column, from the top down, merged ones once."""
    stacks: dict[int, list[str]] = {}
    for row in range(top, bottom + 1):
        for column in texts.columns(row):
            anchor = texts.anchor(row, column)
            if anchor[0] < row and anchor[0] >= top:
                continue
            text = texts.at(row, column)
            stack = stacks.setdefault(column, [])
            if not stack or stack[-1] != text:
                stack.append(text)
    return stacks


def _assign(band: Band, keys: Mapping[str, Mapping[str, int]]) -> None:
    """Give each column the field its headers match best; each field one column."""
    offers: list[tuple[int, int, str]] = []
    for column, stack in band.stacks.items():
        for name, rank in _matches(stack, keys).items():
            offers.append((-rank, column, name))
    offers.sort()
    given: dict[int, str] = {}
    ranks: dict[str, int] = {}
    for minus_rank, column, name in offers:
        if column in given:
            continue
        if name in band.columns:
            # Two names of one field are the field twice; a header that fits only without its group is another column.
            as_good = ranks[name] <= _PROPER or ranks[name] + minus_rank < _PROPER - _BRACKETED
            if as_good and not _other_offer(offers, column, name, band.columns):
                band.duplicates.setdefault(name, [band.columns[name]]).append(column)
                given[column] = name
            continue
        band.columns[name] = column
        ranks[name] = -minus_rank
        given[column] = name
        band.score += -minus_rank


def _other_offer(offers: list[tuple[int, int, str]], column: int, name: str, columns: Mapping[str, int]) -> bool:
    return any(one[1] == column and one[2] != name and one[2] not in columns for one in offers)


def _matches(stack: Sequence[str], keys: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Fields a stack of headers may be, with rank: the whole stack counts more than its lowest text."""
    found: dict[str, int] = {}

    def offer(key: str, bonus: int) -> None:
        for name, rank in keys.get(key, {}).items():
            found[name] = max(found.get(name, 0), rank + bonus)

    for start in range(len(stack)):
        joined = [" ".join(stack[start:]), " / ".join(stack[start:])] if start < len(stack) - 1 else [stack[-1]]
        for text in joined:
            whole = 20 if start == 0 and len(stack) > 1 else 0
            offer(header_key(text), whole)
            offer(bare_key(text), whole - 20)
    return found


def _keep_block(band: Band, keys: Mapping[str, Mapping[str, int]]) -> None:
    """Keep to one table where several stand side by side, parted by a column without header.

    The block of columns with most fields is the table; a further block goes on with it only when it repeats none
    of its fields.
    """
    blocks: list[list[int]] = []
    for column in sorted(band.stacks):
        if blocks and column == blocks[-1][-1] + 1:
            blocks[-1].append(column)
        else:
            blocks.append([column])
    if len(blocks) == 1:
        return
    fields = [{name for column in block for name in _matches(band.stacks[column], keys)} for block in blocks]
    order = sorted(range(len(blocks)), key=lambda index: (-len(fields[index]), index))
    kept: list[int] = []
    have: set[str] = set()
    for index in order:
        if fields[index] and not fields[index] & have:
            kept += blocks[index]
            have |= fields[index]
    band.stacks = {column: band.stacks[column] for column in sorted(kept)}
    band.columns, band.duplicates, band.score = {}, {}, 0
    _assign(band, keys)
