"""Đôn đốc: who owes what, a text to send and an official letter for each. Read `remind`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from thidua_xl.jobs.round_review import round_check
from thidua_xl.jobs.rounds import REPORTS, Round, open_round
from thidua_xl.jobs.status import UnitState, states
from thidua_xl.jobs.workdays import mending_deadline
from thidua_xl.ledger import DONE, State, still_open
from thidua_xl.messages import say
from thidua_xl.model import Criteria, Finding, Period, Severity
from thidua_xl.report.letter_press import LetterPress
from thidua_xl.report.letters import LetterContent

FOLDER = f"{REPORTS}/don-doc"

# Why a unit is chased: nothing came, errors to mend, warnings to explain, a file that cannot be read.
MISSING, MEND, EXPLAIN, UNREADABLE = "CHUA_NOP", "CAN_SUA", "CAN_GIAI_TRINH", "KHONG_DOC_DUOC"

# How many findings a short text names; the letter and the copy have them all.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Owing:
    """A unit that owes something. `text` is ready to paste into Zalo or e-mail, `letter` the path of the letter."""

    unit: str
    name: str
    reason: str
    days_late: int
    errors: int
    warnings: int
    text: str
    letter: str


@dataclass(frozen=True, slots=True)
class RemindResult:
    """Every unit that owes something, and the files written (relative to the round)."""

    round: Round
    period: Period
    deadline: date
    units: tuple[Owing, ...]
    files: tuple[str, ...]


def remind(
    folder: str | Path,
    criteria: Criteria,
    *,
    units: Sequence[str] = (),
    deadline: date | None = None,
    today: date | None = None,
    who: str | None = None,
    language: str = "vi",
) -> RemindResult:
    """Write texts and letters for the units that owe something into bao-cao/don-doc/.

    Letters of units that no longer owe anything are taken away (they are kept for `undo`). `deadline` is the day by
    which it must be here. Raises `UsageProblem` when `folder` is no round.
    """
    found = open_round(folder)
    day = today or date.today()
    checked = round_check(found, criteria, today=day)
    standing = states(checked, criteria, day)
    until = deadline or mending_deadline(criteria, standing.period, day)
    in_force = checked.check.criteria
    press = LetterPress(in_force)
    owing: list[Owing] = []
    written: list[str] = []
    with found.working("remind", who) as work:
        for one in standing.units:
            if one.state in DONE or (units and one.unit not in units) or not (one.obliged or one.file):
                continue
            file = checked.current.get(one.unit)
            left = still_open(file, one.findings, checked.facts) if file is not None else []
            reason = _reason(one, file.refusal if file is not None else "")
            text = _text(one, left, reason, standing.period, until, in_force, language)
            letter = f"{FOLDER}/CV-{_safe(one.unit)}-{_safe(found.period)}.docx"
            content = LetterContent(
                unit_name=one.name,
                subject=say(f"letter.subject_{reason}", language, period=standing.period.name),
                body=_body(one, reason, standing.period, until, day, in_force, language),
                findings=left,
                day=day,
                language=language,
            )
            work.put(letter, press.write(content))
            message = f"{FOLDER}/{_safe(one.unit)}.txt"
            work.put(message, _plain(text))
            written += [letter, message]
            owing.append(Owing(one.unit, one.name, reason, one.days_late, one.errors, one.warnings, text, letter))
        if not units:
            whole = f"{FOLDER}/tat-ca.txt"
            if owing:
                work.put(whole, _plain(("\n\n" + "-" * 20 + "\n\n").join(one.text for one in owing)))
                written.append(whole)
            for path in _outdated(found, set(written)):
                work.remove(path)
        if not work.operations:
            work.drop()
        work.detail.update(units=[one.unit for one in owing], files=len(written))
    return RemindResult(found, standing.period, until, tuple(owing), tuple(written))


def _reason(one: UnitState, refusal: str) -> str:
    if one.state is State.MISSING:
        return MISSING
    if refusal:
        return UNREADABLE
    return MEND if one.errors else EXPLAIN


def _text(
    one: UnitState,
    left: Sequence[Finding],
    reason: str,
    period: Period,
    until: date,
    criteria: Criteria,
    language: str,
) -> str:
    def words(key: str, **values: object) -> str:
        return say(f"remind.{key}", language, **values)

    late = words("late", days=one.days_late) if one.state is State.MISSING and one.days_late else ""
    lines = [
        words("greeting", unit=one.name),
        words(
            f"text_{reason}",
            period=period.name,
            due=f"{period.due:%d/%m/%Y}" if period.due else "…",
            late=late,
            errors=one.errors,
            warnings=one.warnings,
            file=Path(one.file).name,
        ),
    ]
    order = list(Severity)
    worst = sorted(left, key=lambda finding: order.index(finding.severity))
    for finding in worst[:NAMED]:
        place = f"{finding.sheet}!{finding.cell}: " if finding.cell else ""
        said = (finding.message_en or finding.message) if language == "en" else finding.message
        lines.append(f"- {place}{said}")
    if len(left) > NAMED:
        lines.append(words("more", count=len(left) - NAMED))
    lines.append(words("until", deadline=f"{until:%d/%m/%Y}"))
    lines.append(words("thanks", agency=criteria.text_setting("ten_co_quan", criteria.text_setting("co_quan"))))
    return "\n".join(lines)


def _body(
    one: UnitState, reason: str, period: Period, until: date, day: date, criteria: Criteria, language: str
) -> list[str]:
    values = {
        "agency": criteria.text_setting("ten_co_quan", criteria.text_setting("co_quan", "…")),
        "unit": one.name,
        "period": period.name,
        "movement": criteria.text_setting("ten_phong_trao", "…"),
        "ground": criteria.text_setting("can_cu", "…"),
        "due": f"{period.due:%d/%m/%Y}" if period.due else "…",
        "day": f"{day:%d/%m/%Y}",
        "deadline": f"{until:%d/%m/%Y}",
        "days": one.days_late,
        "errors": one.errors,
        "warnings": one.warnings,
    }
    keys = ["opening", f"body_{reason}", "asking_report" if reason == MISSING else "asking_mend", "closing"]
    return [say(f"letter.{key}", language, **values) for key in keys]


def _plain(text: str) -> bytes:
    # With a mark at the beginning, so that Notepad on old Windows shows the accents.
    return ("\ufeff" + text.replace("\n", "\r\n") + "\r\n").encode("utf-8")


def _outdated(found: Round, written: set[str]) -> list[str]:
    folder = found.home / FOLDER
    if not folder.is_dir():
        return []
    made = [one for one in folder.iterdir() if one.suffix in (".docx", ".txt") and not one.name.startswith("~$")]
    return sorted(path for one in made if (path := f"{FOLDER}/{one.name}") not in written)


def _safe(code: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in code)
