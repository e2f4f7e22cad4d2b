"""A kerb line: the line along which cars drive into a strip, with the strip on its right hand.

In: such a line and the surface of the strip. Out: the directions of the lines that divide bays at places along it, and
the depth of the strip there. Mapmakers draw a curve as chords, so the directions turn evenly from vertex to vertex;
a real bend is passed within a few metres.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

BESIDE_M = 0.30
"""A point this far beside the line shows on which hand the strip lies (m)."""

SHOWING = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
"""Shares of each piece of the line at which that is looked at."""

CHORD_TURN_DEG = 8.0
"""A turn up to this (degrees) is taken as a step of a curve drawn in chords, a larger one as a bend."""

BEND_M = 2.5
"""Within this distance of a bend the dividing lines turn (m): half the length of a car."""

Ends = tuple[tuple[float, float] | None, tuple[float, float] | None]
"""Direction (east, north) of the dividing line at the begin and at the end of a line; None: square to the line."""

SQUARE: Ends = (None, None)
"""Both ends square to the line."""


class Places:
    """Points along a line with the direction to their right hand: arrays ``points`` and ``right`` (n, 2), in m."""

    def __init__(self, points: np.ndarray, right: np.ndarray) -> None:
        self.points = points
        self.right = right

    def turned(self, lean_deg: float) -> np.ndarray:
        """The directions (n, 2), leaning over by an angle towards the end of the line."""
        forward = np.column_stack([-self.right[:, 1], self.right[:, 0]])
        angle = np.radians(lean_deg)
        return np.asarray(np.cos(angle) * self.right + np.sin(angle) * forward)


def places(line: shapely.LineString, along_m: np.ndarray, ends: Ends = SQUARE) -> Places:
    """Points at the given distances (m) along the line and the directions to its right hand there.

    Parameters
    ----------
    line
        Line without repeated vertices, m RD.
    along_m
        Distances along the line, shape (n,).
    ends
        Directions at both ends, where the ends of the strip are not quite square to the line.
    """
    xy = shapely.get_coordinates(line)
    steps = np.diff(xy, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    metres = np.concatenate([[0.0], np.cumsum(lengths)])
    knots, right = _turning(steps / lengths[:, None], lengths, metres, ends)
    along = np.clip(along_m, 0.0, metres[-1])
    found = np.column_stack([np.interp(along, knots, right[:, axis]) for axis in (0, 1)])
    points = np.column_stack([np.interp(along, metres, xy[:, axis]) for axis in (0, 1)])
    return Places(points, found / np.hypot(found[:, 0], found[:, 1])[:, None])


def depths(
    strip: BaseGeometry,
    line: shapely.LineString,
    along_m: np.ndarray,
    touching_m: float,
    *,
    lean_deg: float = 0.0,
    ends: Ends = SQUARE,
) -> np.ndarray:
    """Depth (m) of the strip to the right of the line at each place: where the first stretch inside the strip ends.

    Parameters
    ----------
    strip
        One or more polygons, m RD.
    line
        The kerb line.
    along_m
        Places along it (m), shape (n,).
    touching_m
        The strip may begin up to twice this far beyond the line; else its depth is 0.
    lean_deg, ends
        Depth is looked for in the direction of the dividing lines, and given square to the line.
    """
    here = places(line, along_m, ends)
    found = exits(strip, here.points, here.turned(lean_deg), touching_m)
    return np.asarray(found * np.cos(np.radians(lean_deg)))


def exits(strip: BaseGeometry, points: np.ndarray, directions: np.ndarray, touching_m: float) -> np.ndarray:
    """Distance (m, shape n) from each point to where a ray leaves the strip; 0 where it does not begin at the point.

    Points and directions have shape (n, 2). All edges are crossed with all rays at once; a ray through a vertex
    crosses exactly one of its edges, because both look at the same sign.
    """
    begin, end = _edges(strip)
    if not len(begin) or not len(points):
        return np.zeros(len(points))
    before, after = (_beside(edge, points, directions) for edge in (begin, end))
    crossed = (before[0] >= 0) != (after[0] >= 0)
    share = before[0] / np.where(crossed, before[0] - after[0], 1.0)
    ahead = np.where(crossed, before[1] + share * (after[1] - before[1]), np.inf)
    ahead.sort(axis=1)
    enters, leaves = ahead[:, 0::2], ahead[:, 1::2]
    width = min(enters.shape[1], leaves.shape[1])
    first = np.argmax(leaves[:, :width] > touching_m, axis=1)
    rows = np.arange(len(points))
    into, out = enters[rows, first], leaves[rows, first]
    return np.where(np.isfinite(out) & (out > touching_m) & (into <= 2 * touching_m), out, 0.0)


def strip_on_right(line: shapely.LineString, strip: BaseGeometry) -> shapely.LineString:
    """The line, turned round where the strip lies on its left hand."""
    xy = shapely.get_coordinates(line)
    steps = np.diff(xy, axis=0)
    right = np.column_stack([steps[:, 1], -steps[:, 0]]) / np.hypot(steps[:, 0], steps[:, 1])[:, None]
    points = (xy[:-1] + SHOWING[:, None, None] * steps).reshape(-1, 2)
    aside = BESIDE_M * np.tile(right, (len(SHOWING), 1))
    beside = np.vstack([points + aside, points - aside])
    on_right, on_left = np.asarray(shapely.contains_xy(strip, beside)).reshape(2, -1).sum(axis=1)
    return line if on_right >= on_left else shapely.reverse(line)


def _turning(forward: np.ndarray, lengths: np.ndarray, metres: np.ndarray, ends: Ends) -> tuple[np.ndarray, np.ndarray]:
    """Places along a line (m) between which its right-hand direction turns evenly, and the directions there."""
    right = np.column_stack([forward[:, 1], -forward[:, 0]])
    first, last = (end if end is not None else given for end, given in zip(ends, right[[0, -1]], strict=True))
    if len(lengths) == 1:
        return metres, np.vstack([first, last])
    middle = right[:-1] + right[1:]
    middle = middle / np.hypot(middle[:, 0], middle[:, 1])[:, None]
    knots, found = metres, np.vstack([first, middle, last])
    cosine = np.clip((right[:-1] * right[1:]).sum(axis=1), -1, 1)
    bends = np.flatnonzero(np.degrees(np.arccos(cosine)) > CHORD_TURN_DEG)
    if len(bends):
        before = metres[bends + 1] - np.minimum(lengths[bends] / 2, BEND_M)
        after = metres[bends + 1] + np.minimum(lengths[bends + 1] / 2, BEND_M)
        knots = np.concatenate([knots, before, after])
        order = np.argsort(knots, kind="stable")
        knots, found = knots[order], np.vstack([found, right[bends], right[bends + 1]])[order]
    return knots, found


def _edges(strip: BaseGeometry) -> tuple[np.ndarray, np.ndarray]:
    """Begin and end (m, 2) of all edges of all rings."""
    rings = shapely.get_rings(shapely.get_parts(strip))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = ring[:-1] == ring[1:]
    return xy[:-1][inner], xy[1:][inner]


def _beside(edge: np.ndarray, points: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far each vertex lies beside and ahead of each ray (m), shape (rays, vertices)."""
    east = edge[None, :, 0] - points[:, None, 0]
    north = edge[None, :, 1] - points[:, None, 1]
    beside = directions[:, None, 0] * north - directions[:, None, 1] * east
    return beside, east * directions[:, None, 0] + north * directions[:, None, 1]
