"""The forms of charge points beside a plain OCPI array: pages, GeoJSON, OSM, OpenChargeMap, lists; and single EVSE."""

import csv
import gzip
import json

import numpy as np
import pandas as pd
import pytest
import shapely
import xlsxwriter

from laadplan.contracts.quality import Quality
from laadplan.contracts.use import Evses
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource
from laadplan.ingest.charge_points import read_charge_points, read_evses
from tests.frames import X, Y, box, moved
from tests.ingest.test_charge_points import DEGREES, evse, location, republished

LON, LAT = DEGREES.x, DEGREES.y
ABROAD = "ligt buiten Nederland"
DOUBLE = "komt meer dan eens voor"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "laadpunten"


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(path, content, **more):
    """The frame of a file, and what was told of it."""
    quality = Quality()
    return read_charge_points(write(path, content), quality=quality, **more), quality


def feature(properties, x=LON, y=LAT, **more):
    geometry = {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "geometry": geometry, "properties": properties} | more


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def dot_nl(name, *groups, **more):
    about = {"open": False, "cpo_id": "ABC", "address": "Dorpsplein 1", "country": "NLD", "operator_name": "Exploitant"}
    return feature(about | {"last_updated": "2026-06-01T00:00:00Z", "availabilities": list(groups)} | more, id=name)


def group(total, kind="AC3", power=11_040.0, **more):
    return {"total": total, "available": 0, "power_max": power, "power_type": kind} | more


def osm(name=1, lon=LON, lat=LAT, **tags):
    tags = {each.replace("__", ":"): value for each, value in tags.items()}
    return {"type": "node", "id": name, "lon": lon, "lat": lat, "tags": {"amenity": "charging_station"} | tags}


def page(*locations):
    return {"data": list(locations), "status_code": 1000, "timestamp": "2026-06-01T00:00:00Z"}


# --- OCPI ------------------------------------------------------------------------------------------------------------


def test_pages_in_a_folder_are_one_delivery_and_what_stands_on_two_counts_once(tmp_path):
    folder = tmp_path / "paginas"
    folder.mkdir()
    write(folder / "1.json", page(location("L1"), location("L2")))
    write(folder / "2.json", page(location("L2"), location("L3")))
    quality = Quality()

    found = read_charge_points(folder, quality=quality)

    assert found["evse_count"].to_dict() == {"L1": 1, "L2": 1, "L3": 1}
    assert (quality.read, quality.dropped) == (4, {DOUBLE: ["L2"]})


def test_a_sequence_of_files_is_read_as_one(tmp_path):
    files = [write(tmp_path / f"{name}.json", [location(name)]) for name in ("L1", "L2")]

    assert list(read_charge_points(files).index) == ["L1", "L2"]


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(MissingSource, match="There is no file here"):
        read_charge_points(tmp_path)


def test_a_packed_array_is_read(path):
    path.write_bytes(gzip.compress(json.dumps([location("L1")]).encode()))

    assert list(read_charge_points(path).index) == ["L1"]


def test_an_id_that_two_parties_use_gets_the_party_in_front(path):
    one = location("7", evse("E1"), party_id="ABC")
    other = location("7", evse("E2"), party_id="XYZ", name="Kerk")

    found, _ = read(path, [one, other, location("8", evse("E3"))])

    assert found["name"].to_dict() == {"NL*ABC*7": "Brink", "NL*XYZ*7": "Kerk", "8": "Brink"}


def test_a_double_is_that_which_was_updated_last(path):
    old = location("L1", updated="2025-01-01T00:00:00Z", name="oud")
    new = location("L1", updated="2026-01-01T00:00:00Z", name="nieuw")

    found = [read(path, content)[0]["name"].to_list() for content in ([old, new], [new, old])]

    assert found == [["nieuw"], ["nieuw"]]


def test_an_evse_counts_once_with_and_without_separators(path):
    one, other = location("a", evse("NL*ABC*E1*2"), updated="2026-02-01"), location("b", evse("nlabce12"))

    assert read(path, [one, other])[0]["evse_count"].to_dict() == {"b": 1}


