"""XML in and out: parsed without entities, network or document types, written back as it came.

Read `parse` and `serialize`. Also small answers about names: `local_name`, `is_true`.
"""

from __future__ import annotations

import re

from lxml import etree

from thidua_xl.errors import EditRefused
from thidua_xl.refs import Area

# The transitional namespaces and their strict twins (ISO/IEC 29500-1 against -4).
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"

Element = etree._Element

_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml[^>]*\?>\s*")
_UTF8 = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*?encoding\s*=\s*["'](?:utf-?8|us-ascii|ascii)["']"""
    rb"""|<\?xml(?![^>]*encoding)|<(?!\?xml))""",
    re.IGNORECASE,
)
_STANDARD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
# libxml2 bounds single texts and depth unless told otherwise; only parts that need it are let through.
_HUGE = 8 * 1024 * 1024


def parse(content: bytes, file: str, part: str) -> Element:
    """The root element of an XML part. EditRefused for a document type, entities or malformed text."""
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise EditRefused("edit.document_type", file=file, part=part)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        strip_cdata=False,
        huge_tree=len(content) > _HUGE,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise EditRefused("edit.damaged_xml", file=file, part=part, detail=str(problem)) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise EditRefused("edit.document_type", file=file, part=part)
    return root


def serialize(root: Element, original: bytes) -> bytes:
    """The part as bytes, UTF-8, behind the XML declaration that it came with."""
    body = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return declaration(original) + body


def declaration(original: bytes) -> bytes:
    """The XML declaration of a part, with its byte order mark; a standard one when it is not UTF-8."""
    if not is_utf8(original):
        return _STANDARD
    found = _DECLARATION.match(original)
    return found[0] if found else b""


def is_utf8(content: bytes) -> bool:
    """Whether an XML part is written in UTF-8 (or plain ASCII)."""
    return _UTF8.match(content) is not None


def local_name(element: Element) -> str:
    """The tag without its namespace; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    """The namespace of the tag, "" when it has none."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag[:1] == "{" else ""


def is_true(text: str | None, default: bool = False) -> bool:
    """An xsd:boolean as a bool (ECMA-376 allows 1, 0, true, false, on, off)."""
    return default if text is None else text.strip().lower() in ("1", "true", "on", "t")


def whole_number(element: Element | None, name: str, default: int = 0) -> int:
    """An attribute as a whole number; the default when it is missing or no number (programs write `s=""`)."""
    text = (element.get(name, "") if element is not None else "").strip()
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() else default


def stored_area(text: str, file: str, part: str) -> Area:
    """An area as a part of the file holds it. EditRefused when it is none."""
    try:
        return Area.parse(text)
    except ValueError as problem:
        raise EditRefused("edit.damaged_xml", file=file, part=part, detail=text) from problem
