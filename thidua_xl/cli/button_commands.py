"""The commands about buttons. Each parses its options, calls one job, renders the result, returns the exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from thidua_xl.cli import options
from thidua_xl.cli.naming import Aliased, Words, command
from thidua_xl.cli.naming import group as new_group
from thidua_xl.cli.terminal import say_json

SCHEMA = 1


def add_buttons(group: Aliased, words: Words) -> None:
    """`buttons add|remove|check WORKBOOK`, `buttons ribbon`."""

    def add(
        workbook: Path,
        out: Path | None,
        kind: str | None,
        folder: Path | None,
        period: str | None,
        criteria: Path | None,
        as_json: bool,
    ) -> int:
        from thidua_xl.jobs.buttons import add_buttons as run
        from thidua_xl.jobs.control_sheet import ControlSheet

        settings = ControlSheet(
            folder=str(folder.absolute()) if folder else "",
            period=period or "",
            criteria=str(criteria.absolute()) if criteria else "",
            python=sys.executable,
        )
        made = run(workbook, out, kind=kind, settings=settings)
        if as_json:
            _print(file=str(made.out), kind=made.kind, changed=list(made.changed), added=list(made.added))
            return 0
        _say(words("buttons.added", path=made.out))
        _say(words("buttons.added_parts", changed=len(made.changed), added=len(made.added), kind=made.kind))
        return 0

    def remove(workbook: Path, out: Path | None, as_json: bool) -> int:
        from thidua_xl.jobs.buttons import remove_buttons as run

        made = run(workbook, out)
        if as_json:
            _print(file=str(made.out), exact=made.exact)
            return 0
        _say(words("buttons.removed_exact" if made.exact else "buttons.removed", path=made.out))
        return 0

    def check(workbook: Path, as_json: bool) -> int:
        from thidua_xl.jobs.buttons import check_buttons as run

        result = run(workbook)
        if as_json:
            lines = [{"check": code, "ok": ok, "seen": seen} for code, ok, seen in result.lines]
            _print(file=str(result.file), ok=result.in_order, checks=lines)
        else:
            for code, ok, seen in result.lines:
                _say(
                    f"  {words(f'buttons.check_{code}'):<46} {words('buttons.ok' if ok else 'buttons.not_ok')}  {seen}"
                )
        return 0 if result.in_order else 1

    def ribbon(out: Path, as_json: bool) -> int:
        from thidua_xl.jobs.ribbon import make_ribbon

        made = make_ribbon(out)
        if as_json:
            _print(file=str(made))
        else:
            _say(words("buttons.ribbon", path=made))
        return 0

    buttons = new_group("buttons", words)
    kinds = click.Choice(("xlwings", "truc-tiep"))
    params: list[click.Parameter] = [
        _workbook(),
        options.output(words, "buttons_out"),
        click.Option(["--kind", "--kieu", "kind"], type=kinds, help=words("option.buttons_kind")),
        click.Option(
            ["--round", "--dot", "folder"],
            type=click.Path(path_type=Path),
            metavar="DIR",
            help=words("option.buttons_round"),
        ),
        click.Option(["--period", "--ky", "period"], metavar="P", help=words("option.buttons_period")),
        options.criteria(words),
        options.as_json(words),
    ]
    buttons.add(command("add", words, add, params, key="buttons_add"), "gan")
    params = [_workbook(), options.output(words, "buttons_removed"), options.as_json(words)]
    buttons.add(command("remove", words, remove, params, key="buttons_remove"), "go")
    buttons.add(command("check", words, check, [_workbook(), options.as_json(words)], key="buttons_check"), "kiem")
    params = [options.output(words, "buttons_ribbon", required=True), options.as_json(words)]
    buttons.add(command("ribbon", words, ribbon, params, key="buttons_ribbon"), "the-lenh")
    group.add(buttons, "nut")


def _workbook() -> click.Argument:
    return click.Argument(["workbook"], type=click.Path(path_type=Path), metavar="WORKBOOK")


def _say(text: str) -> None:
    click.echo(text, err=True)


def _print(**values: object) -> None:
    say_json({"schema": SCHEMA, **values})
