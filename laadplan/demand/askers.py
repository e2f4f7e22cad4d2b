"""Who asks for energy in a buurt: its addresses, planned dwellings, or a point of its own where there is nobody.

In: places, planned dwellings, `BuurtDemand`. Out: one row per address or part of a plan with its weight for each group.
Hard decisions: a household without driveway weighs as much as the public share of its energy, one with a driveway
likewise; where the households of a buurt are unknown, every home counts as one.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Scenario
from laadplan.contracts.frame import RD_EPSG
from laadplan.demand.planned import middle_points

NOBODY = "geen adres"
"""Second part of the id of a point that stands for a buurt with demand and without addresses."""


def find_askers(
    places: gpd.GeoDataFrame,
    plans: gpd.GeoDataFrame,
    demand: pd.DataFrame,
    buurten: gpd.GeoDataFrame,
    *,
    area: shapely.Geometry | None,
    scenario: Scenario,
) -> gpd.GeoDataFrame:
    """Addresses, then parts of plans, then buurten without either, in RD New.

    Columns: ``plan`` (id of its demand point, of plans only), ``buurtcode``, ``postcode``, ``from_year``,
    ``addresses``, ``households``, ``driveway_share``, and the weights ``cars``, ``residents``, ``visitors``,
    ``workers``; ``base`` is the weight where nothing else says how to divide.

    Parameters
    ----------
    places
        See `find_places`.
    plans
        See `place_planned`.
    demand
        `BuurtDemand`.
    """
    at = _addresses(places, demand)
    coming = gpd.GeoDataFrame(
        {
            "plan": plans["point_id"],
            "buurtcode": plans["buurtcode"],
            "from_year": plans["year"],
            "households": plans["dwellings"],
            "driveway_share": plans["driveway_share"],
            "cars": plans["households"],
            "visitors": plans["dwellings"] * scenario.visits.woning,
        },
        geometry=plans.geometry,
    ).assign(postcode=None, addresses=0, base=0.0, workers=0.0)
    nobody = _nobody(at, coming, demand, buurten, area)
    rows = pd.concat([part for part in (at, coming, nobody) if len(part)] or [at])
    driveway = rows["driveway_share"].fillna(0.0)
    factor = (1 - driveway) * scenario.public_share_no_driveway + driveway * scenario.public_share_driveway
    rows = rows.assign(residents=rows["cars"] * factor)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=RD_EPSG)


def _addresses(places: gpd.GeoDataFrame, demand: pd.DataFrame) -> gpd.GeoDataFrame:
    """Addresses; households add up to those of the buurt in the area, planned ones left out."""
    buurt = places["buurtcode"]
    per_buurt = demand.drop_duplicates("buurtcode").set_index("buurtcode")
    existing = buurt.map(per_buurt["households"] - per_buurt["planned_households"]).astype(float)
    summed = places["households"].groupby(buurt).transform("sum")
    scale = (existing / summed.where(summed > 0)).fillna(1.0)
    households = places["households"] * scale
    counted = households.fillna(0.0).where(summed.fillna(0.0) > 0, places["homes"])
    return gpd.GeoDataFrame(
        {
            "plan": pd.Series(None, index=places.index, dtype="str"),
            "buurtcode": buurt,
            "postcode": places["postcode"],
            "from_year": 0,
            "addresses": 1,
            "households": households.where((places["homes"] > 0) | buurt.isna(), 0.0),
            "driveway_share": places["driveway_share"],
            "cars": counted,
            "visitors": places["visits"],
            "workers": places["jobs"],
            "base": 1.0,
        },
        geometry=places.geometry,
    )


def _nobody(
    at: gpd.GeoDataFrame,
    coming: gpd.GeoDataFrame,
    demand: pd.DataFrame,
    buurten: gpd.GeoDataFrame,
    area: shapely.Geometry | None,
) -> gpd.GeoDataFrame:
    """A point inside each buurt that has demand in a year in which nobody asks for it."""
    first = demand["buurtcode"].map(coming.groupby("buurtcode")["from_year"].min()).astype(float).fillna(np.inf)
    early = demand[(demand["kwh_year"] > 0) & (demand["year"] < first)]
    codes = sorted(set(early["buurtcode"]) - set(at["buurtcode"].dropna()))
    middles = middle_points(buurten.loc[[code for code in codes if code in buurten.index]], area)
    ids = pd.Index([f"{code}|{NOBODY}" for code in middles.index], dtype="str")
    rows = pd.DataFrame({"buurtcode": middles.index.to_numpy(), "from_year": 0, "addresses": 0}, index=ids)
    rows = rows.assign(plan=None, postcode=None, households=np.nan, driveway_share=np.nan, base=1.0, cars=0.0)
    return gpd.GeoDataFrame(rows.assign(visitors=0.0, workers=0.0), geometry=middles.to_numpy(), crs=RD_EPSG)
