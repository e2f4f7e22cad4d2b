"""The two forms in which the demo town writes a source.

A source says what it writes for one quarter; how the parts come together is known to ``sources`` alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd

from laadplan.demo.figures import Figures
from laadplan.demo.model import Quarter, Town

Layers = Mapping[str, gpd.GeoDataFrame]


def nothing(*_: object) -> str:
    """No text."""
    return ""


def no_parts(*_: object) -> tuple[str, ...]:
    """A quarter adds nothing to the one section of a file."""
    return ("",)


def no_layers(*_: object) -> Layers:
    """No layers."""
    return {}


@dataclass(frozen=True)
class Section:
    """A stretch of a text file that grows with every quarter; `between` stands between two that add something."""

    between: str = ""
    before: Callable[[Town], str] = nothing
    after: Callable[[Town], str] = nothing


@dataclass(frozen=True)
class TextFile:
    """A file of text: a head, sections, and a tail that may tell of the whole town.

    `parts` gives what a quarter adds to each of the sections, in their order.
    """

    path: str
    head: Callable[[Town], str] = nothing
    parts: Callable[[Town, Quarter], tuple[str, ...]] = no_parts
    sections: tuple[Section, ...] = (Section(),)
    tail: Callable[[Town, Sequence[Figures]], str] = nothing


@dataclass(frozen=True)
class LayerFile:
    """A GeoPackage (EPSG:28992): layers that grow with every quarter, and layers of the whole town.

    `layers` gives the geometry type of each, in the order of the file; a table has the same columns in every part.
    """

    path: str
    layers: Mapping[str, str]
    part: Callable[[Town, Quarter], Layers] = no_layers
    whole: Callable[[Town, Sequence[Figures]], Layers] = no_layers
