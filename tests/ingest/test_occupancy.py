import gzip
import json

import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.quality import Quality
from laadplan.contracts.use import Occupancy
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.occupancy import read_occupancy

COUNTS = ["evses", "occupied", "available", "out_of_order", "unknown"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "peiling"


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(path, content, **more):
    quality = Quality()
    return read_occupancy(write(path, content), quality=quality, **more), quality


def day(name="2026-06-02", tz="Europe/Amsterdam", **locations):
    return {"date": name, "tz": tz, "locations": locations}


def polled(n, **hours):
    """Hours polled as ``h14=50``."""
    return {"n": n, "occ": [hours.get(f"h{hour}") for hour in range(24)]}


def location(name, *statuses, updated="2026-06-02T12:00:00Z"):
    evses = [{"uid": str(place), "status": status, "last_updated": updated} for place, status in enumerate(statuses)]
    return {"id": name, "evses": evses, "last_updated": "2020-01-01T00:00:00Z"}


def test_a_day_gives_a_row_for_each_hour_that_was_polled(path):
    found, quality = read(path, day(L1=polled(3, h1=67, h14=0), L2=polled(25, h14=12)))

    assert found["occupied"].to_dict() == {
        "L1@2026-06-01T23:00:00Z": 2,
        "L1@2026-06-02T12:00:00Z": 0,
        "L2@2026-06-02T12:00:00Z": 3,
    }
    assert found[["available", "out_of_order", "unknown"]].isna().all(axis=None)
    assert quality.facts["median_minutes_between_polls"] == 13 * 60
    assert quality.facts["not_occupied"] == "free or out of order: the source does not tell these apart"
    assert quality.findings == []


def test_an_hour_that_the_clock_skips_is_dropped_and_one_that_occurs_twice_is_the_first(path):
    spring, quality = read(path, day("2025-03-30", L1=polled(2, h1=0, h2=50, h3=50)))
    autumn, _ = read(path, day("2025-10-26", L1=polled(2, h2=50, h3=50)))

    assert list(spring.index) == ["L1@2025-03-30T00:00:00Z", "L1@2025-03-30T01:00:00Z"]
    assert quality.skipped == {"uur dat niet bestaat (zomertijd)": 1}
    assert list(autumn.index) == ["L1@2025-10-26T00:00:00Z", "L1@2025-10-26T02:00:00Z"]


def test_the_statuses_of_ocpi_are_counted_by_what_they_mean(path):
    statuses = ("AVAILABLE", "RESERVED", "CHARGING", "BLOCKED", "OUTOFORDER", "INOPERATIVE", "UNKNOWN", "STUK")
    page = {"data": [location("L1", *statuses, "REMOVED", "PLANNED")], "timestamp": "2026-06-02T13:00:00Z"}

    found, _ = read(path, page)

    assert found[COUNTS].to_dict("index") == {
        "L1@2026-06-02T13:00:00Z": {"evses": 8, "occupied": 2, "available": 2, "out_of_order": 2, "unknown": 2}
    }


def test_without_a_timestamp_the_newest_change_in_the_file_is_the_moment(path):
    content = [location("L1", "AVAILABLE"), location("L2", "CHARGING", updated="2026-06-02T14:05:06Z")]

    found, _ = read(path, content)

    assert list(found.index) == ["L1@2026-06-02T14:05:06Z", "L2@2026-06-02T14:05:06Z"]


def test_dot_nl_tells_how_many_are_available(path):
    groups = [{"total": 4, "available": 1, "connector_type": "A"}, {"total": 2, "available": 2, "connector_type": "B"}]
    properties = {"availabilities": groups, "last_updated": "2026-06-02T12:00:00Z"}
    features = {"type": "FeatureCollection", "features": [{"type": "Feature", "id": "NL-1", "properties": properties}]}

    found, _ = read(path, features)

    assert found[["evses", "occupied"]].values.tolist() == [[4, 3]]


def test_a_log_is_summed_over_the_evse_of_a_location(path):
    log = "tijdstip;locatie_id;evse;status\n"
    log += "2026-06-02 14:00;L1;E1;Vrij\n2026-06-02 14:00;L1;E2;CHARGING\n"
    log += "2026-06-02 15:00;L1;E1;REMOVED\nx;L1;E1;CHARGING\n"

    found, quality = read(path, log, values={"status": {"Vrij": "AVAILABLE"}})

    assert found[COUNTS].to_dict("list") == {
        "evses": [2],
        "occupied": [1],
        "available": [1],
        "out_of_order": [0],
        "unknown": [0],
    }
    assert quality.skipped == {"zonder laadpunten": 1, "zonder leesbaar tijdstip": 1}


def test_a_log_of_evse_without_locations_is_kept_by_evse(path):
    found, _ = read(path, "polled_at,evse_id,status\n2026-06-02T12:00:00Z,E1,CHARGING\n")

    assert found["location_id"].to_list() == ["E1"]


def test_only_the_locations_asked_for_are_kept(path):
    found, quality = read(path, day(L1=polled(2, h1=0), L2=polled(2, h1=0)), locations={"L2"})

    assert (found["location_id"].to_list(), quality.skipped) == (["L2"], {"andere locatie": 1})


def test_snapshots_in_a_folder_are_put_together_and_doubles_count_once(tmp_path):
    folder = tmp_path / "peilingen"
    folder.mkdir()
    write(folder / "1.json", day(L1=polled(2, h1=0)))
    (folder / "2.json.gz").write_bytes(gzip.compress(json.dumps(day(L1=polled(2, h1=50, h2=50))).encode()))
    quality = Quality()

    found = read_occupancy(folder, quality=quality)

    assert found["occupied"].to_list() == [1, 1]
    assert (quality.read, quality.skipped) == (3, {"meer dan eens gepeild op hetzelfde moment": 1})


def test_a_day_on_which_nothing_was_polled_gives_an_empty_frame(path):
    found, quality = read(path, day(L1=polled(2)))

    pd.testing.assert_frame_equal(found, Occupancy.checked(Occupancy.empty()))
    assert (quality.facts["polls"], quality.facts["median_minutes_between_polls"]) == (0, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"L1": "AVAILABLE"}, "does not say how many EVSE were in use at what time"),
        ([{"id": "L1", "evses": [{"status": "AVAILABLE"}]}], "does not say how many EVSE"),
        ("[]", "does not say how many EVSE"),
        (day("gisteren", L1=polled(2)), "does not say of which day"),
        (day(tz="America/Aruba", L1=polled(2)), "in zone America/Aruba"),
        (day(L1={"n": 2}), "no 'n' and no 'occ'"),
        (day(L1={"n": -1, "occ": []}), "no 'n' and no 'occ'"),
        (day(L1=polled(2, h1=101)), r"no percentage \(101\)"),
        (day(L1=polled(2, h1="veel")), "no percentage"),
        ("", "cannot be read"),
        ("a;b\n1;2\n", "A column is missing: polled_at"),
        ("polled_at;status\n1;2\n", "A column is missing: location_id or evse_id"),
        ('{"date": "2026-06-02", "locations": {"L1"', "not JSON"),
    ],
)
def test_what_does_not_say_what_was_polled_when_is_refused(path, content, words):
    with pytest.raises(BadInput, match=words):
        read(path, content)


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(MissingSource, match="There is no file here"):
        read_occupancy(tmp_path)


