"""Rules that are live in a form give the verdict of the batch check, row by row, in LibreOffice."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.formula import LiveBook, LiveColumn, LiveTable, Table, compile_formula, fault_formula
from thidua_xl.model import Invalid, Value
from thidua_xl.refs import column_letters

ROWS, FIRST = 1000, 4
KINDS = {"TIEN": "Tiền mặt", "HV": "Hiện vật (quà)", "CONG": "Ngày công"}
CODES = tuple(KINDS)

RULES = (
    "=[@so_tien]>0",
    '=OR([@loai]<>"HV",[@dvt]<>"")',
    '=OR([@loai]="",[@loai]="TIEN",[@so_luong]>0)',
    "=AND([@so_tien]>=TD_CD_thap,[@so_tien]<=TD_CD_cao)",
    '=OR([@ngay]="",AND([@ngay]>=TD_KY[tu_ngay],[@ngay]<=TD_KY[den_ngay]))',
    '=OR([@den_ngay]="",[@den_ngay]>=[@ngay])',
    "=COUNTIF(TD_S1[ma],[@ma])=1",
    '=OR([@ma]="",COUNTIFS(TD_S1[ma],[@ma],TD_S1[loai],[@loai])=1)',
    "=LEN(TRIM([@ten]))>=3",
    "=NOT([@uu_tien]=TRUE)",
    '=OR([@ten]<>"",NOT([@uu_tien]))',
    "=[@dong_y]=TRUE",
    '=IF([@loai]="HV",[@so_luong]>0,[@so_tien]>0)',
    '=ISNUMBER(MATCH([@loai],{"TIEN","HV"},0))',
    "=ISNUMBER(MATCH([@loai],TD_DM[ma],0))",
    "=[@loai]<>[@loai_truoc]",
    '=SWITCH([@loai],"TIEN",[@so_tien]>0,"HV",[@so_luong]>0,TRUE)',
    "=ABS([@so_tien]-[@so_luong]*1000)<=500000",
    '=SUMIF(TD_S1[loai],"TIEN",TD_S1[so_luong])>=[@so_luong]',
    '=ISERROR(SEARCH("thử",[@ten]))',
    '=LEFT([@loai],1)<>"H"',
    "=ROUND([@so_tien]/1000,0)*1000=[@so_tien]",
    "=OR(YEAR([@ngay])=2025,MONTH([@ngay])<7)",
    '=XLOOKUP([@loai],TD_DM[ma],TD_DM[ma],"")<>"CONG"',
    '=COUNTIF(TD_S1[loai],"CONG")<=COUNTIF(TD_S1[loai],"TIEN")+COUNTIF(TD_S1[uu_tien],TRUE)',
)


def random_values(rows: int) -> dict[str, list[Value]]:
    """Values as rules see them, some unreadable."""
    rng = random.Random(11)
    start = date(2024, 12, 1)

    def some(*values: Value) -> list[Value]:
        return [rng.choice(values) for _ in range(rows)]

    days: list[Value] = [start + timedelta(number * 9) for number in range(60)]
    names = ("Đặng Văn A", "đặng văn a", "Lò", " Ô ", "dòng thử", "Giàng A Páo (tổ 1)")
    return {
        "ma": [rng.choice((None, f"C{rng.randrange(rows):04d}", f"c{rng.randrange(rows):04d}")) for _ in range(rows)],
        "ten": some(*names, None),
        "loai": some(*CODES, None, Invalid("quà")),
        "loai_truoc": some(*CODES, None),
        "so_tien": [rng.choice((None, 0, -5, rng.randrange(10**6), Invalid("1.500 đ"))) for _ in range(rows)],
        "so_luong": some(None, 0, 1, 25, 700),
        "dvt": some("cái", "bộ", None),
        "ngay": some(*days, None),
        "den_ngay": some(*days, None, Invalid("32/1/2025")),
        "uu_tien": some(True, None),
        "dong_y": some(True, False, None),
    }


NUMERIC = {"so_tien", "so_luong", "ngay", "den_ngay"}
CHOICES = {"loai", "loai_truoc"}
TICKS = {"uu_tien": ("x", ""), "dong_y": ("Có", "Không")}


def shown(code: str, value: Value) -> object:
    """What the cell of a field shows for a value."""
    if isinstance(value, Invalid):
        return value.seen
    if code in CHOICES and isinstance(value, str):
        return KINDS[value]
    if code in TICKS and value is not None:
        return TICKS[code][0 if value else 1]
    return value


@pytest.mark.libreoffice
def test_the_form_and_the_batch_check_agree_on_every_row(tmp_path: Path, convert: Callable[[Path, str], Path]) -> None:
    values = random_values(ROWS)
    columns = {
        code: LiveColumn(
            column_letters(number),
            choices=KINDS if code in CHOICES else None,
            list_table="TD_DM" if code in CHOICES else "",
            tick=TICKS.get(code),
            numeric=code in NUMERIC,
        )
        for number, code in enumerate(values, start=1)
    }
    period = {"tu_ngay": date(2025, 1, 1), "den_ngay": date(2025, 12, 31)}
    names = {"TD_CD_thap": 100, "TD_CD_cao": 10**6}
    book = LiveBook(
        {
            "TD_S1": LiveTable("TD_S1", "Biểu 1", columns, FIRST, FIRST + ROWS - 1),
            "TD_DM": LiveTable(
                "TD_DM", "Danh mục", {"nhan": LiveColumn("A"), "ma": LiveColumn("B", labels="nhan")}, 1, len(KINDS)
            ),
            "TD_KY": LiveTable("TD_KY", values=period),
        },
        names,
    )
    source = tmp_path / "form.xlsx"
    made = xlsxwriter.Workbook(str(source), {"default_date_format": "dd/mm/yyyy"})
    form, lists = made.add_worksheet("Biểu 1"), made.add_worksheet("Danh mục")
    for number, (code, label) in enumerate(KINDS.items()):
        lists.write_row(number, 0, (label, code))
    for column, (code, field) in enumerate(values.items()):
        for row, value in enumerate(field, start=FIRST - 1):
            cell = shown(code, value)
            if isinstance(cell, date):
                form.write_datetime(row, column, cell)
            elif cell is not None:
                form.write(row, column, cell)
    for offset, rule in enumerate(RULES):
        for row in range(FIRST, FIRST + ROWS):
            form.write_formula(row - 1, len(values) + offset, fault_formula(rule, book, "TD_S1", row), None, "")
    made.close()

    tables = {
        "TD_S1": Table("TD_S1", values),
        "TD_DM": Table("TD_DM", {"ma": CODES, "nhan": tuple(KINDS.values())}),
        "TD_KY": Table("TD_KY", {code: [day] for code, day in period.items()}, single=True),
    }
    schema = {name: tuple(table.columns) for name, table in tables.items()}
    answered = openpyxl.load_workbook(convert(source, "xlsx"), data_only=True)["Biểu 1"]
    differing: list[str] = []
    for offset, rule in enumerate(RULES):
        verdicts = compile_formula(rule, schema=schema, home="TD_S1", names=names).run(tables, names)
        for row, verdict in enumerate(verdicts):
            live = answered.cell(FIRST + row, len(values) + offset + 1).value
            # The batch check takes FALSE and 0 for wrong; an error or an unreadable value says nothing.
            if live is not (verdict is False or verdict == 0):
                differing.append(f"{rule} row {row}: batch {verdict!r}, form {live!r}")
    assert not differing, f"{len(differing)}\n" + "\n".join(differing[:20])
