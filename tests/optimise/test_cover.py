"""Best plans without capacity, against every plan there is."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.instances import coverage, plain
from laadplan.optimise.chains import whole_units
from laadplan.optimise.cover import cycles, generations, is_cover, is_uncapacitated, plans_of_cover, search_cover
from laadplan.optimise.median import bound_median
from laadplan.optimise.prices import bound_of
from tests.frames import few

ROUNDS = 400


def problem_of(demand, sites, arcs, chosen, *, must=(), worth=None):
    """A problem of (point, site) pairs, each worth 1 or as given."""
    point, site = np.array(sorted(arcs), dtype=np.int64).reshape(-1, 2).T
    worths = np.ones(len(point)) if worth is None else np.array([worth[arc] for arc in sorted(arcs)])
    return plain(np.array(demand, dtype=float), sites, (point, site, np.zeros(len(point))), worths, chosen, must=must)


@st.composite
def problems(draw):
    points, sites = draw(st.integers(0, 12)), draw(st.integers(0, 9))
    pairs = [(point, site) for point in range(points) for site in range(sites)]
    arcs = [pair for pair in pairs if draw(st.booleans())]
    demand = draw(st.lists(st.sampled_from([0.0, 0.1, 1.0, 2.5, 3.0]), min_size=points, max_size=points))
    must = draw(st.sets(st.integers(0, sites - 1), max_size=2)) if sites else set()
    chosen = draw(st.integers(len(must), sites + 2))
    worth = None if draw(st.booleans()) else {arc: draw(st.sampled_from([0.0, 0.3, 0.5, 1.0])) for arc in arcs}
    made = problem_of(demand, sites, arcs, chosen, must=tuple(must), worth=worth)
    given_worth = draw(st.lists(st.sampled_from([0.0, 0.0, 0.7, -0.4]), min_size=sites, max_size=sites))
    return replace(made, option_worth=np.array(given_worth))


def worth_of(problem, taken):
    """Each point at its best open arc, and what the sites themselves are worth; point by point."""
    total = sum(problem.option_worth[site] for site in np.flatnonzero(taken >= 0))
    for point, kwh in enumerate(problem.demand_kwh[:, 0]):
        arcs = np.flatnonzero((problem.arc_demand == point) & (taken[problem.arc_site] >= 0))
        total += kwh * problem.arc_worth[arcs].max(initial=0.0)
    return total


def best_of_all(problem):
    """Worth of the best plan, by trying every set of sites."""
    sites = range(len(problem.site_ids))
    best = -np.inf
    for many in range(int(min(problem.limits.limit[0], len(sites))) + 1):
        for some in combinations(sites, many):
            taken = np.full(len(sites), -1)
            taken[list(some)] = some
            if (taken[problem.must] >= 0).all():
                best = max(best, worth_of(problem, taken))
    return best


@few
@given(problems(), st.integers(0, 5))
def test_the_plan_is_worth_as_much_as_the_best_of_all(problem, seed):
    *_, last = plans_of_cover(problem, rounds=ROUNDS, seed=seed)

    assert last.objective == pytest.approx(worth_of(problem, last.taken))
    assert last.objective == pytest.approx(best_of_all(problem))


@few
@given(problems())
def test_a_plan_takes_what_must_be_taken_and_no_more_than_allowed(problem):
    taken = search_cover(problem, rounds=50)

    assert (taken[problem.must] >= 0).all()
    assert (taken >= 0).sum() <= problem.limits.limit[0]
    assert set(taken[taken >= 0]) == set(np.flatnonzero(taken >= 0))


@few
@given(problems())
def test_no_plan_is_worth_more_than_the_bound(problem):
    best = best_of_all(problem)

    assert bound_of(problem, bound_median(problem, best, rounds=200)) >= best - 1e-9


def test_the_bound_is_the_worth_of_the_best_plan_where_prices_can_prove_it():
    worth = {(0, 0): 1.0, (1, 0): 0.4, (1, 1): 0.9, (2, 1): 0.5, (2, 2): 0.8}
    problem = problem_of([10.0, 20.0, 5.0], 3, list(worth), 2, worth=worth)

    assert bound_of(problem, bound_median(problem, 30.5, rounds=500)) == pytest.approx(30.5)


def test_prices_of_periods_are_per_kwh_of_each():
    problem = replace(
        problem_of([1.0, 1.0], 2, [(0, 0), (1, 1)], 1),
        demand_kwh=np.array([[3.0, 1.0], [1.0, 2.0]]),
        period_worth=np.array([1.0, 3.0]),
        option_capacity=np.full((2, 2), np.inf),
    )

    assert bound_of(problem, bound_median(problem, 7.0, rounds=500)) == pytest.approx(7.0)


@pytest.mark.parametrize("problem", [problem_of([], 0, [], 1), problem_of([1.0], 2, [], 1)])
def test_where_nothing_can_be_served_the_bound_is_nil(problem):
    assert bound_of(problem, bound_median(problem, 0.0, rounds=5)) == 0.0


def test_a_bound_on_sites_with_capacity_is_refused():
    problem = problem_of([1.0], 1, [(0, 0)], 1)

    with pytest.raises(ValueError, match="without capacity"):
        bound_median(replace(problem, option_capacity=np.ones((1, 1))), 0.0, rounds=1)


def test_the_same_seed_gives_the_same_plan():
    problem = coverage(1_000, 1_000, 53, seed=3)

    one = search_cover(problem, rounds=3_000, seed=1)
    two = search_cover(problem, rounds=3_000, seed=1)

    assert np.array_equal(one, two)
    assert worth_of(problem, one) > worth_of(problem, search_cover(problem, rounds=0))


def test_plans_come_in_order_of_worth_and_the_first_is_greedy():
    problem = coverage(1_000, 1_000, 53, seed=3)

    plans = list(plans_of_cover(problem, rounds=20_000))

    assert [plan.rounds for plan in plans] == sorted(plan.rounds for plan in plans)
    assert [plan.objective for plan in plans] == sorted(plan.objective for plan in plans)
    assert plans[0].objective == pytest.approx(greedy_worth(problem))
    assert plans[-1].objective > plans[0].objective


def greedy_worth(problem):
    """Worth of taking time and again the site that covers most demand not covered before, in plain numpy."""
    left, total = problem.demand_kwh[:, 0].copy(), 0.0
    for _ in range(int(problem.limits.limit[0])):
        gain = np.bincount(problem.arc_site, left[problem.arc_demand], minlength=len(problem.site_ids))
        site = int(np.argmax(gain))
        total += gain[site]
        left[problem.arc_demand[problem.arc_start[site] : problem.arc_start[site + 1]]] = 0.0
    return total


def test_a_clock_that_has_passed_stops_the_search_with_the_greedy_plan():
    problem = coverage(1_000, 200, 20)
    told = []

    taken = search_cover(problem, rounds=10**9, clock=lambda: 5.0, until=5.0, tell=lambda *said: told.append(said))

    assert told == [(worth_of(problem, taken), np.inf, 0)]


def test_more_sites_than_useful_are_not_taken():
    problem = problem_of([3.0, 2.0, 0.0], 4, [(0, 0), (1, 1), (0, 2), (1, 2), (2, 3)], 4)

    assert search_cover(problem, rounds=ROUNDS).tolist() == [-1, -1, 2, -1]


def test_a_site_that_counts_for_nothing_is_taken_besides():
    problem = problem_of([5.0, 4.0], 3, [(0, 0), (1, 1), (1, 2)], 1)
    uses = replace(problem.limits, start=np.array([0, 2]), option=np.array([0, 1]), use=np.ones(2))

    assert search_cover(replace(problem, limits=uses), rounds=ROUNDS).tolist() == [0, -1, 2]


def test_demand_without_arcs_and_problems_of_nothing_give_the_plan_of_nothing():
    assert search_cover(problem_of([1.0], 2, [], 1), rounds=ROUNDS).tolist() == [-1, -1]
    assert search_cover(problem_of([], 0, [], 1), rounds=ROUNDS).tolist() == []
    assert search_cover(problem_of([1.0], 0, [], 0), rounds=ROUNDS).tolist() == []


def test_periods_add_up_by_their_worth():
    problem = problem_of([1.0, 1.0], 2, [(0, 0), (1, 1)], 1)
    quarters = replace(
        problem,
        demand_kwh=np.array([[3.0, 1.0], [1.0, 2.0]]),
        period_worth=np.array([1.0, 3.0]),
        option_capacity=np.full((2, 2), np.inf),
    )

    *_, last = plans_of_cover(quarters, rounds=ROUNDS)

    assert (last.taken.tolist(), last.objective) == ([-1, 1], 7.0)


@pytest.mark.parametrize(
    ("change", "cover", "uncapacitated"),
    [
        ({}, True, True),
        ({"arc_worth": np.array([1.0, 0.5])}, False, True),
        ({"option_capacity": np.array([[np.inf], [3.0]])}, False, False),
        ({"must": np.array([True, True])}, False, False),
    ],
)
def test_what_can_be_searched_is_recognised(change, cover, uncapacitated):
    problem = replace(problem_of([1.0], 2, [(0, 0), (0, 1)], 1), **change)

    assert (is_cover(problem), is_uncapacitated(problem)) == (cover, uncapacitated)


def test_limits_that_are_not_a_number_of_sites_are_refused():
    problem = problem_of([1.0], 2, [(0, 0), (0, 1)], 1)
    for limits in (
        replace(problem.limits, use=np.array([1.0, 2.0])),
        replace(problem.limits, penalty=np.array([5.0])),
    ):
        with pytest.raises(ValueError, match="one limit on their number"):
            search_cover(replace(problem, limits=limits), rounds=1)


def test_the_order_of_points_does_not_matter_for_the_worth_of_the_greedy_plan():
    problem = coverage(1_000, 200, 20, seed=4)
    other = plain(
        problem.demand_kwh[::-1, 0].copy(),
        200,
        (999 - problem.arc_demand, problem.arc_site, np.zeros(len(problem.arc_demand))),
        np.ones(len(problem.arc_demand)),
        20,
    )

    assert worth_of(problem, search_cover(problem, rounds=0)) == worth_of(other, search_cover(other, rounds=0))


@few
@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_sums_of_whole_units_do_not_depend_on_their_order(worth, random):
    units = whole_units(np.array(worth), float(np.sum(worth)))
    shuffled = random.sample(units.tolist(), len(units))

    assert sum(shuffled) == sum(units.tolist())
    assert units == pytest.approx(np.array(worth), abs=1e-12 * sum(worth))


@pytest.mark.parametrize("made", [cycles, generations])
@pytest.mark.parametrize(("rounds", "count"), [(0, 5), (3, 0), (10_000, 7), (1_000, 1)])
def test_cycles_follow_one_another_and_end_with_the_rounds(made, rounds, count):
    ends = [0] + [end for _, end in made(rounds, count)]

    assert [begin for begin, _ in made(rounds, count)] == ends[:-1]
    assert ends[-1] == rounds
    assert ends == sorted(set(ends))
