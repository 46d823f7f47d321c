"""The commands of a round. Each parses its options, calls one job, renders the result, returns the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from thidua_xl.cli import options, output, round_output
from thidua_xl.cli.naming import Aliased, Words, command
from thidua_xl.cli.naming import group as new_group


def add_round(group: Aliased, words: Words) -> None:
    """`round new DIR --period P`: the folder of a round."""

    def new(folder: Path, period: str, criteria: Path | None, who: str | None, as_json: bool) -> int:
        from thidua_xl.jobs.rounds import new_round

        made = new_round(folder, period, criteria=criteria, who=who)
        round_output.show_new(made, words, as_json)
        return 0

    rounds = new_group("round", words)
    params: list[click.Parameter] = [
        _folder(),
        options.period(words, required=True),
        options.criteria(words),
        _who(words),
        options.as_json(words),
    ]
    rounds.add(command("new", words, new, params, key="round_new"), "tao")
    group.add(rounds, "dot")


def add_receive(group: Aliased, words: Words) -> None:
    """`receive DIR [FILES...]`: take files into the round."""

    def receive(
        folder: Path,
        files: Sequence[Path],
        criteria: Path | None,
        unit: str,
        day: datetime | None,
        who: str | None,
        as_json: bool,
        jobs: int | None,
    ) -> int:
        from thidua_xl.jobs.receive import receive as run
        from thidua_xl.jobs.rounds import open_round, round_criteria

        open_round(folder)
        with output.progress(words, as_json) as progress:
            result = run(
                folder,
                files,
                round_criteria([folder], criteria),
                unit=unit,
                day=day.date() if day else None,
                who=who,
                jobs=jobs,
                progress=progress,
            )
        round_output.show_received(result, words, as_json)
        return result.exit_code

    params: list[click.Parameter] = [
        _folder(),
        click.Argument(["files"], nargs=-1, type=click.Path(path_type=Path), metavar="[FILES...]"),
        options.criteria(words),
        click.Option(["--unit", "--don-vi", "unit"], default="", metavar="CODE", help=words("option.received_unit")),
        _day(words, "received_day"),
        _who(words),
        options.as_json(words),
        options.jobs(words),
    ]
    group.add(command("receive", words, receive, params), "nhan")


def add_status(group: Aliased, words: Words) -> None:
    """`status DIR`: the state of every unit."""

    def status(
        folder: Path, criteria: Path | None, out: Path | None, no_write: bool, today: datetime | None, as_json: bool
    ) -> int:
        from thidua_xl.jobs.rounds import open_round, round_criteria
        from thidua_xl.jobs.status import status as run

        open_round(folder)
        result = run(
            folder,
            round_criteria([folder], criteria),
            today=today.date() if today else None,
            out=out,
            write=not no_write,
        )
        round_output.show_status(result, words, as_json)
        return 0

    params: list[click.Parameter] = [
        _folder(),
        options.criteria(words),
        options.output(words, "status_book"),
        click.Option(["--no-write", "no_write"], is_flag=True, help=words("option.no_write")),
        options.today(words),
        options.as_json(words),
    ]
    group.add(command("status", words, status, params), "tinh-hinh")


def add_annotate(group: Aliased, words: Words) -> None:
    """`annotate DIR`: copies to send back; `--strip` takes our additions out of them."""

    def annotate(
        folder: Path,
        files: Sequence[Path],
        criteria: Path | None,
        units: Sequence[str],
        deadline: datetime | None,
        is_strip: bool,
        out: Path | None,
        today: datetime | None,
        who: str | None,
        as_json: bool,
        jobs: int | None,
    ) -> int:
        from thidua_xl.jobs.annotate import annotate as run
        from thidua_xl.jobs.annotate import strip_copies
        from thidua_xl.jobs.rounds import open_round, round_criteria

        open_round(folder)
        if is_strip:
            result = strip_copies(folder, files, out=out, who=who)
        else:
            result = run(
                folder,
                round_criteria([folder], criteria),
                units=units,
                deadline=deadline.date() if deadline else None,
                today=today.date() if today else None,
                who=who,
                jobs=jobs,
            )
        round_output.show_copies(result, words, as_json)
        return 0

    params: list[click.Parameter] = [
        _folder(),
        click.Argument(["files"], nargs=-1, type=click.Path(path_type=Path), metavar="[FILES...]"),
        options.criteria(words),
        _units(words),
        _deadline(words),
        click.Option(["--strip", "--go", "is_strip"], is_flag=True, help=words("option.strip")),
        options.output(words, "strip_folder"),
        options.today(words),
        _who(words),
        options.as_json(words),
        options.jobs(words),
    ]
    group.add(command("annotate", words, annotate, params), "tra-lai")


def add_round_commands(group: Aliased, words: Words) -> None:
    """Every command of a round."""
    for add in (add_round, add_receive, add_status, add_annotate):
        add(group, words)


def _folder() -> click.Argument:
    return click.Argument(["folder"], type=click.Path(path_type=Path), metavar="DIR")


def _who(words: Words) -> click.Option:
    return click.Option(["--by", "--nguoi", "who"], metavar="NAME", help=words("option.who"))


def _day(words: Words, key: str) -> click.Option:
    return click.Option(
        ["--today", "--ngay", "day"],
        type=click.DateTime(formats=["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help=words(f"option.{key}"),
    )


def _units(words: Words) -> click.Option:
    return click.Option(["--unit", "--don-vi", "units"], multiple=True, metavar="CODE", help=words("option.units_only"))


def _deadline(words: Words) -> click.Option:
    return click.Option(
        ["--deadline", "--han", "deadline"],
        type=click.DateTime(formats=["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help=words("option.deadline"),
    )
