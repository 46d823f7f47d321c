"""Submissions + rules -> findings. Pure: nothing is read or written, the day is handed in.

Read `check_submission` and `check_round` (in `run`); `ruleset` makes the book's rules ready, `case` is one submission
under check, `kinds` the closed list of check kinds.
"""

from thidua_xl.checks.explaining import NotAsked, explain, not_asked, without_limit, without_share
from thidua_xl.checks.kinds import FORMULA, KINDS, REPORT_KINDS, Asks, Kind
from thidua_xl.checks.ruleset import Check, RuleSet
from thidua_xl.checks.run import check_round, check_submission, check_submissions
from thidua_xl.checks.tables import rule_tables
from thidua_xl.formula.rule_words import rule_names, rule_schema, table_name

__all__ = [
    "FORMULA",
    "KINDS",
    "REPORT_KINDS",
    "Asks",
    "Check",
    "Kind",
    "NotAsked",
    "RuleSet",
    "check_round",
    "check_submission",
    "check_submissions",
    "explain",
    "not_asked",
    "rule_names",
    "rule_schema",
    "rule_tables",
    "table_name",
    "without_limit",
    "without_share",
]
