"""A workbook and the criteria book -> what a unit handed in. Read `read_submission`."""

from __future__ import annotations

from dataclasses import replace

from thidua_xl.intake.coded import fits, read_coded
from thidua_xl.intake.convert import Taker
from thidua_xl.intake.identity import (
    find_period,
    find_unit,
    identity_fields,
    look,
    period_meant,
    tell_form_version,
    tell_period,
    tell_unit,
    version_number,
)
from thidua_xl.intake.locate import Located, locate, tell_sheets
from thidua_xl.intake.places import Layout
from thidua_xl.intake.prepared import Prepared, is_table, prepare
from thidua_xl.intake.reporter import Reporter, Where
from thidua_xl.intake.shared_sheets import apart
from thidua_xl.intake.sideways import fields_down
from thidua_xl.intake.single import further_values, read_single
from thidua_xl.intake.table import read_table
from thidua_xl.intake.unit_sheets import split_by_unit
from thidua_xl.model import Book, Criteria, Finding, Form, FormKind, Records, Sheet, Submission
from thidua_xl.refs import cell_name, column_letters

_UNIT_FILLS = "DON_VI"


def read_submissions(book: Book, criteria: Criteria, *, period: str | None = None) -> tuple[Submission, ...]:
    """What units handed in: one submission for an ordinary workbook, one per unit for one with a sheet per unit."""
    prepared = prepare(criteria, period if period and criteria.find_period(period) else "")
    by_unit = split_by_unit(book, prepared)
    if not by_unit:
        return (read_submission(book, criteria, period=period),)
    layouts = {unit: Layout.of(own, criteria.learned) for unit, own in by_unit.items()}
    # What no unit has on its sheets was not asked of them in this workbook.
    asked = frozenset(form for unit, own in by_unit.items() for form in sheets_of(own, prepared, layouts[unit]))
    return tuple(read_submission(own, criteria, period=period, unit=unit, asked=asked) for unit, own in by_unit.items())


def read_submission(
    book: Book,
    criteria: Criteria,
    *,
    period: str | None = None,
    unit: str = "",
    asked: frozenset[str] | None = None,
) -> Submission:
    """What a unit handed in: typed records of every form found, and findings about structure, identity and values.

    `criteria` is the whole book; the rules, lists and units of the file's own period hold. `period` is the round's:
    used when the file does not say its own, told when the file says another. `unit` is the unit's code when it is
    known beforehand; else the file says it. `asked` are the forms that may be missing, None for all that are required.
    """
    layout = Layout.of(book, criteria.learned)
    declared = layout.facts.get("period", "")
    guess = declared if criteria.find_period(declared) is not None else period or ""
    first = prepare(criteria, guess if criteria.find_period(guess) is not None else "")
    fields = identity_fields(first.criteria)
    located, sheets = _sheets(book, first, layout)
    seen = look(first, fields, sheets, layout)
    said = find_period(criteria, seen, first, fields)
    says_nothing = not (seen.period or (seen.year and seen.kind))  # also when what it says is faulty in itself
    meant = period_meant(criteria, said, seen, declared, period or "", book.file)
    found = meant or said or (criteria.find_period(guess) if says_nothing else None)
    prepared = prepare(criteria, found.code if found is not None else "")
    reporter = Reporter(prepared.criteria, prepared.rules, book.file)
    # A workbook of many units is called after none of them.
    name = "" if unit else book.file
    unit = unit or find_unit(prepared, seen, layout, book.file)
    reporter.set_unit(unit)
    tell_unit(prepared, reporter, fields, seen, layout, unit, name)
    tell_period(prepared, reporter, fields, seen, layout, said, found, period, name)
    if not _looks_alike(prepared, first):
        located, sheets = _sheets(book, prepared, layout)
    tell_sheets(book, prepared, located, reporter)
    records = _read_forms(book, prepared, layout, sheets, reporter, asked)
    form_version = tell_form_version(prepared.criteria, reporter, fields, records, layout)
    return Submission(
        file=book.file,
        unit=unit,
        period=found.code if found is not None else "",
        version=version_number(prepared.criteria, fields, records, book.file),
        form_version=form_version,
        records=records,
        findings=tuple(_explained(one, records) for one in reporter.findings),
        sha256=book.sha256,
        left_out=tuple(reporter.left_out),
    )


