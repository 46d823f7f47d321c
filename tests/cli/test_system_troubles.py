"""A full disk, a folder without rights and other troubles of the system are told in office words, with code 3."""

from __future__ import annotations

import errno

import pytest

from thidua_xl.cli import app


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
