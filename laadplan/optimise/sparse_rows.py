"""Sparse rows the other way round: from points of sites to sites of points.

In: starts of rows and their members. Out: starts per member and the rows it stands in.
"""

import numpy as np
import numpy.typing as npt

from laadplan.geo.compiled import compiled
from laadplan.optimise.problem import Wholes

Shorts = npt.NDArray[np.int32]


def turned(start: Wholes, members: Wholes | Shorts, many: int) -> tuple[Wholes, Shorts]:
    """Sparse rows the other way round: starts per member (many + 1), and the rows it stands in, rising."""
    counts = np.bincount(members, minlength=many)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts, _owners(start, members, starts)


@compiled
def _owners(start: Wholes, members: Wholes | Shorts, starts: Wholes) -> Shorts:
    place = starts.copy()
    owners = np.empty(len(members), np.int32)
    for owner in range(len(start) - 1):
        for at in range(start[owner], start[owner + 1]):
            owners[place[members[at]]] = owner
            place[members[at]] += 1
    return owners
