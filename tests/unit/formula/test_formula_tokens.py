"""The tokenizer loses nothing and names every kind of word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua_xl.formula.problem import FormulaError
from thidua_xl.formula.tokens import Kind, tokenize

ONE_WORD = [
    ("A1", Kind.REFERENCE),
    ("$A$1:b2", Kind.REFERENCE),
    ("S05", Kind.REFERENCE),
    ("A:C", Kind.REFERENCE),
    ("$1:$3", Kind.REFERENCE),
    ("'Biểu 05'!B5", Kind.REFERENCE),
    ("'It''s'!A1:C3", Kind.REFERENCE),
    ("Biểu!$A$1", Kind.REFERENCE),
    ("S1:S3!A1", Kind.REFERENCE),
    ("'S 1:S 3'!A1", Kind.REFERENCE),
    ("[1]Sheet1!A1", Kind.REFERENCE),
    ("'[b c.xlsx]Sheet 1'!A1:B2", Kind.REFERENCE),
    ("XFD1048576", Kind.REFERENCE),
    ("XFE1", Kind.NAME),
    ("A1048577", Kind.NAME),
    ("TD_S05[so_tien]", Kind.STRUCTURED),
    ("S05[so_tien]", Kind.STRUCTURED),
    ("[@so_tien]", Kind.STRUCTURED),
    ("[@[a b]]", Kind.STRUCTURED),
    ("[@Số tiền (đồng)]", Kind.STRUCTURED),
    ("T[[#Headers],[x]:[y]]", Kind.STRUCTURED),
    ("T[a'[b']c]", Kind.STRUCTURED),
    ("[1]!T[x]", Kind.STRUCTURED),
    ("TD_CD_nguong", Kind.NAME),
    ("Sheet1!Local", Kind.NAME),
    ("[1]!Tên", Kind.NAME),
    ("a.b", Kind.NAME),
    ("1.5E+3", Kind.NUMBER),
    (".5", Kind.NUMBER),
    ("12", Kind.NUMBER),
    ('"a ""b"" #N/A [x]"', Kind.TEXT),
    ("true", Kind.BOOL),
    ("#DIV/0!", Kind.ERROR),
    ("Sheet1!#REF!", Kind.ERROR),
    ("<>", Kind.OPERATOR),
    (" \n\u00a0", Kind.SPACE),
    (";", Kind.SEPARATOR),
    ("{", Kind.BRACE),
]


@pytest.mark.parametrize(("text", "kind"), ONE_WORD)
def test_each_word_is_one_token_of_its_kind(text: str, kind: Kind) -> None:
    assert [(token.kind, token.text) for token in tokenize(text)] == [(kind, text)]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind.value, token.text) for token in tokenize(text)]


def test_a_rule_is_split_into_its_words() -> None:
    assert kinds('=IF([@a]>=1.5%,COUNTIF(TD_S1[b];"x*"))') == [
        ("prefix", "="),
        ("function", "IF"),
        ("open", "("),
        ("structured", "[@a]"),
        ("operator", ">="),
        ("number", "1.5"),
        ("operator", "%"),
        ("separator", ","),
        ("function", "COUNTIF"),
        ("open", "("),
        ("structured", "TD_S1[b]"),
        ("separator", ";"),
        ("text", '"x*"'),
        ("close", ")"),
        ("close", ")"),
    ]


def test_a_function_named_like_a_cell_is_a_function() -> None:
    assert kinds("LOG10(A1)")[0] == ("function", "LOG10")


def test_a_range_that_ends_in_a_function_is_two_parts() -> None:
    assert kinds("A1:INDEX(B:B,3)")[:3] == [("reference", "A1"), ("operator", ":"), ("function", "INDEX")]


def test_an_equals_sign_in_the_middle_is_an_operator() -> None:
    assert kinds("=a=b") == [("prefix", "="), ("name", "a"), ("operator", "="), ("name", "b")]


def test_starts_are_positions_in_the_text() -> None:
    text = " = SUM( A1 , 'x y'!B2 )"
    assert all(text[token.start : token.end] == token.text for token in tokenize(text))


BROKEN = [
    ('="abc', "unclosed_text", 1, ""),
    ("=[@so_tien>0", "unclosed_bracket", 1, ""),
    ("=TD_S05[so_tien", "unclosed_bracket", 7, ""),
    ("='Biểu 1!A1", "unclosed_quote", 1, ""),
    ("=[@a]≤3", "unknown_character", 5, "<="),
    ("=“x”", "unknown_character", 1, '"'),
    ("=5a+1", "unknown_word", 1, ""),
    ("=1.2.3", "unknown_word", 1, ""),
    ("=a|b", "unknown_character", 2, "OR( )"),
]


@pytest.mark.parametrize(("text", "code", "position", "near"), BROKEN)
def test_unreadable_text_is_refused_at_its_place(text: str, code: str, position: int, near: str) -> None:
    with pytest.raises(FormulaError) as caught:
        tokenize(text)
    assert (caught.value.code, caught.value.position, caught.value.near) == (code, position, near)


PIECES = [text for text, _ in ONE_WORD] + ["(", ")", ",", "+", " ", "SUM(", "'", "[", '"', "đ", "é", "!", "$", "9"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_tokens_joined_give_the_text_back(text: str) -> None:
    try:
        tokens = tokenize(text)
    except FormulaError as problem:
        assert 0 <= problem.position < len(text)
    else:
        assert "".join(token.text for token in tokens) == text


@given(st.text(max_size=60))
def test_any_text_is_split_without_loss_or_refused(text: str) -> None:
    try:
        tokens = tokenize(text)
    except FormulaError as problem:
        assert 0 <= problem.position < len(text)
    else:
        assert "".join(token.text for token in tokens) == text
