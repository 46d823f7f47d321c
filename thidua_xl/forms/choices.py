"""What a dropdown offers: labels for people, codes for programs. Read `Choices`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thidua_xl.model import Criteria, Field, FieldKind
from thidua_xl.model.registers import COMMUNES, UNITS
from thidua_xl.text import Names, fold


@dataclass(frozen=True, slots=True)
class Offer:
    """The choices of one list or register: `items` are (code, label) in their order.

    `label_column` is the column of its table that people read: `nhan` of a list, `ten` of a register.
    """

    name: str
    items: tuple[tuple[str, str], ...]
    label_column: str = "nhan"

    def label(self, code: str) -> str | None:
        """The label of a code, None when the list does not have it."""
        return next((label for own, label in self.items if own == code), None)


class Choices:
    """The offers of every field of the forms, by the field's "Danh mục"."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self._offers: dict[str, Offer | None] = {}
        self._spelled: dict[str, dict[str, tuple[str, str]]] = {}

    def offer(self, field: Field) -> Offer | None:
        """What the field may hold; None when it takes anything, or codes of the same submission."""
        spec = field.choices
        if spec not in self._offers:
            self._offers[spec] = self._make(spec) if spec else None
        return self._offers[spec]

    def label(self, field: Field, code: str) -> str:
        """The label that stands for a code in the field's cell; the code itself when it is not known."""
        offer = self.offer(field)
        found = None if offer is None or field.kind is not FieldKind.CHOICE else offer.label(code)
        return code if found is None else found

    def code(self, field: Field, label: str) -> str:
        """The code whose label this is; the text itself when the field is no choice or does not know it."""
        offer = self.offer(field)
        if offer is None or field.kind is not FieldKind.CHOICE:
            return label
        return next((code for code, own in offer.items if fold(own) == fold(label)), label)

    def spellings(self, field: Field) -> dict[str, tuple[str, str]]:
        """Every way to write one of the field's choices -> (its code, its label): labels, codes, aliases, and these
        without accents where no other choice is meant by that. As typed words are understood in a report.
        """
        offer = self.offer(field)
        if offer is None:
            return {}
        if offer.name not in self._spelled:
            self._spelled[offer.name] = self._spell(offer, field.choices.partition(":")[0])
        return self._spelled[offer.name]

    def _spell(self, offer: Offer, name: str) -> dict[str, tuple[str, str]]:
        others = _aliases(self._criteria, name)
        labels: dict[str, list[str]] = {}
        for code, label in offer.items:
            labels.setdefault(code, []).append(label)
        names = Names({code: [*own, *others.get(code, ())] for code, own in labels.items()})
        ways = [way for code, label in offer.items for way in (label, code)]
        ways += [alias for code in labels for alias in others.get(code, ())]
        found: dict[str, tuple[str, str]] = {}
        seen: set[str] = set()
        for way in (*ways, *map(fold, ways)):
            meant = names.match(way).code
            if meant is not None and way.strip() and way.casefold() not in seen:
                seen.add(way.casefold())
                found[way] = meant, way if way in labels[meant] else labels[meant][0]
        return found

    def _make(self, spec: str) -> Offer | None:
        name, _, filters = spec.partition(":")
        if name in self._criteria.lists:
            return Offer(name, tuple((item.code, item.label) for item in self._criteria.lists[name].items))
        wanted = tuple(part.strip() for part in filters.split(",") if part.strip())
        rows = register(self._criteria, name)
        if rows is None:
            return None
        kept = [row for row in rows if not wanted or row.get("nhom") in wanted or row.get("khoi") in wanted]
        suffix = "_".join(("", *wanted)) if wanted else ""
        return Offer(name + suffix, tuple(dict.fromkeys((row["ma"], row["ten"]) for row in kept)), "ten")


def register(criteria: Criteria, name: str) -> Sequence[Mapping[str, str]] | None:
    """A register of the book as rows with the words of the rule language (`ma`, `ten`, ...); None when unknown."""
    if name == "DON_VI":
        return [
            {"ma": one.code, "ten": one.name, "ten_viet_tat": one.short, "khoi": one.bloc} for one in criteria.units
        ]
    if name == "DIA_BAN":
        return [{"ma": one.code, "ten": one.name, "ma_gso": one.gso} for one in criteria.communes]
    if name == "KHEN_THUONG":
        return [{"ma": one.code, "ten": one.name, "cap": one.authority} for one in criteria.awards]
    if name == "TIEU_CHI":
        return [
            {
                "ma": one.code,
                "nhom": one.group,
                "ten": one.label,
                "chi_so": one.indicator,
                "don_vi_tinh": one.unit,
                "minh_chung": one.evidence,
                "bieu_nguon": one.form,
                "dieu_khoan": one.clause,
            }
            for one in criteria.criteria
        ]
    value_list = criteria.lists.get(name)
    if value_list is not None:
        return [{"ma": item.code, "ten": item.label, "nhan": item.label} for item in value_list.items]
    return None


def _aliases(criteria: Criteria, name: str) -> Mapping[str, Sequence[str]]:
    """The further names of each code of a list or register."""
    if name == UNITS:
        return {unit.code: [*filter(None, (unit.short,)), *unit.aliases] for unit in criteria.units}
    if name == COMMUNES:
        return {commune.code: [*commune.aliases, *filter(None, (commune.gso,))] for commune in criteria.communes}
    value_list = criteria.lists.get(name)
    return {item.code: item.aliases for item in value_list.items} if value_list is not None else {}
