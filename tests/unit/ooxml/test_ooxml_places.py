"""Every place of a worksheet part that holds a reference, before and after five rows were inserted before row 10.

Each case is the XML beside the rows, before and after; `None` means that it is gone.
"""

from __future__ import annotations

import re

import pytest
from ooxml_books import opened, package, part, rows_of, sheet_xml

from thidua_xl.errors import EditRefused

X14 = (
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
)
XDR = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'


def moved(before: str, after: str, edit: str, at: int = 10, count: int = 5) -> tuple[str, str]:
    """What stands before and after the rows once the edit is done."""
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>{number}</v></c></row>' for number in range(1, 21))
    book = opened(package(sheet_xml(rows, before, after)))
    getattr(book["S"], edit)(at, count)
    text = part(book.to_bytes(), "odd/page.xml")
    found = re.search(r"<worksheet[^>]*>(.*)<sheetData>.*</sheetData>(.*)</worksheet>", text, re.DOTALL)
    assert found is not None
    return found[1], found[2]


FOLLOWS = {
    "used area": ('<dimension ref="A1:C20"/>', '<dimension ref="A1:C25"/>'),
    "scroll position": (
        '<sheetViews><sheetView topLeftCell="A12" workbookViewId="0"/></sheetViews>',
        '<sheetViews><sheetView topLeftCell="A17" workbookViewId="0"/></sheetViews>',
    ),
    "frozen rows above": (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A4" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="B12" sqref="B12:B13 C2"/></sheetView></sheetViews>',
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A4" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="B17" sqref="B17:B18 C2"/></sheetView></sheetViews>',
    ),
    "frozen rows that rows enter": (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="12" topLeftCell="A13" state="frozen"/>'
        "</sheetView></sheetViews>",
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="17" topLeftCell="A18" state="frozen"/>'
        "</sheetView></sheetViews>",
    ),
    "scroll position in kept views": (
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A14" state="frozen"/></sheetView>'
        "</sheetViews>",
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A19" state="frozen"/></sheetView>'
        "</sheetViews>",
    ),
    "sync": ('<sheetPr syncRef="B12"/>', '<sheetPr syncRef="B17"/>'),
}


@pytest.mark.parametrize(("old", "new"), FOLLOWS.values(), ids=FOLLOWS)
def test_what_stands_before_the_rows_follows(old: str, new: str) -> None:
    assert moved(old, "", "insert_rows")[0] == new


