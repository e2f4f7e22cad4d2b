"""The week of a charge point: held against a queue without end that is simulated, and against figures of the field."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from laadplan.demo.charging_rhythm import (
    BANDS,
    CHANCES,
    DAY_HOURS,
    HOURS_OF_WEEK,
    LONGEST_MIN,
    NIGHT_HOURS,
    NIGHT_SHARES,
    SLOT_MIN,
    SLOTS_OF_WEEK,
    WORK_DAY,
    rhythm_of,
)

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


@pytest.mark.real
def test_the_digest_is_that_of_the_real_sessions(real_data: Path) -> None:
    """Arrivals, nights and stays as the table has them, its clock taken for UTC; smoothed hours are left out."""
    table = pd.read_csv(real_data / "national" / "sessions" / "laadpaaldata_2018.csv")
    times = table[["Started", "Ended"]].apply(pd.to_datetime, errors="coerce", utc=True)
    times = times.apply(lambda column: column.dt.tz_convert("Europe/Amsterdam"))
    hours = table["ConnectedTime"][times.notna().all(axis=1)]
    begin, end = (times.loc[hours.index, name] for name in ("Started", "Ended"))
    begun = begin.dt.hour
    stays = ((end.dt.normalize() > begin.dt.normalize()) & (end.dt.hour >= 5)) | (hours > 24)

    arrivals = 1000 * begun.value_counts(normalize=True).reindex(range(7, 24))

    np.testing.assert_allclose(arrivals, WORK_DAY[7:], atol=0.6)
    assert hours.mean() == pytest.approx(6.4, abs=0.1)
    bands = np.searchsorted(BANDS, begun, side="right") - 1
    for band in range(1, len(BANDS)):
        mine, night = hours[bands == band], stays[bands == band]
        assert night.mean() == pytest.approx(NIGHT_SHARES[band], abs=0.006)
        np.testing.assert_allclose(mine[~night].quantile(CHANCES), DAY_HOURS[band], atol=0.41)
        if night.sum() > 100:
            longest = np.minimum(mine[night].quantile(CHANCES), LONGEST_MIN / 60)
            np.testing.assert_allclose(longest, NIGHT_HOURS[band], atol=0.06)
