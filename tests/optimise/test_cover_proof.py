"""What is called the best plan is the best one, and a bound holds when the search is stopped."""

import heapq
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import capacitated, coverage, plain
from laadplan.optimise import cover_proof
from laadplan.optimise.cover_proof import prove_cover
from laadplan.optimise.problem import NONE
from tests.optimise.test_cover_bound import case, plans_of

CASES = range(300)


def least_plan(problem):
    """The sites that must be taken, and nothing else."""
    return np.where(problem.must, np.arange(len(problem.site_ids)), NONE)


def worth_of(problem, taken):
    plans, worths = plans_of(problem)
    return worths[(plans == (taken != NONE)).all(axis=1)]


def hard(seed):
    """Forty points and nine sites in a ring of overlaps, so that the fractional plan is far from a whole one."""
    random = np.random.default_rng(seed)
    point, site = np.nonzero(random.random((40, 9)) < 0.3)
    worth = random.integers(1, 10, 40).astype(float)
    return plain(worth, 9, (point, site, np.zeros(len(point))), np.ones(len(point)), 4)


def test_the_plan_is_the_best_one_by_enumeration():
    divided = 0
    for seed in CASES:
        problem = hard(seed) if seed % 2 else case(seed)

        found = prove_cover(problem, least_plan(problem), nodes_max=1_000)

        best = float(plans_of(problem)[1].max())
        divided += found.nodes > 0
        assert found.proven, seed
        assert found.objective == pytest.approx(best, rel=1e-6, abs=1e-6), seed
        assert worth_of(problem, found.taken) == pytest.approx(found.objective), seed
        assert best - 1e-9 <= found.bound <= best + 2e-6 * max(1.0, abs(best)), seed
    assert divided > 20


@pytest.mark.parametrize("nodes", [0, 1, 2])
def test_a_search_that_is_stopped_gives_a_plan_and_a_bound(nodes):
    for seed in CASES[:100]:
        problem = hard(seed)

        found = prove_cover(problem, least_plan(problem), nodes_max=nodes)

        best = float(plans_of(problem)[1].max())
        assert found.objective <= best <= found.bound, seed
        assert found.nodes <= nodes
        assert worth_of(problem, found.taken) == pytest.approx(found.objective)


def test_the_best_plan_itself_is_kept():
    for seed in CASES[:50]:
        problem = hard(seed)
        plans, worths = plans_of(problem)
        best = plans[int(worths.argmax())]
        taken = np.where(best, np.arange(len(best)), NONE)

        found = prove_cover(problem, taken, nodes_max=1_000)

        assert found.taken.tolist() == taken.tolist()
        assert (found.objective, found.bound) == (worths.max(), worths.max())


def test_more_work_gives_no_worse_bound_and_the_same_bytes_each_time():
    problem = coverage(1_000, 1_000)
    nothing = np.full(1_000, NONE)

    one, two, again = (prove_cover(problem, nothing, nodes_max=nodes) for nodes in (0, 10, 10))

    assert two.bound <= one.bound
    assert two.objective >= one.objective
    assert (two.taken.tobytes(), two.bound) == (again.taken.tobytes(), again.bound)


@pytest.mark.slow
def test_a_thousand_points_are_proven_as_highs_does():
    problem = coverage(1_000, 1_000)

    found = prove_cover(problem, np.full(1_000, NONE), nodes_max=5_000)

    assert (found.proven, found.objective, found.bound) == (True, best_by_highs(problem), best_by_highs(problem))


