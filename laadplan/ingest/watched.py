"""A packed file while it is unpacked: refused when it grows without measure, or breaks.

In: a stream of unpacked bytes. Out: the same stream, which ends in plain words where it does not end well.
"""

import io
import zipfile
import zlib
from typing import Any

from laadplan.errors import BadInput

MOST_GROWTH = 200
"""Unpacked bytes per packed byte that are still believed: XML of the BAG grows 30 to 50 times, a bomb a thousand."""

BELIEVED_BYTES = 20_000_000
"""Whatever the growth, a file of this size is read."""

AGAIN = "It is probably damaged: download it again."


class Watched(io.RawIOBase):
    """A stream of unpacked bytes that is refused when it grows without measure, with plain words for what breaks."""

    def __init__(self, source: Any, packed: int, where: str) -> None:
        self._source, self._where = source, where
        self._left = max(BELIEVED_BYTES, packed * MOST_GROWTH)

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Bytes, at most `size` of them."""
        wanted = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        try:
            content = bytes(self._source.read(wanted))
        except (
            OSError,
            EOFError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            zlib.error,
            zipfile.BadZipFile,
        ) as error:
            raise BadInput(f"The packed file cannot be read ({error}).", where=self._where, todo=AGAIN) from None
        self._left -= len(content)
        if self._left < 0:
            words = f"The file unpacks to more than {MOST_GROWTH} times its size."
            raise BadInput(words, where=self._where, todo="Do not trust it: ask the supplier.")
        return content

    def readall(self) -> bytes:
        """All bytes that are left."""
        return self.read(-1)

    def readinto(self, buffer: Any, /) -> int:
        """Fills a buffer; returns the number of bytes."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        """Closes what is underneath."""
        self._source.close()
        super().close()
