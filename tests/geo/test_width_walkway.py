"""Walkway widths against values by hand, against brute force, and against a disc that is pushed past the pole."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.contracts.measured import CORRIDORS, Measurements
from laadplan.errors import WrongCrs
from laadplan.geo.width import walkway_widths
from tests.frames import box, fewer, moved, point, shapes, shuffled
from tests.geo.situations import POLE, SITUATIONS, WINDOW_M

pytestmark = pytest.mark.slow  # all of them together

COLUMNS = ["walkway", "walkway_width_m", "walkway_beyond", *CORRIDORS.values()]
CM = 0.0101


def named(geometries):
    return {f"f{number}": geometry for number, geometry in enumerate(geometries)}


def measured(footways, obstacles=(), *, poles=None, away=90.0, within=WINDOW_M, turn=0.0, **changed):
    poles = {"p": POLE} if poles is None else poles
    numbers = {"pole_width_m": 0.30, "reach_m": 0.60, "search_m": 10.0, "within_m": within} | changed
    turned = [
        shapes({name: shapely.affinity.rotate(shape, turn, origin=(0, 0)) for name, shape in each.items()})
        for each in (poles, named(footways), named(obstacles))
    ]
    away_deg = pd.Series(away + turn, index=list(poles), dtype=float)
    return walkway_widths(turned[0], away_deg, turned[1], turned[2], **numbers)


@pytest.mark.parametrize("turn", [0.0, 37.0])
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
def test_drawn_situations(situation, turn):
    found = measured(situation.footways, situation.obstacles, turn=turn)

    row = [situation.walkway, situation.width_m, situation.beyond, *map(float, situation.narrow_m)]
    expected = pd.DataFrame([row], index=["p"], columns=COLUMNS).astype({"walkway": "str"})
    pd.testing.assert_frame_equal(found, expected, check_exact=False, atol=1e-9 if turn == 0 else CM)


def test_columns_are_those_of_the_contract():
    kinds = Measurements.kinds()

    found = measured([box(-30, 0, 30, 2)])

    assert {name: str(kind) for name, kind in found.dtypes.items()} == {name: str(kinds[name]) for name in COLUMNS}


@pytest.mark.parametrize(
    ("footways", "width"),
    [
        ([box(-5, 0, 5, 0.6)], 0.35),
        ([box(-5, -2, 5, 0.6)], 2.35),
        ([box(-5, 0.55, 5, 2)], 1.35),
        ([box(-5, 0, 5, 2) - box(-1, 0.6, 1, 0.9)], 1.10),
        ([box(-30, 0, 30, 1.5), box(-30, 2.5, 30, 8)], 0.85),
        ([box(-30, 0, 30, 4) - box(-7, 1.5, 7, 2)], 0.85),
        ([box(-30, 0, 30, 4) - box(-4, 1.5, 4, 2)], 2.0),
    ],
    ids=[
        "only on the kerb side",
        "wider on the kerb side",
        "a pole that sticks into the walkway",
        "a pit behind the pole",
        "a path behind a hedge",
        "a hedge of 14 m is a wall",
        "a hedge of 8 m is walked round",
    ],
)
def test_width_at_the_pole(footways, width):
    assert measured(footways)["walkway_width_m"]["p"] == pytest.approx(width, abs=1e-9)


def test_a_way_through_a_row_of_posts_is_as_wide_as_its_widest_gap_at_the_pole():
    posts = [box(x - 0.05, 1.5, x + 0.05, 1.6) for x in (-0.7, 0.0, 0.9)]

    # before the posts 1.50 - 0.65 = 0.85; between posts at most 0.80; behind them 4.00 - 1.60 = 2.40
    assert measured([box(-30, 0, 30, 4)], posts)["walkway_width_m"]["p"] == 2.40
    assert measured([box(-30, 0, 30, 2.2)], posts)["walkway_width_m"]["p"] == 0.85


def test_a_facade_that_juts_out_beside_the_pole_is_passed_at_its_corner():
    """The corner lies 0.6 aside and 0.5 ahead: sqrt(0.61) - 0.15 = 0.63; a post before it does not hide that."""
    jutting = box(-30, 0, 30, 3) - box(0.6, 1, 9, 3)

    assert measured([jutting])["walkway_width_m"]["p"] == 0.63
    assert measured([jutting], [box(0.2, 1.4, 0.3, 1.5)])["walkway_width_m"]["p"] == 0.63
    assert measured([box(-30, 0, 30, 3) - box(3, 1, 9, 3)])["walkway_width_m"]["p"] == 2.35


def test_an_obstacle_over_the_whole_reach_leaves_nothing_and_no_length():
    found = measured([box(-30, 0, 30, 3)], [box(-2, 0, 2, 2)])

    assert found.loc["p", ["walkway", "walkway_width_m"]].tolist() == ["aangrenzend", 0.0]
    assert found[list(CORRIDORS.values())].isna().all(axis=None)


def test_a_narrow_stretch_is_followed_no_further_than_asked_for():
    found = measured([box(-30, 0, 30, 1.7)], within=4.0)

    assert found["narrow_180_m"]["p"] == 8.0


def test_a_stretch_ends_where_a_kerb_turns_a_corner():
    corner = shapely.union_all([box(-30, 0, 3, 1.7), box(1.3, -30, 3, 1.7)])

    found = measured([corner])

    # to the right the other leg begins at x = 1.30
    assert found["narrow_180_m"]["p"] == pytest.approx(WINDOW_M + 1.3, abs=1e-9)


def test_no_footways_are_unknown_and_no_poles_give_no_rows():
    unknown, empty = measured([]), measured([box(0, 0, 9, 9)], poles={})

    assert unknown.loc["p"].tolist()[0] == "onbekend"
    assert unknown.drop(columns=["walkway", "walkway_beyond"]).isna().all(axis=None)
    assert (list(empty.columns), len(empty), len(measured([], poles={}))) == (COLUMNS, 0, 0)


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_layers_in_degrees_are_refused(wrong):
    layers = [shapes({"p": POLE}), shapes({"f": box(-5, 0, 5, 2)}), shapes({"o": box(1, 1, 2, 2)})]
    layers[wrong] = layers[wrong].to_crs(4326)

    with pytest.raises(WrongCrs):
        walkway_widths(
            layers[0],
            pd.Series({"p": 90.0}),
            layers[1],
            layers[2],
            pole_width_m=0.3,
            reach_m=0.6,
            search_m=10.0,
            within_m=25.0,
        )


# ---- random scenes: a straight kerb, a facade of slopes, boxes in between --------------------------------------------

KNOTS = np.arange(-24.0, 25.0, 2.0)
HEIGHTS = st.lists(st.integers(12, 32), min_size=len(KNOTS), max_size=len(KNOTS))
ASIDE_M = 0.037
"""Boxes are so far off the grid: none has a corner exactly at 45 degrees from a pole, where it may count or not."""

OFF_M = 0.0013
"""Facades are so far off the grid: no section is exactly half a centimetre from a norm."""

AHEAD = shapely.Polygon([(0, 0.5), (-10, 10.5), (10, 10.5)])
"""Where islands count: within 45 degrees of straight ahead of the pole."""

BOX = st.tuples(st.integers(-40, 40), st.integers(8, 25), st.integers(2, 15), st.integers(2, 8))


def scene(heights, corners):
    """A walkway between the kerb and a facade (heights in decimetres), and boxes on it clear of the facade."""
    facade = np.array(heights) / 10 + OFF_M
    walkway = shapely.Polygon([*zip(KNOTS, facade, strict=True), (KNOTS[-1], 0), (KNOTS[0], 0)])
    drawn = [moved(box(0, 0, wide / 10, deep / 10), x / 10 + ASIDE_M, y / 10) for x, y, wide, deep in corners]
    clear = [each for each in drawn if walkway.buffer(-0.02).contains(each)]
    apart = [each for number, each in enumerate(clear) if not any(each.dwithin(b, 0.02) for b in clear[:number])]
    return walkway, facade, apart


def dense(line):
    return shapely.get_coordinates(shapely.segmentize(line, 0.01))


def brute_width(walkway, boxes):
    """The least of the widest gaps over all chains, from all pairs of points a centimetre apart."""
    facade = shapely.LineString([xy for xy in walkway.exterior.coords[:-1] if xy[1] > 0])
    things = [dense(cut) for cut in (facade, *(each.boundary & AHEAD for each in boxes)) if not cut.is_empty]
    gap = [np.hypot(xy[:, 0], xy[:, 1] - 0.5).min() - 0.15 for xy in things]
    between = [[np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)).min() for b in things] for a in things]
    widest = np.maximum(gap, 0)
    for _ in things:
        widest = np.minimum(widest, np.maximum(widest[None, :], between).min(axis=1))
    return max(0.35, widest[0])


def brute_lengths(facade, boxes, width, within):
    """Sections every 4 mm to either side until one is wide enough."""
    found = []
    for least in CORRIDORS:
        length = 0.0
        for side in (-1, 1):
            steps = (number * 0.004 for number in range(int(within / 0.004)))
            length += next((x for x in steps if section(side * x, facade, boxes, width) >= least - 0.005), within)
        found.append(length)
    return found


def section(x, facade, boxes, width):
    blocked = [(b.bounds[1], b.bounds[3]) for b in boxes if b.bounds[0] <= x <= b.bounds[2]]
    if abs(x) <= 0.15:
        blocked.append((0.35, 0.65))
    ends = [0.0, *(y for pair in sorted(blocked) for y in pair), float(np.interp(x, KNOTS, facade))]
    widest, reached = 0.0, 0.0
    for low, high in zip(ends[::2], ends[1::2], strict=True):
        widest, reached = max(widest, high - max(low, reached)), max(reached, high)
    return min(widest, width) if abs(x) <= 0.15 else widest


@given(heights=HEIGHTS, corners=st.lists(BOX, max_size=6))
@fewer
def test_width_and_lengths_are_those_of_brute_force(heights, corners):
    walkway, facade, boxes = scene(heights, corners)

    found = measured([walkway], boxes, within=8.0).loc["p"]

    assert found["walkway_width_m"] == pytest.approx(brute_width(walkway, boxes), abs=CM)
    expected = brute_lengths(facade, boxes, found["walkway_width_m"], 8.0)
    np.testing.assert_allclose(found[list(CORRIDORS.values())].to_numpy(dtype=float), expected, atol=CM)


@given(heights=HEIGHTS, corners=st.lists(BOX, max_size=6), turn=st.integers(-180, 180), seed=st.integers(0, 9))
@fewer
def test_turning_the_scene_and_the_order_of_rows_do_not_matter(heights, corners, turn, seed):
    walkway, _, boxes = scene(heights, corners)
    poles = {f"p{x}": point(x, 0.5) for x in (-8, -3, 0, 4)}
    halves = [walkway & box(-24, -9, 1.5, 9), walkway & box(1.5, -9, 24, 9)]
    straight = measured(halves, boxes, poles=poles, within=8.0)

    turned = measured(halves, boxes, poles=poles, within=8.0, turn=float(turn))
    mixed = measured(halves[::-1], boxes[::-1], poles=dict(shuffled(pd.Series(poles), seed).items()), within=8.0)

    pd.testing.assert_frame_equal(mixed.loc[straight.index], straight)
    pd.testing.assert_frame_equal(turned, straight, check_exact=False, atol=CM)


@given(
    deep=st.integers(20, 40),
    x=st.integers(-5, 5),
    y=st.integers(14, 30),
    wide=st.integers(1, 8),
    high=st.integers(1, 8),
)
@fewer
def test_the_width_is_that_of_the_largest_disc_that_gets_past(deep, x, y, wide, high):
    walkway = box(-6, 0, 6, deep / 10)
    thing = box((x - wide / 2) / 10, y / 10, (x + wide / 2) / 10, (y + high) / 10)
    boxes = [thing] if walkway.buffer(-0.02).contains(thing) else []
    free = walkway - shapely.union_all(boxes)

    width = measured([walkway], boxes)["walkway_width_m"]["p"]

    past, without = widest_disc(free - POLE.buffer(0.15, quad_segs=64)), widest_disc(free)
    if past < without - 0.002:
        assert width == pytest.approx(past, abs=CM)
    else:
        assert width >= past - CM


@given(
    deep=st.integers(20, 40),
    aside=st.integers(2, 20),
    left=st.integers(8, 30),
    post=st.tuples(st.integers(-8, 15), st.integers(10, 35)),
)
@fewer
def test_beside_a_jutting_facade_no_more_is_said_than_gets_past_the_pole(deep, aside, left, post):
    walkway = box(-6, 0, 6, deep / 10) - box(aside / 10, left / 10, 7, 5)
    thing = box((post[0] - 1) / 10, (post[1] - 1) / 10, post[0] / 10, post[1] / 10)
    boxes = [thing] if (walkway.buffer(-0.02) & AHEAD).contains(thing) else []
    free = walkway - shapely.union_all(boxes)

    width = measured([walkway], boxes)["walkway_width_m"]["p"]

    past, without = widest_disc(free - POLE.buffer(0.15, quad_segs=64)), widest_disc(free)
    if past < without - 0.002:
        assert width <= past + CM


def widest_disc(free):
    """Diameter (m) of the largest disc whose middle can go from x = -5 to x = 5, to 2 mm."""
    low, high = 0.0, 5.0
    while high - low > 0.002:
        middle = (low + high) / 2
        room = shapely.get_parts(free.buffer(-middle / 2, quad_segs=64))
        gets_past = any(part.bounds[0] < -5 + middle and part.bounds[2] > 5 - middle for part in room if part.area)
        low, high = (middle, high) if gets_past and middle < 4 else (low, middle)
    return low
