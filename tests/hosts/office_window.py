"""A LibreOffice window on a screen of its own, clicked with a real mouse pointer. Read `Office`."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import thidua_xl
from thidua_xl.errors import InputRefused
from thidua_xl.hosts.libreoffice_office import connect, file_url, load_uno, properties

_WIDTH, _HEIGHT = 1680, 900
_PUSH_BUTTON = 44  # com.sun.star.accessibility.AccessibleRole.PUSH_BUTTON, as LibreOffice gives it to form buttons
_ALWAYS_EXECUTE = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
_SETTINGS = {
    ("Office.Common/Security/Scripting", "MacroSecurityLevel"): "0",
    ("Office.Common/Misc", "FirstRun"): "false",
    ("Office.Common/Misc", "ShowTipOfTheDay"): "false",
    ("Office.Common/Save/Document", "WarnAlienFormat"): "false",
    ("Office.Calc/Filter/Import/VBA", "Load"): "true",
    ("Office.Calc/Filter/Import/VBA", "Executable"): "true",
    ("Office.Calc/Filter/Import/VBA", "Save"): "true",
    ("Setup/Office", "ooSetupInstCompleted"): "true",
}


class Office:
    """A running LibreOffice with a window; `pipe` is where it listens for tests."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.pipe = f"thidua-test-{uuid.uuid4().hex[:12]}"
        self.desktop: Any = None

    def open(self, path: Path) -> Any:
        """The UNO document of a workbook opened with its macros allowed, shown in a window of the whole screen."""
        document = self.desktop.loadComponentFromURL(
            file_url(str(path)), "_blank", 0, properties(MacroExecutionMode=_ALWAYS_EXECUTE)
        )
        window = document.CurrentController.Frame.ContainerWindow
        window.setPosSize(0, 0, _WIDTH, _HEIGHT, 15)
        return document

    def close(self, document: Any) -> None:
        """Close it without a question; a message of LibreOffice that stands before it is answered first."""
        vetoed = load_uno().getClass("com.sun.star.util.CloseVetoException")
        document.setModified(False)
        for _ in range(5):
            try:
                document.close(True)
            except vetoed:
                subprocess.run(["xdotool", "key", "Return"], check=True)
                time.sleep(0.5)
            else:
                return

    def click(self, document: Any, caption: str) -> float:
        """Move the mouse onto the button with that caption and press it; the moment it was let go (`perf_counter`)."""
        place = wait_for(lambda: self.buttons(document).get(caption), f"no button {caption!r} on the screen")
        # Held as long as a finger holds it: a button that gets both at once may miss that it was let go.
        move = ["mousemove", str(place[0]), str(place[1])]
        subprocess.run(["xdotool", *move, "sleep", "0.2", "mousedown", "1", "sleep", "0.1"], check=True)
        let_go = time.perf_counter()
        subprocess.run(["xdotool", "mouseup", "1"], check=True)
        return let_go

    def buttons(self, document: Any) -> dict[str, tuple[int, int]]:
        """Where on the screen the middle of each button is, by its caption."""
        found: dict[str, tuple[int, int]] = {}
        gone = load_uno().getClass("com.sun.star.uno.Exception")

        def walk(context: Any) -> None:
            if context.getAccessibleRole() == _PUSH_BUTTON and context.getAccessibleName():
                corner, size = context.getLocationOnScreen(), context.getSize()
                found[context.getAccessibleName()] = (corner.X + size.Width // 2, corner.Y + size.Height // 2)
            for index in range(min(context.getAccessibleChildCount(), 80)):
                try:
                    walk(context.getAccessibleChild(index).getAccessibleContext())
                except gone:
                    continue  # a tool that was drawn anew meanwhile

        walk(document.CurrentController.Frame.ContainerWindow.getAccessibleContext())
        return found

    def screenshot(self, path: Path) -> Path:
        """What the screen shows, as a PNG file."""
        path.write_bytes(_png((self.home / "screen" / "Xvfb_screen0").read_bytes()))
        return path


@contextmanager
def office(home: Path) -> Iterator[Office]:
    """LibreOffice on a screen of its own; both end with the block.

    Fails, or skips when THIDUA_REQUIRE does not ask for it, when xvfb, xdotool or UNO are missing.
    """
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    soffice = next(Path("/usr/lib").glob("libreoffice*/program/soffice.bin"), None)
    if missing or soffice is None or sys.platform != "linux":
        required = "libreoffice" in os.environ.get("THIDUA_REQUIRE", "")
        (pytest.fail if required else pytest.skip)(f"needs LibreOffice on Linux, Xvfb and xdotool; missing: {missing}")
    made = Office(home)
    profile = home / "profile"
    _write_settings(profile)
    (home / "screen").mkdir()
    reading, writing = os.pipe()
    size = ["-screen", "0", f"{_WIDTH}x{_HEIGHT}x24", "-dpi", "96"]
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), *size, "-nolisten", "tcp", "-fbdir", str(home / "screen")],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = display
    command = [str(soffice), f"-env:UserInstallation={profile.as_uri()}", "--norestore", "--nologo"]
    # What a button starts must run this checkout, wherever the tests run from.
    checkout = str(Path(thidua_xl.__file__).parents[1])
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [checkout, os.environ.get("PYTHONPATH")]))}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": surroundings}
    program: subprocess.Popen[bytes] | None = None
    try:
        # A fresh profile makes the program end once and ask to be started again.
        subprocess.run([*command, "--headless", "--terminate_after_init"], timeout=90, check=False, **quiet)
        accept = f"--accept=pipe,name={made.pipe};urp;StarOffice.ComponentContext"
        for _ in range(4):
            if program is None or program.poll() is not None:
                program = subprocess.Popen([*command, "--nodefault", accept], **quiet)
            made.desktop = _answering(made.pipe)
            if made.desktop is not None:
                break
        else:
            pytest.fail(f"LibreOffice does not answer; it ended with {program and program.poll()}")
        yield made
    finally:
        if program is not None:
            program.kill()  # its documents are closed, and a program that asks something would never end
            program.wait(20)
        screen.kill()
        screen.wait(20)
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before


