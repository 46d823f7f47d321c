# The checks of this project, in the order CI runs them. PYTHON may name another interpreter.
PYTHON ?= python

.PHONY: check format format-check lint types layers wheel test pictures

check: format-check lint types layers wheel test

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

format-check:
	$(PYTHON) -m ruff format --check .

lint:
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

layers:
	$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

wheel:
	$(PYTHON) -m pytest -q tests/test_wheel.py

test:
	$(PYTHON) -m pytest

pictures:
	$(PYTHON) tools/make_pictures.py
