"""The sheets Biểu, Trường and Danh mục as `Form`s and `ValueList`s. Read `read_forms` first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.spans import overlapping
from thidua_xl.forms.tables import Row, Table
from thidua_xl.model import NUMERIC, Field, FieldKind, Form, FormKind, ListItem, Place, Required, ValueList
from thidua_xl.text import fold

FILLED_BY = ("DON_VI", "VAN_PHONG")

# A field's code stands in formulas as [@code] and in defined names as TD_S00_code.
_FIELD_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*\Z")
_SHEET_NAME_LIMIT = 31
_SHEET_NAME_BAD = re.compile(r"[\[\]:*?/\\]")


def read_forms(forms: Table, fields: Table, problems: Problems) -> tuple[Form, ...]:
    """The forms in their order, each with its fields in theirs."""
    found: dict[str, list[tuple[Form, Row]]] = {}
    for index, row in enumerate(forms.rows):
        form = _form(row, index, problems)
        earlier = found.setdefault(form.code, [])
        for other, _ in earlier:
            if overlapping(other, form):
                problems.add(row.place("Mã biểu"), "code_twice", form.code, expected=other.place.cell)
        earlier.append((form, row))
    by_form = _fields_by_form(fields, tuple(found), problems)
    ready = []
    for code, entries in found.items():
        own = tuple(sorted(by_form.get(code, ()), key=lambda one: one.order))
        for form, row in entries:
            if not own:
                problems.add(row.place("Mã biểu"), "form_without_fields", code)
            _check_layout(form, own, row, problems)
            ready.append(replace(form, fields=own))
    _check_sheet_names(ready, problems)
    return tuple(sorted(ready, key=lambda one: one.order))


def read_lists(table: Table, problems: Problems) -> dict[str, ValueList]:
    """The lists by code, items in their order."""
    items: dict[str, list[tuple[ListItem, Place]]] = {}
    places: dict[str, Place] = {}  # the first row of each list
    for index, row in enumerate(table.rows):
        item = ListItem(
            code=row.text("Mã"),
            label=row.needed_text("Nhãn"),
            aliases=row.names("Bí danh"),
            order=row.whole_or_none("Thứ tự") or index + 1,
            validity=row.validity(),
            place=row.place("Mã"),
        )
        if not item.code:
            problems.add(row.place("Mã"), "blank_cell", expected="Mã")
            continue
        place = row.place("Mã")
        list_code = row.name_code("Mã danh mục")
        places.setdefault(list_code, row.place("Mã danh mục"))
        earlier = items.setdefault(list_code, [])
        for other, other_place in earlier:
            if other.code == item.code and overlapping(other, item):
                problems.add(place, "code_twice", item.code, expected=other_place.cell)
        earlier.append((item, place))
    return {
        code: ValueList(code, tuple(item for item, _ in sorted(entries, key=lambda one: one[0].order)), places[code])
        for code, entries in items.items()
    }


def _form(row: Row, index: int, problems: Problems) -> Form:
    code = row.name_code("Mã biểu")
    title = row.needed_text("Tên biểu")
    sheet = row.text("Tên trang") or code
    if len(sheet) > _SHEET_NAME_LIMIT or _SHEET_NAME_BAD.search(sheet) or sheet.startswith("_"):
        problems.add(row.place("Tên trang"), "bad_sheet_name", sheet)
    filled_by = row.text("Người lập") or "DON_VI"
    if filled_by not in FILLED_BY:
        expected = ", ".join(FILLED_BY)
        problems.add(row.place("Người lập"), "unknown_choice", filled_by, expected=expected, known=FILLED_BY)
    if not row.text("Kiểu biểu"):
        problems.add(row.place("Kiểu biểu"), "blank_cell", expected="Kiểu biểu")
    order = row.whole_or_none("Thứ tự")
    return Form(
        code=code,
        title=title,
        sheet=sheet,
        kind=row.choice("Kiểu biểu", FormKind, FormKind.TABLE),
        order=index if order is None else order,
        required=row.flag("Bắt buộc", True),
        may_be_empty=row.flag("Được để trống", True),
        has_total=row.flag("Có dòng tổng", False),
        filled_by=filled_by,
        aliases=row.names("Tên khác"),
        layout=row.pairs("Bố cục"),
        clause=row.text("Điều khoản"),
        validity=row.validity(),
        place=row.place("Mã biểu"),
    )


def _fields_by_form(table: Table, forms: Iterable[str], problems: Problems) -> dict[str, list[Field]]:
    by_form: dict[str, list[Field]] = {}
    known = tuple(forms)
    for index, row in enumerate(table.rows):
        one = _field(row, index, problems)
        if one.form not in known:
            problems.add(row.place("Mã biểu"), "unknown_form", one.form, known=known)
            continue
        if not one.code:
            continue
        for other in by_form.get(one.form, ()):
            if other.code.casefold() == one.code.casefold() and overlapping(other, one):
                problems.add(row.place("Mã trường"), "code_twice", one.code, expected=other.place.cell)
        by_form.setdefault(one.form, []).append(one)
    return by_form


def _field(row: Row, index: int, problems: Problems) -> Field:
    code = row.needed_text("Mã trường")
    if code and not _FIELD_CODE.match(code):
        problems.add(row.place("Mã trường"), "bad_field_code", code)
    if not row.text("Kiểu"):
        problems.add(row.place("Kiểu"), "blank_cell", expected="Kiểu")
    kind = row.choice("Kiểu", FieldKind, FieldKind.TEXT)
    if kind not in NUMERIC and kind.value == fold(row.text("Kiểu")) and row.flag("Cộng dồn", False):
        problems.add(row.place("Cộng dồn"), "additive_not_number", code)
    choices = row.text("Danh mục")
    if kind is FieldKind.CHOICE and not choices:
        problems.add(row.place("Danh mục"), "choice_without_list", code)
    minimum, maximum = row.number_or_none("Nhỏ nhất"), row.number_or_none("Lớn nhất")
    if minimum is not None and maximum is not None and maximum < minimum:
        problems.add(row.place("Lớn nhất"), "maximum_below_minimum", str(maximum), expected=str(minimum))
    width = row.number_or_none("Độ rộng")
    if width is not None and not 0 < width <= 255:
        problems.add(row.place("Độ rộng"), "bad_width", str(width))
        width = None
    order = row.whole_or_none("Thứ tự")
    return Field(
        form=row.code("Mã biểu"),
        code=code,
        label=row.needed_text("Tên trường"),
        kind=kind,
        order=index if order is None else order,
        group=row.text("Nhóm tiêu đề"),
        unit=row.text("Đơn vị tính"),
        required=row.choice("Bắt buộc", Required, Required.NO),
        choices=choices,
        minimum=minimum,
        maximum=maximum,
        additive=row.flag("Cộng dồn", False),
        once_per=row.text("Một lần theo"),
        width=12.0 if width is None else float(width),
        allowed=row.text("Giá trị cho phép"),
        aliases=row.names("Tên khác"),
        clause=row.text("Điều khoản"),
        validity=row.validity(),
        source_kind=row.text("Loại nguồn"),
        place=row.place("Mã trường"),
    )


def _check_layout(form: Form, fields: tuple[Field, ...], row: Row, problems: Problems) -> None:
    """Layout words that name fields must name fields of this form."""
    codes = tuple(one.code for one in fields)
    place = row.place("Bố cục")
    for code in layout_fields(form.layout):
        if code not in codes:
            problems.add(place, "unknown_field", f"{form.code}.{code}", known=(f"{form.code}.{one}" for one in codes))
    for one in fields:
        if one.once_per and one.once_per not in codes:
            problems.add(Place(one.place.sheet, one.place.cell), "unknown_field", one.once_per, known=codes)


def layout_fields(layout: Mapping[str, str]) -> tuple[str, ...]:
    """The field codes that a form's "Bố cục" names: `dien.<field>`, `ky.<role>=<field>`, `khoa=<fields>`."""
    found: list[str] = []
    for name, value in layout.items():
        head, _, rest = name.partition(".")
        if head == "dien" and rest:
            found.append(rest)
        elif head == "ky" and rest:
            found.append(value)
        elif name == "khoa":
            found.extend(part.strip() for part in value.split(",") if part.strip())
    return tuple(dict.fromkeys(found))


def _check_sheet_names(forms: Iterable[Form], problems: Problems) -> None:
    seen: dict[str, Form] = {}
    for form in forms:
        other = seen.setdefault(form.sheet.casefold(), form)
        if other.code != form.code and overlapping(other, form):
            problems.add(form.place, "sheet_name_twice", form.sheet, expected=other.code)
