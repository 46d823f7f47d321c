"""One fault at a time, planted in a clean workbook: what a field's kind and the criteria book allow to go wrong.

Nothing here knows a field, a form or a rule by name; what must be told follows from the book. `mutations` lists all
that can be planted in one workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from mutation_cases import Case, Planted
from mutation_cells import FIELD_FAULTS
from mutation_rounds import CleanRound
from mutation_tables import COLUMN_FAULTS, FORM_FAULTS

from thidua_xl.model import FormKind

# How many entries of a table are spoilt, one after the other.
ENTRIES = 3


def mutations(clean: CleanRound, unit: str, random: Random) -> Iterator[Callable[[], Planted | None]]:
    """Everything that can be planted in the unit's workbook, each made when it is called (None: not possible)."""
    case = Case(clean, unit, random)
    for form in clean.rules.forms:
        records = clean.submissions[unit].records.get(form.code)
        if records is None:
            continue
        indices = list(range(len(records)))
        chosen = indices if len(indices) <= ENTRIES else sorted(random.sample(indices, ENTRIES))
        for field in form.fields:
            for index in chosen:
                for name, plant in FIELD_FAULTS.items():
                    yield lambda n=name, p=plant, f=form, d=field, i=index: p(case, n, f, d, i)
            if form.kind is not FormKind.SINGLE:
                for name, spoil in COLUMN_FAULTS.items():
                    yield lambda n=name, p=spoil, f=form, d=field: p(case, n, f, d)
        for name, break_form in FORM_FAULTS.items():
            yield lambda n=name, p=break_form, f=form: p(case, n, f)


__all__ = ["COLUMN_FAULTS", "FIELD_FAULTS", "FORM_FAULTS", "Planted", "mutations"]
