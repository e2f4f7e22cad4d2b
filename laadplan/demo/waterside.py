"""The side of a street with water in its middle, in the demo town: water, bank or quay, bays and trees along it.

In: the ``Frontage`` of a block, of which sides may be a gracht or a singel. Out: the ground between the middle of the
water and the carriageway (EPSG:28992). Roads on other sides of the block go over the water on a bridge with footways:
the water polygon runs on beneath them, and ``bridges`` lifts them at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, MultiPolygon

from laadplan.demo.frontage import Frontage, Kerb, clear_stretch
from laadplan.demo.model import Surface
from laadplan.demo.shapes import DECIMALS, Areal, Ruler, clip, join, points, polygons, snap, subtract
from laadplan.demo.sizes import BLOCK, PARKING
from laadplan.demo.strips import Laid, Zone, gathered, lay
from laadplan.demo.zones import bays_along

BRIDGE_FOOTWAY_M = 1.5
"""Width of the footway of a bridge (CROW ASVV 2021: least width of a footway)."""

_TREE_SHARE = 0.6
"""Trees on a bank stand at this share of its width from the water."""

_TREE_CLEAR_M = 0.8
"""No tree on a bank stands this close to water or road."""

_FOOTWAY = ("wegdeel", "voetpad", "open verharding")
_CYCLE_PATH = ("wegdeel", "fietspad", "gesloten verharding")
_QUAY = ("ondersteunendwegdeel", "berm", "open verharding")
_BANK = ("ondersteunendwegdeel", "berm", "groenvoorziening")


@dataclass(frozen=True)
class Waterside:
    """Surfaces and zones of bays beside water; `ground` is all that they cover, roads over the water left out."""

    ground: Areal = field(default_factory=MultiPolygon)
    surfaces: tuple[Surface, ...] = ()
    laid: tuple[Laid, ...] = ()


def lay_waterside(frontage: Frontage, random: np.random.Generator) -> Waterside:
    """All that lies between the middle of the water and the carriageway, on the sides of a block that have water."""
    wet = {place: kerb for place, kerb in enumerate(frontage.kerbs) if kerb.sizes and kerb.sizes.half_water}
    if not wet:
        return Waterside()
    roads = [kerb for place, kerb in enumerate(frontage.kerbs) if place not in wet and kerb.side.street]
    ground = _between(frontage, list(wet.values()), roads)
    waters = _waters(frontage, list(wet.values()))
    decks = _decks(roads, ground)
    left = subtract(ground, join(surface.polygon for surface in (*waters, *decks)))
    surfaces = [*waters, *decks]
    laid: list[Laid] = []
    for place, kerb in wet.items():
        own = clip(left, kerb.ground(_bank_edge(kerb)))
        zone = _bays(frontage, place, own, random) if _is_quay(kerb) else _trees(frontage, place, own)
        rest = subtract(own, gathered(zone.taken())) if zone.taken() else own
        surfaces += [Surface(*_BANK, part) for part in zone.green]
        surfaces += [Surface(*(_QUAY if _is_quay(kerb) else _BANK), part) for part in polygons(rest)]
        left = subtract(left, own)
        laid.append(zone)
    return Waterside(ground, tuple(surfaces), tuple(laid))


def _bank_edge(kerb: Kerb) -> float:
    """Metres from the middle of the water to the carriageway."""
    return kerb.sizes.half_water + kerb.sizes.bank if kerb.sizes else 0.0


def _is_quay(kerb: Kerb) -> bool:
    return kerb.sizes is not None and kerb.sizes.bank_paved


def _between(frontage: Frontage, wet: Sequence[Kerb], roads: Sequence[Kerb]) -> Areal:
    """The ground from the middle of the water to the carriageway, but for the roads across."""
    banks = shapely.union_all([kerb.ground(_bank_edge(kerb)) for kerb in wet])
    across = shapely.union_all([kerb.ground(kerb.half_carriageway) for kerb in roads])
    return snap(shapely.difference(shapely.intersection(frontage.block.polygon, banks), across))


def _waters(frontage: Frontage, wet: Sequence[Kerb]) -> list[Surface]:
    """The water of each side up to the corners of the block; where two meet, the first has the corner."""
    found: list[Surface] = []
    for kerb in wet:
        shape = clip(kerb.ground(kerb.sizes.half_water if kerb.sizes else 0.0), frontage.block.polygon)
        free = subtract(shape, join(water.polygon for water in found)) if found else shape
        material = "kanaal" if _is_quay(kerb) else "sloot"
        found += [Surface("waterdeel", "waterloop", material, part) for part in polygons(free)]
    return found


def _decks(roads: Sequence[Kerb], ground: Areal) -> list[Surface]:
    """Cycle paths and footways along the roads that cross the water."""
    shapes = [(kerb.ground(kerb.cycle_path[1], kerb.cycle_path[0]), _CYCLE_PATH) for kerb in roads if _cycles(kerb)]
    for kerb in roads:
        inner = kerb.cycle_path[1] if _cycles(kerb) else kerb.half_carriageway
        shapes.append((kerb.ground(inner + BRIDGE_FOOTWAY_M), _FOOTWAY))
    found: list[Surface] = []
    for shape, code in shapes:
        parts = polygons(clip(shape, ground))
        found += [Surface(*code, part) for part in parts]
        ground = subtract(ground, join(parts)) if parts else ground
    return found


def _cycles(kerb: Kerb) -> bool:
    return kerb.cycle_path[1] > kerb.cycle_path[0]


def _bays(frontage: Frontage, place: int, own: Areal, random: np.random.Generator) -> Laid:
    """Strips of bays along the quay, with trees between them; poles stand at the water."""
    kerb = frontage.kerbs[place]
    if kerb.sizes is None or kerb.side.street is None:
        return Laid()
    line = LineString(np.round(kerb.axis.moved(_bank_edge(kerb)), DECIMALS))
    pieces = bays_along(clear_stretch(frontage, line, place), "langs", kerb.side.street.kind, random)
    depth = kerb.sizes.bank - PARKING.quay_edge
    return lay(Zone(Ruler.of(line), "langs", -depth, -depth - PARKING.quay_edge / 2), pieces, own, ())


def _trees(frontage: Frontage, place: int, own: Areal) -> Laid:
    """A row of trees along a green bank."""
    kerb = frontage.kerbs[place]
    if kerb.sizes is None:
        return Laid()
    ruler = Ruler.of(kerb.axis.line(kerb.sizes.half_water + kerb.sizes.bank * _TREE_SHARE))
    spots = points(ruler.at(np.arange(BLOCK.tree_spacing / 2, ruler.length, BLOCK.tree_spacing), 0.0))
    dry = own.buffer(-_TREE_CLEAR_M, quad_segs=1)
    return Laid(trees=tuple(spot for spot in spots if dry.contains(spot)))
