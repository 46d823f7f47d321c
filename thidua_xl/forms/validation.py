"""Data Validation of a field's cells, in Vietnamese: types, ranges, dates, lists. Read `validation`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from thidua_xl.forms.choices import Choices
from thidua_xl.forms.looks import is_quantity
from thidua_xl.messages import say
from thidua_xl.model import Criteria, Field, FieldKind, Required
from thidua_xl.text import fold, format_number_vi

Validation = dict[str, object]

TICK = "x"
# The column of a list with every way to write its items: what a pasted value is held against.
SPELLINGS = "moi_cach_viet"
# Beside it: the code and the label that each of them means.
SPELLED_CODE, SPELLED_LABEL = "ma_hieu_la", "nhan_hieu_la"
_TITLE_LIMIT = 32
_MESSAGE_LIMIT = 255
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 12, 31)
# The largest whole number that Excel keeps digit by digit.
_HUGE = 999_999_999_999_999
# In "Giá trị cho phép" of a tick: nothing is one of the two answers.
_BLANK_WORD = "rong"


def validation(field: Field, criteria: Criteria, choices: Choices) -> Validation | None:
    """What XlsxWriter's `data_validation` wants for the field; None for free text."""
    made = _by_kind(field, criteria, choices)
    if made is None:
        return None
    title = field.label if len(field.label) <= _TITLE_LIMIT else field.label[: _TITLE_LIMIT - 1] + "…"
    prompt = str(made.get("input_message", ""))
    if field.required is Required.YES and prompt:
        prompt = say("form.input.required") + prompt
    made |= {"input_title": title, "input_message": prompt[:_MESSAGE_LIMIT]}
    if "error_message" in made:
        made |= {"error_title": say("form.wrong.title")}
    return made


def flag_words(field: Field) -> tuple[str, str]:
    """What a yes and a no look like in a cell: ("x", "") for a tick, ("Có", "Không") when both must be said."""
    words = [word.strip() for word in field.allowed.split("|") if word.strip()]
    if len(words) == 2 and fold(words[1]) != _BLANK_WORD:
        return words[0], words[1]
    return TICK, ""


def list_name(offer_name: str, column: str) -> str:
    """The defined name of a list's column on the hidden sheet: TD_DM_DVT_nhan."""
    return f"TD_{offer_name}_{column}"


def _by_kind(field: Field, criteria: Criteria, choices: Choices) -> Validation | None:
    offer = choices.offer(field)
    own = criteria.form(field.choices.partition(".")[0]) if "." in field.choices else None
    if own is not None:
        return {
            "validate": "list",
            "source": f"={own_codes_name(field.choices)}",
            "error_type": "warning",
            "input_message": say("form.input.own_codes", sheet=own.sheet),
            "error_message": say("form.wrong.own_codes", sheet=own.sheet),
        }
    if field.kind is FieldKind.CODES:
        codes = ", ".join(dict.fromkeys(code for code, _ in offer.items)) if offer is not None else ""
        listed = say("form.input.one_of", codes=codes) if codes else "."
        return {"validate": "any", "input_message": say("form.input.codes", codes=listed)}
    if offer is not None and field.kind in (FieldKind.CHOICE, FieldKind.CODE):
        column = offer.label_column if field.kind is FieldKind.CHOICE else "ma"
        return {
            "validate": "list",
            "source": f"={list_name(offer.name, column)}",
            "input_message": say("form.input.choice"),
            "error_message": say("form.wrong.choice"),
        }
    if field.kind is FieldKind.FLAG:
        return _flag(field)
    if field.kind is FieldKind.DATE:
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": _EARLIEST,
            "maximum": _LATEST,
            "input_message": say("form.input.date"),
            "error_message": say("form.wrong.date"),
        }
    return _number(field) if field.is_numeric else None


def own_codes_name(spec: str) -> str:
    """The defined name of a column of the same workbook: `S02.ma_ca_nhan` gives TD_S02_ma_ca_nhan."""
    return "TD_" + spec.replace(".", "_")


def _flag(field: Field) -> Validation:
    yes, no = flag_words(field)
    if no:
        words = f"{yes}, {no}"
        prompt, wrong = say("form.input.yes_no", words=words), say("form.wrong.yes_no", words=words)
    else:
        prompt, wrong = say("form.input.flag"), say("form.wrong.flag")
    return {
        "validate": "list",
        "source": [yes, no] if no else [yes],
        "input_message": prompt,
        "error_message": wrong,
    }


_NUMBER_WORDS = {
    FieldKind.INTEGER: ("integer", "integer"),
    FieldKind.NUMBER: ("number", "number"),
    FieldKind.MONEY: ("money", "number"),
    FieldKind.PERCENT: ("percent", "number"),
}


def _number(field: Field) -> Validation:
    prompt, wrong = _NUMBER_WORDS[field.kind]
    said = _range_in_words(field)
    unit = say("form.input.unit", unit=field.unit) if field.unit else ""
    low = field.minimum if field.minimum is not None else Decimal(-_HUGE)
    high = field.maximum if field.maximum is not None else Decimal(_HUGE)
    return {
        "validate": "integer" if field.kind is FieldKind.INTEGER else "decimal",
        "criteria": "between",
        "minimum": _plain(low),
        "maximum": _plain(high),
        "input_message": say(f"form.input.{prompt}", range=said, unit=unit),
        "error_message": say(f"form.wrong.{wrong}", range=said),
    }


def _range_in_words(field: Field) -> str:
    show = format_number_vi if is_quantity(field) else str
    low = None if field.minimum is None else show(field.minimum)
    high = None if field.maximum is None else show(field.maximum)
    if low is not None and high is not None:
        return say("form.input.between", low=low, high=high)
    if low is not None:
        return say("form.input.at_least", low=low)
    return say("form.input.at_most", high=high) if high is not None else ""


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
