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
from laadplan.demo.names import bag_id, number_id

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
    """Houseboats along the canals of the quarter, clear of bridges."""
    if quarter.cell.index % _BOATS_EVERY:
        return []
    canals = [each.polygon for each in quarter.surfaces if each.layer == "waterdeel" and each.material == "kanaal"]
    raised = shapely.union_all([each.polygon for each in quarter.surfaces if each.level == 1])
    found = [boat for canal in canals for boat in _along_shore(canal) if not boat.intersects(raised)]
    return _addressed(quarter, found[:_BOATS_MOST], BERTH, "WB", 0)


def pitches(quarter: Quarter) -> list[Berth]:
    """A camp in a green of the quarter."""
    if quarter.cell.index % _CAMPS_EVERY != _CAMP_TURN:
        return []
    greens = [each.polygon for each in quarter.surfaces if each.layer == "begroeidterreindeel"]
    largest = sorted(greens, key=lambda polygon: (-polygon.area, polygon.bounds))[_GREEN_PLANNED:]
    for green in largest:
        found = _rows(green)
        if len(found) >= _PITCHES[0]:
            return _addressed(quarter, found[: _PITCHES[1]], PITCH, "WW", _BOATS_MOST)
        if green.area < _PITCHES[0] * _PITCH_M[0] * _PITCH_M[1]:
            break
    return []


def _along_shore(canal: Polygon) -> list[Polygon]:
    """Boats in a row along the whole shore of a canal, however it bends."""
    shore = shapely.normalize(canal).exterior
    length, width = _BOAT_M
    starts = np.arange(_BOAT_GAP_M, shore.length - length, length + _BOAT_GAP_M)
    if not len(starts):
        return []
    one, other = (
        shapely.get_coordinates(shapely.line_interpolate_point(shore, starts + along)) for along in (0.0, length)
    )
    along = (other - one) / np.hypot(*(other - one).T)[:, None]
    inward = np.column_stack([along[:, 1], -along[:, 0]])  # the exterior of a normalized polygon runs clockwise
    near, far = _BOAT_FROM_SHORE_M * inward, (_BOAT_FROM_SHORE_M + width) * inward
    return _within(canal, np.stack([one + near, other + near, other + far, one + far], axis=1))


def _rows(ground: Polygon) -> list[Polygon]:
    """Pitches in rows along the longest side of a green."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(ground))
    sides = np.diff(corners, axis=0)[:2]
    lengths = np.hypot(*sides.T)
    long = int(np.argmax(lengths))
    east, north = sides[long] / lengths[long], sides[1 - long] / lengths[1 - long] * (1 if long == 0 else -1)
    (length, width), gap = _PITCH_M, _PITCH_GAP_M
    start = corners[long]
    steps, rows = np.meshgrid(
        np.arange(gap, lengths[long] - length, length + gap), np.arange(gap, lengths[1 - long] - width, width + gap)
    )
    starts = start + steps.reshape(-1, 1) * east + rows.reshape(-1, 1) * north
    shape = np.array([0 * east, length * east, length * east + width * north, width * north])
    return _within(ground, starts[:, None, :] + shape)


def _within(ground: Polygon, corners: np.ndarray) -> list[Polygon]:
    """Those of some quadrilaterals (n, 4, 2) that lie wholly within the ground, on the millimetre grid."""
    if not len(corners):
        return []
    made = np.asarray(shapely.polygons(corners.round(3)))
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
            place_id=bag_id(kind, first + place),
            number_id=number_id(first + place),
            near=quarter.addresses[int(door)],
            addition=f"{letters}{place + 1}",
        )
        for place, (shape, door) in enumerate(zip(shapes, nearest, strict=True))
    ]
