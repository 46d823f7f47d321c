"""Buttons put into a workbook with everything in it, taken out again, and looked at."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from thidua_xl.cli.app import run
from thidua_xl.errors import EditRefused, UsageProblem
from thidua_xl.jobs.buttons import (
    DIRECT,
    XLWINGS,
    add_buttons,
    check_buttons,
    macro_sources,
    remove_buttons,
    sources_in,
)
from thidua_xl.jobs.control_sheet import BUTTONS, FOLDER, PERIOD, ControlSheet, sheet_name
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.vba_project import build_project
from thidua_xl.shipped import shipped_path

CYRILLIC = '<sheetPr codeName="Лист1"/>'.encode()


@pytest.fixture
def office_book(tmp_path: Path) -> Path:
    """A workbook with notes, a chart, validations, conditional formats, names, frozen rows and print titles."""
    path = tmp_path / "Mẫu của Sở.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Đơn vị A", "Tổng hợp"):
            sheet = book.add_worksheet(name)
            sheet.write_row("A3", ["STT", "Nội dung", "Số tiền"])
            sheet.write_row("A4", [1, "Hỗ trợ", 12_500_000])
            sheet.write_formula("C10", "=SUM(C4:C9)", value=12_500_000)
            sheet.data_validation("B4:B9", {"validate": "list", "source": ["Có", "Không"]})
            sheet.write_comment("C4", "Đơn vị: đồng")
            sheet.conditional_format("C4:C9", {"type": "cell", "criteria": "<", "value": 0})
            sheet.freeze_panes(3, 0)
            sheet.repeat_rows(2)
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": [name, 3, 2, 8, 2]})
            sheet.insert_chart("H3", chart)
        book.define_name("Tong", "='Tổng hợp'!$C$10")
        book.get_worksheet_by_name("Tổng hợp").activate()
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_parts_without_a_reason_to_change_stay_byte_for_byte(office_book: Path, tmp_path: Path) -> None:
    before = parts(office_book)
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    after = parts(made.out)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }
    assert set(made.changed) == changed
    assert parts(office_book) == before


def test_values_notes_and_names_are_the_same_with_buttons(office_book: Path, tmp_path: Path) -> None:
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    book = openpyxl.load_workbook(made.out, keep_vba=True)
    assert book.sheetnames == [sheet_name(), "Đơn vị A", "Tổng hợp"]
    sheet = book["Đơn vị A"]
    assert (sheet["C4"].value, sheet["C10"].value) == (12_500_000, "=SUM(C4:C9)")
    assert sheet["C4"].comment is not None
    assert len(sheet.data_validations.dataValidation) == 1
    assert len(sheet._charts) == 1  # openpyxl names its list of charts so
    assert book.defined_names["Tong"].attr_text == "'Tổng hợp'!$C$10"
    assert book.active is not None
    assert book.active.title == sheet_name()
    assert [one.title for one in book if one.sheet_view.tabSelected] == [sheet_name()]
    book.vba_archive.close()


def test_every_button_has_its_caption_and_a_procedure_that_is_there(office_book: Path, tmp_path: Path) -> None:
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    drawing = next(text for name, text in parts(made.out).items() if b"FmlaMacro" in text).decode()
    source = sources_in(Workbook.open(made.out))["ThiDuaNut"]
    for _, procedure in BUTTONS:
        assert f"<x:FmlaMacro>[0]!{procedure}</x:FmlaMacro>" in drawing
        assert f"Public Sub {procedure}()" in source
    assert "Trả lại đơn vị" in drawing


def test_settings_stand_in_named_cells(office_book: Path, tmp_path: Path) -> None:
    settings = ControlSheet(folder="D:\\Báo cáo & đợt 1", period="2024-6T")
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT, settings=settings)
    book = Workbook.open(made.out)
    for name, value in ((FOLDER, settings.folder), (PERIOD, "2024-6T")):
        place = book.name_area(name)
        assert place is not None
        assert book[place[0]].get(f"C{place[1].top}") == value


def test_removing_gives_every_part_back(office_book: Path, tmp_path: Path) -> None:
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    removed = remove_buttons(made.out, tmp_path / "lai.xlsx")
    assert removed.exact
    assert parts(removed.out) == parts(office_book)


def test_removing_gives_parts_back_that_nothing_leads_to(office_book: Path, tmp_path: Path) -> None:
    odd = {"xl/.DS_Store": b"x", "xl/worksheets/sheet1_old.xml": b"<x/>", "customXml/item7.xml": b"<x/>"}
    with zipfile.ZipFile(office_book, "a") as package:
        for name, content in odd.items():
            package.writestr(name, content)
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    removed = remove_buttons(made.out, tmp_path / "lai.xlsx")
    assert removed.exact
    assert parts(removed.out) == parts(office_book)
    assert odd.items() <= parts(removed.out).items()


@pytest.mark.parametrize("kind", [DIRECT, XLWINGS])
def test_the_order_of_calculation_comes_back(office_book: Path, tmp_path: Path, kind: str) -> None:
    found = parts(office_book)
    space = "http://schemas.openxmlformats.org"
    order = b'<calcChain xmlns="%b/spreadsheetml/2006/main"><c r="C10" i="1"/></calcChain>' % space.encode()
    found["xl/calcChain.xml"] = order
    for name, end, more in (
        (
            "[Content_Types].xml",
            b"</Types>",
            b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            b'spreadsheetml.calcChain+xml"/>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            b"</Relationships>",
            f'<Relationship Id="rIdC" Type="{space}/officeDocument/2006/relationships/calcChain" '
            'Target="calcChain.xml"/>'.encode(),
        ),
    ):
        found[name] = found[name].replace(end, more + end)
    source, out, again = (tmp_path / name for name in ("a.xlsx", "b.xlsm", "c.xlsx"))
    with zipfile.ZipFile(source, "w") as package:
        for name, content in found.items():
            package.writestr(name, content)
    add_buttons(source, out, kind=kind)
    assert remove_buttons(out, again).exact
    assert parts(again) == found


def test_code_names_in_the_letters_of_another_place_are_kept(office_book: Path, tmp_path: Path) -> None:
    strange = tmp_path / "nga.xlsx"
    with zipfile.ZipFile(office_book) as package, zipfile.ZipFile(strange, "w") as copy:
        for name in package.namelist():
            text = package.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = re.sub(rb"<worksheet[^>]*>(?:<sheetPr/>)?", lambda m: m[0] + CYRILLIC, text, count=1)
            copy.writestr(name, text)
    made = add_buttons(strange, tmp_path / "ra.xlsm", kind=DIRECT)
    assert "Лист1" in sources_in(Workbook.open(made.out))
    assert check_buttons(made.out).in_order


def test_removing_after_another_program_saved_the_file_takes_out_all_of_ours(office_book: Path, tmp_path: Path) -> None:
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    book = openpyxl.load_workbook(made.out, keep_vba=True)
    book["Đơn vị A"]["A5"] = "dòng mới"
    book.save(made.out)
    book.vba_archive.close()
    removed = remove_buttons(made.out, tmp_path / "lai.xlsx")
    assert not removed.exact
    again = openpyxl.load_workbook(removed.out)
    assert again.sheetnames == ["Đơn vị A", "Tổng hợp"]
    assert again["Đơn vị A"]["A5"].value == "dòng mới"
    assert list(again.defined_names) == ["Tong"]
    assert not any("vba" in name.lower() for name in parts(removed.out))


def test_a_workbook_with_macros_of_its_own_keeps_them_and_is_not_written(office_book: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "của Sở.xlsm"
    book = Workbook.open(office_book)
    module = 'Attribute VB_Name = "CuaSo"\nSub InBaoCao()\n    Beep\nEnd Sub\n'
    book.add_vba_project(build_project([module], book.code_names()))
    book.save(theirs)
    before = theirs.read_bytes()
    with pytest.raises(EditRefused) as refused:
        add_buttons(theirs, tmp_path / "hai.xlsm", kind=DIRECT)
    assert refused.value.code == "edit.has_macros"
    assert not (tmp_path / "hai.xlsm").exists()
    assert theirs.read_bytes() == before


@pytest.mark.parametrize("kept", [b"!", b"AAAA", b"eJw="])
def test_a_damaged_record_does_not_keep_the_buttons_in(office_book: Path, tmp_path: Path, kept: bytes) -> None:
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    damaged = tmp_path / "hong.xlsm"
    with zipfile.ZipFile(made.out) as package, zipfile.ZipFile(damaged, "w") as copy:
        for name in package.namelist():
            text = package.read(name)
            if name.startswith("customXml/"):
                text = re.sub(rb">[A-Za-z0-9+/=]{8,}<", b">" + kept + b"<", text)
            copy.writestr(name, text)
    removed = remove_buttons(damaged, tmp_path / "lai.xlsx")
    assert not removed.exact
    assert Workbook.open(removed.out).sheetnames == ["Đơn vị A", "Tổng hợp"]


def test_a_workbook_with_our_buttons_is_told_to_lose_them_first(office_book: Path, tmp_path: Path) -> None:
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=DIRECT)
    with pytest.raises(EditRefused) as refused:
        add_buttons(made.out, tmp_path / "hai.xlsm", kind=DIRECT)
    assert refused.value.code == "buttons.already"
    assert not (tmp_path / "hai.xlsm").exists()


def test_macros_that_somebody_wrote_beside_ours_stop_their_removal(office_book: Path, tmp_path: Path) -> None:
    book = Workbook.open(office_book)
    ControlSheet().add_to(book)
    module = 'Attribute VB_Name = "CuaSo"\nSub InBaoCao()\n    Beep\nEnd Sub\n'
    book.add_vba_project(build_project([*macro_sources(DIRECT), module], book.code_names()))
    book.save(tmp_path / "ra.xlsm")
    with pytest.raises(EditRefused) as refused:
        remove_buttons(tmp_path / "ra.xlsm", tmp_path / "lai.xlsx")
    assert (refused.value.code, refused.value.values["modules"]) == ("buttons.foreign", "CuaSo")


def test_removing_from_a_workbook_without_buttons_is_refused(office_book: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem):
        remove_buttons(office_book, tmp_path / "lai.xlsx")


def test_module_of_the_installed_xlwings_is_added_only_when_asked_for(office_book: Path, tmp_path: Path) -> None:
    pytest.importorskip("xlwings")
    made = add_buttons(office_book, tmp_path / "ra.xlsm", kind=XLWINGS)
    modules = sources_in(Workbook.open(made.out))
    assert "Public Function RunPython" in modules["xlwings"] or "Sub RunPython" in modules["xlwings"]
    assert "RunPython" in modules["ThiDuaExcel"]
    assert check_buttons(made.out).in_order
    plain = add_buttons(office_book, tmp_path / "thang.xlsm", kind=DIRECT)
    assert "xlwings" not in sources_in(Workbook.open(plain.out))


def test_check_tells_of_macros_of_another_version(office_book: Path, tmp_path: Path, monkeypatch: object) -> None:
    from thidua_xl.jobs import buttons

    def older(sources: list[str], names: dict[str, str]) -> bytes:
        return build_project([one.replace('"annotate"', '"return"') for one in sources], names)

    monkeypatch.setattr(buttons, "build_project", older)  # type: ignore[attr-defined]  # pytest's own fixture
    made = add_buttons(office_book, tmp_path / "cu.xlsm", kind=DIRECT)
    found = {code: ok for code, ok, _ in check_buttons(made.out).lines}
    assert found == {"sheet": True, "macros": False, "code_names": True, "python": True}


def test_commands_have_vietnamese_names_and_fit_their_schema(
    office_book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema_path = Path(add_buttons.__code__.co_filename).parents[1] / "cli" / "schemas" / "buttons.json"
    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    made = str(tmp_path / "ra.xlsm")
    for words in (
        ["nut", "gan", str(office_book), "-o", made, "--kieu", "truc-tiep"],
        ["nut", "kiem", made],
        ["nut", "go", made, "-o", str(tmp_path / "lai.xlsx")],
    ):
        assert run([*words, "--json"]) == 0
        jsonschema.validate(json.loads(capsys.readouterr().out), schema)


def test_macros_are_ascii_and_hold_no_declare_and_no_conditional_compiling() -> None:
    folder = shipped_path("macros", "ThiDuaNut.bas").parent
    files = list(folder.glob("*.bas"))
    assert len(files) == 6
    for path in files:
        text = path.read_text(encoding="ascii")
        assert "Declare " not in text
        assert "#If" not in text
