"""Places of the demo town that are no homes: the square with its church, parks with a pond, business yards.

In: the ``Frontage`` of a block. Out: a ``Ground``: what covers the building land, in order of precedence (EPSG:28992).
"""

import math
from collections.abc import Callable

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import scale

from laadplan.demo.flats import flats
from laadplan.demo.ground import GREEN, PAVED, YARD, Ground, home_at, long_axis, note_driveway, random_point
from laadplan.demo.kerb import Frontage, Interval
from laadplan.demo.model import Building
from laadplan.demo.shapes import Areal, box_beside, clip, free_stretch, join, point_beside, polygons, snap, subtract
from laadplan.demo.sizes import BUSINESS, CHURCH, PARK, SQUARE

FIRM_USES = ("industriefunctie", "kantoorfunctie", "industriefunctie,woonfunctie")
FIRM_SHARES = (0.6, 0.2, 0.2)
"""Shares of the uses of a hall; some firms have a dwelling with them."""


def square(frontage: Frontage, random: np.random.Generator) -> Ground:
    """A paved square with a church and two rows of trees."""
    ground = Ground(rest=PAVED)
    axis = long_axis(frontage)
    church = _fitting(_church(axis, axis.length / 2), frontage.land.buffer(-SQUARE.church_edge))
    ground.buildings.append(Building(church, (home_at(frontage.kerbs[0].side, church.centroid, "bijeenkomstfunctie"),)))
    inner = frontage.land.buffer(-SQUARE.tree_edge)
    for share in np.linspace(0.12, 0.88, SQUARE.trees_in_row).tolist():
        for left in (-SQUARE.tree_row, SQUARE.tree_row):
            place = point_beside(axis, share * axis.length, left + float(random.uniform(-0.5, 0.5)))
            if inner.contains(place) and church.distance(place) > SQUARE.tree_church:
                ground.trees.append(place)
    return ground


def _fitting(church: Polygon, ground: Areal) -> Polygon:
    """A church made smaller until it stands on its ground: a narrow square has a chapel."""
    while not ground.contains(church) and church.area > SQUARE.least_church:
        church = polygons(snap(scale(church, 0.9, 0.9, origin=church.centroid)))[0]
    return church


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


def park(frontage: Frontage, random: np.random.Generator) -> Ground:
    """A park with a pond, two winding paths and scattered trees."""
    ground = Ground(rest=GREEN)
    axis = long_axis(frontage)
    pond = clip(_pond(axis, random), frontage.land.buffer(-PARK.pond_edge))
    paths = join(path.buffer(PARK.path_width / 2, quad_segs=4) for path in _paths(axis, random))
    dry = subtract(paths, pond.buffer(1.0))
    ground.covers.append((pond, "waterdeel", "watervlakte", "meer, plas, ven, vijver"))
    ground.covers.append((dry, "wegdeel", "voetpad", "half verhard"))
    inner, taken = frontage.land.buffer(-PARK.tree_clear), shapely.union(pond, paths)
    spots = [random_point(frontage.land, random) for _ in range(int(frontage.land.area / PARK.area_per_tree))]
    ground.trees += [spot for spot in spots if inner.contains(spot) and taken.distance(spot) > PARK.tree_clear]
    return ground


def _pond(axis: LineString, random: np.random.Generator) -> Areal:
    """A pond of overlapping discs, so that its bank consists of arcs; inner corners are rounded too."""
    middle = axis.length * float(random.uniform(0.4, 0.6))
    discs = [
        point_beside(axis, middle + along, left).buffer(radius, quad_segs=12) for along, left, radius in PARK.pond_discs
    ]
    return snap(shapely.union_all(discs).buffer(2.0, quad_segs=8).buffer(-2.0, quad_segs=8))


def _paths(axis: LineString, random: np.random.Generator) -> list[LineString]:
    """Winding lines along the axis of the park, at both sides of the pond."""
    return [_winding(axis, left, float(random.uniform(0, math.tau))) for left in (-PARK.path_left, PARK.path_left)]


def _winding(axis: LineString, left: float, phase: float) -> LineString:
    """A line that winds about an axis, `left` metres to its left."""
    stations = np.linspace(0.0, axis.length, 24).tolist()
    offsets = [left + PARK.winding * math.sin(station / PARK.winding_length + phase) for station in stations]
    return LineString([point_beside(axis, along, beside) for along, beside in zip(stations, offsets, strict=True)])


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
            _hall(ground, frontage, place, (start, start + width), random)
            start += width + BUSINESS.between
    return ground


def _hall(ground: Ground, frontage: Frontage, place: int, stretch: Interval, random: np.random.Generator) -> None:
    """A hall with its driveway, where there is room for it (adds to `ground` and the frontage)."""
    front = frontage.land_line(place, BUSINESS.front_yard)
    shape = polygons(snap(box_beside(front, *stretch, 0.0, float(random.uniform(*BUSINESS.depths)))))[0]
    use = str(random.choice(FIRM_USES, p=FIRM_SHARES))
    inner, others = frontage.land.buffer(-2.0), shapely.union_all(ground.solid())
    if not inner.contains(shape) or (not others.is_empty and others.distance(shape) < BUSINESS.between / 2):
        return
    home = home_at(frontage.kerbs[place].side, shape.centroid, use, own_driveway="woonfunctie" in use)
    ground.buildings.append(Building(shape, (home,)))
    gate = front.interpolate(stretch[0] + BUSINESS.gate_width)
    note_driveway(frontage, place, gate, BUSINESS.gate_width)


PLACES: dict[str, Callable[[Frontage, np.random.Generator], Ground]] = {
    "plein": square,
    "park": park,
    "flats": flats,
    "bedrijven": business,
}
"""Who fills the building land, by the kind of block; kinds that are missing here are rows of houses or water."""
