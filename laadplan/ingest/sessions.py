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
- Of rows with one id that which was updated last is kept, else that which ends last; those that say something else are
  counted apart.
- Energy below zero, or more than the power stated or any charger can give in that time, is missing. Sessions without
  energy are kept, for they took the place, unless they are shorter than five minutes: those failed to start.
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
from laadplan.ingest.session_rules import (
    BACKWARDS,
    CLOCK_FACTS,
    CLOCK_H,
    CONTENT,
    CREDITED,
    DOUBLE,
    DOUBLE_OTHER,
    FAILED,
    FAILED_H,
    FIRST_DAY,
    FUTURE,
    KEY_WITHOUT_ID,
    LONGEST_H,
    MOST_KW,
    NO_TIME,
    POWER_SLACK,
    SAME_START,
    SECONDS_PER_H,
    TIES,
    TOO_LONG,
    TOO_OLD,
    WH_PER_KWH,
    after,
    plain_numbers,
    tell,
    tell_energy,
    tell_nameless,
    unit_of,
)


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
    rows = _typed(rows)
    credited = set(rows["credits"].dropna())
    rows = _in_area(_valid(_once(rows, quality), credited, quality), area, quality)
    frame = _measured(_timed(rows, quality), unit, quality)
    frame = _plausible(frame, until, quality)
    frame = _numbered(_apart(frame, quality))
    frame = Sessions.checked(frame.set_index("session_id")[Sessions.columns()], source=str(files[0]))
    tell(int((frame["energy_kwh"] == 0).sum()), _over_midnight(frame), quality)
    quality.count(frame)
    return frame


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Each row by itself: its key, moments, hours and numbers."""
    start = _either(rows["started_utc"], rows["started_at"])
    end = _either(rows["ended_utc"], rows["ended_at"])
    counted = plain_numbers(rows["connected_h"])
    counted = counted.where((counted > 0) & (counted <= LONGEST_H))
    frame = _corrected(*_chosen(start, end, counted), counted)
    has_connector = rows["connector"].notna()
    party = rows["party"].fillna("") + "|"
    return frame.assign(
        key=_keys(rows, party),
        credits=party + rows["credited_id"],
        is_credit=rows["credit"].notna(),
        updated_at=rows["updated_at"],
        is_twice=start.is_twice | end.is_twice,
        is_skipped=start.skipped | end.skipped,
        evse_id=rows["evse_id"].where(~has_connector, rows["evse_id"] + "*" + rows["connector"]),
        location_id=rows["location_id"].fillna(rows["evse_id"].where(has_connector)),
        energy=plain_numbers(rows["energy"]),
        has_energy=rows["energy"].notna(),
        power=plain_numbers(rows["max_power"]),
        charged=plain_numbers(rows["charged_h"]).fillna(
            plain_numbers(rows["connected_h"]) - plain_numbers(rows["parking_h"])
        ),
        degrees_east=plain_numbers(rows["longitude"]),
        degrees_north=plain_numbers(rows["latitude"]),
    )


def _keys(rows: pd.DataFrame, party: pd.Series) -> pd.Series:
    """Party and id; what has no id is known by its content."""
    whole = rows[KEY_WITHOUT_ID].fillna("").astype("str")
    content = whole[KEY_WITHOUT_ID[0]].str.cat(whole[KEY_WITHOUT_ID[1:]], sep="|")
    return (party + rows["session_id"].fillna("")).where(rows["session_id"].notna(), content)


def _once(rows: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """One row per key: that which was updated last, else ended last, and so on through its content."""
    order = ["updated_at", *CONTENT, *TIES]
    ordered = rows.sort_values(order, kind="stable", na_position="first")
    kept = ordered.drop_duplicates("key", keep="last")
    left = ordered.drop(kept.index)
    pairs = [(left[name], kept.set_index("key")[name].reindex(left["key"]).set_axis(left.index)) for name in CONTENT]
    same = pd.Series(True, index=left.index)
    for own, other in pairs:
        same &= (own == other).fillna(False).astype(bool) | (own.isna() & other.isna())
    quality.skip(DOUBLE, int(same.sum()))
    quality.skip(DOUBLE_OTHER, int((~same).sum()))
    return kept.sort_index()


def _valid(rows: pd.DataFrame, credited: set[str], quality: Quality) -> pd.DataFrame:
    """Without what was credited, and without the credits."""
    gone = rows["is_credit"] | rows["key"].isin(credited)
    quality.skip(CREDITED, int(gone.sum()))
    return rows[~gone]


def _in_area(rows: pd.DataFrame, area: shapely.Geometry | None, quality: Quality) -> pd.DataFrame:
    if area is None:
        return rows
    degrees = [rows[name].to_numpy(dtype=float) for name in ("degrees_east", "degrees_north")]
    known = np.isfinite(degrees[0]) & np.isfinite(degrees[1])
    xy = to_rd(np.where(known, degrees[0], 0.0), np.where(known, degrees[1], 0.0))
    shapely.prepare(area)
    outside = known & ~shapely.contains_xy(area, xy[:, 0], xy[:, 1])
    quality.skip(OUTSIDE, int(outside.sum()))
    return rows[~outside]


def _timed(rows: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Sessions whose times can be read."""
    quality.facts |= {name: int(rows[column].sum()) for name, column in CLOCK_FACTS.items()}
    readable = rows["started_at"].notna() & rows["ended_at"].notna()
    quality.skip(NO_TIME, int((~readable).sum()))
    return rows[readable]


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


