"""What a round received, sent back and accepted, and what each job replaced: an SQLite file in the round's folder.

Read `Ledger` (in `store`), then `working` (in `work`: a job with its journal), `Facts` (in `facts`) and `state_of`.
"""

from thidua_xl.ledger.facts import Accepted, Facts, Received, Returned, next_version, superseded
from thidua_xl.ledger.states import DONE, State, state_of, still_open
from thidua_xl.ledger.store import LEDGER, Ledger
from thidua_xl.ledger.work import PRIVATE, Operation, Work, recover_if_free, working

__all__ = [
    "DONE",
    "LEDGER",
    "PRIVATE",
    "Accepted",
    "Facts",
    "Ledger",
    "Operation",
    "Received",
    "Returned",
    "State",
    "Work",
    "next_version",
    "recover_if_free",
    "state_of",
    "still_open",
    "superseded",
    "working",
]
