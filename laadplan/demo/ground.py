"""What covers the building land of a block of the demo town.

In: a ``Ground`` as its maker fills it: covers in order of precedence, buildings, bays, trees. Out: surfaces that tile
the land between buildings and bays (EPSG:28992). With it the small facts that all makers need: the metre along a
street, a driveway.
"""

from dataclasses import dataclass, field

import numpy as np
from shapely import LineString, Point, Polygon

from laadplan.demo.kerb import Frontage
from laadplan.demo.model import Building, Home, ParkingStrip, Side, Surface
from laadplan.demo.shapes import Areal, clip, join, midline, polygons, subtract

GREEN = ("begroeidterreindeel", "groenvoorziening", "waardeOnbekend")
YARD = ("onbegroeidterreindeel", "erf", "waardeOnbekend")
PAVED = ("wegdeel", "voetgangersgebied", "open verharding")


@dataclass
class Ground:
    """Covers as shape, layer, code and material, first come first served; `rest` covers what is left."""

    rest: tuple[str, str, str]
    covers: list[tuple[Areal, str, str, str]] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    strips: list[ParkingStrip] = field(default_factory=list)
    trees: list[Point] = field(default_factory=list)

    def solid(self) -> list[Polygon]:
        """The shapes of buildings and bays."""
        return [building.polygon for building in self.buildings] + [strip.polygon for strip in self.strips]


def as_surfaces(land: Areal, ground: Ground) -> list[Surface]:
    """The surfaces of a building land, covers first, then what remains; buildings and bays are left out of both."""
    left = subtract(land, join(ground.solid()))
    surfaces: list[Surface] = []
    for shape, layer, code, material in ground.covers:
        parts = polygons(clip(shape, left))
        surfaces += [Surface(layer, code, material, part) for part in parts]
        left = subtract(left, join(parts))
    return surfaces + [Surface(*ground.rest, part) for part in polygons(left)]


def home_at(side: Side, point: Point, use: str, *, own_driveway: bool = False) -> Home:
    """A home at a point along a side of a block, with its metre in the direction in which the street is numbered."""
    along = side.line.project(point)
    metre = round(along if side.forward else side.line.length - along, 2)
    return Home(side.street.name if side.street else "", side.forward, metre, point, use, own_driveway)


def note_driveway(frontage: Frontage, place: int, spot: Point, width_m: float) -> None:
    """Note on the frontage a driveway of `width_m` over the footway, at the place on the kerb nearest to a spot."""
    middle = frontage.kerb_line(place).project(spot)
    frontage.driveways.setdefault(place, []).append((middle - width_m / 2, middle + width_m / 2))


def long_axis(frontage: Frontage) -> LineString:
    """The middle line of a block, along its long sides."""
    return midline(frontage.land_line(0, 0.0), frontage.land_line(2, 0.0))


def random_point(land: Areal, random: np.random.Generator) -> Point:
    """A point on the millimetre grid in the bounding box of a land."""
    west, south, east, north = land.bounds
    return Point(round(float(random.uniform(west, east)), 3), round(float(random.uniform(south, north)), 3))
