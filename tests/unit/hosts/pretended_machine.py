"""A computer that the doctor may examine: every answer is a value of the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import timezone as zone

from thidua_xl.version import VERSION

VIETNAM = zone(timedelta(hours=7))
PYTHON = "C:\\Python311\\python.exe"
CONF = "C:\\Users\\Lan\\.xlwings\\xlwings.conf"


@dataclass
class PretendedMachine:
    """An office computer with Windows and Excel 2016 on which everything is in order."""

    platform: str = "win32"
    python: tuple[str, tuple[int, int, int], int] = (PYTHON, (3, 11, 7), 64)
    environ: dict[str, str] = field(default_factory=lambda: {"USERPROFILE": "C:\\Users\\Lan"})
    registered: dict[str, str | int] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=lambda: {PYTHON: ""})
    folders: tuple[str, ...] = ()
    unwritable: str = ""
    free: int = 50_000_000_000
    holders: dict[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ("click>=8.1", 'xlwings>=0.30; sys_platform == "win32"', 'ruff>=0.4; extra == "test"')
    packages: dict[str, str] = field(
        default_factory=lambda: {"click": "8.3.1", "xlwings": "0.37.8", "thidua-xl": VERSION}
    )
    uno: bool = True
    programs: dict[str, str] = field(
        default_factory=lambda: {
            "python": PYTHON,
            "thidua-xl": "C:\\Python311\\Scripts\\thidua-xl.exe",
            "soffice": "C:\\Program Files\\LibreOffice\\program\\soffice.exe",
        }
    )
    fonts: tuple[str, ...] = ("Times New Roman",)
    encoding: str = "cp65001"
    database: tuple[int, ...] = (3, 45, 1)
    temp: str = "C:\\Users\\Lan\\AppData\\Local\\Temp"
    clock: datetime = datetime(2026, 7, 1, 8, 0, tzinfo=VIETNAM)
    lost: str = ""
    written: datetime | None = datetime(2026, 6, 1, tzinfo=VIETNAM)
    refused: str = ""

    def __post_init__(self) -> None:
        self.registered.setdefault("HKCR|Excel.Application\\CurVer|", "Excel.Application.16")

    def registry(self, root: str, key: str, name: str) -> str | int | None:
        return self.registered.get(f"{root}|{key}|{name}")

    def registry_names(self, root: str, key: str) -> tuple[str, ...]:
        start = f"{root}|{key}|"
        return tuple(one.removeprefix(start) for one in self.registered if one.startswith(start))

    def zone(self, path: str) -> str:
        return self.zones.get(path, "")

    def is_file(self, path: str) -> bool:
        return path in self.files

    def is_folder(self, path: str) -> bool:
        return path in self.folders

    def text(self, path: str) -> str:
        return self.files.get(path, "")

    def can_write(self, folder: str) -> bool:
        return self.unwritable != folder

    def free_bytes(self, folder: str) -> int:
        return self.free

    def holder(self, path: str) -> str | None:
        return self.holders.get(path)

    def requirements(self) -> tuple[str, ...]:
        return self.required

    def package(self, name: str) -> str:
        return self.packages.get(name, "")

    def has_uno(self) -> bool:
        return self.uno

    def program(self, name: str) -> str:
        return self.programs.get(name, "")

    def has_font(self, name: str, files: tuple[str, ...]) -> bool:
        return name in self.fonts

    def console_encoding(self) -> str:
        return self.encoding

    def sqlite_version(self) -> tuple[int, ...]:
        return self.database

    def temp_folder(self) -> str:
        return self.temp

    def now(self) -> datetime:
        return self.clock

    def shipped(self, folder: str, name: str) -> str:
        return "" if name == self.lost else f"C:\\{folder}\\{name}"

    def modified(self, path: str) -> datetime | None:
        return self.written

    def refusal(self, path: str) -> str:
        return self.refused
