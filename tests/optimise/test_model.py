from dataclasses import replace
from itertools import combinations

import numpy as np
import pulp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.instances import no_groups, plain
from laadplan.optimise.answers import choice_of, values_of, worth_of
from laadplan.optimise.check import check, refuse_wrong
from laadplan.optimise.model import build_model
from laadplan.optimise.prices import Prices, bound_of
from laadplan.optimise.problem import Choice, Groups, Limits, Problem
from laadplan.optimise.solvers import solve_model
from tests.frames import few
from tests.optimise.oracle import best_worth, plan_worths
from tests.optimise.random_problems import random_problem, renamed

seeds = st.integers(0, 100_000)


def case(seed):
    """A random problem, every fourth with hard floors and every third of plain coverage."""
    return random_problem(seed, hard_floors=seed % 4 == 0, capacitated=seed % 3 != 0)


def best(problem, solver="highs", **more):
    """Worth of the plan that a solver proves to be best, checked."""
    solved = solve_model(build_model(problem, **more), solver)
    assert (solved.stopped_by, solved.message) == ("gap", "")
    refuse_wrong(problem, solved.choice, objective=solved.objective, bound=solved.bound)
    return solved.objective


def near(worth):
    return pytest.approx(worth, rel=1e-6, abs=1e-3)


def by_hand(**more):
    """Two points and two sites; the second site has two options, the second of which opens in the second period."""
    made = Problem(
        demand_ids=("h1", "h2"),
        demand_kwh=np.array([[2000.0, 3000.0], [500.0, 0.0]]),
        demand_group=np.array([0, -1]),
        period_worth=np.array([1.0, 0.5]),
        site_ids=("a-1", "b"),
        must=np.array([True, False]),
        arc_start=np.array([0, 1, 3]),
        arc_demand=np.array([0, 0, 1]),
        arc_worth=np.array([0.75, 1.0, 0.5]),
        option_start=np.array([0, 1, 3]),
        option_ids=("1", "1", "2"),
        option_capacity=np.array([[1500.0, 1500.0], [2200.0, 2200.0], [0.0, np.inf]]),
        option_worth=np.array([0.0, -100.0, -50.0]),
        limits=Limits(
            ids=("aantal palen", "net|X"),
            kinds=("aantal palen", "net"),
            start=np.array([0, 2, 5]),
            option=np.array([1, 2, 0, 1, 2]),
            use=np.array([1.0, 2.0, 22.0, 22.0, 11.0]),
            limit=np.array([1.0, 30.0]),
            penalty=np.array([np.inf, 7.0]),
        ),
        groups=Groups(ids=("BU1",), least_kwh=np.array([4000.0]), penalty=np.array([0.25])),
    )
    return replace(made, **more)


def written(model):
    """Every row as its factors by name, its sense and its limit; and the objective."""
    rows = {
        row.name: (
            {variable.name: factor for variable, factor in row.items()},
            {pulp.LpConstraintLE: "<=", pulp.LpConstraintGE: ">=", pulp.LpConstraintEQ: "="}[row.sense],
            -row.constant,
        )
        for row in model.lp.constraints()
    }
    return rows, {variable.name: factor for variable, factor in model.lp.objective.items()}


