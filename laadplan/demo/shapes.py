"""Plane geometry for the demo town: offsets, quadrilaterals along a kerb, overlays on a millimetre grid.

In and out: shapely geometry in RD New (EPSG:28992), metres. All overlays snap to the grid, so that neighbours share
their vertices. What is measured along a line in great numbers goes through a ``Ruler``, which works on arrays.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.sizes import GRID_M, SLIVER_M2, THIN_M

Areal = Polygon | MultiPolygon
Floats = NDArray[np.float64]
Spots = NDArray[np.object_]

DECIMALS = 3
"""Decimals of a coordinate on the grid."""

_BLUNT = 0.04
"""Bends sharper than about 157 degrees are cut off: least squared length of the sum of two unit normals."""

_HALF_M = 0.5
"""The direction of a line at a place is taken over this length at either side of it."""


def snap(geometry: BaseGeometry) -> Areal:
    """The areal parts of `geometry` on the millimetre grid."""
    return areal(shapely.set_precision(geometry, GRID_M))


def areal(geometry: BaseGeometry) -> Areal:
    """The polygons of any geometry, in a floating precision model; lines and points of an overlay are dropped.

    The grid lies in the coordinates alone: buffers of a geometry that carries a precision model come out empty in GEOS.
    """
    free = shapely.set_precision(geometry, 0.0, mode="pointwise") if shapely.get_precision(geometry) else geometry
    if isinstance(free, Polygon | MultiPolygon):
        return free
    parts = [part for part in shapely.get_parts(free) if isinstance(part, Polygon) and not part.is_empty]
    return MultiPolygon(parts)


def join(geometries: Iterable[BaseGeometry]) -> Areal:
    """Union of polygons on the grid."""
    return areal(shapely.union_all(list(geometries), grid_size=GRID_M))


def subtract(geometry: BaseGeometry, other: BaseGeometry) -> Areal:
    """`geometry` without `other`, on the grid."""
    return areal(shapely.difference(geometry, other, grid_size=GRID_M))


def clip(geometry: BaseGeometry, other: BaseGeometry) -> Areal:
    """What `geometry` shares with `other`, on the grid."""
    return areal(shapely.intersection(geometry, other, grid_size=GRID_M))


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Single valid polygons of a geometry, without slivers (`SLIVER_M2`, `THIN_M`)."""
    return [part for part in shapely.get_parts(areal(geometry)) if _is_broad(part)]


def _is_broad(part: Polygon) -> bool:
    """Whether a polygon is no sliver; area over perimeter is a lower bound of the largest circle within."""
    area = part.area
    if area < SLIVER_M2:
        return False
    return area > part.length * THIN_M / 2 or not part.buffer(-THIN_M / 2).is_empty


def noded(geometry: Areal, places: Floats) -> Areal:
    """`geometry` with a vertex at each of the places (n, 2) that lie on its edge, so that neighbours share these."""
    spots: Spots = np.asarray(shapely.points(places))
    parts = [_noded_part(part, places, spots) for part in shapely.get_parts(geometry)]
    found = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    return found if found.is_valid else geometry


def _noded_part(part: Polygon, places: Floats, spots: Spots) -> Polygon:
    rings = [_noded_ring(LineString(ring.coords), places, spots) for ring in (part.exterior, *part.interiors)]
    return Polygon(rings[0], rings[1:])


def _noded_ring(ring: LineString, places: Floats, spots: Spots) -> Floats:
    """The vertices of a closed ring with those places among them that lie on it."""
    vertices = shapely.get_coordinates(ring)
    shapely.prepare(ring)
    on_edge = np.flatnonzero(shapely.dwithin(ring, spots, GRID_M))
    metres = np.concatenate([[0.0], np.cumsum(np.hypot(*(vertices[1:] - vertices[:-1]).T))])
    at: Floats = np.asarray(shapely.line_locate_point(ring, spots[on_edge]), dtype=np.float64)
    at, first = np.unique(at, return_index=True)
    after = np.clip(np.searchsorted(metres, at), 1, len(metres) - 1)
    is_new = np.minimum(np.abs(at - metres[after - 1]), np.abs(metres[after] - at)) > GRID_M
    new = places[on_edge[first[is_new]]]
    found: Floats = np.insert(vertices, after[is_new], new, axis=0)
    return found


