"""One cell's XML and its meaning: `<c r="B5" s="3" t="s"><f>…</f><v>7</v></c>`.

Read `CellXml` (the pieces of a cell), `written` (a cell made of pieces) and `encode` (a value into pieces).
Works on bytes: a sheet of half a million cells is not worth half a million objects when one cell changes.
Source: ECMA-376 Part 1, 18.3.1.4 (c), 18.3.1.40 (f), 18.18.11 (ST_CellType).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from thidua_xl.model import CellError, Value

ATTRIBUTES = rb"""(?:\s+[^\s=>/"']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*"""
_ATTRIBUTE = re.compile(rb"""([^\s=>/"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ENTITY = re.compile(r"&(#x[0-9A-Fa-f]+|#[0-9]+|amp|lt|gt|quot|apos);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
# What XML 1.0 cannot hold (2.2), lone surrogates among it.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MAX_TEXT = 32_767
_KEPT_LOOKS = 10_000
_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_LEAP_FAULT = 61  # serials below it are one day off: Excel believes in 29 February 1900


@dataclass(frozen=True, slots=True)
class Formula:
    """The `<f>` of a cell: its attributes as written (raw bytes) and its unescaped text."""

    attributes: dict[str, str]
    text: str

    @property
    def kind(self) -> str:
        """`normal`, `shared`, `array` or `dataTable`."""
        return self.attributes.get("t", "normal")


@dataclass(frozen=True, slots=True)
class CellXml:
    """The pieces of a cell. `value` is the unescaped text of `<v>` (of `<is>` for inline text)."""

    attributes: dict[str, str]
    formula: Formula | None
    value: str | None

    @property
    def type(self) -> str:
        """The cell type: n, s, str, inlineStr, b, e or d."""
        return self.attributes.get("t", "n")

    @property
    def style(self) -> int:
        """The 0-based index into the cell formats."""
        text = self.attributes.get("s", "0")
        return int(text) if text.isdigit() else 0


def attributes_of(tag: bytes) -> dict[str, str]:
    """The attributes of a start tag, in order, unescaped."""
    return {
        found[1].decode(): unescape((found[2] if found[2] is not None else found[3]).decode())
        for found in _ATTRIBUTE.finditer(tag)
    }


def attributes_written(attributes: dict[str, str]) -> bytes:
    """Attributes as a start tag holds them, each with a blank before it."""
    return _attributes_text(attributes).encode()


def _attributes_text(attributes: dict[str, str]) -> str:
    return "".join([f' {name}="{escape_attribute(value)}"' for name, value in attributes.items()])


class CellReader:
    """Reads and writes cells of one sheet part, whose elements have a prefix (`b"x:"` or `b""`)."""

    def __init__(self, prefix: bytes) -> None:
        self.prefix = prefix
        self._prefix = prefix.decode()
        p = re.escape(prefix)
        self._open = re.compile(rb"\s*<" + p + rb"c(" + ATTRIBUTES + rb")\s*(/?)>")
        self._formula = re.compile(rb"<" + p + rb"f(" + ATTRIBUTES + rb")\s*(?:/>|>([^<]*)</" + p + rb"f\s*>)")
        self._value = re.compile(rb"<" + p + rb"v(?:\s[^>]*)?>([^<]*)</" + p + rb"v\s*>")
        self._inline = re.compile(rb"<" + p + rb"is(?:\s[^>]*)?>(.*?)</" + p + rb"is\s*>", re.DOTALL)
        self._phonetic = re.compile(rb"<" + p + rb"rPh\b.*?</" + p + rb"rPh\s*>", re.DOTALL)
        self._text = re.compile(rb"<" + p + rb"t(?:\s[^>]*)?>([^<]*)</" + p + rb"t\s*>")
        self._named = b"<" + prefix + b'c r="'
        self._blank: dict[bytes, dict[str, str]] = {}

    def read(self, raw: bytes) -> CellXml:
        """The pieces of a cell's XML."""
        # A blank cell with a look is the same as thousands of others but for its address: the rest is read once.
        named = len(self._named) if raw.startswith(self._named) else 0
        quote = raw.find(b'"', named)
        if named and quote > 0:
            known = self._blank.get(raw[quote:])
            if known is not None and raw[named:quote].isalnum():
                return CellXml({"r": raw[named:quote].decode(), **known}, None, None)
        opened = self._open.match(raw)
        if opened is None:
            raise ValueError("no cell")
        attributes = attributes_of(opened[1])
        if opened[2]:
            if named and quote > 0 and opened.end() == len(raw) and len(self._blank) < _KEPT_LOOKS:
                self._blank[raw[quote:]] = {name: value for name, value in attributes.items() if name != "r"}
            return CellXml(attributes, None, None)
        inner = raw[opened.end() :]
        formula = None
        if b"f" in inner:
            found = self._formula.search(inner)
            if found:
                formula = Formula(attributes_of(found[1]), unescape((found[2] or b"").decode()))
        if attributes.get("t") == "inlineStr":
            inline = self._inline.search(inner)
            return CellXml(attributes, formula, self._rich(inline[1]) if inline else None)
        value = self._value.search(inner)
        return CellXml(attributes, formula, unescape(value[1].decode()) if value else None)

    def write(self, cell: CellXml) -> bytes:
        """The XML of a cell made of these pieces; inline text for `inlineStr`."""
        p = self.prefix.decode()
        inner = ""
        if cell.formula is not None:
            inner += self.formula(cell.formula)
        if cell.value is not None:
            if cell.type == "inlineStr":
                inner += f'<{p}is><{p}t xml:space="preserve">{escape_text(cell.value)}</{p}t></{p}is>'
            else:
                inner += f"<{p}v>{escape_text(cell.value)}</{p}v>"
        tag = f"<{p}c{_attributes_text(cell.attributes)}"
        return (f"{tag}>{inner}</{p}c>" if inner else f"{tag}/>").encode()

    def plain(self, name: str, style: str, kind: str, text: str) -> bytes:
        """The XML of a cell with an address, a look and a value, and nothing else; as `write` makes it."""
        p = self._prefix
        mark = "" if kind == "n" else f' t="{kind}"'
        if kind == "inlineStr":
            inner = f'<{p}is><{p}t xml:space="preserve">{escape_text(text)}</{p}t></{p}is>'
        else:
            inner = f"<{p}v>{escape_text(text)}</{p}v>"
        return f'<{p}c r="{name}" s="{escape_attribute(style)}"{mark}>{inner}</{p}c>'.encode()

    def has_content(self, raw: bytes) -> bool:
        """Whether a cell holds a value or a formula."""
        p = self.prefix
        return any(b"<" + p + tag in raw for tag in (b"v", b"f", b"is"))

    def with_attribute(self, raw: bytes, name: str, value: str) -> bytes:
        """The cell's XML with one attribute of its start tag set; everything else stays as it is."""
        opened = self._open.match(raw)
        if opened is None:
            raise ValueError("no cell")
        attributes = attributes_of(opened[1])
        attributes[name] = value
        return raw[: opened.start(1)] + attributes_written(attributes) + raw[opened.end(1) :]

    def with_result(self, raw: bytes, kind: str, text: str | None) -> bytes:
        """A cell's XML with another stored value behind its formula, which is left as it is written; None: none."""
        cell = self.read(raw)
        if cell.value == text and (text is None or cell.type == kind):
            return raw
        attributes = {name: value for name, value in cell.attributes.items() if name != "t"}
        if kind != "n" and text is not None:
            attributes["t"] = kind
        p = self.prefix.decode()
        found = self._formula.search(raw) if cell.formula is not None else None
        inner = found[0].decode() if found else ""
        if text is not None:
            inner += f"<{p}v>{escape_text(text)}</{p}v>"
        tag = f"<{p}c{_attributes_text(attributes)}"
        return (f"{tag}>{inner}</{p}c>" if inner else f"{tag}/>").encode()

    def formula(self, formula: Formula) -> str:
        """The XML of a formula."""
        p = self.prefix.decode()
        tag = f"<{p}f{_attributes_text(formula.attributes)}"
        return f"{tag}>{escape_text(formula.text)}</{p}f>" if formula.text else f"{tag}/>"

    def _rich(self, inline: bytes) -> str:
        plain = self._phonetic.sub(b"", inline)
        return decode_text("".join(unescape(found[1].decode()) for found in self._text.finditer(plain)))


def encode(value: Value | float, is_1904: bool) -> tuple[str, str | None]:
    """(cell type, text of `<v>`) of a value; text comes as `inlineStr`, so that no shared table is touched.

    ValueError with a reason (`control_character`, `text_too_long`, `bad_number`, `bad_date`, `bad_value`).
    """
    match value:
        case None:
            return "n", None
        case bool():
            return "b", "1" if value else "0"
        case int() | Decimal() | float():
            return "n", _number_text(value)
        case datetime() | date():
            return "n", _serial_text(value, is_1904)
        case str():
            if value.isalnum() and len(value) <= MAX_TEXT:
                return "inlineStr", value  # an address, a code: nothing in it to look at
            if _FORBIDDEN.search(value):
                raise ValueError("control_character")
            if len(value) > MAX_TEXT:
                raise ValueError("text_too_long")
            return "inlineStr", _ESCAPED.sub(r"_x005F_x\1_", value) if "_x" in value else value
        case CellError():
            return "e", value.code
    raise ValueError("bad_value")


def decode_number(text: str) -> int | Decimal | None:
    """The exact number of a `<v>` text; None when it is none."""
    text = text.strip()
    if re.fullmatch(r"-?[0-9]{1,400}", text):
        return int(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    return int(number) if number == number.to_integral_value() and abs(number) < Decimal(10) ** 30 else number


def decode_date(serial: Decimal | int, is_1904: bool, has_time: bool) -> date | datetime | None:
    """The date (and time) of a serial number; None outside Excel's calendar."""
    if serial < 0 or serial >= 2_958_466:
        return None
    days = int(serial)
    rest = Decimal(serial) - days
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    if not is_1904 and serial < _LEAP_FAULT:
        days += 1
    moment = epoch + timedelta(days=days, microseconds=int((rest * 86_400_000).to_integral_value()) * 1000)
    return moment if has_time or rest else moment.date()


def decode_text(text: str) -> str:
    """Text as people see it: `_x000D_` is a carriage return (ECMA-376, 22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def escape_text(text: str) -> str:
    """Text as element content. A carriage return would be lost as such."""
    if text.isalnum():
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def escape_attribute(text: str) -> str:
    """Text as an attribute value between double quotes."""
    if text.isalnum():
        return text  # an address, a number of a style: nearly all there is
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def unescape(text: str) -> str:
    """Element or attribute text without entities; the predefined five and numbers are all that can occur."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")  # line ends, XML 1.0, 2.11
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return _ENTITIES[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))


def _number_text(value: int | Decimal | float) -> str:
    if isinstance(value, int):
        if abs(value) >= 10**308:
            raise ValueError("bad_number")
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("bad_number")
        return repr(value).upper()
    if not value.is_finite() or value.adjusted() > 307:
        raise ValueError("bad_number")
    if -30 < value.adjusted() < 30:
        return format(value, "f")
    return str(value)


def _serial_text(value: date, is_1904: bool) -> str:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    if moment.tzinfo is not None:
        moment = moment.replace(tzinfo=None)
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    passed = moment - epoch
    days = passed.days
    if not is_1904 and days < _LEAP_FAULT:
        days -= 1
    if days < (0 if is_1904 else 1):
        raise ValueError("bad_date")
    part = Decimal(passed.seconds * 1_000_000 + passed.microseconds) / 86_400_000_000
    if not part:
        return str(days)
    return format((days + part).quantize(Decimal("1e-12")).normalize(), "f")
