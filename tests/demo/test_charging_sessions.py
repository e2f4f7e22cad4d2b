"""Sessions of a pole: as full as was planted, one car at a point, and silent when it is out of order."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from laadplan.demo.charging_rhythm import HOURS_OF_WEEK, rhythm_of
from laadplan.demo.charging_sessions import Session, months_of, sessions_of
from laadplan.demo.charging_use import PoleUse, measured_share

NEW_YEAR = datetime(2025, 1, 1)  # noqa: DTZ001 - winter time
MEASURED = datetime(2025, 9, 29)  # noqa: DTZ001
WEEKS = 13
POLES = 24
LEVELS = (0.12, 0.35, 0.8)
MOST_KW = 11.0


def poles_at(level: float, kind: str = "straat") -> list[PoleUse]:
    return [PoleUse(f"paal {place}", 2, kind, level, 0.3) for place in range(POLES)]


@pytest.fixture(scope="module")
def sessions() -> dict[float, list[list[Session]]]:
    return {level: [list(sessions_of(use, 1)) for use in poles_at(level)] for level in LEVELS}


def wall(moment: datetime) -> datetime:
    """The clock on the wall: an hour ahead of the model in summer."""
    summer = datetime(2025, 3, 30, 2) <= moment < datetime(2025, 10, 26, 2)  # noqa: DTZ001
    return moment + timedelta(hours=summer)


def by_hour(found: list[Session]) -> np.ndarray:
    """Car hours per hour of the week on the wall, in the weeks of measuring, counted per quarter of an hour."""
    counts = np.zeros(HOURS_OF_WEEK)
    for session in found:
        begin, end = ((wall(at) - MEASURED) / timedelta(hours=1) for at in (session.start, session.end))
        places = np.arange(max(begin, 0.0), min(end, WEEKS * 168.0), 0.25)
        np.add.at(counts, places.astype(int) % HOURS_OF_WEEK, 0.25)
    return counts


@pytest.mark.parametrize("level", LEVELS)
def test_poles_are_as_full_as_was_planted(sessions: dict[float, list[list[Session]]], level: float) -> None:
    """Oracle: car hours counted. The busiest hours are taken together, for a single one is only a few cars."""
    shape = rhythm_of("straat").by_hour
    busiest = shape > 0.9

    counted = by_hour([session for of_pole in sessions[level] for session in of_pole]) / (2 * WEEKS * POLES)

    expected = measured_share(poles_at(level)[:1]) * shape
    assert counted[busiest].mean() == pytest.approx(expected[busiest].mean(), rel=0.04)
    assert counted.mean() == pytest.approx(expected.mean(), rel=0.02)
    assert np.corrcoef(counted, shape)[0, 1] > 0.8


def test_use_of_a_single_pole_follows_its_growth(sessions: dict[float, list[list[Session]]]) -> None:
    """Over a half year the connected hours of a pole are those of its level: 30 % growth is seen at every one."""
    for of_pole in sessions[0.35]:
        hours = [0.0, 0.0]
        for session in of_pole:
            hours[session.start.month > 6] += (session.end - session.start) / timedelta(hours=1)
        assert 1.05 < hours[1] / hours[0] < 1.25


def test_a_point_serves_one_car_at_a_time(sessions: dict[float, list[list[Session]]]) -> None:
    for of_pole in (each for found in sessions.values() for each in found):
        assert {session.point for session in of_pole} == {1, 2}
        for point in (1, 2):
            mine = [(session.start, session.end) for session in of_pole if session.point == point]
            assert mine == sorted(mine)
            assert all(before[1] <= after[0] for before, after in pairwise(mine))


def test_sessions_are_possible(sessions: dict[float, list[list[Session]]]) -> None:
    everyone = [session for found in sessions.values() for of_pole in found for session in of_pole]
    hours = np.array([(session.end - session.start) / timedelta(hours=1) for session in everyone])
    kwh = np.array([session.kwh for session in everyone])
    assert hours.min() > 0
    assert kwh.min() > 0
    assert (kwh <= np.maximum(MOST_KW * hours, 0.1)).all()
    assert 7.5 < hours.mean() < 8.5
    assert 14 < kwh.mean() < 18
    some = [session.session_id for of_pole in sessions[0.12] for session in of_pole]
    assert len(set(some)) == len(some)
    assert all(session.start.year == 2025 for session in everyone)


def test_people_come_home_in_the_evening(sessions: dict[float, list[list[Session]]]) -> None:
    hours = Counter(wall(session.start).hour for of_pole in sessions[0.12] for session in of_pole)
    assert hours[18] > 1.5 * hours[11] > 4 * hours[3]


def test_months_are_what_their_sessions_add_up_to(sessions: dict[float, list[list[Session]]]) -> None:
    found = sessions[0.35][0]

    months = months_of(found)

    assert [month.month for month in months] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert sum(month.sessions for month in months) == len(found)
    assert sum(month.energy_wh for month in months) == sum(session.energy_wh for session in found)
    june = [session for session in found if session.start.month == 6]
    assert months[5].sessions == len(june)
    assert months[5].connected_min == sum((session.end - session.start) // timedelta(minutes=1) for session in june)
    assert months_of([]) == ()


def test_a_pole_is_silent_before_it_opens_and_when_it_is_out_of_order() -> None:
    silent = ((date(2025, 5, 1), date(2025, 6, 5)),)
    use = PoleUse("paal", 2, "straat", 0.5, 0.3, date(2025, 3, 1), silent)

    found = list(sessions_of(use, 1))

    out = (datetime(2025, 5, 1), datetime(2025, 6, 5))  # noqa: DTZ001
    assert min(session.start for session in found).date() >= date(2025, 3, 1)
    assert not any(session.start < out[1] and session.end > out[0] for session in found)
    assert any(session.end == out[0] for session in found)
    assert {session.start.month for session in found} == {3, 4, 6, 7, 8, 9, 10, 11, 12}


def test_sessions_are_equal_in_every_run() -> None:
    use = PoleUse("paal", 2, "straat", 0.3, 0.3)
    assert list(sessions_of(use, 1)) == list(sessions_of(use, 1))
    assert list(sessions_of(use, 1)) != list(sessions_of(use, 2))


def test_sessions_at_a_fast_charger_are_short() -> None:
    found = list(sessions_of(PoleUse("paal", 2, "snel", 0.08, 0.2), 1))
    hours = [(session.end - session.start) / timedelta(hours=1) for session in found]
    assert 0.4 < np.mean(hours) < 0.7
    assert 20 < np.mean([session.kwh for session in found]) < 40
    assert min(session.start for session in found) > NEW_YEAR
