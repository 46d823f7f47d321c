"""What the system says about a disk or a folder, as a refusal in office words. Read `refusal_of`."""

from __future__ import annotations

import errno

from thidua_xl.errors import InputRefused

_CODES = {
    errno.ENOSPC: "output.no_space",
    errno.EDQUOT: "output.no_space",
    errno.EFBIG: "output.no_space",
    errno.EACCES: "output.no_access",
    errno.EPERM: "output.no_access",
    errno.EROFS: "output.no_access",
    errno.ENAMETOOLONG: "output.name_too_long",
}


def refusal_of(problem: OSError) -> InputRefused | None:
    """The refusal for a full disk, missing rights and other troubles with a file; None for what concerns no file."""
    if problem.errno in _CODES:
        return InputRefused(_CODES[problem.errno], file=str(problem.filename or ""))
    if problem.filename is None:
        return None
    return InputRefused("output.failed", file=str(problem.filename), reason=problem.strerror or "")
