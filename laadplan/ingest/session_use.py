"""Use of charging locations from any number of sessions, in bounded memory.

In: the same deliveries as `laadplan.ingest.sessions`, and the same rules; of 50 million sessions none is ever held in
Python. Out: `UseWeeks` and `UseHours`, confidential. Hard decisions:

- Whole microseconds and thousandths of a watt-hour are added up: sums do not depend on the order or the number of
  processors, and time is UTC until a week or an hour of the week is asked for.
- A session counts in every week and hour in which the car was there; its number and its energy where it began.
- The data end with the day on which the last session began: CDRs are written when a session ends, so later hours are
  filled by the long sessions only.
- When an EVSE was observed: see `laadplan.ingest.session_use_time`.
"""

import logging
import tempfile
from collections.abc import Mapping
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
from laadplan.ingest.session_rules import after
from laadplan.ingest.session_use_rows import US_PER_H, US_PER_S, Connection, add_rows, prepare
from laadplan.ingest.session_use_rules import (
    NOWHERE,
    UNKNOWN,
    keep_plausible,
    keep_valid,
    number_spots,
    set_apart,
)
from laadplan.ingest.session_use_time import (
    Calendar,
    Floats,
    Ints,
    hours_of_week,
    hours_per_hour_of_week,
    hours_per_week,
    lapses,
    make_calendar,
    observed_spans,
    outages,
    quiet_weeks,
)

LOGGER = logging.getLogger(__name__)

NO_PLACE = "zonder laadlocatie"
NOT_LISTED = "laadlocatie staat niet bij de laadpunten"
NO_EVSES = "aantal laadpunten van de locatie onbekend"

MEMORY_MB = 900
"""Memory that DuckDB may use: with Python and the frames less than 2 GiB; beyond it, it writes to the work folder."""

THREADS = 4
"""Cores that DuckDB may use."""

LEAST_TOLD = 1000
"""Sessions below which no profile of arrivals is told: with few it would tell of persons."""

UNITS_PER_KWH = 1_000_000
"""Energy is added up in thousandths of a Wh."""

