"""Solving against enumeration: the best plan, bounds that hold, and whatever ends the search leaves both."""

from dataclasses import replace

import numpy as np
import pytest

from laadplan.config.optimisation import Optimisation
from laadplan.errors import LaadplanError, NoFeasiblePlan
from laadplan.optimise import solve as stages
from laadplan.optimise import solvers
from laadplan.optimise.check import check
from laadplan.optimise.cover import is_cover, is_uncapacitated
from laadplan.optimise.prices import bound_of, no_prices, open_options
from laadplan.optimise.problem import NONE, Choice, Groups, Problem
from laadplan.optimise.record import NO_GAP, Record, gap_of
from laadplan.optimise.solve import solve
from laadplan.optimise.solvers import Solved
from tests.optimise.oracle import best_worth, plan_worths
from tests.optimise.random_problems import random_problem, renamed


def asked(**more):
    return Optimisation(**{"gap_share": 0.0, "rounds_max": 20, "threads": 1} | more)


def random_open(seed, *, points=9, sites=7, chosen=3, same_worth=False, periods=1):
    """A problem without capacity: so many sites of which some may be taken, worth by site or the same everywhere."""
    random = np.random.default_rng(seed)
    reached = random.random((sites, points)) < 0.5
    arc_demand = np.nonzero(reached)[1]
    worth = random.integers(1, 10, points)[arc_demand] if same_worth else random.integers(0, 10, len(arc_demand))
    start = np.arange(sites + 1)
    problem = random_problem(seed, limits=0, groups=0)
    one = replace(
        problem.limits,
        ids=("aantal",),
        kinds=("aantal palen",),
        start=np.array([0, sites]),
        option=np.arange(sites),
        use=np.ones(sites),
        limit=np.array([float(chosen)]),
        penalty=np.array([np.inf]),
    )
    return Problem(
        demand_ids=tuple(f"h{place:03d}" for place in range(points)),
        demand_kwh=random.integers(0, 5, (points, periods)).astype(float),
        demand_group=np.full(points, NONE),
        period_worth=np.linspace(1.0, 0.5, periods),
        site_ids=tuple(f"s{place:03d}" for place in range(sites)),
        must=np.zeros(sites, dtype=bool),
        arc_start=np.concatenate([[0], np.cumsum(reached.sum(axis=1))]),
        arc_demand=arc_demand,
        arc_worth=worth.astype(float),
        option_start=start,
        option_ids=("0",) * sites,
        option_capacity=np.full((sites, periods), np.inf),
        option_worth=np.zeros(sites),
        limits=one,
        groups=Groups((), np.zeros(0), np.zeros(0)),
    )


def shared(sites=9, points=30, seed=3):
    """One with capacity, of which greedy plans are not the best and prices alone prove nothing."""
    problem = random_open(seed, points=points, sites=sites, chosen=3)
    limits = replace(problem.limits, use=np.arange(sites) % 3 + 1.0, limit=np.array([5.0]))
    return replace(problem, option_capacity=np.full((sites, 1), 9.0), limits=limits)


def assert_proof_holds(problem, found, best):
    """The plan is sound and worth what is said, nothing is above the bound, and the prices certify theirs."""
    again = check(problem, found.choice)
    assert again.broken == ()
    assert again.objective == pytest.approx(found.objective, abs=1e-6)
    slack = 1e-6 * max(1.0, abs(best))
    assert found.objective <= best + slack
    assert found.bound >= best - slack
    assert found.gap == pytest.approx(gap_of(found.objective, found.bound))
    assert (found.status == "optimal") == (found.gap <= NO_GAP)
    priced = bound_of(problem, found.prices)
    assert priced >= best - slack
    assert found.bound_by == "solver" or found.bound <= priced + slack


