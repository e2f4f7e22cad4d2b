"""OpenStreetMap as PBF: protocol buffers in packed blocks, read without a library.

In: a file. Out: blocks of nodes and ways, one block in memory at a time. osmium is not used: a damaged file crashes it,
and with it the whole program. Every length and place in a block is looked at before it is used; what is packed with
another method than zlib, or needs a feature that is not known here, is refused. Numbers of fields are those of
fileformat.proto and osmformat.proto.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from laadplan.errors import BadInput
from laadplan.ingest.files import opened

MOST_HEADER_BYTES = 64 * 1024
MOST_BLOCK_BYTES = 32 * 1024 * 1024
"""Limits that the format itself sets."""

KNOWN_FEATURES = (b"OsmSchema-V0.6", b"DenseNodes")
METHODS = {4: "lzma", 5: "bzip2", 6: "lz4", 7: "zstd"}
NANODEGREE = 1e-9
MOST_VARINT_BYTES = 10


@dataclass(frozen=True)
class Block:
    """Part of a file: its words, its groups of objects, and how coordinates are counted."""

    words: list[bytes]
    groups: list[bytes]
    granularity: int
    latitude_offset: int
    longitude_offset: int


class _Broken(ValueError):
    """Bytes that are no protocol buffer."""


def is_pbf(start: bytes) -> bool:
    """Whether a file that begins so is PBF."""
    return b"OSMHeader" in start[:32]


def read_nodes(path: Path) -> Iterator[tuple[str, float, float]]:
    """Every node: id, longitude and latitude in degrees.

    Raises
    ------
    BadInput
        The file is not whole PBF, or of a kind that is not read.
    """
    for block in _blocks(path):
        for group in block.groups:
            with _plain_words(path):
                ids, longitudes, latitudes = _dense_nodes(group, block)
                single = list(_single_nodes(group, block))
            yield from zip(map(str, ids), longitudes, latitudes, strict=True)
            yield from single


def read_ways(path: Path, key: str) -> Iterator[tuple[str, tuple[str, ...], dict[str, str]]]:
    """Every way with a tag of that key: id, ids of its nodes, tags.

    Raises
    ------
    BadInput
        The file is not whole PBF, or of a kind that is not read.
    """
    for block in _blocks(path):
        if key.encode() in block.words:
            for group in block.groups:
                with _plain_words(path):
                    ways = list(_ways(group, block, block.words.index(key.encode())))
                yield from ways


class _plain_words:  # noqa: N801 (used as a word in a with statement)
    """Turns what breaks in a block into an error in plain words."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, _Broken | UnicodeDecodeError):
            raise _damaged(str(error), self._path) from None


def _damaged(reason: str, path: Path) -> BadInput:
    return BadInput(f"This is not a whole PBF file ({reason}).", where=str(path), todo="Download it again.")


def _blocks(path: Path) -> Iterator[Block]:
    """The blocks with data, after the header was found to ask for nothing unknown."""
    with opened(path) as stream:
        while start := stream.read(4):
            with _plain_words(path):
                kind, content = _blob(stream, start, path)
            if kind == b"OSMHeader":
                with _plain_words(path):
                    features = [bytes(value) for number, value in _fields(content) if number == 4 and _is_bytes(value)]
                unknown = [each.decode("utf-8", "replace") for each in features if each not in KNOWN_FEATURES]
                if unknown:
                    words = f"The file needs a feature that is not read: {', '.join(unknown)[:80]}."
                    raise BadInput(words, where=str(path), todo="Deliver an ordinary extract, without history.")
            elif kind == b"OSMData":
                with _plain_words(path):
                    block = _block(content)
                yield block


def _blob(stream: IO[bytes], start: bytes, path: Path) -> tuple[bytes, bytes]:
    """Kind and unpacked content of the blob that begins here."""
    size = struct.unpack(">I", start)[0] if len(start) == 4 else MOST_HEADER_BYTES + 1
    if size > MOST_HEADER_BYTES:
        raise _Broken("a block has no header")
    told = dict(_fields(_exactly(stream, size)))
    kind, length = told.get(1), told.get(3)
    if not isinstance(kind, bytes) or not isinstance(length, int) or length > MOST_BLOCK_BYTES:
        raise _Broken("a block has no kind or length")
    parts = dict(_fields(_exactly(stream, length)))
    if isinstance(raw := parts.get(1), bytes):
        return kind, raw
    if isinstance(packed := parts.get(3), bytes):
        return kind, _unpacked(packed)
    method = next((name for number, name in METHODS.items() if number in parts), "")
    if method:
        words = f"The file is packed with {method}, which is not read."
        raise BadInput(words, where=str(path), todo="Pack it with zlib, e.g. with osmium cat -f pbf.")
    raise _Broken("a block is empty")


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) != size:
        raise _Broken("it ends in the middle of a block")
    return content


