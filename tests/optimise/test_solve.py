import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import NoFeasiblePlan
from laadplan.optimise.solve import solve
from tests.frames import few
from tests.optimise.oracle import best_worth, puzzle, random_problem, settings, small_problem, worth_of

seeds = st.integers(0, 10_000)
CANDIDATE = (False, 3000.0, 0.0, "B1")


def by_id(problem, solution):
    """Ids of the sites where a pole stands."""
    return [name for name, there in zip(problem.site_ids, solution.chosen, strict=True) if there]


def recomputed(problem, settings, solution):
    """Worth of a plan from what it says it serves and opens."""
    poles = dict.fromkeys(problem.floor_buurten, 0)
    for buurt, there in zip(problem.buurt, solution.chosen, strict=True):
        if there and buurt in poles:
            poles[buurt] += 1
    below = sum(max(0, settings.poles_per_buurt_min - count) for count in poles.values())
    new = solution.chosen & ~problem.existing
    return (
        float(problem.arc_worth @ solution.served_kwh)
        + settings.score_worth_kwh * float(problem.score[new].sum())
        - settings.floor_penalty_kwh * below
    )


@given(seed=seeds, poles=st.integers(0, 4), floor=st.integers(0, 2))
@few
def test_the_plan_is_as_good_as_the_best_of_all_sets_of_candidates(seed, poles, floor):
    problem, asked = random_problem(seed), settings(poles_per_buurt_min=floor)

    solution = solve(problem, asked, poles)

    assert solution.objective == pytest.approx(best_worth(problem, asked, poles), rel=1e-6, abs=0.01)


@given(seed=seeds, poles=st.integers(0, 5))
@few
def test_a_plan_keeps_every_rule_and_is_worth_what_it_says(seed, poles):
    problem, asked = random_problem(seed, homes=9, candidates=9, existing=3), settings()

    solution = solve(problem, asked, poles)

    at_site = np.bincount(problem.arc_site, solution.served_kwh, minlength=len(problem.site_ids))
    at_home = np.bincount(problem.arc_demand, solution.served_kwh, minlength=len(problem.demand_ids))
    assert (at_site <= problem.capacity_kwh * solution.chosen + 1e-3).all()
    assert (at_home <= problem.demand_kwh + 1e-3).all()
    assert (solution.served_kwh >= 0).all()
    assert solution.chosen[problem.existing].all()
    assert (solution.chosen & ~problem.existing).sum() <= poles
    assert all(solution.chosen[list(group)].sum() <= 1 for group in problem.bay_groups)
    worth = recomputed(problem, asked, solution)
    assert (solution.status, solution.stopped_by) == ("optimal", "gap")
    assert solution.objective == pytest.approx(worth, rel=1e-6, abs=0.01)
    assert solution.bound >= solution.objective - 1e-6 * max(1.0, abs(solution.objective))


@given(seed=seeds)
@few
def test_one_more_pole_never_serves_less_worth(seed):
    problem, asked = random_problem(seed), settings()

    worths = [solve(problem, asked, poles).objective for poles in range(5)]

    assert all(more >= less - 0.01 for less, more in itertools.pairwise(worths))


@given(seed=seeds, gap=st.sampled_from([0.0, 0.05, 0.3]))
@few
def test_the_bound_holds_for_every_plan_also_when_the_search_stops_early(seed, gap):
    problem, asked = random_problem(seed, homes=8, candidates=8), settings(gap_share=gap)

    solution = solve(problem, asked, 3)

    best = best_worth(problem, asked, 3)
    assert solution.objective - 0.01 <= best <= solution.bound + 0.01
    assert solution.gap == pytest.approx(
        max(0.0, solution.bound - solution.objective) / max(1.0, abs(solution.objective)), abs=1e-9
    )
    assert solution.gap <= gap + 1e-6
    assert solution.status == ("optimal" if solution.gap <= 1e-6 else "within_gap")


