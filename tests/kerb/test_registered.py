import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.contracts.planning import Bays, Strips
from laadplan.contracts.sources import RoadParts
from laadplan.contracts.street import ParkingBays
from laadplan.kerb.bays import cut_strips
from laadplan.kerb.registered import join_bays, part_below, registered_bays
from tests.frames import X, Y, box, few, make, moved, shapes, shuffled
from tests.kerb.drawing import RULES, SURFACES, parts, sector
from tests.kerb.registers import haaks_row, langs_row, register, registered

pytestmark = pytest.mark.slow  # all of them together

STRIP = box(10, 0, 32, 2)
PAVEMENT = {"pavement": {"geometry": box(0, 2, 60, 5), "function": "voetpad"}}


def as_parking(bays, origin="gemeente"):
    """A register that holds just these bays."""
    table = pd.DataFrame(
        {"kind": "vak", "orientation": bays["orientation"], "capacity": 1.0, "regime": "openbaar", "origin": origin},
        index=bays.index,
    )
    table = table.assign(**dict.fromkeys(("regime_text", "street", "road_part_id")))
    frame = table.astype({name: kind for name, kind in ParkingBays.kinds().items() if name != "geometry"})
    return ParkingBays.checked(gpd.GeoDataFrame(frame, geometry=bays.geometry))


def numbers(bays):
    """Ids in the order of each row."""
    ordered = bays.sort_values(["row_id", "number"])
    return {name: list(row.index) for name, row in ordered.groupby("row_id")}


def test_bays_of_a_register_are_a_row_with_the_pavement_on_its_right_hand():
    bays, quality = registered(
        langs_row(4) | {"v2": {"geometry": box(15.5, 0, 21, 2), "regime": "gpp"}}, parts({"s": STRIP}, **PAVEMENT)
    )

    expected = pd.DataFrame(
        {
            "road_part_id": "s",
            "row_id": "s",
            "number": [4, 3, 2, 1],
            "orientation": "langs",
            "regime": ["openbaar", "gpp", "openbaar", "openbaar"],
            "origin": "gemeente",
            "start_m": [16.5, 11.0, 5.5, 0.0],
            "end_m": [22.0, 16.5, 11.0, 5.5],
            "kerb_x_m": X + np.array([10, 15.5, 21, 26.5]),
            "kerb_y_m": Y + 2.0,
            "away_deg": 90.0,
        },
        index=pd.Index(["v1", "v2", "v3", "v4"], name="bay_id"),
    )
    found = Bays.checked(bays)
    pd.testing.assert_frame_equal(found.drop(columns="geometry"), expected, check_dtype=False, check_index_type=False)
    assert found.geometry.normalize().to_list() == [moved(each).normalize() for each in langs_row(4).values()]
    assert (quality.dropped, quality.findings) == ({}, [])


@pytest.mark.parametrize(
    ("function", "road", "away"),
    [
        ("rijbaan lokale weg", box(0, -5, 60, 0), 90.0),
        ("rijbaan lokale weg", box(0, 2.2, 60, 8), -90.0),
        ("inrit", box(0, 2, 60, 8), -90.0),
        ("woonerf", box(0, 2, 60, 8), -90.0),
        ("rijbaan lokale weg", box(0, 9, 60, 14), -90.0),
        ("rijbaan lokale weg", box(0, -2, 60, 6), -90.0),
        ("rijbaan lokale weg", box(0, -6, 60, 3), 90.0),
    ],
    ids=["south", "gap of 0.2 m", "inrit", "woonerf", "nearest", "drawn on it", "near its edge"],
)
def test_cars_drive_in_on_the_side_of_the_carriageway(function, road, away):
    bays, quality = registered(langs_row(3), make(RoadParts, {"r": {"geometry": road, "function": function}}))

    assert set(bays["away_deg"]) == {away}
    assert quality.findings == []


def test_the_pavement_side_of_a_bay_on_the_carriageway_is_where_its_edge_is_nearest():
    road = make(RoadParts, {"r": {"geometry": box(0, -1, 60, 8)}})

    bays, _ = registered(langs_row(2), road)

    assert set(bays["away_deg"]) == {-90.0}
    assert set(bays["kerb_y_m"]) == {Y - 1.0}  # the edge of the carriageway, a metre on from the bay
    assert set(bays["road_part_id"]) == {"r"}
    assert numbers(bays) == {"v1": ["v1", "v2"]}


