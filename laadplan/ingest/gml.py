"""GML elements to shapely geometries: rings, curves with arcs, holes, several surfaces, lines, points.

In: an lxml element that holds one geometry in RD New. Out: a polygon, line or point, or several of one kind.
Arcs are replaced by straight pieces that stay within a stated tolerance; coordinates are kept to 0.1 mm.
"""

from itertools import pairwise

import numpy as np
import shapely
from lxml import etree

from laadplan.errors import BadInput, WrongCrs
from laadplan.ingest.arcs import stroked

GML = "{http://www.opengis.net/gml}"
GML32 = "{http://www.opengis.net/gml/3.2}"
DECIMALS = 4
"""Coordinates are rounded to 0.1 mm: the BGT gives millimetres, arcs are computed."""

DIMENSIONS = ("2", "3")
"""Numbers per place that are read; a height is left out."""

SEGMENTS = ("LineStringSegment", "Arc", "ArcString", "Circle", "LineString")


def polygons(element: etree._Element, arc_tolerance_m: float) -> shapely.Geometry | None:
    """All surfaces under the element as one polygon or multipolygon (m RD); None where there is none.

    Raises
    ------
    WrongCrs
        A geometry names another CRS than RD New.
    BadInput
        A ring has fewer than three different points or cannot be read.
    """
    _refuse_other_crs(element)
    found = [
        _polygon(item, arc_tolerance_m)
        for name in ("Polygon", "PolygonPatch")
        for item in element.iter(GML + name, GML32 + name)
    ]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    several = shapely.MultiPolygon(found)
    return several if several.is_valid or not all(each.is_valid for each in found) else shapely.union_all(found)


def shape(element: etree._Element, arc_tolerance_m: float) -> shapely.Geometry | None:
    """The surfaces under the element, else its lines, else its points (m RD); None where there is nothing.

    Raises
    ------
    WrongCrs
        A geometry names another CRS than RD New.
    BadInput
        It cannot be read.
    """
    return polygons(element, arc_tolerance_m) or lines(element, arc_tolerance_m) or points(element)


def lines(element: etree._Element, arc_tolerance_m: float) -> shapely.Geometry | None:
    """All lines and curves under the element as one line or several (m RD); None where there is none.

    Raises
    ------
    WrongCrs
        A geometry names another CRS than RD New.
    BadInput
        A line has fewer than two points or cannot be read.
    """
    _refuse_other_crs(element)
    holders = [item for item in element.iter() if _name(item) in ("LineString", "Curve")]
    try:
        found = [shapely.LineString(_joined(item, arc_tolerance_m)) for item in holders]
    except (ValueError, shapely.errors.GEOSException) as error:
        raise BadInput(f"A line cannot be read ({error}).") from None
    return found[0] if len(found) == 1 else shapely.MultiLineString(found) if found else None


def points(element: etree._Element) -> shapely.Geometry | None:
    """All points under the element as one point or several (m RD); None where there is none."""
    _refuse_other_crs(element)
    found = [place for item in element.iter(GML + "Point", GML32 + "Point") if (place := point(item)) is not None]
    return found[0] if len(found) == 1 else shapely.MultiPoint(found) if found else None


def point(element: etree._Element) -> shapely.Point | None:
    """The first point under the element (m RD); None where there is none."""
    _refuse_other_crs(element)
    for position in element.iter(GML + "pos", GML32 + "pos"):
        numbers = _numbers(position)
        if len(numbers) < 2:
            raise BadInput("A point has fewer than two coordinates.")
        return shapely.Point(numbers[:2])
    return None


def arc_points(three: np.ndarray, tolerance_m: float) -> np.ndarray:
    """Points along the arc through three points (3, 2), at most ``tolerance_m`` from it; first and last are kept.

    >>> half = arc_points(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), 0.01)
    >>> len(half), bool(np.allclose(np.hypot(*half.T), 1.0))
    (13, True)
    """
    return stroked(three[None], tolerance_m)[0]


def _polygon(element: etree._Element, arc_tolerance_m: float) -> shapely.Polygon:
    exterior = _child(element, "exterior")
    if exterior is None:
        raise BadInput("A polygon has no exterior ring.")
    holes = [item for item in element if _name(item) == "interior"]
    try:
        return shapely.Polygon(_ring(exterior, arc_tolerance_m), [_ring(hole, arc_tolerance_m) for hole in holes])
    except (ValueError, shapely.errors.GEOSException) as error:
        raise BadInput(f"A ring cannot be read ({error}).") from None


