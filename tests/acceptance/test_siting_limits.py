"""Every limit of a plan counted again from the frames, under settings that make it bind."""

# ruff: noqa: TID252

from __future__ import annotations

from collections import Counter
from itertools import combinations
from pathlib import Path

import geopandas
import pandas
import pytest

from .program import Program
from .reading import RunFolder
from .siting import Counted, variant

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

WEST_KW, EAST_KW = 44.0, 33.0
BAYS_SHARE_BUURT, BAYS_SHARE_STREET = 0.2, 0.12
BUDGET_EUR, POLE_EUR, CABLE_EUR, CROSSING_EUR = 42_000.0, 5_000.0, 100.0, 1_500.0
SPACING_M = 60.0
SHARE_MIN, EQUITY_PRICE = 0.8, 2.0


@pytest.fixture(scope="session")
def grid_table(small_town_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An indication of room on the grid per postcode: half of the town is fed from WEST, half from OOST."""
    codes = sorted(small_town_run.frame("Addresses")["postcode"].dropna().unique())
    rows = [f"{code};{fed_from(codes, code)};1;1" for code in codes]
    path = tmp_path_factory.mktemp("net") / "net.csv"
    path.write_text("postcode;voedingsgebied_id;afname;opwek\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def fed_from(codes: list[str], code: str) -> str:
    """Feeding area of a postcode."""
    return "WEST" if codes.index(code) < len(codes) // 2 else "OOST"


@pytest.fixture(scope="session")
def counts(
    laadplan: Program, small_town_run: RunFolder, grid_table: Path, tmp_path_factory: pytest.TempPathFactory
) -> Counted:
    """A plan of eight poles that stand apart, one decided and one turned down, with a floor of two per buurt."""
    decided, turned_down = sorted(small_town_run.chosen())[:2]
    wishes = {
        "new_poles": 8,
        "spacing_m": SPACING_M,
        "poles_per_buurt_min": 2,
        "locked_in": [decided],
        "locked_out": [turned_down],
    }
    grid = {"path": str(grid_table), "label": "Net", "reference_on": "2026-01-15", "licence": "CC0"}
    return Counted(
        variant(
            laadplan,
            small_town_run,
            tmp_path_factory.mktemp("aantal"),
            wishes,
            sources={"grid_capacity": {"kaart": grid}},
            coverage={"square_households": 10},
        )
    )


@pytest.fixture(scope="session")
def shares(laadplan: Program, counts: Counted, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """A plan within a budget, the grid and shares of bays; laadpleinen, capped points and squares to be covered."""
    wishes = {
        "new_poles": None,
        "budget_eur": BUDGET_EUR,
        "cost_per_pole_eur": POLE_EUR,
        "cost_per_cable_m_eur": CABLE_EUR,
        "cost_per_crossing_eur": CROSSING_EUR,
        "poles_per_spot_max": 3,
        "poles_per_buurt_min": 1,
        "spacing_m": 0.0,
        "locked_in": [],
        "locked_out": [],
        "cover_squares": True,
        "bay_share_street_max": BAYS_SHARE_STREET,
        "bay_share_buurt_max": BAYS_SHARE_BUURT,
        "capped_kw_per_evse": 5.5,
        "grid_room_kw": {"WEST": WEST_KW, "OOST": EAST_KW},
        "gap_share": 0.2,
    }
    return Counted(variant(laadplan, counts.run, tmp_path_factory.mktemp("aandelen"), wishes))


@pytest.fixture(scope="session")
def equal(laadplan: Program, counts: Counted, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """A plan of six poles on few spots far apart, in which each buurt should get most of its demand."""
    wishes = {
        "new_poles": 6,
        "poles_per_spot_max": 3,
        "spacing_m": 300.0,
        "buurt_served_share_min": SHARE_MIN,
        "equity_penalty": EQUITY_PRICE,
        "gap_share": 0.2,
        "locked_in": [],
    }
    return Counted(variant(laadplan, counts.run, tmp_path_factory.mktemp("gelijk"), wishes))


def places(counted: Counted) -> geopandas.GeoDataFrame:
    """New sites of a plan as candidates."""
    return counted.candidates.loc[counted.new.index]


# --- number, spacing, locks, floors ----------------------------------------------------------------------------------


def test_number_spacing_and_bays_are_kept(counts: Counted) -> None:
    assert counts.new["poles"].sum() <= 8
    assert counts.bays_twice() == []
    near = [
        (one, other)
        for (one, here), (other, there) in combinations(places(counts).geometry.items(), 2)
        if here.distance(there) < SPACING_M - 0.01
    ]
    assert near == []


def test_spacing_changes_the_plan(counts: Counted, small_town_run: RunFolder) -> None:
    free = places(Counted(small_town_run))
    assert any(here.distance(there) < SPACING_M for here, there in combinations(free.geometry, 2))


def test_what_was_decided_comes_and_what_was_turned_down_does_not(counts: Counted) -> None:
    assert set(counts.settings["locked_in"]) <= set(counts.new.index)
    assert not set(counts.settings["locked_out"]) & set(counts.plan.index[counts.plan["chosen"]])


def test_floors_per_buurt_are_counted_right(counts: Counted) -> None:
    told = counts.limits[counts.limits["kind"] == "ondergrens buurt"]
    have = poles_per_buurt(counts)
    for key, row in told.iterrows():
        code = str(key).split("|")[1]
        assert row["used"] == have[code], key
        assert row["broken_by"] == max(0, row["limit"] - have[code]), key
    demand = counts.demand.groupby(counts.buurt_of_points().reindex(counts.demand.index)).sum()
    assert {str(key).split("|")[1] for key in told.index} == set(demand.index[demand > 0])


def poles_per_buurt(counted: Counted) -> Counter[str]:
    """Poles of a plan per buurt, existing ones by where they stand."""
    buurten = counted.run.frame("Buurten")
    stand = counted.run.frame("ChargePoints")
    stand = stand[stand["location_id"].isin(counted.plan.index[counted.plan["existing"]])]
    have = Counter(stand.sjoin(buurten[["buurtcode", "geometry"]], predicate="within")["buurtcode"])
    have.update(counted.poles_in("buurtcode").to_dict())
    return have


def test_a_floor_is_broken_only_where_nothing_can_mend_it(counts: Counted) -> None:
    """A pole below a floor costs more than any pole can serve: with poles enough only a buurt without spots lacks."""
    broken = counts.limits[(counts.limits["kind"] == "ondergrens buurt") & (counts.limits["broken_by"] > 0)]
    assert len(broken)
    assert [key for key in broken.index if counts.can_mend(str(key))] == []


def test_broken_limits_are_named_with_their_numbers(counts: Counted) -> None:
    broken = counts.limits.index[counts.limits["broken_by"] > 0]
    assert set(str(counts.solution["limits_broken"]).split("; ")) == set(broken)
    for key in broken:
        assert str(key).split("|")[1] in counts.run.stderr + counts.run.stdout


# --- budget, grid, shares, squares, laadpleinen ----------------------------------------------------------------------


def test_the_budget_is_kept(shares: Counted) -> None:
    assert own_costs(shares).sum() <= BUDGET_EUR + 0.01
    told = shares.limits.loc["budget|plan"]
    assert told["limit"] == BUDGET_EUR
    assert own_costs(shares).sum() - 0.01 <= told["used"] <= BUDGET_EUR


def own_costs(counted: Counted) -> pandas.Series:
    """Cost of the new poles per site (EUR): poles, cable beyond 25 m, and crossings of carriageways."""
    routes = counted.run.frame("CableRoutes").set_index("locatie_id").reindex(counted.new.index)
    known = routes["known"] & routes["route_m"].notna()
    cable = CABLE_EUR * (routes["route_m"] - 25.0).clip(lower=0).where(known, 0.0)
    return counted.new["poles"] * POLE_EUR + cable + CROSSING_EUR * ((routes["crossing"] == "ja") & known)


def test_room_on_the_grid_is_kept(shares: Counted, grid_table: Path) -> None:
    per_evse = shares.new["capped"].map({True: 5.5, False: 11.0})
    assert (shares.new["power_kw"] - per_evse * shares.new["evse"]).abs().max() < 1e-9
    fed = pandas.read_csv(grid_table, sep=";").set_index("postcode")["voedingsgebied_id"]
    code = shares.run.frame("Addresses").set_index("address_id")["postcode"]
    area = places(shares)["address_id"].map(code).map(fed)
    used = shares.new["power_kw"].groupby(area).sum()
    assert used.get("WEST", 0.0) <= WEST_KW
    assert used.get("OOST", 0.0) <= EAST_KW
    for name in ("WEST", "OOST"):
        assert shares.limits.loc[f"net|{name}", "used"] == pytest.approx(used.get(name, 0.0))
    assert shares.new["capped"].any()


def test_shares_of_bays_are_kept(shares: Counted) -> None:
    given = shares.limits[shares.limits["kind"].isin(["vakken buurt", "vakken straat"])]
    assert len(given) > 2
    by_existing = given[given["broken_by"] > 0]
    own = {
        **{f"vakken buurt|{code}": 2 * count for code, count in shares.poles_in("buurtcode").items()},
        **{f"vakken straat|{name}": 2 * count for name, count in shares.poles_in("street").items()},
    }
    for key, count in own.items():
        rows = [name for name in given.index if str(name) == key or str(name).startswith(f"{key}, ")]
        assert rows, key
        assert count <= given.loc[rows, "used"].sum() + 1e-9
        assert not set(rows) & set(by_existing.index), "a pole comes where existing ones fill the share already"
    kept = given.drop(by_existing.index)
    assert (kept["used"] <= kept["limit"]).all()


def test_share_of_a_buurt_is_counted_over_its_bays(shares: Counted) -> None:
    buurten = shares.run.frame("Buurten")[["buurtcode", "geometry"]]
    bays = shares.run.frame("Bays")
    middles = bays.set_geometry(bays.geometry.centroid).sjoin(buurten, predicate="within")
    count = middles["buurtcode"].value_counts()
    for key, row in shares.limits[shares.limits["kind"] == "vakken buurt"].iterrows():
        assert row["limit"] == pytest.approx(BAYS_SHARE_BUURT * count[str(key).split("|")[1]], abs=1.5)


def test_each_square_that_asks_a_point_gets_one(shares: Counted) -> None:
    squares = shares.run.frame("CoverageSquares").set_index("square_id")
    asked = squares[squares["outcome"] == "voldoet niet"]
    assert len(asked)
    for key, square in asked.geometry.items():
        has_spot = shares.candidates[shares.candidates["meets"]].within(square).any()
        assert places(shares).within(square).any() or not has_spot
        assert f"ondergrens vierkant|{key}" in shares.limits.index


def test_laadpleinen_have_bays_for_every_pole(equal: Counted) -> None:
    assert 1 < equal.new["poles"].max() <= 3
    assert (equal.new["evse"] == 2 * equal.new["poles"]).all()
    used = [bay for text in equal.new["bay_ids"] for bay in text.split()]
    assert len(used) == len(set(used)) == 2 * equal.new["poles"].sum()
    assert set(used) <= set(equal.run.frame("Bays")["bay_id"])
    bays = equal.run.frame("Bays").set_index("bay_id")
    for key, text in equal.new["bay_ids"].items():
        rows = bays.loc[text.split()]
        assert rows["row_id"].nunique() == 1, key
        assert rows["number"].max() - rows["number"].min() == len(rows) - 1, key


def test_a_capped_point_delivers_less(shares: Counted) -> None:
    full = shares.new["evse"] * 3000.0
    expected = full.where(~shares.new["capped"], 0.9 * full)
    assert (shares.new["capacity_kwh_year"] - expected).abs().max() < 0.01


# --- equity and worth ------------------------------------------------------------------------------------------------


def test_equity_is_counted_over_the_demand_that_can_be_reached(equal: Counted) -> None:
    served = equal.service["served_kwh_year"].groupby(equal.buurt_of_points().reindex(equal.service.index)).sum()
    least = equal.least_per_buurt()
    told = equal.limits[equal.limits["kind"] == "gelijke verdeling"]
    told.index = told.index.str.split("|").str[1]
    assert set(told.index) == set(least.index)
    for code, row in told.iterrows():
        assert row["limit"] == pytest.approx(least[code], abs=0.05)
        assert row["broken_by"] == pytest.approx(max(0.0, row["limit"] - row["used"]), abs=0.05)
        assert row["used"] == pytest.approx(min(served[code], row["limit"]), abs=0.05) or row["used"] == pytest.approx(
            served[code], abs=0.05
        )


@pytest.mark.parametrize("name", ["counts", "shares", "equal"])
def test_worth_is_what_the_frames_give(name: str, request: pytest.FixtureRequest) -> None:
    counted: Counted = request.getfixturevalue(name)
    assert counted.solution["objective"] == pytest.approx(counted.objective(), abs=0.5)
    assert counted.solution["objective"] <= counted.solution["bound"] + 1e-3
    assert counted.solution["gap"] <= counted.solution["gap_asked"] or counted.solution["status"] == "feasible"


def test_worth_of_one_unit_more_is_told_only_where_prices_prove_it(
    counts: Counted, shares: Counted, equal: Counted
) -> None:
    for counted in (counts, shares, equal):
        worth = counted.limits["worth_per_unit"]
        if counted.solution["bound_by"] != "prices":
            assert worth.isna().all()
        assert not (worth > counted.settings["floor_penalty_kwh"] + counted.demand.sum()).any()


def test_solver_that_proves_the_bound_is_named(counts: Counted, shares: Counted, equal: Counted) -> None:
    for row in (counts.solution, shares.solution, equal.solution):
        assert row["bound_by"] == "prices" or row["solver"] != "laadplan"
