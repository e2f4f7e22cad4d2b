"""How the charge points of the demo town are used: what is planted per buurt and per pole, and what follows from it.

In: a ``Quarter`` and its poles. Out: ``PoleUse``, from which single sessions are drawn (``charging_sessions``), and the
truth: occupancy at the busiest hour of the week, whether that lies above the norm, and the day on which it passes it.

A pole has a level: its occupancy at the busiest hour of the week on `LEVEL_ON`, without the season. Levels are chosen
so that every buurt, and every single pole, lies clear of the norm for its number of points at the end of the data. All
poles of a buurt grow with it, with small differences. Nobody knows these numbers but the truth.

Formula
-------
``occupancy(pole, hour, day) = level * (1 + growth) ** (years since LEVEL_ON) * rhythm(hour) * season(day)``
``occupancy(buurt) = mean over its points``; overloaded: its highest hour, meant over the last `WEEKS`, above the norm
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from laadplan.demo.charging import norm_occupancy
from laadplan.demo.charging_rhythm import HOURS_OF_WEEK, rhythm_of
from laadplan.demo.model import Pole, Quarter

USE_YEAR = 2025
"""Year of the twelve months of use."""

LEVEL_ON = date(USE_YEAR + 1, 1, 1)
"""Day of the levels: the first without data."""

WEEKS = 13
"""Complete weeks at the end of the data over which occupancy is measured."""

LAST_WEEK_ENDS = date(USE_YEAR, 12, 29)
"""Monday after the last complete week of the data."""

EVSE_PER_POLE = 2

ROLES = ("groeit", "overbelast", "groeit", "ruim", "overbelast", "groeit", "ruim")
"""What is planted in buurten in turn: above the norm, passing it within `PASSES_YEARS`, and far below it."""

OVERLOAD, ROOM = (1.3, 1.6), (0.2, 0.36)
"""Level of a buurt over its norm, where it is overloaded and where there is room."""

PASSES_YEARS = (0.2, 0.5)
"""Years after the data in which a growing buurt passes its norm."""

GROWING_MOST = 0.92
"""Level over the norm that a growing buurt has at most: at little growth it passes the norm later."""

GROWTH = (0.5, 0.56)
"""Growth in a year of a buurt: nearly the same all over the town, and fast. Twelve months of sessions of a few poles
tell growth to some five points, so that with slower growth nobody could foretell a day to within weeks."""

GROWTH_SPREAD = 0.03
"""The growth of a pole differs from that of its buurt by at most so much."""

CLEAR = (0.85, 1.3)
"""No single pole has a level between these shares of the norm for one pole."""

LEAST, MOST = 0.03, 0.92
"""Lowest and highest level of a pole; a buurt of which the norm comes near the highest grows instead."""

SHARES = (0.2, 1.8)
"""Level of a pole over that of its buurt."""

PASSING_YEARS = 1.8
"""Where a buurt is not overloaded, as many poles as fit pass the norm of a single pole within so many years."""

FAST_LEVEL = (0.05, 0.10)
"""Level of a fast charger."""

SEASON = (1.03, 1.03, 1.02, 1.00, 0.99, 0.97, 0.93, 0.94, 1.00, 1.02, 1.03, 1.04)
"""Use per month over the mean: less in the summer holidays. Own estimate; without a trend within the year."""

OUTAGE_SHARE, OUTAGE_WEEKS = 0.10, (2, 5)
"""Share of the poles that are out of order once in the year, and for how many weeks."""

OUTAGE_DAYS = (45, 240)
"""Days of the year between which that begins: not in the last thirteen weeks."""

LATE_SHARE, LATE_DAYS = 0.06, (60, 215)
"""Share of the poles that opened within the year, and between which days; of these a third opened in the last weeks."""

LATEST_DAYS = (320, 340)

SPARED = 5
"""The first buurten of a town have no outages and no wrong records, so that a small one has nothing wrong with it."""

NEAR_M = 250.0
"""Homes without driveway within this distance, as the crow flies, press on a pole."""

DAYS_PER_YEAR = 365.25

_STREAM = 420
"""Of the random generator."""

_TRIES = 400
"""Draws of levels among which those that keep clear of the norm are looked for."""

_HORIZON = (date(2015, 1, 1), date(2045, 1, 1))
"""Days of passing outside these are not told."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PoleUse:
    """What is planted at a pole; `kind` is that of its rhythm. It served cars from `opened_on`, but for `outages`."""

    pole_id: str
    evse: int
    kind: str
    level: float
    """Occupancy at the busiest hour of the week on `LEVEL_ON`, without the season."""
    growth: float
    """Per year."""
    opened_on: date = date(USE_YEAR, 1, 1)
    outages: tuple[tuple[date, date], ...] = ()
    """First day out of order, and first day in order again."""

    def level_on(self, day: date) -> float:
        """Occupancy at the busiest hour of the week on a day, without the season."""
        return self.level * (1 + self.growth) ** ((day - LEVEL_ON).days / DAYS_PER_YEAR)


