"""The electricity grid of a quarter of the demo town: stations, cabinets and main cables of 400 V and 10 kV.

In: fronts, street axes, addresses and buildings of a quarter (EPSG:28992, metres). Out: a ``Grid``. Every route with
connections lies in the low-voltage net of one station, and each such net is a tree: the station feeds the routes around
it, and by cables of its own the cabinets farther off, from which the next routes go out. Nets of two stations share no
point. Stations are joined by a ring of 10 kV that also goes out of the quarter, at crossings that the neighbour chooses
as well. House connections are not modelled. Cables meet at equal coordinates, to the millimetre.
"""

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely import LineString, Point

from laadplan.demo.grid_areas import CONNECTIONS_PER_FIRM, Area, count_by_route, divide, place_cabinets
from laadplan.demo.grid_network import Network, find_network, walk, way_to
from laadplan.demo.grid_routes import Floats, Shapes, nearest_route, snapped
from laadplan.demo.model import Address, Building, Cable, Cell, Front, Grid, Installation, Segment
from laadplan.demo.names import hashed
from laadplan.demo.plan_sizes import QUARTERS

LOW_V, MEDIUM_V = 400, 10_000
"""Voltages of the two nets, in volts."""

STATION, CABINET = "middenspanningsstation", "laagspanningskast"

OLDEST_CABLE = 1925
"""Year before which hardly any cable in use was laid; own estimate."""

NEWEST_CABLE = 2024
RENEWED_FROM = 1995
AREAS_RENEWED = 0.18
CABLES_RENEWED = 0.06
"""Shares of nets and of single cables that were laid anew since `RENEWED_FROM`; own estimate."""

BARE_KEPT = 0.5
"""Share of side streets without connections that have a main cable all the same; own estimate."""

FEEDER_FROM_M = 40.0
"""A cabinet nearer to its station than this has no cable of its own."""

_BESIDE_M = 0.15
"""Distance between cables in one trench, in metres."""

_TRENCH = 3
"""Feeders that lie beside each other before the next lies above the first."""

BORDER_EVERY = 2
"""One crossing at the border of a quarter in so many is passed by a cable of 10 kV."""

TRANSPORT_CABLES = 3
"""Most cables of 10 kV that pass through a quarter on their way from the onderstation; own estimate."""

_STREAM = 410
"""Of the random generator."""

Vertices = Sequence[tuple[float, float]]


def lay_grid(
    cell: Cell,
    seed: int,
    segments: Sequence[Segment],
    fronts: Sequence[Front],
    addresses: Sequence[Address],
    buildings: Sequence[Building] = (),
    paths: Sequence[LineString] = (),
) -> Grid:
    """The cables of a quarter with their stations and cabinets.

    Parameters
    ----------
    cell, seed
        Place in the plan and source of chance.
    segments, fronts, paths
        Street axes, fronts and footpaths apart from streets; cables lie along fronts, elsewhere only where homes stand
        far from these.
    addresses
        Each is one connection.
    buildings
        Cables go through none of them; without them a court or a garden may be crossed.

    Returns
    -------
    Grid
        Lines and points in EPSG:28992, in metres; empty where there is no address.
    """
    points: Shapes = np.array([address.point for address in addresses], dtype=object)
    owners = [address.building_id for address in addresses]
    network = find_network(cell.polygon, fronts, segments, paths, points, owners, buildings)
    if not addresses or not network.routes:
        return Grid()
    walls = shapely.STRtree([building.polygon for building in buildings])
    loads = _loads(network, points, addresses)
    areas = divide(network, loads, walls)
    work = _Works(cell, seed, walls)
    stations = [work.build(STATION, _spot(network, area), None) for area in areas]
    for area, station in zip(areas, stations, strict=True):
        work.begin_net()
        _lay_net(work, network, area, loads, station)
    work.begin_net()
    _lay_ring(work, network, areas, stations)
    crossings = _border_crossings(segments, seed)
    _lay_ties(work, network, areas, stations, crossings)
    _lay_transport(work, network, crossings, hashed(seed, "onderstation"))
    return Grid(tuple(work.cables), tuple(work.installations))


