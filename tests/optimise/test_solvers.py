import os
import signal
import sys
from pathlib import Path

import highspy
import numpy as np
import pulp
import pytest

from benchmarks.instances import capacitated, coverage
from laadplan.optimise.check import check
from laadplan.optimise.highs import BulkHighs
from laadplan.optimise.model import build_model
from laadplan.optimise.problem import Choice
from laadplan.optimise.solvers import solve_model
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


@pytest.mark.parametrize("solver", ALL)
def test_a_plan_to_begin_from_is_there_at_once(model, proven, solver):
    found = solve_model(model, solver, start=proven.choice, seconds=0.01)

    assert found.objective == pytest.approx(proven.objective, rel=1e-6)
    assert found.bound >= proven.objective - 1e-3


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

    assert found.choice is None
    assert found.bound == pytest.approx(proven.objective + 1.0)


@pytest.mark.parametrize("solver", ALL)
def test_below_the_best_plan_the_cutoff_takes_nothing_away(model, proven, solver):
    found = solve_model(model, solver, cutoff=proven.objective - 1.0)

    assert found.objective == pytest.approx(proven.objective, rel=1e-6)


@pytest.mark.parametrize("solver", ALL)
def test_nodes_limit_the_work(solver):
    problem = random_problem(0, demand=0 + 60, sites=40, options=2, limits=12, groups=5)

    found = solve_model(build_model(problem, strong=False), solver, nodes=1)

    assert found.stopped_by in ("work", "gap")
    assert found.bound >= found.objective


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
    answer = "open(sys.argv[-1], 'w').write('Optimal - objective value 5\\n      0 X0000000 0.5 0\\n')"
    text = f"import sys; names = open(sys.argv[1]).read(); {answer}"

    said = by_stand_in_with_bound(model, monkeypatch, program(folder, text))

    assert said == "The values it gave are no plan."


def by_stand_in_with_bound(model, monkeypatch, path):
    monkeypatch.setattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", path)
    found = solve_model(model, "cbc")
    assert (found.choice, found.stopped_by) == (None, "failure")
    return found.message


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


def test_an_outcome_that_is_none_of_ours_is_a_failure_with_its_name(model, monkeypatch):
    monkeypatch.setattr(highspy.Highs, "getModelStatus", lambda self: highspy.HighsModelStatus.kMemoryLimit)

    found = solve_model(model)

    assert (found.stopped_by, found.bound) == ("failure", np.inf)
    assert found.message.startswith("HiGHS ended with: ")


@pytest.mark.parametrize("solver", ALL)
def test_a_problem_whose_limits_no_plan_keeps_is_told_and_proven(solver):
    problem = random_problem(5)
    limits = problem.limits
    assert len(limits.ids) > 0
    tight = type(limits)(
        limits.ids, limits.kinds, limits.start, limits.option, limits.use, limits.limit * 0 - 99.0,
        np.full(len(limits.ids), np.inf),
    )  # fmt: skip

    found = solve_model(build_model(type(problem)(**vars(problem) | {"limits": tight})), solver)

    assert (found.choice, found.bound, found.stopped_by) == (None, -np.inf, "gap")
    assert found.message == "No plan keeps all hard limits."


def test_ctrl_c_ends_the_search_and_not_the_program(model, monkeypatch):
    def pressed(self, seconds):
        os.kill(os.getpid(), signal.SIGINT)
        return waited(self, seconds)

    waited = highspy.Highs.wait
    monkeypatch.setattr(highspy.Highs, "wait", pressed)
    monkeypatch.setattr(highspy.Highs, "cancelSolve", lambda self: None)

    found = solve_model(model)

    assert found.stopped_by in ("gap", "user")
