"""Frames of use: hours of connection per pole, what they say of each area, and what follows from it.

Use per pole is confidential, for with few sessions it tells of single drivers. What is made of it for readers is
cleared: nothing stands in it of a pole with fewer sessions than the config asks.
"""

from typing import ClassVar

from pandera.typing import Index, Series

from laadplan.contracts.frame import Table, column, index

HOURS_OF_WEEK = 168
SUBJECTS = ("paal", "gebied")
LEVELS = ("ruim", "signaal", "actie", "onbekend")
"""Below the signal value, above it, above the act value, or not known."""

TRIGGER_VARIANTS = ("I", "II", "III", "IV", "aanvraag")
"""Of chance K of the guide: forecast, use of one pole, laaddruk of an area, use and forecast; or a driver's request."""

_SHORT = "too short a history"


class UseWeeks(Table):
    """Use of a charging location per week: Monday 0:00 to Monday 0:00, local time in the Netherlands."""

    _confidential: ClassVar[bool] = True

    use_id: Index[str] = index("location and Monday of the week, as location|2026-03-30")
    location_id: Series[str] = column("charging location")
    week_on: Series[str] = column("Monday of the week, as 2026-03-30")
    evses: Series[float] = column("EVSE in use", unit="EVSE", gt=0)
    observed_h: Series[float] = column(
        "hours of EVSE that were observed: EVSE times hours of the week covered, out of order left out",
        unit="h",
        ge=0,
    )
    connected_h: Series[float] = column("hours of EVSE with a car at them", unit="h", ge=0)
    sessions: Series[float] = column("sessions that began", unit="sessions", empty="polled, not counted", ge=0)
    energy_kwh: Series[float] = column(
        "energy of the sessions that began", unit="kWh", empty="polled, not measured", ge=0
    )


class UseHours(Table):
    """Use of a charging location per hour of the week, over the period of measuring."""

    _confidential: ClassVar[bool] = True

    use_id: Index[str] = index("location and hour of the week, as location|017")
    location_id: Series[str] = column("charging location")
    hour_of_week: Series[int] = column("0: Monday 0:00 to 1:00 local time", unit="h", ge=0, lt=HOURS_OF_WEEK)
    evses: Series[float] = column("EVSE in use", unit="EVSE", gt=0)
    observed_h: Series[float] = column("hours of EVSE that were observed", unit="h", gt=0)
    connected_h: Series[float] = column("hours of EVSE with a car at them", unit="h", ge=0)


class Laaddruk(Table):
    """Realised against desired occupancy, per pole and per calculation area.

    Cleared: `tests/demand/test_few_sessions.py` shows that a pole with few sessions is not in it.
    """

    _cleared: ClassVar[bool] = True

    laaddruk_id: Index[str] = index("kind and code, as gebied|BU02280105")
    kind: Series[str] = column("one pole (charging location) or a calculation area", isin=SUBJECTS)
    code: Series[str] = column("charging location or calculation area")
    name: Series[str] = column("address of the pole, or name of the area")
    area_id: Series[str] = column("calculation area in which it lies", empty="in none")
    poles: Series[int] = column("charging locations with use", ge=0)
    evses: Series[float] = column("EVSE of these", unit="EVSE", ge=0)
    first_on: Series[str] = column("first day observed", empty="never observed")
    last_on: Series[str] = column("last day observed", empty="never observed")
    weeks: Series[int] = column("complete weeks in the period of measuring", unit="weeks", ge=0)
    weeks_history: Series[int] = column("complete weeks in all", unit="weeks", ge=0)
    observed_share: Series[float] = column("share of the period of measuring that was observed", ge=0, le=1)
    occupancy_share: Series[float] = column("connected time over observed time, in the period", empty=_SHORT)
    busiest_hour: Series[str] = column("busiest hour of the week, as di 19:00", empty=_SHORT)
    busiest_share: Series[float] = column("occupancy at that hour, in the period", empty=_SHORT)
    desired_share: Series[float] = column(
        "occupancy at which all points are taken at the stated risk (Erlang B)", empty="no points"
    )
    laaddruk: Series[float] = column("busiest_share over desired_share", empty=_SHORT)
    laaddruk_low: Series[float] = column("lower end of its interval", empty=_SHORT)
    laaddruk_high: Series[float] = column("upper end of its interval", empty=_SHORT)
    kwh_evse_month: Series[float] = column("energy per point a month", unit="kWh", empty="polled, or too short")
    sessions_evse_month: Series[float] = column("sessions per point a month", empty="polled, or too short a history")
    growth_share_year: Series[float] = column("growth of use in a year, without the season", empty=_SHORT)
    growth_low: Series[float] = column("lower end of its interval", empty=_SHORT)
    growth_high: Series[float] = column("upper end of its interval", empty=_SHORT)
    passes_on: Series[str] = column("day on which the norm will be passed", empty="passed, out of sight or unknown")
    passes_from: Series[str] = column("earliest such day by the interval", empty="as passes_on")
    passes_until: Series[str] = column("latest such day by the interval", empty="out of sight, or as passes_on")
    level: Series[str] = column("against the signal value and the act value", isin=LEVELS)
    reason: Series[str] = column("the level in one Dutch sentence")


class LaaddrukWeeks(Table):
    """Use of a calculation area per week. Cleared as Laaddruk is."""

    _cleared: ClassVar[bool] = True

    week_id: Index[str] = index("area and Monday of the week")
    area_id: Series[str] = column("calculation area")
    week_on: Series[str] = column("Monday of the week")
    evses: Series[float] = column("EVSE observed", unit="EVSE", gt=0)
    occupancy_share: Series[float] = column("connected time over observed time", ge=0)
    kwh: Series[float] = column("energy", unit="kWh", empty="polled, not measured", ge=0)
    sessions: Series[float] = column("sessions", empty="polled, not counted", ge=0)


class LaaddrukHours(Table):
    """Use of a calculation area per hour of the week, over the period of measuring. Cleared as Laaddruk is."""

    _cleared: ClassVar[bool] = True

    hour_id: Index[str] = index("area and hour of the week")
    area_id: Series[str] = column("calculation area")
    hour_of_week: Series[int] = column("0: Monday 0:00 to 1:00 local time", unit="h", ge=0, lt=HOURS_OF_WEEK)
    occupancy_share: Series[float] = column("connected time over observed time", ge=0)


class Triggers(Table):
    """What is to be started, where, why and by when.

    Cleared: of requests it holds numbers per calculation area only (`tests/demand/test_few_sessions.py`).
    """

    _cleared: ClassVar[bool] = True

    trigger_id: Index[str] = index("variant and subject, as III|gebied|BU02280105")
    variant: Series[str] = column("by which variant of chance K, or a request", isin=TRIGGER_VARIANTS)
    kind: Series[str] = column("one pole or a calculation area", isin=SUBJECTS)
    code: Series[str] = column("charging location or calculation area")
    name: Series[str] = column("address of the pole, or name of the area")
    area_id: Series[str] = column("calculation area", empty="in none")
    level: Series[str] = column("signaal: plan it; actie: start", isin=["signaal", "actie"])
    need_on: Series[str] = column(
        "day on which the pole must work", empty="level actie: now, the norm is passed; level signaal: not dated"
    )
    start_on: Series[str] = column(
        "day on which to start, counted back with the lead time", empty="level actie: now; level signaal: not dated"
    )
    evses: Series[float] = column("charge points to add", unit="EVSE", empty="not computed", ge=0)
    reason: Series[str] = column("why, in one Dutch sentence with its numbers")
