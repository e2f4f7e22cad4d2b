"""Bounds on plain coverage, close to what linear programming can prove.

In: a `Problem` of plain coverage: one period, one option a site, unbounded capacity, each demand point of the same
worth from every site that reaches it, no groups, and at most one limit, which may not be exceeded. Out: prices from
which anyone can compute the bound (`laadplan.optimise.prices.bound_of`).

Formula
-------
Of worth ``w_i`` (worth of demand point i served), a part ``m_i`` is divided over the sites, the rest is given away:
``bound(m) = sum_i (w_i - m_i) + max over y of sum_j y_j (c_j + sum_{i of j} m_i)`` for ``0 <= m_i <= w_i``, where y
holds ``0 <= y_j <= 1`` and the limit ``sum_j u_j y_j <= L``. The least bound is that of the linear relaxation. Against
it stands the worth of a fractional plan y, ``sum_i w_i min(1, sum_{j of i} y_j) + sum_j c_j y_j``: how far both are
apart says how near to the least bound the search is, so that it needs no guess when to stop.

Hard decisions: both sides move together (primal-dual hybrid gradient, steps by row and column as Pock and Chambolle
2011, pulled back to an anchor as Halpern does, restarted when the distance has shrunk as in PDLP). Measured against
deflected subgradients and against averaged iterates it needs half the rounds or fewer, and unlike an interior point its
memory is that of the arcs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laadplan.optimise.cover_rounds import held, rounds_from
from laadplan.optimise.cover_rows import (
    Cover,
    blocks_of,
    bound_at,
    cover_of,
    limit_prices,
    value_of,
    worth_at,
)
from laadplan.optimise.prices import Prices
from laadplan.optimise.problem import Floats, Problem

CHUNK_ROUNDS = 20
"""Rounds between two looks at the bound, the clock and the keyboard (at most; fewer where there are many arcs)."""

CHUNK_ARCS = 100_000_000
"""Arcs walked between two looks, about half a second."""

SHRUNK, SHRUNK_A_LITTLE = 0.2, 0.8
"""Part of the distance at the last restart at which to restart at once, or when it grows again (PDLP: 0.2 and 0.8)."""

LONG_SHARE, LONG_ROUNDS = 0.36, 200
"""A restart is due after this part of all rounds, and no sooner than so many (PDLP: 0.36)."""

FIRST_SHARE = 0.3
"""First guess of the way the parts of worth have to go, as a share of all worth (0.3 was found on invented towns)."""


def tell_nobody(objective: float, bound: float, done: int) -> None:
    """Keeps progress to itself."""


@dataclass(frozen=True)
class CoverBound:
    """What was found about the bound.

    Attributes
    ----------
    prices
        Prices of demand and of the limit; `bound_of` finds the bound from them.
    bound
        No plan is worth more.
    share, share_worth
        Per site (m): part of it that the best fractional plan found takes, 0 to 1; and the worth of that plan. No
        prices bring the bound below it.
    rounds, interrupted
        Rounds of work done, and whether Ctrl-C ended them.
    """

    prices: Prices
    bound: float
    share: Floats
    share_worth: float
    rounds: int
    interrupted: bool = False


def bound_cover(
    problem: Problem,
    *,
    rounds: int,
    near_share: float = 1e-5,
    clock: Callable[[], float] = lambda: 0.0,
    until: float = np.inf,
    objective: float = -np.inf,
    tell: Callable[[float, float, int], None] = tell_nobody,
) -> CoverBound:
    """A bound on plain coverage, and the prices that certify it.

    Parameters
    ----------
    problem
        Plain coverage, see the module; merged by `laadplan.optimise.reduce` it goes faster.
    rounds
        Work limit; each round walks all arcs twice. About 3,000 come within 1e-5 of the least bound.
    near_share
        Stop when the bound is within this share of the worth of the fractional plan: little is left to gain then.
    clock, until
        Safety stop: no further round begins when the clock is past this moment.
    objective
        Worth of the best plan known, only to tell.
    tell
        Told of objective, bound and rounds done now and then.

    Raises
    ------
    ValueError
        The problem is not plain coverage, or the sites that must be taken exceed the limit.
    """
    search = Search(cover_of(problem))
    interrupted = False
    try:
        while search.rounds < rounds and search.bound - search.share_worth > near_share * abs(search.bound):
            if clock() >= until:
                break
            search.advance(rounds)
            tell(objective, search.bound, search.rounds)
    except KeyboardInterrupt:
        interrupted = True
    return CoverBound(
        prices=_prices_of(problem, search.cover, search.kept),
        bound=search.bound,
        share=search.share,
        share_worth=search.share_worth,
        rounds=search.rounds,
        interrupted=interrupted,
    )


class Search:
    """Fractional plan and parts of worth on their way to each other, and the best of each seen."""

    def __init__(self, cover: Cover) -> None:
        self.cover = cover
        self.site_steps = 1.0 / np.maximum(np.diff(cover.site_start), 1)
        self.point_steps = 1.0 / np.maximum(np.diff(cover.point_start), 1)
        part = min(1.0, cover.limit / max(float(cover.use.sum()), 1.0))
        self.y = held(np.full(len(cover.use), part), self.site_steps, cover.use, cover.limit, cover.least)
        self.m = cover.worth * np.minimum(1.0, self.point_steps)
        self.weight = _first_weight(cover, self.y)
        self.rounds = self.since = 0
        self.last = self.first = np.inf
        self.bound, self.share_worth = np.inf, -np.inf
        self.look(self.y, self.m)
        self.begin_anew(self.y, self.m)

    def look(self, y: Floats, m: Floats) -> float:
        """How far bound and worth of a fractional plan are apart; the best of each are kept."""
        bound, share_worth = bound_at(self.cover, m), worth_at(self.cover, y)
        if bound < self.bound:
            self.bound, self.kept = bound, m
        if share_worth > self.share_worth:
            self.share_worth, self.share = share_worth, y
        return bound - share_worth

    def begin_anew(self, y: Floats, m: Floats) -> None:
        """Makes this the anchor of the rounds to come."""
        self.y0, self.m0, self.y, self.m = y, m, y, m
        self.since = 0

    def go_on_from(self, y: Floats, m: Floats, weight: float) -> None:
        """Starts from what was found for a problem much like this one."""
        y = held(y, self.site_steps, self.cover.use, self.cover.limit, self.cover.least)
        self.look(y, m)
        self.begin_anew(y, m)
        self.weight = weight

    def advance(self, rounds: int) -> None:
        """Some rounds more, and a restart where it is due."""
        cover = self.cover
        chunk = min(CHUNK_ROUNDS, max(1, CHUNK_ARCS // (2 * len(cover.site_points) + 1)), rounds - self.rounds)
        steps = (self.site_steps / self.weight, self.point_steps * self.weight)
        at = (self.y, self.m, self.y0, self.m0)
        self.y, self.m, y, m = rounds_from(cover, *steps, *at, self.since, chunk, blocks_of(cover))
        self.since += chunk
        self.rounds += chunk
        apart = self.look(y, m)
        if self._due(apart):
            self._weigh(y, m)
            self.begin_anew(y, m)
            self.first, self.last = apart, np.inf
        else:
            self.last = apart

    def _due(self, apart: float) -> bool:
        if apart < SHRUNK * self.first or (apart < SHRUNK_A_LITTLE * self.first and apart > self.last):
            return True
        return self.since > max(LONG_SHARE * self.rounds, LONG_ROUNDS)

    def _weigh(self, y: Floats, m: Floats) -> None:
        """Steps of both sides so that they have as far to go: halfway (by ratio) to what the last rounds showed."""
        far_y = np.sqrt((((y - self.y0) ** 2) / self.site_steps).sum())
        far_m = np.sqrt((((m - self.m0) ** 2) / self.point_steps).sum())
        if far_y > 0 and far_m > 0:
            self.weight = float(np.sqrt(self.weight * far_m / far_y))


def _first_weight(cover: Cover, y: Floats) -> float:
    """Steps of the parts of worth against those of the plan: as far as each may have to go, measured on both alike."""
    far_m = np.sqrt(float((cover.worth**2 * np.diff(cover.point_start)).sum()))
    far_y = np.sqrt(float((y * np.diff(cover.site_start)).sum()))
    return FIRST_SHARE * far_m / far_y if far_m > 0 and far_y > 0 else 1.0


def _prices_of(problem: Problem, cover: Cover, kept: Floats) -> Prices:
    value = value_of(cover, kept)
    demand = problem.demand_kwh[:, 0]
    each = np.divide(cover.worth - kept, demand, out=np.zeros(len(demand)), where=demand > 0)
    return Prices(
        demand=each[:, None],
        limits=np.full(len(problem.limits.ids), limit_prices(cover, value)[0]),
        groups=np.zeros(0),
    )
