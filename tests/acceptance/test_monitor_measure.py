"""Laaddruk counted again minute by minute, the norm by another formula, dates on growth without noise."""

# ruff: noqa: TID252

from __future__ import annotations

from datetime import date, timedelta

import numpy
import pandas
import pytest

from . import drawn_use
from .buurtplan import at
from .drawn_use import FULL, GROWS, HOME, NIGHT, NORM, PASSES, POLES, SHORT, UNTIL, WEEK, WEEKS, Session
from .reading import RunFolder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

BEGIN = UNTIL - WEEKS * WEEK
HOUR_NAMES = ("ma", "di", "wo", "do", "vr", "za", "zo")
MONTH_H = 365.25 * 24 / 12


def told(run: RunFolder, kind: str, code: str) -> pandas.Series:
    """The row of a pole or an area."""
    return at(run.frame("Laaddruk"), kind=kind, code=code).iloc[0]


def of(sessions: list[Session], *keys: str) -> list[Session]:
    return [each for each in sessions if each.pole.startswith(keys)]


def begun(sessions: list[Session]) -> list[Session]:
    """Those that began in the period of measuring."""
    return [each for each in sessions if BEGIN <= each.begin < UNTIL]


def desired(points: int, risk: float = 0.05) -> float:
    """Occupancy at which all points are taken at the risk: the load by halving, Erlang B as a sum of Poisson terms."""
    low, high = 0.0, 10.0 * points
    for _ in range(80):
        load = (low + high) / 2
        terms = numpy.cumprod([1.0, *(load / number for number in range(1, points + 1))])
        low, high = (load, high) if terms[-1] / terms.sum() < risk else (low, load)
    return low * (1 - risk) / points


# --- occupancy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pole", ["VOL-1", "VOL-3", "NACHT-1"])
def test_hours_of_the_week_minute_by_minute(use_run: RunFolder, drawn: list[Session], pole: str) -> None:
    """The night of 26 October lies in the period: its hour from two to three comes twice."""
    evses = next(each.evses for each in POLES if each.key == pole)
    taken, there = drawn_use.minutes_by_hour_of_week(of(drawn, pole), BEGIN, UNTIL)
    rows = at(use_run.frame("UseHours"), location_id=pole).set_index("hour_of_week").sort_index()
    assert list(rows.index) == list(range(168))
    assert numpy.allclose(rows["connected_h"] * 60, taken, atol=0.01)
    assert numpy.allclose(rows["observed_h"] * 60, numpy.array(there) * evses, rtol=0.02)
    assert there[146] == 60 * (WEEKS + 1)


def test_busiest_hour_of_an_area(use_run: RunFolder, drawn: list[Session]) -> None:
    """Three poles, six points: share of connected time at the busiest hour, and the norm of six points."""
    taken, there = drawn_use.minutes_by_hour_of_week(of(drawn, "VOL"), BEGIN, UNTIL)
    share = numpy.array(taken) / (6 * numpy.array(there))
    row = told(use_run, "gebied", FULL)
    assert (row["poles"], row["evses"]) == (3, 6)
    # arrivals are by chance alike all week: a careful estimate lies between the mean and the luckiest hour
    assert share.mean() < row["busiest_share"] <= share.max() + 0.01
    day, hour = row["busiest_hour"].split()
    busiest = HOUR_NAMES.index(day) * 24 + int(hour.split(":")[0])
    assert share[busiest] == pytest.approx(row["busiest_share"], abs=0.07)
    assert row["occupancy_share"] == pytest.approx(share.mean(), abs=0.01)
    assert row["laaddruk"] == pytest.approx(row["busiest_share"] / desired(6), rel=0.01)
    assert row["laaddruk_low"] <= row["laaddruk"] <= row["laaddruk_high"]


def test_busiest_hour_where_it_is_certain(use_run: RunFolder) -> None:
    """Growth without noise has six hours of an evening that stand out."""
    row = told(use_run, "gebied", GROWS)
    middle = (UNTIL - WEEKS * WEEK / 2 - PASSES) / timedelta(days=365.25)
    assert 17 <= int(row["busiest_hour"].split()[1].split(":")[0]) <= 22
    assert row["busiest_share"] == pytest.approx(NORM * (1 + drawn_use.GROWTH) ** middle, rel=0.1)


def test_busiest_hour_is_that_of_the_pole_itself(use_run: RunFolder, drawn: list[Session]) -> None:
    """Taken every evening from seven to nine without fail, and hardly ever else: not what other poles would do."""
    taken, there = drawn_use.minutes_by_hour_of_week(of(drawn, "NACHT"), BEGIN, UNTIL)
    assert all(taken[24 * day + hour] == there[24 * day + hour] for day in range(7) for hour in (19, 20))
    row = told(use_run, "paal", "NACHT-1")
    assert int(row["busiest_hour"].split()[1].split(":")[0]) in (19, 20)
    assert row["busiest_share"] > 0.9


@pytest.mark.parametrize(("points", "share"), [(2, 0.18), (4, 0.36), (6, 0.47), (10, 0.59), (20, 0.72)])
def test_the_formula_here_is_that_of_the_field(points: int, share: float) -> None:
    assert desired(points) == pytest.approx(share, abs=0.005)


