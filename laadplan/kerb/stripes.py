"""Rows and aisles across a car park: the orders in which they can lie, and where along them the ground is clear.

In: a width to fill, or a surface turned so that rows run along x. Out: `Stripe`s, one for each row of bays, and
stretches along x. Everything is in metres; x runs along the rows, y across them. No bay is drawn here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

from laadplan.config.project import BayRules

CM_DECIMALS = 2
"""Widths are compared in centimetres: the sources are good to decimetres."""

SLIVER_M2 = 1e-4
"""Pieces of ground smaller than this are the rounding of coordinates (m2)."""

AROUND_M = 1.0
"""So much of what lies round a surface is looked at (m): any width will do."""

LENGTHENED_SHARE = 0.15
"""A bay is drawn at most this much wider than the standard to fill its stretch."""

Stretch = tuple[float, float]
"""Begin and end along the rows (m)."""

_Facings = tuple[int, ...]
"""The sides to which rows without an aisle between them face, see `Stripe`."""


@dataclass(frozen=True)
class Stripe:
    """Where a row of bays lies across the car park.

    ``back_m`` is where its bays end, ``facing`` the side of its aisle (1: at higher y, -1: at lower y), ``depth_m`` the
    depth of its bays and ``aisle_m`` the width of its aisle. A row that is ``outside`` is driven into from a
    carriageway beside the car park.
    """

    back_m: float
    facing: int
    depth_m: float
    aisle_m: float
    outside: bool = False

    @property
    def front_m(self) -> float:
        """Where its bays begin, at the aisle."""
        return self.back_m + self.facing * self.depth_m

    @property
    def middle_m(self) -> float:
        """Where the middle of its aisle lies."""
        return self.front_m + self.facing * self.aisle_m / 2

    def reach(self, beyond_m: float = 0.0) -> Stretch:
        """From where to where it lies across the car park, with so much of its aisle."""
        ends = (self.back_m, self.front_m + self.facing * beyond_m)
        return min(ends), max(ends)


def arrangements(low_m: float, high_m: float, rules: BayRules) -> Iterator[tuple[Stripe, ...]]:
    """The orders of rows and aisles that fit between two lines, the outer rows against them.

    With k aisles there are 2k rows, or 2k - 1 with each left out in turn; what is over widens the aisles. There are as
    many aisles as fit, or one less: ways may cost more than the last rows bring.

    >>> [len(stripes) for stripes in arrangements(0.0, 16.0, BayRules())]
    [2, 1, 1]
    >>> [len(stripes) for stripes in arrangements(0.0, 10.0, BayRules())]
    []
    """
    width, depth = high_m - low_m, rules.perpendicular_length_m
    most = 0
    while _fits(width, 2 * most + 1, most + 1, rules):
        most += 1
    for aisles in range(max(1, most - 1), most + 1):
        full = [(1,), *[(-1, 1)] * (aisles - 1), (-1,)]
        for order in [full, *_one_left_out(full)]:
            rows = sum(map(len, order))
            if _fits(width, rows, aisles, rules):
                yield tuple(_stripes(low_m, order, (width - rows * depth) / aisles, depth))


def back_to_back(low_m: float, high_m: float, rules: BayRules) -> tuple[Stripe, ...]:
    """Two rows between two lines along which cars drive outside; none where they would be too shallow or too deep."""
    depth = (high_m - low_m) / 2
    least, most = rules.perpendicular_depth_m
    if not least <= round(depth, CM_DECIMALS) <= most:
        return ()
    middle = low_m + depth
    return tuple(Stripe(middle, facing, depth, rules.aisle_width_m, outside=True) for facing in (-1, 1))


def _fits(width_m: float, rows: int, aisles: int, rules: BayRules) -> bool:
    least = rows * rules.perpendicular_length_m + aisles * rules.aisle_width_min_m
    return round(width_m - least, CM_DECIMALS) >= 0


def _one_left_out(full: Sequence[_Facings]) -> Iterator[list[_Facings]]:
    for place, facings in enumerate(full):
        for facing in facings:
            left = tuple(other for other in facings if other != facing)
            yield [*full[:place], left, *full[place + 1 :]]


def _stripes(low_m: float, order: Sequence[_Facings], aisle_m: float, depth_m: float) -> Iterator[Stripe]:
    """The rows from low to high; an order says which lie before the first aisle, between aisles and after the last."""
    here = low_m
    for facings in order:
        for facing in facings:
            yield Stripe(here if facing > 0 else here + depth_m, facing, depth_m, aisle_m)
            here += depth_m
        here += aisle_m


@dataclass(frozen=True)
class Ground:
    """A surface along and across the rows, that can say where a band across it is clear.

    A band may lie over the edges along the rows by ``over_m`` (m), as these are seldom quite level.
    """

    surface: shapely.Geometry
    over_m: float = 0.0
    _outside: shapely.Geometry = field(init=False, repr=False)
    _known: dict[Stretch, tuple[Stretch, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        frame = shapely.buffer(shapely.envelope(self.surface), AROUND_M, join_style="mitre")
        widened = shapely.buffer(self.surface, self.over_m, join_style="mitre")
        object.__setattr__(self, "_outside", shapely.difference(frame, widened))

    def clear(self, low_m: float, high_m: float) -> tuple[Stretch, ...]:
        """The stretches along x where the whole band between two lines lies in the surface."""
        key = (round(low_m, 3), round(high_m, 3))
        if key not in self._known:
            self._known[key] = self._clear(*key)
        return self._known[key]

    def _clear(self, low_m: float, high_m: float) -> tuple[Stretch, ...]:
        left, bottom, right, top = shapely.bounds(self._outside)
        if not (bottom < high_m and low_m < top):
            return ()
        pieces = shapely.get_parts(shapely.clip_by_rect(self._outside, left, low_m, right, high_m))
        bounds = shapely.bounds(pieces[shapely.area(pieces) > SLIVER_M2])
        taken = [(box[0] - self.over_m, box[2] + self.over_m) for box in bounds.tolist()]
        return without([(float(left), float(right))], taken)


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """What is left of the stretches.

    >>> without([(0.0, 10.0)], [(4.0, 6.0), (9.0, 12.0)])
    ((0.0, 4.0), (6.0, 9.0))
    """
    left = tuple(stretches)
    for begin, end in taken:
        left = tuple(
            piece
            for low, high in left
            for piece in ((low, min(high, begin)), (max(low, end), high))
            if piece[1] > piece[0]
        )
    return left


def common(stretches: Iterable[Stretch], others: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """What two lists of stretches have in common.

    >>> common([(0.0, 4.0), (6.0, 9.0)], [(3.0, 7.0)])
    ((3.0, 4.0), (6.0, 7.0))
    """
    pairs = ((max(a, c), min(b, d)) for a, b in stretches for c, d in others)
    return tuple(pair for pair in pairs if pair[1] > pair[0])


def bays_along(stretch: Stretch, rules: BayRules) -> list[Stretch]:
    """Begin and end of the bays that fill a stretch: as many as the standard width gives, none below the least.

    >>> bays_along((0.0, 7.4), BayRules())
    [(0.0, 2.467), (2.467, 4.933), (4.933, 7.4)]
    """
    count = bay_count(stretch, rules)
    if not count:
        return []
    size = min((stretch[1] - stretch[0]) / count, rules.perpendicular_width_m * (1 + LENGTHENED_SHARE))
    edges = np.round(stretch[0] + size * np.arange(count + 1), 3).tolist()
    return list(pairwise(edges))


def bay_count(stretch: Stretch, rules: BayRules) -> int:
    """How many bays `bays_along` makes."""
    length = round(stretch[1] - stretch[0], CM_DECIMALS)
    most = round(length / rules.perpendicular_width_min_m, CM_DECIMALS)
    return min(int(length / rules.perpendicular_width_m + 0.5), int(most))
