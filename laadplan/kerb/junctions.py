"""Junctions: where carriageways meet, found from their surfaces alone.

In: road parts. Out: the circles that fit between the kerbs where three branches or more come together. The BGT draws
carriageways as surfaces, cut up as its keeper liked, so how parts touch says nothing. Points along the kerbs are
therefore joined into triangles: one that has no side along a kerb touches three kerbs, and the circle through its
corners is the widest that fits there. It is a junction when carriageways leave it on three sides or more, each some
way. An exit (inrit) is no carriageway, so that a street behind one does not make a junction; a small island does not
part a road.
"""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG

STEP_M = 2.0
"""Distance between points along the kerbs (m): less than any carriageway is wide."""

WIDEST_M = 20.0
"""Largest radius of a circle that is a junction (m); what is wider is a square."""

BRANCH_M = 8.0
"""How far a branch goes on beyond the circle (m): a lay-by or a driveway drawn as carriageway is shorter."""

ISLAND_M2 = 40.0
"""Islands in the carriageway up to this (m2) do not part it: refuges of crossings; roundabouts have larger ones."""

PASSING_M2 = 1.0
"""A carriageway that shares more than this (m2) with one at ground level passes over or under it."""

SNAP_M = 0.01
"""Corners of road parts are brought to a grid of this (m); slivers that are left between them are small islands."""

TILE_M, MARGIN_M = 1000.0, 30.0
"""Carriageways are looked at per tile and so far around it (m): the widest circle and its branches lie within."""


def junctions(road_parts: gpd.GeoDataFrame, driveable: Sequence[str]) -> gpd.GeoDataFrame:
    """Centres of the circles in which carriageways meet, with ``radius_m``; one junction may have several.

    Parameters
    ----------
    road_parts
        `RoadParts`, RD New; those at ground level count, and bridges that lie over no other carriageway.
    driveable
        BGT functions of a carriageway.

    Returns
    -------
    Points in RD New (m, to the centimetre), indexed by their coordinates.
    """
    parts = _through(road_parts[road_parts["function"].isin(list(driveable))].sort_index())
    circles = [np.empty((0, 3))]
    if len(parts):
        tree = shapely.STRtree(parts)
        circles += [_circles_in(tile, parts, tree) for tile in _tiles(shapely.total_bounds(parts))]
    found = np.unique(np.round(np.vstack(circles), 2), axis=0)
    names = pd.Index([f"{x:.2f} {y:.2f} {radius:.2f}" for x, y, radius in found], dtype="str", name="junction_id")
    centres = gpd.points_from_xy(found[:, 0], found[:, 1])
    return gpd.GeoDataFrame({"radius_m": found[:, 2]}, geometry=centres, index=names, crs=RD_EPSG)


def _through(carriageways: gpd.GeoDataFrame) -> np.ndarray:
    """The carriageways at ground level and those that take them over water; not what passes over or under them."""
    shapes, ground = carriageways.geometry.to_numpy(), carriageways["level"].to_numpy() == 0
    raised = shapes[~ground]
    rows, hits = shapely.STRtree(shapes[ground]).query(raised, predicate="intersects")
    above = shapely.area(shapely.intersection(raised[rows], shapes[ground][hits])) > PASSING_M2
    ground[np.flatnonzero(~ground)[np.setdiff1d(np.arange(len(raised)), rows[above])]] = True
    return np.asarray(shapely.set_precision(shapes[ground], SNAP_M))


def _tiles(bounds: np.ndarray) -> np.ndarray:
    left, low, right, high = bounds
    x, y = np.meshgrid(np.arange(left, right, TILE_M), np.arange(low, high, TILE_M))
    return np.asarray(shapely.box(x.ravel(), y.ravel(), x.ravel() + TILE_M, y.ravel() + TILE_M))


