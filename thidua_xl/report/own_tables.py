"""Tables of a template that the report map does not know: the form that the units fill themselves.

Read `own_tables` first. A row of column codes (C-101) with a column of row codes (R-101) is found by the codes; any
other table by its row of numbers (A B 1 2 3=2/1) or its header row.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from thidua_xl.grid import rows_of
from thidua_xl.grid.headers import is_number_row
from thidua_xl.grid.looks import RowLooks
from thidua_xl.grid.rowkinds import is_blank, label_key
from thidua_xl.model import Sheet, Value
from thidua_xl.model.mapping import Certainty, ColumnRole, MappedColumn, MappedTable, TableUse
from thidua_xl.refs import Area, column_letters, column_number
from thidua_xl.text import fold, is_unit_line

CODE = re.compile(r"[A-Z]{1,3}-[0-9]+\Z")
MARKER = re.compile(r"[{<\[].*[}>\]]\Z", re.DOTALL)
_NUMBERED = re.compile(r"[(\[]?\s*(\d{1,3})\s*[)\]]?\s*=\s*(.+)\Z", re.DOTALL)
_STEP = re.compile(r"[(\[]?\s*(\d{1,3})\s*[)\]]?\Z")
# What is worked out anew: shares, means, and what one piece costs ("Mức/suất", "Đơn giá", "triệu đồng/hộ").
_RATIO = re.compile(
    r"\b(ty le|ti le|tl|binh quan|bq|lai suat|thue suat|don gia|dinh muc|he so)\b|%|/nguoi\b|\bmuc\b[^/()]*/|"
    r"\b(dong|ngay|kg|ta|tan)\s*/\s*[a-z]"
)
_RATIO_LAST = re.compile(r"muc( (ho tro|chi|thu|thuong|dong|qua|hoc bong|tro cap|vay))?(?= ?\(|$)")
_SERIAL = frozenset({"stt", "tt", "so tt", "so thu tu", "tt."})
_END = re.compile(r"(\(?(ky|ky ten|chu ky)\b|noi nhan|nguoi (lap|tong hop|ky)|.*\bngay\b.*\bthang\b.*\bnam\b|help\b)")
_WORDS = re.compile(
    r"^(ten|ho(?= va\b| ten\b| dem\b|,|$)|don vi|dvt|noi dung|chi tieu|ghi chu|dia chi|dia diem|dia ban|chuc vu|"
    r"ngay|thoi gian|ly do|loai|hinh thuc|ket qua|xep loai|danh gia|nguon|bieu|buu cuc|xa|huyen|tinh|thon|ban)"
    r"\b(?! (so|tien|hoi hoa))|\bten\b|so (ky hieu|quyet dinh|dien thoai|hieu|cccd|cmnd|the|bhxh|can cuoc|tai khoan)\b|"
    r"^(cccd|cmnd|can cuoc|ma so thue|dien thoai|trinh do|chuyen mon|hoc van|dan toc|gioi tinh|nghe nghiep|que quan|"
    r"noi o|noi cu tru|tuoi|do tuoi|nam sinh|nam (bat dau|hoan thanh|tot nghiep|thanh lap))\b"
)
# "1. Theo đối tượng", "II. Chi": what stands over tables side by side.
_TITLE = re.compile(r"(\d{1,2}|[IVX]+|[A-HĐ])[.)]\s+\S")
_CODE_WORDS = re.compile(r"ma\b|ma so\b")
# Headers whose parts stand below: "Năm sinh / Nam", "Nữ".
_GROUP_WORDS = re.compile(r"\b(nam sinh|ngay sinh|so dien thoai)\b")
# The budget's codes; without its accents "Mục" would be "Mức".
_BUDGET_CODES = frozenset({"chương", "loại", "khoản", "loại, khoản", "loại - khoản", "mục", "tiểu mục", "tiểu nhóm"})
LABELS = frozenset({ColumnRole.CODE, ColumnRole.LABEL, ColumnRole.SERIAL})
# Header rows above a row of numbers, and texts that make a header row without one.
DEEPEST, FEWEST = 5, 3
# Blank rows to type in, between the header and the total.
MOST_BLANK = 60
# A sheet with more tables than this is no form: every line of a log reads like a header.
MOST_TABLES = 60


@dataclass(frozen=True, slots=True)
class _Head:
    """The header of a table: its rows, the first data row, headers by 1-based column, column codes, row formulas.

    `beside` are the tables right of it under the same header rows.
    """

    top: int
    bottom: int
    start: int
    headers: Mapping[int, str]
    codes: Mapping[int, str]
    formulas: Mapping[int, str]
    row_codes: int = 0
    coded: int = 0
    beside: tuple[_Head, ...] = ()


def own_tables(sheet: Sheet, looks: Mapping[int, RowLooks], number: int) -> list[MappedTable]:
    """The tables of a sheet from the top down, numbered B1, B2, … from `number` on."""
    grid = _Grid(sheet)
    found: list[MappedTable] = []
    row = 1
    while (head := _coded_head(grid, row) or _head(grid, row)) is not None:
        if len(found) > MOST_TABLES:
            return []
        table = _table(grid, head, looks, f"B{number + len(found)}")
        if table.use is not TableUse.SKIP:
            found.append(table)
        row = max(table.last, table.total, head.start) + 1
        for beside in head.beside:
            other = _beside(_table(grid, beside, looks, f"B{number + len(found)}"), table.use)
            found.append(other)
            row = max(row, other.last + 1, other.total + 1)
    return found


def _beside(table: MappedTable, first: TableUse) -> MappedTable:
    """A table right of another one. Rows put in for a list would tear the table beside it: then somebody is asked."""
    if table.use is TableUse.SUM and first is TableUse.SUM:
        return table
    return replace(table, use=TableUse.SKIP, certainty=Certainty.UNKNOWN)


class _Grid:
    """The values of a sheet, and what merged cells show."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = rows_of(sheet)
        self.last = max(self.rows, default=0)
        self.merges = [Area.parse(one) for one in sheet.merges]
        self.anchors = {place: (area.top, area.left) for area in self.merges for place in _few(area)}
        self._merged: dict[int, list[int]] = {}
        for row, column in self.anchors:
            self._merged.setdefault(row, []).append(column)
        self._kinds: dict[Callable[[_Grid, int], bool], list[int]] = {}

    def next_row(self, kind: Callable[[_Grid, int], bool], first: int) -> int | None:
        """The first row of a kind from `first` on, None when there is none; all rows are looked at once."""
        rows = self._kinds.get(kind)
        if rows is None:
            rows = self._kinds[kind] = [row for row in sorted(self.rows) if kind(self, row)]
        at = bisect_left(rows, first)
        return rows[at] if at < len(rows) else None

    def shown(self, row: int, column: int) -> Value:
        """The value a reader sees at a place."""
        top, left = self.anchors.get((row, column), (row, column))
        return self.rows.get(top, {}).get(left)

    def text(self, row: int, column: int) -> str:
        """The same as text on one line, "" for a blank."""
        value = self.shown(row, column)
        return "" if value is None else " ".join(str(value).split())

    def columns(self, row: int) -> list[int]:
        """The columns of a row that show something."""
        places = {*self.rows.get(row, {}), *self._merged.get(row, ())}
        return sorted(one for one in places if not is_blank(self.shown(row, one)))

    def bottom(self, row: int, column: int) -> int:
        """The last row of the merged cell at a place."""
        return max((one.bottom for one in self.merges if (row, column) in one), default=row)


