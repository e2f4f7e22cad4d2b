"""Places of the demo town that are no homes: the square with its church, parks with a pond, business yards.

In: the ``Frontage`` of a block. Out: a ``Ground``: what covers the building land, in order of precedence (EPSG:28992).
"""

import math

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import scale

from laadplan.demo.frames import Frame, frame_on, reach_streets
from laadplan.demo.frontage import Frontage
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

_PATH_STEP_M = 4.5
"""Distance of the vertices of a winding path."""

FIRM_USES = ("industriefunctie", "kantoorfunctie", "industriefunctie,woonfunctie")
FIRM_SHARES = (0.68, 0.22, 0.1)
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
            tree = point_beside(axis, share * axis.length, left + float(random.uniform(-0.5, 0.5)))
            if inner.contains(tree) and church.distance(tree) > SQUARE.tree_church:
                ground.trees.append(tree)
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
    """A park with a pond, winding paths along it and scattered trees; a large one has several ponds."""
    ground = Ground(rest=GREEN)
    axis = long_axis(frontage)
    wet = frontage.land.buffer(-PARK.pond_edge)
    if wet.is_empty or axis.length < PARK.least_length:
        return None
    scale_up = min(max(frontage.land.area / axis.length / PARK.pond_land_depth, 1.0), PARK.largest_pond)
    ponds = max(int(axis.length / PARK.pond_spacing / scale_up), 1)
    water = clip(join([_pond(axis, (index + 0.5) / ponds, scale_up, random) for index in range(ponds)]), wet)
    paths = [reach_streets(frontage, path) for path in _paths(frontage, axis, scale_up, random)]
    paved = clip(join(path.buffer(PARK.path_width / 2, quad_segs=4, cap_style="flat") for path in paths), frontage.land)
    ground.cover(subtract(water, paved.buffer(1.0)), POND)
    ground.cover(paved, SHELL_PATH)
    ground.paths += paths
    scatter_trees(ground, frontage.land, random, PARK.area_per_tree * scale_up, PARK.tree_clear)
    return ground


def _pond(axis: LineString, share: float, scale_up: float, random: np.random.Generator) -> Areal:
    """A pond of overlapping discs, so that its bank consists of arcs; inner corners are rounded too."""
    middle = axis.length * (share + float(random.uniform(-0.1, 0.1)))
    along, left, radius = scale_up * np.array(PARK.pond_discs).T
    places = Ruler.of(axis).at(np.clip(middle + along, 0.0, axis.length), left)
    discs = shapely.buffer(shapely.points(places), radius, quad_segs=12)
    return snap(shapely.union_all(discs).buffer(2.0, quad_segs=8).buffer(-2.0, quad_segs=8))


def _paths(frontage: Frontage, axis: LineString, scale_up: float, random: np.random.Generator) -> list[LineString]:
    """Winding lines along the axis of the park at both sides of the pond, and across it between ponds."""
    left = PARK.path_left * scale_up
    along = [_winding(axis, side, float(random.uniform(0, math.tau))) for side in (-left, left)]
    if axis.length < PARK.cross_path:
        return along
    front, rear = frontage.land_line(0, 0.0), frontage.land_line(2, 0.0)
    share = float(random.uniform(0.1, 0.25))
    ends = [front.interpolate(share, normalized=True), rear.interpolate(1 - share, normalized=True)]
    across = _winding(LineString(ends), 0.0, float(random.uniform(0, math.tau)))
    return [*along, across]


def _winding(axis: LineString, left: float, phase: float) -> LineString:
    """A line that winds about an axis, `left` metres to its left."""
    stations = np.linspace(0.0, axis.length, max(int(axis.length / _PATH_STEP_M), 4))
    offsets = left + PARK.winding * np.sin(stations / PARK.winding_length + phase)
    return LineString(np.round(Ruler.of(axis).at(stations, offsets), DECIMALS))


def business(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Halls on paved yards along the streets, each with its own wide driveway and green before it."""
    ground = Ground(rest=YARD)
    core = frontage.land.buffer(-BUSINESS.edge, join_style="mitre")
    shapely.prepare(core)
    deepest = frontage.land.area / max(long_axis(frontage).length, 1.0) / 2 - BUSINESS.front_yard - BUSINESS.rear
    for place in street_sides(frontage):
        front = frontage.land_line(place, BUSINESS.front_yard)
        start, end = free_stretch(front, core)
        while end - start > BUSINESS.widths[0] + 2.0:
            width = min(float(random.uniform(*BUSINESS.widths)), end - start - 1.0)
            depth = float(random.uniform(BUSINESS.depths[0], max(min(deepest, BUSINESS.depths[1]), BUSINESS.depths[0])))
            frame = frame_on(front, start, start + width)
            stands = _hall(ground, frontage, place, frame, (width, depth), core, random)
            start += width + BUSINESS.between if stands else BUSINESS.between / 2
    return ground if ground.buildings else None


def _hall(
    ground: Ground,
    frontage: Frontage,
    place: int,
    frame: Frame,
    size: tuple[float, float],
    core: Areal,
    random: np.random.Generator,
) -> bool:
    """A hall with its driveway, if there is room for it (adds to `ground` and the frontage)."""
    width, depth = size
    shape = frame.box(0.0, width, 0.0, depth)
    use = str(random.choice(FIRM_USES, p=FIRM_SHARES))
    if not core.contains(shape) or not ground.has_room(np.array([shape]), BUSINESS.between / 2).all():
        return False
    home = home_at(frontage.kerbs[place].side, shape.centroid, use, own_driveway="woonfunctie" in use)
    put_building(ground, shape, home)
    note_driveway(frontage, place, frame.point(BUSINESS.gate_width, 0.0), BUSINESS.gate_width)
    green = frame.box(BUSINESS.gate_width * 1.5 + 1.0, width, -BUSINESS.front_yard, -BUSINESS.front_yard / 2)
    ground.cover(clip(green, frontage.land), GREEN)
    return True
