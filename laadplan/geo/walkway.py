"""The walkway as a surface: footways joined, obstacles cut out, its edges ready to be measured to.

In: footways and what stands in the way, RD New. Out: `Walkway`, its edges as arrays, each with the free surface on its
left. An edge belongs either to a **wall** (the outside of the walkway, or a hole too large to be walked round) or to an
**island** (a smaller hole: a lamp post, a bench, a tree pit, a kiosk). An obstacle that touches a wall is part of it.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

JOINED_M = 0.05
"""Footways with a gap narrower than this between them are one (m): the accuracy of a BGT edge."""

EDGE_M = 8.0
"""Longer edges are kept in pieces (m), so that a tree of boxes finds few of them in vain."""

EXACT_M = 1e-6
"""Shorter than this is nothing (m): far below what any source measures."""


@dataclass(frozen=True)
class Walkway:
    """Edges of the free walkway, n in all, in no order that matters.

    Attributes
    ----------
    parts
        The connected pieces of the free walkway, polygons.
    begin, end
        Coordinates of the edges (n, 2) in m RD; the free surface lies on the left from begin to end.
    part
        Number of the piece an edge belongs to (n).
    ring
        Number of the ring it belongs to (n).
    is_island
        Whether that ring is an island (n).
    tree
        Search tree over the edges, numbered as the arrays.
    """

    parts: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    part: np.ndarray
    ring: np.ndarray
    is_island: np.ndarray
    tree: shapely.STRtree


def make_walkway(footways: gpd.GeoSeries, obstacles: gpd.GeoSeries, *, island_m: float) -> Walkway:
    """The free walkway: all footways at ground level joined, less the obstacles.

    Parameters
    ----------
    footways
        Surfaces that count as footway, RD New.
    obstacles
        Surfaces that nobody can walk on, RD New, see `laadplan.geo.hindrance`.
    island_m
        A hole whose box is at most so long and wide is an island; a larger one is a wall.
    """
    whole = _joined(footways.to_numpy())
    return _with_edges(_free(whole, obstacles.to_numpy()), island_m)


def _joined(footways: np.ndarray) -> np.ndarray:
    """Connected surfaces, gaps below `JOINED_M` closed."""
    parts = shapely.get_parts(shapely.disjoint_subset_union_all(footways))
    half = JOINED_M / 2
    wider = shapely.buffer(parts, half, join_style="mitre", mitre_limit=10.0)
    touching = shapely.get_parts(shapely.disjoint_subset_union_all(wider))
    closed = shapely.buffer(touching, -half, join_style="mitre", mitre_limit=10.0)
    return np.asarray(shapely.get_parts(closed))


def _free(whole: np.ndarray, obstacles: np.ndarray) -> np.ndarray:
    """Each surface less the obstacles on it, in connected pieces."""
    merged = shapely.get_parts(shapely.disjoint_subset_union_all(obstacles[shapely.area(obstacles) > 0]))
    hit, thing = shapely.STRtree(merged).query(whole, predicate="intersects")
    if not len(hit):
        return whole
    order = np.lexsort((thing, hit))
    hit, thing = hit[order], thing[order]
    rows, number = np.unique(hit, return_inverse=True)
    cut = whole.copy()
    cut[rows] = shapely.difference(whole[rows], shapely.multipolygons(merged[thing], indices=number))
    pieces = shapely.get_parts(cut)
    return np.asarray(pieces[shapely.get_dimensions(pieces) == 2])


def _with_edges(parts: np.ndarray, island_m: float) -> Walkway:
    oriented = shapely.segmentize(shapely.orient_polygons(parts), EDGE_M)
    rings, part = shapely.get_rings(oriented, return_index=True)
    is_outside = np.r_[True, part[1:] != part[:-1]] if len(part) else np.empty(0, dtype=bool)
    low_x, low_y, high_x, high_y = shapely.bounds(rings).T
    small = np.maximum(high_x - low_x, high_y - low_y) <= island_m
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    begin, end, ring = xy[:-1][follows], xy[1:][follows], ring[:-1][follows]
    edges = np.asarray(shapely.linestrings(np.stack([begin, end], axis=1)))
    return Walkway(
        parts=parts,
        begin=begin,
        end=end,
        part=part[ring],
        ring=ring,
        is_island=(small & ~is_outside)[ring],
        tree=shapely.STRtree(edges),
    )
