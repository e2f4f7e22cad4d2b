import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.demand import BuurtDemand, Demand, DemandAreas, DemandClusters
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.planning import DemandPoints
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buurten
from laadplan.errors import BadInput
from tests.demand.district import (
    ADDRESSES,
    BUURTEN,
    DWELLINGS,
    EAST,
    HOMES,
    SCENARIO,
    WEST,
    brought_down,
    electric,
    official,
    per_buurt,
    planned,
)
from tests.frames import NAN, X, Y, box, fewer, make, moved, point, shuffled

GROUPS = ["residents_kwh_year", "visitors_kwh_year", "workers_kwh_year"]
ENERGY = [*GROUPS, "kwh_year"]
AA, AB, AC = f"{WEST}|6731AA", f"{WEST}|6731AB", f"{EAST}|6731AC"


def wh(frame, names=ENERGY):
    return (frame[names] * 1000).round().astype("int64")


def assert_adds_up(demand, points, clusters, rows):
    """Addresses add up to their point, points to their buurt: energy to the Wh, cars and charge points to a hair."""
    moments = ["buurtcode", "year", "scenario"]
    placed = rows.assign(buurtcode=rows["point_id"].map(clusters["buurtcode"]))
    found = wh(placed).groupby([placed[name] for name in moments]).sum()
    wanted = wh(demand.fillna(0.0)).groupby([demand[name] for name in moments]).sum()
    pd.testing.assert_frame_equal(found.reindex(wanted.index).fillna(0), wanted, check_dtype=False)
    loose = ["electric_cars", "connected_peak", "evse", "evse_least"]
    sums = placed.groupby(moments)[loose].sum().reindex(wanted.index).fillna(0.0)
    whole = demand.set_index(moments)[loose].fillna(0.0).sort_index()
    np.testing.assert_allclose(sums.to_numpy(), whole.to_numpy(), rtol=1e-9, atol=1e-9)
    chosen = rows[(rows["year"] == SCENARIO.year) & (rows["scenario"] == SCENARIO.variant)].set_index("point_id")
    each = wh(points).groupby(points["point_id"]).sum()
    assert (each.reindex(chosen.index).fillna(0).to_numpy() == wh(chosen).to_numpy()).all()


def checked(found):
    points, clusters, rows = found
    return DemandPoints.checked(points), DemandClusters.checked(clusters), Demand.checked(rows)


def test_demand_of_addresses_is_worked_out_by_hand():
    points, _, _ = checked(brought_down())

    assert points[ENERGY].to_dict("index") == {
        name: dict(zip(ENERGY, figures, strict=True))
        for name, figures in {
            "e1": (1000.0, 40.0, 0.0, 1040.0),
            "e2": (0.0, 400.0, 100.0, 500.0),
            "e3": (0.0, 0.0, 500.0, 500.0),
            "w1": (500.0, 40.0, 0.0, 540.0),
            "w2": (500.0, 40.0, 0.0, 540.0),
            "w3": (100.0, 40.0, 0.0, 140.0),
            "w4": (100.0, 40.0, 0.0, 140.0),
        }.items()
    }
    names = ["point_id", "households", "driveway_share", "cars", "electric_cars"]
    assert points.loc["w3", names].to_list() == [AB, 1.0, 1.0, 1.0, 0.5]
    assert points.loc["e2", names[:2]].to_list() == [AC, 0.0]
    assert points.loc["e2", names[2:]].fillna(-1).to_list() == [-1, 0.0, 0.0]
    assert points["known"].all()


def test_a_demand_point_is_the_addresses_of_a_postcode_in_a_buurt():
    _, clusters, rows = checked(brought_down())

    assert clusters[["addresses", "households", "driveway_share"]].fillna(-1).to_dict("index") == {
        AA: {"addresses": 2, "households": 2.0, "driveway_share": 0.0},
        AB: {"addresses": 2, "households": 2.0, "driveway_share": 1.0},
        AC: {"addresses": 2, "households": 1.0, "driveway_share": 0.0},
        "e3": {"addresses": 1, "households": 0.0, "driveway_share": -1.0},
    }
    assert rows.loc[f"{AA}|2031|midden", ENERGY].to_list() == [1000.0, 80.0, 0.0, 1080.0]
    assert rows.loc[f"{AC}|2030|midden", "evse_least"] == pytest.approx(2 * (400 + 660 + 330) / 3040)


def test_a_point_lies_at_the_address_nearest_to_the_middle_and_of_a_tie_the_western_one():
    three = pd.concat([ADDRESSES, make(Addresses, {"w5": {"geometry": point(26, 10), "postcode": "6731AA"}})])

    _, clusters, _ = brought_down(addresses=three)

    assert (clusters.geometry[AA].x, clusters.geometry[AB].x) == (X + 20, X + 10)


