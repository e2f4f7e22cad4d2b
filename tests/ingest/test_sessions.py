"""Sessions: sources, clocks that are wrong, changed or not set, overlaps, and what may never be read."""

import gzip
import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.contracts.quality import Quality
from laadplan.contracts.use import Sessions
from laadplan.errors import BadInput, ConfigError, MissingSource
from laadplan.ingest.clocks import read_moments
from laadplan.ingest.sessions import read_sessions
from laadplan.store.frames import read_frame, write_frame
from tests.frames import box, moved
from tests.ingest.test_charge_points import DEGREES

UTC = ZoneInfo("UTC")
HERE = {"latitude": str(DEGREES.y), "longitude": str(DEGREES.x)}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sessies"


def cdr(name="C1", start="2025-06-01T18:00:00Z", end="2025-06-02T06:30:00Z", energy=20.5, evse="NL*ABC*E1*1", **more):
    place = {"id": "L1", "evse_uid": "uid-1", "evse_id": evse, "coordinates": HERE}
    return {
        "country_code": "NL",
        "party_id": "ABC",
        "id": name,
        "start_date_time": start,
        "end_date_time": end,
        "cdr_token": {"uid": "GEHEIM", "contract_id": "NL-ABC-GEHEIM"},
        "cdr_location": place,
        "total_energy": energy,
    } | more


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def read(path, content, **more):
    quality = Quality()
    return read_sessions(write(path, content), quality=quality, **more), quality


def table(*rows, head="start;einde;evse;kwh;id"):
    return "\n".join([head, *(";".join(row) for row in rows)]) + "\n"


def times(frame):
    """Start and end in UTC, in order of start."""
    ordered = frame.sort_values("started_at")
    return [
        (start.strftime("%d %H:%M"), end.strftime("%d %H:%M"))
        for start, end in zip(ordered["started_at"], ordered["ended_at"], strict=True)
    ]


# --- sources ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [[cdr()], {"data": [cdr()], "status_code": 1000}], ids=["array", "answer of a server"]
)
def test_a_cdr_is_read_without_its_driver(path, content):
    found, quality = read(path, content)

    expected = pd.DataFrame(
        {
            "evse_id": ["NL*ABC*E1*1"],
            "location_id": ["L1"],
            "started_at": [pd.Timestamp("2025-06-01T18:00", tz="UTC")],
            "ended_at": [pd.Timestamp("2025-06-02T06:30", tz="UTC")],
            "connected_h": [12.5],
            "charged_h": [np.nan],
            "energy_kwh": [20.5],
        },
    )
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected, check_dtype=False)
    assert "GEHEIM" not in found.reset_index().to_csv() + str(quality.summary())
    assert "C1" not in found.index[0]
    assert (Sessions.is_confidential(), quality.facts["sessions_over_midnight"]) == (True, 1)


def test_cdrs_of_ocpi_2_1_1_and_sessions_are_read(path):
    old = cdr("A") | {"location": {"id": "L9", "evses": [{"uid": "u9", "evse_id": "E9"}]}, "cdr_location": None}
    old["stop_date_time"] = old.pop("end_date_time")
    session = cdr("B", start="2025-07-01T10:00:00Z", end="2025-07-01T11:00:00Z") | {"kwh": 7, "evse_uid": "u3"}
    session = {key: value for key, value in session.items() if key not in ("cdr_location", "total_energy")}
    session["location_id"] = "L3"

    found = read(path, [old, session])[0].sort_values("started_at")

    assert found[["evse_id", "location_id", "energy_kwh"]].values.tolist() == [["E9", "L9", 20.5], ["u3", "L3", 7.0]]


def test_pages_in_a_folder_are_read_packed_or_not_and_what_stands_twice_counts_once(tmp_path):
    folder = tmp_path / "cdrs"
    folder.mkdir()
    other = cdr("C2", evse="E2")
    (folder / "1.json").write_text(json.dumps({"data": [cdr(), other]}))
    (folder / "2.json.gz").write_bytes(gzip.compress(json.dumps({"data": [other]}).encode()))
    quality = Quality()

    found = read_sessions(folder, quality=quality)

    assert (len(found), quality.read, quality.skipped) == (2, 3, {"komt meer dan eens voor": 1})


