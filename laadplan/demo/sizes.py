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
    """Cross-section of a street, in metres, measured from its axis outwards."""

    half_carriageway: float
    cycle_path: float = 0.0
    footway: float = 1.8


STREETS: dict[str, StreetSizes] = {
    "hoofdweg": StreetSizes(half_carriageway=3.25, cycle_path=2.0, footway=2.0),
    "centrumstraat": StreetSizes(half_carriageway=2.4, footway=2.4),
    "woonstraat": StreetSizes(half_carriageway=2.6),
    "kade": StreetSizes(half_carriageway=2.4),
    "bedrijfsweg": StreetSizes(half_carriageway=3.5),
}
"""Cross-section per kind of street."""


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
class PlanSizes:
    """The plan of the town in its design plane, in metres unless said otherwise."""

    dwellings_per_metre: float = 0.2
    """Dwellings per metre of band, ends and special blocks counted in; found by running the generator."""
    width_to_height: float = 1.4
    least_width: float = 230.0
    """A narrower town has no room for a square, a canal and a business park."""
    least_bands: int = 4
    west_share: float = 0.64
    east_share: float = 0.5
    canal_share: float = 0.36
    """Ends of the longest band and place of the canal, as shares of the width, measured from the middle."""
    end_play: tuple[float, float] = (0.83, 1.08)
    """The ends of a band lie at a random part between these of their place in the oval."""
    oval: float = 1.18
    """Half the height of the oval over half that of the town: the outer bands keep some length."""
    business: float = 190.0
    snap: float = 16.0
    """Cross streets that would meet a long street this close to each other meet in one crossing."""
    shortest_block: float = 42.0
    near_canal: float = 50.0
    """A band that would end this close before the canal ends at it."""
    centre: float = 110.0
    """Half the length of the old centre along the main road."""
    sample: float = 12.0
    lean: float = 9.0
    """Cross streets lean by up to this much over a band; north and south differ by two thirds of it."""
    wave_height: tuple[float, float] = (1.5, 5.0)
    wave_length: tuple[float, float] = (70.0, 120.0)
    tilt: float = 0.008
    """Largest random slope of a long street, no unit."""
    fan: float = 0.00012
    """How much the slope grows per metre from the main road, per metre."""
    bend_x: tuple[float, float] = (18.0, 160.0)
    bend_y: tuple[float, float] = (34.0, 270.0)
    """Height and length of the waves by which the whole plane is bent."""
    turn: float = 0.5
    """Largest angle by which the plane is turned, in radians."""


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

    inhabitants_per_dwelling: float = 2.3
    """CBS 2024: 2.1 persons per household over the country, more in small towns."""
    inhabitants_per_pole: float = 250.0
    cars_per_household: float = 1.1
    """CBS 2024: about 1.0 over the country, more in small towns."""
    blocks_per_park: int = 24
    blocks_per_flats: int = 12
    pole_spacing_m: float = 90.0
    minimum_inhabitants: int = 200


TOWN = TownSizes()
