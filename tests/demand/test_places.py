import pandas as pd
import pytest

from laadplan.contracts.demand import Homes
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses
from laadplan.demand.jobs import jobs_per_area
from laadplan.demand.places import NO_ADDRESS, find_places, usual_driveways
from tests.demand.district import ADDRESSES, BUURTEN, DWELLINGS, EAST, HOMES, SCENARIO, WEST, jobs
from tests.frames import NAN, box, make, moved, point, shuffled


def places(*, addresses=ADDRESSES, homes=HOMES, dwellings=DWELLINGS, table=None, area=None, quality=None):
    return find_places(
        addresses, homes, dwellings, table, BUURTEN, area=area, scenario=SCENARIO, quality=quality or Quality()
    )


def test_homes_are_visited_and_shops_and_offices_by_floor_area():
    found = places().drop(columns="geometry")

    home = {"homes": 1.0, "households": 1.0, "visits": 1.0, "jobs": 0.0}
    none = {"homes": 0.0, "households": NAN, "driveway_share": NAN}
    expected = {
        "e1": {"postcode": "6731AC", "buurtcode": EAST, **home, "driveway_share": 0.0},
        "e2": {"postcode": "6731AC", "buurtcode": EAST, **none, "visits": 10.0, "jobs": 2.0},
        "e3": {"postcode": None, "buurtcode": EAST, **none, "visits": 0.0, "jobs": 10.0},
        "w1": {"postcode": "6731AA", "buurtcode": WEST, **home, "driveway_share": 0.0},
        "w2": {"postcode": "6731AA", "buurtcode": WEST, **home, "driveway_share": 0.0},
        "w3": {"postcode": "6731AB", "buurtcode": WEST, **home, "driveway_share": 1.0},
        "w4": {"postcode": "6731AB", "buurtcode": WEST, **home, "driveway_share": 1.0},
    }
    expected = pd.DataFrame.from_dict(expected, orient="index")[found.columns]
    pd.testing.assert_frame_equal(found, expected, check_names=False, check_dtype=False, check_index_type=False)


def test_floor_area_of_two_uses_is_divided_and_a_missing_one_assumed():
    both = DWELLINGS.assign(uses="winkelfunctie,woonfunctie", area_m2=80.0).loc[["e2"]]
    unknown = DWELLINGS.assign(area_m2=NAN).loc[["e3"]]

    found = places(dwellings=pd.concat([both, unknown]))

    assert found.loc["e2", ["visits", "jobs"]].to_list() == pytest.approx([40 / 100 * 10, 40 / 50])
    assert found.loc["e3", "jobs"] == pytest.approx(150 / 25)


def test_the_use_of_an_address_counts_where_the_bag_has_no_object():
    addresses = ADDRESSES.assign(use=["winkelfunctie"] * 3 + [None] * 4)
    addresses["use"] = addresses["use"].astype("str")

    found = places(addresses=addresses, dwellings=DWELLINGS.loc[["e3"]])

    assert found.loc[["e2", "e3"], "jobs"].to_dict() == {"e2": 150 / 50, "e3": 10.0}


def test_without_any_use_only_homes_are_visited_and_that_is_told():
    quality = Quality()

    found = places(dwellings=Dwellings.empty(), quality=quality)

    assert (found["visits"].sum(), found["jobs"].sum()) == (5.0, 0.0)
    assert quality.findings == [
        "No use of addresses is given: visitors go by dwellings alone, and jobs by a table or not at all."
    ]


def test_an_object_belongs_to_its_number_then_to_its_own_id_then_to_what_is_near():
    quality = Quality()
    numbered = ADDRESSES.assign(nummeraanduiding_id=[f"n{name}" for name in ADDRESSES.index])
    objects = DWELLINGS.loc[["e2", "e2", "e2", "e2"]].set_axis(["v1", "w1", "v3", "v4"])
    objects["nummeraanduiding_id"] = pd.Series(["ne1", None, None, None], index=objects.index, dtype="str")
    objects = objects.set_geometry(
        [moved(point(190, 90)), moved(point(190, 90)), moved(point(12, 12)), moved(point(60, 50))], crs=28992
    )

    found = places(addresses=numbered, dwellings=objects, quality=quality)

    assert found.loc[found["jobs"] > 0, "jobs"].to_dict() == {"e1": 2.0, "w1": 4.0}
    assert quality.dropped == {NO_ADDRESS: ["v4"]}


def test_two_homes_at_one_address_are_added_up():
    twins = pd.concat([HOMES.loc[["w1"]], HOMES.loc[["w3"]].set_axis(["extra"])])
    twins["nummeraanduiding_id"] = pd.Series(["n1", "n1"], index=twins.index, dtype="str")
    numbered = ADDRESSES.assign(nummeraanduiding_id=pd.Series({"w1": "n1"}).reindex(ADDRESSES.index).astype("str"))

    found = places(addresses=numbered, homes=twins)

    assert found.loc["w1", ["homes", "households", "driveway_share", "visits"]].to_list() == [2.0, 2.0, 0.5, 2.0]


