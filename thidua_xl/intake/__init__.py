"""`Book` + criteria book -> `Submission`: typed records that know their cells. Start with `read_submission`."""

from thidua_xl.intake.read import read_submission

__all__ = ["read_submission"]
