"""`map`: what stands where in a workbook without names. Parses its options, calls one job, renders the result."""

from __future__ import annotations

from pathlib import Path

import click

from thidua_xl.cli import options, output
from thidua_xl.cli.naming import Aliased, Words, command


def add_map(group: Aliased, words: Words) -> None:
    """`map FILE [-o MAPPING] [--kind unit|template] [--bind]`: recognise a units' file or a report template."""

    def run_map(
        file: Path,
        out: Path | None,
        criteria: Path | None,
        kind: str | None,
        bind: bool,
        corrected: Path | None,
        as_json: bool,
    ) -> int:
        from thidua_xl.jobs.map_file import map_file

        output.show_map(map_file(file, criteria, out, kind=kind, bind=bind, corrected=corrected), words, as_json)
        return 0

    params: list[click.Parameter] = [
        click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE"),
        options.output(words, "mapping_out"),
        options.criteria(words),
        click.Option(
            ["--kind", "--loai", "kind"],
            type=click.Choice(["unit", "template", "don-vi", "mau"]),
            help=words("option.mapping_kind"),
        ),
        click.Option(["--bind", "--dat-ten", "bind"], is_flag=True, help=words("option.bind")),
        options.mapping(words, "corrected"),
        options.password(words),
        options.as_json(words),
    ]
    group.add(command("map", words, run_map, params), "anh-xa")
