"""A VBA project written without Excel, read back by independent readers (olefile, oletools)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from thidua_xl.jobs.buttons import add_buttons, macro_sources, sources_in
from thidua_xl.ooxml import Workbook
from thidua_xl.ooxml.vba_packing import compress
from thidua_xl.ooxml.vba_project import build_project, module_name

NAMES = {"": "ThisWorkbook", "Biểu 1": "Sheet1", "Bảng điều khiển": "Sheet2"}
SOURCE = 'Attribute VB_Name = "Nut"\nOption Explicit\n\nPublic Sub Chay()\n    MsgBox "ok"\nEnd Sub\n'


def decompressed(data: bytes) -> bytes:
    olevba = pytest.importorskip("oletools.olevba")
    return bytes(olevba.decompress_stream(bytearray(data)))


def sources(project: bytes, tmp_path: Path) -> dict[str, str]:
    olevba = pytest.importorskip("oletools.olevba")
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(project)
    parser = olevba.VBA_Parser(str(path))
    try:
        return {name: code for _, stream, name, code in parser.extract_all_macros() if stream}
    finally:
        parser.close()


@settings(deadline=None)
@given(st.binary(max_size=9000))
def test_any_bytes_come_back_from_the_compressed_container(data: bytes) -> None:
    back = decompressed(compress(data))
    assert back[: len(data)] == data
    assert not back[len(data) :].strip(b"\0")


def test_long_text_comes_back_and_is_shorter() -> None:
    text = b"".join(b"    Cells(%d, 3).Value = %d\r\n" % (n, n * 7) for n in range(3000))
    packed = compress(text)
    assert decompressed(packed) == text
    assert len(packed) < len(text) // 3


def test_noise_of_whole_chunks_comes_back() -> None:
    noise = random.Random(7).randbytes(3 * 4096)
    assert decompressed(compress(noise)) == noise


def test_olevba_extracts_the_sources_and_one_document_module_per_sheet(tmp_path: Path) -> None:
    found = sources(build_project([SOURCE], NAMES), tmp_path)
    assert found["Nut.bas"].replace("\r\n", "\n") == SOURCE
    assert sorted(found) == ["Nut.bas", "Sheet1.cls", "Sheet2.cls", "ThisWorkbook.cls"]
    assert "{00020819-" in found["ThisWorkbook.cls"]
    assert "{00020820-" in found["Sheet2.cls"]


def test_a_project_of_a_hundred_sheets_is_read_back(tmp_path: Path) -> None:
    names = {"": "ThisWorkbook"} | {f"Biểu {n}": f"Sheet{n}" for n in range(1, 101)}
    assert len(sources(build_project([SOURCE], names), tmp_path)) == 102


def test_container_has_no_defects_and_its_streams_have_their_places(tmp_path: Path) -> None:
    olefile = pytest.importorskip("olefile")
    long = SOURCE + "' padding\n" * 3000 + "".join(f"' {n * n}\n" for n in range(4000))
    with olefile.OleFileIO(build_project([SOURCE, long.replace("Nut", "Dai")], NAMES)) as ole:
        assert not ole.parsing_issues
        listed = {"/".join(path) for path in ole.listdir()}
        assert {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", "VBA/Nut", "VBA/Sheet1"} <= listed
        text = ole.openstream("PROJECT").read().decode("cp1252")
    assert "Document=ThisWorkbook/&H00000000\r\nDocument=Sheet1/&H00000000" in text
    assert "\r\nModule=Nut\r\n" in text


def test_records_follow_the_order_of_a_file_that_excel_made(tmp_path: Path) -> None:
    xlwings = pytest.importorskip("importlib.util").find_spec("xlwings")
    if xlwings is None:
        pytest.skip("needs xlwings, whose quickstart.xlsm was saved by Excel")
    import zipfile

    olefile = pytest.importorskip("olefile")
    made = Path(xlwings.origin).parent / "quickstart.xlsm"
    with zipfile.ZipFile(made) as package:
        theirs = record_kinds(decompressed(stream(olefile, package.read("xl/vbaProject.bin"))))
    ours = record_kinds(decompressed(stream(olefile, build_project([SOURCE], NAMES))))
    shared = [kind for kind in ours if kind in theirs]
    assert ours[0] == theirs[0] == 1
    assert ours[-1] == theirs[-1] == 0x10
    assert firsts(shared) == [kind for kind in firsts(theirs) if kind in shared]


def stream(olefile: object, project: bytes) -> bytes:
    with olefile.OleFileIO(project) as ole:  # type: ignore[attr-defined]  # olefile has no stubs
        return bytes(ole.openstream("VBA/dir").read())


def firsts(kinds: list[int]) -> list[int]:
    return list(dict.fromkeys(kinds))


def record_kinds(directory: bytes) -> list[int]:
    """The kinds of the records of a `dir` stream, in order ([MS-OVBA] 2.3.4.2)."""
    at, kinds = 0, []
    while at + 6 <= len(directory):
        kind = int.from_bytes(directory[at : at + 2], "little")
        size = int.from_bytes(directory[at + 2 : at + 6], "little")
        kinds.append(kind)
        # PROJECTVERSION says 4 but holds 6 bytes.
        at += 6 + (6 if kind == 9 else size)
    return kinds


def test_the_same_sources_give_the_same_bytes() -> None:
    assert build_project([SOURCE], NAMES) == build_project([SOURCE], NAMES)


def test_vietnamese_in_a_source_is_refused_instead_of_spoiled() -> None:
    with pytest.raises(UnicodeEncodeError):
        build_project([SOURCE.replace("ok", "được")], NAMES)


@pytest.mark.parametrize("name", ["Лист1", "表1", "Feuille_é"])
def test_code_names_choose_the_code_page(name: str, tmp_path: Path) -> None:
    project = build_project([SOURCE], {"": "ThisWorkbook", "Biểu 1": name})
    found = sources(project, tmp_path)
    assert f"{name}.cls" in found
    assert found["Nut.bas"].replace("\r\n", "\n") == SOURCE


def test_code_names_of_two_places_are_refused() -> None:
    with pytest.raises(ValueError):
        build_project([SOURCE], {"": "ThisWorkbook", "Biểu 1": "Лист1", "Biểu 2": "Biểu2"})


@pytest.mark.parametrize("bad", [["Sub A()\nEnd Sub\n"], [SOURCE, SOURCE], [SOURCE.replace("Nut", "Sheet1")]])
def test_a_module_without_name_or_with_one_in_use_is_refused(bad: list[str]) -> None:
    with pytest.raises(ValueError):
        build_project(bad, NAMES)


@pytest.mark.parametrize("kind", ["truc-tiep", "xlwings"])
def test_a_second_reader_finds_the_same_sources_and_no_fault(kind: str, tmp_path: Path) -> None:
    """pyOpenVBA reads the project and the package around it with code of its own."""
    pyopenvba = pytest.importorskip("pyopenvba.excel")
    integrity = pytest.importorskip("pyopenvba.integrity")
    if kind == "xlwings":
        pytest.importorskip("xlwings")
    plain, book = tmp_path / "goc.xlsx", tmp_path / "co nut.xlsm"
    with xlsxwriter.Workbook(plain) as made:
        for name in ("Đơn vị", "Tổng hợp"):
            made.add_worksheet(name)
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "='Đơn vị'!$A$1:$A$3"})
        made.add_chartsheet("Biểu đồ").set_chart(chart)
    add_buttons(plain, book, kind=kind)
    report = integrity.check_file(book)
    assert (report.issues, report.complete) == ((), True)
    with pyopenvba.ExcelFile(book) as opened:
        theirs = {module.name: module.source.replace("\r\n", "\n").strip() for module in opened.vba_project().modules}
    ours = {name: text.strip() for name, text in sources_in(Workbook.open(book)).items()}
    assert {name: _code(text) for name, text in theirs.items()} == {name: _code(text) for name, text in ours.items()}
    olevba = pytest.importorskip("oletools.olevba")
    parser = olevba.VBA_Parser(str(book))
    try:
        extracted = {name: code for _, stream, name, code in parser.extract_all_macros() if stream}
    finally:
        parser.close()
    for text in macro_sources(kind):
        found = extracted[f"{module_name(text)}.bas"]
        assert found.replace("\r\n", "\n").rstrip("\0").strip() == text.strip()
    documents = {name.removesuffix(".cls") for name in extracted if name.endswith(".cls")}
    assert documents == set(Workbook.open(book).code_names().values())


def _code(source: str) -> str:
    """A source without its attributes, which a reader may keep apart."""
    return "\n".join(line for line in source.split("\n") if not line.startswith("Attribute ")).strip()
