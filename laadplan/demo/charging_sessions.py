"""Single charging sessions of the demo town that add up to the months of a pole exactly.

In: a ``PoleUse``. Out: ``Session``, by month in order of start. Cars arrive as a Poisson process with a rate per hour
of the week; the number per month being given, arrivals are drawn from that rate. Who finds all points taken, waits.
Times are winter time (UTC+1) the whole year: its clock is never changed. Ids are random; no card and no person is in
it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from laadplan.demo.charging import MonthUse, PoleUse, minutes_of
from laadplan.demo.names import hashed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WORKDAY = (2, 1, 1, 1, 1, 2, 5, 12, 18, 16, 12, 11, 11, 11, 12, 16, 26, 42, 44, 34, 24, 17, 10, 5)
WEEKEND = (4, 2, 1, 1, 1, 1, 2, 4, 9, 16, 21, 23, 22, 21, 21, 22, 25, 27, 25, 20, 16, 13, 10, 7)
"""Arrivals per hour of the day, relative: people come home between five and seven. Own estimate."""

NIGHT_SHARE = 0.45
"""Of the sessions that begin after `EVENING` so many stay till the morning. Own estimate."""

EVENING = 16
"""Hour from which a car may stay for the night."""

NIGHT_HOURS, DAY_HOURS = 13.5, 4.0
"""Typical lengths in hours, before they are made to fit the month. Own estimate."""

SPREAD = 0.45
"""Spread of lengths and energies (standard deviation of the logarithm)."""

SHORTEST_MIN, LONGEST_MIN = 10, 2 * 24 * 60
"""Shortest and longest session, in minutes."""

LEAST_WH = 300
"""Least energy of a session, in Wh."""

MOST_WH_PER_MIN = {False: 11_000 / 60, True: 150_000 / 60}
"""Power of a point in Wh per minute: 11 kW, or 150 kW at a fast charger."""

_STREAM = 430
"""Of the random generator."""

_ROUNDS = 40
"""Halvings by which the scale of a month is found."""

_SPARE = 1.05
"""A month that its sessions cannot hold within their limits has these widened by so much."""


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


def sessions_of(use: PoleUse, seed: int) -> Iterator[Session]:
    """Sessions of a pole; those that start in a month have its number, energy and time together.

    Parameters
    ----------
    use
        Twelve months of one pole.
    seed
        Source of all chance, with the id of the pole.
    """
    random = np.random.default_rng([seed, _STREAM, int(hashed(seed, use.pole_id)[:12], 16)])
    free = [(0, point) for point in range(1, use.evse + 1)]
    epoch = datetime.fromisoformat(f"{use.months[0].month}-01")
    begin = 0
    for month in use.months:
        length = minutes_of(month.month)
        arrivals = _arrivals(month.sessions, length, (epoch + timedelta(minutes=begin)).weekday(), random)
        minutes = _lengths(arrivals, month.connected_min, random)
        energies = _energies(minutes, month, random, is_fast=use.kind == "snel")
        placed, free = _place(arrivals + begin, minutes, begin + length, free)
        name = hashed(seed, "sessie", use.pole_id, month.month)[:28]
        for serial, (start, place, point, stay) in enumerate(placed):
            yield Session(
                f"{name}{serial:04x}",
                use.pole_id,
                point,
                epoch + timedelta(minutes=start),
                epoch + timedelta(minutes=start + stay),
                int(energies[place]),
            )
        begin += length


def _arrivals(count: int, length_min: int, weekday: int, random: np.random.Generator) -> Ints:
    """Minutes of arrival within a month that begins on a day of the week (0 is Monday), in order."""
    days = length_min // (24 * 60)
    rates = np.concatenate([WEEKEND if (weekday + day) % 7 > 4 else WORKDAY for day in range(days)]).astype(float)
    hours = random.choice(len(rates), size=count, p=rates / rates.sum())
    return np.sort(hours * 60 + random.integers(0, 60, count)).astype(np.int64)


def _lengths(arrivals: Ints, total_min: int, random: np.random.Generator) -> Ints:
    """Minutes connected per session; together `total_min`."""
    evening = arrivals // 60 % 24 >= EVENING
    stays = evening & (random.random(len(arrivals)) < NIGHT_SHARE)
    weights = np.where(stays, NIGHT_HOURS, DAY_HOURS) * random.lognormal(0.0, SPREAD, len(arrivals))
    limits = np.full(len(arrivals), float(LONGEST_MIN))
    return share_out(total_min, weights, float(SHORTEST_MIN), limits)


def _energies(minutes: Ints, month: MonthUse, random: np.random.Generator, *, is_fast: bool) -> Ints:
    """Energy per session in Wh, within the power of the point; together that of the month."""
    weights = random.lognormal(0.0, SPREAD, len(minutes)) * np.sqrt(minutes)
    return share_out(month.energy_wh, weights, float(LEAST_WH), minutes.astype(np.float64) * MOST_WH_PER_MIN[is_fast])


def share_out(total: int, weights: Floats, least: float, most: Floats) -> Ints:
    """Whole numbers that add up to `total`, in proportion to the weights, between `least` and `most` where that fits.

    >>> share_out(10, np.array([1.0, 1.0, 8.0]), 1.0, np.array([9.0, 9.0, 5.0])).tolist()
    [3, 2, 5]
    """
    least = min(least, total / len(weights))
    most = np.maximum(most, least)
    if most.sum() < total:
        most = most * (_SPARE * total / most.sum())
    low, high = 0.0, (total + 1.0) / float(weights.min())
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * weights, least, most).sum() < total else (low, middle)
    return _rounded(np.clip(high * weights, least, most), total)


def _rounded(values: Floats, total: int) -> Ints:
    """Values in whole numbers that add up to `total`: the largest remainders go up."""
    whole = np.floor(values).astype(np.int64)
    order = np.argsort(-(values - whole), kind="stable")
    short = total - int(whole.sum())
    whole[order[: max(short, 0) % len(values)]] += 1
    whole[order[0]] += total - int(whole.sum())
    return whole


Placed = tuple[int, int, int, int]
"""Start in minutes of the year, place in the month, point, minutes connected."""


def _place(
    arrivals: Ints, minutes: Ints, month_end: int, free: list[tuple[int, int]]
) -> tuple[list[Placed], list[tuple[int, int]]]:
    """Sessions put at the first point that is free, in order of start; `free` has (minute, point) in which each is.

    Who would have to wait till the next month is put into the time of a long session instead (`_squeeze`).
    """
    heap = sorted(free)
    placed: list[Placed] = []
    late: list[tuple[int, int]] = []
    for place, (arrival, stay) in enumerate(zip(arrivals.tolist(), minutes.tolist(), strict=True)):
        free_at, point = heap[0]
        start = max(arrival, free_at)
        if start >= month_end:
            late.append((place, stay))
            continue
        heapq.heapreplace(heap, (start + stay, point))
        placed.append((start, place, point, stay))
    for place, stay in late:
        placed, heap = _squeeze(placed, heap, (place, stay), month_end)
    return sorted(placed), sorted(heap)


def _squeeze(
    placed: list[Placed], heap: list[tuple[int, int]], late: tuple[int, int], month_end: int
) -> tuple[list[Placed], list[tuple[int, int]]]:
    """Put a session into the second half of the longest one; minutes cut off go to the last session at that point."""
    place, stay = late
    hosts = [index for index, (start, _, _, whole) in enumerate(placed) if start + whole - whole // 2 < month_end]
    target = max(hosts, key=lambda index: (placed[index][3], index))
    start, host, point, whole = placed[target]
    kept = whole - whole // 2
    squeezed = min(stay, whole - kept)
    moved = list(placed)
    moved[target] = (start, host, point, kept)
    moved.append((start + kept, place, point, squeezed))
    last = max((index for index, other in enumerate(moved) if other[2] == point), key=lambda index: moved[index][0])
    begun, mark, _, length = moved[last]
    length += whole + stay - kept - squeezed
    moved[last] = (begun, mark, point, length)
    ends = {other: minute for minute, other in heap}
    ends[point] = begun + length
    return moved, [(minute, other) for other, minute in sorted(ends.items())]
