"""One workbook with a sheet per unit is as good as a file per unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from intake_books import CRITERIA, book, fund, general, sheet

from thidua_xl.intake import read_submissions
from thidua_xl.model import Sheet, Submission


def read(*sheets: Sheet) -> tuple[Submission, ...]:
    return read_submissions(book(*sheets, file="tong hop.xlsx"), CRITERIA, period="2024-6T")


def amounts(found: tuple[Submission, ...]) -> dict[str, object]:
    return {one.unit: one.records["S05"].columns["so_tien"] for one in found}


def test_sheets_named_after_units_are_their_submissions() -> None:
    found = read(
        fund({"so_tien": 5000}, name="VPS"),
        fund({"so_tien": 7000}, name="Trung tâm Ứng dụng"),
        sheet("Ghi chú", [["x"]]),
    )
    assert amounts(found) == {"VPS": (Decimal(5000),), "TTUD": (Decimal(7000),)}
    assert {one.period for one in found} == {"2024-6T"}
    assert {one.records["S05"].sheet for one in found} == {"VPS", "Trung tâm Ứng dụng"}


@pytest.mark.parametrize("line", [["Đơn vị: Văn phòng Sở"], ["Đơn vị báo cáo:", "VPS"]])
def test_a_line_above_the_table_may_name_the_unit(line: list[str]) -> None:
    found = read(fund({"so_tien": 5000}, name="Sheet1", above=[line]), fund({"so_tien": 7000}, name="TTUD"))
    assert amounts(found) == {"VPS": (Decimal(5000),), "TTUD": (Decimal(7000),)}


def test_an_ordinary_workbook_is_one_submission() -> None:
    assert [one.unit for one in read(general(), fund({}))] == ["VPS"]


def test_one_unit_sheet_alone_is_an_ordinary_workbook() -> None:
    assert len(read(fund({}, name="VPS"), sheet("TTUD", [["chưa có số liệu"]]))) == 1


def test_hidden_unit_sheets_are_not_taken() -> None:
    found = read(fund({}, name="VPS"), fund({}, name="TTUD"), fund({}, name="VX_TTUD", visible=False))
    assert set(amounts(found)) == {"VPS", "TTUD"}
