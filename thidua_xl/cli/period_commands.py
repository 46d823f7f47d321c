"""The commands that end a round or look back on it: close its period, undo, the log."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from thidua_xl.cli import options, round_output
from thidua_xl.cli.naming import Aliased, Words, command
from thidua_xl.cli.naming import group as new_group


def add_period(group: Aliased, words: Words) -> None:
    """`period close DIR`: keep the grand totals; the round takes nothing in any more."""

    def close(
        folder: Path,
        template: Path | None,
        policy: str,
        criteria: Path | None,
        today: datetime | None,
        who: str | None,
        as_json: bool,
    ) -> int:
        from thidua_xl.jobs.close import close_period
        from thidua_xl.jobs.consolidate import Policy
        from thidua_xl.jobs.rounds import open_round, round_criteria

        open_round(folder)
        result = close_period(
            folder,
            round_criteria([folder], criteria),
            template=template,
            policy=Policy(policy),
            today=today.date() if today else None,
            who=who,
        )
        round_output.show_closed(result, words, as_json)
        return result.consolidated.exit_code

    period = new_group("period", words)
    params: list[click.Parameter] = [
        options.folder(),
        click.Option(
            ["--template", "--mau", "template"],
            type=click.Path(path_type=Path),
            metavar="T",
            help=words("option.template"),
        ),
        click.Option(
            ["--policy", "--chinh-sach", "policy"],
            type=click.Choice(["only-clean", "accept-warnings", "accept-errors"]),
            default="accept-warnings",
            help=words("option.policy"),
        ),
        options.criteria(words),
        options.today(words),
        options.who(words),
        options.password(words),
        options.as_json(words),
    ]
    period.add(command("close", words, close, params, key="period_close"), "chot")
    group.add(period, "ky")


def add_undo(group: Aliased, words: Words) -> None:
    """`undo DIR`: put back what the last job replaced."""

    def undo(folder: Path, force: bool, who: str | None, as_json: bool) -> int:
        from thidua_xl.jobs.undo import undo as run

        round_output.show_undone(run(folder, who=who, force=force), words, as_json)
        return 0

    params: list[click.Parameter] = [
        options.folder(),
        click.Option(["--force", "--du-da-sua", "force"], is_flag=True, help=words("option.force")),
        options.who(words),
        options.as_json(words),
    ]
    group.add(command("undo", words, undo, params), "hoan-tac")


def add_log(group: Aliased, words: Words) -> None:
    """`log DIR`: who did what when."""

    def log(folder: Path, as_json: bool) -> int:
        from thidua_xl.jobs.log import history

        round_output.show_history(history(folder), words, as_json)
        return 0

    group.add(command("log", words, log, [options.folder(), options.as_json(words)]), "nhat-ky")