BEHIND = {
    "merge below": (
        '<mergeCells count="1"><mergeCell ref="A12:B13"/></mergeCells>',
        '<mergeCells count="1"><mergeCell ref="A17:B18"/></mergeCells>',
    ),
    "merge that rows enter": (
        '<mergeCells count="1"><mergeCell ref="A8:B12"/></mergeCells>',
        '<mergeCells count="1"><mergeCell ref="A8:B17"/></mergeCells>',
    ),
    "protected range": (
        '<protectedRanges><protectedRange sqref="A2 B12:B13" name="x"/></protectedRanges>',
        '<protectedRanges><protectedRange sqref="A2 B17:B18" name="x"/></protectedRanges>',
    ),
    "scenario": (
        '<scenarios sqref="A12"><scenario name="x"><inputCells r="B12" val="1"/></scenario></scenarios>',
        '<scenarios sqref="A17"><scenario name="x"><inputCells r="B17" val="1"/></scenario></scenarios>',
    ),
    "filter and sort": (
        '<autoFilter ref="A1:C20"><sortState ref="A2:C20"><sortCondition ref="B2:B20"/></sortState></autoFilter>',
        '<autoFilter ref="A1:C25"><sortState ref="A2:C25"><sortCondition ref="B2:B25"/></sortState></autoFilter>',
    ),
    "consolidation": (
        '<dataConsolidate><dataRefs><dataRef ref="A12:B13" sheet="S"/><dataRef ref="A12" sheet="T"/>'
        "</dataRefs></dataConsolidate>",
        '<dataConsolidate><dataRefs><dataRef ref="A17:B18" sheet="S"/><dataRef ref="A12" sheet="T"/>'
        "</dataRefs></dataConsolidate>",
    ),
    "custom view": (
        '<customSheetViews><customSheetView guid="{1}" topLeftCell="A12"><selection activeCell="A11" sqref="A11"/>'
        '<rowBreaks count="1" manualBreakCount="1"><brk id="12" max="16383" man="1"/></rowBreaks>'
        '<autoFilter ref="A1:C20"/></customSheetView></customSheetViews>',
        '<customSheetViews><customSheetView guid="{1}" topLeftCell="A17"><selection activeCell="A16" sqref="A16"/>'
        '<rowBreaks count="1" manualBreakCount="1"><brk id="17" max="16383" man="1"/></rowBreaks>'
        '<autoFilter ref="A1:C25"/></customSheetView></customSheetViews>',
    ),
    "conditional format": (
        '<conditionalFormatting sqref="A2:A20 C12"><cfRule type="expression" priority="1">'
        "<formula>$A2&gt;$C$12</formula></cfRule></conditionalFormatting>",
        '<conditionalFormatting sqref="A2:A25 C17"><cfRule type="expression" priority="1">'
        "<formula>$A2&gt;$C$17</formula></cfRule></conditionalFormatting>",
    ),
    "rule that compares neighbours": (
        '<conditionalFormatting sqref="A10:A20"><cfRule type="expression" priority="1">'
        "<formula>A9=A10</formula></cfRule></conditionalFormatting>",
        '<conditionalFormatting sqref="A15:A25"><cfRule type="expression" priority="1">'
        "<formula>A14=A15</formula></cfRule></conditionalFormatting>",
    ),
    "rule on a single row": (
        '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1">'
        "<formula>A12=1</formula></cfRule></conditionalFormatting>",
        '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1">'
        "<formula>A17=1</formula></cfRule></conditionalFormatting>",
    ),
    "scale with a formula": (
        '<conditionalFormatting sqref="A2:A9"><cfRule type="colorScale" priority="1"><colorScale>'
        '<cfvo type="formula" val="$B$12"/><cfvo type="num" val="12"/></colorScale></cfRule></conditionalFormatting>',
        '<conditionalFormatting sqref="A2:A9"><cfRule type="colorScale" priority="1"><colorScale>'
        '<cfvo type="formula" val="$B$17"/><cfvo type="num" val="12"/></colorScale></cfRule></conditionalFormatting>',
    ),
    "validation": (
        '<dataValidations count="1"><dataValidation type="list" sqref="B2:B20"><formula1>$D$2:$D$12</formula1>'
        "<formula2>T!$D$12</formula2></dataValidation></dataValidations>",
        '<dataValidations count="1"><dataValidation type="list" sqref="B2:B25"><formula1>$D$2:$D$17</formula1>'
        "<formula2>T!$D$12</formula2></dataValidation></dataValidations>",
    ),
    "list in the rule itself": (
        '<dataValidations count="1"><dataValidation type="list" sqref="B12"><formula1>"A12,B12"</formula1>'
        "</dataValidation></dataValidations>",
        '<dataValidations count="1"><dataValidation type="list" sqref="B17"><formula1>"A12,B12"</formula1>'
        "</dataValidation></dataValidations>",
    ),
    "hyperlink": (
        '<hyperlinks><hyperlink ref="A12" location="S!B12" display="S!B12"/></hyperlinks>',
        '<hyperlinks><hyperlink ref="A17" location="S!B17" display="S!B12"/></hyperlinks>',
    ),
    "breaks": (
        '<rowBreaks count="3" manualBreakCount="3"><brk id="8" max="16383" man="1"/><brk id="9" max="16383" man="1"/>'
        '<brk id="12" max="16383" man="1"/></rowBreaks><colBreaks count="1" manualBreakCount="1">'
        '<brk id="3" min="0" max="12" man="1"/></colBreaks>',
        '<rowBreaks count="3" manualBreakCount="3"><brk id="8" max="16383" man="1"/><brk id="14" max="16383" man="1"/>'
        '<brk id="17" max="16383" man="1"/></rowBreaks><colBreaks count="1" manualBreakCount="1">'
        '<brk id="3" min="0" max="17" man="1"/></colBreaks>',
    ),
    "watches and ignored errors": (
        '<cellWatches><cellWatch r="A12"/></cellWatches>'
        '<ignoredErrors><ignoredError sqref="A1:A12" numberStoredAsText="1"/></ignoredErrors>',
        '<cellWatches><cellWatch r="A17"/></cellWatches>'
        '<ignoredErrors><ignoredError sqref="A1:A17" numberStoredAsText="1"/></ignoredErrors>',
    ),
    "form control": (
        f'<controls><control shapeId="1"><controlPr linkedCell="$B$12" listFillRange="T!$A$1:$A$12">'
        f'<anchor moveWithCells="1" {XDR}><from><xdr:col>1</xdr:col><xdr:row>11</xdr:row></from>'
        f"<to><xdr:col>2</xdr:col><xdr:row>12</xdr:row></to></anchor></controlPr></control></controls>",
        f'<controls><control shapeId="1"><controlPr linkedCell="$B$17" listFillRange="T!$A$1:$A$12">'
        f'<anchor {XDR} moveWithCells="1"><from><xdr:col>1</xdr:col><xdr:row>16</xdr:row></from>'
        f"<to><xdr:col>2</xdr:col><xdr:row>17</xdr:row></to></anchor></controlPr></control></controls>",
    ),
    "x14 conditional format": (
        f'<extLst><ext {X14}><x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="dataBar">'
        f'<x14:dataBar><x14:cfvo type="formula"><xm:f>$B$12</xm:f></x14:cfvo></x14:dataBar></x14:cfRule>'
        f"<xm:sqref>A2:A20 C12</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>",
        f'<extLst><ext {X14}><x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="dataBar">'
        f'<x14:dataBar><x14:cfvo type="formula"><xm:f>$B$17</xm:f></x14:cfvo></x14:dataBar></x14:cfRule>'
        f"<xm:sqref>A2:A25 C17</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>",
    ),
    "x14 validation": (
        f'<extLst><ext {X14}><x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1>'
        f"<xm:f>S!$D$2:$D$12</xm:f></x14:formula1><xm:sqref>B12</xm:sqref></x14:dataValidation>"
        f"</x14:dataValidations></ext></extLst>",
        f'<extLst><ext {X14}><x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1>'
        f"<xm:f>S!$D$2:$D$17</xm:f></x14:formula1><xm:sqref>B17</xm:sqref></x14:dataValidation>"
        f"</x14:dataValidations></ext></extLst>",
    ),
    "sparkline": (
        f"<extLst><ext {X14}><x14:sparklineGroups><x14:sparklineGroup><xm:f>S!A12:C12</xm:f><x14:sparklines>"
        f"<x14:sparkline><xm:f>S!A8:C12</xm:f><xm:sqref>D12</xm:sqref></x14:sparkline></x14:sparklines>"
        f"</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>",
        f"<extLst><ext {X14}><x14:sparklineGroups><x14:sparklineGroup><xm:f>S!A17:C17</xm:f><x14:sparklines>"
        f"<x14:sparkline><xm:f>S!A8:C17</xm:f><xm:sqref>D17</xm:sqref></x14:sparkline></x14:sparklines>"
        f"</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>",
    ),
    "x14 protected range and errors": (
        f'<extLst><ext {X14}><x14:protectedRanges><x14:protectedRange name="x"><xm:sqref>A12</xm:sqref>'
        f"</x14:protectedRange></x14:protectedRanges><x14:ignoredErrors><x14:ignoredError><xm:sqref>A12:B13</xm:sqref>"
        f"</x14:ignoredError></x14:ignoredErrors></ext></extLst>",
        f'<extLst><ext {X14}><x14:protectedRanges><x14:protectedRange name="x"><xm:sqref>A17</xm:sqref>'
        f"</x14:protectedRange></x14:protectedRanges><x14:ignoredErrors><x14:ignoredError><xm:sqref>A17:B18</xm:sqref>"
        f"</x14:ignoredError></x14:ignoredErrors></ext></extLst>",
    ),
    "web extension": (
        f"<extLst><ext {X14}><y:webExtensions xmlns:y='urn:y'><y:webExtension><xm:f>S!A12</xm:f></y:webExtension>"
        f"</y:webExtensions></ext></extLst>",
        f'<extLst><ext {X14}><y:webExtensions xmlns:y="urn:y"><y:webExtension><xm:f>S!A17</xm:f></y:webExtension>'
        f"</y:webExtensions></ext></extLst>",
    ),
}