def test_of_a_session_delivered_twice_the_last_update_counts(path):
    old, new = cdr(energy=5, last_updated="2025-06-03T00:00:00Z"), cdr(energy=9, last_updated="2025-06-04T00:00:00Z")

    assert [read(path, each)[0]["energy_kwh"].to_list() for each in ([old, new], [new, old])] == [[9.0], [9.0]]


def test_equal_ids_of_two_parties_are_two_sessions(path):
    found, _ = read(path, [cdr("1", evse="A"), cdr("1", evse="B", party_id="XYZ")])

    assert sorted(found["evse_id"]) == ["A", "B"]


def test_ids_are_numbers_in_order_of_time_whatever_the_source_calls_them(path):
    starts = [f"2025-06-{day:02d}T10:00:00Z" for day in range(12, 0, -1)]
    cdrs = [cdr(f"CDR{number}", start, start.replace("T10", "T11")) for number, start in enumerate(starts)]

    found, _ = read(path, cdrs)

    assert list(found.index) == [f"{number:02d}" for number in range(1, 13)]
    assert found["started_at"].is_monotonic_increasing


def test_a_credit_takes_away_what_it_credits(path):
    credit = cdr("C2", credit=True, credit_reference_id="C1")

    found, quality = read(path, [cdr("C1"), credit, cdr("C3", evse="E3")])

    assert (found["evse_id"].to_list(), quality.skipped) == (["E3"], {"gecrediteerd": 2})


def test_the_table_of_elaadnl_is_in_watt_hours_and_in_utc(path):
    head = "Started,Ended,TotalEnergy,ConnectedTime,ChargeTime,MaxPower"
    found, quality = read(path, f"{head}\n2018-01-01 08:45:26,2018-01-01 09:16:46,1830,0.5222,0.5219,3524\n")

    row = found.iloc[0]
    assert (row["energy_kwh"], round(row["connected_h"], 4), row["charged_h"]) == (1.83, 0.5222, 0.5219)
    assert (quality.facts["energy_unit"], times(found)) == ("Wh", [("01 08:45", "01 09:16")])
    assert quality.findings == ["1 sessions name no EVSE: whether they overlap cannot be seen."]


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("Started,Ended,TotalEnergy,ConnectedTime,ChargeTime,MaxPower", {"started_at": "Started", "ended_at": "Ended"}),
        ("started,ended,TotalEnergy,ConnectedTime,ChargeTime,MaxPower", {}),
        ("Started,Ended,TotalEnergy,ConnectedTime,ChargeTime", {}),
    ],
    ids=["config says so", "other spelling", "other columns"],
)
def test_another_table_with_such_names_is_in_local_time(path, head, columns):
    row = "2018-01-01 08:45:26,2018-01-01 09:16:46,1830,0.5222,0.5219,3524"
    row = ",".join(row.split(",")[: head.count(",") + 1])

    found, _ = read(path, f"{head}\n{row}\n", columns=columns)

    assert times(found) == [("01 07:45", "01 08:16")]


def test_the_table_of_elaadnl_in_utc_has_a_pole_and_a_connector(path):
    head = (
        "TransactionId,ChargePoint,Connector,UTCTransactionStart,UTCTransactionStop,StartCard,ConnectedTime,TotalEnergy"
    )
    found, _ = read(path, f"{head}\n7,P1,2,2019-07-01 10:00:00,2019-07-01 12:00:00,GEHEIM,2,8.5\n")

    assert (found["evse_id"].to_list(), times(found)) == (["P1*2"], [("01 10:00", "01 12:00")])
    assert "GEHEIM" not in found.reset_index().to_csv()


def test_the_table_of_utrecht_has_a_byte_order_mark_and_no_car_gets_in(path):
    head = "\ufeffEV_id_x;evse_uid;start_datetime;end_datetime;total_energy"
    found, _ = read(path, f"{head}\nGEHEIM;E1;2022-01-05 10:00:00;2022-01-05 12:00:00;8,5\n")

    assert found[["evse_id", "energy_kwh"]].values.tolist() == [["E1", 8.5]]
    assert "GEHEIM" not in found.reset_index().to_csv()


def test_columns_are_named_in_the_config(path):
    columns = {"started_at": "Van", "connected_h": "Duur", "energy": "Stroom"}

    found, _ = read(path, "Van,Duur,Stroom\n01-07-2025 12:00,2.5,10\n", columns=columns)

    assert times(found) == [("01 10:00", "01 12:30")]


