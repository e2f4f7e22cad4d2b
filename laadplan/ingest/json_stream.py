"""JSON read as a stream, item by item, so that memory does not grow with the file.

In: a stream of bytes that holds a list, or an object with a list in it. Out: the items of the list, one at a time. The
rest of the document is looked at too, so that a file that was cut off is never taken for a whole one.
"""

import codecs
import json
from collections.abc import Collection, Iterator
from typing import IO, Any

from laadplan.errors import BadInput

CHUNK_BYTES = 1 << 18
"""Bytes read at a time."""

MOST_CHARACTERS = 16_000_000
"""Largest single item, or value beside the list: 16 MB is more than any feature of a source."""


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
        yield from _members(text, lists, {} if beside is None else beside)
    else:
        raise text.broken("it holds no list")
    if text.next():
        raise text.broken("something stands behind its end")


def _listed(text: "_Text") -> Iterator[Any]:
    """Items up to and with the closing bracket."""
    text.take("[")
    if text.next() == "]":
        text.take("]")
        return
    while True:
        yield text.value()
        if text.next() != ",":
            break
        text.take(",")
    text.take("]")


def _members(text: "_Text", lists: Collection[str], beside: dict[str, Any]) -> Iterator[Any]:
    """Items of the one list in an object, whatever stands before and behind it."""
    found = False
    text.take("{")
    while True:
        if text.next() == "}" and not found:
            break
        name = text.value()
        text.take(":")
        if not found and name in lists and text.next() == "[":
            found = True
            yield from _listed(text)
        else:
            beside[str(name)] = text.value()
        if text.next() != ",":
            break
        text.take(",")
    text.take("}")
    if not found:
        words = f"The file holds no list called {' or '.join(sorted(lists))}."
        raise BadInput(words, where=text.where, todo="It is another kind of file: name the right one.")


def is_text(value: Any) -> bool:
    """Whether all texts in a value can be written down again.

    >>> is_text(["a", "b"]), is_text({"a": chr(0xD800)})
    (True, False)
    """
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


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
        if "\\ud" in self._text[self._at : end].lower() and not is_text(value):
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
