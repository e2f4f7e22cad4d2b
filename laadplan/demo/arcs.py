"""Rings as GML curves: runs of vertices that lie on one circle become arcs, as surveyors deliver rounded corners.

In: the vertices of closed rings (EPSG:28992, metres). Out: per ring its segments, each the vertices of a line string or
the three points of an arc. Neighbours find the same arcs, because their shared vertices are equal. All runs are tested
at once, a vertex longer in each round, because testing them one by one takes longer than all other writing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Vertex = tuple[float, float]

_ON_CIRCLE_M = 0.004
"""Vertices on the millimetre grid lie this close to the circle through three of them."""

_LEAST_CHORDS = 4
_LONGEST_CHORD_M = 3.0
_RADIUS_M = (1.0, 60.0)
_WIDEST_TURN = math.radians(170)
"""An arc stays below a half circle, so that its three points define it well."""

_STRAIGHT_M2 = 1e-6
"""Twice the area of three points below which they lie on a line."""


@dataclass(frozen=True)
class Piece:
    """A segment of a ring: the vertices of a line string, or the three points of an arc."""

    is_arc: bool
    points: tuple[Vertex, ...]


def pieces(ring: Sequence[Vertex]) -> list[Piece]:
    """A closed ring as segments, each starting where the one before ends.

    >>> [piece.is_arc for piece in pieces([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)])]
    [False]
    """
    ends = arc_ends(np.array(ring), np.array([0, len(ring)]))
    spans = split(ends.tolist(), 0, len(ring))
    return [Piece(is_arc, tuple(ring[place] for place in places)) for is_arc, places in spans]


def split(ends: Sequence[int], start: int, stop: int) -> list[tuple[bool, Sequence[int]]]:
    """The segments of a ring that holds the vertices from `start` up to `stop`: whether an arc, and its vertices.

    `ends` is what :func:`arc_ends` gives, as a list.
    """
    arcs: list[tuple[int, int]] = []
    place = start
    while place < stop - 1:
        if ends[place] >= 0:
            arcs.append((place, ends[place]))
        place = max(place + 1, ends[place])
    breaks = [start, *(place for arc in arcs for place in arc), stop - 1]
    lines = [(False, range(one, other + 1)) for one, other in zip(breaks[::2], breaks[1::2], strict=True)]
    curves = [(True, (one, (one + other) // 2, other)) for one, other in arcs]
    ordered: list[tuple[bool, Sequence[int]]] = [lines[0]]
    for curve, line in zip(curves, lines[1:], strict=True):
        ordered += [curve, line]
    return [span for span in ordered if len(span[1]) > 1]


def arc_ends(coordinates: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Per vertex the last vertex of the longest arc that starts there, -1 where none starts.

    Parameters
    ----------
    coordinates
        Vertices of all rings one after another, (n, 2), metres; each ring ends with its first vertex.
    offsets
        Where each ring starts, and n.
    """
    count = len(coordinates)
    ends = np.full(count, -1)
    last = np.repeat(offsets[1:] - 1, np.diff(offsets))
    starts = np.arange(count)
    chord = np.append(np.hypot(*np.diff(coordinates, axis=0).T), math.inf)
    short = chord <= _LONGEST_CHORD_M
    for chords in range(1, count):
        inside = starts + chords <= last[starts]
        starts = starts[inside]
        starts = starts[short[starts + chords - 1]]
        if chords >= _LEAST_CHORDS:
            starts = starts[_are_arcs(coordinates, starts, chords, chord)]
            ends[starts] = starts + chords
        if not len(starts):
            break
    return ends


def _are_arcs(coordinates: np.ndarray, starts: np.ndarray, chords: int, chord: np.ndarray) -> np.ndarray:
    """Whether each run lies on the circle through its first, middle and last vertex, and turns less than half of it.

    A run that turns back on itself is none: the two sides of a spike a millimetre wide lie on one circle too.
    """
    places = starts[:, None] + np.arange(chords + 1)
    run = coordinates[places]
    first = run[:, 0]
    (x1, y1), (x2, y2) = (run[:, (chords + 1) // 2] - first).T, (run[:, -1] - first).T
    twice = 2 * (x1 * y2 - x2 * y1)
    curved = np.abs(twice) >= _STRAIGHT_M2
    safe = np.where(curved, twice, 1.0)
    one, two = x1 * x1 + y1 * y1, x2 * x2 + y2 * y2
    east, north = (y2 * one - y1 * two) / safe, (x1 * two - x2 * one) / safe
    radius = np.hypot(east, north)
    curved &= (_RADIUS_M[0] <= radius) & (radius <= _RADIUS_M[1])
    away = np.hypot(run[:, :, 0] - (first[:, 0] + east)[:, None], run[:, :, 1] - (first[:, 1] + north)[:, None])
    curved &= (np.abs(away - radius[:, None]) < _ON_CIRCLE_M).all(axis=1)
    steps = np.diff(run, axis=1)
    curved &= ((steps[:, 1:] * steps[:, :-1]).sum(axis=2) > 0).all(axis=1)
    share = np.minimum(chord[places[:, :-1]] / (2 * np.where(curved, radius, 1.0))[:, None], 1.0)
    return curved & ((2 * np.arcsin(share)).sum(axis=1) <= _WIDEST_TURN)
