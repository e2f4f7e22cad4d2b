"""Ground set out along a line in the demo town: strips of bays, tree pits, verges, driveways.

In: pieces as metres along a line. Out: polygons on the millimetre grid (EPSG:28992) that share their vertices, without
any overlay: a corner is computed once, from its metre along the line and its distance beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.model import ParkingStrip
from laadplan.demo.shapes import DECIMALS, Areal, Floats, Ruler, areal, clip, join, points, polygons
from laadplan.demo.sizes import GRID_M
from laadplan.demo.zones import PUBLIC, Interval, Piece

Shapes = NDArray[np.object_]
Bools = NDArray[np.bool_]

_ON_EDGE_M = 0.002
"""A corner on the grid lies this close to the edge on which it was set out."""

_TREE_LEFT_M = 1.2
"""A tree in a deep zone stands this far from the kerb."""


@dataclass(frozen=True)
class Zone:
    """Ground from a line to `depth` left of it (right: below 0); poles stand `pole_left` of it, between two bays."""

    ruler: Ruler
    kind: str
    depth: float
    pole_left: float


@dataclass(frozen=True)
class Grid:
    """Corners at both edges of a strip of ground, per metre along its line."""

    metres: Floats
    near: Floats
    far: Floats

    def polygons(self, intervals: Sequence[Interval]) -> Shapes:
        """The ground between two of the metres, per interval."""
        ends = np.searchsorted(self.metres, np.round(intervals, DECIMALS)).tolist()
        corners = np.concatenate([self.near, self.far])
        shift = len(self.metres)
        rings = [[*range(one, other + 1), *range(shift + other, shift + one - 1, -1)] for one, other in ends]
        owners = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
        vertices = corners[[vertex for ring in rings for vertex in ring]]
        return np.asarray(shapely.polygons(shapely.linearrings(vertices, indices=owners)))


def set_out(ruler: Ruler, marks: Sequence[float], depth: float) -> Grid:
    """Corners at the marks and at the bends between them."""
    places = np.unique(np.round(marks, DECIMALS))
    metres = np.sort(np.concatenate([places, _bends(ruler, places)]))
    return Grid(metres, np.round(ruler.at(metres, 0.0), DECIMALS), np.round(ruler.at(metres, depth), DECIMALS))


def _bends(ruler: Ruler, places: Floats) -> Floats:
    """The vertices of a line within the range of some places, and not at one of them."""
    inner = ruler.between(float(places[0]), float(places[-1]))
    after = np.searchsorted(places, inner)
    clear: Floats = inner[np.minimum(inner - places[after - 1], places[after] - inner) > GRID_M]
    return clear


def quads(ruler: Ruler, intervals: Sequence[Interval], depth: float) -> list[Polygon]:
    """One polygon per interval along a line, `depth` metres deep to its left."""
    if not intervals:
        return []
    grid = set_out(ruler, [mark for interval in intervals for mark in interval], depth)
    return list(grid.polygons(intervals))


@dataclass(frozen=True)
class Laid:
    """What lies in a zone: strips, verges and pits as polygons, places for trees; `taken` is all of its ground."""

    strips: tuple[ParkingStrip, ...] = ()
    green: tuple[Polygon, ...] = ()
    trees: tuple[Point, ...] = ()

    def taken(self) -> list[Polygon]:
        """All polygons."""
        return [*(strip.polygon for strip in self.strips), *self.green]


def lay(zone: Zone, pieces: Sequence[Piece], ground: Areal, others: Sequence[BaseGeometry]) -> Laid:
    """Pieces as ground: bays that do not lie wholly on the ground, clear of others, are left out; green is cut."""
    if not pieces:
        return Laid()
    grid = set_out(zone.ruler, [mark for piece in pieces for mark in piece.marks], zone.depth)
    shapes = grid.polygons([(piece.marks[0], piece.marks[-1]) for piece in pieces])
    fits = _lie_on(shapes, ground) & ~_meet(shapes, others)
    strips = [
        _parked(zone, grid, piece, shape)
        for piece, shape, is_on in zip(pieces, shapes, fits, strict=True)
        if is_on and piece.regimes
    ]
    green = [
        (piece, part)
        for piece, shape, is_on in zip(pieces, shapes, fits, strict=True)
        if not piece.regimes
        for part in ([shape] if is_on else _cut(shape, ground, others))
    ]
    trees = [tree for piece, part in green for tree in _trees(zone, piece, part)]
    return Laid(tuple(strips), tuple(part for _, part in green), tuple(trees))


def plant(zone: Zone, pieces: Sequence[Piece], ground: Areal) -> Laid:
    """The trees of pieces alone, where all ground of the zone has one cover anyway."""
    return Laid(trees=tuple(tree for piece in pieces for tree in _trees(zone, piece, ground)))


def _lie_on(shapes: Shapes, ground: Areal) -> Bools:
    """Whether all corners of each shape lie on the ground, and the shape is sound."""
    shapely.prepare(ground)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    near = shapely.dwithin(ground, shapely.points(corners), _ON_EDGE_M)
    off = np.bincount(owner[~near], minlength=len(shapes)) > 0
    sound: Bools = np.asarray(shapely.is_valid(shapes), dtype=bool)
    return np.logical_and(~off, sound)


def _meet(shapes: Shapes, others: Sequence[BaseGeometry]) -> Bools:
    """Whether each shape meets another one."""
    if not others:
        return np.zeros(len(shapes), dtype=bool)
    met = shapely.intersects(shapes[:, None], np.array(others)[None, :])
    found: Bools = np.any(np.asarray(met, dtype=bool), axis=1)
    return found


def _cut(shape: Polygon, ground: Areal, others: Sequence[BaseGeometry]) -> list[Polygon]:
    """The parts of a piece of green on its ground; none where something else lies there too."""
    if not shape.is_valid or _meet(np.array([shape]), others)[0]:
        return []
    return polygons(clip(shape, ground))


def _parked(zone: Zone, grid: Grid, piece: Piece, shape: Polygon) -> ParkingStrip:
    """A strip of bays, with a place for a pole between every two that are free to all."""
    free = [
        mark
        for mark, *sides in zip(piece.marks[1:-1], piece.regimes[:-1], piece.regimes[1:], strict=True)
        if sides == [PUBLIC, PUBLIC]
    ]
    poles = np.round(zone.ruler.at(free, zone.pole_left), DECIMALS)
    return ParkingStrip(
        orientation=zone.kind,
        polygon=shape,
        bays=tuple(grid.polygons(list(pairwise(piece.marks)))),
        pole_places=tuple(points(poles)),
        regimes=piece.regimes,
    )


def _trees(zone: Zone, piece: Piece, part: Areal) -> list[Point]:
    """The trees of a piece of green that stand on what is left of it."""
    spots = zone.ruler.at(piece.trees, min(zone.depth / 2, _TREE_LEFT_M))
    return [spot for spot in points(spots) if part.contains(spot)]


def gathered(shapes: Sequence[Polygon]) -> Areal:
    """The union of polygons that do not overlap; quick where neighbours share all vertices, as those set out do."""
    if not shapes:
        return MultiPolygon()
    try:
        found = areal(shapely.coverage_union_all(list(shapes)))
    except shapely.GEOSException:
        return join(shapes)
    return found if found.is_valid else join(shapes)
