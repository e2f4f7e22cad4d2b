"""Sums over sessions: per location and week, per location and hour of the week, and what was not observed.

In: the table ``sessions`` of `laadplan.ingest.session_use_rules`. Out: arrays of locations and weeks or hours, in
hours, numbers and kWh. Whole microseconds and thousandths of a watt-hour are added up, so that sums do not depend on
the order of rows or the number of processors.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from laadplan.contracts.monitoring import HOURS_OF_WEEK
from laadplan.contracts.quality import Quality
from laadplan.ingest.session_rules import after
from laadplan.ingest.session_use_rows import US_PER_H, US_PER_S, Connection
from laadplan.ingest.session_use_rules import NOWHERE, UNKNOWN
from laadplan.ingest.session_use_time import (
    AROUND_WEEKS,
    Calendar,
    Floats,
    Ints,
    hours_of_week,
    hours_per_hour_of_week,
    hours_per_week,
    lapses,
    make_calendar,
    observed_from,
    observed_spans,
    outages,
    quiet_weeks,
)

NO_PLACE = "zonder laadlocatie"
NOT_LISTED = "laadlocatie staat niet bij de laadpunten"
NO_EVSES = "aantal laadpunten van de locatie onbekend"

LEAST_TOLD = 1000
"""Sessions below which no profile of arrivals is told: with few it would tell of persons."""

UNITS_PER_KWH = 1_000_000
"""Energy is added up in thousandths of a Wh."""

WEEK_US = HOURS_OF_WEEK * US_PER_H


@dataclass(frozen=True)
class WeekSums:
    """Per location and week: EVSE in use, hours observed and connected, sessions and kWh."""

    evses: Ints
    observed_h: Floats
    connected_h: Floats
    sessions: Floats
    energy_kwh: Floats


@dataclass(frozen=True)
class HourSums:
    """Per location EVSE in use at the end of the period; per location and hour of the week the hours in it."""

    evses: Ints
    observed_h: Floats
    connected_h: Floats


def sum_use(
    database: Connection,
    slots: pd.DataFrame,
    locations: int,
    calendar: Calendar,
    gaps: Ints,
    weeks: int,
    quality: Quality,
) -> tuple[WeekSums, HourSums | None]:
    """Sums of every week, and of the last complete weeks; None where there are none."""
    connected, sessions, energy = _per_week(database, locations, calendar, gaps)
    first = slots.groupby("location_no")["from_us"].min().reindex(range(locations), fill_value=calendar.end_us)
    born = np.searchsorted(calendar.bounds_us, first.to_numpy(), side="right") - 1
    out = _outages(database, connected, sessions, born, calendar, quality)
    spans = observed_spans(slots, out, gaps, calendar.end_us)
    observed = hours_per_week(spans, locations, calendar)
    number = _numbers_in_use(slots, locations, calendar.bounds_us[1:])
    per_week = WeekSums(number, observed, connected, sessions, energy)
    period = calendar.complete(weeks)
    if len(period) < weeks:
        quality.find(f"The data hold {len(period)} complete weeks, fewer than the {weeks} asked for.")
    if not period:
        return per_week, None
    bounds = int(calendar.bounds_us[period[0]]), int(calendar.bounds_us[period[-1] + 1])
    return per_week, HourSums(
        evses=number[:, period[-1]],
        observed_h=hours_per_hour_of_week(spans, locations, bounds),
        connected_h=_connected_per_hour(database, bounds, locations, gaps),
    )


def find_slots(database: Connection, locations: pd.Index, evses: pd.Series | None, quality: Quality) -> pd.DataFrame:
    """A row per EVSE that counts at a location: its number (-1: never seen) and the moment of its first session."""
    for rule, number in ((NO_PLACE, NOWHERE), (NOT_LISTED, UNKNOWN)):
        quality.skip(rule, _count(database, f"SELECT count(*) FROM sessions WHERE location_no = {number}"))
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
    countless = int(seen.loc[seen["location_no"].isin(unknown), "sessions"].sum())
    quality.skip(NO_EVSES, countless)
    quality.kept = int(seen["sessions"].sum()) - countless
    place = named.groupby("location_no").cumcount()
    used = named.assign(from_us=named["from_us"].where(place > 0, named["location_no"].map(first)))
    used = used[place < named["location_no"].map(stated)]
    unseen = (stated - count).clip(lower=0)
    rest = first.loc[first.index.repeat(unseen)].rename_axis("location_no").reset_index().assign(evse_no=-1)
    slots = pd.concat([used[["location_no", "evse_no", "from_us"]], rest], ignore_index=True)
    return slots.sort_values(["location_no", "from_us", "evse_no"], ignore_index=True)


def slots_in_use(database: Connection, slots: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """The EVSE from the moment on that they were observed, which may lie before their first session.

    A location from the begin of the data, an EVSE from that of its location, where only chance left it without a
    session until its first.
    """
    firsts = _near_first(database, "location_no")
    of_location = observed_from(firsts["first_us"], calendar.first_us, firsts["near"], calendar.end_us)
    since = slots["location_no"].map(of_location)
    near = _near_first(database, "location_no, evse_no")["near"]
    own = near.reindex(pd.MultiIndex.from_frame(slots[["location_no", "evse_no"]])).fillna(0).to_numpy()
    from_us = observed_from(slots["from_us"], since, own, calendar.end_us)
    found = slots[["location_no"]].assign(from_us=from_us.where(slots["evse_no"] >= 0, since).astype("int64"))
    return found.sort_values(["location_no", "from_us"], ignore_index=True)


def _near_first(database: Connection, keys: str) -> pd.DataFrame:
    """First session, and how many began in the weeks after it by which is judged what is usual."""
    found = database.execute(f"""
        WITH firsts AS (
            SELECT {keys}, min(begin_us) AS first_us FROM sessions WHERE location_no >= 0 GROUP BY ALL)
        SELECT {keys}, first_us, count(*) AS near FROM sessions JOIN firsts USING ({keys})
        WHERE begin_us < first_us + {AROUND_WEEKS * WEEK_US} GROUP BY ALL""").df()
    return found.set_index(keys.split(", "))


def tell_all(database: Connection, quality: Quality) -> None:
    """Notes what all sessions together tell, those without a known location among them."""
    if not quality.read:
        quality.find("The source holds no sessions.")
    number, kwh, hours, first, last = database.execute(f"""
        SELECT count(*), sum({_whole_energy("kwh")}) / {UNITS_PER_KWH}, hours_of(sum(end_us - begin_us)),
            strftime(make_timestamp(local_us(min(begin_us))), '%Y-%m-%d'),
            strftime(make_timestamp(local_us(max(begin_us))), '%Y-%m-%d') FROM sessions""").fetchall()[0]
    quality.facts |= {"sessions": number, "energy_kwh": round(kwh or 0.0, 3), "connected_h": round(hours or 0.0, 3)}
    quality.facts |= {"first_on": first, "last_on": last}
    if number < LEAST_TOLD:
        return
    counts = dict(
        database.execute("""
        SELECT local_us(begin_us) // 3600000000 % 24 AS hour, count(*) FROM sessions GROUP BY ALL""").fetchall()
    )
    quality.facts["arrivals_share_per_hour"] = [round(counts.get(hour, 0) / number, 4) for hour in range(24)]


def find_calendar(database: Connection, until: date | None, quality: Quality) -> tuple[Calendar, Ints]:
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


def _count(database: Connection, statement: str) -> int:
    return int(database.execute(statement).fetchall()[0][0])
