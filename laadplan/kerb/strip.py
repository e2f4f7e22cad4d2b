"""The rows of bays in one parking strip.

In: the surface of a strip and its surroundings. Out: `Row`s. Each side along which cars may drive in is tried; the one
whose bays use most of the surface comes first, and what is left is offered to the other sides, so that an L has two
rows. Sides on a carriageway come before those on an aisle, and these before sides that touch neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import BayRules
from laadplan.kerb.around import Surroundings
from laadplan.kerb.division import Standard, Stretch, across, bridged, langs, stretches
from laadplan.kerb.lean import UPRIGHT, lean_of
from laadplan.kerb.profile import Profile, apart, bays_of
from laadplan.kerb.row import Place, Row
from laadplan.kerb.side import FACING_M, TOOTH_M, open_sides, touching_sides

GUTTER_M = 0.60
"""A gutter or edging this wide may lie between a strip and its carriageway (m)."""

NEAR_M = 30.0
"""Carriageways are looked for within this distance of a strip (m)."""

GAP_PLACES = 21
"""The gap between a strip and its kerb line is looked for at so many places."""

ENOUGH_SHARE = 0.5
"""When the bays use this share of a strip, no other kind of side is tried."""

BETTER = 1.25
"""Sides that say less about how cars drive in must give so many times the bays' area."""

SLIVER_M = 0.01
"""What is taken is widened by this, so that no slivers remain (m)."""


@dataclass(frozen=True)
class Cut:
    """What was made of one surface: its rows, and the kerb line and depth (m) by which it was judged."""

    rows: tuple[Row, ...]
    kerb: shapely.LineString
    depth_m: float

    @property
    def used_m2(self) -> float:
        """Area of all bays."""
        return sum(float(place.surface.area) for row in self.rows for place in row.places)


def cut_strip(strip: shapely.Polygon, around: Surroundings, rules: BayRules) -> Cut:
    """The rows of bays that fit one surface, driven into from the sides that tell most."""
    best: Cut | None = None
    for sides, driven in _ways_in(strip, around, rules):
        if not sides:
            continue
        cut = _cut_along(strip, sides, driven, rules)
        if best is None or cut.used_m2 > BETTER * best.used_m2:
            best = cut
        if best.used_m2 >= ENOUGH_SHARE * strip.area:
            break
    if best is None:
        raise AssertionError("a strip always has a long side")
    return best


def _ways_in(
    strip: shapely.Polygon, around: Surroundings, rules: BayRules
) -> Iterator[tuple[list[shapely.LineString], BaseGeometry]]:
    """Sides from which cars may drive in, with what they drive on, the most telling first."""
    driven = around.driven(strip, rules.touching_m)
    yield touching_sides(strip, driven, rules.touching_m), driven
    aisles = around.aisles(strip, rules.touching_m)
    yield touching_sides(strip, aisles, rules.touching_m), aisles
    driven = around.driven(strip, GUTTER_M)
    yield touching_sides(strip, driven, GUTTER_M), driven
    driven = around.driven(strip, NEAR_M)
    before = around.parked(strip, FACING_M), around.others(strip, FACING_M)
    yield open_sides(strip, driven, *before), driven


@dataclass(frozen=True)
class _Fit:
    """What fits along one side: rows, and the median depth (m) behind the side; the strip begins within ``gap_m``."""

    side: shapely.LineString
    gap_m: float
    depth_m: float
    rows: tuple[Row, ...]

    @cached_property
    def bays(self) -> list[shapely.Polygon]:
        """All bays."""
        return [place.surface for row in self.rows for place in row.places]

    @cached_property
    def used_m2(self) -> float:
        """Area of all bays, rounded so that equal sides tie."""
        return round(float(np.sum(shapely.area(self.bays))), 1)


def _cut_along(strip: shapely.Polygon, sides: list[shapely.LineString], driven: BaseGeometry, rules: BayRules) -> Cut:
    """Rows along the sides in turn, each time the side whose bays use most of what is left.

    Sides come longest first, and the first of equals is taken.
    """
    fits = [_fit(strip, side, _gap_m(strip, side, rules.touching_m), driven, rules) for side in sides]
    first = max(fits, key=lambda fit: fit.used_m2)
    rows: list[Row] = []
    left: BaseGeometry = strip
    while fits:
        best = max(fits, key=lambda fit: fit.used_m2)
        if not best.rows:
            break
        rows += best.rows
        if len(fits) == 1 or left.area - best.used_m2 < _least_m2(rules):
            break
        left = left.difference(shapely.union_all(best.bays).buffer(SLIVER_M, join_style="mitre"))
        fits = [_fit(left, fit.side, fit.gap_m, driven, rules) for fit in fits if fit is not best]
    return Cut(tuple(rows), first.side, first.depth_m)


def _least_m2(rules: BayRules) -> float:
    """No bay is smaller than this (m2)."""
    shallow, deep = langs(rules), across(rules, 0.0)
    return rules.filled_min_share * min(kind.length_min_m * kind.depth_m[0] for kind in (shallow, deep))


def _gap_m(strip: shapely.Polygon, side: shapely.LineString, touching_m: float) -> float:
    """How far a strip may begin beyond its kerb line (m): across the teeth of a sawtooth, or a slightly bent edge."""
    points = shapely.line_interpolate_point(side, np.linspace(0.0, 1.0, GAP_PLACES), normalized=True)
    return max(touching_m, min(float(shapely.distance(strip, points).max()), TOOTH_M))


def _fit(strip: BaseGeometry, kerb: shapely.LineString, gap_m: float, driven: BaseGeometry, rules: BayRules) -> _Fit:
    """The rows of bays along a kerb line, one per way of parking."""
    lean = lean_of(strip, kerb, rules.perpendicular_width_m)
    standards = langs(rules), across(rules, lean.deg)
    profile = Profile.of(strip, kerb, lean, gap_m, driven, rules)
    if lean.deg and profile.median_m < standards[1].depth_m[0]:
        # A langs strip whose ends are cut off at an angle: its bays do not lean.
        standards = langs(rules), across(rules, 0.0)
        profile = Profile.of(strip, kerb, UPRIGHT, gap_m, driven, rules)
    groups = bridged(stretches(profile.along_m, profile.depth_m, kerb.length, standards))
    bays = [found for group in groups for found in bays_of(strip, profile, group, rules)]
    found: dict[Standard, list[tuple[Stretch, Place]]] = {}
    for stretch, bay in apart(bays) if profile.is_bent else bays:
        found.setdefault(stretch.standard, []).append((stretch, bay))
    return _Fit(kerb, gap_m, profile.median_m, tuple(_row(profile, bays) for bays in found.values()))


def _row(profile: Profile, bays: list[tuple[Stretch, Place]]) -> Row:
    depth = float(np.median([stretch.depth_m for stretch, _ in bays]))
    orientation = bays[0][0].standard.orientation
    return Row(profile.kerb, orientation, depth, tuple(bay for _, bay in bays), profile.lean)
