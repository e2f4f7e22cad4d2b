"""Charging demand at public poles per buurt, year and scenario.

In: electric cars, homes, uses and floor area, jobs, planned dwellings, an official forecast. Out: `BuurtDemand` of the
part of each buurt in the area. Hard decisions: a buurt whose cars are unknown has no demand at all, not a part of it;
what visitors would charge there is not given to other buurten; energy is counted in whole Wh.

Formula
-------
``residents = electric cars * km * kWh/km * (without driveway * its public share + with driveway * its public share)``
``visitors = visitor share * energy of all electric cars of the area * visits here / visits in the area``
``workers = jobs * share by car * electric share * km * kWh/km * share charged at work * of which at public poles``
A year's cars are those at its beginning. Driveways and electric cars are taken to be independent within a buurt: how
they go together is not in any open source.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import BuurtDemand
from laadplan.contracts.quality import Quality
from laadplan.demand.erlang import points_for
from laadplan.demand.exact import apportion, in_kwh, in_wh
from laadplan.demand.households import buurt_shares, incomplete_buurten
from laadplan.demand.jobs import jobs_per_area
from laadplan.demand.official import official_energy
from laadplan.demand.places import find_places, usual_driveways
from laadplan.demand.planned import place_planned, surface_shares
from laadplan.demand.rhythm import connected
from laadplan.demand.sharing import ENERGIES, MOMENT


def demand_per_buurt(
    buurten: gpd.GeoDataFrame,
    electric_cars: pd.DataFrame,
    *,
    addresses: gpd.GeoDataFrame | None,
    homes: gpd.GeoDataFrame | None,
    dwellings: gpd.GeoDataFrame | None,
    jobs: pd.DataFrame | None,
    planned_homes: pd.DataFrame | None,
    forecast: pd.DataFrame | None,
    scenario: Scenario,
    risk: float,
    area: shapely.Geometry | None,
    quality: Quality,
) -> pd.DataFrame:
    """Demand of the part of each buurt in the area, as `BuurtDemand`.

    An official forecast goes before the model where it is given, and the model's figure stays beside it.

    Parameters
    ----------
    electric_cars
        `ElectricCars` of whole buurten; a buurt that it does not name is unknown.
    forecast
        `Forecast` of whole buurten.
    risk
        Chance that all charge points of a buurt are taken at the busiest part of the week.
    area
        The area of the plan in RD New; None: everything.

    Raises
    ------
    BadInput
        The official forecast is in another unit than it says.
    """
    buurten = buurten.sort_index()
    here = _here(buurten, addresses, homes, dwellings, jobs, area=area, scenario=scenario, quality=quality)
    rows = _cars(electric_cars, buurten, here)
    if rows.empty:
        return BuurtDemand.empty()
    first = int(rows["year"].min())
    plans = place_planned(planned_homes, buurten, from_year=first, area=area, scenario=scenario, quality=quality)
    rows = _with_planned(rows, buurten, here, plans, electric_cars)
    rows = _energy(rows, here, electric_cars, plans, scenario)
    rows = _with_official(rows, forecast, scenario, quality)
    rows = _with_evse(rows, scenario, risk)
    _report(rows, quality)
    return rows[BuurtDemand.columns()]


def _here(
    buurten: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame | None,
    homes: gpd.GeoDataFrame | None,
    dwellings: gpd.GeoDataFrame | None,
    jobs: pd.DataFrame | None,
    *,
    area: shapely.Geometry | None,
    scenario: Scenario,
    quality: Quality,
) -> pd.DataFrame:
    """What each buurt holds in the area: ``share``, ``households``, ``driveway_share``, ``visits`` a day, ``jobs``."""
    usual = usual_driveways(buurten, scenario)
    if addresses is None:
        quality.find("No addresses are given: driveways follow from the share of houses, visits from households.")
        share = surface_shares(buurten, area)
        households = buurten["households"] * share
        visits = households.fillna(0.0) * scenario.visits.woning
        return pd.DataFrame(
            {"share": share, "households": households, "driveway_share": usual, "visits": visits}
        ).assign(jobs=_jobs_of_buurten(buurten, jobs, quality) * share)
    shares = buurt_shares(addresses, buurten, area)
    for code in incomplete_buurten(shares, buurten):
        quality.find(
            f"The source holds fewer addresses than buurt {code} has households: its share is over households."
        )
    places = find_places(addresses, homes, dwellings, jobs, buurten, area=area, scenario=scenario, quality=quality)
    here = shares[["share", "households"]].assign(driveway_share=_driveways(places).reindex(buurten.index))
    lived_in = (shares["addresses_in_area"] > 0) & (buurten["households"] != 0)
    without = sorted(here.index[here["driveway_share"].isna() & lived_in])
    if homes is None:
        quality.find("No homes are given: driveways follow from the share of houses of each buurt.")
    elif without:
        quality.find(f"No homes in buurt {', '.join(without)}: driveways follow from its share of houses.")
    here["driveway_share"] = here["driveway_share"].fillna(usual)
    sums = places.groupby("buurtcode")[["visits", "jobs"]].sum()
    return here.join(sums.reindex(buurten.index).fillna(0.0))


def _driveways(places: gpd.GeoDataFrame) -> pd.Series:
    """Share of the households of each buurt with a driveway, every home alike where households are unknown."""
    lived = places[places["driveway_share"].notna()]
    buurt = lived["buurtcode"]
    known = lived["households"].groupby(buurt).transform("sum") > 0
    weight = lived["households"].fillna(0.0).where(known, lived["homes"])
    return (lived["driveway_share"] * weight).groupby(buurt).sum() / weight.groupby(buurt).sum()


def _jobs_of_buurten(buurten: gpd.GeoDataFrame, jobs: pd.DataFrame | None, quality: Quality) -> pd.Series:
    """Jobs of whole buurten where they are given per buurt; otherwise none, which is told."""
    given = jobs_per_area(jobs, is_part=True, quality=quality)
    if given is None or given[0] != "buurt":
        quality.find("No addresses and no jobs per buurt: demand of workers is not counted.")
        return pd.Series(0.0, index=buurten.index)
    return given[1].reindex(buurten.index).fillna(0.0)


def _cars(electric_cars: pd.DataFrame, buurten: gpd.GeoDataFrame, here: pd.DataFrame) -> pd.DataFrame:
    """One row per buurt, year and scenario with its electric cars in the area, those of planned dwellings not among
    them.
    """
    moments = electric_cars[MOMENT].drop_duplicates()
    rows = moments.merge(pd.DataFrame({"buurtcode": buurten.index}), how="cross")
    rows = rows.merge(electric_cars[["buurtcode", *MOMENT, "electric_cars"]], on=["buurtcode", *MOMENT], how="left")
    ids = rows["buurtcode"] + "|" + rows["year"].astype("str") + "|" + rows["scenario"]
    rows = rows.set_index(pd.Index(ids, dtype="str", name=BuurtDemand.index_name())).sort_index()
    share = rows["buurtcode"].map(here["share"]).astype(float)
    none = (share == 0) | (rows["buurtcode"].map(buurten["households"]) == 0)
    cars = rows["electric_cars"].fillna(pd.Series(0.0, index=rows.index).where(none))
    return rows.assign(area_share=share, electric_cars=cars * share)


def _with_planned(
    rows: pd.DataFrame,
    buurten: gpd.GeoDataFrame,
    here: pd.DataFrame,
    plans: gpd.GeoDataFrame,
    electric_cars: pd.DataFrame,
) -> pd.DataFrame:
    """Households, driveways and electric cars, planned dwellings among them from their year."""
    existing = rows["buurtcode"].map(here["households"]).astype(float)
    driveway = rows["buurtcode"].map(here["driveway_share"]).astype(float)
    planned = _delivered(plans, rows)
    per_household = _cars_per_household(rows, buurten, electric_cars)
    cars = rows["electric_cars"] + (per_household * planned["households"]).where(planned["households"] > 0, 0.0)
    public = rows["electric_cars"] * (1 - driveway)
    public += (per_household * planned["without"]).where(planned["households"] > 0, 0.0)
    households = existing + planned["dwellings"]
    owned = existing * driveway + planned["owned"]
    return rows.assign(
        households=households,
        planned_households=planned["dwellings"],
        driveway_share=(owned / households.where(households > 0)).where(planned["dwellings"] > 0, driveway),
        electric_cars=cars,
        public_cars=public,
    )


def _delivered(plans: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Planned dwellings delivered by each row's year in its buurt."""
    parts = pd.DataFrame(
        {
            "buurtcode": plans["buurtcode"],
            "year": plans["year"],
            "dwellings": plans["dwellings"],
            "households": plans["households"],
            "without": plans["households"] * (1 - plans["driveway_share"]),
            "owned": plans["dwellings"] * plans["driveway_share"],
        }
    )
    names = ["dwellings", "households", "without", "owned"]
    found = pd.DataFrame(0.0, index=rows.index, columns=names)
    for year in sorted(set(rows["year"])):
        sums = parts[parts["year"] <= year].groupby("buurtcode")[names].sum()
        at = rows["year"] == year
        found.loc[at] = sums.reindex(rows.loc[at, "buurtcode"]).fillna(0.0).to_numpy()
    return found


