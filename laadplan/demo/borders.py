"""The roads on the borders of quarters as a network that belongs to the plan, not to a quarter.

In: a ``Town``. Out: a number for every vertex of a border, the same for both quarters beside it, and the roads between
crossings as rows of such numbers (EPSG:28992).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from laadplan.demo.lattice import Vertex
from laadplan.demo.model import Cell, Street, Town

_PER_SIDE = 128
"""Numbers set apart for the vertices of one side."""

MOST_VERTICES = 1_000_000
"""All numbers of border vertices are smaller."""


@dataclass(frozen=True)
class BorderRoad:
    """A road along one side of a cell: its street, with number and place of every vertex."""

    street: Street
    numbers: tuple[int, ...]
    points: tuple[Vertex, ...]


def border_vertices(town: Town, cell: Cell) -> dict[Vertex, int]:
    """The vertices on the border of a cell with their numbers."""
    found: dict[Vertex, int] = {}
    for side, border in enumerate(town.lattice.sides(cell.column, cell.row)):
        found |= dict(zip(border.points, _numbers(town, cell, side, len(border.points)), strict=True))
    return found


def border_roads(town: Town) -> Iterator[BorderRoad]:
    """All roads on borders, each once, in the order of the cells."""
    known: set[tuple[int, ...]] = set()
    for cell in town.cells:
        for side, border in enumerate(town.lattice.sides(cell.column, cell.row)):
            numbers = _numbers(town, cell, side, len(border.points))
            street = cell.streets[side]
            if street is not None and numbers not in known:
                known.add(numbers)
                yield BorderRoad(street, numbers, border.points)


def _numbers(town: Town, cell: Cell, side: int, count: int) -> tuple[int, ...]:
    """Numbers of the vertices of a side, from west to east or from south to north; corners belong to the row."""
    across = side in (0, 2)
    column = cell.column + (side == 1)
    row = cell.row + (side == 2)
    first = _number(town, column, row, across=across)
    last = _number(town, column + across, row + (not across), across=True)
    return (_number(town, column, row, across=True), *range(first + 1, first + count - 1), last)


def _number(town: Town, column: int, row: int, *, across: bool) -> int:
    columns = len(town.lattice.xs)
    place = (row - town.lattice.first[1]) * columns + column - town.lattice.first[0]
    return 1 + (2 * place + (not across)) * _PER_SIDE
