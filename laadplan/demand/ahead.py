"""When an area will pass the norm by its use and a forecast together: variant IV.

In: rows of `Laaddruk` of areas, `BuurtDemand`. Out: a day per area and what it stands on.

Hard decisions: measured and forecast growth are weighed by their variances; the spread of the scenarios low and high
counts as an interval of 80 %, and no forecast of a buurt is taken to be surer than `LEAST_SPREAD`. An area that is no
buurt has the growth of all buurten together.

Formula
-------
``growth = (measured / v + forecast / w) / (1 / v + 1 / w)``, as logarithms per year; ``day = from + log(norm / use) /
growth``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from laadplan.config.monitoring import Monitoring
from laadplan.contracts.dutch import is_known

DAYS_PER_YEAR = 365.25
FORECAST_YEARS = 2
"""Years that forecast growth is taken over: about the time from plan to pole, twice."""

LEAST_SPREAD = 0.10
"""Standard deviation of forecast growth per year, at least (assumption)."""

SCENARIO_Z = 1.2816
"""Low and high as an interval of 80 %, in standard deviations."""


@dataclass(frozen=True)
class Rate:
    """Growth as a logarithm per year, with its standard deviation; None: unknown."""

    growth: float
    spread: float


@dataclass(frozen=True)
class Outlook:
    """A day on which the norm is passed, and the growth it stands on."""

    on: date
    together: Rate
    measured: Rate | None
    forecast: Rate | None


def forecast_rates(
    buurt_demand: pd.DataFrame | None, areas: Iterable[str], variant: str, year: int
) -> dict[str, Rate | None]:
    """Growth of forecast energy per area in the years after one; of an area that is no buurt that of all together.

    Parameters
    ----------
    buurt_demand
        `BuurtDemand`; None: every rate is unknown.
    areas
        Codes of the areas.
    variant
        Scenario: laag, midden or hoog.
    year
        Year from which growth counts.
    """
    if buurt_demand is None or buurt_demand.empty:
        return dict.fromkeys(areas)
    known = buurt_demand.dropna(subset=["kwh_year"])
    sums = known.pivot_table(index="buurtcode", columns=["scenario", "year"], values="kwh_year", aggfunc="sum")
    whole = sums.sum(axis=0)
    parts = {str(code): row for code, row in sums.iterrows()}
    return {code: _rate(parts.get(code, whole), variant, year) for code in areas}


def look_ahead(row: Any, forecast: Rate | None, monitoring: Monitoring) -> Outlook | None:
    """When the area of a row of `Laaddruk` passes the norm; None where that cannot be told or is no growth.

    Parameters
    ----------
    row
        Row as a named tuple; its laaddruk is known and below the act value.
    forecast
        Growth by the forecast.
    """
    measured = _measured(row, monitoring)
    together = _together([rate for rate in (measured, forecast) if rate is not None])
    if together is None or together.growth <= 0:
        return None
    last = date.fromisoformat(row.last_on)
    if measured is not None and is_known(row.passes_on):
        years = measured.growth * (date.fromisoformat(row.passes_on) - last).days / DAYS_PER_YEAR / together.growth
    else:
        way = float(np.log(monitoring.act_ratio * row.desired_share / row.busiest_share))
        years = way / together.growth - row.weeks * 7 / 2 / DAYS_PER_YEAR
    if years > monitoring.ahead_years:
        return None
    return Outlook(last + timedelta(days=max(1, round(years * DAYS_PER_YEAR))), together, measured, forecast)


def _measured(row: Any, monitoring: Monitoring) -> Rate | None:
    if not is_known(row.growth_share_year):
        return None
    z = float(norm.ppf((1 + monitoring.interval_share) / 2))
    spread = (np.log1p(row.growth_high) - np.log1p(row.growth_low)) / (2 * z)
    return Rate(float(np.log1p(row.growth_share_year)), max(float(spread), 1e-3))


def _rate(energy: pd.Series, variant: str, year: int) -> Rate | None:
    """Growth of one area: from the year, or the first after it, to some years later."""
    years = sorted({int(each) for scenario, each in energy.dropna().index if scenario == variant and each >= year})
    if len(years) < 2:
        return None
    first, last = years[0], max(each for each in years if each <= max(years[0] + FORECAST_YEARS, years[1]))

    def growth(scenario: str) -> float:
        ends = [float(energy.get((scenario, each), np.nan)) for each in (first, last)]
        return float(np.log(ends[1] / ends[0]) / (last - first)) if min(ends) > 0 else float("nan")

    middle = growth(variant)
    spread = abs(growth("hoog") - growth("laag")) / (2 * SCENARIO_Z)
    return None if np.isnan(middle) else Rate(middle, float(np.fmax(spread, LEAST_SPREAD)))


def _together(rates: list[Rate]) -> Rate | None:
    if not rates:
        return None
    weight = sum(rate.spread**-2 for rate in rates)
    return Rate(sum(rate.growth * rate.spread**-2 for rate in rates) / weight, float(weight**-0.5))
