"""Every --json result is one JSON value on stdout that its shipped schema accepts; words go to stderr."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from thidua_xl.jobs.demo import DemoResult, run_demo
from thidua_xl.messages import sentences
from thidua_xl.shipped import report_template


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoResult:
    return run_demo(tmp_path_factory.mktemp("demo"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "thidua_xl", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def result(schema: str, code: int, *arguments: str) -> dict[str, object]:
    done = run(*arguments, "--json")
    assert done.returncode == code, done.stderr
    value = json.loads(done.stdout)
    shipped = json.loads(files("thidua_xl.cli").joinpath("schemas", f"{schema}.json").read_text("utf-8"))
    jsonschema.validate(value, shipped)
    return dict(value)


def test_check(demo: DemoResult) -> None:
    found = result("check", 1, "check", str(demo.folder / "nop"), "--period", "2024-6T", "--criteria", book(demo))
    assert found["files"] == 15


def test_check_of_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    bad = tmp_path / "x.xlsx"
    bad.write_text("không phải workbook", encoding="utf-8")
    assert result("check", 3, "check", str(bad))["refused"] == [{"file": "x.xlsx", "code": "input.not_a_workbook"}]


def test_consolidate(demo: DemoResult, tmp_path: Path) -> None:
    out = tmp_path / "bc.xlsx"
    arguments = ["consolidate", str(demo.folder / "nop"), "--period", "2024-6T", "--criteria", book(demo)]
    found = result("consolidate", 1, *arguments, "-o", str(out))
    assert found["report"] == str(out)


@pytest.mark.parametrize("schema", ["check", "consolidate"])
def test_every_reason_to_pass_a_file_over_has_its_words_and_its_place_in_the_schema(schema: str) -> None:
    shipped = json.loads(files("thidua_xl.cli").joinpath("schemas", f"{schema}.json").read_text("utf-8"))
    reasons = shipped["properties"]["ignored"]["items"]["properties"]["reason"]["enum"]
    for language in ("vi", "en"):
        worded = {key.rpartition(".")[2] for key in sentences(language) if key.startswith("cli.ignored_reason.")}
        assert worded == set(reasons)


def test_totals(demo: DemoResult) -> None:
    file = next((demo.folder / "nop").glob("BC_VPS*"))
    assert result("totals", 0, "totals", str(file), "--criteria", book(demo))["unit"] == "VPS"


def test_trace(demo: DemoResult) -> None:
    assert result("trace", 0, "trace", str(demo.report), "TH01!C16")["sources"]


def test_compare(demo: DemoResult) -> None:
    template = str(demo.report)
    assert result("compare", 0, "compare", template, template)["same"] is True
    files_ = sorted(str(one) for one in (demo.folder / "nop").glob("BC_PCTT*"))
    assert result("compare", 1, "compare", *files_)["cells"]


def test_map(demo: DemoResult, tmp_path: Path) -> None:
    out = tmp_path / "ban-do.xlsx"
    found = result("map", 0, "map", str(report_template()), "--criteria", book(demo), "-o", str(out))
    assert found["mapping"] == str(out)
    assert found["open"] == 0


def test_rules_lint(demo: DemoResult) -> None:
    result("lint", 0, "rules", "lint", book(demo))


def test_forms_new(demo: DemoResult, tmp_path: Path) -> None:
    found = result("forms_new", 0, "forms", "new", "--period", "2024-6T", "-o", str(tmp_path), "--unit", "VPS")
    assert found["files"] == [str(tmp_path / "BC_VPS_2024-6T_L1.xlsx")]


def test_forms_ballot(demo: DemoResult, tmp_path: Path) -> None:
    arguments = ["forms", "ballot", str(demo.folder / "nop"), "--period", "2024-6T", "--criteria", book(demo)]
    found = result("forms_ballot", 0, *arguments, "-o", str(tmp_path / "bx.xlsx"))
    assert (found["file"], found["added"]) == (str(tmp_path / "bx.xlsx"), [])


def test_demo(tmp_path: Path) -> None:
    result("demo", 0, "demo", str(tmp_path / "d"))


def test_the_vietnamese_names_do_the_same(demo: DemoResult) -> None:
    english = run("check", str(demo.folder / "nop"), "--period", "2024-6T", "--criteria", book(demo), "--json")
    same = run("kiem-tra", str(demo.folder / "nop"), "--ky", "2024-6T", "--so-tieu-chi", book(demo), "--json")
    assert english.stdout == same.stdout


def test_wrong_usage_is_exit_2_and_a_wrong_book_exit_4(demo: DemoResult, tmp_path: Path) -> None:
    assert run("check").returncode == 2
    assert run("check", str(tmp_path), "--period", "1999").returncode == 2
    done = run("check", str(demo.folder / "nop"), "--criteria", str(demo.report))
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) <= 3
    assert "Traceback" not in done.stderr


def book(demo: DemoResult) -> str:
    return str(demo.criteria_book)


def test_export_to_csv_and_json(demo: DemoResult, tmp_path: Path) -> None:
    made = result("export", 0, "export", str(demo.report), "--to", "csv", "-o", str(tmp_path / "bc.csv"))
    names = {Path(one).name for one in made["files"]}  # type: ignore[attr-defined]  # a list by the schema
    assert {"bc-TH00.csv", "bc-TH01.csv", "bc-B0601.csv"} <= names
    assert (tmp_path / "bc-TH01.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    result("export", 0, "export", str(demo.report), "--to", "json", "-o", str(tmp_path / "bc.json"))
    cells = json.loads((tmp_path / "bc.json").read_text("utf-8"))["sheets"]
    assert "TH14" in cells
    assert "Nguồn số liệu" not in cells


@pytest.mark.libreoffice
def test_export_to_pdf(demo: DemoResult, tmp_path: Path) -> None:
    result("export", 0, "export", str(demo.report), "--to", "pdf", "-o", str(tmp_path / "bc.pdf"))
    assert (tmp_path / "bc.pdf").read_bytes().startswith(b"%PDF")


def test_export_to_a_written_report(demo: DemoResult, tmp_path: Path) -> None:
    out = tmp_path / "bc.docx"
    result("export", 0, "export", str(demo.report), "--to", "docx", "--criteria", book(demo), "-o", str(out))
    assert out.read_bytes().startswith(b"PK")


@pytest.mark.libreoffice
def test_export_of_one_route_has_fewer_pages(demo: DemoResult, tmp_path: Path) -> None:
    whole, route = tmp_path / "ca.pdf", tmp_path / "b.pdf"
    for target, more in ((whole, []), (route, ["--route", "TUYEN_B", "--criteria", book(demo)])):
        result("export", 0, "export", str(demo.report), "--to", "pdf", "-o", str(target), *more)
    assert 0 < route.read_bytes().count(b"/Type/Page/") < whole.read_bytes().count(b"/Type/Page/")


def test_an_unknown_route_and_a_route_for_csv_are_wrong_usage(demo: DemoResult, tmp_path: Path) -> None:
    shown = ["export", str(demo.report), "-o", str(tmp_path / "x"), "--criteria", book(demo), "--route"]
    assert run(*shown, "TUYEN_X", "--to", "pdf").returncode == 2
    assert run(*shown, "TUYEN_B", "--to", "csv").returncode == 2
