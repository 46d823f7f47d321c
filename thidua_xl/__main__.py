"""`python -m thidua_xl` and the `thidua-xl` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    try:
        from thidua_xl.cli.app import main as run

        run()
    except KeyboardInterrupt:  # before the command line is ready to say it in words
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
