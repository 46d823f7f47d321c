"""Which sheet holds which form. Read `locate`.

By defined name, then by the hidden `_thidua` sheet, then by the sheet's name, then by a title on it, then by its
headers; never by position. Hidden sheets and second copies are told, not taken.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.grid import extras_of, find_table, rows_of
from thidua_xl.grid.headers import header_key
from thidua_xl.intake.beside import Strip, strips_of
from thidua_xl.intake.fitting import coverage, texts_of
from thidua_xl.intake.places import IDENTITY_SHEET, Layout
from thidua_xl.intake.prepared import EXPLANATION, Prepared, is_table, serial_field
from thidua_xl.intake.reporter import Reporter, Where
from thidua_xl.model import Book, Form, Sheet
from thidua_xl.refs import cell_name, column_letters
from thidua_xl.text import fold

_COPY = re.compile(r"(?:ban sao cua |copy of |ban sao |copy )?(.+?)(?: ?\(\d+\)| ?- ?copy| ?- ?ban sao)*\Z")
_TITLE_ROWS = 15
_ENOUGH_SHARE = 0.6
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Located:
    """The sheet of each form that was found, by form code; sheet name -> its tables side by side; forms that fit two
    tables equally.
    """

    sheets: Mapping[str, Sheet]
    strips: Mapping[str, tuple[Strip, ...]]
    doubtful: Sequence[tuple[Form, Sheet, Sheet]]


def locate(book: Book, prepared: Prepared, layout: Layout) -> Located:
    """Find the sheets of the forms."""
    forms = prepared.criteria.forms
    found = located_by_name(book, prepared, layout)
    missing = [form for form in forms if form.code not in found]
    strips = {} if layout.facts else _strips(book, prepared, layout, found)
    free = [
        part
        for sheet in _visible(book)
        for part in (*(strip.sheet for strip in strips.get(sheet.name, ()) if not strip.claimed),) or (sheet,)
        if all(part is not one for one in found.values())
    ]
    _by_title(forms, missing, free, found)
    # A sheet that was found by a title may hold further tables.
    doubtful = _by_headers(forms, free, prepared, found)
    return Located(found, strips, doubtful)


def tell_sheets(book: Book, prepared: Prepared, located: Located, reporter: Reporter) -> None:
    """Findings about hidden sheets, copies, and forms that fit two tables equally."""
    found, strips = located.sheets, located.strips
    names = {id(strip.sheet): strip.name for own in strips.values() for strip in own}
    for form, first, second in located.doubtful:
        o1, o2 = names.get(id(first), first.name), names.get(id(second), second.name)
        reporter.report("trung_bieu", form=form, instead="trung_cot", o1=o1, o2=o2, ten_cot=form.title)
    told = {id(sheet) for _, *both in located.doubtful for sheet in both}
    _tell_strips(strips, prepared, found, told, reporter)
    whole = [sheet for sheet in book.sheets if sheet.name not in strips]
    _tell_copies(whole, prepared, found, reporter)


def located_by_name(book: Book, prepared: Prepared, layout: Layout) -> dict[str, Sheet]:
    """Form code -> its sheet, where a defined name, `_thidua` or the sheet's own name says so."""
    visible = _visible(book)
    by_name = {sheet.name: sheet for sheet in visible}
    found: dict[str, Sheet] = {}
    for form in prepared.criteria.forms:
        declared = by_name.get(layout.sheet_of(form.code))
        if declared is not None:
            found[form.code] = declared
    names = _names_of(prepared)
    for sheet in visible:
        code = names.get(fold(sheet.name))
        if code is not None and code not in found and all(sheet is not one for one in found.values()):
            found[code] = sheet
    return found


def _strips(book: Book, prepared: Prepared, layout: Layout, found: dict[str, Sheet]) -> dict[str, tuple[Strip, ...]]:
    """Sheet name -> its tables side by side. A form found by the sheet's name gets its own strip in `found`."""
    strips: dict[str, tuple[Strip, ...]] = {}
    for sheet in _visible(book):
        own = [form for form in prepared.criteria.forms if found.get(form.code) is sheet]
        if any(not is_table(form) or layout.band_of(form.code, sheet) is not None for form in own):
            continue  # a form of labelled cells has no columns; staff have said what stands where
        parts = strips_of(sheet, prepared)
        sure = [one for one in parts if not one.claimed]
        best = {form.code: max(sure, key=lambda one: coverage(one.sheet, form, prepared)[0]) for form in own if sure}
        if parts and len({part.name for part in best.values()}) == len(best):
            strips[sheet.name] = parts
            found.update({code: part.sheet for code, part in best.items()})
    return strips


def _visible(book: Book) -> list[Sheet]:
    return [sheet for sheet in book.sheets if sheet.visible and sheet.name != IDENTITY_SHEET]


