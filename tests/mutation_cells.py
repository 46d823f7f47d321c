"""Faults of one cell: what may go wrong with a value of its field's kind. Read `FIELD_FAULTS` at the end."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from mutation_cases import NUMBERS, Case, Planted
from mutation_rounds import TODAY, with_cells, with_sheet

from thidua_xl.grid.table_cells import Extra, rows_of
from thidua_xl.model import CellError, Condition, Field, FieldKind, Form, FormKind, Invalid, Required, Value
from thidua_xl.refs import parse_cell
from thidua_xl.text.legacy import from_tcvn3

TEXTS = frozenset({FieldKind.TEXT, FieldKind.CODE, FieldKind.CODES})
_TCVN3 = {ord(from_tcvn3(one)): one for one in map(chr, range(0xA1, 0x100)) if from_tcvn3(one) != one}


def _blank(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if value is None or isinstance(value, Invalid) or len(case.records(form)) == 0:
        return None
    alone = sum(one is not None for code, one in _row(case, form, index).items() if code != field.code) == 0
    if alone:
        return None
    codes = frozenset[str]()
    if field.required is Required.YES and field.kind is not FieldKind.SERIAL:
        codes = case.codes(form, field, "bat_buoc", "ma_don_vi") | case.formulas(form, field, "LEN(")
        if field.kind is FieldKind.FLAG and not any(
            one.kind == "bat_buoc" and field.code in one.fields for _, one in case.conditions(form)
        ):
            codes = frozenset()
    elif field.kind is FieldKind.SERIAL:
        codes = case.codes(form, field, "stt_lien_tuc")
    planted = case.planted(name, form, field, index, None, codes)
    if planted is not None and field.once_per:
        group = case.records(form).value(field.once_per, index)
        first = next(i for i in range(len(case.records(form))) if case.records(form).value(field.once_per, i) == group)
        planted = replace(planted, cells=(case.place(form, field, first),))
    return planted


def _row(case: Case, form: Form, index: int) -> dict[str, Value]:
    return {one.code: case.value(form, one, index) for one in form.fields}


def _no_number(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind not in NUMBERS or case.value(form, field, index) is None:
        return None
    codes = case.codes(form, field, "khong_phai_so") | case.formulas(form, field)
    return case.planted(name, form, field, index, "chưa rõ", codes)


def _number_as_text(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if field.kind not in NUMBERS or not isinstance(value, int | Decimal):
        return None
    return case.planted(
        name, form, field, index, format(value, "f"), case.codes(form, field, "so_dang_chu", "so_mo_ho")
    )


def _ambiguous(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind not in NUMBERS or case.value(form, field, index) is None:
        return None
    codes = case.codes(form, field, "so_mo_ho", "so_dang_chu", "phai_nguyen", "khong_phai_so") | case.formulas(
        form, field
    )
    return case.planted(name, form, field, index, "1.500", codes)


def _negative(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if field.kind not in NUMBERS or not isinstance(value, int | Decimal) or value == 0:
        return None
    codes = case.codes(form, field, "khong_am", "mien_gia_tri", "du_bo", "lan_nop_trung") | case.formulas(form, field)
    return case.planted(name, form, field, index, -value, codes)


def _fraction(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if not field.is_whole or not isinstance(value, int | Decimal):
        return None
    codes = case.codes(form, field, "phai_nguyen") | case.formulas(form, field)
    return case.planted(name, form, field, index, Decimal(value) + Decimal("0.5"), codes)


def _outside(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind not in NUMBERS or case.value(form, field, index) is None:
        return None
    if field.maximum is not None:
        value: Decimal | int = Decimal(field.maximum) + 1
    elif field.minimum is not None and field.minimum > 0:
        value = Decimal(field.minimum) - 1
    else:
        return None
    codes = case.codes(form, field, "mien_gia_tri", "du_bo") | case.formulas(form, field)
    return case.planted(name, form, field, index, value, codes)


def _huge(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.MONEY or case.value(form, field, index) is None:
        return None
    return case.planted(name, form, field, index, 20_000_000_000, case.formulas(form, field, group="MIEN"))


def _small(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.MONEY or not case.value(form, field, index):
        return None
    return case.planted(name, form, field, index, 500, case.codes(form, field, "sai_bac_tien"))


def _another_number(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if field.kind not in NUMBERS or not isinstance(value, int | Decimal):
        return None
    return case.planted(name, form, field, index, value + 1, frozenset())


def _no_date(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.DATE or case.value(form, field, index) is None:
        return None
    return case.planted(name, form, field, index, "31/02/2024", case.codes(form, field, "khong_phai_ngay"))


def _date_as_text(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if field.kind is not FieldKind.DATE or not isinstance(value, date):
        return None
    return case.planted(name, form, field, index, f"{value:%d/%m/%Y}", case.codes(form, field, "ngay_dang_chu"))


def _future(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.DATE or case.value(form, field, index) is None:
        return None
    later = datetime.combine(TODAY + timedelta(days=200), datetime.min.time())
    words = f"[@{field.code}]<=TODAY()", f"[@{field.code}]<=TD_KY[den_ngay]", f"TD_{form.code}[{field.code}]<=TODAY()"
    return case.planted(name, form, field, index, later, case.formulas(form, field, *words, alone=True))


def _past(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.DATE or case.value(form, field, index) is None or case.clean.period.start is None:
        return None
    words = f"[@{field.code}]>=TD_KY[tu_ngay]", f"TD_{form.code}[{field.code}]>=TD_KY[tu_ngay]"
    codes = case.formulas(form, field, *words, alone=True)
    return case.planted(name, form, field, index, datetime(2019, 5, 6), codes)


def _not_in_list(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if not field.choices or case.value(form, field, index) is None:
        return None
    codes = case.codes(form, field, "danh_muc", "ma_don_vi", "sai_ky") | case.formulas(form, field, group="THAM_CHIEU")
    asked = any(one.kind == "danh_muc" and field.code in one.fields for _, one in case.conditions(form))
    referred = bool(case.formulas(form, field, group="THAM_CHIEU"))
    if field.kind in TEXTS and not (asked or referred or field.choices == "DON_VI"):
        codes = frozenset()
    planted = case.planted(name, form, field, index, "Khác thường lắm", codes)
    if planted is None or field.choices != "DON_VI":
        return planted
    # A report whose unit is not known counts as one that has not come, and nothing can be referred to in it.
    return replace(planted, also=_codes_anywhere(case, "chua_nop") | _codes_anywhere(case, "tham_chieu_don_vi"))


def _codes_anywhere(case: Case, kind: str) -> frozenset[str]:
    return frozenset(rule.code for rule in case.clean.rules.rules if any(one.kind == kind for one in rule.conditions))


def _another_choice(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    listed = case.clean.rules.lists.get(field.choices)
    if listed is None or value is None or field.kind is not FieldKind.CHOICE:
        return None
    others = [one.code for one in listed.items if one.code != value]
    return case.planted(name, form, field, index, case.random.choice(others), frozenset()) if others else None


def _tick(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.FLAG:
        return None
    return case.planted(name, form, field, index, "có thể", case.codes(form, field, "tich_la"))


def _short_text(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if field.kind is not FieldKind.TEXT or not case.value(form, field, index):
        return None
    codes = case.formulas(
        form,
        field,
        f"LEN(TRIM([@{field.code}]))",
        f'SEARCH("?/?",[@{field.code}])',
        f"LEFT(LOWER(TRIM([@{field.code}]))",
    )
    return case.planted(name, form, field, index, "ngắn", codes)


def _apart(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if not isinstance(value, str) or field.kind is not FieldKind.TEXT or unicodedata.normalize("NFD", value) == value:
        return None
    return case.planted(
        name, form, field, index, unicodedata.normalize("NFD", value), case.codes(form, field, "chua_nfc")
    )


def _blanks(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if not isinstance(value, str) or field.kind is not FieldKind.TEXT:
        return None
    return case.planted(name, form, field, index, f" {value}\u00a0", case.codes(form, field, "khoang_trang"))


def _unreadable(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    value = case.value(form, field, index)
    if not isinstance(value, str) or field.kind is not FieldKind.TEXT:
        return None
    return case.planted(
        name, form, field, index, f"{value[:3]}\ufffd{value[3:]}", case.codes(form, field, "bang_ma_la")
    )


def _error(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    if case.value(form, field, index) is None:
        return None
    return case.planted(name, form, field, index, CellError("#REF!"), case.codes(form, field, "o_loi"))


def _uncalculated(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    cell = case.place(form, field, index)
    if not cell or case.value(form, field, index) is None or field.kind is FieldKind.SERIAL:
        return None
    # Rows keep a place for a formula without a result.
    sheet = case.book.sheet(case.records(form).sheet)
    assert sheet is not None
    row, column = parse_cell(cell)
    rows = dict(rows_of(sheet))
    rows[row] = {**rows[row], column: None}
    extras = {**getattr(sheet.cells, "extras", {}), (row, column): Extra(formula="VLOOKUP(1,A1:B2,2,0)")}
    book = with_sheet(case.book, replace(sheet, cells=type(sheet.cells)(rows, extras)))  # type: ignore[call-arg]  # RowCells
    return Planted(
        name,
        case.unit,
        case.clean.added_up(case.unit, book),
        sheet.name,
        form.code,
        field.code,
        (cell,),
        case.codes(form, field, "cong_thuc_chua_tinh"),
    )


def _double_key(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    """The value of another entry, where rules want different ones."""
    records = case.records(form)
    if form.kind is FormKind.SINGLE or index == 0:
        return None
    codes = frozenset(
        rule.code
        for rule, one in case.conditions(form)
        if one.kind == "trung" and one.fields == (field.code,) and "theo" not in one.parameters
    )
    other = records.value(field.code, 0)
    return case.planted(name, form, field, index, other, codes) if codes and isinstance(other, str) else None


def _entry_of_another_unit(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    """The fields of another unit's entry, where no two units may report the same."""
    if form.kind is FormKind.SINGLE:
        return None
    for rule, one in case.conditions(form):
        if one.kind != "trung_don_vi" or one.fields[0] != field.code:
            continue
        keys = _listed(one, "theo") or [field.code]
        for unit, other in case.clean.submissions.items():
            theirs = other.records.get(form.code)
            if unit == case.unit or theirs is None or not len(theirs) or not all(theirs.value(key, 0) for key in keys):
                continue
            cells: dict[str, Value] = {}
            for code in (*keys, *_listed(one, "phan_biet")):
                found = form.field(code)
                if found is not None:
                    # What tells two of the same name apart says nothing, or the same.
                    taken = code in keys or found.required is Required.YES
                    cells[case.place(form, found, index)] = theirs.value(code, 0) if taken else None
            sheet, cell = case.records(form).sheet, case.place(form, field, index)
            return Planted(
                name, case.unit, case.written(form, cells), sheet, form.code, "", (cell,), frozenset({rule.code})
            )
    return None


