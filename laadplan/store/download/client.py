"""The HTTP client: polite, patient and suspicious.

In: an address. Out: a `Blob` with the whole answer, or an error that says what the service did. Polite: a pace, the
wait that a service asks for, questions whether something changed, the rest of what was cut off rather than all of it
again. Patient: what may pass is tried again, with longer and longer waits. Suspicious: of redirects, content types,
sizes and packed files.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from laadplan import __version__
from laadplan.errors import SourceChanged, SourceUnreachable
from laadplan.store.download.answers import (
    CATALOGUE_TODO,
    Again,
    Parsed,
    asked_wait_s,
    passing,
    refused,
    require_whole,
    shown,
    too_large,
    writable,
)
from laadplan.store.download.cache import Blob, Cache, Journal, Part
from laadplan.store.download.pace import Pace
from laadplan.store.download.session import Session

log = logging.getLogger(__name__)

USER_AGENT = f"laadplan/{__version__}"
LONGEST_S = 4 * 3600.0
"""Seconds after which an answer that still trickles in is given up."""

RETRIES = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0

PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Statuses that may pass."""

ANSWERS = (200, 201, 202, 206)
CHUNK = 1 << 14
"""Bytes written at once: what is lost of an answer that is cut off is less than this."""

MOST_UNPACKED = 50
"""Times the size limit that a gzip may unpack to."""


@dataclass(frozen=True)
class Limits:
    """What is taken of a service: bytes per answer, requests in all, content types."""

    most_bytes: int
    most_requests: int
    content_types: tuple[str, ...]


