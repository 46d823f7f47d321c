"""A sheet and the names of the columns that are wanted -> where the table is. Read `find_table`.

Headers are matched by equality after folding, over one to four stacked rows with merged cells; nothing is guessed
from likeness. A row of exact field codes, if there is one, wins over all headers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thidua_xl.grid.headers import bare_key, column_labels, header_key, header_text, is_number_row
from thidua_xl.grid.rowkinds import RowKinds, sort_rows
from thidua_xl.grid.table_cells import extras_of, rows_of
from thidua_xl.model import Sheet, Value
from thidua_xl.refs import Area
from thidua_xl.text import unit_line

_DEPTH = 4
_SEARCHED = 300
TOTAL_LABELS = ("Tổng cộng", "Tổng số", "Cộng", "Tổng", "Toàn quốc", "Tổng cộng toàn đơn vị")


@dataclass(frozen=True, slots=True)
class FoundTable:
    """Where a table is; rows and columns are 1-based.

    `columns` gives the column of each field found, `headers` the text over every column of the table.
    `duplicates` are (field, its columns) when several columns are equally the field (the first is taken);
    `unknown` are columns with a header that is no field. `rows` sorts what stands below the headers.
    """

    header_rows: tuple[int, int]
    columns: Mapping[str, int]
    headers: Mapping[int, str]
    rows: RowKinds
    code_row: int | None = None
    number_row: int | None = None
    duplicates: tuple[tuple[str, tuple[int, ...]], ...] = ()
    unknown: tuple[int, ...] = ()
    above: tuple[str, ...] = ()
    score: int = 0

    @property
    def data_rows(self) -> tuple[int, ...]:
        """The rows that hold entries."""
        return self.rows.data

    @property
    def total_row(self) -> int | None:
        """The row of the total, if any."""
        return self.rows.total

    @property
    def after_rows(self) -> tuple[int, ...]:
        """Rows with data below the total row or the signature."""
        return self.rows.after


@dataclass(slots=True)
class _Band:
    """Header rows under trial."""

    top: int
    bottom: int
    stacks: dict[int, list[str]] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, list[int]] = field(default_factory=dict)
    score: int = 0
    code_row: int | None = None


def find_table(
    sheet: Sheet,
    labels: Mapping[str, Sequence[str]],
    *,
    total_labels: Sequence[str] = TOTAL_LABELS,
    least: int = 2,
    serial: str | None = None,
    first_row: int = 1,
) -> FoundTable | None:
    """The table whose headers best match `labels` (field -> its names, proper one first); None below `least` columns.

    `serial` is the field of running numbers: rows that hold nothing else are no entries. The search begins at
    `first_row`, so that a second table below can be found. A label "group / label" matches the stacked headers.
    """
    rows = rows_of(sheet)
    texts = _Texts(sheet, rows)
    keys = column_labels(labels)
    by_code = _code_band(rows, labels, least, first_row)
    band = by_code or _best_band(texts, keys, least, first_row)
    if band is None:
        return None
    if by_code is not None:
        _headers_below_codes(by_code, texts, rows, keys)
    number_row = None
    start = band.bottom + 1
    while is_number_row(_within(rows.get(start, {}), band)) and start - band.bottom <= 2:
        number_row = start
        start += 1
    headers = {column: " / ".join(stack) for column, stack in sorted(band.stacks.items())}
    taken = set(band.columns.values()) | {column for several in band.duplicates.values() for column in several}
    kinds = sort_rows(sheet, rows, start, band.columns, headers, total_labels, serial, keys)
    return FoundTable(
        header_rows=(band.top, band.bottom),
        columns=band.columns,
        headers=headers,
        rows=kinds,
        code_row=band.code_row,
        number_row=number_row,
        duplicates=tuple((name, tuple(several)) for name, several in band.duplicates.items()),
        unknown=tuple(column for column in headers if column not in taken),
        above=tuple(texts.above(band.code_row or band.top)),
        score=band.score,
    )


class _Texts:
    """Header texts by place, merged cells filled, old character sets converted."""

    def __init__(self, sheet: Sheet, rows: Mapping[int, Mapping[int, Value]]) -> None:
        self.rows = rows
        self._extras = extras_of(sheet)
        self._merged: dict[tuple[int, int], tuple[int, int]] = {}
        self.tall: dict[tuple[int, int], int] = {}
        for reference in sheet.merges:
            area = Area.parse(reference)
            if (area.bottom - area.top + 1) * (area.right - area.left + 1) > 20_000:
                continue
            self.tall[area.top, area.left] = area.bottom
            for place in area.places():
                self._merged[place] = (area.top, area.left)

    def at(self, row: int, column: int) -> str:
        """The text shown at a place, "" for anything but text."""
        row, column = self._merged.get((row, column), (row, column))
        value = self.rows.get(row, {}).get(column)
        if not isinstance(value, str) or unit_line(value):
            return ""  # an ĐVT line above the table is no header
        extra = self._extras.get((row, column))
        return header_text(value, extra.font if extra is not None else "")

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The place whose value is shown at a place."""
        return self._merged.get((row, column), (row, column))

    def columns(self, row: int) -> list[int]:
        """The columns of a row that show a text, merged ones too."""
        found = set(self.rows.get(row, {}))
        found.update(column for (r, column) in self._merged if r == row)
        return sorted(column for column in found if self.at(row, column))

    def above(self, row: int) -> list[str]:
        """The texts in the eight rows above a row, the nearest first."""
        found = []
        for one in range(row - 1, max(row - 9, 0), -1):
            found += [value for value in self.rows.get(one, {}).values() if isinstance(value, str)]
        return found


