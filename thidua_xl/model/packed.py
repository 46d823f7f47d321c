"""Records kept small: packed when a submission has been read, unpacked form by form when somebody asks.

A round of 10,000 files holds fourteen million values; as objects they take ten times what they take packed. Read
`packed`.
"""

from __future__ import annotations

import pickle
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from itertools import accumulate
from operator import attrgetter

from thidua_xl.model.records import Records

# What was unpacked last, of some forty submissions: who asks for one column of a form mostly asks for the next.
_MOST_UNPACKED, _MOST_INFLATED = 512, 40
_LEVEL = 1
_FIELDS = attrgetter(*(one.name for one in fields(Records)))

_unpacked: OrderedDict[tuple[int, str], tuple[PackedRecords, Records]] = OrderedDict()
_inflated: OrderedDict[int, tuple[PackedRecords, bytes]] = OrderedDict()


def packed(records: Mapping[str, Records]) -> Mapping[str, Records]:
    """The same records, kept as bytes. Pickled by and for this process only: nothing foreign is ever unpickled."""
    return records if isinstance(records, PackedRecords) else PackedRecords(records)


class PackedRecords(Mapping[str, Records]):
    """Records by form, as bytes."""

    __slots__ = ("_data", "_places")

    def __init__(self, records: Mapping[str, Records]) -> None:
        pieces = [pickle.dumps(_FIELDS(one), 5) for one in records.values()]
        ends = tuple(accumulate(map(len, pieces)))
        self._places = dict(zip(records, zip((0, *ends), ends, strict=False), strict=True))
        self._data = zlib.compress(b"".join(pieces), _LEVEL)

    def __getitem__(self, form: str) -> Records:
        start, end = self._places[form]
        key = (id(self), form)
        found = _unpacked.get(key)
        if found is not None and found[0] is self:
            return found[1]
        made = Records(*pickle.loads(memoryview(self._whole())[start:end]))
        _unpacked[key] = (self, made)
        if len(_unpacked) > _MOST_UNPACKED:
            _unpacked.popitem(last=False)
        return made

    def _whole(self) -> bytes:
        found = _inflated.get(id(self))
        if found is not None and found[0] is self:
            return found[1]
        data = zlib.decompress(self._data)
        _inflated[id(self)] = (self, data)
        if len(_inflated) > _MOST_INFLATED:
            _inflated.popitem(last=False)
        return data

    def __contains__(self, form: object) -> bool:
        return form in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
