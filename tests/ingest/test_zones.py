import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.street import Zones
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource, WrongCrs
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.zones import read_zones
from tests.frames import box, moved

SQUARE = box(0, 0, 100, 100)
BOW = "POLYGON((180000 457000, 180100 457100, 180100 457000, 180000 457100, 180000 457000))"
EMPTY = {"name": None, "category": None, "parking_pressure_share": float("nan"), "from_on": None, "until_on": None}


def layer(columns, shapes=(SQUARE,), crs=28992):
    geometry = gpd.GeoSeries([moved(shape) for shape in shapes], crs=28992)
    return gpd.GeoDataFrame(columns, geometry=to_wgs84(geometry) if crs == 4326 else geometry, crs=crs)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "zones.csv"


@pytest.mark.parametrize(("suffix", "crs"), [("gpkg", 28992), ("fgb", 28992), ("shp", 28992), ("geojson", 4326)])
def test_a_layer_of_zones_is_read(tmp_path, suffix, crs):
    file = tmp_path / f"zones.{suffix}"
    layer({"id": ["1"], "naam": ["Kerk"], "status": ["rijksmonument"]}, crs=crs).to_file(file)

    found = read_zones(file, kind="erfgoed")

    words = {**EMPTY, "kind": "erfgoed", "name": "Kerk", "category": "rijksmonument"}
    assert found.drop(columns="geometry").astype(object).fillna("").to_dict("index") == {
        "1": {name: "" if pd.isna(words[name]) else words[name] for name in Zones.columns() if name != "geometry"}
    }
    assert found.geometry["1"].symmetric_difference(moved(SQUARE)).area < 10


def test_soil_classes_are_our_words_and_others_stay_as_they_are(path):
    rows = "".join(f"{at};{word};{moved(SQUARE).wkt}\n" for at, word in enumerate(["WONEN", "Zone 3", "Indus", ""]))

    found = read_zones(
        write(path, "id;bodemkwaliteitsklasse;geometry\n" + rows),
        kind="bodem",
        values={"category": {"indus": "industrie"}},
    )

    assert found["category"].fillna("").to_list() == ["wonen", "Zone 3", "industrie", ""]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("parkeerdruk", "has a parking_pressure_share"), ("bodem", "has a category"), ("uitsluiting", None)],
)
def test_zones_without_what_their_kind_is_for_are_told(path, kind, words):
    quality = Quality()

    read_zones(write(path, f"id;bezetting_wijk;geometry\na;80;{moved(SQUARE).wkt}\n"), kind=kind, quality=quality)

    told = [f"None of the zones {words}: name its column under 'columns' of this source."] if words else []
    assert quality.findings == told


def test_an_owner_who_may_be_a_person_is_not_named(path):
    owners = ["Gemeente Demodorp", "J. Jansen", "Staat der Nederlanden", "Bouw B.V.", "Woonfijn", "particulier", ""]
    rows = "".join(f"{at};{word};{moved(SQUARE).wkt}\n" for at, word in enumerate(owners))
    quality = Quality()

    found = read_zones(
        write(path, f"id;eigenaar;geometry\n{rows}"),
        kind="eigendom",
        values={"category": {"Woonfijn": "corporatie"}},
        quality=quality,
    )

    assert found["category"].fillna("").to_list() == [
        owners[0],
        "overig",
        *owners[2:4],
        "corporatie",
        "particulier",
        "",
    ]
    assert quality.findings == [
        "The owners of 1 zones may name a person and are not read: map those that are an organisation under 'values'."
    ]


def test_works_have_days_in_whatever_way_they_are_written(path):
    days = [("2027-03-01", "31-12-2027"), ("20270301", "2027/12/31 00:00:00"), ("", "medio 2028"), ("31-02-2027", "")]
    rows = "".join(f"{at};{start};{end};{moved(SQUARE).wkt}\n" for at, (start, end) in enumerate(days))
    quality = Quality()

    found = read_zones(write(path, "nummer;startdatum;einddatum;geometry\n" + rows), kind="werk", quality=quality)

    assert found[["from_on", "until_on"]].fillna("").to_numpy().tolist() == [
        ["2027-03-01", "2027-12-31"],
        ["2027-03-01", "2027-12-31"],
        ["", ""],
        ["", ""],
    ]
    assert quality.findings == [
        "1 cells of from_on are no day ('31-02-2027').",
        "1 cells of until_on are no day ('medio 2028').",
    ]


@pytest.mark.parametrize(
    ("cells", "shares", "told"),
    [
        (["0.85", "1,02"], [0.85, 1.02], False),
        (["85", "102"], [0.85, 1.02], True),
        (["85%", "102 %"], [0.85, 1.02], False),
        (["", "0.5"], [float("nan"), 0.5], False),
    ],
)
def test_parking_pressure_is_a_share(path, cells, shares, told):
    rows = "".join(f"{at};{cell};{moved(SQUARE).wkt}\n" for at, cell in enumerate(cells))
    quality = Quality()

    found = read_zones(write(path, "id;parkeerdruk;geometry\n" + rows), kind="parkeerdruk", quality=quality)

    assert found["parking_pressure_share"].to_list() == pytest.approx(shares, nan_ok=True)
    assert bool(quality.findings) == told


def test_broken_polygons_are_repaired_and_told(path):
    quality = Quality()

    found = read_zones(write(path, f"id;geometry\na;{BOW}\n"), kind="uitsluiting", quality=quality)

    assert found.area.to_dict() == pytest.approx({"a": 5000.0})
    assert found.is_valid.all()
    assert quality.findings == ["1 broken polygons were repaired."]


