"""Car parks: worked out by hand, held against what any car park must be, and against those planted in the demo town."""

import itertools
import re

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from laadplan.config.project import Area, BayRules, Surfaces
from laadplan.contracts.planning import Bays, Strips
from laadplan.contracts.sources import RoadParts
from laadplan.demo.plan import make_plan
from laadplan.demo.town import make_quarter
from laadplan.geo.area import area_shape
from laadplan.ingest.bgt import read_road_parts
from laadplan.kerb.around import Surroundings
from laadplan.kerb.bays import cut_strips
from laadplan.kerb.carpark import NEAR_M, lay_out, plan_car_park
from tests.frames import box, few, make, moved, shuffled
from tests.kerb.drawing import RULES, SURFACES, cut, parts

pytestmark = pytest.mark.slow  # all of them together

NOTHING = shapely.Polygon()


def west(low, high):
    """A road that touches the west end of a car park between two heights."""
    return box(-6, low, 0, high)


def counts(rows):
    """Bays per row."""
    return [len(row.places) for row in rows]


def all_bays(rows):
    """The surfaces of all bays."""
    return np.array([place.surface for row in rows for place in row.places], object)


def turned(shape, degrees, dx=0.0, dy=0.0):
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return shapely.transform(shape, lambda xy: xy @ matrix.T + np.array([dx, dy]))


def ahead(row, begin_m, end_m):
    """The ground in front of each bay of a row, between two distances from its kerb line."""
    (x0, y0), (x1, y1) = row.kerb.coords[0], row.kerb.coords[-1]
    forward = np.array([x1 - x0, y1 - y0]) / row.kerb.length
    left = np.array([-forward[1], forward[0]])
    start = np.array([x0, y0])
    return [
        shapely.Polygon(
            [
                start + along * forward + out * left
                for along, out in ((a, begin_m), (b, begin_m), (b, end_m), (a, end_m))
            ]
        )
        for a, b in ((place.start_m, place.end_m) for place in row.places)
    ]


def assert_a_car_park(rows, surface, driven, *, touches=True):
    """Bays lie apart, within the surface, along the kerb line of their row; each can be driven out of to the road."""
    bays = all_bays(rows)
    assert shapely.contains_properly(shapely.buffer(surface, 0.001), bays).all()
    taken = shapely.union_all(bays)
    assert shapely.area(bays).sum() == pytest.approx(taken.area, abs=0.001)
    free = shapely.difference(surface, taken)
    # Two metres is the narrowest way; a little less, for the rounding of curves.
    ways = shapely.buffer(shapely.union_all([free, shapely.buffer(driven, 0.11)]), -0.9)
    whole = max(shapely.get_parts(ways), key=lambda part: part.intersection(driven).area + 1e-6 * part.area)
    for row in rows:
        assert row.orientation == "haaks"
        starts = [place.start_m for place in row.places]
        assert starts == sorted(starts)
        for place, behind, lane in zip(row.places, ahead(row, -row.depth_m, 0.0), ahead(row, 0.0, 5.5), strict=True):
            assert place.surface.intersection(behind).area == pytest.approx(place.surface.area, abs=0.02)
            assert 2.25 - 0.01 <= place.end_m - place.start_m <= 2.875 + 0.01
            assert place.surface.area >= 0.9 * 5.0 * (place.end_m - place.start_m)
            assert lane.difference(surface).area < 0.6
            assert lane.intersection(taken).area < 0.01
            assert not touches or whole.intersects(lane.centroid)


def test_a_car_park_of_16_by_25_has_two_rows_with_an_aisle_between():
    surface, road = box(0, 0, 25, 16), west(5, 11)

    rows = lay_out(surface, road, RULES)

    low = [box(2.5 * n, 0, 2.5 * n + 2.5, 5) for n in range(10)]
    high = [box(2.5 * n, 11, 2.5 * n + 2.5, 16) for n in reversed(range(10))]
    assert counts(rows) == [10, 10]
    assert shapely.equals_exact(all_bays(rows), [*low, *high], 1e-9, normalize=True).all()
    # Bays lie on the right hand of their line, the aisle on its left.
    lines = [shapely.LineString([(0, 5), (25, 5)]), shapely.LineString([(25, 11), (0, 11)])]
    assert shapely.equals_exact([row.kerb for row in rows], lines, 1e-9).all()
    assert [row.depth_m for row in rows] == [5.0, 5.0]
    assert [(place.start_m, place.end_m) for place in rows[1].places] == [(2.5 * n, 2.5 * n + 2.5) for n in range(10)]
    assert_a_car_park(rows, surface, road)


