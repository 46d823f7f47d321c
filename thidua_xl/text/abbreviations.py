"""How administrative names are shortened in Vietnamese offices: UBND, P., TT, KH&CN. Read `expand`.

General office language only; the abbreviations of one office's own units are aliases in the criteria book.
"""

from __future__ import annotations

import re
from functools import lru_cache

from thidua_xl.text.folding import fold

# Written out in accented lower case. Keys are folded; a key with a dot stands only where the dot is typed.
_PHRASES = {
    "ubnd": "ủy ban nhân dân",
    "hdnd": "hội đồng nhân dân",
    "ubmttq": "ủy ban mặt trận tổ quốc",
    "mttq": "mặt trận tổ quốc",
    "vp": "văn phòng",
    "tt": "trung tâm",
    "p.": "phòng",
    "ban ql": "ban quản lý",
    "bql": "ban quản lý",
    "tp.": "thành phố",
    "tp": "thành phố",
    "tx.": "thị xã",
    "tx": "thị xã",
    "tt.": "thị trấn",
    "h.": "huyện",
    "x.": "xã",
    "q.": "quận",
    "cc": "chi cục",
    "ldld": "liên đoàn lao động",
    "lhpn": "liên hiệp phụ nữ",
    "ccb": "cựu chiến binh",
    "khcn": "khoa học và công nghệ",
    "kh&cn": "khoa học và công nghệ",
    "kh-cn": "khoa học và công nghệ",
    "kh-tc": "kế hoạch tài chính",
    "kh&tc": "kế hoạch và tài chính",
    "khtc": "kế hoạch tài chính",
    "kh&dt": "kế hoạch và đầu tư",
    "khdt": "kế hoạch và đầu tư",
    "gd&dt": "giáo dục và đào tạo",
    "gddt": "giáo dục và đào tạo",
    "ld-tb&xh": "lao động thương binh và xã hội",
    "ldtbxh": "lao động thương binh và xã hội",
    "ldtb&xh": "lao động thương binh và xã hội",
    "tn&mt": "tài nguyên và môi trường",
    "tnmt": "tài nguyên và môi trường",
    "nn&ptnt": "nông nghiệp và phát triển nông thôn",
    "tt&tt": "thông tin và truyền thông",
    "vh-xh": "văn hóa xã hội",
    "vhttdl": "văn hóa thể thao và du lịch",
    "qlkh": "quản lý khoa học",
    "qlcn": "quản lý công nghệ",
    "tcdlcl": "tiêu chuẩn đo lường chất lượng",
    "tc-dl-cl": "tiêu chuẩn đo lường chất lượng",
    "td-kt": "thi đua khen thưởng",
    "tdkt": "thi đua khen thưởng",
    "ntm": "nông thôn mới",
    "thpt": "trung học phổ thông",
    "thcs": "trung học cơ sở",
    "th": "tiểu học",
}
_RANKS = ("thị trấn", "thị xã", "thành phố", "phường", "quận", "huyện", "tỉnh", "xã", "tp")
_TOKENS = re.compile(r"[^\W_]+(?:[&\-][^\W_]+)*\.?|&")
_PIECES = re.compile(r"[^\W_]+")


@lru_cache(maxsize=8192)
def expand(name: str) -> str:
    """Words only, abbreviations written out, & as và. `name` is lower case, accents kept."""
    words: list[str] = []
    for token in _TOKENS.findall(name):
        folded = fold(token)
        full = _PHRASES.get(folded) or _PHRASES.get(folded.rstrip("."))
        if token == "&":
            words.append("và")
        elif full is not None:
            words.append(full)
        else:
            words.extend("và" if piece == "&" else piece for piece in re.findall(r"[^\W_]+|&", token))
    return " ".join(word for phrase in words for word in _PIECES.findall(phrase))


@lru_cache(maxsize=8192)
def without_rank(words: str) -> str:
    """The words without an administrative rank in front: xã pu nhi gives pu nhi."""
    folded = fold(words)
    for rank in _RANKS:
        prefix = fold(rank) + " "
        if folded.startswith(prefix):
            # Folding keeps the number of letters of such names, but cut by words to be safe.
            return " ".join(words.split(" ")[len(rank.split(" ")) :])
    return words
