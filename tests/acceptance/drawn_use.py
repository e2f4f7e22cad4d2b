"""Charging sessions of our own drawing at poles of our own, in the forms in which they are delivered.

In: nothing but this drawing. Out: lists of sessions, files, configs. Six areas of a square kilometre, each with one
thing to find: full poles, growth without noise, a short history, few sessions, the nights of the clock, an outage.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .buurtplan import DATE, Location, address, buurten, locations, written
from .delivered import stated
from .streets import config_of, points

HOME = ZoneInfo("Europe/Amsterdam")
UNTIL = datetime.fromisoformat(DATE).replace(tzinfo=HOME)
WEEKS, HISTORY_WEEKS = 13, 60
WEEK, HOUR, MINUTE = timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1)

FULL, GROWS, SHORT, QUIET, NIGHT, BROKEN = (f"BU0001000{number}" for number in range(1, 7))
CORNERS = {code: (1000.0 * (place % 3), 1000.0 * (place // 3)) for place, code in enumerate((FULL, GROWS, SHORT))}
CORNERS |= {code: (1000.0 * place, 1000.0) for place, code in enumerate((QUIET, NIGHT, BROKEN))}
POLES = (
    Location("VOL-1", 400.0, 400.0),
    Location("VOL-2", 500.0, 500.0),
    Location("VOL-3", 600.0, 600.0),
    Location("GROEI-1", 1400.0, 400.0),
    Location("GROEI-2", 1600.0, 600.0),
    Location("KORT-1", 2500.0, 500.0),
    Location("STIL-1", 500.0, 1500.0),
    Location("NACHT-1", 1500.0, 1500.0, evses=1),
    Location("STORING-1", 2500.0, 1500.0),
)
AREA_OF = {"VOL": FULL, "GROEI": GROWS, "KORT": SHORT, "STIL": QUIET, "NACHT": NIGHT, "STORING": BROKEN}
NORM = 0.3621
"""Desired occupancy of four points at 5 % (Erlang B, by hand; domain table: 36 %)."""

GROWTH, PASSES = 0.6, datetime(2026, 4, 6, tzinfo=HOME)
"""Growth a year in GROWS, and the day on which its busiest hour reaches the norm."""

GOLDEN = 0.6180339887498949
"""Steps of the golden ratio fill an interval evenly."""

FEW = 6
"""Sessions at the quiet pole within the period of measuring."""

OUTAGE = (datetime(2025, 11, 3, tzinfo=HOME), datetime(2025, 11, 17, tzinfo=HOME))
"""Two weeks within the period of measuring in which STORING-1 is out of order."""

TWICE = (datetime(2025, 10, 26, 0, tzinfo=UTC), datetime(2025, 10, 26, 2, tzinfo=UTC))
"""The hour that comes twice: written without a zone no one can tell which is meant."""

SECRET_TOKEN, SECRET_SESSION, SECRET_REQUEST, SECRET_POSTCODE = (
    "GEHEIM-PAS-",
    "GEHEIM-SESSIE-",
    "GEHEIM-AANVRAAG-",
    "6799XQ",
)


@dataclass(frozen=True)
class Session:
    """A session: pole, point, begin and end in UTC, energy."""

    pole: str
    evse: int
    begin: datetime
    end: datetime
    kwh: float

    @property
    def evse_id(self) -> str:
        """Id of the point as OCPI gives it."""
        return f"NL*ABC*{self.pole}*{self.evse}"


# --- drawing ---------------------------------------------------------------------------------------------------------


def every_session() -> list[Session]:
    """All sessions of the drawing."""
    chance = random.Random(7)
    drawn = [each for pole in POLES[:3] for each in _busy(chance, pole)]
    drawn += [each for pole in POLES[3:5] for each in _growing(pole)]
    drawn += _busy(chance, POLES[5], since=UNTIL - 5 * WEEK)
    drawn += [_evening(POLES[6], UNTIL - timedelta(days=14 * number + 10)) for number in range(FEW)]
    drawn += _nights(POLES[7])
    drawn += [each for each in _busy(chance, POLES[8]) if each.end <= OUTAGE[0] or each.begin >= OUTAGE[1]]
    return drawn


def _busy(chance: random.Random, pole: Location, since: datetime | None = None) -> list[Session]:
    """Sessions of two to ten hours with two to ten hours between, at each point apart, on whole minutes."""
    drawn = []
    for evse in range(pole.evses):
        now = (since or UNTIL - HISTORY_WEEKS * WEEK).astimezone(UTC)
        while True:
            now += chance.randrange(120, 600) * MINUTE
            end = now + chance.randrange(120, 600) * MINUTE
            if end > UNTIL.astimezone(UTC) - 30 * MINUTE:
                break
            if not any(TWICE[0] <= at <= TWICE[1] for at in (now, end)):
                drawn.append(Session(pole.key, evse, now, end, round(chance.uniform(5, 20), 3)))
            now = end
    return drawn


def _growing(pole: Location) -> list[Session]:
    """Hours of an evening in which a point is taken, spread as evenly as can be, as many of them as the growth says.

    Both the number of sessions and the time connected grow, each hour between 17 and 23 alike, those at its ends less.
    """
    drawn, slot = [], 0
    for day in range(HISTORY_WEEKS * 7):
        for hour in range(16, 24):
            begin = (UNTIL - HISTORY_WEEKS * WEEK + timedelta(days=day)).replace(hour=hour)
            years = (begin - PASSES) / timedelta(days=365.25)
            share = NORM * (1 + GROWTH) ** years * (1.0 if 17 <= hour <= 22 else 0.6)
            for evse in range(pole.evses):
                slot += 1
                if slot * GOLDEN % 1.0 < share:
                    start = begin.astimezone(UTC)
                    drawn.append(Session(pole.key, evse, start, start + HOUR, 6.0))
    return drawn


def _evening(pole: Location, day: datetime) -> Session:
    begin = day.replace(hour=19).astimezone(UTC)
    return Session(pole.key, 0, begin, begin + 3 * HOUR, 12.0)


def _nights(pole: Location) -> list[Session]:
    """Every day from 19 to 21, and each night before Sunday from half past one to half past three, by the clock."""
    drawn = []
    for day in range(HISTORY_WEEKS * 7):
        midnight = UNTIL - HISTORY_WEEKS * WEEK + timedelta(days=day)
        spans = [(19 * 60, 21 * 60)]
        if midnight.weekday() == 6:
            spans.append((90, 210))
        for begin, end in spans:
            at = [midnight.replace(hour=m // 60, minute=m % 60).astimezone(UTC) for m in (begin, end)]
            drawn.append(Session(pole.key, 0, at[0], at[1], 6.0))
    return drawn


# --- files -----------------------------------------------------------------------------------------------------------


def as_csv(path: Path, sessions: Iterable[Session]) -> Path:
    """A table with moments in UTC."""
    rows = [
        f"{SECRET_SESSION}{number:06d},{each.evse_id},{each.pole},{each.begin:%Y-%m-%dT%H:%M:%SZ},"
        f"{each.end:%Y-%m-%dT%H:%M:%SZ},{each.kwh}"
        for number, each in enumerate(sessions)
    ]
    return written(path, "sessie_id,evse_id,location_id,started_utc,ended_utc,energy_kwh", *rows)


def as_local_csv(path: Path, sessions: Iterable[Session]) -> Path:
    """The same without a zone: local time, as many operators deliver it; in another column order."""
    rows = [
        f"{each.kwh};{each.end.astimezone(HOME):%Y-%m-%d %H:%M:%S};{each.begin.astimezone(HOME):%Y-%m-%d %H:%M:%S};"
        f"{each.pole};{each.evse_id};{SECRET_SESSION}{number:06d}"
        for number, each in enumerate(sessions)
    ]
    return written(path, "total_energy;end_datetime;start_datetime;location_id;evse_uid;session_id", *rows)


def as_cdrs(folder: Path, sessions: list[Session], parts: int = 3) -> Path:
    """OCPI charge detail records in several files, with the cards of the drivers."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in range(parts):
        listed = [_cdr(number, each) for number, each in enumerate(sessions) if number % parts == part]
        (folder / f"cdrs-{part}.json").write_text(json.dumps({"data": listed, "status_code": 1000}), encoding="utf-8")
    return folder


