"""JSON read as a stream, item by item, so that memory does not grow with the file.

In: a file or a stream of bytes that holds a list, or an object with lists in it. Out: the items of one list, or of all
lists with what stands beside them, one at a time. The rest of the document is looked at too, so that a file that was
cut off is never taken for a whole one.
"""

import codecs
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from laadplan.errors import BadInput
from laadplan.ingest.files import HALF_CHARACTER, is_text, opened

CHUNK_BYTES = 1 << 18
"""Bytes read at a time."""

MOST_CHARACTERS = 64_000_000
"""Longest item, or value beside the lists: one location, session or feature takes some kilobytes."""


def items(
    stream: IO[bytes], where: str, *, lists: Collection[str], beside: dict[str, Any] | None = None
) -> Iterator[Any]:
    """Each item of the document's list: of the list itself, or of the first of the named lists in an object.

    Parameters
    ----------
    stream
        The document, UTF-8 with or without BOM.
    where
        File, for the message.
    lists
        Names that the list may have where the document is an object.
    beside
        Where the other members of that object are noted; complete after the last item.

    Raises
    ------
    BadInput
        It is not whole JSON in UTF-8, is nested too deep, has an item without measure, or holds no such list.
    """
    text = _Text(stream, where)
    if text.next() == "[":
        yield from _listed(text)
    elif text.next() == "{":
        yield from _one_list(text, lists, {} if beside is None else beside)
    else:
        raise text.broken("it holds no list")
    text.end()


def json_parts(path: Path) -> Iterator[tuple[str, Any]]:
    """Key and value, one at a time; the key is empty in an outermost list, and repeated in a list below a key.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not whole JSON in UTF-8, or is no object and no list; it cannot be unpacked.
    """
    with opened(path) as stream:
        text = _Text(stream, str(path))
        if text.next() == "[":
            yield from (("", item) for item in _listed(text))
        elif text.next() == "{":
            yield from _all_lists(text)
        else:
            raise text.broken("it begins with neither [ nor {")
        text.end()


def _one_list(text: "_Text", lists: Collection[str], beside: dict[str, Any]) -> Iterator[Any]:
    """Items of the one list in an object, whatever stands before and behind it."""
    found = False
    for name in _keys(text):
        if not found and name in lists and text.next() == "[":
            found = True
            yield from _listed(text)
        else:
            beside[name] = text.value()
    if not found:
        words = f"The file holds no list called {' or '.join(sorted(lists))}."
        raise BadInput(words, where=text.where, todo="It is another kind of file: name the right one.")


def _all_lists(text: "_Text") -> Iterator[tuple[str, Any]]:
    """Key and value of an object; a list below a key item by item."""
    for name in _keys(text):
        if text.next() == "[":
            yield from ((name, item) for item in _listed(text))
        else:
            yield name, text.value()


def _listed(text: "_Text") -> Iterator[Any]:
    """Items up to and with the closing bracket."""
    for _ in _members(text, "[", "]"):
        yield text.value()


def _keys(text: "_Text") -> Iterator[str]:
    """Keys of an object; what stands behind each is to be taken before the next is asked for."""
    for _ in _members(text, "{", "}"):
        if text.next() != '"':
            raise text.broken("a key is missing")
        name = str(text.value())
        text.take(":")
        yield name


def _members(text: "_Text", opening: str, closing: str) -> Iterator[None]:
    """Comes by at each place where a member begins."""
    text.take(opening)
    if text.next() != closing:
        yield
        while text.next() == ",":
            text.take(",")
            yield
    text.take(closing)


class _Text:
    """The text that was read and not yet used."""

    def __init__(self, stream: IO[bytes], where: str) -> None:
        self.where = where
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._parse = json.JSONDecoder(parse_constant=_refuse_constant)
        self._text = ""
        self._at = 0
        self._ended = False

    def next(self) -> str:
        """The character that follows, blanks left out; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def take(self, wanted: str) -> None:
        """Goes past a character that must follow."""
        if self.next() != wanted:
            raise self.broken(f"'{wanted}' is missing")
        self._at += 1

    def end(self) -> None:
        """Refuses what stands behind the document."""
        if self.next():
            raise self.broken("something stands behind its end")

    def value(self) -> Any:
        """The value that follows."""
        self.next()
        while True:
            try:
                value, end = self._parse.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._ended or isinstance(error, RecursionError | _Constant):
                    words = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
                    raise self.broken(words) from None
                self._more()
            else:
                # A number at the edge of what was read may go on behind it.
                if end == len(self._text) and not self._ended:
                    self._more()
                    continue
                self._refuse_half_characters(value, end)
                self._at = end
                return value

    def _refuse_half_characters(self, value: Any, end: int) -> None:
        """Half a pair of UTF-16 may be written in JSON, but is no text."""
        if HALF_CHARACTER.search(self._text, self._at, end) and not is_text(value):
            raise self.broken("a text in it has half a character")

    def broken(self, reason: str) -> BadInput:
        """The error for a document that is not as it should be."""
        return BadInput(
            f"The file is not JSON as it should be ({reason}).",
            where=self.where,
            todo="It may be truncated: deliver it again.",
        )

    def _more(self) -> None:
        """Reads on, twice as far each time one value does not fit, so that a large one costs no more than its size."""
        left = self._text[self._at :]
        if len(left) > MOST_CHARACTERS:
            raise self.broken(f"a value in it does not end within {MOST_CHARACTERS:,} characters")
        content = self._stream.read(max(CHUNK_BYTES, len(left)))
        try:
            self._text = left + self._decode.decode(content, final=not content)
        except UnicodeDecodeError:
            raise self.broken("it is not UTF-8") from None
        self._at = 0
        self._ended = not content


class _Constant(ValueError):
    """NaN or Infinity, which are no JSON."""


def _refuse_constant(name: str) -> Any:
    raise _Constant(f"{name} is not a JSON number")
