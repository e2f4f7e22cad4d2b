"""The lattice on which the demo town lies: uneven columns and rows, bent by one smooth map into RD New.

In: places in the design plane (metres, x along the rows). Out: points in RD New (EPSG:28992) on the millimetre grid.
Both quarters beside a border get the very same vertices, so that they meet without a gap though neither knows of the
other.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from laadplan.demo.plan_sizes import LATTICE

ORIGIN_RD = (144_500.0, 508_500.0)
"""Middle of the town in RD New: open water of the Markermeer, so that nothing real lies beneath."""

Vertex = tuple[float, float]

Place = tuple[int, int]
"""Column and row in the lattice."""


@dataclass(frozen=True)
class Warp:
    """The smooth map from the design plane to RD New: some sine waves, then a turn."""

    angle: float
    phases: tuple[float, ...]

    def points(self, x: np.ndarray, y: np.ndarray) -> list[Vertex]:
        """RD points of places in the design plane, in metres on the millimetre grid."""
        bent_x, bent_y = np.array(x, dtype=float), np.array(y, dtype=float)
        for (height, length), one, other in zip(LATTICE.waves, self.phases[::2], self.phases[1::2], strict=True):
            bent_x, bent_y = (
                bent_x + height * np.sin(bent_y / length + one),
                bent_y + height * np.sin(bent_x / length + other),
            )
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        east = ORIGIN_RD[0] + cosine * bent_x - sine * bent_y
        north = ORIGIN_RD[1] + sine * bent_x + cosine * bent_y
        return list(zip(np.round(east, 3).tolist(), np.round(north, 3).tolist(), strict=True))


@dataclass(frozen=True)
class Border:
    """One side of a cell, or a line along it: `stations` in the design plane (metres) and the RD point at each."""

    stations: tuple[float, ...]
    points: tuple[Vertex, ...]

    def between(self, start: float, end: float) -> tuple[Vertex, ...]:
        """The points from one station to another one."""
        return self.points[self.place_of(start) : self.place_of(end) + 1]

    def place_of(self, station: float) -> int:
        """The number of a station among all, from 0."""
        return bisect_left(self.stations, station - 1e-6)


@dataclass(frozen=True)
class Lattice:
    """Lines between columns (`xs`) and rows (`ys`) in the design plane; `first` is the number of the first of each."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    first: tuple[int, int]
    warp: Warp

    def box(self, column: int, row: int) -> tuple[float, float, float, float]:
        """West, south, east and north of a cell in the design plane."""
        i, j = column - self.first[0], row - self.first[1]
        return (self.xs[i], self.ys[j], self.xs[i + 1], self.ys[j + 1])

    def sides(self, column: int, row: int) -> tuple[Border, Border, Border, Border]:
        """South, east, north and west side of a cell, each from west to east or from south to north."""
        west, south, east, north = self.box(column, row)
        across, along = _stations(west, east), _stations(south, north)
        return (
            self._border(across, np.full(len(across), south), across),
            self._border(np.full(len(along), east), along, along),
            self._border(across, np.full(len(across), north), across),
            self._border(np.full(len(along), west), along, along),
        )

    def _border(self, x: np.ndarray, y: np.ndarray, stations: np.ndarray) -> Border:
        return Border(tuple(stations.tolist()), tuple(self.warp.points(x, y)))


def _stations(start: float, end: float) -> np.ndarray:
    """Even stations from start to end, about `LATTICE.step` metres apart."""
    return np.linspace(start, end, max(4, round((end - start) / LATTICE.step)) + 1)


def ring(sides: tuple[Border, Border, Border, Border]) -> list[Vertex]:
    """The closed ring of a cell, counterclockwise."""
    south, east, north, west = sides
    return [*south.points[:-1], *east.points[:-1], *north.points[:0:-1], *west.points[::-1]]
