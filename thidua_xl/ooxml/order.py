"""The order of elements that the standard asks for; Excel calls a file damaged that has them otherwise.

Read `put`. Source: ECMA-376 Part 1, 18.3.1.99 (worksheet), 18.2.27 (workbook).
"""

from __future__ import annotations

from lxml import etree

from thidua_xl.ooxml.markup import Element, local_name, namespace

WORKSHEET = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
WORKBOOK = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection",
    "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize",
    "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst",
)  # fmt: skip


def put(
    root: Element,
    name: str,
    order: tuple[str, ...],
    attributes: dict[str, str] | None = None,
    prefixes: dict[str, str] | None = None,
) -> Element:
    """A new child of the root, in the root's namespace, where the order wants it (behind others of its name)."""
    element = etree.Element(f"{{{namespace(root)}}}{name}", attributes or {}, nsmap=prefixes)
    rank = order.index(name)
    place = 0
    for index, child in enumerate(root):
        child_name = _ranked_name(child, order)
        if child_name in order and order.index(child_name) <= rank:
            place = index + 1
    root.insert(place, element)
    return element


def ensure(root: Element, name: str, order: tuple[str, ...]) -> Element:
    """The first child of that name, made when there is none."""
    for child in root:
        if local_name(child) == name:
            return child
    return put(root, name, order)


def missing_prefix(root: Element, space: str) -> dict[str, str] | None:
    """`r` for a namespace of relationships that the root has no prefix for, to be told to a new child.

    Without, lxml takes whatever prefix another library has registered, and the bytes depend on what was imported.
    """
    return None if space in root.nsmap.values() else {"r": space}


def _ranked_name(child: Element, order: tuple[str, ...]) -> str:
    """The name that counts: `mc:AlternateContent` stands where the element inside it would stand."""
    name = local_name(child)
    if name == "AlternateContent" and name not in order:
        for inner in child.iter():
            if local_name(inner) in order:
                return local_name(inner)
    return name
