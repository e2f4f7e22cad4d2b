"""Bridges of the demo town: what lies over water goes one level up.

In: surfaces of level 0, with water that runs on under the roads that cross it (EPSG:28992). Out: the same surfaces cut
at the water's edge, so that level 0 is tiled once and the bridges lie on level 1.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from laadplan.demo.model import Surface
from laadplan.demo.shapes import join, polygons, subtract
from laadplan.demo.sizes import GRID_M, SLIVER_M2

WATER = ("waterdeel", "waterloop")
"""Layer and code of the water that bridges cross."""

_ROADS = ("wegdeel", "ondersteunendwegdeel")


def bridge_over(surfaces: Sequence[Surface]) -> list[Surface]:
    """Surfaces with what lies over water lifted to level 1 (roads and verges) or taken away (the rest).

    Parameters
    ----------
    surfaces
        Surfaces in RD New; those of layer and code `WATER` at level 0 may lie under others.
    """
    water = [surface.polygon for surface in surfaces if (surface.layer, surface.code) == WATER and not surface.level]
    if not water:
        return list(surfaces)
    over = [index for index, surface in enumerate(surfaces) if surface.layer != WATER[0] and not surface.level]
    shapes = np.array([surfaces[index].polygon for index in over])
    mine, its = shapely.STRtree(water).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[mine], np.array(water)[its])) > SLIVER_M2
    crossed: dict[int, list[shapely.Polygon]] = {}
    for one, other in zip(mine[shared].tolist(), its[shared].tolist(), strict=True):
        crossed.setdefault(over[one], []).append(water[other])
    return [
        part
        for index, surface in enumerate(surfaces)
        for part in (_parted(surface, crossed[index]) if index in crossed else [surface])
    ]


def _parted(surface: Surface, water: Sequence[shapely.Polygon]) -> list[Surface]:
    """A surface beside the water on level 0, and over it on level 1."""
    below = join(water)
    parts = [replace(surface, polygon=part) for part in polygons(subtract(surface.polygon, below))]
    if surface.layer in _ROADS:
        over = shapely.intersection(surface.polygon, below, grid_size=GRID_M)
        parts += [replace(surface, polygon=part, level=1) for part in polygons(over)]
    return parts
