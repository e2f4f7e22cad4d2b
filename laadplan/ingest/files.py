"""Files as they come in, opened with care: text, JSON, gzip, and zip in zip.

In: a path. Out: text, JSON, or streams. Nothing is ever unpacked to disk; a file that grows without measure when it is
unpacked, that names a place outside itself, or that is locked with a password is refused.
"""

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.watched import AGAIN, Watched

MOST_MEMBERS = 100_000
MOST_TEXT_BYTES = 2_000_000_000
"""Largest file that is taken into memory whole; larger ones have streaming readers."""

AS_UTF8 = "Save it as UTF-8. (In Excel: Save As, 'CSV UTF-8'.)"

PEEK = 4096
"""Bytes looked at to tell formats apart."""

BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n\v\f"
"""The BOM of UTF-8, and blanks."""

GZIP = b"\x1f\x8b"
OTHER_CONTENT = {
    b"\xd0\xcf\x11\xe0": ("an old workbook (.xls)", "Save it as .xlsx or as CSV UTF-8."),
    b"\xff\xfe": ("text in UTF-16", "Save it as UTF-8; in Excel as 'CSV UTF-8', not as 'Unicode text'."),
    b"SQLite format 3": (
        "a GeoPackage or another database",
        "Deliver a table, or name this file where layers are read.",
    ),
    b"II*\x00": ("an image (TIFF)", "Name it under 'rasters'."),
}
"""First bytes of what is no text, to what it is and what to do: in Windows-1252 anything would pass for text."""

ZIP = b"PK\x03\x04"

HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""How half a pair of UTF-16 is written in JSON; two that belong together are a character."""


def require_file(path: Path) -> Path:
    """The path, once it is a file.

    Raises
    ------
    MissingSource
        It is not there, or a folder.
    """
    if path.is_dir():
        raise MissingSource("This is a folder.", where=str(path), todo="Name the file in it as 'path' of this source.")
    if not path.is_file():
        raise MissingSource("The file does not exist.", where=str(path), todo="Correct its path in the config.")
    return path


def first_bytes(path: Path, number: int = PEEK) -> bytes:
    """The first bytes of a file, unpacked where it is gzip: what tells formats apart, whatever a file is called.

    Raises
    ------
    MissingSource
        The file is not there.
    """
    with require_file(path).open("rb") as stream:
        start = stream.read(max(number, PEEK))
    if not start.startswith(GZIP):
        return start[:number]
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(start, number)
    except zlib.error:
        return b""


def text_start(path: Path) -> bytes:
    """The first bytes of a text, behind a BOM and blanks: ``<`` for XML, ``{`` or ``[`` for JSON.

    Raises
    ------
    MissingSource
        The file is not there.
    """
    return first_bytes(path).lstrip(BEFORE_TEXT)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file as a stream, unpacked on the way where it is gzip.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        While it is read: the gzip is broken or truncated, or unpacks without measure.
    """
    with require_file(path).open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        if not packed:
            yield raw
            return
        size = path.stat().st_size
        with Watched(gzip.GzipFile(fileobj=raw), size, str(path)) as stream:
            yield cast("IO[bytes]", stream)


def read_text(path: Path, encodings: Sequence[str] = ("utf-8-sig",)) -> str:
    """The text of a file, UTF-8 with or without BOM unless other encodings are to be tried as well; gzip or plain.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not UTF-8, too large, or cannot be unpacked.
    """
    with opened(path) as stream:
        return read_all(stream, str(path), encodings)


def read_all(stream: IO[bytes], where: str, encodings: Sequence[str] = ("utf-8-sig",)) -> str:
    """The text of a stream, UTF-8 with or without BOM unless other encodings are to be tried as well.

    Raises
    ------
    BadInput
        It is not UTF-8, too large, or cannot be unpacked.
    """
    content = stream.read(MOST_TEXT_BYTES + 1)
    if len(content) > MOST_TEXT_BYTES:
        raise BadInput("The file is larger than 2 GB.", where=where, todo="Deliver the area that is needed.")
    for start, (what, todo) in OTHER_CONTENT.items():
        if content.startswith(start):
            raise BadInput(f"The file is not UTF-8 but {what}.", where=where, todo=todo)
    first, *others = encodings
    try:
        return content.decode(first)
    except UnicodeDecodeError as error:
        for other in others:
            with suppress(UnicodeDecodeError):
                return content.decode(other)
        raise BadInput(f"The file is not UTF-8 (byte {error.start}).", where=where, todo=AS_UTF8) from None


def read_json(path: Path) -> Any:
    """The JSON document in a file, gzip or plain.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not JSON, or nested too deep.
    """
    return parse_json(read_text(path), str(path))


def parse_json(text: str, where: str) -> Any:
    """The JSON document in a text; NaN and Infinity are no JSON, and half a character is no text.

    Raises
    ------
    BadInput
        It is not JSON, nested too deep, or holds half a character.
    """
    try:
        content = json.loads(text, parse_constant=_refuse_constant)
        if HALF_CHARACTER.search(text) and not is_text(content):
            raise ValueError("a text in it has half a character")
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deep"
        words = f"The file is not JSON ({reason})."
        raise BadInput(words, where=where, todo="It may be truncated: deliver it again.") from None
    return content


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


class Archive:
    """A zip that is read without unpacking it to disk."""

    def __init__(self, source: Path | IO[bytes], where: str) -> None:
        self.where = where
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            words = f"This is not a whole zip file ({error})."
            raise BadInput(words, where=where, todo="It is probably truncated: download it again.") from None
        self._members = {each.filename: each for each in self._zip.infolist() if each.filename[-1:] != "/"}
        self._refuse_hostile()

    @property
    def names(self) -> list[str]:
        """Names of the files in it, sorted."""
        return sorted(self._members)

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """One of its files as a stream.

        Raises
        ------
        BadInput
            While it is read: it is broken, or unpacks without measure.
        """
        member = self._members[name]
        where = f"{self.where}/{name}"
        try:
            source = self._zip.open(member)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError) as error:
            raise BadInput(f"The file in the zip cannot be read ({error}).", where=where, todo=AGAIN) from None
        with Watched(source, member.compress_size, where) as stream:
            yield cast("IO[bytes]", stream)

    def text(self, name: str) -> str:
        """The text of one of its files, UTF-8 with or without BOM.

        Raises
        ------
        BadInput
            It is broken, or is not UTF-8.
        """
        with self.opened(name) as stream:
            content = stream.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            words = f"The file in the zip is not UTF-8 (byte {error.start})."
            raise BadInput(words, where=f"{self.where}/{name}", todo=AGAIN) from None

    @contextmanager
    def inner(self, name: str) -> Iterator["Archive"]:
        """A zip in the zip. It is held in memory."""
        with self.opened(name) as stream:
            inside = Archive(io.BytesIO(stream.read()), f"{self.where}/{name}")
        with inside._zip:
            yield inside

    def _refuse_hostile(self) -> None:
        if len(self._members) > MOST_MEMBERS:
            raise BadInput(f"The zip holds more than {MOST_MEMBERS:,} files.", where=self.where, todo="Not read.")
        for name in self._members:
            place = PurePosixPath(name.replace("\\", "/"))
            if not place.parts or place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
                words = f"The zip names a file outside itself ({name[:60]})."
                raise BadInput(words, where=self.where, todo="Do not trust it: ask the supplier.")


@contextmanager
def opened_zip(path: Path) -> Iterator[Archive]:
    """A zip file.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is no whole zip, names a file outside itself, or holds too many files.
    """
    archive = Archive(require_file(path), str(path))
    with archive._zip:
        yield archive


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
