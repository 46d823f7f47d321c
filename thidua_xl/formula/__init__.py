"""The Excel formula language: a formula compiled once and run over all rows. Read `compile_formula`.

`tokens` splits, `tree` parses, `evaluate` compiles and runs rules, `cells` works out formulas over cell
addresses, `functions` holds Excel's functions.
"""

from thidua_xl.formula.arrays import Table
from thidua_xl.formula.cells import CannotEvaluate, evaluate_a1
from thidua_xl.formula.evaluate import Program, compile_formula
from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.tokens import Kind, Token, tokenize
from thidua_xl.formula.values import is_true

__all__ = [
    "CannotEvaluate",
    "FormulaError",
    "Kind",
    "Program",
    "Table",
    "Token",
    "compile_formula",
    "evaluate_a1",
    "is_true",
    "tokenize",
]
