"""Cable routes: from each pole to the nearest low-voltage cable, as a digger would go.

In: poles, cables and cabinets, and the ground between them. Out: `CableRoutes`, confidential. Hard decisions: a route
keeps out of buildings, water and private yards, and leaves carriageways alone where that can be done within the norm;
else it is the shortest that there is. Closed ground within a metre of a cable is open, since a cable is drawn no better
than that; and so is the ground on which the pole itself stands. Most routes are a straight line with nothing in its
way; only the others are searched for, in squares of the map that share what lies there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import SpotRules, Surfaces
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import nearest
from laadplan.geo.trench import Network, Way, open_ground

CLOSED_COVERS = ("erf", "bouwland", "boomteelt", "fruitteelt", "grasland agrarisch")
"""Terrain of the BGT that is somebody's yard or field: no trench goes through it without its owner."""

DRY_WATER = ("greppel, droge sloot",)
"""Water of the BGT that a trench can pass."""

CLOSED_FUNCTIONS = ("spoorbaan", "baan voor vliegverkeer")
"""Road parts that a trench does not pass. All other road parts and terrain, and ground without a surface, are open."""

CABLE_DRAWN_M = 1.0
"""How well a cable lies where it is drawn (m): what KLIC answers must be good to."""

PASSAGE_M = 0.30
"""Width of a trench (m): a narrower passage is none."""

KNOWN_M = 100.0
"""Cables within this distance of a pole tell whether cables were delivered there (m)."""

OPEN_DATA = "open data"
"""Request kind of cables of which an operator gives all; those of a KLIC delivery end at the edge of what was asked."""

CABINET_M = 250.0
"""A cabinet further away than this is not named (m): hardly any low-voltage cable reaches further."""

SQUARE_M = 50.0
"""Size of the squares in which routes are searched for together (m); says nothing about the result."""

UNROUNDED_M = 0.005
"""Less than this below a carriageway is nothing (m): it is rounded to centimetres."""


@dataclass(frozen=True)
class Ground:
    """Surfaces at ground level that a trench keeps out of, and carriageways (polygons, m RD)."""

    closed: np.ndarray
    carriageways: np.ndarray


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
    poles = poles.sort_index()
    joinable = usable_cables(cables).sort_index()
    ways = _Ways(poles, joinable.geometry)
    if ground is None:
        ways.take_straight(rules.cable_reach_m)
    else:
        _go_straight(ways, ground, rules)
        _search(ways, ground, rules)
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


class _Ways:
    """What was found so far of each pole: length, points and the place of the cable, in arrays of one row per pole."""

    def __init__(self, poles: gpd.GeoSeries, cables: gpd.GeoSeries) -> None:
        self.poles, self.cables = poles.to_numpy(), cables.to_numpy()
        found = nearest(poles, cables)
        self.nearest_m = found["distance_m"].fillna(np.inf).to_numpy()
        self.nearest = cables.index.get_indexer(found["other_id"])
        self.length_m = np.full(len(poles), np.nan)
        self.cable = np.full(len(poles), -1)
        self.points: list[np.ndarray] = [shapely.get_coordinates(pole) for pole in self.poles]
        self.is_clear = np.zeros(len(poles), dtype=bool)
        """Known to leave carriageways alone."""

    @property
    def missing(self) -> np.ndarray:
        """Whether nothing was found yet."""
        return np.isnan(self.length_m)

    def straight(self, rows: np.ndarray) -> np.ndarray:
        """Straight lines from poles to their nearest cable."""
        return np.asarray(shapely.shortest_line(self.poles[rows], self.cables[self.nearest[rows]]))

    def take_straight(self, reach_m: float, rows: np.ndarray | None = None) -> None:
        """Keeps the straight line as the route, of poles with a cable within reach."""
        near = np.flatnonzero(self.nearest_m <= reach_m)
        rows = near if rows is None else rows
        self.length_m[rows], self.cable[rows] = self.nearest_m[rows], self.nearest[rows]
        for row, line in zip(rows, self.straight(rows), strict=True):
            self.points[row] = shapely.get_coordinates(line)

    def take(self, row: int, way: Way) -> None:
        """Keeps a way that was searched for."""
        self.length_m[row], self.cable[row], self.points[row] = way.length_m, way.line, way.points


def _go_straight(ways: _Ways, ground: Ground, rules: SpotRules) -> None:
    """Takes the straight line to the nearest cable where nothing at all is in its way: no route can be shorter."""
    rows = np.flatnonzero(ways.nearest_m <= rules.cable_reach_m)
    lines = ways.straight(rows)
    is_open = _passes(lines, ways.poles[rows], ground.closed)
    crosses = _hit(lines, ground.carriageways)
    ways.take_straight(rules.cable_reach_m, rows[is_open & ~crosses])
    ways.is_clear[rows[is_open & ~crosses]] = True


