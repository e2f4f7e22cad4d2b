"""The outline of a car park as its rows see it: the directions they may run in and the lines they may lie against.

In: the surface of a car park, m RD or turned. Out: directions in radians, and places across the rows in metres.
"""

from typing import TypeVar

import numpy as np
import shapely

AnyShape = TypeVar("AnyShape", bound=shapely.Geometry)

SMOOTH_M = 0.25
"""Vertices that deviate less than this are dropped before the outline's edges are looked at (m)."""

EDGE_M = 5.0
"""Shorter edges give no direction and no line: the depth of a bay (m)."""

SAME_DEG = 3.0
"""Edges closer together than this run in one direction (degrees): 1.3 m over the length of ten bays."""

TILTED_DEG = 30.0
"""An edge that leans more than this gives no line for a row to lie against (degrees)."""

SAME_M = 0.15
"""Lines closer together than this are one (m): BGT accuracy."""

DIRECTIONS = 3
"""Directions that are tried, each with the one square to it."""

LINES = 10
"""Lines that are tried in one direction; those of the longest edges first."""

PIT_M2 = 25.0
"""A hole up to this size is a tree pit or a lamp between two rows: its middle gives a line (m2)."""

IN_LINE_M = 0.5
"""Pits further apart than this across the rows stand in two lines (m)."""


def turn(shape: AnyShape, angle_rad: float, middle: np.ndarray, to: np.ndarray) -> AnyShape:
    """The shape turned round a point (anticlockwise), which then is moved to another."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.array([[cos, -sin], [sin, cos]])
    turned: AnyShape = shapely.transform(shape, lambda xy: (xy - middle) @ matrix.T + to)
    return turned


def directions(surface: shapely.Polygon) -> list[float]:
    """Directions in which rows may run (radians, over half a turn): along the longest edges and square to them.

    The first has the greatest length of edge along it.
    """
    length, angle = _edges(surface)[:2]
    chosen: list[float] = []
    for place in np.argsort(-np.round(length, 2), kind="stable").tolist():
        apart = np.abs((angle[place] - np.array(chosen) + np.pi / 4) % (np.pi / 2) - np.pi / 4)
        if (apart > np.radians(SAME_DEG)).all() and (length[place] >= EDGE_M or not chosen):
            chosen.append(float(angle[place]))
    # A direction a hair short of half a turn is one a hair below 0, so that the first row stays the first.
    hair = np.radians(SAME_DEG)
    both = [float((one + side + hair) % np.pi - hair) for one in chosen[:DIRECTIONS] for side in (0.0, np.pi / 2)]
    return sorted(both, key=lambda one: -round(float(length[_along(angle, one)].sum()), 1))


def _along(angle: np.ndarray, direction: float) -> np.ndarray:
    """Which edges run in a direction."""
    runs: np.ndarray = np.abs((angle - direction + np.pi / 2) % np.pi - np.pi / 2) <= np.radians(SAME_DEG)
    return runs


def _edges(surface: shapely.Polygon) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Length and direction (radians) of the edges of the outline and its holes, and their ends (n, 2, 2).

    The surface lies on the left hand of each edge.
    """
    smooth = shapely.geometry.polygon.orient(shapely.simplify(surface, SMOOTH_M))
    rings = [np.array(ring.coords) for ring in (smooth.exterior, *smooth.interiors)]
    ends = np.vstack([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    steps = ends[:, 1] - ends[:, 0]
    return np.hypot(*steps.T), np.arctan2(steps[:, 1], steps[:, 0]), ends


def lines_across(surface: shapely.Polygon) -> list[float]:
    """Places (m) across the rows against which a row may lie, in order: edges, tree pits and the ends of the surface.

    A level edge gives the place where the surface begins for all of it; one that leans also its middle and far end.
    """
    length, angle, ends = _edges(surface)
    wanted: list[float] = []
    for place in np.argsort(-np.round(length, 2), kind="stable"):
        lean = abs((angle[place] + np.pi / 2) % np.pi - np.pi / 2)
        if length[place] < EDGE_M or lean > np.radians(TILTED_DEG):
            continue
        low, high = np.sort(ends[place, :, 1])
        inner, outer = (high, low) if np.cos(angle[place]) > 0 else (low, high)
        wanted += [inner] if high - low <= 2 * SAME_M else [inner, (low + high) / 2, outer]
    bottom, top = shapely.bounds(surface)[[1, 3]]
    found: list[float] = []
    for line in [*wanted[:LINES], *_lines_of_pits(surface), bottom, top]:
        if all(abs(line - other) > SAME_M for other in found):
            found.append(float(line))
    return sorted(found)


def _lines_of_pits(surface: shapely.Polygon) -> list[float]:
    """The middles of pits in one line along the rows, two or more."""
    pits = [hole.centroid.y for hole in map(shapely.Polygon, surface.interiors) if hole.area <= PIT_M2]
    across = np.sort(pits)
    groups = np.split(across, np.flatnonzero(np.diff(across) > IN_LINE_M) + 1)
    return [float(group.mean()) for group in groups if len(group) > 1]
