"""thidua_xl: collect, check and consolidate the Excel workbooks of many units, losing and inventing nothing.

    import thidua_xl as tx

    criteria = tx.load_criteria()
    result = tx.consolidate(["nop/"], criteria, period="2024-6T", out="bao-cao.xlsx")
    result.findings                     # every error and warning, each with file, sheet, cell
    result.frame("S05")                 # a tidy pandas frame with `_file _sheet _cell`
    result.figure("TH01", "TOTAL", "tien").sources   # the cells a reported number came from

Names are loaded when they are first used: `import thidua_xl` itself reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thidua_xl.lazy import loading
from thidua_xl.version import VERSION as __version__  # noqa: N811 - the name every package answers its version by

if TYPE_CHECKING:
    from thidua_xl.errors import ThiduaError
    from thidua_xl.forms import load_criteria
    from thidua_xl.jobs.consolidate import ConsolidateResult, Policy, consolidate
    from thidua_xl.jobs.new_forms import new_forms
    from thidua_xl.jobs.review import CheckResult, check
    from thidua_xl.jobs.submissions import read_submission
    from thidua_xl.jobs.totals import totals
    from thidua_xl.jobs.trace import trace

__all__ = [
    "CheckResult",
    "ConsolidateResult",
    "Policy",
    "ThiduaError",
    "__version__",
    "check",
    "consolidate",
    "load_criteria",
    "new_forms",
    "read_submission",
    "totals",
    "trace",
]

_HOMES = {
    "CheckResult": "jobs.review",
    "ConsolidateResult": "jobs.consolidate",
    "Policy": "jobs.consolidate",
    "ThiduaError": "errors",
    "check": "jobs.review",
    "consolidate": "jobs.consolidate",
    "load_criteria": "forms",
    "new_forms": "jobs.new_forms",
    "read_submission": "jobs.submissions",
    "totals": "jobs.totals",
    "trace": "jobs.trace",
}


__getattr__ = loading(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
