"""Days on which the norm is passed, from lines.

In: growth, how high the busiest hour is, the norm. Out: dates as text, empty where there is none to tell.

Hard decision: occupancy is taken to grow as use does; nobody is taken to give up for want of a free point. Where some
do, the norm is passed some weeks later than told.

Formula
-------
The day is where ``log(height * level) + growth * time`` reaches the logarithm of the norm; its interval is Fieller's.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.demand.trend import Growth

Floats = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Passing:
    """When a line passes a norm, in years from the end of the data; NaN: never, or not to be said."""

    on: Floats
    earliest: Floats
    latest: Floats


def passing(growth: Growth, height: Floats, height_variance: Floats, norm: Floats, z: float) -> Passing:
    """When ``height * level * exp(slope * time)`` passes the norm; already passed gives a time before now.

    Parameters
    ----------
    growth
        Lines.
    height, height_variance
        Busiest hour over the mean, and the variance of its logarithm.
    norm
        Occupancy at the busiest hour that is not to be passed.
    z
        Half the width of the interval in standard deviations.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        way = np.log(norm / (height * growth.level))
        on = np.where(growth.slope > 0, way / growth.slope, np.nan)
        square = growth.slope**2 - z**2 * growth.slope_variance
        rest = way**2 - z**2 * (growth.level_variance + height_variance)
        root = np.sqrt(np.maximum((growth.slope * way) ** 2 - square * rest, 0.0))
        sure = (growth.slope > 0) & (square > 0)
        first = (growth.slope * way - root) / square
        last = np.where(sure, (growth.slope * way + root) / square, np.nan)
    earliest = np.where(np.isnan(on), np.nan, np.fmin(first, on))
    return Passing(on + growth.time, earliest + growth.time, last + growth.time)


def date_passings(
    growth: Growth,
    height: Floats,
    height_variance: Floats,
    norm: Floats,
    *,
    z: float,
    until: date,
    today: date,
    ahead_years: int,
) -> pd.DataFrame:
    """Columns ``passes_on``, ``passes_from`` and ``passes_until``, as 2027-03-14; None where out of sight or unknown.

    A line that has passed the norm already passes it on the first day after the data: that is as early as may be said.

    Parameters
    ----------
    growth, height, height_variance, norm, z
        As in `passing`.
    until
        First day after the data.
    today
        Days further ahead than ``ahead_years`` from here are out of sight.
    """
    found = passing(growth, height, height_variance, norm, z)
    last = (today - until).days / DAYS_PER_YEAR + ahead_years if len(height) and until > date.min else 0.0
    seen = found.on <= last
    return pd.DataFrame(
        {
            "passes_on": _days(found.on, until, seen),
            "passes_from": _days(found.earliest, until, seen),
            "passes_until": _days(found.latest, until, seen & (found.latest <= last)),
        },
        dtype=object,
    )


def _days(years: Floats, until: date, seen: npt.NDArray[np.bool_]) -> list[str | None]:
    days = np.where(seen, np.maximum(np.ceil(years * DAYS_PER_YEAR), 0.0), 0.0)
    return [
        (until + timedelta(days=int(number))).isoformat() if told else None
        for number, told in zip(days, seen, strict=True)
    ]
