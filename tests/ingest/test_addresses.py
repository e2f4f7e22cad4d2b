import geopandas as gpd
import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses
from laadplan.errors import BadInput, ConfigError, ContractBroken, MissingSource, WrongCrs
from laadplan.ingest.addresses import read_addresses
from tests.frames import X, Y, box, make, moved, point

INSPIRE = {
    "id": ["inspireadressen.1", "inspireadressen.2"],
    "straatnaam": ["Dorpsstraat", "Arnhemseweg"],
    "huisnummer": ["12", "93"],
    "huisletter": ["A", None],
    "toevoeging": ["2", ""],
    "postcode": ["6731 ab", None],
    "woonplaats": ["Otterlo", "Otterlo"],
}
BAG = {
    "identificatie": ["0228200000000001", "0228200000000002"],
    "openbare_ruimte_naam": ["Dorpsstraat", "Arnhemseweg"],
    "huisnummer": [12, 93],
    "huisletter": ["A", None],
    "postcode": ["6731AB", "6731BR"],
    "woonplaats_naam": ["Otterlo", "Otterlo"],
    "gebruiksdoel": ["woonfunctie", "woonfunctie,winkelfunctie"],
}


def write(path, table, *, crs=28992, scale=1.0):
    places = gpd.points_from_xy([X * scale, (X + 10) * scale], [Y * scale, Y * scale])
    gpd.GeoDataFrame(table, geometry=places, crs=crs).to_file(path, layer="adres")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "adressen.gpkg"


def test_inspire_addresses_are_read_and_their_ids_are_no_bag_ids(path):
    found = read_addresses(write(path, INSPIRE))

    expected = make(
        Addresses,
        {
            "inspireadressen.1": {"geometry": point(0, 0), "house_number": "12A-2", "postcode": "6731AB"},
            "inspireadressen.2": {
                "geometry": point(10, 0),
                "street": "Arnhemseweg",
                "house_number": "93",
                "postcode": None,
            },
        },
    )
    pd.testing.assert_frame_equal(found, expected)


def test_bag_addresses_are_read_with_their_ids(path):
    found = read_addresses(write(path, BAG))

    assert found.reset_index()[["address_id", "nummeraanduiding_id", "house_number", "use"]].to_numpy().tolist() == [
        ["0228200000000001", "0228200000000001", "12A", "woonfunctie"],
        ["0228200000000002", "0228200000000002", "93", "woonfunctie,winkelfunctie"],
    ]


def test_a_verblijfsobject_is_read_with_the_id_of_its_main_address(path):
    main = {"nummeraanduiding_hoofdadres_identificatie": ["0228200000000001", "0228200000000002"]}
    table = BAG | {"identificatie": ["0228010000000001", "0228010000000002"]} | main

    found = read_addresses(write(path, table))

    assert found["nummeraanduiding_id"].to_dict() == {
        "0228010000000001": "0228200000000001",
        "0228010000000002": "0228200000000002",
    }


@pytest.mark.parametrize(
    ("identifier", "what"), [("0228010000000001", "verblijfsobject"), ("0228100000000001", "pand"), ("NL.1", "other")]
)
def test_an_id_of_another_object_is_not_taken_for_a_nummeraanduiding(path, identifier, what):
    table = BAG | {"identificatie": [identifier, "0228200000000002"]}

    found = read_addresses(write(path, table))

    assert found["nummeraanduiding_id"].isna().to_dict() == {identifier: True, "0228200000000002": False}


def test_a_house_number_that_is_missing_leaves_the_others_whole(path):
    found = read_addresses(
        write(path, BAG | {"huisnummer": pd.array([12, None], dtype="Int64"), "huisletter": [None, "B"]})
    )

    assert found["house_number"].to_list()[0] == "12"


def test_an_id_as_a_number_is_read_as_text(path):
    table = {key: value for key, value in INSPIRE.items() if key != "id"} | {"id": [7, 8]}

    assert list(read_addresses(write(path, table)).index) == ["7", "8"]


def test_a_column_may_be_named_in_the_config(path):
    table = {key: value for key, value in INSPIRE.items() if key != "straatnaam"} | {"weg": ["Dorpsstraat", "Brink"]}

    found = read_addresses(write(path, table), columns={"street": "weg"})

    assert found["street"].to_list() == ["Dorpsstraat", "Brink"]


def test_a_column_that_the_config_names_wrongly_is_told(path):
    with pytest.raises(ConfigError, match="straat is not a column of this source"):
        read_addresses(write(path, INSPIRE), columns={"straat": "straatnaam"})


@pytest.mark.parametrize("column", ["id", "straatnaam", "huisnummer"])
def test_a_column_that_is_needed_must_be_there(path, column):
    table = {key: value for key, value in INSPIRE.items() if key != column}

    with pytest.raises(BadInput, match="A column is missing"):
        read_addresses(write(path, table))


def test_what_is_optional_may_be_absent(path):
    found = read_addresses(write(path, {key: INSPIRE[key] for key in ("id", "straatnaam", "huisnummer", "woonplaats")}))

    assert found[["postcode", "use", "nummeraanduiding_id"]].isna().all().all()


def test_only_addresses_in_the_area_are_kept_and_the_rest_counted(path):
    quality = Quality()

    found = read_addresses(write(path, INSPIRE), moved(box(5, -5, 15, 5)), quality=quality)

    assert (list(found.index), quality.summary()["read"], quality.dropped) == (
        ["inspireadressen.2"],
        2,
        {"buiten het gebied": ["inspireadressen.1"]},
    )
    assert quality.missing == {"nummeraanduiding_id": 1, "postcode": 1, "use": 1}


def test_an_area_without_addresses_gives_an_empty_frame(path):
    found = read_addresses(write(path, INSPIRE), moved(box(500, 500, 501, 501)))

    pd.testing.assert_frame_equal(found, Addresses.empty())


@pytest.mark.parametrize(("crs", "words"), [(4326, "The CRS is EPSG:4326"), (None, "CRS"), (7415, "not EPSG:28992")])
def test_another_crs_or_none_is_refused(path, crs, words):
    with pytest.raises(WrongCrs, match=words):
        read_addresses(write(path, INSPIRE, crs=crs))


def test_degrees_labelled_as_rd_are_refused(path):
    with pytest.raises(WrongCrs, match="probably in degrees"):
        read_addresses(write(path, INSPIRE, scale=0.0001))


def test_ids_that_occur_twice_are_refused(path):
    with pytest.raises(ContractBroken, match=r"1 ids occur more than once in 'address_id'\. Rows: x\."):
        read_addresses(write(path, INSPIRE | {"id": ["x", "x"]}))


@pytest.mark.parametrize("missing", [None, ""])
def test_an_address_without_an_id_is_refused(path, missing):
    with pytest.raises(ContractBroken, match="address_id"):
        read_addresses(write(path, INSPIRE | {"id": [missing, "x"]}))


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="The file does not exist"):
        read_addresses(path)


@pytest.mark.real
def test_otterlo_has_the_addresses_that_its_readme_counts(real_data):
    quality = Quality()
    source = real_data / "ede-otterlo" / "bag" / "dutch_addresses_28992.gpkg"

    found = read_addresses(source, box(180000, 456000, 182000, 458000), quality=quality)

    assert (quality.read, len(found), found["nummeraanduiding_id"].isna().all()) == (2481, 1150, True)
