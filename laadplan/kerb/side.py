"""The sides of a parking strip along which cars may drive in.

In: the surface of a strip and the surfaces cars drive on. Out: kerb lines. A side is a stretch of the strip's edge
between two corners; it counts where it touches the carriageway. A strip that touches none (between lawns or hedges, as
in a car park whose aisle is no road part) is entered from a long side with room in front of it.
"""

from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from laadplan.kerb.line import strip_on_right

CORNER_DEG = 40.0
"""A turn sharper than this ends a side (degrees): kerb curves bend less between two vertices, corners more."""

ROUNDED_M = 1.0
"""Turns up to this far apart along the edge make one corner, rounded or cut off (m)."""

BEND_DEG = 10.0
"""A turn of less than this beside a sharp corner is a bend of the kerb, no part of that corner (degrees)."""

SMOOTH_M = 0.05
"""Vertices that deviate less than this are dropped before corners are looked for (m)."""

SHORTEST_M = 1.0
"""A side shorter than this is no side along which one drives in (m)."""

WRAPPED_SHARE = 1.5
"""A shared edge longer than this times the strip's length runs round it and shows no driving side."""

WHOLE_SHARE = 0.9
"""A side of at least this share of the strip's length runs along all of it."""

SAWTOOTH_SHARE = 1.15
"""An edge this much longer than the line along its tips, with corners in it, is a sawtooth."""

TOOTH_M = 3.5
"""Teeth of a sawtooth edge are at most this high (m): a bay of 2.5 m and its step, at 45 degrees."""

TEETH = 3
"""A sawtooth has at least so many corners between its ends."""

ROOM_M = 3.0
"""No car drives in across a side with less than this to the next bays, footway or verge (m)."""

LANE_SHARE = 0.5
"""Of the ground before a side at least this share must be driven on: less is a gutter or a paved edge."""

FACING_M = 9.0
"""Bays up to this far in front of a side share an aisle with it (m): an aisle of 6 m, with room for a verge."""

COVERED_SHARE = 0.30
"""A larger share than this of the ground before a side decides what lies in front of it."""

END_M = 0.3
"""A carriageway that stops this little before the end of a side goes along all of it (m): accuracy of the BGT."""

ALONG_M = 4.0
"""Carriageway within this distance of a side shows that cars drive along it (m)."""


def touching_sides(strip: shapely.Polygon, driven: BaseGeometry, touching_m: float) -> list[shapely.LineString]:
    """Kerb lines where a strip touches the surfaces cars drive on, longest first, the strip on their right hand.

    Parameters
    ----------
    strip
        Surface of the strip, m RD.
    driven
        Surfaces cars drive on near the strip; may be empty.
    touching_m
        Largest gap between strip and carriageway that still counts as touching.
    """
    if shapely.is_empty(driven):
        return []
    beside = shapely.buffer(driven, touching_m, quad_segs=2)
    ring = shapely.get_coordinates(shapely.simplify(strip.exterior, SMOOTH_M))
    saw = _sawtooth(strip, ring, beside)
    if saw is not None:
        return [strip_on_right(saw, strip)]
    edges = np.array(_sides(ring))
    touching = shapely.intersection(edges, beside)
    long = shapely.length(touching) >= SHORTEST_M
    sides = [
        _to_the_ends(part, edge)
        for edge, line in zip(edges[long], touching[long], strict=True)
        for part in _lines(line)
        if part.length >= SHORTEST_M
    ]
    several = len(sides) > 1 or any(side.is_ring for side in sides)
    if several and sum(side.length for side in sides) > WRAPPED_SHARE * _long_m(strip):
        sides = [side for side in sides if not side.is_ring] or long_sides(strip)
    sides = [strip_on_right(side, strip) for side in sorted(sides, key=_length_then_place, reverse=True)]
    if len(sides) < 2:
        return sides
    lanes = [side for side in sides if _covered(shapely.buffer(side, ROOM_M, single_sided=True), driven) >= LANE_SHARE]
    return lanes or sides


