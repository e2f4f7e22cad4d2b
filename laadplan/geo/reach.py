"""Walking distance where no network is given: the straight line times a stated detour factor.

In: demand points and places of poles. Out: `Reach`, every row marked as an estimate.
"""

import geopandas as gpd
import pandas as pd

from laadplan.contracts.planning import Reach
from laadplan.geo.nearest import within


def estimated_reach(
    demand: gpd.GeoSeries,
    candidates: gpd.GeoSeries,
    charge_points: gpd.GeoSeries,
    *,
    norm_m: float,
    detour_factor: float,
) -> pd.DataFrame:
    """All pairs of demand point and pole within the walking norm, as `Reach`.

    Parameters
    ----------
    demand, candidates, charge_points
        Points in RD New, indexed by id.
    norm_m
        Largest walking distance, in m.
    detour_factor
        Walking distance divided by the straight line.
    """
    pairs = pd.concat(
        [
            within(demand, places, norm_m / detour_factor).assign(existing=existing)
            for places, existing in ((candidates, False), (charge_points, True))
        ]
    )
    if pairs.empty:
        return Reach.empty()
    reach = pd.DataFrame(
        {
            "reach_id": pairs["point_id"].astype("str") + "|" + pairs["other_id"].astype("str"),
            "address_id": pairs["point_id"].astype("str"),
            "site_id": pairs["other_id"].astype("str"),
            "existing": pairs["existing"].astype(bool),
            "walk_m": (pairs["distance_m"] * detour_factor).round(1),
            "estimated": True,
        }
    )
    return reach.set_index("reach_id").sort_index()
