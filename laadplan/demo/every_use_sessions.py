"""The charging sessions of the demo town in every form in which sessions and polled status are delivered.

In: the whole town. Out: files below a folder. The model counts minutes on a clock that is never changed: winter time,
an hour ahead of UTC the whole year. What is written in local time follows the clock of Europe/Amsterdam, so that a
session lasts as long as in the model whatever the clock does. The traps of each form are in it: tokens of drivers that
no reader may read, pages that overlap, a credited record, and ends that are written in the wrong year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from laadplan.demo.charging_records import MODEL_CLOCK
from laadplan.demo.charging_sessions import Session, sessions_of
from laadplan.demo.charging_use import USE_YEAR, use_of
from laadplan.demo.every_files import json_text, table_text, write_json, write_packed, write_text
from laadplan.demo.every_use_places import OLD, locations_of
from laadplan.demo.names import hashed
from laadplan.demo.whole import Whole

LOCAL = ZoneInfo("Europe/Amsterdam")
PAGE = 500
"""CDRs on a page."""

CARS = 97
"""Cars that the sessions are shared out among, where a source has a column with cars."""

POLL_DAYS = (date(USE_YEAR, 3, 29), date(USE_YEAR, 3, 30), date(USE_YEAR, 10, 26))
"""Days with polls; on the last two the clock is changed."""

POLL_HOURS = (1, 6, 10, 14, 18, 21, 23)
"""Hours at which a republisher polls; the other hours of a day are null."""

LEAST_W = 3700
"""Highest power of a session at least, in W: one phase of 16 A."""

OCCUPIED = ("CHARGING", "AVAILABLE")


@dataclass(frozen=True)
class Use:
    """A session at an EVSE with its ids as in OCPI; moments in UTC."""

    session: Session
    location: dict[str, Any]
    evse: dict[str, Any]

    @property
    def start(self) -> datetime:
        """Moment of plugging in."""
        return self.session.start.replace(tzinfo=MODEL_CLOCK).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """Moment of plugging out."""
        return self.session.end.replace(tzinfo=MODEL_CLOCK).astimezone(UTC)

    @property
    def hours(self) -> float:
        """Hours between the two."""
        return (self.end - self.start).total_seconds() / 3600


def uses_of(whole: Whole) -> list[Use]:
    """All sessions of the town, in order of start."""
    found = sorted(_uses(whole), key=lambda use: (use.start, use.session.session_id))
    return found


def _uses(whole: Whole) -> Iterator[Use]:
    locations = iter(locations_of(whole))
    for quarter in whole.quarters:
        for use in use_of(quarter, quarter.poles):
            location = next(locations)
            for session in sessions_of(use, whole.town.seed):
                yield Use(session, location, location["evses"][session.point - 1])


def write_cdrs(whole: Whole, folder: Path) -> None:
    """OCPI CDRs in packed pages; the last of a page comes back on the next, and one is credited."""
    cdrs = [_cdr(use) for use in uses_of(whole)]
    if cdrs:
        wrong = {**cdrs[0], "id": "FOUT", "total_energy": 99.0}
        cdrs += [wrong, {**wrong, "id": "CREDIT", "credit": True, "credit_reference_id": "FOUT"}]
    target = folder / "cdrs"
    target.mkdir(exist_ok=True)
    for number, first in enumerate(range(0, len(cdrs), PAGE), start=1):
        answer = {
            "data": cdrs[max(first - 1, 0) : first + PAGE],
            "status_code": 1000,
            "timestamp": f"{USE_YEAR + 1}-02-01T00:00:00Z",
        }
        write_packed(target / f"page_{number:03d}.json.gz", json_text(answer))


def write_elaad(whole: Whole, folder: Path) -> None:
    """The table of ElaadNL: UTC (it does not say so), Wh, hours counted; no EVSE, ends after New Year a year early."""
    rows = [_elaad(use) for use in uses_of(whole)]
    head = ("Started", "Ended", "TotalEnergy", "ConnectedTime", "ChargeTime", "MaxPower")
    write_text(folder / "laadpaaldata.csv", table_text([head, *rows]))


def write_utrecht(whole: Whole, folder: Path) -> None:
    """The table of Utrecht: semicolons, a byte order mark, local time, kWh, and an id of each car."""
    cars = [hashed(whole.town.seed, "auto", place)[:8] for place in range(CARS)]
    rows = [
        (cars[place % CARS], use.evse["evse_id"], _local(use.start), _local(use.end), f"{use.session.kwh:.3f}")
        for place, use in enumerate(uses_of(whole))
    ]
    head = ("EV_id_x", "evse_uid", "start_datetime", "end_datetime", "total_energy")
    write_text(folder / "sessies_utrecht.csv", "\ufeff" + table_text([head, *rows], delimiter=";"))


def write_snapshots(whole: Whole, folder: Path) -> None:
    """A republisher's days: share of the EVSE in use at the hours polled, null at the others."""
    target = folder / "snapshots"
    target.mkdir(exist_ok=True)
    uses, locations = uses_of(whole), locations_of(whole)
    for day in POLL_DAYS:
        found: dict[str, dict[str, Any]] = {
            each["id"]: {"n": len(each["evses"]), "occ": [None] * 24} for each in locations
        }
        for hour in POLL_HOURS:
            busy = busy_at(uses, datetime(day.year, day.month, day.day, hour, tzinfo=LOCAL))
            for location in locations:
                taken = sum(evse["evse_id"] in busy for evse in location["evses"])
                found[location["id"]]["occ"][hour] = round(100 * taken / len(location["evses"]))
        content = {"date": day.isoformat(), "tz": "Europe/Amsterdam", "locations": found}
        write_json(target / f"{day.isoformat()}.json", content)


