"""Office layouts made anew through the whole of `map FILE` -> mapping workbook -> `totals`, `check` `--mapping`.

    python bench/map_layouts.py [COUNT] [FIRST_SEED]

Each layout is a table (or two, below or beside each other) of the criteria book's own forms as an office would draw
it: anywhere on the sheet, also touching without running numbers, 1-4 header rows, columns moved, left out, put in and
called by other names, rows of numbers, sections, subtotals, "Trong đó", signatures, hidden rows and columns; every
fifth also as .xls and .ods when LibreOffice is there. Prints what was not understood, what was understood wrongly, and
the shares; exit code 1 when fewer than 90 % need no correction or anything is wrong in silence.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from thidua_xl.cli.app import run
from thidua_xl.forms import load_criteria
from thidua_xl.grid.workers import workers_kept
from thidua_xl.model import Criteria, Field, FieldKind, Form, FormKind

PEOPLE = ("Lò Văn Ánh", "Quàng Thị Bích", "Cà Văn Chung", "Giàng A Dế", "Mùa Thị Hoa", "Vàng A Páo", "Tòng Văn Sơn")
FOREIGN = ("Số điện thoại", "Email liên hệ", "Người nhập liệu", "Mã hồ sơ lưu")
ABOVE = (
    "UBND TỈNH ĐIỆN BIÊN",
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    "Kèm theo Công văn số 125/CV-VP ngày 02/6/2024",
    "Đơn vị tính: đồng",
    "Tỷ giá quy đổi: 1",
    "Hướng dẫn: ghi mỗi dòng một đối tượng, không gộp ô",
)
BELOW = ("Người lập biểu", "Thủ trưởng đơn vị", "Ghi chú: số liệu tính đến 15/6/2024", "Nơi nhận: Văn phòng Sở")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = (FieldKind.INTEGER, FieldKind.NUMBER, FieldKind.MONEY)


@dataclass
class Truth:
    """What stands in a file: the field of each header, "" for a column of nobody, by (first row, last row, column);
    sums of additive fields, entries by form.
    """

    fields: dict[tuple[int, int, str], str] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def main() -> int:
    """Make the layouts, map and add up each, tell what is wrong."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    criteria = load_criteria()
    home = Path(tempfile.mkdtemp())
    files: list[tuple[Path, Truth]] = []
    for seed in range(first, first + count):
        truth = Truth()
        path = home / f"bieu-{seed}.xlsx"
        layout(path, criteria, random.Random(seed), truth)
        files.append((path, truth))
    files += converted(files[::5], home)
    clean = silent = 0
    with workers_kept():
        for path, truth in files:
            unclear, wrong = judge(path, truth)
            clean += not unclear and not wrong
            silent += bool(wrong)
            for text in (*wrong, *unclear):
                print(f"{path.name}: {text}")
    print(f"{len(files)} layouts, {clean} without correction ({clean / len(files):.1%}), {silent} wrong in silence")
    shutil.rmtree(home)
    return 0 if clean >= 0.9 * len(files) and not silent else 1