def rounded(geometry: BaseGeometry, radius_m: float) -> Areal:
    """`geometry` with its outward corners rounded to `radius_m`."""
    return areal(geometry.buffer(-radius_m, quad_segs=8, join_style="mitre").buffer(radius_m, quad_segs=8))


def strip_along(line: LineString, width_m: float) -> Areal:
    """The strip of `width_m` at either side of a line, with flat ends."""
    return areal(line.buffer(width_m, cap_style="flat", quad_segs=8))


def free_stretch(line: LineString, region: BaseGeometry) -> tuple[float, float]:
    """Start and end along `line`, in metres, of its longest stretch within `region`; (0, 0) where there is none."""
    parts = shapely.get_parts(line.intersection(region))
    lengths = shapely.length(parts)
    if not lengths.size or not lengths.max():
        return (0.0, 0.0)
    longest = parts[int(lengths.argmax())]
    ends = shapely.line_locate_point(line, shapely.get_point(longest, [0, -1]))
    return (float(ends.min()), float(ends.max()))


def point_beside(line: LineString, along_m: float, left_m: float) -> Point:
    """The point `left_m` to the left of the place `along_m` on a line."""
    (x, y), (east, north) = _place(line, along_m)
    return Point(x - north * left_m, y + east * left_m)


def points(places: Floats) -> list[Point]:
    """Points at coordinates (n, 2), as a list."""
    return [Point(x, y) for x, y in places.tolist()]


def direction(line: LineString, along_m: float) -> tuple[float, float]:
    """Unit vector (east, north) along a line at a place."""
    return _place(line, along_m)[1]


