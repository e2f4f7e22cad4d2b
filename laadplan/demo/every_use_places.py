"""The charging locations of the demo town in every form in which such locations are delivered.

In: the whole town. Out: files below a folder. Each holds the same locations, with the traps of its form: pages that
overlap, an EVSE that a second party publishes too, records from abroad, hidden ones, doubles, and bicycle chargers.
"""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd

from laadplan.demo import ocpi
from laadplan.demo.every_files import (
    collection,
    json_text,
    table_text,
    write_json,
    write_packed,
    write_text,
    write_workbook,
)
from laadplan.demo.whole import Whole
from laadplan.geo.rd import RD_EPSG, to_wgs84

PAGE = 4
"""Locations on a page: few, so that a small town has pages."""

POLLED = "2024-12-15T06:01:00Z"
"""When the pages were asked for."""

OLD = "2020-01-01T00:00:00Z"

ABROAD = {"latitude": "51.2197800", "longitude": "4.4025000"}
"""Degrees of a place in Belgium."""


def locations_of(whole: Whole) -> list[dict[str, Any]]:
    """The OCPI locations of the town, as in its main form."""
    parts = [ocpi.part(quarter) for quarter in whole.quarters]
    found: list[dict[str, Any]] = json.loads(f"[{','.join(part for part in parts if part)}]")
    return found


def rd_of(whole: Whole) -> list[tuple[float, float]]:
    """Coordinates in RD New (m) of the locations, in the same order."""
    return [(pole.point.x, pole.point.y) for quarter in whole.quarters for pole in quarter.poles]


def write_ocpi_pages(whole: Whole, folder: Path) -> None:
    """Answers of an OCPI server, page by page; the last location of a page comes back on the next."""
    locations = [*locations_of(whole), *_traps(whole)]
    target = folder / "ocpi_pages"
    target.mkdir(exist_ok=True)
    for number, first in enumerate(range(0, len(locations), PAGE), start=1):
        data = locations[max(first - 1, 0) : first + PAGE]
        answer = {"data": data, "status_code": 1000, "status_message": "Success", "timestamp": POLLED}
        write_json(target / f"page_{number:03d}.json", answer)


def write_ocpi_gz(whole: Whole, folder: Path) -> None:
    """The array that the NDW publishes, packed."""
    text = json_text([*locations_of(whole), *_traps(whole)])
    write_packed(folder / "charging_point_locations_ocpi.json.gz", text)


def write_dot_nl(whole: Whole, folder: Path) -> None:
    """GeoJSON of DOT-NL, packed: counts per kind of connector; `open` says nothing."""
    features = [_dot_nl(location) for location in [*locations_of(whole), *_traps(whole)[:1]]]
    write_packed(folder / "charging_point_locations.geojson.gz", json_text(collection(features)))


def write_republished(whole: Whole, folder: Path) -> None:
    """What a republisher makes of it: details by id, and GeoJSON with a boundary, doubles and no EVSE."""
    locations = locations_of(whole)
    details = {each["id"]: _details(each) for each in locations}
    write_json(folder / "gemeente.details.json", details)
    features = [_republished(each) for each in [*locations, *locations[:2]]]
    hull = to_wgs84(gpd.GeoSeries([cell.polygon for cell in whole.town.cells], crs=RD_EPSG)).union_all()
    boundary = {"type": "boundary", "gemeente": whole.town.name}
    features.append({"type": "Feature", "geometry": hull.__geo_interface__, "properties": boundary})
    write_json(folder / "gemeente.geojson", collection(features))


