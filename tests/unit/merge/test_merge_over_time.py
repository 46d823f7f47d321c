"""Ratios of sums, figures that go on from closed periods, comparison with last year, groups above the unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from small_round import PERIOD, column, criteria, shown, statuses, submission

from thidua_xl import merge
from thidua_xl.model import ClosedPeriod, Criteria, Period, ReportSheet, Setting, Unit

FIRST = submission("U1", 10, [("1", "TIEN", 30, True), ("2", "VAT", 10, False)])
SECOND = submission("U2", 30, [("1", "TIEN", Decimal("0.5"), True)])


def rows(book: Criteria, *, closed: tuple[ClosedPeriod, ...] = (), period: Period = PERIOD) -> dict[str, list[object]]:
    taken = (FIRST, SECOND)
    made = merge.consolidate(taken, book, period, statuses=statuses(taken), closed=closed)
    table = made.table("BC1")
    assert table is not None
    codes = [one.code for one in book.report_sheets[-1].columns if one.take != "DONG"]
    return {f"{row[0]}{row[1]}": row[2:] for row in map(list, shown(table.rows, codes))}


def units_sheet(*columns: object) -> ReportSheet:
    return ReportSheet("BC1", "", "BC1", "DON_VI", total_rows=("TONG",), columns=columns)  # type: ignore[arg-type]  # test shorthand


def test_the_ratio_of_several_units_is_one_of_sums() -> None:
    sheet = units_sheet(
        column("tien", "TONG", form="A1", field="tien", condition='=[@ht]="TIEN"', total=True),
        column("ts", "TY_LE_TS", form="A1", field="tien;tien"),
        column("tl", "TY_LE", form="A1", field="tien;tien"),
    )
    found = rows(criteria(sheet))
    assert found["DETAILU1"] == [30, Decimal("25.00"), Decimal("100.00")]
    assert found["DETAILU2"] == [Decimal("0.5"), Decimal("0.50"), Decimal("100.00")]
    # (30*30 + 10*10 + 0.5*0.5) / 40.5: weights of both units together, not the mean of the two percentages.
    assert found["TOTAL"] == [Decimal("30.5"), Decimal("24.70"), Decimal("100.00")]


def periods(book: Criteria) -> Criteria:
    more = (
        Period("2022-NAM", "", "NAM", 2022, date(2021, 12, 15), date(2022, 12, 14)),
        Period("2023-6T", "", "6T", 2023, date(2022, 12, 15), date(2023, 6, 14)),
        Period("2023-NAM", "", "NAM", 2023, date(2022, 12, 15), date(2023, 12, 14)),
        Period("2024-Q0", "", "QUY", 2024, date(2023, 12, 1), date(2023, 12, 14)),
        Period("2025-NAM", "", "NAM", 2025, date(2024, 12, 15), date(2025, 12, 14)),
    )
    old = Unit("U0", "Phòng cũ", bloc="PHONG", successor="U1", obliged=False)
    return replace(book, periods=(*book.periods, *more), units=(*book.units, old))


CLOSED = (
    ClosedPeriod("2022-NAM", "NAM", 2022, {"BC1.tien": 100, "BC1.tien@U0": 100}),
    ClosedPeriod("2023-6T", "6T", 2023, {"BC1.tien": 5, "BC1.tien@U1": 5}),
    ClosedPeriod("2023-NAM", "NAM", 2023, {"BC1.tien": 20, "BC1.tien@U1": 20}),
    ClosedPeriod("2024-Q0", "QUY", 2024, {"BC1.tien": 1, "BC1.tien@U2": 1}),
    ClosedPeriod("2025-NAM", "NAM", 2025, {"BC1.tien": 7000, "BC1.tien@U1": 7000}),
)


def test_totals_go_on_over_closed_periods_once_and_with_the_units_before() -> None:
    sheet = units_sheet(
        column("tien", "TONG", form="A1", field="tien", total=True),
        column("nam", "LUY_KE_NAM", field="tien", total=True),
        column("gd", "LUY_KE_GD", field="tien", total=True),
    )
    found = rows(periods(criteria(sheet)), closed=CLOSED)
    # Periods within a closed year count with it; the year after the period does not count; U0 went into U1.
    assert found["DETAILU1"] == [40, 40, 160]
    assert found["DETAILU2"] == [Decimal("0.5"), Decimal("1.5"), Decimal("0.5")]
    assert found["DETAILU3"] == [None, None, None]
    assert found["TOTAL"] == [Decimal("40.5"), Decimal("41.5"), Decimal("160.5")]


def test_the_same_period_last_year_difference_percent_and_jump() -> None:
    first = ReportSheet(
        "BC0",
        "",
        "BC0",
        "DON_VI",
        total_rows=("TONG",),
        columns=(replace(column("tien", "TONG", form="A1", field="tien", total=True), sheet="BC0"),),
    )
    second = ReportSheet(
        "BC1",
        "",
        "BC1",
        "SO_SANH_KY",
        columns=(
            column("n25", "NAM", formula="2025"),
            column("lech", "CHENH"),
            column("tang", "TANG"),
            column("bien", "BIEN_DONG"),
            column("d1", "DONG", form="BC0", field="tien"),
        ),
    )
    book = replace(periods(criteria(first, second)), settings={"nguong_lech_ky_truoc": Setting("", "", 50)})
    before = (
        ClosedPeriod("2023-6T", "6T", 2023, {"BC0.tien": 20}),
        ClosedPeriod("2025-NAM", "NAM", 2025, {"BC0.tien": 1}),
    )
    assert rows(book, closed=before)["DETAILd1"] == [None, Decimal("20.5"), Decimal("102.50"), "Tăng mạnh"]
    calm = (ClosedPeriod("2023-6T", "6T", 2023, {"BC0.tien": 41}),)
    assert rows(book, closed=calm)["DETAILd1"] == [None, Decimal("-0.5"), Decimal("-1.22"), None]


def test_the_figures_of_a_phase_are_those_of_no_single_year() -> None:
    first = replace(units_sheet(column("tien", "TONG", form="A1", field="tien", total=True)), code="BC0", sheet="BC0")
    years = (column("n22", "NAM", formula="2022"), column("n23", "NAM", formula="2023"))
    indicator = column("d1", "DONG", form="BC0", field="tien", total=True)
    second = ReportSheet(
        "BC1", "", "BC1", "SO_SANH_KY", columns=(*years, column("luy_ke", "LUY_KE", total=True), indicator)
    )
    phase = Period("2023-SK", "", "SO_KET", 2023, date(2021, 1, 1), date(2023, 12, 31))
    book = periods(criteria(first, second))
    book = replace(book, periods=(*book.periods, phase))
    closed = (
        ClosedPeriod("2022-NAM", "NAM", 2022, {"BC0.tien": 100}),
        ClosedPeriod("2023-6T", "6T", 2023, {"BC0.tien": 5}),
    )
    assert rows(book, closed=closed, period=phase)["DETAILd1"] == [100, 5, 105]
    assert rows(book, period=phase)["DETAILd1"] == [None, None, Decimal("40.5")]
    later = (*closed, ClosedPeriod("2023-SK", "SO_KET", 2023, {"BC0.tien": 7000}))
    assert rows(book, closed=later, period=phase)["DETAILd1"][:2] == [100, 5]


def test_rows_are_grouped_by_a_field_and_by_the_unit_above() -> None:
    columns = (
        column("nhom", "NHOM"),
        column("so", "DEM", form="A1"),
        column("tien", "TONG", form="A1", field="tien", total=True),
    )
    by_kind = ReportSheet(
        "BC1", "", "BC1", "THEO_NHOM", form="A1", total_rows=("TONG",), notes={"khoa": "ht"}, columns=columns
    )
    assert rows(criteria(by_kind)) == {
        "DETAILTIEN": ["Tiền mặt", 2, Decimal("30.5")],
        "DETAILVAT": ["Hiện vật", 1, 10],
        "TOTAL": [None, None, Decimal("40.5")],
    }
    above = replace(by_kind, notes={"khoa": "CAP_TREN"})
    book = criteria(above)
    tree = tuple(replace(one, parent="U3" if one.code != "U3" else "") for one in book.units)
    assert rows(replace(book, units=tree))["DETAILU3"] == ["Trung tâm Ba", 3, Decimal("40.5")]


def test_fixed_rows_take_the_typed_figure_or_count_what_satisfies_row_and_column() -> None:
    sheet = ReportSheet(
        "BC1",
        "",
        "BC1",
        "BANG_TRA",
        notes={"bang": "CHI_TIEU", "bieu": "01"},
        columns=(
            column("ten", "BANG", field="chi_tieu"),
            column("tien", "O_BANG", form="A1", field="cot_1", condition='=[@ht]="TIEN"'),
            column("vat", "O_BANG", form="A1", field="cot_2", condition='=[@ht]="VAT"'),
            column("tong", "CONG_THUC", formula='=IF(COUNT({tien},{vat})=0,"",SUM({tien},{vat}))'),
        ),
    )
    table = (
        {"ma_bieu": "01", "ma_so": "1", "chi_tieu": "Từ 10 trở lên", "dieu_kien": "=[@tien]>=10"},
        {"ma_bieu": "01", "ma_so": "2", "chi_tieu": "Tự ghi", "cot_1": 7},
        {"ma_bieu": "01", "ma_so": "3", "chi_tieu": "Chưa ghi"},
        {"ma_bieu": "02", "ma_so": "1", "chi_tieu": "Biểu khác", "cot_1": 9},
    )
    book = replace(criteria(sheet), reference_tables={"CHI_TIEU": table})
    (made,) = merge.consolidate((FIRST, SECOND), book, PERIOD, statuses=()).tables
    assert made.texts["GHI_CHU"].startswith("Ghi chú: 3 ô để trống vì chưa có số liệu")
    assert rows(replace(criteria(sheet), reference_tables={"CHI_TIEU": table})) == {
        "DETAIL1": ["Từ 10 trở lên", 1, 1, 2],
        "DETAIL2": ["Tự ghi", 7, None, 7],
        "DETAIL3": ["Chưa ghi", None, None, None],
    }
