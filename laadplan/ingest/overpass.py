"""Elements of OpenStreetMap from the JSON of Overpass, with their shapes.

In: JSON with ``elements``: nodes, ways (with the numbers of their nodes, or with geometry) and multipolygons with
geometry. Out: the elements; or per element that has the tags asked for a row with id (``way/1``), tags and a shape in
degrees; a closed way is a surface. Answers that were cut off, and Nominatim's, which are lists of places, are refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from laadplan.errors import BadInput
from laadplan.ingest.files import opened, text_start
from laadplan.ingest.json_stream import items

Tags = Mapping[str, str]
DEGREES_EPSG = 4326
KINDS = ("node", "way", "relation")


def is_overpass(path: Path) -> bool:
    """Whether the file begins as an answer of Overpass does."""
    start = text_start(path)
    return start.startswith(b"{") and b'"elements"' in start and b'"FeatureCollection"' not in start


def elements_of(path: Path) -> Iterator[dict[str, Any]]:
    """Every node, way and relation, one at a time, so that memory does not grow with the file.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not whole JSON of Overpass, or the server stopped before it was done.
    """
    beside: dict[str, Any] = {}
    with opened(path) as stream:
        for item in items(stream, str(path), lists=("elements",), beside=beside):
            if not isinstance(item, dict) or item.get("type") not in KINDS:
                raise _other(item, path)
            yield item
    refuse_cut_off(beside.get("remark"), path)


def refuse_cut_off(remark: object, path: Path) -> None:
    """Refuses an answer with a remark of an error: the server stopped, and the rest is missing.

    Raises
    ------
    BadInput
        The remark tells of an error.
    """
    if "error" in str(remark or ""):
        words = f"The server stopped before it was done ({str(remark).strip()[:120]})."
        raise BadInput(words, where=str(path), todo="Ask for a smaller area, or again later.")


def _other(item: object, path: Path) -> BadInput:
    if isinstance(item, dict) and "place_id" in item:
        words = "These are outlines of places as a search for names gives them (Nominatim), no network."
        return BadInput(words, where=str(path), todo="Name the answer of Overpass with the ways.")
    words = "An item is no node, way or relation of OpenStreetMap."
    return BadInput(words, where=str(path), todo="Deliver OSM XML, PBF or JSON of Overpass, or GeoJSON.")


def read_elements(path: Path, is_wanted: Callable[[Tags], bool]) -> gpd.GeoDataFrame:
    """The elements wanted: ``osm_id``, ``tags`` (a mapping) and geometry in degrees (empty where it has no shape).

    Raises
    ------
    BadInput
        It is no JSON of Overpass; names the element that is not as it should be.
    """
    elements = list(elements_of(path))
    nodes = {_number(each): _place(each) for each in elements if each.get("type") == "node"}
    wanted = [each for each in elements if is_wanted(tags_of(each))]
    rows = {
        "osm_id": [f"{each.get('type')}/{_number(each)}" for each in wanted],
        "tags": [tags_of(each) for each in wanted],
    }
    shapes = [_shape(each, nodes) for each in wanted]
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=DEGREES_EPSG), crs=DEGREES_EPSG)


def tags_of(element: Mapping[str, Any]) -> dict[str, str]:
    """The tags of an element as text."""
    tags = element.get("tags")
    return {str(name): str(value) for name, value in tags.items()} if isinstance(tags, dict) else {}


def _number(element: Mapping[str, Any]) -> str:
    number = element.get("id")
    return str(number) if isinstance(number, int | str) else ""


def _place(item: object) -> tuple[float, float] | None:
    """Longitude and latitude of a node or of a vertex; None where it has none in degrees."""
    if not isinstance(item, dict):
        return None
    x, y = item.get("lon"), item.get("lat")
    if not isinstance(x, int | float) or not isinstance(y, int | float):
        return None
    return (float(x), float(y)) if abs(x) <= 180 and abs(y) <= 90 else None


def _shape(element: Mapping[str, Any], nodes: Mapping[str, tuple[float, float] | None]) -> shapely.Geometry:
    if element.get("type") == "node":
        place = _place(element)
        return shapely.Point(place) if place else shapely.Point()
    if element.get("type") == "relation":
        return _multipolygon(element)
    return _way(_line(element, nodes))


def _line(element: Mapping[str, Any], nodes: Mapping[str, tuple[float, float] | None]) -> list[tuple[float, float]]:
    """Vertices of a way; empty when one of them is not there."""
    given = element.get("geometry")
    if isinstance(given, list):
        return _whole(_place(each) for each in given)
    numbers = element.get("nodes")
    return _whole(nodes.get(str(each)) for each in numbers) if isinstance(numbers, list) else []


def _whole(found: Iterable[tuple[float, float] | None]) -> list[tuple[float, float]]:
    """The vertices, or none at all where one is missing."""
    vertices = list(found)
    return [each for each in vertices if each] if all(vertices) else []


def _way(line: list[tuple[float, float]]) -> shapely.Geometry:
    if len(line) >= 4 and line[0] == line[-1]:
        return shapely.Polygon(line)
    return shapely.LineString(line) if len(line) >= 2 else shapely.Polygon()


def _multipolygon(element: Mapping[str, Any]) -> shapely.Geometry:
    """The surface between the outer and the inner lines of a relation; empty where they do not close."""
    members = element.get("members")
    if not isinstance(members, list):
        return shapely.Polygon()
    outer, inner = (_polygons(members, role) for role in (("outer", ""), ("inner",)))
    return shapely.difference(outer, inner)


def _polygons(members: list[Any], roles: tuple[str, ...]) -> shapely.Geometry:
    ways = [each for each in members if isinstance(each, dict) and each.get("role") in roles]
    lines = [line for line in (_line(each, {}) for each in ways) if len(line) >= 2]
    return shapely.union_all(shapely.polygonize([shapely.LineString(line) for line in lines]))
