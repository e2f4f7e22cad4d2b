"""Planned dwellings: in which buurt they come, from which year they count, and how many cars they bring.

In: `PlannedHomes`, buurten. Out: one row per plan, kind and year that can be counted. Hard decisions: a plan with a
place lies where its place is, one without in the buurt it names, for the share of its surface that lies in the area; a
dwelling has as many cars as a household of its buurt, and no more than its parking norm; flats have no driveway.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.scenario import Scenario
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import containing

FLATS = r"app|flat|etage|studio|gestapeld|meergezins|portiek|galerij|boven|beneden|maisonn"
"""Words of which one stands in the kind of a flat."""

CARS_PER_HOUSEHOLD = 1.0
"""Cars per household where no buurt tells them (CBS: about 1.0 over the country)."""

NO_FIGURE = "geplande woningen zonder aantal of jaar van oplevering"
DELIVERED = "geplande woningen van vóór het eerste jaar van de prognose: zitten al in de cijfers"
NO_PLACE = "geplande woningen zonder buurt en plaats in het gebied"


def place_planned(
    planned_homes: pd.DataFrame | None,
    buurten: gpd.GeoDataFrame,
    *,
    from_year: int,
    area: shapely.Geometry | None,
    scenario: Scenario,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """Parts of plans that count, by ``part_id``: ``point_id``, ``buurtcode``, ``year``, ``dwellings``, ``households``
    (the same weighed by cars: in households of the buurt), ``driveway_share`` and a point in RD New.

    Parameters
    ----------
    from_year
        First year of the forecast: what was delivered before it is in the figures of the buurt.
    """
    if planned_homes is None or planned_homes.empty:
        return _placed(pd.DataFrame(index=pd.Index([], dtype="str")), buurten, area, scenario)
    rows = planned_homes.sort_index()
    unknown = rows["dwellings"].isna() | rows["delivery_year"].isna()
    delivered = rows["delivery_year"] < from_year
    rows = rows.assign(buurtcode=_buurt_of(rows, buurten, area))
    nowhere = rows["buurtcode"].isna()
    quality.drop(NO_FIGURE, rows.index[unknown])
    quality.drop(DELIVERED, rows.index[delivered])
    quality.drop(NO_PLACE, rows.index[nowhere & ~unknown & ~delivered])
    left_out = int((unknown | delivered | nowhere).sum())
    if left_out:
        quality.find(f"{left_out} of {len(rows)} rows of planned dwellings are not counted: see the rules.")
    return _placed(rows[~(unknown | delivered | nowhere)], buurten, area, scenario)


def _buurt_of(rows: pd.DataFrame, buurten: gpd.GeoDataFrame, area: shapely.Geometry | None) -> pd.Series:
    """Buurt by place, else as named; missing outside the area."""
    placed = rows["x_rd_m"].notna() & rows["y_rd_m"].notna()
    places = gpd.GeoSeries.from_xy(rows["x_rd_m"].where(placed, 0.0), rows["y_rd_m"].where(placed, 0.0), crs=RD_EPSG)
    named = rows["buurtcode"].where(rows["buurtcode"].isin(buurten.index))
    found = containing(places, buurten.geometry).where(placed).fillna(named)
    inside = True if area is None else ~placed | places.within(area)
    touched = surface_shares(buurten, area)
    known = found.map(touched).fillna(0.0).astype(float) > 0
    return found.where(known & inside).astype("str")


def surface_shares(buurten: gpd.GeoDataFrame, area: shapely.Geometry | None) -> pd.Series:
    """Share of the surface of each buurt that lies in the area; 1 without one."""
    if area is None:
        return pd.Series(1.0, index=buurten.index)
    return buurten.geometry.intersection(area).area / buurten.geometry.area


def _placed(
    rows: pd.DataFrame, buurten: gpd.GeoDataFrame, area: shapely.Geometry | None, scenario: Scenario
) -> gpd.GeoDataFrame:
    if rows.empty:
        names = ["point_id", "buurtcode", "year", "dwellings", "households", "driveway_share"]
        kinds = ["str", "str", "int64", "float64", "float64", "float64"]
        none = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in zip(names, kinds, strict=True)})
        return gpd.GeoDataFrame(none, geometry=[], crs=RD_EPSG)
    buurt = rows["buurtcode"]
    placed = rows["x_rd_m"].notna() & rows["y_rd_m"].notna()
    share = buurt.map(surface_shares(buurten, area)).where(~placed, 1.0).astype(float)
    dwellings = rows["dwellings"] * share
    flat = rows["dwelling_kind"].str.contains(FLATS, case=False, regex=True).fillna(False).astype(bool)
    columns = {
        "point_id": _point_ids(rows),
        "buurtcode": buurt,
        "year": rows["delivery_year"].astype(int),
        "dwellings": dwellings,
        "households": dwellings * _cars_share(rows, buurten),
        "driveway_share": np.where(flat, 0.0, scenario.driveway_share_houses),
    }
    middles = buurt.map(middle_points(buurten.loc[sorted(set(buurt))], area))
    given = gpd.GeoSeries.from_xy(rows["x_rd_m"].fillna(0.0), rows["y_rd_m"].fillna(0.0))
    return gpd.GeoDataFrame(columns, geometry=np.where(placed, given, middles), crs=RD_EPSG)


def middle_points(buurten: gpd.GeoDataFrame, area: shapely.Geometry | None) -> gpd.GeoSeries:
    """A point inside each buurt, within the area where it has a part of it."""
    inside = buurten.geometry if area is None else buurten.geometry.intersection(area)
    return inside.where(~inside.is_empty, buurten.geometry).representative_point()


def _point_ids(rows: pd.DataFrame) -> pd.Series:
    """Plans by their own id; of a plan in several buurten with the buurt."""
    several = rows.groupby("plan_id")["buurtcode"].transform("nunique") > 1
    ids = "plan|" + rows["plan_id"]
    return ids.where(~several, ids + "|" + rows["buurtcode"])


def _cars_share(rows: pd.DataFrame, buurten: gpd.GeoDataFrame) -> pd.Series:
    """Cars per planned dwelling over those per household of its buurt, at most 1."""
    known = buurten[(buurten["households"] > 0) & buurten["cars"].notna()]
    mean = known["cars"].sum() / known["households"].sum() if len(known) else CARS_PER_HOUSEHOLD
    usual = rows["buurtcode"].map(known["cars"] / known["households"]).astype(float).fillna(mean)
    return (rows["parking_norm"] / usual.where(usual > 0)).clip(upper=1.0).fillna(1.0)
