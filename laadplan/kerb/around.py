"""The road parts round a strip: what cars drive on, where they park, and the rest.

In: road parts at ground level. Out: those near a strip, clipped to a window round it so that a long carriageway costs
no more than a short one.
"""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.config.project import Surfaces

PARKING = "parkeervlak"
"""BGT function of a parking strip."""

CLIPPED_M = 3.5
"""Margin round a strip within which its surroundings are looked at beyond what touches (m)."""

TAKEN_M = 0.10
"""Parking strips that overlap a strip no further than this lie beside it (m)."""


@dataclass(frozen=True)
class Surroundings:
    """The road parts at ground level, found by place."""

    surfaces: np.ndarray
    functions: np.ndarray
    rules: Surfaces

    @classmethod
    def of(cls, ground: gpd.GeoDataFrame, rules: Surfaces) -> "Surroundings":
        """The surroundings of all strips."""
        return cls(ground.geometry.to_numpy(), ground["function"].to_numpy(dtype=object), rules)

    def driven(self, strip: BaseGeometry, within_m: float) -> BaseGeometry:
        """The carriageways within a distance, clipped to a window round the strip."""
        return self._near(strip, within_m, self._driveable)

    def aisles(self, strip: BaseGeometry, within_m: float) -> BaseGeometry:
        """The aisles within a distance, clipped likewise."""
        return self._near(strip, within_m, self._aisle)

    def ways(self, strip: BaseGeometry, within_m: float) -> BaseGeometry:
        """All that cars drive on within a distance: carriageways and aisles, clipped likewise."""
        return self._near(strip, within_m, self._driveable | self._aisle)

    def parked(self, strip: BaseGeometry, within_m: float) -> BaseGeometry:
        """The other parking strips within a distance."""
        return shapely.difference(self._near(strip, within_m, self._parking), shapely.buffer(strip, TAKEN_M))

    def others(self, strip: BaseGeometry, within_m: float) -> BaseGeometry:
        """Road parts on which one neither drives nor parks, within a distance."""
        return self._near(strip, within_m, ~self._driveable & ~self._aisle & ~self._parking)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.surfaces)

    @cached_property
    def _driveable(self) -> np.ndarray:
        return np.isin(self.functions, self.rules.driveable)

    @cached_property
    def _aisle(self) -> np.ndarray:
        return np.isin(self.functions, self.rules.aisle)

    @cached_property
    def _parking(self) -> np.ndarray:
        return np.asarray(self.functions == PARKING)

    def _near(self, strip: BaseGeometry, within_m: float, wanted: np.ndarray) -> BaseGeometry:
        west, south, east, north = strip.bounds
        margin = within_m + CLIPPED_M
        window = (west - margin, south - margin, east + margin, north + margin)
        found = np.sort(self._tree.query(shapely.box(*window)))
        found = found[wanted[found]]
        clipped = shapely.clip_by_rect(self.surfaces[found], *window)
        clipped = clipped[~shapely.is_empty(clipped)]
        if len(clipped) <= 1:
            return clipped[0] if len(clipped) else shapely.GeometryCollection()
        return shapely.union_all(shapely.make_valid(clipped))
