"""Metres rounded for a verdict, so that noise of the calculation never decides between two.

In: metres as they were calculated. Out: metres to the centimetre, as they are printed and held against a norm.
"""

from typing import TypeVar

import numpy as np
import pandas as pd

NOISE_DECIMALS = 6
"""Floating-point noise is gone at this many decimals; sources are good to two."""

UPWARD = 1e-9
"""Added before rounding, so that a half always goes up, whichever side of it the calculation came out."""

Numbers = TypeVar("Numbers", np.ndarray, pd.Series)


def rounded(values: Numbers, decimals: int = 2) -> Numbers:
    """The values to so many decimals, metres by default to the centimetre; a half goes up, what is missing stays so.

    >>> rounded(np.array([1.8549999999, 1.3549, 0.125 - 1e-10, np.nan])).tolist()
    [1.86, 1.35, 0.13, nan]
    """
    return (values.round(NOISE_DECIMALS) + UPWARD).round(decimals)
