"""Where cables can lie in a quarter of the demo town: routes along the fronts.

In: lines, street axes and footpaths (EPSG:28992, metres) and the points that want electricity. Out: ``Route``.
A route is a front without its ends, so that two routes touch at a link only. Where homes stand far from any front (a
court, a country road), a footpath or the verge of the street serves as a route; a building at the back of a block gets
a spur.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Polygon
from shapely.ops import substring

from laadplan.demo.model import Building, Segment
from laadplan.demo.sizes import GRID_M, STREETS

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

TRIM_M = 0.4
"""So much is left out at the ends of a front: nets of two stations then do not touch at the corner of a block."""

SHORTEST_M = 2.0
"""A shorter route is no place for a main cable."""

STEP_M = 0.5
"""Cables join a route at multiples of this: no cable is shorter."""

FAR_M = 25.0
"""A home farther than this from all fronts gets a route of its own; the guide's longest connection cable (gids, G)."""

GAIN_M = 8.0
"""A footpath or verge is used only if it brings a far home so much nearer."""

VERGE_M = 0.9
"""Cables in a street without footway lie this far from the carriageway; own choice."""

END_M = 16.0
"""A footpath ends at the axis of a street, within this distance of the front that it crosses."""

SPUR_END_M = 0.6
"""A spur ends this far before the wall."""


@dataclass(frozen=True)
class Route:
    """A line in which cables can lie: vertices on the millimetre grid, and metres along it per vertex."""

    xy: Floats
    along: Floats
    is_front: bool

    @property
    def length(self) -> float:
        """Metres."""
        return float(self.along[-1])

    @property
    def line(self) -> LineString:
        """The route as a line, in RD New."""
        return LineString(self.xy)

    def point(self, at_m: float) -> tuple[float, float]:
        """The place at `at_m` along the route, on the millimetre grid."""
        x, y = (float(np.interp(at_m, self.along, self.xy[:, axis])) for axis in (0, 1))
        return (round(x, 3), round(y, 3))

    def stretch(self, start_m: float, end_m: float) -> list[tuple[float, float]]:
        """Vertices from one place to another, backwards where the end lies before the start."""
        low, high = min(start_m, end_m), max(start_m, end_m)
        inside = self.xy[(self.along > low + GRID_M) & (self.along < high - GRID_M)].tolist()
        vertices = [self.point(low), *((x, y) for x, y in inside), self.point(high)]
        return vertices if start_m <= end_m else vertices[::-1]


def _route(xy: Floats, *, is_front: bool) -> Route:
    rounded = np.round(xy, 3)
    steps = np.hypot(*np.diff(rounded, axis=0).T)
    kept = np.concatenate([[True], steps > 0])
    return Route(rounded[kept], np.concatenate([[0.0], np.cumsum(steps[steps > 0])]), is_front)


def trimmed(lines: Sequence[LineString], trim_m: float, *, is_front: bool) -> list[Route]:
    """Routes along lines without their ends; too short lines are left out."""
    made = []
    for line in lines:
        if line.length < SHORTEST_M + 2 * trim_m:
            continue
        whole = _route(shapely.get_coordinates(line), is_front=is_front)
        made.append(_route(np.array(whole.stretch(trim_m, whole.length - trim_m)), is_front=is_front))
    return made


def street_verges(segments: Sequence[Segment], ground: Polygon) -> list[LineString]:
    """Lines beside each carriageway on the ground of the quarter, clear of the crossings at both ends."""
    if not segments:
        return []
    axes = np.array([segment.line for segment in segments])
    out_m = np.array([STREETS[segment.street.kind].half_carriageway + VERGE_M for segment in segments])
    sides = np.concatenate([shapely.offset_curve(axes, out_m), shapely.offset_curve(axes, -out_m)])
    middles: Shapes = np.asarray(shapely.line_interpolate_point(sides, 0.5, normalized=True))
    inside = shapely.within(middles, ground)
    made: list[Route] = []
    for line, half_m, is_inside in zip(sides, [*out_m, *out_m], inside, strict=True):
        if is_inside and isinstance(line, LineString):
            made += trimmed([line], float(half_m) + VERGE_M, is_front=False)
    return [route.line for route in made]


def as_lines(routes: Sequence[Route]) -> Shapes:
    """The routes as an array of lines, in RD New."""
    return np.array([route.line for route in routes], dtype=object)


