import pytest
from hypothesis import given

from laadplan.config.project import SpotRules, Walking
from laadplan.config.scenario import Coverage, Scenario
from laadplan.contracts.demand import Demand, DemandAreas, DemandClusters, PoleCases
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.demand.cases import NO_DEMAND, OUTSIDE, pole_cases
from tests.demand.supply_town import EAST, WEST, areas, clusters, column, demand, poles, reachable, same
from tests.demand.test_shortfall import built, towns
from tests.frames import fewer, shuffled

WALKING = Walking(norm_m=260.0, detour_factor=1.3)
"""200 m in a straight line."""

BOTH = areas(WEST, EAST)
NEXT_WEST, NEXT_EAST = f"+{WEST}", f"+{EAST}"


def cases(points, wanted, standing, *, shapes=BOTH, least=4000.0, scenario=None, quality=None):
    reached = reachable(points, standing, walking=WALKING)
    rules = Coverage(break_even_kwh_pole_year=least), SpotRules(), WALKING
    found = pole_cases(shapes, points, wanted, standing, reached, scenario or Scenario(), *rules, quality=quality)
    return PoleCases.checked(found)


def years(frame, pole, figure):
    """A figure of a pole by year in the middle scenario; nan as None."""
    chosen = frame[(frame["pole_id"] == pole) & (frame["scenario"] == "midden")].sort_values("year")
    return [None if value != value else value for value in chosen[figure]]


def growing(kwh, *factors):
    """Demand that grows by so much in the middle scenario from 2025 on, and not in the others."""
    factor = {(2025 + place, "midden"): value for place, value in enumerate(factors)}
    return demand(kwh, years=[2025 + place for place in range(len(factors))], factor=factor)


def test_energy_of_an_existing_pole_is_what_it_delivers_either_way():
    points = clusters({"p": (100, 100)})
    found = cases(points, growing({"p": 3000}, 1, 2, 3), poles({"pole": (120, 100)}), shapes=areas(WEST))

    assert years(found, "pole", "supply_kwh_year") == [3000, 6000, 6000]
    assert years(found, "pole", "demand_kwh_year") == [3000, 6000, 6000]
    assert years(found, "pole", "supply_from_year") == [2026, 2026, 2026]
    assert years(found, "pole", "poles") == [1, 1, 1]
    assert set(found.loc[found["pole_id"] == "pole", "area_id"]) == {WEST}


def test_energy_is_that_of_one_pole_of_a_location():
    points = clusters({"p": (100, 100)})
    standing = poles({"plein": (120, 100), "half": (900, 900)}, evse_count={"plein": 6, "half": 1})
    found = cases(points, demand({"p": 9000}), standing, shapes=areas(WEST))

    assert column(found, "pole_id", "poles") == {"plein": 3, "half": 0.5, NEXT_WEST: 1}
    assert column(found, "pole_id", "supply_kwh_year")["plein"] == 3000
    assert column(found, "pole_id", "supply_kwh_year")["half"] == 0


def test_the_next_pole_shares_at_once_or_waits_until_the_others_are_full():
    # unserved by the one pole: 0, 2,000 and 4,500 kWh; two poles share evenly
    points = clusters({"p": (100, 100)})
    found = cases(points, growing({"p": 5000}, 1.0, 1.6, 2.1), poles({"pole": (120, 100)}), shapes=areas(WEST))

    assert years(found, NEXT_WEST, "supply_kwh_year") == [2500, 4000, 5250]
    assert years(found, NEXT_WEST, "supply_from_year") == [2026, 2026, 2026]
    assert years(found, NEXT_WEST, "demand_kwh_year") == [0, 0, 5250]
    assert years(found, NEXT_WEST, "demand_from_year") == [2027, 2027, 2027]
    assert set(found.loc[found["pole_id"] == NEXT_WEST, "kind"]) == {"volgende"}
    # the existing pole is counted without the next one
    assert years(found, "pole", "supply_kwh_year") == [5000, 6000, 6000]


def test_a_pole_that_is_worth_its_costs_only_for_a_while_has_no_year():
    points = clusters({"p": (100, 100)})
    found = cases(points, growing({"p": 5000}, 1.0, 0.5, 0.9), poles({"pole": (120, 100)}), shapes=areas(WEST))
    dip = years(found, "pole", "supply_from_year")
    found = cases(points, growing({"p": 5000}, 1.0, 0.5), poles({"pole": (120, 100)}), shapes=areas(WEST))

    assert dip == [2027, 2027, 2027]
    assert years(found, "pole", "supply_from_year") == [None, None]


def test_a_pole_placed_stays_when_demand_falls():
    points = clusters({"p": (100, 100)})
    found = cases(points, growing({"p": 5000}, 1.0, 0.5), poles({}), shapes=areas(WEST))

    assert years(found, NEXT_WEST, "demand_kwh_year") == [5000, 2500]


