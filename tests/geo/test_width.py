import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.errors import WrongCrs
from laadplan.geo.width import free_width
from tests.frames import X, Y, box, few, point, shapes, shuffled

HOLE = shapely.Polygon(box(-5, -0.5, 5, 3).exterior, [box(-1, 1, 1, 2).exterior])
POLE = {"p": point(0, 0)}


def width(footways, *, poles=POLE, away=90.0, pole_width=0.30, reach=0.60, search=10.0):
    away_deg = pd.Series(away, index=list(poles), dtype=float)
    return free_width(
        shapes(poles), away_deg, shapes(footways), pole_width_m=pole_width, reach_m=reach, search_m=search
    )


@pytest.mark.parametrize(
    ("footways", "expected"),
    [
        ({"a": box(-5, -0.5, 5, 2)}, 1.85),
        ({"a": box(-5, 0.0, 5, 2)}, 1.85),
        ({"a": box(-5, 0.4, 5, 2)}, 1.60),
        ({"a": box(-5, 0.6, 5, 2)}, 1.40),
        ({"a": box(-5, 0.61, 5, 2)}, None),
        ({"a": box(-5, -0.5, 5, 0.1)}, 0.0),
        ({"a": box(-5, -3, 5, -0.2)}, None),
        ({"a": box(1, -0.5, 5, 2)}, None),
        ({"a": box(-5, -0.5, 5, 1), "b": box(-5, 1, 5, 2.5)}, 2.35),
        ({"b": box(-5, -0.5, 5, 1), "a": box(-5, 1.04, 5, 2.5)}, 2.35),
        ({"a": box(-5, -0.5, 5, 1), "b": box(-5, 1.06, 5, 2.5)}, 0.85),
        ({"a": box(-5, -0.5, 5, 2), "b": box(-5, 0.5, 5, 1)}, 1.85),
        ({"a": HOLE}, 0.85),
        ({"a": box(-5, -0.5, 5, 40)}, 9.85),
        ({}, None),
    ],
    ids=[
        "adjoining",
        "starting at the pole",
        "starting behind a strip of grass",
        "starting just near enough",
        "starting too far",
        "ending before the pole does",
        "on the carriageway's side",
        "beside the pole",
        "two that touch",
        "two within the accuracy of an edge",
        "two that are apart",
        "one within the other",
        "with a hole",
        "wider than is searched",
        "none",
    ],
)
def test_free_width_of_cases_drawn_by_hand(footways, expected):
    found = width(footways)

    pd.testing.assert_series_equal(found, pd.Series({"p": np.nan if expected is None else expected}), atol=1e-6)


@pytest.mark.parametrize(
    ("away", "expected"), [(0.0, 4.85), (90.0, 1.85), (180.0, 2.85), (270.0, 0.35), (45.0, 2.6784)]
)
def test_the_direction_is_from_east_anticlockwise(away, expected):
    found = width({"a": box(-3, -0.5, 5, 2)}, away=away)

    pd.testing.assert_series_equal(found, pd.Series({"p": expected}), atol=1e-4)


def test_directions_belong_to_poles_by_id():
    poles = {"q": point(0, 0), "p": point(0, 0)}
    away = pd.Series({"p": 90.0, "q": 0.0})

    found = free_width(
        shapes(poles), away, shapes({"a": box(-3, -0.5, 5, 2)}), pole_width_m=0.3, reach_m=0.6, search_m=10.0
    )

    pd.testing.assert_series_equal(found, pd.Series({"q": 4.85, "p": 1.85}), atol=1e-6)


@given(edges=st.lists(st.tuples(st.integers(-4, 40), st.integers(1, 20)), max_size=5))
@few
def test_free_width_is_what_a_walk_in_steps_of_a_decimetre_finds(edges):
    footways = {f"f{number}": box(-1, begin / 10, 1, (begin + size) / 10) for number, (begin, size) in enumerate(edges)}

    found = width(footways)["p"]

    covered = [any(begin <= place < begin + size for begin, size in edges) for place in range(100)]
    first = next((place for place in range(100) if covered[place]), None)
    if first is None or first > 6:
        assert np.isnan(found)
    else:
        end = next(place for place in range(first, 101) if place == 100 or not covered[place])
        assert found == pytest.approx(max(0.0, end / 10 - max(first / 10, 0.15)), abs=1e-6)


def test_a_wider_pole_leaves_less():
    assert [round(width({"a": box(-5, -1, 5, 2)}, pole_width=wide)["p"], 6) for wide in (0.2, 0.4)] == [1.9, 1.8]


def test_the_order_of_the_footways_does_not_matter():
    footways = {"c": box(-5, 1, 5, 2), "a": box(-5, -0.5, 5, 1), "b": box(-5, 2, 5, 2.5)}

    widths = {round(width(dict(shuffled(pd.Series(footways), seed).items()))["p"], 6) for seed in range(4)}

    assert widths == {2.35}


def test_no_poles_give_no_widths():
    assert len(width({"a": box(0, 0, 1, 1)}, poles={})) == 0
    assert len(width({}, poles={})) == 0


def test_footways_in_another_crs_are_refused():
    footways = shapes({"a": box(0, 0, 1, 1)}).to_crs(4326)

    with pytest.raises(WrongCrs, match="footways"):
        free_width(shapes(POLE), pd.Series({"p": 90.0}), footways, pole_width_m=0.3, reach_m=0.6, search_m=10.0)


def test_the_pole_stands_where_the_drawing_says():
    assert (shapes(POLE)["p"].x, shapes(POLE)["p"].y) == (X, Y)
