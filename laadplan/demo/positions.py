"""Coordinates as GML text, many shapes at once: formatting one number at a time takes longer than all other writing.

In: shapes in RD New (EPSG:28992, metres). Out: text of their positions with three decimals; rings with rounded corners
as curves of segments (see ``arcs``).
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from laadplan.demo.arcs import arc_ends, split

_MM_PER_M = 1000
_DECIMALS = 3


def positions(points: Sequence[BaseGeometry]) -> list[str]:
    """Each point as east and north.

    >>> positions([shapely.Point(144000, 508000.5)])
    ['144000.000 508000.500']
    """
    pairs: list[str] = _pairs(shapely.get_coordinates(points)).to_pylist()
    return pairs


def polygons_text(polygons: Sequence[BaseGeometry]) -> list[str]:
    """The exterior and the interiors of each polygon, in normal form: what stands within ``gml:Polygon``."""
    rings, owners = shapely.get_rings(shapely.normalize(np.array(polygons, dtype=object)), return_index=True)
    texts = _rings(rings)
    found = [""] * len(polygons)
    for owner, text in zip(owners.tolist(), texts, strict=True):
        element = "interior" if found[owner] else "exterior"
        found[owner] += f"<gml:{element}>{text}</gml:{element}>"
    return found


def _rings(rings: np.ndarray) -> list[str]:
    """Rings: plain where all is straight, a curve of segments where one holds an arc."""
    coordinates = shapely.get_coordinates(rings)
    counts = shapely.get_num_coordinates(rings)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    pairs = _pairs(coordinates)
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pairs)
    plain: list[str] = pc.binary_join(lists, " ").to_pylist()
    texts = [f'<gml:LinearRing><gml:posList srsDimension="2">{line}</gml:posList></gml:LinearRing>' for line in plain]
    ends = arc_ends(coordinates, offsets)
    curved = np.flatnonzero(np.bincount(np.repeat(np.arange(len(rings)), counts)[ends >= 0], minlength=len(rings)))
    if len(curved):
        listed, all_ends = pairs.to_pylist(), ends.tolist()
        for ring in curved.tolist():
            texts[ring] = _curve(listed, split(all_ends, int(offsets[ring]), int(offsets[ring + 1])))
    return texts


def _curve(pairs: Sequence[str], spans: Sequence[tuple[bool, Sequence[int]]]) -> str:
    segments = []
    for is_arc, places in spans:
        name = "Arc" if is_arc else "LineStringSegment"
        line = " ".join([pairs[place] for place in places])
        segments.append(f'<gml:{name}><gml:posList srsDimension="2">{line}</gml:posList></gml:{name}>')
    curve = f"<gml:Curve><gml:segments>{''.join(segments)}</gml:segments></gml:Curve>"
    return f"<gml:Ring><gml:curveMember>{curve}</gml:curveMember></gml:Ring>"


def _pairs(coordinates: np.ndarray) -> pa.StringArray:
    """East and north of each place, in metres with three decimals; RD New has no value below one metre."""
    millimetres = np.rint(coordinates * _MM_PER_M).astype(np.int64)
    whole = [pa.array(np.ascontiguousarray(column)).cast(pa.string()) for column in millimetres.T]
    east, north = (pc.utf8_replace_slice(text, -_DECIMALS, -_DECIMALS, ".") for text in whole)
    return pc.binary_join_element_wise(east, north, " ")
