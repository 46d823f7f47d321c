"""Names that people must be able to tell apart: labels, aliases, items of lists, units, communes. Read `lint_names`."""

from __future__ import annotations

from collections.abc import Sequence

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.spans import overlapping
from thidua_xl.model import Commune, Criteria, Field, FieldKind, Form, FormKind, Unit
from thidua_xl.text import fold

# Wider than this a form cannot be read on one A4 page laid across.
_READABLE_WIDTH = 330.0
_SINGLE_KINDS = (FieldKind.CHOICE, FieldKind.CODE, FieldKind.CODES, FieldKind.TEXT)


def lint_names(criteria: Criteria, problems: Problems) -> None:
    """Note names that stand for two things, and fields that contradict themselves."""
    for form in criteria.forms:
        _fields(form, problems)
    _forms(criteria.forms, problems)
    _lists(criteria, problems)
    _register(criteria.units, "unit_name_twice", problems)
    _register(criteria.communes, "commune_name_twice", problems)


def _fields(form: Form, problems: Problems) -> None:
    labels: dict[tuple[str, str], Field] = {}
    owners: dict[str, Field] = {}
    for field in form.fields:
        twin = labels.setdefault((fold(field.group), fold(field.label)), field)
        if twin is not field and overlapping(twin, field):
            problems.warn(field.place, "label_twice", field.label, expected=twin.code)
        owners.setdefault(fold(field.label), field)
    for field in form.fields:
        for alias in field.aliases:
            owner = owners.setdefault(fold(alias), field)
            if owner is not field and overlapping(owner, field):
                problems.warn(field.place, "alias_twice", alias, expected=owner.code)
    for field in form.fields:
        _field(field, problems)
    if form.kind is not FormKind.SINGLE and sum(field.width for field in form.fields) > _READABLE_WIDTH:
        problems.warn(form.place, "form_too_wide", form.code)


def _field(field: Field, problems: Problems) -> None:
    if (field.minimum is not None or field.maximum is not None) and not field.is_numeric:
        problems.warn(field.place, "limits_without_number", field.code)
    if field.choices and field.kind not in _SINGLE_KINDS:
        problems.warn(field.place, "list_without_choice", field.code)
    if field.kind is FieldKind.FLAG and field.required.value == "1" and "|" not in field.allowed:
        problems.warn(field.place, "tick_required", field.code)
    if field.once_per == field.code:
        problems.add(field.place, "once_per_itself", field.code)


def _forms(forms: Sequence[Form], problems: Problems) -> None:
    owners: dict[str, Form] = {}
    for form in forms:
        for name in (form.sheet, form.title, *form.aliases):
            owner = owners.setdefault(fold(name), form)
            if owner.code != form.code and overlapping(owner, form):
                problems.warn(form.place, "form_name_twice", name, expected=owner.code)


def _lists(criteria: Criteria, problems: Problems) -> None:
    used = {field.choices.partition(":")[0] for form in criteria.forms for field in form.fields}
    spoken = " ".join(
        text
        for rule in criteria.rules
        for condition in rule.conditions
        for text in (condition.formula, *condition.parameters.values())
    )
    noted = " ".join(
        [word for sheet in criteria.report_sheets for word in sheet.notes.values()]
        + [word for form in criteria.forms for word in form.layout.values()]
    )
    for value_list in criteria.lists.values():
        names: dict[str, str] = {}
        for item in value_list.items:
            for name in dict.fromkeys(fold(name) for name in (item.label, *item.aliases)):
                owner = names.setdefault(name, item.code)
                other = value_list.item(owner)
                if owner != item.code and other is not None and overlapping(other, item):
                    problems.warn(item.place, "item_name_twice", f"{value_list.code}: {item.label}", expected=owner)
        code = value_list.code
        if code not in used and code not in spoken and code not in noted and code not in _KNOWN_LISTS:
            problems.note(value_list.place, "unused_list", code)


# Lists that the program itself asks for, by these codes (docs/criteria-book.md, docs/report-map.md).
_KNOWN_LISTS = frozenset(
    {"DM_KHOI", "DM_KY", "DM_DOI_TUONG", "DM_NHOM_TIEU_CHI", "DM_TRANG_THAI_NOP", "DM_MUC_LOI", "DM_TUYEN"}
)


def _register(entries: Sequence[Unit] | Sequence[Commune], code: str, problems: Problems) -> None:
    owners: dict[str, list[Unit | Commune]] = {}
    for entry in entries:
        short = (entry.short,) if isinstance(entry, Unit) and entry.short else ()
        for name in dict.fromkeys(fold(name) for name in (entry.name, *short, *entry.aliases)):
            for other in owners.get(name, ()):
                if other.code != entry.code and overlapping(other, entry):
                    problems.warn(entry.place, code, entry.name, expected=other.code)
            owners.setdefault(name, []).append(entry)
