"""The office's registers as model values: settings, units, communes, periods, awards, criteria, aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from thidua_xl.forms.problems import Problems
from thidua_xl.forms.spans import overlapping
from thidua_xl.forms.tables import Row, Table
from thidua_xl.model import (
    Award,
    Commune,
    Criterion,
    HeaderAlias,
    Period,
    Place,
    Setting,
    Unit,
    Validity,
    Value,
)


class _Registered(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def validity(self) -> Validity: ...

    @property
    def place(self) -> Place: ...


Entry = TypeVar("Entry", bound=_Registered)


def read_settings(tables: Sequence[Table], problems: Problems) -> dict[str, Setting]:
    """The settings by code. The kind (chuoi, so, ngay) says what the value must be; without one it stays as typed."""
    found: dict[str, Setting] = {}
    for row in (row for table in tables for row in table.rows):
        code = row.name_code("Mã")
        if code in found:
            problems.add(row.place("Mã"), "code_twice", code, expected=found[code].place.cell)
            continue
        found[code] = Setting(
            code=code,
            label=row.text("Nội dung"),
            value=_setting_value(row, problems),
            unit=row.text("Đơn vị tính"),
            source_kind=row.text("Loại nguồn"),
            place=row.place("Giá trị"),
        )
    return found


def _setting_value(row: Row, problems: Problems) -> Value:
    kind = row.text("Kiểu").casefold()
    if kind == "so":
        number = row.number_or_none("Giá trị")
        return int(number) if number is not None and number == number.to_integral_value() else number
    if kind == "ngay":
        return row.day_or_none("Giá trị")
    if kind == "chuoi":
        return row.text("Giá trị") or None
    if kind:
        known = ("chuoi", "so", "ngay")
        problems.add(row.place("Kiểu"), "unknown_choice", row.text("Kiểu"), expected=", ".join(known), known=known)
    return row.value("Giá trị")


def read_units(table: Table, problems: Problems) -> tuple[Unit, ...]:
    """The units in the book's order."""
    units = tuple(
        Unit(
            code=row.code("Mã đơn vị"),
            name=row.needed_text("Tên đơn vị"),
            short=row.text("Tên viết tắt"),
            aliases=row.names("Tên khác"),
            bloc=row.code("Khối"),
            obliged=row.flag("Phải báo cáo", True),
            successor=row.code("Đơn vị kế tiếp"),
            validity=row.validity(),
            source_kind=row.text("Loại nguồn"),
            place=row.place("Mã đơn vị"),
            parent=row.code("Cấp trên"),
        )
        for row in table.rows
    )
    _check_register(units, problems)
    _check_successors(units, {unit.code: unit.successor for unit in units}, problems)
    return units


def read_communes(table: Table, problems: Problems) -> tuple[Commune, ...]:
    """The communes in the book's order."""
    communes = tuple(
        Commune(
            code=row.code("Mã xã"),
            name=row.needed_text("Tên xã"),
            aliases=row.names("Tên khác"),
            gso=row.text("Mã GSO"),
            successor=row.code("Xã kế tiếp"),
            validity=row.validity(),
            place=row.place("Mã xã"),
            district=row.text("Huyện"),
            province=row.text("Tỉnh"),
        )
        for row in table.rows
    )
    _check_register(communes, problems)
    _check_successors(communes, {one.code: one.successor for one in communes}, problems)
    return communes


def read_periods(table: Table, problems: Problems) -> tuple[Period, ...]:
    """The periods in the book's order; dates are None for one set case by case."""
    periods: dict[str, Period] = {}
    for row in table.rows:
        period = Period(
            code=row.code("Mã kỳ"),
            name=row.needed_text("Tên kỳ"),
            kind=row.code("Loại kỳ"),
            year=row.whole_or_none("Năm"),
            start=row.day_or_none("Từ ngày"),
            end=row.day_or_none("Đến ngày"),
            due=row.day_or_none("Hạn nội bộ"),
            due_up=row.day_or_none("Hạn nộp lên"),
            routes=row.codes("Nơi nhận"),
            note=row.text("Ghi chú"),
            place=row.place("Mã kỳ"),
        )
        if period.code in periods:
            problems.add(period.place, "code_twice", period.code, expected=periods[period.code].place.cell)
        if period.start and period.end and period.end < period.start:
            seen, expected = period.end.isoformat(), period.start.isoformat()
            problems.add(row.place("Đến ngày"), "ends_before_start", seen, expected=expected)
        periods.setdefault(period.code, period)
    return tuple(periods.values())


def read_awards(table: Table, problems: Problems) -> tuple[Award, ...]:
    """The awards in the book's order."""
    awards = []
    for row in table.rows:
        threshold = row.number_or_none("Tỷ lệ phiếu tối thiểu (%)")
        if threshold is not None and not 0 <= threshold <= 100:
            problems.add(row.place("Tỷ lệ phiếu tối thiểu (%)"), "not_percent", str(threshold))
        awards.append(
            Award(
                code=row.code("Mã hình thức"),
                name=row.needed_text("Tên hình thức"),
                authority=row.text("Cấp quyết định"),
                targets=row.codes("Đối tượng"),
                standard=row.text("Tiêu chuẩn"),
                quota=row.whole_or_none("Số lượng tối đa"),
                threshold_percent=threshold,
                validity=row.validity(),
                place=row.place("Mã hình thức"),
            )
        )
    _check_register(awards, problems)
    return tuple(awards)


def read_criteria(table: Table) -> tuple[Criterion, ...]:
    """The indicators of the criteria, in the book's order; one criterion may have several."""
    return tuple(
        Criterion(
            code=row.code("Mã tiêu chí"),
            group=row.code("Nhóm"),
            label=row.needed_text("Tên tiêu chí"),
            indicator=row.code("Mã chỉ số"),
            formula=row.text("Cách tính"),
            unit=row.text("Đơn vị tính"),
            evidence=row.text("Minh chứng"),
            form=row.text("Biểu nguồn"),
            clause=row.text("Điều khoản"),
        )
        for row in table.rows
    )


def read_header_aliases(table: Table) -> tuple[HeaderAlias, ...]:
    """Other ways headings are written."""
    return tuple(HeaderAlias(row.text("Nhãn chuẩn"), row.names("Bí danh")) for row in table.rows)


def read_reference(table: Table, keys: Mapping[str, str]) -> tuple[Mapping[str, Value], ...]:
    """A sheet kept as plain rows: `keys` maps headings to the names other stages use."""
    return tuple({name: row.value(heading) for heading, name in keys.items()} for row in table.rows)


def _check_register(entries: Sequence[Entry], problems: Problems) -> None:
    """A code may come again only for another span of days."""
    seen: dict[str, list[Entry]] = {}
    for entry in entries:
        for other in seen.get(entry.code, ()):
            if overlapping(entry, other):
                problems.add(entry.place, "code_twice", entry.code, expected=other.place.cell)
        seen.setdefault(entry.code, []).append(entry)


def _check_successors(entries: Sequence[Entry], successors: Mapping[str, str], problems: Problems) -> None:
    known = tuple(entry.code for entry in entries)
    for entry in entries:
        successor = successors[entry.code]
        if successor and successor not in known:
            problems.add(entry.place, "unknown_successor", successor, known=known)
        elif successor and _runs_in_circle(entry.code, successors):
            problems.add(entry.place, "successor_circle", entry.code, expected=successor)


def _runs_in_circle(code: str, successors: Mapping[str, str]) -> bool:
    visited = {code}
    current = successors.get(code, "")
    while current:
        if current in visited:
            return True
        visited.add(current)
        current = successors.get(current, "")
    return False
