"""The best service of options that are given: a transport problem, solved exactly.

In: a `Problem` and the option taken per site. Out: kWh served per arc and period. Hard decisions: without groups, sites
are opened one by one and each takes demand along the paths that add most worth, which is exact; a least service of
groups ties periods and neighbourhoods together, and is solved as one linear program by HiGHS.
"""

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import linprog

from laadplan.errors import LaadplanError
from laadplan.optimise import moves
from laadplan.optimise.layout import lay_out
from laadplan.optimise.problem import Floats, Problem, Wholes

ALL_LOOKS = 1 << 40
"""Sites looked at for one path: as many as there are."""


def serve(problem: Problem, taken: Wholes) -> Floats:
    """The kWh served over each arc in each period (k, t) that are worth most, given the options taken.

    Raises
    ------
    LaadplanError
        The solver gives no service.
    """
    if has_groups(problem):
        return serve_groups(problem, taken)[0]
    layout = lay_out(problem)
    state = moves.empty_state(layout, 0, ALL_LOOKS)
    moves.open_all(layout, state, np.asarray(taken, dtype=np.int64))
    return state.flow


def has_groups(problem: Problem) -> bool:
    """Whether any group of demand has a least service that counts."""
    return bool(((problem.groups.least_kwh > 0) & (problem.groups.penalty > 0)).any())


def worth_of(problem: Problem, taken: Wholes, served_kwh: Floats) -> float:
    """Worth of a plan: the objective of the problem."""
    limits, groups = problem.limits, problem.groups
    chosen = taken[taken >= 0]
    mask = np.zeros(len(problem.option_ids))
    mask[chosen] = 1.0
    rows = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    over = np.maximum(
        np.bincount(rows, limits.use * mask[limits.option], minlength=len(limits.ids)) - limits.limit, 0.0
    )
    soft = np.isfinite(limits.penalty)
    point = np.bincount(problem.arc_demand, served_kwh.sum(axis=1), minlength=len(problem.demand_ids))
    got = np.bincount(problem.demand_group + 1, point, minlength=len(groups.ids) + 1)[1:]
    return float(
        (served_kwh * problem.arc_worth[:, None] * problem.period_worth).sum()
        + problem.option_worth[chosen].sum()
        - over[soft] @ limits.penalty[soft]
        - np.maximum(groups.least_kwh - got, 0.0) @ groups.penalty
    )


def serve_groups(problem: Problem, taken: Wholes) -> tuple[Floats, Floats]:
    """The same with the least service of groups, and the worth per group of one kWh less to be served (g).

    Variables are kWh per open arc and period, and kWh short per group.
    """
    periods, groups = len(problem.period_worth), len(problem.groups.ids)
    served = np.zeros((len(problem.arc_demand), periods))
    site = problem.arc_site
    arcs, when = np.nonzero((taken[site] >= 0)[:, None] & (problem.demand_kwh[problem.arc_demand] > 0))
    many = len(arcs)
    if many == 0:
        return served, problem.groups.penalty * (problem.groups.least_kwh > 0)
    points, sites = problem.demand_kwh.size, problem.must.size * periods
    capacity = np.where((taken >= 0)[:, None], problem.option_capacity[np.maximum(taken, 0)], 0.0)
    place = np.arange(many)
    ones = np.ones(many)
    group = problem.demand_group[problem.arc_demand[arcs]]
    inside = group >= 0
    rows = [
        sparse.csr_array((ones, (problem.arc_demand[arcs] * periods + when, place)), (points, many + groups)),
        sparse.csr_array((ones, (site[arcs] * periods + when, place)), (sites, many + groups)),
        sparse.csr_array(
            (
                -np.ones(int(inside.sum()) + groups),
                (np.append(group[inside], np.arange(groups)), np.append(place[inside], many + np.arange(groups))),
            ),
            (groups, many + groups),
        ),
    ]
    most = np.concatenate([problem.demand_kwh.ravel(), capacity.ravel(), -problem.groups.least_kwh])
    limited = np.isfinite(most)
    worth = problem.arc_worth[arcs] * problem.period_worth[when]
    answer = linprog(
        np.concatenate([-worth, problem.groups.penalty]),
        A_ub=sparse.vstack(rows).tocsr()[limited],
        b_ub=most[limited],
        method="highs",
    )
    if answer.x is None:
        raise LaadplanError(f"HiGHS gives no service of {many} arcs: {answer.message}")
    served[arcs, when] = np.maximum(answer.x[:many], 0.0)
    bonus = np.clip(-answer.ineqlin.marginals[len(answer.ineqlin.marginals) - groups :], 0.0, problem.groups.penalty)
    return served, bonus
