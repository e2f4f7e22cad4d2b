"""Where the pole of a spot stands: behind the kerb, clear of what is in the way.

In: wanted places on the kerb with the bays they serve, and what hinders a pole. Out: the places of the poles. A pole
that cannot stand where it is wanted moves along the kerb in small steps, the nearest free place first, towards the
start of the row where two are as near. Where the ground behind the kerb is too narrow (the heads of opposite bays, a
garden, a fietspad) other distances to the bays are tried too. Where none is free the pole keeps the wanted place and
says what is in the way.
All places of all spots are looked at together, so that the cost is a few microseconds per place.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from laadplan.config.project import SpotRules
from laadplan.contracts.frame import RD_EPSG

STEP_M = 0.25
"""Distance between two places that are tried along the kerb (m): half of what is kept free round a pole."""

SHIFT_SHARE = 0.5
"""A pole moves at most this share of the bay in front of which it then stands. At half a bay it stands before the
middle of one bay, and the other begins 1.25 m (haaks) or 2.75 m (langs) further: a cable still reaches both."""

DISTANCE_STEP_M = 0.10
"""Difference between the distances to the bays that are tried where the ground is too narrow (m): rows of bays with
their heads together are some 0.4 m apart, which leaves a pole of 0.3 m the middle."""

CLOSING_ROUNDS = 6
"""Times a place is moved towards the distance asked for: at 30 degrees each round leaves a seventh of the error."""

TOO_FAR = "te ver van de vakken"
"""What is said of a place that is not within reach of its bays."""

CHUNK = 20_000
"""Spots whose other places are tried at once: some 400,000 places."""

CROSSING = "oversteek"
"""Part of the detailed function (plus-functie) of a road part on which people cross."""

PAND = "pand"

FLAT = ("molgoot", "lijnafwatering", "wegmarkering", "rooster", "wildrooster", "boomspiegel")
"""Obstacles that lie flat in the ground and want no free space round them; a pole just does not stand on them."""

SIGN, TREE, BAY = "verkeersbord", "boom", "parkeervak"
"""What a traffic sign, a tree and a bay are called when they are in the way."""

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


def hindrances(
    surfaces: gpd.GeoDataFrame,
    rules: SpotRules,
    no_pole: tuple[str, ...],
    *,
    obstacles: gpd.GeoDataFrame | None = None,
    trees: gpd.GeoDataFrame | None = None,
    signs: gpd.GeoDataFrame | None = None,
    bays: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """What a pole may not stand on or near to: ``name`` (Dutch), ``clear_m`` (m to the heart of the pole), geometry.

    Parameters
    ----------
    surfaces
        Surfaces with ``name`` and ``detail``, see `laadplan.kerb.spots.named_surfaces`; a pole is clear of those in
        `no_pole` when no part of it stands on them, and of a pand by ``pole_clear_m``.
    rules
        Width of the pole and the space that is kept free round it.
    no_pole
        Names of surfaces on which no pole is put.
    obstacles, trees, signs
        `Obstacles`, `Trees` and `Signs`, RD New; None where there are none. Of a stem of unknown size the heart counts.
    bays
        All `Bays`, RD New, those in use for charging too: a register has bays where the BGT has no parkeervlak.
    """
    body_m = rules.pole_width_m / 2
    parts = [_refused(surfaces, rules, no_pole)]
    if obstacles is not None:
        ground = obstacles[obstacles["level"] == 0]
        named = ground["type"].where(ground["type"] != "onbekend", ground["kind"])
        parts.append(_things(ground, named, np.where(ground["type"].isin(FLAT), body_m, rules.pole_clear_m)))
    if trees is not None:
        parts.append(_things(trees, TREE, rules.pole_clear_m + trees["stem_diameter_m"].fillna(0.0).to_numpy() / 2))
    if signs is not None:
        parts.append(_things(signs, SIGN, rules.pole_clear_m))
    if bays is not None:
        parts.append(_things(bays, BAY, body_m))
    return pd.concat(parts)


def place_poles(wanted: pd.DataFrame, bays: Shapes, things: gpd.GeoDataFrame, rules: SpotRules) -> pd.DataFrame:
    """The place of each pole: ``x`` and ``y`` (m RD, to the mm), ``pole_shift_m``, ``kerb_m``, ``pole_obstacle``.

    Parameters
    ----------
    wanted
        Per spot ``kerb_x_m`` and ``kerb_y_m`` (m RD) where the pole is wanted on the kerb, ``away_deg`` towards the
        pavement, and ``back_m`` and ``ahead_m``: the lengths of the bays before and after that place, 0 for none. The
        row runs with the pavement on its right hand, see `laadplan.kerb.row.Row`.
    bays
        Surfaces of the bays of each spot (m RD), one row per spot.
    things
        What hinders a pole, see `hindrances`.
    rules
        Distance to the kerb, largest distance to the bays.
    """
    tree = shapely.STRtree(things.geometry.to_numpy())
    found = _places(wanted, bays, np.zeros(len(wanted)), rules.pole_to_kerb_m)
    found["pole_obstacle"] = in_the_way(found, things, tree, rules)
    for behind_m in (rules.pole_to_kerb_m, *_other_distances(rules)):
        stuck = np.flatnonzero(found["pole_obstacle"].notna())
        if behind_m != rules.pole_to_kerb_m:
            stuck = stuck[_is_narrow(found.iloc[stuck], things, rules)]
        for begin in range(0, len(stuck), CHUNK):
            rows = stuck[begin : begin + CHUNK]
            free = _first_free(wanted.iloc[rows], bays[rows], behind_m, things, tree, rules)
            found.loc[free.index, free.columns] = free
    return found


def in_the_way(places: pd.DataFrame, things: gpd.GeoDataFrame, tree: shapely.STRtree, rules: SpotRules) -> pd.Series:
    """What hinders a pole at each place, the nearest first; missing where nothing does.

    Parameters
    ----------
    places
        ``x``, ``y`` (m RD) and ``kerb_m``, the distance to the bays (m).
    things
        What hinders a pole, see `hindrances`.
    tree
        Tree of their geometry.
    rules
        Largest distance to the bays.
    """
    points = np.asarray(shapely.points(places[["x", "y"]].to_numpy()))
    far_m = float(things["clear_m"].max()) if len(things) else 0.0
    rows, hits = tree.query(points, predicate="dwithin", distance=far_m)
    apart = np.round(np.asarray(shapely.distance(points[rows], things.geometry.to_numpy()[hits])), 2)
    near = apart < np.round(things["clear_m"].to_numpy()[hits], 2)
    pairs = pd.DataFrame({"row": rows[near], "apart": apart[near], "name": things["name"].to_numpy()[hits[near]]})
    first = pairs.sort_values(["row", "apart", "name"]).drop_duplicates("row")
    words = np.full(len(places), None, dtype=object)
    words[places["kerb_m"].to_numpy() > rules.pole_to_bay_max_m] = TOO_FAR
    words[first["row"].to_numpy()] = first["name"].to_numpy()
    return pd.Series(words, index=places.index, dtype="str")


def _refused(surfaces: gpd.GeoDataFrame, rules: SpotRules, no_pole: tuple[str, ...]) -> gpd.GeoDataFrame:
    is_crossing = surfaces["detail"].str.contains(CROSSING, na=False).to_numpy()
    refused = is_crossing | surfaces["name"].isin(no_pole).to_numpy()
    names = surfaces["detail"].where(is_crossing, surfaces["name"])
    clear_m = np.where(surfaces["name"] == PAND, rules.pole_clear_m, rules.pole_width_m / 2)
    return _things(surfaces[refused], names[refused], clear_m[refused])


def _things(frame: gpd.GeoDataFrame, name: pd.Series | str, clear_m: Floats | float) -> gpd.GeoDataFrame:
    columns = {"name": pd.Series(name, index=frame.index, dtype="str"), "clear_m": clear_m}
    return gpd.GeoDataFrame(columns, index=frame.index, geometry=frame.geometry.to_numpy(), crs=RD_EPSG)


def _other_distances(rules: SpotRules) -> list[float]:
    """Other distances to the bays (m): the nearest to the wanted one first, the pole clear of its own bays."""
    most = int(np.ceil(max(rules.pole_to_bay_max_m, rules.pole_to_kerb_m) / DISTANCE_STEP_M))
    tried = [rules.pole_to_kerb_m + sign * step * DISTANCE_STEP_M for step in range(1, most + 1) for sign in (1, -1)]
    return [each for each in np.round(tried, 3).tolist() if rules.pole_width_m / 2 <= each <= rules.pole_to_bay_max_m]


def _is_narrow(places: pd.DataFrame, things: gpd.GeoDataFrame, rules: SpotRules) -> npt.NDArray[np.bool_]:
    """Whether a pole at each place would stand on a surface that it only must not stand on."""
    flat = things[things["clear_m"] <= rules.pole_width_m / 2]
    beneath = in_the_way(places.assign(kerb_m=0.0), flat, shapely.STRtree(flat.geometry.to_numpy()), rules)
    found: npt.NDArray[np.bool_] = beneath.notna().to_numpy()
    return found


def _first_free(
    wanted: pd.DataFrame,
    bays: Shapes,
    behind_m: float,
    things: gpd.GeoDataFrame,
    tree: shapely.STRtree,
    rules: SpotRules,
) -> pd.DataFrame:
    """The nearest free place of each spot that has one so far (m) behind its bays."""
    rows, along = _other_places(wanted)
    tried = _places(wanted.iloc[rows], bays[rows], along, behind_m)
    tried["pole_obstacle"] = in_the_way(tried, things, tree, rules)
    free = tried[tried["pole_obstacle"].isna()]
    return free[~free.index.duplicated()]


def _other_places(wanted: pd.DataFrame) -> tuple[npt.NDArray[np.int64], Floats]:
    """Rows of spots and places along the kerb (m, negative towards the start of the row), the wanted one first."""
    back, ahead = (np.floor(SHIFT_SHARE * wanted[name].to_numpy() / STEP_M + 1e-9) for name in ("back_m", "ahead_m"))
    most = int(max(back.max(initial=0), ahead.max(initial=0)))
    steps = np.array([0, *(sign * step for step in range(1, most + 1) for sign in (-1, 1))], dtype=float)
    allowed = (steps >= -back[:, None]) & (steps <= ahead[:, None])
    rows, places = np.nonzero(allowed)
    return rows, steps[places] * STEP_M


def _places(wanted: pd.DataFrame, bays: Shapes, along_m: Floats, behind_m: float) -> pd.DataFrame:
    """Places so far along the kerb (m) from the wanted ones, and so far behind the edge of the bays (m)."""
    angle = np.radians(wanted["away_deg"].to_numpy())
    away = np.column_stack([np.cos(angle), np.sin(angle)])
    onward = np.column_stack([-away[:, 1], away[:, 0]])
    kerb = wanted[["kerb_x_m", "kerb_y_m"]].to_numpy() + along_m[:, None] * onward
    behind = np.full(len(wanted), behind_m)
    for _ in range(CLOSING_ROUNDS):
        apart = _to_bays(kerb + behind[:, None] * away, bays)
        behind += behind_m - apart
    xy = np.round(kerb + behind[:, None] * away, 3)
    return pd.DataFrame(
        {"x": xy[:, 0], "y": xy[:, 1], "pole_shift_m": np.abs(along_m), "kerb_m": np.round(_to_bays(xy, bays), 2)},
        index=wanted.index,
    )


def _to_bays(xy: Floats, bays: Shapes) -> Floats:
    """Distance (m) of each place to the nearest of its bays."""
    points = shapely.points(xy)
    apart: Floats = np.min([shapely.distance(points, column) for column in bays.T], axis=0)
    return apart
