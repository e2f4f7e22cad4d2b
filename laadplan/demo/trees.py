"""The municipal tree register: CSV with semicolons and decimal commas.

In: a ``Quarter``. Out: lines of the register, coordinates in RD New (EPSG:28992). As in a real register some trees that
stand in the BGT are missing, and some have no stem diameter.
"""

from collections.abc import Iterator

from laadplan.demo.model import Quarter, Tree

COLUMNS = (
    "Boomnr",
    "Naam_Wet",
    "Naam_NL",
    "Plantjaar",
    "Stamdiameter_cm",
    "Kroondiameter_m",
    "Eigenaar",
    "X",
    "Y",
)

HEAD = ";".join(COLUMNS) + "\r\n"

_FORGOTTEN_EVERY = 41
"""One tree in so many stands in the BGT and not in the register."""

_UNMEASURED_EVERY = 11
"""One tree in so many has no stem diameter."""

_SERIALS = 100_000
"""Numbers set apart for the trees of a quarter."""


def part(quarter: Quarter) -> str:
    """The lines of one quarter."""
    return "".join(_line(serial, tree, is_measured=is_measured) for serial, tree, is_measured in registered(quarter))


def registered(quarter: Quarter) -> Iterator[tuple[int, Tree, bool]]:
    """The trees that are in the register: number, tree, and whether its stem was measured."""
    start = quarter.cell.index * _SERIALS
    for place, tree in enumerate(quarter.trees, start=1):
        if place % _FORGOTTEN_EVERY:
            yield start + place, tree, bool(place % _UNMEASURED_EVERY)


def _line(serial: int, tree: Tree, *, is_measured: bool) -> str:
    """One tree; no name in it holds a semicolon or a quote."""
    stem = tree.stem_cm if is_measured else ""
    figures = f"{tree.crown_m:.1f};{tree.owner};{tree.point.x:.3f};{tree.point.y:.3f}".replace(".", ",")
    return f"{serial};{tree.latin};{tree.dutch};{tree.planted};{stem};{figures}\r\n"
