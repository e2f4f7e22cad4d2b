from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.instances import plain
from laadplan.errors import BadInput, LaadplanError
from laadplan.optimise.answers import worth_of
from laadplan.optimise.check import check, refuse_wrong
from laadplan.optimise.model import build_model
from laadplan.optimise.problem import Choice
from laadplan.optimise.problem_check import check_problem
from laadplan.optimise.solvers import solve_model
from tests.frames import few
from tests.optimise.random_problems import random_problem, renamed
from tests.optimise.test_model import by_hand

PROBLEM = by_hand()
GOOD = Choice(np.array([0, 1]), np.array([[300.0, 800.0], [1700.0, 2200.0], [500.0, 0.0]]))
NOTHING = plain(np.zeros(0), 0, (np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0)), np.zeros(0), 1)


def served(**kwh):
    """The good plan with other kWh over some arcs, named by demand and site, in the first period."""
    found = GOOD.served_kwh.copy()
    for name, amount in kwh.items():
        found[["h1_a", "h1_b", "h2_b"].index(name), 0] = amount
    return replace(GOOD, served_kwh=found)


def test_a_plan_is_worth_what_was_worked_out_by_hand():
    found = check(PROBLEM, GOOD)

    assert found.objective == pytest.approx(2175.0 + 1400.0 - 100.0 - 7.0 * 14.0)
    assert found.served_kwh == 5500.0
    assert (found.over.tolist(), found.short.tolist(), found.broken) == ([0.0, 14.0], [0.0], ())


def test_what_a_group_lacks_is_measured_and_costs():
    found = check(PROBLEM, Choice(np.array([0, -1]), np.array([[1500.0, 1500.0], [0.0, 0.0], [0.0, 0.0]])))

    assert (found.over.tolist(), found.short.tolist(), found.broken) == ([0.0, 0.0], [1000.0], ())
    assert found.objective == pytest.approx(1500 * 0.75 + 1500 * 0.375 - 250.0)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (served(h1_a=301.0), "More is served than is asked: h1."),
        (served(h1_b=1800.0, h1_a=200.0), "More is served than the option taken can: b."),
        (served(h1_a=-0.1), "Served energy is negative or not a number: h1 at a-1."),
        (served(h2_b=np.nan), "Served energy is negative or not a number: h2 at b."),
        (replace(GOOD, taken=np.array([0, -1])), "More is served than the option taken can: b."),
        (replace(GOOD, taken=np.array([1, 1])), "The option taken is of another site: a-1."),
        (replace(GOOD, taken=np.array([-1, 1])), "Nothing is taken where something must be: a-1."),
        (replace(GOOD, taken=np.array([0, 2])), "A limit is exceeded: aantal palen."),
    ],
    ids=["demand", "capacity", "negative", "not a number", "closed", "elsewhere", "must", "limit"],
)
def test_each_constraint_that_is_broken_is_told_with_its_place(choice, said):
    assert said in check(PROBLEM, choice).broken

    with pytest.raises(LaadplanError, match="The plan does not hold"):
        refuse_wrong(PROBLEM, choice, objective=check(PROBLEM, choice).objective)


def test_an_option_that_opens_later_serves_nothing_before():
    later = replace(PROBLEM, limits=replace(PROBLEM.limits, limit=np.array([2.0, 30.0])))
    early = replace(served(h1_b=0.0, h2_b=1.0), taken=np.array([0, 2]))

    assert check(later, early).broken == ("More is served than the option taken can: b.",)
    assert check(later, replace(served(h1_b=0.0, h2_b=0.0), taken=np.array([0, 2]))).broken == ()


def test_what_rounding_leaves_is_no_fault():
    hair = replace(PROBLEM, limits=replace(PROBLEM.limits, limit=np.array([1.0 - 1e-9, 30.0])))

    assert check(PROBLEM, served(h1_b=1700.0 + 1e-4)).broken == ()
    assert check(hair, GOOD).broken == ()
    assert check(hair, GOOD).over.tolist() == [0.0, 14.0]


@pytest.mark.parametrize(
    ("objective", "bound", "said"),
    [
        (3377.1, np.inf, "is worth 3377.000000 and is said to be worth 3377.100000"),
        (np.nan, np.inf, "is said to be worth nan"),
        (3377.0, 3376.9, "above its bound of 3376.900000"),
        (3377.0, np.nan, "above its bound of nan"),
    ],
)
def test_a_worth_or_bound_that_is_not_true_is_refused(objective, bound, said):
    assert refuse_wrong(PROBLEM, GOOD, objective=3377.0, bound=3377.0).broken == ()

    with pytest.raises(LaadplanError, match=said):
        refuse_wrong(PROBLEM, GOOD, objective=objective, bound=bound)


@pytest.mark.parametrize(
    "choice",
    [
        replace(GOOD, taken=np.array([0])),
        replace(GOOD, served_kwh=np.zeros((3, 1))),
        replace(GOOD, taken=np.array([0, 3])),
        replace(GOOD, taken=np.array([0, -2])),
    ],
    ids=["sites", "periods", "above", "below"],
)
def test_a_plan_of_another_problem_is_refused(choice):
    with pytest.raises(ValueError, match="The plan"):
        check(PROBLEM, choice)


def test_no_problem_and_no_plan_are_sound():
    check_problem(NOTHING)

    found = check(NOTHING, Choice(np.zeros(0, dtype=int), np.zeros((0, 1))))

    assert (found.objective, found.served_kwh, found.broken) == (0.0, 0.0, ())


