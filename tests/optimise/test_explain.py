from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import shapely

from laadplan.contracts.choosing import Alternatives, Isochrones, PlanLimits, PoleCurve, Unserved
from laadplan.contracts.planning import Assessments, Candidates, Plan, Reach, Service
from laadplan.contracts.sources import ChargePoints
from laadplan.optimise.alternatives import best_repairs, new_sites
from laadplan.optimise.binding import plan_limits
from laadplan.optimise.covered import cover_area
from laadplan.optimise.curve import pole_curve
from laadplan.optimise.explain import explain
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import NONE, Choice
from laadplan.optimise.standing import stand, worth_of
from laadplan.optimise.unserved import why_unserved
from tests.frames import make, point
from tests.optimise.explaining import best_choice, make_problem, random_problem, served_best

INF = np.inf
NO_REACH = Reach.empty()
NO_FAILED = pd.DataFrame({"locatie_id": pd.Series([], dtype="str"), "label": pd.Series([], dtype="str")})


def asked(problem):
    return pd.DataFrame({"buurtcode": "B", "kwh_year": problem.demand_kwh.sum(axis=1)}, index=list(problem.demand_ids))


def reach(*pairs):
    rows = {f"{point_id}>{site}": {"point_id": point_id, "site_id": site, "walk_m": 100.0} for point_id, site in pairs}
    return make(Reach, rows | {}) if rows else NO_REACH


def taken(problem, *options):
    """The choice of these options with the best service."""
    found = np.full(len(problem.site_ids), NONE)
    for name in options:
        place = problem.option_ids.index(name)
        found[problem.option_site[place]] = place
    return served_best(problem, found)


def why(problem, choice, pairs=(), failed=NO_FAILED, **given):
    frame = why_unserved(stand(problem, choice), asked(problem), reach(*pairs), failed, norm_m=250.0, **given)
    return {place: (row["reason"], row["detail"]) for place, row in frame.iterrows()}


# --- why unserved -----------------------------------------------------------------------------------------------------


def test_no_candidate_within_reach():
    problem = make_problem({"p": 500.0}, {}, {})

    assert why(problem, taken(problem)) == {
        "p": (
            "geen kandidaat binnen loopafstand",
            "Er ligt binnen 250 m lopen geen plek waar een paal zou kunnen staan.",
        )
    }


def test_all_candidates_fail_an_eis_and_the_most_frequent_is_named():
    problem = make_problem({"p": 500.0}, {}, {})
    rows = [("a", "Boom"), ("b", "Boom"), ("b", "Gevel"), ("c", "Gevel"), ("c", "Boom")]
    failed = pd.DataFrame(rows, columns=["locatie_id", "label"])

    found = why(problem, taken(problem), [("p", "a"), ("p", "b"), ("p", "c")], failed)

    assert found["p"] == (
        "kandidaten vallen af op een eis",
        "Alle 3 plekken binnen 250 m lopen vallen af, het vaakst op: Boom (3 van de 3).",
    )


def test_only_the_net_stands_in_the_way():
    rows = [("net|A", "net", {"a|1": 22.0, "b|1": 22.0}, 30.0, INF)]
    arcs = {("a", "p"): 1.0, ("b", "p"): 1.0}
    problem = make_problem({"p": 500.0}, {"a": [200.0], "b": [200.0]}, arcs, limits=rows)

    found = why(problem, taken(problem, "a|1"), [("p", "a"), ("p", "b")])

    assert found["p"] == (
        "geen ruimte op het net",
        "Er is 1 plek binnen 250 m lopen vrij, maar het net heeft er geen ruimte (A: 22 van 30 kW gebruikt).",
    )


def test_a_sentence_tells_the_limit_that_was_asked_not_the_one_rounded_down_for_the_proof():
    rows = [("net|A", "net", {"a|1": 22.0, "b|1": 22.0}, 22.0, INF)]
    problem = make_problem({"p": 500.0}, {"a": [200.0], "b": [200.0]}, {("a", "p"): 1.0, ("b", "p"): 1.0}, limits=rows)
    asked_for = {"about": "het net in gebied A", "unit": "kW", "limit": 30.5, "used": 22.0}
    measured = pd.DataFrame([asked_for], index=pd.Index(["net|A"], dtype="str"))

    found = why(problem, taken(problem, "a|1"), [("p", "a"), ("p", "b")], measured=measured)

    assert "(het net in gebied A: 22 van 30,5 kW gebruikt)" in found["p"][1]


