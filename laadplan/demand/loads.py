"""How the demand of points is shared over the poles in their reach, so that no pole serves more than it can.

In: pairs of point and pole, demand per point and column (a year in a scenario), capacity per pole. Out: `Sharing`.

Rule
----
Everybody turns to the least busy pole in reach. Busy is ``load / capacity``, where the load is all demand that turns to
the pole, more than it can serve included. A pole that is asked too much serves all that turn to it the same share. That
leaves one answer for what each pole delivers and each point gets, and no other way of sharing serves more in all: a
point that gets less than it asks has full poles only, and whoever turns to these has no other either.

Method
------
Each point begins with shares in proportion to capacity, a single year with those of all years together. In each round
it asks of each pole in proportion to what it got there. This is proportional response (Wu and Zhang 2007; that it
converges: Birnbaum, Devanur and Xiao 2011). It ends when the busyness that a kWh meets on average is within `GAP_SHARE`
of what it would meet if all turned to their least busy pole: the relative gap of traffic assignment.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

GAP_SHARE = 1e-4
"""Relative gap at which the sharing ends. Totals were then within 3e-6 of the largest flow, poles within 1.5 % of their
capacity (20,000 points, 2,000 poles; ten times the gap: 3e-5 and 5.5 %, in a third of the time)."""

ROUNDS = 2000
"""Rounds after which it ends in any case: 20,000 points and 2,000 poles took 320."""

LOOK = 10
"""Rounds between two looks at the gap."""

LITTLE = 1e-3
"""Share by which a column begins with every pole in reach: what begins at nil stays there. 0 and 0.01 took longer."""

NOTHING = 1e-12
"""Busyness below which a pole counts as this busy, so that a pole that nobody asks divides nothing by nil."""


@dataclass(frozen=True)
class Sharing:
    """What points get and poles deliver, per column of the demand.

    Attributes
    ----------
    served
        Energy per point and column (kWh a year).
    delivered
        Energy per pole and column (kWh a year), at most its capacity.
    gap_share
        The largest relative gap over the columns: above `GAP_SHARE` where the rounds ran out.
    """

    served: Floats
    delivered: Floats
    gap_share: float


def share_demand(point: Rows, pole: Rows, demand: Floats, capacity: Floats) -> Sharing:
    """Demand per point and column shared over the poles in reach.

    Parameters
    ----------
    point, pole
        Row of the point and of the pole of each pair in reach, sorted by point.
    demand
        Points by columns (kWh a year).
    capacity
        What each pole can deliver, above 0 (kWh a year).

    Examples
    --------
    The first point reaches one pole, the second both. The second turns to the pole that nobody else can use:

    >>> pairs = np.array([0, 1, 1]), np.array([0, 0, 1])
    >>> found = share_demand(*pairs, np.array([[4000.0], [5000.0]]), np.array([6000.0, 6000.0]))
    >>> found.served.round().ravel().tolist(), found.delivered.round(-2).ravel().tolist()
    ([4000.0, 5000.0], [4500.0, 4500.0])
    """
    served = np.zeros_like(demand)
    delivered = np.zeros((len(capacity), demand.shape[1]))
    gaps = [0.0]
    begin = _beginning(point, pole, demand.sum(axis=1), capacity)
    for column in range(demand.shape[1]):
        asking = demand[point, column] > 0
        if asking.any():
            pairs = _Pairs(point[asking], pole[asking], demand[:, column], capacity, begin[asking])
            gaps.append(pairs.settle())
            served[:, column], delivered[:, column] = pairs.outcome()
    return Sharing(served, delivered, max(gaps))


def _beginning(point: Rows, pole: Rows, demand: Floats, capacity: Floats) -> Floats:
    """Shares that columns begin with: those of all columns together, and a little of each pole in reach."""
    begin = np.full(len(point), LITTLE)
    asking = demand[point] > 0
    if asking.any():
        pairs = _Pairs(point[asking], pole[asking], demand, capacity, capacity[pole[asking]])
        pairs.settle()
        begin[asking] += pairs.asked / demand[point[asking]]
    return begin


class _Pairs:
    """The pairs with demand of one column, and how much of it turns to each."""

    def __init__(self, point: Rows, pole: Rows, demand: Floats, capacity: Floats, begin: Floats) -> None:
        self.point, self.pole, self.demand, self.capacity = point, pole, demand, capacity
        self.starts = np.flatnonzero(np.diff(point, prepend=-1))
        self.asked = self._of_points(begin)

    def settle(self) -> float:
        """Lets points shift their demand until the gap is small; the gap that is left."""
        gap = self._gap()
        for turn in range(1, ROUNDS + 1):
            if gap <= GAP_SHARE:
                break
            self.asked = self._of_points(self.asked / self._busy()[self.pole])
            if turn % LOOK == 0:
                gap = self._gap()
        return gap

    def outcome(self) -> tuple[Floats, Floats]:
        """Energy that each point gets and each pole delivers."""
        busy = self._busy()
        given = self.asked / np.maximum(busy, 1.0)[self.pole]
        return self._sum(self.point, given, len(self.demand)), self._sum(self.pole, given, len(self.capacity))

    def _busy(self) -> Floats:
        return np.maximum(self._sum(self.pole, self.asked, len(self.capacity)) / self.capacity, NOTHING)

    def _gap(self) -> float:
        busy = self._busy()[self.pole]
        least = np.minimum.reduceat(busy, self.starts)
        return float((self.asked @ busy) / (self.demand[self.point[self.starts]] @ least)) - 1.0

    def _of_points(self, weight: Floats) -> Floats:
        """The demand of each point over its pairs, in proportion to the weight."""
        whole = self._sum(self.point, weight, len(self.demand))
        return np.asarray(weight * self.demand[self.point] / whole[self.point])

    @staticmethod
    def _sum(rows: Rows, values: Floats, number: int) -> Floats:
        return np.bincount(rows, values, number).astype(np.float64)