class Client:
    """A client for one service.

    Parameters
    ----------
    cache, journal
        Where answers are kept, and what this fetch has had already.
    pace
        How fast the service may be asked.
    limits
        What is taken of it.
    key
        Header and value of a key; never logged or written down.
    sleep, clock
        Passed in so that a test waits for nothing.
    told
        Told how many requests were made and bytes came in, so far.
    """

    def __init__(
        self,
        cache: Cache,
        journal: Journal,
        pace: Pace,
        limits: Limits,
        *,
        key: tuple[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[int, int], None] = lambda _requests, _bytes: None,
    ) -> None:
        self.journal = journal
        self.sleep, self.clock = sleep, clock
        self.requests = self.bytes = 0
        self._cache, self._pace, self._limits, self._told = cache, pace, limits, told
        self._session = Session(key)
        self._session.auth = _as_it_is
        self._session.headers.update({"User-Agent": USER_AGENT, "Accept": ", ".join(limits.content_types)})

    def close(self) -> None:
        """Ends the connections."""
        self._session.close()

    def page(self, url: str, *, body: dict[str, Any] | None = None) -> tuple[Any, Blob]:
        """The JSON document at an address (or the answer to a JSON body sent there), and its blob.

        Raises
        ------
        SourceUnreachable, SourceChanged
            As `file`; what is no JSON is asked again a few times first.
        """
        parsed = Parsed()
        blob = self._had(url, body, parsed, packed=True)
        if not parsed.documents:
            _read_again(parsed, blob, url)
        return parsed.documents[-1], blob

    def live(self, url: str, settled: Callable[[Any], bool]) -> Any:
        """The JSON document at an address as it is at this moment; one that is `settled` is asked once.

        Raises
        ------
        SourceUnreachable, SourceChanged
            As `page`.
        """
        parsed = Parsed()
        had = self.journal.had(url)
        if had:
            _read_again(parsed, had, url)
        else:
            blob = self._patiently(url, lambda: self._once(url, None, parsed, packed=True, fresh=True))
            if settled(parsed.documents[-1]):
                self.journal.note(url, blob)
        return parsed.documents[-1]

    def file(self, url: str) -> Blob:
        """The whole file at an address, resumed where it was cut off.

        Raises
        ------
        SourceUnreachable
            No answer after all retries, a refusal, an endless redirect, too large, or too many requests.
        SourceChanged
            Another content type than the catalogue says.
        """
        return self._had(url, None, lambda path: None, packed=False)

    def had(self, url: str, body: dict[str, Any]) -> bool:
        """Whether this fetch, before it was cut off, has had the answer to a body sent there."""
        return self.journal.had(_name_of(url, body)) is not None

    def forget(self, url: str, body: dict[str, Any]) -> None:
        """Forgets an answer that this fetch has had, so that it is asked again."""
        self.journal.forget(_name_of(url, body))

    def _had(self, url: str, body: dict[str, Any] | None, check: Callable[[Path], None], *, packed: bool) -> Blob:
        name = _name_of(url, body)
        had = self.journal.had(name)
        if had:
            return had
        blob = self._patiently(url, lambda: self._once(url, body, check, packed=packed))
        self.journal.note(name, blob)
        return blob

    def _patiently(self, url: str, attempt: Callable[[], Blob]) -> Blob:
        """The attempt's result; tried again, with longer and longer waits, while its failure may pass."""
        policy = Retry(total=RETRIES, backoff_factor=FIRST_WAIT_S, backoff_max=LONGEST_WAIT_S)
        while True:
            self._count(url)
            try:
                return attempt()
            except Again as problem:
                try:
                    policy = policy.increment("GET", url, error=problem)
                except MaxRetryError:
                    words = f"No whole answer after {RETRIES + 1} attempts: {problem}."
                    todo = "Try again later: what came in is kept."
                    raise SourceUnreachable(words, where=shown(url), todo=todo) from None
                log.info("%s: %s; again", shown(url), problem)
                self.sleep(max(FIRST_WAIT_S, policy.get_backoff_time(), problem.after_s))

    def _count(self, url: str) -> None:
        if self.requests >= self._limits.most_requests:
            words = f"More than {self._limits.most_requests:,} requests would be needed."
            raise SourceUnreachable(words, where=shown(url), todo="Take a smaller area, or raise most_requests.")
        self._pace.wait()
        self.requests += 1
        self._told(self.requests, self.bytes)

    def _once(
        self,
        url: str,
        body: dict[str, Any] | None,
        check: Callable[[Path], None],
        *,
        packed: bool,
        fresh: bool = False,
    ) -> Blob:
        part = self._cache.part(url)
        known = None if body is not None or fresh else self._cache.known(url)
        if fresh or body is not None:
            part.drop()
        headers = {} if packed else {"Accept-Encoding": "identity"}
        if part.resumable:
            headers |= {"Range": f"bytes={part.size}-", "If-Range": part.validator}
        elif known:
            headers |= {"If-None-Match": known.etag} if known.etag else {}
            headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        with passing(), self._session.sent(url, headers, body) as response:
            if response.status_code == 304 and known:
                check(known.path)
                return known
            self._require(response, url, part)
            self._receive(response, url, part)
        try:
            require_whole(part.path, self._limits.most_bytes * MOST_UNPACKED)
            check(part.path)
        except Again:
            part.drop()
            raise
        return self._cache.keep(part)

    def _require(self, response: requests.Response, url: str, part: Part) -> None:
        """The part made ready for the body that follows; an error for an answer that is not one."""
        status = response.status_code
        if status in PASSING:
            raise Again(f"status {status}", asked_wait_s(response))
        if status == 416:
            part.drop()
            raise Again("the rest that was asked for is not there any more")
        if status not in ANSWERS:
            raise refused(status, url, has_key=self._session.key is not None)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in self._limits.content_types:
            expected = " or ".join(self._limits.content_types)
            words = f"It answers with {kind or 'no content type'}, where {expected} is expected."
            raise SourceChanged(words, where=shown(url), todo=CATALOGUE_TODO)
        etag, changed = response.headers.get("etag", ""), response.headers.get("last-modified", "")
        if status == 206:
            self._require_rest(response, part, etag)
        elif "content-encoding" in response.headers:
            part.begin("", "")  # its bytes are counted packed, and cannot be asked for from the middle
            part.etag, part.last_modified = etag, changed
        else:
            part.begin(etag, changed)

    def _require_rest(self, response: requests.Response, part: Part, etag: str) -> None:
        begins = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
        if not part.size or begins != str(part.size) or (etag and part.etag and etag != part.etag):
            part.drop()
            raise Again("another part came than was asked for")

    def _receive(self, response: requests.Response, url: str, part: Part) -> None:
        """The body written behind the part, as far as the limits allow."""
        begun, most = self.clock(), self._limits.most_bytes
        promised = response.headers.get("content-length", "")
        size = part.size
        if promised.isdecimal() and size + int(promised) > most:
            raise too_large(url, part, most)
        with writable(part.path) as write:
            for chunk in response.iter_content(CHUNK):
                size += len(chunk)
                if size > most:
                    raise too_large(url, part, most)
                if self.clock() - begun > LONGEST_S:
                    raise Again("the answer trickles in too slowly")
                write(chunk)
                self.bytes += len(chunk)
                self._told(self.requests, self.bytes)
        total = response.headers.get("content-range", "").rpartition("/")[2]
        if response.status_code == 206 and total.isdecimal() and size != int(total):
            raise Again(f"{size} of {total} bytes came")


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The request without what requests would add of its own: passwords in a .netrc, which replace a key."""
    return request


def _read_again(parsed: Parsed, blob: Blob, url: str) -> None:
    """Reads what was read before and kept."""
    try:
        parsed(blob.path)
    except Again as problem:
        raise SourceUnreachable(f"What was kept cannot be read: {problem}.", where=shown(url)) from None


def _name_of(url: str, body: dict[str, Any] | None) -> str:
    return url if body is None else f"{url} {json.dumps(body, sort_keys=True)}"
