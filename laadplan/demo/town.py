"""The demo town: an invented municipality of some thousand inhabitants as plain data.

In: a number of inhabitants and a seed. Out: a ``Town`` (EPSG:28992, metres). Nothing in it exists: it lies in the open
water of the Markermeer, gemeente ``GM9901`` and its buurten ``BU9901....`` are not issued, its postcodes are free and
carry letter pairs that are never issued, its streets all start with ``Demo-``. Equal arguments give an equal town;
every block draws from a generator of its own, made from the seed and the number of the block.

At level 0 surfaces and buildings tile the ground; the bridge over the canal lies on level 1.
"""

from dataclasses import dataclass, replace

import numpy as np
from shapely import Point, Polygon

from laadplan.demo.blocks import Segment, make_blocks, make_segments, name_streets
from laadplan.demo.filling import fill_block
from laadplan.demo.model import Block, BlockContent, ParkingStrip, Surface, Town
from laadplan.demo.names import local_id
from laadplan.demo.people import number_homes
from laadplan.demo.plan import make_plan
from laadplan.demo.quarters import make_neighbourhoods, make_postcodes
from laadplan.demo.rim import (
    bridge_over,
    canal_water,
    carriageway_pieces,
    outline,
    rim_surfaces,
    roadside_trees,
    way_out,
)
from laadplan.demo.shapes import Areal
from laadplan.demo.sizes import TOWN
from laadplan.demo.street_furniture import grow_trees, place_poles
from laadplan.errors import ConfigError

_BANK_M = 1.0
"""No tree stands this close to the canal."""


def make_town(inhabitants: int = 2000, seed: int = 1, name: str = "Demodorp") -> Town:
    """A whole town in memory.

    Parameters
    ----------
    inhabitants
        Number of inhabitants, 200 or more; about 2.3 of them live in a dwelling.
    seed
        Source of all chance, 0 or more.
    name
        Name of the municipality and of its one place.

    Returns
    -------
    Town
        Geometry in EPSG:28992, in metres; about 1.5 s for 2,000 inhabitants.

    Raises
    ------
    ConfigError
        If there are fewer than 200 inhabitants, too few for streets, or the seed is negative.
    """
    if inhabitants < TOWN.minimum_inhabitants:
        raise ConfigError(
            f"A demo town of {inhabitants} inhabitants has no streets.",
            todo=f"Ask for {TOWN.minimum_inhabitants} or more.",
        )
    if seed < 0:
        raise ConfigError(f"The seed {seed} is negative.", todo="Give 0 or a positive whole number.")
    dwellings = round(inhabitants / TOWN.inhabitants_per_dwelling)
    plot = _survey(dwellings, seed)
    contents = [fill_block(block, seed) for block in plot.blocks]
    strips = _strips(contents, seed)
    register = number_homes(contents, dwellings, seed)
    neighbourhoods = make_neighbourhoods(name, plot.blocks, plot.edge, register.addresses, inhabitants)
    return Town(
        name=name,
        seed=seed,
        inhabitants=inhabitants,
        surfaces=_with_ids([*_ground(plot, contents), *map(_as_surface, strips)], seed),
        buildings=tuple(register.buildings),
        addresses=tuple(register.addresses),
        strips=tuple(strips),
        trees=grow_trees(_tree_places(plot, contents), seed),
        poles=place_poles(strips, register.addresses, inhabitants, plot.edge, seed),
        neighbourhoods=neighbourhoods,
        postcodes=make_postcodes(register.addresses, neighbourhoods, seed),
        outline=plot.edge,
    )


@dataclass(frozen=True)
class _Survey:
    """The ground plan: blocks, street axes in the town and out of it, the edge of the municipality, the canal."""

    blocks: list[Block]
    segments: list[Segment]
    outs: list[Segment]
    edge: Polygon
    canal: Areal


def _survey(dwellings: int, seed: int) -> _Survey:
    """The ground plan of a town with room for so many dwellings."""
    random = np.random.default_rng(seed)
    plan = make_plan(dwellings, random)
    net = name_streets(plan)
    blocks, segments = make_blocks(plan, net, random), make_segments(plan, net)
    edge = outline(blocks)
    return _Survey(blocks, segments, way_out(plan, segments, edge), edge, canal_water(plan, edge))


def _ground(plot: _Survey, contents: list[BlockContent]) -> list[Surface]:
    """All surfaces but the parking strips: carriageways, blocks, rim, the canal with its bridge."""
    rim, carriageway = rim_surfaces(plot.blocks, plot.segments, plot.outs, plot.edge, plot.canal)
    parts = [*(content.carriageway for content in contents), carriageway]
    carriageways = carriageway_pieces(parts, [*plot.segments, *plot.outs])
    inside = [surface for content in contents for surface in content.surfaces]
    return bridge_over([*carriageways, *inside, *rim], plot.canal)


def _tree_places(plot: _Survey, contents: list[BlockContent]) -> list[Point]:
    """Places for trees in the blocks and along the way out, on dry land."""
    inside = [spot for content in contents for spot in content.trees]
    return [spot for spot in (*inside, *roadside_trees(plot.outs)) if plot.canal.distance(spot) > _BANK_M]


def _strips(contents: list[BlockContent], seed: int) -> list[ParkingStrip]:
    """All parking strips with their ids."""
    strips = [strip for content in contents for strip in content.strips]
    return [replace(strip, local_id=local_id(seed, "parkeervlak", index)) for index, strip in enumerate(strips)]


def _as_surface(strip: ParkingStrip) -> Surface:
    """The road part of a parking strip."""
    return Surface("wegdeel", "parkeervlak", "open verharding", strip.polygon, strip.local_id)


def _with_ids(surfaces: list[Surface], seed: int) -> tuple[Surface, ...]:
    """Surfaces with an id each; strips have theirs already."""
    return tuple(
        surface if surface.local_id else replace(surface, local_id=local_id(seed, surface.layer, index))
        for index, surface in enumerate(surfaces)
    )
