"""La Mã sections that the office has drawn itself, each filled with its own entries. Read `find_drawn`, then `arrange`.

A template may hold "I. Tập thể", a blank row, "Cộng", "II. Cá nhân", a blank row, "Cộng" and so on. Its headings and
words stay as they are; which group of the table is meant is told by the title alone, and never guessed between two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from thidua_xl.model import Figure, ReportRow, ReportSheet, ReportTable
from thidua_xl.model.kept_rows import KeptRows
from thidua_xl.ooxml.sheet import Worksheet
from thidua_xl.refs import cell_name
from thidua_xl.report.places import DETAIL, SECTION, SUBTOTAL, TOTAL, DrawnSection, TablePlaces
from thidua_xl.text import Names, fold, tidy

_MARKED = re.compile(r"\s*([IVXLC]{1,7}|[A-HĐ])\s*(?:[.):/–-]\s*|\s+|\Z)(.*)", re.DOTALL)
_TOTAL = re.compile(r"tong\b")
_SUBTOTAL = re.compile(r"cong\b")
_WORD = re.compile(r"\w+")
# Words of a heading that say nothing about whom it is for.
_EMPTY = frozenset(fold("danh sách đề nghị tặng thưởng khen đối với các của cho khối nhóm mục cấp").split(" "))
_LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Arranged:
    """A table in the order of the drawn sections, and its places with only the sections that were understood.

    `unmatched` are headings that fit no section of the table, by their place in `table.rows` and title, `added` the
    (name, number of entries) of sections that the office has not drawn: they come behind the drawn ones.
    """

    table: ReportTable
    places: TablePlaces
    unmatched: tuple[tuple[int, str], ...] = ()
    added: tuple[tuple[str, int], ...] = ()


def find_drawn(sheet: Worksheet, places: TablePlaces, names: Sequence[str] = ()) -> TablePlaces:
    """The places with the sections drawn below the first one; as they are when there is only the model section.

    Headings are marked I, II, III (or A, B, C) in this order, or say one of the `names` and nothing else.
    """
    if SECTION not in places.models or not places.columns:
        return places
    columns = range(min(places.columns.values()), max(places.columns.values()) + 1)
    known = {fold(one) for one in names}
    top, bottom = places.models[SECTION], places.models.get(TOTAL, 0)
    if bottom and bottom < top:
        bottom = 0
    last = bottom - 1 if bottom else sheet.last_filled_row
    heads: list[tuple[int, str, str]] = []
    ends: dict[int, int] = {}
    style = ""
    for row in range(top, last + 1):
        texts = [one for at in columns if isinstance(one := sheet.get(cell_name(row, at)), str) and one.strip()]
        if not texts:
            continue
        plain = fold(texts[0])
        if heads and _TOTAL.match(plain):
            break
        if heads and _SUBTOTAL.match(fold(next((one for one in texts if fold(one)), ""))):
            ends.setdefault(len(heads) - 1, row)
            continue
        mark, title = _heading(texts)
        if row == top:
            style = "letter" if mark == "A" else "roman" if mark == "I" else ""
            heads.append((row, mark, title or texts[0]))
        elif (style and mark == _mark(style, len(heads) + 1)) or (
            len(texts) == 1 and fold(texts[0]) in known and row != places.models[DETAIL]
        ):
            heads.append((row, mark, title or texts[0]))
    if len(heads) < 2:
        return places
    return replace(places, drawn=tuple(_sections(heads, ends, places, last)))


def _heading(texts: Sequence[str]) -> tuple[str, str]:
    """The mark and the title of a row's texts: `I` and `Tập thể`, or `I. Tập thể` in one cell."""
    found = _MARKED.match(texts[0])
    if found is None:
        return "", ""
    rest = tidy(found[2]) or (tidy(texts[1]) if len(texts) > 1 else "")
    return (found[1], rest) if rest else ("", "")


def _mark(style: str, number: int) -> str:
    if style == "letter":
        return _LETTERS[number - 1 : number]
    text, left = "", number
    for value, signs in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while left >= value:
            text, left = text + signs, left - value
    return text


def _sections(
    heads: Sequence[tuple[int, str, str]], ends: Mapping[int, int], places: TablePlaces, last: int
) -> Iterator[DrawnSection]:
    # Rows that stand between a heading and the first row for entries, as headings of sub-groups do.
    above = places.models[DETAIL] - heads[0][0]
    room = 0
    for at, (head, mark, title) in enumerate(heads):
        following = heads[at + 1][0] - 1 if at + 1 < len(heads) else last
        subtotal = ends.get(at, 0)
        end = subtotal - 1 if subtotal else following
        if at + 1 == len(heads) and not subtotal and TOTAL not in places.models:
            end = head + above + max(0, room - 1)
        first = head + above if head + above <= end else end
        if first <= head:
            first, end = head + 1, head
        yield DrawnSection(head, mark, title, first, end, subtotal)
        room = room or end - first + 1