WEEK_US = HOURS_OF_WEEK * US_PER_H


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
    """The sessions as `UseWeeks` (every week) and `UseHours` (the last complete weeks): hours of EVSE, and kWh.

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
        It is damaged, is no list of sessions, or a column is missing.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    with tempfile.TemporaryDirectory(prefix="laadplan-", dir=folder) as work:
        try:
            with duckdb.connect(f"{work}/sessions.duckdb", config=_settings(work)) as database:
                prepare(database)
                for file in files:
                    add_rows(database, file, Path(work), layer=layer, columns=columns or {})
                found = _used(database, unit, evses, places, power_kw, until, weeks, quality)
        except duckdb.Error as error:
            words = f"The sessions cannot be added up ({type(error).__name__})."  # its text may quote a row
            todo = "Is there room on the disk? Else deliver them again."
            raise BadInput(words, where=str(files[0]), todo=todo) from None
    LOGGER.info("%s sessions read, %s kept, %s weeks of locations", quality.read, quality.kept, len(found[0]))
    return found


def _settings(work: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": f"{MEMORY_MB}MB",
        "threads": THREADS,
        "temp_directory": work,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _used(
    database: Connection,
    unit: Literal["kWh", "Wh"] | None,
    evses: pd.Series | None,
    places: pd.Series | None,
    power_kw: pd.Series | None,
    until: date | None,
    weeks: int,
    quality: Quality,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    keep_valid(database, quality)
    if not quality.read:
        quality.find("The source holds no sessions.")
    locations = number_spots(database, evses, places)
    keep_plausible(database, unit, until, power_kw, quality)
    set_apart(database, quality)
    slots, locations = _slots(database, locations, evses, quality)
    _tell_all(database, quality)
    if slots.empty:
        quality.find("No session is at a known location: nothing can be told of any pole or area.")
        return UseWeeks.empty(), UseHours.empty()
    calendar, gaps = _calendar(database, until, quality)
    return _frames(database, slots, locations, calendar, gaps, weeks, quality)


def _slots(
    database: Connection, locations: pd.Index, evses: pd.Series | None, quality: Quality
) -> tuple[pd.DataFrame, pd.Index]:
    """A row per EVSE that counts at a location, with the moment from which it does; ``sessions`` is only those here."""
    for rule, number in ((NO_PLACE, NOWHERE), (NOT_LISTED, UNKNOWN)):
        quality.skip(rule, _number(database, f"SELECT count(*) FROM sessions WHERE location_no = {number}"))
    seen = database.execute("""
        SELECT location_no, evse_no, min(begin_us) AS from_us, count(*) AS sessions FROM sessions
        WHERE location_no >= 0 GROUP BY ALL ORDER BY location_no, from_us, evse_no""").df()
    first = seen.groupby("location_no")["from_us"].min()
    named = seen[seen["evse_no"] >= 0]
    count = named.groupby("location_no").size().reindex(first.index, fill_value=0)
    stated = count
    if evses is not None:
        given = evses.reindex(locations[first.index]).set_axis(first.index)
        stated = given.where(given > 0).fillna(count).astype(int)
        more = int((count > stated).sum())
        if more:
            quality.find(f"{more} locations have more EVSE in the sessions than stated: they count as stated.")
    unknown = first.index[stated == 0]
    quality.skip(NO_EVSES, int(seen.loc[seen["location_no"].isin(unknown), "sessions"].sum()))
    place = named.groupby("location_no").cumcount()
    used = named[place < named["location_no"].map(stated)]
    unseen = (stated - count).clip(lower=0)
    rest = pd.DataFrame({"location_no": first.index, "from_us": first.to_numpy()}).loc[
        lambda each: each.index.repeat(unseen)
    ]
    slots = pd.concat([used[["location_no", "from_us"]], rest], ignore_index=True)
    return slots.sort_values(["location_no", "from_us"], ignore_index=True), locations


def _tell_all(database: Connection, quality: Quality) -> None:
    """Notes what all sessions together tell, those without a known location among them."""
    number, kwh, hours, first, last = database.execute(f"""
        SELECT count(*), sum({_whole_energy("kwh")}) / {UNITS_PER_KWH}, hours_of(sum(end_us - begin_us)),
            strftime(make_timestamp(local_us(min(begin_us))), '%Y-%m-%d'),
            strftime(make_timestamp(local_us(max(begin_us))), '%Y-%m-%d') FROM sessions""").fetchall()[0]
    quality.kept = _number(database, "SELECT count(*) FROM sessions WHERE location_no >= 0")
    quality.facts |= {"sessions": number, "energy_kwh": round(kwh or 0.0, 3), "connected_h": round(hours or 0.0, 3)}
    quality.facts |= {"first_on": first, "last_on": last}
    if number < LEAST_TOLD:
        return
    counts = dict(
        database.execute("""
        SELECT local_us(begin_us) // 3600000000 % 24 AS hour, count(*) FROM sessions GROUP BY ALL""").fetchall()
    )
    quality.facts["arrivals_share_per_hour"] = [round(counts.get(hour, 0) / number, 4) for hour in range(24)]


