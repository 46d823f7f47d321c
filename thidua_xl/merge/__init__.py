"""Submissions -> a `Consolidation`: every figure exact, with the cells it came from. Plain Python, no frames.

Read `consolidate` first; `layouts` has the two common tables, `special` those with rules of their own.
"""

from thidua_xl.merge.consolidate import consolidate

__all__ = ["consolidate"]
