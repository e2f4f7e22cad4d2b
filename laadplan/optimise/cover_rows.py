"""Plain coverage as sparse rows, and the bound that parts of worth give.

In: a `Problem` of plain coverage. Out: a `Cover`, with the worth of its fractional plans, the bound by given parts of
worth, and the sites that this bound decides. The formula is in `laadplan.optimise.cover_bound`.
"""

from typing import NamedTuple

import numpy as np

from laadplan.geo.compiled import compiled, compiled_parallel, prange
from laadplan.optimise.problem import Flags, Floats, Problem, Wholes
from laadplan.optimise.sparse_rows import Shorts, turned

PARALLEL_ARCS, BLOCKS = 400_000, 16
"""From so many arcs on, rows are divided over threads in so many blocks; below it waiting costs more than it saves."""

PROVEN = 1e-9
"""Share of a bound by which it must miss a goal before anything is concluded from it: above the rounding of sums."""

WHOLE = 1e-9
"""Worths this close to whole numbers are whole numbers."""


class Cover(NamedTuple):
    """Plain coverage as sparse rows both ways: points of sites and sites of points, worth, use and least share."""

    site_start: Wholes
    site_points: Shorts
    point_start: Wholes
    point_sites: Shorts
    worth: Floats
    site_worth: Floats
    use: Floats
    limit: float
    least: Floats


def cover_of(problem: Problem) -> Cover:
    """Sparse rows both ways of a problem of plain coverage."""
    _refuse_other(problem)
    points, sites = len(problem.demand_ids), len(problem.site_ids)
    worth = np.zeros(points)
    worth[problem.arc_demand] = problem.arc_worth
    limits = problem.limits
    use = np.zeros(sites)
    np.add.at(use, limits.option, limits.use)
    most = float(limits.limit[0]) if len(limits.ids) else 0.0
    least = problem.must.astype(float)
    if use @ least > most:
        raise ValueError("The sites that must be taken exceed the limit.")
    start, order = turned(problem.arc_start, problem.arc_demand, points)
    return Cover(
        site_start=problem.arc_start,
        site_points=problem.arc_demand.astype(np.int32),
        point_start=start,
        point_sites=order,
        worth=worth * problem.demand_kwh[:, 0] * problem.period_worth[0],
        site_worth=problem.option_worth,
        use=use,
        limit=most,
        least=least,
    )


def _refuse_other(problem: Problem) -> None:
    limits, worth = problem.limits, np.zeros(len(problem.demand_ids))
    worth[problem.arc_demand] = problem.arc_worth
    wrong = {
        "more than one period": len(problem.period_worth) != 1,
        "more than one option a site": len(problem.option_ids) != len(problem.site_ids),
        "a capacity": not np.isposinf(problem.option_capacity).all(),
        "worth that differs by site": not np.array_equal(worth[problem.arc_demand], problem.arc_worth),
        "groups of demand": bool(len(problem.groups.ids)),
        "more than one limit": len(limits.ids) > 1,
        "a limit that may be exceeded": bool(np.isfinite(limits.penalty).any()),
        "negative use of a limit": bool((limits.use < 0).any()),
    }
    found = [what for what, holds in wrong.items() if holds]
    if found:
        raise ValueError(f"Not plain coverage: {', '.join(found)}.")


def blocks_of(cover: Cover) -> int:
    """In how many blocks rows are divided over threads."""
    return BLOCKS if len(cover.site_points) >= PARALLEL_ARCS else 1


def value_of(cover: Cover, m: Floats) -> Floats:
    """Worth of each site: its own, and the parts of its points."""
    return np.asarray(cover.site_worth + _sums(cover.site_start, cover.site_points, m, blocks_of(cover)))


def bound_at(cover: Cover, m: Floats) -> float:
    """What no plan can exceed in worth, by these parts of worth."""
    value = value_of(cover, m)
    return _most(cover, value, limit_prices(cover, value)[0], float((cover.worth - m).sum()))


def worth_at(cover: Cover, y: Floats) -> float:
    """Worth of a plan, fractional or not."""
    reached = _sums(cover.point_start, cover.point_sites, y, blocks_of(cover))
    return float(cover.worth @ np.minimum(reached, 1.0) + cover.site_worth @ y)