def _corrected(begin: pd.Series, close: pd.Series, counted: pd.Series) -> pd.DataFrame:
    """Times that agree with the hours counted, and which of them were changed."""
    span = pd.to_timedelta((counted * SECONDS_PER_H).round(), unit="s")
    off = _hours(begin, close) - counted
    is_set = (off.abs() - 1).abs() <= CLOCK_H
    is_set |= begin.isna() & close.notna() & counted.notna()
    is_wrong = counted.notna() & begin.notna() & ~is_set & ((off.abs() > CLOCK_H) | off.isna())
    times = {"started_at": begin.where(~is_set, close - span), "ended_at": close.where(~is_wrong, begin + span)}
    return pd.DataFrame({**times, "is_set": is_set, "is_wrong": is_wrong})


def _measured(frame: pd.DataFrame, unit: Literal["kWh", "Wh"] | None, quality: Quality) -> pd.DataFrame:
    """With hours and energy."""
    unit = unit or unit_of(frame["energy"])
    quality.facts["energy_unit"] = unit
    kwh = frame["energy"] / WH_PER_KWH if unit == "Wh" else frame["energy"]
    kw = frame["power"] / WH_PER_KWH if unit_of(frame["power"]) == "Wh" else frame["power"]
    hours = _hours(frame["started_at"], frame["ended_at"])
    most = (kw.where(kw > 0) * (1 + POWER_SLACK)).fillna(MOST_KW).clip(upper=MOST_KW)
    believed = (kwh >= 0) & (kwh <= most * hours.clip(lower=CLOCK_H))
    charged = frame["charged"].where((frame["charged"] >= 0) & (frame["charged"] <= hours + CLOCK_H))
    return frame.assign(connected_h=hours, charged_h=charged, energy_kwh=kwh.where(believed))


def _plausible(frame: pd.DataFrame, until: date | None, quality: Quality) -> pd.DataFrame:
    """Without what a broken clock or a failed start left behind."""
    rules = {
        BACKWARDS: frame["connected_h"] <= 0,
        TOO_OLD: frame["started_at"] < FIRST_DAY,
        FUTURE: frame["started_at"] >= after(until) if until else pd.Series(False, index=frame.index),
        TOO_LONG: frame["connected_h"] > LONGEST_H,
        FAILED: (frame["energy_kwh"] == 0) & (frame["connected_h"] < FAILED_H),
    }
    gone = pd.Series(False, index=frame.index)
    for rule, broken in rules.items():
        quality.skip(rule, int((broken & ~gone).sum()))
        gone |= broken
    kept = frame[~gone]
    tell_energy(int((kept["has_energy"] & kept["energy_kwh"].isna()).sum()), quality)
    return kept


def _apart(frame: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Sessions at one EVSE one after another."""
    known = frame[frame["evse_id"].notna()]
    tell_nameless(len(frame) - len(known), quality)
    order = ["evse_id", "started_at", "energy_kwh", "ended_at", "location_id", "charged_h"]
    ordered = known.sort_values(order, na_position="first")
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


def _over_midnight(frame: pd.DataFrame) -> int:
    local = [frame[name].dt.tz_convert(ZONE).dt.date for name in ("started_at", "ended_at")]
    return int((local[0] != local[1]).sum())


def _hours(begin: pd.Series, close: pd.Series) -> pd.Series:
    return (close - begin).dt.total_seconds() / SECONDS_PER_H