def test_points_are_cut_by_calculation_areas_and_say_so_in_their_id():
    shapes = {"half": box(0, 0, 15, 100), "rest": box(15, 0, 180, 100)}
    areas = make(
        DemandAreas, {code: {"name": code, "kind": "rekengebied", "geometry": part} for code, part in shapes.items()}
    )
    quality = Quality()

    points, clusters, rows = checked(brought_down(demand_areas=areas, quality=quality))

    assert clusters["area_id"].fillna("geen").to_dict() == {
        AC: "rest",
        "e3": "geen",
        f"{AA}|half": "half",
        f"{AA}|rest": "rest",
        f"{AB}|half": "half",
        f"{AB}|rest": "rest",
    }
    assert "1 addresses lie in no calculation area: their demand counts in their buurt only." in quality.findings
    assert_adds_up(per_buurt(), points, clusters, rows)


def test_planned_dwellings_are_a_point_of_their_own_from_their_year():
    place = {"x_rd_m": X + 60, "y_rd_m": Y + 60}
    plans = planned(
        P1_a={**place, "delivery_year": 2030.0, "dwellings": 4.0},
        P1_b={
            **place,
            "delivery_year": 2031.0,
            "dwellings": 6.0,
            "dwelling_kind": "rijwoning",
        },
        P2={"buurtcode": EAST, "delivery_year": 2031.0},
        P3={"buurtcode": EAST, "delivery_year": 2041.0},
    )

    points, clusters, rows = checked(brought_down(planned_homes=plans))

    assert clusters.loc[clusters["is_planned"], ["households", "addresses"]].to_dict("index") == {
        "plan|P1": {"households": 10.0, "addresses": 0},
        "plan|P2": {"households": 10.0, "addresses": 0},
        "plan|P3": {"households": 0.0, "addresses": 0},
    }
    assert points.index[points["point_id"].str.startswith("plan")].to_list() == ["plan|P1"]
    assert points.loc["plan|P1", ["households", "driveway_share", "electric_cars", "residents_kwh_year"]].to_list() == [
        4.0,
        0.0,
        pytest.approx(2.0),
        2000.0,
    ]
    assert rows.loc[f"{AA}|2030|midden", "residents_kwh_year"] == 1000.0
    assert rows.loc["plan|P1|2031|midden", "residents_kwh_year"] == pytest.approx(
        2000 * (2 * 0.5 + 3 * (0.6 * 0.5 + 0.4 * 0.1))
    )
    assert rows.loc["plan|P2|2030|midden", "kwh_year"] == 0.0
    assert_adds_up(per_buurt(planned_homes=plans), points, clusters, rows)


def test_a_buurt_of_unknown_demand_counts_as_nil_and_is_named():
    quality = Quality()

    points, clusters, _ = checked(brought_down(electric_cars=electric({EAST: (2.0, 1.0)}), quality=quality))

    assert points["known"].to_dict() == {name: name.startswith("e") for name in points.index}
    assert points.loc[["w1", "w2", "w3", "w4"], [*ENERGY, "electric_cars"]].to_numpy().max() == 0.0
    assert clusters["known"].to_dict() == {AA: False, AB: False, AC: True, "e3": True}
    assert quality.findings == [f"Demand is unknown for 4 addresses in buurt {WEST}; it counts as nil."]


def test_an_address_outside_all_buurten_is_listed_and_not_counted():
    quality = Quality()
    more = pd.concat([ADDRESSES, make(Addresses, {"far": {"geometry": point(900, 5)}})])

    points, clusters, rows = checked(brought_down(addresses=more, quality=quality))

    assert points.loc["far", ["kwh_year", "known", "point_id"]].to_list() == [0.0, False, "geen buurt|6731AA"]
    assert quality.findings == ["1 addresses lie outside all buurten: their demand is unknown."]
    assert_adds_up(per_buurt(), points, clusters, rows)


def test_a_buurt_with_demand_and_without_addresses_gets_a_point_inside_it():
    points, clusters, rows = checked(
        brought_down(addresses=ADDRESSES.drop(["w1", "w2", "w3", "w4"]), buurt_demand=per_buurt())
    )

    name = f"{WEST}|geen adres"
    assert points.loc[name, ["kwh_year", "households", "known"]].to_list() == [1360.0, 0.0, True]
    assert clusters.loc[name, ["addresses", "area_id"]].to_list() == [0, WEST]
    assert BUURTEN.geometry[WEST].contains(points.geometry[name])
    assert_adds_up(per_buurt(), points, clusters, rows)


def test_demand_of_residents_in_a_buurt_without_homes_is_divided_evenly_and_that_is_told():
    quality = Quality()

    points, clusters, rows = checked(brought_down(homes=HOMES.loc[["e1"]], buurt_demand=per_buurt(), quality=quality))

    assert points.loc[["w1", "w2", "w3", "w4"], "residents_kwh_year"].to_list() == [300.0] * 4
    assert quality.findings == [f"No homes in buurt {WEST}: demand of residents is divided evenly."]
    assert_adds_up(per_buurt(), points, clusters, rows)


