"""The village ribbon: houses of all ages and sizes along a road, on deep plots with driveways.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992); driveways are noted on the frontage.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely

from laadplan.demo.frames import Frame, Shapes, frame_on
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import GRASS, YARD, Ground, homes_at, middles, note_driveways, street_sides
from laadplan.demo.land_sizes import RIBBON, TERRACE
from laadplan.demo.model import Building
from laadplan.demo.rows import outlines
from laadplan.demo.shapes import DECIMALS, free_stretch, snap
from laadplan.demo.sizes import BLOCK

_KINDS = ("vrijstaand", "twee", "boerderij", "winkel")
_APART_M = 3.0
_BESIDE_M = 0.4
_GARAGE_SHARE = 0.6
_OLD_SHARE = 0.3
_WING_SHARE = 0.4
_GARDEN_M = 23.0
"""Behind the gardens, this far from the edge of the land, begins the country."""

_LEAST_FIELD_M2 = 300.0
_ABOVE_M = 0.6


@dataclass(frozen=True)
class _House:
    """A building with one or two dwellings in its frame, and its driveways as pairs of stations."""

    kind: str
    frame: Frame
    shapes: Shapes
    drives: tuple[tuple[float, float], ...]
    depth: float
    width: float


def fill_ribbon(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """Houses along the roads of a block, each of its own kind; None where not one fits."""
    ground = Ground(rest=YARD)
    core = frontage.land.buffer(-_BESIDE_M, join_style="mitre")
    shapely.prepare(core)
    for place in street_sides(frontage):
        line = frontage.land_line(place, RIBBON.set_backs[0])
        start, end = free_stretch(line, core)
        at = start + float(random.uniform(1.0, 5.0))
        while at < end:
            if float(random.uniform()) < RIBBON.open_share:
                at += float(random.uniform(*RIBBON.open_width))
                continue
            house = _design(line, at, random)
            if at + house.width > end:
                break
            _settle(ground, frontage, place, house, core, random)
            at += house.width + float(random.uniform(*RIBBON.gaps))
    if not ground.buildings:
        return None
    field = frontage.land.buffer(-_GARDEN_M)
    if field.area > _LEAST_FIELD_M2:
        ground.cover(snap(field), GRASS)
    return ground


def _design(line: shapely.LineString, at: float, random: np.random.Generator) -> _House:
    """A house of a random kind at a station along a road."""
    kind = str(random.choice(_KINDS, p=RIBBON.shares))
    wings = np.zeros((1, 2))
    depth = float(random.uniform(*RIBBON.depths))
    width = float(random.uniform(*RIBBON.widths))
    is_old = kind in ("boerderij", "winkel") or float(random.uniform()) < _OLD_SHARE
    back = float(random.uniform(*(RIBBON.old_set_back if is_old else RIBBON.set_backs))) - RIBBON.set_backs[0]
    starts = np.array([0.0])
    if kind == "twee":
        width = float(random.uniform(*RIBBON.pair_widths))
        starts, wings = np.array([0.0, width]), np.zeros((2, 2))
    elif kind in ("boerderij", "winkel"):
        width, depth = RIBBON.farm if kind == "boerderij" else RIBBON.shop
        back = max(back, 0.0) if kind == "boerderij" else 0.3 - RIBBON.set_backs[0]
    elif float(random.uniform()) < _WING_SHARE:
        wings = np.array([[TERRACE.extension + 1.5, 0.5]])
    whole = width * starts.size
    angle = float(random.uniform(-RIBBON.turn, RIBBON.turn)) if is_old and kind != "winkel" else 0.0
    frame = _askew(frame_on(line, at, min(at + whole, line.length)).moved(0.0, back), angle)
    shapes = outlines(frame, starts, starts + width, np.zeros(starts.size), np.full(starts.size, depth), wings)
    return _House(kind, frame, shapes, _drives(kind, whole), depth, whole)


def _drives(kind: str, width: float) -> tuple[tuple[float, float], ...]:
    """Driveways beside a house, one per dwelling."""
    after = (width + _BESIDE_M, width + _BESIDE_M + BLOCK.driveway_width)
    before = (-_BESIDE_M - BLOCK.driveway_width, -_BESIDE_M)
    return {"winkel": (), "twee": (before, after)}.get(kind, (after,))


def _askew(frame: Frame, angle: float) -> Frame:
    """The frame turned about its origin by an angle in radians."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return replace(
        frame,
        along_east=frame.along_east * cosine - frame.along_north * sine,
        along_north=frame.along_east * sine + frame.along_north * cosine,
    )


def _settle(
    ground: Ground,
    frontage: Frontage,
    place: int,
    house: _House,
    core: shapely.Geometry,
    random: np.random.Generator,
) -> None:
    """Put a house on the ground where there is room, with its driveways and what stands behind it."""
    if not (shapely.contains(core, house.shapes) & ground.has_room(house.shapes, _APART_M)).all():
        return
    is_shop, has_drive = house.kind == "winkel", bool(house.drives)
    use = "winkelfunctie" if is_shop else "woonfunctie"
    homes = homes_at(frontage.kerbs[place].side, middles(house.shapes), use, own_driveway=has_drive)
    for shape, home in zip(house.shapes.tolist(), homes, strict=True):
        point = shapely.Point(round(home.point.x + _ABOVE_M, DECIMALS), round(home.point.y + _ABOVE_M, DECIMALS))
        above = (replace(home, use="woonfunctie", letter="A", point=point),) if is_shop else ()
        ground.buildings.append(Building(shape, (home, *above), floors=2))
    spots = [house.frame.point(sum(drive) / 2, 0.0) for drive in house.drives]
    note_driveways(frontage, place, spots, BLOCK.driveway_width)
    _build_behind(ground, house, core, random)


def _build_behind(ground: Ground, house: _House, core: shapely.Geometry, random: np.random.Generator) -> None:
    """A barn behind a farm, a garage at the end of a driveway (adds to `ground`)."""
    shapes: list[shapely.Polygon] = []
    if house.kind == "boerderij":
        width, depth = RIBBON.barn
        near = house.depth + 4.0
        shapes.append(house.frame.box(2.0, 2.0 + width, near, near + depth))
    for drive in house.drives:
        if float(random.uniform()) < _GARAGE_SHARE:
            start = sum(drive) / 2 - BLOCK.garage_width / 2
            near = house.depth + float(random.uniform(-2.0, 3.0))
            shapes.append(house.frame.box(start, start + BLOCK.garage_width, near, near + BLOCK.garage_depth))
    for shape in shapes:
        found: Shapes = np.array([shape])
        if bool((shapely.contains(core, found) & ground.has_room(found, 0.05)).all()):
            ground.buildings.append(Building(shape))
