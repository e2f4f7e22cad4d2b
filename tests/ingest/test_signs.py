import gzip
import json

import pandas as pd
import pytest
from shapely import box

from laadplan.contracts.network import Signs
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.signs import read_signs
from tests.fuzz.formats_network import sign_csv, sign_v3, sign_v4

CHARGING = "opladen elektrische voertuigen"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "borden"


def v3(path, *signs):
    path.write_text(json.dumps(list(signs)), encoding="utf-8")
    return path


def v4(path, *signs):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(signs)}), encoding="utf-8")
    return path


def table(path, *signs):
    path.write_text(sign_csv(*signs), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("E4", CHARGING, "elektrisch laden"),
        ("E8", "uitsluitend opladen elektrische auto's", "elektrisch laden"),
        ("E9", "alleen elektrische voertuigen", "elektrisch laden"),
        ("E8c", "", "elektrisch laden"),
        ("E08o", "", "elektrisch laden"),
        ("E4", "laadpaal", "elektrisch laden"),
        ("E4", "", "parkeren"),
        ("E4", "laden en lossen", "parkeren"),
        ("E6", "opladen elektrische voertuigen", "gpp"),
        ("E7", "laden en lossen", "laden en lossen"),
        ("E9", "vergunninghouders", "vergunning"),
        ("E1", "uitgezonderd opladen elektrische voertuigen", "anders"),
        ("C12", "uitgezonderd elektrische voertuigen", "anders"),
    ],
)
@pytest.mark.parametrize("write", [v3, v4, table], ids=["v3", "v4", "csv"])
def test_the_meaning_is_in_the_code_or_in_the_text(path, write, code, text, expected):
    sign = (sign_v3 if write is v3 else sign_v4)(1, code, text)

    found = read_signs(write(path, sign))

    assert found["meaning"].to_list() == [expected]


@pytest.mark.parametrize("write", [v3, v4, table], ids=["v3", "v4", "csv"])
def test_no_number_plate_gets_in(path, write):
    sign = (sign_v3 if write is v3 else sign_v4)(1, "E6", "alleen kenteken 12-ABC-3")

    found = read_signs(write(path, sign))

    assert found[["meaning", "texts"]].values.tolist() == [["gpp", "alleen kenteken (weggelaten)"]]


def test_a_sign_of_version_3_is_read_in_rd(path):
    found = read_signs(v3(path, sign_v3(1)))

    expected = pd.DataFrame(
        {
            "rvv_code": "E4",
            "meaning": "elektrisch laden",
            "texts": CHARGING,
            "zone_code": None,
            "bearing_deg": 90.0,
            "side": "N",
            "placed_on": None,
            "first_seen_on": "2016-06-10",
            "last_seen_on": "2023-12-03",
            "road_section_id": "77",
            "nwb_version": "2023-11-01",
            "street": "Demo-straat",
            "town": "Demodorp",
            "municipality_code": "GM9901",
        },
        index=pd.Index(["bord-1"], name="sign_id"),
    )
    pd.testing.assert_frame_equal(pd.DataFrame(found.drop(columns="geometry")), expected.astype(found.dtypes[:-1]))
    assert list(found.geometry.iloc[0].coords) == [(180001.0, 457000.0)]


def test_degrees_rd_and_csv_give_the_same_place(path):
    sign = sign_v4(1)
    in_degrees = read_signs(v4(path, sign)).geometry.iloc[0]
    rd = sign | {"geometry": {"type": "Point", "coordinates": [in_degrees.x, in_degrees.y]}}

    places = [read_signs(write(path, each)).geometry.iloc[0] for write, each in [(v4, rd), (table, sign)]]

    assert [place.distance(in_degrees) for place in places] == [0.0, 0.0]
    assert in_degrees.distance(box(180000, 456000, 181000, 457500)) < 15_000


def test_the_last_message_holds_also_where_it_says_that_the_sign_is_gone(path):
    quality = Quality()
    moved = sign_v3(1, "E6") | {"publication_timestamp": "2024-01-01T00:00:00Z"}
    gone = sign_v3(2, type="removed", publication_timestamp="2024-01-01T00:00:00Z")

    found = read_signs(v3(path, moved, sign_v3(1), gone, sign_v3(2)), quality=quality)

    assert found["rvv_code"].to_dict() == {"bord-1": "E6"}
    assert quality.dropped == {
        "eerdere of dubbele melding van hetzelfde bord": ["bord-1", "bord-2"],
        "staat er niet (verwijderd of nog niet geplaatst)": ["bord-2"],
    }


