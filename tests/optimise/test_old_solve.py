import dataclasses
import itertools

import highspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import NoFeasiblePlan
from laadplan.optimise.old_solve import solve
from tests.frames import few
from tests.optimise.old_oracle import (
    below_floor,
    best_worth,
    kwh_worth,
    lacking,
    puzzle,
    random_problem,
    settings,
    small_problem,
    worth_of,
)

seeds = st.integers(0, 10_000)
CANDIDATE = (False, 3000.0, 0.0, "B1")


def by_id(problem, solution):
    """Ids of the sites where a pole stands."""
    return [name for name, there in zip(problem.site_ids, solution.chosen, strict=True) if there]


def recomputed(problem, settings, solution):
    """Worth of a plan from what it says it serves and opens."""
    new = solution.chosen & ~problem.existing
    return (
        float(np.dot(kwh_worth(problem, settings), solution.served_kwh))
        - settings.pole_least_kwh * int(new.sum())
        - settings.floor_penalty_kwh * lacking(problem, settings, solution.chosen)
    )


@given(seed=seeds, poles=st.integers(0, 4), floor=st.integers(0, 2))
@few
def test_the_plan_is_as_good_as_the_best_of_all_sets_of_candidates(seed, poles, floor):
    problem, asked = random_problem(seed), settings(poles_per_buurt_min=floor)

    solution = solve(problem, asked, poles)

    assert solution.objective == pytest.approx(best_worth(problem, asked, poles), rel=1e-6, abs=0.01)
    assert solution.below_floor == below_floor(problem, asked, solution.chosen)


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
        1900.0,
    )


def test_near_is_worth_more_than_far_when_a_pole_is_full():
    problem = small_problem({"near": 3000, "far": 3000}, {"c1": CANDIDATE}, {("near", "c1"): 1.0, ("far", "c1"): 0.5})

    solution = solve(problem, settings(), 1)

    assert solution.served_kwh.tolist() == [0.0, 3000.0]


def test_a_full_score_is_worth_so_many_kwh():
    worths = [
        solve(
            small_problem(
                {"h": 1000},
                {"c1": CANDIDATE, "c2": (False, 3000.0, score, "B1")},
                {("h", "c1"): 1.0, ("h", "c2"): 1.0},
            ),
            settings(score_worth_kwh=2000.0),
            1,
        )
        for score in (0.4, 0.6)
    ]

    assert [round(solution.objective, 3) for solution in worths] == [1166.667, 1300.0]


def test_a_full_score_is_worth_all_its_kwh_only_at_a_pole_that_is_full():
    asked = settings(score_worth_kwh=2000.0, pole_least_kwh=0.0)

    worths = [
        solve(small_problem({"h": kwh}, {"c": (False, 3000.0, 1.0, "B1")}, {("h", "c"): 1.0}), asked, 1).objective
        for kwh in (1500, 3000, 4500)
    ]

    assert worths == pytest.approx([1500 + 1000, 3000 + 2000, 3000 + 2000], abs=0.01)


def test_a_high_score_that_serves_nobody_does_not_draw_the_pole():
    problem = small_problem(
        {"h": 1000}, {"c1": CANDIDATE, "c2": (False, 3000.0, 1.0, "B1")}, {("h", "c1"): 1.0}, buurten=()
    )

    assert by_id(problem, solve(problem, settings(score_worth_kwh=9000.0), 1)) == ["c1"]


@pytest.mark.parametrize(("kwh", "expected"), [(99, []), (101, ["c"])])
def test_a_pole_is_placed_only_for_more_than_the_least(kwh, expected):
    problem = small_problem({"h": kwh}, {"c": CANDIDATE}, {("h", "c"): 1.0}, buurten=())

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.objective) == (expected, pytest.approx(max(0.0, kwh - 100.0)))


@given(seed=seeds, least=st.sampled_from([1.0, 100.0, 700.0]))
@few
def test_with_more_poles_than_demand_no_pole_that_is_placed_serves_less_than_its_least(seed, least):
    asked = settings(poles_per_buurt_min=0, pole_least_kwh=least, score_worth_kwh=0.0)
    problem = random_problem(seed, homes=3, candidates=9)

    solution = solve(problem, asked, 9)

    new = solution.chosen & ~problem.existing
    at_site = np.bincount(problem.arc_site, solution.served_kwh, minlength=len(problem.site_ids))
    assert (at_site[new] >= least - 0.01).all()


def test_with_more_poles_than_demand_only_the_poles_that_serve_are_placed():
    problem = small_problem(
        {"h1": 1000, "h2": 4000},
        dict.fromkeys(("c1", "c2", "c3", "c4", "c5"), (False, 3000.0, 1.0, "B1")),
        {("h1", "c1"): 1.0, ("h2", "c2"): 1.0, ("h2", "c3"): 1.0, ("h2", "c4"): 1.0},
    )

    solution = solve(problem, settings(), 5)

    at_site = np.bincount(problem.arc_site, solution.served_kwh, minlength=5)
    assert (int(solution.chosen.sum()), solution.objective) == (3, pytest.approx(5000 * 1.1 - 300))
    assert (at_site[solution.chosen] > 0).all()


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
        {"h1": 2000, "h2": 2000, "h3": 101},
        {"c1": CANDIDATE, "c2": CANDIDATE, "c3": CANDIDATE},
        {("h1", "c1"): 1.0, ("h2", "c2"): 1.0, ("h3", "c3"): 1.0},
        groups=[{"c1", "c2"}],
    )

    solution = solve(problem, settings(), 2)

    assert (len(by_id(problem, solution)), "c3" in by_id(problem, solution), solution.objective) == (2, True, 1901.0)


