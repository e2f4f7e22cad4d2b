"""The depth of a strip along its kerb, and the bays between two places of it.

In: the surface of a strip, its kerb line and how bays lean there. Out: depths at places along the kerb, and bays as
polygons between dividing lines. A bay is kept when it is filled well enough and its kerb is straight enough for a car.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import BayRules
from laadplan.kerb.division import Standard, Stretch, divide
from laadplan.kerb.lean import Lean
from laadplan.kerb.line import Places, depths, places
from laadplan.kerb.row import Place

CM_DECIMALS = 2
"""Depths are judged in centimetres, as they are printed: the sources are good to decimetres."""

BOWED_M = 0.50
"""A langs bay whose kerb bends away more than this from a straight line holds no car (m)."""

OUTSIDE_M = 0.50
"""Dividing lines begin this far outside the kerb line (m), so that small bends of the edge are in the bay."""

OVERLAP_M2 = 0.02
"""Bays that share less than this (m2) lie side by side: 5 mm over 5 m."""

MIDDLE_SHARE = 0.2
"""A bite within this share of a bay's length from its end leaves room for the car."""

STRAIGHT = 2
"""A line of so many vertices is straight."""

BEYOND_SHARE = 1.5
"""A place up to this many times deeper than its stretch is part of the bay over its whole depth."""


@dataclass(frozen=True)
class Profile:
    """Depths (m, square to the kerb) at places along a kerb, and the lean with which they were measured.

    Where a deep strip is driven into from behind as well, two rows share its depth.
    """

    kerb: shapely.LineString
    lean: Lean
    along_m: np.ndarray
    depth_m: np.ndarray
    shared: np.ndarray

    @classmethod
    def of(
        cls,
        strip: BaseGeometry,
        kerb: shapely.LineString,
        lean: Lean,
        gap_m: float,
        driven: BaseGeometry,
        rules: BayRules,
    ) -> "Profile":
        """The depths behind a kerb line; the strip may begin up to twice `gap_m` beyond it."""
        count = max(1, int(np.ceil(round(kerb.length / rules.step_m, 6))))
        along = (np.arange(count) + 0.5) * kerb.length / count
        depth = depths(strip, kerb, along, gap_m, lean_deg=lean.deg, ends=lean.ends)
        shared = depth > rules.perpendicular_depth_m[1]
        if shared.any():
            here = places(kerb, along[shared], lean.ends)
            far = depth[shared, None] / np.cos(np.radians(lean.deg)) * here.turned(lean.deg)
            shared[shared] = shapely.dwithin(driven, shapely.points(here.points + far), rules.touching_m)
            depth[shared] /= 2
        return cls(kerb, lean, along, np.round(depth, CM_DECIMALS), shared)

    @property
    def median_m(self) -> float:
        """Median depth over the stretch that has any depth (m)."""
        return float(np.median(self.depth_m[self.depth_m > 0])) if (self.depth_m > 0).any() else 0.0

    @property
    def is_bent(self) -> bool:
        """Whether the kerb has a bend."""
        return len(self.kerb.coords) > STRAIGHT

    def at(self, along_m: np.ndarray) -> Places:
        """Points at places along the kerb (m), with the directions of the dividing lines before they lean."""
        return places(self.kerb, along_m, self.lean.ends)


def bays_of(
    strip: BaseGeometry, profile: Profile, group: list[Stretch], rules: BayRules
) -> list[tuple[Stretch, Place]]:
    """The bays of a group of stretches: with the bites between them where two bays meet, if that gives more."""
    apart = [(stretch, bay) for stretch in group for bay in _bays(strip, profile, stretch, rules)]
    if len(group) == 1:
        return apart
    longest = max(group, key=lambda stretch: stretch.end_m - stretch.begin_m)
    whole = replace(longest, begin_m=group[0].begin_m, end_m=group[-1].end_m)
    across_bites = [
        (whole, bay) for bay in _bays(strip, profile, whole, rules) if not _is_blocked(bay, profile, longest.standard)
    ]
    return across_bites if len(across_bites) > len(apart) else apart


def apart(bays: list[tuple[Stretch, Place]]) -> list[tuple[Stretch, Place]]:
    """The bays without those that overlap an earlier one, as they do at the inside of a sharp bend."""
    surfaces = np.array([bay.surface for _, bay in bays], dtype=object)
    one, other = shapely.STRtree(surfaces).query(surfaces, "intersects")
    later = one > other
    pairs = np.column_stack([one[later], other[later]])
    shared = shapely.area(shapely.intersection(surfaces[pairs[:, 0]], surfaces[pairs[:, 1]])) > OVERLAP_M2
    dropped: set[int] = set()
    for place, earlier in sorted(pairs[shared].tolist()):
        if earlier not in dropped:
            dropped.add(place)
    return [bay for place, bay in enumerate(bays) if place not in dropped]


