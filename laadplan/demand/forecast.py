"""Charging demand at public poles per address, in the year of a stated scenario.

In: addresses, buurten, car stock per PC4, scenario. Out: `DemandPoints`. It is a scenario that says what it assumes,
not a forecast.

Formula
-------
``odds(year) = share / (ceiling - share) * exp(steepness * (year - stock year))``
``kWh/year = households * cars per household * electric share * public share * km per car * kWh per km``
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Scenario
from laadplan.contracts.planning import DemandPoints
from laadplan.contracts.quality import Quality
from laadplan.demand.households import buurt_shares, incomplete_buurten, inside_area
from laadplan.geo.nearest import containing


def demand_per_address(
    addresses: gpd.GeoDataFrame,
    buurten: gpd.GeoDataFrame,
    vehicles: pd.DataFrame,
    scenario: Scenario,
    area: shapely.Geometry | None,
    *,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """Demand of every address in the area, as `DemandPoints` in RD New.

    Where a figure is missing (households of the buurt, car stock of the PC4) the demand counts as nil, ``known`` is
    false, and the quality record names the buurt or PC4.
    """
    quality = quality if quality is not None else Quality()
    inside = addresses[inside_area(addresses, area)]
    if inside.empty:
        return DemandPoints.empty()
    points = gpd.GeoDataFrame(
        {"buurtcode": containing(inside.geometry, buurten.geometry), "pc4": inside["postcode"].str[:4]},
        geometry=inside.geometry,
    )
    shares = buurt_shares(addresses, buurten, area)
    per_address = shares["households"] / shares["addresses_in_area"].replace(0, np.nan)
    households = points["buurtcode"].map(per_address).astype(float)
    cars = households * points["pc4"].map(vehicles["cars_per_household"]).astype(float)
    electric = cars * points["pc4"].map(electric_share(vehicles, scenario)).astype(float)
    kwh = electric * scenario.public_share_no_driveway * scenario.km_per_car_year * scenario.kwh_per_km
    known = kwh.notna()
    figures = {"households": households, "cars": cars, "electric_cars": electric, "kwh_year": kwh}
    points = points.assign(**{name: figure.fillna(0.0).round(6) for name, figure in figures.items()}, known=known)
    _report(points, shares, buurten, vehicles, quality)
    return points[DemandPoints.columns()]


def electric_share(vehicles: pd.DataFrame, scenario: Scenario) -> pd.Series:
    """Share of electric cars per PC4 in the year of the scenario.

    >>> stock = pd.DataFrame({"electric_share": [0.05, 0.4], "stock_year": 2024}, index=["6731", "1011"])
    >>> electric_share(stock, Scenario(year=2026)).round(3).to_list()
    [0.083, 0.519]
    """
    curve = getattr(scenario.curves, scenario.variant)
    years = scenario.year - vehicles["stock_year"]
    now = vehicles["electric_share"].clip(upper=curve.ceiling_share)
    odds = now / (curve.ceiling_share - now) * np.exp(curve.steepness * years)
    return (curve.ceiling_share * odds / (1 + odds)).where(np.isfinite(odds), curve.ceiling_share)


def _report(
    points: gpd.GeoDataFrame,
    shares: pd.DataFrame,
    buurten: gpd.GeoDataFrame,
    vehicles: pd.DataFrame,
    quality: Quality,
) -> None:
    unknown = points[~points["known"]]
    pc4s = sorted(set(unknown["pc4"].dropna()) - set(vehicles.index))
    if pc4s:
        quality.find(f"No car stock for PC4 {', '.join(pc4s)}: demand there is unknown and counts as nil.")
    if len(unknown):
        quality.find(f"Demand is unknown for {len(unknown)} of {len(points)} addresses; it counts as nil.")
    incomplete = incomplete_buurten(shares, buurten)
    if incomplete:
        quality.find(
            f"The address file holds fewer addresses than there are households in buurt {', '.join(incomplete)}: "
            "the share is taken over households."
        )
    quality.facts["kwh_year"] = round(float(points["kwh_year"].sum()), 1)
    quality.facts["electric_cars"] = round(float(points["electric_cars"].sum()), 1)