def identity_of(book: Book, prepared: Prepared, layout: Layout) -> list[tuple[str, str]]:
    """What the cells say of who reports: (text, sheet!cell) of the unit's code and of its name."""
    seen = look(prepared, identity_fields(prepared.criteria), sheets_of(book, prepared, layout), layout)
    where = seen.where or {}
    texts = (("unit", seen.unit), ("unit_name", seen.unit_name))
    return [(text, f"{where[name].sheet}!{where[name].cell}") for name, text in texts if text and name in where]


def sheets_of(book: Book, prepared: Prepared, layout: Layout) -> dict[str, Sheet]:
    """The sheet of every form that is there, of one with tables of several forms each form's part; coded matrices are
    also found by their codes.
    """
    return _sheets(book, prepared, layout)[1]


def _looks_alike(one: Prepared, other: Prepared) -> bool:
    """Whether the sheets found for one period's forms are those of the other's.

    The codes of coded matrices are lists, which may be in force for one period only.
    """
    forms = one.criteria.forms
    return one is other or (forms is other.criteria.forms and all(form.kind is not FormKind.CODED for form in forms))


def _sheets(book: Book, prepared: Prepared, layout: Layout) -> tuple[Located, dict[str, Sheet]]:
    located = locate(book, prepared, layout)
    sheets = apart(located.sheets, prepared, layout)
    for form in prepared.criteria.forms:
        if form.kind is FormKind.CODED and form.code not in sheets:
            hits = [
                (fits(sheet, form, prepared), -index, sheet) for index, sheet in enumerate(book.sheets) if sheet.visible
            ]
            best = max(hits, key=lambda one: one[:2], default=(0, 0, None))
            if best[0] and best[2] is not None:
                sheets[form.code] = best[2]
    return located, sheets


def _read_forms(
    book: Book,
    prepared: Prepared,
    layout: Layout,
    sheets: dict[str, Sheet],
    reporter: Reporter,
    asked: frozenset[str] | None,
) -> dict[str, Records]:
    taker = Taker(prepared, reporter)
    records: dict[str, Records] = {}
    taken = {id(sheet) for sheet in sheets.values()}
    free = [one for one in book.sheets if one.visible and id(one) not in taken] if not layout.facts else []
    for form in prepared.criteria.forms:
        sheet = sheets.get(form.code)
        found = _read_form(book, sheet, form, layout, taker) if sheet is not None else None
        if found is not None:
            records[form.code] = found
        elif form.filled_by == _UNIT_FILLS and (asked is None or form.code in asked):
            is_told = _tell_sideways([sheet, *free] if sheet is not None else free, form, taker)
            if form.required and not is_told:
                reporter.report("thieu_bieu", form=form)
    return records


def _tell_sideways(sheets: list[Sheet], form: Form, taker: Taker) -> bool:
    """Tell a form that is there the other way round; whether there was something to tell."""
    is_single = form.kind is FormKind.SINGLE
    find, kind = (further_values, "nhieu_cot_so") if is_single else (fields_down, "bang_xoay")
    for sheet in sheets if is_single or is_table(form) else ():
        place = find(sheet, form, taker.prepared)
        if place is not None:
            where = Where(sheet.name, cell_name(*place), place[0], column_letters(place[1]))
            taker.reporter.report(kind, where, form=form, instead="thieu_bieu")
            return True
    return False


def _read_form(book: Book, sheet: Sheet, form: Form, layout: Layout, taker: Taker) -> Records | None:
    if form.kind is FormKind.SINGLE:
        return read_single(book, sheet, form, layout, taker)
    if form.kind is FormKind.CODED:
        return read_coded(book, sheet, form, taker)
    return read_table(book, sheet, form, layout, taker)


def _explained(finding: Finding, records: dict[str, Records]) -> Finding:
    """The finding with what the unit wrote in its "Giải trình" column for that row or cell."""
    own = records.get(finding.form)
    if own is None or not own.explanations or not finding.cell:
        return finding
    row = finding.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    said = own.explanations.get(finding.cell) or own.explanations.get(row, "")
    return replace(finding, explanation=said) if said else finding
