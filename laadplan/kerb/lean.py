"""How the bays of a strip lean over: the direction of its ends and of the teeth of its edges.

In: a strip and its kerb line. Out: the angle by which the dividing lines lean from square to the kerb, and the
directions at both ends. Ends that lean the same way by the same angle, or a sawtooth edge, make a strip of schuine
vakken; ends that lean towards each other (bevels) say nothing.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.kerb.line import SQUARE, Ends

SMOOTH_M = 0.05
"""Vertices that deviate less than this are dropped (m)."""

LEAN_MIN_DEG = 5.0
"""Ends within this of square are square (degrees): 0.45 m over a bay of 5 m."""

LEAN_MAX_DEG = 60.0
"""Bays lean over at most this far (degrees): parking at 30 degrees to the kerb."""

ALIKE_DEG = 8.0
"""Two ends lean alike up to this difference (degrees): 0.2 m over 1.5 m, the accuracy of the BGT."""

SPANNED_SHARE = 0.5
"""An end is an edge that spans at least this share of the depth."""

END_M = 1.0
"""An end leaves the kerb within this distance of the end of the kerb line (m): corners are rounded or cut off."""

CHORD_M = 1.0
"""The direction of the kerb at its end is taken over at least this length (m)."""

TOOTH_M = 0.8
"""Edges of a tooth are at least this long (m)."""

TOOTH_DEG = (15.0, 75.0)
"""Edges of a tooth lie at this angle to the kerb (degrees)."""

SQUARE_TOOTH_DEG = 12.0
"""Both edges of a tooth are square to each other within this (degrees)."""

TEETH = 2
"""A sawtooth has at least so many edges each way."""


LONG_WEIGHT = 0.2
"""So many metres of misfit of the nose are outweighed by a metre of length along the bay."""


@dataclass(frozen=True)
class Lean:
    """How dividing lines lean from square towards the end of the kerb line, on average and at its ends."""

    deg: float = 0.0
    ends: Ends = SQUARE


UPRIGHT = Lean()
"""Square to the kerb."""


def lean_of(strip: BaseGeometry, kerb: shapely.LineString, width_m: float) -> Lean:
    """The lean of the bays of a strip.

    Parameters
    ----------
    strip
        Its surface, m RD.
    kerb
        Its kerb line, with the strip on the right hand.
    width_m
        Standard width of a bay across its length, which tells the two edges of a tooth apart.
    """
    depth = shapely.area(strip) / max(kerb.length, SMOOTH_M)
    xy = shapely.get_coordinates(kerb)
    edges = _edges(strip)
    teeth = _teeth(edges, xy[-1] - xy[0], width_m)
    if teeth is not None:
        return Lean(teeth)
    (first, begin), (last, end) = _end(edges, xy, depth, 1), _end(edges, xy[::-1], depth, -1)
    if first is not None and last is not None and _lean_alike(first, -last):
        return Lean((first - last) / 2)
    return Lean(0.0, (begin if _is_square(first) else None, end if _is_square(last) else None))


def _lean_alike(first: float, last: float) -> bool:
    least, most = sorted([abs(first), abs(last)])
    return first * last > 0 and least >= LEAN_MIN_DEG and round(most) <= LEAN_MAX_DEG and abs(first - last) <= ALIKE_DEG


def _edges(strip: BaseGeometry) -> np.ndarray:
    """The edges of the outer rings, shape (n, 2, 2)."""
    rings = shapely.get_exterior_ring(shapely.get_parts(strip))
    xy, ring = shapely.get_coordinates(shapely.simplify(rings, SMOOTH_M), return_index=True)
    inner = ring[:-1] == ring[1:]
    return np.stack([xy[:-1][inner], xy[1:][inner]], axis=1)


def _is_square(lean: float | None) -> bool:
    return lean is not None and abs(lean) <= LEAN_MIN_DEG


def _end(
    edges: np.ndarray, xy: np.ndarray, depth_m: float, hand: int
) -> tuple[float, tuple[float, float]] | tuple[None, None]:
    """Lean (degrees, towards the inside) and direction of the strip's edge at the begin of a line.

    ``hand`` is 1 where the strip lies on the right hand of the line, -1 where it lies on its left.
    """
    along = np.hypot(xy[:, 0] - xy[0, 0], xy[:, 1] - xy[0, 1])
    forward = xy[int(np.argmax(along >= min(CHORD_M, along.max())))] - xy[0]
    forward = forward / float(np.hypot(forward[0], forward[1]))
    inward = hand * np.array([forward[1], -forward[0]])
    ahead, aside = (edges - xy[0]) @ forward, (edges - xy[0]) @ inward
    spans = aside[:, 1] - aside[:, 0]
    slope = (ahead[:, 1] - ahead[:, 0]) / np.where(spans == 0, np.inf, spans)
    at_kerb = ahead[:, 0] - slope * aside[:, 0]
    fits = (np.abs(spans) >= SPANNED_SHARE * depth_m) & (np.abs(at_kerb) <= END_M)
    if not fits.any():
        return None, None
    best = int(np.argmax(np.where(fits, np.round(np.abs(spans), 3), 0)))
    east, north = inward + slope[best] * forward
    long = float(np.hypot(east, north))
    return float(np.degrees(np.arctan(slope[best]))), (float(east) / long, float(north) / long)


def _teeth(edges: np.ndarray, forward: np.ndarray, width_m: float) -> float | None:
    """Lean (degrees) of the bays behind a sawtooth edge; None where there is no sawtooth."""
    steps = edges[:, 1] - edges[:, 0]
    length = np.hypot(steps[:, 0], steps[:, 1])
    ahead = steps @ forward
    aside = steps @ np.array([forward[1], -forward[0]])
    angle = (np.degrees(np.arctan2(aside, ahead)) + 90) % 180 - 90
    slanted = (length >= TOOTH_M) & (np.abs(angle) >= TOOTH_DEG[0]) & (np.abs(angle) <= TOOTH_DEG[1])
    ways = [slanted & (angle > 0), slanted & (angle < 0)]
    if min(way.sum() for way in ways) < TEETH:
        return None
    middle = [float(np.median(angle[way])) for way in ways]
    spread = max(float(np.abs(angle[way] - at).max()) for way, at in zip(ways, middle, strict=True))
    if abs(middle[0] - middle[1] - 90) > SQUARE_TOOTH_DEG or spread > SQUARE_TOOTH_DEG:
        return None
    # The nose of a bay is as wide as the bay; at 45 degrees its steps are as long, and the strip's long ends decide.
    noses = [
        abs(float(np.median(length[nose])) - width_m) - LONG_WEIGHT * float(length[axis].max())
        for nose, axis in (ways[::-1], ways)
    ]
    return 90 - middle[0] if noses[0] <= noses[1] else -(90 + middle[1])
