"""Strips of ground square to the side of a house: is there room for a car in them, and a straight way to the street?

In: sides of houses with the room beside them, and the ground. Out: per house its best place for a car. Each strip is
about half a car wide; along its middle line it is noted where the last building ends, where public ground begins, where
the street begins, and what is crossed in between.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from laadplan.config.scenario import HomeRules
from laadplan.demand.yards import BARRIER, BAYS, DRIVE, SHED, STREET, Ground
from laadplan.geo.rays import Crossings, Flags, Floats, Ints, Rays, cross

STREET_REACH_M = 30.0
"""A street further from the house than this (m) is not looked for: the way to it is not straight any more."""

WAY_MAX_M = 12.0
"""Own ground ends at most this far (m) from the street: footway, cycle path and verge, not a square (assumption)."""

BEHIND_M = 12.0
"""Strips begin this far (m) behind the front of the house, or at its rear: a car beside it, a garage past its rear."""

GARAGE_M2 = 12.0
"""Ground plan (m2) from which a building without an address can hold a car: about 2.4 by 5 m."""

INRIT_M = 1.2
"""Width (m) of strips with an inrit before them from which it is the house's own: half of a narrow one."""

ROUNDING_M = 1e-6
"""A place that lacks no more than this (m) has the size asked for."""

EDGE_M = 0.01
"""Edges this near (m) to where public ground begins lie on it."""

FIGURES = ("place_length_m", "place_width_m", "garage_m2", "inrit_m")


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


@dataclass(frozen=True)
class Strips:
    """Strips square to a side: row of the side, middle along it (m), width (m), and whether it lies beside the house.

    Sorted by side and place along it.
    """

    side: Ints
    place_m: Floats
    width_m: Floats
    beside: Flags


def cut_strips(sides: Sides, room_m: Floats, rules: HomeRules) -> Strips:
    """Each front, and the room on both its sides, in strips at least half a car wide; less than that is no strip."""
    half = sides.half_width_m
    stretches = [(-half - room_m[:, 0], room_m[:, 0], True), (-half, 2 * half, False), (half, room_m[:, 1], True)]
    found = []
    for start, length, beside in stretches:
        number = np.floor(length / (rules.car_width_m / 2) + ROUNDING_M).astype(np.int64)
        side = np.repeat(np.arange(len(half)), number)
        nth = np.arange(len(side)) - np.repeat(np.cumsum(number) - number, number)
        width = length[side] / np.maximum(number[side], 1)
        found.append((side, start[side] + (nth + 0.5) * width, width, np.full(len(side), beside)))
    side, place, width, is_beside = (np.concatenate([each[column] for each in found]) for column in range(4))
    order = np.lexsort((place, side))
    return Strips(side[order], place[order], width[order], is_beside[order])


def judge_strips(sides: Sides, strips: Strips, ground: Ground, rules: HomeRules) -> pd.DataFrame:
    """Per strip: side, house, width and length of the place (m), and what lies in it and between it and the street."""
    house = sides.house[strips.side]
    met = cross(_lines(sides, strips), ground.shapes)
    way = _way(met, ground, len(house))
    garage, foreign, length = _built(met, ground, house, way)
    inrit, bays = way["inrit"].to_numpy(), way["bays"].to_numpy()
    reached = way["reached"].to_numpy()
    fits = length >= rules.car_length_m - ROUNDING_M
    return pd.DataFrame(
        {
            "side": strips.side,
            "house": house,
            "beside": strips.beside,
            "width_m": strips.width_m,
            "length_m": length,
            "fits": reached & (fits | (garage > 0)),
            "unreached": ~reached & ~bays & fits,
            "garage_m2": np.where(reached, garage, 0.0),
            "inrit": inrit & ~foreign,
            "bays": bays,
        }
    )


def _lines(sides: Sides, strips: Strips) -> Rays:
    """The middle line of each strip, from behind the front of the house to as far as a street is looked for."""
    side = sides[strips.side]
    back = np.where(strips.beside, BEHIND_M, np.minimum(BEHIND_M, 2 * side.half_depth_m))
    from_front = side.outwards * (side.half_depth_m - back)[:, None]
    starts = side.middle + from_front + side.along * strips.place_m[:, None]
    return Rays(starts, side.outwards, back + STREET_REACH_M)


