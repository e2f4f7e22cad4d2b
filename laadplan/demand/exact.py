"""Whole parts that add up to a whole total: the method of largest remainders.

In: whole totals, weights, and which row belongs to which total. Out: whole parts. Energy is counted in whole Wh, so
that what is brought down adds up again to the last Wh.
"""

import numpy as np
import numpy.typing as npt

Wholes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NOISE = 1e-6
"""What is this small (Wh) is noise of the calculation: it makes no part too large, and tells no equal ones apart."""

WH_PER_KWH = 1000


def apportion(totals: Wholes, weights: Floats, groups: Wholes) -> Wholes:
    """Parts of the totals in proportion to the weights, whole and adding up exactly, of the shape of the weights.

    What is left after rounding down goes one by one to the largest remainders; of equal ones to the earlier row: sort
    the rows by id. A group whose weights are all 0 is shared evenly; a total without rows is lost.

    Parameters
    ----------
    totals
        Totals, at least 0, one row per group and one column per case.
    weights
        Weights, at least 0, one row per part and one column per case.
    groups
        Group of each part: its row in the totals.

    >>> apportion(np.array([[10], [7]]), np.array([[1.0], [1.0], [1.0], [5.0]]), np.array([0, 0, 0, 1])).T.tolist()
    [[4, 3, 3, 7]]
    """
    parts = np.zeros(weights.shape, dtype=np.int64)
    for case in range(weights.shape[1]):
        parts[:, case] = _parts(totals[:, case], weights[:, case], groups)
    return parts


def _parts(total: Wholes, weight: Floats, group: Wholes) -> Wholes:
    whole = np.bincount(group, weight, minlength=len(total))
    weight = np.where(whole[group] > 0, weight, 1.0)
    whole = np.bincount(group, weight, minlength=len(total))
    quota = total[group] * (weight / whole[group])
    down = np.floor(np.maximum(quota - NOISE, 0.0))
    left = total - np.bincount(group, down, minlength=len(total)).astype(np.int64)
    order = np.lexsort((np.arange(len(group)), np.rint((down - quota) / NOISE), group))
    starts = np.searchsorted(group[order], np.arange(len(total)))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - starts[group[order]]
    parts: Wholes = down.astype(np.int64) + (rank < left[group])
    return parts


def in_wh(kwh: npt.ArrayLike) -> Wholes:
    """Energy in kWh as whole Wh; what is unknown as 0."""
    wh: Wholes = np.rint(np.nan_to_num(np.asarray(kwh, dtype=float)) * WH_PER_KWH).astype(np.int64)
    return wh


def in_kwh(wh: Wholes) -> Floats:
    """Whole Wh as kWh."""
    return np.asarray(wh / WH_PER_KWH)
