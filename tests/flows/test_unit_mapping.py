"""map FILE, corrected in Excel, used by totals and check, and kept in the round's folder."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from openpyxl import Workbook, load_workbook

from thidua_xl.cli.app import run
from thidua_xl.grid import read_book
from thidua_xl.jobs.map_unit import remembered
from thidua_xl.model.products import MAPPING, product_of

ANSWERS = {"Quyên góp được bao nhiêu": "S05.so_tien", "Người góp": "S05.ten", "Góp hôm nào": "(bỏ qua)"}


def office_file(path: Path) -> Path:
    """A table that no form has the headers of, with a unit that no list has the name of."""
    book = Workbook()
    first, second = book.active, book.create_sheet("Quyên góp")
    assert first is not None
    first.title = "Thông tin chung"
    for line in (["Tên đơn vị", "Bộ phận hành chính"], ["Năm báo cáo", 2024], ["Kỳ báo cáo", "6 tháng đầu năm"]):
        first.append(line)
    for row in (["Sổ quyên góp"], list(ANSWERS), ["Lò Văn A", "x", 500], ["Lò Thị B", "y", 700]):
        second.append(row if len(row) == 1 else [row[1], row[0], row[2]])
    second["A2"], second["B2"], second["C2"] = "Người góp", "Góp hôm nào", "Quyên góp được bao nhiêu"
    book.save(path)
    return path


def answer(mapping: Path) -> None:
    """What a clerk does in Excel: choose in the coloured cells."""
    book = load_workbook(mapping)
    places, names = book["Cột và ô"], book["Tên gọi"]
    for row in range(4, places.max_row + 1):
        chosen = ANSWERS.get(str(places.cell(row, 4).value))
        if chosen is not None and not places.cell(row, 5).value:
            places.cell(row, 5).value = chosen
    for row in range(4, names.max_row + 1):
        if names.cell(row, 2).value == "Bộ phận hành chính":
            names.cell(row, 3).value = "VPS"
    book.save(mapping)


def result(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    capsys.readouterr()
    run([*words, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_corrected_mapping_is_obeyed_and_kept_by_the_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mapping = office_file(tmp_path / "so quyen gop.xlsx"), tmp_path / "m.xlsx"
    said = result(capsys, "map", str(file), "-o", str(mapping))
    schema = json.loads((files("thidua_xl.cli") / "schemas" / "map.json").read_text(encoding="utf-8"))
    jsonschema.validate(said, schema)
    assert product_of(read_book(mapping)) == MAPPING
    before = result(capsys, "totals", str(file), "--mapping", str(mapping))
    assert (before["total"], before["unit"]) == ("0", "")
    answer(mapping)
    after = result(capsys, "totals", str(file), "--mapping", str(mapping))
    assert (after["total"], after["unit"], after["period"]) == ("1200", "VPS", "2024-6T")

    home = tmp_path / "dot"
    assert run(["round", "new", str(home), "--period", "2024-6T"]) == 0
    run(["receive", str(home), str(file), "--mapping", str(mapping)])
    assert [one.name for one in remembered(home)] == ["m.xlsx"]
    (taken,) = [one for one in result(capsys, "status", str(home))["units"] if one["file"]]  # type: ignore[attr-defined]  # a list by contract
    assert taken["unit"] == "VPS"


def test_an_answer_that_nobody_knows_is_refused_with_its_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mapping = office_file(tmp_path / "a.xlsx"), tmp_path / "m.xlsx"
    run(["map", str(file), "-o", str(mapping)])
    book = load_workbook(mapping)
    row = next(row for row in range(4, 40) if book["Cột và ô"].cell(row, 4).value == "Quyên góp được bao nhiêu")
    book["Cột và ô"].cell(row, 5).value = "S05.so_tein"
    book.save(mapping)
    capsys.readouterr()
    assert run(["totals", str(file), "--json", "--mapping", str(mapping)]) == 4
    told = capsys.readouterr().err
    assert f"E{row}" in told and "S05.so_tien" in told
