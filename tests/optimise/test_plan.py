from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from laadplan.contracts.planning import Bays, Candidates, DemandPoints, Plan, Reach, Service, Solutions
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten, ChargePoints
from laadplan.contracts.watch import Watch
from laadplan.errors import NoFeasiblePlan
from laadplan.optimise import solve as solving
from laadplan.optimise import solvers
from laadplan.optimise.explained import explain_plan
from laadplan.optimise.framing_town import supplying
from laadplan.optimise.plan import make_plan
from laadplan.optimise.prices import no_prices
from laadplan.optimise.search import search
from tests.frames import NAN, make, point, shuffled
from tests.optimise.town import (
    BAYS,
    BUURTEN,
    CANDIDATES,
    CHARGE_POINTS,
    EAST,
    HOMES,
    WEST,
    asked,
    judge,
    row_of,
    ruled,
    town,
    walk,
)


def planned(homes=HOMES, candidates=CANDIDATES, points=CHARGE_POINTS, buurten=BUURTEN, **more):
    frames = {"asked": homes, "candidates": candidates, "charge_points": points, "buurten": buurten}
    frames["bays"] = more.pop("bays", BAYS)
    frames["assessments"] = more.pop("judged", judge(candidates))
    frames["reach"] = more.pop("reach", walk(homes, candidates, points))
    quality = more.pop("quality", None)
    found = make_plan(town(**frames), ruled(**more), clock=lambda: 0.0, quality=quality)
    return found.plan, found.service, found.solutions


ONE = {"chosen": True, "poles": 1, "evse": 2, "power_kw": 22.0, "cost_eur": 5000.0}
"""What a chosen pole is."""


def worth(walk_m):
    """Worth of a kWh over a walk, with half of it left at the norm of 130 m."""
    return 1 - 0.5 * walk_m / 130


def ap(value):
    return pytest.approx(value, abs=0.01)


def chosen(plan):
    return list(plan.index[plan["chosen"] & ~plan["existing"]])


def test_a_plan_says_what_stands_where_and_whom_it_serves():
    plan, service, solutions = planned(candidates=CANDIDATES.loc[["c3", "c4"]], new_poles=2, far_worth=0.5)

    pd.testing.assert_frame_equal(
        Plan.checked(plan),
        make(
            Plan,
            {
                "c3": ONE | {"bay_ids": "b4 b5", "served_kwh_year": 3000.0},
                "c4": ONE | {"bay_ids": "b6 b7", "served_kwh_year": 800.0},
                "e1": {
                    "chosen": True,
                    "existing": True,
                    "poles": 1,
                    "evse": 1,
                    "power_kw": NAN,
                    "capacity_kwh_year": 1500.0,
                    "served_kwh_year": 1500.0,
                },
            },
        ),
    )
    served = {"served_before_kwh_year": 0.0, "served_kwh_year": 800.0}
    pd.testing.assert_frame_equal(
        Service.checked(service),
        make(
            Service,
            {
                "h1": {
                    "kwh_year": 2000.0,
                    "served_before_kwh_year": 1500.0,
                    "served_kwh_year": 2000.0,
                    "walk_before_m": 26.8,
                    "walk_m": 26.8,
                },
                "h2": {"kwh_year": 2500.0, "served_kwh_year": 2500.0, "walk_before_m": 39.5, "walk_m": 14.5},
                "h3": served | {"kwh_year": 800.0, "walk_m": 14.5},
                "h4": {"kwh_year": 400.0},
            },
        ),
    )
    before = 1500 * worth(26.8)
    after = before + 500 * worth(78.3) + 2500 * worth(14.5) + 800 * worth(14.5) - 2 * 100
    proof = {"status": "optimal", "stopped_by": "gap"}
    found = Solutions.checked(solutions)[
        ["status", "objective", "bound", "stopped_by", "poles_allowed", "poles_chosen"]
    ]
    assert found.to_dict("index") == {
        "nu": proof | {"objective": ap(before), "bound": ap(before), "poles_allowed": 0, "poles_chosen": 0},
        "plan": proof | {"objective": ap(after), "bound": ap(after), "poles_allowed": 2, "poles_chosen": 2},
    }


