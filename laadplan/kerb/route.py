"""Cable routes: from each pole to the nearest low-voltage cable, as a digger would go.

In: poles, cables and cabinets, and the ground between them. Out: `CableRoutes`, confidential. Hard decisions: a route
keeps out of buildings, water and private yards, and leaves carriageways alone where that can be done within the norm;
else it is the shortest that there is. Closed ground within a metre of a cable is open, since a cable is drawn no better
than that; and so is the ground on which the pole itself stands. A cable that was not delivered is not a cable that does
not lie there: `known` tells the two apart.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import nearest
from laadplan.geo.rounding import rounded
from laadplan.kerb.way import Ground, Ways, find_ways

CLOSED_COVERS = ("erf", "bouwland", "boomteelt", "fruitteelt", "grasland agrarisch")
"""Terrain of the BGT that is somebody's yard or field: no trench goes through it without its owner."""

DRY_WATER = ("greppel, droge sloot",)
"""Water of the BGT that a trench can pass."""

CLOSED_FUNCTIONS = ("spoorbaan", "baan voor vliegverkeer")
"""Road parts that a trench does not pass. All other road parts and terrain, and ground without a surface, are open."""

KNOWN_M = 100.0
"""Cables within this distance of a pole tell whether cables were delivered there (m)."""

OPEN_DATA = "open data"
"""Request kind of cables of which an operator gives all; those of a KLIC delivery end at the edge of what was asked."""

CABINET_M = 250.0
"""A cabinet further away than this is not named (m): hardly any low-voltage cable reaches further."""

UNROUNDED_M = 0.005
"""Less than this below a carriageway is nothing (m): it is rounded to centimetres."""


