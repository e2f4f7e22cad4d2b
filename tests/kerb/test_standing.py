import pandas as pd
import pytest

from laadplan.contracts.figures import RoadManagers
from laadplan.contracts.grid import GridAreas, GridCapacity
from laadplan.contracts.sources import Addresses
from laadplan.contracts.street import Zones
from laadplan.kerb.standing import feeding_areas, measure_grid, measure_road_manager, measure_zones
from tests.frames import box, make, point, shapes, shuffled
from tests.kerb.surroundings import layer, spots

POLES = shapes({"in": point(5, 5), "edge": point(10, 5), "out": point(50, 50)})
HERE = {"geometry": box(0, 0, 10, 10)}


def zones(**rows):
    return layer(Zones, {name: HERE | row for name, row in rows.items()})


def told(column, **rows):
    """What the column says of each pole, None where it is empty."""
    found = measure_zones(POLES, shuffled(zones(**rows)))[column]
    return [None if pd.isna(value) else value for value in found]


@pytest.mark.parametrize(
    ("column", "rows", "expected"),
    [
        ("owner", {"a": {"kind": "eigendom", "category": "gemeente"}}, ["gemeente", "gemeente", None]),
        (
            "owner",
            {
                "a": {"kind": "eigendom", "category": "provincie"},
                "b": {"kind": "eigendom", "category": "gemeente"},
                "c": {"kind": "eigendom", "category": "gemeente"},
            },
            ["gemeente, provincie", "gemeente, provincie", None],
        ),
        ("owner", {"a": {"kind": "eigendom"}}, [None, None, None]),
        ("soil", {"b": {"kind": "bodem", "category": "wonen"}}, ["wonen", "wonen", None]),
        (
            "soil",
            {"b": {"kind": "bodem", "category": "wonen"}, "a": {"kind": "bodem", "category": "industrie"}},
            ["industrie", "industrie", None],
        ),
        (
            "soil_until_on",
            {"a": {"kind": "bodem"}, "b": {"kind": "bodem", "until_on": "2030-01-01"}},
            ["2030-01-01", "2030-01-01", None],
        ),
        (
            "zones",
            {"a": {"kind": "erfgoed", "name": "Kom"}, "b": {"kind": "uitsluiting", "category": "evenement"}},
            ["Kom, evenement", "Kom, evenement", None],
        ),
        ("zones", {"a": {"kind": "uitsluiting"}}, ["a", "a", None]),
        ("zones", {"a": {"kind": "bodem"}}, ["onbekend", "onbekend", "onbekend"]),
        (
            "works_until_on",
            {"a": {"kind": "werk", "until_on": "2027-05-01"}, "b": {"kind": "werk", "until_on": "2026-12-01"}},
            ["2027-05-01", "2027-05-01", None],
        ),
        (
            "works_until_on",
            {"a": {"kind": "werk", "until_on": "2027-05-01"}, "b": {"kind": "werk"}},
            ["onbekend", "onbekend", None],
        ),
        ("works_until_on", {"a": {"kind": "bodem"}}, ["onbekend", "onbekend", "onbekend"]),
        (
            "parking_pressure_share",
            {"b": {"kind": "parkeerdruk", "parking_pressure_share": 0.9}, "a": {"kind": "parkeerdruk"}},
            [0.9, 0.9, None],
        ),
    ],
)
def test_what_zones_say_of_a_pole_in_them_on_their_edge_and_outside(column, rows, expected):
    assert told(column, **rows) == expected


@pytest.mark.parametrize("nothing", [None, Zones.empty()])
def test_zones_that_were_not_delivered_are_unknown(nothing):
    found = measure_zones(POLES, nothing)

    assert (found[["zones", "works_until_on"]] == "onbekend").all(axis=None)
    assert found.drop(columns=["zones", "works_until_on"]).isna().all(axis=None)


def test_the_manager_is_that_of_the_nearest_road_within_reach():
    roads = layer(
        RoadManagers,
        {
            "1": {"geometry": box(0, 0, 40, 30).boundary, "manager_name": "Ede", "manager_code": "228"},
            "2": {"geometry": box(0, 70, 40, 90).boundary, "manager_kind": "provincie", "manager_code": "25"},
            "3": {"geometry": box(0, 200, 4, 204).boundary, "manager_kind": "onbekend"},
        },
    )
    poles = shapes({"a": point(20, -15), "b": point(20, -15.1), "c": point(20, 60), "d": point(20, 202)})

    found = measure_road_manager(poles, shuffled(roads))

    assert found["road_manager"].tolist() == ["gemeente", "onbekend", "provincie", "onbekend"]
    assert found["road_manager_name"].fillna("").tolist() == ["Ede", "", "25", ""]


