"""Single bays of municipal registers and OpenStreetMap as rows of bays, and their meeting with the cut of the BGT.

In: `ParkingBays`, road parts, and what the cut made of the parkeervlakken. Out: `Bays` and `Strips`. Bays that touch
are a row, in order along the kerb with the pavement on their right hand; along the kerb is measured in the middle of
the bays. A register goes before the cut on each strip where it has bays, and no place counts twice.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.contracts.dutch import figures
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import ORIENTATIONS, Bays
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.kerb.around import PARKING
from laadplan.kerb.heading import orientations
from laadplan.kerb.neighbours import Rows, in_rows, turned
from laadplan.kerb.pavement import Street, bay_ends, side_evidence, street_of
from laadplan.kerb.row import GRID_M, row_id
from laadplan.kerb.singles import RANKS, shared_pairs, single_bays

LEAST_M2 = 0.01
"""Surfaces that share less than this do not overlap (m2)."""

PRINTED_M2 = 1.0
"""Area of a strip that no bay uses is printed from this on (m2)."""

FILLED_SHARE = 0.90
"""A register fills a strip when its bays cover this share of it."""

UNDER = "ligt onder een vak uit een register"
SPACES = r"\s+"


def registered_bays(
    parking_bays: gpd.GeoDataFrame,
    road_parts: gpd.GeoDataFrame | None,
    rules: BayRules,
    surfaces: Surfaces,
    quality: Quality | None = None,
) -> gpd.GeoDataFrame:
    """The bays of registers as `Bays` in RD New, in rows along the kerb; ids are the source's own.

    Parameters
    ----------
    parking_bays
        `ParkingBays`; its rows of the BGT are left to the cut.
    road_parts
        `RoadParts`: on which part a bay lies, and on which side cars drive in. None or empty: that stays unknown.
    rules, surfaces
        Standard sizes; which functions are carriageways, aisles and footways.
    quality
        Where dropped bays are noted with their rule, and rows of which the pavement side is not known.
    """
    quality = quality if quality is not None else Quality()
    parts = RoadParts.empty() if road_parts is None else road_parts
    ground = parts[parts["level"] == 0].sort_index()
    bays = single_bays(parking_bays, ground, rules, surfaces, quality)
    if not len(bays):
        return Bays.empty()
    shapes = bays.geometry.to_numpy()
    lies_on = part_below(bays, ground)
    street = street_of(ground, lies_on.dropna().unique(), surfaces)
    orientation = orientations(shapes, bays["orientation"].to_numpy(dtype=object), street)
    rows = _to_the_pavement(shapes, in_rows(shapes, orientation), street, quality)
    bays = bays.assign(orientation=orientation, road_part_id=lies_on).iloc[rows.bay]
    return _frame(bays, rows, ground)


def part_below(bays: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame) -> pd.Series:
    """For each bay the id of the road part that it shares most area with; missing where there is none.

    Of two that share as much (in cm2) the smaller id.
    """
    parts = road_parts.sort_index()
    shapes, surfaces = bays.geometry.to_numpy(), parts.geometry.to_numpy()
    bay, part = shapely.STRtree(surfaces).query(shapes, predicate="intersects")
    inside = shapely.covers(surfaces[part], shapely.centroid(shapes[bay])) & shapely.covers(surfaces[part], shapes[bay])
    shared = np.where(inside, shapely.area(shapes[bay]), 0.0)
    shared[~inside] = shapely.area(shapely.intersection(shapes[bay[~inside]], surfaces[part[~inside]]))
    pairs = pd.DataFrame({"bay": bay, "part": part, "shared": shared.round(4)})
    pairs = pairs[pairs["shared"] >= LEAST_M2].sort_values(["bay", "shared", "part"], ascending=[True, False, True])
    most = pairs.drop_duplicates("bay")
    found = pd.Series(None, index=bays.index, dtype="str")
    found.iloc[most["bay"].to_numpy()] = parts.index.to_numpy()[most["part"]]
    return found


def join_bays(
    strips: gpd.GeoDataFrame, cut: gpd.GeoDataFrame, registered: gpd.GeoDataFrame, quality: Quality | None = None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """`Strips` and `Bays` in which the register goes before the cut.

    On a strip where the register has bays the cut is left out; elsewhere a cut bay goes that shares more than a quarter
    with a registered one. Bays of the register that lie on no strip are kept.

    Parameters
    ----------
    strips, cut
        `Strips` and the `Bays` that were cut from them.
    registered
        `Bays` of registers, see `registered_bays`.
    quality
        Where cut bays that a register lies over are noted, and strips that the register does not fill.
    """
    quality = quality if quality is not None else Quality()
    if not len(registered):
        return strips, cut
    taken = strips.index.isin(registered["road_part_id"])
    left = cut[~cut["road_part_id"].isin(strips.index[taken])]
    under = np.unique(shared_pairs(left.geometry.to_numpy(), registered.geometry.to_numpy())[0])
    gone = left.iloc[under]
    quality.drop(UNDER, gone.index)
    left = left.drop(gone.index)
    bays = pd.concat([left, registered]).sort_index() if len(left) else registered.sort_index()
    told = _told(strips[taken], registered, quality)
    kept = strips.copy()
    kept.loc[told.index, told.columns] = told
    return _without(kept, gone), bays


def _to_the_pavement(shapes: np.ndarray, rows: Rows, street: Street, quality: Quality) -> Rows:
    """The rows turned so that the pavement is on their right hand; told where nothing says which side that is."""
    evidence = side_evidence(shapes[rows.bay], rows, street)
    unknown = np.flatnonzero(evidence == 0)
    if len(unknown):
        number = int(np.isin(rows.row, unknown).sum())
        words = f"{len(unknown)} rows ({number} bays): no road part tells on which side the pavement is"
        quality.find(f"{words}; taken to be the north side (of rows from north to south the east side).")
    first = np.unique(rows.row, return_index=True)[1]
    north = np.round(np.where(rows.forward[:, :1] == 0, 0, -rows.forward[:, :1]), 6)[:, 0][first]
    east = np.round(rows.forward[:, 1], 6)[first]
    guess = np.where(north != 0, north, east)
    return turned(rows, np.where(evidence == 0, guess, evidence) < 0)


def _frame(bays: gpd.GeoDataFrame, rows: Rows, ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The bays, in the order of their rows, as `Bays`."""
    shapes = bays.geometry.to_numpy()
    right = np.column_stack([rows.forward[:, 1], -rows.forward[:, 0]])
    at = ground.index.get_indexer(pd.Index(bays["road_part_id"]))
    below = np.full(len(bays), None, dtype=object)
    below[at >= 0] = ground.geometry.to_numpy()[at[at >= 0]]
    ends = bay_ends(shapes, rows.forward, (bays["orientation"] == "schuin").to_numpy(), below)
    start, end = _along(ends.begin, ends.end, rows)
    columns: dict[str, Any] = {
        "road_part_id": bays["road_part_id"].astype("str"),
        "row_id": _row_ids(bays, rows.row, ground),
        "number": bays.groupby(rows.row).cumcount() + 1,
        "orientation": bays["orientation"].astype("str"),
        "regime": bays["regime"],
        "origin": bays["origin"],
        "start_m": np.round(start, 3),
        "end_m": np.round(end, 3),
        "kerb_x_m": np.round(ends.kerb[:, 0], 3),
        "kerb_y_m": np.round(ends.kerb[:, 1], 3),
        "away_deg": np.round(np.degrees(np.arctan2(right[:, 1], right[:, 0])), 2) + 0.0,
    }
    index = pd.Index(bays.index.str.replace(SPACES, "_", regex=True).astype("str"), name=Bays.index_name())
    geometry = gpd.GeoSeries(_on_grid(shapes), index=index, crs=RD_EPSG)
    table = pd.DataFrame({name: np.asarray(value) for name, value in columns.items()}, index=index)
    text = {name: kind for name, kind in Bays.kinds().items() if name != "geometry"}
    return gpd.GeoDataFrame(table.astype(text), geometry=geometry)[Bays.columns()].sort_index()


