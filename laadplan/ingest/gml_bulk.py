"""Polygons and points of many GML objects at once, for files of gigabytes.

In: geometry elements of ordinary build: a polygon or a surface of one polygon, with rings of straight pieces and arcs,
or a point. Out: their shapes, the same to the bit as ``gml.shape`` gives. What is of another build, or not right, is
left to ``gml.shape``, which says what is wrong; so that this module may be strict and fast, and decides nothing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from lxml import etree

from laadplan.errors import BadInput
from laadplan.ingest import gml
from laadplan.ingest.arcs import stroked

LINEAR_RINGS = frozenset(space + "LinearRing" for space in (gml.GML, gml.GML32))
SEGMENTS = frozenset(space + "segments" for space in (gml.GML, gml.GML32))
STRAIGHT = frozenset(space + "LineStringSegment" for space in (gml.GML, gml.GML32))
RINGS = frozenset(space + "Ring" for space in (gml.GML, gml.GML32))
ARCS = frozenset(space + "Arc" for space in (gml.GML, gml.GML32))
CURVES = frozenset(space + "Curve" for space in (gml.GML, gml.GML32))
POLYGONS = frozenset(space + "Polygon" for space in (gml.GML, gml.GML32))
SURFACES = frozenset(space + "MultiSurface" for space in (gml.GML, gml.GML32))
POINTS = frozenset(space + "Point" for space in (gml.GML, gml.GML32))
LISTS = frozenset(space + "posList" for space in (gml.GML, gml.GML32))
PLACES = frozenset(space + "pos" for space in (gml.GML, gml.GML32))
EXTERIORS = frozenset(space + "exterior" for space in (gml.GML, gml.GML32))
INTERIORS = frozenset(space + "interior" for space in (gml.GML, gml.GML32))

IDS = frozenset(space + "id" for space in (gml.GML, gml.GML32))
RD_NAMES = frozenset({"urn:ogc:def:crs:EPSG::28992", "EPSG:28992", "http://www.opengis.net/def/crs/EPSG/0/28992"})
TWO_NUMBERS: tuple[list[tuple[str, str]], ...] = ([("srsDimension", "2")], [])

NUMBERS_OF_ARC = 6

WHOLE, SEGMENT, ARC = range(3)
"""Kinds of pieces: a whole ring of straight pieces, a straight piece of a curve, and an arc."""

Piece = tuple[int, str]
"""Its kind, and its coordinates as text."""

Outline = list[list[Piece]]
"""The pieces of each ring of a polygon, the outer ring first."""


Noted = Outline | str | shapely.Geometry | None
"""What is known of a shape before it is made: its outline, its place as text, or the shape itself."""


class UnusualError(Exception):
    """A geometry that is not of ordinary build, for ``gml.shape`` to read or to refuse."""


def noted(holder: etree._Element | None, arc_tolerance_m: float) -> Noted:
    """The shape in an element, to be made with many others; the element may be gone by then.

    Raises
    ------
    WrongCrs, BadInput
        As ``gml.shape``, which reads what is not of ordinary build.
    """
    if holder is None:
        return None
    try:
        item = holder[0]
        return _text(item, PLACES) if item.tag in POINTS else _outline(item)
    except (UnusualError, IndexError):
        return gml.shape(holder, arc_tolerance_m)


def made(items: Sequence[Noted], arc_tolerance_m: float) -> list[shapely.Geometry | None]:
    """The shapes that were noted (m RD); None where there is none.

    Raises
    ------
    BadInput
        One cannot be made: coordinates are no numbers, or a ring has too few points.
    """
    found: list[Any] = list(items)
    outlines = {number: item for number, item in enumerate(items) if isinstance(item, list)}
    places = {number: item for number, item in enumerate(items) if isinstance(item, str)}
    try:
        for number, polygon in zip(outlines, _polygons(list(outlines.values()), arc_tolerance_m), strict=True):
            found[number] = polygon
        for number, place in zip(places, _points(list(places.values())), strict=True):
            found[number] = place
    except (ValueError, shapely.errors.GEOSException) as error:
        raise BadInput(f"A geometry cannot be read ({str(error)[:80]}).") from None
    return found


def _points(places: list[str]) -> np.ndarray:
    numbers, counts = _numbers(places)
    if (counts != 2).any():
        raise ValueError("a point needs two coordinates")
    return np.asarray(shapely.points(numbers.reshape(-1, 2)))


def _outline(item: etree._Element) -> Outline:
    if item.tag in SURFACES:
        _refuse_attributes(item)
        item = _only(_only(item))
    if item.tag not in POLYGONS or item[0].tag not in EXTERIORS:
        raise UnusualError
    _refuse_attributes(item)
    outline = [_ring(_only(boundary)) for boundary in item]
    if len(item) > 1 and any(boundary.tag not in INTERIORS for boundary in list(item)[1:]):
        raise UnusualError
    return outline


def _only(element: etree._Element) -> etree._Element:
    """The only child of an element that has no attributes."""
    if len(element) != 1 or element.keys():
        raise UnusualError
    return element[0]


def _refuse_attributes(element: etree._Element) -> None:
    """Refuses attributes of a geometry but an id and RD New."""
    for name, value in element.items():
        if name not in IDS and not (name == "srsName" and value in RD_NAMES):
            raise UnusualError


def _ring(ring: etree._Element) -> list[Piece]:
    tag = ring.tag
    if tag in LINEAR_RINGS:
        return [(WHOLE, _even(_text(ring, LISTS)))]
    if tag not in RINGS or ring.keys():
        raise UnusualError
    pieces = []
    for member in ring:
        curve = _only(member)
        segments = _only(curve)
        if curve.tag not in CURVES or segments.tag not in SEGMENTS or segments.keys():
            raise UnusualError
        for segment in segments:
            if segment.tag not in STRAIGHT and segment.tag not in ARCS:
                raise UnusualError
            is_arc = segment.tag in ARCS
            pieces.append((ARC if is_arc else SEGMENT, _even(_text(segment, LISTS), NUMBERS_OF_ARC if is_arc else 0)))
    if not pieces:
        raise UnusualError
    return pieces


def _even(text: str, number: int = 0) -> str:
    """A text that holds so many numbers (0: two or more places) with single spaces between them."""
    spaces = text.count(" ")
    if spaces % 2 == 0 or spaces < 3 or (number and spaces != number - 1):
        raise UnusualError
    return text


def _text(element: etree._Element, tags: frozenset[str]) -> str:
    """The coordinates in the only child of an element, two numbers per place."""
    child = element[0]
    if child.tag not in tags or len(element) != 1 or len(child) or child.items() not in TWO_NUMBERS:
        raise UnusualError
    _refuse_attributes(element)
    return child.text or ""


def _polygons(outlines: list[Outline], arc_tolerance_m: float) -> np.ndarray:
    """A polygon per outline."""
    if not outlines:
        return np.empty(0, dtype=object)
    rings = [ring for outline in outlines for ring in outline]
    pieces = [piece for ring in rings for piece in ring]
    numbers, counts = _numbers([text for _, text in pieces])
    kinds = np.array([kind for kind, _ in pieces], dtype=np.int8)
    is_arc = kinds == ARC
    if (counts % 2).any() or (counts[is_arc] != NUMBERS_OF_ARC).any():
        raise ValueError("a number too few or too many")
    ring_of = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    points, sizes = _pieces(numbers.reshape(-1, 2), counts // 2, is_arc, arc_tolerance_m)
    points, ring_of_point = _joined(points, sizes, ring_of)
    in_curve = (kinds != WHOLE)[np.searchsorted(ring_of, ring_of_point)]
    points[in_curve] = np.round(points[in_curve], gml.DECIMALS)
    made: Any = shapely.linearrings(points, indices=ring_of_point)
    return np.asarray(
        shapely.polygons(made, indices=np.repeat(np.arange(len(outlines)), [len(outline) for outline in outlines]))
    )


def _pieces(
    points: np.ndarray, sizes: np.ndarray, is_arc: np.ndarray, arc_tolerance_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """The points of all pieces with arcs as straight pieces, and the number of points of each piece."""
    if not is_arc.any():
        return points, sizes
    in_arc = np.repeat(is_arc, sizes)
    along, lengths = stroked(points[in_arc].reshape(-1, 3, 2), arc_tolerance_m)
    new_sizes = sizes.copy()
    new_sizes[is_arc] = lengths
    whole = np.empty((int(new_sizes.sum()), 2))
    in_arc_now = np.repeat(is_arc, new_sizes)
    whole[in_arc_now], whole[~in_arc_now] = along, points[~in_arc]
    return whole, new_sizes


def _joined(points: np.ndarray, sizes: np.ndarray, ring_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points without those at which a piece begins where the one before it in the ring ends; the ring of each."""
    ring_of_point = np.repeat(ring_of, sizes)
    follows = np.flatnonzero(np.diff(ring_of) == 0) + 1
    first = (np.cumsum(sizes) - sizes)[follows]
    meets: np.ndarray = (np.abs(points[first] - points[first - 1]) <= 10.0**-gml.DECIMALS).all(axis=1)
    keep = np.ones(len(points), dtype=bool)
    keep[first[meets]] = False
    return points[keep], ring_of_point[keep]


def _numbers(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """All numbers in the texts, and how many each has."""
    try:
        numbers = np.array(" ".join(texts).split(), dtype=float)
    except ValueError as error:
        raise ValueError(f"coordinates are not numbers: {str(error).rpartition(':')[2].strip()}") from None
    counts = np.array([text.count(" ") + 1 for text in texts], dtype=np.int64)
    if counts.sum() != len(numbers):
        counts = np.array([len(text.split()) for text in texts], dtype=np.int64)
    return numbers, counts
