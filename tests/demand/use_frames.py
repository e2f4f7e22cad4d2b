"""Use of poles by hand: the same in each week, shaped as an evening or flat."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.monitoring import HOURS_OF_WEEK, UseHours, UseWeeks
from laadplan.demand.laaddruk import measure_laaddruk
from tests.demand.simulated import MONDAY, charge_points, demand_areas
from tests.frames import X, Y

EVENING = np.where(np.isin(np.arange(HOURS_OF_WEEK) % 24, range(17, 23)), 2.0, 1.0)
"""Course of a week: twice as busy from 17:00 to 23:00. Its middle, from 19:00, is not touched by smoothing."""

AREAS = demand_areas({"BU1": shapely.box(X, Y, X + 100, Y + 100), "BU2": shapely.box(X + 100, Y, X + 200, Y + 100)})
MONITORING = Monitoring()
MONDAYS = [(MONDAY - timedelta(weeks=52 - week)).isoformat() for week in range(52)]


def poles(places):
    """Charge points at places in metres from the corner point."""
    return charge_points({name: shapely.Point(X + x, Y + y) for name, (x, y) in places.items()})


def use(shares, *, weeks=52, sessions=20.0, growth=0.0, changed=None):
    """`UseWeeks` and `UseHours` of poles of two points with an occupancy at ordinary hours.

    Parameters
    ----------
    shares
        Occupancy at the end by location.
    growth
        Share per year.
    changed
        By location and number of the week (0: first): columns of that week with another value.
    """
    level = EVENING.mean()
    rows = []
    for name, share in shares.items():
        for number in range(52 - weeks, 52):
            grown = (1 + growth) ** ((number + 0.5 - 52) * 7 / 365.25)
            hours = 2.0 * HOURS_OF_WEEK
            row = (2.0, hours, hours * share * level * grown, sessions * grown, 18 * sessions * grown)
            rows.append((name, MONDAYS[number], *row))
    table = pd.DataFrame(rows, columns=UseWeeks.columns())
    table.index = pd.Index(table["location_id"] + "|" + table["week_on"], dtype="str", name="use_id")
    for (name, number), values in (changed or {}).items():
        table.loc[f"{name}|{MONDAYS[number]}", list(values)] = list(values.values())
    return UseWeeks.checked(table.astype(UseWeeks.kinds())), hours_of(shares, min(weeks, 13), growth)


def hours_of(shares, weeks=13, growth=0.0):
    """`UseHours` with the course of an evening."""
    grown = np.mean([(1 + growth) ** ((number + 0.5 - weeks) * 7 / 365.25) for number in range(weeks)])
    parts = [
        pd.DataFrame(
            {
                "location_id": name,
                "hour_of_week": np.arange(HOURS_OF_WEEK),
                "evses": 2.0,
                "observed_h": 2.0 * weeks,
                "connected_h": 2.0 * weeks * share * grown * EVENING,
            }
        )
        for name, share in shares.items()
    ]
    table = pd.concat(parts)
    key = table["location_id"] + "|" + table["hour_of_week"].map("{:03d}".format)
    table.index = pd.Index(key, dtype="str", name="use_id")
    return UseHours.checked(table.astype(UseHours.kinds()))


def measured(frames, places, *, monitoring=MONITORING, today=MONDAY, areas=AREAS, quality=None):
    """The three frames of laaddruk."""
    return measure_laaddruk(*frames, poles(places), areas, monitoring, today, quality=quality)


def day(text):
    """A date of its text."""
    return date.fromisoformat(text)