def _circles_in(tile: shapely.Polygon, parts: np.ndarray, tree: shapely.STRtree) -> np.ndarray:
    """X, y and radius (m) of the junctions whose centre lies in the tile."""
    around = shapely.box(*(np.array(tile.bounds) + MARGIN_M * np.array([-1.0, -1.0, 1.0, 1.0])))
    near = np.sort(tree.query(around, predicate="intersects"))
    if not len(near):
        return np.empty((0, 3))
    surfaces = _joined(parts[near])
    surfaces = shapely.get_parts(shapely.intersection(_without_islands(surfaces), around))
    surfaces = surfaces[shapely.get_type_id(surfaces) == shapely.GeometryType.POLYGON]
    if not len(surfaces):
        return np.empty((0, 3))
    circles = _between_kerbs(surfaces)
    circles = circles[shapely.intersects_xy(tile, circles[:, :2])]
    rows, hits = shapely.STRtree(surfaces).query(shapely.points(circles[:, :2]), predicate="within")
    circles, surfaces = circles[rows], surfaces[hits]
    return np.asarray(circles[_branches(circles, surfaces) > 2])


def _joined(parts: np.ndarray) -> np.ndarray:
    """The parts as connected surfaces. A buffer of nothing joins all at once; a union, two by two, takes ten times."""
    return np.asarray(shapely.get_parts(shapely.buffer(shapely.multipolygons(shapely.get_parts(parts)), 0)))


def _without_islands(surfaces: np.ndarray) -> np.ndarray:
    """The surfaces with their small holes filled."""
    rings, owner = shapely.get_rings(surfaces, return_index=True)
    outer = np.diff(owner, prepend=-1) > 0
    kept = outer | (shapely.area(shapely.polygons(rings)) > ISLAND_M2)
    return np.array([shapely.polygons(each[0], each[1:]) for each in _groups(rings[kept], owner[kept])])


def _groups(values: np.ndarray, owner: np.ndarray) -> list[np.ndarray]:
    return np.split(values, np.flatnonzero(np.diff(owner)) + 1)


def _between_kerbs(surfaces: np.ndarray) -> np.ndarray:
    """X, y and radius (m) of the circles through three points that lie on different stretches of kerb."""
    kerbs = shapely.segmentize(shapely.boundary(surfaces), STEP_M)
    triangles = shapely.delaunay_triangles(shapely.geometrycollections(kerbs))
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)
    sides = np.hypot(*np.moveaxis(np.diff(corners, axis=1), 2, 0))
    circles = _circles_through(corners[(sides > STEP_M + SNAP_M).all(axis=1), :3])
    return np.asarray(circles[circles[:, 2] <= WIDEST_M])


def _circles_through(corners: np.ndarray) -> np.ndarray:
    """X, y and radius (m) of the circle through the three corners of each triangle."""
    first = corners[:, 0]
    (bx, by), (cx, cy) = (corners[:, 1] - first).T, (corners[:, 2] - first).T
    twice_area = 2 * (bx * cy - by * cx)
    x = (cy * (bx**2 + by**2) - by * (cx**2 + cy**2)) / twice_area
    y = (bx * (cx**2 + cy**2) - cx * (bx**2 + by**2)) / twice_area
    return np.column_stack([first[:, 0] + x, first[:, 1] + y, np.hypot(x, y)])


def _branches(circles: np.ndarray, surfaces: np.ndarray) -> np.ndarray:
    """How many carriageways leave each circle, each going on for a while."""
    discs = shapely.buffer(shapely.points(circles[:, :2]), circles[:, 2] + BRANCH_M)
    pieces, rows = shapely.get_parts(shapely.intersection(discs, surfaces), return_index=True)
    joined = shapely.intersects_xy(pieces, circles[rows, :2])
    rows = rows[joined]
    edges = shapely.intersection(shapely.boundary(discs[rows]), shapely.buffer(pieces[joined], SNAP_M))
    ends = shapely.line_merge(edges)
    found = np.zeros(len(circles), dtype=int)
    found[rows] = np.where(shapely.is_empty(ends), 0, shapely.get_num_geometries(ends))
    return found
