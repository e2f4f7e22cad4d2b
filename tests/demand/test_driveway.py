"""Situations on squared paper: a street below y = 0, a footway to y = 2, own ground behind it (`street_of_homes`)."""

import numpy as np
import pandas as pd
import pytest

from laadplan.config.project import Surfaces
from laadplan.config.scenario import HomeRules, UsualDriveways
from laadplan.contracts.sources import Buildings, RoadParts, Terrain
from laadplan.demand.driveway import DRAWN_START, FALSE_INRIT, GROUND, judge_driveways, usual_shares
from laadplan.demand.frontage import COLUMNS, measure_frontages
from tests.demand.street_of_homes import buildings, dwellings, found, ground, in_middle, roads, share
from tests.frames import box, moved

PAIR = {"west": box(20, 8, 26, 17), "oost": box(26, 8, 32, 17)}
"""A semi: each has 6 m in front of it and all room beside it."""

TERRACE = {f"rij{number}": box(5 * number, 5, 5 * number + 5, 14) for number in range(4)}
"""A row of four with front gardens of 3 m."""

DEEP_TERRACE = {f"rij{number}": box(5 * number, 8, 5 * number + 5, 17) for number in range(4)}
"""The same with front gardens of 6 m."""


def street_side(houses, *, sheds=(), ways=(), land=()):
    """What is measured before each house, by its name."""
    built = buildings(houses, sheds)
    homes = built[~built.index.str.contains("schuur")]
    measured = measure_frontages(
        homes.geometry, built, homes.index, roads(*ways), ground(*land), rules=HomeRules(), surfaces=Surfaces()
    )
    return measured.rename(index=lambda name: name.removeprefix("pand-"))


def homes_of(houses, *, sheds=(), ways=(), land=()):
    return found(in_middle(houses), buildings(houses, sheds), road_parts=roads(*ways), terrain=ground(*land))


def odds(probability):
    return probability / (1 - probability)


def test_a_semi_has_room_for_a_car_at_its_side():
    measured = street_side(PAIR)

    west = measured.loc["west"]
    assert (west["faces_street"], west["on_ground"], west["beside"]) == (True, True, True)
    # Behind the front as far as a garage may stand (12 m), and 6 m of front garden; wide up to two cars.
    assert west[["place_length_m", "place_width_m"]].to_list() == pytest.approx([18.0, 5.0])


def test_the_room_beside_a_house_ends_halfway_to_the_next_one():
    houses = {"links": box(0, 8, 9, 17), "rechts": box(15, 8, 24, 17)}

    closed = street_side(houses, sheds=[box(-3, 5, -0.5, 9), box(24.5, 5, 27, 9)])

    # West of it a shed stands 3 m from the footway: too near. East are 6 m, of which 3 m are its own.
    assert closed.loc["links", ["beside", "place_width_m"]].to_list() == [True, pytest.approx(3.0)]


def test_a_gap_too_narrow_for_two_drives_is_no_place_beside_the_house():
    houses = {"links": box(0, 5, 9, 14), "rechts": box(13, 5, 22, 14), "verder": box(26, 5, 35, 14)}

    assert street_side(houses).loc["rechts", "place_width_m"] == 0.0


def test_a_terrace_with_short_gardens_has_no_room():
    measured = street_side(TERRACE)

    assert measured.loc[["rij1", "rij2"], "place_width_m"].to_list() == [0.0, 0.0]
    assert (homes_of(TERRACE).loc[["rij1", "rij2"], "driveway_share"] < 0.01).all()


def test_a_deep_front_garden_may_be_a_driveway_or_a_garden():
    measured, homes = street_side(DEEP_TERRACE), homes_of(DEEP_TERRACE)

    middle = measured.loc["rij1", ["beside", "place_length_m", "place_width_m"]].to_list()
    assert middle == [False, pytest.approx(6.0), pytest.approx(5.0)]
    assert 0.05 < share(homes, "rij1") < 0.3


def test_an_inrit_before_it_settles_that_and_the_one_before_the_neighbour_does_not():
    inrit = ("inrit", box(5.2, 0, 7.9, 2))

    homes = homes_of(DEEP_TERRACE, ways=[inrit])

    assert share(homes, "rij1") > 0.7
    assert share(homes, "rij2") < 0.15
    assert homes.loc["rij1", "driveway_reason"] == "Auto past voor de woning (6,0 x 5,0 m); inrit van 2,5 m."


