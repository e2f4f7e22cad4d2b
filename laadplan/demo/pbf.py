"""OpenStreetMap as PBF: protocol buffers in blocks, written without a library.

In: nodes and ways. Out: the bytes of a file. Blocks are not packed, so that the bytes do not depend on a version of
zlib. Numbers of fields are those of osmformat.proto and fileformat.proto.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

Node = tuple[int, float, float]
"""Id, longitude and latitude in degrees."""

Way = tuple[int, Sequence[int], Mapping[str, str]]
"""Id, ids of its nodes, tags."""

NANODEGREES = 1e-9
GRANULARITY = 100
"""Coordinates are whole numbers of this many nanodegrees: about a centimetre."""

PER_BLOCK = 8000
"""Objects in a block, as other programs write them."""


def pbf(nodes: Sequence[Node], ways: Sequence[Way]) -> bytes:
    """A file with the nodes and then the ways, each by ascending id."""
    header = _text(4, "OsmSchema-V0.6") + _text(4, "DenseNodes") + _text(16, "laadplan demo")
    blocks = [_blob("OSMHeader", header)]
    blocks += [_blob("OSMData", _node_block(nodes[at : at + PER_BLOCK])) for at in range(0, len(nodes), PER_BLOCK)]
    blocks += [_blob("OSMData", _way_block(ways[at : at + PER_BLOCK])) for at in range(0, len(ways), PER_BLOCK)]
    return b"".join(blocks)


def _blob(kind: str, content: bytes) -> bytes:
    blob = _bytes(1, content)
    header = _text(1, kind) + _number(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def _node_block(nodes: Sequence[Node]) -> bytes:
    """A block of dense nodes: differences from node to node."""
    ids = _packed(1, _steps(node[0] for node in nodes))
    latitudes = _packed(8, _steps(_units(node[2]) for node in nodes))
    longitudes = _packed(9, _steps(_units(node[1]) for node in nodes))
    return _block([""], _bytes(2, ids + latitudes + longitudes))


def _way_block(ways: Sequence[Way]) -> bytes:
    words = sorted({word for _, _, tags in ways for pair in tags.items() for word in pair})
    place = {word: number for number, word in enumerate(words, start=1)}
    rows = [
        _number(1, number)
        + _packed(2, (place[key] for key in tags))
        + _packed(3, (place[value] for value in tags.values()))
        + _packed(8, _steps(refs))
        for number, refs, tags in ways
    ]
    return _block(["", *words], b"".join(_bytes(3, row) for row in rows))


def _block(words: Iterable[str], group: bytes) -> bytes:
    table = b"".join(_text(1, word) for word in words)
    return _bytes(1, table) + _bytes(2, group) + _number(17, GRANULARITY)


def _units(degrees: float) -> int:
    return round(degrees / NANODEGREES / GRANULARITY)


def _steps(values: Iterable[int]) -> Iterable[int]:
    """Differences between values that follow each other, folded to numbers of 0 and up."""
    before = 0
    for value in values:
        step, before = value - before, value
        yield 2 * step if step >= 0 else -2 * step - 1


def _packed(field: int, values: Iterable[int]) -> bytes:
    return _bytes(field, b"".join(_varint(value) for value in values))


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode("utf-8"))


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    """A whole number of 0 and up, seven bits a byte.

    >>> _varint(300).hex()
    'ac02'
    """
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)
