"""The week of a charge point of the demo town: when cars come, how long they stay, and how full it is by the hour.

In: a kind of pole. Out: arrays over the week, Monday 0:00 first, local time. Everything is for one charge point whose
occupancy at the busiest hour of the week is 1; a level makes it less (``charging_use``).

Formula
-------
``occupancy(slot) = sum over earlier slots of starts(slot) * share of them that still stay``, which is exact for a
point where a car starts with the chance ``starts / (1 - occupancy)`` when the point is free.

Source of the numbers: own digest of the 10,186 sessions of 2018 that ElaadNL published and whose times can be read,
rounded. Their clock is UTC (the connected time fits on the nights when the clock was set, and the arrivals move an hour
with summer time). They show no difference between days of the week.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SLOT_MIN = 15
"""Minutes of a slot, the step of all shapes."""

SLOTS_PER_HOUR = 60 // SLOT_MIN
HOURS_OF_WEEK = 168
SLOTS_OF_WEEK = HOURS_OF_WEEK * SLOTS_PER_HOUR

WORK_DAY = (4, 2, 1, 1, 2, 6, 10, 26, 100, 106, 59, 59, 67, 74, 63, 64, 61, 70, 85, 50, 41, 20, 14, 12)
"""Arrivals per hour of the day, per thousand: the digest, with the hours before seven smoothed (a few regular cars)."""

STREET_DAY = (4, 2, 1, 1, 2, 4, 6, 14, 28, 34, 36, 40, 46, 50, 52, 58, 61, 70, 85, 50, 41, 24, 18, 12)
"""The same in a street where people live: the digest from four in the afternoon. Before that fewer, for its arrivals of
the morning, with stays of a working day, are those of people at work: own estimate."""

WEEKEND = (6, 4, 2, 1, 1, 2, 4, 10, 22, 38, 50, 58, 62, 64, 64, 62, 62, 66, 66, 52, 40, 28, 20, 12)
"""The same on Saturday and Sunday: no one comes to work. Own estimate, for the digest cannot tell these days apart."""

DAYS_OF_WEEK = {"straat": (STREET_DAY, WEEKEND), "werk": (WORK_DAY, WEEKEND)}
"""Arrivals on a workday and on a day of the weekend, by kind of pole."""

FAST_DAY = (4, 2, 2, 2, 4, 10, 25, 50, 60, 60, 62, 66, 68, 66, 66, 70, 78, 80, 68, 52, 40, 30, 20, 12)
"""The same at a fast charger on every day. Own estimate."""

BANDS = (0, 6, 9, 12, 15, 17, 19, 21)
"""First hours of the bands of arrival for which stays were digested."""

NIGHT_SHARES = (0.26, 0.0, 0.015, 0.06, 0.22, 0.37, 0.50, 0.84)
"""Per band the share that stays till the next morning or longer: the digest of 2018."""

NIGHTS_NOW = {"straat": 1.5, "werk": 1.0}
"""In a street nights are so much more frequent than in the digest of all places: a mean stay of about 8 h (2025)."""

MOST_NIGHTS = 0.95

CHANCES = (0.02, 0.10, 0.25, 0.50, 0.75, 0.90, 0.98)
"""Of the stays so many are shorter than the hours in the tables below."""

DAY_HOURS = (
    (0.4, 1.2, 2.5, 5.0, 8.0, 10.0, 12.0),
    (0.6, 1.7, 3.5, 6.3, 8.8, 9.5, 11.8),
    (0.2, 0.8, 1.8, 3.5, 6.4, 8.6, 10.8),
    (0.2, 0.5, 1.2, 2.4, 4.0, 5.4, 7.9),
    (0.2, 0.4, 0.8, 1.7, 3.1, 5.0, 7.3),
    (0.2, 0.5, 1.3, 2.4, 3.7, 4.8, 6.1),
    (0.2, 0.6, 1.4, 2.1, 3.1, 3.9, 5.7),
    (0.2, 0.4, 1.1, 1.8, 2.5, 3.7, 6.3),
)
"""Hours connected per band of those who leave the same day: the digest; the first band is smoothed (few cars)."""

NIGHT_HOURS = (
    (6.2, 6.6, 7.6, 9.3, 11.0, 15.3, 39.8),
    (20.0, 22.0, 24.0, 26.0, 34.0, 46.0, 48.0),
    (18.8, 20.4, 21.3, 25.5, 43.2, 46.0, 48.0),
    (16.3, 17.0, 18.0, 19.7, 24.0, 43.3, 48.0),
    (14.3, 15.0, 15.8, 16.9, 18.8, 23.4, 47.5),
    (12.2, 13.1, 13.7, 14.8, 16.8, 23.5, 48.0),
    (10.3, 10.9, 11.6, 12.7, 14.1, 16.7, 36.7),
    (7.5, 8.7, 9.5, 10.9, 13.2, 18.0, 43.8),
)
"""The same of those who stay the night; `LONGEST_MIN` at most."""

FAST_HOURS = (0.15, 0.25, 0.35, 0.5, 0.7, 0.9, 1.2)
"""The same at a fast charger. Own estimate."""

SHORTEST_MIN, LONGEST_MIN = 5, 48 * 60
"""Shortest and longest stay, in minutes."""

STAYS = 256
"""Equally likely stays per hour of arrival."""

_SLOTS_OF_STAY = LONGEST_MIN // SLOT_MIN + 1

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rhythm:
    """The week of one charge point that is full at its busiest hour; slots of `SLOT_MIN`, local time."""

    starts: Floats
    """Sessions that start per slot of the week."""
    occupancy: Floats
    """Share of the slot in which a car is there."""
    stays: Ints
    """Minutes of the `STAYS` equally likely stays, per hour of the day of arrival."""

    @property
    def by_hour(self) -> Floats:
        """Occupancy per hour of the week; the highest is 1."""
        return np.asarray(self.occupancy.reshape(HOURS_OF_WEEK, SLOTS_PER_HOUR).mean(axis=1), dtype=float)

    @property
    def peak_factor(self) -> float:
        """Occupancy at the busiest hour over that of the whole week."""
        return 1.0 / float(self.occupancy.mean())

    @property
    def mean_stay_h(self) -> float:
        """Mean hours connected."""
        return float(self.occupancy.sum() * SLOT_MIN / 60 / self.starts.sum())


@lru_cache(maxsize=4)
def rhythm_of(kind: str) -> Rhythm:
    """The week of a pole of a kind: ``straat``, ``werk`` or ``snel``.

    >>> week = rhythm_of("straat")
    >>> round(week.mean_stay_h, 1), round(week.peak_factor, 2), int(week.by_hour.argmax()) % 24
    (8.0, 1.19, 21)
    """
    workday, weekend = DAYS_OF_WEEK.get(kind, (FAST_DAY, FAST_DAY))
    days = [workday] * 5 + [weekend] * 2
    rates = np.repeat(np.concatenate([np.array(day) / sum(day) for day in days]), SLOTS_PER_HOUR)
    stays = _stays(NIGHTS_NOW[kind]) if kind in NIGHTS_NOW else _fast_stays()
    occupancy = _occupancy(rates, stays)
    busiest = float(occupancy.reshape(-1, SLOTS_PER_HOUR).mean(axis=1).max())
    return Rhythm(rates / busiest, occupancy / busiest, stays)


def _fast_stays() -> Ints:
    return np.tile(_quantiles(FAST_HOURS, STAYS), (24, 1))


def _stays(more_nights: float) -> Ints:
    """Equally likely stays per hour of arrival: those of the day and those of the night by their share."""
    found = []
    for hour in range(24):
        band = sum(hour >= first for first in BANDS) - 1
        nights = round(STAYS * min(NIGHT_SHARES[band] * more_nights, MOST_NIGHTS))
        day, night = _quantiles(DAY_HOURS[band], STAYS - nights), _quantiles(NIGHT_HOURS[band], nights)
        found.append(np.concatenate([day, night]))
    return np.array(found)


def _quantiles(hours: tuple[float, ...], count: int) -> Ints:
    """So many equally likely stays in minutes from a table of hours at `CHANCES`; the ends are flat."""
    chances = (np.arange(count) + 0.5) / max(count, 1)
    minutes = np.interp(chances, CHANCES, np.array(hours) * 60)
    return np.clip(np.rint(minutes), SHORTEST_MIN, LONGEST_MIN).astype(np.int64)


def _occupancy(starts: Floats, stays: Ints) -> Floats:
    """Occupancy per slot of a week that repeats itself."""
    lags = np.arange(_SLOTS_OF_STAY + 1)
    hours = np.arange(SLOTS_OF_WEEK) // SLOTS_PER_HOUR % 24
    found = np.zeros(SLOTS_OF_WEEK)
    for hour in range(24):
        staying = _staying(stays[hour] / SLOT_MIN, lags)
        here = np.where(hours == hour, starts, 0.0)
        for lag, share in zip(lags.tolist(), staying.tolist(), strict=True):
            found += share * np.roll(here, lag)
    return found


def _staying(slots: Floats, lags: Ints) -> Floats:
    """Share of a slot, `lags` after that of arrival, that a stay covers; arrivals are even over their slot."""

    def covered(until: Floats) -> Floats:
        """Integral of the slots covered before `until` over the moments of arrival."""
        inside = np.clip(until, 0.0, slots[:, None])
        return inside**2 / 2 + slots[:, None] * np.maximum(until - slots[:, None], 0.0)

    at = lags[None, :].astype(float)
    return np.asarray((covered(at + 1) - 2 * covered(at) + covered(at - 1)).mean(axis=0), dtype=float)
