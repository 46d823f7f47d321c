"""Cell formats of a workbook: which number formats are dates, which cells are locked, new formats made from old.

Read `Styles`. A format is the 0-based index that a cell carries (`s`). Formats are only ever appended, so that no
existing index changes. Source: ECMA-376 Part 1, 18.8.
"""

from __future__ import annotations

import copy
import re

from lxml import etree

from thidua_xl.ooxml.markup import (
    MAIN,
    MAIN_STRICT,
    RELATIONS,
    RELATIONS_STRICT,
    Element,
    is_true,
    local_name,
    namespace,
    whole_number,
)
from thidua_xl.ooxml.package import Package

_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_DAYS_EVERYWHERE = frozenset((14, 15, 16, 17, 22))
_QUIET = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hmsHMS]+\])[^\]]*\]')
_DATE_LETTERS = re.compile(r"[dmyhsDMYHSbB]")
_DAY_LETTERS = re.compile(r"[dDyY]")
_TIME_LETTERS = re.compile(r"[hsHS]")
DATE_FORMAT = 14  # shown as the user's country writes dates
MOMENT_FORMAT = 22
_BUILT_IN = {0: "General", 14: "dd/mm/yyyy", 22: "dd/mm/yyyy hh:mm", 49: "@"}
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_PLAIN = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>"""
PLAIN_POINTS = 11.0
# The order that CT_Stylesheet asks for (18.8.39).
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")


class Styles:
    """The style sheet of a workbook; `workbook_part` is where its relationship starts."""

    def __init__(self, package: Package, workbook_part: str) -> None:
        self._package = package
        self._workbook_part = workbook_part
        found = package.related(workbook_part, "styles")
        self._part = found[0] if found else ""
        self._made: dict[tuple[object, ...], int] = {}
        self._date_kinds: dict[int, str] = {}
        self._described: dict[int, str] = {}

    def number_format(self, style: int) -> str:
        """The format code of a cell format (`dd/mm/yyyy`); built-in ones that are no dates come as General."""
        number = self._number_format_id(style)
        return self._custom().get(number) or _BUILT_IN.get(number, "General")

    def date_kind(self, style: int) -> str:
        """`date`, `moment` (with a time of day) or "" when the format shows no date."""
        if style not in self._date_kinds:
            self._date_kinds[style] = self._find_date_kind(style)
        return self._date_kinds[style]

    def shows_day(self, style: int) -> bool:
        """Whether the format shows a date everywhere; `h:mm` shows only the time of one.

        Built-in formats 27 to 36 and 50 to 58 mean dates in an East Asian Excel only (18.8.30).
        """
        kind = self.date_kind(style)
        code = self._custom().get(self._number_format_id(style))
        if code is None:
            return self._number_format_id(style) in _DAYS_EVERYWHERE
        return bool(kind) and (kind != "moment" or bool(_DAY_LETTERS.search(_QUIET.sub("", code))))

    def described(self, style: int) -> str:
        """The whole look of a cell format as one text, the same for two formats that look the same; "" for none."""
        if style not in self._described:
            self._described[style] = self._describe(style)
        return self._described[style]

    @property
    def count(self) -> int:
        """How many cell formats there are."""
        root = self._package.root(self._part) if self._part else ()
        return sum(len(section) for section in root if local_name(section) == "cellXfs")

    @property
    def normal_points(self) -> float:
        """The size of the plain font in points, by whose digits columns are measured."""
        root = self._package.root(self._part) if self._part else ()
        for section in root:
            if local_name(section) == "fonts":
                plain = next(iter(section), None)
                sizes = [one.get("val", "") for one in plain if local_name(one) == "sz"] if plain is not None else []
                return float(sizes[0]) if sizes and sizes[0] else PLAIN_POINTS
        return PLAIN_POINTS

    def is_locked(self, style: int) -> bool:
        """Whether a cell of this format is locked once its sheet is protected."""
        xf = self._format(style)
        if xf is None:
            return True
        for child in xf:
            if local_name(child) == "protection":
                return is_true(child.get("locked"), default=True)
        return True

    def with_number_format(self, style: int, number_format_id: int) -> int:
        """The format that looks like `style` but has this built-in number format."""
        return self._derived(style, ("format", number_format_id), self._set_number_format, number_format_id)

    def with_fill(self, style: int, color: str) -> int:
        """The format that looks like `style` but is filled with a colour (`FFFF00`)."""
        return self._derived(style, ("fill", color), self._set_fill, color)

    def add_differential(self, content: str) -> int:
        """The index of a new differential format (`dxf`) with this inner XML (prefix-free)."""
        root = self._root_for_change()
        dxfs = self._section("dxfs")
        ns = namespace(root)
        dxfs.append(etree.fromstring(f'<dxf xmlns="{ns}">{content}</dxf>'))
        dxfs.set("count", str(len(dxfs)))
        return len(dxfs) - 1

    def fill_color(self, style: int) -> str:
        """The colour (`FFFFC7CE`) of a solid fill, "" for every other fill."""
        fill = self._fill(style)
        if fill is None:
            return ""
        for part in fill.iter():
            if local_name(part) == "fgColor":
                return part.get("rgb", "").upper()
        return ""

    def with_fill_of(self, style: int, other: Styles, other_style: int) -> int:
        """The format that looks like `style` but is filled as a format of another style sheet is."""
        fill = other._fill(other_style)
        content = b"" if fill is None else etree.tostring(fill, method="c14n")
        return self._derived(style, ("fill of", content), self._copy_fill, fill)

    def _copy_fill(self, xf: Element, fill: Element | None) -> None:
        if fill is None:
            xf.set("fillId", "0")
            return
        fills = self._section("fills")
        copied = copy.deepcopy(fill)
        fills.append(copied)
        fills.set("count", str(len(fills)))
        xf.set("fillId", str(len(fills) - 1))

    def _fill(self, style: int) -> Element | None:
        xf = self._format(style)
        index = whole_number(xf, "fillId") if xf is not None else 0
        for holder in self._package.root(self._part) if self._part and index else ():
            if local_name(holder) == "fills" and index < len(holder):
                return holder[index]
        return None

    def add_format(self, *, font: str = "", fill: str = "", border: str = "", alignment: str = "") -> int:
        """The index of a new cell format of these inner XML pieces (prefix-free; "" for the workbook's first)."""
        self._root_for_change()
        ids = {}
        for name, section, content in (("font", "fonts", font), ("fill", "fills", fill), ("border", "borders", border)):
            ids[name] = self._append(section, f"<{name}>{content}</{name}>") if content else 0
        pieces = " ".join(f'{name}Id="{index}" apply{name.capitalize()}="1"' for name, index in ids.items())
        inner = f'<alignment {alignment}/><protection locked="0"/>' if alignment else '<protection locked="0"/>'
        return self._append("cellXfs", f'<xf numFmtId="0" xfId="0" {pieces} applyAlignment="1">{inner}</xf>')

    def _append(self, section: str, content: str) -> int:
        holder = self._section(section)
        element = etree.fromstring(content)
        ns = namespace(holder)
        for part in element.iter():
            part.tag = f"{{{ns}}}{local_name(part)}"
        holder.append(element)
        holder.set("count", str(len(holder)))
        return len(holder) - 1

    def _describe(self, style: int) -> str:
        xf = self._format(style)
        if xf is None:
            return ""
        pieces = [self.number_format(style)] if self._number_format_id(style) else []
        for section, key in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
            index = whole_number(xf, key)
            for holder in self._package.root(self._part):
                if local_name(holder) == section and index and index < len(holder):
                    pieces.append(etree.tostring(holder[index], method="c14n").decode())
        pieces += [etree.tostring(child, method="c14n").decode() for child in xf]
        return " ".join(pieces)

    def _derived(self, style: int, key: tuple[object, ...], change: object, value: object) -> int:
        cached = self._made.get((style, *key))
        if cached is not None:
            return cached
        self._root_for_change()
        xfs = self._section("cellXfs")
        old = xfs[style] if style < len(xfs) else None
        new = copy.deepcopy(old) if old is not None else etree.Element(f"{{{namespace(xfs)}}}xf", numFmtId="0")
        assert callable(change)
        change(new, value)
        index = self._index_of(xfs, new)
        self._made[(style, *key)] = index
        return index

    def _index_of(self, xfs: Element, new: Element) -> int:
        xfs.append(new)
        xfs.set("count", str(len(xfs)))
        return len(xfs) - 1

    def _set_number_format(self, xf: Element, number_format_id: int) -> None:
        xf.set("numFmtId", str(number_format_id))
        xf.set("applyNumberFormat", "1")

    def _set_fill(self, xf: Element, color: str) -> None:
        fills = self._section("fills")
        ns = namespace(fills)
        rgb = color.upper() if len(color) == 8 else "FF" + color.upper()
        fill = etree.SubElement(fills, f"{{{ns}}}fill")
        pattern = etree.SubElement(fill, f"{{{ns}}}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{{{ns}}}fgColor", rgb=rgb)
        etree.SubElement(pattern, f"{{{ns}}}bgColor", indexed="64")
        fills.set("count", str(len(fills)))
        xf.set("fillId", str(len(fills) - 1))
        xf.set("applyFill", "1")

    def _find_date_kind(self, style: int) -> str:
        number = self._number_format_id(style)
        code = self._custom().get(number)
        if code is None:
            if number not in _BUILT_IN_DATES:
                return ""
            return "moment" if number in (18, 19, 20, 21, 22, 45, 46, 47) else "date"
        plain = _QUIET.sub("", code.split(";")[0])
        if plain.strip().lower() in ("general", "@") or not _DATE_LETTERS.search(plain):
            return ""
        if re.search(r"[0#?]", plain.replace(".0", "").replace("0.", "")) and not _TIME_LETTERS.search(plain):
            return ""
        return "moment" if _TIME_LETTERS.search(plain) else "date"

    def _number_format_id(self, style: int) -> int:
        xf = self._format(style)
        text = xf.get("numFmtId", "0") if xf is not None else "0"
        return int(text) if text.isdigit() else 0

    def _custom(self) -> dict[int, str]:
        if not self._part:
            return {}
        codes = {}
        for section in self._package.root(self._part):
            if local_name(section) == "numFmts":
                for item in section:
                    number = item.get("numFmtId", "")
                    if number.isdigit():
                        codes[int(number)] = item.get("formatCode", "")
        return codes

    def _format(self, style: int) -> Element | None:
        if not self._part:
            return None
        for section in self._package.root(self._part):
            if local_name(section) == "cellXfs":
                return section[style] if style < len(section) else None
        return None

    def _root_for_change(self) -> Element:
        if not self._part:
            name = self._package.usual_name("xl/styles.xml")
            is_strict = namespace(self._package.root(self._workbook_part)) == MAIN_STRICT
            plain = _PLAIN.replace(MAIN, MAIN_STRICT) if is_strict else _PLAIN
            self._part = self._package.add(name, plain.encode(), _TYPE)
            relations = RELATIONS_STRICT if is_strict else RELATIONS
            self._package.relate(self._workbook_part, f"{relations}/styles", self._part)
        self._package.touch(self._part)
        return self._package.root(self._part)

    def _section(self, name: str) -> Element:
        root = self._package.root(self._part)
        place = 0
        for index, section in enumerate(root):
            if local_name(section) == name:
                return section
            if local_name(section) in _ORDER[: _ORDER.index(name)]:
                place = index + 1
        made = etree.Element(f"{{{namespace(root)}}}{name}", count="0")
        root.insert(place, made)
        return made
