"""Options and sites that no best plan needs, because another one is as good in every respect.

In: a `Problem`. Out: a flag per option or site. Hard decision: of two that are equal in everything the first one stays.
"""

import numpy as np

from laadplan.geo.compiled import compiled
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes
from laadplan.optimise.sparse_rows import Shorts, turned


def worse_options(problem: Problem) -> Flags:
    """Options no better than another one of their site in every respect."""
    return np.asarray(
        _find_worse_options(problem.option_start, problem.option_capacity, problem.option_worth, *_uses(problem))
    )


def _droppable(problem: Problem) -> Flags:
    """Sites that may always be left out of a plan without loss of anything but what they serve."""
    negative = np.zeros(len(problem.option_ids), dtype=bool)
    negative[problem.limits.option[problem.limits.use < 0]] = True
    needed = np.zeros(len(problem.site_ids), dtype=bool)
    needed[problem.option_site[negative | (problem.option_worth > 0)]] = True
    return np.asarray(~(needed | problem.must))


def idle_sites(problem: Problem) -> Flags:
    """Sites that reach nobody and bring nothing."""
    return np.asarray(_droppable(problem) & (np.diff(problem.arc_start) == 0))


def worse_sites(problem: Problem) -> Flags:
    """Sites no better than another one of unbounded capacity in every respect."""
    single = np.diff(problem.option_start) == 1
    bounded = np.zeros(len(problem.site_ids), dtype=bool)
    bounded[problem.option_site[np.isfinite(problem.option_capacity).any(axis=1)]] = True
    point_start, point_sites = turned(problem.arc_start, problem.arc_demand, len(problem.demand_ids))
    arcs = (problem.arc_start, problem.arc_demand, problem.arc_worth, point_start, point_sites)
    options = (problem.option_start, problem.option_worth, *_uses(problem))
    return np.asarray(_find_worse_sites(*arcs, *options, _droppable(problem), single & ~bounded))


def _uses(problem: Problem) -> tuple[Wholes, Wholes, Floats]:
    """Limits by option: starts, rows in rising order, and the use."""
    limits = problem.limits
    rows = np.repeat(np.arange(len(limits.ids)), np.diff(limits.start))
    order = np.lexsort((rows, limits.option))
    counts = np.bincount(limits.option, minlength=len(problem.option_ids))
    return np.concatenate([[0], np.cumsum(counts)]), rows[order], limits.use[order]


@compiled
def _uses_no_more(start: Wholes, rows: Wholes, use: Floats, one: int, other: int) -> bool:
    """Whether an option uses no more of any limit than another one."""
    a, b = start[one], start[other]
    while a < start[one + 1] or b < start[other + 1]:
        row_a = rows[a] if a < start[one + 1] else np.int64(2**62)
        row_b = rows[b] if b < start[other + 1] else np.int64(2**62)
        of_a = use[a] if row_a <= row_b else 0.0
        of_b = use[b] if row_b <= row_a else 0.0
        if of_a > of_b:
            return False
        if row_a <= row_b:
            a += 1
        if row_b <= row_a:
            b += 1
    return True


@compiled
def _find_worse_options(
    start: Wholes, capacity: Floats, worth: Floats, use_start: Wholes, use_rows: Wholes, use: Floats
) -> Flags:
    worse = np.zeros(len(worth), np.bool_)
    for site in range(len(start) - 1):
        for one in range(start[site], start[site + 1]):
            for other in range(start[site], start[site + 1]):
                if one == other or worth[other] < worth[one] or not (capacity[other] >= capacity[one]).all():
                    continue
                if not _uses_no_more(use_start, use_rows, use, other, one):
                    continue
                equal = worth[other] == worth[one] and (capacity[other] == capacity[one]).all()
                if other < one or not (equal and _uses_no_more(use_start, use_rows, use, one, other)):
                    worse[one] = True
    return worse


@compiled
def _reaches_all(start: Wholes, points: Wholes, worth: Floats, one: int, other: int) -> bool:
    """Whether a site reaches all points of another one, at as much worth."""
    a = start[one]
    for b in range(start[other], start[other + 1]):
        while a < start[one + 1] and points[a] < points[b]:
            a += 1
        if a == start[one + 1] or points[a] != points[b] or worth[a] < worth[b]:
            return False
    return True


@compiled
def _costs_no_more(
    start: Wholes, worth: Floats, use_start: Wholes, use_rows: Wholes, use: Floats, one: int, other: int
) -> bool:
    """Whether the only option of a site costs no more, of worth and limits, than any option of another one."""
    only = start[one]
    for option in range(start[other], start[other + 1]):
        if worth[only] < worth[option] or not _uses_no_more(use_start, use_rows, use, only, option):
            return False
    return True


@compiled
def _find_worse_sites(
    start: Wholes,
    points: Wholes,
    arc_worth: Floats,
    point_start: Wholes,
    point_sites: Shorts,
    option_start: Wholes,
    option_worth: Floats,
    use_start: Wholes,
    use_rows: Wholes,
    use: Floats,
    droppable: Flags,
    unbounded: Flags,
) -> Flags:
    worse = np.zeros(len(droppable), np.bool_)
    for site in range(len(droppable)):
        if not droppable[site] or start[site] == start[site + 1]:
            continue
        rare = points[start[site]]
        for at in range(start[site], start[site + 1]):
            point = points[at]
            if point_start[point + 1] - point_start[point] < point_start[rare + 1] - point_start[rare]:
                rare = point
        for at in range(point_start[rare], point_start[rare + 1]):
            other = point_sites[at]
            if other == site or not unbounded[other] or not _reaches_all(start, points, arc_worth, other, site):
                continue
            if not _costs_no_more(option_start, option_worth, use_start, use_rows, use, other, site):
                continue
            back = droppable[other] and unbounded[site] and _reaches_all(start, points, arc_worth, site, other)
            if other < site or not (
                back and _costs_no_more(option_start, option_worth, use_start, use_rows, use, site, other)
            ):
                worse[site] = True
                break
    return worse
