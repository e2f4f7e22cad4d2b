"""What a pole can expect to deliver a year, and from when it is worth its costs.

In: demand points with their demand, existing poles, calculation areas. Out: `PoleCases`: a row per existing pole in the
area and per next pole, one in each calculation area, by year and scenario. Energy is that of `laadplan.demand.loads`.

Two ways of placing
-------------------
Aanbodgestuurd: the next pole stands there from the first year on, and shares in what existing poles deliver.
Vraaggestuurd: it is placed in the first year in which existing poles leave unserved, within walking distance of it,
what makes a pole worth its costs (or fills it, where that is less). Before that year it delivers nothing, from it on
what it delivers aanbodgestuurd. An existing pole stands already: both are what it delivers.

Where the next pole stands
--------------------------
At the demand point of the area that has most unserved demand within walking distance, summed over the years of the
plan's scenario; then most demand; then the smallest id. All next poles are placed together: two that are near to each
other share what is there.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy import sparse

from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Coverage, Scenario
from laadplan.contracts.demand import POLE_KINDS, PoleCases
from laadplan.contracts.quality import Quality
from laadplan.demand.shortfall import COLUMN, DECIMALS, per_column, shared_now
from laadplan.geo.nearest import containing
from laadplan.geo.network import WalkGraph
from laadplan.geo.reach import walks_between

OUTSIDE = "laadpaal buiten het gebied: de vraag eromheen is maar deels bekend"
NO_DEMAND = "rekengebied zonder vraagpunten: geen volgende paal"
NEXT = "+"
"""Stands before the id of the area in the id of its next pole."""


def pole_cases(
    demand_areas: gpd.GeoDataFrame,
    demand_clusters: gpd.GeoDataFrame,
    demand: pd.DataFrame,
    poles: gpd.GeoDataFrame,
    reached: pd.DataFrame,
    scenario: Scenario,
    coverage: Coverage,
    spots: SpotRules,
    walking: Walking,
    *,
    graph: WalkGraph | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Energy per pole a year of existing poles and of one more per calculation area, as `PoleCases`.

    Parameters
    ----------
    demand_areas, demand_clusters, demand
        `DemandAreas`, `DemandClusters` and `Demand`.
    poles
        `ChargePoints` that count; those outside the area share in the demand and get no row.
    reached
        `Reach` of these points and poles.
    scenario, coverage, spots, walking
        Capacity of a charge point, break-even, charge points per pole, walking norm.
    graph
        Walking network; None: walks between demand points are estimated.
    quality
        Gets the poles and areas without a row, by rule.

    Raises
    ------
    BadInput
        Demand is of a point that does not exist.
    """
    quality = quality if quality is not None else Quality()
    quality.drop(OUTSIDE, poles.index[~poles["in_area"]])
    if demand.empty:
        return PoleCases.empty()
    clusters, poles = demand_clusters.sort_index(), gpd.GeoDataFrame(poles.sort_index())
    wanted = per_column(demand, clusters, "kwh_year")
    now = shared_now(wanted, poles, reached, scenario)
    near = _near(clusters, graph, walking)
    unserved = pd.DataFrame(near @ (wanted - now.served).clip(lower=0), index=wanted.index, columns=wanted.columns)
    places = _places(clusters, near @ wanted, unserved, scenario)
    quality.drop(NO_DEMAND, demand_areas.index.difference(pd.Index(places["area_id"])))
    together = pd.concat([poles[["evse_count"]], places.assign(evse_count=spots.evse_per_pole)[["evse_count"]]])
    all_reached = pd.concat([reached[["point_id", "site_id"]], _reached(places, clusters, near)])
    later = shared_now(wanted, together, all_reached, scenario)
    units = together["evse_count"] / spots.evse_per_pole
    existing = _per_pole(now.delivered, poles, wanted, units)[poles["in_area"]]
    supply = _per_pole(later.delivered, together, wanted, units).loc[places.index]
    full_kwh = spots.evse_per_pole * scenario.kwh_per_evse_year
    led = supply.where(_placed(unserved, places, min(coverage.break_even_kwh_pole_year, full_kwh)), 0.0)
    rows = _rows(pd.concat([existing, supply]), pd.concat([existing, led]), coverage.break_even_kwh_pole_year)
    area = pd.concat([containing(poles.geometry, demand_areas.geometry), places["area_id"]])
    return _framed(rows, area, units, places.index)