def test_poles_are_full_and_nothing_fits_beside_them():
    both = {"a|1": 1.0, "b|1": 1.0}
    rows = [("vak|1", "vak", both, 1.0, INF), ("aantal palen", "aantal palen", both, 5.0, INF)]
    arcs = {("a", "p"): 1.0, ("b", "p"): 1.0}
    problem = make_problem({"p": 500.0}, {"a": [200.0], "b": [200.0]}, arcs, limits=rows)

    found = why(problem, taken(problem, "a|1"), [("p", "a"), ("p", "b")])

    assert found["p"] == (
        "palen in de buurt vol",
        "De paal binnen 250 m lopen is vol. Andere plekken kunnen er niet bij: 1 deelt een parkeervak met een gekozen "
        "plek.",
    )


def test_every_spot_has_a_full_pole():
    problem = make_problem({"p": 500.0}, {"a": [200.0]}, {("a", "p"): 1.0})

    found = why(problem, taken(problem, "a|1"), [("p", "a")])

    assert found["p"] == ("palen in de buurt vol", "De paal binnen 250 m lopen is vol, en er is geen andere plek.")


def test_the_number_is_used_where_it_is_worth_more():
    rows = [("aantal palen", "aantal palen", {"a|1": 1.0, "b|1": 1.0}, 1.0, INF)]
    arcs = {("a", "p"): 1.0, ("b", "q"): 0.5}
    problem = make_problem({"p": 200.0, "q": 200.0}, {"a": [200.0], "b": [200.0]}, arcs, limits=rows, worth=-10.0)

    found = why(problem, taken(problem, "a|1"), [("p", "a"), ("q", "b")], least_worth=190.0)

    assert found == {
        "q": (
            "aantal palen of budget op",
            "Een paal op de beste vrije plek binnen 250 m lopen zou 90 kWh per jaar waard zijn; de gekozen paal die "
            "het minst opbrengt, is 190 kWh per jaar waard.",
        )
    }


def test_a_pole_that_is_not_worth_its_least_is_another_reason():
    problem = make_problem({"p": 50.0}, {"a": [200.0]}, {("a", "p"): 1.0}, worth=-100.0)

    assert why(problem, taken(problem), [("p", "a")])["p"] == (
        "andere grens",
        "Een paal op de beste vrije plek binnen 250 m lopen brengt te weinig op: 0 kWh per jaar waard.",
    )


def test_a_laadplein_that_may_not_grow_is_held_by_the_number():
    """The site has a pole; two side by side would do, were there one pole more."""
    rows = [("aantal palen", "aantal palen", {"a|1": 1.0, "a|2": 2.0}, 1.0, INF)]
    problem = make_problem({"p": 500.0}, {"a": [200.0, 400.0]}, {("a", "p"): 1.0}, limits=rows)

    assert why(problem, taken(problem, "a|1"), [("p", "a")])["p"][0] == "aantal palen of budget op"


def test_what_is_served_is_not_told_and_the_sum_is_what_is_left():
    problem = make_problem({"p": 500.0, "q": 100.0, "r": 0.0}, {"a": [200.0]}, {("a", "p"): 0.5, ("a", "q"): 1.0})
    frame = why_unserved(stand(problem, taken(problem, "a|1")), asked(problem), NO_REACH, NO_FAILED, norm_m=250.0)

    assert frame["unserved_kwh_year"].to_dict() == {"p": 400.0}


def test_all_demand_served_leaves_no_row():
    problem = make_problem({"p": 100.0}, {"a": [200.0]}, {("a", "p"): 1.0})

    assert why(problem, taken(problem, "a|1")) == {}


# --- limits -----------------------------------------------------------------------------------------------------------


