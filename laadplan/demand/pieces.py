"""Groups of addresses too wide to be one place to walk from, cut into pieces.

In: the group and the place of each row. Out: the same names, with ``#`` and a number where a group was cut. A group is
halved across its longer side until every address of a piece lies within the radius of the address in its middle.
"""

import numpy as np
import pandas as pd

from laadplan.demand.exact import Floats


def cut_wide(ids: pd.Series, x: Floats, y: Floats, *, radius_m: float) -> pd.Series:
    """Name of the piece of each row, by the index of ``ids``; pieces are numbered from west to east, south to north.

    Parameters
    ----------
    ids
        Name of the group of each row.
    x, y
        Place of each row in RD New (m).
    radius_m
        Largest distance to the middle of a piece, in m.

    >>> cut_wide(pd.Series(["a", "a", "b"]), np.array([0.0, 300.0, 0.0]), np.zeros(3), radius_m=50.0).tolist()
    ['a#1', 'a#2', 'b']
    """
    places = np.column_stack([x, y])
    names = ids.to_numpy(dtype=object).copy()
    for name, rows in ids.reset_index(drop=True).groupby(ids.to_numpy()).indices.items():
        pieces = _pieces(places[rows], radius_m)
        if pieces.max(initial=0):
            names[rows] = [f"{name}#{piece + 1}" for piece in pieces]
    return pd.Series(names, index=ids.index, dtype="str")


def _pieces(places: Floats, radius_m: float) -> np.ndarray:
    """Number of the piece of each place, from 0."""
    if _spread(places) <= radius_m:
        return np.zeros(len(places), dtype=int)
    low, high = places.min(axis=0), places.max(axis=0)
    axis = int(high[1] - low[1] > high[0] - low[0])
    upper = places[:, axis] > (low[axis] + high[axis]) / 2
    numbers = np.zeros(len(places), dtype=int)
    numbers[~upper] = _pieces(places[~upper], radius_m)
    numbers[upper] = _pieces(places[upper], radius_m) + numbers[~upper].max() + 1
    return numbers


def _spread(places: Floats) -> float:
    """Distance (m) of the farthest place to the one nearest to the middle (of a tie the most western, southern)."""
    apart = np.hypot(*(places - places.mean(axis=0)).T).round(2)
    middle = places[np.lexsort((places[:, 1], places[:, 0], apart))[0]]
    return float(np.hypot(*(places - middle).T).max().round(2))
