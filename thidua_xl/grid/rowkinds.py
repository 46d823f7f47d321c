"""The rows below a header -> entries, total, subtotals, section titles, signature. Read `sort_rows`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from thidua_xl.grid.headers import bare_key, header_key, header_text, is_number_row, may_be_label
from thidua_xl.model import CellError, Value
from thidua_xl.text import fold, tidy

# Labels of totals and headers are short, rows of signatures have few cells.
_LABEL_LETTERS, _SIGNED_CELLS = 60, 4
_SECTION_SUM = "cong"
# "Cộng I", "Tổng mục II", "Cộng A+B", "Cộng trang 2": sums of a part, whatever the table's own label of a total is.
# Only with its accents: "Tòng B" and "Tong B" are people.
_PART_SUM = re.compile(
    r"(?:cộng|tổng|tổng cộng|tổng số)(?: (?:mục|phần|nhóm|khối|trang|bảng))? \(?(?:[ivxlc]+|[a-hđ]|\d{1,2})"
    r"(?: ?[+,] ?(?:[ivxlc]+|[a-hđ]|\d{1,2}))*\)?|cộng (?:chuyển|mang) sang(?: trang sau)?"
)
_ROMAN = re.compile(r"[IVXLC]+[.)]?\Z")
_LETTERED = re.compile(r"[A-HĐ][.)]?\Z")
_HEADED = re.compile(r"\s*(?:[IVXLC]+|[A-HĐ])[.)]\s+\S")
# A row with one text is a title where entries have at least so many cells.
_ENTRY_CELLS = 3
_NUMBERS = (int, Decimal)
_FIGURES = (int, Decimal, CellError)
_SIGNED = re.compile(
    r"\(?(?:ky|ky ten|ky va ghi|ky, ghi|chu ky)\b.*|noi nhan\b.*|"
    r"(?:[^,]{1,40}, ?)?ngay [\d.…_ ]{1,12} ?thang [\d.…_ ]{1,12} ?nam.*|\.*, ngay.*"
)
_TITLES = re.compile(
    r"(?:nguoi (?:lap|tong hop|ky|bao cao)|thu truong|truong phong|giam doc|pho giam doc|chanh van phong|"
    r"kt\.|tl\.|tuq\.|tm\.|lanh dao|xac nhan|ke toan|truong ban|chu tich|dai dien)\b.*"
)
_NOTES = re.compile(r"(?:ghi chu|luu y|chu thich|giai thich|huong dan|nguon)\s*:.*|\(\*{1,3}\).*", re.DOTALL)
_PARTS = re.compile(r"(?:trong do|chia ra|trd|t\.do|gom)\b\s*:?.*", re.DOTALL)


# The words `_PARTS` begins with.
_PART_WORDS = frozenset(("trong do", "chia ra", "trd", "t.do", "gom"))


@dataclass(frozen=True, slots=True)
class RowKinds:
    """Rows below the headers, 1-based. `data` are entries; the rest is kept apart and never summed.

    `titles` are those of `sections` that only their place tells from an entry: one text alone, without a numeral.
    """

    data: tuple[int, ...] = ()
    total: int | None = None
    subtotals: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()
    titles: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    signature: int | None = None
    end: int = 0


def sort_rows(
    rows: Mapping[int, Mapping[int, Value]],
    start: int,
    columns: Mapping[str, int],
    total_labels: tuple[str, ...],
    serial: str | None,
    keys: Mapping[str, Mapping[str, int]],
    headers: tuple[int, int] = (0, 0),
    foreign: frozenset[int] = frozenset(),
) -> RowKinds:
    """Sort the rows from `start` on. `columns` are those of the fields, `keys` the headers of the table's form.

    `headers` are the first and last header row: where they come again, at a page break, the table goes on below.
    `foreign` are columns of tables beside this one: their totals and signatures are not of this one's rows.
    """
    wanted = sorted(set(columns.values()))
    serial_column = columns.get(serial) if serial else None
    spread = [column for column in wanted if column != serial_column]
    kinds = _Sorter(rows, wanted, spread, serial_column, _total_keys(total_labels))
    again = _HeaderAgain(rows, headers, wanted)
    for row in sorted(one for one in rows if one >= start):
        values = rows[row]
        if row < again.end:
            continue
        if foreign:
            values = {column: value for column, value in values.items() if column not in foreign}
            if not values:
                continue
        if len(values) == 1 and serial_column is not None and type(values.get(serial_column, "")) is not str:
            continue  # only a running number: a blank line of the form
        if serial_column is None and again.begins(row):
            continue
        if kinds.take_plain(row, values):
            continue
        if serial_column is not None and again.begins(row):
            continue
        if len(values) > 1 and _is_next_table(values, columns, keys, serial):
            kinds.cut_title()
            break
        kinds.take(row, values)
    return kinds.result()


def names_signer(text: str) -> bool:
    """Whether a text says who signs below a table: "Người lập biểu", "CHÁNH VĂN PHÒNG"."""
    return _TITLES.fullmatch(fold(header_text(text))) is not None


@lru_cache(maxsize=64)
def _total_keys(labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(header_key, labels))


@lru_cache(maxsize=16384)
def _is_label(text: str, totals: frozenset[str]) -> bool:
    """Whether a text is the label of a total, or opens a row of parts."""
    return _is_sum(text, totals) or _PARTS.fullmatch(fold(header_text(text))) is not None


def _is_sum(text: str, totals: frozenset[str]) -> bool:
    """Whether a text is the label of a total or of a part's sum."""
    return label_key(text) in totals or _is_part_label(text)


