"""The rules that look at layers: distance, spacing, inside, count, share, trees, walk.

Each is a small pure function: a criterion, the candidates (with their measurements) and the ground in, what it found
out (see `laadplan.policy.found`). Objects beyond where a source was read are unknown: a norm that reaches further than
that cannot be said to be met.
"""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.criteria import (
    CountCriterion,
    Criterion,
    DistanceCriterion,
    InsideCriterion,
    ShareCriterion,
    SpacingCriterion,
    TreeCriterion,
    WalkCriterion,
)
from laadplan.contracts.measured import LOOKED_M
from laadplan.geo.nearest import containing, nearest
from laadplan.geo.reach import nearest_walks
from laadplan.geo.rounding import NOISE_DECIMALS
from laadplan.policy.found import MEASURED, at_least, frame, in_doubt, numbers, quantity, rounded, unknown
from laadplan.policy.ground import DUTCH, Ground, refuse_confidential_columns

ESTIMATE_STEP_M = 5.0
"""Estimated walking distances are given and judged in steps of 5 m."""

WALK_STEP_M = 1.0
"""Those over the network in steps of 1 m: where a door lies in its street is not known more precisely."""

NO_WAY = "geen looproute"
"""Text where the walking network leads to no address with demand."""

NOT_READ = "de bron is niet ver genoeg buiten het gebied gelezen"
"""Why nothing is said where objects beyond the reach of a source could decide otherwise."""

WITHIN_ROUNDING_M = 0.01
"""Distances are rounded to centimetres: a tree this much further may still leave as little room (m)."""