def test_only_addresses_in_the_area_ask():
    area = moved(box(0, 0, 200, 50))

    points, clusters, rows = checked(brought_down(area=area))

    assert points.index.to_list() == ["e1", "e2", "w1", "w2"]
    assert points.loc["w1", ["households", "electric_cars", "residents_kwh_year"]].to_list() == [1.0, 0.5, 500.0]
    assert_adds_up(per_buurt(area=area), points, clusters, rows)


def test_an_official_forecast_is_brought_down_the_same_way():
    given_ = official({(WEST, year, "midden"): 2720.0 for year in (2030, 2031)})
    demand = per_buurt(forecast=given_)

    points, clusters, rows = checked(brought_down(buurt_demand=demand))

    assert points.loc[["w1", "w3", "e1"], "kwh_year"].to_list() == [1080.0, 280.0, 1040.0]
    assert_adds_up(demand, points, clusters, rows)


@given(
    homes=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 500)), min_size=5, max_size=5),
    cars=st.tuples(st.floats(0, 900), st.floats(1, 9)),
    places=st.lists(st.tuples(st.integers(1, 199), st.integers(1, 99)), min_size=7, max_size=7),
    dwellings=st.floats(0, 300),
    energy=st.floats(2000, 20_000),
)
@fewer
def test_points_always_add_up_to_their_buurt_and_addresses_to_their_point(homes, cars, places, dwellings, energy):
    lived = HOMES.assign(driveway_share=[share for share, _ in homes], households=[number for _, number in homes])
    people = ADDRESSES.set_geometry([moved(point(*place)) for place in places], crs=28992)
    demand_of = {
        "addresses": people,
        "homes": lived,
        "electric_cars": electric({WEST: (900.0, cars[0]), EAST: (900.0, cars[1])}),
        "planned_homes": planned(
            P1_a={"buurtcode": WEST, "dwellings": dwellings},
            P1_b={"buurtcode": WEST, "delivery_year": 2030.0},
            P2={"x_rd_m": X + 150, "y_rd_m": Y + 50, "delivery_year": 2030.0, "parking_norm": 0.3},
        ),
    }
    demand = per_buurt(**demand_of, forecast=official({(EAST, 2030, "midden"): energy}))
    del demand_of["electric_cars"]

    found = checked(brought_down(**demand_of, buurt_demand=demand))

    assert_adds_up(demand, *found)
    assert set(found[2]["point_id"]) == set(found[1].index)
    mixed = brought_down(
        **{name: shuffled(frame) for name, frame in demand_of.items()},
        buurt_demand=shuffled(demand),
        buurten=shuffled(BUURTEN),
        dwellings=shuffled(DWELLINGS),
    )
    for one, other in zip(found, checked(mixed), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_shift_in_rd_changes_nothing_but_the_places():
    away = {"addresses": ADDRESSES, "homes": HOMES, "dwellings": DWELLINGS, "buurten": BUURTEN}
    there = {name: frame.set_geometry(frame.geometry.translate(5000, -3000)) for name, frame in away.items()}

    _, clusters, rows = brought_down()
    _, moved_clusters, moved_rows = brought_down(**there)

    pd.testing.assert_frame_equal(rows, moved_rows)
    assert moved_clusters.geometry.translate(-5000, 3000).geom_equals(clusters.geometry).all()


def test_a_year_that_the_forecast_does_not_hold_is_refused():
    with pytest.raises(BadInput, match="no 2035 in scenario midden"):
        brought_down(scenario=SCENARIO.model_copy(update={"year": 2035}), buurt_demand=per_buurt())


def test_no_addresses_and_no_plans_give_no_points():
    nobody = {"addresses": Addresses.empty(), "homes": HOMES.iloc[:0], "dwellings": Dwellings.empty()}

    points, clusters, rows = brought_down(**nobody)

    pd.testing.assert_frame_equal(DemandPoints.checked(points), DemandPoints.empty())
    pd.testing.assert_frame_equal(DemandClusters.checked(clusters), DemandClusters.empty())
    pd.testing.assert_frame_equal(Demand.checked(rows), Demand.empty())


def test_without_buurten_or_a_forecast_nothing_is_known():
    quality = Quality()

    points, _, rows = checked(brought_down(buurt_demand=BuurtDemand.empty(), quality=quality))
    outside, _, _ = checked(brought_down(buurten=Buurten.empty(), buurt_demand=per_buurt()))

    assert (points["known"].any(), outside["known"].any(), rows["kwh_year"].sum()) == (False, False, 0.0)
    assert quality.findings[0] == "No forecast is given: the demand of all addresses is unknown."


def test_cars_that_no_source_tells_stay_unknown():
    points, _, _ = brought_down(buurten=BUURTEN.assign(cars=NAN))

    assert points["cars"].isna().all()
