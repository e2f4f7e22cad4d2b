from datetime import date

import pandas as pd
import pytest

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.monitoring import UseHours, UseWeeks
from laadplan.contracts.quality import Quality
from laadplan.contracts.use import Occupancy
from laadplan.demand.laaddruk import measure_laaddruk
from laadplan.demand.polled import use_of_polls
from tests.demand.simulated import charge_points
from tests.demand.use_frames import AREAS
from tests.frames import NAN, make, point, shuffled

SUNDAY_NIGHT = "2026-01-11T22:30:00Z"


def polls(rows):
    """Occupancy of (location, moment in UTC, EVSE, occupied, out of order)."""
    return make(
        Occupancy,
        {
            f"{name}@{moment}": {
                "location_id": name,
                "polled_at": pd.Timestamp(moment),
                "evses": evses,
                "occupied": occupied,
                "available": NAN,
                "out_of_order": broken,
                "unknown": NAN,
            }
            for name, moment, evses, occupied, broken in rows
        },
    )


def test_a_poll_stands_for_its_hour_on_the_dutch_clock():
    found, hours = use_of_polls(
        polls([("L", "2026-01-05T18:10:00Z", 4, 1, NAN), ("L", SUNDAY_NIGHT, 4, 2, NAN)]), until=None, weeks=13
    )

    assert found.index.to_list() == ["L|2026-01-05"]
    assert found.iloc[0, 2:5].to_list() == [4.0, 8.0, 3.0]
    assert found[["sessions", "energy_kwh"]].isna().all().all()
    assert hours.index.to_list() == ["L|019", "L|167"]
    assert hours["connected_h"].to_list() == [1.0, 2.0]


def test_polls_in_one_hour_share_it_and_broken_points_are_not_observed():
    rows = [
        ("L", "2026-01-05T18:10:00Z", 4, 1, 2),
        ("L", "2026-01-05T18:40:00Z", 4, 2, 0),
        ("L", SUNDAY_NIGHT, 2, 0, 2),
    ]
    quality = Quality()

    found, _ = use_of_polls(polls(rows), until=None, weeks=13, quality=quality)

    assert found.iloc[0, 2:5].to_list() == [4.0, 3.0, 1.5]
    assert quality.skipped == {"peiling met alle laadpunten buiten gebruik of onbekend": 1}


def test_a_week_that_is_not_over_does_not_count():
    quality = Quality()
    rows = [("L", SUNDAY_NIGHT, 2, 1, NAN), ("L", "2026-01-12T08:00:00Z", 2, 1, NAN)]

    found, _ = use_of_polls(polls(rows), until=None, weeks=13, quality=quality)

    assert found["week_on"].to_list() == ["2026-01-05"]
    assert quality.skipped == {"peiling in een week die nog niet om is": 1}


def test_polls_from_a_day_on_are_left_out_and_hours_are_of_the_last_weeks():
    rows = [("L", f"2026-01-{day}T12:00:00Z", 2, 1, NAN) for day in ("04", "11", "18", "25")]

    found, hours = use_of_polls(polls(rows), until=date(2026, 1, 25), weeks=2)

    assert found["week_on"].to_list() == ["2025-12-29", "2026-01-05", "2026-01-12"]
    assert hours["observed_h"].to_list() == [4.0]


def test_the_hour_that_comes_twice_counts_twice():
    rows = [("L", f"2026-10-25T0{hour}:30:00Z", 2, 1, NAN) for hour in (0, 1)]

    _, hours = use_of_polls(polls(rows), until=None, weeks=13)

    assert (hours.index.to_list(), hours["observed_h"].to_list()) == (["L|146"], [4.0])


def test_the_order_of_the_polls_does_not_matter():
    rows = [(name, f"2026-01-{day}T12:00:00Z", 2, 1, NAN) for day in ("05", "07", "11") for name in "ab"]

    for each, other in zip(
        use_of_polls(shuffled(polls(rows)), until=None, weeks=13),
        use_of_polls(polls(rows), until=None, weeks=13),
        strict=True,
    ):
        pd.testing.assert_frame_equal(each, other)


def test_no_polls_give_no_use():
    quality = Quality()

    found, hours = use_of_polls(Occupancy.empty(), until=None, weeks=13, quality=quality)

    assert (len(found), len(hours)) == (0, 0)
    assert quality.findings == ["There are no polls of a week that is over: use is unknown."]
    UseWeeks.checked(found)
    UseHours.checked(hours)


@pytest.mark.real
def test_twelve_days_of_ede_are_too_short_to_tell(real_data):
    from laadplan.ingest.occupancy import read_occupancy

    quality = Quality()
    occupancy = read_occupancy(real_data / "ede-otterlo" / "chargers" / "snapshots")

    weekly, hours = use_of_polls(occupancy, until=date(2026, 6, 15), weeks=13, quality=quality)

    names = weekly["location_id"].unique()
    places = {str(name): point(180_000.0 + 10, 457_000.0 + number / 10) for number, name in enumerate(names)}
    found, _, _ = measure_laaddruk(weekly, hours, charge_points(places), AREAS, Monitoring(), date(2026, 6, 15))
    local = occupancy["polled_at"].dt.tz_convert("Europe/Amsterdam")
    assert (weekly["observed_h"].sum(), weekly["connected_h"].sum()) == (
        occupancy["evses"].sum(),
        occupancy["occupied"].sum(),
    )
    assert (len(names), hours["hour_of_week"].nunique()) == (681, (local.dt.day_of_week * 24 + local.dt.hour).nunique())
    assert quality.facts["polled_share"] == pytest.approx(0.278, abs=0.001)
    assert set(found["level"]) == {"onbekend"}
    told = found[(found["kind"] == "gebied") & (found["poles"] > 0)]
    assert told["reason"].str.startswith("Te kort gemeten: 2 weken").all()
    assert len(told)
