"""`python -m thidua_xl` and the `thidua-xl` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from thidua_xl.cli.app import main as run

    run()


if __name__ == "__main__":
    main()
