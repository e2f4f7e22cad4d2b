"""The frames that the reports of demand and of use are made from, and totals of them.

In: frames as their contracts say. Out: figures. What is unknown is left out of a total; how much that is, is told.
"""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from laadplan.config.scenario import Scenario


@dataclass(frozen=True)
class DemandFrames:
    """Frames of demand (`laadplan.contracts.demand`), in RD New; None where there are no data to make one from."""

    buurten: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    buurt_demand: pd.DataFrame
    electric_cars: pd.DataFrame | None = None
    clusters: gpd.GeoDataFrame | None = None
    demand: pd.DataFrame | None = None
    shortfalls: pd.DataFrame | None = None
    pole_cases: pd.DataFrame | None = None
    squares: gpd.GeoDataFrame | None = None
    power: pd.DataFrame | None = None
    walk_edges: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class UseFrames:
    """Frames of use (`laadplan.contracts.monitoring`) and the calculation areas, in RD New."""

    areas: gpd.GeoDataFrame
    laaddruk: pd.DataFrame
    weeks: pd.DataFrame
    hours: pd.DataFrame
    triggers: pd.DataFrame

    def of_kind(self, kind: str) -> pd.DataFrame:
        """Laaddruk of areas (gebied) or of poles (paal), in order of id."""
        return self.laaddruk[self.laaddruk["kind"] == kind].sort_index()


FIRST_SHOWN = 2025
"""Year that the reports start with, where the forecast holds it: years before it only lead up to it."""

PARTS = {"residents_kwh_year": "Bewoners", "visitors_kwh_year": "Bezoekers", "workers_kwh_year": "Werkenden"}
"""Column of demand to who charges."""


def shown_years(buurt_demand: pd.DataFrame, scenario: Scenario) -> tuple[int, ...]:
    """Years that are told apart: 2025 or the first after it, that of the plan, and the last."""
    years = sorted(int(year) for year in buurt_demand["year"].unique())
    if not years:
        return ()
    first = min((year for year in years if year >= FIRST_SHOWN), default=years[0])
    return tuple(sorted({first, years[-1], scenario.year} & set(years)))


def not_computed(buurt_demand: pd.DataFrame) -> list[str]:
    """Columns of who charges in which there is nothing at all: nothing was known to compute them from."""
    return [column for column in PARTS if not buurt_demand[column].sum() and buurt_demand["kwh_year"].sum()]


def chosen(frame: pd.DataFrame, scenario: Scenario, year: int | None = None) -> pd.DataFrame:
    """The rows of the scenario of the plan, of one year or of all."""
    own = frame[frame["scenario"] == scenario.variant]
    return own if year is None else own[own["year"] == year]


def totals(frame: pd.DataFrame, column: str, *, scale: float = 1.0) -> pd.DataFrame:
    """The sum of a column per year (rows) and scenario (columns); NaN where nothing is known."""
    sums = frame.sort_index().groupby(["year", "scenario"])[column].sum(min_count=1)
    table = sums.unstack("scenario") * scale
    return table.reindex(columns=[name for name in ("laag", "midden", "hoog") if name in table.columns])


def per_buurt(buurt_demand: pd.DataFrame, column: str, year: int, scenario: Scenario) -> pd.Series:
    """A column per buurt in one year of the scenario of the plan."""
    values: pd.Series = chosen(buurt_demand, scenario, year).set_index("buurtcode")[column]
    return values


def shown_buurten(frames: DemandFrames) -> gpd.GeoDataFrame:
    """The buurten of which a part lies in the area, in order of code; all of them where none does."""
    shares = frames.buurt_demand.groupby("buurtcode")["area_share"].max()
    inside = frames.buurten.index.isin(shares.index[shares > 0])
    found = frames.buurten[inside] if inside.any() else frames.buurten
    return found.sort_index()
