"""Houses of the demo town: rows along the sides of a block, with sheds, garages and driveways.

In: the ``Frontage`` of a block. Out: buildings with their units on the building land (EPSG:28992), in order; driveways
are noted on the frontage as stations along the kerb, from which ``kerb`` cuts the driveways over the footway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from laadplan.demo.ground import home_at, note_driveway
from laadplan.demo.kerb import Frontage, Interval
from laadplan.demo.model import Building, Home, Side
from laadplan.demo.shapes import (
    box_beside,
    clip,
    free_stretch,
    longer,
    midline,
    point_beside,
    polygons,
    quad,
    snap,
    subtract,
)
from laadplan.demo.sizes import BLOCK, HOUSES, HouseSizes

SHOP_SHARE = 0.35
"""Share of the buildings in the old centre with a shop below a dwelling."""

_SPARE_M = 10.0
"""The base of a row is drawn this much longer at both ends, so that driveways beside the last house lie on it."""


@dataclass(frozen=True)
class Plot:
    """One house in a row: its stations along the front line and whether its driveway lies at the start or the end."""

    start: float
    end: float
    driveway: Interval | None


def rows(stretch: Interval, sizes: HouseSizes, random: np.random.Generator) -> list[list[Plot]]:
    """Rows of houses along a stretch of front line, in metres; what is left over goes to both ends."""
    start, end = stretch
    width = float(random.choice(sizes.widths))
    counts = _row_counts(end - start, width, sizes, random)
    used = sum(counts) * width + max(len(counts) - 1, 0) * sizes.gap
    start += (end - start - used) / 2
    built = []
    for count in counts:
        built.append([_plot(start + index * width, width, index, count, sizes) for index in range(count)])
        start += count * width + sizes.gap
    return built


def _row_counts(room: float, width: float, sizes: HouseSizes, random: np.random.Generator) -> list[int]:
    counts: list[int] = []
    spare = sizes.gap if sizes.garage else 0.0
    room -= spare
    while (most := int(room / width)) >= sizes.row_of[0]:
        count = min(int(random.integers(sizes.row_of[0], sizes.row_of[1] + 1)), most)
        counts.append(count)
        room -= count * width + sizes.gap
    return counts


def _plot(start: float, width: float, index: int, count: int, sizes: HouseSizes) -> Plot:
    """The plot of a house: a driveway beside it where there is a garage, before it otherwise, mirrored per pair."""
    if not sizes.driveway:
        return Plot(start, start + width, None)
    end = start + width
    drive = BLOCK.driveway_width
    if sizes.garage:
        at_start = index == 0 and count > 1
        return Plot(start, end, (start - drive - 0.3, start - 0.3) if at_start else (end + 0.3, end + drive + 0.3))
    return Plot(start, end, (end - drive, end) if index % 2 == 0 else (start, start + drive))


@dataclass(frozen=True)
class Standing:
    """A house that stands: its building, the base line of its row, its stations on that line, depth and driveway."""

    building: Building
    base: LineString
    start: float
    end: float
    depth: float
    driveway: Interval | None


def build_rows(
    frontage: Frontage, place: int, built: Sequence[Standing], random: np.random.Generator
) -> list[Standing]:
    """Houses along one side of a block, clear of the houses that stand there already."""
    side = frontage.kerbs[place].side
    if side.street is None:
        return []
    sizes = HOUSES[frontage.block.kind]
    front = frontage.land_line(place, sizes.front_garden + float(random.uniform(-0.4, 0.8)))
    core = frontage.land.buffer(-BLOCK.house_to_boundary, join_style="mitre")
    taken = shapely.union_all([house.building.polygon for house in built]) if built else MultiPolygon()
    houses: list[Standing] = []
    for row in rows(free_stretch(front, core), sizes, random):
        chord = LineString([front.interpolate(row[0].start), front.interpolate(row[-1].end)])
        depth = sizes.depth + float(random.choice([0.0, 0.6, 1.2]))
        base, shift = longer(chord, _SPARE_M), row[0].start - _SPARE_M
        standing = [_stand(side, base, plot, shift, depth) for plot in row]
        houses += [house for house in standing if _fits(house.building.polygon, core, taken)]
    for house in houses:
        if house.driveway:
            spot = point_beside(house.base, sum(house.driveway) / 2, 0.0)
            note_driveway(frontage, place, spot, BLOCK.driveway_width)
    return houses


def _fits(polygon: Polygon, core: BaseGeometry, taken: BaseGeometry) -> bool:
    """Whether a house lies on its land, and 3 m or more from those behind it."""
    return bool(core.contains(polygon)) and (taken.is_empty or taken.distance(polygon) > 3.0)


def _stand(side: Side, base: LineString, plot: Plot, shift: float, depth: float) -> Standing:
    """A house with one unit on its plot; `shift` is the place on the front line where the base of the row begins."""
    start, end = plot.start - shift, plot.end - shift
    polygon = polygons(snap(box_beside(base, start, end, 0.0, depth)))[0]
    home = home_at(side, polygon.centroid, "woonfunctie", own_driveway=plot.driveway is not None)
    drive = (plot.driveway[0] - shift, plot.driveway[1] - shift) if plot.driveway else None
    return Standing(Building(polygon, (home,)), base, start, end, depth, drive)


def build_edge(frontage: Frontage, places: tuple[int, ...], random: np.random.Generator) -> list[Building]:
    """A closed row of old houses along sides of a block, straight on the footway, with a yard behind."""
    houses: list[Building] = []
    taken: BaseGeometry = Polygon()
    for place in places:
        side = frontage.kerbs[place].side
        if side.street is None:
            continue
        line = frontage.land_line(place, 0.0)
        start, end = free_stretch(line, frontage.land.buffer(0.02))
        for one, other in _old_plots(start, end, random):
            depth = float(random.choice([9.0, 10.0, 11.5, 13.0]))
            shape = subtract(clip(quad(line, one, other, depth), frontage.land), taken)
            parts = [part for part in polygons(shape) if part.area > 32.0]
            for part in parts[:1]:
                taken = shapely.union(taken, part)
                houses.append(Building(part, _old_homes(side, part, random)))
    return houses


def _old_plots(start: float, end: float, random: np.random.Generator) -> list[Interval]:
    """Plots of changing width from corner to corner, with a gap here and there."""
    widths = HOUSES["centrum"].widths
    plots: list[Interval] = []
    while end - start > 2 * min(widths):
        width = min(float(random.choice(widths)), end - start)
        if float(random.uniform()) > 0.06:
            plots.append((start, start + width))
        start += width
    if plots:
        plots[-1] = (plots[-1][0], end) if start - plots[-1][1] < 0.1 else plots[-1]
    return plots


def _old_homes(side: Side, part: Polygon, random: np.random.Generator) -> tuple[Home, ...]:
    """One dwelling, or a shop with a dwelling above it."""
    home = home_at(side, part.representative_point(), "woonfunctie")
    if float(random.uniform()) >= SHOP_SHARE:
        return (home,)
    above = shapely.Point(home.point.x + 0.6, home.point.y + 0.6)
    return (replace(home, use="winkelfunctie"), replace(home, letter="A", point=above))


def build_sheds(frontage: Frontage, houses: Sequence[Standing], path: LineString | None) -> list[Building]:
    """A shed at the end of each back garden, or a garage at the end of the driveway: without address."""
    sizes = HOUSES[frontage.block.kind]
    core = frontage.land.buffer(-0.3, join_style="mitre")
    taken = shapely.union_all([house.building.polygon for house in houses]) if houses else MultiPolygon()
    sheds: list[Building] = []
    for house in houses:
        shape = _garage(house) if sizes.garage else _shed(house, path)
        if shape is None or not core.contains(shape) or taken.distance(shape) < 0.1:
            continue
        taken = shapely.union(taken, shape)
        sheds.append(Building(shape))
    return sheds


def _shed(house: Standing, path: LineString | None) -> Polygon | None:
    """A shed against the back path, or at a fixed depth of garden where there is none."""
    rear = point_beside(house.base, (house.start + house.end) / 2, house.depth)
    room = rear.distance(path) - BLOCK.back_path / 2 - 0.4 if path else 11.0
    if room < 2 * BLOCK.shed_depth:
        return None
    far = house.depth + room
    shape = box_beside(house.base, house.start + 0.4, house.start + 0.4 + BLOCK.shed_width, far - BLOCK.shed_depth, far)
    return polygons(snap(shape))[0]


def _garage(house: Standing) -> Polygon | None:
    """A garage at the end of the driveway, beside the rear of the house."""
    if house.driveway is None:
        return None
    start = sum(house.driveway) / 2 - BLOCK.garage_width / 2
    near = house.depth - BLOCK.garage_depth + 2.0
    shape = box_beside(house.base, start, start + BLOCK.garage_width, near, near + BLOCK.garage_depth)
    return polygons(snap(shape))[0]


def back_path(frontage: Frontage) -> LineString | None:
    """The middle line between the two long sides of a block of terraces; None at the edge of the town."""
    south, north = frontage.kerbs[0], frontage.kerbs[2]
    if south.side.street is None or north.side.street is None:
        return None
    return midline(frontage.land_line(0, 0.0), frontage.land_line(2, 0.0))
