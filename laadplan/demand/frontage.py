"""The ground between a house and the street, measured along straight strips: is there room for a car, and a way to it?

In: houses, buildings, road parts and terrain of the BGT (RD New, m). Out: per house what was found on its best side.

How
---
A house is taken as its smallest rectangle. Of its four sides those from which a straight line reaches a street look
out on one. Before such a side, and beside it as far as halfway to the next house, the ground is cut into strips of
about half a car wide that run square to the side. Along the middle of each strip is noted: where the last building
ends, where the own ground ends (at the first road part, verge, public green or water), where the street begins, and
what is crossed in between. Own ground is not bounded in open data: it is the ground that adjoins the house (erf, other
unplanted terrain, wood, heath, grassland), up to halfway to the next house. Strips side by side with enough length make
a place for a car; it counts where it can be reached from the street.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules
from laadplan.contracts.sources import PLANNED
from laadplan.geo.nearest import nearest
from laadplan.geo.rays import Crossings, Flags, Floats, Ints, Rays, cross

STREET_REACH_M = 30.0
"""A street further from the house than this (m) is not looked for: the way to it is not straight any more."""

WAY_MAX_M = 12.0
"""Own ground ends at most this far (m) from the street: footway, cycle path and verge, not a square (assumption)."""

BESIDE_MAX_M = 5.0
"""Ground beside a house counts up to this width (m): two cars."""

BEHIND_M = 12.0
"""Strips begin this far (m) behind the front of the house, or at its rear: a car beside it, a garage past its rear."""

SIDE_DEPTHS_M = (0.5, 4.5)
"""How far (m) behind the front the width beside the house is measured: both ends of a car."""

NEIGHBOUR_M = 2 * BESIDE_MAX_M
"""How far (m) beside the house a next one is looked for."""

GARAGE_M2 = 12.0
"""Ground plan (m2) from which a building without an address can hold a car: about 2.4 by 5 m."""

INRIT_M = 1.2
"""Width (m) of strips with an inrit before them from which it is the house's own: half of a narrow one."""

INRIT_REACH_M = 10.0
"""An inrit this near (m) to a house, and to no other as near, leads to it, straight or not."""

ON_GROUND_M = 1.0
"""A house this near (m) to road parts or terrain has its ground drawn."""

INRIT = "inrit"
BAY = "parkeervlak"
OWN = "onbegroeid"
"""Kind of terrain that may be own ground: erf, and other ground without plants."""

PLANTED = "begroeid"
PUBLIC_GREEN = "groenvoorziening"
"""Cover of planted terrain that is public; a house in wood, heath or grassland stands on ground of its own."""

PASSABLE = "ondersteunend"
"""Kind of terrain that a drive may cross unseen: verges. Public green and water it crosses by an inrit that is drawn."""

HOUSE, SHED, STREET, BAYS, DRIVE, BARRIER, OTHER = range(7)
"""What a polygon is to a strip."""

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


@dataclass(frozen=True)
class Ground:
    """All that strips meet: shapes, what each is, whose it is (row of the house, -1: nobody's), and its area (m2)."""

    shapes: npt.NDArray[np.object_]
    kinds: Ints
    owners: Ints
    areas_m2: Floats


@dataclass(frozen=True)
class Sides:
    """Sides of houses: row of the house, middle, direction outwards, half its width and half its depth (m)."""

    house: Ints
    middle: Floats
    outwards: Floats
    half_width_m: Floats
    half_depth_m: Floats

    def __getitem__(self, rows: Ints | Flags) -> "Sides":
        return Sides(
            self.house[rows], self.middle[rows], self.outwards[rows], self.half_width_m[rows], self.half_depth_m[rows]
        )

    @property
    def along(self) -> Floats:
        """Direction along the side, with outwards to its left."""
        return np.stack([self.outwards[:, 1], -self.outwards[:, 0]], axis=1)


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
    ground = _ground(houses, buildings, addressed, road_parts, terrain, surfaces)
    sides = _open_sides(_sides_of(houses), ground)
    strips = _strips(sides, _room_beside(sides, ground), rules)
    found = _best(_judged(sides, strips, ground, rules), len(houses), rules)
    found["on_ground"] = _on_ground(houses, _now(road_parts), _now(terrain))
    found["inrit_near"] = _inrit_near(houses, ground)
    found["faces_street"] = np.isin(np.arange(len(houses)), sides.house)
    return found.set_axis(houses.index)[list(COLUMNS)]


