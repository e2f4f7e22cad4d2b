"""A quarter laid out by hand: blocks of 65 x 110 m in rows, homes every 6 m along the long sides of each block."""

from shapely import LineString, Point, box

from laadplan.demo.grid import lay_grid
from laadplan.demo.model import Address, Building, Cell, Front, Grid, Pole, Quarter, Segment, Street

WEST, SOUTH = 144_000.0, 508_000.0
LENGTH, DEPTH = 110.0, 65.0
COLUMNS, ROWS = 3, 4
FRONT_M, WALL_M, HOUSE_M, WIDTH_M = 5.5, 9.1, 9.6, 6.0


def make_cell(index: int = 3, kind: str = "naoorlogs", columns: int = COLUMNS, rows: int = ROWS) -> Cell:
    ground = box(WEST, SOUTH, WEST + columns * LENGTH, SOUTH + rows * DEPTH)
    return Cell(index, kind, f"BU9901{index:04d}", "Demo-buurt", "WK990100", "Demo-wijk", 6751, ground)


def make_segments(columns: int = COLUMNS, rows: int = ROWS) -> tuple[Segment, ...]:
    made = []
    for row in range(rows + 1):
        street = Street(f"Demo-Oost {row}", "hoofdweg" if row == 0 else "woonstraat")
        for column in range(columns):
            start, y = WEST + column * LENGTH, SOUTH + row * DEPTH
            made.append(Segment(LineString([(start, y), (start + LENGTH, y)]), street, row in (0, rows)))
    for column in range(columns + 1):
        street = Street(f"Demo-Noord {column}", "woonstraat")
        for row in range(rows):
            x, start = WEST + column * LENGTH, SOUTH + row * DEPTH
            made.append(Segment(LineString([(x, start), (x, start + DEPTH)]), street, column in (0, columns)))
    return tuple(made)


def make_homes(columns: int, rows: int, use: str) -> tuple[list[Front], list[Building], list[Address]]:
    fronts: list[Front] = []
    buildings: list[Building] = []
    addresses: list[Address] = []
    for row in range(rows):
        for column in range(columns):
            west, south = WEST + column * LENGTH, SOUTH + row * DEPTH
            corners = [
                (west + FRONT_M, south + FRONT_M),
                (west + LENGTH - FRONT_M, south + FRONT_M),
                (west + LENGTH - FRONT_M, south + DEPTH - FRONT_M),
                (west + FRONT_M, south + DEPTH - FRONT_M),
            ]
            names = (f"Demo-Oost {row}", f"Demo-Noord {column + 1}", f"Demo-Oost {row + 1}", f"Demo-Noord {column}")
            fronts += [Front(LineString([corners[i], corners[(i + 1) % 4]]), names[i]) for i in range(4)]
            for side, (street, low) in enumerate(((names[0], WALL_M), (names[2], DEPTH - WALL_M - HOUSE_M))):
                for home in range(int((LENGTH - 2 * WALL_M) / WIDTH_M)):
                    x, y = west + WALL_M + home * WIDTH_M, south + low
                    bag = f"990110{len(buildings):010d}"
                    wall = box(x, y, x + WIDTH_M, y + HOUSE_M)
                    buildings.append(Building(wall, built=1960, bag_id=bag))
                    point = Point(x + WIDTH_M / 2, y + HOUSE_M / 2)
                    driveway = (len(addresses) % 4) == 0
                    number = 2 * home + 1 + side
                    addresses.append(
                        Address(f"990120{len(addresses):010d}", street, number, "", "6751SA", bag, use, point, driveway)
                    )
    return fronts, buildings, addresses


def make_poles(count: int) -> tuple[Pole, ...]:
    return tuple(
        Pole(Point(WEST + 40 + 37 * i % 300, SOUTH + 3 + 61 * i % 250), "Demo-Oost 1", str(i), "6751SA", False, f"p{i}")
        for i in range(count)
    )


def make_quarter(
    kind: str = "naoorlogs",
    *,
    seed: int = 1,
    index: int = 3,
    columns: int = COLUMNS,
    rows: int = ROWS,
    use: str = "woonfunctie",
    poles: int = 0,
) -> Quarter:
    cell, segments = make_cell(index, kind, columns, rows), make_segments(columns, rows)
    fronts, buildings, addresses = make_homes(columns, rows, use)
    grid = lay_grid(cell, seed, segments, fronts, addresses, buildings) if addresses else Grid()
    return Quarter(
        cell=cell,
        town="Demodorp",
        seed=seed,
        surfaces=(),
        buildings=tuple(buildings),
        addresses=tuple(addresses),
        strips=(),
        trees=(),
        poles=make_poles(poles),
        segments=segments,
        paths=(),
        fronts=tuple(fronts),
        grid=grid,
    )
