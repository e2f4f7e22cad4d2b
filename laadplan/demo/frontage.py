"""A block of the demo town as those who build on it see it: kerbs, rounded inside, building land.

In: a ``Block``. Out: a ``Frontage`` (EPSG:28992, metres): per side what lies between kerb and building land, where it
is free of corners, and where driveways were noted. Carriageway edges and the edge of the land keep a vertex for each
vertex of the street axis, moved square to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from laadplan.demo.model import Block, Side
from laadplan.demo.shapes import DECIMALS, Areal, Axis, rounded, snap
from laadplan.demo.sizes import BLOCK, PARKING, STREETS, StreetSizes
from laadplan.demo.zones import Interval, choose_footway, choose_zone

_OVER_M = 0.5
"""The ground of a side is drawn this far over its axis, so that no sliver is left along the axis."""

_LEAST_FOOTWAY_M = 0.6
"""A rounded corner leaves this much footway before a sharp corner of the building land."""

_LEAST_RADIUS_M = 1.0

_LEAST_CUT_M2 = 0.03
"""Rounding a corner takes away more ground than this, rounding a bend of a kerb does not."""

_ON_EDGE_M = 0.01
"""A line this close outside the block lies in it."""


@dataclass(frozen=True)
class Kerb:
    """What lies along one side of a block: a zone ('langs', 'haaks', 'berm', 'geen'), its depth and the footway."""

    side: Side
    zone: str
    zone_depth: float
    footway: float

    @property
    def sizes(self) -> StreetSizes | None:
        """Sizes of the street; None where there is none."""
        return STREETS[self.side.street.kind] if self.side.street else None

    @property
    def half_carriageway(self) -> float:
        """Metres from the axis to the kerb; 0 where there is no street."""
        return self.sizes.half_carriageway if self.sizes else 0.0

    @property
    def cycle_path(self) -> Interval:
        """Metres from the axis to both edges of the cycle path, which keeps clear of doors and poles at bays."""
        start = self.half_carriageway + self.zone_depth
        if not self.sizes or not self.sizes.cycle_path:
            return (start, start)
        start += PARKING.back_strip if self.zone == "langs" else 0.0
        return (start, start + self.sizes.cycle_path)

    @property
    def has_cycle_path(self) -> bool:
        """Whether a cycle path lies along the side."""
        return self.cycle_path[1] > self.cycle_path[0]

    @property
    def depth(self) -> float:
        """Metres from the axis to the building land."""
        return self.cycle_path[1] + self.footway if self.sizes else 0.0

    @cached_property
    def axis(self) -> Axis:
        """The axis of the street."""
        return Axis.of(self.side.line)

    def ground(self, far_m: float, near_m: float = -_OVER_M) -> Areal:
        """The ground between two distances from the axis, drawn on beyond the corners of the block."""
        return self.axis.band(near_m, far_m, self.depth)

    def edge(self, left_m: float) -> LineString:
        """The line at some distance from the axis, drawn on beyond the corners of the block."""
        return self.axis.line(left_m, left_m)


@dataclass
class Frontage:
    """A block with its kerbs, rounded inside and building land; `driveways` are stations along the kerb, per side."""

    block: Block
    kerbs: tuple[Kerb, ...]
    inside: Areal
    land: Areal
    driveways: dict[int, list[Interval]] = field(default_factory=dict)
    kerb_lines: dict[int, LineString] = field(default_factory=dict, repr=False)
    """Kerbs, as far as they were asked for."""

    def kerb_line(self, place: int) -> LineString:
        """The kerb of a side, running with the side."""
        if place not in self.kerb_lines:
            kerb = self.kerbs[place]
            self.kerb_lines[place] = LineString(np.round(kerb.axis.moved(kerb.half_carriageway), DECIMALS))
        return self.kerb_lines[place]

    def land_line(self, place: int, inward_m: float) -> LineString:
        """The line `inward_m` within the building land, along a side."""
        return self.kerbs[place].axis.line(self.kerbs[place].depth + inward_m)


def lay_out(block: Block, random: np.random.Generator) -> Frontage:
    """Choose what lies along each side of a block, and find its building land."""
    kerbs = tuple(_choose(block.kind, side, place % 2 == 1, random) for place, side in enumerate(block.sides))
    on_street = [kerb for kerb in kerbs if kerb.side.street]
    if not on_street:
        return Frontage(block, kerbs, block.polygon, block.polygon)
    street = shapely.union_all([kerb.ground(kerb.half_carriageway) for kerb in on_street])
    inside = _with_round_corners(shapely.difference(block.polygon, street), kerbs)
    edge = shapely.union_all([kerb.ground(kerb.depth) for kerb in on_street])
    return Frontage(block, kerbs, inside, snap(shapely.difference(inside, edge)))


def _with_round_corners(core: BaseGeometry, kerbs: Sequence[Kerb]) -> Areal:
    """The ground within the carriageways with its corners cut round, but for those at a side without a street.

    Slight bends of a kerb stay as they are: their vertices are those of the kerb.
    """
    radius = _corner_radius([kerb for kerb in kerbs if kerb.side.street])
    cuts = shapely.get_parts(shapely.difference(core, rounded(core, radius)))
    cuts = cuts[shapely.area(cuts) > _LEAST_CUT_M2]
    for kerb in kerbs:
        if not kerb.side.street:
            cuts = cuts[~shapely.dwithin(cuts, kerb.side.line, _ON_EDGE_M)]
    return snap(shapely.difference(core, shapely.union_all(cuts)))


def _choose(kind: str, side: Side, is_short: bool, random: np.random.Generator) -> Kerb:
    """What lies along one side."""
    zone, depth = choose_zone(kind, side, is_short=is_short, random=random)
    return Kerb(side, zone, depth, choose_footway(side, depth, random))


def _corner_radius(kerbs: Sequence[Kerb]) -> float:
    """Radius of the corners of a block: smaller where a sharp corner of the land lies close behind the kerb."""
    width = min(kerb.depth - kerb.half_carriageway for kerb in kerbs)
    radius = (math.sqrt(2) * width - _LEAST_FOOTWAY_M) / (math.sqrt(2) - 1)
    return min(max(radius, _LEAST_RADIUS_M), BLOCK.corner_radius)


def usable(frontage: Frontage, place: int) -> tuple[LineString, Interval]:
    """The kerb of a side and its stretch clear of the corners, as stations in metres."""
    line = frontage.kerb_line(place)
    edges = [
        kerb.edge(kerb.half_carriageway + PARKING.junction_clear) if kerb.side.street else kerb.side.line
        for kerb in _beside(frontage, place)
    ]
    start, end = between(line, *edges)
    return line, (start + 1.0, end - 1.0)


def _beside(frontage: Frontage, place: int) -> tuple[Kerb, Kerb]:
    """The kerbs of the sides before and after a side."""
    return frontage.kerbs[place - 1], frontage.kerbs[(place + 1) % len(frontage.kerbs)]


def between(line: LineString, before: LineString, after: LineString) -> Interval:
    """Metres along a line from where it crosses one line to where it crosses another one; its end if it does not."""
    starts = shapely.line_locate_point(line, shapely.points(shapely.get_coordinates(line.intersection(before))))
    start = float(starts.max()) if starts.size else 0.0
    ends = shapely.line_locate_point(line, shapely.points(shapely.get_coordinates(line.intersection(after))))
    end = float(ends.min()) if ends.size else line.length
    return (start, max(start, end))