def _way(met: Crossings, ground: Ground, count: int) -> pd.DataFrame:
    """Per strip where public ground and the street begin (m), what lies between them, and whether a car gets by."""
    kinds = ground.kinds[met.polygon]
    street = met.first(count, (kinds == STREET) & met.enters)
    public = met.first(count, kinds > SHED)
    between = (met.distance_m >= public[met.ray] - EDGE_M) & (met.distance_m < street[met.ray])
    inrit = _any(met.ray, between & (kinds == DRIVE), count)
    bays = _any(met.ray, between & (kinds == BAYS), count)
    shut = _any(met.ray, between & ((kinds <= SHED) | (kinds == BARRIER)), count)
    reached = np.isfinite(street) & (street <= public + WAY_MAX_M) & ~bays & (~shut | inrit)
    return pd.DataFrame({"street_m": street, "public_m": public, "inrit": inrit, "bays": bays, "reached": reached})


def _built(met: Crossings, ground: Ground, house: Ints, way: pd.DataFrame) -> tuple[Floats, Flags, Floats]:
    """Per strip the area (m2) of a garage it ends at, whether it meets another's building, and its free length (m)."""
    count, public = len(house), way["public_m"].to_numpy()
    rows = (ground.kinds[met.polygon] <= SHED) & (met.distance_m <= public[met.ray])
    ray, polygon, distance = met.ray[rows], met.polygon[rows], met.distance_m[rows]
    last = np.full(count, -1)
    last[ray] = np.arange(len(ray))  # crossings are sorted by distance: the last one stays
    has = last >= 0
    built, garage = np.zeros(count), np.zeros(count)
    built[has] = distance[last[has]]
    ends_at = polygon[last[has]]
    area = ground.areas_m2[ends_at]
    garage[has] = np.where((ground.kinds[ends_at] == SHED) & (area >= GARAGE_M2), area, 0.0)
    foreign = _any(ray, ground.owners[polygon] != house[ray], count)
    none = foreign | ~np.isfinite(way["street_m"].to_numpy())
    free = np.where(none, 0.0, np.where(none, 0.0, public) - built)
    return np.where(foreign, 0.0, garage), foreign, free


def _any(ray: Ints, wanted: Flags, count: int) -> Flags:
    found = np.zeros(count, dtype=np.bool_)
    found[ray[wanted]] = True
    return found


def best_places(strips: pd.DataFrame, houses: int, rules: HomeRules) -> pd.DataFrame:
    """Per house (row) its best place: with an inrit first, then with a garage, then beside the house, then the widest.

    A place is strips side by side that all fit, together at least as wide as a car.
    """
    runs = _runs(strips)
    runs = runs[runs["fits"] & (runs["place_width_m"] >= rules.car_width_m - ROUNDING_M)]
    runs["inrit_m"] = runs["inrit_m"].where(runs["inrit_m"] >= INRIT_M, 0.0)
    runs = runs.assign(has_inrit=runs["inrit_m"] > 0, has_garage=runs["garage_m2"] > 0)
    ranked = runs.reset_index().sort_values(
        ["house", "has_inrit", "has_garage", "beside", "place_width_m", "place_length_m", "run"],
        ascending=[True, False, False, False, False, False, True],
    )
    best = ranked.drop_duplicates("house").set_index("house").reindex(np.arange(houses))
    found = best[list(FIGURES)].astype(float).fillna(0.0)
    found["beside"] = best["beside"].eq(True)
    for name in ("unreached", "bays"):
        found[name] = _any(strips["house"].to_numpy(), strips[name].to_numpy(), houses)
    return found


def _runs(strips: pd.DataFrame) -> pd.DataFrame:
    """Strips side by side that are alike, together: fitting or not, beside the house or before it."""
    alike = strips[["side", "fits", "beside"]]
    run = (alike != alike.shift()).any(axis=1).cumsum().rename("run")
    strips = strips.assign(inrit_m=strips["width_m"].where(strips["inrit"], 0.0))
    return strips.groupby(run).agg(
        house=("house", "first"),
        fits=("fits", "first"),
        beside=("beside", "first"),
        place_length_m=("length_m", "min"),
        place_width_m=("width_m", "sum"),
        garage_m2=("garage_m2", "max"),
        inrit_m=("inrit_m", "sum"),
    )
