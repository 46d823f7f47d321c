"""Letters made by putting words in are the letters that are drawn."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest

from thidua_xl.forms import load_criteria
from thidua_xl.model import Criteria, Finding, Severity
from thidua_xl.report.letter_press import LetterPress
from thidua_xl.report.letters import MAX_FINDINGS, LetterContent, write_letter


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria()


def fault(number: int) -> Finding:
    return Finding(
        "SUM-1", Severity.ERROR, sheet="Biểu 02", cell=f"J{number}", message=f'Dòng {number} <sai> & "lệch"', mend="Sửa"
    )


def content(unit: str, findings: int) -> LetterContent:
    return LetterContent(
        unit_name=unit,
        subject=f"V/v sửa báo cáo của {unit}",
        body=[f"Kính gửi {unit} & các phòng <A>", "Đoạn hai", "Đoạn ba", "Đoạn cuối./."],
        findings=tuple(fault(number) for number in range(1, findings + 1)),
        day=date(2024, 6, 17),
    )


def texts(letter: bytes) -> list[str]:
    document = docx.Document(io.BytesIO(letter))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


@pytest.mark.parametrize("findings", [0, 1, 3, MAX_FINDINGS + 2])
def test_a_letter_from_the_press_is_the_letter_that_is_drawn(criteria: Criteria, findings: int) -> None:
    press = LetterPress(criteria)
    press.write(content("Đơn vị khác", 2 if findings else 0))
    one = content("Phòng A & B", findings)
    made, drawn = press.write(one), write_letter(one, criteria)
    with zipfile.ZipFile(io.BytesIO(made)) as new, zipfile.ZipFile(io.BytesIO(drawn)) as old:
        assert sorted(new.namelist()) == sorted(old.namelist())
        assert {name: new.read(name) for name in new.namelist()} == {name: old.read(name) for name in old.namelist()}
    assert press.write(one) == made


def test_line_breaks_and_control_characters_do_not_break_a_letter(criteria: Criteria) -> None:
    odd = replace(content("Phòng A", 1), subject="hai\ndòng\tvà \x0b mã", findings=(replace(fault(1), message="a\nb"),))
    shown = texts(LetterPress(criteria).write(odd))
    assert "hai\ndòng\tvà  mã" in shown
    assert "a\nb" in shown
