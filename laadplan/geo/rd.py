"""RD New facts and the one pinned transformation to WGS84.

In: points in RD New or WGS84. Out: the same points in the other. Stock pyproj lacks the RDNAPTRANS grid; the
transformation pinned here is the Helmert one (EPSG:15934), good to about 0.25 m, so that every machine gives the
same coordinates whether or not it holds the grid.
"""

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG, require_rd

__all__ = [
    "RD_BOUNDS_M",
    "RD_EPSG",
    "degree_bounds",
    "places_to_rd",
    "require_rd",
    "shapes_to_rd",
    "to_rd",
    "to_wgs84",
    "transformation_note",
]

PIPELINE = (
    "+proj=pipeline +step +inv +proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 "
    "+x_0=155000 +y_0=463000 +ellps=bessel +step +proj=push +v_3 +step +proj=cart +ellps=bessel "
    "+step +proj=helmert +x=565.4171 +y=50.3319 +z=465.5524 +rx=0.398957388 +ry=-0.343987817 +rz=1.877401640 +s=4.0725 "
    "+convention=coordinate_frame +exact +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""RD New to longitude, latitude in degrees (ETRS89 taken as WGS84), seven parameters of the Kadaster."""

DECIMALS = 2
"""Decimals of metres that are kept of shapes: the transformation is good to 0.25 m."""

SIDE_M = 1000.0
"""Stretch (m) over which a straight line in RD New differs by centimetres from one in degrees."""


@lru_cache(maxsize=1)
def _transformer() -> pyproj.Transformer:
    return pyproj.Transformer.from_pipeline(PIPELINE)


def to_wgs84(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """The geometries in longitude, latitude (degrees, EPSG:4326), index kept.

    Raises
    ------
    WrongCrs
        The series is not in RD New.

    >>> point = to_wgs84(gpd.GeoSeries([shapely.Point(155000, 463000)], crs=28992))[0]
    >>> round(point.x, 5), round(point.y, 5)
    (5.3872, 52.15517)
    """
    require_rd(gpd.GeoDataFrame(geometry=geometry), "to_wgs84")
    return gpd.GeoSeries(shapely.transform(geometry.to_numpy(), _forward), index=geometry.index, crs=4326)


def to_rd(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """RD coordinates (n, 2) in metres of points in longitude and latitude (degrees, n each).

    >>> to_rd(np.array([5.3872035]), np.array([52.1551723])).round(0)
    array([[155000., 463000.]])
    """
    x, y = _transformer().transform(longitude, latitude, direction="INVERSE")
    return np.column_stack([x, y])


def places_to_rd(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """RD coordinates (n, 2) in metres, to the centimetre, of points in longitude and latitude (degrees, n each).

    A point that has no place in RD New becomes 0, 0, which no contract lets through.

    >>> places_to_rd(np.array([5.3872035, np.inf]), np.array([52.1551723, 0.0])).round(0)
    array([[155000., 463000.],
           [     0.,      0.]])
    """
    places = to_rd(longitude, latitude)
    return np.round(np.where(np.isfinite(places), places, 0.0), DECIMALS)


def shapes_to_rd(shapes: np.ndarray) -> np.ndarray:
    """The shapes (longitude and latitude in degrees) in RD New (m), each coordinate as by `places_to_rd`.

    >>> shapes_to_rd(np.array([shapely.Point(5.3872035, 52.1551723)])).tolist()
    [<POINT (155000 463000)>]
    """
    return np.asarray(shapely.transform(shapes, _backward))


def degree_bounds(shape: shapely.Geometry, margin_m: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east and north (degrees) of the bounds of a shape in RD New (m) with a margin around them.

    The sides of a box in RD New are bent in degrees: they are followed by `SIDE_M`, so that no corner is cut off.

    >>> [round(side, 4) for side in degree_bounds(shapely.box(155000, 463000, 156000, 464000))]
    [5.3872, 52.1552, 5.4018, 52.1642]
    """
    box = shapely.box(*(shapely.bounds(shape) + margin_m * np.array([-1.0, -1.0, 1.0, 1.0])))
    west, south, east, north = to_wgs84(gpd.GeoSeries([box.segmentize(SIDE_M)], crs=RD_EPSG)).total_bounds
    return float(west), float(south), float(east), float(north)


def transformation_note() -> str:
    """Which transformation was used, in Dutch, for print."""
    return "RD naar WGS84 met zeven parameters (zonder RDNAPTRANS-grid): tot 0,25 m nauwkeurig."


def _backward(coordinates: np.ndarray) -> np.ndarray:
    return places_to_rd(coordinates[:, 0], coordinates[:, 1])


def _forward(coordinates: np.ndarray) -> np.ndarray:
    return np.column_stack(_transformer().transform(coordinates[:, 0], coordinates[:, 1]))
