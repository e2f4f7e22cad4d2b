"""Filling one block of the demo town: what its kind asks for, from the street axes to the last shed.

In: a ``Block`` and the seed. Out: ``BlockContent`` (EPSG:28992). A block depends on nothing but itself and the seed, so
that a large town can be made block by block. A block that has no room for its kind gets something simpler, in the end
green with trees.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon

from laadplan.demo.closed import fill_closed
from laadplan.demo.country import farm, meadows
from laadplan.demo.courts import fill_court
from laadplan.demo.flats import apartments, flats, walk_up_flats
from laadplan.demo.frontage import Frontage, lay_out
from laadplan.demo.ground import GREEN, Ground, as_surfaces, scatter_trees
from laadplan.demo.houses import fill_with_houses
from laadplan.demo.kerb import fill_kerbs
from laadplan.demo.land_sizes import CLOSED
from laadplan.demo.model import Block, BlockContent, Surface
from laadplan.demo.places import business, park, square
from laadplan.demo.ribbon import fill_ribbon
from laadplan.demo.services import allotments, school, shops, sports_fields
from laadplan.demo.shapes import Areal, Floats, noded
from laadplan.demo.sizes import GRID_M, HOUSES

Filler = Callable[[Frontage, np.random.Generator], Ground | None]

_AREA_PER_TREE_M2 = 70.0
_TREE_CLEAR_M = 1.8


def _houses(kind: str) -> Filler:
    """Who builds one kind of houses with gardens."""
    return lambda frontage, random: fill_with_houses(frontage, kind, random)


def _closed(kind: str) -> Filler:
    """Who builds one kind of perimeter block."""
    return lambda frontage, random: fill_closed(frontage, kind, random)


FILLERS: dict[str, Filler] = {
    **{kind: _houses(kind) for kind in HOUSES},
    **{kind: _closed(kind) for kind in CLOSED},
    "portiekflats": walk_up_flats,
    "flats": flats,
    "appartementen": apartments,
    "hof": fill_court,
    "winkels": shops,
    "school": school,
    "sportvelden": sports_fields,
    "volkstuinen": allotments,
    "plein": square,
    "park": park,
    "stadspark": park,
    "lint": fill_ribbon,
    "boerderij": farm,
    "weiland": meadows,
    "bedrijven": business,
}
"""Who fills the building land, by the kind of block; ``kanaal`` is missing here: it has banks of green alone."""

INSTEAD: dict[str, str] = {
    "flats": "portiekflats",
    "portiekflats": "rijwoningen",
    "appartementen": "rijwoningen",
    "hof": "rijwoningen",
    "rijwoningen met oprit": "rijwoningen",
    "twee-onder-een-kap": "rijwoningen",
    "vrijstaand": "rijwoningen",
    "lint": "vrijstaand",
    "winkels": "centrum",
    "sportvelden": "park",
    "volkstuinen": "park",
    "stadspark": "park",
}
"""What is tried where there is no room for a kind."""

_LEAST_LAND_M2 = 60.0


def fill_block(block: Block, seed: int) -> BlockContent:
    """Everything in one block; surfaces have no id yet, homes no number."""
    random = np.random.default_rng([seed, block.index])
    frontage = lay_out(block, random)
    ground = build_on(frontage, random)
    street, carriageway = fill_kerbs(frontage, random)
    inside = as_surfaces(frontage.land, ground)
    corners = _corners_on_edge(frontage.land, [*(surface.polygon for surface in inside), *ground.solid()])
    return BlockContent(
        block=block,
        surfaces=[*(_meeting(surface, corners) for surface in street.surfaces), *inside],
        carriageway=noded(carriageway, corners) if corners.size else carriageway,
        strips=[*street.strips, *ground.strips],
        buildings=ground.buildings,
        trees=[*street.trees, *ground.trees],
        paths=ground.paths,
        fronts=street.fronts,
    )


def _corners_on_edge(land: Areal, shapes: Sequence[Polygon]) -> Floats:
    """The corners of shapes that lie on the edge of the land, and are no corners of the land itself."""
    corners = np.unique(shapely.get_coordinates(shapes), axis=0)
    edge = land.boundary
    shapely.prepare(edge)
    places = shapely.points(corners)
    own = shapely.multipoints(shapely.get_coordinates(land))
    shapely.prepare(own)
    found: Floats = corners[shapely.dwithin(edge, places, GRID_M) & ~shapely.dwithin(own, places, GRID_M / 2)]
    return found


def _meeting(surface: Surface, corners: Floats) -> Surface:
    """A surface of the street with a vertex wherever a corner on the land meets its edge, so that both tile."""
    near = corners[shapely.dwithin(surface.polygon, shapely.points(corners), GRID_M)] if corners.size else corners
    if not near.size:
        return surface
    met = noded(surface.polygon, near)
    return replace(surface, polygon=met) if isinstance(met, Polygon) else surface


def build_on(frontage: Frontage, random: np.random.Generator) -> Ground:
    """The building land of a block, by its kind or by what comes in its place."""
    kind = frontage.block.kind
    while kind in FILLERS and frontage.land.area > _LEAST_LAND_M2:
        ground = FILLERS[kind](frontage, random)
        if ground is not None:
            return ground
        frontage.driveways.clear()
        kind = INSTEAD.get(kind, "")
    green = Ground(rest=GREEN)
    if frontage.block.kind != "kanaal":
        scatter_trees(green, frontage.land, random, _AREA_PER_TREE_M2, _TREE_CLEAR_M)
    return green
