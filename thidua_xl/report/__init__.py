"""`Consolidation` + template -> an edit plan and the filled report; findings as a workbook.

Read `fill_report`, then `plan`; `findings_book` is apart and loads openpyxl only when it is asked for.
"""

from thidua_xl.report.fill import fill_report
from thidua_xl.report.filled import Evidence, FilledReport

__all__ = ["Evidence", "FilledReport", "fill_report"]
