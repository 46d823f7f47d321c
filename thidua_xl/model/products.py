"""How our own products are known again: a document property that says what a workbook is. Read `product_of`.

A folder of submissions often holds the report and the findings made from it; they must never be added up again.
"""

from __future__ import annotations

from thidua_xl.model.cells import Book

PROPERTY = "thidua_xl"
# The code of the period of a report.
PERIOD_PROPERTY = "thidua_xl_ky"
# Very hidden sheets of a form that only its own formulas look at: the lists to choose from, the self-check's verdicts.
LISTS_SHEET, HELPER_SHEET = "_danh_muc", "_kiem_tra"
HELPER_SHEETS = (LISTS_SHEET, HELPER_SHEET)
REPORT, FINDINGS, CRITERIA, MAPPING = "bao-cao", "bang-loi", "so-tieu-chi", "ban-do"


def product_of(book: Book) -> str:
    """REPORT, FINDINGS, CRITERIA or MAPPING for a workbook that this program made, "" for any other."""
    value = book.properties.get(PROPERTY, "")
    return value if value in {REPORT, FINDINGS, CRITERIA, MAPPING} else ""
