"""In which building a dwelling lies, and its type: by how many share it and which others stand against it.

In: homes as points with the BAG ids of their buildings where known, all objects with an address, buildings of the BGT.
Out: per home its building and its type.

Decisions
---------
Several addressed objects in one building make a flat, as the CBS counts (meergezinswoning), whether they are dwellings
or a shop below. Buildings with an address that stand against each other, wall to wall, make a block: one building is
detached, of two each is a semi, of more those with one neighbour are end houses. A building without an address (shed,
garage) is no neighbour: two houses joined by their garages are detached, as their drives are what matters here.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.sources import PLANNED
from laadplan.geo.nearest import nearest, overlaps

OUTSIDE_M = 2.0
"""An address point this far (m) outside a building still belongs to it: lists of addresses round to whole metres."""


def standing(buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Buildings that stand on the ground now: not planned, not above or below."""
    return buildings[(buildings["level"] == 0) & (buildings["status"] != PLANNED)].sort_index()


def buildings_of(objects: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Id of the building of each object; missing where it lies in none.

    First the building in which the point lies, if the BAG names that one or none that is there; then the nearest of
    those that the BAG names; then the nearest within ``OUTSIDE_M``.

    Parameters
    ----------
    objects
        Points in RD New, with ``pand_ids``: BAG ids of buildings, comma joined, or missing.
    buildings
        `Buildings` that stand.
    """
    named = _named(objects, buildings)
    held = overlaps(objects.geometry, buildings.geometry)
    near = nearest(objects.geometry, buildings.geometry, within_m=OUTSIDE_M)["other_id"]
    found = near.where(~objects.index.isin(held["point_id"]), None)
    found.update(held.drop_duplicates("point_id").set_index("point_id")["other_id"])
    found.update(named)
    return found.astype("str")


def _named(objects: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.Series:
    """Of the buildings that the BAG names the one nearest to the point, the smallest id first."""
    pands = objects["pand_ids"].dropna().str.split(",").explode()
    known = buildings["bag_pand_id"].dropna()
    pairs = pd.DataFrame({"object_id": pands.index, "pand": pands.to_numpy()}).merge(
        pd.DataFrame({"building_id": known.index, "pand": known.to_numpy()}), on="pand"
    )
    points = gpd.GeoSeries(objects.geometry.reindex(pairs["object_id"])).to_numpy()
    shapes = gpd.GeoSeries(buildings.geometry.reindex(pairs["building_id"])).to_numpy()
    pairs["distance_m"] = np.round(shapely.distance(points, shapes), 2)
    pairs = pairs.sort_values(["object_id", "distance_m", "building_id"]).drop_duplicates("object_id")
    return pairs.set_index("object_id")["building_id"]


def block_types(building_ids: pd.Series, buildings: gpd.GeoDataFrame, touch_m: float) -> pd.DataFrame:
    """Per building with an address: ``objects`` in it and ``block_type``, the type of the only dwelling in it.

    Parameters
    ----------
    building_ids
        Building of every object with an address, for living or not; missing: in none.
    buildings
        `Buildings` that stand.
    touch_m
        Buildings at most this far apart (m) stand against each other.
    """
    objects = building_ids.value_counts().sort_index()
    shapes = gpd.GeoSeries(buildings.geometry.reindex(objects.index)).to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=touch_m)
    one, other = one[one != other], other[one != other]
    neighbours = np.bincount(one, minlength=len(shapes))
    most = np.zeros(len(shapes), dtype=np.int64)
    np.maximum.at(most, one, neighbours[other])
    in_pair = (neighbours == 1) & (most == 1)
    kinds = np.select(
        [neighbours == 0, in_pair, neighbours == 1],
        ["vrijstaand", "twee-onder-een-kap", "hoekwoning"],
        "tussenwoning",
    )
    return pd.DataFrame({"objects": objects.to_numpy(), "block_type": kinds}, index=objects.index)


def dwelling_types(is_berth: pd.Series, building_ids: pd.Series, blocks: pd.DataFrame) -> pd.Series:
    """Type of each home, one of `DWELLING_TYPES`.

    Parameters
    ----------
    is_berth
        Per home whether it is a ligplaats or standplaats.
    building_ids
        Building of each home; missing: in none.
    blocks
        What `block_types` gives.
    """
    alone = building_ids.map(blocks["block_type"]).astype(object)
    several = building_ids.map(blocks["objects"]).gt(1)
    kinds = alone.mask(several, "appartement").mask(building_ids.isna(), "onbekend")
    return kinds.mask(is_berth, "ligplaats of standplaats").astype("str")
