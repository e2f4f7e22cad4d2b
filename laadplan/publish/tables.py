"""The plankaart, or a report, as a workbook for people who work in Excel.

In: layers and tables. Out: one ``.xlsx`` with a sheet each, Dutch headings, frozen header, filters and sensible widths;
the first sheet says what it is, by when, from which sources. Bytes are equal for equal input.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

WIDTH_MIN, WIDTH_MAX = 8, 60
"""Narrowest and widest column, in characters."""

SHEETS = {
    "voorkeurslocaties": "Voorkeurslocaties",
    "reservelocaties": "Reservelocaties",
    "afgevallen": "Afgevallen",
    "beoordelingen": "Beoordelingen",
    "buurten": "Buurten",
    "witte_vlekken": "Witte vlekken",
    "laadpalen": "Laadpalen",
    "vakken": "Vakken",
    "onbediend": "Onbediend",
    "grenzen": "Grenzen",
    "alternatieven": "Alternatieven",
    "kromme": "Kromme",
    "niet_getoetst": "Niet getoetst",
    "bronnen": "Bronnen",
    "toelichting": "Toelichting kolommen",
}
"""Table to the name of its sheet, in the order of the workbook."""


def write_workbook(
    target: Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str,
    lines: list[str],
    today: date,
    sheets: Mapping[str, str] = SHEETS,
) -> None:
    """Writes a sheet that explains and a sheet per table.

    Parameters
    ----------
    target
        File to write.
    tables
        Tables by the names in ``sheets``; a geometry column is left out.
    title, lines
        Title of the first sheet and the lines below it.
    today
        Date of making that stands in the file.
    sheets
        Table to the name of its sheet, in the order of the workbook.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), options) as workbook:
        moment = datetime(today.year, today.month, today.day)  # noqa: DTZ001 (a day, not a moment)
        workbook.set_properties({"title": title, "created": moment})
        heading = workbook.add_format({"bold": True, "bg_color": "#0072B2", "font_color": "#ffffff", "text_wrap": True})
        _write_cover(workbook, title, lines)
        for name, sheet_name in sheets.items():
            if name in tables:
                _write_table(workbook, sheet_name, tables[name], heading)


def _write_cover(workbook: xlsxwriter.Workbook, title: str, lines: list[str]) -> None:
    sheet = workbook.add_worksheet("Lees mij")
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, title, workbook.add_format({"bold": True, "font_size": 16}))
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, wrapped)


def _write_table(
    workbook: xlsxwriter.Workbook, sheet_name: str, table: pd.DataFrame, heading: xlsxwriter.format.Format
) -> None:
    shown = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    shown = shown.reset_index() if shown.index.name else shown
    sheet = workbook.add_worksheet(sheet_name)
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(shown.columns):
        texts = shown[name].astype("str").fillna("")
        width = max([len(str(name)), *texts.str.len().tolist()])
        sheet.set_column(place, place, min(max(width + 2, WIDTH_MIN), WIDTH_MAX))
        sheet.write_string(0, place, str(name), heading)
        known = (shown[name].notna() & (shown[name] != "")).to_numpy(dtype=bool, na_value=False)
        for row, value in zip((np.flatnonzero(known) + 1).tolist(), shown[name][known].tolist(), strict=True):
            _write_cell(sheet, row, place, value)
    if len(shown):
        sheet.autofilter(0, 0, len(shown), len(shown.columns) - 1)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, value: Any) -> None:
    """One cell: ja or nee for truth, numbers as numbers, all else as text."""
    if isinstance(value, bool):
        sheet.write_string(row, place, "ja" if value else "nee")
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, str(value))