def _cars_per_household(rows: pd.DataFrame, buurten: gpd.GeoDataFrame, electric_cars: pd.DataFrame) -> pd.Series:
    """Electric cars per household of the whole buurt; of all buurten where it has no households."""
    whole = electric_cars["electric_cars"]
    households = electric_cars["buurtcode"].map(buurten["households"]).astype(float)
    known = whole.notna() & (households > 0)
    moments = [electric_cars.loc[known, name] for name in MOMENT]
    mean = whole[known].groupby(moments).sum() / households[known].groupby(moments).sum()
    per_buurt = pd.Series((whole / households).where(known).to_numpy(), index=electric_cars.index)
    ids = electric_cars["buurtcode"] + "|" + electric_cars["year"].astype("str") + "|" + electric_cars["scenario"]
    per_buurt.index = pd.Index(ids)
    usual = pd.Series(mean.reindex(pd.MultiIndex.from_frame(rows[MOMENT])).to_numpy(), index=rows.index)
    return per_buurt.reindex(rows.index).fillna(usual)


def _energy(
    rows: pd.DataFrame,
    here: pd.DataFrame,
    electric_cars: pd.DataFrame,
    plans: gpd.GeoDataFrame,
    scenario: Scenario,
) -> pd.DataFrame:
    """The energy of the three groups by the model, in whole Wh."""
    per_car = scenario.km_per_car_year * scenario.kwh_per_km
    private = rows["electric_cars"] - rows["public_cars"]
    residents = per_car * (
        rows["public_cars"] * scenario.public_share_no_driveway + private * scenario.public_share_driveway
    )
    moments = [rows[name] for name in MOMENT]
    all_energy = per_car * rows["electric_cars"].groupby(moments).transform("sum")
    visits = rows["buurtcode"].map(here["visits"]) + rows["planned_households"] * scenario.visits.woning
    whole = visits.groupby(moments).transform("sum")
    visitors = scenario.visitor_share * all_energy * (visits / whole.where(whole > 0)).fillna(0.0)
    per_job = scenario.car_commute_share * per_car * scenario.work_energy_share * scenario.work_public_share
    workers = per_job * rows["buurtcode"].map(here["jobs"]) * _electric_shares(rows, electric_cars)
    unknown = residents.isna()
    figures = dict(zip(ENERGIES, (residents, visitors, workers), strict=True))
    rounded = {name: pd.Series(in_kwh(in_wh(kwh)), index=rows.index).mask(unknown) for name, kwh in figures.items()}
    return rows.assign(**rounded)