def write_overpass(whole: Whole, folder: Path) -> None:
    """Overpass JSON: nodes, a way with its middle, a way with its nodes, and a charger for bicycles."""
    elements: list[dict[str, Any]] = []
    for place, location in enumerate(locations_of(whole)):
        (lon, lat), tags, serial = _degrees(location), _osm_tags(location), 1_000_000 + 10 * place
        if place % 3 == 0:
            elements.append({"type": "node", "id": serial, "lat": lat, "lon": lon, "tags": tags})
        elif place % 3 == 1:
            middle = {"lat": lat, "lon": lon}
            elements.append({"type": "way", "id": serial, "center": middle, "nodes": [serial + 1], "tags": tags})
        else:
            elements.append({"type": "way", "id": serial, "nodes": [serial + 1, serial + 2], "tags": tags})
            elements += [{"type": "node", "id": serial + side, "lat": lat, "lon": lon} for side in (1, 2)]
    bicycles = {"amenity": "charging_station", "bicycle": "yes", "capacity": "6"}
    for lon, lat in [_degrees(location) for location in locations_of(whole)[:1]]:
        elements.append({"type": "node", "id": 999, "lat": lat, "lon": lon, "tags": bicycles})
    head = {"version": 0.6, "generator": "Overpass API", "osm3s": {"timestamp_osm_base": POLLED}}
    write_json(folder / "overpass.json", {**head, "elements": elements})


def write_osm(whole: Whole, folder: Path) -> None:
    """GeoJSON as tools for OSM export it."""
    features = [
        _feature(_degrees(location), {"@id": f"node/{place}", **_osm_tags(location)})
        for place, location in enumerate(locations_of(whole), start=1)
    ]
    write_json(folder / "osm.geojson", collection(features))


def write_open_charge_map(whole: Whole, folder: Path) -> None:
    """OpenChargeMap as CSV: connections in the notation of Python, a row number without a name in front."""
    head = ["", "ID", "UUID", "UsageTypeID", "Connections", "NumberOfPoints", "StatusTypeID", "DateLastStatusUpdate"]
    head += ["AddressInfo.Title", "AddressInfo.AddressLine1", "AddressInfo.CountryID"]
    head += ["AddressInfo.Latitude", "AddressInfo.Longitude"]
    rows = [_open_charge_map(place, location) for place, location in enumerate(locations_of(whole))]
    planned = [(len(rows), 4999, "UUID-P", "", "[]", "", 150, OLD, "Gepland", "", 159, *row[-2:]) for row in rows[:1]]
    write_text(folder / "open_charge_map.csv", table_text([head, *rows, *planned]))


def write_own_list(whole: Whole, folder: Path) -> None:
    """An operator's own list, a row per EVSE, as CSV with decimal commas and as a workbook."""
    head = ["Paalcode", "EVSE", "Straat", "Toegang", "Toestand", "Vermogen (kW)", "RD X", "RD Y"]
    rows = [
        (*_own_row(location, evse), round(x, 2), round(y, 2))
        for location, (x, y) in zip(locations_of(whole), rd_of(whole), strict=True)
        for evse in location["evses"]
    ]
    commas = [[str(cell).replace(".", ",") if isinstance(cell, float) else cell for cell in row] for row in rows]
    write_text(folder / "laadpalen_exploitant.csv", table_text([head, *commas], delimiter=";"))
    write_workbook(folder / "laadpalen_exploitant.xlsx", "Laadpalen", [head, *rows])


def _traps(whole: Whole) -> list[dict[str, Any]]:
    """Locations that may not count: abroad, hidden, planned, and one whose EVSE another party publishes as well."""
    locations = locations_of(whole)
    if not locations:
        return []
    like = {**locations[0], "last_updated": OLD}
    again = [{**evse, "evse_id": evse["evse_id"].replace("*", "")} for evse in like["evses"]]
    soon = [{**evse, "evse_id": f"{evse['evse_id']}P", "status": "PLANNED"} for evse in like["evses"]]
    secret = [{**evse, "evse_id": f"{evse['evse_id']}H"} for evse in like["evses"]]
    there = [{**evse, "evse_id": f"{evse['evse_id']}B"} for evse in like["evses"]]
    return [
        {**like, "id": "BUITENLAND", "country": "BEL", "coordinates": ABROAD, "evses": there},
        {**like, "id": "VERBORGEN", "publish": False, "evses": secret},
        {**like, "id": "GEPLAND", "evses": soon},
        {**like, "id": "TWEEDE-PARTIJ", "party_id": "TWE", "evses": again},
    ]


