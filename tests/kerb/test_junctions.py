"""Junctions of carriageways drawn by hand; circles that fit are worked out with Pythagoras."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.sources import RoadParts
from laadplan.kerb.junctions import BRANCH_M, STEP_M, TILE_M, junctions
from tests.frames import X, Y, box, fewer, make, moved, shuffled

DRIVEABLE = ("rijbaan lokale weg",)
EAST_WEST, SOUTH, NORTH = box(-60, -2.5, 60, 2.5), box(-2.5, -60, 2.5, -2.5), box(-2.5, 2.5, 2.5, 60)


def parts(*shapes, **more):
    return make(RoadParts, {f"r{number}": {"geometry": shape} | more for number, shape in enumerate(shapes)})


def found(*shapes, **more):
    """Centres (m from the corner point) and radii of the junctions."""
    frame = junctions(parts(*shapes, **more), DRIVEABLE)
    return [(place.x - X, place.y - Y, radius) for place, radius in zip(frame.geometry, frame["radius_m"], strict=True)]


def test_a_side_street_makes_a_junction_that_touches_its_corners_and_the_kerb_across():
    (x, y, radius), *others = found(EAST_WEST, SOUTH)

    # Through (-2.5, -2.5) and (2.5, -2.5) and touching y = 2.5: r² = 2.5² + (5 - r)², so r = 31.25 / 10.
    assert not others
    assert (x, radius) == pytest.approx((0.0, 3.125), abs=STEP_M / 4)
    assert y == pytest.approx(2.5 - 3.125, abs=STEP_M / 4)


def test_a_crossing_of_four_has_its_circle_through_the_four_corners():
    circles = found(EAST_WEST, SOUTH, NORTH)

    assert np.allclose(circles, [(0.0, 0.0, 2.5 * np.sqrt(2))], atol=0.02)


@pytest.mark.parametrize(
    "shapes",
    [
        (EAST_WEST,),
        (box(-60, -2.5, 0, 2.5), box(0, -2.5, 60, 2.5)),
        (box(-60, -2.5, 2.5, 2.5), SOUTH),
        (EAST_WEST, box(-2.5, -2.5 - BRANCH_M, 2.5, -2.5)),
        (EAST_WEST, box(-20, -5, 20, -2.5)),
        (EAST_WEST, box(-2.5, -60, 2.5, -3.5)),
        (box(-60, -2.5, -3, 2.5), box(3, -2.5, 60, 2.5), box(-3, -2.5, 3, -1), box(-3, 1, 3, 2.5)),
        (box(-40, -40, 40, 40),),
    ],
    ids=[
        "straight on",
        "cut in two",
        "a bend",
        "a stub",
        "a lay-by",
        "behind a footway",
        "round an island",
        "a square",
    ],
)
def test_no_junction(shapes):
    assert found(*shapes) == []


def test_a_street_behind_an_exit_makes_no_junction():
    exit_ = {"exit": {"geometry": box(-2.5, -6, 2.5, -2.5), "function": "inrit"}}
    frame = make(RoadParts, {"a": {"geometry": EAST_WEST}, "b": {"geometry": box(-2.5, -60, 2.5, -6)}} | exit_)

    assert len(junctions(frame, DRIVEABLE)) == 0
    assert len(junctions(frame, (*DRIVEABLE, "inrit"))) == 1


def test_a_bridge_carries_the_street_on_and_a_viaduct_does_not():
    over = {"a": {"geometry": EAST_WEST}, "bridge": {"geometry": SOUTH, "level": 1}}
    across = {"a": {"geometry": EAST_WEST}, "viaduct": {"geometry": box(-2.5, -60, 2.5, 60), "level": 1}}

    assert [len(junctions(make(RoadParts, rows), DRIVEABLE)) for rows in (over, across)] == [1, 0]


def test_a_roundabout_has_a_junction_at_each_arm():
    ring = shapely.Point(0, 0).buffer(15).difference(shapely.Point(0, 0).buffer(9))
    arms = [shapely.affinity.rotate(box(12, -2.5, 60, 2.5), angle, origin=(0, 0)) for angle in (0, 120, 240)]

    circles = np.array(found(shapely.union_all([ring, *arms])))

    angles = np.round(np.degrees(np.arctan2(circles[:, 1], circles[:, 0])) % 360, -1)
    assert set(angles % 360) == {0, 120, 240}


def test_how_the_surface_is_cut_up_does_not_matter():
    whole = found(EAST_WEST, SOUTH)

    pieces = found(box(-60, -2.5, -10, 2.5), box(-10, -2.5, 8, 2.5), box(8, -2.5, 60, 2.5), SOUTH)

    assert np.allclose(whole, pieces, atol=STEP_M / 2)


@given(dx=st.integers(-700, 700), dy=st.integers(-700, 700))
@fewer
def test_shifting_does_not_matter_wherever_the_tiles_lie(dx, dy):
    far = box(-TILE_M * 1.3, 70, 40, 75)
    here = junctions(parts(EAST_WEST, SOUTH, far), DRIVEABLE)

    there = junctions(parts(*(moved(shape, dx, dy) for shape in (EAST_WEST, SOUTH, far))), DRIVEABLE)

    back = [(place.x - dx, place.y - dy) for place in there.geometry]
    assert np.allclose(back, [(place.x, place.y) for place in here.geometry], atol=0.011)


def test_the_order_of_the_rows_does_not_matter():
    frame = parts(EAST_WEST, SOUTH, NORTH)

    assert junctions(shuffled(frame), DRIVEABLE).equals(junctions(frame, DRIVEABLE))


def test_nothing_has_no_junctions():
    assert junctions(RoadParts.empty(), DRIVEABLE).empty
    assert junctions(parts(EAST_WEST, function="fietspad"), DRIVEABLE).empty
