import io
import zipfile
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ContractBroken, MissingSource, WrongCrs
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bag import read_dwellings
from tests.frames import X, Y, box, make, moved
from tests.frames import point as drawn
from tests.ingest import bag_files as bag

LIGHT = {
    "identificatie": [bag.HOME, bag.SHOP],
    "oppervlakte": [100, 999999],
    "status": ["Verblijfsobject in gebruik", "Verblijfsobject ingetrokken"],
    "gebruiksdoel": ["woonfunctie,winkelfunctie", "kantoorfunctie"],
    "openbare_ruimte_naam": ["Dorpsstraat", "Dorpsstraat"],
    "huisnummer": [12, 14],
    "huisletter": ["A", None],
    "toevoeging": [None, None],
    "postcode": ["6731AA", "6731AA"],
    "woonplaats_naam": ["Otterlo", "Otterlo"],
    "bouwjaar": [1950, 1960],
    "pand_identificatie": [bag.PAND, bag.PAND],
    "pandstatus": ["Pand in gebruik", "Pand in gebruik"],
    "nummeraanduiding_hoofdadres_identificatie": [bag.NUMBER, bag.SHOP_NUMBER],
}
HOME = {
    "kind": "verblijfsobject",
    "status": "Verblijfsobject in gebruik",
    "uses": "woonfunctie",
    "area_m2": 100.0,
    "nummeraanduiding_id": bag.NUMBER,
    "street": "Dorpsstraat",
    "house_number": "12A",
    "postcode": "6731AA",
    "town": "Otterlo",
    "pand_ids": bag.PAND,
    "building_year": 1950.0,
    "pand_status": "Pand in gebruik",
    "geometry": drawn(0, 0),
}
SHOP = HOME | {
    "uses": "kantoorfunctie,winkelfunctie",
    "nummeraanduiding_id": bag.SHOP_NUMBER,
    "house_number": "14",
    "geometry": drawn(20, 0),
}
BOAT = HOME | {
    "kind": "ligplaats",
    "status": "Plaats aangewezen",
    "uses": None,
    "area_m2": float("nan"),
    "nummeraanduiding_id": bag.BOAT_NUMBER,
    "house_number": "1",
    "postcode": None,
    "pand_ids": None,
    "building_year": float("nan"),
    "pand_status": None,
    "geometry": drawn(105, 2),
}


def write_light(path, table=LIGHT, *, layer="verblijfsobject", crs=28992, append=False):
    places = gpd.points_from_xy([X + 10 * n for n in range(len(table["identificatie"]))], [Y] * 2)
    gpd.GeoDataFrame(table, geometry=places, crs=crs).to_file(path, layer=layer, mode="a" if append else "w")
    return path


def write_berth(path, shape=None):
    table = {"identificatie": [bag.BOAT], "status": ["Plaats aangewezen"], "openbare_ruimte_naam": ["Kade"]}
    shapes = [moved(shape or box(100, 0, 110, 4))]
    gpd.GeoDataFrame(table | {"huisnummer": [1]}, geometry=shapes, crs=28992).to_file(path, layer="ligplaats", mode="a")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bag.gpkg"


@pytest.fixture
def extract(tmp_path):
    return tmp_path / "extract.zip"


def test_an_extract_gives_every_object_with_its_address_and_building(extract):
    quality = Quality()

    found = read_dwellings(bag.write_extract(extract), quality=quality)

    pd.testing.assert_frame_equal(found, make(Dwellings, {bag.HOME: HOME, bag.SHOP: SHOP, bag.BOAT: BOAT}))
    assert (quality.read, quality.kept, quality.dropped, quality.facts) == (3, 3, {}, {"peildatum": "2025-01-01"})


def test_an_extract_that_is_unpacked_is_the_same(extract, tmp_path):
    found = read_dwellings(bag.write_unpacked(tmp_path / "parts"))

    pd.testing.assert_frame_equal(found, read_dwellings(bag.write_extract(extract)))


