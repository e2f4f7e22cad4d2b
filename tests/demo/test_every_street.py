"""The demo town in every format of trees, bays, zones and rasters, read back by our own readers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from laadplan.contracts.quality import Quality
from laadplan.demo.every_street import CELL_M, FORMS, heights
from laadplan.demo.every_street_bays import CAR_PARK, bays
from laadplan.demo.plan import make_plan
from laadplan.demo.trees import HEAD, part, registered
from laadplan.demo.whole import Whole, make_whole
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.ingest.raster import read_raster
from laadplan.ingest.tree_register import read_trees
from laadplan.ingest.zones import read_zones

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-street")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    main = tmp_path_factory.mktemp("main")
    found = make_whole(make_plan(1_000, 1), main)
    (main / "bomen.csv").write_bytes((HEAD + "".join(map(part, found.quarters))).encode())
    return found


@pytest.fixture(scope="module")
def folder(whole: Whole, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(whole, tmp_path_factory.mktemp("every"))


def write(whole: Whole, folder: Path) -> Path:
    for name, form in FORMS.items():
        target = folder / name.partition("/")[0]
        target.mkdir(exist_ok=True)
        form(whole, target)
    return folder


def test_equal_towns_give_equal_bytes(whole: Whole, folder: Path, tmp_path: Path) -> None:
    again = write(whole, tmp_path)

    files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert [str(name) for name in files if (folder / name).read_bytes() != (again / name).read_bytes()] == []


@pytest.mark.parametrize("name", ["bomen.gpkg", "bomen.shp", "bomen.geojson", "bomen_amsterdam.csv"])
def test_each_register_holds_the_trees_of_the_main_one(whole: Whole, folder: Path, name: str) -> None:
    main = read_trees(whole.main / "bomen.csv")

    found = read_trees(folder / "trees" / name)

    assert list(found.index) == list(main.index)
    assert found["species"].to_list() == main["species"].to_list()
    assert found.distance(main.geometry).max() < 0.02
    assert found["height_class"].notna().all()
    assert found["height_max_m"].fillna(found["height_min_m"]).notna().all()


def test_stems_in_words_hold_the_stems_in_numbers(whole: Whole, folder: Path) -> None:
    main = read_trees(whole.main / "bomen.csv")["stem_diameter_m"]

    in_words = read_trees(folder / "trees/bomen.gpkg")
    in_numbers = read_trees(folder / "trees/bomen.shp")

    pd.testing.assert_series_equal(in_numbers["stem_diameter_m"], main)
    assert in_words["stem_diameter_m"].isna().all()
    assert (in_words["stem_class"][main.isna()] == "Onbekend").all()
    assert ((in_words["stem_min_m"] <= main) & (main <= in_words["stem_max_m"]))[main.notna()].all()
    assert main.isna().any()
    assert sum(1 for quarter in whole.quarters for _ in registered(quarter)) == len(main)


@pytest.mark.parametrize("name", ["vakken.csv", "parkeervakken.geojson"])
def test_each_register_holds_the_bays_of_the_model(whole: Whole, folder: Path, name: str) -> None:
    model = {
        bay_id: ("haaks" if way == CAR_PARK else way, regime, shape) for bay_id, _, way, regime, shape in bays(whole)
    }
    quality = Quality()

    found = read_parking_bays(folder / "parking_bays" / name, quality=quality)

    assert set(found.index) == set(model)
    assert all(found["orientation"][bay] == model[bay][0] for bay in model)
    signed = name.endswith("geojson")
    expected = {bay: regime if signed or regime == "openbaar" else "onbekend" for bay, (_, regime, _) in model.items()}
    assert found["regime"].to_dict() == expected
    assert max(found.geometry[bay].symmetric_difference(model[bay][2]).area for bay in model) < 0.5
    assert quality.findings == []
    assert not found["regime_text"].str.contains("XX-99").any()


def test_overpass_holds_all_bays_once(whole: Whole, folder: Path) -> None:
    model = list(bays(whole))
    quality = Quality()

    found = read_parking_bays(folder / "parking_bays/overpass.json", quality=quality)

    assert found["capacity"].sum() == len(model)
    assert found["kind"].value_counts()["vak"] > 0
    strips = [strip for quarter in whole.quarters for strip in quarter.strips][1::2]
    whole_strips = [strip for strip in strips if strip.orientation != CAR_PARK]
    assert sum(found["kind"] == "strook") == sum(len(strip.bays) != 1 for strip in whole_strips)
    assert quality.summary()["dropped"] == {"geen parkeervak langs de straat (andere OSM-parkeervoorziening)": 1}


def test_zones_are_read_and_works_mended(whole: Whole, folder: Path) -> None:
    quality = Quality()

    pressure = read_zones(folder / "zones/parkeerdruk.gpkg", kind="parkeerdruk")
    soil = read_zones(folder / "zones/bodem.geojson", kind="bodem")
    works = read_zones(folder / "zones/werken.csv", kind="werk", quality=quality)
    water = read_zones(folder / "zones/water.fgb", kind="uitsluiting")

    assert pressure["parking_pressure_share"].between(0.4, 1.3).all()
    assert soil["category"].str.islower().all()
    assert len(pressure) == len(soil) == len(works) == len(whole.quarters)
    assert works["from_on"].str.fullmatch(r"2027-\d\d-01").all()
    crossing = [quarter.cell.index for quarter in whole.quarters if quarter.cell.index % 2]
    assert bool(quality.findings) == bool(crossing)
    assert works.is_valid.all()
    planted = [s.polygon.area for quarter in whole.quarters for s in quarter.surfaces if s.layer == "waterdeel"]
    assert water.area.sum() == pytest.approx(sum(planted))


@pytest.mark.parametrize("name", ["hoogte.tif", "hoogte_zuid_eerst.tif"])
def test_rasters_hold_the_heights_of_the_model(whole: Whole, folder: Path, name: str) -> None:
    values, left, top = heights(whole)
    building = whole.quarters[0].buildings[0]
    middle = shapely.box(*building.polygon.bounds).buffer(5)

    found = read_raster(folder / "rasters" / name)
    window = read_raster(folder / "rasters" / name, middle)

    np.testing.assert_array_equal(np.nan_to_num(found.values, nan=-9999.0), values)
    assert (found.left_m, found.top_m, found.cell_width_m) == (left, top, CELL_M)
    assert window.values.max() >= 3 * building.floors
    assert window.values.size < found.values.size
    with rasterio.open(folder / "rasters" / name) as by_gdal:
        x, y = building.polygon.representative_point().coords[0]
        (value,) = next(by_gdal.sample([(x, y)]))
        assert by_gdal.crs.to_epsg() == 28992
        assert value in (0.0, 3.0 * building.floors) or value > 0
