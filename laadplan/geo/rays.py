"""Where straight rays cross the edges of polygons, and whether they go in or out there.

In: polygons of several kinds, starts and directions of rays, in RD New (EPSG:28992, m). Out: crossings, sorted along
each ray. Edges are looked up one by one in a tree, so that a polygon as large as a whole block costs no more than the
few edges a ray meets. Rays are asked tile by tile, which keeps the trees small; it does not change what is found.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TILE_M = 1000.0
"""Side of the square (m) whose rays are asked together."""

TOUCHES_M = 1e-6
"""A ray that begins or ends this near (m) to an edge meets it: finer than any map."""


@dataclass(frozen=True)
class Rays:
    """Straight lines from a start, in a direction of length 1, as far as a reach; all in metres, RD New."""

    starts: Floats
    directions: Floats
    reach_m: Floats

    @property
    def ends(self) -> Floats:
        """Where the rays end."""
        return np.asarray(self.starts + self.directions * self.reach_m[:, None])

    def __getitem__(self, rows: Ints) -> "Rays":
        return Rays(self.starts[rows], self.directions[rows], self.reach_m[rows])


@dataclass(frozen=True)
class Crossings:
    """Crossings sorted by ray and distance: row of the ray, distance from its start (m), row of the polygon, way."""

    ray: Ints
    distance_m: Floats
    polygon: Ints
    enters: Flags

    def first(self, count: int, wanted: Flags) -> Floats:
        """Distance (m) of the first wanted crossing of each of so many rays; infinite where there is none."""
        found = np.full(count, np.inf)
        np.minimum.at(found, self.ray[wanted], self.distance_m[wanted])
        return found


def cross(rays: Rays, polygons: npt.NDArray[np.object_]) -> Crossings:
    """All crossings of rays with the edges of polygons (holes too).

    A ray that runs through a corner crosses one of its two edges, or both ways; a ray along an edge does not cross it.
    """
    oriented = shapely.orient_polygons(polygons, exterior_cw=False)
    tree = shapely.STRtree(oriented)
    found = [_cross_tile(rays[rows], rows, oriented, tree) for rows in _tiles(rays)]
    parts = [np.concatenate([each[place] for each in found]) if found else np.empty(0) for place in range(4)]
    ray, distance, polygon, enters = parts
    order = np.lexsort((enters, polygon, distance, ray))
    return Crossings(
        ray[order].astype(np.int64), distance[order], polygon[order].astype(np.int64), enters[order].astype(bool)
    )


def _tiles(rays: Rays) -> list[Ints]:
    """Rows of the rays per tile."""
    if not len(rays.starts):
        return []
    place = np.floor(rays.starts / TILE_M).astype(np.int64)
    order = np.lexsort((place[:, 1], place[:, 0]))
    breaks = np.flatnonzero((np.diff(place[order], axis=0) != 0).any(axis=1)) + 1
    return list(np.split(order, breaks))


def _cross_tile(
    rays: Rays, rows: Ints, polygons: npt.NDArray[np.object_], tree: shapely.STRtree
) -> tuple[Ints, Floats, Ints, Flags]:
    """Ray, distance, polygon and way in of the crossings of the rays of one tile."""
    both = np.concatenate([rays.starts, rays.ends])
    bounds = (*both.min(axis=0), *both.max(axis=0))
    near = np.sort(tree.query(shapely.box(*bounds)))
    starts, ends, owner = _edges(polygons[near], bounds)
    edges = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)))
    lines = shapely.linestrings(np.stack([rays.starts, rays.ends], axis=1))
    # Edges whose box a ray's box touches: to look which of them it crosses is faster here than in the tree.
    asked, hit = shapely.STRtree(edges).query(lines)
    ahead, origin = rays.directions[asked], rays.starts[asked]
    left_start, left_end = _left(ahead, starts[hit] - origin), _left(ahead, ends[hit] - origin)
    goes = (left_start > 0) != (left_end > 0)
    asked, hit, left_start, left_end = asked[goes], hit[goes], left_start[goes], left_end[goes]
    at = starts[hit] + (ends[hit] - starts[hit]) * (left_start / (left_start - left_end))[:, None]
    distance = ((at - rays.starts[asked]) * rays.directions[asked]).sum(axis=1)
    meets = (distance >= -TOUCHES_M) & (distance <= rays.reach_m[asked] + TOUCHES_M)
    asked, hit, distance, left_start = asked[meets], hit[meets], distance[meets], left_start[meets]
    # The inside of a polygon lies to the left of its edges: one that comes from the left of the ray is gone in by.
    return rows[asked], np.maximum(distance, 0.0), near[owner[hit]], left_start > 0


def _edges(polygons: npt.NDArray[np.object_], bounds: tuple[float, ...]) -> tuple[Floats, Floats, Ints]:
    """Both ends and the polygon of all edges whose box touches the bounds."""
    rings, ring_owner = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    together = ring[1:] == ring[:-1]
    starts, ends, owner = xy[:-1][together], xy[1:][together], ring_owner[ring[:-1][together]]
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    near = (low <= bounds[2:]).all(axis=1) & (high >= bounds[:2]).all(axis=1)
    return starts[near], ends[near], owner[near]


def _left(ahead: Floats, to: Floats) -> Floats:
    """How far points lie to the left of a direction (m)."""
    return np.asarray(ahead[:, 0] * to[:, 1] - ahead[:, 1] * to[:, 0])
