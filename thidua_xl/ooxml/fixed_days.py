"""A package made by another library, without the moment it was made: the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

# The earliest day a zip can hold.
DAY = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_MOMENT = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def with_fixed_days(content: bytes, *, without_moments: bool = False) -> bytes:
    """The same parts, all dated alike; `without_moments` also drops when it was made and changed from its properties.

    Parts keep their order and are compressed anew.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            blob = old.read(name)
            if without_moments and name == _CORE:
                blob = _MOMENT.sub(b"", blob)
            new.writestr(zipfile.ZipInfo(name, DAY), blob, zipfile.ZIP_DEFLATED)
    return out.getvalue()
