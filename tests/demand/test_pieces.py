"""Tests of groups of addresses cut into pieces that can be walked from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.demand.pieces import cut_wide

RADIUS_M = 50.0


def test_a_street_of_300_m_is_cut_into_pieces_from_west_to_east() -> None:
    x = np.arange(0.0, 301.0, 20.0)
    cut = cut_wide(pd.Series(["p"] * len(x)), x, np.zeros(len(x)), radius_m=RADIUS_M)
    assert cut.tolist() == ["p#1"] * 4 + ["p#2"] * 4 + ["p#3"] * 4 + ["p#4"] * 4


def test_a_group_that_is_small_enough_keeps_its_name() -> None:
    assert cut_wide(pd.Series(["a", "a"]), np.array([0.0, 49.0]), np.zeros(2), radius_m=RADIUS_M).tolist() == ["a", "a"]


def test_nothing_gives_nothing() -> None:
    assert cut_wide(pd.Series([], dtype="str"), np.zeros(0), np.zeros(0), radius_m=RADIUS_M).empty


PLACES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=30)


@given(places=PLACES, shift=st.sampled_from([(0.0, 0.0), (170_000.0, 450_000.0)]), seed=st.integers(0, 9))
def test_every_piece_fits_its_radius_whatever_the_order_or_the_place(
    places: list[tuple[int, int]], shift: tuple[float, float], seed: int
) -> None:
    x, y = np.array(places, dtype=float).T
    ids = pd.Series(["p"] * len(x))
    cut = cut_wide(ids, x + shift[0], y + shift[1], radius_m=RADIUS_M)
    for _, rows in cut.groupby(cut).indices.items():
        apart = np.hypot(x[rows] - x[rows][:, None], y[rows] - y[rows][:, None])
        assert apart.max(axis=1).min() <= RADIUS_M + 0.01
    order = np.random.default_rng(seed).permutation(len(x))
    again = cut_wide(ids, x[order], y[order], radius_m=RADIUS_M)
    assert again.to_numpy().tolist() == cut.to_numpy()[order].tolist()


@pytest.mark.parametrize("apart", [0.0, 100.0])
def test_two_groups_are_cut_on_their_own(apart: float) -> None:
    x = np.array([0.0, 10.0, apart, apart + 5.0])
    cut = cut_wide(pd.Series(["a", "a", "b", "b"]), x, np.zeros(4), radius_m=RADIUS_M)
    assert cut.tolist() == ["a", "a", "b", "b"]
