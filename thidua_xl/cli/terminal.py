"""Lines for people on stderr. File names and cell texts come from others: nothing in them may steer the terminal."""

from __future__ import annotations

import json
import unicodedata

import click

# Marks that turn the direction of writing around, so that one name looks like another.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_BREAKS = dict.fromkeys(map(ord, "\n\r\v\f\x85\u2028\u2029"), "\ufffd")


def say_line(text: str) -> None:
    """A line for people."""
    click.echo(harmless(text), err=True)


def say_json(value: object) -> None:
    """The result for programs on stdout; what could steer a terminal is written as an escape of JSON (\\u202e)."""
    text = json.dumps(value, ensure_ascii=False)
    click.echo("".join(f"\\u{ord(sign):04x}" if _steers(sign) else sign for sign in text))


def harmless(text: str) -> str:
    """The text with control characters (but line breaks and tabs) and turning marks shown as a replacement mark."""
    return "".join("\ufffd" if _steers(sign) and sign not in "\n\t" else sign for sign in text)


def on_one_line(text: str) -> str:
    """A name or cell text whose line breaks could pass for lines of ours."""
    return text.translate(_BREAKS)


def _steers(sign: str) -> bool:
    return sign in _TURNING or unicodedata.category(sign) in ("Cc", "Cs")
