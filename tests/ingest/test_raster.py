import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from laadplan.contracts.quality import Quality
from laadplan.contracts.street import Rasters
from laadplan.errors import BadInput, MissingSource, WrongCrs
from laadplan.ingest import raster as reader
from laadplan.ingest.raster import read_raster, read_rasters

LEFT, TOP, CELL = 180_000.0, 457_000.0, 10.0
VALUES = np.arange(24, dtype=np.float32).reshape(4, 6)
NORTH_UP = Affine(CELL, 0, LEFT, 0, -CELL, TOP)


def write(path, bands=(VALUES,), crs="EPSG:28992", transform=NORTH_UP, driver="GTiff", names=(), **options):
    rows, columns = bands[0].shape
    profile = {"width": columns, "height": rows, "count": len(bands), "dtype": bands[0].dtype, "crs": crs}
    with rasterio.open(path, "w", driver=driver, transform=transform, **profile, **options) as target:
        for number, band in enumerate(bands, start=1):
            target.write(band, number)
        for number, name in enumerate(names, start=1):
            target.set_band_description(number, name)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hoogte.tif"


@pytest.mark.parametrize("driver", ["GTiff", "COG"])
def test_a_raster_is_read_whole(path, driver):
    found = read_raster(write(path, driver=driver))

    np.testing.assert_array_equal(found.values, VALUES)
    assert found.values.dtype == np.float32
    assert found.bounds == (LEFT, TOP - 40, LEFT + 60, TOP)
    assert [each.name for each in path.parent.iterdir()] == ["hoogte.tif"]


def test_only_the_cells_that_touch_the_area_are_read(path):
    quality = Quality()

    found = read_raster(write(path), shapely.box(LEFT + 15, TOP - 25, LEFT + 30, TOP - 12), quality=quality)

    np.testing.assert_array_equal(found.values, VALUES[1:3, 1:3])
    assert found.bounds == (LEFT + 10, TOP - 30, LEFT + 30, TOP - 10)
    assert quality.summary()["dropped"] == {"buiten het gebied": 20}
    assert (quality.read, quality.kept) == (24, 4)


def test_an_area_beside_the_raster_gives_no_cells_and_is_told(path):
    quality = Quality()

    found = read_raster(write(path), shapely.box(LEFT + 500, TOP, LEFT + 600, TOP + 100), quality=quality)

    assert found.values.size == 0
    assert quality.findings == ["The raster holds nothing of the area."]


@pytest.mark.parametrize("area", [None, shapely.box(LEFT, TOP - 40, LEFT + 60, TOP - 25)])
def test_a_raster_with_the_south_first_is_turned(path, area):
    upside_down = Affine(CELL, 0, LEFT, 0, CELL, TOP - 40)

    found = read_raster(write(path, [VALUES[::-1]], transform=upside_down), area)

    rows = slice(2, 4) if area else slice(0, 4)
    np.testing.assert_array_equal(found.values, VALUES[rows])
    assert found.bounds[1] == TOP - 40


def test_no_data_is_not_a_number(path):
    values = VALUES.copy()
    values[0, :4] = [-9999, np.nan, np.inf, 3.4028235e38]
    quality = Quality()

    found = read_raster(write(path, [values], nodata=-9999), quality=quality)

    assert np.isnan(found.values[0]).tolist() == [True] * 4 + [False] * 2
    assert found.nodata_count == 4
    assert quality.summary()["dropped"] == {"zonder waarde (nodata)": 4}


def test_a_mask_scale_and_offset_are_applied(path):
    write(path, [VALUES.astype(np.int16)])
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.5,), (10.0,)
        target.write_mask(VALUES.astype(np.uint8) > 0)

    found = read_raster(path)

    np.testing.assert_allclose(found.values, np.where(VALUES > 0, VALUES * 0.5 + 10, np.nan))


def test_a_band_is_named_or_numbered(path):
    write(path, [VALUES, VALUES + 100], names=["dtm", "dsm"])

    np.testing.assert_array_equal(read_raster(path, layer="dsm").values, VALUES + 100)
    np.testing.assert_array_equal(read_raster(path, layer="1").values, VALUES)
    with pytest.raises(BadInput, match=r"holds 2 bands\. Name one as 'layer': dtm, dsm"):
        read_raster(path)
    with pytest.raises(MissingSource, match="no band '3'"):
        read_raster(path, layer="3")