def test_the_pole_stands_where_most_is_served():
    problem = small_problem(
        {"h1": 2000, "h2": 1000},
        {"c1": CANDIDATE, "c2": CANDIDATE},
        {("h1", "c1"): 1.0, ("h2", "c2"): 1.0},
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.served_kwh.tolist(), solution.objective) == (
        ["c1"],
        [2000.0, 0.0],
        2000.0,
    )


def test_near_is_worth_more_than_far_when_a_pole_is_full():
    problem = small_problem({"near": 3000, "far": 3000}, {"c1": CANDIDATE}, {("near", "c1"): 1.0, ("far", "c1"): 0.5})

    solution = solve(problem, settings(), 1)

    assert solution.served_kwh.tolist() == [0.0, 3000.0]


def test_a_full_score_is_worth_so_many_kwh():
    worths = [
        solve(
            small_problem({"h": 1000}, {"c1": CANDIDATE, "c2": (False, 3000.0, score, "B1")}, {("h", "c1"): 1.0}),
            settings(score_worth_kwh=2000.0),
            1,
        )
        for score in (0.4, 0.6)
    ]

    assert [round(solution.objective, 3) for solution in worths] == [1000.0, 1200.0]


def test_an_existing_pole_stays_also_when_it_serves_nobody():
    problem = small_problem({"h": 1000}, {"e": (True, 0.0, 0.0, "B1"), "c": CANDIDATE}, {("h", "c"): 1.0})

    assert by_id(problem, solve(problem, settings(), 1)) == ["c", "e"]


def test_what_an_existing_pole_serves_is_not_served_again():
    problem = small_problem(
        {"h1": 1000, "h2": 400},
        {"e": (True, 3000.0, 0.0, "B1"), "c1": CANDIDATE, "c2": CANDIDATE},
        {("h1", "e"): 1.0, ("h1", "c1"): 1.0, ("h2", "c2"): 1.0},
    )

    assert by_id(problem, solve(problem, settings(), 1)) == ["c2", "e"]


def test_two_candidates_that_share_a_bay_are_not_both_chosen():
    problem = small_problem(
        {"h1": 2000, "h2": 2000, "h3": 100},
        {"c1": CANDIDATE, "c2": CANDIDATE, "c3": CANDIDATE},
        {("h1", "c1"): 1.0, ("h2", "c2"): 1.0, ("h3", "c3"): 1.0},
        groups=[{"c1", "c2"}],
    )

    solution = solve(problem, settings(), 2)

    assert (len(by_id(problem, solution)), "c3" in by_id(problem, solution), solution.objective) == (2, True, 2100.0)


def test_a_floor_is_met_before_demand_is_served():
    problem = small_problem(
        {"h1": 9000, "h2": 10},
        {"c1": CANDIDATE, "c2": (False, 3000.0, 0.0, "B2")},
        {("h1", "c1"): 1.0, ("h2", "c2"): 1.0},
        buurten=("B1", "B2"),
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.below_floor) == (["c1"], ("B2",))


def test_a_floor_that_cannot_be_met_is_reported_and_not_fatal():
    problem = small_problem({"h": 1000}, {"c": CANDIDATE}, {("h", "c"): 1.0}, buurten=("B1", "B9"))

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.below_floor, solution.objective) == (["c"], ("B9",), 1000.0 - 20_000.0)


def test_an_existing_pole_counts_for_the_floor():
    problem = small_problem(
        {"h": 1000},
        {"e": (True, 3000.0, 0.0, "B1"), "c1": CANDIDATE, "c2": (False, 3000.0, 0.0, "B2")},
        {("h", "c1"): 1.0, ("h", "c2"): 0.5},
        buurten=("B1", "B2"),
    )

    assert by_id(problem, solve(problem, settings(), 1)) == ["c2", "e"]


def test_without_a_floor_no_buurt_is_below_it():
    problem = small_problem({"h": 1000}, {"c": CANDIDATE}, {("h", "c"): 1.0}, buurten=("B1", "B9"))

    assert solve(problem, settings(poles_per_buurt_min=0), 1).below_floor == ()


