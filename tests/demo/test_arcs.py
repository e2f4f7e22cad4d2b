"""Rings as curves: arcs where a corner is rounded and nowhere else, the same for one ring as for many."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from laadplan.demo.arcs import Piece, arc_ends, pieces


def rounded_box(radius: float = 4.0) -> list[tuple[float, float]]:
    """A rectangle of 40 by 20 m with rounded corners."""
    shape = box(144000, 508000, 144040, 508020).buffer(-radius).buffer(radius, quad_segs=8)
    return [(round(x, 3), round(y, 3)) for x, y in shape.exterior.coords]


def test_a_rounded_rectangle_has_four_arcs_of_a_quarter_circle() -> None:
    arcs = [piece.points for piece in pieces(rounded_box()) if piece.is_arc]

    assert len(arcs) == 4
    assert [round(math.dist(start, end), 1) for start, _, end in arcs] == [round(4 * math.sqrt(2), 1)] * 4
    assert all(len(points) == 3 for points in arcs)


def test_segments_follow_each_other_around_the_ring() -> None:
    ring = rounded_box()

    found = pieces(ring)

    assert found[0].points[0] == found[-1].points[-1] == ring[0]
    assert all(one.points[-1] == other.points[0] for one, other in pairwise(found))


@pytest.mark.parametrize(
    "ring",
    [
        [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)],
        [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0), (4.0, 0.0), (5.0, 3.0), (0.0, 0.0)],
        list(Point(0, 0).buffer(0.5, quad_segs=8).exterior.coords),
        list(Point(0, 0).buffer(90.0, quad_segs=90).exterior.coords),
    ],
    ids=["square", "straight run", "too small", "too wide"],
)
def test_what_is_no_rounded_corner_stays_straight(ring: list[tuple[float, float]]) -> None:
    assert pieces(ring) == [Piece(False, tuple(ring))]


def test_the_two_sides_of_a_spike_are_no_arc() -> None:
    around = [math.radians(angle) for angle in range(0, 16, 3)]
    there = [(round(10 * math.cos(angle), 3), round(10 * math.sin(angle), 3)) for angle in around]
    back = [(round(9.999 * math.cos(angle), 3), round(9.999 * math.sin(angle), 3)) for angle in reversed(around)]

    found = pieces([*there, *back[1:], (0.0, 0.0), there[0]])

    lengths = [math.dist(piece.points[0], piece.points[-1]) for piece in found if piece.is_arc]
    assert lengths == pytest.approx([2.61, 2.61], abs=0.01)


def test_an_arc_stays_below_half_a_circle() -> None:
    circle = list(Point(0, 0).buffer(6.0, quad_segs=12).exterior.coords)

    found = pieces(circle)

    assert all(piece.is_arc for piece in found[:2])
    assert all(math.dist(piece.points[0], piece.points[2]) < 12.0 for piece in found if piece.is_arc)


def test_rounded_corner_becomes_one_arc() -> None:
    corner = Point(0, 0).buffer(5.0, quad_segs=8).intersection(box(0, 0, 9, 9))
    found = pieces([(round(x, 3), round(y, 3)) for x, y in corner.exterior.coords])
    arcs = [piece for piece in found if piece.is_arc]
    assert len(arcs) == 1
    assert all(math.hypot(*point) == pytest.approx(5.0, abs=0.001) for point in arcs[0].points)
    assert all(one.points[-1] == other.points[0] for one, other in pairwise(found))


def test_straight_ring_has_no_arc() -> None:
    ring = [(0.0, 0.0), (20.0, 0.0), (20.0, 2.0), (0.0, 2.0), (0.0, 0.0)]
    assert [piece.is_arc for piece in pieces(ring)] == [False]


@settings(max_examples=30, deadline=None)
@given(st.floats(1.2, 9.0), st.integers(0, 5))
def test_many_rings_at_once_have_the_arcs_of_each_alone(radius: float, others: int) -> None:
    rings = [rounded_box()] * others + [rounded_box(round(radius, 2))]
    offsets = np.cumsum([0, *map(len, rings)])

    ends = arc_ends(np.concatenate(rings), offsets)

    alone = arc_ends(np.array(rings[-1]), np.array([0, len(rings[-1])]))
    assert (ends[offsets[-2] :] - offsets[-2] * (ends[offsets[-2] :] >= 0)).tolist() == alone.tolist()
