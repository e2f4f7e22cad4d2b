from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from laadplan.config.optimisation import Optimisation
from laadplan.optimise.alternatives import best_repairs
from laadplan.optimise.check import check
from laadplan.optimise.exchange import LEAST_WON_KWH, exchange
from laadplan.optimise.problem import NONE
from laadplan.optimise.record import Solution
from laadplan.optimise.standing import stand, worth_of
from tests.optimise.explaining import best_choice, choices, make_problem, random_problem, served_best

SETTINGS = Optimisation(gap_share=0.005)


def solved(problem, choice, bound):
    """A solution that somebody found, with its bound."""
    worth = worth_of(stand(problem, choice))
    gap = (bound - worth) / max(abs(worth), 1.0)
    return Solution(choice, "feasible", worth, bound, gap, "prices", "highs", "1", "work", 1.0, None)


def exchanged(problem, solution, *, clock=lambda: 0.0, tell=lambda *_: None):
    return exchange(problem, solution, SETTINGS, clock=clock, tell=tell)


def in_large(problem):
    """The same with all kWh a hundredfold, so that one of them is little."""
    groups = replace(problem.groups, least_kwh=100 * problem.groups.least_kwh)
    return replace(
        problem, demand_kwh=100 * problem.demand_kwh, option_capacity=100 * problem.option_capacity, groups=groups
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_gets_better_until_no_other_site_is(seed):
    problem = in_large(random_problem(seed))
    _, most = best_choice(problem)
    draw = np.random.default_rng(seed)
    for taken in draw.permutation(np.array(choices(problem)))[:4]:
        begun = solved(problem, served_best(problem, taken), most)

        found = exchanged(problem, begun)

        assert not check(problem, found.choice).broken
        assert begun.objective <= found.objective <= most + 1e-6
        sites = np.flatnonzero((found.choice.taken != NONE) & ~problem.must)
        repairs = best_repairs(stand(problem, found.choice), sites).values()
        assert all(each.worth_lost >= -LEAST_WON_KWH - 1e-6 for each in repairs)
        assert (found.bound, found.bound_by) == (most, "prices")


PAIR = make_problem({"a": 100.0, "b": 80.0}, {"x": [100.0], "y": [80.0]}, {("x", "a"): 1.0, ("y", "b"): 1.0},
    limits=[("aantal palen", "aantal palen", {"x|1": 1.0, "y|1": 1.0}, 1.0, np.inf)])  # fmt: skip
WORSE = solved(PAIR, served_best(PAIR, np.array([NONE, 1])), 100.0)


def test_the_better_site_takes_the_place_and_the_proof_goes_with_it():
    told = []

    found = exchanged(PAIR, WORSE, tell=lambda *said: told.append(said))

    assert found.choice.taken.tolist() == [0, NONE]
    assert (found.objective, found.gap, found.status, found.stopped_by) == (100.0, 0.0, "optimal", "gap")
    assert found.solver == "laadplan"
    assert told == [(100.0, 100.0, 1)]


def test_a_plan_that_cannot_be_bettered_stays_as_it_is():
    best = exchanged(PAIR, WORSE)

    assert exchanged(PAIR, best) == best


def test_what_must_be_taken_is_not_exchanged():
    problem = replace(PAIR, must=np.array([False, True]))

    assert exchanged(problem, WORSE).choice is WORSE.choice


def test_ctrl_c_leaves_what_was_made():
    def stop(*_):
        raise KeyboardInterrupt

    found = exchanged(PAIR, WORSE, tell=stop)

    assert (found.objective, found.stopped_by) == (100.0, "user")


def test_the_safety_stop_ends_it_and_is_told():
    found = exchanged(PAIR, WORSE, clock=iter([0.0, 0.0, 1e9, 1e9]).__next__)

    assert (found.objective, found.stopped_by) == (100.0, "seconds")


@pytest.mark.parametrize("change", [{"stopped_by": "user"}, {"stopped_by": "seconds"}, {"status": "optimal"}])
def test_a_search_that_was_stopped_or_proved_its_plan_is_left_alone(change):
    solution = replace(WORSE, **change)

    assert exchanged(PAIR, solution) is solution
