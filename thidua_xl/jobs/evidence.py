"""What proves a report: source files read a second time, and findings about the report itself.

Read `evidence_of`, then `report_findings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from thidua_xl.errors import InputRefused
from thidua_xl.grid.second import read_again
from thidua_xl.jobs.review import CheckResult
from thidua_xl.messages import LANGUAGES, say
from thidua_xl.model import Criteria, Finding, Source, Value
from thidua_xl.model.rules import rule_of_kind, told
from thidua_xl.report import Evidence, FilledReport
from thidua_xl.text import Ambiguous, format_number_vi, parse_number

# Kinds of rules of the criteria book that speak about the report.
DIFFERENT_TOTAL, MISSING_PLACE, CONVERTED = "tong_hop_khac", "mau_thieu_vung", "sai_dvt"
KEPT_FORMULA, LOST, NEW_ROWS = "ghi_de_cong_thuc", "mat_sau_ghi", "da_chen_dong"
MOVED_SIGNATURE, NO_RECIPIENT = "lech_chu_ky", "thieu_noi_nhan"
OTHER_HEADING, ADDED_SECTION = "muc_khong_khop", "muc_them"

# So many sections are named where a heading is none of them.
MOST_NAMES = 12


def evidence_of(checked: CheckResult) -> Evidence:
    """The evidence for a report made from a check."""
    return Evidence(
        received=checked.submissions,
        refused=[(str(one.values.get("file", "")), say(f"error.{one.code}.what")) for one in checked.refused],
        read_again=lambda sources: _read_again(checked, sources),
        unlimited=checked.unlimited,
    )


def report_findings(report: FilledReport, criteria: Criteria, file: str) -> tuple[Finding, ...]:
    """Findings about the report: a grand total on which the three routes differ, a table without its place."""
    found: list[Finding] = []
    for line in report.proof:
        if not line.agrees:
            other = line.second if line.second not in {None, line.ours} else line.formula
            values = {"ten": line.label, "a": format_number_vi(line.ours), "b": format_number_vi(other or 0)}
            found.extend(told(criteria, DIFFERENT_TOTAL, values, file=file, sheet=line.sheet, cell=line.cell))
    for miss in report.misses:
        key = "report.missed_rows" if miss.missed else "report.formula_differs"
        words = {
            "cell": f"{miss.sheet}!{miss.cell}",
            "formula": miss.formula,
            "missed": ", ".join(miss.missed[:10]),
        }
        amounts = {"a": format_number_vi(miss.theirs), "b": format_number_vi(miss.ours)}
        values = {"ten": say(key, "vi", **words), **amounts}
        english = {"ten": say(key, "en", **words)}
        found.extend(
            told(criteria, DIFFERENT_TOTAL, values, file=file, sheet=miss.sheet, cell=miss.cell, english=english)
        )
    found.extend(_looked_through(report, criteria, file))
    found.extend(_headings(report, criteria, file))
    if report.skipped:
        values = {"n": str(len(report.skipped)), "ten": ", ".join(report.skipped)}
        found.extend(told(criteria, MISSING_PLACE, values, file=file))
    return tuple(found)


def _headings(report: FilledReport, criteria: Criteria, file: str) -> Iterator[Finding]:
    """Headings that the office has drawn and that are no section of the table, and sections it has not drawn."""
    for code, headed in report.arranged.items():
        sheet = criteria.report_sheet(code)
        title = sheet.title if sheet is not None else code
        for row, words in headed.unmatched:
            values = {"ten": words, "ten_bieu": title, "co": "; ".join(headed.names[:MOST_NAMES])}
            yield from told(criteria, OTHER_HEADING, values, file=file, sheet=headed.sheet, cell=f"A{row}")
        for name, count in headed.added:
            values = {"ten": name, "ten_bieu": title, "n": str(count)}
            yield from told(criteria, ADDED_SECTION, values, file=file, sheet=headed.sheet)


def _looked_through(report: FilledReport, criteria: Criteria, file: str) -> Iterator[Finding]:
    """What the office must look at: formulas not written over, losses, new rows, signatures, recipients."""
    looked = report.looked
    for one in looked.blocked:
        yield from told(
            criteria, KEPT_FORMULA, {"o": f"{one.sheet}!{one.cell}"}, file=file, sheet=one.sheet, cell=one.cell
        )
    for one in looked.lost:
        said = {language: {"thu": say(f"report.lost.{one.words}", language, sheet=one.sheet)} for language in LANGUAGES}
        yield from told(criteria, LOST, said["vi"], file=file, sheet=one.sheet, english=said["en"])
    for code, count in looked.beyond.items():
        sheet = criteria.report_sheet(code)
        title = sheet.title if sheet is not None else code
        yield from told(criteria, NEW_ROWS, {"n": str(count), "ten_bieu": title}, file=file)
    for one in looked.signatures:
        yield from told(criteria, MOVED_SIGNATURE, {}, file=file, sheet=one.sheet, cell=one.cell)
    if looked.recipients:
        yield from told(criteria, NO_RECIPIENT, {"ten": "; ".join(looked.recipients)}, file=file)


def _read_again(checked: CheckResult, sources: Sequence[Source]) -> Mapping[tuple[str, str, str], Value]:
    """The numbers that stand at the source cells. Text is read as a number anew; sheets whose unit of money had to
    be converted are left out, for their cells hold other numbers than their figures."""
    rule = rule_of_kind(checked.criteria, CONVERTED)
    converted = {(one.file, one.sheet) for one in checked.findings if rule is not None and one.code == rule.code}
    digests = {one.file: one.sha256 for one in checked.submissions}
    by_file: dict[str, list[Source]] = {}
    for source in sources:
        if source.file in checked.inputs and (source.file, source.sheet) not in converted:
            by_file.setdefault(source.file, []).append(source)
    found: dict[tuple[str, str, str], Value] = {}
    for file, wanted in by_file.items():
        try:
            seen = read_again(checked.inputs[file], digests.get(file, ""), [(one.sheet, one.cell) for one in wanted])
        except InputRefused:
            continue  # these totals then have one route less, and the proof sheet shows it
        for source in wanted:
            number = _number(seen.get((source.sheet, source.cell)), source.value)
            if number is not None:
                found[file, source.sheet, source.cell] = number
    return found


def _number(seen: int | Decimal | str | None, taken: Value) -> int | Decimal | None:
    """What the second reader saw, as a number. Of a text with two readings the column has decided which was meant."""
    if not isinstance(seen, str):
        return seen
    number = parse_number(seen)
    if isinstance(number, Ambiguous):
        return next((one for one in (number.first, number.second) if one == taken), None)
    return number if isinstance(number, Decimal) else None
