"""What is to be started, where and by when: the four variants of chance K of the guide, and drivers' requests.

In: `Laaddruk`, `DemandAreas`, and where given `Shortfalls`, `BuurtDemand`, `Requests` with `Addresses`. Out:
`Triggers`.

Hard decisions: one row per variant and subject. II and III look at what was measured, IV at when it will pass the norm;
I stands in only where an area has no laaddruk. A pole with room left (little energy and few sessions) sets nothing off;
one without sets off one pole near it, for more is for its area to say. Of requests only numbers per area get out. Level
actie: start now; signaal: plan it.

Formula
-------
III and IV: ``points to add = n' - n`` with the smallest n' at which laaddruk is below the signal value, given the
offered load: the load a at which occupancy is ``a (1 - B(n, a)) / n`` (``erlang``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.monitoring import Monitoring
from laadplan.config.project import SpotRules
from laadplan.config.scenario import Scenario
from laadplan.contracts.dutch import counted, day, is_known, number, percent, short_number
from laadplan.contracts.monitoring import TRIGGER_VARIANTS, Triggers
from laadplan.contracts.quality import Quality
from laadplan.demand.ahead import Outlook, forecast_rates, look_ahead
from laadplan.demand.erlang import points_to_add
from laadplan.demand.requested import open_requests

Row = dict[str, Any]


def find_triggers(
    laaddruk: pd.DataFrame,
    demand_areas: gpd.GeoDataFrame,
    *,
    shortfalls: pd.DataFrame | None,
    buurt_demand: pd.DataFrame | None,
    requests: pd.DataFrame | None,
    addresses: gpd.GeoDataFrame | None,
    scenario: Scenario,
    monitoring: Monitoring,
    spots: SpotRules,
    today: date,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """What sets off a pole, as `Triggers`: variant, subject, level, days, points to add (EVSE) and reason in Dutch.

    Parameters
    ----------
    laaddruk, demand_areas
        `Laaddruk` and `DemandAreas` (RD New).
    shortfalls, buurt_demand
        `Shortfalls` for variant I, `BuurtDemand` for IV; None: without it.
    requests, addresses
        `Requests`, placed by the addresses of their PC6 (RD New); None: no trigger by requests.
    scenario
        Its ``variant`` is the forecast that counts.
    monitoring
        Band, lead time and how far is looked ahead.
    spots
        Its points per pole: what variant II adds, and from which shortfall variant I does.
    today
        Day that levels are of.

    Raises
    ------
    WrongCrs
        Areas or addresses are not in RD New.
    """
    quality = quality if quality is not None else Quality()
    areas = laaddruk[laaddruk["kind"] == "gebied"]
    rows = [
        *_measured(laaddruk, monitoring, spots.evse_per_pole),
        *_ahead(areas, buurt_demand, scenario.variant, monitoring, today, spots.evse_per_pole),
        *_forecast(areas, demand_areas, shortfalls, scenario.variant, monitoring, today, spots.evse_per_pole),
        *_requested(demand_areas, shortfalls, requests, addresses, monitoring, spots.evse_per_pole, quality),
    ]
    for variant in TRIGGER_VARIANTS:
        quality.facts[f"triggers {variant}"] = sum(row["variant"] == variant for row in rows)
    if not rows:
        return Triggers.empty()
    names = pd.Index([f"{row['variant']}|{row['kind']}|{row['code']}" for row in rows], name=Triggers.index_name())
    return Triggers.checked(pd.DataFrame(rows, index=names.astype("str"))[Triggers.columns()].astype(Triggers.kinds()))


def _measured(laaddruk: pd.DataFrame, monitoring: Monitoring, per_pole: int) -> list[Row]:
    """Variants II and III: use of one pole, laaddruk of an area."""
    rows = []
    for row in _rows(laaddruk[laaddruk["level"].isin(["signaal", "actie"])]):
        if row.kind == "gebied":
            add = points_to_add(int(row.evses), row.busiest_share, monitoring.risk_share, monitoring.signal_ratio)
            rows.append(_row("III", row, row.level, add, f"{_why(row, monitoring)} {_adding(add, per_pole)}"))
        elif not has_room(row.kwh_evse_month, row.sessions_evse_month, monitoring):
            reason = f"{_why(row, monitoring)} Variant II: één laadpaal erbij, vlakbij."
            rows.append(_row("II", row, row.level, per_pole, reason))
    return rows


def has_room(kwh_evse_month: float, sessions_evse_month: float, monitoring: Monitoring) -> bool:
    """Whether a pole has room left: little energy and few sessions per point a month; not known is no room."""
    return kwh_evse_month < monitoring.pole_kwh_month and sessions_evse_month < monitoring.pole_sessions_month


def _ahead(
    areas: pd.DataFrame,
    buurt_demand: pd.DataFrame | None,
    variant: str,
    monitoring: Monitoring,
    today: date,
    per_pole: int,
) -> list[Row]:
    """Variant IV: areas below the act value that will pass it, counted back with the lead time."""
    below = areas[areas["level"].isin(["ruim", "signaal"])]
    year = int(str(below["last_on"].max())[:4]) if len(below) else 0
    rates = forecast_rates(buurt_demand, below["code"], variant, year)
    rows = []
    for row in _rows(below):
        outlook = look_ahead(row, rates[row.code], monitoring)
        if outlook is not None:
            start = outlook.on - timedelta(weeks=monitoring.lead_weeks)
            peak = min(monitoring.act_ratio * row.desired_share, 1.0)
            add = points_to_add(int(row.evses), peak, monitoring.risk_share, monitoring.signal_ratio)
            level = "actie" if start <= today else "signaal"
            reason = f"{_foreseen(row, outlook, monitoring)} {_adding(add, per_pole)}"
            rows.append(_row("IV", row, level, add, reason) | _days(outlook.on, start, today))
    return rows


def _forecast(
    areas: pd.DataFrame,
    demand_areas: gpd.GeoDataFrame,
    shortfalls: pd.DataFrame | None,
    variant: str,
    monitoring: Monitoring,
    today: date,
    per_pole: int,
) -> list[Row]:
    """Variant I: areas without laaddruk, from the first year in which a pole is lacking."""
    if shortfalls is None:
        return []
    measured = set(areas.loc[areas["level"] != "onbekend", "code"])
    lacking = shortfalls[
        (shortfalls["scenario"] == variant)
        & (shortfalls["shortfall_evse"] >= per_pole)
        & (shortfalls["year"] >= today.year)
        & shortfalls["area_id"].isin(demand_areas.index)
        & ~shortfalls["area_id"].isin(measured)
    ]
    rows = []
    for row in _rows(lacking.sort_values(["area_id", "year"]).drop_duplicates("area_id")):
        need = date(int(row.year), 1, 1)
        start = need - timedelta(weeks=monitoring.lead_weeks)
        reason = (
            f"Er is geen laaddruk bekend. Volgens de prognose (scenario {variant}) komt het gebied in {row.year} "
            f"{number(row.shortfall_evse, 1)} laadpunten tekort; de grens is {per_pole} (een laadpaal). "
            f"{_start(start, need, monitoring, today)}"
        )
        subject = _area(row.area_id, demand_areas)
        add = ceil(row.shortfall_evse - 1e-9)
        level = "actie" if start <= today else "signaal"
        rows.append(_row("I", subject, level, add, reason) | _days(need, start, today))
    return rows


def _requested(
    demand_areas: gpd.GeoDataFrame,
    shortfalls: pd.DataFrame | None,
    requests: pd.DataFrame | None,
    addresses: gpd.GeoDataFrame | None,
    monitoring: Monitoring,
    per_pole: int,
    quality: Quality,
) -> list[Row]:
    """Open requests per area: at once where there is no pole or they are as many as an overloaded pole yields."""
    if requests is None or addresses is None:
        return []
    numbers = open_requests(requests, addresses, demand_areas, quality=quality)
    bare = set() if shortfalls is None else set(shortfalls.loc[shortfalls["evse_here"] == 0, "area_id"])
    rows = []
    for code, amount in numbers.items():
        poles = max(1, round(amount / monitoring.requests_per_pole))
        level = "actie" if code in bare or amount >= monitoring.requests_per_pole else "signaal"
        none_here = "In het gebied staat geen laadpaal. " if code in bare else ""
        reason = (
            f"{counted(amount, 'open aanvraag', 'open aanvragen')}. {none_here}Een overbezette laadpaal levert "
            f"gemiddeld {short_number(monitoring.requests_per_pole)} aanvragen op: dat past bij "
            f"{counted(poles, 'laadpaal', 'laadpalen')} erbij."
        )
        rows.append(_row("aanvraag", _area(str(code), demand_areas), level, poles * per_pole, reason))
    return rows


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples."""
    yield from frame.itertuples()