def _passes(lines: np.ndarray, poles: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Whether each line stays half a trench clear of closed ground, but for where the pole stands and for its end."""
    long = shapely.length(lines)
    ends = shapely.line_interpolate_point(lines, np.maximum(long - CABLE_DRAWN_M, 0))
    starts = shapely.get_coordinates(shapely.get_point(lines, 0))
    legs = shapely.linestrings(np.stack([starts, shapely.get_coordinates(ends)], axis=1))
    leg, surface = shapely.STRtree(closed).query(legs, predicate="dwithin", distance=PASSAGE_M / 2)
    counts = (long[leg] > CABLE_DRAWN_M) & ~shapely.contains(closed[surface], poles[leg])
    blocked = np.zeros(len(lines), dtype=bool)
    blocked[leg[counts]] = True
    return ~blocked


def _hit(lines: np.ndarray, surfaces: np.ndarray) -> np.ndarray:
    hit = np.zeros(len(lines), dtype=bool)
    hit[shapely.STRtree(surfaces).query(lines, predicate="dwithin", distance=PASSAGE_M / 2)[0]] = True
    return hit


def _search(ways: _Ways, ground: Ground, rules: SpotRules) -> None:
    """Searches for the others: first beside the carriageways within the norm, then anywhere within reach."""
    beside = np.flatnonzero(ways.missing & (ways.nearest_m <= rules.cable_norm_m))
    _search_squares(ways, beside, ground, rules.cable_norm_m, keep_off=True)
    ways.is_clear[beside] = ~ways.missing[beside]
    anywhere = np.flatnonzero(ways.missing & (ways.nearest_m <= rules.cable_reach_m))
    is_open = _passes(ways.straight(anywhere), ways.poles[anywhere], ground.closed)
    ways.take_straight(rules.cable_reach_m, anywhere[is_open])
    _search_squares(ways, anywhere[~is_open], ground, rules.cable_reach_m, keep_off=False)


def _search_squares(ways: _Ways, rows: np.ndarray, ground: Ground, limit_m: float, *, keep_off: bool) -> None:
    """Searches the ways of these poles, together where the same ground is open to them."""
    closed, roads, cables = (shapely.STRtree(each) for each in (ground.closed, ground.carriageways, ways.cables))
    for poles, beneath in _scenes(ways.poles, rows, closed):
        window = shapely.box(*shapely.buffer(shapely.multipoints(ways.poles[poles]), limit_m).bounds)
        shut = np.setdiff1d(closed.query(window), beneath)
        lines = np.sort(cables.query(window, predicate="intersects"))
        barriers = ground.carriageways[np.sort(roads.query(window))] if keep_off else ground.carriageways[:0]
        parts = open_ground(
            window,
            ground.closed[shut],
            barriers,
            ways.cables[lines],
            drawn_m=CABLE_DRAWN_M,
            passage_m=PASSAGE_M,
        )
        for row, way in _ways_in(parts, ways.poles, poles, ways.cables[lines], limit_m):
            ways.take(row, Way(way.length_m, way.points, int(lines[way.line])))


def _scenes(poles: np.ndarray, rows: np.ndarray, closed: shapely.STRtree) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Poles in one square that stand on the same closed ground, if on any, and that ground."""
    row, surface = closed.query(poles[rows], predicate="within")
    beneath = pd.Series(surface, index=row).groupby(level=0).agg(lambda each: tuple(sorted(each)))
    squares = np.floor(shapely.get_coordinates(poles[rows]) / SQUARE_M).astype(int)
    keys = pd.DataFrame({"x": squares[:, 0], "y": squares[:, 1]})
    keys["beneath"] = beneath.reindex(keys.index)
    keys["beneath"] = [each if isinstance(each, tuple) else () for each in keys["beneath"]]
    for key, group in keys.groupby(["x", "y", "beneath"], sort=True):
        yield rows[group.index.to_numpy()], np.array(key[2], dtype=int)


def _ways_in(
    parts: np.ndarray, poles: np.ndarray, rows: np.ndarray, lines: np.ndarray, limit_m: float
) -> Iterator[tuple[int, Way]]:
    """The shortest way of each pole in the part of the ground where it stands, or next to which."""
    near = shapely.STRtree(parts).query_nearest(poles[rows], max_distance=PASSAGE_M / 2, all_matches=False)
    networks: dict[int, Network] = {}
    for place, part in near.T:
        network = networks.setdefault(int(part), Network(parts[part], lines))
        pole = poles[rows[place]]
        step = shapely.get_coordinates(shapely.shortest_line(pole, parts[part]))
        step_m = float(np.hypot(*(step[1] - step[0])))
        way = network.shortest(shapely.Point(step[1]), limit_m - step_m)
        if way:
            points = np.concatenate([step[:1], way.points]) if step_m else way.points
            yield int(rows[place]), Way(way.length_m + step_m, points, way.line)


def _rows(poles: gpd.GeoSeries, ways: _Ways, joinable: gpd.GeoDataFrame, ground: Ground | None) -> gpd.GeoDataFrame:
    """The columns that follow from the ways themselves."""
    found = ~ways.missing
    cable = joinable.iloc[ways.cable[found]]
    lines = [_line(points) for points in ways.points]
    rows = gpd.GeoDataFrame(index=poles.index.rename("locatie_id"), geometry=lines, crs=RD_EPSG)
    rows["route_kind"] = np.where(found, "hemelsbreed" if ground is None else "over de grond", "geen")
    rows["cable_id"] = pd.Series(cable.index.to_numpy(), index=rows.index[found], dtype="str").reindex(rows.index)
    rows["route_m"] = np.round(ways.length_m, 2)
    rows["straight_m"] = np.nan
    rows.loc[found, "straight_m"] = np.round(shapely.distance(ways.poles[found], cable.geometry.to_numpy()), 2)
    rows["carriageway_m"] = np.nan if ground is None else np.round(_beneath_m(ways, ground.carriageways), 2)
    beneath = rows["carriageway_m"]
    rows["crossing"] = np.select([beneath.isna(), beneath > 0], ["onbekend", "ja"], "nee")
    volts = cable[["voltage_v", "nominal_voltage_v"]].notna().any(axis=1).to_numpy()
    rows["voltage_known"] = pd.Series(volts, index=rows.index[found]).reindex(rows.index, fill_value=False)
    return rows


def _line(points: np.ndarray) -> shapely.Geometry:
    """The route to the millimetre; a point where it has no length."""
    xy = np.round(points, 3)
    return shapely.Point(xy[0]) if (xy == xy[0]).all() else shapely.LineString(xy)


def _beneath_m(ways: _Ways, carriageways: np.ndarray) -> np.ndarray:
    """Length (m) of each route below carriageways; not a number where there is no route."""
    length = np.where(ways.missing, np.nan, 0.0)
    rows = np.flatnonzero(~ways.missing & ~ways.is_clear)
    lines = np.array([_line(ways.points[row]) for row in rows], dtype=object)
    line, surface = shapely.STRtree(carriageways).query(lines, predicate="intersects")
    parts = shapely.length(shapely.intersection(lines[line], carriageways[surface]))
    np.add.at(length, rows[line], np.where(parts < UNROUNDED_M, 0, parts))
    return length


def _known(routes: gpd.GeoDataFrame, poles: np.ndarray, cables: gpd.GeoDataFrame, norm_m: float) -> pd.Series:
    """Whether the route is within the norm, or all ground within the norm lies where cables were delivered."""
    known = routes["route_m"] <= norm_m
    rows = np.flatnonzero(~known)
    lines, is_open = cables.geometry.to_numpy(), (cables["request_kind"] == OPEN_DATA).to_numpy()
    row, line = shapely.STRtree(lines).query(poles[rows], predicate="dwithin", distance=KNOWN_M)
    for place, found in pd.Series(line, index=row).groupby(level=0):
        near = found.to_numpy()
        known.iloc[rows[place]] = is_open[near].any() or _surrounded(poles[rows[place]], lines[near], norm_m)
    return known


def _surrounded(pole: shapely.Point, lines: np.ndarray, norm_m: float) -> bool:
    """Whether lines lie on all sides of the ground within the norm."""
    around = shapely.intersection(shapely.buffer(pole, KNOWN_M), shapely.union_all(lines))
    return bool(shapely.covers(shapely.convex_hull(around), shapely.buffer(pole, norm_m)))


def _cabinet_m(poles: gpd.GeoSeries, grid_points: gpd.GeoDataFrame) -> np.ndarray:
    distance = nearest(poles, cabinets(grid_points).geometry)["distance_m"].to_numpy()
    return np.round(np.where(distance <= CABINET_M, distance, np.nan), 2)


def _is_closed(terrain: gpd.GeoDataFrame) -> pd.Series:
    wet = (terrain["kind"] == "water") & ~terrain["cover"].isin(DRY_WATER)
    return wet | terrain["cover"].isin(CLOSED_COVERS)


def _at_ground_level(layer: gpd.GeoDataFrame) -> np.ndarray:
    """Surfaces of a layer at ground level, in order of id."""
    return layer[layer["level"] == 0].sort_index().geometry.to_numpy()
