"""Demand and use of charge points: formulas by hand, planted overloads, and sessions that add up to the month."""

import math
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from laadplan.demo.charging import (
    KWH_PER_EVSE_YEAR,
    OVERLOADED_SHARE,
    QUIET_KWH,
    PoleUse,
    demand_of,
    electric_share,
    minutes_of,
    norm_occupancy,
    use_of,
)
from laadplan.demo.charging_sessions import Session, sessions_of, share_out
from laadplan.demo.model import Quarter
from tests.demo.street_grid import make_quarter

POLES = 300
MOST_KW = 11.0


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    return make_quarter(poles=POLES)


@pytest.fixture(scope="module")
def uses(quarter: Quarter) -> tuple[PoleUse, ...]:
    return use_of(quarter, quarter.poles)


@pytest.fixture(scope="module")
def sessions(uses: tuple[PoleUse, ...]) -> dict[str, list[Session]]:
    """Sessions of thirty poles, the most crowded ones among them."""
    crowded = sorted(uses, key=lambda use: -use.months[11].connected_min)
    return {use.pole_id: list(sessions_of(use, 1)) for use in (*crowded[:20], *crowded[-10:])}


def test_share_of_electric_cars_grows_to_its_ceiling() -> None:
    shares = [electric_share(year) for year in range(2020, 2061)]
    assert all(before < after < 0.95 for before, after in pairwise(shares))
    assert 0.01 < electric_share(2020) < 0.03
    assert 0.04 < electric_share(2024) < 0.07
    assert 0.15 < electric_share(2030) < 0.30


def test_demand_by_hand(quarter: Quarter) -> None:
    demand = demand_of(quarter, 2034)
    electric = 360 * 0.85 * 0.475 * 0.7
    kwh = electric * 18_500 * 0.2 * (0.75 * 0.75 + 0.25 * 0.05)
    assert (demand.year, demand.households) == (2034, 360)
    figures = (demand.cars, demand.electric_cars, demand.public_cars, demand.kwh, demand.evse)
    assert figures == pytest.approx((306.0, electric, electric * 0.75, kwh, kwh / KWH_PER_EVSE_YEAR))


def test_no_homes_no_demand() -> None:
    demand = demand_of(make_quarter(columns=0, rows=0), 2030)
    assert (demand.households, demand.cars, demand.kwh, demand.evse) == (0, 0, 0, 0)
    assert use_of(make_quarter(columns=0, rows=0), ()) == ()


@pytest.mark.parametrize("points", [1, 2, 4, 6, 10, 20])
def test_norm_is_erlangs_formula(points: int) -> None:
    """Oracle: blocking from the sum in Erlang's formula, at the load that belongs to the norm."""
    load = norm_occupancy(points) * points / 0.95
    terms = [load**count / math.factorial(count) for count in range(points + 1)]
    assert terms[-1] / sum(terms) == pytest.approx(0.05)


def test_poles_keep_to_their_side_of_the_norm_in_every_month(uses: tuple[PoleUse, ...]) -> None:
    for use in uses:
        norm = norm_occupancy(use.evse)
        assert use.is_overloaded == (use.kind == "overbelast")
        assert {use.occupancy(place) > norm for place in range(12)} == {use.is_overloaded}


def test_shares_of_planted_poles(uses: tuple[PoleUse, ...]) -> None:
    kinds = Counter(use.kind for use in uses)
    assert 0.6 * OVERLOADED_SHARE < kinds["overbelast"] / POLES < 1.5 * OVERLOADED_SHARE
    assert kinds["rustig"] > 0.08 * POLES
    for use in uses:
        assert (max(month.kwh for month in use.months) < QUIET_KWH) == (use.kind == "rustig")


def test_use_is_of_the_order_of_public_points(uses: tuple[PoleUse, ...]) -> None:
    per_point = np.mean([sum(month.kwh for month in use.months) / use.evse for use in uses])
    hours = sum(month.connected_h for use in uses for month in use.months)
    count = sum(month.sessions for use in uses for month in use.months)
    assert 2_000 < per_point < 4_500
    assert 7 < hours / count < 9