def test_addresses_of_an_extract_are_the_main_ones(extract):
    found = read_addresses(bag.write_extract(extract))

    assert found[["nummeraanduiding_id", "street", "house_number"]].to_dict("index") == {
        bag.HOME: {"nummeraanduiding_id": bag.NUMBER, "street": "Dorpsstraat", "house_number": "12A"},
        bag.SHOP: {"nummeraanduiding_id": bag.SHOP_NUMBER, "street": "Dorpsstraat", "house_number": "14"},
        bag.BOAT: {"nummeraanduiding_id": bag.BOAT_NUMBER, "street": "Dorpsstraat", "house_number": "1"},
    }


THREE = (
    bag.unit(area=90, valid=bag.voorkomen("2010-01-01", "2015-06-01", closed="2015-06-03"))
    + bag.unit(area=95, valid=bag.voorkomen("2015-06-01", "2015-06-01", number=2, closed="2015-06-03"))
    + bag.unit(area=100, valid=bag.voorkomen("2015-06-01", number=3))
    + bag.unit(area=110, valid=bag.voorkomen("2026-01-01", number=4))
)


@pytest.mark.parametrize(
    ("today", "area_m2"),
    [(None, 100), (date(2015, 6, 1), 100), (date(2015, 5, 31), 90), (date(2010, 1, 1), 90), (date(2026, 1, 1), 110)],
)
def test_the_voorkomen_that_is_valid_on_the_day_counts(extract, today, area_m2):
    quality = Quality()

    found = read_dwellings(bag.write_extract(extract, {**bag.PARTS, "VBO": THREE}), today=today, quality=quality)

    assert found["area_m2"].dropna().to_list() == [area_m2]
    assert (quality.read, quality.skipped["historie: dit voorkomen geldt niet op de peildatum"]) == (5, 3)


def test_of_what_an_object_refers_to_the_valid_voorkomen_counts(extract):
    old, new = bag.voorkomen("2000-01-01", "2020-01-01", closed="2020-01-01"), bag.voorkomen("2020-01-01", number=2)
    parts = {
        **bag.PARTS,
        "NUM": bag.number(bag.NUMBER, 12, postcode="6731ZZ", valid=old) + bag.number(bag.NUMBER, 13, valid=new),
        "PND": bag.pand(year=9999, valid=old) + bag.pand(year=1955, valid=new),
    }

    found = read_dwellings(bag.write_extract(extract, parts))

    assert found.loc[bag.HOME, ["house_number", "postcode", "building_year"]].to_list() == ["13", "6731AA", 1955]


@pytest.mark.parametrize("mark", ["tijdstipNietBagLV", "tijdstipInactiefLV", "tijdstipInactief"])
def test_a_voorkomen_that_is_not_of_the_bag_does_not_count(extract, mark):
    parts = {**bag.PARTS, "VBO": bag.unit() + bag.unit(bag.SHOP, valid=bag.voorkomen(mark=mark))}

    assert list(read_dwellings(bag.write_extract(extract, parts)).index) == [bag.HOME, bag.BOAT]


def test_a_voorkomen_that_was_replaced_without_an_end_is_history(extract):
    parts = {**bag.PARTS, "VBO": bag.unit() + bag.unit(bag.SHOP, valid=bag.voorkomen(closed="2012-01-01"))}

    assert bag.SHOP not in read_dwellings(bag.write_extract(extract, parts)).index


@pytest.mark.parametrize("name", ["9999InOnderzoek01012025.zip", "9999Inactief01012025.zip", "9999NietBag01012025.zip"])
def test_parts_with_what_is_not_in_the_register_are_not_read(extract, name):
    aside = bag.zipped({"0228NBVBO01012025.zip": bag.zipped({"0228NBVBO01012025-000001.xml": b"<broken"})})

    found = read_dwellings(bag.write_extract(extract, beside={name: aside, "__MACOSX/._9999VBO01012025.zip": b"?"}))

    assert len(found) == 3


@pytest.mark.parametrize(
    "status",
    [
        "Verblijfsobject gevormd",
        "Verblijfsobject ingetrokken",
        "Verblijfsobject ten onrechte opgevoerd",
        "Niet gerealiseerd verblijfsobject",
    ],
)
def test_what_does_not_exist_is_dropped_by_its_status(extract, status):
    quality = Quality()
    parts = {**bag.PARTS, "VBO": bag.unit() + bag.unit(bag.SHOP, status=status)}

    found = read_dwellings(bag.write_extract(extract, parts), quality=quality)

    assert (bag.SHOP in found.index, quality.dropped) == (False, {f"bestaat niet: status '{status}'": [bag.SHOP]})