def _to_the_ends(part: shapely.LineString, edge: shapely.LineString) -> shapely.LineString:
    """Part of an edge, drawn out to the edge's own end where it stops just before that."""
    length = edge.length
    along = sorted(
        float(shapely.line_locate_point(edge, shapely.Point(xy))) for xy in (part.coords[0], part.coords[-1])
    )
    begin, end = (0.0 if along[0] <= END_M else along[0]), (length if along[1] >= length - END_M else along[1])
    if [begin, end] == along:
        return part
    return shapely.LineString(shapely.get_coordinates(substring(edge, begin, end)))


def kerb_line(strip: shapely.Polygon, driven: BaseGeometry, touching_m: float) -> shapely.LineString:
    """The one line along which cars most likely enter a strip: its longest touching side, else a long side.

    Parameters
    ----------
    strip
        Surface of the strip, m RD.
    driven
        Surfaces cars drive on near the strip; may be empty.
    touching_m
        Largest gap between strip and carriageway that still counts as touching.
    """
    nothing = shapely.GeometryCollection()
    return (touching_sides(strip, driven, touching_m) or open_sides(strip, driven, nothing, nothing))[0]


def open_sides(
    strip: shapely.Polygon, driven: BaseGeometry, parked: BaseGeometry, other: BaseGeometry
) -> list[shapely.LineString]:
    """The long side from which a strip that touches no carriageway is most likely entered.

    It has room before it, then bays that face it across an aisle, then it lies nearest to where cars drive.

    Parameters
    ----------
    strip
        Surface of the strip, m RD.
    driven, parked, other
        Surfaces near it on which cars drive, on which they park, and the other road parts, without the strip.
    """
    sides = sorted((strip_on_right(side, strip) for side in _opposite_sides(strip)), key=_place)
    return [min(sides, key=lambda side: _doubt(side, driven, parked, other))]


def _opposite_sides(strip: shapely.Polygon) -> list[shapely.LineString]:
    """Both long sides of a strip: those of its edge where it has two that run along it, else of its rectangle."""
    ring = shapely.get_coordinates(shapely.simplify(strip.exterior, SMOOTH_M))
    edges = sorted(_sides(ring), key=_length_then_place, reverse=True)[:2]
    whole = min(side.length for side in edges) >= WHOLE_SHARE * _long_m(strip)
    return edges if len(edges) == 2 and whole else long_sides(strip)


def long_sides(strip: shapely.Polygon) -> list[shapely.LineString]:
    """The two long sides of the smallest rectangle round a strip."""
    xy = shapely.get_coordinates(shapely.minimum_rotated_rectangle(strip))
    sides = [shapely.LineString(xy[place : place + 2]) for place in range(4)]
    return [sides[0], sides[2]] if sides[0].length >= sides[1].length else [sides[1], sides[3]]


def _doubt(
    side: shapely.LineString, driven: BaseGeometry, parked: BaseGeometry, other: BaseGeometry
) -> tuple[float | bool, ...]:
    """What speaks against driving in across a side, weightiest first."""
    before = shapely.buffer(side, ROOM_M, single_sided=True)
    facing = shapely.buffer(side, FACING_M, single_sided=True)
    blocked = _covered(before, parked) + _covered(before, other) > COVERED_SHARE
    faced = _covered(facing, parked) * FACING_M / (FACING_M - ROOM_M) > COVERED_SHARE
    along = shapely.area(shapely.intersection(shapely.buffer(side, ALONG_M, cap_style="flat"), driven))
    off = float(shapely.distance(driven, side.centroid)) if not shapely.is_empty(driven) else 0.0
    return blocked, not faced, round(off, 1), -round(float(along), 1)


def _covered(ground: BaseGeometry, by: BaseGeometry) -> float:
    return float(shapely.area(shapely.intersection(ground, by)) / max(ground.area, SMOOTH_M))


