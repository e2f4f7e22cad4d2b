"""Sizes from which the demo town is built: all lengths in metres, in the plane of RD New (EPSG:28992).

Street sizes follow CROW ASVV 2021 (bay 2.50 x 5.00 m across, 1.80-2.10 m deep along the kerb, footway 1.80 m); house
sizes are typical of Dutch post-war building. They shape an invented town and decide nothing about a real one.
"""

from dataclasses import dataclass

GRID_M = 0.001
"""Coordinates lie on a grid of one millimetre, as in a BGT delivery."""

SLIVER_M2 = 0.05
"""Surfaces below this area are dropped: the BGT has no such parts."""

THIN_M = 0.04
"""Surfaces thinner than this are dropped as well: residue of an overlay, no real surface."""


@dataclass(frozen=True)
class StreetSizes:
    """Cross-section of a street, in metres, measured from its axis outwards; the axis of a canal is its middle."""

    half_carriageway: float
    """From the axis to the kerb at the houses; water and bank in the middle are counted in."""
    cycle_path: float = 0.0
    footway: float = 1.8
    footways: tuple[float, ...] = ()
    """Widths from which a side of the street draws its own; empty where it is always `footway`."""
    half_water: float = 0.0
    bank: float = 0.0
    """Between the water and the carriageway: a green bank, or the quay with bays where it is `bank_paved`."""
    bank_paved: bool = False
    beside: tuple[str, str, str] = ("wegdeel", "voetpad", "open verharding")
    """Layer, code and material of the ground along the kerb where nothing else lies."""


STREETS: dict[str, StreetSizes] = {
    "hoofdweg": StreetSizes(half_carriageway=3.25, cycle_path=2.0, footway=2.0, footways=(1.8, 2.0, 2.4)),
    "wijkweg": StreetSizes(half_carriageway=2.9, footways=(1.6, 1.8, 1.8, 2.2)),
    "centrumstraat": StreetSizes(half_carriageway=2.4, footway=2.4, footways=(1.3, 1.8, 2.4, 2.6)),
    "woonstraat": StreetSizes(half_carriageway=2.6, footways=(1.4, 1.6, 1.8, 1.8, 2.1, 2.4)),
    "smalle straat": StreetSizes(half_carriageway=2.2, footway=1.6, footways=(1.2, 1.4, 1.6, 1.8)),
    "woonerf": StreetSizes(half_carriageway=2.8, footway=0.0, beside=("wegdeel", "woonerf", "open verharding")),
    "kade": StreetSizes(half_carriageway=2.4),
    "gracht": StreetSizes(
        half_carriageway=13.9, footway=2.2, footways=(1.5, 2.2, 2.6), half_water=7.5, bank=2.8, bank_paved=True
    ),
    "singel": StreetSizes(half_carriageway=11.9, footways=(1.6, 1.8, 2.2), half_water=4.5, bank=3.0),
    "bedrijfsweg": StreetSizes(half_carriageway=3.5, footways=(1.5, 1.8)),
    "landweg": StreetSizes(
        half_carriageway=2.0, footway=0.0, beside=("ondersteunendwegdeel", "berm", "groenvoorziening")
    ),
}
"""Cross-section per kind of street: common sizes of Dutch streets of that age, drawn from CROW ASVV 2021."""


@dataclass(frozen=True)
class ParkingSizes:
    """Bays and what stands between them, in metres."""

    along_length: tuple[float, ...] = (5.5, 5.75, 6.0)
    along_depth: tuple[float, ...] = (1.8, 1.9, 2.0, 2.1)
    across_width: float = 2.5
    across_depth: float = 5.0
    aisle: float = 6.0
    tree_gap: float = 2.2
    junction_clear: float = 6.0
    pole_behind_bay: float = 0.5
    entry_width: float = 5.0
    driveway_clear: float = 0.6
    """Between a driveway and the nearest bay."""
    back_strip: float = 1.0
    """Paved strip behind the bays of a woonerf, where a pole may stand."""
    gpp_width: float = 3.5
    """Width of a gehandicaptenparkeerplaats across the kerb (CROW ASVV 2021)."""
    gpp_share: float = 1 / 60
    """Bays kept for the disabled over all public bays: order of magnitude, about 1 in 50 in Dutch registers."""
    loading_share: float = 1 / 15
    """Strips with a place for loading in streets with shops and firms."""
    quay_edge: float = 0.8
    """Between the water and the bays of a canal."""
    along_most: tuple[int, int] = (3, 7)
    across_most: tuple[int, int] = (6, 11)
    """Bays in a strip: from, and up to but not including."""
    green_shares: tuple[float, ...] = (0.0, 0.2, 0.5)
    """Share of the gaps between strips that are a stretch of green and no tree pit; a side draws one of these."""
    green_length: tuple[float, float] = (6.0, 13.0)

    @property
    def car_park_depth(self) -> float:
        """Depth of a car park of two rows and an aisle, in metres."""
        return 2 * self.across_depth + self.aisle


@dataclass(frozen=True)
class HouseSizes:
    """One way of building along a street: sizes in metres, numbers of dwellings in a row."""

    widths: tuple[float, ...]
    depth: float
    front_garden: float
    row_of: tuple[int, int]
    gap: float
    driveway: bool = False
    garage: bool = False


