import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.contracts.street import ParkingBays
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource, WrongCrs
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.parking_bays import bays_from_road_parts, read_parking_bays
from tests.frames import box, make, moved

BAY = box(0, 0, 5, 2)


def hexed(shape):
    """A shape as PostGIS copies it out: EWKB in hex, in degrees, as a multipolygon."""
    degrees = to_wgs84(gpd.GeoSeries([moved(shape)], crs=28992))[0]
    many = shapely.multipolygons([degrees]) if degrees.geom_type == "Polygon" else degrees
    return shapely.to_wkb(shapely.set_srid(many, 4326), hex=True, include_srid=True)


def dump(*rows):
    return "".join("\t".join(row) + "\n" for row in rows)


def vak(number="1210", soort="FISCAAL", type_="File", aantal="1", shape=BAY, wegdeel="G0363.abc"):
    place = hexed(shape.centroid)
    return (number, "Dorpsstraat", soort, type_, aantal, hexed(shape), place, wegdeel, "rijbaan", "E13a", "44")


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vakken.csv"


def register(columns, shapes=(BAY,), crs=28992):
    geometry = gpd.GeoSeries([moved(shape) for shape in shapes], crs=28992)
    return gpd.GeoDataFrame(columns, geometry=to_wgs84(geometry) if crs == 4326 else geometry, crs=crs)


def element(number, tags, shape=BAY, kind="way"):
    degrees = to_wgs84(gpd.GeoSeries([moved(shape)], crs=28992))[0]
    corners = [{"lon": x, "lat": y} for x, y in shapely.get_coordinates(degrees)]
    place = corners[0] if kind == "node" else {"geometry": corners}
    return {"type": kind, "id": number, "tags": tags, **place}


def overpass(path, *elements):
    return write(path, json.dumps({"version": 0.6, "elements": list(elements)}))


def test_a_dump_of_amsterdam_is_read(path):
    found = read_parking_bays(write(path, dump(vak(), vak("1211", "MULDER", "Haaks", "3", wegdeel="\\N"))))

    table = found.drop(columns="geometry").fillna("").to_dict("index")
    assert table == {
        "1210": {
            "kind": "vak",
            "orientation": "langs",
            "capacity": 1.0,
            "regime": "openbaar",
            "regime_text": "FISCAAL",
            "street": "Dorpsstraat",
            "road_part_id": "G0363.abc",
            "origin": "gemeente",
        },
        "1211": {
            "kind": "strook",
            "orientation": "haaks",
            "capacity": 3.0,
            "regime": "onbekend",
            "regime_text": "MULDER",
            "street": "Dorpsstraat",
            "road_part_id": "",
            "origin": "gemeente",
        },
    }
    assert found.geometry["1210"].symmetric_difference(moved(BAY)).area < 0.2


def test_of_road_parts_only_parking_is_taken(path):
    rows = [
        (str(n), f"G.{n}", use, hexed(BAY), "\\N", "\\N", "\\N") for n, use in enumerate(["voetpad", "parkeervlak"])
    ]
    quality = Quality()

    found = read_parking_bays(write(path, dump(*rows)), quality=quality)

    assert found[["kind", "orientation", "regime", "origin"]].to_numpy().tolist() == [
        ["strook", "onbekend", "onbekend", "BGT"]
    ]
    assert list(found.index) == ["G.1"]
    assert found["capacity"].isna().all()
    assert quality.dropped == {"geen parkeervlak (functie van het wegdeel)": ["G.0"]}


@pytest.mark.parametrize(
    ("words", "regime"),
    [
        ("E6a", "gpp"),
        ("E6b gehandicapten kenteken", "gpp"),
        ("E7", "laden en lossen"),
        ("E9", "vergunning"),
        ("E10", "blauwe zone"),
        ("E5", "taxi"),
        ("E8c opladen elektrische voertuigen", "elektrisch laden"),
        ("E4 opladen elektrische voertuigen", "elektrisch laden"),
        ("E8", "overig"),
        ("E8c", "elektrisch laden"),
        ("E08o", "elektrisch laden"),
        ("Deelauto", "deelauto"),
        ("Touringcar", "overig"),
        ("Vrij", "openbaar"),
        ("Zomaar", "onbekend"),
    ],
)
def test_regimes_are_told_from_words_and_signs(path, words, regime):
    text = f"id;aantal;regime;geometry\nv1;1;{words};{moved(BAY).wkt.replace(';', ',')}\n"
    quality = Quality()

    found = read_parking_bays(write(path, text), quality=quality)

    assert found.loc["v1", ["regime", "regime_text"]].to_list() == [regime, words]
    assert bool(quality.findings) == (words == "Zomaar")