def use_of(quarter: Quarter, poles: Sequence[Pole]) -> tuple[PoleUse, ...]:
    """What is planted at the poles of a quarter, in their order.

    Poles with more homes without driveway nearby are busier.
    """
    if not poles:
        return ()
    random = np.random.default_rng([quarter.seed, quarter.cell.index, _STREAM])
    norm = norm_occupancy(EVSE_PER_POLE * len(poles))
    growth, level = _buurt(_role(quarter, norm), norm, random)
    levels = _levels(quarter, poles, level, (1 + growth) ** -PASSING_YEARS, random)
    street = "werk" if quarter.cell.kind == "bedrijven" else "straat"
    return tuple(
        PoleUse(
            pole.local_id,
            EVSE_PER_POLE,
            "snel" if pole.fast else street,
            share,
            growth + float(random.uniform(-GROWTH_SPREAD, GROWTH_SPREAD)),
            **_history(random, spared=quarter.cell.turn < SPARED),
        )
        for pole, share in zip(poles, levels, strict=True)
    )


def _role(quarter: Quarter, norm: float) -> str:
    """What is planted in a buurt, by its place among the buurten of the town."""
    role = ROLES[(quarter.cell.turn + quarter.seed) % len(ROLES)]
    return "groeit" if role == "overbelast" and norm * OVERLOAD[0] > MOST else role


def _buurt(role: str, norm: float, random: np.random.Generator) -> tuple[float, float]:
    """Growth of a buurt, and the level of its points."""
    growth = float(random.uniform(*GROWTH))
    years, over, below = (float(random.uniform(*limits)) for limits in (PASSES_YEARS, OVERLOAD, ROOM))
    growing = min((1 + growth) ** -years, GROWING_MOST)
    ratio = {"overbelast": over, "groeit": growing, "ruim": below}[role]
    return growth, min(norm * ratio, MOST)


def _levels(
    quarter: Quarter, poles: Sequence[Pole], level: float, passing: float, random: np.random.Generator
) -> list[float]:
    """Levels of poles with the given mean, the busier ones where pressure is higher; clear of the norm of one pole."""
    ordinary = [place for place, pole in enumerate(poles) if not pole.fast]
    found = random.uniform(*FAST_LEVEL, len(poles))
    if ordinary:
        rest = level * len(poles) - sum(found[place] for place, pole in enumerate(poles) if pole.fast)
        drawn = _clear_levels(rest / len(ordinary), len(ordinary), passing, random)
        order = np.argsort(_pressures(quarter, [poles[place] for place in ordinary]), kind="stable")
        found[np.array(ordinary)[order]] = drawn
    return [float(value) for value in found]


