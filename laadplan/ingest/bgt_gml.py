"""The objects of one GML-light file of the BGT, read as a stream.

In: a stream of bytes. Out: tables of current objects in pieces, so that no more is held than the area asks for. The
file is parsed by the piece and the tree emptied behind it; the shapes of a piece are made at once, those of history not
at all. GDAL is not used: it takes footprints for label points and writes side files.
"""

from collections.abc import Iterator
from typing import IO, Any

import pandas as pd
import shapely
from lxml import etree

from laadplan.errors import BadInput
from laadplan.ingest import gml_bulk
from laadplan.ingest.bgt_sieve import HISTORY, PLAN, PLANNED, Sieve
from laadplan.ingest.bgt_types import FIELDS, field_of, type_of_element
from laadplan.ingest.gml_stream import first_member, read_members
from laadplan.ingest.xml import local_name

GEOMETRY = "geometrie2d"
"""Start of the name of the element that holds the geometry; the rest is the object type, not always its own."""

TABLE_ROWS = 4096
"""Objects in a table, so that what is done per table costs little per object."""

_ID, _ENDED, _STATUS, _LEVEL = (FIELDS.index(name) for name in ("local_id", "ended", "status", "level"))
_SHAPE, _IDENTITY, _NOTHING = -1, -2, -3
"""What an element of an object is, if not a property."""

Row = list[Any]


def read_objects(stream: IO[bytes], where: str, arc_tolerance_m: float, sieve: Sieve) -> Iterator[pd.DataFrame]:
    """Current objects in pieces: columns of ``bgt_types.FIELDS`` as text, and ``geometry`` (m RD).

    Raises
    ------
    BadInput
        It is truncated, no GML-light, declares a DOCTYPE, or a geometry cannot be read; names the object.
    WrongCrs
        A geometry names another CRS than RD New.
    """
    rows: list[Row] = []
    for members in read_members(stream, where):
        things = [thing for member in members for thing in member.iterchildren(tag=etree.Element)]
        sieve.read += len(things)
        rows += _current(things, arc_tolerance_m, where, sieve)
        if len(rows) >= TABLE_ROWS:
            yield _table(rows, arc_tolerance_m, where)
            rows = []
    if rows:
        yield _table(rows, arc_tolerance_m, where)


def kind_of(start: bytes) -> str | None:
    """Object type of the first object of a file that starts so, empty for one without objects; None: no GML-light."""
    first = first_member(start)
    if first is None:
        return None
    return "" if first.getparent() is None else type_of_element(local_name(first))


def _current(things: list[etree._Element], arc_tolerance_m: float, where: str, sieve: Sieve) -> list[Row]:
    """The objects of today, their shapes noted; history and plans are counted, and their shapes not looked at."""
    rows: list[Row] = []
    history, planned = [], []
    for thing in things:
        row, holder = _properties(thing)
        if row[_ENDED]:
            history.append(row[_ID])
        elif row[_STATUS] == PLAN:
            planned.append(row[_ID])
        else:
            row.append(_noted(holder, arc_tolerance_m, where, row[_ID]))
            rows.append(row)
    sieve.lose(HISTORY, history)
    sieve.lose(PLANNED, planned)
    return rows


def _properties(thing: etree._Element) -> tuple[Row, etree._Element | None]:
    """The texts of an object in the order of ``FIELDS``, and the element with its geometry."""
    row: Row = [None] * len(FIELDS)
    holder = None
    for child in thing:
        slot = _slots.get(child.tag)
        if slot is None:
            slot = _learn(child.tag)
        if slot >= 0:
            row[slot] = child.text
        elif slot == _SHAPE and holder is None:
            holder = child
        elif slot == _IDENTITY:
            row[_ID] = next((each.text for each in child.iter("{*}lokaalID")), None)
    if row[_ID] is None:
        row[_ID] = next((each.text for each in thing.iter("{*}lokaalID")), None)
    return row, holder


_slots: dict[Any, int] = {}
"""Tag of an element to its place in a row; learnt, because a namespace may be anything."""

_MOST_TAGS = 10_000
"""Tags that are remembered; the BGT has some two hundred, an attack as many as it likes."""


def _learn(tag: Any) -> int:
    """The place of a tag that was not met before."""
    name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
    field = field_of(name)
    if name == "identificatie":
        slot = _IDENTITY
    elif name.startswith(GEOMETRY):
        slot = _SHAPE
    else:
        slot = _NOTHING if field is None else FIELDS.index(field)
    if len(_slots) < _MOST_TAGS:
        _slots[tag] = slot
    return slot


def _noted(holder: etree._Element | None, arc_tolerance_m: float, where: str, local_id: str | None) -> gml_bulk.Noted:
    try:
        return gml_bulk.noted(holder, arc_tolerance_m)
    except BadInput as error:
        raise type(error)(error.what, where=where, ids=[local_id or ""], todo=error.todo) from None


def _table(rows: list[Row], arc_tolerance_m: float, where: str) -> pd.DataFrame:
    *columns, items = zip(*rows, strict=True)
    table = pd.DataFrame(dict(zip(FIELDS, columns, strict=True)), dtype=object)
    try:
        shapes = gml_bulk.made(items, arc_tolerance_m)
    except BadInput:  # made again one by one, so that the message names the object
        shapes = [_made(item, arc_tolerance_m, where, row[_ID]) for item, row in zip(items, rows, strict=True)]
    return table.assign(geometry=pd.Series(shapes, dtype=object))


def _made(item: gml_bulk.Noted, arc_tolerance_m: float, where: str, local_id: str | None) -> shapely.Geometry | None:
    try:
        return gml_bulk.made([item], arc_tolerance_m)[0]
    except BadInput as error:
        raise BadInput(error.what, where=where, ids=[local_id or ""], todo="Download the BGT again.") from None
