"""Ways from poles to cables over the ground between them.

In: poles, cables, and surfaces that a trench keeps out of. Out: `Ways`, the length, points and cable of each pole.
Most ways are a straight line with nothing near it; only the others are searched for (`laadplan.geo.trench`), in squares
of the map that share what lies there. Which square a pole is in says nothing about its way.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.geo.nearest import nearest
from laadplan.geo.trench import Network, Way, open_ground

CABLE_DRAWN_M = 1.0
"""How well a cable lies where it is drawn (m): what KLIC answers must be good to."""

PASSAGE_M = 0.30
"""Width of a trench (m): a narrower passage is none."""

SQUARE_M = 50.0
"""Size of the squares in which routes are searched for together (m); says nothing about the result."""


@dataclass(frozen=True)
class Ground:
    """Surfaces at ground level that a trench keeps out of, and carriageways (polygons, m RD)."""

    closed: np.ndarray
    carriageways: np.ndarray


def find_ways(
    poles: gpd.GeoSeries, cables: gpd.GeoSeries, ground: Ground | None, norm_m: float, reach_m: float
) -> "Ways":
    """The way from each pole to a cable: beside the carriageways within the norm, or else the shortest within reach.

    Parameters
    ----------
    poles, cables
        Positions, and cables that may be joined; RD New, in order of id, which breaks ties.
    ground
        What lies between them; None: ways are straight lines.
    norm_m
        A way of at most this length (m) that leaves carriageways alone goes before a shorter one below them.
    reach_m
        Largest length of a way (m).
    """
    ways = Ways(poles, cables)
    if ground is None:
        ways.take_straight(np.flatnonzero(ways.nearest_m <= reach_m))
        return ways
    _go_straight(ways, ground, reach_m)
    _search(ways, ground, norm_m, reach_m)
    return ways


class Ways:
    """What was found so far of each pole: length, points and the place of the cable, in arrays of one row per pole."""

    def __init__(self, poles: gpd.GeoSeries, cables: gpd.GeoSeries) -> None:
        self.poles, self.cables = poles.to_numpy(), cables.to_numpy()
        found = nearest(poles, cables)
        self.nearest_m = found["distance_m"].fillna(np.inf).to_numpy()
        self.nearest = cables.index.get_indexer(pd.Index(found["other_id"]))
        self.length_m = np.full(len(poles), np.nan)
        self.cable = np.full(len(poles), -1)
        self.points: list[np.ndarray] = [shapely.get_coordinates(pole) for pole in self.poles]
        self.is_clear = np.zeros(len(poles), dtype=bool)
        """Known to leave carriageways alone."""

    @property
    def missing(self) -> np.ndarray:
        """Whether nothing was found yet."""
        return np.asarray(np.isnan(self.length_m))

    def straight(self, rows: np.ndarray) -> np.ndarray:
        """Straight lines from poles to their nearest cable."""
        return np.asarray(shapely.shortest_line(self.poles[rows], self.cables[self.nearest[rows]]))

    def take_straight(self, rows: np.ndarray) -> None:
        """Keeps the straight line to the nearest cable as the way."""
        self.length_m[rows], self.cable[rows] = self.nearest_m[rows], self.nearest[rows]
        for row, line in zip(rows, self.straight(rows), strict=True):
            self.points[row] = shapely.get_coordinates(line)

    def take(self, row: int, way: Way) -> None:
        """Keeps a way that was searched for."""
        self.length_m[row], self.cable[row], self.points[row] = way.length_m, way.line, way.points


def _go_straight(ways: Ways, ground: Ground, reach_m: float) -> None:
    """Takes the straight line to the nearest cable where nothing at all is in its way: no route can be shorter."""
    rows = np.flatnonzero(ways.nearest_m <= reach_m)
    lines = ways.straight(rows)
    is_open = _passes(lines, ways.poles[rows], ground.closed)
    crosses = _hit(lines, ground.carriageways)
    ways.take_straight(rows[is_open & ~crosses])
    ways.is_clear[rows[is_open & ~crosses]] = True


def _passes(lines: np.ndarray, poles: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Whether each line stays half a trench clear of closed ground, but for where the pole stands and for its end."""
    long = shapely.length(lines)
    ends = shapely.line_interpolate_point(lines, np.maximum(long - CABLE_DRAWN_M, 0))
    starts = shapely.get_coordinates(shapely.get_point(lines, 0))
    legs = shapely.linestrings(np.stack([starts, shapely.get_coordinates(ends)], axis=1))
    leg, surface = shapely.STRtree(closed).query(legs, predicate="dwithin", distance=PASSAGE_M / 2)
    counts = (long[leg] > CABLE_DRAWN_M) & ~shapely.contains(closed[surface], poles[leg])
    blocked = np.zeros(len(lines), dtype=bool)
    blocked[leg[counts]] = True
    return ~blocked


