"""Buurten in parts that lie in one PC4 each, and their cars.

In: buurten, addresses where given, car stock per PC4. Out: one row per buurt and PC4 with the share of the buurt's cars
in it. A part without a PC4 of which the car stock is known stands for the rest of the area.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.demand.households import COMPLETE_SHARE, LIVING
from laadplan.geo.nearest import containing

REST = ""
"""PC4 of a part whose own PC4 or its car stock is unknown."""

MOST_CARS_PER_HOUSEHOLD = 3.0
"""Above this the cars of a buurt are those of a rental or lease firm: of 4,050 postcodes 3 have more (KiM, 2022)."""

BY_ADDRESS, BY_BUURT = "naar adressen", "meest voorkomende PC4"


def parts_of_buurten(
    buurten: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame | None, vehicles: pd.DataFrame
) -> pd.DataFrame:
    """Columns ``buurtcode``, ``pc4`` (`REST` where unknown), ``part`` (adds up to 1 per buurt) and ``by``.

    The dwellings of a buurt count alike, and addresses of which the use is unknown with them. Where they are clearly
    fewer than its households they are part of it only, and the PC4 that the CBS gives goes before them.
    """
    counted = _counted(buurten, addresses)
    total = counted.groupby("buurtcode")["part"].sum().reindex(buurten.index).fillna(0.0)
    given = buurten["pc4"].where(buurten["pc4"].isin(vehicles.index))
    complete = (total > 0) & ~(total < COMPLETE_SHARE * buurten["households"])
    by_address = complete | ((total > 0) & given.isna())
    own = counted[counted["buurtcode"].map(by_address).astype(bool)].assign(by=BY_ADDRESS)
    other = pd.DataFrame(
        {"buurtcode": buurten.index, "pc4": given.fillna(REST).astype("str").to_numpy(), "part": 1.0, "by": BY_BUURT}
    )
    own["part"] = own["part"].astype(float) / own["buurtcode"].map(total).astype(float)
    own["pc4"] = own["pc4"].where(own["pc4"].isin(vehicles.index), REST)
    own = own.groupby(["buurtcode", "pc4", "by"])["part"].sum().reset_index()
    parts = pd.concat([own, other[~other["buurtcode"].map(by_address).astype(bool)]], ignore_index=True)
    return parts.sort_values(["buurtcode", "pc4"], ignore_index=True)[["buurtcode", "pc4", "part", "by"]]


def _counted(buurten: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Dwellings per buurt and PC4; those outside all buurten are not needed."""
    if addresses is None or addresses.empty:
        return pd.DataFrame({"buurtcode": pd.Series([], dtype="str"), "pc4": pd.Series([], dtype="str"), "part": []})
    addresses = addresses[addresses["use"].isna() | addresses["use"].str.contains(LIVING, na=False)]
    places = pd.DataFrame(
        {
            "buurtcode": containing(addresses.geometry, buurten.geometry),
            "pc4": addresses["postcode"].str[:4].fillna(REST),
        }
    )
    return places.dropna(subset="buurtcode").groupby(["buurtcode", "pc4"]).size().rename("part").reset_index()


def cars_of_buurten(
    parts: pd.DataFrame,
    buurten: gpd.GeoDataFrame,
    vehicles: pd.DataFrame,
    buurt_figures: pd.DataFrame | None = None,
    *,
    quality: Quality | None = None,
) -> pd.Series:
    """Cars of the residents per buurt, missing where neither they nor the households are known.

    Parameters
    ----------
    parts
        As `parts_of_buurten` gives them. A part whose cars per household are unknown has the mean of the others.
    """
    quality = quality if quality is not None else Quality()
    given = buurten["cars"]
    if buurt_figures is not None:
        given = given.fillna(buurt_figures["cars"].reindex(buurten.index))
    own = parts["pc4"].map(vehicles["cars_per_household"]).astype(float)
    per_household = parts["part"].astype(float) * own.fillna(_mean_rate(parts, own, buurten))
    rate = per_household.groupby(parts["buurtcode"]).sum(min_count=1).reindex(buurten.index)
    reckoned = buurten["households"] * rate
    firms = given > MOST_CARS_PER_HOUSEHOLD * buurten["households"]
    if firms.any():
        quality.find(
            f"Buurt {', '.join(sorted(buurten.index[firms]))} has more than {MOST_CARS_PER_HOUSEHOLD:g} cars per "
            "household: those of a rental or lease firm. Households times cars per household are used."
        )
    return given.where(~firms).fillna(reckoned).rename("cars")


def _mean_rate(parts: pd.DataFrame, rate: pd.Series, buurten: gpd.GeoDataFrame) -> float:
    households = parts["part"] * parts["buurtcode"].map(buurten["households"]).astype(float)
    households = households.where(rate.notna()).fillna(0.0)
    total = float(households.sum())
    return float((rate.fillna(0.0) * households).sum()) / total if total else np.nan