@given(seed=st.integers(0, 100_000))
@few
def test_the_check_and_the_solver_agree_on_any_problem(seed):
    problem = random_problem(seed, hard_floors=seed % 2 == 0, capacitated=seed % 3 != 0)
    solved = solve_model(build_model(problem))

    found = refuse_wrong(problem, solved.choice, objective=solved.objective, bound=solved.bound)

    assert found.objective == pytest.approx(worth_of(problem, solved.choice), rel=1e-9, abs=1e-6)


# ---- problems that have no meaning -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_sound_problem_passes(seed):
    problem = random_problem(seed, hard_floors=seed % 2 == 0)

    check_problem(problem)
    check_problem(renamed(problem, seed))


def limits(**more):
    return {"limits": replace(PROBLEM.limits, **more)}


def groups(**more):
    return {"groups": replace(PROBLEM.groups, **more)}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"demand_ids": ("h1", "h1")}, "demand ids stand twice"),
        ({"site_ids": ("b", "b")}, "site ids stand twice"),
        (limits(ids=("x", "x")), "limit ids stand twice"),
        (limits(kinds=("net",)), "each limit must have a kind"),
        ({"demand_kwh": np.zeros((2, 1))}, "arrays do not have the sizes of their ids"),
        ({"arc_start": np.array([0, 2, 1])}, "starts of arcs do not divide them"),
        ({"arc_start": np.array([0, 1, 2])}, "starts of arcs do not divide them"),
        ({"option_start": np.array([0, 3, 3])}, "a site has no option"),
        ({"option_ids": ("1", "2", "2")}, "an option stands twice at a site"),
        ({"arc_demand": np.array([0, 0, 2])}, "arcs lead to a place that is not there"),
        ({"arc_demand": np.array([-1, 0, 1])}, "arcs lead to a place that is not there"),
        ({"demand_group": np.array([0, 1])}, "demand leads to a place that is not there"),
        (limits(option=np.array([1, 2, 0, 1, 3])), "limits lead to a place that is not there"),
        (limits(option=np.array([1, 1, 0, 1, 2])), "an option stands twice in a limit"),
        ({"arc_demand": np.array([0, 1, 0])}, "arcs of a site are not in rising order"),
        ({"arc_demand": np.array([0, 1, 1])}, "arcs of a site are not in rising order, or stand twice"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(more, said):
    with pytest.raises(ValueError, match=said) as raised:
        check_problem(by_hand(**more))

    assert not isinstance(raised.value, LaadplanError)


def wrong(array, value):
    """The array with a value in its last place."""
    changed = np.asarray(array, dtype=float).copy()
    changed.flat[-1] = value
    return changed


@pytest.mark.parametrize("value", [-1.0, np.nan], ids=["negative", "not a number"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("demand_kwh", "Demand is negative or not a number. Rows: h2."),
        ("arc_worth", "The worth of an arc is negative or not a number. Rows: b."),
        ("period_worth", "The worth of a period is negative or not a number. Rows: 1."),
        ("option_capacity", "A capacity is negative or not a number. Rows: b."),
    ],
)
def test_an_amount_that_cannot_be_is_refused(name, said, value):
    with pytest.raises(BadInput, match=said):
        check_problem(by_hand(**{name: wrong(getattr(PROBLEM, name), value)}))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"demand_kwh": wrong(PROBLEM.demand_kwh, np.inf)}, "Demand is negative or not a number"),
        ({"option_worth": wrong(PROBLEM.option_worth, -np.inf)}, "The worth of an option is not a number. Rows: b"),
        (limits(limit=np.array([np.nan, 30.0])), "A limit is not a number. Rows: aantal palen"),
        (limits(use=wrong(PROBLEM.limits.use, np.nan)), "The use of a limit is not a number. Rows: net|X"),
        (limits(penalty=np.array([-1.0, 2.0])), "The penalty of a limit is negative or not a number. Rows: aantal"),
        (groups(least_kwh=np.array([np.nan])), "The least service of a group is not a number. Rows: BU1"),
        (groups(penalty=np.array([np.inf])), "The penalty of a group is negative or not a number. Rows: BU1"),
    ],
)
def test_an_amount_that_is_no_number_is_refused(more, said):
    with pytest.raises(BadInput, match=said.replace("|", r"\|")):
        check_problem(by_hand(**more))


def test_demand_of_nil_and_capacity_of_nil_are_no_fault():
    check_problem(by_hand(demand_kwh=np.zeros((2, 2)), option_capacity=np.zeros((3, 2))))


def test_what_must_be_taken_beyond_a_limit_is_told_with_the_sites():
    locked = by_hand(must=np.array([True, True]), **limits(penalty=np.array([np.inf, np.inf])))

    with pytest.raises(BadInput, match=r"uses at least 33 of net\|X, and 30 is the limit\. Rows: a-1, b\."):
        check_problem(locked)


def test_a_lock_that_leaves_room_or_may_be_broken_is_no_fault():
    check_problem(by_hand(must=np.array([True, True])))  # the limit on the net is soft
    check_problem(by_hand(**limits(penalty=np.array([np.inf, np.inf]))))  # only a-1 must be taken: 22 of 30


@given(seed=st.integers(0, 100_000))
@few
def test_a_problem_is_refused_only_where_no_plan_exists(seed):
    problem = random_problem(seed)
    tight = replace(problem.limits, limit=problem.limits.limit - 2.0, penalty=np.full(len(problem.limits.ids), np.inf))
    problem = replace(problem, limits=tight)

    solved = solve_model(build_model(problem))

    if solved.choice is not None:
        check_problem(problem)
