"""`map`: what stands where in a workbook without names. Parses its options, calls one job, renders the result."""

from __future__ import annotations

from pathlib import Path

import click

from thidua_xl.cli import options, output
from thidua_xl.cli.naming import Aliased, Words, command


def add_map(group: Aliased, words: Words) -> None:
    """`map TEMPLATE [-o MAPPING] [--bind]`: recognise a report template."""

    def run_map(
        template: Path, out: Path | None, criteria: Path | None, bind: bool, corrected: Path | None, as_json: bool
    ) -> int:
        from thidua_xl.jobs.map_template import map_template
        from thidua_xl.jobs.rounds import round_criteria

        book = round_criteria([template.parent], criteria)
        output.show_map(map_template(template, book, out, bind=bind, corrected=corrected), words, as_json)
        return 0

    params: list[click.Parameter] = [
        click.Argument(["template"], type=click.Path(path_type=Path), metavar="TEMPLATE.xlsx"),
        options.output(words, "mapping_out"),
        options.criteria(words),
        click.Option(["--bind", "--dat-ten", "bind"], is_flag=True, help=words("option.bind")),
        options.mapping(words, "corrected"),
        options.as_json(words),
    ]
    group.add(command("map", words, run_map, params), "anh-xa")
