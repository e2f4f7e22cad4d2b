"""How many cars are connected at once: energy to connected time to the busiest part of the week.

In: energy of residents, visitors and workers. Out: cars connected, and which part of the week is the busiest.

Formula
-------
``mean connected = kWh/year / kWh per session * hours per session / hours of a year``
``connected(part) = sum over the three groups of mean connected * rhythm(group, part)``
The busiest part of a buurt decides; its points are looked at in that same part, so that they add up.
"""

import numpy as np
import numpy.typing as npt

from laadplan.config.scenario import Rhythm, Scenario

HOURS_PER_YEAR = 8766.0
"""Hours of a year, leap years counted for their share."""

GROUPS = ("residents", "visitors", "workers")
PARTS = tuple(Rhythm.model_fields)

Floats = npt.NDArray[np.float64]


def connected(kwh_year: Floats, scenario: Scenario) -> Floats:
    """Cars connected on average, one column per part of the week (`PARTS`).

    Parameters
    ----------
    kwh_year
        Energy (kWh/year), one column per group (`GROUPS`).

    >>> connected(np.array([[36_000.0, 0.0, 0.0]]), Scenario()).round(2).tolist()
    [[2.37, 0.73, 1.28]]
    """
    rhythms = [getattr(scenario.rhythms, group) for group in GROUPS]
    factors = np.array([[getattr(rhythm, part) for part in PARTS] for rhythm in rhythms])
    hours_per_kwh = scenario.connected_h_per_session / scenario.kwh_per_session
    return np.asarray(kwh_year * hours_per_kwh / HOURS_PER_YEAR @ factors)
