"""What a file shows at first glance: its form, and the names and columns of what is in it.

In: a path. Out: a `Sketch`. However large the file is, only its start is read, what GDAL says of a layer, the directory
of a zip, and of a workbook the first rows of its sheets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from laadplan.ingest.columns import DELIMITERS, first_rows
from laadplan.ingest.features import VECTOR
from laadplan.ingest.files import ZIP, first_bytes, opened_zip
from laadplan.ingest.json_stream import json_parts
from laadplan.ingest.locations import mapping
from laadplan.ingest.vector import describe_layer, layers_of

START_BYTES = 65_536
"""Bytes of a file that are looked at."""

FIRST_PARTS = 20
"""Values of JSON that are looked at."""

MOST_WORKBOOK_BYTES = 50_000_000
"""Workbooks above this are left alone: they must be unpacked to be looked into."""

WORKBOOK = "xl/workbook.xml"
BLANKS = b"\xef\xbb\xbf \t\r\n"
SHAPES = {"point": "point", "line": "line", "path": "line", "curve": "line", "polygon": "surface", "surface": "surface"}
SHAPES |= {"ring": "surface"}
"""Words in the name of a kind of geometry, in small letters, to ours."""


@dataclass(frozen=True)
class Layer:
    """A layer, a table or the rows of JSON: what may serve as one source."""

    columns: tuple[str, ...]
    shape: str = ""
    """``point``, ``line`` or ``surface``; empty: a table, or unknown."""
    name: str = ""
    key: str | None = None
    """The ``layer`` of the config by which it is read; None: it is the only one."""
    record: Mapping[str, Any] | None = None
    """Its first row, where it is JSON."""
    identity: str = ""
    """The id that a service gave to its first feature."""


@dataclass(frozen=True)
class Sketch:
    """A file at first glance."""

    path: Path
    start: bytes
    """Its first bytes, unpacked, without BOM and blanks."""
    form: str
    """``zip``, ``layers``, ``xml``, ``json``, ``table``, or empty for what is none of these."""
    layers: tuple[Layer, ...] = ()
    names: tuple[str, ...] = ()
    """Names of the files in a zip, or the outermost keys of JSON."""


def sketch_of(path: Path) -> Sketch:
    """The file at first glance.

    Raises
    ------
    LaadplanError
        It is damaged as far as it was looked at.
    """
    start = first_bytes(path, START_BYTES)
    text = start.lstrip(BLANKS)
    if start.startswith(ZIP):
        return _of_zip(path, start)
    if start.startswith(tuple(magic for magic in VECTOR if magic != b"{")):
        return Sketch(path, start, "layers", tuple(_of_layers(path, named=start.startswith(b"SQLite"))))
    if text.startswith(b"<"):
        return Sketch(path, text, "xml")
    if text.startswith((b"{", b"[")):
        parts = list(islice(json_parts(path), FIRST_PARTS))
        return Sketch(path, text, "json", tuple(_of_json(parts)), tuple(dict.fromkeys(key for key, _ in parts)))
    if b"\0" in start:
        return Sketch(path, start, "")
    return Sketch(path, text, "table", tuple(_of_text(text)))


def shape_of(kind: str) -> str:
    """Our word for a kind of geometry.

    >>> shape_of("3D Multi Polygon"), shape_of("esriGeometryPolyline"), shape_of("Unknown")
    ('surface', 'line', '')
    """
    words = kind.lower()
    return next((ours for word, ours in SHAPES.items() if word in words.replace("polyline", "line")), "")


def _of_zip(path: Path, start: bytes) -> Sketch:
    with opened_zip(path) as archive:
        names = tuple(archive.names)
    if WORKBOOK not in names:
        return Sketch(path, start, "zip", names=names)
    small = path.stat().st_size <= MOST_WORKBOOK_BYTES
    return Sketch(path, start, "table", tuple(_of_workbook(path)) if small else ())


def _of_workbook(path: Path) -> Iterator[Layer]:
    """Every row that may be the header of a sheet; the first sheet is read without its name."""
    for place, (sheet, rows) in enumerate(first_rows(path).items()):
        for row in rows:
            yield Layer(tuple(row), name=sheet, key=sheet if place else None)


def _of_layers(path: Path, *, named: bool) -> Iterator[Layer]:
    for name in layers_of(path):
        kind, columns = describe_layer(path, name)
        yield Layer(tuple(columns), shape_of(kind), name, name if named else None)


def _of_json(parts: list[tuple[str, Any]]) -> Iterator[Layer]:
    """The first object in a list, or else among the values, with the columns that a reader sees in it."""
    head = {key: value for key, value in parts if isinstance(value, str)}
    found = next((value for _, value in parts if isinstance(value, dict) and _is_row(value)), None)
    found = found or next((value for _, value in parts if isinstance(value, dict)), None)
    if found is None:
        return
    told = mapping(found.get("properties")) or mapping(found.get("attributes")) or found
    geometry = mapping(found.get("geometry"))
    shape = shape_of(str(geometry.get("type") or head.get("geometryType") or ""))
    identity = str(found.get("id") or "") if found is not told else ""
    yield Layer(tuple(map(str, told)), shape, head.get("name", ""), record=told, identity=identity)


def _is_row(value: Mapping[str, Any]) -> bool:
    return {"properties", "geometry"} <= set(value) or "attributes" in value


def _of_text(text: bytes) -> Iterator[Layer]:
    """The first line as a header, and those below it for a table with a title."""
    for line in text.decode("utf-8", "replace").splitlines()[:10]:
        delimiter = next((each for each in DELIMITERS if each in line), ",")
        yield Layer(tuple(cell.strip().strip('"') for cell in line.split(delimiter)))