def _few(area: Area) -> Sequence[tuple[int, int]]:
    # A merge over a whole column is a background, not a header.
    return list(area.places()) if (area.bottom - area.top) < 60 and (area.right - area.left) < 200 else []


def _coded_head(grid: _Grid, first: int) -> _Head | None:
    places = [
        (row, column)
        for row, values in grid.rows.items()
        if row >= first
        for column, value in values.items()
        if isinstance(value, str) and CODE.match(value.strip())
    ]
    by_row = Counter(row for row, _ in places)
    code_row = max(by_row, key=lambda row: (by_row[row], -row), default=0)
    below = Counter(column for row, column in places if row > code_row)
    if by_row.get(code_row, 0) < 2 or not below:
        return None
    row_codes = max(below, key=lambda column: (below[column], -column))
    coded_rows = [row for row, column in places if column == row_codes and row > code_row]
    start = min(coded_rows)
    if len(coded_rows) == 1:
        # A list: only its total has a code, the blank rows above it are for the entries.
        numbered = [row for row in range(code_row + 1, start) if is_number_row(grid.rows.get(row, {}))]
        start = (numbered[-1] if numbered else start - 2) + 1
    # The columns of figures stand right of the codes of their rows; anything else that looks like a code is none.
    codes = {column: grid.text(code_row, column) for row, column in places if row == code_row and column > row_codes}
    if not codes:
        return None
    headers: dict[int, str] = {}
    for column in range(row_codes, max(codes) + 1):
        texts = [grid.text(row, column) for row in range(code_row + 1, start)]
        kept = [one for at, one in enumerate(texts) if one and not _STEP.match(one) and one not in texts[:at]]
        headers[column] = " / ".join(one for one in kept if not re.match(r"-?\d+\Z", one))
    return _Head(code_row, start - 1, start, headers, codes, {}, row_codes, min(coded_rows))


