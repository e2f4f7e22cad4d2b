"""Single charging sessions of the demo town, drawn so that a pole is as full as was planted.

In: a ``PoleUse``. Out: ``Session`` in order of start, and what they are together per month (``months_of``). The week
follows the clock on the wall; times are winter time (UTC+1) the whole year, so that no hour is lost or comes twice. Ids
are random; no card and no person is in it.

Hard decisions: a free point gets a car with the chance that makes its expected occupancy exactly what was planted
(``charging_rhythm``). Four weeks are drawn again until their connected time is that expected, but for `NOISE`: a year
of one pole would otherwise say little of its growth. Nobody waits, and no point holds two cars.
"""

import calendar
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import log1p

import numpy as np
import numpy.typing as npt

from laadplan.demo.charging_rhythm import SLOT_MIN, SLOTS_OF_WEEK, SLOTS_PER_HOUR, STAYS, rhythm_of
from laadplan.demo.charging_use import DAYS_PER_YEAR, LEVEL_ON, SEASON, USE_YEAR, PoleUse
from laadplan.demo.names import hashed

Floats = npt.NDArray[np.float64]

SUMMER_TIME = (datetime(USE_YEAR, 3, 30, 2), datetime(USE_YEAR, 10, 26, 2))  # noqa: DTZ001 - winter time throughout
"""Between these the clock on the wall is an hour ahead of winter time."""

BLOCK_MIN = 4 * 7 * 24 * 60
"""Minutes of the stretches that are drawn at once; they begin on Mondays, but for the first, and the last is short."""

FIRST_BLOCK_MIN = BLOCK_MIN - 2 * 24 * 60
"""The year begins on a Wednesday."""

NOISE = 0.02
"""Largest difference of the connected time of a stretch from what is expected, as a share."""

TRIES = 60
"""Draws of a stretch; when none keeps to `NOISE`, the nearest is taken: stretches with few sessions vary more."""

FULL = 0.97
"""Occupancy above which a point is held to have a free moment."""

KWH, KWH_SPREAD = 21.0, 0.75
"""Energy that a car wants: mean in kWh, and the standard deviation of its logarithm (digest of 2018, where cars had
small batteries: 0.95 with them). Short stays take less: it comes to 16 kWh, in under four hours (2025, domain)."""

FAST_KWH, FAST_SPREAD = 34.0, 0.5
"""The same at a fast charger. Own estimate."""

CAR_KW = ((0.20, 3.7), (0.40, 7.4), (1.00, 11.0))
"""Highest power of cars on alternating current: share of cars up to and including it. Own estimate."""

FAST_KW = 120.0
EFFICIENCY = 0.95
"""Of the highest power so much is reached on average."""

WINTER_ENERGY = (1.12, 1.10, 1.05, 1.00, 0.95, 0.92, 0.90, 0.90, 0.94, 1.00, 1.05, 1.10)
"""kWh per session over the mean: cold costs energy. Own estimate."""

LEAST_WH = 100
"""Least energy of a session, in Wh."""

_MINUTES_PER_DAY = 24 * 60
_SLOTS = 365 * _MINUTES_PER_DAY // SLOT_MIN
_NEW_YEAR = datetime(USE_YEAR, 1, 1)  # noqa: DTZ001 - winter time throughout
_STREAM = 430
"""Of the random generator."""

_BUFFER = 1024
"""Chances drawn at once."""


@dataclass(frozen=True)
class Session:
    """One session: `point` counts from 1 on its pole; connected from `start` to `end`."""

    session_id: str
    pole_id: str
    point: int
    start: datetime
    end: datetime
    energy_wh: int

    @property
    def kwh(self) -> float:
        """Energy in kWh."""
        return self.energy_wh / 1000


@dataclass(frozen=True)
class MonthUse:
    """Use of a pole in one month: sessions that start in it with all their energy and time."""

    month: str
    """As ``2025-01``."""
    sessions: int
    energy_wh: int
    connected_min: int


@dataclass(frozen=True)
class _Stay:
    """A car at a point: minutes of the year."""

    start: int
    point: int
    end: int


