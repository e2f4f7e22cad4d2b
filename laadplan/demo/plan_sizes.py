"""Sizes of the plan of the demo town: its lattice of quarters, the streets in them, and how many live where.

Lengths in metres unless said otherwise, in the plane of RD New (EPSG:28992) or the design plane of the lattice. They
shape an invented town and decide nothing about a real one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LatticeSizes:
    """The lattice of quarters in its design plane, in metres unless said otherwise."""

    side: float = 385.0
    """Side of a quarter: 15 hectares, as a buurt in a Dutch town."""
    play: float = 0.13
    """Columns and rows are up to this share narrower or wider."""
    rim: float = 190.0
    """Width of the country around a small town that has no village."""
    step: float = 9.5
    """Distance of the vertices of a border."""
    waves: tuple[tuple[float, float], ...] = ((150.0, 1_300.0), (34.0, 330.0), (9.0, 130.0))
    """Height and length of the waves by which the plane is bent."""
    turn: float = 0.5
    """Largest angle by which the plane is turned, in radians."""
    flatness: float = 1.1
    """Distance to the middle counts this much more across the rows: a town is longer than wide."""
    ragged: float = 0.2
    """How much chance moves the edge of the town, as a share of the distance to the middle."""


@dataclass(frozen=True)
class LayoutSizes:
    """How the streets of one kind of quarter lie: lengths in metres, from axis to axis."""

    depth: tuple[float, float]
    length: tuple[float, float]
    wave: tuple[float, float]
    """Height of the bend of a long street, and how unevenly long streets lie."""
    lean: float
    """Cross streets lean by up to this much over a band."""
    long: str
    across: str
    """Kind of the long streets and of the streets across."""


LAYOUTS: dict[str, LayoutSizes] = {
    "centrum": LayoutSizes((46.0, 58.0), (46.0, 74.0), (13.0, 7.0), 13.0, "centrumstraat", "centrumstraat"),
    "vooroorlogs": LayoutSizes((54.0, 60.0), (95.0, 140.0), (5.0, 2.0), 5.0, "woonstraat", "smalle straat"),
    "naoorlogs": LayoutSizes((62.0, 70.0), (92.0, 138.0), (4.0, 2.0), 3.0, "woonstraat", "woonstraat"),
    "bloemkool": LayoutSizes((76.0, 86.0), (92.0, 122.0), (20.0, 6.0), 22.0, "woonstraat", "woonerf"),
    "nieuwbouw": LayoutSizes((60.0, 67.0), (92.0, 130.0), (14.0, 3.0), 5.0, "woonstraat", "woonstraat"),
    "dorp": LayoutSizes((66.0, 82.0), (84.0, 126.0), (16.0, 6.0), 14.0, "woonstraat", "woonstraat"),
    "bedrijven": LayoutSizes((104.0, 128.0), (130.0, 190.0), (8.0, 4.0), 6.0, "bedrijfsweg", "bedrijfsweg"),
}
"""Layout per kind of quarter; the country has no streets of its own."""


@dataclass(frozen=True)
class PlanSizes:
    """Distances that hold in every layout, in metres."""

    snap: float = 17.0
    """Cross streets that would meet a long street this close to each other meet in one crossing."""
    shortest_block: float = 40.0
    sample: float = 12.0
    canal: float = 27.0
    """From the axis of the road beside a canal to that of the quay opposite."""
    singel: float = 30.0


@dataclass(frozen=True)
class TownSizes:
    """Numbers that tie the size of the town to its inhabitants."""

    inhabitants_per_dwelling: float = 2.15
    """CBS 2024: 2.1 persons per household over the country, more in small towns."""
    inhabitants_per_pole: float = 240.0
    """About 90 inhabitants per public charge point at the end of 2025, less in small towns; two points to a pole."""
    pole_spacing_m: float = 90.0
    minimum_inhabitants: int = 1_000
    maximum_inhabitants: int = 1_000_000


LATTICE = LatticeSizes()
PLAN = PlanSizes()
TOWN = TownSizes()


@dataclass(frozen=True)
class QuarterSizes:
    """What a kind of quarter is like: years of building, households and cars, orders of CBS figures for such places."""

    built: tuple[int, int]
    dwellings_per_ha: float
    """Dwellings per hectare of the whole cell, streets and green counted in; found by running the generator."""
    persons: float
    """Inhabitants per household, before the town's total is met."""
    cars: float
    """Cars per household."""
    electric: float
    """Share of electric cars over that of the town."""
    owned: float
    """Share of dwellings owned by those who live there."""


QUARTERS: dict[str, QuarterSizes] = {
    "centrum": QuarterSizes((1650, 1935), 60.0, 1.6, 0.55, 0.9, 0.40),
    "vooroorlogs": QuarterSizes((1905, 1940), 88.0, 1.8, 0.60, 1.0, 0.45),
    "naoorlogs": QuarterSizes((1950, 1974), 41.0, 2.0, 0.85, 0.7, 0.40),
    "bloemkool": QuarterSizes((1974, 1988), 23.5, 2.3, 1.10, 0.9, 0.58),
    "nieuwbouw": QuarterSizes((1996, 2024), 26.5, 2.6, 1.20, 1.6, 0.70),
    "dorp": QuarterSizes((1920, 2015), 19.0, 2.4, 1.40, 1.1, 0.72),
    "bedrijven": QuarterSizes((1970, 2020), 0.5, 2.0, 1.50, 1.8, 0.50),
    "landelijk": QuarterSizes((1880, 2010), 0.03, 2.6, 1.80, 1.1, 0.80),
}
"""Kinds of quarter, from the old centre outwards; a village, a business park and the country lie apart."""
