"""The walking network as PBF, as Overpass gives it, and the streets as wegvakken of the NWB.

In: the whole town, with its network as OSM XML among the main files. Out: one file each. Besides the town, PBF and
Overpass hold a motorway and a private driveway, and the NWB a motorway: nobody walks there.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from lxml import etree

from laadplan.demo.every_files import RD_CRS, collection, write_json
from laadplan.demo.pbf import Node, Way, pbf
from laadplan.demo.whole import Whole
from laadplan.geo.rd import to_rd

FOOTPATH = "footway"
FIRST_SECTION = 990_000_001
"""Ids of wegvakken begin here."""

MUNICIPALITY = 9901
SOUTH_DEG = 0.002
"""The motorway runs so far south of the town."""


@dataclass(frozen=True)
class Drawn:
    """The network of the main file: nodes and ways by ascending id."""

    nodes: tuple[Node, ...]
    ways: tuple[Way, ...]


def write_pbf(whole: Whole, folder: Path) -> None:
    """The network as PBF, with ways where nobody walks."""
    drawn = _with_closed(_drawn(whole))
    (folder / "lopen.osm.pbf").write_bytes(pbf(drawn.nodes, drawn.ways))


def write_overpass(whole: Whole, folder: Path) -> None:
    """The network as Overpass gives it, ways before nodes as after ``>; out skel``."""
    drawn = _with_closed(_drawn(whole))
    ways = [{"type": "way", "id": each, "nodes": list(refs), "tags": dict(tags)} for each, refs, tags in drawn.ways]
    nodes = [{"type": "node", "id": each, "lat": lat, "lon": lon} for each, lon, lat in drawn.nodes]
    about = {"timestamp_osm_base": "2025-01-01T00:00:00Z", "copyright": "Verzonnen gemeente: niets hierin bestaat."}
    head = {"version": 0.6, "generator": "Overpass API", "osm3s": about}
    write_json(folder / "lopen_overpass.json", head | {"elements": [*ways, *nodes]})


def write_nwb(whole: Whole, folder: Path) -> None:
    """The streets as wegvakken from junction to junction (GeoJSON, EPSG:28992); footpaths are not in the NWB."""
    drawn = _drawn(whole)
    places = dict(zip([node[0] for node in drawn.nodes], _in_rd(drawn.nodes).tolist(), strict=True))
    streets = [way for way in drawn.ways if way[2]["highway"] != FOOTPATH]
    sections = [
        _section(FIRST_SECTION + number, refs, [places[ref] for ref in refs], name, whole.town.name)
        for number, (refs, name) in enumerate(_stretches(streets))
    ]
    first, last = _south(drawn.nodes)
    ends = _in_rd((first, last)).tolist()
    motorway = _section(FIRST_SECTION + len(sections), [first[0], last[0]], ends, "", whole.town.name)
    motorway["properties"] |= {"wegbehsrt": "R", "wegnummer": "099", "bst_code": "HR"}  # type: ignore[operator]
    content = collection([*sections, motorway], name="wegvakken", crs=RD_CRS)
    write_json(folder / "nwb_wegvakken.geojson", content)


def _drawn(whole: Whole) -> Drawn:
    root = etree.parse(whole.main / "lopen.osm").getroot()
    nodes: list[Node] = []
    for node in root.iter("node"):
        nodes.append((int(node.attrib["id"]), float(node.attrib["lon"]), float(node.attrib["lat"])))
    ways: list[Way] = []
    for way in root.iter("way"):
        tags = {str(tag.attrib["k"]): str(tag.attrib["v"]) for tag in way.iter("tag")}
        ways.append((int(way.attrib["id"]), tuple(int(nd.attrib["ref"]) for nd in way.iter("nd")), tags))
    return Drawn(tuple(sorted(nodes)), tuple(sorted(ways, key=lambda way: way[0])))


def _with_closed(drawn: Drawn) -> Drawn:
    """The network with a motorway south of the town and a private driveway from its first node."""
    south = _south(drawn.nodes)
    number = drawn.ways[-1][0] + 1
    motorway = (number, (south[0][0], south[1][0]), {"highway": "motorway", "ref": "A99"})
    driveway = (number + 1, (drawn.nodes[0][0], south[0][0]), {"access": "private", "highway": "service"})
    return Drawn((*drawn.nodes, *south), (*drawn.ways, motorway, driveway))


def _south(nodes: tuple[Node, ...]) -> tuple[Node, Node]:
    """Both ends of the motorway."""
    longitudes, latitudes = zip(*((lon, lat) for _, lon, lat in nodes), strict=True)
    latitude = round(min(latitudes) - SOUTH_DEG, 7)
    first = nodes[-1][0] + 1
    return (first, min(longitudes), latitude), (first + 1, max(longitudes), latitude)


def _stretches(streets: list[Way]) -> Iterator[tuple[list[int], str]]:
    """Streets cut at every node that another street has too, with their names."""
    uses = Counter(ref for _, refs, _ in streets for ref in refs)
    for _, refs, tags in streets:
        cuts = [place for place, ref in enumerate(refs) if uses[ref] > 1 or place in (0, len(refs) - 1)]
        for start, end in pairwise(cuts):
            yield list(refs[start : end + 1]), tags.get("name", "")


def _in_rd(nodes: tuple[Node, ...]) -> np.ndarray:
    places = np.array([node[1:] for node in nodes])
    return np.round(to_rd(places[:, 0], places[:, 1]), 3)


def _section(number: int, refs: list[int], line: list[list[float]], name: str, town: str) -> dict[str, object]:
    told = {
        "wvk_id": number,
        "wvk_begdat": "2025-01-01",
        "jte_id_beg": refs[0],
        "jte_id_end": refs[-1],
        "wegbehsrt": "G",
        "wegnummer": "",
        "bst_code": "",
        "rijrichtng": "",
        "stt_naam": name,
        "gme_id": MUNICIPALITY,
        "gme_naam": town,
    }
    geometry = {"type": "MultiLineString", "coordinates": [line]}
    return {"type": "Feature", "id": f"wegvakken.{number}", "properties": told, "geometry": geometry}
