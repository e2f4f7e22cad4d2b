"""Charging demand per demand point and per address: the demand of each buurt brought down.

In: `BuurtDemand`, who asks for energy at each address, planned dwellings, calculation areas. Out: `DemandPoints` (every
address, in the year of the plan), `DemandClusters` and `Demand` (every year and scenario). Hard decisions: residents'
energy goes by households, those with a driveway for their small part; visitors' by visits, workers' by jobs; energy is
divided in whole Wh by largest remainders, so that points add up to their buurt and addresses to their point; a buurt
with demand and without anybody to bring it to gets one point inside it.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import Demand, DemandClusters
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import DemandPoints
from laadplan.contracts.quality import Quality
from laadplan.demand.askers import find_askers
from laadplan.demand.clusters import cluster
from laadplan.demand.exact import Floats, Wholes, apportion, in_kwh
from laadplan.demand.places import find_places
from laadplan.demand.planned import place_planned
from laadplan.demand.sharing import ENERGIES, MOMENT, WEIGHT_OF, WEIGHTS, Amounts, Totals, divide, or_even, sums
from laadplan.errors import BadInput


def bring_down(
    addresses: gpd.GeoDataFrame,
    homes: gpd.GeoDataFrame | None,
    buurt_demand: pd.DataFrame,
    demand_areas: gpd.GeoDataFrame,
    buurten: gpd.GeoDataFrame,
    *,
    dwellings: gpd.GeoDataFrame | None,
    jobs: pd.DataFrame | None,
    planned_homes: pd.DataFrame | None,
    scenario: Scenario,
    area: shapely.Geometry | None,
    quality: Quality,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """Demand of each address in the year and scenario of the plan, the demand points, and their demand in all of them:
    `DemandPoints` and `DemandClusters` in RD New, and `Demand`.

    Where the demand of a buurt is unknown, that of its addresses counts as nil and ``known`` is false. Planned
    dwellings delivered by the year of the plan are rows as ``plan|P12``.

    Raises
    ------
    BadInput
        The forecast does not hold the year or the scenario of the plan.
    """
    buurten, demand = buurten.sort_index(), buurt_demand.sort_index()
    moments = demand[MOMENT].drop_duplicates().sort_values(MOMENT, ignore_index=True)
    if moments.empty:
        quality.find("No forecast is given: the demand of all addresses is unknown.")
        moments = pd.DataFrame({"year": [scenario.year], "scenario": [scenario.variant]})
    chosen = _chosen(moments, scenario)
    first = int(moments["year"].min())
    places = find_places(addresses, homes, dwellings, jobs, buurten, area=area, scenario=scenario, quality=Quality())
    plans = place_planned(planned_homes, buurten, from_year=first, area=area, scenario=scenario, quality=Quality())
    rows = find_askers(places, plans, demand, buurten, area=area, scenario=scenario)
    if rows.empty:
        return DemandPoints.empty(), DemandClusters.empty(), Demand.empty()
    totals = Totals.of(demand, moments)
    years = moments["year"].to_numpy()
    ids, clusters = cluster(rows, demand_areas, totals.known_codes(), until_year=int(years.max()), quality=quality)
    point = clusters.index.get_indexer(pd.Index(ids))
    amounts = divide(totals, rows, point, clusters, years, scenario)
    points = _points(amounts, chosen, scenario.year, rows, point, clusters, buurten)
    if amounts.even:
        quality.find(f"No homes in buurt {', '.join(amounts.even)}: demand of residents is divided evenly.")
    quality.facts["kwh_year"] = round(float(points["kwh_year"].sum()), 3)
    quality.facts["electric_cars"] = round(float(points["electric_cars"].sum()), 1)
    return points, clusters, _demand(amounts, clusters, moments, scenario)


def _points(
    amounts: Amounts,
    chosen: int,
    year: int,
    rows: gpd.GeoDataFrame,
    point: Wholes,
    clusters: gpd.GeoDataFrame,
    buurten: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Addresses, and plans of which a part is delivered, at the moment of the plan."""
    own = pd.Series(rows.index, index=rows.index, dtype="str")
    named = rows.assign(address_id=rows["plan"].fillna(own), point_id=clusters.index.to_numpy()[point])
    there = rows["from_year"] <= year
    figures = _figures(amounts, chosen, rows, point, there.to_numpy().astype(float), buurten)
    summed = figures[there].groupby(named.loc[there, "address_id"]).sum(min_count=1)
    first = named[there].drop_duplicates("address_id").set_index("address_id").sort_index()
    made = {
        "point_id": first["point_id"].astype("str"),
        "buurtcode": first["buurtcode"],
        "pc4": first["postcode"].str[:4],
        "driveway_share": first["driveway_share"].where(first["plan"].isna(), summed["owned"] / summed["households"]),
        **{name: summed[name] for name in ("households", "cars", "electric_cars")},
        **{name: in_kwh(summed[name].to_numpy()) for name in ENERGIES},
        "kwh_year": in_kwh(summed[ENERGIES].sum(axis=1).to_numpy()),
        "known": first["point_id"].map(clusters["known"]),
    }
    return gpd.GeoDataFrame(made, geometry=first.geometry, crs=RD_EPSG)[DemandPoints.columns()]