PIT = box(10, 1, 11, 2)
ISLAND = box(8, 14, 17, 18)
ELL = shapely.union_all([box(0, 0, 40, 16), box(24, 0, 40, 45)])
BEVELLED = shapely.Polygon([(0, 0), (25, 0), (20, 16), (0, 16)])


@pytest.mark.parametrize(
    ("surface", "road", "expected", "reason"),
    [
        (box(0, 0, 25, 11), west(5, 11), [10], "parkeerterrein: indeling berekend (10 vakken, rijweg 6,0 m)"),
        (box(0, 0, 25, 10.5), west(5, 10.5), [10], "parkeerterrein: indeling berekend (10 vakken, rijweg 5,5 m)"),
        (box(0, 0, 25, 15.5), west(5, 10), [10, 10], "parkeerterrein: indeling berekend (20 vakken, rijweg 5,5 m)"),
        (box(0, 0, 25, 32), west(0, 32), [10] * 4, "parkeerterrein: indeling berekend (40 vakken, rijweg 6,0 m)"),
        # The way from the entry in the middle takes 6 m off both inner rows: 19 m is left, for 8 bays.
        (
            box(0, 0, 25, 32),
            west(13, 19),
            [10, 8, 8, 10],
            "parkeerterrein: indeling berekend (36 vakken, rijweg 6,0 m)",
        ),
        (box(0, 0, 25, 9), west(2, 8), [], "parkeerterrein (9,0 m breed): te smal voor vakken met een rijweg (10,5 m)"),
        # An entry of 5 m through a row of 30 m leaves 12.5 m on either side of it.
        (box(0, 0, 30, 16), box(12.5, -5, 17.5, 0), [10, 12], None),
        # A street along the whole of a side: one entry of 6 m, where it costs least.
        (box(0, 0, 25, 16), box(-20, -6, 60, 0), [8, 10], None),
        # Nothing to come in by: the layout is as good as any, and says so.
        (
            box(0, 0, 25, 16),
            NOTHING,
            [10, 10],
            "parkeerterrein: indeling berekend (20 vakken, rijweg 6,0 m; toegang niet in de BGT)",
        ),
        (
            box(0, 0, 25, 16),
            box(-20, -10, 60, -4),
            [8, 10],
            "parkeerterrein: indeling berekend (18 vakken, rijweg 6,0 m; toegang niet in de BGT)",
        ),
        # Ten metres between two streets are two rows back to back.
        (
            box(0, 0, 25, 10),
            shapely.union_all([box(0, -5, 25, 0), box(0, 10, 25, 15)]),
            [10, 10],
            "parkeerterrein: indeling berekend (20 vakken, rijweg aan de buitenkant)",
        ),
        # Beside a pit of 1 m from 10 m on: four bays before it, 14 m for six behind it (14 / 2.5 = 5.6).
        (box(0, 0, 25, 16) - PIT, west(5, 11), [10, 10], None),
        # The slanting end leaves 21.56 m at the foot of the upper row and 20 m at its back; the lower one 23.44 m.
        (BEVELLED, west(5, 11), [9, 8], None),
        (
            box(0, 0, 4, 16),
            west(5, 11),
            [],
            "parkeerterrein (4,0 m breed): te smal voor vakken met een rijweg (10,5 m)",
        ),
        (box(0, 0, 25, 16), west(5, 5.5), [10, 10], None),
    ],
    ids=[
        "one row",
        "one row, least aisle",
        "two rows, least aisle",
        "four rows along a street",
        "four rows",
        "too narrow",
        "through a row",
        "beside a street",
        "no road",
        "a road at a distance",
        "between streets",
        "a pit",
        "bevelled",
        "a stub",
        "touching by a corner",
    ],
)
def test_rows_as_worked_out_by_hand(surface, road, expected, reason):
    plan = plan_car_park(surface, road, RULES)

    assert counts(plan.rows) == expected
    assert reason is None or plan.reason(RULES) == reason
    if reason is None or "buitenkant" not in reason:
        assert_a_car_park(plan.rows, surface, road, touches=plan.touches)