@pytest.mark.parametrize("more", [{"status": "REMOVED"}, {"status": "PLANNED"}, {"removedOn": "2024-05-01"}])
@pytest.mark.parametrize("write", [v4, table], ids=["v4", "csv"])
def test_only_signs_that_stand_count(path, write, more):
    gone = sign_v4(2)
    gone["properties"] = {"removedOn": None} | gone["properties"] | more
    stands = sign_v4(1)
    stands["properties"] |= {"removedOn": None}

    found = read_signs(write(path, stands, gone))

    assert list(found.index) == (["bord-1"] if write is v4 or "status" in more else ["bord-1", "bord-2"])


def test_the_end_of_a_zone_means_nothing_and_a_version_5_sign_says_what_it_is_for(path):
    end = sign_v4(1, "E9", "", zoneCode="ZE")
    charging = sign_v4(2, "E8", "", conditions={"restrictions": {}, "exemptions": [{"category": ["charging"]}]})
    plate = sign_v4(3, "E4", "", supplementarySigns=[{"signCode": "OB19", "index": 1}])

    found = read_signs(v4(path, end, charging, plate))

    assert found["meaning"].to_list() == ["anders", "elektrisch laden", "elektrisch laden"]
    assert found["zone_code"].to_list()[0] == "eind"


def test_what_lies_outside_or_nowhere_is_counted(path):
    quality = Quality()
    nowhere = sign_v4(2) | {"geometry": None}
    nameless = sign_v4(3, rvvCode=None)
    here = read_signs(v4(path, sign_v4(1))).geometry.iloc[0]

    found = read_signs(v4(path, sign_v4(1), nowhere, nameless, sign_v4(90)), here.buffer(50), quality=quality)

    assert list(found.index) == ["bord-1"]
    assert quality.summary()["dropped"] == {
        "buiten het gebied": 1,
        "zonder coordinaten": 1,
        "zonder id of bordcode": 1,
    }


@pytest.mark.parametrize("content", ["[]", '{"type": "FeatureCollection", "features": []}'])
def test_no_signs_give_an_empty_frame(path, content):
    path.write_text(content, encoding="utf-8")

    pd.testing.assert_frame_equal(read_signs(path), Signs.empty())


def test_a_packed_file_is_read(path):
    path.write_bytes(gzip.compress(v4(path, sign_v4(1)).read_bytes()))

    assert list(read_signs(path).index) == ["bord-1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "A column is missing"),
        (b"a;b\n1;2\n", "A column is missing: id"),
        (b"id,rvvCode,status\nb\xff,E4,PLACED\n", "The table cannot be read"),
        (b'[{"rvv_code": "E4"}]', "An item is no traffic sign"),
        (b"[1]", "An item is no traffic sign"),
        (b'[{"ndw_id": "1", "rvv_code"', "not JSON as it should be"),
        (b'{"openapi": "3.1.0", "paths": {}}', "a description of the service"),
        (b'{"type": "Topology"}', "holds no list called"),
    ],
)
def test_what_holds_no_signs_is_refused(path, content, words):
    path.write_bytes(content)

    with pytest.raises(BadInput, match=words):
        read_signs(path)


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_signs(path)


@pytest.mark.real
def test_amersfoort_has_the_signs_that_the_files_hold(real_data):
    folder = real_data / "national" / "signs"
    raw = json.loads((folder / "ndw_signs_amersfoort_v4.geojson").read_text(encoding="utf-8"))["features"]
    quality = Quality()

    old = read_signs(folder / "ndw_signs_amersfoort_v3.json", quality=quality)
    new = read_signs(folder / "ndw_signs_amersfoort_v4.geojson")

    assert (quality.read, len(old), quality.dropped) == (
        216,
        212,
        {"eerdere of dubbele melding van hetzelfde bord": ["010221c8-c4ba-4e88-ad3a-1127a46495bb"] * 4},
    )
    assert (
        new["rvv_code"].value_counts().to_dict()
        == pd.Series([each["properties"]["rvvCode"] for each in raw]).value_counts().to_dict()
    )
    assert (len(new), new["municipality_code"].eq("GM0307").all(), new["meaning"].eq("anders").all()) == (
        255,
        True,
        True,
    )
    both = old.index.intersection(new.index)
    assert len(both) > 100
    assert old.geometry[both].distance(new.geometry[both], align=True).median() < 0.5


@pytest.mark.real
def test_the_description_of_the_service_is_refused(real_data):
    with pytest.raises(BadInput, match="a description of the service"):
        read_signs(real_data / "national" / "signs" / "traffic-sign-api-spec.json")


def test_features_of_something_else_are_refused(path):
    point = {"type": "Point", "coordinates": [5.4, 52.1]}
    feature = {"type": "Feature", "id": "a", "geometry": point, "properties": {"naam": "a"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    with pytest.raises(BadInput, match="they are no traffic signs"):
        read_signs(path)
