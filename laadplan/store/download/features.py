"""Features of a box from OGC API Features, WFS 2.0 (GeoServer too) and ArcGIS, page by page.

In: a service, what is asked of it, and a box in RD New (m). Out: pages of features, all in EPSG:28992. Every service
caps what it gives: some say so, some break off in silence at a round number, some repeat a page for ever. A box that
holds more than can be reached is asked again in quarters; the features on the seams come twice, and whoever writes them
down counts each once. Anything else that does not add up is refused.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from laadplan.errors import SourceChanged
from laadplan.store.download.catalogue import Service
from laadplan.store.download.client import Client
from laadplan.store.download.refusals import SERVICE_TODO, changed, digest_of_items, own_link, refuse_repeat
from laadplan.store.download.wanted import Box, box_text, quarters, side_m, with_query

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
RD_URN = "urn:ogc:def:crs:EPSG::28992"
RD_EPSG = 28992
ROUND_CAP = 1000
"""A page of a round number of thousands may be all there is, or all that is given."""

PAGING_TODO = "Its paging is broken: set tiles: true in the catalogue."

SMALLEST_TILE_M = 10.0
"""A box that is full at this size is not cut further."""

LARGEST_DEGREES = 360.0
"""Coordinates below this are degrees: in RD New all are above it."""


@dataclass
class Page:
    """Features of one answer, and what the service says of the rest."""

    features: list[dict[str, Any]]
    matched: int | None = None
    more: bool = False
    following: str | None = None
    head: dict[str, Any] = field(default_factory=dict)


class _TooMany(Exception):
    """The box holds more than the service lets on."""


def pages_of(client: Client, service: Service, what: str, box: Box) -> Iterator[Page]:
    """Pages with every feature that touches the box; a feature may come more than once.

    Raises
    ------
    SourceUnreachable
        The service does not answer, or refuses.
    SourceChanged
        A page lacks what it must have, repeats, or holds other coordinates; pages do not add up; a tile stays full.
    """
    ask = {"ogc_api": _ogc_api, "wfs": _wfs, "arcgis": _arcgis}[service.kind]
    try:
        yield from ask(client, service, what, box)
    except _TooMany:
        if side_m(box) < SMALLEST_TILE_M:
            words = f"It gives no more than part of what lies within {SMALLEST_TILE_M:.0f} m of {box_text(box)}."
            raise SourceChanged(words, where=service.address, todo="Report it to the service.") from None
        for quarter in quarters(box):
            yield from pages_of(client, service, what, quarter)


def identity(feature: dict[str, Any], head: dict[str, Any]) -> str:
    """What tells a feature from another: the id that the service gives it, or its content where that is no real id."""
    attributes, key = feature.get("attributes"), head.get("objectIdFieldName")
    named = attributes.get(key) if isinstance(attributes, dict) and isinstance(key, str) else feature.get("id")
    if named is None or str(named).startswith("fid-") or ".fid-" in str(named):  # GeoServer makes these up per request
        named = digest_of_items({key: value for key, value in feature.items() if key != "id"})
    return str(named)


def _ogc_api(client: Client, service: Service, what: str, box: Box) -> Iterator[Page]:
    query = {"f": "json", "limit": str(service.page_size), "bbox": box_text(box), "bbox-crs": RD_URI, "crs": RD_URI}
    url: str | None = with_query(f"{service.address}/collections/{what}/items", query | service.query)
    seen: set[str] = set()
    received = 0
    while url:
        page = _geojson(client.page(url)[0], url, service)
        refuse_repeat(page.features, seen, url, todo=PAGING_TODO)
        received += len(page.features)
        yield page
        if not page.following or not page.features:
            short = received < page.matched if page.matched is not None else _full(page, service)
            if short:
                raise _TooMany
            return
        if received >= service.cap:
            raise _TooMany
        url = page.following


def _wfs(client: Client, service: Service, what: str, box: Box) -> Iterator[Page]:
    query = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": what}
    query |= {"outputFormat": "application/json", "srsName": RD_URN, "bbox": f"{box_text(box)},{RD_URN}"}

    def url_of(start: int) -> str:
        paging = {} if service.tiles else {"startIndex": str(start)}
        return with_query(service.address, query | service.query | {"count": str(service.page_size)} | paging)

    return _by_number(client, service, url_of, _geojson)


def _arcgis(client: Client, service: Service, what: str, box: Box) -> Iterator[Page]:
    query = {"f": "json", "where": "1=1", "geometry": box_text(box), "geometryType": "esriGeometryEnvelope"}
    query |= {"inSR": str(RD_EPSG), "outSR": str(RD_EPSG), "spatialRel": "esriSpatialRelIntersects"}
    query |= {"outFields": "*", "returnGeometry": "true"}

    def url_of(start: int) -> str:
        paging = {} if service.tiles else {"resultOffset": str(start)}
        size = {"resultRecordCount": str(service.page_size)}
        return with_query(f"{service.address}/{what}/query", query | service.query | size | paging)

    return _by_number(client, service, url_of, _esri)


def _by_number(
    client: Client,
    service: Service,
    url_of: Callable[[int], str],
    read: Callable[[Any, str, Service], Page],
) -> Iterator[Page]:
    """Pages that are asked by the number of the first feature; by tile alone where the service's paging is broken."""
    seen: set[str] = set()
    received = 0
    while True:
        url = url_of(received)
        page = read(client.page(url)[0], url, service)
        refuse_repeat(page.features, seen, url, todo=PAGING_TODO)
        received += len(page.features)
        left = page.matched is not None and received < page.matched
        unsure = page.more or (page.matched is None and _full(page, service))
        if (left and (page.matched or 0) > service.cap) or received > service.cap:
            raise _TooMany
        yield page
        if not left and not unsure:
            return
        if service.tiles:
            raise _TooMany
        if not page.features:
            words = f"It promises {page.matched or 'more'} features and stops after {received}."
            raise SourceChanged(words, where=url, todo="Try again later; set tiles: true if it stays so.")
        if page.matched is None and page.features and received >= service.cap:
            raise _TooMany


