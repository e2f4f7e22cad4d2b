"""What explains a plan, held against the frames: unserved demand, limits, alternatives, the curve, and the picture."""

# ruff: noqa: TID252

from __future__ import annotations

import re
from pathlib import Path

import pandas
import pytest
import shapely

from .program import Program
from .reading import RunFolder
from .siting import Counted, variant

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]


@pytest.fixture(scope="session")
def counted(small_town_run: RunFolder) -> Counted:
    """The plan of the small town."""
    return Counted(small_town_run)


@pytest.fixture(scope="session")
def starved(laadplan: Program, small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """Room for thirty poles and for more than one on a spot, but walks of 60 m at most and no room on the net."""
    codes = sorted(small_town_run.frame("Addresses")["postcode"].dropna().unique())
    path = tmp_path_factory.mktemp("net") / "net.csv"
    rows = [f"{code};{'VOL' if place % 3 == 0 else 'RUIM'};1;1" for place, code in enumerate(codes)]
    path.write_text("postcode;voedingsgebied_id;afname;opwek\n" + "\n".join(rows) + "\n", encoding="utf-8")
    grid = {"kaart": {"path": str(path), "label": "Net", "reference_on": "2026-01-15", "licence": "CC0"}}
    return Counted(
        variant(
            laadplan,
            small_town_run,
            tmp_path_factory.mktemp("krap"),
            {"new_poles": 30, "grid_room_kw": {"VOL": 0.0}},
            walking={"norm_m": 60.0},
            sources={"grid_capacity": grid},
        )
    )


def unserved(counted: Counted) -> pandas.DataFrame:
    """Unserved demand by point."""
    return counted.run.frame("Unserved").set_index("point_id").sort_index()


@pytest.mark.parametrize("name", ["counted", "starved"])
def test_unserved_is_demand_less_what_is_served(name: str, request: pytest.FixtureRequest) -> None:
    plan: Counted = request.getfixturevalue(name)
    lacking = plan.service["kwh_year"] - plan.service["served_kwh_year"]
    rows = unserved(plan)
    assert rows["unserved_kwh_year"].sum() == pytest.approx(lacking.sum(), abs=1.0)
    assert set(lacking.index[lacking > 0.5]) <= set(rows.index)
    assert (rows["unserved_kwh_year"] - lacking.reindex(rows.index)).abs().max() < 0.01
    assert (rows["detail"].str.len() > 20).all()


@pytest.mark.parametrize("name", ["counted", "starved"])
def test_each_reason_is_true(name: str, request: pytest.FixtureRequest) -> None:
    plan: Counted = request.getfixturevalue(name)
    near = plan.run.frame("Reach").groupby("point_id")["site_id"].agg(set)
    meets = set(plan.candidates.index[plan.candidates["meets"]]) - set(plan.settings["locked_out"])
    for point, row in unserved(plan).iterrows():
        all_near = near.get(point, set())
        possible = all_near & meets
        if row["reason"] == "geen kandidaat binnen loopafstand":
            assert not all_near, point
        elif row["reason"] == "kandidaten vallen af op een eis":
            assert all_near, point
            assert not possible, point
        elif row["reason"] == "aantal palen of budget op":
            assert plan.new["poles"].sum() == plan.settings["new_poles"], point
            assert possible - set(plan.new.index), point
        else:
            assert possible, point
        if not all_near:
            assert row["reason"] == "geen kandidaat binnen loopafstand", point
        elif not possible:
            assert row["reason"] == "kandidaten vallen af op een eis", point


def test_a_full_grid_is_a_reason(starved: Counted) -> None:
    reasons = unserved(starved)["reason"].value_counts()
    assert reasons.get("geen ruimte op het net", 0) > 0
    assert reasons.get("geen kandidaat binnen loopafstand", 0) > 0


def test_what_one_more_pole_would_bring_is_what_it_brings(counted: Counted) -> None:
    """The sentence of the point that lacks most names the gain of the best free spot near it."""
    rows = unserved(counted)
    point = rows.index[rows["unserved_kwh_year"].argmax()]
    told = float(re.search(r"zou ([\d.]+) kWh", rows.loc[point, "detail"])[1].replace(".", ""))  # type: ignore[index]
    chosen = list(counted.plan.index[counted.plan["chosen"]])
    near = counted.run.frame("Reach")
    near = near[near["point_id"] == point]["site_id"]
    taken = {bay for text in counted.new["bay_ids"] for bay in text.split()}
    free = [
        site
        for site in near
        if site in counted.plan.index
        and site not in chosen
        and not taken & set(counted.candidates.loc[site, "bay_ids"].split())
    ]
    before = counted.service_by(chosen)
    gain = max(counted.service_by([*chosen, site]) for site in free) - before - counted.settings["pole_least_kwh"]
    assert told == pytest.approx(gain, rel=0.02)


# --- limits ----------------------------------------------------------------------------------------------------------


def test_the_number_of_poles_binds_and_tells_what_one_more_is_worth(counted: Counted) -> None:
    row = counted.limits.loc["aantal palen|plan"]
    assert row["limit"] == counted.settings["new_poles"]
    assert row["used"] == counted.new["poles"].sum()
    assert bool(row["binds"]) == (row["used"] == row["limit"])
    curve = counted.run.frame("PoleCurve").set_index("poles_allowed").sort_index()
    here = counted.settings["new_poles"]
    more = curve[curve.index > here].iloc[0]
    gain = (more["bound"] - curve.loc[here, "objective"]) / (more.name - here)
    assert 0 < row["worth_per_unit"] <= 1.5 * gain + 600


# --- the curve -------------------------------------------------------------------------------------------------------


def test_the_curve_rises_and_holds_the_plan(counted: Counted) -> None:
    curve = counted.run.frame("PoleCurve").sort_values("poles_allowed")
    assert len(curve) >= 5
    assert curve["poles_allowed"].is_unique
    assert (curve["objective"] <= curve["bound"] + 1e-3).all()
    assert curve["objective"].is_monotonic_increasing
    assert curve["served_share"].between(0, 1).all()
    assert (curve["served_kwh_year"] / counted.demand.sum() - curve["served_share"]).abs().max() < 1e-4
    own = curve[curve["is_plan"]]
    assert len(own) == 1
    assert own["poles_allowed"].item() == counted.settings["new_poles"]
    assert own["objective"].item() == pytest.approx(counted.solution["objective"], abs=0.01)
    assert own["served_kwh_year"].item() == pytest.approx(counted.solution["served_kwh_year"], abs=0.1)
    assert curve["poles_allowed"].min() == 0


def test_no_plan_of_fewer_poles_is_worth_more(counted: Counted) -> None:
    curve = counted.run.frame("PoleCurve")
    for row in curve[curve["poles_allowed"] < counted.settings["new_poles"]].itertuples():
        assert row.objective <= counted.solution["bound"]


def test_a_plan_of_the_curve_is_what_a_run_gives(laadplan: Program, counted: Counted, tmp_path: Path) -> None:
    curve = counted.run.frame("PoleCurve").set_index("poles_allowed")
    fewer = Counted(variant(laadplan, counted.run, tmp_path, {"new_poles": 3}))
    row = curve.loc[3]
    assert fewer.solution["objective"] <= row["bound"] + 0.5
    assert row["objective"] <= fewer.solution["bound"] + 0.5
    assert fewer.solution["served_kwh_year"] <= counted.solution["served_kwh_year"] + 0.5


# --- alternatives ----------------------------------------------------------------------------------------------------


def test_each_new_site_has_an_alternative_that_is_allowed(counted: Counted) -> None:
    rows = counted.run.frame("Alternatives").set_index("locatie_id")
    assert set(rows.index) == set(counted.new.index)
    for key, row in rows.iterrows():
        others = str(row["other_ids"]).split() if row["other_ids"] == row["other_ids"] and row["other_ids"] else []
        assert str(key) not in others
        assert not set(others) & set(counted.new.index)
        left = [site for site in counted.plan.index[counted.plan["chosen"]] if site != key]
        poles = len(counted.new) - 1 + len(others)
        worth = counted.service_by([*left, *others]) - counted.settings["pole_least_kwh"] * poles
        assert counted.solution["objective"] - worth <= row["worth_lost"] + 1.0, key


def test_a_site_turned_down_costs_no_more_than_was_told(laadplan: Program, counted: Counted, tmp_path: Path) -> None:
    rows = counted.run.frame("Alternatives").sort_values("worth_lost")
    worst = rows.iloc[-1]
    without = Counted(
        variant(laadplan, counted.run, tmp_path, {"locked_out": [worst["locatie_id"]], "gap_share": 0.01})
    )
    assert worst["locatie_id"] not in without.new.index
    assert without.solution["bound"] >= counted.solution["objective"] - worst["worth_lost"] - 0.5
    lost = counted.solution["objective"] - without.solution["objective"]
    gap = without.solution["bound"] - without.solution["objective"]
    assert lost <= worst["worth_lost"] + gap + 0.5


# --- coverage before and after ---------------------------------------------------------------------------------------


def test_coverage_grows_and_holds_who_is_near(counted: Counted, small_town_run: RunFolder) -> None:
    shapes = small_town_run.frame("Isochrones").set_index("toestand")
    assert not shapes["schatting"].any()
    now, after = shapes.geometry["nu"], shapes.geometry["na plan"]
    assert after.area > now.area
    assert now.difference(after.buffer(0.1)).area < 1.0
    points = small_town_run.frame("DemandClusters").set_index("point_id").geometry
    street = small_town_run.frame("WalkEdges").geometry.union_all()
    points = points[points.distance(street) <= 24.0]  # the shape goes 25 m to both sides of a street
    for name, shape in (("walk_before_m", now), ("walk_m", after)):
        near = counted.service.index[counted.service[name] <= 220.0].intersection(points.index)
        assert len(near) > 20
        assert shapely.covers(shape.buffer(1.0), points[near].to_numpy()).all(), name
    addresses = small_town_run.frame("Addresses").geometry
    for state in ("nu", "na plan"):
        inside = shapely.covers(shapes.geometry[state], addresses.to_numpy()).sum()
        assert shapes["adressen"][state] == pytest.approx(inside, abs=max(3, 0.02 * inside))


def test_coverage_is_a_layer_and_a_picture(small_town_run: RunFolder) -> None:
    layer = small_town_run.layer("dekking")
    assert set(layer["toestand"]) == {"nu", "na plan"}
    assert (small_town_run.path / "dekking.png").stat().st_size > 10_000
