"""Which bays of a car park can be reached: its entries, and the ways kept open between its aisles.

In: a car park turned so that rows run along x, the lines where it touches what cars drive on, and the rows across it.
Out: `Filled`, the bays of each row that a car can reach. Ground that is no bay is driven on. All in metres, as turned.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely

from laadplan.config.project import BayRules
from laadplan.kerb.stripes import Ground, Stretch, Stripe, bays_along, common, without

LANE_M = 2.0
"""Narrowest way that is driven through (m): a car with its mirrors; Otterlo has an entry of 2.3 m."""

OPENING_AISLES = 2.0
"""Where the car park touches the road over at most this many aisle widths, all of it is an entry."""

OVERLAP_M = 1.0
"""A way that cuts less than this off the depth of a row leaves its bays (m): the ends of an entry are its rounding."""

QUARTERS = (0.5, 0.0, 1.0, 0.25, 0.75)
"""Where along a long side an entry is tried, best first: shares of the room for it."""


@dataclass(frozen=True)
class Site:
    """A car park turned so that rows run along x.

    ``lines`` are where cars may come in: where the car park touches what they drive on (``touches``), or the lines over
    which they then must come in at one unknown place. ``beside`` is what cars drive on next to it, ``ground`` the
    surface of the car park widened by the tolerance of its edges.
    """

    ground: Ground
    beside: Ground
    lines: tuple[shapely.LineString, ...]
    touches: bool
    rules: BayRules
    _held: dict[Stripe, int] = field(init=False, repr=False, default_factory=dict)

    @property
    def openings(self) -> list[shapely.Polygon]:
        """What is kept free behind each short stretch where the car park touches the road."""
        return [self.mouth(line) for line in self.lines if self.touches and line.length <= self._long_m]

    @property
    def sides(self) -> list[shapely.Polygon]:
        """Where an entry could be made along each long stretch."""
        width = self.rules.aisle_width_m
        long = [line for line in self.lines if self.touches and line.length > self._long_m]
        starts = [(line, share * (line.length - width)) for line in long for share in QUARTERS]
        return [self.mouth(shapely.ops.substring(line, start, start + width)) for line, start in starts]

    def mouth(self, line: shapely.LineString) -> shapely.Polygon:
        """The ground as deep as an aisle is wide, straight in from a line on the outline."""
        begin, end = shapely.get_coordinates(line)[[0, -1]]
        forward = (end - begin) / max(float(np.linalg.norm(end - begin)), 1e-9)
        inward = self.rules.aisle_width_m * np.array([-forward[1], forward[0]])
        hands = [shapely.Polygon([begin, end, end + side, begin + side]) for side in (inward, -inward)]
        return max(hands, key=lambda hand: float(shapely.intersection(hand, self.ground.surface).area))

    def holds(self, stripe: Stripe) -> int:
        """How many bays a row would hold if no way had to be kept open."""
        if stripe not in self._held:
            self._held[stripe] = sum(len(bays_along(stretch, self.rules)) for stretch in clear_for(self, stripe))
        return self._held[stripe]

    @property
    def _long_m(self) -> float:
        return OPENING_AISLES * self.rules.aisle_width_m


@dataclass(frozen=True)
class Filled:
    """Rows with the bays that can be reached in each, as stretches along x; ``kept_out`` counts those that cannot."""

    rows: tuple[tuple[Stripe, tuple[Stretch, ...]], ...] = field(default=())
    kept_out: int = 0

    @property
    def count(self) -> int:
        """Number of bays that can be reached."""
        return sum(len(bays) for _, bays in self.rows)


def most_bays(site: Site, stripes: Iterable[Stripe]) -> int:
    """How many bays the rows would hold if no way had to be kept open."""
    return sum(map(site.holds, stripes))


def fill(site: Site, stripes: tuple[Stripe, ...]) -> Filled:
    """The bays of the rows, with ways kept open from the entries to the aisles as long as that wins bays."""
    open_ways = site.openings
    best = _reached(site, stripes, open_ways)
    ways = [*site.sides, *_crossings(site, stripes)] if best.kept_out else []
    while best.kept_out:
        tried = [_reached(site, stripes, [*open_ways, way]) for way in ways]
        chosen = max(range(len(tried)), key=lambda place: (tried[place].count, -place), default=None)
        if chosen is None or tried[chosen].count <= best.count:
            break
        best = tried[chosen]
        open_ways = [*open_ways, ways[chosen]]
    return best


def clear_for(site: Site, stripe: Stripe) -> tuple[Stretch, ...]:
    """The stretches where a row and the least aisle in front of it lie in the car park, or its front at a road."""
    if not stripe.outside:
        return site.ground.clear(*stripe.reach(site.rules.aisle_width_min_m))
    front = sorted((stripe.front_m + stripe.facing * beyond for beyond in (site.rules.touching_m, LANE_M)))
    return common(site.ground.clear(*stripe.reach()), site.beside.clear(*front))


def _reached(site: Site, stripes: tuple[Stripe, ...], open_ways: list[shapely.Polygon]) -> Filled:
    bays = [_bays(site, stripe, open_ways) for stripe in stripes]
    inside = [place for place, stripe in enumerate(stripes) if not stripe.outside]
    taken = [_box(bay, stripes[place].reach()) for place in inside for bay in bays[place]]
    free = shapely.buffer(shapely.difference(site.ground.surface, shapely.union_all(taken)), -LANE_M / 2, quad_segs=4)
    parts = shapely.get_parts(free)
    entered = parts[shapely.dwithin(parts, shapely.union_all(site.lines), LANE_M / 2 + 2 * site.rules.touching_m)]
    # Where it is not known where cars come in, they come in at one place: one piece of ground holds all aisles.
    driven = [shapely.union_all(entered)] if site.touches else entered.tolist()
    kept = [_kept(stripes, bays, ground, site.rules) for ground in driven or [shapely.Polygon()]]
    return max(kept, key=lambda one: one.count)


def _kept(
    stripes: tuple[Stripe, ...], bays: list[list[Stretch]], driven: shapely.Geometry, rules: BayRules
) -> Filled:
    """The bays with driven ground straight ahead, at half the least aisle."""
    shapely.prepare(driven)
    rows, kept_out = [], 0
    for stripe, row in zip(stripes, bays, strict=True):
        ahead = stripe.front_m + stripe.facing * rules.aisle_width_min_m / 2
        kept = tuple(bay for bay in row if stripe.outside or shapely.intersects_xy(driven, sum(bay) / 2, ahead))
        rows.append((stripe, kept))
        kept_out += len(row) - len(kept)
    return Filled(tuple(rows), kept_out)


def _bays(site: Site, stripe: Stripe, open_ways: list[shapely.Polygon]) -> list[Stretch]:
    low, high = stripe.reach()
    cuts = shapely.bounds(shapely.intersection(np.array(open_ways, object), shapely.box(-1e6, low, 1e6, high)))
    cuts = np.reshape(cuts, (-1, 4))
    cuts = cuts[cuts[:, 3] - cuts[:, 1] > OVERLAP_M]
    stretches = without(clear_for(site, stripe), [(cut[0], cut[2]) for cut in cuts.tolist()])
    return [bay for stretch in stretches for bay in bays_along(stretch, site.rules)]


def _crossings(site: Site, stripes: tuple[Stripe, ...]) -> list[shapely.Polygon]:
    """Ways across the rows between one aisle and the next: at both ends of each stretch where the ground is clear."""
    width = site.rules.aisle_width_m
    aisles = sorted({round(stripe.middle_m, 3) for stripe in stripes if not stripe.outside})
    return [
        _box((begin, begin + width), (low, high))
        for low, high in pairwise(aisles)
        for left, right in site.ground.clear(low, high)
        if right - left >= LANE_M
        for begin in sorted({left, max(left, right - width)})
    ]


def _box(along: Stretch, across: Stretch) -> shapely.Polygon:
    return shapely.box(along[0], across[0], along[1], across[1])
