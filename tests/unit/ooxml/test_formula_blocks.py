"""Blocks of formulas told apart by where they look give the same dependents as formulas read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ooxml_books import opened, package, rows_of, sheet_xml

from thidua_xl.ooxml import dependents, formulablocks
from thidua_xl.ooxml.cellset import CellSet
from thidua_xl.ooxml.formulablocks import Block
from thidua_xl.ooxml.rows import Rows

MARK = st.sampled_from(("", "$"))
CELL = st.builds("{}{}{}{}".format, MARK, st.sampled_from("ABC"), MARK, st.integers(1, 30))
RANGE = st.builds("{}:{}".format, CELL, CELL)
WORD = st.sampled_from(("A:A", "3:4", "ten", '"A5"', "S!B9", "12", "INDIRECT(B2)", "XFE1", "Z1234567"))
FORMULA = st.lists(st.one_of(CELL, CELL, RANGE, WORD), min_size=1, max_size=3).map("+".join)
SHARED = st.tuples(st.integers(1, 28), FORMULA)


def sheet_of(plain: dict[int, str], shared: list[tuple[int, str]]) -> bytes:
    """Numbers in A to C, plain formulas in D by row, one shared formula a column from E on, three cells each."""
    rows = []
    for row in range(1, 31):
        cells = "".join(f'<c r="{letter}{row}"><v>{row}</v></c>' for letter in "ABC")
        if row in plain:
            cells += f'<c r="D{row}"><f>{plain[row]}</f><v>1</v></c>'
        for number, (first, text) in enumerate(shared):
            letter = "EFGH"[number]
            if row == first:
                area = f"{letter}{first}:{letter}{first + 2}"
                cells += f'<c r="{letter}{row}"><f t="shared" ref="{area}" si="{number}">{text}</f><v>1</v></c>'
            elif first < row <= first + 2:
                cells += f'<c r="{letter}{row}"><f t="shared" si="{number}"/><v>1</v></c>'
        rows.append(f'<row r="{row}">{cells}</row>')
    return package(sheet_xml("".join(rows)))


def told_nothing(rows: Rows, words: frozenset[str]) -> Iterator[Block]:
    """Blocks of which nothing is known, so that every formula is read."""
    return (Block(block.rows, None) for block in formulablocks.blocks_of(rows, words))


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(1, 30), FORMULA, max_size=12),
    st.lists(SHARED, max_size=4),
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9)), min_size=1, max_size=3),
    st.booleans(),
)
def test_blocks_change_nothing_of_what_depends_on_a_cell(
    plain: dict[int, str], shared: list[tuple[int, str]], changed: list[tuple[int, int]], is_noted: bool
) -> None:
    answers = []
    for blocks in (formulablocks.blocks_of, told_nothing):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(formulablocks, "_BATCH", 3)
            patch.setattr(dependents, "blocks_of", blocks)
            book = opened(sheet_of(plain, shared))
            book.changes.cells["S"] = CellSet(changed)
            if is_noted:
                book.changes.stale["S"] = {(5, 4), (9, 5), (10, 1)}
                book.changes.names.add("ten")
            answers.append(dependents.find_stale(book))
    assert answers[0] == answers[1]


def test_formulas_that_look_elsewhere_are_not_read() -> None:
    text = "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c><c r="B{row}"><f>A{row}*2+SUM(A$1:A$2)</f><v>4</v></c>'
        f'<c r="C{row}"><f>B{row}+1</f><v>5</v></c></row>'
        for row in range(1, 1001)
    )
    book = opened(package(sheet_xml(text)))
    blocks = list(formulablocks.blocks_of(book["S"].xml.rows, frozenset()))
    assert [len(block.rows) for block in blocks] == [256, 256, 256, 232]
    assert blocks[1].looks is not None
    assert set(blocks[1].looks) == {(257, 1, 512, 1), (1, 1, 2, 1), (257, 2, 512, 2)}
    book["S"].set("A300", 7)
    cells = re.findall('<c r="([BC]300)"><f>[^<]*</f><v>([0-9]*)</v>', rows_of(book.to_bytes()))
    assert cells == [("B300", "16"), ("C300", "17")]


def test_copies_of_a_shared_formula_are_told_by_their_rows() -> None:
    rows = ['<row r="1"><c r="B1"><f t="shared" ref="B1:B600" si="0">A1+A$9</f><v>1</v></c></row>']
    rows += [f'<row r="{row}"><c r="B{row}"><f t="shared" si="0"/><v>1</v></c></row>' for row in range(2, 601)]
    book = opened(package(sheet_xml("".join(rows))))
    blocks = list(formulablocks.blocks_of(book["S"].xml.rows, frozenset()))
    assert [set(block.looks or ()) for block in blocks[1:]] == [
        {(257, 1, 512, 1), (9, 1, 9, 1)},
        {(513, 1, 600, 1), (9, 1, 9, 1)},
    ]
    book["S"].set("A513", 5)
    assert dependents.find_stale(book) == {"S": {(513, 2)}}
