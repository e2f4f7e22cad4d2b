"""The loops of the search for a bound on plain coverage, compiled.

In: a `Cover`, a fractional plan and parts of worth. Out: both some rounds on. What they mean stands in
`laadplan.optimise.cover_bound`.
"""

import numpy as np

from laadplan.geo.compiled import compiled, compiled_parallel, prange
from laadplan.optimise.cover_rows import Cover
from laadplan.optimise.problem import Floats

HOLDING_STEPS, HELD = 100, 1e-9
"""Most steps in which the price that makes a fractional plan keep the limit is sought; share it may miss it by."""


@compiled
def held(to: Floats, steps: Floats, use: Floats, limit: float, least: Floats) -> Floats:
    """The fractional plan nearest to ``to``, in the measure of the steps, that keeps the limit (Newton steps)."""
    low, high, price = 0.0, 0.0, 0.0
    for site in range(len(to)):
        if use[site] > 0:
            high = max(high, to[site] / (steps[site] * use[site]))
    for _ in range(HOLDING_STEPS):
        over, slope = -limit, 0.0
        for site in range(len(to)):
            part = to[site] - steps[site] * price * use[site]
            over += use[site] * min(max(part, least[site]), 1.0)
            if least[site] < part < 1:
                slope += steps[site] * use[site] ** 2
        if abs(over) <= HELD * limit or (over <= 0 and price == 0):
            break
        if over > 0:
            low = price
        else:
            high = price
        price = price + over / slope if slope > 0 else high
        if not low < price < high:
            price = (low + high) / 2
    plan = np.empty(len(to))
    for site in range(len(to)):
        plan[site] = min(max(to[site] - steps[site] * price * use[site], least[site]), 1.0)
    return plan


@compiled_parallel
def rounds_from(
    cover: Cover,
    site_steps: Floats,
    point_steps: Floats,
    y: Floats,
    m: Floats,
    y0: Floats,
    m0: Floats,
    since: int,
    count: int,
    blocks: int,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Plan and parts after so many rounds: where the next round goes on from, and the last ones that keep all rules.

    Rows are divided in so many blocks over the threads; what comes out is the same for any number.
    """
    y, m = y.copy(), m.copy()
    next_m, to = np.empty(len(m)), np.empty(len(y))
    next_y = y
    for step in range(count):
        pull = 1.0 / (since + step + 2)
        if blocks == 1:  # a small problem is done before a second thread has begun
            _plan_to(cover, site_steps, y, m, to, 0, len(y))
        else:
            for block in prange(blocks):
                _plan_to(cover, site_steps, y, m, to, len(y) * block // blocks, len(y) * (block + 1) // blocks)
        next_y = held(to, site_steps, cover.use, cover.limit, cover.least)
        if blocks == 1:
            _parts_to(cover, point_steps, next_y, y, m, m0, pull, next_m, 0, len(m))
        else:
            for block in prange(blocks):
                first, last = len(m) * block // blocks, len(m) * (block + 1) // blocks
                _parts_to(cover, point_steps, next_y, y, m, m0, pull, next_m, first, last)
        for site in range(len(y)):
            y[site] = (1 - pull) * (2 * next_y[site] - y[site]) + pull * y0[site]
    return y, m, next_y, next_m


@compiled
def _plan_to(cover: Cover, steps: Floats, y: Floats, m: Floats, to: Floats, first: int, last: int) -> None:
    """Where the plan would go without the limit, for some sites."""
    for site in range(first, last):
        total = cover.site_worth[site]
        for at in range(cover.site_start[site], cover.site_start[site + 1]):
            total += m[cover.site_points[at]]
        to[site] = y[site] + steps[site] * total


@compiled
def _parts_to(
    cover: Cover,
    steps: Floats,
    next_y: Floats,
    y: Floats,
    m: Floats,
    m0: Floats,
    pull: float,
    next_m: Floats,
    first: int,
    last: int,
) -> None:
    """Next parts of worth of some points, and what they go on from."""
    for point in range(first, last):
        over = -1.0
        for at in range(cover.point_start[point], cover.point_start[point + 1]):
            site = cover.point_sites[at]
            over += 2 * next_y[site] - y[site]
        next_m[point] = min(max(m[point] - steps[point] * over, 0.0), cover.worth[point])
        m[point] = (1 - pull) * (2 * next_m[point] - m[point]) + pull * m0[point]
