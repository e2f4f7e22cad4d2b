from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.demand.exact import apportion, in_kwh, in_wh
from tests.frames import few


def one(total, weights):
    parts = apportion(np.array([[total]]), np.array(weights, dtype=float)[:, None], np.zeros(len(weights), dtype=int))
    return parts[:, 0].tolist()


def by_hand(total, weights):
    """Largest remainders with exact fractions, one by one."""
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    parts = [int(share) for share in exact]
    while sum(parts) < total:
        first = max(range(len(parts)), key=lambda row: (exact[row] - parts[row], -row))
        parts[first] += 1
    return parts


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (7, [3, 2, 2], [3, 2, 2]),
        (2, [1, 1, 1], [1, 1, 0]),
        (5, [0, 1, 0], [0, 5, 0]),
        (5, [0, 0], [3, 2]),
        (0, [1, 2], [0, 0]),
    ],
    ids=["tie to the first", "exact", "fewer than rows", "one asks", "nobody asks", "nothing"],
)
def test_parts_are_whole_and_go_to_the_largest_remainder(total, weights, expected):
    assert one(total, weights) == expected


@given(
    total=st.integers(0, 10**12),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any),
)
@few
def test_parts_are_those_of_exact_fractions(total, weights):
    found = one(total, weights)

    assert sum(found) == total
    expected = by_hand(total, weights)
    assert max(abs(mine - hand) for mine, hand in zip(found, expected, strict=True)) <= 1
    if total < 10**6:
        assert found == expected


@given(totals=st.lists(st.integers(0, 10**9), min_size=1, max_size=5), seed=st.integers(0, 999))
@few
def test_groups_and_cases_do_not_touch_each_other(totals, seed):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(totals)), 3))
    weights = np.random.default_rng(seed).random((len(groups), 2))
    both = np.column_stack([totals, totals[::-1]])

    found = apportion(both, weights, groups)

    for group in range(len(totals)):
        mine = groups == group
        assert found[mine].sum(axis=0).tolist() == both[group].tolist()
        alone = apportion(both[[group]], weights[mine], np.zeros(3, dtype=int))
        assert found[mine].tolist() == alone.tolist()


def test_no_rows_get_nothing():
    assert apportion(np.array([[5]]), np.empty((0, 1)), np.empty(0, dtype=int)).shape == (0, 1)


def test_energy_is_counted_in_whole_wh():
    assert in_wh([1.2344999, np.nan, 0.0005001]).tolist() == [1234, 0, 1]
    assert in_kwh(np.array([1234])).tolist() == [1.234]
