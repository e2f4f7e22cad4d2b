import numpy as np
import pandas as pd
import pytest

from laadplan.config.scenario import Scenario
from laadplan.contracts.figures import Forecast
from laadplan.contracts.quality import Quality
from laadplan.demand.official import official_energy
from laadplan.errors import BadInput
from tests.demand.district import EAST, WEST, official
from tests.frames import NAN, shuffled

YEARS = (2028, 2029, 2030, 2031, 2032)


def rows(model=1000.0, *, share=1.0, codes=(WEST, EAST), scenarios=("laag", "midden", "hoog")):
    found = pd.DataFrame(
        [(code, year, name, share, model * (year - 2027)) for code in codes for year in YEARS for name in scenarios],
        columns=["buurtcode", "year", "scenario", "area_share", "model_kwh_year"],
    )
    return found.set_index(
        found["buurtcode"] + "|" + found["year"].astype("str") + "|" + found["scenario"]
    ).sort_index()


def used(forecast, given=None, *, column="used_kwh_year", code=WEST, scenario="midden", quality=None):
    given = rows() if given is None else given
    found = official_energy(forecast, given, Scenario(kwh_per_evse_year=3000.0), quality=quality or Quality())
    return [found.loc[f"{code}|{year}|{scenario}", column] for year in YEARS]


def test_between_given_years_it_is_interpolated_and_outside_them_the_model_joins_on():
    given = official({(WEST, 2029, "midden"): 4000.0, (WEST, 2031, "midden"): 6000.0})

    assert used(given) == pytest.approx([2000.0, 4000.0, 5000.0, 6000.0, 7500.0])
    assert used(given, column="official_kwh_year") == pytest.approx([NAN, 4000.0, 5000.0, 6000.0, NAN], nan_ok=True)


def test_charge_points_count_for_their_energy_and_a_buurt_for_its_share_in_the_area():
    given = official({(WEST, 2028, "midden"): 2.0, (WEST, 2032, "midden"): 4.0}, unit="evse")

    assert used(given, rows(share=0.5)) == pytest.approx([3000.0, 3750.0, 4500.0, 5250.0, 6000.0])


def test_where_the_model_knows_nothing_the_nearest_official_figure_stays():
    given = official({(WEST, 2029, "midden"): 4000.0, (WEST, 2031, "midden"): 6000.0})

    assert used(given, rows(NAN)) == [4000.0, 4000.0, 5000.0, 6000.0, 6000.0]
    assert used(given, rows(0.0)) == [4000.0, 4000.0, 5000.0, 6000.0, 6000.0]


def test_years_before_and_after_the_forecast_of_ours_still_tell_what_lies_between():
    given = official({(WEST, 2020, "midden"): 0.0, (WEST, 2040, "midden"): 20_000.0})

    assert used(given) == pytest.approx([8000.0, 9000.0, 10_000.0, 11_000.0, 12_000.0])


def test_a_figure_of_a_year_that_ours_does_not_reach_says_nothing():
    assert np.isnan(used(official({(WEST, 2040, "midden"): 9000.0}))).all()


def test_a_buurt_that_is_not_given_keeps_the_model_and_that_is_told():
    quality = Quality()
    given = official({(WEST, year, name): 2000.0 for year in YEARS for name in ("laag", "midden", "hoog")})

    assert np.isnan(used(given, code=EAST, quality=quality)).all()
    assert quality.findings == [f"No official forecast for buurt {EAST}: the model counts there."]
    assert quality.facts == {"official_rows": 15}


@pytest.mark.parametrize("name", ["laag", "midden", "hoog"])
def test_a_scenario_that_is_not_given_is_the_model_scaled_as_the_one_given(name):
    quality, model = Quality(), rows(codes=[WEST])
    model["model_kwh_year"] *= model["scenario"].map({"laag": 1.0, "midden": 2.0, "hoog": 3.0})
    given = official({(WEST, year, name): 6000.0 for year in YEARS})
    times = {"laag": 1.0, "midden": 2.0, "hoog": 3.0}

    for each in times:
        assert used(given, model, scenario=each, quality=quality) == pytest.approx(
            [6000.0 * times[each] / times[name]] * 5
        )
        if each != name:
            assert np.isnan(used(given, model, scenario=each, column="official_kwh_year")).all()
    assert quality.findings[0] == (
        f"No official forecast for some scenario of buurt {WEST}: the model is scaled as in the one given."
    )


