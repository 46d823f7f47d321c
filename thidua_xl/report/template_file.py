"""The office's template as a file: `open_template`."""

from __future__ import annotations

from pathlib import Path

from thidua_xl.errors import InputRefused, TemplateProblem
from thidua_xl.ooxml import Workbook


def open_template(path: Path) -> Workbook:
    """The template, ready to be edited. A sheet protected without a password is filled as well, and stays protected.

    Raises `TemplateProblem` with the editor's own sentence when it cannot be opened: the template is part of the
    office's set-up, not what a unit has sent.
    """
    try:
        book = Workbook.open(path)
    except InputRefused as refused:
        raise TemplateProblem(refused.code, **refused.values) from refused
    book.lifts_protection = True
    return book
