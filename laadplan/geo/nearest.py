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

SAMPLE = 200
"""Points whose distance is taken first, to know how far the others must look."""

FURTHER = 2.0
"""How much further is looked in each round for points that found nothing near enough."""

ROUNDS = 3
"""Rounds after which the few points that are left are looked up one by one in the tree, which is slow and sure."""

OUTWARD = np.array([-1.0, -1.0, 1.0, 1.0])
"""Which way the bounds of a shape (xmin, ymin, xmax, ymax) move when it grows."""

CHUNK = 50_000
"""Points that are looked up at a time, so that the pairs fit in memory."""


def nearest(
    points: gpd.GeoSeries, others: gpd.GeoSeries, *, within_m: float = np.inf, radius_m: pd.Series | None = None
) -> pd.DataFrame:
    """For each point or shape the nearest other one: columns ``other_id`` and ``distance_m``, index of the points.

    Where nothing lies near enough, ``other_id`` is missing and the distance NaN.

    Parameters
    ----------
    points, others
        Geometries of any kind, RD New.
    within_m
        Geometries further away than this are not looked for (m).
    radius_m
        Per other geometry how far it reaches around itself (m), as a crown around a stem: that much is taken off the
        distance, to no less than 0. None: nothing.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    """
    _both_rd(points, others)
    if not len(points) or not len(others):
        none = pd.Series(None, index=points.index, dtype="str")
        return pd.DataFrame({"other_id": none, "distance_m": np.nan}, index=points.index)
    others = gpd.GeoSeries(others.sort_index())
    radius = np.zeros(len(others)) if radius_m is None else radius_m.reindex(others.index).to_numpy(dtype=float)
    hit, distance = _Search(points.to_numpy(), others.to_numpy(), radius).nearest(within_m)
    names = np.array([*others.index, None], dtype=object)
    return pd.DataFrame(
        {"other_id": pd.Series(names[hit], index=points.index, dtype="str"), "distance_m": distance}, index=points.index
    )


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
    surfaces = gpd.GeoSeries(surfaces.sort_index())
    rows, hits = _held(points, surfaces)
    first = pd.Series(hits).groupby(rows).min()
    found.iloc[first.index] = surfaces.index.to_numpy()[first]
    return found


def overlaps(points: gpd.GeoSeries, surfaces: gpd.GeoSeries) -> pd.DataFrame:
    """All pairs of a point and a surface that it lies in: columns ``point_id`` and ``other_id``, sorted by ids.

    Raises
    ------
    WrongCrs
        One of the two is not in RD New.
    """
    _both_rd(points, surfaces)
    rows, hits = _held(points, surfaces)
    pairs = pd.DataFrame({"point_id": points.index.to_numpy()[rows], "other_id": surfaces.index.to_numpy()[hits]})
    return pairs.sort_values(["point_id", "other_id"], ignore_index=True)


def _held(points: gpd.GeoSeries, surfaces: gpd.GeoSeries) -> tuple[np.ndarray, np.ndarray]:
    """Rows of points and of the surfaces they lie in.

    The surfaces ask a tree of the points, not the other way round: GEOS prepares what asks.
    """
    hits, rows = shapely.STRtree(points.to_numpy()).query(surfaces.to_numpy(), predicate="intersects")
    return rows, hits


def _both_rd(points: gpd.GeoSeries, others: gpd.GeoSeries) -> None:
    require_rd(gpd.GeoDataFrame(geometry=points), "points")
    require_rd(gpd.GeoDataFrame(geometry=others), "other geometries")


class _Search:
    """The nearest of some shapes, each reaching a radius (m) around itself; the first of a tie.

    A tree that is asked for all shapes in a box is much faster than one asked for the nearest. So all points look in a
    box of one size, those that find nothing near enough look further, and the few that are left ask for the nearest.
    """

    def __init__(self, points: np.ndarray, shapes: np.ndarray, radius_m: np.ndarray) -> None:
        self.points, self.shapes, self.radius_m = points, shapes, radius_m
        self.bounds = shapely.bounds(points)
        around = OUTWARD * radius_m[:, None]
        self.tree = shapely.STRtree(shapely.box(*(shapely.bounds(shapes) + around).T) if radius_m.any() else shapes)
        self.hit = np.full(len(points), -1)
        self.distance_m = np.full(len(points), np.nan)

    def nearest(self, within_m: float) -> tuple[np.ndarray, np.ndarray]:
        """Row of the nearest shape (-1: none near enough) and the distance (m, NaN: none), per point."""
        sample = np.unique(np.linspace(0, len(self.points) - 1, SAMPLE).astype(int))
        reach = min(float(np.median(self._at_most(sample))) * FURTHER + TIE_M, within_m + TIE_M)
        waiting = np.arange(len(self.points))
        for _ in range(ROUNDS):
            waiting = self._look(waiting, np.full(len(waiting), reach))
            reach = min(reach * FURTHER, within_m + TIE_M)
        if reach < within_m:
            self._look(waiting, np.minimum(self._at_most(waiting), within_m) + 2 * TIE_M)
        else:
            self._look(waiting, np.full(len(waiting), within_m + TIE_M))
        far = ~(self.distance_m <= within_m)
        return np.where(far, -1, self.hit), np.where(far, np.nan, self.distance_m)

    def _at_most(self, rows: np.ndarray) -> np.ndarray:
        """Distance (m) of points to one shape near them, mostly the nearest."""
        _, found = self.tree.query_nearest(self.points[rows], all_matches=False)
        return self._apart(rows, found)

    def _apart(self, rows: np.ndarray, shapes: np.ndarray) -> np.ndarray:
        apart = shapely.distance(self.points[rows], self.shapes[shapes])
        return np.asarray(np.maximum(apart - self.radius_m[shapes], 0.0))

    def _look(self, waiting: np.ndarray, reach: np.ndarray) -> np.ndarray:
        """Looks so far (m) around the points that wait; those that found nothing within it, and keep waiting."""
        for chunk in range(0, len(waiting), CHUNK):
            self._look_at(waiting[chunk : chunk + CHUNK], reach[chunk : chunk + CHUNK])
        return np.asarray(waiting[~(self.distance_m[waiting] + TIE_M <= reach)])

    def _look_at(self, rows: np.ndarray, reach: np.ndarray) -> None:
        boxes = self.bounds[rows] + OUTWARD * reach[:, None]
        asking, shapes = self.tree.query(shapely.box(*boxes.T))
        if not len(asking):
            return
        apart = self._apart(rows[asking], shapes)
        starts = np.flatnonzero(np.diff(asking, prepend=-1))
        least = np.full(len(rows), np.nan)
        least[asking[starts]] = np.minimum.reduceat(apart, starts)
        tied = apart <= least[asking] + TIE_M
        first = np.minimum.reduceat(np.where(tied, shapes, len(self.shapes)), starts)
        self.distance_m[rows[asking[starts]]] = least[asking[starts]]
        self.hit[rows[asking[starts]]] = first