def test_norm_by_number_of_points(use_run: RunFolder) -> None:
    rows = use_run.frame("Laaddruk").dropna(subset=["desired_share"])
    assert len(rows) >= 8
    for row in rows.itertuples():
        assert row.desired_share == pytest.approx(desired(round(row.evses)), abs=0.001)


@pytest.mark.parametrize("code", ["VOL-1", "VOL-2", "VOL-3"])
def test_energy_and_sessions_per_point_a_month(use_run: RunFolder, drawn: list[Session], code: str) -> None:
    row = told(use_run, "paal", code)
    mine = begun(of(drawn, code))
    months = WEEKS * 7 * 24 / MONTH_H
    assert row["sessions_evse_month"] == pytest.approx(len(mine) / 2 / months, rel=0.02)
    assert row["kwh_evse_month"] == pytest.approx(sum(each.kwh for each in mine) / 2 / months, rel=0.02)


def test_full_poles_are_told_to_act(use_run: RunFolder) -> None:
    """At half of the time a pole of two points is far above its norm of 18 %."""
    for code in ("VOL-1", "VOL-2", "VOL-3"):
        row = told(use_run, "paal", code)
        assert row["level"] == "actie"
        assert row["laaddruk"] > 2


# --- weeks and nights ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("monday", "hours", "connected"),
    [("2025-03-24", 167, 14 + 1), ("2025-06-02", 168, 14 + 2), ("2025-10-20", 169, 14 + 3)],
)
def test_weeks_of_the_clock(use_run: RunFolder, monday: str, hours: int, connected: int) -> None:
    """Half past one to half past three lasts one hour in the night of March and three in that of October."""
    row = at(use_run.frame("UseWeeks"), location_id="NACHT-1", week_on=monday).iloc[0]
    assert row["connected_h"] == pytest.approx(connected, abs=1e-6)
    assert row["observed_h"] == pytest.approx(hours, abs=0.5)
    assert row["sessions"] == 8
    assert row["energy_kwh"] == pytest.approx(48)


def test_weeks_add_up_to_the_sessions(use_run: RunFolder, drawn: list[Session]) -> None:
    """No session is lost or counted twice over all weeks but the first, which is not whole for every pole."""
    rows = use_run.frame("UseWeeks")
    for key in ("VOL-1", "GROEI-2", "NACHT-1"):
        mine = at(rows, location_id=key)
        first = date.fromisoformat(mine["week_on"].min())
        counted = [each for each in of(drawn, key) if each.begin.astimezone(HOME).date() >= first]
        assert mine["sessions"].sum() == len(counted)
        assert mine["energy_kwh"].sum() == pytest.approx(sum(each.kwh for each in counted))


# --- growth, dates, doubt --------------------------------------------------------------------------------------------


def test_date_of_passing_on_growth_without_noise(use_run: RunFolder) -> None:
    row = told(use_run, "gebied", GROWS)
    assert row["growth_share_year"] == pytest.approx(drawn_use.GROWTH, abs=0.1)
    assert row["growth_low"] <= row["growth_share_year"] <= row["growth_high"]
    off = date.fromisoformat(row["passes_on"]) - PASSES.date()
    assert abs(off) <= timedelta(weeks=6), off
    assert row["passes_from"] <= row["passes_on"]
    assert pandas.isna(row["passes_until"]) or row["passes_on"] <= row["passes_until"]
    assert row["level"] == "signaal"


def test_short_history_says_so(use_run: RunFolder) -> None:
    for kind, code in (("gebied", SHORT), ("paal", "KORT-1")):
        row = told(use_run, kind, code)
        assert row["level"] == "onbekend"
        assert row[["laaddruk", "busiest_share", "growth_share_year"]].isna().all()
        assert pandas.isna(row["passes_on"])
        assert "weken" in row["reason"]
        assert row["weeks_history"] <= 5


def test_outage_is_not_use(use_run: RunFolder, drawn: list[Session]) -> None:
    """Two of thirteen weeks out of order: the pole is as full as when it works, not a sixth emptier."""
    mine = of(drawn, "STORING-1")
    worked = [each for each in mine if each.begin >= BEGIN]
    hours = sum((each.end - each.begin).total_seconds() for each in worked) / 3600
    up = 2 * (WEEKS - 2) * 168
    row = told(use_run, "paal", "STORING-1")
    assert row["observed_share"] == pytest.approx((WEEKS - 2) / WEEKS, abs=0.05)
    assert row["occupancy_share"] == pytest.approx(hours / up, abs=0.03)
    weeks = use_run.frame("UseWeeks")
    silent = weeks[(weeks["location_id"] == "STORING-1") & (weeks["week_on"] == "2025-11-10")]
    assert silent["observed_h"].sum() == pytest.approx(0, abs=1)


def test_steady_use_does_not_pass(use_run: RunFolder) -> None:
    """Every night and evening alike for over a year: no growth, no date."""
    row = told(use_run, "gebied", NIGHT)
    assert abs(row["growth_share_year"]) < 0.1
    assert row["growth_low"] <= 0 <= row["growth_high"] or abs(row["growth_share_year"]) < 0.02
