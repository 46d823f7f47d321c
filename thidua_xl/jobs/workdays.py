"""Until when a unit has to mend its report. Read `mending_deadline`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from thidua_xl.model import Criteria, Period

# The setting of the criteria book that says how many working days a unit has, and the days when it is not there.
SETTING = "so_ngay_sua"
DAYS = 3


def mending_deadline(criteria: Criteria, period: Period | None, today: date) -> date:
    """Some working days from today, but not before the period's own deadline."""
    given = criteria.setting(SETTING)
    days = int(given) if isinstance(given, int | Decimal) and not isinstance(given, bool) and given > 0 else DAYS
    until = today
    while days:
        until += timedelta(days=1)
        if until.weekday() < 5:
            days -= 1
    due = period.due if period is not None else None
    return due if due is not None and due > until else until
