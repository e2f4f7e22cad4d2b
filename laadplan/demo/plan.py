"""The plan of the demo town: bands of blocks between long streets, before anything is built.

In: the number of dwellings wanted and a random generator. Out: a ``Plan`` in a design plane (metres, x along the main
road, y across it), and the one function that carries its points to RD New (EPSG:28992). Three decisions keep it from
being a chessboard: cross streets stand staggered per band and lean, long streets wave and fan out, and the whole plane
is bent and turned.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from laadplan.demo.sizes import BLOCK, PLAN

ORIGIN_RD = (142_000.0, 508_000.0)
"""Middle of the town in RD New: open water of the Markermeer, so that nothing real lies beneath."""


@dataclass(frozen=True)
class Wave:
    """A long street in the design plane: y = base + tilt x + height sin(x / length + phase), in metres and radians."""

    base: float
    tilt: float
    height: float
    length: float
    phase: float

    def at(self, x: float) -> float:
        """y at x."""
        return self.base + self.tilt * x + self.height * math.sin(x / self.length + self.phase)


@dataclass(frozen=True)
class Bend:
    """How the design plane is bent and turned into RD New."""

    angle: float
    phase: float

    def to_rd(self, x: float, y: float) -> tuple[float, float]:
        """RD coordinates in metres, on the millimetre grid."""
        bent_x = x + PLAN.bend_x[0] * math.sin(y / PLAN.bend_x[1] + self.phase)
        bent_y = y + PLAN.bend_y[0] * math.sin(x / PLAN.bend_y[1] + 2 * self.phase)
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        east = ORIGIN_RD[0] + cosine * bent_x - sine * bent_y
        north = ORIGIN_RD[1] + sine * bent_x + cosine * bent_y
        return (round(east, 3), round(north, 3))


@dataclass(frozen=True)
class Cross:
    """A line across a band: x on the lower and on the upper long street; `street` is False at a bare edge."""

    lower: float
    upper: float
    street: bool


@dataclass(frozen=True)
class Band:
    """Blocks side by side between the long streets `index` and `index + 1`, cut by `crosses` from west to east."""

    index: int
    crosses: tuple[Cross, ...]


@dataclass(frozen=True)
class Plan:
    """The plan: `waves` from south to north (first and last are the edge of the town), bands between them."""

    waves: tuple[Wave, ...]
    bands: tuple[Band, ...]
    main: int
    canal_x: float
    bend: Bend

    @property
    def canal_end_x(self) -> float:
        """x of the far side of the canal."""
        return self.canal_x + BLOCK.canal_width

    def is_central(self, band: int) -> bool:
        """Whether a band borders on the main road."""
        return band in (self.main - 1, self.main)


def make_plan(dwellings: int, random: np.random.Generator) -> Plan:
    """A plan with room for about `dwellings` dwellings.

    Parameters
    ----------
    dwellings
        Number of dwellings wanted, at least 80.
    random
        Source of all chance.
    """
    bands = _band_count(dwellings)
    width = max(dwellings / (PLAN.dwellings_per_metre * (bands - 1)), PLAN.least_width)
    main = bands // 2
    waves = _waves(bands, main, random)
    canal_x = round(PLAN.canal_share * width, 1)
    bend = Bend(angle=float(random.uniform(-PLAN.turn, PLAN.turn)), phase=float(random.uniform(0, math.tau)))
    plan = Plan(waves, (), main, canal_x, bend)
    built: list[Band] = []
    for index in range(bands):
        west, east = _extent(plan, index, width, random)
        below = built[-1].crosses if built else ()
        built.append(Band(index, _crosses(plan, index, west, east, below, random)))
    return Plan(waves, tuple(built), main, canal_x, bend)


def _band_count(dwellings: int) -> int:
    """An even number of bands that gives the town its proportions."""
    depth = sum(BLOCK.depth) / 2
    wanted = math.sqrt(dwellings / (PLAN.width_to_height * depth * PLAN.dwellings_per_metre))
    return max(PLAN.least_bands, 2 * math.ceil(wanted / 2))


def _waves(bands: int, main: int, random: np.random.Generator) -> tuple[Wave, ...]:
    """The long streets, south to north, with the main road through the origin."""
    depths = [_depth(band, bands, main, random) for band in range(bands)]
    bases = np.concatenate([[0.0], np.cumsum(depths)])
    bases -= bases[main]
    return tuple(
        Wave(
            base=float(base),
            tilt=float(base) * PLAN.fan + float(random.uniform(-PLAN.tilt, PLAN.tilt)),
            height=float(random.uniform(*PLAN.wave_height)),
            length=float(random.uniform(*PLAN.wave_length)),
            phase=float(random.uniform(0, math.tau)),
        )
        for base in bases
    )


def _depth(band: int, bands: int, main: int, random: np.random.Generator) -> float:
    """Depth of a band in metres, from axis to axis."""
    if band in (0, bands - 1):
        return BLOCK.edge_depth
    if band in (main - 1, main):
        return BLOCK.centre_depth
    return float(random.uniform(*BLOCK.depth))


def _extent(plan: Plan, band: int, width: float, random: np.random.Generator) -> tuple[float, float]:
    """x of the ends of a band: long in the middle, shorter to the edges, so that the town is an oval."""
    half_height = max(abs(plan.waves[0].base), abs(plan.waves[-1].base)) * PLAN.oval
    middle = (plan.waves[band].base + plan.waves[band + 1].base) / 2
    share = math.sqrt(max(1 - (middle / half_height) ** 2, 0.1))
    west = -PLAN.west_share * width * share * float(random.uniform(*PLAN.end_play))
    play = float(random.uniform(*PLAN.end_play))
    if plan.is_central(band):
        business = min(PLAN.business, width / 2) + width / 20
        return (west, plan.canal_end_x + business * play)
    east = PLAN.east_share * width * share * play
    return (west, plan.canal_x if east > plan.canal_x - PLAN.near_canal else east)


def _crosses(
    plan: Plan, band: int, west: float, east: float, below: tuple[Cross, ...], random: np.random.Generator
) -> tuple[Cross, ...]:
    """The lines across a band, west to east; they lean, and keep clear of those of the band below."""
    turned = 1 if band >= plan.main else -1
    lean = float(random.uniform(-PLAN.lean, PLAN.lean)) + turned * PLAN.lean * 2 / 3
    stations = _stations(plan, band, west, east, random)
    known = [cross.upper for cross in below if cross.street]
    crosses = []
    for place, x in enumerate(stations):
        if x in (plan.canal_x, plan.canal_end_x):
            crosses.append(Cross(x, x, x == plan.canal_x))
            continue
        tilt = lean + float(random.uniform(-PLAN.lean, PLAN.lean) / 3)
        lower = next((other for other in known if abs(other - (x - tilt / 2)) < PLAN.snap), round(x - tilt / 2, 1))
        is_end = place in (0, len(stations) - 1)
        crosses.append(Cross(lower, round(x + tilt / 2, 1), not is_end or float(random.uniform()) < 0.5))
    return tuple(crosses)


def _stations(plan: Plan, band: int, west: float, east: float, random: np.random.Generator) -> list[float]:
    """x of the lines across a band: short blocks in the old centre, long ones elsewhere, the canal where it passes."""
    fixed = [x for x in (plan.canal_x, plan.canal_end_x) if west < x <= east]
    ends = [west, *fixed, east] if not fixed or fixed[-1] < east else [west, *fixed]
    stations = [ends[0]]
    for start, end in pairwise(ends):
        x = start
        while end - x > 1.6 * _length(plan, band, x, BLOCK.length[0]):
            x += _length(plan, band, x, float(random.uniform(*BLOCK.length)))
            if end - x < PLAN.shortest_block:
                break
            stations.append(x)
        stations.append(end)
    return stations


def _length(plan: Plan, band: int, x: float, length: float) -> float:
    """Length of a block that starts at x: scaled down in the old centre."""
    if plan.is_central(band) and abs(x) < centre_half(plan):
        return length * BLOCK.centre_length[0] / BLOCK.length[0]
    return length


def centre_half(plan: Plan) -> float:
    """Half the length of the old centre along the main road, in metres."""
    return min(PLAN.centre + plan.canal_x / 12, 0.8 * plan.canal_x)


def sampled(wave: Wave, start: float, end: float) -> list[tuple[float, float]]:
    """Points of a long street in the design plane between two places, at about `PLAN.sample` metres."""
    count = max(round((end - start) / PLAN.sample), 1)
    return [(x, wave.at(x)) for x in np.linspace(start, end, count + 1).tolist()]