def route_cables(
    poles: gpd.GeoSeries,
    cables: gpd.GeoDataFrame,
    grid_points: gpd.GeoDataFrame,
    ground: Ground | None,
    rules: SpotRules,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """The route from each pole to a low-voltage cable, and the distance to the nearest cabinet.

    Parameters
    ----------
    poles
        Positions of the poles by ``locatie_id``, RD New.
    cables, grid_points
        `Cables` and `GridPoints`.
    ground
        What lies between, see `find_ground`; None where no road parts were delivered: routes are straight then.
    rules
        ``cable_norm_m`` and ``cable_reach_m``.
    quality
        Where the number of poles per kind of route is noted, and never which.

    Returns
    -------
    `CableRoutes`, one row per pole; lengths in m to the centimetre.
    """
    if not len(poles):
        return CableRoutes.empty()
    poles = gpd.GeoSeries(poles.sort_index())
    joinable = usable_cables(cables).sort_index()
    ways = find_ways(poles, joinable.geometry, ground, rules.cable_norm_m, rules.cable_reach_m)
    routes = _rows(poles, ways, joinable, ground)
    routes["known"] = _known(routes, ways.poles, cables, rules.cable_norm_m)
    routes["cabinet_m"] = _cabinet_m(poles, grid_points)
    quality.facts["routes"] = {str(kind): int(count) for kind, count in routes["route_kind"].value_counts().items()}
    return routes[CableRoutes.columns()]


def find_ground(
    road_parts: gpd.GeoDataFrame | None,
    terrain: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    surfaces: Surfaces,
    quality: Quality,
) -> Ground | None:
    """What lies in the way of a trench at ground level; None where no road parts were delivered.

    Without terrain or buildings their ground counts as open, and a finding says so.
    """
    if road_parts is None or road_parts.empty:
        quality.find("No road parts: cable routes are straight lines, and what they cross is not known.")
        return None
    closed = [road_parts[road_parts["function"].isin(CLOSED_FUNCTIONS)]]
    for name, layer in (("terrain", terrain), ("buildings", buildings)):
        if layer is None or layer.empty:
            quality.find(f"No {name}: cable routes do not go round it.")
        else:
            closed.append(layer[_is_closed(layer)] if name == "terrain" else layer)
    driven = road_parts[road_parts["function"].isin(surfaces.driveable)]
    return Ground(np.concatenate([_at_ground_level(each) for each in closed]), _at_ground_level(driven))


def usable_cables(cables: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The cables of `Cables` that a pole can be joined to: main low-voltage cables of a grid operator, in use.

    Neither street lighting nor the connection of a house; what the source leaves open counts as usable.
    """
    wanted = {
        "voltage_level": ("laagspanning",),
        "use": ("net", "onbekend"),
        "status": ("in gebruik", "onbekend"),
        "operator_kind": ("netbeheerder", "onbekend"),
    }
    return cables[np.logical_and.reduce([cables[name].isin(values) for name, values in wanted.items()])]


def cabinets(grid_points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The points of `GridPoints` that low-voltage cables leave from: cabinets, and stations (fed by medium voltage)."""
    low = (grid_points["kind"] == "kast") & (grid_points["theme"] == "laagspanning")
    station = (grid_points["kind"] == "station") & grid_points["theme"].isin(["laagspanning", "middenspanning"])
    return grid_points[(low | station) & grid_points["status"].isin(["in gebruik", "onbekend"])]


def _rows(poles: gpd.GeoSeries, ways: Ways, joinable: gpd.GeoDataFrame, ground: Ground | None) -> gpd.GeoDataFrame:
    """The columns that follow from the ways themselves."""
    found = ~ways.missing
    cable = joinable.iloc[ways.cable[found]]
    lines = [_line(points) for points in ways.points]
    rows = gpd.GeoDataFrame(index=poles.index.rename("locatie_id"), geometry=lines, crs=RD_EPSG)
    rows["route_kind"] = np.where(found, "hemelsbreed" if ground is None else "over de grond", "geen")
    rows["cable_id"] = pd.Series(cable.index.to_numpy(), index=rows.index[found], dtype="str").reindex(rows.index)
    rows["route_m"] = rounded(ways.length_m)
    rows["straight_m"] = np.nan
    rows.loc[found, "straight_m"] = rounded(shapely.distance(ways.poles[found], cable.geometry.to_numpy()))
    rows["carriageway_m"] = np.nan if ground is None else rounded(_beneath_m(ways, ground.carriageways))
    beneath = rows["carriageway_m"]
    rows["crossing"] = np.select([beneath.isna(), beneath > 0], ["onbekend", "ja"], "nee")
    volts = cable[["voltage_v", "nominal_voltage_v"]].notna().any(axis=1).to_numpy()
    rows["voltage_known"] = pd.Series(volts, index=rows.index[found]).reindex(rows.index, fill_value=False)
    return rows


def _line(points: np.ndarray) -> shapely.Geometry:
    """The route to the millimetre; a point where it has no length."""
    xy = np.round(points, 3)
    return shapely.Point(xy[0]) if (xy == xy[0]).all() else shapely.LineString(xy)


def _beneath_m(ways: Ways, carriageways: np.ndarray) -> np.ndarray:
    """Length (m) of each route below carriageways; not a number where there is no route."""
    length = np.where(ways.missing, np.nan, 0.0)
    rows = np.flatnonzero(~ways.missing & ~ways.is_clear)
    lines = np.array([_line(ways.points[row]) for row in rows], dtype=object)
    line, surface = shapely.STRtree(carriageways).query(lines, predicate="intersects")
    parts = shapely.intersection(lines[line], carriageways[surface])
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    for start, pieces in zip(starts, np.split(parts, starts[1:]), strict=False):
        length[rows[line[start]]] = shapely.length(shapely.union_all(pieces))
    return np.where(length < UNROUNDED_M, 0.0, length)


def _known(routes: gpd.GeoDataFrame, poles: np.ndarray, cables: gpd.GeoDataFrame, norm_m: float) -> np.ndarray:
    """Whether the route is within the norm, or all ground within the norm lies where cables were delivered."""
    known = routes["route_m"].to_numpy() <= norm_m
    rows = np.flatnonzero(~known)
    lines, is_open = cables.geometry.to_numpy(), (cables["request_kind"] == OPEN_DATA).to_numpy()
    row, line = shapely.STRtree(lines).query(poles[rows], predicate="dwithin", distance=KNOWN_M)
    known[rows[row[is_open[line]]]] = True
    left = pd.Series(line, index=rows[row]).loc[~known[rows[row]]]
    for place, near in left.groupby(level=0).indices.items():
        known[place] = _surrounded(poles[place], lines[left.to_numpy()[near]], norm_m)
    return known


def _surrounded(pole: shapely.Point, lines: np.ndarray, norm_m: float) -> bool:
    """Whether lines lie on all sides of the ground within the norm."""
    around = shapely.intersection(shapely.buffer(pole, KNOWN_M), shapely.union_all(lines))
    return bool(shapely.covers(shapely.convex_hull(around), shapely.buffer(pole, norm_m)))


def _cabinet_m(poles: gpd.GeoSeries, grid_points: gpd.GeoDataFrame) -> np.ndarray:
    distance = nearest(poles, cabinets(grid_points).geometry)["distance_m"].to_numpy()
    return rounded(np.where(distance <= CABINET_M, distance, np.nan))


def _is_closed(terrain: gpd.GeoDataFrame) -> pd.Series:
    wet = (terrain["kind"] == "water") & ~terrain["cover"].isin(DRY_WATER)
    return wet | terrain["cover"].isin(CLOSED_COVERS)


def _at_ground_level(layer: gpd.GeoDataFrame) -> np.ndarray:
    """Surfaces of a layer at ground level, in order of id."""
    return layer[layer["level"] == 0].sort_index().geometry.to_numpy()
