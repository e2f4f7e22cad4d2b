import numpy as np
import pytest
import shapely

from laadplan.geo.trench import Network, open_ground

WINDOW = shapely.box(-50, -50, 50, 50)


def ground(*closed, barriers=(), lines=(), drawn_m=0.0, passage_m=0.3):
    return open_ground(WINDOW, closed, barriers, lines, drawn_m=drawn_m, passage_m=passage_m)


def network(surface, *lines):
    return Network(surface, np.array([shapely.LineString(line) for line in lines], dtype=object))


def length(surface, start, *lines, limit_m=100.0):
    way = network(surface, *lines).shortest(shapely.Point(start), limit_m)
    return way and round(way.length_m, 6)


# ---- open ground -----------------------------------------------------------------------------------------------------


def test_without_anything_all_of_the_window_is_open():
    assert [part.equals(WINDOW) for part in ground()] == [True]


def test_a_wall_from_edge_to_edge_leaves_two_parts():
    parts = ground(shapely.box(-60, 0, 60, 10))

    assert sorted(round(part.area) for part in parts) == [4000, 5000]


@pytest.mark.parametrize(("gap_m", "parts"), [(0.0, 2), (0.2, 2), (0.4, 1)])
def test_a_passage_too_narrow_for_the_trench_is_none(gap_m, parts):
    found = ground(shapely.box(-60, 0, 0, 10), shapely.box(gap_m, 0, 60, 10))

    assert sum(part.area > 100 for part in found) == parts


def test_closed_ground_near_a_line_is_open_and_a_barrier_is_not():
    line = shapely.LineString([(-60, 5), (60, 5)])
    strip = shapely.box(-60, 0, 60, 10)

    (middle,) = [part for part in ground(strip, lines=[line], drawn_m=1.0) if part.covers(shapely.Point(0, 5))]

    assert middle.area == pytest.approx(100 * 2)
    assert not any(part.covers(shapely.Point(0, 5)) for part in ground(barriers=[strip], lines=[line], drawn_m=1.0))


def test_corners_stay_where_they_are():
    """The filling of narrow passages rounds nothing off."""
    (part,) = ground(shapely.box(0, 0, 10, 10))

    assert part.symmetric_difference(WINDOW.difference(shapely.box(0, 0, 10, 10))).area < 1e-6


# ---- ways ------------------------------------------------------------------------------------------------------------

WALL = WINDOW.difference(shapely.box(-20, 3, 4, 7))


@pytest.mark.parametrize(
    ("surface", "start", "line", "expected"),
    [
        (WINDOW, (0, 0), [(-9, 3), (9, 3)], 3.0),  # square to the line
        (WINDOW, (0, 0), [(3, 4), (9, 4)], 5.0),  # to the end of the line
        (WINDOW, (0, 3), [(-9, 3), (9, 3)], 0.0),
        (WALL, (0, 0), [(-20, 10), (20, 10)], 12.0),  # 5 to the corner, 4 along the wall, 3 to the line
        (WALL, (4, 0), [(-20, 10), (20, 10)], 10.0),  # along the wall, which it touches
        (WALL, (0, 3), [(-20, 10), (20, 10)], 11.0),  # from the wall itself
        (WALL, (0, 0), [(0, 2), (0, 20)], 2.0),  # a line through the wall: its near end
        (WALL, (0, 0), [(0, 3), (0, 7)], 3.0),  # one in the wall that touches its near face
        (WALL, (0, 1), [(0, 5), (20, 5)], 20**0.5 + 2),  # one that comes out of the wall at (4, 5): by the corner
    ],
)
def test_shortest_way(surface, start, line, expected):
    assert length(surface, start, line) == pytest.approx(expected, abs=1e-6)


def test_a_way_says_where_it_bends():
    way = network(WALL, [(-20, 10), (20, 10)]).shortest(shapely.Point(0, 0), 100.0)

    assert way.points.tolist() == [[0, 0], [4, 3], [4, 10]]
    assert way.line == 0


def test_a_line_that_is_hidden_at_its_nearest_may_be_seen_elsewhere():
    """Its nearest point (0, 8), at 8 m, lies behind the wall; its end (7, 4) is in sight."""
    assert length(WALL, (0, 0), [(0, 8), (7, 8), (7, 4)]) == pytest.approx(np.hypot(7, 4), abs=1e-6)


def test_of_equally_long_ways_the_first_line_is_taken():
    lines = [[(-9, -3), (9, -3)], [(-9, 3), (9, 3)], [(3, -9), (3, 9)]]

    assert network(WINDOW, *lines).shortest(shapely.Point(0, 0), 100.0).line == 0
    assert network(WINDOW, *lines[::-1]).shortest(shapely.Point(0, 0), 100.0).line == 0


@pytest.mark.parametrize(("limit_m", "expected"), [(11.99, None), (12.0, 12.0)])
def test_longer_than_the_limit_is_no_way(limit_m, expected):
    assert length(WALL, (0, 0), [(-20, 10), (20, 10)], limit_m=limit_m) == expected


def test_a_line_in_another_part_of_the_ground_is_not_reached():
    assert length(shapely.box(-4, -4, 4, 4), (0, 0), [(8, -9), (8, 9)]) is None
    assert length(shapely.box(-4, -4, 4, 4), (0, 0)) is None
