"""Traffic signs as flat rows, whatever form the NDW delivers them in.

In: JSON of version 3, GeoJSON of version 4 or 5, or the national CSV; told apart by content. Out: one row per sign,
read as a stream. Values are text as the source writes it; the place is a pair, in degrees or in RD New.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from laadplan.errors import BadInput
from laadplan.ingest.columns import DELIMITERS, match_columns
from laadplan.ingest.files import opened, parse_json, text_start
from laadplan.ingest.json_stream import items
from laadplan.ingest.plates import without_plates

CHARGING_PLATES = ("OB19",)
"""Code of the plate (OB) for electric vehicles that charge, in version 5."""

STANDING = ("", "PLACED", "CREATED", "UPDATED")
"""Statuses (v4) and types of message (v3) of a sign that stands in the street."""

CSV_NEEDED = ("id", "rvvCode", "status")

Row = dict[str, Any]


def rows_of(path: Path) -> Iterator[Row]:
    """Every sign as one flat row.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is not whole, is no file with traffic signs, or a sign is not as the NDW writes it.
    """
    start = text_start(path)
    if start[:1] not in (b"[", b"{"):
        yield from _csv_rows(path)
        return
    if b'"openapi"' in start or b'"swagger"' in start:
        words = "This is a description of the service (OpenAPI), it holds no signs."
        raise BadInput(words, where=str(path), todo="Name the file with the signs themselves.")
    with opened(path) as stream:
        for item in items(stream, str(path), lists=("features", "trafficSigns", "data")):
            yield _row(item, path)


def _row(item: Any, path: Path) -> Row:
    if isinstance(item, dict) and isinstance(item.get("properties"), dict) and "geometry" in item:
        return _feature(item)
    if isinstance(item, dict) and "rvv_code" in item and isinstance(item.get("location"), dict):
        return _message(item)
    known = "an object with 'rvv_code' and 'location' (v3), or a GeoJSON feature (v4)"
    raise BadInput(f"An item is no traffic sign: {known}.", where=str(path), todo="Name the file with NDW signs.")


def _feature(item: Mapping[str, Any]) -> Row:
    """A sign of version 4 or 5."""
    told = item["properties"]
    texts = told.get("textSigns") or told.get("supplementarySigns")
    kinds = _conditions(told.get("conditions"))
    return _common(told) | {
        "sign_id": _text(item.get("id") or told.get("id")),
        "place": _point(item["geometry"]),
        "texts": _texts(texts),
        "is_charging": "charging" in kinds or _has_plate(texts),
        "gone": _is_gone(told.get("status"), told.get("removedOn")),
        "updated": _text(told.get("lastModifiedOn")) or _text(told.get("lastSeenOn")) or "",
    }


def _common(told: Mapping[str, Any]) -> Row:
    """What versions 4 and 5 and the CSV spell alike."""
    return {
        "rvv_code": _text(told.get("rvvCode")),
        "zone_code": _text(told.get("zoneCode")),
        "bearing_deg": told.get("bearing"),
        "side": _text(told.get("side")),
        "placed_on": _text(told.get("placedOn")),
        "first_seen_on": _text(told.get("firstSeenOn") or told.get("registeredOn")),
        "last_seen_on": _text(told.get("lastSeenOn")),
        "road_section_id": _text(told.get("roadSectionId")),
        "nwb_version": _text(told.get("nwbVersion")),
        "street": _text(told.get("roadName")),
        "town": _text(told.get("townName")),
        "municipality_code": _text(told.get("countyCode")),
    }


def _message(item: Mapping[str, Any]) -> Row:
    """A sign of version 3: the last message about it."""
    there, details = item["location"], _object(item, "details")
    road, county = _object(there, "road"), _object(there, "county")
    rd, wgs84 = _object(there, "rd"), _object(there, "wgs84")
    degrees = _pair(wgs84.get("longitude"), wgs84.get("latitude"))
    return {
        "sign_id": _text(item.get("ndw_id") or item.get("id")),
        "rvv_code": _text(item["rvv_code"]),
        "zone_code": _text(item.get("zone_code")),
        "bearing_deg": there.get("bearing"),
        "side": _text(there.get("side")),
        "placed_on": _text(details.get("placed")),
        "first_seen_on": _text(details.get("first_seen")),
        "last_seen_on": _text(details.get("last_seen")),
        "road_section_id": _text(road.get("wvk_id")),
        "nwb_version": _text(road.get("nwb_version")),
        "street": _text(road.get("name")),
        "town": _text(county.get("townname")),
        "municipality_code": _text(county.get("code")),
        "place": _pair(rd.get("x"), rd.get("y")) or degrees,
        "texts": _texts(item.get("text_signs")),
        "is_charging": _has_plate(item.get("text_signs")),
        "gone": _is_gone(item.get("type"), details.get("removed")),
        "updated": _text(item.get("publication_timestamp")) or "",
    }


def _csv_rows(path: Path) -> Iterator[Row]:
    """Signs of the national CSV."""
    with (
        opened(path) as raw,
        io.TextIOWrapper(io.BufferedReader(cast("io.RawIOBase", raw)), "utf-8-sig", newline="") as lines,
    ):
        try:
            header = lines.readline()
            delimiter = next((each for each in DELIMITERS if each in header), ",")
            names = next(csv.reader([header], delimiter=delimiter), [])
            known = {name: (name,) for name in CSV_NEEDED}
            match_columns(names, known, config={}, required=CSV_NEEDED, where=str(path))
            for row in csv.DictReader(lines, fieldnames=names, delimiter=delimiter):
                yield _line(row)
        except (csv.Error, UnicodeDecodeError) as error:
            words = f"The table cannot be read ({error})."
            raise BadInput(words, where=str(path), todo="It may be damaged: download it again.") from None


def _line(row: Mapping[str, Any]) -> Row:
    texts = row.get("textSigns")
    return _common(row) | {
        "sign_id": _text(row.get("id")),
        "place": _pair(row.get("rdX"), row.get("rdY")) or _pair(row.get("longitude"), row.get("latitude")),
        "texts": _texts(_listed(texts)),
        "is_charging": False,
        "gone": _is_gone(row.get("status"), row.get("removedOn")),
        "updated": _text(row.get("lastSeenOn")) or "",
    }


def _is_gone(status: Any, removed: Any) -> bool:
    """Whether a status (v4) or type of message (v3), or a date of removal, says that the sign is not there."""
    word = (_text(status) or "").upper()
    return bool(_text(removed)) or word not in STANDING


def _point(geometry: Any) -> tuple[float, float] | None:
    """First two coordinates of a GeoJSON point."""
    found = geometry.get("coordinates") if isinstance(geometry, dict) else None
    return _pair(*found[:2]) if isinstance(found, list) and len(found) >= 2 else None


def _pair(x: Any, y: Any) -> tuple[float, float] | None:
    """Two finite numbers, from numbers or text; none for what is missing, no number, or the origin."""
    if isinstance(x, bool | list | dict) or isinstance(y, bool | list | dict) or x is None or y is None:
        return None
    try:
        place = (float(x), float(y))
    except (ValueError, OverflowError):
        return None
    return place if all(map(math.isfinite, place)) and any(place) else None


def _object(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    """A value as text; none for what is empty or no single value."""
    if value is None or isinstance(value, bool | list | dict):
        return None
    return str(value).strip() or None


def _texts(plates: Any) -> str:
    """The texts of the plates below a sign, joined; number plates are left out."""
    listed = plates if isinstance(plates, list) else []
    found = [_text(plate.get("text") if isinstance(plate, dict) else plate) for plate in listed]
    return " | ".join(without_plates(text) for text in found if text)


def _has_plate(plates: Any) -> bool:
    """Whether one of the plates has the code of charging."""
    listed = plates if isinstance(plates, list) else []
    return any(isinstance(plate, dict) and plate.get("signCode") in CHARGING_PLATES for plate in listed)


def _conditions(told: Any) -> set[str]:
    """Categories of traffic in the machine-readable meaning of version 5."""
    rules = [told.get("restrictions"), *_items(told.get("exemptions"))] if isinstance(told, dict) else []
    found = [category for rule in rules if isinstance(rule, dict) for category in _items(rule.get("category"))]
    return {category for category in found if isinstance(category, str)}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _listed(texts: str | None) -> list[Any]:
    """Plates in a cell of the CSV: a JSON list, or one text."""
    if texts and texts.lstrip().startswith("["):
        with suppress(BadInput):
            return list(parse_json(texts, "textSigns"))
    return [texts]
