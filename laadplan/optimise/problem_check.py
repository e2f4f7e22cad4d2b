"""Refuses a siting problem that has no meaning, before anything is searched.

In: a `Problem`. Out: nothing, or an error that names the rows. An array that does not fit is a fault of whoever made
the problem (ValueError); an amount that cannot be is bad input.
"""

from collections.abc import Iterator

import numpy as np

from laadplan.errors import BadInput
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes

WITHIN = 1e-6
"""Share of a limit, or units where it is below one, by which what must be taken may exceed it: rounding."""


def check_problem(problem: Problem) -> None:
    """Refuses a problem that has no meaning.

    Raises
    ------
    ValueError
        Arrays do not fit each other, ids stand twice, or a place is out of range.
    BadInput
        An amount is negative, infinite or not a number where it may not be, or what must be taken exceeds a limit that
        may not be exceeded.
    """
    for held, what in _shapes(problem):
        if not held:
            raise ValueError(f"The siting problem is not well made: {what}.")
    for wrong, ids, what in _amounts(problem):
        rows = wrong.any(axis=tuple(range(1, wrong.ndim)))
        if rows.any():
            raise BadInput(what, where="optimisation", ids=[ids[place] for place in np.flatnonzero(rows)])
    least = _least_use(problem)
    slack = WITHIN * np.maximum(np.abs(problem.limits.limit), 1.0)
    beyond = np.isinf(problem.limits.penalty) & (least > problem.limits.limit + slack)
    for place in np.flatnonzero(beyond)[:1]:
        raise BadInput(
            f"What must be taken uses at least {least[place]:g} of {problem.limits.ids[place]}, and "
            f"{problem.limits.limit[place]:g} is the limit.",
            where="optimisation",
            ids=_musts_that_use(problem, int(place)),
            todo="Lock fewer locations, or raise the limit.",
        )


def _shapes(problem: Problem) -> Iterator[tuple[bool, str]]:
    """Whether each rule on sizes, order and places is kept, with what it says."""
    n, m, o, k = (len(some) for some in (problem.demand_ids, problem.site_ids, problem.option_ids, problem.arc_demand))
    t, r, g = len(problem.period_worth), len(problem.limits.ids), len(problem.groups.ids)
    limits, groups = problem.limits, problem.groups
    named = {"demand": problem.demand_ids, "site": problem.site_ids, "limit": limits.ids, "group": groups.ids}
    for what, ids in named.items():
        yield len(set(ids)) == len(ids), f"{what} ids stand twice"
    sizes = [
        (problem.demand_kwh, (n, t)),
        (problem.demand_group, (n,)),
        (problem.must, (m,)),
        (problem.arc_worth, (k,)),
        (problem.option_capacity, (o, t)),
        (problem.option_worth, (o,)),
        (limits.use, limits.option.shape),
        (limits.limit, (r,)),
        (limits.penalty, (r,)),
        (groups.least_kwh, (g,)),
        (groups.penalty, (g,)),
    ]
    yield all(array.shape == shape for array, shape in sizes), "arrays do not have the sizes of their ids"
    yield len(limits.kinds) == r, "each limit must have a kind"
    for start, count, most, what in (
        (problem.arc_start, m, k, "arcs"),
        (problem.option_start, m, o, "options"),
        (limits.start, r, len(limits.option), "uses of limits"),
    ):
        yield _divides(start, count, most), f"starts of {what} do not divide them"
    yield bool((np.diff(problem.option_start) > 0).all()), "a site has no option"
    site = np.repeat(np.arange(m), np.diff(problem.option_start))
    yield len(set(zip(site.tolist(), problem.option_ids, strict=True))) == o, "an option stands twice at a site"
    for places, least, most, what in (
        (problem.arc_demand, 0, n, "arcs lead"),
        (limits.option, 0, o, "limits lead"),
        (problem.demand_group, -1, g, "demand leads"),
    ):
        yield bool(((places >= least) & (places < most)).all()), f"{what} to a place that is not there"
    pair = np.repeat(np.arange(r), np.diff(limits.start)) * o + limits.option
    yield len(np.unique(pair)) == len(pair), "an option stands twice in a limit"
    place = np.repeat(np.arange(m), np.diff(problem.arc_start)) * n + problem.arc_demand
    yield bool((np.diff(place) > 0).all()), "arcs of a site are not in rising order, or stand twice"


def _divides(start: Wholes, count: int, most: int) -> bool:
    """Whether the starts cut so many things into so many runs."""
    return bool(start.shape == (count + 1,) and start[0] == 0 and start[-1] == most and (np.diff(start) >= 0).all())


def _amounts(problem: Problem) -> Iterator[tuple[Flags, tuple[str, ...], str]]:
    """Where an amount is not what it may be, the ids of its rows, and what is wrong."""
    sites, limits, groups = np.asarray(problem.site_ids), problem.limits, problem.groups
    arc_site = np.repeat(np.arange(len(sites)), np.diff(problem.arc_start))
    at = tuple(problem.site_ids[j] for j in np.repeat(np.arange(len(sites)), np.diff(problem.option_start)).tolist())
    worthless = np.bincount(arc_site[~_not_negative(problem.arc_worth)], minlength=len(sites)) > 0
    periods = tuple(str(place) for place in range(len(problem.period_worth)))
    yield ~_not_negative(problem.demand_kwh), problem.demand_ids, "Demand is negative or not a number."
    yield worthless, problem.site_ids, "The worth of an arc is negative or not a number."
    yield ~_not_negative(problem.period_worth), periods, "The worth of a period is negative or not a number."
    yield ~(problem.option_capacity >= 0), at, "A capacity is negative or not a number."
    yield ~np.isfinite(problem.option_worth), at, "The worth of an option is not a number."
    yield ~np.isfinite(limits.limit), limits.ids, "A limit is not a number."
    yield ~(limits.penalty >= 0), limits.ids, "The penalty of a limit is negative or not a number."
    broken = np.zeros(len(limits.ids), dtype=bool)
    broken[np.repeat(np.arange(len(broken)), np.diff(limits.start))[~np.isfinite(limits.use)]] = True
    yield broken, limits.ids, "The use of a limit is not a number."
    yield ~np.isfinite(groups.least_kwh), groups.ids, "The least service of a group is not a number."
    yield ~_not_negative(groups.penalty), groups.ids, "The penalty of a group is negative or not a number."


def _not_negative(amounts: Floats) -> Flags:
    return np.isfinite(amounts) & (amounts >= 0)


def _least_use(problem: Problem) -> Floats:
    """Per limit, the least any plan uses of it: of each site the option that uses least, or nothing where it may."""
    limits, sites = problem.limits, len(problem.site_ids)
    count = np.diff(problem.option_start)
    key = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start)) * sites
    key = key + np.repeat(np.arange(sites), count)[limits.option]
    order = np.argsort(key, kind="stable")
    found, begin, entries = np.unique(key[order], return_index=True, return_counts=True)
    row, site = np.divmod(found, max(sites, 1))
    lowest = np.minimum.reduceat(limits.use[order], begin) if len(begin) else np.zeros(0)
    spared = ~problem.must[site] | (entries < count[site])
    least = np.zeros(len(limits.ids))
    np.add.at(least, row, np.where(spared, np.minimum(lowest, 0.0), lowest))
    return least


def _musts_that_use(problem: Problem, row: int) -> list[str]:
    limits = problem.limits
    site = np.repeat(np.arange(len(problem.site_ids)), np.diff(problem.option_start))
    used = np.unique(site[limits.option[limits.start[row] : limits.start[row + 1]]])
    return [problem.site_ids[j] for j in used.tolist() if problem.must[j]]