def _listed(one: Condition, name: str) -> list[str]:
    return [part.strip() for part in one.parameters.get(name, "").split(",") if part.strip()]


def _old_letters(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    """The same text in TCVN3, under a font whose name says so."""
    value = case.value(form, field, index)
    if field.kind is not FieldKind.TEXT or not isinstance(value, str):
        return None
    old = value.lower().translate(_TCVN3)
    if not any(letter in old for letter in _TCVN3.values()):
        return None
    return case.planted(name, form, field, index, old, case.codes(form, field, "tcvn3"), Extra(font=".VnTime"))


def _gone_field(case: Case, name: str, form: Form, field: Field, index: int) -> Planted | None:
    """A form sheet's row deleted: label, value and code."""
    cell = case.place(form, field, index)
    sheet = case.book.sheet(case.records(form).sheet)
    if form.kind is not FormKind.SINGLE or not cell or sheet is None:
        return None
    row = parse_cell(cell)[0]
    cells = {(row, column): None for column in rows_of(sheet).get(row, {})}
    names = {key: text for key, text in case.book.names.items() if key != f"TD_{form.code}_{field.code}"}
    book = replace(with_cells(case.book, sheet.name, cells), names=names)
    near = tuple(case.records(form).single_cells.values())
    return Planted(
        name, case.unit, book, sheet.name, form.code, "", near, case.codes(form, None, "thieu_cot", "ma_don_vi")
    )


FIELD_FAULTS: Mapping[str, Callable[[Case, str, Form, Field, int], Planted | None]] = {
    "blank": _blank,
    "no number": _no_number,
    "number as text": _number_as_text,
    "ambiguous number": _ambiguous,
    "negative": _negative,
    "fraction": _fraction,
    "outside its limits": _outside,
    "huge amount": _huge,
    "small amount": _small,
    "another number": _another_number,
    "no date": _no_date,
    "date as text": _date_as_text,
    "future date": _future,
    "past date": _past,
    "not in the list": _not_in_list,
    "another choice": _another_choice,
    "odd tick": _tick,
    "short text": _short_text,
    "letters apart": _apart,
    "stray blanks": _blanks,
    "unreadable letter": _unreadable,
    "error value": _error,
    "uncalculated formula": _uncalculated,
    "double key": _double_key,
    "entry of another unit": _entry_of_another_unit,
    "old letters": _old_letters,
    "row of the form deleted": _gone_field,
}
