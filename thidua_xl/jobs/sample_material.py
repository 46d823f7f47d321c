"""The raw material of the sample round: `workbooks/du-lieu-mau.toml` as values.

Field, form and list codes are written in that file, not here: the sample is made for the shipped criteria book.
Read `load_material` first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from thidua_xl.shipped import shipped_path

MATERIAL = "du-lieu-mau.toml"

# One value as written: text (may hold {placeholders}), a number, yes or no, a date, or a range to draw from.
Raw = str | int | bool | date | tuple[int, int, int] | tuple[date, date]
Row = Mapping[str, Raw]


@dataclass(frozen=True, slots=True)
class Measure:
    """A count or sum over the rows of a form.

    `add` names the summed field ("" counts rows); only rows whose fields have one of the codes in `when` and
    where the field `present` is filled. `minus` names a number of the unit to take off; `over` makes a percentage.
    """

    form: str
    add: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    present: str = ""
    minus: str = ""
    over: Measure | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """A form whose rows follow from people and other forms: `row` is the pattern of a row, `measures` by field."""

    form: str
    row: Row
    first_row: Row = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def option(self, name: str, default: str = "") -> str:
        """A further word of the table, as text."""
        return str(self.options.get(name, default))


@dataclass(frozen=True, slots=True)
class Post:
    """One place in a unit's staff. `sex` and `group` are list codes; a blank `sex` is drawn."""

    title: str
    group: str
    sex: str = ""


@dataclass(frozen=True, slots=True)
class UnitMaterial:
    """One fictitious unit. `role` is sach, thieu, tre, hai_lan, mau_cu, so_chu or loi; `rows` are its own activities.

    `facts` are the unit's further words (plan number, reasons, days of signing and receipt); `first_version` is what
    the first of two versions had otherwise.
    """

    code: str
    name: str
    short: str
    aliases: tuple[str, ...]
    bloc: str
    role: str
    staff: tuple[Post, ...] = ()
    preparer: int = 0
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    facts: Mapping[str, Raw] = field(default_factory=dict)
    first_version: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommuneMaterial:
    """One commune as the unit in charge surveyed it.

    `figures` are its own words and numbers; `reached`, `newly` the numbers of criteria reached and reached only in
    this period; `plans` what is planned for the criteria that come first.
    """

    code: str
    figures: Mapping[str, str | int]
    reached: frozenset[int]
    newly: frozenset[int]
    plans: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class NamePool:
    """Names of one people: family names; middle and given names by sex."""

    family: tuple[str, ...]
    middle: Mapping[str, tuple[str, ...]]
    given: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything in the file; the last six are tables that one module alone reads, as written."""

    start: date
    end: date
    settings: Mapping[str, str]
    names: tuple[NamePool, ...]
    styles: Mapping[str, str]
    derived: Mapping[str, Derived]
    communes: tuple[CommuneMaterial, ...]
    units: tuple[UnitMaterial, ...]
    files: Mapping[str, Any]
    unit_sheet: Mapping[str, Any]
    old_layout: Mapping[str, str]
    told_by_role: Mapping[str, str]
    text_habits: tuple[Mapping[str, Any], ...]
    faults: tuple[Mapping[str, Any], ...]


@lru_cache(maxsize=1)
def load_material() -> Material:
    """The shipped material. KeyError when the file lacks a part it must have."""
    with shipped_path("workbooks", MATERIAL).open("rb") as stream:
        table = tomllib.load(stream)
    derived = ("quy", "ca_nhan", "thong_tin", "tap_the", "ntm", "binh_xet")
    return Material(
        start=table["ky_goc"]["tu_ngay"],
        end=table["ky_goc"]["den_ngay"],
        settings=table["cai_dat"],
        names=tuple(_pool(one) for one in table["ho_ten"].values()),
        styles=table["danh_xung"],
        derived={name: _derived(table[name]) for name in derived},
        communes=tuple(_commune(one) for one in table["xa"]),
        units=tuple(_unit(one) for one in table["don_vi"]),
        files=table["tep"],
        unit_sheet=table["trang_don_vi"],
        old_layout=table["mau_cu"],
        told_by_role=table["phat_hien_theo_vai"],
        text_habits=tuple(table["so_chu"]),
        faults=tuple(table["loi"]),
    )


def _pool(table: Mapping[str, Any]) -> NamePool:
    return NamePool(
        family=tuple(table["ho"]),
        middle={sex: tuple(names) for sex, names in table["dem"].items()},
        given={sex: tuple(names) for sex, names in table["ten"].items()},
    )


def _derived(table: Mapping[str, Any]) -> Derived:
    special = ("bieu", "dong", "dong_dau", "dong_tap_the", "suy_ra")
    return Derived(
        form=table["bieu"],
        row=read_row(table["dong"]),
        first_row=read_row(table.get("dong_dau", table.get("dong_tap_the", {}))),
        measures={code: _measure(one) for code, one in table.get("suy_ra", {}).items()},
        options={name: value for name, value in table.items() if name not in special},
    )


def _measure(table: Mapping[str, Any]) -> Measure:
    return Measure(
        form=table["bieu"],
        add=table.get("cong", ""),
        when={code: tuple(values) for code, values in table.get("khi", {}).items()},
        present=table.get("co", ""),
        minus=table.get("tru", ""),
        over=_measure(table["tren"]) if "tren" in table else None,
    )


def _commune(table: Mapping[str, Any]) -> CommuneMaterial:
    return CommuneMaterial(
        code=table["ma_xa"],
        figures={name: value for name, value in table.items() if isinstance(value, str | int)},
        reached=frozenset(table["dat"]),
        newly=frozenset(table["moi_dat"]),
        plans={int(number): way for number, way in table["uu_tien"].items()},
    )


def _unit(table: Mapping[str, Any]) -> UnitMaterial:
    known = ("ma", "ten", "viet_tat", "ten_khac", "khoi", "vai", "nhan_su", "nguoi_lap", "bieu", "lan_1")
    return UnitMaterial(
        code=table["ma"],
        name=table["ten"],
        short=table["viet_tat"],
        aliases=tuple(table["ten_khac"]),
        bloc=table["khoi"],
        role=table["vai"],
        staff=tuple(Post(one["chuc_vu"], one["nhom"], one.get("gioi", "")) for one in table.get("nhan_su", ())),
        preparer=table.get("nguoi_lap", 0),
        rows={form: tuple(read_row(row) for row in rows) for form, rows in table.get("bieu", {}).items()},
        facts={name: value for name, value in table.items() if name not in known},
        first_version=table.get("lan_1", {}),
    )


def read_row(table: Mapping[str, Any]) -> Row:
    """One row as written, its ranges as tuples."""
    return {code: tuple(value) if isinstance(value, list) else value for code, value in table.items()}
