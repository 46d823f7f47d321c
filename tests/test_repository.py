"""What holds for the repository as a whole: texts in both languages, manual, glossary, nothing left behind."""

from __future__ import annotations

import ast
import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

import thidua_xl.errors as errors
import thidua_xl.model as model

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "thidua_xl" / "messages"
TEXT_SUFFIXES = {
    ".bas",
    ".cfg",
    ".cls",
    ".csv",
    ".in",
    ".json",
    ".md",
    ".py",
    ".toml",
    ".txt",
    ".vba",
    ".xba",
    ".yml",
    ".yaml",
}
LONGEST_MODULE = 700


def tracked_files() -> list[Path]:
    """The files of the repository; without git (an unpacked sdist), all that is no cache or environment."""
    git = shutil.which("git")
    if git is not None:
        done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0 and done.stdout:
            names = done.stdout.decode("utf-8").split("\0")
            return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    left_out = re.compile(r"\.(?!ci|github)|build$|dist$|venv$|__pycache__$|.*\.egg-info$")
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not any(left_out.match(part) for part in path.relative_to(ROOT).parts[:-1])]


def text_files() -> Iterator[tuple[str, str]]:
    """(name, text) of every tracked text file."""
    for path in tracked_files():
        if path.suffix in TEXT_SUFFIXES or path.name in {"Makefile", "run", "LICENSE"}:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def sentences(path: Path) -> dict[str, str]:
    """Dotted key -> sentence of a message table."""

    def walk(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, Mapping):
                yield from walk(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", str(value)

    return dict(walk(tomllib.loads(path.read_text(encoding="utf-8")), ""))


def commands(language: str) -> Iterator[tuple[str, click.Command]]:
    """(words, command) of every command a user may type, e.g. "forms new"; groups are left out."""
    from thidua_xl.cli.app import build

    def walk(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
        for name, one in group.commands.items():
            if isinstance(one, click.Group):
                yield from walk(one, f"{prefix}{name} ")
            else:
                yield f"{prefix}{name}", one

    yield from walk(build(language), "")


def raised_codes() -> set[str]:
    """The codes of every `ThiduaError` that the package makes with a code written out."""
    family = {
        name for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, errors.ThiduaError)
    }
    found = set()
    for path in (ROOT / "thidua_xl").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                code = getattr(node.args[0], "value", None)
                if isinstance(code, str) and (node.func.id in family or node.func.id == "refuse"):
                    found.add(f"input.{code}" if node.func.id == "refuse" else code)
    return found


VIETNAMESE_TABLES = sorted(MESSAGES.glob("*vi.toml"))


@pytest.mark.parametrize("table", VIETNAMESE_TABLES, ids=lambda path: path.name)
def test_both_languages_say_the_same_things_with_the_same_values(table: Path) -> None:
    vietnamese = sentences(table)
    english = sentences(table.with_name(table.name.replace("vi.toml", "en.toml")))
    assert vietnamese.keys() == english.keys()
    placeholder = re.compile(r"\{([^{}]*)\}")
    different = [
        key
        for key, text in vietnamese.items()
        if set(placeholder.findall(text)) != set(placeholder.findall(english[key]))
    ]
    assert different == []


def test_no_message_is_empty() -> None:
    assert VIETNAMESE_TABLES
    for table in MESSAGES.glob("*.toml"):
        assert [key for key, text in sentences(table).items() if not text.strip()] == []


def test_every_reason_to_stop_has_its_sentence() -> None:
    known = sentences(MESSAGES / "vi.toml")
    for table in MESSAGES.glob("*.vi.toml"):
        known |= sentences(table)
    silent = {code for code in raised_codes() if f"error.{code}.what" not in known and f"error.{code}" not in known}
    assert silent == set()


def test_every_command_has_help_in_both_languages() -> None:
    vietnamese, english = dict(commands("vi")), dict(commands("en"))
    assert vietnamese.keys() == english.keys()
    for name, command in vietnamese.items():
        assert command.help, name
        assert english[name].help, name
        assert command.help != english[name].help, name


def test_every_option_has_help() -> None:
    silent = [
        f"{name} {'/'.join(option.opts)}"
        for name, command in commands("vi")
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden and not option.help
    ]
    assert silent == []


def test_every_command_has_a_manual_page_that_names_its_options() -> None:
    for name, command in commands("vi"):
        page = ROOT / "docs" / "manual" / f"{name.replace(' ', '-')}.md"
        assert page.is_file(), f"no manual page for thidua-xl {name}: {page.name}"
        text = page.read_text(encoding="utf-8")
        assert f"thidua-xl {name}" in text, page.name
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert f"`{option.opts[0]}" in text, f"{page.name} does not tell of {option.opts[0]}"


def test_manual_index_links_every_page() -> None:
    index = (ROOT / "docs" / "manual" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs" / "manual").glob("*.md")} - {"README.md"}
    assert [name for name in sorted(pages) if f"({name})" not in index] == []


def test_page_of_codes_says_what_the_criteria_book_says() -> None:
    """Mend with: python tools/make_code_page.py"""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "make_code_page.py"), "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0


def test_links_between_documents_lead_somewhere() -> None:
    lost = [
        f"{name}: {target}"
        for name, text in text_files()
        if name.endswith(".md")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        if "://" not in target and not ((ROOT / name).parent / target).exists()
    ]
    assert lost == []


def test_every_model_class_has_its_word_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    classes = [name for name in model.__all__ if inspect.isclass(getattr(model, name))]
    assert [name for name in classes if not re.search(rf"`{name}[`.]", glossary)] == []


def test_readme_ci_and_workflow_give_the_same_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\npython -m pip install . && thidua-xl demo\n" in readme
    assert '\npython -m pip install -e ".[test]" && python -m pytest\n' in readme
    checks = ("ruff format --check .", "ruff check .", "mypy", "lint-imports", "pytest -q tests/test_wheel.py")
    for name in (".ci/run", ".github/workflows/check.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        places = [text.find(check) for check in checks]
        assert -1 not in places, name
        assert places == sorted(places), name


def test_texts_are_composed_unicode() -> None:
    """Decomposed letters look the same and compare differently; a test that needs them writes escapes."""
    assert [name for name, text in text_files() if not unicodedata.is_normalized("NFC", text)] == []


def test_files_name_no_place_of_one_machine() -> None:
    place = re.compile(r"(?<![A-Za-z0-9_./:<-])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+|opt)/[A-Za-z]")
    found = [f"{name}: {hit[0]}" for name, text in text_files() for hit in place.finditer(text)]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    mark = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|raise NotImplemented" + "Error")
    found = [f"{name}: {hit[0]}" for name, text in text_files() for hit in mark.finditer(text)]
    assert found == []


def test_no_module_has_grown_beyond_reading() -> None:
    sizes = {name: text.count("\n") for name, text in text_files() if name.endswith(".py")}
    assert sizes
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_MODULE} == {}
