"""Around and between the blocks of the demo town: the carriageways in pieces, the canal, the green rim with its ditch.

In: the plan, the blocks and their parts of the carriageway. Out: surfaces (EPSG:28992). Carriageways are cut straight
across at some metres from a crossing, as in the BGT, so that a crossing is a piece of its own with rounded corners.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from laadplan.demo.blocks import Segment
from laadplan.demo.model import Block, Street, Surface
from laadplan.demo.plan import Plan
from laadplan.demo.shapes import Areal, areal, clip, join, point_beside, polygons, strip_along, subtract
from laadplan.demo.sizes import BLOCK, STREETS

_BEYOND_M = 400.0
"""How far the main road and the canal are drawn out of the town before the rim cuts them off."""

_SMOOTH_M = 45.0
"""Bays of the town's edge narrower than twice this are closed before the ditch is drawn around it."""

_CROSSING_M = 9.5
"""A crossing reaches this far along its streets: the widest half carriageway and its rounded corners."""


def outline(blocks: Sequence[Block]) -> Polygon:
    """The edge of the municipality: the blocks with a rim around them, without holes."""
    built = join(block.polygon for block in blocks)
    grown = built.buffer(4 * BLOCK.rim_width, quad_segs=8).buffer(-3 * BLOCK.rim_width, quad_segs=8)
    whole = max(polygons(shapely.set_precision(grown.simplify(0.2), 0.001)), key=lambda part: part.area)
    return Polygon(whole.exterior)


def canal_water(plan: Plan, edge: Polygon) -> Areal:
    """The water of the canal, through the whole municipality."""
    low, high = plan.waves[0].base - _BEYOND_M, plan.waves[-1].base + _BEYOND_M
    near = plan.canal_x + STREETS["kade"].half_carriageway + BLOCK.verge + STREETS["kade"].footway + 0.6
    far = plan.canal_end_x - BLOCK.canal_bank
    ys = np.linspace(low, high, int((high - low) / 15.0)).tolist()
    ring = [plan.bend.to_rd(near, y) for y in ys] + [plan.bend.to_rd(far, y) for y in reversed(ys)]
    return clip(Polygon(ring), edge)


def way_out(plan: Plan, segments: Sequence[Segment], edge: Polygon) -> list[Segment]:
    """The main road from its ends in the town to the edge of the municipality."""
    main = [segment for segment in segments if segment.street.kind == "hoofdweg"]
    wave = plan.waves[plan.main]
    below, above = plan.bands[plan.main - 1].crosses, plan.bands[plan.main].crosses
    west, east = min(below[0].upper, above[0].lower), max(below[-1].upper, above[-1].lower)
    outs = []
    for start, end in ((west, west - _BEYOND_M), (east, east + _BEYOND_M)):
        line = LineString([plan.bend.to_rd(x, wave.at(x)) for x in np.linspace(start, end, 40).tolist()])
        inside = line.intersection(edge)
        first = inside if isinstance(inside, LineString) else shapely.get_parts(inside)[0]
        outs.append(Segment(first, main[0].street))
    return outs


def rim_surfaces(
    blocks: Sequence[Block], segments: Sequence[Segment], outs: Sequence[Segment], edge: Polygon, canal: Areal
) -> tuple[list[Surface], Areal]:
    """The rim without its buildings: its surfaces and its part of the carriageways."""
    rim = subtract(edge, join(block.polygon for block in blocks))
    carriageway = clip(_carriageways([*segments, *outs]), rim)
    left = subtract(rim, join([carriageway, canal]))
    surfaces: list[Surface] = []
    for shape, layer, code, material in _rim_covers(blocks, outs, rim):
        parts = polygons(clip(shape, left))
        surfaces += [Surface(layer, code, material, part) for part in parts]
        left = subtract(left, join(parts)) if parts else left
    surfaces += [Surface("begroeidterreindeel", "grasland overig", "waardeOnbekend", part) for part in polygons(left)]
    return surfaces, carriageway


def _carriageways(segments: Sequence[Segment]) -> Areal:
    """All carriageways at full width, round at their ends so that outer corners close."""
    strips = [segment.line.buffer(STREETS[segment.street.kind].half_carriageway, quad_segs=8) for segment in segments]
    return areal(shapely.union_all(strips))