def test_a_break_even_above_what_a_pole_can_deliver_is_never_passed():
    points = clusters({"p": (100, 100)})
    found = cases(points, demand({"p": 9000}), poles({}), shapes=areas(WEST), least=7000)

    # it is placed when it can be filled
    assert years(found, NEXT_WEST, "demand_kwh_year") == [6000, 6000]
    assert years(found, NEXT_WEST, "demand_from_year") == [None, None]


def test_the_next_pole_stands_where_most_is_unserved_within_walking_distance():
    # the single point asks most, the two others ask more together; the pole serves the first
    points = clusters({"alone": (800, 800), "served": (100, 100), "one": (500, 400), "two": (600, 400)})
    wanted = demand({"alone": 3000, "served": 6000, "one": 2000, "two": 2500})
    found = cases(points, wanted, poles({"pole": (100, 120)}), shapes=areas(WEST))

    assert years(found, NEXT_WEST, "supply_kwh_year") == [4500, 4500]


def test_two_next_poles_share_what_lies_between_them():
    points = clusters({"w": (990, 100), "e": (1010, 100)})
    found = cases(points, demand({"w": 2000, "e": 3000}), poles({}))

    assert column(found, "pole_id", "supply_kwh_year") == {NEXT_WEST: 2500, NEXT_EAST: 2500}


def test_a_pole_outside_the_area_shares_and_has_no_row():
    quality = Quality()
    points = clusters({"p": (100, 100)})
    standing = poles({"in": (100, 120), "out": (100, -20)}, in_area={"out": False})
    found = cases(points, demand({"p": 4000}), standing, shapes=areas(WEST, EAST), quality=quality)

    assert column(found, "pole_id", "supply_kwh_year")["in"] == 2000
    assert quality.dropped == {OUTSIDE: ["out"], NO_DEMAND: [EAST]}


def test_a_pole_in_no_calculation_area_has_none():
    found = cases(clusters({"p": (100, 100)}), demand({"p": 1}), poles({"off": (100, -20)}), shapes=areas(WEST))

    assert found.loc[found["pole_id"] == "off", "area_id"].isna().all()


@pytest.mark.parametrize(
    ("shapes", "points", "wanted", "standing", "ids"),
    [
        (DemandAreas.empty(), DemandClusters.empty(), Demand.empty(), ChargePoints.empty(), set()),
        (BOTH, DemandClusters.empty(), Demand.empty(), poles({"pole": (0, 0)}), set()),
        (BOTH, clusters({"p": (100, 100)}), demand({"p": 500}), ChargePoints.empty(), {NEXT_WEST}),
        (BOTH, clusters({"p": (1, 1)}, area_id={"p": None}), demand({"p": 500}), poles({"l": (0, 0)}), {"l"}),
    ],
    ids=["nothing", "no demand", "no poles", "no point in an area"],
)
def test_empty_frames(shapes, points, wanted, standing, ids):
    assert set(cases(points, wanted, standing, shapes=shapes)["pole_id"]) == ids


@fewer
@given(towns)
def test_energy_stays_within_what_there_is(town):
    points, wanted, standing = built(town)
    found = cases(points, wanted, standing)

    existing = found[found["kind"] == "bestaand"]
    of_year = existing.assign(kwh=existing["supply_kwh_year"] * existing["poles"]).groupby("scenario")["kwh"].sum()
    whole = wanted.groupby("scenario")["kwh_year"].sum()
    assert (found["supply_kwh_year"] <= 6000.001).all()
    assert (of_year <= whole[of_year.index] + 0.01).all()
    assert ((found["demand_kwh_year"] == found["supply_kwh_year"]) | (found["demand_kwh_year"] == 0)).all()
    above = found["demand_kwh_year"] >= 4000
    assert (found.loc[above, "demand_from_year"] == 2030).all()
    assert found.loc[~above, "demand_from_year"].isna().all()


@fewer
@given(towns)
def test_the_order_of_rows_does_not_matter(town):
    points, wanted, standing = built(town)

    turned = cases(shuffled(points), shuffled(wanted), shuffled(standing), shapes=shuffled(BOTH))
    same(turned, cases(points, wanted, standing))


def test_the_spot_is_that_of_the_scenario_of_the_plan():
    # in the low scenario most is asked at one end, in the high one at the other
    points = clusters({"a": (100, 100), "b": (800, 800)})
    low = demand({"a": 3000, "b": 1000}, years=(2030,))
    wanted = low.assign(kwh_year=low["kwh_year"].where(low.index != "b|2030|hoog", 5000.0))

    found = [
        cases(points, wanted, poles({}), shapes=areas(WEST), scenario=Scenario(variant=variant))
        for variant in ("laag", "hoog")
    ]

    energy = [frame.loc[f"{NEXT_WEST}|2030|hoog", "supply_kwh_year"] for frame in found]
    assert energy == [3000, 5000]
