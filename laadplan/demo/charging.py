"""The truth of charging in a quarter of the demo town: demand per year, and twelve months of use per pole.

In: a ``Quarter`` and its poles. Out: ``Demand`` and ``PoleUse``. Use is counted in whole Wh and minutes, so that single
sessions (``charging_sessions``) add up to it exactly. Some poles are planted as overloaded: their occupancy lies above
the norm in every month; that of all others lies below it in every month.

Formula
-------
``electric share(year) = ceiling / (1 + exp(-steepness * (year - middle)))``
``public kWh(year) = electric cars * km * kWh/km * (share without driveway * public share + with driveway * visits)``
``occupancy(month) = connected hours / (points * hours of the month)``
"""

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from laadplan.demo.model import Pole, Quarter
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

PUBLIC_SHARE = 0.75
"""Share charged at public poles near home by those without a driveway; the rest at work and fast. Own assumption."""

VISIT_SHARE = 0.05
"""Share charged at public poles by those with a driveway. Own assumption."""

KWH_PER_EVSE_YEAR = 3_000.0
"""kWh per public charge point a year (versnellingsgids)."""

USE_YEAR = 2025
"""Year of the twelve months of use."""

EVSE_PER_POLE = 2
RISK = 0.05
"""Chance that all points are taken, at which occupancy is at the norm."""

OVERLOADED_SHARE, QUIET_SHARE = 0.12, 0.15
"""Shares of poles planted as overloaded and as barely used."""

KINDS = ("overbelast", "gewoon", "rustig", "snel")
"""What is planted: above the norm, below it, below `QUIET_KWH` a month, and fast chargers (never overloaded)."""

QUIET_KWH = 250.0
"""kWh per month below which a pole counts as barely used (Wassenaar has 250 kWh and 25 sessions per point)."""

OVERLOAD = (1.35, 2.1)
"""Yearly occupancy of an overloaded pole over the norm."""

ORDINARY = (0.62, 0.85)
"""The same for an ordinary pole."""

QUIET_KWH_MEAN = (70.0, 160.0)
"""kWh per month of a barely used pole, averaged over the year."""

FAST_OCCUPANCY = (0.04, 0.10)
"""Occupancy of a fast charger."""

GROWTH = (0.05, 0.30)
"""Growth within the year: of the order of that of the number of electric cars. Own estimate."""

SEASON = (1.03, 1.02, 1.01, 1.00, 0.99, 0.98, 0.93, 0.94, 1.00, 1.02, 1.04, 1.04)
"""Sessions per month over the mean: fewer in the summer holidays. Own estimate."""

WINTER_ENERGY = (1.12, 1.10, 1.05, 1.00, 0.95, 0.92, 0.90, 0.90, 0.94, 1.00, 1.05, 1.10)
"""kWh per session over the mean: cold costs energy. Own estimate."""

NOISE = 0.03
"""Standard deviation of a month's use."""

HOURS_PER_SESSION = (6.8, 9.2)
"""Hours connected: about 8 at a public point (2025, reference of the field)."""

KWH_PER_SESSION = (16.0, 22.0)
"""kWh per session: about 3,000 kWh a year at 8 h a session and the occupancy of an ordinary point."""

FAST_HOURS, FAST_KWH = 0.55, 32.0
"""Hours and kWh of a session at a fast charger. Own estimate."""

NEAR_M = 250.0
"""Homes without driveway within this distance, as the crow flies, press on a pole."""

_STREAM = 420
"""Of the random generator."""

_MARGIN = 0.03
"""Every month stays this share clear of the norm."""

_MINUTES_PER_DAY = 24 * 60

Floats = npt.NDArray[np.float64]


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


@dataclass(frozen=True)
class MonthUse:
    """Use of a pole in one month: sessions that start in it with all their energy and time."""

    month: str
    """As ``2025-01``."""
    sessions: int
    energy_wh: int
    connected_min: int

    @property
    def kwh(self) -> float:
        """Energy in kWh."""
        return self.energy_wh / 1000

    @property
    def connected_h(self) -> float:
        """Hours that a car was connected, over all points."""
        return self.connected_min / 60


@dataclass(frozen=True)
class PoleUse:
    """Twelve months of a pole; `kind` says what was planted (`KINDS`)."""

    pole_id: str
    evse: int
    kind: str
    months: tuple[MonthUse, ...]

    def occupancy(self, place: int) -> float:
        """Share of the time in which a point is taken, in month `place` (0 is January)."""
        return self.months[place].connected_min / (self.evse * minutes_of(self.months[place].month))

    @property
    def is_overloaded(self) -> bool:
        """Whether occupancy over the year lies above the norm for so many points."""
        taken = sum(month.connected_min for month in self.months)
        return taken / sum(self.evse * minutes_of(month.month) for month in self.months) > norm_occupancy(self.evse)


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


