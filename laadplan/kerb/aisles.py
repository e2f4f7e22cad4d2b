"""Which bays of a car park can be reached: its entries, and the ways kept open between its aisles.

In: a car park turned so that rows run along x, the lines where it touches what cars drive on, and the rows across it.
Out: `Filled`, the bays of each row that a car can reach. Ground that is no bay is driven on. All in metres, as turned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
import shapely.ops

from laadplan.config.project import BayRules
from laadplan.kerb.stripes import CM_DECIMALS, Ground, Stretch, Stripe, bay_count, bays_along, common, without

LANE_M = 2.0
"""Narrowest way that is driven through (m): a car with its mirrors; Otterlo has an entry of 2.3 m."""

OPENING_AISLES = 2.0
"""Where the car park touches the road over at most this many aisle widths, all of it is an entry."""

OVERLAP_M = 1.0
"""A way that cuts less than this off the depth of a row leaves its bays (m): the ends of an entry are its rounding."""

FAR_M = 1e6
"""Beyond any car park along its rows (m)."""

QUARTERS = (0.5, 0.0, 1.0, 0.25, 0.75)
"""Where along a long side an entry is tried, best first: shares of the room for it."""


Worth = tuple[int, int]
"""How many bays there are in a layout less what its rows cost, and how many in all: more is better, in this order."""


@dataclass(frozen=True)
class Site:
    """A car park turned so that rows run along x.

    ``lines`` are where cars may come in: where the car park touches what they drive on (``touches``), or the lines over
    which they then must come in at one unknown place. ``beside`` is what cars drive on next to it, ``row_cost`` how
    many bays more a layout must hold to be better with one row more.
    """

    ground: Ground
    beside: Ground
    lines: tuple[shapely.LineString, ...]
    touches: bool
    row_cost: int
    rules: BayRules
    _held: dict[Stripe, Worth] = field(init=False, repr=False, default_factory=dict)

    @property
    def openings(self) -> list[shapely.Polygon]:
        """What is kept free behind each short stretch where the car park touches the road."""
        return [self.mouth(line) for line in self.lines if self.touches and line.length <= self._long_m]

    @property
    def sides(self) -> list[shapely.Polygon]:
        """Where an entry could be made along each other stretch."""
        width = self.rules.aisle_width_m
        other = [line for line in self.lines if not self.touches or line.length > self._long_m]
        starts = [(line, share * max(0.0, line.length - width)) for line in other for share in QUARTERS]
        return [self.mouth(along(line, start, start + width)) for line, start in starts]

    def mouth(self, line: shapely.LineString) -> shapely.Polygon:
        """The ground as deep as an aisle is wide, straight in from a line on the outline."""
        begin, end = shapely.get_coordinates(line)[[0, -1]]
        forward = (end - begin) / max(float(np.linalg.norm(end - begin)), 1e-9)
        inward = self.rules.aisle_width_m * np.array([-forward[1], forward[0]])
        hands = [shapely.Polygon([begin, end, end + side, begin + side]) for side in (inward, -inward)]
        return max(hands, key=lambda hand: float(shapely.intersection(hand, self.ground.surface).area))

    def holds(self, stripe: Stripe) -> Worth:
        """What a row would be worth if no way had to be kept open."""
        if stripe not in self._held:
            counts = [bay_count(stretch, self.rules) for stretch in clear_for(self, stripe)]
            self._held[stripe] = max(0, sum(counts) - self.row_cost), sum(counts)
        return self._held[stripe]

    @property
    def _long_m(self) -> float:
        return OPENING_AISLES * self.rules.aisle_width_m


@dataclass(frozen=True)
class Filled:
    """Rows with the bays that can be reached in each, as stretches along x.

    ``kept_out`` counts the bays that cannot be reached, ``driven`` is the ground that can and ``apart`` the other
    ground between the rows, both without half a lane along their edges.
    """

    rows: tuple[tuple[Stripe, tuple[Stretch, ...]], ...] = ()
    worth: Worth = (0, 0)
    kept_out: int = 0
    driven: shapely.Geometry = field(default_factory=shapely.Polygon)
    apart: shapely.Geometry = field(default_factory=shapely.Polygon)


def most_worth(site: Site, stripes: Iterable[Stripe]) -> Worth:
    """What the rows would be worth if no way had to be kept open."""
    held = [site.holds(stripe) for stripe in stripes]
    return sum(more for more, _ in held), sum(bays for _, bays in held)


def _worth(site: Site, rows: Iterable[Sequence[Stretch]]) -> Worth:
    counts = [len(row) for row in rows if row]
    return sum(counts) - site.row_cost * len(counts), sum(counts)


def fill(site: Site, stripes: tuple[Stripe, ...]) -> Filled:
    """The bays of the rows, with ways kept open from the entries to the aisles as long as that wins something."""
    open_ways = site.openings
    best = _reached(site, stripes, _bays(site, stripes, open_ways))
    ways = [*site.sides, *_crossings(site, stripes)] if best.kept_out else []
    while best.kept_out:
        better, way = _best_way(site, stripes, open_ways, _joining(site, best, ways))
        if way is None or better.worth <= best.worth:
            break
        best = better
        open_ways = [*open_ways, way]
    return best


def _joining(site: Site, filled: Filled, ways: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """The ways that join ground apart to the ground that is driven, or to the road."""
    here = np.array(ways, object)
    known = shapely.union_all([filled.driven, *site.lines])
    joins = shapely.dwithin(here, known, LANE_M) & shapely.dwithin(here, filled.apart, LANE_M)
    return list(here[joins])


def _best_way(
    site: Site, stripes: tuple[Stripe, ...], open_ways: list[shapely.Polygon], ways: list[shapely.Polygon]
) -> tuple[Filled, shapely.Polygon | None]:
    """The way that wins most, the first of equals; those that leave most are tried first."""
    left = [_bays(site, stripes, [*open_ways, way]) for way in ways]
    most = [_worth(site, bays) for bays in left]
    best, chosen = Filled(), None
    for place in sorted(range(len(ways)), key=most.__getitem__, reverse=True):
        if most[place] <= best.worth:
            break
        tried = _reached(site, stripes, left[place])
        if tried.worth > best.worth:
            best, chosen = tried, ways[place]
    return best, chosen


def clear_for(site: Site, stripe: Stripe) -> tuple[Stretch, ...]:
    """The stretches where a row and the least aisle in front of it lie in the car park, or its front at a road."""
    if not stripe.outside:
        return site.ground.clear(*stripe.reach(site.rules.aisle_width_min_m))
    front = sorted(stripe.front_m + stripe.facing * beyond for beyond in (site.rules.touching_m, LANE_M))
    return common(site.ground.clear(*stripe.reach()), site.beside.clear(*front))


def _reached(site: Site, stripes: tuple[Stripe, ...], bays: list[list[Stretch]]) -> Filled:
    inside = [place for place, stripe in enumerate(stripes) if not stripe.outside]
    taken = [_box(run, stripes[place].reach()) for place in inside for run in _runs(bays[place])]
    free = shapely.buffer(shapely.difference(site.ground.surface, shapely.union_all(taken)), -LANE_M / 2, quad_segs=2)
    parts = shapely.get_parts(free)
    near = shapely.dwithin(parts, shapely.union_all(site.lines), LANE_M / 2 + 2 * site.rules.touching_m)
    if site.touches:
        return _kept(site, stripes, bays, parts[near], parts[~near])
    # Where it is not known where cars come in, they come in at one place: one piece of ground holds all aisles.
    each = [np.arange(len(parts)) == place for place in np.flatnonzero(near)]
    kept = [_kept(site, stripes, bays, parts[entered], parts[~entered]) for entered in each or [near]]
    return max(kept, key=lambda one: one.worth)


def _kept(
    site: Site, stripes: tuple[Stripe, ...], bays: list[list[Stretch]], entered: np.ndarray, apart: np.ndarray
) -> Filled:
    """The bays with ground that is entered straight ahead, at half the least aisle."""
    driven = shapely.union_all(entered)
    shapely.prepare(driven)
    rows = []
    for stripe, row in zip(stripes, bays, strict=True):
        ahead = stripe.front_m + stripe.facing * site.rules.aisle_width_min_m / 2
        reached = shapely.intersects_xy(driven, np.array([sum(bay) / 2 for bay in row]), ahead) | stripe.outside
        rows.append(tuple(bay for bay, can in zip(row, reached.tolist(), strict=True) if can))
    kept_out = sum(map(len, bays)) - sum(map(len, rows))
    other = shapely.geometrycollections(apart.tolist())
    return Filled(tuple(zip(stripes, rows, strict=True)), _worth(site, rows), kept_out, driven, other)


def _bays(site: Site, stripes: tuple[Stripe, ...], open_ways: list[shapely.Polygon]) -> list[list[Stretch]]:
    """The bays of each row beside the ways."""
    found = []
    for stripe in stripes:
        low, high = stripe.reach()
        cuts = [_cut(way, low, high) for way in open_ways]
        stretches = without(clear_for(site, stripe), [cut for cut in cuts if cut])
        found.append([bay for stretch in stretches for bay in bays_along(stretch, site.rules)])
    return found


def _cut(way: shapely.Polygon, low_m: float, high_m: float) -> Stretch | None:
    """What a way takes of a row."""
    within = shapely.clip_by_rect(way, -FAR_M, low_m, FAR_M, high_m)
    left, bottom, right, top = shapely.bounds(within).tolist()
    return (left, right) if round(top - bottom, CM_DECIMALS) > OVERLAP_M else None


def _runs(bays: Sequence[Stretch]) -> list[Stretch]:
    """Bays side by side taken together."""
    edges = np.array(bays).reshape(-1, 2)
    starts = np.flatnonzero(np.append(True, edges[1:, 0] > edges[:-1, 1])) if bays else np.array([], int)
    ends = np.append(starts[1:], len(bays)) - 1
    return [(edges[first, 0], edges[last, 1]) for first, last in zip(starts.tolist(), ends.tolist(), strict=False)]


def _crossings(site: Site, stripes: tuple[Stripe, ...]) -> list[shapely.Polygon]:
    """Ways across the rows between one aisle and the next: from both ends of each stretch where the ground is clear.

    Where that is narrower than a way the ground beside it is taken too, as it may be clear for part of the way.
    """
    width = site.rules.aisle_width_m
    aisles = sorted({round(stripe.middle_m, 3) for stripe in stripes if not stripe.outside})
    return [
        _box(ends, (low, high))
        for low, high in pairwise(aisles)
        for left, right in site.ground.clear(low, high)
        if round(right - left, CM_DECIMALS) >= LANE_M
        for ends in ((left, left + width), (right - width, right))
    ]


def along(line: shapely.LineString, begin_m: float, end_m: float) -> shapely.LineString:
    """The part of a line between two places along it; an empty one where the end comes first."""
    part = shapely.ops.substring(line, begin_m, end_m) if begin_m < end_m else None
    return part if isinstance(part, shapely.LineString) else shapely.LineString()


def _box(across_x: Stretch, across_y: Stretch) -> shapely.Polygon:
    return shapely.box(across_x[0], across_y[0], across_x[1], across_y[1])
