"""Laaddruk: how busy poles and areas are at the busiest hour of the week, over how busy they may be.

In: `UseWeeks`, `UseHours`, `ChargePoints`, `DemandAreas`. Out: `Laaddruk`, `LaaddrukWeeks`, `LaaddrukHours`.

Hard decisions: the busiest hour is found in a course of the week that leans on greater groups (``profiles``); the
points of an area are one group, whoever owns them; nothing of a pole with few sessions gets out (``pole_use``); dates
come from the line through all weeks, not from the period of measuring alone (``trend``).

Formula
-------
``laaddruk = occupancy at the busiest hour / desired occupancy``; the desired occupancy is that at which all points are
taken at the stated risk (``erlang``). Interval: ``laaddruk * exp(+-z sqrt(dispersion / connected hours + variance of
the course))``.
"""

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.monitoring import Laaddruk, LaaddrukHours, LaaddrukWeeks
from laadplan.contracts.quality import Quality
from laadplan.demand.area_use import hours_told, weeks_told
from laadplan.demand.dates import date_passings
from laadplan.demand.division import over
from laadplan.demand.erlang import desired_share
from laadplan.demand.pole_use import PoleUse, take_use
from laadplan.demand.profiles import Courses, drawn_towards, whole_course
from laadplan.demand.reasons import hour_name, reason_of
from laadplan.demand.subjects import Subjects, area_numbers, area_subjects, pole_subjects
from laadplan.demand.trend import Fit, Growth, Weeks, fit_growth

Floats = npt.NDArray[np.float64]

HOURS_PER_MONTH = 730.5
"""A twelfth of a year."""

TREND_WEEKS = 104
"""Weeks that a line is drawn through, at most: growth does not stay the same for longer, and seasons come whole."""

OLD_DAYS = 31
"""Age of the last week from which a finding says that figures are old: longer than a month's delivery takes."""

MEASURED = (
    "occupancy_share",
    "busiest_share",
    "laaddruk",
    "laaddruk_low",
    "laaddruk_high",
    "kwh_evse_month",
    "sessions_evse_month",
)
"""Figures that need a period long enough."""


