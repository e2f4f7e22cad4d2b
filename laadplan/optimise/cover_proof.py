"""Proof that a plan for plain coverage is the best one, or how far from it at most.

In: a `Problem` of plain coverage and a plan. Out: the best plan found, and a bound that holds for all plans. Branch and
bound: a part of all plans is bounded by the search of `laadplan.optimise.cover_bound`, going on from what was found for
the part that it is of; sites that this bound decides are decided; what cannot hold a better plan is left, and the rest
is divided by the site about which the fractional plan is least sure.

Hard decisions: no solver. A simplex method needs most of its time for the first relaxation and starts each next one
from a basis; first-order search starts from a fractional plan, needs a hundred cheap rounds per part, and knows by its
own measure when a part will not be cut and is better divided. The part with the largest bound comes first, so that a
search that is stopped leaves the least bound it could. One thread: nodes are too small to divide.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from laadplan.optimise.cover_bound import Search, tell_nobody
from laadplan.optimise.cover_rows import Cover, cover_of, decided, goal_above, step_of, without, worth_at
from laadplan.optimise.problem import NONE, Flags, Floats, Problem, Wholes
from laadplan.optimise.reduce import reduce

ROOT_ROUNDS, NODE_ROUNDS = 3000, 400
"""Rounds of search for all plans together, and at most for a part of them."""

LEAST_ROUNDS, HOPELESS = 100, 0.5
"""After so many rounds a part is divided if the fractional plan lies above this share of the way from goal to bound."""

SETTLED = 1e-6
"""Share of a bound within which it cannot come down further."""

AGAIN_SHARE, PER_CERTAIN = 0.2, 20
"""A part is bounded again where this share of its sites was decided; a site decided in counts for so many."""

ALMOST = 1e-6
"""Where worths are no whole numbers, a plan this share below a bound counts as the best."""


@dataclass(frozen=True)
class CoverProof:
    """What was proven.

    Attributes
    ----------
    taken
        Per site of the problem: place of the option taken, or -1.
    objective, bound
        Worth of that plan, and what no plan exceeds; equal where it is proven to be the best.
    nodes
        Parts of all plans that were divided.
    proven, interrupted
        Whether nothing was left to divide, and whether Ctrl-C ended the search.
    """

    taken: Wholes
    objective: float
    bound: float
    nodes: int
    proven: bool
    interrupted: bool = False


@dataclass(frozen=True)
class _Part:
    """Plans in which some sites are taken and some are not, with its bound and where its search stood."""

    never: Flags
    always: Flags
    y: Floats
    m: Floats
    weight: float
    bound: float


def prove_cover(
    problem: Problem,
    taken: Wholes,
    *,
    nodes_max: int,
    clock: Callable[[], float] = lambda: 0.0,
    until: float = np.inf,
    tell: Callable[[float, float, int], None] = tell_nobody,
) -> CoverProof:
    """The best plan with its proof, or a bound where the search was stopped before.

    Parameters
    ----------
    problem
        Plain coverage, see `laadplan.optimise.cover_bound`; it is reduced here.
    taken
        A plan that keeps the limit, per site the option taken or -1; the nearer to the best, the faster.
    nodes_max
        Work limit: parts of all plans that are divided.
    clock, until
        Safety stop: nothing is divided any more when the clock is past this moment.
    tell
        Told of objective, bound and parts divided.

    Raises
    ------
    ValueError
        The problem is not plain coverage, or the plan does not hold its limit or leaves out a site that must be taken.
    """
    reduced = reduce(problem)
    tree = _Tree(cover_of(reduced.problem), _worth_of(problem, taken))
    nodes, bound, interrupted = 0, tree.bound, False
    try:
        while tree.parts and nodes < nodes_max and clock() < until:
            tree.divide()
            nodes, bound = nodes + 1, tree.bound
            tell(tree.objective, bound, nodes)
    except KeyboardInterrupt:  # a part that was being divided is no longer in the tree: the bound before it holds
        interrupted = True
    if tree.plan is not None:
        taken = np.full(len(problem.site_ids), NONE)
        taken[reduced.sites[tree.plan]] = reduced.options[tree.plan]
    proven = not tree.parts and not interrupted
    return CoverProof(taken, tree.objective, max(bound, tree.objective), nodes, proven, interrupted)


def _worth_of(problem: Problem, taken: Wholes) -> float:
    cover = cover_of(problem)
    plan = (taken != NONE).astype(float)
    if cover.use @ plan > cover.limit or (plan < cover.least).any():
        raise ValueError("The plan exceeds the limit, or leaves out a site that must be taken.")
    return worth_at(cover, plan)


class _Tree:
    """Parts of all plans that may hold a better one, the largest bound first, and the best plan found."""

    def __init__(self, cover: Cover, objective: float) -> None:
        self.cover = cover
        self.objective = objective
        self.plan: Flags | None = None
        self.step = step_of(cover)
        self.settled = objective
        self.parts: list[tuple[float, int, _Part]] = []
        self.count = 0
        nothing = np.zeros(len(cover.use))
        start = _Part(nothing > 0, cover.least > 0, nothing, np.zeros(len(cover.worth)), 0.0, np.inf)
        self._bound(start, ROOT_ROUNDS)

    @property
    def bound(self) -> float:
        """What no plan exceeds: of what is left, and of what was cut."""
        left = -self.parts[0][0] if self.parts else -np.inf
        if self.step > 0:
            left = self.step * np.floor(left / self.step + ALMOST) if self.parts else left
        return float(max(self.objective, self.settled, left))

    @property
    def goal(self) -> float:
        """What a part must be able to reach, to be of use."""
        return goal_above(self.objective, self.step or ALMOST * abs(self.objective))

    def divide(self) -> None:
        """Divides the part of the largest bound by the site it is least sure of."""
        part = heapq.heappop(self.parts)[2]
        if part.bound < self.goal:  # a better plan was found since
            self._settle(part.bound)
            return
        free = ~(part.never | part.always)
        site = np.arange(len(free)) == int(np.where(free, np.minimum(part.y, 1 - part.y), -1.0).argmax())
        for never, always in ((part.never, part.always | site), (part.never | site, part.always)):
            if self.cover.use @ always <= self.cover.limit:
                self._bound(_Part(never, always, part.y, part.m, part.weight, part.bound), NODE_ROUNDS)

    def _bound(self, part: _Part, rounds: int) -> None:
        """Bounds a part and decides sites until too little changes; keeps it if it may hold a better plan."""
        while True:
            left, certain, sites, points = without(self.cover, part.never, part.always)
            search = self._searched(part, left, certain, sites, points, rounds)
            y, m = part.always.astype(float), part.m.copy()
            y[sites], m[points] = search.share, search.kept
            self._try(part.always, y)
            bound = min(part.bound, search.bound + certain)
            if bound < self.goal or len(sites) == 0:
                self._settle(bound)
                return
            out, into = decided(left, search.kept, self.goal - certain)
            if out.any() or into.any():
                self._settle(self.goal)
            never, always = part.never.copy(), part.always.copy()
            never[sites[out]], always[sites[into]] = True, True
            part = _Part(never, always, y, m, search.weight, bound)
            if self.cover.use @ always > self.cover.limit:
                return
            if out.sum() + PER_CERTAIN * into.sum() <= AGAIN_SHARE * len(sites):
                heapq.heappush(self.parts, (-bound, self.count, part))
                self.count += 1
                return

    def _searched(self, part: _Part, left: Cover, certain: float, sites: Wholes, points: Wholes, rounds: int) -> Search:
        """The search for the bound of a part, until it is cut, will not be cut or comes down no further."""
        search, goal = Search(left), self.goal - certain
        if part.weight > 0:
            search.go_on_from(part.y[sites], part.m[points], part.weight)
        while search.rounds < rounds and search.bound >= goal:
            if search.bound - search.share_worth <= SETTLED * abs(search.bound + certain):
                break
            above = search.share_worth - goal > HOPELESS * (search.bound - goal)
            if above and search.rounds >= LEAST_ROUNDS and rounds < ROOT_ROUNDS:
                break
            search.advance(rounds)
        return search

    def _try(self, always: Flags, y: Floats) -> None:
        """The plan of the sites of which the fractional plan takes most, kept if it is better than the best."""
        order = np.argsort(-np.where(always, 2.0, y), kind="stable")
        order = order[(y[order] > 0) | always[order]]
        plan = np.zeros(len(y), dtype=bool)
        plan[order[np.cumsum(self.cover.use[order]) <= self.cover.limit]] = True
        worth = worth_at(self.cover, plan.astype(float))
        if worth > self.objective:
            self.objective, self.plan = worth, plan

    def _settle(self, bound: float) -> None:
        """Notes what plans that were cut may still hold; by whole steps it is no more than the best plan."""
        if self.step == 0:
            self.settled = max(self.settled, bound)
