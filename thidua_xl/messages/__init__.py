"""Code + values + language -> sentence. `vi.toml` is the source, `en.toml` complete.

Read `say` first. Sentences live in the TOML tables beside this file; code holds only their keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from string import Formatter

from thidua_xl.errors import ThiduaError

LANGUAGES = ("vi", "en")


class _Forgiving(Formatter):
    """A formatter that shows an ellipsis for a value it was not given, so that a message never fails."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        return kwargs.get(str(key), "…")

    def format_field(self, value: object, format_spec: str) -> str:
        return str(value)


_FORMATTER = _Forgiving()


@lru_cache(maxsize=len(LANGUAGES))
def sentences(language: str) -> Mapping[str, str]:
    """Every sentence of a language by its flat key (`error.input.encrypted.what`)."""
    found: dict[str, str] = {}
    for entry in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if entry.name == f"{language}.toml" or entry.name.endswith(f".{language}.toml"):
            _flatten("", tomllib.loads(entry.read_text(encoding="utf-8")), found)
    return found


def say(key: str, language: str = "vi", /, **values: object) -> str:
    """The sentence of a key with its values filled in; the key itself when the table lacks it."""
    template = sentences(language).get(key)
    if template is None:
        return key
    return _FORMATTER.vformat(template, (), values)


def error_lines(error: ThiduaError, language: str = "vi") -> tuple[str, ...]:
    """A refusal in at most three lines: file, reason code with the sentence, what to do."""
    key = f"error.{error.code}"
    known = sentences(language)
    values = {name: value for name, value in error.values.items() if name != "problems"}
    lines = []
    if error.values.get("file"):
        lines.append(say("error.file", language, file=error.values["file"]))
    what = say(f"{key}.what" if f"{key}.what" in known else key, language, **values)
    lines.append(f"[{error.code}] {what}")
    if f"{key}.do" in known:
        remedy = _FORMATTER.vformat(_fitting(known[f"{key}.do"], values), (), values)
        lines.append(say("error.do", language, do=remedy))
    return tuple(lines)


def reason_of(error: ThiduaError, language: str = "vi") -> str:
    """Only the sentence that says what is wrong, without its full stop, to be put into another sentence."""
    key = f"error.{error.code}"
    values = {name: value for name, value in error.values.items() if name != "problems"}
    return say(f"{key}.what" if f"{key}.what" in sentences(language) else key, language, **values).rstrip(".")


def _fitting(remedy: str, values: Mapping[str, object]) -> str:
    """A remedy without its clause about the nearest name when there is none near."""
    if "{nearest}" not in remedy or values.get("nearest"):
        return remedy
    return "; ".join(one for one in remedy.removesuffix(".").split("; ") if "{nearest}" not in one) + "."


def _flatten(prefix: str, table: Mapping[str, object], found: dict[str, str]) -> None:
    for key, value in table.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping):
            _flatten(path, value, found)
        else:
            found[path] = str(value)
