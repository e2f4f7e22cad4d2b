"""The connections to one service, and where its redirects may lead.

In: an address, headers and perhaps a body. Out: the answer as a stream, after a few redirects at most. A redirect never
leads from https to http, and a key never leaves the service's own host.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from laadplan.errors import SourceUnreachable
from laadplan.store.download.answers import CATALOGUE_TODO, shown

CONNECT_S, READ_S = 10.0, 60.0
"""Seconds that a service may take to be reached, and to say something."""

MOST_REDIRECTS = 5


class Session(requests.Session):
    """Connections that are kept open, and the header and value of the service's key."""

    def __init__(self, key: tuple[str, str] | None) -> None:
        super().__init__()
        self.key = key

    @contextmanager
    def sent(self, url: str, headers: dict[str, str], body: dict[str, Any] | None) -> Iterator[requests.Response]:
        """The answer, after a few redirects at most; it is closed afterwards.

        Raises
        ------
        SourceUnreachable
            It redirects without end, to what is no address, or to where the key or the question may not go.
        """
        here = url
        sent = headers | ({self.key[0]: self.key[1]} if self.key else {})
        for _ in range(MOST_REDIRECTS + 1):
            response = self.request(
                "GET" if body is None else "POST",
                here,
                headers=sent,
                json=body,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_S, READ_S),
            )
            if not response.is_redirect:
                try:
                    yield response
                finally:
                    response.close()
                return
            response.close()
            here = self._redirected(here, response.headers["location"])
        words = f"It redirects more than {MOST_REDIRECTS} times."
        raise SourceUnreachable(words, where=shown(url), todo=CATALOGUE_TODO)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: redirects are followed in `sent`; requests would read the body of each before it is asked to."""
        return None

    def _redirected(self, here: str, location: str) -> str:
        try:
            target = urljoin(here, location)
            old, new = urlsplit(here), urlsplit(target)
        except ValueError:
            words = f"It redirects to what is no address ({location[:60]})."
            raise SourceUnreachable(words, where=shown(here), todo=CATALOGUE_TODO) from None
        if new.scheme not in ("http", "https") or (old.scheme == "https" and new.scheme == "http"):
            words = f"It redirects to an address that is not safe ({shown(target)})."
            raise SourceUnreachable(words, where=shown(here), todo=CATALOGUE_TODO)
        if self.key and new.netloc != old.netloc:
            words = f"It redirects to another host ({new.netloc}), and the key is not sent there."
            raise SourceUnreachable(words, where=shown(here), todo=CATALOGUE_TODO)
        return target