def test_where_the_only_way_to_the_road_is_a_sliver_cars_come_in_anywhere():
    sliver = shapely.union_all([box(0, 0, 25, 16), box(-10, 7.5, 0, 8.5)])

    plan = plan_car_park(sliver, box(-20, 0, -10, 16), RULES)

    assert (counts(plan.rows), plan.touches) == ([10, 10], False)


def test_where_no_bay_can_be_reached_that_is_the_reason():
    gate = shapely.union_all([box(0, 0, 25, 16), box(-10, 7.2, 0, 8.8), box(-15, 4, -10, 12)])

    plan = plan_car_park(gate, box(-20, 4, -15, 12), RULES)

    assert counts(plan.rows) == []
    assert plan.reason(RULES) == "parkeerterrein (16,0 m breed): geen vak past of is te bereiken"


def test_the_entry_stays_free_of_bays():
    road = box(20, -5, 26, 0)

    rows = lay_out(box(0, 0, 50, 32), road, RULES)

    mouth = box(20, 0, 26, 6)
    assert shapely.area(shapely.intersection(all_bays(rows), mouth)).sum() == pytest.approx(0, abs=0.01)


def test_an_l_shape_is_filled_in_both_arms():
    rows = lay_out(ELL, west(5, 11), RULES)

    bays = all_bays(rows)
    assert_a_car_park(rows, ELL, west(5, 11))
    in_arms = [shapely.intersects(bays, arm).sum() for arm in (box(0, 0, 24, 16), box(24, 16, 40, 45))]
    # Of 24 m and of 29 m, with a row on each side: 2 x 9 and 2 x 11 bays would fill them.
    assert min(in_arms) >= 8
    assert len(bays) >= 34


def test_fingers_on_a_slanting_stem_are_all_filled_and_the_stem_is_kept_open():
    fingers = [box(0, 18 * n, 40, 18 * n + 16) for n in range(3)]
    stem = shapely.Polygon([(40, 0), (44, 0), (49, 52), (40, 52)])
    surface = shapely.union_all([*fingers, stem])
    road = box(46, 52, 52, 58)

    plan = plan_car_park(surface, road, RULES)

    # Rows of 40 m hold 16 bays; one or two more may stand in the stem, where that is broad enough.
    assert all(shapely.intersects(all_bays(plan.rows), finger).sum() >= 2 * 15 for finger in fingers)
    assert_a_car_park(plan.rows, surface, road, touches=plan.touches)


def test_trees_and_islands_cut_bays_out_of_their_row():
    surface = box(0, 0, 60, 32) - ISLAND

    rows = lay_out(surface, west(5, 11), RULES)

    assert_a_car_park(rows, surface, west(5, 11))
    # The island of 9 m stands in both inner rows: four bays less in each, and the way along it is another.
    assert len(all_bays(rows)) >= len(all_bays(lay_out(box(0, 0, 60, 32), west(5, 11), RULES))) - 8


sizes = st.integers(80, 450).map(lambda dm: dm / 10)
shares = st.integers(0, 100).map(lambda percent: percent / 100)
angles = st.integers(0, 3599).map(lambda tenth: tenth / 10)


