"""Options that commands share, one function each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from thidua_xl.cli.naming import Words

# In place of a password: ask for it, so that it stands neither on the screen nor in the list of processes.
_ASK = "-"


def paths(required: bool = True) -> click.Argument:
    """PATH...: files, folders, zips."""
    # What may not be read is refused by the reader, in its own words.
    kind = click.Path(path_type=Path, readable=False)
    return click.Argument(["paths"], nargs=-1, required=required, type=kind, metavar="PATH...")


def period(words: Words, required: bool = False) -> click.Option:
    """--period/--ky."""
    return click.Option(["--period", "--ky", "period"], required=required, metavar="P", help=words("option.period"))


def folder() -> click.Argument:
    """DIR: the folder of a round."""
    return click.Argument(["folder"], type=click.Path(path_type=Path), metavar="DIR")


def who(words: Words) -> click.Option:
    """--by/--nguoi NAME."""
    return click.Option(["--by", "--nguoi", "who"], metavar="NAME", help=words("option.who"))


def criteria(words: Words) -> click.Option:
    """--criteria/--so-tieu-chi."""
    return click.Option(
        ["--criteria", "--so-tieu-chi", "criteria"],
        type=click.Path(path_type=Path),
        metavar="BOOK",
        help=words("option.criteria"),
    )


def output(words: Words, key: str, required: bool = False) -> click.Option:
    """-o OUT."""
    return click.Option(
        ["-o", "--output", "out"],
        required=required,
        type=click.Path(path_type=Path),
        metavar="OUT",
        help=words(f"option.{key}"),
    )


def as_json(words: Words) -> click.Option:
    """--json."""
    return click.Option(["--json", "as_json"], is_flag=True, help=words("option.json"))


def jobs(words: Words) -> click.Option:
    """--jobs/--so-tien-trinh N."""
    return click.Option(["--jobs", "jobs"], type=click.IntRange(min=1), metavar="N", help=words("option.jobs"))


def previous(words: Words) -> click.Option:
    """--previous/--ky-truoc PATH, any number of times."""
    return click.Option(
        ["--previous", "--ky-truoc", "previous"],
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PATH",
        help=words("option.previous"),
    )


def password(words: Words) -> click.Option:
    """--password/--mat-khau, any number of times; known to every reading of the command."""
    return click.Option(
        ["--password", "--mat-khau", "passwords"],
        multiple=True,
        metavar="PASSWORD",
        help=words("option.password"),
        expose_value=False,
        callback=partial(_know_passwords, words),
    )


def dask(words: Words) -> click.Option:
    """--dask/--cum-may ADDRESS."""
    return click.Option(["--dask", "--cum-may", "dask"], metavar="ADDRESS", help=words("option.dask"))


def today(words: Words) -> click.Option:
    """--today: the day the check is made for; the clock's day when absent."""
    return click.Option(
        ["--today", "--ngay", "today"],
        type=click.DateTime(formats=["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help=words("option.today"),
    )


def mapping(words: Words, name: str = "mapping") -> click.Option:
    """--mapping/--ban-do: the looked-through mapping of a template."""
    return click.Option(
        ["--mapping", "--ban-do", name],
        type=click.Path(path_type=Path),
        metavar="MAPPING",
        help=words("option.mapping"),
    )


def mappings(words: Words) -> click.Option:
    """--mapping/--ban-do, as often as wanted: corrected mappings of units' files (and one of a template)."""
    return click.Option(
        ["--mapping", "--ban-do", "mappings"],
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="MAPPING",
        help=words("option.mappings"),
    )


def _know_passwords(words: Words, context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> None:
    if given:
        from thidua_xl.grid.passwords import passwords_given

        known = [one for typed in given for one in (_asked(words) if typed == _ASK else (typed,))]
        context.with_resource(passwords_given(known))


def _asked(words: Words) -> Sequence[str]:
    """The password typed on the terminal; what comes through a pipe is one password a line."""
    if sys.stdin.isatty():
        return (str(click.prompt(words("option.ask_password"), hide_input=True, err=True)),)
    return [one for one in sys.stdin.read().splitlines() if one]