@lru_cache(maxsize=64)
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


def minutes_of(month: str) -> int:
    """Minutes in a month as ``2025-02``; changes of the clock are left out.

    >>> minutes_of("2025-02")
    40320
    """
    year, number = (int(part) for part in month.split("-"))
    return calendar.monthrange(year, number)[1] * _MINUTES_PER_DAY


def use_of(quarter: Quarter, poles: Sequence[Pole]) -> tuple[PoleUse, ...]:
    """Use of poles in the months of `USE_YEAR`, in the order of the poles.

    Poles with more homes without driveway nearby are overloaded more often; over all it is `OVERLOADED_SHARE` of them.
    """
    pressures = _pressures(quarter, poles)
    return tuple(_use(quarter, pole, place, pressures[place]) for place, pole in enumerate(poles))


def _pressures(quarter: Quarter, poles: Sequence[Pole]) -> list[float]:
    """Homes without driveway near each pole, over the mean of all poles; between 0.3 and 2."""
    homes = [address.point for address in quarter.addresses if address.is_dwelling and not address.own_driveway]
    if not homes or not poles:
        return [1.0] * len(poles)
    here = np.array([(pole.point.x, pole.point.y) for pole in poles])
    there = np.array([(home.x, home.y) for home in homes])
    near = (np.hypot(*(here[:, None, :] - there[None, :, :]).transpose(2, 0, 1)) < NEAR_M).sum(axis=1)
    clipped = np.clip(near / max(float(near.mean()), 1.0), 0.3, 2.0)
    return [float(value) for value in clipped / clipped.mean()]


def _use(quarter: Quarter, pole: Pole, place: int, pressure: float) -> PoleUse:
    """Twelve months of one pole."""
    random = np.random.default_rng([quarter.seed, quarter.cell.index, _STREAM, place])
    kind = "snel" if pole.fast else _kind(float(random.random()), pressure)
    hours = FAST_HOURS if pole.fast else float(random.uniform(*HOURS_PER_SESSION))
    kwh = FAST_KWH if pole.fast else float(random.uniform(*KWH_PER_SESSION))
    occupancy = _occupancies(kind, hours / kwh, random)
    names = [f"{USE_YEAR}-{number:02d}" for number in range(1, 13)]
    months = tuple(
        _month(name, share, hours, kwh * warmth)
        for name, share, warmth in zip(names, occupancy, WINTER_ENERGY, strict=True)
    )
    return PoleUse(pole.local_id, EVSE_PER_POLE, kind, months)


def _kind(draw: float, pressure: float) -> str:
    """What is planted at a pole, from a draw between 0 and 1."""
    if draw < OVERLOADED_SHARE * pressure:
        return "overbelast"
    return "rustig" if draw > 1 - QUIET_SHARE else "gewoon"


def _occupancies(kind: str, hours_per_kwh: float, random: np.random.Generator) -> list[float]:
    """Occupancy per month: a level for the kind, growth within the year, season and noise; on its side of the norm."""
    norm = norm_occupancy(EVSE_PER_POLE)
    hours_per_month = EVSE_PER_POLE * 365 * 24 / 12
    level = {
        "overbelast": norm * float(random.uniform(*OVERLOAD)),
        "gewoon": norm * float(random.uniform(*ORDINARY)),
        "rustig": float(random.uniform(*QUIET_KWH_MEAN)) * hours_per_kwh / hours_per_month,
        "snel": float(random.uniform(*FAST_OCCUPANCY)),
    }[kind]
    growth = float(random.uniform(*GROWTH))
    course = 1 + growth * (np.arange(12) - 5.5) / 12
    shares = level * course * np.array(SEASON) * (1 + random.normal(0.0, NOISE, 12))
    low = norm * (1 + _MARGIN) if kind == "overbelast" else 0.0
    high = 1.0 if kind == "overbelast" else norm * (1 - _MARGIN)
    return [float(share) for share in np.clip(shares, low, high)]


def _month(name: str, occupancy: float, hours: float, kwh: float) -> MonthUse:
    """A month at an occupancy, with sessions of `hours` and `kwh` on average."""
    connected = round(occupancy * EVSE_PER_POLE * minutes_of(name))
    sessions = max(1, round(connected / (60 * hours)))
    return MonthUse(name, sessions, round(sessions * kwh * 1000), connected)
