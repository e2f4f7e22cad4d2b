"""Blocks of houses with gardens: rows along the sides of a block, with sheds, garages and driveways.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992); driveways are noted on the frontage as stations along
the kerb, from which ``kerb`` cuts the driveways over the footway.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString

from laadplan.demo.frames import Numbers, Shapes, frame_on, points_at
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import (
    GREEN,
    YARD,
    Ground,
    apart,
    homes_at,
    lay_path,
    long_axis,
    middles,
    note_driveways,
    street_sides,
)
from laadplan.demo.heads import lay_heads
from laadplan.demo.land_sizes import TERRACE
from laadplan.demo.model import Building
from laadplan.demo.rows import Row, Span, make_row, spans
from laadplan.demo.shapes import DECIMALS, Areal, clip, free_stretch, join, subtract
from laadplan.demo.sizes import BLOCK, HOUSES, HouseSizes

_LEAST_ROW = 2
"""A row of which fewer houses fit is left out."""

_APART_M = 2.0
"""Least distance between houses of neighbouring rows."""

_FRONT_PLAY_M = (-0.4, 0.8)
"""Front gardens are up to this much less or more deep than usual."""

_GREEN_GAP_M = 8.0
"""A gap between rows of at least this width is public green."""

_HOUSE_FLOORS = 2


def fill_with_houses(frontage: Frontage, kind: str, random: np.random.Generator) -> Ground | None:
    """Houses of one kind along the streets of a block; None where not one fits."""
    sizes = HOUSES[kind]
    ground = Ground(rest=YARD)
    is_terrace = not sizes.garage
    path = back_path(frontage) if is_terrace else None
    if path is not None:
        lay_path(ground, frontage, path, BLOCK.back_path)
    heads = lay_heads(ground, frontage, random) if is_terrace else []
    core = subtract(frontage.land, join(heads)) if heads else frontage.land
    core = core.buffer(-BLOCK.house_to_boundary, join_style="mitre")
    rows: list[Row] = []
    for place in street_sides(frontage, (0, 2) if is_terrace else (0, 2, 1, 3)):
        rows += build_rows(ground, frontage, place, sizes, core, random)
    if not rows:
        return None
    add_sheds(ground, frontage, rows, sizes, path, random)
    return ground


def build_rows(
    ground: Ground, frontage: Frontage, place: int, sizes: HouseSizes, core: Areal, random: np.random.Generator
) -> list[Row]:
    """Houses along one side of a block, clear of what stands there already (adds to `ground` and the frontage)."""
    front = frontage.land_line(place, sizes.front_garden + float(random.uniform(*_FRONT_PLAY_M)))
    shapely.prepare(core)
    gap = TERRACE.least_garden if place in (0, 2) else sizes.gap
    before = Ground(rest=YARD, buildings=list(ground.buildings), clear=ground.clear)
    found: list[Row] = []
    along = spans(free_stretch(front, core), sizes, random)
    for span in along:
        frame = frame_on(front, span.start, span.end)
        for is_plain in (False, True):
            row = make_row(frame, span, sizes, random, is_plain=is_plain)
            fits = shapely.contains(core, row.shapes) & before.has_room(row.shapes, gap) & _apart(row, found)
            if fits.all():
                break
        if fits.sum() >= min(sizes.row_of[0], _LEAST_ROW):
            found.append(row.kept(fits))
    for row in found:
        _settle(ground, frontage, place, row)
    if not sizes.garage:
        _green_gaps(ground, frontage, front, along, sizes)
    return found


def _apart(row: Row, before: list[Row]) -> npt.NDArray[np.bool_]:
    """Which houses stand clear of the row before them, on a street that bends."""
    if not before:
        return np.ones(row.starts.size, dtype=np.bool_)
    return np.asarray(shapely.distance(row.shapes, before[-1].shapes[-1]) >= _APART_M)


def _settle(ground: Ground, frontage: Frontage, place: int, row: Row) -> None:
    """Put the houses of a row with one home each on the ground, and note their driveways."""
    has_drive = bool(np.isfinite(row.drives).all())
    homes = homes_at(frontage.kerbs[place].side, middles(row.shapes), "woonfunctie", own_driveway=has_drive)
    ground.buildings += [
        Building(shape, (home,), floors=_HOUSE_FLOORS) for shape, home in zip(row.shapes, homes, strict=True)
    ]
    if has_drive:
        spots = points_at(row.frame.coordinates(row.drives.mean(axis=1), row.nears))
        note_driveways(frontage, place, spots, BLOCK.driveway_width)


def _green_gaps(ground: Ground, frontage: Frontage, front: LineString, along: list[Span], sizes: HouseSizes) -> None:
    """Public green with a tree in the wide gaps between rows (adds to `ground`)."""
    for one, other in pairwise(along):
        if other.start - one.end < _GREEN_GAP_M:
            continue
        frame = frame_on(front, one.end, other.start)
        side, width = sizes.gap / 2, other.start - one.end
        shape = clip(frame.box(side, width - side, -sizes.front_garden, sizes.depth), frontage.land)
        ground.cover(shape, GREEN, is_clear=True)
        tree = frame.point(width / 2, sizes.depth / 3)
        if shape.contains(tree):
            ground.trees.append(tree)


def add_sheds(
    ground: Ground,
    frontage: Frontage,
    rows: list[Row],
    sizes: HouseSizes,
    path: LineString | None,
    random: np.random.Generator,
) -> None:
    """A shed at the end of back gardens, or a garage at the end of each driveway: without address."""
    found = [_garages(row) if sizes.garage else _sheds(row, path, random) for row in rows]
    shapes = np.concatenate([*found, np.empty(0, dtype=object)])
    core = frontage.land.buffer(-0.3, join_style="mitre")
    shapely.prepare(core)
    shapes = shapes[shapely.contains(core, shapes)] if shapes.size else shapes
    shapes = shapes[ground.has_room(shapes, 0.1)]
    ground.buildings += [Building(shape) for shape in apart(shapes, 0.05)]


def _sheds(row: Row, path: LineString | None, random: np.random.Generator) -> Shapes:
    """Sheds against the back path, or at a fixed depth of garden where there is none."""
    rears = row.rears
    spots = points_at(row.frame.coordinates((row.starts + row.ends) / 2, rears))
    room = shapely.distance(spots, path) - BLOCK.back_path / 2 - 0.4 if path else np.full(rears.size, 8.0)
    chosen = (room > 2 * BLOCK.shed_depth) & (random.uniform(size=rears.size) < TERRACE.with_shed)
    starts, fars = row.starts[chosen] + 0.4, (rears + room)[chosen]
    if not chosen.any():
        return np.empty(0, dtype=object)
    return row.frame.boxes(starts, starts + BLOCK.shed_width, fars - BLOCK.shed_depth, fars)


def _garages(row: Row) -> Shapes:
    """Garages at the end of the driveways, beside the rear of the houses."""
    starts = row.drives.mean(axis=1) - BLOCK.garage_width / 2
    nears: Numbers = row.fars - BLOCK.garage_depth + 2.0
    return row.frame.boxes(starts, starts + BLOCK.garage_width, nears, nears + BLOCK.garage_depth)


def back_path(frontage: Frontage) -> LineString | None:
    """The middle line between the two long sides of a block of terraces; None at the edge of the town."""
    south, north = frontage.kerbs[0], frontage.kerbs[2]
    if south.side.street is None or north.side.street is None:
        return None
    return LineString(np.round(shapely.get_coordinates(long_axis(frontage)), DECIMALS))
