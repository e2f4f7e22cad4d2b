"""How a local share of electric cars grows, and how sure that is.

In: shares of the starting year, a curve of the scenario. Out: shares of later years, and standard deviations in cars.
Hard decisions: a share grows along the curve from its own place on it, so that a postcode that is ahead stays ahead
until all come near the ceiling. It is the simplest rule that did at least as well as all others on the postcodes of
the country (docs: electric cars). What is uncertain is how many cars are added, not how many were counted.

Formula
-------
``odds(year) = share / (ceiling - share) * exp(steepness * years)``, ``share(year) = ceiling * odds / (1 + odds)``
``variance = ADDED_CARS * added + (ADDED_SHARE * added)**2 + (start_share * electric cars)**2``
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from laadplan.config.scenario import Curve

Z_80 = 1.2816
"""Half width of an interval that holds 80 % of a normal distribution, in standard deviations."""

ADDED_CARS = 1.96
"""Variance per electric car added: 1 would be pure chance. Fitted, with `ADDED_SHARE`, to the growth of postcodes from
2020 to 2022 (KiM); intervals of 80 % made of the two held 2024 in 81 % of the postcodes (docs: electric cars)."""

ADDED_SHARE = 0.044
"""Standard deviation of the cars added, as a share of them: differences beyond chance. See `ADDED_CARS`."""

Floats = npt.NDArray[np.float64]


def grow(share: Any, curve: Curve, years: Any) -> Any:
    """Shares so many years later, from 0 to 1; arrays of any shapes that fit together, missing stays missing.

    A share above the ceiling stays what it is.

    >>> round(float(grow(0.05, Curve(), 6.0)), 3)
    0.218
    """
    ceiling = curve.ceiling_share
    start = np.asarray(share, dtype=float)
    odds = start * np.exp(curve.steepness * np.asarray(years, dtype=float))
    grown = ceiling * odds / (ceiling - np.minimum(start, ceiling) + odds)
    above = (start >= ceiling) & (start > 0)
    return np.where(above, start, grown)


def spread(start_cars: Any, electric_cars: Any, start_share: Any = 0.0) -> Floats:
    """Standard deviation of electric cars that grew from so many, in cars.

    Parameters
    ----------
    start_cars, electric_cars
        Electric cars in the starting year and in the year asked.
    start_share
        Standard deviation of those of the starting year, as a share of them; it stays that share.

    >>> [round(float(spread(100.0, cars)), 1) for cars in (100.0, 130.0, 400.0)]
    [0.0, 7.8, 27.6]
    """
    now = np.asarray(electric_cars, dtype=float)
    added = np.abs(now - np.asarray(start_cars, dtype=float))
    return np.asarray(np.sqrt(ADDED_CARS * added + (ADDED_SHARE * added) ** 2 + (np.asarray(start_share) * now) ** 2))
