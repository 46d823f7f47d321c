"""A rule is said in the cells of a form, or refused with a reason."""

import re
from datetime import date
from decimal import Decimal

import pytest

from thidua_xl.formula import CannotSay, LiveBook, LiveColumn, LiveTable, cell_formula, fault_formula

KINDS = {"TIEN": "Tiền mặt", "HV": "Hiện vật", "SAO": "Sao * ?"}
BOOK = LiveBook(
    {
        "TD_S04": LiveTable(
            "TD_S04",
            "Biểu 04",
            {
                "ten": LiveColumn("B"),
                "loai": LiveColumn("C", choices=KINDS, list_table="TD_DM_L"),
                "loai2": LiveColumn("D", choices=KINDS, list_table="TD_DM_L"),
                "khac": LiveColumn("E", choices={"A": "An"}, list_table="TD_DM_K"),
                "tien": LiveColumn("F", numeric=True),
                "ngay": LiveColumn("G", numeric=True),
                "uu_tien": LiveColumn("H", tick=("x", "")),
                "co": LiveColumn("I", tick=("Có", "Không")),
                "ly_do": LiveColumn("J", text=True),
            },
            12,
            40,
        ),
        "TD_S02": LiveTable(
            "TD_S02", "Cá nhân", {"ma": LiveColumn("B", name="TD_S02_ma"), "ten": LiveColumn("C")}, 10, 30
        ),
        "TD_S00": LiveTable(
            "TD_S00",
            "Chung",
            {"tong": LiveColumn("C", row=7, numeric=True), "ky": LiveColumn("C", row=8, choices={"NAM": "Cả năm"})},
        ),
        "TD_DM_L": LiveTable(
            "TD_DM_L", "_danh_muc", {"nhan": LiveColumn("A"), "ma": LiveColumn("B", labels="nhan")}, 3, 5
        ),
        "TD_KY": LiveTable("TD_KY", values={"tu_ngay": date(2025, 1, 1), "nam": 2025, "ten": None}),
    },
    {"TD_CD_nguong": Decimal("1.5"), "TD_CD_chu": 'a"b'},
)

# Cells of the row that hold words: blanks at their ends do not count.
_WORDS = re.compile(r"\$[CDEHIJ]12\b|'Chung'!\$C\$8")


def tidied(said: str) -> str:
    return _WORDS.sub(lambda found: f'TRIM(SUBSTITUTE({found[0]},"\u00a0"," "))', said)


SAID = [
    ("=[@tien]>0", "$F12>0"),
    ("=AND([@tien]>=TD_CD_nguong,[@tien]<=10^9)", "AND($F12>=1.5,$F12<=10^9)"),
    ("=[@ten]=TD_CD_chu", '$B12="a""b"'),
    ('=[@loai]="HV"', '$C12="Hiện vật"'),
    ('="hv"<>[@loai]', '$C12<>"Hiện vật"'),
    ('=[@loai]=""', '$C12=""'),
    ("=[@loai]=[@loai2]", "$C12=$D12"),
    ('=IF([@loai]="TIEN",[@tien]>0,TRUE)', 'IF($C12="Tiền mặt",$F12>0,TRUE)'),
    ('=[@loai]=IF([@tien]>0,"TIEN","HV")', '$C12=IF($F12>0,"Tiền mặt","Hiện vật")'),
    ("=[@uu_tien]=TRUE", '$H12="x"'),
    ("=NOT([@uu_tien])", 'NOT($H12="x")'),
    ("=[@uu_tien]=FALSE", '$H12<>"x"'),
    ("=[@co]<>TRUE", '$I12<>"Có"'),
    ('=[@co]<>""', '$I12<>""'),
    ("=ISBLANK([@uu_tien])", '$H12=""'),
    ("=LEN([@ly_do])>5", "LEN($J12)>5"),
    ("=LEN(TRIM([@ly_do]))>5", "LEN($J12)>5"),
    ("=OR(ISBLANK([@ly_do]),EXACT([@ly_do],[@ten]))", 'OR($J12="",EXACT($J12,$B12))'),
    ("=COUNTIF(TD_S04[ly_do],[@ly_do])=1", 'COUNTIF($J$12:$J$40,IF($J12="",0,$J12))=1'),
    ("=COUNTIF(TD_S04[ten],[@ten])=1", "COUNTIF($B$12:$B$40,$B12)=1"),
    ('=COUNTIF(TD_S04[loai],"TIEN")>0', 'COUNTIF($C$12:$C$40,"Tiền mặt")>0'),
    ('=COUNTIF(TD_S04[loai],"<>SAO")>0', 'COUNTIF($C$12:$C$40,"<>Sao ~* ~?")>0'),
    ("=COUNTIFS(TD_S04[loai],[@loai],TD_S04[co],TRUE)<2", 'COUNTIFS($C$12:$C$40,$C12,$I$12:$I$40,"Có")<2'),
    ("=SUMPRODUCT(COUNTIF(TD_S04[loai],TD_DM_L[ma]))=1", "SUMPRODUCT(COUNTIF($C$12:$C$40,'_danh_muc'!$A$3:$A$5))=1"),
    ('=SUMIFS(TD_S04[tien],TD_S04[loai],"HV")>0', 'SUMIFS($F$12:$F$40,$C$12:$C$40,"Hiện vật")>0'),
    ("=ISNUMBER(MATCH([@ten],TD_S02[ma],0))", "ISNUMBER(MATCH($B12,TD_S02_ma,0))"),
    ("=ISNUMBER(MATCH([@ten],TD_S02[ten],0))", "ISNUMBER(MATCH($B12,'Cá nhân'!$C$10:$C$30,0))"),
    ("=ISNUMBER(MATCH([@loai],TD_DM_L[ma],0))", "ISNUMBER(MATCH($C12,'_danh_muc'!$A$3:$A$5,0))"),
    ('=ISNUMBER(MATCH([@loai],{"TIEN","HV"},0))', 'OR($C12="Tiền mặt",$C12="Hiện vật")'),
    ('=MATCH("HV",TD_S04[loai],0)>1', 'MATCH("Hiện vật",$C$12:$C$40,0)>1'),
    ("=[@tien]<=TD_S00[tong]", "$F12<='Chung'!$C$7"),
    ('=TD_S00[ky]="NAM"', "'Chung'!$C$8=\"Cả năm\""),
    ("=[@ngay]>=TD_KY[tu_ngay]", "$G12>=DATE(2025,1,1)"),
    ('=TD_KY[ten]=""', '""=""'),
    ("=TD_KY[nam]-1>0", "2025-1>0"),
    (
        "=LEN([@loai])>2",
        "LEN(IFERROR(INDEX('_danh_muc'!$B$3:$B$5,MATCH($C12,'_danh_muc'!$A$3:$A$5,0)),\"\"))>2",
    ),
    ("=IFS([@tien]>5,1,TRUE,0)=1", "IF($F12>5,1,IF(TRUE,0,NA()))=1"),
    ('=SWITCH([@loai],"HV",1,0)=1', 'IF($C12="Hiện vật",1,0)=1'),
    (
        '=XLOOKUP([@ten],TD_S02[ma],TD_S02[ten],"")<>""',
        'IF(ISNA(MATCH($B12,TD_S02_ma,0)),"",INDEX(\'Cá nhân\'!$C$10:$C$30,MATCH($B12,TD_S02_ma,0)))<>""',
    ),
    ("=VLOOKUP([@ten],TD_S02[[ma]:[ten]],2,FALSE)>0", "VLOOKUP($B12,'Cá nhân'!$B$10:$C$30,2,FALSE)>0"),
    ("=XOR([@uu_tien],[@co])", '_xlfn.XOR($H12="x",$I12="Có")'),
    ("=([@tien]+1)*2-(3-[@tien])", "($F12+1)*2-(3-$F12)"),
    ("=-([@tien]+1)%", "-($F12+1)%"),
    ("=IF([@tien]>1,,5)", "IF($F12>1,,5)"),
]


