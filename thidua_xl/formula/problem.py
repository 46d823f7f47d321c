"""What is wrong with a formula's text, and where: `FormulaError`."""

from __future__ import annotations


class FormulaError(Exception):
    """The text is no formula, or names something unknown.

    Not of the `ThiduaError` family: the linter collects many of them and goes on. `code` is a key of
    `messages` (`formula.<code>`), `position` is the 0-based index of the first wrong character in the
    formula as written, `text` the piece that is wrong, `near` the nearest known name ("" when none is near).
    `values` fill further placeholders of the sentence.
    """

    def __init__(self, code: str, position: int, text: str = "", near: str = "", **values: object) -> None:
        self.code = code
        self.position = position
        self.text = text
        self.near = near
        self.values: dict[str, object] = values
        super().__init__(code, position, text, near)

    def __str__(self) -> str:
        hint = f" (near: {self.near})" if self.near else ""
        return f"{self.code} at {self.position}: {self.text!r}{hint}"
