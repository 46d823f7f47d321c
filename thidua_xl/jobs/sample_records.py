"""What the fictitious units report: the figures of a sample round as values, before any file is written.

A unit's own activities come from the written material; who gave how much, what each person did, the head counts
and the criteria follow from them, so that everything in one report agrees. Read `sample_records` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from thidua_xl.errors import UsageProblem
from thidua_xl.jobs.sample_draw import Calendar, Draw, Person, commune_in_force, typed
from thidua_xl.jobs.sample_material import (
    CommuneMaterial,
    Derived,
    Material,
    Measure,
    Raw,
    Row,
    UnitMaterial,
    load_material,
)
from thidua_xl.model import Criteria, Criterion, FieldKind, Form, FormKind, Period, Value
from thidua_xl.text import nearest

Values = Mapping[str, Value]

PERIOD = "2024-6T"
SEED = 2024
MISSING = "thieu"
TWICE = "hai_lan"

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class UnitContent:
    """One report of one unit: `single` are the values of the form sheet, `records` the rows of every other form.

    `nothing` lists the forms declared "Không phát sinh". `signed`, `received` are days; `role` is the unit's
    part in the round (see `sample_material.UnitMaterial`).
    """

    unit: str
    role: str
    version: int
    single_form: str
    single: Values
    records: Mapping[str, tuple[Values, ...]]
    nothing: tuple[str, ...]
    signed: date
    received: date


def sample_records(criteria: Criteria, seed: int = SEED, *, period: str = PERIOD) -> tuple[UnitContent, ...]:
    """The reports of a sample round, one per file, in the material's order; the unit that sends nothing has none.

    Fields that the book does not have in this period are left out. Raises `UsageProblem` when the book has no
    such period or the period has no dates.
    """
    material = load_material()
    chosen = dated_period(criteria, period)
    book = criteria.at(chosen)
    writer = _Writer(book, chosen, material, Calendar.between(material, chosen), seed)
    contents = [one for unit in material.units if unit.role != MISSING for one in writer.reports(unit)]
    return tuple(_with_ballots(contents, writer))


def dated_period(criteria: Criteria, code: str) -> Period:
    """The period of a code, which must have its dates. Raises `UsageProblem`."""
    found = criteria.find_period(code)
    if found is None or found.start is None or found.end is None:
        known = [one.code for one in criteria.periods if one.start is not None]
        close = nearest(code, known) or ""
        raise UsageProblem("usage.unknown_period", period=code, known=", ".join(known), nearest=close)
    return found


class _Writer:
    """Composes reports; one per round, because people's names are unique across the round."""

    def __init__(self, book: Criteria, period: Period, material: Material, calendar: Calendar, seed: int) -> None:
        self.book = book
        self.period = period
        self.material = material
        self.calendar = calendar
        self.seed = seed
        self._names: set[str] = set()

    def reports(self, unit: UnitMaterial) -> list[UnitContent]:
        """The unit's reports in order of version."""
        people = Draw(self.seed, f"{unit.code}.nguoi", self.calendar).people(
            unit.code, unit.staff, self.material.names, self._names
        )
        if unit.role != TWICE:
            return [self._report(unit, people, 1)]
        first = replace(unit, facts={**unit.facts, **unit.first_version.get("su_viec", {})})
        return [self._report(first, people, 1, unit.first_version), self._report(unit, people, 2)]

    def _report(
        self, unit: UnitMaterial, people: list[Person], version: int, other: Mapping[str, object] | None = None
    ) -> UnitContent:
        draw = Draw(self.seed, unit.code, self.calendar)
        head = self.material.derived["thong_tin"]
        signed = self._day(draw, unit.facts.get("ngay_ky", tuple(head.options["ngay_ky"])))
        words = {**self._words(unit, people), "ngay_ky": signed, "lan_nop": version}
        first, last = head.options["ngay_phat_dong"]
        words["ngay_phat_dong"] = draw.day(first, last)
        report = _Report(self.book, draw, words, unit)
        for form, rows in unit.rows.items():
            report.add(form, [(row, words) for row in rows])
        if other is not None:
            report.change(str(other["bieu"]), int(str(other["dong"])), other["thay"])
        self._derive(report, people)
        received = unit.facts.get("ngay_nhan")
        return UnitContent(
            unit=unit.code,
            role=unit.role,
            version=version,
            single_form=head.form,
            single=report.rows[head.form][0],
            records={form: tuple(rows) for form, rows in report.rows.items() if rows and form != head.form},
            nothing=report.nothing(),
            signed=signed,
            received=_next_working_day(signed) if received is None else self._day(draw, received),
        )

    def _derive(self, report: _Report, people: list[Person]) -> None:
        parts = self.material.derived
        report.add_fund(parts["quy"], people)
        report.add_people(parts["ca_nhan"], people)
        report.add_head(parts["thong_tin"])
        report.add_criteria(parts["tap_the"])
        if report.unit.facts.get("phu_trach_xa"):
            report.add_communes(parts["ntm"], self.material.communes)

    def _words(self, unit: UnitMaterial, people: Iterable[Person]) -> dict[str, Value]:
        words: dict[str, Value] = {
            "don_vi": unit.name,
            "ma_don_vi": unit.code,
            "nam": self.period.year,
            "ky": self.period.kind,
            "tu_ngay": self.period.start,
            "den_ngay": self.period.end,
            "phien_ban_mau": self.book.text_setting("phien_ban_mau"),
        }
        for number, one in enumerate(people, start=1):
            words |= {f"ten{number}": one.name, f"ma{number}": one.code, f"chuc_vu{number}": one.post.title}
            words[f"xung{number}"] = self.material.styles[one.sex]
        words["ten_nguoi_lap"] = words[f"ten{unit.preparer or len(unit.staff)}"]
        for name in ("so_ke_hoach", "ly_do_chua_100"):
            words[name] = str(unit.facts.get(name, ""))
        return words

    def _day(self, draw: Draw, raw: Raw) -> date:
        found = draw.value(raw, {})
        if not isinstance(found, date):
            raise TypeError(f"not a day: {raw!r}")
        return found


