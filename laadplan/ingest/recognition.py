"""Which source a file can serve: a table of recognisers, tried in order.

In: a `Sketch`. Out: `Hit`s. A recogniser looks at what a reader needs and at what no other source has, by the names the
readers themselves know; what could be two things is recognised as neither. Zones are not recognised: what polygons mean
must be said.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import shapely

from laadplan.ingest import bag_extract, bay_words
from laadplan.ingest.bgt_files import types_in
from laadplan.ingest.bgt_types import field_of
from laadplan.ingest.decree_records import ROOT as DECREES
from laadplan.ingest.dump import HEADERS, is_dump
from laadplan.ingest.grid_operators import find_layout
from laadplan.ingest.json_stream import json_parts
from laadplan.ingest.klic import is_delivery, is_imkl
from laadplan.ingest.known_layers import LAYERS, NWB
from laadplan.ingest.locations import mapping
from laadplan.ingest.osm import PBF_HEADER
from laadplan.ingest.overpass import is_overpass, tags_of
from laadplan.ingest.raster import TIFF, read_raster
from laadplan.ingest.sketch import Layer, Sketch

MOST_ELEMENTS = 100_000
"""Elements of Overpass that are looked at."""

OSM_ROOT = b"<osm"
ROOT_WITHIN = 1000
"""Bytes within which the root of XML or the first key of JSON stands."""

POLL = "locations of OCPI"
"""Form of charge points that, many times in one folder, are polls."""

BAYS_OF = "bgt_id"
"""Column of Amsterdam's road parts: they come with numbers of bays, and are found as parking bays."""


@dataclass(frozen=True)
class Hit:
    """A source that a file can serve."""

    source: str
    form: str
    """What the files of one delivery have in common."""
    layer: str | None = None
    whole_folder: bool = False
    """Whether the file is one of a set, so that the folder serves."""


def hits_of(sketch: Sketch) -> list[Hit]:
    """What the file can serve, none where that is not certain."""
    for recognise in FILES:
        found = list(recognise(sketch))
        if found:
            return found
    first = [each for layer in sketch.layers if (each := list(_of_layer(layer, sketch)))]
    return [hit for hits in (first if sketch.form == "layers" else first[:1]) for hit in hits]


def _of_layer(layer: Layer, sketch: Sketch) -> Iterator[Hit]:
    for source, form in LAYERS:
        told = form(layer, sketch.path)
        if told:
            yield Hit(source, told, None if source == "cables" else layer.key)
            if (source, told) != ("road_managers", NWB):
                return


# ---- files -----------------------------------------------------------------------------------------------------------


def _bgt(sketch: Sketch) -> Iterator[Hit]:
    if sketch.form == "json" and b'"FeatureCollection"' not in sketch.start:
        return
    types = {kind for kind, _ in types_in(sketch.path)}
    plain = sketch.form != "layers" or any(
        field_of(name) == "local_id" and name != BAYS_OF for each in sketch.layers for name in each.columns
    )
    if "wegdeel" in types and plain:
        yield Hit("bgt", sketch.form, whole_folder=len(types) == 1)


def _extract(sketch: Sketch) -> Iterator[Hit]:
    is_part = bag_extract.PART.fullmatch(sketch.path.name) is not None
    if (sketch.form == "zip" and bag_extract.is_extract(sketch.path)) or (sketch.form == "xml" and is_part):
        yield Hit("addresses", "extract", whole_folder=is_part)


def _klic(sketch: Sketch) -> Iterator[Hit]:
    if (sketch.form == "zip" and is_delivery(sketch.path)) or (sketch.form == "xml" and is_imkl(sketch.start)):
        yield Hit("cables", "klic")


def _shapefiles(sketch: Sketch) -> Iterator[Hit]:
    shapes = [name for name in sketch.names if name.lower().endswith(".shp")] if sketch.form == "zip" else []
    if shapes and all(find_layout(Path(name).stem) for name in shapes):
        yield Hit("cables", "open data")


def _decrees(sketch: Sketch) -> Iterator[Hit]:
    if sketch.form in ("xml", "json") and DECREES.encode() in sketch.start[:ROOT_WITHIN]:
        yield Hit("decrees", sketch.form)


def _osm(sketch: Sketch) -> Iterator[Hit]:
    if PBF_HEADER in sketch.start[:32] or (sketch.form == "xml" and OSM_ROOT in sketch.start[:ROOT_WITHIN]):
        yield Hit("walking", "osm")
    elif sketch.form == "json" and is_overpass(sketch.path):
        kinds = {_kind(mapping(value)) for key, value in islice(json_parts(sketch.path), MOST_ELEMENTS)}
        found = sorted(kinds - {""})
        if len(found) == 1:
            yield Hit(found[0], "overpass")


def _kind(element: Mapping[str, object]) -> str:
    """What an element of Overpass is for."""
    tags = tags_of(element)
    if "highway" in tags and element.get("type") == "way":
        return "walking"
    kinds = {"charging_station": "charge_points", "parking_space": "parking_bays", "parking": "parking_bays"}
    return kinds.get(tags.get("amenity", ""), "")


def _raster(sketch: Sketch) -> Iterator[Hit]:
    if sketch.start.startswith(TIFF):
        read_raster(sketch.path, shapely.Point(0, 0))  # refuses what is not in RD New or has several bands
        yield Hit("rasters", "raster")


def _capacity_map(sketch: Sketch) -> Iterator[Hit]:
    if sketch.form == "json" and "conforms_to" in sketch.names and b'"energy_areas"' in sketch.start:
        yield Hit("grid_capacity", "im")


def _snapshot(sketch: Sketch) -> Iterator[Hit]:
    if {"date", "tz", "locations"} <= set(sketch.names):
        yield Hit("occupancy", "snapshots")


def _locations(sketch: Sketch) -> Iterator[Hit]:
    """Locations of OCPI, or of a republisher by id: the first object has EVSE."""
    records = [each.record or {} for each in sketch.layers] if sketch.form == "json" else []
    if any("evses" in each and {"id", "locationId"} & set(each) for each in records):
        yield Hit("charge_points", POLL)


def _dump(sketch: Sketch) -> Iterator[Hit]:
    if sketch.form == "table" and is_dump(sketch.path):
        names = HEADERS.get(sketch.start.partition(b"\n")[0].count(b"\t") + 1, ())
        if any(set(words.values()) <= set(names) for words in bay_words.DIALECTS.values()):
            yield Hit("parking_bays", "dump")


FILES: tuple[Callable[[Sketch], Iterator[Hit]], ...] = (
    _raster,
    _decrees,
    _osm,
    _klic,
    _extract,
    _shapefiles,
    _bgt,
    _capacity_map,
    _snapshot,
    _locations,
    _dump,
)
"""Recognisers of whole files, in the order in which they are tried."""
