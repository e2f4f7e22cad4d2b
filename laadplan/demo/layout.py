"""The streets of one quarter: bands of blocks between long streets, cut by streets across.

In: a ``Cell`` and its lattice. Out: ``Layout``: blocks with their sides on the street axes (EPSG:28992) and the axes
as ``Segment`` from crossing to crossing. Along its border a quarter uses the vertices of the lattice and no others,
so that it fits its neighbours. A thin band between two streets holds the water of a canal or singel; where a street
crosses it there is a bridge.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely import LineString, Polygon

from laadplan.demo.block_kinds import choose_kinds
from laadplan.demo.cell_frame import CellFrame, frame_of
from laadplan.demo.lattice import Border, Lattice, Vertex
from laadplan.demo.model import Block, Cell, Segment, Side, Street
from laadplan.demo.names import street_names
from laadplan.demo.plan_sizes import LAYOUTS, PLAN, LayoutSizes

_COUNTRY = LayoutSizes((1e4, 1e4), (120.0, 190.0), (0.0, 0.0), 0.0, "", "")
"""The country is one band of long fields without streets."""

_MOST_STREETS = 60


@dataclass(frozen=True)
class Layout:
    """Blocks and street axes of a quarter."""

    blocks: tuple[Block, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class _Cross:
    """A line across a band: place on the lower and on the upper long street; no street where fields meet."""

    lower: float
    upper: float
    street: Street | None


@dataclass(frozen=True)
class _Long:
    """A long street or the border of the cell: `ys` is how far over the cell it lies, per station along it."""

    line: Border
    ys: tuple[float, ...]
    street: Street | None

    def y_at(self, station: float) -> float:
        """How far over the cell it lies at a station."""
        return self.ys[self.line.place_of(station)]


def lay_streets(cell: Cell, lattice: Lattice, seed: int) -> Layout:
    """The streets and blocks of a cell."""
    random = np.random.default_rng([seed, cell.index, 0])
    sizes = LAYOUTS.get(cell.kind, _COUNTRY)
    frame = frame_of(cell, lattice, random)
    names = iter(street_names(cell.index, _MOST_STREETS))
    ends, is_water = _band_ends(cell, frame, sizes, random)
    shape = _Shape(frame.size, ends, sizes, random)
    bands = _cut(frame, is_water, sizes, names, random)
    longs = _longs(frame, shape, bands, sizes, is_water, names)
    lines = [_across(frame, crosses, *pair) for crosses, pair in zip(bands, pairwise(longs), strict=True)]
    blocks = _blocks(cell, frame, longs, bands, lines, is_water, random)
    return Layout(tuple(blocks), tuple(_segments(frame, longs, bands, lines)))


def _band_ends(
    cell: Cell, frame: CellFrame, sizes: LayoutSizes, random: np.random.Generator
) -> tuple[list[tuple[float, float]], list[bool]]:
    """Where the long streets end on the west and east side, first and last on the corners; which bands hold water."""
    depth = frame.size[1]
    thin = {0: PLAN.canal} if cell.canal else {}
    count = _count_of_bands(depth, thin, sizes)
    if cell.kind == "nieuwbouw" and count > 3:
        thin[int(random.integers(2, count))] = PLAN.singel
        count = _count_of_bands(depth, thin, sizes)
    total = count + len(thin)
    play = random.uniform(*sizes.depth, total) if sizes is not _COUNTRY else np.ones(total)
    depths = np.array([thin.get(band, 0.0) for band in range(total)])
    free = depths == 0
    depths[free] = play[free] / play[free].sum() * (depth - depths.sum())
    marks = np.concatenate([[0.0], np.cumsum(depths)])
    slope = random.uniform(-sizes.wave[1], sizes.wave[1], total + 1)
    west, east = frame.sides[3], frame.sides[1]
    ends = [
        (_nearest(west.stations, mark - tilt), _nearest(east.stations, mark + tilt))
        for mark, tilt in zip(marks, slope, strict=True)
    ]
    ends[0], ends[-1] = (west.stations[0], east.stations[0]), (west.stations[-1], east.stations[-1])
    for band, width in thin.items():
        low_west, low_east = ends[band]
        ends[band + 1] = (_further(west, low_west, width), _further(east, low_east, width))
    return ends, [band in thin for band in range(total)]


def _count_of_bands(depth: float, thin: Mapping[int, float], sizes: LayoutSizes) -> int:
    """How many bands of the usual depth lie beside the thin ones."""
    return max(1, round((depth - sum(thin.values())) / float(np.mean(sizes.depth))))


def _further(side: Border, station: float, by_m: float) -> float:
    """The station about so many metres after one of a side, whose stations are even."""
    return side.stations[side.place_of(station) + round(by_m / (side.stations[1] - side.stations[0]))]


def _nearest(stations: Sequence[float], place: float) -> float:
    return min(stations, key=lambda station: abs(station - place))


class _Shape:
    """How the long streets run: straight between their ends, bent together most in the middle of the cell."""

    def __init__(
        self,
        size: tuple[float, float],
        ends: list[tuple[float, float]],
        sizes: LayoutSizes,
        random: np.random.Generator,
    ) -> None:
        self.size, self.ends = size, ends
        self.height = sizes.wave[0] * float(random.uniform(0.6, 1.0)) * (1 if random.integers(2) else -1)
        self.turns = float(random.choice([1.0, 2.0]))

    def at(self, long: int, x: np.ndarray) -> np.ndarray:
        """How far over the cell a long street lies at places along it."""
        west, east = self.ends[long]
        share = np.asarray(x) / self.size[0]
        straight = west + (east - west) * share
        most = math.sin(math.pi * min(max((west + east) / 2 / self.size[1], 0.0), 1.0))
        return straight + self.height * most * np.sin(math.pi * share) * np.sin(math.pi * self.turns * share + 0.4)


def _cut(
    frame: CellFrame,
    is_water: list[bool],
    sizes: LayoutSizes,
    names: Iterator[str],
    random: np.random.Generator,
) -> list[list[_Cross]]:
    """The lines across each band, west to east, first and last on the border."""
    bands: list[list[_Cross]] = []
    for band, wet in enumerate(is_water):
        below = bands[-1] if bands else []
        low = frame.sides[0].stations if band == 0 else None
        high = frame.sides[2].stations if band == len(is_water) - 1 else None
        bands.append(_crosses(frame, sizes, wet, below, low, high, names, random))
    return bands


def _crosses(
    frame: CellFrame,
    sizes: LayoutSizes,
    wet: bool,
    below: list[_Cross],
    low: Sequence[float] | None,
    high: Sequence[float] | None,
    names: Iterator[str],
    random: np.random.Generator,
) -> list[_Cross]:
    """The lines across one band; they lean, and meet those of the band below or keep clear of them."""
    length = frame.size[0]
    known = {cross.upper: cross.street for cross in below[1:-1] if cross.street}
    lean = 0.0 if wet else float(random.uniform(-sizes.lean, sizes.lean))
    crosses = [_Cross(0.0, 0.0, frame.streets[3])]
    for x in _stations(length, sizes, wet, random):
        tilt = lean * float(random.uniform(0.7, 1.3))
        near = [other for other in known if abs(other - x) < (3 * PLAN.snap if wet else PLAN.snap)]
        lower = min(near, key=lambda other: abs(other - x)) if near else x
        lower = _nearest(low, lower) if low else lower
        upper = lower + tilt
        upper = _nearest(high, upper) if high else upper
        upper = lower if wet and not low and not high else upper
        last = crosses[-1]
        if min(lower - last.lower, upper - last.upper) < PLAN.shortest_block:
            continue
        if length - max(lower, upper) < PLAN.shortest_block:
            break
        crosses.append(_Cross(lower, upper, _across_street(sizes, known.get(lower), names)))
    return [*crosses, _Cross(length, length, frame.streets[1])]


def _across_street(sizes: LayoutSizes, going_on: Street | None, names: Iterator[str]) -> Street | None:
    """The street across: the one below that goes on here, or a new one."""
    if not sizes.across:
        return None
    if going_on is not None:
        return going_on
    name = next(names, None)
    return Street(name, sizes.across) if name else None


def _stations(length: float, sizes: LayoutSizes, wet: bool, random: np.random.Generator) -> list[float]:
    """Places of the lines across a band: two bridges over water, a street every so many metres elsewhere."""
    if wet:
        return [share * length for share in random.uniform(-0.05, 0.05, 2) + np.array([0.33, 0.67])]
    count = max(1, round(length / float(random.uniform(*sizes.length))))
    even = np.arange(1, count) / count * length
    return [float(x) for x in even + random.uniform(-0.12, 0.12, len(even)) * length / count]


def _longs(
    frame: CellFrame,
    shape: _Shape,
    bands: list[list[_Cross]],
    sizes: LayoutSizes,
    is_water: list[bool],
    names: Iterator[str],
) -> list[_Long]:
    """The long streets with all places where lines meet them, first and last on the border."""
    south, _, north, _ = frame.sides
    longs = [_Long(south, (0.0,) * len(south.stations), frame.streets[0])]
    for index in range(1, len(bands)):
        cuts = sorted({cross.upper for cross in bands[index - 1]} | {cross.lower for cross in bands[index]})
        xs = _sampled(cuts)
        ys = tuple(shape.at(index, np.array(xs)).tolist())
        points = frame.to_rd(list(zip(xs, ys, strict=True)))
        points[0] = _point_at(frame.sides[3], ys[0])
        points[-1] = _point_at(frame.sides[1], ys[-1])
        beside_water = is_water[index - 1] or is_water[index]
        name = next(names, None) if sizes.long else None
        street = Street(name, "kade" if beside_water else sizes.long) if name else None
        longs.append(_Long(Border(tuple(xs), tuple(points)), ys, street))
    return [*longs, _Long(north, (frame.size[1],) * len(north.stations), frame.streets[2])]


def _sampled(cuts: list[float]) -> list[float]:
    """The cuts with places between them, at about `PLAN.sample` metres."""
    xs: list[float] = []
    for start, end in pairwise(cuts):
        count = max(round((end - start) / PLAN.sample), 1)
        xs += [float(x) for x in np.linspace(start, end, count + 1)[:-1]]
    return [*xs, cuts[-1]]


def _point_at(side: Border, station: float) -> Vertex:
    """The vertex of a border at a station."""
    return side.points[side.stations.index(_nearest(side.stations, station))]


def _across(frame: CellFrame, crosses: list[_Cross], low: _Long, high: _Long) -> list[tuple[Vertex, ...]]:
    """RD points of each line across a band, south to north; the first and the last lie on the border."""
    west = frame.sides[3].between(low.ys[0], high.ys[0])
    east = frame.sides[1].between(low.ys[-1], high.ys[-1])
    return [west, *(_line_across(frame, cross, low, high) for cross in crosses[1:-1]), east]


def _line_across(frame: CellFrame, cross: _Cross, low: _Long, high: _Long) -> tuple[Vertex, ...]:
    """RD points of a line from one long street to the next."""
    start, end = low.y_at(cross.lower), high.y_at(cross.upper)
    lean = cross.upper - cross.lower
    inner = frame.to_rd([(cross.lower + share * lean, start + share * (end - start)) for share in (0.25, 0.5, 0.75)])
    first, last = low.line.between(cross.lower, cross.lower), high.line.between(cross.upper, cross.upper)
    return (*first, *inner, *last)


def _blocks(
    cell: Cell,
    frame: CellFrame,
    longs: list[_Long],
    bands: list[list[_Cross]],
    lines: list[list[tuple[Vertex, ...]]],
    is_water: list[bool],
    random: np.random.Generator,
) -> list[Block]:
    """All blocks, west to east and south to north."""
    spots = [(band, place) for band, crosses in enumerate(bands) for place in range(len(crosses) - 1)]
    shapes = {spot: _block(frame, longs, bands, lines, *spot) for spot in spots}
    lengths = {spot: shapes[spot][1][0].line.length for spot in spots}
    wet = {spot for spot in spots if is_water[spot[0]]}
    kinds = choose_kinds(cell, lengths, wet, {spot: shapes[spot][1] for spot in spots}, random)
    return [Block(index, kinds[spot], *shapes[spot]) for index, spot in enumerate(spots)]


def _block(
    frame: CellFrame,
    longs: list[_Long],
    bands: list[list[_Cross]],
    lines: list[list[tuple[Vertex, ...]]],
    band: int,
    place: int,
) -> tuple[Polygon, tuple[Side, ...]]:
    """The ground of a block and its sides."""
    west, east = bands[band][place], bands[band][place + 1]
    south = longs[band].line.between(west.lower, east.lower)
    north = longs[band + 1].line.between(west.upper, east.upper)
    left, right = lines[band][place], lines[band][place + 1]
    borders = (band == 0, place + 2 == len(bands[band]), band + 2 == len(longs), place == 0)
    edges = (south, right, north[::-1], left[::-1])
    streets = (longs[band].street, east.street, longs[band + 1].street, west.street)
    sides = tuple(
        Side(
            LineString(edge),
            street,
            frame.runs_forward(index) if is_border else index in (0, 1),
            frame.numbers_from[index] if is_border else 0,
        )
        for index, (edge, street, is_border) in enumerate(zip(edges, streets, borders, strict=True))
    )
    ring = [*south[:-1], *right[:-1], *north[:0:-1], *left[:0:-1]]
    return Polygon(ring), sides


def _segments(
    frame: CellFrame, longs: list[_Long], bands: list[list[_Cross]], lines: list[list[tuple[Vertex, ...]]]
) -> list[Segment]:
    """The axes of all streets, from crossing to crossing; those of the border are cut where streets of it end."""
    found: list[Segment] = []
    for crosses, across in zip(bands, lines, strict=True):
        for cross, line in zip(crosses[1:-1], across[1:-1], strict=True):
            if cross.street is not None:
                found.append(Segment(LineString(line), cross.street))
    for index, long in enumerate(longs):
        if long.street is None:
            continue
        meets = {0.0, long.line.stations[-1]}
        meets |= {cross.upper for cross in (bands[index - 1][1:-1] if index else []) if cross.street}
        meets |= {cross.lower for cross in (bands[index][1:-1] if index < len(bands) else []) if cross.street}
        is_border = index in (0, len(longs) - 1)
        for start, end in pairwise(sorted(meets)):
            found.append(Segment(LineString(long.line.between(start, end)), long.street, is_border))
    for side, end in ((3, 0), (1, -1)):
        street = frame.streets[side]
        if street is None:
            continue
        cuts = [0.0, *(long.ys[end] for long in longs[1:-1] if long.street), frame.size[1]]
        for start, stop in pairwise(cuts):
            found.append(Segment(LineString(frame.sides[side].between(start, stop)), street, True))
    return found
