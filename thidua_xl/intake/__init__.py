"""`Book` + criteria book -> `Submission`: typed records that know their cells. Start with `read_submission`."""

from thidua_xl.intake.read import read_submission, read_submissions
from thidua_xl.intake.understand import understand

__all__ = ["read_submission", "read_submissions", "understand"]