def nearest_route(routes: Sequence[Route], points: Shapes) -> tuple[npt.NDArray[np.int64], Floats]:
    """Per point the number of the nearest route and its distance in metres; far away where there is no route."""
    if not routes or not len(points):
        return np.zeros(len(points), dtype=np.int64), np.full(len(points), np.inf)
    found, metres = shapely.STRtree(as_lines(routes)).query_nearest(points, return_distance=True, all_matches=False)
    return found[1].astype(np.int64), metres


def are_free(lines: Shapes, walls: shapely.STRtree) -> npt.NDArray[np.bool_]:
    """Whether each line is clear of all buildings."""
    free = np.ones(len(lines), dtype=bool)
    if len(lines) and len(walls):
        free[walls.query(lines, predicate="intersects")[0]] = False
    return free


def nearer_routes(
    routes: Sequence[Route], candidates: Sequence[LineString], points: Shapes, walls: shapely.STRtree
) -> list[Route]:
    """Routes along footpaths and verges near homes that are far from all fronts."""
    metres = nearest_route(routes, points)[1]
    far = points[metres > FAR_M]
    lines = np.array([line for line in candidates if line.length > SHORTEST_M + 2 * TRIM_M], dtype=object)
    lines = lines[are_free(lines, walls)]
    if not len(far) or not len(lines):
        return []
    found, reach = shapely.STRtree(lines).query_nearest(far, return_distance=True, all_matches=False)
    chosen = np.unique(found[1][reach < metres[metres > FAR_M] - GAIN_M])
    return trimmed(_within_fronts(lines[chosen], routes), TRIM_M, is_front=False)


def _within_fronts(lines: Shapes, routes: Sequence[Route]) -> list[LineString]:
    """Lines without the ends that reach beyond a front, into the street."""
    fronts = as_lines(routes)
    tree = shapely.STRtree(fronts)
    kept = []
    for line in lines:
        crossed = fronts[np.sort(tree.query(line, predicate="intersects"))]
        places = shapely.points(shapely.get_coordinates(shapely.intersection(line, crossed)))
        at_m = np.asarray(shapely.line_locate_point(line, places))
        start = float(at_m[at_m < END_M].max(initial=0.0))
        end = float(at_m[at_m > line.length - END_M].min(initial=line.length))
        if end - start > SHORTEST_M:
            kept.append(substring(line, start, end))
    return [line for line in kept if isinstance(line, LineString)]


def lay_spurs(
    routes: Sequence[Route],
    points: Shapes,
    owners: Sequence[str],
    buildings: Sequence[Building],
    walls: shapely.STRtree,
) -> list[Route]:
    """Straight routes from the nearest route to buildings that are still far from all."""
    metres = nearest_route(routes, points)[1]
    far = {owners[place] for place in np.flatnonzero(metres > FAR_M).tolist()}
    targets = np.array([building.polygon for building in buildings if building.bag_id in far], dtype=object)
    if not len(targets) or not routes:
        return []
    found, _ = nearest_route(routes, targets)
    spurs = shapely.shortest_line(as_lines(routes)[found], targets)
    shortened = [
        LineString(_route(shapely.get_coordinates(spur), is_front=False).stretch(TRIM_M, length - SPUR_END_M))
        for spur in spurs
        if (length := spur.length) > FAR_M / 2
    ]
    lines = np.array(shortened, dtype=object)
    return trimmed(list(lines[are_free(lines, walls)]), 0.0, is_front=False) if len(lines) else []


def bare_streets(routes: Sequence[Route], verges: Sequence[LineString], walls: shapely.STRtree) -> list[Route]:
    """Routes along streets that have none yet: they join what would lie apart."""
    middles = shapely.line_interpolate_point(np.array(verges, dtype=object), 0.5, normalized=True)
    if not len(middles):
        return []
    lines = np.array(verges, dtype=object)
    bare = (nearest_route(routes, middles)[1] > FAR_M) & are_free(lines, walls)
    return trimmed(list(lines[bare]), 0.0, is_front=False)


def snapped(route: Route, at_m: float) -> float:
    """A place along a route, moved to a whole step or an end.

    >>> snapped(_route(np.array([(0.0, 0.0), (9.3, 0.0)]), is_front=True), 4.61)
    4.5
    """
    if at_m > route.length - STEP_M:
        return route.length
    return float(min(round(at_m / STEP_M) * STEP_M, route.length))
