"""The closed list of check kinds (Kiểu kiểm tra): what each asks about and which fields it looks at. Read `KINDS`.

What a kind does stands in the module of its subject (`rows`, `sums`, `sets`, `places`, `receipt`, `across`,
`ballots`, `past`); `run` joins the two.
docs/rule-kinds-checks.md explains every kind and its parameters to the office.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from thidua_xl.model import Field, FieldKind, Required

FORMULA = "CONG_THUC"


class Asks(Enum):
    """What a kind needs to see."""

    SUBMISSION = "submission"  # one file
    ROUND = "round"  # all files of the round, or earlier ones
    ELSEWHERE = "elsewhere"  # asked by another stage; the book only gives the words


class Needs(Enum):
    """What must be at hand before a kind can say anything; without it the rule is silent, which is not the same as
    right.
    """

    NOTHING = ""
    PREVIOUS = "previous"  # submissions of earlier periods
    BALLOTS = "ballots"  # the council's form


# Whether a kind looks at a field; the second argument says that the rule names the field and its form.
Wants = Callable[[Field, bool], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """One check kind.

    With `wants` it is asked field by field: each field of a form belongs to the condition that names it most
    exactly, so
    that nothing is told twice. `yields`: a general condition of the kind is silent about a cell of which a rule of the
    same group (Nhóm) speaks already. `of_whole`: it speaks of what is absent, so it is asked of a whole round only.
    """

    name: str
    asks: Asks
    wants: Wants | None = None
    yields: bool = False
    needs: Needs = Needs.NOTHING
    of_whole: bool = False

    @property
    def per_field(self) -> bool:
        """Whether it is asked field by field."""
        return self.wants is not None


def _must_be_filled(field: Field, named: bool) -> bool:
    # A blank tick means no; only a rule that names the tick may ask for an answer.
    return field.required is Required.YES and (named or field.kind not in (FieldKind.FLAG, FieldKind.SERIAL))


def _is_number(field: Field, named: bool) -> bool:
    return field.is_numeric


def _has_limits(field: Field, named: bool) -> bool:
    return field.is_numeric and (field.minimum is not None or field.maximum is not None)


def _is_summed(field: Field, named: bool) -> bool:
    return field.is_numeric and (field.additive or named)


def _has_formula(field: Field, named: bool) -> bool:
    return field.allowed.startswith("=")


_SUBMISSION = (
    Kind(FORMULA, Asks.SUBMISSION),
    Kind("bat_buoc", Asks.SUBMISSION, _must_be_filled, yields=True),
    Kind("trong_khong_khai", Asks.SUBMISSION),
    Kind("khong_am", Asks.SUBMISSION, _is_number),
    Kind("mien_gia_tri", Asks.SUBMISSION, _has_limits),
    Kind("tong_dong", Asks.SUBMISSION, _is_summed),
    Kind("tong_lam_tron", Asks.SUBMISSION, _is_summed),
    Kind("cong_thuc_cot", Asks.SUBMISSION, _has_formula),
    Kind("doi_chieu_tieu_chi", Asks.SUBMISSION),
    Kind("trung", Asks.SUBMISSION),
    Kind("du_bo", Asks.SUBMISSION),
    Kind("het_hieu_luc", Asks.SUBMISSION),
)
_ROUND = (
    Kind("chua_nop", Asks.ROUND, of_whole=True),
    Kind("tre_han", Asks.ROUND),
    Kind("hai_tep", Asks.ROUND),
    Kind("lan_nop_trung", Asks.ROUND),
    Kind("thieu_dia_ban", Asks.ROUND, of_whole=True),
    Kind("dia_ban_sap_nhap", Asks.ROUND),
    Kind("trung_don_vi", Asks.ROUND),
    Kind("tham_chieu_don_vi", Asks.ROUND, of_whole=True),
    Kind("vuot_so_luong", Asks.ROUND),
    Kind("goi_y_uu_tien", Asks.ROUND),
    Kind("nguong_phieu", Asks.ROUND),
    Kind("ket_luan_phieu", Asks.ROUND),
    Kind("chua_binh_xet", Asks.ROUND, needs=Needs.BALLOTS, of_whole=True),
    Kind("lech_ky_truoc", Asks.ROUND, _is_summed, needs=Needs.PREVIOUS),
    Kind("lui_ky_truoc", Asks.ROUND, needs=Needs.PREVIOUS),
    Kind("luy_ke_ky_truoc", Asks.ROUND, needs=Needs.PREVIOUS),
)
_ELSEWHERE = (
    # Asked when the report is made; the book gives severity and words.
    Kind("tong_hop_khac", Asks.ELSEWHERE),
    Kind("mau_thieu_vung", Asks.ELSEWHERE),
    Kind("ghi_de_cong_thuc", Asks.ELSEWHERE),
    Kind("mat_sau_ghi", Asks.ELSEWHERE),
    Kind("da_chen_dong", Asks.ELSEWHERE),
    Kind("lech_chu_ky", Asks.ELSEWHERE),
    Kind("thieu_noi_nhan", Asks.ELSEWHERE),
    Kind("muc_khong_khop", Asks.ELSEWHERE),
    Kind("muc_them", Asks.ELSEWHERE),
)

KINDS = {kind.name: kind for kind in (*_SUBMISSION, *_ROUND, *_ELSEWHERE)}
REPORT_KINDS = frozenset(kind.name for kind in _ELSEWHERE)
