"""What is wrong with a criteria book, all at once. Read `lint_book` first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thidua_xl.forms import Problem
from thidua_xl.forms.lint import lint_criteria
from thidua_xl.model import Severity
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
        return 4 if any(one.severity is Severity.ERROR for one in self.problems) else 0

    def lines(self, language: str = "vi") -> list[str]:
        """One sentence per fault: sheet, cell, what is wrong, the nearest known name."""
        return [one.sentence(language) for one in self.problems]

    def as_json(self) -> dict[str, object]:
        """The JSON object of `rules lint --json`."""
        return {
            "schema": SCHEMA,
            "file": self.file,
            "problems": [
                {
                    "severity": one.severity.value,
                    "code": one.code,
                    "sheet": one.sheet,
                    "cell": one.cell,
                    "seen": one.seen,
                    "expected": one.expected,
                    "nearest": one.nearest,
                    "position": one.position,
                    "message": one.sentence("vi"),
                    "message_en": one.sentence("en"),
                }
                for one in self.problems
            ],
        }


def lint_book(path: str | Path | None = None) -> LintResult:
    """The faults of the criteria book at `path` (default the shipped one). Raises `InputRefused` when unreadable."""
    source = Path(path) if path is not None else criteria_book()
    return LintResult(str(source), tuple(lint_criteria(source)))
