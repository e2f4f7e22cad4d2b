"""The roads between the quarters of the demo town: where there is one, of which kind, its name and house numbers.

In: what lies at each place of the lattice. Out: the ``Street`` along a side of a cell, the same for both neighbours.
"""

from collections.abc import Mapping

from laadplan.demo.lattice import Place
from laadplan.demo.model import Street
from laadplan.demo.names import road_names

_MAIN_EVERY = 3
"""Every so many lines of the lattice, counted from the middle, is a main road."""

_NUMBERS = 500
"""House numbers on one side of a quarter, along the road that borders it."""

_SIDES_PER_NAME = 3
"""A road along quarters has another name after so many of them, as ring roads do."""


class Roads:
    """The roads between quarters: each line of the lattice is a road that changes its name now and then."""

    def __init__(self, places: Mapping[Place, str]) -> None:
        columns, rows = [column for column, _ in places], [row for _, row in places]
        self.places, self.first = places, (min(columns), min(rows))
        stretches = 1 + max(max(columns) - min(columns), max(rows) - min(rows)) // _SIDES_PER_NAME
        self.lines = 2 * (2 + max(max(map(abs, columns)), max(map(abs, rows))))
        self.names = road_names(2 * self.lines * stretches)

    def beside(self, axis: str, column: int, row: int) -> tuple[Street | None, int]:
        """The road along a row or column at a place, and the number after which its houses count there."""
        kinds = self._kinds(axis, column, row)
        number, along = (row, column - self.first[0]) if axis == "row" else (column, row - self.first[1])
        stretch, side = divmod(along, _SIDES_PER_NAME)
        line = 2 * abs(number) + (number < 0) + self.lines * (axis == "column")
        name = self.names[line + 2 * self.lines * stretch]
        kind = _road_kind(kinds, is_main=axis == "row" and number == 0, is_wide=number % _MAIN_EVERY == 0)
        return (Street(name, kind) if kind else None), _NUMBERS * side

    def _kinds(self, axis: str, column: int, row: int) -> list[str]:
        """What lies at both sides of a road; empty outside the municipality."""
        pair = ((column, row - 1), (column, row)) if axis == "row" else ((column - 1, row), (column, row))
        return [self.places.get(place, "") for place in pair]


def _road_kind(kinds: list[str], *, is_main: bool, is_wide: bool) -> str:
    """The kind of road between two quarters; empty where there is none."""
    built = [kind for kind in kinds if kind not in ("landelijk", "")]
    if not built:
        return "landweg" if is_main and all(kinds) else ""
    if is_main or (len(built) == 2 and is_wide):
        return "wijkweg" if "dorp" in built else "hoofdweg"
    if "bedrijven" in built:
        return "bedrijfsweg"
    return "woonstraat" if "dorp" in built else "wijkweg"
