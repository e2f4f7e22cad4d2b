import geopandas as gpd
import pandas as pd
import pytest
import shapely

from laadplan.config.project import Area, SpotRules, Surfaces
from laadplan.contracts.planning import Bays, Candidates
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buildings, Buurten, RoadParts, Terrain
from laadplan.kerb.spots import (
    adjacent_runs,
    find_spots,
    in_rows,
    inside,
    location_id,
    named_surfaces,
    report_keepers,
    report_lone,
    report_poles,
    surroundings,
)
from tests.frames import BUURT, X, Y, box, make, moved, point, shuffled
from tests.kerb.standing import posts

ADDRESSES = make(
    Addresses,
    {"near": {"geometry": point(27, 12)}, "nearer": {"geometry": point(16, 4)}, "far": {"geometry": point(400, 0)}},
)
BUURTEN = make(Buurten, {BUURT: {"geometry": box(0, -50, 100, 50)}})
ROAD_PARTS = make(
    RoadParts,
    {
        "strip": {"geometry": box(10, 0, 33, 2), "function": "parkeervlak", "maintainer": "G0228"},
        "path": {"geometry": box(20, 2, 40, 4), "function": "voetpad", "plus_function": "schelpenpad"},
        "bridge": {"geometry": box(0, 0, 40, 9), "function": "spoorbaan", "level": 1},
    },
)
TERRAIN = make(
    Terrain,
    {
        "verge": {"geometry": box(12, 2, 18, 9), "cover": "berm"},
        "ditch": {"geometry": box(0, 20, 40, 25), "kind": "water", "cover": "waterloop"},
        "bare": {"geometry": box(0, 30, 40, 35), "cover": None},
    },
)
BUILDINGS = make(
    Buildings, {"house": {"geometry": box(12, 40, 18, 44)}, "cellar": {"geometry": box(0, 0, 9, 9), "level": -1}}
)
SURFACES = named_surfaces(ROAD_PARTS, TERRAIN, BUILDINGS)


def row_of_bays(count=4, *, strip="strip", gap_before=None, gap_m=0.0, **more):
    """Bays of 5.75 m from east to west; one may begin later than the one before it ends."""
    rows = {}
    for number in range(1, count + 1):
        start = (number - 1) * 5.75 + (gap_m if gap_before and number >= gap_before else 0.0)
        rows[f"{strip}#{number:02d}"] = {
            "road_part_id": strip,
            "row_id": strip,
            "number": number,
            "start_m": start,
            "end_m": start + 5.75,
            "kerb_x_m": X + 33 - (start + 5.75),
            "kerb_y_m": Y + 2,
            "geometry": box(33 - start - 5.75, 0, 33 - start, 2),
        } | more
    return make(Bays, rows)


AROUND = {
    "road_parts": ROAD_PARTS,
    "terrain": TERRAIN,
    "buildings": BUILDINGS,
    "addresses": ADDRESSES,
    "buurten": BUURTEN,
}


def spots(bays, *, frames=None, **rules):
    """The spots of bays; frames given come in the place of the ordinary ones."""
    settings = SpotRules(**rules)
    return find_spots(bays, surroundings(settings, Surfaces(), **AROUND | (frames or {})), settings)


def runs_of(bays, length):
    """Ids of the bays of each run."""
    ordered = in_rows(bays)
    return ordered.index.to_numpy()[adjacent_runs(ordered, length)].tolist()


def test_a_candidate_is_each_pair_of_adjacent_bays_with_a_pole_behind_the_kerb():
    found = Candidates.checked(spots(row_of_bays()))

    ordinary = {"address_id": "nearer"}
    expected = make(
        Candidates,
        {
            "strip@0058": {
                "bay_ids": "strip#01 strip#02",
                "geometry": point(27.25, 2.5),
                "address_id": "near",
                "address_distance_m": 9.5,
            },
            "strip@0115": ordinary
            | {"bay_ids": "strip#02 strip#03", "geometry": point(21.5, 2.5), "address_distance_m": 5.70},
            "strip@0172": ordinary
            | {
                "bay_ids": "strip#03 strip#04",
                "geometry": point(15.75, 2.5),
                "address_distance_m": 1.52,
                "pole_surface": "berm",
            },
        },
    )
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("turn_deg", [0.0, 90.0, 180.0, 237.0])
def test_the_pole_stands_so_far_behind_the_kerb_as_the_rules_say_in_the_direction_of_the_bay(turn_deg):
    """The whole row is turned round the corner point; the pole of the unturned one stands at 27.25, 2.55."""
    bays = row_of_bays(2)
    kerb = gpd.GeoSeries(gpd.points_from_xy(bays["kerb_x_m"], bays["kerb_y_m"])).rotate(turn_deg, origin=(X, Y))
    turned = bays.assign(
        geometry=bays.rotate(turn_deg, origin=(X, Y)),
        kerb_x_m=kerb.x.to_numpy(),
        kerb_y_m=kerb.y.to_numpy(),
        away_deg=(90.0 + turn_deg + 180) % 360 - 180,
    )

    found = spots(turned, pole_to_kerb_m=0.55)

    back = found.rotate(-turn_deg, origin=(X, Y)).iloc[0]
    assert (back.x - X, back.y - Y) == pytest.approx((27.25, 2.55), abs=0.002)
    assert found["kerb_m"].to_list() == [0.55]


