"""Simulated use of poles at known rates: what estimates of laaddruk and dates are held against.

Cars arrive as a Poisson process with a rate per hour of the week that grows by the year. They want any point of their
area; who finds all taken is lost, or waits. Nothing of `laadplan.demand` is used to make it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.demand import DemandAreas
from laadplan.contracts.monitoring import HOURS_OF_WEEK, UseHours, UseWeeks
from laadplan.contracts.sources import ChargePoints

WORKDAY = (2, 1, 1, 1, 1, 2, 5, 12, 18, 16, 12, 11, 11, 11, 12, 16, 26, 42, 44, 34, 24, 17, 10, 5)
WEEKEND = (3, 2, 1, 1, 1, 1, 2, 3, 7, 13, 17, 19, 18, 17, 17, 18, 21, 22, 21, 17, 13, 11, 8, 6)
RATES = np.array([*WORKDAY * 5, *WEEKEND * 2]) / sum([*WORKDAY * 5, *WEEKEND * 2])
"""Share of the arrivals of a week per hour of it."""

NIGHT_SHARE, EVENING, NIGHT_H, DAY_H, SPREAD = 0.45, 16, 12.0, 3.5, 0.45
EVSE_PER_POLE = 2
MONDAY = date(2026, 1, 5)
"""First day after the data."""


@dataclass(frozen=True)
class Stays:
    """Sessions of one area in hours from the first Monday, each at a pole."""

    start: np.ndarray
    end: np.ndarray
    pole: np.ndarray
    poles: int


def generator(seed):
    """A generator of random numbers: always the same for a seed."""
    return np.random.default_rng(seed)


def lengths(start, random):
    """Hours connected: some of those that come in the evening stay for the night."""
    night = (start % 24 >= EVENING) & (random.random(len(start)) < NIGHT_SHARE)
    return np.where(night, NIGHT_H, DAY_H) * np.exp(random.normal(0.0, SPREAD, len(start)))


def unit_course(number=400_000):
    """Cars connected on average per hour of the week at one arrival a week, when none is lost: by counting many."""
    random = np.random.default_rng(1)
    start = random.choice(HOURS_OF_WEEK, number, p=RATES) + random.random(number)
    stays = Stays(start, start + lengths(start, random), np.zeros(number, dtype=int), 1)
    return connected_hours(stays, 3)[0].reshape(3, HOURS_OF_WEEK).sum(axis=0) / number


def simulate(peak_load, poles, weeks, random, *, growth=0.0, unit_peak, waits=False):
    """Sessions of an area of which the load at the busiest hour is so many erlang at the end.

    Parameters
    ----------
    growth
        Share per year.
    unit_peak
        Highest of `unit_course`.
    waits
        Who finds all points taken waits for the first that comes free; else he is lost.
    """
    years = (np.arange(weeks) + 0.5 - weeks) * 7 / 365.25
    arrivals = random.poisson(peak_load / unit_peak * (1 + growth) ** years)
    start = np.repeat(np.arange(weeks), arrivals) * HOURS_OF_WEEK
    start = np.sort(start + random.choice(HOURS_OF_WEEK, len(start), p=RATES) + random.random(len(start)))
    stay, luck = lengths(start, random), random.random(len(start))
    free, found = np.zeros(poles * EVSE_PER_POLE), []
    for number, (begin, hours) in enumerate(zip(start, stay, strict=True)):
        at = np.flatnonzero(free <= begin)
        if len(at) or waits:
            point = at[int(luck[number] * len(at))] if len(at) else int(free.argmin())
            begin = max(begin, free[point])
            free[point] = begin + hours
            found.append((begin, begin + hours, point // EVSE_PER_POLE))
    table = np.array(found).reshape(-1, 3)
    return Stays(table[:, 0], table[:, 1], table[:, 2].astype(int), poles)


def connected_hours(stays, weeks):
    """Hours connected per pole and hour from the first Monday on."""
    size = weeks * HOURS_OF_WEEK
    hours = np.zeros((stays.poles, size + 2))
    start, end = np.minimum(stays.start, size), np.minimum(stays.end, size)
    first, last = start.astype(int), end.astype(int)
    steps = np.zeros_like(hours)
    np.add.at(steps, (stays.pole, first), 1.0)
    np.add.at(steps, (stays.pole, last), -1.0)
    hours += np.cumsum(steps, axis=1)
    np.add.at(hours, (stays.pole, first), -(start - first))
    np.add.at(hours, (stays.pole, last), end - last)
    return hours[:, :size]


def frames(areas, weeks, period=13):
    """`UseWeeks`, `UseHours`, `ChargePoints` and `DemandAreas` of areas with their sessions, not yet checked."""
    mondays = [(MONDAY - timedelta(weeks=weeks - week)).isoformat() for week in range(weeks)]
    parts, points, squares = ([], []), {}, {}
    for number, stays in enumerate(areas):
        code = f"BU{number:08d}"
        squares[code] = shapely.box(
            1000 * (number % 250),
            300_000 + 1000 * (number // 250),
            1000 * (number % 250) + 900,
            300_900 + 1000 * (number // 250),
        )
        middle = squares[code].centroid
        names = [f"{code[2:]}-{pole:02d}" for pole in range(stays.poles)]
        points |= {name: shapely.Point(middle.x + 10 * pole, middle.y) for pole, name in enumerate(names)}
        hours = connected_hours(stays, weeks).reshape(stays.poles, weeks, HOURS_OF_WEEK)
        starts = np.zeros((stays.poles, weeks))
        np.add.at(starts, (stays.pole, np.minimum(stays.start // HOURS_OF_WEEK, weeks - 1).astype(int)), 1.0)
        parts[0].append(_weeks(names, mondays, hours.sum(axis=2), starts))
        parts[1].append(_hours(names, hours[:, -period:].sum(axis=1), min(period, weeks)))
    return (
        _keyed(pd.concat(parts[0]), "week_on", UseWeeks),
        _keyed(pd.concat(parts[1]), "hour_of_week", UseHours),
        charge_points(points),
        demand_areas(squares),
    )


def charge_points(places):
    """`ChargePoints` at places, with two points each."""
    about = {
        "name": None,
        "address": [f"Laadstraat {number}" for number in range(1, len(places) + 1)],
        "operator": None,
        "access": "openbaar",
        "evse_count": EVSE_PER_POLE,
        "max_power_kw": 11.0,
        "updated_at": None,
        "in_area": True,
    }
    index = pd.Index(list(places), dtype="str", name="location_id")
    table = pd.DataFrame(about, index=index).astype(ChargePoints.kinds())
    return ChargePoints.checked(gpd.GeoDataFrame(table, geometry=list(places.values()), crs=28992))


def demand_areas(squares):
    """`DemandAreas` of squares."""
    index = pd.Index(list(squares), dtype="str", name="area_id")
    table = pd.DataFrame({"name": [f"Buurt {code}" for code in squares], "kind": "buurt"}, index=index)
    table = table.astype(DemandAreas.kinds())
    return DemandAreas.checked(gpd.GeoDataFrame(table, geometry=list(squares.values()), crs=28992))


def _weeks(names, mondays, connected, starts):
    poles, weeks = connected.shape
    return pd.DataFrame(
        {
            "location_id": np.repeat(names, weeks),
            "week_on": np.tile(mondays, poles),
            "evses": float(EVSE_PER_POLE),
            "observed_h": float(EVSE_PER_POLE * HOURS_OF_WEEK),
            "connected_h": connected.ravel(),
            "sessions": starts.ravel(),
            "energy_kwh": 18.0 * starts.ravel(),
        }
    )


def _hours(names, connected, weeks):
    return pd.DataFrame(
        {
            "location_id": np.repeat(names, HOURS_OF_WEEK),
            "hour_of_week": np.tile(np.arange(HOURS_OF_WEEK), len(names)),
            "evses": float(EVSE_PER_POLE),
            "observed_h": float(EVSE_PER_POLE * weeks),
            "connected_h": connected.ravel(),
        }
    )


def _keyed(frame, second, contract):
    key = frame[second].map("{:03d}".format) if second == "hour_of_week" else frame[second]
    frame.index = pd.Index(frame["location_id"] + "|" + key, dtype="str", name=contract.index_name())
    return contract.checked(frame[contract.columns()].astype(contract.kinds()))
