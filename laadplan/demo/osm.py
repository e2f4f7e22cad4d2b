"""The walking network as OpenStreetMap XML (version 0.6): all nodes first, then all ways, both by ascending id.

In: the plan and its quarters. Out: text in sections: the roads on borders once for the whole town, then what each
quarter adds, with ids of its own. Coordinates are WGS84 (EPSG:4326) with seven decimals.
"""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import numpy as np
import shapely

from laadplan.demo.borders import MOST_VERTICES, BorderRoad, border_roads, border_vertices
from laadplan.demo.model import Quarter, Street, Town
from laadplan.demo.sizes import STREETS
from laadplan.demo.walkways import Network, walking_network
from laadplan.geo.rd import RD_EPSG, to_wgs84

TAIL = "</osm>\n"

_PER_QUARTER = 100_000
"""Ids set apart for the nodes of a quarter, and as many for its ways; those on borders are smaller."""

_META = 'version="1" timestamp="2025-01-01T00:00:00Z" changeset="1" uid="1" user="laadplan demo"'
"""Every object of the real file says who changed it and when; here nobody did."""

_HIGHWAYS = {
    "hoofdweg": "secondary",
    "wijkweg": "tertiary",
    "bedrijfsweg": "unclassified",
    "landweg": "unclassified",
    "woonerf": "living_street",
}
_RESIDENTIAL = "residential"
"""Class of all other kinds of street."""

_SPEEDS_KM_H = {"hoofdweg": 50, "wijkweg": 50, "bedrijfsweg": 50, "landweg": 60, "woonerf": 15}
_RESIDENTIAL_KM_H = 30
_ASPHALT = ("hoofdweg", "wijkweg", "landweg", "bedrijfsweg")
_UNLIT = ("landweg",)

_FOOTPATH = (("highway", "footway"), ("surface", "paving_stones"))


def head(town: Town) -> str:
    """Start of the file with the bounds of the town."""
    west, south, east, north = shapely.total_bounds([cell.polygon for cell in town.cells])
    corners = _degrees(np.array([(west, south), (east, south), (east, north), (west, north)]))
    (least_lon, least_lat), (most_lon, most_lat) = corners.min(axis=0), corners.max(axis=0)
    bounds = f'minlat="{least_lat:.7f}" minlon="{least_lon:.7f}" maxlat="{most_lat:.7f}" maxlon="{most_lon:.7f}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="laadplan demo">\n <bounds {bounds}/>\n'
    )


def border_nodes(town: Town) -> str:
    """The nodes of the roads on borders."""
    places: dict[int, tuple[float, float]] = {}
    for road in border_roads(town):
        places |= dict(zip(road.numbers, road.points, strict=True))
    ids = sorted(places)
    return _nodes(ids, np.array([places[each] for each in ids]).reshape(-1, 2))


def border_ways(town: Town) -> str:
    """The roads on borders: one way per side of a quarter."""
    return "".join(_border_way(number, road) for number, road in enumerate(border_roads(town), start=1))


def _border_way(number: int, road: BorderRoad) -> str:
    return _way(number, road.numbers, _tags(road.street))


def parts(town: Town, quarter: Quarter) -> tuple[str, str]:
    """The nodes that belong to one quarter, and its streets and footpaths."""
    network = walking_network(quarter, border_vertices(town, quarter.cell))
    return quarter_nodes(quarter, network), quarter_ways(quarter, network)


def quarter_nodes(quarter: Quarter, network: Network) -> str:
    """The nodes of a network that are not on the border."""
    ids = np.array(_ids(quarter, network), dtype=int)
    own = ids >= MOST_VERTICES
    return _nodes(ids[own].tolist(), network.points[own])


def quarter_ways(quarter: Quarter, network: Network) -> str:
    """The ways of a network."""
    ids = _ids(quarter, network)
    first = MOST_VERTICES + quarter.cell.index * _PER_QUARTER
    return "".join(
        _way(first + number, [ids[node] for node in way.nodes], _tags(way.street))
        for number, way in enumerate(network.ways)
    )


def _ids(quarter: Quarter, network: Network) -> list[int]:
    """Ids of all nodes: that of the border, or one of the quarter's own."""
    first = MOST_VERTICES + quarter.cell.index * _PER_QUARTER
    return [shared or first + place for place, shared in enumerate(network.shared)]


def _nodes(ids: Sequence[int], points: np.ndarray) -> str:
    return "".join(
        f' <node id="{each}" lat="{lat:.7f}" lon="{lon:.7f}" {_META}/>\n'
        for each, (lon, lat) in zip(ids, _degrees(points).tolist(), strict=True)
    )


def _degrees(points: np.ndarray) -> np.ndarray:
    """Longitude and latitude (n, 2) of points in RD New."""
    return shapely.get_coordinates(to_wgs84(gpd.GeoSeries(shapely.points(points), crs=RD_EPSG)))


def _way(number: int, ids: Sequence[int], tags: Sequence[tuple[str, str]]) -> str:
    refs = "".join(f'  <nd ref="{each}"/>\n' for each in ids)
    told = "".join(f"  <tag k={quoteattr(key)} v={quoteattr(value)}/>\n" for key, value in tags)
    return f' <way id="{number}" {_META}>\n{refs}{told} </way>\n'


def _tags(street: Street | None) -> tuple[tuple[str, str], ...]:
    """Tags of a street by its kind, or of a footpath."""
    if street is None:
        return _FOOTPATH
    kind = street.kind
    tags = {
        "highway": _HIGHWAYS.get(kind, _RESIDENTIAL),
        "name": street.name,
        "maxspeed": str(_SPEEDS_KM_H.get(kind, _RESIDENTIAL_KM_H)),
        "lit": "no" if kind in _UNLIT else "yes",
        "sidewalk": "both" if STREETS[kind].footway else "no",
        "surface": "asphalt" if kind in _ASPHALT else "paving_stones",
    }
    if STREETS[kind].cycle_path:
        tags["cycleway:both"] = "separate"
    return tuple(sorted(tags.items()))
