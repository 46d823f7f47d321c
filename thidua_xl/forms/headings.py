"""The sheets of the criteria book and their headings, as `docs/criteria-book.md` agrees them.

The first heading of a sheet is its key: a row whose key is blank is skipped. `required` headings must be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet: its name, the headings it must have, and those it may have.

    `keys` are the columns of a reference table: heading -> column code; other headings are for people only.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    needed: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The heading whose blank cell makes a row no row."""
        return self.required[0]

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading the sheet may have."""
        return self.required + self.optional


def _reference(
    name: str, required: Mapping[str, str], optional: Mapping[str, str], for_people: tuple[str, ...]
) -> SheetSpec:
    """A sheet that is a table of its own to rules and reports: its headings with the codes of their columns."""
    return SheetSpec(name, tuple(required), (*optional, *for_people), keys={**required, **optional})


_LIFE = ("Hiệu lực từ", "Hiệu lực đến", "Loại nguồn", "Nguồn")

SETTINGS = SheetSpec("Cài đặt", ("Mã", "Giá trị"), ("Nội dung", "Kiểu", "Đơn vị tính", "Loại nguồn", "Nguồn"))
FORMS = SheetSpec(
    "Biểu",
    ("Mã biểu", "Tên biểu", "Kiểu biểu"),
    (
        "Tên trang",
        "Thứ tự",
        "Bắt buộc",
        "Được để trống",
        "Có dòng tổng",
        "Người lập",
        "Tên khác",
        "Bố cục",
        "Điều khoản",
        *_LIFE,
    ),
    needed=True,
)
FIELDS = SheetSpec(
    "Trường",
    ("Mã biểu", "Mã trường", "Tên trường", "Kiểu"),
    (
        "Thứ tự",
        "Nhóm tiêu đề",
        "Đơn vị tính",
        "Bắt buộc",
        "Danh mục",
        "Nhỏ nhất",
        "Lớn nhất",
        "Cộng dồn",
        "Một lần theo",
        "Độ rộng",
        "Giá trị cho phép",
        "Tên khác",
        "Quy tắc",
        "Điều khoản",
        *_LIFE,
    ),
    needed=True,
)
LISTS = SheetSpec("Danh mục", ("Mã danh mục", "Mã", "Nhãn"), ("Bí danh", "Thứ tự", *_LIFE))
RULES = SheetSpec(
    "Quy tắc",
    ("Mã quy tắc", "Mức độ", "Biểu", "Kiểu kiểm tra", "Thông báo"),
    (
        "Nhóm",
        "Trường",
        "Đúng khi (công thức)",
        "Tham số",
        "Cách sửa",
        "Thông báo (tiếng Anh)",
        "Cách sửa (tiếng Anh)",
        "Điều khoản",
        "Bật (1/0)",
        "Sai khi (bằng lời)",
        *_LIFE,
    ),
)
UNITS = SheetSpec(
    "Đơn vị",
    ("Mã đơn vị", "Tên đơn vị"),
    ("Tên viết tắt", "Tên khác", "Khối", "Phải báo cáo", "Đơn vị kế tiếp", *_LIFE),
    needed=True,
)
COMMUNES = SheetSpec("Địa bàn", ("Mã xã", "Tên xã"), ("Tên khác", "Mã GSO", "Huyện", "Tỉnh", "Xã kế tiếp", *_LIFE))
PERIODS = SheetSpec(
    "Kỳ",
    ("Mã kỳ", "Tên kỳ", "Từ ngày", "Đến ngày"),
    ("Loại kỳ", "Năm", "Hạn nội bộ", "Hạn nộp lên", "Nơi nhận", "Ghi chú", "Loại nguồn", "Nguồn"),
    needed=True,
)
AWARDS = SheetSpec(
    "Khen thưởng",
    ("Mã hình thức", "Tên hình thức"),
    (
        "Cấp quyết định",
        "Đối tượng",
        "Tiêu chuẩn",
        "Điều kiện",
        "Số lượng tối đa",
        "Tỷ lệ phiếu tối thiểu (%)",
        *_LIFE,
    ),
)
CRITERIA = SheetSpec(
    "Tiêu chí",
    ("Mã tiêu chí", "Tên tiêu chí"),
    (
        "Nhóm",
        "Điều khoản",
        "Mã chỉ số",
        "Cách tính",
        "Đơn vị tính",
        "Minh chứng",
        "Biểu nguồn",
        "Loại nguồn",
        "Nguồn",
    ),
)
COMMUNE_CRITERIA = _reference(
    "Tiêu chí NTM",
    {"Số tiêu chí": "so_tieu_chi", "Tên tiêu chí": "ten_tieu_chi"},
    {"Nhóm": "nhom"},
    ("Ghi chú", "Nguồn"),
)
INDICATORS = _reference(
    "Chỉ tiêu BNV",
    {"Mã dòng": "ma_dong", "Mã biểu": "ma_bieu", "Chỉ tiêu": "chi_tieu"},
    {"Mã số": "ma_so", "Đơn vị tính": "dvt"}
    | {f"Cột {number}": f"cot_{number}" for number in range(1, 6)}
    | {"Điều kiện": "dieu_kien"},
    ("Loại nguồn", "Nguồn"),
)
REPORT_SHEETS = SheetSpec(
    "Tổng hợp",
    ("Mã biểu", "Tên biểu", "Bố cục"),
    (
        "Tên trang",
        "Tuyến",
        "Kỳ",
        "Chiều giấy",
        "Biểu nguồn",
        "Điều kiện dòng",
        "Mục La Mã",
        "Thứ tự mục",
        "Vùng neo",
        "Đơn vị tính",
        "Dòng tổng",
        "Ghi chú",
        "Loại nguồn",
    ),
)
REPORT_COLUMNS = SheetSpec(
    "Cột báo cáo",
    ("Mã biểu", "Mã cột", "Tiêu đề", "Cách lấy"),
    (
        "Thứ tự",
        "Nhóm tiêu đề",
        "Biểu nguồn",
        "Trường nguồn",
        "Điều kiện",
        "Công thức",
        "Đơn vị tính",
        "Cộng",
        "Độ rộng",
        "Định dạng số",
    ),
)
HEADER_ALIASES = SheetSpec("Bí danh", ("Nhãn chuẩn", "Bí danh"), ("Ghi chú", "Nguồn"))
LAYOUT_BLOCKS = _reference(
    "Thể thức",
    {"Khối": "khoi", "Nội dung": "noi_dung"},
    {"Vị trí": "vi_tri", "Định dạng": "dinh_dang"},
    ("Loại nguồn", "Nguồn"),
)
LAWS = _reference(
    "Văn bản",
    {"Mã văn bản": "ma", "Tên ngắn": "ten"},
    {"Số, ký hiệu": "so_ky_hieu", "Ngày ban hành": "ngay"},
    ("Hiệu lực từ", "Hiệu lực đến", "Vai trò", "Mức xác minh", "Nguồn"),
)

ALL = (
    SETTINGS,
    FORMS,
    FIELDS,
    LISTS,
    RULES,
    UNITS,
    COMMUNES,
    PERIODS,
    AWARDS,
    CRITERIA,
    COMMUNE_CRITERIA,
    INDICATORS,
    REPORT_SHEETS,
    REPORT_COLUMNS,
    HEADER_ALIASES,
    LAYOUT_BLOCKS,
    LAWS,
)
