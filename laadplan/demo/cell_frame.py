"""A cell of the lattice in coordinates of its own, in which its streets are laid out.

In: a ``Cell`` and the lattice. Out: a ``CellFrame``: places in it run from west to east and from south to north, also
where the cell is turned by a right angle; it gives their points in RD New (EPSG:28992).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laadplan.demo.lattice import Border, Lattice, Vertex
from laadplan.demo.model import Cell, Street


@dataclass(frozen=True)
class CellFrame:
    """A cell in coordinates of its own, turned or not: `sides` run from west to east and from south to north in it."""

    lattice: Lattice
    box: tuple[float, float, float, float]
    is_turned: bool
    sides: tuple[Border, Border, Border, Border]
    streets: tuple[Street | None, ...]
    numbers_from: tuple[int, ...]

    @property
    def size(self) -> tuple[float, float]:
        """Length and depth in metres."""
        west, south, east, north = self.box
        return (north - south, east - west) if self.is_turned else (east - west, north - south)

    def to_rd(self, places: Sequence[Vertex]) -> list[Vertex]:
        """RD points of places in this frame."""
        along, over = np.array(places).T
        west, south, east, _ = self.box
        if self.is_turned:
            return self.lattice.warp.points(east - over, south + along)
        return self.lattice.warp.points(west + along, south + over)

    def runs_forward(self, side: int) -> bool:
        """Whether a side, with the cell on its left, runs with the house numbers of its road."""
        return side in ((0, 3) if self.is_turned else (0, 1))


def frame_of(cell: Cell, lattice: Lattice, random: np.random.Generator) -> CellFrame:
    """The frame of a cell; one without a canal may be turned by a right angle."""
    box, sides = lattice.box(cell.column, cell.row), lattice.sides(cell.column, cell.row)
    turned = bool(random.integers(2)) and not cell.canal
    west, south, east, _ = box
    south_side, east_side, north_side, west_side = sides
    if not turned:
        local = (
            _from(south_side, west),
            _from(east_side, south),
            _from(north_side, west),
            _from(west_side, south),
        )
        return CellFrame(lattice, box, False, local, cell.streets, cell.numbers_from)
    local = (_from(east_side, south), _back(north_side, east), _from(west_side, south), _back(south_side, east))
    order = (1, 2, 3, 0)
    streets = tuple(cell.streets[place] for place in order)
    return CellFrame(lattice, box, True, local, streets, tuple(cell.numbers_from[place] for place in order))


def _from(border: Border, start: float) -> Border:
    return Border(tuple(station - start for station in border.stations), border.points)


def _back(border: Border, end: float) -> Border:
    return Border(tuple(end - station for station in border.stations[::-1]), border.points[::-1])