def wait_for(seen: Callable[[], Any], complaint: str, seconds: float = 15.0) -> Any:
    """What `seen` gives as soon as it gives something; the test fails with the complaint after that many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = seen()
        if found:
            return found
        time.sleep(0.05)
    return pytest.fail(complaint)


def working_on(path: Path) -> bool:
    """Whether the Python that a button started for the workbook is still running."""
    wanted = os.fsencode(f"--wb={path}")
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().split(b"\0")
        except OSError:
            continue  # ended meanwhile
        if wanted in words and b"thidua_xl.hosts" in words:
            return True
    return False


def _answering(pipe: str) -> Any:
    """The desktop, once it has opened an empty workbook; None when the program answers and then starts itself anew."""
    failed = load_uno().getClass("com.sun.star.uno.Exception")
    try:
        context = connect(pipe, 30.0)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True)).close(True)
    except (InputRefused, failed):
        time.sleep(1)
        return None
    return desktop


def _write_settings(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
        "</item>"
        for (path, name), value in _SETTINGS.items()
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        encoding="utf-8",
    )


def _png(dump: bytes) -> bytes:
    """A window dump of X (XWD, 32 bits a pixel, blue first) as a PNG."""
    head = struct.unpack(">25I", dump[:100])
    start, width, height, line = head[0] + head[19] * 12, head[4], head[5], head[12]
    rows = bytearray()
    for top in range(start, start + height * line, line):
        pixels = dump[top : top + width * 4]
        row = bytearray(width * 3)
        row[0::3], row[1::3], row[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
        rows += b"\0" + row

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )
