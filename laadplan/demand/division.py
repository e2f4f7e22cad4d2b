"""Division of arrays in which nothing may be divided by.

In: two arrays. Out: one, with a stated value where there is nothing to divide by.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def over(part: npt.ArrayLike, whole: npt.ArrayLike, otherwise: float = 0.0) -> Floats:
    """The part over the whole, of one shape; ``otherwise`` where the whole is not above 0.

    >>> over([1.0, 1.0], [2.0, 0.0]).tolist()
    [0.5, 0.0]
    """
    parts, wholes = np.broadcast_arrays(np.asarray(part, dtype=float), np.asarray(whole, dtype=float))
    return np.asarray(np.divide(parts, wholes, out=np.full(wholes.shape, otherwise), where=wholes > 0))
