"""`python -m thidua_xl.ooxml`: one edit to a workbook from the command line.

    set IN OUT SHEET CELL VALUE          a plain number is written as a number, everything else as text
    insert-rows IN OUT SHEET BEFORE COUNT [LIKE]
    delete-rows IN OUT SHEET FIRST COUNT
    insert-columns IN OUT SHEET BEFORE COUNT [LIKE]
    delete-columns IN OUT SHEET FIRST COUNT
    compare A B

Options: --text (VALUE is text whatever it looks like), --thay-cong-thuc, --ca-o-khoa, --bo-chu-ky, --lang en.
Exit code: 0 done, 1 `compare` found differences, 2 wrong usage, 3 refused (at most three lines on stderr).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from decimal import Decimal

from thidua_xl.errors import EditRefused, ThiduaError, UsageProblem
from thidua_xl.messages import error_lines, say
from thidua_xl.ooxml.sheet import Worksheet
from thidua_xl.ooxml.workbook import Workbook
from thidua_xl.refs import column_number

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?\Z")
_FLAGS = ("--text", "--thay-cong-thuc", "--ca-o-khoa", "--bo-chu-ky")


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    words = list(arguments)
    language = "vi"
    if "--lang" in words:
        place = words.index("--lang")
        language = "en" if words[place + 1 : place + 2] == ["en"] else "vi"
        del words[place : place + 2]
    flags = {word for word in words if word in _FLAGS}
    words = [word for word in words if word not in _FLAGS]
    try:
        return _run(words, flags, language)
    except ThiduaError as refusal:
        _tell("\n".join(error_lines(refusal, language)))
        return refusal.exit_code
    except OSError as problem:
        refused = EditRefused("edit.unwritable", file=words[2] if len(words) > 2 else "", detail=problem.strerror or "")
        _tell("\n".join(error_lines(refused, language)))
        return refused.exit_code


def _run(words: list[str], flags: set[str], language: str) -> int:
    match words:
        case ["--help" | "-h"]:
            _write("\n".join(_usage()))
            return 0
        case ["compare", first, second]:
            return _compare(first, second)
        case ["set", source, target, sheet, cell, value]:
            book = Workbook.open(source, drop_signatures="--bo-chu-ky" in flags)
            book[sheet].set(
                cell,
                value if "--text" in flags else _value(value),
                replace_formula="--thay-cong-thuc" in flags,
                locked="--ca-o-khoa" in flags,
            )
        case [command, source, target, sheet, place, count, *rest] if command in _SHIFTS and len(rest) <= 1:
            book = Workbook.open(source, drop_signatures="--bo-chu-ky" in flags)
            _shift(book, command, sheet, [place, *rest], count)
        case _:
            raise UsageProblem("edit.usage", usage=" | ".join(_usage()))
    book.save(target)
    for notice in book.notices:
        _tell(say(f"editor.notice.{notice.code}", language, sheet=notice.sheet, cell=notice.cell))
    return 0


_SHIFTS = ("insert-rows", "delete-rows", "insert-columns", "delete-columns")


def _shift(book: Workbook, command: str, sheet: str, places: list[str], count: str) -> None:
    worksheet = book[sheet]
    numbers = [_number(worksheet, place, by_column=command.endswith("columns")) for place in places]
    how_many = _number(worksheet, count, by_column=False)
    like = numbers[1] if len(numbers) > 1 else None
    if command == "insert-rows":
        worksheet.insert_rows(numbers[0], how_many, like)
    elif command == "insert-columns":
        worksheet.insert_columns(numbers[0], how_many, like)
    elif command == "delete-rows":
        worksheet.delete_rows(numbers[0], how_many)
    else:
        worksheet.delete_columns(numbers[0], how_many)


def _number(sheet: Worksheet, text: str, *, by_column: bool) -> int:
    """A row or count; a column may be given by its letters. EditRefused for what is none."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    if by_column:
        try:
            return column_number(text)
        except ValueError:
            pass
    raise EditRefused("edit.no_such_row", file=sheet.book.file, sheet=sheet.name, cell="", row=text)


def _value(text: str) -> str | int | Decimal:
    """What a plain number written on the command line means; codes with leading zeros stay text."""
    if not _NUMBER.match(text):
        return text
    return Decimal(text) if "." in text else int(text)


def _compare(first: str, second: str) -> int:
    from thidua_xl.ooxml.compare import compare

    found = compare(first, second)
    for title, names in (("-", found.missing), ("+", found.added), ("~", found.changed)):
        for name in names:
            _write(f"{title} {name}")
    for title, names in (("-", found.sheets_missing), ("+", found.sheets_added)):
        for name in names:
            _write(f"{title} {name}!")
    for cell in found.cells:
        _write(f"{cell.sheet}!{cell.cell} {cell.what}: {cell.old!r} -> {cell.new!r}")
    for element in found.elements:
        _write(f"{element.sheet} {element.what}")
    return 0 if found.is_equal else 1


def _usage() -> list[str]:
    lines = (__doc__ or "").splitlines()
    return [line.strip().split("   ")[0] for line in lines if line.startswith("    ")]


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
