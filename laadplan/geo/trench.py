"""The shortest way of a trench from a point to a line, over open ground.

In: surfaces that a trench must keep out of, lines to reach, points to start from, all in m RD. Out: exact shortest
ways. A way of least length bends only at corners of closed ground and ends square to a line or at the end of one, so
it is looked for among those corners, nearest first (A*), and not on a grid of cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush

import numpy as np
import shapely

TIE_M = 1e-6
"""Ways whose lengths differ less than this are equally long (m): the first line in order is then the one reached."""

BLUR_M = 0.001
"""At both ends of a straight leg so much may lie in closed ground (m): corners and cuts are good to far less."""


@dataclass(frozen=True)
class Way:
    """A way of so many metres through these points (m RD, from start to line) to the line with that number."""

    length_m: float
    points: np.ndarray
    line: int


def open_ground(
    window: shapely.Polygon,
    closed: Sequence[shapely.Geometry] | np.ndarray,
    barriers: Sequence[shapely.Geometry] | np.ndarray,
    lines: Sequence[shapely.Geometry] | np.ndarray,
    *,
    drawn_m: float,
    passage_m: float,
) -> np.ndarray:
    """The parts of a window in which a trench may be dug: polygons that are not joined to each other.

    Parameters
    ----------
    window
        Where to look (m RD).
    closed
        Surfaces that a trench keeps out of, but for what lies near a line.
    barriers
        Surfaces that it keeps out of everywhere.
    lines
        Lines to reach; closed ground within ``drawn_m`` of one is open.
    drawn_m
        How well lines are drawn (m).
    passage_m
        A passage narrower than this is none (m): the trench does not fit, and surfaces that adjoin have no seam.
    """
    wide = shapely.buffer(window, 1.0, join_style="mitre").bounds
    closed, barriers, lines = (shapely.clip_by_rect(each, *wide) for each in (closed, barriers, lines))
    near_lines = shapely.buffer(shapely.union_all(lines), drawn_m, quad_segs=4)
    shut = shapely.union_all([shapely.difference(shapely.union_all(closed), near_lines), *barriers])
    filled = shapely.buffer(shapely.buffer(shut, passage_m / 2, join_style="mitre"), -passage_m / 2, join_style="mitre")
    parts = shapely.get_parts(shapely.difference(window, filled))
    return np.asarray(parts[shapely.area(parts) > 0])


@dataclass
class Network:
    """One part of open ground with the lines in it: what ways through it are looked for in.

    ``lines`` are numbered by their place; of equally long ways the one to the lowest number is taken.
    """

    ground: shapely.Polygon
    lines: np.ndarray
    _seen: dict[tuple[float, float], np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shapely.prepare(self.ground)

    @cached_property
    def pieces(self) -> tuple[np.ndarray, np.ndarray]:
        """Straight pieces of the lines within the ground, and the number of the line that each is of.

        Where a line only touches the ground, a piece without length.
        """
        numbers = np.flatnonzero(shapely.intersects(self.ground, self.lines))
        parts, places = shapely.get_parts(shapely.intersection(self.lines[numbers], self.ground), return_index=True)
        ends, of = shapely.get_coordinates(parts, return_index=True)
        same = of[1:] == of[:-1]
        alone = np.bincount(of, minlength=len(parts))[of] == 1
        pairs = np.concatenate([np.stack([ends[:-1][same], ends[1:][same]], axis=1), ends[alone][:, None].repeat(2, 1)])
        begins = np.concatenate([of[:-1][same], of[alone]])
        return np.asarray(shapely.linestrings(pairs)), numbers[places[begins]]

    @cached_property
    def corners(self) -> np.ndarray:
        """Corners that a way may bend round: those at which the ground turns inward."""
        found = [np.empty((0, 2))]
        for ring in shapely.get_rings(shapely.orient_polygons(self.ground)):
            xy = shapely.get_coordinates(ring)[:-1]
            before, after = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
            found.append(xy[before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] < 0])
        return np.concatenate(found)

    @cached_property
    def ahead_m(self) -> np.ndarray:
        """Straight distance from each corner to the nearest line, through whatever lies between."""
        return self._straight_m(self.corners)

    def shortest(self, start: shapely.Point, limit_m: float) -> Way | None:
        """The shortest way from a point of the ground to one of the lines; None without one of at most ``limit_m``."""
        pieces, _ = self.pieces
        begin = shapely.get_coordinates(start)
        if not len(pieces) or self._straight_m(begin)[0] > limit_m:
            return None
        search = _Search(self, begin[0], limit_m)
        search.run()
        return search.best

    def _straight_m(self, points: np.ndarray) -> np.ndarray:
        pieces, _ = self.pieces
        tree = shapely.STRtree(pieces)
        (_, _), distance = tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
        return np.asarray(distance)

    def open_legs(self, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Whether the straight legs from points to points lie in the ground."""
        long = np.hypot(*(ends - begins).T)
        inset = (np.minimum(BLUR_M, long / 2) / np.where(long > 0, long, 1))[:, None] * (ends - begins)
        legs = shapely.linestrings(np.stack([begins + inset, ends - inset], axis=1))
        return np.asarray((long <= 2 * BLUR_M) | shapely.covers(self.ground, legs))


