"""Tables of two forms on one sheet: each form reads its own rows, and none of the other's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

import thidua_xl as tx
from thidua_xl.grid import read_book
from thidua_xl.intake import read_submission
from thidua_xl.intake.understand import understand
from thidua_xl.jobs.map_file import map_file
from thidua_xl.jobs.map_unit import MappedUnit, with_mappings
from thidua_xl.model import Criteria, Records

FUND = (
    ("STT", "Đợt vận động", "Đối tượng", "Họ và tên", "Số tiền", "Ngày nộp"),
    (1, "Đợt khác", "Cá nhân", "Lò Văn A", 300_000, date(2024, 3, 1)),
    (2, "Đợt khác", "Cá nhân", "Lò Thị B", 500_000, date(2024, 3, 2)),
    (None, None, None, "Tổng cộng", 800_000, None),
    (None, None, None, "Trong đó: nữ", 500_000, None),
)
EXAMPLES = (
    ("TT", "Mã điển hình", "Đối tượng", "Tên điển hình", "Thành tích nổi bật", "Giai đoạn"),
    (1, "DH-01", "Cá nhân", "Quàng Văn C", "Làm kinh tế giỏi", "Phát hiện"),
    (2, "DH-02", "Tập thể", "Bản Mường", "Làm đường", "Nhân rộng"),
    (3, "DH-03", "Cá nhân", "Cà Thị D", "Dạy chữ", "Phát hiện"),
)


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return tx.load_criteria()


def records(
    criteria: Criteria, fund_at: tuple[int, int], examples_at: tuple[int, int], tmp: Path
) -> dict[str, Records]:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for (top, left), code, rows in ((fund_at, "S05", FUND), (examples_at, "S08", EXAMPLES)):
        form = criteria.form(code)
        assert form is not None
        _put(sheet, top - 1, left, [[form.title], *rows])
    made.save(tmp)
    return dict(read_submission(read_book(tmp), criteria).records)


def _put(sheet: object, top: int, left: int, rows: Sequence[Sequence[object]]) -> None:
    for down, row in enumerate(rows):
        for across, value in enumerate(row):
            if value is not None:
                sheet.cell(top + down, left + across, value)  # type: ignore[attr-defined]  # a worksheet of openpyxl


@pytest.mark.parametrize(
    ("fund_at", "examples_at"),
    [((3, 1), (3, 9)), ((2, 9), (4, 1)), ((5, 1), (2, 9)), ((2, 1), (9, 1)), ((9, 1), (2, 1))],
    ids=["beside", "beside lower", "beside higher", "below", "above"],
)
def test_each_form_reads_its_own_rows(
    criteria: Criteria, fund_at: tuple[int, int], examples_at: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = records(criteria, fund_at, examples_at, tmp_path_factory.mktemp("x") / "a.xlsx")
    assert found["S05"].columns["so_tien"] == (Decimal(300_000), Decimal(500_000))
    assert found["S08"].columns["ma_dien_hinh"] == ("DH-01", "DH-02", "DH-03")


def test_the_headers_of_both_are_understood(criteria: Criteria, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    records(criteria, (3, 1), (3, 9), path)
    tables = {one.form: one for one in understand(read_book(path), criteria).tables}
    assert [place.field for place in tables["S08"].places][:2] == ["S08.stt", "S08.ma_dien_hinh"]
    assert all(place.cell[0] in "ABCDEF" for place in tables["S05"].places)


def test_the_head_of_the_office_below_a_gap_is_no_entry(
    criteria: Criteria, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    form = criteria.form("S05")
    assert form is not None
    _put(sheet, 1, 1, [[form.title], *FUND[:3]])
    sheet.cell(6, 1, "Nơi nhận: Văn phòng")
    sheet.cell(8, 4, "Thủ trưởng đơn vị")
    made.save(path)
    assert read_submission(read_book(path), criteria).records["S05"].columns["ten"] == ("Lò Văn A", "Lò Thị B")


def test_a_confirmed_mapping_keeps_them_apart(criteria: Criteria, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    records(criteria, (2, 9), (3, 1), path)
    mapped = map_file(path, None, path.with_name("m.xlsx"))
    found = read_submission(read_book(path), with_mappings(criteria, [mapped.mapping])).records
    assert found["S05"].columns["so_tien"] == (Decimal(300_000), Decimal(500_000))
    assert len(found["S08"]) == 3


def test_a_listing_of_a_form_is_no_report_template(
    criteria: Criteria, tmp_path_factory: pytest.TempPathFactory
) -> None:
    form = criteria.form("S12")
    assert form is not None
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    _put(sheet, 3, 1, [[one.label for one in form.fields], [1, "Quyết định", "12/QĐ", "05/03/2024", "Về quỹ"]])
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    made.save(path)
    assert isinstance(map_file(path, None, path.with_name("m.xlsx")), MappedUnit)


def _draw(sheet: object, top: int, left: int, rows: Sequence[Sequence[object]], height: int) -> None:
    """A table with its headers merged over `height` rows."""
    _put(sheet, top, left, [rows[0], *[()] * (height - 1), *rows[1:]])
    for column in range(left, left + len(rows[0])) if height > 1 else ():
        sheet.merge_cells(  # type: ignore[attr-defined]  # a worksheet of openpyxl
            start_row=top, end_row=top + height - 1, start_column=column, end_column=column
        )


@pytest.mark.parametrize("right", [8, 9], ids=["touching", "parted"])
@pytest.mark.parametrize("heights", [(1, 3), (3, 1), (4, 2)], ids=str)
def test_headers_of_unequal_height_side_by_side_are_read_each_for_itself(
    criteria: Criteria, heights: tuple[int, int], right: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made, path = Workbook(), tmp_path_factory.mktemp("x") / "a.xlsx"
    _draw(made.active, 3, 2, FUND, heights[0])
    _draw(made.active, 3, right, EXAMPLES, heights[1])
    made.save(path)
    found = read_submission(read_book(path), criteria).records
    assert found["S05"].columns["so_tien"] == (Decimal(300_000), Decimal(500_000))
    assert found["S08"].columns["ma_dien_hinh"] == ("DH-01", "DH-02", "DH-03")
    tables = {one.form: one for one in understand(read_book(path), criteria).tables}
    assert all(place.field.startswith("S08.") for place in tables["S08"].places)


@pytest.mark.parametrize("titled", [False, True], ids=["without title", "with title"])
def test_one_form_twice_side_by_side_is_told(
    criteria: Criteria, titled: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made, path = Workbook(), tmp_path_factory.mktemp("x") / "a.xlsx"
    form = criteria.form("S08")
    assert form is not None
    if titled:
        made.active.cell(1, 1, form.title)
    _draw(made.active, 3, 1, EXAMPLES, 1)
    _draw(made.active, 3, 8, EXAMPLES, 2)
    made.save(path)
    told = [one.message for one in read_submission(read_book(path), criteria).findings if one.form == "S08"]
    assert [one for one in told if "Sheet!A:G" in one and "Sheet!H:M" in one]


def test_a_list_of_nobody_with_a_tall_header_beside_a_table_takes_none_of_its_entries(
    criteria: Criteria, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made, path = Workbook(), tmp_path_factory.mktemp("x") / "a.xlsx"
    form = criteria.form("S08")
    assert form is not None
    made.active.cell(1, 1, form.title)
    _draw(made.active, 2, 1, EXAMPLES, 1)
    _draw(made.active, 2, 8, (("STT", "Số điện thoại", "Phòng họp"), (1, "0215", "A1")), 3)
    made.save(path)
    found = read_submission(read_book(path), criteria).records
    assert found["S08"].columns["ma_dien_hinh"] == ("DH-01", "DH-02", "DH-03")
