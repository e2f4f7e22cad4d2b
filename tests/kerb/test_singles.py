import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import RoadParts
from laadplan.contracts.street import ParkingBays
from laadplan.kerb.singles import (
    BROKEN,
    DOUBLE,
    LARGE,
    NO_FIT,
    NO_NUMBER,
    PIECES,
    POINT,
    SMALL,
    shared_pairs,
    single_bays,
)
from tests.frames import X, Y, box, few, moved, point, shuffled
from tests.kerb.drawing import RULES, SURFACES, parts, sector
from tests.kerb.registers import langs_row, register

BAY = box(10, 0, 15.5, 2)


def singles(bays, road_parts=None, **more):
    """Single bays of a register, and what was dropped."""
    quality = Quality()
    frame = register(bays, **more) if isinstance(bays, dict) else bays
    ground = parts({}) if road_parts is None else road_parts
    return single_bays(frame, ground, RULES, SURFACES, quality), quality.dropped


@pytest.mark.parametrize(
    ("bay", "rule"),
    [
        ({"geometry": point(12, 1)}, POINT),
        ({"geometry": shapely.MultiPolygon([box(10, 0, 15, 2), box(20, 0, 25, 2)])}, PIECES),
        ({"geometry": box(10, 0, 12, 2)}, SMALL),
        ({"geometry": box(10, 0, 30, 4)}, LARGE),
        ({"geometry": box(10, 0, 30, 2), "kind": "strook", "capacity": float("nan")}, NO_NUMBER),
        ({"geometry": box(10, 0, 30, 2), "kind": "strook", "capacity": 0.0}, NO_NUMBER),
        ({"geometry": box(10, 0, 30, 2), "kind": "strook", "capacity": 2.5}, NO_NUMBER),
        ({"geometry": box(10, 0, 30, 2), "kind": "strook", "capacity": 9.0}, NO_FIT),
        ({"geometry": box(10, 0, 60, 40), "kind": "strook", "capacity": 80.0}, NO_FIT),
        ({"geometry": box(10, 0, 30, 2), "kind": "strook", "capacity": 4.0, "orientation": "haaks"}, NO_FIT),
    ],
    ids=["point", "pieces", "small", "large", "no number", "none", "half", "too many", "car park", "other way"],
)
def test_what_is_no_single_bay_is_dropped_with_its_rule(bay, rule):
    found, dropped = singles({"a": BAY, "b": {**bay, "geometry": moved(bay["geometry"], 100, 0)}})

    assert found.index.to_list() == ["a"]
    assert dropped == {rule: ["b"]}


def test_a_broken_shape_is_dropped():
    """The reader drops these; a frame made otherwise may hold them."""
    broken = register({"a": BAY, "b": box(50, 0, 55, 2)})
    bow = shapely.Polygon([(X, Y), (X + 5, Y + 2), (X + 5, Y), (X, Y + 2)])
    broken = broken.set_geometry([broken.geometry.iloc[0], bow], crs=broken.crs)

    found, dropped = singles(broken)

    assert (found.index.to_list(), dropped) == (["a"], {BROKEN: ["b"]})


def test_a_bay_of_several_parts_is_its_largest_where_that_is_nearly_all():
    found, dropped = singles({"a": shapely.MultiPolygon([box(10, 0, 15.5, 2), box(16, 0, 16.5, 1)])})

    assert (found.geometry.iloc[0].bounds, dropped) == (moved(BAY).bounds, {})


def test_parkeervlakken_of_the_bgt_are_left_to_the_cut():
    found, dropped = singles({"a": {"geometry": BAY, "origin": "BGT", "kind": "strook", "capacity": float("nan")}})

    assert (len(found), dropped) == (0, {})


def test_a_strip_is_divided_by_its_number():
    strip = {"geometry": box(10, 0, 32, 2), "kind": "strook", "capacity": 4.0, "orientation": "onbekend"}

    found, dropped = singles({"osm/way/1": strip}, origin="OSM", regime="onbekend")

    assert dropped == {}
    assert found.index.to_list() == [f"osm/way/1#0{n}" for n in (1, 2, 3, 4)]
    assert found[["orientation", "regime", "origin"]].drop_duplicates().to_numpy().tolist() == [
        ["langs", "onbekend", "OSM"]
    ]
    assert sorted(np.round(shape.bounds[0] - X, 3) for shape in found.geometry) == [10.0, 15.5, 21.0, 26.5]
    assert found.area.round(3).to_list() == [11.0] * 4


def test_a_curved_strip_is_divided_across_its_kerb():
    """A quarter of a ring, 18 to 20 m from its middle, with the road inside: 28.3 m of kerb."""
    strip = {"geometry": sector(18, 20, 0, 90), "kind": "strook", "capacity": 5.0}

    found, _ = singles({"s": strip}, parts({}, road=sector(12, 18, 0, 90)))

    assert len(found) == 5
    assert found.area.to_numpy() == pytest.approx(np.full(5, np.pi * (20**2 - 18**2) / 20), rel=0.03)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [(("gemeente", "z"), ("OSM", "a"), "z"), (("OSM", "a"), ("gemeente", "z"), "z"), (("OSM", "b"), ("OSM", "a"), "a")],
)
def test_of_two_bays_on_one_place_the_municipality_goes_before_osm_and_then_the_smaller_id(first, second, kept):
    bays = {
        first[1]: {"geometry": BAY, "origin": first[0]},
        second[1]: {"geometry": box(11.5, 0.2, 17, 2.2), "origin": second[0]},
    }

    found, dropped = singles(bays)

    gone = ({first[1], second[1]} - {kept}).pop()
    assert (found.index.to_list(), dropped) == ([kept], {DOUBLE: [gone]})


def test_a_bay_under_one_that_went_itself_stays():
    """b lies under a; c lies under b only."""
    bays = {"a": box(10, 0, 15.5, 2), "b": box(13, 0, 18.5, 2), "c": box(16, 0, 21.5, 2)}

    found, dropped = singles(bays)

    assert (found.index.to_list(), dropped) == (["a", "c"], {DOUBLE: ["b"]})


@pytest.mark.parametrize(("shift", "kept"), [(4.2, 2), (4.0, 1)])
def test_bays_drawn_a_little_over_each_other_are_two(shift, kept):
    """They share 1.3 or 1.5 of 5.5 m: 24 and 27 %."""
    found, _ = singles({"a": BAY, "b": box(10 + shift, 0, 15.5 + shift, 2)})

    assert len(found) == kept


def test_empty_frames_give_nothing():
    found, dropped = singles(ParkingBays.empty(), RoadParts.empty())

    assert (len(found), dropped) == (0, {})
    nothing = np.empty(0, dtype=object)
    assert [len(each) for each in shared_pairs(nothing, nothing)] == [0, 0]


@given(
    corners=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=9), seed=st.integers(0, 9)
)
@settings(few, max_examples=10)
def test_no_two_bays_that_stay_share_more_than_a_quarter(corners, seed):
    bays = register({f"b{n}": box(x, y, x + 5, y + 2) for n, (x, y) in enumerate(corners)})

    found, dropped = singles(bays)
    again, _ = singles(shuffled(bays, seed))

    shares = [
        shapely.area(one & other) / 10
        for n, one in enumerate(found.geometry)
        for other in list(found.geometry)[n + 1 :]
    ]
    assert max(shares, default=0) <= 0.25
    assert len(found) + len(dropped.get(DOUBLE, [])) == len(bays)
    pd.testing.assert_frame_equal(found, again)


def test_bays_beside_each_other_all_stay():
    found, dropped = singles(langs_row(6))

    assert (len(found), dropped) == (6, {})
