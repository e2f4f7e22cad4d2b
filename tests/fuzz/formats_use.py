"""Formats to fuzz: charge points, sessions and polls, each as a tiny invented delivery."""

import gzip
import json
from pathlib import Path

import xlsxwriter

from laadplan.ingest.charge_points import read_charge_points, read_evses
from laadplan.ingest.occupancy import read_occupancy
from laadplan.ingest.sessions import read_sessions
from tests.fuzz.format import Format

PLACE = {"latitude": "52.1000000", "longitude": "5.7700000"}
WHEN = "2026-06-01T00:00:00Z"
LIST_HEAD = ("location_id", "evse_id", "address", "access", "status", "max_power_kw", "x_rd", "y_rd")
LIST_ROWS = [
    ("P1", "NL*ABC*E1*1", "Dorpsplein 1", "openbaar", "AVAILABLE", 11.5, 181000.25, 457000.5),
    ("P1", "NL*ABC*E1*2", "Dorpsplein 1", "openbaar", "OUTOFORDER", 11.5, 181000.25, 457000.5),
    ("P2", "NL*ABC*E2*1", "Kerkweg 3", "semi-openbaar", "UNKNOWN", None, 181200.0, 457100.0),
]


def location(name, *statuses):
    connector = {"id": "1", "standard": "IEC_62196_T2", "power_type": "AC_3_PHASE", "max_electric_power": 11000}
    evses = [
        {"uid": f"{name}{side}", "evse_id": f"NL*ABC*E{name}*{side}", "status": status, "connectors": [connector]}
        for side, status in enumerate(statuses)
    ]
    about = {"country_code": "NL", "party_id": "ABC", "id": name, "publish": True, "country": "NLD"}
    about |= {"name": "Brink", "address": "Dorpsplein 1", "coordinates": PLACE, "parking_type": "ON_STREET"}
    return about | {"evses": evses, "operator": {"name": "Exploitant"}, "last_updated": WHEN}


def feature(properties, **more):
    place = {"type": "Point", "coordinates": [5.77, 52.1]}
    return {"type": "Feature", "geometry": place, "properties": properties} | more


def cdr(name, start, end):
    place = {"id": "L1", "coordinates": PLACE, "evse_uid": "u1", "evse_id": "NL*ABC*E1*1"}
    about = {"country_code": "NL", "party_id": "ABC", "id": name, "start_date_time": start, "end_date_time": end}
    token = {"uid": "verzonnen", "contract_id": "verzonnen"}
    return about | {"cdr_token": token, "cdr_location": place, "total_energy": 12.5, "total_time": 2.0}


LOCATIONS = [location("L1", "AVAILABLE", "CHARGING"), location("L2", "UNKNOWN", "REMOVED")]
PAGE = {"data": LOCATIONS, "status_code": 1000, "timestamp": WHEN}
COLLECTION = {
    "type": "FeatureCollection",
    "features": [
        feature(
            {"cpo_id": "ABC", "country": "NLD", "last_updated": WHEN, "availabilities": [{"total": 2, "available": 1}]},
            id="NL-ABC-1",
        ),
        feature({"locationId": "L2", "maxPowerKw": 11, "operatorName": "Exploitant"}),
        feature({"amenity": "charging_station", "@id": "node/1", "capacity": "2", "socket:type2:output": "11 kW"}),
    ],
}
OVERPASS = {
    "version": 0.6,
    "elements": [
        {"type": "node", "id": 1, "lat": 52.1, "lon": 5.77, "tags": {"amenity": "charging_station", "capacity": "2"}},
        {"type": "way", "id": 2, "nodes": [3, 4], "tags": {"amenity": "charging_station", "access": "customers"}},
        {"type": "node", "id": 3, "lat": 52.1, "lon": 5.77},
        {"type": "node", "id": 4, "lat": 52.2, "lon": 5.78},
    ],
}
OPEN_CHARGE_MAP = (
    ",ID,UsageTypeID,Connections,NumberOfPoints,StatusTypeID,AddressInfo.Title,AddressInfo.CountryID,"
    "AddressInfo.Latitude,AddressInfo.Longitude\n"
    "0,11,4.0,\"[{'ID': 1, 'PowerKW': 11.0, 'Quantity': 2}]\",2.0,50,Brink,159,52.1,5.77\n"
    "1,12,,[],,150,Kerk,159,52.2,5.78\n"
)
CDRS = [cdr("C1", "2025-03-29T22:00:00Z", "2025-03-30T00:00:00Z"), cdr("C2", "2025-10-26T00:30:00Z", WHEN)]
ELAAD = (
    "Started,Ended,TotalEnergy,ConnectedTime,ChargeTime,MaxPower\n"
    "2018-10-28 02:30:00,2018-10-28 04:30:00,9000,2.0000,1.5000,3700\n"
    "2018-12-31 20:00:00,2018-01-01 08:00:00,9000,12.0000,3.0000,3700\n"
)
UTRECHT = (
    "\ufeffEV_id_x;evse_uid;start_datetime;end_datetime;total_energy\n"
    "a1;E1;2022-03-27 01:30:00;2022-03-27 03:30:00;8,5\n"
    "a2;E1;2022-03-27 03:00:00;2022-03-27 06:00:00;3.25\n"
)
DAY = {
    "date": "2025-03-30",
    "tz": "Europe/Amsterdam",
    "locations": {"L1": {"n": 2, "occ": [None, 50, 0, *[None] * 20, 100]}, "L2": {"n": 1, "occ": [0] * 24}},
}
LOG = (
    "polled_at;location_id;evse_id;status\n"
    "2025-03-30T00:00:00Z;L1;E1;AVAILABLE\n2025-03-30T00:00:00Z;L1;E2;CHARGING\n2025-10-26 02:30;L1;E1;OUTOFORDER\n"
)


