"""Paths -> the submissions of a round: find files, read them, take them in, choose each unit's latest version.

Read `collect` first. Nothing is dropped in silence: a file that could not be read becomes a finding, a
version that was replaced stays in the list with the name of the file that replaced it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from thidua_xl.errors import InputRefused, UsageProblem
from thidua_xl.grid import Input, expand_paths, read_books, skipped_files
from thidua_xl.jobs.progress import expect
from thidua_xl.jobs.returned import read_all_aside, read_aside
from thidua_xl.messages import say
from thidua_xl.model import Book, Criteria, Finding, Period, Severity, Submission
from thidua_xl.model.packed import packed
from thidua_xl.model.products import HELPER_SHEETS, product_of
from thidua_xl.text import fold

# One finding for every file that could not be read; the rule's own words come from the criteria book.
UNREADABLE_KIND = "khong_doc_duoc"

RECEIPTS = "nhan.csv"
OWN = "OWN"

# So many submissions stay as they were read; of a longer round the others are packed, so that memory hardly grows.
_KEPT_OPEN = 200


@dataclass(frozen=True, slots=True)
class Collected:
    """What came in. `submissions` are in order of unit then version; `refused` are files that could not be read.

    `inputs` says by file name where each was found, so that it can be read once more. `ignored` pairs files that are
    no submissions with the reason: OWN (our own report, findings or criteria book), LOCK, HIDDEN, TYPE, NESTED.
    """

    submissions: tuple[Submission, ...]
    refused: tuple[InputRefused, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: int = 0
    inputs: Mapping[str, Input] = field(default_factory=dict)
    ignored: tuple[tuple[str, str], ...] = ()

    @property
    def current(self) -> tuple[Submission, ...]:
        """The submissions that count: the latest version of each unit and period."""
        return tuple(one for one in self.submissions if not one.superseded_by)


def collect(
    paths: Sequence[str | Path],
    criteria: Criteria,
    *,
    period: Period | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Collected:
    """The submissions found at `paths` (files, folders, zips).

    A file of another period than `period` is kept with a finding from intake; raises `InputRefused` when a path
    does not exist, `UsageProblem` when no workbook is found. Dates of receipt come from a `nhan.csv` beside the files.
    """
    for path in paths:
        if not Path(path).exists():
            raise InputRefused("input.missing", file=str(path))
    inputs = [replace(one, left_out=HELPER_SHEETS) for one in expand_paths([Path(path) for path in paths])]
    if not inputs:
        raise UsageProblem("usage.no_files", paths=", ".join(map(str, paths)))
    days = receipts(paths)
    submissions: list[Submission] = []
    refused: list[InputRefused] = []
    findings: list[Finding] = []
    ignored = [(one.name, one.reason) for one in skipped_files(paths)]
    expect(progress, len(inputs))
    with closing(read_books(inputs, executor=executor, jobs=jobs)) as books:
        for read in books:
            if isinstance(read, InputRefused):
                refused.append(read)
                findings.append(unreadable(read, criteria))
                name = str(read.values.get("file", ""))
            elif product_of(read) or (criteria.sha256 and read.sha256 == criteria.sha256):
                ignored.append((read.file, OWN))
                name = read.file
            else:
                found_in = take_all_in(read, criteria, period, days)
                submissions += found_in if len(submissions) < _KEPT_OPEN else map(_closed, found_in)
                name = read.file
            if progress is not None:
                progress(name)
    ordered = sorted(submissions, key=lambda one: (one.unit, one.period, one.version, one.file))
    found = {one.name: one for one in inputs}
    return Collected(tuple(_latest(ordered)), tuple(refused), tuple(findings), len(inputs), found, tuple(ignored))


def _closed(submission: Submission) -> Submission:
    return replace(submission, records=packed(submission.records))


def take_all_in(book: Book, criteria: Criteria, period: Period | None, receipts: dict[str, date]) -> list[Submission]:
    """The submissions of one workbook: its own, or one of every unit that has sheets in it."""
    found = read_all_aside(book, criteria, period.code if period else None)
    return [_dated(one, book, criteria, receipts) for one in found]


def take_in(book: Book, criteria: Criteria, period: Period | None, receipts: dict[str, date]) -> Submission:
    """One workbook as a submission, with its date of receipt: `nhan.csv` first, else the day it was signed.

    The day of signing is a lower bound: a report signed after the deadline is late whenever it came.
    """
    return _dated(read_aside(book, criteria, period.code if period else None), book, criteria, receipts)


def _dated(submission: Submission, book: Book, criteria: Criteria, receipts: dict[str, date]) -> Submission:
    received = receipts.get(fold(Path(book.file).name))
    if received is None:
        form, _, field = criteria.text_setting("truong_ngay_ky", "").partition(".")
        records = submission.records.get(form)
        signed = records.value(field) if records is not None and len(records) else None
        received = signed if isinstance(signed, date) else None
    return replace(submission, received=received)


def unreadable(refusal: InputRefused, criteria: Criteria) -> Finding:
    """The finding for a file that could not be read, worded by the criteria book's rule when it has one."""
    file = str(refusal.values.get("file", ""))
    reason_vi = say(f"error.{refusal.code}.what", "vi", **refusal.values)
    reason_en = say(f"error.{refusal.code}.what", "en", **refusal.values)
    rule = next(
        (rule for rule in criteria.rules if any(one.kind == UNREADABLE_KIND for one in rule.conditions)),
        None,
    )
    return Finding(
        code=rule.code if rule else refusal.code,
        severity=Severity.ERROR,
        file=file,
        seen=refusal.code,
        message=(rule.message if rule else "{tep}: {ly_do}").replace("{tep}", file).replace("{ly_do}", reason_vi),
        message_en=(rule.message_en if rule and rule.message_en else "{tep}: {ly_do}")
        .replace("{tep}", file)
        .replace("{ly_do}", reason_en),
        mend=say(f"error.{refusal.code}.do", "vi", **refusal.values),
        mend_en=say(f"error.{refusal.code}.do", "en", **refusal.values),
        clause=rule.clause if rule else "",
        values={"tep": file, "ly_do": reason_vi},
    )


def _latest(ordered: Iterable[Submission]) -> list[Submission]:
    """The same submissions, each replaced version marked with the file that replaced it."""
    groups: dict[tuple[str, str], list[Submission]] = {}
    for one in ordered:
        # A file whose unit is unknown stands for itself.
        groups.setdefault((one.unit or one.file, one.period), []).append(one)
    marked: list[Submission] = []
    for group in groups.values():
        last = group[-1]
        first_copies: dict[str, Submission] = {}
        for one in group:
            first = first_copies.setdefault(one.sha256 or one.file, one)
            if first is not one:
                # The same content under a second name is the same report, not a second one.
                marked.append(replace(one, superseded_by=first.file))
                continue
            # Two files of the same version contradict each other: neither replaces the other, a rule says so.
            replaced = one is not last and one.version < last.version
            marked.append(replace(one, superseded_by=last.file) if replaced else one)
    return marked


def receipts(paths: Sequence[str | Path]) -> dict[str, date]:
    """Dates of receipt by folded file name, from every `nhan.csv` (columns tệp, ngày nhận; ISO dates)."""
    found: dict[str, date] = {}
    for path in map(Path, paths):
        folder = path if path.is_dir() else path.parent
        listing = folder / RECEIPTS
        if not listing.is_file():
            continue
        with listing.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                if len(row) < 2:
                    continue
                try:
                    found[fold(row[0])] = date.fromisoformat(row[1].strip()[:10])
                except ValueError:
                    continue  # the heading row, or a line the office wrote for itself
    return found
