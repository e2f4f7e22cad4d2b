"""The routes of a quarter of the demo town linked into one network, near crossings, and shortest ways through it.

In: fronts, street axes, footpaths, addresses and buildings (EPSG:28992, metres). Out: ``Network``. A link goes from the
end of a route straight to another route, through no building; what stays apart is joined by the shortest bridge.
"""

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from laadplan.demo.grid_routes import (
    TRIM_M,
    Route,
    Shapes,
    are_free,
    as_lines,
    bare_streets,
    lay_spurs,
    nearer_routes,
    snapped,
    street_verges,
    trimmed,
)
from laadplan.demo.model import Building, Front, Segment

CROSSING_M = 32.0
"""Longest link between two routes: across a canal with its quays."""

_LONG_LINK_M = 14.0
"""A link longer than across a street counts double: it may cross private ground."""


@dataclass(frozen=True)
class Link:
    """A way from one route to another, as places along both in metres."""

    one: int
    one_m: float
    other: int
    other_m: float
    length_m: float

    def ends(self, route: int) -> tuple[float, int, float]:
        """Seen from `route`: place on it, the route at the other side, place there."""
        if route == self.one:
            return self.one_m, self.other, self.other_m
        return self.other_m, self.one, self.one_m


@dataclass(frozen=True)
class Network:
    """Routes with the links between them; `links_of` has the numbers of the links per route."""

    routes: tuple[Route, ...]
    links: tuple[Link, ...]
    links_of: tuple[tuple[int, ...], ...]


@dataclass
class Walk:
    """Shortest ways from one route to others: metres, and per route the link by which it is entered and where."""

    metres: dict[int, float] = field(default_factory=dict)
    link: dict[int, int] = field(default_factory=dict)
    parent: dict[int, int] = field(default_factory=dict)
    entry_m: dict[int, float] = field(default_factory=dict)


def find_network(
    ground: Polygon,
    fronts: Sequence[Front],
    segments: Sequence[Segment],
    paths: Sequence[LineString],
    points: Shapes,
    owners: Sequence[str],
    buildings: Sequence[Building],
) -> Network:
    """All routes of a quarter, linked into one network.

    Parameters
    ----------
    ground
        The quarter; verges beyond its border are the neighbour's.
    fronts, segments, paths
        Fronts, street axes and footpaths apart from streets.
    points
        Points of the addresses (array of shapely points).
    owners
        BAG id of the building of each address.
    buildings
        Cables keep clear of them.
    """
    walls = shapely.STRtree([building.polygon for building in buildings])
    routes = trimmed([front.line for front in fronts], TRIM_M, is_front=True)
    verges = street_verges(segments, ground)
    routes += nearer_routes(routes, [*paths, *verges], points, walls)
    routes += lay_spurs(routes, points, owners, buildings, walls)
    links = _links(routes, walls)
    if len(set(_components(len(routes), links))) > 1:
        routes += bare_streets(routes, verges, walls)
        links = _links(routes, walls)
    links += _bridges(routes, links)
    return _network(routes, links)


def _network(routes: Sequence[Route], links: Sequence[Link]) -> Network:
    """Routes and links with an index of links per route."""
    of: list[list[int]] = [[] for _ in routes]
    for number, link in enumerate(links):
        of[link.one].append(number)
        of[link.other].append(number)
    return Network(tuple(routes), tuple(links), tuple(tuple(numbers) for numbers in of))


