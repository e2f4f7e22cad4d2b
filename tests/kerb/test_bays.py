import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import BayRules
from laadplan.contracts.planning import Bays, Strips
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.kerb.bays import cut_strips, report_bays
from tests.frames import X, Y, box, few, fewer, moved, shapes, shuffled
from tests.kerb.drawing import ROAD, RULES, SURFACES, cut, parts, sector

LANGS = box(10, 0, 33, 2)
HAAKS = box(10, 0, 22.5, 5)
BEVELLED = shapely.Polygon([(10, 0), (33, 0), (31, 2), (12, 2)])
LOPSIDED = shapely.Polygon([(10, 0), (34, 0), (31, 1.9), (11, 2.1)])


def turned(shape, degrees, dx=0.0, dy=0.0):
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return shapely.transform(shape, lambda xy: xy @ matrix.T + np.array([dx, dy]))


def outlines(bays):
    """Bounds of the bays in metres from the corner point."""
    return [tuple(np.round(moved(shape, -X, -Y).bounds, 3)) for shape in bays.geometry]


def test_a_langs_strip_is_cut_into_bays_along_its_kerb():
    strips, bays = cut(LANGS)

    expected = Bays.checked(
        gpd.GeoDataFrame(
            {
                "road_part_id": "strip",
                "row_id": "strip",
                "regime": "onbekend",
                "origin": "BGT",
                "number": [1, 2, 3, 4],
                "orientation": "langs",
                "start_m": [0.0, 5.75, 11.5, 17.25],
                "end_m": [5.75, 11.5, 17.25, 23.0],
                "kerb_x_m": X + np.array([27.25, 21.5, 15.75, 10.0]),
                "kerb_y_m": Y + 2.0,
                "away_deg": 90.0,
            },
            geometry=shapes({str(n): box(33 - 5.75 * (n + 1), 0, 33 - 5.75 * n, 2) for n in range(4)}).to_list(),
            index=pd.Index([f"strip#0{n}" for n in (1, 2, 3, 4)], name="bay_id"),
            crs=28992,
        )
    )
    found = Bays.checked(bays)
    pd.testing.assert_frame_equal(found.drop(columns="geometry"), expected.drop(columns="geometry"), check_dtype=False)
    assert found.geometry.normalize().geom_equals_exact(expected.geometry.normalize(), 0.002).all()
    pd.testing.assert_frame_equal(
        pd.DataFrame(Strips.checked(strips).drop(columns="geometry")),
        pd.DataFrame(
            {
                "kind": "langs",
                "length_m": 23.0,
                "depth_m": 2.0,
                "bay_count": 4,
                "area_m2": 46.0,
                "unused_m2": 0.0,
                "reason": pd.Series([None], index=["strip"], dtype="str"),
            },
            index=pd.Index(["strip"], name="local_id"),
        ),
        check_dtype=False,
        check_index_type=False,
    )


def test_a_haaks_strip_is_cut_into_bays_of_the_standard_width():
    _, bays = cut(HAAKS)

    assert outlines(bays) == [(22.5 - 2.5 * n, 0.0, 25 - 2.5 * n, 5.0) for n in (1, 2, 3, 4, 5)]
    assert set(bays["orientation"]) == {"haaks"}


@pytest.mark.parametrize(
    ("strip", "kind", "count", "reason"),
    [
        (box(10, 0, 33, 1.5), "onbekend", 0, "diepte past bij geen parkeerwijze (1.50 m diep)"),
        (box(10, 0, 33, 3.5), "onbekend", 0, "diepte past bij geen parkeerwijze (3.50 m diep)"),
        (
            box(10, 0, 33, 16),
            "parkeerterrein",
            16,
            "parkeerterrein: indeling berekend (16 vakken, rijweg 6,0 m)",
        ),
        (box(10, 0, 14, 2), "langs", 0, "te kort voor een vak (4.0 m lang, 2.00 m diep)"),
        (BEVELLED, "langs", 4, "2.2 m2 niet gebruikt (schuine uiteinden of rest)"),
        (box(10, 0, 18, 1.8), "langs", 1, "3.0 m2 niet gebruikt (schuine uiteinden of rest)"),
        (box(10, 0, 15, 1.6), "langs", 1, None),
        (box(10, 0, 12.3, 6.3), "haaks", 1, None),
    ],
    ids=["shallow", "between", "car park", "short", "bevelled", "with a rest", "just langs", "just haaks"],
)
def test_a_strip_says_what_was_made_of_it(strip, kind, count, reason):
    strips, bays = cut(strip)

    row = strips.loc["strip"]
    assert (row["kind"], row["bay_count"], len(bays), row["reason"] if pd.notna(row["reason"]) else None) == (
        kind,
        count,
        count,
        reason,
    )


def test_bays_between_bevelled_ends_lie_within_the_strip_and_are_filled():
    _, bays = cut(BEVELLED)

    assert bays[["start_m", "end_m"]].to_numpy().tolist() == [[1.5, 6.5], [6.5, 11.5], [11.5, 16.5], [16.5, 21.5]]
    assert bays.geometry.within(moved(BEVELLED).buffer(0.01)).all()