def _on_grid(shapes: np.ndarray) -> np.ndarray:
    """The surfaces with corners on the grid; most are as they come."""
    xy, at = shapely.get_coordinates(shapes, return_index=True)
    off = np.unique(at[(np.abs(xy - np.round(xy / GRID_M) * GRID_M) > GRID_M / 1000).any(axis=1)])
    found = shapes.copy()
    found[off] = shapely.set_precision(shapes[off], GRID_M)
    return found


def _along(begin: np.ndarray, end: np.ndarray, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """From where to where along its row each bay lies (m), gaps between bays included."""
    length = np.hypot(*(end - begin).T)
    gap = np.maximum(0.0, np.sum((begin[1:] - end[:-1]) * rows.forward[:-1], axis=1))
    gap = np.where(rows.row[1:] == rows.row[:-1], gap, 0.0)
    stop = np.cumsum(length + np.concatenate([[0.0], gap]))
    begins = np.concatenate([[0.0], stop[:-1]])
    first = np.maximum.accumulate(np.where(np.diff(rows.row, prepend=-1) != 0, np.arange(len(stop)), 0))
    return stop - length - begins[first], stop - begins[first]


def _row_ids(bays: gpd.GeoDataFrame, row: np.ndarray, ground: gpd.GeoDataFrame) -> np.ndarray:
    """Names of the rows: after the parkeervlak that all bays lie on, from west to east on it; else after a bay."""
    middle = shapely.get_coordinates(shapely.centroid(bays.geometry.to_numpy())).round(2)
    table = pd.DataFrame({"row": row, "part": bays["road_part_id"].to_numpy(), "bay": bays.index})
    table = table.assign(x=middle[:, 0], y=middle[:, 1], part=table["part"].fillna(""))
    rows = table.groupby("row").agg(
        part=("part", "first"), parts=("part", "nunique"), bay=("bay", "first"), x=("x", "first"), y=("y", "first")
    )
    parking = rows["part"].isin(ground.index[ground["function"] == PARKING]) & (rows["parts"] == 1)
    on_strip = rows[parking].sort_values(["part", "x", "y", "bay"])
    place = on_strip.groupby("part").cumcount()
    names = rows["bay"].astype("str").str.replace(SPACES, "_", regex=True)
    after = [row_id(part, each) for part, each in zip(on_strip["part"], place, strict=True)]
    names.update(pd.Series(after, index=on_strip.index, dtype="str"))
    return names.loc[row].to_numpy()


def _told(strips: gpd.GeoDataFrame, registered: gpd.GeoDataFrame, quality: Quality) -> pd.DataFrame:
    """What the register made of its strips: ``kind``, ``bay_count``, ``unused_m2`` and ``reason``."""
    bays = registered[registered["road_part_id"].isin(strips.index)]
    number = pd.crosstab(bays["road_part_id"], bays["orientation"]).reindex(columns=ORIENTATIONS, fill_value=0)
    origin = pd.crosstab(bays["road_part_id"], bays["origin"]).reindex(columns=list(RANKS), fill_value=0)
    covered = bays[["road_part_id", "geometry"]].dissolve("road_part_id").reindex(strips.index)
    used = covered.geometry.intersection(strips.geometry).area.to_numpy()
    unused = np.round(np.maximum(0.0, strips["area_m2"].to_numpy() - used), 2)
    unfilled = strips.index[used < FILLED_SHARE * strips["area_m2"].to_numpy()]
    if len(unfilled):
        words = f"The register fills {len(unfilled)} of its {len(strips)} parkeervlakken for less than"
        quality.find(f"{words} {FILLED_SHARE:.0%}: bays may be missing from it; see the reasons in Strips.")
    table = {
        "kind": number.idxmax(axis=1).reindex(strips.index),
        "bay_count": number.sum(axis=1).reindex(strips.index).astype("int64"),
        "unused_m2": unused,
        "reason": [_sentence(origin.loc[strip], left) for strip, left in zip(strips.index, unused, strict=True)],
    }
    return pd.DataFrame(table, index=strips.index).astype({"kind": "str", "reason": "str"})


def _sentence(number: pd.Series, unused_m2: float) -> str:
    """How many bays of which register lie on a strip, and what they leave.

    >>> _sentence(pd.Series({"gemeente": 11, "OSM": 0}), 4.2)
    '11 vakken uit het register gemeente; 4,2 m2 niet gebruikt'
    """
    held = " en ".join(
        f"{count} {'vak' if count == 1 else 'vakken'} uit {'het register gemeente' if origin == 'gemeente' else origin}"
        for origin, count in number.items()
        if count
    )
    return f"{held}; {figures(unused_m2, 1)} m2 niet gebruikt" if unused_m2 >= PRINTED_M2 else held


def _without(strips: gpd.GeoDataFrame, gone: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The strips with the bays that went off their count, and said so."""
    if not len(gone):
        return strips
    number = gone.groupby("road_part_id").size().reindex(strips.index, fill_value=0)
    area = gone.area.groupby(gone["road_part_id"]).sum().reindex(strips.index, fill_value=0.0)
    words = number.map(
        lambda count: f"{count} {'vak vervalt' if count == 1 else 'vakken vervallen'} onder een register"
    )
    before = strips["reason"].fillna("") + strips["reason"].notna().map({True: "; ", False: ""})
    return strips.assign(
        bay_count=strips["bay_count"] - number,
        unused_m2=(strips["unused_m2"] + area).round(2),
        reason=strips["reason"].where(number == 0, before + words.astype("str")),
    )
