import dataclasses

import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.planning import Candidates, DemandPoints
from laadplan.contracts.sources import ChargePoints
from laadplan.geo.nearest import containing
from laadplan.optimise.old_problem import make_problem
from tests.frames import make, point, shuffled
from tests.optimise.town import (
    BUURTEN,
    CANDIDATES,
    CHARGE_POINTS,
    EAST,
    HOMES,
    SCENARIO,
    SPOTS,
    WALKING,
    WEST,
    asked,
    walk,
)

SCORES = pd.Series({"c1": 0.25, "c2": 0.5, "c3": 0.75, "c4": 1.0})


def problem(homes=HOMES, points=CHARGE_POINTS, candidates=CANDIDATES, scores=SCORES, reach=None, **more):
    return make_problem(
        homes,
        points,
        containing(points.geometry, BUURTEN.geometry),
        candidates,
        scores,
        walk(homes, candidates, points) if reach is None else reach,
        norm_m=WALKING.norm_m,
        settings=asked(**more),
        scenario=SCENARIO,
        spots=SPOTS,
    )


def same(one, other):
    """Whether two problems hold the same in every field."""
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


def test_a_problem_holds_demand_sites_and_arcs_in_order_of_id():
    found = problem(far_worth=0.5)

    arcs = [
        (found.demand_ids[home], found.site_ids[site], round(float(worth), 3))
        for home, site, worth in zip(found.arc_demand, found.arc_site, found.arc_worth, strict=True)
    ]
    reach = walk()
    assert (found.demand_ids, found.demand_kwh.tolist()) == (("h1", "h2", "h3", "h4"), [2000.0, 2500.0, 800.0, 400.0])
    assert (found.site_ids, found.existing.tolist()) == (("c1", "c2", "c3", "c4", "e1", "e2"), [False] * 4 + [True] * 2)
    assert found.capacity_kwh.tolist() == [3000.0] * 4 + [1500.0, 6000.0]
    assert found.score.tolist() == [0.25, 0.5, 0.75, 1.0, 0.0, 0.0]
    assert found.buurt == (WEST, WEST, WEST, EAST, WEST, WEST)
    assert (found.bay_groups, found.floor_buurten) == (((0, 1),), (WEST, EAST))
    assert arcs == sorted(
        (row.address_id, row.site_id, round(1 - 0.5 * row.walk_m / 130.0, 3)) for row in reach.itertuples()
    )


def test_an_address_without_demand_is_left_out_with_its_arcs():
    homes = HOMES.assign(kwh_year=[0.0, 2500.0, 800.0, 0.0])

    found = problem(homes)

    assert (found.demand_ids, len(found.arc_demand)) == (("h2", "h3"), walk()["address_id"].isin(["h2", "h3"]).sum())


def test_a_buurt_without_demand_asks_for_no_floor():
    assert problem(HOMES.assign(kwh_year=[2000.0, 2500.0, 0.0, 0.0])).floor_buurten == (WEST,)


def test_reach_to_what_may_not_be_chosen_is_left_out():
    found = problem(candidates=CANDIDATES.loc[["c3"]], reach=walk())

    assert {found.site_ids[site] for site in found.arc_site} == {"c3", "e1", "e2"}


@pytest.mark.parametrize("far_worth", [0.0, 0.5, 1.0])
def test_worth_falls_from_one_at_the_door_to_that_of_the_norm(far_worth):
    homes = make(DemandPoints, {"door": {"geometry": point(10, 5)}, "norm": {"geometry": point(-90, 5)}})

    found = problem(homes, candidates=CANDIDATES.loc[["c1"]], points=ChargePoints.empty(), far_worth=far_worth)

    assert found.arc_worth.tolist() == pytest.approx([1.0, far_worth])


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_of_any_frame_does_not_matter(seed):
    found = problem(
        shuffled(HOMES, seed),
        shuffled(CHARGE_POINTS, seed),
        shuffled(CANDIDATES, seed),
        shuffled(SCORES, seed),
        shuffled(walk(), seed),
    )

    assert same(found, problem())


def test_three_candidates_on_one_bay_are_one_group():
    three = CANDIDATES.assign(bay_ids=["b1 b2", "b2 b3", "b2 b9", "b6 b7"])

    assert problem(candidates=three).bay_groups == ((0, 1, 2),)


def test_candidates_that_share_both_bays_are_one_group():
    assert problem(candidates=CANDIDATES.assign(bay_ids=["b1 b2", "b1 b2", "b4", "b5"])).bay_groups == ((0, 1),)


def test_what_lies_outside_every_buurt_has_no_code():
    found = problem(candidates=CANDIDATES.assign(buurtcode=pd.Series(None, index=CANDIDATES.index, dtype="str")))

    assert found.buurt[:4] == ("", "", "", "")


@pytest.mark.parametrize(
    ("empty", "sizes"),
    [
        ({"homes": DemandPoints.empty()}, (0, 6, 0)),
        ({"points": ChargePoints.empty()}, (4, 4, 7)),
        ({"candidates": Candidates.empty(), "scores": pd.Series(dtype=float)}, (4, 2, 4)),
    ],
    ids=["demand", "charge points", "candidates"],
)
def test_a_problem_with_an_empty_frame_has_the_rest(empty, sizes):
    found = problem(**empty)

    assert (len(found.demand_ids), len(found.site_ids), len(found.arc_worth)) == sizes
    assert (found.existing.dtype, found.capacity_kwh.dtype, found.score.dtype) == (bool, float, float)
