"""The widest passage past a place: how wide a disc may be to roll past it along the walkway.

In: places on a walkway with a direction across it. Out: metres to the other side. A disc passes as long as no chain of
things, from the place to the wall on the other side, has only gaps that are narrower than the disc:

    width = min over chains p, island, ..., island, wall of ( max over the gaps of the chain )

Without islands that is the distance to the wall. A lamp post opposite leaves the larger of the gaps before and behind
it, where that is less than the gap to the wall: the chain through the post.

Of the **walls** only edges on the far side that face the place count (their outside lies ahead, within 60 degrees): the
end of a footway is no wall that one must pass. They count however far aside they lie: between the place and the corner
of a facade that juts out beside it, one must get through. Of the **islands** only what lies ahead counts, within 45
degrees of straight across: what stands further aside narrows the walkway beside the place, not at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from laadplan.geo.walkway import Walkway

FACING = 0.5
"""Least cosine between the outside of a wall and straight across (60 degrees)."""

CHUNK = 20_000
"""Places measured at once, so that memory does not grow with their number."""


@dataclass(frozen=True)
class Pieces:
    """Edges near places, in each place's own frame: s to the right along the walkway, t straight across (m).

    ``place`` is the number of the place, ``edge`` that of the edge; ``begin`` and ``end`` are (n, 2) with s and t.
    """

    place: np.ndarray
    edge: np.ndarray
    begin: np.ndarray
    end: np.ndarray

    def pick(self, rows: np.ndarray) -> "Pieces":
        """The pieces of these rows."""
        return Pieces(self.place[rows], self.edge[rows], self.begin[rows], self.end[rows])


def passage_width(
    walkway: Walkway, places: np.ndarray, angle: np.ndarray, part: np.ndarray, radius_m: np.ndarray, search_m: float
) -> np.ndarray:
    """Width (m) of the widest passage between each place and the wall ahead; infinite where none is within search.

    Parameters
    ----------
    walkway
        The free walkway.
    places
        Coordinates (n, 2) in m RD.
    angle
        Direction straight across the walkway (n), in radians from east, anticlockwise.
    part
        Piece of the walkway that each place is on or at (n).
    radius_m
        What stands at the place reaches so far (n); it is taken off the first gap.
    search_m
        Nothing further than this straight across is looked at.
    """
    found = [
        _chunk(walkway, places[rows], angle[rows], part[rows], radius_m[rows], search_m)
        for rows in np.array_split(np.arange(len(places)), max(1, -(-len(places) // CHUNK)))
    ]
    return np.concatenate(found)


def nearby(walkway: Walkway, corners: np.ndarray, places: np.ndarray, angle: np.ndarray, part: np.ndarray) -> Pieces:
    """The edges of each place's part of the walkway near the box of its corners (n, k, 2), in its own frame."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    place, edge = walkway.tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))
    own = walkway.part[edge] == part[place]
    place, edge = place[own], edge[own]
    order = np.lexsort((edge, place))
    place, edge = place[order], edge[order]
    begin = turned(walkway.begin[edge] - places[place], angle[place])
    return Pieces(place, edge, begin, turned(walkway.end[edge] - places[place], angle[place]))


