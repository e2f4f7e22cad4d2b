"""The walking network: nodes and edges that pedestrians may use.

In: OpenStreetMap (XML, PBF, Overpass JSON), wegvakken of the NWB (GeoPackage, GeoJSON, shapefile), or a layer of
pavements; told apart by content. Out: `WalkNodes` and `WalkEdges`. The frames only: snapping and distances come with the
optimiser. Of a file of OpenStreetMap only what lies within the bounds of the area is held in memory. Edges that touch
the area are kept whole; a way is cut where others meet it, so that every meeting is a node.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG, require_rd
from laadplan.contracts.network import WalkEdges, WalkNodes
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.geo.rd import to_rd, to_wgs84
from laadplan.ingest.columns import match_columns
from laadplan.ingest.osm import Node, OsmFile, Way, osm_file
from laadplan.ingest.vector import read_layer
from laadplan.ingest.walk_axes import axes_of
from laadplan.ingest.walk_rules import NWB_CLOSED, NWB_KINDS, SURFACE_KINDS, walk_kind

OUTSIDE = "buiten het gebied"
ELSEWHERE = "ligt buiten Nederland"
CLOSED = "niet voor voetgangers"
TWICE = "staat er dubbel in"
LOOSE = "bestaat uit losse stukken"
SHORT = "zonder lengte"

MARGIN_M = 200.0
"""Around the bounds of the area, so that a way with no node within them is not missed."""

SAME_M = 1.0
"""Ends of road sections with the same junction lie no farther apart than this."""

NWB_SPELLINGS = {
    "edge_id": ("wvk_id", "wvkid"),
    "from_node": ("jte_id_beg", "jteidbeg"),
    "to_node": ("jte_id_end", "jteidend"),
    "name": ("stt_naam", "sttnaam"),
    "kind": ("bst_code", "bstcode"),
}
"""Our name to the spellings of the NWB."""

NWB_NEEDED = ("edge_id", "from_node", "to_node")
USES = ("function", "functie", "bgt_functie", "bgt-functie", "Gebruiksfunctie")
"""Columns that say what a pavement is used for."""

Network = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]


def read_walking(
    path: Path, area: shapely.Geometry | None = None, *, layer: str | None = None, quality: Quality | None = None
) -> Network:
    """`WalkNodes` and `WalkEdges` in RD New, of what touches the area.

    Parameters
    ----------
    path
        OSM XML, PBF or Overpass JSON; NWB wegvakken; or polygons of pavements. Degrees are brought to RD New, good to
        0.25 m.
    area
        Shape in RD New (m); None: all.
    layer
        Layer of a GeoPackage; None: its only one.
    quality
        Where ways read and dropped are noted, and what the source does not know.

    Raises
    ------
    MissingSource
        The file or the layer is not there.
    BadInput
        The file is not whole, or holds no network; WrongCrs where it has another CRS.
    LaadplanError
        The file is PBF and osmium is not installed.
    """
    quality = quality if quality is not None else Quality()
    source = osm_file(path)
    if source is not None:
        nodes, edges = _from_osm(source, area, quality)
    else:
        nodes, edges = _from_layer(path, layer, area, quality)
    return _checked(nodes, edges, str(path), quality)


def walk_from_road_parts(road_parts: gpd.GeoDataFrame, *, quality: Quality | None = None) -> Network:
    """`WalkNodes` and `WalkEdges` made from the surfaces of the BGT: the axes of all that one may walk on.

    Pavements, carriageways and parking bays side by side are one space, of which the middle line is drawn; a footpath
    apart has its own. Lengths are those of the middle line: see `walk_axes`.

    Raises
    ------
    WrongCrs
        The road parts are not in RD New.
    """
    quality = quality if quality is not None else Quality()
    require_rd(road_parts, "walk_from_road_parts")
    quality.read = len(road_parts)
    return _checked(*_from_surfaces(road_parts, road_parts["function"], quality), "BGT", quality)


def _checked(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, source: str, quality: Quality) -> Network:
    edges = WalkEdges.checked(edges, source=source)
    used = set(edges["from_node"]) | set(edges["to_node"])
    nodes = WalkNodes.checked(nodes[nodes.index.isin(used)], source=source)
    quality.facts |= {"walk_nodes": len(nodes), "walk_km": round(float(edges["length_m"].sum()) / 1000, 1)}
    quality.count(edges)
    return nodes, edges


# ---- OpenStreetMap -----------------------------------------------------------------------------------------------


def _from_osm(source: OsmFile, area: shapely.Geometry | None, quality: Quality) -> Network:
    ways, places = _ways_and_places(source, area, quality)
    pieces = list(_pieces(ways, places))
    gaps = sum(1 for way in ways if any(ref not in places for ref in way.nodes))
    if gaps:
        quality.find(f"{gaps} ways refer to nodes that are not in the file: they are cut there.")
    return _network(pieces, places, area, quality)


def _ways_and_places(
    source: OsmFile, area: shapely.Geometry | None, quality: Quality
) -> tuple[list[Way], dict[str, tuple[float, float]]]:
    """The ways for pedestrians near the area, and the places of their nodes in degrees."""
    near = None if area is None else {node[0] for node in source.nodes() if _is_within(node, _degrees(area))}
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


def _degrees(area: shapely.Geometry) -> tuple[float, ...]:
    """Bounds of the area in degrees, with the margin."""
    box = shapely.box(*shapely.bounds(area)).buffer(MARGIN_M, join_style="mitre")
    return tuple(to_wgs84(gpd.GeoSeries([box], crs=RD_EPSG)).total_bounds)


def _is_within(node: Node, bounds: tuple[float, ...]) -> bool:
    west, south, east, north = bounds
    return west <= node[1] <= east and south <= node[2] <= north


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
    xy = to_rd(degrees[:, 0], degrees[:, 1])
    points = dict(zip(ids, np.round(np.where(np.isfinite(xy), xy, 0.0), 2).tolist(), strict=True))
    lines = [shapely.LineString([points[node] for node in piece["nodes"]]) for piece in pieces]
    table = pd.DataFrame(pieces, columns=["edge_id", "nodes", "kind", "name"])
    table["from_node"] = [piece["nodes"][0] for piece in pieces]
    table["to_node"] = [piece["nodes"][-1] for piece in pieces]
    edges = _edges(table.drop(columns="nodes"), lines, "OSM")
    edges = _kept(edges, area, quality)
    nodes = gpd.GeoDataFrame(
        {"node_id": pd.Series(ids, dtype="str"), "origin": pd.Series("OSM", index=range(len(ids)), dtype="str")},
        geometry=gpd.points_from_xy(*np.array([points[each] for each in ids], dtype=float).reshape(-1, 2).T),
        crs=RD_EPSG,
    )
    return nodes.set_index("node_id"), edges


def _edges(table: pd.DataFrame, lines: Any, origin: str) -> gpd.GeoDataFrame:
    texts = ["edge_id", "from_node", "to_node", "kind", "name"]
    frame = gpd.GeoDataFrame(table.astype(dict.fromkeys(texts, "str")), geometry=list(lines), crs=RD_EPSG)
    frame["length_m"] = frame.length.round(2).astype(float)
    frame["origin"] = pd.Series(origin, index=frame.index, dtype="str")
    return frame.set_index("edge_id")


def _kept(edges: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality) -> gpd.GeoDataFrame:
    """The edges with a length, in the country and touching the area."""
    there = edges.within(shapely.box(*RD_BOUNDS_M))
    quality.drop(ELSEWHERE, edges.index[~there])
    quality.drop(SHORT, edges.index[there & (edges["length_m"] <= 0)])
    edges = edges[there & (edges["length_m"] > 0)]
    if area is None:
        return edges
    touching = edges.intersects(area)
    quality.skip(OUTSIDE, int((~touching).sum()))
    return edges[touching]


# ---- layers ------------------------------------------------------------------------------------------------------


def _from_layer(path: Path, layer: str | None, area: shapely.Geometry | None, quality: Quality) -> Network:
    features = read_layer(path, layer, area=area, degrees=True, quality=quality)
    require_rd(features, str(path))
    kinds = set(features.geom_type.dropna())
    if kinds and kinds <= {"Polygon", "MultiPolygon"}:
        use = next((features[name] for name in USES if name in features.columns), None)
        if use is None:
            words = "The layer holds surfaces, but no column says what they are used for."
            raise BadInput(words, where=str(path), todo=f"It is looked for as: {', '.join(USES)}.")
        inside = features.index == features.index if area is None else features.intersects(area)
        quality.skip(OUTSIDE, int((~inside).sum()))
        return _from_surfaces(features[inside], use[inside], quality)
    return _from_nwb(features, area, str(path), quality)


def _from_surfaces(surfaces: gpd.GeoDataFrame, use: pd.Series, quality: Quality) -> Network:
    kinds = use.astype("str").str.lower().map(SURFACE_KINDS)
    sound = kinds.notna() & surfaces.geometry.notna() & ~surfaces.is_empty & surfaces.is_valid
    quality.skip(CLOSED, int((~sound).sum()))
    quality.find("Lengths are those of the middle lines of the surfaces, not of the footways along them.")
    return axes_of(surfaces.geometry[sound], kinds[sound])


def _from_nwb(features: gpd.GeoDataFrame, area: shapely.Geometry | None, where: str, quality: Quality) -> Network:
    names = match_columns(features.columns, NWB_SPELLINGS, config={}, required=NWB_NEEDED, where=where)
    table = pd.DataFrame({name: features[source] for name, source in names.items()}).reset_index(drop=True)
    for name in ("edge_id", "from_node", "to_node"):
        table[name] = _whole(table[name])
    codes = table["kind"].astype("str").str.strip() if "kind" in names else pd.Series("", index=table.index)
    table["kind"] = codes.map(NWB_KINDS).fillna("rijbaan")
    table["name"] = table["name"].astype("str").where(table["name"].notna()) if "name" in names else None
    lines = shapely.line_merge(shapely.force_2d(features.geometry.to_numpy()))
    is_line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    quality.drop(LOOSE, table["edge_id"][~is_line])
    is_open = ~codes.isin(NWB_CLOSED).to_numpy()
    quality.skip(CLOSED, int((is_line & ~is_open).sum()))
    good = is_line & is_open
    edges = _kept(_edges(table[good], lines[good], "NWB"), area, quality)
    quality.find("The NWB holds axes of roads and few footways: lengths are those along the road.")
    return _ends(edges, quality), edges


def _whole(values: pd.Series) -> pd.Series:
    """Ids as text, whole numbers without a decimal point; empty where there is none."""
    if pd.api.types.is_float_dtype(values):
        values = values.astype("Int64") if (values.dropna() % 1 == 0).all() else values
    return values.astype("str").where(values.notna(), "")


def _ends(edges: gpd.GeoDataFrame, quality: Quality) -> gpd.GeoDataFrame:
    """The nodes at the ends of edges, each where the first edge by id has it."""
    edges = edges.sort_index()
    lines = edges.geometry.to_numpy()
    ids = np.concatenate([edges["from_node"].to_numpy(), edges["to_node"].to_numpy()])
    points = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    frame = gpd.GeoDataFrame({"node_id": ids}, geometry=points, crs=RD_EPSG).astype({"node_id": "str"})
    frame["origin"] = pd.Series("NWB", index=frame.index, dtype="str")
    frame = frame.set_index("node_id")
    once = frame[~frame.index.duplicated()]
    apart = frame.distance(once.geometry.reindex(frame.index)) > SAME_M
    if apart.any():
        quality.find(f"{int(apart.sum())} road sections end elsewhere than others with the same junction (jte_id).")
    return once
