"""A plan's worth counted anew, plainly and from the plan alone, so that nobody's word is taken for it.

In: a `Problem`, the option taken per site and the kWh served per arc and period. Out: the worth, or what is wrong with
the plan. Nothing here is shared with the optimiser's own checker. Solvers keep to their limits within a tolerance; a
plan may overstep by `TOLERANCE` of the limit and no more.
"""

import numpy as np

from laadplan.optimise.problem import Floats, Problem, Wholes

TOLERANCE = 1e-6
"""Share of a limit (or, of limits below 1, part of one) by which it may be overstepped."""


def covered(problem: Problem, taken: Wholes) -> float:
    """Demand within reach of any site taken, by its best arc: the worth of a plan without capacity.

    Raises
    ------
    ValueError
        The plan breaks a limit, or the problem has capacity: then who is served must be told too.
    """
    if np.isfinite(problem.option_capacity).any():
        raise ValueError("Of a problem with capacity the kWh served must be told.")
    _refuse_bad_sites(problem, taken)
    best = np.zeros(len(problem.demand_ids))
    used = np.repeat(taken >= 0, np.diff(problem.arc_start))
    np.maximum.at(best, problem.arc_demand[used], problem.arc_worth[used])
    served = float((problem.demand_kwh * problem.period_worth).sum(axis=1) @ best)
    return served + _beside_service(problem, taken)


def counted(problem: Problem, taken: Wholes, served_kwh: Floats) -> float:
    """Worth of all kWh served and of what was taken, less what overstepping limits and falling short of groups costs.

    Raises
    ------
    ValueError
        The plan serves more than the demand, than a site can, or from a site not taken; or breaks a limit.
    """
    _refuse_bad_sites(problem, taken)
    sites, periods = len(problem.site_ids), len(problem.period_worth)
    room = np.where((taken >= 0)[:, None], problem.option_capacity[np.maximum(taken, 0)], 0.0)
    to, out = np.zeros((len(problem.demand_ids), periods)), np.zeros((sites, periods))
    np.add.at(to, problem.arc_demand, served_kwh)
    np.add.at(out, problem.arc_site, served_kwh)
    _refuse_above(-served_kwh, np.zeros(1), "A negative amount is served")
    _refuse_above(to, problem.demand_kwh, "More is served than the demand")
    _refuse_above(out, room, "A site serves more than it can")
    _refuse_above(served_kwh[room[problem.arc_site] <= 0], np.zeros(1), "A site not taken serves")
    short = problem.groups.least_kwh - np.bincount(
        problem.demand_group[problem.demand_group >= 0],
        to.sum(axis=1)[problem.demand_group >= 0],
        minlength=len(problem.groups.ids),
    )
    worth = float(problem.arc_worth @ (served_kwh @ problem.period_worth))
    return worth + _beside_service(problem, taken) - float(problem.groups.penalty @ np.maximum(short, 0.0))


def _beside_service(problem: Problem, taken: Wholes) -> float:
    """Worth of what was taken, less what overstepping limits costs."""
    over = np.maximum(_over(problem, taken), 0.0)
    costs = np.where(over > 0, problem.limits.penalty, 0.0) * over
    return float(problem.option_worth[taken[taken >= 0]].sum() - costs[np.isfinite(costs)].sum())


def _over(problem: Problem, taken: Wholes) -> Floats:
    """Per limit: units above it, negative below."""
    chosen = np.zeros(len(problem.option_ids))
    chosen[taken[taken >= 0]] = 1.0
    limits = problem.limits
    row = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    used = np.bincount(row, limits.use * chosen[limits.option], minlength=len(limits.ids))
    return np.asarray(used - limits.limit)


def _refuse_bad_sites(problem: Problem, taken: Wholes) -> None:
    if taken.shape != (len(problem.site_ids),):
        raise ValueError("A plan tells of each site which option was taken.")
    sites = np.flatnonzero(taken >= 0)
    start = problem.option_start
    if ((taken[sites] < start[sites]) | (taken[sites] >= start[sites + 1])).any():
        raise ValueError("An option was taken at a site that does not have it.")
    if (taken[problem.must] < 0).any():
        raise ValueError("A site that must be taken was not.")
    hard = np.isinf(problem.limits.penalty)
    _refuse_above(_over(problem, taken)[hard], np.zeros(1), "A limit that may not be exceeded is exceeded")


def _refuse_above(found: Floats, limit: Floats, words: str) -> None:
    over = found - limit > TOLERANCE * np.maximum(np.where(np.isfinite(limit), limit, 1.0), 1.0)
    if over.any():
        raise ValueError(f"{words}: {int(over.sum())} times.")