@pytest.mark.parametrize(
    "status",
    [
        "Verblijfsobject in gebruik (niet ingemeten)",
        "Verbouwing verblijfsobject",
        "Verblijfsobject buiten gebruik",
    ],
)
def test_what_exists_is_kept_whether_or_not_it_is_used(extract, status):
    parts = {**bag.PARTS, "VBO": bag.unit(status=status)}

    assert read_dwellings(bag.write_extract(extract, parts)).loc[bag.HOME, "status"] == status


def test_an_object_in_two_buildings_has_both_and_the_older_year(extract):
    parts = {
        **bag.PARTS,
        "VBO": bag.unit(panden=(bag.SHED, bag.PAND)),
        "PND": bag.pand(year=1950) + bag.pand(bag.SHED, 1930, status="Verbouwing pand"),
    }

    found = read_dwellings(bag.write_extract(extract, parts)).loc[bag.HOME]

    assert found[["pand_ids", "building_year", "pand_status"]].to_list() == [
        f"{bag.PAND},{bag.SHED}",
        1930,
        "Pand in gebruik,Verbouwing pand",
    ]


def test_an_object_without_its_address_keeps_its_place_and_has_no_address(extract):
    quality, parts = Quality(), {**bag.PARTS, "NUM": bag.number(bag.BOAT_NUMBER, 1)}

    dwellings = read_dwellings(bag.write_extract(extract, parts), quality=quality)
    addresses = read_addresses(extract, quality=quality)

    assert dwellings["street"].isna().to_dict() == {bag.HOME: True, bag.SHOP: True, bag.BOAT: False}
    assert quality.findings == ["2 of 3 objects have no street in the source."]
    assert list(addresses.index) == [bag.BOAT]
    assert quality.dropped == {"heeft geen adres (openbare ruimte en huisnummer) in de bron": [bag.HOME, bag.SHOP]}


def test_of_an_extract_only_what_lies_in_the_area_is_kept(extract):
    quality = Quality()

    found = read_dwellings(bag.write_extract(extract), moved(box(-5, -5, 5, 5)), quality=quality)

    assert (list(found.index), quality.skipped) == ([bag.HOME], {"buiten het gebied": 2})


@pytest.mark.parametrize(
    ("here", "there", "kept"), [("2015-01-01", "2010-01-01", True), ("2010-01-01", "2015-01-01", False)]
)
@pytest.mark.parametrize("here_first", [True, False])
def test_an_object_lies_where_its_newest_voorkomen_lies(extract, here, there, kept, here_first):
    quality = Quality()
    both = [bag.unit(valid=bag.voorkomen(here)), bag.unit(valid=bag.voorkomen(there), place=bag.point(20, 0))]
    parts = {**bag.PARTS, "VBO": "".join(both if here_first else both[::-1])}

    found = read_dwellings(bag.write_extract(extract, parts), moved(box(-5, -5, 5, 5)), quality=quality)

    assert list(found.index) == [bag.HOME][: int(kept)]
    assert quality.skipped == {
        "historie: dit voorkomen geldt niet op de peildatum": 1,
        "buiten het gebied": 1 if kept else 2,
    }


def test_an_area_without_objects_gives_an_empty_frame(extract):
    found = read_dwellings(bag.write_extract(extract), moved(box(500, 500, 501, 501)))

    pd.testing.assert_frame_equal(found, Dwellings.empty())


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"NUM": bag.PARTS["NUM"]}, "holds no verblijfsobject, ligplaats or standplaats"),
        ({"VBO": bag.unit(place=" ")}, "An object has no geometry.*Rows: 0228010000000001"),
        ({"VBO": bag.unit(valid=" ")}, "no day of validity but ''"),
        ({"VBO": bag.unit(identifier="")}, "An object has no identificatie"),
        ({"VBO": bag.unit(place=bag.point(0, 0).replace(str(X), "veel"))}, "Coordinates are not numbers"),
        ({"VBO": bag.unit(place=bag.polygon(0, 0).replace("28992", "4326"))}, "The CRS is"),
        ({"VBO": bag.unit(place=bag.polygon(0, 0).replace('"2"', '"3"'))}, "A ring cannot be read"),
        ({"VBO": bag.unit() + "<Objecten:Pand>"}, "not a whole XML file"),
    ],
)
def test_an_extract_that_is_broken_is_refused(extract, parts, words):
    with pytest.raises(BadInput, match=words):
        read_dwellings(bag.write_extract(extract, parts))


