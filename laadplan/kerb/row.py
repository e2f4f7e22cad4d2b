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
from shapely.geometry.base import BaseGeometry

from laadplan.contracts.frame import RD_EPSG
from laadplan.contracts.planning import Bays
from laadplan.kerb.lean import UPRIGHT, Lean
from laadplan.kerb.line import exits, places

INSIDE_M = 0.02
"""The depth at the end of a strip is measured this far inside it (m)."""

SHALLOW_SHARE = 0.75
"""Where a surface is shallower than this times its row, the measurement hit the end of the strip."""

BEYOND_SHARE = 1.5
"""Where a surface is deeper than this times its row, something else lies behind the bays."""

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
    the pavement lies from it; ``places`` are in order along it. ``lean`` is how the lines between them lean from
    square (schuin).
    """

    kerb: shapely.LineString
    orientation: str
    depth_m: float
    places: tuple[Place, ...] = field(default=())
    lean: Lean = UPRIGHT


def row_id(local_id: str, place: int) -> str:
    """Name of the row at a place among the rows of a parkeervlak, counted from 0.

    >>> row_id("G0228.abc", 0), row_id("G0228.abc", 1)
    ('G0228.abc', 'G0228.abc/2')
    """
    return local_id if place == 0 else f"{local_id}/{place + 1}"


def bay_rows(local_id: str, rows: Iterable[Row], surface: BaseGeometry, touching_m: float) -> list[dict[str, Any]]:
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
        if not row.places:
            continue
        pavement = _pavement_side(row, surface, touching_m)
        surfaces = _on_grid([bay.surface for bay in row.places])
        for number, (bay, shape) in enumerate(zip(row.places, surfaces, strict=True), 1):
            kerb_x, kerb_y, away = pavement[number - 1]
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
                    "kerb_x_m": kerb_x,
                    "kerb_y_m": kerb_y,
                    "away_deg": away,
                    "geometry": shape,
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


def _on_grid(surfaces: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """Polygons with their corners rounded; the few that a rounded corner spoils are mended, which takes longer."""
    rounded = np.array(shapely.set_precision(surfaces, GRID_M, mode="pointwise"))
    spoilt = ~shapely.is_valid(rounded)
    if spoilt.any():
        mended = shapely.set_precision(np.array(surfaces)[spoilt], GRID_M)
        rounded[spoilt] = [max(shapely.get_parts(shape), key=shapely.area) for shape in mended]
    return list(shapely.remove_repeated_points(rounded))


def _pavement_side(row: Row, surface: BaseGeometry, touching_m: float) -> list[list[float]]:
    """Where the pavement begins at the end of each bay (x, y) and its direction (degrees from east, anticlockwise)."""
    ends = np.array([bay.end_m for bay in row.places])
    # A ray along the very end of the strip may fall on either side of its edge.
    measured = np.clip(ends, INSIDE_M, max(row.kerb.length - INSIDE_M, INSIDE_M))
    here = places(row.kerb, np.concatenate([measured, ends]), row.lean.ends)
    directions = here.turned(row.lean.deg)
    share = np.cos(np.radians(row.lean.deg))
    depth = exits(surface, here.points[: len(ends)], directions[: len(ends)], touching_m) * share
    like_row = (depth >= SHALLOW_SHARE * row.depth_m) & (depth <= BEYOND_SHARE * row.depth_m)
    depth = np.where(like_row, depth, row.depth_m)
    kerb = here.points[len(ends) :] + (depth / share)[:, None] * directions[len(ends) :]
    right = here.right[len(ends) :]
    away = np.degrees(np.arctan2(right[:, 1], right[:, 0]))
    return [
        [*point, angle] for point, angle in zip(np.round(kerb, 3).tolist(), np.round(away, 2).tolist(), strict=True)
    ]
