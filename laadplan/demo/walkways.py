"""The walking network of one quarter: street axes and footpaths with a shared node wherever two of them meet.

In: a ``Quarter`` and the numbers of the vertices on its border. Out: ``Network`` (EPSG:28992, millimetre grid). A
footpath that ends beside a street is drawn on to its axis; one that reaches no street at all is left out. Roads on the
border belong to the plan and get no vertex here: what meets them does so in one of their own vertices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from laadplan.demo.model import Quarter, Street

Vertex = tuple[float, float]

REACH_M = 15.0
"""A path ends at a street whose axis is at most this far: half of the widest street with its verge."""

_JOINS_M = 0.5
"""A path that ends this close to another path joins it."""

_SAME_M = 1.0
"""Closer to a vertex than this, two lines meet in that vertex."""


@dataclass(frozen=True)
class Way:
    """A street from crossing to crossing, or a footpath where `street` is None; its nodes by their place."""

    nodes: tuple[int, ...]
    street: Street | None


@dataclass(frozen=True)
class Network:
    """Nodes and ways of a quarter; `shared` has the number of a node on the border, 0 for the quarter's own."""

    points: np.ndarray
    shared: tuple[int, ...]
    ways: tuple[Way, ...]


class _Line:
    """A line that gets more vertices: its own, and per new vertex how far along it lies."""

    def __init__(self, line: LineString, street: Street | None, *, is_fixed: bool = False) -> None:
        self.vertices: list[Vertex] = [(x, y) for x, y in shapely.get_coordinates(line).round(3).tolist()]
        self.street = street
        self.is_fixed = is_fixed
        self.added: list[tuple[float, Vertex]] = []

    @property
    def shape(self) -> LineString:
        """The line without what was added."""
        return LineString(self.vertices)

    def nearest_vertex(self, place: Vertex) -> tuple[Vertex, float]:
        """The own vertex nearest to a place, with its distance in metres."""
        away = np.hypot(*(np.array(self.vertices) - place).T)
        nearest = int(np.argmin(away))
        return self.vertices[nearest], float(away[nearest])

    def add(self, vertex: Vertex, place: Vertex) -> None:
        """A new vertex where the line passes `place`, unless it is there already."""
        if not self.is_fixed and vertex not in self.vertices:
            self.added.append((self.shape.project(shapely.Point(place)), vertex))

    def all_vertices(self) -> list[Vertex]:
        """Own and added vertices in order along the line."""
        if not self.added:
            return self.vertices
        lengths = np.hypot(*np.diff(self.vertices, axis=0).T)
        own = zip([0.0, *np.cumsum(lengths).tolist()], self.vertices, strict=True)
        ordered = [vertex for _, vertex in sorted([*own, *self.added], key=lambda pair: pair[0])]
        return [vertex for place, vertex in enumerate(ordered) if not place or vertex != ordered[place - 1]]


def walking_network(quarter: Quarter, border: Mapping[Vertex, int]) -> Network:
    """The network of a quarter.

    Parameters
    ----------
    quarter
        The quarter.
    border
        Number of each vertex on its border. Where this is empty, the roads on the border belong to the network.
    """
    streets = [
        _Line(segment.line, segment.street, is_fixed=segment.is_border and bool(border)) for segment in quarter.segments
    ]
    paths = [_Line(path, None) for path in quarter.paths]
    _draw_on(paths, streets)
    _join_crossings([*streets, *paths])
    on_road = {vertex for line in streets if line.is_fixed for vertex in line.vertices}
    shared = {vertex: number for vertex, number in border.items() if vertex in on_road}
    return _numbered([line for line in (*streets, *paths) if not line.is_fixed], shared)


def _draw_on(paths: Sequence[_Line], streets: Sequence[_Line]) -> None:
    """Paths get an end on the axis of the nearest street, unless they end on another path."""
    if not paths or not streets:
        return
    ends = shapely.points([line.vertices[end] for line in paths for end in (0, -1)])
    shapes = [line.shape for line in paths]
    reached, path = shapely.STRtree(shapes).query(ends, predicate="dwithin", distance=_JOINS_M)
    other = reached // 2 != path
    joined = dict(zip(reached[other].tolist(), path[other].tolist(), strict=True))
    found = shapely.STRtree([line.shape for line in streets]).query_nearest(
        ends, max_distance=REACH_M, all_matches=False
    )
    near = dict(zip(*found.tolist(), strict=True))
    for place, end in enumerate(ends):
        target = paths[joined[place]] if place in joined else streets[near[place]] if place in near else None
        if target is not None:
            _end_on(paths[place // 2], place % 2 == 0, end, target)


def _end_on(path: _Line, at_start: bool, end: shapely.Point, target: _Line) -> None:
    """The path with its start or end on another line, which gets a vertex there."""
    axis = target.shape
    foot = axis.interpolate(axis.project(end))
    place = (round(foot.x, 3), round(foot.y, 3))
    vertex = _meeting(target, place) or place
    target.add(vertex, place)
    if vertex not in path.vertices:
        path.vertices.insert(0 if at_start else len(path.vertices), vertex)


def _meeting(line: _Line, place: Vertex) -> Vertex | None:
    """The vertex of a line in which others meet it near a place; None where it may get a new one."""
    vertex, away = line.nearest_vertex(place)
    return vertex if line.is_fixed or away <= _SAME_M else None


def _join_crossings(lines: Sequence[_Line]) -> None:
    """Where two lines cross or touch, both get the same vertex."""
    shapes = np.array([line.shape for line in lines], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    places, owner = shapely.get_coordinates(shapely.intersection(shapes[one], shapes[other]), return_index=True)
    for (x, y), pair in zip(places.round(3).tolist(), owner.tolist(), strict=True):
        _meet(lines[one[pair]], lines[other[pair]], (x, y))


def _meet(one: _Line, other: _Line, place: Vertex) -> None:
    """Both lines get the same vertex near a place: that of a road that gets no new one, or one that is there."""
    first, second = (other, one) if other.is_fixed and not one.is_fixed else (one, other)
    vertex = _meeting(first, place) or _meeting(second, place) or place
    one.add(vertex, place)
    other.add(vertex, place)


def _numbered(lines: Sequence[_Line], border: Mapping[Vertex, int]) -> Network:
    """Nodes in the order of the lines; paths that hang on no street are left out."""
    rows = [line.all_vertices() for line in lines]
    kept = _connected(rows, [line.street is not None for line in lines], border)
    numbers: dict[Vertex, int] = {}
    ways = []
    for line, row, keep in zip(lines, rows, kept, strict=True):
        if keep and len(row) > 1:
            ways.append(Way(tuple(numbers.setdefault(vertex, len(numbers)) for vertex in row), line.street))
    points = np.array(list(numbers), dtype=float).reshape(-1, 2)
    return Network(points, tuple(border.get(vertex, 0) for vertex in numbers), tuple(ways))


def _connected(rows: Sequence[Sequence[Vertex]], is_street: Sequence[bool], border: Mapping[Vertex, int]) -> list[bool]:
    """Whether each line hangs together with a street or a road on the border."""
    at: dict[Vertex, list[int]] = {}
    for place, row in enumerate(rows):
        for vertex in row:
            at.setdefault(vertex, []).append(place)
    kept = [street or any(vertex in border for vertex in row) for street, row in zip(is_street, rows, strict=True)]
    waiting = [place for place, keep in enumerate(kept) if keep]
    while waiting:
        for vertex in rows[waiting.pop()]:
            reached = [place for place in at.pop(vertex, ()) if not kept[place]]
            waiting += reached
            for place in reached:
                kept[place] = True
    return kept
