"""The area of a plan as a shape."""

import shapely

from laadplan.config.project import Area


def area_shape(area: Area) -> shapely.Polygon | None:
    """The box of the area in RD New (m); None when the plan covers all that the sources hold."""
    return shapely.box(*area.bbox_rd) if area.bbox_rd else None
