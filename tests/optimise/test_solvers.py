import sys
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pulp
import pytest

from benchmarks.instances import capacitated, coverage
from laadplan.optimise.check import check
from laadplan.optimise.highs import BulkHighs
from laadplan.optimise.model import build_model
from laadplan.optimise.problem import NONE, Choice
from laadplan.optimise.solvers import solve_model
from tests.optimise.oracle import best_worth
from tests.optimise.random_problems import random_problem

ALL = ["highs", "cbc", "scip"]
PROBLEM = capacitated(150, 60, 8)


@pytest.fixture(scope="module")
def model():
    return build_model(PROBLEM)


@pytest.fixture(scope="module")
def proven(model):
    return solve_model(model)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where CBC and PuLP put their files."""
    for name in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def nothing_chosen(problem):
    return Choice(np.full(len(problem.site_ids), -1), np.zeros((len(problem.arc_demand), len(problem.period_worth))))


def program(folder, text):
    """A program that stands in for CBC."""
    path = folder / "cbc"
    path.write_text(f"#!{sys.executable}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("solver", ALL)
def test_a_proven_plan_has_a_bound_that_is_its_worth(model, proven, solver):
    found = solve_model(model, solver)

    assert (found.stopped_by, found.message) == ("gap", "")
    assert found.objective == pytest.approx(proven.objective, rel=1e-6)
    assert found.objective <= found.bound <= found.objective * (1 + 1e-5)
    assert found.solver == {"highs": "HiGHS", "cbc": "CBC", "scip": "SCIP"}[solver]
    assert found.version


@pytest.mark.parametrize("solver", ALL)
def test_a_search_within_a_gap_has_a_bound_that_no_plan_exceeds(model, proven, solver):
    found = solve_model(model, solver, gap=0.05)

    assert found.objective <= proven.objective + 1e-6 <= found.bound + 1e-3
    assert found.bound <= found.objective * 1.06


@pytest.mark.parametrize("solver", ["highs", "scip"])
def test_a_plan_to_begin_from_is_there_at_once(model, proven, solver):
    found = solve_model(model, solver, start=proven.choice, seconds=0.01)

    assert found.objective == pytest.approx(proven.objective, rel=1e-6)
    assert found.bound >= proven.objective - 1e-3


def test_cbc_begins_from_the_plan_given():
    model = build_model(random_problem(55, demand=60, sites=40, limits=12, groups=5), strong=False)
    best = solve_model(model)

    without, found = solve_model(model, "cbc", nodes=1), solve_model(model, "cbc", nodes=1, start=best.choice)

    assert without.objective < best.objective - 50.0
    assert found.objective == pytest.approx(best.objective)


@pytest.mark.parametrize("solver", ALL)
def test_a_poor_plan_to_begin_from_is_not_called_the_best(solver):
    for seed in (1, 2, 5, 8, 37):  # CBC, told to maximise, kept the start of each of these
        problem = random_problem(seed)
        taken = np.where(problem.must, problem.option_start[:-1], NONE)
        start = Choice(taken, np.zeros((len(problem.arc_demand), len(problem.period_worth))))

        found = solve_model(build_model(problem), solver, start=start)

        assert found.objective == pytest.approx(best_worth(problem))
        assert found.bound >= best_worth(problem) - 1e-6


def test_a_start_is_a_lower_limit_even_where_the_search_may_not_begin(model):
    found = solve_model(model, start=nothing_chosen(PROBLEM), nodes=0)

    assert found.choice is not None
    assert check(PROBLEM, found.choice).broken == ()


@pytest.mark.parametrize("solver", ALL)
def test_a_search_that_time_stopped_is_not_called_optimal(solver):
    found = solve_model(build_model(coverage(1_000, 1_000)), solver, seconds=0.02)

    assert found.stopped_by == "seconds"
    assert found.bound == np.inf or found.bound > found.objective + 1


@pytest.mark.parametrize("solver", ALL)
def test_above_the_best_plan_there_is_nothing_and_the_bound_is_the_cutoff(model, proven, solver):
    found = solve_model(model, solver, cutoff=proven.objective + 1.0)

    assert (found.choice, found.stopped_by) == (None, "gap")
    assert found.message == "No plan is worth more than the cutoff."
    assert found.bound == pytest.approx(proven.objective + 1.0)


@pytest.mark.parametrize("solver", ALL)
def test_below_the_best_plan_the_cutoff_takes_nothing_away(model, proven, solver):
    found = solve_model(model, solver, cutoff=proven.objective - 1.0)

    assert found.objective == pytest.approx(proven.objective, rel=1e-6)


@pytest.mark.parametrize(("solver", "seed"), [("highs", 7), ("cbc", 55), ("scip", 5)])
def test_nodes_limit_the_work(solver, seed):
    model = build_model(random_problem(seed, demand=60, sites=40, limits=12, groups=5), strong=False)

    found = solve_model(model, solver, nodes=1)

    assert (found.stopped_by, found.message) == ("work", "")
    assert found.bound > found.objective + 1.0


@pytest.mark.parametrize("solver", ALL)
def test_the_same_seed_gives_the_same_plan(solver):
    problem = random_problem(7, demand=25, sites=12, limits=5)

    first, second = (solve_model(build_model(problem), solver, seed=3, threads=2) for _ in range(2))

    assert (first.choice.taken == second.choice.taken).all()
    assert (first.choice.served_kwh == second.choice.served_kwh).all()
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_an_unknown_solver_is_refused(model):
    with pytest.raises(ValueError, match="No solver is called glpk; there are highs, cbc, scip"):
        solve_model(model, "glpk")


def test_cbc_leaves_no_files(model, folder):
    assert solve_model(model, "cbc").message == ""

    assert list(folder.iterdir()) == []


# ---- solvers that are missing, crash or find nothing -----------------------------------------------------------------


def by_stand_in(model, monkeypatch, path):
    monkeypatch.setattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", path)
    found = solve_model(model, "cbc")
    assert (found.choice, found.objective, found.bound, found.stopped_by) == (None, -np.inf, np.inf, "failure")
    return found.message


def test_a_cbc_that_is_not_there_is_told(model, monkeypatch):
    assert by_stand_in(model, monkeypatch, "/no/such/cbc") == "CBC is not there, or may not be run."


def test_a_cbc_that_may_not_be_run_is_told(model, monkeypatch, folder):
    path = program(folder, "")
    Path(path).chmod(0o644)

    assert by_stand_in(model, monkeypatch, path) == "CBC is not there, or may not be run."


@pytest.mark.parametrize(
    "text",
    ["raise SystemExit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "pass", "open('x', 'w')"],
    ids=["an error", "killed", "no answer", "nonsense"],
)
def test_a_cbc_that_crashes_is_told_and_leaves_no_files(model, monkeypatch, folder, text):
    path = program(folder, text)
    monkeypatch.chdir(folder)

    assert by_stand_in(model, monkeypatch, path).startswith("CBC failed: Pulp: Error while")
    assert [file.name for file in folder.iterdir() if "pulp" in file.name] == []


def test_a_cbc_whose_answer_is_no_plan_is_told(model, monkeypatch, folder):
    lines = ["Optimal - objective value 5", *(f"{n} X{n:07d} 0.5 0" for n in range(len(model.variables)))]
    path = program(folder, f"import sys; open(sys.argv[-1], 'w').write({chr(10).join(lines)!r})")
    monkeypatch.setattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", path)

    found = solve_model(model, "cbc")

    assert (found.choice, found.stopped_by, found.message) == (None, "failure", "The values it gave are no plan.")


def test_a_scip_that_is_not_installed_is_told(model, monkeypatch):
    monkeypatch.setattr(pulp.SCIP_PY, "available", lambda self: False)

    found = solve_model(model, "scip")

    assert (found.choice, found.bound, found.stopped_by) == (None, np.inf, "failure")
    assert found.message == "SCIP is not installed; it comes with the extra 'scip'."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (MemoryError(), "HiGHS ran out of memory."),
        (RuntimeError("lost\nits way"), "HiGHS failed: lost"),
        (RuntimeError(), "HiGHS failed: RuntimeError"),
    ],
    ids=["memory", "error", "silent"],
)
def test_a_solver_that_raises_is_told(model, monkeypatch, fault, said):
    def fail(self, lp):
        raise fault

    monkeypatch.setattr(BulkHighs, "callSolver", fail)

    found = solve_model(model)

    assert (found.choice, found.bound, found.stopped_by, found.message) == (None, np.inf, "failure", said)


def test_an_outcome_that_is_none_of_ours_is_a_failure_that_keeps_the_plan(model, proven, monkeypatch):
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda self: highspy.HighsModelStatus.kMemoryLimit)

    found = solve_model(model)

    assert (found.stopped_by, found.bound) == ("failure", np.inf)
    assert found.message == "HiGHS ended with: Memory limit reached."
    assert found.objective == pytest.approx(proven.objective)


@pytest.mark.parametrize("solver", ALL)
def test_a_problem_whose_limits_no_plan_keeps_is_told_and_proven(solver):
    problem = random_problem(5)
    limits = replace(problem.limits, limit=np.full(2, -99.0), penalty=np.full(2, np.inf))

    found = solve_model(build_model(replace(problem, limits=limits)), solver)

    assert (found.choice, found.bound, found.stopped_by) == (None, -np.inf, "gap")
    assert found.message == "No plan keeps all hard limits."


def press(monkeypatch, times):
    """Ctrl-C, so many times, while the next search is waited for."""
    waited, left = highspy.Highs.wait, [KeyboardInterrupt()] * times

    def wait(solver, seconds):
        if left:
            raise left.pop()
        return waited(solver, seconds)

    monkeypatch.setattr(highspy.Highs, "wait", wait)


def test_ctrl_c_ends_the_search_with_what_was_found(model, proven, monkeypatch):
    press(monkeypatch, 1)

    found = solve_model(model, start=proven.choice)

    assert found.stopped_by in ("gap", "user")  # a search that ended in the same moment is proven
    assert found.objective == pytest.approx(proven.objective)
    assert found.bound >= found.objective


def test_ctrl_c_twice_ends_it_without(model, monkeypatch):
    press(monkeypatch, 2)

    found = solve_model(model)

    assert (found.choice, found.bound, found.stopped_by, found.message) == (None, np.inf, "user", "Stopped by hand.")
    while not model.lp.solverModel.wait(0.1)[0]:  # the next search waits until it has gone
        pass
