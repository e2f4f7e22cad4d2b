"""The objects of the BGT as the OGC API gives them: pages of GeoJSON with names in snake_case.

In: the text of a page. Out: a table of its objects. The API gives history too, the CRS stands outside the page (so that
longitude and latitude are told from RD New by their size), and a page says whether another follows.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from laadplan.errors import BadInput, WrongCrs
from laadplan.geo.rd import to_rd
from laadplan.ingest.bgt_types import FIELDS, field_of, type_of_layer
from laadplan.ingest.files import parse_json

COLLECTION = re.compile(r"/collections/([A-Za-z_]+)(?:/|\?|\")")
"""The collection in a link of a page."""

PAGE = re.compile(r"[-_. ]*(?:page|pagina|items|p)?[-_. ]*\d*$", re.IGNORECASE)
"""End of the name of a file that holds one page of several: ``wegdeel_2``, ``wegdeel-page3``, ``wegdeel_items``."""

RD_NAMES = ("EPSG::28992", "EPSG:28992", "EPSG/0/28992")
DEGREES_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG/0/4326", "EPSG::4258", "EPSG:4258", "EPSG/0/4258")
MOST_DEGREES = 180.0
"""Coordinates of which none is larger are degrees: RD New lies far above."""

DECIMALS = 3
"""Coordinates from degrees are kept to the millimetre, as the BGT has them, so that neighbours still share vertices."""

AREAL = (shapely.GeometryType.POLYGON.value, shapely.GeometryType.MULTIPOLYGON.value)
TEXTS = (str, int, float)


def kind_of(start: str, name: str) -> str | None:
    """Object type of a page by the links in it, or by the name of its file; None where neither tells."""
    link = COLLECTION.search(start)
    stem = PurePosixPath(name).name.partition(".")[0]
    return (type_of_layer(link[1]) if link else None) or type_of_layer(stem) or type_of_layer(PAGE.sub("", stem))


class Page(NamedTuple):
    """Objects of a page: columns of ``bgt_types.FIELDS`` as text, and ``geometry`` (m RD)."""

    table: pd.DataFrame
    has_next: bool
    """Whether the page says that another follows."""
    mended: int
    """Surfaces in degrees that crossed themselves, because degrees are rounded, and were mended."""


def read_page(text: str, where: str) -> Page:
    """The objects of a page.

    Raises
    ------
    BadInput
        It is no GeoJSON, or a geometry cannot be read.
    WrongCrs
        It names a CRS that is neither RD New nor in degrees.
    """
    page = parse_json(text, where)
    features = page.get("features") if isinstance(page, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise BadInput("This is no FeatureCollection.", where=where, todo="It may be an error page: fetch it again.")
    table = pd.DataFrame([_row(each) for each in features], columns=list(FIELDS), dtype=object)
    shapes = _shapes([each.get("geometry") for each in features], where)
    mended = 0
    if _in_degrees(shapes, _crs(page, where)):
        shapes, mended = _mended(shapely.transform(shapes, _moved))
    table["geometry"] = pd.Series(list(shapes), dtype=object)
    return Page(table, any(each.get("rel") == "next" for each in _links(page)), mended)


def _row(feature: dict[str, Any]) -> list[str | None]:
    """The texts of an object in the order of ``FIELDS``; of two spellings of a property the first that is filled."""
    row: list[str | None] = [None] * len(FIELDS)
    properties = feature.get("properties")
    for name, value in properties.items() if isinstance(properties, dict) else ():
        field = field_of(name)
        if field is None or isinstance(value, bool) or not isinstance(value, TEXTS):
            continue
        place = FIELDS.index(field)
        row[place] = row[place] or str(value)
    return row


def _shapes(geometries: list[Any], where: str) -> np.ndarray:
    texts = [json.dumps(each) if isinstance(each, dict) else None for each in geometries]
    try:
        return np.asarray(shapely.force_2d(shapely.from_geojson(np.array(texts, dtype=object))))
    except (ValueError, TypeError, shapely.errors.GEOSException) as error:
        reason = str(error).splitlines()[0][:100]
        raise BadInput(f"A geometry cannot be read ({reason}).", where=where, todo="Fetch it again.") from None


def _in_degrees(shapes: np.ndarray, crs: str) -> bool:
    places = shapely.get_coordinates(shapes)
    return crs == "degrees" or (not crs and places.size > 0 and bool((np.abs(places) <= MOST_DEGREES).all()))


def _mended(shapes: np.ndarray) -> tuple[np.ndarray, int]:
    """Surfaces that cross themselves made whole again, and how many."""
    areal = np.isin(shapely.get_type_id(shapes), AREAL)
    broken = areal & ~shapely.is_valid(shapes)
    shapes[broken] = [shapely.union_all(_surfaces(each)) for each in shapely.make_valid(shapes[broken])]
    return shapes, int(broken.sum())


def _surfaces(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """The surfaces in a shape that may hold lines too."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [each for each in parts if shapely.get_type_id(each) in AREAL]


def _moved(places: np.ndarray) -> np.ndarray:
    moved = to_rd(places[:, 0], places[:, 1])
    return np.round(np.where(np.isfinite(moved), moved, 0.0), DECIMALS)


def _crs(page: dict[str, Any], where: str) -> str:
    """``rd`` or ``degrees`` as the page states, empty where it states nothing."""
    stated = page.get("crs") or page.get("coordRefSys")
    text = json.dumps(stated) if stated else ""
    if not text or any(name in text for name in RD_NAMES):
        return "rd" if text else ""
    if any(name in text for name in DEGREES_NAMES):
        return "degrees"
    raise WrongCrs(f"The CRS is {text[:80]}, not EPSG:28992.", where=where, todo="Fetch the BGT in RD New.")


def _links(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    links = page.get("links")
    return (each for each in (links if isinstance(links, list) else ()) if isinstance(each, dict))
