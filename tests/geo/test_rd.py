import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import WrongCrs
from laadplan.geo.rd import RD_BOUNDS_M, RD_EPSG, to_rd, to_wgs84, transformation_note
from tests.frames import box, few, point, shapes

LATITUDE = {
    (0, 1): 3235.65389,
    (2, 0): -32.58297,
    (0, 2): -0.2475,
    (2, 1): -0.84978,
    (0, 3): -0.0655,
    (2, 2): -0.01709,
    (1, 0): -0.00738,
    (4, 0): 0.0053,
    (2, 3): -0.00039,
    (4, 1): 0.00033,
    (1, 1): -0.00012,
}
LONGITUDE = {
    (1, 0): 5260.52916,
    (1, 1): 105.94684,
    (1, 2): 2.45656,
    (3, 0): -0.81885,
    (1, 3): 0.05594,
    (3, 1): -0.05607,
    (0, 1): 0.01199,
    (3, 2): -0.00256,
    (1, 4): 0.00128,
    (0, 2): 0.00022,
    (2, 0): -0.00022,
    (5, 0): 0.00026,
}
"""Schreutelkamp and Strang van Hees, Benaderingsformules voor de transformatie tussen RD- en WGS84-kaartcoordinaten."""

METRES_PER_DEGREE = 111_300.0

within_land = st.tuples(st.integers(60_000, 250_000), st.integers(320_000, 600_000))


def approximate(x, y):
    """Longitude and latitude (degrees) by the published polynomials, good to about half a metre."""
    dx, dy = (x - 155_000) * 1e-5, (y - 463_000) * 1e-5
    seconds = [sum(value * dx**p * dy**q for (p, q), value in terms.items()) for terms in (LONGITUDE, LATITUDE)]
    return 5.38720621 + seconds[0] / 3600, 52.15517440 + seconds[1] / 3600


@given(place=within_land)
@few
def test_wgs84_agrees_with_the_published_polynomials(place):
    found = to_wgs84(gpd.GeoSeries([shapely.Point(*place)], crs=RD_EPSG))[0]

    longitude, latitude = approximate(*place)
    assert (found.x - longitude) * METRES_PER_DEGREE * 0.61 == pytest.approx(0, abs=0.7)
    assert (found.y - latitude) * METRES_PER_DEGREE == pytest.approx(0, abs=0.7)


@given(place=within_land)
@few
def test_there_and_back_is_the_same_place(place):
    there = to_wgs84(gpd.GeoSeries([shapely.Point(*place)], crs=RD_EPSG))

    back = to_rd(there.x.to_numpy(), there.y.to_numpy())

    np.testing.assert_allclose(back, [place], atol=0.001)


def test_surfaces_keep_their_index_and_vertices():
    found = to_wgs84(shapes({"z": box(0, 0, 10, 10), "a": point(0, 0)}))

    assert (list(found.index), found.crs.to_epsg(), found.geom_type.to_list()) == (
        ["z", "a"],
        4326,
        ["Polygon", "Point"],
    )
    assert shapely.get_num_coordinates(found["z"]) == 5


def test_nothing_stays_nothing():
    assert (len(to_wgs84(shapes({}))), to_rd(np.array([]), np.array([])).shape) == (0, (0, 2))


def test_another_crs_is_refused():
    with pytest.raises(WrongCrs, match="EPSG:4326"):
        to_wgs84(gpd.GeoSeries([shapely.Point(5, 52)], crs=4326))


def test_the_bounds_hold_the_corners_of_the_country_and_no_degrees():
    cadzand, vaals, nieuweschans, rottumerplaat = (3.36, 51.37), (6.02, 50.754), (7.22, 53.18), (6.48, 53.55)
    longitude, latitude = np.array([cadzand, vaals, nieuweschans, rottumerplaat]).T

    bounds = shapely.box(*RD_BOUNDS_M)

    assert shapely.contains_xy(bounds, to_rd(longitude, latitude)).all()
    assert not shapely.contains_xy(bounds, np.column_stack([longitude, latitude])).any()


def test_print_says_how_good_it_is():
    assert "0,25 m" in transformation_note()


def test_degrees_that_are_no_number_stay_no_number():
    found = pd.DataFrame(to_rd(np.array([np.nan, 5.3872]), np.array([52.0, 52.155])))

    assert np.isfinite(found).all(axis=1).to_list() == [False, True]