@pytest.mark.parametrize(
    ("strip", "road", "direction"),
    [(sector(25, 27, 60, 120), sector(20, 25, 0, 180), 1), (sector(23, 25, 60, 120), sector(25, 30, 0, 180), -1)],
    ids=["outside the curve", "inside the curve"],
)
def test_bays_along_a_curved_kerb_are_equal_parts_of_the_ring(strip, road, direction):
    _, bays = cut(strip, road)

    area = strip.area / 5
    centre = bays.geometry.centroid
    radial = np.degrees(np.arctan2(bays["kerb_y_m"] - Y, bays["kerb_x_m"] - X))
    off = (bays["away_deg"] - radial - (0 if direction == 1 else 180) + 180) % 360 - 180
    far_m = np.hypot(bays["kerb_x_m"] - X, bays["kerb_y_m"] - Y)
    assert len(bays) == 5
    np.testing.assert_allclose(bays.geometry.area, area, rtol=0.02)
    np.testing.assert_allclose(np.hypot(centre.x - X, centre.y - Y), 25 + direction, atol=0.1)
    np.testing.assert_allclose(off, 0, atol=4.0)
    np.testing.assert_allclose(far_m, 25 + 2 * direction, atol=0.1)


def test_a_bay_of_which_a_large_part_lies_outside_the_strip_is_left_out():
    narrowed = shapely.Polygon([(10, 0), (32, 0), (32, 2.8), (26.5, 2.8), (26.5, 1.7), (21, 1.7), (21, 2.8), (10, 2.8)])

    _, bays = cut(narrowed)

    assert bays[["number", "start_m", "end_m"]].to_numpy().tolist() == [[1, 0, 5.5], [2, 11, 16.5], [3, 16.5, 22]]


@pytest.mark.parametrize("gap_m", [0.0, 0.02, 0.05, 0.09])
def test_a_gap_within_the_accuracy_of_the_map_does_not_make_a_strip_shallower(gap_m):
    strips, _ = cut(moved(LANGS, 0, gap_m))

    assert strips["depth_m"].to_list() == [pytest.approx(2.0, abs=0.005)]


@pytest.mark.parametrize("depth_m", [1.6, 3.0, 4.0, 6.3])
@pytest.mark.parametrize("shift_m", [0.0, 0.1, 1234.567])
def test_a_depth_at_the_edge_of_what_is_allowed_is_allowed_wherever_the_strip_lies(depth_m, shift_m):
    strips, bays = cut(moved(box(10, 0, 32, depth_m), 0, shift_m), moved(ROAD, 0, shift_m))

    used = bays["end_m"].max() - bays["start_m"].min() if len(bays) else 0.0
    assert (strips["kind"].to_list(), round(used, 2)) == (["langs" if depth_m <= 3 else "haaks"], 22.0)


@pytest.mark.parametrize(
    ("road", "function", "away"),
    [
        (box(0, -5, 60, -0.5), "rijbaan lokale weg", 90.0),
        (box(0, 2.5, 60, 8), "rijbaan lokale weg", -90.0),
        (box(0, -5, 60, 0), "inrit", 90.0),
        (box(0, 2, 60, 8), "inrit", -90.0),
    ],
    ids=["road a step away", "road on the other side", "aisle", "aisle on the other side"],
)
def test_the_pavement_lies_away_from_where_cars_drive(road, function, away):
    _, bays = cut(LANGS, road, function)

    assert (len(bays), set(bays["away_deg"])) == (4, {away})


def test_a_carriageway_goes_before_an_aisle():
    aisle = {"geometry": box(0, 2, 60, 8), "function": "inrit"}

    _, bays = cut(LANGS, ROAD, aisle=aisle)

    assert set(bays["away_deg"]) == {90.0}


def test_a_strip_along_no_carriageway_is_cut_all_the_same():
    strips, bays = cut(LANGS, None)

    assert (strips["bay_count"].to_list(), sorted(outlines(bays))[0]) == ([4], (10.0, 0.0, 15.75, 2.0))


def test_footways_and_what_lies_on_another_level_are_no_strips_and_no_carriageways():
    bridge = {"geometry": box(10, 10, 33, 12), "function": "parkeervlak", "level": 1}
    footway = {"geometry": box(10, 20, 33, 22), "function": "voetpad"}

    strips, _ = cut(LANGS, ROAD, bridge=bridge, footway=footway)

    assert list(strips.index) == ["strip"]


