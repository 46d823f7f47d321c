"""What is wrong with a criteria book, all at once. Read `lint_book` first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thidua_xl.forms import Problem, lint_criteria
from thidua_xl.messages import say
from thidua_xl.shipped import criteria_book

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class LintResult:
    """The faults of a criteria book, in the book's order."""

    file: str
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """4 when anything is wrong, else 0."""
        return 4 if any(one.severity == "LOI" for one in self.problems) else 0

    def lines(self, language: str = "vi") -> list[str]:
        """One sentence per fault: sheet, cell, what is wrong, the nearest known name."""
        return [problem_line(one, language) for one in self.problems]

    def as_json(self) -> dict[str, object]:
        """The JSON object of `rules lint --json`."""
        return {
            "schema": SCHEMA,
            "file": self.file,
            "problems": [
                {
                    "severity": one.severity,
                    "code": one.code,
                    "sheet": one.sheet,
                    "cell": one.cell,
                    "seen": one.seen,
                    "expected": one.expected,
                    "nearest": one.nearest,
                    "message": problem_line(one),
                }
                for one in self.problems
            ],
        }


def lint_book(path: str | Path | None = None) -> LintResult:
    """The faults of the criteria book at `path` (default the shipped one). Raises `InputRefused` when it is no workbook."""
    source = Path(path) if path is not None else criteria_book()
    return LintResult(str(source), tuple(lint_criteria(source)))


def problem_line(problem: Problem, language: str = "vi") -> str:
    """A fault of the criteria book as one sentence."""
    what = say(
        f"lint.{problem.code}",
        language,
        seen=problem.seen,
        expected=problem.expected,
        nearest=problem.nearest,
        sheet=problem.sheet,
        cell=problem.cell,
    )
    return say("lint.line", language, sheet=problem.sheet, cell=problem.cell, what=what, code=problem.code)
