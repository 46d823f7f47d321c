"""A row per unit: exact sums, sections, blanks for units that sent nothing."""

from __future__ import annotations

import itertools
from decimal import Decimal

from small_round import PERIOD, column, criteria, shown, statuses, submission

from thidua_xl import merge
from thidua_xl.model import Invalid, ReportSheet, Submission

SHEET = ReportSheet(
    "BC1",
    "Bảng một",
    "BC1",
    "DON_VI",
    sections="KHOI",
    total_rows=("CONG", "TONG"),
    columns=(
        column("stt", "STT"),
        column("ten", "DON_VI"),
        column("nguoi", "LAY", form="A0", field="nguoi", total=True),
        column("tien", "TONG", form="A1", field="tien", condition='=[@ht]="TIEN"', total=True),
        column("luot", "DEM", form="A1", field="ma", total=True),
        column("bq", "CONG_THUC", formula='=IF({nguoi}>0,ROUND({tien}/{nguoi},1),"")'),
    ),
)

FIRST = submission("U1", 3, [("a", "TIEN", Decimal("0.1"), True), ("b", "VAT", 7, None), ("c", "TIEN", 20, None)])
THIRD = submission("U3", 2, [("a", "TIEN", Decimal("0.2"), None), ("d", "TIEN", Invalid("x"), None)])


def table(taken: list[Submission], sheet: ReportSheet = SHEET) -> list[list[object]]:
    book = criteria(sheet)
    made = merge.consolidate(taken, book, PERIOD, statuses=statuses(taken)).table("BC1")
    assert made is not None
    return shown(made.rows, [one.code for one in sheet.columns])


def test_units_stand_in_sections_with_exact_sums_and_ratios_of_sums() -> None:
    assert table([FIRST, THIRD]) == [
        ["SECTION", "PHONG", "I", "Khối phòng", None, None, None, None],
        ["DETAIL", "U1", 1, "Phòng Một", 3, Decimal("20.1"), 3, Decimal("6.7")],
        ["DETAIL", "U2", 2, "Phòng Hai", None, None, None, None],
        ["SUBTOTAL", "PHONG", None, None, 3, Decimal("20.1"), 3, Decimal("6.7")],
        ["SECTION", "DON_VI", "II", "Khối đơn vị", None, None, None, None],
        ["DETAIL", "U3", 1, "Trung tâm Ba", 2, Decimal("0.2"), 2, Decimal("0.1")],
        ["SUBTOTAL", "DON_VI", None, None, 2, Decimal("0.2"), 2, Decimal("0.1")],
        ["TOTAL", "", None, None, 5, Decimal("20.3"), 5, Decimal("4.1")],
    ]


def test_the_order_of_files_does_not_matter() -> None:
    middle = submission("U2", 1, [("e", "TIEN", 5, None)])
    tables = [table(list(order)) for order in itertools.permutations([FIRST, middle, THIRD])]
    assert all(one == tables[0] for one in tables)


def test_every_figure_knows_its_source_cells() -> None:
    made = merge.consolidate([FIRST], criteria(SHEET), PERIOD, statuses=statuses([FIRST])).table("BC1")
    assert made is not None
    figure = next(row for row in made.rows if row.key == "U1").figure("tien")
    assert figure is not None
    assert [(one.file, one.sheet, one.cell, one.value) for one in figure.sources] == [
        ("U1.xlsx", "Ủng hộ", "D10", Decimal("0.1")),
        ("U1.xlsx", "Ủng hộ", "D12", 20),
    ]
    total = made.rows[-1].figure("tien")
    assert total is not None
    assert total.sources == figure.sources


def test_sums_beyond_the_usual_precision_stay_exact() -> None:
    big = 10**30 + 1
    taken = [submission("U1", 1, [("a", "TIEN", Decimal("0.01"), None), ("b", "TIEN", big, None)])]
    assert table(taken)[1][5] == Decimal(f"{big}.01")