def _calendar(database: Connection, until: date | None, quality: Quality) -> tuple[Calendar, Ints]:
    """The weeks of the data, and what was not delivered."""
    begins = database.execute(f"""
        SELECT begin_us // {US_PER_H} AS hour, count(*) AS sessions, min(begin_us) AS first, max(begin_us) AS last
        FROM sessions WHERE location_no >= 0 GROUP BY ALL ORDER BY hour""").df()
    until_us = int(after(until).timestamp()) * US_PER_S if until else None
    calendar = make_calendar(int(begins["first"].min()), int(begins["last"].max()), until_us)
    gaps = lapses(begins.set_index("hour")["sessions"], calendar)
    hours = int((gaps[:, 1] - gaps[:, 0]).sum() // US_PER_H)
    quality.facts["hours_not_delivered"] = hours
    if hours:
        quality.find(
            f"No session began anywhere in {len(gaps)} periods of {hours} hours in all: they were not delivered."
        )
    return calendar, gaps


def _frames(
    database: Connection,
    slots: pd.DataFrame,
    locations: pd.Index,
    calendar: Calendar,
    gaps: Ints,
    weeks: int,
    quality: Quality,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    connected, sessions, energy = _per_week(database, len(locations), calendar, gaps)
    first = slots.groupby("location_no")["from_us"].min().reindex(range(len(locations)), fill_value=calendar.end_us)
    born = np.searchsorted(calendar.bounds_us, first.to_numpy(), side="right") - 1
    out = _outages(database, connected, sessions, born, calendar, quality)
    spans = observed_spans(slots, out, gaps, calendar.end_us)
    observed = hours_per_week(spans, len(locations), calendar)
    number = _numbers_in_use(slots, len(locations), calendar.bounds_us[1:])
    here = number > 0
    location, week = np.nonzero(here)
    ids = pd.Series(locations, dtype="str").iloc[location].reset_index(drop=True)
    mondays = pd.Series(calendar.mondays, dtype="str").iloc[week].reset_index(drop=True)
    use_weeks = pd.DataFrame(
        {
            "location_id": ids,
            "week_on": mondays,
            "evses": number[here].astype(float),
            "observed_h": observed[here],
            "connected_h": connected[here],
            "sessions": sessions[here],
            "energy_kwh": energy[here],
        }
    ).set_axis(pd.Index(ids + "|" + mondays, name="use_id", dtype="str"))
    period = calendar.complete(weeks)
    if len(period) < weeks:
        quality.find(f"The data hold {len(period)} complete weeks, fewer than the {weeks} asked for.")
    hours = _per_hour(database, spans, slots, locations, calendar, period, gaps)
    return UseWeeks.checked(use_weeks), hours


def _per_week(database: Connection, locations: int, calendar: Calendar, gaps: Ints) -> tuple[Floats, Floats, Floats]:
    """Hours connected, sessions and kWh (locations, weeks)."""
    pieces = _pieces(calendar, gaps)
    database.register("pieces", pieces)
    monday = calendar.bounds_us[0]
    found = database.execute(f"""
        WITH placed AS (
            SELECT *, (local_us(begin_us) - local_us({monday}::BIGINT)) // {WEEK_US} AS first_week,
                (local_us(stop_us - 1) - local_us({monday}::BIGINT)) // {WEEK_US} AS last_week
            FROM (SELECT *, least(end_us, {calendar.end_us}) AS stop_us FROM sessions WHERE location_no >= 0)
        ), spread AS (
            SELECT location_no, begin_us, stop_us, kwh, first_week AS week, true AS begins FROM placed
            UNION ALL
            SELECT location_no, begin_us, stop_us, kwh, unnest(range(first_week + 1, last_week + 1)), false
            FROM placed WHERE last_week > first_week
        )
        SELECT location_no, week,
            sum(greatest(0, least(stop_us, to_us) - greatest(begin_us, from_us)))::DOUBLE AS connected_us,
            count(*) FILTER (begins AND is_first) AS sessions,
            coalesce(sum({_whole_energy("kwh")}) FILTER (begins AND is_first), 0)::DOUBLE AS energy
        FROM spread JOIN pieces USING (week) GROUP BY ALL""").fetchnumpy()
    database.unregister("pieces")
    total = np.zeros((3, locations, calendar.weeks))
    for place, name in enumerate(("connected_us", "sessions", "energy")):
        total[place][found["location_no"], found["week"]] = found[name]
    return total[0] / US_PER_H, total[1], total[2] / UNITS_PER_KWH


def _pieces(calendar: Calendar, gaps: Ints) -> pd.DataFrame:
    """Weeks without what was not delivered: number of the week, begin, end, and whether it is its first piece."""
    bounds = np.unique(np.concatenate([calendar.bounds_us, gaps.ravel()]))
    start, stop = bounds[:-1], bounds[1:]
    lost = ((start[:, None] >= gaps[:, 0]) & (start[:, None] < gaps[:, 1])).any(axis=1)
    week = np.searchsorted(calendar.bounds_us, start, side="right") - 1
    pieces = pd.DataFrame({"week": week, "from_us": start, "to_us": np.where(lost, start, stop)})
    return pieces.assign(is_first=~pieces["week"].duplicated())


def _outages(
    database: Connection, connected: Floats, sessions: Floats, born: Ints, calendar: Calendar, quality: Quality
) -> pd.DataFrame:
    """Locations that were out of order, with the moments between which; counted."""
    runs = quiet_weeks(connected, born)
    runs = runs.assign(run=np.arange(len(runs)), begin=calendar.bounds_us[runs["from_week"]])
    runs = runs.assign(finish=calendar.bounds_us[runs["to_week"]])
    database.register("runs", runs)
    found = database.execute("""
        SELECT run, max(end_us) FILTER (end_us <= begin) AS from_us, min(begin_us) FILTER (begin_us >= finish) AS to_us
        FROM sessions JOIN runs USING (location_no) GROUP BY run""").df()
    database.unregister("runs")
    gaps = runs.merge(found, on="run", how="left").sort_values("run")
    gaps = gaps.assign(
        from_us=gaps["from_us"].fillna(gaps["begin"]).astype("int64"),
        to_us=gaps["to_us"].fillna(calendar.end_us).astype("int64"),
    )
    out = outages(gaps, sessions, born, calendar)
    quality.facts["outages"] = len(out)
    quality.facts["outage_hours"] = int((out["to_us"] - out["from_us"]).sum() // US_PER_H)
    if len(out):
        quality.find(
            f"{out['location_no'].nunique()} locations had no session for much longer than is usual there "
            f"({len(out)} times): these hours count as out of order, not as free."
        )
    return out


def _numbers_in_use(slots: pd.DataFrame, locations: int, moments: Ints) -> Ints:
    """EVSE that count before each moment (locations, moments)."""
    number = np.zeros((locations, len(moments) + 1), dtype=np.int64)
    from_moment = np.searchsorted(moments, slots["from_us"].to_numpy(), side="right")
    np.add.at(number, (slots["location_no"].to_numpy(), from_moment), 1)
    return np.cumsum(number, axis=1)[:, :-1]


def _per_hour(
    database: Connection,
    spans: pd.DataFrame,
    slots: pd.DataFrame,
    locations: pd.Index,
    calendar: Calendar,
    period: range,
    gaps: Ints,
) -> pd.DataFrame:
    """`UseHours` over some weeks."""
    if not period:
        return UseHours.empty()
    start, stop = int(calendar.bounds_us[period[0]]), int(calendar.bounds_us[period[-1] + 1])
    connected = _connected_per_hour(database, (start, stop), len(locations), gaps)
    observed = hours_per_hour_of_week(spans, len(locations), (start, stop))
    number = _numbers_in_use(slots, len(locations), np.array([stop]))[:, 0]
    location, hour = np.nonzero(observed > 0)
    ids = pd.Series(locations, dtype="str").iloc[location].reset_index(drop=True)
    labels = pd.Series([f"{each:03d}" for each in range(HOURS_OF_WEEK)], dtype="str")
    frame = pd.DataFrame(
        {
            "location_id": ids,
            "hour_of_week": hour.astype(np.int64),
            "evses": number[location].astype(float),
            "observed_h": observed[location, hour],
            "connected_h": connected[location, hour],
        }
    ).set_axis(pd.Index(ids + "|" + labels.iloc[hour].reset_index(drop=True), name="use_id", dtype="str"))
    return UseHours.checked(frame)


def _connected_per_hour(database: Connection, period_us: tuple[int, int], locations: int, gaps: Ints) -> Floats:
    hours, of_week = hours_of_week(period_us)
    lost = ((hours[:, None] * US_PER_H >= gaps[:, 0]) & (hours[:, None] * US_PER_H < gaps[:, 1])).any(axis=1)
    database.register("hours", pd.DataFrame({"hour": hours[~lost], "hour_of_week": of_week[~lost]}))
    found = database.execute(f"""
        WITH inside AS (
            SELECT location_no, greatest(begin_us, {period_us[0]}) AS from_us, least(end_us, {period_us[1]}) AS to_us
            FROM sessions WHERE location_no >= 0 AND begin_us < {period_us[1]} AND end_us > {period_us[0]}
        ), spread AS (
            SELECT *, unnest(range(from_us // {US_PER_H}, (to_us - 1) // {US_PER_H} + 1)) AS hour FROM inside
        )
        SELECT location_no, hour_of_week,
            sum(least(to_us, (hour + 1) * {US_PER_H}) - greatest(from_us, hour * {US_PER_H}))::DOUBLE AS connected_us
        FROM spread JOIN hours USING (hour) GROUP BY ALL""").fetchnumpy()
    database.unregister("hours")
    total = np.zeros((locations, HOURS_OF_WEEK))
    total[found["location_no"], found["hour_of_week"]] = found["connected_us"]
    return total / US_PER_H


def _whole_energy(kwh: str) -> str:
    """Energy as a whole number, whose sum does not depend on the order."""
    return f"round({kwh} * {UNITS_PER_KWH})::BIGINT"


def _number(database: Connection, statement: str) -> int:
    return int(database.execute(statement).fetchall()[0][0])
