import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.adoption import PAGE, RESULT, measure, read_table, rendered
from laadplan.demand import adoption
from laadplan.demand.adoption import (
    BASELINE,
    CHOSEN,
    compare,
    covered,
    errors,
    fit_spread,
    masked,
    per_region,
    to_total,
)
from laadplan.demand.growth import ADDED_CARS, ADDED_SHARE
from tests.frames import shuffled


def invented(number=400, seed=3):
    """Postcodes that grow along the S-curve, with chance."""
    random = np.random.default_rng(seed)
    cars = random.integers(300, 4000, number).astype(float)
    income = random.normal(30, 6, number)
    share = 0.01 * np.exp((income - 30) / 20)
    table = {"cars": cars, "income": income}
    for year, growth in ((2020, 1.0), (2022, 2.2), (2023, 3.5), (2024, 4.6)):
        table[f"share_{year}"] = random.poisson(cars * share * growth) / cars
    frame = pd.DataFrame(table, index=[f"{1000 + place}" for place in range(number)])
    for year in (2023, 2024):
        frame[f"share_{year}"] = frame[f"share_{year}"].where(frame[f"share_{year}"] * cars >= 10, 0.0)
    return frame.assign(
        municipality=[f"GM{place % 20:04d}" for place in range(number)], region=[place % 10 for place in range(number)]
    )


TABLE = invented()


@pytest.mark.parametrize("ceiling", [None, 0.95, 1.0])
def test_shares_are_brought_to_the_total_in_their_order(ceiling):
    share, cars = pd.Series([0.01, 0.1, 0.3]), pd.Series([1000.0, 500.0, 200.0])

    found = to_total(share, cars, 250.0, ceiling)

    assert (found * cars).sum() == pytest.approx(250.0)
    assert found.is_monotonic_increasing
    if ceiling:
        odds = [each / (ceiling - each) for each in (share, found)]
        np.testing.assert_allclose(odds[1] / odds[0], (odds[1] / odds[0])[0])


def test_errors_are_those_worked_out_by_hand():
    table = pd.DataFrame({"cars": [100.0, 100.0, 50.0], "share_2024": [0.2, 0.4, 0.0]})

    found = errors(table, pd.Series([0.3, 0.3, 0.1]))

    told = np.array([30.0, 30.0, 5.0]) * 60 / 65
    assert found["counted"] == pytest.approx(100 * 20 / 60)
    assert found["mean"] == pytest.approx(10.0)
    assert found["as_given"] == pytest.approx(100 * (abs(told[0] - 20) + abs(told[1] - 40) + told[2]) / 60)
    assert found["suppressed"] == pytest.approx(100 * (abs(told[0] - 20) + abs(told[1] - 40)) / 60)


def test_every_way_is_compared_on_the_same_rows(monkeypatch):
    monkeypatch.setattr(adoption, "FOLDS", 2)

    found = compare(TABLE)

    assert set(found["test"]) == {"none", "year", "region"}
    assert len(found) == 8 + 2 * len(adoption.LEARNED)
    assert found[["counted", "suppressed", "as_given", "mean"]].gt(0).all(axis=None)
    by_way = found.set_index("way")["suppressed"]
    assert by_way[CHOSEN] < by_way["mean of the country"]


def test_the_order_of_rows_does_not_matter_to_the_simple_ways():
    pd.testing.assert_frame_equal(compare(shuffled(TABLE), learned=False), compare(TABLE, learned=False))


def test_what_was_only_chance_is_found_to_be_chance():
    table = invented(4000)

    cars, share = fit_spread(table, "share_2020", "share_2022")

    # two counts drawn apart: variance of both, about (now + growth**2 * before) / added = (2.2 + 2.2**2) / 1.2
    assert cars == pytest.approx((2.2 + 2.2**2) / 1.2, rel=0.15)
    assert share < 0.1
    assert covered(table, 1e9, 1.0)["all"] == 1.0


def test_zeros_filled_in_come_nearer_than_zero_where_the_truth_is_known():
    found = masked(TABLE)

    assert found["zero"] == pytest.approx(100.0)
    assert found["filled"] < found["zero"]


def test_the_page_is_that_of_the_results():
    page = PAGE.read_text(encoding="utf-8")

    assert page == rendered(page, json.loads(RESULT.read_text(encoding="utf-8"))), (
        "run: python -m benchmarks.adoption table"
    )
    with pytest.raises(ValueError, match="0 places"):
        rendered("nothing", json.loads(RESULT.read_text(encoding="utf-8")))


@pytest.mark.real
def test_the_way_used_beats_the_better_baseline_on_the_national_table(real_data):
    table = read_table(real_data)

    found = compare(table, learned=False).set_index("way")
    spread = fit_spread(table, "share_2020", "share_2022")
    regions = per_region(table)

    better = found.loc[[BASELINE, "mean of two years x national growth"]].min()
    for reading in ("suppressed", "counted", "mean"):
        assert found.loc[CHOSEN, reading] <= better[reading]
    assert found.loc["S-curve from last year, ceiling 0.95", "as_given"] <= better["as_given"]
    assert better["suppressed"] == pytest.approx(5.63, abs=0.01)
    assert spread == pytest.approx((ADDED_CARS, ADDED_SHARE), rel=0.02)
    assert 0.75 <= covered(table, ADDED_CARS, ADDED_SHARE)["all"] <= 0.85
    assert 0.75 <= covered(table, ADDED_CARS, ADDED_SHARE)["weighed"] <= 0.85
    assert (regions[CHOSEN] <= regions[BASELINE]).mean() > 0.9
    figures = measure(table, learned=False)
    kept = json.loads(RESULT.read_text(encoding="utf-8"))
    assert [figures[name] for name in ("rows", "zeros", "national", "fast")] == [
        kept[name] for name in ("rows", "zeros", "national", "fast")
    ]
