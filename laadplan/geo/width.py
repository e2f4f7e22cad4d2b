"""Free width of the walkway beside a pole, at the pole and along it.

In: pole positions with the direction away from the carriageway, footways, and what stands in the way. Out: per pole the
columns of `Measurements` on the walkway. Two figures, for two kinds of norm: the width of the widest passage past the
pole (a point constriction, `laadplan.geo.passage`), and the length over which the walkway past the pole is narrower
than so much (a corridor, `laadplan.geo.corridor`).
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import require_rd
from laadplan.contracts.measured import CORRIDORS
from laadplan.geo.corridor import narrow_length
from laadplan.geo.passage import passage_width
from laadplan.geo.rounding import rounded
from laadplan.geo.walkway import Walkway, make_walkway

ADJOINS, NO_FOOTWAY, UNKNOWN = "aangrenzend", "geen voetpad", "onbekend"

TILE_M = 1000.0
"""Poles are measured per square of this size (m), so that memory does not grow with the municipality."""

HALF_CENTIMETRE_M = 0.005
"""Distances are compared in centimetres (m)."""


def walkway_widths(
    poles: gpd.GeoSeries,
    away_deg: pd.Series,
    footways: gpd.GeoSeries,
    obstacles: gpd.GeoSeries,
    *,
    pole_width_m: float,
    reach_m: float,
    search_m: float,
    within_m: float,
) -> pd.DataFrame:
    """Free walkway left at each pole: width at the pole and length below each width of `CORRIDORS`, in m to the cm.

    The width is that of the widest passage past the pole, on its far side or on its kerb side, whichever is wider::

        walkway_width_m = max( passage from the pole away from the kerb, passage from the pole to the kerb )

    The walkway is the footways joined, less the obstacles. A pole before the walkway (in a verge) takes only what it
    sticks into it. Values are rounded to centimetres before they are compared.

    Parameters
    ----------
    poles
        Positions of the hearts of the poles, RD New.
    away_deg
        Direction from carriageway to pavement per pole, in degrees from east, anticlockwise.
    footways
        Surfaces at ground level that count as footway, RD New; none at all: ``onbekend``.
    obstacles
        Surfaces nobody can walk on, RD New, see `laadplan.geo.hindrance.walking_obstacles`.
    pole_width_m
        Diameter of the pole; along the walkway it takes a square of this width.
    reach_m
        A walkway adjoins when it begins within this distance of the pole's heart, straight away from the kerb.
    search_m
        Widths are measured up to this distance from the heart; an obstacle or hole of at most this size is walked
        round, a larger one is a wall.
    within_m
        The walkway is followed so far to either side.

    Returns
    -------
    Frame with the index of the poles: ``walkway`` (aangrenzend, geen voetpad, onbekend), ``walkway_width_m``,
    ``walkway_beyond`` (true: the width is at least this), and the columns of `CORRIDORS`. Lengths and widths are NaN
    where no walkway adjoins. Where an obstacle takes the whole reach of the pole the width is 0 and the lengths NaN.

    Raises
    ------
    WrongCrs
        Poles, footways or obstacles are not in RD New.
    """
    for layer, name in ((poles, "poles"), (footways, "footways"), (obstacles, "obstacles")):
        require_rd(gpd.GeoDataFrame(geometry=layer), name)
    if footways.empty or poles.empty:
        return _nothing(poles.index, UNKNOWN if footways.empty else NO_FOOTWAY)
    rules = _Rules(pole_width_m / 2, reach_m, search_m, within_m)
    ground, things = _Layer(footways), _Layer(obstacles)
    around = within_m + search_m
    found = []
    for here in _tiles(poles):
        near, in_the_way = ground.near(here, around), things.near(here, around)
        found.append(_measured(here, away_deg.reindex(here.index), near, in_the_way, rules))
    return pd.concat(found).loc[poles.index]


def _nothing(index: pd.Index, walkway: str) -> pd.DataFrame:
    """The frame of poles that no walkway adjoins."""
    lengths = dict.fromkeys(CORRIDORS.values(), np.nan)
    found = {"walkway": walkway, "walkway_width_m": np.nan, "walkway_beyond": False, **lengths}
    return pd.DataFrame(found, index=index).astype({"walkway": "str", **dict.fromkeys(lengths, float)})


def _tiles(poles: gpd.GeoSeries) -> list[gpd.GeoSeries]:
    """The poles per square of `TILE_M`."""
    square = pd.DataFrame(np.floor(shapely.get_coordinates(poles.to_numpy()) / TILE_M))
    return [gpd.GeoSeries(poles.iloc[rows]) for rows in square.groupby([0, 1]).indices.values()]


class _Layer:
    """Shapes in order of id, with a search tree that is made once."""

    def __init__(self, shapes: gpd.GeoSeries) -> None:
        self.shapes = gpd.GeoSeries(shapes.sort_index())
        self.tree = shapely.STRtree(self.shapes.to_numpy())

    def near(self, poles: gpd.GeoSeries, distance_m: float) -> gpd.GeoSeries:
        """The shapes that lie at most so far (m) from one of the poles."""
        west, south, east, north = poles.total_bounds
        box = shapely.box(west - distance_m, south - distance_m, east + distance_m, north + distance_m)
        rows = np.sort(self.tree.query(box))
        shapes = self.shapes.to_numpy()[rows]
        close, _ = shapely.STRtree(poles.to_numpy()).query(shapes, predicate="dwithin", distance=distance_m)
        return gpd.GeoSeries(self.shapes.iloc[rows[np.unique(close)]])


@dataclass(frozen=True)
class _Rules:
    """Half the width of a pole, and how far is looked (m)."""

    radius_m: float
    reach_m: float
    search_m: float
    within_m: float


def _measured(
    poles: gpd.GeoSeries, away_deg: pd.Series, footways: gpd.GeoSeries, obstacles: gpd.GeoSeries, rules: _Rules
) -> pd.DataFrame:
    """The columns of the walkway for these poles."""
    walkway = make_walkway(footways, obstacles, island_m=rules.search_m)
    xy, angle = shapely.get_coordinates(poles.to_numpy()), np.radians(away_deg.to_numpy(dtype=float))
    adjoins, part, starts_m = _adjoining(walkway, footways.to_numpy(), xy, angle, rules.reach_m)
    blocked = adjoins & (part < 0)
    rows = np.flatnonzero(part >= 0)
    xy, angle, part, starts_m = xy[rows], angle[rows], part[rows], starts_m[rows]
    width = _width_past(walkway, xy, angle, part, starts_m, rules.radius_m, rules.search_m)
    most, block = rules.search_m - rules.radius_m, np.full(len(rows), rules.radius_m)
    lengths = narrow_length(
        walkway, xy, angle, part, block, rounded(width), widths_m=tuple(CORRIDORS), within_m=rules.within_m
    )
    numbers = pd.DataFrame(rounded(lengths), columns=list(CORRIDORS.values()), index=rows)
    numbers.insert(0, "walkway_width_m", rounded(np.minimum(width, most)))
    found = numbers.reindex(range(len(poles))).set_index(poles.index)
    found["walkway_width_m"] = found["walkway_width_m"].mask(blocked, 0.0)
    found.insert(0, "walkway", pd.Series(np.where(adjoins, ADJOINS, NO_FOOTWAY), index=poles.index, dtype="str"))
    found.insert(2, "walkway_beyond", np.isin(np.arange(len(poles)), rows[width > most]))
    return found


def _adjoining(
    walkway: Walkway, footways: np.ndarray, xy: np.ndarray, angle: np.ndarray, reach_m: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether a footway adjoins each pole, the part of the free walkway (-1: none), and where that starts (m)."""
    across = np.column_stack([np.cos(angle), np.sin(angle)]) * (reach_m + HALF_CENTIMETRE_M)
    rays = np.asarray(shapely.linestrings(np.stack([xy, xy + across], axis=1)))
    adjoins = np.zeros(len(xy), dtype=bool)
    adjoins[shapely.STRtree(footways).query(rays, predicate="intersects")[0]] = True
    pole, part = shapely.STRtree(walkway.parts).query(rays, predicate="intersects")
    pieces = shapely.intersection(rays[pole], walkway.parts[part])
    starts = np.asarray(shapely.distance(shapely.points(xy[pole]), pieces))
    order = np.lexsort((part, starts, pole))
    pole, first = np.unique(pole[order], return_index=True)
    parts, starts_m = np.full(len(xy), -1), np.full(len(xy), np.nan)
    parts[pole], starts_m[pole] = part[order[first]], starts[order[first]]
    return adjoins, parts, starts_m


def _width_past(
    walkway: Walkway,
    xy: np.ndarray,
    angle: np.ndarray,
    part: np.ndarray,
    starts_m: np.ndarray,
    radius_m: float,
    search_m: float,
) -> np.ndarray:
    """Width (m) of the widest passage past each pole; infinite where no wall is within search."""
    before = np.where(starts_m > radius_m, starts_m, 0.0)
    across = np.column_stack([np.cos(angle), np.sin(angle)])
    radius = np.where(before > 0, 0.0, radius_m)
    width = passage_width(walkway, xy + before[:, None] * across, angle, part, radius, search_m)
    on_it = np.flatnonzero(starts_m == 0)
    behind = passage_width(walkway, xy[on_it], angle[on_it] + np.pi, part[on_it], radius[on_it], search_m)
    width[on_it] = np.maximum(width[on_it], behind)
    return width