def _head(grid: _Grid, first: int) -> _Head | None:
    numbered, plain = grid.next_row(_is_numbering, first + 1), grid.next_row(_is_header, first)
    if numbered is not None and (plain is None or numbered - plain <= DEEPEST):
        bottom = numbered - 1
        top = bottom
        while top > max(1, first, bottom - DEEPEST + 1) and _goes_up(grid, top):
            top -= 1
        return _made(grid, top, bottom, numbered)
    if plain is None:
        return None
    bottom = max([plain, *(grid.bottom(plain, column) for column in grid.columns(plain))])
    spread = any(grid.anchors.get((plain, one + 1)) == (plain, one) for one in grid.columns(plain))
    if bottom == plain and spread and _all_text(grid, plain + 1):
        bottom = plain + 1
    return _made(grid, plain, bottom, 0)


def _is_numbering(grid: _Grid, row: int) -> bool:
    values = {column: value for column, value in grid.rows[row].items() if not is_blank(value)}
    return len(values) >= 3 and is_number_row(values) and bool(grid.columns(row - 1))


def _is_header(grid: _Grid, row: int) -> bool:
    columns = grid.columns(row)
    texts = {grid.text(row, one) for one in columns}
    if any(is_unit_line(one) for one in texts) or any(MARKER.match(one) for one in texts):
        return False
    is_wide = len(texts) >= FEWEST and _all_text(grid, row) and len(columns) >= FEWEST
    has_serial = any(fold(one) in _SERIAL for one in texts) and len(texts) >= 2
    if has_serial:
        return True
    near = [one for one in columns if one - 1 in columns or one + 1 in columns]
    return is_wide and len(near) >= FEWEST and all(len(one) < 120 and not one.isdigit() for one in texts)


def _all_text(grid: _Grid, row: int) -> bool:
    columns = grid.columns(row)
    return len(columns) >= 2 and all(isinstance(grid.shown(row, one), str) for one in columns)