@pytest.mark.real
@pytest.mark.parametrize(("folder", "rows", "locations"), [("ede-otterlo", 53219, 681), ("maasgouw-wessem", 4832, 62)])
def test_twelve_days_of_polls(real_data, folder, rows, locations):
    source = real_data / folder / "chargers" / "snapshots"
    quality = Quality()

    found = read_occupancy(source, quality=quality)

    days = [json.loads(each.read_text(encoding="utf-8"))["locations"] for each in sorted(source.iterdir())]
    shares = [(each["n"], share) for day in days for each in day.values() for share in each["occ"] if share is not None]
    assert (len(found), len(shares), found["location_id"].nunique()) == (rows, rows, locations)
    assert found["occupied"].sum() == pytest.approx(sum(n * share / 100 for n, share in shares), rel=0.002)
    assert (quality.facts["polls"], quality.facts["median_minutes_between_polls"]) == (79, 180)
    assert quality.facts["longest_minutes_between_polls"] == 39 * 60


@pytest.mark.real
def test_a_status_per_location_without_a_time_is_refused(real_data):
    for source in sorted(real_data.glob("*/chargers/*.status.json")):
        with pytest.raises(BadInput, match="at what time"):
            read_occupancy(source)


@pytest.mark.real
def test_details_of_ede_are_a_poll_at_their_newest_change(real_data):
    found = read_occupancy(real_data / "ede-otterlo" / "chargers" / "ede.details.json")

    assert set(found["polled_at"]) == {pd.Timestamp("2026-06-07T19:20:19Z")}
    assert found[COUNTS].sum().to_dict() == {
        "evses": 1638,
        "occupied": 397,
        "available": 1150,
        "out_of_order": 30,
        "unknown": 61,
    }
    assert not np.isnan(found["unknown"]).any()
