"""Charging sessions: who was connected when is never read, only when, where and how much.

In: OCPI CDRs (array or pages, gzip or plain) or a table with a row per session. Out: `Sessions`, confidential: ids
are not taken over but numbers in order of time are given (a hash is undone by trying all ids, for they are counters),
and rows that are dropped are counted without them. Hard decisions:

- Where the source gives a connected time that differs from end minus start by more than two minutes, the connected time
  is believed: it is a counter, the others are clocks. When they differ by one hour the clock was set while a car was
  connected, and the end stands; else the start stands. It also stands in for a time that cannot be read.
- Local time that occurred twice: that which fits the connected time; without one the earlier, unless the end would then
  lie before the start.
- Two cars at one EVSE: the earlier session ends when the later begins; its energy stays. Of sessions that begin at the
  same moment the one with most energy is kept.
- Energy below zero, or more than any charger can give in that time, is missing. Sessions without energy are kept, for
  they took the place, unless they are shorter than five minutes: those failed to start.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality
from laadplan.contracts.use import Sessions
from laadplan.geo.rd import to_rd
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.clocks import ZONE, Moments, read_moments
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.session_rows import read_rows

DOUBLE = "komt meer dan eens voor"
CREDITED = "gecrediteerd"
NO_TIME = "zonder leesbare begintijd en eindtijd"
BACKWARDS = "einde ligt niet na het begin"
TOO_OLD = "voor 2010 (klok niet gezet)"
FUTURE = "begint na de peildatum"
TOO_LONG = "langer dan 14 dagen aangesloten"
FAILED = "mislukte start (geen energie, korter dan 5 minuten)"
SAME_START = "begint tegelijk met een andere sessie op hetzelfde laadpunt"

FIRST_DAY = pd.Timestamp("2010-01-01", tz="UTC")
"""Public charging in the Netherlands began about then: a clock that was never set shows 1970 or 2000."""

LONGEST_H = 14 * 24.0
"""Hours after which a session is a car that was never signed off. Own estimate: a holiday of two weeks."""

FAILED_H = 5 / 60
"""Hours below which a session without energy is a start that failed. Own estimate."""

MOST_KW = 1000.0
"""Highest mean power that is believed, in kW: above what a megawatt charger gives a car."""

CLOCK_H = 2 / 60
"""Hours by which clocks and counters may differ. Own estimate; in the ElaadNL file of 2018 it is below 0.01 h."""

WATT_HOURS_FROM = 500.0
"""Median energy from which a source is in Wh: no car takes 500 kWh."""

WH_PER_KWH = 1000.0
SECONDS_PER_H = 3600.0


def read_sessions(
    path: Parts,
    area: shapely.Geometry | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    unit: Literal["kWh", "Wh"] | None = None,
    until: date | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """The sessions as `Sessions`: moments in UTC, hours and kWh.

    Parameters
    ----------
    path
        A file, a folder with pages, or several of these.
    area
        Shape in RD New (m): sessions that state coordinates outside it are left out; those without stay.
    layer, columns
        Of a table: its sheet, and our column name to its own.
    unit
        Unit of the energy; None: Wh where the median is above 500, else kWh.
    until
        Sessions that begin after this day are dropped; None: none.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is damaged, is no list of sessions, or a column is missing.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(path)
    rows = pd.concat([read_rows(file, layer=layer, columns=columns or {}) for file in files], ignore_index=True)
    quality.read = len(rows)
    if rows.empty:
        quality.find("The source holds no sessions.")
    rows = _in_area(_valid(_once(rows, quality), quality), area, quality)
    frame = _timed(rows, quality)
    frame = _measured(frame, rows.reindex(frame.index), unit, quality)
    frame = _plausible(frame, until, quality)
    frame = _numbered(_apart(frame, quality))
    frame = Sessions.checked(frame.set_index("session_id")[Sessions.columns()], source=str(files[0]))
    _tell(frame, quality)
    quality.count(frame)
    return frame


