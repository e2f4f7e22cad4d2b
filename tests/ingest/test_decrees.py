import json

import pandas as pd
import pytest

from laadplan.contracts.network import DecreePlaces, Decrees
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.decrees import read_decree_places, read_decrees
from tests.fuzz.formats_network import LAT, LON, MARKS, RECORDS, answer, as_xml, record

CHARGING = "aanwijzen parkeerplaats voor het opladen van elektrische voertuigen"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "antwoord"


def as_json(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def xml(path, content):
    path.write_text(as_xml(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("write", [as_json, xml], ids=["json", "xml"])
def test_decrees_are_read_from_both_forms(path, write):
    quality = Quality()

    found = read_decrees(write(path, answer(*RECORDS)), quality=quality)

    expected = pd.DataFrame(
        {
            "published_on": "2024-03-15",
            "creator": "Demodorp",
            "title": "Verkeersbesluit oplaadplaats Demo-straat",
            "type": CHARGING,
            "url": [f"https://zoek.officielebekendmakingen.nl/gmb-2024-{number}.html" for number in range(1, 6)],
            "is_charging": True,
            "place_count": [1, 1, 1, 1, 0],
        },
        index=pd.Index([f"gmb-2024-{number}" for number in range(1, 6)], name="decree_id"),
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert quality.findings == ["1 decrees mark no place: where they apply is in their text only."]
    assert quality.facts == {"charging_decrees": 5}


@pytest.mark.parametrize("write", [as_json, xml], ids=["json", "xml"])
def test_no_number_plate_gets_in(path, write):
    text = json.dumps(answer(*RECORDS)).replace("oplaadplaats Demo-straat", "GPP kenteken 12-ABC-3")

    found = read_decrees(write(path, json.loads(text)))

    assert set(found["title"]) == {"Verkeersbesluit GPP kenteken (weggelaten)"}


@pytest.mark.parametrize("write", [as_json, xml], ids=["json", "xml"])
def test_marks_in_all_their_forms_are_places(path, write):
    found = read_decree_places(write(path, answer(*RECORDS)))

    corner = found.geometry["gmb-2024-1/1"]
    assert found["kind"].to_list() == ["punt", "lijn", "vlak", "punt"]
    assert found["label"].to_list()[0] == "Demo-straat 1"
    assert [round(place.distance(corner)) for place in found.geometry[:3]] == [0, 34, 56]
    assert list(found.geometry["gmb-2024-4/1"].coords) == [(180000.5, 457000.5)]


def test_several_marks_are_several_places_and_equal_ones_are_one(path):
    places = [{"locatiepunt": f"{LAT} {LON}"}, {"locatiepunt": f"{LAT} {LON + 0.01}"}, {"locatiepunt": f"{LAT} {LON}"}]
    mark = {"Punt": places}

    found = read_decree_places(as_json(path, answer(record(1, mark))))

    assert list(found.index) == ["gmb-2024-1/1", "gmb-2024-1/2"]
    assert read_decrees(path)["place_count"].to_list() == [2]


@pytest.mark.parametrize(
    "mark",
    [
        {"Gemeente": {"locatiegebied": f"POLYGON(({LON} {LAT},{LON + 1} {LAT},{LON} {LAT + 1},{LON} {LAT}))"}},
        {"Punt": {"locatiepunt": "48.85 2.35"}},
        {"Punt": {"locatiepunt": "hier"}},
        {"Lijn": {"locatiegebied": "LINESTRING EMPTY"}},
        {"Vlak": {"locatiegebied": "POLYGON((1 2"}},
        {"Punt": {}},
        "Punt",
    ],
)
def test_a_mark_that_is_no_place_leaves_the_decree(path, mark):
    found = read_decrees(as_json(path, answer(record(1, mark))))

    assert found["place_count"].to_dict() == {"gmb-2024-1": 0}
    pd.testing.assert_frame_equal(read_decree_places(path), DecreePlaces.empty())


def test_other_publications_are_dropped_and_decrees_told_of_twice_count_once(path):
    """The title tells what a decree is for where it has no type."""
    quality = Quality()
    permit = record(2, {}, "omgevingsvergunning", "")
    old = record(3, {}, "verkeersbesluiten of -mededelingen", "")
    rest = record(4, {}, decree="plaatsing of verwijdering van verkeerstekens")

    found = read_decrees(as_json(path, answer(RECORDS[0], permit, RECORDS[0], old, rest)), quality=quality)

    assert found["is_charging"].to_dict() == {"gmb-2024-1": True, "gmb-2024-3": True, "gmb-2024-4": False}
    assert quality.dropped == {"geen verkeersbesluit": ["gmb-2024-2"], "staat er dubbel in": ["gmb-2024-1"]}


def test_in_an_area_decrees_elsewhere_are_dropped_and_those_without_a_place_kept(path):
    quality = Quality()
    as_json(path, answer(record(1, MARKS[0]), record(2, MARKS[3]), record(3, {})))
    area = read_decree_places(path).geometry["gmb-2024-1/1"].buffer(10)

    found = read_decrees(path, area, quality=quality)

    assert list(found.index) == ["gmb-2024-1", "gmb-2024-3"]
    assert quality.dropped == {"buiten het gebied": ["gmb-2024-2"]}
    assert list(read_decree_places(path, area).index) == ["gmb-2024-1/1"]


def test_a_folder_of_pages_is_one_search_and_a_page_that_is_not_there_is_found(tmp_path):
    as_json(tmp_path / "1.json", answer(*RECORDS[:2], nextRecordPosition=3))
    xml(tmp_path / "2.xml", answer(*RECORDS[2:4], nextRecordPosition=5))
    whole, part = Quality(), Quality()
    (tmp_path / ".verborgen").write_text("x", encoding="utf-8")

    found = read_decrees(tmp_path, quality=part)
    as_json(tmp_path / "3.json", answer(*RECORDS[4:]))
    read_decrees(tmp_path, quality=whole)

    assert len(found) == 4
    assert part.findings == ["The search found more: records from number 5 on were not fetched."]
    assert not [each for each in whole.findings if "not fetched" in each]


def test_no_records_give_an_empty_table(path):
    pd.testing.assert_frame_equal(read_decrees(as_json(path, answer())), Decrees.empty())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not JSON"),
        ("{}", "no answer of the SRU service"),
        ("[1]", "no answer of the SRU service"),
        ('{"searchRetrieveResponse": {"records"', "not JSON"),
        ('{"searchRetrieveResponse": {"diagnostics": {"diagnostic": {"message": "fout"}}}}', r"an error \(fout\)"),
        ("<html><body/></html>", "This is a 'html'"),
        ("<searchRetrieveResponse><records><record>", "not a whole XML file"),
        ("<!DOCTYPE a><searchRetrieveResponse/>", "DOCTYPE"),
        ('{"searchRetrieveResponse": "\\ud800"}', "half a character"),
    ],
)
def test_what_is_no_answer_is_refused(path, content, words):
    path.write_text(content, encoding="utf-8")

    with pytest.raises(BadInput, match=words):
        read_decrees(path)


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_decrees(tmp_path / "weg")
    with pytest.raises(MissingSource, match="There is no file here"):
        read_decrees(tmp_path)
