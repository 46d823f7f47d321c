"""Live checks put onto the forms' own sheets: colour and sign on wrong cells, rules in Data Validation. Read `mark`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xlsxwriter.worksheet import Worksheet

from thidua_xl.forms.live_checks import LiveCheck, Sort
from thidua_xl.forms.live_formulas import Speaker
from thidua_xl.forms.live_words import message_of
from thidua_xl.forms.page import Page
from thidua_xl.forms.validation import Validation
from thidua_xl.messages import say
from thidua_xl.model import Field, FieldKind, Form, FormKind, Severity
from thidua_xl.refs import column_number

# What Excel takes in Data Validation: of a formula, of a message.
_FORMULA_LIMIT, _MESSAGE_LIMIT = 255, 225


@dataclass(frozen=True, slots=True)
class Live:
    """The live checks of one workbook, and how they are said in it."""

    checks: tuple[LiveCheck, ...]
    speaker: Speaker

    def of(self, form: Form, field: Field | None = None) -> tuple[LiveCheck, ...]:
        """The checks of a form, or of one field of it."""
        return tuple(check for check in self.checks if check.form is form and (field is None or check.field is field))


def mark(sheet: Worksheet, page: Page, checks: Iterable[LiveCheck], speaker: Speaker) -> None:
    """Colour the wrong cells of one form's sheet, errors before warnings."""
    # The first format that holds is the one that is seen: a fraction has to be seen as what it is.
    ordered = sorted(
        checks, key=lambda check: (check.rule.severity is not Severity.ERROR, check.sort is not Sort.WHOLE)
    )
    for check in ordered:
        letter, first, last = speaker.place(check)
        text = speaker.fault(check, first)
        if text is None:
            continue
        column = column_number(letter) - 1
        field = None if check.sort is Sort.LEFT_EMPTY else check.field
        if field is not None and check.sort is Sort.WHOLE:
            field = replace(field, kind=FieldKind.NUMBER)
        look = page.looks.fault(check.rule.severity.value, field)
        rule = {"type": "formula", "criteria": f"={text}", "format": look}
        sheet.conditional_format(first - 1, column, last - 1, column, rule)
        if check.sort is Sort.LEFT_EMPTY:
            # The box is blank, so the words beside it carry the sign.
            beside = {"type": "formula", "criteria": f"={text}", "format": page.looks.row_mark(text=True)}
            sheet.conditional_format(first - 1, column + 1, first - 1, column + 1, beside)
    _mark_rows(sheet, page, [check for check in ordered if check.sort is Sort.REQUIRED], speaker)


def _mark_rows(sheet: Worksheet, page: Page, required: Sequence[LiveCheck], speaker: Speaker) -> None:
    """A blank cell cannot show a sign of its own, so the first cell of its row shows it."""
    if not required:
        return
    form = required[0].form
    places = {speaker.place(check)[1:] for check in required}
    for first, last in places:
        faults = [
            fault for check in required if speaker.place(check)[1] == first if (fault := speaker.fault(check, first))
        ]
        text = f"OR({','.join(faults)})"
        # On a form sheet and on most tables the serial number stands first.
        shows_number = form.kind is FormKind.SINGLE or form.fields[0].kind is FieldKind.SERIAL
        look = page.looks.row_mark(text=not shows_number)
        sheet.conditional_format(first - 1, 0, last - 1, 0, {"type": "formula", "criteria": f"={text}", "format": look})


def guarded(
    made: Validation | None, checks: Sequence[LiveCheck], speaker: Speaker, page: Page, row: int
) -> Validation | None:
    """The field's validation with the rules that its cell decides alone, when they fit into what Excel takes."""
    if made is not None and made.get("validate") in ("list", "any"):
        return made
    binding: list[tuple[str, str]] = []
    severity = Severity.WARNING
    for check in checks:
        text = speaker.validation(check, row)
        if text is None or (check.rule.severity is not Severity.ERROR and made is not None):
            continue
        said = message_of(check, page.unit, page.period)
        binding.append((text, said.replace("{o}", say("form.this_cell")).replace("{dong}", say("form.this_row"))))
        if check.rule.severity is Severity.ERROR:
            severity = Severity.ERROR
    if not binding:
        return made
    field = checks[0].field
    cell = speaker.address(checks[0].form, field, row)
    base = _base(made, cell, field.kind)
    formula = "=" + _all([*base, *(text for text, _ in binding)])
    if len(formula) > _FORMULA_LIMIT:
        return made
    words = [str(made["error_message"])] if made is not None and "error_message" in made else []
    message = " ".join(dict.fromkeys([*(said for _, said in binding), *words]))
    kept = {key: value for key, value in (made or {}).items() if key in ("input_title", "input_message")}
    return kept | {
        "validate": "custom",
        "value": formula,
        "error_type": "stop" if severity is Severity.ERROR else "warning",
        "error_title": say("form.wrong.title"),
        "error_message": message[:_MESSAGE_LIMIT],
    }


def _base(made: Mapping[str, object] | None, cell: str, kind: FieldKind) -> list[str]:
    """What the validation without rules asks, as tests of the cell."""
    if made is None:
        return []
    tests = [f"ISNUMBER({cell})"]
    if kind is FieldKind.INTEGER:
        tests.append(f"{cell}=INT({cell})")
    if made.get("validate") in ("integer", "decimal"):
        low, high = made.get("minimum"), made.get("maximum")
        tests += [f"{cell}>={low}", f"{cell}<={high}"]
    return tests


def _all(tests: Sequence[str]) -> str:
    return tests[0] if len(tests) == 1 else f"AND({','.join(tests)})"
