"""Car stock per PC4 with the share of electric cars, from the table of KiM and CBS.

In: a CSV with ``pc4``, ``cars_per_household`` and one column ``beginning_<year>`` per year, in the spelling of the raw
or the cleaned table. Out: `Vehicles` with the share of the newest year, that year, the share that
could be expected of it, and the share that companies keep.

From 2023 on the source counts cars of companies where the company is: that year the share of some postcodes became many
times as large. What could be expected of a postcode is its share of 2022 times the middle growth since then: the
median over the postcodes with electric cars in both years. All rows of the table are used,
before any are left out. Small postcodes of which the source says that companies keep no car at all are not counted with
them: there it left those out before the break.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Vehicles
from laadplan.errors import BadInput
from laadplan.ingest.columns import match_columns, numbers, read_table

SPELLINGS = {
    "pc4": ("pc4", "postcode4"),
    "cars_per_household": ("cars_per_household", "auto_per_huishouden"),
    "company_share": ("p_company_car", "proportion_company_car"),
}
"""Our name to the spellings seen in deliveries, those of the cleaned and of the raw table."""

REQUIRED = ("pc4", "cars_per_household")

SHARE = re.compile(r"beginning_(\d{4})")
"""Name of a column with the share of electric cars at the beginning of a year."""

BREAK_YEAR = 2022
"""Last year that the source counted cars of companies apart from the place of the company."""

NOT_ASKED = "postcode komt in het gebied niet voor"


def read_vehicles(
    path: Path,
    pc4s: Iterable[str] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Cars per household and electric share per PC4 as `Vehicles`, or of the given PC4s only.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not a readable table, a column is missing, a cell is no number, or a PC4 occurs twice.
    """
    quality = quality if quality is not None else Quality()
    table = read_table(path)
    names = match_columns(table.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=str(path))
    year, share = _newest_share(table, path)
    quality.read = len(table)
    company = numbers(table[names["company_share"]], where=str(path)) if "company_share" in names else float("nan")
    frame = pd.DataFrame(
        {
            "pc4": table[names["pc4"]].str.strip(),
            "cars_per_household": numbers(table[names["cars_per_household"]], where=str(path)),
            "electric_share": numbers(table[share], where=str(path)),
            "expected_share": _expected_share(table, year, company, path),
            "company_share": company,
            "stock_year": year,
        }
    ).set_index("pc4")
    frame = Vehicles.checked(frame, source=str(path))
    if pc4s is not None:
        asked = frame.index.isin(list(pc4s))
        quality.drop(NOT_ASKED, frame.index[~asked])
        frame = frame[asked]
    quality.count(frame)
    return frame


def _expected_share(table: pd.DataFrame, newest: int, company: "pd.Series | float", path: Path) -> pd.Series:
    """Share of `BREAK_YEAR` grown like the middle postcode; missing where that year or a later one is not there."""
    names = _share_columns(table)
    if BREAK_YEAR not in names or newest <= BREAK_YEAR:
        return pd.Series(float("nan"), index=table.index)
    before = numbers(table[names[BREAK_YEAR]], where=str(path))
    before = before.where(pd.Series(company, index=table.index) != 0)
    now = numbers(table[names[newest]], where=str(path))
    growth = (now / before)[(before > 0) & (now > 0)].median()
    return (before * growth).clip(upper=1.0)


def _share_columns(table: pd.DataFrame) -> dict[int, str]:
    return {int(found[1]): str(name) for name in table.columns if (found := SHARE.fullmatch(str(name)))}


def _newest_share(table: pd.DataFrame, path: Path) -> tuple[int, str]:
    years = _share_columns(table)
    if not years:
        raise BadInput(
            "No column beginning_<year> with the share of electric cars.", where=str(path), todo="Deliver that table."
        )
    return max(years.items())
