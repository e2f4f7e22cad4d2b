"""Who asks for energy at each address: households, visits and jobs.

In: addresses, homes, dwellings of the BAG (uses and floor area), jobs, buurten. Out: one row per address in the area.
Hard decisions: an object belongs to the address whose number it has, else to the nearest one; floor area of several
uses is divided evenly among them; where neither the BAG nor the address tells a use, only dwellings are visited.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Scenario
from laadplan.contracts.quality import Quality
from laadplan.demand.households import LIVING, inside_area
from laadplan.demand.jobs import jobs_per_address
from laadplan.geo.nearest import containing, nearest

JOINED_M = 25.0
"""An object whose number no address has belongs to the nearest address within this distance (m): its own building."""

PER_M2 = 100.0
"""Visits are given per so many m2."""

HOUSES_SHARE = 0.64
"""Houses among all dwellings of the country (CBS, 2024), where no buurt tells its own."""

NO_ADDRESS = "object zonder adres in de bron"


def find_places(
    addresses: gpd.GeoDataFrame,
    homes: gpd.GeoDataFrame | None,
    dwellings: gpd.GeoDataFrame | None,
    jobs: pd.DataFrame | None,
    buurten: gpd.GeoDataFrame,
    *,
    area: shapely.Geometry | None,
    scenario: Scenario,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """Addresses in the area, sorted by id, in RD New: ``buurtcode``, ``postcode``, ``homes``, ``households`` (missing
    where the buurt's are), ``driveway_share`` (missing without dwellings), ``visits`` a day and ``jobs``.
    """
    addresses = addresses.sort_index()
    places = addresses[["postcode", "geometry"]].assign(buurtcode=containing(addresses.geometry, buurten.geometry))
    uses = _uses(addresses, dwellings, scenario, quality)
    lived = _lived(places, addresses, homes, buurten, scenario, quality)
    places = places.join(lived)
    places["homes"] = places["homes"].fillna(0.0)
    rates = {
        use: getattr(scenario.visits, use) / PER_M2 for use in type(scenario.visits).model_fields if use != "woning"
    }
    visited = _summed(uses, rates).reindex(places.index).fillna(0.0)
    places["visits"] = visited + places["homes"] * scenario.visits.woning
    sizes = {use: 1.0 / getattr(scenario.job_sizes, use) for use in type(scenario.job_sizes).model_fields}
    by_floor = _summed(uses, sizes).reindex(places.index)
    places["jobs"] = jobs_per_address(places, by_floor, jobs, buurten, is_part=area is not None, quality=quality)
    inside = gpd.GeoDataFrame(places[inside_area(addresses, area)])
    outside = inside.index[inside["buurtcode"].isna()]
    quality.drop("adres buiten alle buurten", outside)
    return inside


def usual_driveways(buurten: gpd.GeoDataFrame, scenario: Scenario) -> pd.Series:
    """Share of the households of each buurt with a driveway, from its share of houses alone."""
    houses = buurten["single_family_share"]
    mean = houses.mean() if houses.notna().any() else HOUSES_SHARE
    return houses.fillna(mean) * scenario.driveway_share_houses


def _lived(
    places: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    homes: gpd.GeoDataFrame | None,
    buurten: gpd.GeoDataFrame,
    scenario: Scenario,
    quality: Quality,
) -> pd.DataFrame:
    """Per address: ``homes``, ``households`` and ``driveway_share``."""
    if homes is None:
        count = places["buurtcode"].groupby(places["buurtcode"]).transform("size")
        households = places["buurtcode"].map(buurten["households"]).astype(float) / count
        usual = places["buurtcode"].map(usual_driveways(buurten, scenario)).astype(float)
        return pd.DataFrame({"homes": 1.0, "households": households, "driveway_share": usual})
    homes = homes.sort_index()
    at = _address_of(homes, addresses, quality)
    count = at.groupby(at).size().astype(float)
    households = homes["households"].groupby(at).sum(min_count=1)
    return pd.DataFrame(
        {"homes": count, "households": households, "driveway_share": homes["driveway_share"].groupby(at).mean()}
    )


def _uses(
    addresses: gpd.GeoDataFrame, dwellings: gpd.GeoDataFrame | None, scenario: Scenario, quality: Quality
) -> pd.DataFrame:
    """Floor area (m2) per address and use, dwellings left out: columns ``address_id``, ``use``, ``m2``."""
    told = addresses["use"].dropna()
    parts = [pd.DataFrame({"address_id": told.index, "uses": told.to_numpy(), "m2": np.nan})]
    if dwellings is not None and len(dwellings):
        objects = dwellings[dwellings["uses"].notna()].sort_index()
        at = _address_of(objects, addresses, quality)
        rows = pd.DataFrame({"address_id": at, "uses": objects["uses"], "m2": objects["area_m2"]})
        rows = rows[rows["address_id"].notna()]
        better = pd.Index(rows["address_id"].unique()).get_indexer(told.index) >= 0
        parts = [rows, parts[0][~better]]
    found = pd.concat(parts, ignore_index=True)
    if found.empty:
        quality.find("No use of addresses is given: visitors go by dwellings alone, and jobs by a table or not at all.")
    return _single(found, scenario)


def _single(rows: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """One row per address and use, the floor area of several uses divided evenly; dwellings count no floor area."""
    m2 = rows["m2"].fillna(scenario.floor_area_unknown_m2) / (rows["uses"].str.count(",") + 1)
    single = rows.assign(use=rows["uses"].str.split(","), m2=m2).explode("use")
    single["use"] = single["use"].astype("str").str.strip().str.replace(" ", "_")
    single.loc[single["use"] == LIVING, "m2"] = 0.0
    return single[["address_id", "use", "m2"]]


def _summed(uses: pd.DataFrame, rates: dict[str, float]) -> pd.Series:
    """Floor area times a rate per use, summed per address; an address with another use only has 0."""
    worth = uses["m2"] * uses["use"].map(rates).astype(float).fillna(0.0)
    return worth.groupby(uses["address_id"]).sum()


def _address_of(objects: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, quality: Quality) -> pd.Series:
    """Address of each object: with its number, with its own id, else the nearest; missing where none is near."""
    numbers = addresses["nummeraanduiding_id"].dropna()
    numbers = numbers[~numbers.duplicated()]
    at = objects["nummeraanduiding_id"].map(pd.Series(numbers.index, index=numbers.to_numpy(), dtype="str"))
    at = at.astype("str")
    lost = at.index[at.isna()]
    own = lost[addresses.index.get_indexer(lost) >= 0]
    at = at.fillna(pd.Series(own, index=own, dtype="str"))
    lost = at.index[at.isna()]
    if len(lost):
        near = nearest(gpd.GeoSeries(objects.geometry[lost]), addresses.geometry, within_m=JOINED_M)["other_id"]
        at = at.fillna(near)
        quality.drop(NO_ADDRESS, at.index[at.isna()])
    return at
