"""How cars park in a bay of which the register does not say so: from its form and its side to the carriageway.

In: surfaces of bays, what is known, and the street. Out: langs, haaks or schuin for each. The long side of the bay is
held against the edge of the nearest surface that cars drive on; where none is near, its form alone decides.
"""

import numpy as np
import shapely

from laadplan.kerb.neighbours import box_axes
from laadplan.kerb.pavement import NEAR_M, Street

STRAIGHT_DEG = 20.0
"""A bay is langs or haaks when its long side turns no more than this from that (degrees); NEN 2443 has schuin at 30,
45 and 60 degrees."""

SLENDER = 2.3
"""A bay at least this many times as long as wide is langs where no carriageway is near: NEN 2443 has langs bays of
1.8 to 2.0 by 5.5 m and haaks bays of 2.5 by 5.0 m."""

SLANTED_SHARE = 0.85
"""A bay that fills less of the least box round it is schuin where no carriageway is near: drawn along the kerb at 60
degrees it fills 0.78 of it."""

CHORD_M = 1.0
"""Chord from which the direction of an edge is taken (m)."""


def orientations(bays: np.ndarray, told: np.ndarray, street: Street) -> np.ndarray:
    """How cars park in each bay (m RD): as told, or by its form where that is ``onbekend``."""
    found = told.copy()
    unknown = np.flatnonzero(told == "onbekend")
    if not len(unknown):
        return found
    long, length, width = box_axes(bays[unknown])
    upright = np.where(length >= SLENDER * width, "langs", "haaks")
    found[unknown] = np.where(shapely.area(bays[unknown]) < SLANTED_SHARE * length * width, "schuin", upright)
    middle = shapely.centroid(bays[unknown])
    edges = shapely.boundary(street.driven if len(street.driven) else street.open)
    at, edge = shapely.STRtree(edges).query_nearest(middle, max_distance=NEAR_M, all_matches=False)
    if not len(at):
        return found
    place = shapely.line_locate_point(edges[edge], middle[at])
    ends = [shapely.line_interpolate_point(edges[edge], place + side * CHORD_M / 2) for side in (-1, 1)]
    chord = shapely.get_coordinates(ends[1]) - shapely.get_coordinates(ends[0])
    across = np.abs(long[at, 0] * chord[:, 1] - long[at, 1] * chord[:, 0])
    angle = np.degrees(np.arctan2(across, np.abs(np.sum(long[at] * chord, axis=1))))
    words = np.where(angle > 90 - STRAIGHT_DEG, "haaks", np.where(angle < STRAIGHT_DEG, "langs", "schuin"))
    found[unknown[at]] = words
    return found
