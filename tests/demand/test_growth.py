import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.scenario import Curve, Scenario
from laadplan.demand.growth import grow, spread
from tests.frames import few

CURVE = Curve(ceiling_share=0.9, middle_year=2030.0, steepness=0.3)


def national(year):
    return CURVE.ceiling_share / (1 + np.exp(-CURVE.steepness * (year - CURVE.middle_year)))


def test_a_share_on_the_curve_stays_on_it():
    years = np.arange(2024, 2041)

    np.testing.assert_allclose(grow(national(2024), CURVE, years - 2024), national(years))


@few
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 30))
def test_order_and_bounds_are_kept(one, other, years):
    low, high = sorted((one, other))

    grown = grow([low, high], CURVE, years)

    assert grown[0] <= grown[1] + 1e-12
    assert (grown >= np.array([low, high]) - 1e-12).all()
    assert (grown <= max(high, CURVE.ceiling_share) + 1e-12).all()


def test_nothing_grows_from_zero_and_the_unknown_stays_unknown():
    np.testing.assert_array_equal(grow([0.0, np.nan, 0.95], CURVE, 10.0), [0.0, np.nan, 0.95])
    assert grow([], CURVE, 1.0).shape == (0,)


def test_the_spread_is_that_of_the_cars_added_and_of_the_start():
    found = spread([100.0, 100.0, 100.0], [100.0, 200.0, 200.0], [0.0, 0.0, 0.3])

    added = 1.96 * 100 + (0.044 * 100) ** 2
    np.testing.assert_allclose(found, np.sqrt([0.0, added, added + 60.0**2]))


@pytest.mark.parametrize(
    ("name", "in_2030", "in_2035"), [("laag", 0.16, 0.36), ("midden", 0.21, 0.5), ("hoog", 0.25, 0.62)]
)
def test_the_scenarios_pass_the_share_of_2025_and_reach_what_they_say(name, in_2030, in_2035):
    curve = getattr(Scenario().curves, name)

    years = np.array([2025, 2030, 2035])
    shares = curve.ceiling_share / (1 + np.exp(-curve.steepness * (years - curve.middle_year)))

    np.testing.assert_allclose(shares, [0.061, in_2030, in_2035], atol=0.005)
    assert str(round(100 * in_2030)) in curve.source
