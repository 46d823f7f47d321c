"""The Excel formula language: a formula compiled once and run over all rows. Read `compile_formula`.

`tokens` splits, `tree` parses, `evaluate` compiles and runs rules, `cells` works out formulas over cell
addresses, `live` says a rule in the cells of a unit's form, `functions` holds Excel's functions.
"""

from thidua_xl.formula.arrays import Table
from thidua_xl.formula.cells import CannotEvaluate, evaluate_a1
from thidua_xl.formula.evaluate import Program, compile_formula
from thidua_xl.formula.live import cell_formula, fault_formula
from thidua_xl.formula.live_book import CannotSay, LiveBook, LiveColumn, LiveTable
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.tokens import Kind, Token, tokenize
from thidua_xl.formula.values import is_true

__all__ = [
    "CannotEvaluate",
    "CannotSay",
    "FormulaError",
    "Kind",
    "LiveBook",
    "LiveColumn",
    "LiveTable",
    "Program",
    "Table",
    "Token",
    "cell_formula",
    "compile_formula",
    "evaluate_a1",
    "fault_formula",
    "is_true",
    "tokenize",
]
