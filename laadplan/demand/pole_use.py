"""Use of the poles that may be told of, as arrays: one row per pole, a column per week or per hour of the week.

In: `UseWeeks`, `UseHours`, charge points, calculation areas. Out: `PoleUse`.

Hard decisions, for a driver's sake: of a pole with few sessions in the period nothing is taken over but its number of
points, which anybody can see in the street. It counts in its area as a pole that stands free, watched as long as others
are on average; ten sessions in a quarter keep two points taken for 2 % of the time. Where sessions are not counted
(polled status) hours connected stand for them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.monitoring import HOURS_OF_WEEK
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import containing

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOURS_PER_SESSION = 8.0
"""Hours connected per session at a public point (2025): what polled hours are divided by to guess sessions."""

NOT_LISTED = "in het gebruik, niet onder de laadpalen"
TOO_FEW = "minder sessies in de meetperiode dan waarbij een paal wordt verteld"
IMPOSSIBLE = "week met meer verbonden uren dan er laadpunturen waren"


@dataclass(frozen=True)
class PoleUse:
    """Poles by id, told of (arrays) and not told of (points per area alone)."""

    poles: pd.DataFrame
    """Of poles told of: ``name``, ``area_id``, ``evses``; index location id, sorted."""
    weeks: tuple[date, ...]
    """Mondays of all weeks from the first to the last observed."""
    connected_h: Floats
    observed_h: Floats
    sessions: Floats
    energy_kwh: Floats
    hours_connected: Floats
    hours_observed: Floats
    quiet: pd.DataFrame
    """Of poles not told of: ``area_id`` and ``evses``."""
    period: int
    """Weeks at the end that figures are of."""

    @property
    def until(self) -> date:
        """First day after the last week; without any week a day that nothing is counted from."""
        return self.weeks[-1] + timedelta(weeks=1) if self.weeks else date.min

    def week_end(self, number: int) -> str:
        """Sunday of a week by number."""
        return (self.weeks[number] + timedelta(days=6)).isoformat()

    def middle_years(self) -> Floats:
        """Middle of each week in years, the end of the data being 0."""
        last = len(self.weeks)
        return np.asarray((np.arange(last) - last + 0.5) * 7 / 365.25, dtype=float)


def take_use(
    use_weeks: pd.DataFrame,
    use_hours: pd.DataFrame,
    charge_points: gpd.GeoDataFrame,
    demand_areas: gpd.GeoDataFrame,
    monitoring: Monitoring,
    *,
    quality: Quality,
) -> PoleUse:
    """The use of poles that are among the charge points.

    What is left out is told in ``quality``: locations that are no charge point, poles with few sessions (their number
    alone), weeks with more hours connected than there were.
    """
    listed = use_weeks["location_id"].isin(charge_points.index)
    quality.skip(NOT_LISTED, use_weeks.loc[~listed, "location_id"].nunique())
    known = use_weeks[listed]
    weeks = _mondays(use_weeks["week_on"]) if len(known) else ()
    names = np.array(sorted(known["location_id"].unique()), dtype=object)
    period = min(monitoring.weeks, len(weeks))
    recent = known[known["week_on"] >= weeks[-period].isoformat()] if period else known
    told = _told(recent, monitoring.sessions_least).reindex(names, fill_value=False).to_numpy(dtype=bool)
    quality.skip(TOO_FEW, int((~told).sum()))
    poles = _described(names, known, charge_points, demand_areas)
    rows = pd.Index(names[told])
    tables = {
        name: _by_week(known, rows, weeks, name) for name in ("connected_h", "observed_h", "sessions", "energy_kwh")
    }
    impossible = tables["connected_h"] > tables["observed_h"] * (1 + 1e-9)
    quality.skip(IMPOSSIBLE, int(impossible.sum()))
    for table in tables.values():
        table[impossible] = 0.0
    hours = [_by_hour(use_hours, rows, name) for name in ("connected_h", "observed_h")]
    return PoleUse(
        poles=poles[told],
        weeks=weeks,
        **tables,
        hours_connected=np.minimum(*hours),
        hours_observed=hours[1],
        quiet=poles.loc[~told, ["area_id", "evses"]],
        period=period,
    )


def _mondays(week_on: pd.Series) -> tuple[date, ...]:
    first, last = date.fromisoformat(week_on.min()), date.fromisoformat(week_on.max())
    return tuple(first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1))


def _told(recent: pd.DataFrame, least: int) -> pd.Series:
    """Whether each location has sessions enough; where they are not counted, hours enough."""
    counted = recent["sessions"].where(recent["sessions"].notna(), recent["connected_h"] / HOURS_PER_SESSION)
    return counted.groupby(recent["location_id"]).sum() >= least


def _described(
    names: npt.NDArray[np.object_], known: pd.DataFrame, charge_points: gpd.GeoDataFrame, demand_areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Name, area and points per location; points of the register go before those seen in use."""
    places = charge_points.reindex(pd.Index(names))
    address = places["address"].fillna(places["name"]).fillna(pd.Series(names, index=names)).astype("str")
    last = known.sort_values(["location_id", "week_on"]).groupby("location_id")["evses"].last().reindex(names)
    evses = places["evse_count"].astype(float).where(places["evse_count"] > 0, last)
    area = containing(places.geometry, demand_areas.geometry)
    return pd.DataFrame({"name": address, "area_id": area, "evses": evses}, index=pd.Index(names))


def _by_week(known: pd.DataFrame, rows: pd.Index, weeks: tuple[date, ...], name: str) -> Floats:
    """Table of poles and weeks; what was not observed is 0, and NaN where it was not counted."""
    table = np.zeros((len(rows), len(weeks)))
    here = known[known["location_id"].isin(rows)]
    if here.empty:
        return table
    week = (pd.to_datetime(here["week_on"]) - pd.Timestamp(weeks[0])).dt.days.to_numpy() // 7
    table[rows.get_indexer(pd.Index(here["location_id"])), week] = here[name].to_numpy(dtype=float)
    return table


def _by_hour(use_hours: pd.DataFrame, rows: pd.Index, name: str) -> Floats:
    table = np.zeros((len(rows), HOURS_OF_WEEK))
    here = use_hours[use_hours["location_id"].isin(rows)]
    table[rows.get_indexer(pd.Index(here["location_id"])), here["hour_of_week"].to_numpy()] = here[name].to_numpy(
        dtype=float
    )
    return table