def test_limits_tell_what_is_used_and_whether_anything_more_fits():
    rows = [
        ("aantal palen", "aantal palen", {"a|1": 1.0, "b|1": 1.0}, 3.0, INF),
        ("net|A", "net", {"a|1": 22.0, "b|1": 22.0}, 40.0, INF),
        ("ondergrens buurt|B", "ondergrens buurt", {"b|1": -1.0}, -2.0, 100.0),
    ]
    problem = make_problem({"p": 9.0}, {"a": [9.0], "b": [9.0]}, {}, limits=rows, groups={"B": (["p"], 5.0, 1.0)})
    prices = Prices(np.zeros((1, 1)), np.array([0.0, 2.5, 100.0]), np.array([1.0]))

    found = plan_limits(stand(problem, taken(problem, "a|1")), prices)

    told = found[["is_floor", "limit", "used", "binds", "broken_by", "worth_per_unit"]].to_numpy().tolist()
    assert dict(zip(found.index, told, strict=True)) == {
        "aantal palen": [False, 3.0, 1.0, False, 0.0, 0.0],
        "net|A": [False, 40.0, 22.0, True, 0.0, 2.5],
        "ondergrens buurt|B": [True, 2.0, 0.0, True, 2.0, 100.0],
        "gelijke verdeling|B": [True, 5.0, 0.0, True, 5.0, 1.0],
    }


def test_without_prices_no_worth_is_told():
    rows = [("aantal palen", "aantal palen", {"a|1": 1.0}, 3.0, INF)]
    problem = make_problem({}, {"a": [9.0]}, {}, limits=rows)

    assert plan_limits(stand(problem, taken(problem)))["worth_per_unit"].isna().all()


def test_a_cost_that_was_rounded_stays_rounded_in_all_frames():
    """What is measured is told, never what the arrays hold: these may stand on confidential cable routes."""
    secret = 5123.45
    rows = [("budget", "budget", {"a|1": secret, "b|1": secret}, 9000.0, INF)]
    arcs = {("a", "p"): 1.0, ("b", "p"): 1.0}
    problem = make_problem({"p": 500.0}, {"a": [200.0], "b": [200.0]}, arcs, limits=rows)
    row = {"kind": "budget", "about": "kosten", "unit": "EUR", "is_floor": False, "limit": 9000.0, "used": 6000.0}
    measured = pd.DataFrame([row | {"broken_by": 0.0, "why_broken": None}], index=pd.Index(["budget"], dtype="str"))

    found = explain(
        problem,
        taken(problem, "a|1"),
        None,
        existing=np.zeros(2, dtype=bool),
        asked=asked(problem),
        reach=reach(("p", "a"), ("p", "b")),
        assessments=Assessments.empty(),
        norm_m=250.0,
        measured=measured,
    )

    written = "".join(frame.to_csv() for frame in found)
    assert ("5123" in written, "5.123" in written, "3876" in written) == (False, False, False)
    assert found.limits.loc["budget", ["used", "binds"]].tolist() == [6000.0, True]
    assert all(contract.is_cleared() for contract in (Unserved, PlanLimits, Alternatives, PoleCurve))


# --- alternatives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_the_loss_told_can_be_had_and_is_never_below_the_true_one(seed):
    """Against every choice without the site, each with the best service of the whole problem."""
    problem = random_problem(seed)
    choice, worth = best_choice(problem)
    standing = stand(problem, choice)

    repairs = best_repairs(standing, new_sites(problem, choice.taken, problem.must))

    assert repairs or (choice.taken == NONE).all()
    for site, repair in repairs.items():
        true_loss = worth - best_choice(problem, [problem.site_ids[site]])[1]
        changed = choice.taken.copy()
        changed[site] = NONE
        alone = worth - worth_of(stand(problem, served_best(problem, changed)))
        if repair.option != NONE:
            changed[problem.option_site[repair.option]] = repair.option
        told = worth - worth_of(stand(problem, served_best(problem, changed)))
        assert true_loss - 1e-6 <= told <= repair.worth_lost + 1e-6
        assert repair.worth_lost <= repair.worth_alone + 1e-6
        assert alone <= repair.worth_alone + 1e-6


