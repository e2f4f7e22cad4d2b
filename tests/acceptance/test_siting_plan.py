"""The plan of a demo town counted again from its frames: demand, capacity, numbers, bays, worth and proof."""

# ruff: noqa: TID252

from __future__ import annotations

import numpy
import pandas
import pytest

from .reading import RunFolder, solution
from .siting import Counted

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]


@pytest.fixture(scope="session")
def counted(small_town_run: RunFolder) -> Counted:
    """The plan of the small town."""
    return Counted(small_town_run)


def test_demand_of_the_plan_is_that_of_the_scenario(counted: Counted) -> None:
    assert (counted.service["kwh_year"] - counted.demand).abs().max() < 0.01


def test_no_point_gets_more_than_its_demand(counted: Counted) -> None:
    assert (counted.service["served_kwh_year"] <= counted.service["kwh_year"] + 0.01).all()
    assert (counted.service["served_before_kwh_year"] <= counted.service["kwh_year"] + 0.01).all()


def test_no_site_serves_more_than_its_capacity(counted: Counted) -> None:
    assert (counted.plan["served_kwh_year"] <= counted.plan["capacity_kwh_year"] + 0.01).all()
    assert (counted.plan.loc[~counted.plan["chosen"], "served_kwh_year"] == 0).all()


def test_capacity_is_that_of_the_charge_points(counted: Counted) -> None:
    assert (
        counted.plan["capacity_kwh_year"].tolist()
        == (counted.plan["evse"].where(counted.plan["chosen"], 2) * 3000.0).tolist()
    )


def test_sites_and_points_agree_on_what_is_served(counted: Counted) -> None:
    assert counted.plan["served_kwh_year"].sum() == pytest.approx(counted.service["served_kwh_year"].sum(), abs=0.5)
    assert counted.solution["served_kwh_year"] == pytest.approx(counted.service["served_kwh_year"].sum(), abs=0.5)


def test_number_of_poles_is_kept(counted: Counted) -> None:
    assert 0 < counted.new["poles"].sum() <= counted.settings["new_poles"]
    assert counted.solution["poles_chosen"] == counted.new["poles"].sum()


def test_existing_public_poles_are_all_in_the_plan(counted: Counted, small_town_run: RunFolder) -> None:
    poles = small_town_run.frame("ChargePoints")
    public = poles[poles["in_area"] & poles["access"].isin(["openbaar", "onbekend"]) & (poles["evse_count"] > 0)]
    existing = counted.plan[counted.plan["existing"]]
    assert set(public["location_id"]) <= set(existing.index)
    assert existing["chosen"].all()
    counts = poles.set_index("location_id")["evse_count"].reindex(existing.index)
    assert existing["evse"].tolist() == counts.tolist()


def test_no_bay_is_used_twice(counted: Counted) -> None:
    assert counted.bays_twice() == []


def test_each_new_site_meets_the_eisen(counted: Counted) -> None:
    assert counted.candidates.loc[counted.new.index, "meets"].all()


def test_walks_are_to_the_nearest_pole_of_the_plan(counted: Counted) -> None:
    for column, sites in (
        ("walk_before_m", counted.plan.index[counted.plan["existing"]]),
        ("walk_m", counted.plan.index[counted.plan["chosen"]]),
    ):
        near = counted.reach[counted.reach["site_id"].isin(sites)].groupby("point_id")["walk_m"].min()
        expected = near.reindex(counted.service.index).astype(float)
        pandas.testing.assert_series_equal(counted.service[column], expected, check_names=False)


def test_who_is_out_of_reach_gets_nothing(counted: Counted) -> None:
    out = counted.service["walk_m"].isna()
    assert (counted.service.loc[out, "served_kwh_year"] == 0).all()


def test_objective_is_what_the_frames_give(counted: Counted) -> None:
    """Scores are rounded to four decimals: a tenth of a kWh over a handful of poles."""
    assert counted.solution["objective"] == pytest.approx(counted.objective(), abs=0.5)


def test_objective_of_the_existing_poles_is_what_the_frames_give(counted: Counted, small_town_run: RunFolder) -> None:
    now = small_town_run.frame("Solutions").set_index("solve_id").loc["nu"]
    existing = counted.plan.index[counted.plan["existing"]]
    assert now["objective"] == pytest.approx(counted.service_by(existing), abs=0.5)
    assert now["served_kwh_year"] == pytest.approx(counted.service["served_before_kwh_year"].sum(), abs=0.5)


def test_gap_and_words_fit(counted: Counted, small_town_run: RunFolder) -> None:
    for row in small_town_run.frame("Solutions").to_dict("records"):
        gap = (row["bound"] - row["objective"]) / max(abs(row["objective"]), 1)
        assert row["gap"] == pytest.approx(gap, abs=2e-6)
        assert row["bound"] >= row["objective"] - 1e-3
        if row["status"] == "optimal":
            assert row["gap"] < 1e-5
        assert row["status"] != "feasible" or row["gap"] > row["gap_asked"]
        assert row["status"] != "within_gap" or row["gap"] <= row["gap_asked"]


def test_manifest_tells_the_same(counted: Counted, small_town_run: RunFolder) -> None:
    told = solution(small_town_run.manifest)
    assert told["objective"] == pytest.approx(counted.solution["objective"], abs=0.01)
    assert told["bound"] == pytest.approx(counted.solution["bound"], abs=0.01)
    assert told["gap"] == pytest.approx(counted.solution["gap"], abs=1e-5)


def test_no_swap_of_one_pole_beats_the_bound(counted: Counted) -> None:
    """Every plan with one pole elsewhere is worth at most the bound; the best of a sample comes near the plan."""
    chosen = sorted(counted.plan.index[counted.plan["chosen"]])
    others = counted.plan.index[~counted.plan["chosen"]]
    random = numpy.random.default_rng(1)
    fixed = counted.settings["pole_least_kwh"] * len(counted.new)
    for out in sorted(counted.new.index):
        for other in random.choice(others, 4, replace=False):
            worth = counted.service_by([*(each for each in chosen if each != out), other]) - fixed
            assert worth <= counted.solution["bound"] + 0.5