CAPACITY_ROWS = {
    "capacity_a_1_0": ({"kwh_h1_a_1_0": 1.0, "open_a_1_1": -1500.0}, "<=", 0.0),
    "capacity_a_1_1": ({"kwh_h1_a_1_1": 1.0, "open_a_1_1": -1500.0}, "<=", 0.0),
    "capacity_b_0": ({"kwh_h1_b_0": 1.0, "kwh_h2_b_0": 1.0, "open_b_1": -2200.0}, "<=", 0.0),
    "capacity_b_1": ({"kwh_h1_b_1": 1.0, "open_b_1": -2200.0, "open_b_2": -3000.0}, "<=", 0.0),
}
LINK_ROWS = {
    "link_h1_a_1_0": ({"kwh_h1_a_1_0": 1.0, "open_a_1_1": -1500.0}, "<=", 0.0),
    "link_h1_a_1_1": ({"kwh_h1_a_1_1": 1.0, "open_a_1_1": -1500.0}, "<=", 0.0),
    "link_h1_b_0": ({"kwh_h1_b_0": 1.0, "open_b_1": -2000.0}, "<=", 0.0),
    "link_h2_b_0": ({"kwh_h2_b_0": 1.0, "open_b_1": -500.0}, "<=", 0.0),
    "link_h1_b_1": ({"kwh_h1_b_1": 1.0, "open_b_1": -2200.0, "open_b_2": -3000.0}, "<=", 0.0),
}
OTHER_ROWS = {
    "demand_h1_0": ({"kwh_h1_a_1_0": 1.0, "kwh_h1_b_0": 1.0}, "<=", 2000.0),
    "demand_h1_1": ({"kwh_h1_a_1_1": 1.0, "kwh_h1_b_1": 1.0}, "<=", 3000.0),
    "demand_h2_0": ({"kwh_h2_b_0": 1.0}, "<=", 500.0),
    "must_a_1": ({"open_a_1_1": 1.0}, "=", 1.0),
    "one_b": ({"open_b_1": 1.0, "open_b_2": 1.0}, "<=", 1.0),
    "limit_aantal_palen": ({"open_b_1": 1.0, "open_b_2": 2.0}, "<=", 1.0),
    "limit_net|X": ({"open_a_1_1": 22.0, "open_b_1": 22.0, "open_b_2": 11.0, "over_net|X": -1.0}, "<=", 30.0),
    "group_BU1": (
        {"kwh_h1_a_1_0": 1.0, "kwh_h1_a_1_1": 1.0, "kwh_h1_b_0": 1.0, "kwh_h1_b_1": 1.0, "short_BU1": 1.0},
        ">=",
        4000.0,
    ),
}
OBJECTIVE = {
    "open_a_1_1": 0.0,
    "open_b_1": -100.0,
    "open_b_2": -50.0,
    "kwh_h1_a_1_0": 0.75,
    "kwh_h1_a_1_1": 0.375,
    "kwh_h1_b_0": 1.0,
    "kwh_h1_b_1": 0.5,
    "kwh_h2_b_0": 0.5,
    "over_net|X": -7.0,
    "short_BU1": -0.25,
}


def test_the_model_holds_each_constraint_as_its_formula_says():
    rows, objective = written(build_model(by_hand()))

    assert rows == OTHER_ROWS | CAPACITY_ROWS | LINK_ROWS
    assert objective == OBJECTIVE


def test_a_weak_model_is_the_same_without_the_links():
    rows, objective = written(build_model(by_hand(), strong=False))

    assert (rows, objective) == (OTHER_ROWS | CAPACITY_ROWS, OBJECTIVE)


def test_capacity_that_no_demand_fills_is_told_by_the_links_alone():
    roomy = np.array([[2000.0, np.inf], [2500.0, 9000.0], [0.0, np.inf]])

    rows, _ = written(build_model(by_hand(option_capacity=roomy)))

    assert not [name for name in rows if name.startswith("capacity")]
    assert rows["link_h2_b_0"] == ({"kwh_h2_b_0": 1.0, "open_b_1": -500.0}, "<=", 0.0)


