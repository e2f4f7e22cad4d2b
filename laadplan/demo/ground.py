"""What covers the building land of a block of the demo town.

In: a ``Ground`` as its maker fills it: covers in order of precedence, buildings, bays, trees, paths. Out: surfaces that
tile the land between buildings and bays (EPSG:28992). With it the small facts that all makers need: whether there is
room, the metre along a street, a driveway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Point, Polygon

from laadplan.demo.frames import Frame, Plot, Shapes, plot_on, points_at, reach_streets
from laadplan.demo.frontage import Frontage
from laadplan.demo.model import Building, Home, ParkingStrip, Side, Surface
from laadplan.demo.shapes import DECIMALS, Areal, clip, join, midline, polygons, subtract

Kind = tuple[str, str, str]
"""Layer, code and material of a surface."""

GREEN: Kind = ("begroeidterreindeel", "groenvoorziening", "waardeOnbekend")
YARD: Kind = ("onbegroeidterreindeel", "erf", "waardeOnbekend")
PAVED: Kind = ("wegdeel", "voetgangersgebied", "open verharding")
FOOTPATH: Kind = ("wegdeel", "voetpad", "open verharding")
SHELL_PATH: Kind = ("wegdeel", "voetpad", "half verhard")
ROAD: Kind = ("wegdeel", "rijbaan lokale weg", "gesloten verharding")
ERF_ROAD: Kind = ("wegdeel", "woonerf", "open verharding")
PLAYGROUND: Kind = ("onbegroeidterreindeel", "open verharding", "waardeOnbekend")
HARD_COURT: Kind = ("onbegroeidterreindeel", "gesloten verharding", "waardeOnbekend")
GRASS: Kind = ("begroeidterreindeel", "grasland overig", "waardeOnbekend")
MEADOW: Kind = ("begroeidterreindeel", "grasland agrarisch", "waardeOnbekend")
ARABLE: Kind = ("begroeidterreindeel", "bouwland", "waardeOnbekend")
POND: Kind = ("waterdeel", "watervlakte", "meer, plas, ven, vijver")
DITCH: Kind = ("waterdeel", "waterloop", "sloot")

TREES_APART_M = 3.5
"""Least distance between trees in the green."""


@dataclass
class Ground:
    """Covers as shape and kind, first come first served; `rest` covers what is left.

    `clear` holds ground on which nothing may be built; `paths` are centre lines of footpaths apart from streets.
    """

    rest: Kind
    covers: list[tuple[Areal, Kind]] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    strips: list[ParkingStrip] = field(default_factory=list)
    trees: list[Point] = field(default_factory=list)
    paths: list[LineString] = field(default_factory=list)
    clear: list[Areal] = field(default_factory=list)

    def solid(self) -> list[Polygon]:
        """The shapes of buildings and bays."""
        return [building.polygon for building in self.buildings] + [strip.polygon for strip in self.strips]

    def cover(self, shape: Areal, kind: Kind, *, is_clear: bool = False) -> None:
        """Lay a surface; `is_clear` where nothing may be built on it."""
        if not shape.is_empty:
            self.covers.append((shape, kind))
            if is_clear:
                self.clear.append(shape)

    def has_room(self, shapes: Shapes, gap_m: float) -> npt.NDArray[np.bool_]:
        """Which shapes lie `gap_m` or more from all that is built, and not on ground that stays clear."""
        free = np.ones(len(shapes), dtype=np.bool_)
        for others, gap in ((self.solid(), gap_m), (self.clear, 0.0)):
            if others and len(shapes):
                near = shapely.STRtree(others).query(shapes, predicate="dwithin", distance=gap)
                free[near[0]] = False
        return free


def as_surfaces(land: Areal, ground: Ground) -> list[Surface]:
    """The surfaces of a building land, covers first, then what remains; buildings and bays are left out of both."""
    solid = ground.solid()
    left = subtract(land, join(solid)) if solid else land
    surfaces: list[Surface] = []
    # Covers of one kind that follow each other go together: an overlay costs much the same for one and for ten.
    for (layer, code, material), covers in groupby(ground.covers, key=itemgetter(1)):
        shapes = [shape for shape, _ in covers]
        parts = polygons(clip(shapes[0] if len(shapes) == 1 else join(shapes), left))
        if parts:
            surfaces += [Surface(layer, code, material, part) for part in parts]
            left = subtract(left, join(parts))
    return surfaces + [Surface(*ground.rest, part) for part in polygons(left)]


def home_at(side: Side, point: Point, use: str, *, own_driveway: bool = False) -> Home:
    """A home at a point along a side of a block, with its metre in the direction in which the street is numbered."""
    return homes_at(side, middles(np.array([point])), use, own_driveway=own_driveway)[0]


def homes_at(side: Side, points: Sequence[Point] | Shapes, use: str, *, own_driveway: bool = False) -> list[Home]:
    """A home at each point along a side of a block."""
    length = side.line.length
    metres = shapely.line_locate_point(side.line, np.asarray(points, dtype=object))
    metres = np.round(metres if side.forward else length - metres, 2).tolist()
    street = side.street.name if side.street else ""
    return [
        Home(street, side.forward, metre, point, use, own_driveway, number_from=side.number_from)
        for metre, point in zip(metres, points, strict=True)
    ]


def middles(shapes: Shapes) -> Shapes:
    """The middle of each shape, on the millimetre grid."""
    return points_at(np.round(shapely.get_coordinates(shapely.centroid(shapes)), DECIMALS))


def note_driveway(frontage: Frontage, place: int, spot: Point, width_m: float) -> None:
    """Note on the frontage a driveway of `width_m` over the footway, at the place on the kerb nearest to a spot."""
    note_driveways(frontage, place, [spot], width_m)


def note_driveways(frontage: Frontage, place: int, spots: Sequence[Point] | Shapes, width_m: float) -> None:
    """Note driveways at the places on the kerb nearest to some spots."""
    if len(spots):
        stations = shapely.line_locate_point(frontage.kerb_line(place), np.asarray(spots, dtype=object)).tolist()
        frontage.driveways.setdefault(place, []).extend((at - width_m / 2, at + width_m / 2) for at in stations)


def lay_path(
    ground: Ground,
    frontage: Frontage,
    line: LineString,
    width_m: float,
    kind: Kind = FOOTPATH,
    *,
    from_door: bool = False,
) -> None:
    """A footpath on the building land, its centre line carried on to the streets; `from_door` at its end alone.

    Adds to `ground`.
    """
    whole = reach_streets(frontage, line, at_start=not from_door)
    strip = clip(whole.buffer(width_m / 2, cap_style="flat", join_style="mitre"), frontage.land)
    ground.cover(strip, kind, is_clear=True)
    ground.paths.append(whole)


def put_building(ground: Ground, polygon: Polygon, home: Home | None = None, floors: int = 1) -> None:
    """A building with one unit or none (adds to `ground`)."""
    ground.buildings.append(Building(polygon, (home,) if home else (), floors=floors))


def street_sides(frontage: Frontage, places: Sequence[int] = (0, 2, 1, 3)) -> list[int]:
    """The sides that have a street, the long ones first."""
    return [place for place in places if frontage.kerbs[place].side.street is not None]


def long_axis(frontage: Frontage) -> LineString:
    """The middle line of a block, along its long sides."""
    return midline(frontage.land_line(0, 0.0), frontage.land_line(2, 0.0))


def scatter_trees(
    ground: Ground, land: Areal, random: np.random.Generator, area_per_tree_m2: float, clear_m: float
) -> None:
    """Trees thrown on a land, `clear_m` from its edge and from all that lies on it (adds to `ground`)."""
    inner = land.buffer(-clear_m)
    if inner.is_empty:
        return
    west, south, east, north = inner.bounds
    throws = int((east - west) * (north - south) / area_per_tree_m2) + 1
    spots = points_at(np.round(random.uniform((west, south), (east, north), (throws, 2)), DECIMALS))
    shapely.prepare(inner)
    spots = apart(spots[shapely.contains(inner, spots)], TREES_APART_M)
    others = [*ground.solid(), *(shape for shape, _ in ground.covers)]
    if others and spots.size:
        near = shapely.STRtree(others).query(spots, predicate="dwithin", distance=clear_m)
        spots = np.delete(spots, np.unique(near[0]))
    ground.trees += spots.tolist()


def apart(shapes: Shapes, least_m: float) -> Shapes:
    """Shapes without those that lie too near to an earlier one."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=least_m)
    return np.delete(shapes, np.unique(one[other < one]))


def put_trees(ground: Ground, frame: Frame, places: Sequence[tuple[float, float]]) -> None:
    """Trees at places (along, left) in a frame (adds to `ground`)."""
    ground.trees += [frame.point(along, left) for along, left in places]


def find_plot(
    frontage: Frontage, least_length: float, least_depth: float, places: Sequence[int] = (0, 2)
) -> Plot | None:
    """The first plot of at least this size on a side with a street."""
    for place in street_sides(frontage, places):
        plot = plot_on(frontage, place)
        if plot is not None and plot.length >= least_length and plot.depth >= least_depth:
            return plot
    return None