@pytest.mark.parametrize(
    ("word", "ours"), [("Langs", "langs"), ("visgraat", "schuin"), ("HAAKS", "haaks"), ("kriskras", "onbekend")]
)
def test_orientations_are_told_from_words(path, word, ours):
    quality = Quality()

    found = read_parking_bays(write(path, f"id;type;geometry\nv1;{word};{moved(BAY).wkt}\n"), quality=quality)

    assert found["orientation"].to_list() == [ours]
    assert quality.findings == (
        ["The orientation of 1 bays is in words that are not known: kriskras."] if word == "kriskras" else []
    )


def test_the_config_goes_before_known_words(path):
    text = f"id;type;soort;geometry\nv1;L;File;{moved(BAY).wkt}\n"

    found = read_parking_bays(
        write(path, text), values={"orientation": {"l": "langs"}, "regime": {"File": "vergunning"}}
    )

    assert found.loc["v1", ["orientation", "regime"]].to_list() == ["langs", "vergunning"]


@pytest.mark.parametrize(("suffix", "crs"), [("gpkg", 28992), ("geojson", 4326)])
def test_no_licence_plate_is_taken_over(tmp_path, suffix, crs):
    regimes = json.dumps([{"soort": "MULDER", "eType": "E6b", "kenteken": "XX-99-XX", "dagen": ["ma"]}])
    path = tmp_path / f"vakken.{suffix}"
    register({"id": ["1"], "type": ["File"], "regimes": [regimes]}, crs=crs).to_file(path)

    found = read_parking_bays(path)

    assert found.loc["1", ["regime", "regime_text"]].to_list() == ["gpp", "MULDER E6b"]


def test_no_licence_plate_in_the_words_of_a_regime_is_taken_over_or_told(path):
    rows = [f"v{place};1;{words};{moved(BAY).wkt}" for place, words in enumerate(("Zomaar 12-AB-34", "GPP XX-99-XX"))]
    quality = Quality()

    found = read_parking_bays(write(path, "\n".join(["id;aantal;regime;geometry", *rows]) + "\n"), quality=quality)

    assert found["regime_text"].to_list() == ["Zomaar (weggelaten)", "GPP (weggelaten)"]
    assert found["regime"].to_list() == ["onbekend", "gpp"]
    assert quality.findings == ["The regime of 1 bays is in words that are not known: Zomaar (weggelaten)."]


@pytest.mark.parametrize(("suffix", "crs"), [("gpkg", 28992), ("geojson", 4326), ("shp", 4326)])
def test_layers_are_read_in_the_area_alone(tmp_path, suffix, crs):
    path = tmp_path / f"vakken.{suffix}"
    columns = {"id": ["1", "2", "3"], "aantal": [1, None, 2], "type": ["File"] * 3}
    register(columns, [BAY, box(10, 0, 15, 2), box(900, 0, 905, 2)], crs).to_file(path)
    quality = Quality()

    found = read_parking_bays(path, moved(box(-5, -5, 50, 50)), quality=quality)

    assert found["capacity"].to_list() == pytest.approx([1.0, float("nan")], nan_ok=True)
    assert found["kind"].to_list() == ["vak", "strook"]
    assert quality.summary()["dropped"] == {"buiten het gebied": 1}


def test_an_area_without_bays_gives_an_empty_frame(tmp_path):
    register({"id": ["1"], "aantal": [1]}).to_file(tmp_path / "vakken.gpkg")

    found = read_parking_bays(tmp_path / "vakken.gpkg", moved(box(90, 90, 91, 91)))

    pd.testing.assert_frame_equal(found, ParkingBays.empty())


def test_broken_bays_and_lines_are_dropped_and_told(path):
    bow = "POLYGON((180000 457000, 180005 457002, 180005 457000, 180000 457002, 180000 457000))"
    line = "LINESTRING(180000 457000, 180005 457002)"
    text = f"id;aantal;geometry\na;1;{bow}\nb;1;{line}\nc;1;\nd;1;{moved(BAY).wkt}\n"
    quality = Quality()

    found = read_parking_bays(write(path, text), quality=quality)

    assert list(found.index) == ["d"]
    assert quality.dropped == {"kapotte geometrie": ["a"], "zonder vlak of punt": ["b", "c"]}


