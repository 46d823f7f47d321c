"""Where the shipped `workbooks/` and `macros/` are: in a wheel, an editable install or a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def shipped_path(folder: str, name: str) -> Path:
    """The path of a shipped file, e.g. ("workbooks", "bo-tieu-chi.xlsx"). FileNotFoundError when absent.

    A wheel holds the folder inside the package; a checkout holds it beside the package.
    """
    for base in (_HERE, _HERE.parent):
        found = base / folder / name
        if found.is_file():
            return found
    raise FileNotFoundError(f"{folder}/{name}")


def criteria_book() -> Path:
    """The shipped criteria book."""
    return shipped_path("workbooks", "bo-tieu-chi.xlsx")


def report_template() -> Path:
    """The shipped provincial report template."""
    return shipped_path("workbooks", "mau-bao-cao-tinh.xlsx")


def buttons_workbook() -> Path:
    """The shipped workbook with buttons: the report template and the control sheet."""
    return shipped_path("workbooks", "thi-dua.xlsm")
