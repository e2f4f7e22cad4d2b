import pandas as pd
import pytest
import shapely

from laadplan.config.scenario import Coverage
from laadplan.contracts.demand import BuurtDemand, CoverageSquares, PublicPower
from laadplan.contracts.homes import Squares
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.contracts.use import Evses
from laadplan.demand.coverage import OUTSIDE_POWER, OUTSIDE_SQUARE, judge_squares, power_per_car
from tests.demand.supply_town import poles, same
from tests.frames import NAN, X, Y, box, make, point, shuffled

RULES = Coverage()


def squares(*households, size_m=500):
    """Squares in a row to the east of the corner point, each with its households."""
    return make(
        Squares,
        {
            f"s{place}": {
                "size_m": size_m,
                "inhabitants": NAN,
                "households": float(number),
                "dwellings": NAN,
                "cars": NAN,
                "figures_year": 2024.0,
                "geometry": box(size_m * place, 0, size_m * place + size_m, size_m),
            }
            for place, number in enumerate(households)
        },
    )


def judged(shapes, standing, *, area=None, quality=None):
    found = judge_squares(shapes, standing, RULES, area=area, quality=quality)
    return CoverageSquares.checked(found)


@pytest.mark.parametrize(
    ("households", "access", "outcome"),
    [
        (125, "openbaar", "voldoet"),
        (125, "semi-openbaar", "voldoet niet"),
        (125, "onbekend", "onbekend"),
        (125, None, "voldoet niet"),
        (124, None, "geen eis"),
        (124, "openbaar", "geen eis"),
        (NAN, None, "onbekend"),
        (NAN, "openbaar", "onbekend"),
    ],
)
def test_outcome_of_a_square(households, access, outcome):
    standing = poles({"pole": (250, 250)} if access else {}, access={"pole": access})

    assert judged(squares(households), standing)["outcome"].to_list() == [outcome]


def test_a_public_point_beside_others_suffices():
    standing = poles(
        {"a": (10, 10), "b": (20, 10), "c": (30, 10)},
        access={"b": "semi-openbaar", "c": "onbekend"},
        evse_count={"a": 1, "b": 4, "c": 3},
    )
    found = judged(squares(500), standing)

    assert found.iloc[0][["evse_public", "evse_other", "outcome"]].to_list() == [1, 7, "voldoet"]


def test_a_location_without_charge_points_is_no_public_point():
    assert judged(squares(500), poles({"a": (10, 10)}, evse_count={"a": 0}))["outcome"].to_list() == ["voldoet niet"]


def test_a_point_on_a_border_lies_in_the_eastern_square():
    found = judged(squares(200, 200, 200), poles({"pole": (500, 0)}))

    assert found["outcome"].to_list() == ["voldoet niet", "voldoet", "voldoet niet"]


def test_a_point_on_the_northern_border_lies_in_the_square_above():
    assert judged(squares(200), poles({"pole": (100, 500)}))["evse_public"].to_list() == [0]


def test_squares_of_100_m_are_left_out():
    small = squares(200, size_m=100).rename(index={"s0": "small"})

    found = judged(Squares.checked(pd.concat([squares(200), small])), poles({}))

    assert list(found.index) == ["s0"]


def test_outside_the_area_nothing_is_said():
    # the area ends in the second square; the third only shares a border with it
    quality = Quality()
    area = shapely.box(X, Y, X + 1000, Y + 400)
    found = judged(squares(200, 200, 200), poles({"pole": (510, 10)}), area=area, quality=quality)

    assert found["outcome"].to_dict() == {"s0": "onbekend", "s1": "voldoet"}
    assert quality.dropped == {OUTSIDE_SQUARE: ["s2"]}
    assert quality.facts == {"squares_onbekend": 1, "squares_voldoet": 1}


def test_suppressed_households_are_told():
    quality = Quality()
    judged(squares(200, NAN), poles({}), quality=quality)

    assert quality.findings == ["Households are suppressed in 1 of 2 squares: their outcome is unknown."]


@pytest.mark.parametrize("shapes", [Squares.empty(), squares(200, size_m=100)], ids=["no squares", "none of 500 m"])
def test_without_squares_of_500_m(shapes):
    quality = Quality()

    assert judged(shapes, ChargePoints.empty(), quality=quality).empty
    assert judged(shapes, ChargePoints.empty(), area=shapely.box(X, Y, X + 1, Y + 1)).empty
    assert quality.findings == ["No square of 500 m lies in the area: the coverage rule cannot be judged."]