def _ring(element: etree._Element, arc_tolerance_m: float) -> np.ndarray:
    ring = next(iter(element.iterchildren(tag=etree.Element)), None)
    if ring is None:
        raise BadInput("A ring is empty.")
    if _name(ring) == "LinearRing":
        return _coordinates(ring)
    return _joined(ring, arc_tolerance_m)


def _joined(curve: etree._Element, arc_tolerance_m: float) -> np.ndarray:
    """The points of all segments under an element, one after the other."""
    pieces = [_segment(item, arc_tolerance_m) for item in _segments(curve)]
    if not pieces:
        raise BadInput("A ring holds no curve.")
    joined = [pieces[0], *(piece[1:] if _meet(last, piece) else piece for last, piece in pairwise(pieces))]
    return np.asarray(np.round(np.vstack(joined), DECIMALS))


def _meet(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether a piece begins where the one before it ends, to the accuracy that is kept."""
    return bool(np.allclose(after[0], before[-1], rtol=0, atol=10.0**-DECIMALS))


def _segments(ring: etree._Element) -> list[etree._Element]:
    found: list[etree._Element] = []
    for item in ring.iter():
        if _name(item) == "LineString":
            found.append(item)
        elif _name(item) == "segments":
            found += list(item.iterchildren(tag=etree.Element))
    for item in found:
        if _name(item) not in SEGMENTS:
            raise BadInput(f"A curve holds a {_name(item)}, which laadplan cannot read.")
    return found


def _segment(element: etree._Element, arc_tolerance_m: float) -> np.ndarray:
    points = _coordinates(element)
    if _name(element) == "Circle":
        return _circle(points[:3], arc_tolerance_m)
    if _name(element) not in ("Arc", "ArcString"):
        return points
    if len(points) < 3 or len(points) % 2 == 0:
        raise BadInput("An arc needs three points, and two more for each that follows.")
    arcs = [arc_points(points[first : first + 3], arc_tolerance_m) for first in range(0, len(points) - 2, 2)]
    return np.vstack([arcs[0], *(arc[1:] for arc in arcs[1:])])


def _circle(three: np.ndarray, arc_tolerance_m: float) -> np.ndarray:
    """The whole circle through three points: the arc through them, and the arc back on the other side."""
    there = arc_points(three, arc_tolerance_m)
    (ax, ay), (bx, by) = three[1] - three[0], three[2] - three[0]
    first, second = ax**2 + ay**2, bx**2 + by**2
    centre = three[0] + np.array([by * first - ay * second, ax * second - bx * first]) / (2 * (ax * by - ay * bx))
    opposite = 2 * centre - there[len(there) // 2]
    return np.vstack([there, arc_points(np.array([three[2], opposite, three[0]]), arc_tolerance_m)[1:]])


def _coordinates(element: etree._Element) -> np.ndarray:
    found = [item for item in element.iter() if _name(item) in ("posList", "pos")]
    if not found:
        raise BadInput("A geometry holds no coordinates.")
    holder = next((each for each in [found[0], *found[0].iterancestors()] if each.get("srsDimension")), None)
    dimension = str(holder.get("srsDimension")) if holder is not None else "2"
    if dimension not in DIMENSIONS:
        raise BadInput(f"A place of {dimension[:9]} numbers cannot be read.")
    size = int(dimension)
    if not any((item.text or "").strip() for item in found):
        raise BadInput("A geometry holds no coordinates.")
    return np.concatenate([_numbers(item) for item in found]).reshape(-1, size)[:, :2]


def _numbers(element: etree._Element) -> np.ndarray:
    try:
        return np.array((element.text or "").split(), dtype=float)
    except ValueError:
        raise BadInput(f"Coordinates are not numbers: '{(element.text or '')[:40]}'.") from None


def _refuse_other_crs(element: etree._Element) -> None:
    for item in element.iter():
        name = item.get("srsName")
        if name and not name.endswith((":28992", "/28992", "#28992")):
            raise WrongCrs(f"The CRS is {name}, not EPSG:28992.", todo="Deliver the BGT in RD New.")


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next((item for item in element if _name(item) == name), None)


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
