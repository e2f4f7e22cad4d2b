"""The plan of the demo town: which quarter lies where in the lattice, and the roads between them.

In: a number of inhabitants, a seed and a name. Out: a ``Town``: cells with their codes, ground and border roads
(EPSG:28992). The old centre lies in the middle and younger quarters lie around it; a business park lies at the edge,
villages lie apart along the main road, and the country lies around all. Codes follow the order of CBS: a wijk is a
group of neighbouring cells, and so is a postcode area.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from shapely import Polygon

from laadplan.demo.lattice import Lattice, Place, Warp, ring
from laadplan.demo.model import Cell, Town
from laadplan.demo.names import FREE_PC4, cell_names, neighbourhood_code, wijk_code
from laadplan.demo.plan_sizes import LATTICE, QUARTERS, TOWN
from laadplan.demo.roads import Roads
from laadplan.errors import ConfigError

_SHARES: dict[str, tuple[float, float]] = {
    "centrum": (0.06, 0.05),
    "vooroorlogs": (0.05, 0.20),
    "naoorlogs": (0.34, 0.32),
    "bloemkool": (0.25, 0.16),
    "nieuwbouw": (0.22, 0.17),
    "bedrijven": (0.08, 0.10),
}
"""Shares of the cells of a town, from the middle outwards, below 15,000 inhabitants and at a million."""

_GROWING = (15_000, 1_000_000)

_SMALL: tuple[tuple[str, ...], ...] = (
    ("dorp",),
    ("dorp", "nieuwbouw"),
    ("dorp", "bloemkool", "nieuwbouw"),
    ("dorp", "naoorlogs", "bloemkool", "nieuwbouw"),
    ("dorp", "naoorlogs", "bloemkool", "nieuwbouw", "bedrijven"),
    ("centrum", "naoorlogs", "bloemkool", "nieuwbouw", "bedrijven", "dorp"),
    ("centrum", "naoorlogs", "bloemkool", "nieuwbouw", "nieuwbouw", "bedrijven", "dorp"),
    ("centrum", "naoorlogs", "bloemkool", "bloemkool", "nieuwbouw", "nieuwbouw", "bedrijven", "dorp"),
)
"""The cells of the smallest towns."""

_LEAST_FOR_CANAL = 4
"""A town of fewer quarters has no canal."""

_VILLAGE_SHARE = 0.1
"""Share of the dwellings that stands in villages, once there are any."""

_MOST_VILLAGE_CELLS = 6
_VILLAGE_GAP = 2
"""Cells of country between town and village."""

_LONGEST_NAME = 80
"""As in the BAG."""

_WIJK_SIDE = 3
_PC4_CELLS = 3
_LETTER_PAIRS_PER_CELL = 132


def make_plan(inhabitants: int, seed: int, name: str = "Demodorp") -> Town:
    """The plan of a town with room for so many inhabitants.

    Parameters
    ----------
    inhabitants
        Number of inhabitants, 1,000 to 1,000,000.
    seed
        Source of all chance, 0 or more.
    name
        Name of the municipality and of its one woonplaats.

    Raises
    ------
    ConfigError
        If the number of inhabitants lies outside these bounds, the seed is negative, or the name is empty, longer than
        80 characters or not printable.
    """
    _check(inhabitants, seed, name)
    random = np.random.default_rng([seed, inhabitants])
    kinds, side = _kinds(inhabitants / TOWN.inhabitants_per_dwelling)
    placed = _placed(kinds, random)
    places = _with_country(placed)
    lattice = _lattice(places, placed, side, random)
    cells = [_cell(lattice, place, kind) for place, kind in places.items()]
    return Town(
        name, seed, inhabitants, tuple(_coded(_with_roads(_with_dwellings(cells, inhabitants), places))), lattice
    )


def _check(inhabitants: int, seed: int, name: str) -> None:
    least, most = TOWN.minimum_inhabitants, TOWN.maximum_inhabitants
    if not least <= inhabitants <= most:
        raise ConfigError(
            f"A demo town cannot have {inhabitants} inhabitants.", todo=f"Ask for {least} to {most} inhabitants."
        )
    if seed < 0:
        raise ConfigError(f"The seed {seed} is negative.", todo="Give 0 or a positive whole number.")
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise ConfigError("That is no name for a town.", todo=f"Give 1 to {_LONGEST_NAME} printable characters.")


def _kinds(dwellings: float) -> tuple[list[str], float]:
    """The kinds of the built cells, from the middle outwards and villages last, and the side of a cell that fits."""
    count = 1
    while _room(kinds := _mixture(count, dwellings)) * LATTICE.side**2 < 1e4 * dwellings:
        count += 1
    return kinds, math.sqrt(1e4 * dwellings / _room(kinds))


def _room(kinds: Iterable[str]) -> float:
    """Dwellings on one hectare of each."""
    return sum(QUARTERS[kind].dwellings_per_ha for kind in kinds)


def _mixture(count: int, dwellings: float) -> list[str]:
    """The kinds of so many cells, in the order in which they lie around the middle."""
    if count <= len(_SMALL):
        return list(_SMALL[count - 1])
    low, high = (math.log(size / TOWN.inhabitants_per_dwelling) for size in _GROWING)
    grown = min(max((math.log(dwellings) - low) / (high - low), 0.0), 1.0)
    villages = min(max(1, round(_VILLAGE_SHARE * count)), _MOST_VILLAGE_CELLS)
    shares = {kind: (1 - grown) * small + grown * large for kind, (small, large) in _SHARES.items()}
    edges = np.round(np.cumsum(list(shares.values())) * (count - villages)).astype(int)
    amounts = np.diff(np.maximum(edges, np.arange(1, len(edges) + 1)), prepend=0)
    return [kind for kind, amount in zip(shares, amounts, strict=True) for _ in range(amount)] + ["dorp"] * villages


def _placed(kinds: list[str], random: np.random.Generator) -> dict[Place, str]:
    """A cell for each kind: the town grows cell by cell around its middle, villages lie on the main road."""
    villages = kinds.count("dorp") if "centrum" in kinds else 0
    inner = kinds[: len(kinds) - villages]
    placed = dict(zip(_grown(len(inner), random), inner, strict=True))
    _gather_business(placed)
    _gather_flair(placed, random)
    return placed | _villages(placed, villages)


def _grown(count: int, random: np.random.Generator) -> list[Place]:
    """Cells in the order in which a town grows: always next to what stands, the nearest to the middle first."""
    reach = math.ceil(math.sqrt(count)) + 3
    noise = random.uniform(1 - LATTICE.ragged, 1 + LATTICE.ragged, (2 * reach + 1, 2 * reach + 1))

    def far(place: Place) -> tuple[float, Place]:
        column, row = place
        away = math.hypot(column + 0.3, LATTICE.flatness * (row - 0.2))
        return (away * float(noise[column + reach, row + reach]), place)

    grown: list[Place] = [(0, 0)]
    frontier = set(_beside((0, 0)))
    while len(grown) < count:
        nearest = min(frontier, key=far)
        grown.append(nearest)
        frontier |= {place for place in _beside(nearest) if max(map(abs, place)) <= reach}
        frontier -= set(grown)
    return grown


def _beside(place: Place) -> list[Place]:
    column, row = place
    return [(column + 1, row), (column, row + 1), (column - 1, row), (column, row - 1)]


def _gather_business(placed: dict[Place, str]) -> None:
    """Moves the business park together, to the eastern edge of the town (changes `placed`, made by its caller)."""
    business = [place for place, kind in placed.items() if kind == "bedrijven"]
    edge = sorted(placed, key=lambda place: (-place[0], abs(place[1]), place))[: len(business)]
    for place, other in zip(
        [place for place in edge if place not in business],
        [place for place in business if place not in edge],
        strict=True,
    ):
        placed[place], placed[other] = placed[other], placed[place]


def _gather_flair(placed: dict[Place, str], random: np.random.Generator) -> None:
    """Swaps a few neighbours, so that rings of one age are not closed (changes `placed`)."""
    mixed = ("naoorlogs", "bloemkool", "nieuwbouw")
    for place in sorted(placed):
        other = _beside(place)[int(random.integers(4))]
        if placed[place] in mixed and placed.get(other) in mixed and float(random.uniform()) < 0.3:
            placed[place], placed[other] = placed[other], placed[place]


def _villages(placed: dict[Place, str], count: int) -> dict[Place, str]:
    """Villages of one to three cells along the main road, west and east of the town in turn."""
    west, east = min(column for column, _ in placed), max(column for column, _ in placed)
    villages: dict[Place, str] = {}
    sides = {-1: west, 1: east}
    turn = -1
    while count:
        size = min(count, 3 if count > 3 else 2)
        start = sides[turn] + turn * (_VILLAGE_GAP + 1)
        shape = [(start, 0), (start, -1), (start + turn, 0)][:size]
        villages |= dict.fromkeys(shape, "dorp")
        sides[turn] = max((column for column, _ in shape), key=lambda column: turn * column)
        count, turn = count - size, -turn
    return villages


def _with_country(placed: dict[Place, str]) -> dict[Place, str]:
    """All cells of the municipality, built ones first: country lies around them and along the main road."""
    around = {(column + across, row + up) for column, row in placed for across in (-1, 0, 1) for up in (-1, 0, 1)}
    columns = [column for column, _ in around]
    road = {(column, row) for column in range(min(columns), max(columns) + 1) for row in (-1, 0)}
    return placed | dict.fromkeys(sorted((around | road) - set(placed)), "landelijk")


def _lattice(places: dict[Place, str], placed: dict[Place, str], side: float, random: np.random.Generator) -> Lattice:
    """Columns and rows of uneven width around the origin, narrow at the rim of a town without villages."""
    is_small = len(placed) <= len(_SMALL)
    warp = Warp(
        angle=float(random.uniform(-LATTICE.turn, LATTICE.turn)),
        phases=tuple(float(phase) for phase in random.uniform(0, math.tau, 2 * len(LATTICE.waves))),
    )
    lines, first = [], []
    for axis in (0, 1):
        numbers = sorted({place[axis] for place in places})
        inside = {place[axis] for place in placed}
        widths = [
            side * float(random.uniform(1 - LATTICE.play, 1 + LATTICE.play))
            if number in inside or not is_small
            else LATTICE.rim
            for number in numbers
        ]
        steps = np.concatenate([[0.0], np.cumsum(widths)])
        middle = steps[numbers.index(0)] + widths[numbers.index(0)] / 2
        lines.append(tuple(round(float(step - middle), 1) for step in steps))
        first.append(numbers[0])
    return Lattice(lines[0], lines[1], (first[0], first[1]), warp)


def _cell(lattice: Lattice, place: Place, kind: str) -> Cell:
    polygon = Polygon(ring(lattice.sides(*place)))
    return Cell(0, kind, "", "", "", "", 0, polygon, column=place[0], row=place[1])


def _with_dwellings(cells: list[Cell], inhabitants: int) -> list[Cell]:
    """Cells that know how many dwellings are wanted; together those of the town."""
    room = [QUARTERS[cell.kind].dwellings_per_ha * cell.polygon.area for cell in cells]
    share = inhabitants / TOWN.inhabitants_per_dwelling / sum(room)
    return [replace(cell, wanted=round(share * space)) for cell, space in zip(cells, room, strict=True)]


def _with_roads(cells: list[Cell], places: dict[Place, str]) -> list[Cell]:
    """Cells with the roads on their borders, the same for both neighbours."""
    canals = {place for place, kind in places.items() if place[1] == 1 and kind not in ("bedrijven", "dorp")}
    has_canal = sum(kind != "landelijk" for kind in places.values()) >= _LEAST_FOR_CANAL
    roads = Roads(places)
    made = []
    for cell in cells:
        column, row = cell.column, cell.row
        lines = (("row", column, row), ("column", column + 1, row), ("row", column, row + 1), ("column", column, row))
        found = [roads.beside(*line) for line in lines]
        streets, numbers = tuple(street for street, _ in found), tuple(number for _, number in found)
        made.append(replace(cell, streets=streets, numbers_from=numbers, canal=has_canal and (column, row) in canals))
    return made


def _coded(cells: list[Cell]) -> list[Cell]:
    """Cells in the order of their codes, with index, names and postcode area."""
    side = _WIJK_SIDE if len(cells) < 500 else _WIJK_SIDE + 1

    def group(cell: Cell) -> tuple[int, int, int]:
        column, row = (cell.column + side // 2) // side, (cell.row + side // 2) // side
        return (max(abs(column), abs(row)), column, row)

    ordered = sorted(cells, key=lambda cell: (group(cell), cell.kind == "landelijk", cell.row, cell.column))
    groups = sorted({group(cell) for cell in cells})
    names = cell_names([cell.kind for cell in ordered])
    made: list[Cell] = []
    serials: Counter[int] = Counter()
    turns: Counter[bool] = Counter()
    for index, (cell, name) in enumerate(zip(ordered, names, strict=True)):
        wijk = groups.index(group(cell))
        serials[wijk] += 1
        postcode, inside = divmod(index, _PC4_CELLS)
        is_country = cell.kind == "landelijk"
        made.append(
            replace(
                cell,
                index=index,
                code=neighbourhood_code(100 * wijk + serials[wijk]),
                name=name,
                wijk=wijk_code(wijk),
                wijk_name=f"Wijk {wijk:02d}",
                pc4=FREE_PC4[postcode % len(FREE_PC4)],
                letters_from=_LETTER_PAIRS_PER_CELL * inside,
                turn=turns[is_country],
            )
        )
        turns[is_country] += 1
    return made
