import json

import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.errors import BadInput, ContractBroken, MissingSource
from laadplan.geo.rd import to_wgs84
from laadplan.ingest.charge_points import read_charge_points
from tests.frames import X, Y, box, moved, point, shapes

DEGREES = to_wgs84(shapes({"p": point(0, 0)}))["p"]


def evse(name, status="AVAILABLE", power=11_000, uid="1"):
    return {"uid": uid, "evse_id": name, "status": status, "connectors": [{"id": "1", "max_electric_power": power}]}


def location(identifier="L1", *evses, updated="2026-06-01T00:00:00Z", dx=0.0, **more):
    return {
        "country_code": "NL",
        "party_id": "ABC",
        "id": identifier,
        "publish": True,
        "name": "Brink",
        "address": "Dorpsplein 1",
        "coordinates": {"latitude": f"{DEGREES.y:.7f}", "longitude": f"{DEGREES.x + dx:.7f}"},
        "parking_type": "ON_STREET",
        "evses": list(evses) if evses else [evse(f"NL*ABC*{identifier}")],
        "operator": {"name": "Exploitant"},
        "last_updated": updated,
    } | more


def republished(identifier="L1", *evses, **more):
    """A location in the shape of the republisher."""
    return {
        "locationId": identifier,
        "name": "Brink",
        "address": "Dorpsplein 1",
        "latitude": DEGREES.y,
        "longitude": DEGREES.x,
        "parkingType": "ON_STREET",
        "operatorName": "Exploitant",
        "lastUpdated": "2026-06-01T00:00:00Z",
        "maxPowerKw": 11,
        "evses": list(evses) if evses else [evse(f"NL*ABC*{identifier}", power=None)],
    } | more


@pytest.fixture
def path(tmp_path):
    return tmp_path / "laadpunten.json"


def write(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def counts(path, *locations, quality=None):
    """EVSE per location."""
    return read_charge_points(write(path, list(locations)), quality=quality)["evse_count"].to_dict()


@pytest.mark.parametrize(
    "content",
    [[location()], {"data": [location()], "status_code": 1000}, {"L1": republished()}],
    ids=["array", "answer of a server", "republished"],
)
def test_a_location_is_read_in_rd(path, content):
    found = read_charge_points(write(path, content))

    expected = pd.DataFrame(
        {
            "name": "Brink",
            "address": "Dorpsplein 1",
            "operator": "Exploitant",
            "access": "openbaar",
            "evse_count": 1,
            "max_power_kw": 11.0,
            "updated_at": "2026-06-01T00:00:00Z",
            "in_area": True,
        },
        index=["L1"],
    )
    pd.testing.assert_frame_equal(
        pd.DataFrame(found.drop(columns="geometry")),
        expected,
        check_names=False,
        check_dtype=False,
        check_index_type=False,
    )
    np.testing.assert_allclose([found.geometry["L1"].x - X, found.geometry["L1"].y - Y], 0, atol=0.02)


def test_a_byte_order_mark_does_no_harm(path):
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([location()]).encode())

    assert len(read_charge_points(path)) == 1


@pytest.mark.parametrize(
    ("statuses", "count"),
    [
        (["AVAILABLE", "CHARGING", "OUTOFORDER", "UNKNOWN", "BLOCKED"], 5),
        (["AVAILABLE", "REMOVED"], 1),
        (["AVAILABLE", "PLANNED", "PLANNED"], 1),
    ],
)
def test_evse_that_are_removed_or_planned_do_not_count(path, statuses, count):
    evses = [evse(f"E{number}", status) for number, status in enumerate(statuses)]

    assert counts(path, location("L1", *evses)) == {"L1": count}


def test_a_location_without_any_evse_that_counts_is_dropped_and_told(path):
    quality = Quality()
    none = [
        location("gone", evse("E1", "REMOVED")),
        location("soon", evse("E2", "PLANNED")),
        location("bare", evses=[]),
    ]

    found = counts(path, *none, location("L1"), location("null", evses=None), quality=quality)

    assert (found, quality.read) == ({"L1": 1}, 5)
    assert list(quality.dropped.values()) == [["bare", "gone", "null", "soon"]]


def test_an_evse_that_several_parties_publish_counts_once_where_it_was_updated_last(path):
    old = location("old", evse("E1"), evse("E2"), updated="2025-01-01T00:00:00Z")
    new = location("new", evse("E1"), updated="2026-01-01T00:00:00Z")

    assert counts(path, old, new) == counts(path, new, old) == {"new": 1, "old": 1}


def test_an_evse_updated_at_the_same_time_by_two_goes_to_one_whatever_their_order(path):
    one, other = location("a", evse("E1")), location("b", evse("E1"))

    assert counts(path, one, other) == counts(path, other, one)
    assert sum(counts(path, one, other).values()) == 1


def test_an_evse_without_a_date_goes_to_the_location_that_has_one(path):
    dated, undated = location("a", evse("E1")), location("b", evse("E1"), updated=None)

    assert counts(path, dated, undated) == {"a": 1}


@pytest.mark.parametrize("make", [location, republished])
def test_evse_without_an_id_are_not_taken_for_each_other(path, make):
    one = make("L1", evse(None, uid="1"), evse(None, uid="2"))
    other = make("L2", evse(None, uid="1"))

    assert counts(path, one, other) == {"L1": 2, "L2": 1}