def _rim_covers(blocks: Sequence[Block], outs: Sequence[Segment], rim: Areal) -> list[tuple[Areal, str, str, str]]:
    """What lies in the rim, in order: cycle paths and verges of the way out, the ditch, the meadows behind it."""
    sizes = STREETS["hoofdweg"]
    inner = sizes.half_carriageway + BLOCK.verge
    roads = [out.line for out in outs]
    cycle = join(subtract(strip_along(road, inner + sizes.cycle_path), strip_along(road, inner)) for road in roads)
    verge = join(strip_along(road, inner + sizes.cycle_path + BLOCK.verge) for road in roads)
    built = join(block.polygon for block in blocks)
    near = built.buffer(BLOCK.ditch_from + _SMOOTH_M, quad_segs=8).buffer(-_SMOOTH_M, quad_segs=8)
    ditch = subtract(near.buffer(BLOCK.ditch_width, quad_segs=8), near)
    dam = join(strip_along(road, inner + sizes.cycle_path + BLOCK.verge + 2.0) for road in roads)
    return [
        (cycle, "wegdeel", "fietspad", "gesloten verharding"),
        (verge, "ondersteunendwegdeel", "berm", "groenvoorziening"),
        (subtract(ditch, dam), "waterdeel", "waterloop", "sloot"),
        (subtract(rim, near), "begroeidterreindeel", "grasland agrarisch", "waardeOnbekend"),
    ]


def roadside_trees(outs: Sequence[Segment]) -> list[Point]:
    """Places for a row of trees at either side of the way out."""
    left = STREETS["hoofdweg"].half_carriageway + BLOCK.verge / 2
    return [
        point_beside(out.line, along, side * left)
        for out in outs
        for side in (-1, 1)
        for along in np.arange(BLOCK.tree_spacing, out.line.length, BLOCK.tree_spacing).tolist()
    ]


def carriageway_pieces(parts: Sequence[Areal], segments: Sequence[Segment]) -> list[Surface]:
    """The carriageways as one surface per stretch of street and one per crossing."""
    whole = [part for part in parts if not part.is_empty]
    tree = shapely.STRtree(whole)
    surfaces: list[Surface] = []
    cuts: list[Areal] = []
    for segment in segments:
        cut = _stretch(segment)
        if cut is None:
            continue
        found = join(clip(whole[index], cut) for index in sorted(tree.query(cut)))
        cuts.append(cut)
        surfaces += [
            Surface("wegdeel", "rijbaan lokale weg", _paving(segment.street), part) for part in polygons(found)
        ]
    cut_tree = shapely.STRtree(cuts)
    rest = [subtract(part, join(cuts[index] for index in sorted(cut_tree.query(part)))) for part in whole]
    crossings = polygons(join(rest))
    return surfaces + [Surface("wegdeel", "rijbaan lokale weg", "open verharding", part) for part in crossings]


def _stretch(segment: Segment) -> Areal | None:
    """A strip over a segment between its crossings, wide enough to cut the carriageway; None where none is left."""
    length = segment.line.length
    if length < 2 * _CROSSING_M + 6.0:
        return None
    middle = substring(segment.line, _CROSSING_M, length - _CROSSING_M)
    return strip_along(LineString(middle.coords), STREETS[segment.street.kind].half_carriageway + 0.5)


def _paving(street: Street) -> str:
    return "gesloten verharding" if street.kind in ("hoofdweg", "bedrijfsweg") else "open verharding"


def bridge_over(surfaces: Sequence[Surface], canal: Areal) -> list[Surface]:
    """Surfaces with what lies over the canal lifted to level 1 (road) or taken away (green), and the water itself."""
    shapely.prepare(canal)
    bridged: list[Surface] = []
    for surface in surfaces:
        if surface.layer == "waterdeel" or not canal.intersects(surface.polygon):
            bridged.append(surface)
            continue
        bridged += [_like(surface, part, 0) for part in polygons(subtract(surface.polygon, canal))]
        if surface.layer in ("wegdeel", "ondersteunendwegdeel"):
            bridged += [_like(surface, part, 1) for part in polygons(clip(surface.polygon, canal))]
    return bridged + [Surface("waterdeel", "waterloop", "kanaal", part) for part in polygons(canal)]


def _like(surface: Surface, polygon: Polygon, level: int) -> Surface:
    return Surface(surface.layer, surface.code, surface.material, polygon, surface.local_id, level)
