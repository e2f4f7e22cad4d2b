"""How answers that do not add up are refused, in the same words for every protocol.

In: what a service answered. Out: nothing, or a `SourceChanged` that says what was expected and what was found.
"""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

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
    return hashlib.sha256(json.dumps(items, sort_keys=True).encode()).hexdigest()


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


def same_host(target: str, url: str) -> str:
    """The address of a next page, once it lies at the service's own host.

    Raises
    ------
    SourceChanged
        It lies elsewhere.
    """
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        words = f"Its next page lies at another host ({urlsplit(target).netloc})."
        raise SourceChanged(words, where=url, todo=SERVICE_TODO)
    return target