@lru_cache(maxsize=16384)
def _is_part_label(text: str) -> bool:
    return _PART_SUM.fullmatch(tidy(header_text(text)).strip(" .:").lower()) is not None


class _HeaderAgain:
    """The header rows of a table, to be known when they stand once more in the same columns among its rows."""

    def __init__(self, rows: Mapping[int, Mapping[int, Value]], headers: tuple[int, int], wanted: list[int]) -> None:
        self._rows, self._wanted = rows, wanted
        top, bottom = headers
        texts = ((row - top, _header_texts(rows.get(row, {}))) for row in range(top, bottom + 1) if top)
        self._texts = [(offset, found) for offset, found in texts if found]
        self._first, self._words = next(iter(self._texts[0][1].items())) if self._texts else (0, "")
        self.end = 0  # the first row behind the last repetition

    def begins(self, row: int) -> bool:
        """Whether they begin again in this row; if so, `end` says where the entries go on."""
        if not self._texts:
            return False
        # Its first text is soon compared: nearly no row goes further.
        begins = self._rows[row].get(self._first)
        if not isinstance(begins, str) or header_key(begins) != self._words:
            return False
        first = row - self._texts[0][0]
        if any(_header_texts(self._rows.get(first + offset, {})) != found for offset, found in self._texts):
            return False
        self.end = first + self._texts[-1][0] + 1
        below = self._rows.get(self.end, {})
        if is_number_row({column: below.get(column) for column in self._wanted}):
            self.end += 1
        return True


def _header_texts(values: Mapping[int, Value]) -> dict[int, str]:
    """The texts of a row for comparing, by column."""
    return {column: header_key(value) for column, value in values.items() if isinstance(value, str) and value.strip()}