def apply_distance(criterion: DistanceCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Straight distance (m) from the pole, or its bays, to the nearest object of the layer."""
    refuse_confidential_columns(criterion.to, criterion.where)
    if why := _lacking(ground, criterion.to, criterion.where):
        return unknown(candidates.index, why)
    others = ground.chosen(criterion.to, criterion.where)
    places = candidates.geometry if criterion.of == "pole" else ground.bay_shapes(candidates)
    return _to_nearest(criterion, places, others.geometry, ground, criterion.to)


def apply_spacing(criterion: SpacingCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Straight distance (m) from the pole to the nearest existing charging location or decreed place for one."""
    layers = [ground.rows(name) for name in ("charge_points", "decree_places") if not ground.lacking(name)]
    if not layers:
        return unknown(candidates.index, str(ground.lacking("charge_points")))
    others = pd.concat([layer.geometry for layer in layers])
    return _to_nearest(criterion, candidates.geometry, gpd.GeoSeries(others), ground, "charge_points")


def apply_inside(criterion: InsideCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Whether the pole, or the middle of one of its bays, lies in a polygon of the layer."""
    refuse_confidential_columns(criterion.layer, criterion.where)
    if why := _lacking(ground, criterion.layer, criterion.where):
        return unknown(candidates.index, why)
    zones = ground.chosen(criterion.layer, criterion.where)
    zone = _zone_of(criterion, candidates, ground, zones)
    inside = zone.notna()
    names = zones["name"] if "name" in zones else pd.Series(None, index=zones.index, dtype="str")
    name = zone.map(names).fillna(DUTCH[criterion.layer] if criterion.layer != "zones" else "een zone").astype("str")
    return frame(
        candidates.index,
        measured=np.nan,
        text=("binnen " + name).where(inside, "erbuiten").to_numpy(),
        state=MEASURED,
        met=(inside if criterion.wanted == "inside" else ~inside).to_numpy(),
        why="",
        margin=np.nan,
    )


def apply_count(criterion: CountCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Number of objects of the layer within a distance of the pole."""
    refuse_confidential_columns(criterion.layer, criterion.where)
    if why := _lacking(ground, criterion.layer, criterion.where):
        return unknown(candidates.index, why)
    others = ground.chosen(criterion.layer, criterion.where)
    counted = _within(candidates.geometry, others.geometry, criterion.within_m)
    found = numbers(criterion, pd.Series(counted.astype(float), index=candidates.index))
    short = ground.edge_m(candidates.geometry, criterion.layer) < criterion.within_m
    doubtful = short & (found["met"] if criterion.most is not None else ~found["met"]).to_numpy()
    return in_doubt(found, doubtful, NOT_READ)


def apply_share(criterion: ShareCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Share of the bays within a distance of the pole that charge once this spot is there."""
    for layer in ("bays", "charge_points"):
        if why := ground.lacking(layer):
            return unknown(candidates.index, why)
    bays, poles = ground.rows("bays"), ground.rows("charge_points")
    near = _within(candidates.geometry, bays.geometry.centroid, criterion.within_m)
    charging = _within(candidates.geometry, poles.geometry, criterion.within_m, poles["evse_count"].to_numpy())
    own = candidates["bay_count"].to_numpy()
    share = np.minimum(1.0, (charging + own) / np.maximum(near, own))
    return numbers(criterion, pd.Series(share, index=candidates.index))


def apply_tree(criterion: TreeCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Room (m) left to the tree that leaves least: beyond its crown, or beyond what its stem asks for."""
    if why := ground.lacking("trees"):
        return unknown(candidates.index, why)
    if criterion.clear_of == "crown":
        return _clear_of_crowns(criterion, candidates)
    return _clear_of_stems(criterion, candidates, ground.rows("trees"))


def apply_walk(criterion: WalkCriterion, candidates: gpd.GeoDataFrame, ground: Ground) -> pd.DataFrame:
    """Walking distance (m) to the nearest address with demand: over the network, in whole metres.

    Without a network, or where one of the two lies too far from it, an estimate in steps of 5 m.
    """
    if why := ground.lacking("demand_points"):
        return unknown(candidates.index, why)
    demand = ground.rows("demand_points").geometry
    walks = nearest_walks(candidates.geometry, demand, ground.graph, ground.walking)
    step_m = walks["estimated"].map({True: ESTIMATE_STEP_M, False: WALK_STEP_M}).astype(float)
    steps = rounded(walks["walk_m"].where(np.isfinite(walks["walk_m"])) / step_m, "m").round() * step_m
    found = numbers(criterion, steps, none=NO_WAY).assign(estimated=walks["estimated"])
    words = [f"{value:.0f} m" if value == value else NO_WAY for value in steps.tolist()]
    return found.assign(text=np.where(walks["estimated"], [f"{word} (schatting)" for word in words], words))


def _to_nearest(
    criterion: Criterion, places: gpd.GeoSeries, others: gpd.GeoSeries, ground: Ground, layer: str
) -> pd.DataFrame:
    measured = nearest(places, others)["distance_m"]
    found = numbers(criterion, measured)
    edge = ground.edge_m(places, layer)
    beyond = ~(measured.to_numpy() <= edge)
    could_fail = found["met"].to_numpy() & (edge < (criterion.least or 0.0))
    could_meet = ~found["met"].to_numpy() & (edge < (criterion.most if criterion.most is not None else -1.0))
    return in_doubt(found, beyond & (could_fail | could_meet), NOT_READ)


def _lacking(ground: Ground, layer: str, where: Mapping[str, tuple[str, ...]]) -> str | None:
    """Why nothing can be said of a layer; objects of a kind that was not delivered are unknown as well.

    A kind that occurs nowhere may be misspelt, or left out of the delivery: that is no proof that there are none.
    """
    if why := ground.lacking(layer):
        return why
    if not len(ground.chosen(layer, where)):
        values = ", ".join(value for row in where.values() for value in row)
        return f"{DUTCH[layer]} van deze soort zijn niet geleverd ({values})"
    return None


def _zone_of(
    criterion: InsideCriterion, candidates: gpd.GeoDataFrame, ground: Ground, zones: gpd.GeoDataFrame
) -> pd.Series:
    """Id of the polygon that the pole, or the middle of one of its bays, lies in; missing where in none."""
    if criterion.of == "pole":
        return containing(candidates.geometry, zones.geometry)
    shapes = ground.bay_shapes(candidates)
    singles, owner = shapely.get_parts(shapes.to_numpy(), return_index=True)
    middles = gpd.GeoSeries(shapely.centroid(singles), crs=candidates.crs)
    first = containing(middles, zones.geometry).groupby(owner).min()
    return pd.Series(first.reindex(range(len(candidates))).to_numpy(), index=candidates.index, dtype="str")


def _within(
    places: gpd.GeoSeries, others: gpd.GeoSeries, within_m: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """Number (or sum of the weights) of others at most so far (m) from each place."""
    rows, hits = shapely.STRtree(others.to_numpy()).query(places.to_numpy(), predicate="dwithin", distance=within_m)
    counted = np.bincount(rows, None if weights is None else weights[hits], minlength=len(places))
    return np.asarray(counted)


def _clear_of_crowns(criterion: TreeCriterion, candidates: gpd.GeoDataFrame) -> pd.DataFrame:
    """From the measured distance to the nearest crown; unknown where a tree without a known crown stands near."""
    if "crown_m" not in candidates:
        return unknown(candidates.index, "de kroon van bomen is niet gemeten")
    found = at_least(criterion, numbers(criterion, candidates["crown_m"], none="geen boomkroon bekend"), LOOKED_M)
    doubtful = found["met"].to_numpy() & candidates["crown_unknown"].to_numpy(dtype=bool)
    return in_doubt(found, doubtful, "van een boom in de buurt is de kroon niet bekend")


def _clear_of_stems(criterion: TreeCriterion, candidates: gpd.GeoDataFrame, trees: gpd.GeoDataFrame) -> pd.DataFrame:
    """Of all trees near enough to matter the one that leaves least room."""
    ordered = gpd.GeoDataFrame(trees.sort_index())
    stems = ordered["stem_max_m"].fillna(ordered["stem_diameter_m"])
    asked = _asked_by(criterion, stems.fillna(criterion.unknown_stem_m)) + criterion.at_least_m
    pairs = _pairs(candidates, ordered, asked)
    pairs["room"] = rounded(pairs["away"], "m") - asked.to_numpy()[pairs["tree"]]
    least = pairs.sort_values(["row", "room", "tree"], kind="stable").drop_duplicates("row").set_index("row")
    tree, away = least["tree"].to_numpy(), rounded(least["away"], "m").to_numpy()
    measured = stems.to_numpy()[tree]
    told = [
        f"{quantity(distance, 'm')} tot een stam van {f'{100 * stem:.0f} cm' if stem == stem else 'onbekende dikte'}"
        f" (nodig {quantity(needed, 'm')})"
        for distance, stem, needed in zip(away, measured, asked.to_numpy()[tree], strict=True)
    ]
    room = np.round(least["room"].to_numpy(), NOISE_DECIMALS)
    return frame(candidates.index, measured=away, text=told, state=MEASURED, met=room >= 0, why="", margin=room)


def _asked_by(criterion: TreeCriterion, stems: pd.Series) -> pd.Series:
    """Room (m) that each stem asks for: the row of the first diameter that is not thinner, or the last row."""
    upto, room = (np.array(column) for column in zip(*criterion.by_stem, strict=True))
    row = np.minimum(np.searchsorted(upto, stems.round(3).to_numpy()), len(upto) - 1)
    return pd.Series(room[row], index=stems.index)


def _pairs(candidates: gpd.GeoDataFrame, trees: gpd.GeoDataFrame, asked: pd.Series) -> pd.DataFrame:
    """Row, tree and distance (m) of all trees that may leave a pole least room.

    A tree further than the nearest one by more than the asked distances differ leaves more room than that one.
    """
    poles, stems = candidates.geometry.to_numpy(), trees.geometry.to_numpy()
    first = nearest(candidates.geometry, trees.geometry)["distance_m"].to_numpy()
    reach = first + float(asked.max() - asked.min()) + WITHIN_ROUNDING_M
    rows, hits = shapely.STRtree(stems).query(poles, predicate="dwithin", distance=reach)
    return pd.DataFrame({"row": rows, "tree": hits, "away": shapely.distance(poles[rows], stems[hits])})