@dataclass(frozen=True)
class _Course:
    """The year of one point of a pole, per slot."""

    expected: Floats
    """Occupancy; 0 where the pole serves nobody."""
    pressure: list[float]
    """Sum, from New Year to the begin of each slot, of the chances that a car starts at a free point."""
    closed: tuple[tuple[int, int], ...]
    """Minutes between which the pole served nobody."""


def months_of(sessions: Iterable[Session]) -> tuple[MonthUse, ...]:
    """The use of a pole per month, from its sessions; a month without any is not in it."""
    sums: dict[str, list[int]] = {}
    for session in sessions:
        month = sums.setdefault(f"{session.start:%Y-%m}", [0, 0, 0])
        minutes = (session.end - session.start) // timedelta(minutes=1)
        for place, more in enumerate((1, session.energy_wh, minutes)):
            month[place] += more
    return tuple(MonthUse(name, *found) for name, found in sorted(sums.items()))


def sessions_of(use: PoleUse, seed: int) -> Iterator[Session]:
    """Sessions of a pole that start in `USE_YEAR`, in order of start.

    Parameters
    ----------
    use
        What is planted there.
    seed
        Source of all chance, with the id of the pole.
    """
    random = np.random.default_rng([seed, _STREAM, int(hashed(seed, use.pole_id)[:12], 16)])
    course, stays = _course(use), rhythm_of(use.kind).stays.tolist()
    free, begin, year = [0] * use.evse, 0, _SLOTS * SLOT_MIN
    for end in (*range(FIRST_BLOCK_MIN, year, BLOCK_MIN), year):
        found, free = _block(course, stays, (begin, end), free, random)
        energies = _energies(found, random, is_fast=use.kind == "snel")
        name = hashed(seed, "sessie", use.pole_id, begin)[:28]
        for serial, (stay, energy) in enumerate(zip(found, energies, strict=True)):
            start, stop = (_NEW_YEAR + timedelta(minutes=minute) for minute in (stay.start, stay.end))
            yield Session(f"{name}{serial:04x}", use.pole_id, stay.point + 1, start, stop, energy)
        begin = end


