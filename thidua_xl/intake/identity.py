"""Who reports for which period, in which version. Read `identify`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from thidua_xl.grid import rows_of
from thidua_xl.intake.cells import as_text
from thidua_xl.intake.coded import layout_cell
from thidua_xl.intake.file_names import codes_in_name, plain_stem
from thidua_xl.intake.places import Layout
from thidua_xl.intake.prepared import Prepared
from thidua_xl.intake.reporter import Reporter, Where, covers
from thidua_xl.intake.single import find_cells
from thidua_xl.model import CellError, Criteria, Field, Form, FormKind, Invalid, Period, Records, Sheet, Value
from thidua_xl.model.registers import UNITS
from thidua_xl.refs import parse_cell
from thidua_xl.text import fold

# What a form's layout says comes filled in ("Bố cục": dien.<field>=KY.tu_ngay).
FILLED, PERIOD_START, PERIOD_END = "dien.", "KY.tu_ngay", "KY.den_ngay"
_YEAR = "năm"
_FORMULA = "cong_thuc"  # kinds are looked up without regard to case
_VERSION = re.compile(r"(?:^|_)(?:l|lan)_?(\d{1,2})(?:_|$)")


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields of the forms identify a submission, as (form, field) codes; None when the book has none."""

    unit: tuple[str, str] | None
    unit_name: tuple[str, str] | None
    year: tuple[str, str] | None
    kind: tuple[str, str] | None
    version: tuple[str, str] | None
    form_version: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the visible cells say: texts by what they are, with the cell they stand in; "" when they say nothing.

    `start`, `end` are what stands in the cells that come filled in with the period's days. `faulty` names those
    whose cell is wrong in itself, which another rule tells: they say nothing either.
    """

    unit: str = ""
    unit_name: str = ""
    year: str = ""
    kind: str = ""
    period: str = ""
    start: date | None = None
    end: date | None = None
    where: Mapping[str, Where] | None = None
    faulty: frozenset[str] = frozenset()


def identity_fields(criteria: Criteria) -> Fields:
    """The identifying fields, from the settings `truong_…`, else worked out from what the fields hold."""
    named = {
        name: _named(criteria, f"truong_{name}")
        for name in ("don_vi", "ten_don_vi", "nam", "ky", "lan_nop", "phien_ban_mau")
    }
    kinds = {period.kind for period in criteria.periods}
    for form in criteria.forms:
        if form.kind is not FormKind.SINGLE:
            continue
        for field in form.fields:
            place = form.code, field.code
            if named["don_vi"] is None and field.choices.partition(":")[0] == UNITS:
                named["don_vi"] = place
            if named["ky"] is None and kinds and _holds(criteria, field, kinds):
                named["ky"] = place
            if named["nam"] is None and fold(field.unit) == fold(_YEAR):
                named["nam"] = place
    return Fields(
        named["don_vi"], named["ten_don_vi"], named["nam"], named["ky"], named["lan_nop"], named["phien_ban_mau"]
    )


def look(prepared: Prepared, fields: Fields, sheets: Mapping[str, Sheet], layout: Layout) -> Seen:
    """What the visible cells of a submission say about unit and period, before the period's rules are known."""
    texts: dict[str, str] = {}
    where: dict[str, Where] = {}
    faulty: set[str] = set()
    for name in ("unit", "unit_name", "year", "kind"):
        place: tuple[str, str] | None = getattr(fields, name)
        if place is None:
            continue
        form, sheet = prepared.criteria.form(place[0]), sheets.get(place[0])
        if form is None or sheet is None or form.kind is not FormKind.SINGLE:
            continue
        found = _cell(prepared, form, sheet, layout, place[1])
        if found is None:
            continue
        value, where[name] = found
        unknown = isinstance(value, CellError) or _is_uncalculated(sheet, where[name])
        if unknown or (name == "year" and _is_no_year(prepared, place, value)):
            faulty.add(name)
        else:
            texts[name] = as_text(value).strip()
    for form in prepared.criteria.forms:
        sheet = sheets.get(form.code)
        if sheet is None:
            continue
        for name, word in (("unit", "o_don_vi"), ("period", "o_ky")):
            cell = layout_cell(form, rows_of(sheet), word)
            if cell is not None and not texts.get(name):
                texts[name] = cell[1]
                where[name] = Where(sheet.name, form.layout[word], cell[0][0])
    days = {
        name: _prefilled_day(prepared, sheets, layout, source)
        for name, source in (("start", PERIOD_START), ("end", PERIOD_END))
    }
    return Seen(where=where, faulty=frozenset(faulty), start=days["start"], end=days["end"], **texts)


