"""A street as it is drawn from above: the public frames that a picture of it shows.

In: frames in RD New. Out: `Street`, and the part of it in a box. There is no place in it for a confidential frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.geo.area import touching


@dataclass(frozen=True)
class Street:
    """What is known of a street: frames as their contracts say, in RD New; None where not delivered.

    ``verdicts`` says of each ``locatie_id`` ``voldoet``, ``voldoet niet`` or ``schouw``; one that it does not name is
    drawn as not judged. ``widths`` are lines (m RD) that are drawn as dimension lines with their key as text, such as
    the free width of a walkway.
    """

    bays: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    verdicts: pd.Series
    road_parts: gpd.GeoDataFrame | None = None
    terrain: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    obstacles: gpd.GeoDataFrame | None = None
    trees: gpd.GeoDataFrame | None = None
    addresses: gpd.GeoDataFrame | None = None
    charge_points: gpd.GeoDataFrame | None = None
    widths: Mapping[str, shapely.LineString] = field(default_factory=dict)

    def within(self, view: shapely.Polygon) -> "Street":
        """The rows that touch a box, in order of id."""
        cut: dict[str, Any] = {
            each.name: touching(getattr(self, each.name), view).sort_index(kind="stable")
            for each in fields(self)
            if isinstance(getattr(self, each.name), gpd.GeoDataFrame)
        }
        return replace(self, **cut)
