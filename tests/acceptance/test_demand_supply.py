"""Where the shoe pinches, worked out by hand: one pole in reach, one across the border, squares, power, break-even."""

# ruff: noqa: TID252

from __future__ import annotations

import numpy
import pandas
import pytest

from .buurtplan import CLUSTERS, EAST, POINTS_KWH, SCENARIOS, SQUARES, WEST, YEARS, at
from .reading import RunFolder, default_config

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("buurtplan")]

COVERAGE = default_config()["coverage"]


def demand_of(run: RunFolder, *points: str, scenario: str = "midden") -> pandas.Series:
    """Demand of points together by year."""
    rows = at(run.frame("Demand"), scenario=scenario)
    return rows[rows["point_id"].isin(points)].groupby("year")["kwh_year"].sum()


def shortfall(run: RunFolder, area: str, scenario: str = "midden") -> pandas.DataFrame:
    """Rows of an area by year."""
    return at(run.frame("Shortfalls"), area_id=area, scenario=scenario).set_index("year")


def mine(run: RunFolder, buurt: str) -> list[str]:
    clusters = run.frame("DemandClusters")
    return list(clusters.loc[clusters["buurtcode"] == buurt, "point_id"])


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("buurt", "reached"), [(WEST, f"{WEST}|6700AA"), (EAST, f"{EAST}|6700AD")])
def test_supply_that_can_reach_the_demand(buurt_run: RunFolder, buurt: str, reached: str, scenario: str) -> None:
    """Each pole serves one point: what it delivers, or what that asks. The pole of Oostveld stands in Westveld."""
    told = shortfall(buurt_run, buurt, scenario)
    whole = demand_of(buurt_run, *mine(buurt_run, buurt), scenario=scenario)
    near = demand_of(buurt_run, reached, scenario=scenario)
    served = near.clip(upper=POINTS_KWH)
    assert near.min() < POINTS_KWH or buurt == WEST, "the drawing must have years in which the pole is not full"
    assert numpy.allclose(told["kwh_year"], whole.loc[told.index], atol=0.01)
    assert numpy.allclose(told["served_kwh_year"], served.loc[told.index], atol=0.01)
    assert numpy.allclose(told["shortfall_kwh_year"], (whole - served).loc[told.index], atol=0.01)
    assert numpy.allclose(told["far_kwh_year"], (whole - near).loc[told.index], atol=0.01)


def test_points_that_stand_here_count_here(buurt_run: RunFolder) -> None:
    """Two poles of two points in Westveld; the garage in Oostveld is not for everybody."""
    assert set(shortfall(buurt_run, WEST)["evse_here"]) == {4}
    assert set(shortfall(buurt_run, EAST)["evse_here"]) == {0}


def test_addresses_without_a_pole_near(buurt_run: RunFolder) -> None:
    """Forty dwellings in Westveld, forty and two other addresses in Oostveld."""
    assert set(shortfall(buurt_run, WEST)["far_addresses"]) == {40}
    assert set(shortfall(buurt_run, EAST)["far_addresses"]) == {42}


def test_points_lacking_follow_the_energy(buurt_run: RunFolder) -> None:
    rows = buurt_run.frame("Shortfalls")
    known = rows[rows["kwh_year"] > 0]
    assert (known["shortfall_evse"] <= known["evse"] + 1e-9).all()
    nothing = known["shortfall_kwh_year"] < 0.01
    assert (known.loc[nothing, "shortfall_evse"] < 0.01).all()
    assert (known.loc[~nothing, "shortfall_evse"] > 0).all()


def test_points_wanted_are_those_of_the_buurt(buurt_run: RunFolder) -> None:
    """Area and buurt are one here."""
    told = buurt_run.frame("Shortfalls").set_index(["area_id", "year", "scenario"])["evse"]
    buurt = buurt_run.frame("BuurtDemand").set_index(["buurtcode", "year", "scenario"])["evse"].dropna()
    assert numpy.allclose(told.loc[buurt.index], buurt, atol=0.001)


def erlang_b(points: int, load: float) -> float:
    """Chance that all points are taken: sum of the Poisson terms, the other way round than by recursion."""
    terms = [1.0]
    for number in range(1, points + 1):
        terms.append(terms[-1] * load / number)
    return terms[-1] / sum(terms)