def test_the_unit_can_be_given(path):
    rows = table(("2025-07-01 12:00", "2025-07-01 14:00", "E1", "400", "1"))

    assert read(path, rows, unit="Wh")[0]["energy_kwh"].to_list() == [0.4]


def test_the_frame_survives_the_disk(tmp_path):
    found, _ = read(tmp_path / "a.json", [cdr()])

    written = write_frame(found, Sessions, tmp_path / "b.parquet")

    pd.testing.assert_frame_equal(read_frame(Sessions, tmp_path / "b.parquet"), written)


@pytest.mark.parametrize("content", ["[]", '{"data": []}'])
def test_no_sessions_give_an_empty_frame(path, content):
    found, _ = read(path, content)

    pd.testing.assert_frame_equal(found, Sessions.checked(Sessions.empty()))


def test_sessions_elsewhere_are_left_out_and_those_without_a_place_stay(path):
    away = cdr("C2", evse="E2")
    away["cdr_location"] = away["cdr_location"] | {"coordinates": {"latitude": "52.0", "longitude": "5.0"}}
    bare = cdr("C3", evse="E3")
    bare["cdr_location"] = {key: value for key, value in bare["cdr_location"].items() if key != "coordinates"}

    found, quality = read(path, [cdr(), away, bare], area=moved(box(-9, -9, 9, 9)))

    assert sorted(found["evse_id"]) == ["E3", "NL*ABC*E1*1"]
    assert quality.skipped == {"buiten het gebied": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The table cannot be read"),
        ('[{"id": "C1", "start', "The file is not JSON"),
        ("[1]", "holds something that is no session"),
        ('[{"id": "C1"}]', "has no start_date_time"),
        ("a;b\n1;2\n", "A column is missing: started_at, ended_at"),
        ("start;kwh\n1;2\n", "A column is missing: ended_at"),
    ],
)
def test_what_holds_no_sessions_is_refused(path, content, words):
    with pytest.raises(BadInput, match=words):
        read(path, content)


def test_a_broken_table_is_refused_without_quoting_it(path):
    path.write_bytes("start;einde;kaart\n2025;2025;GEHEIM\xe9\n".encode("cp1252"))

    with pytest.raises(BadInput, match="The table cannot be read") as caught:
        read_sessions(path)

    assert "GEHEIM" not in str(caught.value)


def test_the_first_row_of_a_table_without_a_header_is_not_shown(path):
    with pytest.raises(BadInput, match="None of its 4 columns is known: is its first row the header") as caught:
        read(path, "NL-ABC-C1;2025-06-01 18:00;12-ABC-3;7.5\nNL-ABC-C2;2025-06-01 19:00;4-DEF-56;7.5\n")

    assert not any(cell in str(caught.value) for cell in ("NL-ABC", "12-ABC-3"))


def test_a_mapping_of_a_driver_is_refused(path):
    with pytest.raises(ConfigError, match="driver is not a column"):
        read(path, table(("2025-07-01 12:00", "2025-07-01 14:00", "E1", "4", "1")), columns={"driver": "id"})


def test_a_missing_file_is_named(path):
    with pytest.raises(MissingSource, match="does not exist"):
        read_sessions(path)


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-07-01 12:00", "2025-07-01T10:00"),
        ("2025-01-01T12:00:00", "2025-01-01T11:00"),
        ("01-07-2025 12:00:00", "2025-07-01T10:00"),
        ("1/7/2025 12:00", "2025-07-01T10:00"),
        ("2025-07-01T12:00:00Z", "2025-07-01T12:00"),
        ("2025-07-01T12:00:00.5+02:00", "2025-07-01T10:00:00.5"),
        ("2025-03-30 02:30", "2025-03-30T01:30"),
        ("2025-10-26 02:30", "2025-10-26T00:30"),
        ("2018-02-29 12:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01 00:00", None),
        ("GEHEIM", None),
        (None, None),
    ],
)
def test_moments_are_in_utc(text, utc):
    found = read_moments(pd.Series([text], dtype="str")).first.iloc[0]

    assert found == pd.Timestamp(utc, tz="UTC") if utc else pd.isna(found)


