"""The files of `hostile_corpus.py`: what can be done to a workbook. Read `corpus`."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Collection, Iterator

# What must come of a file: read with the totals of the sound one, refused, or either of the two.
SAME, REFUSE, EITHER = "same", "refuse", "either"
Parts = dict[str, bytes]
Case = tuple[str, bytes, str]

BOOK, STRINGS, STYLES, TYPES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"
RELS, SHEET = "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet6.xml"
ENTITY = b'<!DOCTYPE x [<!ENTITY a "1">]>'
LAUGHS = (
    b"<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def corpus(sound: bytes, draw: random.Random, groups: Collection[str] = ()) -> Iterator[Case]:
    """(name, bytes, what must come of it) of every file, or of those groups only."""
    parts = unpack(sound)
    every = {
        "dialects": lambda: _dialects(parts, draw),
        "grids": lambda: _grids(parts),
        "packages": lambda: _packages(parts),
        "kinds": lambda: _no_workbooks(sound),
        "containers": lambda: _containers(parts, sound),
        "cut": lambda: _cut(sound, draw),
        "xml": lambda: _xml_attacks(parts),
        "flipped": lambda: _flipped(sound, draw),
        "bombs": lambda: _bombs(parts),
    }
    for name, made in every.items():
        if not groups or name in groups:
            yield from made()


def unpack(data: bytes) -> Parts:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def pack(parts: Parts, method: int = zipfile.ZIP_DEFLATED, **more: object) -> bytes:
    """A package of these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        archive.comment = more.get("comment", b"")  # type: ignore[assignment]  # bytes by use
    return held.getvalue()


def _cut(sound: bytes, draw: random.Random) -> Iterator[Case]:
    for number in range(40):
        yield f"cut-{number:02}", sound[: draw.randrange(2, len(sound) - 30)], REFUSE
    for number, size in enumerate((1, 21, 22, 100)):
        yield f"cut-end-{number}", sound[:-size], REFUSE


def _flipped(sound: bytes, draw: random.Random) -> Iterator[Case]:
    for number in range(80):
        at = draw.randrange(len(sound))
        yield f"flip-{number:02}", sound[:at] + bytes([sound[at] ^ (1 << draw.randrange(8))]) + sound[at + 1 :], EITHER
    for number in range(20):
        at = draw.randrange(100, len(sound) - 200)
        yield f"zeroed-{number:02}", sound[:at] + bytes(64) + sound[at + 64 :], EITHER
    directory = sound.rfind(b"PK\x05\x06")
    for number in range(22):
        yield f"end-{number:02}", sound[: directory + number] + b"\xff" + sound[directory + number + 1 :], EITHER
    yield "doubled", sound + sound, EITHER
    yield "in-front", b"junk" * 100 + sound, EITHER
    yield "behind", sound + b"junk" * 100, EITHER


def _no_workbooks(sound: bytes) -> Iterator[Case]:
    cole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    for name, data in {
        "empty": b"",
        "byte": b"P",
        "html": b"<html><table><tr><td>1</td></tr></table></html>",
        "csv": "STT;Họ tên;Số tiền\n1;Lò Văn A;5000\n".encode(),
        "pdf": b"%PDF-1.7\n" + bytes(500),
        "png": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "exe": b"MZ" + bytes(500),
        "rar": b"Rar!\x1a\x07\x00" + bytes(500),
        "old-empty": cole + bytes(504),
        "old-noise": cole + bytes(range(256)) * 40,
        "biff": b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(300),
        "rtf": b"{\\rtf1 x}",
        "gzip": b"\x1f\x8b\x08" + bytes(200),
        "word": pack({"word/document.xml": b"<x/>", TYPES: b"<Types/>"}),
        "zip-of-zip": pack({"a.xlsx": sound}),
        "no-parts": pack({}),
        "text": "chỉ là chữ".encode(),
        "blanks": b" " * 5000,
        "big": b"PK\x03\x04" + bytes(26 * 1024 * 1024),
    }.items():
        yield f"not-{name}", data, REFUSE