def test_what_is_served_before_and_how_far_people_walk_is_that_of_poles_that_stand():
    far = make(ChargePoints, {"e1": {"geometry": point(140, 0), "evse_count": 1}})

    plan, service, _ = planned(candidates=CANDIDATES.loc[["c1", "c3"]], points=far, new_poles=1, far_worth=0.5)

    expected = make(
        Service,
        {
            "h1": {"kwh_year": 2000.0, "served_kwh_year": 2000.0, "walk_m": 14.5},
            "h2": {
                "kwh_year": 2500.0,
                "served_before_kwh_year": 1500.0,
                "served_kwh_year": 2500.0,
                "walk_before_m": 117.0,
                "walk_m": 52.4,
            },
            "h3": {"kwh_year": 800.0},
            "h4": {"kwh_year": 400.0},
        },
    )
    assert chosen(plan) == ["c1"]
    pd.testing.assert_frame_equal(Service.checked(service), expected)


def test_supply_equals_demand_served_by_site_and_by_address():
    plan, service, solutions = planned(new_poles=3, far_worth=0.5)

    assert plan["served_kwh_year"].sum() == pytest.approx(service["served_kwh_year"].sum())
    assert (plan["served_kwh_year"] <= plan["capacity_kwh_year"] * plan["chosen"] + 0.001).all()
    assert (service["served_kwh_year"] <= service["kwh_year"] + 0.001).all()
    assert (solutions["bound"] >= solutions["objective"]).all()


def test_more_poles_never_serve_less():
    served = [planned(new_poles=poles)[1]["served_kwh_year"].sum() for poles in (1, 2, 3, 4)]

    assert served == sorted(served)


def test_candidates_that_share_a_bay_are_not_both_in_the_plan():
    only = CANDIDATES.loc[["c1", "c2"]]

    plan, _, _ = planned(candidates=only, new_poles=2)

    assert len(chosen(plan)) == 1


def test_a_candidate_that_fails_an_eis_is_not_in_the_plan():
    judged = judge(trees=[(510, 5)])

    plan, _, _ = planned(judged=judged, new_poles=4)

    assert "c4" not in plan.index
    assert set(chosen(plan)) <= {"c1", "c2", "c3"}


def test_only_charge_points_of_the_access_asked_for_count_as_supply():
    quality = Quality()

    plan, _, _ = planned(quality=quality)

    assert ("e2" in plan.index, quality.facts["existing_not_counted"]) == (False, ["e2"])
    assert list(supplying(CHARGE_POINTS, asked(existing_access=("semi-openbaar",))).index) == ["e2"]
    assert len(supplying(ChargePoints.empty(), asked())) == 0


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rows_of_any_input_changes_nothing(seed):
    frames = planned(
        shuffled(HOMES, seed),
        shuffled(CANDIDATES, seed),
        shuffled(CHARGE_POINTS, seed),
        shuffled(BUURTEN, seed),
        judged=shuffled(judge(), seed),
        reach=shuffled(walk(), seed),
        new_poles=2,
    )

    for found, expected in zip(frames, planned(new_poles=2), strict=True):
        pd.testing.assert_frame_equal(found.sort_index(), expected.sort_index())


def test_a_tie_goes_the_same_way_whatever_the_order_of_the_rows():
    twins = make(
        Candidates,
        {name: {"geometry": point(0, 5), "bay_ids": f"{name}1 {name}2", "buurtcode": WEST} for name in "zmaqk"},
    )

    bays = make(Bays, {key: row for name in "zmaqk" for key, row in row_of([f"{name}1", f"{name}2"], row=name).items()})

    plans = [chosen(planned(candidates=shuffled(twins, seed), bays=bays, new_poles=1)[0]) for seed in range(6)]

    assert plans == [plans[0]] * 6


def test_a_town_without_charge_points_has_a_plan():
    plan, service, solutions = planned(points=ChargePoints.empty(), new_poles=2)

    assert (len(chosen(plan)), service["served_before_kwh_year"].sum()) == (2, 0.0)
    assert solutions.loc["nu", ["status", "objective"]].to_list() == ["optimal", 0.0]
    assert service["walk_before_m"].isna().all()


def test_a_town_where_nothing_is_in_reach_has_a_plan_that_serves_nothing():
    plan, service, solutions = planned(reach=Reach.empty(), points=ChargePoints.empty())

    assert service["served_kwh_year"].to_list() == [0.0] * 4
    for contract, frame in ((Plan, plan), (Service, service), (Solutions, solutions)):
        contract.checked(frame)


def test_a_floor_that_cannot_be_met_is_told_with_its_reason():
    quality = Quality()

    _, _, solutions = planned(judged=judge(trees=[(510, 5)]), poles_per_buurt_min=1, quality=quality)

    assert solutions.loc["plan", "limits_broken"] == f"ondergrens buurt|{EAST}"
    assert quality.findings == [
        f"Limit 'ondergrens buurt' is not kept, no candidate there meets the eisen: {EAST} (0 of 1 palen)."
    ]


