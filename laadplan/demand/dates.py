"""Days on which the norm is passed, from lines.

In: growth, how high the busiest hour is, the norm. Out: dates as text, empty where there is none to tell.
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.demand.trend import Growth, passing

Floats = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.25


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