def layout(path: Path, criteria: Criteria, dice: random.Random, truth: Truth) -> None:
    """One workbook; the same for the same dice."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = dice.choice(["Sheet1", "Tổng hợp", "Biểu mẫu", "SL 6 tháng"])
    forms = [one for one in criteria.forms if one.kind is FormKind.TABLE and one.filled_by == "DON_VI"]
    chosen = dice.sample(forms, dice.choice([1, 1, 1, 2]))
    top, left = dice.choice([1, 3, 6, 9]), dice.choice([1, 1, 2, 4])
    for number, text in enumerate(dice.sample(ABOVE, dice.randrange(0, min(5, top)))):
        sheet.cell(number + 1, left + dice.randrange(0, 3), text)
    is_beside = dice.random() < 0.3
    # Two tables with nothing between them and no running numbers, as when one is pasted beside the other.
    is_touching = len(chosen) > 1 and dice.random() < 0.25
    for form in map(_unnumbered, chosen) if is_touching else chosen:
        title = form.title if dice.random() < 0.8 and not is_touching else ""
        if title:
            sheet.cell(top, left, title.upper())
        bottom, right = table(sheet, form, criteria, dice, truth, top + bool(title), left)
        if is_touching:
            left = right + 1
        elif is_beside:
            left = right + 2
        else:
            top = bottom + dice.choice([2, 3])
    for number, text in enumerate(dice.sample(BELOW, dice.randrange(0, 4))):
        sheet.cell(sheet.max_row + 2, left + number * 2, text)
    if dice.random() < 0.5:
        other = book.create_sheet("Danh mục")
        for name in PEOPLE[:4]:
            other.append([name])
    book.save(path)


def _unnumbered(form: Form) -> Form:
    return replace(form, fields=tuple(one for one in form.fields if one.kind is not FieldKind.SERIAL))


def table(
    sheet: Worksheet, form: Form, criteria: Criteria, dice: random.Random, truth: Truth, top: int, left: int
) -> tuple[int, int]:
    """Draw one table; its last row and column."""
    fields = [one for one in form.fields if one.required.name != "NO" or one.additive or dice.random() < 0.75]
    if dice.random() < 0.4 and len(fields) > 3:
        moved = fields.pop(dice.randrange(1, len(fields)))
        fields.insert(dice.randrange(1, len(fields)), moved)
    columns: list[Field | str] = list(fields)
    for text in dice.sample(FOREIGN, dice.choice([0, 0, 1, 2])):
        columns.insert(dice.randrange(2, len(columns)), text)
    has_groups = any(one.group for one in fields) and dice.random() < 0.7
    deep = dice.choice([1, 2, 3]) if has_groups else dice.choice([1, 1, 2])
    height = deep + 1 if has_groups else deep
    row = top + height - 1
    headers(sheet, columns, dice, truth, (top, row, left), has_groups)
    if dice.random() < 0.5:
        row += 1
        for index in range(len(columns)):
            letters = "ABCD"[index] if index < 2 else str(index - 1)
            sheet.cell(row, left + index, f"{letters}=(1+2)" if index == 4 else letters)
    row = entries(sheet, form, columns, criteria, dice, truth, row, left)
    if dice.random() < 0.3:
        hidden = [index for index, one in enumerate(columns) if isinstance(one, str)]
        for index in hidden:
            sheet.column_dimensions[get_column_letter(left + index)].hidden = True
    return row, left + len(columns) - 1


def headers(
    sheet: Worksheet,
    columns: list[Field | str],
    dice: random.Random,
    truth: Truth,
    place: tuple[int, int, int],
    has_groups: bool,
) -> None:
    """The header rows, with the groups merged across and the rest merged down."""
    top, bottom, left = place
    index = 0
    while index < len(columns):
        one = columns[index]
        group = one.group if has_groups and isinstance(one, Field) else ""
        span = 1
        if group:
            while index + span < len(columns) and _group(columns[index + span]) == group:
                span += 1
            sheet.cell(top, left + index, group)
            if span > 1:
                sheet.merge_cells(
                    start_row=top, end_row=top, start_column=left + index, end_column=left + index + span - 1
                )
        for column in range(index, index + span):
            _label(sheet, columns[column], dice, truth, (top + bool(group), bottom, left + column))
        index += span


def _group(one: Field | str) -> str:
    return one.group if isinstance(one, Field) else ""


def _label(sheet: Worksheet, one: Field | str, dice: random.Random, truth: Truth, place: tuple[int, int, int]) -> None:
    top, bottom, column = place
    text = one if isinstance(one, str) else dice.choice([one.label, one.label, *one.aliases])
    if dice.random() < 0.2:
        text = dice.choice([text.upper(), f" {text} ", text.replace(" ", "\n", 1)])
    sheet.cell(top, column, text)
    if bottom > top:
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=column, end_column=column)
    truth.fields[top, bottom, get_column_letter(column)] = "" if isinstance(one, str) else f"{one.form}.{one.code}"


def entries(
    sheet: Worksheet,
    form: Form,
    columns: list[Field | str],
    criteria: Criteria,
    dice: random.Random,
    truth: Truth,
    row: int,
    left: int,
) -> int:
    """Sections, entries, a row "Trong đó" and the total; the last row."""
    named = next((i for i, one in enumerate(columns) if i and isinstance(one, Field) and one.kind is FieldKind.TEXT), 1)
    sections = dice.choice([0, 0, 2])
    count = 0
    sums: dict[int, Decimal] = {}
    for section in range(max(sections, 1)):
        if sections:
            row += 1
            sheet.cell(row, left, ("I", "II")[section])
            sheet.cell(row, left + named, f"Khối {('phòng', 'đơn vị sự nghiệp')[section]}")
        for _ in range(dice.randrange(2, 5)):
            row += 1
            count += 1
            for index, one in enumerate(columns):
                value = _value(one, criteria, dice, count)
                if value is not None:
                    sheet.cell(row, left + index, value)
                if isinstance(one, Field) and one.additive and isinstance(value, int):
                    sums[index] = sums.get(index, Decimal(0)) + value
    for label in dice.choice([(), ("Tổng cộng",), ("Cộng",), ("Tổng cộng", "Trong đó: nữ")]):
        row += 1
        sheet.cell(row, left + named, label)
        for index, total in sums.items():
            sheet.cell(row, left + index, int(total) if label != "Trong đó: nữ" else 1)
    truth.rows[form.code] = count
    for index, one in enumerate(columns):
        if isinstance(one, Field) and one.additive:
            truth.sums[f"{form.code}.{one.code}"] = sums.get(index, Decimal(0))
    return row


def _value(one: Field | str, criteria: Criteria, dice: random.Random, number: int) -> Any:
    if isinstance(one, str):
        return dice.choice(["0915123456", "an@example.org", None])
    if one.kind is FieldKind.SERIAL:
        return number
    if one.kind in NUMBERS:
        return dice.randrange(1, 90) * (10_000 if one.kind is FieldKind.MONEY else 1)
    if one.kind is FieldKind.PERCENT:
        return dice.randrange(1, 100)
    if one.kind is FieldKind.DATE:
        return f"{dice.randrange(13, 28)}/0{dice.randrange(1, 7)}/2024"
    if one.kind is FieldKind.FLAG:
        return dice.choice(["x", None])
    listed = criteria.lists.get(one.choices)
    if listed is not None:
        return dice.choice(listed.items).label
    if one.choices == "DIA_BAN":
        return dice.choice(criteria.communes).name
    if one.choices == "KHEN_THUONG":
        return dice.choice(criteria.awards).name
    if one.kind is FieldKind.CODE:
        return f"{one.code[:2].upper()}-{number:02}"
    return dice.choice(PEOPLE)


def judge(path: Path, truth: Truth) -> tuple[list[str], list[str]]:
    """(what staff have to answer, what was taken wrongly without a question)."""
    unclear: list[str] = []
    wrong: list[str] = []
    mapping = path.with_name(f"{path.stem}{path.suffix[1:]}-m.xlsx")
    said = _json("map", str(path), "-o", str(mapping))
    if "tables" in said and any("places" not in table for table in said["tables"]):
        return ["taken for a template of the report"], wrong
    taken = [one for table in said.get("tables", ()) for one in table["places"]]
    for (top, bottom, column), code in truth.fields.items():
        places = [(one["cell"].strip("0123456789"), int(one["cell"].strip(_LETTERS)), one) for one in taken]
        one = next((one for letters, row, one in places if letters == column and top <= row <= bottom), None)
        if code and (one is None or not one["field"]):
            unclear.append(f"{column}{top}: {code} is not known ({one and one['likely']})")
        elif one is not None and one["field"] not in ("", "-", code):
            wrong.append(f"{column}{top}: {code or 'a column of nobody'} was taken for {one['field']}")
    added = _json("totals", str(path), "--mapping", str(mapping))
    for code, total in truth.sums.items():
        found = added.get("fields", {}).get(code)
        if found is None:
            unclear.append(f"{code} is not added up")
        elif Decimal(found) != total:
            wrong.append(f"{code} adds up to {found}, not {total}")
    for form, count in truth.rows.items():
        found = added.get("rows", {}).get(form)
        if found is not None and found != count:
            wrong.append(f"{form} has {found} entries, not {count}")
    if _code("check", str(path), "--mapping", str(mapping), "--period", "2024-6T") not in (0, 1):
        unclear.append("check does not take the mapping")
    return unclear, wrong


def converted(files: list[tuple[Path, Truth]], home: Path) -> list[tuple[Path, Truth]]:
    """The same as .xls and .ods, when LibreOffice is there."""
    program = shutil.which("soffice")
    if program is None:
        return []
    made = []
    for kind in ("xls", "ods"):
        names = [str(path) for path, _ in files]
        profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(home), *names]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        made += [(path.with_suffix(f".{kind}"), truth) for path, truth in files]
    return made


def _json(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        run([*words, "--json"])
    said: dict[str, Any] = json.loads(out.getvalue() or "{}")
    return said


def _code(*words: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return run([*words, "--json"])


if __name__ == "__main__":
    sys.exit(main())
