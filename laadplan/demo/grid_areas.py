"""Which station feeds which routes: a quarter of the demo town divided into the areas of its stations and cabinets.

In: the ``Network`` of a quarter and the connections per route. Out: areas of routes that hang together, each with a
station, and per area its cabinets. Sizes are orders of magnitude of Dutch grids, see the constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from laadplan.demo.grid_network import Network, Walk, spanning_links, walk
from laadplan.demo.grid_routes import Floats, Shapes, snapped

CONNECTIONS_PER_STATION = 300.0
"""Connections that fill a station of 400-630 kVA at about 1-1.5 kW each, cable length apart. Order of magnitude, own
estimate: Liander has over 3 million connections and 36,810 station sites (Liander Open Data, layer Stationsterrein),
those of large customers counted in."""

METRES_PER_STATION = 5500.0
"""Metres of route that fill a station, connections apart: low voltage reaches some 400-500 m. Own estimate."""

CONNECTIONS_PER_FIRM = 6.0
"""A hall in a business park counts for so many connections. Own estimate."""

CABINET_FROM = 22.0
"""A branch with so many connections begins at a laagspanningskast; those near the station need none, so that there is
about one per 40-80 connections. Own choice: Liander has 20,530 in all (Liander Open Data, layer Laagspanningsstation),
far more per connection in cities than elsewhere."""

_FULL = 0.8
"""An area is closed from this share of a station on; the next street then makes it about full."""

_MOST = 1.35
"""A branch stays apart if an area would be fuller than this."""

_LEAST = 0.4
"""A smaller area joins its neighbour."""

_SHORTEST_HOST_M = 20.0
"""A station stands at no shorter route if there is a longer one: not at a spur behind a house."""

_CORNER_M = 2.0
"""A station stands so far from the end of a route, near the crossing."""

_CLEAR_M = 1.5
"""Wanted distance between a station and a building, in metres."""

_BLOCKED_COST = 1e6
"""Cost in metres of a place for a station that stands too near a building."""


@dataclass(frozen=True)
class Area:
    """What one station feeds: its routes, the place of the station, and the shortest ways from there.

    `ways` lead to the routes of the area, `ways_beyond` to all routes of the quarter.
    """

    routes: tuple[int, ...]
    station_route: int
    station_m: float
    ways: Walk
    ways_beyond: Walk


def divide(network: Network, loads: Floats, walls: shapely.STRtree) -> list[Area]:
    """The areas of the stations; each hangs together by itself.

    Parameters
    ----------
    network
        Routes and links, hanging together.
    loads
        Connections per route.
    walls
        Buildings, that a station keeps clear of.
    """
    filling = (
        loads / CONNECTIONS_PER_STATION + np.array([route.length for route in network.routes]) / METRES_PER_STATION
    )
    owner = _cut_tree(network, filling)
    heads = sorted(set(owner))
    members = [tuple(place for place, head in enumerate(owner) if head == wanted) for wanted in heads]
    return [_area(network, routes, loads, walls) for routes in members]


def _area(network: Network, routes: tuple[int, ...], loads: Floats, walls: shapely.STRtree) -> Area:
    route, at_m = _place_station(network, routes, loads, walls)
    within, beyond = walk(network, route, at_m, frozenset(routes)), walk(network, route, at_m)
    return Area(routes, route, at_m, within, beyond)


def _order(network: Network) -> tuple[list[int], list[int]]:
    """Routes from the root of the shortest tree outwards, and the parent of each (-1 for the root)."""
    beside: list[list[int]] = [[] for _ in network.routes]
    for number in spanning_links(network):
        link = network.links[number]
        beside[link.one].append(link.other)
        beside[link.other].append(link.one)
    parent, order = [-1] * len(network.routes), [0]
    for place in order:
        for other in sorted(beside[place]):
            if other != parent[place]:
                parent[other] = place
                order.append(other)
    return order, parent


def _cut_tree(network: Network, filling: Floats) -> list[int]:
    """Per route the head of its area: the shortest tree is cut from its leaves inwards wherever a station is full."""
    order, parent = _order(network)
    children: list[list[int]] = [[] for _ in order]
    for place in order[1:]:
        children[parent[place]].append(place)
    rest = filling.tolist()
    is_head = [False] * len(order)
    for place in reversed(order):
        for child in sorted(children[place], key=lambda child: (rest[child], child)):
            if is_head[child]:
                continue
            if rest[place] + rest[child] > _MOST and rest[child] >= _LEAST:
                is_head[child] = True
            else:
                rest[place] += rest[child]
        is_head[place] = rest[place] >= _FULL
    is_head[0] = True
    return _merge_root(_owners(order, parent, is_head), parent, rest[0])


def _owners(order: Sequence[int], parent: Sequence[int], is_head: Sequence[bool]) -> list[int]:
    """Per route the nearest head on the way to the root."""
    owner = [0] * len(order)
    for place in order:
        owner[place] = place if is_head[place] else owner[parent[place]]
    return owner


def _merge_root(owner: list[int], parent: Sequence[int], rest: float) -> list[int]:
    """The area of the root joins a neighbour if little is left for it."""
    beside = sorted(
        {head for place, head in enumerate(owner) if head != 0 and parent[place] >= 0 and owner[parent[place]] == 0}
    )
    if rest >= _LEAST or not beside:
        return owner
    sizes = {head: sum(mark == head for mark in owner) for head in beside}
    target = min(beside, key=lambda head: (sizes[head], head))
    return [target if mark == 0 else mark for mark in owner]


def _place_station(
    network: Network, routes: tuple[int, ...], loads: Floats, walls: shapely.STRtree
) -> tuple[int, float]:
    """Route and place of the station: near the end of a route, in the middle of its connections, clear of buildings."""
    wide = [place for place in routes if network.routes[place].length >= _SHORTEST_HOST_M] or list(routes)
    spots = [
        (place, snapped(network.routes[place], at_m))
        for place in wide
        for length in (network.routes[place].length,)
        for at_m in (min(_CORNER_M, length / 2), length / 2, max(length - _CORNER_M, length / 2))
    ]
    xy = np.array([network.routes[place].point(at_m) for place, at_m in spots])
    middles = np.array([network.routes[place].point(network.routes[place].length / 2) for place in routes])
    far = np.abs(xy[:, None, :] - middles[None, :, :]).sum(axis=2)
    cost = far @ (loads[list(routes)] + 1.0) / (loads[list(routes)] + 1.0).sum()
    blocked = _clearance(np.asarray(shapely.points(xy)), walls) < _CLEAR_M
    return spots[int(np.argmin((cost + _BLOCKED_COST * blocked).round(3)))]


def _clearance(points: Shapes, walls: shapely.STRtree) -> Floats:
    """Metres from each point to the nearest building, counted up to `_CLEAR_M`."""
    clear = np.full(len(points), _CLEAR_M)
    if len(walls):
        near = walls.query(points, predicate="dwithin", distance=_CLEAR_M * 0.999)[0]
        clear[near] = 0.0
    return clear


def place_cabinets(network: Network, area: Area, loads: Floats) -> dict[int, tuple[float, ...]]:
    """Places of the cabinets per route, the first where the route is entered; near the station itself there is none."""
    ways, waiting = area.ways, {place: float(loads[place]) for place in area.routes}
    outwards = sorted(area.routes, key=lambda place: (ways.metres[place], place))
    cabinets: dict[int, tuple[float, ...]] = {}
    for place in reversed(outwards):
        if waiting[place] >= CABINET_FROM and place != area.station_route:
            count = max(1, round(float(loads[place]) / (2 * CABINET_FROM)))
            cabinets[place] = _spread(network, ways, place, count)
        elif place in ways.parent:
            waiting[ways.parent[place]] += waiting[place]
    return dict(sorted(cabinets.items()))


def _spread(network: Network, ways: Walk, place: int, count: int) -> tuple[float, ...]:
    """Where a route is entered, and `count` - 1 more places at even distances along it."""
    route = network.routes[place]
    entry = ways.entry_m[place]
    more = [snapped(route, route.length * (turn + 1) / (count + 1)) for turn in range(count - 1)]
    return (entry, *(at_m for at_m in more if at_m != entry))


def count_by_route(routes: int, nearest: Sequence[int], weights: Sequence[float]) -> Floats:
    """Connections per route.

    >>> count_by_route(3, [0, 2, 2], [1.0, 1.0, 6.0]).tolist()
    [1.0, 0.0, 7.0]
    """
    counts: Floats = np.zeros(routes)
    np.add.at(counts, np.asarray(nearest, dtype=np.int64), np.asarray(weights, dtype=float))
    return counts
