"""Demand, supply and shortfall per buurt, and the white spots, before and after the plan.

In: buurten, demand, plan and service. Out: `Balances` and `WhiteSpots`.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.optimisation import Optimisation
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Balances, WhiteSpots
from laadplan.demand.households import buurt_shares
from laadplan.geo.nearest import containing
from laadplan.optimise.framing_town import supplying

AROUND_M = 30.0
"""A white spot is drawn this far round its addresses (m)."""

PLANNED_ID = "plan|"
"""Begin of the ids of planned dwellings, of which a row stands for a whole plan (`laadplan.demand.planned`)."""

JOINED_M = 20.0
"""Drawn shapes closer together than this become one white spot (m)."""


def balance_buurten(
    buurten: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    plan: pd.DataFrame,
    service: pd.DataFrame,
    area: shapely.Geometry | None,
    *,
    settings: Optimisation,
) -> gpd.GeoDataFrame:
    """Balance per buurt for its part inside the area, as `Balances` in RD New."""
    shares = buurt_shares(addresses, buurten, area)
    supply = supplying(charge_points, settings)
    where = containing(supply.geometry, buurten.geometry)
    existing = supply["evse_count"].where(supply["in_area"], 0).groupby(where).sum()
    outside = supply["evse_count"].where(~supply["in_area"], 0).groupby(where).sum()
    poles = where.value_counts()
    new = plan.loc[plan["chosen"] & ~plan["existing"], ["poles", "evse"]]
    new = new.groupby(candidates["buurtcode"].reindex(new.index)).sum().reindex(buurten.index).fillna(0)
    known = demand[demand["known"]].groupby("buurtcode")[["electric_cars", "kwh_year"]].sum()
    served = service["served_kwh_year"].groupby(demand["buurtcode"].reindex(service.index)).sum()
    evse_now = existing.reindex(buurten.index).fillna(0).astype(int)
    evse_new = new["evse"].astype(int)
    counts = plan["chosen"] & (~plan["existing"] | plan.index.isin(supply.index[supply["in_area"]]))
    buurt = pd.concat([where, candidates["buurtcode"]]).reindex(plan.index[counts])
    supplied = plan.loc[counts, "capacity_kwh_year"].groupby(buurt).sum()
    wanted = known["kwh_year"].reindex(buurten.index)
    balance = gpd.GeoDataFrame(
        {
            "buurtnaam": buurten["name"],
            "aandeel_adressen": shares["share"].round(4),
            "adressen": shares["addresses_in_area"],
            "huishoudens": shares["households"].round(1),
            "elektrische_autos": known["electric_cars"].reindex(buurten.index).round(1),
            "vraag_kwh_jaar": wanted.round(0),
            "laadpunten_nu": evse_now,
            "laadpunten_buiten_gebied": outside.reindex(buurten.index).fillna(0).astype(int),
            "laadpunten_plan": evse_new,
            "aanbod_kwh_jaar": supplied.reindex(buurten.index).fillna(0.0).round(0),
            "bediend_kwh_jaar": served.reindex(buurten.index).fillna(0.0).round(0),
            "onder_ondergrens": ((poles.reindex(buurten.index).fillna(0) + new["poles"]) < settings.poles_per_buurt_min)
            & (wanted.fillna(0) > 0),
        },
        geometry=buurten.geometry,
    )
    balance["tekort_kwh_jaar"] = (balance["vraag_kwh_jaar"] - balance["bediend_kwh_jaar"]).clip(lower=0)
    return balance[Balances.columns()].rename_axis(Balances.index_name())


def find_white_spots(demand: gpd.GeoDataFrame, service: pd.DataFrame) -> gpd.GeoDataFrame:
    """Areas with demand and no pole in walking distance, now and after the plan, as `WhiteSpots` in RD New.

    Of planned dwellings each household counts as an address.

    Parameters
    ----------
    demand
        `DemandPoints`: addresses, each with its demand point.
    """
    asked = demand[demand["kwh_year"] > 0]
    asked = asked.assign(addresses=_addresses(asked))
    frames = [
        _spots_of(asked[asked["point_id"].map(service[walk]).isna()], state)
        for state, walk in (("nu", "walk_before_m"), ("na plan", "walk_m"))
    ]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled)[WhiteSpots.columns()] if filled else WhiteSpots.empty()


def _addresses(points: gpd.GeoDataFrame) -> pd.Series:
    """Addresses that each row stands for: one, and of planned dwellings their households."""
    planned = points.index.astype("str").str.startswith(PLANNED_ID)
    return points["households"].where(planned, 1.0).fillna(1.0)


def _spots_of(points: gpd.GeoDataFrame, state: str) -> gpd.GeoDataFrame:
    if points.empty:
        return WhiteSpots.empty()
    drawn = shapely.union_all(shapely.buffer(points.geometry.to_numpy(), AROUND_M + JOINED_M / 2))
    shapes = shapely.set_precision(shapely.buffer(drawn, -JOINED_M / 2), 0.01)
    parts = sorted(shapely.get_parts(shapes), key=lambda part: (round(part.bounds[0], 2), round(part.bounds[1], 2)))
    spots = gpd.GeoDataFrame({"toestand": state}, geometry=parts, index=pd.RangeIndex(len(parts)), crs=RD_EPSG)
    rows, hits = shapely.STRtree(spots.geometry.to_numpy()).query(points.geometry.to_numpy(), predicate="intersects")
    counted = np.bincount(hits, points["addresses"].to_numpy()[rows], minlength=len(parts))
    spots["adressen"] = np.maximum(counted.round(0), 1).astype(int)
    spots["vraag_kwh_jaar"] = np.bincount(hits, points["kwh_year"].to_numpy()[rows], minlength=len(parts)).round(0)
    names = [f"{state.replace(' ', '-')}-{number:03d}" for number in range(1, len(parts) + 1)]
    return spots.set_index(pd.Index(names, dtype="str", name=WhiteSpots.index_name()))
