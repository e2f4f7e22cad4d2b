"""Straight frames on which buildings are set out: places along a base and to the left of it, many at a time.

In: a base of two points, or a side of a ``Frontage``. Out: points, boxes and lines in RD New (EPSG:28992), metres, on
the millimetre grid. Everything works on arrays, because a town has hundred thousands of houses.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.frontage import Frontage
from laadplan.demo.shapes import DECIMALS, Areal

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.floating[Any]]
Places = float | Numbers | list[float]

_STATION_M = 2.0
"""Distance between the lines on which the room within a land is measured."""

_INSIDE_M = 0.02
"""A plot keeps this far from the edge of its land: rounding to millimetres does not carry it over the edge."""

_REACH_M = 60.0
"""The end of a path is carried on at most this far to reach a street."""


@dataclass(frozen=True)
class Frame:
    """A straight base: its origin and its direction (unit vector) in RD New; left of it is positive."""

    east: float
    north: float
    along_east: float
    along_north: float

    def coordinates(self, along_m: Places, left_m: Places) -> Floats:
        """RD coordinates of places in the frame, an array with a last axis of two."""
        along, left = np.broadcast_arrays(np.asarray(along_m, dtype=float), np.asarray(left_m, dtype=float))
        east = self.east + along * self.along_east - left * self.along_north
        north = self.north + along * self.along_north + left * self.along_east
        return np.asarray(np.round(np.stack([east, north], axis=-1), DECIMALS), dtype=np.float64)

    def point(self, along_m: float, left_m: float) -> Point:
        """One place as a point."""
        return Point(self.coordinates(along_m, left_m))

    def line(self, *places: tuple[float, float]) -> LineString:
        """A line through places (along, left)."""
        return LineString(self.coordinates([along for along, _ in places], [left for _, left in places]))

    def shape(self, *places: tuple[float, float]) -> Polygon:
        """The polygon with these corners (along, left)."""
        return Polygon(self.coordinates([along for along, _ in places], [left for _, left in places]))

    def box(self, start: float, end: float, near: float, far: float) -> Polygon:
        """The rectangle from `start` to `end` along the base and from `near` to `far` to the left of it."""
        return self.shape((start, near), (end, near), (end, far), (start, far))

    def boxes(self, starts: Places, ends: Places, nears: Places, fars: Places) -> Shapes:
        """One rectangle per entry of the arrays."""
        one, other, near, far = np.broadcast_arrays(starts, ends, nears, fars)
        rings = self.coordinates(np.stack([one, other, other, one], axis=-1), np.stack([near, near, far, far], axis=-1))
        return as_shapes(shapely.polygons(rings))

    def local(self, coordinates: Floats) -> Floats:
        """Places (along, left) in the frame of RD coordinates, an array of two columns."""
        east, north = coordinates[..., 0] - self.east, coordinates[..., 1] - self.north
        along = east * self.along_east + north * self.along_north
        left = north * self.along_east - east * self.along_north
        return np.asarray(np.stack([along, left], axis=-1), dtype=np.float64)

    def moved(self, along_m: float, left_m: float) -> "Frame":
        """The frame with its origin at another place."""
        east, north = self.coordinates(along_m, left_m)
        return Frame(float(east), float(north), self.along_east, self.along_north)

    def turned(self, quarters: int) -> "Frame":
        """The frame turned to the left about its origin by a number of right angles."""
        east, north = self.along_east, self.along_north
        for _ in range(quarters % 4):
            east, north = -north, east
        return Frame(self.east, self.north, east, north)


def as_shapes(found: BaseGeometry | Shapes) -> Shapes:
    """What shapely made of one place or many as an array."""
    return np.atleast_1d(np.asarray(found, dtype=object))


def points_at(coordinates: Floats) -> Shapes:
    """Points at coordinates (n, 2) as an array."""
    return as_shapes(shapely.points(coordinates))


def frame_on(line: LineString, start_m: float, end_m: float) -> Frame:
    """The frame on the chord of a line between two stations."""
    (one_east, one_north), (other_east, other_north) = shapely.get_coordinates(
        shapely.line_interpolate_point(line, [start_m, end_m])
    )
    length = math.hypot(other_east - one_east, other_north - one_north)
    return Frame(one_east, one_north, (other_east - one_east) / length, (other_north - one_north) / length)


@dataclass(frozen=True)
class Plot:
    """A rectangle of building land with its front on one side of a block: `length` along it, `depth` inwards."""

    place: int
    frame: Frame
    length: float
    depth: float

    def box(self) -> Polygon:
        """The whole plot."""
        return self.frame.box(0.0, self.length, 0.0, self.depth)


def plot_on(frontage: Frontage, place: int, edge_m: float = 0.0) -> Plot | None:
    """The largest rectangle of building land that lies square to one side of a block, `edge_m` from its edges.

    None where there is less than a metre of room.
    """
    line = frontage.land_line(place, 0.0)
    if line.length < 1.0 or frontage.land.is_empty:
        return None
    frame = frame_on(line, 0.0, line.length)
    stations, lows, highs = _room(frame, frontage.land)
    if stations.size == 0:
        return None
    start, end, near, far = _largest(stations, lows, highs)
    edge = edge_m + _INSIDE_M
    if end - start < 2 * edge + 1.0 or far - near < 2 * edge + 1.0:
        return None
    plot = Plot(place, frame.moved(start + edge, near + edge), end - start - 2 * edge, far - near - 2 * edge)
    return plot if frontage.land.contains(plot.box()) else None


def _room(frame: Frame, land: Areal) -> tuple[Floats, Floats, Floats]:
    """Stations along a frame with the lowest and the highest place on the land there."""
    reach = frame.local(shapely.get_coordinates(land))
    low, high = reach.min(axis=0) - 1.0, reach.max(axis=0) + 1.0
    stations = np.arange(low[0] + 1.05, high[0] - 1.0, _STATION_M)
    rays = shapely.linestrings(frame.coordinates(np.stack([stations, stations], 1), np.array([low[1], high[1]])))
    hits, index = shapely.get_coordinates(shapely.intersection(rays, land), return_index=True)
    left = frame.local(hits)[:, 1]
    lows, highs = np.full(stations.size, np.inf), np.full(stations.size, -np.inf)
    np.minimum.at(lows, index, left)
    np.maximum.at(highs, index, left)
    found = highs > lows
    return stations[found], lows[found], highs[found]


def _largest(stations: Floats, lows: Floats, highs: Floats) -> tuple[float, float, float, float]:
    """Start, end, near and far of the largest rectangle between lows and highs."""
    best, room = (0.0, 0.0, 0.0, 0.0), 0.0
    for first in range(stations.size):
        near, far = np.maximum.accumulate(lows[first:]), np.minimum.accumulate(highs[first:])
        areas = (stations[first:] - stations[first]) * np.maximum(far - near, 0.0)
        last = int(np.argmax(areas))
        if areas[last] > room:
            room = float(areas[last])
            best = (float(stations[first]), float(stations[first + last]), float(near[last]), float(far[last]))
    return best


def reach_streets(frontage: Frontage, path: LineString, *, at_start: bool = True) -> LineString:
    """A path carried straight on at its ends to the axis of the street there; an end without street stays.

    Where not `at_start`, the path begins at a door and stays there.
    """
    coordinates = shapely.get_coordinates(path)
    before = _beyond(frontage, coordinates[0], coordinates[0] - coordinates[1]) if at_start else np.empty((0, 2))
    after = _beyond(frontage, coordinates[-1], coordinates[-1] - coordinates[-2])
    return LineString(np.concatenate([before, coordinates, after]))


def _beyond(frontage: Frontage, end: Floats, heading: Floats) -> Floats:
    """The place where a path meets the axis of a street when it goes on from its end; no rows where there is none."""
    far = end + heading / max(float(np.hypot(*heading)), 1e-9) * _REACH_M
    ray = LineString([end, far])
    hits = [
        (float(ray.project(Point(spot))), spot)
        for kerb in frontage.kerbs
        for spot in shapely.get_coordinates(ray.intersection(kerb.side.line))
        if kerb.side.street is not None
    ]
    if not hits:
        return np.empty((0, 2))
    return np.round(min(hits, key=lambda hit: hit[0])[1], DECIMALS)[None, :]
