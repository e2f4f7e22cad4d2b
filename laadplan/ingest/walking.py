"""The walking network: nodes and edges that pedestrians may use.

In: OpenStreetMap (XML, PBF, Overpass JSON), wegvakken of the NWB (GeoPackage, GeoJSON, shapefile), or a layer of
pavements; told apart by content. Out: `WalkNodes` and `WalkEdges`. The frames only: snapping and distances come with
the optimiser. Of a file of OpenStreetMap only what lies within the bounds of the area is held in memory. Edges that
touch the area are kept whole; a way is cut where others meet it, so that every meeting is a node.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG, require_rd
from laadplan.contracts.network import WalkEdges, WalkNodes
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.area import touching
from laadplan.ingest.columns import as_text, match_columns
from laadplan.ingest.osm import osm_file
from laadplan.ingest.vector import read_layer
from laadplan.ingest.walk_axes import axes_of
from laadplan.ingest.walk_rules import NWB_CLOSED, NWB_KINDS, SURFACE_KINDS
from laadplan.ingest.walk_ways import CLOSED, ELSEWHERE, Network, edges_of, kept, network_of_ways

LOOSE = "bestaat uit losse stukken"
LARGE = "vlak met een omtrek van meer dan 20 km"

MOST_OUTLINE_M = 20_000.0
"""No part of a street has a longer outline: the shape is broken."""

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
    """
    quality = quality if quality is not None else Quality()
    source = osm_file(path)
    if source is not None:
        nodes, edges = network_of_ways(source, area, quality)
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


def _from_layer(path: Path, layer: str | None, area: shapely.Geometry | None, quality: Quality) -> Network:
    features = read_layer(path, layer, area=area, degrees=True, quality=quality)
    require_rd(features, str(path))
    if features.empty:
        return WalkNodes.empty(), WalkEdges.empty()
    if set(features.geom_type.dropna()) <= {"Polygon", "MultiPolygon"}:
        use = next((features[name] for name in USES if name in features.columns), None)
        if use is None:
            words = "The layer holds surfaces, but no column says what they are used for."
            raise BadInput(words, where=str(path), todo=f"It is looked for as: {', '.join(USES)}.")
        there = touching(features, area, quality, by_id=False)
        return _from_surfaces(there, use[there.index], quality)
    return _from_nwb(features, area, str(path), quality)


def _from_surfaces(surfaces: gpd.GeoDataFrame, use: pd.Series, quality: Quality) -> Network:
    kinds = use.astype("str").str.lower().map(SURFACE_KINDS).to_numpy(dtype=object)
    shapes = surfaces.geometry.to_numpy()
    wanted = pd.notna(kinds)
    quality.skip(CLOSED, int((~wanted).sum()))
    there = _are_in_country(shapes)
    quality.skip(ELSEWHERE, int((wanted & ~there).sum()))
    large = there & (shapely.length(shapes) > MOST_OUTLINE_M)
    quality.skip(LARGE, int((wanted & large).sum()))
    quality.facts["lengths_along"] = "middle lines of the surfaces, not the footways along them"
    good = wanted & there & ~large
    return axes_of(shapes[good], kinds[good])


def _are_in_country(shapes: np.ndarray) -> np.ndarray:
    """Whether each shape has a place, and that within the bounds of RD New."""
    places, owner = shapely.get_coordinates(shapes, return_index=True)
    x_min, y_min, x_max, y_max = RD_BOUNDS_M
    inside = ((places >= (x_min, y_min)) & (places <= (x_max, y_max))).all(axis=1)
    total = np.bincount(owner, minlength=len(shapes))
    return np.asarray((total > 0) & (np.bincount(owner[inside], minlength=len(shapes)) == total))


def _from_nwb(features: gpd.GeoDataFrame, area: shapely.Geometry | None, where: str, quality: Quality) -> Network:
    names = match_columns(features.columns, NWB_SPELLINGS, config={}, required=NWB_NEEDED, where=where)
    table = pd.DataFrame({name: features[source] for name, source in names.items()}).reset_index(drop=True)
    for name in ("edge_id", "from_node", "to_node"):
        table[name] = _ids(table[name])
    codes = table["kind"].astype("str").str.strip() if "kind" in names else pd.Series("", index=table.index)
    table["kind"] = codes.map(NWB_KINDS).fillna("rijbaan")
    table["name"] = table["name"].astype("str").where(table["name"].notna()) if "name" in names else None
    lines = shapely.line_merge(shapely.force_2d(features.geometry.to_numpy()))
    is_line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    quality.drop(LOOSE, table["edge_id"][~is_line])
    is_open = ~codes.isin(NWB_CLOSED).to_numpy()
    quality.skip(CLOSED, int((is_line & ~is_open).sum()))
    good = is_line & is_open
    edges = kept(edges_of(table[good], lines[good], "NWB"), area, quality)
    quality.facts["lengths_along"] = "axes of roads: the NWB holds few footways"
    return _ends(edges, quality), edges


def _ids(values: pd.Series) -> pd.Series:
    """Ids as text; empty where there is none."""
    return as_text(values).fillna("")


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
    apart = shapely.distance(frame.geometry.to_numpy(), np.asarray(once.geometry.reindex(frame.index))) > SAME_M
    if apart.any():
        quality.find(f"{int(apart.sum())} road sections end elsewhere than others with the same junction (jte_id).")
    return once