def without(cover: Cover, never: Flags, always: Flags) -> tuple[Cover, float, Wholes, Wholes]:
    """What is left to choose when sites are decided, the worth that is certain then, and the sites and points left."""
    site = np.repeat(np.arange(len(cover.use)), np.diff(cover.site_start))
    served = np.zeros(len(cover.worth), dtype=bool)
    served[cover.site_points[always[site]]] = True
    free = ~(never | always)
    arcs = free[site] & ~served[cover.site_points]
    open_points = np.zeros(len(cover.worth), dtype=bool)
    open_points[cover.site_points[arcs]] = True
    points = (np.cumsum(open_points) - 1)[cover.site_points[arcs]].astype(np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(site[arcs], minlength=len(free))[free])])
    left = Cover(
        start,
        points,
        *turned(start, points, int(open_points.sum())),
        cover.worth[open_points],
        cover.site_worth[free],
        cover.use[free],
        cover.limit - float(cover.use @ always),
        cover.least[free],
    )
    certain = float(cover.worth[served].sum() + cover.site_worth[always].sum())
    return left, certain, np.flatnonzero(free), np.flatnonzero(open_points)


def _most(cover: Cover, value: Floats, price: float, given: float) -> float:
    """The bound at a price of the limit: all sites worth their use of it, and those that must be taken."""
    left = value - price * cover.use
    return given + price * cover.limit + float(np.where(cover.least > 0, left, np.maximum(left, 0.0)).sum())


def limit_prices(cover: Cover, value: Floats) -> tuple[float, float]:
    """Least and largest price of the limit that give the least bound: of the next site and of the last that fits."""
    wanted = np.flatnonzero((cover.least == 0) & (value > 0) & (cover.use > 0))
    ratio = value[wanted] / cover.use[wanted]
    order = np.argsort(-ratio, kind="stable")
    filled = np.cumsum(cover.use[wanted][order])
    room = cover.limit - float(cover.use @ cover.least)
    next_one = int(np.searchsorted(filled, room, side="right"))
    low = float(ratio[order[next_one]]) if next_one < len(order) else 0.0
    exact = next_one > 0 and filled[next_one - 1] == room
    return low, float(ratio[order[next_one - 1]]) if exact else low


def decided(cover: Cover, kept: Floats, goal: float) -> tuple[Flags, Flags]:
    """Sites that no plan worth the goal takes, and sites that each such plan takes, by parts of worth kept."""
    value = value_of(cover, kept)
    low, high = limit_prices(cover, value)
    given = float((cover.worth - kept).sum())
    free = cover.least == 0
    taking, leaving = (value - price * cover.use for price in (high, low))
    never = free & (taking < 0) & (_most(cover, value, high, given) + taking < goal)
    always = free & (leaving > 0) & (_most(cover, value, low, given) - leaving < goal)
    return never, always


def goal_above(objective: float, step: float) -> float:
    """What a bound must stay under to say that no plan is better: by a step, less what sums may be wrong."""
    goal = objective + step
    return goal - PROVEN * max(1.0, abs(goal))


def step_of(cover: Cover) -> float:
    """What all worths are multiples of, where they are whole numbers; else 0."""
    worths = np.concatenate([cover.worth, cover.site_worth])
    whole = np.rint(worths)
    if len(worths) == 0 or np.abs(worths - whole).max() > WHOLE or np.abs(whole).max() > 2**52:
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))


@compiled_parallel
def _sums(start: Wholes, members: Shorts, of: Floats, blocks: int) -> Floats:
    """Sum of ``of`` over the members of each row."""
    rows = len(start) - 1
    sums = np.empty(rows)
    if blocks == 1:
        _add_up(start, members, of, sums, 0, rows)
    else:
        for block in prange(blocks):
            _add_up(start, members, of, sums, rows * block // blocks, rows * (block + 1) // blocks)
    return sums


@compiled
def _add_up(start: Wholes, members: Shorts, of: Floats, sums: Floats, first: int, last: int) -> None:
    for row in range(first, last):
        total = 0.0
        for at in range(start[row], start[row + 1]):
            total += of[members[at]]
        sums[row] = total