class _Search:
    """The search from one point: corners in order of the least length that a way through them can have."""

    def __init__(self, network: Network, begin: np.ndarray, limit_m: float) -> None:
        self.network = network
        self.limit_m = limit_m
        self.best: Way | None = None
        whole = np.hypot(*(network.corners - begin).T) + network.ahead_m
        near = whole <= limit_m
        self.points = np.concatenate([begin[None], network.corners[near]])
        self.ahead_m = np.concatenate([[0.0], network.ahead_m[near]])
        self.way_m = np.full(len(self.points), np.inf)
        self.way_m[0] = 0.0
        self.before = np.full(len(self.points), -1)

    def run(self) -> None:
        """Looks on until no corner can give a shorter way."""
        waiting, done = [(0.0, 0)], np.zeros(len(self.points), dtype=bool)
        while waiting:
            least_m, place = heappop(waiting)
            if least_m > self.limit_m + TIE_M:
                return
            if done[place]:
                continue
            done[place] = True
            self._arrive(place)
            self._go_on(place, done, waiting)

    def _arrive(self, place: int) -> None:
        """Takes the shortest open leg from a point to a line, when the whole way is the best so far."""
        pieces, numbers = self.network.pieces
        here, left_m = self.points[place], self.limit_m - self.way_m[place] + TIE_M
        distance = shapely.distance(shapely.Point(here), pieces)
        near = np.flatnonzero(distance <= left_m)
        order = near[np.lexsort((numbers[near], np.round(distance[near] / TIE_M)))]
        legs = shapely.get_coordinates(shapely.shortest_line(shapely.Point(here), pieces[order])).reshape(-1, 2, 2)
        is_open = self.network.open_legs(legs[:, 0], legs[:, 1])
        if is_open.any():
            first = int(np.argmax(is_open))
            self._keep(place, float(distance[order[first]]), legs[first, 1], int(numbers[order[first]]))

    def _keep(self, place: int, leg_m: float, end: np.ndarray, line: int) -> None:
        length_m = float(self.way_m[place]) + leg_m
        if self.best and length_m > self.best.length_m - TIE_M and line >= self.best.line:
            return
        points = [end]
        while place >= 0:
            points.append(self.points[place])
            place = int(self.before[place])
        self.best = Way(length_m, np.array(points[::-1]), line)
        self.limit_m = min(self.limit_m, length_m)

    def _go_on(self, place: int, done: np.ndarray, waiting: list[tuple[float, int]]) -> None:
        """Puts the corners in sight on the list, where the way to them over this point is the shortest so far."""
        way_m = self.way_m[place] + np.hypot(*(self.points - self.points[place]).T)
        better = np.flatnonzero(~done & (way_m < self.way_m) & (way_m + self.ahead_m <= self.limit_m + TIE_M))
        begins = np.broadcast_to(self.points[place], (len(better), 2))
        for other in better[self.network.open_legs(begins, self.points[better])]:
            self.way_m[other] = way_m[other]
            self.before[other] = place
            heappush(waiting, (float(way_m[other] + self.ahead_m[other]), int(other)))
