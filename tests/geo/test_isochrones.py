import numpy as np
import pytest
import shapely

from laadplan.config.project import Walking
from laadplan.geo.isochrones import BESIDE_M, TAPER_M, reached_area
from laadplan.geo.reach import nearest_walks, walk_graph
from tests.frames import moved, point, shapes, shuffled
from tests.geo.streets import CANAL, MOTORWAY, TOWN

WALKING = Walking(norm_m=100.0)


def area(frames=TOWN, poles=((0, 0),), walking=WALKING, **more):
    places = shapes({f"p{number}": point(*at) for number, at in enumerate(poles)})
    return reached_area(places, None if frames is None else walk_graph(*frames), walking, **more)


def test_a_street_in_reach_is_a_strip_that_ends_where_the_norm_does():
    """From the end of a bank 75 m along it and 25 m to both sides, and round at both ends."""
    found = area(MOTORWAY)

    x_min, y_min, x_max, y_max = moved(found, -180_000.0, -457_000.0).bounds
    assert (x_min, y_min, y_max) == pytest.approx((-25.0, -25.0, 25.0), abs=0.6)
    assert 100 - TAPER_M <= x_max <= 100 + TAPER_M
    assert found.area == pytest.approx(75 * 50 + np.pi * 25**2, rel=0.05)


def test_the_other_bank_is_not_in_reach():
    """What lies 20 m over the water is drawn only as far as the street on this side is wide."""
    far_bank = moved(shapely.box(0, 46, 400, 80))

    assert not area(CANAL, [(0, 20)]).intersects(far_bank)
    assert area(CANAL, [(0, 20)], norm_m=900.0).intersects(moved(shapely.Point(0, -20)))


def test_without_a_network_it_is_discs_of_the_norm_by_the_detour_factor():
    assert area(None).area == pytest.approx(np.pi * (100 / 1.3) ** 2, rel=0.01)


def test_a_pole_off_the_network_gets_a_disc():
    assert area(MOTORWAY, [(0, 120)]).area == pytest.approx(np.pi * (100 / 1.3) ** 2, rel=0.01)


def test_a_longer_norm_reaches_no_less():
    shorter, longer = area(norm_m=150.0), area(norm_m=200.0)

    assert shorter.difference(longer).area < 0.01 * shorter.area
    assert longer.area > shorter.area


def test_who_stands_on_a_street_in_the_shape_walks_no_further_than_the_norm_by_much():
    """Half a piece, and a corner cut from 25 m before it: 25 x (sqrt(2) - 1) m."""
    walking = Walking(norm_m=150.0)
    poles = shapes({"p": point(140, 100), "q": point(10, 290)})
    graph = walk_graph(*TOWN)
    found = reached_area(poles, graph, walking)
    streets = shapes({f"{x} {y}": point(x, y) for x in range(0, 301, 3) for y in (0, 100, 200, 300)})
    walk = nearest_walks(streets, poles, graph, walking)["walk_m"]
    inside = streets.intersects(found)

    assert 100 < inside.sum() < 300
    assert walk[inside].max() <= 150.0 + TAPER_M / 2 + BESIDE_M * 0.415
    assert inside[walk <= 150.0 - TAPER_M / 2].all()


def test_the_shape_is_valid_on_its_grid_and_the_order_of_poles_does_not_matter():
    poles = shapes({f"p{number}": point(61 * number % 300, 97 * number % 300) for number in range(7)})
    found = reached_area(poles, walk_graph(*TOWN), WALKING)

    assert found.is_valid
    np.testing.assert_allclose(shapely.get_coordinates(found), np.round(shapely.get_coordinates(found), 2), atol=1e-9)
    assert shapely.to_wkb(reached_area(shuffled(poles), walk_graph(*TOWN), WALKING)) == shapely.to_wkb(found)


@pytest.mark.parametrize("frames", [None, TOWN])
def test_without_poles_there_is_nothing(frames):
    assert area(frames, []).is_empty
