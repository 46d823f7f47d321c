"""Lines for people on stderr. File names and cell texts come from others: nothing in them may steer the terminal."""

from __future__ import annotations

import unicodedata

import click

# Marks that turn the direction of writing around, so that one name looks like another.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def say_line(text: str) -> None:
    """A line for people."""
    click.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    """The text with control characters (but line breaks and tabs) and turning marks shown as a replacement mark."""
    return "".join(
        "\ufffd" if sign in _TURNING or (unicodedata.category(sign) == "Cc" and sign not in "\n\t") else sign
        for sign in text
    )
