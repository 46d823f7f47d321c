"""LibreOffice asked to write a workbook in another format. Read `converted`, then `modern`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thidua_xl.errors import InputRefused, TemplateProblem

# A report of some hundred pages takes LibreOffice under a minute; an endless one is a fault, not patience.
SECONDS = 300
# Formats that are read but cannot be edited in place.
OLD_FORMATS = frozenset({".xls", ".xlt", ".ods", ".ots"})

_LIBREOFFICE = (
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)


def find_program() -> str | None:
    """The path of LibreOffice's program, None when this machine has none."""
    return shutil.which("soffice") or next((str(one) for one in _LIBREOFFICE if one.is_file()), None)


def converted(source: Path, kind: str) -> bytes:
    """The file in another format (`pdf`, `xlsx`). Raises `InputRefused` when there is no LibreOffice or it fails."""
    program = find_program()
    if program is None:
        raise InputRefused("export.no_libreoffice", file=str(source))
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        # A profile of its own, so that an open LibreOffice neither hinders nor is hindered.
        profile = Path(folder, "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", kind]
        command += ["--outdir", folder, str(source.resolve())]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        except (subprocess.SubprocessError, OSError) as failed:
            raise InputRefused("export.libreoffice_failed", file=str(source)) from failed
        made = Path(folder, f"{source.stem}.{kind}")
        if not made.is_file():
            raise InputRefused("export.libreoffice_failed", file=str(source))
        return made.read_bytes()


def is_old(template: str | Path) -> bool:
    """Whether a template is of a format that must be converted before it can be filled."""
    return Path(template).suffix.lower() in OLD_FORMATS


@contextmanager
def modern(template: Path) -> Iterator[Path]:
    """The template itself, or for the time being a copy of an old one in today's format.

    Raises `TemplateProblem` with how to convert it by hand when LibreOffice is not there or cannot do it.
    """
    if not is_old(template) or not template.is_file():
        yield template
        return
    try:
        content = converted(template, "xlsx")
    except InputRefused as refused:
        why = "template.old_format" if refused.code == "export.no_libreoffice" else "template.not_converted"
        raise TemplateProblem(why, file=template.name) from refused
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        copy = Path(folder, f"{template.stem}.xlsx")
        copy.write_bytes(content)
        yield copy
