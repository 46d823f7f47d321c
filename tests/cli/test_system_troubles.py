"""A full disk, a folder without rights and other troubles of the system are told in office words, with code 3."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from thidua_xl.cli import app
from thidua_xl.ooxml import store


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "output.no_space"),
        (errno.EROFS, "output.no_access"),
        (errno.EACCES, "output.no_access"),
        (errno.ENAMETOOLONG, "output.name_too_long"),
        (errno.EIO, "output.failed"),
    ],
)
def test_a_trouble_of_the_system_is_a_refusal(
    number: int, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing:
        def main(self, **_: object) -> int:
            raise OSError(number, "words of the system", "báo cáo.xlsx")

    monkeypatch.setattr(app, "build", lambda _language: Failing())
    assert app.run(["status", "x"]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "báo cáo.xlsx" in lines[0]
    assert f"[{code}]" in lines[1]


def test_a_folder_without_rights_is_told_with_the_file_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "words of the system", str(tmp_path / ".bao-cao-x1.tmp"))

    monkeypatch.setattr(store.tempfile, "mkstemp", refuse)
    with pytest.raises(PermissionError) as caught:
        store.replace_file(tmp_path / "báo cáo.xlsx", b"new")
    assert caught.value.filename == str(tmp_path / "báo cáo.xlsx")