def test_plain_coverage_has_one_variable_for_each_demand_point():
    roomy, even = np.array([[np.inf, np.inf], [np.inf, np.inf], [0.0, np.inf]]), np.array([0.75, 0.75, 0.5])

    rows, objective = written(build_model(by_hand(option_capacity=roomy, arc_worth=even)))

    cover = {
        "cover_h1_0": ({"covered_h1_0": 1.0, "open_a_1_1": -1.0, "open_b_1": -1.0}, "<=", 0.0),
        "cover_h1_1": ({"covered_h1_1": 1.0, "open_a_1_1": -1.0, "open_b_1": -1.0, "open_b_2": -1.0}, "<=", 0.0),
        "cover_h2_0": ({"covered_h2_0": 1.0, "open_b_1": -1.0}, "<=", 0.0),
    }
    group = {"group_BU1": ({"covered_h1_0": 2000.0, "covered_h1_1": 3000.0, "short_BU1": 1.0}, ">=", 4000.0)}
    limits = {name: row for name, row in OTHER_ROWS.items() if name.split("_")[0] in ("one", "must", "limit")}
    assert rows == cover | limits | group
    assert objective == {name: factor for name, factor in OBJECTIVE.items() if not name.startswith("kwh")} | {
        "covered_h1_0": 1500.0,
        "covered_h1_1": 1125.0,
        "covered_h2_0": 250.0,
    }


def test_the_best_plan_of_the_problem_by_hand():
    # a-1 must stand and uses 22 of the net; b/1 uses 22 more: 14 above the limit, costs 98; b/2 is two poles of one.
    # Period 1: b serves 1,700 of h1 and 500 of h2, a-1 300 of h1: 1,700 + 250 + 225 = 2,175.
    # Period 2, at half worth: b serves 2,200 of h1, a-1 800: 0.5 * (2,200 + 600) = 1,400. The group has its 4,000.
    # 2,175 + 1,400 - 100 - 98 = 3,377.
    assert best(by_hand()) == near(3377.0)


def test_options_that_are_left_out_have_no_variables():
    model = build_model(by_hand(), keep=np.array([True, False, True]))

    names = [variable.name for variable in model.variables]
    assert names == ["open_a_1_1", "open_b_2", "kwh_h1_a_1_0", "kwh_h1_a_1_1", "kwh_h1_b_1", "over_net|X", "short_BU1"]


def test_a_site_that_must_be_taken_keeps_an_option():
    with pytest.raises(ValueError, match="Site a-1 must be taken and none of its options is kept"):
        build_model(by_hand(), keep=np.array([False, True, True]))


def test_names_that_pulp_would_write_alike_stay_distinct():
    same = by_hand(demand_ids=("h 1", "h-1"), site_ids=("s/1", "s>1"), option_ids=("1", "1", "2"))

    model = build_model(same)

    names, rows = [variable.name for variable in model.variables], list(written(model)[0])
    assert (len(set(names)), len(set(rows))) == (len(names), len(rows))
    assert best(same) == near(3377.0)


def test_a_problem_of_nothing_is_worth_nothing():
    nothing = plain(np.zeros(0), 0, (np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0)), np.zeros(0), 1)

    assert best(nothing) == 0.0


def test_a_floor_that_nothing_can_meet_costs_its_penalty_or_leaves_no_plan():
    empty = np.zeros(0, dtype=np.int64)
    floor = Limits(("f",), ("ondergrens buurt",), np.array([0, 0]), empty, np.zeros(0), np.array([-2.0]), np.ones(1))
    soft, hard = (by_hand(limits=replace(floor, penalty=np.array([price]))) for price in (30.0, np.inf))

    assert best(soft) == near(3377.0 + 98.0 - 60.0)
    assert solve_model(build_model(hard)).message == "No plan keeps all hard limits."


@given(seed=seeds, strong=st.booleans())
@few
def test_the_plan_is_as_good_as_the_best_of_all_choices(seed, strong):
    problem = case(seed)

    assert best(problem, strong=strong) == near(best_worth(problem))


@pytest.mark.slow
def test_five_hundred_plans_are_as_good_as_the_best_of_all_choices():
    found = [(best(problem), best_worth(problem)) for problem in map(case, range(500))]

    assert [ours for ours, _ in found] == near([true for _, true in found])