def test_the_order_of_squares_and_poles_does_not_matter():
    shapes, standing = squares(200, NAN, 100, 300), poles({"a": (10, 10), "b": (1600, 10), "c": (1600, 20)})

    same(judged(shuffled(shapes), shuffled(standing)), judged(shapes, standing))


def evses(power, **columns):
    """Public charge points at the corner point, each with its power; other columns per charge point."""
    return make(
        Evses,
        {
            name: {
                "location_id": name,
                "status": "AVAILABLE",
                "connectors": 1.0,
                "current": "AC",
                "max_power_kw": kw,
                "access": "openbaar",
                "party": None,
                "geometry": point(0, 0),
            }
            | {column: values[name] for column, values in columns.items() if name in values}
            for name, kw in power.items()
        },
    )


def cars(numbers, year=2030, scenario="midden"):
    """Electric cars by buurt in one year and scenario; all else unknown."""
    unknown = dict.fromkeys(BuurtDemand.columns(), NAN)
    return make(
        BuurtDemand,
        {
            f"{buurt}|{year}|{scenario}": unknown
            | {
                "buurtcode": buurt,
                "year": year,
                "scenario": scenario,
                "area_share": 1.0,
                "planned_households": 0.0,
                "electric_cars": float(number),
                "basis": "model",
            }
            for buurt, number in numbers.items()
        },
    )


def power(demand, points, *, area=None, quality=None):
    return PublicPower.checked(power_per_car(demand, points, RULES, area=area, quality=quality))


def test_power_per_car_against_the_figure_of_the_afir():
    # 11 + 50 + an assumed 11 kW over 30 + 10 cars; 1.3 kW wanted per car
    points = evses({"a": 11.0, "b": 50.0, "c": NAN, "semi": 22.0}, access={"semi": "semi-openbaar"})
    found = power(cars({"BU1": 30, "BU2": 10}), points)

    assert found.loc["2030|midden"].to_dict() == {
        "year": 2030,
        "scenario": "midden",
        "electric_cars": 40.0,
        "power_kw": 72.0,
        "power_unknown_evse": 1,
        "kw_per_car": 1.8,
        "wanted_kw": 52.0,
    }


def test_years_and_scenarios_stand_apart():
    demand = BuurtDemand.checked(
        pd.concat([cars({"BU1": 10}), cars({"BU1": 20}, 2031), cars({"BU1": 8}, 2030, "laag")])
    )

    assert power(demand, evses({"a": 20.0}))["kw_per_car"].to_dict() == {
        "2030|laag": 2.5,
        "2030|midden": 2.0,
        "2031|midden": 1.0,
    }


def test_charge_points_outside_the_area_do_not_count():
    quality = Quality()
    points = evses({"in": 10.0, "out": 20.0}, geometry={"out": point(100, 0)})
    area = shapely.box(X - 1, Y - 1, X + 50, Y + 50)

    assert power(cars({"BU1": 5}), points, area=area, quality=quality)["power_kw"].to_list() == [10.0]
    assert quality.dropped == {OUTSIDE_POWER: ["out"]}


def test_what_is_unknown_is_told():
    quality = Quality()
    found = power(cars({"BU1": 5, "BU2": NAN}), evses({"a": NAN, "b": 5.0}, access={"b": "onbekend"}), quality=quality)

    assert found["electric_cars"].to_list() == [5.0]
    assert quality.findings == [
        "Electric cars are unknown in 1 buurten and count as nil: BU2.",
        "1 public charge points do not tell their power: 11 kW each.",
        "Whether they are public is unknown for 1 charge points: their power is not counted.",
    ]


def test_without_electric_cars_there_is_no_power_per_car():
    assert power(cars({"BU1": 0}), evses({"a": 11.0}))["kw_per_car"].isna().all()


def test_without_charge_points_there_is_no_power():
    assert power(cars({"BU1": 10}), Evses.empty())["kw_per_car"].to_list() == [0.0]


def test_without_demand_there_is_nothing_to_tell():
    assert power(BuurtDemand.empty(), evses({"a": 11.0})).empty


def test_the_order_of_buurten_and_charge_points_does_not_matter():
    demand, points = cars({"BU1": 1.1, "BU2": 2.2, "BU3": 3.3}), evses({"a": 11.1, "b": 22.2, "c": 3.7})

    same(power(shuffled(demand), shuffled(points)), power(demand, points))
