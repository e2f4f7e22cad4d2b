import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import BuurtDemand, ElectricCars
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buurten
from tests.demand.district import (
    ADDRESSES,
    BUURTEN,
    DWELLINGS,
    EAST,
    HOMES,
    SCENARIO,
    WEST,
    electric,
    jobs,
    official,
    per_buurt,
    planned,
)
from tests.frames import NAN, X, Y, box, fewer, moved, shuffled

NOBODY = {"addresses": Addresses.empty(), "homes": HOMES.iloc[:0], "dwellings": Dwellings.empty()}
GROUPS = ["residents_kwh_year", "visitors_kwh_year", "workers_kwh_year"]


def kwh(found, code=WEST, year=2030, scenario="midden"):
    return found.loc[f"{code}|{year}|{scenario}", [*GROUPS, "kwh_year"]].to_list()


def test_demand_is_that_of_residents_visitors_and_workers_worked_out_by_hand():
    found = BuurtDemand.checked(per_buurt())

    # 3 electric cars of 2,000 kWh: visitors charge 10 % of it, on 4 visits in west and 11 in east; half of all cars
    # is electric, and 12 jobs ask 100 kWh each if all were
    assert kwh(found, WEST) == [2000 * (1 * 0.5 + 1 * 0.1), 600 * 4 / 15, 0.0, 1360.0]
    assert kwh(found, EAST) == [2000 * 0.5, 600 * 11 / 15, 12 * 100 * 0.5, 2040.0]
    west = found.loc[f"{WEST}|2030|midden"]
    names = ["area_share", "households", "planned_households", "driveway_share", "electric_cars", "public_cars"]
    assert west[names].to_list() == [1.0, 4.0, 0.0, 0.5, 2.0, 1.0]
    assert west["basis"] == "model"
    assert (west["model_kwh_year"], pd.isna(west["official_kwh_year"])) == (1360.0, True)


def test_the_busiest_part_of_the_week_of_a_buurt_decides_how_many_points_it_asks():
    found = per_buurt()

    hours = 8 / 18 / 8766
    assert found.loc[f"{WEST}|2030|midden", "connected_peak"] == pytest.approx(hours * (1200 * 1.3 + 160 * 0.55))
    working_day = 1000 * 0.4 + 440 * 1.5 + 600 * 3.3
    assert found.loc[f"{EAST}|2030|midden", "connected_peak"] == pytest.approx(hours * working_day)
    assert found["evse_least"].to_list() == [2.0] * 4
    assert per_buurt(risk=0.2)["evse_least"].to_list() == [1.0] * 4


def test_planned_dwellings_count_from_their_year():
    plans = planned(P1={"buurtcode": WEST, "delivery_year": 2031.0})

    found = per_buurt(planned_homes=plans)

    before, after = (found.loc[f"{WEST}|{year}|midden"] for year in (2030, 2031))
    assert (before["households"], before["planned_households"], before["electric_cars"]) == (4.0, 0.0, 2.0)
    assert (after["households"], after["planned_households"], after["electric_cars"]) == (14.0, 10.0, 7.0)
    assert (after["public_cars"], after["driveway_share"]) == (6.0, pytest.approx(2 / 14))
    assert after["residents_kwh_year"] == 2000 * (6 * 0.5 + 1 * 0.1)
    assert after["visitors_kwh_year"] == pytest.approx(0.1 * 2000 * 8 * 14 / 25)


def test_planned_houses_have_the_usual_driveway_and_no_more_cars_than_their_norm():
    plans = planned(P1={"buurtcode": WEST, "dwelling_kind": "rijwoning", "delivery_year": 2030.0, "parking_norm": 0.5})

    found = per_buurt(planned_homes=plans).loc[f"{WEST}|2030|midden"]

    assert found["electric_cars"] == 2.0 + 10 * 0.5 * 0.5
    assert found["public_cars"] == pytest.approx(1.0 + 2.5 * 0.6)
    assert found["driveway_share"] == pytest.approx((4 * 0.5 + 10 * 0.4) / 14)