def _place(line: LineString, along_m: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Point and unit vector at a place on a line; a negative place is measured from the end, as shapely does."""
    stations = [along_m, max(along_m - _HALF_M, 0.0), max(min(along_m + _HALF_M, line.length), 0.0)]
    (x, y), start, end = shapely.get_coordinates(shapely.line_interpolate_point(line, stations)).tolist()
    length = math.dist(start, end)
    return (x, y), ((end[0] - start[0]) / length, (end[1] - start[1]) / length)


def box_beside(line: LineString, start_m: float, end_m: float, near_m: float, far_m: float) -> Polygon:
    """The rectangle on the chord from `start_m` to `end_m`, from `near_m` to `far_m` to the left of it."""
    one, other = shapely.get_coordinates(shapely.line_interpolate_point(line, [start_m, end_m])).tolist()
    length = math.dist(one, other)
    north, west = (other[0] - one[0]) / length, (one[1] - other[1]) / length
    corners = [(one, near_m), (other, near_m), (other, far_m), (one, far_m)]
    return Polygon([(x + west * left, y + north * left) for (x, y), left in corners])


def longer(line: LineString, by_m: float) -> LineString:
    """`line` with `by_m` more at both ends, straight on."""
    vertices = shapely.get_coordinates(line)
    (start_east, start_north), (end_east, end_north) = direction(line, 0.0), direction(line, line.length)
    before = vertices[0] - by_m * np.array([start_east, start_north])
    after = vertices[-1] + by_m * np.array([end_east, end_north])
    return LineString(np.concatenate([[before], vertices, [after]]))


def midline(left: LineString, right: LineString, points: int = 9) -> LineString:
    """The line halfway between two lines that run in opposite directions."""
    shares = np.linspace(0.0, 1.0, points)
    one = shapely.line_interpolate_point(left, shares, normalized=True)
    other = shapely.line_interpolate_point(right, 1.0 - shares, normalized=True)
    return LineString((shapely.get_coordinates(one) + shapely.get_coordinates(other)) / 2)


@dataclass(frozen=True, eq=False)
class Axis:
    """A line with what lies beside it: vertices (n, 2), and where these go per metre to the left, sharp at the bends.

    Beyond `folds_m` (to the left, to the right) a stretch between two bends would fold over.
    """

    vertices: Floats
    mitres: Floats
    folds_m: tuple[float, float]

    @classmethod
    def of(cls, line: LineString) -> "Axis":
        """The axis along a line."""
        vertices, _, lengths, normals = _steps(line)
        both = np.concatenate([normals[:1], normals[:-1] + normals[1:], normals[-1:]])
        both[1:-1] *= 2.0 / np.maximum((both[1:-1] ** 2).sum(axis=1), _BLUNT)[:, None]
        turns = both[1:] - both[:-1]
        shrinking = (turns[:, 1] * normals[:, 0] - turns[:, 0] * normals[:, 1]) / lengths
        left, right = max(float(shrinking.max()), 0.0), max(float(-shrinking.min()), 0.0)
        return cls(vertices, both, (1 / left if left else math.inf, 1 / right if right else math.inf))

    def moved(self, left_m: float) -> Floats:
        """The vertices at `left_m` to the left; where that would fold over, the smooth line there."""
        if -self.folds_m[1] < left_m < self.folds_m[0]:
            return self.vertices + left_m * self.mitres
        curve = LineString(self.vertices).offset_curve(left_m, quad_segs=8, join_style="mitre")
        longest = max(shapely.get_parts(curve), key=lambda part: part.length)
        found: Floats = shapely.get_coordinates(longest)
        return found

    def line(self, left_m: float, beyond_m: float = 0.0) -> LineString:
        """The line at `left_m` to the left, `beyond_m` longer at both ends."""
        return LineString(self._longer(self.moved(left_m), beyond_m) if beyond_m else self.moved(left_m))

    def band(self, near_m: float, far_m: float, beyond_m: float) -> Areal:
        """The ground between two distances to the left, `beyond_m` longer at both ends, on the grid.

        Its long edges have a vertex for each vertex of the line, which an overlay leaves where they are.
        """
        near, far = (self._longer(self.moved(left), beyond_m) for left in (near_m, far_m))
        found = Polygon(np.round(np.concatenate([near, far[::-1]]), DECIMALS))
        return found if found.is_valid else areal(found.buffer(0.0))

    def _longer(self, vertices: Floats, by_m: float) -> Floats:
        """Vertices along the axis with one more at both ends, straight on."""
        (west, south), (east, north) = self.mitres[0].tolist(), self.mitres[-1].tolist()
        (x1, y1), (x2, y2) = vertices[0].tolist(), vertices[-1].tolist()
        before, after = (x1 - by_m * south, y1 + by_m * west), (x2 + by_m * north, y2 - by_m * east)
        return np.concatenate([[before], vertices, [after]])


def _steps(line: LineString) -> tuple[Floats, Floats, Floats, Floats]:
    """Vertices of a line without repeated ones; per stretch between them step, length and unit normal to the left."""
    vertices = shapely.get_coordinates(line)
    steps = vertices[1:] - vertices[:-1]
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    if not lengths.all():
        kept = lengths > 0.0
        vertices, steps, lengths = vertices[np.concatenate([[True], kept])], steps[kept], lengths[kept]
    normals = np.empty_like(steps)
    normals[:, 0], normals[:, 1] = -steps[:, 1] / lengths, steps[:, 0] / lengths
    return vertices, steps, lengths, normals


@dataclass(frozen=True, eq=False)
class Ruler:
    """A line as arrays: its vertices (n, 2), the metre along it per vertex, and unit normals to the left (n, 2).

    Between vertices the normal turns evenly, so that what is set out at equal steps along a bend has equal sizes.
    """

    vertices: Floats
    metres: Floats
    normals: Floats

    @classmethod
    def of(cls, line: LineString) -> "Ruler":
        """The ruler of a line."""
        vertices, _, lengths, units = _steps(line)
        sums = np.concatenate([units[:1], units[:-1] + units[1:], units[-1:]])
        sums /= np.hypot(sums[:, 0], sums[:, 1])[:, None]
        return cls(vertices, np.concatenate([[0.0], np.cumsum(lengths)]), sums)

    @property
    def length(self) -> float:
        """Length of the line in metres."""
        return float(self.metres[-1])

    def between(self, start_m: float, end_m: float) -> Floats:
        """The metres of the vertices strictly between two places, no nearer to either than 5 mm."""
        clear = 0.005
        inner: Floats = self.metres[(self.metres > start_m + clear) & (self.metres < end_m - clear)]
        return inner

    def at(self, metres: Floats | Sequence[float], left_m: Floats | float) -> Floats:
        """Points (n, 2) at `left_m` to the left of places on the line."""
        places = np.asarray(metres, dtype=np.float64)
        east = np.interp(places, self.metres, self.normals[:, 0])
        north = np.interp(places, self.metres, self.normals[:, 1])
        scale = np.asarray(left_m) / np.hypot(east, north)
        x = np.interp(places, self.metres, self.vertices[:, 0]) + east * scale
        y = np.interp(places, self.metres, self.vertices[:, 1]) + north * scale
        return np.column_stack([x, y])