@pytest.mark.parametrize(
    ("country", "party_country", "count"), [("NLD", "NL", 1), ("NLD", "BE", 1), ("BEL", "NL", 0), (None, "NL", 1)]
)
def test_a_location_is_where_it_stands_not_where_its_party_is_registered(path, country, party_country, count):
    found, quality = read(path, [location("L1", country=country, country_code=party_country)])

    assert (len(found), len(quality.dropped.get(ABROAD, []))) == (count, 1 - count)


def test_coordinates_that_are_null_are_those_of_an_evse_or_drop_the_location(path):
    place = {"latitude": str(LAT), "longitude": str(LON)}
    by_evse = location("L1", evse("E1") | {"coordinates": place}) | {"coordinates": None}
    nowhere = location("L2", evse("E2")) | {"coordinates": None}

    found, quality = read(path, [by_evse, nowhere])

    assert (list(found.index), quality.dropped) == (["L1"], {"zonder coordinaten": ["L2"]})
    np.testing.assert_allclose([found.geometry["L1"].x - X, found.geometry["L1"].y - Y], 0, atol=0.02)


@pytest.mark.parametrize("evses", [5, "tekst", {"a": 1}])
def test_evse_that_are_no_list_refuse_the_location_by_its_id(path, evses):
    with pytest.raises(BadInput, match=r"'evses' is no list.*L1"):
        read(path, [location("L1") | {"evses": evses}])


def test_text_that_is_no_unicode_is_refused(path):
    with pytest.raises(BadInput, match="half a character"):
        read(path, [location("L1", name="Brink \ud800")])


def test_the_area_is_clipped_by_its_shape_and_not_by_its_bounds(path):
    triangle = moved(shapely.Polygon([(-100, -100), (100, -100), (-100, 100)]))
    corner = location("L2", evse("E2"), dx=0.0013)

    found, quality = read(path, [location("L1"), corner], area=triangle.buffer(1))

    assert (list(found.index), quality.dropped) == (["L1"], {"buiten het gebied": ["L2"]})


# --- EVSE ------------------------------------------------------------------------------------------------------------


def test_each_evse_is_a_row_whatever_its_connectors(path):
    connectors = [{"power_type": "DC", "max_electric_power": 50_000}, {"power_type": "AC_3_PHASE"}]
    fast = {"uid": "1", "evse_id": "NL*ABC*E1*1", "status": "charging", "connectors": connectors}
    bare = {"uid": "2", "evse_id": None, "status": "KAPOT", "connectors": None}
    gone = {"uid": "3", "evse_id": "NL*ABC*E1*3", "status": "REMOVED", "connectors": []}

    found = read_evses(write(path, [location("L1", fast, bare, gone)]))

    expected = pd.DataFrame(
        {
            "location_id": "L1",
            "status": ["UNKNOWN", "CHARGING"],
            "connectors": [np.nan, 2.0],
            "current": ["onbekend", "AC en DC"],
            "max_power_kw": [np.nan, 50.0],
            "access": "openbaar",
            "party": "NL*ABC",
        },
        index=pd.Index(["L1/2", "NL*ABC*E1*1"], name="evse_id"),
    )
    pd.testing.assert_frame_equal(pd.DataFrame(found.drop(columns="geometry")), expected, check_index_type=False)


def test_evse_and_their_locations_agree(path):
    locations = [location("a", evse("E1"), evse("E2")), location("b", evse("E2"), evse("E3", "PLANNED"))]

    counted = read_charge_points(write(path, locations))["evse_count"].to_dict()

    assert read_evses(path)["location_id"].value_counts().to_dict() == counted == {"a": 1, "b": 1}


def test_no_locations_give_no_evse(path):
    pd.testing.assert_frame_equal(read_evses(write(path, [])), Evses.empty())


def test_a_source_that_lists_no_evse_says_so(path):
    with pytest.raises(BadInput, match=r"The source lists no EVSE\. Deliver OCPI locations"):
        read_evses(write(path, collection(dot_nl("NL-ABC-1", group(2)))))


