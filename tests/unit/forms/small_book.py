"""A small criteria book of another office, drawn as text tables; tests change one cell of it. Read `small_book`."""

from __future__ import annotations

from pathlib import Path

from builders import build_workbook

SHEETS = {
    "Biểu": """
| Biểu |
|      | Biểu |
|      | giải thích |
|      | Mã biểu | Tên biểu | Tên trang | Kiểu biểu | Thứ tự | Có dòng tổng | Người lập | Bố cục |
|      | F0 | Thông tin chung | Thông tin | form | 0 | 0 | DON_VI | dien.ma=DON_VI_NOP.ma; khoa=ma |
|      | F1 | Biểu 1 - Thiết bị | Biểu 1 | bang | 1 | 1 | DON_VI | |
""",
    "Trường": """
| Trường |
|      | Trường |
|      | giải thích |
|      | Mã biểu | Thứ tự | Mã trường | Tên trường | Kiểu | Bắt buộc | Danh mục | Nhỏ nhất | Lớn nhất | Cộng dồn |
|      | F0 | 1 | ma | Mã đơn vị | ma | 1 | DON_VI | | | |
|      | F0 | 2 | so_nguoi | Số người | so_nguyen | 1 | | 0 | 500 | |
|      | F1 | 1 | stt | STT | stt | 0 | | | | |
|      | F1 | 2 | ten | Tên thiết bị | chuoi | 1 | | | | |
|      | F1 | 3 | loai | Loại | danh_muc | 1 | DM_LOAI | | | |
|      | F1 | 4 | gia | Giá | tien | 1 | | 0 | | 1 |
""",
    "Danh mục": """
| Danh mục |
|      | Danh mục |
|      | giải thích |
|      | Mã danh mục | Mã | Nhãn | Bí danh | Hiệu lực từ | Hiệu lực đến |
|      | DM_LOAI | MAY | Máy | máy móc\\|thiết bị máy | | |
|      | DM_LOAI | XE | Xe | | | 2023-12-31 |
|      | DM_KHOI | A | Khối A | | | |
""",
    "Quy tắc": """
| Quy tắc |
|      | Quy tắc |
|      | giải thích |
|      | Mã quy tắc | Mức độ | Biểu | Trường | Kiểu kiểm tra | Đúng khi (công thức) | Tham số | Thông báo | Bật (1/0) |
|      | R1 | LOI | F1 | gia | CONG_THUC | '=[@gia]>0 | can==TD_F0[so_nguoi] | Giá {gia_tri} phải lớn hơn 0. | 1 |
|      | R1 | LOI | F1 | gia | CONG_THUC | '=[@gia]<=TD_CD_tran | | | 1 |
|      | R2 | CANH_BAO | * | so | khong_phai_so | | | Ô {o} không phải số. | 0 |
""",
    "Cài đặt": """
| Cài đặt |
|      | Cài đặt |
|      | giải thích |
|      | Mã | Nội dung | Giá trị | Kiểu |
|      | tran | Giá lớn nhất | 1000000000 | so |
|      | dia_danh | Địa danh | Nơi Xa | chuoi |
""",
    "Đơn vị": """
| Đơn vị |
|      | Đơn vị |
|      | giải thích |
|      | Mã đơn vị | Tên đơn vị | Khối | Phải báo cáo | Đơn vị kế tiếp | Hiệu lực từ | Hiệu lực đến |
|      | DV1 | Đơn vị Một | A | 1 | | | |
|      | DV2 | Đơn vị Hai | A | 1 | DV1 | | 2023-12-31 |
""",
    "Kỳ": """
| Kỳ |
|      | Kỳ |
|      | giải thích |
|      | Mã kỳ | Tên kỳ | Năm | Từ ngày | Đến ngày |
|      | 2023 | Năm 2023 | 2023 | 2023-01-01 | 2023-12-31 |
|      | 2024 | Năm 2024 | 2024 | 2024-01-01 | 2024-12-31 |
""",
    "Tổng hợp": """
| Tổng hợp |
|      | Tổng hợp |
|      | giải thích |
|      | Mã biểu | Tên biểu | Tên trang | Bố cục | Biểu nguồn | Điều kiện dòng | Dòng tổng | Ghi chú |
|      | T1 | Tổng hợp thiết bị | T1 | DANH_SACH | F1 | '=[@gia]>0 | TONG | muc_khac=Khác; bang_chu=gia |
""",
    "Cột báo cáo": """
| Cột báo cáo |
|      | Cột báo cáo |
|      | giải thích |
|      | Mã biểu | Thứ tự | Mã cột | Tiêu đề | Cách lấy | Biểu nguồn | Trường nguồn | Công thức | Cộng |
|      | T1 | 1 | stt | STT | STT | | | | |
|      | T1 | 2 | gia | Giá | LAY | F1 | gia | | 1 |
|      | T1 | 3 | doi | Gấp đôi | CONG_THUC | | | '={gia}*2 | '=SUM({vung}) |
""",
}


def small_book(path: Path, *changes: tuple[str, str, str], without: tuple[str, ...] = (), order: int = 1) -> Path:
    """The book at `path`; each change is (sheet, old text, new text), the old one standing there exactly once.

    `without` names sheets to leave out; `order` -1 writes the sheets backwards.
    """
    sheets = {name: drawing for name, drawing in SHEETS.items() if name not in without}
    for sheet, old, new in changes:
        assert sheets[sheet].count(old) == 1, f"{old!r} stands {sheets[sheet].count(old)} times on {sheet}"
        sheets[sheet] = sheets[sheet].replace(old, new)
    drawings = list(sheets.values())[::order]
    return build_workbook(path, "\n".join(drawing.strip("\n") for drawing in drawings))
