"""Arcs of circles as straight pieces, many at once.

In: arcs by three points each (first, any in between, last; m). Out: points along them that stay within a stated
tolerance, and how many each arc has. One arc and a million go through the same lines, so that they agree to the bit.
"""

import numpy as np

FLAT_M2 = 1e-9
"""Twice the area (m2) below which three points are on a straight line."""

MOST_PIECES = 10_000
"""Pieces of one arc that are still believed; an arc of a street needs tens."""


def stroked(arcs: np.ndarray, tolerance_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Points (m, 2) along arcs (n, 3, 2), at most ``tolerance_m`` from them, and their number per arc (n).

    First and last point of an arc are kept as they are; three points on a line stay those three.
    """
    origin = arcs[:, :1]
    with np.errstate(all="ignore"):
        centre, begin, sweep, radius, flat = _circles(arcs - origin)
        step = np.where(radius > tolerance_m, 2 * np.arccos(1 - tolerance_m / radius), np.pi / 2)
        pieces = np.ceil(np.abs(sweep) / step)
    flat |= ~np.isfinite(pieces)
    count = np.where(flat, 2, np.clip(np.where(flat, 2, pieces), 2, MOST_PIECES)).astype(np.int64)
    which = np.repeat(np.arange(len(arcs)), count + 1)
    first = np.cumsum(count + 1) - (count + 1)
    place = np.arange(len(which)) - first[which]
    with np.errstate(all="ignore"):
        angle = begin[which] + place * (sweep / count)[which]
        turned = np.column_stack([np.cos(angle), np.sin(angle)])
        points = centre[which] + radius[which, None] * turned + origin[which, 0]
    points[flat[which]] = arcs[flat].reshape(-1, 2)
    points[first], points[first + count] = arcs[:, 0], arcs[:, 2]
    return points, count + 1


def _circles(arcs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Centre, first angle, angle swept and radius of the circle through three points, and which have none."""
    (x1, y1), (x2, y2), (x3, y3) = np.moveaxis(arcs, (1, 2), (0, 1))
    turn = 2 * (x1 * (y2 - y3) + x2 * (y3 - y1) + x3 * (y1 - y2))
    flat = ~(np.abs(turn) >= FLAT_M2)
    square = (arcs**2).sum(axis=2)
    centre_x = (square[:, 0] * (y2 - y3) + square[:, 1] * (y3 - y1) + square[:, 2] * (y1 - y2)) / turn
    centre_y = (square[:, 0] * (x3 - x2) + square[:, 1] * (x1 - x3) + square[:, 2] * (x2 - x1)) / turn
    begin, end = np.arctan2(y1 - centre_y, x1 - centre_x), np.arctan2(y3 - centre_y, x3 - centre_x)
    sweep = np.where(turn > 0, (end - begin) % (2 * np.pi), -((begin - end) % (2 * np.pi)))
    return np.column_stack([centre_x, centre_y]), begin, sweep, np.hypot(x1 - centre_x, y1 - centre_y), flat
