"""What stops a run, as one family.

    ThiduaError                     exit code
    ├── UsageProblem                2   the request itself makes no sense
    ├── InputRefused                3   a file cannot be taken: damaged, locked, hostile, unknown
    │   └── EditRefused             3   a workbook cannot be edited without losing something
    ├── SetupProblem                4   the office's own set-up is wrong
    │   ├── CriteriaProblem         4   the criteria book
    │   └── TemplateProblem         4   the report template
    └── Cancelled                   130 the user stopped the run

An error carries a code and named values; the sentence is made in `messages`.
Something the office must mend in a workbook is a `model.Finding`, never an exception.
"""

from __future__ import annotations


class ThiduaError(Exception):
    """The run cannot go on.

    `code` is a key of `messages/*.toml` (`error.<code>`), `values` fill its placeholders.
    """

    exit_code = 5

    def __init__(self, code: str, /, **values: object) -> None:
        self.code = code
        self.values: dict[str, object] = values
        details = ", ".join(f"{key}={value}" for key, value in values.items())
        super().__init__(f"{code}({details})")

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword values do not survive the default pickling, and readers run in worker processes.
        return _rebuild, (type(self), self.code, self.values)


def _rebuild(kind: type[ThiduaError], code: str, values: dict[str, object]) -> ThiduaError:
    return kind(code, **values)


class UsageProblem(ThiduaError):
    """The request itself makes no sense (unknown period, no path given)."""

    exit_code = 2


class InputRefused(ThiduaError):
    """A file cannot be taken. `values` holds at least `file`."""

    exit_code = 3


class EditRefused(InputRefused):
    """A workbook cannot be edited as asked without losing something; nothing was written."""


class SetupProblem(ThiduaError):
    """The office's own criteria book or template is wrong; units are not to blame."""

    exit_code = 4


class CriteriaProblem(SetupProblem):
    """The criteria book is wrong. `problems` lists every place (sheet, cell, what, nearest name)."""

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, **values)
        raw = values.get("problems", ())
        self.problems: tuple[object, ...] = tuple(raw) if isinstance(raw, (list, tuple)) else ()


class TemplateProblem(SetupProblem):
    """The report template lacks a place that the report map names."""


class Cancelled(ThiduaError):
    """The user stopped the run; nothing was written."""

    exit_code = 130
