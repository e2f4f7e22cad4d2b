from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.contracts.demand import DemandAreas
from laadplan.contracts.monitoring import Laaddruk, LaaddrukHours, LaaddrukWeeks, UseHours, UseWeeks
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.demand.erlang import load_at
from laadplan.demand.laaddruk import measure_laaddruk
from tests.demand.simulated import MONDAY, connected_hours, frames, simulate, unit_course
from tests.demand.use_frames import AREAS, MONITORING, day, measured, poles, use
from tests.frames import few, shuffled

TWO = {"P1": (10, 10), "P2": (20, 10)}


def test_two_poles_of_an_area_against_figures_worked_out_by_hand():
    found, weeks, hours = measured(use({"P1": 0.1, "P2": 0.2}), TWO)

    pole, area = found.loc["paal|P2"], found.loc["gebied|BU1"]
    assert (pole["busiest_hour"], pole["busiest_share"], pole["evses"]) == ("ma 19:00", 0.4, 2.0)
    assert (pole["desired_share"], pole["laaddruk"]) == (0.1811, pytest.approx(0.4 / 0.1811, abs=1e-3))
    assert (area["busiest_share"], area["desired_share"], area["evses"], area["poles"]) == (0.3, 0.3621, 4.0, 2)
    assert area["laaddruk"] == pytest.approx(0.3 / 0.3621, abs=1e-3)
    assert (area["occupancy_share"], area["level"]) == (0.1875, "signaal")
    assert area["sessions_evse_month"] == pytest.approx(20 / 336 * 730.5, abs=0.01)
    assert area["kwh_evse_month"] == pytest.approx(18 * 20 / 336 * 730.5, abs=0.1)
    assert (area["weeks"], area["weeks_history"], area["first_on"], area["last_on"]) == (
        13,
        52,
        "2025-01-06",
        "2026-01-04",
    )
    assert (len(weeks), len(hours), hours["occupancy_share"].max()) == (52, 168, 0.3)
    assert weeks["sessions"].unique().tolist() == [40.0]


def test_the_reason_says_it_in_dutch_with_its_numbers():
    found, _, _ = measured(use({"P1": 0.1, "P2": 0.2}), TWO)

    reason = found.loc["gebied|BU1", "reason"].replace("\u00a0", " ")
    assert reason.startswith(
        "Op ma 19:00 is 30 % van de 4 laadpunten bezet; gewenst is hoogstens 36 % (risico 5 %). Laaddruk 0,83 ("
    )
    assert "over 13 weken tot en met 4 januari 2026." in reason


def test_growth_and_passing_day_of_a_smooth_course():
    found, _, _ = measured(use({"P1": 0.125, "P2": 0.125}, growth=0.3), TWO)

    area = found.loc["gebied|BU1"]
    years = np.log(0.36212 / 0.25) / np.log(1.3)
    assert area["growth_share_year"] == pytest.approx(0.3, abs=0.001)
    assert abs((day(area["passes_on"]) - MONDAY).days - years * 365.25) < 4
    assert area["passes_from"] < area["passes_on"] < area["passes_until"]


def test_a_norm_that_is_passed_has_no_day_and_one_far_ahead_neither():
    found, _, _ = measured(use({"P1": 0.3, "P2": 0.01}, growth=0.1), {"P1": (10, 10), "P2": (110, 10)})

    assert found.loc[["paal|P1", "gebied|BU2"], "level"].to_list() == ["actie", "ruim"]
    assert found.loc[["paal|P1", "gebied|BU2"], "passes_on"].isna().all()
    assert "de norm is gepasseerd" in found.loc["paal|P1", "reason"]
    assert "niet gepasseerd" in found.loc["gebied|BU2", "reason"]


