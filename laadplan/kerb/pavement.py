"""On which side of a row of bays cars drive in, and where the pavement begins on the other.

In: bays in rows and road parts. Out: per row whether its right hand is the pavement. From both long sides of the bays
the free length is measured: over carriageways, inritten and the surfaces on which bays are drawn, until another bay or
the pavement. Cars need room to turn in, so the side that is freer at most bays of a row is theirs; a bay drawn on the
carriageway has the edge of the carriageway as its pavement side. Where that is a tie, the nearest carriageway decides.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from laadplan.config.project import Surfaces
from laadplan.kerb.neighbours import GAP_M, Rows
from laadplan.kerb.row import INWARD_M

FREE_M = 15.0
"""Free length is measured up to this (m): more than any bay needs to be driven into."""

SAME_M = 0.10
"""Free lengths that differ by less do not tell the sides apart (m): the BGT is good to a decimetre or two."""

EDGE_M = 1.0
"""The edge of the surface a bay lies on is the pavement's where it is no further than this from the bay (m)."""

BACK_SHARE = 0.05
"""The back of a schuin bay is taken at this share of its depth before the pavement."""

NEAR_M = 30.0
"""A carriageway further away than this does not tell the sides apart (m)."""


@dataclass(frozen=True)
class Street:
    """What lies round the bays: arrays of surfaces at ground level (m RD)."""

    driven: np.ndarray
    """Carriageways."""
    open: np.ndarray
    """Carriageways, inritten and surfaces on which bays are drawn, footways left out."""


@dataclass(frozen=True)
class BayEnds:
    """Begin and end of each bay along the kerb, in its middle, and the point of the pavement at its end (m RD)."""

    begin: np.ndarray
    end: np.ndarray
    kerb: np.ndarray


def street_of(road_parts: gpd.GeoDataFrame, held: np.ndarray, surfaces: Surfaces) -> Street:
    """The surfaces on which cars drive.

    Parameters
    ----------
    road_parts
        `RoadParts` at ground level.
    held
        lokaalIDs of the parts on which bays lie.
    surfaces
        Which functions are carriageways, aisles and footways.
    """
    function = road_parts["function"]
    carriageway = function.isin(surfaces.driveable)
    holds = road_parts.index.isin(held) & ~function.isin(surfaces.footway)
    found = carriageway | function.isin(surfaces.aisle) | holds
    shapes = road_parts.geometry.to_numpy()
    return Street(shapes[carriageway.to_numpy()], shapes[found.to_numpy()])


def side_evidence(bays: np.ndarray, rows: Rows, street: Street) -> np.ndarray:
    """Per row above 0 where its right hand is the pavement, below 0 where its left hand is, 0 where nothing tells.

    Parameters
    ----------
    bays
        Surfaces of the bays (m RD) in the order of ``rows``.
    rows
        The rows.
    street
        What lies round them.
    """
    right = np.column_stack([rows.forward[:, 1], -rows.forward[:, 0]])
    middle, (near, far) = shapely.get_coordinates(shapely.centroid(bays)), extents(bays, right)
    number = int(rows.row.max(initial=-1)) + 1
    starts = [middle + far[:, None] * right, middle + near[:, None] * right]
    free = [_free(bays, rows.row, start, way, street) for start, way in zip(starts, (right, -right), strict=True)]
    freer = np.round(free[1] - free[0], 2)
    votes = np.bincount(rows.row, np.sign(freer) * (np.abs(freer) >= SAME_M), number)
    even = votes[rows.row] == 0
    away = [np.bincount(rows.row[even], _distance(start[even], street.driven), number) for start in starts]
    return np.where(votes != 0, votes, np.round(away[0] - away[1], 2))


def bay_ends(bays: np.ndarray, forward: np.ndarray, slanting: np.ndarray, below: np.ndarray) -> BayEnds:
    """Where each bay begins and ends along the kerb, and where the pavement begins at its end.

    Parameters
    ----------
    bays, forward
        Surfaces (m RD) and unit vectors along the kerb with the pavement on their right hand.
    slanting
        Which bays are schuin: they end further along on the pavement side than on the other.
    below
        The surface each bay lies on, None where there is none: its edge is the pavement's where it is near.
    """
    right = np.column_stack([forward[:, 1], -forward[:, 0]])
    middle, (near, far) = shapely.get_coordinates(shapely.centroid(bays)), extents(bays, right)
    line = middle + ((near + far) / 2)[:, None] * right
    begin, end = (line + reach[:, None] * forward for reach in _section(bays, line, forward))
    back = (middle + (far - BACK_SHARE * (far - near))[:, None] * right)[slanting]
    ways, corner = forward[slanting], end.copy()
    corner[slanting] = back + _section(bays[slanting], back, ways)[1][:, None] * ways
    corner -= INWARD_M * forward
    deep = np.where(slanting, BACK_SHARE * (far - near), _section(bays, corner, right)[1])
    edge = first_stretch_of(corner, right, below)
    depth = np.where(np.abs(edge - deep) <= EDGE_M, edge, deep)
    return BayEnds(begin, end, corner + INWARD_M * forward + depth[:, None] * right)


