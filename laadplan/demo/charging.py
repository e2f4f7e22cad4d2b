"""The truth of charging in a quarter of the demo town: demand per year, and how busy a group of points may be.

In: a ``Quarter`` and a year. Out: ``Demand``; and the norm that use is held against (``charging_use``).

Formula
-------
``electric share(year) = ceiling / (1 + exp(-steepness * (year - middle)))``
``public kWh(year) = electric cars * km * kWh/km * (share without driveway * public share + with driveway * visits)``
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from laadplan.demo.model import Quarter
from laadplan.demo.plan_sizes import QUARTERS

ELECTRIC_CEILING = 0.95
"""Share of electric cars in the end; own assumption (new cars are to be without emissions from 2035: EU 2023/851)."""

ELECTRIC_MIDDLE = 2034.0
"""Year in which half of the ceiling is reached; fitted to about 2 % at the beginning of 2020, 5.5 % of 2024 (order of
CBS and KiM figures) and somewhat over a fifth of 2030 (order of the ElaadNL Outlook, mid)."""

ELECTRIC_STEEPNESS = 0.28
"""Per year; see `ELECTRIC_MIDDLE`."""

MOST_ELECTRIC = 0.98
"""Largest share of electric cars in one quarter."""

KM_PER_CAR_YEAR = 18_500.0
"""Kilometres per electric car a year, 2022 (versnellingsgids)."""

KWH_PER_KM = 0.2
"""10,000 km is about 2,000 kWh (versnellingsgids)."""

PUBLIC_SHARE = 0.40
"""Share charged at public poles near home by those without a driveway; the rest at work and fast. Own assumption."""

VISIT_SHARE = 0.05
"""Share charged at public poles by those with a driveway. Own assumption."""

KWH_PER_EVSE_YEAR = 3_000.0
"""kWh per public charge point a year (versnellingsgids)."""

RISK = 0.05
"""Chance that all points are taken, at which occupancy is at the norm."""


@dataclass(frozen=True)
class Demand:
    """Demand of one quarter in one year; cars of those without driveway want public points."""

    year: int
    households: int
    cars: float
    electric_cars: float
    public_cars: float
    """Electric cars of homes without own driveway."""
    kwh: float
    """kWh at public points in the year."""
    evse: float
    """Charge points wanted at `KWH_PER_EVSE_YEAR`."""


def electric_share(year: int) -> float:
    """Share of electric cars in the town at the beginning of a year.

    >>> [round(electric_share(year), 3) for year in (2020, 2024, 2030, 2040)]
    [0.018, 0.054, 0.234, 0.801]
    """
    return ELECTRIC_CEILING / (1 + math.exp(-ELECTRIC_STEEPNESS * (year - ELECTRIC_MIDDLE)))


def demand_of(quarter: Quarter, year: int) -> Demand:
    """Demand of a quarter in a year: every dwelling is a household with the cars of its kind of quarter."""
    sizes = QUARTERS[quarter.cell.kind]
    homes = [address for address in quarter.addresses if address.is_dwelling]
    cars = len(homes) * sizes.cars
    electric = cars * min(electric_share(year) * sizes.electric, MOST_ELECTRIC)
    driveways = sum(home.own_driveway for home in homes)
    public = electric * (1 - driveways / len(homes)) if homes else 0.0
    kwh = KM_PER_CAR_YEAR * KWH_PER_KM * (public * PUBLIC_SHARE + (electric - public) * VISIT_SHARE)
    return Demand(year, len(homes), cars, electric, public, kwh, kwh / KWH_PER_EVSE_YEAR)


@lru_cache(maxsize=1024)
def norm_occupancy(points: int) -> float:
    """Occupancy of a group of charge points at which all are taken during `RISK` of the time (Erlang B).

    >>> [round(norm_occupancy(points), 2) for points in (2, 4, 6, 10, 20)]
    [0.18, 0.36, 0.47, 0.59, 0.72]
    """
    low, high = 0.0, 2.0 * points
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _blocking(points, middle) < RISK else (low, middle)
    return low * (1 - RISK) / points


def _blocking(points: int, offered: float) -> float:
    """Erlang's formula B: chance that all points are taken at an offered load in erlang."""
    chance = 1.0
    for point in range(1, points + 1):
        chance = offered * chance / (point + offered * chance)
    return chance
