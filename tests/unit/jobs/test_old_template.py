"""A template of an old format: converted by LibreOffice and told, or refused with how to convert it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import thidua_xl as tx
from thidua_xl.errors import TemplateProblem
from thidua_xl.jobs import office_program
from thidua_xl.jobs.consolidate import consolidate
from thidua_xl.jobs.map_template import map_template

HEADS = ("Họ và tên", "Số tháng", "Số tiền")


def form(path: Path, people: tuple[tuple[str, int, int], ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Hỗ trợ"
    for row, values in enumerate((("STT", *HEADS), *((n, *one) for n, one in enumerate(people, 1))), 3):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    last = 3 + max(1, len(people))
    sheet.cell(last + 1, 2, "Cộng")
    sheet.cell(last + 1, 4, f"=SUM(D4:D{last})")
    book.save(path)
    return path


@pytest.mark.libreoffice
def test_an_xls_template_is_mapped_and_filled_and_the_report_is_xlsx(
    tmp_path: Path, convert: Callable[[Path, str], Path]
) -> None:
    template = tmp_path / "mẫu cũ.xls"
    shutil.copyfile(convert(form(tmp_path / "mau.xlsx", ()), "xls"), template)
    before = template.read_bytes()
    unit = form(tmp_path / "u.xlsx", (("Lò A", 2, 100), ("Tòng B", 3, 50)))
    mapped = map_template(template, tx.load_criteria(), tmp_path / "ban-do.xlsx")
    assert mapped.found.template == template.name
    out = tmp_path / "bc.xlsx"
    done = consolidate([unit], tx.load_criteria(), "2024", template, out, mapping=mapped.mapping)
    assert (done.converted, done.exit_code) == (template.name, 0)
    sheet = openpyxl.load_workbook(out, data_only=True)["Hỗ trợ"]
    assert [sheet[cell].value for cell in ("B4", "B5", "D6")] == ["Lò A", "Tòng B", 150]
    assert template.read_bytes() == before


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_without_libreoffice_the_refusal_says_how_to_convert(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_program, "find_program", lambda: None)
    template = tmp_path / f"mau{suffix}"
    template.write_bytes(b"\xd0\xcf\x11\xe0")
    unit = form(tmp_path / "u.xlsx", (("Lò A", 2, 100),))
    with pytest.raises(TemplateProblem) as refused:
        consolidate([unit], tx.load_criteria(), "2024-6T", template, tmp_path / "bc.xlsx")
    assert refused.value.code == "template.old_format"
