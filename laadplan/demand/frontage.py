"""The ground between a house and the street: is there room for a car on own ground, and a way to it?

In: houses, buildings, road parts and terrain of the BGT (RD New, m). Out: per house what was found on its best side.

How
---
A house is taken as its smallest rectangle. Of its four sides those from which a straight line reaches a street look
out on one. Before such a side, and beside it as far as halfway to the next house, the ground is cut into strips square
to the side (`strips`). Own ground is not bounded in open data: it is the ground that adjoins the house, up to halfway
to the next house (`yards`). Strips side by side with enough length make a place for a car; it counts where it can be
reached from the street.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules
from laadplan.demand.strips import STREET_REACH_M, Sides, best_places, cut_strips, judge_strips
from laadplan.demand.yards import HOUSE, SHED, STREET, Ground, inrit_near, is_drawn, lay_ground, on_the_ground
from laadplan.geo.rays import Floats, Rays, cross

BESIDE_MAX_M = 5.0
"""Ground beside a house counts up to this width (m): two cars."""

SIDE_DEPTHS_M = (0.5, 4.5)
"""How far (m) behind the front the width beside the house is measured: both ends of a car."""

NEIGHBOUR_M = 2 * BESIDE_MAX_M
"""How far (m) beside the house a next one is looked for."""

COLUMNS = (
    "on_ground",
    "faces_street",
    "place_length_m",
    "place_width_m",
    "beside",
    "garage_m2",
    "inrit_m",
    "inrit_near",
    "unreached",
    "bays",
)


def measure_frontages(
    houses: gpd.GeoSeries,
    buildings: gpd.GeoDataFrame,
    addressed: pd.Index,
    road_parts: gpd.GeoDataFrame,
    terrain: gpd.GeoDataFrame,
    *,
    rules: HomeRules,
    surfaces: Surfaces,
) -> pd.DataFrame:
    """Per house what lies before its best side; index of the houses, columns ``COLUMNS``.

    ``on_ground``: the BGT has its ground. ``faces_street``: a straight line reaches a street. ``place_length_m`` and
    ``place_width_m``: the widest place for a car (m, 0: none). ``beside``: it lies beside the house, not before it.
    ``garage_m2``: ground plan of a garage that the place leads to (0: none). ``inrit_m``: width of the inrit before it
    (0: none). ``inrit_near``: an inrit that is nearer to this house than to any other. ``unreached``: there
    is a place, but no straight way to it. ``bays``: parking bays lie in the way.

    Parameters
    ----------
    houses
        Shapes of the buildings whose ground is measured, by id.
    buildings
        `Buildings` that stand.
    addressed
        Ids of buildings with an address: the others are sheds and garages.
    """
    houses = gpd.GeoSeries(houses.sort_index())
    ground = lay_ground(houses, buildings, addressed, road_parts, terrain, surfaces)
    sides = _open_sides(_sides_of(houses), ground)
    strips = cut_strips(sides, _room_beside(sides, ground), rules)
    found = best_places(judge_strips(sides, strips, ground, rules), len(houses), rules)
    found["on_ground"] = is_drawn(houses, on_the_ground(road_parts), on_the_ground(terrain))
    found["inrit_near"] = inrit_near(houses, ground)
    found["faces_street"] = np.isin(np.arange(len(houses)), sides.house)
    return found.set_axis(houses.index)[list(COLUMNS)]


def _sides_of(houses: gpd.GeoSeries) -> Sides:
    """The four sides of the smallest rectangle round each house."""
    shapes = houses.to_numpy()
    corners = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    middle = corners[:, :4].mean(axis=1)
    half_one, half_other = np.hypot(*one.T) / 2, np.hypot(*other.T) / 2
    ahead, aside = one / (2 * half_one)[:, None], other / (2 * half_other)[:, None]
    rows = np.arange(len(shapes))
    return Sides(
        np.tile(rows, 4),
        np.tile(middle, (4, 1)),
        np.concatenate([ahead, -ahead, aside, -aside]),
        np.concatenate([half_other, half_other, half_one, half_one]),
        np.concatenate([half_one, half_one, half_other, half_other]),
    )


def _open_sides(sides: Sides, ground: Ground) -> Sides:
    """Sides from whose middle a straight line reaches a street before another house."""
    met = cross(Rays(sides.middle, sides.outwards, sides.half_depth_m + STREET_REACH_M), ground.shapes)
    kinds, count = ground.kinds[met.polygon], len(sides.house)
    street = met.first(count, (kinds == STREET) & met.enters)
    other = met.first(count, (kinds == HOUSE) & (ground.owners[met.polygon] != sides.house[met.ray]))
    return sides[np.isfinite(street) & (street < other)]


def _room_beside(sides: Sides, ground: Ground) -> Floats:
    """Own width (m) to the left and right of each side: halfway to the next house, or to where public ground begins.

    Columns: against the direction along the side, and along it.
    """
    count, times = len(sides.house), len(SIDE_DEPTHS_M)
    starts = [
        sides.middle + sides.outwards * (sides.half_depth_m - np.minimum(depth, 2 * sides.half_depth_m))[:, None]
        for depth in SIDE_DEPTHS_M
    ]
    half, house = np.tile(sides.half_width_m, 2 * times), np.tile(sides.house, 2 * times)
    ways = np.repeat(np.stack([-sides.along, sides.along]), times, axis=0).reshape(-1, 2)
    met = cross(Rays(np.concatenate(starts * 2), ways, half + NEIGHBOUR_M), ground.shapes)
    kinds = ground.kinds[met.polygon]
    next_house = met.first(len(house), (kinds == HOUSE) & (ground.owners[met.polygon] != house[met.ray]))
    public = met.first(len(house), kinds > SHED)
    room = np.minimum((next_house - half) / 2, public - half).reshape(2, times, count).min(axis=1)
    return np.asarray(room.clip(0.0, BESIDE_MAX_M).T)
