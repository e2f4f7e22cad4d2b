"""Filling one block of the demo town: what its kind asks for, from the street axes to the last shed.

In: a ``Block`` and the seed. Out: ``BlockContent`` (EPSG:28992). A block depends on nothing but itself and the seed, so
that a large town can be made block by block.
"""

import numpy as np

from laadplan.demo.ground import GREEN, YARD, Ground, as_surfaces
from laadplan.demo.houses import Standing, back_path, build_edge, build_rows, build_sheds
from laadplan.demo.kerb import Frontage, fill_kerbs, lay_out
from laadplan.demo.model import Block, BlockContent
from laadplan.demo.places import PLACES
from laadplan.demo.shapes import clip, longer
from laadplan.demo.sizes import BLOCK


def fill_block(block: Block, seed: int) -> BlockContent:
    """Everything in one block; surfaces have no id yet, homes no number."""
    random = np.random.default_rng([seed, block.index])
    frontage = lay_out(block, random)
    ground = _ground(frontage, random)
    street, carriageway = fill_kerbs(frontage, random)
    return BlockContent(
        block=block,
        surfaces=[*street.surfaces, *as_surfaces(frontage.land, ground)],
        carriageway=carriageway,
        strips=[*street.strips, *ground.strips],
        buildings=ground.buildings,
        trees=[*street.trees, *ground.trees],
    )


def _ground(frontage: Frontage, random: np.random.Generator) -> Ground:
    """The building land of a block, by its kind."""
    kind = frontage.block.kind
    if kind in PLACES:
        return PLACES[kind](frontage, random)
    if kind == "kanaal":
        return Ground(rest=GREEN)
    if kind == "centrum":
        return Ground(rest=YARD, buildings=build_edge(frontage, (0, 2, 1, 3), random))
    return _rows(frontage, random)


def _rows(frontage: Frontage, random: np.random.Generator) -> Ground:
    """Rows of houses along both long sides, with a back path between the gardens of terraces."""
    houses: list[Standing] = []
    for place in (0, 2):
        houses += build_rows(frontage, place, houses, random)
    path = back_path(frontage) if frontage.block.kind.startswith("rijwoningen") else None
    ground = Ground(rest=YARD, buildings=[house.building for house in houses])
    ground.buildings += build_sheds(frontage, houses, path)
    if path is not None:
        strip = clip(longer(path, 5.0).buffer(BLOCK.back_path / 2, cap_style="flat"), frontage.land)
        ground.covers.append((strip, "wegdeel", "voetpad", "open verharding"))
    return ground