def test_an_extract_without_a_date_wants_one(extract):
    bag.write_extract(extract, info="")

    with pytest.raises(BadInput, match="does not state its date"):
        read_dwellings(extract)
    assert len(read_dwellings(extract, today=date(2025, 1, 1))) == 3


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"GEM-WPL-RELATIE-15092020-000001.xml": b"<a/>"}, "link between gemeenten and woonplaatsen"),
        ({"bag-light.gpkg": b"SQLite format 3"}, "The zip holds no BAG Extract"),
        ({"../9999VBO01012025.zip": b""}, "names a file outside itself"),
        ({"9999VBO01012025.zip": b"PK"}, "not a whole zip file"),
        ({"0228VBO01012025-000001.xml": b"<html/>"}, "does not state its date"),
        ({"0228VBO01012025-000001.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "DOCTYPE"),
        ({"0228VBO01012025-000001.xml": bag.document(bag.unit())[:-200]}, "not a whole XML file"),
        ({"0228VBO01012025-000001.xml": bag.document("é").replace(b"\xc3\xa9", b"\xe9")}, "not a whole XML file"),
    ],
)
def test_a_zip_that_is_no_extract_is_refused(extract, files, words):
    extract.write_bytes(bag.zipped(files))

    with pytest.raises(BadInput, match=words):
        read_dwellings(extract)


def test_an_extract_that_grows_without_measure_is_refused(extract):
    memory, remark = io.BytesIO(), f"<!--{' ' * 1_000_000}-->"
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0228VBO01012025-000001.xml", bag.document(bag.unit() + remark * 30))
    extract.write_bytes(bag.zipped({"9999VBO01012025.zip": memory.getvalue()}))

    with pytest.raises(BadInput, match="unpacks to more than 200 times its size"):
        read_dwellings(extract)


def test_an_extract_with_a_zip_in_a_zip_in_a_zip_is_not_read_deeper(extract):
    deep = bag.zipped({"9999VBO01012025.zip": bag.zipped({"9999VBO01012025.zip": b"PK"})})
    extract.write_bytes(bag.zipped({"9999VBO01012025.zip": deep}))

    with pytest.raises(BadInput, match="holds no verblijfsobject"):
        read_dwellings(extract, today=date(2025, 1, 1))


