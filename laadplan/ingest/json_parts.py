"""Large JSON read item by item, so that memory does not grow with the file.

In: a file, gzip or plain. Out: the items of its outermost array; or, of an outermost object, each value with its key,
arrays among them item by item. What stands before or behind is checked to be JSON, so that a truncated file is refused.
"""

import codecs
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from laadplan.errors import BadInput
from laadplan.ingest.files import opened

CHUNK_BYTES = 1 << 20
"""Bytes taken from the file at once."""

MOST_ITEM_CHARS = 64_000_000
"""Longest item that is believed: one location, session or feature takes some kilobytes."""

SPACE = " \t\n\r"


def json_parts(path: Path) -> Iterator[tuple[str, Any]]:
    """Key and value, one at a time; the key is empty in an outermost array, and repeated in an array below a key.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not JSON, is truncated, or is no object and no array; it cannot be unpacked.
    """
    with opened(path) as stream:
        text = _Text(stream, str(path))
        start = text.next()
        if start == "[":
            yield from (("", item) for item in text.array())
        elif start == "{":
            yield from text.object()
        else:
            text.refuse("it begins with neither [ nor {")
        if text.next(missing=""):
            text.refuse("something follows behind its end")


class _Text:
    """The text of a file with a place in it; more is read when an item does not end in what is there."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        self._stream, self._where = stream, where
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._text, self._place, self._ended = "", 0, False
        self._decoder = json.JSONDecoder(parse_constant=_no_constant)

    def array(self) -> Iterator[Any]:
        """The items of an array, from behind its bracket."""
        yield from self._members("]", self._value)

    def object(self) -> Iterator[tuple[str, Any]]:
        """Key and value of an object, from behind its brace; an array below a key item by item."""
        for key in self._members("}", self._key):
            if self._peek() == "[":
                self._place += 1
                yield from ((key, item) for item in self.array())
            else:
                yield key, self._value()

    def next(self, missing: str | None = None) -> str:
        """The next character that is no space; at the end `missing`, or a refusal."""
        found = self._peek()
        if not found and missing is None:
            self.refuse("it ends too early")
        self._place += 1
        return found

    def refuse(self, reason: str) -> None:
        """Refuses the file."""
        raise BadInput(
            f"The file is not JSON ({reason}).", where=self._where, todo="It may be truncated: deliver it again."
        )

    def _members(self, end: str, take: Callable[[], Any]) -> Iterator[Any]:
        if self._peek() == end:
            self._place += 1
            return
        while True:
            yield take()
            mark = self.next()
            if mark == end:
                return
            if mark != ",":
                self.refuse(f"a comma is missing before '{mark}'")

    def _key(self) -> str:
        if self._peek() != '"':
            self.refuse("a key is missing")
        key = str(self._value())
        if self.next() != ":":
            self.refuse("a colon is missing")
        return key

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except (ValueError, RecursionError) as error:
                reason = str(error) if isinstance(error, ValueError) else "it is nested too deep"
                if isinstance(error, RecursionError) or not self._more(double=True):
                    self.refuse(reason)
            else:
                if end < len(self._text) or not self._more():
                    self._place = end
                    return value

    def _peek(self) -> str:
        while True:
            while self._place < len(self._text):
                if self._text[self._place] not in SPACE:
                    return self._text[self._place]
                self._place += 1
            if not self._more():
                return ""

    def _more(self, *, double: bool = False) -> bool:
        """Reads on, and forgets what was used; false at the end of the file."""
        if self._ended:
            return False
        rest = self._text[self._place :]
        if len(rest) > MOST_ITEM_CHARS:
            self.refuse("one of its items is larger than 64 MB")
        content = self._stream.read(max(CHUNK_BYTES, len(rest) if double else 0))
        self._ended = not content
        try:
            self._text = rest + self._decode(content, self._ended)
        except UnicodeDecodeError as error:
            self.refuse(f"it is not UTF-8: {error.reason}")
        self._place = 0
        return True


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
