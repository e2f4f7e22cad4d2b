"""The sessions of the demo town as a charge point operator delivers them: a table with what is wrong in real life.

In: a ``Quarter``. Out: text of CSV with a row per session, in UTC, and how many rows are wrong in each way. Some poles
have one wrong row of a kind; which, follows from the seed and the pole alone.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from laadplan.demo.charging_sessions import Session, sessions_of
from laadplan.demo.charging_use import SPARED, PoleUse, use_of
from laadplan.demo.model import Quarter
from laadplan.demo.names import hashed
from laadplan.demo.ocpi import evse_id, location_id, serial_of

HEAD = "sessie_id,evse_id,location_id,started_utc,ended_utc,energy_kwh\n"

MODEL_CLOCK = timezone(timedelta(hours=1))
"""Winter time, the whole year."""

FAULTS = ("einde_voor_begin", "dubbel_id_andere_inhoud", "overlap", "te_veel_kwh", "onbekende_locatie", "klok")
"""Kinds of wrong rows. The second, third and fifth are rows too many, the others take the place of a right row.

``overlap`` begins within another session at its EVSE, ``klok`` begins in 2000: a clock that was never set.
"""

FAULT_SHARE = 0.15
"""Of the poles so many have a wrong row, of each kind."""

TOO_MUCH_KWH = 99_999.0
"""A counter at its stop: more than any pole gives in two days."""

UNSET = datetime(2000, 1, 1, 0, 7, tzinfo=UTC)
"""What a clock shows that was never set."""

MORE_KWH = 4.25
"""A record with an id that exists already says so much more."""

_STREAM = 440
"""Of the random generator."""


@dataclass(frozen=True)
class Record:
    """A row of the table; moments in UTC."""

    session_id: str
    evse_id: str
    location_id: str
    start: datetime
    end: datetime
    kwh: float


def part(quarter: Quarter) -> str:
    """The rows of one quarter, pole by pole."""
    uses = use_of(quarter, quarter.poles)
    return "".join(_line(record) for place, use in enumerate(uses) for record in records_of(quarter, place, use))


def records_of(quarter: Quarter, place: int, use: PoleUse) -> list[Record]:
    """The rows of one pole, in order of start but for those that are wrong."""
    records = [_record(quarter, place, session) for session in sessions_of(use, quarter.seed)]
    ranks = _random(quarter, place, 1).permutation(len(records)).tolist()
    wrong = dict(zip(ranks, _faults(quarter, place), strict=False))
    rows: list[Record] = []
    for rank, record in enumerate(records):
        rows += _spoilt(quarter, place, wrong[rank], record) if rank in wrong else [record]
    return rows


def faults_of(quarter: Quarter) -> tuple[tuple[str, int], ...]:
    """How many rows of a quarter are wrong, per kind."""
    counts = Counter(fault for place in range(len(quarter.poles)) for fault in _faults(quarter, place))
    return tuple((fault, counts[fault]) for fault in FAULTS)


def _random(quarter: Quarter, place: int, use: int) -> np.random.Generator:
    return np.random.default_rng([quarter.seed, quarter.cell.index, _STREAM, place, use])


def _faults(quarter: Quarter, place: int) -> list[str]:
    """The kinds of wrong rows at a pole."""
    if quarter.cell.kind == "landelijk" or quarter.cell.turn < SPARED:
        return []
    draws = _random(quarter, place, 0).random(len(FAULTS))
    return [fault for fault, draw in zip(FAULTS, draws, strict=True) if draw < FAULT_SHARE]


def _record(quarter: Quarter, place: int, session: Session) -> Record:
    start, end = (moment.replace(tzinfo=MODEL_CLOCK).astimezone(UTC) for moment in (session.start, session.end))
    evse = evse_id(quarter, place, session.point)
    return Record(session.session_id, evse, location_id(quarter, place), start, end, session.kwh)


def _spoilt(quarter: Quarter, place: int, fault: str, right: Record) -> list[Record]:
    """What stands in the table instead of a right row."""
    other = hashed(quarter.seed, fault, place, right.session_id)[:32]
    span = right.end - right.start
    serial = serial_of(quarter, place)
    extra = {
        "dubbel_id_andere_inhoud": replace(right, kwh=right.kwh + MORE_KWH),
        "overlap": replace(right, session_id=other, start=right.start + span / 2, end=right.end + span / 2),
        "onbekende_locatie": replace(
            right, session_id=other, evse_id=f"NL*DMO*X{serial}", location_id=f"ELDERS{serial}"
        ),
    }
    instead = {
        "einde_voor_begin": replace(right, start=right.end, end=right.start),
        "te_veel_kwh": replace(right, kwh=TOO_MUCH_KWH),
        "klok": replace(right, start=UNSET),
    }
    return [right, extra[fault]] if fault in extra else [instead[fault]]


def _line(record: Record) -> str:
    """A row of the table."""
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (record.start, record.end))
    return f"{record.session_id},{record.evse_id},{record.location_id},{start},{end},{record.kwh:.3f}\n"
