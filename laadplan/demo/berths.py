"""Places in the BAG that are no building: berths of houseboats (ligplaats) and pitches of caravans (standplaats).

In: a ``Quarter``. Out: ``Berth`` with its polygon (EPSG:28992, metres) and ids. Only few quarters have any: those with
a canal wide enough, and those with a green large enough for a camp.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from laadplan.demo.model import Address, Quarter
from laadplan.demo.names import MUNICIPALITY, number_id

BERTH, PITCH = "02", "03"
"""Object types of ligplaats and standplaats in a BAG id."""

_BOATS_EVERY = 2
"""One quarter with a canal in so many has houseboats."""

_CAMPS_EVERY = 7
_CAMP_TURN = 3
"""One quarter in so many has a camp, if there is room; the turn keeps it away from the first quarter."""

_BOAT_M = (18.0, 4.5)
_BOAT_GAP_M = 9.0
_BOAT_FROM_SHORE_M = 1.5
_BOATS_MOST = 4

_PITCH_M = (12.0, 14.0)
_PITCH_GAP_M = 4.0
_PITCHES = (4, 8)
"""Fewest and most pitches of a camp."""

_GREEN_PLANNED = 2
"""So many of the largest greens are left for what is planned."""


@dataclass(frozen=True)
class Berth:
    """A place with its main address: that of the nearest door with an addition."""

    polygon: Polygon
    place_id: str
    number_id: str
    near: Address
    addition: str


def berths(quarter: Quarter) -> list[Berth]:
    """Houseboats along the canals of the quarter."""
    if quarter.cell.index % _BOATS_EVERY:
        return []
    canals = [each.polygon for each in quarter.surfaces if each.layer == "waterdeel" and each.material == "kanaal"]
    found: list[Polygon] = []
    for canal in canals:
        found += _fitting(canal, _BOAT_M, _BOAT_GAP_M, _BOAT_FROM_SHORE_M, along_shore=True)
    return _addressed(quarter, found[:_BOATS_MOST], BERTH, "WB", 0)


def pitches(quarter: Quarter) -> list[Berth]:
    """A camp in a green of the quarter."""
    if quarter.cell.index % _CAMPS_EVERY != _CAMP_TURN:
        return []
    greens = [each.polygon for each in quarter.surfaces if each.layer == "begroeidterreindeel"]
    largest = sorted(greens, key=lambda polygon: (-polygon.area, polygon.bounds))[_GREEN_PLANNED:]
    for green in largest:
        found = _fitting(green, _PITCH_M, _PITCH_GAP_M, _PITCH_GAP_M, along_shore=False)
        if len(found) >= _PITCHES[0]:
            return _addressed(quarter, found[: _PITCHES[1]], PITCH, "WW", _BOATS_MOST)
        if green.area < _PITCHES[0] * _PITCH_M[0] * _PITCH_M[1]:
            break
    return []


def _fitting(
    ground: Polygon, size_m: tuple[float, float], gap_m: float, from_edge_m: float, *, along_shore: bool
) -> list[Polygon]:
    """Rectangles along the longest side of a polygon, wholly within it; along a shore there is one row."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(ground))
    if len(corners) < 4:  # a line: it has no room
        return []
    sides = np.diff(corners, axis=0)
    lengths = np.hypot(*sides.T)
    long = int(np.argmax(lengths[:2]))
    if not lengths.min():
        return []
    east, north = sides[long] / lengths[long], sides[long + 1] / lengths[long + 1]
    steps = np.arange(from_edge_m, lengths[long] - size_m[0], size_m[0] + gap_m)
    rows = np.arange(from_edge_m, lengths[long + 1] - size_m[1], size_m[1] + gap_m)[: 1 if along_shore else None]
    starts = [corners[long] + step * east + row * north for row in rows for step in steps]
    shape = np.array([0 * east, size_m[0] * east, size_m[0] * east + size_m[1] * north, size_m[1] * north])
    made = shapely.polygons([(start + shape).round(3) for start in starts]) if starts else np.array([], dtype=object)
    return list(made[shapely.contains_properly(ground, made)])


def _addressed(quarter: Quarter, shapes: Sequence[Polygon], kind: str, letters: str, start: int) -> list[Berth]:
    """Places with the address of the nearest door and an addition; their serials follow those of the addresses."""
    if not shapes or not quarter.addresses:
        return []
    first = max(int(address.number_id[-10:]) for address in quarter.addresses) + 1 + start
    doors = shapely.STRtree([address.point for address in quarter.addresses])
    nearest = doors.nearest(shapely.centroid(list(shapes)))
    return [
        Berth(
            polygon=shape,
            place_id=f"{MUNICIPALITY}{kind}{first + place:010d}",
            number_id=number_id(first + place),
            near=quarter.addresses[int(door)],
            addition=f"{letters}{place + 1}",
        )
        for place, (shape, door) in enumerate(zip(shapes, nearest, strict=True))
    ]