def test_a_new_buurt_without_households_takes_the_cars_of_all_buurten_together():
    empty = BUURTEN.assign(households=[1.0 if code == EAST else 0.0 for code in BUURTEN.index])
    plans = planned(P1={"buurtcode": WEST, "delivery_year": 2030.0})

    found = per_buurt(buurten=empty, electric_cars=electric({WEST: (0.0, 0.0), EAST: (2.0, 1.0)}), planned_homes=plans)

    assert found.loc[f"{WEST}|2030|midden", ["electric_cars", "households"]].to_list() == [10.0, 10.0]


@pytest.mark.parametrize("west", [{}, {WEST: (NAN, NAN)}], ids=["absent", "suppressed"])
def test_a_buurt_of_unknown_cars_has_no_demand_at_all_and_its_visitors_go_nowhere_else(west):
    quality = Quality()

    found = BuurtDemand.checked(per_buurt(electric_cars=electric({EAST: (2.0, 1.0), **west}), quality=quality))

    figures = found.loc[f"{WEST}|2030|midden", [*GROUPS, "kwh_year", "connected_peak", "evse", "model_kwh_year"]]
    assert figures.isna().all()
    assert kwh(found, EAST)[:2] == [1000.0, pytest.approx(200 * 11 / 15, abs=5e-4)]
    assert quality.findings == [f"Demand is unknown in buurt {WEST}: it counts as nil."]


def test_a_buurt_that_nobody_lives_in_asks_nothing_even_where_its_cars_are_suppressed():
    empty = BUURTEN.assign(households=[1.0 if code == EAST else 0.0 for code in BUURTEN.index])

    found = per_buurt(buurten=empty, electric_cars=electric({WEST: (NAN, NAN), EAST: (2.0, 1.0)}))

    assert found.loc[f"{WEST}|2030|midden", ["electric_cars", "residents_kwh_year"]].to_list() == [0.0, 0.0]


def test_a_buurt_cut_by_the_area_counts_for_the_share_of_its_addresses():
    found = per_buurt(area=moved(box(0, 0, 200, 50)))

    west = found.loc[f"{WEST}|2030|midden"]
    assert west[["area_share", "households", "electric_cars", "driveway_share"]].to_list() == [0.5, 2.0, 1.0, 0.0]
    assert west["residents_kwh_year"] == 1000.0
    assert found.loc[f"{EAST}|2030|midden", "area_share"] == pytest.approx(2 / 3)


def test_without_addresses_driveways_follow_from_houses_and_workers_from_jobs_per_buurt():
    quality = Quality()
    none = {"addresses": None, "homes": None, "dwellings": None}

    found = per_buurt(**none, jobs=jobs(("buurt", EAST, 2024.0, None, 10.0)), quality=quality)

    assert found.loc[f"{WEST}|2030|midden", ["area_share", "driveway_share", "public_cars"]].to_list() == [
        1.0,
        0.2,
        1.6,
    ]
    assert kwh(found, EAST)[1:3] == [600 / 5, 10 * 100 * 0.5]
    assert quality.findings == [
        "No addresses are given: driveways follow from the share of houses, visits from households."
    ]
    per_buurt(**none, quality=quality)
    assert quality.findings[-1] == "No addresses and no jobs per buurt: demand of workers is not counted."
    half = per_buurt(**none, area=moved(box(0, 0, 50, 100)))
    assert half.loc[f"{WEST}|2030|midden", ["area_share", "electric_cars"]].to_list() == [0.5, 1.0]


def test_a_buurt_without_homes_takes_the_usual_driveway_and_says_so():
    quality = Quality()

    found = per_buurt(homes=HOMES.loc[["e1"]], quality=quality)

    assert found.loc[f"{WEST}|2030|midden", "driveway_share"] == 0.2
    assert quality.findings == [f"No homes in buurt {WEST}: driveways follow from its share of houses."]


def test_homes_of_unknown_households_count_alike():
    found = per_buurt(homes=HOMES.assign(households=NAN))

    assert found.loc[f"{WEST}|2030|midden", "driveway_share"] == 0.5