def _code_band(
    rows: Mapping[int, Mapping[int, Value]], labels: Mapping[str, Sequence[str]], least: int, first_row: int
) -> _Band | None:
    """The row that holds exact field codes, if at least `least` (and half of its texts) are codes."""
    best: _Band | None = None
    for row, values in rows.items():
        if row < first_row or row > first_row + _SEARCHED:
            continue
        band = _Band(row, row, code_row=row)
        texts = 0
        for column, value in sorted(values.items()):
            if not isinstance(value, str) or not value.strip():
                continue
            texts += 1
            code = value.strip()
            if code in labels:
                if code in band.columns:
                    band.duplicates.setdefault(code, [band.columns[code]]).append(column)
                else:
                    band.columns[code] = column
        found = len(band.columns)
        if found >= max(least, 2) and found * 2 >= texts and (best is None or found > len(best.columns)):
            band.score = 100 * found
            best = band
    return best


def _headers_below_codes(
    band: _Band, texts: _Texts, rows: Mapping[int, Mapping[int, Value]], keys: Mapping[str, Mapping[str, int]]
) -> None:
    """Find the header rows that follow a code row, for their texts (units, unknown columns)."""
    assert band.code_row is not None
    top = bottom = band.code_row
    for row in range(band.code_row + 1, band.code_row + 1 + _DEPTH):
        values = rows.get(row, {})
        if is_number_row(values):
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
    loose = _Band(band.top, band.bottom, stacks=band.stacks)
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


def _best_band(texts: _Texts, keys: Mapping[str, Mapping[str, int]], least: int, first_row: int) -> _Band | None:
    """The header rows under which most fields are found."""
    hits: dict[int, int] = {}
    for row, values in texts.rows.items():
        if row < first_row or row > first_row + _SEARCHED:
            continue
        count = 0
        for column, value in values.items():
            if isinstance(value, str):
                text = texts.at(row, column)
                count += header_key(text) in keys or bare_key(text) in keys
        if count:
            hits[row] = count
    best: _Band | None = None
    for top in hits:
        for bottom in range(top, top + _DEPTH):
            if bottom != top and bottom not in hits and not _continues(texts, top, bottom):
                continue
            if sum(hits.get(row, 0) for row in range(top, bottom + 1)) < least:
                continue
            band = _Band(top, bottom, stacks=_stacks(texts, top, bottom))
            _assign(band, keys)
            if len(band.columns) >= least and (best is None or _rank(band) > _rank(best)):
                best = band
    if best is not None:
        _extend(best, texts, keys)
        _keep_block(best)
    return best


def _continues(texts: _Texts, top: int, bottom: int) -> bool:
    """Whether a header that begins above reaches down to `bottom`."""
    return any(row < bottom <= end for (row, _), end in texts.tall.items() if row >= top)


def _rank(band: _Band) -> tuple[int, int, int]:
    return len(band.columns), band.score - 5 * (band.bottom - band.top), -band.top


def _extend(band: _Band, texts: _Texts, keys: Mapping[str, Mapping[str, int]]) -> None:
    """Take in the group headers above and the merged cells' lower rows, so that data begins where headers end."""
    reach = max(
        (
            texts.tall.get((row, column), row)
            for row in range(band.top, band.bottom + 1)
            for column in texts.columns(row)
        ),
        default=band.bottom,
    )
    band.bottom = max(band.bottom, min(reach, band.top + _DEPTH - 1))
    above = band.top - 1
    wide = [
        place
        for place in texts.columns(above)
        if texts.anchor(above, place) != (above, place)
        or any(texts.anchor(above, other) == (above, place) for other in (place + 1,))
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


def _assign(band: _Band, keys: Mapping[str, Mapping[str, int]]) -> None:
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
            if ranks[name] == -minus_rank and not _other_offer(offers, column, name, band.columns):
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


def _keep_block(band: _Band) -> None:
    """Drop second copies of fields that stand in another block of columns, parted by a blank column."""
    if not band.duplicates:
        return
    columns = sorted(band.stacks)
    blocks: list[list[int]] = []
    for column in columns:
        if blocks and column == blocks[-1][-1] + 1:
            blocks[-1].append(column)
        else:
            blocks.append([column])
    if len(blocks) == 1:
        return
    everywhere: dict[str, list[int]] = {name: [column] for name, column in band.columns.items()}
    everywhere.update(band.duplicates)

    def fields_in(block: list[int]) -> int:
        return sum(any(one in block for one in places) for places in everywhere.values())

    home = max(blocks, key=lambda block: (fields_in(block), -block[0]))
    for name, places in list(band.duplicates.items()):
        at_home = [one for one in places if one in home]
        if at_home:
            band.columns[name] = at_home[0]
            if len(at_home) > 1:
                band.duplicates[name] = at_home
            else:
                del band.duplicates[name]
    kept = set(home) | set(band.columns.values())
    for block in blocks:
        if not kept & set(block):
            for column in block:
                del band.stacks[column]


def _within(values: Mapping[int, Value], band: _Band) -> dict[int, Value]:
    columns = set(band.stacks) | set(band.columns.values())
    return {column: value for column, value in values.items() if column in columns}