def _clear_levels(mean: float, count: int, passing: float, random: np.random.Generator) -> Floats:
    """Levels in rising order with a mean: of many draws that of which the most lie clear of the norm of one pole.

    Of those, the one with most poles that will pass it: between `passing` and the lower end of `CLEAR`.
    """
    shares = random.uniform(*SHARES, (_TRIES, count)) * random.uniform(0.0, 1.0, (_TRIES, 1))
    shares += 1.0 - shares.mean(axis=1, keepdims=True)
    levels = np.sort(mean * shares, axis=1)
    over = levels / norm_occupancy(EVSE_PER_POLE)
    wrong = ((over > CLEAR[0]) & (over < CLEAR[1])).sum(axis=1) + (levels > MOST).sum(axis=1)
    wrong += (levels < LEAST).sum(axis=1)
    comes = ((over > passing) & (over < CLEAR[0])).sum(axis=1)
    return np.asarray(levels[int(np.argmin(wrong * count * 2 - comes))], dtype=float)


def _pressures(quarter: Quarter, poles: Sequence[Pole]) -> Floats:
    """Homes without driveway near each pole."""
    homes = [address.point for address in quarter.addresses if address.is_dwelling and not address.own_driveway]
    here = np.array([(pole.point.x, pole.point.y) for pole in poles])
    there = np.array([(home.x, home.y) for home in homes]).reshape(-1, 2)
    return np.asarray((np.hypot(*(here[:, None, :] - there[None, :, :]).transpose(2, 0, 1)) < NEAR_M).sum(axis=1))


def _history(random: np.random.Generator, *, spared: bool) -> dict:
    """Since when a pole served cars, and when it did not."""
    draws = random.random(3)
    begin, late, latest = (int(random.integers(*days)) for days in (OUTAGE_DAYS, LATE_DAYS, LATEST_DAYS))
    weeks = int(random.integers(*OUTAGE_WEEKS, endpoint=True))
    new_year = date(USE_YEAR, 1, 1)
    if draws[0] < LATE_SHARE:
        return {"opened_on": new_year + timedelta(days=latest if draws[1] < 1 / 3 else late)}
    if draws[2] < OUTAGE_SHARE and not spared:
        first = new_year + timedelta(days=begin)
        return {"outages": ((first, first + timedelta(weeks=weeks)),)}
    return {}


def busiest_share(uses: Sequence[PoleUse], day: date, *, season: bool = False) -> float:
    """Expected occupancy of all points together at the busiest hour of the week on a day; 0 without points."""
    hours = np.zeros(HOURS_OF_WEEK)
    for use in uses:
        hours += use.evse * use.level_on(day) * rhythm_of(use.kind).by_hour
    points = sum(use.evse for use in uses)
    return float(hours.max() / max(points, 1)) * (SEASON[day.month - 1] if season else 1.0)


def measured_share(uses: Sequence[PoleUse]) -> float:
    """The same, meant over the last `WEEKS` complete weeks of the data."""
    days = [LAST_WEEK_ENDS - timedelta(days=day) for day in range(1, 7 * WEEKS + 1, 7)]
    return sum(busiest_share(uses, day, season=True) for day in days) / len(days)


def is_overloaded(uses: Sequence[PoleUse]) -> bool:
    """Whether occupancy at the busiest hour lay above the norm for so many points at the end of the data."""
    return bool(uses) and measured_share(uses) > norm_occupancy(sum(use.evse for use in uses))


def passes_on(uses: Sequence[PoleUse]) -> date | None:
    """The day on which occupancy at the busiest hour passes the norm, without the season; None far away or long ago."""
    if not uses:
        return None
    norm = norm_occupancy(sum(use.evse for use in uses))
    low, high = _HORIZON
    if not busiest_share(uses, low) < norm <= busiest_share(uses, high):
        return None
    while (high - low).days > 1:
        middle = low + (high - low) // 2
        low, high = (middle, high) if busiest_share(uses, middle) < norm else (low, middle)
    return high


def growth_of(uses: Sequence[PoleUse]) -> float:
    """Growth in a year of the occupancy of all points together, at the end of the data."""
    before, after = (busiest_share(uses, LEVEL_ON + timedelta(days=days)) for days in (0, round(DAYS_PER_YEAR)))
    return after / before - 1 if before else math.nan
