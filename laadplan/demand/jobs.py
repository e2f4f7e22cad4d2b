"""Jobs per address: those of a table, spread over the addresses of each of its areas, else those by floor area.

In: `Jobs`, addresses with their jobs by floor area. Out: jobs per address. Hard decisions: the latest year counts; the
total of an area goes before its sectors; only the finest kind of area in the table is used; an area of the table that
the source of addresses may hold only a part of (wijk, gemeente in a plan of a part) is not used.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.contracts.figures import AREA_KINDS
from laadplan.contracts.quality import Quality

LARGE = ("wijk", "gemeente")
"""Kinds of area of which a plan of a part does not see all addresses."""


def jobs_per_address(
    addresses: pd.DataFrame,
    by_floor: pd.Series,
    jobs: pd.DataFrame | None,
    buurten: gpd.GeoDataFrame,
    *,
    is_part: bool,
    quality: Quality,
) -> pd.Series:
    """Jobs at each address; where the table gives none for its area, those by floor area.

    Parameters
    ----------
    addresses
        ``postcode`` and ``buurtcode``, all that the source holds.
    by_floor
        Jobs by floor area; missing where the use is unknown: such an address weighs as the mean of those known there.
    is_part
        Whether the plan is of a part of the municipality.
    """
    given = jobs_per_area(jobs, is_part=is_part, quality=quality)
    if given is None:
        return by_floor.fillna(0.0)
    kind, totals = given
    code = _codes(addresses, kind, buurten)
    weight = by_floor.fillna(by_floor.groupby(code).transform("mean")).where(code.notna()).fillna(0.0)
    even = weight.groupby(code).transform("sum") == 0
    weight = weight.where(~even, 1.0)
    share = weight / weight.groupby(code).transform("sum")
    missing = sorted(set(totals.index[totals.notna()]) - set(code.dropna()))
    if missing:
        quality.drop(f"banen in een {kind} zonder adres in de bron", missing)
    unknown = code.isin(totals.index[totals.isna()]) | code.isna()
    return (share * code.map(totals).astype(float).fillna(0.0)).where(~unknown, by_floor).fillna(0.0)


def jobs_per_area(jobs: pd.DataFrame | None, *, is_part: bool, quality: Quality) -> tuple[str, pd.Series] | None:
    """The kind of area of the table and the jobs per area (missing where suppressed); None where none can be used."""
    if jobs is None or jobs.empty:
        return None
    kinds = [kind for kind in AREA_KINDS if (jobs["area_kind"] == kind).any()]
    usable = [kind for kind in kinds if not (is_part and kind in LARGE)]
    if not usable:
        quality.find(f"Jobs per {kinds[0]} are not used: the plan sees a part of it. Jobs follow from floor area.")
        return None
    if len(kinds) > 1:
        quality.find(f"Jobs are given per {', '.join(kinds)}: those per {usable[0]} are used.")
    rows = jobs[jobs["area_kind"] == usable[0]]
    year = rows["year"].fillna(-np.inf)
    rows = rows[year == year.groupby(rows["area_code"]).transform("max")]
    total = rows[rows["sector"].isna()].set_index("area_code")["jobs"]
    parts = rows[rows["sector"].notna()].groupby("area_code")["jobs"].sum(min_count=1)
    found = total.combine_first(parts).sort_index()
    if found.isna().any():
        quality.facts["areas_with_jobs_suppressed"] = int(found.isna().sum())  # they follow from floor area there
    return usable[0], found


def _codes(addresses: pd.DataFrame, kind: str, buurten: gpd.GeoDataFrame) -> pd.Series:
    """Code of the area of this kind in which each address lies."""
    if kind in ("PC6", "PC4"):
        return addresses["postcode"].str[: int(kind[-1])]
    if kind == "wijk":
        return "WK" + addresses["buurtcode"].str[2:8]
    if kind == "gemeente":
        return addresses["buurtcode"].map(buurten["municipality_code"])
    return addresses["buurtcode"]