class _Works:
    """Cables and installations of one quarter as they are laid, with their ids and years."""

    def __init__(self, cell: Cell, seed: int, walls: shapely.STRtree) -> None:
        self.cables: list[Cable] = []
        self.installations: list[Installation] = []
        self._cell, self._seed, self._walls = cell, seed, walls
        self.random = np.random.default_rng([seed, cell.index, _STREAM])
        self._year = OLDEST_CABLE

    def begin_net(self) -> None:
        """A new net is laid when the quarter was built, or anew since."""
        first, last = QUARTERS[self._cell.kind].built
        built = int(self.random.integers(first, last + 1))
        renewed = self._renewal() if self.random.random() < AREAS_RENEWED else OLDEST_CABLE
        self._year = min(max(built, renewed, OLDEST_CABLE), NEWEST_CABLE)

    def _renewal(self) -> int:
        return int(self.random.integers(RENEWED_FROM, NEWEST_CABLE + 1))

    def build(self, kind: str, at: tuple[float, float], station: str | None) -> str:
        """Put a station or cabinet in its place; gives its id."""
        name = hashed(self._seed, kind, self._cell.index, len(self.installations))
        self.installations.append(Installation(kind, Point(at), station or name, name))
        return name

    def lay(self, vertices: Vertices, voltage_v: int, station: str) -> None:
        """Lay a cable; nothing where it has no length."""
        if len(vertices) < 2 or (len(vertices) == 2 and vertices[0] == vertices[1]):
            return
        year = max(self._year, self._renewal()) if self.random.random() < CABLES_RENEWED else self._year
        name = hashed(self._seed, "kabel", self._cell.index, len(self.cables))
        self.cables.append(Cable(LineString(vertices), voltage_v, year, station, name))

    def beside(self, vertices: Vertices, left_m: float) -> list[tuple[float, float]]:
        """A way moved to the left, from the same start to the same end; the way itself where a wall stands there."""
        line = LineString(vertices)
        moved = line.offset_curve(left_m, quad_segs=2, join_style="bevel")
        if not isinstance(moved, LineString) or moved.is_empty or len(self._walls.query(moved, predicate="intersects")):
            return list(vertices)
        inside = np.round(shapely.get_coordinates(moved), 3).tolist()
        return [vertices[0], *((x, y) for x, y in inside), vertices[-1]]


def _loads(network: Network, points: Shapes, addresses: Sequence[Address]) -> Floats:
    """Connections per route; halls of firms count for several."""
    nearest, _ = nearest_route(network.routes, points)
    weights = [CONNECTIONS_PER_FIRM if "industriefunctie" in address.use else 1.0 for address in addresses]
    return count_by_route(len(network.routes), nearest.tolist(), weights)


def _spot(network: Network, area: Area) -> tuple[float, float]:
    """Where the station of an area stands."""
    return network.routes[area.station_route].point(area.station_m)


def _lay_net(work: _Works, network: Network, area: Area, loads: Floats, station: str) -> None:
    """The low-voltage net of one station: cables along its routes, links between them, feeders to the cabinets."""
    cabinets = place_cabinets(network, area, loads)
    kept = _kept(work, network, area, loads)
    fed = {place for place in cabinets if area.ways.metres[place] > FEEDER_FROM_M}
    joints = _joints(network, area, kept, cabinets, fed)
    for place in kept:
        route = network.routes[place]
        for start, end in itertools.pairwise(sorted({0.0, *joints[place], route.length})):
            work.lay(route.stretch(start, end), LOW_V, station)
        for at_m in cabinets.get(place, ()):
            work.build(CABINET, route.point(at_m), station)
        if place not in fed and place in area.ways.parent:
            work.lay(_link_line(network, area, place), LOW_V, station)
    for turn, place in enumerate(sorted(fed)):
        way = way_to(network, area.ways, place, area.ways.entry_m[place])
        work.lay(work.beside(way, _BESIDE_M * (1 + turn % _TRENCH)), LOW_V, station)


def _kept(work: _Works, network: Network, area: Area, loads: Floats) -> list[int]:
    """Routes of an area that get a cable: those with connections, those on the way to them, and some side streets."""
    needed = {place for place in area.routes if loads[place] > 0} | {area.station_route}
    drawn = work.random.random(len(area.routes)) < BARE_KEPT
    needed |= {
        place for place, wanted in zip(area.routes, drawn, strict=True) if wanted and network.routes[place].is_front
    }
    for place in sorted(area.routes, key=lambda place: (-area.ways.metres[place], -place)):
        if place in needed and place in area.ways.parent:
            needed.add(area.ways.parent[place])
    return sorted(needed)