def _cdr(number: int, each: Session) -> dict[str, Any]:
    begin, end = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (each.begin, each.end))
    return {
        "country_code": "NL",
        "party_id": "ABC",
        "id": f"{SECRET_SESSION}{number:06d}",
        "start_date_time": begin,
        "end_date_time": end,
        "currency": "EUR",
        "cdr_token": {"uid": f"{SECRET_TOKEN}{number % 50}", "type": "RFID", "contract_id": f"NL-{SECRET_TOKEN}1"},
        "auth_method": "WHITELIST",
        "cdr_location": {"id": each.pole, "evse_uid": each.evse_id, "evse_id": each.evse_id, "connector_id": "1"},
        "charging_periods": [],
        "total_cost": {"excl_vat": 1},
        "total_energy": each.kwh,
        "total_time": (each.end - each.begin) / HOUR,
        "last_updated": end,
    }


def requests(path: Path) -> Path:
    """Eight open requests from one postcode, and one from a postcode of its own."""
    rows = [f"{SECRET_REQUEST}{number};2025-11-{number + 10};6700AA;ingediend" for number in range(8)]
    rows.append(f"{SECRET_REQUEST}8;2025-11-20;{SECRET_POSTCODE};ingediend")
    return written(path, "id;datum;postcode;status", *rows)


