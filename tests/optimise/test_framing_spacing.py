import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laadplan.optimise.framing_spacing import near_cliques
from tests.frames import few


def pairs_of(start, member):
    return {
        (min(one, other), max(one, other))
        for clique in range(len(start) - 1)
        for one in member[start[clique] : start[clique + 1]].tolist()
        for other in member[start[clique] : start[clique + 1]].tolist()
        if one != other
    }


def near(xy, spacing):
    away = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    return {(one, other) for one in range(len(xy)) for other in range(one + 1, len(xy)) if away[one, other] < spacing}


@few
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30), st.sampled_from([1.5, 3.2, 5.5, 20.0]))
def test_cliques_hold_just_the_pairs_that_are_too_near(places, spacing):
    """Distances between whole points are never within a millionth of these spacings."""
    xy = np.array(places, dtype=float).reshape(-1, 2) + np.array([150_000.0, 450_000.0])

    assert pairs_of(*near_cliques(xy, spacing)) == near(xy, spacing)


def test_places_just_at_the_distance_are_far_enough():
    assert len(near_cliques(np.array([[0.0, 0.0], [20.0, 0.0]]), 20.0)[1]) == 0


def test_a_street_needs_fewer_cliques_than_pairs():
    street = np.column_stack([np.arange(100) * 2.5, np.zeros(100)])

    start, member = near_cliques(street, 50.0)

    assert (len(start) - 1, len(pairs_of(start, member))) == (81, 1710)


@pytest.mark.parametrize(("places", "spacing"), [(0, 10.0), (1, 10.0), (5, 0.0)])
def test_nothing_near_is_no_clique(places, spacing):
    start, member = near_cliques(np.zeros((places, 2)), spacing)

    assert (start.tolist(), member.tolist()) == ([0], [])