@pytest.mark.parametrize(("old", "new"), BEHIND.values(), ids=BEHIND)
def test_what_stands_behind_the_rows_follows(old: str, new: str) -> None:
    assert moved("", old, "insert_rows")[1] == new


GONE = {
    "merge": ('<mergeCells count="2"><mergeCell ref="A10:B11"/><mergeCell ref="A2:B3"/></mergeCells>',
              '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'),
    "last merge": ('<mergeCells count="1"><mergeCell ref="A10:B11"/></mergeCells>', ""),
    "merge of which one cell is left": ('<mergeCells count="1"><mergeCell ref="A9:A12"/></mergeCells>', ""),
    "hyperlink": ('<hyperlinks><hyperlink ref="A12" location="S!A1"/></hyperlinks>', ""),
    "conditional format": (
        '<conditionalFormatting sqref="A10:A12 B12"><cfRule type="expression" priority="1"><formula>A12=1</formula>'
        "</cfRule></conditionalFormatting>",
        "",
    ),
    "validation": (
        '<dataValidations count="2"><dataValidation sqref="A11"><formula1>1</formula1></dataValidation>'
        '<dataValidation sqref="A9:A11"><formula1>$B$11</formula1></dataValidation></dataValidations>',
        '<dataValidations count="1"><dataValidation sqref="A9"><formula1>#REF!</formula1></dataValidation>'
        "</dataValidations>",
    ),
    "sparkline": (
        f"<extLst><ext {X14}><x14:sparklineGroups><x14:sparklineGroup><x14:sparklines><x14:sparkline>"
        f"<xm:f>S!A8:C8</xm:f><xm:sqref>D12</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        f"<x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>S!A8:C8</xm:f><xm:sqref>D8</xm:sqref>"
        f"</x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>",
        f"<extLst><ext {X14}><x14:sparklineGroups><x14:sparklineGroup><x14:sparklines><x14:sparkline>"
        f"<xm:f>S!A8:C8</xm:f><xm:sqref>D8</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        f"</x14:sparklineGroups></ext></extLst>",
    ),
    "scenario cell kept elsewhere": (
        '<autoFilter ref="A1:C20"/>',
        '<autoFilter ref="A1:C17"/>',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), GONE.values(), ids=GONE)
