"""What a report template without names holds, as a mapping workbook for staff to correct. Read `map_template` first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from thidua_xl.errors import InputRefused, TemplateProblem
from thidua_xl.grid import read_book
from thidua_xl.jobs.office_program import modern
from thidua_xl.jobs.outputs import book_of, refuse_overwriting
from thidua_xl.model import Criteria
from thidua_xl.model.mapping import Certainty, TemplateMap
from thidua_xl.ooxml import Workbook
from thidua_xl.report.mapped_places import bind_names
from thidua_xl.report.mapping_book import read_mapping, write_mapping
from thidua_xl.report.recognise import recognise

SCHEMA = 1
SUFFIX, BOUND = "-ban-do", "-dat-ten"


@dataclass(frozen=True, slots=True)
class MappedTemplate:
    """What was recognised, the mapping workbook written, and the copy of the template with names, if asked for."""

    found: TemplateMap
    mapping: Path
    bound: Path | None = None

    @property
    def open_places(self) -> int:
        """How many tables and columns somebody should look at."""
        tables = sum(one.certainty is not Certainty.SURE for one in self.found.tables)
        return tables + sum(
            column.certainty is not Certainty.SURE for one in self.found.tables for column in one.columns
        )

    def as_json(self) -> dict[str, object]:
        """The JSON object of `map --json`."""
        return {
            "schema": SCHEMA,
            "template": self.found.template,
            "mapping": str(self.mapping),
            "bound": str(self.bound) if self.bound is not None else None,
            "open": self.open_places,
            "tables": [
                {
                    "code": one.code,
                    "sheet": one.sheet,
                    "use": one.use.value,
                    "header": [one.header_top, one.header_bottom],
                    "rows": [one.first, one.last],
                    "total": one.total or None,
                    "certainty": one.certainty.value,
                    "columns": {column.letter: column.code for column in one.columns if column.letter},
                }
                for one in self.found.tables
            ],
        }


def map_template(
    template: str | Path,
    criteria: Criteria,
    out: str | Path | None = None,
    *,
    bind: bool = False,
    corrected: str | Path | None = None,
) -> MappedTemplate:
    """Recognise a template and write its mapping at `out` (beside the template when not given).

    With `corrected` that mapping is taken instead of a new recognition. With `bind` a copy of the template gets the
    defined names of the report map, beside the mapping. Raises `InputRefused` for an unreadable file, `TemplateProblem`
    when no table is recognised.
    """
    source = Path(template)
    if not source.is_file():
        raise InputRefused("input.missing", file=str(template))
    target = Path(out) if out is not None else source.with_name(f"{source.stem}{SUFFIX}.xlsx")
    refuse_overwriting(target, [source, *book_of(criteria)])
    with modern(source) as template_now:
        return _mapped(source, template_now, criteria, target, bind=bind, corrected=corrected)


def _mapped(
    source: Path, now: Path, criteria: Criteria, target: Path, *, bind: bool, corrected: str | Path | None
) -> MappedTemplate:
    """The same for the template `source`, which stands in today's format at `now`."""
    if corrected is not None:
        found = load_mapping(corrected)
    else:
        found = replace(recognise(now, read_book(now), criteria), template=source.name)
    if not found.tables:
        raise TemplateProblem("template.nothing_found", file=str(source))
    if corrected is None:
        write_mapping(found, target)
    bound = None
    if bind:
        bound = target.with_name(f"{source.stem}{BOUND}{now.suffix}")
        refuse_overwriting(bound, [source, *book_of(criteria)])
        workbook = Workbook.open(now)
        bind_names(workbook, found)
        workbook.save(bound)
    return MappedTemplate(found, Path(corrected) if corrected is not None else target, bound)


def load_mapping(path: str | Path) -> TemplateMap:
    """A mapping workbook read back. Raises `InputRefused` when unreadable, `TemplateProblem` when it makes no sense."""
    source = Path(path)
    if not source.is_file():
        raise InputRefused("input.missing", file=str(path))
    return read_mapping(read_book(source))
