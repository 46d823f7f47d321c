"""Tables the way offices lay them out, made at random, with what must be found in them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from thidua_xl.model import Cell, Sheet, Value
from thidua_xl.refs import Area

LABELS: dict[str, list[str]] = {
    "stt": ["STT", "TT", "Số TT", "Số thứ tự"],
    "ten": ["Họ tên/tập thể", "Họ và tên", "Họ tên", "Tên"],
    "doi_tuong": ["Đối tượng", "Loại đối tượng"],
    "tien": ["Số tiền", "Số tiền ủng hộ"],
    "ngay": ["Ngày nộp", "Ngày"],
    "chung_tu": ["Số chứng từ", "Chứng từ"],
    "ke_hoach": ["Kết quả / Kế hoạch", "Kế hoạch"],
    "thuc_hien": ["Kết quả / Thực hiện", "Thực hiện"],
}
_GROUPED = ("ke_hoach", "thuc_hien")
_ABOVE = (
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    "BIỂU SỐ 05 - ỦNG HỘ QUỸ",
    "Kỳ báo cáo: 6 tháng",
    "ĐVT: đồng",
    "Đơn vị: Văn phòng",
)


@dataclass
class Layout:
    """A sheet and what is on it: the column of each field, the rows of entries, the total row."""

    columns: dict[str, int] = field(default_factory=dict)
    data: list[int] = field(default_factory=list)
    total: int | None = None
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    row: int = 1

    @property
    def sheet(self) -> Sheet:
        return Sheet("Trang", self.cells, merges=tuple(self.merges))

    def put(self, row: int, column: int, value: Value) -> None:
        if value is not None:
            self.cells[row, column] = Cell(row, column, value)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self.merges.append(str(Area(top, left, bottom, right)))


def random_layout(seed: int) -> Layout:
    """One layout; the same for the same seed."""
    dice = random.Random(seed)
    layout = Layout(row=dice.choice([1, 1, 3, 6, 9]))
    left = dice.choice([1, 1, 2, 3])
    for text in dice.sample(_ABOVE, dice.randrange(0, 5)):
        layout.put(layout.row, left + dice.randrange(0, 4), text)
        layout.row += 1
    layout.row += dice.choice([0, 1])
    order = _order(dice)
    header = layout.row
    _headers(layout, dice, order, left)
    _numbers(layout, dice, order, left)
    sections = dice.random() < 0.35
    _entries(layout, dice, order, left, sections)
    _below(layout, dice, len(order), left, sections)
    _neighbours(layout, dice, left + len(order), left, header)
    return layout


def _order(dice: random.Random) -> list[str]:
    """Fields in their order, "" for a column that is none."""
    fields = ["ten", "doi_tuong", "tien", "ngay", "chung_tu"]
    if dice.random() < 0.5:
        dice.shuffle(fields)
    fields = ["stt", *fields, *(_GROUPED if dice.random() < 0.6 else ())]
    order: list[str] = []
    for one in fields:
        if dice.random() < 0.12 and one not in ("stt", "thuc_hien"):
            order.append("")
        order.append(one)
    return order


def _headers(layout: Layout, dice: random.Random, order: list[str], left: int) -> None:
    way = dice.choice(["own", "alias", "capitals", "unit", "break"])
    grouped = "ke_hoach" in order
    top = layout.row
    for column, one in enumerate(order, left):
        names = [name.split(" / ")[-1] for name in LABELS.get(one, [f"Cột thêm {column}"])]
        name = dice.choice(names) if way == "alias" else names[0]
        name = name.upper() if way == "capitals" else name
        if way == "unit":
            name += " (đồng)" if one == "tien" else dice.choice(["", " (*)", " "])
        name = name.replace(" ", "\n", 1) if way == "break" else name
        if one:
            layout.columns[one] = column
        if one in _GROUPED:
            layout.put(top + 1, column, name)
        else:
            layout.put(top, column, name)
            if grouped:
                layout.merge(top, column, top + 1, column)
    if grouped:
        layout.put(top, layout.columns["ke_hoach"], "Kết quả")
        layout.merge(top, layout.columns["ke_hoach"], top, layout.columns["thuc_hien"])
    layout.row = top + (2 if grouped else 1)


def _numbers(layout: Layout, dice: random.Random, order: list[str], left: int) -> None:
    way = dice.choice(["", "letters", "brackets", "plain", "formula"])
    for index in range(len(order) if way else 0):
        mark: Value = index + 1
        if way == "brackets":
            mark = f"({index + 1})"
        elif way in ("letters", "formula"):
            mark = "AB"[index] if index < 2 else index - 1
            if way == "formula" and index == len(order) - 1:
                mark = f"{index - 1}=(1+2)"
        layout.put(layout.row, left + index, mark)
    layout.row += bool(way)


def _entries(layout: Layout, dice: random.Random, order: list[str], left: int, sections: bool) -> None:
    count = dice.randrange(3, 12)
    for mark in ("I", "II") if sections else ("",):
        if mark:
            layout.put(layout.row, layout.columns["stt"], mark)
            layout.put(layout.row, layout.columns["ten"], f"Khối {mark}")
            layout.put(layout.row, layout.columns["tien"], 5_000_000 if dice.random() < 0.5 else None)
            layout.row += 1
        for number in range(1, count + 1):
            _entry(layout, dice, number)
            for column, one in enumerate(order, left):
                if not one and dice.random() < 0.7:
                    layout.put(layout.row - 1, column, "x")
            layout.row += dice.random() < 0.08
        if mark and dice.random() < 0.3:
            layout.put(layout.row, layout.columns["ten"], "Cộng")
            layout.put(layout.row, layout.columns["tien"], 100)
            layout.row += 1


def _entry(layout: Layout, dice: random.Random, number: int) -> None:
    values: dict[str, Value] = {
        "stt": number,
        "ten": f"Nguyễn Văn {chr(64 + number)}",
        "doi_tuong": "Cá nhân",
        "tien": dice.randrange(1, 99) * 100_000,
        "ngay": "05/05/2024",
        "chung_tu": f"PT{number:02}",
        "ke_hoach": dice.randrange(9),
        "thuc_hien": dice.randrange(9),
    }
    for one, column in layout.columns.items():
        if one in ("ten", "tien") or dice.random() >= 0.1:
            layout.put(layout.row, column, values[one])
    layout.data.append(layout.row)
    layout.row += 1


def _below(layout: Layout, dice: random.Random, width: int, left: int, sections: bool) -> None:
    if dice.random() < 0.7:
        layout.row += dice.choice([0, 0, 1])
        labels = ["Tổng cộng", "TỔNG CỘNG", "Tổng số:", "Tổng cộng (đồng)", *([] if sections else ["Cộng"])]
        layout.put(layout.row, layout.columns[dice.choice(["stt", "ten"])], dice.choice(labels))
        layout.put(layout.row, layout.columns["tien"], 123_456)
        layout.total = layout.row
        layout.row += 1
    if dice.random() < 0.5:
        layout.put(layout.row, left, "Ghi chú: số liệu đến hết kỳ.")
        layout.row += 1
    if dice.random() < 0.8:
        layout.row += dice.choice([0, 1, 2])
        right = left + width - 2
        for step, (first, second) in enumerate(
            [
                ("", "Điện Biên, ngày 10 tháng 6 năm 2024"),
                ("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"),
                ("(Ký, họ tên)", ""),
                ("", ""),
                ("Nguyễn Thị Lập", "Trần Văn Trưởng"),
            ]
        ):
            layout.put(layout.row + step, left + 1, first or None)
            layout.put(layout.row + step, right, second or None)
        layout.row += 6


def _neighbours(layout: Layout, dice: random.Random, right: int, left: int, header: int) -> None:
    """Another table beside, another one below."""
    if dice.random() < 0.25:
        for step, text in enumerate(("STT", "Mã", "Tên danh mục")):
            layout.put(header, right + 2 + step, text)
            for number in range(1, 4):
                layout.put(header + 1 + number, right + 2 + step, number if step == 0 else f"{text} {number}")
    if dice.random() < 0.25:
        layout.row += 2
        for step, text in enumerate(("STT", "Họ và tên", "Số tiền", "Ghi chú khác")):
            layout.put(layout.row, left + step, text)
        for number in range(1, 4):
            layout.put(layout.row + number, left, number)
            layout.put(layout.row + number, left + 1, "Khác")
            layout.put(layout.row + number, left + 2, 777)