@pytest.mark.parametrize(
    ("length", "runs", "middle"),
    [(1, 4, "strip@0058"), (2, 3, "strip@0058"), (3, 2, "strip@0115"), (4, 1, "strip@0115")],
)
def test_a_pole_serves_as_many_bays_as_the_rules_say(length, runs, middle):
    found = spots(row_of_bays(), bays_per_pole=length)

    assert (len(found), set(found["bay_count"]), found.index[0]) == (runs, {length}, middle)
    assert set(found["bay_ids"].str.count("#")) == {length}


@pytest.mark.parametrize(("gap_m", "count"), [(0.0, 3), (0.25, 3), (0.35, 2), (6.0, 2)])
def test_bays_that_lie_apart_are_not_served_by_one_pole(gap_m, count):
    assert len(runs_of(row_of_bays(gap_before=3, gap_m=gap_m), 2)) == count


def test_bays_of_two_strips_are_not_served_by_one_pole():
    bays = pd.concat([row_of_bays(1), row_of_bays(1, strip="other", start_m=5.75, end_m=11.5)])

    assert runs_of(bays, 2) == []


def test_runs_do_not_depend_on_the_order_of_the_bays():
    bays = row_of_bays()

    assert runs_of(shuffled(bays), 3) == [
        ["strip#01", "strip#02", "strip#03"],
        ["strip#02", "strip#03", "strip#04"],
    ]


def test_the_order_of_the_rows_does_not_matter():
    bays = row_of_bays()

    found = spots(shuffled(bays), frames={name: shuffled(frame) for name, frame in AROUND.items()})

    pd.testing.assert_frame_equal(found, spots(bays))


EMPTY = {"road_parts": RoadParts.empty(), "terrain": Terrain.empty(), "buildings": None, "buurten": Buurten.empty()}


def test_what_is_not_known_stays_empty():
    found = Candidates.checked(spots(row_of_bays(2), frames=EMPTY, address_within_m=5.0))

    empty = found[["pole_surface", "maintainer", "address_id", "address_distance_m", "buurtcode"]]
    assert empty.isna().all().all()
    assert len(empty) == 1


def test_candidates_keep_their_contract_without_addresses():
    assert len(Candidates.checked(spots(row_of_bays(), frames={"addresses": Addresses.empty()}))) == 3


def test_candidates_need_no_more_than_bays():
    none = Candidates.checked(spots(row_of_bays(), frames=dict.fromkeys(AROUND)))

    unknown = ["pole_surface", "maintainer", "street", "house_number", "address_id", "address_distance_m", "buurtcode"]
    assert none[unknown].isna().all().all()
    assert len(none) == 3


def test_the_code_of_a_location_stays_when_its_pole_must_move():
    free = spots(row_of_bays())

    moved_aside = spots(row_of_bays(), frames={"obstacles": posts((21.5, 2.5))})

    assert list(moved_aside.index) == list(free.index)
    assert moved_aside["pole_shift_m"].to_list() == [0.0, 0.5, 0.0]


def test_regimes_of_the_bays_are_told_once_each_and_exclude_nothing():
    regimes = {f"strip#{number:02d}": regime for number, regime in enumerate(["gpp", "openbaar", "openbaar"], 1)}
    bays = row_of_bays(3)

    found = spots(bays.assign(regime=bays.index.map(regimes)))

    assert found["regime"].to_list() == ["gpp, openbaar", "openbaar"]


