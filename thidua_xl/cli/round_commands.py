"""The commands of a round. Each parses its options, calls one job, renders the result, returns the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from thidua_xl.cli import options, output, period_commands, round_output
from thidua_xl.cli.naming import Aliased, Words, command
from thidua_xl.cli.naming import group as new_group
from thidua_xl.cli.progress import progress as progress_line
from thidua_xl.cli.terminal import say_line


def add_round(group: Aliased, words: Words) -> None:
    """`round new DIR --period P`: the folder of a round."""

    def new(folder: Path, period: str, criteria: Path | None, who: str | None, as_json: bool) -> int:
        from thidua_xl.jobs.rounds import new_round

        made = new_round(folder, period, criteria=criteria, who=who)
        round_output.show_new(made, words, as_json)
        return 0

    rounds = new_group("round", words)
    params: list[click.Parameter] = [
        options.folder(),
        options.period(words, required=True),
        options.criteria(words),
        options.who(words),
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
        mappings: Sequence[Path],
        unit: str,
        day: datetime | None,
        who: str | None,
        as_json: bool,
        jobs: int | None,
    ) -> int:
        from thidua_xl.jobs.receive import receive as run
        from thidua_xl.jobs.rounds import open_round, round_criteria

        open_round(folder)
        with progress_line(words, as_json) as progress:
            result = run(
                folder,
                files,
                round_criteria([folder], criteria, mappings),
                unit=unit,
                day=day.date() if day else None,
                who=who,
                jobs=jobs,
                progress=progress,
            )
        round_output.show_received(result, words, as_json)
        return result.exit_code

    params: list[click.Parameter] = [
        options.folder(),
        click.Argument(["files"], nargs=-1, type=click.Path(path_type=Path), metavar="[FILES...]"),
        options.criteria(words),
        options.mappings(words),
        click.Option(["--unit", "--don-vi", "unit"], default="", metavar="CODE", help=words("option.received_unit")),
        _day(words, "received_day"),
        options.who(words),
        options.password(words),
        options.as_json(words),
        options.jobs(words),
    ]
    group.add(command("receive", words, receive, params), "nhan")


def add_status(group: Aliased, words: Words) -> None:
    """`status DIR`: the state of every unit."""

    def status(
        folder: Path, criteria: Path | None, out: Path | None, no_write: bool, today: datetime | None, as_json: bool
    ) -> int:
        from thidua_xl.jobs.rounds import changed_since_closing, open_round, round_criteria
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
        if not as_json:
            output.show_changed(changed_since_closing(folder), words)
        return 0

    params: list[click.Parameter] = [
        options.folder(),
        options.criteria(words),
        options.output(words, "status_book"),
        click.Option(["--no-write", "no_write"], is_flag=True, help=words("option.no_write")),
        options.today(words),
        options.password(words),
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
        options.folder(),
        click.Argument(["files"], nargs=-1, type=click.Path(path_type=Path), metavar="[FILES...]"),
        options.criteria(words),
        _units(words),
        _deadline(words),
        click.Option(["--strip", "--go", "is_strip"], is_flag=True, help=words("option.strip")),
        options.output(words, "strip_folder"),
        options.today(words),
        options.who(words),
        options.password(words),
        options.as_json(words),
        options.jobs(words),
    ]
    group.add(command("annotate", words, annotate, params), "tra-lai")


def add_accept(group: Aliased, words: Words) -> None:
    """`accept DIR --unit U`: accept explanations, or a whole file, by hand."""

    def accept(
        folder: Path,
        unit: str,
        codes: Sequence[str],
        cell: str,
        explained: bool,
        file: str,
        reason: str,
        criteria: Path | None,
        today: datetime | None,
        who: str | None,
        as_json: bool,
    ) -> int:
        from thidua_xl.jobs.accept import accept as run
        from thidua_xl.jobs.rounds import open_round, round_criteria

        open_round(folder)
        result = run(
            folder,
            round_criteria([folder], criteria),
            unit,
            codes=codes,
            cell=cell,
            explained=explained,
            file=file,
            reason=reason,
            today=today.date() if today else None,
            who=who,
        )
        round_output.show_accepted(result, words, as_json)
        return 0

    params: list[click.Parameter] = [
        options.folder(),
        click.Option(["--unit", "--don-vi", "unit"], required=True, metavar="CODE", help=words("option.accept_unit")),
        click.Option(["--code", "--ma", "codes"], multiple=True, metavar="CODE", help=words("option.accept_code")),
        click.Option(["--cell", "--o", "cell"], default="", metavar="CELL", help=words("option.accept_cell")),
        click.Option(["--explained", "--giai-trinh", "explained"], is_flag=True, help=words("option.explained")),
        click.Option(["--file", "--tep", "file"], default="", metavar="NAME", help=words("option.accept_file")),
        click.Option(["--reason", "--ly-do", "reason"], default="", metavar="TEXT", help=words("option.reason")),
        options.criteria(words),
        options.today(words),
        options.who(words),
        options.password(words),
        options.as_json(words),
    ]
    group.add(command("accept", words, accept, params), "chap-nhan")


def add_remind(group: Aliased, words: Words) -> None:
    """`remind DIR`: texts and letters for the units that owe something."""

    def remind(
        folder: Path,
        units: Sequence[str],
        deadline: datetime | None,
        criteria: Path | None,
        today: datetime | None,
        who: str | None,
        as_json: bool,
    ) -> int:
        from thidua_xl.jobs.remind import remind as run
        from thidua_xl.jobs.rounds import open_round, round_criteria

        open_round(folder)
        result = run(
            folder,
            round_criteria([folder], criteria),
            units=units,
            deadline=deadline.date() if deadline else None,
            today=today.date() if today else None,
            who=who,
        )
        round_output.show_reminders(result, words, as_json)
        return 0

    params: list[click.Parameter] = [
        options.folder(),
        _units(words),
        _deadline(words),
        options.criteria(words),
        options.today(words),
        options.who(words),
        options.password(words),
        options.as_json(words),
    ]
    group.add(command("remind", words, remind, params), "don-doc")


def add_watch(group: Aliased, words: Words) -> None:
    """`watch DIR`: files dropped into nop/ are taken in and answered within seconds."""

    def watch(
        folder: Path,
        every: float,
        settle: float,
        once: bool,
        criteria: Path | None,
        today: datetime | None,
        who: str | None,
        as_json: bool,
    ) -> int:
        from thidua_xl.jobs.rounds import open_round
        from thidua_xl.jobs.watch import watch as run

        found = open_round(folder)
        if not once:
            say_line(words("round.watching", path=found.received))
        result = run(
            folder,
            criteria,
            every=every,
            settle=settle,
            once=once,
            today=today.date() if today else None,
            who=who,
            told=lambda done: round_output.show_pass(done, words, as_json),
            busy=lambda refusal: round_output.show_refusal(refusal, words),
        )
        round_output.show_watched(result, words, as_json)
        return 0

    params: list[click.Parameter] = [
        options.folder(),
        click.Option(
            ["--every", "--moi", "every"],
            type=click.FloatRange(min=0.1),
            default=2.0,
            metavar="SECONDS",
            help=words("option.every"),
        ),
        click.Option(
            ["--settle", "--yen", "settle"],
            type=click.FloatRange(min=0),
            default=1.0,
            metavar="SECONDS",
            help=words("option.settle"),
        ),
        click.Option(["--once", "--mot-lan", "once"], is_flag=True, help=words("option.once")),
        options.criteria(words),
        options.today(words),
        options.who(words),
        options.password(words),
        options.as_json(words),
    ]
    group.add(command("watch", words, watch, params), "theo-doi")


ROUND_COMMANDS = (
    add_round,
    add_receive,
    add_status,
    add_annotate,
    add_accept,
    add_remind,
    period_commands.add_period,
    add_watch,
    period_commands.add_undo,
    period_commands.add_log,
)


def add_round_commands(group: Aliased, words: Words) -> None:
    """Every command of a round."""
    for add in ROUND_COMMANDS:
        add(group, words)


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
