"""The whole demo town at once, for formats that cannot be written quarter by quarter.

In: a town of modest size. Out: ``Whole``, from which each form is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from laadplan.demo.figures import Figures, figures_of, settled
from laadplan.demo.model import Quarter, Town
from laadplan.demo.town import make_quarter


@dataclass(frozen=True)
class Whole:
    """A town with all its quarters, their figures, and the folder with the main form of each source."""

    town: Town
    quarters: tuple[Quarter, ...]
    figures: tuple[Figures, ...]
    main: Path


Form = Callable[[Whole, Path], None]
"""Writes one format below a folder that exists; equal towns give equal bytes."""


def make_whole(town: Town, main: Path) -> Whole:
    """The town with all its quarters in memory: a quarter of an inhabitant takes little, a city does not fit."""
    quarters = tuple(make_quarter(town, cell.index) for cell in town.cells)
    return Whole(town, quarters, tuple(settled([figures_of(each) for each in quarters], town.inhabitants)), main)