@pytest.mark.parametrize(("rule", "said"), SAID)
def test_a_rule_is_said_in_cells(rule: str, said: str) -> None:
    assert cell_formula(rule, BOOK, "TD_S04", 12) == tidied(said)


REFUSED = [
    ('=[@loai]="XE"', "unknown_code", 9),
    ('=[@khac]&""="A"', "needs_code", 1),
    ("=[@loai]=[@khac]", "needs_code", 9),
    ("=COUNTIF(TD_S04[co],FALSE)", "needs_code", 20),
    ("=COUNTIF(TD_S04[loai],[@ten])", "needs_code", 22),
    ("=SUM({1,2})", "array", 5),
    ("=TD_XA[ma]=1", "unknown_table", 1),
    ("=[@khong_co]=1", "unknown_column", 1),
    ("=TD_CD_la=1", "unknown_name", 1),
    ('=REGEXTEST([@ten],"a")', "new_function", 1),
    ("=1+", "missing_operand", 3),
    ("=VLOOKUP([@ten],TD_S04[[ten]:[loai]],2,0)", "needs_code", 16),
    ("=" + "+".join(["[@tien]"] * 60), "too_long", 0),
]


@pytest.mark.parametrize(("rule", "reason", "position"), REFUSED)
def test_what_excel_cannot_be_told_is_refused_with_its_place(rule: str, reason: str, position: int) -> None:
    with pytest.raises(CannotSay) as caught:
        cell_formula(rule, BOOK, "TD_S04", 12)
    assert (caught.value.reason, caught.value.position) == (reason, position)


def test_codes_that_share_a_label_cannot_be_told_apart() -> None:
    table = LiveTable("T", "T", {"a": LiveColumn("A", choices={"1": "Một", "01": "một"})}, 2, 3)
    with pytest.raises(CannotSay, match="shared_label"):
        cell_formula('=[@a]="1"', LiveBook({"T": table}), "T", 2)


def test_a_fault_is_told_only_where_the_row_is_asked_and_readable() -> None:
    assert fault_formula("=[@tien]>0", BOOK, "TD_S04", 12, asked="COUNTA($B12:$I12)>0") == (
        "IFERROR(AND(COUNTA($B12:$I12)>0,NOT(ISTEXT($F12)),NOT($F12>0)),FALSE)"
    )
    assert fault_formula("=SUM(TD_S04[tien])<9", BOOK, None) == (
        "IFERROR(AND(COUNT('Biểu 04'!$F$12:$F$40)=COUNTA('Biểu 04'!$F$12:$F$40),"
        "NOT(SUM('Biểu 04'!$F$12:$F$40)<9)),FALSE)"
    )
    assert fault_formula("=NOT([@uu_tien])", BOOK, "TD_S04", 12) == tidied(
        'IFERROR(AND(OR($H12="",$H12="x",$H12=""),NOT(NOT($H12="x"))),FALSE)'
    )