KINDS = {
    "any": {},
    "floors": {"hard_floors": True},
    "no capacity": {"capacitated": False, "options": 1, "groups": 0, "limits": 1},
    "groups without least": {"capacitated": False, "options": 1, "limits": 0},
    "one of each": {"sites": 1, "demand": 1, "options": 1, "periods": 1},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_best_plan_is_found_and_proven_as_by_enumeration(kind):
    for seed in range(12):
        problem = random_problem(seed, **KINDS[kind])
        best = best_worth(problem)
        found = solve(problem, asked())
        assert_proof_holds(problem, found, best)
        assert (found.status, found.stopped_by, found.message) == ("optimal", "gap", "")


@pytest.mark.parametrize("same_worth", [True, False])
@pytest.mark.parametrize("periods", [1, 2])
def test_problems_in_which_nothing_runs_full_are_proven_in_any_number_of_periods(same_worth, periods):
    for seed in range(6):
        problem = random_open(seed, same_worth=same_worth, periods=periods)
        assert is_uncapacitated(problem)
        found = solve(problem, asked())
        assert_proof_holds(problem, found, best_worth(problem))
        assert found.status == "optimal"
    assert is_cover(random_open(0, same_worth=True))
    assert not is_cover(random_open(0))


def test_a_bound_by_prices_is_in_whole_steps_where_all_worths_are():
    problem = random_open(2)
    record = Record(problem, asked(), lambda: 0.0, lambda *told: None, step=2.0)
    record.prove(10.9, "prices")
    assert record.bound == 10.0
    record.prove(9.9999999, "prices")
    assert record.bound == 10.0
    halves = replace(problem, arc_worth=problem.arc_worth + 0.25)
    found = solve(halves, asked())
    assert_proof_holds(halves, found, best_worth(halves))


@pytest.mark.parametrize("problem", [random_problem(4), random_open(1), random_open(1, same_worth=True), shared()])
def test_names_and_order_of_rows_and_threads_do_not_show(problem):
    found, other = (solve(problem, asked(threads=threads)) for threads in (1, 2))
    assert np.array_equal(found.choice.taken, other.choice.taken)
    assert np.array_equal(found.choice.served_kwh, other.choice.served_kwh)
    assert (found.objective, found.bound, found.status) == (other.objective, other.bound, other.status)
    again = solve(renamed(problem, 7), asked())
    assert again.objective == pytest.approx(found.objective)


@pytest.mark.parametrize("solver", ["cbc", "scip"])
def test_a_second_solver_gives_a_plan_of_the_same_worth(solver):
    if solver == "scip":
        pytest.importorskip("pyscipopt")
    for problem in (random_problem(5), random_problem(11), shared()):
        assert solve(problem, asked(solver=solver)).objective == pytest.approx(best_worth(problem))


def test_more_room_never_serves_less():
    for problem in (shared(), random_open(3), random_open(3, same_worth=True)):
        worths = []
        for limit in range(8):
            more = replace(problem, limits=replace(problem.limits, limit=np.array([float(limit)])))
            worths.append(solve(more, asked()).objective)
        assert worths == sorted(worths)
        assert worths[0] == 0.0


# ---- what the proof may not say --------------------------------------------------------------------------------------


def test_gap_is_told_by_the_plan_and_by_one_kwh_at_least():
    assert gap_of(80.0, 100.0) == 0.25
    assert gap_of(-80.0, -60.0) == 0.25
    assert gap_of(0.0, 0.5) == 0.5
    assert gap_of(-1.0, 1.0) == 2.0
    assert gap_of(100.0, 99.9999) == 0.0
    assert gap_of(-np.inf, 1.0) == np.inf
    assert gap_of(1.0, np.inf) == np.inf


def test_a_plan_within_the_gap_asked_for_is_not_called_optimal():
    problem = shared()
    best = best_worth(problem)
    found = solve(problem, asked(gap_share=0.5))
    assert_proof_holds(problem, found, best)
    assert (found.status, found.stopped_by) == ("within_gap", "gap")
    assert NO_GAP < found.gap <= 0.5


@pytest.mark.parametrize(("ended", "told"), [("work", "gap"), ("seconds", "seconds"), ("user", "user")])
def test_a_search_that_the_clock_or_a_hand_cut_is_not_told_as_ended_by_its_gap(ended, told):
    problem = shared()
    none = Choice(np.full(len(problem.site_ids), NONE), np.zeros((len(problem.arc_demand), len(problem.period_worth))))
    record = Record(problem, asked(gap_share=0.5), lambda: 0.0, lambda *_: None)
    record.offer(none, 0.0)
    record.prove(0.4, "prices")
    record.ended = ended
    found = record.solution()
    assert (found.status, found.stopped_by) == ("within_gap", told)


def test_the_bound_over_some_options_is_not_a_bound(monkeypatch):
    problem, best = shared(), best_worth(shared())
    monkeypatch.setattr(stages, "WHOLE_ARCS", 0)
    monkeypatch.setattr(stages, "promising", lambda problem, found, factor: found.taken[problem.option_site] >= 0)
    low = Solved(None, -np.inf, 1.0, "gap", "HiGHS", "1")
    kept = []
    monkeypatch.setattr(stages, "build_model", lambda problem, keep: kept.append(keep))
    monkeypatch.setattr(stages, "solve_model", lambda model, solver, **more: low)
    found = solve(problem, asked(rounds_max=1))
    assert not kept[0].all()
    assert_proof_holds(problem, found, best)
    assert found.bound_by == "prices"
    assert found.stopped_by in ("gap", "work")


def test_options_that_no_better_plan_takes_are_told_by_prices():
    closed = 0
    for seed in range(30):
        problem = random_problem(seed)
        found = solve(problem, asked())
        worths = plan_worths(problem)
        for share in (0.9, 1.0):
            least = found.objective * share if found.objective > 0 else found.objective / share
            open_ones = open_options(problem, found.prices, least)
            closed += int((~open_ones).sum())
            for plan, worth in worths.items():
                if worth >= least:
                    assert open_ones[[option for option in plan if option != NONE]].all()
    assert closed > 0


# ---- whatever ends the search ----------------------------------------------------------------------------------------

ENDLESS = {
    "any": shared(20, 90),
    "plain coverage": random_open(5, points=400, sites=60, chosen=9, same_worth=True),
    "p-median": random_open(5, points=200, sites=40, chosen=9),
    "musts": replace(shared(), must=np.arange(9) == 4),
}


@pytest.mark.parametrize("kind", ENDLESS)
@pytest.mark.parametrize("call", [1, 2, 3, 4, 6, 9, 14, 30])
def test_ctrl_c_at_any_moment_leaves_the_best_plan_and_bound(kind, call):
    told = []

    def tell(objective, bound, rounds):
        told.append((objective, bound))
        if len(told) == call:
            raise KeyboardInterrupt

    problem = ENDLESS[kind]
    found = solve(problem, asked(nodes_max=3), tell=tell)
    assert check(problem, found.choice).broken == ()
    assert np.isfinite([found.objective, found.bound]).all()
    assert found.bound >= found.objective
    assert found.objective >= max(objective for objective, _ in told) - 1e-6
    assert found.bound <= min(bound for _, bound in told) + 1e-6
    if len(told) >= call and found.stopped_by != "gap":
        assert found.stopped_by == "user"
    assert found.prices is not None


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_clock_that_jumps_past_the_safety_stop_ends_the_search_with_a_plan(kind):
    times = iter([0.0, 0.0, 0.0])
    found = solve(ENDLESS[kind], asked(seconds_max=0.001), clock=lambda: next(times, 1e9))
    assert check(ENDLESS[kind], found.choice).broken == ()
    assert np.isfinite([found.objective, found.bound]).all()
    assert found.objective > 0
    assert found.stopped_by in ("seconds", "gap")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (MemoryError(), "HiGHS ran out of memory."),
        (RuntimeError("killed by signal 9\nand more"), "HiGHS failed: killed by signal 9"),
        (OSError(), "HiGHS failed: OSError"),
    ],
)
@pytest.mark.parametrize("problem", [ENDLESS["any"], ENDLESS["musts"]])
def test_a_solver_that_fails_leaves_the_plan_and_says_so(monkeypatch, fault, words, problem):
    def broken(model, limit, begin):
        raise fault

    monkeypatch.setitem(solvers.RUNS, "highs", broken)
    found = solve(problem, asked(rounds_max=1))
    if found.stopped_by != "gap":
        assert (found.stopped_by, found.message) == ("failure", words)
        assert found.solver == "laadplan"
    assert check(problem, found.choice).broken == ()
    assert found.status != "optimal" or found.gap <= NO_GAP