def find_period(criteria: Criteria, seen: Seen, prepared: Prepared, fields: Fields) -> Period | None:
    """The period the visible cells name, None when they name none that the book knows."""
    if seen.period:
        found = criteria.find_period(seen.period)
        if found is not None:
            return found
        by_name = [one for one in criteria.periods if fold(one.name) == fold(seen.period)]
        return by_name[0] if len(by_name) == 1 else None
    if not seen.year or not seen.kind or fields.kind is None:
        return None
    year = seen.year.strip()
    form = criteria.form(fields.kind[0])
    field = form.field(fields.kind[1]) if form is not None else None
    match = prepared.match(field.choices, seen.kind) if field is not None else None
    kind = match.code if match is not None and match.code is not None else seen.kind
    of_kind = [one for one in criteria.periods if one.kind == kind]
    # A special report may be asked for in any year.
    matches = [one for one in of_kind if str(one.year) == year] or [one for one in of_kind if one.year is None]
    return matches[0] if len(matches) == 1 else None


def period_meant(
    criteria: Criteria, said: Period | None, seen: Seen, declared: str, wanted: str, file: str
) -> Period | None:
    """The period of a file whose year or kind of period is a slip: the one that two others name with one voice (the
    days on the form, the hidden sheet, the file's name, the round) while nothing agrees with the cells. None when
    the cells are to be believed.

    Without this a slip in one cell would put every date of the file outside its period.
    """
    if not (seen.period or (seen.year and seen.kind)):
        return None
    named = codes_in_name(criteria.periods, file)
    days = [
        one.code for one in criteria.periods if one.start is not None and (one.start, one.end) == (seen.start, seen.end)
    ]
    voices = [declared, wanted, *(one[0] for one in (named, days) if len(one) == 1)]
    if said is not None and said.code in voices:
        return None
    counted = Counter(one for one in voices if one and criteria.find_period(one) is not None)
    code, times = counted.most_common(1)[0] if counted else ("", 0)
    return criteria.find_period(code) if times > 1 and times * 2 > sum(counted.values()) else None


def find_unit(prepared: Prepared, seen: Seen, layout: Layout, file: str) -> str:
    """The code of the unit: by its code or name in the cells, by `_thidua`, by the file's name; "" when unknown."""
    for text in (seen.unit, seen.unit_name):
        if text:
            found = prepared.match(UNITS, text)
            if found is not None and found.code is not None:
                return found.code
            if text is seen.unit:
                return ""  # a code that is wrong is not replaced by a guess
    declared = layout.facts.get("unit", "")
    if prepared.criteria.unit(declared) is not None:
        return declared
    named = units_in_name(prepared.criteria, file)
    return named[0] if len(named) == 1 else ""


def tell_unit(
    prepared: Prepared, reporter: Reporter, fields: Fields, seen: Seen, layout: Layout, unit: str, file: str
) -> None:
    """Findings about the unit: unknown, contradicted by the hidden sheet or by the file's name."""
    criteria = prepared.criteria
    places = seen.where or {}
    form, field = _field(criteria, fields.unit)
    if (not unit or (not seen.unit and "unit" in places)) and "unit" not in seen.faulty:
        text = seen.unit or seen.unit_name
        reporter.report("ma_don_vi", places.get("unit", Where()), form=form, field=field, seen=text)
    declared = layout.facts.get("unit", "")
    if declared and unit and declared != unit:
        reporter.report(
            "dinh_danh_lech", places.get("unit", Where()), form=form, instead="ten_tep", seen=unit, a=declared, b=unit
        )
    named = units_in_name(criteria, file)
    if named and unit and unit not in named:
        reporter.report("ten_tep", form=form, seen=file, a=", ".join(named), b=unit)


def tell_period(
    prepared: Prepared,
    reporter: Reporter,
    fields: Fields,
    seen: Seen,
    layout: Layout,
    said: Period | None,
    taken: Period | None,
    wanted: str | None,
    file: str,
) -> None:
    """Findings about the period: unknown, another than the round's, contradicted by the hidden sheet or the name.

    `said` is what the cells name, `taken` what the file is read as; where they differ, that is told and nothing else.
    """
    criteria = prepared.criteria
    places = seen.where or {}
    form, field = _field(criteria, fields.kind)
    text = " ".join(one for one in (seen.kind, seen.year) if one) or seen.period
    at = places.get("kind", places.get("period", Where()))
    if taken is None:
        if text and not seen.faulty & {"kind", "year"}:
            reporter.report("sai_ky", at, form=form, field=field, seen=text)
        return
    declared = layout.facts.get("period", "")
    says_something = bool(seen.period or (seen.year and seen.kind))
    if says_something and (said is None or said.code != taken.code):
        if seen.year and seen.year != str(taken.year or seen.year) and (said is None or said.kind == taken.kind):
            at = places.get("year", at)
        shown = said.name if said is not None else text
        if said is None or wanted is not None:
            reporter.report("sai_ky", at, form=form, field=field, seen=shown)
        else:
            reporter.report("dinh_danh_lech", at, form=form, instead="ten_tep", seen=shown, a=taken.code, b=said.code)
        return
    if wanted is not None and taken.code != wanted:
        reporter.report("sai_ky", at, form=form, field=field, seen=taken.name)
    if declared and declared != taken.code:
        reporter.report("dinh_danh_lech", at, form=form, instead="ten_tep", seen=taken.code, a=declared, b=taken.code)
    periods = codes_in_name(criteria.periods, file)
    if periods and taken.code not in periods:
        reporter.report("ten_tep", form=form, seen=file, a=", ".join(periods), b=taken.code)