def _goes_up(grid: _Grid, top: int) -> bool:
    """Whether the row above still belongs to the header: several texts, or cells that reach down from it."""
    above = grid.columns(top - 1)
    texts = {grid.text(top - 1, one) for one in above}
    if any(is_unit_line(one) for one in texts) or all(_TITLE.match(one) for one in texts):
        return False
    reaches = any(grid.bottom(top - 1, one) >= top for one in above)
    return reaches or (len(texts) >= 2 and _all_text(grid, top - 1) and not any(CODE.match(one) for one in texts))


def _made(grid: _Grid, top: int, bottom: int, numbered: int) -> _Head:
    columns = sorted({one for row in range(top, bottom + 1) for one in grid.columns(row)})
    headers = {}
    for column in columns:
        texts = [grid.text(row, column) for row in range(top, bottom + 1)]
        headers[column] = " / ".join(one for at, one in enumerate(texts) if one and one not in texts[:at])
    start = max(bottom, numbered) + 1
    while numbered and is_number_row(grid.rows.get(start, {})):
        start += 1  # a row of types below the row of numbers
    first, *others = _blocks(headers)
    beside = [
        _Head(top, bottom, start, one, {}, _row_formulas(grid, numbered, one))
        for one in others
        if _stands_alone(grid, start, one)
    ]
    return _Head(top, bottom, start, first, {}, _row_formulas(grid, numbered, first), beside=tuple(beside))


def _stands_alone(grid: _Grid, start: int, block: Mapping[int, str]) -> bool:
    """Whether columns right of a table are a table too: a running number in front, and figures or words below."""
    leading = min(block)
    return (
        len(block) >= FEWEST
        and fold(block[leading].rpartition(" / ")[2]) in _SERIAL
        and any(not is_blank(grid.shown(row, column)) for row in (start, start + 1) for column in block)
    )


def _blocks(headers: Mapping[int, str]) -> list[dict[int, str]]:
    """Tables side by side, parted by columns without header; all is one when the first is too narrow for a table."""
    blocks: list[list[int]] = []
    for column in sorted(headers):
        if blocks and column == blocks[-1][-1] + 1:
            blocks[-1].append(column)
        else:
            blocks.append([column])
    if not blocks or len(blocks[0]) < FEWEST:
        return [dict(headers)]
    return [{column: headers[column] for column in block} for block in blocks]


def _row_formulas(grid: _Grid, numbered: int, block: Mapping[int, str]) -> dict[int, str]:
    """What the row of numbers says of a column ("4=3/2"), in columns: `{D}/{C}`. Only what is no plain addition."""
    if not numbered:
        return {}
    at: dict[str, str] = {}
    said: dict[int, str] = {}
    for column in sorted(set(grid.columns(numbered)) & set(block)):
        text = grid.text(numbered, column)
        if (formula := _NUMBERED.match(text)) is not None:
            at[formula[1]], said[column] = column_letters(column), formula[2]
        elif (step := _STEP.match(text)) is not None:
            at[step[1]] = column_letters(column)
    found = {}
    for column, text in said.items():
        plain = re.sub(r"\s|%", "", text.replace(":", "/").replace("x", "*").replace("X", "*").replace(",", "."))
        if not re.fullmatch(r"[0-9()+\-*/\[\].]+", plain) or not re.search(r"[*/]", plain):
            continue
        # A number is a column, but for the factor 100 of a percentage.
        parts = re.sub(r"\d+", lambda one: one[0] if one[0] == "100" else "{" + at.get(one[0], "?") + "}", plain)
        if "?" not in parts:
            found[column] = "=" + re.sub(r"[(\[](\{[A-Z]+\})[)\]]", r"\1", parts)
    return found


