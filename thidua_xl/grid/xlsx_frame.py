"""What stands around the rows of a worksheet part -> merges and hidden columns. Read `read_frame`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from thidua_xl.grid.formats import Styles
from thidua_xl.grid.limits import MIB
from thidua_xl.grid.refusal import refuse
from thidua_xl.grid.xlsx_cells import CellReader
from thidua_xl.grid.xlsx_scan import scan_sheet
from thidua_xl.grid.xml import MAIN, check
from thidua_xl.refs import MAX_COLUMN, Area

_KEPT_BYTES = 128 * 1024
_ROOT = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml[^<>]*\?>)?\s*<worksheet(?:\s[^<>]*)?\sxmlns="([^"<>]*)"[^<>]*>', re.DOTALL
)
_MERGE = re.compile(rb'<mergeCell ref="([A-Z0-9:]{2,21})" ?/>')
_COLUMN = re.compile(rb"<col ([^<>]*)/>")
_ANY_COLUMN = re.compile(rb"[<:]col\s")
# What is long in a form, and the same in every unit's copy of it.
_LONG = (b"mergeCells", b"conditionalFormatting", b"dataValidations")
_ATTRIBUTE = re.compile(rb'\b(min|max|hidden)="([0-9a-z]{1,6})"')
_NAMESPACES = frozenset(one.encode("ascii") for one in MAIN)


@dataclass(frozen=True, slots=True)
class Frame:
    """Merged areas and hidden columns (1-based) of a sheet."""

    merges: tuple[str, ...] = ()
    hidden_columns: frozenset[int] = frozenset()


def read_frame(around: bytes, part: str) -> Frame:
    """The frame in a worksheet part whose rows were taken out (`<sheetData/>` stands for them)."""
    # Units fill in copies of one form: what stands around the rows is often the same bytes again.
    return (_kept if len(around) <= _KEPT_BYTES else _read)(around, part)


def _read(around: bytes, part: str) -> Frame:
    found = _quick(around, part) if len(around) <= MIB else None
    if found is not None:
        return found
    content = scan_sheet(around, CellReader((), Styles(), from_1904=False), part)
    return Frame(tuple(content.merges), frozenset(content.hidden_columns))


def _quick(around: bytes, part: str) -> Frame | None:
    """The frame in the usual spelling, None when the parser has to call for every element."""
    root = _ROOT.match(around)
    if root is None or root[1] not in _NAMESPACES or around.count(b"sheetData") != 1:
        return None
    merges: tuple[str, ...] = ()
    rest = around
    for name in _LONG:
        rest, block = _without(rest, name)
        if block:
            found = (_kept_block if len(block) <= _KEPT_BYTES else _block)(root[0], block, part)
            if found is None:
                return None
            merges += found
    is_hiding = b"hidden" in rest
    columns = _COLUMN.findall(rest) if is_hiding else []
    # In a comment or a CDATA section an element would be none.
    if b"<!" in rest or b"mergeCell" in rest or (is_hiding and len(columns) != len(_ANY_COLUMN.findall(rest))):
        return None
    # The parser sees every byte, only nobody is called for the elements.
    check(rest, part)
    return Frame(merges, frozenset(_hidden(columns)))


def _without(around: bytes, name: bytes) -> tuple[bytes, bytes]:
    """The part with an empty element in place of all from the first to the last element of that name, and these."""
    first, last = around.find(b"<" + name), around.rfind(b"</" + name + b">")
    if first < 0 or last < first:
        return around, b""
    end = last + len(name) + 3
    # Where this element may stand, whole elements may: a part is well-formed if it is so with either.
    return around[:first] + b"<x/>" + around[end:], around[first:end]


def _block(root: bytes, block: bytes, part: str) -> tuple[str, ...] | None:
    """The merges in some elements of a sheet that begins with `root`, None when they are spelled in another way.

    Raises unless the elements are well-formed.
    """
    merges = _MERGE.findall(block)
    if b"<!" in block or len(merges) != block.count(b"mergeCell") - block.count(b"mergeCells"):
        return None
    check(root + block + b"</worksheet>", part)
    return tuple(map(_merge, merges))


_kept = lru_cache(maxsize=128)(_read)
_kept_block = lru_cache(maxsize=128)(_block)


@lru_cache(maxsize=4096)
def _merge(reference: bytes) -> str:
    text = reference.decode("ascii")
    try:
        Area.parse(text)
    except ValueError:
        raise refuse("bad_sheet", cell=text) from None
    return text


def _hidden(columns: list[bytes]) -> set[int]:
    found: set[int] = set()
    for attributes in columns:
        if b"hidden" in attributes:
            values = dict(_ATTRIBUTE.findall(attributes))
            if values.get(b"hidden") in (b"1", b"true", b"on"):
                first, last = int(values.get(b"min", b"1")), int(values.get(b"max", b"1"))
                found.update(range(first, min(last, MAX_COLUMN) + 1))
    return found
