"""Locations as OCPI 2.2.1 writes them, and as a republisher does who flattens them.

In: one JSON object. Out: a `Location`. Coordinates are text or numbers, power is in watts and often null. The country
of a location is its ``country``; ``country_code`` is that of the party, which may well have poles abroad.
"""

import math
from collections.abc import Mapping
from typing import Any

from laadplan.ingest.locations import (
    ABROAD,
    HALF_PUBLIC,
    HIDDEN,
    NOT_THERE,
    NOWHERE,
    PUBLIC,
    UNKNOWN_ACCESS,
    WATT_PER_KW,
    Evse,
    Location,
    current_of,
    highest,
    mapping,
    objects,
    place,
    power_kw,
    refuse,
    status_of,
    text,
)

ACCESS = {
    "ON_STREET": PUBLIC,
    "PARKING_LOT": HALF_PUBLIC,
    "PARKING_GARAGE": HALF_PUBLIC,
    "UNDERGROUND_GARAGE": HALF_PUBLIC,
    "ON_DRIVEWAY": HALF_PUBLIC,
}
"""OCPI parking type to access: only a place on the street is certain to be public."""

DUTCH = ("NLD", "NL")
"""How the Netherlands are written as the country of a location."""


def read_location(item: Mapping[str, Any], where: str) -> Location:
    """The location; its reason says why it does not count.

    Raises
    ------
    BadInput
        It has no id, its EVSE are no list, or it has coordinates that are no degrees.
    """
    identifier = text(item.get("id")) or text(item.get("locationId"))
    if identifier is None:
        refuse("A location has no id.", None, where)
    if not isinstance(item.get("evses"), list | None):
        refuse("A location is not as OCPI 2.2 writes it ('evses' is no list).", identifier, where)
    evses = _evses(item, identifier)
    found = _place(item, identifier, where)
    country = text(item.get("country"))
    abroad = country is not None and country.upper() not in DUTCH
    hidden = item.get("publish", True) is False
    return Location(
        identifier,
        *(found or (math.nan, math.nan)),
        party=_party(item),
        name=text(item.get("name")),
        address=text(item.get("address")),
        operator=text(mapping(item.get("operator")).get("name")) or text(item.get("operatorName")),
        access=ACCESS.get(str(item.get("parking_type") or item.get("parkingType")), UNKNOWN_ACCESS),
        updated_at=text(item.get("last_updated")) or text(item.get("lastUpdated")),
        evses=evses,
        max_power_kw=highest([*(evse.max_power_kw for evse in evses), power_kw(item.get("maxPowerKw"))]),
        reason=HIDDEN if hidden else ABROAD if abroad else "" if found else NOWHERE,
    )


def read_evse(item: Mapping[str, Any], location_id: str) -> Evse:
    """An EVSE of a location."""
    connectors = objects(item.get("connectors"))
    powers = [power_kw(each.get("max_electric_power"), per_kw=WATT_PER_KW) for each in connectors]
    return Evse(
        text(item.get("evse_id")) or f"{location_id}/{text(item.get('uid'))}",
        status_of(item.get("status")),
        float(len(connectors)) or math.nan,
        current_of([text(each.get("power_type")) for each in connectors]),
        highest(powers),
    )


def _evses(item: Mapping[str, Any], identifier: str) -> tuple[Evse, ...]:
    evses = (read_evse(each, identifier) for each in objects(item.get("evses")))
    return tuple(evse for evse in evses if evse.status not in NOT_THERE)


def _party(item: Mapping[str, Any]) -> str:
    """Country code and party, as ``NL*ABC``; empty where the source does not say."""
    parts = text(item.get("country_code")), text(item.get("party_id"))
    return "*".join(part for part in parts if part).upper()


def _place(item: Mapping[str, Any], identifier: str, where: str) -> tuple[float, float] | None:
    """Of the location; where it gives none, of its first EVSE that gives one."""
    if item.get("coordinates") is not None or "latitude" in item:
        given = mapping(item.get("coordinates")) or item
        found = place(given.get("longitude"), given.get("latitude"))
        if found is None:
            refuse("A location has no coordinates in degrees.", identifier, where)
        return found
    given_by_evses = (mapping(evse.get("coordinates")) for evse in objects(item.get("evses")))
    places = (place(each.get("longitude"), each.get("latitude")) for each in given_by_evses)
    return next((each for each in places if each is not None), None)
