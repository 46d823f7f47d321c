"""The state of a unit follows from what was received, sent back and accepted."""

from __future__ import annotations

from datetime import datetime

from thidua_xl.ledger import Accepted, Facts, Received, Returned, State, state_of
from thidua_xl.model import Finding, Severity

NOON = datetime.fromisoformat("2024-06-05T12:00:00+07:00")
FILE = Received(1, "a.xlsx", "sha", NOON, "A", "P")
ERROR = Finding("X", Severity.ERROR, file="a.xlsx", sheet="T", cell="B2")
WARNING = Finding("Y", Severity.WARNING, file="a.xlsx", sheet="T", cell="B3")


def facts(*, returned: bool = False, accepted: tuple[tuple[str, str], ...] = ()) -> Facts:
    copies = (Returned("sha", "A", "tra-lai/a.xlsx", "other", NOON, {}),) if returned else ()
    by_hand = tuple(
        Accepted("sha", "A", code, "T" if code else "", "B3" if code else "", reason, "VP", NOON)
        for code, reason in accepted
    )
    return Facts((FILE,), copies, by_hand, ())


def test_states_in_the_order_a_report_goes_through_them() -> None:
    assert state_of(None, (), facts()) is State.MISSING
    assert state_of(FILE, (WARNING,), facts()) is State.RECEIVED
    assert state_of(FILE, (ERROR,), facts()) is State.FAULTY
    assert state_of(FILE, (ERROR,), facts(returned=True)) is State.RETURNED
    again = Received(2, "b.xlsx", "sha2", NOON, "A", "P", version=2)
    assert state_of(again, (ERROR,), facts(returned=True)) is State.AGAIN
    assert state_of(FILE, (), facts()) is State.ACCEPTED


def test_accepted_explanations_settle_warnings_but_never_errors() -> None:
    assert state_of(FILE, (WARNING,), facts(accepted=(("Y", "vì"),))) is State.EXPLAINED
    assert state_of(FILE, (ERROR, WARNING), facts(accepted=(("Y", "vì"),))) is State.FAULTY


def test_a_file_accepted_by_hand_is_accepted_whatever_is_wrong_with_it() -> None:
    assert state_of(FILE, (ERROR,), facts(accepted=(("", ""),))) is State.ACCEPTED
    assert state_of(FILE, (ERROR,), facts(accepted=(("", "lý do"),))) is State.EXPLAINED
