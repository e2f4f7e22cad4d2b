"""Use of calculation areas by week and by hour of the week, as far as it may be told.

In: `Subjects` of areas and their courses. Out: `LaaddrukWeeks`, `LaaddrukHours`.

Hard decisions, for a driver's sake: only areas with two poles that are told of; no week with fewer sessions than a pole
must have; and where one week of the period of measuring is left out for that, the quietest other one too, for else it
follows from the figures of the whole period. Hours are those of the course that leans on greater groups, not a count.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.monitoring import HOURS_OF_WEEK, LaaddrukHours, LaaddrukWeeks
from laadplan.demand.pole_use import HOURS_PER_SESSION, PoleUse
from laadplan.demand.profiles import Courses
from laadplan.demand.subjects import HOURS_OF_WEEK_SUM, Subjects

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def weeks_told(areas: Subjects, use: PoleUse, shown: Flags, monitoring: Monitoring) -> pd.DataFrame:
    """Occupancy, energy and sessions per area and week as `LaaddrukWeeks`, not yet checked.

    Parameters
    ----------
    areas
        All areas; the last row, of poles in none, is left out.
    shown
        Areas with poles enough.
    """
    busy = np.where(np.isnan(areas.sessions), areas.connected_h / HOURS_PER_SESSION, areas.sessions)
    told = _not_alone(busy, areas.observed_h > 0, use.period, monitoring.sessions_least) & shown[:, None]
    told[-1] = False
    row, week = np.nonzero(told)
    codes = areas.about["code"].to_numpy()[row]
    days = np.array([day.isoformat() for day in use.weeks], dtype=object)[week]
    frame = pd.DataFrame(
        {
            "area_id": codes,
            "week_on": days,
            "evses": (areas.observed_h[row, week] / HOURS_OF_WEEK_SUM).round(2),
            "occupancy_share": (areas.connected_h[row, week] / areas.observed_h[row, week]).round(4),
            "kwh": areas.energy_kwh[row, week].round(1),
            "sessions": areas.sessions[row, week],
        },
        index=pd.Index(codes + "|" + days, dtype="str", name=LaaddrukWeeks.index_name()),
    )
    frame = frame[frame["evses"] > 0]
    return frame.astype(LaaddrukWeeks.kinds())


def hours_told(areas: Subjects, courses: Courses, shown: Flags) -> pd.DataFrame:
    """Occupancy per area and hour of the week as `LaaddrukHours`, not yet checked."""
    rows = np.flatnonzero(shown[:-1] & (areas.hours_observed[:-1].sum(axis=1) > 0))
    codes = np.repeat(areas.about["code"].to_numpy()[rows], HOURS_OF_WEEK)
    hours = np.tile(np.arange(HOURS_OF_WEEK), len(rows))
    names = [f"{code}|{hour:03d}" for code, hour in zip(codes, hours, strict=True)]
    frame = pd.DataFrame(
        {"area_id": codes, "hour_of_week": hours, "occupancy_share": courses.occupancy()[rows].ravel().round(4)},
        index=pd.Index(names, dtype="str", name=LaaddrukHours.index_name()),
    )
    return frame.astype(LaaddrukHours.kinds())


def _not_alone(busy: Floats, observed: Flags, period: int, least: int) -> Flags:
    """Weeks with sessions enough, of the period never all but one."""
    told = observed & (busy >= least)
    if not period:
        return told
    recent = slice(-period, None)
    alone = (observed & ~told)[:, recent].sum(axis=1) == 1
    quietest = np.where(told[:, recent], busy[:, recent], np.inf).argmin(axis=1)
    told[np.flatnonzero(alone), told.shape[1] - period + quietest[alone]] = False
    return told