def tell_form_version(
    criteria: Criteria, reporter: Reporter, fields: Fields, records: Mapping[str, Records], layout: Layout
) -> str:
    """The version of the form that was used; told when the book does not support it."""
    form, field = _field(criteria, fields.form_version)
    version, where = layout.facts.get("form_version", ""), Where()
    if form is not None and field is not None and form.code in records:
        own = records[form.code]
        value = own.value(field.code) if len(own) else None
        text = "" if isinstance(value, Invalid) else as_text(value)
        if text:
            version = text
            cell = own.cell(field.code, 0)
            where = Where(own.sheet, cell, parse_cell(cell)[0])
    found = reporter.rule("phien_ban_mau", form, field)
    if not version or found is None:
        return version
    listed = found[1].parameters.get("ho_tro", "") or criteria.text_setting("phien_ban_mau")
    supported = [one.strip() for one in re.split(r"[|,]", listed) if one.strip()]
    if supported and not any(_same_version(version, one) for one in supported):
        reporter.report("phien_ban_mau", where, form=form, field=field, seen=version, can=", ".join(supported))
    return version


def version_number(criteria: Criteria, fields: Fields, records: Mapping[str, Records], file: str) -> int:
    """Lần nộp: from its cell, else from `_L2` in the file's name, else 1."""
    if fields.version is not None and fields.version[0] in records:
        own = records[fields.version[0]]
        value = own.value(fields.version[1]) if len(own) else None
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value >= 1:
            return int(value)
    found = _VERSION.search(plain_stem(file))
    return max(int(found[1]), 1) if found is not None else 1


def units_in_name(criteria: Criteria, file: str) -> list[str]:
    """Codes of units that stand in a file's name, parted by _ - . or blanks."""
    return codes_in_name(criteria.units, file)


def _same_version(one: str, other: str) -> bool:
    return one.strip() == other.strip() or one.strip().removesuffix(".0") == other.strip().removesuffix(".0")


def _named(criteria: Criteria, setting: str) -> tuple[str, str] | None:
    form_code, dot, field_code = criteria.text_setting(setting).partition(".")
    form = criteria.form(form_code.strip())
    return (form.code, field_code.strip()) if dot and form is not None and form.field(field_code.strip()) else None


def _field(criteria: Criteria, place: tuple[str, str] | None) -> tuple[Form | None, Field | None]:
    form = criteria.form(place[0]) if place is not None else None
    return form, form.field(place[1]) if form is not None and place is not None else None


def _holds(criteria: Criteria, field: Field, kinds: set[str]) -> bool:
    listed = criteria.lists.get(field.choices)
    return listed is not None and kinds <= {item.code for item in listed.items}


def _is_no_year(prepared: Prepared, place: tuple[str, str], value: Value) -> bool:
    """Whether the year's own cell is what is wrong: no whole number, or one that a rule of the book judges and that
    no period has. The period is then not blamed for it.
    """
    text = as_text(value).strip()
    if not text:
        return False
    if not text.isdecimal():
        return True
    if any(str(period.year) == text for period in prepared.criteria.periods):
        return False
    form, field = _field(prepared.criteria, place)
    return any(covers(condition, form, field) > 4 for _, condition in prepared.rules.get(_FORMULA, ()))


def _is_uncalculated(sheet: Sheet, where: Where) -> bool:
    """Whether a formula without a stored result stands there, which is told where its value is taken."""
    cell = sheet.cells.get(parse_cell(where.cell))
    return cell is not None and cell.value is None and cell.formula is not None


def _prefilled_day(prepared: Prepared, sheets: Mapping[str, Sheet], layout: Layout, source: str) -> date | None:
    """What stands in the field that comes filled in with a day of the period, None when no form has one."""
    for form in prepared.criteria.forms:
        for word, filled in form.layout.items():
            sheet = sheets.get(form.code)
            if filled.strip() != source or not word.startswith(FILLED) or sheet is None:
                continue
            if form.kind is FormKind.SINGLE:
                found = _cell(prepared, form, sheet, layout, word.removeprefix(FILLED))
                if found is not None and isinstance(found[0], date):
                    return found[0].date() if isinstance(found[0], datetime) else found[0]
    return None


def _cell(prepared: Prepared, form: Form, sheet: Sheet, layout: Layout, code: str) -> tuple[Value, Where] | None:
    rows = rows_of(sheet)
    places, inline = find_cells(sheet, rows, form, layout, prepared)
    if code in places:
        row, column = places[code]
        value: Value = rows.get(row, {}).get(column)
    elif code in inline:
        (row, column), value = inline[code]
    else:
        return None
    from thidua_xl.refs import cell_name, column_letters

    return value, Where(sheet.name, cell_name(row, column), row, column_letters(column))
