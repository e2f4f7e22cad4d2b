"""The kerb line of a parking strip: the side along which cars drive in.

In: the surface of a strip and the surfaces cars drive on. Out: a line with the strip on its right hand, and along that
line the depth of the strip. The line is the stretch of the strip's edge that touches the carriageway, cut at corners;
where nothing touches (strips between lawns), it is the long side of the smallest rectangle nearest to where cars drive.
"""

from itertools import pairwise

import numpy as np
import shapely

CORNER_DEG = 40.0
"""A turn sharper than this ends a kerb line (degrees): kerb curves bend less between two vertices, corners more."""

SMOOTH_M = 0.05
"""Vertices that deviate less than this are dropped before corners are looked for (m)."""

CHORD_M = 1.0
"""Length of the chord from which the direction of the kerb at a place is taken (m)."""

RAY_M = 60.0
"""How far the depth of a strip is measured (m): beyond the deepest car park that could be a strip."""

BESIDE_M = 0.30
"""A point this far beside the line shows on which hand the strip lies (m)."""

ALONG_M = 4.0
"""Carriageway within this distance of a side shows that cars drive along it (m)."""

WRAPPED_SHARE = 1.5
"""A shared edge longer than this times the strip's length runs round it and shows no driving side."""


def kerb_line(strip: shapely.Polygon, driven: shapely.Geometry, touching_m: float) -> shapely.LineString:
    """The line along which cars enter the strip, with the strip on its right hand (coordinates in m RD).

    Parameters
    ----------
    strip
        Surface of the strip.
    driven
        Union of the surfaces cars drive on near the strip; may be empty.
    touching_m
        Largest gap between strip and carriageway that still counts as touching.
    """
    beside = shapely.buffer(driven, touching_m)
    sides = [part for side in _sides(strip) for part in _lines(shapely.intersection(side, beside))]
    rectangle = _long_sides(strip)
    long_m = max(side.length for side in rectangle)
    wrapped = sum(side.length for side in sides) > WRAPPED_SHARE * long_m
    longest = max(sides, key=_length_then_place, default=None)
    if longest is None or wrapped or longest.length < touching_m * 10:
        longest = min(rectangle, key=lambda side: (*_far_from_driven(side, driven), *_place(side)))
    return strip_on_right(longest, strip)


def strip_on_right(line: shapely.LineString, strip: shapely.Polygon) -> shapely.LineString:
    """The line, turned round where the strip lies on its left hand."""
    here = places(line, np.linspace(0.1, 0.9, 9) * line.length)
    sides = [shapely.contains_xy(strip, here.points + side * BESIDE_M * here.right).sum() for side in (1, -1)]
    return line if sides[0] >= sides[1] else shapely.reverse(line)


class Places:
    """Points along a line with the direction to their right hand: arrays ``points`` and ``right`` (n, 2), in m."""

    def __init__(self, points: np.ndarray, right: np.ndarray) -> None:
        self.points = points
        self.right = right

    def rays(self, begin_m: float, end_m: float) -> np.ndarray:
        """Lines to the right hand of each place, from ``begin_m`` to ``end_m`` (shape n)."""
        ends = [self.points + reach * self.right for reach in (begin_m, end_m)]
        return np.asarray(shapely.linestrings(np.stack(ends, axis=1)))


def places(line: shapely.LineString, along_m: np.ndarray) -> Places:
    """Points at the given distances (m) along the line and their right-hand directions, taken over a short chord."""
    half = min(CHORD_M, line.length) / 2
    before = shapely.get_coordinates(shapely.line_interpolate_point(line, np.clip(along_m - half, 0, line.length)))
    after = shapely.get_coordinates(shapely.line_interpolate_point(line, np.clip(along_m + half, 0, line.length)))
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, along_m))
    forward = after - before
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    return Places(points, np.column_stack([forward[:, 1], -forward[:, 0]]))


def depths(strip: shapely.Polygon, line: shapely.LineString, along_m: np.ndarray, touching_m: float) -> np.ndarray:
    """Depth (m) of the strip to the right of the line at each place: where the first stretch inside the strip ends."""
    here = places(line, along_m)
    crossed = shapely.intersection(here.rays(-touching_m, RAY_M), strip)
    return np.array([_first_end(piece, point, touching_m) for piece, point in zip(crossed, here.points, strict=True)])


def _first_end(crossed: shapely.Geometry, point: np.ndarray, touching_m: float) -> float:
    start = shapely.Point(point)
    stretches = []
    for piece in shapely.get_parts(crossed):
        if piece.is_empty:
            continue
        ends = [start.distance(shapely.Point(xy)) for xy in (piece.coords[0], piece.coords[-1])]
        stretches.append((min(ends), max(ends)))
    begin, end = min(stretches, default=(0.0, 0.0))
    return end if begin <= 2 * touching_m else 0.0


def _sides(strip: shapely.Polygon) -> list[shapely.LineString]:
    """The edge of the strip cut at its corners; the ring is turned to begin at its sharpest one."""
    xy = shapely.get_coordinates(shapely.simplify(strip.exterior, SMOOTH_M))[:-1]
    steps = np.diff(np.vstack([xy[-1:], xy, xy[:1]]), axis=0)
    heading = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    turns = np.abs((np.diff(heading) + 180) % 360 - 180)
    xy = np.roll(xy, -int(np.argmax(turns)), axis=0)
    return _cut_at_corners(shapely.LineString(np.vstack([xy, xy[:1]])))


def _lines(geometry: shapely.Geometry) -> list[shapely.LineString]:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "LinearRing")]
    if not parts:
        return []
    merged = shapely.line_merge(shapely.multilinestrings(parts))
    return [shapely.simplify(part, SMOOTH_M) for part in shapely.get_parts(merged)]


def _cut_at_corners(line: shapely.LineString) -> list[shapely.LineString]:
    xy = shapely.get_coordinates(line)
    steps = np.diff(xy, axis=0)
    heading = np.degrees(np.arctan2(steps[:, 1], steps[:, 0]))
    turns = np.abs((np.diff(heading) + 180) % 360 - 180)
    cuts = [0, *(np.flatnonzero(turns > CORNER_DEG) + 1), len(xy) - 1]
    return [shapely.LineString(xy[begin : end + 1]) for begin, end in pairwise(cuts) if end > begin]


def _long_sides(strip: shapely.Polygon) -> list[shapely.LineString]:
    xy = shapely.get_coordinates(shapely.minimum_rotated_rectangle(strip))
    sides = [shapely.LineString(xy[place : place + 2]) for place in range(4)]
    if sides[0].length >= sides[1].length:
        return [sides[0], sides[2]]
    return [sides[1], sides[3]]


def _far_from_driven(side: shapely.LineString, driven: shapely.Geometry) -> tuple[float, float]:
    """Distance from the side to where cars drive, and (negative) how much of that lies along it."""
    along = shapely.area(shapely.intersection(shapely.buffer(side, ALONG_M, cap_style="flat"), driven))
    return round(float(shapely.distance(driven, side.centroid)), 1), -round(float(along), 1)


def _length_then_place(line: shapely.LineString) -> tuple[float, tuple[float, float]]:
    return round(line.length, 2), _place(line)


def _place(line: shapely.LineString) -> tuple[float, float]:
    return round(line.centroid.x, 2), round(line.centroid.y, 2)