def test_points_wanted_keep_the_risk(buurt_run: RunFolder) -> None:
    """With the least number all are taken in 5 % of cases at most, with one less in more."""
    for row in buurt_run.frame("BuurtDemand").dropna(subset=["evse_least"]).itertuples():
        points = int(row.evse_least)
        assert points == row.evse_least
        assert row.evse == pytest.approx(row.kwh_year / (POINTS_KWH / 2), abs=0.001)
        assert erlang_b(points, row.connected_peak) <= 0.05
        assert points == 1 or erlang_b(points - 1, row.connected_peak) > 0.05


# --- coverage and power ----------------------------------------------------------------------------------------------


def test_coverage_rule_of_the_nal(buurt_run: RunFolder) -> None:
    """A public point in every square with 125 households or more; a garage does not count, secret is unknown."""
    told = buurt_run.frame("CoverageSquares").set_index("square_id")["outcome"]
    assert told.to_dict() == {key: outcome for key, (_, outcome) in SQUARES.items()}


def test_public_power_per_electric_car(buurt_run: RunFolder) -> None:
    """Two points of 11 kW and two that do not say it; the garage is not public."""
    told = buurt_run.frame("PublicPower")
    power = 2 * 11 + 2 * COVERAGE["power_unknown_kw"]
    assert set(told["power_kw"]) == {power}
    assert set(told["power_unknown_evse"]) == {2}
    cars = buurt_run.frame("BuurtDemand").groupby(["year", "scenario"])["electric_cars"].sum()
    for row in told.itertuples():
        assert row.electric_cars == pytest.approx(cars[row.year, row.scenario], rel=1e-6)
        assert row.kw_per_car == pytest.approx(power / row.electric_cars, rel=1e-5)
        assert row.wanted_kw == pytest.approx(1.3 * row.electric_cars, rel=1e-5)


# --- cases -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("pole", "point"), [("PAAL-WEST", f"{WEST}|6700AA"), ("PAAL-GRENS", f"{EAST}|6700AD")])
def test_what_an_existing_pole_can_expect(buurt_run: RunFolder, pole: str, point: str, scenario: str) -> None:
    """What is asked in its reach, as far as it delivers; and the first year from which that stays above break-even."""
    rows = at(buurt_run.frame("PoleCases"), pole_id=pole, scenario=scenario).set_index("year").sort_index()
    expected = demand_of(buurt_run, point, scenario=scenario).clip(upper=POINTS_KWH)
    assert set(rows["kind"]) == {"bestaand"}
    assert set(YEARS) <= set(rows.index)
    assert numpy.allclose(rows["supply_kwh_year"], expected.loc[rows.index], atol=0.01)
    assert rows["supply_kwh_year"].is_monotonic_increasing
    enough = rows.index[rows["supply_kwh_year"] >= COVERAGE["break_even_kwh_pole_year"]]
    now = 2026
    assert set(rows["supply_from_year"]) == {max(now, enough.min())}
    if pole == "PAAL-GRENS":
        assert enough.min() > now, "the drawing must have a pole that does not pay yet"


def test_next_poles_led_by_supply_or_by_demand(buurt_run: RunFolder) -> None:
    """A pole placed when others are full never earns before one that stands there already, nor more."""
    rows = at(buurt_run.frame("PoleCases"), kind="volgende")
    assert {f"+{WEST}", f"+{EAST}"} <= set(rows["pole_id"])
    assert (rows["supply_kwh_year"] <= POINTS_KWH + 0.01).all()
    assert (rows["demand_kwh_year"] <= POINTS_KWH + 0.01).all()
    lacking = buurt_run.frame("Shortfalls").set_index(["area_id", "year", "scenario"])["shortfall_kwh_year"]
    for row in rows.itertuples():
        if row.demand_kwh_year > 0:
            assert lacking[row.area_id, row.year, row.scenario] > 0
    both = rows.dropna(subset=["supply_from_year", "demand_from_year"])
    assert (both["supply_from_year"] <= both["demand_from_year"]).all()


def test_white_spots_hold_most_of_the_demand(buurt_run: RunFolder) -> None:
    """Of the drawing: two of three points of Westveld and two of three of Oostveld have no pole near."""
    assert len(CLUSTERS) == 7
    for buurt in (WEST, EAST):
        told = shortfall(buurt_run, buurt)
        assert (told["far_kwh_year"] > 0.5 * told["kwh_year"]).all()
        assert (told["far_kwh_year"] <= told["shortfall_kwh_year"] + 0.01).all()