def _ground(
    houses: gpd.GeoSeries,
    buildings: gpd.GeoDataFrame,
    addressed: pd.Index,
    road_parts: gpd.GeoDataFrame,
    terrain: gpd.GeoDataFrame,
    surfaces: Surfaces,
) -> Ground:
    """Buildings, road parts and terrain at ground level, each with what it is to a strip."""
    has_address = buildings.index.isin(addressed)
    owners = pd.Series(houses.index.get_indexer(buildings.index), index=buildings.index)
    sheds = buildings.geometry[~has_address]
    whose = nearest(sheds, buildings.geometry[has_address], within_m=STREET_REACH_M)["other_id"]
    owners[~has_address] = houses.index.get_indexer(pd.Index(whose))
    roads, land = _now(road_parts), _now(terrain)
    own = (land["kind"] == OWN) | (land["kind"].eq(PLANTED) & land["cover"].ne(PUBLIC_GREEN) & land["cover"].notna())
    land = land[~own]
    streets = {*surfaces.driveable, *surfaces.aisle} - {INRIT}
    what = roads["function"].map({**dict.fromkeys(streets, STREET), BAY: BAYS, INRIT: DRIVE}).fillna(OTHER)
    hard = np.where(land["kind"] == PASSABLE, OTHER, BARRIER)
    shapes = gpd.GeoSeries(pd.concat([buildings.geometry, roads.geometry, land.geometry])).explode()
    kinds = np.concatenate([np.where(has_address, HOUSE, SHED), what.to_numpy(dtype=int), hard])
    whole = np.concatenate([owners, np.full(len(roads) + len(land), -1)])
    part = np.repeat(np.arange(len(kinds)), shapely.get_num_geometries(_all(buildings, roads, land)))
    polygons = shapes.to_numpy()
    return Ground(polygons, kinds[part].astype(np.int64), whole[part].astype(np.int64), shapely.area(polygons))


