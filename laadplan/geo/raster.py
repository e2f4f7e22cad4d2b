"""Rasters as arrays in RD New.

In: nothing yet. Out: `Raster`, what a window of a raster file becomes: north up, no data as not a number.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Raster:
    """Values (rows, columns) as float32, not a number where there is no data, row 0 in the north; RD New (EPSG:28992).

    `left_m` and `top_m` are the outer corner of the first cell; cells are `cell_width_m` by `cell_height_m`.
    """

    values: np.ndarray
    left_m: float
    top_m: float
    cell_width_m: float
    cell_height_m: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Xmin, ymin, xmax, ymax in RD New (m)."""
        rows, columns = self.values.shape
        right, bottom = self.left_m + columns * self.cell_width_m, self.top_m - rows * self.cell_height_m
        return self.left_m, bottom, right, self.top_m

    @property
    def nodata_count(self) -> int:
        """Cells without data."""
        return int(np.isnan(self.values).sum())
