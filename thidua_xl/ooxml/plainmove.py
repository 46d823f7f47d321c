"""Plain formulas moved many at a time, for sheets that have very many. Read `move_plainly`.

Most formulas of a big sheet are arithmetic on cells of the same sheet. Looked at a few hundred rows at once they cost
a fraction of what they cost one by one; whatever is not so plain is left to `formulas.move_formulas`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from thidua_xl.formula.shift import Shift, insert_into_plain
from thidua_xl.ooxml.outcomes import is_untouched_by_blanks
from thidua_xl.ooxml.rowparts import Row
from thidua_xl.ooxml.rows import Rows

_BATCH = 256
_Finder = Callable[[bytes], list[bytes]]


def move_plainly(rows: Rows, among: list[Row], shift: Shift) -> list[Row]:
    """Rewrite the plain formulas of rows of the edited sheet for an insertion; the rows that are left to do.

    A row is done when none of its formulas has attributes, text, names of sheets or a result that blank cells change.
    """
    if shift.count < 0 or shift.grow:
        return among
    opening = b"<" + rows.prefix + b"f"
    texts_of: _Finder = re.compile(opening + b">([^<]*)</" + rows.prefix + b"f>").findall
    left: list[Row] = []
    source = iter(among)
    while batch := list(islice(source, _BATCH)):
        if not _move_batch(rows, batch, shift, opening, texts_of):
            left += [row for row in batch if not _move_batch(rows, [row], shift, opening, texts_of)]
    return left


def _move_batch(rows: Rows, batch: list[Row], shift: Shift, opening: bytes, texts_of: _Finder) -> bool:
    """Rewrite all formulas of some rows together; False, and nothing done, when one of them is not plain."""
    raws = [rows.raw(row) for row in batch]
    texts = [texts_of(raw) for raw in raws]
    if any(raw.count(opening) != len(found) for raw, found in zip(raws, texts, strict=True)):
        return False
    flat = [text for found in texts for text in found]
    old = b"\n".join(flat)
    if old.count(b"\n") != len(flat) - 1 or b"&quot;" in old or b"&apos;" in old:
        return False
    try:
        joined = old.decode("ascii")
    except UnicodeDecodeError:
        return False
    if not is_untouched_by_blanks(joined):
        return False
    moved = insert_into_plain(joined, shift)
    if moved is None:
        return False
    if moved == joined:
        return True
    fresh = iter(moved.encode().split(b"\n"))
    tag = opening + b">"
    for row, raw, found in zip(batch, raws, texts, strict=True):
        new = list(islice(fresh, len(found)))
        if new != found:
            pieces = raw.split(tag)
            tails = (piece[len(text) :] for piece, text in zip(pieces[1:], found, strict=True))
            rows.set_raw(row, tag.join([pieces[0], *(text + tail for text, tail in zip(new, tails, strict=True))]))
    return True
