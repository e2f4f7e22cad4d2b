"""What a neighbourhood shares: shops round a square, a school, playing fields, allotments.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992). Places are metres along and left of the front of the
plot; all give None where there is no room.
"""

from dataclasses import replace

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from laadplan.demo.car_parks import add_car_park, add_pocket
from laadplan.demo.frames import Frame, Plot
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import (
    ARABLE,
    GRASS,
    GREEN,
    HARD_COURT,
    PAVED,
    PLAYGROUND,
    SHELL_PATH,
    YARD,
    Ground,
    find_plot,
    home_at,
    lay_path,
    note_driveway,
    put_building,
    scatter_trees,
)
from laadplan.demo.land_sizes import ALLOTMENT, SCHOOL, SHOPS, SPORTS
from laadplan.demo.model import Building, ParkingStrip
from laadplan.demo.shapes import clip, join, polygons, subtract
from laadplan.demo.sizes import PARKING
from laadplan.demo.zones import LOADING

_TREE_CLEAR_M = 1.5
_SQUARE_DEPTHS_M = (7.0, 16.0)
"""A square before shops is at least and at most so deep."""

_LEAST_SHOPS_M = 44.0
_POCKET_ROOM_M = 13.0
"""Width that a dead end with bays takes."""

_GATE_M = 8.0
_EDGE_M = 0.5
"""Paving goes on this far around the plot of the shops."""

_SHOP_ABOVE_M = 0.6


