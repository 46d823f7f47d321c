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
    root = _ROOT.match(around)
    if root is not None and root[1] in _NAMESPACES and len(around) <= MIB:
        merges = _MERGE.findall(around)
        columns = _COLUMN.findall(around)
        if len(merges) == around.count(b"<mergeCell ") and len(columns) == around.count(b"<col "):
            # The parser still sees every byte, only nobody is called for the elements.
            check(around, part)
            if around.count(b"sheetData") == 1:
                return Frame(tuple(map(_merge, merges)), frozenset(_hidden(columns)))
    content = scan_sheet(around, CellReader((), Styles(), from_1904=False), part)
    return Frame(tuple(content.merges), frozenset(content.hidden_columns))


_kept = lru_cache(maxsize=128)(_read)


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
