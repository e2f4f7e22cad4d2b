"""GeoTIFF in bytes: one band of numbers, in tiles or strips, in RD New (EPSG:28992).

In: values, row 0 in the north, and the place of their north-west corner. Out: the bytes of a file, whose directory
stands before its data, as in a cloud-optimised GeoTIFF.
"""

import struct
import zlib
from collections.abc import Sequence

import numpy as np

TILE_CELLS = 256
"""Side of a tile; a TIFF wants a multiple of 16."""

_SHORT, _LONG, _DOUBLE, _TEXT = 3, 4, 12, 2
_FORMS = {_SHORT: "H", _LONG: "I", _DOUBLE: "d"}
_SIZES = {_SHORT: 2, _LONG: 4, _DOUBLE: 8, _TEXT: 1}

_DEFLATE = 8
_FLOATS = 3
"""Codes of TIFF for the compression and for the kind of numbers."""

_GEO_KEYS = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 28992)
"""Keys of GeoTIFF: projected, a cell is a surface, EPSG:28992."""

_Tag = tuple[int, int, Sequence[float] | bytes]


def tiff(
    values: np.ndarray, left_m: float, top_m: float, cell_m: float, nodata: float, *, south_first: bool = False
) -> bytes:
    """The file: in compressed tiles; with `south_first` in one strip and upside down, as some tools write."""
    rows, columns = values.shape
    numbers = values.astype("<f4")
    if south_first:
        blocks = [numbers[::-1].tobytes()]
        layout: list[_Tag] = [(278, _LONG, [rows])]
        grid = (cell_m, 0, 0, left_m, 0, cell_m, 0, top_m - rows * cell_m)
    else:
        blocks = [zlib.compress(each.tobytes(), 6) for each in _tiles(numbers, nodata)]
        layout = [(322, _SHORT, [TILE_CELLS]), (323, _SHORT, [TILE_CELLS])]
        grid = (cell_m, 0, 0, left_m, 0, -cell_m, 0, top_m)
    tags: list[_Tag] = [
        (256, _LONG, [columns]),
        (257, _LONG, [rows]),
        (258, _SHORT, [32]),
        (259, _SHORT, [1 if south_first else _DEFLATE]),
        (262, _SHORT, [1]),
        (277, _SHORT, [1]),
        (339, _SHORT, [_FLOATS]),
        (34264, _DOUBLE, [*grid, 0, 0, 0, 0, 0, 0, 0, 1]),
        (34735, _SHORT, _GEO_KEYS),
        (42113, _TEXT, f"{nodata:g}".encode() + b"\0"),
        *layout,
    ]
    return _file(tags, blocks, (273, 279) if south_first else (324, 325))


def _tiles(numbers: np.ndarray, nodata: float) -> list[np.ndarray]:
    """Whole tiles, row by row; beyond the edge there is no data."""
    rows, columns = (-(-each // TILE_CELLS) * TILE_CELLS for each in numbers.shape)
    padded = np.full((rows, columns), nodata, dtype=numbers.dtype)
    padded[: numbers.shape[0], : numbers.shape[1]] = numbers
    return [
        padded[top : top + TILE_CELLS, left : left + TILE_CELLS]
        for top in range(0, rows, TILE_CELLS)
        for left in range(0, columns, TILE_CELLS)
    ]


def _file(tags: list[_Tag], blocks: list[bytes], places: tuple[int, int]) -> bytes:
    """Header, directory, what does not fit in it, and the blocks."""
    sizes = [len(block) for block in blocks]
    start = _length([*tags, (places[0], _LONG, sizes), (places[1], _LONG, sizes)])
    offsets = [start, *(int(each) for each in start + np.cumsum(sizes[:-1]))]
    directory = sorted([*tags, (places[0], _LONG, offsets), (places[1], _LONG, sizes)], key=lambda tag: tag[0])
    head = struct.pack("<2sHIH", b"II", 42, 8, len(directory))
    entries, beside = b"", b""
    first_beside = len(head) + 12 * len(directory) + 4
    for number, kind, given in directory:
        content = _packed(kind, given)
        place = content.ljust(4, b"\0") if len(content) <= 4 else struct.pack("<I", first_beside + len(beside))
        beside += content + b"\0" * (len(content) % 2) if len(content) > 4 else b""
        entries += struct.pack("<HHI", number, kind, len(content) // _SIZES[kind]) + place
    return head + entries + b"\0\0\0\0" + beside + b"".join(blocks)


def _length(tags: Sequence[_Tag]) -> int:
    """Bytes before the first block."""
    contents = [len(_packed(kind, given)) for _, kind, given in tags]
    return 10 + 12 * len(tags) + 4 + sum(each + each % 2 for each in contents if each > 4)


def _packed(kind: int, given: Sequence[float] | bytes) -> bytes:
    return given if isinstance(given, bytes) else struct.pack(f"<{len(given)}{_FORMS[kind]}", *given)
