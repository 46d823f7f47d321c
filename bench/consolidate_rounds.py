"""Rounds of many units for the benches: workbooks made from the product's own form, each of a unit of its own.

    python bench/consolidate_rounds.py FOLDER FILES PEOPLE

One workbook is built for an invented unit and copied: the copy's unit code and name, and with them the codes and names
of its people, are put in their place part by part; parts without them are copied as they lie. Read `make_round`.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from thidua_xl.forms import load_criteria
from thidua_xl.forms.build import build_unit_workbook
from thidua_xl.jobs.sample_records import UnitContent, sample_records
from thidua_xl.jobs.sample_round import write_sample_round
from thidua_xl.model import Criteria, Value
from thidua_xl.ooxml.package import Package

PERIOD, TODAY = "2024-6T", "2024-06-17"
CODE, NAME, WORD = "DV00000", "Đơn vị số 00000", "Zzzzzz"
# The unit of the sample round that is the model: it has no nominations, which must differ from unit to unit.
MODEL = "KHTH"
FAMILIES = (
    *("Lò", "Quàng", "Vì", "Tòng", "Cà", "Lường", "Giàng", "Sùng", "Vàng", "Thào"),
    *("Hạng", "Mùa", "Ly", "Nguyễn", "Trần", "Phạm", "Bùi", "Ngô", "Đỗ", "Hoàng"),
)
MIDDLES = (
    *("Văn", "Thị", "Minh", "Thu", "Quang", "Bích", "Đức", "Hồng"),
    *("Xuân", "Ngọc", "Thanh", "Hải", "Kim", "Anh", "Lan"),
)


@dataclass(frozen=True, slots=True)
class Round:
    """A round on disk: `files` lies in `folder`, `criteria` is the book that knows its units."""

    folder: Path
    criteria: Path
    files: int


def make_round(home: Path, files: int, people: int) -> Round:
    """The round of so many files with so many people each; made once and kept in `home`."""
    place = home / f"{files}x{people}"
    made = Round(place / "nop", place / "bo-tieu-chi.xlsx", files)
    if made.criteria.exists():
        return made
    sample = home / "mau" / "bo-tieu-chi-mau.xlsx"
    if not sample.exists():
        write_sample_round(home / "mau" / "nop", load_criteria())
    model = build_model(place, load_criteria(sample), people)
    made.folder.mkdir(exist_ok=True)
    stamp = Stamp(model.read_bytes())
    for number in range(1, files + 1):
        (made.folder / f"BC_{code(number)}_{PERIOD}_L1.xlsx").write_bytes(stamp.of(number))
    add_units(sample, made.criteria, files)
    return made


def code(number: int) -> str:
    """The code of a unit."""
    return f"DV{number:05}"


def unit_name(number: int) -> str:
    """The name of a unit."""
    return f"Đơn vị số {number:05}"


def word(number: int) -> str:
    """A name that only the people of one unit bear, as long as `WORD`."""
    letters = ""
    for _ in range(3):
        number, rest = divmod(number, 50)
        letters = "bcdghklmnr"[rest // 5] + "aeiou"[rest % 5] + letters
    return letters.capitalize()


def build_model(place: Path, criteria: Criteria, people: int) -> Path:
    """The workbook from which all others are copied."""
    place.mkdir(parents=True, exist_ok=True)
    period = criteria.find_period(PERIOD)
    like = criteria.unit(MODEL)
    assert period is not None and like is not None
    content = next(one for one in sample_records(criteria, period=PERIOD) if one.unit == MODEL)
    grown = grow(content, people, period.start or date(2024, 1, 1))
    target = place / "mau.xlsx"
    unit = replace(like, code=CODE, name=NAME)
    records = {form: [dict(row) for row in rows] for form, rows in grown.records.items()}
    build_unit_workbook(
        criteria.at(period), unit, period, target, records=records, nothing=grown.nothing, single=dict(grown.single)
    )
    return target


def grow(content: UnitContent, people: int, start: date) -> UnitContent:
    """The model's report with so many people, each with a gift to the fund, and everything that follows from that."""
    persons, gifts = [], []
    first_gift = next(dict(row) for row in content.records["S05"] if row["loai_doi_tuong"] == "CANHAN")
    given = {row.get("ma_ca_nhan"): row for row in content.records["S02"]}
    for index in range(people):
        own = f"{CODE}-{index + 1:03}"
        name = f"{FAMILIES[index % 20]} {MIDDLES[index // 20]} {WORD}"
        model = given.get(f"{MODEL}-{index + 1:02}", content.records["S02"][-1])
        amount = Decimal(50_000 * (index % 9 + 1))
        raised = model["tri_gia_van_dong"] if index < len(given) else Decimal(0)
        persons.append(
            {
                **model,
                "stt": index + 1,
                "ma_ca_nhan": own,
                "ho_ten": name,
                "so_tien_dong_gop": amount,
                "tri_gia_van_dong": raised,
                "so_luot_di_co_so": index % 7,
                "so_ngay_cong": Decimal(index % 11),
            }
        )
        paid = start + timedelta(days=30 + index % 90)
        gifts.append(
            {
                **first_gift,
                "stt": index + 1,
                "ma_ca_nhan": own,
                "ten": name,
                "so_tien": amount,
                "ngay_nop": paid,
                "so_chung_tu": f"PT{index + 1:03}/{CODE}",
            }
        )
    records = {form: tuple(rename(row) for row in rows) for form, rows in content.records.items()}
    civil = sum(one["nhom_ccvcnld"] == "CC" for one in persons)
    public = sum(one["nhom_ccvcnld"] == "VC" for one in persons)
    counts = {
        "tong_ccvcnld": people,
        "so_cong_chuc": civil,
        "so_vien_chuc": public,
        "so_nguoi_lao_dong": people - civil - public,
        "so_duoc_trien_khai": people,
        "so_tham_gia": people,
    }
    head = {**content.single, **counts, "ma_don_vi": CODE, "ten_don_vi": NAME}
    head |= {"nguoi_lap": persons[1]["ho_ten"], "nguoi_ky": persons[0]["ho_ten"]}
    return replace(content, single=head, records={**records, "S02": tuple(persons), "S05": tuple(gifts)})


