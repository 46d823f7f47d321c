"""Commands about a finished report. Each parses its options, calls one job, renders the result."""

from __future__ import annotations

from pathlib import Path

import click

from thidua_xl.cli import options, output
from thidua_xl.cli.naming import Aliased, Words, command

KINDS = ("pdf", "docx", "csv", "json")


def add_export(group: Aliased, words: Words) -> None:
    """`export REPORT --to pdf|docx|csv|json`: the report in another form."""

    def export(report: Path, kind: str, route: str, out: Path | None, criteria: Path | None, as_json: bool) -> int:
        from thidua_xl.jobs.export import export as run
        from thidua_xl.jobs.rounds import round_criteria

        made = run(report, kind, out, lambda: round_criteria([report.parent], criteria), route)
        output.show_written(made.files, words, as_json)
        return 0

    params: list[click.Parameter] = [
        click.Argument(["report"], type=click.Path(path_type=Path), metavar="REPORT.xlsx"),
        click.Option(
            ["--to", "--sang", "kind"], type=click.Choice(KINDS), required=True, help=words("option.export_kind")
        ),
        click.Option(["--route", "--tuyen", "route"], default="", metavar="R", help=words("option.route")),
        options.output(words, "export_out"),
        options.criteria(words),
        options.as_json(words),
    ]
    group.add(command("export", words, export, params), "xuat")
