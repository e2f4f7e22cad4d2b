"""From where a pole is within the walking norm, now and after the plan, with the addresses within.

In: the plan, its service, places of poles, and a way to draw what is in reach of places. Out: `Isochrones` in RD New.
Addresses are counted by the walk from their demand point, as the plan and its white spots do: one measure, one number.
"""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.choosing import Isochrones
from laadplan.contracts.frame import RD_EPSG

STATES = ("nu", "na plan")


def cover_area(
    plan: pd.DataFrame,
    candidates: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    service: pd.DataFrame,
    addresses: pd.Series,
    *,
    norm_m: float,
    estimated: bool,
    reached: Callable[[gpd.GeoSeries], shapely.Geometry],
) -> gpd.GeoDataFrame:
    """Coverage now and after the plan, as `Isochrones` in RD New; a state without poles has no row.

    Parameters
    ----------
    plan
        `Plan`: which existing poles count, and which candidates are chosen.
    candidates, charge_points
        Places in RD New.
    service
        `Service`: the walk from each demand point to its nearest pole.
    addresses
        Number of addresses of each demand point.
    norm_m
        Walking norm, in m.
    estimated
        Whether walking is a straight line times the detour factor.
    reached
        Places of poles to the shape from where one of them is within the norm.
    """
    there = charge_points.geometry[charge_points.index.isin(plan.index[plan["existing"]])].sort_index()
    new = candidates.geometry[candidates.index.isin(plan.index[plan["chosen"] & ~plan["existing"]])].sort_index()
    rows = []
    after = gpd.GeoSeries(pd.concat([there, new]), crs=RD_EPSG)
    for state, places, walk in zip(STATES, (gpd.GeoSeries(there), after), ("walk_before_m", "walk_m"), strict=True):
        shape = reached(places)
        if not shapely.is_empty(shape):
            near = service.index[service[walk].notna()]
            rows.append((state, shape, int(addresses.reindex(near).fillna(0).sum())))
    if not rows:
        return Isochrones.empty()
    frame = gpd.GeoDataFrame(
        {
            "toestand": [state for state, _, _ in rows],
            "loopafstand_m": float(norm_m),
            "schatting": estimated,
            "adressen": pd.array([count for _, _, count in rows], dtype="Int64"),
        },
        geometry=[shape for _, shape, _ in rows],
        index=pd.Index([f"{state}|{norm_m:g}" for state, _, _ in rows], dtype="str", name=Isochrones.index_name()),
        crs=RD_EPSG,
    )
    return frame[Isochrones.columns()]
