"""The state of a unit in a round, worked out from facts. Read `state_of`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from thidua_xl.ledger.facts import Facts, Received
from thidua_xl.model import Finding, Severity


class State(Enum):
    """Trạng thái of a unit, in the order in which a report goes through them."""

    MISSING = "CHUA_NOP"
    RECEIVED = "DA_NOP"
    FAULTY = "CO_LOI"
    RETURNED = "DA_TRA_LAI"
    AGAIN = "NOP_LAI"
    ACCEPTED = "CHAP_NHAN"
    EXPLAINED = "CHAP_NHAN_GIAI_TRINH"


DONE = frozenset({State.ACCEPTED, State.EXPLAINED})


def state_of(file: Received | None, findings: Iterable[Finding], facts: Facts) -> State:
    """The state that a unit's current file and the findings about it amount to.

    Accepted: by hand, or because nothing is wrong with it. Accepted with explanation: by hand with a reason, or every
    warning has an explanation that the office accepted. A file sent back waits for the next one.
    """
    if file is None:
        return State.MISSING
    by_hand = facts.accepted_file(file)
    if by_hand is not None:
        return State.EXPLAINED if by_hand.reason or facts.accepted_keys(file) else State.ACCEPTED
    told = [one for one in findings if one.severity is not Severity.NOTE]
    if not file.refusal and not told:
        return State.ACCEPTED
    open_ = still_open(file, told, facts)
    if not file.refusal and not open_:
        return State.EXPLAINED
    if facts.returned_of(file.sha256) is not None:
        return State.RETURNED
    if file.version > 1:
        return State.AGAIN
    if file.refusal or any(one.severity is Severity.ERROR for one in open_):
        return State.FAULTY
    return State.RECEIVED


def still_open(file: Received, findings: Iterable[Finding], facts: Facts) -> list[Finding]:
    """The errors, and the warnings whose explanation has not been accepted."""
    accepted = facts.accepted_keys(file)
    return [
        one
        for one in findings
        if one.severity is Severity.ERROR
        or (one.severity is Severity.WARNING and (one.code, one.sheet, one.cell) not in accepted)
    ]
