"""Levels of laaddruk in plain Dutch: one sentence or two with the numbers, units and dates they stand on.

In: one row of figures. Out: text.
"""

from datetime import date
from typing import Any

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.dutch import counted, day, is_known, number, percent

DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
HOURS_OF_DAY = 24


def hour_name(hour_of_week: int) -> str:
    """An hour of the week as people write it.

    >>> hour_name(43)
    'di 19:00'
    """
    return f"{DAYS[hour_of_week // HOURS_OF_DAY]} {hour_of_week % HOURS_OF_DAY}:00"


def reason_of(row: Any, monitoring: Monitoring, period: int) -> str:
    """Why a row of `Laaddruk` has its level, in Dutch.

    Parameters
    ----------
    row
        A row as a named tuple, with ``told``: poles of which may be told.
    monitoring
        Norm and least lengths.
    period
        Complete weeks that there is use of anywhere, in the period of measuring: where these are too few, that is what
        is lacking, and not sessions.
    """
    if row.level == "onbekend":
        return _unknown(row, monitoring, period)
    points = f"{'het' if row.evses == 1 else 'de'} {counted(int(row.evses), 'laadpunt', 'laadpunten')}"
    until = day(date.fromisoformat(row.last_on))
    return (
        f"Op {row.busiest_hour} is {percent(row.busiest_share)} van {points} bezet; "
        f"gewenst is hoogstens {percent(row.desired_share)} (risico {percent(monitoring.risk_share)}). "
        f"Laaddruk {number(row.laaddruk, 2)} ({number(row.laaddruk_low, 2)}-{number(row.laaddruk_high, 2)}) over "
        f"{counted(row.weeks, 'week', 'weken')} tot en met {until}. {_ahead(row, monitoring)}"
    )


def _unknown(row: Any, monitoring: Monitoring, period: int) -> str:
    """What is lacking."""
    if not row.poles:
        return "Er is geen gebruik bekend van laadpalen."
    if not row.told and period < monitoring.weeks_least:
        return f"Te kort gemeten: {counted(period, 'week', 'weken')}; nodig zijn {monitoring.weeks_least} weken."
    if not row.told:
        least = counted(monitoring.sessions_least, "laadbeurt", "laadbeurten")
        return f"Minder dan {least} per laadpaal in de meetperiode: te weinig om iets van te zeggen."
    if row.weeks < monitoring.weeks_least:
        until = day(date.fromisoformat(row.last_on))
        return (
            f"Te kort gemeten: {counted(row.weeks, 'week', 'weken')} tot en met {until}; "
            f"nodig zijn {monitoring.weeks_least} weken."
        )
    if row.observed_share < monitoring.observed_least_share:
        return (
            f"Te weinig gemeten: {percent(row.observed_share)} van de meetperiode; "
            f"nodig is {percent(monitoring.observed_least_share)}."
        )
    return "Het aantal laadpunten is niet bekend."


def _ahead(row: Any, monitoring: Monitoring) -> str:
    """Growth and date."""
    if not is_known(row.growth_share_year):
        return f"Voor een trend is de historie te kort: {row.weeks_history} van {monitoring.weeks_trend} weken."
    growth = (
        f"Groei {percent(row.growth_share_year)} per jaar ({percent(row.growth_low)} tot {percent(row.growth_high)})"
    )
    if row.level == "actie":
        return f"{growth}; de norm is gepasseerd."
    if not is_known(row.passes_on):
        return f"{growth}; de norm wordt binnen {counted(monitoring.ahead_years, 'jaar', 'jaar')} niet gepasseerd."
    first = day(date.fromisoformat(row.passes_from))
    last = f"en {day(date.fromisoformat(row.passes_until))}" if is_known(row.passes_until) else "en onbekend wanneer"
    return f"{growth}; de norm wordt gepasseerd rond {day(date.fromisoformat(row.passes_on))} (tussen {first} {last})."