def _table(grid: _Grid, head: _Head, looks: Mapping[int, RowLooks], code: str) -> MappedTable:
    columns = sorted(head.headers)
    rows = list(_body(grid, head, looks, columns))
    labelled = [row for row in rows if _label(grid, row, columns[: max(1, len(columns) - 1)], head)]
    totals = [row for row in labelled if _is_total(grid, row, columns)]
    entries = [row for row in labelled if row not in totals]
    is_fixed = len(entries) >= 2
    number_columns = _number_columns(grid, head, rows, columns)
    use = TableUse.SUM if is_fixed else TableUse.APPEND
    if not number_columns and use is TableUse.SUM:
        use = TableUse.SKIP
    mapped = [_column(grid, head, one, number_columns, rows) for one in columns]
    if use is TableUse.APPEND and len(head.headers) < FEWEST:
        use = TableUse.SKIP
    open_rows = [row for row in rows if row not in totals]
    first = open_rows[0] if open_rows else head.start
    last = rows[-1] if use is TableUse.SUM and rows else (_last_open(open_rows, totals) or first)
    total = totals[-1] if totals and (use is TableUse.APPEND or totals[-1] == rows[-1]) else 0
    is_sure = bool(head.row_codes) or (use is TableUse.SUM and all(_label_key(grid, row, mapped) for row in labelled))
    return MappedTable(
        code,
        grid.sheet.name,
        use,
        head.top,
        head.start - 1,
        first,
        last,
        total=total,
        columns=tuple(mapped),
        certainty=Certainty.SURE if is_sure else Certainty.DOUBTFUL,
    )


def _last_open(open_rows: Sequence[int], totals: Sequence[int]) -> int:
    below = [row for row in open_rows if not totals or row < totals[-1]]
    return below[-1] if below else 0


def _body(grid: _Grid, head: _Head, looks: Mapping[int, RowLooks], columns: Sequence[int]) -> list[int]:
    """The rows of the table: to the next blank row without lines, a signature, notes, or another header."""
    rows = []
    for row in range(head.start, grid.last + 2):
        filled = [one for one in columns if not is_blank(grid.shown(row, one))]
        first = fold(grid.text(row, grid.columns(row)[0])) if grid.columns(row) else ""
        if first and _END.match(first):
            break
        if head.row_codes and row >= head.coded:
            if CODE.match(grid.text(row, head.row_codes)):
                rows.append(row)
            continue
        if not filled and not looks.get(row, RowLooks()).has_lines and row >= head.coded:
            if _total_follows(grid, row, columns):
                rows.append(row)
                continue
            break
        if len(filled) >= FEWEST and _is_header(grid, row) and not looks.get(row, RowLooks()).has_lines:
            break
        rows.append(row)
    return rows


def _total_follows(grid: _Grid, row: int, columns: Sequence[int]) -> bool:
    """Whether only blank rows stand between a row and a total: they are the rows to type in."""
    below = range(row + 1, min(grid.last, row + MOST_BLANK) + 1)
    following = next((at for at in below if any(not is_blank(grid.shown(at, one)) for one in columns)), None)
    return following is not None and _is_total(grid, following, columns)


def _number_columns(grid: _Grid, head: _Head, rows: Sequence[int], columns: Sequence[int]) -> set[int]:
    """Columns whose cells are blank or numbers below a header that is no label."""
    found = set()
    for column in head.codes or columns:
        header = fold(head.headers[column])
        last = header.rpartition(" / ")[2]
        if last in _SERIAL or _is_code_header(head.headers[column]) or _GROUP_WORDS.search(header):
            continue
        if (_WORDS.search(last) and not _is_computed(grid, rows, column)) or _holds_words(grid, rows, column):
            continue
        found.add(column)
    if head.codes:
        return found
    labels = {min(columns)} if columns and min(columns) in found and len(columns) > 1 else set()
    return found - labels - _printed(grid, rows, columns)


def _printed(grid: _Grid, rows: Sequence[int], columns: Sequence[int]) -> set[int]:
    """Columns in front of the first one with words, when the form itself fills most of their cells: 6000, 6001 are
    the codes of a row, not its figures."""
    found: set[int] = set()
    for column in columns:
        cells = [grid.sheet.cells.get((row, column)) for row in rows]
        typed = [cell for cell in cells if cell is not None and not is_blank(cell.value) and cell.formula is None]
        if 2 * len(typed) <= len(rows):
            return set()
        if _holds_words(grid, rows, column):
            return found
        found.add(column)
    return set()


