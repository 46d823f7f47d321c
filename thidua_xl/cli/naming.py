"""Commands with an English name and a Vietnamese alias, in the user's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from thidua_xl.messages import say


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language: `words("help.check")`."""

    language: str

    def __call__(self, key: str, /, **values: object) -> str:
        return say(f"cli.{key}", self.language, **values)


class Worded(click.Command):
    """A command whose help page is wholly in the user's language."""

    words: Words

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.words("heading.usage") + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        rows = [row for one in options if (row := one.get_help_record(ctx)) is not None]
        if rows:
            with formatter.section(self.words("heading.options")):
                formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = self.words("help.help")
        return found


class Aliased(Worded, click.Group):
    """A group whose commands also answer to an alias; help shows `check (kiem-tra)` once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.aliases: dict[str, str] = {}

    def add(self, command: click.Command, alias: str = "") -> None:
        """Add a command under its own name and, when given, an alias."""
        self.add_command(command)
        if alias:
            self.aliases[alias] = command.name or ""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        _, command, rest = super().resolve_command(ctx, args)
        return command.name if command else None, command, rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        back = {name: alias for alias, name in self.aliases.items()}
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                shown = f"{name} ({back[name]})" if name in back else name
                rows.append((shown, command.get_short_help_str(90)))
        if rows:
            with formatter.section(self.words("heading.commands")):
                formatter.write_dl(rows)


def command(
    name: str, words: Words, callback: Callable[..., Any], params: list[click.Parameter], key: str = ""
) -> click.Command:
    """A command whose help is `cli.help.<key>`; it also takes the two global options, wherever they stand."""
    everywhere: list[click.Parameter] = [
        click.Option(["--lang"], expose_value=False, hidden=True),
        click.Option(["--debug"], is_flag=True, expose_value=False, hidden=True),
    ]
    made = Worded(
        name=name,
        callback=callback,
        params=params + everywhere,
        help=words(f"help.{key or name}"),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    made.words = words
    return made


def group(name: str, words: Words, **more: Any) -> Aliased:
    """A group of commands whose help is `cli.help.<name>` unless `help` says otherwise."""
    made = Aliased(name=name, **{"help": words(f"help.{name}"), **more})
    made.words = words
    return made


def usage_problem(problem: click.ClickException, words: Words) -> str:
    """What is wrong with the command line, in the user's language."""
    if isinstance(problem, click.NoSuchOption):
        near = ", ".join(problem.possibilities or ())
        return words("wrong.no_such_option", option=problem.option_name, near=near or "…")
    if isinstance(problem, click.MissingParameter):
        shown = problem.param.get_error_hint(problem.ctx) if problem.param and problem.ctx else "…"
        return words("wrong.missing", parameter=shown)
    if isinstance(problem, click.BadParameter):
        name = problem.param.human_readable_name if problem.param else "…"
        return words("wrong.bad_value", parameter=name, why=problem.message)
    return words("wrong.usage", why=problem.message)
