"""Searches for plans where nothing runs full, beside each other.

In: a `Cover`, that is which site serves which demand, how many sites may be taken, and a seed per search. Out:
`Lines` of plans that go on together from where they stopped. The search itself is in `laadplan.optimise.ruin`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laadplan.optimise.fuse import fuse_all
from laadplan.optimise.problem import Floats, Wholes
from laadplan.optimise.ruin import RUIN_MOST, Cover, State, become, begin, mean_loss, rounds_of_all, scatter

EXACT_BITS = 51
"""Worth is rounded to the total's power of two divided by 2 to this power: all sums are then exact in float64."""


VAIN_MOST = 2
"""Fusions in vain after which all lines begin anew with sites at random. Of 1, 2, 3 and never, on New York and the
Bronx with demand shuffled over the places, 1 and 2 were best, by 0.01 %."""

EARLIER_MOST = 6
"""Best plans of earlier lines that are kept to be fused with."""


@dataclass(frozen=True)
class Line:
    """A search that can be stopped and go on."""

    cover: Cover
    state: State

    @property
    def objective(self) -> float:
        """Worth of the best plan so far."""
        return float(self.state.worth[1])

    @property
    def sites(self) -> Wholes:
        """Sites of the best plan so far, besides those that are always taken."""
        return self.state.best[: self.state.best_many[0]].copy()

    def go_on_with(self, sites: Wholes) -> None:
        """Makes these sites the plan, besides those that are always taken; the better one is kept."""
        become(self.cover, self.state, sites)


class Lines:
    """Searches of the same cover beside each other, that differ in their seed; they begin with the greedy plan.

    That is time and again the site that adds most, at most ``count``. They run on the threads that
    `laadplan.geo.compiled.limit_threads` leaves; none looks at another until they are fused. ``rounds`` are those done
    by each so far, ``sites`` those of the best plan besides the ones that are always taken, ``objective`` its worth.
    """

    def __init__(self, cover: Cover, count: int, seeds: Sequence[int]) -> None:
        self.cover = cover
        self.count = count
        self.rounds = 0
        self.sites = np.zeros(0, np.int64)
        self.objective = -np.inf
        self._states = _stacked(_started(cover, count), seeds)
        self._each = [Line(cover, State._make(rows[line] for rows in self._states)) for line in range(len(seeds))]
        self._ahead, self._vain = -np.inf, 0
        self._earlier: list[Wholes] = []
        self._look()

    def run(self, rounds: int, first: int, last: int) -> None:
        """So many rounds of each line more; their cycle of cooling goes from round ``first`` to ``last``."""
        if self.rounds == first:
            for line in self._each:
                line.go_on_with(line.sites)
                line.state.worth[2] = mean_loss(line.cover, line.state)
        rounds_of_all(self.cover, self._states, rounds, (self.rounds - first) / (last - first), 1.0 / (last - first))
        self.rounds += rounds
        self._look()

    def fuse(self) -> None:
        """Fuses the plans of all lines; the worst goes on with the result, or all begin anew after fusions in vain."""
        order = sorted(self._each, key=lambda line: -line.objective)
        order[-1].go_on_with(fuse_all(self.cover, [line.sites for line in order], self.count))
        self._vain += 1
        if order[-1].objective > self._ahead:
            self._ahead, self._vain = order[-1].objective, 0
        if self._vain >= VAIN_MOST:
            self._begin_anew(max(self._each, key=lambda line: line.objective))
        self._look()

    def _begin_anew(self, best: Line) -> None:
        """Fuses the best plan of these lines with those of earlier ones, and scatters all lines."""
        self._earlier = [best.sites, *self._earlier][:EARLIER_MOST]
        best.go_on_with(fuse_all(self.cover, self._earlier, self.count))
        self._look()
        self._ahead, self._vain = -np.inf, 0
        for line in self._each:
            scatter(line.cover, line.state)

    def _look(self) -> None:
        """Keeps the best plan of the lines where it is better."""
        best = max(self._each, key=lambda line: line.objective)
        if best.objective > self.objective:
            self.objective, self.sites = best.objective, best.sites


def _started(cover: Cover, count: int) -> State:
    """The greedy plan."""
    sites, points = len(cover.kept), len(cover.back) - 1
    plain = len(cover.weight) > 0 or points == 0
    state = State(
        served=np.zeros(points, np.int32) if plain else np.diff(cover.back).astype(np.int32),
        owner=np.zeros(points if plain else 0, np.int64),
        gain=_alone(cover),
        taken=np.zeros(sites, bool),
        chosen=np.zeros(count, np.int64),
        place=np.zeros(sites, np.int64),
        many=np.zeros(1, np.int64),
        seen=np.zeros(sites + 1, np.int64),
        touched=np.zeros(sites, np.int64),
        best=np.zeros(count, np.int64),
        best_many=np.zeros(1, np.int64),
        worth=np.zeros(3),
        random=np.zeros(1, np.uint64),
    )
    begin(cover, state)
    return state


def _stacked(state: State, seeds: Sequence[int]) -> State:
    """The same plan once for each seed, in rows."""
    rows = State._make(np.repeat(each[None], len(seeds), axis=0) for each in state)
    rows.random[:, 0] = [(seed + 1) * 0x9E3779B97F4A7C15 % 2**64 | 1 for seed in seeds]
    return rows


def work_of_round(cover: Cover) -> float:
    """Steps that a round takes on average, some nanoseconds each; used to divide the search into chunks."""
    if not len(cover.points):
        return 1.0
    arcs = len(cover.points) / max(len(cover.kept), 1)
    mates = float((np.diff(cover.back).astype(float) ** 2).sum()) / len(cover.points)
    return 3.0 * RUIN_MOST * (arcs * mates + 1.0)


def whole_units(worth: Floats, total: float) -> Floats:
    """The worth, rounded so that every sum up to the total is exact."""
    if total <= 0:
        return worth
    unit = 2.0 ** (np.ceil(np.log2(total)) - EXACT_BITS)
    return np.asarray(np.round(worth / unit) * unit)


def _alone(cover: Cover) -> Floats:
    """What each site would add to nothing."""
    many = len(cover.kept)
    by_arc = cover.worth if len(cover.worth) else np.repeat(cover.weight, np.diff(cover.back))
    return np.asarray(cover.given + np.bincount(cover.sites, by_arc, minlength=many))
