"""How rules work whatever the criteria book says: a small book is made here, and edited as an office would edit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from thidua_xl.checks import KINDS, Asks, RuleSet, check_submission, rule_schema, rule_tables
from thidua_xl.checks.run import OF_ROUND, OF_SUBMISSION
from thidua_xl.errors import CriteriaProblem
from thidua_xl.model import (
    Condition,
    Criteria,
    Field,
    FieldKind,
    Finding,
    Form,
    FormKind,
    Invalid,
    ListItem,
    Period,
    Records,
    Required,
    Rule,
    Setting,
    Severity,
    Submission,
    Unit,
    Validity,
    Value,
    ValueList,
)
from thidua_xl.model.wording import fill
from thidua_xl.refs import column_letters

PERIOD = Period("K1", "Kỳ một", "6T", 2024, date(2024, 1, 1), date(2024, 6, 30))
TODAY = date(2024, 7, 15)

HEAD = Form(
    "A0",
    "Thông tin",
    "Thông tin",
    FormKind.SINGLE,
    0,
    (
        Field("A0", "tong", "Tổng số người", FieldKind.INTEGER, 1, required=Required.YES),
        Field("A0", "nam", "Năm", FieldKind.INTEGER, 2, unit="năm"),
    ),
)
GIFTS = Form(
    "A1",
    "Biểu A1 - Quà",
    "Quà",
    FormKind.TABLE,
    1,
    (
        Field("A1", "stt", "STT", FieldKind.SERIAL, 1),
        Field("A1", "ten", "Tên quà", FieldKind.TEXT, 2, required=Required.YES),
        Field("A1", "loai", "Loại", FieldKind.CHOICE, 3, required=Required.YES, choices="DM_LOAI"),
        Field("A1", "so", "Số lượng", FieldKind.INTEGER, 4, minimum=Decimal(1), maximum=Decimal(5000)),
        Field("A1", "tien", "Số tiền", FieldKind.MONEY, 5, additive=True),
        Field("A1", "ngay", "Ngày", FieldKind.DATE, 6),
    ),
    has_total=True,
)
KINDS_OF_GIFT = ValueList("DM_LOAI", (ListItem("GAO", "Gạo"), ListItem("TIEN", "Tiền mặt")))


def rule(code: str, *conditions: Condition, severity: Severity = Severity.ERROR, **words: str) -> Rule:
    words = {"message": "Ô {o}: {gia_tri}.", "message_en": "Cell {o}: {gia_tri}.", "group": "BAT_BUOC", **words}
    return Rule(code, severity, conditions=conditions, **words)


def formula(text: str, form: str = "A1", fields: Sequence[str] = ("so",), **parameters: str) -> Condition:
    return Condition(form, tuple(fields), "CONG_THUC", text, parameters)


def kind(name: str, form: str = "*", fields: Sequence[str] = (), **parameters: str) -> Condition:
    return Condition(form, tuple(fields), name, parameters=parameters)


def book(*rules: Rule, forms: tuple[Form, ...] = (HEAD, GIFTS)) -> Criteria:
    return Criteria(
        forms=forms,
        rules=rules,
        lists={"DM_LOAI": KINDS_OF_GIFT},
        units=(Unit("P1", "Phòng Một"),),
        communes=(),
        periods=(PERIOD,),
        awards=(),
        settings={"nguong": Setting("nguong", "Ngưỡng", Decimal(1000))},
        source="so.xlsx",
        period=PERIOD,
    )


def gifts(*rows: Mapping[str, Value], form: Form = GIFTS, **more: object) -> Records:
    letters = {field.code: column_letters(number) for number, field in enumerate(form.fields, start=1)}
    return Records(
        form.code,
        form.sheet,
        tuple(range(5, 5 + len(rows))),
        {field.code: tuple(row.get(field.code) for row in rows) for field in form.fields},
        letters=letters,
        header_row=3,
        nothing_cell="B2",
        **more,  # type: ignore[arg-type]  # fields of Records, named by the test
    )


def head(**values: Value) -> Records:
    return Records(
        "A0",
        "Thông tin",
        (4,),
        {code: (values.get(code),) for code in ("tong", "nam")},
        single_cells={"tong": "C4", "nam": "C5"},
    )


def told(criteria: Criteria, **records: Records) -> list[Finding]:
    submission = Submission("p1.xlsx", "P1", "K1", records=records)
    return list(check_submission(submission, criteria, today=TODAY))


def places(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(one.code, one.cell) for one in found]


RICE: Mapping[str, Value] = {"ten": "Gạo tẻ", "loai": "GAO", "so": 5, "tien": Decimal(100)}


def test_every_kind_is_asked_by_exactly_one_function() -> None:
    assert set(OF_SUBMISSION) == {name for name, one in KINDS.items() if one.asks is Asks.SUBMISSION}
    assert set(OF_ROUND) == {name for name, one in KINDS.items() if one.asks is Asks.ROUND}


def test_a_formula_is_asked_of_every_row_that_is_not_blank() -> None:
    criteria = book(rule("R1", formula("=[@so]>2")))
    found = told(criteria, A1=gifts(RICE, {**RICE, "so": 2}, {"stt": 3}, {"stt": 4, "so": 1}))
    assert places(found) == [("R1", "D6"), ("R1", "D8")]


def test_a_value_that_could_not_be_read_keeps_every_rule_about_it_silent() -> None:
    criteria = book(rule("R1", formula("=[@so]>2")), rule("R2", kind("khong_am", fields=("so",))))
    assert told(criteria, A1=gifts({**RICE, "so": Invalid("năm")})) == []
    summed = book(rule("R3", formula("=SUM(TD_A1[so])>100")))
    assert told(summed, A1=gifts({**RICE, "so": Invalid("năm")})) == []


def test_a_formula_that_ends_in_an_error_says_nothing() -> None:
    assert told(book(rule("R1", formula("=1/([@so]-5)>0"))), A1=gifts(RICE)) == []


def test_columns_may_be_named_by_their_labels() -> None:
    criteria = book(rule("R1", formula("=[@[Số lượng]]<=TD_CD_nguong/1000")))
    assert places(told(criteria, A1=gifts(RICE))) == [("R1", "D5")]


def test_a_formula_about_no_row_is_asked_once_even_of_an_empty_table() -> None:
    criteria = book(rule("R1", formula('=COUNTIF(TD_A1[loai],"TIEN")>0', fields=("loai",))))
    assert places(told(criteria, A1=gifts(RICE, RICE))) == [("R1", "C5")]
    assert places(told(criteria, A1=gifts())) == [("R1", "B2")]
    assert told(criteria) == []


def test_a_form_sheet_is_one_row() -> None:
    criteria = book(
        rule("R1", formula("=TD_A0[tong]>0", form="A0", fields=("tong",))),
        rule("R2", formula("=[@nam]=TD_KY[nam]", form="A0", fields=("nam",))),
    )
    found = told(criteria, A0=head(tong=0, nam=2023))
    assert places(found) == [("R1", "C4"), ("R2", "C5")]
    assert found[1].seen == "2023"


def test_rules_see_other_forms_lists_period_unit_and_settings() -> None:
    text = (
        '=AND(TD_KY[ma]="K1",TD_DON_VI_NOP[ma]="P1",ISNUMBER(MATCH([@loai],TD_DM_LOAI[ma],0)),TD_A0[tong]=3,'
        "TD_CD_nguong=1000,COUNTA(TD_DON_VI[ma])=1,[@so]>5)"
    )
    found = told(book(rule("R1", formula(text))), A0=head(tong=3), A1=gifts(RICE, {**RICE, "so": 6}))
    assert places(found) == [("R1", "D5")]


def test_words_are_filled_from_the_row_the_parameters_and_the_place() -> None:
    criteria = book(
        rule(
            "R1",
            formula("=[@tien]<=TD_CD_nguong", fields=("tien",), a="=TD_CD_nguong", xa="=[@loai]", can="không quá {a}"),
            message="{ten_bieu}, dòng {dong}, ô {o}: {ten_truong} {gia_tri} > {a}; {xa}, {ten}, {don_vi}, {ky}, {la}",
        )
    )
    found = told(criteria, A1=gifts({**RICE, "tien": Decimal("1234567.5")}))[0]
    assert found.message == (
        "Biểu A1 - Quà, dòng 5, ô E5: Số tiền 1.234.567,5 > 1.000; Gạo, Gạo tẻ, Phòng Một, Kỳ một, …"
    )
    assert (found.seen, found.expected) == ("1.234.567,5", "không quá 1.000")


def test_a_condition_may_have_words_of_its_own() -> None:
    condition = formula(
        "=[@so]>9", thong_bao="Ít quá: {so}", thong_bao_en="Too few: {so}", cach_sua="Thêm", cach_sua_en="Add"
    )
    found = told(book(rule("R1", condition, mend="Sửa", mend_en="Mend")), A1=gifts(RICE))[0]
    assert (found.message, found.message_en, found.mend, found.mend_en) == ("Ít quá: 5", "Too few: 5", "Thêm", "Add")


def test_the_units_explanation_of_the_row_or_the_cell_goes_with_the_finding() -> None:
    criteria = book(rule("R1", formula("=[@so]>9")))
    records = gifts(RICE, RICE, explanations={"5": "cả dòng", "D6": "đúng ô"})
    assert [one.explanation for one in told(criteria, A1=records)] == ["cả dòng", "đúng ô"]


def test_the_other_fields_of_a_formula_are_named_as_related_places() -> None:
    found = told(book(rule("R1", formula("=[@so]>[@tien]", fields=("so", "tien")))), A1=gifts(RICE))[0]
    assert found.related == ("p1.xlsx|Quà|E5",)


def test_a_blank_required_cell_is_told_once_by_the_rule_that_names_it_most_exactly() -> None:
    general = rule("R1", kind("bat_buoc"))
    by_form = rule("R2", kind("bat_buoc", form="A1"))
    exact = rule("R3", kind("bat_buoc", form="A1", fields=("ten",)))
    blank = gifts({"so": 5})
    assert places(told(book(general), A0=head(), A1=blank)) == [("R1", "C4"), ("R1", "B5"), ("R1", "C5")]
    assert places(told(book(general, by_form, exact), A0=head(), A1=blank)) == [
        ("R1", "C4"),
        ("R2", "C5"),
        ("R3", "B5"),
    ]


def test_a_formula_of_the_same_group_speaks_instead_of_the_general_rule() -> None:
    general, own = rule("R1", kind("bat_buoc")), rule("R2", formula("=LEN([@ten])>3", fields=("ten",)))
    assert places(told(book(general, own), A1=gifts({**RICE, "ten": None}))) == [("R2", "B5")]
    elsewhere = rule("R2", formula("=LEN([@ten])>3", fields=("ten",)), group="KHAC")
    assert places(told(book(general, elsewhere), A1=gifts({**RICE, "ten": None}))) == [("R1", "B5"), ("R2", "B5")]


def test_fields_left_out_and_fields_no_longer_required_are_not_asked() -> None:
    left_out = rule("R1", kind("bat_buoc", tru="A1.ten"))
    assert told(book(left_out), A1=gifts({**RICE, "ten": None})) == []
    optional = replace(GIFTS, fields=tuple(replace(one, required=Required.NO) for one in GIFTS.fields))
    assert told(book(rule("R1", kind("bat_buoc")), forms=(HEAD, optional)), A1=gifts({"so": 5}, form=optional)) == []


def test_a_column_the_sheet_lacks_is_left_to_intake() -> None:
    records = gifts({**RICE, "ten": None})
    letters = {code: letter for code, letter in records.letters.items() if code != "ten"}
    asked = rule("R1", kind("bat_buoc"), formula('=[@ten]<>""', fields=("ten",)))
    assert told(book(asked), A1=replace(records, letters=letters)) == []


def test_limits_of_the_book_are_obeyed_and_say_what_is_allowed() -> None:
    criteria = book(
        rule(
            "R1",
            kind("khong_am", fields=("so",)),
            kind("mien_gia_tri", thong_bao="Ô {o}: {gia_tri} phải {can}.", thong_bao_en="Cell {o}: {can}."),
        )
    )
    found = told(criteria, A1=gifts({**RICE, "so": 0}, {**RICE, "so": 5001}, {**RICE, "so": -1}, RICE))
    assert [(one.cell, one.message) for one in found] == [
        ("D7", "Ô D7: -1."),
        ("D5", "Ô D5: 0 phải từ 1 đến 5.000."),
        ("D6", "Ô D6: 5.001 phải từ 1 đến 5.000."),
    ]
    assert found[1].message_en == "Cell D5: 1 to 5.000."


def test_a_renamed_field_with_its_rules_changed_is_obeyed() -> None:
    fields = tuple(replace(one, code="so_luong") if one.code == "so" else one for one in GIFTS.fields)
    renamed = replace(GIFTS, fields=fields)
    criteria = book(rule("R1", formula("=[@so_luong]>9", fields=("so_luong",))), forms=(HEAD, renamed))
    found = told(criteria, A1=gifts({"ten": "Gạo", "loai": "GAO", "so_luong": 5}, form=renamed))
    assert [(one.code, one.cell, one.field_code) for one in found] == [("R1", "D5", "so_luong")]


def test_a_broken_formula_stops_the_check_and_says_where() -> None:
    with pytest.raises(CriteriaProblem) as problem:
        told(book(rule("R1", formula("=[@soo]>9"))), A1=gifts(RICE))
    assert problem.value.values["word"] == "[@soo]"
    assert problem.value.values["nearest"] == "[@so]"


def test_a_rule_for_a_form_out_of_force_is_not_asked_and_its_blank_table_can_be_named() -> None:
    old = replace(GIFTS, code="A9", validity=Validity(end=date(2023, 12, 31)))
    whole = book(
        rule("R1", formula("=[@so]>9", form="A9")),
        rule("R2", formula("=COUNTA(TD_A9[so])=1")),
        forms=(HEAD, GIFTS, old),
    )
    criteria = replace(whole, period=None).at(PERIOD)
    assert [form.code for form in criteria.forms] == ["A0", "A1"]
    assert places(told(criteria, A1=gifts(RICE))) == [("R2", "D5")]


def test_the_rules_of_one_book_are_compiled_once() -> None:
    criteria = book(rule("R1", formula("=[@so]>9")))
    assert RuleSet.of(criteria) is RuleSet.of(criteria)
    assert RuleSet.of(replace(criteria, source="khac.xlsx")) is not RuleSet.of(criteria)


def test_tables_hold_exactly_what_the_schema_promises() -> None:
    criteria = book(rule("R1", formula("=[@so]>9")))
    tables = rule_tables(Submission("p1.xlsx", "P1", "K1", records={"A1": gifts(RICE)}), criteria)
    schema = rule_schema(criteria, history=False)  # earlier reports join in where they are known
    assert set(tables) == set(schema)
    for name, table in tables.items():
        assert set(table.columns) == set(schema[name].values())


def test_a_column_formula_of_the_book_is_checked() -> None:
    fields = tuple(replace(one, allowed="=[@so]*10") if one.code == "tien" else one for one in GIFTS.fields)
    form = replace(GIFTS, fields=fields)
    criteria = book(
        rule("R1", kind("cong_thuc_cot"), message="Dòng {dong}: cột {cot} không bằng {bieu_thuc}."), forms=(HEAD, form)
    )
    found = told(criteria, A1=gifts(RICE, {**RICE, "tien": Decimal(50)}, form=form))
    assert [one.message for one in found] == ["Dòng 5: cột Số tiền không bằng Số lượng*10."]


def test_rows_that_come_filled_in_with_their_keys_wait_for_the_first_figure() -> None:
    form = replace(GIFTS, layout={"khoa": "ten,loai"})
    criteria = book(
        rule("R1", kind("bat_buoc", form="A1", fields=("so",))),
        rule("R2", kind("trong_khong_khai")),
        forms=(HEAD, form),
    )
    required = replace(form, fields=tuple(replace(one, required=Required.YES) for one in form.fields))
    criteria = replace(criteria, forms=(HEAD, required))
    keys: Mapping[str, Value] = {"ten": "Gạo tẻ", "loai": "GAO"}
    assert places(told(criteria, A1=gifts(keys, keys))) == [("R2", "B2")]
    assert told(criteria, A1=gifts(keys, keys, nothing_to_report=True)) == []
    assert places(told(criteria, A1=gifts(keys, {**keys, "so": 3}))) == [("R1", "D5")]


@pytest.mark.parametrize(
    ("template", "values", "filled"),
    [
        ("Xã {xa}: thiếu {ds}.", {"xa": "Xã Nong U", "ds": "3"}, "Xã Nong U: thiếu 3."),
        ("Thiếu biểu {ten}.", {"ten": "Biểu 03 - Quà"}, "Thiếu biểu 03 - Quà."),
        ("Còn {a}, {b}.", {"a": "", "c": 1}, "Còn …, …."),
        ("{a}{ b} {", {"a": 1}, "1{ b} {"),
    ],
)
def test_templates_never_fail_and_say_no_word_twice(template: str, values: Mapping[str, object], filled: str) -> None:
    assert fill(template, values) == filled
