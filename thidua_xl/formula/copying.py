"""The text of a formula after it was copied elsewhere, or after a sheet got another name.

Read `copy_formula` and `rename_sheet`.
"""

from __future__ import annotations

import re

from thidua_xl.formula.references import SCAN, number_of, on_sheet, sheets_of, spelled
from thidua_xl.refs import MAX_COLUMN, MAX_ROW, column_number, quote_sheet


def copy_formula(text: str, rows: int, columns: int, wrap: bool = False) -> str:
    """The formula as it reads after being copied that many rows down and columns right.

    Unmarked numbers change, on every sheet and in other workbooks too. What would leave the sheet becomes
    `#REF!`, or with `wrap` comes in again at the other side, as the offsets of a shared formula do.
    """
    if not rows and not columns:
        return text

    def moved(found: re.Match[str]) -> str:
        if found.lastgroup != "ref":
            return found[0]
        return _copy_match(found, rows, columns, wrap)

    return SCAN.sub(moved, text)


def rename_sheet(text: str, old: str, new: str) -> str:
    """The formula in which references to sheet `old` name sheet `new` instead; 3-D references are left alone."""
    if "!" not in text:
        return text
    folded = old.casefold()

    def renamed(found: re.Match[str]) -> str:
        prefix = found["prefix"] or found["other"]
        if not prefix:
            return found[0]
        sheet, last_sheet, external = sheets_of(prefix)
        if external or sheet != last_sheet or sheet.casefold() != folded:
            return found[0]
        return found[0].replace(prefix, quote_sheet(new) + "!")

    return SCAN.sub(renamed, text)


def _copy_match(found: re.Match[str], rows: int, columns: int, wrap: bool) -> str:
    prefix = found["prefix"] or ""
    if not on_sheet(found):
        return found[0]
    if found["r1"]:
        parts = [_copy_cell(found, "1", rows, columns, wrap)]
        if found["r2"]:
            parts += [found["mark"], _copy_cell(found, "2", rows, columns, wrap)]
    else:
        mark, by_row = ("n", True) if found["n1"] else ("k", False)
        by = rows if by_row else columns
        parts = []
        for which in ("1", "2"):
            number = _copied(number_of(found[mark + which], by_row), found[f"{mark}{which}d"], by, by_row, wrap)
            lost = number is None
            parts.append(None if lost else found[f"{mark}{which}d"] + spelled(number or 0, found[mark + which], by_row))
        parts.insert(1, found[f"{mark}mark"])
    texts = [part for part in parts if part is not None]
    return prefix + ("".join(texts) if len(texts) == len(parts) else "#REF!")


def _copy_cell(found: re.Match[str], which: str, rows: int, columns: int, wrap: bool) -> str | None:
    row = _copied(int(found["r" + which]), found[f"r{which}d"], rows, True, wrap)
    column = _copied(column_number(found["c" + which]), found[f"c{which}d"], columns, False, wrap)
    if row is None or column is None:
        return None
    letters = spelled(column, found["c" + which], False)
    return f"{found[f'c{which}d']}{letters}{found[f'r{which}d']}{row}"


def _copied(place: int, fixed: str, by: int, by_row: bool, wrap: bool) -> int | None:
    if fixed:
        return place
    limit = MAX_ROW if by_row else MAX_COLUMN
    new = place + by
    if wrap:
        return (new - 1) % limit + 1
    return new if 1 <= new <= limit else None
