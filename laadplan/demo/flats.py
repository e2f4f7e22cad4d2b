"""Flats of the demo town: tall slabs with car parks, post-war strips of flats without lift, apartment buildings.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992). A building of flats holds one home as an example, the
number of dwellings on a floor and a number of floors: who numbers the homes makes the rest.
"""

from itertools import pairwise

import numpy as np
from shapely import Polygon

from laadplan.demo.car_parks import add_car_park, add_pocket
from laadplan.demo.frames import Frame, Plot, plot_on
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import GREEN, Ground, find_plot, home_at, lay_path, scatter_trees, street_sides
from laadplan.demo.land_sizes import VILLA, WALK_UP
from laadplan.demo.model import Building
from laadplan.demo.sizes import FLATS, PARKING

_TALL_FLOORS = (6, 10)
_AREA_PER_TREE_M2 = 110.0


def flats(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Two tall slabs of flats, each on its half of the block with its car park behind it, in green."""
    ground = Ground(rest=GREEN)
    floors = int(random.integers(*_TALL_FLOORS, endpoint=True))
    plots = {place: plot for place in street_sides(frontage, (0, 2)) if (plot := plot_on(frontage, place))}
    for plot in plots.values():
        _add_slab(ground, frontage, plot, floors)
    for plot in plots.values():
        _add_half_car_park(ground, frontage, plot)
    if not ground.buildings:
        return None
    scatter_trees(ground, frontage.land, random, _AREA_PER_TREE_M2, FLATS.tree_clear)
    return ground


def _add_slab(ground: Ground, frontage: Frontage, plot: Plot, floors: int) -> None:
    """A slab along the first half of a plot, with a path from the footway (adds to `ground`)."""
    room = min(plot.length / 2 - 2 * FLATS.end_clear, FLATS.longest_slab)
    units = int(room / FLATS.unit_width)
    if units < FLATS.least_units:
        return
    length = units * FLATS.unit_width
    start = (plot.length / 2 - length) / 2
    shape = plot.frame.box(start, start + length, FLATS.front_green, FLATS.front_green + FLATS.depth)
    if plot.depth < FLATS.front_green + FLATS.depth or not ground.has_room(np.array([shape]), FLATS.between).all():
        return
    middle = start + length / 2
    _put_flats(ground, frontage, plot, shape, units, floors)
    lay_path(
        ground, frontage, plot.frame.line((middle, FLATS.front_green), (middle, 0.0)), FLATS.path_width, from_door=True
    )


def _put_flats(ground: Ground, frontage: Frontage, plot: Plot, shape: Polygon, units: int, floors: int) -> None:
    """A building of flats with its example of a home."""
    home = home_at(frontage.kerbs[plot.place].side, shape.centroid, "woonfunctie")
    ground.buildings.append(Building(shape, (home,), floor_units=units, floors=floors))


def _add_half_car_park(ground: Ground, frontage: Frontage, plot: Plot) -> None:
    """A car park on the second half of a plot, the largest that has room (adds to `ground` and the frontage)."""
    for longest in FLATS.car_park_lengths:
        count = int(min(plot.length / 2 - FLATS.end_clear, longest) / PARKING.across_width)
        if count < FLATS.least_bays:
            return
        start = plot.length * 0.75 - count * PARKING.across_width / 2
        if _fits_car_park(ground, plot, start, count):
            add_car_park(ground, frontage, plot.place, plot.frame.moved(start, FLATS.car_park_green), count)
            return


def _fits_car_park(ground: Ground, plot: Plot, start: float, count: int) -> bool:
    """Whether a car park lies on its plot, clear of buildings."""
    far = FLATS.car_park_green + PARKING.car_park_depth
    end = start + count * PARKING.across_width
    whole = np.array([plot.frame.box(start, end, FLATS.car_park_green, far)])
    return start >= 0 and end <= plot.length and far <= plot.depth and bool(ground.has_room(whole, FLATS.between).all())


def walk_up_flats(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Parallel slabs of flats without lift across the block, in green, with bays between some of them."""
    plot = find_plot(frontage, 2 * WALK_UP.edge + WALK_UP.pitch[0], _slab_depth(WALK_UP.units[0]))
    if plot is None:
        return None
    ground = Ground(rest=GREEN)
    units = min(int((plot.depth - 2 * WALK_UP.end_green) / WALK_UP.unit_width), WALK_UP.units[1])
    floors = int(random.integers(*WALK_UP.floors, endpoint=True))
    starts = _slab_starts(plot, random)
    for start in starts:
        _add_walk_up(ground, frontage, plot, start, units, floors)
    for start, end in pairwise(starts):
        if float(random.uniform()) < WALK_UP.pockets:
            _add_between(ground, frontage, plot, (start + WALK_UP.depth, end), random)
    scatter_trees(ground, frontage.land, random, WALK_UP.area_per_tree, FLATS.tree_clear)
    return ground


def _slab_depth(units: int) -> float:
    """Depth of land that a slab of so many dwellings across the block needs, in metres."""
    return units * WALK_UP.unit_width + 2 * WALK_UP.end_green


def _slab_starts(plot: Plot, random: np.random.Generator) -> list[float]:
    """Stations along the plot at which slabs begin."""
    pitch = float(random.uniform(*WALK_UP.pitch))
    room = plot.length - 2 * WALK_UP.edge - WALK_UP.depth - WALK_UP.path_before
    count = int(room / pitch) + 1
    first = WALK_UP.edge + WALK_UP.path_before + (room - (count - 1) * pitch) / 2
    return [first + index * pitch for index in range(count)]


def _add_walk_up(ground: Ground, frontage: Frontage, plot: Plot, start: float, units: int, floors: int) -> None:
    """One slab across the block with the path along its doors (adds to `ground`)."""
    near = (plot.depth - units * WALK_UP.unit_width) / 2
    shape = plot.frame.box(start, start + WALK_UP.depth, near, near + units * WALK_UP.unit_width)
    _put_flats(ground, frontage, plot, shape, units, floors)
    path = start - WALK_UP.path_before
    lay_path(ground, frontage, plot.frame.line((path, 0.0), (path, plot.depth)), WALK_UP.path)


def _add_between(
    ground: Ground, frontage: Frontage, plot: Plot, room: tuple[float, float], random: np.random.Generator
) -> None:
    """A dead end with bays between two slabs, from either street (adds to `ground` and the frontage)."""
    most = int((plot.depth - 6.0) / PARKING.across_width)
    count = min(int(random.integers(*WALK_UP.pocket_bays, endpoint=True)), most)
    middle = (room[0] + room[1] - WALK_UP.path_before) / 2 - PARKING.across_depth / 2
    opposite = (plot.place + 2) % 4
    is_far = frontage.kerbs[opposite].side.street is not None and float(random.uniform()) < 0.5
    frame, place = _mouth(plot, middle, is_far=is_far), opposite if is_far else plot.place
    add_pocket(ground, frontage, place, frame, count, is_left=is_far)


def _mouth(plot: Plot, along: float, *, is_far: bool) -> Frame:
    """The frame of a dead end from the front of a plot, or from its rear."""
    return plot.frame.moved(along, plot.depth).turned(2) if is_far else plot.frame.moved(along, 0.0)


def apartments(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Square apartment buildings in green, in a row along the street, with a car park behind or beside them."""
    side = float(random.uniform(*VILLA.side))
    plot = find_plot(frontage, 2 * VILLA.edge + side, 2 * VILLA.edge + side)
    if plot is None:
        return None
    ground = Ground(rest=GREEN)
    needed = VILLA.edge + side + VILLA.to_car_park + PARKING.car_park_depth + FLATS.car_park_green
    is_behind = plot.depth >= needed
    is_beside = not is_behind and plot.length / 2 >= side + 2 * VILLA.edge
    room = plot.length / 2 if is_beside else plot.length
    count = max(int((room - 2 * VILLA.edge + VILLA.between) / (side + VILLA.between)), 1)
    spare = (room - count * side - (count - 1) * VILLA.between) / 2
    floors = int(random.integers(*VILLA.floors, endpoint=True))
    for index in range(count):
        start = spare + index * (side + VILLA.between)
        shape = plot.frame.box(start, start + side, VILLA.edge, VILLA.edge + side)
        _put_flats(ground, frontage, plot, shape, VILLA.units, floors)
        middle = start + side / 2
        lay_path(ground, frontage, plot.frame.line((middle, VILLA.edge), (middle, 0.0)), VILLA.path, from_door=True)
    most = int(count * VILLA.units * floors * VILLA.bays / 2) + 1
    _add_their_car_park(ground, frontage, plot, room, most, is_behind=is_behind)
    scatter_trees(ground, frontage.land, random, VILLA.area_per_tree, FLATS.tree_clear)
    return ground


def _add_their_car_park(
    ground: Ground, frontage: Frontage, plot: Plot, room: float, most: int, *, is_behind: bool
) -> None:
    """A car park behind the apartment buildings, from the street at the rear, or beside them.

    It has at most `most` bays in a row (adds to `ground` and the frontage).
    """
    opposite = (plot.place + 2) % 4
    rear = plot_on(frontage, opposite) if is_behind and frontage.kerbs[opposite].side.street else None
    chosen = rear or plot
    length = chosen.length if rear else plot.length - room
    start = 0.0 if rear else room
    longest = int((0.8 * length if rear else length - 2.0) / PARKING.across_width)
    for count in range(min(longest, most), FLATS.least_bays - 1, -2):
        first = start + (length - count * PARKING.across_width) / 2
        if _fits_car_park(ground, chosen, first, count):
            add_car_park(ground, frontage, chosen.place, chosen.frame.moved(first, FLATS.car_park_green), count)
            return
