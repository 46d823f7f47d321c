"""`python -m thidua_xl.ooxml`: one edit from the command line, refusals in three lines."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ooxml_books import grid

from thidua_xl.errors import EditRefused
from thidua_xl.messages import error_lines, sentences
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.__main__ import main

PACKAGE = Path(__file__).parents[3] / "thidua_xl" / "ooxml"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "mẫu.xlsx"
    path.write_bytes(grid(H1="=SUM(A1:A9)"))
    return path


@pytest.mark.parametrize(
    ("text", "value"),
    [("15", 15), ("-2.5", -2.5), *((text, text) for text in ("012", "=1+1", "1e5", "Đạt", "1.250.000", "1,5", ""))],
)
def test_a_value_is_set(source: Path, text: str, value: object, capsys: pytest.CaptureFixture[str]) -> None:
    out = source.with_name("ra.xlsx")
    assert main(["set", str(source), str(out), "Biểu 1", "B3", text]) == 0
    assert Workbook.open(out)["Biểu 1"].get("B3") == value
    assert capsys.readouterr() == ("", "")


def test_a_number_can_be_written_as_text(source: Path) -> None:
    assert main(["set", str(source), str(source), "Biểu 1", "B3", "15", "--text"]) == 0
    assert Workbook.open(source)["Biểu 1"].get("B3") == "15"


def test_rows_and_columns_are_inserted_and_deleted(source: Path) -> None:
    assert main(["insert-rows", str(source), str(source), "Biểu 1", "3", "2", "2"]) == 0
    assert main(["delete-rows", str(source), str(source), "Biểu 1", "1", "1"]) == 0
    assert main(["insert-columns", str(source), str(source), "Biểu 1", "B", "1"]) == 0
    assert main(["delete-columns", str(source), str(source), "Biểu 1", "1", "1"]) == 0
    sheet = Workbook.open(source)["Biểu 1"]
    assert sheet.get("B1") == 22
    assert sheet.get("B4") == 32


def test_compare_tells_what_differs(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = source.with_name("ra.xlsx")
    main(["set", str(source), str(out), "Biểu 1", "B3", "15"])
    assert main(["compare", str(source), str(source)]) == 0
    assert main(["compare", str(source), str(out)]) == 1
    assert "Biểu 1!B3 value: 'n 32' -> 'n 15'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["set", "{in}", "{out}", "Biểu 1", "H1", "5"], "edit.formula_cell", 3),
        (["set", "{in}", "{out}", "Không có", "A1", "5"], "edit.no_such_sheet", 3),
        (["insert-rows", "{in}", "{out}", "Biểu 1", "0", "5"], "edit.no_such_row", 3),
        (["set", "{none}", "{out}", "Biểu 1", "A1", "5"], "input.missing", 3),
        (["set", "{folder}", "{out}", "Biểu 1", "A1", "5"], "input.not_a_file", 3),
        (["set", "{in}", "{folder}", "Biểu 1", "A1", "5"], "input.not_a_file", 3),
        (["set", "{in}", "", "Biểu 1", "A1", "5"], "input.not_a_file", 3),
        (["compare", "{in}", "{folder}"], "input.not_a_file", 3),
        (["set", "{in}"], "edit.usage", 2),
        (["insert-rows", "{in}", "{out}", "Biểu 1", "ba", "5"], "edit.no_such_row", 3),
        (["insert-rows", "{in}", "{out}", "Biểu 1", "3", "-1"], "edit.no_such_row", 3),
        ([], "edit.usage", 2),
    ],
)
def test_a_refusal_is_at_most_three_lines_and_nothing_is_written(
    source: Path, arguments: list[str], code: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"in": str(source), "out": str(source.with_name("ra.xlsx")), "none": str(source.with_name("x.xlsx"))}
    places["folder"] = str(source.parent)
    assert main([word.format(**places) for word in arguments]) == exit_code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"[{code}]" in captured.err
    assert 1 <= len(captured.err.strip().splitlines()) <= 3
    assert not source.with_name("ra.xlsx").exists()


def test_an_output_that_cannot_be_written_is_refused(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", str(source), str(source.parent / "không có" / "a.xlsx"), "Biểu 1", "A1", "5"]) == 3
    assert "[edit.unwritable]" in capsys.readouterr().err


def test_help_is_no_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "insert-rows IN OUT SHEET BEFORE COUNT" in capsys.readouterr().out


def test_words_can_be_english(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", str(source), str(source), "Biểu 1", "H1", "5", "--lang", "en"]) == 3
    assert "holds the formula" in capsys.readouterr().err


def test_it_runs_as_a_program(source: Path) -> None:
    command = [sys.executable, "-m", "thidua_xl.ooxml", "set", str(source), str(source), "Biểu 1", "H1", "5"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert "đang chứa công thức" in done.stderr


def codes() -> set[str]:
    """Every refusal code that the package can raise."""
    texts = [path.read_text("utf-8") for path in PACKAGE.glob("*.py")]
    found = {code for text in texts for code in re.findall(r'"(edit\.[a-z_0-9]+)"', text)}
    return found | {f"edit.{code}" for text in texts for code in re.findall(r'ValueError\("([a-z_]+)"\)', text)}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_code_has_a_sentence_and_says_what_to_do(language: str) -> None:
    known = sentences(language)
    assert len(codes()) > 40
    for code in codes():
        assert f"error.{code}.what" in known, code
        assert f"error.{code}.do" in known, code
        assert len(error_lines(EditRefused(code, file="a.xlsx"), language)) == 3


def test_every_sentence_is_for_a_code_that_exists() -> None:
    written = {key.split(".")[2] for key in sentences("vi") if key.startswith("error.edit.")}
    assert written - {code.removeprefix("edit.") for code in codes()} == set()
