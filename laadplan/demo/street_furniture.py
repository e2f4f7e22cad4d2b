"""Trees and charging poles of the demo town.

In: the cell of a quarter with places for trees, parking strips and addresses. Out: ``Tree`` and ``Pole`` (EPSG:28992).
Poles stand at real bays, and a sector of each quarter is left without any, so that a plan finds white spots.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Point

from laadplan.demo.model import Address, Building, Cell, ParkingStrip, Pole, Tree
from laadplan.demo.names import SPECIES, local_id
from laadplan.demo.plan_sizes import QUARTERS, TOWN

WHITE_SECTOR = math.radians(80)
"""Width of the sector of a quarter, seen from its middle, that has no pole yet."""

_GPS_ERROR_M = 0.8
"""Standard deviation of a published pole position around the true one, per axis."""

_BESIDE_M = 4.0
"""A fast charger stands so far from the building of its firm."""

_OUTDATED_YEAR = 2025
_SPECIES_RUN = 12
"""So many trees in a row are of one species, as in a street."""


def grow_trees(cell: Cell, places: Sequence[Point], seed: int) -> tuple[Tree, ...]:
    """Trees at the places; neighbours in the list share their species, and none is older than its quarter."""
    random = np.random.default_rng([seed, cell.index, 1])
    first = min(QUARTERS[cell.kind].built[0] + 2, 2005)
    planted = random.integers(max(first, 1935), 2021, len(places))
    stems = np.maximum(6, np.round((_OUTDATED_YEAR - planted) * random.uniform(0.5, 0.9, len(places)))).astype(int)
    points = np.round([(place.x, place.y) for place in places], 3)
    trees = []
    for index, (point, year, stem) in enumerate(zip(points.tolist(), planted.tolist(), stems.tolist(), strict=True)):
        latin, dutch, crown = SPECIES[(index // _SPECIES_RUN + seed + cell.index) % len(SPECIES)]
        width = round(max(stem * crown, 1.5), 1)
        tree_id = local_id(seed, "boom", cell.index, index)
        trees.append(Tree(Point(point), latin, dutch, year, stem, width, local_id=tree_id))
    return tuple(trees)


def place_poles(
    cell: Cell,
    strips: Sequence[ParkingStrip],
    addresses: Sequence[Address],
    buildings: Sequence[Building],
    seed: int,
) -> tuple[Pole, ...]:
    """Poles with two EVSE each, apart from each other, and a fast charger in a business park."""
    if not addresses:
        return ()
    random = np.random.default_rng([seed, cell.index, 2])
    gap = float(random.uniform(-math.pi, math.pi))
    chosen = _spread(cell, strips, gap, random)
    tree = shapely.STRtree([address.point for address in addresses])
    poles = [
        _pole(cell, spot, False, addresses[int(tree.nearest(spot))], index, seed, random)
        for index, spot in enumerate(chosen)
    ]
    if cell.kind == "bedrijven":
        firm = addresses[0]
        spot = _beside(firm, buildings)
        poles.append(_pole(cell, spot, True, firm, len(poles), seed, random))
    return tuple(poles)


def _beside(firm: Address, buildings: Sequence[Building]) -> Point:
    """A spot on the yard of a firm, the farthest from all buildings along a line around its own."""
    shapes = [building.polygon for building in buildings]
    own = next(building.polygon for building in buildings if building.bag_id == firm.building_id)
    around = own.buffer(_BESIDE_M).exterior
    spots = [around.interpolate(share, normalized=True) for share in np.linspace(0.0, 0.95, 20).tolist()]
    away = shapely.STRtree(shapes).query_nearest(spots, return_distance=True, all_matches=False)[1]
    return spots[int(np.argmax(away))]


def _spread(cell: Cell, strips: Sequence[ParkingStrip], gap: float, random: np.random.Generator) -> list[Point]:
    """Places for poles between two bays, spread over the quarter but for the sector that has none yet."""
    places = [place for strip in strips for place in strip.pole_places]
    if not places:
        return []
    xy = shapely.get_coordinates(places)
    middle = cell.polygon.centroid
    turn = np.arctan2(xy[:, 1] - middle.y, xy[:, 0] - middle.x) - gap
    white = np.abs((turn + math.pi) % math.tau - math.pi) < WHITE_SECTOR / 2
    wanted = round(
        cell.wanted * TOWN.inhabitants_per_dwelling / TOWN.inhabitants_per_pole * float(random.uniform(0.5, 1.5))
    )
    chosen: list[int] = []
    for index in random.permutation(np.flatnonzero(~white)).tolist():
        if len(chosen) >= max(wanted, 1):
            break
        if all(math.dist(xy[index], xy[other]) > TOWN.pole_spacing_m for other in chosen):
            chosen.append(index)
    return [places[index] for index in chosen]


def _pole(
    cell: Cell, spot: Point, fast: bool, near: Address, index: int, seed: int, random: np.random.Generator
) -> Pole:
    """A pole near a spot, at the nearest address."""
    east, north = (float(step) for step in random.normal(0.0, _GPS_ERROR_M, 2))
    return Pole(
        point=Point(round(spot.x + east, 3), round(spot.y + north, 3)),
        street=near.street,
        number=f"{near.number}{near.letter}",
        postcode=near.postcode,
        fast=fast,
        local_id=local_id(seed, "laadpaal", cell.index, index).split(".")[1],
    )
