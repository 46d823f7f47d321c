"""A small criteria book and workbooks to read with it, made in the test so that the reader sees both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from thidua_xl.model import (
    Book,
    Cell,
    Commune,
    Condition,
    Criteria,
    Field,
    FieldKind,
    Form,
    FormKind,
    ListItem,
    Period,
    Required,
    Rule,
    Setting,
    Severity,
    Sheet,
    Unit,
    Validity,
    Value,
    ValueList,
)

# Every kind of rule that reading asks, each with a code that is its name in capitals.
KINDS = (
    "thieu_bieu",
    "thieu_cot",
    "cot_la",
    "tieu_de_khac",
    "trung_cot",
    "trung_bieu",
    "bang_lien_nhau",
    "bang_xoay",
    "nhieu_cot_so",
    "stt_lien_tuc",
    "duoi_dong_tong",
    "o_loi",
    "an_co_du_lieu",
    "cong_thuc_chua_tinh",
    "lien_ket_ngoai",
    "gop_o",
    "sai_dvt",
    "ma_don_vi",
    "phien_ban_mau",
    "ten_tep",
    "dinh_danh_lech",
    "sai_ky",
    "khong_phai_so",
    "so_dang_chu",
    "so_mo_ho",
    "lan_kieu_so",
    "khong_phai_ngay",
    "ngay_dang_chu",
    "ngay_mo_ho",
    "phai_nguyen",
    "mat_so_0",
    "chua_nfc",
    "tcvn3",
    "vni",
    "khoang_trang",
    "bang_ma_la",
    "danh_muc",
    "tich_la",
    "ten_gan_dung",
    "sai_bac_tien",
)
MESSAGE = "{o}|{dong}|{gia_tri}|{ten_bieu}|{ten_truong}|{a}|{b}|{so}|{ngay}|{moi}|{ten}|{dvt}|{o1}|{o2}|{goi_y}"


def rule(kind: str, form: str = "*", fields: Iterable[str] = (), **parameters: str) -> Rule:
    """A rule of one condition."""
    condition = Condition(form, tuple(fields), kind, parameters=parameters)
    return Rule(kind.upper(), Severity.ERROR, "", MESSAGE, conditions=(condition,))


def field(code: str, label: str, kind: FieldKind, order: int = 0, **more: object) -> Field:
    """A field of S05."""
    return replace(Field("S05", code, label, kind, order), **more)  # type: ignore[arg-type]  # names of Field


FUND = Form(
    "S05",
    "Biểu 05 - Ủng hộ Quỹ",
    "Biểu 05",
    FormKind.TABLE,
    5,
    (
        field("stt", "STT", FieldKind.SERIAL),
        field("ma_xa", "Xã", FieldKind.CHOICE, choices="DIA_BAN"),
        field("ten", "Họ tên", FieldKind.TEXT, required=Required.YES, aliases=("Họ và tên",)),
        field("ma", "Mã", FieldKind.CODE, choices="DM_MA"),
        field("so_tien", "Số tiền", FieldKind.MONEY, unit="đồng", required=Required.YES, additive=True),
        field("so_ho", "Số hộ", FieldKind.INTEGER, unit="hộ"),
        field("ty_le", "Tỷ lệ (%)", FieldKind.PERCENT),
        field("ngay", "Ngày nộp", FieldKind.DATE),
        field("uu_tien", "Ưu tiên", FieldKind.FLAG),
        field("loai", "Loại", FieldKind.CHOICE, choices="DM_LOAI"),
    ),
    has_total=True,
)
GENERAL = Form(
    "S00",
    "Thông tin chung",
    "Thông tin chung",
    FormKind.SINGLE,
    0,
    tuple(
        replace(one, form="S00")
        for one in (
            field("ma_don_vi", "Mã đơn vị", FieldKind.CODE, choices="DON_VI", required=Required.YES),
            field("ten_don_vi", "Tên đơn vị", FieldKind.TEXT),
            field("nam", "Năm", FieldKind.INTEGER, unit="năm"),
            field("ky", "Kỳ", FieldKind.CHOICE, choices="DM_KY"),
            field("lan_nop", "Lần nộp", FieldKind.INTEGER),
            field("phien_ban_mau", "Phiên bản", FieldKind.TEXT),
        )
    ),
)
PERIODS = (
    Period("2024-6T", "6 tháng đầu năm 2024", "6T", 2024, date(2024, 1, 1), date(2024, 6, 30)),
    Period("2025-NAM", "Năm 2025", "NAM", 2025, date(2025, 1, 1), date(2025, 12, 31)),
)
CRITERIA = Criteria(
    forms=(GENERAL, FUND),
    rules=tuple(rule(kind, cao="1000000000", thap="1000") if kind == "sai_bac_tien" else rule(kind) for kind in KINDS),
    lists={
        "DM_KY": ValueList("DM_KY", (ListItem("6T", "6 tháng đầu năm", ("6 tháng",)), ListItem("NAM", "Cả năm"))),
        "DM_LOAI": ValueList("DM_LOAI", (ListItem("TT", "Tập thể", ("tập thể lớn",)), ListItem("CN", "Cá nhân"))),
        "DM_MA": ValueList("DM_MA", (ListItem("0101", "Nông nghiệp"), ListItem("0201", "Khai khoáng"))),
    },
    units=(
        Unit("VPS", "Văn phòng Sở", "VP", ("Văn phòng",)),
        Unit("TTUD", "Trung tâm Ứng dụng", "TTƯD"),
        Unit("VX_TTUD", "Trung tâm Ứng dụng xã"),
    ),
    communes=(
        Commune("NONG_U", "Xã Nong U", ("Noong U",), "03371", validity=Validity(None, date(2025, 6, 30))),
        Commune("PU_NHI", "Xã Pu Nhi", ("Pú Nhi",), "03370"),
    ),
    periods=PERIODS,
    awards=(),
    settings={
        code: Setting(code, "", value)
        for code, value in {
            "truong_don_vi": "S00.ma_don_vi",
            "truong_ten_don_vi": "S00.ten_don_vi",
            "truong_nam": "S00.nam",
            "truong_ky": "S00.ky",
            "truong_lan_nop": "S00.lan_nop",
            "truong_phien_ban_mau": "S00.phien_ban_mau",
        }.items()
    },
)
HEADERS = ("STT", "Xã", "Họ tên", "Mã", "Số tiền", "Số hộ", "Tỷ lệ (%)", "Ngày nộp", "Ưu tiên", "Loại")
COLUMNS = ("stt", "ma_xa", "ten", "ma", "so_tien", "so_ho", "ty_le", "ngay", "uu_tien", "loai")
IDENTITY = {
    "Mã đơn vị": "VPS",
    "Tên đơn vị": "Văn phòng Sở",
    "Năm": 2024,
    "Kỳ": "6 tháng",
    "Lần nộp": 1,
    "Phiên bản": "1.0",
}


def sheet(name: str, rows: Iterable[Iterable[Value | Cell]], **more: object) -> Sheet:
    """A sheet from rows of values; a `Cell` brings its formula, font or format with it."""
    cells: dict[tuple[int, int], Cell] = {}
    for row, line in enumerate(rows, 1):
        for column, value in enumerate(line, 1):
            if isinstance(value, Cell):
                cells[row, column] = replace(value, row=row, column=column)
            elif value is not None:
                cells[row, column] = Cell(row, column, value)
    return Sheet(name, cells, **more)  # type: ignore[arg-type]  # names of Sheet


def general(values: Mapping[str, Value] = IDENTITY) -> Sheet:
    """The sheet S00: a label and its value per row."""
    return sheet("Thông tin chung", values.items())


def fund(
    *rows: Mapping[str, Value | Cell],
    above: Iterable[Iterable[Value]] = (),
    below: Iterable[Iterable[Value]] = (),
    headers: Iterable[str] = HEADERS,
    name: str = "Biểu 05",
    **more: object,
) -> Sheet:
    """The sheet S05 with rows of values by field code (a blank name and amount are filled in)."""
    lines = [
        [{"stt": index, "ten": "An", "so_tien": 5000, **one}.get(code) for code in COLUMNS]
        for index, one in enumerate(rows, 1)
    ]
    return sheet(name, [*above, list(headers), *lines, *below], **more)


def book(*sheets: Sheet, file: str = "bc.xlsx", **more: object) -> Book:
    """A workbook of these sheets."""
    return Book(file, tuple(sheets), **more)  # type: ignore[arg-type]  # names of Book