def _containers(parts: Parts, sound: bytes) -> Iterator[Case]:
    def added(name: str, data: bytes = b"<x/>") -> bytes:
        held = io.BytesIO(sound)
        with zipfile.ZipFile(held, "a") as archive:
            archive.writestr(name, data)
        return held.getvalue()

    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (SHEET, STRINGS, BOOK, TYPES):
            yield f"zip-twice-{name.rsplit('/')[-1]}", added(name, parts[name]), REFUSE
    for number, name in enumerate(("../x.xml", "/etc/x.xml", "xl/../../x.xml", "C:/x.xml", "xl\\..\\..\\x.xml")):
        yield f"zip-path-{number}", added(name), REFUSE
    yield "zip-many", pack({**parts, **{f"xl/media/{n}.bin": b"x" for n in range(1100)}}), REFUSE
    for name, method in (("bz2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
        yield f"zip-{name}", pack(parts, method), REFUSE
    local = sound.find(SHEET.encode())
    yield "zip-locked", _patched(sound, 6, b"\x01\x00"), REFUSE
    yield "zip-other-name", sound[:local] + b"X" + sound[local + 1 :], REFUSE
    central = sound.rfind(SHEET.encode()) - 46
    for shift, name in ((16, "crc"), (20, "stored"), (24, "size"), (42, "offset")):
        wrong = bytearray(sound)
        wrong[central + shift] ^= 0x5A
        yield f"zip-{name}", bytes(wrong), REFUSE
    over = bytearray(sound)
    other = sound.rfind(STRINGS.encode()) - 46
    over[central + 42 : central + 46] = over[other + 42 : other + 46]
    yield "zip-overlap", bytes(over), REFUSE


def _bombs(parts: Parts) -> Iterator[Case]:
    spaces = parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * (120 << 20))
    yield "bomb-spaces", pack({**parts, SHEET: spaces}), REFUSE
    yield "bomb-media", pack({**parts, "xl/media/image1.png": bytes(110 << 20)}), REFUSE
    yield "bomb-total", pack({**parts, **{f"xl/media/{n}.bin": bytes(30 << 20) for n in range(6)}}), REFUSE
    yield "bomb-ratio", pack({**parts, "xl/media/1.bin": bytes(40 << 20)}), REFUSE


def _patched(data: bytes, at: int, value: bytes) -> bytes:
    """The general purpose flags of every local and central header set."""
    found = bytearray(data)
    for mark, shift in ((b"PK\x03\x04", at), (b"PK\x01\x02", at + 2)):
        place = data.find(mark)
        while place >= 0:
            found[place + shift : place + shift + len(value)] = value
            place = data.find(mark, place + 4)
    return bytes(found)


def _xml_attacks(parts: Parts) -> Iterator[Case]:
    def after_head(data: bytes, more: bytes) -> bytes:
        head = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:head] + more + data[head:]

    for name in (SHEET, STRINGS, BOOK, STYLES, RELS, TYPES, "_rels/.rels", "xl/theme/theme1.xml"):
        short = name.rsplit("/", 1)[-1].split(".")[0] or "rels"
        for kind, more in (("dtd", ENTITY), ("laughs", LAUGHS), ("outside", OUTSIDE)):
            yield f"xml-{kind}-{short}", pack({**parts, name: after_head(parts[name], more)}), REFUSE
        wide = after_head(parts[name], ENTITY).decode("utf-8").replace("UTF-8", "UTF-16").encode("utf-16")
        yield f"xml-wide-dtd-{short}", pack({**parts, name: wide}), REFUSE
        yield f"xml-open-{short}", pack({**parts, name: parts[name][:-6]}), REFUSE
        yield f"xml-letters-{short}", pack({**parts, name: parts[name].replace(b"><", b">\x01<", 1)}), REFUSE
        yield f"xml-bytes-{short}", pack({**parts, name: parts[name].replace(b"><", b">\xc3(<", 3)}), REFUSE
        yield f"xml-two-roots-{short}", pack({**parts, name: parts[name] + b"<x/>"}), REFUSE
        yield f"xml-nothing-{short}", pack({**parts, name: b""}), REFUSE
    deep = parts[SHEET].replace(b"</sheetData>", b"</sheetData>" + b"<a>" * 20_000 + b"</a>" * 20_000)
    yield "xml-deep", pack({**parts, SHEET: deep}), EITHER  # well-formed: only the depth is odd
    yield "xml-entity", pack({**parts, SHEET: parts[SHEET].replace(b"<v>", b"<v>&x;", 1)}), REFUSE


