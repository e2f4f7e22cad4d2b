"""Walking distance where no network is given: the straight line times a stated detour factor.

In: demand points and places of poles. Out: rows of `Reach`, each marked as an estimate.
"""

import geopandas as gpd
import pandas as pd

from laadplan.contracts.planning import Reach
from laadplan.geo.nearest import within


def estimated_reach(
    demand: gpd.GeoSeries, sites: gpd.GeoSeries, *, existing: bool, norm_m: float, detour_factor: float
) -> pd.DataFrame:
    """All pairs of demand point and site within the walking norm, as `Reach`.

    Parameters
    ----------
    demand, sites
        Points in RD New, indexed by id.
    existing
        Whether the sites are existing charging locations.
    norm_m
        Largest walking distance, in m.
    detour_factor
        Walking distance divided by the straight line.
    """
    pairs = within(demand, sites, norm_m / detour_factor)
    if pairs.empty:
        return Reach.empty()
    reach = pd.DataFrame(
        {
            "reach_id": pairs["point_id"].astype("str") + ">" + pairs["other_id"].astype("str"),
            "point_id": pairs["point_id"].astype("str"),
            "site_id": pairs["other_id"].astype("str"),
            "existing": existing,
            "walk_m": (pairs["distance_m"] * detour_factor).round(1),
            "off_network_m": float("nan"),
            "estimated": True,
        }
    )
    return reach.set_index("reach_id").sort_index()