def _electric_shares(rows: pd.DataFrame, electric_cars: pd.DataFrame) -> pd.Series:
    """Electric cars over all cars of the buurten together, at each row's year and scenario."""
    known = electric_cars[electric_cars["cars"].notna() & electric_cars["electric_cars"].notna()]
    sums = known.groupby(MOMENT)[["electric_cars", "cars"]].sum()
    share = (sums["electric_cars"] / sums["cars"].where(sums["cars"] > 0)).fillna(0.0)
    return pd.Series(share.reindex(pd.MultiIndex.from_frame(rows[MOMENT])).to_numpy(), index=rows.index).fillna(0.0)


def _with_official(
    rows: pd.DataFrame, forecast: pd.DataFrame | None, scenario: Scenario, quality: Quality
) -> pd.DataFrame:
    """The official energy where it is given, divided over the groups as the model does."""
    model = rows[ENERGIES].sum(axis=1, skipna=False)
    official = official_energy(forecast, rows.assign(model_kwh_year=model), scenario, quality=quality)
    used = official["used_kwh_year"]
    mean = rows[ENERGIES].fillna(0.0).groupby([rows[name] for name in MOMENT]).transform("sum")
    weights = rows[ENERGIES].where(model > 0, mean).to_numpy()
    parts = apportion(
        in_wh(used)[:, None], weights.reshape(-1, 1), np.repeat(np.arange(len(rows)), len(ENERGIES))
    ).reshape(weights.shape)
    instead = used.notna().to_numpy()[:, None]
    energies = pd.DataFrame(
        np.where(instead, in_kwh(parts), rows[ENERGIES].to_numpy()), index=rows.index, columns=ENERGIES
    )
    total = pd.Series(in_kwh(in_wh(energies.to_numpy()).sum(axis=1)), index=rows.index)
    return rows.assign(
        **{name: energies[name] for name in ENERGIES},
        kwh_year=total.where(energies.notna().all(axis=1)),
        basis=np.where(used.notna(), "officiële prognose", "model"),
        model_kwh_year=pd.Series(in_kwh(in_wh(model)), index=rows.index).where(model.notna()),
        official_kwh_year=official["official_kwh_year"],
    )


def _with_evse(rows: pd.DataFrame, scenario: Scenario, risk: float) -> pd.DataFrame:
    """Charge points by energy; cars connected at the busiest part of the week, and the fewest points for these."""
    peak = pd.Series(connected(rows[ENERGIES].to_numpy(), scenario).max(axis=1), index=rows.index)
    points = pd.Series(points_for(peak.fillna(0.0).to_numpy(), risk), index=rows.index).astype(float)
    wanted = rows["kwh_year"] / scenario.kwh_per_evse_year
    return rows.assign(connected_peak=peak, evse=wanted, evse_least=points.where(peak.notna()))


def _report(rows: pd.DataFrame, quality: Quality) -> None:
    unknown = sorted(set(rows.loc[rows["kwh_year"].isna(), "buurtcode"]))
    if unknown:
        quality.find(f"Demand is unknown in buurt {', '.join(unknown)}: it counts as nil.")
    sums = rows.groupby(MOMENT)["kwh_year"].sum().reset_index()
    for year, name, kwh in sums.itertuples(index=False):
        quality.facts[f"kwh_year {year} {name}"] = round(float(kwh), 3)