@settings(max_examples=40, deadline=None)
@given(st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01")))
def test_every_moment_is_found_back_from_local_time(moment):
    """Oracle: the standard library's zone; of an hour that occurs twice both are found."""
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    local = whole.astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%Y-%m-%d %H:%M:%S")

    found = read_moments(pd.Series([local]))

    assert pd.Timestamp(whole) in (found.first.iloc[0], found.second.iloc[0])
    assert not found.skipped.iloc[0]


def rows_of_a_night(start, end, hours=""):
    return table((start, end, hours, "10"), head="start;einde;ConnectedTime;kwh")


@pytest.mark.parametrize(
    ("start", "end", "hours", "expected"),
    [
        ("2025-10-26 02:30", "2025-10-26 04:00", "", ("26 00:30", "26 03:00")),
        ("2025-10-26 02:30", "2025-10-26 04:00", "1.5", ("26 01:30", "26 03:00")),
        ("2025-10-26 01:00", "2025-10-26 02:30", "", ("25 23:00", "26 00:30")),
        ("2025-10-26 01:00", "2025-10-26 02:30", "2.5", ("25 23:00", "26 01:30")),
        ("2025-10-26 02:50", "2025-10-26 02:10", "", ("26 00:50", "26 01:10")),
        ("2025-03-30 01:30", "2025-03-30 03:30", "", ("30 00:30", "30 01:30")),
        ("2025-03-30 01:30", "2025-03-30 02:30", "", ("30 00:30", "30 01:30")),
    ],
    ids=["first", "by hours", "end first", "end by hours", "forward", "spring", "skipped"],
)
def test_when_the_clock_is_changed_a_session_lasts_as_long_as_it_does(path, start, end, hours, expected):
    found, quality = read(path, rows_of_a_night(start, end, hours))

    assert times(found) == [expected]
    assert quality.facts["sessions_in_repeated_hour"] + quality.facts["sessions_in_skipped_hour"] == (
        "02:" in start + end
    )


@pytest.mark.parametrize(
    ("start", "end", "hours", "expected", "fact"),
    [
        ("2018-03-25 15:53", "2018-03-26 08:17", "15.4", ("25 14:53", "26 06:17"), "start_from_connected_time"),
        ("2018-10-29 13:01", "2018-10-30 11:48", "23.7833", ("29 11:01", "30 10:48"), "start_from_connected_time"),
        ("2018-12-31 20:00", "2018-01-01 08:00", "12", ("31 19:00", "01 07:00"), "end_from_connected_time"),
        ("2018-02-28 20:00", "2018-02-29 07:00", "11", ("28 19:00", "01 06:00"), "end_from_connected_time"),
        ("2018-02-29 20:00", "2018-03-02 07:00", "11", ("01 19:00", "02 06:00"), "start_from_connected_time"),
    ],
    ids=["spring", "autumn", "year", "no such end", "no such start"],
)
def test_the_hours_counted_are_believed_before_the_clock(path, start, end, hours, expected, fact):
    found, quality = read(path, rows_of_a_night(start, end, hours))

    assert (times(found), quality.facts[fact]) == ([expected], 1)
    assert round(found["connected_h"].iloc[0], 3) == round(float(hours), 3)
    assert "The clock was wrong for 1 sessions" in quality.findings[-1]


def test_hours_counted_that_agree_change_nothing(path):
    found, quality = read(path, rows_of_a_night("2025-07-01 12:00:00", "2025-07-01 14:00:30", "2.0"))

    assert found["connected_h"].round(4).to_list() == [2.0083]
    assert quality.facts["start_from_connected_time"] + quality.facts["end_from_connected_time"] == 0


@pytest.mark.parametrize(
    ("start", "end", "energy", "rule"),
    [
        ("2025-07-01 12:00", "2025-07-01 12:00", "1", "einde ligt niet na het begin"),
        ("2025-07-01 12:00", "2025-06-30 12:00", "1", "einde ligt niet na het begin"),
        ("2000-01-01 12:00", "2000-01-01 13:00", "1", "voor 2010 (klok niet gezet)"),
        ("2025-12-02 12:00", "2025-12-02 13:00", "1", "begint na de peildatum"),
        ("2025-07-01 12:00", "2025-07-15 12:01", "1", "langer dan 14 dagen aangesloten"),
        ("2025-07-01 12:00", "2025-07-01 12:04", "0", "mislukte start (geen energie, korter dan 5 minuten)"),
        ("2025-07-01 12:00", "", "1", "zonder leesbare begintijd en eindtijd"),
        ("gisteren", "2025-07-01 12:00", "1", "zonder leesbare begintijd en eindtijd"),
    ],
)
def test_sessions_that_cannot_be_are_dropped_with_their_reason(path, start, end, energy, rule):
    sound = ("2025-07-01 12:00", "2025-07-01 14:00", "E2", "5", "2")

    found, quality = read(path, table((start, end, "E1", energy, "1"), sound), until=date(2025, 12, 1))

    assert (found["evse_id"].to_list(), quality.skipped) == (["E2"], {rule: 1})


def test_limits_lie_where_they_are_said_to_lie(path):
    rows = [
        ("2025-07-01 12:00", "2025-07-15 12:00", "E1", "1", "1"),
        ("2025-07-01 12:00", "2025-07-01 12:05", "E2", "0", "2"),
        ("2025-12-01 23:59", "2025-12-02 12:00", "E3", "1", "3"),
    ]

    found, quality = read(path, table(*rows), until=date(2025, 12, 1))

    assert (sorted(found["evse_id"]), quality.skipped) == (["E1", "E2", "E3"], {})
    assert "1 sessions took no energy; they count as occupied time." in quality.findings


@pytest.mark.parametrize("energy", ["-3", "9999", "GEHEIM", "NaN"])
def test_energy_that_cannot_be_is_missing_and_not_quoted(path, energy):
    rows = [("2025-07-01 12:00", "2025-07-01 14:00", evse, kwh, evse) for evse, kwh in (("E1", energy), ("E2", "5"))]

    found, quality = read(path, table(*rows), unit="kWh")

    assert found.set_index("evse_id")["energy_kwh"].fillna(-1).to_dict() == {"E1": -1, "E2": 5}
    assert quality.findings == [
        "Energy of 1 sessions is no number, below zero, or more kWh than the power allows: it counts as missing."
    ]


# --- overlaps --------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_the_next_begins_at_its_evse(path):
    rows = [
        ("2025-07-01 10:00", "2025-07-01 20:00", "E1", "10", "1"),
        ("2025-07-01 12:00", "2025-07-01 14:00", "E1", "5", "2"),
        ("2025-07-01 14:00", "2025-07-01 15:00", "E1", "5", "3"),
        ("2025-07-01 11:00", "2025-07-01 21:00", "E2", "7", "4"),
    ]

    found, quality = read(path, table(*rows))

    assert times(found) == [
        ("01 08:00", "01 10:00"),
        ("01 09:00", "01 19:00"),
        ("01 10:00", "01 12:00"),
        ("01 12:00", "01 13:00"),
    ]
    assert (found["energy_kwh"].sum(), quality.facts["sessions_ended_by_the_next"]) == (27, 1)


def test_of_two_that_begin_together_the_one_with_most_energy_stays(path):
    rows = [("2025-07-01 10:00", "2025-07-01 20:00", "E1", kwh, kwh) for kwh in ("3", "9", "")]

    found, quality = read(path, table(*rows))

    rule = "begint tegelijk met een andere sessie op hetzelfde laadpunt"
    assert (found["energy_kwh"].to_list(), quality.skipped) == ([9.0], {rule: 2})


moment = st.integers(0, 3000).map(lambda minutes: datetime.fromisoformat("2025-07-01") + timedelta(minutes=minutes))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(moment, st.integers(1, 2000), st.sampled_from("AB")), min_size=1, max_size=20))
def test_no_two_sessions_overlap_and_their_order_does_not_matter(tmp_path_factory, drawn):
    path = tmp_path_factory.getbasetemp() / "overlap.csv"
    rows = [
        (f"{start:%Y-%m-%d %H:%M}", f"{start + timedelta(minutes=stay):%Y-%m-%d %H:%M}", evse, "5", str(place))
        for place, (start, stay, evse) in enumerate(drawn)
    ]

    found, _ = read(path, table(*rows))

    pd.testing.assert_frame_equal(read(path, table(*rows[::-1]))[0], found)
    for _, group in found.sort_values("started_at").groupby("evse_id"):
        assert (group["started_at"].iloc[1:].to_numpy() >= group["ended_at"].iloc[:-1].to_numpy()).all()