def write_polled_ocpi(whole: Whole, folder: Path) -> None:
    """OCPI locations as a server gave them at a moment, packed."""
    target = folder / "ocpi"
    target.mkdir(exist_ok=True)
    uses, locations = uses_of(whole), locations_of(whole)
    for moment in _moments():
        busy = busy_at(uses, moment)
        now = [
            {**each, "evses": [{**evse, "status": OCCUPIED[evse["evse_id"] not in busy]} for evse in each["evses"]]}
            for each in locations
        ]
        answer = {"data": now, "status_code": 1000, "timestamp": _stamp(moment)}
        write_packed(target / f"locations_{moment:%Y%m%dT%H%M}.json.gz", json_text(answer))


def write_poll_log(whole: Whole, folder: Path) -> None:
    """A log of polls: a row per EVSE and poll."""
    uses, locations = uses_of(whole), locations_of(whole)
    rows = [
        (_stamp(moment), location["id"], evse["evse_id"], OCCUPIED[evse["evse_id"] not in busy])
        for moment in _moments()
        for busy in [busy_at(uses, moment)]
        for location in locations
        for evse in location["evses"]
    ]
    write_text(folder / "peilingen.csv", table_text([("polled_at", "location_id", "evse_id", "status"), *rows]))


def _elaad(use: Use) -> tuple[object, ...]:
    start, end = (moment.strftime("%Y-%m-%d %H:%M:%S") for moment in (use.start, use.end))
    end = end.replace(str(USE_YEAR + 1), str(USE_YEAR))
    charging = use.hours / 2
    power = max(LEAST_W, round(use.session.energy_wh / charging))
    return start, end, use.session.energy_wh, f"{use.hours:.4f}", f"{charging:.4f}", power


def busy_at(uses: list[Use], moment: datetime) -> set[str]:
    """EVSE ids with a car at them."""
    return {use.evse["evse_id"] for use in uses if use.start <= moment < use.end}


def _moments() -> list[datetime]:
    """The polls, in UTC."""
    days = [datetime(day.year, day.month, day.day, tzinfo=LOCAL) for day in POLL_DAYS]
    return [day.replace(hour=hour).astimezone(UTC) for day in days for hour in POLL_HOURS]


def _cdr(use: Use) -> dict[str, Any]:
    token = hashed("pas", use.session.session_id)[:14]
    return {
        "country_code": "NL",
        "party_id": "DMO",
        "id": use.session.session_id,
        "start_date_time": _stamp(use.start),
        "end_date_time": _stamp(use.end),
        "cdr_token": {"uid": token, "type": "RFID", "contract_id": f"NL-DMO-{token}"},
        "auth_method": "AUTH_REQUEST",
        "cdr_location": {
            "id": use.location["id"],
            "address": use.location["address"],
            "country": "NLD",
            "coordinates": use.location["coordinates"],
            "evse_uid": use.evse["uid"],
            "evse_id": use.evse["evse_id"],
            "connector_id": "1",
        },
        "currency": "EUR",
        "total_cost": {"excl_vat": round(use.session.kwh * 0.3, 2)},
        "total_energy": use.session.kwh,
        "total_time": round(use.hours, 4),
        "total_parking_time": round(use.hours / 2, 4),
        "last_updated": OLD,
    }


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(moment: datetime) -> str:
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