@dataclass(slots=True)
class _Report:
    """One report while it grows: `rows` by form, each row typed as its form wants."""

    book: Criteria
    draw: Draw
    words: Mapping[str, Value]
    unit: UnitMaterial
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)

    def add(self, form: str, patterns: Iterable[tuple[Row, Mapping[str, Value]]]) -> None:
        """Add rows: each a pattern with the words that fill it."""
        for pattern, words in patterns:
            numbered = {**words, "stt": len(self.rows.get(form, ())) + 1}
            self._put(form, {code: self.draw.value(raw, numbered) for code, raw in pattern.items()})

    def change(self, form: str, number: int, values: object) -> None:
        """Overwrite values of the 1-based row `number`."""
        if isinstance(values, Mapping):
            self.rows[form][number - 1] |= self._typed(form, values)

    def add_fund(self, part: Derived, people: Iterable[Person]) -> None:
        """What each person and the unit as a whole gave."""
        self.add(part.form, [(part.row, {**self.words, **_about(one)}) for one in people])
        self.add(part.form, [(part.first_row, self.words)])

    def add_people(self, part: Derived, people: Iterable[Person]) -> None:
        """One row per person, with what the other forms say of them."""
        key = part.option("khoa")
        for one in people:
            self.add(part.form, [(part.row, {**self.words, **_about(one)})])
            counted = {code: self._measured(measure, key, one.code) for code, measure in part.measures.items()}
            self.change(part.form, len(self.rows[part.form]), counted)

    def add_head(self, part: Derived) -> None:
        """The one row of the form sheet."""
        self.add(part.form, [(part.row, self.words)])
        self.change(part.form, 1, {code: self._measured(measure) for code, measure in part.measures.items()})

    def add_criteria(self, part: Derived) -> None:
        """One row per indicator of the groups that a unit reports on."""
        for criterion in self.book.criteria:
            if criterion.group in part.options["nhom"]:
                self.add(part.form, [(part.row, self._indicator(part, criterion))])

    def add_communes(self, part: Derived, communes: Iterable[CommuneMaterial]) -> None:
        """One row per commune and criterion of the reference table; a commune's own figures on its first row."""
        table = self.book.reference_tables.get(part.option("bang"), ())
        for commune in _in_force(communes, self.book):
            words = _commune_words(commune)
            for index, criterion in enumerate(table):
                pattern = {**part.row, **(part.first_row if index == 0 else {})}
                self.add(part.form, [(pattern, {**words, **_criterion_words(part, commune, criterion)})])

    def nothing(self) -> tuple[str, ...]:
        """Tables that the unit fills in and has nothing for."""
        return tuple(
            form.code
            for form in self.book.forms
            if form.kind is not FormKind.SINGLE and form.filled_by == "DON_VI" and not self.rows.get(form.code)
        )

    def _put(self, form: str, values: Values) -> None:
        found = self.book.form(form)
        if found is None:
            return
        rows = self.rows.setdefault(form, [])
        serial = next((one.code for one in found.fields if one.kind is FieldKind.SERIAL), None)
        numbered: dict[str, Value] = {serial: len(rows) + 1} if serial else {}
        rows.append(numbered | self._typed(form, values))

    def _typed(self, form: str, values: Mapping[str, Value]) -> dict[str, Value]:
        found = self.book.form(form) or Form(form, "", "", FormKind.TABLE, 0)
        known = {one.code: one for one in found.fields}
        ready = {code: typed(value, known[code], self.book) for code, value in values.items() if code in known}
        return {code: value for code, value in ready.items() if value is not None}

    def _measured(self, measure: Measure, key: str = "", wanted: str = "") -> Decimal:
        rows = [
            row
            for row in self.rows.get(measure.form, ())
            if (not key or measure.form == "" or row.get(key) == wanted)
            and (not measure.present or row.get(measure.present) is not None)
            and all(row.get(code) in values for code, values in measure.when.items())
        ]
        found = sum((_number(row.get(measure.add)) for row in rows), Decimal()) if measure.add else Decimal(len(rows))
        if measure.minus:
            found -= int(str(self.unit.facts.get(measure.minus, 0)))
        if measure.over is None:
            return found
        whole = self._measured(measure.over)
        return (found * 100 / whole).quantize(_CENT, ROUND_HALF_UP) if whole else Decimal()

    def _indicator(self, part: Derived, criterion: Criterion) -> dict[str, Value]:
        """The words of one indicator's row: result, plan, cumulated results, ratio, own judgement, evidence."""
        measure = part.measures.get(criterion.indicator)
        done = self._measured(measure) if measure is not None else Decimal()
        percent = measure is not None and measure.over is not None
        judged = part.options["danh_gia"]
        plan: Value = ""
        ratio: Value = ""
        if done:
            plan = Decimal(100) if percent else self._scaled(done, part.options["he_so_ke_hoach"])
            ratio = (done * 100 / plan).quantize(_CENT, ROUND_HALF_UP)
        good = measure is None or (isinstance(ratio, Decimal) and ratio >= judged["tu"])
        return {
            "ma": criterion.code,
            "ten": criterion.label,
            "don_vi_tinh": criterion.unit,
            "ke_hoach": plan,
            "thuc_hien": done,
            "luy_ke_nam": done,
            "luy_ke_giai_doan": done if percent or not done else self._scaled(done, part.options["he_so_luy_ke"]),
            "ty_le": ratio,
            "danh_gia": judged["cao"] if good else judged["vua"],
            "minh_chung": part.options["minh_chung"].get(criterion.indicator, "") if done else "",
        }

    def _scaled(self, done: Decimal, factors: list[int]) -> Decimal:
        """`done` times a drawn percentage, rounded up to a number that a plan would name."""
        wanted = done * self.draw.number(factors[0], factors[1], factors[2]) / 100
        step = Decimal(1_000_000 if done >= 1_000_000 else 1)
        return (wanted / step).to_integral_value("ROUND_CEILING") * step