def test_the_nearest_to_equal_site_takes_the_place():
    """a serves 200 of p; b could serve 200 at 0.9, c at 0.5: b takes its place at a loss of 20."""
    arcs = {("a", "p"): 1.0, ("b", "p"): 0.9, ("c", "p"): 0.5}
    rows = [("aantal palen", "aantal palen", {"a|1": 1.0, "b|1": 1.0, "c|1": 1.0}, 1.0, INF)]
    problem = make_problem({"p": 200.0}, {"a": [200.0], "b": [200.0], "c": [200.0]}, arcs, limits=rows)
    choice = taken(problem, "a|1")

    (repair,) = best_repairs(stand(problem, choice), np.array([0])).values()

    assert (problem.option_ids[repair.option], round(repair.worth_lost, 6), repair.worth_alone) == ("b|1", 20.0, 200.0)


def test_a_site_that_nothing_replaces_loses_what_it_is_worth():
    problem = make_problem({"p": 200.0}, {"a": [150.0]}, {("a", "p"): 1.0}, worth=-10.0)

    (repair,) = best_repairs(stand(problem, taken(problem, "a|1")), np.array([0])).values()

    assert (repair.option, repair.worth_lost, repair.served_lost_kwh) == (NONE, 140.0, 150.0)


def test_a_pole_near_by_takes_over_what_it_can():
    """Existing pole e has 50 left: of the 100 that a serves, 50 go there at 0.8."""
    arcs = {("a", "p"): 1.0, ("e", "p"): 0.8}
    problem = make_problem({"p": 100.0}, {"a": [100.0], "e": [50.0]}, arcs, must=["e"])

    (repair,) = best_repairs(stand(problem, taken(problem, "a|1", "e|1")), np.array([0])).values()

    assert (round(repair.worth_lost, 6), round(repair.served_lost_kwh, 6)) == (60.0, 50.0)


def test_sites_that_may_not_be_taken_together_are_no_alternative():
    rows = [("vak|1", "vak", {"b|1": 1.0, "c|1": 1.0}, 1.0, INF)]
    arcs = {("a", "p"): 1.0, ("b", "p"): 0.9, ("c", "q"): 1.0}
    problem = make_problem({"p": 9.0, "q": 9.0}, {"a": [9.0], "b": [9.0], "c": [9.0]}, arcs, limits=rows)

    repairs = best_repairs(stand(problem, taken(problem, "a|1", "c|1")), np.array([0]))

    assert repairs[0].option == NONE


# --- curve ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """An answer of the oracle; ``slack`` is how far its bound lies above its worth."""

    choice: Choice
    objective: float
    bound: float


@dataclass
class Oracle:
    """Tries all choices; ``spoilt`` numbers get the worst plan there is: no pole; maybe only where none is kept."""

    spoilt: ClassVar[set[int]] = set()
    only_free: ClassVar[bool] = False
    asked: list[int]

    def __call__(self, problem, number):
        assert number == problem.limits.limit[list(problem.limits.kinds).index("aantal palen")]
        self.asked.append(number)
        choice, worth = best_choice(problem)
        if number in self.spoilt and not (self.only_free and problem.must.any()):
            choice = served_best(problem, np.full(len(problem.site_ids), NONE))
        return Tried(choice, worth_of(stand(problem, choice)), worth + 0.5)


def curve_of(problem, solve, asked_poles=2):
    poles = np.array([int(name.split("|")[1]) for name in problem.option_ids])
    choice, worth = best_choice(problem)
    return pole_curve(problem, Tried(choice, worth, worth + 0.5), poles, asked=asked_poles, solve=solve)


def many_sites():
    demand = {f"p{place}": 10.0 * (place + 1) for place in range(5)}
    arcs = {(f"s{place}", f"p{place}"): 1.0 for place in range(5)}
    rows = [("aantal palen", "aantal palen", {f"s{place}|1": 1.0 for place in range(5)}, 2.0, INF)]
    return make_problem(demand, {f"s{place}": [100.0] for place in range(5)}, arcs, limits=rows)


def test_a_curve_that_is_stopped_keeps_the_plans_made_until_then():
    oracle = Oracle([])

    def stopped(problem, number):
        if len(oracle.asked) == 2:
            raise KeyboardInterrupt
        return oracle(problem, number)

    curve, none = curve_of(many_sites(), stopped), curve_of(many_sites(), stopped)

    assert curve["poles_allowed"].tolist() == [0, 1, 2]
    assert none["poles_allowed"].tolist() == [2]
    assert none["is_plan"].all()


