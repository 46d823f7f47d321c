"""Copies to send back to the units, and the same copies without our additions. Read `annotate`, then `strip_copies`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath

from thidua_xl.errors import EditRefused, InputRefused, UsageProblem
from thidua_xl.grid import Input, read_books
from thidua_xl.grid.passwords import is_protected
from thidua_xl.jobs.returned import set_aside
from thidua_xl.jobs.round_review import RoundCheck, round_check
from thidua_xl.jobs.rounds import RETURNED, Round, open_round
from thidua_xl.jobs.workdays import mending_deadline
from thidua_xl.ledger import Facts, Received, Returned, Work, still_open
from thidua_xl.ledger.packing import pack_findings, unpack_findings
from thidua_xl.ledger.work import digest_of, keep, kept
from thidua_xl.model import Criteria, Finding
from thidua_xl.report.annotate import annotate as annotated
from thidua_xl.report.annotate import fresh_copy
from thidua_xl.report.mend_sheet import ORIGIN, MendSheet
from thidua_xl.report.strip import origin_of, strip
from thidua_xl.version import VERSION

# What was made: a copy of the file itself; a new workbook beside it; the same of a file behind a password, without
# one; nothing, for it cannot be read; a stripped copy.
COPY, FRESH, UNLOCKED, NONE, STRIPPED = "BAN_GHI_CHU", "TEP_MOI", "TEP_MOI_BO_MAT_KHAU", "KHONG_CO_BAN", "DA_GO"
# Between the codes of the units of one workbook.
BETWEEN = ";"
_EDITABLE = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. `path` is relative to the round, "" when there is none; `is_new` whether it was written just now.

    `unit` names every unit of a workbook with a sheet per unit, with `;` between.
    """

    unit: str
    file: str
    path: str
    kind: str
    findings: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class AnnotateResult:
    """The copies that now lie in tra-lai/, and the ones taken away because nothing is asked any more."""

    round: Round
    copies: tuple[Copy, ...]
    removed: tuple[str, ...] = ()

    @property
    def written(self) -> int:
        """How many copies were written."""
        return sum(one.is_new for one in self.copies)


