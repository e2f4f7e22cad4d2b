"""Nothing is told of single drivers: two worlds that differ only in what few did give the same frames."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.config.project import SpotRules
from laadplan.config.scenario import Scenario
from laadplan.contracts.figures import Requests
from laadplan.contracts.monitoring import Triggers
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses
from laadplan.demand.triggers import find_triggers
from tests.demand.simulated import MONDAY
from tests.demand.use_frames import AREAS, MONITORING, measured, use
from tests.frames import few as few_examples
from tests.frames import make, point

PLACES = {"P1": (10, 10), "P2": (20, 10), "P3": (30, 10), "Q1": (110, 10), "Q2": (120, 10)}
BUSY = {"P1": 0.1, "P2": 0.2, "Q1": 0.15}
PERIOD = range(39, 52)


def world(few):
    """Busy poles, and the two others with sessions as given: by location and week of the period, number and hours."""
    quiet = {name: {"connected_h": 0.0, "sessions": 0.0, "energy_kwh": 0.0} for name in ("P3", "Q2")}
    changed = {(name, week): dict(quiet[name]) for name in quiet for week in range(52)}
    for (name, week), (sessions, hours, observed) in few.items():
        changed[name, week] = {
            "sessions": float(sessions),
            "connected_h": hours,
            "energy_kwh": 11.0 * sessions,
            "observed_h": observed,
        }
    return use({**BUSY, "P3": 0.0, "Q2": 0.0}, changed=changed)


few_sessions = st.dictionaries(
    st.tuples(st.sampled_from(["P3", "Q2"]), st.sampled_from(list(PERIOD))),
    st.tuples(st.integers(0, 4), st.floats(0, 90), st.sampled_from([100.0, 336.0])),
    max_size=4,
).filter(lambda few: all(sum(s for (n, _), (s, _, _) in few.items() if n == name) < 10 for name in ("P3", "Q2")))


@given(few=few_sessions, before=st.integers(0, 30))
@settings(few_examples, max_examples=5)
def test_two_worlds_that_differ_in_poles_with_few_sessions_look_the_same(few, before):
    qualities = Quality(), Quality()
    earlier = {("P3", 10): (before, 4.0 * before, 336.0)}

    found = measured(world(few | earlier), PLACES, quality=qualities[0])

    for each, other in zip(found, measured(world({}), PLACES, quality=qualities[1]), strict=True):
        pd.testing.assert_frame_equal(each, other)
    assert qualities[0].summary() == qualities[1].summary()
    assert qualities[0].skipped == {"minder sessies in de meetperiode dan waarbij een paal wordt verteld": 2}


def test_the_worlds_would_differ_if_the_pole_had_sessions_enough():
    enough = {("P3", week): (5, 20.0, 336.0) for week in PERIOD}

    found, _, _ = measured(world(enough), PLACES)

    assert "paal|P3" in found.index
    assert "paal|P3" not in measured(world({}), PLACES)[0].index


def test_a_pole_not_told_of_counts_in_its_area_as_one_that_stands_free():
    found, _, _ = measured(world({}), PLACES)

    area = found.loc["gebied|BU1"]
    assert (area["poles"], area["evses"]) == (3, 6.0)
    assert area["busiest_share"] == pytest.approx((0.2 + 0.4 + 0.0) / 3, abs=1e-3)


def test_an_area_with_only_such_a_pole_has_no_figures():

    found, weeks, by_hour = measured(world({}), {"P1": (110, 10), "P2": (120, 10), "P3": (10, 10)})

    row = found.loc["gebied|BU1"]
    figures = ["occupancy_share", "busiest_share", "laaddruk", "kwh_evse_month", "growth_share_year", "first_on"]
    assert (row["level"], row[figures].isna().all(), row["poles"]) == ("onbekend", True, 1)
    assert "te weinig om iets van te zeggen" in row["reason"]
    assert "BU1" not in {*weeks["area_id"], *by_hour["area_id"]}


def test_weeks_and_hours_of_one_pole_are_not_told_as_those_of_an_area():
    _, weeks, hours = measured(world({}), PLACES)

    assert set(weeks["area_id"]) == set(hours["area_id"]) == {"BU1"}


def test_a_week_of_few_sessions_is_not_told_and_does_not_follow_from_the_others():
    holiday = {(name, 45): {"sessions": 3.0, "connected_h": 9.0} for name in ("P1", "P2")}
    calm = {(name, 47): {"sessions": 12.0, "connected_h": 30.0} for name in ("P1", "P2")}
    frames = use({"P1": 0.1, "P2": 0.2}, changed=holiday | calm)

    _, weeks, _ = measured(frames, {"P1": (10, 10), "P2": (20, 10)})

    assert sorted({"2025-11-17", "2025-12-01"} - set(weeks["week_on"])) == ["2025-11-17", "2025-12-01"]
    assert len(weeks) == 50


def test_of_requests_only_numbers_per_area_get_out():
    addresses = make(
        Addresses,
        {
            "a1": {"geometry": point(10, 10), "postcode": "6731AA"},
            "a2": {"geometry": point(20, 10), "postcode": "6731AB"},
        },
    )

    def triggers(pc6s):
        request = {"requested_on": None, "pc4": "6731", "status": "ingediend", "is_open": True, "origin": None}
        rows = {f"r{number}{pc6}": request | {"pc6": pc6} for number, pc6 in enumerate(pc6s)}
        found, _, _ = measured(world({}), PLACES)
        return find_triggers(
            found, AREAS, shortfalls=None, buurt_demand=None, requests=make(Requests, rows), addresses=addresses,
            scenario=Scenario(), monitoring=MONITORING, spots=SpotRules(), today=MONDAY,
        )  # fmt: skip

    found = triggers(["6731AA", "6731AA"])

    pd.testing.assert_frame_equal(found, triggers(["6731AB", "6731AA"]))
    told = found[found["variant"] == "aanvraag"]
    assert told["reason"].str.startswith("2 open aanvragen.").all()
    assert len(told) == 1
    assert not found.astype("str").apply(lambda column: column.str.contains("6731|r0")).any().any()
    Triggers.checked(found)
