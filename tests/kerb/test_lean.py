import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from laadplan.kerb.lean import UPRIGHT, lean_of
from tests.frames import box, few
from tests.kerb.drawing import leaning, sector, teeth

WIDTH_M = 2.5


def lean(strip, kerb=None):
    front = [x for x, y in strip.exterior.coords if y == 0]
    return lean_of(strip, kerb or shapely.LineString([(max(front), 0), (min(front), 0)]), WIDTH_M)


@given(angle=st.integers(30, 84), length=st.floats(3, 40), depth=st.floats(3.5, 6.0))
@few
def test_ends_at_the_same_angle_give_the_lean(angle, length, depth):
    found = lean(leaning(length, depth, angle))

    assert found.deg == pytest.approx(angle - 90, abs=0.1)


def test_ends_that_lean_the_other_way_give_the_other_lean():
    assert lean(leaning(20, 5, 120)).deg == pytest.approx(30)


@pytest.mark.parametrize(
    "strip",
    [
        box(10, 0, 30, 5),
        shapely.Polygon([(10, 0), (34, 0), (31, 5), (13, 5)]),
        shapely.Polygon([(10, 0), (34, 0), (34, 5), (13, 5)]),
        shapely.Polygon([(10, 0), (34, 0), (36.9, 5), (11, 5)]),
    ],
    ids=["square", "bevelled", "one end", "unlike"],
)
def test_ends_that_do_not_lean_alike_give_no_lean(strip):
    assert lean(strip).deg == 0.0


def test_an_end_a_little_off_square_gives_its_direction():
    found = lean(shapely.Polygon([(10, 0), (30, 0), (30.2, 5), (10, 5)]))

    (east, north), end = found.ends
    assert (round(east / north, 4), end) == (0.04, (0.0, 1.0))


@pytest.mark.parametrize("angle", [35, 45, 60, 70])
def test_teeth_give_the_lean_of_the_bays_even_where_both_edges_are_as_long(angle):
    assert lean(teeth(5, angle)).deg == pytest.approx(angle - 90, abs=0.1)


def test_the_ends_of_a_ring_are_square_to_its_kerb():
    strip = sector(25, 30, 60, 120)
    angle = np.radians(np.arange(60, 121))
    kerb = shapely.LineString(25 * np.column_stack([np.cos(angle), np.sin(angle)])[::-1])

    found = lean(strip, shapely.reverse(kerb))

    (east, north), _ = found.ends
    assert (found.deg, np.degrees(np.arctan2(north, east)).round(1)) == (0.0, 60.0)


def test_nothing_has_no_lean():
    assert lean_of(shapely.GeometryCollection(), shapely.LineString([(0, 0), (9, 0)]), WIDTH_M) == UPRIGHT
