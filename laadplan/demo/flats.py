"""Flats of the demo town: slabs in green, each with a car park of two rows and an aisle behind it.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992). Slabs know how many dwellings lie on a floor; the
floors follow from the dwellings that the whole town needs.
"""

from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from laadplan.demo.ground import GREEN, Ground, home_at, note_driveway, random_point
from laadplan.demo.kerb import Frontage, Interval
from laadplan.demo.model import Building, ParkingStrip
from laadplan.demo.shapes import Areal, box_beside, clip, free_stretch, point_beside, polygons, snap, subtract
from laadplan.demo.sizes import FLATS, PARKING


def flats(frontage: Frontage, random: np.random.Generator) -> Ground:
    """Two slabs of flats, each on its half of the block with its car park behind it, in green."""
    ground = Ground(rest=GREEN)
    for slab_side, park_side in ((0, 2), (2, 0)):
        slab = _slab(frontage, slab_side)
        if slab is not None:
            ground.buildings.append(slab)
            ground.covers.append((_entrance(frontage, slab_side, slab), "wegdeel", "voetpad", "open verharding"))
            _car_park(ground, frontage, park_side, slab.polygon)
    ground.trees += _scatter(frontage, ground, random)
    return ground


def _half(stretch: Interval, *, first: bool, most: float) -> Interval:
    """The first or second half of a stretch, at most `most` metres, with some room at its ends."""
    start, end = stretch
    middle = (start + end) / 2
    one, other = (start, middle) if first else (middle, end)
    length = min(other - one - 2 * FLATS.end_clear, most)
    return ((one + other - length) / 2, (one + other + length) / 2)


def _slab(frontage: Frontage, place: int) -> Building | None:
    """A slab of flats along the first half of a side, with the number of dwellings on one floor."""
    side = frontage.kerbs[place].side
    if side.street is None:
        return None
    front = frontage.land_line(place, FLATS.front_green)
    start, end = _half(free_stretch(front, frontage.land.buffer(-1.0)), first=True, most=FLATS.longest_slab)
    units = int((end - start) / FLATS.unit_width)
    if units < FLATS.least_units:
        return None
    shape = polygons(snap(box_beside(front, start, start + units * FLATS.unit_width, 0.0, FLATS.depth)))[0]
    if not frontage.land.contains(shape):
        return None
    return Building(shape, (home_at(side, shape.centroid, "woonfunctie"),), floor_units=units)


def _entrance(frontage: Frontage, place: int, slab: Building) -> Areal:
    """A path from the footway to the slab; where it reaches into either, that one keeps its ground."""
    line = frontage.land_line(place, 0.0)
    along, half = line.project(slab.polygon.centroid), FLATS.path_width / 2
    return snap(box_beside(line, along - half, along + half, -1.0, FLATS.front_green + 2.0))


def _car_park(ground: Ground, frontage: Frontage, place: int, slab: Polygon) -> None:
    """A car park with two rows of bays and an aisle, entered from the street (adds to `ground`)."""
    if frontage.kerbs[place].side.street is None:
        return
    line = frontage.land_line(place, FLATS.car_park_green)
    for longest in FLATS.car_park_lengths:
        chord, count = _car_park_front(frontage, line, longest)
        whole = polygons(snap(box_beside(chord, 0.0, chord.length, 0.0, PARKING.car_park_depth)))[0]
        if frontage.land.contains(whole) and whole.distance(slab) >= FLATS.between:
            _enter(ground, frontage, place, chord, count, whole)
            return


def _car_park_front(frontage: Frontage, line: LineString, longest: float) -> tuple[LineString, int]:
    """The front of a car park on the second half of a line, at most `longest` metres, and its bays in a row."""
    stretch = free_stretch(line, frontage.land.buffer(-1.0))
    start, end = _half(stretch, first=False, most=longest)
    count = max(int((end - start) / PARKING.across_width), FLATS.least_bays)
    return LineString([line.interpolate(start), line.interpolate(start + count * PARKING.across_width)]), count


def _enter(ground: Ground, frontage: Frontage, place: int, chord: LineString, count: int, whole: Polygon) -> None:
    """Lay out a car park with its entry (adds to `ground` and the frontage)."""
    entry = count // 2 * PARKING.across_width
    note_driveway(frontage, place, point_beside(chord, entry, 0.0), PARKING.entry_width)
    road = _entry_road(frontage, chord, entry, whole)
    ground.covers.append((road, "wegdeel", "rijbaan lokale weg", "gesloten verharding"))
    ground.strips.append(replace(_bays(chord, count), polygon=whole))


def _entry_road(frontage: Frontage, chord: LineString, middle: float, whole: Polygon) -> Areal:
    """The piece of road between the footway and the car park."""
    half = PARKING.entry_width / 2
    road = box_beside(chord, middle - half, middle + half, -FLATS.car_park_green - 1.0, 1.0)
    return subtract(clip(road, frontage.land), whole)


def _bays(chord: LineString, count: int) -> ParkingStrip:
    """The bays of both rows, with two left out at the entry, and the places for poles between two of them."""
    width, depth, far = PARKING.across_width, PARKING.across_depth, PARKING.car_park_depth
    behind = PARKING.pole_behind_bay
    entry = (count // 2 - 1, count // 2)
    rows = [(index, 0.0, depth, -behind) for index in range(count) if index not in entry]
    rows += [(index, far - depth, far, far + behind) for index in range(count)]
    shapes = [box_beside(chord, index * width, (index + 1) * width, near, end) for index, near, end, _ in rows]
    known = {(index, near) for index, near, _, _ in rows}
    pairs = [(index + 1, pole) for index, near, _, pole in rows if (index + 1, near) in known]
    places = tuple(point_beside(chord, index * width, pole) for index, pole in pairs)
    return ParkingStrip("parkeerterrein", Polygon(), tuple(polygons(snap(shape))[0] for shape in shapes), places)


def _scatter(frontage: Frontage, ground: Ground, random: np.random.Generator) -> list[Point]:
    """Trees in the green, clear of buildings, paths and car parks."""
    taken = shapely.union_all([*ground.solid(), *(cover[0] for cover in ground.covers)])
    inner = frontage.land.buffer(-FLATS.tree_clear)
    spots = [random_point(frontage.land, random) for _ in range(FLATS.tree_throws)]
    return [
        spot for spot in spots if inner.contains(spot) and (taken.is_empty or taken.distance(spot) > FLATS.tree_clear)
    ]