def test_mid_that_is_not_given_stays_between_low_and_high():
    model = rows(codes=[WEST])
    model["model_kwh_year"] *= model["scenario"].map({"laag": 1.0, "midden": 9.0, "hoog": 10.0})
    given = official(
        {(WEST, year, name): value for year in YEARS for name, value in (("laag", 4.0e3), ("hoog", 6.0e3))}
    )

    assert used(given, model) == [6000.0] * 5
    assert used(given, model, scenario="hoog") == [6000.0] * 5


def test_a_scenario_that_is_not_given_where_the_model_knows_nothing_is_the_one_given():
    assert used(official({(WEST, year, "laag"): 5000.0 for year in YEARS}), rows(NAN), scenario="hoog") == [5000.0] * 5


def test_low_mid_and_high_in_the_wrong_order_are_put_in_order_and_counted():
    quality = Quality()
    given = official(
        {(WEST, 2030, "laag"): 5000.0, (WEST, 2030, "midden"): 4000.0, (WEST, 2030, "hoog"): 3000.0}
        | {(EAST, 2030, "laag"): 5000.0, (EAST, 2030, "hoog"): 4000.0}
    )

    assert used(given, scenario="laag", quality=quality)[2] == 3000.0
    assert used(given, scenario="hoog")[2] == 5000.0
    assert [used(given, code=EAST, scenario=name)[2] for name in ("laag", "hoog")] == [4000.0, 5000.0]
    assert quality.findings[0] == (
        f"The official forecast has low, mid and high in the wrong order 2 times, in buurt {WEST}, {EAST}: they are "
        "put in order."
    )


def test_outside_the_years_given_low_is_never_above_mid_nor_mid_above_high():
    grows = {"laag": 1.0, "midden": 1.5, "hoog": 2.0}
    given = rows()
    given["model_kwh_year"] = 1000.0 * given["scenario"].map(grows) ** (given["year"] - 2028)
    near = official({(WEST, 2031, name): value for name, value in zip(grows, (3000.0, 3100.0, 3200.0), strict=True)})

    low, mid, high = (np.array(used(near, given, scenario=name)) for name in grows)

    assert ((low <= mid) & (mid <= high)).all()
    assert (low[3], mid[3], high[3]) == (3000.0, 3100.0, 3200.0)
    assert (low[0], high[0]) == (3200.0 / 2**3, 3000.0)  # in 2028 the model is alike: joined on they come the wrong way


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_a_forecast_a_thousand_times_off_is_refused(factor):
    given = official({(code, year, "midden"): 3000.0 * factor for code in (WEST, EAST) for year in YEARS})

    with pytest.raises(BadInput, match="another unit"):
        used(given)


def test_one_buurt_a_thousand_times_off_is_told_and_used():
    quality = Quality()
    codes = [WEST, EAST, "BU02280003"]
    given = official({(code, 2030, "midden"): 3e6 if code == WEST else 3000.0 for code in codes})

    assert used(given, rows(codes=codes), quality=quality)[2] == 3e6
    assert f"above or below the model in buurt {WEST}: used as it is given." in " ".join(quality.findings)


def test_the_order_of_the_rows_does_not_matter():
    given = official({(WEST, 2029, "midden"): 4000.0, (WEST, 2031, "midden"): 6000.0, (EAST, 2030, "laag"): 900.0})
    scenario = Scenario()

    found = official_energy(shuffled(given), shuffled(rows()), scenario, quality=Quality()).sort_index()

    pd.testing.assert_frame_equal(found, official_energy(given, rows(), scenario, quality=Quality()))


@pytest.mark.parametrize("forecast", [None, Forecast.empty()])
def test_without_a_forecast_the_model_counts_and_nothing_is_told(forecast):
    quality = Quality()

    found = official_energy(forecast, rows(), Scenario(), quality=quality)

    assert found.isna().all(axis=None)
    assert (found.columns.to_list(), quality.findings) == (["official_kwh_year", "used_kwh_year"], [])