def test_a_light_geopackage_is_read_with_all_its_layers_of_objects(path):
    quality = Quality()
    write_light(path)
    write_light(path, layer="pand", append=True)

    found = read_dwellings(write_berth(path), quality=quality)

    expected = make(
        Dwellings,
        {
            bag.HOME: HOME | {"uses": "winkelfunctie,woonfunctie"},
            bag.BOAT: BOAT | {"nummeraanduiding_id": None, "street": "Kade", "town": None},
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert quality.read == 3
    assert quality.dropped == {"bestaat niet: status 'Verblijfsobject ingetrokken'": [bag.SHOP]}


def test_addresses_of_a_geopackage_with_several_layers_are_those_of_all_objects(path):
    write_light(path)

    assert list(read_addresses(write_berth(path)).index) == [bag.HOME, bag.BOAT]


def test_addresses_of_one_layer_are_those_of_what_exists(path):
    quality = Quality()

    found = read_addresses(write_light(path), layer="verblijfsobject", quality=quality)

    assert (list(found.index), list(quality.dropped)) == (
        [bag.HOME],
        ["bestaat niet: status 'Verblijfsobject ingetrokken'"],
    )


def test_a_berth_with_a_bend_has_its_point_inside(path):
    bend = shapely.Polygon([(0, 0), (10, 0), (10, 1), (1, 1), (1, 9), (10, 9), (10, 10), (0, 10)])

    found = read_dwellings(write_berth(path, bend))

    assert found.within(moved(bend)).to_list() == [True]


def test_an_object_with_a_row_per_building_counts_once(path):
    quality = Quality()
    table = LIGHT | {
        "identificatie": [bag.HOME, bag.HOME],
        "status": ["Verblijfsobject in gebruik"] * 2,
        "pand_identificatie": [bag.SHED, bag.PAND],
        "bouwjaar": [1960, 1940],
    }

    found = read_dwellings(write_light(path, table), quality=quality)

    assert found[["pand_ids", "building_year"]].to_numpy().tolist() == [[f"{bag.PAND},{bag.SHED}", 1940]]
    assert quality.dropped == {"staat meer dan eens in de levering: een keer geteld": [bag.HOME]}


@pytest.mark.parametrize(
    ("column", "value", "ours"), [("oppervlakte", 999999, "area_m2"), ("bouwjaar", 9999, "building_year")]
)
def test_what_the_bag_writes_for_unknown_is_missing(path, column, value, ours):
    assert read_dwellings(write_light(path, LIGHT | {column: [value, value]}))[ours].isna().all()


def test_an_object_without_a_status_says_so(path):
    found = read_dwellings(write_light(path, {key: value for key, value in LIGHT.items() if key != "status"}))

    assert found["status"].to_list() == ["onbekend", "onbekend"]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"crs": 4326}, WrongCrs, "EPSG:4326"),
        ({"table": {("id" if k == "identificatie" else k): v for k, v in LIGHT.items()}}, BadInput, "object_id"),
        ({"table": LIGHT | {"identificatie": [None, bag.HOME], "status": ["a", "a"]}}, ContractBroken, "object_id"),
    ],
)
def test_a_layer_that_cannot_be_used_is_refused(path, change, kind, words):
    if "table" in change and "identificatie" not in change["table"]:
        gpd.GeoDataFrame(change["table"], geometry=gpd.points_from_xy([X, X], [Y, Y]), crs=28992).to_file(path)
    else:
        write_light(path, **change)
    with pytest.raises(kind, match=words):
        read_dwellings(path)


def test_a_page_of_the_wfs_is_read_in_rd(tmp_path):
    page = bag.write_page(tmp_path / "page.json", [bag.feature(bag.WFS)], crs=bag.RD, numberMatched=1)

    found = read_dwellings(page)

    pd.testing.assert_frame_equal(found, make(Dwellings, {bag.HOME: HOME | {"nummeraanduiding_id": None}}))


def test_a_page_in_degrees_is_brought_to_rd_and_lists_are_joined(tmp_path):
    place = to_wgs84(gpd.GeoSeries([moved(drawn(0, 0))], crs=28992)).iloc[0]
    row = bag.feature(bag.WFS | {"gebruiksdoel": ["woonfunctie", "winkelfunctie"]}, (place.x, place.y))

    found = read_dwellings(bag.write_page(tmp_path / "items.json", [row]))

    assert found["uses"].to_list() == ["winkelfunctie,woonfunctie"]
    assert found.distance(moved(drawn(0, 0))).max() < 0.02


def test_pages_of_one_answer_lie_in_a_folder_and_overlap(tmp_path):
    quality = Quality()
    other = bag.feature(bag.WFS | {"identificatie": bag.SHOP}, (X + 20, Y))
    bag.write_page(tmp_path / "1.json", [bag.feature(bag.WFS), other], crs=bag.RD, numberMatched=2)
    bag.write_page(tmp_path / "2.json", [other], crs=bag.RD, numberMatched=2)

    found = read_dwellings(tmp_path, quality=quality)

    assert (list(found.index), quality.findings) == ([bag.HOME, bag.SHOP], [])
    assert quality.dropped == {"staat meer dan eens in de levering: een keer geteld": [bag.SHOP]}


