"""Ways of OpenStreetMap cut into edges where others meet them.

In: a file of OpenStreetMap. Out: nodes and edges in RD New, not yet checked. Only ways near the area and their nodes
are held in memory: the file is gone through for the nodes near the area, for the ways, and for the nodes of these.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.geo.rd import degree_bounds, places_to_rd
from laadplan.ingest.area import OUTSIDE, touching
from laadplan.ingest.osm import OsmFile, Way
from laadplan.ingest.walk_rules import walk_kind

ELSEWHERE = "ligt buiten Nederland"
CLOSED = "niet voor voetgangers"
TWICE = "staat er dubbel in"
SHORT = "zonder lengte"

MARGIN_M = 200.0
"""Around the bounds of the area, so that a way with no node within them is not missed."""

Network = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]
"""Nodes and edges."""


def network_of_ways(source: OsmFile, area: shapely.Geometry | None, quality: Quality) -> Network:
    """Nodes and edges of the ways for pedestrians that touch the area, unchecked.

    Raises
    ------
    BadInput
        The file is not whole.
    """
    ways, places = _ways_and_places(source, area, quality)
    if not quality.read:
        quality.find("The file holds no ways with a highway: was it cut off, or is it another extract?")
    pieces = list(_pieces(ways, places))
    gaps = sum(1 for way in ways if any(ref not in places for ref in way.nodes))
    if gaps:
        quality.find(f"{gaps} ways refer to nodes that are not in the file: they are cut there.")
    return _network(pieces, places, area, quality)


def _ways_and_places(
    source: OsmFile, area: shapely.Geometry | None, quality: Quality
) -> tuple[list[Way], dict[str, tuple[float, float]]]:
    """The ways for pedestrians near the area, and the places of their nodes in degrees."""
    near = None if area is None else _nodes_within(source, degree_bounds(area, MARGIN_M))
    ways: dict[str, Way] = {}
    quality.read = 0
    for way in source.ways():
        quality.read += 1
        if walk_kind(way.tags) is None:
            quality.skip(CLOSED, 1)
        elif near is not None and near.isdisjoint(way.nodes):
            quality.skip(OUTSIDE, 1)
        elif way.way_id in ways:
            quality.drop(TWICE, [way.way_id])
        else:
            ways[way.way_id] = way
    wanted = {ref for way in ways.values() for ref in way.nodes}
    places = {node: (lon, lat) for node, lon, lat in source.nodes() if node in wanted}
    return list(ways.values()), places


def _nodes_within(source: OsmFile, bounds: tuple[float, float, float, float]) -> set[str]:
    west, south, east, north = bounds
    return {node for node, x, y in source.nodes() if west <= x <= east and south <= y <= north}


def _pieces(ways: Iterable[Way], places: dict[str, tuple[float, float]]) -> Iterator[dict[str, Any]]:
    """The ways cut where others meet them; nodes without a place are gone from them."""
    runs = [(way, first, run) for way in ways for first, run in _runs(way, places)]
    uses = Counter(node for _, _, run in runs for node in run)
    uses.update(node for _, _, run in runs for node in (run[0], run[-1]))
    for way, first, run in runs:
        cuts = [place for place, node in enumerate(run) if uses[node] > 1]
        for start, end in pairwise(cuts):
            yield {
                "edge_id": f"{way.way_id}/{first + start}",
                "nodes": run[start : end + 1],
                "kind": walk_kind(way.tags),
                "name": way.tags.get("name") or None,
            }


def _runs(way: Way, places: dict[str, tuple[float, float]]) -> Iterator[tuple[int, list[str]]]:
    """Stretches of a way whose nodes all have a place, with the place of their first node in the way."""
    run: list[str] = []
    for place, node in enumerate([*way.nodes, ""]):
        if node in places:
            run.append(node)
            continue
        if len(run) > 1:
            yield place - len(run), run
        run = []


def _network(
    pieces: list[dict[str, Any]],
    places: dict[str, tuple[float, float]],
    area: shapely.Geometry | None,
    quality: Quality,
) -> Network:
    """Frames of the pieces; those without a length, abroad or outside the area are dropped."""
    ids = sorted(places)
    degrees = np.array([places[each] for each in ids], dtype=float).reshape(-1, 2)
    points = dict(zip(ids, places_to_rd(degrees[:, 0], degrees[:, 1]).tolist(), strict=True))
    lines = [shapely.LineString([points[node] for node in piece["nodes"]]) for piece in pieces]
    table = pd.DataFrame(pieces, columns=["edge_id", "nodes", "kind", "name"])
    table["from_node"] = [piece["nodes"][0] for piece in pieces]
    table["to_node"] = [piece["nodes"][-1] for piece in pieces]
    edges = edges_of(table.drop(columns="nodes"), lines, "OSM")
    edges = kept(edges, area, quality)
    nodes = gpd.GeoDataFrame(
        {"node_id": pd.Series(ids, dtype="str"), "origin": pd.Series("OSM", index=range(len(ids)), dtype="str")},
        geometry=gpd.points_from_xy(*np.array([points[each] for each in ids], dtype=float).reshape(-1, 2).T),
        crs=RD_EPSG,
    )
    return nodes.set_index("node_id"), edges


def edges_of(table: pd.DataFrame, lines: Any, origin: str) -> gpd.GeoDataFrame:
    """Edges with their lines in RD New, unchecked; `table` has ``edge_id, from_node, to_node, kind, name``."""
    texts = ["edge_id", "from_node", "to_node", "kind", "name"]
    frame = gpd.GeoDataFrame(table.astype(dict.fromkeys(texts, "str")), geometry=list(lines), crs=RD_EPSG)
    frame["length_m"] = frame.length.round(2).astype(float)
    frame["origin"] = pd.Series(origin, index=frame.index, dtype="str")
    return frame.set_index("edge_id")


def kept(edges: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    """The edges with a length, in the country and touching the area."""
    there = edges.within(shapely.box(*RD_BOUNDS_M))
    quality.drop(ELSEWHERE, edges.index[~there])
    quality.drop(SHORT, edges.index[there & (edges["length_m"] <= 0)])
    return touching(edges[there & (edges["length_m"] > 0)], area, quality, by_id=False)
