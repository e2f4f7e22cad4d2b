import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.scenario import HomeRules
from laadplan.contracts.demand import Homes
from laadplan.contracts.homes import Dwellings
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buildings, Buurten, RoadParts, Terrain
from laadplan.demand.attached import block_types, buildings_of, dwelling_types
from laadplan.demand.homes import NO_DWELLING
from tests.demand.street_of_homes import addresses, buildings, buurten, dwellings, found, ground, in_middle, roads
from tests.frames import BUURT, NAN, box, few, fewer, make, moved, point, shuffled

HOUSES = {
    "alleen": box(0, 8, 9, 17),
    "paar-a": box(20, 8, 26, 17),
    "paar-b": box(26, 8, 32, 17),
    "rij-a": box(45, 8, 50, 17),
    "rij-b": box(50, 8, 55, 17),
    "rij-c": box(55.2, 8, 60, 17),
}
"""A detached house, a pair, and a row of three of which the last is drawn 20 cm apart."""

TYPES = {
    "alleen": "vrijstaand",
    "paar-a": "twee-onder-een-kap",
    "paar-b": "twee-onder-een-kap",
    "rij-a": "hoekwoning",
    "rij-b": "tussenwoning",
    "rij-c": "hoekwoning",
}


def types(homes, built, **given):
    return found(homes, built, **given)["dwelling_type"].to_dict()


def test_types_follow_from_which_houses_stand_against_each_other():
    assert types(in_middle(HOUSES), buildings(HOUSES)) == TYPES


def test_garages_that_join_two_houses_make_no_row_of_them():
    houses = {"a": box(0, 8, 9, 17), "b": box(15, 8, 24, 17)}

    joined = types(in_middle(houses), buildings(houses, sheds=[box(9, 10, 12, 16), box(12, 10, 15, 16)]))

    assert joined == {"a": "vrijstaand", "b": "vrijstaand"}


def test_a_shop_against_a_house_counts_as_a_neighbour():
    houses = {"winkel": box(0, 8, 9, 17), "woning": box(9, 8, 18, 17)}
    objects = dwellings({"winkel": {"geometry": point(4, 12), "uses": "winkelfunctie"}, "woning": (12, 12)})

    assert types(objects, buildings(houses)) == {"woning": "twee-onder-een-kap"}


def test_several_addresses_in_one_building_make_flats_and_a_home_above_a_shop_is_one():
    houses = {"flat": box(0, 8, 20, 20), "winkel": box(40, 8, 50, 20)}
    objects = dwellings(
        {
            "flat-1": (2, 10),
            "flat-2": (8, 10),
            "flat-3": (14, 10),
            "boven": (45, 11),
            "winkel": {"geometry": point(45, 12), "uses": "winkelfunctie"},
        }
    )

    kinds = types(objects, buildings(houses))

    assert kinds == dict.fromkeys(["boven", "flat-1", "flat-2", "flat-3"], "appartement")


def test_moorings_and_pitches_are_dwellings_and_a_point_in_the_open_is_of_no_known_type():
    objects = dwellings(
        {
            "boot": {"geometry": point(0, 30), "kind": "ligplaats", "uses": None},
            "wagen": {"geometry": point(10, 30), "kind": "standplaats", "uses": None},
            "veld": (60, 30),
        }
    )

    homes = found(objects, buildings(HOUSES))

    berth = "ligplaats of standplaats"
    assert homes["dwelling_type"].to_dict() == {"boot": berth, "veld": "onbekend", "wagen": berth}
    assert homes["use_known"].all()


def test_what_is_no_dwelling_is_left_out_and_counted():
    quality = Quality()
    objects = dwellings(
        {
            "kantoor": {"geometry": point(4, 12), "uses": "kantoorfunctie"},
            "beide": {"geometry": point(23, 12), "uses": "kantoorfunctie,woonfunctie"},
            "weet niet": {"geometry": point(28, 12), "uses": None},
        }
    )

    homes = found(objects, buildings(HOUSES), quality=quality)

    assert homes["use_known"].to_dict() == {"beide": True, "weet niet": False}
    assert quality.dropped == {NO_DWELLING: ["kantoor"]}


@pytest.mark.parametrize("objects", [None, Dwellings.empty()])
def test_without_objects_every_address_is_a_home(objects):
    every = addresses({"a1": (4, 12), "a2": {"geometry": point(23, 12), "use": "winkelfunctie"}})

    homes = found(objects, buildings(HOUSES), every=every)

    assert homes["use_known"].to_dict() == {"a1": False}
    assert homes.loc["a1", ["dwelling_type", "postcode", "building_id"]].to_list() == [
        "vrijstaand",
        "6731AA",
        "pand-alleen",
    ]


def test_the_building_is_the_one_the_bag_names_even_where_the_point_lies_in_another():
    built = make(
        Buildings,
        {
            "p1": {"geometry": box(0, 0, 10, 10), "bag_pand_id": "1"},
            "p2": {"geometry": box(10, 0, 20, 10), "bag_pand_id": "2"},
            "p3": {"geometry": box(40, 0, 50, 10), "bag_pand_id": "2"},
        },
    )
    objects = dwellings(
        {
            "genoemd": {"geometry": point(8, 5), "pand_ids": "2"},
            "twee": {"geometry": point(2, 5), "pand_ids": "1,2"},
            "vreemd": {"geometry": point(8, 5), "pand_ids": "9"},
            "naast": (51.5, 5),
            "ver": (53, 5),
        }
    )

    expected = {"genoemd": "p2", "twee": "p1", "vreemd": "p1", "naast": "p3", "ver": None}
    got = buildings_of(objects, built)
    assert {name: None if pd.isna(value) else value for name, value in got.items()} == expected