class _Sorter:
    def __init__(
        self,
        rows: Mapping[int, Mapping[int, Value]],
        wanted: list[int],
        spread: list[int],
        serial: int | None,
        totals: frozenset[str],
    ) -> None:
        self._rows = rows
        self._wanted, self._spread, self._serial, self._totals = wanted, spread, serial, totals
        self._marks: list[tuple[str, int]] = []
        self._signature: int | None = None
        self._last = 0
        self._data = False
        self._labels = totals | _PART_WORDS

    def take_plain(self, row: int, values: Mapping[int, Value]) -> bool:
        """Sort in a row that is surely an entry like those above it; False for any other row, which `take` has to
        look at.

        Most rows are such: a whole number in front (or a number among at least three filled cells, where entries are
        not numbered), and no text that begins like "Tổng" or "Trong đó".
        """
        if not self._data or self._signature is not None:
            return False
        if self._serial is None:
            least = _ENTRY_CELLS
            if not any(type(values.get(column)) in _NUMBERS for column in self._wanted):
                return False
        elif type(values.get(self._serial)) is int:
            least = 2
        else:
            return False
        # What has a number among its cells signs nothing; what has so many of them filled is no title.
        filled = 0
        for column in self._spread:
            value = values.get(column)
            if value is not None and not (type(value) is str and is_blank(value)):
                filled += 1
                if filled >= least:
                    break
        else:
            return False
        labels = self._labels
        texts = [(column, value) for column, value in values.items() if type(value) is str]
        for _, text in sorted(texts)[:3]:
            if not text.strip() or (may_be_label(text[:6], labels) and _is_label(text, self._totals)):
                return False
        self._add("data", row)
        return True

    def take(self, row: int, values: Mapping[int, Value]) -> None:
        """Sort one row in."""
        texts = [(column, value) for column, value in values.items() if isinstance(value, str) and value.strip()]
        if texts and is_total(texts, self._wanted, self._totals):
            self._add("total", row)
            return
        if texts and len(values) <= _SIGNED_CELLS and self._signed(row, texts, values):
            self._signature = self._signature or row
            self._add("signature", row)
            return
        filled = [column for column in self._spread if column in values and not is_blank(values[column])]
        if self._signature is None and len(filled) <= 1 and _is_note(texts):
            self._add("note", row)
        elif not filled:
            return
        elif _is_part(texts, self._wanted):
            self._add("part", row)
        elif self._is_section(values):
            self._add("section", row)
        elif self._may_be_title(values):
            self._add("title", row)
        elif not self._data and is_number_row({column: values.get(column) for column in self._wanted}):
            return
        else:
            self._data = True
            self._add("data", row)

    def cut_title(self) -> None:
        """Take back the last rows when they are only the title and the ĐVT line of the table below."""
        while self._marks and self._marks[-1][0] in ("data", "title"):
            values = self._rows[self._marks[-1][1]]
            if len(values) > 1 or not all(isinstance(value, str) for value in values.values()):
                return
            self._marks.pop()

    def _add(self, kind: str, row: int) -> None:
        self._marks.append((kind, row))
        self._last = row

    def _signed(self, row: int, texts: Sequence[tuple[int, str]], values: Mapping[int, Value]) -> bool:
        if any(isinstance(value, _FIGURES) and column in self._wanted for column, value in values.items()):
            return False
        # "Người lập biểu" alone might be an entry; with "(Ký, họ tên)" under it, it is none.
        below = [value for value in self._rows.get(row + 1, {}).values() if isinstance(value, str)]
        signs = any(_SIGNED.fullmatch(fold(header_text(value))) for value in below)
        # So is one below the total, or apart from the rows above it.
        is_apart = bool(self._last) and row - self._last > 1
        return _is_signature(texts, signs or is_apart or any(kind == "total" for kind, _ in self._marks))

    def result(self) -> RowKinds:
        marks = self._settled()
        bare = {row for kind, row in self._marks if kind == "title" and not self._is_numbered(row)}
        data_rows = [row for kind, row in marks if kind == "data"]
        totals = [row for kind, row in marks if kind == "total"]
        sections = [row for kind, row in marks if kind == "section"]
        if sections and not self._arabic(data_rows) and not data_rows:
            # Every row is numbered I, II, III: then these are the entries.
            data_rows, sections = sections, []
        signature = self._signature
        inside = [row for row in totals if signature is None or row < signature]
        # "Cộng" before the next section closes that section only.
        closing = [row for row in inside if not any(section > row for section in sections)]
        last = closing[-1] if closing else None
        if last is not None and any(row > last for row in data_rows) and not any(row < last for row in data_rows):
            # A total above its rows (Toàn quốc, then the provinces) closes nothing.
            end = signature
        else:
            end = min((one for one in (last, signature) if one is not None), default=None)
        # Where there are sections, "Cộng" below the last one is its sum, not that of the table.
        total = None if last is not None and sections and self._is_section_sum(last) else last
        total = None if total is not None and self._is_part_sum(total) else total
        after = tuple(row for row in data_rows if end is not None and row > end)
        late_sections = {row for row in sections if end is not None and row > end}
        if signature is not None:
            # Below a signature stand names and titles; only rows with a number, or filled like an entry, are data.
            after = tuple(row for row in after if row < signature or self._like_entry(row))
        return RowKinds(
            data=tuple(row for row in data_rows if end is None or row < end),
            total=total,
            subtotals=tuple(row for row in totals if row != total),
            sections=tuple(row for row in sections if row not in late_sections),
            titles=tuple(row for row in sections if row not in late_sections and row in bare),
            parts=tuple(row for kind, row in marks if kind == "part"),
            after=after,
            signature=signature,
            end=self._last,
        )

    def _settled(self) -> list[tuple[str, int]]:
        """The marks, with each row that may be a title taken for one or for an entry.

        It is one above an entry where every entry has a number (what stands first, in a table without numbers) and
        fills several cells.
        """
        entries = [self._rows[row] for kind, row in self._marks if kind == "data"]
        lead = self._wanted[0] if self._serial is None else self._serial
        if not any(kind == "title" for kind, _ in self._marks):
            return self._marks
        are_full = len(entries) > 1 and all(
            (not is_blank(values.get(lead)) if self._serial is None else type(values.get(lead)) is int)
            and sum(not is_blank(values.get(column)) for column in self._wanted) >= _ENTRY_CELLS
            for values in entries
        )
        settled = []
        before: Value = 0
        for at, (kind, row) in enumerate(self._marks):
            is_title = kind == "title" and are_full and self._goes_on(at + 1, before)
            settled.append(("section" if is_title else "data" if kind == "title" else kind, row))
            if kind == "data" and self._serial is not None:
                before = self._rows[row].get(self._serial)
        return settled

    def _goes_on(self, at: int, before: Value) -> bool:
        """Whether an entry stands from mark `at` on, whose number follows on `before` or begins anew at 1."""
        for kind, row in self._marks[at:]:
            if kind == "data":
                number = 1 if self._serial is None else self._rows[row].get(self._serial)
                return number == 1 or (isinstance(before, int) and number == before + 1)
            if kind not in ("title", "section"):
                return False
        return False

    def _may_be_title(self, values: Mapping[int, Value]) -> bool:
        """One text alone: without the number, or what else stands first in entries, or behind a numeral of its own
        ("I. Khối phòng").
        """
        shown = [value for value in values.values() if not is_blank(value)]
        if len(shown) != 1 or not isinstance(shown[0], str):
            return False
        return self._serial is not None or is_blank(values.get(self._wanted[0])) or bool(_HEADED.match(shown[0]))

    def _is_numbered(self, row: int) -> bool:
        """Whether a text of the row begins with a numeral of its own: "I. Khối phòng"."""
        return any(isinstance(value, str) and _HEADED.match(value) for value in self._rows[row].values())

    def _is_section_sum(self, row: int) -> bool:
        texts = [value for value in self._rows[row].values() if isinstance(value, str) and value.strip()]
        return any(label_key(text) == _SECTION_SUM for text in texts)

    def _is_part_sum(self, row: int) -> bool:
        texts = [value for value in self._rows[row].values() if isinstance(value, str) and value.strip()]
        return any(map(_is_part_label, texts))

    def _like_entry(self, row: int) -> bool:
        values = self._rows[row]
        filled = [column for column in self._spread if not is_blank(values.get(column))]
        return any(isinstance(values.get(column), (int, Decimal)) for column in self._spread) or (
            len(filled) >= 3 and len(filled) * 2 > len(self._spread)
        )

    def _arabic(self, rows: Sequence[int]) -> bool:
        return self._serial is not None and any(
            isinstance(self._rows[row].get(self._serial), int) or str(self._rows[row].get(self._serial)).isdigit()
            for row in rows
        )

    def _is_section(self, values: Mapping[int, Value]) -> bool:
        """I, II, A., B. in the column of running numbers: the title (and sum) of a section."""
        if self._serial is None:
            return self._is_bare_section(values)
        mark = values.get(self._serial)
        return isinstance(mark, str) and bool(_ROMAN.match(mark.strip()) or _LETTERED.match(mark.strip()))

    def _is_bare_section(self, values: Mapping[int, Value]) -> bool:
        """The same in a table without running numbers: the mark in its first column, beside it only a title."""
        mark, *others = [values[column] for column in self._wanted if not is_blank(values.get(column))] or [None]
        return (
            isinstance(mark, str)
            and bool(_ROMAN.match(mark.strip()) or _LETTERED.match(mark.strip()))
            and not is_blank(values.get(self._wanted[0]))
            and len(others) == 1
            and isinstance(others[0], str)
        )