def _unpacked(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(packed, MOST_BLOCK_BYTES + 1)
    except zlib.error as error:
        raise _Broken(str(error)) from None
    if len(content) > MOST_BLOCK_BYTES:
        raise _Broken("a block unpacks to more than 32 MB")
    if not reader.eof:
        raise _Broken("a packed block is cut off")
    return content


def _block(content: bytes) -> Block:
    words: list[bytes] = []
    groups: list[bytes] = []
    numbers = {17: 100, 19: 0, 20: 0}
    for number, value in _fields(content):
        if number == 1 and isinstance(value, bytes):
            words += [word for place, word in _fields(value) if place == 1 and isinstance(word, bytes)]
        elif number == 2 and isinstance(value, bytes):
            groups.append(value)
        elif number in numbers and isinstance(value, int):
            numbers[number] = _signed(value)
    return Block(words, groups, numbers[17], numbers[19], numbers[20])


def _dense_nodes(group: bytes, block: Block) -> tuple[list[int], list[float], list[float]]:
    ids: list[int] = []
    longitudes: list[float] = []
    latitudes: list[float] = []
    for number, value in _fields(group):
        if number == 2 and isinstance(value, bytes):
            told = dict(_fields(value))
            rows = [_sums(_part(told, place)) for place in (1, 8, 9)]
            if len({len(row) for row in rows}) != 1:
                raise _Broken("nodes have no place")
            ids += rows[0].tolist()
            latitudes += _degrees(rows[1], block.granularity, block.latitude_offset)
            longitudes += _degrees(rows[2], block.granularity, block.longitude_offset)
    return ids, longitudes, latitudes


def _single_nodes(group: bytes, block: Block) -> Iterator[tuple[str, float, float]]:
    for number, value in _fields(group):
        if number == 1 and isinstance(value, bytes):
            told = dict(_fields(value))
            found = [told.get(place) for place in (1, 8, 9)]
            identifier, latitude, longitude = (_folded(each) if isinstance(each, int) else 0 for each in found)
            [lat] = _degrees(np.array([latitude]), block.granularity, block.latitude_offset)
            [lon] = _degrees(np.array([longitude]), block.granularity, block.longitude_offset)
            yield str(identifier), lon, lat


def _ways(group: bytes, block: Block, wanted: int) -> Iterator[tuple[str, tuple[str, ...], dict[str, str]]]:
    for number, value in _fields(group):
        if number == 3 and isinstance(value, bytes):
            told = dict(_fields(value))
            keys = _varints(_part(told, 2)).tolist()
            if wanted not in keys:
                continue
            values = _varints(_part(told, 3)).tolist()
            if len(keys) != len(values) or max([*keys, *values]) >= len(block.words):
                raise _Broken("a way has tags that are not there")
            tags = {block.words[k].decode(): block.words[v].decode() for k, v in zip(keys, values, strict=True)}
            identifier = told.get(1)
            if not isinstance(identifier, int):
                raise _Broken("a way has no id")
            yield str(_signed(identifier)), tuple(map(str, _sums(_part(told, 8)).tolist())), tags


def _part(told: dict[int, int | bytes], number: int) -> bytes:
    value = told.get(number, b"")
    if not isinstance(value, bytes):
        raise _Broken("a row of numbers is none")
    return value


def _degrees(units: np.ndarray, granularity: int, offset: int) -> list[float]:
    return ((units.astype(float) * granularity + offset) * NANODEGREE).round(9).tolist()


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field; those of a fixed width are passed over."""
    at, end = 0, len(content)
    while at < end:
        tag, at = _varint(content, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(content, at)
            yield tag >> 3, value
        elif kind == 2:
            size, at = _varint(content, at)
            if size > end - at:
                raise _Broken("a field is longer than its block")
            yield tag >> 3, content[at : at + size]
            at += size
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise _Broken("a field has an unknown type")


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A whole number of 0 and up, and where it ends."""
    value = 0
    for place, byte in enumerate(content[at : at + MOST_VARINT_BYTES]):
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, at + place + 1
    raise _Broken("a number does not end")


def _varints(content: bytes) -> np.ndarray:
    """Packed whole numbers of 0 and up."""
    row = np.frombuffer(content, dtype=np.uint8)
    if not len(row):
        return np.empty(0, dtype=np.uint64)
    ends = np.flatnonzero(row < 128)
    starts = np.concatenate([[0], ends[:-1] + 1])
    if not len(ends) or ends[-1] != len(row) - 1 or (ends - starts >= MOST_VARINT_BYTES).any():
        raise _Broken("a number does not end")
    place = np.arange(len(row)) - np.repeat(starts, ends - starts + 1)
    parts = (row & 127).astype(np.uint64) << (7 * place).astype(np.uint64)
    return np.add.reduceat(parts, starts)


def _sums(content: bytes) -> np.ndarray:
    """Packed differences, folded, as the numbers that they add up to."""
    folded = _varints(content)
    steps = (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(np.int64)
    return np.cumsum(steps, dtype=np.int64)


def _folded(value: int) -> int:
    """A number of which the lowest bit is the sign."""
    return (value >> 1) ^ -(value & 1)


def _signed(value: int) -> int:
    """A number of 64 bits of which the highest bit is the sign."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def _is_bytes(value: int | bytes) -> bool:
    return isinstance(value, bytes)