def test_use_grows_over_the_year(uses: tuple[PoleUse, ...]) -> None:
    first, last = (sum(use.occupancy(place) for use in uses for place in places) for places in ((0, 1, 2), (9, 10, 11)))
    assert 1.02 < last / first < 1.4


def test_poles_amid_homes_without_driveway_are_overloaded_more_often(quarter: Quarter) -> None:
    lonely = [replace(pole, point=Point(pole.point.x + 5_000, pole.point.y)) for pole in quarter.poles[::2]]
    kinds = [use.kind for use in use_of(quarter, [*quarter.poles[1::2], *lonely])]
    amid, apart = (half.count("overbelast") for half in (kinds[: POLES // 2], kinds[POLES // 2 :]))
    assert amid > 2 * apart


def test_use_depends_on_the_seed_alone(quarter: Quarter, uses: tuple[PoleUse, ...]) -> None:
    assert use_of(quarter, quarter.poles) == uses
    assert use_of(replace(quarter, seed=2), quarter.poles) != uses


def test_sessions_add_up_to_their_months(uses: tuple[PoleUse, ...], sessions: dict[str, list[Session]]) -> None:
    for use in uses:
        if use.pole_id not in sessions:
            continue
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for session in sessions[use.pole_id]:
            month = sums[session.start.strftime("%Y-%m")]
            month[0] += 1
            month[1] += session.energy_wh
            month[2] += minutes(session)
        told = {month.month: [month.sessions, month.energy_wh, month.connected_min] for month in use.months}
        assert dict(sums) == told


def minutes(session: Session) -> int:
    return round((session.end - session.start).total_seconds() / 60)


def test_a_point_serves_one_car_at_a_time(sessions: dict[str, list[Session]]) -> None:
    for of_pole in sessions.values():
        assert {session.point for session in of_pole} == {1, 2}
        for point in (1, 2):
            mine = sorted((session.start, session.end) for session in of_pole if session.point == point)
            assert all(before[1] <= after[0] for before, after in pairwise(mine))


def test_sessions_are_possible(sessions: dict[str, list[Session]]) -> None:
    everyone = [session for of_pole in sessions.values() for session in of_pole]
    assert all(session.energy_wh > 0 and minutes(session) > 0 for session in everyone)
    assert np.quantile([session.kwh / (minutes(session) / 60) for session in everyone], 0.999) <= MOST_KW + 0.01
    assert len({session.session_id for session in everyone}) == len(everyone)


def test_people_come_home_in_the_evening(sessions: dict[str, list[Session]]) -> None:
    hours = Counter(session.start.hour for of_pole in sessions.values() for session in of_pole)
    assert hours[18] > 2 * hours[11] > 4 * hours[3]


def test_sessions_are_equal_in_every_run(uses: tuple[PoleUse, ...]) -> None:
    assert list(sessions_of(uses[0], 1)) == list(sessions_of(uses[0], 1))
    assert list(sessions_of(uses[0], 1)) != list(sessions_of(uses[0], 2))
    assert next(sessions_of(uses[0], 1)).start >= datetime(2025, 1, 1)  # noqa: DTZ001


def test_fast_chargers_are_never_overloaded(quarter: Quarter) -> None:
    fast = [replace(pole, fast=True) for pole in quarter.poles[:10]]
    used = use_of(quarter, fast)
    assert {use.kind for use in used} == {"snel"}
    assert not any(use.is_overloaded for use in used)
    lengths = [minutes(session) for session in sessions_of(used[0], 1)]
    assert 20 < np.mean(lengths) < 50


def test_february_has_28_days() -> None:
    assert [minutes_of(f"2025-{month:02d}") // 1440 for month in (1, 2, 4, 12)] == [31, 28, 30, 31]


@given(
    weights=st.lists(st.floats(0.1, 100.0), min_size=1, max_size=40),
    total=st.integers(1_000, 1_000_000),
    most=st.floats(100.0, 50_000.0),
)
def test_shares_add_up_and_keep_their_limits(weights: list[float], total: int, most: float) -> None:
    count = len(weights)
    shares = share_out(total, np.array(weights), 10.0, np.full(count, most))
    assert int(shares.sum()) == total
    if 10 * count <= total <= most * count:
        assert shares.min() >= 9
        assert shares.max() <= most + 1