@given(
    degrees=st.floats(-180, 180),
    dx=st.integers(0, 90_000_000),
    dy=st.integers(0, 120_000_000),
)
@fewer
def test_moving_and_turning_the_drawing_moves_and_turns_the_bays(degrees, dx, dy):
    _, still = cut(LOPSIDED)

    place = {"degrees": degrees, "dx": dx / 1000, "dy": dy / 1000}
    _, bays = cut(turned(LOPSIDED, **place), turned(ROAD, **place))

    same = ["road_part_id", "number", "orientation", "start_m", "end_m"]
    pd.testing.assert_frame_equal(bays[same], still[same], atol=0.005)
    assert np.abs((bays["away_deg"] - still["away_deg"] - degrees + 180) % 360 - 180).max() < 0.05
    for identifier, shape in still.geometry.items():
        drawn = moved(turned(moved(shape, -X, -Y), **place))
        assert drawn.hausdorff_distance(bays.geometry[identifier]) < 0.01
        kerb = shapely.Point(still.at[identifier, "kerb_x_m"] - X, still.at[identifier, "kerb_y_m"] - Y)
        found = shapely.Point(bays.at[identifier, "kerb_x_m"], bays.at[identifier, "kerb_y_m"])
        assert moved(turned(kerb, **place)).distance(found) < 0.01


def test_the_order_of_the_rows_does_not_matter():
    road_parts = parts({"a": LANGS, "b": moved(HAAKS, 25, 0), "c": box(3, 0, 9, 2)})

    cuts = [cut_strips(shuffled(road_parts, seed), RULES, SURFACES) for seed in range(3)]

    for strips, bays in cuts[1:]:
        pd.testing.assert_frame_equal(strips, cuts[0][0])
        pd.testing.assert_frame_equal(bays, cuts[0][1])


def test_the_road_parts_stay_as_they_were():
    road_parts = parts({"strip": LANGS})
    before = road_parts.copy()

    cut_strips(road_parts, RULES, SURFACES)

    pd.testing.assert_frame_equal(road_parts, before)


@given(
    length=st.integers(30, 700).map(lambda decimetres: decimetres / 10),
    depth=st.sampled_from([1.6, 2.0, 3.0, 4.0, 5.0, 6.3]),
    bevel=st.sampled_from([0.0, 0.5, 2.0]),
)
@few
def test_bays_lie_in_their_strip_side_by_side_and_none_is_too_small(length, depth, bevel):
    strip = shapely.Polygon([(0, 0), (length, 0), (length - min(bevel, 1.4), depth), (bevel / 2, depth)])

    strips, bays = cut(strip, box(-10, -5, 90, 0))

    smallest = RULES.parallel_length_min_m if depth <= 3 else RULES.perpendicular_width_min_m
    long = (bays["end_m"] - bays["start_m"]).to_numpy()
    assert bays.geometry.within(moved(strip).buffer(0.01)).all()
    assert shapely.union_all(bays.geometry.array).area == pytest.approx(bays.geometry.area.sum(), abs=0.05)
    assert (long >= smallest - RULES.touching_m - 0.002).all()
    assert (bays.geometry.area >= RULES.filled_min_share * long * strips["depth_m"].iloc[0] - 0.2).all()
    assert strips["unused_m2"].iloc[0] == pytest.approx(strip.area - bays.geometry.area.sum(), abs=0.05)


def test_no_road_parts_give_empty_frames():
    strips, bays = cut_strips(RoadParts.empty(), RULES, SURFACES)

    pd.testing.assert_frame_equal(Strips.checked(strips), Strips.empty())
    pd.testing.assert_frame_equal(Bays.checked(bays), Bays.empty())


def test_a_strip_that_gives_no_bays_gives_an_empty_frame_of_bays():
    strips, bays = cut(box(10, 0, 14, 2))

    assert (len(Strips.checked(strips)), len(Bays.checked(bays))) == (1, 0)


def test_a_smaller_standard_gives_more_bays():
    rules = BayRules(parallel_length_m=5.0, parallel_length_min_m=4.5, parallel_length_max_m=5.5)

    _, bays = cut_strips(parts({"strip": LANGS}), rules, SURFACES)

    assert len(bays) == 5


def test_what_was_cut_and_what_was_not_is_told():
    strips, bays = cut_strips(parts({"a": LANGS, "b": box(40, 0, 60, 1.2)}), RULES, SURFACES)
    quality = Quality()

    report_bays(strips, bays, quality)

    assert quality.facts == {
        "bays langs": 4,
        "bays of BGT": 4,
        "strips": 2,
        "m2 of strips that no bay uses": 24.0,
    }
    assert quality.findings == ["1 of 2 parkeervlakken hold no bay, see 'reason' in Strips."]


def test_a_strip_that_lies_on_another_is_not_cut_again():
    twice = {"a": LANGS, "b": box(10, 0.1, 33, 2.1), "c": box(36, 0, 59, 2)}

    strips, bays = cut_strips(parts(twice), RULES, SURFACES)

    assert bays["road_part_id"].value_counts().to_dict() == {"a": 4, "c": 4}
    assert strips["reason"].fillna("").to_dict() == {
        "a": "",
        "b": "ligt op parkeervlak a: niet nog eens in vakken verdeeld",
        "c": "",
    }