def test_a_floor_is_met_before_demand_is_served():
    problem = small_problem(
        {"h1": 9000, "h2": 10},
        {"c1": CANDIDATE, "c2": (False, 3000.0, 0.0, "B2")},
        {("h1", "c1"): 1.0, ("h2", "c2"): 1.0},
        buurten=("B1", "B2"),
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.below_floor) == (["c1"], ("B2",))


def test_a_floor_that_the_poles_allowed_cannot_meet_costs_its_penalty_and_is_not_fatal():
    problem = small_problem(
        {"h": 1000}, {"c": CANDIDATE, "d": (False, 3000.0, 0.0, "B2")}, {("h", "c"): 1.0}, buurten=("B1", "B2")
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.below_floor) == (["c"], ("B2",))
    assert solution.objective == pytest.approx(1000.0 - 100.0 - 20_000.0)


def test_a_pole_is_placed_for_the_floor_alone():
    problem = small_problem({"h": 1000}, {"c": CANDIDATE}, {}, buurten=("B1",))

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.below_floor, solution.objective) == (["c"], (), pytest.approx(-100.0))


@pytest.mark.parametrize(("seed", "poles", "gap"), [(0, 3, 0.0), (1, 3, 0.05), (2, 1, 0.3), (3, 4, 0.0)])
def test_a_buurt_without_a_candidate_is_reported_and_changes_neither_worth_nor_gap(seed, poles, gap):
    asked = settings(gap_share=gap)
    problem = dataclasses.replace(random_problem(seed, homes=9, candidates=9), floor_buurten=("B1", "B2"))
    hopeless = dataclasses.replace(problem, floor_buurten=("B1", "B2", "B8", "B9"))

    without, with_it = (solve(each, asked, poles) for each in (problem, hopeless))

    assert (with_it.objective, with_it.bound, with_it.gap, with_it.status) == (
        without.objective,
        without.bound,
        without.gap,
        without.status,
    )
    assert (with_it.chosen == without.chosen).all()
    assert with_it.below_floor == (*without.below_floor, "B8", "B9")


@pytest.mark.parametrize(("floor", "expected"), [(1, ()), (2, ("B9",))])
def test_a_buurt_with_an_existing_pole_and_no_candidate_is_below_the_floor_only_when_it_is(floor, expected):
    problem = small_problem({"h": 1000}, {"e": (True, 3000.0, 0.0, "B9")}, {("h", "e"): 1.0}, buurten=("B9",))

    solution = solve(problem, settings(poles_per_buurt_min=floor), 0)

    assert (solution.below_floor, solution.objective, solution.gap) == (expected, pytest.approx(1000.0), 0.0)


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

    assert (by_id(problem, solution), solution.objective) == ([one], 1900.0)


@pytest.mark.parametrize("names", [("h-1", "h_1"), ("1 a", "1_a"), ("h", "h_c")])
def test_homes_whose_ids_look_alike_stay_apart(names):
    one, other = names
    problem = small_problem(
        {one: 2000, other: 1000}, {"c": CANDIDATE, "c_c": CANDIDATE}, {(one, "c_c"): 1.0, (other, "c"): 1.0}
    )

    solution = solve(problem, settings(), 1)

    assert (by_id(problem, solution), solution.objective) == (["c_c"], 1900.0)


def test_a_search_that_may_not_begin_says_that_there_is_no_plan():
    problem = random_problem(1, homes=120, candidates=60)

    with pytest.raises(NoFeasiblePlan, match="The solver found no plan"):
        solve(problem, settings(seconds_max=1e-9), 20)


def test_a_linear_problem_that_time_stopped_is_no_plan():
    random = np.random.default_rng(1)
    homes, poles = [f"h{number}" for number in range(60)], [f"e{number}" for number in range(30)]
    problem = small_problem(
        {name: float(random.integers(500, 4000)) for name in homes},
        dict.fromkeys(poles, (True, 3000.0, 0.0, "B1")),
        {(home, pole): float(random.random()) for home in homes for pole in poles},
    )

    with pytest.raises(NoFeasiblePlan, match="The solver found no plan"):
        solve(problem, settings(seconds_max=1e-9), 0)


@pytest.mark.parametrize("why", ["nodes", "seconds", ""])
def test_a_linear_problem_with_a_feasible_point_that_was_not_solved_to_its_end_is_no_plan(monkeypatch, why):
    problem = small_problem({"h": 1000}, {"e": (True, 3000.0, 0.0, "B1")}, {("h", "e"): 1.0})
    assert solve(problem, settings(), 0).objective == pytest.approx(1000.0)
    monkeypatch.setattr("laadplan.optimise.old_solve.stopped_by", lambda _: why)

    with pytest.raises(NoFeasiblePlan, match="The solver found no plan"):
        solve(problem, settings(), 0)


@pytest.mark.parametrize(
    "more",
    [{"primal_solution_status": 0}, {"primal_solution_status": 1}, {"objective_function_value": float("inf")}],
    ids=["no point", "an infeasible point", "an infinite worth"],
)
def test_a_solver_without_a_feasible_point_has_no_plan(monkeypatch, more):
    known = highspy.Highs.getInfo

    def altered(solver):
        info = known(solver)
        for name, value in more.items():
            setattr(info, name, value)
        return info

    problem = small_problem({"h": 1000}, {"c": CANDIDATE}, {("h", "c"): 1.0})
    monkeypatch.setattr(highspy.Highs, "getInfo", altered)

    with pytest.raises(NoFeasiblePlan, match="The solver found no plan"):
        solve(problem, settings(), 1)


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