@pytest.mark.slow
def test_cbc_finds_the_same_worth_in_two_hundred_cases():
    found = [(best(problem), best(problem, "cbc")) for problem in map(case, range(1000, 1200))]

    assert [highs for highs, _ in found] == near([cbc for _, cbc in found])


@pytest.mark.parametrize("solver", ["cbc", "scip"])
def test_a_second_solver_finds_the_same_worth(solver):
    found = [(best(problem), best(problem, solver)) for problem in map(case, range(2000, 2025))]

    assert [ours for ours, _ in found] == near([theirs for _, theirs in found])


@given(seed=seeds)
@few
def test_other_ids_and_another_order_change_nothing(seed):
    problem = case(seed)

    assert best(renamed(problem, seed)) == near(best(problem))


def test_equal_problems_give_equal_models():
    texts = [str(build_model(case(4)).lp) for _ in range(2)]

    assert texts[0] == texts[1]


@given(seed=seeds, more=st.floats(0, 3))
@few
def test_a_larger_limit_is_never_worth_less(seed, more):
    problem = case(seed)
    larger = replace(problem, limits=replace(problem.limits, limit=problem.limits.limit + more))

    assert best(larger) >= best(problem) - 1e-3


@given(seed=seeds)
@few
def test_more_poles_never_serve_less(seed):
    problem = random_problem(seed, limits=0, groups=0, periods=1)
    problem = replace(problem, option_worth=np.zeros(len(problem.option_ids)), must=np.zeros_like(problem.must))
    size = len(problem.option_ids)
    served = [
        best(replace(problem, limits=count_limit(size, poles), arc_worth=np.ones(len(problem.arc_worth))))
        for poles in range(3)
    ]

    assert served[0] == near(0.0)
    assert served[0] <= served[1] + 1e-3 <= served[2] + 2e-3


def count_limit(size, poles):
    return Limits(
        ("palen",), ("aantal palen",), np.array([0, size]), np.arange(size), np.ones(size), np.array([float(poles)]),
        np.array([np.inf]),
    )  # fmt: skip


@given(seed=seeds)
@few
def test_a_site_that_must_be_taken_is_always_there(seed):
    problem = case(seed)
    problem = replace(problem, option_worth=problem.option_worth - 5000.0)

    taken = solve_model(build_model(problem)).choice.taken

    assert (taken[problem.must] >= problem.option_start[:-1][problem.must]).all()


@given(seed=seeds, price=st.floats(0, 1))
@few
def test_no_price_gives_a_bound_below_the_best_plan(seed, price):
    problem, random = case(seed), np.random.default_rng(seed)
    penalty = np.minimum(problem.limits.penalty, 500.0)
    prices = Prices(
        demand=price * random.random(problem.demand_kwh.shape) * 1.5,
        limits=price * random.random(len(penalty)) * penalty,
        groups=price * random.random(len(problem.groups.ids)) * problem.groups.penalty,
    )

    assert bound_of(problem, prices) >= best(problem) - 1e-6


@given(seed=seeds)
@few
def test_a_plan_becomes_values_of_the_model_and_a_plan_again(seed):
    problem = case(seed)
    model = build_model(problem)
    choice = solve_model(model).choice

    values = values_of(model, choice)
    for variable, value in zip(model.variables, values.tolist(), strict=True):
        variable.varValue = value

    again = choice_of(model, values)
    assert model.lp.objective.value() == near(worth_of(problem, choice))
    assert all(row.valid(1e-6) for row in model.lp.constraints())
    assert (again.taken == choice.taken).all()
    assert again.served_kwh == pytest.approx(choice.served_kwh)


def test_values_between_nil_and_one_are_no_plan():
    model = build_model(by_hand())
    values = values_of(model, Choice(np.array([0, -1]), np.zeros((3, 2))))
    assert choice_of(model, values) is not None
    values[1] = 0.5

    assert choice_of(model, values) is None