def best_by_highs(problem):
    """Worth of the best plan, by scipy's branch and bound."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, eye_array, hstack, vstack

    n, m, k = len(problem.demand_ids), len(problem.site_ids), len(problem.arc_demand)
    reach = coo_array((np.ones(k), (problem.arc_demand, problem.arc_site)), shape=(n, m))
    limit = hstack([coo_array((1, n)), coo_array(np.ones((1, m)))])
    rows = vstack([hstack([eye_array(n), -reach]), limit]).tocsr()
    most = np.concatenate([np.zeros(n), problem.limits.limit])
    found = milp(
        -np.concatenate([problem.demand_kwh[:, 0], np.zeros(m)]),
        integrality=np.concatenate([np.zeros(n), np.ones(m)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, ub=most),
        options={"mip_rel_gap": 0.0},
    )
    return float(round(-found.fun))


def test_a_clock_that_has_run_out_stops_at_once():
    problem = coverage(1_000, 1_000)

    found = prove_cover(problem, np.full(1_000, NONE), nodes_max=1_000, clock=lambda: 2.0, until=1.0)

    assert (found.nodes, found.proven) == (0, False)


def test_progress_is_told_with_a_bound_that_falls():
    told = []

    prove_cover(hard(1), np.full(9, NONE), nodes_max=5, tell=lambda *what: told.append(what))

    assert [nodes for _, _, nodes in told] == list(range(1, len(told) + 1))
    assert [bound for _, bound, _ in told] == sorted((bound for _, bound, _ in told), reverse=True)


@pytest.mark.parametrize(("points", "sites"), [(0, 0), (3, 0), (0, 3)])
def test_without_arcs_nothing_is_served_and_that_is_proven(points, sites):
    none = np.zeros(0, dtype=np.int64)
    problem = plain(np.ones(points), sites, (none, none, np.zeros(0)), np.zeros(0), 1)

    found = prove_cover(problem, np.full(sites, NONE), nodes_max=5)

    assert (found.proven, found.objective, found.bound) == (True, 0.0, 0.0)


def test_a_plan_above_the_limit_or_without_a_must_is_refused():
    problem = hard(1)

    with pytest.raises(ValueError, match="exceeds the limit"):
        prove_cover(problem, np.arange(9), nodes_max=1)
    with pytest.raises(ValueError, match="must be taken"):
        prove_cover(replace(problem, must=np.arange(9) == 2), np.full(9, NONE), nodes_max=1)


def test_another_problem_is_refused():
    with pytest.raises(ValueError, match="a capacity"):
        prove_cover(capacitated(1_000, 100, 10), np.full(100, NONE), nodes_max=1)


@pytest.mark.parametrize("call", [1, 2, 3, 5])
def test_ctrl_c_leaves_the_bound_of_before_the_part_that_was_being_divided(call):
    for seed in CASES[:60]:
        problem, calls = hard(seed), []

        def tell(objective, bound, nodes, calls=calls):
            calls.append(bound)
            if len(calls) == call:
                raise KeyboardInterrupt

        found = prove_cover(problem, least_plan(problem), nodes_max=1_000, tell=tell)

        best = float(plans_of(problem)[1].max())
        assert found.interrupted == (len(calls) >= call)
        assert not (found.interrupted and found.proven)
        assert found.objective <= best <= found.bound
        assert worth_of(problem, found.taken) == pytest.approx(found.objective)


def test_a_part_lost_to_ctrl_c_still_counts_in_the_bound(monkeypatch):
    def stopped(tree):
        heapq.heappop(tree.parts)
        raise KeyboardInterrupt

    monkeypatch.setattr(cover_proof._Tree, "divide", stopped)
    divided = 0
    for seed in CASES[:60]:
        problem = hard(seed)
        found = prove_cover(problem, least_plan(problem), nodes_max=1_000)
        divided += found.interrupted
        assert found.bound >= float(plans_of(problem)[1].max())
    assert divided > 10


def test_a_better_plan_by_less_than_counts_stays_below_the_bound():
    problem = plain(np.array([1.0, 1.0 + 4e-7, 0.7]), 3, (np.arange(3), np.arange(3), np.zeros(3)), np.ones(3), 1)

    found = prove_cover(problem, np.array([0, NONE, NONE]), nodes_max=100)

    assert found.bound >= 1.0 + 4e-7
