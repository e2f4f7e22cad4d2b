import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import WrongCrs
from laadplan.geo.nearest import TIE_M, containing, nearest, overlaps, within
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


# ---- looking no further than asked, and shapes that reach around themselves ------------------------------------------

lengths = st.lists(
    st.tuples(st.floats(0, 60), st.floats(0, 60), st.floats(0, 9), st.floats(0, 9)), min_size=1, max_size=12
)
"""Corners and sides of shapes in metres."""


def scene(rows, kind):
    """Points, lines or boxes at the places drawn."""
    made = {
        "points": lambda x, y, wide, high: point(x, y),
        "lines": lambda x, y, wide, high: shapely.LineString([(x, y), (x + wide, y + high), (x + wide, y + high + 1)]),
        "surfaces": lambda x, y, wide, high: box(x, y, x + wide + 0.1, y + high + 0.1),
    }[kind]
    return shapes({f"{kind}{number:02d}": made(*row) for number, row in enumerate(rows)})


@given(places=lengths, others=lengths, kind=st.sampled_from(["points", "lines", "surfaces"]), reach=st.floats(0, 40))
@few
def test_nearest_is_that_of_a_loop_over_all_pairs(places, others, kind, reach):
    points, around = scene(places, "points"), scene(others, kind)

    found = nearest(points, around, within_m=reach)

    for identifier, here in points.items():
        apart = {name: here.distance(there) for name, there in around.items()}
        least = min(apart.values())
        if least > reach:
            assert found.loc[identifier].isna().all()
        else:
            assert found.loc[identifier, "distance_m"] == pytest.approx(least, abs=1e-9)
            assert found.loc[identifier, "other_id"] == min(n for n, m in apart.items() if m <= least + TIE_M)


@given(places=lengths, others=lengths, radii=st.lists(st.floats(0, 20), min_size=12, max_size=12))
@few
def test_a_shape_that_reaches_around_itself_is_as_near_as_a_disc_of_that_radius(places, others, radii):
    points, stems = scene(places, "points"), scene(others, "points")
    radius = pd.Series(radii[: len(stems)], index=stems.index)

    found = nearest(shuffled(points), stems, radius_m=shuffled(radius), within_m=200.0)["distance_m"]

    apart = [
        min(max(0.0, here.distance(stem) - wide) for stem, wide in zip(stems, radius, strict=True)) for here in points
    ]
    assert found[points.index].tolist() == pytest.approx(apart, abs=1e-9)


def test_shapes_have_a_nearest_too():
    bays = shapes({"b": shapely.MultiPolygon([box(0, 0, 2, 5), box(2, 0, 4, 5)]), "c": box(50, 0, 52, 5)})

    found = nearest(bays, shapes({"near": point(5, 2), "far": point(60, 2)}))

    assert found["other_id"].to_dict() == {"b": "near", "c": "far"}
    assert found["distance_m"].to_dict() == {"b": 1.0, "c": 8.0}


@pytest.mark.parametrize("kind", ["points", "lines", "surfaces"])
def test_nearest_of_a_town_is_that_of_sjoin_nearest(kind):
    random = np.random.default_rng(5)
    crowd, loners = random.uniform(0, 300, (1500, 2)), random.uniform(-4000, 4000, (40, 2))
    others = scene([(x, y, *random.uniform(0, 9, 2)) for x, y in np.vstack([crowd[:500], loners[:5]])], kind)
    points = scene([(x, y, 0, 0) for x, y in np.vstack([crowd, loners])], "points")

    found = nearest(points, others)

    peer = gpd.sjoin_nearest(gpd.GeoDataFrame(geometry=points), gpd.GeoDataFrame(geometry=others), distance_col="m")
    tied = peer.index.duplicated(keep=False)
    pd.testing.assert_series_equal(
        found["distance_m"], peer.groupby(level=0)["m"].first()[points.index], check_names=False, rtol=0, atol=1e-9
    )
    assert (found["other_id"][peer.index[~tied]] == peer["index_right"][~tied]).all()


@given(places=grid, corners=grid)
@few
def test_overlaps_are_all_pairs_of_a_point_and_a_surface_that_holds_it(places, corners):
    points, squares = on_grid(places, "p"), {f"s{n}": box(x, y, x + 2, y + 3) for n, (x, y) in enumerate(corners)}

    found = overlaps(shuffled(points), shuffled(shapes(squares)))

    expected = [
        (name, square)
        for name, place in points.items()
        for square, shape in shapes(squares).items()
        if shape.covers(place)
    ]
    assert list(found.itertuples(index=False, name=None)) == sorted(expected)


def test_overlaps_of_nothing_have_columns_and_no_rows():
    for points, surfaces in ((NOWHERE, NOWHERE), (shapes({"p": point(0, 0)}), NOWHERE)):
        assert overlaps(points, surfaces).columns.tolist() == ["point_id", "other_id"]
        assert overlaps(points, surfaces).empty