def _packages(parts: Parts) -> Iterator[Case]:
    for name in (BOOK, SHEET, STRINGS, RELS, TYPES, "_rels/.rels"):
        lost = {one: data for one, data in parts.items() if one != name}
        # Without styles or a list of types a workbook may still be read; then it must be read right.
        yield f"pkg-lost-{name.replace('/', '-')}", pack(lost), REFUSE if name in (BOOK, SHEET, STRINGS) else EITHER
    rels = parts[RELS]
    for kind, old, new in (
        ("outside", b'Target="worksheets/sheet6.xml"', b'Target="../../../etc/passwd"'),
        ("web", b'Target="worksheets/sheet6.xml"', b'Target="http://example.invalid/x.xml" TargetMode="External"'),
        ("file", b'Target="worksheets/sheet6.xml"', b'Target="file:///etc/passwd" TargetMode="External"'),
        ("nowhere", b'Target="worksheets/sheet6.xml"', b'Target="worksheets/sheet99.xml"'),
        ("itself", b'Target="worksheets/sheet6.xml"', b'Target="workbook.xml"'),
    ):
        if old in rels:
            yield f"pkg-rel-{kind}", pack({**parts, RELS: rels.replace(old, new)}), REFUSE
    shared = parts[STRINGS]
    yield "pkg-few-strings", pack({**parts, STRINGS: re.sub(rb"<si>.*</si>", b"<si><t>x</t></si>", shared)}), REFUSE
    sheet = parts[SHEET]
    yield (
        "pkg-far-string",
        pack({**parts, SHEET: re.sub(rb't="s"><v>\d+', b't="s"><v>99999999', sheet, count=1)}),
        REFUSE,
    )
    yield "pkg-minus-string", pack({**parts, SHEET: re.sub(rb't="s"><v>\d+', b't="s"><v>-1', sheet, count=1)}), REFUSE
    yield "pkg-other-root", pack({**parts, SHEET: b"<html><body/></html>"}), REFUSE
    book = parts[BOOK]
    yield "pkg-no-sheets", pack({**parts, BOOK: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", book)}), REFUSE
    same = re.sub(rb'r:id="rId\d+"', b'r:id="rId1"', book)
    yield "pkg-one-id", pack({**parts, BOOK: same}), REFUSE


def _dialects(parts: Parts, draw: random.Random) -> Iterator[Case]:
    sheets = [one for one in parts if one.startswith("xl/worksheets/sheet")]

    def all_sheets(change: Callable[[bytes], bytes]) -> bytes:
        return pack({**parts, **{one: change(parts[one]) for one in sheets}})

    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    yield "as-it-is", pack(parts), SAME
    yield "stored", pack(parts, zipfile.ZIP_STORED), SAME
    for number in range(5):
        order = list(parts)
        draw.shuffle(order)
        yield f"order-{number}", pack({one: parts[one] for one in order}), SAME
    yield "comment", pack(parts, comment=b"ghi chu"), SAME
    yield "folders", pack({"xl/": b"", "xl/worksheets/": b"", **parts}), SAME
    yield "descriptors", _streamed(parts), SAME
    yield "zip64", _zip64(parts), SAME
    yield "backslashes", pack({one.replace("/", "\\"): data for one, data in parts.items()}), SAME
    yield "capitals", pack({one.replace("xl/worksheets", "xl/Worksheets"): data for one, data in parts.items()}), SAME
    yield "spaces", all_sheets(lambda data: re.sub(rb"><(row|/row|c |/sheetData)", rb">\n  <\1", data)), SAME
    yield (
        "quotes",
        all_sheets(lambda data: re.sub(rb"<(row|c) ([^<>]*)>", lambda m: m[0].replace(b'"', b"'"), data)),
        SAME,
    )
    yield "comments", all_sheets(lambda data: data.replace(b"<row ", b"<!-- x --><row ")), SAME
    yield "ticks", all_sheets(lambda data: data.replace(b"</row>", b"<?x y?></row>")), SAME
    yield "cdata", all_sheets(lambda data: re.sub(rb"<v>([^<]+)</v>", rb"<v><![CDATA[\1]]></v>", data)), SAME
    yield "numbers-spelt", all_sheets(lambda data: re.sub(rb"<v>(\d)", lambda m: b"<v>&#%d;" % ord(m[1]), data)), SAME
    yield "mark", all_sheets(lambda data: b"\xef\xbb\xbf" + data), SAME
    yield "utf-16", all_sheets(lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16")), SAME
    yield "prefixes", all_sheets(_prefixed), SAME
    yield "no-addresses", all_sheets(_unaddressed), SAME
    yield "no-row-numbers", all_sheets(_unnumbered), SAME
    yield "cells-mixed", all_sheets(lambda data: _mixed(data, draw)), EITHER
    yield "rows-mixed", all_sheets(lambda data: _rows_mixed(data, draw)), EITHER
    yield "no-spans", all_sheets(lambda data: re.sub(rb' spans="[^"]*"', b"", data)), SAME
    yield "attributes-turned", all_sheets(lambda data: re.sub(rb'<c (r="[^"]*") (s="[^"]*")', rb"<c \2 \1", data)), SAME
    yield (
        "other-elements",
        all_sheets(lambda data: data.replace(b"</sheetData>", b'</sheetData><x:y xmlns:x="urn:x"/>')),
        SAME,
    )
    texts = [re.sub(rb"<[^>]*>", b"", one) for one in re.findall(rb"<si>(.*?)</si>", parts[STRINGS], re.DOTALL)]

    def inline(found: re.Match[bytes]) -> bytes:
        text = b'<c%s t="inlineStr"%s><is><t xml:space="preserve">%s</t></is></c>'
        return text % (found[1], found[2], texts[int(found[3])])

    yield "inline", all_sheets(lambda data: re.sub(rb'<c([^<>]*) t="s"([^<>]*)><v>(\d+)</v></c>', inline, data)), SAME
    two = r"<si><r><t\1>\2</t></r><r><t\1>\3</t></r></si>"
    rich = re.sub(r"<si><t([^>]*)>([^<&])([^<]*)</t></si>", two, parts[STRINGS].decode()).encode()
    yield "rich-strings", pack({**parts, STRINGS: rich}), SAME
    told = {
        one: data.replace(main, strict).replace(office, b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        for one, data in parts.items()
    }
    yield "strict", pack(told), SAME
    renamed = {one.replace("xl/worksheets/sheet", "xl/worksheets/Tờ số "): data for one, data in parts.items()}
    renamed[RELS] = renamed[RELS].replace(b"worksheets/sheet", "worksheets/Tờ%20số%20".encode())
    renamed[TYPES] = renamed[TYPES].replace(b"/xl/worksheets/sheet", "/xl/worksheets/Tờ%20số%20".encode())
    yield "part-names", pack(renamed), SAME
    absolute = parts[RELS].replace(b'Target="', b'Target="/xl/')
    yield "absolute-targets", pack({**parts, RELS: absolute}), SAME


def _prefixed(data: bytes) -> bytes:
    data = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data.replace(b"<?xml", b"\0")).replace(b"\0", b"<?xml")
    return data.replace(b' xmlns="', b' xmlns:x="', 1)


def _full(data: bytes) -> list[tuple[int, bytes, list[bytes]]]:
    """(row number, its attributes, its cells from column A on, blank ones filled in)."""
    rows = []
    for found in re.finditer(rb"<row ([^<>]*?)(?:/>|>(.*?)</row>)", data, re.DOTALL):
        number = int(re.search(rb'r="(\d+)"', found[1])[1])  # type: ignore[index]  # always there in our forms
        cells: list[bytes] = []
        for cell in re.finditer(rb'<c r="([A-Z]+)\d+"[^<>]*?(?:/>|>.*?</c>)', found[2] or b"", re.DOTALL):
            column = 0
            for letter in cell[1]:
                column = column * 26 + letter - 64
            cells += [b"<c/>"] * (column - 1 - len(cells)) + [cell[0]]
        rows.append((number, found[1], cells))
    return rows


def _rebuilt(data: bytes, rows: list[bytes]) -> bytes:
    start, end = data.find(b"<sheetData>"), data.find(b"</sheetData>")
    return data if start < 0 else data[: start + 11] + b"".join(rows) + data[end:]


def _unaddressed(data: bytes) -> bytes:
    rows = [
        b"<row %s>%s</row>" % (attributes, re.sub(rb'(<c) r="[^"]*"', rb"\1", b"".join(cells)))
        for _, attributes, cells in _full(data)
    ]
    return _rebuilt(data, rows)


def _unnumbered(data: bytes) -> bytes:
    rows: list[bytes] = []
    for number, attributes, cells in _full(data):
        rows += [b"<row/>"] * (number - 1 - len(rows))
        plain = re.sub(rb'(?:^| )r="\d+"', b"", attributes)
        rows.append(b"<row %s>%s</row>" % (plain, re.sub(rb'(<c) r="[^"]*"', rb"\1", b"".join(cells))))
    return _rebuilt(data, rows)


def _mixed(data: bytes, draw: random.Random) -> bytes:
    rows = []
    for _, attributes, cells in _full(data):
        there = [one for one in cells if one != b"<c/>"]
        draw.shuffle(there)
        rows.append(b"<row %s>%s</row>" % (attributes, b"".join(there)))
    return _rebuilt(data, rows)


def _rows_mixed(data: bytes, draw: random.Random) -> bytes:
    rows = [b"<row %s>%s</row>" % (a, b"".join(one for one in c if one != b"<c/>")) for _, a, c in _full(data)]
    draw.shuffle(rows)
    return _rebuilt(data, rows)


def _streamed(parts: Parts) -> bytes:
    """Written without going back: sizes stand behind the data."""

    class Stream(io.RawIOBase):
        held = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.held += bytes(data)  # type: ignore[call-overload]  # any buffer
            return len(bytes(data))  # type: ignore[call-overload]  # any buffer

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]  # write is enough
        for name, data in parts.items():
            archive.writestr(name, data)
    return bytes(Stream.held)


def _zip64(parts: Parts) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    return held.getvalue()


def _grids(parts: Parts) -> Iterator[Case]:
    sheet = parts[SHEET]

    def behind(rows: bytes) -> bytes:
        return pack({**parts, SHEET: sheet.replace(b"</sheetData>", rows + b"</sheetData>")})

    def tail(more: bytes) -> bytes:
        return pack({**parts, SHEET: sheet.replace(b"</sheetData>", b"</sheetData>" + more, 1)})

    yield "grid-far-blank", behind(b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'), SAME
    yield "grid-far-row", behind(b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), REFUSE
    yield "grid-far-column", behind(b'<row r="900000"><c r="XFE900000"><v>1</v></c></row>'), REFUSE
    yield "grid-zero", behind(b'<row r="0"><c r="A0"><v>1</v></c></row>'), REFUSE
    yield "grid-other-row", behind(b'<row r="900000"><c r="A900001"><v>1</v></c></row>'), REFUSE
    yield (
        "grid-twice",
        sheet
        and pack({**parts, SHEET: re.sub(rb"(<c r=\"[A-Z]+\d+\"[^<>]*><v>[^<]*</v></c>)", rb"\1\1", sheet, count=1)}),
        REFUSE,
    )
    yield "grid-letters", behind(b'<row r="900000"><c r="AAAA1"><v>1</v></c></row>'), REFUSE
    yield "grid-minus", behind(b'<row r="-5"><c r="A-5"><v>1</v></c></row>'), REFUSE
    merges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1, 200_000))
    yield "grid-merges", tail(b"<mergeCells>" + merges + b"</mergeCells>"), REFUSE
    yield "grid-type", behind(b'<row r="900000"><c r="A900000" t="zzz"><v>1</v></c></row>'), REFUSE
    blanks = b"".join(b'<row r="%d" ht="15"/>' % n for n in range(500_000, 560_000))
    yield "grid-blank-rows", behind(blanks), SAME
    yield "grid-style", pack({**parts, SHEET: re.sub(rb' s="\d+"', b' s="99999"', sheet)}), EITHER
    for number, value in enumerate(
        (b"1e400", b"NaN", b"Infinity", b"0x10", b"1_000", b"\xef\xbc\x91", b"--1", b"1e-400")
    ):
        yield f"value-{number}", behind(b'<row r="900000"><c r="A900000"><v>%s</v></c></row>' % value), EITHER
    macro = {**parts, "xl/vbaProject.bin": struct.pack("<Q", 0xE11AB1A1E011CFD0) + bytes(600)}
    yield "active-macro", pack(macro), EITHER
    yield "active-dde", tail(b'<oleObjects><oleObject progId="Package" link="1" r:id="rId99"/></oleObjects>'), EITHER