def extents(bays: np.ndarray, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From where to where each bay reaches in a direction (unit vectors n, 2), from its middle (m)."""
    xy, at = shapely.get_coordinates(bays, return_index=True)
    middle = shapely.get_coordinates(shapely.centroid(bays))
    reach = np.sum((xy - middle[at]) * ways[at], axis=1)
    first = np.flatnonzero(np.diff(at, prepend=-1))
    if not len(first):
        return np.empty(0), np.empty(0)
    return np.minimum.reduceat(reach, first), np.maximum.reduceat(reach, first)


def first_stretch(starts: np.ndarray, ways: np.ndarray, reach_m: float, surfaces: np.ndarray) -> np.ndarray:
    """How far (m) each ray runs over the surfaces from its start on, gaps up to `GAP_M` taken along."""
    found = np.zeros(len(starts))
    ray, begin, end = _crossed(starts, ways, reach_m, surfaces)
    if not len(ray):
        return found
    order = np.lexsort((begin, ray))
    ray, begin, end = ray[order], begin[order], end[order]
    apart = 2 * reach_m * ray  # so that the furthest end of one ray never reaches into the next
    furthest = np.maximum.accumulate(end + apart) - apart
    is_first = np.concatenate([[True], ray[1:] != ray[:-1]])
    before = np.where(is_first, 0.0, np.concatenate([[0.0], furthest[:-1]]))
    gap = (begin > before + GAP_M).astype(int)
    gaps = np.cumsum(gap)
    start_of_ray = np.maximum.accumulate(np.where(is_first, np.arange(len(ray)), 0))
    unbroken = np.asarray(gaps == (gaps - gap)[start_of_ray])
    np.maximum.at(found, ray[unbroken], furthest[unbroken])
    return found


def first_stretch_of(starts: np.ndarray, ways: np.ndarray, surfaces: np.ndarray) -> np.ndarray:
    """How far (m) each ray runs over its own surface from its start on; NaN where it has none (None)."""
    found = np.full(len(starts), np.nan)
    has = ~shapely.is_missing(surfaces)
    rays = shapely.linestrings(np.stack([starts[has], starts[has] + FREE_M * ways[has]], axis=1))
    parts, at = shapely.get_parts(shapely.intersection(rays, surfaces[has]), return_index=True)
    starting = shapely.distance(parts, shapely.points(starts[has][at])) <= INWARD_M
    length = np.zeros(int(has.sum()))
    np.maximum.at(length, at[starting], shapely.length(parts[starting]))
    found[has] = length
    return found


def _section(bays: np.ndarray, points: np.ndarray, ways: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From where to where a line through a point reaches in each bay, along its direction from the point (m)."""
    low, high = extents(bays, ways)
    shift = np.sum((points - shapely.get_coordinates(shapely.centroid(bays))) * ways, axis=1)
    lines = shapely.linestrings(np.stack([points - FREE_M * ways, points + FREE_M * ways], axis=1))
    xy, at = shapely.get_coordinates(shapely.intersection(lines, bays), return_index=True)
    along = np.sum((xy - points[at]) * ways[at], axis=1)
    first = np.flatnonzero(np.diff(at, prepend=-1))
    begin, end = low - shift, high - shift
    if len(first):
        begin[at[first]] = np.minimum.reduceat(along, first)
        end[at[first]] = np.maximum.reduceat(along, first)
    return begin, end


def _free(bays: np.ndarray, row: np.ndarray, starts: np.ndarray, ways: np.ndarray, street: Street) -> np.ndarray:
    """How far cars can come straight out of each bay: over open surfaces, up to a bay of another row (m)."""
    rays = shapely.linestrings(np.stack([starts, starts + FREE_M * ways], axis=1))
    ray, other = shapely.STRtree(bays).query(rays, predicate="intersects")
    strange = row[ray] != row[other]
    blocked = np.full(len(starts), FREE_M)
    distance = shapely.distance(shapely.points(starts[ray[strange]]), bays[other[strange]])
    np.minimum.at(blocked, ray[strange], distance)
    return np.asarray(np.minimum(blocked, first_stretch(starts, ways, FREE_M, street.open)))


def _crossed(
    starts: np.ndarray, ways: np.ndarray, reach_m: float, surfaces: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The stretches of rays over surfaces: number of the ray, begin and end along it (m)."""
    rays = np.asarray(shapely.linestrings(np.stack([starts, starts + reach_m * ways], axis=1)))
    ray, hit = shapely.STRtree(surfaces).query(rays, predicate="intersects")
    parts, at = shapely.get_parts(shapely.intersection(rays[ray], surfaces[hit]), return_index=True)
    xy, of = shapely.get_coordinates(parts, return_index=True)
    ray = ray[at]
    along = np.sum((xy - starts[ray[of]]) * ways[ray[of]], axis=1)
    first = np.flatnonzero(np.diff(of, prepend=-1))
    if not len(first):
        return np.empty(0, dtype=int), np.empty(0), np.empty(0)
    return ray[of[first]], np.minimum.reduceat(along, first), np.maximum.reduceat(along, first)


def _distance(points: np.ndarray, driven: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest carriageway, `NEAR_M` where none is nearer (m)."""
    found = np.full(len(points), NEAR_M)
    if len(driven) and len(points):
        (at, _), distance = shapely.STRtree(driven).query_nearest(
            shapely.points(points), max_distance=NEAR_M, return_distance=True, all_matches=False
        )
        found[at] = distance
    return found
