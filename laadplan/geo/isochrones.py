"""Where a pole lies within the walking norm, as a shape.

In: places of poles, the walking network or none, a norm. Out: one shape in RD New. Over a network it is what can be
walked from a pole within the norm, drawn as wide as front doors commonly lie from the street, and round each pole
itself; without one it is the discs of the norm divided by the detour factor. The strip beside a street is walked in a
straight line: round a corner it promises up to 10 m more than the norm.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import Walking
from laadplan.geo.network import Places, WalkGraph
from laadplan.geo.snapping import snap
from laadplan.geo.walks import walk_to_nodes

BESIDE_M = 25.0
"""Half the width (m) at which a street in reach is drawn: front doors lie nearer to the walking network than this (95 %
within 20 m in the demo town); where less of the norm is left, the strip is as much narrower."""

GRID_M = 0.01
"""Coordinates of the shape are rounded to this (m)."""

CORNERS = 4
"""Straight pieces per quarter of a circle: a disc of 25 m is then off by at most 0.5 m."""

WIDE_CORNERS = 16
"""The same of discs of the norm: off by at most 1.5 m of 300."""

TAPER_M = 10.0
"""Length of the pieces (m) in which the end of a street in reach grows narrow."""


def reached_area(
    sites: gpd.GeoSeries, graph: WalkGraph | None, walking: Walking, *, norm_m: float | None = None
) -> shapely.Geometry:
    """The shape from where some site lies within the norm: valid, in RD New, on a grid of 0.01 m; empty without sites.

    Parameters
    ----------
    sites
        Places of poles in RD New.
    graph
        Walking network, see `laadplan.geo.reach.walk_graph`; None: discs, an estimate. Sites farther from the network
        than ``walking.snap_m`` get a disc as well.
    walking
        Norm, detour factor, and how far from the network a place may lie.
    norm_m
        Another norm than that of ``walking`` (m).
    """
    norm_m = walking.norm_m if norm_m is None else norm_m
    sites = gpd.GeoSeries(sites[~sites.is_empty])
    radius_m = norm_m / walking.detour_factor
    if graph is None:
        return _joined(shapely.buffer(sites.to_numpy(), radius_m, quad_segs=WIDE_CORNERS))
    if sites.empty:
        return shapely.MultiPolygon()
    places = snap(graph, sites, walking.snap_m)
    on = places.on_network
    discs = shapely.buffer(sites.to_numpy()[~on], radius_m, quad_segs=WIDE_CORNERS)
    own = shapely.buffer(sites.to_numpy()[on], min(BESIDE_M, radius_m), quad_segs=CORNERS)
    return _joined(np.concatenate([discs, own, _strips(graph, places, norm_m)]))


def _joined(shapes: np.ndarray) -> shapely.Geometry:
    """The shapes as one, on the grid; in an order of place, so that the order of the sites does not show."""
    rounded = shapely.set_precision(shapes, GRID_M)
    joined = shapely.union_all(rounded[np.argsort(shapely.to_wkb(rounded), kind="stable")], grid_size=GRID_M)
    return shapely.normalize(joined)


def _strips(graph: WalkGraph, places: Places, norm_m: float) -> np.ndarray:
    """What is in reach of every edge: strips along it, narrower where little of the norm is left."""
    pieces = _pieces(graph)
    pieces["left_m"] = np.minimum(BESIDE_M, norm_m - _walk_to(pieces, graph, places, norm_m)).round(2)
    pieces = pieces[pieces["left_m"] > 0]
    # Pieces of one width that follow each other are one strip.
    apart = (pieces[["edge", "left_m"]].diff() != 0).any(axis=1) | (pieces["number"].diff() != 1)
    if pieces.empty:
        return np.empty(0, dtype=object)
    runs = pieces.groupby(apart.cumsum()).agg(
        edge=("edge", "first"), from_m=("from_m", "first"), to_m=("to_m", "last"), left_m=("left_m", "first")
    )
    lines = graph.lines[runs["edge"].to_numpy()]
    scale = shapely.length(lines) / graph.length_m[runs["edge"].to_numpy()]
    parts = _parts_of(lines, runs["from_m"].to_numpy() * scale, runs["to_m"].to_numpy() * scale)
    return np.asarray(shapely.buffer(parts, runs["left_m"].to_numpy(), quad_segs=CORNERS))


def _pieces(graph: WalkGraph) -> pd.DataFrame:
    """All edges cut in pieces: edge, number in it, from and to (m along it)."""
    count = np.maximum(1, np.ceil(graph.length_m / TAPER_M).astype(int))
    edge = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    step = np.repeat(graph.length_m / count, count)
    return pd.DataFrame({"edge": edge, "number": number, "from_m": number * step, "to_m": (number + 1) * step})


def _walk_to(pieces: pd.DataFrame, graph: WalkGraph, places: Places, norm_m: float) -> np.ndarray:
    """Walk (m) from the nearest site to the middle of each piece; infinite where none is in reach."""
    node_m = walk_to_nodes(graph, places, norm_m)
    edge, middle = pieces["edge"].to_numpy(), ((pieces["from_m"] + pieces["to_m"]) / 2).to_numpy()
    rest = graph.length_m[edge] - middle
    walk = np.minimum(node_m[graph.tails[edge]] + middle, node_m[graph.heads[edge]] + rest)
    site = np.flatnonzero(places.on_network)
    same = pd.DataFrame({"edge": edge, "piece": np.arange(len(edge))}).merge(
        pd.DataFrame({"edge": places.edge[site], "site": site}), on="edge"
    )
    piece, own = same["piece"].to_numpy(), same["site"].to_numpy()
    np.minimum.at(walk, piece, np.abs(middle[piece] - places.along_m[own]) + places.off_m[own])
    return np.asarray(walk)


def _parts_of(lines: np.ndarray, from_m: np.ndarray, to_m: np.ndarray) -> np.ndarray:
    """The part of each line between two distances along it (m)."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(np.where(np.diff(line) == 0, step, 0.0))])
    first = np.searchsorted(line, np.arange(len(lines)))
    along -= along[first][line]
    inside = (along > from_m[line]) & (along < to_m[line])
    ends = np.concatenate([shapely.line_interpolate_point(lines, each) for each in (from_m, to_m)])
    rows = np.arange(len(lines))
    owner = np.concatenate([rows, rows, line[inside]])
    at = np.concatenate([from_m, to_m, along[inside]])
    all_points = np.concatenate([shapely.get_coordinates(ends), points[inside]])
    order = np.lexsort((at, owner))
    return np.asarray(shapely.linestrings(all_points[order], indices=owner[order]))
