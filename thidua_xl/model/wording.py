"""Message templates of the criteria book filled with values. Read `fill`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MISSING = "…"
# So many names of a list can be said in a sentence.
MOST_NAMES = 6

_PLACEHOLDER = re.compile(r"(?:(\w+) )?\{([^{}\s]+)\}")


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template with `{name}` replaced by `values[name]`; a missing or blank value shows as "…". Never raises.

    A word that the value repeats is said once: "Xã {xa}" with "Xã Nong U" gives "Xã Nong U".
    """

    def shown(found: re.Match[str]) -> str:
        before, value = found[1], values.get(found[2])
        text = MISSING if value is None or value == "" else str(value)
        if before is None:
            return text
        first, _, rest = text.partition(" ")
        return f"{before} {rest if rest and first.casefold() == before.casefold() else text}"

    return _PLACEHOLDER.sub(shown, template)


def listed_names(names: Iterable[str]) -> str:
    """The names of a short list in one line, the first of a longer one: `Xã Nong U, Xã Pu Nhi`, `…` behind the last."""
    known = list(dict.fromkeys(one for one in names if one))
    more = f", {MISSING}" if len(known) > MOST_NAMES else ""
    return ", ".join(known[:MOST_NAMES]) + more
