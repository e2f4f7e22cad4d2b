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

from laadplan.optimise.problem import Flags, Floats, Problem

CHUNK = 1 << 20
"""Arcs that are priced at once: some tens of MB."""

ROUNDED = 1e-9
"""Share of a bound that its sums may be wrong by: nothing is concluded from less."""


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
    values = priced_options(problem, prices)
    given = float((prices.demand * problem.demand_kwh).sum())
    given += float(prices.limits @ problem.limits.limit) - float(prices.groups @ problem.groups.least_kwh)
    return given + float(_best_per_site(problem, values).sum())


def open_options(problem: Problem, prices: Prices, objective: float) -> Flags:
    """Options (o) that a plan of at least this worth may take; by these prices no plan with one of the others has it.

    To take an option against the prices costs bound: what its site is worth at best less what it is worth with it.
    """
    values = priced_options(problem, prices)
    lost = _best_per_site(problem, values)[problem.option_site] - values
    bound = bound_of(problem, prices)
    return np.asarray(bound - lost >= objective - ROUNDED * max(abs(bound), abs(objective), 1.0))


def priced_options(problem: Problem, prices: Prices) -> Floats:
    """Worth of each option by these prices (o): its own, what it serves at best, less what it uses of limits.

    Raises
    ------
    ValueError
        As `bound_of`.
    """
    _refuse_bad(problem, prices)
    values = problem.option_worth - np.bincount(
        problem.limits.option,
        problem.limits.use * np.repeat(prices.limits, np.diff(problem.limits.start)),
        minlength=len(problem.option_ids),
    )
    asked = prices.demand - np.append(prices.groups, 0.0)[problem.demand_group][:, None]  # group -1 is the last: none
    first = 0
    while first < len(problem.site_ids):
        end = max(
            first + 1, int(np.searchsorted(problem.arc_start, problem.arc_start[first] + CHUNK, side="right")) - 1
        )
        options = slice(problem.option_start[first], problem.option_start[end])
        for period in range(len(problem.period_worth)):
            values[options] += _filled(problem, asked[:, period], period, first, end)
        first = end
    return values


def _best_per_site(problem: Problem, values: Floats) -> Floats:
    """Worth of the best option of each site (m); nothing taken is worth 0 where the site need not be taken."""
    if not len(values):
        return np.zeros(0)
    best = np.maximum.reduceat(values, problem.option_start[:-1])
    return np.where(problem.must, best, np.maximum(best, 0.0))


def _filled(problem: Problem, asked: Floats, period: int, first: int, end: int) -> Floats:
    """Most gain within the capacity of each option of these sites in a period: the kWh of most gain, none of a loss."""
    arcs = slice(problem.arc_start[first], problem.arc_start[end])
    points = problem.arc_demand[arcs]
    demand = problem.demand_kwh[points, period]
    gain = problem.arc_worth[arcs] * problem.period_worth[period] - asked[points]
    useful = (gain > 0) & (demand > 0)
    site = np.repeat(np.arange(end - first), np.diff(problem.arc_start[first : end + 1]))[useful]
    gain, demand = gain[useful], demand[useful]
    order = np.lexsort((-gain, site))
    gain, demand = gain[order], demand[order]
    room = np.concatenate([[0.0], np.cumsum(demand)])  # over all these sites in turn
    worth = np.concatenate([[0.0], np.cumsum(demand * gain)])
    start = np.concatenate([[0], np.cumsum(np.bincount(site, minlength=end - first))])
    where = problem.option_site[problem.option_start[first] : problem.option_start[end]] - first
    full = np.minimum(
        room[start[where]] + problem.option_capacity[slice(*problem.option_start[[first, end]]), period],
        room[start[where + 1]],
    )
    return np.interp(full, room, worth) - worth[start[where]] if len(gain) else np.zeros(len(where))


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
