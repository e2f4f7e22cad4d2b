"""The country: meadows in long strips parted by ditches, with a farm along the road here and there.

In: the ``Frontage`` of a block of some hundred metres. Out: a ``Ground`` (EPSG:28992). The strips run from the front of
the block to its rear, as in the peat meadows of the west (slagenlandschap).
"""

from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon

from laadplan.demo.frames import Floats, Frame, frame_on, plot_on, points_at
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import (
    ARABLE,
    DITCH,
    MEADOW,
    YARD,
    Ground,
    home_at,
    note_driveway,
    put_building,
    put_trees,
    street_sides,
)
from laadplan.demo.land_sizes import FARM
from laadplan.demo.shapes import DECIMALS, Areal, clip, join, strip_along, subtract

_WILLOW_SPACING_M = 8.0
_WILLOW_SHARE = 0.25
"""Share of the ditches with a row of pollard willows."""

_FIELD_GATE_SHARE = 0.5
_FIELD_GATE_M = 4.0
_FARM_PLAY = 0.3
"""A farm lies up to this share of the length of its street from the middle."""


def meadows(frontage: Frontage, random: np.random.Generator) -> Ground:
    """Meadows in strips between ditches, without a farm."""
    ground = Ground(rest=MEADOW)
    _lay_strips(ground, frontage, random)
    return ground


def farm(frontage: Frontage, random: np.random.Generator) -> Ground:
    """Meadows with a farm at the first street that has room, now and then at more."""
    ground = Ground(rest=MEADOW)
    for place in street_sides(frontage):
        if not ground.buildings or float(random.uniform()) < FARM.more_farms:
            _build_farm(ground, frontage, place, random)
    _lay_strips(ground, frontage, random)
    return ground


def _build_farm(ground: Ground, frontage: Frontage, place: int, random: np.random.Generator) -> None:
    """A farm yard with house, barns, drive and a belt of trees, where a side has room for it (adds to `ground`)."""
    plot = plot_on(frontage, place)
    width, depth = FARM.yard
    if plot is None or plot.length < width or plot.depth < depth:
        return
    play = (plot.length - width) * _FARM_PLAY
    start = (plot.length - width) / 2 + float(random.uniform(-play, play))
    frame = plot.frame.moved(start, 0.0)
    reach = frame.point(0.0, 0.0).distance(frontage.kerbs[place].side.line) + 1.0
    yard = clip(frame.box(0.0, width, -reach, depth), frontage.land)
    if not ground.has_room(np.array([yard]), FARM.barn_gap).all():
        return
    house_width, house_depth = FARM.house
    house = frame.box(6.0, 6.0 + house_width, FARM.house_front, FARM.house_front + house_depth)
    home = home_at(frontage.kerbs[place].side, house.centroid, "woonfunctie", own_driveway=True)
    put_building(ground, house, home, floors=2)
    _add_barns(ground, frame, random)
    note_driveway(frontage, place, frame.point(6.0 + house_width + 4.0, 0.0), FARM.drive)
    ground.cover(yard, YARD, is_clear=True)
    _plant_belt(ground, frame)


def _add_barns(ground: Ground, frame: Frame, random: np.random.Generator) -> None:
    """Barns behind the farmhouse and beside it, in random order as far as there is room (adds to `ground`)."""
    along, near = 3.0, FARM.house_front + FARM.house[1] + FARM.barn_gap
    for index in random.permutation(len(FARM.barns)).tolist():
        width, depth = FARM.barns[index]
        depth = min(depth, FARM.yard[1] - near - 3.0)
        if along + width <= FARM.yard[0] - 3.0:
            put_building(ground, frame.box(along, along + width, near, near + depth))
            along += width + FARM.barn_gap


def _plant_belt(ground: Ground, frame: Frame) -> None:
    """Trees along three edges of a farm yard (adds to `ground`)."""
    width, depth = FARM.yard
    inward = np.arange(4.0, depth, FARM.belt_spacing).tolist()
    along = np.arange(4.0, width, FARM.belt_spacing).tolist()
    places = [(side, at) for side in (1.2, width - 1.2) for at in inward] + [(at, depth - 1.2) for at in along]
    put_trees(ground, frame, places)