def test_what_a_tolerance_lets_through_is_cut_to_demand_and_capacity():
    problem, model = by_hand(), build_model(by_hand())
    slip = {"open_a_1_1": 0.999999, "kwh_h1_a_1_0": 1500.001, "kwh_h1_a_1_1": -1e-9, "kwh_h1_b_0": 0.002}
    slipped = np.array([slip.get(variable.name, 0.0) for variable in model.variables])

    choice = choice_of(model, slipped)

    assert choice.taken.tolist() == [0, -1]
    assert choice.served_kwh.tolist() == [[1500.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    assert check(problem, choice).broken == ()


def test_a_plan_to_begin_from_that_the_model_leaves_out_is_refused():
    model = build_model(by_hand(), keep=np.array([True, False, True]))

    with pytest.raises(ValueError, match="takes an option that the model leaves out"):
        values_of(model, Choice(np.array([0, 1]), np.zeros((3, 2))))


# ---- the plain problems of the literature ----------------------------------------------------------------------------


def covers(seed, points=9, sites=7):
    """Points, sites and which reaches which, with the metres between them."""
    random = np.random.default_rng(seed)
    metres = np.round(np.hypot(*(random.uniform(0, 100, (2, points, 1)) - random.uniform(0, 100, (2, 1, sites)))), 3)
    return random.integers(1, 10, points).astype(float), metres


def arcs_of(metres, within):
    point, site = np.nonzero(metres <= within)
    return point, site, metres[point, site]


@pytest.mark.parametrize("seed", range(6))
def test_maximal_coverage_is_unbounded_capacity_and_worth_of_one(seed):
    demand, metres = covers(seed)
    arcs = arcs_of(metres, 35.0)

    found = best(plain(demand, metres.shape[1], arcs, np.ones(len(arcs[0])), 2))

    sets = combinations(range(metres.shape[1]), 2)
    assert found == near(max(demand[(metres[:, chosen] <= 35.0).any(axis=1)].sum() for chosen in sets))


@pytest.mark.parametrize("seed", range(6))
def test_the_p_median_is_worth_that_falls_with_distance(seed):
    demand, metres = covers(seed)
    arcs, far = arcs_of(metres, np.inf), metres.max()

    found = best(plain(demand, metres.shape[1], arcs, far - arcs[2], 3))

    sets = combinations(range(metres.shape[1]), 3)
    median = min(demand @ metres[:, chosen].min(axis=1) for chosen in sets)
    assert far * demand.sum() - found == near(median)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("price", [np.inf, 100.0])
def test_set_cover_is_a_floor_for_each_point(seed, price):
    demand, metres = covers(seed)
    reached = metres <= 60.0
    reached[:, 0] |= ~reached.any(axis=1)
    point, site = np.nonzero(reached)
    problem = replace(
        plain(demand, metres.shape[1], (site[:0], site[:0], metres[0, :0]), np.zeros(0), 1),
        option_worth=-np.ones(metres.shape[1]),
        limits=Limits(
            ids=tuple(f"punt {place}" for place in range(len(demand))),
            kinds=("ondergrens buurt",) * len(demand),
            start=np.concatenate([[0], np.cumsum(reached.sum(axis=1))]),
            option=site,
            use=-np.ones(len(point)),
            limit=-np.ones(len(demand)),
            penalty=np.full(len(demand), price),
        ),
        groups=no_groups(),
    )

    fewest = next(
        size
        for size in range(len(demand) + 1)
        if any(reached[:, chosen].any(axis=1).all() for chosen in combinations(range(metres.shape[1]), size))
    )
    assert -best(problem) == near(fewest)


def test_the_oracle_itself_knows_the_problem_by_hand():
    worths = plan_worths(by_hand())

    assert worths == {
        (0, -1): near(0.75 * 1500 + 0.375 * 1500 - 0.25 * 1000),
        (0, 1): near(3377.0),
    }
