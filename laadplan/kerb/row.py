"""A row of bays: where cars drive in, and the bays on the right hand of that line.

In: what a cut or a register made of a place. Out: rows of `Bays`, numbered along the kerb of each row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Bays
from laadplan.kerb.line import depths, places

GRID_M = 0.001
"""Corners of bays are rounded to this (m): a thousand times finer than the BGT."""

INWARD_M = 0.05
"""Depth is measured this far before the end of a bay (m): a ray along the very end of a strip runs in and out of it."""


@dataclass(frozen=True)
class Place:
    """One bay in a row: from where to where along the kerb (m), and its surface (m RD)."""

    start_m: float
    end_m: float
    surface: shapely.Polygon


@dataclass(frozen=True)
class Row:
    """Bays side by side that are driven into across one line.

    ``kerb`` is that line (m RD), with the bays on its right hand and the pavement beyond them; ``depth_m`` is how far
    the pavement lies from it; ``places`` are in order along it.
    """

    kerb: shapely.LineString
    orientation: str
    depth_m: float
    places: tuple[Place, ...] = field(default=())


def row_id(local_id: str, place: int) -> str:
    """Name of the row at a place among the rows of a parkeervlak, counted from 0.

    >>> row_id("G0228.abc", 0), row_id("G0228.abc", 1)
    ('G0228.abc', 'G0228.abc/2')
    """
    return local_id if place == 0 else f"{local_id}/{place + 1}"


def bay_rows(local_id: str, rows: Iterable[Row], surface: shapely.Polygon, touching_m: float) -> list[dict[str, Any]]:
    """The bays of the rows of one parkeervlak as rows of `Bays`, numbered on from row to row.

    Parameters
    ----------
    local_id
        lokaalID of the parkeervlak.
    rows
        Its rows, in a fixed order.
    surface
        The parkeervlak, m RD: at the end of each bay its depth says where the pavement begins.
    touching_m
        Largest gap between the surface and the line along which cars drive in.
    """
    found: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        for number, bay in enumerate(row.places, 1):
            ends = _pavement_side(row, bay.end_m, surface, touching_m)
            found.append(
                {
                    "bay_id": f"{local_id}#{len(found) + 1:02d}",
                    "road_part_id": local_id,
                    "row_id": row_id(local_id, place),
                    "number": number,
                    "orientation": row.orientation,
                    "regime": "onbekend",
                    "origin": "BGT",
                    "start_m": round(bay.start_m, 3),
                    "end_m": round(bay.end_m, 3),
                    **ends,
                    "geometry": shapely.set_precision(bay.surface, GRID_M),
                }
            )
    return found


def bays_frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Rows of bays as `Bays`."""
    if not rows:
        return Bays.empty()
    table = pd.DataFrame(rows).set_index(Bays.index_name())
    text = [name for name, kind in Bays.kinds().items() if str(kind) == "str"]
    return gpd.GeoDataFrame(table.astype(dict.fromkeys(text, "str")), geometry="geometry", crs=RD_EPSG)


def _pavement_side(row: Row, along_m: float, surface: shapely.Polygon, touching_m: float) -> dict[str, float]:
    """Where the pavement begins at a place along the kerb, and its direction (degrees from east, anticlockwise)."""
    here = places(row.kerb, np.array([along_m]))
    depth = depths(surface, row.kerb, np.array([max(0.0, along_m - INWARD_M)]), touching_m)[0] or row.depth_m
    x, y = here.points[0] + depth * here.right[0]
    away = np.degrees(np.arctan2(here.right[0][1], here.right[0][0]))
    return {"kerb_x_m": round(float(x), 3), "kerb_y_m": round(float(y), 3), "away_deg": round(float(away), 2)}
