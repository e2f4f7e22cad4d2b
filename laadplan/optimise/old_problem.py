"""The siting problem as frozen arrays, made from frames in order of id.

In: demand points, existing charge points, candidates that passed, their scores, reach. Out: a `Problem`. Ids are
sorted, so the order of the rows of any input cannot show in the model.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.project import SpotRules
from laadplan.config.scenario import Scenario


@dataclass(frozen=True)
class Problem:
    """Demand, sites and the arcs between them.

    Attributes
    ----------
    demand_ids, demand_kwh
        Ids (n) and demand in kWh a year (n) of the demand points with demand.
    site_ids, existing, capacity_kwh, score, buurt
        Per site (m): id, whether it exists already, capacity in kWh a year, score 0 to 1, CBS code ('' if none).
    arc_demand, arc_site, arc_worth
        Per arc (k): place in demand and in sites, and what a kWh served over it is worth (0 to 1).
    bay_groups
        Places of candidates that share a bay, per bay: at most one of them may be chosen.
    floor_buurten
        Codes of the buurten with demand, that ask for the coverage floor.
    """

    demand_ids: tuple[str, ...]
    demand_kwh: np.ndarray
    site_ids: tuple[str, ...]
    existing: np.ndarray
    capacity_kwh: np.ndarray
    score: np.ndarray
    buurt: tuple[str, ...]
    arc_demand: np.ndarray
    arc_site: np.ndarray
    arc_worth: np.ndarray
    bay_groups: tuple[tuple[int, ...], ...]
    floor_buurten: tuple[str, ...]


def make_problem(
    demand: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    charge_point_buurt: pd.Series,
    candidates: gpd.GeoDataFrame,
    score: pd.Series,
    reach: pd.DataFrame,
    *,
    norm_m: float,
    settings: Optimisation,
    scenario: Scenario,
    spots: SpotRules,
) -> Problem:
    """The problem of a plan.

    Parameters
    ----------
    demand
        `DemandPoints`.
    charge_points, charge_point_buurt
        The existing `ChargePoints` that count as supply, and the buurt of each.
    candidates, score
        `Candidates` that may be chosen, and their scores.
    reach
        `Reach` between demand and all of these.
    norm_m
        Walking norm in metres.
    """
    asked = demand[demand["kwh_year"] > 0].sort_index()
    sites = _sites(charge_points, charge_point_buurt, candidates, score, scenario, spots)
    arcs = reach[reach["point_id"].isin(asked.index) & reach["site_id"].isin(sites.index)]
    arcs = arcs.sort_values(["point_id", "site_id"])
    return Problem(
        demand_ids=tuple(asked.index),
        demand_kwh=asked["kwh_year"].to_numpy(dtype=float),
        site_ids=tuple(sites.index),
        existing=sites["existing"].to_numpy(dtype=bool),
        capacity_kwh=sites["capacity"].to_numpy(dtype=float),
        score=sites["score"].to_numpy(dtype=float),
        buurt=tuple(sites["buurt"]),
        arc_demand=asked.index.get_indexer(pd.Index(arcs["point_id"])),
        arc_site=sites.index.get_indexer(pd.Index(arcs["site_id"])),
        arc_worth=1.0 - (1.0 - settings.far_worth) * arcs["walk_m"].to_numpy(dtype=float) / norm_m,
        bay_groups=_bay_groups(candidates, sites.index),
        floor_buurten=tuple(sorted(set(asked["buurtcode"].dropna()))),
    )


def _sites(
    charge_points: gpd.GeoDataFrame,
    charge_point_buurt: pd.Series,
    candidates: gpd.GeoDataFrame,
    score: pd.Series,
    scenario: Scenario,
    spots: SpotRules,
) -> pd.DataFrame:
    there = pd.DataFrame(
        {
            "existing": True,
            "capacity": charge_points["evse_count"] * scenario.kwh_per_evse_year,
            "score": 0.0,
            "buurt": charge_point_buurt.reindex(charge_points.index).fillna(""),
        },
        index=charge_points.index,
    )
    new = pd.DataFrame(
        {
            "existing": False,
            "capacity": spots.evse_per_pole * scenario.kwh_per_evse_year,
            "score": score.reindex(candidates.index),
            "buurt": candidates["buurtcode"].fillna(""),
        },
        index=candidates.index,
    )
    return pd.concat([there, new]).sort_index()


def _bay_groups(candidates: gpd.GeoDataFrame, sites: pd.Index) -> tuple[tuple[int, ...], ...]:
    bays = candidates["bay_ids"].str.split(" ").explode()
    places = pd.Series(sites.get_indexer(bays.index), index=bays.to_numpy())
    groups = {tuple(sorted(group)) for _, group in places.groupby(level=0) if len(group) > 1}
    return tuple(sorted(groups))
