"""The criteria book as `model.Criteria`, its linter, and the unit workbooks made from it.

Read `load_criteria` first, then `build_unit_workbook`.
"""

from thidua_xl.forms.load import load_criteria
from thidua_xl.forms.problems import Problem

__all__ = ["Problem", "load_criteria"]
