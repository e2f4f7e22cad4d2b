"""The week of a charge point: held against a queue without end that is simulated, and against figures of the field."""

import numpy as np
import pytest

from laadplan.demo.charging_rhythm import HOURS_OF_WEEK, SLOT_MIN, SLOTS_OF_WEEK, rhythm_of

KINDS = ("straat", "werk", "snel")
MINUTES_OF_WEEK = SLOTS_OF_WEEK * SLOT_MIN


@pytest.mark.parametrize("kind", KINDS)
def test_occupancy_is_that_of_cars_that_come_and_stay(kind: str) -> None:
    """Oracle: 400,000 cars dropped one by one on a week that repeats itself, counted per minute."""
    week, cars = rhythm_of(kind), 400_000
    random = np.random.default_rng(1)

    slots = random.choice(SLOTS_OF_WEEK, cars, p=week.starts / week.starts.sum())
    begins = slots * SLOT_MIN + random.integers(0, SLOT_MIN, cars)
    stays = week.stays[begins // 60 % 24, random.integers(0, week.stays.shape[1], cars)]
    steps = np.zeros(2 * MINUTES_OF_WEEK + 1)
    np.add.at(steps, begins, 1)
    np.add.at(steps, begins + stays, -1)
    busy = np.cumsum(steps)[:-1].reshape(2, HOURS_OF_WEEK, 60).mean(axis=2).sum(axis=0)

    np.testing.assert_allclose(busy * week.starts.sum() / cars, week.by_hour, atol=0.045)
    assert week.by_hour.max() == pytest.approx(1.0)


def test_a_street_is_full_at_night_and_a_place_of_work_by_day() -> None:
    street, work, fast = (rhythm_of(kind) for kind in KINDS)

    assert {int(hour) % 24 for hour in np.argsort(street.by_hour)[-20:]} <= {19, 20, 21, 22, 23, 0, 1, 2, 3}
    assert {int(hour) % 24 for hour in np.argsort(work.by_hour)[-10:]} <= set(range(10, 16))
    assert 7.5 < street.mean_stay_h < 8.5
    assert 5.8 < work.mean_stay_h < 6.8
    assert 0.4 < fast.mean_stay_h < 0.7
    assert 1 < street.peak_factor < work.peak_factor < fast.peak_factor