def test_memory_that_runs_out_anywhere_leaves_the_plan(monkeypatch):
    def greedy(problem, **more):
        raise MemoryError

    monkeypatch.setattr(stages, "search", greedy)
    problem = ENDLESS["musts"]
    found = solve(problem, asked())
    assert (found.stopped_by, found.message) == ("failure", "The search ran out of memory.")
    assert list(np.flatnonzero(found.choice.taken != NONE)) == [4]
    assert found.objective > 0
    assert found.bound == pytest.approx(bound_of(problem, no_prices(problem)))


def test_a_plan_that_breaks_a_limit_is_not_kept_and_one_of_another_worth_is_a_fault():
    problem = shared()
    found = solve(problem, asked())
    record = Record(problem, asked(), lambda: 0.0, lambda *told: None)
    all_taken = replace(found.choice, taken=np.arange(9))
    record.offer(all_taken, found.objective)
    assert record.choice is None
    with pytest.raises(LaadplanError, match="said to be worth"):
        record.offer(found.choice, found.objective + 1.0)


def test_limits_that_no_plan_keeps_are_told():
    problem = shared()
    limits = replace(
        problem.limits,
        ids=("aantal", "ondergrens"),
        kinds=("aantal palen", "ondergrens buurt"),
        start=np.array([0, 9, 18]),
        option=np.tile(np.arange(9), 2),
        use=np.concatenate([np.ones(9), -np.ones(9)]),
        limit=np.array([2.0, -3.0]),
        penalty=np.full(2, np.inf),
    )
    with pytest.raises(NoFeasiblePlan, match="keeps all limits"):
        solve(replace(problem, limits=limits), asked())


