"""The street side of a block of the demo town, from carriageway and parking strips to driveways and footway.

In: a ``Block`` and, per side, what stands along its kerb. Out: surfaces that tile the ground between the street axes
and the building land (EPSG:28992). Order of precedence: carriageway, driveways, bays, verges, cycle path, footway.
What lies in a zone is set out along the kerb with shared corners (``strips``), so that one overlay gives the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from laadplan.demo.frontage import Frontage, Kerb, between, usable
from laadplan.demo.model import Front, ParkingStrip, Surface
from laadplan.demo.shapes import DECIMALS, Areal, Floats, Ruler, clip, join, noded, polygons, subtract
from laadplan.demo.sizes import PARKING
from laadplan.demo.strips import Laid, Zone, gathered, lay, plant, quads
from laadplan.demo.zones import bays_along, free_intervals, green_along, merged

Code = tuple[str, str, str]

FOOTWAY = ("wegdeel", "voetpad", "open verharding")
INRIT = ("wegdeel", "inrit", "open verharding")
CYCLE_PATH = ("wegdeel", "fietspad", "gesloten verharding")
VERGE = ("ondersteunendwegdeel", "berm", "groenvoorziening")

CABLES_M = 0.5
"""Cables lie this far outside the building land."""

_SHORTEST_FRONT_M = 1.0

_LEAST_BETWEEN_M = 0.5
"""Driveways closer together than this are one."""

_RESIDUE_M2 = 1e-4
"""Below this a part of an overlay is rounding."""


@dataclass
class KerbContent:
    """Surfaces, strips and trees of the street side of a block; fronts for cables along its building land."""

    surfaces: list[Surface] = field(default_factory=list)
    strips: list[ParkingStrip] = field(default_factory=list)
    trees: list[Point] = field(default_factory=list)
    fronts: list[Front] = field(default_factory=list)


def fill_kerbs(frontage: Frontage, random: np.random.Generator) -> tuple[KerbContent, Areal]:
    """All surfaces of the street side of a block, and its part of the carriageway.

    The land of the frontage gets a vertex where a driveway or another surface meets it: who covers it shares these.

    Parameters
    ----------
    frontage
        The block; its driveways have been noted.
    random
        Source of all chance.
    """
    pavement = subtract(frontage.inside, frontage.land)
    drives = _driveways(frontage, pavement)
    laid = _fill_zones(frontage, pavement, drives, random)
    taken = [*drives, *(part for zone in laid for part in zone.taken())]
    rest = subtract(pavement, gathered(taken)) if taken else pavement
    covers = _cover(rest, frontage.kerbs)
    if len(covers) > shapely.get_num_geometries(rest):
        around = _corners([surface.polygon for surface in covers])
        drives = [part for drive in drives for part in polygons(noded(drive, around))]
    content = KerbContent(
        surfaces=[
            *(Surface(*INRIT, part) for part in drives),
            *(Surface(*VERGE, part) for zone in laid for part in zone.green),
            *covers,
        ],
        strips=[strip for zone in laid for strip in zone.strips],
        trees=[tree for zone in laid for tree in zone.trees],
        fronts=_fronts(frontage),
    )
    corners = _corners([*(surface.polygon for surface in content.surfaces), *taken])
    frontage.land = noded(frontage.land, corners)
    return content, subtract(frontage.block.polygon, noded(frontage.inside, corners))


def _corners(shapes: Sequence[Polygon]) -> Floats:
    """The vertices of shapes, in their order."""
    found: Floats = shapely.get_coordinates(shapes)
    return found


def _driveways(frontage: Frontage, pavement: Areal) -> list[Polygon]:
    """Driveways from the kerb to the building land."""
    shapes: list[Polygon] = []
    for place, stations in sorted(frontage.driveways.items()):
        ruler, kerb = Ruler.of(frontage.kerb_line(place)), frontage.kerbs[place]
        inner = [(max(start, 0.0), min(end, ruler.length)) for start, end in merged(stations, _LEAST_BETWEEN_M)]
        sound = [(start, end) for start, end in inner if end - start > _LEAST_BETWEEN_M]
        shapes += quads(ruler, sound, kerb.depth - kerb.half_carriageway + 1.0)
    return polygons(clip(shapely.union_all(shapes), pavement)) if shapes else []


def _fill_zones(
    frontage: Frontage, pavement: Areal, drives: Sequence[Polygon], random: np.random.Generator
) -> list[Laid]:
    """Bays, or a verge with trees, in the zone between kerb and footway of each side."""
    found: list[Laid] = []
    taken = list(drives)
    for place, kerb in enumerate(frontage.kerbs):
        if kerb.side.street is None or kerb.zone_depth <= 0:
            continue
        line, stretch = usable(frontage, place)
        clear = PARKING.driveway_clear
        blocked = [(start - clear, end + clear) for start, end in frontage.driveways.get(place, [])]
        free = free_intervals(stretch, blocked)
        if kerb.zone == "berm":
            pieces = [piece for interval in free for piece in green_along(interval)]
        else:
            street = kerb.side.street.kind
            pieces = [piece for interval in free for piece in bays_along(interval, kerb.zone, street, random)]
        zone = Zone(Ruler.of(line), kerb.zone, kerb.zone_depth, kerb.zone_depth + PARKING.pole_behind_bay)
        is_all_green = kerb.zone == "berm" and kerb.footway == 0
        found.append(plant(zone, pieces, pavement) if is_all_green else lay(zone, pieces, pavement, taken))
        taken += found[-1].taken()
    return found


def _cover(rest: Areal, kerbs: Sequence[Kerb]) -> list[Surface]:
    """What is left of the pavement: cycle paths, then what a kind of street has along its kerb, then footway."""
    covers: dict[Code, list[Areal]] = {
        CYCLE_PATH: [kerb.ground(kerb.cycle_path[1], kerb.cycle_path[0]) for kerb in kerbs if kerb.has_cycle_path]
    }
    beside = sorted({kerb.sizes.beside for kerb in kerbs if kerb.sizes})
    common = FOOTWAY if FOOTWAY in beside or not beside else beside[0]
    for kerb in kerbs:
        if kerb.sizes and kerb.sizes.beside != common:
            covers.setdefault(kerb.sizes.beside, []).append(kerb.ground(kerb.depth))
    found: list[tuple[Code, Polygon]] = []
    for code, shapes in covers.items():
        parts = polygons(clip(shapely.union_all(shapes), rest)) if shapes else []
        found += [(code, part) for part in parts]
        rest = subtract(rest, join(parts)) if parts else rest
    whole, slivers = _parted(rest)
    found += [(common, part) for part in whole]
    return [Surface(*code, part) for code, part in _absorb(found, slivers)]


def _parted(rest: Areal) -> tuple[list[Polygon], list[Polygon]]:
    """The parts of what is left: those that are a surface, and slivers between them."""
    whole = polygons(rest)
    if len(whole) == shapely.get_num_geometries(rest):
        return whole, []
    kept = {part.wkb for part in whole}
    return whole, [part for part in shapely.get_parts(rest) if part.area > _RESIDUE_M2 and part.wkb not in kept]


def _absorb(found: list[tuple[Code, Polygon]], slivers: Sequence[Polygon]) -> list[tuple[Code, Polygon]]:
    """Surfaces, each sliver joined to that with which it shares the longest edge."""
    for sliver in slivers:
        shared = [shapely.length(shapely.intersection(sliver, part)) for _, part in found]
        best = int(np.argmax(shared)) if shared else -1
        merged_part = join([found[best][1], sliver]) if best >= 0 and shared[best] > 0 else None
        if isinstance(merged_part, Polygon):
            found = [*found[:best], (found[best][0], merged_part), *found[best + 1 :]]
    return found


def _fronts(frontage: Frontage) -> list[Front]:
    """Lines along the building land of each side with a street, `CABLES_M` outside it, from corner to corner."""
    if frontage.land.is_empty:
        return []
    edges = [kerb.edge(kerb.depth - CABLES_M) if kerb.side.street else kerb.side.line for kerb in frontage.kerbs]
    fronts: list[Front] = []
    for place, kerb in enumerate(frontage.kerbs):
        if kerb.side.street is None:
            continue
        line = frontage.land_line(place, -CABLES_M)
        start, end = between(line, edges[place - 1], edges[(place + 1) % len(edges)])
        if end - start > _SHORTEST_FRONT_M:
            ruler = Ruler.of(line)
            metres = np.concatenate([[start], ruler.between(start, end), [end]])
            fronts.append(Front(LineString(np.round(ruler.at(metres, 0.0), DECIMALS)), kerb.side.street.name))
    return fronts