def test_overpass_gives_spaces_and_strips(path):
    quality = Quality()
    overpass(
        path,
        element(1, {"amenity": "parking_space", "orientation": "perpendicular", "parking_space": "disabled"}),
        element(2, {"amenity": "parking", "parking": "street_side", "capacity": "6", "access": "yes"}),
        element(3, {"amenity": "parking", "parking": "underground"}),
        element(4, {"amenity": "parking_space", "capacity:charging": "1"}, kind="node"),
        element(5, {"amenity": "parking_space"}, box(0, 0, 50, 20)),
        element(6, {"highway": "residential", "parking:right": "street_side"}, shapely.LineString([(0, 0), (9, 9)])),
    )

    found = read_parking_bays(path, quality=quality)

    assert found[["kind", "orientation", "capacity", "regime"]].fillna(-1).to_numpy().tolist() == [
        ["vak", "onbekend", 1.0, "elektrisch laden"],
        ["vak", "haaks", 1.0, "gpp"],
        ["strook", "onbekend", 6.0, "openbaar"],
        ["strook", "onbekend", -1, "onbekend"],
    ]
    assert list(found.index) == ["node/4", "way/1", "way/2", "way/5"]
    assert quality.summary()["dropped"] == {"geen parkeervak langs de straat (andere OSM-parkeervoorziening)": 1}
    assert [finding.partition(" ")[0] for finding in quality.findings] == ["1", "1"]


def test_ways_of_overpass_find_their_nodes_and_relations_their_ways(path):
    way = element(1, {"amenity": "parking_space"})
    nodes = [{"type": "node", "id": at, **place} for at, place in enumerate(way.pop("geometry"), start=10)]
    way["nodes"] = [*range(10, 14), 10]
    outer, inner = element(2, {}), element(3, {}, box(1, 0.5, 2, 1))
    tags = {"type": "multipolygon", "parking": "street_side"}
    members = [{**outer, "role": "outer"}, {**inner, "role": "inner"}]
    lost = {"type": "way", "id": 9, "nodes": [10, 99], "tags": {"amenity": "parking_space"}}
    quality = Quality()

    overpass(path, *nodes, way, lost, {"type": "relation", "id": 4, "tags": tags, "members": members})
    found = read_parking_bays(path, quality=quality)

    assert found.area.round(1).to_dict() == pytest.approx({"relation/4": 9.5, "way/1": 10.0}, abs=0.2)
    assert quality.dropped == {"zonder vlak of punt": ["way/9"]}


def test_tags_as_columns_are_read_as_osm(tmp_path):
    columns = {
        "feature_type": ["osm_parking_space"] * 2,
        "osm_id": [871, 872],
        "osm_type": ["way", "way"],
        "capacity_type": ["N/A", "2"],
        "access": ["private", "N/A"],
        "orientation": ["parallel", "N/A"],
        "parking": ["N/A", "street_side"],
    }
    register(columns, [BAY, BAY], 4326).to_file(tmp_path / "osm.geojson")

    found = read_parking_bays(tmp_path / "osm.geojson")

    assert found[["orientation", "capacity", "regime", "origin"]].to_numpy().tolist() == [
        ["langs", 1.0, "privé", "OSM"],
        ["onbekend", 2.0, "onbekend", "OSM"],
    ]
    assert list(found.index) == ["way/871", "way/872"]


def test_parking_of_the_bgt_becomes_strips():
    parts = make(
        RoadParts,
        {
            "p": {"geometry": BAY, "function": "parkeervlak"},
            "q": {"geometry": BAY, "function": "parkeervlak", "level": 1},
            "r": {"geometry": BAY},
        },
    )
    quality = Quality()

    found = bays_from_road_parts(parts, quality=quality)

    expected = make(
        ParkingBays,
        {
            "p": {
                "kind": "strook",
                "orientation": "onbekend",
                "capacity": float("nan"),
                "regime": "onbekend",
                "regime_text": None,
                "street": None,
                "road_part_id": "p",
                "origin": "BGT",
                "geometry": BAY,
            }
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert quality.summary()["dropped"] == {
        "geen parkeervlak (functie van het wegdeel)": 1,
        "niet op maaiveld (niveau)": 1,
    }
    pd.testing.assert_frame_equal(bays_from_road_parts(RoadParts.empty()), ParkingBays.empty())


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (
            dump(("1", "A05d", "Wijk", hexed(BAY), "3", "\\N")),
            BadInput,
            "Nothing in it says that these are parking bays",
        ),
        (dump(("1", *["\\N"] * 16, hexed(BAY.centroid), *["\\N"] * 13)), BadInput, "parked cars seen by scan cars"),
        (dump((hexed(BAY), "1")), BadInput, "no header, and 2 columns"),
        (dump(vak(), vak("2")[:9]), BadInput, "Rows have other numbers of cells.*line 2"),
        (dump(vak(), vak()), ContractBroken, "more than once in 'bay_id'"),
        (dump(vak(aantal="veel")), BadInput, "Column capacity holds 'veel'"),
        (dump(vak(aantal="-1")), ContractBroken, "capacity must be at least 0"),
        ("id;aantal;geometry\na;1;SRID=31370;POINT(1 2)", BadInput, "more cells than the header"),
        ("naam;aantal;X;Y\na;1;5,1;52,1\n", BadInput, "A column is missing: bay_id"),
        ("id;aantal;X;Y\na;1;5,1;52,1\n", WrongCrs, "probably in degrees"),
        ('{"elements": {}}', BadInput, "no list called elements"),
        ('{"elements": [], "remark": "runtime error: Query timed out"}', BadInput, "stopped before it was done"),
        ('[{"place_id": 1}]', BadInput, "a list in JSON"),
        ('{"elements": [', BadInput, "not JSON"),
    ],
)
def test_bays_that_cannot_be_used_are_refused(path, text, kind, words):
    with pytest.raises(kind, match=words):
        read_parking_bays(write(path, text))


