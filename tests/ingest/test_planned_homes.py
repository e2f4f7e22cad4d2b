import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.figures import PlannedHomes
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ContractBroken, MissingSource, WrongCrs
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.planned_homes import read_planned_homes
from tests.frames import NAN, X, Y, make

TABLE = f"""Woningbouwplannen, stand 1 januari
plannummer;plannaam;aantal woningen;woningtype;opleverjaar;parkeernorm;buurtcode;x;y
P1;Noord;40;appartement;2028;0,8;BU02280001;{X};{Y}
P1;Noord;12;rijwoning;2029;1,4;BU02280001;{X};{Y}
P2;Zuid;n.n.b.;;;;2280002;;
P3;Oost;5;;;;;;
"""
FIRST = {
    "plan_id": "P1",
    "name": "Noord",
    "dwellings": 40.0,
    "dwelling_kind": "appartement",
    "delivery_year": 2028.0,
    "parking_norm": 0.8,
    "buurtcode": "BU02280001",
    "x_rd_m": X,
    "y_rd_m": Y,
}
NOTHING = dict.fromkeys(PlannedHomes.columns()) | dict.fromkeys(
    ("dwellings", "delivery_year", "parking_norm", "x_rd_m", "y_rd_m"), NAN
)


def write(path, text=TABLE):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "plannen.csv"


def layer(path, crs=28992, shapes=None, **columns):
    shapes = shapes or [shapely.box(X, Y, X + 40, Y + 20), shapely.box(X + 500, Y, X + 540, Y + 20)]
    table = {"plan_id": ["P1", "P2"], "aantal": [40, 12]} | columns
    gpd.GeoDataFrame(table, geometry=shapes, crs=crs).to_file(path, engine="pyogrio")
    return path


def test_a_plan_has_a_row_per_kind_of_dwelling_and_year(path):
    quality = Quality()

    found = read_planned_homes(write(path), quality=quality)

    expected = make(
        PlannedHomes,
        {
            "P1|appartement|2028": FIRST,
            "P1|rijwoning|2029": FIRST
            | {"dwellings": 12.0, "dwelling_kind": "rijwoning", "delivery_year": 2029.0, "parking_norm": 1.4},
            "P2||": NOTHING | {"plan_id": "P2", "name": "Zuid", "buurtcode": "BU02280002"},
            "P3||": NOTHING | {"plan_id": "P3", "name": "Oost", "dwellings": 5.0},
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert quality.findings == ["1 plans have neither a place nor a buurt: first P3||."]
    assert quality.facts == {"dwellings": 57.0}


def test_a_plan_counts_by_its_place_and_without_one_by_its_buurt(path):
    quality = Quality()
    area = shapely.box(X + 100, Y, X + 200, Y + 100)

    found = read_planned_homes(write(path), area, buurtcodes=["BU02280001"], quality=quality)

    assert list(found.index) == ["P3||"]
    assert quality.dropped == {
        "buiten het gebied": ["P1|appartement|2028", "P1|rijwoning|2029"],
        "buurt ligt niet in het gebied": ["P2||"],
    }


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_the_place_of_a_polygon_is_a_point_inside_it(tmp_path, suffix):
    found = read_planned_homes(layer(tmp_path / f"plannen{suffix}"), shapely.box(X, Y, X + 100, Y + 100))

    assert found[["plan_id", "dwellings", "x_rd_m", "y_rd_m"]].to_numpy().tolist() == [["P1", 40.0, X + 20, Y + 10]]


def test_geojson_in_degrees_comes_to_rd(tmp_path):
    point = to_wgs84(gpd.GeoSeries([shapely.Point(X, Y)], crs=28992))[0]
    features = [
        {"type": "Feature", "properties": {"plan_id": "P1", "aantal": 4}, "geometry": shapely.geometry.mapping(point)},
        {"type": "Feature", "properties": {"plan_id": "P2", "aantal": 5}, "geometry": None},
    ]
    path = write(tmp_path / "a", json.dumps({"type": "FeatureCollection", "features": features}))

    found = read_planned_homes(path)

    assert found.loc["P1||", ["x_rd_m", "y_rd_m"]].to_list() == pytest.approx([X, Y], abs=0.02)
    assert pd.isna(found.loc["P2||", "x_rd_m"])


def test_a_layer_in_another_crs_is_refused(tmp_path):
    with pytest.raises(WrongCrs, match="EPSG:32631, not EPSG:28992"):
        read_planned_homes(layer(tmp_path / "a.gpkg", crs=32631))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TABLE.replace("plannummer", "nr"), BadInput, "A column is missing: plan_id"),
        (TABLE.replace(";40;", ";veel;"), BadInput, "'veel', which is not a number"),
        (TABLE.replace(";40;", ";-1;"), ContractBroken, "dwellings must be at least 0"),
        (TABLE.replace("2028", "28"), BadInput, "'28', which is not a year"),
        (TABLE.replace("12;rijwoning;2029", "12;appartement;2028"), ContractBroken, "more than once in 'part_id'"),
        (TABLE.replace("P3;", ";"), BadInput, "is not an id. Rows: 4"),
        (TABLE.replace(f"{X};{Y}", "5.77;52.09"), WrongCrs, "2 plans lie outside the area of RD New"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_planned_homes(write(path, text))


def test_a_broken_shape_is_refused(tmp_path):
    bow = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])

    with pytest.raises(BadInput, match=r"1 plans have a broken shape. Rows: P1"):
        read_planned_homes(layer(tmp_path / "a.gpkg", shapes=[bow, shapely.box(X, Y, X + 1, Y + 1)]))


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_planned_homes(path)