def _is_blocked(bay: Place, profile: Profile, standard: Standard) -> bool:
    """Whether a bite lies in the middle of a bay rather than at its ends."""
    margin = MIDDLE_SHARE * (bay.end_m - bay.start_m)
    middle = (profile.along_m > bay.start_m + margin) & (profile.along_m < bay.end_m - margin)
    return bool((profile.depth_m[middle] < standard.depth_m[0]).any())


def _bays(strip: BaseGeometry, profile: Profile, stretch: Stretch, rules: BayRules) -> list[Place]:
    """The bays of a stretch that are filled well enough."""
    ends = divide(stretch.begin_m, stretch.end_m, stretch.standard)
    if not ends:
        return []
    surfaces = _cells(strip, profile, stretch, ends)
    needed = min(stretch.depth_m, stretch.standard.needed_m)
    bowed = _bowed(profile.kerb, ends) if stretch.standard.orientation == "langs" else np.zeros(len(ends), dtype=bool)
    return [
        Place(begin, end, surface)
        for (begin, end), surface, bent in zip(ends, surfaces, bowed, strict=True)
        if surface.area >= rules.filled_min_share * (end - begin) * needed and not bent
    ]


def _bowed(kerb: shapely.LineString, ends: list[tuple[float, float]]) -> np.ndarray:
    """Whether the kerb bends too much along each bay for a straight car."""
    if len(kerb.coords) == STRAIGHT:
        return np.zeros(len(ends), dtype=bool)
    along = np.array(ends) @ np.array([[1.0, 0.75, 0.5, 0.25, 0.0], [0.0, 0.25, 0.5, 0.75, 1.0]])
    points = np.array(shapely.line_interpolate_point(kerb, along))
    xy = shapely.get_coordinates(points).reshape(*along.shape, 2)
    chords = np.array(shapely.linestrings(xy[:, [0, -1]]))
    return np.asarray(shapely.distance(chords[:, None], points).max(axis=1) > BOWED_M)


def _cells(
    strip: BaseGeometry, profile: Profile, stretch: Stretch, ends: list[tuple[float, float]]
) -> list[shapely.Polygon]:
    """The parts of a strip between the dividing lines of its bays."""
    marks = np.array([begin for begin, _ in ends] + [ends[-1][1]])
    inside = (profile.along_m > marks[0]) & (profile.along_m < marks[-1])
    between = profile.along_m[inside] if _is_uneven(profile, inside) else np.array([])
    stations = np.unique(np.concatenate([marks, between]))
    reach = np.interp(stations, profile.along_m, _reach(profile, stretch))
    here = profile.at(stations)
    directions = here.turned(profile.lean.deg) / np.cos(np.radians(profile.lean.deg))
    near, far = here.points - OUTSIDE_M * directions, here.points + reach[:, None] * directions
    at = np.searchsorted(stations, marks)
    rings = [np.vstack([near[a : b + 1], far[a : b + 1][::-1]]) for a, b in pairwise(at)]
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    outlines = np.array(shapely.polygons(shapely.linearrings(np.vstack(rings), indices=owner)))
    if not shapely.is_valid(outlines).all():
        outlines = np.array(shapely.make_valid(outlines))
    return [_largest(cell) for cell in shapely.intersection(outlines, strip)]


def _is_uneven(profile: Profile, inside: np.ndarray) -> bool:
    """Whether the kerb bends or the depth varies, so that a bay is more than four corners within the strip."""
    return profile.is_bent or bool(np.ptp(profile.depth_m[inside]) > OUTSIDE_M)


def _reach(profile: Profile, stretch: Stretch) -> np.ndarray:
    """How far the dividing lines run at each place (m): through the strip, but not into another leg of it."""
    deepest = BEYOND_SHARE * stretch.depth_m
    return np.where((profile.depth_m <= deepest) & ~profile.shared, deepest, stretch.depth_m)


def _largest(cell: BaseGeometry) -> shapely.Polygon:
    if isinstance(cell, shapely.Polygon):
        return cell
    pieces = [part for part in shapely.get_parts(cell) if isinstance(part, shapely.Polygon)]
    return max(pieces, key=lambda part: part.area, default=shapely.Polygon())