def _hit(lines: np.ndarray, surfaces: np.ndarray) -> np.ndarray:
    hit = np.zeros(len(lines), dtype=bool)
    hit[shapely.STRtree(surfaces).query(lines, predicate="dwithin", distance=PASSAGE_M / 2)[0]] = True
    return hit


def _search(ways: Ways, ground: Ground, norm_m: float, reach_m: float) -> None:
    """Searches for the others: first beside the carriageways within the norm, then anywhere within reach."""
    beside = np.flatnonzero(ways.missing & (ways.nearest_m <= norm_m))
    _search_squares(ways, beside, ground, norm_m, keep_off=True)
    ways.is_clear[beside] = ~ways.missing[beside]
    anywhere = np.flatnonzero(ways.missing & (ways.nearest_m <= reach_m))
    is_open = _passes(ways.straight(anywhere), ways.poles[anywhere], ground.closed)
    ways.take_straight(anywhere[is_open])
    _search_squares(ways, anywhere[~is_open], ground, reach_m, keep_off=False)


def _search_squares(ways: Ways, rows: np.ndarray, ground: Ground, limit_m: float, *, keep_off: bool) -> None:
    """Searches the ways of these poles, together where the same ground is open to them."""
    closed, roads, cables = (shapely.STRtree(each) for each in (ground.closed, ground.carriageways, ways.cables))
    for poles, beneath in _scenes(ways.poles, rows, closed):
        window = shapely.box(*shapely.buffer(shapely.multipoints(ways.poles[poles]), limit_m).bounds)
        shut = np.setdiff1d(closed.query(window), beneath)
        lines = np.sort(cables.query(window, predicate="intersects"))
        barriers = ground.carriageways[np.sort(roads.query(window))] if keep_off else ground.carriageways[:0]
        parts = open_ground(
            window,
            ground.closed[shut],
            barriers,
            ways.cables[lines],
            drawn_m=CABLE_DRAWN_M,
            passage_m=PASSAGE_M,
        )
        for row, way in _ways_in(parts, ways.poles, poles, ways.cables[lines], limit_m):
            ways.take(row, Way(way.length_m, way.points, int(lines[way.line])))


def _scenes(poles: np.ndarray, rows: np.ndarray, closed: shapely.STRtree) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Poles in one square that stand on the same closed ground, if on any, and that ground."""
    beneath: dict[int, list[int]] = {}
    for place, surface in closed.query(poles[rows], predicate="within").T:
        beneath.setdefault(int(place), []).append(int(surface))
    squares = np.floor(shapely.get_coordinates(poles[rows]) / SQUARE_M).astype(int)
    scenes: dict[tuple[int, ...], list[int]] = {}
    for place, (x, y) in enumerate(squares):
        scenes.setdefault((int(x), int(y), *sorted(beneath.get(place, []))), []).append(place)
    for key, places in sorted(scenes.items()):
        yield rows[places], np.array(key[2:], dtype=int)


def _ways_in(
    parts: np.ndarray, poles: np.ndarray, rows: np.ndarray, lines: np.ndarray, limit_m: float
) -> Iterator[tuple[int, Way]]:
    """The shortest way of each pole in the part of the ground where it stands, or next to which."""
    near = shapely.STRtree(parts).query_nearest(poles[rows], max_distance=PASSAGE_M / 2, all_matches=False)
    networks: dict[int, Network] = {}
    for place, part in near.T:
        network = networks.setdefault(int(part), Network(parts[part], lines))
        pole = poles[rows[place]]
        step = shapely.get_coordinates(shapely.shortest_line(pole, parts[part]))
        step_m = float(np.hypot(*(step[1] - step[0])))
        way = network.shortest(shapely.Point(step[1]), limit_m - step_m)
        if way:
            points = np.concatenate([step[:1], way.points]) if step_m else way.points
            yield int(rows[place]), Way(way.length_m + step_m, points, way.line)