def test_of_a_collection_the_surfaces_are_kept(path):
    several = f"GEOMETRYCOLLECTION({moved(SQUARE).wkt}, POINT(180000 457000), {moved(box(200, 0, 210, 10)).wkt})"
    quality = Quality()

    found = read_zones(write(path, f"id;geometry\na;{several}\nb;POINT(180000 457000)\n"), kind="werk", quality=quality)

    assert found.area.to_dict() == {"a": 10_100.0}
    assert found.geom_type.to_dict() == {"a": "MultiPolygon"}
    assert quality.dropped == {"zonder vlak": ["b"]}


def test_zones_that_touch_the_area_are_whole(tmp_path):
    layer({"id": ["1", "2"]}, [SQUARE, box(500, 500, 600, 600)]).to_file(tmp_path / "zones.gpkg")
    quality = Quality()

    found = read_zones(tmp_path / "zones.gpkg", moved(box(90, 90, 120, 120)), kind="werk", quality=quality)

    assert found.area.to_dict() == {"1": 10_000.0}
    assert quality.summary()["dropped"] == {"buiten het gebied": 1}


def test_an_area_without_zones_gives_an_empty_frame(tmp_path):
    layer({"id": ["1"]}).to_file(tmp_path / "zones.gpkg")

    found = read_zones(tmp_path / "zones.gpkg", moved(box(900, 900, 910, 910)), kind="werk")

    pd.testing.assert_frame_equal(found, Zones.empty())


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (f"naam;geometry\na;{BOW}\n", BadInput, "A column is missing: zone_id"),
        (f"id;geometry\na;{BOW}\na;{BOW}\n", ContractBroken, "more than once in 'zone_id'"),
        ("id;geometry\na;POINT(180000 457000)\n", BadInput, "The layer holds no polygons"),
        ("id;geometry\na;POLYGON((180000 457000))\n", BadInput, "is not a place"),
        (
            "id;geometry\na;POLYGON((500000 0, 500100 0, 500100 100, 500000 0))\n",
            WrongCrs,
            "outside the area of RD New",
        ),
        (f"id;parkeerdruk;geometry\na;hoog;{BOW}\n", BadInput, "Column parking_pressure_share holds 'hoog'"),
        (f"id;parkeerdruk;geometry\na;-0.5;{BOW}\n", ContractBroken, "at least 0"),
        ("id,geometry\n", BadInput, "The table has no rows"),
    ],
)
def test_zones_that_cannot_be_used_are_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_zones(write(path, text), kind="parkeerdruk")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"kind": "speeltuin"}, "no kind of zone 'speeltuin'"), ({"kind": "werk", "values": {"x": {}}}, "no 'x' here")],
)
def test_a_config_that_names_what_is_not_there_is_refused(path, options, words):
    with pytest.raises(ConfigError, match=words):
        read_zones(path, **options)


def test_a_file_of_several_layers_wants_a_name(tmp_path):
    for name in ("a", "b"):
        layer({"id": ["1"]}).to_file(tmp_path / "zones.gpkg", layer=name)

    with pytest.raises(BadInput, match=r"holds 2 layers\. Name one: a, b"):
        read_zones(tmp_path / "zones.gpkg", kind="werk")
    with pytest.raises(MissingSource, match="no layer 'c'"):
        read_zones(tmp_path / "zones.gpkg", kind="werk", layer="c")
    assert len(read_zones(tmp_path / "zones.gpkg", kind="werk", layer="b")) == 1


def test_a_corner_that_is_no_number_is_no_place(path):
    text = f"id;geometry\na;POLYGON((180000 457000, 180100 inf, 180100 457000, 180000 457000))\nb;{moved(SQUARE).wkt}\n"
    quality = Quality()

    found = read_zones(write(path, text), kind="werk", quality=quality)

    assert (list(found.index), quality.dropped) == (["b"], {"zonder vlak": ["a"]})


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "number", "km2"),
    [
        ("amsterdam-zeeheldenbuurt/areas/gemeentegrens_amsterdam.gpkg", 1, 220.83),
        ("amsterdam-zeeheldenbuurt/areas/slimshady_neighborhoods.geojson", 518, 243.65),
        ("amsterdam-zeeheldenbuurt/parking/buurt.csv", 7, 2.749),
        ("amsterdam-zeeheldenbuurt/surfaces/EB08_sidewalks.geojson", 130, None),
        ("amsterdam-zeeheldenbuurt/surfaces/EC01_sidewalks.geojson", 212, None),
        ("amsterdam-zeeheldenbuurt/surfaces/EC02_sidewalks.geojson", 19, None),
        ("national/grid/alliander_service_area.fgb", 1, 18011.98),
    ],
)
def test_real_layers_are_read(real_data, name, number, km2):
    quality = Quality()

    found = read_zones(real_data / name, kind="uitsluiting", quality=quality)

    assert (len(found), quality.read) == (number, number)
    if km2:
        assert found.area.sum() / 1e6 == pytest.approx(km2, rel=1e-4)


@pytest.mark.real
def test_the_neighbourhoods_of_amsterdam_lie_where_gdal_puts_them(real_data):
    file = real_data / "amsterdam-zeeheldenbuurt/areas/slimshady_neighborhoods.geojson"
    by_gdal = gpd.read_file(file).set_index("CBS_Buurtcode").to_crs(28992)

    found = read_zones(file, kind="uitsluiting")

    assert shapely.hausdorff_distance(found.geometry["BU0363AC02"], by_gdal.geometry["BU0363AC02"]) < 0.3


@pytest.mark.real
def test_figures_are_no_zones(real_data):
    with pytest.raises(BadInput, match="This JSON holds no features"):
        read_zones(real_data / "amsterdam-zeeheldenbuurt/areas/GM0363.json", kind="uitsluiting")
