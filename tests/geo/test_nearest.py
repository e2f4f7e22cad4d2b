import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import WrongCrs
from laadplan.geo.nearest import containing, nearest, within
from tests.frames import box, few, moved, point, shapes, shuffled

NOWHERE = shapes({})
grid = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8)
"""Places on a coarse grid, so that ties are common."""


def on_grid(places, letter):
    return shapes({f"{letter}{number}": point(*place) for number, place in enumerate(places)})


def all_distances(points, others):
    """Every pair with its distance, by plain arithmetic."""
    return [
        (point_id, other_id, float(np.hypot(here.x - there.x, here.y - there.y)))
        for point_id, here in points.items()
        for other_id, there in others.items()
    ]


@given(places=grid, elsewhere=grid)
@few
def test_nearest_is_the_smallest_distance_of_all_and_the_smallest_id_of_a_tie(places, elsewhere):
    points, others = on_grid(places, "p"), on_grid(elsewhere, "o")

    found = nearest(shuffled(points), shuffled(others))

    pairs = pd.DataFrame(all_distances(points, others), columns=["point_id", "other_id", "distance_m"])
    best = pairs.sort_values(["distance_m", "other_id"]).drop_duplicates("point_id").set_index("point_id")
    expected = best.loc[shuffled(points).index].rename_axis(None)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=1e-9)


def test_nearest_keeps_the_index_of_the_points():
    points = shapes({"z": point(0, 0), "a": point(9, 0)})

    found = nearest(points, shapes({"b": point(1, 0)}))

    expected = pd.DataFrame({"other_id": ["b", "b"], "distance_m": [1.0, 8.0]}, index=["z", "a"])
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_index_type=False)


def test_a_distance_to_a_surface_is_to_its_edge_and_nil_inside():
    points = shapes({"in": point(1, 1), "out": point(5, 1)})

    found = nearest(points, shapes({"s": box(0, 0, 2, 2)}))

    assert found["distance_m"].to_dict() == {"in": 0.0, "out": 3.0}


@pytest.mark.parametrize("turned", [False, True])
def test_distances_that_differ_by_rounding_alone_are_a_tie(turned):
    near, far = ("b", "a") if turned else ("a", "b")
    others = shapes({near: point(0.1 + 0.2, 0), far: point(-0.3 - 1e-9, 0)})

    found = nearest(shapes({"p": point(0, 0)}), others)

    assert found["other_id"].to_dict() == {"p": "a"}


@pytest.mark.parametrize("shift", [(0.0, 0.0), (12_345.678, 98_765.432), (-150_000.1, 0.3)])
def test_shifting_in_rd_does_not_break_a_tie(shift):
    others = {"a": point(3.3, 4.4), "b": point(-4.4, 3.3), "c": point(-3.3, -4.4)}

    found = nearest(shapes({"p": moved(point(0, 0), *shift)}), shapes({k: moved(v, *shift) for k, v in others.items()}))

    assert found["other_id"].to_dict() == {"p": "a"}


def test_nearest_without_others_is_missing():
    found = nearest(shapes({"p": point(0, 0)}), NOWHERE)

    assert found.isna().all().all()
    assert list(found.columns) == ["other_id", "distance_m"]


def test_nearest_without_points_has_no_rows():
    assert (len(nearest(NOWHERE, shapes({"o": point(0, 0)}))), len(nearest(NOWHERE, NOWHERE))) == (0, 0)


@given(places=grid, elsewhere=grid, reach=st.sampled_from([0.0, 1.0, 2.0, 5.0, 100.0]))
@few
def test_within_is_every_pair_at_most_so_far_apart_in_order_of_id(places, elsewhere, reach):
    points, others = on_grid(places, "p"), on_grid(elsewhere, "o")

    found = within(shuffled(points), shuffled(others), reach)

    pairs = sorted(pair for pair in all_distances(points, others) if pair[2] <= reach)
    expected = pd.DataFrame(pairs, columns=["point_id", "other_id", "distance_m"])
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=1e-9)


@pytest.mark.parametrize(
    ("points", "others"),
    [(NOWHERE, NOWHERE), (shapes({"p": point(0, 0)}), NOWHERE), (NOWHERE, shapes({"o": point(0, 0)}))],
)
def test_within_of_nothing_has_columns_and_no_rows(points, others):
    found = within(points, others, 10.0)

    assert (len(found), list(found.columns)) == (0, ["point_id", "other_id", "distance_m"])


@given(places=grid, corners=grid)
@few
def test_containing_is_the_smallest_id_of_the_surfaces_that_hold_the_point(places, corners):
    points = on_grid(places, "p")
    squares = {f"s{number}": box(x, y, x + 2, y + 3) for number, (x, y) in enumerate(corners)}

    found = containing(shuffled(points), shuffled(shapes(squares)))

    for identifier, (px, py) in zip(points.index, places, strict=True):
        holding = [name for name, (x, y) in zip(squares, corners, strict=True) if 0 <= px - x <= 2 and 0 <= py - y <= 3]
        assert found[identifier] == min(holding) if holding else pd.isna(found[identifier])


def test_containing_of_nothing_is_missing():
    found = containing(shapes({"p": point(0, 0)}), NOWHERE)

    assert (found.isna().to_dict(), len(containing(NOWHERE, NOWHERE))) == ({"p": True}, 0)


@pytest.mark.parametrize("function", [nearest, containing, lambda points, others: within(points, others, 5.0)])
@pytest.mark.parametrize("crs", [None, 4326, 31370])
def test_another_crs_is_refused_on_either_side(function, crs):
    here, elsewhere = shapes({"p": point(0, 0)}), gpd.GeoSeries([point(0, 0)], index=["o"], crs=crs)

    for points, others in ((here, elsewhere), (elsewhere, here)):
        with pytest.raises(WrongCrs):
            function(points, others)
