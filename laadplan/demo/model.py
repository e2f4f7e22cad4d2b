"""The demo town as plain data: streets, surfaces, buildings, dwellings, bays, trees and poles.

All geometry is shapely in RD New (EPSG:28992), in metres. Nothing here reads or writes a file.
"""

from dataclasses import dataclass, field

from shapely import LineString, MultiPolygon, Point, Polygon


@dataclass(frozen=True)
class Street:
    """A street with its name and kind; the kind gives its cross-section (``sizes.STREETS``)."""

    name: str
    kind: str


@dataclass(frozen=True)
class Side:
    """One side of a block: the axis of its street, with the block on the left; no street at the edge of the town."""

    line: LineString
    street: Street | None
    forward: bool
    """True where the line runs with the house numbers of the street."""


@dataclass(frozen=True)
class Block:
    """The ground between street axes: a polygon with its sides in order (south, east, north, west)."""

    index: int
    kind: str
    polygon: Polygon
    sides: tuple[Side, ...]
    neighbourhood: str


@dataclass(frozen=True)
class Surface:
    """A BGT surface: `layer` is its file without ``bgt_`` and ``.gml``, `code` its function or class."""

    layer: str
    code: str
    material: str
    polygon: Polygon
    local_id: str = ""
    level: int = 0


@dataclass(frozen=True)
class ParkingStrip:
    """Public bays in one piece: its surface, orientation, the bays and the places for a pole between two of them."""

    orientation: str
    polygon: Polygon
    bays: tuple[Polygon, ...]
    pole_places: tuple[Point, ...]
    local_id: str = ""


@dataclass(frozen=True)
class Home:
    """A unit with an address before it has a number: its place, street and position along it in metres."""

    street: str
    odd: bool
    along_m: float
    point: Point
    use: str
    own_driveway: bool
    letter: str = ""


@dataclass(frozen=True)
class Building:
    """A building with the units in it; sheds and garages have none. `floor_units` is set for flats only."""

    polygon: Polygon
    homes: tuple[Home, ...] = ()
    floor_units: int = 0
    floors: int = 1
    local_id: str = ""
    bag_id: str = ""


@dataclass(frozen=True)
class Address:
    """An address as in the BAG."""

    number_id: str
    street: str
    number: int
    letter: str
    postcode: str
    building_id: str
    use: str
    point: Point
    own_driveway: bool
    neighbourhood: str

    @property
    def is_dwelling(self) -> bool:
        """Whether somebody lives here."""
        return "woonfunctie" in self.use


@dataclass(frozen=True)
class Tree:
    """A tree with stem diameter in centimetres and crown diameter in metres."""

    point: Point
    latin: str
    dutch: str
    planted: int
    stem_cm: int
    crown_m: float
    owner: str = "gemeente"
    local_id: str = ""


@dataclass(frozen=True)
class Pole:
    """A charge point location: `place` between two bays, or beside the road for a fast charger."""

    point: Point
    street: str
    number: str
    postcode: str
    fast: bool
    local_id: str


@dataclass(frozen=True)
class Neighbourhood:
    """A CBS buurt with its key figures; None where CBS would suppress the figure."""

    code: str
    name: str
    polygon: MultiPolygon
    inhabitants: int
    households: int
    cars: int | None
    cars_per_household: float | None
    addresses_per_km2: int


@dataclass(frozen=True)
class Postcode:
    """Car stock of one PC4; shares run from 0 to 1."""

    pc4: int
    households: int
    area_km2: float
    cars_per_household: float
    electric_shares: tuple[float, ...]


@dataclass
class BlockContent:
    """What one block holds, before ids and numbers are given."""

    block: Block
    surfaces: list[Surface] = field(default_factory=list)
    carriageway: Polygon | MultiPolygon = field(default_factory=MultiPolygon)
    strips: list[ParkingStrip] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    trees: list[Point] = field(default_factory=list)


@dataclass(frozen=True)
class Town:
    """The whole town. `surfaces` include parking strips and bridges; level 0 tiles the ground with `buildings`."""

    name: str
    seed: int
    inhabitants: int
    surfaces: tuple[Surface, ...]
    buildings: tuple[Building, ...]
    addresses: tuple[Address, ...]
    strips: tuple[ParkingStrip, ...]
    trees: tuple[Tree, ...]
    poles: tuple[Pole, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    postcodes: tuple[Postcode, ...]
    outline: Polygon
