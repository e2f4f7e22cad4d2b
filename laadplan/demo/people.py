"""Homes of the demo town get their house numbers, postcodes and ids; flats get as many floors as the quarter needs.

In: the cell of a quarter and the content of its blocks. Out: buildings with ids and addresses as in the BAG (points in
EPSG:28992). Serials start with the number of the cell, so that no quarter needs to know how many another has.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import LineString, Point

from laadplan.demo.model import Address, BlockContent, Building, Cell, Home
from laadplan.demo.names import LETTER_PAIRS, building_id, local_id, number_id
from laadplan.demo.plan_sizes import QUARTERS
from laadplan.demo.shapes import point_beside

_HIGHER = (0.6, 1.6)
"""Flats become at least and at most this many times as high as designed."""

_LEAST_FLOORS = 2
_PER_POSTCODE = 18
"""Addresses on one side of a street that share a postcode."""

_PER_CELL = 100_000
"""Serials in a quarter."""

_AREAS_M2 = (38, 240)
"""Least and largest floor area of a dwelling."""

_STOREYS = {
    "winkelfunctie": 1,
    "kantoorfunctie": 1,
    "gezondheidszorgfunctie": 1,
    "industriefunctie": 1,
    "bijeenkomstfunctie": 1,
    "onderwijsfunctie": 2,
}
"""Storeys of other buildings than houses; a house has two and an attic."""

_HOUSE_STOREYS = 2.3


@dataclass(frozen=True)
class Register:
    """Buildings with their ids, and all addresses in order of street and number."""

    buildings: list[Building]
    addresses: list[Address]


@dataclass(frozen=True)
class _Door:
    """A home with the block and the building it belongs to."""

    home: Home
    block: int
    building_id: str
    area_m2: int


def serial_of(cell: Cell, place: int) -> int:
    """A serial number that no other quarter uses."""
    return cell.index * _PER_CELL + place


def number_homes(cell: Cell, contents: Sequence[BlockContent], seed: int) -> Register:
    """Numbered homes: odd at one side of a street and even at the other, in the order in which they stand.

    Parameters
    ----------
    cell
        The quarter; its flats become higher or lower, to bring it near the dwellings wanted.
    contents
        All its blocks, in order.
    seed
        For the ids and the years of building.
    """
    random = np.random.default_rng([seed, cell.index, 3])
    higher = _higher(contents, cell.wanted)
    buildings: list[Building] = []
    doors: list[_Door] = []
    for content in contents:
        years = _years(cell, len(content.buildings), random)
        for building, year in zip(content.buildings, years, strict=True):
            place = len(buildings) + 1
            floors = max(round(higher * building.floors), _LEAST_FLOORS) if building.floor_units else building.floors
            homes = tuple(_units(building, floors))
            built = replace(
                building,
                local_id=local_id(seed, "pand", cell.index, place),
                bag_id=building_id(serial_of(cell, place)),
                homes=homes,
                floors=floors,
                built=building.built or year,
            )
            buildings.append(built)
            area = _floor_area(built)
            doors += [_Door(home, content.block.index, built.bag_id, area) for home in homes]
    return Register(buildings, _addresses(cell, doors))


def _years(cell: Cell, count: int, random: np.random.Generator) -> list[int]:
    """Years of building: those of a block lie close together, but for the odd replacement."""
    first, last = QUARTERS[cell.kind].built
    start = int(random.integers(first, last + 1))
    years = np.clip(start + random.integers(0, 3, count), first, last)
    renewed = random.uniform(size=count) < 0.02
    return [int(year) for year in np.where(renewed, np.minimum(years + 25, 2022), years)]


def _higher(contents: Sequence[BlockContent], dwellings: int) -> float:
    """How many times as high as designed flats become, to bring the quarter nearest to the dwellings wanted."""
    buildings = [building for content in contents for building in content.buildings]
    houses = sum(
        "woonfunctie" in home.use for building in buildings if not building.floor_units for home in building.homes
    )
    units = sum(building.floor_units * building.floors for building in buildings)
    return min(max((dwellings - houses) / units, _HIGHER[0]), _HIGHER[1]) if units else 1.0


def _units(building: Building, floors: int) -> Iterator[Home]:
    """The homes of a building: those of a slab of flats stand in a row per floor."""
    if not building.floor_units:
        yield from building.homes
        return
    axis = _long_axis(building)
    for floor in range(floors):
        for unit in range(building.floor_units):
            place = point_beside(axis, axis.length * (unit + 0.5) / building.floor_units, 0.6 * (floor - floors / 2))
            yield replace(building.homes[0], point=place)


def _long_axis(building: Building) -> LineString:
    """The middle line of a slab, along its length."""
    ring = [Point(corner) for corner in building.polygon.exterior.coords[:4]]
    one, other = (0, 1) if ring[0].distance(ring[1]) < ring[1].distance(ring[2]) else (1, 2)
    first = ((ring[one].x + ring[other].x) / 2, (ring[one].y + ring[other].y) / 2)
    rest = [corner for index, corner in enumerate(ring) if index not in (one, other)]
    return LineString([first, ((rest[0].x + rest[1].x) / 2, (rest[0].y + rest[1].y) / 2)])


def _floor_area(building: Building) -> int:
    """Floor area of one unit of a building, in square metres."""
    if not building.homes:
        return 0
    use = building.homes[0].use.split(",")[0]
    storeys = building.floors if building.floors > 1 else _STOREYS.get(use, _HOUSE_STOREYS)
    area = 0.85 * building.polygon.area * storeys / len(building.homes)
    return round(area) if use in _STOREYS else round(min(max(area, _AREAS_M2[0]), _AREAS_M2[1]))


def _addresses(cell: Cell, doors: Sequence[_Door]) -> list[Address]:
    """All doors numbered; doors at one number differ by their letter."""
    ordered = sorted(
        doors, key=lambda door: (door.home.street, not door.home.odd, door.block, door.home.along_m, door.home.letter)
    )
    addresses: list[Address] = []
    numbers: dict[tuple[str, bool], int] = {}
    inside: dict[tuple[str, bool], tuple[int, int]] = {}
    pairs = 0
    for place, door in enumerate(ordered, start=1):
        home = door.home
        side = (home.street, home.odd)
        first = home.number_from - 1 if home.odd else home.number_from
        if not home.letter or side not in numbers:
            numbers[side] = numbers.get(side, first) + 2
        pair, count = inside.get(side, (-1, 0))
        if pair < 0 or (count >= _PER_POSTCODE and not home.letter):
            pair, count, pairs = pairs, 0, pairs + 1
        inside[side] = (pair, count + 1)
        letters = LETTER_PAIRS[(cell.letters_from + pair) % len(LETTER_PAIRS)]
        addresses.append(
            Address(
                number_id(serial_of(cell, place)),
                home.street,
                numbers[side],
                home.letter,
                f"{cell.pc4}{letters}",
                door.building_id,
                home.use,
                _rounded(home.point),
                home.own_driveway,
                door.area_m2,
            )
        )
    return addresses


def _rounded(point: Point) -> Point:
    """A point on the millimetre grid."""
    return Point(math.floor(point.x * 1000 + 0.5) / 1000, math.floor(point.y * 1000 + 0.5) / 1000)
