"""Names and cell texts of others in what the command prints."""

from __future__ import annotations

import json

import pytest

from thidua_xl.cli.terminal import harmless, on_one_line, say_json


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x7f", "\x9b", "\r", "\u202e", "\u2066", "\udce1"])
def test_what_steers_a_terminal_is_not_printed(sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sign not in harmless(f"a{sign}b")
    say_json({"file": f"a{sign}b"})
    printed = capsys.readouterr().out
    assert sign not in printed
    assert json.loads(printed) == {"file": f"a{sign}b"}


@pytest.mark.parametrize("sign", ["\n", "\r", "\u2028", "\x85"])
def test_a_name_with_a_line_break_stays_on_its_line(sign: str) -> None:
    assert len(on_one_line(f"a{sign}[input.x] b").splitlines()) == 1