def test_a_road_part_whose_function_nobody_knows_is_no_known_surface():
    part = make(RoadParts, {"a": {"function": "transitie", "geometry": box(-5, -5, 30, 9)}})

    found = spots(row_of_bays(), frames={"road_parts": part})

    assert found["pole_surface"].isna().all()
    assert found["pole_obstacle"].isna().all()


def test_bays_that_are_in_no_spot_are_told():
    bays = row_of_bays(5)
    free = bays.drop(index="strip#03").rename(index={"strip#01": "begin"}).drop(index="strip#02")

    report_lone(free, spots(free), quality := Quality())
    report_lone(Bays.empty(), Candidates.empty(), nothing := Quality())

    assert quality.dropped == {"vak met te weinig vrije vakken ernaast voor een paal": ["begin"]}
    assert nothing.dropped == {}


def test_how_many_poles_moved_and_what_is_in_the_way_is_reported():
    quality = Quality()
    things = posts((21.5, 2.5), *[(x / 2, 2.5) for x in range(24, 40)])

    report_poles(spots(row_of_bays(), frames={"obstacles": things}), quality)
    report_poles(Candidates.empty(), empty := Quality())

    assert quality.facts == {"poles_moved": 1, "poles_hindered": {"lichtmast": 1}}
    assert empty.facts == {"poles_moved": 0, "poles_hindered": {}}


@pytest.mark.parametrize("bays", [Bays.empty(), row_of_bays(1)], ids=["none", "one"])
def test_too_few_bays_give_an_empty_frame(bays):
    pd.testing.assert_frame_equal(spots(bays), Candidates.empty())


def test_surfaces_at_ground_level_carry_one_name():
    expected = pd.DataFrame(
        {
            "name": ["parkeervlak", "voetpad", "berm", "water", None, "pand"],
            "detail": [None, "schelpenpad", None, None, None, None],
            "maintainer": ["G0228", "G0228", None, None, None, None],
        },
        index=["strip", "path", "verge", "ditch", "bare", "house"],
    )

    found = pd.DataFrame(SURFACES.drop(columns="geometry")).loc[expected.index]

    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_names=False, check_index_type=False)
    assert len(SURFACES) == len(expected)


def test_no_surfaces_are_an_empty_frame():
    for none in (
        named_surfaces(RoadParts.empty(), Terrain.empty(), Buildings.empty()),
        named_surfaces(None, None, None),
    ):
        assert (len(none), list(none.columns)) == (0, ["name", "detail", "maintainer", "geometry"])


def test_candidates_outside_the_area_are_counted():
    quality = Quality()
    found = spots(row_of_bays())

    kept = inside(found, moved(box(20, 0, 24, 9)), quality)

    assert (list(kept.index), quality.dropped) == (
        ["strip@0115"],
        {"paal buiten het gebied": ["strip@0058", "strip@0172"]},
    )


@pytest.mark.parametrize(
    ("keepers", "code", "findings"),
    [
        (["G0228"] * 3, "GM0228", []),
        ([None] * 3, "GM0228", []),
        (["P0025", "G0228", "L0001"], "GM0228", ["L0001 (1), P0025 (1)"]),
        (["W0155", None, "W0155"], "GM0228", ["W0155 (2)"]),
        (["G0228", "G0228", "G0202"], "GM0202", ["G0228 (2)"]),
    ],
)
def test_candidates_that_another_body_keeps_are_told(keepers, code, findings):
    quality = Quality()

    report_keepers(shuffled(spots(row_of_bays()).assign(maintainer=keepers)), code, quality)

    words = "Candidates on road parts of another bronhouder than the municipality: "
    assert quality.findings == [f"{words}{each}." for each in findings]


def test_who_keeps_a_road_is_not_judged_without_a_municipality():
    """GM0000 stands for a municipality that was not given."""
    quality = Quality()

    report_keepers(spots(row_of_bays()), Area().municipality_code, quality)
    report_keepers(Candidates.empty(), "GM0228", quality)

    assert quality.findings == []


def test_without_an_area_every_candidate_stays():
    quality = Quality()

    assert (len(inside(spots(row_of_bays()), None, quality)), quality.dropped) == (3, {})
    assert len(inside(Candidates.empty(), shapely.box(0, 0, 1, 1), quality)) == 0


@pytest.mark.parametrize(
    ("along_m", "code"), [(0.0, "w@0000"), (0.04, "w@0000"), (7.26, "w@0073"), (1234.5, "w@12345")]
)
def test_the_code_of_a_location_is_its_place_in_decimetres(along_m, code):
    assert location_id("w", along_m) == code
