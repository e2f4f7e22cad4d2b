"""A quarter made by hand: two crossing streets, four rows of houses, bays, a park, a canal with a bridge.

It is small enough to reason about and holds what a writer may trip on: rounded corners, a hole, two levels, a park
large enough for plans, an address with a letter, a footpath that ends beside a street and one that ends nowhere.
"""

import shapely
from shapely import LineString, Point, Polygon, box

from laadplan.demo.figures import Figures, figures_of
from laadplan.demo.lattice import Lattice, Warp
from laadplan.demo.model import (
    Address,
    Building,
    Cell,
    Grid,
    Home,
    ParkingStrip,
    Pole,
    Quarter,
    Segment,
    Street,
    Surface,
    Town,
    Tree,
)
from laadplan.demo.names import building_id, local_id, neighbourhood_code, number_id

EAST, NORTH = 144000.0, 508000.0
"""South-west corner of the first cell, in RD New."""

WIDE, DEEP = 240.0, 160.0
"""Size of a cell in metres."""

STEP = 20.0
"""Vertices of a street lie this far apart, in metres."""

LINDE = Street("Demo-Lindestraat", "woonstraat")
MEREL = Street("Demo-Merelhof", "woonerf")
MAIN = Street("Demo-Hoofdstraat", "hoofdweg")
RING = Street("Demo-'s-Gravenlaan & Zn", "wijkweg")


def make_cell(index: int = 0, kind: str = "naoorlogs", pc4: int = 6751) -> Cell:
    """A cell; cells lie beside each other from west to east, two to a wijk."""
    west = EAST + index * WIDE
    wijk = index // 2
    return Cell(
        index=index,
        kind=kind,
        code=neighbourhood_code(100 * wijk + index),
        name=f"Handwerk {index}",
        wijk=f"WK9901{wijk:02d}",
        wijk_name=f"Wijk {wijk}",
        pc4=pc4,
        polygon=box(west, NORTH, west + WIDE, NORTH + DEEP),
    )