def project(folder: Path, sessions: Path, *, with_requests: bool = True, **sections: Any) -> Path:
    """Path of a config of the drawing with these sessions."""
    made = folder / "bron"
    made.mkdir(parents=True, exist_ok=True)
    homes = [(420.0, 420.0, address(1, 1, "6700AA", "woonfunctie", 100))]
    homes += [(520.0, 1520.0, address(2, 1, SECRET_POSTCODE, "woonfunctie", 100))]
    given: dict[str, Any] = {
        "buurten": buurten(made / "buurten.gpkg", names=CORNERS),
        "addresses": points(made / "bag.gpkg", homes, layer="verblijfsobject"),
        "charge_points": locations(made / "ocpi.json", POLES),
        "sessions": {**stated(sessions), "unit": "kWh"},
    }
    if with_requests:
        given["requests"] = requests(made / "aanvragen.csv")
    return config_of(folder, given, **sections)


# --- counted by hand -------------------------------------------------------------------------------------------------


def minutes_by_hour_of_week(sessions: Iterable[Session], begin: datetime, end: datetime) -> tuple[list[int], list[int]]:
    """Minutes with a car, and minutes that there were, per hour of the week by the clock at home: minute by minute."""
    start, total = begin.astimezone(UTC), int((end - begin.astimezone(UTC)) / MINUTE)
    hours = []
    for number in range(0, total, 60):
        local = (start + number * MINUTE).astimezone(HOME)
        hours.append(local.weekday() * 24 + local.hour)
    there, taken = [0] * 168, [0] * 168
    for hour in hours:
        there[hour] += 60
    for each in sessions:
        first, last = ((at - start) // MINUTE for at in (each.begin, each.end))
        for minute in range(max(0, first), min(total, last)):
            taken[hours[minute // 60]] += 1
    return taken, there


def shuffled(sessions: list[Session]) -> list[Session]:
    """The same sessions in no order."""
    return random.Random(1).sample(sessions, len(sessions))


def shifted(session: Session, by: timedelta) -> Session:
    """A session at another moment."""
    return replace(session, begin=session.begin + by, end=session.end + by)