def shops(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """A row of shops at a paved square, with a car park before it and a delivery yard behind."""
    front = SHOPS.edge + PARKING.car_park_depth
    least = front + _SQUARE_DEPTHS_M[0] + SHOPS.depths[0] + SHOPS.yard
    plot = find_plot(frontage, _LEAST_SHOPS_M, least)
    if plot is None:
        return None
    ground = Ground(rest=PAVED)
    count = min(int((plot.length - 2 * SHOPS.edge) / PARKING.across_width), SHOPS.bays[1])
    start = (plot.length - count * PARKING.across_width) / 2
    disabled = int(random.integers(*SHOPS.disabled, endpoint=True))
    base = plot.frame.moved(start, SHOPS.edge)
    add_car_park(ground, frontage, plot.place, base, count, disabled=disabled)
    depth = min(plot.depth - least + SHOPS.depths[0], SHOPS.depths[1])
    square = min(plot.depth - front - depth - SHOPS.yard, _SQUARE_DEPTHS_M[1])
    _build_shops(ground, frontage, plot, (front + square, front + square + depth), random)
    _lay_delivery_yard(ground, frontage, plot, front + square + depth)
    trees = np.arange(SHOPS.edge + SHOPS.tree_spacing, plot.length - SHOPS.edge, SHOPS.tree_spacing)
    ground.trees += [plot.frame.point(at, front + square / 3) for at in trees.tolist()]
    walk = front + square * 2 / 3
    lay_path(ground, frontage, plot.frame.line((SHOPS.edge, walk), (plot.length - SHOPS.edge, walk)), SHOPS.path, PAVED)
    ground.cover(
        subtract(frontage.land, plot.frame.box(-_EDGE_M, plot.length + _EDGE_M, -_EDGE_M, plot.depth + _EDGE_M)), GREEN
    )
    return ground


def _build_shops(
    ground: Ground, frontage: Frontage, plot: Plot, room: tuple[float, float], random: np.random.Generator
) -> None:
    """A supermarket and a row of shops beside it, some with a dwelling above (adds to `ground`)."""
    side = frontage.kerbs[plot.place].side
    end = plot.length - SHOPS.edge
    at = SHOPS.edge
    width, out = SHOPS.market
    while end - at > min(SHOPS.widths):
        width = min(width, end - at)
        shape = plot.frame.box(at, at + width, room[0] - out, room[1])
        home = home_at(side, shape.centroid, "winkelfunctie")
        has_home = not out and float(random.uniform()) < SHOPS.above
        point = shapely.Point(home.point.x + _SHOP_ABOVE_M, home.point.y + _SHOP_ABOVE_M)
        above = replace(home, use="woonfunctie", letter="A", point=point)
        ground.buildings.append(Building(shape, (home, above) if has_home else (home,), floors=2 if has_home else 1))
        at += width
        width, out = float(random.choice(SHOPS.widths)), 0.0


def _lay_delivery_yard(ground: Ground, frontage: Frontage, plot: Plot, near: float) -> None:
    """The yard behind the shops with a place for loading; without a street there it lies beside the square."""
    length, depth = SHOPS.loading
    opposite = (plot.place + 2) % 4
    middle = plot.length * 0.4
    if frontage.kerbs[opposite].side.street is not None:
        shape = plot.frame.box(middle, middle + length, plot.depth - depth - 0.5, plot.depth - 0.5)
        yard = plot.frame.box(SHOPS.edge, plot.length - SHOPS.edge, near, plot.depth + 0.5)
        ground.cover(clip(yard, frontage.land), YARD)
        spot = plot.frame.point(middle + length / 2, plot.depth)
        reach = spot.distance(frontage.kerbs[opposite].side.line)
        gate = plot.frame.box(middle - 1.0, middle + length + 1.0, plot.depth - 1.0, plot.depth + reach)
        ground.cover(clip(gate, frontage.land), YARD)
        note_driveway(frontage, opposite, spot, _GATE_M)
    else:
        front = SHOPS.edge + PARKING.car_park_depth
        shape = plot.frame.box(SHOPS.edge, SHOPS.edge + length, front + 0.4, front + 0.4 + depth)
    ground.strips.append(ParkingStrip("langs", shape, (shape,), (), (LOADING,)))


def school(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """A school of one or two storeys with a paved yard, trees and a few bays."""
    plot = find_plot(frontage, *SCHOOL.least, places=(0, 2, 1, 3))
    if plot is None:
        return None
    ground = Ground(rest=GREEN)
    length, depth = SCHOOL.wing
    start, near = SCHOOL.edge, SCHOOL.front
    length = min(length, plot.length - 2 * SCHOOL.edge)
    parts = [plot.frame.box(start, start + length, near, near + depth)]
    far = min(near + depth + SCHOOL.side_wing[1], plot.depth - 2.0)
    if far > near + depth + 4.0:
        parts.append(plot.frame.box(start, start + SCHOOL.side_wing[0], near + depth, far))
    building = polygons(join(parts))[0]
    home = home_at(frontage.kerbs[plot.place].side, parts[0].centroid, "onderwijsfunctie")
    put_building(ground, building, home, floors=int(random.integers(1, 3)))
    if plot.length > start + length + 2.0 + _POCKET_ROOM_M:
        most = int((plot.depth - 8.0) / PARKING.across_width)
        count = min(int(random.integers(*SCHOOL.bays, endpoint=True)), most)
        mouth = plot.frame.moved(plot.length - _POCKET_ROOM_M + 4.0, 0.0)
        add_pocket(ground, frontage, plot.place, mouth, count, is_left=False)
    middle = start + length / 2
    lay_path(ground, frontage, plot.frame.line((middle, near), (middle, 0.0)), SPORTS.path, from_door=True)
    _lay_school_yard(ground, plot, (start, start + length), near + depth, random)
    scatter_trees(ground, frontage.land, random, SCHOOL.area_per_tree, _TREE_CLEAR_M)
    return ground


def _lay_school_yard(
    ground: Ground, plot: Plot, along: tuple[float, float], near: float, random: np.random.Generator
) -> None:
    """The paved yard behind the wing with a few trees in it (adds to `ground`)."""
    start, end = along[0] + SCHOOL.side_wing[0], min(along[1] + 6.0, plot.length - _POCKET_ROOM_M)
    end = max(end, along[1])
    far = plot.depth - 3.0
    if far - near < 6.0:
        return
    ground.cover(plot.frame.box(start, end, near, far), PLAYGROUND)
    spots = random.uniform((start + 3.0, near + 3.0), (end - 3.0, far - 2.0), (SCHOOL.yard_trees, 2))
    ground.trees += [plot.frame.point(along, left) for along, left in spots.tolist()]


def sports_fields(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Playing fields with a clubhouse and a car park in front."""
    plot = find_plot(frontage, *SPORTS.least, places=(0, 2, 1, 3))
    if plot is None:
        return None
    ground = Ground(rest=GREEN)
    front = SPORTS.edge + PARKING.car_park_depth + SPORTS.between
    count = min(int(plot.length * 0.4 / PARKING.across_width), SHOPS.bays[1])
    add_car_park(ground, frontage, plot.place, plot.frame.moved(SPORTS.edge, SPORTS.edge), count)
    length, depth = SPORTS.clubhouse
    start = plot.length * 0.7 - length / 2
    house = plot.frame.box(start, start + length, front - depth - SPORTS.between, front - SPORTS.between)
    home = home_at(frontage.kerbs[plot.place].side, house.centroid, "sportfunctie")
    put_building(ground, house, home)
    path = plot.frame.line((start - 3.0, front - SPORTS.between / 2), (start - 3.0, 0.0))
    lay_path(ground, frontage, path, SPORTS.path, from_door=True)
    _lay_fields(ground, plot, front, random)
    _line_with_trees(ground, plot)
    return ground


def _lay_fields(ground: Ground, plot: Plot, front: float, random: np.random.Generator) -> None:
    """Rows of fields behind the front, in every row the largest that has room first (adds to `ground`)."""
    near = front
    while (deep := _lay_row_of_fields(ground, plot, near, random)) > 0.0:
        near += deep + SPORTS.between


def _lay_row_of_fields(ground: Ground, plot: Plot, near: float, random: np.random.Generator) -> float:
    """Fields side by side; gives the depth of the row, 0 where there was no room."""
    at, deepest = SPORTS.edge, 0.0
    depth = plot.depth - near - SPORTS.edge
    length, width = SPORTS.tennis
    kinds = [*((size, GRASS) for size in SPORTS.fields), ((width, length), HARD_COURT), ((length, width), HARD_COURT)]
    while True:
        room = plot.length - at - SPORTS.edge
        size, kind = next(
            ((size, kind) for size, kind in kinds if size[0] <= room and size[1] <= depth), ((0, 0), GRASS)
        )
        if not size[0]:
            return deepest
        kind = HARD_COURT if float(random.uniform()) < SPORTS.artificial else kind
        ground.cover(plot.frame.box(at, at + size[0], near, near + size[1]), kind)
        at, deepest = at + size[0] + SPORTS.between, max(deepest, size[1])


def _line_with_trees(ground: Ground, plot: Plot) -> None:
    """Trees along the edge of the plot but for its front (adds to `ground`)."""
    along = np.arange(SPORTS.tree_spacing, plot.length - 1.0, SPORTS.tree_spacing)
    inward = np.arange(SPORTS.tree_spacing * 3, plot.depth - 1.0, SPORTS.tree_spacing)
    edge = SPORTS.edge / 2
    places = [(at, plot.depth - edge) for at in along.tolist()]
    places += [(side, at) for side in (edge, plot.length - edge) for at in inward.tolist()]
    ground.trees += [plot.frame.point(*place) for place in places]


def allotments(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Allotments in rows along shell paths, most with a shed, behind a hedge."""
    plot = find_plot(frontage, *ALLOTMENT.least, places=(0, 2, 1, 3))
    if plot is None:
        return None
    ground = Ground(rest=GREEN)
    first = _POCKET_ROOM_M + ALLOTMENT.hedge
    mouth = plot.frame.moved(5.0, 0.0)
    count = min(ALLOTMENT.bays, int((plot.depth - 6.0) / PARKING.across_width))
    add_pocket(ground, frontage, plot.place, mouth, count, is_left=False)
    width, depth = ALLOTMENT.plot
    columns = int((plot.length - first - ALLOTMENT.hedge) / width)
    pair = 2 * depth + ALLOTMENT.path
    pairs = int((plot.depth - 2 * ALLOTMENT.hedge + 1.0) / (pair + 1.0))
    rows = [(ALLOTMENT.hedge + index * (pair + 1.0), depth) for index in range(pairs)]
    if not rows:
        rows = [(ALLOTMENT.hedge, (plot.depth - 2 * ALLOTMENT.hedge - ALLOTMENT.path) / 2)]
    for near, deep in rows:
        middle = near + deep + ALLOTMENT.path / 2
        _lay_allotment_path(ground, frontage, plot, (PARKING.aisle + 2.0, first + columns * width), middle)
        _lay_plots(ground, plot.frame.moved(first, near), columns, deep, random)
    return ground


def _lay_allotment_path(
    ground: Ground, frontage: Frontage, plot: Plot, along: tuple[float, float], middle: float
) -> None:
    """A path of shells between two rows of plots (adds to `ground`)."""
    path = plot.frame.line((along[0], middle), (along[1], middle))
    strip: Polygon = path.buffer(ALLOTMENT.path / 2, cap_style="flat")
    ground.cover(clip(strip, frontage.land), SHELL_PATH, is_clear=True)
    ground.paths.append(path)


def _lay_plots(ground: Ground, frame: Frame, columns: int, depth: float, random: np.random.Generator) -> None:
    """Two rows of plots with a path between them, and the sheds on them (adds to `ground`)."""
    width = ALLOTMENT.plot[0]
    starts = np.tile(np.arange(columns) * width, 2)
    nears = np.repeat([0.0, depth + ALLOTMENT.path], columns)
    boxes = frame.boxes(starts + 0.15, starts + width - 0.15, nears + 0.15, nears + depth - 0.15)
    is_dug = random.uniform(size=boxes.size) < 0.6
    for kind, chosen in ((ARABLE, is_dug), (YARD, ~is_dug)):
        ground.cover(MultiPolygon(boxes[chosen].tolist()), kind)
    has_shed = random.uniform(size=boxes.size) < ALLOTMENT.with_shed
    length, deep = ALLOTMENT.shed
    offsets = random.uniform(0.6, width - length - 0.6, size=boxes.size)
    back = np.where(nears > 0.0, nears + depth - deep - 1.0, nears + 1.0)
    sheds = frame.boxes(starts + offsets, starts + offsets + length, back, back + deep)
    ground.buildings += [Building(shape) for shape in sheds[has_shed].tolist()]
