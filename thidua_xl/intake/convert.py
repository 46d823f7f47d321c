"""Cells -> typed values of a field, with findings for what could not be taken. Read `Taker.column`.

Columns in which all is as it should be are taken at once (`plain`), any other cell by cell (`column`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from thidua_xl.intake.cells import NOTHING, CellsOf, MoneyUnit, Place
from thidua_xl.intake.column import Column, Tools
from thidua_xl.intake.plain import LOOK, Look, Quick, is_surely_unicode, quick_taker
from thidua_xl.intake.prepared import Prepared
from thidua_xl.intake.reporter import Reporter
from thidua_xl.model import Field, FieldKind, Form, Value

# Kinds that speak of how large a number is.
_OF_SIZE = frozenset({"phai_nguyen", "sai_bac_tien"})


class Taker:
    """Takes the values of one submission; faults go to `reporter`."""

    def __init__(self, prepared: Prepared, reporter: Reporter) -> None:
        self.prepared = prepared
        self.reporter = reporter
        dash = prepared.criteria.text_setting("gach_ngang", "trong")
        self._tools = Tools(prepared, reporter, Decimal(0) if dash.strip() == "0" else None)

    def column(
        self,
        source: CellsOf,
        field: Field,
        places: Sequence[Place],
        values: Sequence[Value],
        unit: MoneyUnit | None = None,
    ) -> tuple[Value, ...]:
        """The typed values of cells of one field at `places` (row, column); `unit` is the header's unit of money."""
        extras = source.extras
        touched = {place[1] for place in places} & source.columns if source.columns else None
        if touched and any(place in extras for place in places):
            column = Column(self._tools, source, field, values, unit)
            return tuple(
                column.take(value, extras.get(place, NOTHING), place) if value is not None or place in extras else None
                for place, value in zip(places, values, strict=True)
            )
        plain = self.plain(source.form, field, values, unit)
        if plain is not None:
            return plain
        take = Column(self._tools, source, field, values, unit).take
        quick = self._quick(source.form, field, unit) or _look
        return tuple(
            None
            if value is None
            else take(value, NOTHING, place)
            if (known := quick(value)) is LOOK or not is_surely_unicode(value)
            else known
            for place, value in zip(places, values, strict=True)
        )

    def plain(
        self, form: Form, field: Field, values: Sequence[Value], unit: MoneyUnit | None = None
    ) -> tuple[Value, ...] | None:
        """The typed values of cells beside which nothing stands, None when one of them needs a look."""
        if not any(value is not None for value in values):
            return (None,) * len(values)
        plain = _plain(field, values)
        quick = self._quick(form, field, unit) if plain is None else None
        if quick is None:
            return plain
        taken: list[Value] = []
        for value in values:
            known = None if value is None else quick(value)
            if isinstance(known, Look):
                return None
            taken.append(known)
        return tuple(taken)

    def _quick(self, form: Form, field: Field, unit: MoneyUnit | None) -> Quick | None:
        """The quick taker of a column, made once for all files of a period."""
        made = self.prepared.quick
        key = form.code, field.code, unit
        if key not in made:
            column = Column(self._tools, CellsOf(form, "", {}), field, (), unit)
            made[key] = quick_taker(self.prepared, field, is_name=column.is_name, amounts=column.amounts)
        return made[key]

    def single(self, source: CellsOf, field: Field, place: Place, value: Value, unit: MoneyUnit | None = None) -> Value:
        """The typed value of one labelled cell."""
        return self.column(source, field, [place], [value], unit)[0]

    def total(self, source: CellsOf, field: Field, place: Place, value: Value, unit: MoneyUnit | None = None) -> Value:
        """The typed value of a total: of its size only the entries are told, from which it comes."""
        column = Column(self._tools, source, field, [value], unit, quiet=_OF_SIZE)
        return None if value is None else column.take(value, source.extras.get(place, NOTHING), place)


def _look(value: Value) -> Literal[Look.LOOK]:
    """The quick taker of a column of which every value needs a look."""
    return Look.LOOK


def _plain(field: Field, values: Sequence[Value]) -> tuple[Value, ...] | None:
    """The values when all are of the kind the field holds (numbers, days) or blank, so that none needs a look."""
    kind = field.kind
    if kind is FieldKind.INTEGER:
        return tuple(values) if all(value is None or type(value) is int for value in values) else None
    if kind is FieldKind.DATE:
        if all(value is None or isinstance(value, date) for value in values):
            return tuple(value.date() if isinstance(value, datetime) else value for value in values)
        return None
    measures = kind is FieldKind.NUMBER or kind is FieldKind.PERCENT
    if measures and all(value is None or type(value) is int or type(value) is Decimal for value in values):
        return tuple(Decimal(value) if type(value) is int else value for value in values)
    return None
