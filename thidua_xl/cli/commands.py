"""The commands. Each parses its options, calls one job, renders the result, returns the exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click

from thidua_xl.cli import options, output
from thidua_xl.cli.button_commands import add_buttons
from thidua_xl.cli.doctor_command import add_doctor
from thidua_xl.cli.mapping import add_map
from thidua_xl.cli.naming import Aliased, Words, command
from thidua_xl.cli.naming import group as new_group
from thidua_xl.cli.progress import progress as progress_line
from thidua_xl.cli.report_commands import add_export
from thidua_xl.cli.round_commands import add_round_commands


def add_demo(group: Aliased, words: Words) -> None:
    """`demo [DIR]`: the whole job on a sample round."""

    def demo(folder: Path | None, as_json: bool) -> int:
        from thidua_xl.jobs.demo import run_demo

        result = run_demo(folder)
        output.show_demo(result, words, as_json)
        return 0

    params: list[click.Parameter] = [
        click.Argument(["folder"], required=False, type=click.Path(path_type=Path), metavar="[DIR]"),
        options.as_json(words),
    ]
    group.add(command("demo", words, demo, params))


def add_forms(group: Aliased, words: Words) -> None:
    """`forms new`: one workbook per obliged unit."""

    def new(period: str, out: Path, criteria: Path | None, units: Sequence[str], as_json: bool) -> int:
        from thidua_xl.forms import load_criteria
        from thidua_xl.jobs.new_forms import new_forms

        written = new_forms(load_criteria(criteria), period, out, units=tuple(units))
        output.show_written(written, words, as_json)
        return 0

    def ballot(
        paths: Sequence[Path], period: str | None, out: Path, criteria: Path | None, as_json: bool, jobs: int | None
    ) -> int:
        from thidua_xl.jobs.ballot_sheet import make_ballot_sheet
        from thidua_xl.jobs.rounds import round_criteria, round_period

        asked = round_period(paths, period)
        made = make_ballot_sheet(paths, round_criteria(paths, criteria), asked, out, jobs=jobs)
        if not as_json and period is None:
            output.show_period(asked, words)
        output.show_ballot(made, words, as_json)
        return 0

    forms = new_group("forms", words)
    params: list[click.Parameter] = [
        options.period(words, required=True),
        options.output(words, "forms_folder", required=True),
        options.criteria(words),
        click.Option(["--unit", "--don-vi", "units"], multiple=True, metavar="CODE", help=words("option.unit")),
        options.as_json(words),
    ]
    forms.add(command("new", words, new, params, key="forms_new"), "tao")
    of_ballot: list[click.Parameter] = [
        options.paths(),
        options.period(words),
        options.output(words, "ballot_sheet", required=True),
        options.criteria(words),
        options.jobs(words),
        options.as_json(words),
    ]
    forms.add(command("ballot", words, ballot, of_ballot, key="forms_ballot"), "binh-xet")
    group.add(forms, "mau")


def add_check(group: Aliased, words: Words) -> None:
    """`check PATH...`: every finding at once."""

    def check(
        paths: Sequence[Path],
        period: str | None,
        criteria: Path | None,
        mappings: Sequence[Path],
        out: Path | None,
        as_json: bool,
        jobs: int | None,
        today: datetime | None,
        previous: Sequence[Path],
    ) -> int:
        from thidua_xl.grid.workers import workers_kept

        with workers_kept(start=1), progress_line(words, as_json) as progress:
            from thidua_xl.jobs.review import check as run
            from thidua_xl.jobs.rounds import round_criteria

            result = run(
                paths,
                round_criteria(paths, criteria, mappings),
                period,
                today=today.date() if today else None,
                jobs=jobs,
                progress=progress,
                previous=previous,
            )
        if out is not None:
            from thidua_xl.jobs.findings import write_findings

            write_findings(result, out, paths, words.language)
        output.show_check(result, words, as_json, out)
        return result.exit_code

    params: list[click.Parameter] = [
        options.paths(),
        options.period(words),
        options.criteria(words),
        options.mappings(words),
        options.output(words, "findings_book"),
        options.as_json(words),
        options.jobs(words),
        options.today(words),
        options.previous(words),
        options.password(words),
    ]
    group.add(command("check", words, check, params), "kiem-tra")


def add_consolidate(group: Aliased, words: Words) -> None:
    """`consolidate PATH... --period P -o OUT`: the report."""

    def consolidate(
        paths: Sequence[Path],
        period: str | None,
        criteria: Path | None,
        template: Path | None,
        mappings: Sequence[Path],
        folding: bool,
        out: Path,
        policy: str,
        as_json: bool,
        jobs: int | None,
        dask: str | None,
        today: datetime | None,
        previous: Sequence[Path],
    ) -> int:
        from thidua_xl.grid.workers import workers_kept

        # The first reading process starts up while this one loads the rest of the program and the criteria book.
        with workers_kept(start=0 if dask else 1), progress_line(words, as_json) as progress:
            from thidua_xl.jobs.cluster import cluster
            from thidua_xl.jobs.consolidate import Policy
            from thidua_xl.jobs.consolidate import consolidate as run
            from thidua_xl.jobs.rounds import changed_since_closing, round_criteria, round_period

            units, templates = _parted(mappings)
            asked = round_period(paths, period)
            with cluster(dask) as executor:
                result = run(
                    paths,
                    round_criteria(paths, criteria, units),
                    asked,
                    template=template,
                    mapping=templates[0] if templates else None,
                    folding=folding,
                    out=out,
                    policy=Policy(policy),
                    today=today.date() if today else None,
                    jobs=jobs,
                    executor=executor,
                    progress=progress,
                    previous=previous,
                )
        if not as_json and period is None:
            output.show_period(asked, words)
        output.show_consolidation(result, words, as_json)
        if not as_json and len(paths) == 1:
            output.show_changed(changed_since_closing(paths[0]), words)
        return result.exit_code

    params: list[click.Parameter] = [
        options.paths(),
        options.period(words),
        options.criteria(words),
        click.Option(
            ["--template", "--mau", "template"],
            type=click.Path(path_type=Path),
            metavar="T",
            help=words("option.template"),
        ),
        options.mappings(words),
        click.Option(["--fold", "--gop", "folding"], is_flag=True, help=words("option.fold")),
        options.output(words, "report", required=True),
        click.Option(["--only-clean", "policy"], flag_value="only-clean", help=words("option.only_clean")),
        click.Option(
            ["--accept-warnings", "policy"],
            flag_value="accept-warnings",
            default="accept-warnings",
            help=words("option.accept_warnings"),
        ),
        click.Option(["--accept-errors", "policy"], flag_value="accept-errors", help=words("option.accept_errors")),
        options.as_json(words),
        options.jobs(words),
        options.dask(words),
        options.today(words),
        options.previous(words),
        options.password(words),
    ]
    group.add(command("consolidate", words, consolidate, params), "tong-hop")


def _parted(mappings: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Mappings of units' files and of templates."""
    if not mappings:
        return [], []
    from thidua_xl.jobs.map_unit import parted

    return parted(mappings)


