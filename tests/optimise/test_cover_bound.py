"""The bound holds, comes near that of the linear relaxation, and what it decides loses no best plan."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, hstack

from benchmarks.instances import capacitated, coverage, plain
from laadplan.optimise.cover_bound import Search, bound_cover
from laadplan.optimise.cover_rows import cover_of, decided, goal_above, step_of
from laadplan.optimise.prices import bound_of

CASES = range(200)


def case(seed, *, sites=8):
    """A small coverage problem: ties, costs and gains, sites that must be taken, points and sites without arcs."""
    random = np.random.default_rng(seed)
    points = int(random.integers(1, 9))
    many = int(random.integers(1, sites + 1))
    reached = random.random((points, many)) < random.choice([0.2, 0.4, 0.7])
    point, site = np.nonzero(reached)
    worth = random.choice([1.0, 0.5, 0.25], points)
    must = tuple(np.flatnonzero(random.random(many) < 0.1))
    chosen = max(int(random.integers(0, many + 1)), len(must))
    arcs = (point, site, np.zeros(len(point)))
    problem = plain(random.integers(0, 9, points) * 4.0, many, arcs, worth[point], chosen, must=must)
    if seed % 3 == 0:
        problem = replace(problem, option_worth=random.integers(-3, 2, many).astype(float))
    if seed % 5 == 0:
        problem = replace(problem, demand_kwh=problem.demand_kwh * np.pi)  # worths that are no whole numbers
    if seed % 7 == 0 and not must:
        problem = replace(problem, limits=replace(problem.limits, use=random.integers(0, 4, many).astype(float)))
    return problem


def plans_of(problem):
    """Every plan that keeps the limit, as a row of sites taken or not, and its worth."""
    worth = np.zeros(len(problem.demand_ids))
    worth[problem.arc_demand] = problem.arc_worth
    worth = worth * problem.demand_kwh[:, 0]
    reach = np.zeros((len(problem.site_ids), len(worth)))
    reach[problem.arc_site, problem.arc_demand] = 1.0
    plans = np.array(list(product([0.0, 1.0], repeat=len(problem.site_ids))))
    plans = plans[(plans @ problem.limits.use <= problem.limits.limit[0]) & (plans >= problem.must).all(axis=1)]
    return plans > 0, (plans @ reach > 0) @ worth + plans @ problem.option_worth


def relaxed(problem):
    """Worth of the linear relaxation, by scipy."""
    n, m, k = len(problem.demand_ids), len(problem.site_ids), len(problem.arc_demand)
    worth = np.zeros(n)
    worth[problem.arc_demand] = problem.arc_worth
    reach = coo_array((np.ones(k), (problem.arc_demand, problem.arc_site)), shape=(n, m))
    rows = hstack([eye_array(n), -reach]).tocsr()
    limit = coo_array(np.concatenate([np.zeros(n), problem.limits.use])[None, :])
    found = linprog(
        -np.concatenate([worth * problem.demand_kwh[:, 0], problem.option_worth]),
        A_ub=np.concatenate([rows.toarray(), limit.toarray()]),
        b_ub=np.concatenate([np.zeros(n), problem.limits.limit]),
        bounds=[(0, 1)] * n + [(float(must), 1) for must in problem.must],
    )
    return -float(found.fun)


@pytest.mark.parametrize("rounds", [0, 3, 2_000])
def test_no_plan_is_worth_more_than_the_bound_and_the_prices_certify_it(rounds):
    for seed in CASES:
        problem = case(seed)

        found = bound_cover(problem, rounds=rounds)

        assert found.bound >= plans_of(problem)[1].max() - 1e-9, seed
        assert bound_of(problem, found.prices) == pytest.approx(found.bound, rel=1e-9, abs=1e-9), seed
        assert found.rounds <= rounds


def test_the_bound_comes_near_that_of_the_linear_relaxation():
    for seed in CASES:
        problem = case(seed)

        found = bound_cover(problem, rounds=5_000, near_share=1e-7)

        assert found.bound == pytest.approx(relaxed(problem), rel=1e-5, abs=1e-5), seed
        assert found.share_worth <= relaxed(problem) + 1e-6, seed


def test_a_thousand_points_come_near_the_linear_relaxation_too():
    problem = coverage(1_000, 1_000)

    found = bound_cover(problem, rounds=5_000)

    assert found.bound == pytest.approx(relaxed(problem), rel=1e-5)
    assert (found.bound - found.share_worth) / found.bound <= 1e-5
    assert float(found.share.sum()) == pytest.approx(problem.limits.limit[0])


def searched(problem, rounds):
    search = Search(cover_of(problem))
    while search.rounds < rounds:
        search.advance(rounds)
    return search


def decide(search, known):
    """Sites that no plan of more worth than is known takes, and that each such plan takes."""
    return decided(search.cover, search.kept, goal_above(known, step_of(search.cover)))


def test_no_better_plan_breaks_what_was_decided():
    count = 0
    for seed in CASES:
        problem = case(seed)
        plans, worths = plans_of(problem)
        search = searched(problem, 500)
        for known in np.unique(worths)[-3:]:
            never, always = decide(search, known)

            better = plans[worths > known + 1e-6]
            count += int(never.sum() + always.sum())
            assert not better[:, never].any(), seed
            assert better[:, always].all(), seed
    assert count > 500


def test_whole_worths_need_a_whole_step_more():
    # two sites of 10 and 9, one may be taken: the bound is 10, and taking the second one brings no more than 9
    problem = plain(np.array([10.0, 9.0]), 2, (np.array([0, 1]), np.array([0, 1]), np.zeros(2)), np.ones(2), 1)
    search = searched(problem, 2_000)

    assert [each.tolist() for each in decide(search, 9.0)] == [[False, True], [True, False]]
    assert decide(search, 8.0)[0].tolist() == [False, False]


def test_a_clock_that_has_run_out_gives_a_bound_all_the_same():
    problem = coverage(1_000, 1_000)

    found = bound_cover(problem, rounds=1_000, clock=lambda: 2.0, until=1.0)

    assert found.rounds == 0
    assert bound_of(problem, found.prices) == pytest.approx(found.bound)


def test_rows_divided_over_threads_give_the_same_bytes(monkeypatch):
    problem = coverage(1_000, 1_000)
    alone = bound_cover(problem, rounds=200)

    monkeypatch.setattr("laadplan.optimise.cover_rows.PARALLEL_ARCS", 0)
    divided = bound_cover(problem, rounds=200)

    assert divided.bound == alone.bound
    assert divided.share.tobytes() == alone.share.tobytes()
    assert divided.prices.demand.tobytes() == alone.prices.demand.tobytes()


def test_progress_is_told():
    told = []

    bound_cover(coverage(1_000, 1_000), rounds=50, objective=7.0, tell=lambda *what: told.append(what))

    assert [(objective, rounds) for objective, _, rounds in told] == [(7.0, 20), (7.0, 40), (7.0, 50)]
    assert [bound for _, bound, _ in told] == sorted((bound for _, bound, _ in told), reverse=True)


@pytest.mark.parametrize(("points", "sites"), [(0, 0), (3, 0), (0, 3), (3, 3)])
def test_without_arcs_the_bound_is_nil(points, sites):
    none = np.zeros(0, dtype=np.int64)
    problem = plain(np.ones(points), sites, (none, none, np.zeros(0)), np.zeros(0), 1)

    assert bound_cover(problem, rounds=10).bound == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (capacitated(1_000, 100, 10), "a capacity, worth that differs by site"),
        (replace(case(1), limits=replace(case(1).limits, penalty=np.array([5.0]))), "a limit that may be exceeded"),
        (replace(case(1), period_worth=np.ones(2)), "more than one period"),
    ],
)
def test_other_problems_are_refused(problem, words):
    with pytest.raises(ValueError, match=words):
        bound_cover(problem, rounds=1)


def test_musts_above_the_limit_are_refused():
    problem = plain(np.ones(2), 2, (np.arange(2), np.arange(2), np.zeros(2)), np.ones(2), 1, must=(0, 1))

    with pytest.raises(ValueError, match="exceed the limit"):
        bound_cover(problem, rounds=1)