def _once(rows: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """One row per session, with a key of its own: of rows with one id that which was updated last."""
    content = ["evse_id", "connector", "location_id", "started_at", "started_utc", "ended_at", "ended_utc", "energy"]
    named = rows["session_id"].notna()
    texts = rows["party"].fillna("") + "|" + rows["session_id"].fillna("")
    whole = rows[content].fillna("").astype("str")
    texts = texts.where(named, whole[content[0]].str.cat(whole[content[1:]], sep="|"))
    ordered = rows.assign(key=texts).sort_values(["updated_at", "ended_at"], kind="stable", na_position="first")
    once = ordered.drop_duplicates("key", keep="last").sort_index()
    quality.skip(DOUBLE, len(rows) - len(once))
    return once


def _valid(rows: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Without what was credited, and without the credits."""
    party = rows["party"].fillna("") + "|"
    credited = set((party + rows["credited_id"]).dropna())
    gone = rows["credit"].notna() | (party + rows["session_id"].fillna("")).isin(credited)
    quality.skip(CREDITED, int(gone.sum()))
    return rows[~gone]


def _in_area(rows: pd.DataFrame, area: shapely.Geometry | None, quality: Quality) -> pd.DataFrame:
    if area is None:
        return rows
    degrees = [pd.to_numeric(rows[name], errors="coerce").to_numpy(dtype=float) for name in ("longitude", "latitude")]
    known = np.isfinite(degrees[0]) & np.isfinite(degrees[1])
    xy = to_rd(np.where(known, degrees[0], 0.0), np.where(known, degrees[1], 0.0))
    shapely.prepare(area)
    outside = known & ~shapely.contains_xy(area, xy[:, 0], xy[:, 1])
    quality.skip(OUTSIDE, int(outside.sum()))
    return rows[~outside]


def _timed(rows: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Start, end and hours of each session whose times can be read."""
    start = _either(rows["started_utc"], rows["started_at"])
    end = _either(rows["ended_utc"], rows["ended_at"])
    counted = _number(rows["connected_h"])
    counted = counted.where((counted > 0) & (counted <= LONGEST_H))
    begin, close = _chosen(start, end, counted)
    twice, skipped = int((start.is_twice | end.is_twice).sum()), int((start.skipped | end.skipped).sum())
    quality.facts |= {"sessions_in_repeated_hour": twice, "sessions_in_skipped_hour": skipped}
    begin, close = _corrected(begin, close, counted, quality)
    evse = rows["evse_id"].where(rows["connector"].isna(), rows["evse_id"] + "*" + rows["connector"])
    frame = pd.DataFrame({"session_id": rows["key"], "evse_id": evse, "location_id": rows["location_id"]})
    frame = frame.assign(started_at=begin, ended_at=close)
    readable = begin.notna() & close.notna()
    quality.skip(NO_TIME, int((~readable).sum()))
    return frame[readable]


def _either(utc: pd.Series, local: pd.Series) -> Moments:
    """Moments of the column in UTC where it is filled, else of the other."""
    first, other = read_moments(utc, is_utc=True), read_moments(local)
    return Moments(first.first.fillna(other.first), first.second.fillna(other.second), other.skipped & utc.isna())


def _chosen(start: Moments, end: Moments, counted: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Of times that occurred twice those that fit the hours counted; without a count the first that run forward."""
    pairs = [(begin, close) for begin in (start.first, start.second) for close in (end.first, end.second)]
    hours = np.column_stack([_hours(begin, close).to_numpy(dtype=float) for begin, close in pairs])
    count = counted.to_numpy(dtype=float)[:, None]
    misfit = np.where(np.isnan(count), np.where(hours > 0, 0.0, np.inf), np.abs(hours - count))
    best = np.argmin(np.where(np.isnan(misfit), np.inf, misfit), axis=1) if len(hours) else np.array([], dtype=int)
    late_start = pd.Series(best >= 2, index=counted.index)
    late_end = pd.Series(best % 2 == 1, index=counted.index)
    return start.first.where(~late_start, start.second), end.first.where(~late_end, end.second)


def _corrected(begin: pd.Series, close: pd.Series, counted: pd.Series, quality: Quality) -> tuple[pd.Series, pd.Series]:
    """Times that agree with the hours counted."""
    span = pd.to_timedelta((counted * SECONDS_PER_H).round(), unit="s")
    off = _hours(begin, close) - counted
    is_set = (off.abs() - 1).abs() <= CLOCK_H
    is_set |= begin.isna() & close.notna() & counted.notna()
    is_wrong = counted.notna() & begin.notna() & ~is_set & ((off.abs() > CLOCK_H) | off.isna())
    quality.facts |= {"start_from_connected_time": int(is_set.sum()), "end_from_connected_time": int(is_wrong.sum())}
    return begin.where(~is_set, close - span), close.where(~is_wrong, begin + span)


def _measured(
    frame: pd.DataFrame, rows: pd.DataFrame, unit: Literal["kWh", "Wh"] | None, quality: Quality
) -> pd.DataFrame:
    """With hours and energy."""
    energy = _number(rows["energy"])
    positive = energy[energy > 0]
    unit = unit or ("Wh" if len(positive) and positive.median() > WATT_HOURS_FROM else "kWh")
    quality.facts["energy_unit"] = unit
    kwh = energy / WH_PER_KWH if unit == "Wh" else energy
    hours = _hours(frame["started_at"], frame["ended_at"])
    believed = (kwh >= 0) & (kwh <= MOST_KW * hours.clip(lower=CLOCK_H))
    wrong = int((rows["energy"].notna() & ~believed).sum())
    if wrong:
        quality.find(f"Energy of {wrong} sessions is no number, below zero or impossibly high: it counts as missing.")
    charged = _number(rows["charged_h"]).fillna(_number(rows["connected_h"]) - _number(rows["parking_h"]))
    charged = charged.where((charged >= 0) & (charged <= hours + CLOCK_H))
    return frame.assign(connected_h=hours, charged_h=charged, energy_kwh=kwh.where(believed))


def _plausible(frame: pd.DataFrame, until: date | None, quality: Quality) -> pd.DataFrame:
    """Without what a broken clock or a failed start left behind."""
    last = pd.Timestamp(until, tz=ZONE) + pd.Timedelta(days=1) if until else None
    rules = {
        BACKWARDS: frame["connected_h"] <= 0,
        TOO_OLD: frame["started_at"] < FIRST_DAY,
        FUTURE: frame["started_at"] >= last if last is not None else pd.Series(False, index=frame.index),
        TOO_LONG: frame["connected_h"] > LONGEST_H,
        FAILED: (frame["energy_kwh"] == 0) & (frame["connected_h"] < FAILED_H),
    }
    gone = pd.Series(False, index=frame.index)
    for rule, broken in rules.items():
        quality.skip(rule, int((broken & ~gone).sum()))
        gone |= broken
    return frame[~gone]


def _apart(frame: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Sessions at one EVSE one after another."""
    known = frame[frame["evse_id"].notna()]
    if len(known) < len(frame):
        quality.find(f"{len(frame) - len(known)} sessions name no EVSE: whether they overlap cannot be seen.")
    ordered = known.sort_values(["evse_id", "started_at", "energy_kwh", "session_id"], na_position="first")
    alone = ordered.drop_duplicates(["evse_id", "started_at"], keep="last")
    quality.skip(SAME_START, len(ordered) - len(alone))
    next_start = alone.groupby("evse_id")["started_at"].shift(-1)
    cut = next_start < alone["ended_at"]
    quality.facts["sessions_ended_by_the_next"] = int(cut.sum())
    ended = alone["ended_at"].where(~cut, next_start)
    hours = _hours(alone["started_at"], ended)
    charged = alone["charged_h"].where(~cut, np.minimum(alone["charged_h"], hours))
    alone = alone.assign(ended_at=ended, connected_h=hours, charged_h=charged)
    return pd.concat([alone, frame[frame["evse_id"].isna()]])


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The sessions in order of time, with their number for an id."""
    order = ["started_at", "ended_at", "evse_id", "location_id", "energy_kwh", "charged_h"]
    ordered = frame.sort_values(order, na_position="first", kind="stable")
    digits = len(str(len(ordered)))
    numbers = [f"{number:0{digits}d}" for number in range(1, len(ordered) + 1)]
    return ordered.assign(session_id=pd.Series(numbers, index=ordered.index, dtype="str"))


def _tell(frame: pd.DataFrame, quality: Quality) -> None:
    local = [frame[name].dt.tz_convert(ZONE).dt.date for name in ("started_at", "ended_at")]
    quality.facts["sessions_over_midnight"] = int((local[0] != local[1]).sum())
    idle = int((frame["energy_kwh"] == 0).sum())
    if idle:
        quality.find(f"{idle} sessions took no energy; they count as occupied time.")
    cut = quality.facts.get("sessions_ended_by_the_next", 0)
    if cut:
        quality.find(f"{cut} sessions overlapped the next one at their EVSE, and end where that begins.")
    mended = quality.facts["start_from_connected_time"] + quality.facts["end_from_connected_time"]
    if mended:
        quality.find(f"The clock was wrong for {mended} sessions; their connected time was believed instead.")


def _hours(begin: pd.Series, close: pd.Series) -> pd.Series:
    return (close - begin).dt.total_seconds() / SECONDS_PER_H


def _number(texts: pd.Series) -> pd.Series:
    """Numbers, with a decimal point or comma; what is no number is missing, for a message could quote it."""
    found = pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    return found.where(np.isfinite(found))