@st.composite
def car_parks(draw):
    """Rectangles with a corner cut off, a notch, a pit, and an entry somewhere in the west."""
    length, width = draw(sizes) + 4.0, draw(sizes) + 4.0
    surface = box(0, 0, length, width)
    corner = draw(st.sampled_from([None, 3.0, 8.0]))
    if corner:
        surface -= shapely.Polygon([(length, width), (length - corner, width), (length, width - corner / 2)])
    if draw(st.booleans()):
        notch = draw(shares) * (length - 6)
        surface -= box(notch, width - 2, notch + 4, width + 1)
    if draw(st.booleans()):
        x, y = 1 + draw(shares) * (length - 4), 1 + draw(shares) * (width - 4)
        surface -= box(x, y, x + 1.5, y + 1.5)
    entry = draw(shares) * (width - 5)
    return max(shapely.get_parts(surface), key=lambda part: part.area), west(entry, entry + 5)


@few
@given(car_parks())
def test_any_car_park_can_be_driven(drawn):
    surface, road = drawn
    plan = plan_car_park(surface, road, RULES)
    rows = plan.rows

    assume(plan.aisle_m > 0)
    assert_a_car_park(rows, surface, road, touches=plan.touches)


@few
@given(car_parks(), angles, st.integers(-90_000, 90_000), st.integers(-90_000, 90_000))
def test_turning_and_shifting_a_car_park_keeps_its_bays(drawn, degrees, dx, dy):
    surface, road = drawn

    there = [turned(shape, degrees, 150_000 + dx, 450_000 + dy) for shape in (surface, road)]

    assert sum(counts(lay_out(*there, RULES))) == sum(counts(lay_out(surface, road, RULES)))


@pytest.mark.parametrize("length", [12.0, 25.0])
def test_a_wider_car_park_never_has_fewer_bays(length):
    widths = np.arange(8.0, 50.0, 0.7)

    found = [sum(counts(lay_out(box(0, 0, length, width), west(0, width), RULES))) for width in widths]

    assert found == sorted(found)
    assert found[0] == 0 < found[-1]


@pytest.mark.parametrize("width", [11.0, 16.0, 32.0])
def test_a_longer_car_park_never_has_fewer_bays(width):
    lengths = np.arange(3.0, 40.0, 0.25)

    found = [sum(counts(lay_out(box(0, 0, length, width), west(0, width), RULES))) for length in lengths]

    assert found == sorted(found)


def test_a_smaller_aisle_in_the_config_gives_a_row_where_there_was_none():
    rules = BayRules(aisle_width_m=4.0, aisle_width_min_m=3.5)

    assert counts(lay_out(box(0, 0, 25, 9), west(5, 9), rules)) == [10]


def test_an_aisle_may_not_have_a_least_width_above_its_standard():
    with pytest.raises(ValueError, match="aisle_width_min_m must not be above aisle_width_m"):
        BayRules(aisle_width_m=5.0)


def test_the_cut_marks_a_layout_as_computed_and_numbers_its_rows():
    strips, bays = cut(box(0, 2, 25, 18), box(10, -5, 15, 2))

    row = Strips.checked(strips).loc["strip"]
    assert (row["kind"], row["bay_count"], row["reason"]) == (
        "parkeerterrein",
        18,
        "parkeerterrein: indeling berekend (18 vakken, rijweg 6,0 m)",
    )
    assert row["unused_m2"] == pytest.approx(25 * 16 - 18 * 12.5, abs=0.1)
    bays = Bays.checked(bays)
    assert bays.groupby("row_id").size().to_dict() == {"strip": 8, "strip/2": 10}
    assert set(bays["orientation"]) == {"haaks"}
    # Poles stand away from the aisle: south of the south row, north of the north row.
    assert bays.groupby("row_id")["away_deg"].first().to_dict() == {"strip": -90.0, "strip/2": 90.0}
    assert bays.groupby("row_id")["kerb_y_m"].unique().str[0].sub(457_000).to_dict() == {"strip": 2.0, "strip/2": 18.0}


def test_bays_of_rows_back_to_back_end_where_the_other_row_begins():
    _, bays = cut(box(0, 0, 25, 32), box(-5, 0, 0, 32))

    ends = bays.groupby("row_id")["kerb_y_m"].unique().str[0].sub(457_000).to_dict()
    assert ends == {"strip": 0.0, "strip/2": 16.0, "strip/3": 16.0, "strip/4": 32.0}


