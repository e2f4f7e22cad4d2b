"""The address a spot is named by: the nearest one that does not lie across the carriageway.

In: places of poles, addresses and carriageways. Out: street, house number, id and distance per pole. A decree says
"near number 12", and a reader looks for that on the same side: an address on this side is taken where it is at most
`ACROSS_FACTOR` times as far as the nearest one.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from laadplan.geo.nearest import nearest
from laadplan.geo.rounding import rounded

ACROSS_FACTOR = 1.5
"""An address on this side of the carriageway may be so many times as far as the nearest one across it."""

CHUNK = 20_000
"""Poles for which other addresses are looked for at once: some hundred thousand pairs."""

Shapes = npt.NDArray[np.object_]

COLUMNS = ["street", "house_number", "address_id", "address_distance_m"]


def near_addresses(
    poles: gpd.GeoSeries, addresses: gpd.GeoDataFrame | None, carriageways: gpd.GeoSeries, within_m: float
) -> pd.DataFrame:
    """Per pole ``street``, ``house_number``, ``address_id`` and ``address_distance_m`` (m); empty where none is near.

    Parameters
    ----------
    poles
        Places of the poles, RD New.
    addresses
        `Addresses`, RD New; None where none were delivered.
    carriageways
        Surfaces that part the two sides of a street, RD New.
    within_m
        Largest distance to an address.

    Raises
    ------
    WrongCrs
        Poles or addresses are not in RD New.
    """
    if addresses is None:
        return pd.DataFrame(dict.fromkeys(COLUMNS[:3]) | {COLUMNS[3]: np.nan}, index=poles.index)
    found = nearest(poles, addresses.geometry)
    found = found.where(found["distance_m"] <= within_m)
    across = _crosses(np.asarray(poles), np.asarray(addresses.geometry.reindex(found["other_id"])), carriageways)
    for begin in range(0, len(across), CHUNK):
        rows = across[begin : begin + CHUNK]
        here = _on_this_side(
            gpd.GeoSeries(poles.iloc[rows]), addresses.geometry, carriageways, found["distance_m"].iloc[rows], within_m
        )
        found.loc[here.index, here.columns] = here
    named = addresses[["street", "house_number"]].reindex(found["other_id"]).set_axis(poles.index)
    return named.assign(address_id=found["other_id"], address_distance_m=rounded(found["distance_m"]))


def _crosses(here: Shapes, others: Shapes, carriageways: gpd.GeoSeries) -> npt.NDArray[np.int64]:
    """Places in the two arrays of points between which a straight line crosses a carriageway."""
    known = np.flatnonzero(~shapely.is_missing(others))
    ends = np.stack([shapely.get_coordinates(here[known]), shapely.get_coordinates(others[known])], axis=1)
    lines = shapely.linestrings(ends) if len(known) else np.array([], dtype=object)
    crossed, _ = shapely.STRtree(carriageways.to_numpy()).query(lines, predicate="intersects")
    found: npt.NDArray[np.int64] = known[np.unique(crossed)]
    return found


def _on_this_side(
    poles: gpd.GeoSeries, addresses: gpd.GeoSeries, carriageways: gpd.GeoSeries, nearest_m: pd.Series, within_m: float
) -> pd.DataFrame:
    """The nearest address of each pole that has one on its own side of the carriageway, of those not much further."""
    ordered = addresses.sort_index()
    here, others = np.asarray(poles), np.asarray(ordered)
    reach_m = np.minimum(ACROSS_FACTOR * nearest_m.to_numpy(), within_m)
    rows, hits = shapely.STRtree(others).query(here, predicate="dwithin", distance=reach_m)
    same = np.setdiff1d(np.arange(len(rows)), _crosses(here[rows], others[hits], carriageways))
    pairs = pd.DataFrame({"row": rows[same], "hit": hits[same]})
    pairs["distance_m"] = shapely.distance(here[rows[same]], others[hits[same]])
    pairs["apart"] = pairs["distance_m"].round(3)
    first = pairs.sort_values(["row", "apart", "hit"]).drop_duplicates("row")
    return pd.DataFrame(
        {"other_id": ordered.index[first["hit"]], "distance_m": first["distance_m"].to_numpy()},
        index=poles.index[first["row"]],
    )
