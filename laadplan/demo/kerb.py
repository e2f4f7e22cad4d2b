"""The street side of a block of the demo town, from carriageway and parking strips to driveways and footway.

In: a ``Block`` and, per side, what stands along its kerb. Out: surfaces that tile the ground between the street axes
and the building land (EPSG:28992). Order of precedence: carriageway, driveways, bays, verges, cycle path, footway.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.model import Block, ParkingStrip, Side, Surface
from laadplan.demo.shapes import (
    Areal,
    clip,
    free_stretch,
    join,
    offset,
    point_beside,
    polygons,
    quad,
    rounded,
    strip_along,
    subtract,
)
from laadplan.demo.sizes import BLOCK, PARKING, STREETS

Interval = tuple[float, float]


@dataclass(frozen=True)
class Kerb:
    """What lies along one side of a block: a zone ('langs', 'haaks', 'berm' or 'geen') and its depth in metres."""

    side: Side
    zone: str
    zone_depth: float

    @property
    def half_carriageway(self) -> float:
        """Metres from the axis to the kerb; 0 where there is no street."""
        return STREETS[self.side.street.kind].half_carriageway if self.side.street else 0.0

    @property
    def depth(self) -> float:
        """Metres from the axis to the building land."""
        if self.side.street is None:
            return 0.0
        sizes = STREETS[self.side.street.kind]
        return self.half_carriageway + self.zone_depth + sizes.cycle_path + sizes.footway


@dataclass
class Frontage:
    """A block with its kerbs, rounded inside and building land; `driveways` are stations along the kerb, per side."""

    block: Block
    kerbs: tuple[Kerb, ...]
    inside: Areal
    land: Areal
    driveways: dict[int, list[Interval]] = field(default_factory=dict)

    def kerb_line(self, place: int) -> LineString:
        """The kerb of a side, running with the side."""
        return offset(self.kerbs[place].side.line, self.kerbs[place].half_carriageway)

    def land_line(self, place: int, inward_m: float) -> LineString:
        """The line `inward_m` within the building land, along a side."""
        return offset(self.kerbs[place].side.line, self.kerbs[place].depth + inward_m)


ZONES: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "rijwoningen": (("langs", "haaks"), (0.7, 0.3)),
    "rijwoningen met oprit": (("berm", "langs"), (0.6, 0.4)),
    "twee-onder-een-kap": (("berm", "langs", "geen"), (0.35, 0.4, 0.25)),
    "vrijstaand": (("berm", "geen"), (0.6, 0.4)),
    "centrum": (("langs", "geen"), (0.65, 0.35)),
    "plein": (("haaks", "langs"), (0.6, 0.4)),
    "flats": (("haaks", "berm"), (0.5, 0.5)),
    "park": (("langs", "berm"), (0.5, 0.5)),
    "bedrijven": (("berm", "langs"), (0.6, 0.4)),
    "kanaal": (("berm",), (1.0,)),
}
"""What may lie along the long sides of a block, with its chance; short sides have half of it."""


def lay_out(block: Block, random: np.random.Generator) -> Frontage:
    """Choose what lies along each side of a block, and find its building land."""
    kerbs = tuple(_choose(block.kind, side, place, random) for place, side in enumerate(block.sides))
    on_street = [kerb for kerb in kerbs if kerb.side.street]
    carriageway = join(strip_along(kerb.side.line, kerb.half_carriageway) for kerb in on_street)
    corners = [_bare_corner(block, kerb, carriageway) for kerb in kerbs if not kerb.side.street]
    round_corners = clip(rounded(subtract(block.polygon, carriageway), BLOCK.corner_radius), block.polygon)
    inside = join([round_corners, *corners])
    land = subtract(inside, join(strip_along(kerb.side.line, kerb.depth) for kerb in on_street))
    return Frontage(block, kerbs, inside, land)


def _bare_corner(block: Block, kerb: Kerb, carriageway: Areal) -> Areal:
    """The ground along a side without a street, where corners stay sharp."""
    return subtract(clip(strip_along(kerb.side.line, BLOCK.corner_radius), block.polygon), carriageway)


def _choose(kind: str, side: Side, place: int, random: np.random.Generator) -> Kerb:
    """The zone along one side; the main road has a verge or bays, never bays across."""
    zones, chances = ZONES[kind]
    zone = str(random.choice(zones, p=chances))
    along_depth = float(random.choice(PARKING.along_depth))
    depth = {"langs": along_depth, "haaks": PARKING.across_depth, "berm": BLOCK.verge, "geen": 0.0}
    is_short = place % 2 == 1
    if is_short and float(random.uniform()) < 0.5:
        zone = "geen"
    if side.street and side.street.kind == "hoofdweg" and zone in ("haaks", "geen"):
        zone = "langs" if kind in ("centrum", "plein") else "berm"
    if is_short and zone == "haaks" and kind != "plein":
        zone = "langs"
    return Kerb(side, zone, depth[zone] if side.street else 0.0)


def usable(frontage: Frontage, place: int) -> tuple[LineString, Interval]:
    """The kerb of a side and its stretch clear of the corners, as stations in metres."""
    line = frontage.kerb_line(place)
    others = [
        strip_along(kerb.side.line, kerb.half_carriageway + PARKING.junction_clear)
        for other, kerb in enumerate(frontage.kerbs)
        if other != place and kerb.side.street
    ]
    region = (
        subtract(frontage.block.polygon.buffer(0.01), join(others)) if others else frontage.block.polygon.buffer(0.01)
    )
    start, end = free_stretch(line, region)
    return line, (start + 1.0, end - 1.0)


def free_intervals(stretch: Interval, blocked: Sequence[Interval]) -> list[Interval]:
    """What remains of a stretch without the blocked intervals, in order.

    >>> free_intervals((0.0, 10.0), [(4.0, 5.0), (9.0, 12.0)])
    [(0.0, 4.0), (5.0, 9.0)]
    """
    free: list[Interval] = []
    start = stretch[0]
    for one, other in sorted(blocked):
        if one > start:
            free.append((start, min(one, stretch[1])))
        start = max(start, other)
    if start < stretch[1]:
        free.append((start, stretch[1]))
    return free


@dataclass
class KerbContent:
    """Surfaces, strips and trees of the street side of a block."""

    surfaces: list[Surface] = field(default_factory=list)
    strips: list[ParkingStrip] = field(default_factory=list)
    trees: list[Point] = field(default_factory=list)


def fill_kerbs(frontage: Frontage, random: np.random.Generator) -> tuple[KerbContent, Areal]:
    """All surfaces of the street side of a block, and its part of the carriageway."""
    content = KerbContent()
    pavement = subtract(frontage.inside, frontage.land)
    pavement = _take(content, pavement, _driveways(frontage), "wegdeel", "inrit", "open verharding")
    for place, kerb in enumerate(frontage.kerbs):
        if kerb.zone_depth > 0:
            pavement = _fill_zone(content, frontage, place, pavement, random)
    for kerb in frontage.kerbs:
        pavement = _take(content, pavement, _cycle_path(kerb), "wegdeel", "fietspad", "gesloten verharding")
    _take(content, pavement, pavement, "wegdeel", "voetpad", "open verharding")
    return content, subtract(frontage.block.polygon, frontage.inside)


def _take(content: KerbContent, ground: Areal, shape: BaseGeometry, layer: str, code: str, material: str) -> Areal:
    """Add the part of `shape` that lies on `ground` as surfaces, and give the ground that is left."""
    parts = polygons(clip(shape, ground)) if not shape.is_empty else []
    content.surfaces += [Surface(layer, code, material, part) for part in parts]
    return subtract(ground, join(parts)) if parts else ground


def _driveways(frontage: Frontage) -> Areal:
    """Driveways from the kerb to the building land."""
    shapes = []
    for place, stations in sorted(frontage.driveways.items()):
        line = frontage.kerb_line(place)
        depth = frontage.kerbs[place].depth - frontage.kerbs[place].half_carriageway + 1.0
        shapes += [quad(line, max(start, 0.0), min(end, line.length), depth) for start, end in stations]
    return join(shapes) if shapes else MultiPolygon()


def _cycle_path(kerb: Kerb) -> BaseGeometry:
    """The cycle path along a side of the main road; empty elsewhere."""
    if kerb.side.street is None or not STREETS[kerb.side.street.kind].cycle_path:
        return Polygon()
    start = kerb.half_carriageway + kerb.zone_depth
    width = STREETS[kerb.side.street.kind].cycle_path
    return subtract(strip_along(kerb.side.line, start + width), strip_along(kerb.side.line, start))


def _fill_zone(
    content: KerbContent, frontage: Frontage, place: int, ground: Areal, random: np.random.Generator
) -> Areal:
    """Put bays or a verge with trees in the zone between kerb and footway of one side."""
    line, stretch = usable(frontage, place)
    kerb = frontage.kerbs[place]
    blocked = [(start - 0.6, end + 0.6) for start, end in frontage.driveways.get(place, [])]
    for start, end in free_intervals(stretch, blocked):
        if kerb.zone == "berm":
            ground = _verge(content, ground, line, (start, end), kerb.zone_depth)
        else:
            ground = _bays(content, ground, line, (start, end), kerb, random)
    return ground


def _verge(content: KerbContent, ground: Areal, line: LineString, stretch: Interval, depth: float) -> Areal:
    """A verge with a row of trees."""
    start, end = stretch
    if end - start < 2.0:
        return ground
    count = int((end - start) / BLOCK.tree_spacing)
    content.trees += [
        point_beside(line, start + (end - start) * (index + 0.5) / count, depth / 2) for index in range(count)
    ]
    return _take(content, ground, quad(line, start, end, depth), "ondersteunendwegdeel", "berm", "groenvoorziening")


def _bays(
    content: KerbContent, ground: Areal, line: LineString, stretch: Interval, kerb: Kerb, random: np.random.Generator
) -> Areal:
    """Strips of bays with a tree between every two strips."""
    along = kerb.zone == "langs"
    length = float(random.choice(PARKING.along_length)) if along else PARKING.across_width
    most = int(random.integers(3, 7)) if along else int(random.integers(6, 11))
    start, end = stretch
    while (count := min(most, int((end - start) / length))) >= 2:
        ground = _strip(content, ground, line, (start, start + count * length), count, kerb)
        start += count * length
        if end - start < PARKING.tree_gap:
            break
        content.trees.append(point_beside(line, start + PARKING.tree_gap / 2, min(kerb.zone_depth / 2, 1.2)))
        pit = quad(line, start, start + PARKING.tree_gap, kerb.zone_depth)
        ground = _take(content, ground, pit, "ondersteunendwegdeel", "berm", "groenvoorziening")
        start += PARKING.tree_gap
    return ground


def _strip(content: KerbContent, ground: Areal, line: LineString, stretch: Interval, count: int, kerb: Kerb) -> Areal:
    """One strip of `count` bays; a bay that does not lie wholly on the ground is left out by leaving out the strip."""
    stations = [float(station) for station in np.linspace(*stretch, count + 1)]
    bays = [clip(quad(line, one, other, kerb.zone_depth), ground) for one, other in itertools.pairwise(stations)]
    if any(not isinstance(bay, Polygon) or bay.is_empty for bay in bays):
        return ground
    whole = join(bays)
    if not isinstance(whole, Polygon):
        return ground
    places = tuple(point_beside(line, station, kerb.zone_depth + PARKING.pole_behind_bay) for station in stations[1:-1])
    content.strips.append(
        ParkingStrip(kerb.zone, whole, tuple(bay for bay in bays if isinstance(bay, Polygon)), places)
    )
    return subtract(ground, whole)