def _figures(
    amounts: Amounts, chosen: int, rows: gpd.GeoDataFrame, point: Wholes, there: Floats, buurten: gpd.GeoDataFrame
) -> pd.DataFrame:
    """What is summed per address or plan: each point's demand divided over its rows."""
    number, base = len(amounts.evse_least), rows["base"].to_numpy(dtype=float)
    weights = {
        name: or_even((rows[name].to_numpy(dtype=float) * there)[:, None], base, point, number) for name in WEIGHTS
    }
    share = (weights["cars"] / sums(weights["cars"], point, number)[point])[:, 0]
    per_household = buurten["cars"] / buurten["households"].where(buurten["households"] > 0)
    energy = {
        name: apportion(amounts.energy_wh[name][:, [chosen]], weights[WEIGHT_OF[name]], point)[:, 0]
        for name in ENERGIES
    }
    figures = {
        "households": rows["households"].fillna(0.0),
        "owned": (rows["households"] * rows["driveway_share"]).fillna(0.0),
        "cars": rows["cars"] * rows["buurtcode"].map(per_household).astype(float),
        "electric_cars": share * amounts.electric_cars[point, chosen],
    }
    return pd.DataFrame(figures | energy, index=rows.index)


def _demand(amounts: Amounts, clusters: gpd.GeoDataFrame, moments: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Demand of every point at every moment, as `Demand`."""
    number = len(clusters)
    point = np.repeat(clusters.index.to_numpy(dtype=object), len(moments))
    year, name = np.tile(moments["year"], number), np.tile(moments["scenario"], number)
    energy = {key: amounts.energy_wh[key].ravel() for key in ENERGIES}
    table = pd.DataFrame(
        {
            "point_id": point,
            "year": year,
            "scenario": name,
            "electric_cars": amounts.electric_cars.ravel(),
            **{key: in_kwh(wh) for key, wh in energy.items()},
            "kwh_year": in_kwh(np.sum(list(energy.values()), axis=0)),
            "connected_peak": amounts.connected_peak.ravel(),
            "evse_least": amounts.evse_least.ravel(),
        }
    ).astype({"point_id": "str", "scenario": "str"})
    table["evse"] = table["kwh_year"] / scenario.kwh_per_evse_year
    ids = table["point_id"] + "|" + table["year"].astype("str") + "|" + table["scenario"]
    return table.set_index(pd.Index(ids, name=Demand.index_name()))[Demand.columns()]


def _chosen(moments: pd.DataFrame, scenario: Scenario) -> int:
    """Row of the year and scenario of the plan."""
    wanted = (moments["year"] == scenario.year) & (moments["scenario"] == scenario.variant)
    if not wanted.any():
        raise BadInput(
            f"The forecast holds no {scenario.year} in scenario {scenario.variant}.",
            where="scenario",
            todo=f"It runs from {moments['year'].min()} to {moments['year'].max()}.",
        )
    return int(np.flatnonzero(wanted)[0])
