"""Places in the cells of a table: RD New, degrees, WKT, EWKB or GeoJSON.

In: a table of text with the columns that hold places. Out: geometry in RD New (EPSG:28992), coordinates to the
centimetre where it was in degrees. Numbers without a CRS are taken for degrees when none is above 360, else for RD.
"""

import json
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG
from laadplan.errors import BadInput, WrongCrs
from laadplan.geo.rd import shapes_to_rd
from laadplan.ingest.columns import numbers

SPELLINGS = {
    "x_rd": ("X", "x_rd", "X_COORD", "X-COORD", "X_COORDINAAT", "XCOORD", "RDX"),
    "y_rd": ("Y", "y_rd", "Y_COORD", "Y-COORD", "Y_COORDINAAT", "YCOORD", "RDY"),
    "longitude": ("LNG", "lon", "longitude", "lengtegraad"),
    "latitude": ("LAT", "latitude", "breedtegraad"),
    "geometry": ("geometry", "geometrie", "geom", "the_geom", "wkb_geometry", "wkt", "WKT_LNG_LAT", "geo_shape"),
    "lat_lon": ("geo_point_2d", "geo_point", "geopunt"),
}
"""Our name to the spellings seen in deliveries."""

GROUPS = (("x_rd", "y_rd"), ("longitude", "latitude"), ("geometry",), ("lat_lon",))
"""Columns that together hold a place, in order of preference."""

DEGREE_SRIDS = (4326, 4258)
LARGEST_DEGREE = 360.0
"""Coordinates of which none is larger are degrees: RD New begins at 0, 289,000."""

NETHERLANDS_DEGREES = (3.0, 50.5, 7.5, 54.0)
"""West, south, east, north within which places in the Netherlands lie."""

_TODO = "Correct the column, or name another one under 'columns' of this source."


def places(table: pd.DataFrame, names: Mapping[str, str], group: tuple[str, ...], where: str) -> gpd.GeoSeries:
    """The place of each row in RD New; rows without one get an empty point.

    Raises
    ------
    BadInput
        A cell holds no place; names its line.
    WrongCrs
        The cells are in another CRS, or latitude and longitude are swapped.
    """
    cells = [table[names[each]] for each in group]
    if group == ("x_rd", "y_rd"):
        shapes = _points(*(numbers(each, where=where) for each in cells))
    elif group == ("longitude", "latitude"):
        shapes = _from_degrees(_points(*(numbers(each, where=where) for each in cells)), where)
    elif group == ("lat_lon",):
        halves = cells[0].str.strip("[]() ").str.split(",", n=1, expand=True).reindex(columns=[0, 1]).astype("str")
        named = halves.where(cells[0].notna()).rename(columns=dict.fromkeys(halves.columns, cells[0].name))
        shapes = _from_degrees(_points(*(numbers(named.iloc[:, at], where=where) for at in (1, 0))), where)
    else:
        shapes = _shapes(cells[0], where)
    return gpd.GeoSeries(shapes, index=table.index, crs=RD_EPSG)


def _points(x: pd.Series, y: pd.Series) -> np.ndarray:
    known = x.notna() & y.notna()
    shapes = np.full(len(x), shapely.Point(), dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    return shapes


def _shapes(cells: pd.Series, where: str) -> np.ndarray:
    """Geometry of cells with WKT, EWKT, EWKB as hex, or GeoJSON."""
    text = cells.fillna("").str.strip()
    stated = pd.to_numeric(text.str.extract(r"^SRID=(\d{1,6});", expand=False)).fillna(0).to_numpy(dtype=int)
    text = text.str.replace(r"^SRID=\d{1,6};", "", regex=True)
    is_hex = text.str.match(r"0[01][0-9A-Fa-f]{8}")
    is_json = text.str.startswith("{")
    shapes = np.full(len(text), None, dtype=object)
    shapes[is_hex] = shapely.from_wkb(text[is_hex].to_numpy(dtype=object), on_invalid="ignore")
    shapes[is_json] = shapely.from_geojson([_geometry_of(each) for each in text[is_json]], on_invalid="ignore")
    other = ~is_hex & ~is_json & (text != "")
    shapes[other] = shapely.from_wkt(text[other].to_numpy(dtype=object), on_invalid="ignore")
    shapes[text == ""] = shapely.Point()
    wrong = shapely.is_missing(shapes)
    if wrong.any():
        words = f"Column {cells.name} holds '{text[wrong].iloc[0][:40]}', which is not a place."
        raise BadInput(words, where=where, ids=[f"line {at + 2}" for at in np.flatnonzero(wrong)], todo=_TODO)
    srids = np.where(is_hex, shapely.get_srid(shapes), np.where(is_json, 4326, stated))
    return _by_srid(shapely.force_2d(shapes), srids, where)


def _geometry_of(text: str) -> str:
    """The geometry in a cell with GeoJSON: the cell, or the geometry of a feature in it."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    inner = content.get("geometry") if isinstance(content, dict) and content.get("type") == "Feature" else None
    return json.dumps(inner) if isinstance(inner, dict) else text


def _by_srid(shapes: np.ndarray, srids: np.ndarray, where: str) -> np.ndarray:
    filled = ~shapely.is_empty(shapes)
    unstated = filled & (srids == 0)
    degrees = filled & np.isin(srids, DEGREE_SRIDS)
    if unstated.any() and np.abs(shapely.get_coordinates(shapes[unstated])).max() <= LARGEST_DEGREE:
        degrees |= unstated
    else:
        srids = np.where(unstated, RD_EPSG, srids)
    other = filled & ~degrees & (srids != RD_EPSG)
    if other.any():
        words = f"Cells are in EPSG:{srids[other][0]}, not in EPSG:28992 or EPSG:4326."
        raise WrongCrs(words, where=where, todo="Deliver the layer in EPSG:28992 (RD New).")
    moved = shapes.copy()
    moved[degrees] = _from_degrees(shapes[degrees], where)
    return shapely.set_srid(moved, 0)


def _from_degrees(shapes: np.ndarray, where: str) -> np.ndarray:
    """Geometry in longitude and latitude to RD New."""
    coordinates = shapely.get_coordinates(shapes)
    west, south, east, north = NETHERLANDS_DEGREES
    y, x = coordinates.T
    if len(coordinates) and ((x >= west) & (x <= east) & (y >= south) & (y <= north)).all():
        words = "Latitude stands where longitude should be."
        raise WrongCrs(words, where=where, todo="Name the other column, or swap the two, under 'columns'.")
    return shapes_to_rd(shapes)
