"""Charging locations from GeoJSON and OpenStreetMap: one JSON object each.

In: a feature of DOT-NL, of a republisher or of OSM, or an element of Overpass. Out: a `Location`, or nothing for what
is no charging location. None of these lists EVSE: what they count is taken with care, and called a least number where
it is one. DOT-NL counts per kind of connector, and one EVSE may have several kinds; so the EVSE are the largest sum
over groups of one kind. OSM gives `capacity`, the number of cars at a time; a location that says nothing has one.
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from laadplan.ingest.locations import (
    ABROAD,
    HALF_PUBLIC,
    NOT_FOR_CARS,
    NOWHERE,
    PRIVATE,
    PUBLIC,
    UNKNOWN_ACCESS,
    WATT_PER_KW,
    Location,
    highest,
    mapping,
    number,
    objects,
    place,
    power_kw,
    refuse,
    text,
    whole,
)
from laadplan.ingest.ocpi import ACCESS, DUTCH

OSM_ACCESS = {"yes": PUBLIC, "public": PUBLIC, "permissive": HALF_PUBLIC, "customers": HALF_PUBLIC}
"""OSM `access` to ours; private and no are dropped."""

OUTPUT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kw|w)?\b", re.IGNORECASE)
"""A power in OSM: ``22 kW``, ``11``, ``3.7;22 kW``."""

BELIEVED_KW = 1000.0
"""A number without a unit above this is in watts."""


def read_feature(feature: Mapping[str, Any], where: str) -> Location | None:
    """A feature of GeoJSON; None for one that is no charging location, e.g. the boundary in a republished file.

    Raises
    ------
    BadInput
        A charging location has no id, or its place is no point in degrees.
    """
    properties = mapping(feature.get("properties"))
    if properties.get("amenity") == "charging_station":
        name = text(properties.get("@id")) or text(feature.get("id"))
        return _of_osm(name, properties, _point(feature), where)
    if "availabilities" in properties:
        return _of_dot_nl(feature, properties, where)
    if "locationId" in properties:
        return _republished(feature, properties, where)
    return None


def read_element(element: Mapping[str, Any], nodes: Mapping[Any, tuple[float, float]], where: str) -> Location | None:
    """An element of Overpass that is a charging station; ways lie at their middle, if need be that of their `nodes`."""
    tags = mapping(element.get("tags"))
    if tags.get("amenity") != "charging_station":
        return None
    name, kind = text(element.get("id")), text(element.get("type"))
    return _of_osm(f"{kind}/{name}" if name and kind else None, tags, _element_place(element, nodes), where)


def evse_sums(groups: list[Mapping[str, Any]]) -> tuple[int, int]:
    """EVSE, and how many of them are free, from counts per kind of connector: those of the kind with most of them.

    >>> evse_sums([{"power_type": "AC3", "total": 4, "available": 1}, {"power_type": "DC", "total": 2}])
    (4, 1)
    """
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for group in groups:
        total = whole(group.get("total")) or 0
        sums[_kind(group)][0] += total
        sums[_kind(group)][1] += min(whole(group.get("available")) or 0, total)
    most = max(sums.values(), default=[0, 0])
    return most[0], most[1]


def _kind(group: Mapping[str, Any]) -> str:
    """Type of connector, or without one AC or DC."""
    return text(group.get("connector_type")) or (text(group.get("power_type")) or "")[:2]


def _of_dot_nl(feature: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> Location:
    name = _named(text(feature.get("id")), where)
    groups = objects(properties.get("availabilities"))
    total, _ = evse_sums(groups)
    country = text(properties.get("country"))
    found = _point(feature)
    abroad = country is not None and country.upper() not in DUTCH
    return Location(
        name,
        *(found or (math.nan, math.nan)),
        name=text(properties.get("name")),
        address=text(properties.get("address")),
        operator=text(properties.get("operator_name")),
        updated_at=text(properties.get("last_updated")),
        stated_evses=total or 1,
        is_least=total == 0 or len({_kind(group) for group in groups}) > 1,
        max_power_kw=highest([power_kw(group.get("power_max"), per_kw=WATT_PER_KW) for group in groups]),
        reason=ABROAD if abroad else "" if found else NOWHERE,
    )


def _republished(feature: Mapping[str, Any], properties: Mapping[str, Any], where: str) -> Location:
    found = _point(feature)
    return Location(
        _named(text(properties.get("locationId")), where),
        *(found or (math.nan, math.nan)),
        name=text(properties.get("name")),
        address=text(properties.get("address")),
        operator=text(properties.get("operatorName")),
        access=ACCESS.get(str(properties.get("parkingType")), UNKNOWN_ACCESS),
        updated_at=text(properties.get("lastUpdated")),
        stated_evses=1,
        is_least=True,
        max_power_kw=power_kw(properties.get("maxPowerKw")),
        reason="" if found else NOWHERE,
    )


def _of_osm(name: str | None, tags: Mapping[str, Any], found: tuple[float, float] | None, where: str) -> Location:
    sockets = [whole(tags[tag]) or 0 for tag in tags if tag.startswith("socket:") and tag.count(":") == 1]
    capacity = whole(tags.get("capacity"))
    street = " ".join(part for part in (text(tags.get("addr:street")), text(tags.get("addr:housenumber"))) if part)
    return Location(
        _named(name, where),
        *(found or (math.nan, math.nan)),
        name=text(tags.get("name")),
        address=street or None,
        operator=text(tags.get("operator")) or text(tags.get("network")),
        access=OSM_ACCESS.get(str(tags.get("access")), UNKNOWN_ACCESS),
        stated_evses=capacity or max(sockets, default=0) or 1,
        is_least=not capacity,
        max_power_kw=_osm_power_kw(tags),
        reason=_osm_reason(tags) or ("" if found else NOWHERE),
    )


def _osm_reason(tags: Mapping[str, Any]) -> str:
    if tags.get("access") in ("private", "no"):
        return PRIVATE
    cars = [tags.get("motorcar"), tags.get("car")]
    if "no" in cars:
        return NOT_FOR_CARS
    plugs = any(tag.startswith(("socket:type2", "socket:chademo")) for tag in tags)
    bicycles = tags.get("bicycle") in ("yes", "designated") and "yes" not in cars and "designated" not in cars
    return NOT_FOR_CARS if bicycles and not plugs else ""


def _osm_power_kw(tags: Mapping[str, Any]) -> float:
    """Highest power that one of the ``output`` tags gives."""
    outputs = [text(value) or "" for tag, value in tags.items() if tag.endswith(("output", "maxpower"))]
    found = [match for output in outputs for match in OUTPUT.findall(output[:200])]
    return highest([_kw(number(amount), unit.lower()) for amount, unit in found])


def _kw(amount: float, unit: str) -> float:
    watts = unit == "w" or (not unit and amount > BELIEVED_KW)
    return amount / WATT_PER_KW if watts else amount


def _named(name: str | None, where: str) -> str:
    if name is None:
        refuse("A location has no id.", None, where)
    return name


def _point(feature: Mapping[str, Any]) -> tuple[float, float] | None:
    """The point of a feature; of a line or polygon the middle of the bounds of its first ring."""
    positions = mapping(feature.get("geometry")).get("coordinates")
    while isinstance(positions, list) and positions and isinstance(positions[0], list):
        if positions[0] and not isinstance(positions[0][0], list):
            return _middle([place(*each[:2]) for each in positions if isinstance(each, list) and len(each) > 1])
        positions = positions[0]
    return place(*positions[:2]) if isinstance(positions, list) and len(positions) > 1 else None


def _element_place(element: Mapping[str, Any], nodes: Mapping[Any, tuple[float, float]]) -> tuple[float, float] | None:
    given = element if "lat" in element else mapping(element.get("center"))
    if given:
        return place(given.get("lon"), given.get("lat"))
    corners = [place(each.get("lon"), each.get("lat")) for each in objects(element.get("geometry"))]
    listed = element.get("nodes")
    members = listed if isinstance(listed, list) else []
    return _middle([*corners, *(nodes.get(each) for each in members if isinstance(each, int))])


def _middle(places: list[tuple[float, float] | None]) -> tuple[float, float] | None:
    known = [each for each in places if each is not None]
    if not known:
        return None
    x, y = zip(*known, strict=True)
    return (min(x) + max(x)) / 2, (min(y) + max(y)) / 2