def test_the_order_of_road_parts_does_not_matter():
    roads = {"east": {"geometry": box(50, 5, 55, 11)}, "west": {"geometry": west(5, 11)}}
    frame = parts({"a": box(0, 0, 50, 32), "b": box(0, 40, 30, 56)}, None, **roads)

    cuts = [cut_strips(one, RULES, SURFACES) for one in (frame, shuffled(frame))]

    for here, there in zip(*cuts, strict=True):
        assert here.to_wkb().equals(there.to_wkb())


def test_what_is_driven_on_is_the_carriageways_and_aisles_near_at_ground_level():
    frame = make(
        RoadParts,
        {
            "road": {"geometry": box(0, -5, 20, 0)},
            "drive": {"geometry": box(20, -5, 25, 0), "function": "inrit"},
            "path": {"geometry": box(25, -5, 30, 0), "function": "voetpad"},
            "bridge": {"geometry": box(30, -5, 40, 0), "level": 1},
            "far": {"geometry": box(0, -60, 20, -50)},
        },
    )

    here = moved(box(0, 0, 20, 16))
    found = Surroundings.of(frame[frame["level"] == 0], Surfaces()).ways(here, NEAR_M)
    nothing = Surroundings.of(RoadParts.empty(), Surfaces()).ways(here, NEAR_M)

    assert found.equals(moved(box(0, -5, 25, 0)))
    assert nothing.is_empty


def planted(inhabitants, seed):
    """Car parks of a demo town: surface, what is driven on near it, and its bays."""
    town = make_plan(inhabitants, seed)
    for cell in town.cells:
        quarter = make_quarter(town, cell.index)
        codes = (*SURFACES.driveable, *SURFACES.aisle)
        roads = np.array([part.polygon for part in quarter.surfaces if part.code in codes], object)
        for strip in quarter.strips:
            if strip.orientation == "parkeerterrein":
                near = roads[shapely.dwithin(roads, strip.polygon, 30.0)]
                yield strip.polygon, shapely.union_all(near), np.array(strip.bays, object)


@pytest.mark.slow
@pytest.mark.parametrize(("inhabitants", "seed"), [(2000, 2), (2000, 3)])
def test_the_car_parks_of_the_demo_town_are_found_bay_by_bay(inhabitants, seed):
    parks = list(planted(inhabitants, seed))

    assert len(parks) >= 3
    for surface, driven, bays in parks:
        found = all_bays(lay_out(surface, driven, RULES))
        assert len(found) == len(bays)
        apart = shapely.hausdorff_distance(bays[:, None], found[None, :])
        assert apart.min(axis=1).max() < 0.3
        assert sorted(apart.argmin(axis=1)) == list(range(len(bays)))


@pytest.mark.real
def test_every_car_park_of_otterlo_is_laid_out(real_data):
    area = area_shape(Area(bbox_rd=(180_000, 456_000, 182_000, 458_000)))
    road_parts = read_road_parts(real_data / "ede-otterlo" / "bgt", area)
    around = Surroundings.of(road_parts[road_parts["level"] == 0], SURFACES)
    strips, _ = cut_strips(road_parts, RULES, SURFACES)

    found = strips[strips["kind"] == "parkeerterrein"]

    assert len(found) == 4
    for row in found.itertuples():
        assert re.search(rf"indeling berekend \({row.bay_count} vakken, rijweg [56],\d|7,\d m", row.reason)
        ways = around.ways(row.geometry, NEAR_M)
        plan = plan_car_park(row.geometry, ways, RULES)
        assert_a_car_park(plan.rows, row.geometry, ways, touches=plan.touches)
        # A bay with its share of the aisle takes 20 m2; what is lost to corners and ways doubles that at most.
        assert row.area_m2 / 40 < row.bay_count < row.area_m2 / 20


def test_no_two_rows_of_a_plan_share_a_line():
    rows = lay_out(box(0, 0, 60, 80), west(5, 10), RULES)

    lines = [row.kerb for row in rows]
    assert all(one.distance(other) > 4.9 for one, other in itertools.combinations(lines, 2))
