"""Message templates of the criteria book filled with values. Read `fill`."""

from __future__ import annotations

import re
from collections.abc import Mapping

MISSING = "…"

_PLACEHOLDER = re.compile(r"\{([^{}\s]+)\}")


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template with `{name}` replaced by `values[name]`; a missing or blank value shows as "…". Never raises."""

    def shown(found: re.Match[str]) -> str:
        value = values.get(found[1])
        return MISSING if value is None or value == "" else str(value)

    return _PLACEHOLDER.sub(shown, template)
