"""Use per charging location from polled status, where no sessions are given.

In: `Occupancy`. Out: `UseWeeks`, `UseHours`.

Hard decisions: a poll stands for the hour of the clock that it falls in and for nothing else; several polls in one hour
share it; what was not polled was not observed. EVSE out of order are not observed. Sessions and energy cannot be
counted, and stay empty. Only weeks that are over count: until the last Sunday with a poll.
"""

from datetime import date

import numpy as np
import pandas as pd

from laadplan.contracts.monitoring import UseHours, UseWeeks
from laadplan.contracts.quality import Quality

ZONE = "Europe/Amsterdam"
SUNDAY = 6
HOURS_OF_DAY = 24
SECONDS_PER_HOUR = 3600.0
NOT_OVER = "peiling in een week die nog niet om is"
BROKEN = "peiling met alle laadpunten buiten gebruik of onbekend"


def use_of_polls(
    occupancy: pd.DataFrame, *, until: date | None, weeks: int, quality: Quality | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Use per location and week (`UseWeeks`), and per hour of the week over the last weeks (`UseHours`).

    Facts say how much was polled: ``polled_share`` of all hours from the first to the last poll, and the occupancy per
    hour of the day.

    Parameters
    ----------
    occupancy
        `Occupancy`; moments in UTC are put on the clock of the Netherlands.
    until
        Polls from this day on are left out; None: none.
    weeks
        Complete weeks, counted back from the last, that `UseHours` is of.
    """
    quality = quality if quality is not None else Quality()
    hours = _hours(occupancy, until, quality)
    if hours.empty:
        quality.find("There are no polls of a week that is over: use is unknown.")
        return UseWeeks.empty(), UseHours.empty()
    last = hours["week"].max()
    recent = hours[hours["week"] > last - pd.Timedelta(weeks=weeks)]
    return _by_week(hours), _by_hour(recent)


def _hours(occupancy: pd.DataFrame, until: date | None, quality: Quality) -> pd.DataFrame:
    """One row per location and hour polled: hours of EVSE connected and observed, in weeks that are over."""
    local = occupancy["polled_at"].dt.tz_convert(ZONE)
    broken = occupancy[["out_of_order", "unknown"]].fillna(0.0).sum(axis=1)
    polls = pd.DataFrame(
        {
            "location_id": occupancy["location_id"],
            "hour": occupancy["polled_at"].dt.floor("h"),
            "day": local.dt.tz_localize(None).dt.floor("D"),
            "hour_of_week": local.dt.day_of_week * HOURS_OF_DAY + local.dt.hour,
            "evses": occupancy["evses"],
            "observed_h": np.maximum(occupancy["evses"] - broken, 0.0),
        }
    ).assign(connected_h=np.maximum(np.minimum(occupancy["occupied"], occupancy["evses"] - broken), 0.0))
    if until is not None:
        polls = polls[polls["day"] < pd.Timestamp(until)]
    polls = _over(polls, quality)
    unseen = polls["observed_h"] == 0
    quality.skip(BROKEN, int(unseen.sum()))
    hours = (
        polls[~unseen]
        .groupby(["location_id", "hour"], as_index=False)
        .agg({"day": "first", "hour_of_week": "first", "evses": "max", "observed_h": "mean", "connected_h": "mean"})
    )
    _digest(hours, quality)
    return hours.assign(week=hours["day"] - pd.to_timedelta(hours["day"].dt.day_of_week, unit="D"))


def _over(polls: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Polls in weeks that are over: up to and including the last Sunday polled."""
    sundays = polls.loc[polls["day"].dt.day_of_week == SUNDAY, "day"]
    late = polls["day"] > sundays.max() if len(sundays) else pd.Series(True, index=polls.index)
    quality.skip(NOT_OVER, int(late.sum()))
    return polls[~late]


def _digest(hours: pd.DataFrame, quality: Quality) -> None:
    """How thin the polling is, and how busy the hours of a day are."""
    if hours.empty:
        return
    polled = pd.DatetimeIndex(hours["hour"])
    span = (polled.max() - polled.min()).total_seconds() / SECONDS_PER_HOUR + 1
    daily = hours.groupby(hours["hour_of_week"] % HOURS_OF_DAY)[["connected_h", "observed_h"]].sum()
    busy = daily["connected_h"] / daily["observed_h"]
    quality.facts |= {
        "polled_share": round(len(polled.unique()) / span, 4),
        "polled_hours_of_week": int(hours["hour_of_week"].nunique()),
        "occupancy_by_hour": {f"{hour:02d}": round(float(share), 4) for hour, share in busy.items()},
    }
    quality.find(
        f"Use is polled in {quality.facts['polled_share']:.0%} of the hours; each poll stands for its own hour only, "
        "sessions and energy are unknown."
    )


def _by_week(hours: pd.DataFrame) -> pd.DataFrame:
    found = hours.groupby(["location_id", "week"], as_index=False)[["observed_h", "connected_h"]].sum()
    evses = hours.groupby(["location_id", "week"])["evses"].max().to_numpy()
    monday = found["week"].dt.strftime("%Y-%m-%d")
    frame = found.assign(week_on=monday, evses=evses, sessions=np.nan, energy_kwh=np.nan)
    return _named(frame, found["location_id"] + "|" + monday, UseWeeks)


def _by_hour(hours: pd.DataFrame) -> pd.DataFrame:
    keys = ["location_id", "hour_of_week"]
    found = hours.groupby(keys, as_index=False)[["observed_h", "connected_h"]].sum()
    evses = hours.groupby(keys)["evses"].max().to_numpy()
    number = found["hour_of_week"].map("{:03d}".format)
    return _named(found.assign(evses=evses), found["location_id"] + "|" + number, UseHours)


def _named(frame: pd.DataFrame, names: pd.Series, contract: type[UseWeeks] | type[UseHours]) -> pd.DataFrame:
    frame.index = pd.Index(names, dtype="str", name=contract.index_name())
    hours = frame[["observed_h", "connected_h"]].round(6)
    return contract.checked(frame.assign(**hours)[contract.columns()].astype(contract.kinds()))