def _lay_strips(ground: Ground, frontage: Frontage, random: np.random.Generator) -> None:
    """Ditches along the edges and across the block, dams to the strips, some strips ploughed (adds to `ground`)."""
    lines = _ditch_lines(frontage, random)
    dry = _verges(frontage)
    dams = _dams(frontage, lines, random)
    across = [
        line.buffer(float(random.uniform(*FARM.ditch)) / 2, cap_style="flat", join_style="mitre") for line in lines
    ]
    kept = join([*dry, *dams])
    land = frontage.land if kept.is_empty else subtract(frontage.land, kept)
    ditches = [clip(shape, land) for shape in (*across, *_edge_ditches(frontage))]
    if ditches:
        ground.cover(join(ditches), DITCH, is_clear=True)
    for one, other in pairwise(lines):
        if float(random.uniform()) < FARM.arable:
            ring = [*one.coords, *reversed(other.coords)]
            ground.cover(clip(subtract(Polygon(ring), kept), frontage.land), ARABLE)
    for line in lines:
        if float(random.uniform()) < _WILLOW_SHARE:
            _plant_willows(ground, frontage, line)


def _ditch_lines(frontage: Frontage, random: np.random.Generator) -> list[LineString]:
    """Lines across the block, from a place on its front to the same part of its rear."""
    front, rear = frontage.land_line(0, 0.0), frontage.land_line(2, 0.0)
    steps = random.uniform(*FARM.strip, size=int(front.length / FARM.strip[0]) + 1)
    places = np.cumsum(steps)
    shares: Floats = places[places < front.length - FARM.least / 2] / front.length
    starts = shapely.line_interpolate_point(front, shares, normalized=True)
    ends = shapely.line_interpolate_point(rear, 1.0 - shares, normalized=True)
    ones, others = shapely.get_coordinates(starts), shapely.get_coordinates(ends)
    rounded = np.round(np.stack([ones, others], axis=1), DECIMALS)
    return [LineString(ends) for ends in rounded]


def _verges(frontage: Frontage) -> list[Areal]:
    """The land between a road and its ditch."""
    return [strip_along(kerb.side.line, kerb.depth + FARM.edge_verge) for kerb in frontage.kerbs if kerb.side.street]


def _edge_ditches(frontage: Frontage) -> list[Areal]:
    """Ditches along the roads, and half a ditch along an edge that is shared with other land."""
    return [
        strip_along(
            kerb.side.line,
            kerb.depth + FARM.edge_verge + FARM.edge_ditch if kerb.side.street else FARM.edge_ditch / 2,
        )
        for kerb in frontage.kerbs
    ]


def _dams(frontage: Frontage, lines: list[LineString], random: np.random.Generator) -> list[Areal]:
    """A dam through the ditch of the road to each strip, some with a way in over the verge (adds to the frontage)."""
    place = next(iter(street_sides(frontage, (0, 2))), None)
    if place is None or len(lines) < 1:
        return []
    base = frontage.land_line(place, 0.0)
    stops = sorted(float(base.project(shapely.Point(line.coords[0 if place == 0 else -1]))) for line in lines)
    dams: list[Areal] = []
    for start, end in zip([0.0, *stops], [*stops, base.length], strict=True):
        frame = frame_on(base, start, end)
        middle = (end - start) / 2
        shape = frame.box(middle - FARM.dam / 2, middle + FARM.dam / 2, -1.0, FARM.edge_verge + FARM.edge_ditch + 2.0)
        dams.append(shape)
        if float(random.uniform()) < _FIELD_GATE_SHARE:
            note_driveway(frontage, place, frame.point(middle, 0.0), _FIELD_GATE_M)
    return dams


def _plant_willows(ground: Ground, frontage: Frontage, line: LineString) -> None:
    """Pollard willows along part of a ditch (adds to `ground`)."""
    frame = frame_on(line, 0.0, line.length)
    places = np.arange(line.length * 0.2, line.length * 0.7, _WILLOW_SPACING_M)
    spots = points_at(frame.coordinates(places, FARM.ditch[1]))
    inner = frontage.land.buffer(-FARM.ditch[1] * 2)
    spots = spots[shapely.contains(inner, spots)]
    ground.trees += spots[ground.has_room(spots, 2.0)].tolist()