@pytest.mark.parametrize(
    ("more", "number", "words"),
    [
        ({"numberMatched": 5}, 1, "The service has 5 features, and 1 of them were delivered"),
        ({"links": [{"rel": "next", "href": "?cursor=1"}]}, 1, "gave 1 features and has more"),
        ({}, 1000, "gave 1000 features and has more"),
    ],
)
def test_a_page_that_is_not_all_says_so(tmp_path, more, number, words):
    rows = [bag.feature(bag.WFS | {"identificatie": f"022801{n:010d}"}) for n in range(number)]
    quality = Quality()

    read_dwellings(bag.write_page(tmp_path / "page.json", rows, crs=bag.RD, **more), quality=quality)

    assert any(words in finding for finding in quality.findings)


@pytest.mark.parametrize(
    ("row", "more", "kind", "words"),
    [
        (bag.feature(bag.WFS, (5.0, 500.0)), {}, WrongCrs, "neither degrees nor RD"),
        (bag.feature(bag.WFS), {"crs": {"properties": {"name": "EPSG:3857"}}}, WrongCrs, "EPSG:3857"),
        (bag.feature(bag.WFS) | {"geometry": {"type": "Point"}}, {}, BadInput, "A shape cannot be read"),
        (bag.feature(bag.WFS) | {"geometry": None}, {}, BadInput, "without geometry"),
        (bag.feature({"naam": "a"}), {}, BadInput, "A column is missing: object_id"),
        ("feature", {}, BadInput, "no GeoJSON features"),
    ],
)
def test_a_page_that_cannot_be_used_is_refused(tmp_path, row, more, kind, words):
    with pytest.raises(kind, match=words):
        read_dwellings(bag.write_page(tmp_path / "page.json", [row], **more))


def test_a_page_without_features_is_refused(tmp_path):
    with pytest.raises(BadInput, match="The answer holds no features"):
        read_dwellings(bag.write_page(tmp_path / "page.json", []))


def test_a_folder_without_the_bag_is_refused(tmp_path):
    with pytest.raises(MissingSource, match="no part of a BAG Extract and no GeoJSON"):
        read_dwellings(tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_dwellings(tmp_path / "bag.zip")


@pytest.mark.real
def test_the_real_extract_has_two_verblijfsobjecten_two_berths_and_two_pitches(real_data):
    quality = Quality()
    source = real_data / "national" / "bag-extract" / "BAGNLDL-15092020-small.zip"

    found = read_dwellings(source, quality=quality)

    assert found["kind"].value_counts().to_dict() == {"verblijfsobject": 2, "ligplaats": 2, "standplaats": 2}
    assert (quality.read, quality.facts) == (9, {"peildatum": "2020-09-15"})
    assert found["area_m2"].dropna().to_list() == [223.0, 18.0]
    assert found["building_year"].dropna().to_list() == [1585.0, 1992.0]
    assert set(found["town"]) == {"Doesburg"}
    assert found["street"].notna().all()


@pytest.mark.real
def test_the_real_extract_is_read_as_it_was_on_another_day(real_data):
    source = real_data / "national" / "bag-extract" / "BAGNLDL-15092020-small.zip"

    found = read_dwellings(source, today=date(2019, 2, 1))

    assert found["area_m2"].dropna().to_list() == [315.0, 18.0]


@pytest.mark.real
def test_the_real_link_of_gemeenten_and_woonplaatsen_is_refused_with_its_reason(real_data):
    with pytest.raises(BadInput, match="GEM-WPL-RELATIE"):
        read_dwellings(real_data / "national" / "bag-extract" / "GEM-WPL-RELATIE-15092020.zip")


@pytest.mark.real
def test_the_real_addresses_of_amsterdam_are_read_from_three_layers(real_data):
    source = real_data / "amsterdam-zeeheldenbuurt" / "bag" / "bag.gpkg"
    quality = Quality()

    found = read_dwellings(source, quality=quality)

    assert found["kind"].value_counts().to_dict() == {"verblijfsobject": 1836, "ligplaats": 67, "standplaats": 1}
    assert found["nummeraanduiding_id"].notna().all()
    assert any("ids are of addresses" in finding for finding in quality.findings)
    assert len(read_addresses(source)) == 1904
    assert len(read_addresses(source, layer="verblijfsobjecten")) == 1836