def _row(variant: str, subject: Any, level: str, evses: int, reason: str) -> Row:
    """A trigger without days."""
    return {
        "variant": variant,
        "kind": subject.kind,
        "code": subject.code,
        "name": subject.name,
        "area_id": subject.area_id,
        "level": level,
        "need_on": None,
        "start_on": None,
        "evses": float(evses),
        "reason": reason,
    }


@dataclass(frozen=True)
class _Subject:
    """An area that a trigger is about."""

    code: str
    name: str
    area_id: str
    kind: str = "gebied"


def _area(code: str, demand_areas: gpd.GeoDataFrame) -> _Subject:
    return _Subject(code, str(demand_areas.at[code, "name"]), code)


def _days(need: date, start: date, today: date) -> Row:
    """Days that are still to come; those that are not are left empty: now."""
    return {
        "need_on": need.isoformat() if need > today else None,
        "start_on": start.isoformat() if start > today else None,
    }


def _why(row: Any, monitoring: Monitoring) -> str:
    """What was measured."""
    limit = monitoring.act_ratio if row.level == "actie" else monitoring.signal_ratio
    word = "actiewaarde" if row.level == "actie" else "signaalwaarde"
    full = ""
    if row.kind == "paal" and is_known(row.kwh_evse_month):
        energy, sessions = number(row.kwh_evse_month, 0, "kWh"), number(row.sessions_evse_month)
        full = f" Per laadpunt {energy} en {sessions} laadbeurten per maand."
    return (
        f"Laaddruk {number(row.laaddruk, 2)} ({number(row.laaddruk_low, 2)}-{number(row.laaddruk_high, 2)}), "
        f"boven de {word} van {short_number(limit)}: op {row.busiest_hour} is {percent(row.busiest_share)} van "
        f"{counted(int(row.evses), 'laadpunt', 'laadpunten')} bezet, gewenst is {percent(row.desired_share)}.{full}"
    )


