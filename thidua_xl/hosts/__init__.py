"""Buttons: the jobs of the command line inside the open workbook, in Excel and in LibreOffice.

Read `press`, which the macros call, then `entry`.
"""

from __future__ import annotations


def press(command: str) -> None:
    """Do what a button of the control sheet stands for; `RunPython` of xlwings calls this inside Excel's Python."""
    # Here, so that importing the package stays light.
    from thidua_xl.hosts.entry import run

    run(command)
