"""How busy a group of charge points may be: Erlang's loss formula.

In: numbers of points, loads and a risk. Out: occupancies and numbers of points. Who finds all points taken drives on
(a loss system), arrivals are independent, and the length of a stay does not matter.

Formula
-------
``B(0, a) = 1``, ``B(n, a) = a B(n-1, a) / (n + a B(n-1, a))`` with the load a in erlang: the mean number of cars that
want to be connected at once. Occupancy is ``a (1 - B(n, a)) / n``. Source: A.K. Erlang (1917).
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

FULL_SHARE = 0.98
"""Occupancy from which the offered load is no longer to be told: nearly all that comes on top is lost."""

HALVINGS = 60
"""Halvings by which a load is found: to the last digit of a double."""


def blocking(points: int, load: float) -> float:
    """Chance that all points are taken at an offered load in erlang.

    >>> round(blocking(2, 1.0), 3)
    0.2
    """
    chance = 1.0
    for point in range(1, points + 1):
        chance = load * chance / (point + load * chance)
    return chance


@lru_cache(maxsize=4096)
def load_at(points: int, risk: float) -> float:
    """The offered load in erlang at which all of so many points are taken with the given chance.

    >>> round(load_at(2, 0.05), 3)
    0.381
    """
    low, high = 0.0, 2.0 * points + 2.0
    while blocking(points, high) < risk:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if blocking(points, middle) < risk else (low, middle)
    return low if points else 0.0


def desired_share(points: int, risk: float) -> float:
    """Occupancy of a group of points at which all are taken with the given chance; nan without points.

    >>> [round(desired_share(points, 0.05), 2) for points in (2, 4, 6, 10, 20)]
    [0.18, 0.36, 0.47, 0.59, 0.72]
    """
    return load_at(points, risk) * (1 - risk) / points if points else float("nan")


def points_for(load: npt.ArrayLike, risk: float) -> npt.NDArray[np.int64]:
    """The fewest points at which a load in erlang finds all taken with no more than the given chance.

    >>> points_for([0.0, 0.38, 0.39, 5.0], 0.05).tolist()
    [0, 2, 3, 9]
    """
    loads = np.atleast_1d(np.asarray(load, dtype=float))
    needed = np.zeros(loads.size, dtype=np.int64)
    chances = np.ones(loads.size)
    short = loads > 0
    while short.any():
        needed[short] += 1
        served = loads[short] * chances[short]
        chances[short] = served / (needed[short] + served)
        short &= chances > risk
    return needed


def points_to_add(points: int, busiest_share: float, risk: float, below: float) -> int:
    """Charge points to add to a group, so that its laaddruk drops below a value.

    >>> points_to_add(8, 0.61, 0.05, 0.8)
    3
    """
    load = offered_load(points, busiest_share)
    wanted = max(points, 1)
    while load * (1 - blocking(wanted, load)) / wanted >= below * desired_share(wanted, risk):
        wanted += 1
    return wanted - points


def offered_load(points: int, busiest_share: float) -> float:
    """The load in erlang at which so many points are occupied for this share, at most `FULL_SHARE`.

    >>> round(offered_load(2, 0.18), 2)
    0.38
    """
    share = min(busiest_share, FULL_SHARE)
    low, high = 0.0, points / (1 - share) + 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * (1 - blocking(points, middle)) < share * points else (low, middle)
    return low
