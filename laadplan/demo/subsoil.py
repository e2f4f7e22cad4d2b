"""What lies beneath a quarter of the demo town and what is planned in it: height, soil surveys, zones and road works.

In: a ``Quarter``. Out: small records with polygons in EPSG:28992 and dates. Height depends on the place and the seed
alone, so that it runs on over the borders of quarters; soil surveys tile the quarter.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.model import Quarter, Segment
from laadplan.demo.names import hashed
from laadplan.demo.plan_sizes import QUARTERS
from laadplan.demo.shapes import clip, polygons, snap, subtract
from laadplan.demo.sizes import STREETS

Floats = npt.NDArray[np.float64]

LOWEST_M, HIGHEST_M = -5.0, 2.0
"""Height of the ground in m NAP: from a deep polder to an old dike."""

WAVES = 7
WAVE_LENGTH_M = (700.0, 6000.0)
"""Waves of which the ground is made, and their lengths: slopes stay below 1.5 %."""

WAVE_SUM = 1.6
"""Sum of the heights of the waves, before they are bent into the range."""

REFERENCE_DAY = date(2025, 1, 1)
"""Day at which the demo town is described."""

VALID_YEARS = 5
"""A soil survey is taken as valid for five years: usual practice, and the municipality decides."""

OLDEST_SURVEY = 1994

SURVEYS: dict[str, tuple[float, float]] = {
    "centrum": (0.30, 0.45),
    "vooroorlogs": (0.30, 0.45),
    "naoorlogs": (0.35, 0.35),
    "bloemkool": (0.35, 0.30),
    "nieuwbouw": (0.60, 0.35),
    "dorp": (0.30, 0.30),
    "bedrijven": (0.40, 0.40),
    "landelijk": (0.10, 0.20),
}
"""Chance that a survey is valid and that it has expired, per kind of quarter; the rest has none. Own estimate."""

HECTARES_PER_SURVEY = 4.0

PERMIT_CHANCE = 0.6
"""Share of pre-war quarters with parking for permit holders. Own estimate."""

BLUE_ZONE_M = 16.0
"""A blue zone reaches this far from the axis of a shopping street."""

LEAST_ZONE_M2 = 100.0
"""Smaller remainders are no zone."""

SHOPPING_STREET = "centrumstraat"
BLUE_SHARE = 0.25
"""Share of the metres of street of a centre, those with the most shops, in the blue zone. Own estimate."""

TREE_STREETS = ("hoofdweg",)
"""Kinds of street with a main tree structure."""

TREE_ZONE_M = 6.0
"""The main tree structure reaches this far beyond the carriageway."""

STREETS_PER_WORK = 12.0
WORKS: tuple[tuple[str, tuple[int, int]], ...] = (
    ("asfaltonderhoud", (1, 3)),
    ("kabels en leidingen", (3, 8)),
    ("rioolvervanging", (12, 30)),
    ("herinrichting", (16, 40)),
)
"""Kinds of road works with their length in weeks."""

FIRST_WORK_DAY, LAST_WORK_DAY = date(2025, 3, 3), date(2027, 11, 1)
_WEEKEND_DAYS = 3
"""Works begin on a Monday and end on a Friday, so many days before the next."""

WORK_WIDTH_M = 2.0
"""Road works reach this far beyond the carriageway."""

_SOIL, _ZONES, _WORKS = 440, 441, 442
"""Streams of the random generators."""


@dataclass(frozen=True)
class SoilSurvey:
    """An area of soil survey: `status` is ``geldig``, ``verlopen`` or ``ontbreekt`` (without a date)."""

    polygon: Polygon
    status: str
    surveyed_on: date | None
    local_id: str


@dataclass(frozen=True)
class Zone:
    """An area with rules: beschermd stadsgezicht, blauwe zone, vergunninghouders or hoofdbomenstructuur."""

    kind: str
    polygon: Polygon
    since: date
    local_id: str


@dataclass(frozen=True)
class RoadWorks:
    """Planned road works along a street, from the first to the last day."""

    kind: str
    street: str
    polygon: Polygon
    from_on: date
    to_on: date
    local_id: str


def height_m(x: Floats, y: Floats, seed: int) -> Floats:
    """Height of the ground in m NAP at points in RD New; smooth, from `LOWEST_M` to `HIGHEST_M`.

    >>> bool(np.ptp(height_m(np.array([144000.0, 144001.0]), np.array([508000.0, 508000.0]), 1)) < 0.02)
    True
    """
    random = np.random.default_rng([seed, _SOIL])
    turns, phases = random.uniform(0, 2 * math.pi, (2, WAVES))
    lengths = np.geomspace(*WAVE_LENGTH_M, WAVES)
    heights = WAVE_SUM * lengths / lengths.sum()
    total = np.zeros(np.broadcast(x, y).shape)
    for turn, phase, length, height in zip(turns, phases, lengths, heights, strict=True):
        total += height * np.sin(2 * math.pi * (x * math.cos(turn) + y * math.sin(turn)) / length + phase)
    middle, half = (HIGHEST_M + LOWEST_M) / 2, (HIGHEST_M - LOWEST_M) / 2
    return np.asarray(middle + half * np.tanh(total))


def soil_surveys(quarter: Quarter) -> tuple[SoilSurvey, ...]:
    """Areas of soil survey, which tile the quarter; a valid one is less than `VALID_YEARS` old."""
    random = np.random.default_rng([quarter.seed, quarter.cell.index, _SOIL])
    valid, expired = SURVEYS[quarter.cell.kind]
    made: list[SoilSurvey] = []
    for patch in _patches(quarter.cell.polygon, random):
        draw = float(random.random())
        status = "geldig" if draw < valid else "verlopen" if draw < valid + expired else "ontbreekt"
        day = _survey_day(status, random)
        made.append(SoilSurvey(patch, status, day, _name(quarter, "bodem", len(made))))
    return tuple(made)


def _name(quarter: Quarter, kind: str, serial: int) -> str:
    return hashed(quarter.seed, kind, quarter.cell.index, serial)


def _patches(ground: Polygon, random: np.random.Generator) -> Iterator[Polygon]:
    """A quarter cut in areas of about `HECTARES_PER_SURVEY` hectares."""
    count = min(max(2, round(ground.area / 1e4 / HECTARES_PER_SURVEY)), 12)
    west, south, east, north = ground.bounds
    seeds = MultiPoint(random.uniform((west, south), (east, north), (count, 2)).round(3))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=ground))
    order = np.lexsort(shapely.get_coordinates(shapely.centroid(cells)).round(3).T)
    left: BaseGeometry = ground
    for cell in cells[order]:
        yield from polygons(clip(cell, left))
        left = subtract(left, cell)


def _survey_day(status: str, random: np.random.Generator) -> date | None:
    """Day of a survey, or none."""
    back = int(random.integers(30, VALID_YEARS * 365))
    if status == "ontbreekt":
        return None
    if status == "geldig":
        return REFERENCE_DAY - timedelta(days=back)
    expired = REFERENCE_DAY - timedelta(days=VALID_YEARS * 366)
    return expired - timedelta(days=int(random.integers(0, (expired - date(OLDEST_SURVEY, 1, 1)).days)))


def zones(quarter: Quarter) -> tuple[Zone, ...]:
    """Areas with rules in a quarter, by kind; those of parking do not overlap each other."""
    random = np.random.default_rng([quarter.seed, quarter.cell.index, _ZONES])
    ground, kind = quarter.cell.polygon, quarter.cell.kind
    areas: list[tuple[str, BaseGeometry]] = []
    blue = _blue_zone(quarter) if kind == "centrum" else Polygon()
    has_permits = kind == "centrum" or (kind == "vooroorlogs" and random.random() < PERMIT_CHANCE)
    if kind == "centrum":
        areas += [("beschermd stadsgezicht", ground), ("blauwe zone", blue)]
    if has_permits:
        areas.append(("vergunninghouders", ground if blue.is_empty else subtract(ground, blue)))
    avenues = [segment for segment in quarter.segments if segment.street.kind in TREE_STREETS]
    areas.append(("hoofdbomenstructuur", _along(quarter, avenues, TREE_ZONE_M, beyond_kerb=True)))
    years = {name: int(random.integers(1985, 2023)) for name, _ in areas}
    parts = [(name, part) for name, area in areas for part in polygons(area) if part.area >= LEAST_ZONE_M2]
    return tuple(
        Zone(name, part, date(years[name], 1, 1), _name(quarter, "zone", serial))
        for serial, (name, part) in enumerate(parts)
    )


def _blue_zone(quarter: Quarter) -> BaseGeometry:
    """The ground along the stretches of shopping street with the most shops."""
    streets = [segment for segment in quarter.segments if segment.street.kind == SHOPPING_STREET]
    if not streets:
        return Polygon()
    doors = np.array([address.point for address in quarter.addresses if "winkelfunctie" in address.use], dtype=object)
    near = shapely.STRtree([segment.line for segment in streets]).query_nearest(doors, all_matches=False)[1]
    shops = np.bincount(near, minlength=len(streets))
    metres = np.array([segment.line.length for segment in streets])
    order = np.lexsort((np.arange(len(streets)), -(shops / metres).round(6)))
    taken = np.cumsum(metres[order]) <= max(BLUE_SHARE * float(metres.sum()), float(metres[order[0]]))
    return _along(quarter, [streets[place] for place in order[taken]], BLUE_ZONE_M, beyond_kerb=False)


def _along(quarter: Quarter, segments: Sequence[Segment], width_m: float, *, beyond_kerb: bool) -> BaseGeometry:
    """The ground within `width_m` of street axes (or kerbs), within the quarter."""
    if not segments:
        return Polygon()
    return clip(_strips(segments, width_m, beyond_kerb=beyond_kerb), quarter.cell.polygon)


def _strips(segments: Sequence[Segment], width_m: float, *, beyond_kerb: bool) -> BaseGeometry:
    half = [STREETS[segment.street.kind].half_carriageway if beyond_kerb else 0.0 for segment in segments]
    lines = np.array([segment.line for segment in segments])
    return snap(shapely.union_all(shapely.buffer(lines, np.array(half) + width_m, quad_segs=4)))


def works(quarter: Quarter) -> tuple[RoadWorks, ...]:
    """Planned road works in a quarter, along whole streets within it; roads between quarters are left alone."""
    random = np.random.default_rng([quarter.seed, quarter.cell.index, _WORKS])
    inner = [segment for segment in quarter.segments if not segment.is_border]
    names = sorted({segment.street.name for segment in inner})
    if QUARTERS[quarter.cell.kind].dwellings_per_ha < 1.0 or not names:
        return ()
    count = min(int(random.poisson(len(names) / STREETS_PER_WORK)), len(names))
    chosen = sorted(random.choice(len(names), count, replace=False).tolist())
    made: list[RoadWorks] = []
    for name in (names[place] for place in chosen):
        made += _works_in(quarter, name, [segment for segment in inner if segment.street.name == name], random)
    return tuple(made)


def _works_in(quarter: Quarter, name: str, segments: Sequence[Segment], random: np.random.Generator) -> list[RoadWorks]:
    """Works in one street: one polygon per piece of it."""
    kind, weeks = WORKS[int(random.integers(0, len(WORKS)))]
    begin = FIRST_WORK_DAY + timedelta(weeks=int(random.integers(0, (LAST_WORK_DAY - FIRST_WORK_DAY).days // 7)))
    end = begin + timedelta(weeks=int(random.integers(weeks[0], weeks[1] + 1)), days=-_WEEKEND_DAYS)
    area = _along(quarter, segments, WORK_WIDTH_M, beyond_kerb=True)
    return [
        RoadWorks(kind, name, part, begin, end, _name(quarter, f"werk {name}", serial))
        for serial, part in enumerate(polygons(area))
    ]
