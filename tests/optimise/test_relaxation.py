"""The relaxation against scipy's linear program and enumeration: its bound holds, and comes down to the least value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numba import config, set_num_threads
from scipy.optimize import linprog

from laadplan.optimise.bound import start_pricing
from laadplan.optimise.prices import bound_of
from laadplan.optimise.problem import Problem
from laadplan.optimise.relaxation import STRETCH, relax
from laadplan.optimise.search import search
from tests.optimise.oracle import best_worth
from tests.optimise.random_problems import random_problem

ENOUGH = 20 * STRETCH


def fractional_worth(problem: Problem) -> float:
    """Worth of the best fractional plan, by a dense linear program written from the formula."""
    arcs, periods, options = len(problem.arc_demand), len(problem.period_worth), len(problem.option_ids)
    limits, groups = problem.limits, problem.groups
    reach = np.zeros((len(problem.site_ids), periods))
    np.add.at(reach, problem.arc_site, problem.demand_kwh[problem.arc_demand])
    room = np.minimum(problem.option_capacity, reach[problem.option_site])
    blocks = np.cumsum([0, arcs * periods, options, len(limits.ids), len(groups.ids)])
    rows, most, equal, ones = [], [], [], []

    def add(x=None, y=None, over=None, short=None, top=0.0):
        parts = (x, y, over, short)
        sizes = np.diff(blocks)
        rows.append(
            np.concatenate([np.zeros(n) if p is None else np.ravel(p) for n, p in zip(sizes, parts, strict=True)])
        )
        most.append(top)

    for t in range(periods):
        at = np.zeros(periods)
        at[t] = 1
        for i in range(len(problem.demand_ids)):
            add(x=np.outer(problem.arc_demand == i, at), top=problem.demand_kwh[i, t])
        for j in range(len(problem.site_ids)):
            mine = problem.option_site == j
            add(x=np.outer(problem.arc_site == j, at), y=-room[:, t] * mine)
            for arc in range(problem.arc_start[j], problem.arc_start[j + 1]):
                here = np.outer(np.arange(arcs) == arc, at)
                add(x=here, y=-problem.demand_kwh[problem.arc_demand[arc], t] * (mine & (room[:, t] > 0)))
    for j in range(len(problem.site_ids)):
        add(y=problem.option_site == j, top=1.0)
        if problem.must[j]:
            equal.append(rows[-1])
            ones.append(1.0)
    for r in range(len(limits.ids)):
        use, part = np.zeros(options), slice(limits.start[r], limits.start[r + 1])
        np.add.at(use, limits.option[part], limits.use[part])
        add(y=use, over=-1.0 * (np.arange(len(limits.ids)) == r), top=limits.limit[r])
    for g in range(len(groups.ids)):
        mine = problem.demand_group[problem.arc_demand] == g
        add(
            x=-np.outer(mine, np.ones(periods)),
            short=-1.0 * (np.arange(len(groups.ids)) == g),
            top=-groups.least_kwh[g],
        )
    soft = np.isfinite(limits.penalty)
    worth = np.concatenate(
        [
            np.outer(problem.arc_worth, problem.period_worth).ravel(),
            problem.option_worth,
            -np.where(soft, limits.penalty, 0.0),
            -groups.penalty,
        ]
    )
    bounds = [(0, None)] * blocks[2] + [(0, None if is_soft else 0) for is_soft in soft] + [(0, None)] * len(groups.ids)
    more = {"A_eq": np.array(equal), "b_eq": ones} if equal else {}
    return -linprog(-worth, A_ub=np.array(rows), b_ub=most, bounds=bounds, **more).fun


def test_no_plan_is_worth_more_than_the_bound_which_comes_down_to_the_best_fractional_plan():
    above = []
    for seed in range(40):
        problem = random_problem(seed)
        pricing = start_pricing(problem)
        shares = relax(pricing, rounds=ENOUGH)
        bound, fractional = bound_of(problem, pricing.best), fractional_worth(problem)
        size = max(abs(fractional), 1000.0)
        assert bound == pytest.approx(pricing.bound, rel=1e-9)
        assert bound >= best_worth(problem) - 1e-6 * size
        assert (shares >= 0).all()
        assert (np.add.reduceat(shares, problem.option_start[:-1]) <= 1 + 1e-6).all()
        above.append((bound - fractional) / size)
    assert np.sort(above)[-2] < 1e-3  # one of them is still on its way after so many rounds
    assert max(above) < 0.05


def test_the_number_of_threads_does_not_show():
    problem = random_problem(3, demand=60, sites=40, limits=9, groups=4)
    found = []
    for threads in (1, min(2, config.NUMBA_NUM_THREADS)):
        set_num_threads(threads)
        pricing = start_pricing(problem)
        found.append((relax(pricing, rounds=ENOUGH).tobytes(), pricing.best.demand.tobytes(), pricing.bound))
    assert found[0] == found[1]


def test_it_stops_at_the_clock_with_prices_that_bound():
    problem = random_problem(3, demand=60, sites=40, limits=9, groups=4)
    pricing, looks = start_pricing(problem), iter(range(1_000))
    relax(pricing, rounds=ENOUGH, clock=lambda: float(next(looks)), until=1.0)
    assert next(looks) == 2
    assert np.isfinite(bound_of(problem, pricing.best))


def test_the_search_goes_on_from_the_plan_of_the_largest_shares():
    problem = random_problem(3, demand=60, sites=40, limits=9, groups=4)
    found = search(problem, rounds=8)
    assert found.is_feasible
    assert found.objective <= found.bound
    assert found.bound == pytest.approx(bound_of(problem, found.prices), rel=1e-9)


def test_without_sites_that_reach_anything_there_is_nothing_to_share():
    problem = random_problem(3)
    nothing = replace(
        problem,
        arc_start=np.zeros_like(problem.arc_start),
        arc_demand=problem.arc_demand[:0],
        arc_worth=problem.arc_worth[:0],
        option_worth=np.full(len(problem.option_worth), -1.0),
        must=np.zeros_like(problem.must),
    )
    assert relax(start_pricing(nothing), rounds=STRETCH).sum() == pytest.approx(0.0, abs=1e-6)
