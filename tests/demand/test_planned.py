import pandas as pd
import pytest

from laadplan.contracts.figures import PlannedHomes
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Buurten
from laadplan.demand.planned import DELIVERED, NO_FIGURE, NO_PLACE, place_planned, surface_shares
from tests.demand.district import BUURTEN, EAST, SCENARIO, WEST, planned
from tests.frames import NAN, X, Y, box, moved, shuffled


def placed(plans, *, buurten=BUURTEN, area=None, quality=None, scenario=SCENARIO):
    return place_planned(plans, buurten, from_year=2030, area=area, scenario=scenario, quality=quality or Quality())


def test_a_plan_lies_at_its_place_or_else_inside_the_buurt_it_names():
    plans = planned(P1_a={"x_rd_m": X + 150, "y_rd_m": Y + 20, "buurtcode": WEST}, P2_a={"buurtcode": WEST})

    found = placed(plans)

    assert found[["point_id", "buurtcode", "year", "dwellings"]].to_dict("index") == {
        "P1_a": {"point_id": "plan|P1", "buurtcode": EAST, "year": 2031, "dwellings": 10.0},
        "P2_a": {"point_id": "plan|P2", "buurtcode": WEST, "year": 2031, "dwellings": 10.0},
    }
    assert (found.geometry["P1_a"].x, found.geometry["P1_a"].y) == (X + 150, Y + 20)
    assert BUURTEN.geometry[WEST].contains(found.geometry["P2_a"])


@pytest.mark.parametrize(("norm", "expected"), [(NAN, 10.0), (0.5, 5.0), (1.0, 10.0), (1.8, 10.0), (0.0, 0.0)])
def test_a_dwelling_has_the_cars_of_its_buurt_and_no_more_than_its_parking_norm(norm, expected):
    found = placed(planned(P1={"buurtcode": WEST, "parking_norm": norm}))

    assert found["households"].to_list() == [expected]


def test_where_the_buurt_tells_no_cars_those_of_all_buurten_count():
    without = BUURTEN.assign(cars=BUURTEN["cars"].where(BUURTEN.index != WEST))

    found = placed(planned(P1={"buurtcode": WEST, "parking_norm": 0.5}), buurten=without)

    assert found["households"].to_list() == [10 * 0.5 / 2.0]
    nothing = placed(planned(P1={"buurtcode": WEST, "parking_norm": 0.5}), buurten=BUURTEN.assign(cars=NAN))
    assert nothing["households"].to_list() == [5.0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("appartement", 0.0),
        ("Bovenwoningen", 0.0),
        ("Studio's", 0.0),
        ("rijwoning", 0.4),
        ("vrijstaand", 0.4),
        (None, 0.4),
    ],
)
def test_flats_have_no_driveway_and_houses_the_usual_share(kind, expected):
    assert placed(planned(P1={"buurtcode": WEST, "dwelling_kind": kind}))["driveway_share"].to_list() == [expected]


def test_what_cannot_be_counted_is_listed_by_rule():
    quality = Quality()
    plans = planned(
        P1={"buurtcode": WEST, "dwellings": NAN},
        P2={"buurtcode": WEST, "delivery_year": NAN},
        P3={"buurtcode": WEST, "delivery_year": 2029.0},
        P4={},
        P5={"buurtcode": "BU99999999"},
        P6={"x_rd_m": X + 900, "y_rd_m": Y},
        P7={"buurtcode": WEST},
    )

    found = placed(plans, quality=quality)

    assert found.index.to_list() == ["P7"]
    assert quality.dropped == {NO_FIGURE: ["P1", "P2"], DELIVERED: ["P3"], NO_PLACE: ["P4", "P5", "P6"]}
    assert quality.findings == ["6 of 7 rows of planned dwellings are not counted: see the rules."]


def test_a_plan_without_a_place_counts_for_the_part_of_its_buurt_in_the_area():
    area = moved(box(0, 0, 25, 100))
    plans = planned(P1={"buurtcode": WEST}, P2={"buurtcode": EAST}, P3={"x_rd_m": X + 10, "y_rd_m": Y + 10})

    found = placed(plans, area=area)

    assert found["dwellings"].to_dict() == {"P1": 2.5, "P3": 10.0}
    assert area.contains(found.geometry["P1"])
    assert surface_shares(BUURTEN, area).round(6).to_dict() == {WEST: 0.25, EAST: 0.0}


def test_a_plan_in_two_buurten_is_two_points_and_two_years_are_one():
    plans = planned(
        P1_a={"buurtcode": WEST}, P1_b={"buurtcode": EAST}, P2_a={"buurtcode": WEST}, P2_b={"buurtcode": WEST}
    )

    assert placed(plans)["point_id"].to_list() == [f"plan|P1|{WEST}", f"plan|P1|{EAST}", "plan|P2", "plan|P2"]


def test_the_order_of_the_rows_does_not_matter():
    plans = planned(P1={"buurtcode": WEST}, P2={"x_rd_m": X + 150, "y_rd_m": Y + 20}, P3={"buurtcode": EAST})

    pd.testing.assert_frame_equal(placed(shuffled(plans), buurten=shuffled(BUURTEN)), placed(plans))


@pytest.mark.parametrize("plans", [None, PlannedHomes.empty()])
def test_no_plans_give_no_rows(plans):
    found = placed(plans)

    assert (len(found), found.crs.to_epsg()) == (0, 28992)
    assert len(placed(planned(P1={"buurtcode": WEST}), buurten=Buurten.empty())) == 0
