"""Texts of the report's single cells: period line, annex line, place and date, signers. From settings and messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from thidua_xl.messages import say
from thidua_xl.model import Criteria, Period


def report_texts(criteria: Criteria, period: Period, today: date) -> Mapping[str, str]:
    """Text by the name of its cell in the template (without the sheet's code): KY, KEM_THEO, NGAY_KY, ..."""
    start = f"{period.start:%d/%m/%Y}" if period.start else "…"
    end = f"{period.end:%d/%m/%Y}" if period.end else "…"
    place = criteria.text_setting("dia_danh", "…")
    number = criteria.text_setting("so_bao_cao", "…")
    agency = criteria.text_setting("ten_co_quan_thuong", criteria.text_setting("ten_co_quan", "…"))
    return {
        "KY": say("report.period", period=period.name, start=start, end=end),
        "KEM_THEO": say("report.annex_of", number=number, year=period.year or today.year, agency=agency),
        "NGAY_KY": say("report.place_and_day", place=place, year=today.year),
    }
