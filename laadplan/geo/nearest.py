"""Distances with the index kept, and ties broken by id.

In: frames or series in RD New. Out: distances in metres and the ids they belong to. GEOS answers in whatever order its
tree was built; here the smallest id wins a tie, so that the order of the rows never shows in a result.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import require_rd

TIE_M = 1e-6
"""Distances closer than this are a tie (m): far below what any source measures."""


def nearest(points: gpd.GeoSeries, others: gpd.GeoSeries) -> pd.DataFrame:
    """For each point the nearest other geometry: columns ``other_id`` and ``distance_m``, index of the points.

    Without others every ``other_id`` is missing and every distance is NaN.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    """
    _both_rd(points, others)
    found = pd.DataFrame(
        {"other_id": pd.Series(None, index=points.index, dtype="str"), "distance_m": np.nan}, index=points.index
    )
    if not len(points) or not len(others):
        return found
    sorted_others = gpd.GeoSeries(others.sort_index())
    tree = shapely.STRtree(sorted_others.to_numpy())
    (_, _), least = tree.query_nearest(points.to_numpy(), return_distance=True, all_matches=False)
    rows, hits = tree.query(points.to_numpy(), predicate="dwithin", distance=least + TIE_M)
    pairs = pd.DataFrame({"row": rows, "hit": hits})
    first = pairs.sort_values(["row", "hit"]).drop_duplicates("row")
    first = first.assign(distance_m=least[first["row"]])
    found.iloc[first["row"].to_numpy(), 0] = sorted_others.index.to_numpy()[first["hit"]]
    found.iloc[first["row"].to_numpy(), 1] = first["distance_m"].to_numpy()
    return found


def within(points: gpd.GeoSeries, others: gpd.GeoSeries, reach_m: float) -> pd.DataFrame:
    """All pairs at most ``reach_m`` metres apart: columns ``point_id``, ``other_id``, ``distance_m``, sorted by ids.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    """
    _both_rd(points, others)
    tree = shapely.STRtree(others.to_numpy())
    rows, hits = tree.query(points.to_numpy(), predicate="dwithin", distance=reach_m)
    pairs = pd.DataFrame(
        {
            "point_id": points.index.to_numpy()[rows],
            "other_id": others.index.to_numpy()[hits],
            "distance_m": shapely.distance(points.to_numpy()[rows], others.to_numpy()[hits]),
        }
    )
    return pairs.sort_values(["point_id", "other_id"], ignore_index=True)


def containing(points: gpd.GeoSeries, surfaces: gpd.GeoSeries) -> pd.Series:
    """For each point the id of the surface it lies in; of several the smallest id, of none missing.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    """
    _both_rd(points, surfaces)
    found = pd.Series(None, index=points.index, dtype="str")
    sorted_surfaces = gpd.GeoSeries(surfaces.sort_index())
    rows, hits = shapely.STRtree(sorted_surfaces.to_numpy()).query(points.to_numpy(), predicate="intersects")
    pairs = pd.DataFrame({"row": rows, "hit": hits}).sort_values(["row", "hit"]).drop_duplicates("row")
    found.iloc[pairs["row"].to_numpy()] = sorted_surfaces.index.to_numpy()[pairs["hit"]]
    return found


def _both_rd(points: gpd.GeoSeries, others: gpd.GeoSeries) -> None:
    require_rd(gpd.GeoDataFrame(geometry=points), "points")
    require_rd(gpd.GeoDataFrame(geometry=others), "other geometries")
