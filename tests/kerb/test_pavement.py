import numpy as np
import pytest
import shapely

from laadplan.contracts.sources import RoadParts
from laadplan.kerb.heading import orientations
from laadplan.kerb.neighbours import Rows, box_axes, forms, in_rows, turned
from laadplan.kerb.pavement import bay_ends, extents, first_stretch, first_stretch_of, side_evidence, street_of
from tests.frames import box
from tests.kerb.drawing import SURFACES, parts
from tests.kerb.registers import langs_row

NOTHING = np.empty(0, dtype=object)
EAST, NORTH = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])


def array(*shapes):
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


@pytest.mark.parametrize(
    ("surfaces", "expected"),
    [
        ([box(0, 0, 4, 2)], 4.0),
        ([box(0, 0, 4, 2), box(4.2, 0, 9, 2)], 9.0),
        ([box(0, 0, 4, 2), box(4.4, 0, 9, 2)], 4.0),
        ([box(0.2, 0, 4, 2)], 4.0),
        ([box(0.4, 0, 4, 2)], 0.0),
        ([box(0, 0, 9, 2), box(1, 0, 3, 2), box(9.1, 0, 30, 2)], 15.0),
        ([box(0, 5, 4, 6)], 0.0),
        ([], 0.0),
    ],
    ids=["one", "small gap", "gap", "small gap first", "gap first", "one in another", "beside", "none"],
)
def test_a_ray_runs_on_until_the_first_gap(surfaces, expected):
    found = first_stretch(np.array([[0.0, 1.0]]), EAST, 15.0, array(*surfaces))

    assert found == pytest.approx([expected])


def test_rays_do_not_run_into_each_other():
    starts = np.array([[0.0, 1.0], [0.0, 11.0], [0.0, 1.0]])
    ways = np.vstack([EAST, EAST, -EAST])

    found = first_stretch(starts, ways, 15.0, array(box(0, 0, 4, 2), box(0, 10, 9, 12), box(-3, 0, 0, 2)))

    assert found == pytest.approx([4.0, 9.0, 3.0])


def test_a_ray_over_its_own_surface_ends_where_it_first_leaves_it():
    horseshoe = box(0, 0, 10, 2) - box(3, 0, 5, 2)

    found = first_stretch_of(np.array([[0.0, 1.0], [0.0, 1.0]]), np.vstack([EAST, EAST]), array(horseshoe, None))

    assert found == pytest.approx([3.0, np.nan], nan_ok=True)


def test_a_bay_reaches_from_its_middle_to_its_sides():
    low, high = extents(array(box(0, 0, 6, 2), shapely.Polygon([(0, 0), (6, 0), (0, 6)])), np.vstack([EAST, NORTH]))

    assert (low.tolist(), high.tolist()) == ([-3.0, -2.0], [3.0, 4.0])


def test_a_bay_ends_at_the_edge_of_what_it_lies_on_where_that_is_near():
    """The bay is 1.9 m deep, on a strip of 2.1 m, on a square, and on nothing."""
    bays = array(*[box(0, 0, 5, 1.9)] * 3)
    below = array(box(-9, 0, 9, 2.1), box(-9, -9, 9, 9), None)

    found = bay_ends(bays, np.tile(-EAST, (3, 1)), np.zeros(3, dtype=bool), below)

    assert found.kerb == pytest.approx(np.array([[0, 2.1], [0, 1.9], [0, 1.9]]))
    assert (found.begin[0].tolist(), found.end[0].tolist()) == ([5.0, 0.95], [0.0, 0.95])


def test_a_row_turned_round_is_the_same_row_from_its_other_end():
    rows = Rows(np.array([4, 2, 3]), np.array([0, 0, 1]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))

    found = turned(rows, np.array([True, False]))

    assert (found.bay.tolist(), found.row.tolist()) == ([2, 4, 3], [0, 0, 1])
    assert found.forward.tolist() == [[0.0, -1.0], [-1.0, 0.0], [1.0, 0.0]]


def test_boxes_have_their_long_side_and_both_sizes():
    long, length, width = box_axes(array(box(0, 0, 5, 2), box(0, 0, 2, 5)))
    shape = forms(array(box(0, 0, 5, 2), box(0, 0, 2, 5)), np.array(["langs", "haaks"], dtype=object))

    assert np.abs(long).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert (length.tolist(), width.tolist()) == ([5.0, 5.0], [2.0, 2.0])
    assert np.abs(shape.along).tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert (shape.along_m.tolist(), shape.across_m.tolist()) == ([5.0, 2.0], [2.0, 5.0])


def test_nothing_gives_nothing():
    street = street_of(RoadParts.empty(), NOTHING, SURFACES)
    rows = in_rows(NOTHING, NOTHING)

    assert (len(rows.bay), len(rows.row), rows.forward.shape) == (0, 0, (0, 2))
    assert len(side_evidence(NOTHING, rows, street)) == 0
    assert len(orientations(NOTHING, NOTHING, street)) == 0
    assert len(turned(rows, np.empty(0, dtype=bool)).bay) == 0
    assert len(bay_ends(NOTHING, np.empty((0, 2)), np.empty(0, dtype=bool), NOTHING).kerb) == 0
    assert [len(each) for each in extents(NOTHING, np.empty((0, 2)))] == [0, 0]


def test_the_street_is_what_cars_drive_on_and_what_holds_bays_but_footways():
    road_parts = parts(
        {"held": box(0, 0, 5, 2), "other": box(9, 0, 14, 2)},
        path={"geometry": box(0, 2, 60, 4), "function": "voetpad"},
        way={"geometry": box(0, 4, 60, 6), "function": "inrit"},
    )

    street = street_of(road_parts, np.array(["held", "path"], dtype=object), SURFACES)

    assert len(street.driven) == 1
    assert sorted(shapely.area(street.open).tolist()) == [10.0, 120.0, 300.0]


def test_where_nothing_is_near_nothing_tells_the_side():
    bays = array(*langs_row(3).values())
    rows = in_rows(bays, np.array(["langs"] * 3, dtype=object))

    assert side_evidence(bays, rows, street_of(RoadParts.empty(), NOTHING, SURFACES)).tolist() == [0.0]
