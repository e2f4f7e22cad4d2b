"""Sizes of what stands on the building land of the demo town, by the kind of block: all lengths in metres.

Bays follow CROW ASVV 2021 (2.50 x 5.00 m, aisle 6 m); the rest is typical of Dutch building of its time, measured on
no place in particular. They shape an invented town and decide nothing about a real one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TerraceSizes:
    """How rows of houses vary: shares are chances, lengths in metres."""

    set_backs: tuple[float, ...] = (0.0, 0.0, 0.0, 1.2, 2.4)
    """How much further back a row may stand than the front line."""
    deeper: tuple[float, ...] = (0.0, 0.6, 1.2)
    """How much deeper than usual the houses of a row may be."""
    step: float = 1.4
    stepped: float = 0.22
    """Share of the rows in which every second pair stands back by `step`."""
    extension: float = 2.6
    extended: float = 0.22
    """Depth of an extension at the rear, and the share of houses that have one."""
    wide_gap: float = 7.0
    wide_gaps: float = 0.22
    """Extra room of a gap with public green, and its share of all gaps."""
    least_garden: float = 8.0
    """Between the backs of two rows, or between a row and a gable."""
    with_shed: float = 0.88
    head_green: tuple[float, float] = (4.0, 8.0)
    """Width of the public green at a short side of a block."""
    head_shares: tuple[float, float, float] = (0.45, 0.2, 0.35)
    """Shares of short sides with public green, with a row of garages, and with gardens alone."""
    garage: tuple[float, float] = (2.9, 5.8)
    garages: tuple[int, int] = (6, 9)
    apron: float = 6.0
    """Paving before garages, deep enough to turn into them."""
    transformer: tuple[float, float] = (3.2, 2.6)
    transformers: float = 0.3
    """Share of green short sides with a transformer house."""
    tree_spacing: float = 8.0


@dataclass(frozen=True)
class ClosedSizes:
    """A perimeter block: houses on the footway along all streets."""

    widths: tuple[float, ...]
    depths: tuple[float, ...]
    floors: tuple[int, int]
    homes: tuple[float, ...]
    """Shares of the buildings with one, two, three ... dwellings above each other."""
    shops: float
    """Share of the buildings with a shop on the ground floor."""
    gap_share: float
    gap: float = 2.4
    """A passage to the yards."""
    group: tuple[int, int] = (3, 7)
    """Houses of one width and depth that were built together."""
    least_plot: float = 32.0
    """Square metres below which a building is left out."""
    in_yard: float = 0.3
    """Chance of a school or workshop in a large yard."""
    yard_building: tuple[float, float] = (24.0, 11.0)
    garden: float = 6.0
    """Between the backs of the houses and what stands in the yard."""
    shed_share: float = 0.6
    second_home: float = 0.6
    """Distance between the points of homes above each other."""


CLOSED: dict[str, ClosedSizes] = {
    "gesloten bouwblok": ClosedSizes(
        (5.2, 5.6, 6.0, 6.6), (9.0, 9.6, 10.4, 11.0), (3, 4), (0.5, 0.32, 0.14, 0.04), 0.03, 0.02
    ),
    "centrum": ClosedSizes(
        (5.2, 6.1, 7.0, 8.2), (9.0, 10.0, 11.5, 13.0), (2, 3), (0.85, 0.15), 0.22, 0.06, group=(1, 2)
    ),
}
"""Perimeter blocks by kind."""


@dataclass(frozen=True)
class WalkUpSizes:
    """Post-war slabs of flats without lift, in strips across the block."""

    depth: float = 10.0
    unit_width: float = 7.0
    units: tuple[int, int] = (4, 8)
    floors: tuple[int, int] = (3, 4)
    end_green: float = 4.0
    """Between the end of a slab and the footway."""
    pitch: tuple[float, float] = (27.0, 32.0)
    """From slab to slab."""
    edge: float = 5.0
    path: float = 1.8
    path_before: float = 2.6
    """From the front of a slab to the middle of its path."""
    pocket_bays: tuple[int, int] = (6, 10)
    pockets: float = 0.65
    """Share of the spaces between slabs with a car park."""
    area_per_tree: float = 90.0


@dataclass(frozen=True)
class HofSizes:
    """A court of a cauliflower neighbourhood (1975-1985)."""

    road: float = 5.0
    court: tuple[float, float] = (21.0, 26.0)
    """Width of the court along the street."""
    court_depth: tuple[float, float] = (16.0, 24.0)
    widths: tuple[float, ...] = (5.4, 5.7, 6.0)
    depth: float = 9.2
    front: float = 2.6
    """From court or erf road to the houses; more than `between`, for bays lie at the edge of the court."""
    street_front: float = 3.4
    garden: float = 8.0
    step: tuple[float, float] = (1.0, 2.0)
    group: tuple[int, int] = (2, 4)
    row: tuple[int, int] = (3, 6)
    bays: tuple[int, int] = (4, 7)
    least_length: float = 46.0
    least_depth: float = 42.0
    shed: tuple[float, float] = (2.2, 3.0)
    path: float = 1.5
    rear_green: float = 3.0
    between: float = 2.3
    """Between the ends of rows, and between rows and gardens of others."""
    area_per_tree: float = 45.0


@dataclass(frozen=True)
class VillaSizes:
    """Apartment buildings of a new estate round a car park."""

    side: tuple[float, float] = (17.5, 20.5)
    units: int = 4
    floors: tuple[int, int] = (4, 5)
    edge: float = 4.0
    to_car_park: float = 2.5
    between: float = 9.0
    bays: float = 0.8
    """Bays in the car park per dwelling, at most."""
    path: float = 2.0
    area_per_tree: float = 110.0


@dataclass(frozen=True)
class ShopsSizes:
    """A neighbourhood shopping centre."""

    widths: tuple[float, ...] = (6.0, 7.2, 8.4, 12.0)
    depths: tuple[float, float] = (10.0, 14.0)
    market: tuple[float, float] = (24.0, 2.5)
    """Width of the supermarket, and how far it stands out before the other shops."""
    edge: float = 2.5
    bays: tuple[int, int] = (20, 40)
    """Bays in one of the two rows of the car park."""
    disabled: tuple[int, int] = (2, 4)
    loading: tuple[float, float] = (11.0, 2.5)
    """A place for loading and unloading behind the shops."""
    yard: float = 4.5
    """Delivery yard between the backs of the shops and the footway."""
    path: float = 2.5
    tree_spacing: float = 9.0
    above: float = 0.3
    """Share of the shops with a dwelling above."""


@dataclass(frozen=True)
class SchoolSizes:
    """A primary school with its yard."""

    wing: tuple[float, float] = (38.0, 13.0)
    side_wing: tuple[float, float] = (13.0, 16.0)
    edge: float = 5.0
    front: float = 9.0
    bays: tuple[int, int] = (6, 12)
    least: tuple[float, float] = (46.0, 34.0)
    yard_trees: int = 5
    area_per_tree: float = 70.0


@dataclass(frozen=True)
class SportsSizes:
    """Playing fields with a clubhouse and a car park."""

    fields: tuple[tuple[float, float], ...] = ((105.0, 69.0), (69.0, 105.0), (60.0, 40.0), (40.0, 60.0), (42.0, 30.0))
    """Tried in this order: football, then the smaller pitches of youth and korfbal."""
    tennis: tuple[float, float] = (36.6, 18.3)
    artificial: float = 0.15
    """Share of the fields with a hard surface."""
    clubhouse: tuple[float, float] = (24.0, 10.0)
    edge: float = 4.0
    between: float = 4.0
    path: float = 2.5
    tree_spacing: float = 9.0
    least: tuple[float, float] = (50.0, 44.0)


@dataclass(frozen=True)
class AllotmentSizes:
    """Allotments: plots with a shed each along paths of shells."""

    plot: tuple[float, float] = (9.0, 17.0)
    path: float = 2.0
    hedge: float = 3.0
    shed: tuple[float, float] = (2.4, 2.0)
    with_shed: float = 0.85
    bays: int = 8
    least: tuple[float, float] = (30.0, 30.0)


@dataclass(frozen=True)
class RibbonSizes:
    """A village ribbon: houses of all ages on deep plots."""

    widths: tuple[float, float] = (7.0, 12.5)
    depths: tuple[float, float] = (8.5, 13.0)
    pair_widths: tuple[float, float] = (6.0, 7.2)
    set_backs: tuple[float, float] = (2.5, 9.0)
    old_set_back: tuple[float, float] = (0.3, 2.0)
    gaps: tuple[float, float] = (4.4, 11.0)
    shares: tuple[float, float, float, float] = (0.56, 0.28, 0.07, 0.09)
    """Detached, two under one roof, farm, shop straight on the road."""
    farm: tuple[float, float] = (10.5, 22.0)
    barn: tuple[float, float] = (8.0, 14.0)
    shop: tuple[float, float] = (9.0, 14.0)
    open_share: float = 0.08
    open_width: tuple[float, float] = (12.0, 20.0)
    """Now and then a view to the country."""
    turn: float = 0.06
    """Old houses stand up to this much askew, in radians."""


@dataclass(frozen=True)
class FarmSizes:
    """Meadows in long strips, ditches between them, and a farm yard."""

    strip: tuple[float, float] = (28.0, 62.0)
    ditch: tuple[float, float] = (2.0, 3.0)
    edge_ditch: float = 2.2
    edge_verge: float = 1.5
    """Between the road's land and its ditch."""
    dam: float = 5.0
    yard: tuple[float, float] = (52.0, 68.0)
    house: tuple[float, float] = (11.0, 17.0)
    house_front: float = 14.0
    barns: tuple[tuple[float, float], ...] = ((16.0, 34.0), (12.0, 24.0), (20.0, 42.0))
    drive: float = 4.0
    belt_spacing: float = 7.0
    """Between the trees of the belt around a yard."""
    arable: float = 0.15
    """Share of the strips that is ploughed."""
    least: float = 30.0
    barn_gap: float = 6.0
    more_farms: float = 0.2
    """Chance of a farm at each street of a block after the first."""


TERRACE = TerraceSizes()
WALK_UP = WalkUpSizes()
HOF = HofSizes()
VILLA = VillaSizes()
SHOPS = ShopsSizes()
SCHOOL = SchoolSizes()
SPORTS = SportsSizes()
ALLOTMENT = AllotmentSizes()
RIBBON = RibbonSizes()
FARM = FarmSizes()
