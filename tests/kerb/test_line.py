import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.kerb.line import depths, exits, places, strip_on_right
from tests.frames import box, few

TOUCHING_M = 0.10
STRIP = box(10, 0, 33, 2)


def ends(line):
    return [tuple(np.round(xy, 3)) for xy in (line.coords[0], line.coords[-1])]


def heading(directions):
    """Degrees from east, anticlockwise."""
    return np.degrees(np.arctan2(directions[:, 1], directions[:, 0]))


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


def test_the_direction_turns_evenly_where_a_curve_is_drawn_in_chords():
    line = shapely.LineString([(0, 0), (10, 0), (10 + 10 * np.cos(0.1), 10 * np.sin(0.1))])

    here = places(line, np.array([0.0, 5.0, 10.0, 15.0, 20.0]))

    np.testing.assert_allclose(heading(here.right) + 90, np.degrees([0, 0.025, 0.05, 0.075, 0.1]), atol=0.01)


def test_a_bend_is_passed_within_half_a_car():
    line = shapely.LineString([(0, 0), (10, 0), (10 + 10 * np.cos(0.5), 10 * np.sin(0.5))])

    here = places(line, np.array([0.0, 7.4, 10.0, 12.6, 20.0]))

    np.testing.assert_allclose(heading(here.right) + 90, np.degrees([0, 0, 0.25, 0.5, 0.5]), atol=0.01)


def test_the_directions_run_from_one_end_to_the_other():
    line = shapely.LineString([(0, 0), (10, 0)])

    here = places(line, np.array([0.0, 5.0, 10.0]), ((0.0, -1.0), (np.sin(0.08), -np.cos(0.08))))

    np.testing.assert_allclose(heading(here.right) + 90, np.degrees([0, 0.04, 0.08]), atol=0.01)


def test_leaning_directions_lean_towards_the_end_of_the_line():
    here = places(shapely.LineString([(0, 0), (10, 0)]), np.array([4.0]))

    np.testing.assert_allclose(here.turned(30.0), [[0.5, -np.sqrt(0.75)]], atol=1e-9)


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


def test_depth_in_a_leaning_direction_is_given_square_to_the_line():
    strip = shapely.Polygon([(10, 0), (30, 0), (34, 4), (14, 4)])

    found = depths(strip, shapely.LineString([(30, 0), (10, 0)]), np.array([0.5, 19.5]), TOUCHING_M, lean_deg=-45.0)

    np.testing.assert_allclose(found, [4.0, 4.0], atol=1e-6)


def test_outside_every_strip_there_is_no_depth():
    assert exits(shapely.Polygon(), np.zeros((2, 2)), np.array([[0.0, 1.0]] * 2), TOUCHING_M).tolist() == [0.0, 0.0]


stars = st.lists(st.floats(1.0, 10.0), min_size=3, max_size=12).map(
    lambda radii: shapely.Polygon(
        [
            (radius * np.cos(angle), radius * np.sin(angle))
            for radius, angle in zip(radii, np.linspace(0, 2 * np.pi, len(radii), endpoint=False), strict=True)
        ]
    )
)


@given(strip=stars, degrees=st.floats(-180, 180), x=st.floats(-0.4, 0.4), y=st.floats(-0.4, 0.4))
@few
def test_a_ray_leaves_the_strip_where_shapely_says(strip, degrees, x, y):
    ahead = np.array([[np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]])
    point = np.array([[x, y]])
    ray = shapely.LineString(np.vstack([point - 0.1 * ahead, point + 30 * ahead]))
    inside = [part for part in shapely.get_parts(ray & strip) if part.length > 0.11]
    ends = [shapely.Point(point[0]).distance(shapely.Point(part.coords[end])) for part in inside[:1] for end in (0, -1)]

    found = exits(strip, point, ahead, TOUCHING_M)[0]

    if strip.contains(shapely.Point(point[0]).buffer(0.15)):
        assert found == pytest.approx(max(ends), abs=1e-6)
