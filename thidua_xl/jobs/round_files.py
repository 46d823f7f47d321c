"""The files of a round as submissions, each read once: what was read is kept in the ledger. Read `read_files`.

Kept things are no facts: they can be made again from the files, and are made again when the file, its name, the
criteria book, the period or the program is another.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from thidua_xl.errors import InputRefused
from thidua_xl.grid import Input, read_books
from thidua_xl.intake import read_submissions
from thidua_xl.jobs.progress import expect
from thidua_xl.jobs.returned import set_aside, with_explanations
from thidua_xl.ledger import Ledger
from thidua_xl.ledger.packing import pack, unpack
from thidua_xl.model import Criteria, Submission
from thidua_xl.model.products import CRITERIA, HELPER_SHEETS, product_of
from thidua_xl.version import VERSION


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: where it is, how it is called, and its content's SHA-256."""

    path: Path
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Read:
    """A file as read: its submissions, why it could not be read (`refusal`), or which of our products it is.

    One submission, but for a workbook with a sheet per unit. `explanations` are those that the unit wrote into our
    sheet, by (code, sheet, cell) of the finding.
    """

    file: File
    submissions: tuple[Submission, ...] = ()
    refusal: InputRefused | None = None
    explanations: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    product: str = ""

    def of(self, unit: str) -> Submission | None:
        """What that unit handed in: the only submission whatever it says, else the one of the unit."""
        if len(self.submissions) == 1:
            return self.submissions[0]
        return next((one for one in self.submissions if one.unit == unit), None)


def read_files(
    files: Sequence[File],
    criteria: Criteria,
    period: str,
    ledger: Ledger,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Read, ...]:
    """The files in the order given; only those that are not known yet are opened, each once."""
    keys = [_key(one, criteria, period) for one in files]
    known = _known(ledger, keys)
    missing = list({key: one for one, key in zip(files, keys, strict=True) if key not in known}.values())
    inputs = [Input(one.path, one.name, left_out=HELPER_SHEETS) for one in missing]
    fresh: dict[str, Read] = {}
    expect(progress, len(inputs))
    with closing(read_books(inputs, executor=executor, jobs=jobs)) as books:
        for one, seen in zip(missing, books, strict=True):
            key = _key(one, criteria, period)
            if isinstance(seen, InputRefused):
                fresh[key] = Read(one, refusal=seen)
            elif product := product_of(seen) or (CRITERIA if seen.sha256 == criteria.sha256 != "" else ""):
                fresh[key] = Read(one, product=product)
            else:
                aside = set_aside(seen)
                found = read_submissions(aside.book, criteria, period=period)
                submissions = tuple(with_explanations(each, aside.explanations) for each in found)
                fresh[key] = Read(one, submissions, None, aside.explanations)
            if progress is not None:
                progress(one.name)
    _keep(ledger, fresh)
    return tuple(
        fresh[key] if key in fresh else _unpacked(one, known[key]) for one, key in zip(files, keys, strict=True)
    )


def kept_text(ledger: Ledger, kind: str, key: str) -> str | None:
    """A text that was kept, None when there is none."""
    rows = ledger.rows("SELECT content FROM kept WHERE kind = ? AND key = ?", (kind, key))
    return zlib.decompress(rows[0]["content"]).decode("utf-8") if rows else None


def keep_texts(ledger: Ledger, kind: str, texts: Mapping[str, str], *, alone: bool = False) -> None:
    """Keep texts for the next time; a busy or read-only ledger only means that the work is done again.

    `alone` drops what was kept of that kind before.
    """
    if not texts:
        return
    rows = [(kind, key, sqlite3.Binary(zlib.compress(text.encode("utf-8"), 1))) for key, text in texts.items()]
    with suppress(InputRefused), ledger.transaction() as connection:
        if alone:
            connection.execute("DELETE FROM kept WHERE kind = ?", (kind,))
        connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)


def _key(file: File, criteria: Criteria, period: str) -> str:
    # The name counts: intake compares it with what the cells say.
    text = "|".join((file.sha256, file.name, criteria.digest, period, VERSION, _SHAPE))
    return sha256(text.encode("utf-8")).hexdigest()


def _known(ledger: Ledger, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        marks = ",".join("?" * len(some))
        for row in ledger.rows(f"SELECT key, content FROM kept WHERE kind = 'file' AND key IN ({marks})", some):
            found[row["key"]] = zlib.decompress(row["content"]).decode("utf-8")
    return found


def _keep(ledger: Ledger, fresh: Mapping[str, Read]) -> None:
    texts = {}
    for key, one in fresh.items():
        if one.refusal is not None and one.refusal.code in _PASSING:
            continue
        texts[key] = json.dumps(
            {
                "submissions": [pack(each) for each in one.submissions],
                "refusal": [one.refusal.code, {name: str(value) for name, value in one.refusal.values.items()}]
                if one.refusal is not None
                else None,
                "product": one.product,
                "said": [[*key_, text] for key_, text in one.explanations.items()],
            },
            ensure_ascii=False,
        )
    keep_texts(ledger, "file", texts)


# How what was read is kept; another shape is read anew.
_SHAPE = "2"

# What may be otherwise the next time: the machine was slow, the file was being written, the password is given.
_PASSING = frozenset(
    {"input.missing", "input.unreadable", "input.timeout", "input.reader_died"}
    | {"input.encrypted", "input.wrong_password", "input.no_password_reader"}
)


def _unpacked(file: File, text: str) -> Read:
    found = json.loads(text)
    submissions = tuple(unpack(each) for each in found["submissions"])
    refusal = InputRefused(found["refusal"][0], **found["refusal"][1]) if found["refusal"] is not None else None
    said = {(code, sheet, cell): text for code, sheet, cell, text in found["said"]}
    return Read(file, submissions, refusal, said, found.get("product", ""))
