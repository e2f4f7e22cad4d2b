"""The rows of a source that lie in the area asked for.

In: a frame in RD New (EPSG:28992) and a shape in it. Out: the rows in the shape, the others noted by the rule
`OUTSIDE`.
"""

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.quality import Quality

OUTSIDE = "buiten het gebied"
"""The rule by which rows outside the area are left out."""


def inside(
    frame: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality, *, by_id: bool = True
) -> gpd.GeoDataFrame:
    """The rows that lie within the area (m RD), for points; all of them without one.

    Parameters
    ----------
    by_id
        Whether the rows left out are noted with their ids; otherwise by their number alone, because they are many or
        confidential.
    """
    return frame if area is None else _kept(frame, frame.within(area), quality, by_id=by_id)


def touching(
    frame: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality, *, by_id: bool = True
) -> gpd.GeoDataFrame:
    """The rows that touch the area (m RD), for lines and surfaces; otherwise as `inside`."""
    return frame if area is None else _kept(frame, frame.intersects(area), quality, by_id=by_id)


def _kept(frame: gpd.GeoDataFrame, stays: pd.Series, quality: Quality, *, by_id: bool) -> gpd.GeoDataFrame:
    if by_id:
        quality.drop(OUTSIDE, frame.index[~stays])
    else:
        quality.skip(OUTSIDE, int((~stays).sum()))
    return frame[stays]