def _names_of(prepared: Prepared) -> Mapping[str, str]:
    """Folded sheet name -> form code; a name that two forms claim belongs to none."""
    if not prepared.sheet_names:
        prepared.sheet_names.update(_sheet_names(prepared.criteria.forms))
    return prepared.sheet_names


def _sheet_names(forms: Iterable[Form]) -> dict[str, str]:
    names: dict[str, str] = {}
    clashes: set[str] = set()
    for form in forms:
        own = {
            fold(name)
            for name in (form.sheet, form.code, form.title, *form.aliases, *form.layout.get("trang", "").split("|"))
        }
        for name in own - {""}:
            if names.get(name, form.code) != form.code:
                clashes.add(name)
            names[name] = form.code
    for form in forms:
        # The proper name of a sheet wins over an alias of another form.
        names[fold(form.sheet)] = form.code
        clashes.discard(fold(form.sheet))
    return {name: code for name, code in names.items() if name not in clashes}


def _by_title(forms: Iterable[Form], missing: list[Form], free: list[Sheet], found: dict[str, Sheet]) -> None:
    elsewhere = [_titles(form) for form in forms if form.code in found]
    claims: dict[str, list[Sheet]] = {}
    taken: dict[int, set[str]] = {}
    for sheet in free:
        heads = {header_key(text) for text in texts_of(sheet, _TITLE_ROWS)}
        if sum(bool(heads & titles) for titles in elsewhere) > 1:
            continue  # a list of the forms, not one of them
        for form in missing:
            if any(title in heads for title in _titles(form)):
                claims.setdefault(form.code, []).append(sheet)
                taken.setdefault(id(sheet), set()).add(form.code)
    for form in missing:
        sheets = claims.get(form.code, [])
        if len(sheets) == 1:
            found[form.code] = sheets[0]


