import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.planning import Balances, Candidates, DemandPoints, Plan, Service, WhiteSpots
from laadplan.contracts.sources import Addresses, Buurten, ChargePoints
from laadplan.optimise.balance import AROUND_M, balance_buurten, find_white_spots
from tests.frames import NAN, box, few, make, moved, point, shuffled
from tests.optimise.town import (
    ADDRESSES,
    BUURTEN,
    CANDIDATES,
    CHARGE_POINTS,
    EAST,
    HOMES,
    WEST,
    asked,
)

PLAN = make(
    Plan,
    {
        "c1": {"chosen": True, "poles": 1, "evse": 2, "capacity_kwh_year": 3000.0, "served_kwh_year": 3000.0},
        "c2": {},
        "c3": {},
        "c4": {},
        "e1": {
            "existing": True,
            "chosen": True,
            "poles": 1,
            "evse": 1,
            "capacity_kwh_year": 1500.0,
            "served_kwh_year": 1500.0,
        },
    },
)
SERVICE = make(
    Service,
    {
        "h1": {"kwh_year": 2000.0, "served_kwh_year": 2000.0, "walk_before_m": 20.0, "walk_m": 10.0},
        "h2": {"kwh_year": 2500.0, "served_kwh_year": 2499.6, "walk_m": 60.0},
        "h3": {"kwh_year": 800.0},
        "h4": {"kwh_year": 400.0},
    },
)


def balance(area=None, **given):
    frames = {
        "buurten": BUURTEN,
        "addresses": ADDRESSES,
        "demand": HOMES,
        "charge_points": CHARGE_POINTS,
        "candidates": CANDIDATES,
        "plan": PLAN,
        "service": SERVICE,
    } | {name: frame for name, frame in given.items() if name != "settings"}
    settings = given.get("settings", asked(poles_per_buurt_min=1))
    return balance_buurten(*frames.values(), area, settings=settings)


def test_the_balance_of_a_buurt_is_demand_supply_and_what_is_left():
    found = pd.DataFrame(Balances.checked(balance()).drop(columns="geometry"))

    expected = pd.DataFrame(
        {
            "buurtnaam": ["West", "Oost"],
            "aandeel_adressen": [2 / 400, 2 / 400],
            "adressen": [2, 2],
            "huishoudens": [2.0, 2.0],
            "elektrische_autos": [4.5, 1.2],
            "vraag_kwh_jaar": [4500.0, 1200.0],
            "laadpunten_nu": [1, 0],
            "laadpunten_buiten_gebied": [0, 0],
            "laadpunten_plan": [2, 0],
            "aanbod_kwh_jaar": [4500.0, 0.0],
            "bediend_kwh_jaar": [4500.0, 0.0],
            "tekort_kwh_jaar": [0.0, 1200.0],
            "onder_ondergrens": [False, True],
        },
        index=[WEST, EAST],
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_names=False, check_index_type=False)


def test_supply_is_what_the_plan_counts_on_and_never_below_what_it_serves_there():
    """Points of a laadplein can carry more than the average one, and capped ones less."""
    larger = PLAN.assign(capacity_kwh_year=PLAN["capacity_kwh_year"].replace(3000.0, 7000.0))

    found = balance(plan=larger, charge_points=CHARGE_POINTS.assign(in_area=False))

    assert balance(plan=larger)["aanbod_kwh_jaar"].to_list() == [8500.0, 0.0]
    assert found["aanbod_kwh_jaar"].to_list() == [7000.0, 0.0]


def test_figures_of_a_buurt_cut_by_the_area_are_those_of_its_part():
    part = moved(box(-10, -10, 10, 10))

    found = balance(part, addresses=ADDRESSES, buurten=BUURTEN.assign(households=2.0)).loc[WEST]

    assert found[["adressen", "aandeel_adressen", "huishoudens"]].to_list() == [1, 0.5, 1.0]


@pytest.mark.parametrize(
    ("floor", "below"), [(0, [False, False]), (1, [False, True]), (2, [False, True]), (3, [True, True])]
)
def test_a_buurt_is_below_the_floor_when_it_has_fewer_poles_old_and_new(floor, below):
    assert balance(settings=asked(poles_per_buurt_min=floor))["onder_ondergrens"].to_list() == below


def test_charge_points_that_do_not_count_are_no_supply_and_no_poles():
    found = balance(charge_points=CHARGE_POINTS.loc[["e2"]])

    assert found["laadpunten_nu"].to_list() == [0, 0]


def test_what_is_not_known_is_empty():
    found = Balances.checked(balance(buurten=BUURTEN.assign(households=NAN), demand=HOMES.assign(known=False)))

    empty = found[["huishoudens", "elektrische_autos", "vraag_kwh_jaar", "tekort_kwh_jaar"]]
    assert empty.isna().all().all()


