"""Moments in UTC from the times that sources write: with a zone, without one, or with a broken clock.

In: text. Out: for each the moment, or two where the clock of Europe/Amsterdam showed that time twice. Time without a
zone is local time. A time that the clock skipped in spring is read as an hour later, as if the clock had run on.
"""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

ZONE = "Europe/Amsterdam"
"""Zone of times that state none."""

KIND: Literal["datetime64[us, UTC]"] = "datetime64[us, UTC]"

ZONED = r":\d{2}(?:[.,]\d+)?\s*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$"
"""How a time ends that states its zone."""

ZONE_LEFT = r"[T ].*[+zZ-]"
"""A zone, or what looks like one, behind the date of a time that is not `ZONED`: such a time is none."""

DUTCH_FORMS = ("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
"""Forms beside ISO 8601: the day goes first, as the Dutch write it."""

FIRST, LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")
"""What lies outside is no time but a fault."""

EUROPEAN_RULE = 1996
"""Since then the clock is changed on the last Sundays of March and October (directive 94/21/EC)."""


@dataclass(frozen=True)
class Moments:
    """Moments in UTC; `second` differs from `first` where local time occurred twice."""

    first: pd.Series
    second: pd.Series
    skipped: pd.Series
    """True where local time did not occur: the clock went from two to three."""

    @property
    def is_twice(self) -> pd.Series:
        """True where local time occurred twice."""
        return self.first.notna() & (self.first != self.second)


def read_moments(texts: pd.Series, *, is_utc: bool = False) -> Moments:
    """The moments of texts; not a time where a text is none.

    >>> found = read_moments(pd.Series(["2025-07-01 12:00", "2025-10-26T02:30:00", "2025-10-26T02:30:00Z"]))
    >>> found.first.dt.strftime("%d %H:%M").to_list(), found.is_twice.to_list()
    (['01 10:00', '26 00:30', '26 02:30'], [False, True, False])
    """
    aware, local = _read(texts)
    if is_utc:
        found = aware.fillna(local.dt.tz_localize("UTC").astype(KIND))
        return Moments(found, found, pd.Series(False, index=texts.index))
    skipped = local.notna() & _placed(local, summer=True, skipped="NaT").isna()
    first, second = (aware.fillna(_placed(local, summer=summer)) for summer in (True, False))
    return Moments(first, second, skipped)


def plain_times(texts: pd.Series) -> pd.Series:
    """The same times in one form of ISO 8601, local ones without a zone and all others in UTC.

    >>> plain_times(pd.Series(["1/7/2025 12:00", "2025-07-01T12:00+02:00", "gisteren"])).to_list()
    ['2025-07-01T12:00:00.000000', '2025-07-01T10:00:00.000000Z', nan]
    """
    aware, local = _read(texts)
    plain = local.dt.strftime("%Y-%m-%dT%H:%M:%S.%f").astype("str")
    return plain.fillna(aware.dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ").astype("str"))


def clock_changes(years: range) -> pd.DataFrame:
    """Moments at which the clock goes forward and back, per year, in microseconds since 1970 (UTC).

    The European rule holds since 1996; a year before that has no row.

    >>> clock_changes(range(2025, 2026)).map(lambda us: pd.Timestamp(us, unit="us").isoformat()).loc[2025].to_list()
    ['2025-03-30T01:00:00', '2025-10-26T01:00:00']
    """
    found = {year: _changes(year) for year in years if year >= EUROPEAN_RULE}
    return pd.DataFrame.from_dict(found, orient="index", columns=["forward_us", "back_us"], dtype="int64")


def _changes(year: int) -> list[int]:
    """Last hour of March and of October in which the offset differs from that of the hour before."""
    zone, found = ZoneInfo(ZONE), []
    for month in (3, 10):
        hours = pd.date_range(f"{year}-{month:02d}-24", periods=8 * 24, freq="h", tz="UTC")
        offsets = [moment.astimezone(zone).utcoffset() for moment in hours.to_pydatetime()]
        place = next(place for place in range(1, len(hours)) if offsets[place] != offsets[place - 1])
        found.append(hours[place].value // 1000)
    return found


def _read(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Moments of the texts that state a zone, and times of those that do not."""
    plain = texts.astype("str").str.strip()
    zoned = plain.str.contains(ZONED, regex=True).fillna(False).astype(bool)
    aware = pd.to_datetime(plain.where(zoned), format="ISO8601", utc=True, errors="coerce").astype(KIND)
    aware = aware.where((aware >= FIRST.tz_localize("UTC")) & (aware < LAST.tz_localize("UTC")))
    return aware, _local(plain.where(~zoned))


def _local(texts: pd.Series) -> pd.Series:
    """Times without a zone."""
    found = _naive(texts, "ISO8601")
    for form in DUTCH_FORMS:
        left = texts.where(found.isna())
        if left.notna().any():
            found = found.fillna(_naive(left, form))
    return found.where((found >= FIRST) & (found < LAST))


def _naive(texts: pd.Series, form: str) -> pd.Series:
    """Times as they are written; what has a zone in some unforeseen way is read as UTC, and no time at all here."""
    read = pd.to_datetime(texts, format=form, utc=True, errors="coerce").dt.tz_localize(None).astype("datetime64[us]")
    return read.where(~texts.str.contains(ZONE_LEFT, regex=True).fillna(False).astype(bool))


def _placed(local: pd.Series, *, summer: bool, skipped: str = "shift_forward") -> pd.Series:
    """Local times as moments; of two that are possible that of summer time or of winter time."""
    which = np.full(len(local), summer)
    shift = pd.Timedelta(hours=1) if skipped == "shift_forward" else skipped
    placed = local.dt.tz_localize(ZONE, ambiguous=which, nonexistent=shift)
    return placed.dt.tz_convert("UTC").astype(KIND)
