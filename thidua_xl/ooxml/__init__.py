"""Existing workbooks edited in place: named edits, every other byte left alone.

Read `Workbook.open`, then `sheet.Worksheet` (`set`, `set_formula`, `insert_rows`), then `Workbook.save`.
"""

from thidua_xl.ooxml.additions import Validation
from thidua_xl.ooxml.sheet import Worksheet
from thidua_xl.ooxml.workbook import Workbook

__all__ = ["Validation", "Workbook", "Worksheet"]