def _all(*frames: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    return np.concatenate([frame.geometry.to_numpy() for frame in frames])


def _now(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """What lies on the ground now: not planned, not above or below."""
    return frame[(frame["level"] == 0) & (frame["status"] != PLANNED)].sort_index()


def _on_ground(houses: gpd.GeoSeries, *drawn: gpd.GeoDataFrame) -> Flags:
    """Whether road parts or terrain are drawn against each house."""
    rows, _ = shapely.STRtree(_all(*drawn)).query(houses.to_numpy(), predicate="dwithin", distance=ON_GROUND_M)
    return np.isin(np.arange(len(houses)), rows)


def _inrit_near(houses: gpd.GeoSeries, ground: Ground) -> Flags:
    """Whether an inrit lies nearer to each house than to any other, and within reach of it."""
    inrits = ground.shapes[ground.kinds == DRIVE]
    others = ground.kinds == HOUSE
    shapes, owners = ground.shapes[others], ground.owners[others]
    drive, other = shapely.STRtree(shapes).query(inrits, predicate="dwithin", distance=INRIT_REACH_M)
    apart = pd.Series(np.round(shapely.distance(inrits[drive], shapes[other]), 2))
    is_nearest = (apart == apart.groupby(drive).transform("min")).to_numpy()
    return np.isin(np.arange(len(houses)), owners[other[is_nearest]])


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


@dataclass(frozen=True)
class Strips:
    """Strips square to a side: row of the side, middle along it (m), width (m), and whether it lies beside the house.

    Sorted by side and place along it.
    """

    side: Ints
    place_m: Floats
    width_m: Floats
    beside: Flags


def _strips(sides: Sides, room_m: Floats, rules: HomeRules) -> Strips:
    """Each front, and the room on both its sides, in strips at least half a car wide; less than that is no strip."""
    half = sides.half_width_m
    stretches = [(-half - room_m[:, 0], room_m[:, 0], True), (-half, 2 * half, False), (half, room_m[:, 1], True)]
    found = []
    for start, length, beside in stretches:
        number = np.floor(length / (rules.car_width_m / 2) + 1e-6).astype(np.int64)
        side = np.repeat(np.arange(len(half)), number)
        nth = np.arange(len(side)) - np.repeat(np.cumsum(number) - number, number)
        width = length[side] / np.maximum(number[side], 1)
        found.append((side, start[side] + (nth + 0.5) * width, width, np.full(len(side), beside)))
    side, place, width, is_beside = (np.concatenate([each[column] for each in found]) for column in range(4))
    order = np.lexsort((place, side))
    return Strips(side[order], place[order], width[order], is_beside[order])


def _judged(sides: Sides, strips: Strips, ground: Ground, rules: HomeRules) -> pd.DataFrame:
    """Per strip: house, width, length of the place, whether it fits, beside, garage (m2), inrit, bays in the way."""
    side = sides[strips.side]
    count = len(strips.side)
    back = np.where(strips.beside, BEHIND_M, np.minimum(BEHIND_M, 2 * side.half_depth_m))
    front = side.middle + side.outwards * side.half_depth_m[:, None] + side.along * strips.place_m[:, None]
    met = cross(Rays(front - side.outwards * back[:, None], side.outwards, back + STREET_REACH_M), ground.shapes)
    kinds = ground.kinds[met.polygon]
    street = met.first(count, (kinds == STREET) & met.enters)
    public = met.first(count, kinds > SHED)
    built, garage, foreign = _last_building(met, kinds, ground, side.house, public)
    ends = np.isfinite(street)
    length = np.where(foreign | ~ends, 0.0, np.where(ends, public, 0.0) - np.maximum(built, 0.0))
    between = (met.distance_m >= public[met.ray] - 0.01) & (met.distance_m < street[met.ray])
    inrit = _any(met.ray, between & (kinds == DRIVE), count)
    bays = _any(met.ray, between & (kinds == BAYS), count)
    shut = _any(met.ray, between & ((kinds <= SHED) | (kinds == BARRIER)), count)
    reached = ends & (street <= public + WAY_MAX_M) & ~bays & (~shut | inrit)
    return pd.DataFrame(
        {
            "side": strips.side,
            "house": side.house,
            "width_m": strips.width_m,
            "length_m": length,
            "fits": reached & (length >= rules.car_length_m - 1e-6),
            "unreached": ~reached & ~bays & (length >= rules.car_length_m - 1e-6),
            "beside": strips.beside,
            "garage_m2": np.where(reached & ~foreign, garage, 0.0),
            "inrit": inrit & ~foreign,
            "bays": bays,
        }
    )


def _last_building(
    met: Crossings, kinds: Ints, ground: Ground, house: Ints, public: Floats
) -> tuple[Floats, Floats, Flags]:
    """Per strip where the last building before public ground ends (m), the area (m2) of a garage there, and whether
    it is somebody else's."""
    count = len(house)
    rows = (kinds <= SHED) & (met.distance_m <= public[met.ray])
    ray, polygon = met.ray[rows], met.polygon[rows]
    last = np.full(count, -1)
    last[ray] = np.arange(len(ray))  # sorted by distance: the last one stays
    has = last >= 0
    row = last[has]
    built, garage = np.full(count, -1.0), np.zeros(count)
    built[has] = met.distance_m[rows][row]
    is_shed = ground.kinds[polygon[row]] == SHED
    area = ground.areas_m2[polygon[row]]
    garage[has] = np.where(is_shed & (area >= GARAGE_M2), area, 0.0)
    foreign = _any(ray, ground.owners[polygon] != house[ray], count)
    return built, garage, foreign


def _any(ray: Ints, wanted: Flags, count: int) -> Flags:
    found = np.zeros(count, dtype=np.bool_)
    found[ray[wanted]] = True
    return found


def _best(strips: pd.DataFrame, houses: int, rules: HomeRules) -> pd.DataFrame:
    """Per house the best run of strips side by side: with an inrit first, then with a garage, beside, and the widest."""
    fits = strips["fits"] | (strips["garage_m2"] > 0)
    begins = (strips["side"].diff() != 0) | (fits != fits.shift()) | (strips["beside"] != strips["beside"].shift())
    strips = strips.assign(run=begins.cumsum(), fits=fits, inrit_m=strips["width_m"].where(strips["inrit"], 0.0))
    runs = strips.groupby("run").agg(
        house=("house", "first"),
        fits=("fits", "first"),
        beside=("beside", "first"),
        place_length_m=("length_m", "min"),
        place_width_m=("width_m", "sum"),
        garage_m2=("garage_m2", "max"),
        inrit_m=("inrit_m", "sum"),
    )
    runs = runs[runs["fits"] & (runs["place_width_m"] >= rules.car_width_m - 1e-6)]
    runs["inrit_m"] = runs["inrit_m"].where(runs["inrit_m"] >= INRIT_M, 0.0)
    order = runs.assign(has_inrit=runs["inrit_m"] > 0, has_garage=runs["garage_m2"] > 0)
    order = order.reset_index().sort_values(
        ["house", "has_inrit", "has_garage", "beside", "place_width_m", "place_length_m", "run"],
        ascending=[True, False, False, False, False, False, True],
    )
    best = order.drop_duplicates("house").set_index("house").reindex(np.arange(houses))
    figures = ["place_length_m", "place_width_m", "garage_m2", "inrit_m"]
    found = best[figures].astype(float).fillna(0.0)
    found["beside"] = best["beside"].eq(True)
    found["unreached"] = _any(strips["house"].to_numpy(), strips["unreached"].to_numpy(), houses)
    found["bays"] = _any(strips["house"].to_numpy(), strips["bays"].to_numpy(), houses)
    return found