def test_a_short_history_is_said_and_not_guessed():
    seven, _, _ = measured(use({"P1": 0.2}, weeks=7), {"P1": (10, 10)})
    twenty, _, _ = measured(use({"P1": 0.2}, weeks=20), {"P1": (10, 10)})

    row = seven.loc["gebied|BU1"]
    assert (row["level"], row["weeks"]) == ("onbekend", 7)
    assert row[["laaddruk", "busiest_share", "growth_share_year", "kwh_evse_month"]].isna().all()
    assert "Te kort gemeten: 7 weken" in row["reason"]
    assert (twenty.loc["paal|P1", "level"], twenty.loc["paal|P1", "weeks_history"]) == ("actie", 20)
    assert pd.isna(twenty.loc["paal|P1", "growth_share_year"])
    assert "20 van 26 weken" in twenty.loc["paal|P1", "reason"]


@pytest.mark.parametrize(
    ("weeks", "reason"),
    [
        (2, "Te kort gemeten: 2 weken; nodig zijn 8 weken."),
        (13, "Minder dan 10 laadbeurten per laadpaal in de meetperiode: te weinig om iets van te zeggen."),
    ],
)
def test_few_sessions_are_no_reason_where_the_history_is_short(weeks, reason):
    found, _, _ = measured(use({"P1": 0.2}, weeks=weeks, sessions=0.5), {"P1": (10, 10)})

    assert found.loc["gebied|BU1", "reason"].replace("\u00a0", " ") == reason


def test_too_little_observed_is_said():
    gone = {("P1", week): {"observed_h": 100.0, "connected_h": 10.0} for week in range(39, 52)}

    found, _, _ = measured(use({"P1": 0.2}, changed=gone), {"P1": (10, 10)})

    assert found.loc["paal|P1", "level"] == "onbekend"
    assert "Te weinig gemeten: 30" in found.loc["paal|P1", "reason"]


def test_a_pole_that_opened_in_the_period_counts_from_its_first_week():
    late = use({"P1": 0.1}, weeks=9)
    early = use({"P2": 0.2})
    both = [pd.concat(pair).sort_index() for pair in zip(late, early, strict=True)]

    found, _, _ = measured(both, TWO)

    row = found.loc["paal|P1"]
    assert (row["weeks"], row["first_on"], row["observed_share"], row["level"]) == (9, "2025-11-03", 1.0, "actie")
    assert found.loc["gebied|BU1", "observed_share"] == 1.0


def test_an_outage_is_no_room_and_no_fall():
    down = {("P1", week): {"observed_h": 0.0, "connected_h": 0.0, "sessions": 0.0} for week in range(20, 30)}

    whole, _, _ = measured(use({"P1": 0.1, "P2": 0.1}, growth=0.3), TWO)
    found, _, _ = measured(use({"P1": 0.1, "P2": 0.1}, growth=0.3, changed=down), TWO)

    for column in ("laaddruk", "growth_share_year"):
        assert found.loc["paal|P1", column] == pytest.approx(whole.loc["paal|P1", column], abs=0.01)


def test_weeks_of_silence_that_nobody_saw_hardly_move_growth():
    down = {("P1", week): {"connected_h": 0.0, "sessions": 0.0} for week in (46, 47)}

    found, _, _ = measured(use({"P1": 0.1, "P2": 0.1}, growth=0.3, changed=down), TWO)

    assert found.loc["gebied|BU1", "growth_share_year"] == pytest.approx(0.3, abs=0.06)


def test_a_week_with_more_hours_than_there_are_is_left_out_and_counted():
    wrong = {("P1", 50): {"connected_h": 5000.0}}
    quality = Quality()

    found, weeks, _ = measured(use({"P1": 0.1, "P2": 0.1}, changed=wrong), TWO, quality=quality)

    assert quality.skipped == {"week met meer verbonden uren dan er laadpunturen waren": 1}
    assert (found.loc["paal|P1", "occupancy_share"], found.loc["paal|P1", "weeks"]) == (0.125, 12)
    assert weeks["occupancy_share"].max() <= 0.125


def test_a_clock_an_hour_off_does_not_move_the_hour_of_its_area():
    names = {f"P{number}": (10 + number, 10) for number in range(6)}
    weekly, hours = use(dict.fromkeys(names, 0.1))
    other = hours["location_id"] == "P0"
    hours.loc[other, "connected_h"] = np.roll(hours.loc[other, "connected_h"], 1)

    found, _, _ = measured((weekly, hours), names)

    assert found.loc["gebied|BU1", "busiest_hour"] in ("ma 19:00", "ma 20:00")
    assert found.loc["gebied|BU1", "busiest_share"] == pytest.approx(0.2, abs=0.02)