# --- GeoJSON ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "count", "is_least"),
    [
        ([group(2)], 2, False),
        ([group(5, "AC1"), group(1, "AC3")], 6, False),
        ([group(4, "DC", connector_type="COMBO"), group(2, "DC", connector_type="CHADEMO")], 4, True),
        ([], 1, True),
        ([group("veel")], 1, True),
    ],
    ids=["one kind", "one kind in two groups", "two kinds", "none", "no number"],
)
def test_dot_nl_counts_connectors_of_which_an_evse_may_have_several_kinds(path, groups, count, is_least):
    found, quality = read(path, collection(dot_nl("NL-ABC-1", *groups)))

    assert found["evse_count"].to_dict() == {"NL-ABC-1": count}
    assert any("count for the least" in finding for finding in quality.findings) == is_least


def test_dot_nl_power_is_in_watts_and_open_means_nothing(path):
    found, _ = read(path, collection(dot_nl("a", group(2, power=0.0)), dot_nl("b", group(2, power=22_080.0))))

    assert found["max_power_kw"].fillna(-1).to_dict() == {"a": -1, "b": 22.08}


def test_dot_nl_from_abroad_is_dropped(path):
    found, quality = read(path, collection(dot_nl("a", group(1)), dot_nl("b", group(1), country="BEL")))

    assert (list(found.index), quality.dropped) == (["a"], {ABROAD: ["b"]})


def test_a_republished_feature_has_one_evse_at_least_and_a_boundary_is_no_location(path):
    properties = {"type": "charge", "locationId": "L1", "name": "Brink", "maxPowerKw": 0, "status": "AVAILABLE"}
    boundary = feature({"type": "boundary", "gemeente": "Ede"}) | {"geometry": {"type": "MultiPolygon"}}

    found, quality = read(path, collection(feature(properties), boundary, feature(properties | {"status": "X"})))

    assert found["evse_count"].to_dict() == {"L1": 1}
    assert np.isnan(found["max_power_kw"]["L1"])
    assert (quality.read, quality.dropped) == (2, {DOUBLE: ["L1"]})


def test_a_location_without_an_id_is_refused(path):
    with pytest.raises(BadInput, match="A location has no id"):
        read(path, collection(dot_nl(None, group(1))))


@pytest.mark.parametrize("geometry", [None, {}, {"type": "Point", "coordinates": []}, {"coordinates": ["a", None]}])
def test_a_feature_without_a_place_is_dropped(path, geometry):
    found, quality = read(path, collection(dot_nl("a", group(1)) | {"geometry": geometry}))

    assert (len(found), quality.dropped) == (0, {"zonder coordinaten": ["a"]})


# --- OpenStreetMap ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "count", "power", "access"),
    [
        ({"capacity": "4", "access": "yes"}, 4, None, "openbaar"),
        ({"socket__type2": "2", "access": "customers"}, 2, None, "semi-openbaar"),
        ({"socket__type2": "1", "socket__chademo": "2", "socket__type2__output": "22 kW"}, 2, 22.0, "onbekend"),
        ({"capacity": "veel", "charging_station__output": "3700"}, 1, 3.7, "onbekend"),
        ({"maxpower": "50000 W;11 kW"}, 1, 50.0, "onbekend"),
    ],
)
def test_a_station_of_osm_has_the_capacity_it_states(path, tags, count, power, access):
    found, _ = read(path, {"elements": [osm(**tags)]})

    row = found.loc["node/1"]
    assert (row["evse_count"], row["access"]) == (count, access)
    assert row["max_power_kw"] == power if power else np.isnan(row["max_power_kw"])


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        ({"access": "private"}, "niet openbaar"),
        ({"motorcar": "no"}, "niet voor auto's"),
        ({"bicycle": "yes"}, "niet voor auto's"),
    ],
)
def test_private_stations_and_those_for_bicycles_are_dropped(path, tags, rule):
    found, quality = read(path, {"elements": [osm(1, **tags), osm(2, bicycle="yes", socket__type2="1")]})

    assert (list(found.index), quality.dropped) == (["node/2"], {rule: ["node/1"]})