def test_without_homes_every_address_is_one_with_the_usual_driveway():
    found = places(homes=None)

    assert found["households"].to_dict() == {name: (1 / 3 if name[0] == "e" else 1.0) for name in found.index}
    assert found.groupby("buurtcode")["driveway_share"].first().to_dict() == {EAST: 0.0, WEST: 0.5 * 0.4}
    suppressed = BUURTEN.assign(single_family_share=[NAN, 0.5])
    assert usual_driveways(suppressed, SCENARIO).to_list() == [0.2, 0.2]
    assert usual_driveways(suppressed.assign(single_family_share=NAN), SCENARIO).to_list() == pytest.approx([0.256] * 2)


def test_only_addresses_in_the_area_count_and_those_outside_all_buurten_are_listed():
    quality = Quality()
    far = make(Addresses, {"far": {"geometry": point(500, 5), "use": "winkelfunctie"}})

    found = places(addresses=pd.concat([ADDRESSES, far]), area=moved(box(0, 0, 600, 50)), quality=quality)

    assert found.index.to_list() == ["e1", "e2", "far", "w1", "w2"]
    assert quality.dropped == {"adres buiten alle buurten": ["far"]}


def test_jobs_of_a_table_go_by_floor_area_within_its_area():
    by_buurt = places(table=jobs(("buurt", EAST, 2024.0, None, 60.0)))
    by_pc6 = places(table=jobs(("PC6", "6731AC", 2024.0, None, 30.0), ("PC6", "6731AA", 2024.0, None, 8.0)))

    assert by_buurt["jobs"].to_dict() == {"e1": 0.0, "e2": 10.0, "e3": 50.0} | dict.fromkeys(
        ["w1", "w2", "w3", "w4"], 0.0
    )
    assert by_pc6["jobs"].to_dict() == {"e1": 0.0, "e2": 30.0, "e3": 10.0, "w1": 4.0, "w2": 4.0, "w3": 0.0, "w4": 0.0}


def test_an_address_of_unknown_use_weighs_as_the_mean_of_its_area():
    found = places(dwellings=DWELLINGS.drop("e1"), table=jobs(("buurt", EAST, 2024.0, None, 90.0)))

    assert found.loc[["e1", "e2", "e3"], "jobs"].to_list() == pytest.approx([90 * 6 / 18, 90 * 2 / 18, 90 * 10 / 18])


def test_jobs_in_the_area_are_its_part_of_those_of_the_whole_buurt():
    found = places(table=jobs(("buurt", EAST, 2024.0, None, 60.0)), area=moved(box(0, 0, 200, 50)))

    assert found["jobs"].sum() == 10.0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("PC4", "6731", 2023.0, None, 5.0), ("PC4", "6731", 2024.0, None, 7.0)], 7.0),
        ([("PC4", "6731", 2024.0, "G", 3.0), ("PC4", "6731", 2024.0, "Q", 4.0)], 7.0),
        ([("PC4", "6731", 2024.0, None, 9.0), ("PC4", "6731", 2024.0, "Q", 4.0)], 9.0),
        ([("PC4", "6731", 2024.0, None, NAN), ("PC4", "6731", 2024.0, "Q", 4.0)], 4.0),
        ([("PC4", "6731", NAN, None, 5.0)], 5.0),
    ],
    ids=["latest year", "sum of sectors", "total first", "total suppressed", "no year"],
)
def test_the_jobs_of_an_area_are_the_latest_total_or_else_the_sum_of_its_sectors(rows, expected):
    kind, found = jobs_per_area(jobs(*rows), is_part=False, quality=Quality())

    assert (kind, found.to_dict()) == ("PC4", {"6731": expected})


def test_suppressed_jobs_follow_from_floor_area_and_are_told():
    quality = Quality()

    found = places(table=jobs(("buurt", EAST, 2024.0, None, NAN), ("buurt", WEST, 2024.0, None, 4.0)), quality=quality)

    assert (found.loc["e3", "jobs"], found.loc["w1", "jobs"]) == (10.0, 1.0)
    assert quality.facts["areas_with_jobs_suppressed"] == 1


def test_jobs_of_a_municipality_are_not_put_on_a_part_of_it():
    whole = places(table=jobs(("gemeente", "GM0228", 2024.0, None, 120.0)))
    quality = Quality()
    part = places(
        table=jobs(("gemeente", "GM0228", 2024.0, None, 120.0)), area=moved(box(0, 0, 200, 100)), quality=quality
    )

    assert (whole["jobs"].sum(), part["jobs"].sum()) == (120.0, 12.0)
    assert quality.findings == [
        "Jobs per gemeente are not used: the plan sees a part of it. Jobs follow from floor area."
    ]


def test_jobs_where_no_address_is_are_listed():
    quality = Quality()

    places(table=jobs(("PC6", "9999ZZ", 2024.0, None, 5.0)), quality=quality)

    assert quality.dropped == {"banen in een PC6 zonder adres in de bron": ["9999ZZ"]}


def test_the_order_of_the_rows_does_not_matter():
    table = jobs(("PC6", "6731AC", 2024.0, None, 30.0), ("PC6", "6731AA", 2024.0, None, 8.0))

    found = places(
        addresses=shuffled(ADDRESSES), homes=shuffled(HOMES), dwellings=shuffled(DWELLINGS), table=shuffled(table)
    )

    pd.testing.assert_frame_equal(found, places(table=table))


def test_no_addresses_give_no_places():
    assert len(places(addresses=Addresses.empty(), homes=Homes.empty(), dwellings=Dwellings.empty())) == 0