def _full(page: Page, service: Service) -> bool:
    """Whether a page that says nothing of the rest may have been cut off."""
    number = len(page.features)
    return number >= service.page_size or (number > 0 and number % ROUND_CAP == 0)


def _geojson(content: Any, url: str, service: Service) -> Page:
    features = _features(content, url, "properties", service)
    if content.get("type") != "FeatureCollection":
        raise changed("'type': 'FeatureCollection'", content, url)
    crs = content.get("crs")
    if crs is not None and str(RD_EPSG) not in json.dumps(crs):
        raise SourceChanged(
            f"Its coordinates are in {json.dumps(crs)[:80]}, not in RD New.", where=url, todo=SERVICE_TODO
        )
    for feature in features:
        _require_metres(feature, url)
    matched = content.get("numberMatched", content.get("totalFeatures"))
    return Page(features, matched if isinstance(matched, int) else None, following=_next_link(content, url))


def _esri(content: Any, url: str, service: Service) -> Page:
    if isinstance(content, dict) and "error" in content:
        raise SourceChanged(
            f"It answers with an error ({json.dumps(content['error'])[:160]}).", where=url, todo=SERVICE_TODO
        )
    features = _features(content, url, "attributes", service)
    head = {key: value for key, value in content.items() if key not in ("features", "exceededTransferLimit")}
    reference = head.get("spatialReference") or {}
    if features and (not isinstance(reference, dict) or RD_EPSG not in reference.values()):
        raise changed("'spatialReference' of RD New", content, url)
    return Page(features, more=content.get("exceededTransferLimit") is True, head=head)


def _features(content: Any, url: str, holder: str, service: Service) -> list[dict[str, Any]]:
    """The features of an answer, each with its fields."""
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise changed("'features'", content, url)
    for feature in features:
        fields = feature.get(holder) if isinstance(feature, dict) else None
        if not isinstance(fields, dict):
            raise changed(f"'{holder}' in each feature", feature, url)
        missing = [name for name in service.fields if name not in fields]
        if missing:
            raise changed(f"field '{missing[0]}' in each feature", fields, url)
    return features


def _require_metres(feature: dict[str, Any], url: str) -> None:
    geometry = feature.get("geometry")
    place = geometry.get("coordinates") if isinstance(geometry, dict) else None
    while isinstance(place, list) and place and isinstance(place[0], list):
        place = place[0]
    if not isinstance(place, list) or len(place) < 2:
        return
    if all(isinstance(value, int | float) and abs(value) <= LARGEST_DEGREES for value in place[:2]):
        raise SourceChanged(
            "Its coordinates are in degrees, though RD New (EPSG:28992) was asked.", where=url, todo=SERVICE_TODO
        )


def _next_link(content: dict[str, Any], url: str) -> str | None:
    """Where the next page is; never at another host than the service's own."""
    links = content.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            return own_link(link["href"], url)
    return None