def test_rd_with_heights_is_rd(path):
    np.testing.assert_array_equal(read_raster(write(path, crs="EPSG:7415")).values, VALUES)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"crs": "EPSG:4326", "transform": Affine(0.001, 0, 5, 0, -0.001, 52)}, WrongCrs, "EPSG:4326, not EPSG:28992"),
        ({"crs": None}, WrongCrs, "No CRS is given"),
        ({"transform": Affine(0.001, 0, 5, 0, -0.001, 52)}, WrongCrs, "outside the area of RD New"),
        ({"transform": Affine(9, 3, LEFT, 3, -9, TOP)}, BadInput, "is turned"),
        ({"transform": Affine.identity()}, BadInput, "no place on the map"),
        ({"bands": [VALUES.astype(np.complex64)]}, BadInput, "no plain numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_that_cannot_be_used_is_refused(path, options, kind, words):
    with pytest.raises(kind, match=words):
        read_raster(write(path, **options))


def test_a_window_that_does_not_fit_is_refused_before_memory_is_asked_for(path, monkeypatch):
    monkeypatch.setattr(reader, "MOST_CELLS", 23)

    with pytest.raises(BadInput, match="24 cells of this raster, more than 23"):
        read_raster(write(path))
    assert read_raster(path, shapely.box(LEFT, TOP - 10, LEFT + 10, TOP)).values.size == 1


def test_huge_blocks_are_refused(path):
    options = {"width": 200_000, "height": 200_000, "count": 1, "dtype": "uint8", "sparse_ok": True, "tiled": True}
    with rasterio.open(
        path, "w", driver="GTiff", crs="EPSG:28992", transform=Affine(1, 0, 0, 0, -1, 600_000), **options,
        blockxsize=16_384, blockysize=16_384, compress="deflate",
    ) as target:  # fmt: skip
        assert target.block_shapes == [(16_384, 16_384)]

    with pytest.raises(BadInput, match="blocks of 268,435,456 cells"):
        read_raster(path, shapely.box(0, 599_990, 10, 600_000))


def test_a_damaged_raster_is_refused(path, tmp_path):
    write(path, [np.random.default_rng(1).random((200, 200)).astype(np.float32)])
    content = path.read_bytes()

    for length in (3, 8, 100, len(content) // 2):
        path.write_bytes(content[:length])
        with pytest.raises(BadInput, match=r"cannot be read|no GeoTIFF"):
            read_raster(path)


def test_what_is_no_tiff_is_refused(path):
    path.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')

    with pytest.raises(BadInput, match="This is no GeoTIFF"):
        read_raster(path)
    with pytest.raises(MissingSource, match="does not exist"):
        read_raster(path.with_name("weg.tif"))


def test_rasters_are_listed_with_what_they_are_worth_in_the_area(path, monkeypatch):
    monkeypatch.setattr(reader, "CHUNK_CELLS", 6)
    values = VALUES.copy()
    values[1] = -1
    write(path, [values], nodata=-1)
    quality = Quality()
    area = shapely.box(LEFT, TOP - 40, LEFT + 60, TOP - 5)

    found = read_rasters({"hoogte": path, "ook": path}, area, quality=quality)

    assert found.drop(columns="geometry").loc["hoogte"].to_dict() == {
        "band": 1,
        "bands": 1,
        "columns_count": 6,
        "rows_count": 4,
        "cell_width_m": 10.0,
        "cell_height_m": 10.0,
        "value_type": "float32",
        "nodata": -1.0,
        "nodata_share": 0.25,
    }
    assert found.geometry["ook"].equals(shapely.box(LEFT, TOP - 40, LEFT + 60, TOP))
    assert (quality.read, quality.kept) == (2, 2)
    beside = read_rasters({"hoogte": path}, shapely.box(0, 300_000, 1, 300_001), quality=quality)
    assert beside["nodata_share"].isna().all()
    assert quality.findings[-1] == "Rasters that hold nothing of the area: hoogte."


def test_no_rasters_give_an_empty_frame():
    pd.testing.assert_frame_equal(read_rasters({}), Rasters.empty())


@pytest.mark.real
def test_the_real_rasters_are_read(real_data):
    quality = Quality()

    found = read_raster(real_data / "national/raster/pytest_example_suitability_raster.tif", quality=quality)

    with rasterio.open(real_data / "national/raster/pytest_example_suitability_raster.tif") as source:
        by_rasterio = source.read(1)
    np.testing.assert_array_equal(np.nan_to_num(found.values), by_rasterio)
    assert found.values.shape == (2127, 2611)
    assert (found.nodata_count, quality.kept) == (3_369_803, 2_183_794)


@pytest.mark.real
def test_a_real_raster_with_the_south_first_and_three_bands(real_data):
    path = real_data / "national/raster/raster_2496_9727.tif"

    with pytest.raises(BadInput, match="Name one as 'layer': n_points, hag, nap"):
        read_raster(path)
    found = read_raster(path, layer="hag")

    assert found.bounds == (124_800.0, 486_350.0, 124_850.0, 486_400.0)
    assert found.nodata_count == 8_831
    with rasterio.open(path) as source:
        (value,) = next(source.sample([(124_800.25 + 0.5 * 60, 486_350.25 + 0.5 * 70)], 2))
    here = found.values[99 - 70, 60]
    assert (np.isnan(here) and np.isnan(value)) or here == value