def test_parking_bays_before_the_house_leave_no_way_in():
    bays = ("parkeervlak", box(-60, -2, 160, 0))
    narrower = {"function": "rijbaan lokale weg", "geometry": box(-60, -6, 160, -2)}
    ways = roads(bays)
    ways.loc["weg0", "geometry"] = moved(narrower["geometry"])

    homes = found(in_middle(DEEP_TERRACE), buildings(DEEP_TERRACE), road_parts=ways)

    assert share(homes, "rij1") < 0.01
    assert homes.loc["rij1", "driveway_reason"].startswith("Parkeervakken tussen woning en straat")


@pytest.mark.parametrize(
    ("land", "has_way"),
    [
        ({"kind": "water", "cover": "waterloop"}, False),
        ({"kind": "begroeid", "cover": "groenvoorziening"}, False),
        ({"kind": "ondersteunend", "cover": "berm"}, True),
        ({"kind": "begroeid", "cover": "naaldbos"}, True),
    ],
)
def test_water_and_public_green_bar_the_way_a_verge_and_woods_do_not(land, has_way):
    strip = {**land, "geometry": box(-60, 2, 160, 4)}

    assert (street_side(PAIR, land=[strip]).loc["west", "place_width_m"] > 0) == has_way


def test_an_inrit_crosses_public_green():
    green = {"kind": "begroeid", "cover": "groenvoorziening", "geometry": box(-60, 2, 160, 4)}

    measured = street_side(PAIR, ways=[("inrit", box(15.5, 0, 19.5, 4))], land=[green])

    assert measured.loc["west", ["inrit_m", "place_width_m"]].gt(2.0).all()
    assert measured.loc["oost", "place_width_m"] == 0.0


def test_a_garage_behind_the_place_makes_it_likelier_a_shed_does_not():
    garage, shed = box(16, 14, 19, 20), box(17, 16, 19, 18)

    with_garage, with_shed, without = (homes_of(PAIR, sheds=sheds) for sheds in ([garage], [shed], []))

    assert share(with_garage, "west") > share(without, "west")
    assert share(with_shed, "west") == share(without, "west")
    assert "garage van 18 m2 erachter" in with_garage.loc["west", "driveway_reason"]


def test_a_garage_on_the_street_needs_no_five_metres_before_it():
    measured = street_side(PAIR, sheds=[box(16, 4, 19.5, 10)])

    assert measured.loc["west", ["garage_m2", "place_length_m"]].to_list() == pytest.approx([21.0, 2.0])


def test_a_garage_of_the_neighbour_is_not_ones_own():
    houses = {"a": box(0, 8, 6, 17), "b": box(16, 8, 22, 17)}

    measured = street_side(houses, sheds=[box(11.5, 10, 15.5, 16)])

    assert measured["garage_m2"].to_dict() == {"a": 0.0, "b": 24.0}


def test_a_garage_behind_the_houses_counts_where_a_lane_leads_to_it():
    lane = ("rijbaan lokale weg", box(-60, 34, 160, 40))

    at_lane = street_side(TERRACE, sheds=[box(5.2, 26, 9.8, 32)], ways=[lane])

    assert at_lane.loc["rij1", "garage_m2"] == pytest.approx(4.6 * 6)


def test_a_path_for_people_does_not_lead_a_car_to_the_garage():
    path = ("voetpad", box(-60, 33, 160, 35))

    at_path = street_side(TERRACE, sheds=[box(5.2, 26, 9.8, 32)], ways=[path])

    assert at_path.loc["rij1", "garage_m2"] == 0.0


def test_away_from_any_street_a_detached_house_has_a_way_of_its_own_a_terrace_has_none():
    far = {name: box(*_up(shape.bounds, 45)) for name, shape in {"boerderij": box(60, 8, 75, 20), **TERRACE}.items()}
    land = [{"geometry": box(-60, 40, 160, 120)}]

    homes = homes_of(far, land=land)

    assert share(homes, "boerderij") > 0.5
    assert share(homes, "rij1") < 0.05
    assert homes.loc["rij1", "driveway_reason"].startswith("Geen rechte weg van een straat")


def _up(bounds, metres):
    return bounds[0], bounds[1] + metres, bounds[2], bounds[3] + metres


