"""The workbook with buttons that comes with the program is what its builder makes."""

from __future__ import annotations

import base64
import sys
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from thidua_xl.jobs.buttons import check_buttons, remove_buttons, sources_in
from thidua_xl.ooxml import Workbook
from thidua_xl.shipped import buttons_workbook, report_template

ROOT = Path(__file__).resolve().parents[3]


def parts(path: Path) -> dict[str, bytes]:
    """Part name -> content; the record of what was there before, unpacked, since it may be packed differently."""
    with zipfile.ZipFile(path) as package:
        found = {name: package.read(name) for name in package.namelist()}
    for name in [one for one in found if one.startswith("customXml/")]:
        root = ElementTree.fromstring(found[name])
        kept = [f"{one.get('ten')} {one.get('nay')}\n".encode() for one in root]
        found[name] = b"".join(kept) + b"".join(zlib.decompress(base64.b64decode(one.text)) for one in root if one.text)
    return found


def test_the_shipped_workbook_is_what_its_builder_makes_twice(tmp_path: Path) -> None:
    """Mend with: python tools/build_buttons_workbook.py"""
    sys.path.append(str(ROOT / "tools"))
    try:
        from build_buttons_workbook import build
    finally:
        sys.path.remove(str(ROOT / "tools"))
    build(tmp_path / "one.xlsm")
    build(tmp_path / "two.xlsm")
    assert (tmp_path / "one.xlsm").read_bytes() == (tmp_path / "two.xlsm").read_bytes()
    built, shipped = parts(tmp_path / "one.xlsm"), parts(buttons_workbook())
    assert built.keys() == shipped.keys()
    assert [name for name in built if built[name] != shipped[name]] == []


def test_the_shipped_workbook_names_no_computer_and_is_in_order() -> None:
    checked = {code: seen for code, ok, seen in check_buttons(buttons_workbook()).lines if ok}
    assert set(checked) == {"sheet", "macros", "code_names", "python"}
    assert checked["python"] == ""
    assert "xlwings" not in sources_in(Workbook.open(buttons_workbook()))


def test_taking_its_buttons_out_gives_the_report_template(tmp_path: Path) -> None:
    removed = remove_buttons(buttons_workbook(), tmp_path / "mau.xlsx")
    assert removed.exact
    assert parts(removed.out) == parts(report_template())
