"""Many letters that differ in a few words: the first of a kind is drawn, the others get their words put in.

Read `LetterPress`. Drawing a letter paragraph by paragraph takes a hundred times as long as putting words in.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from xml.sax.saxutils import escape

from thidua_xl.model import Criteria, Finding, Severity
from thidua_xl.ooxml.fixed_days import DAY
from thidua_xl.report.letters import MAX_FINDINGS, LetterContent, annex_texts, more_text, write_letter

_BODY = "word/document.xml"
# Around the name of a place in the drawn letter: letters of nobody's alphabet.
_OPEN, _CLOSE = "\ue0f1", "\ue0f2"
_ANNEX_FIELDS = ("number", "code", "place", "message", "mend")


@dataclass(frozen=True, slots=True)
class _Mould:
    """A drawn letter: all parts but the text, the text around the rows of the annex, and one such row."""

    package: bytes
    before: str
    row: str
    after: str


class LetterPress:
    """Letters of one office. The same content gives the same bytes."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self._moulds: dict[tuple[int, bool, bool, date, str], _Mould] = {}

    def write(self, content: LetterContent) -> bytes:
        """The letter as a .docx file, as `write_letter` draws it."""
        is_long = len(content.findings) > MAX_FINDINGS
        kind = len(content.body), bool(content.findings), is_long, content.day, content.language
        if kind not in self._moulds:
            self._moulds[kind] = _mould(content, self._criteria)
        mould = self._moulds[kind]
        words = {"unit": content.unit_name, "subject": content.subject, "more": more_text(content)}
        words |= {f"body{number}": text for number, text in enumerate(content.body)}
        rows = [
            _filled(mould.row, dict(zip(_ANNEX_FIELDS, annex_texts(number, one, content.language), strict=True)))
            for number, one in enumerate(content.findings[:MAX_FINDINGS], 1)
        ]
        text = _filled(mould.before, words) + "".join(rows) + _filled(mould.after, words)
        letter = io.BytesIO(mould.package)
        with zipfile.ZipFile(letter, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(zipfile.ZipInfo(_BODY, DAY), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
        return letter.getvalue()


def _mould(content: LetterContent, criteria: Criteria) -> _Mould:
    finding = Finding("", Severity.ERROR)
    drawn = write_letter(
        replace(
            content,
            unit_name=_place("unit"),
            subject=_place("subject"),
            body=[_place(f"body{number}") for number in range(len(content.body))],
            findings=(finding,) * min(len(content.findings), 1),
        ),
        criteria,
        annex=[tuple(map(_place, _ANNEX_FIELDS))],
        more=_place("more") if len(content.findings) > MAX_FINDINGS else "",
    )
    others = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(drawn)) as old, zipfile.ZipFile(others, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != _BODY:
                new.writestr(zipfile.ZipInfo(name, DAY), old.read(name), zipfile.ZIP_DEFLATED)
        text = old.read(_BODY).decode("utf-8")
    at = text.find(_place("number"))
    if at < 0:
        return _Mould(others.getvalue(), text, "", "")
    start, end = text.rfind("<w:tr>", 0, at), text.find("</w:tr>", at) + len("</w:tr>")
    return _Mould(others.getvalue(), text[:start], text[start:end], text[end:])


def _place(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


def _filled(text: str, words: Mapping[str, str]) -> str:
    pieces = text.split(_OPEN)
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition(_CLOSE)
        filled += [_written(words[name]), rest]
    return "".join(filled)


def _written(text: str) -> str:
    """A text within a run: line breaks and tabs are elements of their own, control characters are left out."""
    kept = "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF)))
    lines = escape(kept).replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    return lines.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