@pytest.mark.parametrize(
    ("powers", "more", "expected"),
    [
        ([11_000, 22_000], {}, 22.0),
        ([None, 7400], {}, 7.4),
        ([0], {}, None),
        ([None], {}, None),
        (["22000"], {}, 22.0),
        ([0], {"maxPowerKw": 0}, None),
        ([None], {"maxPowerKw": 50}, 50.0),
    ],
)
def test_power_is_in_kilowatt_and_unknown_where_it_is_null_or_nil(path, powers, more, expected):
    evses = [evse(f"E{number}", power=power) for number, power in enumerate(powers)]

    found = read_charge_points(write(path, [location("L1", *evses, **more)]))["max_power_kw"].to_list()

    assert found == [expected] if expected else np.isnan(found).all()


@pytest.mark.parametrize(
    ("parking", "access"),
    [
        ("ON_STREET", "openbaar"),
        ("PARKING_LOT", "semi-openbaar"),
        ("PARKING_GARAGE", "semi-openbaar"),
        ("UNDERGROUND_GARAGE", "semi-openbaar"),
        ("ON_DRIVEWAY", "semi-openbaar"),
        ("ALONG_MOTORWAY", "onbekend"),
        (None, "onbekend"),
    ],
)
def test_only_a_place_on_the_street_is_certain_to_be_public(path, parking, access):
    quality = Quality()

    found = read_charge_points(write(path, [location(parking_type=parking)]), quality=quality)

    assert (found["access"].to_list(), bool(quality.findings)) == ([access], access == "onbekend")


def test_of_many_places_that_may_not_be_public_only_some_are_named(path):
    quality = Quality()
    names = [f"L{number}" for number in range(1, 9)]

    read_charge_points(write(path, [location(name, parking_type=None) for name in names]), quality=quality)

    assert quality.findings == ["Whether they are public is unknown for 8 locations: L1, L2, L3, L4, L5 and 3 more."]


def test_what_is_not_published_or_lies_abroad_or_outside_the_area_is_dropped_with_its_reason(path):
    quality = Quality()
    abroad = location("abroad", coordinates={"latitude": "40.0", "longitude": "-3.7"})
    locations = [location("in"), location("hidden", publish=False), abroad, location("out", dx=0.1)]

    found = read_charge_points(write(path, locations), moved(box(-9, -9, 9, 9)), quality=quality)

    assert (list(found.index), quality.dropped) == (
        ["in"],
        {
            "niet gepubliceerd (publish is onwaar)": ["hidden"],
            "ligt buiten Nederland": ["abroad"],
            "buiten het gebied": ["out"],
        },
    )


@pytest.mark.parametrize("content", [[], {}, {"data": []}], ids=["array", "object", "answer"])
def test_no_locations_give_an_empty_frame(path, content):
    quality = Quality()

    found = read_charge_points(write(path, content), moved(box(0, 0, 1, 1)), quality=quality)

    pd.testing.assert_frame_equal(found, ChargePoints.empty())
    assert (quality.read, quality.kept) == (0, 0)


def test_when_nothing_is_left_the_frame_is_empty(path):
    found = read_charge_points(write(path, [location(publish=False)]))

    pd.testing.assert_frame_equal(found, ChargePoints.empty())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is not JSON"),
        (b'[{"id": "L1", "evses": [', "The file is not JSON"),
        (b'[{"id": "\xe9"}]', "The file is not JSON"),
        (b"42", "The file is not JSON"),
        (b'"tekst"', "The file is not JSON"),
        (b'{"type": "FeatureCollection", "features": []}', "holds no OCPI locations"),
        (b'[{"id": "L1"}]', "holds no OCPI locations"),
        (b"[1, 2]", "holds no OCPI locations"),
    ],
)
def test_what_is_no_ocpi_is_refused(path, content, words):
    path.write_bytes(content)

    with pytest.raises(BadInput, match=words):
        read_charge_points(path)


@pytest.mark.parametrize(
    "place",
    [{}, {"latitude": "52.1"}, {"latitude": None, "longitude": None}, {"latitude": "noord", "longitude": "oost"}],
)
def test_a_location_without_coordinates_is_refused_by_its_id(path, place):
    with pytest.raises(BadInput, match=r"A location has no coordinates in degrees\. Rows: L7\."):
        read_charge_points(write(path, [location("L7", coordinates=place)]))


@pytest.mark.parametrize("identifier", [None, ""])
def test_a_location_without_an_id_is_refused(path, identifier):
    with pytest.raises(BadInput):
        read_charge_points(write(path, [location() | {"id": identifier}]))


def test_an_id_that_occurs_twice_is_refused(path):
    with pytest.raises(ContractBroken, match="more than once in 'location_id'"):
        read_charge_points(write(path, [location("L1", evse("E1")), location("L1", evse("E2"))]))


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="The file does not exist"):
        read_charge_points(path)


@pytest.mark.real
def test_the_municipality_and_the_village_have_the_charge_points_that_the_file_holds(real_data):
    source = real_data / "ede-otterlo" / "chargers" / "ede.details.json"
    raw = json.loads(source.read_text(encoding="utf-8"))
    quality = Quality()

    whole = read_charge_points(source, quality=quality)
    village = read_charge_points(source, box(180000, 456000, 182000, 458000))

    there = {
        each.get("evse_id") or f"{identifier}/{each['uid']}"
        for identifier, item in raw.items()
        for each in item["evses"] or []
        if each["status"] not in ("REMOVED", "PLANNED")
    }
    assert (quality.read, whole["evse_count"].sum(), len(village)) == (len(raw), len(there), 8)


def test_a_location_around_the_area_is_kept_and_marked(path):
    here, near, far = location("L1", evse("A")), location("L2", evse("B"), dx=0.01), location("L3", evse("C"), dx=0.2)
    place = shapes({"p": point(0, 0)})["p"]

    found = read_charge_points(write(path, [here, near, far]), place.buffer(100), around=place.buffer(2000))

    assert found["in_area"].to_dict() == {"L1": True, "L2": False}