def rename(row: Mapping[str, Value]) -> dict[str, Value]:
    """A row of the model unit with the codes of the invented one."""
    found = dict(row)
    for key, value in found.items():
        if isinstance(value, str) and value.startswith(f"{MODEL}-"):
            found[key] = f"{CODE}-{int(value.rpartition('-')[2]):03}"
        elif isinstance(value, str) and MODEL in value:
            found[key] = value.replace(MODEL, CODE)
    return found


class Stamp:
    """Copies of the model, each with the marks of its own unit."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        package = Package(content, "mau.xlsx")
        marks = (CODE.encode(), NAME.encode(), WORD.encode(), NAME.upper().encode())
        self._parts = {
            name: blob for name in package.names if any(mark in (blob := package.blob(name)) for mark in marks)
        }

    def of(self, number: int) -> bytes:
        """The workbook of a unit."""
        package = Package(self._content, "mau.xlsx")
        for name, blob in self._parts.items():
            stamped = blob.replace(NAME.encode(), unit_name(number).encode()).replace(
                CODE.encode(), code(number).encode()
            )
            stamped = stamped.replace(NAME.upper().encode(), unit_name(number).upper().encode())
            package.replace(name, stamped.replace(WORD.encode(), word(number).encode()))
        return package.to_bytes()


def add_units(book: Path, target: Path, count: int) -> None:
    """The criteria book with so many units more, and only them obliged to report."""
    workbook = load_workbook(book)
    sheet = workbook["Đơn vị"]
    heads = {str(cell.value): cell.column for cell in sheet[3] if cell.value}
    last = sheet.max_row
    groups = [sheet.cell(row, heads["Khối"]).value for row in range(4, last + 1)]
    for row in range(4, last + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, heads["Phải báo cáo"]).value = 0
    kinds = sorted({str(one) for one in groups if one})
    for number in range(1, count + 1):
        row = last + number
        sheet.cell(row, heads["Mã đơn vị"]).value = code(number)
        sheet.cell(row, heads["Tên đơn vị"]).value = unit_name(number)
        sheet.cell(row, heads["Khối"]).value = kinds[number % len(kinds)]
        sheet.cell(row, heads["Phải báo cáo"]).value = 1
    workbook.save(target)


def checksum(folder: Path) -> int:
    """A number that tells whether two rounds are the same, for those who compare figures of two machines."""
    return zlib.crc32(b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.iterdir())))


if __name__ == "__main__":
    result = make_round(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(result.folder, checksum(result.folder))
