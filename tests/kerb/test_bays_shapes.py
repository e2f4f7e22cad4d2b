"""Strips of every shape, drawn by hand: what a road engineer would mark out on them."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.kerb.bays import cut_strips
from tests.frames import box, fewer, moved, shuffled
from tests.kerb.drawing import ROAD, RULES, SURFACES, cut, leaning, parts, sector, teeth

pytestmark = pytest.mark.slow  # all of them together

ROUND = shapely.union_all([ROAD, box(5, -5, 10, 30)])
"""A carriageway south and west of the strips."""

L_SHAPE = shapely.union_all([box(10, 0, 33, 2), box(10, 0, 12, 20)])
L_DEEP = shapely.union_all([box(10, 0, 35, 5), box(10, 0, 15, 25)])
INNER = shapely.union_all([box(10, -2, 35, 0), box(10, -2, 12, 20)])
PITS_BETWEEN = box(10, 0, 35, 5) - box(19.5, 3.5, 20.5, 5) - box(27, 3.5, 28, 5)
PITS_ACROSS = box(10, 0, 50, 2) - box(21, 0.5, 22.5, 2) - box(34, 0.5, 35.5, 2)
PIT_IN_MIDDLE = shapely.Polygon(box(10, 0, 50, 2).exterior, [box(25, 0.5, 26.5, 1.5).exterior])
BOTH_WAYS = shapely.union_all([ROAD, box(0, 10, 60, 15)])


@pytest.mark.parametrize(
    ("strip", "road", "kinds", "rows"),
    [
        (leaning(21.2, 4.8, 45), ROAD, {"schuin": 6}, 1),
        (leaning(20.2, 5.2, 60), ROAD, {"schuin": 7}, 1),
        (leaning(20.2, 5.2, 120, 20), ROAD, {"schuin": 7}, 1),
        (leaning(25, 4.0, 30), ROAD, {"schuin": 5}, 1),
        (leaning(20, 5, 80), ROAD, {"haaks": 8}, 1),
        (leaning(22, 2, 45), ROAD, {"langs": 4}, 1),
        (teeth(6, 60), ROAD, {"schuin": 6}, 1),
        (teeth(6, 45), ROAD, {"schuin": 6}, 1),
        (teeth(6, 110, begin_m=30), ROAD, {"schuin": 6}, 1),
        (L_SHAPE, ROUND, {"langs": 7}, 2),
        (L_DEEP, ROUND, {"haaks": 18}, 2),
        (INNER, box(12, 0, 60, 30), {"langs": 8}, 2),
        (PITS_BETWEEN, ROAD, {"haaks": 10}, 1),
        (PITS_ACROSS, ROAD, {"langs": 6}, 1),
        (PIT_IN_MIDDLE, ROAD, {"langs": 7}, 1),
        (box(10, 0, 40, 2), shapely.union_all([ROAD, box(0, 2, 60, 7)]), {"langs": 5}, 1),
        (box(10, 0, 40, 10), BOTH_WAYS, {"haaks": 24}, 2),
        (box(10, 0, 12, 24), ROAD, {"langs": 4}, 1),
        (shapely.union_all([box(10, 0, 28, 2), box(28, 0, 40.5, 5)]), ROAD, {"haaks": 5, "langs": 3}, 2),
        (shapely.Polygon([(10, 0), (40, 0), (40, 3.8), (10, 1.5)]), ROAD, {"langs": 5}, 1),
        (shapely.MultiPolygon([box(10, 0, 22, 2), box(24, 0, 36, 2)]), ROAD, {"langs": 4}, 2),
        (sector(25, 30, 60, 120), sector(20, 25, 0, 180), {"haaks": 10}, 1),
        (sector(25, 27, 60, 120), sector(20, 24.6, 0, 180), {"langs": 5}, 1),
        (box(10, 0, 12.5, 5), ROAD, {"haaks": 1}, 1),
        (box(10, 0, 15.2, 2.2), ROAD, {"langs": 1}, 1),
    ],
    ids=[
        "45 degrees",
        "60 degrees",
        "60 degrees the other way",
        "30 degrees",
        "80 degrees is haaks",
        "langs with slanted ends",
        "sawtooth of 60",
        "sawtooth of 45",
        "sawtooth the other way",
        "L in an outer corner",
        "deep L",
        "L round a road",
        "pits where bays meet",
        "pits across",
        "pit in the middle",
        "road on both sides",
        "two rows back to back",
        "road at one end",
        "langs and haaks",
        "tapered",
        "two parts",
        "deep curve",
        "curve behind a gutter",
        "one haaks",
        "one langs",
    ],
)
def test_a_strip_is_cut_as_it_would_be_marked_out(strip, road, kinds, rows):
    strips, bays = cut(strip, road)

    surface = moved(strip)
    assert (bays["orientation"].value_counts().to_dict(), bays["row_id"].nunique()) == (kinds, rows)
    assert bays.geometry.difference(surface).area.max() < 0.01
    assert bays.geometry.area.sum() - shapely.union_all(bays.geometry.array).area < 0.01
    assert strips.at["strip", "unused_m2"] == pytest.approx(surface.area - bays.geometry.area.sum(), abs=0.05)


def test_schuine_bays_lean_with_the_ends_and_their_poles_stand_where_they_meet():
    _, bays = cut(leaning(20.2, 5.2, 60))

    pitch = 20.2 / 7
    first = moved(leaning(pitch, 5.2, 60, 10 + 20.2 - pitch))
    assert bays.geometry.iloc[0].hausdorff_distance(first) < 0.01
    np.testing.assert_allclose(np.diff(bays["kerb_x_m"]), -pitch, atol=0.01)
    np.testing.assert_allclose(bays["kerb_x_m"].iloc[0] - first.bounds[0], 5.2 / np.tan(np.radians(60)), atol=0.01)
    assert set(bays["away_deg"]) == {90.0}


def test_rows_of_an_l_are_numbered_on_and_have_names_of_their_own():
    _, bays = cut(L_SHAPE, ROUND)

    assert bays.index.to_list() == [f"strip#0{number}" for number in range(1, 8)]
    assert bays["row_id"].to_list() == ["strip"] * 4 + ["strip/2"] * 3
    assert bays["number"].to_list() == [1, 2, 3, 4, 1, 2, 3]
    assert bays["away_deg"].to_list() == [90.0] * 4 + [0.0] * 3


def test_a_pole_is_never_put_against_the_carriageway_where_a_lane_and_a_gutter_touch():
    _, bays = cut(box(10, 0, 33, 2), shapely.union_all([ROAD, box(0, 2, 60, 2.4)]))

    assert set(bays["away_deg"]) == {90.0}


def test_strips_back_to_back_between_hedges_are_entered_from_their_aisles():
    rows = {"a": box(10, 0, 35, 5), "b": box(10, 5.4, 35, 10.4), "c": box(10, -11, 35, -6)}

    _, bays = cut_strips(parts(rows, None), RULES, SURFACES)

    assert bays.groupby("road_part_id")["away_deg"].first().to_dict() == {"a": 90.0, "b": -90.0, "c": -90.0}


@pytest.mark.parametrize("pit", [box(20.5, 0.8, 21.3, 2), box(19.3, 0.5, 20.1, 1.3)])
def test_no_car_parks_over_a_tree_pit(pit):
    _, bays = cut(box(10, 0, 33, 2) - pit)

    middle = shapely.Point(*pit.centroid.coords[0])
    assert not bays.geometry.buffer(-0.01).contains(moved(middle)).any()
    assert (bays.geometry.intersection(moved(pit).buffer(-0.001)).area < 0.01).all()


def test_bays_at_the_inside_of_a_sharp_bend_do_not_overlap():
    strip = shapely.LineString([(7, 1), (26, 8), (30, 5), (34, 5), (50, 7)]).buffer(3, cap_style="flat")

    _, bays = cut(strip, shapely.union_all([ROAD, box(0, 8, 60, 14)]) - strip)

    shared = bays.geometry.area.sum() - shapely.union_all(bays.geometry.array).area
    assert (len(bays) > 0, shared < 0.05) == (True, True)


@pytest.mark.parametrize("strip", [box(10, 0, 26, 16), box(10, 0, 40, 14)])
def test_a_broad_surface_is_a_car_park(strip):
    strips, bays = cut(strip)

    assert (strips["kind"].to_list(), len(bays) > 0) == (["parkeerterrein"], True)
    assert strips["reason"].iloc[0].startswith("parkeerterrein: indeling berekend")


drawings = st.sampled_from(
    [
        box(10, 0, 33, 2),
        box(10, 0, 33, 5),
        leaning(20, 5, 60),
        leaning(18, 4.6, 45),
        L_SHAPE,
        PITS_BETWEEN,
        sector(25, 30, 70, 110),
        shapely.Polygon([(10, 0), (34, 0), (31, 1.9), (11, 2.1)]),
    ]
)


def turned(shape, degrees, shift):
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return shapely.transform(shape, lambda xy: xy @ matrix.T + np.array(shift) / 1000)


@given(strip=drawings, degrees=st.floats(-180, 180), east=st.integers(0, 90_000_000), north=st.integers(0, 120_000_000))
@fewer
def test_turning_and_moving_changes_neither_number_nor_kind(strip, degrees, east, north):
    road = sector(20, 25, 0, 180) if strip.bounds[3] > 26 else ROUND if strip is L_SHAPE else ROAD
    still = cut(strip, road)[1]

    _, bays = cut(*(turned(shape, degrees, (east, north)) for shape in (strip, road)))

    same = ["number", "orientation", "row_id"]
    pd.testing.assert_frame_equal(bays[same], still[same])
    for before, after in zip(still.geometry, bays.geometry, strict=True):
        drawn = moved(turned(moved(before, -180_000, -457_000), degrees, (east, north)))
        assert drawn.hausdorff_distance(after) < 0.02


def test_the_order_of_rows_changes_nothing_on_strips_of_all_shapes():
    rows = {"l": L_SHAPE, "pits": moved(PITS_BETWEEN, 30, 0), "lean": leaning(20, 5, 60, 90)}
    road_parts = parts(rows, shapely.union_all([box(0, -5, 140, 0), box(5, -5, 10, 30)]))

    cuts = [cut_strips(shuffled(road_parts, seed), RULES, SURFACES) for seed in range(3)]

    for strips, bays in cuts[1:]:
        pd.testing.assert_frame_equal(strips, cuts[0][0])
        pd.testing.assert_frame_equal(bays, cuts[0][1])


@pytest.mark.parametrize("depth", [2.0, 5.0])
@pytest.mark.parametrize("length", [5.2, 14.3, 31.0, 58.7])
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_strip_cut_in_two_where_bays_meet_gives_as_many_and_elsewhere_at_most_one_more(length, depth, share):
    road = box(-10, -5, 90, 0)
    _, whole = cut(box(0, 0, length, depth), road)
    met = round(length - whole["end_m"].iloc[int(len(whole) * share)], 2)

    pieces = [
        len(cut_strips(parts({"a": box(0, 0, x, depth), "b": box(x, 0, length, depth)}, road), RULES, SURFACES)[1])
        for x in (met, round(share * length, 2))
        if x > 0
    ]

    assert all(count <= len(whole) + more for count, more in zip(pieces[::-1], (1, 0), strict=False))