def _sawtooth(strip: shapely.Polygon, ring: np.ndarray, beside: BaseGeometry) -> shapely.LineString | None:
    """The line along the tips of the teeth, where the edge along the carriageway is a sawtooth."""
    if (_turns(np.diff(ring, axis=0)) > CORNER_DEG).sum() < 2 * TEETH:
        return None
    edges = _lines(shapely.intersection(strip.exterior, beside))
    edge = max(edges, key=_length_then_place, default=None)
    if edge is None or edge.is_ring or len(_cut_at_corners(edge)) <= TEETH:
        return None
    tips, high = _tips(edge, strip)
    return tips if high <= TOOTH_M and edge.length >= SAWTOOTH_SHARE * tips.length else None


def _tips(edge: shapely.LineString, strip: shapely.Polygon) -> tuple[shapely.LineString, float]:
    """The line along the outer tips of an edge, as long as that edge, and the height of its teeth (m)."""
    hull = shapely.get_coordinates(shapely.convex_hull(edge))
    steps = np.diff(hull, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    longest = np.argsort(-np.round(lengths, 2), kind="stable")[:2]
    forward = steps[longest] / lengths[longest, None]
    centre = np.array([strip.centroid.x, strip.centroid.y]) - hull[longest]
    outer = int(np.argmax(np.round(np.abs(forward[:, 0] * centre[:, 1] - forward[:, 1] * centre[:, 0]), 2)))
    begin, forward = hull[longest[outer]], forward[outer]
    along = (shapely.get_coordinates(edge) - begin) @ forward
    aside = (shapely.get_coordinates(edge) - begin) @ np.array([forward[1], -forward[0]])
    line = shapely.LineString([begin + along.min() * forward, begin + along.max() * forward])
    return line, float(np.ptp(aside))


def _long_m(strip: shapely.Polygon) -> float:
    return float(long_sides(strip)[0].length)


def _sides(ring: np.ndarray) -> list[shapely.LineString]:
    """The edge of a strip cut at its corners; the ring is turned to begin at its sharpest one."""
    xy = ring[:-1]
    steps = np.diff(np.vstack([xy[-1:], xy, xy[:1]]), axis=0)
    xy = np.roll(xy, -int(np.argmax(np.round(_turns(steps), 3))), axis=0)
    return _cut_at_corners(shapely.LineString(np.vstack([xy, xy[:1]])))


def _turns(steps: np.ndarray) -> np.ndarray:
    """Turn between each step and the next (degrees)."""
    heading = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    return np.asarray(np.abs((np.diff(heading) + 180) % 360 - 180))


def _lines(geometry: BaseGeometry) -> list[shapely.LineString]:
    if isinstance(geometry, shapely.LineString):
        return [shapely.simplify(geometry, SMOOTH_M)] if not geometry.is_empty else []
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "LinearRing")]
    if not parts:
        return []
    merged = shapely.line_merge(shapely.multilinestrings(parts))
    return [shapely.simplify(part, SMOOTH_M) for part in shapely.get_parts(merged)]


def _cut_at_corners(line: shapely.LineString) -> list[shapely.LineString]:
    xy = shapely.get_coordinates(line)
    steps = np.diff(xy, axis=0)
    heading = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    turns = (np.diff(heading) + 180) % 360 - 180
    at = np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))[:-1]
    near = np.abs(at[:, None] - at) <= ROUNDED_M
    sharp = np.abs(turns) > CORNER_DEG
    in_corner = (np.abs(near @ turns) > CORNER_DEG) & ((np.abs(turns) > BEND_DEG) | ~(near @ sharp))
    is_corner = sharp | in_corner
    cuts = [0, *(np.flatnonzero(is_corner) + 1), len(xy) - 1]
    return [shapely.LineString(xy[begin : end + 1]) for begin, end in pairwise(cuts) if end > begin]


def _length_then_place(line: shapely.LineString) -> tuple[float, tuple[float, float]]:
    return round(line.length, 2), _place(line)


def _place(line: shapely.LineString) -> tuple[float, float]:
    return round(line.centroid.x, 2), round(line.centroid.y, 2)