def test_a_way_lies_at_its_middle(path):
    tags = {"amenity": "charging_station"}
    corners = [{"lon": LON - 0.001, "lat": LAT}, {"lon": LON + 0.001, "lat": LAT}]
    elements = [
        {"type": "way", "id": 1, "center": {"lon": LON, "lat": LAT}, "tags": tags},
        {"type": "way", "id": 2, "nodes": [8, 9], "tags": tags},
        {"type": "way", "id": 3, "geometry": corners, "tags": tags},
        {"type": "way", "id": 4, "nodes": [77], "tags": tags},
        *({"type": "node", "id": 8 + place, **corner} for place, corner in enumerate(corners)),
        {"type": "node", "id": 99, "lon": LON, "lat": LAT, "tags": {"amenity": "parking"}},
    ]

    found, quality = read(path, {"version": 0.6, "elements": elements})

    assert list(found.index) == ["way/1", "way/2", "way/3"]
    np.testing.assert_allclose(shapely.get_coordinates(found.geometry), [(X, Y)] * 3, atol=0.05)
    assert quality.dropped == {"zonder coordinaten": ["way/4"]}


def test_geojson_of_osm_is_read_with_its_polygons(path):
    ring = [[LON - 0.001, LAT - 0.001], [LON + 0.001, LAT - 0.001], [LON + 0.001, LAT + 0.001], [LON - 0.001, LAT]]
    polygon = feature({"@id": "way/5", "amenity": "charging_station", "capacity": "3"})
    polygon["geometry"] = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    found, _ = read(path, collection(polygon))

    assert found["evse_count"].to_dict() == {"way/5": 3}
    np.testing.assert_allclose([found.geometry.iloc[0].x - X, found.geometry.iloc[0].y - Y], 0, atol=0.1)


def test_osm_without_a_station_gives_an_empty_frame_and_says_so(path):
    found, quality = read(path, {"elements": [{"type": "node", "id": 1, "lon": LON, "lat": LAT}]})

    assert (len(found), quality.findings) == (0, ["The source holds no charging locations."])


# --- tables ----------------------------------------------------------------------------------------------------------

OCM_HEAD = "ID,UsageTypeID,Connections,NumberOfPoints,StatusTypeID,AddressInfo.Title,AddressInfo.CountryID"
OCM_HEAD += ",AddressInfo.Latitude,AddressInfo.Longitude"


def ocm(*rows):
    return "\n".join([OCM_HEAD, *(",".join([*row, str(LAT), str(LON)]) for row in rows)]) + "\n"


def test_open_charge_map_is_read_with_its_codes(path):
    connections = "\"[{'PowerKW': 11.0, 'Quantity': 2}, {'PowerKW': 50.5, 'Quantity': 1}]\""
    rows = [
        ("1", "4.0", connections, "3.0", "50", "Brink", "159"),
        ("2", "6", connections, "", "50", "Brink", "159"),
        ("3", "", "[]", "0.0", "0", "Brink", "159"),
        ("4", "1", "[]", "1", "150", "Brink", "159"),
        ("5", "1", "[]", "1", "50", "Brink", "23"),
        ("6", "2", "[]", "1", "50", "Brink", "159"),
    ]

    found, quality = read(path, ocm(*rows))

    columns = ["access", "evse_count", "max_power_kw"]
    assert found[columns].fillna(-1).values.tolist() == [
        ["openbaar", 3, 50.5],
        ["semi-openbaar", 2, 50.5],
        ["onbekend", 1, -1],
    ]
    assert quality.dropped == {"gepland of verwijderd": ["4"], ABROAD: ["5"], "niet openbaar": ["6"]}
    assert any(finding.startswith("2 locations do not say") for finding in quality.findings)


HEAD = ("Paal", "Punt", "Waar", "Stand", "kW", "RDX", "RDY")
COLUMNS = {"location_id": "Paal", "evse_id": "Punt", "access": "Waar", "status": "Stand", "max_power_kw": "kW"}
COLUMNS |= {"x_rd": "RDX", "y_rd": "RDY"}
VALUES = {"access": {"Straat": "openbaar", "Erf": "niet openbaar"}, "status": {"Stuk": "OUTOFORDER", "Weg": "REMOVED"}}
ROWS = [
    ("P1", "E1", "Straat", "Stuk", 11.5, X, Y),
    ("P1", "E2", "Straat", "Werkt", 22, X, Y),
    ("P1", "E3", "Straat", "Weg", 22, X, Y),
    ("P2", "E4", "Erf", "Werkt", None, X + 10.25, Y),
    ("P3", "E5", "Terrein", "Werkt", None, X + 20, Y),
]


