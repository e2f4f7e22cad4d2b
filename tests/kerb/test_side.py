import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.kerb.side import SMOOTH_M, kerb_line, long_sides, open_sides, touching_sides
from tests.frames import box, few
from tests.kerb.drawing import ROAD, sector, teeth

TOUCHING_M = 0.10
STRIP = box(10, 0, 33, 2)
NOTHING = shapely.GeometryCollection()


def touching(strip, driven=ROAD):
    return touching_sides(strip, driven, TOUCHING_M)


def entered(strip, driven=NOTHING, parked=NOTHING, other=NOTHING):
    return open_sides(strip, driven, parked, other)[0]


def ends(line):
    return [tuple(np.round(xy, 3)) for xy in (line.coords[0], line.coords[-1])]


def test_the_side_is_the_edge_shared_with_the_road_with_the_strip_on_its_right():
    assert [ends(side) for side in touching(STRIP)] == [[(33.0, 0.0), (10.0, 0.0)]]


def test_a_strip_south_of_its_road_has_a_side_the_other_way():
    assert ends(touching(box(10, -7, 33, -5))[0]) == [(10.0, -5.0), (33.0, -5.0)]


@pytest.mark.parametrize("gap_m", [0.0, 0.05, 0.099])
def test_a_gap_within_the_accuracy_of_the_map_still_touches(gap_m):
    found = touching(box(10, gap_m, 33, 2 + gap_m))[0]

    np.testing.assert_allclose([found.coords[0], found.coords[-1]], [(33, gap_m), (10, gap_m)], atol=SMOOTH_M + 0.001)


def test_a_strip_that_touches_nothing_has_no_touching_side():
    assert touching(box(10, 1, 33, 3)) == touching(STRIP, NOTHING) == []


def test_both_legs_of_an_l_have_a_side_the_longer_first():
    bent = shapely.union_all([box(10, 0, 33, 2), box(31, 0, 33, 20)])
    road = shapely.union_all([box(0, -5, 60, 0), box(33, -5, 38, 30)])

    assert [ends(side) for side in touching(bent, road)] == [
        [(33.0, 0.0), (10.0, 0.0)],
        [(33.0, 20.0), (33.0, 0.0)],
    ]


def test_a_side_follows_a_curve():
    found = touching(sector(25, 27, 60, 120), sector(20, 25, 0, 180))

    assert [round(side.length, 1) for side in found] == [26.2]


def test_a_rounded_corner_is_no_part_of_a_side():
    rounded = box(10, 0, 33, 5) - box(31, 0, 33, 2) | shapely.Point(31, 2).buffer(2) & box(31, 0, 33, 2)
    road = box(0, -5, 60, 12) - rounded - box(0, 5, 60, 12)

    assert ends(touching(rounded, road)[0])[1] == (10.0, 0.0)
    assert touching(rounded, road)[0].length == pytest.approx(21.5, abs=0.5)


def test_a_bend_just_before_a_corner_ends_no_side():
    bent = shapely.Polygon([(10, 0), (32.1, 0), (33, 0.1), (33, 5), (10, 5)])
    road = shapely.Polygon([(0, -5), (60, -5), (60, 0.1), (33, 0.1), (32.1, 0), (0, 0)])

    assert [ends(side) for side in touching(bent, road)] == [[(33.0, 0.1), (10.0, 0.0)]]


def test_a_gutter_behind_a_strip_is_no_side_to_drive_in_from():
    road = shapely.union_all([ROAD, box(0, 2, 60, 2.4)])

    assert [ends(side) for side in touching(STRIP, road)] == [[(33.0, 0.0), (10.0, 0.0)]]


def test_a_strip_in_the_middle_of_the_road_has_both_long_sides():
    road = box(0, -5, 60, 10) - STRIP

    assert [round(side.length, 1) for side in touching(STRIP, road)][:2] == [23.0, 23.0]


def test_the_side_of_a_sawtooth_runs_along_its_tips():
    strip = shapely.transform(teeth(6, 60), lambda xy: np.column_stack([xy[:, 0], 8 - xy[:, 1]]))
    tip = strip.bounds[1]
    front = [x for x, y in strip.exterior.coords if y < tip + 1.3]
    road = box(min(front), -5, max(front), tip + 1.25) - strip

    found = touching(strip, road)

    assert ({round(y, 2) for _, y in found[0].coords}, len(found)) == ({round(tip, 2)}, 1)
    assert found[0].length == pytest.approx(max(front) - min(front), abs=0.1)


@given(start=st.integers(0, 4), turned=st.booleans())
@few
def test_where_the_ring_of_the_strip_starts_does_not_matter(start, turned):
    ring = [(10, 0), (33, 0), (31, 2), (20, 2.5), (12, 2)]
    ring = ring[start:] + ring[:start]

    found = touching(shapely.Polygon(ring[::-1] if turned else ring))[0]

    assert ends(found) == [(33.0, 0.0), (10.0, 0.0)]


def test_a_strip_that_touches_nothing_is_entered_from_its_long_side_nearest_to_the_road():
    assert ends(entered(box(10, 1, 33, 3), ROAD)) == [(33.0, 1.0), (10.0, 1.0)]


def test_without_any_road_it_is_entered_from_a_long_side():
    assert entered(STRIP).length == pytest.approx(23.0)


@pytest.mark.parametrize(
    ("parked", "other", "south"),
    [
        (box(10, -5.5, 33, -0.5), NOTHING, False),
        (NOTHING, box(10, -2, 33, -0.2), False),
        (box(10, 2.4, 33, 7), NOTHING, True),
        (box(10, -11, 33, -6), NOTHING, True),
        (shapely.union_all([box(10, 2.4, 33, 7), box(10, -11, 33, -6)]), NOTHING, True),
    ],
    ids=["bays behind", "footway behind", "bays north", "bays across an aisle", "bays behind and across"],
)
def test_bays_back_to_back_or_a_footway_block_a_side_and_bays_across_an_aisle_speak_for_it(parked, other, south):
    found = entered(STRIP, NOTHING, parked, other)

    assert ends(found) == ([(33.0, 0.0), (10.0, 0.0)] if south else [(10.0, 2.0), (33.0, 2.0)])


def test_the_long_sides_are_those_of_the_smallest_rectangle():
    assert sorted(side.length for side in long_sides(STRIP)) == [23.0, 23.0]


@pytest.mark.parametrize(
    ("strip", "begin"), [(STRIP, (33.0, 0.0)), (box(10, 1, 33, 3), (33.0, 1.0)), (box(10, -8, 33, -6), (10.0, -6.0))]
)
def test_the_kerb_line_is_a_touching_side_or_else_the_long_side_nearest_to_the_road(strip, begin):
    found = kerb_line(strip, ROAD, TOUCHING_M)

    assert (ends(found)[0], round(found.length, 2)) == (begin, 23.0)
