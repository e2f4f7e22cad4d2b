import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import WrongCrs
from laadplan.geo.raster import WINDOW_M, Raster, sample, sample_windows
from laadplan.ingest.raster import read_raster
from tests.frames import X, Y, few, point, shapes, shuffled

NAN = float("nan")
GRID = Raster(np.array([[1, 2, 3], [4, NAN, 0.1]], dtype=np.float32), X, Y + 20, 10.0, 10.0)
"""Two rows of three cells of 10 m, from (0, 20) down to (30, 0)."""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((5, 15), 1.0),
        ((29.9, 0.1), 0.1),
        ((15, 5), NAN),
        ((0, 20), 1.0),
        ((10, 15), 2.0),
        ((5, 10), 4.0),
        ((30, 15), NAN),
        ((5, 0), NAN),
        ((-0.1, 15), NAN),
        ((5, 20.1), NAN),
    ],
    ids=[
        "inside",
        "decimal",
        "no data",
        "corner",
        "east of an edge",
        "south of an edge",
        "right",
        "below",
        "west",
        "north",
    ],
)
def test_the_value_is_that_of_the_cell_in_which_the_point_lies(place, expected):
    found = sample(GRID, shapes({"p": point(*place)}))

    pd.testing.assert_series_equal(found, pd.Series({"p": expected}))


def test_no_points_have_no_values():
    assert len(sample(GRID, shapes({}))) == len(sample_windows(shapes({}), lambda window: GRID)) == 0


def test_points_in_another_crs_are_refused():
    with pytest.raises(WrongCrs):
        sample(GRID, shapes({"p": point(5, 5)}).to_crs(4326))


def written(path, values, cell, left, top):
    """A GeoTIFF of the values in RD New, -9 standing for no data."""
    profile = {"width": values.shape[1], "height": values.shape[0], "count": 1, "dtype": "float32", "nodata": -9}
    grid = Affine(cell, 0, left, 0, -cell, top)
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:28992", transform=grid, **profile) as target:
        target.write(values.astype(np.float32), 1)
    return path


def as_rasterio(path, points):
    """Values at the points by the second library, NaN where it has no data."""
    with rasterio.open(path) as source:
        found = source.sample(shapely.get_coordinates(points.to_numpy()), masked=True)
        return [NAN if np.ma.is_masked(value[0]) else float(value[0]) for value in found]


@pytest.fixture(scope="module")
def heights(tmp_path_factory):
    """A raster of 8 by 6 km, cells of 40 m, some without data: several windows."""
    values = np.random.default_rng(3).uniform(-5, 30, (150, 200)).round(2)
    values[np.random.default_rng(4).random(values.shape) < 0.1] = -9
    return written(tmp_path_factory.mktemp("raster") / "hoogte.tif", values, 40.0, X, Y + 6000)


@given(places=st.lists(st.tuples(st.floats(-100, 8100), st.floats(-100, 6100)), max_size=20))
@few
def test_values_are_those_of_rasterio(heights, places):
    points = shapes({f"p{number:02d}": point(*place) for number, place in enumerate(places)})

    found = sample_windows(shuffled(points), lambda window: read_raster(heights, window))

    expected = as_rasterio(heights, shuffled(points))
    np.testing.assert_allclose(found, np.array(expected, dtype=float), atol=1e-5)


def test_only_windows_that_hold_points_are_read(heights):
    asked = []
    points = shapes({"a": point(100, 100), "b": point(150, 120), "c": point(7000, 5000)})

    def read(window):
        asked.append(window.bounds)
        return read_raster(heights, window)

    sample_windows(points, read)

    assert len(asked) == 2
    assert all(right - left < WINDOW_M and high - low < WINDOW_M for left, low, right, high in asked)


@pytest.mark.real
@pytest.mark.parametrize("name", ["pytest_example_suitability_raster.tif", "raster_2496_9727.tif"])
def test_a_real_raster_has_the_values_that_rasterio_reads(real_data, name):
    path = real_data / "national" / "raster" / name
    with rasterio.open(path) as source:
        left, low, right, high = source.bounds
    low, high = sorted((low, high))  # one of them has its south first
    places = np.random.default_rng(1).uniform((left, low), (right, high), (500, 2))
    points = gpd.GeoSeries(shapely.points(places), index=[f"p{number:03d}" for number in range(500)], crs=28992)

    found = sample_windows(points, lambda window: read_raster(path, window, layer="1"))

    expected = np.array(as_rasterio(path, points))
    assert np.isfinite(expected).sum() > 20
    np.testing.assert_allclose(found, np.where(np.abs(expected) < 1e30, expected, NAN), rtol=1e-6)