@pytest.mark.parametrize("nothing", [None, RoadManagers.empty()])
def test_without_roads_the_manager_is_unknown(nothing):
    found = measure_road_manager(POLES, nothing)

    assert (found["road_manager"] == "onbekend").all()
    assert found["road_manager_name"].isna().all()


SPOTS = spots({"s": (5, 5)}, address_id="home")
ADDRESSES = make(Addresses, {"home": {"geometry": point(5, 9), "postcode": "6731AA"}})
AREAS = layer(GridAreas, {"V1": {"geometry": box(0, 0, 10, 10)}})
PC6 = {"area_code": "6731AA", "offtake": "ruim", "indicated_on": "2026-01-01"}
PC4 = {"area_code": "6731", "offtake": "beperkt", "indicated_on": "2026-02-01"}
AREA = {"area_kind": "voedingsgebied", "area_code": "V1", "offtake": "vol", "indicated_on": "2026-03-01"}
TOWN = {"area_kind": "gemeente", "area_code": "228", "offtake": "beperkt", "indicated_on": None}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([PC6, PC4, AREA, TOWN], ("ruim", "2026-01-01")),
        ([PC4, AREA, TOWN], ("beperkt", "2026-02-01")),
        ([AREA, TOWN], ("vol", "2026-03-01")),
        ([TOWN], ("beperkt", None)),
        ([PC6 | {"offtake": "onbekend"}, AREA], ("vol", "2026-03-01")),
        ([PC6 | {"covers": "grootverbruik"}, TOWN], ("beperkt", None)),
        ([PC6 | {"covers": "onbekend"}], ("onbekend", None)),
        ([AREA | {"covers": "grootverbruik"}], ("onbekend", None)),
        ([PC6, PC6 | {"offtake": "vol"}], ("vol", "2026-01-01")),
        ([PC6 | {"indicated_on": "2026-06-01"}, PC6 | {"offtake": "vol"}], ("ruim", "2026-06-01")),
        ([AREA | {"area_kind": "station"}], ("onbekend", None)),
        ([TOWN | {"area_code": "GM0274"}], ("onbekend", None)),
        ([PC6 | {"area_code": "6731AB"}], ("onbekend", None)),
    ],
    ids=[
        "PC6 first",
        "then PC4",
        "then the area",
        "then the municipality",
        "one that says nothing is passed over",
        "of large connections",
        "of connections not told",
        "a capacity map",
        "of one date the more severe",
        "the newest",
        "a station",
        "another municipality",
        "another postcode",
    ],
)
def test_the_most_specific_indication_for_a_small_connection_counts(rows, expected):
    capacity = layer(GridCapacity, {f"source/{number}": row for number, row in enumerate(rows)})

    found = measure_grid(SPOTS, shuffled(capacity), AREAS, ADDRESSES, "GM0228").loc["s"]

    assert (
        found["grid_offtake"],
        None if pd.isna(found["grid_indicated_on"]) else found["grid_indicated_on"],
    ) == expected


def test_without_addresses_or_areas_only_the_municipality_tells():
    capacity = layer(GridCapacity, {"a": PC6, "b": AREA, "c": TOWN})

    assert measure_grid(SPOTS, capacity, None, None, "GM0228")["grid_offtake"].tolist() == ["beperkt"]


@pytest.mark.parametrize("nothing", [None, GridCapacity.empty()])
def test_without_indications_capacity_is_unknown(nothing):
    found = measure_grid(SPOTS, nothing, None, None, "GM0228")

    assert (found["grid_offtake"].tolist(), found["grid_indicated_on"].isna().all()) == (["onbekend"], True)


@pytest.mark.parametrize(
    ("areas", "rows", "expected"),
    [
        (AREAS, [PC6 | {"supply_area": "V9"}], "V1"),
        (None, [PC6 | {"supply_area": "V9"}, PC4 | {"supply_area": "V8"}], "V9"),
        (None, [PC4 | {"supply_area": "V8"}], "V8"),
        (None, [PC6], "6731AA"),
        (None, [TOWN], None),
        (AREAS.iloc[:0], [PC6], "6731AA"),
    ],
    ids=["shape first", "then PC6", "then PC4", "a postcode without area", "a municipality is no area", "no shapes"],
)
def test_a_spot_is_fed_from_the_area_it_stands_in_or_that_of_its_postcode(areas, rows, expected):
    capacity = layer(GridCapacity, {f"source/{number}": row for number, row in enumerate(rows)})

    found = feeding_areas(SPOTS, shuffled(capacity), areas, ADDRESSES).loc["s"]

    assert (None if pd.isna(found) else found) == expected


def test_without_any_indication_no_area_feeds_a_spot():
    assert feeding_areas(SPOTS, None, None, None).isna().all()
    assert len(feeding_areas(SPOTS.iloc[:0], GridCapacity.empty(), GridAreas.empty(), Addresses.empty())) == 0
