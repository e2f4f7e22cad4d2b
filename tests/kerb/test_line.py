import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.kerb.line import SMOOTH_M, depths, kerb_line, places, strip_on_right
from tests.frames import box, few
from tests.kerb.drawing import ROAD, sector

TOUCHING_M = 0.10
STRIP = box(10, 0, 33, 2)
NO_ROAD = shapely.Polygon()


def kerb(strip, driven=ROAD):
    return kerb_line(strip, driven, TOUCHING_M)


def ends(line):
    return [tuple(np.round(xy, 3)) for xy in (line.coords[0], line.coords[-1])]


def test_the_kerb_line_is_the_edge_shared_with_the_road_with_the_strip_on_its_right():
    assert ends(kerb(STRIP)) == [(33.0, 0.0), (10.0, 0.0)]


def test_a_strip_south_of_its_road_has_a_kerb_line_the_other_way():
    assert ends(kerb(box(10, -7, 33, -5))) == [(10.0, -5.0), (33.0, -5.0)]


@pytest.mark.parametrize("gap_m", [0.0, 0.05, 0.099])
def test_a_gap_within_the_accuracy_of_the_map_still_touches(gap_m):
    found = kerb(box(10, gap_m, 33, 2 + gap_m))

    np.testing.assert_allclose([found.coords[0], found.coords[-1]], [(33, gap_m), (10, gap_m)], atol=SMOOTH_M + 0.001)


def test_a_strip_that_touches_nothing_is_entered_from_its_long_side_nearest_to_the_road():
    assert ends(kerb(box(10, 1, 33, 3))) == [(33.0, 1.0), (10.0, 1.0)]


def test_without_any_road_the_kerb_line_is_a_long_side():
    assert kerb(STRIP, NO_ROAD).length == pytest.approx(23.0)


def test_a_strip_in_the_middle_of_the_road_is_entered_from_a_long_side():
    road = box(0, -5, 60, 10) - STRIP

    assert kerb(STRIP, road).length == pytest.approx(23.0, abs=0.3)


def test_the_line_ends_at_corners_and_follows_curves():
    bent = shapely.Polygon([(10, 0), (33, 0), (33, 20), (31, 20), (31, 2), (10, 2)])
    road = shapely.union_all([box(0, -5, 60, 0), box(33, -5, 38, 30)])

    corner, curve = kerb(bent, road), kerb(sector(25, 27, 60, 120), sector(20, 25, 0, 180))

    assert (ends(corner), round(curve.length, 1)) == ([(33.0, 0.0), (10.0, 0.0)], 26.2)


@given(start=st.integers(0, 4), turned=st.booleans())
@few
def test_where_the_ring_of_the_strip_starts_does_not_matter(start, turned):
    ring = [(10, 0), (33, 0), (31, 2), (20, 2.5), (12, 2)]
    ring = ring[start:] + ring[:start]

    found = kerb(shapely.Polygon(ring[::-1] if turned else ring))

    assert ends(found) == [(33.0, 0.0), (10.0, 0.0)]


@pytest.mark.parametrize("turned", [False, True])
def test_the_strip_lies_on_the_right_hand(turned):
    line = shapely.LineString([(33, 0), (10, 0)])

    found = strip_on_right(shapely.reverse(line) if turned else line, STRIP)

    assert ends(found) == [(33.0, 0.0), (10.0, 0.0)]


def test_the_right_hand_of_a_line_to_the_east_is_south():
    here = places(shapely.LineString([(0, 0), (10, 0)]), np.array([0.0, 4.0, 10.0]))

    np.testing.assert_allclose(here.points, [[0, 0], [4, 0], [10, 0]], atol=1e-9)
    np.testing.assert_allclose(here.right, [[0, -1]] * 3, atol=1e-9)


def test_the_right_hand_in_a_curve_points_along_its_radius():
    angle = np.radians(np.linspace(0, 90, 91))
    line = shapely.LineString(np.column_stack([30 * np.cos(angle), 30 * np.sin(angle)]))

    here = places(line, np.linspace(2, line.length - 2, 9))

    np.testing.assert_allclose(here.right, here.points / np.hypot(*here.points.T)[:, None], atol=0.01)


def test_rays_run_to_the_right_from_begin_to_end():
    ray = places(shapely.LineString([(0, 0), (10, 0)]), np.array([4.0])).rays(-1.0, 3.0)[0]

    np.testing.assert_allclose(ray.coords, [[4, 1], [4, -3]], atol=1e-9)


@pytest.mark.parametrize(
    ("strip", "expected"),
    [
        (STRIP, [2, 2, 2]),
        (shapely.Polygon([(10, 0), (33, 0), (31, 2), (12, 2)]), [1, 2, 1]),
        (shapely.union_all([STRIP, box(10, 3, 33, 9), box(10, 2, 11, 3)]), [2, 2, 2]),
        (box(10, 5, 33, 7), [0, 0, 0]),
        (shapely.Polygon(STRIP.exterior, [box(20, 0.5, 22, 1).exterior]), [2, 0.5, 2]),
    ],
    ids=["straight", "bevelled", "with a second stretch behind", "too far from the line", "with a hole"],
)
def test_the_depth_is_where_the_first_stretch_inside_ends(strip, expected):
    line = shapely.LineString([(33, 0), (10, 0)])

    found = depths(strip, line, np.array([1.0, 12.0, 22.0]), TOUCHING_M)

    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_no_places_have_no_depths():
    assert depths(STRIP, shapely.LineString([(33, 0), (10, 0)]), np.array([]), TOUCHING_M).shape == (0,)