@pytest.mark.parametrize("missing", ["road_parts", "terrain", "both"])
def test_without_the_ground_the_usual_share_of_the_type_stands(missing):
    empty = {"road_parts": RoadParts.empty(), "terrain": Terrain.empty()}
    given = empty if missing == "both" else {missing: empty[missing]}

    homes = found(in_middle(PAIR), buildings(PAIR), **given)

    assert homes["driveway_share"].to_list() == [0.75, 0.75]
    assert not homes["driveway_measured"].any()
    assert homes["driveway_reason"].str.contains("gangbaar aandeel voor een twee-onder-een-kapwoning").all()


def test_a_house_beyond_the_edge_of_the_map_is_not_measured():
    homes = homes_of({"ver": box(60, 150, 70, 160)})

    assert homes.loc["ver", ["driveway_share", "driveway_measured"]].to_list() == [0.9, False]


def test_flats_have_the_usual_share_and_say_how_many_addresses_there_are():
    flat = buildings({"flat": box(0, 8, 20, 20)})

    homes = found(dwellings({"f1": (2, 10), "f2": (8, 10), "f3": (14, 10)}), flat)

    assert homes["driveway_share"].to_list() == [0.02] * 3
    assert homes.loc["f1", "driveway_reason"] == "Pand met 3 adressen: gangbaar aandeel voor een appartement."


def judged(kinds, **lie):
    """Homes of these types in buildings of their own, all with the same before them."""
    ids = [f"p{number}" for number in range(len(kinds))]
    homes = pd.DataFrame(
        {"dwelling_type": kinds, "building_id": ids, "buurtcode": "BU1", "objects": 1, "block_type": kinds}
    ).astype({"dwelling_type": "str", "block_type": "str"})
    ordinary = dict.fromkeys(COLUMNS, False) | {
        "on_ground": True,
        "faces_street": True,
        "place_length_m": 6.0,
        "place_width_m": 3.0,
        "garage_m2": 0.0,
        "inrit_m": 0.0,
    }
    return judge_driveways(homes, pd.DataFrame({**ordinary, **lie}, index=ids), HomeRules())


def test_the_probability_is_the_one_of_the_formula():
    drawn = DRAWN_START  # a terrace says nothing of how many inritten are drawn

    with_inrit = judged(["tussenwoning"], inrit_m=3.0)["driveway_share"].iloc[0]
    without = judged(["tussenwoning"])["driveway_share"].iloc[0]

    before = odds(0.10) * GROUND["voor"]
    assert odds(with_inrit) == pytest.approx(before * drawn / FALSE_INRIT, rel=0.01)
    assert odds(without) == pytest.approx(before * (1 - drawn) / (1 - FALSE_INRIT), rel=0.01)


def test_a_missing_inrit_says_more_where_others_have_theirs_drawn():
    kinds = ["vrijstaand"] * 200 + ["hoekwoning"]
    inrit = np.where(np.arange(201) < 200, 3.0, 0.0)

    drawn = judged(kinds, beside=True, inrit_m=inrit)["driveway_share"].iloc[-1]
    not_drawn = judged(kinds, beside=True)["driveway_share"].iloc[-1]

    assert drawn < 0.1
    assert not_drawn == pytest.approx(0.25 / 0.75 * 4 / (1 + 0.25 / 0.75 * 4), abs=0.02)


def test_the_usual_shares_are_the_users_own_to_set():
    rules = HomeRules(usual=UsualDriveways(twee_onder_een_kap=0.4))

    homes = found(in_middle(PAIR), buildings(PAIR), terrain=Terrain.empty(), rules=rules)

    assert homes["driveway_share"].to_list() == [0.4, 0.4]
    assert usual_shares(rules.usual)["twee-onder-een-kap"] == 0.4


def test_a_share_of_one_stays_one_and_of_none_stays_none():
    rules = HomeRules(usual=UsualDriveways(twee_onder_een_kap=1.0, vrijstaand=0.0))
    houses = {**PAIR, "alleen": box(60, 8, 69, 17)}

    homes = found(in_middle(houses), buildings(houses), rules=rules)

    assert homes["driveway_share"].to_dict() == {"alleen": 0.0, "oost": 1.0, "west": 1.0}


def test_no_houses_give_no_frontages():
    none = measure_frontages(
        Buildings.empty().geometry,
        Buildings.empty(),
        Buildings.empty().index,
        roads(),
        ground(),
        rules=HomeRules(),
        surfaces=Surfaces(),
    )

    assert (len(none), tuple(none.columns)) == (0, COLUMNS)
    nobody = judged([])
    assert (len(nobody), nobody.columns.to_list()) == (0, ["driveway_share", "driveway_measured", "driveway_reason"])
