"""The notations of a `LAY` column's "Công thức": look-ups in other forms, joined fields, marks of flags.

Read `noted_figure` first. The notations are defined in docs/report-map.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from thidua_xl.merge.board import Board, Row
from thidua_xl.merge.measures import JOINT, add, as_text, is_unreadable, same
from thidua_xl.model import Figure, ReportColumn, Source, Submission, Value

_LOOKUP = re.compile(r"\s*(NOI|DEM|TONG)(_CHUNG)?\s*:\s*(\w+)\s*\.\s*(\w+)\s*(?:\.\s*(\w+)\s*)?(\|\s*TRONG\s*)?\Z")
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class LookUp:
    """`NOI:S02.ma_ca_nhan.ho_ten`: what to do, in which form, by which key field, which field is wanted."""

    verb: str
    everywhere: bool
    form: str
    key: str
    wanted: str
    blank_when_missing: bool


def parse_look_up(notation: str) -> LookUp | None:
    """The look-up a notation means, None when it is none."""
    found = _LOOKUP.match(notation)
    if found is None:
        return None
    return LookUp(found[1], bool(found[2]), found[3], found[4], found[5] or "", bool(found[6]))


def noted_figure(board: Board, column: ReportColumn, row: Row) -> Figure:
    """The figure of a `LAY` column with a notation for one source row."""
    notation = column.formula.strip()
    if notation.startswith("GHEP:"):
        return _joined_fields(board, column, row, notation)
    if notation.startswith("DAU:"):
        return _flag_words(column, row, notation)
    look_up = parse_look_up(notation)
    if look_up is None:
        source = row.source(column.field)
        return Figure(column.code, board.shown(row.records.form, column.field, source.value), (source,))
    return _looked_up(board, column, row, look_up)


def _looked_up(board: Board, column: ReportColumn, row: Row, look_up: LookUp) -> Figure:
    key = row.value(column.field)
    own = row.source(column.field)
    if key is None or is_unreadable(key):
        nothing: Value = None if look_up.verb == "NOI" or look_up.blank_when_missing else 0
        return Figure(column.code, nothing, ())
    within = None if look_up.everywhere else row.submission
    index = _index(board, look_up, within)
    if look_up.verb == "NOI":
        parts = [part.strip() for part in str(key).split(";")] if isinstance(key, str) else [key]
        return _values_found(board, column, look_up, index, [part for part in parts if part != ""], own)
    found = index.get(same(key), [])
    sources = (own, *(one.source(look_up.wanted) for one in found))
    if not found and look_up.blank_when_missing:
        return Figure(column.code, None, (own,))
    if look_up.verb == "DEM":
        return Figure(column.code, len(found), sources)
    return Figure(column.code, add(one.value(look_up.wanted) for one in found), sources)


def _values_found(
    board: Board,
    column: ReportColumn,
    look_up: LookUp,
    index: dict[object, list[Row]],
    parts: Sequence[Value],
    own: Source,
) -> Figure:
    shown: list[Value] = []
    sources = [own]
    for part in parts:
        found = index.get(same(part), [])
        if not found:
            if not look_up.blank_when_missing:
                shown.append(part)
            continue
        # Within a submission the first entry counts; across the round a later one corrects an earlier one.
        chosen = found[-1] if look_up.everywhere else found[0]
        source = chosen.source(look_up.wanted)
        sources.append(source)
        shown.append(board.shown(look_up.form, look_up.wanted, source.value))
    if len(shown) == 1:
        return Figure(column.code, shown[0], tuple(sources))
    return Figure(column.code, JOINT.join(as_text(one) for one in shown) or None, tuple(sources))


def _index(board: Board, look_up: LookUp, within: Submission | None) -> dict[object, list[Row]]:
    """Rows of the looked-up form by key, made once per look-up and submission."""
    name = (look_up.form, look_up.key, id(within) if within is not None else None)
    made = board.indexes.get(name)
    if made is None:
        made = {}
        submissions = board.taken if within is None else (within,)
        for submission in submissions:
            for row in board.entries(look_up.form, within=submission):
                value = row.value(look_up.key)
                if value is not None and not is_unreadable(value):
                    made.setdefault(same(value), []).append(row)
        board.indexes[name] = made
    return made


def _joined_fields(board: Board, column: ReportColumn, row: Row, notation: str) -> Figure:
    found = _QUOTED.search(notation)
    between = found[1] if found else " "
    codes = [code.strip() for code in column.field.split(";") if code.strip()]
    sources = [row.source(code) for code in codes]
    words = [as_text(board.shown(row.records.form, code, row.value(code))) for code in codes]
    return Figure(column.code, between.join(word for word in words if word) or None, tuple(sources))


def _flag_words(column: ReportColumn, row: Row, notation: str) -> Figure:
    codes = [code.strip() for code in column.field.split(";") if code.strip()]
    words = _QUOTED.findall(notation)
    sources = [row.source(code) for code in codes]
    said = [word for word, code in zip(words, codes, strict=False) if row.value(code) is True]
    return Figure(column.code, ", ".join(said) or None, tuple(sources))