def json_seed(name, content):
    def make_seed(folder: Path) -> Path:
        path = folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return make_seed


def packed_seed(name, content):
    def make_seed(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(gzip.compress(json.dumps(content).encode(), mtime=0))
        return path

    return make_seed


def text_seed(name, content):
    def make_seed(folder: Path) -> Path:
        path = folder / name
        path.write_text(content, encoding="utf-8")
        return path

    return make_seed


def list_seed(folder: Path) -> Path:
    rows = [LIST_HEAD, *(tuple("" if cell is None else str(cell) for cell in row) for row in LIST_ROWS)]
    return text_seed("lijst.csv", "\n".join(";".join(row) for row in rows) + "\n")(folder)


def book_seed(folder: Path) -> Path:
    path = folder / "lijst.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Laadpalen")
        for place, row in enumerate([LIST_HEAD, *LIST_ROWS]):
            page.write_row(place, 0, row)
    return path


def read_both(path: Path) -> object:
    """Locations and EVSE: what one refuses the other may read."""
    read_charge_points(path)
    return read_evses(path)


FORMATS: tuple[Format, ...] = (
    Format("use/ocpi", json_seed("locaties.json", LOCATIONS), read_both),
    Format("use/ocpi-page", json_seed("locaties.json", PAGE), read_both),
    Format("use/ocpi-gz", packed_seed("locaties.json.gz", LOCATIONS), read_both),
    Format("use/details", json_seed("locaties.json", {each["id"]: each for each in LOCATIONS}), read_both),
    Format("use/geojson", json_seed("locaties.geojson", COLLECTION), read_charge_points),
    Format("use/overpass", json_seed("overpass.json", OVERPASS), read_charge_points),
    Format("use/open-charge-map", text_seed("ocm.csv", OPEN_CHARGE_MAP), read_charge_points),
    Format("use/list-csv", list_seed, read_both),
    Format("use/list-xlsx", book_seed, read_both),
    Format("use/cdrs", json_seed("cdrs.json", CDRS), read_sessions),
    Format("use/cdrs-gz", packed_seed("cdrs.json.gz", {"data": CDRS, "status_code": 1000}), read_sessions),
    Format("use/elaad", text_seed("sessies.csv", ELAAD), read_sessions),
    Format("use/utrecht", text_seed("sessies.csv", UTRECHT), read_sessions),
    Format("use/polled-day", json_seed("peiling.json", DAY), read_occupancy),
    Format("use/polled-ocpi", json_seed("peiling.json", PAGE), read_occupancy),
    Format("use/polled-dot-nl", json_seed("peiling.geojson", COLLECTION), read_occupancy),
    Format("use/poll-log", text_seed("peilingen.csv", LOG), read_occupancy),
)
