"""Rows of houses as shapes: where they stand along a front line, and the outline of every house.

In: sizes and chance. Out: ``Row``: arrays of stations in the frame of the row, and polygons in RD New (EPSG:28992).
Houses of a row share the corners of their common walls, so that they tile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from laadplan.demo.frames import Floats, Frame, Numbers, Shapes, as_shapes
from laadplan.demo.land_sizes import TERRACE
from laadplan.demo.sizes import BLOCK, HouseSizes

_BESIDE_M = 0.3
"""Between a house and the driveway beside it."""

_WING_SHARES = (0.5, 0.6, 1.0)
"""How much of its width an extension at the rear of a house takes."""


@dataclass(frozen=True)
class Row:
    """Houses side by side: per house its stations along the frame, its front and rear, and its driveway.

    `drives` holds start and end of the driveway, not a number where there is none; `wings` depth and share of the width
    of an extension at the rear.
    """

    frame: Frame
    starts: Numbers
    ends: Numbers
    nears: Numbers
    fars: Numbers
    drives: Floats
    wings: Floats
    shapes: Shapes

    def kept(self, mask: npt.NDArray[np.bool_]) -> "Row":
        """The row with some of its houses."""
        return Row(
            self.frame,
            self.starts[mask],
            self.ends[mask],
            self.nears[mask],
            self.fars[mask],
            self.drives[mask],
            self.wings[mask],
            self.shapes[mask],
        )

    @property
    def rears(self) -> Numbers:
        """How far each house reaches back, with its extension."""
        return self.fars + self.wings[:, 0]


@dataclass(frozen=True)
class Span:
    """The place of a row on a front line: its first station, the width and number of its houses."""

    start: float
    width: float
    count: int

    @property
    def end(self) -> float:
        """The last station."""
        return self.start + self.width * self.count


def spans(room: tuple[float, float], sizes: HouseSizes, random: np.random.Generator) -> list[Span]:
    """Rows along a stretch of front line, each with houses of one width; what is left over goes to both ends."""
    length = room[1] - room[0] - (sizes.gap if sizes.garage else 0.0)
    widths, counts, gaps = _compose(length, sizes, random)
    used = float(np.dot(widths, counts) + sum(gaps))
    at = room[0] + max(length - used, 0.0) / 2
    found: list[Span] = []
    for width, count, gap in zip(widths, counts, [0.0, *gaps], strict=False):
        found.append(Span(at + gap, width, count))
        at = found[-1].end
    return found


def _compose(
    length: float, sizes: HouseSizes, random: np.random.Generator
) -> tuple[list[float], list[int], list[float]]:
    """Widths and numbers of houses per row, and the gaps between rows; the last rows take what room is left."""
    widths: list[float] = []
    counts: list[int] = []
    gaps: list[float] = []
    at = 0.0
    while True:
        gap = sizes.gap + _extra_gap(sizes, random) if counts else 0.0
        width = float(random.choice(sizes.widths))
        if at + gap + sizes.row_of[0] * width > length:
            break
        count = min(int(random.integers(sizes.row_of[0], sizes.row_of[1] + 1)), int((length - at - gap) / width))
        widths, counts, gaps = [*widths, width], [*counts, count], ([*gaps, gap] if counts else gaps)
        at += gap + count * width
    for place in range(len(counts)):
        more = min(int((length - at) / widths[place]), sizes.row_of[1] - sizes.row_of[0])
        if sizes.row_of[1] > sizes.row_of[0]:
            counts[place] += more
            at += more * widths[place]
    return widths, counts, gaps


def _extra_gap(sizes: HouseSizes, random: np.random.Generator) -> float:
    """Room for public green between two rows, now and then."""
    return TERRACE.wide_gap if not sizes.garage and float(random.uniform()) < TERRACE.wide_gaps else 0.0


def make_row(
    frame: Frame, span: Span, sizes: HouseSizes, random: np.random.Generator, *, is_plain: bool = False
) -> Row:
    """Houses of one width in a frame, with set-back, steps and extensions by chance; a plain row has none of these."""
    starts = np.arange(span.count) * span.width
    depth = sizes.depth + float(random.choice(TERRACE.deeper))
    nears = np.full(span.count, float(random.choice(TERRACE.set_backs)))
    if float(random.uniform()) < TERRACE.stepped and span.count > 2:
        nears += np.where(np.arange(span.count) // 2 % 2 == 1, TERRACE.step, 0.0)
    has_wing = random.uniform(size=span.count) < TERRACE.extended
    wings = np.stack([np.where(has_wing, TERRACE.extension, 0.0), random.choice(_WING_SHARES, span.count)], axis=1)
    if is_plain:
        depth, nears, wings = sizes.depth, np.zeros(span.count), np.zeros((span.count, 2))
    ends, drives = starts + span.width, _drives(starts, span.width, sizes)
    shapes = outlines(frame, starts, ends, nears, nears + depth, wings)
    return Row(frame, starts, ends, nears, nears + depth, drives, wings, shapes)


def _drives(starts: Numbers, width: float, sizes: HouseSizes) -> Floats:
    """Driveways: beside the house where there is a garage, before it otherwise, mirrored per pair."""
    index = np.arange(starts.size)
    ends, drive = starts + width, BLOCK.driveway_width
    if not sizes.driveway:
        return np.full((starts.size, 2), np.nan)
    if sizes.garage:
        is_before = (index == 0) & (starts.size > 1)
        first = np.where(is_before, starts - drive - _BESIDE_M, ends + _BESIDE_M)
    else:
        first = np.where(index % 2 == 0, ends - drive, starts)
    return np.stack([first, first + drive], axis=1)


def outlines(frame: Frame, starts: Numbers, ends: Numbers, nears: Numbers, fars: Numbers, wings: Floats) -> Shapes:
    """The outline of every house of a row; a wall carries the corners of the neighbour that stands against it."""
    along: list[float] = []
    left: list[float] = []
    owner: list[int] = []
    rears = fars + wings[:, 0]
    tops = np.where(wings[:, 1] >= 1.0, rears, fars)
    joined = np.isclose(ends[:-1], starts[1:], atol=1e-6)
    for house in range(starts.size):
        is_joined = (house > 0 and bool(joined[house - 1]), house < joined.size and bool(joined[house]))
        before = (nears[house - 1], tops[house - 1]) if is_joined[0] else ()
        after = (nears[house + 1], rears[house + 1]) if is_joined[1] else ()
        start, end, near, far = starts[house], ends[house], nears[house], fars[house]
        depth, share = wings[house]
        ring = [(end, place) for place in _wall(near, tops[house], after)]
        if depth > 0 and share < 1.0:
            corner = start + (end - start) * share
            ring += [(corner, far), (corner, far + depth)]
        ring += [(start, place) for place in reversed(_wall(near, rears[house], before))]
        along += [place[0] for place in ring]
        left += [place[1] for place in ring]
        owner += [house] * len(ring)
    rings = shapely.linearrings(frame.coordinates(along, left), indices=np.asarray(owner))
    return as_shapes(shapely.polygons(rings))


def _wall(near: float, far: float, others: Sequence[float]) -> list[float]:
    """The places of the corners on a wall, from front to rear."""
    return [near, *sorted(other for other in others if near + 0.001 < other < far - 0.001), far]
