"""Custom document properties: read, and set. Read `custom_properties` and `set_custom_property`.

Source: ECMA-376 Part 1, 22.3 (custom properties), 22.4 (variant types).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from thidua_xl.ooxml.markup import Element, local_name, whole_number

if TYPE_CHECKING:
    from thidua_xl.ooxml.workbook import Workbook

_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VARIANT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    f'<Properties xmlns="{_NAMESPACE}" xmlns:vt="{_VARIANT}"/>'
)


def custom_properties(book: Workbook) -> dict[str, str]:
    """The custom properties of the workbook, as text."""
    found = {}
    for part in book.package.related("", "custom-properties"):
        for element in book.package.root(part):
            found[element.get("name", "")] = "".join(str(text) for text in element.itertext())
    return found


def set_custom_property(book: Workbook, name: str, value: str) -> None:
    """Set a text property; one of that name is replaced."""
    package = book.package
    parts = package.related("", "custom-properties")
    if parts:
        part = parts[0]
    else:
        part = package.add(package.usual_name("docProps/custom.xml"), _EMPTY.encode(), _TYPE)
        package.relate("", book.relation("custom-properties"), part)
    root = package.root(part)
    element = _find(root, name)
    if element is None:
        number = 1 + max((whole_number(child, "pid", 1) for child in root), default=1)
        tag = root.tag.rpartition("}")[0] + "}property"
        element = etree.SubElement(root, tag, fmtid=_FORMAT_ID, pid=str(number), name=name)
    for child in list(element):
        element.remove(child)
    space = next((address for address in root.nsmap.values() if address.endswith("docPropsVTypes")), _VARIANT)
    etree.SubElement(element, f"{{{space}}}lpwstr").text = value
    package.touch(part)


def _find(root: Element, name: str) -> Element | None:
    wanted = name.casefold()
    return next((child for child in root if local_name(child) and child.get("name", "").casefold() == wanted), None)