def make_town(cells: int = 3, seed: int = 7) -> Town:
    """A town of some cells: two of houses, and then business parks."""
    made = [make_cell(index, "naoorlogs" if index < 2 else "bedrijven", 6751 + index // 2) for index in range(cells)]
    lattice = Lattice((0.0, WIDE), (0.0, DEEP), (0, 0), Warp(0.0, (0.0,) * 6))
    return Town("Handdorp", seed, 1000, tuple(made), lattice)


def make_quarter(cell: Cell | None = None, seed: int = 7) -> Quarter:
    """The quarter of a cell."""
    cell = cell or make_cell()
    buildings, addresses = _houses(cell, seed)
    return Quarter(
        cell=cell,
        town="Handdorp",
        seed=seed,
        surfaces=_surfaces(cell, seed),
        buildings=buildings,
        addresses=addresses,
        strips=(_strip(cell, seed),),
        trees=tuple(_tree(cell, seed, place) for place in range(90)),
        poles=_poles(cell, seed),
        segments=_segments(cell),
        paths=_paths(cell),
        fronts=(),
        grid=Grid(),
    )


def make_figures(town: Town) -> list[Figures]:
    """The figures of all quarters of a town: houses in the first two cells, nothing in the others."""
    makers = [make_quarter if cell.index < 2 else make_empty_quarter for cell in town.cells]
    return [figures_of(make(cell, town.seed)) for make, cell in zip(makers, town.cells, strict=True)]


def make_empty_quarter(cell: Cell | None = None, seed: int = 7) -> Quarter:
    """A quarter with nothing in it."""
    none: tuple[()] = ()
    return Quarter(cell or make_cell(), "Handdorp", seed, none, none, none, none, none, none, none, none, none, Grid())


def _at(cell: Cell, x: float, y: float) -> tuple[float, float]:
    """RD coordinates of a place given in metres from the corner of the cell."""
    return (EAST + cell.index * WIDE + x, NORTH + y)


def _box(cell: Cell, west: float, south: float, east: float, north: float) -> Polygon:
    return box(*_at(cell, west, south), *_at(cell, east, north))


def _line(cell: Cell, *places: tuple[float, float]) -> LineString:
    return LineString([_at(cell, x, y) for x, y in places])


def _axis(cell: Cell, start: tuple[float, float], end: tuple[float, float]) -> LineString:
    """A straight street axis with a vertex at every step, on the millimetre grid."""
    line = shapely.segmentize(_line(cell, start, end), STEP)
    return shapely.transform(line, lambda coordinates: coordinates.round(3))


def _segments(cell: Cell) -> tuple[Segment, ...]:
    """Two streets that cross in the middle, and the four roads around the cell, cut where the streets meet them."""
    middle, across = WIDE / 2, DEEP / 2
    inner = [
        (LINDE, (0.0, across), (middle, across)),
        (LINDE, (middle, across), (WIDE, across)),
        (MEREL, (middle, 0.0), (middle, across)),
        (MEREL, (middle, across), (middle, DEEP)),
    ]
    border = [
        (MAIN, (0.0, 0.0), (middle, 0.0)),
        (MAIN, (middle, 0.0), (WIDE, 0.0)),
        (RING, (0.0, DEEP), (middle, DEEP)),
        (RING, (middle, DEEP), (WIDE, DEEP)),
        (RING, (0.0, 0.0), (0.0, across)),
        (RING, (0.0, across), (0.0, DEEP)),
        (RING, (WIDE, 0.0), (WIDE, across)),
        (RING, (WIDE, across), (WIDE, DEEP)),
    ]
    return tuple(
        [Segment(_axis(cell, start, end), street) for street, start, end in inner]
        + [Segment(_axis(cell, start, end), street, is_border=True) for street, start, end in border]
    )


def _paths(cell: Cell) -> tuple[LineString, ...]:
    """A path from the kerb of one street to that of another, one that joins it, one across it, one that hangs loose."""
    return (
        _line(cell, (66.0, 77.4), (64.0, 40.0), (67.0, 3.2)),
        _line(cell, (64.0, 40.0), (34.0, 38.0)),
        _line(cell, (50.0, 60.0), (50.0, 20.0)),
        _line(cell, (180.0, 120.0), (190.0, 121.0)),
    )


def _houses(cell: Cell, seed: int) -> tuple[tuple[Building, ...], tuple[Address, ...]]:
    """Rows at both sides of the long street, a shed, a flat with four units and a shop."""
    buildings: list[Building] = []
    addresses: list[Address] = []
    start = cell.index * 100_000

    def add(shape: Polygon, units: list[tuple[str, int, str, str]], built: int) -> None:
        serial = start + len(buildings) + 1
        point = shape.centroid
        homes = tuple(
            Home(street, number % 2 == 1, 0.0, point, use, False, letter) for street, number, letter, use in units
        )
        bag = building_id(serial)
        buildings.append(Building(shape, homes, built=built, local_id=local_id(seed, "pand", serial), bag_id=bag))
        for place, (street, number, letter, use) in enumerate(units):
            addresses.append(
                Address(
                    number_id=number_id(start + len(addresses) + 1),
                    street=street,
                    number=number,
                    letter=letter,
                    postcode=f"{cell.pc4}SA",
                    building_id=bag,
                    use=use,
                    point=Point(round(point.x + place, 3), round(point.y, 3)),
                    own_driveway=number % 8 == 1,
                    area_m2=60 + number,
                )
            )

    for side, south in ((0, 90.0), (1, 60.0)):
        for place in range(12):
            west = 10.0 + 5.4 * place
            add(
                _box(cell, west, south, west + 5.4, south + 9.6),
                [(LINDE.name, 2 * place + 1 + side, "", "woonfunctie")],
                1961,
            )
    add(_box(cell, 20.0, 104.0, 22.2, 107.2), [], 1961)
    flat = [(MEREL.name, 2, letter, "woonfunctie") for letter in "ABCD"]
    add(_box(cell, 130.0, 120.0, 160.0, 132.0), flat, 1972)
    add(_box(cell, 130.0, 100.0, 150.0, 112.0), [(MEREL.name, 4, "", "woonfunctie,winkelfunctie")], 2004)
    return tuple(buildings), tuple(addresses)


def _surfaces(cell: Cell, seed: int) -> tuple[Surface, ...]:
    """A carriageway with rounded corners, a yard with a hole, two parks, a canal under a bridge."""
    road = _box(cell, 5.0, 75.0, 235.0, 85.0).buffer(-4.0, join_style="mitre").buffer(4.0, quad_segs=8)
    road = shapely.transform(road, lambda coordinates: coordinates.round(3))
    hole = _box(cell, 130.0, 120.0, 160.0, 132.0)
    yard = _box(cell, 125.0, 95.0, 170.0, 140.0).difference(hole)
    found = [
        ("wegdeel", "rijbaan lokale weg", "open verharding", road, 0),
        ("wegdeel", "voetpad", "open verharding", _box(cell, 5.0, 86.0, 235.0, 88.0), 0),
        ("wegdeel", "parkeervlak", "open verharding", _bays(cell), 0),
        ("wegdeel", "rijbaan lokale weg", "gesloten verharding", _box(cell, 185.0, 10.0, 191.0, 34.0), 1),
        ("ondersteunendwegdeel", "berm", "groenvoorziening", _box(cell, 5.0, 70.0, 60.0, 72.0), 0),
        ("onbegroeidterreindeel", "erf", "", yard, 0),
        ("begroeidterreindeel", "gras- en kruidachtigen", "", _box(cell, 10.0, 110.0, 110.0, 155.0), 0),
        ("begroeidterreindeel", "groenvoorziening", "", _box(cell, 175.0, 100.0, 235.0, 155.0), 0),
        ("begroeidterreindeel", "groenvoorziening", "", _box(cell, 10.0, 8.0, 90.0, 38.0), 0),
        ("waterdeel", "waterloop", "kanaal", _box(cell, 125.0, 12.0, 235.0, 32.0), 0),
    ]
    return tuple(
        Surface(layer, code, material, shape, local_id(seed, cell.index, "vlak", place), level)
        for place, (layer, code, material, shape, level) in enumerate(found)
    )


def _bays(cell: Cell) -> Polygon:
    return _box(cell, 12.0, 73.0, 34.0, 75.0)


def _strip(cell: Cell, seed: int) -> ParkingStrip:
    bays = tuple(_box(cell, 12.0 + 5.5 * place, 73.0, 17.5 + 5.5 * place, 75.0) for place in range(4))
    poles = tuple(Point(_at(cell, 17.5 + 5.5 * place, 72.5)) for place in range(3))
    return ParkingStrip("langs", _bays(cell), bays, poles, ("openbaar",) * 4, local_id(seed, cell.index, "vlak", 2))


def _tree(cell: Cell, seed: int, place: int) -> Tree:
    point = Point(_at(cell, 12.0 + 2.2 * place % 100, 112.0 + 3 * (place // 10)))
    return Tree(
        point, "Tilia cordata", "Winterlinde", 1990, 24, 6.5, local_id=local_id(seed, cell.index, "boom", place)
    )


def _poles(cell: Cell, seed: int) -> tuple[Pole, ...]:
    ids = [local_id(seed, cell.index, "laadpaal", place).split(".")[1] for place in range(3)]
    return (
        Pole(Point(_at(cell, 17.5, 72.5)), LINDE.name, "3", f"{cell.pc4}SA", False, ids[0]),
        Pole(Point(_at(cell, 23.0, 72.5)), LINDE.name, "5", f"{cell.pc4}SA", False, ids[1]),
        Pole(Point(_at(cell, 200.0, 90.0)), MEREL.name, "4", f"{cell.pc4}SA", True, ids[2]),
    )
