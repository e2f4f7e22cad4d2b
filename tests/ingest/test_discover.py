import json
import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from laadplan.config.project import Sources
from laadplan.demo.sources import write_demo
from laadplan.errors import MissingSource
from laadplan.ingest.discover import find_sources

FILES = {
    "bgt": "bgt",
    "addresses": "bag-light.gpkg",
    "buurten": "cbs_buurten.gpkg",
    "charge_points": "laadpunten_ocpi.json",
    "car_stock": "autos_pc4.csv",
    "trees": "bomen.csv",
    "cables.elektriciteitsnet": "elektriciteitsnet.gpkg",
    "walking": "lopen.osm",
    "squares": "cbs_vierkanten.gpkg",
    "sessions": "sessies.csv",
    "requests": "aanvragen.csv",
    "planned_homes": "woningbouw.csv",
    "jobs": "banen.csv",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The sources of a demo town; not to be changed."""
    folder = tmp_path_factory.mktemp("discover")
    write_demo(folder, 1000, 1)
    return folder


@pytest.fixture
def sources(demo, tmp_path):
    """A copy of the sources of a demo town."""
    return shutil.copytree(demo, tmp_path / "sources")


def paths(folder):
    return {name: path.relative_to(folder).as_posix() for name, (path, _) in find_sources(folder).items()}


def test_all_sources_of_the_demo_are_found(demo):
    assert paths(demo) == FILES
    assert set(FILES) >= set(Sources().given())


def test_the_layer_is_named_for_a_geopackage_only(demo):
    layers = {name: layer for name, (_, layer) in find_sources(demo).items()}

    assert {name for name, layer in layers.items() if layer} == {"addresses", "buurten", "squares"}


def test_sources_are_known_by_what_they_hold(sources):
    new = {"bag-light.gpkg": "a.GPKG", "cbs_buurten.gpkg": "b.gpkg", "laadpunten_ocpi.json": "c.JSON"}
    new |= {"autos_pc4.csv": "d.CSV", "bomen.csv": "e.csv"}
    for old, name in new.items():
        (sources / "deep" / "down").mkdir(parents=True, exist_ok=True)
        (sources / old).rename(sources / "deep" / "down" / name)
    (sources / "bgt").rename(sources / "Levering 12")

    assert paths(sources) == FILES | {
        "bgt": "Levering 12",
        "addresses": "deep/down/a.GPKG",
        "buurten": "deep/down/b.gpkg",
        "charge_points": "deep/down/c.JSON",
        "car_stock": "deep/down/d.CSV",
        "trees": "deep/down/e.csv",
    }


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_there_is_left_out(sources, name):
    path = sources / FILES[name]
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    assert set(paths(sources)) == set(FILES) - {name}


def test_the_first_of_several_is_taken(sources):
    shutil.copy(sources / "bomen.csv", sources / "aaa.csv")
    shutil.copy(sources / "bomen.csv", sources / "zzz.csv")

    assert paths(sources) == FILES | {"trees": "aaa.csv"}


def test_dwellings_go_before_berths_that_stand_earlier_in_the_file(tmp_path):
    table = {"identificatie": ["1"], "openbare_ruimte_naam": ["Kade"], "huisnummer": [1]}
    for layer in ("ligplaats", "standplaats", "verblijfsobject"):
        rows = gpd.GeoDataFrame(table, geometry=[shapely.Point(144000, 508000)], crs=28992)
        rows.to_file(tmp_path / "bag.gpkg", layer=layer)

    assert find_sources(tmp_path) == {"addresses": (tmp_path / "bag.gpkg", "verblijfsobject")}


@pytest.mark.parametrize("name", ["aaa.gpkg", "aaa.json", "aaa.csv"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"a;b\n1;2;3\n", b"SQLite format 3\x00" + b"\x00" * 200]
)
def test_what_cannot_be_read_is_left_out(sources, name, content):
    (sources / name).write_bytes(content)

    assert paths(sources) == FILES


@pytest.mark.parametrize(
    "content",
    [[], {}, 5, "evses", None, [[]], [{"evses": []}, {"id": 1}], [1], {"type": "FeatureCollection", "features": []}],
)
def test_other_json_is_no_list_of_charge_points(sources, content):
    (sources / "aaa.json").write_text(json.dumps(content))

    assert paths(sources) == FILES


def test_charge_points_by_id_are_found(tmp_path):
    (tmp_path / "it.json").write_text('{"a": {"id": "a", "evses": []}}')

    assert paths(tmp_path) == {"charge_points": "it.json"}


def test_a_folder_named_as_a_file_is_left_out(sources):
    for name in ("aaa.gpkg", "aaa.json", "aaa.csv"):
        (sources / name).mkdir()

    assert paths(sources) == FILES


def test_the_sources_are_not_touched(sources, demo):
    find_sources(sources)

    assert sorted(path.name for path in sources.rglob("*")) == sorted(path.name for path in demo.rglob("*"))
    assert all((sources / name).read_bytes() == (demo / name).read_bytes() for name in FILES.values() if "." in name)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingSource, match=r"nowhere: The folder does not exist. Give the folder"):
        find_sources(tmp_path / "nowhere")


def test_a_file_is_no_folder(sources):
    with pytest.raises(MissingSource, match=r"bomen\.csv"):
        find_sources(sources / "bomen.csv")


def test_a_folder_without_sources_says_what_it_should_hold(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")

    with pytest.raises(MissingSource, match="No file in the folder is recognised"):
        find_sources(tmp_path)


@pytest.mark.real
def test_sources_as_delivered_are_found(real_data):
    found = paths(real_data / "ede-otterlo")

    assert found["bgt"] == "bgt"
    assert {name: found[name].split("/")[0] for name in ("addresses", "buurten", "charge_points")} == {
        "addresses": "bag",
        "buurten": "cbs",
        "charge_points": "chargers",
    }


EVERY = {
    "bag": {"addresses": "adressen.gpkg"},
    "bgt": {"bgt": "2015"},
    "car_stock": {"car_stock": "kim_ruw.csv"},
    "cbs": {
        "postcodes": "cbs_pc4_2024_v1.csv",
        "squares": "cbs_vk100_2024_v1.gpkg",
        "buurten": "wijkenbuurten_2024.json",
    },
    "charge_points": {"charge_points": "charging_point_locations.geojson.gz"},
    "decrees": {"decrees": "json/001.json"},
    "enexis": {"cables.enexis": "."},
    "forecast": {"forecast": "breed.xlsx"},
    "jobs": {"jobs": "banen.csv"},
    "klic": {"cables.klic": "."},
    "klic-graafmelding": {"cables.klic": "Levering_26G990003_1.zip"},
    "liander": {"cables.liander": "."},
    "municipal_cars": {"municipal_cars": "lijst.csv"},
    "netcapaciteit-arcgis": {
        f"grid_capacity.{name.lower().replace('_', '-')}": f"{name}.json"
        for name in (f"Capaciteitskaart_elektriciteitsnet_v2_{way}" for way in ("afname", "teruglevering"))
    },
    "netcapaciteit-csv": {
        "grid_capacity.congestie-pc6": "congestie_pc6.csv",
        "grid_capacity.voedingsgebieden": "voedingsgebieden.csv",
    },
    "netcapaciteit-eigen": {},
    "netcapaciteit-im": {"grid_capacity.im-capaciteitskaart": "im_capaciteitskaart.json"},
    "occupancy": {"occupancy": "ocpi"},
    "parking_bays": {
        "parking_bays.overpass": "overpass.json",
        "parking_bays.parkeervakken": "parkeervakken.geojson",
        "parking_bays.vakken": "vakken.csv",
    },
    "planned_homes": {"planned_homes": "lijst.xlsx"},
    "rasters": {"rasters.hoogte": "hoogte.tif", "rasters.hoogte-zuid-eerst": "hoogte_zuid_eerst.tif"},
    "registrations": {"registrations": "telling"},
    "requests": {"requests": "lijst.csv"},
    "road_managers": {"road_managers": "nwb.gpkg"},
    "sessions": {"sessions": "cdrs"},
    "signs": {"signs": "borden.csv"},
    "stedin": {"cables.stedin": "."},
    "trees": {"trees": "bomen.geojson"},
    "walking": {"walking": "lopen.osm.pbf", "road_managers": "nwb_wegvakken.geojson"},
    "zones": {},
}
"""Folder of the other formats to what is found in it; a list in words of its own and zones are not recognised."""

PAGES = {
    "bag/ogc": "addresses",
    "bag/wfs": "addresses",
    "bgt/ogc": "bgt",
    "bgt/sqlite": "bgt",
    "charge_points/ocpi_pages": "charge_points",
    "occupancy/snapshots": "occupancy",
}
"""Folder that is one delivery to its source."""

ALONE = {
    "decrees/xml/001.xml": "decrees",
    "bag/extract.zip": "addresses",
    "bgt/bgt.gpkg": "bgt",
    "cbs/cbs_pc6_2024_v1.gpkg": "postcodes",
    "cbs/cbs_vk500_2024_v1.csv": "squares",
    "charge_points/charging_point_locations_ocpi.json.gz": "charge_points",
    "charge_points/gemeente.details.json": "charge_points",
    "charge_points/gemeente.geojson": "charge_points",
    "charge_points/open_charge_map.csv": "charge_points",
    "charge_points/osm.geojson": "charge_points",
    "charge_points/overpass.json": "charge_points",
    "forecast/kwh.csv": "forecast",
    "forecast/lang.csv": "forecast",
    "municipal_cars/odata.json": "municipal_cars",
    "occupancy/peilingen.csv": "occupancy",
    "planned_homes/vlakken.gpkg": "planned_homes",
    "registrations/telling.csv": "registrations",
    "registrations/voertuigen.csv": "registrations",
    "requests/werkmap.xlsx": "requests",
    "sessions/laadpaaldata.csv": "sessions",
    "sessions/sessies_utrecht.csv": "sessions",
    "signs/borden_rd.geojson.gz": "signs",
    "signs/borden_v3.json": "signs",
    "signs/borden_v4.geojson": "signs",
    "trees/bomen.gpkg": "trees",
    "trees/bomen.shp": "trees",
    "trees/bomen_amsterdam.csv": "trees",
    "walking/lopen_overpass.json": "walking",
}
"""File to the one source that it is."""


@pytest.fixture(scope="module")
def every(tmp_path_factory):
    """Every other format of a demo town; not to be changed."""
    folder = tmp_path_factory.mktemp("every")
    write_demo(folder, 1000, 1, every_format=True)
    return folder / "vormen"


@pytest.mark.slow
@pytest.mark.xdist_group("discover-every")
def test_every_format_is_recognised(every):
    folders = {each.relative_to(every).as_posix() for each in every.iterdir()}

    found = {name: paths(every / name) for name, expected in EVERY.items() if expected}

    assert found == {name: expected for name, expected in EVERY.items() if expected}
    assert folders == set(EVERY)


@pytest.mark.slow
@pytest.mark.xdist_group("discover-every")
def test_each_file_is_recognised_alone(every, tmp_path):
    found = {}
    for place, name in enumerate(ALONE):
        folder = tmp_path / str(place)
        folder.mkdir()
        parts = (".shp", ".shx", ".dbf", ".prj") if name.endswith(".shp") else (Path(name).suffix,)
        for part in parts:
            shutil.copy((every / name).with_suffix(part), folder)
        found[name] = list(find_sources(folder))

    assert found == {name: [source] for name, source in ALONE.items()}


@pytest.mark.slow
@pytest.mark.xdist_group("discover-every")
@pytest.mark.parametrize("name", PAGES)
def test_a_folder_with_the_parts_of_one_delivery_serves_whole(every, tmp_path, name):
    shutil.copytree(every / name, tmp_path / "levering")

    assert paths(tmp_path) == {PAGES[name]: "levering"}


@pytest.mark.slow
@pytest.mark.xdist_group("discover-every")
@pytest.mark.parametrize("name", [name for name, expected in EVERY.items() if not expected])
def test_what_must_be_explained_is_not_guessed(every, name):
    with pytest.raises(MissingSource, match="No file in the folder is recognised"):
        find_sources(every / name)


def test_a_network_of_road_axes_does_not_go_before_the_one_made_from_the_bgt(sources):
    (sources / "lopen.osm").unlink()
    rows = {"wvk_id": [1], "jte_id_beg": [1], "jte_id_end": [2], "wegbehsrt": ["G"]}
    axis = shapely.LineString([(144000, 508000), (144100, 508000)])
    gpd.GeoDataFrame(rows, geometry=[axis], crs=28992).to_file(sources / "nwb.gpkg", layer="wegvakken")

    found = paths(sources)
    shutil.rmtree(sources / "bgt")

    assert found["road_managers"] == "nwb.gpkg"
    assert "walking" not in found
    assert paths(sources)["walking"] == "nwb.gpkg"


def test_two_files_of_one_name_get_names_of_their_own(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        rows = gpd.GeoDataFrame({"id": ["1"]}, geometry=[shapely.LineString([(1e5, 4e5), (1e5, 5e5)])], crs=28992)
        rows.to_file(tmp_path / folder / "LS kabel.gpkg", layer="net")

    assert paths(tmp_path) == {"cables.ls-kabel": "a/LS kabel.gpkg", "cables.ls-kabel-2": "b/LS kabel.gpkg"}


def test_a_large_file_is_not_read_whole(tmp_path):
    start = "[" + '{"id": "a", "evses": []}, ' * 100
    with (tmp_path / "large.json").open("wb") as stream:
        stream.write(start.encode())
        stream.truncate(2_000_000_000)

    assert paths(tmp_path) == {"charge_points": "large.json"}


BAYS = "amsterdam-zeeheldenbuurt-parkeren"

AREAS = {
    "maasgouw-wessem": {
        "buurten": "cbs/cbs_buurten2024_maasgouw_DERIVED.gpkg",
        "charge_points": "chargers/maasgouw.details.json",
        "occupancy": "chargers/snapshots",
        "cables.klic": "klic",
        "parking_bays.osm-parking-spaces-maasgouw": "osm/osm_parking_spaces_maasgouw.geojson",
    },
    "amsterdam-zeeheldenbuurt": {
        "addresses": "bag/bag.gpkg",
        "charge_points": "chargers/amsterdam.geojson",
        f"parking_bays.{BAYS}-parkeervakken": "parking/amsterdam_zeeheldenbuurt_parkeren.gpkg",
        f"parking_bays.{BAYS}-bgt-wegdeel": "parking/amsterdam_zeeheldenbuurt_parkeren.gpkg",
        "parking_bays.vakken": "parking/vakken.csv",
        "parking_bays.wegdeel": "parking/wegdeel.csv",
        "trees": "trees/ijburg_trees.csv",
    },
    "ede-otterlo": {
        "bgt": "bgt",
        "addresses": "bag/dutch_addresses_28992.gpkg",
        "buurten": "cbs/cbs_buurten2024_ede_DERIVED.gpkg",
        "charge_points": "chargers/ede.details.json",
        "occupancy": "chargers/snapshots",
        "parking_bays.osm-parking-spaces-ede": "osm/osm_parking_spaces_ede.geojson",
    },
}


@pytest.mark.real
@pytest.mark.parametrize("area", AREAS)
def test_every_source_of_a_real_area_is_found(real_data, area):
    assert paths(real_data / area) == AREAS[area]
