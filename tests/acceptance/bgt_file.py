"""Reading a BGT file in GML-light from outside, by lxml.

Not by GDAL, because GDAL falls into the traps that the town must hold. Out: frames in RD New (EPSG:28992, metres).
"""

# ruff: noqa: TID252

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import geopandas
import numpy
import pandas
import shapely
from lxml import etree

from .reading import RD

FLAT = 1e-6
"""Sine-like measure below which three points of an arc count as lying on a line."""

COLUMNS = [
    "gml_id",
    "lokaal_id",
    "level",
    "bgt_status",
    "plus_status",
    "function",
    "plus_type",
    "ended",
    "labels",
    "arcs",
]
"""Columns of a type without members."""


def read_bgt(path: Path) -> geopandas.GeoDataFrame:
    """One row per member of a GML-light file, arcs replaced by eight chords.

    ``labels`` counts points that stand in the member beside its own geometry, ``arcs`` the arcs in its geometry,
    ``level`` is the relatieveHoogteligging, ``ended`` says that the registration of this version has ended.
    """
    rows, shapes = [], []
    for member in members(path):
        feature = member[0]
        texts = {etree.QName(node).localname: (node.text or "").strip() for node in feature}
        place = next((n for n in feature if re.match("geometrie(2d|0d)?", etree.QName(n).localname)), None)
        own_points = 0 if place is None else len(list(place.iter("{*}Point")))
        rows.append(
            {
                "gml_id": next((value for key, value in feature.attrib.items() if key.endswith("}id")), None),
                "lokaal_id": feature.findtext(".//{*}NEN3610ID/{*}lokaalID"),
                "bronhouder": texts.get("bronhouder"),
                "level": int(texts.get("relatieveHoogteligging") or 0),
                "bgt_status": texts.get("bgt-status"),
                "plus_status": texts.get("plus-status"),
                "function": texts.get("function"),
                "plus_type": texts.get("plus-type"),
                "registered": texts.get("tijdstipRegistratie"),
                "ended_on": texts.get("eindRegistratie") or None,
                "ended": bool(texts.get("eindRegistratie")),
                "bag_id": texts.get("identificatieBAGPND"),
                "labels": len(list(feature.iter("{*}Point"))) - own_points,
                "arcs": 0 if place is None else len(list(place.iter("{*}Arc"))),
            }
        )
        shapes.append(None if place is None else shape_of(place))
        member.clear()
    frame = pandas.DataFrame(rows, columns=list(rows[0]) if rows else COLUMNS)
    return geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries(shapes, index=frame.index, crs=RD))


def members(path: Path) -> Iterator[etree._Element]:
    """Members of a CityModel, one by one."""
    for _, member in etree.iterparse(path, tag="{*}cityObjectMember"):
        yield member


def shape_of(place: etree._Element) -> shapely.Geometry | None:
    """Geometry in RD New of a geometry element: its polygons, else its lines, else its points."""
    polygons = [polygon_of(node) for node in place.iter("{*}Polygon", "{*}PolygonPatch")]
    if polygons:
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    lines = [shapely.LineString(positions(node)) for node in place.iter("{*}LineString", "{*}Curve")]
    if lines:
        return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)
    points = [shapely.Point(each) for node in place.iter("{*}Point") for each in positions(node)]
    return (points[0] if len(points) == 1 else shapely.MultiPoint(points)) if points else None


def polygon_of(node: etree._Element) -> shapely.Polygon:
    """Polygon of a gml:Polygon."""
    rings = [positions(ring) for kind in ("exterior", "interior") for ring in node.findall(f"{{*}}{kind}")]
    return shapely.Polygon(rings[0], rings[1:])


def positions(node: etree._Element) -> numpy.ndarray:
    """All positions below an element in document order, repeated ones left out; shape (n, 2), metres in RD New."""
    lists = node.iter("{*}posList", "{*}pos")
    found = numpy.concatenate([numbers(each, arc=etree.QName(each.getparent()).localname == "Arc") for each in lists])
    fresh = numpy.ones(len(found), dtype=bool)
    fresh[1:] = (found[1:] != found[:-1]).any(axis=1)
    return found[fresh]


def numbers(node: etree._Element, *, arc: bool) -> numpy.ndarray:
    """Positions of one list, those of an arc filled in along its circle; shape (n, 2), metres in RD New."""
    found = numpy.array((node.text or "").split(), dtype=float).reshape(-1, 2)
    return along_circle(found) if arc and len(found) == 3 else found


def along_circle(three: numpy.ndarray) -> numpy.ndarray:
    """Points along the arc through three points, its ends exact; three points on a line are given back as they are."""
    first, middle, last = (complex(*point) for point in three)
    across = (last - first) / (middle - first) if middle != first else complex(1)
    if abs(across.imag) < FLAT:
        return three
    centre = first + (middle - first) * (across - abs(across) ** 2) / (2j * across.imag)
    turn = numpy.angle((middle - centre) / (first - centre)), numpy.angle((last - centre) / (middle - centre))
    angles = numpy.concatenate([numpy.linspace(0, turn[0], 5), turn[0] + numpy.linspace(0, turn[1], 5)[1:]])
    points = centre + (first - centre) * numpy.exp(1j * angles)
    filled = numpy.column_stack([points.real, points.imag])
    filled[[0, -1]] = three[[0, -1]]
    return filled
