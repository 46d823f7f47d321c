"""A template that cannot be opened is the office's own fault, told before any unit's file is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from thidua_xl.errors import TemplateProblem
from thidua_xl.forms import load_criteria
from thidua_xl.jobs.consolidate import consolidate
from thidua_xl.report.template_file import open_template
from thidua_xl.shipped import report_template


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"khong phai workbook", "edit.not_a_workbook"),
        (report_template().read_bytes()[:5000], "edit.not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "edit.old_format"),
    ],
)
def test_a_template_that_is_no_workbook_of_the_editor_s_is_told_as_a_template(
    content: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "mẫu.xlsx"
    path.write_bytes(content)
    with pytest.raises(TemplateProblem) as told:
        open_template(path)
    assert (told.value.code, told.value.exit_code) == (code, 4)
    assert str(told.value.values["file"]).endswith("mẫu.xlsx")


def test_a_template_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(TemplateProblem) as told:
        consolidate(
            [tmp_path / "không có thư mục này"],
            load_criteria(),
            period="2024-6T",
            template=tmp_path / "không có mẫu.xlsx",
            out=tmp_path / "ra.xlsx",
        )
    assert told.value.values["file"] == "không có mẫu.xlsx"
    assert not (tmp_path / "ra.xlsx").exists()