def is_blank(value: Value) -> bool:
    """Whether a cell holds nothing a reader would see."""
    return value is None or (isinstance(value, str) and not value.strip("\u00a0\u200b\ufeff \t\r\n"))


def is_total(texts: Sequence[tuple[int, str]], wanted: Sequence[int], totals: frozenset[str]) -> bool:
    """Whether one of the first three texts of a row is the label of a total."""
    first = sorted(texts)[:3] if len(texts) > 1 else texts
    return any(
        len(value) <= _LABEL_LETTERS and _is_sum(value, totals)
        for column, value in first
        if not wanted or column <= wanted[-1]
    )


@lru_cache(maxsize=16384)
def label_key(text: str) -> str:
    """The text of a label cell for comparing."""
    return bare_key(header_text(text))


def _is_signature(texts: Sequence[tuple[int, str]], closed: bool) -> bool:
    for _, value in texts:
        folded = fold(header_text(value))
        if _SIGNED.fullmatch(folded):
            return True
        shouted = value == value.upper() and value != value.lower()
        if _TITLES.fullmatch(folded) and (shouted or closed) and len(texts) <= 3:
            return True
    return False


def _is_note(texts: Sequence[tuple[int, str]]) -> bool:
    return any(_NOTES.fullmatch(fold(value)) for _, value in texts)


def _is_part(texts: Sequence[tuple[int, str]], wanted: Sequence[int]) -> bool:
    return any(column in wanted and _PARTS.fullmatch(fold(header_text(value))) for column, value in sorted(texts)[:2])


def _is_next_table(
    values: Mapping[int, Value],
    columns: Mapping[str, int],
    keys: Mapping[str, Mapping[str, int]],
    serial: str | None,
) -> bool:
    """Whether the row is a header again: a second table stands below."""
    texts = [value for value in values.values() if isinstance(value, str)]
    if len(texts) < 2 or len(texts) < len(values):
        return False
    if serial is not None and any(
        len(text) <= _LABEL_LETTERS and serial in keys.get(header_key(text), ()) for text in texts
    ):
        return True
    hits = sum(len(text) <= _LABEL_LETTERS and header_key(text) in keys for text in texts)
    return hits >= 3 and hits * 2 > min(len(columns), len(texts))


__all__ = ["RowKinds", "is_blank", "is_total", "names_signer", "sort_rows"]
