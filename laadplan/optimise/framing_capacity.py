"""Energy that a charging location can deliver in a year: by the energy per point, or by how busy it may be.

In: numbers of charge points, the scenario, the energy asked per group of users; signs and decrees. Out: kWh a year.

Formula
-------
By energy: ``points * kwh_per_evse_year``. By occupancy: at the busiest part of the week ``points * desired share`` of
them are taken (Erlang's loss formula at the accepted risk, `laadplan.demand.erlang`); over the week that is less by the
peak of the users' rhythm, and

``kWh/year = points * desired share / peak * hours of a year / hours connected per session * kWh per session``

with ``peak`` the cars connected in the busiest part over their mean, for the mix of residents, visitors and workers
that the plan is made for. So points side by side carry more each: a queue is shared.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.optimisation import Optimisation
from laadplan.config.scenario import Scenario
from laadplan.contracts.quality import Quality
from laadplan.demand.erlang import desired_share
from laadplan.demand.rhythm import GROUPS, HOURS_PER_YEAR, connected
from laadplan.geo.nearest import nearest
from laadplan.optimise.problem import Floats

CHARGING = "elektrisch laden"
"""Meaning of a sign that keeps bays for charging."""

DECREE_WITHIN_M = 25.0
"""A decree or sign this near to a charging location is about it (m): the length of a row of four langs bays, since a
decree marks its bays or their address and a source of charging locations the pole (assumption)."""

ENERGIES = [f"{group}_kwh_year" for group in GROUPS]


def capacity_of(
    points: pd.Series, mix: Floats, settings: Optimisation, scenario: Scenario, risk_share: float
) -> Floats:
    """Energy (kWh a year) that locations of so many charge points deliver at most, uncapped.

    Parameters
    ----------
    points
        Charge points per location.
    mix
        Energy asked by residents, visitors and workers (3), any unit; nil together: residents alone.
    settings, scenario
        Which of the two ways, and what they stand on.
    risk_share
        Chance that all points are taken at the busiest hour (`monitoring.risk_share`).

    >>> points = pd.Series([2, 4, 6, 8])
    >>> by_occupancy = Optimisation(capacity_by="bezetting")
    >>> capacity_of(points, np.array([1.0, 0.0, 0.0]), by_occupancy, Scenario(), 0.05).round(0).tolist()
    [5496.0, 21975.0, 42668.0, 65479.0]
    """
    numbers = points.to_numpy(dtype=np.int64)
    if settings.capacity_by == "energie":
        return np.asarray(numbers * scenario.kwh_per_evse_year, dtype=float)
    shares = {number: desired_share(number, risk_share) for number in np.unique(numbers[numbers > 0]).tolist()}
    busy = np.array([number * shares.get(number, 0.0) for number in numbers.tolist()])
    kwh_per_hour = scenario.kwh_per_session / scenario.connected_h_per_session
    return np.asarray(busy / _peak(mix, scenario) * HOURS_PER_YEAR * kwh_per_hour)


def _peak(mix: Floats, scenario: Scenario) -> float:
    """Cars connected in the busiest part of the week, over their mean."""
    shares = mix / mix.sum() if mix.sum() > 0 else np.array([1.0, 0.0, 0.0])
    mean_of_one = scenario.connected_h_per_session / scenario.kwh_per_session / HOURS_PER_YEAR
    peak = float(connected(shares[None, :], scenario).max() / mean_of_one)
    return peak if peak > 0 else 1.0


def mix_of(asked: gpd.GeoDataFrame) -> Floats:
    """Energy asked by residents, visitors and workers (kWh a year, 3); of all as residents where it is not told."""
    if not set(ENERGIES) <= set(asked.columns):
        return np.array([1.0, 0.0, 0.0])
    return asked[ENERGIES].sum().to_numpy(dtype=float)


def availability_of(
    supply: gpd.GeoDataFrame,
    decree_places: gpd.GeoDataFrame | None,
    signs: gpd.GeoDataFrame | None,
    settings: Optimisation,
    quality: Quality,
) -> Floats:
    """Share of the time that the bays of each existing location are free for charging (0 to 1).

    Less than 1 only where decrees or signs are given and none lies within `DECREE_WITHIN_M` of the location.

    Parameters
    ----------
    decree_places
        `DecreePlaces` of decrees for charging, RD New; None where none are given.
    signs
        `Signs`, RD New; None where none are given.
    """
    shares = np.ones(len(supply))
    if settings.availability_without_decree == 1.0 or supply.empty:
        return shares
    if decree_places is None and signs is None:
        quality.find("availability_without_decree does nothing: no decrees and no signs are given.")
        return shares
    known = np.zeros(len(supply), dtype=bool)
    charging = None if signs is None else signs[signs["meaning"] == CHARGING]
    for places in (decree_places, charging):
        if places is not None and len(places):
            found = nearest(supply.geometry, places.geometry, within_m=DECREE_WITHIN_M)
            known |= found["other_id"].notna().to_numpy()
    quality.facts["existing_without_decree"] = int((~known).sum())
    return np.where(known, 1.0, settings.availability_without_decree)
