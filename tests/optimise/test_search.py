"""The general engine against enumeration: bound >= optimum >= plan, and the plan keeps every hard limit."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from laadplan.optimise.prices import bound_of
from laadplan.optimise.problem import Problem
from laadplan.optimise.search import search
from laadplan.optimise.serve import serve
from tests.optimise.random_problems import random_problem


def best_service(problem: Problem, taken):
    """Worth of the best service by a dense linear program written from the formula, and its kWh (k, t)."""
    arcs, periods = len(problem.arc_demand), len(problem.period_worth)
    groups = len(problem.groups.ids)
    site, many = problem.arc_site, arcs * periods
    cost = np.concatenate([-(problem.arc_worth[:, None] * problem.period_worth).ravel(), problem.groups.penalty])
    rows, most = [], []
    for period in range(periods):
        for point in range(len(problem.demand_ids)):
            row = np.zeros((arcs, periods))
            row[problem.arc_demand == point, period] = 1
            rows.append(np.append(row.ravel(), np.zeros(groups)))
            most.append(problem.demand_kwh[point, period])
        for place, option in enumerate(taken):
            row = np.zeros((arcs, periods))
            row[site == place, period] = 1
            capacity = problem.option_capacity[option, period] if option >= 0 else 0.0
            rows.append(np.append(row.ravel(), np.zeros(groups)))
            most.append(min(capacity, 1e9))
    for group in range(groups):
        row = np.zeros((arcs, periods))
        row[problem.demand_group[problem.arc_demand] == group] = -1
        short = np.zeros(groups)
        short[group] = -1
        rows.append(np.append(row.ravel(), short))
        most.append(-problem.groups.least_kwh[group])
    if many + groups == 0:
        return 0.0, np.zeros((0, periods))
    answer = linprog(cost, A_ub=np.array(rows), b_ub=np.array(most), method="highs")
    return -answer.fun, answer.x[:many].reshape(arcs, periods)


def limits_of(problem: Problem, taken):
    """Worth lost on soft limits, and whether the hard ones are kept."""
    limits, chosen = problem.limits, set(taken[taken >= 0].tolist())
    lost, kept = 0.0, True
    for row in range(len(limits.ids)):
        part = slice(limits.start[row], limits.start[row + 1])
        pairs = zip(limits.option[part], limits.use[part], strict=True)
        over = sum(use for option, use in pairs if option in chosen) - limits.limit[row]
        if over > 1e-9:
            kept &= bool(np.isfinite(limits.penalty[row]))
            lost += over * limits.penalty[row]
    return lost, kept


def optimum(problem: Problem):
    """Worth of the best plan by trying all."""
    ranges = [
        list(range(problem.option_start[site], problem.option_start[site + 1])) + ([] if problem.must[site] else [-1])
        for site in range(len(problem.site_ids))
    ]
    best = -np.inf
    for plan in product(*ranges):
        taken = np.array(plan)
        lost, kept = limits_of(problem, taken)
        if kept:
            worth = best_service(problem, taken)[0] + problem.option_worth[taken[taken >= 0]].sum() - lost
            best = max(best, worth)
    return best


def refuse_broken(problem: Problem, found):
    """An independent look at a plan."""
    served = found.served_kwh
    assert (served >= -1e-6).all()
    for period in range(len(problem.period_worth)):
        asked = np.bincount(problem.arc_demand, served[:, period], minlength=len(problem.demand_ids))
        assert (asked <= problem.demand_kwh[:, period] + 1e-6).all()
        given = np.bincount(problem.arc_site, served[:, period], minlength=len(problem.site_ids))
        capacity = np.where(found.taken >= 0, problem.option_capacity[np.maximum(found.taken, 0), period], 0.0)
        assert (given <= capacity + 1e-6).all()
    assert (found.taken[problem.must] >= 0).all()
    for site, option in enumerate(found.taken):
        assert option == -1 or problem.option_start[site] <= option < problem.option_start[site + 1]
    assert limits_of(problem, found.taken)[1] is True


@pytest.mark.parametrize("seed", range(60))
def test_bound_optimum_and_plan_stand_in_this_order(seed):
    problem = random_problem(seed)

    found = search(problem, rounds=3, seed=seed)

    best = optimum(problem)
    assert found.bound == pytest.approx(bound_of(problem, found.prices), rel=1e-9, abs=1e-6)
    assert found.bound >= best - 1e-6 * max(1.0, abs(best))
    assert found.objective <= best + 1e-6 * max(1.0, abs(best))
    assert found.is_feasible
    refuse_broken(problem, found)
    lost, _ = limits_of(problem, found.taken)
    worth = best_service(problem, found.taken)[0] + problem.option_worth[found.taken[found.taken >= 0]].sum() - lost
    assert found.objective == pytest.approx(worth, rel=1e-7, abs=1e-4)


def test_most_small_problems_are_solved_to_the_best():
    problems = [random_problem(seed) for seed in range(100, 140)]

    found = [search(problem, rounds=3).objective for problem in problems]

    best = [optimum(problem) for problem in problems]
    same = np.isclose(found, best, rtol=1e-6, atol=1e-3)
    assert same.mean() >= 0.85, [(seed, a, b) for seed, a, b, c in zip(range(100, 140), found, best, same) if not c]


@pytest.mark.parametrize("seed", range(40))
def test_the_service_of_given_options_is_that_of_the_linear_program(seed):
    problem = random_problem(seed, demand=9, sites=6)
    random = np.random.default_rng(seed)
    taken = np.array(
        [random.integers(first - 1, end) for first, end in zip(problem.option_start[:-1], problem.option_start[1:])]
    )
    taken[taken < problem.option_start[:-1]] = -1

    served = serve(problem, taken)

    worth = (served * problem.arc_worth[:, None] * problem.period_worth).sum()
    got = np.bincount(
        problem.demand_group[problem.arc_demand] + 1, served.sum(axis=1), minlength=len(problem.groups.ids) + 1
    )[1:]
    short = np.maximum(problem.groups.least_kwh - got, 0) @ problem.groups.penalty
    assert worth - short == pytest.approx(best_service(problem, taken)[0], rel=1e-9, abs=1e-5)
