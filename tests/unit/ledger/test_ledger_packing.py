"""What is kept in the ledger comes back as it was."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.ledger.packing import pack, pack_value, unpack, unpack_value
from thidua_xl.model import CellError, Finding, Invalid, Records, Severity, Submission

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.builds(CellError, st.sampled_from(["#N/A", "#REF!"])),
    st.builds(Invalid, st.text()),
)


@given(VALUES)
def test_every_value_comes_back_with_its_kind(value: object) -> None:
    back = unpack_value(pack_value(value))  # type: ignore[arg-type]  # hypothesis gives the union piece by piece
    assert back == value
    assert type(back) is type(value)


def test_a_submission_comes_back_as_it_was() -> None:
    records = Records(
        form="A",
        sheet="Biểu A",
        rows=(5, 6),
        columns={"so": (Decimal("1.50"), Invalid("x")), "ngay": (date(2024, 1, 2), datetime(2024, 1, 2, 3, 4))},
        letters={"so": "B", "ngay": "C"},
        total_row=7,
        totals={"so": Decimal(2)},
        explanations={"B5": "Số thật"},
    )
    finding = Finding("X-1", Severity.WARNING, file="a.xlsx", sheet="Biểu A", cell="B6", related=("a.xlsx|Biểu A|C6",))
    submission = Submission("a.xlsx", "U", "P", 2, "1.0", {"A": records}, (finding,), sha256="0" * 64)
    assert unpack(pack(submission)) == submission
