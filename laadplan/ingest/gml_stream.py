"""The members of a GML file of any size, a few hundred at a time.

In: a stream of bytes. Out: lists of member elements. The bytes are cut behind a member's end tag, and each piece is put
between the head and the end of the file and parsed as a document of its own, while the one before it is used: that is
twice as fast. The cut is found in the bytes and may be wrong (an end tag in a comment): a piece is then no
document, and the rest of the file is parsed on, as one document. So every byte is seen by the parser either way.
"""

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

from lxml import etree

from laadplan.errors import BadInput
from laadplan.ingest.xml import OPTIONS, local_name

ROOTS = ("CityModel", "FeatureCollection")
MEMBERS = ("cityObjectMember", "featureMember", "member")
BESIDE_MEMBERS = ("boundedBy", "name", "description", "metaDataProperty")
"""What a file may hold beside its members."""

FIRST_BYTES = 1 << 16
"""Bytes within which the root must be found."""

PIECE_BYTES = 1 << 19
"""Bytes parsed at a time: some hundred objects, which stay in the cache of a processor."""

MOST_BYTES = 1 << 25
"""Bytes within which a member must end for the file to be cut; the largest member seen has some hundred thousand."""

AHEAD = 2
"""Pieces that are being parsed while one is used."""

_MEMBER = re.compile(rb"<((?:[\w.-]+:)?(?:" + "|".join(MEMBERS).encode() + rb"))[\s>]")

Elements = list[etree._Element]


def read_members(stream: IO[bytes], where: str) -> Iterator[Elements]:
    """The members of the file, in its order; those given before are gone when the next are asked for.

    Raises
    ------
    BadInput
        It is truncated, another document, holds no members but something else, or declares a DOCTYPE.
    """
    start = stream.read(FIRST_BYTES)
    others: set[str] = set()
    seen = False
    try:
        _refuse_other_documents(start, where)
        for children in _children(start, stream):
            members = [each for each in children if _is_member(each, others)]
            seen |= bool(members)
            if members:
                yield members
    except etree.XMLSyntaxError as error:
        raise BadInput(
            f"This is not a whole GML file ({error.msg}).",
            where=where,
            todo="It is probably truncated: download it again.",
        ) from None
    if others and not seen:
        words = f"The file holds '{min(others)}' where GML-light has a '{MEMBERS[0]}'."
        raise BadInput(words, where=where, todo="Download the BGT as GML-light.")


def first_member(start: bytes) -> etree._Element | None:
    """The first object of a GML file that starts so; its root where there is none yet; None: no GML file."""
    reader = etree.XMLPullParser(events=("start",), **OPTIONS)
    try:
        reader.feed(start)
    except etree.XMLSyntaxError:
        return None
    opened = [element for element in _elements(reader) if isinstance(element.tag, str)]
    if not opened or local_name(opened[0]) not in ROOTS:
        return None
    held = (each for each in opened if (above := each.getparent()) is not None and local_name(above) in MEMBERS)
    return next(held, opened[0])


def _is_member(element: etree._Element, others: set[str]) -> bool:
    name = local_name(element)
    if name in MEMBERS:
        return True
    if name not in BESIDE_MEMBERS:
        others.add(name)
    return False


def _refuse_other_documents(start: bytes, where: str) -> None:
    reader = etree.XMLPullParser(events=("start",), **OPTIONS)
    reader.feed(start)
    root = next(iter(_elements(reader)), None)
    if root is None:
        raise BadInput("This is not a whole GML file (it has no root).", where=where, todo="Download it again.")
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInput("The file declares a DOCTYPE, which a BGT file never does.", where=where, todo="Not read.")
    if local_name(root) not in ROOTS:
        words = f"This is not a GML-light file but a '{local_name(root)}'."
        raise BadInput(words, where=where, todo="It may be an error page: download it again.")


def _children(start: bytes, stream: IO[bytes]) -> Iterator[Elements]:
    """The elements below the root, piece by piece."""
    head, body, end, tail = _cut(start)
    if not head:
        yield from _parsed_on(start, stream)
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        ahead: deque[tuple[bytes, Future[Elements]]] = deque()
        is_cut = True
        while True:
            while is_cut and len(ahead) <= AHEAD:
                piece, body = _next(body, end, stream)
                is_cut = bool(piece)
                if is_cut:
                    ahead.append((piece, pool.submit(_parsed, head + piece + tail)))
            if not ahead:
                yield from _parsed_on(head + body, stream)
                return
            piece, future = ahead.popleft()
            try:
                children = future.result()
            except etree.XMLSyntaxError:
                yield from _parsed_on(head + piece + b"".join(later for later, _ in ahead) + body, stream)
                return
            yield children


def _cut(start: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """What comes before the first member, the rest, the end tag of a member and of the root; empty: cannot be cut."""
    found = _MEMBER.search(start)
    if not found:
        return b"", start, b"", b""
    head = start[: found.start()]
    reader = etree.XMLPullParser(events=("start",), **OPTIONS)
    reader.feed(head)
    root = _elements(reader)[0]
    name = f"{root.prefix}:{local_name(root)}" if root.prefix else local_name(root)
    tail = f"</{name}>".encode()
    try:
        _parsed(head + tail)
    except etree.XMLSyntaxError:
        return b"", start, b"", b""
    return head, start[found.start() :], b"</" + found[1] + b">", tail


def _next(body: bytes, end: bytes, stream: IO[bytes]) -> tuple[bytes, bytes]:
    """A piece that ends with a member, and what was read behind it; no piece where no end of a member was found."""
    while len(body) < MOST_BYTES:
        read = stream.read(PIECE_BYTES)
        if not read:
            break
        body += read
        behind = body.rfind(end) + len(end)
        if behind >= len(end):
            return body[:behind], body[behind:]
    return b"", body


def _parsed(document: bytes) -> Elements:
    return list(
        etree.fromstring(document, etree.XMLParser(collect_ids=False, remove_blank_text=True, **OPTIONS)).iterchildren(
            tag=etree.Element
        )
    )


def _parsed_on(start: bytes, stream: IO[bytes]) -> Iterator[Elements]:
    """The elements below the root while the file is parsed on as one document."""
    reader = etree.XMLPullParser(events=("end",), tag=[f"{{*}}{name}" for name in MEMBERS], **OPTIONS)
    piece = start
    while piece:
        reader.feed(piece)
        members = [(root, each) for each in _elements(reader) if (root := _root_above(each)) is not None]
        if members:
            yield [each for _, each in members]
            root, last = members[-1]
            del root[: root.index(last) + 1]
        piece = stream.read(PIECE_BYTES)
    yield list(reader.close().iterchildren(tag=etree.Element))


def _root_above(element: etree._Element) -> etree._Element | None:
    """The root, if the element lies right below it."""
    parent = element.getparent()
    return parent if parent is not None and parent.getparent() is None else None


def _elements(reader: Any) -> Elements:
    """The elements of the events that came in; these are all of elements."""
    return [element for _, element in reader.read_events()]