def _dot_nl(location: dict[str, Any]) -> dict[str, Any]:
    evses = location["evses"]
    connector = evses[0]["connectors"][0]
    group = {
        "total": len(evses),
        "available": sum(evse["status"] == "AVAILABLE" for evse in evses),
        "power_max": float(connector["max_electric_power"] or 0),
        "power_type": "DC" if connector["power_type"] == "DC" else "AC3",
        "tariff_ids": connector["tariff_ids"],
        "connector_type": connector["standard"],
        "connector_format": connector["format"],
    }
    properties = {
        "open": False,
        "cpo_id": location["party_id"],
        "address": location["address"],
        "country": location["country"],
        "operator_name": location["operator"]["name"],
        "last_updated": location["last_updated"],
        "availabilities": [group],
    }
    name = f"{location['country_code']}-{location['party_id']}-{location['id']}"
    return _feature(_degrees(location), properties) | {"id": name}


def _details(location: dict[str, Any]) -> dict[str, Any]:
    lon, lat = _degrees(location)
    return {
        "locationId": location["id"],
        "ocpiId": location["id"],
        "name": location["name"],
        "address": location["address"],
        "country": location["country"],
        "latitude": lat,
        "longitude": lon,
        "parkingType": location["parking_type"],
        "operatorName": location["operator"]["name"],
        "lastUpdated": location["last_updated"],
        "maxPowerKw": _location_kw(location),
        "evses": location["evses"],
    }


def _republished(location: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "type": "charge",
        "layer": "passenger",
        "locationId": location["id"],
        "name": location["name"],
        "address": location["address"],
        "operatorName": location["operator"]["name"],
        "maxPowerKw": _location_kw(location),
        "status": "AVAILABLE",
        "source": "ndw",
    }
    return _feature(_degrees(location), properties)


def _own_row(location: dict[str, Any], evse: dict[str, Any]) -> tuple[object, ...]:
    access = {"ON_STREET": "Straat", "PARKING_LOT": "Terrein"}[location["parking_type"]]
    state = "Stuk" if evse["status"] == "OUTOFORDER" else "Werkt"
    return location["id"], evse["evse_id"], location["address"], access, state, _kw(evse)


def _osm_tags(location: dict[str, Any]) -> dict[str, str]:
    tags = {"amenity": "charging_station", "capacity": str(len(location["evses"])), "motorcar": "yes"}
    tags |= {"operator": location["operator"]["name"], "socket:type2": str(len(location["evses"]))}
    tags["access"] = "yes" if location["parking_type"] == "ON_STREET" else "customers"
    power = _location_kw(location)
    return tags | ({"socket:type2:output": f"{power:g} kW"} if power else {})


def _open_charge_map(place: int, location: dict[str, Any]) -> tuple[object, ...]:
    lon, lat = _degrees(location)
    about = (location["name"], location["address"], 159, lat, lon)
    return place, 5000 + place, f"UUID-{place}", "1.0", _connections(location), "2.0", 50, OLD, *about


def _connections(location: dict[str, Any]) -> str:
    power = _location_kw(location)
    return str([{"ID": 1, "ConnectionTypeID": 25, **({"PowerKW": power} if power else {}), "Quantity": 2}])


def _location_kw(location: dict[str, Any]) -> float:
    """Highest power in kW; 0 where it is unknown, as republishers write it."""
    return max(_kw(evse) or 0.0 for evse in location["evses"])


def _kw(evse: dict[str, Any]) -> float | None:
    power = evse["connectors"][0]["max_electric_power"]
    return power / 1000 if power else None


def _degrees(location: dict[str, Any]) -> tuple[float, float]:
    place = location["coordinates"]
    return float(place["longitude"]), float(place["latitude"])


def _feature(place: tuple[float, float], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": list(place)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
