"""Perimeter blocks: old houses wall to wall along all streets of a block, with yards inside.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992). Dwellings above each other have numbers or letters of
their own, and points a little apart.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, MultiPolygon

from laadplan.demo.frames import Floats, Plot, Shapes, as_shapes, plot_on, points_at
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import (
    YARD,
    Ground,
    home_at,
    homes_at,
    lay_path,
    note_driveway,
    put_building,
    street_sides,
)
from laadplan.demo.land_sizes import CLOSED, ClosedSizes
from laadplan.demo.model import Building, Home
from laadplan.demo.shapes import DECIMALS, Ruler, free_stretch, join, longer, subtract
from laadplan.demo.sizes import GRID_M

_OUTSIDE_M = 0.5
"""Plots begin this far before the land and are cut along its edge: a front follows the bend of its street."""

_INTO_CORNER_M = 8.0
_BEYOND_M = 25.0
_BESIDE_M = 0.3
_SHED_M = (2.4, 2.6)
_SHED_GARDEN_M = 5.0
_CORNER_SHOP = 0.12
"""Chance of a shop on a corner of a block of dwellings."""

_NUMBER_STEP_M = 0.01
"""Homes above each other follow each other along the street by this much."""

_GROUND_FLOORS = ("winkelfunctie",) * 5 + (
    "kantoorfunctie",
    "kantoorfunctie",
    "gezondheidszorgfunctie",
    "bijeenkomstfunctie",
    "bijeenkomstfunctie",
)
"""What is below dwellings where there are no dwellings, by turns of chance."""

_LETTERS = ("", "A", "B", "C", "D")
_YARD_USES = ("onderwijsfunctie", "industriefunctie", "industriefunctie")
_PASSAGE_M = 3.6


@dataclass(frozen=True)
class _Plots:
    """Plots along a line: first and last station of each, and its depth, in metres."""

    starts: Floats
    ends: Floats
    depths: Floats


def fill_closed(frontage: Frontage, kind: str, random: np.random.Generator) -> Ground | None:
    """A closed edge of houses along all streets of a block; None where not one fits."""
    sizes = CLOSED[kind]
    ground = Ground(rest=YARD)
    has_letters = float(random.uniform()) < 0.5
    yard_plot = plot_on(frontage, 0, max(sizes.depths) + sizes.garden) if frontage.kerbs[0].side.street else None
    least = (sizes.yard_building[0] + 2.0, sizes.yard_building[1] + 2.0)
    if yard_plot and yard_plot.length > least[0] and yard_plot.depth > least[1] and random.uniform() < sizes.in_yard:
        _build_in_yard(ground, frontage, yard_plot, sizes, random)
    edges = [
        (place, plots)
        for place in street_sides(frontage)
        if (plots := _build_edge(ground, frontage, place, sizes, random, has_letters=has_letters)) is not None
    ]
    for place, plots in edges:
        _add_sheds(ground, frontage, place, plots, sizes, random)
    return ground if edges else None


def _build_in_yard(
    ground: Ground, frontage: Frontage, plot: Plot, sizes: ClosedSizes, random: np.random.Generator
) -> None:
    """A school or a workshop in the yard, with a passage to the street (adds to `ground` and the frontage)."""
    length, depth = sizes.yard_building
    start, near = (plot.length - length) / 2, max(plot.depth - depth, 0.0) / 2
    use = str(random.choice(_YARD_USES))
    shape = plot.frame.box(start, start + length, near, near + depth)
    middle = plot.frame.point(plot.length / 2, near + depth / 2)
    put_building(ground, shape, home_at(frontage.kerbs[0].side, middle, use))
    reach = max(sizes.depths) + sizes.garden + _OUTSIDE_M
    path = plot.frame.line((plot.length / 2, near), (plot.length / 2, -reach))
    lay_path(ground, frontage, path, _PASSAGE_M, from_door=True)
    if use == "industriefunctie":
        note_driveway(frontage, 0, plot.frame.point(plot.length / 2, -reach), _PASSAGE_M)


def _build_edge(
    ground: Ground,
    frontage: Frontage,
    place: int,
    sizes: ClosedSizes,
    random: np.random.Generator,
    *,
    has_letters: bool,
) -> _Plots | None:
    """Houses from corner to corner along one side of a block (adds to `ground`); gives their plots."""
    taken = join([*ground.solid(), *ground.clear])
    line = _edge_line(frontage, place, 0.0)
    land = subtract(frontage.land, taken) if not taken.is_empty else frontage.land
    start, end = free_stretch(_edge_line(frontage, place, 1.0), land)
    if end - start < min(sizes.widths):
        return None
    plots = _divide(start, end, sizes, random)
    # The outer houses run on into what stands on the corner and are cut there: no wedge is left between them.
    starts, ends = plots.starts.copy(), plots.ends.copy()
    starts[0], ends[-1] = starts[0] - _INTO_CORNER_M, ends[-1] + _INTO_CORNER_M
    shapes = _strips(line, starts, ends, np.full(starts.size, -_OUTSIDE_M), plots.depths)
    shapes = _largest_parts(shapely.intersection(shapes, land, grid_size=GRID_M))
    stands = shapely.area(shapes) > sizes.least_plot
    homes = _homes(frontage, place, shapes[stands], sizes, random, has_letters=has_letters)
    floors = random.integers(*sizes.floors, endpoint=True, size=len(homes)).tolist()
    ground.buildings += [
        Building(shape, units, floors=max(floor, len(units)))
        for shape, units, floor in zip(shapes[stands].tolist(), homes, floors, strict=True)
    ]
    return plots


def _edge_line(frontage: Frontage, place: int, inward_m: float) -> LineString:
    """The edge of the land along a side, carried on beyond the corners: a sharp corner lies past its end."""
    return longer(frontage.land_line(place, inward_m), _BEYOND_M)


def _divide(start: float, end: float, sizes: ClosedSizes, random: np.random.Generator) -> _Plots:
    """Plots of changing width that fill a stretch, in groups of equal houses, with a passage here and there."""
    widths: list[float] = []
    depths: list[float] = []
    while sum(widths) < end - start:
        count = int(random.integers(*sizes.group, endpoint=True))
        widths += [float(random.choice(sizes.widths))] * count
        depths += [float(random.choice(sizes.depths))] * count
        if float(random.uniform()) < sizes.gap_share * count:
            widths.append(sizes.gap)
            depths.append(0.0)
    count = max(int(np.searchsorted(np.cumsum(widths), end - start)), 1)
    edges = np.concatenate([[0.0], np.cumsum(widths[:count])])
    edges = start + edges * (end - start) / edges[-1]
    depth = np.asarray(depths[:count])
    return _Plots(edges[:-1][depth > 0], edges[1:][depth > 0], depth[depth > 0])


def _strips(line: LineString, starts: Floats, ends: Floats, nears: Floats, fars: Floats) -> Shapes:
    """Shapes along a line between the normals at their stations; a wall has a corner where its neighbour ends."""
    ruler = Ruler.of(line)
    is_joined = np.isclose(ends[:-1], starts[1:])
    after = np.append(np.where(is_joined, np.minimum(fars[:-1], fars[1:]), fars[:-1]), fars[-1:])
    before = np.concatenate([fars[:1], np.where(is_joined, np.minimum(fars[:-1], fars[1:]), fars[1:])])
    places = ((starts, nears), (ends, nears), (ends, after), (ends, fars), (starts, fars), (starts, before))
    corners = [ruler.at(at, left) for at, left in places]
    return as_shapes(shapely.polygons(np.round(np.stack(corners, axis=1), DECIMALS)))


def _largest_parts(shapes: Shapes) -> Shapes:
    """Of every shape its largest polygon, in a floating precision model."""
    free = shapely.set_precision(shapes, 0.0)
    parts = [max(shapely.get_parts(shape), key=lambda part: float(part.area), default=MultiPolygon()) for shape in free]
    return np.asarray(parts, dtype=object)


def _homes(
    frontage: Frontage,
    place: int,
    shapes: Shapes,
    sizes: ClosedSizes,
    random: np.random.Generator,
    *,
    has_letters: bool,
) -> list[tuple[Home, ...]]:
    """The homes of each building: a shop below here and there, above all on the corners."""
    if not shapes.size:
        return []
    points = points_at(np.round(shapely.get_coordinates(shapely.point_on_surface(shapes)), DECIMALS))
    first = homes_at(frontage.kerbs[place].side, points, "woonfunctie")
    counts = random.choice(np.arange(len(sizes.homes)) + 1, len(first), p=sizes.homes).tolist()
    has_shop = random.uniform(size=len(first)) < sizes.shops
    uses = random.choice(_GROUND_FLOORS, len(first)).tolist()
    has_shop[[0, -1]] |= random.uniform(size=2) < _CORNER_SHOP
    return [
        _stacked(home, max(count, 1 + int(shop)), sizes, ground_floor=use if shop else "", has_letters=has_letters)
        for home, count, shop, use in zip(first, counts, has_shop, uses, strict=True)
    ]


def _stacked(home: Home, count: int, sizes: ClosedSizes, *, ground_floor: str, has_letters: bool) -> tuple[Home, ...]:
    """Homes above each other, from the ground floor up."""
    spots = (np.arange(count) - (count - 1) / 2) * sizes.second_home
    units = []
    for level, apart in enumerate(spots.tolist()):
        units.append(
            replace(
                home,
                point=shapely.Point(round(home.point.x + apart, DECIMALS), round(home.point.y + apart, DECIMALS)),
                along_m=home.along_m if has_letters else round(home.along_m + level * _NUMBER_STEP_M, 2),
                letter=_LETTERS[level] if has_letters else "",
                use=ground_floor if ground_floor and level == 0 else home.use,
            )
        )
    return tuple(units)


def _add_sheds(
    ground: Ground,
    frontage: Frontage,
    place: int,
    plots: _Plots,
    sizes: ClosedSizes,
    random: np.random.Generator,
) -> None:
    """Sheds in the yards behind some of the houses (adds to `ground`)."""
    chosen = random.uniform(size=plots.starts.size) < sizes.shed_share
    if not chosen.any():
        return
    width, depth = _SHED_M
    starts, nears = plots.starts[chosen] + _BESIDE_M, plots.depths[chosen] + _SHED_GARDEN_M
    shapes = _strips(_edge_line(frontage, place, 0.0), starts, starts + width, nears, nears + depth)
    shapes = shapes[shapely.contains(frontage.land, shapes)]
    shapes = shapes[ground.has_room(shapes, 2.0)]
    ground.buildings += [Building(shape) for shape in shapes.tolist()]
