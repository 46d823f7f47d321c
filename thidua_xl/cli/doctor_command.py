"""The command that looks for what keeps the program from working. One job, its lines shown, an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from thidua_xl.cli import options
from thidua_xl.cli.naming import Aliased, Words, command
from thidua_xl.cli.terminal import say_json
from thidua_xl.messages import say

if TYPE_CHECKING:
    from thidua_xl.hosts.doctor import Examination

SCHEMA = 1
_WIDTH = 56


def add_doctor(group: Aliased, words: Words) -> None:
    """`doctor [PATH...]`: 0 when nothing is wrong, 1 otherwise."""

    def doctor(paths: Sequence[str], as_json: bool) -> int:
        from thidua_xl.hosts.doctor import examine

        found = examine(paths)
        if as_json:
            say_json(_json(found, words.language))
        else:
            _show(found, words)
        return 0 if found.in_order else 1

    params: list[click.Parameter] = [
        # Text, not paths: an address on the web is one of the things to be told about.
        click.Argument(["paths"], nargs=-1, type=str, metavar="[PATH...]"),
        options.as_json(words),
    ]
    group.add(command("doctor", words, doctor, params))


def _show(found: Examination, words: Words) -> None:
    from thidua_xl.hosts.health import State

    file = ""
    for line in found.lines:
        if line.file != file:
            file = line.file
            click.echo(words("doctor.file", file=file), err=True)
        name = say(f"doctor.{line.check}.name", words.language)
        state = words(f"doctor.{line.state.value}")
        seen = "" if line.seen == line.file else line.seen
        click.echo(f"  {name:<{_WIDTH}} {state:<10} {seen}".rstrip(), err=True)
        if line.state is not State.OK:
            click.echo(words("doctor.do", do=say(f"doctor.{line.check}.do", words.language)), err=True)
    counts = {state.value: found.count(state) for state in (State.OK, State.ADVICE, State.WRONG)}
    click.echo(words("doctor.done", **counts), err=True)


def _json(found: Examination, language: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "ok": found.in_order,
        "checks": [
            {
                "check": line.check,
                "state": line.state.value,
                "seen": line.seen,
                "file": line.file,
                "name": say(f"doctor.{line.check}.name", language),
                "remedy": "" if line.state.value == "ok" else say(f"doctor.{line.check}.do", language),
            }
            for line in found.lines
        ],
    }
