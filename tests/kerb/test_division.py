import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.config.project import BayRules
from laadplan.kerb.division import LENGTHENED_SHARE, Standard, across, bridged, divide, langs, stretches
from tests.frames import few

RULES = BayRules()
LANGS = langs(RULES)
HAAKS = across(RULES, 0.0)
EXACT = Standard("langs", 5.5, 5.0, 6.0, (1.6, 3.0), 2.0)

standards = st.builds(
    lambda size, share, longer: Standard("langs", size, size * share, size * longer, (1.6, 3.0), 2.0),
    st.floats(2.0, 7.0),
    st.floats(0.85, 1.0),
    st.floats(1.0, 1.1),
)


def sizes(length, standard):
    return [round(end - start, 6) for start, end in divide(0.0, length, standard)]


def runs(depths, step=0.25):
    depth = np.array(depths, dtype=float)
    along = (np.arange(len(depth)) + 0.5) * step
    found = stretches(along, depth, len(depth) * step, (LANGS, HAAKS))
    return [(each.standard.orientation, each.begin_m, each.end_m) for each in found]


@given(begin=st.floats(0, 50), length=st.floats(0, 80), standard=standards)
@few
def test_divide_gives_equal_bays_in_a_row_from_the_begin(begin, length, standard):
    bays = divide(begin, begin + length, standard)

    long = [end - start for start, end in bays]
    assert all(start == pytest.approx(end) for (_, end), (start, _) in itertools.pairwise(bays))
    assert not bays or (bays[0][0] == begin and bays[-1][1] <= begin + length + 1e-9)
    most = standard.length_m * (1 + LENGTHENED_SHARE)
    assert all(standard.length_min_m - 0.006 <= size <= most + 1e-9 for size in long)
    assert len({round(size, 9) for size in long}) <= 1


@given(length=st.floats(0, 80), standard=standards)
@few
def test_divide_leaves_less_than_a_bay_unused(length, standard):
    used = sum(end - start for start, end in divide(0.0, length, standard))

    assert length - used < standard.length_m


@pytest.mark.parametrize(
    ("length", "found"),
    [
        (0.0, []),
        (4.99, []),
        (5.0, [5.0]),
        (5.5, [5.5]),
        (8.0, [6.325]),
        (9.9, [6.325]),
        (10.0, [5.0] * 2),
        (11.0, [5.5] * 2),
        (16.4, [16.4 / 3] * 3),
        (21.0, [5.25] * 4),
        (24.0, [6.0] * 4),
        (30.0, [6.0] * 5),
        (36.0, [6.0] * 6),
        (36.5, [36.5 / 7] * 7),
    ],
)
def test_divide_by_hand(length, found):
    assert sizes(length, EXACT) == [round(size, 6) for size in found]


@pytest.mark.parametrize(
    ("length", "count"), [(2.2, 1), (2.14, 0), (12.4, 5), (12.6, 5), (18.4, 7), (21.0, 8), (22.4, 9), (24.9, 10)]
)
def test_haaks_bays_are_those_whose_width_is_nearest_to_the_standard(length, count):
    assert len(sizes(length, HAAKS)) == count


@pytest.mark.parametrize(("length", "count"), [(9.98, 2), (4.9, 1), (4.89, 0), (36.1, 6)])
def test_a_stretch_may_be_off_by_the_accuracy_of_the_map(length, count):
    assert len(sizes(length, LANGS)) == count


@given(length=st.floats(5, 120), share=st.floats(0, 1))
@few
def test_cut_where_two_bays_meet_the_pieces_hold_as_many_bays_and_elsewhere_at_most_one_more(length, share):
    bays = divide(0.0, length, EXACT)
    cut = round(share * len(bays))
    edge = bays[cut - 1][1] if cut else 0.0

    whole, anywhere = len(bays), share * length

    assert len(sizes(edge, EXACT)) + len(divide(edge, bays[-1][1] if bays else 0.0, EXACT)) <= max(whole, 0)
    assert len(sizes(anywhere, EXACT)) + len(sizes(length - anywhere, EXACT)) <= whole + 1


def test_a_schuin_bay_is_as_much_longer_along_the_kerb_as_its_angle_asks_for():
    found = across(RULES, -30.0)

    assert (found.orientation, found.length_m, found.depth_m) == (
        "schuin",
        pytest.approx(2.5 / np.sin(np.radians(60))),
        RULES.angled_depth_m,
    )


@pytest.mark.parametrize(
    ("lean", "orientation"), [(0, "haaks"), (14, "haaks"), (15, "schuin"), (-60, "schuin"), (61, "haaks")]
)
def test_bays_at_30_to_75_degrees_are_schuin(lean, orientation):
    assert across(RULES, lean).orientation == orientation


@pytest.mark.parametrize(
    ("depths", "found"),
    [
        ([2] * 40, [("langs", 0, 10)]),
        ([5] * 40, [("haaks", 0, 10)]),
        ([2] * 40 + [5] * 20, [("langs", 0, 10), ("haaks", 10, 15)]),
        ([2] * 20 + [0.5] * 4 + [2] * 20, [("langs", 0, 5), ("langs", 6, 11)]),
        ([2] * 20 + [3.9] * 8, [("langs", 0, 7)]),
        ([2] * 20 + [20] * 8, [("langs", 0, 7)]),
        ([2] * 20 + [20] * 40, [("langs", 0, 5)]),
        ([3.5] * 40, []),
        ([9.0] * 40, []),
        ([], []),
    ],
    ids=[
        "langs",
        "haaks",
        "both",
        "a bite",
        "widening",
        "mouth of a leg",
        "car park beside",
        "between",
        "deep",
        "none",
    ],
)
def test_stretches_are_told_by_their_depth(depths, found):
    assert runs(depths) == found


def test_stretches_with_a_bite_between_them_may_be_one_row():
    depth = np.array([5.0] * 40 + [3.0] * 4 + [5.0] * 40 + [0.0] * 8 + [5.0] * 20)
    along = (np.arange(len(depth)) + 0.5) * 0.25

    groups = bridged(stretches(along, depth, len(depth) * 0.25, (LANGS, HAAKS)))

    assert [len(group) for group in groups if group[0].standard == HAAKS] == [2, 1]