def test_an_official_forecast_goes_before_the_model_and_the_model_stays_beside_it():
    given = official({(WEST, 2030, "midden"): 2720.0, (WEST, 2031, "midden"): 4000.0})

    found = BuurtDemand.checked(per_buurt(forecast=given))

    west = found.loc[f"{WEST}|2030|midden"]
    assert west[["basis", "kwh_year", "model_kwh_year", "official_kwh_year"]].to_list() == [
        "officiële prognose",
        2720.0,
        1360.0,
        2720.0,
    ]
    assert kwh(found, WEST) == [2400.0, 320.0, 0.0, 2720.0]
    east = found.loc[f"{EAST}|2030|midden"]
    assert (east["basis"], east["kwh_year"], pd.isna(east["official_kwh_year"])) == ("model", 2040.0, True)


def test_an_official_forecast_of_a_buurt_unknown_to_the_model_is_divided_as_the_others_are():
    found = per_buurt(electric_cars=electric({EAST: (2.0, 1.0)}), forecast=official({(WEST, 2030, "midden"): 1000.0}))

    west, east = (kwh(found, code) for code in (WEST, EAST))
    assert west[3] == 1000.0
    assert [part / west[3] for part in west[:3]] == pytest.approx([part / east[3] for part in east[:3]], abs=1e-5)
    assert found.loc[f"{WEST}|2030|midden", ["electric_cars", "model_kwh_year"]].isna().all()


@given(
    homes=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 500)), min_size=5, max_size=5),
    cars=st.tuples(st.floats(0, 900), st.floats(0, 1), st.floats(0, 900), st.floats(0, 1)),
    share=st.floats(0, 1),
)
@fewer
def test_the_three_groups_add_up_to_the_wh_and_in_any_order(homes, cars, share):
    lived = HOMES.assign(
        driveway_share=[driveway for driveway, _ in homes], households=[households for _, households in homes]
    )
    stock = electric({WEST: (cars[0], cars[0] * cars[1]), EAST: (cars[2], cars[2] * cars[3])})
    scenario = SCENARIO.model_copy(update={"visitor_share": share})

    found = per_buurt(homes=lived, electric_cars=stock, scenario=scenario)

    wh = (found[[*GROUPS, "kwh_year"]] * 1000).round().astype("int64")
    assert (wh[GROUPS].sum(axis=1) == wh["kwh_year"]).all()
    assert (wh / 1000).to_numpy().tolist() == found[wh.columns].to_numpy().tolist()
    mixed = per_buurt(
        homes=shuffled(lived),
        electric_cars=shuffled(stock),
        buurten=shuffled(BUURTEN),
        addresses=shuffled(ADDRESSES),
        dwellings=shuffled(DWELLINGS),
        scenario=scenario,
    )
    pd.testing.assert_frame_equal(mixed, found)


def test_more_driveways_never_ask_more_at_public_poles():
    found = [per_buurt(homes=HOMES.assign(driveway_share=share))["residents_kwh_year"].sum() for share in (0, 0.3, 1)]

    assert found == sorted(found, reverse=True)
    assert found[0] / found[2] == pytest.approx(0.5 / 0.1)


@pytest.mark.parametrize(
    "empty",
    [
        {"electric_cars": ElectricCars.empty()},
        {"buurten": Buurten.empty()},
    ],
    ids=["cars", "buurten"],
)
def test_without_cars_or_buurten_there_is_no_demand(empty):
    pd.testing.assert_frame_equal(per_buurt(**empty), BuurtDemand.empty())


def test_without_addresses_in_the_source_nothing_lies_in_the_area():
    found = BuurtDemand.checked(per_buurt(**NOBODY))

    assert found[["area_share", "kwh_year", "connected_peak", "evse"]].to_numpy().max() == 0.0


def test_planned_dwellings_in_a_buurt_without_addresses_are_all_that_asks():
    plans = planned(P1={"x_rd_m": X + 10, "y_rd_m": Y + 10, "delivery_year": 2030.0})

    found = per_buurt(**NOBODY, planned_homes=plans)

    assert found.loc[f"{WEST}|2030|midden", ["electric_cars", "residents_kwh_year"]].to_list() == [5.0, 5000.0]


def test_the_assumptions_of_the_default_scenario_are_as_they_are_told():
    scenario = Scenario()

    per_job = scenario.car_commute_share * scenario.work_energy_share * scenario.work_public_share
    assert per_job * scenario.km_per_car_year * scenario.kwh_per_km == pytest.approx(111.0)
