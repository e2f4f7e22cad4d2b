"""A car park laid out: rows of haaks bays with aisles between them, as a parking engineer would draw them.

In: the surface of a broad parkeervlak and what cars drive on near it. Out: a `CarPark` with its rows. The BGT holds no
bays and no aisles: the layout is an estimate, and its reason says so. Rows are tried along the longest directions of
the outline and between the lines that its edges give. The layout with the most reachable bays is taken; where the
surface is no rectangle the first bay of each row is not counted, so that few long rows go before many short ones.
Between equals: most bays, then most if no way had to be kept open, the fewest rows, the direction with most edge
along it, and the lines nearest to the foot of the surface as turned.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely

from laadplan.config.project import BayRules
from laadplan.contracts.dutch import figures
from laadplan.kerb.aisles import Filled, Site, Worth, along, fill, most_worth
from laadplan.kerb.outline import AnyShape, directions, lines_across, turn
from laadplan.kerb.row import Place, Row
from laadplan.kerb.stripes import Ground, Stripe, arrangements, back_to_back

NEAR_M = 30.0
"""What cars drive on is looked for within this distance of a car park (m)."""

CIRCLE_M = 0.05
"""Accuracy of the largest circle that fits the surface (m)."""

RECTANGLE_SHARE = 0.95
"""A surface that fills so much of the smallest rectangle round it has rows that are all as long as it is."""

LAYOUTS = 3
"""So many layouts in each direction, and those as promising as the last, are looked for ways."""

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
            least = f"{figures(rules.perpendicular_length_m + rules.aisle_width_min_m, 1)} m"
            narrow = not _has_room(self.broad_m, rules)
            why = f"te smal voor vakken met een rijweg ({least})" if narrow else "geen vak past of is te bereiken"
            return f"parkeerterrein ({figures(self.broad_m, 1)} m breed): {why}{known}"
        aisle = f"rijweg {figures(self.aisle_m, 1)} m" if self.aisle_m else "rijweg aan de buitenkant"
        return f"parkeerterrein: indeling berekend ({count} vakken, {aisle}{known})"


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


def plan_car_park(surface: shapely.Polygon, driven: shapely.Geometry, rules: BayRules) -> CarPark:
    """The layout of a car park with what its reason needs; parameters as `lay_out`."""
    touches, lines = _touching(surface, driven, rules)
    broad = 2 * float(shapely.maximum_inscribed_circle(surface, tolerance=CIRCLE_M).length)
    turns = _turned(surface, driven, lines, rules, touches=touches)
    best, chosen = Filled(), None
    for most, turned, stripes in _candidates(turns, rules, has_room=_has_room(broad, rules)):
        if most <= best.worth:
            break
        filled = fill(turned.site, stripes)
        if filled.worth > best.worth:
            best, chosen = filled, turned
    if chosen is None and not touches and not shapely.is_empty(driven):
        # The road that is nearest is a guess: where it leads to no bay, cars come in anywhere.
        return plan_car_park(surface, shapely.Polygon(), rules)
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

    def back(self, shape: AnyShape) -> AnyShape:
        """A shape as it lies in RD."""
        return turn(shape, self.angle_rad, np.zeros(2), self.middle)


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
    inner = [along(line, rules.touching_m, line.length - rules.touching_m) for line in lines]
    entries = [line for line in inner if line.length >= least]
    if entries:
        return True, entries
    gap = float(shapely.distance(surface, driven)) + rules.perpendicular_length_m / 2
    return False, _lines(shapely.intersection(edge, shapely.buffer(driven, gap)))


def _lines(geometry: shapely.Geometry) -> list[shapely.LineString]:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("LineString", "LinearRing")]
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts)))
    return sorted(merged, key=lambda line: (-round(line.length, 2), *np.round(line.centroid.coords[0], 2)))


def _candidates(
    turns: Iterator[Turned], rules: BayRules, *, has_room: bool
) -> list[tuple[Worth, Turned, tuple[Stripe, ...]]]:
    """Layouts with what they are worth at most, the most promising first."""
    found = [
        (worth, turned, stripes) for turned in turns for worth, stripes in _layouts(turned, rules, has_room=has_room)
    ]
    return sorted(found, key=lambda one: (-one[0][0], -one[0][1], len(one[2])))


def _turned(
    surface: shapely.Polygon,
    driven: shapely.Geometry,
    lines: list[shapely.LineString],
    rules: BayRules,
    *,
    touches: bool,
) -> Iterator[Turned]:
    middle = np.array(surface.centroid.coords[0])
    filled = surface.area / shapely.area(shapely.minimum_rotated_rectangle(surface))
    row_cost = 0 if filled >= RECTANGLE_SHARE else 1
    for angle in directions(surface):
        inside, outside = turn(surface, -angle, middle, np.zeros(2)), turn(driven, -angle, middle, np.zeros(2))
        entries = tuple(turn(line, -angle, middle, np.zeros(2)) for line in lines)
        ground = Ground(inside, rules.touching_m)
        yield Turned(angle, middle, inside, Site(ground, Ground(outside), entries, touches, row_cost, rules))


_Order = tuple[Worth, tuple[Stripe, ...]]
"""What rows are worth at most, and the rows."""


def _layouts(turned: Turned, rules: BayRules, *, has_room: bool) -> list[_Order]:
    """Rows between the lines of the outline: the best of the gaps taken together, and each order across each gap.

    The most promising come first.
    """
    lines = lines_across(turned.surface)
    across = [tuple(arrangements(*gap, rules)) if has_room else () for gap in combinations(lines, 2)]
    gaps: dict[tuple[int, int], _Order] = {}
    for (low, high), inside in zip(combinations(range(len(lines)), 2), across, strict=True):
        tried = [back_to_back(lines[low], lines[high], rules), *inside]
        gaps[low, high] = max((_order(turned.site, stripes) for stripes in tried), key=_numbers)
    together = [_order(turned.site, ())]
    for high in range(1, len(lines)):
        ends = [_order(turned.site, together[low][1] + gaps[low, high][1]) for low in range(high)]
        together.append(max([together[-1], *ends], key=_numbers))
    each = dict.fromkeys([together[-1][1], *(order for orders in across for order in orders)])
    best = sorted((_order(turned.site, stripes) for stripes in each), key=_numbers, reverse=True)
    least = best[:LAYOUTS][-1][0]
    return [order for order in best if order[0] >= least and order[1]]


def _order(site: Site, stripes: tuple[Stripe, ...]) -> _Order:
    return most_worth(site, stripes), stripes


def _numbers(order: _Order) -> tuple[Worth, int]:
    """What tells which is better: the worth, then the fewest rows."""
    return order[0], -len(order[1])


def _rows(turned: Turned, filled: Filled, surface: shapely.Polygon, rules: BayRules) -> Iterator[Row]:
    """The rows in RD: each runs so that its bays lie on the right hand, cut off at the edge of the surface."""
    for stripe, bays in filled.rows:
        if not bays:
            continue
        ends = [bays[0][0], bays[-1][1]][:: stripe.facing]
        kerb = turned.back(shapely.LineString([(end, stripe.front_m) for end in ends]))
        low, high = stripe.reach()
        places = []
        for bay in bays[:: stripe.facing]:
            start, end = sorted(abs(at - ends[0]) for at in bay)
            drawn = turned.back(shapely.box(bay[0], low, bay[1], high))
            inside = max(shapely.get_parts(shapely.intersection(drawn, surface)), key=lambda part: part.area)
            if inside.area >= rules.filled_min_share * drawn.area:
                places.append(Place(start, end, inside))
        yield Row(kerb, "haaks", stripe.depth_m, tuple(places))
