"""Blocks of the demo town: the plan carried to RD New, with streets named and a kind for each block.

In: a ``Plan``. Out: ``Block`` with sides on the street axes (EPSG:28992), the named streets, and the axes as
``Segment`` from crossing to crossing. Neighbouring blocks share their sides vertex by vertex.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely import LineString, Polygon

from laadplan.demo.model import Block, Side, Street
from laadplan.demo.names import street_names
from laadplan.demo.plan import Band, Cross, Plan, centre_half, sampled
from laadplan.demo.sizes import TOWN

_MIXED = ("rijwoningen", "rijwoningen met oprit", "twee-onder-een-kap")
_MIXED_SHARES = (0.52, 0.26, 0.22)
"""Shares of the kinds of block where nothing special stands."""

_LONG_ENOUGH_M = 80.0
"""A block shorter than this has no room for a park or for flats."""

Spot = tuple[int, int]
"""A block in the plan: band and place in the band."""


@dataclass(frozen=True)
class Segment:
    """The axis of a street between two crossings."""

    line: LineString
    street: Street


@dataclass(frozen=True)
class Net:
    """Streets of the town by their place in the plan."""

    long: dict[int, Street]
    across: dict[Spot, Street]


def name_streets(plan: Plan) -> Net:
    """Give each street of the plan its name and kind."""
    crosses = [(band.index, place) for band in plan.bands for place, cross in enumerate(band.crosses) if cross.street]
    names = iter(street_names(4 + len(plan.waves) + len(crosses)))
    main, quay, square, business = (next(names) for _ in range(4))
    long = {index: Street(next(names), "woonstraat") for index in range(1, len(plan.waves) - 1) if index != plan.main}
    long[plan.main] = Street(main, "hoofdweg")
    across = {}
    for spot in crosses:
        x = plan.bands[spot[0]].crosses[spot[1]].lower
        across[spot] = _cross_street(plan, spot, x, quay, business, names)
    across[_beside_square(plan, list(across))] = Street(square, "centrumstraat")
    return Net(long, across)


def _beside_square(plan: Plan, spots: Iterable[Spot]) -> Spot:
    """The cross street at the western side of the square, or the nearest one there is."""
    band, place = _square_spot(plan)
    x = plan.bands[band].crosses[place].lower
    return min(spots, key=lambda spot: (spot[0] != band, abs(plan.bands[spot[0]].crosses[spot[1]].lower - x), spot))


def _cross_street(plan: Plan, spot: Spot, x: float, quay: str, business: str, names: Iterable[str]) -> Street:
    if x == plan.canal_x:
        return Street(quay, "kade")
    if x > plan.canal_x:
        return Street(business, "bedrijfsweg")
    if plan.is_central(spot[0]) and abs(x) < centre_half(plan):
        return Street(next(iter(names)), "centrumstraat")
    return Street(next(iter(names)), "woonstraat")


def make_blocks(plan: Plan, net: Net, random: np.random.Generator) -> list[Block]:
    """All blocks of the plan, numbered from the south-west."""
    kinds = _kinds(plan, random)
    cuts = _cuts(plan)
    blocks: list[Block] = []
    for band in plan.bands:
        for place in range(len(band.crosses) - 1):
            spot = (band.index, place)
            blocks.append(_block(plan, net, cuts, band, place, len(blocks), kinds[spot]))
    return blocks


def _cuts(plan: Plan) -> dict[int, list[float]]:
    """Per long street the x of all lines that meet it, from both sides, in order."""
    cuts: dict[int, set[float]] = {index: set() for index in range(len(plan.waves))}
    for band in plan.bands:
        cuts[band.index] |= {cross.lower for cross in band.crosses}
        cuts[band.index + 1] |= {cross.upper for cross in band.crosses}
    return {index: sorted(xs) for index, xs in cuts.items()}


def _along(plan: Plan, cuts: dict[int, list[float]], index: int, start: float, end: float) -> list[tuple[float, float]]:
    """RD points of a long street between two of its cuts: equal for the blocks at both sides."""
    xs = cuts[index]
    inner = xs[bisect_left(xs, start) : bisect_left(xs, end) + 1]
    points: list[tuple[float, float]] = []
    for one, other in pairwise(inner):
        points += sampled(plan.waves[index], one, other)[bool(points) :]
    return [plan.bend.to_rd(x, y) for x, y in points]


def _across(plan: Plan, band: Band, cross: Cross) -> list[tuple[float, float]]:
    """RD points of a line across a band, south to north."""
    low, high = plan.waves[band.index].at(cross.lower), plan.waves[band.index + 1].at(cross.upper)
    lean = cross.upper - cross.lower
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    return [plan.bend.to_rd(cross.lower + share * lean, low + share * (high - low)) for share in shares]


def _block(plan: Plan, net: Net, cuts: dict[int, list[float]], band: Band, place: int, index: int, kind: str) -> Block:
    west, east = band.crosses[place], band.crosses[place + 1]
    south = _along(plan, cuts, band.index, west.lower, east.lower)
    north = _along(plan, cuts, band.index + 1, west.upper, east.upper)
    left, right = _across(plan, band, west), _across(plan, band, east)
    sides = (
        Side(LineString(south), _long_street(plan, net, band.index, kind), True),
        Side(LineString(right), net.across.get((band.index, place + 1)), True),
        Side(LineString(north[::-1]), _long_street(plan, net, band.index + 1, kind), False),
        Side(LineString(left[::-1]), net.across.get((band.index, place)), False),
    )
    ring = [*south[:-1], *right[:-1], *north[:0:-1], *left[:0:-1]]
    return Block(index, kind, Polygon(ring), sides, _neighbourhood(plan, band, kind, (west.lower + east.lower) / 2))


def _long_street(plan: Plan, net: Net, index: int, kind: str) -> Street | None:
    """The street on a long side; over the canal and beyond it only the main road goes on."""
    if kind in ("kanaal", "bedrijven") and index != plan.main:
        return None
    return net.long.get(index)


def _neighbourhood(plan: Plan, band: Band, kind: str, x: float) -> str:
    """Name of the buurt a block lies in."""
    if kind == "bedrijven":
        return "Bedrijvenpark"
    if plan.is_central(band.index) and (kind in ("centrum", "plein", "kanaal") or abs(x) < centre_half(plan) + 60):
        return "Centrum"
    return "Noord" if band.index >= plan.main else "Zuid"


def _kinds(plan: Plan, random: np.random.Generator) -> dict[Spot, str]:
    """The kind of each block: first what its place demands, then parks and flats, then a mixture of houses."""
    kinds: dict[Spot, str] = {}
    open_spots: list[Spot] = []
    for band in plan.bands:
        for place, (west, east) in enumerate(pairwise(band.crosses)):
            fixed = _fixed_kind(plan, band, west.lower, east.lower)
            kinds[(band.index, place)] = fixed or str(random.choice(_MIXED, p=_MIXED_SHARES))
            is_inner = 0 < band.index < len(plan.bands) - 1 and not plan.is_central(band.index)
            if is_inner and not fixed and east.lower - west.lower > _LONG_ENOUGH_M:
                open_spots.append((band.index, place))
    kinds[_square_spot(plan)] = "plein"
    _spread(kinds, open_spots, len(kinds), random)
    if band_edges := [spot for spot in kinds if spot[0] in (0, len(plan.bands) - 1)]:
        kinds.update({spot: str(random.choice(["twee-onder-een-kap", "vrijstaand"])) for spot in band_edges})
    return kinds


def _fixed_kind(plan: Plan, band: Band, west: float, east: float) -> str:
    middle = (west + east) / 2
    if middle > plan.canal_end_x:
        return "bedrijven"
    if middle > plan.canal_x:
        return "kanaal"
    if plan.is_central(band.index) and abs(middle) < centre_half(plan) and east - west < 100:
        return "centrum"
    return ""


def _square_spot(plan: Plan) -> Spot:
    """The block of the square: north of the main road, nearest the middle."""
    crosses = plan.bands[plan.main].crosses
    middles = [abs((west.lower + east.lower) / 2) for west, east in pairwise(crosses)]
    return (plan.main, int(np.argmin(middles)))


def _spread(kinds: dict[Spot, str], spots: list[Spot], total: int, random: np.random.Generator) -> None:
    """Put parks and flats on open spots, no two side by side (fills `kinds`, which its caller has just made)."""
    parks, flats = max(1, round(total / TOWN.blocks_per_park)), max(2, round(total / TOWN.blocks_per_flats))
    wanted = ["park"] * parks + ["flats"] * flats
    taken: list[Spot] = []
    order = [spots[index] for index in random.permutation(len(spots))]
    for spot in order:
        near = any(abs(spot[0] - other[0]) <= 1 and abs(spot[1] - other[1]) <= 1 for other in taken)
        if wanted and not near:
            kinds[spot] = wanted.pop(0)
            taken.append(spot)


def make_segments(plan: Plan, net: Net) -> list[Segment]:
    """The axes of all streets, from crossing to crossing."""
    cuts = _cuts(plan)
    segments = [
        Segment(LineString(_across(plan, band, cross)), net.across[(band.index, place)])
        for band in plan.bands
        for place, cross in enumerate(band.crosses)
        if cross.street
    ]
    for index, street in sorted(net.long.items()):
        for start, end in pairwise(_crossings(plan, index)):
            segments.append(Segment(LineString(_along(plan, cuts, index, start, end)), street))
    return segments


def _crossings(plan: Plan, index: int) -> list[float]:
    """x of the streets that meet a long street, and of its ends; all but the main road end at the canal."""
    below, above = plan.bands[index - 1].crosses, plan.bands[index].crosses
    meets = [(cross.upper, cross.street) for cross in below] + [(cross.lower, cross.street) for cross in above]
    ends = {min(below[0].upper, above[0].lower), max(below[-1].upper, above[-1].lower)}
    xs = sorted(ends | {x for x, is_street in meets if is_street})
    return xs if index == plan.main else [x for x in xs if x <= plan.canal_x]
