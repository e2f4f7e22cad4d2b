"""The objects of one GML-light file of the BGT, read as a stream.

In: a stream of bytes. Out: tables of current objects in pieces, so that no more is held than the area asks for. The
file is parsed by the piece and the tree emptied behind it; the shapes of a piece are made at once, those of history not
at all. GDAL is not used: it takes footprints for label points and writes side files.
"""

from collections.abc import Iterator
from typing import IO, Any

import pandas as pd
from lxml import etree

from laadplan.errors import BadInput
from laadplan.ingest import gml, gml_bulk
from laadplan.ingest.bgt_sieve import HISTORY, PLAN, PLANNED, Sieve
from laadplan.ingest.bgt_types import FIELDS, field_of, type_of_element
from laadplan.ingest.xml import OPTIONS, local_name

ROOTS = ("CityModel", "FeatureCollection")
MEMBERS = ("cityObjectMember", "featureMember", "member")
GEOMETRY = "geometrie2d"
"""Start of the name of the element that holds the geometry; the rest is the object type, not always its own."""

FIRST_BYTES = 1 << 16
"""Bytes within which the root must be found."""

PIECE_BYTES = 1 << 19
"""Bytes parsed at a time: some two hundred objects, which stay in the cache of a processor."""

_UNUSUAL = etree.XPath(
    "boolean(//@srsName[not(contains(., ':28992') or contains(., '/28992') or contains(., '#28992'))"
    " or string-length(substring-after(., '28992')) > 0] | //@srsDimension[. != '2'])"
)
"""Whether a part of the tree names another CRS or more dimensions, so that each object must be looked at."""

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
    for root, members in _pieces(stream, where):
        things = [thing for member in members for thing in member.iterchildren(tag=etree.Element)]
        sieve.read += len(things)
        rows, holders = _current(things, sieve)
        if rows:
            yield _table(rows, holders, arc_tolerance_m, where, is_plain=not _UNUSUAL(root))


def kind_of(start: bytes) -> str | None:
    """Object type of the first object of a file that starts so, empty for one without objects; None: no GML-light."""
    reader = etree.XMLPullParser(events=("start",), **OPTIONS)
    try:
        reader.feed(start)
    except etree.XMLSyntaxError:
        return None
    opened = [element for _, element in reader.read_events() if isinstance(element.tag, str)]
    if not opened or local_name(opened[0]) not in ROOTS:
        return None
    held = (each for each in opened if (above := each.getparent()) is not None and local_name(above) in MEMBERS)
    return next((type_of_element(local_name(each)) for each in held), "")


def _pieces(stream: IO[bytes], where: str) -> Iterator[tuple[etree._Element, list[etree._Element]]]:
    """The root and the members that came in with each piece of the file; they are gone when the next is asked for."""
    start = stream.read(FIRST_BYTES)
    reader = etree.XMLPullParser(events=("end",), tag=[f"{{*}}{name}" for name in MEMBERS], **OPTIONS)
    try:
        _refuse_other_documents(start, where)
        piece, seen = start, False
        while piece:
            reader.feed(piece)
            members = [element for _, element in reader.read_events() if _is_member(element)]
            if members:
                seen = True
                root = members[0].getparent()
                assert root is not None  # _is_member saw to it
                yield root, members
                del root[: root.index(members[-1]) + 1]
            piece = stream.read(PIECE_BYTES)
        _refuse_strangers(reader.close(), where, seen=seen)
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"This is not a whole GML file ({error.msg}).",
            where=where,
            todo="It is probably truncated: download it again.",
        ) from None


def _is_member(element: etree._Element) -> bool:
    """Whether an element lies right below the root."""
    parent = element.getparent()
    return parent is not None and parent.getparent() is None


def _refuse_other_documents(start: bytes, where: str) -> None:
    reader = etree.XMLPullParser(events=("start",), **OPTIONS)
    reader.feed(start)
    root = next((element for _, element in reader.read_events()), None)
    if root is None:
        raise BadInput("This is not a whole GML file (it has no root).", where=where, todo="Download it again.")
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInput("The file declares a DOCTYPE, which a BGT file never does.", where=where, todo="Not read.")
    if local_name(root) not in ROOTS:
        words = f"This is not a GML-light file but a '{local_name(root)}'."
        raise BadInput(words, where=where, todo="It may be an error page: download it again.")


def _refuse_strangers(root: etree._Element, where: str, *, seen: bool) -> None:
    """Refuses a file without objects that holds something else: it must not pass for an empty one."""
    others = [local_name(each) for each in root.iterchildren(tag=etree.Element)]
    strange = [name for name in others if name not in (*MEMBERS, "boundedBy", "name", "description")]
    if strange and not seen:
        words = f"The file holds '{strange[0]}' where GML-light has a '{MEMBERS[0]}'."
        raise BadInput(words, where=where, todo="Download the BGT as GML-light.")


def _current(things: list[etree._Element], sieve: Sieve) -> tuple[list[Row], list[etree._Element | None]]:
    """Properties of the objects of today and the element with the geometry of each; history and plans are counted."""
    rows: list[Row] = []
    holders: list[etree._Element | None] = []
    history, planned = [], []
    for thing in things:
        row, holder = _properties(thing)
        if row[_ENDED]:
            history.append(row[_ID])
        elif row[_STATUS] == PLAN:
            planned.append(row[_ID])
        else:
            rows.append(row)
            holders.append(holder)
    sieve.lose(HISTORY, history)
    sieve.lose(PLANNED, planned)
    return rows, holders


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


def _table(
    rows: list[Row], holders: list[etree._Element | None], arc_tolerance_m: float, where: str, *, is_plain: bool
) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(FIELDS), dtype=object)
    if is_plain:
        try:
            table["geometry"] = pd.Series(gml_bulk.shapes(holders, arc_tolerance_m), dtype=object)
        except BadInput:  # the shapes are made again one by one, so that the message names the object
            is_plain = False
    if not is_plain:
        shapes = [_shape(holder, arc_tolerance_m, where, row[_ID]) for holder, row in zip(holders, rows, strict=True)]
        table["geometry"] = pd.Series(shapes, dtype=object)
    return table


def _shape(holder: etree._Element | None, arc_tolerance_m: float, where: str, local_id: str | None) -> Any:
    try:
        return None if holder is None else gml.shape(holder, arc_tolerance_m)
    except BadInput as error:
        raise type(error)(error.what, where=where, ids=[local_id or ""], todo=error.todo) from None
