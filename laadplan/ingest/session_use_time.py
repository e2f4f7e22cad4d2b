"""Weeks and hours of the week by the clock of Europe/Amsterdam, and the time in which charge points were observed.

In: moments in microseconds since 1970 (UTC), as numbers. Out: the same, and hours. Hard decisions:

- A location is observed from the begin of the data where it may have stood free until its first session, and else from
  that session; an EVSE likewise from the begin of its location. To count from each first session would make the first
  weeks of a delivery look busier than they were, and growth less. Of a location whose number of EVSE is known, those
  that were never seen count as long as it does; those seen beyond that number do not count: they were replaced.
- A location without any car for at least two weeks, where that would happen less than once in a thousand times with its
  own sessions of the thirteen weeks before and after, was out of order: that time is not observed.
- Hours in which no session began anywhere, at least a day and as unlikely, were not delivered.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from laadplan.contracts.monitoring import HOURS_OF_WEEK
from laadplan.ingest.clocks import ZONE
from laadplan.ingest.session_use_rows import US_PER_H

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNLIKELY = np.log(1000.0)
"""Logarithm of the chance below which a gap is no chance: once in a thousand times."""

SHORTEST_OUTAGE_H = 14 * 24
"""Hours without a car below which a location was quiet, not out of order. Own estimate: a holiday at home is longer."""

SHORTEST_LAPSE_H = 24
"""Hours without a session anywhere below which nothing is missing from a delivery. Own estimate."""

AROUND_WEEKS = 13
"""Weeks before and after a gap by which it is judged what is usual: a quarter, within which a season hardly turns."""

AT_ONCE = 20_000
"""Spans that are added up at once: 30 MB for the hours of a week."""


@dataclass(frozen=True)
class Calendar:
    """The weeks of the data: Mondays and the moments at which weeks begin; one more than there are weeks."""

    mondays: list[str]
    bounds_us: Ints
    first_us: int
    end_us: int

    @property
    def weeks(self) -> int:
        """Number of weeks, the first and the last perhaps not whole."""
        return len(self.mondays)

    @property
    def over(self) -> int:
        """Number of weeks that ended before the data did: all, or all but the last."""
        return int((self.bounds_us[1:] <= self.end_us).sum())

    def complete(self, number: int) -> range:
        """The last so many complete weeks; fewer where there are no more."""
        whole = (self.bounds_us[:-1] >= self.first_us) & (self.bounds_us[1:] <= self.end_us)
        found = np.flatnonzero(whole)[-number:]
        return range(int(found[0]), int(found[-1]) + 1) if len(found) else range(0)


def make_calendar(first_us: int, last_us: int, until_us: int | None) -> Calendar:
    """The calendar of data whose first and last session begin then; the data end with that day, or with `until_us`."""
    first, last = _midnight(first_us, 0), _midnight(last_us, 1)
    end_us = last if until_us is None else min(last, until_us)
    monday = pd.Timestamp(first_us, unit="us", tz="UTC").tz_convert(ZONE).tz_localize(None).normalize()
    monday -= pd.Timedelta(days=monday.weekday())
    end = pd.Timestamp(end_us, unit="us", tz="UTC").tz_convert(ZONE).tz_localize(None)
    days = pd.date_range(monday, periods=-(-(end - monday) // pd.Timedelta(days=7)) + 1, freq="7D")
    bounds = days.tz_localize(ZONE).tz_convert("UTC").as_unit("us").asi8
    return Calendar(days[:-1].strftime("%Y-%m-%d").to_list(), bounds, first, end_us)


def _midnight(us: int, later: int) -> int:
    """The beginning of the local day of a moment, so many days later."""
    day = pd.Timestamp(us, unit="us", tz="UTC").tz_convert(ZONE).tz_localize(None).normalize()
    return int((day + pd.Timedelta(days=later)).tz_localize(ZONE).timestamp()) * 1_000_000


def lapses(begins: pd.Series, calendar: Calendar) -> Ints:
    """Pairs of begin and end (n, 2) between which the delivery lacks sessions, of begins per hour since 1970 (UTC)."""
    hours = np.arange(calendar.first_us // US_PER_H, calendar.end_us // US_PER_H)
    counts = begins.reindex(hours, fill_value=0).to_numpy()
    empty = np.flatnonzero(np.diff(np.concatenate([[0], counts == 0, [0]]).astype(np.int8)))
    found = [
        (int(hours[start]) * US_PER_H, int(hours[stop - 1] + 1) * US_PER_H)
        for start, stop in empty.reshape(-1, 2)
        if stop - start >= SHORTEST_LAPSE_H
        and start > 0
        and stop < len(hours)
        and _is_unlikely(_near(counts, start, stop, AROUND_WEEKS * HOURS_OF_WEEK), float(stop - start))
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _near(counts: Ints | Floats, start: int, stop: int, around: int) -> Ints | Floats:
    """So many counts before and after a gap."""
    return np.concatenate([counts[max(start - around, 0) : start], counts[stop : stop + around]])


def _is_unlikely(near: Ints | Floats, length: float) -> bool:
    """Whether a gap as long as so many of the counts near it is no chance.

    Of n sessions that come at any moment with equal chance, none falls into the gap with chance
    ``(near / (near + gap)) ** n``; such a gap could have begun at each of the places near it.
    """
    return bool(len(near) and float(near.sum()) * np.log1p(length / len(near)) - np.log(len(near)) > UNLIKELY)


def observed_from(first_us: pd.Series, since_us: pd.Series | int, near: pd.Series | Ints, end_us: int) -> pd.Series:
    """Moments from which is observed: `since_us`, or the first session where waiting so long for it is no chance.

    `near` is the number of sessions in the `AROUND_WEEKS` from the first on, or as many as there are before `end_us`.
    """
    length = (end_us - first_us).clip(upper=AROUND_WEEKS * HOURS_OF_WEEK * US_PER_H)
    unlikely = near * np.log1p((first_us - since_us) / length) > UNLIKELY
    return first_us.where(unlikely, since_us)


def quiet_weeks(connected: Floats, born: Ints) -> pd.DataFrame:
    """Runs of weeks without a car: location, first week and the week after the last. `born`: week of first session."""
    empty = (connected == 0) & (np.arange(connected.shape[1]) >= born[:, None])
    edges = np.diff(np.pad(empty, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, stops = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return pd.DataFrame({"location_no": starts[:, 0], "from_week": starts[:, 1], "to_week": stops[:, 1]})


def outages(gaps: pd.DataFrame, sessions: Floats, born: Ints, calendar: Calendar) -> pd.DataFrame:
    """Of gaps (``location_no``, weeks, ``from_us``, ``to_us``) those in which a location was out of order."""
    kept = []
    names = ["location_no", "from_week", "to_week", "from_us", "to_us"]
    for location, start, stop, from_us, to_us in gaps[names].to_numpy(dtype=np.int64):
        first = born[location]
        near = _near(sessions[location, first:], start - first, stop - first, AROUND_WEEKS)
        hours = (to_us - from_us) / US_PER_H
        kept.append(hours >= SHORTEST_OUTAGE_H and _is_unlikely(near, hours / HOURS_OF_WEEK))
    return gaps[np.array(kept, dtype=bool)]


def observed_spans(slots: pd.DataFrame, out: pd.DataFrame, gaps: Ints, end_us: int) -> pd.DataFrame:
    """Spans in which one EVSE was observed, as ``location_no, from_us, to_us, sign``; sign -1 takes time away.

    Each slot counts from its begin to the end of the data; of that, what was out of order or not delivered is taken
    away once. `out` and `gaps` may overlap.
    """
    spans = [slots.assign(to_us=end_us, sign=1)]
    broken = slots["location_no"].isin(out["location_no"])
    spans += [_taken(slots[~broken], start, stop, end_us) for start, stop in _merged(gaps)]
    for location, own in slots[broken].groupby("location_no"):
        lost = out.loc[out["location_no"] == location, ["from_us", "to_us"]].to_numpy()
        spans += [_taken(own, start, stop, end_us) for start, stop in _merged(np.concatenate([lost, gaps]))]
    return pd.concat(spans, ignore_index=True)


def _taken(slots: pd.DataFrame, start: int, stop: int, end_us: int) -> pd.DataFrame:
    taken = slots.assign(from_us=slots["from_us"].clip(lower=start), to_us=min(stop, end_us), sign=-1)
    return taken[taken["from_us"] < taken["to_us"]]


def _merged(pairs: Ints) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, stop in sorted((int(start), int(stop)) for start, stop in pairs):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found


def hours_per_week(spans: pd.DataFrame, locations: int, calendar: Calendar) -> Floats:
    """Hours of EVSE observed (locations, weeks)."""
    return _summed(spans, locations, calendar.bounds_us, np.arange(calendar.weeks), calendar.weeks)


def hours_of_week(period_us: tuple[int, int]) -> tuple[Ints, Ints]:
    """Hours since 1970 (UTC) of a period of whole hours, and the hour of the local week of each."""
    hours = np.arange(period_us[0] // US_PER_H, period_us[1] // US_PER_H)
    local = pd.to_datetime(hours * US_PER_H, unit="us", utc=True).tz_convert(ZONE)
    return hours, np.asarray(local.day_of_week * 24 + local.hour, dtype=np.int64)


def hours_per_hour_of_week(spans: pd.DataFrame, locations: int, period_us: tuple[int, int]) -> Floats:
    """Hours of EVSE observed (locations, 168) in a period of whole hours."""
    hours, of_week = hours_of_week(period_us)
    return _summed(spans, locations, np.append(hours, hours[-1] + 1) * US_PER_H, of_week, HOURS_OF_WEEK)


def _summed(spans: pd.DataFrame, locations: int, bounds_us: Ints, kind: Ints, kinds: int) -> Floats:
    """Hours of the spans per location and kind of piece; pieces lie between bounds, `kind` is that of each.

    The time per kind up to each moment is known, and a span is the difference of two moments. All sums are of whole
    microseconds, so that their order does not matter.
    """
    lengths = np.diff(bounds_us)
    by_kind = np.zeros((len(lengths), kinds), dtype=np.int64)
    by_kind[np.arange(len(lengths)), kind] = lengths
    until = np.concatenate([np.zeros((1, kinds), dtype=np.int64), np.cumsum(by_kind, axis=0)])
    total = np.zeros((locations, kinds), dtype=np.int64)
    number = spans["location_no"].to_numpy()
    for name, way in (("to_us", 1), ("from_us", -1)):
        moments = np.clip(spans[name].to_numpy(dtype=np.int64), bounds_us[0], bounds_us[-1])
        sign = spans["sign"].to_numpy(dtype=np.int64) * way
        piece = np.clip(np.searchsorted(bounds_us, moments, side="right") - 1, 0, len(lengths) - 1)
        for some in np.array_split(np.arange(len(spans)), len(spans) // AT_ONCE + 1):
            np.add.at(total, number[some], until[piece[some]] * sign[some, None])
        np.add.at(total, (number, kind[piece]), (moments - bounds_us[piece]) * sign)
    return total / US_PER_H
