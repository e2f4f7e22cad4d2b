import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Trees
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource, WrongCrs
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.tree_dialects import DIALECTS, SPELLINGS
from laadplan.ingest.tree_register import read_trees
from tests.frames import X, Y, box, make, moved, point

TABLE = """Boomnr;Naam_NL;Stamdiameter_cm;Kroondiameter_m;Hoogte;X;Y
B1;Zomereik;40;6,5;12-15 m;180000,00;457000,00
B2;;\\N;;tot 6 m;180010,50;457000,25
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bomen.csv"


def write(path, text=TABLE):
    path.write_text(text, encoding="utf-8")
    return path


def layer(columns=None, crs=28992):
    """Two trees as a layer, as a municipality would have them in its GIS."""
    shapes = gpd.GeoSeries([shapely.Point(X, Y), shapely.Point(X + 10, Y)], crs=28992)
    shapes = to_wgs84(shapes) if crs == 4326 else shapes
    return gpd.GeoDataFrame(columns or {"BOOMNUMMER": [7, 8], "BOOMSOORT": ["Els", None]}, geometry=shapes, crs=crs)


def degrees(x=0.0, y=0.0):
    place = to_wgs84(gpd.GeoSeries([shapely.Point(X + x, Y + y)], crs=28992))[0]
    return round(place.x, 7), round(place.y, 7)


def test_a_register_is_read_in_metres(path):
    found = read_trees(write(path))

    expected = make(
        Trees,
        {
            "B1": {
                "geometry": point(0, 0),
                "species": "Zomereik",
                "stem_diameter_m": 0.4,
                "stem_min_m": 0.4,
                "stem_max_m": 0.4,
                "crown_diameter_m": 6.5,
                "crown_min_m": 6.5,
                "crown_max_m": 6.5,
                "height_class": "12-15 m",
                "height_min_m": 12.0,
                "height_max_m": 15.0,
                "origin": "bomenregister",
            },
            "B2": {
                "geometry": point(10.5, 0.25),
                "height_class": "tot 6 m",
                "height_max_m": 6.0,
                "origin": "bomenregister",
            },
        },
    )
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_other_delimiters_give_the_same_trees(path, delimiter):
    text = TABLE.replace(",", ".").replace(";", delimiter)

    pd.testing.assert_frame_equal(read_trees(write(path, text)), read_trees(write(path)))


@pytest.mark.parametrize(("suffix", "crs"), [("gpkg", 28992), ("shp", 28992), ("geojson", 4326), ("fgb", 28992)])
def test_layers_give_the_trees_of_the_table(tmp_path, suffix, crs):
    path = tmp_path / f"bomen.{suffix}"
    layer(crs=crs).to_file(path)

    found = read_trees(path)

    assert found["species"].to_dict() == {"7": "Els", "8": None} or pd.isna(found["species"]["8"])
    assert found.geometry["7"].distance(shapely.Point(X, Y)) < 0.02
    assert found.crs.to_epsg() == 28992


def test_a_layer_is_read_no_further_than_the_area(tmp_path):
    quality = Quality()
    layer().to_file(tmp_path / "bomen.gpkg")

    found = read_trees(tmp_path / "bomen.gpkg", moved(box(-1, -1, 1, 1)), quality=quality)

    assert (list(found.index), quality.read, quality.summary()["dropped"]) == (["7"], 2, {"buiten het gebied": 1})


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("LNG;LAT", lambda: ";".join(map(str, degrees()))),
        ("WKT", lambda: "POINT({} {})".format(*degrees())),
        ("geom", lambda: '"SRID=28992;POINT(180000 457000)"'),
        ("geom", lambda: shapely.to_wkb(shapely.set_srid(shapely.Point(degrees()), 4326), hex=True, include_srid=True)),
        ("geom", lambda: json.dumps({"type": "Point", "coordinates": degrees()})),
        ("geo_point_2d", lambda: "{1}, {0}".format(*degrees())),
    ],
)
def test_places_in_cells_are_understood(path, header, cells):
    text = f"Boomnr;{header}\nB1;{cells()}\nB2;{';' if header == 'LNG;LAT' else ''}\n"
    quality = Quality()

    found = read_trees(write(path, text), quality=quality)

    assert found.geometry["B1"].distance(shapely.Point(X, Y)) < 0.02
    assert quality.dropped == {"zonder coordinaten": ["B2"]}


def test_the_column_with_latitude_first_is_refused(path):
    text = "Boomnr;WKT_LAT_LNG\nB1;POINT({1} {0})\n".format(*degrees())

    with pytest.raises(WrongCrs, match="Latitude stands where longitude should be"):
        read_trees(write(path, text), columns={"geometry": "WKT_LAT_LNG"})


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("6 tot 9 m.", 6, 9),
        ("9-12", 9, 12),
        ("tot 6 m.", None, 6),
        ("< 5 m", None, 5),
        ("> 24 m", 24, None),
        ("24 m en hoger", 24, None),
        ("150 cm", 1.5, 1.5),
        ("8,5", 8.5, 8.5),
        ("0", None, None),
        ("Onbekend", None, None),
        ("12-9 m", None, None),
        ("enorm", None, None),
    ],
)
def test_heights_in_words_give_bounds(path, text, low, high):
    found = read_trees(write(path, f"Boomnr;hoogteklasse;X;Y\nB1;{text};180000;457000\n")).loc["B1"]

    expected = [float("nan") if each is None else each for each in (low, high)]
    assert [found["height_min_m"], found["height_max_m"]] == pytest.approx(expected, nan_ok=True)
    assert found["height_class"] == text or text in ("150 cm", "8,5", "0")


def test_words_that_nobody_understands_are_kept_and_told(path):
    quality = Quality()

    found = read_trees(write(path, TABLE.replace("40", "dik")), quality=quality)

    assert found["stem_class"]["B1"] == "dik"
    assert found[["stem_diameter_m", "stem_min_m", "stem_max_m"]].isna().all().all()
    assert quality.findings == ["The stem of 1 trees is in words that are not understood: dik."]


def test_a_stem_class_stands_in_for_a_missing_diameter(path):
    text = "Boomnr;diameter;diameterklasse;X;Y\nB1;;20-30 cm;180000;457000\nB2;35;30-40 cm;180001;457000\n"

    found = read_trees(write(path, text))

    assert found["stem_class"].fillna("").to_list() == ["20-30 cm", ""]
    assert found["stem_min_m"].to_list() == pytest.approx([0.2, 0.35])
    assert found["stem_diameter_m"].to_list() == pytest.approx([float("nan"), 0.35], nan_ok=True)


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_every_dialect_is_read_by_its_name(path, name):
    ready = {"tree_id": "OBJECTID", "x_rd": "X", "y_rd": "Y"} | DIALECTS[name]
    ready = {"tree_id": ready["tree_id"], **ready}
    cells = {"tree_id": "B1", "species": "Zomereik", "x_rd": "180000", "y_rd": "457000"}
    cells |= {"longitude": "5.7553", "latitude": "52.0989"} if "longitude" in ready else {}
    cells |= {"stem_diameter_cm": "40", "stem_class_cm": "30-40 cm", "height_m": "8", "height_class_m": "6-9 m"}
    text = ";".join(ready.values()) + "\n" + ";".join(cells.get(each, "5") for each in ready) + "\n"

    found = read_trees(write(path, text), dialect=name)

    assert list(found.index) == ["B1"]
    assert found["species"]["B1"] == "Zomereik"
    assert ("height_m" in ready or "height_class_m" in ready) == bool(found["height_max_m"].notna().all())
    assert set(ready) <= set(SPELLINGS)


def test_the_config_goes_before_the_dialect_and_the_dialect_before_recognition(path):
    text = "Boomnr;BEHEERCODE;Code;NEDERLANDSE_NAAM;X;Y\nB;A;C;Els;180000;457000\n"
    write(path, text)

    assert list(read_trees(path, dialect="utrecht").index) == ["B"]
    assert list(read_trees(path).index) == ["A"]  # all columns of arnhem are there
    assert list(read_trees(path, dialect="arnhem", columns={"tree_id": "Code"}).index) == ["C"]


def test_a_column_name_cut_short_by_a_shapefile_is_recognised(tmp_path):
    columns = {"nederlandse_boomnaam": ["Els", "Es"], "boomnummer": ["1", "2"]}
    layer({name[:10]: values for name, values in columns.items()}).to_file(tmp_path / "bomen.shp")

    assert read_trees(tmp_path / "bomen.shp")["species"].to_list() == ["Els", "Es"]


def test_a_folder_with_one_layer_is_that_layer(tmp_path):
    layer().to_file(tmp_path / "bomen.shp")

    assert list(read_trees(tmp_path).index) == ["7", "8"]


def test_a_tree_without_coordinates_is_dropped_and_told(path):
    quality = Quality()

    found = read_trees(write(path, TABLE + "B3;Beuk;;;;;\nB4;Beuk;;;;180000;\n"), quality=quality)

    assert (list(found.index), quality.read, quality.kept) == (["B1", "B2"], 4, 2)
    assert list(quality.dropped.values()) == [["B3", "B4"]]


def test_only_trees_in_the_area_are_kept_and_the_rest_counted(path):
    quality = Quality()

    found = read_trees(write(path), moved(box(-1, -1, 1, 1)), quality=quality)

    assert (list(found.index), quality.dropped) == (["B1"], {"buiten het gebied": ["B2"]})


def test_an_area_without_trees_gives_an_empty_frame(path):
    pd.testing.assert_frame_equal(read_trees(write(path), moved(box(90, 90, 91, 91))), Trees.empty())


def test_columns_may_be_named_in_the_config(path):
    text = TABLE.replace("Boomnr", "Sleutel").replace(";X;", ";Oost;")

    found = read_trees(write(path, text), columns={"tree_id": "Sleutel", "x_rd": "Oost"})

    assert list(found.index) == ["B1", "B2"]


def test_measures_that_the_register_does_not_hold_are_empty(path):
    found = read_trees(write(path, "ID,X,Y\nB1,180000,457000\n"))

    assert found.drop(columns=["origin", "geometry"]).isna().all().all()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (TABLE.replace("Boomnr", "Sleutel"), BadInput, "A column is missing: tree_id"),
        (TABLE.replace(";X;", ";Oost;"), BadInput, "No column holds a place.*The file has: Boomnr"),
        (TABLE.replace("180000,00", "hier"), BadInput, "Column X holds 'hier'"),
        ("Boomnr;WKT\nB1;PUNT(1 2)\n", BadInput, "Column WKT holds 'PUNT.1 2.', which is not a place.*line 2"),
        ('Boomnr;WKT\nB1;"SRID=31370;POINT(1 2)"\n', WrongCrs, "EPSG:31370"),
        (TABLE.replace("B2", "B1"), ContractBroken, "more than once in 'tree_id'"),
        (TABLE.replace("B2", ""), ContractBroken, "tree_id"),
        (
            TABLE.replace(";40;", ";-40;"),
            ContractBroken,
            r"Column stem_diameter_m must be at least 0 \(found -0\.4\)\..*Rows: B1",
        ),
        (TABLE.replace("180000,00;457000,00", "5,77;52,1"), WrongCrs, "probably in degrees"),
        (TABLE.partition("\n")[0], BadInput, "The table has no rows"),
        ('{"type": "Topology", "objects": {}}', BadInput, "This JSON holds no features"),
        ("<OGRVRTDataSource/>", BadInput, "This is XML"),
    ],
)
def test_a_register_that_cannot_be_used_is_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_trees(write(path, text))


def test_a_dialect_that_does_not_exist_is_named(path):
    with pytest.raises(ConfigError, match=r"'lutjebroek' is not known.*amsterdam"):
        read_trees(write(path), dialect="lutjebroek")


def test_degrees_labelled_rd_are_refused(tmp_path):
    layer(crs=4326).set_crs(28992, allow_override=True).to_file(tmp_path / "bomen.gpkg")

    with pytest.raises(WrongCrs, match="says EPSG:28992, but its coordinates are in degrees"):
        read_trees(tmp_path / "bomen.gpkg")


@pytest.mark.parametrize("area", [None, moved(box(-1, -1, 1, 1))])
def test_metres_in_geojson_without_crs_are_refused(tmp_path, area):
    layer().set_crs(4326, allow_override=True).to_file(tmp_path / "bomen.geojson")

    with pytest.raises(WrongCrs, match="but its coordinates are in metres"):
        read_trees(tmp_path / "bomen.geojson", area)


def test_a_layer_without_crs_is_refused(tmp_path):
    layer().to_file(tmp_path / "bomen.shp")
    (tmp_path / "bomen.prj").unlink()

    with pytest.raises(WrongCrs, match="No CRS is given"):
        read_trees(tmp_path / "bomen.shp")


def test_an_empty_layer_is_refused(tmp_path):
    layer().iloc[:0].to_file(tmp_path / "bomen.gpkg")

    with pytest.raises(BadInput, match="The layer is empty"):
        read_trees(tmp_path / "bomen.gpkg")


def test_a_truncated_layer_is_refused(tmp_path):
    path = tmp_path / "bomen.geojson"
    layer(crs=4326).to_file(path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(BadInput, match="cannot be read"):
        read_trees(path)


def test_a_register_in_another_encoding_is_refused(path):
    path.write_bytes(TABLE.replace("Zomereik", "Fladderiep één").encode("latin-1"))

    with pytest.raises(BadInput, match="not UTF-8"):
        read_trees(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="The file does not exist"):
        read_trees(path)


@pytest.mark.real
def test_the_trees_of_ijburg_are_read(real_data):
    quality = Quality()

    found = read_trees(real_data / "amsterdam-zeeheldenbuurt/trees/ijburg_trees.csv", quality=quality)

    assert (quality.read, len(found), quality.findings) == (2216, 2216, [])
    assert found["height_class"].value_counts().to_dict() == {
        "tot 6 m.": 788,
        "6 tot 9 m.": 744,
        "9 tot 12 m.": 514,
        "12 tot 15 m.": 137,
        "15 tot 18 m.": 19,
        "Onbekend": 14,
    }
    assert found["height_max_m"].isna().sum() == 14
    assert found["crown_diameter_m"].isna().all()  # RADIUS is the size of a symbol: it follows the height class
    by_gdal = gpd.GeoSeries.from_wkt(["POINT(4.997543 52.355423)"], crs=4326).to_crs(28992)[0]
    assert found.geometry["1057"].distance(by_gdal) < 0.3
