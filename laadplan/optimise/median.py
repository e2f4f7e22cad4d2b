"""A proven bound where nothing runs full and worth falls with distance: no plan is worth more.

In: a `Problem` for which `laadplan.optimise.cover.is_uncapacitated` holds, and the worth of a plan. Out: `Prices`, the
certificate of the bound (`laadplan.optimise.prices.bound_of`). For the p-median the bound is often the optimum itself.
Hard decision: as many sites as may be chosen are chosen exactly, so that only demand has prices to search for.

Formula
-------
With price ``p_i`` of all kWh of point i, site j adds ``v_j = worth_j + sum_i max(0, kWh_i worth_ij - p_i)``, and
``bound = sum_i p_i + sum of v_j over the sites that are always taken + the largest v_j above 0, as many as may be
chosen``. Prices follow the subgradient: that of a point rises where several of the sites chosen want it and falls where
none does; the step is Polyak's towards the worth of the plan, halved after rounds in vain.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from laadplan.geo.compiled import compiled
from laadplan.optimise.cover import always_taken, is_uncapacitated, room_of
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes

PATIENCE = 40
"""Rounds in vain after which steps are halved. Of 20, 40 and 60 on the 40 problems of OR-Library, 20 stopped too early
in one of them; 40 takes 6 s for all together."""

STEP_LEAST = 1e-4
"""The search ends when steps are smaller than this share of Polyak's: prices hardly move any more."""

MEMORY = 0.5
"""Share of the last direction that is kept in the next, so that prices do not swing to and fro; of 0 to 0.7, tried as
above, it matters little."""


class _Points(NamedTuple):
    """Sites and worth of each point, of most worth first, worth of the sites themselves, and which are always taken."""

    start: Wholes
    sites: Wholes
    worth: Floats
    given: Floats
    kept: Flags


def bound_median(
    problem: Problem,
    objective: float,
    *,
    rounds: int,
    enough: float = 0.0,
    clock: Callable[[], float] | None = None,
    until: float = np.inf,
) -> Prices:
    """Prices whose bound is low: the best ones of so many rounds.

    Parameters
    ----------
    problem
        One for which `is_uncapacitated` holds.
    objective
        Worth of a plan, towards which prices are led.
    rounds
        The limit of work.
    enough
        The search ends when no plan can be worth more than the objective and this: just below 1 where every plan is
        worth a whole number.
    clock, until
        Gives the time, and when to stop.

    Raises
    ------
    ValueError
        The problem has capacity, options, groups or other limits.
    """
    if not is_uncapacitated(problem):
        raise ValueError("This bound is for sites without capacity, one option each, and one limit on their number.")
    points, count = _by_point(problem), room_of(problem)
    best = _first_prices(points, count)
    price, least, step, vain, way = best, np.inf, 1.0, 0, np.zeros(len(best))
    for _ in range(rounds):
        bound, chosen = _bound_at(points, price, count)
        vain += 1
        if bound < least:
            best, least, vain = price, bound, 0
        if least <= objective + enough or step < STEP_LEAST or (clock and clock() >= until):
            break
        if vain >= PATIENCE:
            price, step, vain, way = best, step / 2, 0, np.zeros(len(best))
            bound, chosen = _bound_at(points, price, count)
        way = MEMORY * way + _wanted(points, price, chosen) - 1.0
        price = np.maximum(price + step * (bound - objective) / max(float(way @ way), 1.0) * way, 0.0)
    return _prices(problem, points, best, count)


def _by_point(problem: Problem) -> _Points:
    weight = (problem.demand_kwh * problem.period_worth).sum(axis=1)
    worth = weight[problem.arc_demand] * problem.arc_worth
    order = np.lexsort((-worth, problem.arc_demand))
    counts = np.bincount(problem.arc_demand, minlength=len(weight))
    return _Points(
        start=np.concatenate([[0], np.cumsum(counts)]),
        sites=problem.arc_site[order],
        worth=worth[order],
        given=problem.option_worth,
        kept=always_taken(problem),
    )


def _first_prices(points: _Points, count: int) -> Floats:
    """Worth of a point at a site no nearer than the nearest of so many is, were they spread evenly."""
    lengths = np.diff(points.start)
    place = np.minimum(lengths // max(count, 1), lengths - 1)
    price = np.zeros(len(lengths))
    price[lengths > 0] = points.worth[(points.start[:-1] + place)[lengths > 0]]
    return price


def _bound_at(points: _Points, price: Floats, count: int) -> tuple[float, Flags]:
    """The bound by these prices, and which sites are chosen in it."""
    value = _values(points, price)
    chosen = points.kept.copy()
    loose = np.flatnonzero(~points.kept & (value > 0))
    chosen[loose[np.argsort(-value[loose], kind="stable")[:count]]] = True
    return float(price.sum() + value[chosen].sum()), chosen


@compiled
def _values(points: _Points, price: Floats) -> Floats:
    """What each site adds at these prices."""
    value = points.given.copy()
    for point in range(len(price)):
        for arc in range(points.start[point], points.start[point + 1]):
            more = points.worth[arc] - price[point]
            if more <= 0.0:
                break
            value[points.sites[arc]] += more
    return value


@compiled
def _wanted(points: _Points, price: Floats, chosen: Flags) -> Floats:
    """How many of the sites chosen want each point."""
    wanted = np.zeros(len(price))
    for point in range(len(price)):
        for arc in range(points.start[point], points.start[point + 1]):
            if points.worth[arc] <= price[point]:
                break
            if chosen[points.sites[arc]]:
                wanted[point] += 1.0
    return wanted


def _prices(problem: Problem, points: _Points, price: Floats, count: int) -> Prices:
    """The prices per kWh; that of the limit is what the best site that is not chosen would add."""
    value = np.sort(np.maximum(_values(points, price)[~points.kept], 0.0))[::-1]
    weight = (problem.demand_kwh * problem.period_worth).sum(axis=1)
    per_kwh = np.divide(price, weight, out=np.zeros(len(price)), where=weight > 0)
    return Prices(
        demand=per_kwh[:, None] * problem.period_worth,
        limits=np.full(len(problem.limits.ids), float(value[count]) if count < len(value) else 0.0),
        groups=np.zeros(len(problem.groups.ids)),
    )