def _titles(form: Form) -> set[str]:
    titles = {header_key(form.title), *(header_key(part) for part in (form.title.partition(" - ")[2],))}
    titles.update(header_key(alias) for alias in form.aliases)
    return {title for title in titles if len(title) >= 8}


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well the headers at a place of a sheet fit a form; `place` tells tables on one sheet apart."""

    share: float
    form: Form
    sheet: Sheet
    place: tuple[int, tuple[int, int]]


def _by_headers(
    forms: Sequence[Form], free: Sequence[Sheet], prepared: Prepared, found: dict[str, Sheet]
) -> list[tuple[Form, Sheet, Sheet]]:
    """Give forms the tables whose headers fit clearly best; returns forms that fit two tables equally."""
    used = {
        _fit(found[form.code], form, prepared).place
        for form in forms
        if any(found.get(form.code) is one for one in free)
    }
    fits = [_fit(sheet, form, prepared) for sheet in free for form in forms if form.code not in found]
    fits = [one for one in fits if one.share >= _ENOUGH_SHARE and one.place not in used]
    fits.sort(key=lambda one: (-one.share, one.form.order, one.sheet.name))
    doubtful: list[tuple[Form, Sheet, Sheet]] = []
    for fit in fits:
        if fit.form.code in found or fit.place in used:
            continue
        alike = [one for one in fits if one.share == fit.share and one is not fit and one.place not in used]
        rival = next((one for one in alike if one.form is fit.form), None)
        if rival is not None:
            doubtful.append((fit.form, fit.sheet, rival.sheet))
            used.update({fit.place, rival.place})
        elif not any(one.place == fit.place and one.form.code not in found for one in alike):
            # (A table that fits two forms equally is nobody's: not even the headers tell.)
            found[fit.form.code] = fit.sheet
            used.add(fit.place)
    return doubtful


def _fit(sheet: Sheet, form: Form, prepared: Prepared) -> _Fit:
    share, table = coverage(sheet, form, prepared)
    return _Fit(share, form, sheet, (id(sheet), table.header_rows if table is not None else (0, 0)))


def _tell_strips(
    strips: Mapping[str, tuple[Strip, ...]],
    prepared: Prepared,
    found: Mapping[str, Sheet],
    told: set[int],
    reporter: Reporter,
) -> None:
    """Tell tables beside others that are further ones of a form already found."""
    taken = {id(sheet): code for code, sheet in found.items()}
    for parts in strips.values():
        for part in parts:
            if part.claimed:
                _tell_claimed(part, prepared, reporter)
                continue
            form = (
                _best_form(part.sheet, prepared) if id(part.sheet) not in taken and id(part.sheet) not in told else None
            )
            if form is None or form.code not in found or not _has_entries(part.sheet, form, prepared):
                continue
            kept = found[form.code]
            first = next((one.name for own in strips.values() for one in own if one.sheet is kept), kept.name)
            where, title = Where(part.sheet.name), form.title
            reporter.report("trung_bieu", where, form=form, instead="trung_cot", o1=first, o2=part.name, ten_cot=title)


def _tell_claimed(strip: Strip, prepared: Prepared, reporter: Reporter) -> None:
    """Tell columns between two tables of which nobody knows whose they are: they are not taken."""
    first, second = (prepared.criteria.form(code) for code in strip.claimed)
    rows = rows_of(strip.sheet)
    row = next((row for row, values in rows.items() if prepared.forms_of(str(values.get(strip.left, "")))), 1)
    where = Where(strip.sheet.name, cell_name(row, strip.left), row, column_letters(strip.left))
    seen = str(rows.get(row, {}).get(strip.left, ""))
    titles = (first.title if first is not None else "", second.title if second is not None else "")
    reporter.report(
        "bang_lien_nhau",
        where,
        form=first,
        instead="trung_cot",
        seen=seen,
        o1=where.cell,
        o2=where.cell,
        ten_cot=seen,
        bieu_khac=titles[1],
    )


def _tell_copies(
    sheets: Iterable[Sheet],
    prepared: Prepared,
    found: Mapping[str, Sheet],
    reporter: Reporter,
) -> None:
    names = _names_of(prepared)
    taken = {id(sheet) for sheet in found.values()}
    by_code = {form.code: form for form in prepared.criteria.forms}
    # A sheet under any other name that still carries the title of a form: "Bản nháp".
    titles = {title for code in found for title in _titles(by_code[code])}
    for sheet in sheets:
        if id(sheet) in taken or sheet.name.startswith("_") or not sheet.cells:
            continue
        form = by_code.get(_copied(sheet, names, found))
        if form is None and (not sheet.visible or _has_title(sheet, titles)):
            form = _best_form(sheet, prepared)
        if form is None or not _has_entries(sheet, form, prepared):
            continue
        if not sheet.visible:
            reporter.report("an_co_du_lieu", Where(sheet.name), form=form, o=sheet.name)
        else:
            kept = found.get(form.code)
            reporter.report(
                "trung_bieu",
                Where(sheet.name),
                form=form,
                instead="trung_cot",
                o1=kept.name if kept is not None else "",
                o2=sheet.name,
                ten_cot=form.title,
            )


def _has_title(sheet: Sheet, titles: set[str]) -> bool:
    return any(header_key(text) in titles for text in texts_of(sheet, _TITLE_ROWS))


def _copied(sheet: Sheet, names: Mapping[str, str], found: Mapping[str, Sheet]) -> str:
    """The form whose sheet this one is named after: "Biểu 05 (2)", "Copy of Biểu 05"."""
    folded = fold(sheet.name)
    base = _COPY.match(folded)
    for name in (folded, base[1] if base is not None else folded):
        if name in names:
            return names[name]
        for code, kept in found.items():
            if fold(kept.name) == name:
                return code
    return ""


def _best_form(sheet: Sheet, prepared: Prepared) -> Form | None:
    """The form that a sheet's headers fit best, None when they fit none well."""
    words = _words_of(sheet, prepared)
    if words is None:
        return _fitting_form(sheet, prepared)
    # Sheets that come with every file ("Tự kiểm tra") hold the same words in all of them.
    if words not in prepared.fitting:
        if len(prepared.fitting) >= _MOST_KEPT:
            prepared.fitting.clear()
        prepared.fitting[words] = _fitting_form(sheet, prepared)
    return prepared.fitting[words]


def _words_of(sheet: Sheet, prepared: Prepared) -> Hashable | None:
    """All that tells which headers stand on a sheet; None for one with a row of field codes: numbers count there."""
    codes = prepared.field_codes
    texts: list[tuple[int, int, str]] = []
    for row, values in rows_of(sheet).items():
        own = [(row, column, value) for column, value in values.items() if isinstance(value, str)]
        if len(own) > 1 and sum(text.strip() in codes for _, _, text in own) > 1:
            return None
        texts += own
    fonts = [(place, extra.font) for place, extra in extras_of(sheet).items() if extra.font]
    return tuple(texts), sheet.merges, tuple(fonts)


def _fitting_form(sheet: Sheet, prepared: Prepared) -> Form | None:
    best, share = None, _ENOUGH_SHARE
    for form in prepared.criteria.forms:
        if is_table(form):
            one, _ = coverage(sheet, form, prepared)
            if one > share:
                best, share = form, one
    return best


def _has_entries(sheet: Sheet, form: Form, prepared: Prepared) -> bool:
    if not is_table(form):
        return len(sheet.cells) > 0
    labels = {code: names for code, names in prepared.labels(form).items() if code != EXPLANATION}
    table = find_table(sheet, labels, serial=serial_field(form))
    return table is not None and bool(table.data_rows)
