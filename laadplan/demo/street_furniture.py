"""Trees and charging poles of the demo town.

In: places for trees, parking strips, addresses. Out: ``Tree`` and ``Pole`` (EPSG:28992). Poles stand at real bays, and
a sector of the town is left without any, so that a plan finds white spots.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Point, Polygon

from laadplan.demo.model import Address, ParkingStrip, Pole, Tree
from laadplan.demo.names import SPECIES, local_id
from laadplan.demo.sizes import TOWN

WHITE_SECTOR = math.radians(80)
"""Width of the sector of the town, seen from its middle, that has no pole yet."""

_GPS_ERROR_M = 0.8
"""Standard deviation of a published pole position around the true one, per axis."""


def grow_trees(places: Sequence[Point], seed: int) -> tuple[Tree, ...]:
    """Trees at the places; neighbours in the list share their species, as trees in a street do."""
    random = np.random.default_rng([seed, 0, 1])
    trees = []
    for index, place in enumerate(places):
        latin, dutch, crown = SPECIES[(index // 12 + seed) % len(SPECIES)]
        planted = int(random.integers(1955, 2021))
        stem = max(6, round((2025 - planted) * float(random.uniform(0.5, 0.9))))
        trees.append(
            Tree(
                point=Point(round(place.x, 3), round(place.y, 3)),
                latin=latin,
                dutch=dutch,
                planted=planted,
                stem_cm=stem,
                crown_m=round(max(stem * crown, 1.5), 1),
                local_id=local_id(seed, "boom", index),
            )
        )
    return tuple(trees)


def place_poles(
    strips: Sequence[ParkingStrip], addresses: Sequence[Address], inhabitants: int, edge: Polygon, seed: int
) -> tuple[Pole, ...]:
    """One pole with two EVSE per 250 inhabitants, apart from each other, and a fast charger in the business park."""
    random = np.random.default_rng([seed, 1])
    middle, gap = edge.centroid, float(random.uniform(-math.pi, math.pi))
    spots = [spot for strip in strips for spot in strip.pole_places if not _in_sector(middle, spot, gap)]
    wanted = max(2, round(inhabitants / TOWN.inhabitants_per_pole))
    chosen: list[Point] = []
    for index in random.permutation(len(spots)).tolist():
        if len(chosen) < wanted and all(spots[index].distance(other) > TOWN.pole_spacing_m for other in chosen):
            chosen.append(spots[index])
    tree = shapely.STRtree([address.point for address in addresses])
    poles = [_pole(spot, False, tree, addresses, index, seed, random) for index, spot in enumerate(chosen)]
    firm = next((address for address in addresses if address.neighbourhood == "Bedrijvenpark"), None)
    if firm is not None:
        spot = Point(firm.point.x + 9.0, firm.point.y + 9.0)
        poles.append(_pole(spot, True, tree, addresses, len(poles), seed, random))
    return tuple(poles)


def _in_sector(middle: Point, spot: Point, gap: float) -> bool:
    """Whether a spot lies in the sector around the direction `gap` (radians)."""
    turn = math.atan2(spot.y - middle.y, spot.x - middle.x) - gap
    return abs(math.remainder(turn, math.tau)) < WHITE_SECTOR / 2


def _pole(
    spot: Point,
    fast: bool,
    tree: shapely.STRtree,
    addresses: Sequence[Address],
    index: int,
    seed: int,
    random: np.random.Generator,
) -> Pole:
    """A pole near a spot, with the nearest address."""
    near = addresses[int(tree.nearest(spot))]
    east, north = (float(step) for step in random.normal(0.0, _GPS_ERROR_M, 2))
    return Pole(
        point=Point(round(spot.x + east, 3), round(spot.y + north, 3)),
        street=near.street,
        number=f"{near.number}{near.letter}",
        postcode=near.postcode,
        fast=fast,
        local_id=local_id(seed, "laadpaal", index).split(".")[1],
    )