def annotate(
    folder: str | Path,
    criteria: Criteria,
    *,
    units: Sequence[str] = (),
    deadline: date | None = None,
    today: date | None = None,
    who: str | None = None,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> AnnotateResult:
    """Write into tra-lai/ a copy of each file that counts and has errors or unexplained warnings.

    A copy that is there already and would say the same is left alone; a copy that nobody changed is taken away when
    its file was replaced or accepted. `deadline` is written into the copies. Raises `UsageProblem` when `folder` is no
    round.
    """
    found = open_round(folder)
    day = today or date.today()
    checked = round_check(found, criteria, today=day, executor=executor, jobs=jobs)
    until = deadline or mending_deadline(criteria, checked.check.period, day)
    copies: list[Copy] = []
    with found.working("annotate", who) as work:
        facts = Facts.read(work.ledger)
        for file, findings in faulty(checked, facts):
            if units and not set(file.unit.split(BETWEEN)) & set(units):
                continue
            copies.append(_copy(work, facts, checked, file, findings, until))
            if progress is not None:
                progress(file.name)
        removed = [] if units else _outdated(work, facts, {one.path for one in copies})
        for path in removed:
            work.remove(path)
        if not removed and not any(one.is_new for one in copies):
            work.drop()
        work.detail.update(
            copies=sum(one.is_new for one in copies),
            removed=len(removed),
            units=sorted({one.unit for one in copies if one.is_new and one.unit}),
        )
    return AnnotateResult(found, tuple(copies), tuple(removed))


def faulty(checked: RoundCheck, facts: Facts) -> list[tuple[Received, tuple[Finding, ...]]]:
    """The files that count and are not in order, with what is still open, in the order of the criteria book.

    A workbook with a sheet per unit is one file, under the names of the units that have to mend something.
    """
    replaced = facts.replaced
    order = {unit.code: index for index, unit in enumerate(checked.check.criteria.units)}
    listed: dict[str, tuple[Received, tuple[Finding, ...]]] = {}
    for file in sorted(facts.files, key=lambda one: (order.get(one.unit, len(order)), one.id)):
        if file.id in replaced or facts.accepted_file(file) is not None:
            continue
        told = tuple(still_open(file, checked.findings_of(file), facts))
        if not told:
            continue
        first, before = listed.get(file.sha256, (file, ()))
        units = dict.fromkeys((*first.unit.split(BETWEEN), file.unit))
        both = tuple({one.identity: one for one in (*before, *told)}.values())
        listed[file.sha256] = (replace(first, unit=BETWEEN.join(units)) if before else file, both)
    return list(listed.values())


def strip_copies(
    folder: str | Path,
    files: Sequence[str | Path] = (),
    *,
    out: str | Path | None = None,
    who: str | None = None,
) -> AnnotateResult:
    """Take our additions out of `files` (copies of this round, from anywhere; default: all in tra-lai/).

    The result takes the place of a copy in tra-lai/, or goes to `out`. Raises `UsageProblem` for a file that is no
    copy of this round.
    """
    found = open_round(folder)
    given = [Path(one) for one in files]
    stripped: list[Copy] = []
    with found.working("strip", who) as work:
        facts = Facts.read(work.ledger)
        if not given:
            given = [work.place(one) for one in dict.fromkeys(one.path for one in facts.returned)]
            given = [one for one in given if one.is_file()]
        for path in given:
            copy = _stripped(found, work, facts, path, Path(out) if out is not None else None)
            if copy is not None:
                stripped.append(copy)
            elif files:
                raise UsageProblem("usage.no_copy", file=str(path))
        work.detail.update(copies=len(stripped))
        if not stripped:
            work.drop()
    return AnnotateResult(found, tuple(stripped))


def _copy(
    work: Work,
    facts: Facts,
    checked: RoundCheck,
    file: Received,
    findings: Sequence[Finding],
    deadline: date,
) -> Copy:
    asked = sha256(
        json.dumps([pack_findings(findings), VERSION], ensure_ascii=False, sort_keys=True).encode("utf-8")
    ).hexdigest()
    known = facts.returned_of(file.sha256)
    # Left alone unless it is gone or was stripped: somebody may have added a word of his own to it.
    if known is not None and known.content.get("asked") == asked and _lies_there(work, known):
        return Copy(file.unit, file.name, known.path, str(known.content["kind"]), len(findings), False)
    if file.refusal:
        return Copy(file.unit, file.name, "", NONE, len(findings), False)
    named = [(code, checked.check.criteria.unit(code)) for code in file.unit.split(BETWEEN)]
    period = checked.check.period
    sheet = MendSheet(
        findings=findings,
        unit_name=", ".join(unit.name if unit is not None else code or file.name for code, unit in named),
        period_name=period.name if period is not None else "",
        origin=file.sha256[:ORIGIN],
        deadline=deadline,
    )
    made = _made(checked.round, facts, file, sheet)
    if made is None:
        return Copy(file.unit, file.name, "", NONE, len(findings), False)
    content, name, kind = made
    path = f"{RETURNED}/{name}"
    digest = sha256(content).hexdigest()
    work.put(path, content)
    keep(work.home, content, digest)
    work.fact(
        "returned",
        sha256=file.sha256,
        unit=file.unit,
        path=path,
        copy_sha256=digest,
        moment=datetime.now().astimezone().isoformat(timespec="seconds"),
        content=json.dumps(
            {"asked": asked, "kind": kind, "name": file.name, "findings": pack_findings(findings)}, ensure_ascii=False
        ),
    )
    return Copy(file.unit, file.name, path, kind, len(findings), True)


def _lies_there(work: Work, known: Returned) -> bool:
    return digest_of(work.place(known.path)) not in (None, known.sha256)


def _made(found: Round, facts: Facts, file: Received, sheet: MendSheet) -> tuple[bytes, str, str] | None:
    """The copy's content, its name and what it is; None when the file cannot even be read."""
    content = original(found, file)
    if Path(file.name).suffix.lower() in _EDITABLE:
        try:
            clean = _without_ours(found, facts, file, content)
            return annotated(clean, file.name, sheet), file.name, COPY
        except EditRefused:
            pass  # signed, or odd in a way that an edit might spoil: the values in a new workbook serve as well
    place = found.received / file.name
    read = next(iter(read_books([Input(place, file.name)], jobs=1)))
    if isinstance(read, InputRefused):
        return None
    name = str(PurePosixPath(file.name).with_suffix(".xlsx"))
    if name == file.name:
        name = f"{PurePosixPath(file.name).stem} (can sua).xlsx"
    return fresh_copy(set_aside(read).book, sheet), name, UNLOCKED if is_protected(content) else FRESH


def _without_ours(found: Round, facts: Facts, file: Received, content: bytes) -> bytes:
    """The file without what an earlier copy added, so that a unit that sends its copy back gets one list, not two."""
    earlier = _sent(facts, file.name, content, [one for one in facts.returned if one.unit == file.unit])
    if earlier is None or earlier.sha256 == file.sha256 or earlier.content["kind"] != COPY:
        return content
    return _taken_back(found, facts, earlier, content, file.name)


def _taken_back(found: Round, facts: Facts, sent: Returned, content: bytes, name: str) -> bytes:
    findings = unpack_findings(sent.content["findings"])
    source = next(one for one in facts.files if one.sha256 == sent.sha256)
    return strip(original(found, source), kept(found.home, sent.copy_sha256), content, findings, name)


def _sent(facts: Facts, name: str, content: bytes, likely: Sequence[Returned]) -> Returned | None:
    """The copy that a file was made from: by its very bytes, by what its hidden key says, else the likely one."""
    digest = sha256(content).hexdigest()
    same = [one for one in facts.returned if one.copy_sha256 == digest]
    if same:
        return same[-1]
    origin = origin_of(content, name)
    named = [one for one in facts.returned if origin and one.sha256.startswith(origin)]
    found = named or list(likely)
    return found[-1] if found else None


def _stripped(found: Round, work: Work, facts: Facts, path: Path, out: Path | None) -> Copy | None:
    """Plan the stripped form of one copy; None when the file is no copy of this round."""
    if not path.is_file():
        raise InputRefused("input.missing", file=str(path))
    content = path.read_bytes()
    sent = _sent(facts, path.name, content, [one for one in facts.returned if work.place(one.path) == path.absolute()])
    if sent is None or sent.content["kind"] != COPY or sha256(content).hexdigest() == sent.sha256:
        return None
    clean = _taken_back(found, facts, sent, content, path.name)
    if out is not None:
        target = str((out / path.name).absolute())
    elif path.absolute().is_relative_to(found.returned):
        target = path.absolute().relative_to(found.home).as_posix()
    else:
        target = str(path.absolute().with_name(f"{path.stem} (da go){path.suffix}"))
    work.put(target, clean)
    return Copy(sent.unit, str(sent.content["name"]), target, STRIPPED, len(sent.content["findings"]), True)


def original(found: Round, file: Received) -> bytes:
    """The bytes of a received file, from nop/ or, when somebody wrote over it, from the store."""
    place = found.received / file.name
    if digest_of(place) == file.sha256:
        return place.read_bytes()
    return kept(found.home, file.sha256)


def _outdated(work: Work, facts: Facts, current: set[str]) -> list[str]:
    """Copies that ask for nothing any more and that nobody changed."""
    latest = {one.path: one for one in facts.returned}
    return [
        path for path, one in latest.items() if path not in current and digest_of(work.place(path)) == one.copy_sha256
    ]
