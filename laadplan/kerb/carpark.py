"""A car park laid out: rows of haaks bays with aisles between them, as a parking engineer would draw them.

In: the surface of a broad parkeervlak and what cars drive on near it. Out: a `CarPark` with its rows. The BGT holds no
bays and no aisles: the layout is an estimate, and its reason says so. Rows are tried along the longest directions of
the outline and between the lines that its edges give; the layout with the most reachable bays is taken. Between
equals: the most bays before ways are kept open, the fewest rows, the direction with most edge along it, and the
lines nearest to the foot of the surface as turned.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.kerb.aisles import Filled, Site, fill, most_bays
from laadplan.kerb.row import Place, Row, bay_rows
from laadplan.kerb.stripes import Ground, Stripe, arrangements, back_to_back

NEAR_M = 30.0
"""What cars drive on is looked for within this distance of a car park (m)."""

SMOOTH_M = 0.25
"""Vertices that deviate less than this are dropped before the outline's edges are looked at (m)."""

EDGE_M = 5.0
"""Shorter edges give no direction and no line: the depth of a bay (m)."""

SAME_DEG = 3.0
"""Edges closer together than this run in one direction (degrees): 1.3 m over the length of ten bays."""

TILTED_DEG = 30.0
"""An edge that leans more than this gives no line for a row to lie against (degrees)."""

SAME_M = 0.15
"""Lines closer together than this are one (m): BGT accuracy."""

DIRECTIONS = 3
"""Directions that are tried, each with the one square to it."""

LINES = 10
"""Lines that are tried in one direction; those of the longest edges first."""

CIRCLE_M = 0.05
"""Accuracy of the largest circle that fits the surface (m)."""

PIT_M2 = 25.0
"""A hole up to this size is a tree pit or a lamp between two rows: its middle gives a line (m2)."""

IN_LINE_M = 0.5
"""Pits further apart than this across the rows stand in two lines (m)."""

NO_ROAD = "toegang niet in de BGT"
"""Said where the surface touches nothing that cars drive on."""


@dataclass(frozen=True)
class CarPark:
    """The layout of a car park.

    ``aisle_m`` is the width of its narrowest aisle, ``broad_m`` the diameter of the largest circle that fits it, and
    ``touches`` whether it touches what cars drive on.
    """

    rows: tuple[Row, ...]
    aisle_m: float
    broad_m: float
    area_m2: float
    touches: bool

    def reason(self, rules: BayRules) -> str:
        """What was made of it, in Dutch."""
        count = sum(len(row.places) for row in self.rows)
        known = "" if self.touches else f"; {NO_ROAD}"
        if not count:
            least = f"{_dutch(rules.perpendicular_length_m + rules.aisle_width_min_m)} m"
            narrow = not _has_room(self.broad_m, rules)
            why = f"te smal voor vakken met een rijweg ({least})" if narrow else "geen vak past of is te bereiken"
            return f"parkeerterrein ({_dutch(self.broad_m)} m breed): {why}{known}"
        aisle = f"rijweg {_dutch(self.aisle_m)} m" if self.aisle_m else "rijweg aan de buitenkant"
        return f"parkeerterrein: indeling berekend ({count} vakken, {aisle}{known})"

    def bays(self, local_id: str, rules: BayRules) -> list[dict[str, Any]]:
        """Its bays as rows of `Bays`. The pavement begins where the bays end, also between two rows back to back."""
        return bay_rows(local_id, self.rows, shapely.Polygon(), rules.touching_m)

    def strip(self, rules: BayRules) -> dict[str, Any]:
        """What `Strips` says of it."""
        areas = [place.surface.area for row in self.rows for place in row.places]
        unused = round(max(0.0, self.area_m2 - sum(areas)), 2)
        return {"bay_count": len(areas), "unused_m2": unused, "reason": self.reason(rules)}


def lay_out(surface: shapely.Polygon, driven: shapely.Geometry, rules: BayRules) -> list[Row]:
    """The rows of bays of a car park, m RD; none where none fits.

    Parameters
    ----------
    surface
        The parkeervlak.
    driven
        Union of the carriageways and aisles near it; may be empty.
    rules
        Standard sizes and tolerances.
    """
    return list(plan_car_park(surface, driven, rules).rows)


def driven_near(road_parts: gpd.GeoDataFrame, surfaces: Surfaces) -> Callable[[shapely.Polygon], shapely.Geometry]:
    """A function that gives the union of the carriageways and aisles at ground level near a surface (m RD)."""
    named = road_parts["function"].isin([*surfaces.driveable, *surfaces.aisle])
    parts = road_parts[named & (road_parts["level"] == 0)].sort_index().geometry.to_numpy()
    tree = shapely.STRtree(parts)
    return lambda surface: shapely.union_all(parts[np.sort(tree.query(surface, "dwithin", NEAR_M))])


