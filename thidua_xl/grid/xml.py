"""XML of a submission -> calls of handlers, with no document type, no foreign encoding and bounded depth.

Read `scan`. Names come as `namespace name`; attributes without a namespace by their bare name.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from thidua_xl.grid.limits import DEFAULT
from thidua_xl.grid.refusal import refuse

_CHUNK = 1 << 20
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})
# Transitional and strict (ISO/IEC 29500) namespaces of the same vocabulary.
MAIN = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)
REFERENCES = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)


def scan(data: bytes, part: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Parse `data` whole, calling the handlers. Raises `InputRefused` (damaged, dtd, bad_encoding, bad_sheet)."""
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEFAULT.depth:
            raise refuse("bad_sheet", part=part, cell="")
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    parser = _parser(part)
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if text is not None:
        parser.CharacterDataHandler = text
    _parse(parser, data, part)


def check(data: bytes, part: str) -> None:
    """Only hold `data` to being well-formed, in Unicode, without document type. For parts of bounded size."""
    _parse(_parser(part), data, part)


def _parser(part: str) -> expat.XMLParserType:
    def doctype(*_: object) -> None:
        raise refuse("dtd", part=part)

    def declared(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.casefold() not in _ENCODINGS:
            raise refuse("bad_encoding", part=part)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declared
    return parser


def _parse(parser: expat.XMLParserType, data: bytes, part: str) -> None:
    try:
        for place in range(0, len(data), _CHUNK):
            parser.Parse(data[place : place + _CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise refuse("damaged", part=part) from None


def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]


def is_main(name: str) -> bool:
    """Whether an element is of the spreadsheet vocabulary."""
    return name.rpartition(" ")[0] in MAIN


def reference_id(attributes: dict[str, str]) -> str:
    """The `r:id` among attributes, "" when there is none."""
    for name, value in attributes.items():
        namespace, _, bare = name.rpartition(" ")
        if bare == "id" and namespace in REFERENCES:
            return value
    return ""


def is_true(value: str | None) -> bool:
    """Whether an XML boolean is set."""
    return value in ("1", "true", "on")
