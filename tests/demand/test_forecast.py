import pandas as pd
import pytest

from laadplan.config.scenario import Scenario
from laadplan.contracts.planning import DemandPoints
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buurten, Vehicles
from laadplan.demand.forecast import demand_per_address, electric_share
from tests.frames import NAN, box, make, moved, point, shuffled

SCENARIO = Scenario(year=2026, electric_share_growth=2.0, public_share=0.5, km_per_car_year=10_000.0, kwh_per_km=0.2)
VEHICLES = make(Vehicles, {"6731": {"cars_per_household": 1.5, "electric_share": 0.1}})
BUURTEN = make(
    Buurten,
    {
        "BU00000001": {"geometry": box(0, 0, 100, 100), "households": 2.0},
        "BU00000002": {"geometry": box(100, 0, 200, 100), "households": NAN},
    },
)


def homes(**postcode):
    places = {"a": (10, 10), "b": (20, 10), "c": (150, 10), "d": (500, 10)}
    return make(
        Addresses,
        {
            name: {"geometry": point(*places[name]), "postcode": postcode.get(name, "6731AB")}
            for name in ("a", "b", "c", "d")
        },
    )


def demand(addresses=None, *, buurten=BUURTEN, vehicles=VEHICLES, scenario=SCENARIO, area=None, quality=None):
    people = homes() if addresses is None else addresses
    return demand_per_address(people, buurten, vehicles, scenario, area, quality=quality)


def test_demand_is_cars_times_electric_share_times_public_share_times_use():
    found = DemandPoints.checked(demand())

    share = 0.1 * 2.0**2
    cars = 1.5
    kwh = cars * share * 0.5 * 10_000 * 0.2
    known = {"households": 1.0, "cars": cars, "electric_cars": cars * share, "kwh_year": kwh, "known": True}
    nil = {"households": 0.0, "cars": 0.0, "electric_cars": 0.0, "kwh_year": 0.0, "known": False}
    expected = make(
        DemandPoints,
        {
            "a": known | {"geometry": point(10, 10), "buurtcode": "BU00000001"},
            "b": known | {"geometry": point(20, 10), "buurtcode": "BU00000001"},
            "c": nil | {"geometry": point(150, 10), "buurtcode": "BU00000002"},
            "d": nil | {"geometry": point(500, 10), "buurtcode": None},
        },
    )
    pd.testing.assert_frame_equal(found, expected)
    assert kwh == pytest.approx(600.0)


@pytest.mark.parametrize("postcode", ["9999ZZ", None], ids=["no car stock", "no postcode"])
def test_demand_without_a_figure_is_not_known_and_counts_as_nil(postcode):
    found = demand(homes(a=postcode))

    assert found.loc["a", ["cars", "kwh_year", "known"]].to_list() == [0.0, 0.0, False]
    assert found.loc["b", "known"]


def test_what_is_not_known_is_told():
    quality = Quality()

    demand(homes(a="9999ZZ"), quality=quality)

    assert quality.findings[:2] == [
        "No car stock for PC4 9999: demand there is unknown and counts as nil.",
        "Demand is unknown for 3 of 4 addresses; it counts as nil.",
    ]
    assert quality.facts == {"kwh_year": 600.0, "electric_cars": 0.6}


def test_a_buurt_of_which_the_source_holds_a_part_is_told():
    quality = Quality()
    large = BUURTEN.assign(households=[355.0, 1.0])

    found = demand(buurten=large, quality=quality)

    assert found["households"].to_dict() == {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.0}
    assert quality.findings[-1] == (
        "The address file holds fewer addresses than there are households in buurt BU00000001: "
        "the share is taken over households."
    )


def test_a_buurt_without_households_has_no_demand_and_that_is_known():
    found = demand(buurten=BUURTEN.assign(households=0.0))

    assert found.loc["a", ["kwh_year", "known"]].to_list() == [0.0, True]


def test_only_addresses_in_the_area_ask_but_those_outside_count_for_the_share():
    found = demand(area=moved(box(0, 0, 15, 100)))

    assert found[["households", "kwh_year"]].to_dict("index") == {"a": {"households": 1.0, "kwh_year": 600.0}}


def test_the_order_of_the_rows_does_not_matter():
    found = demand(shuffled(homes()), buurten=shuffled(BUURTEN))

    pd.testing.assert_frame_equal(found.sort_index(), demand())


@pytest.mark.parametrize("area", [None, moved(box(900, 900, 901, 901))])
def test_no_addresses_ask_nothing(area):
    people = Addresses.empty() if area is None else homes()

    pd.testing.assert_frame_equal(demand(people, area=area), DemandPoints.empty())


def test_without_buurten_or_car_stock_nothing_is_known():
    assert not demand(buurten=Buurten.empty())["known"].any()
    assert not demand(vehicles=Vehicles.empty())["known"].any()
    assert len(DemandPoints.checked(demand(vehicles=Vehicles.empty()))) == 4


@pytest.mark.parametrize(
    ("year", "growth", "ceiling", "expected"),
    [
        (2025, 1.2, 1.0, 0.12),
        (2026, 1.2, 1.0, 0.144),
        (2030, 2.0, 1.0, 1.0),
        (2030, 2.0, 0.6, 0.6),
        (2030, 1.0, 1.0, 0.1),
    ],
)
def test_the_electric_share_grows_from_the_year_of_the_stock_to_its_ceiling(year, growth, ceiling, expected):
    scenario = Scenario(year=year, electric_share_growth=growth, electric_share_max=ceiling)

    assert electric_share(VEHICLES, scenario).to_dict() == {"6731": pytest.approx(expected)}


def test_the_electric_share_of_an_older_stock_grows_longer():
    stock = make(Vehicles, {"1": {"stock_year": 2020}, "2": {"stock_year": 2024}})

    found = electric_share(stock, Scenario(year=2026, electric_share_growth=1.1))

    assert found.to_dict() == {"1": pytest.approx(0.05 * 1.1**6), "2": pytest.approx(0.05 * 1.1**2)}


def test_a_missing_electric_share_stays_missing():
    stock = make(Vehicles, {"1": {"electric_share": NAN}})

    assert electric_share(stock, SCENARIO).isna().to_list() == [True]
    assert len(electric_share(Vehicles.empty(), SCENARIO)) == 0
