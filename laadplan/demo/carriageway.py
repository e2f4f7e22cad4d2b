"""Carriageways in pieces, and bridges over the water that runs beneath them.

In: the parts of the carriageway that the blocks of a quarter leave, and the axes of its streets. Out: surfaces
(EPSG:28992). Carriageways are cut straight across at some metres from a crossing, as in the BGT, so that a crossing
is a piece of its own with rounded corners. A road on the border of two quarters is cut along its axis as well: each
has its own half, as where two carriageways lie side by side.
"""

from collections.abc import Sequence
from dataclasses import replace

import shapely
from shapely import LineString, MultiPolygon
from shapely.ops import substring

from laadplan.demo.model import Block, Segment, Street, Surface
from laadplan.demo.shapes import Areal, clip, join, polygons, strip_along, subtract
from laadplan.demo.sizes import STREETS

_CROSSING_M = 9.5
"""A crossing reaches this far along its streets: the widest half carriageway and its rounded corners."""

_LEAST_STRETCH_M = 6.0
_WIDER_M = 0.5

_BANK_M = 1.5
_PAVEMENT_M = 4.2
"""Verge and footway beside the road along a canal."""

_CODES = {"woonerf": "woonerf", "hoofdweg": "rijbaan regionale weg", "landweg": "rijbaan regionale weg"}
"""BGT function of streets that are no ``rijbaan lokale weg``."""

_CLOSED = ("hoofdweg", "wijkweg", "bedrijfsweg", "landweg")
"""Streets paved with asphalt; others with bricks."""


def carriageway_pieces(parts: Sequence[Areal], segments: Sequence[Segment]) -> list[Surface]:
    """The carriageways as one surface per stretch of street and one per crossing."""
    left = [part for part in parts if not part.is_empty]
    tree = shapely.STRtree(left)
    surfaces: list[Surface] = []
    for segment in segments:
        cut = _stretch(segment)
        if cut is None:
            continue
        found = []
        for index in sorted(tree.query(cut, predicate="intersects")):
            found.append(clip(left[index], cut))
            left[index] = subtract(left[index], cut)
        surfaces += [_piece(segment.street, part) for part in polygons(join(found))]
    return surfaces + [_crossing(part) for part in polygons(join(left))]


def _stretch(segment: Segment) -> Areal | None:
    """A strip over a segment between its crossings, wide enough to cut the carriageway; None where none is left."""
    length = segment.line.length
    if length < 2 * _CROSSING_M + _LEAST_STRETCH_M:
        return None
    middle = substring(segment.line, _CROSSING_M, length - _CROSSING_M)
    return strip_along(LineString(middle.coords), STREETS[segment.street.kind].half_carriageway + _WIDER_M)


def _piece(street: Street, part: shapely.Polygon) -> Surface:
    code = _CODES.get(street.kind, "rijbaan lokale weg")
    return Surface("wegdeel", code, "gesloten verharding" if street.kind in _CLOSED else "open verharding", part)


def _crossing(part: shapely.Polygon) -> Surface:
    return Surface("wegdeel", "rijbaan lokale weg", "open verharding", part)


def canal_water(blocks: Sequence[Block]) -> Areal:
    """The water in the blocks that hold a canal, from axis to axis of the roads that cross it."""
    return join(_water(block) for block in blocks) if blocks else MultiPolygon()


def _water(block: Block) -> Areal:
    """The water of a block between the roads on its long sides, as far as its ends."""
    left: Areal = block.polygon
    for side in (block.sides[0], block.sides[2]):
        sizes = STREETS[side.street.kind] if side.street else None
        road = sizes.half_carriageway + sizes.cycle_path + _PAVEMENT_M if sizes else 0.0
        left = subtract(left, strip_along(side.line, road + _BANK_M))
    return left


def bridge_over(surfaces: Sequence[Surface], water: Areal) -> list[Surface]:
    """Surfaces with what lies over water lifted to level 1 (road) or taken away (green), and the water itself."""
    shapely.prepare(water)
    bridged: list[Surface] = []
    for surface in surfaces:
        if surface.layer == "waterdeel" or not water.intersects(surface.polygon):
            bridged.append(surface)
            continue
        bridged += [replace(surface, polygon=part) for part in polygons(subtract(surface.polygon, water))]
        if surface.layer in ("wegdeel", "ondersteunendwegdeel"):
            bridged += [replace(surface, polygon=part, level=1) for part in polygons(clip(surface.polygon, water))]
    return bridged + [Surface("waterdeel", "waterloop", "kanaal", part) for part in polygons(water)]
