"""Moments in UTC from the times that sources write: with a zone, without one, or with a broken clock.

In: text. Out: for each the moment, or two where the clock of Europe/Amsterdam showed that time twice. Time without a
zone is local time. A time that the clock skipped in spring is read as an hour later, as if the clock had run on.
"""

from dataclasses import dataclass
from typing import Literal

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
    plain = texts.astype("str").str.strip()
    zoned = plain.str.contains(ZONED, regex=True).fillna(False).astype(bool)
    aware = pd.to_datetime(plain.where(zoned), format="ISO8601", utc=True, errors="coerce").astype(KIND)
    aware = aware.where((aware >= FIRST.tz_localize("UTC")) & (aware < LAST.tz_localize("UTC")))
    local = _local(plain.where(~zoned))
    if is_utc:
        found = aware.fillna(local.dt.tz_localize("UTC").astype(KIND))
        return Moments(found, found, pd.Series(False, index=texts.index))
    skipped = local.notna() & _placed(local, summer=True, skipped="NaT").isna()
    first, second = (aware.fillna(_placed(local, summer=summer)) for summer in (True, False))
    return Moments(first, second, skipped)


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
