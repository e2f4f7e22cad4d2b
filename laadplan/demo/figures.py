"""The figures of the quarters of the demo town, from which statistics are published.

In: a ``Quarter``. Out: ``Figures``, numbers of one quarter; with all of them together the inhabitants add up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from laadplan.demo.charging import electric_share
from laadplan.demo.charging_records import faults_of
from laadplan.demo.model import Quarter
from laadplan.demo.plan_sizes import QUARTERS
from laadplan.demo.records import is_current, records

YEAR = 2024
"""Year of the figures."""

HA_PER_KM2 = 100.0

SQUARE_M = 500
"""Side of a square of which the CBS gives figures."""

_OCCUPIED = 0.97
"""Households per dwelling: some stand empty (CBS 2024: 2 to 3 per cent)."""


@dataclass(frozen=True)
class Figures:
    """Numbers of one quarter."""

    addresses: int
    dwellings: int
    households: int
    inhabitants: int
    cars: int
    electric_cars: int
    firms: int
    land_ha: float
    water_ha: float
    poles: int
    strips: int
    orientations: tuple[tuple[str, int], ...]
    """Bays per orientation."""
    objects: tuple[tuple[str, int], ...]
    """Current objects per BGT file."""
    squares: tuple[tuple[tuple[int, int], int], ...] = ()
    """Dwellings per square of `SQUARE_M`, by its south-west corner in metres."""
    faults: tuple[tuple[str, int], ...] = ()
    """Wrong rows in the table of sessions, per kind."""


def figures_of(quarter: Quarter) -> Figures:
    """The figures of a quarter; its inhabitants are not yet those of the town's total."""
    sizes = QUARTERS[quarter.cell.kind]
    households = round(_OCCUPIED * quarter.dwellings)
    cars = round(households * sizes.cars)
    water = sum(surface.polygon.area for surface in quarter.surfaces if surface.layer == "waterdeel") / 1e4
    orientations = Counter(strip.orientation for strip in quarter.strips for _ in strip.bays)
    return Figures(
        addresses=len(quarter.addresses),
        dwellings=quarter.dwellings,
        households=households,
        inhabitants=round(households * sizes.persons),
        cars=cars,
        electric_cars=round(cars * electric_share(YEAR) * sizes.electric),
        firms=len(quarter.addresses) - quarter.dwellings,
        land_ha=round(quarter.cell.polygon.area / 1e4 - water, 2),
        water_ha=round(water, 2),
        poles=len(quarter.poles),
        strips=len(quarter.strips),
        orientations=tuple(sorted(orientations.items())),
        objects=_objects(quarter),
        squares=_squares(quarter),
        faults=faults_of(quarter),
    )


def _squares(quarter: Quarter) -> tuple[tuple[tuple[int, int], int], ...]:
    """Dwellings per square."""
    points = [address.point for address in quarter.addresses if address.is_dwelling]
    corners = ((int(point.x // SQUARE_M) * SQUARE_M, int(point.y // SQUARE_M) * SQUARE_M) for point in points)
    return tuple(sorted(Counter(corners).items()))


def _objects(quarter: Quarter) -> tuple[tuple[str, int], ...]:
    """Current objects per BGT file."""
    counts = Counter(surface.layer for surface in quarter.surfaces)
    decks = sum(is_current(record) for record in records(quarter, "overbruggingsdeel"))
    counts.update(pand=len(quarter.buildings), vegetatieobject=len(quarter.trees), overbruggingsdeel=decks)
    return tuple(sorted(counts.items()))


def settled(found: Sequence[Figures], inhabitants: int) -> list[Figures]:
    """Figures whose inhabitants add up to those of the town: the largest remainders get the last persons."""
    estimated = sum(figures.inhabitants for figures in found)
    exact = [inhabitants * figures.inhabitants / estimated for figures in found]
    people = [int(value) for value in exact]
    order = sorted(range(len(found)), key=lambda place: (people[place] - exact[place], place))
    for place in order[: inhabitants - sum(people)]:
        people[place] += 1
    return [replace(figures, inhabitants=count) for figures, count in zip(found, people, strict=True)]
