"""The rules by which sessions are dropped or mended: their names, their limits, and what is told of them.

Shared by the two readers of sessions, which must agree: `laadplan.ingest.sessions`, which keeps each session, and
`laadplan.ingest.session_use`, which adds up any number of them. In: numbers and text. Out: numbers and findings.
"""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.ingest.clocks import ZONE

DOUBLE = "komt meer dan eens voor"
DOUBLE_OTHER = "komt meer dan eens voor, met andere inhoud"
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

POWER_SLACK = 0.1
"""Share by which energy may exceed the highest power times the hours; in the ElaadNL
file of 2018 it is at most 0.013."""

CLOCK_H = 2 / 60
"""Hours by which clocks and counters may differ. Own estimate; in the ElaadNL file of 2018 it is below 0.01 h."""

WATT_HOURS_FROM = 500.0
"""Median energy from which a source is in Wh: no car takes 500 kWh."""

WH_PER_KWH = 1000.0
SECONDS_PER_H = 3600.0

KEY_WITHOUT_ID = ["evse_id", "connector", "location_id", "started_at", "started_utc", "ended_at", "ended_utc", "energy"]
"""Columns of a source by which a session is known that has no id."""

CONTENT = ["ended_at", "started_at", "energy", "evse_id", "location_id"]
"""What a session says, beside its id: rows with one id that differ in it contradict each other."""

TIES = ["power", "has_energy", "is_set", "is_wrong", "is_twice", "is_skipped", "is_credit", "charged"]
"""What decides after that which of several rows with one id stays, so that their order in the file does not."""

CLOCK_FACTS = {
    "sessions_in_repeated_hour": "is_twice",
    "sessions_in_skipped_hour": "is_skipped",
    "start_from_connected_time": "is_set",
    "end_from_connected_time": "is_wrong",
}
"""Facts that are told of clocks, by the flag that is counted."""


def plain_numbers(texts: pd.Series) -> pd.Series:
    """Numbers, with a decimal point or comma; what is no number is missing, for a message could quote it."""
    found = pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    return found.where(np.isfinite(found))


def after(day: date) -> pd.Timestamp:
    """The moment at which a day is over, by the clock of Europe/Amsterdam.

    >>> after(date(2025, 3, 29)).isoformat()
    '2025-03-30T00:00:00+01:00'
    """
    return (pd.Timestamp(day) + pd.Timedelta(days=1)).tz_localize(ZONE)


def unit_of(values: pd.Series) -> Literal["kWh", "Wh"]:
    """Wh where the median of what is above zero is above 500, else kWh; W and kW likewise.

    >>> unit_of(pd.Series([1830.0, 0.0, 7130.0])), unit_of(pd.Series([7.1]))
    ('Wh', 'kWh')
    """
    positive = values[values > 0]
    return "Wh" if len(positive) and positive.median() > WATT_HOURS_FROM else "kWh"


def tell_energy(wrong: int, quality: Quality) -> None:
    """Notes that the energy of so many sessions is not believed."""
    if wrong:
        words = "is no number, below zero, or more kWh than the power allows"
        quality.find(f"Energy of {wrong} sessions {words}: it counts as missing.")


def tell_nameless(number: int, quality: Quality) -> None:
    """Notes that so many sessions name no EVSE."""
    if number:
        quality.find(f"{number} sessions name no EVSE: whether they overlap cannot be seen.")


def tell(idle: int, over_midnight: int, quality: Quality) -> None:
    """Notes what was mended and what is left, once all is counted."""
    quality.facts["sessions_over_midnight"] = over_midnight
    if idle:
        quality.find(f"{idle} sessions took no energy; they count as occupied time.")
    cut = quality.facts.get("sessions_ended_by_the_next", 0)
    if cut:
        quality.find(f"{cut} sessions overlapped the next one at their EVSE, and end where that begins.")
    mended = quality.facts["start_from_connected_time"] + quality.facts["end_from_connected_time"]
    if mended:
        quality.find(f"The clock was wrong for {mended} sessions; their connected time was believed instead.")
