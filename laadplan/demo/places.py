"""Places of the demo town that are no homes: the square with its church, parks with a pond, business yards.

In: the ``Frontage`` of a block. Out: a ``Ground``: what covers the building land, in order of precedence (EPSG:28992).
"""

import math

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import scale

from laadplan.demo.frames import frame_on, reach_streets
from laadplan.demo.ground import (
    GREEN,
    PAVED,
    POND,
    SHELL_PATH,
    YARD,
    Ground,
    home_at,
    long_axis,
    note_driveway,
    put_building,
    scatter_trees,
    street_sides,
)
from laadplan.demo.kerb import Frontage, Interval
from laadplan.demo.shapes import (
    DECIMALS,
    Areal,
    Ruler,
    box_beside,
    clip,
    free_stretch,
    join,
    point_beside,
    polygons,
    snap,
    subtract,
)
from laadplan.demo.sizes import BUSINESS, CHURCH, PARK, SQUARE

PARK_POND_SPACING_M = 75.0
"""A large park has a pond for every so many metres."""

_PATH_STEP_M = 4.5
"""Distance of the vertices of a winding path."""

FIRM_USES = ("industriefunctie", "kantoorfunctie", "industriefunctie,woonfunctie")
FIRM_SHARES = (0.6, 0.2, 0.2)
"""Shares of the uses of a hall; some firms have a dwelling with them."""


def square(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """A paved square with a church and two rows of trees."""
    ground = Ground(rest=PAVED)
    axis = long_axis(frontage)
    church = _fitting(_church(axis, axis.length / 2), frontage.land.buffer(-SQUARE.church_edge))
    place = next(iter(street_sides(frontage)), None)
    if church is None or place is None:
        return None
    put_building(ground, church, home_at(frontage.kerbs[place].side, church.centroid, "bijeenkomstfunctie"))
    inner = frontage.land.buffer(-SQUARE.tree_edge)
    for share in np.linspace(0.12, 0.88, SQUARE.trees_in_row).tolist():
        for left in (-SQUARE.tree_row, SQUARE.tree_row):
            place = point_beside(axis, share * axis.length, left + float(random.uniform(-0.5, 0.5)))
            if inner.contains(place) and church.distance(place) > SQUARE.tree_church:
                ground.trees.append(place)
    return ground


def _fitting(church: Polygon, ground: Areal) -> Polygon | None:
    """A church made smaller until it stands on its ground: a narrow square has a chapel, or nothing."""
    while not ground.contains(church) and church.area > SQUARE.least_church:
        church = polygons(snap(scale(church, 0.9, 0.9, origin=church.centroid)))[0]
    return church if ground.contains(church) else None


def _church(axis: LineString, middle: float) -> Polygon:
    """A nave with a transept, a tower and a round apse."""
    end = middle + CHURCH.nave_length / 2
    start = middle - CHURCH.nave_length / 2
    nave = box_beside(axis, start, end, -CHURCH.nave_width / 2, CHURCH.nave_width / 2)
    arms = end - CHURCH.arms_from_end
    transept = box_beside(axis, arms - CHURCH.arms_width, arms, -CHURCH.arms_length / 2, CHURCH.arms_length / 2)
    tower = box_beside(axis, start - CHURCH.tower_width, start, -CHURCH.tower_width / 2, CHURCH.tower_width / 2)
    apse = point_beside(axis, end, 0.0).buffer(CHURCH.apse_radius, quad_segs=8)
    return polygons(join([nave, transept, tower, apse]))[0]


def park(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """A park with a pond, two winding paths and scattered trees."""
    return _park(frontage, random, ponds=1)


def large_park(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """A park with a pond for every so many metres of its length."""
    length = long_axis(frontage).length
    return _park(frontage, random, ponds=max(int(length / PARK_POND_SPACING_M), 2))


def _park(frontage: Frontage, random: np.random.Generator, *, ponds: int) -> Ground | None:
    ground = Ground(rest=GREEN)
    axis = long_axis(frontage)
    wet = frontage.land.buffer(-PARK.pond_edge)
    if wet.is_empty:
        return None
    water = clip(join([_pond(axis, (index + 0.5) / ponds, random) for index in range(ponds)]), wet)
    paths = [reach_streets(frontage, path) for path in _paths(axis, random)]
    paved = clip(join(path.buffer(PARK.path_width / 2, quad_segs=4, cap_style="flat") for path in paths), frontage.land)
    ground.cover(water, POND)
    ground.cover(subtract(paved, water.buffer(1.0)), SHELL_PATH)
    ground.paths += paths
    scatter_trees(ground, frontage.land, random, PARK.area_per_tree, PARK.tree_clear)
    return ground


def _pond(axis: LineString, share: float, random: np.random.Generator) -> Areal:
    """A pond of overlapping discs, so that its bank consists of arcs; inner corners are rounded too."""
    middle = axis.length * (share + float(random.uniform(-0.1, 0.1)))
    discs = [
        point_beside(axis, middle + along, left).buffer(radius, quad_segs=12) for along, left, radius in PARK.pond_discs
    ]
    return snap(shapely.union_all(discs).buffer(2.0, quad_segs=8).buffer(-2.0, quad_segs=8))


def _paths(axis: LineString, random: np.random.Generator) -> list[LineString]:
    """Winding lines along the axis of the park, at both sides of the pond."""
    return [_winding(axis, left, float(random.uniform(0, math.tau))) for left in (-PARK.path_left, PARK.path_left)]


def _winding(axis: LineString, left: float, phase: float) -> LineString:
    """A line that winds about an axis, `left` metres to its left."""
    stations = np.linspace(0.0, axis.length, max(int(axis.length / _PATH_STEP_M), 4))
    offsets = left + PARK.winding * np.sin(stations / PARK.winding_length + phase)
    return LineString(np.round(Ruler.of(axis).at(stations, offsets), DECIMALS))


def business(frontage: Frontage, random: np.random.Generator) -> Ground:
    """Halls on paved yards along the streets, each with its own wide driveway."""
    ground = Ground(rest=YARD)
    core = frontage.land.buffer(-BUSINESS.edge, join_style="mitre")
    for place, kerb in enumerate(frontage.kerbs):
        is_short = place % 2 == 1
        if kerb.side.street is None or (is_short and kerb.side.street.kind != "bedrijfsweg"):
            continue
        front = frontage.land_line(place, BUSINESS.front_yard)
        start, end = free_stretch(front, core)
        while end - start > BUSINESS.widths[0] + 2.0:
            width = min(float(random.uniform(*BUSINESS.widths)), end - start - 1.0)
            _hall(ground, frontage, place, front, (start, start + width), core, random)
            start += width + BUSINESS.between
    return ground


def _hall(
    ground: Ground,
    frontage: Frontage,
    place: int,
    front: LineString,
    stretch: Interval,
    core: Areal,
    random: np.random.Generator,
) -> None:
    """A hall with its driveway, where there is room for it (adds to `ground` and the frontage)."""
    frame = frame_on(front, *stretch)
    shape = frame.box(0.0, stretch[1] - stretch[0], 0.0, float(random.uniform(*BUSINESS.depths)))
    use = str(random.choice(FIRM_USES, p=FIRM_SHARES))
    if not core.contains(shape) or not ground.has_room(np.array([shape]), BUSINESS.between / 2).all():
        return
    home = home_at(frontage.kerbs[place].side, shape.centroid, use, own_driveway="woonfunctie" in use)
    put_building(ground, shape, home)
    note_driveway(frontage, place, frame.point(BUSINESS.gate_width, 0.0), BUSINESS.gate_width)
