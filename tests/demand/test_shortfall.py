import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import Demand, DemandAreas, DemandClusters, Shortfalls
from laadplan.contracts.planning import Reach
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import ChargePoints
from laadplan.demand.shortfall import NO_AREA, NO_POINT, NOT_COUNTED, counting_poles, find_shortfalls
from laadplan.errors import BadInput
from tests.demand.supply_town import EAST, WEST, areas, clusters, column, demand, poles, reachable, same
from tests.frames import fewer, shuffled

WALKING = Walking(norm_m=260.0, detour_factor=1.3)
"""200 m in a straight line."""

BOTH = areas(WEST, EAST)


def shortfalls(points, wanted, standing, *, shapes=BOTH, quality=None):
    reached = reachable(points, standing, walking=WALKING)
    return find_shortfalls(shapes, points, wanted, standing, reached, Scenario(), quality=quality)


def test_poles_of_other_access_and_without_charge_points_do_not_count():
    quality = Quality()
    standing = poles(
        {"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (3, 0)},
        access={"b": "semi-openbaar", "c": "onbekend"},
        evse_count={"d": 0},
    )

    found = counting_poles(standing, ("openbaar", "onbekend"), quality=quality)

    assert list(found.index) == ["a", "c"]
    assert quality.dropped == {NOT_COUNTED: ["b"], NO_POINT: ["d"]}


def test_a_pole_is_in_reach_up_to_the_norm_and_no_further():
    points = clusters({"p": (100, 100)})
    standing = poles({"far": (300.1, 100), "just": (300, 100), "outside": (100, -50)}, in_area={"outside": False})

    found = Reach.checked(reachable(points, standing, walking=WALKING))

    assert dict(zip(found["site_id"], found["walk_m"], strict=True)) == {"just": 260.0, "outside": 195.0}
    assert found["existing"].all()


def test_a_pole_serves_both_sides_of_a_border_and_no_kwh_twice():
    # 6,000 kWh for 12,000 asked on both sides of the border: each gets half
    points = clusters({"w": (950, 100), "e": (1050, 100)})
    found = Shortfalls.checked(shortfalls(points, demand({"w": 8000, "e": 4000}), poles({"pole": (990, 100)})))

    assert column(found, "area_id", "kwh_year") == {WEST: 8000, EAST: 4000}
    assert column(found, "area_id", "served_kwh_year") == {WEST: 4000, EAST: 2000}
    assert column(found, "area_id", "shortfall_kwh_year") == {WEST: 4000, EAST: 2000}
    assert column(found, "area_id", "evse_here") == {WEST: 2, EAST: 0}
    # half of the 8,000 / 3,000 charge points that are wanted
    assert column(found, "area_id", "shortfall_evse") == {WEST: 1.333, EAST: 0.667}


def test_demand_without_a_pole_in_reach_is_a_white_spot():
    points = clusters({"near": (100, 100), "far": (500, 500), "idle": (900, 900)}, addresses={"far": 7})
    found = shortfalls(points, demand({"near": 1000, "far": 700, "idle": 0}), poles({"pole": (120, 100)}))

    assert column(found, "area_id", "far_kwh_year") == {WEST: 700, EAST: 0}
    assert column(found, "area_id", "far_addresses") == {WEST: 7, EAST: 0}
    assert column(found, "area_id", "shortfall_kwh_year") == {WEST: 700, EAST: 0}
    # 700 of 3,000 kWh per charge point
    assert column(found, "area_id", "shortfall_evse") == {WEST: 0.233, EAST: 0}


def test_a_shortfall_grows_with_the_years():
    points = clusters({"p": (100, 100)})
    wanted = demand({"p": 5000}, factor={(2026, "midden"): 1.5, (2026, "hoog"): 2.0})
    found = shortfalls(points, wanted, poles({"pole": (120, 100)}), shapes=areas(WEST))

    assert found["shortfall_kwh_year"].to_dict() == {
        f"{WEST}|2025|laag": 0,
        f"{WEST}|2025|midden": 0,
        f"{WEST}|2025|hoog": 0,
        f"{WEST}|2026|laag": 0,
        f"{WEST}|2026|midden": 1500,
        f"{WEST}|2026|hoog": 4000,
    }


def test_unknown_demand_counts_as_nil_and_is_told():
    quality = Quality()
    points = clusters({"known": (100, 100), "unknown": (200, 100)}, known={"unknown": False})
    found = shortfalls(points, demand({"known": 500, "unknown": 0}), poles({}), quality=quality)

    assert column(found, "area_id", "unknown_addresses") == {WEST: 10, EAST: 0}
    assert column(found, "area_id", "far_addresses") == {WEST: 10, EAST: 0}
    assert quality.findings == ["Demand is unknown for 10 addresses: it counts as nil, and the shortfall there too."]
    assert quality.facts["shortfall_kwh_2026_midden"] == 500.0


def test_a_point_in_no_area_uses_poles_and_is_in_no_row():
    quality = Quality()
    points = clusters({"in": (100, 100), "out": (110, 100)}, area_id={"out": None})
    found = shortfalls(points, demand({"in": 6000, "out": 6000}), poles({"pole": (120, 100)}), quality=quality)

    assert column(found, "area_id", "kwh_year") == {WEST: 6000, EAST: 0}
    assert column(found, "area_id", "served_kwh_year") == {WEST: 3000, EAST: 0}
    assert quality.dropped == {NO_AREA: ["out"]}


def test_demand_of_a_point_that_does_not_exist_is_refused():
    with pytest.raises(BadInput, match="points that do not exist"):
        shortfalls(clusters({"p": (100, 100)}), demand({"p": 1, "ghost": 1}), poles({}))


@pytest.mark.parametrize(
    ("shapes", "points", "wanted", "standing", "rows"),
    [
        (DemandAreas.empty(), DemandClusters.empty(), Demand.empty(), ChargePoints.empty(), 0),
        (BOTH, DemandClusters.empty(), Demand.empty(), poles({"pole": (0, 0)}), 0),
        (BOTH, clusters({"p": (100, 100)}), Demand.empty(), ChargePoints.empty(), 0),
        (BOTH, clusters({"p": (100, 100)}), demand({"p": 500}), ChargePoints.empty(), 12),
        (DemandAreas.empty(), clusters({"p": (100, 100)}), demand({"p": 500}), ChargePoints.empty(), 0),
    ],
    ids=["nothing", "no points", "no demand", "no poles", "no areas"],
)
def test_empty_frames(shapes, points, wanted, standing, rows):
    found = Shortfalls.checked(shortfalls(points, wanted, counting_poles(standing, ("openbaar",)), shapes=shapes))

    assert len(found) == rows
    assert found["shortfall_kwh_year"].sum() == rows // 2 * 500


places = st.tuples(st.integers(0, 1999), st.integers(0, 400))
towns = st.tuples(
    st.lists(st.tuples(places, st.integers(0, 9000)), min_size=1, max_size=6), st.lists(places, max_size=4)
)


def built(town):
    people, standing = town
    points = clusters({f"p{row}": place for row, (place, _) in enumerate(people)})
    wanted = demand({f"p{row}": kwh for row, (_, kwh) in enumerate(people)}, years=(2030,))
    return points, wanted, poles({f"l{row}": place for row, place in enumerate(standing)})


@fewer
@given(towns)
def test_totals_are_those_of_demand_and_no_pole_gives_more_than_it_has(town):
    points, wanted, standing = built(town)
    found = shortfalls(points, wanted, standing)

    whole = wanted["kwh_year"].sum()
    assert found["kwh_year"].sum() == pytest.approx(whole)
    assert (found["served_kwh_year"] + found["shortfall_kwh_year"]).sum() == pytest.approx(whole)
    assert found["served_kwh_year"].sum() <= 3 * 6000 * len(standing) + 0.01
    assert (found["far_kwh_year"] <= found["shortfall_kwh_year"] + 0.01).all()
    assert (found["shortfall_evse"] <= found["evse"]).all()


@fewer
@given(towns, places)
def test_one_more_pole_never_makes_the_shortfall_larger(town, place):
    people, standing = town
    before = shortfalls(*built(town))["shortfall_kwh_year"].sum()
    after = shortfalls(*built((people, [*standing, place])))["shortfall_kwh_year"].sum()

    assert after <= before + 1e-3 * sum(kwh for _, kwh in people)


@fewer
@given(towns)
def test_the_order_of_rows_does_not_matter(town):
    points, wanted, standing = built(town)

    same(
        shortfalls(shuffled(points), shuffled(wanted), shuffled(standing), shapes=shuffled(BOTH)),
        shortfalls(points, wanted, standing),
    )


@fewer
@given(towns, st.integers(-50_000, 50_000), st.integers(-50_000, 50_000))
def test_where_in_the_country_does_not_matter(town, east, north):
    points, wanted, standing = built(town)
    apart = [frame.set_geometry(frame.translate(east, north)) for frame in (points, standing, BOTH)]

    same(shortfalls(apart[0], wanted, apart[1], shapes=apart[2]), shortfalls(points, wanted, standing))


def test_the_frames_that_come_in_stay_as_they_were():
    points, wanted, standing = built(([((100, 100), 500), ((1100, 100), 800)], [(120, 100)]))
    before = [frame.copy() for frame in (points, wanted, standing)]
    shortfalls(points, wanted, standing)

    for old, new in zip(before, (points, wanted, standing), strict=True):
        pd.testing.assert_frame_equal(old, new)
