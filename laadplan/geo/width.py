"""Free width of the footway beside a pole.

In: pole positions with the direction away from the carriageway, and footway surfaces. Out: the width in metres that is
left to walk past the pole, or NaN where no footway adjoins (n.v.t.).
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import require_rd

JOINED_M = 0.05
"""Footway surfaces closer together than this along the line are one footway (m): the accuracy of a BGT edge."""


def free_width(
    poles: gpd.GeoSeries,
    away_deg: pd.Series,
    footways: gpd.GeoSeries,
    *,
    pole_width_m: float,
    reach_m: float,
    search_m: float,
) -> pd.Series:
    """Width (m) to walk past each pole: from its far side to the end of the footway, straight away from the kerb.

    Parameters
    ----------
    poles
        Positions of the hearts of the poles, RD New.
    away_deg
        Direction from carriageway to pavement per pole, in degrees from east, anticlockwise.
    footways
        Surfaces that count as footway, RD New.
    pole_width_m
        Width of the pole across the footway.
    reach_m
        A footway adjoins when it starts within this distance of the pole's heart.
    search_m
        The width is measured up to this distance.

    Returns
    -------
    Series with the index of the poles, in m; NaN where no footway adjoins.
    """
    require_rd(gpd.GeoDataFrame(geometry=poles), "poles")
    require_rd(gpd.GeoDataFrame(geometry=footways), "footways")
    rays = _rays(poles, away_deg, search_m)
    tree = shapely.STRtree(footways.to_numpy())
    rows, hits = tree.query(rays, predicate="intersects")
    widths = [
        _width_along(rays[row], footways.to_numpy()[np.sort(hits[rows == row])], pole_width_m, reach_m)
        for row in range(len(rays))
    ]
    return pd.Series(widths, index=poles.index, dtype=float)


def _rays(poles: gpd.GeoSeries, away_deg: pd.Series, search_m: float) -> np.ndarray:
    start = shapely.get_coordinates(poles.to_numpy())
    angle = np.radians(away_deg.reindex(poles.index).to_numpy(dtype=float))
    end = start + search_m * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))


def _width_along(ray: shapely.LineString, footways: np.ndarray, pole_width_m: float, reach_m: float) -> float:
    """Length of the first stretch of footway along the ray, less what the pole itself takes."""
    stretches = sorted(_stretch(ray, piece) for surface in footways for piece in _pieces(ray, surface))
    if not stretches or stretches[0][0] > reach_m:
        return float("nan")
    begin, end = stretches[0]
    for next_begin, next_end in stretches[1:]:
        if next_begin > end + JOINED_M:
            break
        end = max(end, next_end)
    return max(0.0, end - max(begin, pole_width_m / 2))


def _pieces(ray: shapely.LineString, surface: shapely.Geometry) -> list[shapely.LineString]:
    parts = shapely.get_parts(shapely.intersection(ray, surface))
    return [piece for piece in parts if isinstance(piece, shapely.LineString) and not piece.is_empty]


def _stretch(ray: shapely.LineString, piece: shapely.LineString) -> tuple[float, float]:
    along = [float(shapely.line_locate_point(ray, shapely.Point(xy))) for xy in (piece.coords[0], piece.coords[-1])]
    return min(along), max(along)
