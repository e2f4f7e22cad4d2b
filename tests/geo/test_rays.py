import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.geo.rays import Rays, cross
from tests.frames import X, Y, few

CORNER = np.array([X, Y])


def rays(*lines):
    """Rays from (x, y) in a direction (dx, dy) as far as a reach, in metres from the corner point."""
    table = np.array(lines, dtype=float).reshape(-1, 5)
    ahead = table[:, 2:4] / np.hypot(*table[:, 2:4].T)[:, None]
    return Rays(table[:, :2] + CORNER, ahead, table[:, 4])


def polygons(*shapes):
    return np.array([shapely.transform(shape, lambda xy: xy + CORNER) for shape in shapes], dtype=object)


def rows(found):
    return list(
        zip(
            found.ray.tolist(),
            found.distance_m.round(6).tolist(),
            found.polygon.tolist(),
            found.enters.tolist(),
            strict=True,
        )
    )


def test_a_ray_goes_in_and_out_of_what_it_meets():
    found = cross(rays((0, 5, 1, 0, 20)), polygons(shapely.box(4, 0, 6, 10), shapely.box(6, 0, 9, 10)))

    assert rows(found) == [(0, 4.0, 0, True), (0, 6.0, 0, False), (0, 6.0, 1, True), (0, 9.0, 1, False)]


def test_it_goes_out_into_a_hole_and_in_again():
    ring = shapely.difference(shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6))

    found = cross(rays((5, 1, 0, 1, 20)), polygons(ring))

    assert rows(found) == [(0, 3.0, 0, False), (0, 5.0, 0, True), (0, 9.0, 0, False)]


def test_a_ray_stops_at_its_reach():
    found = cross(rays((0, 5, 1, 0, 5)), polygons(shapely.box(4, 0, 6, 10)))

    assert rows(found) == [(0, 4.0, 0, True)]


def test_an_edge_whose_box_holds_the_ray_is_met_only_where_the_ray_goes():
    behind = shapely.Polygon([(-1, -1), (8, 0), (0, 8)])
    beyond = shapely.Polygon([(20, 20), (6, 14), (14, 6)])

    found = cross(rays((5, 5, 1, 1, 3), (5, 5, 1, 1, 8), (5, 5, -1, -1, 3)), polygons(behind, beyond))

    assert rows(found) == [(1, round(5 * 2**0.5, 6), 1, True), (2, round(2**0.5, 6), 0, True)]


def test_a_ray_along_an_edge_does_not_cross_it():
    found = cross(rays((0, 0, 1, 0, 20)), polygons(shapely.box(4, 0, 6, 10)))

    assert not found.enters.any() or found.enters.sum() == (~found.enters).sum()


def test_rays_of_tiles_far_apart_find_their_own():
    box = shapely.box(4, 0, 6, 10)
    far = shapely.transform(box, lambda xy: xy + np.array([7000, 3000]))

    found = cross(rays((0, 5, 1, 0, 5), (7000, 3005, 1, 0, 5)), polygons(box, far))

    assert rows(found) == [(0, 4.0, 0, True), (1, 4.0, 1, True)]


@pytest.mark.parametrize("lines", [(), ((0, 5, 1, 0, 20),)])
def test_no_polygons_or_no_rays_give_no_crossings(lines):
    found = cross(rays(*lines), polygons(*([] if lines else [shapely.box(0, 0, 1, 1)])))

    assert rows(found) == []
    assert found.first(3, found.enters).tolist() == [np.inf] * 3


@given(
    places=st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30), st.integers(2, 9)), min_size=1, max_size=6),
    angle=st.floats(0.001, 6.28),
)
@few
def test_the_length_within_a_shape_is_that_of_the_intersection(places, angle):
    shapes = [shapely.Point(x + 0.31, y + 0.17).buffer(radius, quad_segs=3) for x, y, radius in places]
    line = (0.013, 0.029, np.cos(angle), np.sin(angle), 40.0)
    start, end = shapely.Point(line[:2]), (line[0] + 40 * line[2], line[1] + 40 * line[3])

    found = cross(rays(line), polygons(*shapes))

    for row, shape in enumerate(shapes):
        own = found.polygon == row
        length = float(np.where(found.enters, -1, 1)[own] @ found.distance_m[own])
        length += 40.0 * (found.enters[own].sum() - (~found.enters[own]).sum() + shape.contains(start))
        assert length == pytest.approx(shapely.LineString([start, end]).intersection(shape).length, abs=1e-5)
