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
    footways: tuple[float, ...] = ()
    """Widths from which a side of the street draws its own; empty where it is always `footway`."""
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
}
"""Ways of building, by the kind of block."""


@dataclass(frozen=True)
class BlockSizes:
    """Blocks and what stands in them, in metres."""

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
    pond_land_depth: float = 55.0
    """Land of this mean depth has a pond of the size above; deeper land a larger one."""
    largest_pond: float = 1.9
    least_length: float = 20.0
    pond_spacing: float = 75.0
    cross_path: float = 110.0
    """A park of this length has a path across it."""


@dataclass(frozen=True)
class BusinessSizes:
    """Halls and yards of the business park, in metres."""

    widths: tuple[float, float] = (20.0, 34.0)
    depths: tuple[float, float] = (16.0, 42.0)
    front_yard: float = 8.0
    rear: float = 7.0
    """Yard between the rear of a hall and the middle of the block."""
    between: float = 9.0
    edge: float = 3.0
    gate_width: float = 6.0


PARKING = ParkingSizes()
BLOCK = BlockSizes()
FLATS = FlatsSizes()
SQUARE = SquareSizes()
CHURCH = ChurchSizes()
PARK = ParkSizes()
BUSINESS = BusinessSizes()
