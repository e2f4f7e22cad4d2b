import json
import shutil

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
    assert set(FILES) == {*Sources().given(), "trees"}


def test_the_layer_is_named_for_a_geopackage_only(demo):
    layers = {name: layer for name, (_, layer) in find_sources(demo).items()}

    assert {name for name, layer in layers.items() if layer} == {"addresses", "buurten"}


def test_sources_are_known_by_what_they_hold(sources):
    new = {"bag-light.gpkg": "a.GPKG", "cbs_buurten.gpkg": "b.gpkg", "laadpunten_ocpi.json": "c.JSON"}
    new |= {"autos_pc4.csv": "d.CSV", "bomen.csv": "e.csv"}
    for old, name in new.items():
        (sources / "deep" / "down").mkdir(parents=True, exist_ok=True)
        (sources / old).rename(sources / "deep" / "down" / name)
    (sources / "bgt").rename(sources / "Levering 12")

    assert paths(sources) == {
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
