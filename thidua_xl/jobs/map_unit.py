"""What a units' file holds, as a mapping workbook for staff to correct; and corrected mappings put to use.

Read `map_unit` first, then `with_mappings`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import read_apart
from thidua_xl.intake import understand
from thidua_xl.jobs.outputs import book_of, refuse_overwriting
from thidua_xl.model import Book, Criteria, ValueList
from thidua_xl.model.learned import Learned, LearnedName
from thidua_xl.model.understood import Understood
from thidua_xl.report.unit_mapping_book import is_unit_mapping, read_unit_mapping, write_unit_mapping

SCHEMA = 1
SUFFIX = "-ban-do"
# The folder of a round that holds its corrected mappings.
REMEMBERED = "ban-do"


@dataclass(frozen=True, slots=True)
class MappedUnit:
    """What was understood, and the mapping workbook written."""

    found: Understood
    mapping: Path

    def as_json(self) -> dict[str, object]:
        """The JSON object of `map --json`."""
        return {
            "schema": SCHEMA,
            "file": self.found.file,
            "mapping": str(self.mapping),
            "open": self.found.open,
            "tables": [
                {
                    "form": table.form,
                    "sheet": table.sheet,
                    "header": [table.top, table.bottom],
                    "places": [
                        {
                            "cell": one.cell,
                            "header": one.header,
                            "field": one.field,
                            "certainty": one.certainty.value,
                            "likely": list(one.likely),
                            "samples": list(one.samples),
                        }
                        for one in table.places
                    ],
                }
                for table in self.found.tables
            ],
            "names": [
                {"list": one.choices, "text": one.text, "where": one.where, "likely": list(one.likely)}
                for one in self.found.names
            ],
        }


def map_unit(source: Path, book: Book, criteria: Criteria, out: str | Path | None = None) -> MappedUnit:
    """Write what was understood of a units' file at `out` (beside the file when not given)."""
    target = Path(out) if out is not None else source.with_name(f"{source.stem}{SUFFIX}.xlsx")
    refuse_overwriting(target, [source, *book_of(criteria)])
    found = understand(book, criteria)
    write_unit_mapping(found, criteria, target)
    return MappedUnit(found, target)


def with_mappings(criteria: Criteria, paths: Iterable[str | Path]) -> Criteria:
    """The criteria book with what staff have said in corrected mappings; of two answers the later one holds.

    Raises `InputRefused` for an unreadable workbook, `TemplateProblem` for an answer nobody knows.
    """
    learned: list[Learned] = []
    for path in paths:
        source = Path(path)
        if not source.is_file():
            raise InputRefused("input.missing", file=str(path))
        learned.append(read_unit_mapping(read_apart(source), criteria))
    if not learned:
        return criteria
    named = with_names(criteria, [name for one in learned for name in one.names])
    return replace(named, learned=(*criteria.learned, *learned))


def parted(paths: Sequence[str | Path]) -> tuple[list[Path], list[Path]]:
    """(mappings of units' files, mappings of templates), told apart by what they hold."""
    units: list[Path] = []
    templates: list[Path] = []
    for path in map(Path, paths):
        if not path.is_file():
            raise InputRefused("input.missing", file=str(path))
        (units if is_unit_mapping(read_apart(path)) else templates).append(path)
    if len(templates) > 1:
        raise UsageProblem("usage.two_template_mappings", files=", ".join(one.name for one in templates))
    return units, templates


def remembered(home: Path) -> tuple[Path, ...]:
    """The corrected mappings that a round's folder keeps, in order of their names."""
    folder = home / REMEMBERED
    if not folder.is_dir():
        return ()
    return tuple(sorted(one for one in folder.glob("*.xlsx") if not one.name.startswith(("~$", "."))))


def remember(home: Path, mapping: str | Path) -> Path:
    """Keep a corrected mapping in a round's folder; one of the same name is replaced."""
    source = Path(mapping)
    target = home / REMEMBERED / source.name
    if not (target.exists() and target.samefile(source)):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return target


def with_names(criteria: Criteria, names: Sequence[LearnedName]) -> Criteria:
    """The book with the answers as further names of units, communes and list items."""
    said: dict[str, dict[str, list[str]]] = {}
    for one in names:
        said.setdefault(one.choices, {}).setdefault(one.code, []).append(one.text)
    if not said:
        return criteria
    units, communes = said.get("DON_VI", {}), said.get("DIA_BAN", {})
    lists = {code: _with_items(one, said[code]) if code in said else one for code, one in criteria.lists.items()}
    return replace(
        criteria,
        units=tuple(
            replace(one, aliases=(*one.aliases, *units[one.code])) if one.code in units else one
            for one in criteria.units
        ),
        communes=tuple(
            replace(one, aliases=(*one.aliases, *communes[one.code])) if one.code in communes else one
            for one in criteria.communes
        ),
        lists=lists,
    )


def _with_items(listed: ValueList, said: dict[str, list[str]]) -> ValueList:
    return replace(
        listed,
        items=tuple(
            replace(one, aliases=(*one.aliases, *said[one.code])) if one.code in said else one for one in listed.items
        ),
    )
