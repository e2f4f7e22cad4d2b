"""Features of web services as they answer: GeoJSON pages of a WFS or an OGC API.

In: a page, or a folder with the pages of one answer. Out: the properties and shapes in RD New, and how many features
the service says there are. A page is read whole: services give a thousand features at a time.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_BOUNDS_M, RD_EPSG
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, WrongCrs
from laadplan.geo.rd import shapes_to_rd
from laadplan.ingest.files import read_json, text_start

PAGE = 1000
"""Features that PDOK gives at most in one answer."""

DEGREES = (":4326", "/4326", ":4258", "/4258", "CRS84")
RD = (":28992", "/28992", "#28992")
_AGAIN = "Download it again."


@dataclass(frozen=True)
class Page:
    """One answer: its features, and whether it says that there are more."""

    features: gpd.GeoDataFrame
    kind: str
    """What the features are, as their ids begin (verblijfsobject.17); empty where these do not tell."""
    total: int | None
    has_next: bool


def is_geojson(path: Path) -> bool:
    """Whether a file begins as a JSON object does and is a collection of features, as far as its start tells."""
    start = text_start(path)
    return start.startswith(b"{") and (b"FeatureCollection" in start or b'"features"' in start or b'"Feature"' in start)


def read_pages(paths: Sequence[Path], quality: Quality) -> gpd.GeoDataFrame:
    """The features of all pages in RD New (EPSG:28992), with a finding where they are not all that there are.

    Raises
    ------
    MissingSource
        A file is not there.
    BadInput
        A file is no collection of features, all are empty, or a shape is broken.
    WrongCrs
        Coordinates are neither in RD New nor in degrees.
    """
    pages = [read_page(path) for path in paths]
    if not any(len(page.features) for page in pages):
        raise BadInput("The answer holds no features.", where=str(paths[0]), todo="Ask for the area that is needed.")
    for kind in sorted({page.kind for page in pages}):
        _tell_what_is_left([page for page in pages if page.kind == kind], quality)
    tables = [page.features for page in pages]
    return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)


def _tell_what_is_left(pages: Sequence[Page], quality: Quality) -> None:
    """Tells when pages of one kind of feature are not all that the service has."""
    number = sum(len(page.features) for page in pages)
    total = max((page.total for page in pages if page.total is not None), default=None)
    if total is not None and total > number:
        quality.find(f"The service has {total} features, and {number} of them were delivered: the rest is not there.")
    elif total is None and (all(page.has_next for page in pages) or (len(pages) == 1 and number == PAGE)):
        quality.find(f"The service gave {number} features and has more: the rest is not there.")


def read_page(path: Path) -> Page:
    """One answer of a service."""
    content = read_json(path)
    where = str(path)
    items = content.get("features") if isinstance(content, dict) else None
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise BadInput("The file holds no GeoJSON features.", where=where, todo=_AGAIN)
    table = pd.DataFrame([_properties(each) for each in items], index=range(len(items)))
    shapes = np.array([_shape(each.get("geometry"), where) for each in items], dtype=object)
    features = gpd.GeoDataFrame(table, geometry=_in_rd(shapes, _crs(content), where), crs=RD_EPSG)
    return Page(features, _kind(items), _total(content), _has_next(content))


def _properties(item: Mapping[str, Any]) -> dict[str, Any]:
    """The properties, a list as its texts comma joined; ``geometry`` is not one of them."""
    found = item.get("properties")
    given = found if isinstance(found, dict) else {}
    named = {str(name): value for name, value in given.items() if str(name) != "geometry"}
    return {name: _flat(value) for name, value in named.items()}


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return ",".join(str(each) for each in value if each is not None)
    if isinstance(value, dict):
        return None
    return str(value) if isinstance(value, (int, bool)) else value


def _shape(item: Any, where: str) -> shapely.Geometry | None:
    if item is None:
        return None
    try:
        return shapely.force_2d(shapely.from_geojson(json.dumps(item)))
    except (shapely.errors.GEOSException, TypeError, ValueError, RecursionError) as error:
        raise BadInput(f"A shape cannot be read ({str(error)[:80]}).", where=where, todo=_AGAIN) from None


def _crs(content: Mapping[str, Any]) -> str:
    """The CRS that is stated; GeoJSON itself has no way to do so, and means degrees."""
    stated = content.get("crs")
    named = stated.get("properties") if isinstance(stated, dict) else None
    return str(named.get("name")) if isinstance(named, dict) else ""


def _in_rd(shapes: np.ndarray, crs: str, where: str) -> np.ndarray:
    """The shapes in RD New, coordinates that were in degrees to the centimetre."""
    known = shapes[~shapely.is_missing(shapes)]
    if not len(known) or crs.endswith(RD):
        return shapes
    xmin, ymin, xmax, ymax = shapely.total_bounds(known)
    if not crs and _within((xmin, ymin, xmax, ymax), RD_BOUNDS_M) and xmax > 180:
        return shapes
    if crs and not crs.endswith(DEGREES):
        raise WrongCrs(f"The CRS is {crs[:80]}.", where=where, todo="Ask for EPSG:28992 or degrees.")
    if not _within((xmin, ymin, xmax, ymax), (-180.0, -90.0, 180.0, 90.0)):
        raise WrongCrs("The coordinates are neither degrees nor RD New.", where=where, todo="Ask for EPSG:28992.")
    return shapes_to_rd(shapes)


def _within(inner: Sequence[float], outer: Sequence[float]) -> bool:
    return bool(inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3])


def _kind(items: Sequence[Mapping[str, Any]]) -> str:
    identifier = items[0].get("id") if items else None
    return identifier.partition(".")[0] if isinstance(identifier, str) and "." in identifier else ""


def _total(content: Mapping[str, Any]) -> int | None:
    found = next((content[name] for name in ("numberMatched", "totalFeatures") if name in content), None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _has_next(content: Mapping[str, Any]) -> bool:
    links = content.get("links")
    return isinstance(links, list) and any(isinstance(each, dict) and each.get("rel") == "next" for each in links)