def test_a_floor_that_the_number_of_poles_does_not_allow_is_told_with_its_reason():
    quality = Quality()

    planned(points=ChargePoints.empty(), poles_per_buurt_min=1, new_poles=1, quality=quality)

    assert quality.findings == [
        "Limit 'ondergrens buurt' is not kept, what it takes is worth more elsewhere, or nothing more fits there: "
        f"{EAST} (0 of 1 palen)."
    ]


def test_a_floor_that_is_met_is_not_told():
    quality = Quality()

    _, _, solutions = planned(poles_per_buurt_min=1, new_poles=2, quality=quality)

    assert (solutions["limits_broken"].isna().all(), quality.findings) == (True, [])


def test_no_candidate_at_all_is_no_plan():
    with pytest.raises(NoFeasiblePlan, match="There is no candidate: no two adjacent bays"):
        planned(candidates=Candidates.empty())


def test_no_candidate_left_is_no_plan_and_names_the_criteria():
    with pytest.raises(NoFeasiblePlan, match=r"No candidate is left: all 4 fail an eis.*boom \(4\)"):
        planned(judged=judge(trees=[(0, 0)], at_least_m=900.0))


@pytest.mark.parametrize("homes", [DemandPoints.empty(), HOMES.assign(kwh_year=0.0)], ids=["no homes", "no demand"])
def test_no_demand_is_no_plan(homes):
    with pytest.raises(NoFeasiblePlan, match="No demand is known in the area"):
        planned(homes)


def test_a_plan_needs_no_buurten():
    plan, _, _ = planned(buurten=Buurten.empty(), new_poles=1)

    assert len(chosen(plan)) == 1


def test_what_failed_is_told_and_a_search_cut_short_is_done_anew(monkeypatch):
    whole = Quality()
    planned(quality=whole)
    assert not whole.ended_early

    def broken(model, limit, begin):
        raise MemoryError

    def nothing_found(problem, **more):
        return replace(search(problem, **more), bound=np.inf, stopped_by="work", prices=no_prices(problem))

    monkeypatch.setitem(solvers.RUNS, "highs", broken)
    monkeypatch.setattr(solving, "search", nothing_found)
    quality = Quality()
    _, _, solutions = planned(quality=quality, gap_share=0.0)

    assert solutions.at["plan", "stopped_by"] == "failure"
    told = "Solve 'plan': HiGHS ran out of memory. The best plan so far stands."
    assert told in quality.findings
    assert quality.ended_early


@pytest.mark.parametrize(("bound_by", "told"), [("prices", True), ("solver", False)])
def test_what_a_unit_more_is_worth_is_told_only_where_prices_prove_the_bound(bound_by, told):
    frames = {"asked": HOMES, "candidates": CANDIDATES, "charge_points": CHARGE_POINTS, "buurten": BUURTEN}
    frames |= {"bays": BAYS, "assessments": judge(CANDIDATES), "reach": walk(HOMES, CANDIDATES, CHARGE_POINTS)}
    place, rules = town(**frames), ruled(new_poles=1)
    made = make_plan(place, rules, clock=lambda: 0.0)
    made = replace(made, solution=replace(made.solution, bound_by=bound_by))

    _, limits, _, _ = explain_plan(made, place, rules, watch=Watch(), quality=Quality())

    assert limits["worth_per_unit"].notna().tolist() == [told] * len(limits)


@pytest.mark.parametrize(
    ("what", "told", "rows"),
    [
        ("curve", "The curve of plans with other numbers of poles", 2),
        ("other choices", "The search for other choices", 1),
    ],
)
def test_ctrl_c_in_what_explains_a_plan_ends_it_and_is_told(what, told, rows):
    frames = {"asked": HOMES, "candidates": CANDIDATES, "charge_points": CHARGE_POINTS, "buurten": BUURTEN}
    frames |= {"bays": BAYS, "assessments": judge(CANDIDATES), "reach": walk(HOMES, CANDIDATES, CHARGE_POINTS)}
    place, rules, quality = town(**frames), ruled(new_poles=2), Quality()
    made = make_plan(place, rules, clock=lambda: 0.0)

    def stop(words):
        if words.startswith(what):
            raise KeyboardInterrupt

    *_, others, curve = explain_plan(made, place, rules, watch=Watch(tell=stop), quality=quality)

    assert curve["is_plan"].all()
    assert len(others) == rows
    assert quality.findings == [f"{told} was stopped by hand and is not complete."]
    assert quality.ended_early