def arrange(table: ReportTable, report_sheet: ReportSheet, places: TablePlaces, alike: bool) -> Arranged:
    """The table's rows under the headings of the template.

    Drawn sections that the table has no entries for keep a blank row; their words are not written. With `alike` a title
    may say the name with other words around it; names of places and units must be the very same.
    """
    chunks, total = _by_section(table.rows)
    names = {**table.sections, **{head.key: head.label for head, _ in chunks}}
    codes = _matched([one.title for one in places.drawn], names, alike)
    by_code = {head.key: rows for head, rows in chunks}
    rows: list[ReportRow] = []
    unmatched: list[tuple[int, str]] = []
    for drawn, code in zip(places.drawn, codes, strict=True):
        if code is None:
            unmatched.append((len(rows), drawn.title))
        found = by_code.pop(code, []) if code is not None else []
        rows += _drawn_rows(drawn, code or "", found, report_sheet)
    added: list[tuple[str, int]] = []
    number = len(places.drawn)
    serials = {one.code for one in report_sheet.columns if one.take == "STT"}
    style = "letter" if places.drawn[0].mark in set(_LETTERS) - {"C"} else "roman"
    for head, own in chunks:
        if head.key not in by_code or not any(one.kind == DETAIL for one in own):
            continue
        number += 1
        mark = _mark(style, number)
        figures = tuple(
            replace(one, value=mark) if one.column in serials or one.value == head.words.get("muc") else one
            for one in head.figures
        )
        rows.append(replace(head, figures=figures, words={**head.words, "muc": mark}))
        rows += [replace(one, words={**one.words, "muc": mark}) if one.kind == SUBTOTAL else one for one in own]
        added.append((head.label, sum(one.kind == DETAIL for one in own)))
    made = replace(table, rows=KeptRows([*rows, *total]))
    return Arranged(made, _with_words(places), tuple(unmatched), tuple(added))


def _by_section(rows: Sequence[ReportRow]) -> tuple[list[tuple[ReportRow, list[ReportRow]]], list[ReportRow]]:
    chunks: list[tuple[ReportRow, list[ReportRow]]] = []
    total: list[ReportRow] = []
    for row in rows:
        if row.kind == SECTION:
            chunks.append((row, []))
        elif row.kind == TOTAL:
            total.append(row)
        elif chunks:
            chunks[-1][1].append(row)
    return chunks, total


def _drawn_rows(
    drawn: DrawnSection, code: str, found: Sequence[ReportRow], report_sheet: ReportSheet
) -> list[ReportRow]:
    body = [one for one in found if one.kind != SUBTOTAL]
    if not body and drawn.last >= drawn.first:
        body = [ReportRow(DETAIL, "")]
    rows = [ReportRow(SECTION, code, drawn.title), *body]
    if drawn.subtotal:
        nothing = tuple(Figure(one.code, 0) for one in report_sheet.columns if one.total and not one.total_formula)
        empty = ReportRow(SUBTOTAL, code, "", nothing)
        rows.append(next((one for one in found if one.kind == SUBTOTAL), empty))
    return rows


def _matched(titles: Sequence[str], names: Mapping[str, str], alike: bool) -> list[str | None]:
    """The section that each title stands for, None where it is none or may be several. No section twice."""
    known = Names({code: (name,) for code, name in names.items() if name})
    found: list[str | None] = [known.match(one).code for one in titles]
    found = [code if found.index(code) == at else None for at, code in enumerate(found)]
    for at, title in enumerate(titles):
        if found[at] is None and alike:
            open_names = {code: name for code, name in names.items() if name and code not in found}
            found[at] = _alike(title, open_names)
    return found


def _alike(title: str, names: Mapping[str, str]) -> str | None:
    """The only name whose telling words all stand in the title, the longest of several; else the other way round."""
    words = _telling(title)
    inside = {code: own for code, name in names.items() if (own := _telling(name)) and own <= words}
    longest = [code for code, own in inside.items() if all(own >= other for other in inside.values())]
    if len(longest) == 1:
        return longest[0]
    if inside or not words:
        return None
    around = [code for code, name in names.items() if words <= _telling(name)]
    return around[0] if len(around) == 1 else None


def _telling(text: str) -> frozenset[str]:
    words = frozenset(_WORD.findall(fold(text)))
    return words - _EMPTY or words


def _with_words(places: TablePlaces) -> TablePlaces:
    """The words of the first subtotal made fit for sections that are added: `Cộng I` becomes `Cộng {muc}`."""
    first = places.drawn[0]

    def general(text: str) -> str:
        if "{" in text:
            return text
        if first.title and first.title in text:
            text = text.replace(first.title, "{ten_muc}")
        return re.sub(rf"(?<!\w){re.escape(first.mark)}(?!\w)", "{muc}", text) if first.mark else text

    words = dict(places.words)
    if SUBTOTAL in words:
        words[SUBTOTAL] = {column: general(text) for column, text in words[SUBTOTAL].items()}
    return replace(places, words=words)
