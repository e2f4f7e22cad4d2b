"""The certificate of a bound: prices from which anyone can compute that no plan is worth more.

In: a `Problem` and `Prices`. Out: the bound. Whatever the prices are, as long as they are not negative, the bound holds
(Lagrangian duality); how good it is depends on them. `laadplan.optimise.bound` looks for good ones fast; here the
bound is computed plainly, so that it can be checked without that search.

Formula
-------
With price ``p_it`` per kWh of demand, ``q_r`` per unit of limit r, ``e_g`` per kWh of group g, each site stands alone:

``bound = sum_it p_it demand_it + sum_r q_r limit_r - sum_g e_g least_g
+ sum_j max over its options o of (worth_o - sum_r q_r use_ro + sum_t best_jt(capacity_ot))``

where ``best_jt(c)`` fills capacity c with the kWh of most worth less price, and taking nothing counts as 0 where the
site need not be taken. Valid for ``0 <= q_r <= penalty_r`` and ``0 <= e_g <= penalty_g``.
"""

from dataclasses import dataclass

import numpy as np

from laadplan.optimise.problem import Floats, Problem


@dataclass(frozen=True)
class Prices:
    """Prices of demand (n, t) per kWh, of limits (r) per unit, and of groups (g) per kWh; all at least 0."""

    demand: Floats
    limits: Floats
    groups: Floats


def bound_of(problem: Problem, prices: Prices) -> float:
    """What no plan can exceed in worth, by these prices.

    Raises
    ------
    ValueError
        A price is negative, not a number, or above the penalty of its limit or group.
    """
    _refuse_bad(problem, prices)
    total = float((prices.demand * problem.demand_kwh).sum())
    total += float(prices.limits @ problem.limits.limit) - float(prices.groups @ problem.groups.least_kwh)
    worth = problem.option_worth - np.bincount(
        problem.limits.option,
        problem.limits.use * np.repeat(prices.limits, np.diff(problem.limits.start)),
        minlength=len(problem.option_ids),
    )
    extra = np.append(prices.groups, 0.0)[problem.demand_group]  # group -1 is the last: none
    for site in range(len(problem.site_ids)):
        arcs = slice(problem.arc_start[site], problem.arc_start[site + 1])
        options = slice(problem.option_start[site], problem.option_start[site + 1])
        demand = problem.demand_kwh[problem.arc_demand[arcs]]
        gain = (
            problem.arc_worth[arcs][:, None] * problem.period_worth[None, :] + extra[problem.arc_demand[arcs]][:, None]
        )
        gain = gain - prices.demand[problem.arc_demand[arcs]]
        values = worth[options] + sum(
            _filled(gain[:, period], demand[:, period], problem.option_capacity[options, period])
            for period in range(len(problem.period_worth))
        )
        best = float(values.max())
        total += best if problem.must[site] else max(best, 0.0)
    return total


def _filled(gain: Floats, demand: Floats, capacities: Floats) -> Floats:
    """Most gain within each capacity: the kWh of most gain first, none of a loss."""
    order = np.argsort(-gain, kind="stable")
    order = order[(gain[order] > 0) & (demand[order] > 0)]
    room = np.concatenate([[0.0], np.cumsum(demand[order])])
    worth = np.concatenate([[0.0], np.cumsum(demand[order] * gain[order])])
    return np.asarray(np.interp(np.minimum(capacities, room[-1]), room, worth))


def _refuse_bad(problem: Problem, prices: Prices) -> None:
    for found, most, what in (
        (prices.demand, np.inf, "demand"),
        (prices.limits, problem.limits.penalty, "limits"),
        (prices.groups, problem.groups.penalty, "groups"),
    ):
        if not (np.isfinite(found).all() and (found >= 0).all() and (found <= most).all()):
            raise ValueError(f"Prices of {what} must be numbers from 0 to the penalty.")


def no_prices(problem: Problem) -> Prices:
    """Each demand point priced at the worth of its best arc: the bound is then all demand at its best."""
    best = np.zeros(len(problem.demand_ids))
    np.maximum.at(best, problem.arc_demand, problem.arc_worth)
    return Prices(
        demand=best[:, None] * problem.period_worth[None, :],
        limits=np.zeros(len(problem.limits.ids)),
        groups=np.zeros(len(problem.groups.ids)),
    )