def _adding(points: int, per_pole: int) -> str:
    """What brings laaddruk down, in points and in poles."""
    poles = counted(ceil(points / per_pole), "laadpaal", "laadpalen")
    return f"Met {counted(points, 'laadpunt', 'laadpunten')} erbij ({poles}) zakt de laaddruk onder de signaalwaarde."


def _foreseen(row: Any, outlook: Outlook, monitoring: Monitoring) -> str:
    """What is to be expected."""
    parts = [
        f"{name} {percent(np.expm1(rate.growth))}"
        for name, rate in (("gemeten", outlook.measured), ("prognose", outlook.forecast))
        if rate is not None
    ]
    return (
        f"Laaddruk {number(row.laaddruk, 2)} nu; met {percent(np.expm1(outlook.together.growth))} groei per jaar "
        f"({', '.join(parts)}) gaat hij rond {day(outlook.on)} voorbij {short_number(monitoring.act_ratio)}. "
        f"De voorbereiding duurt {counted(monitoring.lead_weeks, 'week', 'weken')}."
    )


def _start(start: date, need: date, monitoring: Monitoring, today: date) -> str:
    weeks = counted(monitoring.lead_weeks, "week", "weken")
    when = "nu beginnen" if start <= today else f"beginnen op {day(start)}"
    until = f" voor een laadpaal op {day(need)}" if need > today else ""
    return f"De voorbereiding duurt {weeks}: {when}{until}."