@pytest.mark.parametrize(
    ("homes", "households", "each"),
    [(4, 4.0, 1.0), (4, 2.0, 0.5), (4, 355.0, 1.0), (4, NAN, NAN), (4, 0.0, 0.0)],
)
def test_households_are_spread_over_all_dwellings_of_the_buurt(homes, households, each):
    objects = dwellings({f"w{number}": (10 * number, 30) for number in range(homes)})

    spread = found(objects, None, hoods=buurten(households), area=moved(box(-5, 25, 15, 35)))

    assert spread["households"].to_list() == pytest.approx([each] * 2, nan_ok=True)


def test_dwellings_far_outside_the_area_share_in_the_households_shops_do_not():
    every = addresses(
        {
            "w0": {"geometry": point(0, 30), "use": "woonfunctie"},
            "w1": {"geometry": point(90, 30), "use": "woonfunctie"},
            "winkel": {"geometry": point(91, 30), "use": "winkelfunctie"},
        }
    )

    spread = found(dwellings({"w0": (0, 30)}), None, every=every, hoods=buurten(1.0), area=moved(box(-5, 25, 15, 35)))

    assert spread["households"].to_dict() == {"w0": 0.5}


def test_a_source_with_too_few_dwellings_is_told_of():
    quality = Quality()

    found(dwellings({"w0": (0, 30)}), None, hoods=buurten(355.0), quality=quality)

    assert [each for each in quality.findings if BUURT in each]


def test_outside_all_buurten_households_and_buurt_are_unknown():
    homes = found(dwellings({"w0": (0, 30)}), None, hoods=Buurten.empty())

    assert homes[["buurtcode", "households"]].isna().all(axis=None)


def test_nothing_gives_nothing():
    empty = found(Dwellings.empty(), Buildings.empty(), road_parts=RoadParts.empty(), terrain=Terrain.empty())

    assert (len(empty), empty.columns.to_list()) == (0, Homes.columns())
    nobody = pd.Series([], index=pd.Index([], dtype="str"), dtype="str")
    assert len(block_types(nobody, Buildings.empty(), 0.3)) == 0
    assert len(dwelling_types(nobody.astype(bool), nobody, block_types(nobody, Buildings.empty(), 0.3))) == 0
    assert len(buildings_of(Dwellings.empty(), Buildings.empty())) == 0
    assert len(Addresses.checked(Addresses.empty())) == 0


def test_the_order_of_the_rows_does_not_matter():
    homes, built, ways, land = in_middle(HOUSES), buildings(HOUSES, sheds=[box(10, 10, 13, 16)]), roads(), ground()

    other = found(shuffled(homes), shuffled(built), road_parts=shuffled(ways), terrain=shuffled(land))

    pd.testing.assert_frame_equal(other, found(homes, built, road_parts=ways, terrain=land))


@given(east=st.integers(-2500, 2500), north=st.integers(-2500, 2500))
@fewer
def test_a_shift_in_rd_changes_nothing_but_the_places(east, north):
    frames = [in_middle(HOUSES), buildings(HOUSES), roads(), ground(), buurten()]
    there = [frame.set_geometry(frame.geometry.translate(east, north)) for frame in frames]

    homes, other = (
        found(one, built, road_parts=ways, terrain=land, hoods=hoods)
        for one, built, ways, land, hoods in (frames, there)
    )

    facts = [name for name in Homes.columns() if name != "geometry"]
    pd.testing.assert_frame_equal(pd.DataFrame(other[facts]), pd.DataFrame(homes[facts]))


@given(
    spots=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9, unique=True),
)
@few
def test_types_are_those_of_a_count_of_neighbours(spots):
    """Houses on the squares of a board stand against each other where their squares touch, corners too."""
    houses = {f"{x}-{y}": box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for x, y in spots}
    built = buildings(houses)
    around = {
        (x, y): [(a, b) for a, b in spots if (a, b) != (x, y) and max(abs(a - x), abs(b - y)) == 1] for x, y in spots
    }

    got = block_types(pd.Series(built.index, index=built.index), built, 0.3)["block_type"]

    for (x, y), near in around.items():
        pair = len(near) == 1 and len(around[near[0]]) == 1
        expected = {0: "vrijstaand", 1: "twee-onder-een-kap" if pair else "hoekwoning"}.get(len(near), "tussenwoning")
        assert got[f"pand-{x}-{y}"] == expected


def test_the_usual_shares_come_to_a_quarter_of_the_national_stock():
    usual, row = HomeRules().usual, 0.42
    stock = 0.13 * usual.vrijstaand + 0.09 * usual.twee_onder_een_kap + 0.36 * usual.appartement
    stock += row * (usual.hoekwoning + 2 * usual.tussenwoning) / 3

    assert 0.25 <= stock <= 0.30
