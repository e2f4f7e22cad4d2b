"""OpenStreetMap as nodes and ways: XML, PBF and the JSON that Overpass gives.

In: a file. Out: its nodes and its ways with a ``highway``, one at a time; what was deleted is left out. PBF is read by
osmium; osmnx is not used here, because it takes seconds to start and holds all in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lxml import etree

from laadplan.errors import BadInput
from laadplan.ingest.files import BEFORE_TEXT, first_bytes, opened
from laadplan.ingest.overpass import elements_of, refuse_cut_off
from laadplan.ingest.xml import elements, local_name

PBF_HEADER = b"OSMHeader"
"""How the first block of every PBF file is called."""

Node = tuple[str, float, float]
"""Id, longitude and latitude in degrees."""


@dataclass(frozen=True)
class Way:
    """A way: its id, the ids of its nodes in order, and its tags."""

    way_id: str
    nodes: tuple[str, ...]
    tags: Mapping[str, str]


class OsmFile(Protocol):
    """A file that can be gone through more than once."""

    def nodes(self) -> Iterator[Node]:
        """Every node with a place."""

    def ways(self) -> Iterator[Way]:
        """Every way with a ``highway``."""


def osm_file(path: Path) -> OsmFile | None:
    """The file as OpenStreetMap, by what it holds; None where it is something else.

    Raises
    ------
    MissingSource
        The file is not there.
    """
    start = first_bytes(path)
    if PBF_HEADER in start[:32]:
        return PbfFile(path)
    start = start.lstrip(BEFORE_TEXT)
    if start.startswith(b"<"):
        return XmlFile(path)
    if start.startswith(b"[") or (start.startswith(b"{") and b'"FeatureCollection"' not in start):
        return OverpassFile(path)
    return None


class XmlFile:
    """OSM XML (version 0.6), gzip or plain."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def nodes(self) -> Iterator[Node]:
        """Every node with a place.

        Raises
        ------
        BadInput
            The file is not whole OSM XML, or a place is no number.
        """
        for element in self._elements():
            if local_name(element) == "node" and element.get("lat") and element.get("lon"):
                yield _node(element.get("id"), element.get("lon"), element.get("lat"), self._path)

    def ways(self) -> Iterator[Way]:
        """Every way with a ``highway``.

        Raises
        ------
        BadInput
            The file is not whole OSM XML.
        """
        for element in self._elements():
            if local_name(element) == "way":
                tags = {str(tag.get("k")): str(tag.get("v")) for tag in element.iterfind("{*}tag")}
                refs = tuple(str(nd.get("ref")) for nd in element.iterfind("{*}nd"))
                if "highway" in tags:
                    yield Way(_id(element.get("id"), self._path), refs, tags)

    def _elements(self) -> Iterator[etree._Element]:
        with opened(self._path) as stream:
            for element in elements(stream, ("node", "way", "relation", "remark"), str(self._path), roots=("osm",)):
                if local_name(element) == "remark":
                    refuse_cut_off(element.text, self._path)
                elif element.get("visible") != "false":
                    yield element


class OverpassFile:
    """The JSON that Overpass gives; nodes may stand before or after the ways, or their places within."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def nodes(self) -> Iterator[Node]:
        """Every node with a place, also those that are given only within a way.

        Raises
        ------
        BadInput
            The file is not whole JSON of Overpass, or a place is no number.
        """
        for item in elements_of(self._path):
            if item["type"] == "node" and "lat" in item:
                yield _node(item.get("id"), item.get("lon"), item.get("lat"), self._path)
            elif item["type"] == "way" and isinstance(item.get("geometry"), list):
                for ref, place in zip(_refs(item), item["geometry"], strict=False):
                    if isinstance(place, dict):
                        yield _node(ref, place.get("lon"), place.get("lat"), self._path)

    def ways(self) -> Iterator[Way]:
        """Every way with a ``highway``.

        Raises
        ------
        BadInput
            The file is not whole JSON of Overpass.
        """
        for item in elements_of(self._path):
            tags = item.get("tags")
            if item["type"] == "way" and isinstance(tags, dict) and "highway" in tags:
                told = {key: str(value) for key, value in tags.items()}
                yield Way(_id(item.get("id"), self._path), tuple(_refs(item)), told)


class PbfFile:
    """OSM PBF, read by osmium."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def nodes(self) -> Iterator[Node]:
        """Every node with a place.

        Raises
        ------
        BadInput
            The file is not whole PBF.
        """
        for item in self._items("NODE", _pbf_node):
            if item is not None:
                yield item

    def ways(self) -> Iterator[Way]:
        """Every way with a ``highway``.

        Raises
        ------
        BadInput
            The file is not whole PBF.
        """
        for item in self._items("WAY", _pbf_way):
            if "highway" in item.tags:
                yield item

    def _items(self, kind: str, made: Callable[[Any], Any]) -> Iterator[Any]:
        """Objects of one kind as they are wanted; what breaks in osmium is told in plain words."""
        try:
            import osmium
        except ImportError:
            words = "This is PBF, which laadplan reads with osmium, and osmium is not installed."
            raise BadInput(words, where=str(self._path), todo="Install it: pip install 'laadplan[osm]'.") from None
        try:
            file = osmium.io.File(str(self._path), "pbf")
            yield from map(made, osmium.FileProcessor(file, getattr(osmium.osm, kind)))
        except (RuntimeError, ValueError, MemoryError, OverflowError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            words = f"This is not a whole PBF file ({reason})."
            raise BadInput(words, where=str(self._path), todo="It may be truncated: download it again.") from None


def _pbf_node(item: Any) -> Node | None:
    """A node of osmium, which may not be used when the next is given."""
    place = item.location
    return (str(item.id), place.lon, place.lat) if place.valid() else None


def _pbf_way(item: Any) -> Way:
    """A way of osmium, likewise."""
    return Way(str(item.id), tuple(str(node.ref) for node in item.nodes), dict(item.tags))


def _node(identifier: Any, longitude: Any, latitude: Any, path: Path) -> Node:
    found = _id(identifier, path)
    try:
        return found, float(longitude), float(latitude)
    except (TypeError, ValueError, OverflowError):
        words = "A node has a place that is no number."
        raise BadInput(words, where=str(path), ids=[found], todo="Deliver the file again.") from None


def _id(identifier: Any, path: Path) -> str:
    if isinstance(identifier, bool | list | dict) or identifier is None or not str(identifier):
        raise BadInput("A node or way has no id.", where=str(path), todo="Deliver the file again.")
    return str(identifier)


def _refs(item: Mapping[str, Any]) -> list[str]:
    refs = item.get("nodes")
    return [str(ref) for ref in refs] if isinstance(refs, list) else []
