"""Use of locations from sessions: held against the other reader added up in loops, and what was not observed."""

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from laadplan.contracts.monitoring import UseHours, UseWeeks
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import session_use
from laadplan.ingest.session_rules import CREDITED, DOUBLE, DOUBLE_OTHER, NO_TIME
from laadplan.ingest.session_use import read_use
from laadplan.ingest.session_use_sums import NO_EVSES, NO_PLACE, NOT_LISTED
from laadplan.ingest.sessions import read_sessions
from tests.frames import few

ZONE = ZoneInfo("Europe/Amsterdam")
PLACES = {"E1": "L1", "E2": "L1", "E3": "L2"}
HEAD = "id;start;einde;evse;location_id;kwh;total_time;max_power_kw"


def write(path: Path, rows, head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *(";".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def row(start, hours=2.0, *, name="", evse="E1", location="L1", kwh="5", count="", power=""):
    """A session that begins at a moment in UTC."""
    end = start + timedelta(hours=hours)
    return (name, f"{start:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}", evse, location, kwh, count, power)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(first: str, days: int, **more):
    """A session of two hours a day, from noon UTC."""
    return [row(moment(first) + timedelta(days=day, hours=12), **more) for day in range(days)]


def read(path: Path, **more):
    quality = Quality()
    weeks, hours = read_use(path, quality=quality, **more)
    return weeks, hours, quality


# --- the other reader, added up in loops -----------------------------------------------------------------------------


def loops(sessions: pd.DataFrame):
    """Hours connected per location and Monday and per location and hour since 1970; number and energy per Monday."""
    weeks, hours = {}, {}
    for one in sessions.itertuples():
        at = one.started_at.to_pydatetime()
        end = one.ended_at.to_pydatetime()
        begun = weeks.setdefault((one.location_id, monday(at)), [0.0, 0, 0.0])
        begun[1] += 1
        begun[2] += 0.0 if np.isnan(one.energy_kwh) else one.energy_kwh
        while at < end:
            stop = min(end, at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            length = (stop - at).total_seconds() / 3600
            weeks.setdefault((one.location_id, monday(at)), [0.0, 0, 0.0])[0] += length
            key = (one.location_id, at.replace(minute=0, second=0, microsecond=0))
            hours[key] = hours.get(key, 0.0) + length
            at = stop
    return weeks, hours


def monday(at: datetime) -> str:
    local = at.astimezone(ZONE).date()
    return (local - timedelta(days=local.weekday())).isoformat()


def hold(path: Path, *, until: date | None = None, weeks: int = 4, places=None, **more) -> Quality:
    """Reads both ways and compares: figures, numbers per rule, facts and findings."""
    expected, own = Quality(), Quality()
    sessions = read_sessions(path, until=until, quality=expected, **more)
    given = None if places is None else pd.Series(places, dtype="str")
    timeless = {NO_TIME, DOUBLE, DOUBLE_OTHER, CREDITED}
    if NO_TIME in expected.skipped and expected.read == sum(expected.skipped.get(rule, 0) for rule in timeless):
        with pytest.raises(BadInput, match="has a begin and an end that can be read"):
            read_use(path, until=until, weeks=weeks, places=given, **more)
        return expected
    found, by_hour = read_use(path, until=until, weeks=weeks, places=given, quality=own, **more)

    located = sessions.assign(
        location_id=sessions["location_id"].fillna(sessions["evse_id"].map(places or {}).astype("str"))
    )
    located = located[located["location_id"].notna()]
    named = located.groupby("location_id")["evse_id"].transform("count") > 0
    left_out = {NO_PLACE: len(sessions) - len(located), NO_EVSES: int((~named).sum())}
    assert own.skipped == expected.skipped | {rule: number for rule, number in left_out.items() if number}
    assert own.kept == int(named.sum())
    assert {name: own.facts[name] for name in expected.facts} == expected.facts
    assert {each for each in expected.findings if not each.startswith("None of")} <= set(own.findings)
    end = _end_of(located, until) if len(located) else None
    first = located.loc[named, "started_at"].min()
    assert found.empty == (not named.any() or not is_over(monday(first.to_pydatetime()), end))
    if named.any() and own.facts["hours_not_delivered"] == 0:
        here = located[named].assign(ended_at=located["ended_at"].clip(upper=pd.Timestamp(end)))
        _hold_weeks(here, found, end)
        _hold_hours(here, by_hour, _whole_weeks(located, end)[-weeks:])
    return own


def _end_of(located: pd.DataFrame, until: date | None) -> datetime:
    last = located["started_at"].max().to_pydatetime().astimezone(ZONE).date()
    return midnight((min(last, until) if until else last) + timedelta(days=1))


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=ZONE).astimezone(UTC)


def _whole_weeks(located: pd.DataFrame, end: datetime) -> list[date]:
    day = located["started_at"].min().to_pydatetime().astimezone(ZONE).date()
    day += timedelta(days=-day.weekday() % 7)
    found = []
    while midnight(day + timedelta(days=7)) <= end:
        found.append(day)
        day += timedelta(days=7)
    return found


def is_over(monday: str, end: datetime) -> bool:
    return midnight(date.fromisoformat(monday) + timedelta(days=7)) <= end


def _hold_weeks(here: pd.DataFrame, found: pd.DataFrame, end: datetime) -> None:
    weeks = {key: sums for key, sums in loops(here)[0].items() if is_over(key[1], end)}
    keys = list(zip(found["location_id"], found["week_on"], strict=True))
    assert set(weeks) <= set(keys)
    wanted = np.array([weeks.get(key, [0.0, 0, 0.0]) for key in keys]).reshape(-1, 3)
    np.testing.assert_allclose(found[["connected_h", "sessions", "energy_kwh"]].to_numpy(), wanted, atol=1e-5)


def _hold_hours(here: pd.DataFrame, by_hour: pd.DataFrame, whole: list[date]) -> None:
    wanted: dict[tuple[str, int], float] = {}
    for (location, at), length in loops(here)[1].items():
        local = at.astimezone(ZONE)
        if whole and whole[0] <= local.date() < whole[-1] + timedelta(days=7):
            key = (location, local.weekday() * 24 + local.hour)
            wanted[key] = wanted.get(key, 0.0) + length
    own = by_hour[by_hour["connected_h"] > 0]
    got = dict(zip(zip(own["location_id"], own["hour_of_week"], strict=True), own["connected_h"], strict=True))
    assert got == pytest.approx(wanted)


times = st.one_of(
    st.integers(0, 40 * 24 * 12).map(lambda steps: moment("2025-03-10") + timedelta(minutes=5 * steps)),
    st.integers(0, 60).map(lambda steps: moment("2025-10-25T22:00") + timedelta(minutes=5 * steps)),
)
stays = st.sampled_from([0.01, 0.04, 0.5, 1.0, 2.0, 7.25, 30.0, 200.0, 336.0, 336.5, 0.0, -1.0, -30.0])
spelled = st.sampled_from(
    [
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S",
        "%d-%m-%Y %H:%M",
        "%Y%m%dT%H%M",
        "%d/%m/%Y %H:%M:%S",
        " %Y-%m-%d %H:%M ",
    ]
)
local_or_utc = st.tuples(times, stays, spelled)


@st.composite
def rough_rows(draw):
    start, stay, form = draw(local_or_utc)
    end = start + timedelta(hours=stay)
    if not form.endswith("Z"):
        start, end = start.astimezone(ZONE), end.astimezone(ZONE)
    count = draw(st.sampled_from(["", "", f"{stay:.4f}", f"{stay + 1:.4f}", "3,5", "-1", "x"]))
    return (
        draw(st.sampled_from(["", "1", "2", "3", "4"])),
        draw(st.sampled_from([start.strftime(form)] * 8 + ["", "gisteren", "2025-02-29 10:00", "1970-01-01 00:00"])),
        draw(st.sampled_from([end.strftime(form)] * 8 + ["", "2025-13-01T00:00:00Z"])),
        *draw(
            st.sampled_from([*PLACES.items(), ("E1", ""), ("E2", ""), ("", "L1"), ("", "L4"), ("E3", "L1"), ("", "")])
        ),
        draw(st.sampled_from(["5", "0", "7,5", "-3", "1e2", "9999999", "", "kwh", "12000"])),
        count,
        draw(st.sampled_from(["", "", "11", "0", "3.7"])),
    )


@pytest.mark.slow
@settings(few, max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(st.lists(rough_rows(), min_size=1, max_size=25))
def test_rough_rows_are_added_up_as_the_other_reader_has_them(tmp_path_factory, rows):
    path = write(tmp_path_factory.getbasetemp() / "ruw.csv", rows)

    hold(path, until=date(2025, 10, 26), places=PLACES)


# --- weeks and hours -------------------------------------------------------------------------------------------------


def test_a_session_over_two_weeks_counts_in_both_and_begins_in_one(tmp_path):
    path = write(tmp_path / "a.csv", [row(moment("2025-06-01T20:00"), 6, kwh="12"), row(moment("2025-06-10T10:00"))])

    weeks, _, quality = read(path)

    expected = pd.DataFrame(
        {
            "location_id": ["L1"] * 2,
            "week_on": ["2025-05-26", "2025-06-02"],
            "evses": [1.0, 1.0],
            "observed_h": [24.0, 168.0],
            "connected_h": [2.0, 4.0],
            "sessions": [1.0, 0.0],
            "energy_kwh": [12.0, 0.0],
        },
        index=pd.Index(["L1|2025-05-26", "L1|2025-06-02"], name="use_id"),
    )
    assert quality.facts["sessions_in_week_not_over"] == 1
    pd.testing.assert_frame_equal(weeks, UseWeeks.checked(expected.astype(UseWeeks.kinds())))


@pytest.mark.parametrize(
    ("first", "changed", "hours", "of_week", "observed"),
    [
        ("2025-10-13", "2025-10-20", 169.0, 6 * 24 + 2, 2.0),
        ("2025-03-17", "2025-03-24", 167.0, 6 * 24 + 2, 0.0),
    ],
    ids=["autumn", "spring"],
)
def test_the_week_in_which_the_clock_is_changed_has_an_hour_more_or_less(
    tmp_path, first, changed, hours, of_week, observed
):
    """A car is connected from Saturday noon to Monday; the repeated hour counts twice, the skipped one does not."""
    begin = moment(changed) + timedelta(days=5, hours=12)
    rows = [*daily(first, 12), row(begin, 40), *daily(first, 15, evse="E2", location="L2")]

    weeks, by_hour, _ = read(write(tmp_path / "a.csv", rows), weeks=1)

    by_hour = by_hour[by_hour["location_id"] == "L1"]
    assert weeks.loc[f"L1|{changed}", "observed_h"] == hours
    own = by_hour[by_hour["hour_of_week"] == of_week]
    assert own[["observed_h", "connected_h"]].to_numpy().tolist() == ([[observed, observed]] if observed else [])
    assert by_hour["observed_h"].sum() == hours


def test_hours_are_those_of_the_last_complete_weeks(tmp_path):
    path = write(tmp_path / "a.csv", daily("2025-06-02", 31))

    _, by_hour, quality = read(path, weeks=2, until=date(2025, 6, 27))

    noon = by_hour[by_hour["connected_h"] > 0]
    assert noon["hour_of_week"].to_list() == [day * 24 + hour for day in range(7) for hour in (14, 15)]
    assert set(noon["connected_h"]) == set(by_hour["observed_h"]) == {2.0}
    assert quality.skipped == {"begint na de peildatum": 5}


def test_fewer_weeks_than_asked_for_are_told(tmp_path):
    _, by_hour, quality = read(write(tmp_path / "a.csv", daily("2025-06-03", 4)))

    pd.testing.assert_frame_equal(by_hour, UseHours.empty())
    assert "The data hold 0 complete weeks, fewer than the 13 asked for." in quality.findings


# --- EVSE, and what was not observed ---------------------------------------------------------------------------------


def observed(weeks: pd.DataFrame, location: str = "L1") -> list[list[float]]:
    return weeks.loc[weeks["location_id"] == location, ["evses", "observed_h"]].to_numpy().tolist()


def test_an_evse_that_opened_counts_from_its_first_session_and_one_never_seen_as_long_as_its_location(tmp_path):
    rows = [*daily("2025-06-02", 28), *daily("2025-06-16", 14, evse="E2")]
    path = write(tmp_path / "a.csv", rows)

    seen, known, fewer = (
        observed(read(path, evses=None if number is None else pd.Series({"L1": number}))[0]) for number in (None, 3, 1)
    )

    assert seen == [[1.0, 168.0], [1.0, 168.0], [2.0, 322.0], [2.0, 336.0]]
    assert known == [[2.0, 336.0], [2.0, 336.0], [3.0, 490.0], [3.0, 504.0]]
    assert fewer == [[1.0, 168.0]] * 4


def test_what_stood_free_until_its_first_session_by_chance_counts_from_the_begin(tmp_path):
    """Ten sessions in the thirteen weeks after: 20 days of waiting have a chance of 1 in 7, 100 days of 1 in 1600."""
    rows = daily("2025-06-02", 210)
    for location, days in (("L2", 20), ("L3", 100)):
        first = moment("2025-06-02T12:00") + timedelta(days=days)
        rows += [row(first + timedelta(days=9 * place), evse="", location=location) for place in range(11)]
    path = write(tmp_path / "a.csv", rows)

    weeks, _, _ = read(path, evses=pd.Series({"L1": 1, "L2": 2, "L3": 2}))

    assert observed(weeks, "L2")[0] == [2.0, 336.0]
    assert weeks.loc[weeks["location_id"] == "L3", "week_on"].min() == "2025-09-08"


def test_counting_from_the_begin_does_not_hide_growth(tmp_path):
    """Oracle: sessions at random at a steady rate; the first week is as busy as the last."""
    random = np.random.default_rng(5)
    rows = []
    for pole in range(150):
        starts = np.cumsum(random.exponential(40.0, 60))
        rows += [
            row(moment("2025-06-02T00:00") + timedelta(hours=float(at)), 2.0, evse=f"E{pole}", location=f"L{pole}")
            for at in starts[starts < 28 * 24]
        ]

    weeks, _, _ = read(write(tmp_path / "a.csv", rows))

    sums = weeks.groupby("week_on")[["sessions", "observed_h"]].sum()
    busy = sums["sessions"] / sums["observed_h"] * 40.0
    assert busy.iloc[0] == pytest.approx(1.0, abs=0.1)
    assert sums["observed_h"].iloc[0] == pytest.approx(150 * 168, rel=0.01)


def test_more_evse_than_stated_are_told(tmp_path):
    path = write(tmp_path / "a.csv", [*daily("2025-06-02", 7), *daily("2025-06-02", 7, evse="E2")])

    assert (
        "1 locations have more EVSE in the sessions than stated: they count as stated."
        in read(path, evses=pd.Series({"L1": 1}))[2].findings
    )


def test_a_pole_out_of_order_is_not_free(tmp_path):
    """Three sessions a day for ten weeks, three weeks of nothing, ten more; elsewhere nothing stops."""
    rows = [
        row(moment("2025-01-06") + timedelta(days=day, hours=hour))
        for day in [*range(70), *range(91, 161)]
        for hour in (6, 12, 18)
    ]
    path = write(tmp_path / "a.csv", [*rows, *daily("2025-01-06", 161, evse="E2", location="L2")])

    weeks, _, quality = read(path)

    lost = 21 * 24 + 4 + 6  # from eight in the evening of the 70th day to six in the morning of the 92nd
    own = weeks[weeks["location_id"] == "L1"]
    whole = own[own["week_on"] > "2025-01-06"]
    clock = 1  # the week of 24 March is an hour shorter
    assert whole["observed_h"].rsub(168.0).clip(lower=0).sum() == lost + clock
    assert (quality.facts["outages"], quality.facts["outage_hours"]) == (1, lost)
    assert any(each.startswith("1 locations had no session for much longer") for each in quality.findings)
    assert weeks[weeks["location_id"] == "L2"]["observed_h"].iloc[1:-1].between(167, 169).all()


def test_a_pole_that_is_seldom_used_is_not_out_of_order(tmp_path):
    rows = [row(moment("2025-01-06T10:00") + timedelta(days=day)) for day in (0, 20, 45, 66, 90, 120)]

    assert read(write(tmp_path / "a.csv", rows))[2].facts["outages"] == 0


def test_days_without_a_session_anywhere_were_not_delivered(tmp_path):
    rows = [
        row(moment("2025-06-02") + timedelta(days=day, hours=hour), evse=f"E{place}", location=f"L{place}")
        for day in [*range(10), *range(13, 28)]
        for hour in range(2, 24, 3)
        for place in range(2)
    ]
    path = write(tmp_path / "a.csv", rows)

    weeks, by_hour, quality = read(path, weeks=2)

    missing = 3 * 24 + 2
    assert quality.facts["hours_not_delivered"] == missing + 0
    assert weeks["observed_h"].to_list()[1] == 168 - missing
    assert by_hour["observed_h"].sum() == 2 * 2 * 168


# --- places ----------------------------------------------------------------------------------------------------------


def test_sessions_at_unknown_places_are_counted_and_left_out(tmp_path):
    rows = [
        *daily("2025-06-02", 8),
        *daily("2025-06-02", 3, evse="X1", location="ELDERS"),
        *daily("2025-06-02", 2, evse="X2", location=""),
        *daily("2025-06-02", 1, evse="", location="L2"),
    ]

    weeks, _, quality = read(write(tmp_path / "a.csv", rows), evses=pd.Series({"L1": 2, "L2": 0}))

    assert set(weeks["location_id"]) == {"L1"}
    assert quality.skipped == {NOT_LISTED: 3, NO_PLACE: 2, NO_EVSES: 1}
    assert (quality.read, quality.kept) == (14, 8)


def test_a_session_without_a_location_is_where_its_evse_is(tmp_path):
    rows = [
        *daily("2025-06-02", 2),
        *daily("2025-06-05", 2, location=""),
        *daily("2025-06-02", 1, evse="NL*ABC*E9", location=""),
        *daily("2025-06-08", 1, evse="E3", location="L3"),
    ]

    weeks, _, _ = read(write(tmp_path / "a.csv", rows), places=pd.Series({"NLABCE9": "L9"}))

    assert weeks["sessions"].to_dict() == {"L1|2025-06-02": 4.0, "L3|2025-06-02": 1.0, "L9|2025-06-02": 1.0}


def test_the_power_of_a_place_bounds_the_energy(tmp_path):
    path = write(tmp_path / "a.csv", [*daily("2025-06-02", 1, kwh="24"), *daily("2025-06-08", 1, kwh="25")])

    weeks, _, quality = read(path, power_kw=pd.Series({"L1": 11.0}))

    assert weeks["energy_kwh"].to_list() == [24.0]
    assert quality.findings[0].startswith("Energy of 1 sessions")


def test_energy_of_sessions_that_are_left_out_is_not_told_of(tmp_path):
    wrong = daily("2025-06-02", 5, hours=-1.0)
    path = write(tmp_path / "a.csv", [*daily("2025-06-02", 7), *daily("2025-06-02", 2, evse="E2", kwh="9999"), *wrong])

    quality = hold(path)

    assert quality.skipped == {"einde ligt niet na het begin": 5}
    assert any(each.startswith("Energy of 2 sessions is no number") for each in quality.findings)


def test_a_table_without_places_tells_of_all_sessions_together(tmp_path):
    head = "Started,Ended,TotalEnergy"
    rows = [
        f"2025-06-{1 + day:02d} {place % 24:02d}:{place:02d}:00,2025-06-{2 + day:02d} 00:00:00,5000"
        for day in range(25)
        for place in range(48)
    ]
    path = tmp_path / "elaad.csv"
    path.write_text("\n".join([head, *rows]))

    weeks, by_hour, quality = read(path)

    assert (len(weeks), len(by_hour)) == (0, 0)
    assert (quality.facts["sessions"], quality.facts["energy_kwh"]) == (1200, 6000.0)
    assert quality.facts["arrivals_share_per_hour"] == [round(1 / 24, 4)] * 24
    assert "No session is at a known location: nothing can be told of any pole or area." in quality.findings


# --- forms, pages and machines ---------------------------------------------------------------------------------------


def cdr(one) -> dict:
    name, start, end, evse, location, kwh, *_ = one
    place = {"id": location, "evse_uid": evse, "evse_id": evse}
    return {"id": name, "start_date_time": start, "end_date_time": end, "total_energy": kwh, "cdr_location": place}


def in_forms(folder: Path, rows) -> dict[str, Path]:
    """The same sessions as a table, packed, in pieces, as pages of JSON, in a workbook, and backwards."""
    forms = {name: folder / name for name in ("table", "packed", "pieces", "pages", "book", "backwards")}
    for path in forms.values():
        path.mkdir()
    whole = write(forms["table"] / "a.csv", rows)
    (forms["packed"] / "a.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + whole.read_bytes()))
    for number in range(4):
        write(forms["pieces"] / f"{number}.csv", rows[number::4])
        page = {"data": [cdr(one) for one in rows[number::4]], "status_code": 1000}
        (forms["pages"] / f"{number}.json.gz").write_bytes(gzip.compress(json.dumps(page).encode()))
    pd.DataFrame(rows, columns=HEAD.split(";")).to_excel(forms["book"] / "a.xlsx", index=False)
    write(forms["backwards"] / "a.csv", rows[::-1])
    return forms


def test_the_form_the_pieces_and_the_order_of_a_delivery_do_not_matter(tmp_path):
    start = moment("2025-03-20")
    rows = [
        row(start + timedelta(hours=5 * place), 7.3, name=f"C{place % 55}", evse=f"E{place % 3}", kwh=f"{place % 13}")
        for place in range(60)
    ]

    found = {name: read(path, weeks=1) for name, path in in_forms(tmp_path, rows).items()}

    weeks, hours, quality = found.pop("table")
    assert (len(weeks), len(hours), quality.facts["sessions_ended_by_the_next"]) == (2, 167, 0)
    assert quality.skipped == {"komt meer dan eens voor, met andere inhoud": 5}
    for other in found.values():
        pd.testing.assert_frame_equal(other[0], weeks, check_exact=True)
        pd.testing.assert_frame_equal(other[1], hours, check_exact=True)
        assert other[2].summary() == quality.summary()


PROGRAM = """
import sys
from pathlib import Path
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest import session_use
from laadplan.ingest.session_use import read_use
for frame in read_use(Path(sys.argv[1])):
    print(frame.to_csv())
"""


@pytest.mark.slow
def test_the_time_zone_of_the_machine_does_not_matter(tmp_path):
    rows = [
        (
            "",
            f"2025-{month:02d}-{day:02d} 0{hour}:30",
            f"2025-{month:02d}-{day:02d} 1{hour}:10",
            "E1",
            "L1",
            "5",
            "",
            "",
        )
        for month, day in ((3, 29), (3, 30), (3, 31), (10, 25), (10, 26), (10, 27))
        for hour in (1, 2)
    ]
    path = write(tmp_path / "a.csv", rows)

    told = {
        zone: subprocess.run(
            [sys.executable, "-c", PROGRAM, str(path)], env=os.environ | {"TZ": zone}, capture_output=True, check=True
        )
        for zone in ("UTC", "Asia/Tokyo", "America/Los_Angeles")
    }

    assert len({each.stdout for each in told.values()}) == 1
    assert "L1|2025-10-20" in told["UTC"].stdout.decode()
    assert not any(each.stderr for each in told.values())


def test_rows_of_unequal_length_are_read_as_the_other_reader_reads_them(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("start;einde;evse;location_id;kwh\n2025-06-08 10:00;2025-06-08 12:00;E1;L1\n")

    hold(path)

    assert read(path)[0]["connected_h"].to_list() == [2.0]


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["[]", '{"data": []}', HEAD + "\n"])
def test_no_sessions_give_empty_frames(tmp_path, content):
    path = tmp_path / "a"
    path.write_text(content)

    weeks, by_hour, quality = read(path)

    pd.testing.assert_frame_equal(weeks, UseWeeks.empty())
    pd.testing.assert_frame_equal(by_hour, UseHours.empty())
    assert quality.findings[0] == "The source holds no sessions."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The table cannot be read"),
        (b'[{"id": "C1", "start', "The file is not JSON"),
        (b"a;b\n1;2\n", "A column is missing: started_at, ended_at"),
        (b"start;einde\nGEHEIM;GEHEIM\n2025-13-01;\n", "None of 2 sessions has a begin and an end that can be read"),
        ("start;einde;kaart\n2025;2025;GEHEIM\u00e9\n".encode("cp1252"), "The table cannot be read"),
        (b'start;einde;kaart\n2025;2025;"GEHEIM\n', "The table cannot be read"),
        (gzip.compress(b"start;einde;kaart\n" + b"2025;2025;GEHEIM\n" * 999, mtime=0)[:-40], "Compressed file ended"),
    ],
)
def test_what_holds_no_sessions_is_refused_without_quoting_it(tmp_path, content, words):
    path = tmp_path / "a"
    path.write_bytes(content)

    with pytest.raises(BadInput, match=words) as caught:
        read(path)

    assert "GEHEIM" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingSource, match="does not exist"):
        read(tmp_path / "a")


def test_work_files_are_removed_and_what_the_engine_says_is_not_quoted(tmp_path, monkeypatch):
    path, work = write(tmp_path / "a.csv", daily("2025-06-02", 3)), tmp_path / "work"
    work.mkdir()
    read(path, folder=work)

    def fail(*_):
        raise duckdb.IOException("GEHEIM")

    monkeypatch.setattr(session_use, "set_apart", fail)
    with pytest.raises(BadInput, match=r"cannot be added up \(IOException\)") as caught:
        read(path, folder=work)

    assert "GEHEIM" not in str(caught.value)
    assert list(work.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from laadplan.ingest import session_use, session_use_rows
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
typed = session_use_rows._typed
if sys.argv[3] == "reading":
    session_use_rows._typed = lambda source: die() if "read_csv" in source else typed(source)
session_use.set_apart = die
session_use.read_use(Path(sys.argv[1]), folder=Path(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("when", ["reading", "adding up"])
def test_a_run_that_is_killed_leaves_no_card_and_no_id_of_a_session(tmp_path, when):
    path, work = tmp_path / "a.csv.gz", tmp_path / "work"
    work.mkdir()
    rows = [(*one, "GEHEIM-KAART") for one in daily("2025-06-02", 400, name="GEHEIM-SESSIE")]
    path.write_bytes(gzip.compress("\n".join(";".join(one) for one in [(*HEAD.split(";"), "pas"), *rows]).encode()))

    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(work), when], capture_output=True)

    left = [each for each in work.rglob("*") if each.is_file()]
    assert done.returncode < 0, done.stderr
    assert left, "the work file is what is looked into"
    assert not any(b"GEHEIM" in each.read_bytes() for each in left)
    assert all(each.stat().st_mode & 0o077 == 0 for each in work.iterdir()), "for this user only"


# --- the demo town and the real file ---------------------------------------------------------------------------------


@pytest.mark.real
def test_ten_thousand_sessions_of_elaadnl(real_data):
    quality = hold(real_data / "national" / "sessions" / "laadpaaldata_2018.csv")

    assert (quality.read, quality.facts["sessions"], quality.facts["energy_unit"]) == (10188, 10187, "Wh")
