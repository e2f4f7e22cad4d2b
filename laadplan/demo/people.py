"""Homes of the demo town get their house numbers, postcodes and ids; flats get as many floors as the town needs.

In: the content of all blocks. Out: buildings with ids and addresses as in the BAG (points in EPSG:28992).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shapely import LineString, Point

from laadplan.demo.model import Address, BlockContent, Building, Home
from laadplan.demo.names import FIRST_PC4, LETTER_PAIRS, building_id, local_id, number_id
from laadplan.demo.shapes import point_beside

QUARTERS = ("Centrum", "Noord", "Zuid", "Bedrijvenpark", "Buitengebied")
"""The buurten, in the order of their codes; each but the last has a PC4 of its own."""

_FLOORS = (2, 8)


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
    neighbourhood: str
    building_id: str


def number_homes(contents: Sequence[BlockContent], dwellings: int, seed: int) -> Register:
    """Numbered homes: odd at one side of a street and even at the other, in the order in which they stand.

    Parameters
    ----------
    contents
        All blocks, west to east and south to north.
    dwellings
        Number of dwellings wanted: the flats get floors until it is reached as nearly as may be, from 2 to 8.
    seed
        For the ids.
    """
    floors = _floors(contents, dwellings)
    buildings: list[Building] = []
    doors: list[_Door] = []
    for content in contents:
        for building in content.buildings:
            serial = len(buildings) + 1
            built = replace(
                building,
                local_id=local_id(seed, "pand", serial),
                bag_id=building_id(serial),
                homes=tuple(_units(building, floors)),
                floors=floors if building.floor_units else 1,
            )
            buildings.append(built)
            doors += [
                _Door(home, content.block.index, content.block.neighbourhood, built.bag_id) for home in built.homes
            ]
    return Register(buildings, _addresses(doors))


def _floors(contents: Sequence[BlockContent], dwellings: int) -> int:
    """Floors of the flats that bring the town nearest to the dwellings wanted."""
    buildings = [building for content in contents for building in content.buildings]
    houses = sum(
        "woonfunctie" in home.use for building in buildings if not building.floor_units for home in building.homes
    )
    units = sum(building.floor_units for building in buildings)
    return min(max(round((dwellings - houses) / units), _FLOORS[0]), _FLOORS[1]) if units else _FLOORS[0]


def _units(building: Building, floors: int) -> Iterator[Home]:
    """The homes of a building: those of a slab of flats stand in a row per floor."""
    if not building.floor_units:
        yield from building.homes
        return
    axis = _long_axis(building)
    for floor in range(floors):
        for unit in range(building.floor_units):
            place = point_beside(axis, axis.length * (unit + 0.5) / building.floor_units, 0.6 * (floor - floors / 2))
            point = Point(round(place.x, 3), round(place.y, 3))
            yield replace(building.homes[0], point=point)


def _long_axis(building: Building) -> LineString:
    """The middle line of a slab, along its length."""
    ring = [Point(corner) for corner in building.polygon.exterior.coords[:4]]
    one, other = (0, 1) if ring[0].distance(ring[1]) < ring[1].distance(ring[2]) else (1, 2)
    first = ((ring[one].x + ring[other].x) / 2, (ring[one].y + ring[other].y) / 2)
    rest = [corner for index, corner in enumerate(ring) if index not in (one, other)]
    return LineString([first, ((rest[0].x + rest[1].x) / 2, (rest[0].y + rest[1].y) / 2)])


def _addresses(doors: Sequence[_Door]) -> list[Address]:
    """All doors numbered; doors at one number differ by their letter."""
    ordered = sorted(
        doors, key=lambda door: (door.home.street, not door.home.odd, door.block, door.home.along_m, door.home.letter)
    )
    streets = {street: index for index, street in enumerate(sorted({door.home.street for door in doors}))}
    addresses: list[Address] = []
    numbers: dict[tuple[str, bool], int] = {}
    for serial, door in enumerate(ordered, start=1):
        home = door.home
        side = (home.street, home.odd)
        if not home.letter:
            numbers[side] = numbers.get(side, -1 if home.odd else 0) + 2
        pc4 = FIRST_PC4 + QUARTERS.index(door.neighbourhood)
        postcode = f"{pc4}{LETTER_PAIRS[streets[home.street] % len(LETTER_PAIRS)]}"
        addresses.append(
            Address(
                number_id(serial),
                home.street,
                numbers[side],
                home.letter,
                postcode,
                door.building_id,
                home.use,
                _rounded(home.point),
                home.own_driveway,
                door.neighbourhood,
            )
        )
    return addresses


def _rounded(point: Point) -> Point:
    """A point on the millimetre grid."""
    return Point(math.floor(point.x * 1000 + 0.5) / 1000, math.floor(point.y * 1000 + 0.5) / 1000)
