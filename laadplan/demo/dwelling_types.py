"""The type of every dwelling of a quarter of the demo town, as its builder meant it.

In: a ``Quarter``. Out: a type per dwelling. A dwelling that shares its pand with another address is an appartement. Of
the others those that stand wall to wall form a row: alone it is detached, two are a pair, more have two ends. Sheds and
garages have no address and part or join nothing.
"""

from collections import Counter

import numpy as np
import scipy.sparse
import scipy.sparse.csgraph
import shapely

from laadplan.demo.model import Quarter

FLAT = "appartement"
TYPES = ("vrijstaand", "twee-onder-een-kap", "hoekwoning", "tussenwoning", FLAT)

WALL_M = 1.0
"""Houses share a wall where their outlines run together over this length: rows may be stepped."""

_TOUCH_M = 0.002
"""Walls lie on the millimetre grid."""


def dwelling_types(quarter: Quarter) -> dict[str, str]:
    """Type of each dwelling by its id of nummeraanduiding, in the order of the addresses."""
    units = Counter(address.building_id for address in quarter.addresses)
    houses = [building for building in quarter.buildings if building.bag_id in units]
    types = _types(np.array([house.polygon for house in houses], dtype=object))
    by_building = dict(zip((house.bag_id for house in houses), types, strict=True))
    return {
        home.number_id: FLAT if units[home.building_id] > 1 else by_building[home.building_id]
        for home in quarter.addresses
        if home.is_dwelling
    }


def _types(shapes: np.ndarray) -> list[str]:
    """Type of each building by those it stands against."""
    if not len(shapes):
        return []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_TOUCH_M)
    one, other = one[one != other], other[one != other]
    shared = shapely.length(
        shapely.intersection(shapely.boundary(shapes[one]), shapely.buffer(shapes[other], _TOUCH_M))
    )
    one, other = one[shared > WALL_M], other[shared > WALL_M]
    graph = scipy.sparse.coo_matrix((np.ones(len(one)), (one, other)), shape=(len(shapes), len(shapes)))
    row = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
    sizes = np.bincount(row)[row]
    walls = np.bincount(one, minlength=len(shapes))
    detached, pair, end, middle, _ = TYPES
    return np.select([sizes == 1, sizes == 2, walls == 1], [detached, pair, end], middle).tolist()