def _links(routes: Sequence[Route], walls: shapely.STRtree) -> list[Link]:
    """The shortest link from an end of a route, per pair of routes near each other; none through a building."""
    if len(routes) < 2:
        return []
    lines = as_lines(routes)
    ends: Shapes = np.asarray(shapely.points(np.array([route.xy[end] for route in routes for end in (0, -1)])))
    end, to = shapely.STRtree(lines).query(ends, predicate="dwithin", distance=CROSSING_M)
    other = end // 2 != to
    end, to = end[other], to[other]
    ways: Shapes = np.asarray(shapely.shortest_line(ends[end], lines[to]))
    clear = are_free(ways, walls)
    end, to, metres = end[clear], to[clear], shapely.length(ways[clear])
    at_m = np.asarray(shapely.line_locate_point(lines[to], ends[end]))
    low, high = np.minimum(end // 2, to), np.maximum(end // 2, to)
    order = np.lexsort((end, metres.round(3), high, low))
    _, first = np.unique(np.stack([low[order], high[order]]), axis=1, return_index=True)
    return [
        _link(routes, int(end[pick]), int(to[pick]), float(at_m[pick]), float(metres[pick]))
        for pick in order[first].tolist()
    ]


def _link(routes: Sequence[Route], end: int, to: int, at_m: float, metres: float) -> Link:
    """A link from an end of one route to a place on another; the place snaps to the ends and to whole steps."""
    one = end // 2
    cost = metres if metres < _LONG_LINK_M else 2 * metres
    return Link(one, routes[one].length if end % 2 else 0.0, to, snapped(routes[to], at_m), cost)


def _components(count: int, links: Sequence[Link]) -> list[int]:
    """Per route the lowest number of a route that it is joined with."""
    root = list(range(count))
    for link in links:
        _join(root, link)
    return [_top(root, place) for place in range(count)]


def _join(root: list[int], link: Link) -> bool:
    """Joins the routes of a link (changes `root`); whether they were still apart."""
    low, high = sorted((_top(root, link.one), _top(root, link.other)))
    root[high] = low
    return low != high


def _top(root: list[int], place: int) -> int:
    """The lowest route that one is joined with; makes the way there shorter (changes `root`)."""
    while root[place] != place:
        root[place] = root[root[place]]
        place = root[place]
    return place


def _bridges(routes: Sequence[Route], links: Sequence[Link]) -> list[Link]:
    """Links that join what is still apart, each to the nearest: under water, a railway or a park."""
    made: list[Link] = []
    lines = as_lines(routes)
    while len(set(joined := _components(len(routes), [*links, *made]))) > 1:
        labels = np.array(joined)
        apart = int(labels[labels != labels[0]].min())
        mine, others = np.flatnonzero(labels == apart), np.flatnonzero(labels != apart)
        near, metres = shapely.STRtree(lines[others]).query_nearest(
            lines[mine], return_distance=True, all_matches=False
        )
        best = int(np.argmin(metres.round(3)))
        one, other = int(mine[near[0][best]]), int(others[near[1][best]])
        way = shapely.shortest_line(lines[one], lines[other])
        at = [float(lines[place].project(Point(way.coords[end]))) for place, end in ((one, 0), (other, 1))]
        made.append(
            Link(one, snapped(routes[one], at[0]), other, snapped(routes[other], at[1]), 2 * float(metres[best]))
        )
    return made


def spanning_links(network: Network) -> list[int]:
    """Numbers of the links of the shortest tree over all routes."""
    links = network.links
    order = sorted(range(len(links)), key=lambda number: (round(links[number].length_m, 3), number))
    root = list(range(len(network.routes)))
    return [number for number in order if _join(root, links[number])]


def walk(network: Network, start: int, start_m: float, allowed: frozenset[int] | None = None) -> Walk:
    """Shortest ways along routes and links from a place on one route to all others (or those allowed)."""
    found = Walk()
    serial = itertools.count()
    heap: list[tuple[float, int, int, int, int, float]] = [(0.0, next(serial), start, -1, -1, start_m)]
    while heap:
        metres, _, route, parent, number, entry_m = heapq.heappop(heap)
        if route in found.metres:
            continue
        found.metres[route], found.entry_m[route] = metres, entry_m
        if number >= 0:
            found.link[route], found.parent[route] = number, parent
        for step in network.links_of[route]:
            here_m, other, there_m = network.links[step].ends(route)
            if other not in found.metres and (allowed is None or other in allowed):
                there = metres + abs(here_m - entry_m) + network.links[step].length_m
                heapq.heappush(heap, (there, next(serial), other, route, step, there_m))
    return found


def way_to(network: Network, found: Walk, route: int, at_m: float) -> list[tuple[float, float]]:
    """Vertices of the shortest way from the start of a walk to a place on a route."""
    parts: list[list[tuple[float, float]]] = []
    while route in found.parent:
        parts.append(network.routes[route].stretch(found.entry_m[route], at_m))
        at_m, _, _ = network.links[found.link[route]].ends(found.parent[route])
        route = found.parent[route]
    parts.append(network.routes[route].stretch(found.entry_m[route], at_m))
    vertices = [vertex for part in reversed(parts) for vertex in part]
    return [vertex for vertex, before in zip(vertices, [None, *vertices], strict=False) if vertex != before]
