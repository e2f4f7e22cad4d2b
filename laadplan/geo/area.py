"""The area of a plan as a shape."""

import geopandas as gpd
import shapely

from laadplan.config.project import Area


def area_shape(area: Area) -> shapely.Polygon | None:
    """The box of the area in RD New (m); None when the plan covers all that the sources hold."""
    return shapely.box(*area.bbox_rd) if area.bbox_rd else None


def reading_shape(area: Area) -> shapely.Polygon | None:
    """The box within which sources are read: the area with its margin, RD New (m); None without a box."""
    shape = area_shape(area)
    return shape and shapely.box(*shapely.buffer(shape, area.margin_m).bounds)


def touching(frame: gpd.GeoDataFrame, shape: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """The rows that touch the shape (m RD), in their order; all of them without one."""
    if shape is None:
        return frame
    return gpd.GeoDataFrame(frame.iloc[frame.sindex.query(shape, predicate="intersects", sort=True)])


def surroundings(area: Area, buurten: gpd.GeoDataFrame | None, norm_m: float) -> shapely.Geometry | None:
    """The area with what lies within walking distance of it and the buurten that it touches; None without a box."""
    shape = area_shape(area)
    if shape is None:
        return None
    touched = [] if buurten is None else list(buurten.geometry)
    return shapely.union_all([shapely.buffer(shape, norm_m), *touched])