def test_the_curve_holds_the_best_plan_of_each_number():
    solve = Oracle([])

    curve = curve_of(many_sites(), solve)

    assert curve["served_kwh_year"].to_dict() == {"0000": 0.0, "0001": 50.0, "0002": 90.0, "0003": 120.0}
    assert curve["is_plan"].to_dict() == {"0000": False, "0001": False, "0002": True, "0003": False}
    assert (curve["bound"] - curve["objective"]).round(6).tolist() == [0.5] * 4
    assert 2 not in solve.asked


def test_the_bound_of_a_budget_is_not_one_of_fewer_poles_that_are_dearer():
    costs = {f"s{place}|1": 1.0 if place < 2 else 9.0 for place in range(5)}  # the sites that serve most are dear
    rows = [("budget", "budget", costs, 3.0, INF)]
    demand = {f"p{place}": 10.0 * (place + 1) for place in range(5)}
    arcs = {(f"s{place}", f"p{place}"): 1.0 for place in range(5)}
    problem = make_problem(demand, {f"s{place}": [100.0] for place in range(5)}, arcs, limits=rows)

    curve = curve_of(problem, Oracle([]), asked_poles=3)

    assert curve["objective"].to_dict()["0001"] == 50.0
    assert curve["objective"].to_dict()["0003"] == 30.0
    assert curve.loc[curve["is_plan"], "bound"].tolist() == [30.5]
    others = curve[~curve["is_plan"]]
    assert (others["bound"] - others["objective"]).round(6).tolist() == [0.5] * len(others)


def test_a_plan_for_fewer_poles_stands_in_where_the_search_found_less():
    solve = Oracle([])
    solve.spoilt = {3}

    curve = curve_of(many_sites(), solve)

    assert curve.loc["0003", ["poles_allowed", "poles_chosen", "served_kwh_year"]].tolist() == [3, 2, 90.0]
    assert curve["objective"].is_monotonic_increasing


def test_a_plan_of_more_poles_grows_from_the_plan_where_the_search_found_less():
    solve = Oracle([])
    solve.spoilt, solve.only_free = {3}, True

    curve = curve_of(many_sites(), solve)

    assert curve.loc["0003", ["poles_chosen", "served_kwh_year", "objective", "bound"]].tolist() == [
        3,
        120.0,
        120.0,
        120.5,
    ]


def test_a_budget_gives_way_to_a_number():
    problem = make_problem(
        {"p": 9.0, "q": 8.0},
        {"a": [9.0], "b": [9.0]},
        {("a", "p"): 1.0, ("b", "q"): 1.0},
        limits=[("budget", "budget", {"a|1": 5000.0, "b|1": 5000.0}, 6000.0, INF)],
    )

    assert curve_of(problem, Oracle([]), 1)["poles_chosen"].tolist() == [0, 1, 2]


# --- coverage ---------------------------------------------------------------------------------------------------------


WALKS = make(
    Service,
    {"p": {"walk_before_m": 20.0, "walk_m": 20.0}, "q": {"walk_m": 240.0}, "far": {}},
)


def cover(chosen=True, poles=("e",)):
    plan = make(Plan, {"a": {"chosen": chosen}, "e": {"existing": True, "chosen": True}, "x": {"existing": True}})
    return cover_area(
        plan,
        make(Candidates, {"a": {"geometry": point(100, 0), "bay_ids": "1"}}),
        make(ChargePoints, {name: {"geometry": point(0, 0)} for name in poles}),
        WALKS,
        pd.Series({"p": 30, "q": 5, "far": 7, "of another run": 99}),
        norm_m=250.0,
        estimated=True,
        reached=lambda places: shapely.union_all(shapely.buffer(places.to_numpy(), 10)),
    )


def test_coverage_counts_the_addresses_of_demand_points_by_their_walk_as_white_spots_do():
    found = Isochrones.checked(cover())

    assert found["adressen"].to_dict() == {"na plan|250": 35, "nu|250": 30}
    assert found.area.round().to_dict() == {"na plan|250": 624.0, "nu|250": 312.0}


def test_without_poles_there_is_no_coverage_and_a_pole_that_does_not_count_covers_nothing():
    assert len(cover(chosen=False, poles=())) == 0
    assert len(cover(chosen=False, poles=("not in the plan",))) == 0
