"""Zip containers and encodings that other programs write: kept as they are, edited like any."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from ooxml_books import made, members, opened, read, replaced


class Stream(io.RawIOBase):
    """A target that cannot be wound back, so that sizes follow each member (data descriptors)."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += data
        return len(data)


def two_sheets() -> bytes:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("S")
        for row in range(9):
            sheet.write_number(row, 0, row + 1)
        book.add_worksheet("T").write_formula("A1", "=S!A9*2", None, 18)

    return made(build)


def streamed(content: bytes) -> bytes:
    """The same members written to a stream: data descriptors, mixed compression, a comment at the end."""
    target = Stream()
    with zipfile.ZipFile(target, "w") as packed:
        for number, (name, data) in enumerate(members(content).items()):
            kind = zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, (2024, 2, 29, 12, 30, 10))
            entry.compress_type, entry.external_attr = kind, 0o640 << 16
            packed.writestr(entry, data)
        packed.comment = "ghi chú".encode()
    return bytes(target.content)


def test_members_with_data_descriptors_are_kept_as_they_are() -> None:
    content = streamed(two_sheets())
    assert all(entry.flag_bits & 8 for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    assert opened(content).to_bytes() == content
    book = opened(content)
    book["S"].insert_rows(3, 2)
    book["S"].set("A3", "chèn")
    after = book.to_bytes()
    old, new = (zipfile.ZipFile(io.BytesIO(one)) for one in (content, after))
    assert new.testzip() is None
    assert old.namelist() == new.namelist()
    untouched = [name for name in old.namelist() if old.read(name) == new.read(name)]
    assert len(untouched) > 5
    for name in untouched:
        before, now = old.getinfo(name), new.getinfo(name)
        assert (before.date_time, before.compress_type, before.external_attr) == (
            now.date_time, now.compress_type, now.external_attr,
        )  # fmt: skip
    assert new.comment == "ghi chú".encode()
    assert read(after)["T"]["A1"].value == "=S!A11*2"


def test_formulas_on_a_sheet_in_utf_16_follow_the_rows_of_another() -> None:
    content = two_sheets()
    data = members(content)["xl/worksheets/sheet2.xml"].decode().replace("UTF-8", "UTF-16")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, part in members(content).items():
            packed.writestr(name, data.encode("utf-16") if name.endswith("sheet2.xml") else part)
    book = opened(target.getvalue())
    book["S"].insert_rows(3, 2)
    assert read(book.to_bytes())["T"]["A1"].value == "=S!A11*2"


def test_prefixed_parts_keep_their_prefix_when_rows_come() -> None:
    def prefixed(text: str) -> str:
        for name in ("worksheet", "sheetData", "row", "c", "v", "f", "dimension", "sheetViews", "sheetView",
                     "sheetFormatPr", "pageMargins"):  # fmt: skip
            for opening in ("<", "</"):
                for end in (" ", ">", "/"):
                    text = text.replace(f"{opening}{name}{end}", f"{opening}x:{name}{end}")
        return text.replace("xmlns=", "xmlns:x=")

    content = two_sheets()
    for number in (1, 2):
        content = replaced(content, f"xl/worksheets/sheet{number}.xml", prefixed)
    book = opened(content)
    book["S"].insert_rows(3, 2, like=2)
    book["S"].set("B4", "mới")
    after = book.to_bytes()
    assert b"<c " not in members(after)["xl/worksheets/sheet1.xml"]
    assert read(after)["T"]["A1"].value == "=S!A11*2"
    assert read(after)["S"]["B4"].value == "mới"
