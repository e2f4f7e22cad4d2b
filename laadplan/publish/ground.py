"""The ground beneath the plan: what the BGT shows around it, in few quiet classes, and the names of its streets.

In: frames in RD New. Out: shapes in RD New, cut to the surroundings of the plan and simplified, in order of drawing.
There are no tiles: a page or a picture that stands on its own draws its own ground.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
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


def name_streets(
    addresses: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame, view: BaseGeometry
) -> list[StreetName]:
    """Names of the streets in view, each on the carriageway near the middle of its addresses, in order of name."""
    seen = addresses[addresses.within(view)]
    roads = road_parts[(road_parts["level"] >= 0) & road_parts["function"].str.startswith("rijbaan")]
    carriageway = shapely.union_all(roads.geometry.array) if len(roads) else shapely.Polygon()
    streets = seen.sort_index().groupby("street", sort=True)
    placed = [_placed(str(name), group.geometry, carriageway) for name, group in streets]
    return [street for street in placed if street is not None and street.addresses >= NAME_MIN_ADDRESSES]


def _merged(shapes: gpd.GeoSeries, view: BaseGeometry, tolerance_m: float, *, merge: bool) -> BaseGeometry:
    near = shapes[shapes.intersects(view)].array
    cut = shapely.intersection(shapely.make_valid(near), view)
    whole = shapely.union_all(cut) if merge else shapely.multipolygons(_polygons(cut))
    simple = shapely.simplify(whole, tolerance_m)
    polygons = _polygons(np.array([simple]))
    return shapely.normalize(shapely.multipolygons(polygons)) if merge else shapely.multipolygons(polygons)


def _polygons(shapes: np.ndarray) -> np.ndarray:
    parts = shapely.get_parts(shapely.get_parts(np.asarray(shapes, dtype=object)))
    kept = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)] if len(parts) else parts
    return kept


def _placed(name: str, points: gpd.GeoSeries, carriageway: BaseGeometry) -> StreetName | None:
    """The name on the road beside the address in the middle of the street; beside no road, on that address."""
    places = shapely.get_coordinates(points.array)
    middle = places[np.argmin(np.hypot(*(places - np.median(places, axis=0)).T))]
    here = shapely.Point(middle)
    around = shapely.get_parts(shapely.intersection(carriageway, here.buffer(NAME_REACH_M)))
    pieces = [piece for piece in around if piece.area > 1]
    if not pieces:
        return None
    road = min(pieces, key=lambda piece: (piece.distance(here), -piece.area))
    beside = shapely.get_point(shapely.shortest_line(road, here), 0)
    near = shapely.intersection(road, shapely.buffer(beside, NAME_REACH_M / 2))
    at = shapely.centroid(near)
    return StreetName(name, round(at.x, 2), round(at.y, 2), _direction_deg(near), len(places))


def _direction_deg(shape: BaseGeometry) -> float:
    """Direction of the long side of the shape, from -90 to 90 degrees."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = np.diff(corners[:3], axis=0)
    long_side = sides[np.argmax(np.hypot(*sides.T))]
    angle = float(np.degrees(np.arctan2(long_side[1], long_side[0])))
    return round((angle + 90) % 180 - 90, 1)
