"""Rings as GML curves: runs of vertices that lie on one circle become arcs, as surveyors deliver rounded corners.

In: the vertices of a closed ring (EPSG:28992, metres). Out: segments, each the vertices of a line string or the three
points of an arc. Neighbours find the same arcs, because their shared vertices are equal.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Vertex = tuple[float, float]

_ON_CIRCLE_M = 0.004
"""Vertices on the millimetre grid lie this close to the circle through three of them."""

_LEAST_CHORDS = 4
_LONGEST_CHORD_M = 3.0
_RADIUS_M = (1.0, 60.0)
_WIDEST_TURN = math.radians(170)
"""An arc stays below a half circle, so that its three points define it well."""


@dataclass(frozen=True)
class Piece:
    """A segment of a ring: vertices of a line string, or start, middle and end of an arc."""

    is_arc: bool
    points: tuple[Vertex, ...]


def pieces(ring: Sequence[Vertex]) -> list[Piece]:
    """A closed ring as segments, each starting where the one before ends.

    >>> [piece.is_arc for piece in pieces([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)])]
    [False]
    """
    found: list[Piece] = []
    line: list[Vertex] = [ring[0]]
    place = 0
    while place < len(ring) - 1:
        end = _arc_end(ring, place)
        if end is None:
            line.append(ring[place + 1])
            place += 1
            continue
        if len(line) > 1:
            found.append(Piece(False, tuple(line)))
        found.append(Piece(True, (ring[place], ring[(place + end) // 2], ring[end])))
        line, place = [ring[end]], end
    if len(line) > 1:
        found.append(Piece(False, tuple(line)))
    return found


def _arc_end(ring: Sequence[Vertex], start: int) -> int | None:
    """The last vertex of the arc that starts at a vertex; None where none starts."""
    best = None
    for end in range(start + _LEAST_CHORDS, len(ring)):
        if not _is_arc(ring[start : end + 1]):
            break
        best = end
    return best


def _is_arc(run: Sequence[Vertex]) -> bool:
    """Whether all vertices of a run lie on the circle through its first, middle and last, in short even steps."""
    circle = _circle(run[0], run[len(run) // 2], run[-1])
    if circle is None or not _RADIUS_M[0] <= circle[2] <= _RADIUS_M[1]:
        return False
    x, y, radius = circle
    steps = [math.dist(one, other) for one, other in pairwise(run)]
    turn = sum(2 * math.asin(min(step / (2 * radius), 1.0)) for step in steps)
    near = all(abs(math.dist(vertex, (x, y)) - radius) < _ON_CIRCLE_M for vertex in run)
    return near and max(steps) <= _LONGEST_CHORD_M and turn <= _WIDEST_TURN


def _circle(one: Vertex, two: Vertex, three: Vertex) -> tuple[float, float, float] | None:
    """Centre and radius of the circle through three points; None where they lie on a line."""
    (x1, y1), (x2, y2) = (two[0] - one[0], two[1] - one[1]), (three[0] - one[0], three[1] - one[1])
    twice = 2 * (x1 * y2 - x2 * y1)
    if abs(twice) < 1e-6:
        return None
    first, second = x1 * x1 + y1 * y1, x2 * x2 + y2 * y2
    east, north = (y2 * first - y1 * second) / twice, (x1 * second - x2 * first) / twice
    return (one[0] + east, one[1] + north, math.hypot(east, north))
