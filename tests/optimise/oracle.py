"""The best plan of a small siting problem by trying every choice of options.

How well a choice serves is a linear problem of its own; those of all choices are put side by side and solved in one
call of scipy, which shares nothing with the model in PuLP.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, hstack, kron, vstack

from laadplan.optimise.problem import NONE, Problem


def best_worth(problem: Problem) -> float:
    """Worth of the best plan; minus infinity when none keeps the hard limits."""
    return max(plan_worths(problem).values(), default=-np.inf)


def plan_worths(problem: Problem) -> dict[tuple[int, ...], float]:
    """Every choice of options that keeps the hard limits, as the option taken per site, with its worth."""
    plans = [plan for plan in _all_plans(problem) if np.isfinite(_taking(problem, plan))]
    served = _best_service(problem, plans)
    return {plan: _taking(problem, plan) + kwh for plan, kwh in zip(plans, served, strict=True)}


def _all_plans(problem):
    ways = [
        [*range(begin, end)] if must else [NONE, *range(begin, end)]
        for begin, end, must in zip(problem.option_start[:-1], problem.option_start[1:], problem.must, strict=True)
    ]
    return list(product(*ways))


def _taking(problem, plan):
    """Worth of taking these options, apart from what they serve."""
    worth = sum(problem.option_worth[option] for option in plan if option != NONE)
    limits = problem.limits
    for row in range(len(limits.ids)):
        entries = range(limits.start[row], limits.start[row + 1])
        used = sum(limits.use[entry] for entry in entries if limits.option[entry] in plan)
        if used > limits.limit[row]:
            worth -= limits.penalty[row] * (used - limits.limit[row])
    return float(worth)


def _best_service(problem, plans):
    """Per plan, the most that served energy is worth, less the penalties of groups."""
    n, m, t, k = (problem.sizes[name] for name in ("demand", "sites", "periods", "arcs"))
    g = len(problem.groups.ids)
    if not plans or k * t + g == 0:
        return [0.0] * len(plans)
    arc, period = (axis.ravel() for axis in np.indices((k, t)))
    x, ones = np.arange(k * t), np.ones(k * t)
    point, site = problem.arc_demand[arc], problem.arc_site[arc]
    at_point = coo_array((ones, (point * t + period, x)), shape=(n * t, k * t))
    at_site = coo_array((ones, (site * t + period, x)), shape=(m * t, k * t))
    within = problem.demand_group[point] != NONE
    in_group = coo_array((-ones[within], (problem.demand_group[point[within]], x[within])), shape=(g, k * t))
    one = hstack([vstack([at_point, at_site, in_group]), vstack([coo_array(((n + m) * t, g)), -eye_array(g)])])
    worth = np.concatenate([problem.arc_worth[arc] * problem.period_worth[period], -problem.groups.penalty])
    total = float(problem.demand_kwh.sum())
    rooms = np.zeros((len(plans), m, t))
    for number, plan in enumerate(plans):
        for place, option in enumerate(plan):
            rooms[number, place] = 0.0 if option == NONE else np.minimum(problem.option_capacity[option], total)
    sides = [np.concatenate([problem.demand_kwh.ravel(), room.ravel(), -problem.groups.least_kwh]) for room in rooms]
    many = len(plans)
    found = linprog(
        -np.tile(worth, many), A_ub=kron(eye_array(many), one).tocsr(), b_ub=np.concatenate(sides), method="highs"
    )
    assert found.status == 0, found.message
    return (found.x.reshape(many, -1) @ worth).tolist()
