"""Demand in the demo town: formulas by hand, and the norm against Erlang's sum."""

import math
from itertools import pairwise

import pytest

from laadplan.config.scenario import Scenario
from laadplan.demo import charging
from laadplan.demo.charging import KWH_PER_EVSE_YEAR, demand_of, electric_share, norm_occupancy
from laadplan.demo.charging_use import use_of
from laadplan.demo.model import Quarter
from tests.demo.street_grid import make_quarter


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    return make_quarter()


def test_share_of_electric_cars_grows_to_its_ceiling() -> None:
    shares = [electric_share(year) for year in range(2020, 2061)]
    assert all(before < after < 0.95 for before, after in pairwise(shares))
    assert 0.01 < electric_share(2020) < 0.03
    assert 0.04 < electric_share(2024) < 0.07
    assert 0.15 < electric_share(2030) < 0.30


def test_demand_by_hand(quarter: Quarter) -> None:
    demand = demand_of(quarter, 2034)
    electric = 360 * 0.85 * 0.475 * 0.7
    kwh = electric * 18_500 * 0.2 * (0.75 * 0.40 + 0.25 * 0.05)
    assert (demand.year, demand.households) == (2034, 360)
    figures = (demand.cars, demand.electric_cars, demand.public_cars, demand.kwh, demand.evse)
    assert figures == pytest.approx((306.0, electric, electric * 0.75, kwh, kwh / KWH_PER_EVSE_YEAR))


def test_demand_is_that_of_the_default_scenario() -> None:
    scenario = Scenario()

    planted = (charging.PUBLIC_SHARE, charging.VISIT_SHARE, charging.KM_PER_CAR_YEAR, charging.KWH_PER_KM)

    asked = (scenario.public_share_no_driveway, scenario.public_share_driveway)
    assert planted == (*asked, scenario.km_per_car_year, scenario.kwh_per_km)
    assert scenario.kwh_per_evse_year == KWH_PER_EVSE_YEAR


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