def test_what_only_deleted_rows_had_is_gone(old: str, new: str) -> None:
    assert moved("", old, "delete_rows", 10, 3)[1] == new


COLUMNS = {
    "widths": (
        '<cols><col min="1" max="2" width="9"/><col min="3" max="6" width="5" customWidth="1"/></cols>',
        '<cols><col min="1" max="2" width="9"/><col min="3" max="8" width="5" customWidth="1"/></cols>',
    ),
    "scroll position": (
        '<sheetViews><sheetView topLeftCell="F1" workbookViewId="0"><pane xSplit="5" topLeftCell="K1" state="frozen"/>'
        "</sheetView></sheetViews>",
        '<sheetViews><sheetView topLeftCell="H1" workbookViewId="0"><pane xSplit="5" topLeftCell="M1" state="frozen"/>'
        "</sheetView></sheetViews>",
    ),
}


@pytest.mark.parametrize(("old", "new"), COLUMNS.values(), ids=COLUMNS)
def test_what_stands_before_the_rows_follows_columns(old: str, new: str) -> None:
    assert moved(old, "", "insert_columns", 5, 2)[0] == new


COLUMNS_BEHIND = {
    "filter": (
        '<autoFilter ref="B1:F20"><filterColumn colId="1"/><filterColumn colId="4"/></autoFilter>',
        '<autoFilter ref="B1:H20"><filterColumn colId="1"/><filterColumn colId="6"/></autoFilter>',
    ),
    "breaks": (
        '<rowBreaks count="1" manualBreakCount="1"><brk id="3" min="0" max="9" man="1"/></rowBreaks>'
        '<colBreaks count="1" manualBreakCount="1"><brk id="7" max="1048575" man="1"/></colBreaks>',
        '<rowBreaks count="1" manualBreakCount="1"><brk id="3" min="0" max="11" man="1"/></rowBreaks>'
        '<colBreaks count="1" manualBreakCount="1"><brk id="9" max="1048575" man="1"/></colBreaks>',
    ),
    "conditional format": (
        '<conditionalFormatting sqref="F2:H9"><cfRule type="expression" priority="1"><formula>E2=$G$1</formula>'
        "</cfRule></conditionalFormatting>",
        '<conditionalFormatting sqref="H2:J9"><cfRule type="expression" priority="1"><formula>G2=$I$1</formula>'
        "</cfRule></conditionalFormatting>",
    ),
}


