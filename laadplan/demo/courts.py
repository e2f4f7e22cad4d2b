"""Courts of cauliflower neighbourhoods (1975-1985): an erf that enters a block and widens, with houses round it.

In: the ``Frontage`` of a block. Out: a ``Ground`` (EPSG:28992). Places are metres along and left of the front of the
plot; the court is `court` wide and lies behind the gardens of the row along the street.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from laadplan.demo.car_parks import row_of_bays
from laadplan.demo.frames import Floats, Frame, Plot, frame_on
from laadplan.demo.frontage import Frontage
from laadplan.demo.ground import (
    ERF_ROAD,
    FOOTPATH,
    GREEN,
    YARD,
    Ground,
    find_plot,
    homes_at,
    lay_path,
    middles,
    note_driveway,
    scatter_trees,
    street_sides,
)
from laadplan.demo.land_sizes import HOF
from laadplan.demo.model import Building
from laadplan.demo.rows import outlines, spans
from laadplan.demo.shapes import DECIMALS, clip, free_stretch, join, subtract
from laadplan.demo.sizes import PARKING, HouseSizes

_TREE_CLEAR_M = 1.2
_CLEAR_M = 0.3
"""Between a row and the gardens of others."""

_FLOORS = 2
_PIT_M = 2.0
"""Side of the green in which a tree stands in the court."""


@dataclass(frozen=True)
class Court:
    """The court on its plot: its stations along the plot and the places of its front and rear, in metres."""

    plot: Plot
    start: float
    end: float
    near: float
    far: float

    @property
    def middle(self) -> float:
        """Station of the middle of the court and of the road to it."""
        return (self.start + self.end) / 2


def fill_court(frontage: Frontage, random: np.random.Generator) -> Ground | None:
    """A court with houses round it and rows along its street; None where there is no room for one."""
    plot = find_plot(frontage, HOF.least_length, HOF.least_depth)
    if plot is None:
        return None
    ground = Ground(rest=GREEN)
    court = _place_court(plot, random)
    _lay_erf(ground, frontage, court, random)
    _lay_paths(ground, frontage, court)
    for row in _rows(court, random):
        _build(ground, frontage, plot.place, row, random)
    for place in street_sides(frontage):
        if place != plot.place:
            _line_street(ground, frontage, place, random)
    scatter_trees(ground, frontage.land, random, HOF.area_per_tree, _TREE_CLEAR_M)
    return ground


def _place_court(plot: Plot, random: np.random.Generator) -> Court:
    """The court in the middle of the plot, with as much depth as leaves a row and its gardens behind it."""
    width = min(float(random.uniform(*HOF.court)), plot.length - 2 * _house_room())
    width = max(width, HOF.court[0] * 0.7)
    play = max(plot.length / 2 - width / 2 - _house_room() - HOF.garden, 0.0) * 0.6
    middle = plot.length / 2 + float(random.uniform(-play, play))
    near = HOF.street_front + HOF.step[1] + HOF.depth + HOF.garden
    behind = HOF.front + HOF.step[1] + HOF.depth + HOF.garden
    room = plot.depth - near - behind
    depth = min(room, HOF.court_depth[1]) if room >= HOF.court_depth[0] else plot.depth - near - HOF.rear_green
    depth = min(max(depth, HOF.court_depth[0]), HOF.court_depth[1])
    return Court(plot, middle - width / 2, middle + width / 2, near, near + depth)


def _house_room() -> float:
    """From the court to the rear of the houses beside it, in metres."""
    return HOF.front + HOF.step[1] + HOF.depth


def _lay_erf(ground: Ground, frontage: Frontage, court: Court, random: np.random.Generator) -> None:
    """Road and court with bays at one or two of its edges and trees (adds to `ground` and the frontage)."""
    frame, half = court.plot.frame, HOF.road / 2
    spot = frame.point(court.middle, 0.0)
    reach = spot.distance(frontage.kerbs[court.plot.place].side.line)
    road = clip(frame.box(court.middle - half, court.middle + half, -reach, court.near), frontage.land)
    place = frame.box(court.start, court.end, court.near, court.far)
    for edge in _bay_frames(court, random):
        _lay_bays(ground, edge, random)
    pits = [shape for shape, _ in ground.covers]
    erf = join([road, place])
    ground.clear.append(erf)
    ground.cover(subtract(erf, join(pits)) if pits else erf, ERF_ROAD)
    note_driveway(frontage, court.plot.place, spot, HOF.road)
    way = frame.line((court.middle, 0.0), (court.middle, (court.near + court.far) / 2))
    ground.paths.append(LineString([*_axis_end(frontage, court, spot), *way.coords]))


def _axis_end(frontage: Frontage, court: Court, spot: shapely.Point) -> list[tuple[float, float]]:
    """Where the road of a court meets the axis of its street."""
    line = frontage.kerbs[court.plot.place].side.line
    met = line.interpolate(line.project(spot))
    return [(round(met.x, DECIMALS), round(met.y, DECIMALS))]


def _bay_frames(court: Court, random: np.random.Generator) -> list[tuple[Frame, float]]:
    """Frames along one or two edges of the court, with the length of the edge; bays lie to the left, in the court."""
    frame, depth, width = court.plot.frame, court.far - court.near, court.end - court.start
    edges = [
        (frame.moved(court.start + PARKING.across_depth, court.near).turned(1), depth),
        (frame.moved(court.end - PARKING.across_depth, court.far).turned(3), depth),
        (frame.moved(court.start, court.far - PARKING.across_depth), width),
    ]
    has_two = width >= 2 * PARKING.across_depth + 2 * PARKING.aisle - 1.0
    chosen = (0, 1) if has_two and float(random.uniform()) < 0.6 else (int(random.integers(0, 3)),)
    return [edges[index] for index in chosen]


def _lay_bays(ground: Ground, edge: tuple[Frame, float], random: np.random.Generator) -> None:
    """Bays along an edge of the court, with a tree in green at both ends (adds to `ground`)."""
    base, length = edge
    most = int((length - 2 * _PIT_M) / PARKING.across_width)
    count = min(int(random.integers(*HOF.bays, endpoint=True)), most)
    if count < 2:
        return
    first = (length - count * PARKING.across_width) / 2
    ground.strips.append(row_of_bays(base.moved(first, 0.0), count))
    for start in (first - _PIT_M, first + count * PARKING.across_width):
        ground.cover(base.box(start, start + _PIT_M, 0.0, PARKING.across_depth), GREEN)
        ground.trees.append(base.point(start + _PIT_M / 2, PARKING.across_depth / 2))


@dataclass(frozen=True)
class _CourtRow:
    """A row: the frame of its front line, its houses, the depth of its gardens at the rear and at the front.

    Where it `is_strict`, a house whose garden has no room is left out; beside the court gardens end where others begin.
    """

    frame: Frame
    count: int
    width: float
    garden: float
    front: float
    is_strict: bool = False


def _rows(court: Court, random: np.random.Generator) -> list[_CourtRow]:
    """The rows along the street, beside the court and behind it, as far as there is room."""
    plot, frame, half = court.plot, court.plot.frame, HOF.road / 2 + HOF.between
    width = float(random.choice(HOF.widths))
    rows: list[_CourtRow] = []
    for start, end in ((1.0, court.middle - half), (court.middle + half, plot.length - 1.0)):
        rows += _street_rows(frame, start, end, width)
    back = plot.depth - court.far
    most = min(int((plot.depth - HOF.rear_green - court.near) / width), HOF.row[1])
    length = most * width
    near = min(court.near + _CLEAR_M, plot.depth - HOF.rear_green - length)
    left = court.start - HOF.front
    right = plot.length - court.end - HOF.front
    if left - HOF.depth - HOF.step[1] > 1.0:
        rows.append(
            _CourtRow(frame.moved(left, near).turned(1), most, width, left - HOF.depth - HOF.step[1], HOF.front)
        )
    if right - HOF.depth - HOF.step[1] > 1.0:
        base = frame.moved(court.end + HOF.front, near + length).turned(3)
        rows.append(_CourtRow(base, most, width, right - HOF.depth - HOF.step[1], HOF.front))
    if back >= HOF.front + HOF.depth + HOF.step[1]:
        count = int((court.end - court.start) / width)
        start = court.middle - count * width / 2
        rows.append(
            _CourtRow(
                frame.moved(start, court.far + HOF.front + _CLEAR_M),
                count,
                width,
                back - HOF.front - HOF.depth - HOF.step[1],
                HOF.front,
            )
        )
    return rows


def _street_rows(frame: Frame, start: float, end: float, width: float) -> list[_CourtRow]:
    """Rows that face the street, from the edge of the plot to the road of the court."""
    count = int((end - start) / width)
    if count < 2:
        return []
    if count > HOF.row[1] + 2:
        first = count // 2
        gap = end - start - count * width
        return [
            *_street_rows(frame, start, start + first * width + 0.01, width),
            *_street_rows(frame, start + first * width + gap, end + 0.01, width),
        ]
    return [_CourtRow(frame.moved(start, HOF.street_front), count, width, HOF.garden, HOF.street_front)]


def _build(ground: Ground, frontage: Frontage, place: int, row: _CourtRow, random: np.random.Generator) -> None:
    """The houses of a row with their plots and sheds, as far as they have room (adds to `ground`)."""
    starts: Floats = np.arange(float(row.count)) * row.width
    nears = _steps(row.count, random)
    shapes = outlines(row.frame, starts, starts + row.width, nears, nears + HOF.depth, np.zeros((row.count, 2)))
    far = HOF.depth + HOF.step[1] + max(min(row.garden, HOF.garden), 0.0)
    free = ground.has_room(shapes, HOF.between) & shapely.contains(frontage.land, shapes)
    if row.is_strict:
        plots = row.frame.boxes(starts, starts + row.width, 0.0, far)
        free &= ground.has_room(plots, HOF.between) & shapely.contains(frontage.land, plots)
    if free.sum() < 2:
        return
    homes = homes_at(frontage.kerbs[place].side, middles(shapes[free]), "woonfunctie")
    ground.buildings += [
        Building(shape, (home,), floors=_FLOORS) for shape, home in zip(shapes[free].tolist(), homes, strict=True)
    ]
    plots = row.frame.boxes(starts[free], starts[free] + row.width, -row.front, far)
    gardens = clip(join(plots.tolist()), frontage.land)
    ground.cover(gardens, YARD)
    _add_sheds(ground, frontage, row, starts[free], far)
    ground.clear.append(gardens)


def _line_street(ground: Ground, frontage: Frontage, place: int, random: np.random.Generator) -> None:
    """Rows along another street of the block, where the court leaves room for houses and gardens (adds to `ground`)."""
    front = frontage.land_line(place, HOF.street_front)
    sizes = HouseSizes(HOF.widths, HOF.depth, HOF.street_front, HOF.row, HOF.between)
    for span in spans(free_stretch(front, frontage.land.buffer(-1.0)), sizes, random):
        frame = frame_on(front, span.start, span.end)
        row = _CourtRow(frame, span.count, span.width, HOF.garden, HOF.street_front + 1.0, is_strict=True)
        _build(ground, frontage, place, row, random)


def _steps(count: int, random: np.random.Generator) -> Floats:
    """How far each house stands back: groups of a few in line, each group stepped against the one before."""
    group = int(random.integers(*HOF.group, endpoint=True))
    step = float(random.uniform(*HOF.step))
    return np.where((np.arange(count) // group) % 2 == 1, step, 0.0)


def _add_sheds(ground: Ground, frontage: Frontage, row: _CourtRow, starts: Floats, far: float) -> None:
    """A shed at the end of each garden (adds to `ground`)."""
    width, depth = HOF.shed
    shapes = row.frame.boxes(starts + 0.3, starts + 0.3 + width, far - depth, far)
    fits = ground.has_room(shapes, 0.8) & shapely.contains(frontage.land, shapes)
    ground.buildings += [Building(shape) for shape in shapes[fits].tolist()]


def _lay_paths(ground: Ground, frontage: Frontage, court: Court) -> None:
    """A footpath along the rear from street to street, and one to it from the court (adds to `ground`)."""
    plot = court.plot
    rear = plot.depth - HOF.path
    lay_path(ground, frontage, plot.frame.line((0.0, rear), (plot.length, rear)), HOF.path)
    beside, corner = court.start - HOF.front / 2, court.far - HOF.path
    link = plot.frame.line((court.start + HOF.path, corner), (beside, corner), (beside, rear))
    strip = clip(link.buffer(HOF.path / 2, cap_style="flat", join_style="mitre"), frontage.land)
    ground.cover(strip, FOOTPATH, is_clear=True)
    middle = plot.frame.point(court.middle, (court.near + court.far) / 2)
    ground.paths.append(LineString([*middle.coords, *link.coords]))