# ---- next to nothing -------------------------------------------------------------------------------------------------


def test_problems_with_next_to_nothing_in_them_have_a_plan_of_nothing():
    problem, none = shared(), np.zeros(0, dtype=np.int64)
    no_arcs = replace(problem, arc_start=np.zeros(10, dtype=np.int64), arc_demand=none, arc_worth=np.zeros(0))
    no_demand = replace(problem, demand_kwh=problem.demand_kwh * 0.0)
    no_room = replace(problem, limits=replace(problem.limits, limit=np.zeros(1)))
    limits = replace(problem.limits, start=np.zeros(2, dtype=np.int64), option=none, use=np.zeros(0))
    no_sites = replace(
        no_arcs,
        site_ids=(),
        must=np.zeros(0, dtype=bool),
        arc_start=np.zeros(1, dtype=np.int64),
        option_start=np.zeros(1, dtype=np.int64),
        option_ids=(),
        option_capacity=np.zeros((0, 1)),
        option_worth=np.zeros(0),
        limits=limits,
    )
    no_points = replace(no_arcs, demand_ids=(), demand_kwh=np.zeros((0, 1)), demand_group=none)
    for empty in (no_arcs, no_demand, no_room, no_sites, no_points):
        for open_too in (empty, replace(empty, option_capacity=np.full(empty.option_capacity.shape, np.inf))):
            found = solve(open_too, asked())
            assert (found.objective, found.bound, found.status) == (0.0, 0.0, "optimal")


def test_sites_that_must_all_be_taken_leave_only_the_service_to_choose():
    problem = replace(shared(), must=np.ones(9, dtype=bool), limits=random_problem(0, limits=0).limits)
    found = solve(problem, asked())
    assert (found.choice.taken == np.arange(9)).all()
    assert_proof_holds(problem, found, best_worth(problem))
    assert found.status == "optimal"