def test_two_rows_back_to_back_in_a_car_park_have_their_backs_together():
    bays, _ = registered(
        haaks_row(4, name="a") | haaks_row(4, y=5, name="b"),
        parts({"terrein": box(8, -6, 22, 16)}, road=None),
        orientation="haaks",
    )

    assert bays.groupby("row_id")["away_deg"].agg(set).to_dict() == {"terrein": {-90.0}, "terrein/2": {90.0}}
    assert numbers(bays) == {"terrein": ["b1", "b2", "b3", "b4"], "terrein/2": ["a4", "a3", "a2", "a1"]}


def test_rows_are_cut_where_bays_do_not_touch_turn_or_park_otherwise():
    bays, _ = registered(
        langs_row(2)
        | {"apart": box(21.4, 0, 26.9, 2), "haaks": {"geometry": box(26.9, 0, 29.4, 5), "orientation": "haaks"}}
        | {"behind": box(10, 2, 15.5, 4), "across": box(7.9, -6, 9.9, -0.5)},
        parts({}),
    )

    assert sorted(map(sorted, numbers(bays).values())) == [["across"], ["apart"], ["behind"], ["haaks"], ["v1", "v2"]]


@pytest.mark.parametrize(("gap", "rows"), [(0.29, 1), (0.31, 2)])
def test_bays_touch_within_a_tolerance(gap, rows):
    bays, _ = registered({"a": box(10, 0, 15.5, 2), "b": box(15.5 + gap, 0, 21 + gap, 2)}, parts({}))

    assert bays["row_id"].nunique() == rows
    if rows == 1:
        assert (bays["start_m"].to_list(), bays["end_m"].to_list()) == ([5.79, 0.0], [11.29, 5.5])


def test_a_row_follows_a_curve_all_the_way_round():
    """Langs bays round a square of 20 m radius, driven round on the outside."""
    turn = 360 / 22
    ring = {f"v{n:02d}": sector(18, 20, n * turn, (n + 1) * turn) for n in range(22)}
    road = make(RoadParts, {"r": {"geometry": shapely.Point(0, 0).buffer(26) - shapely.Point(0, 0).buffer(20)}})

    bays, _ = registered(ring, road)

    middle = shapely.get_coordinates(bays.geometry.centroid) - [X, Y]
    inward = np.degrees(np.arctan2(-middle[:, 1], -middle[:, 0]))
    off = np.abs((bays["away_deg"] - inward + 180) % 360 - 180)
    assert bays["row_id"].nunique() == 1
    assert off.max() < 1.0
    assert sorted(bays["number"]) == list(range(1, 23))
    assert bays["end_m"].max() == pytest.approx(2 * np.pi * 19, abs=1.5)  # along the middle of the bays


def test_haaks_bays_round_a_kerb_stand_in_one_row():
    fan = {f"v{n}": sector(12, 17, 90 + 11 * n, 101 + 11 * n) for n in range(8)}
    road = make(RoadParts, {"r": {"geometry": sector(6, 12, 80, 190)}})

    bays, _ = registered(fan, road, orientation="haaks")

    assert list(numbers(bays).values()) in ([[f"v{n}" for n in range(8)]], [[f"v{n}" for n in range(7, -1, -1)]])
    assert (bays.sort_values("number")["start_m"].diff().dropna() > 2.0).all()


def test_schuin_bays_end_at_the_back_on_the_pavement_side():
    """Bays at 60 degrees, 3 m apart along the kerb, 5 m deep: shifted 2.887 m to the east at the back."""
    shift = 5 / np.tan(np.radians(60))
    bays = {
        f"v{n}": shapely.Polygon([(10 + 3 * n, 0), (13 + 3 * n, 0), (13 + 3 * n + shift, 5), (10 + 3 * n + shift, 5)])
        for n in range(4)
    }

    found, _ = registered(bays, parts({}), orientation="schuin")

    assert numbers(found) == {"v3": ["v3", "v2", "v1", "v0"]}
    assert found.loc["v3", ["start_m", "end_m", "away_deg"]].to_list() == [0.0, 3.0, 90.0]
    corner = found.loc["v3", ["kerb_x_m", "kerb_y_m"]].to_numpy(dtype=float) - [X, Y]
    assert corner == pytest.approx([19 + shift, 5.0], abs=0.15)


@pytest.mark.parametrize(
    ("shape", "orientation"),
    [
        (box(10, 0, 15.5, 2), "langs"),
        (box(10, 0, 12.5, 5), "haaks"),
        (shapely.Polygon([(10, 0), (12.9, 0), (15.4, 4.33), (12.5, 4.33)]), "schuin"),
    ],
)
def test_how_cars_park_is_told_by_form_and_carriageway_where_the_register_does_not_say(shape, orientation):
    bays, _ = registered({"v": shape}, parts({}), orientation="onbekend")
    alone, _ = registered({"v": shape}, None, orientation="onbekend")

    assert bays["orientation"].to_list() == [orientation]
    assert alone["orientation"].to_list() == [orientation]


