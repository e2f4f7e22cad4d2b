"""Plane geometry for the demo town: offsets, quadrilaterals along a kerb, overlays on a millimetre grid.

In and out: shapely geometry in RD New (EPSG:28992), metres. All overlays snap to the grid, so that neighbours share
their vertices.
"""

import math
from collections.abc import Iterable

import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from laadplan.demo.sizes import GRID_M, SLIVER_M2, THIN_M

Areal = Polygon | MultiPolygon


def snap(geometry: BaseGeometry) -> Areal:
    """The areal parts of `geometry` on the millimetre grid."""
    return areal(shapely.set_precision(geometry, GRID_M))


def areal(geometry: BaseGeometry) -> Areal:
    """The polygons of any geometry, in a floating precision model; lines and points of an overlay are dropped.

    The grid lies in the coordinates alone: buffers of a geometry that carries a precision model come out empty in GEOS.
    """
    free = shapely.set_precision(geometry, 0.0)
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
    parts = shapely.get_parts(areal(geometry))
    return [part for part in parts if part.area >= SLIVER_M2 and not part.buffer(-THIN_M / 2).is_empty]


def rounded(geometry: BaseGeometry, radius_m: float) -> Areal:
    """`geometry` with its outward corners rounded to `radius_m`."""
    return areal(geometry.buffer(-radius_m, quad_segs=8, join_style="mitre").buffer(radius_m, quad_segs=8))


def strip_along(line: LineString, width_m: float) -> Areal:
    """The strip of `width_m` at either side of a line, with flat ends."""
    return areal(line.buffer(width_m, cap_style="flat", quad_segs=8))


def offset(line: LineString, distance_m: float) -> LineString:
    """The line at `distance_m` to the left of `line`, in the same direction."""
    moved = line.offset_curve(distance_m, quad_segs=8, join_style="mitre")
    if isinstance(moved, LineString):
        return moved
    return max(shapely.get_parts(moved), key=lambda part: part.length)


def free_stretch(line: LineString, region: BaseGeometry) -> tuple[float, float]:
    """Start and end along `line`, in metres, of its longest stretch within `region`; (0, 0) where there is none."""
    parts = [part for part in shapely.get_parts(line.intersection(region)) if isinstance(part, LineString)]
    if not parts:
        return (0.0, 0.0)
    longest = max(parts, key=lambda part: part.length)
    ends = sorted(line.project(Point(longest.coords[end])) for end in (0, -1))
    return (ends[0], ends[1])


def point_beside(line: LineString, along_m: float, left_m: float) -> Point:
    """The point `left_m` to the left of the place `along_m` on a line."""
    here = line.interpolate(along_m)
    east, north = direction(line, along_m)
    return Point(here.x - north * left_m, here.y + east * left_m)


def direction(line: LineString, along_m: float) -> tuple[float, float]:
    """Unit vector (east, north) along a line at a place."""
    half_m = 0.5
    start = line.interpolate(max(along_m - half_m, 0.0))
    end = line.interpolate(min(along_m + half_m, line.length))
    length = math.hypot(end.x - start.x, end.y - start.y)
    return ((end.x - start.x) / length, (end.y - start.y) / length)


def quad(line: LineString, start_m: float, end_m: float, depth_m: float) -> Polygon:
    """The strip from `start_m` to `end_m` along a line, `depth_m` deep to its left; it follows the bends."""
    near = substring(line, start_m, end_m)
    if not isinstance(near, LineString):
        return Polygon()
    stations = [start_m + near.project(Point(vertex)) for vertex in near.coords]
    far = [point_beside(line, station, depth_m) for station in stations]
    return Polygon([*near.coords, *((point.x, point.y) for point in reversed(far))])


def box_beside(line: LineString, start_m: float, end_m: float, near_m: float, far_m: float) -> Polygon:
    """The rectangle on the chord from `start_m` to `end_m`, from `near_m` to `far_m` to the left of it."""
    chord = LineString([line.interpolate(start_m), line.interpolate(end_m)])
    corners = [
        point_beside(chord, along, left)
        for along, left in ((0.0, near_m), (chord.length, near_m), (chord.length, far_m), (0.0, far_m))
    ]
    return Polygon(corners)


def longer(line: LineString, by_m: float) -> LineString:
    """`line` with `by_m` more at both ends, straight on."""
    first, last = point_beside(line, 0.0, 0.0), point_beside(line, line.length, 0.0)
    (start_east, start_north), (end_east, end_north) = direction(line, 0.0), direction(line, line.length)
    before = (first.x - start_east * by_m, first.y - start_north * by_m)
    after = (last.x + end_east * by_m, last.y + end_north * by_m)
    return LineString([before, *line.coords, after])


def midline(left: LineString, right: LineString, points: int = 9) -> LineString:
    """The line halfway between two lines that run in opposite directions."""
    pairs = [
        (left.interpolate(share, normalized=True), right.interpolate(1 - share, normalized=True))
        for share in (index / (points - 1) for index in range(points))
    ]
    return LineString([((one.x + other.x) / 2, (one.y + other.y) / 2) for one, other in pairs])
