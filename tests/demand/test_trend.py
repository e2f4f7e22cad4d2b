from datetime import date

import numpy as np
import pandas as pd
import pytest

from laadplan.demand.dates import date_passings, passing
from laadplan.demand.pooling import pool_slopes
from laadplan.demand.trend import Growth, Weeks, fit_growth

TIME = (np.arange(52) - 51.5) * 7 / 365.25
LONG = (np.arange(156) - 155.5) * 7 / 365.25


def weeks(sessions, time, observed=336.0):
    """Weeks in which a session takes eight hours."""
    table = np.asarray(sessions, dtype=float)
    return Weeks(8.0 * table, np.broadcast_to(observed, table.shape), table, time)


def numbers(*values):
    return np.array(values, dtype=float)


def test_slopes_are_those_of_a_quasi_poisson_model_with_a_level_per_pole():
    import statsmodels.api as sm

    random = np.random.default_rng(2)
    sessions = random.poisson(np.outer([200, 300, 500], np.exp(0.4 * TIME)))
    rows = [(pole, TIME[week], sessions[pole, week]) for pole in range(3) for week in range(52)]
    table = pd.DataFrame(rows, columns=["pole", "time", "sessions"])
    design = np.column_stack([table["time"], pd.get_dummies(table["pole"]).to_numpy(dtype=float)])
    model = sm.GLM(table["sessions"], design, family=sm.families.Poisson()).fit()

    found = fit_growth(weeks(sessions, TIME), np.zeros(3, dtype=np.int64), numbers(2, 2, 2), numbers(6))

    assert found.areas.slope[0] == pytest.approx(model.params.iloc[0], abs=0.01)
    assert not found.season_known


def test_the_variance_of_a_slope_is_that_of_a_quasi_poisson_model_and_of_an_unknown_season():
    import statsmodels.api as sm

    sessions = np.random.default_rng(3).poisson(100 * np.exp(0.4 * TIME)) * 3.0
    model = sm.GLM(sessions, sm.add_constant(TIME), family=sm.families.Poisson()).fit(scale="X2")

    found = fit_growth(weeks([sessions], TIME), np.zeros(1, dtype=np.int64), numbers(2), numbers(2))

    variance = found.areas.slope_variance[0] - 0.05**2 / 2 * season_slopes()
    assert np.sqrt(variance) == pytest.approx(model.bse[1], rel=0.1)
    assert found.areas.slope[0] == pytest.approx(model.params[1], abs=0.01)


def season_slopes():
    """Squares of the slopes that a wave of a year of unknown phase has within the year."""
    off = TIME - TIME.mean()
    return sum(
        ((off * wave).sum() / (off**2).sum()) ** 2 for wave in (np.sin(2 * np.pi * TIME), np.cos(2 * np.pi * TIME))
    )


def test_a_season_is_learnt_from_two_years_and_not_taken_for_growth():
    season = 1 + 0.15 * np.sin(2 * np.pi * LONG + 1.0)
    course = 400 * np.exp(0.3 * LONG) * season

    found = fit_growth(weeks([course, course], LONG), np.zeros(2, dtype=np.int64), numbers(2, 2), numbers(4))
    blind = fit_growth(
        weeks([course[-80:], course[-80:]], LONG[-80:]), np.zeros(2, dtype=np.int64), numbers(2, 2), numbers(4)
    )

    assert (found.season_known, blind.season_known) == (True, False)
    assert found.areas.slope[0] == pytest.approx(0.3, abs=0.01)
    assert abs(blind.areas.slope[0] - 0.3) > 0.02
    assert blind.areas.slope_variance[0] > 4 * found.areas.slope_variance[0]


def test_the_level_is_that_of_the_line_and_of_all_points_of_the_area():
    course = np.exp(0.3 * TIME)

    found = fit_growth(weeks([20 * course, 10 * course], TIME), np.zeros(2, dtype=np.int64), numbers(2, 2), numbers(8))

    at_the_end = found.areas.level * np.exp(-found.areas.slope * found.areas.time)
    assert at_the_end[0] == pytest.approx((2 * 160 + 2 * 80) / 336 / 8, rel=1e-3)
    assert found.poles.level[0] / found.poles.level[1] == pytest.approx(2.0, rel=1e-3)


def test_poles_that_differ_by_chance_share_one_growth_and_others_keep_their_own():
    random = np.random.default_rng(4)
    alike = random.poisson(np.outer(np.full(20, 15.0), np.exp(0.3 * TIME)))
    apart = random.poisson(np.array([400 * np.exp(slope * TIME) for slope in np.linspace(0.0, 0.6, 20)]))
    one = np.zeros(20, dtype=np.int64)

    same = fit_growth(weeks(alike, TIME), one, np.full(20, 2.0), numbers(40)).poles.slope
    own = fit_growth(weeks(apart, TIME), one, np.full(20, 2.0), numbers(40)).poles.slope

    assert same.std() < 0.05
    assert np.abs(own - np.linspace(0.0, 0.6, 20)).max() < 0.08


