"""Charge points as the NDW publishes them: an array of OCPI 2.2.1 locations.

In: a ``Quarter``. Out: text of its locations, to be joined to one JSON array by `SEPARATOR`. Coordinates are WGS84
(EPSG:4326) and text; power is in watts and often missing, as in the real file.
"""

import json

import geopandas as gpd

from laadplan.demo.model import Pole, Quarter
from laadplan.geo.rd import RD_EPSG, to_wgs84

HEAD = "[\n"
SEPARATOR = ",\n"
"""Between the parts of two quarters; a quarter without charge points has an empty part and needs none."""

TAIL = "\n]\n"

_STATUSES = ("AVAILABLE", "CHARGING", "AVAILABLE", "CHARGING", "OUTOFORDER", "AVAILABLE", "UNKNOWN")
_UPDATED = "2024-12-15T06:00:00Z"
_SIDES = (1, 2)
"""A pole has two EVSE."""


def part(quarter: Quarter) -> str:
    """The locations of one quarter; nothing where it has none."""
    points = to_wgs84(gpd.GeoSeries([pole.point for pole in quarter.poles], crs=RD_EPSG))
    places = zip(quarter.poles, points.x, points.y, strict=True)
    locations = [_location(quarter, pole, index, (x, y)) for index, (pole, x, y) in enumerate(places)]
    return SEPARATOR.join(json.dumps(location, indent=1, ensure_ascii=False) for location in locations)


def _location(quarter: Quarter, pole: Pole, index: int, place: tuple[float, float]) -> dict[str, object]:
    serial = serial_of(quarter, index)
    return {
        "country_code": "NL",
        "party_id": "DMO",
        "id": location_id(quarter, index),
        "publish": True,
        "name": f"{pole.street} {pole.number}, {quarter.town}",
        "address": f"{pole.street} {pole.number}",
        "city": quarter.town,
        "postal_code": pole.postcode,
        "country": "NLD",
        "coordinates": {"latitude": f"{place[1]:.7f}", "longitude": f"{place[0]:.7f}"},
        "parking_type": "PARKING_LOT" if pole.fast else "ON_STREET",
        "evses": [_evse(pole, index, side, f"{serial}{side}", evse_id(quarter, index, side)) for side in _SIDES],
        "operator": {"name": "Demo-Laadbedrijf", "website": None},
        "opening_times": {"twentyfourseven": True},
        "time_zone": "Europe/Amsterdam",
        "last_updated": _UPDATED,
    }


def serial_of(quarter: Quarter, index: int) -> str:
    """Number of the pole at a place in its quarter, as its ids hold it."""
    return f"{quarter.cell.index:04d}{index + 1:03d}"


def location_id(quarter: Quarter, index: int) -> str:
    """Id of the location of a pole."""
    return f"DEMO{serial_of(quarter, index)}"


def evse_id(quarter: Quarter, index: int, side: int) -> str:
    """Id of an EVSE of a pole: side 1 or 2."""
    return f"NL*DMO*E{serial_of(quarter, index)}{side}"


def _evse(pole: Pole, index: int, side: int, serial: str, evse: str) -> dict[str, object]:
    return {
        "uid": f"{pole.local_id[:12]}-{side}",
        "evse_id": evse,
        "status": _STATUSES[(2 * index + side) % len(_STATUSES)],
        "capabilities": ["REMOTE_START_STOP_CAPABLE", "RFID_READER"],
        "connectors": [_connector(pole, index)],
        "physical_reference": serial,
        "last_updated": _UPDATED,
    }


def _connector(pole: Pole, index: int) -> dict[str, object]:
    """A socket of 11 kW on a street pole, a cable of 150 kW at a fast charger (`max_electric_power` in W)."""
    power = 150_000 if pole.fast else (None if index % 2 else 11_040)
    return {
        "id": "1",
        "standard": "IEC_62196_T2_COMBO" if pole.fast else "IEC_62196_T2",
        "format": "CABLE" if pole.fast else "SOCKET",
        "power_type": "DC" if pole.fast else "AC_3_PHASE",
        "max_voltage": 400 if pole.fast else 230,
        "max_amperage": 375 if pole.fast else 16,
        "max_electric_power": power,
        "tariff_ids": ["DEMO"],
        "last_updated": _UPDATED,
    }
