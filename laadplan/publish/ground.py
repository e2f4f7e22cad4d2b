"""The ground beneath the plan: what the BGT shows around it, in few quiet classes, and the names of its streets.

In: frames in RD New. Out: shapes in RD New, cut to the surroundings of the plan and simplified, in order of drawing.
There are no tiles: a page or a picture that stands on its own draws its own ground.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

CLASSES = ("groen", "water", "voetpad", "rijbaan", "pand")
"""Classes of the ground in order of drawing; their colours stand in the palette."""

FOOTWAYS = ("voetpad", "voetpad op trap", "voetgangersgebied", "fietspad", "inrit", "verkeerseiland")
"""BGT functions drawn as footway; every other road part at ground level is drawn as carriageway."""

GREEN_COVERS = ("berm", "groenvoorziening")
"""Covers of verges that are drawn green; other verges (verkeerseiland) are drawn as footway."""

MARGIN_M = 150.0
"""Ground drawn around the plan, in m: enough to recognise where one is."""

EMPTY_VIEW_M = 250.0
"""Half the side of the view when there is nothing to look at, in m."""

NAME_MIN_ADDRESSES = 3
"""A street with fewer addresses in view gets no name on the map."""

NAME_REACH_M = 40.0
"""Length of road on either side of a street's name that gives its direction, in m."""


NAME_TRIES, NAME_TURN_DEG = 16, 8.0
"""Addresses tried for a good place for a street's name, and the step in which angles to their row are compared."""


@dataclass(frozen=True)
class StreetName:
    """A street's name with its place in RD New and its direction (degrees from east, anticlockwise, -90 to 90)."""

    name: str
    x_m: float
    y_m: float
    angle_deg: float
    addresses: int


def surroundings(*frames: gpd.GeoDataFrame, margin_m: float = MARGIN_M) -> shapely.Polygon:
    """The box around the first frames that hold something, with a margin; RD New.

    The frames are taken together. With nothing in any of them the box lies around the middle of RD New.
    """
    bounds = [frame.total_bounds for frame in frames if len(frame)]
    if not bounds:
        return shapely.box(155000 - EMPTY_VIEW_M, 463000 - EMPTY_VIEW_M, 155000 + EMPTY_VIEW_M, 463000 + EMPTY_VIEW_M)
    corners = np.array(bounds)
    west, south = corners[:, :2].min(axis=0) - margin_m
    east, north = corners[:, 2:].max(axis=0) + margin_m
    return shapely.box(west, south, east, north)


def draw_ground(
    road_parts: gpd.GeoDataFrame,
    terrain: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    view: BaseGeometry,
    *,
    tolerance_m: float,
) -> dict[str, BaseGeometry]:
    """One shape per class of `CLASSES`, cut to the view and simplified; empty where there is none."""
    roads = road_parts[road_parts["level"] >= 0]
    land = terrain[terrain["level"] >= 0]
    afoot = roads["function"].isin(FOOTWAYS)
    verge = land["kind"] == "ondersteunend"
    green = (land["kind"] == "begroeid") | (verge & land["cover"].isin(GREEN_COVERS))
    parts = {
        "groen": land[green],
        "water": land[land["kind"] == "water"],
        "voetpad": pd.concat([roads[afoot][["geometry"]], land[verge & ~green][["geometry"]]]),
        "rijbaan": roads[~afoot],
        "pand": buildings[buildings["level"] >= 0],
    }
    return {name: _merged(parts[name].geometry, view, tolerance_m, merge=name != "pand") for name in CLASSES}


def name_streets(addresses: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame, view: BaseGeometry) -> list[StreetName]:
    """Names of the streets in view, each on the carriageway near the middle of its addresses, in order of name."""
    seen = addresses[addresses.within(view)]
    roads = road_parts[(road_parts["level"] >= 0) & road_parts["function"].str.startswith("rijbaan")]
    carriageways = shapely.STRtree(roads.geometry.to_numpy())
    places = seen.sort_index().get_coordinates().groupby(seen.sort_index()["street"], sort=True)
    placed = [_placed(str(name), group.to_numpy(), carriageways) for name, group in places]
    return [street for street in placed if street is not None and street.addresses >= NAME_MIN_ADDRESSES]


def _merged(shapes: gpd.GeoSeries, view: BaseGeometry, tolerance_m: float, *, merge: bool) -> BaseGeometry:
    cut = gpd.GeoSeries(shapes[shapes.intersects(view)]).intersection(view)
    whole = np.array([cut.union_all()] if merge else list(cut), dtype=object)
    return shapely.MultiPolygon(list(_polygons(shapely.simplify(_polygons(whole), tolerance_m))))


def _polygons(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The polygons among the parts of shapes, in order."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]


def _placed(name: str, places: np.ndarray, carriageways: shapely.STRtree) -> StreetName | None:
    """The name on a road near the middle of the street that runs as its addresses do; None where there is no road.

    The nearest road may be a side street: of the roads beside `NAME_TRIES` addresses, from the middle outwards, it
    is the first whose direction differs least, in steps of `NAME_TURN_DEG`, from the row of addresses around it.
    """
    away = np.hypot(*(places - np.median(places, axis=0)).T)
    tries = places[np.lexsort((places[:, 1], places[:, 0], away))[:NAME_TRIES]]
    around = shapely.buffer(shapely.multipoints(tries), NAME_REACH_M)
    carriageway = shapely.union_all(carriageways.geometries[np.sort(carriageways.query(around))])
    tried = [_beside(place, carriageway) for place in tries]
    roads = [road for road in tried if road is not None]
    if not roads:
        return None
    road = min(roads, key=lambda road: _turn_deg(_direction_deg(road), _axis_deg(places, road)) // NAME_TURN_DEG)
    at = shapely.centroid(road)
    return StreetName(name, round(at.x, 2), round(at.y, 2), _direction_deg(road), len(places))


def _beside(place: np.ndarray, carriageway: BaseGeometry) -> BaseGeometry | None:
    """The piece of road nearest to an address, some twenty metres either way."""
    here = shapely.Point(place)
    near = shapely.get_parts(shapely.intersection(carriageway, shapely.buffer(here, NAME_REACH_M)))
    pieces = [piece for piece in near if piece.area > 1]
    if not pieces:
        return None
    road = min(pieces, key=lambda piece: (piece.distance(here), -piece.area))
    foot = shapely.get_point(shapely.shortest_line(road, here), 0)
    return shapely.intersection(road, shapely.buffer(foot, NAME_REACH_M / 2))


def _axis_deg(places: np.ndarray, road: BaseGeometry) -> float:
    """Direction in which the addresses near a piece of road lie."""
    middle = np.array(shapely.centroid(road).coords[0])
    near = places[np.hypot(*(places - middle).T) <= 2 * NAME_REACH_M]
    spread = near - near.mean(axis=0) if len(near) > 1 else np.array([[1.0, 0.0]])
    along = np.linalg.svd(spread, full_matrices=False)[2][0]
    return float(np.degrees(np.arctan2(along[1], along[0])))


def _turn_deg(first: float, second: float) -> float:
    """Angle between two directions that have no sense, 0 to 90 degrees."""
    return abs((first - second + 90) % 180 - 90)


def _direction_deg(shape: BaseGeometry) -> float:
    """Direction of the long side of the shape, from -90 to 90 degrees."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = np.diff(corners[:3], axis=0)
    long_side = sides[np.argmax(np.hypot(*sides.T))]
    angle = float(np.degrees(np.arctan2(long_side[1], long_side[0])))
    return round((angle + 90) % 180 - 90, 1)
