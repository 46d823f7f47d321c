"""Names and texts of others on the terminal."""

from __future__ import annotations

import pytest

from thidua_xl.cli.terminal import harmless, say_line


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\u202eb", "a\x07b", "a\x9bb"])
def test_nothing_in_a_name_steers_the_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say_line(text)
    shown = capsys.readouterr().err
    assert shown.startswith("a\ufffd")
    assert "b\n" in shown
    assert not {"\x1b", "\u202e", "\x07", "\x9b"} & set(shown)


def test_vietnamese_and_line_breaks_stay() -> None:
    assert harmless("Phòng Tổng hợp\n\tĐơn vị") == "Phòng Tổng hợp\n\tĐơn vị"
