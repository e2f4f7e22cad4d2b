"""The table of sessions with its wrong rows: each kind is counted, and the rest is what the model holds."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from laadplan.demo.charging_records import FAULTS, HEAD, SPARED, TOO_MUCH_KWH, Record, faults_of, part, records_of
from laadplan.demo.charging_sessions import sessions_of
from laadplan.demo.charging_use import use_of
from laadplan.demo.model import Quarter
from laadplan.demo.ocpi import evse_id, location_id
from tests.demo.street_grid import make_quarter

POLES = 60


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    return in_turn(make_quarter(poles=POLES), SPARED)


def in_turn(quarter: Quarter, turn: int) -> Quarter:
    return replace(quarter, cell=replace(quarter.cell, turn=turn))


@pytest.fixture(scope="module")
def records(quarter: Quarter) -> list[list[Record]]:
    uses = use_of(quarter, quarter.poles)
    return [records_of(quarter, place, use) for place, use in enumerate(uses)]


def counted(quarter: Quarter, records: list[list[Record]]) -> Counter[str]:
    """Wrong rows, found by what is wrong with them."""
    found: Counter[str] = Counter()
    known = {location_id(quarter, place) for place in range(POLES)}
    for rows in records:
        found["einde_voor_begin"] += sum(row.end < row.start for row in rows)
        found["te_veel_kwh"] += sum(row.kwh == TOO_MUCH_KWH for row in rows)
        found["klok"] += sum(row.start.year == 2000 for row in rows)
        found["onbekende_locatie"] += sum(row.location_id not in known for row in rows)
        found["dubbel_id_andere_inhoud"] += len(rows) - len({row.session_id for row in rows})
    return found


def test_wrong_rows_are_as_many_as_is_told(quarter: Quarter, records: list[list[Record]]) -> None:
    told = dict(faults_of(quarter))

    found = counted(quarter, records)

    assert tuple(told) == FAULTS
    assert {fault: told[fault] for fault in found} == dict(found)
    assert all(1 <= told[fault] < POLES / 3 for fault in FAULTS)


def test_the_other_rows_are_the_sessions_of_the_model(quarter: Quarter, records: list[list[Record]]) -> None:
    told = dict(faults_of(quarter))
    uses = use_of(quarter, quarter.poles)
    sessions = {session.session_id: session for use in uses for session in sessions_of(use, quarter.seed)}
    place_of = {pole.local_id: place for place, pole in enumerate(quarter.poles)}

    right = [row for rows in records for row in rows if is_right(quarter, place_of, row, sessions)]

    extra = sum(told[fault] for fault in ("dubbel_id_andere_inhoud", "overlap", "onbekende_locatie"))
    instead = sum(told[fault] for fault in ("einde_voor_begin", "te_veel_kwh", "klok"))
    assert len(right) == len(sessions) - instead
    assert sum(map(len, records)) == len(sessions) + extra


def is_right(quarter: Quarter, place_of: dict, row: Record, sessions: dict) -> bool:
    """Whether the row says what the model holds: winter time is an hour ahead of UTC."""
    session = sessions.get(row.session_id)
    if session is None:
        return False
    start, end = ((moment - timedelta(hours=1)).replace(tzinfo=UTC) for moment in (session.start, session.end))
    place = place_of[session.pole_id]
    evse = evse_id(quarter, place, session.point)
    return row == Record(session.session_id, evse, location_id(quarter, place), start, end, session.kwh)


def test_text_of_a_quarter() -> None:
    quarter = make_quarter(poles=2)

    lines = part(quarter).splitlines()

    cells = lines[0].split(",")
    assert len(cells) == HEAD.count(",") + 1
    assert cells[2] == "DEMO0003001"
    assert datetime.strptime(cells[3], "%Y-%m-%dT%H:%M:%SZ").year in (2000, 2024, 2025)  # noqa: DTZ007
    assert part(quarter) == part(quarter)
    assert part(quarter) != part(replace(quarter, seed=9))
    assert part(make_quarter(poles=0)) == ""


def test_small_towns_and_the_country_have_no_wrong_rows(quarter: Quarter) -> None:
    country = replace(quarter, cell=replace(quarter.cell, kind="landelijk"))
    for spared in (in_turn(quarter, SPARED - 1), country):
        assert set(dict(faults_of(spared)).values()) == {0}