# --- real files ------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_ten_thousand_sessions_of_elaadnl(real_data):
    """Oracle: the sums of the file's own columns; one row begins and ends on 29 February 2018, which did not exist."""
    source = real_data / "national" / "sessions" / "laadpaaldata_2018.csv"
    quality = Quality()

    found = read_sessions(source, quality=quality)

    raw = pd.read_csv(source)
    unreadable = raw["Started"].str.startswith("2018-02-29")
    assert (quality.read, len(found), int(unreadable.sum())) == (10188, 10187, 1)
    assert found["energy_kwh"].sum() == pytest.approx(raw.loc[~unreadable, "TotalEnergy"].sum() / 1000)
    assert found["connected_h"].sum() == pytest.approx(raw.loc[~unreadable, "ConnectedTime"].sum(), rel=1e-4)
    assert (quality.facts["end_from_connected_time"], quality.facts["start_from_connected_time"]) == (6, 6)
    assert found["started_at"].max() == pd.Timestamp("2018-12-31 19:34:55", tz="UTC")


@pytest.mark.real
def test_arrivals_of_elaadnl_keep_to_the_clock_on_the_wall(real_data):
    """Who leaves for work at eight does so in summer and in winter: by UTC the half of the morning moves 47 minutes."""
    found = read_sessions(real_data / "national" / "sessions" / "laadpaaldata_2018.csv")["started_at"]
    local = found.dt.tz_convert("Europe/Amsterdam")
    summer = local.map(lambda moment: moment.dst()) > pd.Timedelta(0)
    hour = local.dt.hour + local.dt.minute / 60
    morning = (hour > 6) & (hour < 11)

    halves = [hour[morning & season].median() for season in (summer, ~summer)]

    assert abs(halves[0] - halves[1]) < 0.25


