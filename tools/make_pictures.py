"""Make the pictures of README and the manual: the demo's own output, printed by LibreOffice, so that they cannot lie.

    python tools/make_pictures.py [FOLDER]        default: docs/images

Needs LibreOffice (soffice) and poppler (pdftoppm, pdftotext).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from thidua_xl.jobs.demo import run_demo

IMAGES = Path(__file__).parents[1] / "docs" / "images"
MARGIN_POINTS = 9  # around the text


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the first page of one visible sheet of a workbook, cut to its text.

    `sheet` is the sheet's position, from 1; `height_percent` how much of the page's text is shown, from its top.
    """

    name: str
    workbook: Path
    sheet: int
    height_percent: int = 100
    dots_per_inch: int = 100


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    for program in ("soffice", "pdftoppm", "pdftotext"):
        if shutil.which(program) is None:
            print(f"needs {program}", file=sys.stderr)
            return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for picture in pictures(work / "demo"):
            made = draw(picture, work)
            shutil.copyfile(made, folder / made.name)
            print(folder / made.name)
    return 0


def pictures(folder: Path) -> Iterable[Picture]:
    """What to draw of a demo in `folder`."""
    demo = run_demo(folder)
    yield Picture("bao-cao", demo.report, sheet=2)
    yield Picture("loi", demo.findings_book, sheet=3, height_percent=70, dots_per_inch=130)
    yield Picture("bieu-don-vi", max((demo.folder / "nop").glob("BC_*.xlsx")), sheet=6)


def draw(picture: Picture, work: Path) -> Path:
    """The PNG of a picture, in `work`."""
    alone = work / f"{picture.name}.xlsx"
    _keep_one_sheet(picture.workbook, picture.sheet, alone)
    profile = (work / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(work), str(alone)], check=True, capture_output=True, timeout=180)
    pdf, png = work / f"{picture.name}.pdf", work / picture.name
    left, top, right, bottom = text_area(pdf)
    corner = (left - MARGIN_POINTS, top - MARGIN_POINTS)
    size = (right - left + 2 * MARGIN_POINTS, (bottom - top + 2 * MARGIN_POINTS) * picture.height_percent / 100)
    area = zip(("-x", "-y", "-W", "-H"), (*corner, *size), strict=True)
    command = ["pdftoppm", "-png", "-singlefile", "-f", "1", "-r", str(picture.dots_per_inch)]
    command += [word for flag, points in area for word in (flag, str(round(points / 72 * picture.dots_per_inch)))]
    command += [str(pdf), str(png)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return png.with_suffix(".png")


def text_area(pdf: Path) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what the first page shows, without its foot line; in points from the top left.

    Measured by the words; borders may go further to the right, as far as the left margin has room there too.
    """
    command = ["pdftotext", "-bbox", "-l", "1", str(pdf), "-"]
    page = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", timeout=60).stdout
    number = r'"([0-9.]+)"'
    words = re.findall(rf"<word xMin={number} yMin={number} xMax={number} yMax={number}", page)
    boxes = sorted((tuple(map(float, word)) for word in words), key=lambda box: box[3])
    foot = boxes[-1][1]
    body = [box for box in boxes if box[3] < foot]
    lefts, tops, rights, bottoms = zip(*body, strict=True)
    (width,) = re.findall(rf"<page width={number}", page)
    return min(lefts), min(tops), max(*rights, float(width) - min(lefts)), max(bottoms)


def _keep_one_sheet(source: Path, position: int, target: Path) -> None:
    """A copy of a workbook that prints only one sheet: the others are hidden, which LibreOffice does not print."""
    book = openpyxl.load_workbook(source)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for index, sheet in enumerate(shown, start=1):
        if index != position:
            sheet.sheet_state = "hidden"
            sheet.sheet_view.tabSelected = False
            sheet.print_area = ""  # a hidden sheet with a print area would be printed all the same
    book.active = book.worksheets.index(shown[position - 1])
    book.save(target)


if __name__ == "__main__":
    sys.exit(main())