@pytest.mark.parametrize(("old", "new"), COLUMNS_BEHIND.values(), ids=COLUMNS_BEHIND)
def test_what_stands_behind_the_rows_follows_columns(old: str, new: str) -> None:
    assert moved("", old, "insert_columns", 5, 2)[1] == new


@pytest.mark.parametrize(
    ("pane", "edit", "at", "wanted"),
    [
        ('ySplit="3" topLeftCell="A4"', "insert_rows", 4, 'ySplit="3" topLeftCell="A4"'),
        ('ySplit="3" topLeftCell="A4"', "insert_rows", 3, 'ySplit="5" topLeftCell="A6"'),
        ('ySplit="3" topLeftCell="A9"', "insert_rows", 4, 'ySplit="3" topLeftCell="A11"'),
        ('ySplit="3" topLeftCell="A4"', "delete_rows", 2, 'ySplit="1" topLeftCell="A2"'),
        ('xSplit="2" topLeftCell="C1"', "delete_columns", 1, 'xSplit="2" topLeftCell="C1"'),
        ('xSplit="2" topLeftCell="B1"', "insert_columns", 9, 'xSplit="2" topLeftCell="B1"'),
    ],
)
def test_rows_behind_frozen_ones_stay_in_sight(pane: str, edit: str, at: int, wanted: str) -> None:
    view = '<sheetViews><sheetView workbookViewId="0"><pane {} state="frozen"/></sheetView></sheetViews>'
    assert moved(view.format(pane), "", edit, at, 2)[0] == view.format(wanted)


def test_rows_put_above_the_first_are_in_sight() -> None:
    view = '<sheetViews><sheetView topLeftCell="A1" workbookViewId="0"/></sheetViews>'
    assert moved(view, "", "insert_rows", 1, 2)[0] == view


def test_deleted_columns_leave_the_filter() -> None:
    old = '<autoFilter ref="B1:F20"><filterColumn colId="1"/><filterColumn colId="4"/></autoFilter>'
    assert moved("", old, "delete_columns", 3, 2)[1] == (
        '<autoFilter ref="B1:D20"><filterColumn colId="2"/></autoFilter>'
    )


def test_an_unknown_extension_with_an_address_is_refused() -> None:
    old = '<extLst><ext xmlns:y="urn:y" uri="{1}"><y:thing ref="A12"/></ext></extLst>'
    with pytest.raises(EditRefused) as refusal:
        moved("", old, "insert_rows")
    assert refusal.value.code == "edit.unknown_extension"
    assert moved("", old.replace("A12", "xanh"), "insert_rows")[1] == old.replace("A12", "xanh")


@pytest.mark.parametrize("prefix", ["x", ""])
def test_rows_and_formulas_follow_under_any_prefix(prefix: str) -> None:
    p = f"{prefix}:" if prefix else ""
    rows = (
        f'<{p}row r="1"><{p}c r="A1"><{p}f>SUM(A2:A3)</{p}f><{p}v>5</{p}v></{p}c></{p}row>'
        f'<{p}row r="3"><{p}c r="A3"><{p}v>5</{p}v></{p}c></{p}row>'
    )
    book = opened(package(sheet_xml(rows, prefix=prefix)))
    book["S"].insert_rows(3, 2)
    assert rows_of(book.to_bytes()) == rows.replace("A2:A3", "A2:A5").replace('r="3"', 'r="5"').replace("A3", "A5")


def test_the_look_of_the_rest_of_the_sheet_and_empty_lists_come_back_after_columns_went() -> None:
    before = '<cols><col min="2" max="16384" width="9" style="0"/></cols>'
    book = opened(package(sheet_xml('<row r="1"><c r="B1"><v>1</v></c></row>', before, '<mergeCells count="0"/>')))
    book["S"].insert_columns(1, 3)
    book["S"].delete_columns(1, 3)
    xml = part(book.to_bytes(), "odd/page.xml")
    assert before in xml
    assert '<mergeCells count="0"/>' in xml