def turned(steps: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Steps (n, 2) in the frame whose second axis lies at the angle (n), in radians from east."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.column_stack([steps[:, 0] * sine - steps[:, 1] * cosine, steps[:, 0] * cosine + steps[:, 1] * sine])


def placed(frame: np.ndarray, places: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Points of each place's own frame, (k, 2) the same for all or (n, k, 2), in m RD (n, k, 2)."""
    along = np.column_stack([np.sin(angle), -np.cos(angle)])
    across = np.column_stack([np.cos(angle), np.sin(angle)])
    moved = frame[..., :1] * along[:, None, :] + frame[..., 1:] * across[:, None, :]
    return np.asarray(places[:, None, :] + moved)


def clipped(pieces: Pieces, limits: Sequence[tuple[float | np.ndarray, float, float]]) -> Pieces:
    """What is left of the pieces where a·s + b·t <= c for every limit (a, b, c); a may differ per piece."""
    low, high = np.zeros(len(pieces.place)), np.ones(len(pieces.place))
    for a, b, c in limits:
        at_begin = a * pieces.begin[:, 0] + b * pieces.begin[:, 1] - c
        at_end = a * pieces.end[:, 0] + b * pieces.end[:, 1] - c
        slope = at_end - at_begin
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = -at_begin / slope
        low = np.where(slope < 0, np.maximum(low, crossing), low)
        high = np.where(slope > 0, np.minimum(high, crossing), high)
        high = np.where((slope == 0) & (at_begin > 0), -1.0, high)
    rows = np.flatnonzero(low <= high)
    step = pieces.end[rows] - pieces.begin[rows]
    begin = pieces.begin[rows]
    return Pieces(
        pieces.place[rows], pieces.edge[rows], begin + low[rows, None] * step, begin + high[rows, None] * step
    )


def _chunk(
    walkway: Walkway, places: np.ndarray, angle: np.ndarray, part: np.ndarray, radius_m: np.ndarray, search_m: float
) -> np.ndarray:
    ahead = np.array([[0.0, 0.0], [-search_m, search_m], [search_m, search_m]])
    pieces = nearby(walkway, placed(ahead, places, angle), places, angle, part)
    run = pieces.end - pieces.begin
    faces = -run[:, 0] >= FACING * np.hypot(run[:, 0], run[:, 1])
    of_island = walkway.is_island[pieces.edge]
    pieces = pieces.pick(np.flatnonzero(of_island | faces))
    aside = np.where(walkway.is_island[pieces.edge], 1.0, 0.0)
    pieces = clipped(pieces, [(aside, -1.0, 0.0), (-aside, -1.0, 0.0), (0.0, 1.0, search_m)])
    gap = _from_origin(pieces) - radius_m[pieces.place]
    of_island = walkway.is_island[pieces.edge]
    width = np.full(len(places), np.inf)
    np.minimum.at(width, pieces.place[~of_island], np.maximum(gap[~of_island], 0.0))
    nearest_island = np.full(len(places), np.inf)
    np.minimum.at(nearest_island, pieces.place[of_island], gap[of_island])
    begins = np.searchsorted(pieces.place, np.arange(len(places) + 1))
    for place in np.flatnonzero(nearest_island < width):
        rows = np.arange(begins[place], begins[place + 1])
        width[place] = _through_chains(pieces.pick(rows), gap[rows], walkway, search_m)
    return width


def _from_origin(pieces: Pieces) -> np.ndarray:
    """Distance of each piece to its place (m)."""
    step = pieces.end - pieces.begin
    square = np.maximum((step**2).sum(axis=1), np.finfo(float).tiny)
    share = np.clip(-(pieces.begin * step).sum(axis=1) / square, 0.0, 1.0)
    closest = pieces.begin + share[:, None] * step
    return np.asarray(np.hypot(closest[:, 0], closest[:, 1]))


def _through_chains(pieces: Pieces, gap: np.ndarray, walkway: Walkway, search_m: float) -> float:
    """The least of the widest gaps of all chains from one place to the wall.

    Where no wall is within search, the chains end at the line where searching ends, so that a row of posts with open
    ground behind it is as wide as the ground behind.
    """
    of_island = walkway.is_island[pieces.edge]
    ring = np.where(of_island, walkway.ring[pieces.edge], -1)
    names, number = np.unique(ring, return_inverse=True)
    order = np.argsort(number, kind="stable")
    lines = np.asarray(shapely.linestrings(np.stack([pieces.begin[order], pieces.end[order]], axis=1)))
    things = np.asarray(shapely.multilinestrings(lines, indices=number[order]))
    first = np.full(len(names), np.inf)
    np.minimum.at(first, number, np.maximum(gap, 0.0))
    if names[0] != -1:
        border = shapely.LineString([(-search_m, search_m), (search_m, search_m)])
        things, first = np.r_[border, things], np.r_[np.inf, first]
    return _least_widest(first, things)


def _least_widest(first: np.ndarray, things: np.ndarray) -> float:
    """Least over the chains that end at thing 0 of their widest gap; ``first`` is the gap from the place itself."""
    widest, open_ones = first.copy(), np.ones(len(things), dtype=bool)
    while True:
        nearest = int(np.argmin(np.where(open_ones, widest, np.inf)))
        if nearest == 0 or not open_ones[nearest]:
            return float(widest[0])
        open_ones[nearest] = False
        widest = np.minimum(widest, np.maximum(widest[nearest], shapely.distance(things[nearest], things)))
