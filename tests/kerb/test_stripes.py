import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import BayRules
from laadplan.kerb.outline import directions, lines_across
from laadplan.kerb.stripes import Ground, Stripe, arrangements, back_to_back, bay_count, bays_along, common, without
from tests.frames import box, few

RULES = BayRules()

tenths = st.integers(-50, 250).map(lambda tenth: tenth / 10)


@pytest.mark.parametrize(
    ("width", "orders"),
    [
        (10.4, []),
        (10.5, [["0^"], ["5.5v"]]),
        (16.0, [["0^", "11v"], ["11v"], ["0^"]]),
        (26.0, [["0^", "21v"], ["21v"], ["0^"], ["0^", "10.5v", "21v"]]),
    ],
    ids=["too narrow", "one row", "two rows", "three rows at least"],
)
def test_rows_that_fit_between_two_lines(width, orders):
    found = [
        {f"{min(stripe.reach()):g}{'^' if stripe.facing > 0 else 'v'}" for stripe in stripes}
        for stripes in arrangements(0.0, width, RULES)
    ]

    for order in orders:
        assert set(order) in found
    assert bool(found) == bool(orders)


@given(st.integers(100, 800).map(lambda tenth: tenth / 10))
@few
def test_rows_and_aisles_lie_side_by_side_in_their_width(width):
    for stripes in arrangements(3.0, 3.0 + width, RULES):
        taken = {stripe.reach() for stripe in stripes}
        aisles = {tuple(sorted((one.front_m, one.front_m + one.facing * one.aisle_m))) for one in stripes}
        bands = np.array(sorted({tuple(np.round(band, 6)) for band in taken | aisles}))
        assert bands[0, 0] == 3.0
        assert bands[-1, 1] == pytest.approx(3.0 + width)
        assert bands[1:, 0] == pytest.approx(bands[:-1, 1], abs=1e-5)
        assert min(stripe.aisle_m for stripe in stripes) >= 5.5 - 0.005


def test_two_rows_back_to_back_take_the_depths_of_a_haaks_strip():
    assert back_to_back(0.0, 10.0, RULES) == (
        Stripe(5.0, -1, 5.0, 6.0, outside=True),
        Stripe(5.0, 1, 5.0, 6.0, outside=True),
    )
    assert back_to_back(0.0, 7.9, RULES) == back_to_back(0.0, 12.7, RULES) == ()


@few
@given(st.lists(st.tuples(tenths, tenths, tenths, tenths), max_size=4), tenths, tenths)
def test_a_band_is_clear_where_no_point_of_it_lies_outside(holes, one, other):
    surface = box(0, 0, 20, 20)
    for x0, y0, x1, y1 in holes:
        surface = surface - box(min(x0, x1), min(y0, y1), max(x0, x1) + 0.1, max(y0, y1) + 0.1)
    low, high = min(one, other), max(one, other) + 0.2
    ground = Ground(surface)

    clear = ground.clear(low, high)

    for x in np.arange(-4.95, 25, 0.1):
        column = box(x - 0.01, low, x + 0.01, high)
        assert any(begin <= x <= end for begin, end in clear) == (column.difference(surface).area < 1e-6)


def test_nothing_is_clear_beside_a_surface_or_without_one():
    assert Ground(box(0, 0, 20, 20)).clear(30, 35) == ()
    assert Ground(shapely.Polygon()).clear(0, 5) == ()


def test_a_band_may_lie_over_the_edge_by_the_tolerance_but_no_bay_lies_over_the_ends():
    assert Ground(box(0, 0, 20, 5), 0.1).clear(-0.1, 5.1) == ((0.0, 20.0),)
    assert Ground(box(0, 0, 20, 5), 0.1).clear(-0.2, 5.0) == ()


@pytest.mark.parametrize(
    ("length", "count", "size"),
    [
        (2.2, 0, None),
        (2.25, 1, 2.25),
        (3.7, 1, 2.875),
        (4.4, 1, 2.875),
        (4.5, 2, 2.25),
        (25.0, 10, 2.5),
        (24.0, 10, 2.4),
    ],
)
def test_a_row_has_as_many_bays_as_the_standard_width_gives(length, count, size):
    bays = bays_along((1.0, 1.0 + length), RULES)

    assert len(bays) == count == bay_count((1.0, 1.0 + length), RULES)
    assert size is None or bays[0] == (1.0, 1.0 + size)


def test_stretches_are_cut_and_shared():
    assert without([], [(0.0, 1.0)]) == ()
    assert without([(0.0, 5.0)], []) == ((0.0, 5.0),)
    assert common([(0.0, 5.0)], [(5.0, 6.0)]) == ()


def test_rows_run_along_the_longest_edges_or_square_to_them():
    found = np.degrees(directions(shapely.Polygon([(0, 0), (40, 0), (40, 10), (20, 20), (0, 10)])))

    # The two slanting edges of 22.4 m lean 26.6 degrees either way.
    assert found[0] == pytest.approx(0.0, abs=0.01)
    assert sorted(found) == pytest.approx([0.0, 26.57, 63.43, 90.0, 116.57, 153.43], abs=0.01)


def test_a_surface_of_short_edges_still_has_a_direction():
    assert len(directions(box(0, 0, 4, 3))) == 2


def test_rows_lie_against_level_edges_leaning_ones_and_lines_of_pits():
    pits = [box(x, 9.0, x + 1, 10.0) for x in (5, 15, 25)]
    surface = shapely.Polygon([(0, 0), (40, 0), (40, 20), (0, 24)]) - shapely.union_all(pits)

    assert lines_across(surface) == pytest.approx([0.0, 9.5, 20.0, 22.0, 24.0])