HOUSES: dict[str, HouseSizes] = {
    "rijwoningen": HouseSizes((5.1, 5.4, 5.7), 9.6, 3.6, (5, 8), 3.0),
    "rijwoningen met oprit": HouseSizes((5.8, 6.0), 9.4, 5.8, (4, 6), 3.4, driveway=True),
    "twee-onder-een-kap": HouseSizes((6.2, 6.4, 6.6), 10.0, 5.0, (2, 2), 7.0, driveway=True, garage=True),
    "vrijstaand": HouseSizes((9.0, 10.0, 11.0), 11.0, 6.5, (1, 1), 9.0, driveway=True, garage=True),
    "centrum": HouseSizes((5.2, 6.1, 7.0, 8.2), 11.0, 0.0, (99, 99), 0.0),
}
"""Ways of building, by the kind of block."""


@dataclass(frozen=True)
class BlockSizes:
    """Blocks and what stands in them, in metres."""

    depth: tuple[float, float] = (61.0, 68.0)
    edge_depth: float = 38.0
    centre_depth: float = 58.0
    length: tuple[float, float] = (92.0, 135.0)
    centre_length: tuple[float, float] = (46.0, 66.0)
    corner_radius: float = 5.0
    back_path: float = 1.5
    driveway_width: float = 2.8
    shed_width: float = 2.2
    shed_depth: float = 3.2
    garage_width: float = 3.1
    garage_depth: float = 6.0
    house_to_boundary: float = 1.2
    verge: float = 2.0
    tree_spacing: float = 11.0
    canal_width: float = 20.0
    canal_bank: float = 2.5
    rim_width: float = 46.0
    ditch_from: float = 15.0
    ditch_width: float = 3.2


@dataclass(frozen=True)
class FlatsSizes:
    """Slabs of flats and the car parks behind them, in metres; numbers of dwellings, bays and trees."""

    depth: float = 12.0
    unit_width: float = 6.6
    least_units: int = 3
    longest_slab: float = 60.0
    car_park_lengths: tuple[float, ...] = (48.0, 40.0, 32.0, 24.0)
    """Tried in this order: a skewed block has room for a short one only."""
    least_bays: int = 8
    front_green: float = 5.0
    car_park_green: float = 3.0
    end_clear: float = 3.5
    between: float = 2.0
    path_width: float = 2.4
    tree_clear: float = 3.0
    tree_throws: int = 60


@dataclass(frozen=True)
class SquareSizes:
    """The square, in metres: its trees from its axis, its edge and the church, and the church from its edge."""

    tree_row: float = 13.0
    tree_edge: float = 1.5
    tree_church: float = 4.0
    church_edge: float = 2.0
    least_church: float = 40.0
    """Square metres below which a church is not made smaller."""
    trees_in_row: int = 6


@dataclass(frozen=True)
class ChurchSizes:
    """A village church with its tower in the west, in metres."""

    nave_length: float = 17.0
    nave_width: float = 9.0
    arms_length: float = 15.0
    arms_width: float = 5.0
    arms_from_end: float = 2.0
    tower_width: float = 5.5
    apse_radius: float = 3.6


@dataclass(frozen=True)
class ParkSizes:
    """A park, in metres; the pond as discs (along the axis, left of it, radius)."""

    pond_discs: tuple[tuple[float, float, float], ...] = (
        (-13.0, 2.0, 8.5),
        (-4.0, -1.0, 9.5),
        (8.0, 2.5, 8.0),
        (16.0, 0.0, 6.5),
    )
    pond_edge: float = 4.0
    path_width: float = 2.5
    path_left: float = 13.0
    winding: float = 2.6
    winding_length: float = 11.0
    tree_clear: float = 1.8
    area_per_tree: float = 60.0
    """Square metres in which one tree is tried."""


@dataclass(frozen=True)
class BusinessSizes:
    """Halls and yards of the business park, in metres."""

    widths: tuple[float, float] = (20.0, 34.0)
    depths: tuple[float, float] = (16.0, 23.0)
    front_yard: float = 8.0
    between: float = 9.0
    edge: float = 3.0
    gate_width: float = 6.0


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
    flatness: float = 1.18
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


LATTICE = LatticeSizes()
PARKING = ParkingSizes()
BLOCK = BlockSizes()
FLATS = FlatsSizes()
SQUARE = SquareSizes()
CHURCH = ChurchSizes()
PARK = ParkSizes()
BUSINESS = BusinessSizes()
PLAN = PlanSizes()


@dataclass(frozen=True)
class TownSizes:
    """Numbers that tie the size of the town to its inhabitants."""

    inhabitants_per_dwelling: float = 2.15
    """CBS 2024: 2.1 persons per household over the country, more in small towns."""
    inhabitants_per_pole: float = 250.0
    pole_spacing_m: float = 90.0
    minimum_inhabitants: int = 1_000
    maximum_inhabitants: int = 1_000_000


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
    "centrum": QuarterSizes((1650, 1935), 48.0, 1.6, 0.55, 0.9, 0.40),
    "vooroorlogs": QuarterSizes((1905, 1940), 62.0, 1.8, 0.60, 1.0, 0.45),
    "naoorlogs": QuarterSizes((1950, 1974), 42.0, 2.0, 0.85, 0.7, 0.40),
    "bloemkool": QuarterSizes((1974, 1988), 27.0, 2.3, 1.10, 0.9, 0.58),
    "nieuwbouw": QuarterSizes((1996, 2024), 27.0, 2.6, 1.20, 1.6, 0.70),
    "dorp": QuarterSizes((1920, 2015), 17.0, 2.4, 1.40, 1.1, 0.72),
    "bedrijven": QuarterSizes((1970, 2020), 0.6, 2.0, 1.50, 1.8, 0.50),
    "landelijk": QuarterSizes((1880, 2010), 0.1, 2.6, 1.80, 1.1, 0.80),
}
"""Kinds of quarter, from the old centre outwards; a village, a business park and the country lie apart."""
