"""The `thidua-xl` command: parse, call one job, render its result, set the exit code.

Read `main` for the outermost boundary, `build` for the commands. Every command has its English name and a
Vietnamese alias; texts come from `messages`.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Sequence

import click

from thidua_xl.cli.commands import COMMANDS
from thidua_xl.cli.naming import Words, group, usage_problem
from thidua_xl.cli.terminal import on_one_line, say_line
from thidua_xl.errors import CriteriaProblem, ThiduaError
from thidua_xl.jobs.bug_log import write_log
from thidua_xl.jobs.system_refusals import refusal_of
from thidua_xl.messages import LANGUAGES, error_lines, say
from thidua_xl.version import VERSION

# A round is trees of values with few cycles among them; the usual thresholds (700, 10, 10) take a tenth of the run.
_COLLECT_AFTER = (50_000, 20, 50)
BUG_EXIT = 5
CANCELLED_EXIT = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (design: 0, 1, 2, 3, 4, 5, 130)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    gc.set_threshold(*_COLLECT_AFTER)
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(given))


def run(given: Sequence[str]) -> int:
    """The exit code of a command line, everything printed."""
    language = _language(given)
    debug = "--debug" in given
    try:
        outcome = build(language).main(args=list(given), prog_name="thidua-xl", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as problem:
        words = Words(language)
        click.echo(usage_problem(problem, words), err=True)
        click.echo(words("wrong.help"), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("cancelled.what", language), err=True)
        return CANCELLED_EXIT
    except ThiduaError as error:
        return _refused(error, language, debug)
    except OSError as problem:
        refusal = refusal_of(problem)
        return _bug(language, debug) if refusal is None else _refused(refusal, language, debug)
    except Exception:  # noqa: BLE001 - the outermost boundary: our own bug is logged and named, never shown raw
        return _bug(language, debug)
    return outcome if isinstance(outcome, int) else 0


def _refused(error: ThiduaError, language: str, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    for line in error_lines(error, language):
        say_line(on_one_line(line))
    if isinstance(error, CriteriaProblem) and debug:
        for problem_line in error.problems:
            say_line(f"  {problem_line}")
    return error.exit_code


def _bug(language: str, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    log = write_log()
    click.echo(say("bug.what", language), err=True)
    click.echo(say("error.do", language, do=say("bug.do", language, log=log)), err=True)
    return BUG_EXIT


def build(language: str) -> click.Group:
    """The whole command tree in a language."""
    words = Words(language)
    top = group(
        "thidua-xl",
        words,
        help=words("help.app"),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        params=[
            click.Option(["--lang"], type=click.Choice(LANGUAGES), default=language, help=words("help.lang")),
            click.Option(["--debug"], is_flag=True, help=words("help.debug")),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_version,
                help=words("help.version"),
            ),
        ],
        callback=_accept_globals,
    )
    for make in COMMANDS:
        make(top, words)
    return top


def _accept_globals(lang: str, debug: bool) -> None:
    """The two global options are read before parsing (`run`), so that help and errors already obey them."""


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"thidua-xl {VERSION}")
        context.exit(0)


def _language(given: Sequence[str]) -> str:
    for index, word in enumerate(given):
        if word == "--lang" and index + 1 < len(given) and given[index + 1] in LANGUAGES:
            return given[index + 1]
        if word.startswith("--lang=") and word[7:] in LANGUAGES:
            return word[7:]
    return LANGUAGES[0]