def as_csv(path):
    rows = [[str(cell).replace(".", ",") if cell is not None else "" for cell in row] for row in ROWS]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([HEAD, *rows])
    return path


def as_book(path):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Palen")
        for place, row in enumerate([HEAD, *ROWS]):
            sheet.write_row(place, 0, row)
    return path


@pytest.mark.parametrize("make", [as_csv, as_book])
def test_an_operators_own_list_is_read_through_a_mapping(path, make):
    quality = Quality()

    found = read_charge_points(make(path), columns=COLUMNS, values=VALUES, quality=quality)

    assert found[["access", "evse_count", "max_power_kw"]].fillna(-1).values.tolist() == [
        ["openbaar", 2, 22.0],
        ["onbekend", 1, -1],
    ]
    assert quality.dropped == {"niet openbaar": ["P2"]}
    np.testing.assert_allclose(shapely.get_coordinates(found.geometry), [(X, Y), (X + 20, Y)], atol=0.011)
    evses = read_evses(path, columns=COLUMNS, values=VALUES)
    assert evses["status"].to_dict() == {"E1": "OUTOFORDER", "E2": "UNKNOWN", "E5": "UNKNOWN"}


def test_a_list_of_locations_counts_what_it_says(path):
    head = "locatie_id;aantal_laadpunten;vermogen_w;lon;lat"
    found, _ = read(path, f"{head}\nP1;3;7400;{LON};{LAT}\nP2;;;{LON};{LAT}\nP3;1;;;\n")

    assert found[["evse_count", "max_power_kw"]].fillna(-1).values.tolist() == [[3, 7.4], [1, -1]]


@pytest.mark.parametrize("name", ["vermogen", "vermogen_kw", "Vermogen (kW)"])
def test_power_in_a_list_is_known_by_its_column(path, name):
    found, _ = read(path, f"locatie_id;{name};lon;lat\nP1;11,04;{LON};{LAT}\n")

    assert found["max_power_kw"].to_list() == [11.04]


def test_evse_without_a_location_belong_together_where_they_stand(path):
    found, _ = read(path, f"evse_id,x,y\nE2,{X},{Y}\nE1,{X},{Y}\nE3,{X + 5},{Y}\n")

    assert found["evse_count"].to_dict() == {"E1": 2, "E3": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("evse_id;naam\nE1;Brink\n", "A column is missing: x_rd and y_rd, or longitude and latitude"),
        (f"naam;x;y\nBrink;{X};{Y}\n", "A column is missing: location_id or evse_id"),
        ("evse_id;x;y\nE1;oost;noord\n", "which is not a number"),
        ("evse_id;x;y\n", "The table has no rows"),
    ],
)
def test_a_list_without_what_it_needs_is_refused(path, content, words):
    with pytest.raises(BadInput, match=words):
        read(path, content)


def test_a_mapping_of_a_column_that_does_not_exist_is_refused(path):
    with pytest.raises(ConfigError, match="colour is not a column"):
        read(path, f"evse_id;x;y\nE1;{X};{Y}\n", columns={"colour": "Kleur"})


def test_two_rows_with_one_id_that_differ_are_refused(path):
    with pytest.raises(ContractBroken, match="more than once"):
        read(path, f"location_id;aantal_laadpunten;x;y\nP1;1;{X};{Y}\nP1;2;{X + 50};{Y}\n")


def test_coordinates_in_degrees_under_an_rd_name_are_abroad(path):
    found, quality = read(path, f"evse_id;x;y\nE1;{LON};{LAT}\n")

    assert (len(found), quality.dropped) == (0, {ABROAD: ["E1"]})


def test_a_file_that_is_no_utf_8_is_refused(path):
    path.write_bytes(f"evse_id;naam;x;y\nE1;caf\xe9;{X};{Y}\n".encode("cp1252"))

    with pytest.raises(BadInput, match="not UTF-8"):
        read_charge_points(path)


