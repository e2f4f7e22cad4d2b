"""Middle lines of the surfaces that pedestrians may use, as a network.

In: polygons side by side, with a kind each. Out: `WalkNodes` and `WalkEdges` along the middle of the space that they
form together. The space is divided into triangles between points on its outline; where two triangles share a side one
may pass, and the line through the middles of those sides is the middle line (the chordal axis). Dead ends shorter than
a street is wide are corners of the space, not ways, and are left out. Levels are not told apart: under a bridge two
ways meet that do not.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.network import WalkEdges, WalkNodes

SPACING_M = 2.5
"""Distance between points on the outline: below the width of a footpath with its kerb the line would break up."""

SNAP_M = 0.01
"""Grid on which surfaces are joined: a BGT delivery is drawn to the centimetre."""

GAP_M = 0.05
"""Width of a gap between surfaces that is none: two that share an arc take different points of it."""

SPUR_M = 12.0
"""Dead ends shorter than this are corners: about the width of a street."""

BEND_M = 0.75
"""A middle line zigzags by less than this between the points of its outline."""

ORIGIN = "BGT"

Links = dict[int, dict[int, list[int]]]
"""Per node its neighbours, with the nodes along the way there, both ends included."""


def axes_of(shapes: np.ndarray, kinds: np.ndarray) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The network along the middle of the surfaces, unchecked; empty where there are none.

    Parameters
    ----------
    shapes
        Polygons in RD New (m).
    kinds
        Kind of `WalkEdges` per surface.
    """
    if not len(shapes):
        return WalkNodes.empty(), WalkEdges.empty()
    space = _closed(shapely.union_all(shapely.set_precision(shapely.make_valid(shapes), SNAP_M)))
    points, links = _links(*_triangles(space))
    chains = [chain for chain in _chains(_pruned(links, points)) if len(chain) > 1]
    if not chains:
        return WalkNodes.empty(), WalkEdges.empty()
    return _frames(chains, points, shapes, kinds)


def _closed(space: shapely.Geometry) -> shapely.Geometry:
    """The space without the slivers between surfaces: each would be a block of houses to walk around."""
    outlines = shapely.get_rings(shapely.get_parts(space))
    blocks = np.asarray(shapely.polygons(outlines), dtype=object)
    slivers = blocks[shapely.area(blocks) < GAP_M * shapely.length(blocks) / 2]
    return shapely.union_all([space, *slivers])


def _triangles(space: shapely.Geometry) -> tuple[np.ndarray, np.ndarray]:
    """Corners (n, 2) on the outline of the space, and the triangles (m, 3) between them that lie in it."""
    outline = shapely.segmentize(shapely.boundary(space), SPACING_M)
    corners = np.unique(np.round(shapely.get_coordinates(outline), 2), axis=0)
    found = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(corners)))
    rings = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3]
    middles = rings.mean(axis=1)
    shapely.prepare(space)
    rings = rings[shapely.contains_xy(space, middles[:, 0], middles[:, 1])]
    order = {(x, y): place for place, (x, y) in enumerate(corners.tolist())}
    flat = [order[(x, y)] for x, y in rings.reshape(-1, 2).tolist()]
    return corners, np.array(flat, dtype=int).reshape(-1, 3)


def _links(corners: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, Links]:
    """The middles of shared sides and of triangles with three of these as points, and which lie next to each other."""
    sides = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, number, times = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    number = number.reshape(-1, 3)
    shared = times[number] == 2
    count = shared.sum(axis=1)
    points = np.vstack([corners[unique].mean(axis=1), corners[triangles].mean(axis=1)]).reshape(-1, 2)
    two = number[count == 2][shared[count == 2]].reshape(-1, 2)
    hubs = np.flatnonzero(count == 3)
    spokes = np.column_stack([np.repeat(hubs + len(unique), 3), number[hubs].ravel()])
    links: Links = defaultdict(dict)
    for one, other in np.vstack([two, spokes]).tolist():
        links[one][other] = [one, other]
        links[other][one] = [other, one]
    return points, links


def _pruned(links: Links, points: np.ndarray) -> Links:
    """The links without the short dead ends, taken away one ring at a time."""
    for _ in range(2):
        for chain in _chains(links):
            ends = [len(links[chain[0]]), len(links[chain[-1]])]
            if min(ends) == 1 and max(ends) > 2 and _length(points[chain]) < SPUR_M:
                for one, other in pairwise(chain):
                    del links[one][other], links[other][one]
    return links


def _chains(links: Links) -> list[list[int]]:
    """Rows of nodes from one end or fork to the next, each once; rings without a fork begin at their least node."""
    stops = {node for node, near in links.items() if len(near) not in (0, 2)}
    seen: set[tuple[int, int]] = set()
    found = []
    for start in [*sorted(stops), *sorted(set(links) - stops)]:
        for first in sorted(links[start]):
            if (start, first) in seen:
                continue
            chain = _followed(links, start, first, stops)
            seen.update(pairwise(chain))
            seen.update(pairwise(chain[::-1]))
            found.append(chain)
    return found


def _followed(links: Links, start: int, first: int, stops: set[int]) -> list[int]:
    chain = [start, first]
    while chain[-1] not in stops and chain[-1] != start:
        chain.append(next(node for node in links[chain[-1]] if node != chain[-2]))
    return chain


def _length(places: np.ndarray) -> float:
    return float(np.hypot(*np.diff(places, axis=0).T).sum())


def _frames(
    chains: Iterable[list[int]], points: np.ndarray, shapes: np.ndarray, kinds: np.ndarray
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    lines = shapely.simplify([shapely.LineString(points[chain].round(2)) for chain in chains], BEND_M)
    lines = shapely.normalize(lines[shapely.length(lines) > SNAP_M])
    lines = shapely.from_wkb(np.unique(shapely.to_wkb(lines)))
    ends = [_node_ids(shapely.get_point(lines, place)) for place in (0, -1)]
    edges = gpd.GeoDataFrame({"from_node": ends[0], "to_node": ends[1]}, geometry=lines, crs=RD_EPSG)
    edges = edges.assign(kind=_kinds(lines, shapes, kinds), name=None, origin=ORIGIN, length_m=edges.length.round(2))
    pair = edges["from_node"] + "-" + edges["to_node"]
    again = edges.groupby(pair).cumcount()
    edges["edge_id"] = pair + again.map(lambda number: f"/{number}" if number else "")
    texts = ["from_node", "to_node", "kind", "name", "origin", "edge_id"]
    edges = edges.astype(dict.fromkeys(texts, "str")).set_index("edge_id")
    places = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    nodes = gpd.GeoDataFrame({"node_id": np.concatenate(ends), "origin": ORIGIN}, geometry=places, crs=RD_EPSG)
    nodes = nodes.astype({"node_id": "str", "origin": "str"}).drop_duplicates("node_id").set_index("node_id")
    return nodes, edges


def _kinds(lines: np.ndarray, shapes: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Kind of the surface under the middle of each line; ``rijbaan`` where a gap lies there."""
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    line, surface = shapely.STRtree(shapes).query(middles, predicate="intersects")
    found = np.full(len(lines), "rijbaan", dtype=object)
    found[line[::-1]] = kinds[surface[::-1]]
    return found


def _node_ids(points: np.ndarray) -> np.ndarray:
    return np.array([f"{x:.2f} {y:.2f}" for x, y in shapely.get_coordinates(points)], dtype=object)