def test_bad_weeks_weigh_less():
    course = np.round(100 * np.exp(0.3 * TIME))
    broken = course.copy()
    broken[[3, 48, 49]] = [300, 0, 0]

    found = fit_growth(weeks([broken] * 2, TIME), np.zeros(2, dtype=np.int64), numbers(2, 2), numbers(4))
    plain = np.polyfit(TIME, np.log(np.maximum(broken, 1)), 1)[0]

    assert abs(found.areas.slope[0] - 0.3) < 0.08 < abs(plain - 0.3)


def test_hours_stand_for_sessions_that_are_not_counted():
    course = 100 * np.exp(0.3 * TIME)
    unknown = Weeks(8 * course[None, :], np.full((1, 52), 3360.0), np.full((1, 52), np.nan), TIME)

    found = fit_growth(unknown, np.zeros(1, dtype=np.int64), numbers(20), numbers(20))

    assert found.areas.slope[0] == pytest.approx(0.3, abs=1e-3)


def test_no_poles_and_areas_without_poles_have_no_line():
    none = fit_growth(weeks(np.zeros((0, 52)), TIME), np.zeros(0, dtype=np.int64), numbers(), numbers(0, 0))
    one = fit_growth(weeks([np.full(52, 10.0)], TIME), np.zeros(1, dtype=np.int64), numbers(2), numbers(2, 0))

    assert np.isnan(none.areas.level).all()
    assert np.isnan(one.areas.level).tolist() == [False, True]


def test_slopes_drawn_together_against_sums_by_hand():
    # one pole per area: their slopes 0 and 1 with variance 0.1 each, and 0.5 - 0.1 = 0.4 between them
    slopes, information = numbers(0.0, 1.0), numbers(10.0, 10.0)

    found = pool_slopes((slopes, information), (slopes, information), (numbers(1, 1), numbers(1, 1)), np.array([0, 1]))

    assert found.areas[0] == pytest.approx([0.5 * 0.1 / 0.5, 1 - 0.5 * 0.1 / 0.5])


def line(slope, variance, level, level_variance, time=0.0):
    return Growth(*(numbers(value) for value in (slope, variance, level, level_variance, time)))


def test_the_day_of_passing_by_hand():
    growth = line(np.log(2), 0.0, 0.1, 0.0)

    found = date_passings(
        growth, numbers(2.0), numbers(0.0), numbers(0.4), z=1.28, until=date(2026, 1, 1), today=date(2026, 1, 1),
        ahead_years=5,
    )  # fmt: skip

    assert found.iloc[0].to_list() == ["2027-01-02"] * 3  # twice 0.1 doubles in a year of 365.25 days


def test_the_interval_of_the_day_by_hand():
    level_only = passing(line(0.5, 0.0, 0.1, 0.01), numbers(1.0), numbers(0.0), numbers(0.2), 1.0)
    slope_only = passing(line(0.5, 0.04, 0.1, 0.0), numbers(1.0), numbers(0.0), numbers(0.2), 1.0)

    way = np.log(2)
    assert [level_only.earliest[0], level_only.latest[0]] == pytest.approx([(way - 0.1) / 0.5, (way + 0.1) / 0.5])
    assert [slope_only.earliest[0], slope_only.latest[0]] == pytest.approx([way / 0.7, way / 0.3])


def test_growth_that_may_be_none_has_no_latest_day():
    found = passing(line(0.1, 0.04, 0.1, 0.0), numbers(1.0), numbers(0.0), numbers(0.12), 1.28)

    assert np.isfinite([found.on[0], found.earliest[0]]).all()
    assert np.isnan(found.latest[0])


@pytest.mark.parametrize(("slope", "norm", "days"), [(-0.1, 0.2, None), (0.01, 0.9, None), (0.5, 0.05, "2026-01-01")])
def test_days_out_of_sight_and_days_gone_by(slope, norm, days):
    found = date_passings(
        line(slope, 0.0001, 0.1, 0.0), numbers(1.0), numbers(0.0), numbers(norm), z=1.0, until=date(2026, 1, 1),
        today=date(2026, 1, 1), ahead_years=5,
    )  # fmt: skip

    assert found["passes_on"].to_list() == [days]


def test_no_lines_have_no_days():
    none = Growth(*(numbers() for _ in range(5)))

    found = date_passings(
        none, numbers(), numbers(), numbers(), z=1.0, until=date.min, today=date(2026, 1, 1), ahead_years=5
    )

    assert len(found) == 0
