"""The criteria book derived from a coded template says what the template says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import coded_example
import pytest
from builders import read_cells
from coded_example import CodedExample, as_text, write_criteria, write_example

from thidua_xl import forms
from thidua_xl.model import Criteria, FieldKind, FormKind


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> CodedExample:
    return write_example(tmp_path_factory.mktemp("coded"))


@pytest.fixture(scope="module")
def criteria(example: CodedExample) -> Criteria:
    return forms.load_criteria(example.criteria)


def test_the_form_is_found_with_its_places(criteria: Criteria) -> None:
    form = criteria.forms[0]
    assert (form.code, form.sheet, form.kind) == (coded_example.FORM, coded_example.SHEET, FormKind.CODED)
    assert form.title == "BÁO CÁO CHI PHÍ VẬN HÀNH TRẠM QUAN TRẮC (theo loại trạm)"
    assert form.layout["o_don_vi"] == coded_example.UNIT_CELL
    assert form.layout["o_ky"] == coded_example.PERIOD_CELL
    assert form.layout["dong_tong"] == coded_example.TOTAL_ROW[0]


def test_every_row_code_is_an_item_of_the_list_in_the_order_of_the_form(criteria: Criteria) -> None:
    items = criteria.lists[criteria.forms[0].layout["danh_muc_dong"]].items
    assert [(item.code, item.label) for item in items] == [
        (code, label) for code, label, _ in (*coded_example.ROWS, coded_example.TOTAL_ROW)
    ]


def test_every_column_code_is_a_field_that_knows_its_code(criteria: Criteria) -> None:
    fields = criteria.forms[0].fields[1:]
    assert [one.aliases for one in fields] == [
        (code,) for code in (coded_example.LABEL_COLUMN, *coded_example.NUMBER_COLUMNS)
    ]
    assert [one.code for one in fields][:2] == ["c_310", "c_311"]


def test_words_and_totals_are_not_added_up(criteria: Criteria) -> None:
    kinds = {one.aliases[0]: (one.kind, one.additive) for one in criteria.forms[0].fields[1:]}
    assert kinds[coded_example.LABEL_COLUMN] == (FieldKind.CODE, False)
    assert kinds[coded_example.TOTAL_COLUMN] == (FieldKind.NUMBER, False)
    assert kinds["C-311"] == (FieldKind.NUMBER, True)


def test_headers_give_label_and_group_without_the_row_of_numbers(criteria: Criteria) -> None:
    labels = {one.aliases[0]: (one.group, one.label) for one in criteria.forms[0].fields[1:]}
    assert labels["C-314"] == ("Chi phí - Sửa chữa, thay thế", "Vật tư")
    assert labels["C-317"] == ("Chi phí", "Dự phòng")


def test_returns_give_units_and_the_month(criteria: Criteria) -> None:
    assert {unit.code for unit in criteria.units} == set(coded_example.UNITS)
    period = criteria.find_period(coded_example.PERIOD)
    assert period is not None and period.start is not None and period.end is not None
    assert (period.start.isoformat(), period.end.isoformat()) == ("2024-03-01", "2024-03-31")


def test_the_report_sums_number_columns_and_leaves_words(criteria: Criteria) -> None:
    columns = {one.code: (one.take, one.field) for one in criteria.report_sheets[0].columns}
    assert columns["C-311"] == ("TONG", "c_311")
    assert columns[coded_example.LABEL_COLUMN][0] == "TRONG"


def test_a_template_without_returns_gives_a_book_without_units(example: CodedExample, tmp_path: Path) -> None:
    cells = read_cells(write_criteria(tmp_path / "book.xlsx", example.template))
    assert "A4" not in cells["Đơn vị"]
    assert cells["Biểu"]["A4"] == coded_example.FORM


def test_the_official_total_is_off_by_a_hundredth_where_it_says(example: CodedExample) -> None:
    written = read_cells(example.official_file)[coded_example.SHEET]
    differing = set()
    for place, total in example.sums.items():
        difference = Decimal(written[example.cells[place]].replace(",", ".")) - total
        assert abs(difference) in {Decimal("0.00"), Decimal("0.01")}
        if difference:
            differing.add(example.cells[place])
    assert differing == example.off
    assert len(differing) >= 5


@pytest.mark.parametrize(("value", "text"), [("5.03", "05,03"), ("0", "00,00"), ("13513.03", "13513,03")])
def test_figures_are_written_as_the_family_writes_them(value: str, text: str) -> None:
    assert as_text(Decimal(value)) == text
