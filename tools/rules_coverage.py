"""Write docs/rules-coverage.md: which stage asks each rule of the shipped criteria book, and by which kind.

A kind counts as asked when the stage's own code holds its name. Read `coverage` first.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from thidua_xl.checks import FORMULA, KINDS, Asks
from thidua_xl.forms import load_criteria
from thidua_xl.model import Criteria, Rule

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "rules-coverage.md"

FILE, ROUND, LATER = "checks: từng tệp", "checks: cả đợt", "chưa hỏi"
# Stages that ask kinds of their own, in the order in which they see the data.
STAGES = ("intake", "jobs", "merge", "report")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One rule: where it is asked ("" nowhere), by which kinds, over which forms."""

    rule: Rule
    stages: tuple[str, ...]
    kinds: tuple[str, ...]
    forms: tuple[str, ...]


def coverage(criteria: Criteria) -> list[Coverage]:
    """Every rule of the book, in its order."""
    sources = {stage: _source(ROOT / "thidua_xl" / stage) for stage in STAGES}
    found = []
    for rule in criteria.rules:
        stages: dict[str, None] = {}
        for condition in rule.conditions:
            stages.update(dict.fromkeys(_stages(condition.kind, sources)))
        found.append(
            Coverage(
                rule,
                tuple(stages) or (LATER,),
                tuple(dict.fromkeys(condition.kind for condition in rule.conditions)),
                tuple(dict.fromkeys(condition.form for condition in rule.conditions)),
            )
        )
    return found


def page(found: list[Coverage]) -> str:
    """The page as Markdown."""
    counts = Counter(stage for one in found for stage in one.stages[:1])
    formulas = sum(FORMULA in one.kinds for one in found)
    lines = [
        "# Quy tắc nào được hỏi ở đâu · Where each rule is asked",
        "",
        "Trang này do `tools/rules_coverage.py` viết từ sổ tiêu chí; đừng sửa tay. "
        "Các kiểu kiểm tra: [rule-kinds-intake.md](rule-kinds-intake.md), "
        "[rule-kinds-checks.md](rule-kinds-checks.md).",
        "",
        f"{len(found)} quy tắc, {formulas} có công thức Excel. "
        + "; ".join(f"{stage}: {number}" for stage, number in counts.most_common())
        + ".",
        "",
        "| mã | mức độ | biểu | kiểu kiểm tra | hỏi ở | sai khi |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        kinds = ", ".join(f"`{kind}`" for kind in one.kinds)
        words = re.sub(r"\s+", " ", one.rule.in_words).replace("|", "\\|").replace("<", "&lt;")
        forms = " ".join("mọi biểu" if form == "*" else form for form in one.forms)
        cells = (one.rule.code, one.rule.severity.value, forms, kinds, ", ".join(one.stages), words)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _stages(kind: str, sources: dict[str, str]) -> list[str]:
    known = KINDS.get(kind)
    if known is not None and known.asks is not Asks.ELSEWHERE:
        return [FILE if known.asks is Asks.SUBMISSION else ROUND]
    return [stage for stage in STAGES if f'"{kind}"' in sources[stage]]


def _source(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


def main() -> int:
    text = page(coverage(load_criteria()))
    if "--check" in sys.argv:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    print(text.splitlines()[4])
    return 0


if __name__ == "__main__":
    sys.exit(main())
