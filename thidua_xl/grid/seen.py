"""What the second reader saw, as JSON bytes for the way from its worker. Read `pack_seen`, `unpack_seen`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

Place = tuple[str, str]
Seen = int | Decimal | str | None


def pack_seen(found: Mapping[Place, Seen], places: Sequence[Place]) -> bytes:
    """The values in the order of the places; a Decimal as a list of its digits."""
    return json.dumps([[str(one)] if isinstance(one, Decimal) else one for one in map(found.get, places)]).encode()


def unpack_seen(data: bytes, places: Sequence[Place]) -> dict[Place, Seen] | None:
    """The values by place, None when the bytes are not what `pack_seen` makes."""
    try:
        values = json.loads(data)
        if not isinstance(values, list) or len(values) != len(places):
            return None
        return {
            place: Decimal(one[0]) if isinstance(one, list) else one
            for place, one in zip(places, values, strict=True)
            if one is None or isinstance(one, int | str | list)
        }
    except (ValueError, IndexError, TypeError, InvalidOperation):
        return None
