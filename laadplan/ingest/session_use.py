"""Use of charging locations from any number of sessions, in bounded memory.

In: the same deliveries as `laadplan.ingest.sessions`, and the same rules; of 50 million sessions none is ever held in
Python. Out: `UseWeeks` and `UseHours`, confidential. Hard decisions:

- Whole microseconds and thousandths of a watt-hour are added up: sums do not depend on the order or the number of
  processors, and time is UTC until a week or an hour of the week is asked for.
- A session counts in every week and hour in which the car was there; its number and its energy where it began.
- The data end with the day on which the last session began: CDRs are written when a session ends, so later hours are
  filled by the long sessions only. A last week that is not over by then is not told of, but counted.
- When an EVSE was observed: see `laadplan.ingest.session_use_time`.
"""

import logging
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pandas as pd

from laadplan.contracts.monitoring import HOURS_OF_WEEK, UseHours, UseWeeks
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.session_rules import NO_TIME
from laadplan.ingest.session_use_rows import add_rows, prepare
from laadplan.ingest.session_use_rules import keep_plausible, keep_valid, number_spots, set_apart
from laadplan.ingest.session_use_sums import (
    HourSums,
    WeekSums,
    find_calendar,
    find_slots,
    slots_in_use,
    sum_use,
    tell_all,
)
from laadplan.ingest.session_use_time import Calendar

LOGGER = logging.getLogger(__name__)

MEMORY_MB = 900
"""Memory that DuckDB may use: with Python and the frames less than 2 GiB; beyond it, it writes to the work folder."""

THREADS = 4
"""Cores that DuckDB may use."""


def read_use(
    path: Parts,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    unit: Literal["kWh", "Wh"] | None = None,
    evses: pd.Series | None = None,
    places: pd.Series | None = None,
    power_kw: pd.Series | None = None,
    until: date | None = None,
    weeks: int = 13,
    folder: Path | None = None,
    quality: Quality | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sessions as `UseWeeks` (every week that is over) and `UseHours` (the last complete weeks).

    Parameters
    ----------
    path
        A file, a folder with pages, or several of these.
    layer, columns
        Of a table: its sheet, and our column name to its own.
    unit
        Unit of the energy; None: Wh where the median is above 500, else kWh.
    evses
        EVSE per location; sessions elsewhere are left out. None: all locations, with the EVSE that were seen.
    places
        Location per EVSE id, for sessions that state no location.
    power_kw
        Highest power per location in kW: more energy than that is not believed where a session states no power.
    until
        Sessions that begin after this day are dropped, and the data end with it; None: none.
    weeks
        Complete weeks of which `UseHours` tells, fewer where there are no more.
    folder
        Where the work files lie while this runs, about 60 bytes per session; None: that of the system.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is damaged, is no list of sessions, a column is missing, or not one session has times that can be read.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    with tempfile.TemporaryDirectory(prefix="laadplan-", dir=folder) as work:
        try:
            with duckdb.connect(f"{work}/sessions.duckdb", config=_settings(work)) as database:
                prepare(database)
                for file in files:
                    add_rows(database, file, layer=layer, columns=columns or {})
                keep_valid(database, quality)
                _refuse_timeless(quality, str(files[0]))
                locations = number_spots(database, evses, places)
                keep_plausible(database, unit, until, power_kw, quality)
                set_apart(database, quality)
                tell_all(database, quality)
                slots = find_slots(database, locations, evses, quality)
                if slots.empty:
                    quality.find("No session is at a known location: nothing can be told of any pole or area.")
                    return UseWeeks.empty(), UseHours.empty()
                calendar, gaps = find_calendar(database, until, quality)
                slots = slots_in_use(database, slots, calendar)
                per_week, per_hour = sum_use(database, slots, len(locations), calendar, gaps, weeks, quality)
        except duckdb.Error as error:
            words = f"The sessions cannot be added up ({type(error).__name__})."  # its text may quote a row
            todo = "Is there room on the disk? Else deliver them again."
            raise BadInput(words, where=str(files[0]), todo=todo) from None
    found = _use_weeks(per_week, locations, calendar), _use_hours(per_hour, locations)
    _tell_rest(per_week, calendar, quality)
    LOGGER.info("%s sessions read, %s kept, %s weeks of locations", quality.read, quality.kept, len(found[0]))
    return found


def _refuse_timeless(quality: Quality, where: str) -> None:
    """Refuses a delivery of which all that was left had no times: that is another form, not a town without sessions."""
    unread = quality.skipped.get(NO_TIME, 0)
    if unread and sum(quality.skipped.values()) == quality.read:
        todo = "Write times as 2026-03-30 14:05, or name their columns under 'columns' of this source."
        raise BadInput(f"None of {unread} sessions has a begin and an end that can be read.", where=where, todo=todo)


def _settings(work: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": THREADS,
        "temp_directory": work,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _use_weeks(sums: WeekSums, locations: pd.Index, calendar: Calendar) -> pd.DataFrame:
    here = sums.evses > 0
    here[:, calendar.over :] = False
    location, week = np.nonzero(here)
    values = {
        "evses": sums.evses[here].astype(float),
        "observed_h": sums.observed_h[here],
        "connected_h": sums.connected_h[here],
        "sessions": sums.sessions[here],
        "energy_kwh": sums.energy_kwh[here],
    }
    ids, days = _taken(locations, location), _taken(calendar.mondays, week)
    frame = pd.DataFrame({"location_id": ids, "week_on": days, **values})
    return UseWeeks.checked(frame.set_axis(pd.Index(ids + "|" + days, name="use_id", dtype="str")))


def _tell_rest(sums: WeekSums, calendar: Calendar, quality: Quality) -> None:
    """Notes how many sessions began in a week that was not over."""
    quality.facts["sessions_in_week_not_over"] = int(sums.sessions[:, calendar.over :].sum())


def _use_hours(sums: HourSums | None, locations: pd.Index) -> pd.DataFrame:
    if sums is None:
        return UseHours.empty()
    here = sums.observed_h > 0
    location, hour = np.nonzero(here)
    values = {
        "evses": sums.evses[location].astype(float),
        "observed_h": sums.observed_h[here],
        "connected_h": sums.connected_h[here],
    }
    ids, labels = _taken(locations, location), _taken([f"{each:03d}" for each in range(HOURS_OF_WEEK)], hour)
    frame = pd.DataFrame({"location_id": ids, "hour_of_week": hour.astype(np.int64), **values})
    return UseHours.checked(frame.set_axis(pd.Index(ids + "|" + labels, name="use_id", dtype="str")))


def _taken(texts: Sequence[str] | pd.Index, places: np.ndarray) -> pd.Series:
    """The texts at these places."""
    return pd.Series(texts, dtype="str").take(places).reset_index(drop=True)
