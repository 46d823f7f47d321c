"""Write `docs/manual/ma-loi.md`: every rule of the shipped criteria book, and every reason why a command stops.

python tools/make_code_page.py            writes the page
python tools/make_code_page.py --check    only says (exit code 1) whether it is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from thidua_xl.forms import load_criteria
from thidua_xl.messages import sentences
from thidua_xl.model import Criteria, Rule, Severity

PAGE = Path(__file__).parents[1] / "docs" / "manual" / "ma-loi.md"

INTRODUCTION = """\
# Mã lỗi

<!-- Trang này do tools/make_code_page.py tạo từ sổ tiêu chí đi kèm. Đừng sửa ở đây; sửa trang "Quy tắc" của sổ. -->

Mỗi lỗi mang một mã. Cơ quan có sổ tiêu chí riêng thì mã, mức độ và lời có thể khác; trang "Quy tắc" của sổ đang dùng là
đúng nhất. Cuối trang là các lý do làm một lệnh dừng lại.

Trong câu, chữ giữa `{` và `}` là giá trị thật: `{gia_tri}` là giá trị trong ô, `{o}` là ô, `{dong}` là dòng."""

REFUSALS = """
## Khi lệnh dừng lại

Những mã dưới đây không nói về số liệu mà nói vì sao một lệnh không chạy được hoặc một tệp không nhận được.
"""


def main() -> int:
    """0 when the page is (now) what the criteria book says, 1 when `--check` finds it out of date."""
    text = page(load_criteria())
    if "--check" in sys.argv[1:]:
        current = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
        return 0 if current == text else 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


def page(criteria: Criteria) -> str:
    """The page for all rules of a criteria book, whatever their dates, in the book's order."""
    severities = _severities(criteria)
    lines = [INTRODUCTION]
    for prefix, rules in _families(criteria.rules):
        lines.append(f"\n## {prefix}\n")
        for rule in rules:
            lines.extend(_entry(rule, severities[rule.severity.value]))
    lines.append(REFUSALS)
    lines.extend(_refusals(sentences("vi")))
    return "\n".join(lines).rstrip("\n") + "\n"


def _families(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    """Rules by the letters before the dash of their code, in order of first appearance."""
    families: dict[str, list[Rule]] = {}
    for rule in rules:
        families.setdefault(rule.code.partition("-")[0], []).append(rule)
    yield from families.items()


def _entry(rule: Rule, severity: str) -> list[str]:
    """One rule as Markdown: what the unit reads, when it is wrong, what to do, what it rests on."""
    lines = [f"### {rule.code}\n", f"**{severity}.** {_one_line(rule.message)}\n"]
    forms = ", ".join(dict.fromkeys(one.form for one in rule.conditions if one.form not in {"", "*"}))
    facts = [
        ("Sai khi", rule.in_words),
        ("Cách sửa", rule.mend),
        ("Biểu", forms),
        ("Căn cứ", rule.clause),
        ("Hiệu lực", _validity(rule)),
    ]
    lines += [f"- {name}: {_one_line(text)}" for name, text in facts if text]
    if not rule.enabled:
        lines.append("- Đang tắt trong sổ đi kèm.")
    lines.append("")
    return lines


def _refusals(known: Mapping[str, str]) -> Iterator[str]:
    """Every error that has a sentence, by its code: `error.<code>.what` and `.do` of the message tables."""
    for key in sorted(known):
        if key.startswith("error.") and key.endswith(".what"):
            stem = key.removesuffix(".what")
            yield f"### {stem.removeprefix('error.')}\n"
            yield f"{_one_line(known[key])}\n"
            if f"{stem}.do" in known:
                yield f"- Cần làm: {_one_line(known[f'{stem}.do'])}\n"


def _severities(criteria: Criteria) -> dict[str, str]:
    """The words of the severities, from the book's own list of them: the one whose codes are the severities."""
    codes = {one.value for one in Severity}
    for one in criteria.lists.values():
        labels = {item.code: item.label.partition(":")[0] for item in one.items}
        if labels.keys() == codes:
            return labels
    return {code: code for code in codes}


def _validity(rule: Rule) -> str:
    start, end = rule.validity.start, rule.validity.end
    parts = [f"từ {start:%d/%m/%Y}" if start else "", f"đến {end:%d/%m/%Y}" if end else ""]
    return " ".join(filter(None, parts))


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
