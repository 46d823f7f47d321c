"""Five hundred ways in which clerks write the names of units, among names that contain each other."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

DISTRICTS = ("Điện Biên", "Điện Biên Đông", "Mường Nhé", "Mường Ảng", "Mường Chà", "Tủa Chùa", "Tuần Giáo", "Nậm Pồ")
COMMUNES = ("Pu Nhi", "Nong U", "Mường Nhà", "Na Son", "Xa Dung", "Mường Luân", "Mường Lạn", "Ẳng Tở", "Nà Tấu")
OFFICES = (
    "Sở Khoa học và Công nghệ",
    "Sở Kế hoạch và Đầu tư",
    "Sở Tài chính",
    "Sở Tài nguyên và Môi trường",
    "Sở Giáo dục và Đào tạo",
    "Sở Nông nghiệp và Phát triển nông thôn",
    "Sở Thông tin và Truyền thông",
    "Sở Lao động - Thương binh và Xã hội",
    "Văn phòng Sở",
    "Văn phòng UBND tỉnh",
    "Thanh tra Sở",
    "Thanh tra tỉnh",
    "Phòng Kế hoạch - Tài chính",
    "Phòng Tài chính - Kế hoạch",
    "Phòng Quản lý Khoa học",
    "Phòng Quản lý Công nghệ",
    "Phòng Quản lý Công nghệ và Chuyên ngành",
    "Trung tâm Ứng dụng tiến bộ KH&CN",
    "Trung tâm Thông tin và Ứng dụng tiến bộ KH&CN",
    "Chi cục Tiêu chuẩn Đo lường Chất lượng",
    "Chi cục Kiểm lâm",
    "Công đoàn cơ sở",
    "Chi hội Cựu chiến binh",
    "Hội Liên hiệp Phụ nữ tỉnh",
    "Hội Nông dân tỉnh",
)
# What offices write for the beginning of a name.
SHORTER = (
    ("Ủy ban nhân dân", "UBND"),
    ("Phòng ", "P. "),
    ("Trung tâm ", "TT "),
    ("Văn phòng ", "VP "),
    ("Khoa học và Công nghệ", "KH&CN"),
    ("Kế hoạch và Đầu tư", "KH&ĐT"),
    ("Tài nguyên và Môi trường", "TN&MT"),
    ("Giáo dục và Đào tạo", "GD&ĐT"),
    ("Nông nghiệp và Phát triển nông thôn", "NN&PTNT"),
    ("Thông tin và Truyền thông", "TT&TT"),
    ("Tiêu chuẩn Đo lường Chất lượng", "TCĐLCL"),
    ("Kế hoạch - Tài chính", "KH-TC"),
    ("Cựu chiến binh", "CCB"),
    ("huyện ", "H. "),
    ("xã ", "X. "),
    ("và ", "& "),
)


def registry() -> dict[str, tuple[str, ...]]:
    """Code -> names of some fifty units, many of them parts of others."""
    names = [
        *OFFICES,
        *(f"Ủy ban nhân dân huyện {one}" for one in DISTRICTS),
        *(f"Ủy ban nhân dân xã {one}" for one in COMMUNES),
        *(f"Trường THPT huyện {one}" for one in DISTRICTS),
    ]
    return {f"DV{number:03}": (name,) for number, name in enumerate(names)}


def _shorter(name: str, draw: random.Random) -> str:
    fitting = [(long, short) for long, short in SHORTER if long in name]
    return name.replace(*draw.choice(fitting)) if fitting else name.upper()


def _slip(name: str, draw: random.Random) -> str:
    """One letter of a word missing or doubled, as typed in a hurry."""
    at = draw.randrange(1, len(name) - 1)
    return name[:at] + (name[at] * 2 if draw.random() < 0.5 else "") + name[at + 1 :]


def _other_accent(name: str, draw: random.Random) -> str:
    """One vowel with another accent: Mường Nhé, Mường Nhẻ."""
    places = [at for at, sign in enumerate(name) if sign in "éàạảộ"]
    if not places:
        return name
    at = draw.choice(places)
    return name[:at] + {"é": "ẻ", "à": "ả", "ạ": "á", "ả": "ạ", "ộ": "ố"}[name[at]] + name[at + 1 :]


WAYS: tuple[Callable[[str, random.Random], str], ...] = (
    lambda name, draw: name,
    lambda name, draw: name.upper(),
    lambda name, draw: name.lower(),
    lambda name, draw: unicodedata.normalize("NFD", name),
    lambda name, draw: (
        "".join(one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one))
        .replace("Đ", "D")
        .replace("đ", "d")
    ),
    lambda name, draw: "\u00a0 " + name.replace(" ", "  ", 2) + "\u200b ",
    lambda name, draw: name + draw.choice((".", ";", " :", ",")),
    lambda name, draw: name.replace(" - ", draw.choice(("-", " – ", "- "))),
    lambda name, draw: name.replace("òa", "oà").replace("ủy", "uỷ").replace("Ủy", "Uỷ"),
    _shorter,
    lambda name, draw: _shorter(_shorter(name, draw), draw).lower(),
)
TRAPS: tuple[Callable[[str, random.Random], str], ...] = (
    _slip,
    _other_accent,
    lambda name, draw: name.rsplit(" ", 1)[0],
    lambda name, draw: name + draw.choice((" Đông", " tỉnh", " 2", " mới")),
    lambda name, draw: name.split(" ", 1)[1],
)


def spellings(count: int, seed: int) -> list[tuple[str, str, bool]]:
    """(as typed, code of the unit meant, whether it is a trap: a slip, a word more or less) so many times."""
    draw = random.Random(seed)
    units = registry()
    found = []
    for number in range(count):
        code = draw.choice(sorted(units))
        trap = number % 10 == 9
        found.append((draw.choice(TRAPS if trap else WAYS)(units[code][0], draw), code, trap))
    return found
