"""Rasters as arrays in RD New, and their values at points.

In: points in RD New, and windows of rasters. Out: `Raster`, what a window of a raster file becomes (north up, no data
as not a number), and the value of the cell in which each point lies.
"""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import require_rd

WINDOW_M = 2000.0
"""Side of the windows in which a raster is read (m): 16 million cells of half a metre."""

AROUND_M = 0.01
"""Windows are read this far around the points in them (m), so that a point on an edge has its cell."""


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


def sample(raster: Raster, points: gpd.GeoSeries) -> pd.Series:
    """Value of the cell in which each point lies; NaN outside the raster and where there is no data.

    A point on the edge between two cells is in the eastern or southern one, so that each point has one cell. Values are
    the shortest decimal numbers that the raster's 4 bytes stand for: 0.1, not 0.10000000149.

    Raises
    ------
    WrongCrs
        The points are not in RD New.
    """
    require_rd(gpd.GeoDataFrame(geometry=points), "points")
    places = shapely.get_coordinates(points.to_numpy())
    columns = np.floor((places[:, 0] - raster.left_m) / raster.cell_width_m)
    rows = np.floor((raster.top_m - places[:, 1]) / raster.cell_height_m)
    height, width = raster.values.shape
    within = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    values = np.full(len(points), np.nan)
    found = raster.values[rows[within].astype(int), columns[within].astype(int)]
    values[within] = found.astype(np.float32).astype("str").astype(float)
    return pd.Series(values, index=points.index)


def sample_windows(points: gpd.GeoSeries, read: Callable[[shapely.Polygon], Raster]) -> pd.Series:
    """Value of a raster at each point, read by windows of `WINDOW_M` that hold points: it need not fit in memory.

    Parameters
    ----------
    points
        Points in RD New.
    read
        Reads the cells that touch the bounds of a shape (m RD).
    """
    values = np.full(len(points), np.nan)
    places = np.floor(shapely.get_coordinates(points.to_numpy()) / WINDOW_M)
    for _, rows in pd.Series(range(len(points))).groupby([places[:, 0], places[:, 1]]):
        here = gpd.GeoSeries(points.iloc[rows.to_numpy()])
        xmin, ymin, xmax, ymax = here.total_bounds.tolist()
        around = shapely.box(xmin - AROUND_M, ymin - AROUND_M, xmax + AROUND_M, ymax + AROUND_M)
        values[rows] = sample(read(around), here)
    return pd.Series(values, index=points.index)
