"""Where poles and bays count: grid area, street, buurt and square of each.

In: poles of candidates, bays, areas. Out: per pole or bay the area it counts in. What lies in none counts in none.
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.project import SpotRules
from laadplan.contracts.frame import RD_EPSG
from laadplan.geo.nearest import containing, nearest
from laadplan.kerb.standing import feeding_areas, measure_grid
from laadplan.optimise.framing_town import Rules, Town

UNKNOWN = "onbekend"

NO_AREA = "zonder gebied"
"""Grid area of poles that lie in none: an indication of the whole municipality, or no indication at all."""


def grid_rooms(candidates: gpd.GeoDataFrame, town: Town, rules: Rules) -> pd.DataFrame:
    """Per candidate the grid area it counts in: ``area``, ``offtake`` (its class) and ``room_kw``; missing: no limit.

    An area of which the room is given by its code is one whole; elsewhere the candidates of one area under one class
    count together.
    """
    area = feeding_areas(candidates, town.grid_capacity, town.grid_areas, town.addresses)
    offtake = measure_grid(candidates, town.grid_capacity, town.grid_areas, town.addresses, rules.municipality_code)[
        "grid_offtake"
    ]
    rooms = pd.Series(rules.settings.grid_room_kw, dtype=float)
    by_code = area.map(rooms).astype(float)
    by_class = offtake.map(rooms).astype(float)
    return pd.DataFrame(
        {
            "area": area.fillna(NO_AREA),
            "offtake": offtake.mask(by_code.notna(), ""),
            "room_kw": by_code.fillna(by_class),
        }
    )


def street_of_bays(
    bays: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame | None, spots: SpotRules
) -> pd.Series:
    """Street of each bay, as street and woonplaats of the BAG: of the spot it is in, else of the nearest address.

    Parameters
    ----------
    candidates
        All `Candidates`, also those that fail an eis.
    """
    towns = pd.Series(None, index=candidates.index, dtype="str")
    if addresses is not None:
        towns = candidates["address_id"].map(addresses["town"])
    named = _street(candidates["street"], towns)
    inside = named.sort_index().to_frame("street").assign(bay=candidates["bay_ids"].str.split(" ")).explode("bay")
    first = inside.dropna(subset="street").drop_duplicates("bay").set_index("bay")["street"]
    streets = first.reindex(bays.index).astype("str")
    lone = bays[streets.isna()]
    if addresses is not None and len(lone):
        found = nearest(middles(lone), addresses.geometry, within_m=spots.address_within_m)["other_id"]
        of_address = _street(addresses["street"], addresses["town"])
        streets = streets.fillna(found.map(of_address).astype("str"))
    return streets


def _street(street: pd.Series, town: pd.Series) -> pd.Series:
    joined = street.astype("str") + ", " + town.astype("str").fillna("")
    return joined.str.removesuffix(", ").where(street.notna())


def buurt_of_bays(bays: gpd.GeoDataFrame, buurten: gpd.GeoDataFrame) -> pd.Series:
    """CBS code of the buurt in which the middle of each bay lies."""
    return containing(middles(bays), buurten.geometry)


def middles(bays: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Middle of each bay, RD New."""
    return gpd.GeoSeries(bays.geometry.centroid, index=bays.index, crs=RD_EPSG)


def square_of(poles: gpd.GeoSeries, squares: gpd.GeoDataFrame) -> pd.Series:
    """Id of the square in which each pole stands; on a border the eastern or northern one."""
    found = pd.Series(None, index=poles.index, dtype="str")
    if squares.empty or not len(poles):
        return found
    bounds = squares.bounds
    size_m = float((bounds["maxx"] - bounds["minx"]).max())
    west_m, south_m = float(bounds["minx"].min()), float(bounds["miny"].min())
    corners = pd.MultiIndex.from_arrays(
        [_steps(bounds["minx"], west_m, size_m), _steps(bounds["miny"], south_m, size_m)]
    )
    places = pd.MultiIndex.from_arrays(
        [np.floor((poles.x - west_m) / size_m).astype(int), np.floor((poles.y - south_m) / size_m).astype(int)]
    )
    hits = corners.get_indexer(places)
    found[hits >= 0] = squares.index.to_numpy()[hits[hits >= 0]]
    return found


def _steps(corner: pd.Series, from_m: float, size_m: float) -> np.ndarray:
    return np.asarray(((corner - from_m) / size_m).round().astype(int))