def test_without_road_parts_there_are_bays_and_their_side_is_said_to_be_unknown():
    bays, quality = registered(langs_row(3), None)

    assert numbers(bays) == {"v3": ["v3", "v2", "v1"]} or numbers(bays) == {"v1": ["v3", "v2", "v1"]}
    assert set(bays["away_deg"]) == {90.0}
    assert bays["road_part_id"].isna().all()
    assert quality.findings == [
        "1 rows (3 bays): no road part tells on which side the pavement is; "
        "taken to be the north side (of rows from north to south the east side)."
    ]


def test_spaces_in_an_id_do_not_stay():
    """Candidates list the ids of their bays with spaces between."""
    bays, _ = registered({"vak 12 a": box(10, 0, 15.5, 2)}, parts({}))

    assert (bays.index.to_list(), bays["row_id"].to_list()) == (["vak_12_a"], ["vak_12_a"])


def test_a_row_over_two_parkeervlakken_is_named_after_its_first_bay():
    bays, _ = registered(langs_row(4), parts({"a": box(10, 0, 21, 2), "b": box(21, 0, 32, 2)}))

    assert numbers(bays) == {"v4": ["v4", "v3", "v2", "v1"]}
    assert bays["road_part_id"].to_list() == ["a", "a", "b", "b"]


def test_empty_frames_give_empty_frames():
    pd.testing.assert_frame_equal(
        registered_bays(ParkingBays.empty(), RoadParts.empty(), RULES, SURFACES), Bays.empty()
    )
    strips, cut = cut_strips(parts({"s": STRIP}), RULES, SURFACES)
    for found, given_frame in zip(join_bays(strips, cut, Bays.empty()), (strips, cut), strict=True):
        pd.testing.assert_frame_equal(found, given_frame)
    bays, _ = registered(langs_row(2), None)
    joined = join_bays(Strips.empty(), Bays.empty(), bays)
    pd.testing.assert_frame_equal(joined[0], Strips.empty())
    pd.testing.assert_frame_equal(joined[1], bays)


# ---- the road part below ---------------------------------------------------------------------------------------------


def test_a_bay_lies_on_the_part_that_it_shares_most_with():
    bays = gpd.GeoDataFrame(
        geometry=shapes(
            {
                "most": box(0, 0, 5, 2),
                "both": box(9, 4, 11, 6),
                "inside": box(12, 1, 14, 3),
                "none": box(50, 50, 55, 52),
            }
        )
    )
    road_parts = make(
        RoadParts,
        {"b": {"geometry": box(4, 0, 10, 9)}, "a": {"geometry": box(10, 0, 20, 9)}, "c": {"geometry": box(0, 0, 4, 9)}},
    )

    found = part_below(bays, road_parts)

    assert found.dropna().to_dict() == {"most": "c", "both": "a", "inside": "a"}
    assert part_below(bays, RoadParts.empty()).isna().all()
    assert part_below(bays.iloc[:0], road_parts).empty


# ---- meeting with the BGT --------------------------------------------------------------------------------------------


def met(bays, strips, **more):
    """Strips and bays where a register meets the cut of strips, and what was noted."""
    road_parts = parts(strips, **more)
    found, quality = registered(bays, road_parts)
    return (*join_bays(*cut_strips(road_parts, RULES, SURFACES), found, quality), quality)


def test_a_register_goes_before_the_cut_on_the_strips_where_it_has_bays():
    strips, bays, quality = met(langs_row(3), {"full": box(10, 0, 26.5, 2), "free": box(30, 0, 41, 2)})

    assert bays["origin"].to_dict() == {
        "free#01": "BGT", "free#02": "BGT", "v1": "gemeente", "v2": "gemeente", "v3": "gemeente"
    }  # fmt: skip
    Strips.checked(strips), Bays.checked(bays)
    assert strips.loc["full", ["bay_count", "unused_m2", "reason", "kind"]].to_list() == [
        3, 0.0, "3 vakken uit het register gemeente", "langs"
    ]  # fmt: skip
    assert strips.loc["free", "bay_count"] == 2
    assert quality.findings == []


def test_a_strip_that_the_register_does_not_fill_says_so():
    strips, bays, quality = met({"v1": langs_row(1)["v1"]}, {"s": box(10, 0, 26.5, 2)})

    assert len(bays) == 1
    assert strips.loc["s", "reason"] == "1 vak uit het register gemeente; 22,0 m2 niet gebruikt"
    assert quality.findings == [
        "The register fills 1 of its 1 parkeervlakken for less than 90%: bays may be missing from it; "
        "see the reasons in Strips."
    ]


