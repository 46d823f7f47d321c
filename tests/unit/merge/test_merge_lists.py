"""A row per entry: sections by a list, look-ups in other sheets, joined fields, an empty round."""

from __future__ import annotations

from small_round import PERIOD, column, criteria, shown, statuses, submission

from thidua_xl import merge
from thidua_xl.model import ReportColumn, ReportSheet, Submission

PERSONS = [("c1", "Lò Văn A"), ("c2", "Vàng Thị B")]
FIRST = submission("U1", 1, [("c1", "VAT", 5, True), ("c9", "TIEN", 6, False), ("c2", None, 7, None)], PERSONS)
SECOND = submission("U2", 1, [("c1;c2", "TIEN", 8, True)], [("c1", "Giàng A C"), ("c2", "Sùng D")])


def sheet(*columns: ReportColumn, **more: object) -> ReportSheet:
    return ReportSheet(
        "BC1",
        "Bảng",
        "BC1",
        "DANH_SACH",
        form="A1",
        columns=columns,
        **more,  # type: ignore[arg-type]  # shorthand
    )


def rows(made: ReportSheet, *taken: Submission) -> list[list[object]]:
    table = merge.consolidate(taken, criteria(made), PERIOD, statuses=statuses(taken)).table("BC1")
    assert table is not None
    return shown(table.rows, [one.code for one in made.columns])


def test_entries_stand_by_section_then_unit_and_none_is_left_out() -> None:
    made = sheet(
        column("stt", "STT"),
        column("ten", "DON_VI_TAT"),
        column("ht", "LAY", form="A1", field="ht"),
        column("tien", "LAY", form="A1", field="tien", total=True),
        sections="ht",
        total_rows=("CONG", "TONG"),
        notes={"muc_khac": "Chưa phân loại"},
    )
    assert rows(made, SECOND, FIRST) == [
        ["SECTION", "TIEN", "I", "Tiền mặt", None, None],
        ["DETAIL", "U1|Ủng hộ|11", 1, "P1", "Tiền mặt", 6],
        ["DETAIL", "U2|Ủng hộ|10", 2, "P2", "Tiền mặt", 8],
        ["SUBTOTAL", "TIEN", None, None, None, 14],
        ["SECTION", "VAT", "II", "Hiện vật", None, None],
        ["DETAIL", "U1|Ủng hộ|10", 1, "P1", "Hiện vật", 5],
        ["SUBTOTAL", "VAT", None, None, None, 5],
        ["SECTION", "", "III", "Chưa phân loại", None, None],
        ["DETAIL", "U1|Ủng hộ|12", 1, "P1", None, 7],
        ["SUBTOTAL", "", None, None, None, 7],
        ["TOTAL", "", None, None, None, 26],
    ]


def test_a_look_up_stays_within_the_unit_and_shows_an_unknown_key_itself() -> None:
    made = sheet(column("ai", "LAY", form="A1", field="ma", formula="NOI: A2.ma.ho_ten"))
    assert [row[2] for row in rows(made, FIRST, SECOND)] == ["Lò Văn A", "c9", "Vàng Thị B", "Giàng A C; Sùng D"]


def test_a_look_up_may_leave_an_unknown_key_blank_or_count_and_sum() -> None:
    blank = sheet(column("ai", "LAY", form="A1", field="ma", formula="NOI:A2.ma.ho_ten|TRONG"))
    assert rows(blank, FIRST)[1][2] is None
    counted = sheet(
        column("dem", "LAY", form="A2", field="ma", formula="DEM_CHUNG:A1.ma"),
        column("tong", "LAY", form="A2", field="ma", formula="TONG:A1.ma.tien"),
    )
    people = ReportSheet("BC1", "Bảng", "BC1", "DANH_SACH", form="A2", columns=counted.columns)
    assert [row[2:] for row in rows(people, FIRST)] == [[1, 5], [1, 7]]


def test_fields_are_joined_and_flags_become_words() -> None:
    made = sheet(
        column("ghep", "LAY", form="A1", field="ma;ht", formula='GHEP:" - "'),
        column("dau", "LAY", form="A1", field="co", formula='DAU:"CT"'),
        condition='=[@ht]="VAT"',
    )
    assert rows(made, FIRST) == [["DETAIL", "U1|Ủng hộ|10", "c1 - Hiện vật", "CT"]]


def test_a_round_without_entries_keeps_one_blank_row() -> None:
    made = sheet(column("stt", "STT"), sections="ht", total_rows=("CONG", "TONG"))
    assert [row[0] for row in rows(made, submission("U1", 1, []))] == ["DETAIL", "TOTAL"]
