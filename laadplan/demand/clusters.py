"""Demand points: the addresses that share a PC6 within one buurt and one calculation area, and planned dwellings apart.

In: who asks for energy, calculation areas. Out: the point of each, and the points with where they lie. Hard decisions:
the id says the area only where areas cut the addresses of a PC6 in a buurt; a point lies at an address, not between
them, so that it can be walked from; a PC6 wider than that is cut into pieces (in the country a PC6 spans hundreds of
metres, and a walk from its middle would say nothing about its ends).
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.demand import DemandClusters
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.demand.areas import area_of
from laadplan.demand.pieces import cut_wide

NO_BUURT, NO_AREA = "geen buurt", "geen gebied"
"""Parts of an id where a point lies in none."""

RADIUS_M = 50.0
"""No address lies farther (m) from the place of its demand point: a fifth of the usual walking norm of 250 m."""


def point_ids(rows: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
    """Demand point and calculation area of each row.

    Parameters
    ----------
    rows
        See `find_askers`.
    """
    area = area_of(gpd.GeoSeries(rows.geometry, crs=RD_EPSG), areas)
    names = rows["buurtcode"].fillna(NO_BUURT) + "|" + rows["postcode"].fillna("")
    area_names = area.fillna(NO_AREA)
    several = area_names.groupby(names).transform("nunique") > 1
    ids = names.where(~several, names + "|" + area_names)
    places = rows.geometry.to_numpy()
    ids = cut_wide(ids, shapely.get_x(places), shapely.get_y(places), radius_m=RADIUS_M)
    own = pd.Series(rows.index, index=rows.index, dtype="str")
    ids = ids.where(rows["postcode"].notna(), own)
    return ids.where(rows["plan"].isna(), rows["plan"]).astype("str"), area


def cluster(
    rows: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, known: set[str], *, until_year: int, quality: Quality
) -> tuple[pd.Series, gpd.GeoDataFrame]:
    """The demand point of each row, and the points as `DemandClusters` in RD New, sorted by id.

    Parameters
    ----------
    rows
        See `find_askers`.
    known
        Buurten of which the demand is known.
    until_year
        Last year of the forecast: a plan counts the dwellings delivered by then.
    """
    ids, area = point_ids(rows, areas)
    nearest_row = _middle_rows(rows, ids)
    first = rows.loc[nearest_row.to_numpy()].set_axis(nearest_row.index)
    there = rows["from_year"] <= until_year
    households = rows["households"].where(there, 0.0)
    lived = households.where(rows["driveway_share"].notna())
    owned = (lived * rows["driveway_share"]).groupby(ids).sum()
    points = gpd.GeoDataFrame(
        {
            "postcode": first["postcode"],
            "buurtcode": first["buurtcode"],
            "area_id": area.loc[nearest_row.to_numpy()].set_axis(nearest_row.index),
            "is_planned": first["plan"].notna(),
            "addresses": rows["addresses"].groupby(ids).sum(),
            "households": households.groupby(ids).sum(min_count=1),
            "driveway_share": (owned / lived.groupby(ids).sum().where(lambda sums: sums > 0)).clip(0, 1),
            "known": first["buurtcode"].isin(known),
        },
        geometry=first.geometry,
        crs=RD_EPSG,
    )
    _report(points, quality)
    return ids, points[DemandClusters.columns()].rename_axis(DemandClusters.index_name())


def _middle_rows(rows: gpd.GeoDataFrame, ids: pd.Series) -> pd.Series:
    """Per point the row nearest to the middle of its rows; of a tie the most western, southern, first by id."""
    places = pd.DataFrame(
        {"x": shapely.get_x(rows.geometry.to_numpy()), "y": shapely.get_y(rows.geometry.to_numpy()), "point": ids}
    )
    middle = places.groupby("point")[["x", "y"]].transform("mean")
    places["apart_m"] = np.hypot(places["x"] - middle["x"], places["y"] - middle["y"]).round(2)
    places["row"] = rows.index
    ordered = places.sort_values(["point", "apart_m", "x", "y", "row"])
    return ordered.drop_duplicates("point").set_index("point")["row"]


def _report(points: gpd.GeoDataFrame, quality: Quality) -> None:
    nowhere = points["area_id"].isna() & points["buurtcode"].notna()
    if nowhere.any():
        quality.find(
            f"{int(points.loc[nowhere, 'addresses'].sum())} addresses lie in no calculation area: their demand counts "
            "in their buurt only."
        )
    unknown = points[~points["known"] & points["buurtcode"].notna()]
    if len(unknown):
        codes = sorted(set(unknown["buurtcode"]))
        quality.find(
            f"Demand is unknown for {int(unknown['addresses'].sum())} addresses in buurt {', '.join(codes)}; it counts "
            "as nil."
        )
    outside = points[points["buurtcode"].isna()]
    if len(outside):
        quality.find(f"{int(outside['addresses'].sum())} addresses lie outside all buurten: their demand is unknown.")
    quality.facts["demand_points"] = len(points)
