"""What holds for every field of the shipped book, whatever it is called: blanks, signs, dates, unreadable values."""

from __future__ import annotations

from datetime import date

import pytest
from sample_submissions import TODAY, book_at, changed, clean_round

from thidua_xl.checks import check_submission
from thidua_xl.model import Field, FieldKind, Finding, Form, FormKind, Invalid, Required, Submission, Value

# A blank unit code is told by intake, which cannot say then whose file it is.
TOLD_BY_INTAKE = {("S00", "ma_don_vi")}

FIELDS = [field for form in book_at().forms for field in form.fields if field.kind is not FieldKind.SERIAL]


def filled(field: Field) -> tuple[Submission, int] | None:
    """A report and 0-based row in which the field has a value."""
    for one in clean_round().values():
        records = one.records.get(field.form)
        for index in range(len(records) if records is not None else 0):
            if records is not None and records.value(field.code, index) is not None:
                return one, index
    return None


def told(field: Field, value: Value, today: date = TODAY) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What is told about the field's cell, and what is told elsewhere, when the value stands there."""
    found = filled(field)
    assert found is not None
    one, index = changed(found[0], field.form, found[1], **{field.code: value}), found[1]
    cell = one.records[field.form].cell(field.code, index)
    findings = check_submission(one, book_at(), today=today)
    here = tuple(x for x in findings if (x.form, x.cell) == (field.form, cell))
    return here, tuple(x for x in findings if x not in here)


def named(field: Field) -> str:
    return f"{field.form}.{field.code}"


@pytest.mark.parametrize(
    "field",
    [
        one
        for one in FIELDS
        if one.required is Required.YES and (one.form, one.code) not in TOLD_BY_INTAKE and filled(one)
    ],
    ids=named,
)
def test_a_blank_required_cell_is_told_once(field: Field) -> None:
    here, _ = told(field, None)
    assert [(one.field_code, one.seen) for one in here] == [(field.code, "")]


@pytest.mark.parametrize("field", [one for one in FIELDS if one.is_numeric and filled(one)], ids=named)
def test_a_negative_number_is_told_once(field: Field) -> None:
    here, _ = told(field, -1)
    assert len(here) == 1
    assert here[0].code in {"RNG-01", "PER-01", "REF-05"}


@pytest.mark.parametrize("field", [one for one in FIELDS if filled(one)], ids=named)
def test_a_value_that_could_not_be_read_is_told_by_intake_alone(field: Field) -> None:
    here, elsewhere = told(field, Invalid("???"))
    assert (here, elsewhere) == ((), ())


@pytest.mark.parametrize("field", [one for one in FIELDS if one.kind is FieldKind.DATE and filled(one)], ids=named)
def test_a_date_of_long_ago_or_far_ahead_is_told_at_most_once(field: Field) -> None:
    for day in (date(2001, 1, 1), date(2099, 1, 1)):
        here, elsewhere = told(field, day)
        assert len(here) + len(elsewhere) <= 1, [(one.code, one.cell) for one in (*here, *elsewhere)]


@pytest.mark.parametrize(
    "form", [one for one in book_at().forms if one.kind is not FormKind.SINGLE], ids=lambda one: one.code
)
def test_a_blank_row_in_the_middle_changes_nothing(form: Form) -> None:
    code = form.code
    for one in clean_round().values():
        records = one.records.get(code)
        if records is not None and len(records):
            blanked = changed(one, code, len(records) - 1, **dict.fromkeys(records.columns))
            findings = check_submission(blanked, book_at(), today=TODAY)
            assert not [x for x in findings if x.form == code and x.cell.endswith(str(records.rows[-1]))]
