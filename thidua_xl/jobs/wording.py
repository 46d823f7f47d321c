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
    number = criteria.text_setting("so_bao_cao", f"…/BC-{criteria.text_setting('co_quan_viet_tat', '…')}")
    agency = criteria.text_setting("ten_co_quan", "…")
    year = period.year or today.year
    signed = say("report.place_and_day", place=place, year=year)
    texts = {
        "KY": say("report.period", period=period.name, start=start, end=end),
        "KEM_THEO": say("report.annex_of", number=number, year=year, agency=agency),
        "NGAY_KY": signed,
        "NGAY_BC": signed,
    }
    # The office's name stands in the template; it is written anew only when the criteria book knows it.
    for name, setting in (("CO_QUAN_CAP_TREN", "co_quan_cap_tren"), ("CO_QUAN", "co_quan")):
        if criteria.setting(setting) is not None:
            texts[name] = criteria.text_setting(setting)
    return texts
