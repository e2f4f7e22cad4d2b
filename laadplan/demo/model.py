"""The demo town as plain data: its plan as cells, and per cell the quarter that is built in it.

A ``Town`` is the plan alone and stays small at any size; a ``Quarter`` is one buurt with all that lies in it, made from
the plan and the seed without any other quarter. Quarters tile the municipality. All geometry is shapely in RD New
(EPSG:28992), in metres. Nothing here reads or writes a file.
"""

from dataclasses import dataclass, field
from functools import cached_property

from shapely import LineString, MultiPolygon, Point, Polygon

from laadplan.demo.lattice import Lattice


@dataclass(frozen=True)
class Street:
    """A street with its name and kind; the kind gives its cross-section (``sizes.STREETS``)."""

    name: str
    kind: str


@dataclass(frozen=True)
class Side:
    """One side of a block: the axis of its street, with the block on the left; no street at the edge of the town.

    House numbers along the side come after `number_from`: 0 within a quarter; on a road between quarters every stretch
    between two quarters has numbers of its own.
    """

    line: LineString
    street: Street | None
    forward: bool
    """True where the line runs with the house numbers of the street."""
    number_from: int = 0


@dataclass(frozen=True)
class Block:
    """The ground between street axes: a polygon with its sides in order (south, east, north, west)."""

    index: int
    kind: str
    polygon: Polygon
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class Segment:
    """The axis of a street between two crossings; `is_border` where it runs between two quarters."""

    line: LineString
    street: Street
    is_border: bool = False


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
    """Public bays in one piece: its surface, orientation, the bays and the places for a pole between two of them.

    `regimes` has one entry per bay: ``openbaar``, ``gpp`` (gehandicaptenparkeerplaats) or ``laden en lossen``.
    """

    orientation: str
    polygon: Polygon
    bays: tuple[Polygon, ...]
    pole_places: tuple[Point, ...]
    regimes: tuple[str, ...] = ()
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
    number_from: int = 0


@dataclass(frozen=True)
class Building:
    """A building with the units in it; sheds and garages have none. `floor_units` is set for flats only."""

    polygon: Polygon
    homes: tuple[Home, ...] = ()
    floor_units: int = 0
    floors: int = 1
    built: int = 0
    """Year of building."""
    local_id: str = ""
    bag_id: str = ""


@dataclass(frozen=True)
class Address:
    """An address as in the BAG, with the floor area of its verblijfsobject in square metres."""

    number_id: str
    street: str
    number: int
    letter: str
    postcode: str
    building_id: str
    use: str
    point: Point
    own_driveway: bool
    area_m2: int = 0

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
class Front:
    """A stretch of footway along the building land of one side of a block, where cables lie; with its street."""

    line: LineString
    street: str


@dataclass(frozen=True)
class Cable:
    """A cable in the ground: `voltage_v` 400 or 10,000; `station` is the id of the station that feeds it."""

    line: LineString
    voltage_v: int
    laid: int
    """Year."""
    station: str
    local_id: str


@dataclass(frozen=True)
class Installation:
    """A point of the grid: ``middenspanningsstation`` or ``laagspanningskast``; `station` is that which feeds it."""

    kind: str
    point: Point
    station: str
    local_id: str


@dataclass(frozen=True)
class Grid:
    """The cables of a quarter with their stations and cabinets."""

    cables: tuple[Cable, ...] = ()
    installations: tuple[Installation, ...] = ()


@dataclass(frozen=True)
class Cell:
    """The place of a quarter in the plan: what it will be, its codes and its ground; `wijk` and `pc4` hold several."""

    index: int
    kind: str
    """Key of ``plan_sizes.QUARTERS``."""
    code: str
    """CBS buurt code."""
    name: str
    wijk: str
    """CBS wijk code."""
    wijk_name: str
    pc4: int
    polygon: Polygon
    column: int = 0
    row: int = 0
    """Place in the lattice; (0, 0) is the middle of the town."""
    streets: tuple[Street | None, ...] = (None, None, None, None)
    """Roads on the south, east, north and west side."""
    numbers_from: tuple[int, ...] = (0, 0, 0, 0)
    """House numbers along those roads come after these."""
    canal: bool = False
    """Whether a canal runs along the south side."""
    wanted: int = 0
    """Dwellings wanted here."""
    letters_from: int = 0
    """Letter pairs of postcodes come after this one: a PC4 holds several cells."""
    turn: int = 0
    """Number among the cells that are built on, or among those that are not: what is planted is planted in turn."""


@dataclass
class BlockContent:
    """What one block holds, before ids and numbers are given."""

    block: Block
    surfaces: list[Surface] = field(default_factory=list)
    carriageway: Polygon | MultiPolygon = field(default_factory=MultiPolygon)
    strips: list[ParkingStrip] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    trees: list[Point] = field(default_factory=list)
    paths: list[LineString] = field(default_factory=list)
    fronts: list[Front] = field(default_factory=list)


@dataclass(frozen=True)
class Quarter:
    """One buurt with all that lies in it. `surfaces` include parking strips and bridges; level 0 tiles the cell with
    `buildings`. `segments` are street axes from crossing to crossing, `paths` footpaths apart from streets.
    """

    cell: Cell
    town: str
    """Name of the municipality."""
    seed: int
    surfaces: tuple[Surface, ...]
    buildings: tuple[Building, ...]
    addresses: tuple[Address, ...]
    strips: tuple[ParkingStrip, ...]
    trees: tuple[Tree, ...]
    poles: tuple[Pole, ...]
    segments: tuple[Segment, ...]
    paths: tuple[LineString, ...]
    fronts: tuple[Front, ...]
    grid: Grid

    @cached_property
    def dwellings(self) -> int:
        """Number of dwellings."""
        return sum(address.is_dwelling for address in self.addresses)


@dataclass(frozen=True)
class Town:
    """The plan of a municipality: its cells, in order of their index."""

    name: str
    seed: int
    inhabitants: int
    cells: tuple[Cell, ...]
    lattice: Lattice