def plan_car_park(surface: shapely.Polygon, driven: shapely.Geometry, rules: BayRules) -> CarPark:
    """The layout of a car park with what its reason needs; parameters as `lay_out`."""
    touches, lines = _touching(surface, driven, rules)
    broad = 2 * float(shapely.maximum_inscribed_circle(surface, tolerance=CIRCLE_M).length)
    turns = _turned(surface, driven, lines, rules, touches=touches)
    best, chosen = Filled(), None
    for most, turned, stripes in _candidates(turns, rules, has_room=_has_room(broad, rules)):
        if most <= best.count:
            break
        filled = fill(turned.site, stripes)
        if filled.count > best.count:
            best, chosen = filled, turned
    rows = () if chosen is None else tuple(_rows(chosen, best, surface, rules))
    inside = [stripe.aisle_m for stripe, bays in best.rows if bays and not stripe.outside]
    return CarPark(rows, min(inside, default=0.0), broad, surface.area, touches)


def _has_room(broad_m: float, rules: BayRules) -> bool:
    """Whether a row and its aisle fit side by side in the broadest part."""
    return round(broad_m - rules.perpendicular_length_m - rules.aisle_width_min_m, 1) >= 0


@dataclass(frozen=True)
class Turned:
    """A car park turned round a point, so that rows run along x."""

    angle_rad: float
    middle: np.ndarray
    surface: shapely.Polygon
    site: Site

    def back(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A shape as it lies in RD."""
        return _turn(shape, self.angle_rad, np.zeros(2), self.middle)


def _touching(
    surface: shapely.Polygon, driven: shapely.Geometry, rules: BayRules
) -> tuple[bool, list[shapely.LineString]]:
    """Whether the surface touches what cars drive on, and the lines where they come in: where it does, else where it
    is nearest, else anywhere.
    """
    edge = surface.boundary
    if shapely.is_empty(driven):
        return False, _lines(edge)
    lines = _lines(shapely.intersection(edge, shapely.buffer(driven, rules.touching_m)))
    least = rules.perpendicular_width_min_m
    # The gap also takes in so much of the edges beside what touches.
    inner = [shapely.ops.substring(line, rules.touching_m, line.length - rules.touching_m) for line in lines]
    entries = [line for line in inner if line.length >= least]
    if entries:
        return True, entries
    gap = float(shapely.distance(surface, driven)) + rules.perpendicular_length_m / 2
    return False, _lines(shapely.intersection(edge, shapely.buffer(driven, gap)))


def _lines(geometry: shapely.Geometry) -> list[shapely.LineString]:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "LinearRing")]
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts))) if parts else []
    return sorted(merged, key=lambda line: (-round(line.length, 2), *np.round(line.centroid.coords[0], 2)))


def _candidates(
    turns: Iterator[Turned], rules: BayRules, *, has_room: bool
) -> list[tuple[int, Turned, tuple[Stripe, ...]]]:
    """Layouts with the bays they hold at most, the most promising first."""
    found = [
        (most_bays(turned.site, stripes), turned, stripes)
        for turned in turns
        for stripes in _layouts(turned, rules, has_room=has_room)
    ]
    return sorted((one for one in found if one[0]), key=lambda one: (-one[0], len(one[2])))


def _turned(
    surface: shapely.Polygon,
    driven: shapely.Geometry,
    lines: list[shapely.LineString],
    rules: BayRules,
    *,
    touches: bool,
) -> Iterator[Turned]:
    middle = np.array(surface.centroid.coords[0])
    for angle in directions(surface):
        inside, outside, *entries = (_turn(shape, -angle, middle, np.zeros(2)) for shape in (surface, driven, *lines))
        ground = Ground(shapely.buffer(inside, rules.touching_m, join_style="mitre"))
        yield Turned(angle, middle, inside, Site(ground, Ground(outside), tuple(entries), touches, rules))


def directions(surface: shapely.Polygon) -> list[float]:
    """Directions in which rows may run (radians, 0 to pi): along the longest edges and square to them.

    The first has the greatest length of edge along it.
    """
    length, angle = _edges(surface)[:2]
    chosen: list[float] = []
    for place in np.argsort(-np.round(length, 2), kind="stable"):
        apart = np.abs((angle[place] - np.array(chosen) + np.pi / 4) % (np.pi / 2) - np.pi / 4)
        if (
            len(chosen) < DIRECTIONS
            and (length[place] >= EDGE_M or not chosen)
            and (apart > np.radians(SAME_DEG)).all()
        ):
            chosen.append(float(angle[place]))
    both = [(one + turn) % np.pi for one in chosen for turn in (0.0, np.pi / 2)]
    return sorted(both, key=lambda one: -round(float(length[_along(angle, one)].sum()), 1))


def _along(angle: np.ndarray, direction: float) -> np.ndarray:
    """Which edges run in a direction."""
    return np.abs((angle - direction + np.pi / 2) % np.pi - np.pi / 2) <= np.radians(SAME_DEG)


def _edges(surface: shapely.Polygon) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Length and direction (radians) of the edges of the outline and its holes, and their ends (n, 2, 2).

    The surface lies on the left hand of each edge.
    """
    smooth = shapely.geometry.polygon.orient(shapely.simplify(surface, SMOOTH_M))
    rings = [np.array(ring.coords) for ring in (smooth.exterior, *smooth.interiors)]
    ends = np.vstack([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    steps = ends[:, 1] - ends[:, 0]
    return np.hypot(*steps.T), np.arctan2(steps[:, 1], steps[:, 0]), ends


def _layouts(turned: Turned, rules: BayRules, *, has_room: bool) -> Iterator[tuple[Stripe, ...]]:
    """Rows between the lines of the outline: the best of each gap taken together, and each order across the widest."""
    lines = lines_across(turned.surface)
    across = [tuple(arrangements(*gap, rules)) if has_room else () for gap in combinations(lines, 2)]
    gaps: dict[tuple[int, int], _Order] = {}
    for (low, high), inside in zip(combinations(range(len(lines)), 2), across, strict=True):
        orders = [back_to_back(lines[low], lines[high], rules), *inside]
        gaps[low, high] = max((_order(turned.site, stripes) for stripes in orders), key=lambda order: order[:2])
    together: list[_Order] = [(0, 0, ())]
    for high in range(1, len(lines)):
        ends = [_added(together[low], gaps[low, high]) for low in range(high)]
        together.append(max([together[-1], *ends], key=lambda order: order[:2]))
    yield together[-1][2]
    yield from across[len(lines) - 2]


_Order = tuple[int, int, tuple[Stripe, ...]]
"""The most bays that rows hold, less than nothing by how many rows that is, and the rows."""


def _order(site: Site, stripes: tuple[Stripe, ...]) -> _Order:
    return most_bays(site, stripes), -len(stripes), stripes


def _added(one: _Order, other: _Order) -> _Order:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def lines_across(surface: shapely.Polygon) -> list[float]:
    """Places (m) across the rows against which a row may lie, in order: edges, tree pits and the ends of the surface.

    A level edge gives the place where the surface begins for all of it; one that leans also its middle and far end.
    """
    length, angle, ends = _edges(surface)
    wanted: list[float] = []
    for place in np.argsort(-np.round(length, 2), kind="stable"):
        lean = abs((angle[place] + np.pi / 2) % np.pi - np.pi / 2)
        if length[place] < EDGE_M or lean > np.radians(TILTED_DEG):
            continue
        low, high = np.sort(ends[place, :, 1])
        inner, outer = (high, low) if np.cos(angle[place]) > 0 else (low, high)
        wanted += [inner] if high - low <= 2 * SAME_M else [inner, (low + high) / 2, outer]
    bottom, top = shapely.bounds(surface)[[1, 3]]
    found: list[float] = []
    for line in [*wanted[:LINES], *_lines_of_pits(surface), bottom, top]:
        if all(abs(line - other) > SAME_M for other in found):
            found.append(float(line))
    return sorted(found)


def _lines_of_pits(surface: shapely.Polygon) -> list[float]:
    """The middles of pits in one line along the rows, two or more."""
    pits = [hole.centroid.y for hole in map(shapely.Polygon, surface.interiors) if hole.area <= PIT_M2]
    across = np.sort(pits)
    groups = np.split(across, np.flatnonzero(np.diff(across) > IN_LINE_M) + 1)
    return [float(group.mean()) for group in groups if len(group) > 1]


def _rows(turned: Turned, filled: Filled, surface: shapely.Polygon, rules: BayRules) -> Iterator[Row]:
    for stripe, bays in filled.rows:
        if not bays:
            continue
        turn = slice(None, None, stripe.facing)
        begin, end = (bays[0][0], bays[-1][1])[turn]
        kerb = turned.back(shapely.LineString([(begin, stripe.front_m), (end, stripe.front_m)]))
        low, high = stripe.reach()
        places = []
        for bay in bays[turn]:
            along = sorted(abs(at - begin) for at in bay)
            drawn = turned.back(shapely.box(bay[0], low, bay[1], high))
            inside = max(shapely.get_parts(shapely.intersection(drawn, surface)), key=lambda part: part.area)
            if inside.area >= rules.filled_min_share * drawn.area:
                places.append(Place(along[0], along[1], inside))
        yield Row(kerb, "haaks", stripe.depth_m, tuple(places))


def _turn(shape: shapely.Geometry, angle_rad: float, middle: np.ndarray, to: np.ndarray) -> shapely.Geometry:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.array([[cos, -sin], [sin, cos]])
    return shapely.transform(shape, lambda xy: (xy - middle) @ matrix.T + to)


def _dutch(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")
