"""How answers that do not add up are refused, in the same words for every protocol.

In: what a service answered. Out: nothing, or a `SourceChanged` that says what was expected and what was found.
"""

import hashlib
import json
from typing import Any
from urllib.parse import urljoin, urlsplit

from laadplan.errors import SourceChanged

SERVICE_TODO = "The service has changed: look at its documentation and correct the catalogue."
SHOWN_KEYS = 12
"""Keys that are listed of what was found."""


def changed(expected: str, content: Any, url: str) -> SourceChanged:
    """The error for an answer in another shape: what was expected and which keys were found."""
    found = ", ".join(sorted(map(str, content))[:SHOWN_KEYS]) if isinstance(content, dict) else type(content).__name__
    return SourceChanged(f"Expected {expected}; found {found or 'nothing'}.", where=url, todo=SERVICE_TODO)


def digest_of_items(items: Any) -> str:
    """The sha256 of items as JSON, as hex."""
    return hashlib.sha256(_dumped(items, sort_keys=True).encode()).hexdigest()


def refuse_repeat(items: list[Any], seen: set[str], url: str, *, todo: str = SERVICE_TODO) -> None:
    """Nothing; notes the page in `seen`.

    Raises
    ------
    SourceChanged
        The page was seen before.
    """
    digest = digest_of_items(items)
    if items and digest in seen:
        raise SourceChanged("It gives the same page twice.", where=url, todo=todo)
    seen.add(digest)


def own_link(link: str, url: str) -> str:
    """The address of a link in an answer, once it lies at the service's own host.

    Raises
    ------
    SourceChanged
        It lies elsewhere, or is no address.
    """
    try:
        target = urljoin(url, link)
        host, own = urlsplit(target)[:2], urlsplit(url)[:2]
    except ValueError:
        raise SourceChanged(f"It links to what is no address ({link[:60]}).", where=url, todo=SERVICE_TODO) from None
    if host != own:
        raise SourceChanged(f"It links to another host ({host[1]}).", where=url, todo=SERVICE_TODO)
    return target


def json_text(item: Any) -> str:
    """The item as JSON on one line, as it is written to a file.

    Raises
    ------
    SourceChanged
        A text in it is no Unicode.
    """
    text = _dumped(item, ensure_ascii=False)
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise SourceChanged("A text that it gives is no Unicode.", where=text[:60].encode("ascii", "replace").decode())
    return text


def _dumped(item: Any, **settings: bool) -> str:
    try:
        return json.dumps(item, **settings)  # type: ignore[arg-type]
    except RecursionError:
        raise SourceChanged("Its answer is nested too deep.", todo=SERVICE_TODO) from None
