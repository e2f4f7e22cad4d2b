"""One quarter of the demo town, built from the plan.

In: a ``Town`` (``plan.make_plan``) and the number of a cell. Out: a ``Quarter`` (EPSG:28992, metres). Nothing in it
exists: it lies in the open water of the Markermeer, gemeente ``GM9901`` and its wijken and buurten are not issued, its
postcodes are free, its streets all start with ``Demo-``. Equal arguments give an equal quarter, whatever else was made.

At level 0 surfaces and buildings tile the ground; bridges lie on level 1.
"""

from collections.abc import Sequence
from dataclasses import replace

from shapely import Point

from laadplan.demo.carriageway import bridge_over, canal_water, carriageway_pieces
from laadplan.demo.filling import fill_block
from laadplan.demo.grid import lay_grid
from laadplan.demo.layout import Layout, lay_streets
from laadplan.demo.model import BlockContent, Cell, ParkingStrip, Quarter, Surface, Town
from laadplan.demo.names import local_id
from laadplan.demo.people import number_homes
from laadplan.demo.shapes import Areal
from laadplan.demo.street_furniture import grow_trees, place_poles

_SEED_STEP = 1_000_003
"""Prime and larger than any number of cells: every quarter has chances of its own."""

_BANK_M = 1.0
"""No tree stands this close to the canal."""


def make_quarter(town: Town, index: int) -> Quarter:
    """The quarter in one cell of a town, with all that lies in it.

    Parameters
    ----------
    town
        The plan.
    index
        Number of the cell.
    """
    cell, seed = town.cells[index], town.seed
    layout = lay_streets(cell, town.lattice, seed)
    contents = [fill_block(block, seed * _SEED_STEP + index) for block in layout.blocks]
    water = canal_water([block for block in layout.blocks if block.kind == "kanaal"])
    strips = _strips(cell, contents, seed)
    register = number_homes(cell, contents, seed)
    fronts = tuple(front for content in contents for front in content.fronts)
    paths = tuple(path for content in contents for path in content.paths)
    buildings, addresses = tuple(register.buildings), tuple(register.addresses)
    return Quarter(
        cell=cell,
        town=town.name,
        seed=seed,
        surfaces=_with_ids(cell, [*_ground(layout, contents, water), *map(_as_surface, strips)], seed),
        buildings=buildings,
        addresses=addresses,
        strips=tuple(strips),
        trees=grow_trees(cell, _tree_places(contents, water), seed),
        poles=place_poles(cell, strips, addresses, buildings, seed),
        segments=layout.segments,
        paths=paths,
        fronts=fronts,
        grid=lay_grid(cell, seed, layout.segments, fronts, addresses, buildings, paths),
    )


def _ground(layout: Layout, contents: Sequence[BlockContent], water: Areal) -> list[Surface]:
    """All surfaces but the parking strips: carriageways, blocks, the canal with its bridges."""
    carriageways = carriageway_pieces([content.carriageway for content in contents], layout.segments)
    wet = [surface for content in contents if content.block.kind == "kanaal" for surface in content.surfaces]
    dry = [surface for content in contents if content.block.kind != "kanaal" for surface in content.surfaces]
    return [*dry, *(bridge_over([*carriageways, *wet], water) if wet else carriageways)]


def _tree_places(contents: Sequence[BlockContent], water: Areal) -> list[Point]:
    """Places for trees in the blocks, on dry land."""
    places = [place for content in contents for place in content.trees]
    return places if water.is_empty else [place for place in places if water.distance(place) > _BANK_M]


def _strips(cell: Cell, contents: Sequence[BlockContent], seed: int) -> list[ParkingStrip]:
    """All parking strips with their ids."""
    strips = [strip for content in contents for strip in content.strips]
    return [
        replace(strip, local_id=local_id(seed, "parkeervlak", cell.index, index)) for index, strip in enumerate(strips)
    ]


def _as_surface(strip: ParkingStrip) -> Surface:
    """The road part of a parking strip."""
    return Surface("wegdeel", "parkeervlak", "open verharding", strip.polygon, strip.local_id)


def _with_ids(cell: Cell, surfaces: Sequence[Surface], seed: int) -> tuple[Surface, ...]:
    """Surfaces with an id each; strips have theirs already."""
    return tuple(
        surface if surface.local_id else replace(surface, local_id=local_id(seed, surface.layer, cell.index, index))
        for index, surface in enumerate(surfaces)
    )