def _near(clusters: gpd.GeoDataFrame, graph: WalkGraph | None, walking: Walking) -> sparse.csr_array:
    """Which points lie within walking distance of which: 1 where they do, points by points."""
    pairs = walks_between(clusters.geometry, clusters.geometry, graph, walking)
    size = len(clusters)
    return sparse.csr_array((np.ones(len(pairs)), (pairs["point"], pairs["site"])), shape=(size, size))


def _places(clusters: pd.DataFrame, wanted: np.ndarray, unserved: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Per next pole its area and the row of the demand point where it stands: most unserved demand in reach."""
    of_plan = unserved.columns.get_level_values("scenario") == scenario.variant
    order = pd.DataFrame(
        {
            "area_id": clusters["area_id"],
            "unserved": unserved.loc[:, of_plan].sum(axis=1).round(),
            "wanted": wanted[:, of_plan].sum(axis=1).round(),
            "row": np.arange(len(clusters)),
        }
    ).dropna(subset="area_id")
    order = order.sort_values(["unserved", "wanted", "row"], ascending=[False, False, True])
    first = order.drop_duplicates("area_id").sort_values("area_id")
    return first.set_axis(NEXT + first["area_id"].astype("str"))[["area_id", "row"]]


def _reached(places: pd.DataFrame, clusters: pd.DataFrame, near: sparse.csr_array) -> pd.DataFrame:
    """The points in reach of the next poles, as the columns of `Reach` that matter here."""
    pole, point = near[places["row"].to_numpy()].nonzero()
    return pd.DataFrame({"point_id": clusters.index[point], "site_id": places.index[pole]})


def _per_pole(delivered: np.ndarray, poles: pd.DataFrame, wanted: pd.DataFrame, units: pd.Series) -> pd.DataFrame:
    """Energy of one pole (kWh a year) of each location, by year and scenario."""
    table = pd.DataFrame(delivered, index=poles.index, columns=wanted.columns)
    return table.div(units.loc[poles.index], axis=0).round(DECIMALS)


def _placed(unserved: pd.DataFrame, places: pd.DataFrame, least_kwh: float) -> pd.DataFrame:
    """Whether a next pole stands there vraaggestuurd: from the first year with so much unserved in its reach."""
    worth = (unserved.iloc[places["row"]].set_axis(places.index) >= least_kwh).T
    return worth.groupby(level="scenario").cummax().T


def _rows(supply: pd.DataFrame, led: pd.DataFrame, least_kwh: float) -> pd.DataFrame:
    """Energy both ways and the year from which it stays above break-even, by pole, year and scenario."""
    tables = {
        "supply_kwh_year": supply,
        "demand_kwh_year": led,
        "supply_from_year": _from_year(supply, least_kwh),
        "demand_from_year": _from_year(led, least_kwh),
    }
    return pd.DataFrame({name: table.stack(COLUMN, future_stack=True) for name, table in tables.items()})


def _from_year(energy: pd.DataFrame, least_kwh: float) -> pd.DataFrame:
    """First year from which the energy stays at or above so much, in every column of its scenario; nan: not by then."""
    enough = (energy >= least_kwh).T
    lasting = enough[::-1].groupby(level="scenario").cummin()[::-1]
    years = pd.Series(energy.columns.get_level_values("year"), index=energy.columns, dtype=float)
    first = lasting.mul(years, axis=0).where(lasting).groupby(level="scenario").min()
    return first.reindex(energy.columns, level="scenario").T


def _framed(rows: pd.DataFrame, area: pd.Series, units: pd.Series, placed: pd.Index) -> pd.DataFrame:
    rows = rows.rename_axis(["pole_id", *COLUMN]).reset_index()
    rows["kind"] = np.where(rows["pole_id"].isin(placed), POLE_KINDS[1], POLE_KINDS[0])
    rows["area_id"] = rows["pole_id"].map(area)
    rows["poles"] = rows["pole_id"].map(units)
    rows.index = rows["pole_id"] + "|" + rows["year"].astype("str") + "|" + rows["scenario"]
    rows = rows.rename_axis(PoleCases.index_name())
    return rows[PoleCases.columns()].astype(PoleCases.kinds()).sort_index()
