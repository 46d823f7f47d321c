"""The report map of `tools/seed` as values, for the builder of the report template. Read `read_sheets` first."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

INTERNAL = "NOI_BO"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report table. `width` is in Excel's units of column width."""

    code: str
    group: str
    label: str
    take: str
    formula: str
    width: float
    number_format: str
    total: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One report sheet; `notes` are the `name=value` pairs of "Ghi chú"."""

    code: str
    title: str
    name: str
    layout: str
    routes: tuple[str, ...]
    periods: tuple[str, ...]
    landscape: bool
    sections: bool
    unit: str
    total_rows: tuple[str, ...]
    notes: Mapping[str, str]
    columns: tuple[Column, ...]

    @property
    def is_internal(self) -> bool:
        """Whether the sheet never leaves the office."""
        return self.routes == (INTERNAL,)


def read_sheets(seed: Path) -> Iterator[Sheet]:
    """The report sheets in order, without those whose template is the form itself."""
    columns: dict[str, list[Column]] = {}
    for row in _rows(seed / "cot_bao_cao.csv"):
        if row["Cách lấy"] == "DONG":
            continue  # a row of the table, not a column
        columns.setdefault(row["Mã biểu"], []).append(
            Column(
                code=row["Mã cột"],
                group=row["Nhóm tiêu đề"],
                label=row["Tiêu đề"],
                take=row["Cách lấy"],
                formula=row["Công thức"],
                width=float(row["Độ rộng"] or 12),
                number_format=row["Định dạng số"],
                total=bool(row["Cộng"]) or row["Cách lấy"] == "CONG_THUC",
            )
        )
    for row in _rows(seed / "tong_hop.csv"):
        layout = row["Bố cục"]
        if layout == "MA_HOA":
            continue  # its template is the form itself
        pairs = (pair.partition("=") for pair in row["Ghi chú"].split(";") if "=" in pair)
        yield Sheet(
            code=row["Mã biểu"],
            title=row["Tên biểu"],
            name=row["Tên trang"] or row["Mã biểu"],
            layout=layout,
            routes=_codes(row["Tuyến"]),
            periods=_codes(row["Kỳ"]),
            landscape=row["Chiều giấy"] != "dung",
            sections=bool(row["Mục La Mã"]) or layout == "SO_SANH_KY",
            unit=row["Đơn vị tính"],
            total_rows=_codes(row["Dòng tổng"]),
            notes={name.strip(): value.strip() for name, _, value in pairs},
            columns=tuple(columns[row["Mã biểu"]]),
        )


def read_settings(seed: Path) -> dict[str, str]:
    """The office's words by setting code; none when the table is not there."""
    path = seed / "cai_dat.csv"
    if not path.is_file():
        return {}
    return {row["Mã"]: row["Giá trị"] for row in _rows(path)}


def read_labels(seed: Path) -> dict[str, str]:
    """Short names of kinds of period and of routes, by code; without the lists the codes serve themselves."""
    path = seed / "danh_muc.csv"
    names = {INTERNAL: "Nội bộ"}
    for row in _rows(path) if path.is_file() else ():
        if row["Mã danh mục"] == "DM_KY":
            names[row["Mã"]] = row["Nhãn"]
        elif row["Mã danh mục"] == "DM_TUYEN":
            names[row["Mã"]] = row["Bí danh"].partition("|")[0] or row["Nhãn"]
    return names


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