def test_the_order_of_the_rows_does_not_matter():
    found = balance(
        demand=shuffled(HOMES), candidates=shuffled(CANDIDATES), plan=shuffled(PLAN), service=shuffled(SERVICE)
    )

    pd.testing.assert_frame_equal(found, balance())


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("addresses", Addresses.empty()),
        ("charge_points", ChargePoints.empty()),
        ("demand", DemandPoints.empty()),
        ("service", Service.empty()),
        ("candidates", Candidates.empty()),
        ("plan", Plan.empty()),
    ],
)
def test_a_balance_with_an_empty_frame_keeps_its_contract(name, empty):
    assert len(Balances.checked(balance(**{name: empty}))) == 2


def test_no_buurten_have_no_balance():
    pd.testing.assert_frame_equal(Balances.checked(balance(buurten=Buurten.empty())), Balances.empty())


def test_white_spots_are_drawn_round_addresses_that_nobody_serves_within_reach():
    found = WhiteSpots.checked(find_white_spots(HOMES, SERVICE))

    assert pd.DataFrame(found.drop(columns="geometry")).to_dict("index") == {
        "na-plan-001": {"toestand": "na plan", "adressen": 1, "vraag_kwh_jaar": 800.0},
        "na-plan-002": {"toestand": "na plan", "adressen": 1, "vraag_kwh_jaar": 400.0},
        "nu-001": {"toestand": "nu", "adressen": 1, "vraag_kwh_jaar": 2500.0},
        "nu-002": {"toestand": "nu", "adressen": 1, "vraag_kwh_jaar": 800.0},
        "nu-003": {"toestand": "nu", "adressen": 1, "vraag_kwh_jaar": 400.0},
    }
    assert found.geometry["nu-002"].area == pytest.approx(3.1416 * AROUND_M**2, rel=0.02)


@given(places=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12))
@few
def test_white_spots_split_the_addresses_among_them(places):
    homes = make(DemandPoints, {f"h{n:02d}": {"geometry": point(20 * x, 20 * y)} for n, (x, y) in enumerate(places)})
    service = make(Service, {name: {} for name in homes.index})

    found = WhiteSpots.checked(find_white_spots(homes, service))

    now = found[found["toestand"] == "nu"]
    covered = shapely.union_all(now.geometry.array)
    assert (now["adressen"].sum(), now["vraag_kwh_jaar"].sum()) == (len(homes), homes["kwh_year"].sum())
    assert homes.within(covered).all()
    assert covered.area == pytest.approx(now.geometry.area.sum())
    pd.testing.assert_frame_equal(find_white_spots(shuffled(homes), shuffled(service)).sort_index(), found)


def test_homes_near_each_other_are_one_white_spot():
    homes = make(
        DemandPoints,
        {"a": {"geometry": point(0, 0)}, "b": {"geometry": point(75, 0)}, "c": {"geometry": point(200, 0)}},
    )

    found = find_white_spots(homes, make(Service, {name: {} for name in "abc"}))

    assert found.loc[found["toestand"] == "nu", "adressen"].to_list() == [2, 1]


@pytest.mark.parametrize(
    ("homes", "service"),
    [
        (DemandPoints.empty(), Service.empty()),
        (HOMES.assign(kwh_year=0.0), SERVICE),
        (HOMES, SERVICE.assign(walk_before_m=5.0, walk_m=5.0)),
    ],
    ids=["no homes", "no demand", "all in reach"],
)
def test_without_unserved_homes_there_are_no_white_spots(homes, service):
    pd.testing.assert_frame_equal(find_white_spots(homes, service), WhiteSpots.empty())


def test_a_pole_outside_the_area_counts_for_the_floor_of_its_buurt_and_not_for_its_supply():
    away = CHARGE_POINTS.assign(in_area=False)

    here, there = balance(), balance(charge_points=away)

    assert there["laadpunten_nu"].to_list() == [0, 0]
    assert there["laadpunten_buiten_gebied"].to_list() == here["laadpunten_nu"].to_list()
    assert there["onder_ondergrens"].to_list() == here["onder_ondergrens"].to_list()


def test_a_laadplein_counts_all_its_poles_and_points():
    plein = make(Plan, {"c1": {"chosen": True, "poles": 3, "evse": 6, "served_kwh_year": 3000.0}})

    found = balance(plan=plein, settings=asked(poles_per_buurt_min=4))

    assert found.loc[WEST, ["laadpunten_plan", "onder_ondergrens"]].to_list() == [6, False]
    assert balance(plan=plein, settings=asked(poles_per_buurt_min=5)).loc[WEST, "onder_ondergrens"]


def test_planned_dwellings_are_as_many_addresses_of_a_white_spot():
    homes = make(
        DemandPoints,
        {
            "a": {"geometry": point(0, 0), "point_id": "p", "households": 3.0},
            "plan|P1": {"geometry": point(5, 0), "point_id": "plan|P1", "households": 40.4},
        },
    )

    found = find_white_spots(homes, make(Service, {"p": {}, "plan|P1": {}}))

    assert found["adressen"].to_list() == [41, 41]
