import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.figures import RoadManagers
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource, WrongCrs
from laadplan.ingest.road_managers import read_road_managers
from tests.frames import X, Y, make

RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}


def line(west):
    return shapely.LineString([(X + west, Y), (X + west + 50, Y + 10)])


def roads(kinds=("G", "R", None), crs=28992):
    table = {
        "wvk_id": [600_000_001 + place for place in range(len(kinds))],
        "wegbehsrt": list(kinds),
        "wegbehcode": ["228", "RW", None][: len(kinds)],
        "wegbehnaam": ["Ede", "Rijk", None][: len(kinds)],
        "stt_naam": ["Dorpsstraat"] * len(kinds),
        "gme_id": [228] * len(kinds),
    }
    shapes = [line(100 * place) for place in range(len(kinds))]
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=shapes, crs=crs)


def saved(path, frame, **options):
    frame.to_file(path, engine="pyogrio", **options)
    return path


def page(path, frame):
    content = {"type": "FeatureCollection", "crs": RD, "features": frame.to_geo_dict()["features"]}
    path.write_text(json.dumps(content))


def manager(kind, code, name, west):
    return {
        "street": "Dorpsstraat",
        "manager_kind": kind,
        "manager_code": code,
        "manager_name": name,
        "municipality_code": "GM0228",
        "geometry": shapely.LineString([(west, 0), (west + 50, 10)]),
    }


EXPECTED = make(
    RoadManagers,
    {
        "600000001": manager("gemeente", "228", "Ede", 0),
        "600000002": manager("rijk", "RW", "Rijk", 100),
        "600000003": manager("onbekend", None, None, 200),
    },
)


@pytest.mark.parametrize("name", ["nwb.gpkg", "nwb.shp", "nwb.geojson"])
def test_the_kind_of_manager_is_read_from_every_format(tmp_path, name):
    quality = Quality()
    options = {"RFC7946": "NO"} if name.endswith("json") else {}

    found = read_road_managers(saved(tmp_path / name, roads(), **options), quality=quality)

    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(EXPECTED))
    assert quality.findings == ["The road manager of 1 wegvakken is unknown."]


def test_pages_that_overlap_count_once_and_the_empty_last_one_is_left_out(tmp_path):
    quality = Quality()
    page(tmp_path / "0.json", roads()[:2])
    page(tmp_path / "1.json", roads()[1:])
    page(tmp_path / "2.json", roads()[:0])

    found = read_road_managers(tmp_path, quality=quality)

    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(EXPECTED))
    assert (quality.read, quality.dropped) == (4, {"hetzelfde wegvak nog een keer": ["600000002"]})


def test_a_shapefile_may_be_named_by_its_folder(tmp_path):
    saved(tmp_path / "nwb.shp", roads())

    assert list(read_road_managers(tmp_path).index) == list(EXPECTED.index)


def test_only_roads_that_touch_the_area_are_kept_whole(tmp_path):
    quality = Quality()
    area = shapely.box(X + 40, Y - 10, X + 60, Y + 50)

    found = read_road_managers(saved(tmp_path / "nwb.gpkg", roads()), area, quality=quality)

    assert found.geometry.to_dict() == {"600000001": line(0)}
    assert (quality.read, quality.kept, quality.skipped) == (3, 1, {"buiten het gebied": 2})


def test_an_area_without_roads_gives_an_empty_frame(tmp_path):
    found = read_road_managers(saved(tmp_path / "nwb.gpkg", roads()), shapely.box(X, Y + 900, X + 1, Y + 901))

    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(RoadManagers.empty()))


def test_a_kind_that_is_not_known_is_unknown_until_it_is_mapped(tmp_path):
    quality = Quality()
    path = saved(tmp_path / "a.gpkg", roads(("G", "X", "T")))

    found = read_road_managers(path, quality=quality)
    mapped = read_road_managers(path, values={"manager_kind": {"x": "provincie"}})

    assert found["manager_kind"].to_list() == ["gemeente", "onbekend", "overig"]
    assert mapped["manager_kind"].to_list() == ["gemeente", "provincie", "overig"]
    assert quality.findings[0] == "Kind of road manager not known: X; map it under 'values'."
    with pytest.raises(ConfigError, match="manager_kind cannot be 'waterstaat'"):
        read_road_managers(path, values={"manager_kind": {"x": "waterstaat"}})


def test_a_wegvak_without_a_shape_is_dropped(tmp_path):
    frame = roads()
    frame.loc[0, "geometry"] = None
    quality = Quality()

    found = read_road_managers(saved(tmp_path / "a.gpkg", frame), quality=quality)

    assert list(found.index) == ["600000002", "600000003"]
    assert quality.dropped == {"zonder geometrie": ["600000001"]}


@pytest.mark.parametrize(
    ("frame", "kind", "words"),
    [
        (roads().rename(columns={"wegbehsrt": "soort"}), BadInput, "A column is missing: manager_kind"),
        (roads(crs=32631), WrongCrs, "not EPSG:28992"),
        (roads().assign(wvk_id=1), ContractBroken, "more than once in 'wvk_id'"),
        (roads()[:0], BadInput, "The layer is empty"),
        (roads().set_geometry(roads().centroid), BadInput, "with geometry Point instead of LineString"),
    ],
    ids=["column", "crs", "doubles", "empty", "points"],
)
def test_a_layer_that_cannot_be_used_is_refused(tmp_path, frame, kind, words):
    with pytest.raises(kind, match=words):
        read_road_managers(saved(tmp_path / "a.gpkg", frame))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_road_managers(tmp_path / "a.gpkg")
