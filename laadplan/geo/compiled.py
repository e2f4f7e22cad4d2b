"""The one way to compile a loop that numpy cannot express.

In: a function on numpy arrays. Out: the same, compiled by numba when it is first called and kept on disk next to its
module. A compiled function that calls another one of another module is not compiled anew when that other one changes:
kernels that call each other stand in one module. No fast-math and no reduction across threads: results do not depend on
the number of threads.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import config, njit, prange, set_num_threads

__all__ = ["compiled", "compiled_parallel", "limit_threads", "plain", "prange"]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function, compiled at its first call; it holds no lock of Python while it runs."""
    return cast(Function, njit(cache=True, nogil=True)(function))


def compiled_parallel(function: Function) -> Function:
    """The same, its ``prange`` loops divided over threads."""
    return cast(Function, njit(cache=True, nogil=True, parallel=True)(function))


def limit_threads(threads: int) -> None:
    """Lets compiled parallel loops use so many threads, or as many as the machine has when those are fewer."""
    set_num_threads(max(1, min(threads, config.NUMBA_NUM_THREADS)))  # type: ignore[attr-defined]


def plain(values: npt.ArrayLike, kind: type) -> npt.NDArray[Any]:
    """The array of this kind, in rows and to be written to, which those from frames are not.

    To numba that is another type, for which every loop would be compiled anew.
    """
    return np.require(values, kind, ("C", "W"))
