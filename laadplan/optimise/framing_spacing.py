"""Places that lie too near to each other, as cliques: sets of places of which any two do.

In: places in m and a distance. Out: cliques that hold every pair of places nearer than that, and no other pair. One
limit per clique instead of one per pair: fewer rows, and a bound that is no worse.
"""

import numpy as np
from scipy.spatial import cKDTree

from laadplan.geo.compiled import compiled
from laadplan.optimise.problem import Floats, Wholes

TIE_M = 1e-6
"""Places less than this nearer than the distance are not too near (m): rounding of coordinates."""


def near_cliques(xy: Floats, spacing_m: float) -> tuple[Wholes, Wholes]:
    """Cliques of places nearer to each other than ``spacing_m``: places ``member[start[c]:start[c + 1]]`` of clique c.

    Each pair of places that is too near is in a clique, and no clique holds a pair that is not. They depend on the
    places alone: these are taken from west to east, of equal ones in the order given.

    Parameters
    ----------
    xy
        Places in m (n, 2); of equal places the order given decides.
    spacing_m
        Distance in m.

    >>> start, member = near_cliques(np.array([[0.0, 0.0], [10.0, 0.0], [25.0, 0.0]]), 20.0)
    >>> start.tolist(), member.tolist()
    ([0, 2, 4], [0, 1, 1, 2])
    """
    if len(xy) < 2 or spacing_m <= TIE_M:
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    order = np.lexsort([xy[:, 1].round(2), xy[:, 0].round(2)])
    placed = np.ascontiguousarray(xy[order])
    pairs = cKDTree(placed).query_pairs(spacing_m - TIE_M, output_type="ndarray").astype(np.int64)
    pairs = pairs[np.lexsort([pairs[:, 1], pairs[:, 0]])]
    later = np.concatenate([[0], np.cumsum(np.bincount(pairs[:, 0], minlength=len(xy)))]).astype(np.int64)
    start, member = _cover(placed, later, np.ascontiguousarray(pairs[:, 1]), (spacing_m - TIE_M) ** 2)
    return start, np.asarray(order[member], dtype=np.int64)


@compiled
def _cover(placed: Floats, later: Wholes, other: Wholes, most_m2: float) -> tuple[Wholes, Wholes]:
    """Place by place: from the first later one that is in no clique with it yet, all that are near to all so far."""
    covered = np.zeros(len(other), dtype=np.bool_)
    starts = [0]
    members = [0 for _ in range(0)]
    for one in range(len(later) - 1):
        for edge in range(later[one], later[one + 1]):
            if covered[edge]:
                continue
            begin = len(members)
            members.append(one)
            members.append(other[edge])
            for more in range(later[one], later[one + 1]):
                candidate = other[more]
                fits = candidate != other[edge]
                place = begin + 1
                while fits and place < len(members):
                    dx = placed[candidate, 0] - placed[members[place], 0]
                    dy = placed[candidate, 1] - placed[members[place], 1]
                    fits = dx * dx + dy * dy <= most_m2
                    place += 1
                if fits:
                    members.append(candidate)
            _mark(members, begin, later, other, covered)
            starts.append(len(members))
    return np.array(starts, dtype=np.int64), np.array(members, dtype=np.int64)


@compiled
def _mark(members: list[int], begin: int, later: Wholes, other: Wholes, covered: np.ndarray) -> None:
    """Notes the pairs of the clique as covered; its members but the first and second are in rising order."""
    for first in range(begin, len(members)):
        for second in range(begin, len(members)):
            if members[first] >= members[second]:
                continue
            low, high = later[members[first]], later[members[first] + 1]
            while low < high:
                middle = (low + high) // 2
                if other[middle] < members[second]:
                    low = middle + 1
                else:
                    high = middle
            if low < later[members[first] + 1] and other[low] == members[second]:
                covered[low] = True