@pytest.mark.parametrize(
    ("values", "words"),
    [({"regime": {"a": "gratis"}}, "regime cannot be gratis"), ({"street": {"a": "b"}}, "no 'street' here")],
)
def test_words_of_the_config_that_do_not_exist_are_named(path, values, words):
    with pytest.raises(ConfigError, match=words):
        read_parking_bays(write(path, dump(vak())), values=values)


def test_road_parts_of_which_none_is_for_parking_give_no_bays(path):
    quality = Quality()

    found = read_parking_bays(
        write(path, dump(("0", "G.0", "voetpad", hexed(BAY), "\\N", "\\N", "\\N"))), quality=quality
    )

    assert (len(found), quality.dropped) == (0, {"geen parkeervlak (functie van het wegdeel)": ["G.0"]})


def test_a_dump_in_another_encoding_is_refused(path):
    path.write_bytes(dump(vak()).replace("Dorpsstraat", "Reeënlaan").encode("latin-1"))

    with pytest.raises(BadInput, match="not UTF-8"):
        read_parking_bays(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_parking_bays(path)


@pytest.mark.real
def test_the_bays_of_the_zeeheldenbuurt_are_the_same_in_both_files(real_data):
    folder = real_data / "amsterdam-zeeheldenbuurt/parking"
    quality = Quality()

    found = read_parking_bays(folder / "vakken.csv", quality=quality)

    layer = read_parking_bays(folder / "amsterdam_zeeheldenbuurt_parkeren.gpkg", layer="parkeervakken")
    pd.testing.assert_frame_equal(found, layer)
    assert (quality.read, len(found)) == (207, 207)
    assert found["orientation"].value_counts().to_dict() == {"langs": 155, "haaks": 52}
    assert found["regime"].value_counts().to_dict() == {"openbaar": 180, "onbekend": 27}
    assert found["road_part_id"].isna().sum() == 4
    file = pd.read_csv(folder / "vakken.csv", sep="\t", header=None)
    by_gdal = gpd.GeoSeries.from_wkb(file[5].to_list(), crs=4326).to_crs(28992)
    assert found.area.sum() == pytest.approx(by_gdal.area.sum(), rel=0.002)


@pytest.mark.real
def test_parking_among_the_road_parts_of_the_zeeheldenbuurt(real_data):
    quality = Quality()

    found = read_parking_bays(real_data / "amsterdam-zeeheldenbuurt/parking/wegdeel.csv", quality=quality)

    assert (quality.read, len(found), quality.summary()["dropped"]) == (
        198,
        37,
        {"geen parkeervlak (functie van het wegdeel)": 161},
    )


@pytest.mark.real
def test_the_spaces_of_osm_are_read(real_data):
    ede = read_parking_bays(real_data / "ede-otterlo/osm")
    quality = Quality()
    wessem = read_parking_bays(real_data / "maasgouw-wessem/osm", quality=quality)

    assert ede["orientation"].value_counts().to_dict() == {"haaks": 65, "onbekend": 35}
    assert ede["regime"].value_counts().to_dict() == {"onbekend": 97, "privé": 2, "openbaar": 1}
    assert (len(ede), len(wessem)) == (100, 21)
    assert list(wessem.index[wessem["capacity"].isna()]) == list(wessem.index[wessem.area > 1000])


@pytest.mark.real
@pytest.mark.parametrize("name", ["scans.csv", "scans2.csv", "buurt.csv"])
def test_what_holds_no_bays_is_refused(real_data, name):
    with pytest.raises(BadInput, match="parking bays"):
        read_parking_bays(real_data / "amsterdam-zeeheldenbuurt/parking" / name)


@pytest.mark.real
def test_an_extract_without_bays_says_what_it_holds_instead(real_data):
    quality = Quality()

    found = read_parking_bays(real_data / "national/osm/overpass_ouder-amstel_3.json", quality=quality)

    assert found.empty
    assert quality.summary()["dropped"] == {"geen parkeervak langs de straat (andere OSM-parkeervoorziening)": 22}
    assert "roads note parking along them" in quality.findings[0]