def measure_laaddruk(
    use_weeks: pd.DataFrame,
    use_hours: pd.DataFrame,
    charge_points: gpd.GeoDataFrame,
    demand_areas: gpd.GeoDataFrame,
    monitoring: Monitoring,
    today: date,
    *,
    quality: Quality | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Laaddruk per pole and per calculation area, and use per area by week and by hour of the week.

    Every calculation area has a row in `Laaddruk`, also without use; a pole only with sessions enough. Shares are 0 to
    1, energy in kWh, dates as 2026-03-30.

    Parameters
    ----------
    use_weeks, use_hours
        `UseWeeks` of all history and `UseHours` of the period of measuring.
    charge_points
        `ChargePoints` in RD New; its index is the location in the use.
    demand_areas
        `DemandAreas` in RD New.
    monitoring
        Norm, period and what may be told.
    today
        Dates further ahead than ``ahead_years`` from here are out of sight.

    Raises
    ------
    WrongCrs
        Charge points or areas are not in RD New.
    """
    quality = quality if quality is not None else Quality()
    use = take_use(use_weeks, use_hours, charge_points, demand_areas, monitoring, quality=quality)
    poles = pole_subjects(use)
    areas = area_subjects(use, poles, demand_areas)
    fit = _fitted(use, areas)
    courses = _courses(poles, areas, area_numbers(use.poles["area_id"], pd.Index(areas.about["code"])))
    _tell(use, fit, today, quality)
    told = pd.concat(
        [
            _figures(poles, courses[0], fit.poles, fit.dispersion, use, monitoring, today),
            _figures(areas, courses[1], fit.areas, fit.of_areas, use, monitoring, today).iloc[:-1],
        ]
    )
    told["reason"] = [reason_of(row, monitoring, use.period) for row in told.itertuples()]
    shown = areas.about["told"].to_numpy() > 1
    return (
        Laaddruk.checked(told[Laaddruk.columns()].astype(Laaddruk.kinds())),
        LaaddrukWeeks.checked(weeks_told(areas, use, shown, monitoring)),
        LaaddrukHours.checked(hours_told(areas, courses[1], shown)),
    )


def _fitted(use: PoleUse, areas: Subjects) -> Fit:
    """Growth of poles and areas, over two years at most."""
    back = slice(-TREND_WEEKS, None)
    weeks = Weeks(use.connected_h[:, back], use.observed_h[:, back], use.sessions[:, back], use.middle_years()[back])
    number = area_numbers(use.poles["area_id"], pd.Index(areas.about["code"]))
    points = areas.about["evses"].to_numpy(dtype=float)
    return fit_growth(weeks, number, use.poles["evses"].to_numpy(dtype=float), points)


def _courses(poles: Subjects, areas: Subjects, number: npt.NDArray[np.int64]) -> tuple[Courses, Courses]:
    """Courses of the week of poles and areas, each leaning on the greater."""
    whole = whole_course(poles.hours_connected.sum(axis=0), poles.hours_observed.sum(axis=0))
    of_areas = drawn_towards(areas.hours_connected, areas.hours_observed, whole)
    return drawn_towards(poles.hours_connected, poles.hours_observed, of_areas.at(number)), of_areas


def _tell(use: PoleUse, fit: Fit, today: date, quality: Quality) -> None:
    """What whoever reads the figures must know of them."""
    if not use.weeks:
        quality.find("There is no use of known charge points: laaddruk is unknown everywhere.")
        return
    quality.facts |= {
        "first_week": use.weeks[0].isoformat(),
        "last_week": use.weeks[-1].isoformat(),
        "poles_told": len(use.poles),
        "poles_not_told": len(use.quiet),
        "season_known": fit.season_known,
    }
    age = (today - use.until).days
    if age > OLD_DAYS:
        quality.find(f"The use ends {age} days before the date of this run: laaddruk is of {use.weeks[-1]} and before.")
    if not fit.season_known:
        quality.find("There are no two years of use: the season is not known, and makes growth and dates less sure.")


def _figures(
    subjects: Subjects,
    courses: Courses,
    growth: Growth,
    dispersion: Floats,
    use: PoleUse,
    monitoring: Monitoring,
    today: date,
) -> pd.DataFrame:
    """All figures of poles, or of areas; empty where they may not be told."""
    told = _measured(subjects, courses, dispersion, use, monitoring)
    told["level"] = _levels(told, monitoring)
    z = _z(monitoring)
    trend = (told["level"] != "onbekend") & (told["weeks_history"] >= monitoring.weeks_trend)
    spread = z * np.sqrt(growth.slope_variance)
    for name, slope in (("year", growth.slope), ("low", growth.slope - spread), ("high", growth.slope + spread)):
        column = "growth_share_year" if name == "year" else f"growth_{name}"
        told[column] = pd.Series(np.expm1(slope), told.index).round(4).where(trend)
    height = (told["busiest_share"] / told["occupancy_share"]).to_numpy()
    dates = date_passings(
        growth, height, told["course_variance"].to_numpy(), monitoring.act_ratio * told["desired_share"].to_numpy(),
        z=z, until=use.until, today=today, ahead_years=monitoring.ahead_years,
    )  # fmt: skip
    ahead = trend & (told["level"] != "actie")
    dates.index = told.index
    dates.loc[~ahead] = None
    return told.join(dates)


def _measured(
    subjects: Subjects, courses: Courses, dispersion: Floats, use: PoleUse, monitoring: Monitoring
) -> pd.DataFrame:
    """Figures of the period."""
    about = subjects.about
    told = about.assign(kind=subjects.kind, area_id=about["area_id"].where(about["area_id"] != "", None))
    told.index = pd.Index(subjects.kind + "|" + about["code"].astype("str"), dtype="str", name=Laaddruk.index_name())
    for name, value in _seen(subjects, use).items():
        told[name] = value
    back = slice(-use.period or None, None)
    connected, observed = (each[:, back].sum(axis=1) for each in (subjects.connected_h, subjects.observed_h))
    possible = subjects.possible_h[:, back].sum(axis=1)
    told["observed_share"] = np.minimum(over(observed, possible, 0.0), 1.0).round(4)
    told["desired_share"] = [round(desired_share(int(points), monitoring.risk_share), 4) for points in about["evses"]]
    occupancy = courses.occupancy()
    hour = occupancy.argmax(axis=1)
    rows = np.arange(len(about))
    told["course_variance"] = courses.variance[rows, hour]
    told["busiest_hour"] = [hour_name(int(each)) for each in hour]
    told["busiest_share"] = occupancy[rows, hour].round(4)
    told["occupancy_share"] = over(connected, observed, np.nan).round(4)
    told["laaddruk"] = told["busiest_share"] / told["desired_share"]
    sure = np.exp(_z(monitoring) * np.sqrt(over(dispersion, connected, np.nan) + told["course_variance"]))
    told["laaddruk_low"], told["laaddruk_high"] = told["laaddruk"] / sure, told["laaddruk"] * sure
    months = observed / HOURS_PER_MONTH
    told["kwh_evse_month"] = over(subjects.energy_kwh[:, back].sum(axis=1), months, np.nan).round(1)
    told["sessions_evse_month"] = over(subjects.sessions[:, back].sum(axis=1), months, np.nan).round(2)
    enough = _enough(told, monitoring)
    for name in (*MEASURED, "busiest_hour"):
        told[name] = told[name].where(enough, None if name == "busiest_hour" else np.nan)
    ratios = ["laaddruk", "laaddruk_low", "laaddruk_high"]
    told[ratios] = told[ratios].round(3)
    return told


def _seen(subjects: Subjects, use: PoleUse) -> dict[str, Any]:
    """Which weeks were observed, per subject."""
    seen = subjects.observed_h > 0
    first = [use.weeks[int(row.argmax())].isoformat() if row.any() else None for row in seen]
    last = [use.week_end(len(row) - 1 - int(row[::-1].argmax())) if row.any() else None for row in seen]
    recent = seen[:, -use.period :] if use.period else seen
    return {"first_on": first, "last_on": last, "weeks": recent.sum(axis=1), "weeks_history": seen.sum(axis=1)}


def _enough(told: pd.DataFrame, monitoring: Monitoring) -> pd.Series:
    return (
        (told["weeks"] >= monitoring.weeks_least)
        & (told["observed_share"] >= monitoring.observed_least_share)
        & told["desired_share"].notna()
    )


def _levels(told: pd.DataFrame, monitoring: Monitoring) -> pd.Series:
    """Level by the rounded laaddruk, so that whoever reads it comes to the same."""
    level = pd.Series("ruim", index=told.index)
    level[told["laaddruk"] >= monitoring.signal_ratio] = "signaal"
    level[told["laaddruk"] >= monitoring.act_ratio] = "actie"
    level[told["laaddruk"].isna()] = "onbekend"
    return level


def _z(monitoring: Monitoring) -> float:
    """Half the width of the intervals in standard deviations."""
    return float(norm.ppf((1 + monitoring.interval_share) / 2))
