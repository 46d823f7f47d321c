"""A sentence of the criteria book with its `{names}` filled in. Read `fill`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(r"\{([^{}\s]{1,60})\}")
ELLIPSIS = "…"


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template with every `{name}` replaced; a name without a value, or a blank one, shows as an ellipsis.

    Anything else in braces stays as it is: staff write these sentences, so no template is wrong.
    """

    def put(found: re.Match[str]) -> str:
        value = values.get(found[1])
        text = "" if value is None else str(value)
        return text or ELLIPSIS

    return _PLACE.sub(put, template)
