"""What a service answers, weighed: what may pass, what is final, and what is not whole.

In: answers, failures and files. Out: `Again` for what may pass, an error in plain words for what will not.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from laadplan.errors import ConfigError, SourceUnreachable
from laadplan.store.download.cache import Part

LONGEST_ASKED_WAIT_S = 300
"""Longest Retry-After that is honoured in full."""

READ_BYTES = 1 << 18
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
CATALOGUE_TODO = "The address in the catalogue may be out of date."


class Refused(SourceUnreachable):
    """The service understands what is asked and refuses it: asking again does not help."""


class Again(Exception):
    """Something that may pass: try again, after this many seconds at least."""

    def __init__(self, words: str, after_s: float = 0.0) -> None:
        super().__init__(words)
        self.after_s = after_s


class Parsed:
    """Reads JSON documents and keeps them; one that is not whole may be asked again."""

    def __init__(self) -> None:
        self.documents: list[Any] = []

    def __call__(self, path: Path) -> None:
        """Reads the document in a file."""
        try:
            text = path.read_bytes().decode("utf-8-sig")
            self.documents.append(json.loads(text, parse_constant=_refuse))
        except (ValueError, RecursionError) as error:
            raise Again(f"the answer is not whole JSON ({error})") from None


@contextmanager
def passing() -> Iterator[None]:
    """Failures of a connection, as something that may pass; what cannot pass, as plain words."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        words = f"Its certificate is not trusted ({_short(error)})."
        raise SourceUnreachable(words, todo="Check the address and the certificates of this machine.") from None
    except (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidHeader,
    ) as error:
        raise ConfigError(f"This cannot be asked ({_short(error)}).", where="catalogue", todo="Correct it.") from None
    except requests.exceptions.Timeout:
        raise Again("no answer in time") from None
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise Again(f"the connection broke ({_short(error)})") from None


@contextmanager
def writable(path: Path) -> Iterator[Callable[[bytes], Any]]:
    """What appends to a file unbuffered, so that a kill loses nothing; plain words when the disk is full."""
    with path.open("ab", buffering=0) as stream:

        def write(chunk: bytes) -> None:
            try:
                stream.write(chunk)
            except OSError as error:
                words = f"What comes in cannot be written ({error.strerror})."
                raise ConfigError(words, where=str(path), todo="Make room, or choose another --out.") from None

        yield write


def require_whole(path: Path, most_bytes: int) -> None:
    """Nothing, once a gzip or zip is seen to be whole: a service may cut a file off and say nothing."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(ZIP) and not zipfile.is_zipfile(path):
        raise Again("the zip is truncated")
    if start.startswith(GZIP):
        _require_whole_gzip(path, most_bytes)


def _require_whole_gzip(path: Path, most_bytes: int) -> None:
    unpacker, size = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), 0
    with path.open("rb") as stream:
        rest = b""
        while rest or (rest := stream.read(READ_BYTES)):
            try:
                size += len(unpacker.decompress(rest, READ_BYTES))
            except zlib.error as error:
                raise Again(f"the gzip is broken ({error})") from None
            rest = unpacker.unconsumed_tail
            if unpacker.eof and (rest := unpacker.unused_data or stream.read(READ_BYTES)):
                unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            if size > most_bytes:
                words = "The gzip unpacks without measure."
                raise SourceUnreachable(words, where=path.name, todo="Do not trust it: ask the supplier.")
    if not unpacker.eof:
        raise Again("the gzip is truncated")


def asked_wait_s(response: requests.Response) -> float:
    """Seconds that the service asks to wait (Retry-After), capped; 0 where it asks nothing that is understood."""
    asked = response.headers.get("retry-after", "")
    try:
        return min(Retry(0).parse_retry_after(asked), LONGEST_ASKED_WAIT_S) if asked else 0.0
    except (InvalidHeader, ValueError, OverflowError):
        return 0.0


def refused(status: int, url: str, *, has_key: bool) -> Refused:
    """The error for a status that will not pass."""
    todo = CATALOGUE_TODO
    if status in (401, 403):
        todo = "Check the key." if has_key else "It may ask for a key: see key_env in the catalogue."
    return Refused(f"It refuses with status {status}.", where=shown(url), todo=todo)


def too_large(url: str, part: Part, most: int) -> SourceUnreachable:
    """The error for an answer above the limit, of which nothing is kept."""
    part.drop()
    words = f"Its answer is larger than {most:,} bytes."
    return SourceUnreachable(words, where=shown(url), todo="Take a smaller area, or raise most_bytes.")


def shown(url: str) -> str:
    """The address for people: without user names, cut where it is long."""
    parts = urlsplit(url)
    text = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return f"{text}?{parts.query}"[:200] if parts.query else text


def _short(error: BaseException) -> str:
    """The cause at the bottom, in a line."""
    cause: Any = error
    while getattr(cause, "args", None) and isinstance(cause.args[0], BaseException):
        cause = cause.args[0]
    reason = getattr(cause, "reason", None)
    words = " ".join(str(reason or cause).split())
    return words.rpartition(">: ")[2][:120]


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