def test_a_strip_with_bays_of_two_registers_names_both():
    bays = langs_row(2) | {"way/1": {"geometry": box(21, 0, 26.5, 2), "origin": "OSM", "orientation": "onbekend"}}

    strips, _, _ = met(bays, {"s": box(10, 0, 26.5, 2)})

    assert strips.loc["s", "reason"] == "2 vakken uit het register gemeente en 1 vak uit OSM"


def test_no_place_counts_twice():
    """A bay on the carriageway lies half over the strip: the bays cut there go."""
    strips, bays, quality = met({"v": box(11, -1.1, 16.5, 0.9)}, {"s": box(10, 0, 26.5, 2)})

    assert bays.index.to_list() == ["s#01", "s#02", "v"]
    assert quality.dropped == {"ligt onder een vak uit een register": ["s#03"]}
    assert strips.loc["s", ["bay_count", "unused_m2", "reason"]].to_list() == [
        2, 11.0, "1 vak vervalt onder een register"
    ]  # fmt: skip


@pytest.mark.parametrize(("south", "kept"), [(-1.6, 3), (-1.4, 2)])
def test_neighbours_drawn_a_little_over_each_other_are_two_places(south, kept):
    """The bay shares 0.4 or 0.6 of 2 m with the strip: a fifth and three tenths."""
    _, bays, _ = met({"v": box(10, south, 15.5, south + 2)}, {"s": box(10, 0, 26.5, 2)})

    assert (bays["origin"] == "BGT").sum() == kept


# ---- properties ------------------------------------------------------------------------------------------------------


@given(
    seed=st.integers(0, 50),
    number=st.integers(1, 7),
    degrees=st.integers(0, 359),
    haaks=st.booleans(),
    pits=st.booleans(),
)
@settings(few, max_examples=10)
def test_row_order_and_shift_do_not_matter(seed, number, degrees, haaks, pits):
    row = haaks_row(number) if haaks else langs_row(number)
    row = {name: each for name, each in row.items() if not (pits and name == "v3")}
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def laid(dx, dy):
        place = lambda shape: shapely.transform(shape, lambda xy: xy @ turn.T + [dx, dy])  # noqa: E731
        road = make(RoadParts, {"r": {"geometry": place(box(0, -5, 60, 0))}})
        return register(
            {name: place(each) for name, each in row.items()}, orientation="haaks" if haaks else "langs"
        ), road

    bays, road = laid(0, 0)
    there, road_there = laid(4000, -2500)

    found = registered_bays(bays, road, RULES, SURFACES)
    other = registered_bays(shuffled(bays, seed), road, RULES, SURFACES)
    shifted = registered_bays(there, road_there, RULES, SURFACES)

    pd.testing.assert_frame_equal(found, other)
    same = ["row_id", "number", "start_m", "end_m", "away_deg"]
    pd.testing.assert_frame_equal(pd.DataFrame(found[same]), pd.DataFrame(shifted[same]), check_exact=False, atol=0.02)
    assert np.abs((found["away_deg"] - degrees - 90 + 180) % 360 - 180).max() < 0.1


@given(
    length=st.floats(5.5, 60),
    depth=st.sampled_from([1.8, 2.0, 2.4, 4.6, 5.0, 5.5]),
    degrees=st.integers(0, 359),
)
@settings(few, max_examples=10)
def test_a_register_that_equals_the_cut_gives_the_same_rows(length, depth, degrees):
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    drawn = parts({"s": box(10, 0, 10 + length, depth)}, road=box(0, -5, 80, 0))
    drawn = drawn.set_geometry(
        gpd.GeoSeries(
            shapely.transform(drawn.geometry.to_numpy(), lambda xy: (xy - [X, Y]) @ turn.T + [X, Y]),
            index=drawn.index,
            crs=drawn.crs,
        )
    )
    _, cut = cut_strips(drawn, RULES, SURFACES)

    found = registered_bays(as_parking(cut), drawn, RULES, SURFACES)

    exact = ["road_part_id", "row_id", "number", "orientation"]
    near = ["start_m", "end_m", "kerb_x_m", "kerb_y_m"]
    pd.testing.assert_frame_equal(pd.DataFrame(found[exact]), pd.DataFrame(cut[exact]))
    first = cut["start_m"].min() if len(cut) else 0.0
    moved_back = cut[near] - [first, first, 0, 0]
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[near]), pd.DataFrame(moved_back), check_exact=False, atol=0.02, rtol=0
    )
    assert (np.abs((found["away_deg"] - cut["away_deg"] + 180) % 360 - 180) < 0.1).all()