def _joints(
    network: Network,
    area: Area,
    kept: Sequence[int],
    cabinets: Mapping[int, tuple[float, ...]],
    fed: set[int],
) -> dict[int, list[float]]:
    """Places per route where cables meet: station, cabinets, entry, and the links of the routes behind it."""
    joints: dict[int, list[float]] = {place: [*cabinets.get(place, ()), area.ways.entry_m[place]] for place in kept}
    for place in kept:
        if place in area.ways.parent and place not in fed:
            here = network.links[area.ways.link[place]].ends(area.ways.parent[place])
            joints[area.ways.parent[place]].append(here[0])
    return joints


def _link_line(network: Network, area: Area, place: int) -> list[tuple[float, float]]:
    """The link by which a route is entered."""
    before = area.ways.parent[place]
    here_m, _, there_m = network.links[area.ways.link[place]].ends(before)
    return [network.routes[before].point(here_m), network.routes[place].point(there_m)]


def _lay_ring(work: _Works, network: Network, areas: Sequence[Area], stations: Sequence[str]) -> None:
    """Cables of 10 kV from station to station, round the quarter."""
    spots = np.array([_spot(network, area) for area in areas])
    middle = spots.mean(axis=0)
    turn = np.arctan2(spots[:, 1] - middle[1], spots[:, 0] - middle[0]).round(6)
    order = np.argsort(turn, kind="stable").tolist()
    pairs = list(itertools.pairwise([*order, order[0]])) if len(order) > 2 else list(itertools.pairwise(order))
    for one, other in pairs:
        way = way_to(network, areas[one].ways_beyond, areas[other].station_route, areas[other].station_m)
        work.lay(work.beside(way, -2 * _BESIDE_M), MEDIUM_V, stations[one])


def _border_crossings(segments: Sequence[Segment], seed: int) -> list[tuple[float, float]]:
    """Crossings at the border of the quarter that cables of 10 kV pass: the same for both quarters, but for the one
    by which a quarter is reached that would have none.
    """
    ends = {
        (round(x, 3), round(y, 3))
        for segment in segments
        if segment.is_border
        for x, y in (segment.line.coords[0], segment.line.coords[-1])
    }
    return sorted(end for end in ends if _is_passed(seed, *end)) or sorted(ends)[:1]


def _is_passed(seed: int, x: float, y: float) -> bool:
    """Whether 10 kV passes a crossing, by chance that depends on the place alone.

    >>> 130 < sum(_is_passed(1, 144000.0 + step, 508000.0) for step in range(300)) < 170
    True
    """
    return int(hashed(seed, "grens", f"{x:.1f}", f"{y:.1f}")[:8], 16) % BORDER_EVERY == 0


def _lay_ties(
    work: _Works,
    network: Network,
    areas: Sequence[Area],
    stations: Sequence[str],
    crossings: Sequence[tuple[float, float]],
) -> None:
    """Cables of 10 kV from the nearest station to each of the crossings at the border."""
    for crossing, (place, at_m) in zip(crossings, _beside_routes(network, crossings), strict=True):
        near = min(range(len(areas)), key=lambda index: (math.dist(_spot(network, areas[index]), crossing), index))
        way = [*way_to(network, areas[near].ways_beyond, place, at_m), crossing]
        work.lay(work.beside(way, -2 * _BESIDE_M), MEDIUM_V, stations[near])


def _lay_transport(work: _Works, network: Network, crossings: Sequence[tuple[float, float]], substation: str) -> None:
    """Cables of 10 kV from border to border that feed nothing in the quarter."""
    if len(crossings) < 2:
        return
    middle = np.array(crossings).mean(axis=0)
    around = sorted(crossings, key=lambda end: (round(math.atan2(end[1] - middle[1], end[0] - middle[0]), 6), end))
    spots, half = _beside_routes(network, around), len(around) // 2
    for turn in range(min(TRANSPORT_CABLES, half)):
        (start, start_m), (end, end_m) = spots[turn], spots[turn + half]
        way = way_to(network, walk(network, start, start_m), end, end_m)
        work.lay(work.beside([around[turn], *way, around[turn + half]], -(3 + turn) * _BESIDE_M), MEDIUM_V, substation)


def _beside_routes(network: Network, spots: Sequence[tuple[float, float]]) -> list[tuple[int, float]]:
    """The nearest route of each spot with the place along it."""
    ends: Shapes = np.array([Point(spot) for spot in spots], dtype=object)
    routes, _ = nearest_route(network.routes, ends)
    return [
        (place, snapped(network.routes[place], float(network.routes[place].line.project(end))))
        for place, end in zip(routes.tolist(), ends, strict=True)
    ]