def _with_ballots(contents: list[UnitContent], writer: _Writer) -> Iterable[UnitContent]:
    """The same reports, the office's with a ballot for every nomination of the round."""
    part = writer.material.derived["binh_xet"]
    counted = {one.unit: one for one in contents}  # the last version of each unit is the one that counts
    for one in contents:
        if one.unit != part.option("don_vi"):
            yield one
            continue
        unit = next(unit for unit in writer.material.units if unit.code == one.unit)
        report = _Report(writer.book, Draw(writer.seed, part.form, writer.calendar), {}, unit)
        for nominating in counted.values():
            for number, row in enumerate(nominating.records.get(part.option("cua"), ()), start=1):
                words = {**row, "ma_don_vi": nominating.unit, "so": number}
                report.add(part.form, [(part.row, words)])
        ballots = {form: tuple(rows) for form, rows in report.rows.items()}
        yield replace(one, records={**one.records, **ballots})


def _about(person: Person) -> dict[str, Value]:
    return {
        "ma": person.code,
        "ten": person.name,
        "gioi": person.sex,
        "chuc_vu": person.post.title,
        "nhom": person.post.group,
    }


def _in_force(communes: Iterable[CommuneMaterial], book: Criteria) -> list[CommuneMaterial]:
    """The communes as they are in the period: those that were merged by then count as the one they became."""
    merged: dict[str, CommuneMaterial] = {}
    known = {one.code for one in book.communes}
    for one in communes:
        code = commune_in_force(one.code, book)
        if code not in known:
            continue
        before = merged.get(code)
        if before is not None:
            figures = {
                name: value + int(before.figures.get(name, 0)) if isinstance(value, int) else value
                for name, value in one.figures.items()
            }
            reached, plans = one.reached & before.reached, {**before.plans, **one.plans}
            newly = (one.newly | before.newly) & reached
            one = replace(one, figures=figures, reached=reached, newly=newly, plans=plans)
        plans = {number: plan for number, plan in one.plans.items() if number not in one.reached}
        merged[code] = replace(one, code=code, figures={**one.figures, "ma_xa": code}, plans=plans)
    return list(merged.values())


def _commune_words(commune: CommuneMaterial) -> dict[str, Value]:
    """A commune's own figures; poor households at the end follow from the other three."""
    before, out, new = (int(commune.figures[name]) for name in ("ho_ngheo_dau", "ho_thoat_ngheo", "ho_ngheo_moi"))
    return {**commune.figures, "ho_ngheo_cuoi": before - out + new, "tong_dat": len(commune.reached)}


def _criterion_words(part: Derived, commune: CommuneMaterial, criterion: Values) -> dict[str, Value]:
    states = part.options["trang_thai"]
    number = int(str(criterion[part.option("khoa")]))
    now = number in commune.reached
    plan = commune.plans.get(number, "")
    return {
        **criterion,
        "ket_qua": states["dat" if now else "chua"],
        "ket_qua_truoc": states["dat" if now and number not in commune.newly else "chua"],
        "uu_tien": True if plan else "",
        "giai_phap": plan,
    }


def _number(value: Value) -> Decimal:
    return Decimal(str(value)) if isinstance(value, int | Decimal) else Decimal()


def _next_working_day(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() >= 5:
        following += timedelta(days=1)
    return following
