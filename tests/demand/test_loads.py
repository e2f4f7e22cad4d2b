from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from laadplan.demand import loads
from laadplan.demand.loads import share_demand
from tests.frames import few


def pairs(*reached):
    """Pairs of which point reaches which poles."""
    found = [(point, pole) for point, own in enumerate(reached) for pole in own]
    return np.array([row[0] for row in found], dtype=np.intp), np.array([row[1] for row in found], dtype=np.intp)


def shared(reached, demand, capacity):
    columns = np.array(demand, dtype=float).reshape(len(reached), -1)
    return share_demand(*pairs(*reached), columns, np.array(capacity, dtype=float))


@st.composite
def towns(draw, most_points=8, most_poles=5):
    """Which point reaches which poles, demand and capacities in whole kWh."""
    poles = draw(st.integers(1, most_poles))
    reached = draw(st.lists(st.sets(st.integers(0, poles - 1)).map(sorted), min_size=1, max_size=most_points))
    demand = draw(st.lists(st.integers(0, 9000), min_size=len(reached), max_size=len(reached)))
    capacity = draw(st.lists(st.sampled_from([3000, 6000, 12000]), min_size=poles, max_size=poles))
    return reached, demand, capacity


def largest_flow(reached, demand, capacity):
    """The most that can be served, by another method: the largest flow from points to poles."""
    point, pole = pairs(*reached)
    points, poles = len(demand), len(capacity)
    source, sink = points + poles, points + poles + 1
    rows = np.r_[np.full(points, source), point, points + np.arange(poles)]
    columns = np.r_[np.arange(points), points + pole, np.full(poles, sink)]
    room = np.r_[demand, np.array(demand)[point], capacity].astype(np.int32)
    return maximum_flow(csr_array((room, (rows, columns)), shape=(sink + 1, sink + 1)), source, sink).flow_value


def even_loads(reached, demand, capacity):
    """What poles deliver, by another method: all sets of poles are tried for the one that is asked most of itself.

    Whoever has only poles of a set must turn to it, so no sharing makes its poles less busy than that on average. The
    set of which this is most is that busy; it is taken away, and the rest has the same question.
    """
    poles, delivered = set(range(len(capacity))), np.zeros(len(capacity))
    people = [(set(own), asked) for own, asked in zip(reached, demand, strict=True) if own]
    while poles:
        sets = [set(some) for size in range(1, len(poles) + 1) for some in combinations(sorted(poles), size)]
        busy = {
            frozenset(some): sum(asked for own, asked in people if own <= some) / sum(capacity[pole] for pole in some)
            for some in sets
        }
        most = max(busy, key=lambda some: (busy[some], len(some)))
        for pole in most:
            delivered[pole] = min(busy[most], 1) * capacity[pole]
        people = [(own - most, asked) for own, asked in people if own - most]
        poles -= most
    return delivered


def test_a_point_turns_to_the_pole_that_others_cannot_use():
    found = shared([[0], [0, 1]], [4000, 5000], [6000, 6000])

    np.testing.assert_allclose(found.served, [[4000], [5000]])
    np.testing.assert_allclose(found.delivered, [[4500], [4500]], rtol=0.01)


def test_a_full_pole_serves_all_that_turn_to_it_the_same_share():
    found = shared([[0], [0]], [8000, 4000], [6000])

    np.testing.assert_allclose(found.served, [[4000], [2000]])
    np.testing.assert_allclose(found.delivered, [[6000]])


def test_two_poles_that_share_a_point_are_equally_overloaded():
    # 15,000 asked of 12,000: the point between turns for 1,500 to the first and 4,500 to the second, all get 80 %
    found = shared([[0], [0, 1], [1]], [6000, 6000, 3000], [6000, 6000])

    np.testing.assert_allclose(found.served, [[4800], [4800], [2400]], rtol=0.005)
    np.testing.assert_allclose(found.delivered, [[6000], [6000]], rtol=1e-9)


def test_a_pole_of_more_charge_points_gets_more():
    found = shared([[0, 1]], [6000], [6000, 12000])

    np.testing.assert_allclose(found.delivered, [[2000], [4000]])


def test_columns_have_nothing_to_do_with_each_other():
    reached, capacity = [[0], [0, 1], [1, 2]], [6000, 6000, 3000]
    both = shared(reached, [[6000, 0], [6000, 900], [3000, 9000]], capacity)

    for place, demand in enumerate(([6000, 6000, 3000], [0, 900, 9000])):
        alone = shared(reached, demand, capacity)
        np.testing.assert_allclose(both.served[:, place], alone.served[:, 0], atol=60)
        np.testing.assert_allclose(both.served[:, place].sum(), alone.served.sum(), rtol=1e-3)


@pytest.mark.parametrize(
    ("reached", "demand"), [([[], []], [500, 500]), ([[0], [0]], [0, 0])], ids=["no pole in reach", "no demand"]
)
def test_nothing_is_served(reached, demand):
    found = shared(reached, demand, [6000])

    assert not found.served.any()
    assert not found.delivered.any()
    assert found.gap_share == 0.0


def test_no_points_no_poles_and_no_columns():
    none = np.array([], dtype=np.intp)

    assert share_demand(none, none, np.zeros((0, 3)), np.zeros(0)).served.shape == (0, 3)
    assert share_demand(none, none, np.zeros((2, 0)), np.ones(1)).delivered.shape == (1, 0)


def test_the_gap_that_is_left_is_told(monkeypatch):
    monkeypatch.setattr(loads, "ROUNDS", 1)

    assert shared([[0], [0, 1], [1]], [6000, 6000, 0], [6000, 6000]).gap_share > loads.GAP_SHARE


@few
@given(towns())
def test_as_much_is_served_as_the_largest_flow(town):
    _, demand, capacity = town
    found = shared(*town)

    best = largest_flow(*town)
    assert found.served.sum() == pytest.approx(best, rel=1e-3)
    assert found.delivered.sum() == pytest.approx(found.served.sum())
    assert (found.served[:, 0] <= np.array(demand) + 1e-6).all()
    assert (found.delivered[:, 0] <= np.array(capacity) + 1e-6).all()


@few
@given(towns())
def test_poles_are_as_busy_as_the_sets_of_poles_that_are_asked_most(town):
    found = shared(*town)

    np.testing.assert_allclose(found.delivered[:, 0], even_loads(*town), atol=0.03 * max(town[2]))


@few
@given(towns(), st.integers(0, 7))
def test_one_more_pole_never_serves_anybody_less(town, point):
    reached, demand, capacity = town
    more = [[*own, len(capacity)] if place >= point else own for place, own in enumerate(reached)]
    before, after = shared(*town), shared(more, demand, [*capacity, 6000])

    assert after.served.sum() >= before.served.sum() * (1 - 1e-3)
    assert (after.served >= before.served - 0.03 * np.array(demand)[:, None] - 1e-6).all()


@few
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_points_does_not_matter(town, order):
    reached, demand, capacity = town
    rows = list(range(len(reached)))
    order.shuffle(rows)
    found = shared(*town)
    turned = shared([reached[row] for row in rows], [demand[row] for row in rows], capacity)

    np.testing.assert_allclose(turned.served, found.served[rows], atol=1e-3)