# --- real files ------------------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "read_rows", "kept", "doubles"),
    [
        ("ede-otterlo/chargers/ede.geojson", 682, 679, 3),
        ("maasgouw-wessem/chargers/maasgouw.geojson", 62, 62, 0),
        ("amsterdam-zeeheldenbuurt/chargers/amsterdam.geojson", 631, 626, 5),
    ],
)
def test_republished_geojson_holds_doubles(real_data, name, read_rows, kept, doubles):
    quality = Quality()

    found = read_charge_points(real_data / name, quality=quality)

    assert (quality.read, len(found), len(quality.dropped.get(DOUBLE, []))) == (read_rows, kept, doubles)


@pytest.mark.real
def test_the_682_locations_of_ede_are_679_of_which_three_stand_there_twice(real_data):
    folder = real_data / "ede-otterlo" / "chargers"

    found = read_charge_points(folder / "ede.geojson")

    assert set(found.index) == set(json.loads((folder / "ede.details.json").read_text(encoding="utf-8")))


@pytest.mark.real
def test_evse_of_ede_are_counted_once_and_power_unknown_is_unknown(real_data):
    source = real_data / "ede-otterlo" / "chargers" / "ede.details.json"
    items = json.loads(source.read_text(encoding="utf-8")).values()

    found = read_evses(source)

    there = {each["evse_id"]: each for item in items for each in item["evses"] if each["status"] != "REMOVED"}
    powered = [name for name, each in there.items() if any(c["max_electric_power"] for c in each["connectors"])]
    assert (len(found), len(there)) == (1203, 1203)
    assert abs(found["max_power_kw"].notna().sum() - len(powered)) <= 2
    assert set(found["connectors"]) == {1.0, 2.0, 3.0}


@pytest.mark.real
def test_poles_of_a_belgian_party_in_maasgouw_stay(real_data):
    found = read_evses(real_data / "maasgouw-wessem" / "chargers" / "maasgouw.details.json")

    assert found.index.str.startswith("BE*MBP").sum() == 25


@pytest.mark.real
def test_open_charge_map_of_2023_is_read(real_data):
    source = real_data / "national" / "ocm" / "ocm_nl_opencharge_2023.csv"
    quality = Quality()

    found = read_charge_points(source, quality=quality)

    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    gone = [row for row in rows if row["StatusTypeID"] == "150" or row["UsageTypeID"] == "2.0"]
    counted = sum(float(row["NumberOfPoints"] or 0) for row in rows if row not in gone)
    assert (quality.read, len(found)) == (7907, 7907 - len(gone)) == (7907, 7899)
    assert found["evse_count"].sum() == 11367
    assert 11367 - counted in (2, 3)  # two locations state none, and count for the least


@pytest.mark.real
def test_overpass_of_ouder_amstel_holds_no_charging_station(real_data):
    quality = Quality()

    found = read_charge_points(real_data / "national" / "osm" / "overpass_ouder-amstel_3.json", quality=quality)

    assert (len(found), quality.findings) == (0, ["The source holds no charging locations."])


@pytest.mark.real
@pytest.mark.parametrize("name", ["ede-otterlo/chargers/ede.status.json", "ede-otterlo/chargers/snapshots"])
def test_a_file_with_status_alone_holds_no_locations(real_data, name):
    with pytest.raises(BadInput, match="holds no OCPI locations"):
        read_charge_points(real_data / name)


def test_republished_details_keep_their_ids_and_power(path):
    found, _ = read(path, {"L1": republished("L1", maxPowerKw=0), "L2": republished("L2", evse("E2"), maxPowerKw=22)})

    assert found["max_power_kw"].fillna(-1).to_dict() == {"L1": -1, "L2": 22.0}


def test_an_area_without_locations_says_so(path):
    found, quality = read(path, [location("L1")], area=moved(box(50_000, 0, 51_000, 1000)))

    assert (len(found), quality.dropped) == (0, {"buiten het gebied": ["L1"]})
    assert quality.findings == ["None of 1 rows is left: does the area lie where the data is?"]


def test_an_answer_of_overpass_that_was_cut_off_is_refused(path):
    with pytest.raises(BadInput, match="stopped before it was done"):
        read(path, {"elements": [osm()], "remark": "runtime error: Query timed out"})