@pytest.mark.parametrize(
    "problem",
    [
        small_problem({}, {}, {}, buurten=()),
        small_problem({"h": 1000}, {}, {}, buurten=()),
        small_problem({"h": 1000}, {}, {}),
        small_problem({"h": 1000}, {"e": (True, 3000.0, 0.0, "B1")}, {}, buurten=()),
        small_problem({"h": 1000}, {"c": CANDIDATE}, {}, buurten=()),
    ],
    ids=["nothing", "no sites", "no sites, a floor", "an existing pole far away", "a candidate far away"],
)
def test_a_problem_with_nothing_to_serve_has_a_plan_that_serves_nothing(problem):
    asked = settings()

    solution = solve(problem, asked, 1)

    assert solution.served_kwh.tolist() == []
    assert solution.objective == pytest.approx(worth_of(problem, asked, []), abs=1e-6)


@given(seed=seeds)
@few
def test_the_order_of_the_candidates_in_the_problem_does_not_matter_for_what_is_chosen(seed):
    problem = random_problem(seed)
    places = np.random.default_rng(seed).permutation(len(problem.site_ids))
    to = np.argsort(places)
    turned = dataclasses.replace(
        problem,
        site_ids=tuple(problem.site_ids[place] for place in places),
        existing=problem.existing[places],
        capacity_kwh=problem.capacity_kwh[places],
        score=problem.score[places],
        buurt=tuple(problem.buurt[place] for place in places),
        arc_site=to[problem.arc_site],
        bay_groups=tuple(tuple(int(to[place]) for place in group) for group in problem.bay_groups),
    )

    worths = [solve(each, settings(), 3).objective for each in (problem, turned)]

    assert worths[0] == pytest.approx(worths[1], abs=0.01)


@pytest.mark.parametrize(
    "names", [("G0228.a-b", "G0228.a_b"), ("a b", "a_b"), ("w@0058", "w@0115"), ("NL*ABC*E1", "NL-ABC-E1"), ("é", "ê")]
)
def test_sites_whose_ids_look_alike_stay_apart(names):
    one, other = names
    problem = small_problem(
        {"h1": 2000, "h2": 1000}, {one: CANDIDATE, other: CANDIDATE}, {("h1", one): 1.0, ("h2", other): 1.0}
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.objective) == ([one], 2000.0)


@pytest.mark.parametrize("names", [("h-1", "h_1"), ("1 a", "1_a"), ("h", "h_c")])
def test_homes_whose_ids_look_alike_stay_apart(names):
    one, other = names
    problem = small_problem(
        {one: 2000, other: 1000}, {"c": CANDIDATE, "c_c": CANDIDATE}, {(one, "c_c"): 1.0, (other, "c"): 1.0}
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.objective) == (["c_c"], 2000.0)


def test_a_search_that_may_not_begin_says_that_there_is_no_plan():
    problem = random_problem(1, homes=120, candidates=60)

    with pytest.raises(NoFeasiblePlan, match="The solver found no plan"):
        solve(problem, settings(seconds_max=1e-9), 20)


def test_a_search_that_stopped_at_its_last_node_says_so_and_does_not_call_its_plan_optimal():
    problem, asked = puzzle(0), settings(nodes_max=1)

    solution = solve(problem, asked, 100)

    assert (solution.status, solution.stopped_by) == ("feasible", "nodes")
    assert solution.bound > solution.objective == pytest.approx(recomputed(problem, asked, solution), abs=0.01)
    assert solution.gap == pytest.approx((solution.bound - solution.objective) / solution.objective)


def test_the_same_problem_gives_the_same_plan_and_names_its_solver():
    problem = random_problem(3)

    first, second = (solve(problem, settings(), 3) for _ in range(2))

    assert (first.chosen == second.chosen).all()
    assert (first.served_kwh == second.served_kwh).all()
    assert (first.solver, first.solver_version.count(".")) == ("HiGHS", 2)