@lru_cache(maxsize=1)
def _month_of_slots() -> npt.NDArray[np.int64]:
    """Per slot of the year its month, from 0."""
    days = np.array([calendar.monthrange(USE_YEAR, month)[1] for month in range(1, 13)])
    return np.repeat(np.arange(12), days * (_MINUTES_PER_DAY // SLOT_MIN))


@lru_cache(maxsize=1)
def _clock() -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Per slot of the year: the slot of the week on the wall, the season, and the years since `LEVEL_ON`."""
    slots = np.arange(_SLOTS)
    summer = [(moment - _NEW_YEAR) // timedelta(minutes=SLOT_MIN) for moment in SUMMER_TIME]
    wall = slots + SLOTS_PER_HOUR * ((slots >= summer[0]) & (slots < summer[1]))
    of_week = (wall + _NEW_YEAR.weekday() * 24 * SLOTS_PER_HOUR) % SLOTS_OF_WEEK
    season = np.array(SEASON)[_month_of_slots()]
    days = slots * SLOT_MIN / _MINUTES_PER_DAY - (LEVEL_ON - _NEW_YEAR.date()).days
    return of_week, season, days / DAYS_PER_YEAR


def _course(use: PoleUse) -> _Course:
    """How full a point of a pole is meant to be, and the chances by which that comes about."""
    of_week, season, years = _clock()
    rhythm = rhythm_of(use.kind)
    level = use.level * (1 + use.growth) ** years * season
    expected = np.minimum(level * rhythm.occupancy[of_week], FULL)
    opened = (use.opened_on - _NEW_YEAR.date()).days * _MINUTES_PER_DAY
    outages = [tuple((day - _NEW_YEAR.date()).days * _MINUTES_PER_DAY for day in outage) for outage in use.outages]
    closed = tuple((first, last) for first, last in ((0, opened), *outages) if last > first)
    serving = np.ones(_SLOTS)
    for first, last in closed:
        serving[first // SLOT_MIN : last // SLOT_MIN] = 0.0
    chance = serving * level * rhythm.starts[of_week] / (1 - expected)
    return _Course(expected * serving, np.concatenate([[0.0], np.cumsum(chance)]).tolist(), closed)


def _block(
    course: _Course,
    stays: Sequence[Sequence[int]],
    minutes: tuple[int, int],
    free: Sequence[int],
    random: np.random.Generator,
) -> tuple[list[_Stay], list[int]]:
    """Stays that begin in a stretch, and when each point is free afterwards: of several draws the first near enough."""
    begin, end = minutes
    wanted = float(course.expected[begin // SLOT_MIN : end // SLOT_MIN].sum()) * SLOT_MIN * len(free)
    wanted -= sum(min(until, end) - begin for until in free if until > begin)
    best: tuple[float, list[_Stay]] = (float("inf"), [])
    draws = iter(_Draws(random))
    for _ in range(TRIES):
        found = [
            stay for point, until in enumerate(free) for stay in _stays(course, stays, minutes, until, point, draws)
        ]
        off = abs(sum(min(stay.end, end) - stay.start for stay in found) - wanted)
        if off < best[0]:
            best = (off, found)
        if off <= NOISE * max(wanted, 0.0):
            break
    last = list(free)
    for stay in best[1]:
        last[stay.point] = max(last[stay.point], stay.end)
    return sorted(best[1], key=lambda stay: (stay.start, stay.point)), last


class _Draws:
    """Numbers between 0 and 1 without end, made many at a time."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random

    def __iter__(self) -> Iterator[float]:
        while True:
            yield from self._random.random(_BUFFER).tolist()


def _stays(
    course: _Course,
    stays: Sequence[Sequence[int]],
    minutes: tuple[int, int],
    free: int,
    point: int,
    draws: Iterator[float],
) -> Iterator[_Stay]:
    """One draw of the stays at a point within a stretch."""
    begin, end = minutes
    hours, pressure, at = _wall_hours(), course.pressure, max(begin, free)
    while at < end:
        slot, into = divmod(at, SLOT_MIN)
        target = pressure[slot] + (pressure[slot + 1] - pressure[slot]) * into / SLOT_MIN - log1p(-next(draws))
        slot = bisect_right(pressure, target) - 1
        if slot >= _SLOTS:
            return
        rise = pressure[slot + 1] - pressure[slot]
        start = slot * SLOT_MIN + int((target - pressure[slot]) / rise * SLOT_MIN)
        if start >= end:
            return
        at = start + stays[hours[slot]][int(next(draws) * STAYS)]
        at = min([at, *(first for first, _ in course.closed if first > start)])
        yield _Stay(start, point, at)


@lru_cache(maxsize=1)
def _wall_hours() -> list[int]:
    """Per slot of the year the hour of the day on the wall."""
    hours: list[int] = (_clock()[0] // SLOTS_PER_HOUR % 24).tolist()
    return hours


def _energies(found: Sequence[_Stay], random: np.random.Generator, *, is_fast: bool) -> list[int]:
    """Energy per stay in Wh: what the car wants, or what its power gives in the time."""
    mean, spread = (FAST_KWH, FAST_SPREAD) if is_fast else (KWH, KWH_SPREAD)
    warmth = np.array(WINTER_ENERGY)[_month_of_slots()[np.array([stay.start // SLOT_MIN for stay in found], dtype=int)]]
    wanted = warmth * mean * random.lognormal(-(spread**2) / 2, spread, len(found))
    shares, powers = np.array(CAR_KW).T
    power = powers[np.searchsorted(shares, random.random(len(found)))]
    hours = np.array([stay.end - stay.start for stay in found], dtype=float) / 60
    kwh = np.minimum(wanted, EFFICIENCY * hours * (FAST_KW if is_fast else power))
    wh: list[int] = np.maximum(np.rint(1000 * kwh), LEAST_WH).astype(int).tolist()
    return wh