def add_totals(group: Aliased, words: Words) -> None:
    """`totals FILE --json`: exact totals of one workbook."""

    def totals(file: Path, criteria: Path | None, mappings: Sequence[Path], as_json: bool) -> int:
        from thidua_xl.jobs.rounds import round_criteria
        from thidua_xl.jobs.totals import totals as run

        output.show_totals(run(file, round_criteria((), criteria, mappings)), words, as_json)
        return 0

    params: list[click.Parameter] = [
        click.Argument(["file"], type=click.Path(path_type=Path, readable=False), metavar="FILE"),
        options.criteria(words),
        options.mappings(words),
        options.as_json(words),
        options.password(words),
    ]
    group.add(command("totals", words, totals, params))


def add_trace(group: Aliased, words: Words) -> None:
    """`trace OUT.xlsx 'TH01!D12'`: the source cells of a reported number."""

    def trace(report: Path, cell: str, as_json: bool) -> int:
        from thidua_xl.jobs.trace import trace as run

        output.show_trace(run(report, cell), words, as_json)
        return 0

    params: list[click.Parameter] = [
        click.Argument(["report"], type=click.Path(path_type=Path), metavar="OUT.xlsx"),
        click.Argument(["cell"], metavar="'TH01!D12'"),
        options.as_json(words),
    ]
    group.add(command("trace", words, trace, params), "truy-vet")


def add_compare(group: Aliased, words: Words) -> None:
    """`compare A.xlsx B.xlsx`: which parts and cells differ."""

    def compare(first: Path, second: Path, as_json: bool) -> int:
        from thidua_xl.jobs.compare import compare as run

        result = run(first, second)
        output.show_comparison(result, words, as_json)
        return 0 if result.same else 1

    params: list[click.Parameter] = [
        click.Argument(["first"], type=click.Path(path_type=Path), metavar="A.xlsx"),
        click.Argument(["second"], type=click.Path(path_type=Path), metavar="B.xlsx"),
        options.as_json(words),
    ]
    group.add(command("compare", words, compare, params), "so-sanh")


def add_rules(group: Aliased, words: Words) -> None:
    """`rules lint [BOOK]`: what is wrong with a criteria book."""

    def lint(book: Path | None, criteria: Path | None, as_json: bool) -> int:
        from thidua_xl.jobs.lint import lint_book

        result = lint_book(book or criteria)
        output.show_lint(result, words, as_json)
        return result.exit_code

    rules = new_group("rules", words)
    params: list[click.Parameter] = [
        click.Argument(["book"], required=False, type=click.Path(path_type=Path), metavar="[BOOK]"),
        options.criteria(words),
        options.as_json(words),
    ]
    rules.add(command("lint", words, lint, params, key="rules_lint"), "kiem")
    group.add(rules, "quy-tac")


COMMANDS: Sequence[Callable[[Aliased, Words], None]] = (
    add_demo,
    add_forms,
    add_check,
    add_consolidate,
    add_totals,
    add_trace,
    add_compare,
    add_export,
    add_map,
    add_rules,
    add_round_commands,
    add_buttons,
    add_doctor,
)