@pytest.mark.parametrize("content", [{"2841": "AVAILABLE"}, {"type": "FeatureCollection", "features": [{"id": 1}]}])
def test_json_about_something_else_is_refused(path, content):
    with pytest.raises(BadInput, match="The file holds no sessions"):
        read(path, content)


def test_an_answer_without_sessions_is_empty(path):
    found, _ = read(path, {"data": [], "status_code": 1000, "timestamp": "2025-06-01T18:00:00Z"})

    assert found.empty


def test_rows_of_one_id_that_say_something_else_are_counted_apart(path):
    rows = [
        ("2025-07-01 12:00", "2025-07-01 14:00", "E1", "5", "1"),
        ("2025-07-01 12:00", "2025-07-01 14:00", "E1", "5.0", "1"),
        ("2025-07-01 12:00", "2025-07-01 15:00", "E1", "6", "1"),
        ("2025-07-01 12:00", "2025-07-01 15:00", "E1", "6", "1"),
    ]

    for order in (rows, rows[::-1]):
        found, quality = read(path, table(*order))

        assert found["energy_kwh"].to_list() == [6.0]
        assert quality.skipped == {
            "komt meer dan eens voor": 1,
            "komt meer dan eens voor, met andere inhoud": 2,
        }


@pytest.mark.parametrize(
    ("power", "energy", "kept"),
    [("11", "24.2", 24.2), ("11", "24.3", None), ("0", "24.3", 24.3), ("", "24.3", 24.3), ("11000", "24.3", None)],
)
def test_more_energy_than_the_power_allows_is_missing(path, power, energy, kept):
    head = "start;einde;evse;kwh;MaxPower"
    found, quality = read(
        path, table(("2025-07-01 12:00", "2025-07-01 14:00", "E1", energy, power), head=head), unit="kWh"
    )

    assert found["energy_kwh"].fillna(-1).to_list() == [-1 if kept is None else kept]
    assert len(quality.findings) == (kept is None)


def test_of_an_id_of_a_pole_and_a_connector_the_pole_is_the_location(path):
    head = "ChargePoint;Connector;start;einde;kwh"
    found, _ = read(path, table(("P1", "2", "2025-07-01 12:00", "2025-07-01 14:00", "5"), head=head))

    assert found[["evse_id", "location_id"]].values.tolist() == [["P1*2", "P1"]]
