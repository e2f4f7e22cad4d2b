"""Rows from OData, Socrata and SRU, page by page.

In: a service and what is asked of it. Out: pages of rows. Paging goes on until a page is empty, so that a cap that the
service keeps to itself loses nothing; a page that repeats is refused.
"""

from collections.abc import Iterator
from typing import Any

from laadplan.errors import SourceChanged
from laadplan.store.download.cache import Blob
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client
from laadplan.store.download.refusals import SERVICE_TODO, changed, own_link, refuse_repeat
from laadplan.store.download.wanted import Wanted, with_query

ROUND_CAP = 1000

Rows = list[dict[str, Any]]


def odata_rows(client: Client, service: Service, what: str, wanted: Wanted) -> Iterator[Rows]:
    """Pages of an OData table (CBS): by next link where the service gives one, else by number.

    ``what`` is the table, with ``?$filter=...`` behind it where not all of it is wanted. The fields that the catalogue
    names are those of the service's first table.

    Raises
    ------
    SourceUnreachable, SourceChanged
        As the client; a page without 'value' or a field, one that repeats, more rows than the cap.
    """
    received, seen = 0, set[str]()
    main = what == wanted.filled(next(iter(service.files.values())))
    table, _, condition = what.partition("?$filter=")
    query = {"$format": "json"} | _filled(service, wanted) | ({"$filter": condition} if condition else {})
    first = url = with_query(f"{service.address}/{table}", query)
    while True:
        content = client.page(url)[0]
        rows = _rows(content.get("value") if isinstance(content, dict) else None, "'value'", content, url)
        _require_fields(rows, service, url, main)
        refuse_repeat(rows, seen, url)
        received += len(rows)
        if rows:
            yield rows
        following = content.get("odata.nextLink", content.get("@odata.nextLink"))
        if isinstance(following, str):
            url = own_link(following, url)
        elif rows and len(rows) % ROUND_CAP == 0:
            url = f"{first}&$skip={received}"
        else:
            return


def socrata_rows(client: Client, service: Service, what: str, wanted: Wanted) -> Iterator[Rows]:
    """Pages of a Socrata table (RDW), until one is empty.

    Raises
    ------
    SourceUnreachable, SourceChanged
        As the client; no list of rows, a field is missing, a page repeats.
    """
    received, seen = 0, set[str]()
    while True:
        paging = {"$limit": str(service.page_size), "$offset": str(received)}
        url = with_query(f"{service.address}/{what}.json", {"$order": ":id"} | _filled(service, wanted) | paging)
        content = client.page(url)[0]
        rows = _rows(content, "a list of rows", content, url)
        _require_fields(rows, service, url, True)
        refuse_repeat(rows, seen, url)
        if not rows:
            return
        received += len(rows)
        yield rows


def sru_pages(client: Client, service: Service, wanted: Wanted) -> Iterator[Blob]:
    """Pages of a search (officielebekendmakingen), as the service gives them; none when it finds nothing.

    Raises
    ------
    SourceUnreachable, SourceChanged
        As the client; no number of records, a page that repeats, or fewer records than promised.
    """
    received, seen = 0, set[str]()
    while True:
        paging = {"startRecord": str(received + 1), "maximumRecords": str(service.page_size)}
        url = with_query(service.address, _filled(service, wanted) | paging)
        content, blob = client.page(url)
        promised, records = _records(content, url)
        refuse_repeat(records, seen, url)
        received += len(records)
        if records:
            yield blob
        if received >= promised:
            return
        if not records:
            words = f"It promises {promised} records and stops after {received}."
            raise SourceChanged(words, where=url, todo=SERVICE_TODO)


def _filled(service: Service, wanted: Wanted) -> dict[str, str]:
    return {key: wanted.filled(value) for key, value in service.query.items()}


def _records(content: Any, url: str) -> tuple[int, list[Any]]:
    """Number of records in all, and the records of this page; names may carry a prefix (sru:records)."""
    answer = _plain(content)
    answer = _plain(answer.get("searchRetrieveResponse", answer))
    number = str(answer.get("numberOfRecords"))
    if not number.isdecimal():
        raise changed("'numberOfRecords'", content, url)
    records = answer.get("records") or []
    records = _plain(records).get("record", []) if isinstance(records, dict) else records
    return int(number), records if isinstance(records, list) else [records]


def _plain(content: Any) -> dict[str, Any]:
    return {key.rpartition(":")[2]: value for key, value in content.items()} if isinstance(content, dict) else {}


def _rows(rows: Any, expected: str, content: Any, url: str) -> Rows:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise changed(expected, content, url)
    return rows


def _require_fields(rows: Rows, service: Service, url: str, asked: bool) -> None:
    for row in rows if asked else []:
        missing = [name for name in service.fields if name not in row]
        if missing:
            raise changed(f"field '{missing[0]}' in each row", row, url)