def test_use_of_a_location_that_is_no_charge_point_is_counted_and_left_out():
    quality = Quality()

    found, _, _ = measured(use({"P1": 0.1, "X": 0.9}), {"P1": (10, 10)}, quality=quality)

    assert quality.skipped == {"in het gebruik, niet onder de laadpalen": 1}
    assert (found["kind"] == "paal").sum() == 1
    assert found.loc["gebied|BU1", "evses"] == 2.0


def test_a_pole_outside_all_areas_has_no_area_and_is_in_none():
    found, _, _ = measured(use({"P1": 0.1, "P2": 0.2}), {"P1": (10, 10), "P2": (500, 500)})

    assert pd.isna(found.loc["paal|P2", "area_id"])
    assert found.loc[found["kind"] == "gebied", "evses"].sum() == 2.0


def test_old_use_is_said_to_be_old():
    old, new = Quality(), Quality()

    measured(use({"P1": 0.1}), {"P1": (10, 10)}, today=MONDAY + timedelta(days=100), quality=old)
    measured(use({"P1": 0.1}), {"P1": (10, 10)}, today=MONDAY + timedelta(days=20), quality=new)

    assert any("The use ends 100 days before" in finding for finding in old.findings)
    assert not any("The use ends" in finding for finding in new.findings)


def test_without_use_every_area_is_unknown():
    found, weeks, hours = measure_laaddruk(
        UseWeeks.empty(), UseHours.empty(), ChargePoints.empty(), AREAS, MONITORING, MONDAY
    )

    assert found.index.to_list() == ["gebied|BU1", "gebied|BU2"]
    assert found["level"].to_list() == ["onbekend"] * 2
    assert found["reason"].unique().tolist() == ["Er is geen gebruik bekend van laadpalen."]
    assert (len(weeks), len(hours)) == (0, 0)


def test_without_areas_there_are_poles_only():
    found, weeks, _ = measured(use({"P1": 0.1, "P2": 0.2}), TWO, areas=DemandAreas.empty())

    assert (found["kind"].to_list(), len(weeks)) == (["paal", "paal"], 0)


@given(seed=st.integers(0, 100))
@settings(few, max_examples=3)
def test_the_order_of_the_rows_does_not_matter(seed):
    weekly, hours = use({"P1": 0.1, "P2": 0.2}, growth=0.2)

    found = measure_laaddruk(
        shuffled(weekly, seed), shuffled(hours, seed), shuffled(poles(TWO)), shuffled(AREAS), MONITORING, MONDAY
    )

    for each, other in zip(found, measured((weekly, hours), TWO), strict=True):
        pd.testing.assert_frame_equal(each, other)


def test_the_frames_keep_their_contracts():
    found = measured(use({"P1": 0.1, "P2": 0.2}), TWO)

    for frame, contract in zip(found, (Laaddruk, LaaddrukWeeks, LaaddrukHours), strict=True):
        contract.checked(frame)


@pytest.mark.slow
def test_the_busiest_hour_is_nearly_unbiased_where_the_plain_maximum_is_not():
    random, peak = np.random.default_rng(3), unit_course().max()
    load = load_at(2, 0.05)
    weekly, hours, points, areas = frames([simulate(load, 1, 13, random, unit_peak=peak) for _ in range(60)], 13)
    truth = simulate(load, 1, 2000, random, unit_peak=peak)

    course = connected_hours(truth, 2000).sum(axis=0).reshape(2000, 168).mean(axis=0) / 2
    busiest = course[:120].reshape(5, 24).mean(axis=0).max()  # arrivals are alike on workdays

    found, _, _ = measure_laaddruk(weekly, hours, points, areas, MONITORING, MONDAY)

    share = found.loc[found["kind"] == "gebied", "busiest_share"]
    plain = (hours["connected_h"] / hours["observed_h"]).groupby(hours["location_id"]).max()
    assert share.mean() == pytest.approx(busiest, rel=0.06)
    assert plain.mean() > 1.5 * busiest
