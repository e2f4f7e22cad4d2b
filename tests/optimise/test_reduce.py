"""The smaller problem has the same best plans, and its plans and prices hold in the original."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import plain
from laadplan.optimise.prices import bound_of, no_prices
from laadplan.optimise.problem import NONE, Choice
from laadplan.optimise.reduce import reduce
from tests.optimise.oracle import best_worth, plan_worths
from tests.optimise.random_problems import random_problem

SEEDS = range(120)


def covering(demand, reached, chosen, *, worth=None, capacity=np.inf, must=()):
    """A problem from the points that each site reaches."""
    points = np.array([point for row in reached for point in row], dtype=np.int64)
    sites = np.repeat(np.arange(len(reached)), [len(row) for row in reached])
    worths = np.ones(len(points)) if worth is None else np.array(worth, dtype=float)
    arcs = (points, sites, worths)
    return plain(np.array(demand, dtype=float), len(reached), arcs, worths, chosen, capacity=capacity, must=must)


def some_service(problem, taken):
    """A service that keeps demand and capacity: arcs one by one, as much as still fits."""
    left = problem.demand_kwh.copy()
    served = np.zeros((len(problem.arc_demand), left.shape[1]))
    for site in np.flatnonzero(taken != NONE):
        room = problem.option_capacity[taken[site]].copy()
        for arc in range(problem.arc_start[site], problem.arc_start[site + 1]):
            served[arc] = np.minimum(room, left[problem.arc_demand[arc]])
            room -= served[arc]
            left[problem.arc_demand[arc]] -= served[arc]
    return Choice(taken, served)


def worth_of(problem, choice):
    """Worth of a choice, penalties and all."""
    used = np.isin(problem.limits.option, choice.taken) * problem.limits.use
    rows = np.repeat(np.arange(len(problem.limits.ids)), np.diff(problem.limits.start))
    over = np.maximum(np.bincount(rows, used, minlength=len(problem.limits.ids)) - problem.limits.limit, 0)
    group = problem.demand_group[problem.arc_demand]
    inside = group != NONE
    of_group = np.bincount(group[inside], choice.served_kwh.sum(axis=1)[inside], minlength=len(problem.groups.ids))
    short = np.maximum(problem.groups.least_kwh - of_group, 0)
    gain = (choice.served_kwh * problem.period_worth).sum(axis=1) @ problem.arc_worth
    penalty = np.where(over > 0, problem.limits.penalty, 0) @ over + problem.groups.penalty @ short
    return gain + problem.option_worth[choice.taken[choice.taken != NONE]].sum() - penalty


def keeps_demand_and_capacity(problem, choice):
    at_point, at_site = np.zeros(problem.demand_kwh.shape), np.zeros((len(problem.site_ids), len(problem.period_worth)))
    np.add.at(at_point, problem.arc_demand, choice.served_kwh)
    np.add.at(at_site, problem.arc_site, choice.served_kwh)
    capacity = np.where(choice.taken[:, None] == NONE, 0.0, problem.option_capacity[choice.taken])
    return bool(
        (choice.served_kwh >= 0).all()
        and (at_point <= problem.demand_kwh + 1e-9).all()
        and (at_site <= capacity + 1e-9).all()
    )


@pytest.mark.parametrize("capacitated", [True, False])
def test_the_best_worth_is_that_of_the_original(capacitated):
    smaller = 0
    for seed in SEEDS:
        problem = random_problem(seed, options=2, capacitated=capacitated, hard_floors=seed % 2 == 0)

        found = reduce(problem)

        smaller += found.problem.sizes != problem.sizes
        assert best_worth(found.problem) == pytest.approx(best_worth(problem)), seed
    assert smaller > len(SEEDS) / 2


@pytest.mark.parametrize("capacitated", [True, False])
def test_a_restored_choice_is_feasible_and_worth_the_same(capacitated):
    for seed in SEEDS:
        problem = random_problem(seed, options=2, capacitated=capacitated)
        found = reduce(problem)
        plans = plan_worths(found.problem)
        taken = np.array(max(plans, key=plans.__getitem__), dtype=np.int64)
        choice = some_service(found.problem, taken)

        restored = found.restore(choice)

        assert keeps_demand_and_capacity(problem, restored), seed
        assert worth_of(problem, restored) == pytest.approx(worth_of(found.problem, choice)), seed
        assert found.narrow(restored.taken).tolist() == taken.tolist()


def test_prices_certify_the_same_bound_in_the_original_where_no_site_is_left_out():
    for seed in SEEDS:
        problem = random_problem(seed)
        found = reduce(problem, sites=False)
        prices = no_prices(found.problem)
        some = np.random.default_rng(seed).uniform(0, 1, prices.demand.shape)
        prices = replace(prices, demand=some)

        assert bound_of(problem, found.restore_prices(prices)) == pytest.approx(bound_of(found.problem, prices)), seed


def test_points_that_the_same_sites_reach_at_the_same_worth_are_one():
    # points 0 and 3 see both sites at the same worths; 1 only the first; 2 both, at another worth; 4 nobody
    problem = covering([1, 2, 4, 8, 16], [[0, 1, 2, 3], [0, 2, 3]], 1, worth=[1, 1, 1, 1, 0.5, 1, 0.5], capacity=5.0)

    found = reduce(problem)

    assert found.problem.demand_ids == ("d0000000", "d0000001", "d0000002")
    assert found.problem.demand_kwh[:, 0].tolist() == [9.0, 2.0, 4.0]
    assert found.point_of.tolist() == [0, 1, 2, 0, NONE]


def test_service_is_divided_by_demand():
    problem = covering([1, 3], [[0, 1]], 1, capacity=2.0)
    found = reduce(problem)

    restored = found.restore(Choice(np.array([0]), np.array([[2.0]])))

    assert restored.served_kwh[:, 0].tolist() == [0.5, 1.5]


def test_a_site_that_reaches_a_part_of_what_another_one_does_goes_and_what_becomes_alike_is_one():
    problem = covering([1, 1, 1], [[0, 1], [1, 2], [1]], 2)

    found = reduce(problem)

    assert found.problem.site_ids == ("s0000000", "s0000001")
    assert reduce(covering([1, 1], [[0], [0, 1]], 1)).problem.demand_kwh[:, 0].tolist() == [2.0]


def test_of_equal_sites_the_first_stays():
    assert reduce(covering([1, 1], [[0, 1], [0, 1], [0, 1]], 1)).sites.tolist() == [0]


@pytest.mark.parametrize(
    "kept",
    [
        covering([1, 1], [[0], [0, 1]], 1, must=(0,)),
        covering([1, 1], [[0], [0, 1]], 1, capacity=1.0),
        covering([1, 1], [[0], [0, 1]], 1, worth=[1, 0.5, 1]),
        replace(covering([1, 1], [[0], [0, 1]], 1), option_worth=np.array([0.0, -1.0])),
        replace(covering([1, 1], [[0], [0, 1]], 1), option_worth=np.array([1.0, 1.0])),
        replace(
            covering([1, 1], [[0], [0, 1]], 1),
            limits=replace(covering([1, 1], [[0], [0, 1]], 1).limits, use=np.array([1.0, 2.0])),
        ),
    ],
    ids=["must", "capacity", "worth of an arc", "cost", "brings something", "use of a limit"],
)
def test_a_site_that_is_better_in_one_respect_stays(kept):
    assert reduce(kept).sites.tolist() == [0, 1]


def test_points_whose_hashes_agree_by_accident_stay_apart(monkeypatch):
    problem = covering([1, 2, 4], [[0, 1], [0, 2]], 1)
    zeros = np.zeros(3, dtype=np.uint64)
    monkeypatch.setattr("laadplan.optimise.same_points._hashes", lambda *_: (zeros, zeros))

    assert reduce(problem).problem.demand_kwh[:, 0].tolist() == [1.0, 2.0, 4.0]


def test_an_empty_problem_stays_empty():
    found = reduce(covering([], [], 1))

    assert set(found.problem.sizes.values()) == {0, 1}
    assert found.restore(Choice(np.zeros(0, dtype=np.int64), np.zeros((0, 1)))).served_kwh.shape == (0, 1)


def test_demand_without_sites_leaves_nothing():
    found = reduce(covering([1, 2], [], 1))

    assert found.problem.demand_ids == ()
    assert found.point_of.tolist() == [NONE, NONE]