def _is_code_header(header: str) -> bool:
    last = header.rpartition(" / ")[2]
    return bool(_CODE_WORDS.match(fold(last))) or " ".join(last.lower().split()) in _BUDGET_CODES


def _is_computed(grid: _Grid, rows: Sequence[int], column: int) -> bool:
    """Whether the form itself works out numbers in a column, as a sum does."""
    cells = [grid.sheet.cells.get((row, column)) for row in rows]
    return any(one is not None and one.formula is not None and not isinstance(one.value, str) for one in cells)


def _holds_words(grid: _Grid, rows: Sequence[int], column: int) -> bool:
    texts = [grid.text(row, column) for row in rows]
    words = [one for one in texts if one and not MARKER.match(one) and not re.match(r"[\d.,()+-]+\Z", one)]
    plain = [one for one in words if fold(one) not in {"khong", "x"}]
    return len(plain) * 2 > max(1, sum(bool(one) for one in texts)) or 2 * len(plain) > len(texts)


def _column(grid: _Grid, head: _Head, column: int, numbers: set[int], rows: Sequence[int]) -> MappedColumn:
    letter, header, code = column_letters(column), head.headers[column], head.codes.get(column, "")
    last = fold(header.rpartition(" / ")[2])
    if column == head.row_codes:
        return MappedColumn(letter, header, ColumnRole.CODE)
    if last in _SERIAL:
        return MappedColumn(letter, header, ColumnRole.SERIAL, code)
    if column in numbers:
        if (formula := head.formulas.get(column, "")) != "":
            factor = "*100" if "%" in header and "100" not in formula else ""
            return MappedColumn(letter, header, ColumnRole.RATIO, code, formula + factor, Certainty.DOUBTFUL)
        if _RATIO.search(fold(header)) or _RATIO_LAST.match(last):
            return MappedColumn(letter, header, ColumnRole.RATIO, code, "", Certainty.DOUBTFUL)
        words = [grid.text(row, column) for row in rows]
        if head.codes and words and all(fold(one) == "khong" for one in words):
            return MappedColumn(letter, header, ColumnRole.TEXT, code)
        return MappedColumn(letter, header, ColumnRole.NUMBER, code)
    if not head.codes and _is_code_header(header):
        return MappedColumn(letter, header, ColumnRole.CODE, code, "", Certainty.DOUBTFUL)
    if not numbers or column < min(numbers):
        return MappedColumn(letter, header, ColumnRole.LABEL, code)
    # Right of figures words are told by the header alone where nothing stands below it.
    is_sure = last.startswith("ghi chu") or any(re.search(r"[^\W\d_]", grid.text(row, column)) for row in rows)
    return MappedColumn(
        letter, header, ColumnRole.TEXT, code, "", Certainty.SURE if is_sure or head.codes else Certainty.DOUBTFUL
    )


def _label(grid: _Grid, row: int, columns: Sequence[int], head: _Head) -> str:
    if head.row_codes:
        return grid.text(row, head.row_codes)
    texts = [grid.text(row, one) for one in columns[:3]]
    return next((one for one in texts if one and not MARKER.match(one) and re.search(r"[^\W\d_]{2}", one)), "")


def _label_key(grid: _Grid, row: int, columns: Sequence[MappedColumn]) -> str:
    return "".join(grid.text(row, column_number(one.letter)) for one in columns if one.role in LABELS)


def _is_total(grid: _Grid, row: int, columns: Sequence[int]) -> bool:
    texts = [grid.text(row, one) for one in columns[:4]]
    keys = [label_key(one) for one in texts if one]
    return any(one == "cong" or one.startswith(("tong cong", "tong so", "cong ", "toan ")) for one in keys)
