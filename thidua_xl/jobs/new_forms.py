"""Make the unit workbooks of a period. Read `new_forms` first."""

from __future__ import annotations

from pathlib import Path

from thidua_xl.errors import UsageProblem
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.review import known_period
from thidua_xl.model import Criteria
from thidua_xl.text import nearest


def new_forms(criteria: Criteria, period: str, folder: str | Path, *, units: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """One workbook per obliged unit of the period (or per unit named in `units`), in `folder`.

    Named `BC_<unit>_<period>_L1.xlsx`. An existing file is never overwritten: the unit may have begun to fill it in;
    it is left as it is and not returned. Raises `UsageProblem` for an unknown period or unit.
    """
    known = known_period(criteria, period)
    if known is None:
        raise UsageProblem("usage.no_period")
    in_force = criteria.at(known)
    codes = [unit.code for unit in in_force.units]
    for code in units:
        if code not in codes:
            raise UsageProblem("usage.unknown_unit", unit=code, nearest=nearest(code, codes))
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for unit in in_force.units:
        if unit.code not in units and (units or not unit.obliged):
            continue
        path = target / f"BC_{unit.code}_{known.code}_L1.xlsx"
        if path.exists():
            continue
        build_unit_workbook(in_force, unit, known, path)
        written.append(path)
    return tuple(written)
