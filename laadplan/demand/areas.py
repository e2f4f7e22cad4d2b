"""Calculation areas: the polygons that demand and use are counted for, and which of them a place belongs to.

In: CBS buurten, zones. Out: `DemandAreas`, and the area of each place. Hard decisions: zones of kind rekengebied take
the place of all buurten; where areas overlap a place belongs to the smallest, because that is drawn for its own sake.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.demand import DemandAreas
from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.geo.nearest import overlaps

KIND = "rekengebied"

TOUCHING_M2 = 1.0
"""Areas that share less surface than this (m2) only touch: borders of layers differ by centimetres."""

UNCOVERED_SHARE = 0.01
"""Share of the buurten in the area that areas may leave uncovered before it is told."""


def demand_areas(
    buurten: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    area: shapely.Geometry | None,
    *,
    quality: Quality,
) -> gpd.GeoDataFrame:
    """The calculation areas that touch the area of the plan, as `DemandAreas` in RD New.

    Areas that overlap, and buurten that they leave uncovered, are told.
    """
    own = None if zones is None else zones[zones["kind"] == KIND]
    if own is None or own.empty:
        found = _named(buurten, "buurt")
    else:
        found = _named(own, KIND)
    if area is not None:
        found = found[found.intersects(area)]
    if own is not None and len(own):
        _report(found, buurten, area, quality)
    quality.facts["areas"] = len(found)
    return DemandAreas.empty() if found.empty else found


def area_of(places: gpd.GeoSeries, areas: gpd.GeoDataFrame) -> pd.Series:
    """For each place (m RD) the id of its calculation area: of several the smallest, then the smallest id.

    Missing where a place lies in none.
    """
    pairs = overlaps(places, areas.geometry)
    surface = areas.geometry.area.round(2)
    pairs["surface_m2"] = pairs["other_id"].map(surface)
    first = pairs.sort_values(["point_id", "surface_m2", "other_id"]).drop_duplicates("point_id")
    return first.set_index("point_id")["other_id"].reindex(places.index).astype("str")


def _named(layer: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    names = layer["name"].fillna(pd.Series(layer.index, index=layer.index))
    areas = gpd.GeoDataFrame({"name": names, "kind": kind}, geometry=layer.geometry, index=layer.index)
    return areas[DemandAreas.columns()].rename_axis(DemandAreas.index_name()).sort_index()


def _report(
    areas: gpd.GeoDataFrame, buurten: gpd.GeoDataFrame, area: shapely.Geometry | None, quality: Quality
) -> None:
    twice = _overlapping(areas)
    if twice:
        quality.find(
            f"Calculation areas overlap: {', '.join(twice)}. An address in several belongs to the smallest of them."
        )
    asked = gpd.GeoSeries(buurten.geometry if area is None else buurten.geometry.intersection(area), crs=RD_EPSG)
    covered = shapely.union_all(areas.geometry.to_numpy())
    open_m2, whole_m2 = asked.difference(covered).area.sum(), asked.area.sum()
    if open_m2 > UNCOVERED_SHARE * whole_m2:
        quality.find(
            f"The calculation areas leave {open_m2 / whole_m2:.0%} of the buurten in the area uncovered: demand there "
            "counts in its buurt and in no calculation area."
        )


def _overlapping(areas: gpd.GeoDataFrame) -> list[str]:
    """Ids of areas that share surface with another one."""
    shapes = areas.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    shared = shapely.area(shapely.intersection(shapes[left[pairs]], shapes[right[pairs]])) > TOUCHING_M2
    rows = np.concatenate([left[pairs][shared], right[pairs][shared]])
    return sorted(set(areas.index[rows]))
